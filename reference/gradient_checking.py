"""Gradient checking: compare a gradient with two-sided differences of the cost it claims to be the gradient of."""

from collections.abc import Callable

import numpy as np

from reference import three_layer_network
from reference.dnn_step_by_step import compute_cost, compute_cost__guarded
from reference.three_layer_network import PARAMETER_NAMES, Cache

_SHAPES = {"W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}


def relative_difference(gradient: np.ndarray | float, approximation: np.ndarray | float) -> float:
    """Distance of two gradients in the 2-norm, relative to the sum of their norms; 0 when both are zero.

    Examples
    --------
    >>> relative_difference(np.array([3.0, 4.0]), np.array([-3.0, -4.0])), relative_difference(0.0, 0.0)
    (1.0, 0.0)
    """
    # Flat vectors, so that the norm is the Euclidean one whatever the shape.
    gradient, approximation = np.ravel(gradient), np.ravel(approximation)
    total = np.linalg.norm(gradient) + np.linalg.norm(approximation)
    return float(np.linalg.norm(gradient - approximation) / total) if total > 0 else 0.0


def two_sided_gradient(cost: Callable[[np.ndarray], float], theta: np.ndarray, epsilon: float) -> np.ndarray:
    """Approximate the gradient of `cost` at the vector `theta`: ``(J(theta + e) - J(theta - e)) / 2e``, entry by entry.

    Examples
    --------
    >>> two_sided_gradient(lambda theta: float(theta[0, 0] * theta[1, 0]), np.array([[2.0], [3.0]]), 0.5).tolist()
    [[3.0], [2.0]]
    """
    theta = np.asarray(theta, dtype=float)
    approximation = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        above, below = theta.copy(), theta.copy()
        above[i] += epsilon
        below[i] -= epsilon
        approximation[i] = (cost(above) - cost(below)) / (2 * epsilon)
    return approximation


def forward_propagation(x: float, theta: float) -> float:
    """Cost of the model with one parameter: ``J = theta * x``.

    Parameters
    ----------
    x : float
        Input.
    theta : float
        Parameter.

    Returns
    -------
    float
        The cost J.

    Notes
    -----
    Source: 000, gradient checking (in one dimension).

    Examples
    --------
    >>> forward_propagation(2.0, 4.0)
    8.0
    """
    # BEGIN SOLUTION
    J = theta * x
    # END SOLUTION
    return J


def backward_propagation(x: float, theta: float) -> float:
    """Derivative of ``J = theta * x`` with respect to `theta`.

    Parameters
    ----------
    x : float
        Input.
    theta : float
        Parameter.

    Returns
    -------
    float
        The derivative dJ / dtheta.

    Notes
    -----
    Source: 000, gradient checking (in one dimension).

    Examples
    --------
    >>> backward_propagation(2.0, 4.0)
    2.0
    """
    # BEGIN SOLUTION
    dtheta = x
    # END SOLUTION
    return dtheta


def gradient_check(x: float, theta: float, epsilon: float = 1e-7) -> float:
    """Compare :func:`backward_propagation` with the two-sided difference of :func:`forward_propagation`.

    Parameters
    ----------
    x : float
        Input, not zero.
    theta : float
        Parameter.
    epsilon : float
        Step of the difference.

    Returns
    -------
    float
        ``|grad - approx| / (|grad| + |approx|)``, with ``approx = (J(theta + e) - J(theta - e)) / 2e``.

    Notes
    -----
    Source: 000, gradient checking (in one dimension).

    Examples
    --------
    >>> gradient_check(2.0, 4.0) < 1e-7
    True
    """
    # BEGIN SOLUTION
    approximation = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (2 * epsilon)
    difference = relative_difference(backward_propagation(x, theta), approximation)
    # END SOLUTION
    return difference


def gradient_check__own_output(x: float, theta: float, epsilon: float = 1e-7) -> float:
    """As right by value: ``theta * x`` is written out in place of :func:`forward_propagation`."""
    approximation = ((theta + epsilon) * x - (theta - epsilon) * x) / (2 * epsilon)
    return relative_difference(backward_propagation(x, theta), approximation)


def gradient_check__own_derivative(x: float, theta: float, epsilon: float = 1e-7) -> float:
    """As right by value: ``x`` is written out in place of :func:`backward_propagation`, of which no fault is found then."""
    approximation = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (2 * epsilon)
    return relative_difference(x, approximation)


def gradient_check__own_formulas(x: float, theta: float, epsilon: float = 1e-7) -> float:
    """As right by value: both are written out, so that the difference is rounding, to the same digits for all who do."""
    approximation = ((theta + epsilon) * x - (theta - epsilon) * x) / (2 * epsilon)
    return relative_difference(x, approximation)


def forward_propagation_n(X: np.ndarray, Y: np.ndarray, parameters: dict[str, np.ndarray]) -> tuple[float, Cache]:
    """Forward pass and mean cross-entropy of the network with layers 4-5-3-1.

    Parameters
    ----------
    X : ndarray, shape (4, m)
        Input, one column per example.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    parameters : dict
        ``W1 (5, 4)``, ``b1 (5, 1)``, ``W2 (3, 5)``, ``b2 (3, 1)``, ``W3 (1, 3)``, ``b3 (1, 1)``.

    Returns
    -------
    cost : float
        ``-1/m * sum(Y log(A3) + (1 - Y) log(1 - A3))``.
    cache : tuple
        ``(Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)``.

    Notes
    -----
    Source: 000.

    Examples
    --------
    >>> cost, cache = forward_propagation_n(np.ones((4, 2)), np.array([[0, 1]]), vector_to_dictionary(np.zeros(47)))
    >>> round(cost, 6), len(cache)
    (0.693147, 12)
    """
    # BEGIN SOLUTION
    A3, cache = three_layer_network.forward_propagation(X, parameters)
    cost = compute_cost(A3, Y)
    # END SOLUTION
    return cost, cache


def forward_propagation_n__guarded(X: np.ndarray, Y: np.ndarray, parameters: dict[str, np.ndarray]) -> tuple[float, Cache]:
    """As right as the reference up to a guard of 1e-7 inside the logarithms."""
    A3, cache = three_layer_network.forward_propagation(X, parameters)
    return compute_cost__guarded(A3, Y), cache


def backward_propagation_n(X: np.ndarray, Y: np.ndarray, cache: Cache) -> dict[str, np.ndarray]:
    """Gradients of the mean cross-entropy of the network with layers 4-5-3-1.

    The published exercise hands this function out with two mistakes in it, for the check to find.

    Parameters
    ----------
    X : ndarray, shape (4, m)
        Input.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    cache : tuple
        From :func:`forward_propagation_n`.

    Returns
    -------
    dict
        ``dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1``; ``dZ`` and ``dA`` are per example.

    Notes
    -----
    Source: 000.

    Examples
    --------
    >>> X, Y = np.ones((4, 2)), np.array([[1, 1]])
    >>> _, cache = forward_propagation_n(X, Y, vector_to_dictionary(np.zeros(47)))
    >>> gradients = backward_propagation_n(X, Y, cache)
    >>> gradients["dZ3"].tolist(), gradients["db3"].tolist()
    ([[-0.5, -0.5]], [[-0.5]])
    """
    # BEGIN SOLUTION
    gradients = three_layer_network.backward_propagation(X, Y, cache)
    # END SOLUTION
    return gradients


def gradient_check_n(
    parameters: dict[str, np.ndarray],
    gradients: dict[str, np.ndarray],
    X: np.ndarray,
    Y: np.ndarray,
    epsilon: float = 1e-7,
) -> float:
    """Compare `gradients` with two-sided differences of the cost in all 47 parameters.

    Parameters
    ----------
    parameters : dict
        ``W1, b1, W2, b2, W3, b3`` of the network with layers 4-5-3-1.
    gradients : dict
        ``dW1, db1, dW2, db2, dW3, db3``, the gradients to judge; other entries are ignored.
    X : ndarray, shape (4, m)
        Input.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    epsilon : float
        Step of the differences.

    Returns
    -------
    float
        ``|grad - approx| / (|grad| + |approx|)`` in the 2-norm.

    Notes
    -----
    Source: 000.

    Examples
    --------
    >>> X, Y, parameters = np.eye(4), np.array([[0, 1, 1, 0]]), vector_to_dictionary(np.linspace(0.1, 0.9, 47))
    >>> gradients = backward_propagation_n(X, Y, forward_propagation_n(X, Y, parameters)[1])
    >>> gradient_check_n(parameters, gradients, X, Y) < 1e-6
    True
    >>> gradient_check_n(parameters, gradients | {"dW2": 2 * gradients["dW2"]}, X, Y) > 1e-2
    True
    """
    # BEGIN SOLUTION
    theta, _ = dictionary_to_vector(parameters)
    approximation = two_sided_gradient(
        lambda vector: forward_propagation_n(X, Y, vector_to_dictionary(vector))[0], theta, epsilon
    )
    difference = relative_difference(gradients_to_vector(gradients), approximation)
    # END SOLUTION
    return difference


def dictionary_to_vector(parameters: dict[str, np.ndarray]) -> tuple[np.ndarray, list[str]]:
    """Put all parameters below each other: provided with the exercise, not graded.

    Returns
    -------
    theta : ndarray, shape (47, 1)
        ``W1, b1, W2, b2, W3, b3``, each row by row.
    keys : list of str
        For every entry of `theta`, the name of the parameter that it comes from.

    Examples
    --------
    >>> theta, keys = dictionary_to_vector(vector_to_dictionary(np.arange(47.0)))
    >>> theta.shape, bool(np.all(theta[:, 0] == np.arange(47))), keys[19:21]
    ((47, 1), True, ['W1', 'b1'])
    """
    theta = np.concatenate([np.reshape(parameters[name], (-1, 1)) for name in PARAMETER_NAMES])
    keys = [name for name in PARAMETER_NAMES for _ in range(np.size(parameters[name]))]
    return theta, keys


def vector_to_dictionary(theta: np.ndarray) -> dict[str, np.ndarray]:
    """Cut a vector of 47 entries into the parameters of the network 4-5-3-1: provided, not graded.

    Examples
    --------
    >>> vector_to_dictionary(np.arange(47.0).reshape(47, 1))["W3"].tolist()
    [[43.0, 44.0, 45.0]]
    """
    ends = np.cumsum([rows * columns for rows, columns in _SHAPES.values()])
    pieces = np.split(np.ravel(theta), ends[:-1])
    return {name: piece.reshape(shape) for (name, shape), piece in zip(_SHAPES.items(), pieces, strict=True)}


def gradients_to_vector(gradients: dict[str, np.ndarray]) -> np.ndarray:
    """Put the gradients of the parameters below each other, in the order of the parameters: provided, not graded.

    Examples
    --------
    >>> gradients = {f"d{name}": value for name, value in vector_to_dictionary(np.arange(47.0)).items()}
    >>> gradients_to_vector(gradients)[-2:].tolist()
    [[45.0], [46.0]]
    """
    return np.concatenate([np.reshape(gradients[f"d{name}"], (-1, 1)) for name in PARAMETER_NAMES])
