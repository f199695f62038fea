"""Reports as data: their JSON forms are inverse to each other, and marks come from statuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import (
    Check,
    Files,
    Finding,
    FunctionReport,
    NotRun,
    PassedOver,
    Report,
    report_from_json,
    report_to_json,
    run_to_json,
)

CHECK = Check("values", "dW", "failed", 0.0, 2.0, "3 of 6 elements differ")
FINDING = Finding("code", "m", "h")
FUNCTION = FunctionReport("f", "failed", "cell 7, line 3", 1.0, 8.0, False, (CHECK,), (FINDING,), {"a": 1}, "a.ipynb")
FILES = Files(("a.ipynb",), (PassedOver("b.py", "it is empty"),))
REPORT = Report(
    "dnn", "a.ipynb", "s1", "graded", "full", 1.0, 8.0, (FUNCTION,), (), ("told",), "abc", "0.1", 0.5, FILES,
    (NotRun("cell 3, line 2", ("K",), "NameError: x"),), "2.3.5",
)  # fmt: skip

TEXT = st.text(max_size=8)
NUMBER = st.floats(0, 100)
CHECKS = st.builds(Check, TEXT, TEXT, st.sampled_from(["passed", "failed", "skipped"]), NUMBER, NUMBER, TEXT)
FINDINGS = st.builds(Finding, TEXT, TEXT, TEXT)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
FUNCTIONS = st.builds(
    FunctionReport,
    TEXT,
    st.sampled_from(["passed", "partial", "failed", "missing", "timeout", "crashed", "not-graded"]),
    st.none() | TEXT,
    NUMBER,
    NUMBER,
    st.booleans(),
    st.lists(CHECKS, max_size=2).map(tuple),
    st.lists(FINDINGS, max_size=2).map(tuple),
    st.none() | st.dictionaries(TEXT, TEXT | st.none() | st.integers(), max_size=2),
    st.none() | TEXT,
    TEXTS,
)
FILE_LISTS = st.builds(Files, TEXTS, st.lists(st.builds(PassedOver, TEXT, TEXT), max_size=2).map(tuple))
REPORTS = st.builds(
    Report,
    TEXT,
    TEXT,
    st.none() | TEXT,
    st.sampled_from(["graded", "unreadable", "error"]),
    st.sampled_from(["full", "weak", "none"]),
    st.none() | NUMBER,
    NUMBER,
    st.lists(FUNCTIONS, max_size=2).map(tuple),
    st.lists(FINDINGS, max_size=1).map(tuple),
    TEXTS,
    TEXT,
    TEXT,
    NUMBER,
    FILE_LISTS,
    st.lists(st.builds(NotRun, TEXT, TEXTS, TEXT), max_size=1).map(tuple),
    TEXT,
)


@given(REPORTS)
def test_a_report_survives_json(report: Report) -> None:
    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


def test_the_keys_are_those_of_the_published_schema() -> None:
    data = report_to_json(REPORT)
    assert list(data) == [
        "schema", "assignment", "submission", "student", "status", "sandbox", "points", "max_points", "functions",
        "findings", "messages", "cases", "grader_version", "duration_s", "files", "not_run", "numpy", "name",
    ]  # fmt: skip
    assert data["files"] == {"graded": ("a.ipynb",), "passed_over": ({"file": "b.py", "why": "it is empty"},)}
    assert data["not_run"] == ({"origin": "cell 3, line 2", "names": ("K",), "why": "NameError: x"},)
    assert data["schema"] == "grader/report/v1"
    (function,) = data["functions"]
    assert list(function) == [
        "name", "status", "origin", "points", "max_points", "carried", "checks", "findings", "counterexample",
        "file", "waits_for",
    ]  # fmt: skip
    assert list(function["checks"][0]) == ["kind", "name", "status", "points", "max_points", "message"]
    assert list(function["findings"][0]) == ["code", "message", "hint"]


def test_a_run_is_a_list_of_reports() -> None:
    data = run_to_json([REPORT, REPORT])
    assert data == {"schema": "grader/run/v1", "reports": [report_to_json(REPORT)] * 2}


def test_unknown_keys_are_ignored_at_every_level() -> None:
    data = json.loads(json.dumps(report_to_json(REPORT)))
    function = data["functions"][0]
    files = (data["files"], data["files"]["passed_over"][0], data["not_run"][0])
    for part in (data, function, function["checks"][0], function["findings"][0], *files):
        part["of_a_later_version"] = 1
    assert report_from_json(data) == REPORT


@pytest.mark.parametrize("schema", [None, "grader/report/v2", 3])
def test_another_schema_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match="expected an object of schema 'grader/report/v1', found"):
        report_from_json({**report_to_json(REPORT), "schema": schema})


@pytest.mark.parametrize("key", ["assignment", "points", "max_points"])
def test_a_missing_key_is_named(key: str) -> None:
    data = report_to_json(REPORT)
    del data[key]
    with pytest.raises(ValueError, match=f"the report lacks a key: .*'{key}'"):
        report_from_json(data)


@pytest.mark.parametrize(
    ("points", "maximum", "percent"), [(50.0, 100.0, 50.0), (0.0, 8.0, 0.0), (0.0, 0.0, 100.0), (None, 8.0, None)]
)
def test_the_percentage_is_of_the_maximum(points: float | None, maximum: float, percent: float | None) -> None:
    assert replace(REPORT, points=points, max_points=maximum).percent == percent


def test_full_marks_come_from_statuses_and_not_from_floats() -> None:
    passed = replace(FUNCTION, status="passed", points=7.999999)
    assert replace(REPORT, functions=(passed,)).full_marks
    assert not replace(REPORT, points=8.0, functions=(replace(FUNCTION, points=8.0),)).full_marks
    assert not replace(REPORT, status="unreadable", functions=()).full_marks


def test_the_same_verdict_may_stand_under_the_names_of_other_files() -> None:
    other = REPORT.for_submission("b.ipynb", None, Files(("b.ipynb",)))
    assert (other.submission, other.student, other.files) == ("b.ipynb", None, Files(("b.ipynb",)))
    assert [function.file for function in other.functions] == ["b.ipynb"]
    assert other.for_submission("a.ipynb", "s1", FILES) == REPORT


def test_a_report_of_an_earlier_version_names_no_files() -> None:
    data = report_to_json(REPORT)
    for key in ("files", "not_run", "numpy"):
        del data[key]
    assert report_from_json(data) == replace(REPORT, files=Files(), not_run=(), numpy="")
