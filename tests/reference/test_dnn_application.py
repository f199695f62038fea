"""Oracle: the same descent with the gradient that HIPS autograd finds for a cost written in logits."""

from collections.abc import Callable

import numpy as np
import pytest
from autograd import grad

import reference.dnn_application as application
from reference.dnn_application import (
    L_layer_model,
    L_layer_model__with_costs,
    two_layer_model,
    two_layer_model__with_costs,
)
from tests.reference.oracles import assert_all_agree, network_cost, random_network

Parameters = dict[str, np.ndarray]
TWO, DEEP = [5, 4, 1], [5, 4, 3, 3, 1]
X = random_network(0, TWO, 12)[0]
Y = np.array([[0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1]])


def planted(dims: list[int]) -> Parameters:
    """Weights of all layers that are large enough to matter."""
    return random_network(3, dims, 12)[2]


def cost_of(parameters: Parameters) -> float:
    return network_cost(parameters, X, Y)


def descend(dims: list[int], learning_rate: float, steps: int) -> Parameters:
    parameters = planted(dims)
    for _ in range(steps):
        slope = grad(cost_of)(parameters)
        parameters = {name: value - learning_rate * slope[name] for name, value in parameters.items()}
    return parameters


@pytest.fixture(autouse=True)
def given_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding the initializer in the module, as the grader does it."""
    monkeypatch.setattr(application, "initialize_parameters", lambda n_x, n_h, n_y: planted([n_x, n_h, n_y]))
    monkeypatch.setattr(application, "initialize_parameters_deep", lambda dims: planted(list(dims)))


@pytest.mark.parametrize(("train", "dims"), [(two_layer_model, TWO), (L_layer_model, DEEP), (L_layer_model, TWO)])
@pytest.mark.parametrize(("learning_rate", "steps"), [(0.0075, 1), (0.1, 12)])
def test_training_follows_the_descent_that_autograd_makes(
    train: Callable[..., Parameters], dims: list[int], learning_rate: float, steps: int
) -> None:
    expected = descend(dims, learning_rate, steps)
    actual = train(X, Y, dims, learning_rate, steps)
    assert set(actual) == set(expected)
    for name, value in expected.items():
        assert not np.array_equal(value, planted(dims)[name]), f"{name} does not move: this run proves nothing"
    assert_all_agree(actual, expected)


@pytest.mark.parametrize(("train", "dims"), [(two_layer_model, TWO), (L_layer_model, DEEP)])
def test_no_iteration_returns_the_given_weights(train: Callable[..., Parameters], dims: list[int]) -> None:
    parameters = train(X, Y, dims, num_iterations=0)
    for name, value in planted(dims).items():
        np.testing.assert_array_equal(parameters[name], value)


@pytest.mark.parametrize(("train", "dims"), [(two_layer_model__with_costs, TWO), (L_layer_model__with_costs, DEEP)])
def test_costs_are_recorded_before_every_hundredth_update(
    train: Callable[..., tuple[Parameters, list[float]]], dims: list[int]
) -> None:
    parameters, costs = train(X, Y, dims, 0.05, 201)
    assert costs == pytest.approx([cost_of(descend(dims, 0.05, steps)) for steps in (0, 100, 200)], rel=1e-9)
    plain = {two_layer_model__with_costs: two_layer_model, L_layer_model__with_costs: L_layer_model}[train]
    for name, value in plain(X, Y, dims, 0.05, 201).items():
        np.testing.assert_array_equal(parameters[name], value)


@pytest.mark.parametrize(("train", "dims"), [(two_layer_model, TWO), (L_layer_model, DEEP)])
def test_costs_are_printed_on_request_only(
    train: Callable[..., Parameters], dims: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    train(X, Y, dims, 0.05, 101)
    assert capsys.readouterr().out == ""
    train(X, Y, dims, 0.05, 101, True)
    assert [line.rsplit(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Cost after iteration 0",
        "Cost after iteration 100",
    ]
