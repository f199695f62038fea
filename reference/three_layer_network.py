"""The network that sections 3 to 5 share: ``linear -> relu -> linear -> relu -> linear -> sigmoid``.

Nothing here is graded. These are the helpers that the course hands out with `initialization`, `regularization` and
`gradient_checking`, so activations are plain arrays here, without a cache beside them.
"""

from collections.abc import Callable

import numpy as np

from reference import activations

Cache = tuple[np.ndarray, ...]
Parameters = dict[str, np.ndarray]
Gradients = dict[str, np.ndarray]
Report = Callable[[int, float], None]
"""What a training run calls with the number of an iteration and the cost before it."""

PARAMETER_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def sigmoid(Z: np.ndarray) -> np.ndarray:
    """Logistic function of every element, the array alone."""
    return activations.sigmoid(Z)[0]


def relu(Z: np.ndarray) -> np.ndarray:
    """``max(0, Z)`` of every element, the array alone."""
    return activations.relu(Z)[0]


def forward_propagation(X: np.ndarray, parameters: Parameters) -> tuple[np.ndarray, Cache]:
    """Forward pass.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input, one column per example.
    parameters : dict
        ``W1 (n_1, n_x)``, ``b1 (n_1, 1)``, ``W2 (n_2, n_1)``, ``b2 (n_2, 1)``, ``W3 (1, n_2)``, ``b3 (1, 1)``.

    Returns
    -------
    A3 : ndarray, shape (1, m)
        Predicted probability of the label 1.
    cache : tuple
        ``(Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)``.

    Notes
    -----
    Source: 000, ``forward_propagation_n``.

    Examples
    --------
    >>> zeros = {"W1": np.zeros((2, 1)), "b1": np.zeros((2, 1)), "W2": np.zeros((3, 2)), "b2": np.zeros((3, 1)),
    ...          "W3": np.zeros((1, 3)), "b3": np.zeros((1, 1))}
    >>> A3, cache = forward_propagation(np.array([[1.0, 2.0]]), zeros)
    >>> A3.tolist(), len(cache)
    ([[0.5, 0.5]], 12)
    """
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in PARAMETER_NAMES)
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


def gradients_of_layers(
    X: np.ndarray,
    Y: np.ndarray,
    outputs: tuple[np.ndarray, np.ndarray, np.ndarray],
    weights: tuple[np.ndarray, np.ndarray],
    dropout_factors: tuple[np.ndarray | float, np.ndarray | float] = (1.0, 1.0),
) -> Gradients:
    """Backward pass of the mean cross-entropy, from what it really depends on.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    outputs : tuple
        ``(A1, A2, A3)``; the first two after dropout, if there is any.
    weights : tuple
        ``(W2, W3)``.
    dropout_factors : tuple
        What dropout multiplied A1 and A2 with: ``D / keep_prob``, or 1 without dropout.

    Returns
    -------
    dict
        ``dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1`` in this order, the last layer first. ``dZ`` and ``dA``
        are per example (not divided by m); ``dA`` includes the dropout factor.

    Notes
    -----
    Sources: 000, ``backward_propagation_n``; 001, section 4.2.
    """
    A1, A2, A3 = outputs
    W2, W3 = weights
    m = X.shape[1]
    dZ3 = A3 - Y
    dA2 = W3.T @ dZ3 * dropout_factors[1]
    dZ2 = np.where(A2 > 0, dA2, 0.0)
    dA1 = W2.T @ dZ2 * dropout_factors[0]
    dZ1 = np.where(A1 > 0, dA1, 0.0)
    return {
        "dZ3": dZ3,
        "dW3": dZ3 @ A2.T / m,
        "db3": np.sum(dZ3, axis=1, keepdims=True) / m,
        "dA2": dA2,
        "dZ2": dZ2,
        "dW2": dZ2 @ A1.T / m,
        "db2": np.sum(dZ2, axis=1, keepdims=True) / m,
        "dA1": dA1,
        "dZ1": dZ1,
        "dW1": dZ1 @ X.T / m,
        "db1": np.sum(dZ1, axis=1, keepdims=True) / m,
    }


def backward_propagation(X: np.ndarray, Y: np.ndarray, cache: Cache) -> Gradients:
    """Backward pass without regularization; see :func:`gradients_of_layers` for the result."""
    _, A1, _, _, _, A2, W2, _, _, A3, W3, _ = cache
    return gradients_of_layers(X, Y, (A1, A2, A3), (W2, W3))


def accuracy(X: np.ndarray, Y: np.ndarray, parameters: Parameters) -> float:
    """Fraction of the examples whose predicted probability lies on the side of 1/2 that the label says."""
    A3, _ = forward_propagation(X, parameters)
    return float(np.mean((A3 > 0.5) == (Y == 1)))


def report_by_printing(iteration: int, cost: float) -> None:
    """Report the cost the way the course does."""
    print(f"cost after iteration {iteration}: {cost}")
