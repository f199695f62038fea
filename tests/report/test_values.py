"""Values of a counterexample become small, inert tables, whatever data they arrive as."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.values import (
    PLAIN,
    Parts,
    Style,
    Table,
    compared,
    display_of,
    text_lines,
    value_lines,
)

from .samples import HOSTILE, array

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["array", "dtype", "shape", "tuple", "list", "dict", "set", "float", "complex", "opaque",
                 "error", "message", "origin", "function", "other"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (0.1, "0.1"),
        ("sigmoid", "'sigmoid'"),
        ({"float": "nan"}, "nan"),
        ({"complex": [1.0, -2.5]}, "1-2.5j"),
        ({"opaque": "matrix"}, "an object of type matrix"),
        ({"opaque": "array of shape (20, 20), float64"}, "array of shape (20, 20), float64"),
        ({"function": "relu"}, "the function relu"),
        ({"error": "ValueError", "message": "no", "origin": "line 3"}, "ValueError: no (line 3)"),
        ({"error": "ValueError", "message": "", "origin": None}, "ValueError"),
        (array([], 0, 3), "an empty array, shape (0, 3), float64"),
        ({"complex": ["nan", 1.0]}, "nan+1j"),
        (array([1.0], 2), '{"array": [1.0], "dtype": "float64", "shape": [2]}'),
        (array(2.5), "2.5 (shape (), float64)"),
        ({"from": "the future"}, '{"from": "the future"}'),
    ],
)
def test_a_single_value_is_a_word(value: Any, text: str) -> None:
    assert display_of(value) == text


def test_a_matrix_is_a_table_with_its_indices() -> None:
    display = display_of(array([[1.5, "nan"], ["-inf", 0.0]], 2, 2))
    assert isinstance(display, Table)
    assert display.columns == ("0", "1")
    assert [(label, [*cells]) for label, cells in display.rows] == [
        ("0", ["1.5", "nan"]),
        ("1", ["-inf", "0"]),
    ]


def test_a_large_matrix_is_shortened_around_the_marked_place() -> None:
    data = [[100 * i + j for j in range(50)] for i in range(30)]
    display = display_of(array(data, 30, 50, dtype="int64"), Style(mark=(17, 31)))
    assert isinstance(display, Table)
    assert display.columns == ("0", "1", "2", "3", "…", "31", "…", "49")
    assert [label for label, _ in display.rows] == ["0", "1", "2", "3", "…", "17", "…", "29"]
    assert display.marked is not None
    row, column = display.marked
    assert display.rows[row][1][column] == "1731"


def test_three_dimensions_are_labelled_slices() -> None:
    data = [[[1.0, 2.0]], [[3.0, 4.0]]]
    display = display_of(array(data, 2, 1, 2), Style(mark=(1, 0, 1)))
    assert isinstance(display, Parts)
    assert text_lines(display) == [
        "…",
        "[1] shape (1, 2), float64",
        "  [[3  4*]]",
    ]


def test_of_many_slices_the_one_with_the_marked_place_is_shown() -> None:
    images = [[[[24 * i + 8 * j + 2 * k, 24 * i + 8 * j + 2 * k + 1] for k in range(4)] for j in range(3)] for i in range(2)]
    shown = display_of(array(images, 2, 3, 4, 2, dtype="int64"), Style(mark=(1, 2, 0, 1)))
    assert isinstance(shown, Parts)
    assert [label for label, _ in shown.items] == ["…", "[1]"]
    assert text_lines(shown)[-6:] == [
        "  …",
        "  [2] shape (4, 2), int64",
        "    [[40  41*]",
        "     [42   43]",
        "     [44   45]",
        "     [46   47]]",
    ]


def test_containers_keep_their_labels() -> None:
    display = display_of({"dict": [["W1", 1], [3, {"tuple": [None, {"set": ["a"]}]}]]})
    assert text_lines(display) == [
        "['W1'] 1",
        "[3] tuple of 2 items",
        "  [0] None",
        "  [1] set of 1 item",
        "    'a'",
    ]


def test_a_container_of_zeros_says_so_in_its_first_line() -> None:
    """A first step, or a gradient of zero: the numbers themselves may be folded away."""
    zeros = {"array": [[0.0, 0.0]], "dtype": "float64", "shape": [1, 2]}
    others = {"array": [[0.0, 1.5]], "dtype": "float64", "shape": [1, 2]}
    assert value_lines("v", {"dict": [["dW1", zeros], ["db1", zeros]]}, PLAIN, 80)[0] == "v: dict of 2 items, all of zeros"
    assert value_lines("v", {"dict": [["dW1", zeros], ["db1", others]]}, PLAIN, 80)[0] == "v: dict of 2 items"
    assert display_of({"tuple": [0, 0.0]}).caption == "tuple of 2 items, all of zeros"  # type: ignore[union-attr]
    assert display_of({"tuple": [False, None]}).caption == "tuple of 2 items"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"list": [3, 2, 1]}, "x = [3, 2, 1]"),
        ({"tuple": ["relu"]}, "x = ('relu',)"),
        (array([[0.5], [-1.0]], 2, 1), "x = [[0.5], [-1]]  shape (2, 1), float64"),
        (array([[0, 1]], 1, 2, dtype="int64"), "x = [[0, 1]]  shape (1, 2), int64"),
        (array([0.5, 1.0], 2), "x = [0.5, 1]  shape (2,), float64"),
    ],
)
def test_what_is_flat_takes_one_line(value: Any, line: str) -> None:
    assert value_lines("x", value, PLAIN, 80) == [line]
    assert len(value_lines("x" * 60, value, PLAIN, 62)) > 1


@pytest.mark.parametrize("shape", [(20,), (20, 1), (1, 20)])
def test_all_numbers_of_a_long_vector_are_there_with_their_places(shape: tuple[int, ...]) -> None:
    numbers = list(range(20))
    data: Any = {(20,): numbers, (20, 1): [[n] for n in numbers], (1, 20): [numbers]}[shape]
    place = {(20,): (9,), (20, 1): (9, 0), (1, 20): (0, 9)}[shape]
    lines = value_lines("x", array(data, *shape, dtype="int64"), Style(mark=place), 80)
    assert lines == [
        f"x: shape {shape}, int64, read line by line",
        "  [0]    0   1   2   3   4   5   6   7",
        "  [8]    8  9*  10  11  12  13  14  15",
        "  [16]  16  17  18  19",
    ]


def test_a_tuple_whose_parts_have_names_is_shown_by_them() -> None:
    named = {"tuple": [1, array([[0.5], [1.0]], 2, 1)], "names": ["A", HOSTILE]}
    lines = value_lines("cache", named, PLAIN, 400)
    assert lines[:2] == ["cache: tuple of 2 items, named in the order of the exercise", "  A 1"]
    assert "\x1b" not in "".join(lines)
    assert value_lines("cache", {"tuple": [1], "names": ["A", "B"]}, PLAIN, 80) == ["cache = (1,)"]  # another version's


def test_a_long_container_says_what_is_missing() -> None:
    assert text_lines(display_of({"list": list(range(30))}))[-1] == "… 6 more items"


def test_a_long_string_is_cut() -> None:
    assert len(text_lines(display_of("x" * 10_000))[0]) < 400


def test_a_deep_value_ends() -> None:
    value: Any = 1
    for _ in range(100):
        value = {"tuple": [value]}
    assert len(text_lines(display_of(value))) < 20


def test_an_enormous_integer_is_not_written_out() -> None:
    assert display_of(10**9000) == "about 1e9000"


@given(JSON)
def test_no_data_is_too_odd_to_be_shown(value: Any) -> None:
    lines = value_lines("x", value, Style(mark=(0, 1)), 40)
    assert lines and all("\n" not in line for line in lines)


def test_hostile_data_is_inert() -> None:
    for value in (HOSTILE, {"opaque": HOSTILE}, {HOSTILE: 1}, {"dict": [[HOSTILE, 1]]}, array([HOSTILE], 1)):
        text = "".join(value_lines("x", value, Style(), 80))
        assert "\x1b" not in text and "\u202e" not in text and "\x00" not in text


def test_tables_lose_columns_rather_than_exceed_the_width() -> None:
    wide = array([[1.23456e-12] * 8] * 2, 2, 8)
    for width in (36, 50, 200):
        assert max(map(len, value_lines("x", wide, Style(), width))) <= width


@pytest.mark.parametrize(
    ("expected", "got", "where", "pair"),
    [
        (0.5, 1.5, "cost", ("0.5", "1.5")),
        (1.0, 1.0 + 2**-40, "cost", ("1", "1.000000000001")),
        (array([1.0, 2.0], 2), array([1.0, "nan"], 2), "z[1]", ("2", "nan")),
        (array([1.0], 1), array([[1.0]], 1, 1), "z", None),
        (array([1.0, 2.0], 2), array([1.0], 1), "z[1]", None),
        (0.5, {"error": "NameError"}, "cost", None),
        (True, 1, "flag", ("True", "1")),
    ],
)
def test_the_first_difference_is_named_with_digits_enough_to_see_it(
    expected: Any, got: Any, where: str, pair: tuple[str, str] | None
) -> None:
    assert compared(expected, got, where)[1] == pair


def test_the_tables_show_as_many_digits_as_the_difference_needs() -> None:
    style, _ = compared(array([1.0, 1.0], 2), array([1.0, 1.00000001], 2), "z[1]")
    assert (style.digits, style.mark) == (9, (1,))
