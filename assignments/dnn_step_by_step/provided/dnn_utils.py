"""Helpers of the deep network: activations that return ``(A, cache)``, and their gradients. The cache is ``Z``."""

import numpy as np


def sigmoid(Z):
    """Return ``(1 / (1 + exp(-Z)), Z)``, element by element and without overflow."""
    tail = np.exp(-np.abs(Z))
    A = np.where(Z >= 0, 1 / (1 + tail), tail / (1 + tail))
    return A, Z


def relu(Z):
    """Return ``(max(0, Z), Z)``, element by element."""
    return np.maximum(0, Z), Z


def sigmoid_backward(dA, cache):
    """Return dZ, the gradient with respect to Z, given dA and the cache of :func:`sigmoid`."""
    s, _ = sigmoid(cache)
    return dA * s * (1 - s)


def relu_backward(dA, cache):
    """Return dZ, the gradient with respect to Z, given dA and the cache of :func:`relu`; it is 0 where Z <= 0."""
    return np.where(cache > 0, dA, 0)
