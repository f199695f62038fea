"""What one step of gradient descent must do, against numerical derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from grader.descent import (
    _gradient,
    along,
    fall_problem,
    first_step_problem,
    further_steps_problem,
    is_same_start,
    is_underpriced,
    own_start_problem,
    price_problem,
    slope,
    start_of,
    step_problem,
)
from grader.spec import Objection

RNG = np.random.default_rng(5)
X, Y = RNG.standard_normal((3, 7)), (RNG.random((1, 7)) < 0.3).astype(float)
SIZES = (3, 4, 2, 1)
START = {
    **{f"W{n}": RNG.standard_normal((SIZES[n], SIZES[n - 1])) for n in (1, 2, 3)},
    **{f"b{n}": RNG.standard_normal((SIZES[n], 1)) for n in (1, 2, 3)},
}


def cost(parameters: dict[str, np.ndarray], lambd: float = 0.0) -> float:
    A = X
    for n in (1, 2):
        A = np.maximum(0, parameters[f"W{n}"] @ A + parameters[f"b{n}"])
    Z = parameters["W3"] @ A + parameters["b3"]
    penalty = lambd / 2 * sum(float(np.sum(parameters[f"W{n}"] ** 2)) for n in (1, 2, 3))
    return float(np.sum(np.logaddexp(0, Z) - Y * Z) + penalty) / X.shape[1]


def gradient(parameters: dict[str, np.ndarray], lambd: float = 0.0) -> dict[str, np.ndarray]:
    grads = {name: np.zeros(value.shape) for name, value in parameters.items()}
    for name, value in parameters.items():
        for place in np.ndindex(value.shape):
            shift = np.zeros(value.shape)
            shift[place] = 1e-5
            high, low = ({**parameters, name: value + sign * shift} for sign in (1, -1))
            grads[name][place] = (cost(high, lambd) - cost(low, lambd)) / 2e-5
    return grads


def after(rate: float, lambd: float = 0.0) -> dict[str, np.ndarray]:
    grads = gradient(START, lambd)
    return {name: value - rate * grads[name] for name, value in START.items()}


@pytest.mark.parametrize("lambd", [0.0, 0.7])
def test_the_slope_is_the_numerical_one(lambd: float) -> None:
    direction = {name: RNG.standard_normal(value.shape) for name, value in START.items()}
    grads = gradient(START, lambd)
    expected = sum(float(np.sum(grads[name] * part)) for name, part in direction.items())
    assert slope(X, Y, START, direction, lambd=lambd) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("lambd", [0.0, 0.7])
def test_a_gradient_step_is_one_and_another_is_not(lambd: float) -> None:
    right = after(0.1, lambd)
    assert step_problem(X, Y, START, right, 0.1, lambd=lambd) is None
    for wrong in (step_problem(X, Y, START, right, 0.05, lambd=lambd), step_problem(X, Y, START, START, 0.1, lambd=lambd)):
        assert wrong is not None
        assert "one step with learning_rate=" in wrong
    assert step_problem(X, Y, START, right, 0.1, lambd=lambd + 0.1) is not None


def test_a_wrong_step_is_told_in_numbers_that_can_be_found() -> None:
    grads = gradient(START)
    uphill, half = ({n: START[n] - rate * grads[n] for n in START} for rate in (-0.033, 0.05))
    change = float(grads["b3"][0, 0])
    told = str(step_problem(X, Y, START, uphill, 0.1))
    assert told.startswith(f"after one step with learning_rate=0.1, b3[0, 0] has changed by {0.033 * change:.4g}, expected ")
    assert f"expected {-0.1 * change:.4g} = -learning_rate * gradient; " in told
    assert told.endswith("; every change is -0.33 times the expected one: the wrong direction")
    assert str(step_problem(X, Y, START, half, 0.1)).endswith("; every change is 0.5 times the expected one")
    stays = str(step_problem(X, Y, START, {**after(0.1), "b3": START["b3"]}, 0.1))
    assert stays == "one step with learning_rate=0.1 leaves all parameters as they are"
    moved = {**after(0.1), "b2": START["b2"] + np.array([[1.0], [0.0]])}
    assert str(step_problem(X, Y, START, moved, 0.1)).startswith(
        "after one step with learning_rate=0.1, b2[0, 0] has changed by 1, expected 0 = -learning_rate * gradient; "
        "in this run b2 is wrong, "
    )


def test_a_factor_is_told_of_the_wrong_parameters_alone_and_where_it_is_one() -> None:
    alive = {name: value + 0.5 if name.startswith("b") else value for name, value in START.items()}
    grads = gradient(alive)

    def told(**factors: float) -> str:
        moved = {name: alive[name] - 0.1 * factors.get(name, 1) * grads[name] for name in alive}
        return str(step_problem(X, Y, alive, moved, 0.1))

    assert told(W1=3, b1=3).endswith("W2, W3, b2 and b3 are right; every change of W1 and b1 is 3 times the expected one")
    assert "times" not in told(b3=-0.8)  # a single number
    assert "times" not in told(W1=0.9995, b1=0.9989)  # nearly right


def test_what_is_the_same_for_two_rates_is_not_said_to_stay_as_it_was() -> None:
    alive = {name: value + 0.5 if name.startswith("b") else value for name, value in START.items()}
    grads = gradient(alive)
    once, further = ({n: alive[n] - (1 if n == "W1" else rate) * grads[n] for n in alive} for rate in (0.1, 0.25))
    told = str(first_step_problem(X, Y, once, further, 0.1, 2.5))
    assert "W1 is the same as with learning_rate=0.25, expected a change by -learning_rate * gradient" in told
    assert "every change of W1 is 10 times" in str(first_step_problem(X, Y, once, further, 0.1, 2.5, given=alive))


def test_the_gradient_behind_the_sentence_is_the_numerical_one() -> None:
    alive = {name: value + 0.5 if name.startswith("b") else value for name, value in START.items()}
    right, found = gradient(alive), _gradient(X, Y, alive).parts
    assert all(value.any() for value in right.values())
    assert all(np.allclose(found[name], right[name], rtol=1e-5, atol=1e-8) for name in START)


def test_two_runs_tell_where_they_started() -> None:
    start = start_of(after(0.1), after(0.25), 2.5)
    assert is_same_start(start, START)
    assert not is_same_start(after(0.1), START)
    assert not is_same_start({"W1": START["W1"]}, START)


def test_a_start_of_zero_is_not_rounding() -> None:
    once, further = ({"b1": np.array([[rate * -0.1234567]])} for rate in (0.1, 0.25))
    assert start_of(once, further, 2.5)["b1"] == 0.0


def test_gradients_of_another_shape_have_no_slope() -> None:
    grads = {f"d{name}": value for name, value in START.items()}
    assert np.isclose(along(grads, START), sum(np.sum(value**2) for value in START.values()))
    with pytest.raises(ValueError, match=r"db1 has shape \(\d+,\), expected \(\d+, 1\)"):
        along({**grads, "db1": grads["db1"][:, 0]}, START)


def test_steps_that_climb_do_not_lower_the_cost() -> None:
    assert fall_problem(X, Y, START, after(0.01)) is None
    assert str(fall_problem(X, Y, START, after(-0.01))).endswith("than before the first")
    assert str(fall_problem(X, Y, START, START)).endswith("as it was before the first")


def test_steps_that_leave_no_number_are_told_as_such() -> None:
    spoilt = {**after(0.1), "b2": np.array([[np.nan], [0.0]])}
    assert step_problem(X, Y, START, spoilt, 0.1) == "after one step with learning_rate=0.1, b2 holds nan or inf"
    assert fall_problem(X, Y, START, spoilt) == "after three small steps b2 holds nan or inf"


def runs(*steps: float) -> list[dict[str, np.ndarray]]:
    """Parameters after runs of these lengths, in units of a step of 0.1 along the first gradient."""
    grads = gradient(START)
    return [{name: value - 0.1 * step * grads[name] for name, value in START.items()} for step in steps]


def test_a_rate_that_has_no_effect_is_told_as_such() -> None:
    once, further = runs(1, 2.5)
    assert first_step_problem(X, Y, once, further, 0.1, 2.5) is None
    assert first_step_problem(X, Y, once, once, 0.1, 2.5) == (
        "one step gives the same parameters for learning_rate=0.1 and 0.25"
    )


def test_a_step_that_changes_nothing_is_told_as_such() -> None:
    once, further, twice, often = runs(1, 2.5, 1, 1)
    assert further_steps_problem(X, Y, (once, further, twice, often), 0.1, 2.5) == (
        "the second step with learning_rate=0.1 leaves all parameters as they are"
    )


def test_further_steps_are_not_blamed_where_one_by_itself_is_wrong() -> None:
    problem = further_steps_problem(X, Y, runs(2, 5, 4, 6), 0.1, 2.5)
    assert isinstance(problem, Objection)
    assert not problem.checked
    assert problem.text.startswith("a run of one step has to be right first: after one step with learning_rate=0.1, ")


def test_a_bias_that_is_never_moved_is_no_mistake_of_further_steps() -> None:
    start, states = {name: value + 0.25 for name, value in START.items()}, []
    for rate, count in ((0.1, 1), (0.25, 1), (0.1, 2), (0.1, 3)):
        found = start
        for _ in range(count):
            found = {**trained(found, rate), "b1": start["b1"]}
        states.append(found)
    assert further_steps_problem(X, Y, states, 0.1, 2.5) is None
    states[3] = {**states[3], "W2": states[2]["W2"]}
    problem = further_steps_problem(X, Y, states, 0.1, 2.5)
    assert isinstance(problem, Objection)
    assert not problem.checked


@pytest.mark.parametrize("seed", [0, 20_170_808])
def test_a_step_that_fits_the_slopes_along_a_few_known_directions_is_no_gradient_step(seed: int) -> None:
    """Whoever knows the directions needs no gradient: numbers of the forward pass along them are enough."""
    random = np.random.default_rng(seed)
    known = [{name: random.standard_normal(value.shape) for name, value in START.items()} for _ in range(3)]
    flat = np.array([np.concatenate([part.ravel() for part in one.values()]) for one in known])
    weights = np.linalg.solve(flat @ flat.T, [slope(X, Y, START, one) for one in known])
    moved = {
        name: value - 0.1 * sum(w * one[name] for w, one in zip(weights, known, strict=True))
        for name, value in START.items()
    }
    step = {name: (START[name] - moved[name]) / 0.1 for name in START}
    for one in known:
        assert sum(float(np.sum(step[n] * one[n])) for n in START) == pytest.approx(slope(X, Y, START, one), rel=1e-6)
    assert step_problem(X, Y, START, moved, 0.1) is not None


def test_a_price_is_paid_for_either_label_and_in_double_precision() -> None:
    prices = [14.31, 14.57]
    assert price_problem(prices, prices) is None
    assert price_problem([price - 0.2 for price in prices], prices) is None
    assert price_problem([14.31, np.array([[9.2]])], prices) == (
        "the true label has a probability of 4.7e-07: that costs 14.57, but the cost is 9.2"
    )
    assert str(price_problem([-0.0, 14.57], prices)).endswith("but the cost is 0")
    assert price_problem([14.31, 15.2], prices, network="with these parameters") == (
        "with these parameters the true label has a probability of 4.7e-07: that costs 14.57, but the cost is 15.2"
    )
    assert price_problem([np.nan, 14.57], prices) is not None
    assert price_problem([np.float32(14.31), 14.57], prices) == (
        "the cost of one example, 14.31, has fewer digits than float64 has: is it rounded, or in single precision (float32)?"
    )


def test_what_costs_too_much_or_nothing_is_not_underpriced() -> None:
    prices = [14.31, 14.57]
    assert is_underpriced([14.31, 9.2], prices)
    assert is_underpriced([9.2, 9.2], prices)
    assert not any(is_underpriced(costs, prices) for costs in (prices, [9.2, 0.0], [9.2, 20.0], [np.inf, 9.2]))


def test_costs_that_are_too_small_by_one_factor_are_not_those_of_a_guard() -> None:
    prices = [14.31, 14.57]
    assert not is_underpriced([price / 2 for price in prices], prices)


def scaled(weights: float, bias: float = 0.0) -> dict[str, np.ndarray]:
    """A start of one's own: small weights, hidden biases of one size."""
    W = {name: weights * value for name, value in START.items() if name.startswith("W")}
    return W | {name: np.full(value.shape, bias if name != "b3" else 0.0) for name, value in START.items() if name[0] == "b"}


def trained(start: dict[str, np.ndarray], rate: float, *left_out: str) -> dict[str, np.ndarray]:
    """One step down the true slope, by differences that lose no digits; some arrays stand still."""
    moved = {}
    for name, value in start.items():
        grads = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            direction = {other: np.zeros(part.shape) for other, part in start.items()}
            direction[name][place] = 1.0
            grads[place] = slope(X, Y, start, direction)
        moved[name] = value - rate * (grads if name not in left_out else 0.0)
    return moved


def one_chain() -> dict[str, np.ndarray]:
    """One unit per layer that is open for every example, beside units that are shut for ever."""
    start = scaled(0.1, -1e3)
    for layer in (1, 2):
        start[f"W{layer}"][0], start[f"b{layer}"][0] = np.abs(START[f"W{layer}"][0]), 5.0
    return start


@pytest.mark.parametrize("weights", [1.0, 0.01, 1e-4])
def test_a_step_is_right_in_each_array_by_itself_however_small_its_slope(weights: float) -> None:
    start = scaled(weights)
    assert step_problem(X, Y, start, trained(start, 0.1), 0.1) is None
    problem = step_problem(X, Y, start, trained(start, 0.1, "W1"), 0.1)
    assert problem is not None
    assert "W1 is as before" in problem


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (scaled(1.0), None),
        (scaled(0.01), None),
        (scaled(1e-4), None),
        (scaled(1.0, -1e3), "the cost hardly depends on W1"),
        (scaled(0.0), "the cost hardly depends on W1"),
        (scaled(0.1, 5.0), "every hidden unit is open for all"),
        (one_chain(), "nearly all units of the first layer are shut"),
        (scaled(1.0) | {"W3": 0 * START["W3"]}, "the cost hardly depends on W1"),
    ],
)
def test_a_start_of_ones_own_shows_something_where_all_weights_have_a_slope(
    start: dict[str, np.ndarray], said: str | None
) -> None:
    once, further = trained(start, 0.1), trained(start, 0.25)
    problem = own_start_problem(X, Y, once, further, START, 0.1, 2.5)
    assert (problem is None) if said is None else (problem is not None and said in problem)
    assert own_start_problem(X, Y, once, further, start, 0.1, 2.5) is None  # the given start
    assert own_start_problem(X, Y, once, once, START, 0.1, 2.5) is None  # a wrong step: nobody knows the start


def test_what_stands_beside_the_parameters_is_no_parameter() -> None:
    start = scaled(1.0)
    assert step_problem(X, Y, start | {"L": np.array(3)}, trained(start, 0.1) | {"L": np.array(3)}, 0.1) is None
