"""What a face shows of a counterexample: nothing twice, nothing that is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.model import Finding, FunctionReport
from grader.report.example import example_of, is_unwritten
from grader.report.terminal import render_function

from . import samples


def changed(**changes: Any) -> FunctionReport:
    """The sample's wrong function with another counterexample."""
    function = samples.wrong_backward()
    return replace(function, counterexample={**(function.counterexample or {}), **changes})


def test_a_message_that_a_check_says_already_is_not_repeated() -> None:
    assert example_of(changed()).message == ""
    assert example_of(changed(message="something else")).message == "something else"


def test_a_place_that_a_check_names_already_is_not_repeated() -> None:
    assert example_of(changed()).difference == "First difference at db[1, 0]: expected -0.5, got -1.5"
    assert example_of(changed(message="2 of 2 differ; first at db[1, 0]: got -1.5")).difference == ""


def test_without_a_right_value_only_what_came_back_is_shown() -> None:
    assert [word for word, _ in example_of(changed(expected=None)).results] == ["got"]


def test_none_that_came_back_is_shown() -> None:
    assert example_of(changed(got=None)).results[1] == ("got", None)


@pytest.mark.parametrize("status", ["timeout", "crashed", "out-of-memory", "too-much-output"])
def test_a_call_that_did_not_come_back_got_nothing(status: Any) -> None:
    example = example_of(replace(changed(got=None), status=status))
    assert [word for word, _ in example.results] == ["expected"]
    assert example.difference == ""


def test_a_counterexample_of_another_version_is_read_as_far_as_it_goes() -> None:
    example = example_of(replace(samples.wrong_backward(), counterexample={"unknown": 1}))
    assert (example.case, example.arguments, example.snippet) == ("", (), "")


@pytest.mark.parametrize(
    ("where", "label"),
    [("dW1[2, 0]", "dW1"), ("dW{l}", ""), ("dW2", "dW2")],
)
def test_an_entry_of_a_family_is_called_by_its_own_name(where: str, label: str) -> None:
    assert example_of(changed(item="dW{l}", where=where)).item == label
    assert example_of(changed(item="db", where="db[1, 0]")).item == "db"


def test_a_blank_that_gives_nothing_needs_no_example() -> None:
    blank = Finding("unfilled-blank", "line 3 still reads 'db = None'", "Fill it in.")
    assert is_unwritten(replace(changed(got=None), findings=(blank,)))
    assert not is_unwritten(changed(got=None))  # a forgotten return
    assert not is_unwritten(replace(changed(), findings=(blank,)))  # something came back
    text = render_function(replace(changed(got=None), findings=(blank,)), color=False)
    assert "still reads" in text
    assert "Example" not in text
    assert "Example" in render_function(replace(changed(got=None), findings=(blank,)), color=False, verbose=True)


@pytest.mark.parametrize("kind", ["runs", "property"])
def test_a_result_is_not_called_by_the_name_of_a_check(kind: str) -> None:
    function = changed(item="some check", where="some check")
    check = replace(function.checks[0], kind=kind, name="some check")
    assert example_of(replace(function, checks=(*function.checks, check))).item == ""


def test_where_only_an_argument_was_changed_the_results_are_not_compared() -> None:
    function = changed(item="inputs", where="inputs")
    check = replace(function.checks[0], kind="inputs", name="inputs")
    example = example_of(replace(function, checks=(*function.checks, check)))
    assert example.results == ()
    assert example.arguments
