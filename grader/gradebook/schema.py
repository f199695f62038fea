"""The tables of the gradebook, and how an older gradebook becomes a newer one.

A new gradebook gets the tables as they are written here. An older one is changed by the migrations that it
has not had; which ones it has had stands in ``grader_migrations``. A migration that was released is never
edited: a change of the tables is a change here plus a new function at the end of :data:`MIGRATIONS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from grader.errors import HarnessError

__all__ = [
    "COMMENTS",
    "LATE",
    "MIGRATIONS",
    "OVERRIDES",
    "PEOPLE",
    "REPORTS",
    "RUNS",
    "GradebookError",
    "clean",
    "key_of",
    "migrate",
]


class GradebookError(HarnessError):
    """A request that does not fit what the gradebook holds, or a file that is no gradebook."""


def clean(text: str) -> str:
    """Text that every database takes: no NUL, no lone surrogates. The report's JSON keeps the original."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def key_of(student: str) -> str:
    """A student as the tables name him: two long names that begin alike are those of two students."""
    text = clean(student)
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - len(digest) - 1]}…{digest}"


_LONGEST = 255  # characters, because not every database can index unbounded text
_TABLES = sa.MetaData()


def _key() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _indexed(name: str, *, index: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.String(_LONGEST), nullable=False, index=index)


def _later(name: str) -> sa.Column[Any]:
    """A column that older rows do not have."""
    return sa.Column(name, sa.String(255), nullable=False, server_default="")


RUNS = sa.Table(
    "grader_runs", _TABLES,
    _key(), _indexed("assignment"), _text("cases"), _text("grader_version"), _text("note"), _text("started"),
    _text("finished", nullable=True),
)  # fmt: skip
REPORTS = sa.Table(
    "grader_reports", _TABLES,
    _key(),
    sa.Column("run", sa.Integer, sa.ForeignKey(RUNS.c.id), nullable=False, index=True),
    _indexed("student"), _text("name"), _text("email"), _text("submission"), _text("fingerprint"),
    sa.Column("late", sa.Integer, nullable=False),
    _text("status"),
    sa.Column("points", sa.Float(53)),
    sa.Column("max_points", sa.Float(53), nullable=False),
    _text("json"), _later("submitted"),
)  # fmt: skip
OVERRIDES = sa.Table(
    "grader_overrides", _TABLES,
    _key(), _indexed("assignment"), _indexed("student", index=False), sa.Column("points", sa.Float(53)),
    _text("author"), _text("reason"), _text("made"), _later("function"),
)  # fmt: skip
COMMENTS = sa.Table(
    "grader_comments", _TABLES,
    _key(), _indexed("assignment"), _indexed("student", index=False), _indexed("function", index=False),
    _text("text"), _text("author"), _text("made"),
)  # fmt: skip
PEOPLE = sa.Table(
    "grader_people", _TABLES,
    sa.Column("assignment", sa.String(255), primary_key=True), sa.Column("student", sa.String(255), primary_key=True),
    _text("name"), _text("email"), _text("aliases"), _text("extension"),
)  # fmt: skip
LATE = sa.Table("grader_late", _TABLES, _key(), _indexed("assignment"), _text("rule"), _text("due"), _text("made"))
_LOCK = 0x67726164  # "grad": who opens a gradebook on a PostgreSQL server waits for others who do
_APPLIED = sa.Table("grader_migrations", _TABLES, sa.Column("name", sa.String(255), primary_key=True))


def _by_hand_and_late(connection: sa.Connection) -> None:
    for table, column in (("grader_overrides", "function"), ("grader_reports", "submitted")):
        connection.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(255) NOT NULL DEFAULT ''"))
    _TABLES.create_all(connection, [COMMENTS, PEOPLE, LATE])


#: Oldest first. The first one made the three tables, which every gradebook has.
MIGRATIONS: Mapping[str, Callable[[sa.Connection], None]] = {
    "m001_runs_reports_overrides": _TABLES.create_all,
    "m002_by_hand_and_late": _by_hand_and_late,
}


def migrate(
    connection: sa.Connection, migrations: Mapping[str, Callable[[sa.Connection], None]] = MIGRATIONS
) -> tuple[str, ...]:
    """Make the tables, or run the migrations that this gradebook has not had, and return their names.

    Raises
    ------
    GradebookError
        When the gradebook has had migrations that this version does not know: it is newer.
    """
    if connection.dialect.name == "postgresql":  # of two who make the same table at once, one would fail
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    _APPLIED.create(connection, checkfirst=True)
    applied = set(connection.execute(sa.select(_APPLIED.c.name)).scalars())
    if unknown := sorted(applied.difference(migrations)):
        raise GradebookError(f"the gradebook was written by a newer grader ({unknown[-1]!r}); update the grader to open it")
    missing = [name for name in migrations if name not in applied]
    for name in missing:
        if applied:
            migrations[name](connection)
        connection.execute(sa.insert(_APPLIED).values(name=name))
    if not applied:
        _TABLES.create_all(connection)
    return tuple(missing)
