"""Points and comments by hand on their way in: whose they are, of what, and whether that can be meant."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from grader.errors import did_you_mean
from grader.gradebook.schema import REPORTS, RUNS, GradebookError
from grader.gradebook.store import comment, override, people, writing
from grader.intake.csv import SheetError, read_sheet
from grader.intake.roster import NOT_LISTED, Person, find, name_key, roster_of
from grader.model import report_from_json

__all__ = ["ByHand", "enter", "rows_of"]

_COLUMNS = ("student", "points", "function", "reason", "comment")


@dataclass(frozen=True, slots=True)
class ByHand:
    """What somebody enters for a student: points as they were typed (empty for none), a reason, a comment."""

    student: str
    points: str = ""
    function: str = ""
    reason: str = ""
    comment: str | None = None


def rows_of(path: Path, reason: str) -> list[ByHand]:
    """The rows of a CSV file with the columns student, points and, if there, function, reason and comment.

    Raises
    ------
    SheetError
        When a column is missing; a row without points and comment is passed over.
    """
    header, *rows = read_sheet(path).rows
    titles = [title.strip().lower() for title in header]
    if twice := [title for title in _COLUMNS if titles.count(title) > 1]:
        raise SheetError(f"{path}: expected each column once, found several called {twice[0]!r}")
    if missing := [title for title in ("student", "points") if title not in titles]:
        raise SheetError(f"{path}: expected the columns 'student' and 'points', found no {missing[0]!r}")
    entries = []
    for row in rows:
        cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False)}
        if cells.get("student") and (cells.get("points") or cells.get("comment")):
            why, said = cells.get("reason") or reason, cells.get("comment") or None
            entries.append(ByHand(cells["student"], cells.get("points", ""), cells.get("function", ""), why, said))
    return entries


def enter(
    book: sa.Engine, assignment: str, entries: Sequence[ByHand], *, author: str, made: datetime, force: bool = False
) -> list[str]:
    """Check everything, then keep all or nothing, and say of each entry in a line what was done.

    Raises
    ------
    GradebookError
        When a student, function or number of points is not known and ``force`` is not set; nothing was kept then.
    """
    known, parts, graded = people(book, assignment), _parts(book, assignment), _graded(book, assignment)
    checked = [_checked(entry, known, parts, force=force) for entry in entries]
    with writing(book) as connection:
        for entry, points in checked:
            student, part, why = entry.student, entry.function, entry.reason
            if entry.points:
                override(connection, assignment, student, points, author=author, reason=why, made=made, function=part)
            if entry.comment is not None:
                comment(connection, assignment, student, entry.comment, author=author, made=made, function=part)
    return [line for entry, points in checked for line in _done(entry, points, known, author, graded)]


def _done(
    entry: ByHand, points: float | None, known: Mapping[str, Person], author: str, graded: Collection[str]
) -> Iterator[str]:
    """What was done with an entry, in lines."""
    person = known.get(entry.student, Person(entry.student))
    who = f"{person.name} ({person.id})" if person.name else person.id
    what = f", {entry.function}" if entry.function else ""
    if entry.points:
        yield f"{who}{what}: {'taken back' if points is None else f'{points:g} points'} by {author}"
    if entry.function and points is not None and entry.student not in graded:
        yield f"note: {who}: nothing else of theirs has points, so {entry.function} does not count yet; POINTS alone do"
    if entry.comment is not None:
        yield f"{who}{what}: {'commented' if entry.comment.strip() else 'comment taken back'} by {author}"


def _graded(book: sa.Engine, assignment: str) -> frozenset[str]:
    """Who has a report with points."""
    query = sa.select(REPORTS.c.student).join(RUNS, RUNS.c.id == REPORTS.c.run).distinct()
    with book.connect() as connection:
        found = connection.execute(query.where(RUNS.c.assignment == assignment, REPORTS.c.points.is_not(None)))
        return frozenset(found.scalars())


def _checked(
    entry: ByHand, known: Mapping[str, Person], parts: Mapping[str, float], *, force: bool
) -> tuple[ByHand, float | None]:
    """The entry under the student's identifier, and its points."""
    student = _student(entry.student, known, force=force)
    if entry.function and entry.function not in parts and not force:
        near, names = did_you_mean(entry.function, parts), ", ".join(name for name in parts if name)
        raise GradebookError(f"there is no function or question {entry.function!r}{near}; it has: {names} (--force)")
    try:
        points = None if entry.points in ("", "none") else float(entry.points)
    except ValueError:
        raise GradebookError(f"expected a number of points or 'none', found {entry.points!r}") from None
    most = parts.get(entry.function)
    if points is not None and most is not None and not 0 <= points <= most and not force:
        what = entry.function or "everything"
        raise GradebookError(f"expected points from 0 to {most:g} for {what}, found {entry.points} (--force)")
    return replace(entry, student=student), points


def _student(typed: str, known: Mapping[str, Person], *, force: bool) -> str:
    """The identifier of the student that an identifier, an e-mail address or a name belongs to."""
    if typed in known:
        return typed
    everybody = roster_of(list(known.values()))
    index = find(everybody, [typed], [typed])
    if not isinstance(index, str):
        return everybody.people[index].id
    if force:
        return typed
    names = [name for person in known.values() for name in (person.id, person.email, person.name) if name]
    if index != NOT_LISTED:
        raise GradebookError(f"{index}; name the identifier (--force)")
    raise GradebookError(f"nobody goes by {typed!r}: {index}{did_you_mean(typed, names, name_key)} (--force)")


def _parts(book: sa.Engine, assignment: str) -> dict[str, float]:
    """The points of every part by the latest report that lists them; ``""`` stands for the whole."""
    query = sa.select(REPORTS.c.json).join(RUNS, RUNS.c.id == REPORTS.c.run)
    query = query.where(RUNS.c.assignment == assignment, REPORTS.c.points.is_not(None))
    with book.connect() as connection:
        text = connection.execute(query.order_by(REPORTS.c.id.desc()).limit(1)).scalar_one_or_none()
    if text is None:
        return {}
    report = report_from_json(json.loads(text))
    return {"": report.max_points, **{function.name: function.max_points for function in report.functions}}
