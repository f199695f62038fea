"""What counts: marks out of all runs, attempts and overrides, and what changed between two runs."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from grader.gradebook.lms import Mark
from grader.gradebook.schema import REPORTS, RUNS, GradebookError
from grader.gradebook.store import find_run, overrides
from grader.model import Check, Report, report_from_json

__all__ = ["Change", "CheckChange", "Policy", "diff", "marks"]

Policy = Literal["best", "last"]
_Row = sa.Row[Any]
# All that a mark needs; the report itself is large, and read only where two runs differ.
_FACTS = [column for column in REPORTS.c if column.name != "json"]


@dataclass(frozen=True, slots=True)
class CheckChange:
    """One check that came out differently; a status is None in the run that does not have the check."""

    function: str
    kind: str
    name: str
    before: str | None
    after: str | None
    points_before: float
    points_after: float
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One submission whose mark is another one in the second run.

    A status is None where a run does not have the submission. ``why`` is one sentence for people,
    ``checks`` are the facts.
    """

    student: str
    name: str
    submission: str
    points_before: float | None
    points_after: float | None
    status_before: str | None
    status_after: str | None
    why: str
    checks: tuple[CheckChange, ...] = ()


def marks(book: sa.Engine, assignment: str, policy: Policy = "best") -> tuple[Mark, ...]:
    """What each student gets, sorted by student.

    Parameters
    ----------
    policy : "best" or "last"
        ``"last"`` takes the latest report that has points; ``"best"`` the attempt with the largest share
        of its maximum, where a regrade replaces what the same attempt had before. An override stands
        over both. A report without points never replaces one with points.

    Raises
    ------
    GradebookError
        When there is no such policy.
    """
    if policy not in ("best", "last"):
        raise GradebookError(f"expected the policy 'best' or 'last', found {policy!r}")
    query = sa.select(*_FACTS, RUNS.c.cases).join(RUNS, RUNS.c.id == REPORTS.c.run).order_by(REPORTS.c.run, REPORTS.c.id)
    with book.connect() as connection:
        students = _by_student(connection, query.where(RUNS.c.assignment == assignment))
        newest = max((rows[-1] for rows in students.values()), key=_order, default=None)
        given = {student: _mark(connection, rows, policy, newest) for student, rows in students.items()}
    for student, last in {row.student: row for row in overrides(book, assignment)}.items():
        if last.points is not None:
            mark = given.get(student, Mark(student, None, None, status="no submission"))
            given[student] = replace(mark, points=last.points, override_author=last.author, override_reason=last.reason)
    return tuple(given[student] for student in sorted(given))


def diff(book: sa.Engine, before: int, after: int) -> tuple[Change, ...]:
    """Whose marks changed from one run to another, and which checks did it, sorted by student.

    Reports are paired by student and fingerprint, else by student and path; where a student has one
    report left in either run, these are paired, too.

    Raises
    ------
    GradebookError
        When a run does not exist or the two are of different assignments.
    """
    with book.connect() as connection:
        assignments = [find_run(connection, run).assignment for run in (before, after)]
        if assignments[0] != assignments[1]:
            raise GradebookError(f"run {before} is of {assignments[0]!r}, run {after} of {assignments[1]!r}")
        query = sa.select(*_FACTS).order_by(REPORTS.c.id)
        old, new = (_by_student(connection, query.where(REPORTS.c.run == run)) for run in (before, after))
        pairs = [pair for student in sorted({*old, *new}) for pair in _pairs(old.get(student, []), new.get(student, []))]
        return tuple(_change(connection, first, second) for first, second in pairs if not _same_mark(first, second))


def _by_student(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, list[_Row]]:
    rows: dict[str, list[_Row]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.student, []).append(row)
    return rows


def _mark(connection: sa.Connection, rows: Sequence[_Row], policy: Policy, newest: _Row | None) -> Mark:
    """What one student's reports come to, oldest report first."""
    attempts = {row.fingerprint or row.submission: row for row in rows if row.points is not None}
    chosen = latest = rows[-1]
    if attempts:
        chosen = max(attempts.values(), key=lambda row: (_share(row) if policy == "best" else 0, _order(row)))
    notes = []
    if latest.points is None and chosen is not latest:
        notes.append(f"a later report has no points ({latest.status})")
    if newest is not None and chosen.cases != newest.cases:
        notes.append(f"run {chosen.run} used other tests than run {newest.run}")
    text = connection.execute(sa.select(REPORTS.c.json).where(REPORTS.c.id == chosen.id)).scalar_one()
    files = json.loads(text).get("files", {})
    return Mark(
        student=chosen.student,
        points=chosen.points,
        max_points=chosen.max_points,
        name=next((row.name for row in reversed(rows) if row.name), ""),
        email=next((row.email for row in reversed(rows) if row.email), ""),
        status=chosen.status,
        late=bool(chosen.late),
        submission=chosen.submission,
        run=chosen.run,
        computed=chosen.points,
        note="; ".join(notes),
        files=", ".join(files.get("graded", ())),
        passed_over="; ".join(f"{file['file']}: {file['why']}" for file in files.get("passed_over", ())),
    )


def _order(row: _Row) -> tuple[int, int]:
    return row.run, row.id


def _share(row: _Row) -> float:
    return row.points / row.max_points if row.max_points else 0.0


def _pairs(old: Sequence[_Row], new: Sequence[_Row]) -> Iterator[tuple[_Row | None, _Row | None]]:
    """The reports of one student that belong together; a None on either side has no partner."""
    left, right = list(old), list(new)
    for key in ("fingerprint", "submission"):
        for row in tuple(left):
            value = getattr(row, key)
            partner = next((other for other in right if value and getattr(other, key) == value), None)
            if partner is not None:
                left.remove(row)
                right.remove(partner)
                yield row, partner
    if len(left) == len(right) == 1:
        yield left[0], right[0]
        return
    yield from ((row, None) for row in left)
    yield from ((None, row) for row in right)


def _same_mark(first: _Row | None, second: _Row | None) -> bool:
    if first is None or second is None or first.status != second.status:
        return False
    # Rounding in sums of points is no change; a mark is not read beyond the sixth decimal.
    if first.points is None or second.points is None:
        return first.points is second.points
    return math.isclose(first.points, second.points, abs_tol=1e-6)


def _change(connection: sa.Connection, first: _Row | None, second: _Row | None) -> Change:
    row = second or first
    assert row is not None, "a pair has at least one report"
    checks: tuple[CheckChange, ...] = ()
    if first is None or second is None:
        why = f"only in run {row.run}"
    elif first.status != second.status:
        why = f"was {first.status}, is {second.status}"
    else:
        checks = tuple(_check_changes(_report(connection, first), _report(connection, second)))
        why = _why(checks)
        if first.fingerprint != second.fingerprint:
            why = f"another submission was graded; {why}"
    return Change(
        student=row.student,
        name=row.name,
        submission=row.submission,
        points_before=first.points if first else None,
        points_after=second.points if second else None,
        status_before=first.status if first else None,
        status_after=second.status if second else None,
        why=why,
        checks=checks,
    )


def _why(checks: Sequence[CheckChange]) -> str:
    moved = [
        f"{check.function}: {check.name} {check.before or 'new'} → {check.after or 'gone'}"
        for check in checks
        if check.before != check.after
    ]
    more = [f"and {len(moved) - 3} more"] if len(moved) > 3 else []
    return "; ".join(moved[:3] + more) or "the same checks passed, but carry other points"


def _report(connection: sa.Connection, row: _Row) -> Report:
    text = connection.execute(sa.select(REPORTS.c.json).where(REPORTS.c.id == row.id)).scalar_one()
    return report_from_json(json.loads(text))


def _check_changes(before: Report, after: Report) -> Iterator[CheckChange]:
    old, new = _checks(before), _checks(after)
    for key, check in (old | new).items():
        first, second = old.get(key), new.get(key)
        status_before, points_before = (first.status, first.points) if first else (None, 0.0)
        status_after, points_after = (second.status, second.points) if second else (None, 0.0)
        if (status_before, points_before) != (status_after, points_after):
            yield CheckChange(*key[:3], status_before, status_after, points_before, points_after, check.message)


def _checks(report: Report) -> dict[tuple[str, str, str, int], Check]:
    """All checks by function, kind and name; checks of one name are told apart by their order."""
    counts: Counter[tuple[str, str, str]] = Counter()
    checks = {}
    for function in report.functions:
        for check in function.checks:
            key = (function.name, check.kind, check.name)
            checks[*key, counts[key]] = check
            counts[key] += 1
    return checks
