"""PyTorch as a second oracle for the gradients of the network assignments. Optional: skipped where it is missing."""

import numpy as np
import pytest

from reference import activations, deep_gradient_checking, dnn_step_by_step, gradient_checking, regularization
from reference.three_layer_network import forward_propagation
from tests.reference import oracles

torch = pytest.importorskip("torch", reason="PyTorch is not installed; autograd remains as the oracle")


def torch_gradients(parameters, X, Y, hidden: str = "relu", lambd: float = 0.0, factors=None) -> dict[str, np.ndarray]:
    """Gradients of the mean cross-entropy with L2 by PyTorch in double precision, under ``dW1, db1, ...``."""
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in parameters.items()}
    depth = len(leaves) // 2
    A = torch.tensor(X, dtype=torch.float64)
    for l in range(1, depth + 1):
        Z = leaves[f"W{l}"] @ A + leaves[f"b{l}"]
        A = getattr(torch, hidden)(Z)
        if factors is not None and l < depth:
            A = A * torch.tensor(factors[l], dtype=torch.float64)
    labels = torch.tensor(Y, dtype=torch.float64)
    cost = torch.nn.functional.binary_cross_entropy_with_logits(Z, labels)
    cost = cost + lambd / (2 * X.shape[1]) * sum((leaves[f"W{l}"] ** 2).sum() for l in range(1, depth + 1))
    cost.backward()
    return {f"d{name}": leaf.grad.numpy() for name, leaf in leaves.items()}


@pytest.mark.parametrize("name", ["sigmoid", "relu", "tanh"])
def test_the_gradient_of_an_activation_agrees_with_torch(name: str) -> None:
    rng = np.random.default_rng(71)
    Z, dA = rng.normal(scale=3.0, size=(2, 4, 9))
    leaf = torch.tensor(Z, requires_grad=True)
    getattr(torch, name)(leaf).backward(torch.tensor(dA))
    oracles.assert_agree(getattr(activations, f"{name}_backward")(dA, Z), leaf.grad.numpy())


@pytest.mark.parametrize("layer_dims", [[4, 1], [3, 5, 4, 1], [3, 7, 5, 4, 6, 1]], ids=str)
def test_the_deep_network_agrees_with_torch(layer_dims: list[int]) -> None:
    X, Y, parameters = oracles.random_network(72, layer_dims, 8)
    AL, caches = dnn_step_by_step.L_model_forward(X, parameters)
    grads = dnn_step_by_step.L_model_backward(AL, Y, caches)
    oracles.assert_all_agree(grads, torch_gradients(parameters, X, Y))


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_the_network_with_either_hidden_activation_agrees_with_torch(hidden: str) -> None:
    X, Y, parameters = oracles.random_network(73, [3, 5, 4, 1], 8)
    AL, caches = deep_gradient_checking.L_model_forward(X, parameters, hidden)
    gradients = deep_gradient_checking.L_model_backward(AL, Y, caches, hidden)
    oracles.assert_all_agree(gradients, torch_gradients(parameters, X, Y, hidden))


@pytest.mark.parametrize("lambd", [0.0, 0.7])
def test_l2_regularization_agrees_with_torch(lambd: float) -> None:
    X, Y, parameters = oracles.random_network(74, [2, 6, 3, 1], 8)
    cache = forward_propagation(X, parameters)[1]
    gradients = regularization.backward_propagation_with_regularization(X, Y, cache, lambd)
    oracles.assert_all_agree(gradients, torch_gradients(parameters, X, Y, lambd=lambd))


@pytest.mark.parametrize("keep_prob", [0.5, 0.86])
def test_dropout_agrees_with_torch(keep_prob: float) -> None:
    X, Y, parameters = oracles.random_network(75, [2, 6, 3, 1], 8)
    cache = regularization.forward_propagation_with_dropout(X, parameters, keep_prob)[1]
    gradients = regularization.backward_propagation_with_dropout(X, Y, cache, keep_prob)
    factors = [None, cache[1] / keep_prob, cache[6] / keep_prob]
    oracles.assert_all_agree(gradients, torch_gradients(parameters, X, Y, factors=factors))


def test_the_network_of_gradient_checking_agrees_with_torch() -> None:
    X, Y, parameters = oracles.random_network(76, [4, 5, 3, 1], 8)
    cache = gradient_checking.forward_propagation_n(X, Y, parameters)[1]
    gradients = gradient_checking.backward_propagation_n(X, Y, cache)
    oracles.assert_all_agree(gradients, torch_gradients(parameters, X, Y))
