"""Second opinions for the reference code, written without it: costs for HIPS autograd, and what to compare with.

The costs use other formulas than the reference (softplus of the logits in place of logarithms of probabilities), so that
a slip cannot be in both.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

FALSE_ALARM_RATE = 1e-9
"""How often a statistical test may fail for right code, if its seed were drawn anew."""

HIDDEN_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda Z: anp.maximum(Z, 0.0),
    "tanh": lambda Z: 1.0 - 2.0 / (anp.exp(2.0 * Z) + 1.0),
}


def logits(parameters: Mapping[str, Any], X: Any, hidden: str = "relu", factors: Any = None, shifts: Any = None) -> Any:
    """Pre-activations of the last layer.

    `shifts[l]`, when given, is added to A^l (before dropout; the input is A^0): the derivative with respect to it is the
    gradient of that activation. `factors[l]`, when given, is what dropout multiplies A^l with.
    """
    depth = sum(name.startswith("W") for name in parameters)
    A = X
    for l in range(1, depth + 1):
        if shifts is not None:
            A = A + shifts[l - 1]
        if factors is not None and l > 1:
            A = A * factors[l - 1]
        Z = anp.dot(parameters[f"W{l}"], A) + parameters[f"b{l}"]
        A = HIDDEN_ACTIVATIONS[hidden](Z)
    return Z


def cross_entropy(Z: Any, Y: Any) -> Any:
    """Mean over examples of ``softplus(z) - y z``, the cross-entropy of sigmoid(z)."""
    return anp.sum(anp.logaddexp(0.0, Z) - Y * Z) / Y.shape[1]


def network_cost(parameters: Mapping[str, Any], X: Any, Y: Any, hidden: str = "relu", factors: Any = None) -> Any:
    """Cost of a network with a sigmoid output, to be differentiated."""
    return cross_entropy(logits(parameters, X, hidden, factors), Y)


def parameter_gradients(cost: Callable[[Any], Any], parameters: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Gradients of `cost` by autograd, under ``dW1, db1, ...``."""
    return {f"d{name}": value for name, value in grad(cost)(dict(parameters)).items()}


def activation_gradients(
    parameters: Mapping[str, Any], X: np.ndarray, Y: np.ndarray, hidden: str = "relu", factors: Any = None
) -> list[np.ndarray]:
    """Gradients of A^0, ..., A^{L-1} by autograd, per example: m times the derivative of the mean."""
    sizes = [X.shape[0]] + [parameters[f"b{l}"].shape[0] for l in range(1, len(parameters) // 2)]
    zeros = [np.zeros((size, X.shape[1])) for size in sizes]
    gradients = grad(lambda shifts: cross_entropy(logits(parameters, X, hidden, factors, shifts), Y))(zeros)
    return [gradient * X.shape[1] for gradient in gradients]


def random_network(seed: int, layer_dims: list[int], m: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Draw ``(X, Y, parameters)`` with both labels (for m > 1) and no relu unit within 1e-3 of its kink."""
    rng = np.random.default_rng(seed)
    while True:
        X = rng.normal(size=(layer_dims[0], m))
        Y = rng.permutation(np.arange(m) % 3 == 0).astype(float).reshape(1, m)
        parameters = {}
        for l, (before, size) in enumerate(pairwise(layer_dims), start=1):
            parameters[f"W{l}"] = rng.normal(size=(size, before)) / np.sqrt(before)
            parameters[f"b{l}"] = rng.normal(size=(size, 1)) / 4
        if _distance_to_kinks(parameters, X) > 1e-3:
            return X, Y, parameters


def _distance_to_kinks(parameters: Mapping[str, np.ndarray], X: np.ndarray) -> float:
    A, distance = X, np.inf
    for l in range(1, len(parameters) // 2 + 1):
        Z = np.einsum("ij,jk->ik", parameters[f"W{l}"], A) + parameters[f"b{l}"]
        A, distance = Z.clip(min=0.0), min(distance, float(np.abs(Z).min()))
    return distance


def assert_agree(actual: Any, expected: Any, rtol: float = 1e-10) -> None:
    """Same shape, and no element further away than `rtol` times the largest expected magnitude."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    scale = np.max(np.abs(expected), initial=0.0)
    np.testing.assert_allclose(actual, expected, rtol=0.0, atol=rtol * scale)


def assert_all_agree(actual: Mapping[str, Any], expected: Mapping[str, Any], rtol: float = 1e-10) -> None:
    """Every expected name is there and its value agrees; other names are ignored."""
    for name, value in expected.items():
        assert name in actual
        assert_agree(actual[name], value, rtol)


def assert_leaves_inputs_alone(function: Callable[..., Any], *arguments: Any) -> None:
    """A call changes none of its arguments, however deep."""
    before = deepcopy(arguments)
    function(*arguments)
    np.testing.assert_equal(arguments, before)


def numerical_gradient(cost: Callable[[np.ndarray], float], theta: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Gradient from differences with an error of the order of ``step ** 4`` (two steps, extrapolated)."""
    gradient = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        bump = np.zeros_like(theta)
        bump[i] = step
        near = (cost(theta + bump) - cost(theta - bump)) / (2 * step)
        far = (cost(theta + 2 * bump) - cost(theta - 2 * bump)) / (4 * step)
        gradient[i] = (4 * near - far) / 3
    return gradient
