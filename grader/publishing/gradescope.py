"""What runs inside Gradescope: grade the submission, write ``results.json``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.errors import GraderError
from grader.grading.pipeline import grade
from grader.model import FunctionReport, Report
from grader.report.escape import plain
from grader.report.terminal import render_function

__all__ = ["main", "results_of"]


def results_of(report: Report) -> dict[str, Any]:
    """The report in the form that Gradescope reads.

    Every test is visible: one hidden test would hide the total from the student.
    """
    return {
        "score": report.points or 0.0,
        "output": "\n".join(map(plain, report.messages)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(number, function) for number, function in enumerate(report.functions, 1)],
        "extra_data": {"status": report.status, "sandbox": report.sandbox, "cases": report.cases},
    }


def _test(number: int, function: FunctionReport) -> dict[str, Any]:
    """A row of Gradescope's, which colours what passed or failed; what is partly right it shows by its points alone."""
    statuses = {"passed": "passed", "partial": ""}
    status = statuses.get(function.status, "failed")
    return {
        "name": function.name,
        "number": str(number),
        "score": function.points,
        "max_score": function.max_points,
        **({"status": status} if status else {}),
        "output": render_function(function, width=80, color=False),
        "visibility": "visible",
        "tags": [finding.code for finding in function.findings],
    }


def main(assignment: str, root: Path) -> None:
    """Grade ``root/submission`` and write ``root/results/results.json``.

    A failure of the grader itself writes no result, so that it cannot pass for zero points.
    """
    target = root / "results" / "results.json"
    target.unlink(missing_ok=True)
    course = Course(Path(__file__).resolve().parents[2])
    report = grade(course.load(assignment), root / "submission", name="submission")
    if report.status == "error":
        raise GraderError("; ".join(report.messages))
    results = {**results_of(report), "execution_time": round(report.duration_s)}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
