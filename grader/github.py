"""What runs inside GitHub Actions: grade, write the job summary, annotate the student's lines."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from grader.collect import neighbours
from grader.course import Course, LoadedAssignment
from grader.errors import HarnessError
from grader.gradescope import grade_folder
from grader.model import Report
from grader.pipeline import grade
from grader.report.escape import annotation
from grader.report.markdown import render_annotations, render_summary

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Grade one submission.

    Returns
    -------
    int
        0 when ``--min-score`` was reached, 1 when it was not, 2 when there was nothing to grade, 3 when the
        grader failed.
    """
    parser = argparse.ArgumentParser(prog="python -m grader.github")
    parser.add_argument("assignment")
    parser.add_argument("path", type=Path)
    parser.add_argument("--min-score", type=float, default=0.0)
    options = parser.parse_args(arguments)
    try:
        assignment = Course(Path(__file__).resolve().parents[1]).load(options.assignment)
        report, file = _graded(assignment, options.path)
    except HarnessError as error:
        sys.stdout.write(f"::error title=grader::{annotation(str(error))}\n")
        return 3
    _append("GITHUB_STEP_SUMMARY", render_summary([report]))
    points = "" if report.points is None else f"{report.points:g}"
    _append("GITHUB_OUTPUT", f"points={points}\nmax-points={report.max_points:g}\n")
    # A path from the repository's root, with forward slashes, is what annotations need.
    sys.stdout.write(render_annotations(report, path=Path(os.path.relpath(file)).as_posix()))
    if report.status != "graded":
        return 2 if report.status == "unreadable" else 3
    return int((report.percent or 0.0) < options.min_score)


def _graded(assignment: LoadedAssignment, path: Path) -> tuple[Report, Path]:
    """The report, and the file that it is about."""
    if path.is_dir():
        report, file = grade_folder(assignment, path)
        return report, file or path
    return grade(assignment, path, siblings=neighbours(path), name=path.name), path


def _append(variable: str, text: str) -> None:
    """Append to the file that a variable of GitHub's names; to nothing elsewhere."""
    target = os.environ.get(variable)
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
