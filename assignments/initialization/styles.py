"""Right solutions in other styles: each must get full marks."""

import math
import random
from itertools import pairwise

import numpy as np

# -- the initializers --------------------------------------------------------------------


def zeros_by_comprehension(layers_dims):
    weights = {f"W{l}": np.zeros((n, k)) for l, (k, n) in enumerate(pairwise(layers_dims), 1)}
    return weights | {f"b{l}": np.zeros((n, 1)) for l, n in enumerate(layers_dims[1:], 1)}


def zeros_from_the_end(sizes):
    parameters = {}
    for l in reversed(range(len(sizes) - 1)):
        parameters["b" + str(l + 1)] = np.full((sizes[l + 1], 1), 0.0)
        parameters["W" + str(l + 1)] = 0.0 * np.ones(shape=(sizes[l + 1], sizes[l]))
    return parameters


def zeros_by_lists(layers_dims):
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["".join(["W", str(l)])] = np.array([[0.0] * layers_dims[l - 1]] * layers_dims[l])
        parameters["".join(["b", str(l)])] = np.array([[0.0]] * layers_dims[l])
    return parameters


def zeros_out_of_one_array(layers_dims):
    """Views of one array that do not overlap."""
    shapes = {}
    for l, (k, n) in enumerate(pairwise(layers_dims), 1):
        shapes |= {f"W{l}": (n, k), f"b{l}": (n, 1)}
    ends = np.cumsum([n * k for n, k in shapes.values()])
    return {
        name: part.reshape(shape)
        for (name, shape), part in zip(shapes.items(), np.split(np.zeros(ends[-1]), ends[:-1]), strict=True)
    }


_GENERATOR = np.random.default_rng(11)


def _by(draw, scale):
    """An initializer with ``draw(n, n_prev)`` times ``scale(n_prev)``."""

    def initialize(layers_dims):
        parameters = {}
        L = len(layers_dims)
        for l in range(1, L):
            parameters["W" + str(l)] = draw(layers_dims[l], layers_dims[l - 1]) * scale(layers_dims[l - 1])
            parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
        return parameters

    return initialize


def _seeded(initialize):
    def seeded(layers_dims):
        np.random.seed(3)
        return initialize(layers_dims)

    return seeded


def _fresh_generators(scale):
    """A generator of its own for every layer, each with another seed."""

    def initialize(layers_dims):
        parameters = {}
        for l in range(1, len(layers_dims)):
            generator = np.random.default_rng(l)
            size = (layers_dims[l], layers_dims[l - 1])
            parameters[f"W{l}"] = generator.normal(0.0, scale(layers_dims[l - 1]), size)
            parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        return parameters

    return initialize


def _last_layer_first(scale):
    def initialize(layers_dims):
        parameters = {}
        for l in range(len(layers_dims) - 1, 0, -1):
            transposed = np.random.standard_normal((layers_dims[l - 1], layers_dims[l]))
            parameters[f"W{l}"] = transposed.T * scale(layers_dims[l - 1])
            parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
        return parameters

    return initialize


def _gauss_in_loops(n, n_prev):
    return np.array([[random.gauss(0, 1) for _ in range(n_prev)] for _ in range(n)])


def _row_by_row(n, n_prev):
    return np.stack([np.random.randn(n_prev) for _ in range(n)])


def _box_muller(n, n_prev):
    radius = np.sqrt(-2 * np.log(1 - np.random.rand(n, n_prev)))
    return radius * np.cos(2 * np.pi * np.random.rand(n, n_prev))


def _all_ways(scale):
    return [
        _seeded(_by(np.random.randn, scale)),
        _by(lambda n, k: np.random.standard_normal((n, k)), scale),
        _by(lambda n, k: np.random.normal(loc=0, scale=1, size=(n, k)), scale),
        _by(lambda n, k: _GENERATOR.standard_normal(size=(n, k)), scale),
        _by(_gauss_in_loops, scale),
        _by(_row_by_row, scale),
        _by(_box_muller, scale),
        _fresh_generators(scale),
        _last_layer_first(scale),
    ]


# -- the training run --------------------------------------------------------------------


def _unbound(layers_dims):
    """Stands for an initializer; the harness binds the names to given parameters."""
    raise NotImplementedError


initialize_parameters_zeros = initialize_parameters_random = initialize_parameters_he = _unbound


def _sigmoid(Z):
    return np.where(Z > 0, 1 / (1 + np.exp(-np.abs(Z))), 1 - 1 / (1 + np.exp(-np.abs(Z))))


def model_in_place(X, Y, learning_rate=0.01, num_iterations=15000, print_cost=True, initialization="he"):
    layers_dims = [X.shape[0], 10, 5, 1]
    if initialization == "zeros":
        p = initialize_parameters_zeros(layers_dims)
    elif initialization == "random":
        p = initialize_parameters_random(layers_dims)
    elif initialization == "he":
        p = initialize_parameters_he(layers_dims)
    m = X.shape[1]
    costs = []
    for i in range(num_iterations):
        A1 = np.maximum(0, np.dot(p["W1"], X) + p["b1"])
        A2 = np.maximum(0, np.dot(p["W2"], A1) + p["b2"])
        A3 = _sigmoid(np.dot(p["W3"], A2) + p["b3"])
        if print_cost and i % 1000 == 0:
            costs.append(np.nansum(-np.log(A3) * Y - np.log(1 - A3) * (1 - Y)) / m)
            print(f"Cost after iteration {i}: {costs[-1]}")
        dZ3 = 1.0 / m * (A3 - Y)
        dZ2 = np.multiply(np.dot(p["W3"].T, dZ3), np.int64(A2 > 0))
        dZ1 = np.multiply(np.dot(p["W2"].T, dZ2), np.int64(A1 > 0))
        for l, dZ, A in ((1, dZ1, X), (2, dZ2, A1), (3, dZ3, A2)):
            p["W" + str(l)] -= learning_rate * np.dot(dZ, A.T)
            p["b" + str(l)] -= learning_rate * np.sum(dZ, axis=1, keepdims=True)
    return p


def model_with_examples_in_rows(X, Y, rate, steps, verbose=True, kind="he"):
    start = globals()["initialize_parameters_" + kind](layers_dims=[len(X), 10, 5, 1])
    weights = [start[f"W{l}"].T for l in (1, 2, 3)]
    biases = [start[f"b{l}"].ravel() for l in (1, 2, 3)]
    while steps > 0:
        steps -= 1
        outputs = [X.T]
        for l in range(3):
            Z = np.einsum("mk,kn->mn", outputs[-1], weights[l]) + biases[l]
            outputs.append(Z * (Z > 0) if l < 2 else (1 + np.tanh(Z / 2)) / 2)
        delta = outputs[3] - Y.T
        for l in (2, 1, 0):
            dW, db = outputs[l].T @ delta / X.shape[1], delta.mean(axis=0)
            delta = (delta @ weights[l].T) * (outputs[l] > 0)
            weights[l], biases[l] = weights[l] - rate * dW, biases[l] - rate * db
    named = {f"W{l}": W.T for l, W in enumerate(weights, 1)}
    return named | {f"b{l}": b.reshape(-1, 1) for l, b in enumerate(biases, 1)}


STYLES = {
    "initialize_parameters_zeros": [zeros_by_comprehension, zeros_from_the_end, zeros_by_lists, zeros_out_of_one_array],
    "initialize_parameters_random": _all_ways(lambda n_prev: 10),
    "initialize_parameters_he": [
        *_all_ways(lambda n_prev: math.sqrt(2.0 / n_prev)),
        _by(np.random.randn, lambda n_prev: 1 / np.sqrt(n_prev / 2)),
        _by(np.random.randn, lambda n_prev: (2 / n_prev) ** 0.5),
    ],
    "model": [model_in_place, model_with_examples_in_rows],
}
