"""What it costs to start: ``grader check``, ``import grader``, the pytest plugin; and what they import."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Sequence

from benchmarks.measure import ROOT, grader, run, table

__all__ = ["start"]

_SAMPLE = ROOT / "samples" / "dnn_step_by_step" / "right_later_keys.ipynb"


def start(passes: int) -> str:
    """Two tables: whole commands, and the largest imports of ``grader check``."""
    python = sys.executable
    run(grader("check", "dnn_step_by_step", _SAMPLE))  # the case file is there from now on
    commands = {
        "grader check dnn_step_by_step right_later_keys.ipynb": grader("check", "dnn_step_by_step", _SAMPLE),
        "python -c pass": [python, "-c", "pass"],
        "python -c 'import numpy'": [python, "-c", "import numpy"],
        "python -c 'import grader'": [python, "-c", "import grader"],
        "python -c 'import pytest'": [python, "-c", "import pytest"],
        "python -c 'import pytest, grader.pytest_plugin'": [python, "-c", "import pytest, grader.pytest_plugin"],
        "grader --help": grader("--help"),
    }
    rows = []
    for name, command in commands.items():
        usages = [run(command) for _ in range(passes)]
        cpu, wall = (statistics.median(getattr(u, what) for u in usages) for what in ("cpu_s", "wall_s"))
        rows.append([name, f"{cpu:.3f}", f"{wall:.3f}"])
    return "\n\n".join(
        [
            table(["command, warm", "CPU s", "wall s"], rows),
            "python -X importtime -m grader check dnn_step_by_step right_later_keys.ipynb\n"
            + _imports(["-m", "grader", "check", "dnn_step_by_step", str(_SAMPLE)], 14),
            "python -X importtime -c 'import grader'\n" + _imports(["-c", "import grader"], 4),
            "python -X importtime -c 'import pytest, grader.pytest_plugin' (what comes after pytest)\n"
            + _imports(["-c", "import pytest, grader.pytest_plugin"], 3, only=r"grader"),
        ]
    )


def _imports(arguments: Sequence[str], most: int, only: str = "") -> str:
    """The imports with the largest time of their own and below, not those inside larger ones that are shown."""
    output = run([sys.executable, "-X", "importtime", *arguments]).output
    found = []
    for own, whole, indent, name in re.findall(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)", output):
        if re.search(only, name):
            found.append((int(whole), int(own), len(indent) // 2, name))
    shown = sorted(found, reverse=True)[:most]
    rows = [[name, f"{own / 1e3:.1f}", f"{whole / 1e3:.1f}"] for whole, own, _, name in shown]
    return table(["import", "own ms", "with what it imports, ms"], rows)
