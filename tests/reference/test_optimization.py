"""Oracles: the optimizers of HIPS autograd, the unrolled sums that the recursions stand for, and counting."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from autograd.misc import optimizers

from reference.optimization import (
    initialize_adam,
    initialize_velocity,
    random_mini_batches,
    update_parameters_with_adam,
    update_parameters_with_adam__epsilon_inside_root,
    update_parameters_with_adam__five_items,
    update_parameters_with_adam__five_items_epsilon_inside_root,
    update_parameters_with_gd,
    update_parameters_with_momentum,
)
from tests.reference.oracles import assert_all_agree

Arrays = dict[str, np.ndarray]
SHAPES = {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1), "W3": (1, 2), "b3": (1, 1)}


def network(seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=shape) for name, shape in SHAPES.items()}


def gradients(seed: int) -> Arrays:
    """The last layer first, as the course's backward pass builds them."""
    return {"d" + name: value for name, value in reversed(network(seed).items())}


def oracle(optimize: Callable[..., Arrays], steps: int, **settings: float) -> Arrays:
    """Run an optimizer of autograd on the same sequence of gradients (step t has the gradients of seed t)."""

    def grad(parameters: Arrays, i: int) -> Arrays:
        return {name: gradients(i + 1)["d" + name] for name in parameters}

    return optimize(grad, network(0), num_iters=steps, **settings)


def assert_same(actual: Arrays, expected: Arrays) -> None:
    assert set(actual) == set(expected)
    assert_all_agree(actual, expected)


def test_gradient_descent_is_the_sgd_of_autograd_without_mass() -> None:
    parameters = network(0)
    for t in range(1, 6):
        parameters = update_parameters_with_gd(parameters, gradients(t), 0.3)
    assert_same(parameters, oracle(optimizers.sgd, 5, step_size=0.3, mass=0.0))


def test_momentum_is_the_sgd_of_autograd_with_mass() -> None:
    parameters = network(0)
    v = initialize_velocity(parameters)
    for t in range(1, 6):
        parameters, v = update_parameters_with_momentum(parameters, gradients(t), v, 0.8, 0.3)
    assert_same(parameters, oracle(optimizers.sgd, 5, step_size=0.3, mass=0.8))


def test_adam_is_the_adam_of_autograd() -> None:
    parameters = network(0)
    v, s = initialize_adam(parameters)
    for t in range(1, 8):
        parameters, v, s = update_parameters_with_adam(
            parameters, gradients(t), v, s, t, learning_rate=0.05, beta1=0.7, beta2=0.9, epsilon=1e-3
        )
    assert_same(parameters, oracle(optimizers.adam, 7, step_size=0.05, b1=0.7, b2=0.9, eps=1e-3))


def test_adam_has_the_defaults_of_the_contract() -> None:
    start = network(0)
    v, s = initialize_adam(start)
    implicit = update_parameters_with_adam(start, gradients(1), v, s, 3)
    explicit = update_parameters_with_adam(start, gradients(1), v, s, 3, 0.01, 0.9, 0.999, 1e-8)
    for one, other in zip(implicit, explicit, strict=True):
        assert_same(one, other)


def test_adam_returns_averages_that_equal_their_unrolled_sums() -> None:
    parameters = network(0)
    v, s = initialize_adam(parameters)
    beta1, beta2, steps = 0.75, 0.875, 6
    for t in range(1, steps + 1):
        parameters, v, s = update_parameters_with_adam(parameters, gradients(t), v, s, t, beta1=beta1, beta2=beta2)
    history = [gradients(t) for t in range(1, steps + 1)]
    for name in v:
        weighted = [beta1 ** (steps - i) * g[name] for i, g in enumerate(history, start=1)]
        squares = [beta2 ** (steps - i) * g[name] ** 2 for i, g in enumerate(history, start=1)]
        np.testing.assert_allclose(v[name], (1 - beta1) * sum(weighted), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(s[name], (1 - beta2) * sum(squares), rtol=1e-12, atol=1e-14)


def test_epsilon_stands_outside_or_inside_the_root() -> None:
    parameters, gradient = {"b1": np.array([[0.0]])}, {"db1": np.array([[3.0]])}
    v, s = initialize_adam(parameters)
    outside, *_ = update_parameters_with_adam(parameters, gradient, v, s, 1, 1.0, 0.5, 0.5, 1.0)
    inside, *_ = update_parameters_with_adam__epsilon_inside_root(parameters, gradient, v, s, 1, 1.0, 0.5, 0.5, 1.0)
    assert outside["b1"].item() == pytest.approx(-3 / 4)
    assert inside["b1"].item() == pytest.approx(-3 / 10**0.5)


def test_five_items_are_the_three_and_the_corrected_averages() -> None:
    arguments = (network(0), gradients(1), gradients(2), {k: g**2 for k, g in gradients(3).items()}, 4)
    for three, five in (
        (update_parameters_with_adam, update_parameters_with_adam__five_items),
        (
            update_parameters_with_adam__epsilon_inside_root,
            update_parameters_with_adam__five_items_epsilon_inside_root,
        ),
    ):
        parameters, v, s = three(*arguments)
        *first, v_corrected, s_corrected = five(*arguments)
        for one, other in zip(first, (parameters, v, s), strict=True):
            assert_same(one, other)
        assert_same(v_corrected, {name: value / (1 - 0.9**4) for name, value in v.items()})
        assert_same(s_corrected, {name: value / (1 - 0.999**4) for name, value in s.items()})


def test_momentum_returns_the_exact_average_of_a_small_example() -> None:
    parameters, v = {"b1": np.array([[1.0]])}, {"db1": np.array([[0.5]])}
    parameters, v = update_parameters_with_momentum(parameters, {"db1": np.array([[-2.0]])}, v, 0.75, 0.5)
    assert Fraction(v["db1"].item()) == Fraction(3, 4) * Fraction(1, 2) + Fraction(1, 4) * -2
    assert Fraction(parameters["b1"].item()) == 1 - Fraction(1, 2) * Fraction(-1, 8)


def test_averages_start_as_zeros_that_share_no_memory() -> None:
    parameters = network(0)
    v, s = initialize_adam(parameters)
    for averages in (initialize_velocity(parameters), v, s):
        assert {name: value.shape for name, value in averages.items()} == {
            "d" + name: shape for name, shape in SHAPES.items()
        }
        assert not any(np.any(value) for value in averages.values())
    assert not any(np.shares_memory(v[name], s[name]) for name in v)


@pytest.mark.parametrize(
    "update",
    [
        lambda p, g: update_parameters_with_gd(p, g, 0.1),
        lambda p, g: update_parameters_with_momentum(p, g, gradients(2), 0.9, 0.1),
        lambda p, g: update_parameters_with_adam(p, g, gradients(2), {k: d**2 for k, d in gradients(3).items()}, 2),
    ],
    ids=["gd", "momentum", "adam"],
)
def test_updates_leave_the_arrays_that_came_in_alone(update: Callable[[Arrays, Arrays], object]) -> None:
    parameters, gradient = network(0), gradients(1)
    for array in (*parameters.values(), *gradient.values()):
        array.setflags(write=False)
    update(parameters, gradient)
    assert_same(parameters, network(0))
    assert_same(gradient, gradients(1))


@pytest.mark.parametrize("m", [1, 2, 7, 8, 64, 129])
@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_mini_batches_hold_every_example_once_with_its_label(m: int, size: int) -> None:
    X = np.vstack([np.arange(m), -np.arange(m)]).astype(float)
    Y = np.arange(m).reshape(1, m) * 10
    batches = random_mini_batches(X, Y, size, seed=m)
    sizes = [x.shape[1] for x, _ in batches]
    assert sizes == [size] * (m // size) + [m % size] * (m % size > 0)
    together, labels = (np.concatenate(parts, axis=1) for parts in zip(*batches, strict=True))
    np.testing.assert_array_equal(np.sort(together[0]), np.arange(m))
    np.testing.assert_array_equal(together[1], -together[0])
    np.testing.assert_array_equal(labels, together[:1] * 10)


def test_mini_batches_depend_on_the_seed_and_on_nothing_else() -> None:
    X = np.arange(50.0).reshape(1, 50)
    np.random.seed(1)
    first = random_mini_batches(X, X, 50, seed=3)
    np.random.seed(2)
    again = random_mini_batches(X, X, 50, seed=3)
    other = random_mini_batches(X, X, 50, seed=4)
    np.testing.assert_array_equal(first[0][0], again[0][0])
    assert not np.array_equal(first[0][0], other[0][0])
    assert not np.array_equal(first[0][0], X), "not shuffled at all"
