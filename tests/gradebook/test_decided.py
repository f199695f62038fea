"""Reports as people decided on them: points by hand, comments, lateness, names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from grader.gradebook.decided import decided, decisions_of, to_be_graded
from grader.gradebook.marks import combined, counted, marks
from grader.gradebook.store import (
    comment,
    finish_run,
    open_gradebook,
    override,
    record,
    set_late,
    set_people,
    start_run,
)
from grader.intake.roster import Person
from grader.model import Check, Finding, FunctionReport, Report
from grader.report.overview import overview
from grader.report.wording import status_sentence

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MANUAL = FunctionReport("question_1", "not-graded", None, 0, 10, False, (Check("manual", "question_1", "skipped", 0, 10),))
HALF = FunctionReport("half", "partial", "line 1", 20, 40, False, (Check("values", "H", "failed", 20, 40, "H is wrong"),))
QUARTER = FunctionReport("quarter", "passed", "line 9", 50, 50, False, (Check("values", "Q", "passed", 50, 50),))


def report(student: str = "s1", assignment: str = "a1") -> Report:
    return Report(assignment, f"{student}.py", student, "graded", "full", 70.0, 100.0, (HALF, QUARTER, MANUAL))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_gradebook(tmp_path / "marks.db") as opened:
        add(opened, report())
        yield opened


def add(book: sa.Engine, *reports: Report, submitted: str = "") -> None:
    run = start_run(book, assignment=reports[0].assignment, cases="c", grader_version="1", started=NOON)
    for one in reports:
        record(book, run, one, submitted=submitted, fingerprint=one.submission)
    finish_run(book, run, finished=NOON)


def give(book: sa.Engine, points: float | None, function: str = "") -> None:
    override(book, "a1", "s1", points, author="A. Teacher", reason="oral exam", made=NOON, function=function)


def now(book: sa.Engine, **facts: object) -> Report:
    return decided(report(), decisions_of(book, "a1"), **facts)  # type: ignore[arg-type]


def test_without_decisions_a_report_stays_as_it_is(book: sa.Engine) -> None:
    assert now(book) == report()
    assert to_be_graded(now(book)) == ("question_1",)


def test_points_of_a_function_change_the_sum_and_are_explained(book: sa.Engine) -> None:
    give(book, 35, "half")
    found = now(book)
    half = found.functions[0]
    assert (found.points, half.points, half.status) == (85, 35, "partial")
    assert half.findings == (Finding("by-hand", "A. Teacher gave 35 / 40 points: oral exam (the grader: 20)"),)
    assert [(c.status, c.message, c.points, c.max_points) for c in half.checks] == [("failed", "H is wrong", 0, 0)]


@pytest.mark.parametrize(("points", "status"), [(10, "passed"), (5, "partial"), (4, "failed"), (0, "failed")])
def test_a_question_is_graded_by_its_points(book: sa.Engine, points: float, status: str) -> None:
    give(book, points, "question_1")
    found = now(book)
    assert (found.points, found.functions[2].status, to_be_graded(found)) == (70 + points, status, ())
    assert found.functions[2].findings[0].message == f"A. Teacher gave {points} / 10 points: oral exam"
    assert status_sentence(found.functions[2]) == "", "the person has said it"
    give(book, None, "question_1")
    assert now(book) == report()


def test_points_of_the_whole_stand_over_everything(book: sa.Engine) -> None:
    give(book, 35, "half")
    give(book, 90)
    set_late(book, "a1", "10%/day", "2026-11-01T18:00Z", made=NOON)
    found = now(book, submitted="2026-11-05T18:00Z")
    assert found.points == 90
    assert [f.message for f in found.findings] == ["A. Teacher gave 90 / 100 points: oral exam (the grader: 85)"]


def test_a_submission_without_points_gets_the_ones_by_hand(book: sa.Engine) -> None:
    give(book, 90)
    unreadable = Report("a1", "s1.py", "s1", "unreadable", "full", None, 100.0, messages=("no notebook",))
    found = decided(unreadable, decisions_of(book, "a1"))
    assert (found.points, found.status, found.messages) == (90, "graded", ("no notebook",))
    give(book, None)
    assert decided(unreadable, decisions_of(book, "a1")) == unreadable


def test_lateness_is_deducted_and_explained_but_never_below_zero(book: sa.Engine) -> None:
    set_late(book, "a1", "10%/day", "2026-11-01T18:00Z", made=NOON)
    found = now(book, submitted="2026-11-02T19:00Z")
    assert found.points == 50
    assert found.findings[0].code == "late"
    words = "handed in 1 day 1 hour after the due date: 20 % of the maximum is deducted, 20 points"
    assert found.findings[0].message == words
    assert now(book, submitted="2026-11-30T18:00Z").points == 0
    set_people(book, "a1", [Person("s1", "Änne", extension="3 days")])
    assert now(book, submitted="2026-11-02T19:00Z").points == 70


def test_who_is_late_has_no_full_marks_even_where_everything_passed(book: sa.Engine) -> None:
    passed = replace(report(), functions=(QUARTER,), points=50.0, max_points=50.0)
    decisions = decisions_of(book, "a1")
    assert overview([decided(passed, decisions, submitted="2026-11-02T19:00Z")]).full_marks == 1
    set_late(book, "a1", "10%/day", "2026-11-01T18:00Z", made=NOON)
    late = decided(passed, decisions_of(book, "a1"), submitted="2026-11-02T19:00Z")
    assert (overview([late]).full_marks, late.percent) == (0, 80.0)


def test_comments_stand_with_their_author_and_the_later_one_counts(book: sa.Engine) -> None:
    for text in ("first", "second"):
        comment(book, "a1", "s1", text, author="A", made=NOON, function="quarter")
    comment(book, "a1", "s1", "all in all", author="B", made=NOON)
    found = now(book)
    assert found.functions[1].findings == (Finding("comment", "second (A)"),)
    assert found.findings == (Finding("comment", "all in all (B)"),)
    comment(book, "a1", "s1", "", author="B", made=NOON)
    assert now(book).findings == ()


def test_what_people_say_is_no_mistake_of_the_class(book: sa.Engine) -> None:
    give(book, 35, "half")
    comment(book, "a1", "s1", "all in all", author="B", made=NOON)
    assert overview([now(book)]).mistakes == ()


def test_the_name_comes_from_the_roster(book: sa.Engine) -> None:
    set_people(book, "a1", [Person("s1", "张伟", "z@u.edu"), Person("s2", "Zoë")])
    assert now(book).name == "张伟"
    first, second = marks(book, "a1")
    assert (first.name, first.email, second.name, second.status) == ("张伟", "z@u.edu", "Zoë", "no submission")


def test_a_mark_says_everything_that_was_decided(book: sa.Engine) -> None:
    give(book, 35, "half")
    comment(book, "a1", "s1", "good", author="A", made=NOON, function="half")
    set_late(book, "a1", "10%/day", "2026-11-01T18:00Z", made=NOON)
    add(book, report(), submitted="2026-11-02T12:00Z")
    (mark,) = marks(book, "a1")
    assert (mark.points, mark.computed, mark.late, mark.late_deduction) == (75, 70, True, 10)
    assert (mark.to_be_graded, mark.override_reason, mark.comment) == ("question_1", "half: oral exam", "half: good (A)")
    assert mark.functions == (("half", 35, 40), ("quarter", 50, 50), ("question_1", None, 10))
    ((row, counted_report),) = counted(book, "a1")
    assert (row.student, counted_report.points) == ("s1", 75)


def test_lateness_takes_no_more_than_the_points_that_are_left(book: sa.Engine) -> None:
    set_late(book, "a1", "90%/day", "2026-11-01T18:00Z", made=NOON)
    add(book, report(), submitted="2026-11-02T12:00Z")
    (mark,) = marks(book, "a1")
    assert (mark.points, mark.computed, mark.late_deduction) == (0, 70, 70)
    give(book, 35, "half")
    (mark,) = marks(book, "a1")
    assert (mark.points, mark.computed, mark.late_deduction) == (0, 70, 85)


def test_parts_are_summed_and_a_missing_one_is_told(book: sa.Engine) -> None:
    add(book, report("s1", "a2"), report("s2", "a2"))
    parts = [(name, marks(book, name)) for name in ("a1", "a2")]
    first, second = combined(parts)
    assert (first.student, first.points, first.max_points) == ("s1", 140, 200)
    assert first.functions == (("a1", 70, 100), ("a2", 70, 100))
    assert (second.student, second.points, second.note) == ("s2", 70, "nothing handed in for a1")
    assert combined(parts[:1]) == parts[0][1]


def test_a_part_that_could_not_be_graded_leaves_no_mark(book: sa.Engine) -> None:
    add(book, Report("a2", "s1.py", "s1", "unreadable", "full", None, 100.0))
    (mark,) = combined([(name, marks(book, name)) for name in ("a1", "a2")])
    assert (mark.points, mark.status) == (None, "a2 unreadable")
