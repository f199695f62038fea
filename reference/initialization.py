"""Three ways to initialize a network, and the training run that compares them."""

import numpy as np

from reference.dnn_step_by_step import compute_cost, update_parameters
from reference.three_layer_network import (
    Report,
    backward_propagation,
    forward_propagation,
    report_by_printing,
)


def initialize_parameters_zeros(layers_dims: list[int]) -> dict[str, np.ndarray]:
    """Weights and biases that are all zero: the units of a layer can never become different.

    Parameters
    ----------
    layers_dims : list of int
        Sizes of all layers, the input first.

    Returns
    -------
    dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L, all zero.

    Notes
    -----
    Source: 000.

    Examples
    --------
    >>> {name: value.tolist() for name, value in initialize_parameters_zeros([3, 1]).items()}
    {'W1': [[0.0, 0.0, 0.0]], 'b1': [[0.0]]}
    """
    # BEGIN SOLUTION
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.zeros((layers_dims[l], layers_dims[l - 1]))
        parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    # END SOLUTION
    return parameters


def initialize_parameters_random(layers_dims: list[int]) -> dict[str, np.ndarray]:
    """Large random weights, ``Wl = 10 * Gaussian``, and zero biases.

    Parameters
    ----------
    layers_dims : list of int
        Sizes of all layers, the input first.

    Returns
    -------
    dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L.

    Notes
    -----
    Source: 000. Draws from the global generator of NumPy.

    Examples
    --------
    >>> {name: value.shape for name, value in initialize_parameters_random([4, 3, 1]).items()}
    {'W1': (3, 4), 'b1': (3, 1), 'W2': (1, 3), 'b2': (1, 1)}
    """
    # BEGIN SOLUTION
    parameters = initialize_parameters_zeros(layers_dims)
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 10
    # END SOLUTION
    return parameters


def initialize_parameters_he(layers_dims: list[int]) -> dict[str, np.ndarray]:
    """He initialization, made for relu layers: ``Wl = sqrt(2 / n_{l-1}) * Gaussian``, and zero biases.

    Parameters
    ----------
    layers_dims : list of int
        Sizes of all layers, the input first.

    Returns
    -------
    dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L.

    Notes
    -----
    Source: 000. Draws from the global generator of NumPy.

    Examples
    --------
    >>> {name: value.shape for name, value in initialize_parameters_he([4, 3, 1]).items()}
    {'W1': (3, 4), 'b1': (3, 1), 'W2': (1, 3), 'b2': (1, 1)}
    """
    # BEGIN SOLUTION
    parameters = initialize_parameters_zeros(layers_dims)
    for l in range(1, len(layers_dims)):
        scale = np.sqrt(2 / layers_dims[l - 1])
        parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale
    # END SOLUTION
    return parameters


def model(
    X: np.ndarray,
    Y: np.ndarray,
    learning_rate: float = 0.01,
    num_iterations: int = 15000,
    print_cost: bool = True,
    initialization: str = "he",
) -> dict[str, np.ndarray]:
    """Train a network with layers ``[n_x, 10, 5, 1]`` by gradient descent on all examples.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input, one column per example.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    learning_rate : float
        Step length.
    num_iterations : int
        Number of steps.
    print_cost : bool
        Whether to print the cost before every thousandth step.
    initialization : {"zeros", "random", "he"}
        Which of the three initializers gives the first parameters.

    Returns
    -------
    dict
        ``W1, b1, W2, b2, W3, b3`` after the last step.

    Notes
    -----
    Source: 000.

    Examples
    --------
    >>> X, Y = np.array([[0.0, 1.0]]), np.array([[0, 1]])
    >>> parameters = model(X, Y, num_iterations=1, initialization="zeros")
    cost after iteration 0: 0.6931471805599453
    >>> parameters["W1"].shape, parameters["W2"].shape, parameters["W3"].shape
    ((10, 1), (5, 10), (1, 5))
    """
    # BEGIN SOLUTION
    report = report_by_printing if print_cost else None
    parameters = train(X, Y, learning_rate, num_iterations, initialization, report)
    # END SOLUTION
    return parameters


def train(
    X: np.ndarray,
    Y: np.ndarray,
    learning_rate: float,
    num_iterations: int,
    initialization: str,
    report: Report | None = None,
    interval: int = 1000,
) -> dict[str, np.ndarray]:
    """Do the work of :func:`model`, calling ``report(i, cost)`` before every step i that `interval` divides."""
    initializers = {
        "zeros": initialize_parameters_zeros,
        "random": initialize_parameters_random,
        "he": initialize_parameters_he,
    }
    if initialization not in initializers:
        raise ValueError(f'initialization is {initialization!r}, expected "zeros", "random" or "he"')
    parameters = initializers[initialization]([X.shape[0], 10, 5, 1])
    for i in range(num_iterations):
        A3, cache = forward_propagation(X, parameters)
        if report is not None and i % interval == 0:
            report(i, compute_cost(A3, Y))
        grads = backward_propagation(X, Y, cache)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
