"""A class counted: every submission is in exactly one place, and no result is ever an average's zero."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Finding, FunctionReport, Report
from grader.report.overview import overview

from . import samples

STATUSES = [
    "passed",
    "failed",
    "missing",
    "timeout",
    "crashed",
    "out-of-memory",
    "too-much-output",
    "not-graded",
]


def test_submissions_without_points_enter_no_average() -> None:
    counts = overview([samples.right(), samples.unreadable(), samples.error()])
    assert (counts.submissions, counts.graded, counts.unreadable, counts.errors) == (3, 1, 1, 1)
    assert counts.marks == (100.0,) and counts.mean == 100.0 and counts.median == 100.0
    assert counts.full_marks == 1


def test_mean_and_median_are_those_of_the_marks() -> None:
    reports = samples.classroom()
    marks = [100 * r.points / r.max_points for r in reports if r.points is not None]
    counts = overview(reports)
    assert counts.mean == pytest.approx(statistics.fmean(marks))
    assert counts.median == pytest.approx(statistics.median(marks))


@given(st.lists(st.floats(0, 60)))
def test_every_mark_falls_into_one_class_of_the_histogram(points: list[float]) -> None:
    histogram = overview([replace(samples.right(), points=p) for p in points]).histogram
    assert len(histogram) == 10 and sum(histogram) == len(points)


@pytest.mark.parametrize(("points", "place"), [(0.0, 0), (5.9, 0), (6.0, 1), (54.0, 9), (60.0, 9), (66.0, 9)])
def test_class_borders_belong_to_the_class_above_except_the_last(points: float, place: int) -> None:
    histogram = overview([replace(samples.right(), points=points)]).histogram
    assert histogram.index(1) == place


@given(st.lists(st.tuples(st.sampled_from(STATUSES), st.booleans()), min_size=1))
def test_the_outcomes_of_a_function_add_up(outcomes: list[tuple[str, bool]]) -> None:
    reports = [
        samples.report(str(i), None, FunctionReport("f", status, None, 0.0, 1.0, carried and status == "passed"))  # type: ignore[arg-type]
        for i, (status, carried) in enumerate(outcomes)
    ]
    (rate,) = overview(reports).functions
    assert rate.total == len(outcomes)
    assert rate.passed + rate.carried == sum(status == "passed" for status, _ in outcomes)
    assert rate.absent == sum(status in {"missing", "not-graded"} for status, _ in outcomes)


def test_a_check_that_was_skipped_does_not_count_against_its_rate() -> None:
    rates = {rate.name: rate for rate in overview([samples.wrong()]).functions}
    checks = {(check.kind, check.name): check.percent for check in rates["linear_backward"].checks}
    assert checks["values", "dW"] == 100.0
    assert checks["values", "db"] == 0.0
    assert checks["inputs", "linear_backward"] is None


def test_mistakes_are_counted_once_per_submission_and_the_most_frequent_comes_first() -> None:
    twice = replace(samples.wrong_backward(), findings=samples.wrong_backward().findings * 2)
    reports = [samples.hostile(), samples.report("a", None, twice), samples.wrong()]
    first, *others = overview(reports).mistakes
    assert (first.code, first.count, first.functions) == ("missing-mean", 2, (("linear_backward", 2),))
    assert all(mistake.count == 1 for mistake in others)


def _with_blank(name: str, line: int) -> FunctionReport:
    finding = Finding("unfilled-blank", f"line {line} is still None")
    return FunctionReport(name, "failed", None, 0.0, 1.0, False, findings=(finding,))


def test_a_mistake_is_one_in_whatever_line_and_function_it_stands() -> None:
    functions = [[_with_blank("f", 3), _with_blank("g", 9)], [_with_blank("f", 3)], [_with_blank("f", 4)]]
    (mistake,) = overview([samples.report(str(i), None, *one) for i, one in enumerate(functions)]).mistakes
    assert (mistake.code, mistake.count, mistake.wordings) == ("unfilled-blank", 3, 3)
    assert mistake.message == "line 3 is still None"
    assert mistake.functions == (("f", 3), ("g", 1))


def _class(*points: tuple[float, float]) -> list[Report]:
    """Submissions of two functions of ten points each."""
    names = ("f", "g")
    return [
        samples.report(
            str(i), None, *(FunctionReport(n, "partial", None, p, 10.0, False) for n, p in zip(names, both, strict=True))
        )
        for i, both in enumerate(points)
    ]


def test_a_function_that_goes_with_the_others_discriminates() -> None:
    f, g = overview(_class((0, 1), (2, 3), (5, 6), (7, 8), (9, 10))).functions
    assert (f.mean, f.max_points) == (4.6, 10.0)
    assert f.discrimination == pytest.approx(1.0) == g.discrimination
    against, _ = overview(_class((9, 1), (7, 3), (5, 5), (3, 7), (1, 9))).functions
    assert against.discrimination == pytest.approx(-1.0)


@pytest.mark.parametrize(
    "points", [[(1, 2), (2, 3), (3, 4), (4, 5)], [(5, i) for i in range(9)], [(i, 5) for i in range(9)]]
)
def test_of_few_submissions_or_equal_points_no_discrimination_is_told(points: list[tuple[float, float]]) -> None:
    assert overview(_class(*points)).functions[0].discrimination is None


def test_what_was_not_graded_is_in_no_mean() -> None:
    absent = samples.report("x", None, FunctionReport("f", "not-graded", None, 0.0, 10.0, False))
    assert overview([*_class((4, 4), (6, 6)), absent]).functions[0].mean == 5.0


def test_nobody_is_nothing() -> None:
    counts = overview([])
    assert (counts.submissions, counts.mean, counts.functions, counts.mistakes) == (0, None, (), ())
