"""What lateness costs, by rules and times as people and platforms write them."""

from __future__ import annotations

import pytest

from grader.gradebook.late import deduction, parse_late, parse_time
from grader.gradebook.schema import GradebookError

DUE = "2026-11-01T18:00+00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-02 14:38:00.123456789 Z", "2026-11-02T14:38:00.123456+00:00"),
        ("2026-11-02 14:38:00 -0800", "2026-11-02T22:38:00+00:00"),
        ("2026-11-02T14:38:00+01:00", "2026-11-02T13:38:00+00:00"),
        ("2026-11-02 14:38 UTC", "2026-11-02T14:38:00+00:00"),
    ],
)
def test_times_of_platforms_are_read(text: str, expected: str) -> None:
    found = parse_time(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "like"),
    [("2026-11-02", "2026-11-02T23:59:59"), ("Monday, 2 November 2026, 9:05 PM", "2026-11-02T21:05:00")],
)
def test_a_time_without_a_zone_is_this_machines(text: str, like: str) -> None:
    assert parse_time(text) == parse_time(like)


@pytest.mark.parametrize("text", ["", "-", "soon", "2026-13-01", "9999-12-31T23:59:59-12:00", "x" * 10_000])
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("submitted", "extension", "percent"),
    [
        ("2026-11-01T18:00+00:00", "", None),
        ("2026-11-01T18:15+00:00", "", None),  # the grace
        ("2026-11-01T18:16+00:00", "", 10),
        ("2026-11-02T18:00+00:00", "", 10),
        ("2026-11-02T18:01+00:00", "", 20),
        ("2026-12-02T18:01+00:00", "", 50),  # the cap
        ("2026-11-04T18:00+00:00", "3 days", None),
        ("2026-11-04T19:00+00:00", "+3 days", 10),
        ("2026-11-04T19:00+00:00", "2026-11-05T00:00Z", None),
        ("2026-11-02T18:01+00:00", "2026-10-01T00:00Z", 20),  # never before the date of all
        ("", "", None),
    ],
)
def test_every_period_that_has_begun_costs(submitted: str, extension: str, percent: float | None) -> None:
    cost = deduction(parse_late("10%/day, grace 15 min, cap 50%", DUE), submitted, extension)
    assert (cost.percent if cost else None) == percent


def test_the_words_say_how_late_it_was() -> None:
    rule = parse_late("5 % per hour", DUE)
    cost = deduction(rule, "2026-11-02T21:30+00:00")
    assert cost is not None
    assert (cost.percent, cost.why) == (100.0, "handed in 1 day 3 hours after the due date")
    cost = deduction(rule, "2026-11-02T19:30+00:00", "1 day")
    assert cost is not None
    assert (cost.percent, cost.why) == (10.0, "handed in 1 hour 30 minutes after the due date, which was extended")


def test_a_mark_of_the_platform_without_a_time_counts_as_one_period() -> None:
    rule = parse_late("10%/day", DUE)
    cost = deduction(rule, "", late=True)
    assert cost is not None
    assert (cost.percent, cost.why) == (10.0, "late by the platform's mark, which names no time: 1 day")
    assert deduction(rule, "", "3 days", late=True) is None
    assert deduction(rule, "2026-11-01T10:00Z", late=True) is None


def test_without_a_due_date_only_the_platforms_marks_count() -> None:
    rule = parse_late("10%/day", "")
    cost = deduction(rule, "", late=True)
    assert cost is not None and cost.percent == 10.0
    assert deduction(rule, "") is None
    assert deduction(rule, "", "3 days", late=True) is None  # how long that is nobody can say here
    assert deduction(rule, DUE) is None
    with pytest.raises(GradebookError, match="found 'soon' in the roster"):
        deduction(rule, "", "soon", late=True)
    with pytest.raises(GradebookError, match="expected a due date such as 2026-11-01"):
        parse_late("10%/day", "soon")


@pytest.mark.parametrize(
    "rule", ["", "10", "10%", "ten%/day", "10%/fortnight", "10%/day, cap x", "10%/day, grace soon", "1e3%/day"]
)
def test_a_rule_that_cannot_be_read_says_what_one_looks_like(rule: str) -> None:
    with pytest.raises(GradebookError, match="expected a rule such as '10%/day'"):
        parse_late(rule, DUE)


def test_an_extension_that_cannot_be_read_is_told() -> None:
    with pytest.raises(GradebookError, match=r"expected an extension such as .* found 'soon' in the roster"):
        deduction(parse_late("10%/day", DUE), DUE, "soon")
