"""The words around a report: numbers that do not flatter, and no sentence that nobody needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import ReportStatus, SandboxLevel
from grader.report import wording

from . import samples


@pytest.mark.parametrize(
    ("value", "text"),
    [(100.0, "100 %"), (99.96, "99.9 %"), (99.999999, "99.9 %"), (62.5, "62.5 %"), (0.0, "0 %"), (None, "–")],
)
def test_a_percentage_is_never_rounded_up_to_full_marks(value: float | None, text: str) -> None:
    assert wording.percent_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(7.0, "7"), (7.5, "7.5"), (100 / 3, "33.33"), (0.0, "0"), (100.0, "100")])
def test_points_have_no_needless_digits(value: float, text: str) -> None:
    assert wording.plain_number(value) == text


def test_a_report_without_points_has_no_zero() -> None:
    assert wording.score_line(samples.unreadable()) == "no points"
    assert wording.points_line(None, 10.0) == "– / 10"


@pytest.mark.parametrize(
    ("status", "sandbox", "beginnings"),
    [
        ("graded", "full", []),
        ("graded", "weak", ["Some walls of the sandbox are missing"]),
        ("unreadable", "weak", ["This submission could not be graded"]),  # no code ran
        ("error", "none", ["The grader itself failed"]),
    ],
)
def test_what_there_is_to_know_about_a_report(status: ReportStatus, sandbox: SandboxLevel, beginnings: list[str]) -> None:
    report = replace(samples.right(), status=status, sandbox=sandbox)
    texts = wording.report_sentences(report)
    assert len(texts) == len(beginnings)
    assert all(text.startswith(beginning) for text, beginning in zip(texts, beginnings, strict=True))


def test_what_a_status_means_is_not_repeated_where_a_check_says_it() -> None:
    assert wording.status_sentence(samples.absent("f", 1.0)) == ""
    silent = replace(samples.absent("f", 1.0), checks=())
    assert wording.status_sentence(silent) == "No definition of this function was found."
