"""What PrairieLearn, Classroom 50 and Coursera read: golden files, and the rules of each."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from grader.errors import GraderError
from grader.model import FunctionReport, Report
from grader.publishing.targets import classroom50, coursera, prairielearn
from tests.report import samples
from tests.report.snapshot import assert_matches

NAMES = ["wrong", "unreadable", "hostile"]
POINTS = dict(samples.ORDER)
RUNNER = {
    "CLASSROOM": "nets", "ASSIGNMENT": "week-4", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d", "COMMIT_URL": "https://github.com/o/r/commit/a1",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/submit", "REVIEW_URL": "https://github.com/o/r/compare/0...a1",
}  # fmt: skip
WHEN = datetime(2026, 6, 1, 14, 33, tzinfo=UTC)


def sample(name: str) -> Report:
    found = getattr(samples, name)()
    assert isinstance(found, Report)
    return found


def function(name: str, status: Any, points: float, most: float) -> FunctionReport:
    return FunctionReport(name, status, None, points, most, False)


def report(*functions: FunctionReport) -> Report:
    most = sum(f.max_points for f in functions)
    return Report("a", "s.py", None, "graded", "full", sum(f.points for f in functions), most, functions)


# -- golden files ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_form_reads_as_before(name: str) -> None:
    forms = {
        "prairielearn": prairielearn.results_of(sample(name)),
        "coursera": coursera.feedback_of(sample(name)),
        "classroom50": classroom50.result_of(sample(name), POINTS, RUNNER, WHEN),
    }
    for platform, form in forms.items():
        text = json.dumps(form, indent=1, ensure_ascii=False) + "\n"
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
        assert_matches(f"{platform}-{name}.json", text)


# -- PrairieLearn ------------------------------------------------------------------------------


def test_prairielearn_gets_a_share_and_points_of_every_test() -> None:
    results = prairielearn.results_of(report(function("f", "passed", 3, 3), function("g", "failed", 0, 1)))
    assert (results["gradable"], results["score"]) == (True, 0.75)
    assert [(test["name"], test["points"], test["max_points"]) for test in results["tests"]] == [("f", 3, 3), ("g", 0, 1)]


def test_what_prairielearn_cannot_grade_costs_no_attempt() -> None:
    results = prairielearn.results_of(sample("unreadable"))
    assert results["gradable"] is False
    assert results["format_errors"] == list(sample("unreadable").messages)


def test_the_results_of_prairielearn_stay_below_a_megabyte() -> None:
    many = [function(f"f{i}" + "\u4e00" * 50_000, "failed", 0, 1) for i in range(40)]
    whole = Report("a", "s", None, "graded", "full", 0.0, 40.0, tuple(many), messages=("\U0001f4a5" * 500_000,))
    unread = Report("a", "s", None, "unreadable", "full", None, 40.0, messages=("\u4e00" * 500_000,) * 5)
    for results in (prairielearn.results_of(whole), prairielearn.results_of(unread)):
        for test in results.get("tests", []):
            test["name"] = ""  # names of functions are the author's, and short
        assert len(json.dumps(results, ensure_ascii=False, indent=1).encode()) < 1_000_000


# -- Coursera ----------------------------------------------------------------------------------


def test_coursera_gets_a_share_between_nothing_and_all() -> None:
    assert coursera.feedback_of(report(function("f", "failed", 1, 3)))["fractionalScore"] == 0.333333
    unread = coursera.feedback_of(sample("unreadable"))
    assert unread["fractionalScore"] == 0.0
    assert unread["feedback"].startswith("no points: ")


# -- Classroom 50 ------------------------------------------------------------------------------

_KEYS = {"schema", *classroom50._IDENTITY, "datetime", "score", "max-score", "tests"}


def assert_valid(result: dict[str, Any]) -> None:
    """The rules of ``classroom50/result/v1``."""
    assert set(result) == _KEYS
    assert all(isinstance(result[key], str) and result[key] for key in _KEYS - {"score", "max-score", "tests"})
    assert result["schema"] == "classroom50/result/v1"
    assert result["submission"].startswith("submit/")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
    for row in (result, *result["tests"]):
        assert type(row["score"]) is int and type(row["max-score"]) is int
        assert 0 <= row["score"] <= row["max-score"]
    assert result["tests"], "Classroom 50 passes a result without tests"
    for test in result["tests"]:
        assert set(test) == {"test-name", "passed", "score", "max-score"}
        assert test["test-name"] and type(test["passed"]) is bool
    for key in ("score", "max-score"):
        assert result[key] == sum(test[key] for test in result["tests"])


@pytest.mark.parametrize("name", NAMES)
def test_classroom_50_takes_every_result(name: str) -> None:
    assert_valid(classroom50.result_of(sample(name), POINTS, RUNNER, WHEN))


def test_what_cannot_be_read_fails_every_test_of_classroom_50() -> None:
    result = classroom50.result_of(sample("unreadable"), POINTS, RUNNER, WHEN)
    assert [test["test-name"] for test in result["tests"]] == list(POINTS)
    assert not any(test["passed"] for test in result["tests"])
    assert (result["score"], result["max-score"]) == (0, 60)


@pytest.mark.parametrize(
    ("most", "earned", "status", "expected"),
    [
        (8, 7.99, "partial", (7, 8)),
        (8, 8, "passed", (8, 8)),
        (8, 8, "failed", (7, 8)),  # all points are for what passed
        (2.5, 1.2, "partial", (12, 25)),
        (2.25, 1.2, "partial", (120, 225)),
        (1 / 3, 0, "failed", (0, 33)),
    ],
)
def test_scores_are_whole_and_never_rounded_up(most: float, earned: float, status: str, expected: tuple[int, int]) -> None:
    result = classroom50.result_of(report(function("f", status, earned, most)), {"f": most}, RUNNER, WHEN)
    assert_valid(result)
    assert (result["score"], result["max-score"]) == expected


@pytest.mark.parametrize("name", sorted(classroom50._IDENTITY.values()))
def test_without_its_runner_there_is_no_result_for_classroom_50(name: str) -> None:
    with pytest.raises(GraderError, match=f"{name} not set"):
        classroom50.result_of(sample("wrong"), POINTS, {**RUNNER, name: ""}, WHEN)


def test_an_assignment_without_functions_is_no_pass_of_classroom_50() -> None:
    with pytest.raises(GraderError, match="the assignment has no function"):
        classroom50.result_of(report(), {}, RUNNER, WHEN)
