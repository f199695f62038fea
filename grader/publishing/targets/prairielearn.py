"""What runs inside PrairieLearn's external grader: grade ``/grade/student``, write ``/grade/results/results.json``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.model import FunctionReport, Report
from grader.publishing.targets.graded import graded, run, write_result
from grader.report import wording
from grader.report.escape import clip, plain
from grader.report.terminal import render_function

__all__ = ["main", "results_of"]

LONGEST = 200_000  # characters of all feedback together: PrairieLearn refuses a file of more than a megabyte


def results_of(report: Report) -> dict[str, Any]:
    """The report in the form that PrairieLearn reads.

    What cannot be read is "not gradable", which costs no attempt. Every test has points: one without hides those of all.
    """
    messages = [plain(message) for message in report.messages]
    if report.status == "unreadable":
        return {"gradable": False, "format_errors": [clip(message, LONGEST // 4) for message in messages[:3]]}
    room = LONGEST // (1 + len(report.functions))
    return {
        "gradable": True,
        "score": round((report.percent or 0.0) / 100, 6),
        "message": wording.score_line(report),
        "output": clip("\n".join(messages), room),
        "tests": [_test(function, room) for function in report.functions],
    }


def _test(function: FunctionReport, room: int) -> dict[str, Any]:
    return {
        "name": plain(function.name),
        "points": function.points,
        "max_points": function.max_points,
        "message": wording.function_word(function),
        "output": clip(render_function(function, width=80, color=False), room),
    }


def main(arguments: Sequence[str]) -> None:
    """Grade ``ROOT/student`` and write ``ROOT/results/results.json``; the arguments are the assignment and ROOT."""
    assignment, root = arguments
    target = Path(root) / "results" / "results.json"
    target.unlink(missing_ok=True)
    write_result(target, results_of(graded(assignment, Path(root) / "student")))


if __name__ == "__main__":
    sys.exit(run(main))
