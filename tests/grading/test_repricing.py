"""Points that an author changed, worked out from outcomes that are kept."""

from __future__ import annotations

from dataclasses import replace

from grader.grading.repricing import repriced
from grader.spec import Assignment
from tests.tiny import assignment, function_of, graded, solution

WRONG = "def center(X):\n    m = np.mean(X, axis=0, keepdims=True)\n    return X - m, m"
LEAKY = "def center(X):\n    m = np.mean(X, axis=1, keepdims=True)\n    X -= m\n    return X, m"
SPEC = assignment().spec


def with_points(points: float) -> Assignment:
    """The description, in which center has other points."""
    return replace(SPEC, functions=tuple(replace(f, points=points) if f.name == "center" else f for f in SPEC.functions))


def test_the_same_points_give_the_same_report() -> None:
    report = graded(solution(WRONG))
    assert repriced(report, SPEC) == report


def test_what_passed_has_all_of_its_new_points() -> None:
    report = repriced(graded(solution()), with_points(0.25))
    assert (function_of(report, "center").points, report.points, report.max_points) == (0.25, 90.25, 90.25)


def test_every_check_keeps_its_part() -> None:
    before = graded(solution(LEAKY))
    report = repriced(before, with_points(20))
    old, new = function_of(before, "center"), function_of(report, "center")
    assert 0 < old.points < old.max_points
    assert (new.points, new.max_points, report.max_points) == (2 * old.points, 20, 110)
    assert [c.points for c in new.checks] == [2 * c.points for c in old.checks]
    assert report.points is not None and before.points is not None
    assert round(report.points - before.points, 4) == old.points


def test_a_report_without_points_stays_without() -> None:
    report = repriced(graded("x = 1"), with_points(20))
    assert (report.points, report.max_points) == (None, 110)
