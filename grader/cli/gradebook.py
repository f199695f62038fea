"""``grader gradebook``: runs, marks, overrides, and files that Canvas and Moodle import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.output import say, show
from grader.cli.shared import refuse_swapped, try_file
from grader.disk import write_whole
from grader.errors import HarnessError, did_you_mean
from grader.intake.roster import read_roster

if TYPE_CHECKING:
    import sqlalchemy as sa

    from grader.gradebook.lms import Mark

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
@click.argument("assignments", metavar="ASSIGNMENT...", nargs=-1, required=True)
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
@click.option("--per-function", is_flag=True, help="CSV: a column for each function, question or part.")
@click.option(
    "--late", metavar="RULE", help="What lateness costs, such as '10%/day, grace 15 min, cap 50%'; 'none' for nothing."
)
@click.option(
    "--due",
    metavar="DATE",
    help="The due date that --late counts from, such as 2026-11-01T18:00; unless a platform only marks who is late.",
)
@click.option("--roster", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Class list with extensions.")
def export(book: str, assignments: tuple[str, ...], output: Path, **named: Any) -> None:
    """Export the marks, one row per student.

    Marks by hand are included. Several ASSIGNMENTs are the parts of one mark, which is their sum. The file that Canvas
    or Moodle exported is filled in; nothing else in it changes. The rule of --late is kept: pages and feedback show it.
    """
    refuse_swapped(book, assignments[0])
    target, template = named["target"], named["template"]
    if target != "csv" and template is None:
        raise HarnessError(f"--to {target} fills a file of {target}: download it there and name it with --template")
    try_file(output)
    exported = _marks(book, assignments, named)
    if target == "csv":
        from grader.gradebook.lms import marks_csv

        write_whole(output, marks_csv(exported, per_function=named["per_function"]).encode("utf-8-sig"))
        say(f"{output}: {len(exported)} students")
        return
    from grader.gradebook.lms import fill_canvas, fill_moodle

    sheet, there = (
        template.read_bytes(),
        [mark for mark in exported if mark.status != "no submission" or mark.points is not None],
    )
    filled = fill_canvas(sheet, there, column=named["column"]) if target == "canvas" else fill_moodle(sheet, there)
    write_whole(output, filled.data)
    say(f"{output}: {filled.written} marks written")
    for message in filled.messages:
        say(f"note: {message}", err=True)


def _marks(book: str, assignments: Sequence[str], named: Mapping[str, Any]) -> tuple[Mark, ...]:
    """The marks to export, after the rule of lateness and the roster are kept."""
    from grader.gradebook.late import parse_late
    from grader.gradebook.marks import combined, has_only_marks, marks
    from grader.gradebook.store import late_rule, open_gradebook, set_late, set_people

    roster = None if named["roster"] is None else read_roster(named["roster"])
    with open_gradebook(book, create=False) as opened:
        for assignment in assignments:
            _known_assignment(opened, book, assignment)
            if roster is not None:
                set_people(opened, assignment, roster.people)
            if named["late"] is not None or named["due"] is not None:
                before = late_rule(opened, assignment)
                rule, due = named["late"] or before[0], named["due"] or before[1]
                if rule != "none" and parse_late(rule, due).due is None and not has_only_marks(opened, assignment):
                    raise HarnessError(
                        "--due is missing: name the date that --late counts from, such as 2026-11-01 or 2026-11-01T18:00"
                    )
                set_late(opened, assignment, "" if rule == "none" else rule, due, made=datetime.now(UTC))
        return combined([(name, marks(opened, name, named["policy"])) for name in assignments])


def _known_assignment(opened: sa.Engine, book: str, assignment: str) -> None:
    from grader.gradebook.store import runs

    there = sorted({run.assignment for run in runs(opened)})
    if assignment not in there:
        near = did_you_mean(assignment, there)
        raise HarnessError(
            f"{book} holds no marks for {assignment!r}{near}; it has runs of: {', '.join(there) or 'nothing'}"
        )


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
        who = f"{change.name} ({change.student})" if change.name not in ("", change.student) else change.student
        say(f"{who}: {_points(change.points_before)} -> {_points(change.points_after)}  {change.why}")
    say(f"{len(changes)} changed between run {before} and run {after}")


def _points(points: float | None) -> str:
    return "none" if points is None else f"{points:g}"


_ASSIGNMENT = click.argument("assignment")
_AUTHOR = click.option("--author", required=True, help="Who decides.")
_FORCE = click.option("--force", is_flag=True, help="Also where the student, function or number of points is not known.")


@gradebook.command()
@_BOOK
@_ASSIGNMENT
@click.argument("what", metavar="STUDENT [FUNCTION] POINTS", nargs=-1)
@_AUTHOR
@click.option("--reason", required=True, help="Why; kept, shown to the student and exported.")
@click.option("--comment", "text", help="Something to say to the student besides.")
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Many at once: columns student, points and, if you like, function, reason and comment.",
)
@_FORCE
def override(book: str, assignment: str, what: tuple[str, ...], author: str, reason: str, **named: Any) -> None:
    """Give a student points by hand.

    For everything, or for one function or question. STUDENT is an identifier, an e-mail address or a name. POINTS is a
    number, or 'none' to take it back. It survives regrades, and is shown on the pages and exported with its author and
    reason.
    """
    from grader.gradebook.entering import ByHand, enter, rows_of
    from grader.gradebook.store import open_gradebook

    refuse_swapped(book, assignment)
    table = named["table"]
    if (len(what) not in (2, 3)) if table is None else what:
        raise click.UsageError("expected STUDENT [FUNCTION] POINTS, or --csv FILE without them")
    entries = rows_of(table, reason) if table else [ByHand(what[0], what[-1], what[1] if len(what) > 2 else "", reason)]
    if named["text"] is not None:
        entries = [replace(entry, comment=named["text"]) for entry in entries]
    with open_gradebook(book, create=False) as opened:
        _known_assignment(opened, book, assignment)
        for line in enter(opened, assignment, entries, author=author, made=datetime.now(UTC), force=named["force"]):
            say(line)


@gradebook.command()
@_BOOK
@_ASSIGNMENT
@click.argument("what", metavar="STUDENT [FUNCTION] TEXT", nargs=-1)
@_AUTHOR
@_FORCE
def comment(book: str, assignment: str, what: tuple[str, ...], author: str, force: bool) -> None:
    """Say something to a student.

    On everything, or on one function or question. It stands on the pages and in the student's feedback. A later comment
    of the same author on the same takes its place, and an empty TEXT takes it back.
    """
    from grader.gradebook.entering import ByHand, enter
    from grader.gradebook.store import open_gradebook

    refuse_swapped(book, assignment)
    if len(what) not in (2, 3):
        raise click.UsageError("expected STUDENT [FUNCTION] TEXT")
    entry = ByHand(what[0], "", what[1] if len(what) > 2 else "", "", what[-1])
    with open_gradebook(book, create=False) as opened:
        _known_assignment(opened, book, assignment)
        for line in enter(opened, assignment, [entry], author=author, made=datetime.now(UTC), force=force):
            say(line)
