"""How the number of submissions per second grows with ``--jobs``."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.measure import table
from benchmarks.throughput import class_run

__all__ = ["scaling"]


def scaling(passes: int, count: int = 200) -> str:
    """The table."""
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "class"
        generate(folder, count, kinds=("right", "right", "wrong"))
        first = 0.0
        for jobs in (1, 2, 4):
            usages = [class_run(folder, Path(scratch) / f"run{jobs}-{n}", jobs)[0] for n in range(passes)]
            rate = count / statistics.median(u.wall_s for u in usages)
            cpu = 1e3 * statistics.median(u.cpu_s for u in usages) / count
            first = first or rate
            rows.append([jobs, f"{rate:.1f}", f"{rate / first:.2f}", f"{cpu:.1f}"])
    text = table(["--jobs", "per second", "against one", "CPU ms each"], rows)
    return f"{text}\n\n{count} submissions on {len(os.sched_getaffinity(0))} CPUs, start-up included."
