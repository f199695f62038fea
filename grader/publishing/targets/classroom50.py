"""What runs inside Classroom 50: grade the student's repository, write ``result.json`` into it.

Classroom 50 takes a result without tests for "submitted, nothing to grade" and marks the commit as a success. So every
graded function is a test here, also of a submission that cannot be read; and where there is no verdict, there is no result
but an exit status, which Classroom 50 shows as an error.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.model import FunctionReport, Report
from grader.publishing.targets.graded import course_here, graded, run, write_result
from grader.report.markdown import render_summary

__all__ = ["SCHEMA", "main", "result_of"]

SCHEMA = "classroom50/result/v1"
# What the runner says about a submission: the key of the result, and the variable.
_IDENTITY = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def result_of(report: Report, points: Mapping[str, float], variables: Mapping[str, str], when: datetime) -> dict[str, Any]:
    """The report in the form of ``classroom50/result/v1``, whose scores are whole numbers.

    Parameters
    ----------
    report
        Of the submission.
    points
        The points of each graded function of the assignment.
    variables
        The environment that the runner gives.
    when
        The time of grading; the runner puts the commit's in its place.

    Raises
    ------
    GraderError
        When the runner did not say whose submission this is, or there is nothing to grade.
    """
    absent = [name for name in _IDENTITY.values() if not variables.get(name)]
    if absent or not points:
        why = f"{', '.join(absent)} not set: is this Classroom 50's runner?" if absent else "the assignment has no function"
        raise GraderError(why)
    scale = _scale(points.values())
    by_name = {function.name: function for function in report.functions}
    tests = [_test(name, most, by_name.get(name), scale) for name, most in points.items()]
    return {
        "schema": SCHEMA,
        **{key: variables[name] for key, name in _IDENTITY.items()},
        "datetime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def _test(name: str, most: float, function: FunctionReport | None, scale: int) -> dict[str, Any]:
    """A test; a function that has not passed gets whole points that it has earned, and never all of them."""
    passed = function is not None and function.status == "passed"
    whole = round(scale * most)
    earned = math.floor(scale * function.points + 1e-9) if function is not None else 0
    score = whole if passed else max(0, min(earned, whole - 1))
    return {"test-name": name, "passed": passed, "score": score, "max-score": whole}


def _scale(points: Collection[float]) -> int:
    """What makes the points of every function whole: 1, 10 or 100."""
    for scale in (1, 10):
        if all(math.isclose(scale * value, round(scale * value)) and value for value in points):
            return scale
    return 100


def main(arguments: Sequence[str]) -> None:
    """Grade a checkout and write ``result.json`` and ``release-body.md`` there; arguments: assignment, checkout."""
    assignment, checkout = arguments[0], Path(arguments[1])
    files = checkout / "result.json", checkout / "release-body.md"
    for file in files:  # a student's own file of this name is no result
        file.unlink(missing_ok=True)
    points = {function.name: function.points for function in course_here().load(assignment).spec.functions}
    report = graded(assignment, checkout)
    result = result_of(report, points, os.environ, datetime.now(UTC))
    files[1].write_text(render_summary([report]), "utf-8")
    write_result(files[0], result)


if __name__ == "__main__":
    sys.exit(run(main))
