"""What runs inside Gradescope: grade the submission, write ``results.json``."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.collect import collect
from grader.course import Course, LoadedAssignment
from grader.model import FunctionReport, Report
from grader.pipeline import grade, unreadable
from grader.report.escape import plain

__all__ = ["main", "results_of"]


def results_of(report: Report) -> dict[str, Any]:
    """The report in the form that Gradescope reads.

    Every test is visible: one hidden test would hide the total from the student.
    """
    output = [plain(message) for message in report.messages]
    return {
        "score": report.points or 0.0,
        "output": "\n".join(output),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(number, function) for number, function in enumerate(report.functions, 1)],
        "extra_data": {"status": report.status, "sandbox": report.sandbox, "cases": report.cases},
    }


def _test(number: int, function: FunctionReport) -> dict[str, Any]:
    from grader.report.terminal import render_function

    return {
        "name": function.name,
        "number": str(number),
        "score": function.points,
        "max_score": function.max_points,
        "status": "passed" if function.status == "passed" else "failed",
        "output": render_function(function, width=80, color=False),
        "visibility": "visible",
        "tags": [finding.code for finding in function.findings],
    }


def grade_folder(assignment: LoadedAssignment, folder: Path) -> Report:
    """Grade the one submission in a folder."""
    names = frozenset(f.name for f in assignment.spec.functions)
    with tempfile.TemporaryDirectory() as scratch:
        items = collect([folder], graded_names=names, unpack_to=Path(scratch)).items
        chosen = [item for item in items if item.file is not None]
        if not chosen or chosen[0].file is None:
            why = items[0].problem if items else "the submission holds no .py or .ipynb file"
            return unreadable(assignment, assignment.cases(), "submission", None, why)
        item = chosen[0]
        return grade(assignment, chosen[0].file, siblings=item.modules, name=chosen[0].file.name)


def main(assignment: str, root: Path) -> None:
    """Grade ``root/submission`` and write ``root/results/results.json``.

    A failure of the grader itself writes no result, so that it cannot pass for zero points.
    """
    course = Course(Path(__file__).resolve().parents[1])
    report = grade_folder(course.load(assignment), root / "submission")
    target = root / "results" / "results.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({**results_of(report), "execution_time": round(report.duration_s)}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
