"""What a million submissions take, worked out from the tables that are kept in ``results/``; nothing is run."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.measure import table

__all__ = ["project"]

_MANY = 1_000_000
_PER_MACHINE = 16
_MACHINES = 10
# A row of a kept table, and the CPU milliseconds of one submission in it.
_SOURCES = {
    "a passing submission": ("profile", r"^all of it +(?P<ms>[\d.]+)"),
    "one of a realistic class, start-up included": ("throughput", r"^(?P<count>[\d,]+) +[\d.]+ +(?P<ms>[\d.]+)"),
    "one whose definitions were seen before": ("memory", r"^(?P<count>[\d,]+) +[\d.]+ +#+ +(?P<ms>[\d.]+)"),
}


def project(results: Path) -> str:
    """The table."""
    rows = []
    for what, (name, pattern) in _SOURCES.items():
        kept = results / f"{name}.txt"
        found = list(re.finditer(pattern, kept.read_text("utf-8"), re.MULTILINE)) if kept.is_file() else []
        if not found:
            raise SystemExit(f"there is no table in {kept}; run: python -m benchmarks {name} --save")
        ms = float(found[-1]["ms"])  # the largest class is the last row
        hours = _MANY * ms / 3.6e6
        source = name + (f", {found[-1]['count']} submissions" if "count" in found[-1].groupdict() else "")
        one = hours / _PER_MACHINE
        rows.append([what, source, f"{ms:.1f}", f"{hours:.1f}", f"{one:.1f} h", f"{60 * one / _MACHINES:.0f} min"])
    header = ["submission", "measured in", "CPU ms", "CPU hours of 1,000,000"]
    return table([*header, f"{_PER_MACHINE} CPUs", f"{_MACHINES} x {_PER_MACHINE} CPUs"], rows)
