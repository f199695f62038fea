"""Who is paid, and how much: the parts of an item, its inputs, its form, and what stubs get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.confined.wire import Tensor
from grader.judging.checks import verdict_of
from grader.judging.judge import FunctionJudge
from grader.spec import Function
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
        (lambda X: (_both(X)[0], -_both(X)[1]), 50.0),
        (lambda X: (_both(X)[0] * 2, _both(X)[1]), 65.0),
        (lambda X: (_both(X)[0] * (1 + 5e-5), _both(X)[1]), 87.5),
        (lambda X: (_both(X)[0] * (1 + 5e-4), _both(X)[1]), 65.0),
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
        (lambda X: -_total(X), 0.0),
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
    assert earned(lambda p: step(p, -1.005)) == pytest.approx(
        30.0
    )  # a ten-thousandth of the parameters, and not of the step
    assert earned(lambda p: step(p, 1.0)) == 0.0
    assert earned(lambda p: p) == 0.0
