"""``grader gradebook``: runs, marks, overrides, and files that Canvas and Moodle import."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from grader.cli.output import say, show
from grader.errors import HarnessError

# Imports inside the commands: the database library is an extra, and slow to import.

__all__ = ["gradebook"]

_BOOK = click.argument("book", metavar="URL")


@click.group()
def gradebook() -> None:
    """Keep marks over several runs and export them.

    URL is an SQLite file, or the URL of another database; 'grader grade --gradebook URL' fills it.
    """


@gradebook.command("runs")
@_BOOK
def runs_(book: str) -> None:
    """List the runs that a gradebook holds."""
    from grader.gradebook.store import open_gradebook, runs

    with open_gradebook(book, create=False) as opened:
        for run in runs(opened):
            state = "" if run.finished else "  (not finished)"
            say(
                f"{run.id:4d}  {run.started:<27} {run.assignment}  {run.reports} reports  "
                f"cases {run.cases[:12]}  version {run.grader_version}{state}"
            )


@gradebook.command()
@_BOOK
@click.argument("assignment")
@click.option(
    "--to",
    "target",
    type=click.Choice(["csv", "canvas", "moodle"]),
    default="csv",
    show_default=True,
    help="What to write: a table of one's own, or a file that the LMS imports.",
)
@click.option(
    "--template",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The gradebook exported from Canvas, or the grading worksheet of Moodle, that is to be filled.",
)
@click.option("--column", help="Canvas: title or number of the assignment's column, where there are several.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option(
    "--policy", type=click.Choice(["best", "last"]), default="best", show_default=True, help="Which attempt counts."
)
def export(
    book: str,
    assignment: str,
    target: str,
    template: Path | None,
    column: str | None,
    output: Path,
    policy: Literal["best", "last"],
) -> None:
    """Export the marks, one row per student.

    Manual overrides are included. The file that Canvas or Moodle exported is filled in; nothing else in it changes.
    """
    from grader.gradebook.lms import fill_canvas, fill_moodle, marks_csv
    from grader.gradebook.marks import marks
    from grader.gradebook.store import open_gradebook, runs

    with open_gradebook(book, create=False) as opened:
        exported = marks(opened, assignment, policy)
        assignments = sorted({run.assignment for run in runs(opened)})
    if not exported:
        there = ", ".join(assignments) or "nothing"
        raise HarnessError(f"{book} holds no marks for {assignment!r}; it has runs of: {there}")
    if target == "csv":
        output.write_bytes(marks_csv(exported).encode("utf-8-sig"))
        say(f"{output}: {len(exported)} students")
        return
    if template is None:
        raise HarnessError(f"--to {target} fills a file of {target}: download it there and name it with --template")
    sheet = template.read_bytes()
    filled = fill_canvas(sheet, exported, column=column) if target == "canvas" else fill_moodle(sheet, exported)
    output.write_bytes(filled.data)
    say(f"{output}: {filled.written} marks written")
    for message in filled.messages:
        say(f"note: {message}", err=True)


@gradebook.command()
@_BOOK
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every check that changed.")
def diff(book: str, before: int, after: int, as_json: bool) -> None:
    """Show whose marks changed between two runs, and why."""
    from grader.gradebook.marks import diff as changes_between
    from grader.gradebook.store import open_gradebook

    with open_gradebook(book, create=False) as opened:
        changes = changes_between(opened, before, after)
    if as_json:
        show(json.dumps([asdict(change) for change in changes], indent=2))
        return
    for change in changes:
        say(f"{change.student}: {_points(change.points_before)} -> {_points(change.points_after)}  {change.why}")
    say(f"{len(changes)} changed between run {before} and run {after}")


def _points(points: float | None) -> str:
    return "none" if points is None else f"{points:g}"


@gradebook.command()
@_BOOK
@click.argument("assignment")
@click.argument("student")
@click.argument("points")
@click.option("--author", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why; kept and exported.")
def override(book: str, assignment: str, student: str, points: str, author: str, reason: str) -> None:
    """Give a student a mark by hand.

    POINTS is a number, or 'none' to take the mark back. It survives regrades, and is exported with its author and
    reason.
    """
    from grader.gradebook.marks import marks
    from grader.gradebook.store import open_gradebook
    from grader.gradebook.store import override as set_override

    try:
        value = None if points == "none" else float(points)
    except ValueError:
        raise HarnessError(f"expected a number of points or 'none', found {points!r}") from None
    with open_gradebook(book, create=False) as opened:
        set_override(opened, assignment, student, value, author=author, reason=reason, made=datetime.now(UTC))
        mark = next((mark for mark in marks(opened, assignment, "best") if mark.student == student), None)
    say(f"{student}: {'override taken back' if value is None else f'{value:g} points by {author}'}")
    if mark is None or mark.run is None:
        say(f"note: no run holds a submission of {student!r} to {assignment}; is the name right?", err=True)
    elif value is not None and mark.max_points is not None and value > mark.max_points:
        say(f"note: that is more than the {mark.max_points:g} points of {assignment}", err=True)
