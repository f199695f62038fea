"""Gradient checking at any depth against autograd, finite differences against Taylor's theorem."""

import math

import numpy as np
import pytest

from reference import deep_gradient_checking as deep
from tests.reference import oracles
from tests.reference.oracles import assert_agree, assert_all_agree

DEPTHS = [[3, 1], [4, 5, 1], [3, 5, 4, 1], [2, 4, 3, 5, 1]]


@pytest.fixture(params=DEPTHS, ids=str)
def layers_dims(request: pytest.FixtureRequest) -> list[int]:
    return request.param


@pytest.fixture(params=["tanh", "relu"])
def hidden(request: pytest.FixtureRequest) -> str:
    return request.param


def test_cost_and_gradients_of_the_helpers_agree_with_autograd(layers_dims: list[int], hidden: str) -> None:
    X, Y, parameters = oracles.random_network(61, layers_dims, 7)
    expected = float(oracles.network_cost(parameters, X, Y, hidden))
    assert deep.forward_prop_cost(X, parameters, Y, hidden) == pytest.approx(expected, rel=1e-10)
    gradients = _gradients(X, Y, parameters, hidden)
    assert_all_agree(gradients, _true_gradients(X, Y, parameters, hidden))
    dA = oracles.activation_gradients(parameters, X, Y, hidden)
    assert_all_agree(gradients, {f"dA{l}": gradient for l, gradient in enumerate(dA)})


def test_hidden_layers_are_tanh_unless_told_otherwise() -> None:
    X, Y, parameters = oracles.random_network(62, [3, 4, 1], 5)
    expected = float(oracles.network_cost(parameters, X, Y, "tanh"))
    assert deep.forward_prop_cost(X, parameters, Y) == pytest.approx(expected, rel=1e-10)
    assert deep.gradient_check(parameters, _true_gradients(X, Y, parameters, "tanh"), X, Y, [3, 4, 1]) < 1e-6


def test_right_gradients_pass_the_check(layers_dims: list[int], hidden: str) -> None:
    X, Y, parameters = oracles.random_network(63, layers_dims, 4)
    true = _true_gradients(X, Y, parameters, hidden)
    assert deep.gradient_check(parameters, true, X, Y, layers_dims, 1e-7, hidden) < 1e-6


@pytest.mark.parametrize("factor", [-1.0, 0.0, 2.0])
def test_a_planted_fault_is_measured_as_its_distance_from_the_true_gradient(
    layers_dims: list[int], hidden: str, factor: float
) -> None:
    X, Y, parameters = oracles.random_network(64, layers_dims, 4)
    true = _true_gradients(X, Y, parameters, hidden)
    faulty = true | {"dW1": factor * true["dW1"]}
    g, f = (np.concatenate([d[f"d{key}"].ravel() for key in parameters]) for d in (true, faulty))
    expected = np.linalg.norm(f - g) / (np.linalg.norm(f) + np.linalg.norm(g))
    difference = deep.gradient_check(parameters, faulty, X, Y, layers_dims, 1e-7, hidden)
    assert difference == pytest.approx(expected, rel=1e-5)


def test_vector_and_dictionary_are_inverse_to_each_other(layers_dims: list[int]) -> None:
    _, _, parameters = oracles.random_network(65, layers_dims, 4)
    vector = deep.dictionary_to_vector(parameters)
    assert vector.shape == (sum(value.size for value in parameters.values()), 1)
    assert_agree(vector[:, 0], np.concatenate([value.ravel() for value in parameters.values()]), rtol=0.0)
    rebuilt = deep.vector_to_dictionary(vector, layers_dims)
    assert list(rebuilt) == list(parameters)
    assert_all_agree(rebuilt, parameters, rtol=0.0)


def test_gradients_become_a_vector_in_the_order_of_the_parameters_whatever_the_order_they_come_in() -> None:
    X, Y, parameters = oracles.random_network(66, [3, 5, 4, 1], 6)
    gradients = _gradients(X, Y, parameters, "relu")
    assert next(iter(gradients)) == "dA2"
    expected = np.concatenate([gradients[f"d{name}"].reshape(-1, 1) for name in parameters])
    assert np.array_equal(deep.gradients_to_vector(gradients), expected)


def test_ten_layers_keep_their_numeric_order() -> None:
    parameters = {f"{kind}{l}": np.full((1, 1), float(l)) for l in range(1, 12) for kind in ("W", "b")}
    vector = deep.dictionary_to_vector(parameters)
    assert vector[:, 0].tolist() == [float(l) for l in range(1, 12) for _ in range(2)]
    gradients = {f"d{name}": value for name, value in parameters.items()}
    assert np.array_equal(deep.gradients_to_vector(gradients), vector)


@pytest.mark.parametrize("x", [-1.5, 0.0, 3.0])
@pytest.mark.parametrize("epsilon", [0.01, 0.5])
def test_differences_of_a_cubic_have_exactly_their_theoretical_error(x: float, epsilon: float) -> None:
    def cubic(t: float) -> float:
        return t**3 - 2 * t

    derivative = 3 * x**2 - 2
    assert deep.forward_difference(cubic, x, epsilon) == pytest.approx(derivative + 3 * x * epsilon + epsilon**2)
    assert deep.central_difference(cubic, x, epsilon) == pytest.approx(derivative + epsilon**2)


def test_differences_of_the_exponential_converge_with_first_and_second_order() -> None:
    def error(difference, epsilon: float) -> float:
        return abs(difference(math.exp, 1.0, epsilon) - math.e)

    assert error(deep.forward_difference, 0.02) / error(deep.forward_difference, 0.01) == pytest.approx(2, rel=0.02)
    assert error(deep.central_difference, 0.02) / error(deep.central_difference, 0.01) == pytest.approx(4, rel=0.02)


def test_an_unknown_hidden_activation_is_refused_by_name() -> None:
    X, Y, parameters = oracles.random_network(67, [3, 4, 1], 5)
    with pytest.raises(ValueError, match='hidden_layers_activation_fn is \'sigmoid\', expected "tanh" or "relu"'):
        deep.forward_prop_cost(X, parameters, Y, "sigmoid")


def test_no_function_changes_its_arguments(hidden: str) -> None:
    X, Y, parameters = oracles.random_network(68, [3, 4, 2, 1], 5)
    gradients = _gradients(X, Y, parameters, hidden)
    oracles.assert_leaves_inputs_alone(deep.forward_prop_cost, X, parameters, Y, hidden)
    oracles.assert_leaves_inputs_alone(deep.gradient_check, parameters, gradients, X, Y, [3, 4, 2, 1], 1e-7, hidden)
    vector = deep.dictionary_to_vector(parameters)
    oracles.assert_leaves_inputs_alone(deep.vector_to_dictionary, vector, [3, 4, 2, 1])


def _gradients(X, Y, parameters, hidden: str) -> dict[str, np.ndarray]:
    AL, caches = deep.L_model_forward(X, parameters, hidden)
    return deep.L_model_backward(AL, Y, caches, hidden)


def _true_gradients(X, Y, parameters, hidden: str) -> dict[str, np.ndarray]:
    return oracles.parameter_gradients(lambda p: oracles.network_cost(p, X, Y, hidden), parameters)
