"""JUnit XML that CI systems read: counts that add up, errors that are no failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from grader.model import Report
from grader.report.junit import render_junit

from . import samples
from .snapshot import assert_matches

SITUATIONS = [
    samples.right,
    samples.wrong,
    samples.broken,
    samples.unreadable,
    samples.error,
    samples.hostile,
]


@pytest.mark.parametrize("make", SITUATIONS, ids=lambda make: make.__name__)
def test_every_situation_is_well_formed_and_its_counts_add_up(make: Callable[[], Report]) -> None:
    root = ElementTree.fromstring(render_junit([make(), samples.right()]))
    for element in [root, *root.iter("testsuite")]:
        cases = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(cases) > 0
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)


def test_a_mixed_run_reads_as_before() -> None:
    assert_matches("junit.xml", render_junit([samples.wrong(), samples.broken(), samples.error()]))


@pytest.mark.parametrize("make", [samples.unreadable, samples.error])
def test_a_submission_without_points_is_an_error_and_no_failure(make: Callable[[], Report]) -> None:
    suite = ElementTree.fromstring(render_junit([make()])).find("testsuite")
    assert suite is not None
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    (points,) = [p.get("value") for p in suite.iter("property") if p.get("name") == "points"]
    assert points == ""


def test_a_failed_check_says_what_it_looks_like() -> None:
    root = ElementTree.fromstring(render_junit([samples.wrong()]))
    failure = next(iter(root.iter("failure")))
    assert "missing-mean" in str(failure.text) and "cell 7, line 3" in str(failure.text)


def test_a_missing_function_fails_and_one_that_was_not_graded_is_skipped() -> None:
    missing = replace(samples.broken().functions[2], checks=())
    root = ElementTree.fromstring(
        render_junit([samples.report("a.py", None, missing, replace(missing, status="not-graded"))])
    )
    first, second = root.iter("testcase")
    assert first.find("failure") is not None and second.find("skipped") is not None


def test_hostile_strings_come_back_as_text() -> None:
    root = ElementTree.fromstring(render_junit([samples.hostile()]))
    assert "\\x1b[31mred" in str(next(iter(root.iter("testcase"))).get("classname"))
    assert root.find(".//script") is None
