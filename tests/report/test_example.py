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


@pytest.mark.parametrize("part", ["beams", "beams[0]", "beams[0][1]", "grads['W1']", "X of pairs[2]"])
def test_the_values_are_called_by_the_part_that_is_shown(part: str) -> None:
    """An index at the end of a part is the way to it, and marks no element of it."""
    shown: dict[str, Any] = {"expected": {"list": [0, 1]}, "got": samples.array([0.0, 2.0], 2)}
    example = example_of(changed(item="beams", part=part, where=part, **shown))
    assert example.item == part
    assert example.style.mark is None


@pytest.mark.parametrize(("part", "where"), [("pairs[1]", "pairs[1][0]"), ("X of pairs[1]", "(X of pairs[1])[0]")])
def test_an_element_is_marked_in_the_part_that_is_shown(part: str, where: str) -> None:
    shown: dict[str, Any] = {"expected": samples.array([0.0, 1.0], 2), "got": samples.array([2.0, 1.0], 2)}
    example = example_of(changed(item="pairs", part=part, where=where, **shown))
    assert (example.item, example.style.mark) == (part, (0,))
    assert example.difference == f"First difference at {where}: expected 0, got 2"


def test_a_missing_return_takes_one_screen() -> None:
    """Whatever the right result is, it is shown as far as it takes to see its form."""
    right = {"dict": [[f"W{number}", samples.array([[1.5] * 4] * 4, 4, 4)] for number in range(20)]}
    function = changed(expected=right, got=None, part="db", where="db")
    text = render_function(function, color=False)
    assert len(text.splitlines()) <= 60
    assert "['W1'] shape (4, 4), float64" in text
    assert "more lines; --verbose shows all of them" in text
    assert "['W19'] shape (4, 4), float64" in render_function(function, color=False, verbose=True)


def test_a_value_that_is_cut_says_so_where_it_breaks_off() -> None:
    """Short ones of the last call are whole, then long ones of it: of an earlier call the first lines would not help."""
    rows, few = (samples.array([[0.5 * i, 1.0] for i in range(n)], n, 2) for n in (8, 3))
    named = (("call 1, Net: W", rows), ("call 2, Net.loss: X", few), ("call 2, Net.loss: Y", rows))
    arguments = [{"name": name, "value": value} for name, value in named]
    text = render_function(changed(arguments=arguments), color=False)
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index("call 2, Net.loss: X: shape (3, 2), float64")
    assert lines[start + 1 : start + 4] == ["[[  0  1]", "[0.5  1]", "[  1  1]]"]
    assert lines[lines.index("call 2, Net.loss: Y: shape (8, 2), float64") + 8] == "[3.5  1]]"
    assert lines[lines.index("call 1, Net: W: shape (8, 2), float64") + 1] == "..."
    assert "more lines; --verbose shows all of them" in text


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


def of_network(prefix: str = "") -> dict[str, Any]:
    """Parameters of nine layers, or their gradients, each matrix of which is told by its number."""
    names = [f"{prefix}{kind}{layer}" for layer in range(1, 10) for kind in "Wb"]
    return {"dict": [[name, samples.array([[float(name[-1])] * 2] * 2, 2, 2)] for name in names]}


@pytest.mark.parametrize(("part", "others"), [("W8", ("['W1']", "['dW1']")), ("dW2", ("['W9']", "['dW9']"))])
def test_of_long_arguments_the_entries_that_belong_to_what_is_wrong_are_shown(part: str, others: tuple[str, ...]) -> None:
    arguments = [{"name": "parameters", "value": of_network()}, {"name": "grads", "value": of_network("d")}]
    text = render_function(changed(arguments=arguments, item="x", part=part, where=f"{part}[0, 0]"), color=False, width=80)
    name = part.removeprefix("d")
    assert f"['{name}']" in text and f"['d{name}']" in text
    assert not any(other in text for other in others)
    assert "more lines; --verbose shows all of them" in text


def test_a_quantity_that_the_sentence_names_is_shown_first() -> None:
    arguments = [{"name": "grads", "value": of_network("d")}]
    sentence = "The gradients are wrong on purpose: 4 times the right values stand in db8."
    text = render_function(changed(arguments=arguments, item="difference", part="difference", note=sentence), color=False)
    assert "wrong on purpose" in text
    assert "['db8']" in text and "['dW5']" not in text


def test_of_several_calls_it_is_said_which_one_the_result_is_of() -> None:
    function = changed(
        item="some check", where="some check", arguments=[{"name": f"call {n}, f: x", "value": n} for n in (1, 2)]
    )
    check = replace(function.checks[0], kind="property", name="some check")
    assert example_of(replace(function, checks=(*function.checks, check))).item == "from call 2"


def test_of_much_that_was_printed_the_first_lines_are_shown() -> None:
    text = render_function(changed(output="\n".join(f"cost {n}" for n in range(100))), color=False)
    assert "| cost 5" in text and "cost 6" not in text
    assert "94 more lines; --verbose shows all of them" in text
    assert "cost 99" in render_function(
        changed(output="\n".join(f"cost {n}" for n in range(100))), color=False, verbose=True
    )


def test_where_values_are_too_long_small_matrices_among_them_take_a_line() -> None:
    few, many = (
        {"dict": [[f"W{n}", samples.array([[0.5, 1.0], [2.0, n]], 2, 2)] for n in range(count)]} for count in (3, 8)
    )
    text = render_function(changed(arguments=[{"name": "parameters", "value": many}]), color=False)
    assert "      ['W7'] [[0.5, 1], [2, 7]]  shape (2, 2), float64\n" in text
    assert "more line" not in text
    assert "['W2'] shape (2, 2), float64\n" in render_function(
        changed(arguments=[{"name": "parameters", "value": few}]), color=False
    )
