"""Helpers of this assignment: activations, and the parameters of the network 4-5-3-1 as one long vector."""

import numpy as np

SHAPES = {"W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}


def sigmoid(x):
    """Return ``1 / (1 + exp(-x))`` of every element, without overflow: the array alone."""
    tail = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1 / (1 + tail), tail / (1 + tail))


def relu(x):
    """Return ``max(0, x)`` of every element: the array alone."""
    return np.maximum(0, x)


def dictionary_to_vector(parameters):
    """Return ``(theta, keys)``: all parameters as a column ``(47, 1)``, and the name that each entry comes from."""
    theta = np.concatenate([np.reshape(parameters[name], (-1, 1)) for name in SHAPES])
    keys = [name for name in SHAPES for _ in range(parameters[name].size)]
    return theta, keys


def vector_to_dictionary(theta):
    """Return the parameters that a column ``(47, 1)`` holds, as a dict."""
    parameters, start = {}, 0
    for name, shape in SHAPES.items():
        end = start + shape[0] * shape[1]
        parameters[name] = theta[start:end].reshape(shape)
        start = end
    return parameters


def gradients_to_vector(gradients):
    """Return ``dW1, db1, dW2, db2, dW3, db3`` as a column ``(47, 1)``."""
    return np.concatenate([np.reshape(gradients["d" + name], (-1, 1)) for name in SHAPES])
