"""Reports as they stand after people have decided: points by hand, comments, and what lateness costs.

The grader's own report is never changed in the gradebook. What people decide is put over it each time that it is shown
or exported, so that it survives every regrade, and every face of a report shows it without knowing of a gradebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from grader.gradebook.late import Deduction, LateRule, deduction, parse_late
from grader.gradebook.schema import key_of
from grader.gradebook.store import comments, late_rule, overrides, people
from grader.intake.roster import Person
from grader.model import Finding, FunctionReport, FunctionStatus, Report
from grader.report import wording

__all__ = ["Decisions", "decided", "decisions_of", "to_be_graded"]

_Row = sa.Row[Any]


@dataclass(frozen=True)
class Decisions:
    """What people decided on an assignment: by student and function, where ``""`` is the assignment as a whole."""

    points: Mapping[str, Mapping[str, _Row]] = field(default_factory=dict)
    comments: Mapping[str, Sequence[_Row]] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    late: LateRule | None = None

    def deduction_of(self, student: str, submitted: str, *, late: bool) -> Deduction | None:
        """What lateness costs a student."""
        person = self.people.get(student)
        return deduction(self.late, submitted, person.extension if person else "", late=late) if self.late else None


def decisions_of(book: sa.Engine, assignment: str) -> Decisions:
    """Everything that was decided on an assignment and stands."""
    points: dict[str, dict[str, _Row]] = {}
    for row in overrides(book, assignment):
        points.setdefault(row.student, {})[row.function] = row
    standing = {student: {f: row for f, row in given.items() if row.points is not None} for student, given in points.items()}
    said: dict[str, list[_Row]] = {}
    for row in comments(book, assignment):
        said.setdefault(row.student, []).append(row)
    rule, due = late_rule(book, assignment)
    return Decisions(standing, said, people(book, assignment), parse_late(rule, due) if rule else None)


def decided(report: Report, decisions: Decisions, *, submitted: str = "", late: bool = False) -> Report:
    """The report with what people decided on it, and with the name that is known."""
    student = key_of(report.student or report.submission)
    given, said = decisions.points.get(student, {}), decisions.comments.get(student, ())
    functions = tuple(_function(f, given.get(f.name), [c for c in said if c.function == f.name]) for f in report.functions)
    points = report.points
    if points is not None and given.keys() - {""}:
        points = round(sum(f.points for f in functions), 4)
    findings = [_comment(row) for row in said if not row.function]
    cost = decisions.deduction_of(student, submitted, late=late)
    whole = given.get("")
    if whole is not None:
        findings.insert(0, _by_hand(whole, report.max_points, points))
        points = whole.points
    elif cost is not None and points is not None:
        lost = min(points, cost.percent / 100 * report.max_points)
        points = round(points - lost, 4)
        findings.insert(0, Finding("late", wording.late(cost.why, cost.percent, lost)))
    person = decisions.people.get(student)
    name = report.name or (person.name if person else "")
    status = "graded" if whole is not None else report.status
    return replace(
        report, functions=functions, points=points, findings=(*findings, *report.findings), name=name, status=status
    )


def to_be_graded(report: Report) -> tuple[str, ...]:
    """The parts that wait for a person."""
    return tuple(function.name for function in report.waiting)


def _function(function: FunctionReport, given: _Row | None, said: Sequence[_Row]) -> FunctionReport:
    findings = [_comment(row) for row in said]
    if given is not None:
        findings.insert(0, _by_hand(given, function.max_points, None if function.by_hand else function.points))
        # The checks say what was seen; what it earned is no longer theirs to say.
        checks = () if function.by_hand else tuple(replace(c, points=0.0, max_points=0.0) for c in function.checks)
        status = _status(given.points, function.max_points)
        function = replace(function, status=status, points=given.points, checks=checks)
    return replace(function, findings=(*findings, *function.findings))


def _status(points: float, maximum: float) -> FunctionStatus:
    if points >= maximum:
        return "passed"
    return "partial" if 2 * points >= maximum else "failed"


def _by_hand(row: _Row, maximum: float, computed: float | None) -> Finding:
    return Finding("by-hand", wording.given_by_hand(row.author, row.points, maximum, row.reason, computed))


def _comment(row: _Row) -> Finding:
    return Finding("comment", f"{row.text} ({row.author})")
