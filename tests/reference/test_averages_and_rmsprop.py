"""Oracles: the unrolled weighted sum, ``scipy.signal.lfilter``, and the RMSprop of HIPS autograd."""

import numpy as np
import pytest
from autograd.misc import optimizers

from reference.averages_and_rmsprop import (
    exponentially_weighted_average,
    update_parameters_with_rmsprop,
    update_parameters_with_rmsprop__epsilon_inside_root,
)

SHAPES = {"W1": (3, 2), "b1": (3, 1), "W2": (2, 3), "b2": (2, 1)}


def arrays(seed: int, prefix: str = "") -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {prefix + name: rng.normal(size=shape) for name, shape in SHAPES.items()}


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.98])
def test_the_average_is_a_linear_recursive_filter(beta: float) -> None:
    from scipy.signal import lfilter  # it takes half a second to import, and one test needs it

    theta = np.random.default_rng(0).normal(10, 3, size=60)
    np.testing.assert_allclose(
        exponentially_weighted_average(theta, beta), lfilter([1 - beta], [1, -beta], theta), rtol=1e-12
    )


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.98])
def test_the_corrected_average_is_the_mean_under_weights_that_sum_to_one(beta: float) -> None:
    theta = np.random.default_rng(1).normal(10, 3, size=25)
    expected = [np.average(theta[:t], weights=[beta ** (t - i) for i in range(1, t + 1)]) for t in range(1, len(theta) + 1)]
    np.testing.assert_allclose(exponentially_weighted_average(theta, beta, True), expected, rtol=1e-12)


def test_a_series_of_one_value_and_an_empty_one_are_legal() -> None:
    np.testing.assert_allclose(exponentially_weighted_average(np.array([5.0]), 0.9), [0.5])
    np.testing.assert_allclose(exponentially_weighted_average(np.array([5.0]), 0.9, True), [5.0])
    assert exponentially_weighted_average(np.array([]), 0.9).shape == (0,)


def test_rmsprop_is_the_rmsprop_of_autograd() -> None:
    """The oracle starts its average at one, so ours is handed ones."""
    parameters = arrays(0)
    s = {"d" + name: np.ones(shape) for name, shape in SHAPES.items()}
    for t in range(1, 7):
        parameters, s = update_parameters_with_rmsprop(parameters, arrays(t, "d"), s, 0.75, 0.1, 1e-3)
    expected = optimizers.rmsprop(lambda x, i: arrays(i + 1), arrays(0), num_iters=6, step_size=0.1, gamma=0.75, eps=1e-3)
    for name, value in expected.items():
        np.testing.assert_allclose(parameters[name], value, rtol=1e-10, err_msg=name)


def test_rmsprop_returns_the_unrolled_average_of_the_squares() -> None:
    parameters, beta2, steps = arrays(0), 0.6, 5
    s = {"d" + name: np.zeros(shape) for name, shape in SHAPES.items()}
    for t in range(1, steps + 1):
        parameters, s = update_parameters_with_rmsprop(parameters, arrays(t, "d"), s, beta2, 0.1)
    for name, average in s.items():
        squares = [beta2 ** (steps - t) * arrays(t, "d")[name] ** 2 for t in range(1, steps + 1)]
        np.testing.assert_allclose(average, (1 - beta2) * sum(squares), rtol=1e-12)


def test_a_zero_gradient_with_a_zero_average_moves_nothing() -> None:
    zeros = {"db1": np.zeros((2, 1))}
    parameters, s = update_parameters_with_rmsprop({"b1": np.ones((2, 1))}, zeros, zeros, 0.9, 0.1)
    np.testing.assert_array_equal(parameters["b1"], np.ones((2, 1)))
    np.testing.assert_array_equal(s["db1"], np.zeros((2, 1)))


def test_epsilon_stands_outside_or_inside_the_root() -> None:
    arguments = (
        {"b1": np.zeros((1, 1))},
        {"db1": np.full((1, 1), 4.0)},
        {"db1": np.zeros((1, 1))},
        0.0,
        1.0,
        9.0,
    )
    outside, _ = update_parameters_with_rmsprop(*arguments)
    inside, _ = update_parameters_with_rmsprop__epsilon_inside_root(*arguments)
    assert outside["b1"].item() == pytest.approx(-4 / (4 + 9))
    assert inside["b1"].item() == pytest.approx(-4 / 5)


def test_epsilon_is_1e_8_unless_told_otherwise() -> None:
    arguments = (
        {"b1": np.zeros((1, 1))},
        {"db1": np.full((1, 1), 1e-8)},
        {"db1": np.zeros((1, 1))},
        0.0,
        1.0,
    )
    parameters, _ = update_parameters_with_rmsprop(*arguments)
    assert parameters["b1"].item() == pytest.approx(-0.5)


def test_rmsprop_leaves_the_arrays_that_came_in_alone() -> None:
    parameters, gradient, s = arrays(0), arrays(1, "d"), {k: v**2 for k, v in arrays(2, "d").items()}
    for array in (*parameters.values(), *gradient.values(), *s.values()):
        array.setflags(write=False)
    update_parameters_with_rmsprop(parameters, gradient, s, 0.9, 0.1)
    for name, value in arrays(0).items():
        np.testing.assert_array_equal(parameters[name], value)
