"""Gradient checking against autograd: what the check says of right and of planted wrong gradients."""

from types import FunctionType

import numpy as np
import pytest
from scipy import special

from reference import gradient_checking as gc
from tests.reference import oracles
from tests.reference.oracles import assert_agree, assert_all_agree

LAYERS = [4, 5, 3, 1]
FAULTS = [("dW1", 2.0), ("db1", 4.0), ("dW2", 2.0), ("db2", -1.0), ("dW3", 0.0), ("db3", 0.5)]


@pytest.fixture(params=[1, 2, 8], ids=lambda m: f"m={m}")
def network(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    return oracles.random_network(51, LAYERS, request.param)


def with_globals(function: FunctionType, **names: object) -> FunctionType:
    """The same code with some module-level names bound to something else."""
    return FunctionType(function.__code__, function.__globals__ | names, argdefs=function.__defaults__)


def test_the_model_of_one_parameter_is_a_product_and_its_derivative_the_input() -> None:
    assert gc.forward_propagation(-2.0, 3.5) == -7.0
    assert gc.backward_propagation(-2.0, 3.5) == -2.0


@pytest.mark.parametrize(("x", "theta"), [(2.0, 4.0), (-3.0, 0.5), (0.25, -8.0), (1, 7)])
def test_the_right_derivative_passes_the_check(x: float, theta: float) -> None:
    assert 0.0 <= gc.gradient_check(x, theta) < 1e-7


@pytest.mark.parametrize("factor", [2.0, 0.5, -3.0])
def test_a_planted_wrong_derivative_is_measured(factor: float) -> None:
    check = with_globals(gc.gradient_check, backward_propagation=lambda x, theta: factor * x)
    assert check(3.0, 4.0) == pytest.approx(abs(factor - 1) / (abs(factor) + 1), rel=1e-6)


def test_the_scalar_check_differentiates_whatever_forward_propagation_is() -> None:
    check = with_globals(gc.gradient_check, forward_propagation=lambda x, theta: 3.0 * theta * x)
    assert check(2.0, 4.0) == pytest.approx(0.5, rel=1e-6)


def test_two_zero_gradients_do_not_differ() -> None:
    assert gc.gradient_check(0.0, 4.0) == 0.0


def test_cost_and_cache_agree_with_the_oracle(network) -> None:
    X, Y, parameters = network
    cost, cache = gc.forward_propagation_n(X, Y, parameters)
    assert cost == pytest.approx(float(oracles.network_cost(parameters, X, Y)), rel=1e-10)
    assert len(cache) == 12
    assert_agree(cache[9], special.expit(oracles.logits(parameters, X)))


def test_the_gradients_carry_no_planted_mistake(network) -> None:
    X, Y, parameters = network
    gradients = gc.backward_propagation_n(X, Y, gc.forward_propagation_n(X, Y, parameters)[1])
    assert_all_agree(gradients, oracles.parameter_gradients(lambda p: oracles.network_cost(p, X, Y), parameters))
    _, dA1, dA2 = oracles.activation_gradients(parameters, X, Y)
    assert_all_agree(gradients, {"dA1": dA1, "dA2": dA2})


def test_right_gradients_pass_the_check(network) -> None:
    X, Y, parameters = network
    assert gc.gradient_check_n(parameters, _true_gradients(X, Y, parameters), X, Y) < 1e-6


@pytest.mark.parametrize(("name", "factor"), FAULTS)
def test_a_planted_fault_is_measured_as_its_distance_from_the_true_gradient(network, name: str, factor: float) -> None:
    X, Y, parameters = network
    true = _true_gradients(X, Y, parameters)
    faulty = true | {name: factor * true[name]}
    g, f = (np.concatenate([d[f"d{key}"].ravel() for key in parameters]) for d in (true, faulty))
    expected = np.linalg.norm(f - g) / (np.linalg.norm(f) + np.linalg.norm(g))
    assert gc.gradient_check_n(parameters, faulty, X, Y) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_a_wide_step_gives_the_error_of_the_wide_step() -> None:
    X, Y, parameters = oracles.random_network(52, LAYERS, 6)
    true = _true_gradients(X, Y, parameters)
    narrow, wide = (gc.gradient_check_n(parameters, true, X, Y, epsilon) for epsilon in (1e-5, 0.5))
    assert narrow < 1e-8
    assert wide > 1e-3


def test_gradients_may_come_last_layer_first_and_with_extra_entries(network) -> None:
    X, Y, parameters = network
    gradients = gc.backward_propagation_n(X, Y, gc.forward_propagation_n(X, Y, parameters)[1])
    bare = {f"d{name}": gradients[f"d{name}"] for name in parameters}
    assert np.array_equal(gc.gradients_to_vector(gradients), gc.gradients_to_vector(bare))


def test_vector_and_dictionary_are_inverse_to_each_other(network) -> None:
    _, _, parameters = network
    theta, keys = gc.dictionary_to_vector(parameters)
    assert theta.shape == (47, 1)
    assert keys == [name for name, value in parameters.items() for _ in range(value.size)]
    assert_all_agree(gc.vector_to_dictionary(theta), parameters, rtol=0.0)
    assert theta[5, 0] == parameters["W1"][1, 1]
    gradients = {f"d{name}": value for name, value in parameters.items()}
    assert np.array_equal(gc.gradients_to_vector(gradients), theta)


def test_whole_number_parameters_are_bumped_too() -> None:
    approximation = gc.two_sided_gradient(lambda theta: float((theta**2).sum()), np.array([[1], [2]]), 0.25)
    assert_agree(approximation, np.array([[2.0], [4.0]]))


def test_no_function_changes_its_arguments(network) -> None:
    X, Y, parameters = network
    cache = gc.forward_propagation_n(X, Y, parameters)[1]
    oracles.assert_leaves_inputs_alone(gc.forward_propagation_n, X, Y, parameters)
    oracles.assert_leaves_inputs_alone(gc.backward_propagation_n, X, Y, cache)
    oracles.assert_leaves_inputs_alone(gc.gradient_check_n, parameters, _true_gradients(X, Y, parameters), X, Y)


def _true_gradients(X, Y, parameters) -> dict[str, np.ndarray]:
    return oracles.parameter_gradients(lambda p: oracles.network_cost(p, X, Y), parameters)
