"""The tables of the gradebook, and how an older gradebook becomes a newer one.

A migration is a function that takes a connection. They run once each, in order; which ones ran stands in
``grader_migrations``. A migration that was released is never edited: a change of the schema is a new
function at the end of :data:`MIGRATIONS`, plus the column below, where queries see it.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from grader.errors import HarnessError

__all__ = ["MIGRATIONS", "OVERRIDES", "REPORTS", "RUNS", "GradebookError", "migrate"]


class GradebookError(HarnessError):
    """A request that does not fit what the gradebook holds, or a file that is no gradebook."""


def _columns(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


RUNS = _columns("grader_runs", "id", "assignment", "cases", "grader_version", "note", "started", "finished")
REPORTS = _columns(
    "grader_reports",
    "id", "run", "student", "name", "email", "submission", "fingerprint", "late", "status", "points",
    "max_points", "json",
)  # fmt: skip
OVERRIDES = _columns("grader_overrides", "id", "assignment", "student", "points", "author", "reason", "made")
_APPLIED = _columns("grader_migrations", "name")


def _m001_runs_reports_overrides(connection: sa.Connection) -> None:
    """Runs, one report per run and submission, and overrides that belong to no run."""
    schema = sa.MetaData()
    number, text = sa.Integer, sa.Text
    # 255 characters, because not every database can index unbounded text.
    key = sa.String(255)
    sa.Table(
        "grader_runs", schema,
        sa.Column("id", number, primary_key=True),
        sa.Column("assignment", key, nullable=False, index=True),
        sa.Column("cases", text, nullable=False),
        sa.Column("grader_version", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("started", text, nullable=False),
        sa.Column("finished", text),
    )  # fmt: skip
    sa.Table(
        "grader_reports", schema,
        sa.Column("id", number, primary_key=True),
        sa.Column("run", number, sa.ForeignKey("grader_runs.id"), nullable=False, index=True),
        sa.Column("student", key, nullable=False, index=True),
        sa.Column("name", text, nullable=False),
        sa.Column("email", text, nullable=False),
        sa.Column("submission", text, nullable=False),
        sa.Column("fingerprint", text, nullable=False),
        sa.Column("late", number, nullable=False),
        sa.Column("status", text, nullable=False),
        sa.Column("points", sa.Float(53)),
        sa.Column("max_points", sa.Float(53), nullable=False),
        sa.Column("json", text, nullable=False),
    )  # fmt: skip
    sa.Table(
        "grader_overrides", schema,
        sa.Column("id", number, primary_key=True),
        sa.Column("assignment", key, nullable=False, index=True),
        sa.Column("student", key, nullable=False),
        sa.Column("points", sa.Float(53)),
        sa.Column("author", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("made", text, nullable=False),
    )  # fmt: skip
    schema.create_all(connection, checkfirst=False)


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_m001_runs_reports_overrides,)


def migrate(
    connection: sa.Connection, migrations: tuple[Callable[[sa.Connection], None], ...] = MIGRATIONS
) -> tuple[str, ...]:
    """Run the migrations that this database has not seen, and return their names.

    Raises
    ------
    GradebookError
        When the database has seen migrations that this version does not know: it is newer.
    """
    names = [step.__name__.lstrip("_") for step in migrations]
    schema = sa.MetaData()
    sa.Table("grader_migrations", schema, sa.Column("name", sa.String(255), primary_key=True))
    schema.create_all(connection)
    applied = set(connection.execute(sa.select(_APPLIED.c.name)).scalars())
    if unknown := sorted(applied.difference(names)):
        raise GradebookError(f"the gradebook was written by a newer grader ({unknown[-1]!r}); update the grader to open it")
    todo = [(name, step) for name, step in zip(names, migrations, strict=True) if name not in applied]
    for name, step in todo:
        step(connection)
        connection.execute(sa.insert(_APPLIED).values(name=name))
    return tuple(name for name, _ in todo)
