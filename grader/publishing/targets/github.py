"""What runs inside GitHub Actions: grade, write the job summary, annotate the student's lines."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.course import LoadedAssignment
from grader.errors import HarnessError, SubmissionError
from grader.grading.pipeline import grade
from grader.intake.collect import link_in
from grader.model import Report
from grader.publishing.targets.graded import course_here
from grader.report.escape import annotation
from grader.report.markdown import render_annotations, render_summary
from grader.submission.files import read_bytes

__all__ = ["main", "notebook_lines"]

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},\n]')


def main(arguments: list[str] | None = None) -> int:
    """Grade one submission.

    Returns
    -------
    int
        0 when ``--min-score`` was reached, 1 when it was not, 2 when there was nothing to grade, 3 when the
        grader failed.
    """
    parser = argparse.ArgumentParser(prog="python -m grader.publishing.targets.github")
    parser.add_argument("assignment")
    parser.add_argument("path", type=Path)
    parser.add_argument("--min-score", type=float, default=0.0)
    options = parser.parse_args(arguments)
    try:
        assignment = course_here().load(options.assignment)
        if linked := link_in(options.path, Path.cwd()):  # the repository is the student's, every folder of it
            sys.stdout.write(f"::error title=grader::{annotation(f'{options.path}: {linked}')}\n")
            return 2
        report, file = _graded(assignment, options.path)
    except HarnessError as error:
        sys.stdout.write(f"::error title=grader::{annotation(str(error))}\n")
        return 3
    _append("GITHUB_STEP_SUMMARY", render_summary([report]))
    points = "" if report.points is None else f"{report.points:g}"
    _append("GITHUB_OUTPUT", f"points={points}\nmax-points={report.max_points:g}\n")
    # A path from the repository's root, with forward slashes, is what annotations need.
    graded = report.status == "graded"
    lines = notebook_lines(file) if graded and file.suffix.lower() == ".ipynb" else {}
    sys.stdout.write(render_annotations(report, path=Path(os.path.relpath(file)).as_posix(), lines=lines))
    if report.status != "graded":
        return 2 if report.status == "unreadable" else 3
    return int((report.percent or 0.0) < options.min_score)


def _graded(assignment: LoadedAssignment, path: Path) -> tuple[Report, Path]:
    """The report, and the file that it is about: of a folder the first one that was graded."""
    report = grade(assignment, path, name=path.name, own_folder=True)
    inside = report.files.graded[:1] if path.is_dir() else ()
    return report, path.joinpath(*inside)


def notebook_lines(file: Path) -> dict[str, int]:
    """The lines of a notebook's file in which the lines of its cells stand: ``{"cell 7, line 3": 120}``.

    GitHub knows the file's lines only. Jupyter writes a line of a cell in a line of its own. Cells are numbered among the
    code cells. Empty where the file cannot be read, or is no notebook.
    """
    try:
        text = read_bytes(file).decode("utf-8-sig")
        cells = json.loads(text)["cells"]
        codes = [number for number, cell in enumerate(cells) if cell["cell_type"] == "code"]
        numbers = {cell: number for number, cell in enumerate(codes, 1)}
        found: dict[str, int] = {}
        written: dict[int, int] = {}
        for cell, line, piece in _pieces(text):
            first = written.get(cell, 1)
            written[cell] = first + piece.count("\n")
            for number in range(first, written[cell] + (not piece.endswith("\n"))):
                if cell in numbers:
                    found.setdefault(f"cell {numbers[cell]}, line {number}", line)
    except (SubmissionError, ValueError, LookupError, TypeError):
        return {}
    return found


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Each text of a cell's source: the cell, the line of the file that it stands in, the text itself."""
    path: list[list[Any]] = []  # an opening bracket, and the key or index where we are inside
    line = 1
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark == "\n":
            line += 1
        elif mark in "[{":
            path.append([mark, 0 if mark == "[" else None])
        elif mark in "]}":
            path.pop()
        elif mark == ",":
            path[-1][1] = path[-1][1] + 1 if path[-1][0] == "[" else None
        elif path[-1][1] is None:
            path[-1][1] = json.loads(mark)
        else:
            match [step for _, step in path]:
                case ["cells", int(cell), "source"] | ["cells", int(cell), "source", int()]:
                    yield cell, line, json.loads(mark)


def _append(variable: str, text: str) -> None:
    """Append to the file that a variable of GitHub's names; to nothing elsewhere."""
    target = os.environ.get(variable)
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
