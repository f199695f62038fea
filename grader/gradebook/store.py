"""Every run of every assignment, kept: its reports, and the overrides that instructors made.

One row per report, committed before the next one is graded, so that a crash loses nothing that was
finished. Nothing is ever updated away: a regrade is another run, an override is another row, and
:func:`grader.gradebook.marks.marks` works out what counts. The rules stand in ``docs/design/gradebook.md``.

The gradebook is an SQLite file or any database with an SQLAlchemy URL.
"""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from grader.errors import missing_extra, near_path
from grader.gradebook.schema import COMMENTS, LATE, OVERRIDES, PEOPLE, REPORTS, RUNS, GradebookError, clean, key_of, migrate
from grader.intake.roster import Person
from grader.model import Report, report_from_json, report_to_json

__all__ = [
    "comment",
    "comments",
    "find_run",
    "finish_run",
    "late_rule",
    "open_gradebook",
    "override",
    "overrides",
    "people",
    "record",
    "reports",
    "runs",
    "set_late",
    "set_people",
    "start_run",
    "unfinished_run",
    "writing",
]

_PATIENCE = 60  # seconds that a writer waits for another one


@contextlib.contextmanager
def open_gradebook(where: str | Path, *, create: bool = True) -> Iterator[sa.Engine]:
    """Open a gradebook, create it where there is none, and bring it up to date.

    Parameters
    ----------
    where : str or Path
        An SQLite file, or an SQLAlchemy URL (``postgresql+psycopg://...``).
    create : bool
        Whether a missing SQLite file is created; commands that only read say no.

    Raises
    ------
    GradebookError
        When the place cannot be opened, is no gradebook, or was written by a newer version.
    """
    text = str(where)
    try:
        url = _driven(sa.make_url(text)) if "://" in text else sa.URL.create("sqlite", database=text)
        is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        if is_file and not create and not Path(str(url.database)).is_file():
            near = near_path(text)
            raise GradebookError(f"there is no gradebook at {text}{near}; 'grader grade --gradebook' makes one")
        book = sa.create_engine(url)
        if book.dialect.name == "sqlite":
            _prepare_sqlite(book)
        with writing(book) as connection:
            migrate(connection)
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise GradebookError(f"{_without_password(text)} does not open as a gradebook: {reason}") from error
    try:
        yield book
    finally:
        book.dispose()


def _driven(url: sa.URL) -> sa.URL:
    """The address with our driver for PostgreSQL, which is an extra."""
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):  # any other driver is the user's choice
        return url
    if find_spec("psycopg") is None:
        raise missing_extra("a gradebook on PostgreSQL", "postgres")
    return url.set(drivername="postgresql+psycopg")


def writing(book: sa.Engine | sa.Connection) -> contextlib.AbstractContextManager[sa.Connection]:
    """A transaction that holds the writer's lock from its beginning; of a connection, the one that it is in."""
    if isinstance(book, sa.Connection):
        return contextlib.nullcontext(book)
    return book.execution_options(grader_writes=True).begin()


def start_run(
    book: sa.Engine, *, assignment: str, cases: str, grader_version: str, started: datetime, note: str = ""
) -> int:
    """Begin a run at the caller's time, which needs a time zone, and return its number.

    ``cases`` is the hash of the case file; ``note`` is anything worth knowing later.
    """
    row = {"assignment": assignment, "cases": cases, "grader_version": grader_version, "note": note}
    insert = sa.insert(RUNS).values(**row, started=_time(started)).returning(RUNS.c.id)
    with writing(book) as connection:
        return int(connection.execute(insert).scalar_one())


def unfinished_run(book: sa.Engine, *, assignment: str, cases: str, grader_version: str, note: str) -> int | None:
    """The number of a run that was begun with these very facts and broken off, so that it can go on."""
    facts = {"assignment": assignment, "cases": cases, "grader_version": grader_version, "note": note}
    same = [RUNS.c[name] == value for name, value in facts.items()]
    query = sa.select(sa.func.max(RUNS.c.id)).where(*same, RUNS.c.finished.is_(None))
    with book.connect() as connection:
        found: int | None = connection.execute(query).scalar_one()
        return found


def record(
    book: sa.Engine,
    run: int,
    report: Report,
    *,
    name: str = "",
    email: str = "",
    late: bool = False,
    fingerprint: str = "",
    submitted: str = "",
) -> None:
    """Store one report; when this returns, it is on the disk.

    A second report on the same submission of the same student in the same run takes the place of the first
    (a run that was resumed).

    Parameters
    ----------
    run : int
        From :func:`start_run`.
    report : Report
        The verdict. Without a student, the submission's path stands for one.
    name, email, late, fingerprint, submitted
        From :mod:`grader.intake.collect`. Equal fingerprints mean the same attempt; without one, the path does.

    Raises
    ------
    GradebookError
        When there is no such run, or the report is of another assignment.
    """
    row = {
        "run": run, "student": key_of(report.student or report.submission), "name": clean(name),
        "email": clean(email), "late": int(late), "submission": clean(report.submission), "fingerprint": fingerprint,
        "submitted": submitted, "status": report.status, "points": report.points, "max_points": report.max_points,
        "json": json.dumps(report_to_json(report)),
    }  # fmt: skip
    same = [REPORTS.c[key] == row[key] for key in ("run", "student", "submission")]
    with writing(book) as connection:
        assignment = find_run(connection, run).assignment
        if assignment != report.assignment:
            raise GradebookError(f"run {run} is of {assignment!r}, the report of {report.assignment!r}")
        connection.execute(sa.delete(REPORTS).where(*same))
        connection.execute(sa.insert(REPORTS).values(**row))


def finish_run(book: sa.Engine, run: int, *, finished: datetime) -> None:
    """Note that a run graded everything it was given."""
    with writing(book) as connection:
        find_run(connection, run)
        connection.execute(sa.update(RUNS).where(RUNS.c.id == run).values(finished=_time(finished)))


def runs(book: sa.Engine) -> Sequence[sa.Row[Any]]:
    """All runs, oldest first, each with its number of ``reports``; ``finished`` is None when it was broken off."""
    count = sa.select(sa.func.count()).where(REPORTS.c.run == RUNS.c.id).scalar_subquery().label("reports")
    with book.connect() as connection:
        return connection.execute(sa.select(RUNS, count).order_by(RUNS.c.id)).all()


def reports(book: sa.Engine, run: int) -> Iterator[tuple[sa.Row[Any], Report]]:
    """The rows and reports of a run in the order of recording, one at a time, so that memory stays flat."""
    with book.connect() as connection:
        find_run(connection, run)
        query = sa.select(REPORTS).where(REPORTS.c.run == run).order_by(REPORTS.c.id)
        for row in connection.execution_options(yield_per=50).execute(query):
            yield row, report_from_json(json.loads(row.json))


def override(
    book: sa.Engine | sa.Connection,
    assignment: str,
    student: str,
    points: float | None,
    *,
    author: str,
    reason: str,
    made: datetime,
    function: str = "",
) -> None:
    """Give a student points by hand. They stand over every run until another override, also over regrades.

    Parameters
    ----------
    points : float or None
        Of the assignment, or of one ``function`` of it; more than the maximum is allowed. None takes the override back.
    author, reason : str
        Both are kept and exported; neither may be empty.

    Raises
    ------
    GradebookError
        When an argument makes no sense.
    """
    if points is not None and not (math.isfinite(points) and points >= 0):
        raise GradebookError(f"expected points of 0 or more, found {points}")
    for what, text in (("student", student), ("author", author), ("reason", reason)):
        if not text.strip():
            raise GradebookError(f"an override needs its {what}; found nothing")
    row = {
        "assignment": assignment, "student": key_of(student), "function": function, "points": points,
        "made": _time(made),
    }  # fmt: skip
    with writing(book) as connection:
        connection.execute(sa.insert(OVERRIDES).values(**row, author=clean(author), reason=clean(reason)))


def overrides(book: sa.Engine, assignment: str) -> Sequence[sa.Row[Any]]:
    """Every override of an assignment that was ever made, oldest first; the last one of a student and function counts.

    Points of None take the ones before back.
    """
    with book.connect() as connection:
        query = sa.select(OVERRIDES).where(OVERRIDES.c.assignment == assignment).order_by(OVERRIDES.c.id)
        return connection.execute(query).all()


def comment(
    book: sa.Engine | sa.Connection,
    assignment: str,
    student: str,
    text: str,
    *,
    author: str,
    made: datetime,
    function: str = "",
) -> None:
    """Say something to a student, on one function or on the whole; a later one of the same author takes its place.

    An empty text takes the comment back.
    """
    if not author.strip():
        raise GradebookError("a comment needs its author; found nothing")
    row = {"assignment": assignment, "student": key_of(student), "function": function, "made": _time(made)}
    with writing(book) as connection:
        connection.execute(sa.insert(COMMENTS).values(**row, author=clean(author), text=clean(text)))


def comments(book: sa.Engine, assignment: str) -> Sequence[sa.Row[Any]]:
    """The comments that stand, oldest first."""
    with book.connect() as connection:
        rows = connection.execute(sa.select(COMMENTS).where(COMMENTS.c.assignment == assignment).order_by(COMMENTS.c.id))
        last = {(row.student, row.function, row.author): row for row in rows}
    return [row for row in sorted(last.values(), key=lambda row: row.id) if row.text.strip()]


def set_people(book: sa.Engine, assignment: str, people: Iterable[Person]) -> None:
    """Keep who is in the class of an assignment, by the latest roster: whoever is on it replaces what was known of him."""
    with writing(book) as connection:
        for person in people:
            key = {"assignment": assignment, "student": key_of(person.id)}
            facts = {
                "name": clean(person.name), "email": clean(person.email),
                "aliases": json.dumps(person.aliases), "extension": clean(person.extension),
            }  # fmt: skip
            connection.execute(sa.delete(PEOPLE).where(*(PEOPLE.c[name] == value for name, value in key.items())))
            connection.execute(sa.insert(PEOPLE).values(**key, **facts))


def people(book: sa.Engine, assignment: str) -> dict[str, Person]:
    """Everybody who is known: from the roster, and from reports (with the latest name and e-mail address there)."""
    found: dict[str, Person] = {}
    columns = (REPORTS.c.student, REPORTS.c.name, REPORTS.c.email)
    reported = sa.select(*columns).join(RUNS, RUNS.c.id == REPORTS.c.run).where(RUNS.c.assignment == assignment)
    with book.connect() as connection:
        for student, name, email in connection.execute(reported.order_by(REPORTS.c.id)):
            before = found.get(student, Person(student))
            found[student] = replace(before, name=name or before.name, email=email or before.email)
        for row in connection.execute(sa.select(PEOPLE).where(PEOPLE.c.assignment == assignment)):
            aliases = tuple(json.loads(row.aliases))
            found[row.student] = Person(row.student, row.name, row.email, aliases, row.extension)
    return found


def set_late(book: sa.Engine, assignment: str, rule: str, due: str, *, made: datetime) -> None:
    """Keep what lateness costs; the latest rule counts, and an empty one takes it back."""
    with writing(book) as connection:
        connection.execute(sa.insert(LATE).values(assignment=assignment, rule=rule, due=due, made=_time(made)))


def late_rule(book: sa.Engine, assignment: str) -> tuple[str, str]:
    """The rule and the due date; empty where lateness costs nothing."""
    with book.connect() as connection:
        query = sa.select(LATE.c.rule, LATE.c.due).where(LATE.c.assignment == assignment).order_by(LATE.c.id.desc())
        row = connection.execute(query.limit(1)).one_or_none()
    return ("", "") if row is None else (row.rule, row.due)


def find_run(connection: sa.Connection, run: int) -> sa.Row[Any]:
    """The row of a run; an error that lists the runs there are when there is none of that number."""
    row = connection.execute(sa.select(RUNS).where(RUNS.c.id == run)).one_or_none()
    if row is None:
        numbers = [str(number) for number in connection.execute(sa.select(RUNS.c.id).order_by(RUNS.c.id)).scalars()]
        there = f"run {', '.join(numbers[-10:])}" if numbers else "no run yet"
        raise GradebookError(f"there is no run {run}; the gradebook has {there}")
    return row


def _time(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise GradebookError("expected a time with a time zone, such as datetime.now(UTC), found one without")
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _without_password(text: str) -> str:
    try:
        return str(sa.make_url(text)) if "://" in text else text  # a URL prints its password as ***
    except sa.exc.ArgumentError:
        return text.split("://")[0] + "://..."


def _prepare_sqlite(engine: sa.Engine) -> None:
    """Readers beside one writer (WAL), writers that wait for each other, commits that reach the disk.

    The driver's own transactions are switched off: they begin late, so that two writers that both read
    first would fail instead of waiting.
    """

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={_PATIENCE * 1000}")
        _write_ahead(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("grader_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers read beside a writer. The file keeps it, so only the first to open a new gradebook changes something.

    SQLite does not wait for this change as it waits for a lock (https://sqlite.org/c3ref/busy_handler.html): of several
    that open a new file at once, all but one are told at once that it is locked. So they are tried again here.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY  # the low byte, of several kinds
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(0.02)
