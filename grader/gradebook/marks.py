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
from grader.gradebook.schema import REPORTS, RUNS
from grader.gradebook.store import Gradebook, GradebookError, Override, find_run, overrides
from grader.model import Report, report_from_json

__all__ = ["Change", "CheckChange", "Policy", "diff", "marks"]

Policy = Literal["best", "last"]
_Row = sa.RowMapping
_CheckKey = tuple[str, str, str, int]


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


def marks(book: Gradebook, assignment: str, policy: Policy = "best") -> tuple[Mark, ...]:
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
    columns = [column for column in REPORTS.c if column.name != "json"]
    query = sa.select(*columns, RUNS.c.cases).join(RUNS, RUNS.c.id == REPORTS.c.run)
    query = query.where(RUNS.c.assignment == assignment).order_by(REPORTS.c.run, REPORTS.c.id)
    rows: dict[str, list[_Row]] = {}
    newest: _Row | None = None
    with book.engine.connect() as connection:
        for row in connection.execute(query).mappings():
            rows.setdefault(row["student"], []).append(row)
            newest = row
    found = {student: _mark(some, policy, newest) for student, some in rows.items()}
    for student, given in _standing(overrides(book, assignment)).items():
        mark = found.get(student, Mark(student, None, None, status="no submission"))
        found[student] = replace(mark, points=given.points, override_author=given.author, override_reason=given.reason)
    return tuple(found[student] for student in sorted(found))


def diff(book: Gradebook, before: int, after: int) -> tuple[Change, ...]:
    """Whose marks changed from one run to another, and which checks did it, sorted by student.

    Reports are paired by student and fingerprint, else by student and path; where a student has one
    report left in either run, these are paired, too.

    Raises
    ------
    GradebookError
        When a run does not exist or the two are of different assignments.
    """
    with book.engine.connect() as connection:
        one, two = find_run(connection, before), find_run(connection, after)
        if one.assignment != two.assignment:
            raise GradebookError(f"run {before} is of {one.assignment!r}, run {after} of {two.assignment!r}")
        old, new = (_by_student(connection, run) for run in (before, after))
        changes = []
        for student in sorted({*old, *new}):
            for first, second in _pairs(old.get(student, []), new.get(student, [])):
                if not _same_mark(first, second):
                    changes.append(_change(connection, first, second))
    return tuple(changes)


def _standing(made: Sequence[Override]) -> dict[str, Override]:
    """The override of each student that counts: the last one, unless it takes the one before back."""
    last = {given.student: given for given in made}
    return {student: given for student, given in last.items() if given.points is not None}


def _mark(rows: Sequence[_Row], policy: Policy, newest: _Row | None) -> Mark:
    """What one student's reports come to, oldest report first."""
    attempts: dict[str, _Row] = {}
    for row in rows:
        if row["points"] is not None:
            attempts[row["fingerprint"] or row["submission"]] = row
    counted = sorted(attempts.values(), key=_order)
    chosen = rows[-1]
    if counted:
        chosen = counted[-1] if policy == "last" else max(counted, key=lambda row: (_share(row), _order(row)))
    notes = []
    if rows[-1]["points"] is None and chosen is not rows[-1]:
        notes.append(f"a later report has no points ({rows[-1]['status']})")
    if newest is not None and chosen["cases"] != newest["cases"]:
        notes.append(f"run {chosen['run']} used other tests than run {newest['run']}")
    return Mark(
        student=chosen["student"],
        points=chosen["points"],
        max_points=chosen["max_points"],
        name=_latest(rows, "name"),
        email=_latest(rows, "email"),
        status=chosen["status"],
        late=bool(chosen["late"]),
        submission=chosen["submission"],
        run=chosen["run"],
        computed=chosen["points"],
        note="; ".join(notes),
    )


def _order(row: _Row) -> tuple[int, int]:
    return int(row["run"]), int(row["id"])


def _latest(rows: Sequence[_Row], key: str) -> str:
    return next((str(row[key]) for row in reversed(rows) if row[key]), "")


def _share(row: _Row) -> float:
    return float(row["points"]) / float(row["max_points"]) if row["max_points"] else 0.0


def _by_student(connection: sa.Connection, run: int) -> dict[str, list[_Row]]:
    columns = [column for column in REPORTS.c if column.name != "json"]
    rows: dict[str, list[_Row]] = {}
    query = sa.select(*columns).where(REPORTS.c.run == run).order_by(REPORTS.c.id)
    for row in connection.execute(query).mappings():
        rows.setdefault(row["student"], []).append(row)
    return rows


def _pairs(old: Sequence[_Row], new: Sequence[_Row]) -> Iterator[tuple[_Row | None, _Row | None]]:
    """The reports of one student that belong together; a None on either side has no partner."""
    left, right = list(old), list(new)
    for key in ("fingerprint", "submission"):
        for row in tuple(left):
            partner = next((other for other in right if row[key] and other[key] == row[key]), None)
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
    if first is None or second is None or first["status"] != second["status"]:
        return False
    one, two = first["points"], second["points"]
    # Rounding in sums of points is no change; a mark is not read beyond the sixth decimal.
    if one is None or two is None:
        return one is two
    return math.isclose(one, two, abs_tol=1e-6)


def _change(connection: sa.Connection, first: _Row | None, second: _Row | None) -> Change:
    some = first if second is None else second
    assert some is not None, "a pair has at least one report"
    checks: tuple[CheckChange, ...] = ()
    if first is None or second is None:
        why = f"only in run {some['run']}"
    elif first["status"] != second["status"]:
        why = f"was {first['status']}, is {second['status']}"
    else:
        checks = tuple(_check_changes(_report(connection, first), _report(connection, second)))
        why = _why(checks)
        if first["fingerprint"] != second["fingerprint"]:
            why = f"another submission was graded; {why}"
    return Change(
        student=some["student"],
        name=some["name"],
        submission=some["submission"],
        points_before=first["points"] if first else None,
        points_after=second["points"] if second else None,
        status_before=first["status"] if first else None,
        status_after=second["status"] if second else None,
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
    text = connection.execute(sa.select(REPORTS.c.json).where(REPORTS.c.id == row["id"])).scalar_one()
    return report_from_json(json.loads(text))


def _check_changes(before: Report, after: Report) -> Iterator[CheckChange]:
    old, new = _checks(before), _checks(after)
    for key in (*old, *(key for key in new if key not in old)):
        first, second = old.get(key), new.get(key)
        one = (first.status, first.points) if first else (None, 0.0)
        two = (second.status, second.points) if second else (None, 0.0)
        if one != two:
            shown = second or first
            message = shown.message if shown else ""
            yield CheckChange(key[0], key[1], key[2], one[0], two[0], one[1], two[1], message)


def _checks(report: Report) -> dict[_CheckKey, Any]:
    """All checks by function, kind and name; checks of one name are told apart by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = {}
    for function in report.functions:
        for check in function.checks:
            key = (function.name, check.kind, check.name)
            found[*key, seen[key]] = check
            seen[key] += 1
    return found
