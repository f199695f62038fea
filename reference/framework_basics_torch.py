"""The answers of the framework exercise in NumPy: what the same functions give when they are written in PyTorch.

Source: 004, the framework part, with arguments. Columns are examples, rows are classes or units, numbers have single
precision. How students write it is ``assignments/framework_basics_torch/solution.py``.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np


def linear_function(W: np.ndarray, X: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute ``W X + b``."""
    return W @ X + b


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Compute ``1 / (1 + exp(-z))`` entry by entry, without overflow."""
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + decay), decay / (1 + decay))


def cost(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Compute the logistic loss of each entry from its logit."""
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))


def one_hot_matrix(labels: np.ndarray, C: int) -> np.ndarray:
    """Turn class indices into columns with a single one, of shape ``(C, m)``."""
    return (np.arange(C)[:, np.newaxis] == labels).astype(np.float32)


def initialize_parameters(sizes: Sequence[int]) -> dict[str, np.ndarray]:
    """Draw Xavier weights of variance ``2 / (n_prev + n)``, and zero biases."""
    parameters = {}
    for layer, (n_prev, n) in enumerate(pairwise(sizes), start=1):
        weights = np.random.randn(n, n_prev) * np.sqrt(2 / (n_prev + n))
        parameters[f"W{layer}"] = weights.astype(np.float32)
        parameters[f"b{layer}"] = np.zeros((n, 1), np.float32)
    return parameters


def forward_propagation(X: np.ndarray, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
    """Compute the logits Z3 of a network with two hidden ReLU layers."""
    A1 = np.maximum(0, linear_function(parameters["W1"], X, parameters["b1"]))
    A2 = np.maximum(0, linear_function(parameters["W2"], A1, parameters["b2"]))
    return linear_function(parameters["W3"], A2, parameters["b3"])


def compute_cost(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """Compute the mean over the examples of the softmax cross-entropy, from logits."""
    shifted = logits - logits.max(axis=0, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return -(labels * log_probabilities).sum() / labels.shape[1]


def train_step(
    parameters: Mapping[str, np.ndarray], X: np.ndarray, Y: np.ndarray, learning_rate: float
) -> dict[str, np.ndarray]:
    """Make one step of gradient descent, with the gradients that a framework works out by itself."""
    m = X.shape[1]
    Z1 = linear_function(parameters["W1"], X, parameters["b1"])
    A1 = np.maximum(0, Z1)
    Z2 = linear_function(parameters["W2"], A1, parameters["b2"])
    A2 = np.maximum(0, Z2)
    Z3 = linear_function(parameters["W3"], A2, parameters["b3"])
    exponentials = np.exp(Z3 - Z3.max(axis=0, keepdims=True))
    dZ3 = (exponentials / exponentials.sum(axis=0, keepdims=True) - Y) / m
    dZ2 = (parameters["W3"].T @ dZ3) * (Z2 > 0)
    dZ1 = (parameters["W2"].T @ dZ2) * (Z1 > 0)
    gradients = {}
    for layer, (A_prev, dZ) in enumerate(((X, dZ1), (A1, dZ2), (A2, dZ3)), start=1):
        gradients[f"W{layer}"] = dZ @ A_prev.T
        gradients[f"b{layer}"] = dZ.sum(axis=1, keepdims=True)
    return {name: value - np.float32(learning_rate) * gradients[name] for name, value in parameters.items()}
