"""Peak memory of ``grader grade`` from 10 submissions to 10,000: flat.

Most of the submissions here are copies of each other with the same text, so that their verdicts come from the cache:
what could make memory grow is the number of submissions and reports, not who worked them out.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.measure import table
from benchmarks.throughput import class_run

__all__ = ["curve"]


def curve(large: bool) -> str:
    """The table, with a bar for each size."""
    rows = []
    for count in (10, 100, 1_000, 10_000) if large else (10, 100, 1_000):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "class"
            generate(folder, 10, kinds=("right", "wrong"))
            for number in range(10, count):
                shutil.copytree(folder / f"s{number % 10 + 1:05d}", folder / f"s{number + 1:05d}")
            usage, _ = class_run(folder, Path(scratch) / "run", jobs=2)
        rows.append(
            [
                f"{count:,}",
                f"{usage.peak_mb:.1f}",
                "#" * round(usage.peak_mb / 4),
                f"{1e3 * usage.cpu_s / count:.2f}",
            ]
        )
    return table(["submissions", "peak MB of the largest process", "(4 MB each)", "CPU ms each (ten texts)"], rows)
