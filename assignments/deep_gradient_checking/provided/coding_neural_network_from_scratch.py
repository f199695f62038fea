"""Helpers of this assignment: a network of any depth, hidden layers tanh or relu, a sigmoid on top."""

import numpy as np


def initialize_parameters(layers_dims):
    """Return small random weights (Gaussian * 0.01) and zero biases for these layers."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 0.01
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


def sigmoid(Z):
    """Return ``(1 / (1 + exp(-Z)), Z)``, element by element and without overflow."""
    tail = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1 / (1 + tail), tail / (1 + tail)), Z


def tanh(Z):
    """Return ``(tanh(Z), Z)``, element by element."""
    return np.tanh(Z), Z


def relu(Z):
    """Return ``(max(0, Z), Z)``, element by element."""
    return np.maximum(0, Z), Z


def slope(Z, activation_fn):
    """Return the derivative of the activation with this name, element by element."""
    if activation_fn == "relu":
        return np.where(Z > 0, 1.0, 0.0)
    if activation_fn == "tanh":
        return 1 - np.tanh(Z) ** 2
    s, _ = sigmoid(Z)
    return s * (1 - s)


def L_model_forward(X, parameters, hidden_layers_activation_fn="relu"):
    """Return ``(AL, caches)``, one cache ``((A_prev, W, b), Z)`` for every layer, the first layer first."""
    L = len(parameters) // 2
    hidden = {"relu": relu, "tanh": tanh}[hidden_layers_activation_fn]
    A, caches = X, []
    for l in range(1, L + 1):
        linear_cache = (A, parameters[f"W{l}"], parameters[f"b{l}"])
        Z = np.dot(parameters[f"W{l}"], A) + parameters[f"b{l}"]
        A, activation_cache = sigmoid(Z) if l == L else hidden(Z)
        caches.append((linear_cache, activation_cache))
    return A, caches


def compute_cost(AL, y):
    """Return the cross-entropy, mean over examples."""
    m = y.shape[1]
    return -np.sum(y * np.log(AL) + (1 - y) * np.log(1 - AL)) / m


def L_model_backward(AL, y, caches, hidden_layers_activation_fn="relu"):
    """Return the gradients as a dict: ``dWl`` and ``dbl`` of every layer, and ``dA{l-1}``, of what goes into layer l."""
    L, m = len(caches), AL.shape[1]
    grads = {}
    dA = (1 - y) / (1 - AL) - y / AL
    for l in range(L, 0, -1):
        (A_prev, W, _), Z = caches[l - 1]
        dZ = dA * slope(Z, "sigmoid" if l == L else hidden_layers_activation_fn)
        dA = np.dot(W.T, dZ)
        grads[f"dA{l - 1}"] = dA
        grads[f"dW{l}"] = np.dot(dZ, A_prev.T) / m
        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
    return grads
