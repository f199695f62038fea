"""Helpers of this assignment: the network and the plots of ``init_utils``, other parameters and other data."""

import numpy as np
from init_utils import (  # noqa: F401
    backward_propagation,
    compute_loss,
    forward_propagation,
    plot_decision_boundary,
    predict,
    predict_dec,
    relu,
    sigmoid,
    update_parameters,
)


def initialize_parameters(layer_dims):
    """Return random weights (Gaussian / sqrt(n_prev), always the same ones) and zero biases for these layers."""
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters[f"W{l}"] = np.random.randn(layer_dims[l], layer_dims[l - 1]) / np.sqrt(layer_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def compute_cost(a3, Y):
    """Return the cross-entropy, mean over examples; the ``0 * log(0)`` of a certain prediction counts as 0."""
    return compute_loss(a3, Y)


def load_2D_dataset(*args, **kwargs):
    """Return ``train_X, train_Y, test_X, test_Y``: two clouds of points that overlap, 211 and 200 examples."""
    rng = np.random.default_rng(2)
    Y = rng.integers(0, 2, (1, 411))
    X = rng.normal(0, 0.2, (2, 411)) + np.array([[-0.15], [0.1]]) * (2 * Y - 1)
    return X[:, :211], Y[:, :211], X[:, 211:], Y[:, 211:]
