"""Whether a value is right: structure, shape, dtype, values, in this order, per item."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Opaque
from grader.confined.wire import encode
from grader.judging.cases import Expected
from grader.judging.compare import Item, Problem, agrees, element_text, first_problem, items_of, kind_of
from grader.judging.forms import numbers_of
from grader.judging.values import as_array, leaves
from tests.tiny import plain

EYE = np.eye(2)
COLUMN = np.array([[1.0], [2.0]])


def problem(
    expected: Any, got: Any, name: str = "value", tolerance: float = 1e-9, loose: bool = False, optional: bool = False
) -> Problem | None:
    """The first problem of a value that is one item."""
    names = frozenset({name})
    spec = plain(loose_dtype=names if loose else frozenset(), optional=names if optional else frozenset())
    tolerances = {path: tolerance for path, _ in leaves(expected)}
    return first_problem(spec, Item(name, ((),)), expected, got, tolerances)


class Lying(dict):  # type: ignore[type-arg]
    """A dictionary that says what one wants to hear."""

    def __getitem__(self, key: object) -> object:
        return EYE

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


# -- what is accepted --------------------------------------------------------------------


@pytest.mark.parametrize(
    "got",
    [0.5, np.float64(0.5), np.array(0.5)],
    ids=["float", "NumPy scalar", "array without axes"],
)
def test_a_scalar_may_come_in_three_forms(got: object) -> None:
    assert problem(0.5, got) is None
    assert problem(np.float64(0.5), got) is None
    assert problem(np.array(0.5), got) is None


@pytest.mark.parametrize("got", [2, np.int32(2), np.array(2), 2.0])
def test_a_whole_number_may_be_of_any_integer_type_or_a_python_float(got: object) -> None:
    assert problem(2, got) is None


def test_a_float_may_be_a_python_integer() -> None:
    assert problem(2.0, 2) is None


@pytest.mark.parametrize("got", [True, np.True_, np.array(True)])
def test_a_truth_value_may_come_from_numpy(got: object) -> None:
    assert problem(True, got) is None


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ((1.0, 2.0), [1.0, 2.0]),
        ([1.0, 2.0], (1.0, 2.0)),
        ((1.0, (EYE, COLUMN)), [1.0, [EYE, COLUMN]]),
        ({"high", "low"}, {"low", "high"}),
        (None, None),
        ("relu", "relu"),
        ({"W1": EYE}, {"extra": 1, "W1": EYE}),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([True, False]), np.array([True, False])),
        (np.array([1, 2]), np.array([1, 2], dtype=np.int16)),
    ],
)
def test_forms_that_mean_the_same_are_accepted(expected: object, got: object) -> None:
    assert problem(expected, got) is None


@pytest.mark.parametrize("got", [np.array([1, 0]), np.array([1.0, 0.0]), np.array([True, False]), np.float32([1, 0])])
def test_a_loose_dtype_is_free_as_long_as_the_values_agree(got: object) -> None:
    assert problem(np.array([True, False]), got, loose=True) is None
    assert problem(np.array([1.0, 0.0]), got, loose=True) is None


def test_minus_zero_is_zero() -> None:
    assert problem(np.zeros(2), np.array([-0.0, 0.0])) is None


# -- what is not, at which stage, and in which words --------------------------------------


@pytest.mark.parametrize(
    ("expected", "got", "stage", "words"),
    [
        (EYE, None, "structure", "value is None; is a 'return' missing"),
        (
            EYE,
            Opaque(0, "numpy.matrix"),
            "structure",
            "value is of type numpy.matrix, expected an array of shape (2, 2)",
        ),
        (EYE, [[1.0, 0.0], [0.0, 1.0]], "structure", "value is a list of 2, expected an array of shape (2, 2)"),
        (EYE, "text", "structure", "value is a text, expected an array of shape (2, 2)"),
        (0.5, True, "structure", "value is True or False, expected a number"),
        (0.5, {}, "structure", "value is a dictionary, expected a number"),
        ({"a": 1.0}, 3.0, "structure", "value is a number, expected a dictionary"),
        ({"a": 1.0}, {}, "structure", "value is empty, expected the key 'a'"),
        ((1.0, 2.0), 1.0, "structure", "value is a number, expected a tuple of 2"),
        ((1.0, 2.0), (1.0, 2.0, 3.0), "structure", "value has 3 parts, expected 2"),
        ("relu", 1.0, "structure", "value is a number, expected a text"),
        (True, 1.0, "structure", "value is a number, expected True or False"),
        (0.5, np.array([0.5]), "shape", "value has shape (1,), expected a single number, shape ()"),
        (0.5, np.array([[0.5]]), "shape", "value has shape (1, 1), expected a single number, shape ()"),
        (COLUMN, np.array([1.0, 2.0]), "shape", "value has shape (2,), expected (2, 1)"),
        (COLUMN, 1.0, "shape", "value has shape (), expected (2, 1)"),
        (EYE, EYE.astype(np.float32), "dtype", "value has dtype float32, expected float64"),
        (EYE, np.eye(2, dtype=int), "dtype", "value has dtype int64, expected float64"),
        (EYE, EYE.astype(complex), "dtype", "value has dtype complex128, expected float64"),
        (0.5, np.float32(0.5), "dtype", "value has dtype float32, expected float64"),
        (0.5, 0.5j, "dtype", "value has dtype complex128, expected float64"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "dtype", "value has dtype float64, expected int64"),
        (np.array([True]), np.array([1]), "dtype", "value has dtype int64, expected bool"),
        (0.5, 0.75, "values", "value is 0.75, expected 0.5"),
        (0.5, float("nan"), "values", "value holds nan at value, expected 0.5"),
        (EYE, np.full((2, 2), np.nan), "values", "value holds nan at value[0, 0], expected 1"),
        (EYE, np.array([[1.0, -np.inf], [0.0, 1.0]]), "values", "value holds -inf at value[0, 1], expected 0"),
        (EYE, np.zeros((2, 2)), "values", "value[0, 0] is 0, expected 1; 2 of 4 elements of value are wrong"),
        ({"high"}, {"low"}, "values", "value is {'low'}, expected {'high'}"),
        ({"high"}, "high", "structure", "value is a text, expected a set"),
        ({"high"}, ["high"], "structure", "value is a list of 1, expected a set"),
        ("relu", "sigmoid", "values", "value is 'sigmoid', expected 'relu'"),
        (True, np.False_, "values", "value is False, expected True"),
        (3, 10**400, "values", "value holds inf at value, expected 3"),
        (3.0, -(10**30), "values", "value is -1e+30, expected 3"),
    ],
)
def test_what_is_wrong_is_told_at_its_stage(expected: object, got: object, stage: str, words: str) -> None:
    found = problem(expected, got)
    assert found is not None
    assert (found.stage, found.message[: len(words)]) == (stage, words)


def test_a_loose_dtype_still_has_to_be_a_number() -> None:
    found = problem(np.array([1.0]), np.array([1.0 + 0j]), loose=True)
    assert found is not None
    assert found.stage == "dtype"


def test_a_message_about_an_array_counts_measures_and_points() -> None:
    expected = np.array([[1.0, 2.0], [4.0, 8.0]])
    found = problem(expected, expected + np.array([[0.0, 0.5], [1.0, 0.0]]), name="dW")
    assert found is not None
    assert found.place == (0, 1)
    assert found.message == (
        "dW[0, 1] is 2.5, expected 2; 2 of 4 elements of dW are wrong (largest difference 1, relative 0.25; allowed 1e-09)"
    )


def test_numbers_that_differ_in_late_digits_are_written_out() -> None:
    found = problem(np.array([1.0]), np.array([1.0 + 1e-13]), tolerance=1e-15)
    assert found is not None
    assert found.message.startswith("value[0] is 1.0000000000001, expected 1.0 (difference 9.99e-14, ")


def test_no_relative_difference_is_told_where_zero_is_expected() -> None:
    found = problem(np.zeros(2), np.ones(2))
    assert found is not None
    assert "relative" not in found.message


@pytest.mark.parametrize(("factor", "right"), [(0.999, True), (1.001, False), (-0.999, True), (-1.001, False)])
def test_the_edge_of_the_tolerance_is_sharp(factor: float, right: bool) -> None:
    expected = np.array([1.0, -2.0])
    got = expected + np.array([0.0, factor * 1e-6])
    assert (problem(expected, got, tolerance=1e-6) is None) is right
    encoded = Expected(encode(expected), (1e-6,))
    assert agrees(encoded, encode(got)) is right


def test_messages_do_not_grow_with_the_submission() -> None:
    found = problem({"a": 1.0}, {"k" * 10_000: 1.0})
    assert found is not None
    assert len(found.message) < 300
    found = problem("relu", "x" * 10_000)
    assert found is not None
    assert len(found.message) < 300
    found = problem({"a"}, {"x" * 10_000, "y" * 10_000})
    assert found is not None
    assert len(found.message) < 300


# -- items -------------------------------------------------------------------------------


def test_the_earliest_stage_of_an_item_counts_wherever_it_stands() -> None:
    expected = {"dW1": EYE, "dW2": EYE}
    item = Item("dW{l}", (("dW1",), ("dW2",)))
    found = first_problem(plain(), item, expected, {"dW1": EYE + 1, "dW2": np.ones(3)}, {})
    assert found is not None
    assert (found.stage, found.path) == ("shape", ("dW2",))


def test_an_optional_key_may_be_missing_but_not_wrong() -> None:
    item = Item("dA{l}", (("dA1",),))
    optional = plain(optional=frozenset({"dA{l}"}))
    assert first_problem(optional, item, {"dA1": EYE}, {}, {}) is None
    missing = first_problem(plain(), item, {"dA1": EYE}, {"dB": 1}, {})
    assert missing is not None
    assert missing.message == "the result has no key 'dA1'; it has the key 'dB'"
    (numbered,) = [first_problem(optional, item, {"W1": 1.0}, {1: 1.0}, {}) for item in items_of({"W1": 1.0}, "grads")]
    assert numbered.message == "the result has no key 'W1'; it has the key 1"
    wrong = first_problem(optional, item, {"dA1": EYE}, {"dA1": EYE + 1}, {})
    assert wrong is not None
    assert wrong.stage == "values"


def test_a_part_of_a_tuple_that_is_missing_is_a_structure_problem() -> None:
    found = first_problem(plain(), Item("cache", ((1,),)), (1.0, (2.0, 3.0)), (1.0,), {})
    assert found is not None
    assert found.stage == "structure"


def test_the_keys_of_a_dictionary_are_grouped_by_name() -> None:
    found = items_of({"W1": 0, "b1": 0, "W2": 0, "b2": 0, "cost": 0}, "parameters")
    assert {i.name: i.paths for i in found} == {
        "W{l}": (("W1",), ("W2",)),
        "b{l}": (("b1",), ("b2",)),
        "cost": (("cost",),),
    }


def test_a_tuple_has_the_items_that_the_author_named() -> None:
    assert [i.name for i in items_of((1, 2, 3), ("Z", "cache"))] == ["Z", "cache"]
    assert [i.name for i in items_of((1, 2), "pair")] == ["pair"]
    assert [i.name for i in items_of(1.0, ("cost",))] == ["cost"]


@pytest.mark.parametrize(
    ("name", "start", "path", "text"),
    [
        ("cost", (), (), "cost"),
        ("Z", (0,), (0,), "Z"),
        ("cache", (1,), (1, 0), "cache[0]"),
        ("dW{l}", ("dW12",), ("dW12",), "dW12"),
        ("grads", (), ("dW1",), "grads['dW1']"),
        ("caches", (), (2, 0, 1), "caches[2][0][1]"),
    ],
)
def test_places_read_as_a_student_would_write_them(name: str, start: Any, path: Any, text: str) -> None:
    assert Item(name, (start,)).where(path) == text


def test_the_way_to_a_part_of_a_list_is_not_lost() -> None:
    pairs = [(np.ones((2, 3)), np.ones((1, 3))), (np.ones((2, 1)), np.ones((1, 1)))]
    short = [pairs[0], (np.ones((2, 0)), np.ones((1, 0)))]
    item = Item("batches", ((),))
    found = first_problem(plain(), item, pairs, short, {})
    assert found and found.message == "batches[1][0] has shape (2, 0), expected (2, 1)"
    named = first_problem(replace(plain(), parts=("X", "Y")), item, pairs, short, {})
    assert named and named.message == "X of batches[1] has shape (2, 0), expected (2, 1)"
    assert element_text(named.where, (1, 0)) == "(X of batches[1])[1, 0]"


# -- at first sight ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        (EYE, EYE.copy(), True),
        (EYE, EYE + 1e-12, True),
        (EYE, EYE + 1e-6, False),
        (EYE, np.full((2, 2), np.nan), False),
        ((EYE, {"a": 1.0}), (EYE, {"a": 1.0}), True),
        ((EYE, {"a": 1.0}), [EYE, {"a": 1.0}], False),
        (0.5, np.float64(0.5), False),
        ((EYE, 3), (EYE + 1e-12, 4), False),
        (np.array([1, 2]), np.array([1, 2]), True),
        (np.array([1, 2]), np.array([1, 3]), False),
        (np.zeros(0), np.zeros(0), True),
    ],
)
def test_first_sight_says_yes_only_to_what_is_right(expected: object, got: object, same: bool) -> None:
    tolerances = tuple(1e-9 if np.asarray(leaf).dtype.kind == "f" else 0.0 for _, leaf in leaves(expected))
    assert agrees(Expected(encode(expected), tolerances), encode(got)) is same
    if same:
        assert problem(expected, got) is None


def test_a_dictionary_subclass_cannot_lie_about_what_it_holds() -> None:
    lying = Lying(W1=np.zeros((2, 2)))
    from grader.confined.wire import decode

    found = problem({"W1": EYE}, decode(encode(lying)))
    assert found is not None
    assert found.stage == "values"


def test_numbers_become_arrays_of_numbers_whatever_their_size() -> None:
    assert as_array(2**70).dtype.kind == "f"
    assert float(as_array(2**70)) == 2.0**70
    assert float(as_array(-(10**400))) == float("-inf")
    assert as_array(np.float32(1)).dtype == np.float32


def test_every_kind_of_value_has_words() -> None:
    class Thing:
        pass

    words = {
        kind_of(value)
        for value in [None, Opaque(0, "x"), {}, (), [], np.zeros(2), True, np.bool_(1), 1, 1.0, "t", set(), Thing()]
    }
    assert words >= {"None", "an object of type x", "a dictionary", "True or False", "a number", "a text", "a set"}
    assert "a value of type Thing" in words


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_that_holds_a_long_text_takes_no_more_room_than_it_has(kind: type) -> None:
    """An array of texts would give each of them the room of the longest: twelve hundred megabytes here."""
    texts = kind(["x" * 10_000, *[""] * 30_000])
    tracemalloc.start()
    try:
        assert numbers_of(texts) is None
        assert numbers_of([[1.0], texts]) is None
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert numbers_of([[1, 2], (3.5, True)]).tolist() == [[1.0, 2.0], [3.5, 1.0]]


@pytest.mark.parametrize(
    ("right", "got", "is_spelling"),
    [
        ("high bias", "High bias", True),
        ("high bias", "high_bias!", True),
        ({"high bias", "high variance"}, {"High bias", "high variance"}, True),
        ("high bias", "low bias", False),
        ("+", "-", False),
        ({"high bias"}, {"High bias", "high-bias"}, False),
        ({"high bias"}, set(), False),
    ],
)
def test_a_text_that_is_right_but_for_its_spelling_is_told_that(right: Any, got: Any, is_spelling: bool) -> None:
    found = problem(right, got)
    assert found is not None
    assert ("spelling" in found.message) is is_spelling
