"""Which mark counts, and what a new test changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from grader.gradebook.lms import Mark
from grader.gradebook.marks import CheckChange, Policy, diff, marks
from grader.gradebook.schema import GradebookError
from grader.gradebook.store import open_gradebook, override, record, start_run
from grader.model import Check, CheckStatus, FunctionReport, Report

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_gradebook(tmp_path / "marks.db") as opened:
        yield opened


def graded(points: float | None, checks: Mapping[str, CheckStatus] | None = None, **more: object) -> Report:
    made = tuple(Check("values", n, s, 2.0 if s == "passed" else 0.0, 2.0, f"{n}!") for n, s in (checks or {}).items())
    function = FunctionReport("f", "failed", None, 0.0, 10.0, False, made)
    found = Report(
        "a1",
        "hw.py",
        "s1",
        "graded" if points is not None else "unreadable",
        "full",
        points,
        10.0,
        (function,),
    )
    return replace(found, **more)  # type: ignore[arg-type]


def run(book: sa.Engine, *found: tuple[Report, str], cases: str = "c1", assignment: str = "a1", **facts: object) -> int:
    number = start_run(book, assignment=assignment, cases=cases, grader_version="1", started=NOON)
    for one, fingerprint in found:
        record(book, number, one, fingerprint=fingerprint, **facts)  # type: ignore[arg-type]
    return number


def points(book: sa.Engine, policy: Policy) -> float | None:
    (mark,) = marks(book, "a1", policy)
    return mark.points


# ---- marks --------------------------------------------------------------------------------------------


def test_a_mark_carries_what_is_known_about_it(book: sa.Engine) -> None:
    number = run(book, (graded(7.5), "f1"), name="Jane", email="j@u.edu", late=True)
    assert marks(book, "a1") == (
        Mark(
            "s1", 7.5, 10.0, "Jane", "j@u.edu", "graded", True, "hw.py", number, computed=7.5,
            functions=(("f", 0.0, 10.0),),
        ),
    )  # fmt: skip
    assert marks(book, "other") == ()


def test_best_and_last_attempt_differ(book: sa.Engine) -> None:
    run(book, (graded(9.0), "f1"))
    run(book, (graded(4.0), "f2"))
    assert (points(book, "best"), points(book, "last")) == (9.0, 4.0)


def test_a_regrade_replaces_the_same_attempt_under_both_policies(book: sa.Engine) -> None:
    run(book, (graded(9.0), "f1"))
    run(book, (graded(6.0), "f1"), cases="c2")
    assert (points(book, "best"), points(book, "last")) == (6.0, 6.0)


def test_without_fingerprints_the_path_tells_attempts_apart(book: sa.Engine) -> None:
    run(book, (graded(9.0, submission="one.py"), ""))
    run(book, (graded(4.0, submission="two.py"), ""))
    run(book, (graded(8.0, submission="one.py"), ""))
    assert points(book, "best") == 8.0


def test_best_compares_shares_where_maxima_differ(book: sa.Engine) -> None:
    run(book, (graded(9.0), "f1"))
    run(book, (graded(12.0, max_points=20.0), "f2"))
    assert points(book, "best") == 9.0


@pytest.mark.parametrize("policy", ["best", "last"])
@pytest.mark.parametrize("status", ["unreadable", "error"])
def test_a_report_without_points_never_replaces_one_with_points(book: sa.Engine, policy: Policy, status: str) -> None:
    run(book, (graded(9.0), "f1"))
    run(book, (graded(None, status=status), "f1"))
    (mark,) = marks(book, "a1", policy)
    assert (mark.points, mark.note) == (9.0, f"a later report has no points ({status})")


def test_a_student_with_no_points_at_all_has_none_rather_than_zero(book: sa.Engine) -> None:
    run(book, (graded(None), "f1"))
    (mark,) = marks(book, "a1")
    assert (mark.points, mark.computed, mark.status) == (None, None, "unreadable")


def test_a_mark_from_older_tests_says_so(book: sa.Engine) -> None:
    first = run(book, (graded(9.0), "f1"), (graded(1.0, student="s2", submission="x.py"), "f3"), cases="c1")
    second = run(book, (graded(4.0), "f2"), cases="c2")
    assert [mark.note for mark in marks(book, "a1")] == [f"run {first} used other tests than run {second}"] * 2
    assert next(mark.note for mark in marks(book, "a1", "last")) == ""


def test_an_override_survives_regrades_and_the_computed_mark_stays_visible(book: sa.Engine) -> None:
    run(book, (graded(4.0), "f1"))
    override(book, "a1", "s1", 8.0, author="prof", reason="appeal", made=NOON)
    run(book, (graded(5.0), "f1"), cases="c2")
    (mark,) = marks(book, "a1", "last")
    assert (mark.points, mark.computed, mark.override_author, mark.override_reason) == (
        8.0,
        5.0,
        "prof",
        "appeal",
    )


def test_the_last_override_counts_and_can_be_taken_back(book: sa.Engine) -> None:
    run(book, (graded(4.0), "f1"))
    for value in (8.0, 9.0):
        override(book, "a1", "s1", value, author="prof", reason="appeal", made=NOON)
    assert points(book, "best") == 9.0
    override(book, "a1", "s1", None, author="prof", reason="mistake", made=NOON)
    (mark,) = marks(book, "a1")
    assert (mark.points, mark.override_author) == (4.0, "")


def test_an_override_needs_no_submission(book: sa.Engine) -> None:
    override(book, "a1", "s9", 3.0, author="prof", reason="on paper", made=NOON)
    assert marks(book, "a1") == (
        Mark("s9", 3.0, None, status="no submission", override_author="prof", override_reason="on paper"),
    )


def test_an_unknown_policy_is_refused(book: sa.Engine) -> None:
    with pytest.raises(GradebookError, match="expected the policy 'best' or 'last', found 'worst'"):
        marks(book, "a1", "worst")  # type: ignore[arg-type]


# ---- diff ---------------------------------------------------------------------------------------------


def test_a_diff_says_whose_mark_changed_and_which_check_did_it(book: sa.Engine) -> None:
    same = (graded(5.0, {"dW": "passed"}, student="s0"), "f0")
    one = run(book, same, (graded(2.0, {"dW": "failed", "db": "passed", "dA": "failed"}), "f1"), name="Jane")
    two = run(book, same, (graded(4.0, {"dW": "passed", "db": "passed", "dA": "failed"}), "f1"), cases="c2")
    (change,) = diff(book, one, two)
    assert (change.student, change.submission, change.points_before, change.points_after) == (
        "s1",
        "hw.py",
        2.0,
        4.0,
    )
    assert change.why == "f: dW failed → passed"
    assert change.checks == (CheckChange("f", "values", "dW", "failed", "passed", 0.0, 2.0, "dW!"),)


def test_checks_that_come_and_go_are_told(book: sa.Engine) -> None:
    one = run(book, (graded(2.0, {"dW": "passed", "old": "passed"}), "f1"))
    two = run(book, (graded(4.0, {"dW": "passed", "new": "failed"}), "f1"))
    (change,) = diff(book, one, two)
    assert change.why == "f: old passed → gone; f: new new → failed"


def test_long_reasons_are_cut_and_the_facts_are_complete(book: sa.Engine) -> None:
    one = run(book, (graded(0.0, dict.fromkeys("abcde", "failed")), "f1"))
    two = run(book, (graded(9.0, dict.fromkeys("abcde", "passed")), "f1"))
    (change,) = diff(book, one, two)
    assert change.why.endswith("f: c failed → passed; and 2 more")
    assert len(change.checks) == 5


def test_other_weights_are_named_when_no_check_changed(book: sa.Engine) -> None:
    one = run(book, (graded(2.0, {"dW": "passed"}), "f1"))
    two = run(book, (graded(4.0, {"dW": "passed"}), "f1"))
    assert diff(book, one, two)[0].why == "the same checks passed, but carry other points"


def test_another_submission_is_named_as_the_reason(book: sa.Engine) -> None:
    one = run(book, (graded(2.0, {"dW": "failed"}, submission="a.py"), "f1"))
    two = run(book, (graded(4.0, {"dW": "passed"}, submission="b.py"), "f2"))
    assert diff(book, one, two)[0].why == "another submission was graded; f: dW failed → passed"


def test_students_of_one_run_only_and_changed_states_are_told(book: sa.Engine) -> None:
    one = run(book, (graded(2.0, student="gone"), "f1"), (graded(3.0, student="broke"), "f2"))
    two = run(book, (graded(5.0, student="new"), "f3"), (graded(None, student="broke"), "f2"))
    found = [(c.student, c.points_before, c.points_after, c.why) for c in diff(book, one, two)]
    assert found == [
        ("broke", 3.0, None, "was graded, is unreadable"),
        ("gone", 2.0, None, f"only in run {one}"),
        ("new", None, 5.0, f"only in run {two}"),
    ]


def test_several_attempts_of_a_student_are_compared_each_with_its_own(book: sa.Engine) -> None:
    attempts = [(2.0, "a.py", "f1"), (3.0, "b.py", "f2"), (4.0, "c.py", "")]
    one = run(book, *((graded(p, submission=name), f) for p, name, f in attempts))
    two = run(book, *((graded(p + (name == "b.py"), submission=name), f) for p, name, f in reversed(attempts)))
    assert [(c.submission, c.points_before, c.points_after) for c in diff(book, one, two)] == [("b.py", 3.0, 4.0)]


def test_equal_runs_differ_in_nothing(book: sa.Engine) -> None:
    one = run(book, (graded(0.1 + 0.2), "f1"), (graded(None, student="s2"), "f2"))
    two = run(book, (graded(0.3), "f1"), (graded(None, student="s2"), "f2"))
    assert diff(book, one, two) == ()


def test_runs_that_do_not_compare_are_refused(book: sa.Engine) -> None:
    one, two = run(book), run(book, assignment="a2")
    with pytest.raises(GradebookError, match=f"run {one} is of 'a1', run {two} of 'a2'"):
        diff(book, one, two)
    with pytest.raises(GradebookError, match="there is no run 77"):
        diff(book, one, 77)
