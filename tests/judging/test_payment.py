"""Who is paid, and how much: the parts of an item, its inputs, its form, and what stubs get."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Tensor
from grader.judging.checks import verdict_of
from grader.judging.credit import over_all
from grader.judging.judge import FunctionJudge
from grader.judging.nearness import is_off_by_one
from grader.spec import CaseClass, CaseSet, Function
from tests.tiny import hand_made, outcomes_of

X = [np.array([[1.5, -2.0, 3.25], [4.0, 0.5, -6.0]]) * (n + 1) + n for n in range(5)]


def _both(X: Any) -> Any:
    return X @ X.T, np.sum(X, axis=1, keepdims=True)


def _total(X: Any) -> Any:
    return float(np.sum(X**2))


def part(right: Callable[..., Any], body: Callable[..., Any], *, classes: tuple[str, ...] = (), **options: Any) -> float:
    """The part of its points that a function earns."""
    spec = Function("f", points=100, inputs=lambda d: (), inputs_share=0.0, **options)
    cases = hand_made(spec, right, [(x,) for x in X], classes)
    return verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, body)).points


PAIR = {"returns": ("square", "total")}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(
    ("body", "earned"),
    [
        (_both, 100.0),
        (lambda X: (*_both(X), 0), 90.0),
        (lambda X: tuple(map(np.matrix, _both(X))), 90.0),
        (lambda X: _both(X)[::-1], 75.0),
        (lambda X: (_both(X)[0], _both(X)[1].ravel()), 92.5),
        (lambda X: _both(X)[0], 50.0),
        (lambda X: (_both(X)[0], -_both(X)[1]), 65.0),
        (lambda X: (_both(X)[0], -X), 50.0),
        (lambda X: (_both(X)[0] * 2, _both(X)[1]), 65.0),
        (lambda X: (_both(X)[0] * (1 + 1e-6), _both(X)[1]), 92.5),
        (lambda X: (_both(X)[0] * (1 + 1e-3), _both(X)[1]), 92.5 - 12.5 * np.log(100) / np.log(5000)),
        (lambda X: (_both(X)[0] * (1 + 6e-2), _both(X)[1]), 65.0),
        (lambda X: (_both(X)[0] * 0, _both(X)[1] * 0), 0.0),
        (lambda X: None, 0.0),
    ],
)
def test_each_item_keeps_what_is_right_of_it(body: Callable[..., Any], earned: float) -> None:
    assert part(_both, body, **PAIR) == pytest.approx(earned)


@pytest.mark.parametrize(
    ("body", "earned"),
    [
        (lambda X: Tensor(X @ X.T, "torch"), 100.0),
        (lambda X: X @ X.T, 90.0),
        (lambda X: Tensor(X @ X.T, "tensorflow"), 90.0),
        (lambda X: X, 0.0),
    ],
)
def test_right_numbers_that_are_no_tensor_lose_what_a_type_costs(body: Callable[..., Any], earned: float) -> None:
    assert part(lambda X: Tensor(X @ X.T, "torch"), body, returns="square") == pytest.approx(earned)


@pytest.mark.parametrize(
    ("body", "earned"),
    [
        (lambda X: [[_total(X)]], 85.0),
        (lambda X: (_total(X),), 90.0),
        (lambda X: np.float32(_total(X)), 100.0),
        (lambda X: _total(X) * X.shape[1], 30.0),
        (lambda X: -_total(X), 30.0),
        (lambda X: -2 * _total(X), 0.0),
        (lambda X: 100.0, 0.0),
        (lambda X: 1 / (1 + np.abs(X).max()), 0.0),
    ],
)
def test_a_number_keeps_its_value_in_another_form(body: Callable[..., Any], earned: float) -> None:
    assert part(_total, body) == pytest.approx(earned, abs=15.1 if earned == 100 else 1e-6)


def test_an_input_on_which_the_body_raises_says_nothing_about_the_others() -> None:
    def at_the_edge(X: Any) -> Any:
        return _total(X) / (0 if X[0, 0] == X_EDGE else 1)

    X_EDGE = X[4][0, 0]
    classes = ("general",) * 4 + ("one example",)
    assert part(_total, at_the_edge, classes=classes) == pytest.approx(90.0)


def test_an_update_is_seen_from_where_it_starts() -> None:
    def step(p: Any, sign: float = -1.0) -> Any:
        return {"W1": p["W1"] + sign * 0.01 * np.sign(p["W1"])}

    spec = Function("f", points=100, inputs=lambda d: (), returns="parameters", inputs_share=0.0)
    cases = hand_made(spec, step, [({"W1": x},) for x in X])

    def earned(body: Callable[..., Any]) -> float:
        return verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, body)).points

    assert earned(lambda p: step(p, -2.0)) == pytest.approx(30.0)
    # A ten-thousandth of the parameters is more of the step.
    assert earned(lambda p: step(p, -1.004)) == pytest.approx(85 - 25 * np.log(400) / np.log(5000), abs=1e-3)
    assert earned(lambda p: step(p, -1.06)) == pytest.approx(30.0)
    assert earned(lambda p: step(p, 1.0)) == 0.0
    assert earned(lambda p: p) == 0.0


def test_a_step_uphill_from_zero_is_no_number_with_another_sign() -> None:
    spec = Function("f", points=100, inputs=lambda d: (), returns="parameters", inputs_share=0.0)

    def step(p: Any, g: Any, sign: float = -1.0) -> Any:
        return {"b1": p["b1"] + sign * 0.01 * g["db1"]}

    cases = hand_made(spec, step, [({"b1": 0 * x}, {"db1": x}) for x in X])
    uphill = outcomes_of(cases, lambda p, g: step(p, g, 1.0))
    assert verdict_of(FunctionJudge(spec, cases), uphill).points == 0.0


def test_what_one_number_leaves_of_each_right_one_is_the_opposite_sign() -> None:
    def shares(X: Any) -> Any:
        return np.exp(X) / (1 + np.exp(X))

    spec = Function("f", points=100, inputs=lambda d: (), returns="A", inputs_share=0.0)
    cases = hand_made(spec, shares, [(x,) for x in X])

    def earned(body: Callable[..., Any]) -> float:
        return verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, body)).points

    assert earned(lambda X: 1 - shares(X)) == pytest.approx(30.0)
    assert earned(lambda X: 1 - shares(X) ** 2) < 30.0
    assert earned(lambda X: 0 * X + 1) == 0.0


def _count(X: Any) -> Any:
    return int(np.argmax(X[:, ::-1].sum(axis=0)) + 3 * X[0, 0])


def _row(X: Any) -> Any:
    return np.cumsum(X[0])


def test_more_numbers_than_there_should_be_are_not_made_into_larger_ones() -> None:
    """Each of many results may hold millions, of one byte, which were made numbers of eight bytes, all at once."""
    spec = Function("f", points=10, inputs=lambda d: (), returns="A")
    case = hand_made(spec, lambda X: X.sum(axis=0), [(np.ones((2, 3)),)]).cases[0]
    tracemalloc.start()
    try:
        assert not is_off_by_one([(case, np.arange(3.0), np.zeros((1_000_000, 1), bool))] * 8, of=8)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("right", "body", "earned"),
    [
        (_count, lambda X: _count(X) + 1, 75.0),
        (_count, lambda X: _count(X) - 1, 75.0),
        (_count, lambda X: _count(X) + 2, 30.0),
        (_count, lambda X: _count(X) + (1 if X[0, 0] > 5 else -1), 30.0),
        (_row, lambda X: np.r_[0.0, _row(X)[:-1]], 75.0),
        (_row, lambda X: np.r_[_row(X)[1:], 0.0], 75.0),
        (_row, lambda X: _row(X)[:-1], 75.0),
        (_row, lambda X: _row(X)[1:], 75.0),
        (_row, lambda X: np.r_[_row(X)[2:], 0.0, 0.0], 0.0),
        (lambda X: X @ np.eye(3)[[1, 2, 0]], lambda X: X, 0.0),  # one place further, and handed back
    ],
)
def test_what_is_off_by_one_in_counting_keeps_three_quarters(right: Any, body: Any, earned: float) -> None:
    assert part(right, body) == pytest.approx(earned)


@pytest.mark.parametrize(
    ("texts", "earned"),
    [
        (lambda right: {"High_Bias." if text == "high bias" else text for text in right}, 91.0),  # of three
        (lambda right: {text.upper() for text in right}, 88.0),
        (lambda right: {"bias" if text == "high bias" else text for text in right}, 40.0),
        (lambda right: {"High bias"}, 0.0),
    ],
)
def test_texts_that_are_right_but_for_their_spelling_are_a_form(texts: Callable[..., Any], earned: float) -> None:
    said = [{"high bias"}, {"high variance"}, set(), {"high bias", "high variance"}, {"high bias"}]
    right = {x.tobytes(): words for x, words in zip(X, said, strict=True)}
    assert part(lambda x: right[x.tobytes()], lambda x: texts(right[x.tobytes()])) == pytest.approx(earned)


def test_zeros_in_another_shape_keep_half_of_what_is_asked_of_them() -> None:
    def zeros(X: Any) -> Any:
        return {"W1": np.zeros(X.shape), "b1": np.zeros((len(X), 1))}

    spec = Function("f", points=100, inputs=lambda d: (), returns="parameters", inputs_share=0.0)
    made = hand_made(spec, zeros, [(x,) for x in X])
    cases = replace(made, trivial=frozenset({"W{l}", "b{l}"}))

    def earned(b1: Callable[..., Any]) -> float:
        outcomes = outcomes_of(cases, lambda X: {**zeros(X), "b1": b1(X)})
        return verdict_of(FunctionJudge(spec, cases), outcomes).points

    assert earned(lambda X: np.zeros((1, len(X)))) == pytest.approx(75.0)
    assert earned(lambda X: 0.0) == pytest.approx(75.0)
    assert earned(lambda X: np.zeros((len(X), 1), dtype=np.float32)) == pytest.approx(92.5)


@pytest.mark.parametrize("places", [1, 2, 3])
@pytest.mark.parametrize("step", [7.3, 0.73, 0.173])
def test_rounding_costs_the_same_wherever_it_leaves_something(places: int, step: float) -> None:
    """What it leaves is seen from where an update starts: there, nothing of a small one may be left."""

    def right(X: Any) -> Any:
        return X - step * np.sin(1 + X)

    assert part(right, lambda X: np.round(right(X), places)) == pytest.approx(75.0)
    assert part(right, lambda X: np.round(X - step / 1000 * np.sin(1 + X), places)) <= 30.0


@pytest.mark.parametrize(
    "body",
    [
        lambda X: _total(X) * (1.001 if X[0, 0] > 8 else 0.01 * X.size),
        lambda X: round(_total(X) / 1000),
        lambda X: round(_total(X), -3),
    ],
)
def test_numbers_that_are_near_on_some_inputs_alone_go_with_the_right_ones(body: Callable[..., Any]) -> None:
    assert part(_total, body) == pytest.approx(30.0)


CLOSE = [np.full((2, 3), value) for value in (0.98, 0.9, 1.02, 0.99, 1.01, 1.1, 1.03, 0.97)]  # most of these are near 1


@pytest.mark.parametrize(
    ("body", "earned"),
    [
        (lambda X: 1.0 + 1e-6 * np.sin(1e3 * X[0, 0]), 30.0),
        (lambda X: X[0, 0] * 1.03, 85 - 25 * np.log(3000) / np.log(5000)),
        (lambda X: X[0, 0] + 1e-3 * np.cos(1e3 * X[0, 0]), 70.0),
    ],
)
def test_a_number_that_is_near_to_most_right_ones_and_does_not_move_with_them_is_near_by_chance(
    body: Callable[..., Any], earned: float
) -> None:
    spec = Function("f", points=100, inputs=lambda d: (), inputs_share=0.0)
    cases = hand_made(spec, lambda X: float(X[0, 0]), [(x,) for x in CLOSE])
    assert verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, body)).points == pytest.approx(earned, abs=5)


def _at(*wrong: int) -> Callable[..., Any]:
    """Right, but for these inputs."""
    return lambda one: 0.0 if any(np.array_equal(one, X[n]) for n in wrong) else _total(one)


@pytest.mark.parametrize(
    ("special", "wrong", "earned"),
    [
        (1, (4,), 90.0),
        (3, (4,), 90.0),  # a tenth, however many other kinds there are
        (3, (3, 4), 80.0),
        (3, (2, 3, 4), 75.0),
        (4, (4,), 90.0),
    ],
)
def test_a_special_class_costs_a_tenth_and_all_of_them_a_quarter(
    special: int, wrong: tuple[int, ...], earned: float
) -> None:
    classes = ("general",) * (5 - special) + tuple(f"special {number}" for number in range(special))
    assert part(_total, _at(*wrong), classes=classes) == pytest.approx(earned)


def test_a_class_of_inputs_carries_of_each_check_what_is_said_there() -> None:
    """Two checks may have a class of one name: the share of one is not the other's, and nothing is below 0."""
    several = tuple(CaseClass(f"special {n}", count=1, share=0.3) for n in range(3))
    usual = CaseClass("general", count=2)
    more = CaseSet("more", share=0.1, inputs=lambda d: (), classes=(usual, *several))
    lighter = tuple(replace(one, share=0.1) for one in several)
    options = {"sets": (more,), "classes": (usual, *lighter), "inputs_share": 0.0}
    spec = Function("f", points=100, inputs=lambda d: (), **options)
    made = hand_made(spec, _total, [(x,) for x in X], ("general", "general", *(one.name for one in several)))
    values = replace(made, cases=tuple(made.cases))
    right = {case.key: 1.0 for case in values.cases[:2]}
    assert over_all(FunctionJudge(spec, values), values.cases, right) == pytest.approx(0.7)
    assert over_all(FunctionJudge(spec, values), values.cases, {values.cases[0].key: 1.0}) == pytest.approx(0.35)
    of_set = tuple(replace(case, check="more") for case in values.cases)
    assert over_all(FunctionJudge(spec, values), of_set, right) == pytest.approx(0.1)


def test_a_function_that_does_not_pass_loses_a_twentieth_at_least() -> None:
    classes = ("general", *["special"] * 4)
    assert part(_total, _at(4), classes=classes) == pytest.approx(95.0)
    assert part(_total, _at(3, 4), classes=classes) == pytest.approx(95.0)
    assert part(_total, _at(2, 3, 4), classes=classes) == pytest.approx(92.5)
    assert part(_total, _total, classes=classes) == 100.0


@pytest.mark.parametrize(
    ("right", "elsewhere", "earned"),
    [(3, 0.0, 100 / 4), (4, 0.0, 0.0), (6, 0.0, 0.0), (6, 2.0, 30.0), (7, 0.0, 0.0), (8, 0.0, 100 * 8 / 12)],
)
def test_answers_that_reports_show_are_learned_and_earn_nothing(right: int, elsewhere: float, earned: float) -> None:
    """Six inputs of twelve are shown with their answers, one after another, to who hands in again and again."""
    inputs = [X[0] * (n + 1) + n for n in range(12)]
    known = {x.tobytes(): _total(x) * (1 if n < right else elsewhere) for n, x in enumerate(inputs)}
    spec = Function("f", points=100, inputs=lambda d: (), inputs_share=0.0)
    made = hand_made(spec, _total, [(x,) for x in inputs])
    cases = replace(made, cases=tuple(replace(case, visible=n < 6) for n, case in enumerate(made.cases)))
    outcomes = outcomes_of(cases, lambda X: known[X.tobytes()])
    assert verdict_of(FunctionJudge(spec, cases), outcomes).points == pytest.approx(earned)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_dictionary_of_nothing_but_matrices_is_wrong_like_one_of_arrays() -> None:
    def right(X: Any) -> Any:
        return {"W1": X + 1, "b1": X[:, :1] * 3}

    def wrong(X: Any, kind: Any = np.asarray) -> Any:
        return {name: kind(value) * 2 for name, value in right(X).items()}

    assert part(right, lambda X: wrong(X, np.matrix)) <= part(right, wrong) == pytest.approx(30.0)
