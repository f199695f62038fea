"""Submissions per second, CPU milliseconds and peak memory of ``grader grade`` at 10, 100, 1,000 and 10,000."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.measure import Usage, grader, run_for_peak, table

__all__ = ["class_run", "throughput"]


def class_run(folder: Path, out: Path, jobs: int, *options: str) -> tuple[Usage, Counter[str]]:
    """``grader grade`` on a folder, as everybody calls it; its usage, and how many reports of each status."""
    found = out.with_suffix(".json")  # beside the run, whose folder is not there yet
    keep = ("-o", out, "--jobs", str(jobs), "--json", found)
    command = grader("grade", "dnn_step_by_step", folder, *keep, *options)
    usage = run_for_peak(command)
    if usage.code != 0:
        raise SystemExit(f"grader grade failed ({usage.code}):\n{usage.output[-2000:]}")
    reports = json.loads(found.read_text("utf-8"))["reports"]
    full = sum(report["points"] == report["max_points"] for report in reports)
    return usage, Counter(report["status"] for report in reports) + Counter({"full marks": full})


def throughput(large: bool, passes: int) -> str:
    """The table; medians over passes for the small sizes."""
    rows = []
    for count in (10, 100, 1_000, 10_000) if large else (10, 100):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "class"
            kinds = generate(folder, count)
            usages = []
            for number in range(passes if count <= 100 else 1):
                usage, statuses = class_run(folder, Path(scratch) / f"run{number}", jobs=2)
                usages.append(usage)
            usage = sorted(usages, key=lambda u: u.cpu_s)[len(usages) // 2]
            again, _ = class_run(folder, Path(scratch) / "run0", jobs=2)
        rows.append(
            [
                f"{count:,}",
                f"{count / usage.wall_s:.1f}",
                f"{1e3 * usage.cpu_s / count:.1f}",
                f"{usage.peak_mb:.0f}",
                f"{1e3 * again.cpu_s / count:.2f}",
                kinds["right"],
                statuses["full marks"],
                kinds["endless"],
                statuses["unreadable"],
            ]
        )
    header = "submissions|per second|CPU ms each|peak MB|CPU ms each, again|written right|full marks|endless|unreadable"
    return table(header.split("|"), rows) + (
        "\n\n--jobs 2; start-up, collecting, writing and the JSON of the run are included, and so are submissions that"
        "\nrun into their time limit (2 CPU seconds each). 'again' is the same command once more, which resumes."
    )
