"""What runs inside GitHub Actions: grade, write the job summary, annotate the student's lines."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from grader.course import Course
from grader.gradescope import grade_folder
from grader.pipeline import grade
from grader.report.markdown import render_annotations, render_summary

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Grade one submission; the exit status says whether ``--min-score`` was reached."""
    parser = argparse.ArgumentParser(prog="python -m grader.github")
    parser.add_argument("assignment")
    parser.add_argument("path", type=Path)
    parser.add_argument("--min-score", type=float, default=0.0)
    options = parser.parse_args(arguments)
    assignment = Course(Path(__file__).resolve().parents[1]).load(options.assignment)
    path: Path = options.path
    report = grade_folder(assignment, path) if path.is_dir() else grade(assignment, path)
    _append("GITHUB_STEP_SUMMARY", render_summary([report]))
    points = "" if report.points is None else f"{report.points:g}"
    _append("GITHUB_OUTPUT", f"points={points}\nmax-points={report.max_points:g}\n")
    relative = None if path.is_dir() else os.path.relpath(path)
    sys.stdout.write(render_annotations(report, path=relative))
    if report.status != "graded":
        return 2
    return int((report.percent or 0.0) < options.min_score)


def _append(variable: str, text: str) -> None:
    """Append to the file that a variable of GitHub's names; to nothing elsewhere."""
    target = os.environ.get(variable)
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
