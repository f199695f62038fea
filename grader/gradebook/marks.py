"""What counts: marks out of all runs, attempts and overrides, and what changed between two runs."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from grader.gradebook.decided import Decisions, decided, decisions_of, to_be_graded
from grader.gradebook.lms import Mark
from grader.gradebook.schema import REPORTS, RUNS, GradebookError
from grader.gradebook.store import find_run
from grader.model import Check, Report, report_from_json
from grader.report.table import in_order
from grader.report.wording import report_word

__all__ = ["Change", "CheckChange", "Policy", "combined", "counted", "diff", "marks"]

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
    decisions = decisions_of(book, assignment)
    with book.connect() as connection:
        given = {
            student: _mark(connection, attempt, decisions)
            for student, attempt in _attempts(connection, assignment, policy).items()
        }
    for student in {*decisions.people, *decisions.points} - given.keys():
        person, whole = decisions.people.get(student), decisions.points.get(student, {}).get("")
        if person is not None or whole is not None:
            uncounted = "".join(_uncounted(decisions.points.get(student, {}), ()))
            mark = Mark(student, None, None, status="no submission", note=uncounted)
            mark = mark if person is None else replace(mark, name=person.name, email=person.email)
            given[student] = mark if whole is None else _overridden(mark, whole)
    return tuple(given[student] for student in sorted(given, key=in_order))


def has_only_marks(book: sa.Engine, assignment: str) -> bool:
    """Whether the platform marked some submissions as late, and recorded of none when it came."""
    query = sa.select(REPORTS.c.submitted, REPORTS.c.late).join(RUNS, RUNS.c.id == REPORTS.c.run)
    with book.connect() as connection:
        rows = connection.execute(query.where(RUNS.c.assignment == assignment)).all()
    return any(row.late for row in rows) and not any(row.submitted for row in rows)


def counted(book: sa.Engine, assignment: str) -> Iterator[tuple[_Row, Report]]:
    """The best report of every student, as people decided on it, sorted by student."""
    decisions = decisions_of(book, assignment)
    with book.connect() as connection:
        attempts = _attempts(connection, assignment, "best")
        for student in sorted(attempts, key=in_order):
            row = attempts[student].chosen
            report = _report(connection, row)
            yield row, decided(report, decisions, submitted=row.submitted, late=bool(row.late))


def combined(parts: Sequence[tuple[str, Sequence[Mark]]]) -> tuple[Mark, ...]:
    """One mark a student for an assignment of several parts, each with the marks of all: the sums.

    Who handed in nothing for a part has nothing for it, and a note says so; where a part could not be graded, there is
    no mark.
    """
    if len(parts) == 1:
        return tuple(parts[0][1])
    by_part = {name: {mark.student: mark for mark in marks} for name, marks in parts}
    maxima = {name: max((mark.max_points or 0.0 for mark in marks), default=0.0) for name, marks in parts}
    students = sorted({student for marks in by_part.values() for student in marks}, key=in_order)
    return tuple(_sum({name: marks.get(student) for name, marks in by_part.items()}, maxima) for student in students)


def _sum(parts: Mapping[str, Mark | None], maxima: Mapping[str, float]) -> Mark:
    there = {name: mark for name, mark in parts.items() if mark is not None and mark.status != "no submission"}
    known = next((mark for mark in there.values()), None) or next(mark for mark in parts.values() if mark is not None)
    nothing = [name for name in parts if name not in there]
    states = {mark.status for mark in there.values()} or {"no submission"}
    failed = [f"{name} {mark.status}" for name, mark in there.items() if mark.points is None]
    notes = [f"{name}: {mark.note}" for name, mark in there.items() if mark.note]
    notes += [f"nothing handed in for {', '.join(nothing)}"] * bool(nothing and there)
    lost = [mark.late_deduction for mark in there.values() if mark.late_deduction]
    return replace(
        known,
        points=None if failed or not there else round(sum(mark.points or 0.0 for mark in there.values()), 4),
        max_points=sum(maxima.values()),
        status="; ".join(failed) or (states.pop() if len(states) == 1 else "graded"),
        late=any(mark.late for mark in there.values()),
        submission=", ".join(mark.submission for mark in there.values()),
        run=None,
        computed=None,
        override_author=", ".join(dict.fromkeys(m.override_author for m in there.values() if m.override_author)),
        override_reason="; ".join(dict.fromkeys(m.override_reason for m in there.values() if m.override_reason)),
        note="; ".join(notes),
        late_deduction=round(sum(lost), 4) if lost else None,
        late_reason="; ".join(f"{name}: {mark.late_reason}" for name, mark in there.items() if mark.late_reason),
        to_be_graded=", ".join(f"{name}: {mark.to_be_graded}" for name, mark in there.items() if mark.to_be_graded),
        comment="; ".join(f"{name}: {mark.comment}" for name, mark in there.items() if mark.comment),
        functions=tuple((name, mark.points if mark else None, maxima[name]) for name, mark in parts.items()),
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The report of a student that counts, and what there is to say about the others."""

    chosen: _Row
    notes: tuple[str, ...]


def _attempts(connection: sa.Connection, assignment: str, policy: Policy) -> dict[str, _Attempt]:
    query = sa.select(*_FACTS, RUNS.c.cases).join(RUNS, RUNS.c.id == REPORTS.c.run).order_by(REPORTS.c.run, REPORTS.c.id)
    students = _by_student(connection, query.where(RUNS.c.assignment == assignment))
    newest = max((rows[-1] for rows in students.values()), key=_order, default=None)
    return {student: _attempt(rows, policy, newest) for student, rows in students.items()}


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


def _attempt(rows: Sequence[_Row], policy: Policy, newest: _Row | None) -> _Attempt:
    """Which of one student's reports counts, oldest report first."""
    attempts = {row.fingerprint or row.submission: row for row in rows if row.points is not None}
    chosen = latest = rows[-1]
    if attempts:
        chosen = max(attempts.values(), key=lambda row: (_share(row) if policy == "best" else 0, _order(row)))
    notes = []
    if latest.points is None and chosen is not latest:
        notes.append(f"a later report has no points ({latest.status})")
    if newest is not None and chosen.cases != newest.cases:
        notes.append(f"run {chosen.run} used other tests than run {newest.run}")
    return _Attempt(chosen, tuple(notes))


def _mark(connection: sa.Connection, attempt: _Attempt, decisions: Decisions) -> Mark:
    """What one student's report comes to, with what people decided on it."""
    row = attempt.chosen
    report = _report(connection, row)
    final = decided(report, decisions, submitted=row.submitted, late=bool(row.late))
    given = decisions.points.get(row.student, {})
    person = decisions.people.get(row.student)
    cost = None if "" in given else decisions.deduction_of(row.student, row.submitted, late=bool(row.late))
    in_time = decided(report, replace(decisions, late=None)).points  # what is left bounds what lateness takes
    mark = Mark(
        student=row.student,
        points=final.points,
        max_points=row.max_points,
        name=(person.name if person else "") or row.name,
        email=(person.email if person else "") or row.email,
        status=report_word(final) if final.untouched else row.status,
        late=bool(row.late) or cost is not None,
        submission=row.submission,
        run=row.run,
        computed=row.points,
        override_author=", ".join(dict.fromkeys(one.author for one in given.values())),
        override_reason="; ".join(f"{f}: {one.reason}" if f else one.reason for f, one in sorted(given.items())),
        note="; ".join((*attempt.notes, *_uncounted(given, [f.name for f in final.functions]))),
        files=", ".join(report.files.graded),
        passed_over="; ".join(f"{file.file}: {file.why}" for file in report.files.passed_over),
        submitted=row.submitted,
        late_deduction=None if cost is None or in_time is None else round(in_time - (final.points or 0.0), 4),
        late_reason=cost.why if cost else "",
        to_be_graded=", ".join(to_be_graded(final)),
        comment="; ".join(_said(one) for one in decisions.comments.get(row.student, ())),
        functions=tuple((f.name, None if f.by_hand else f.points, f.max_points) for f in final.functions),
    )
    return mark if "" not in given else _overridden(mark, given[""])


def _overridden(mark: Mark, whole: _Row) -> Mark:
    return replace(mark, points=whole.points, override_author=whole.author, override_reason=whole.reason)


def _uncounted(given: Mapping[str, _Row], graded: Collection[str]) -> Iterator[str]:
    """A note on points by hand for parts that the report does not have: a submission that nobody could read, or none."""
    parts = [f"{part} ({given[part].points:g})" for part in sorted(given.keys() - {"", *graded})]
    if parts and "" not in given:
        yield f"points by hand that do not count, because nothing else has points: {', '.join(parts)}"


def _said(comment: _Row) -> str:
    text = f"{comment.text} ({comment.author})"
    return f"{comment.function}: {text}" if comment.function else text


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
