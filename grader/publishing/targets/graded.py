"""What the platforms' programs have in common: grade by the course that lies beside this package, and write one file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.errors import GraderError, HarnessError
from grader.grading.pipeline import grade
from grader.model import Report
from grader.report.escape import plain

__all__ = ["course_here", "graded", "run", "write_result"]


def course_here() -> Course:
    """The course of the one assignment that was exported with this package."""
    return Course(Path(__file__).resolve().parents[3])


def graded(assignment: str, submission: Path) -> Report:
    """The report on what a platform handed in.

    Raises
    ------
    GraderError
        When the grader itself failed: no result may be written then.
    """
    report = grade(course_here().load(assignment), submission, name="submission")
    if report.status == "error":
        raise GraderError("; ".join(report.messages))
    return report


def write_result(path: Path, result: Mapping[str, Any]) -> None:
    """Write what a platform reads, into a folder that need not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8", "backslashreplace")


def run(main: Callable[[Sequence[str]], None]) -> int:
    """The exit status of a platform's program: 0 when it wrote a result, 3 with one line of why when it wrote none."""
    try:
        main(sys.argv[1:])
    except (HarnessError, OSError) as error:
        sys.stderr.write(f"the grader failed, so that there is no result: {plain(str(error))}\n")
        return 3
    return 0
