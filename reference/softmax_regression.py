"""Classification with more than two classes: one-hot labels, softmax, cross-entropy, Xavier initialization.

Source: 004, week three and its TensorFlow part. Columns are examples, rows are classes.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np


def one_hot(labels: np.ndarray, C: int) -> np.ndarray:
    """Turn class indices into columns with a single one.

    Parameters
    ----------
    labels : array of shape (m,)
        Class indices from 0 to C - 1.
    C : int
        Number of classes.

    Returns
    -------
    Y : array of shape (C, m)
        ``Y[c, i]`` is 1 where ``labels[i] == c`` and 0 elsewhere.

    Notes
    -----
    Source: 004, "one_hot encoding".

    Examples
    --------
    >>> one_hot(np.array([2, 0]), 3).tolist()
    [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    """
    # BEGIN SOLUTION
    Y = (np.arange(C)[:, np.newaxis] == np.ravel(labels)).astype(float)
    # END SOLUTION
    return Y


def softmax(Z: np.ndarray) -> np.ndarray:
    """Turn the scores of each example into probabilities.

    ``A[j, i] = exp(Z[j, i]) / sum over k of exp(Z[k, i])``. Subtracting a column's maximum first changes
    nothing in the quotient and keeps `exp` from overflowing.

    Parameters
    ----------
    Z : array of shape (C, m)
        Scores.

    Returns
    -------
    A : array of shape (C, m)
        Probabilities; every column sums to 1.

    Notes
    -----
    Source: 004, "softmax".

    Examples
    --------
    The source's example, and its stability:

    >>> softmax(np.array([[5.0], [2.0], [-1.0], [3.0]])).round(3).ravel().tolist()
    [0.842, 0.042, 0.002, 0.114]
    >>> softmax(np.array([[1000.0], [1000.0]])).ravel().tolist()
    [0.5, 0.5]
    """
    # BEGIN SOLUTION
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    A = exponentials / np.sum(exponentials, axis=0, keepdims=True)
    # END SOLUTION
    return A


def softmax__guarded(Z: np.ndarray) -> np.ndarray:
    """Softmax with 1e-7 added to the sum."""
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return exponentials / (np.sum(exponentials, axis=0, keepdims=True) + 1e-7)


def softmax__clipped(Z: np.ndarray) -> np.ndarray:
    """Softmax that keeps away from 0 and 1 by 1e-7."""
    return np.clip(softmax(Z), 1e-7, 1 - 1e-7)


def softmax_cost(AL: np.ndarray, Y: np.ndarray) -> float:
    """Compute the mean cross-entropy of softmax outputs.

    ``cost = -1/m * sum of Y * log(AL)``. A class that is not the true one contributes nothing, also where its
    probability is exactly 0, so the cost is finite whenever the true class has a positive probability.

    Parameters
    ----------
    AL : array of shape (C, m)
        Probabilities.
    Y : array of shape (C, m)
        One-hot labels.

    Returns
    -------
    cost : float

    Notes
    -----
    Source: 004, "softmax" (the loss).

    Examples
    --------
    >>> round(softmax_cost(np.array([[0.5, 1.0], [0.5, 0.0]]), np.array([[1, 1], [0, 0]])), 6)
    0.346574
    """
    # BEGIN SOLUTION
    # A true class of probability 0 costs infinitely much; that is the answer, not a reason to warn.
    with np.errstate(divide="ignore"):
        logarithms = np.log(AL, where=Y > 0, out=np.zeros(np.shape(AL)))
    cost = float(-np.sum(Y * logarithms) / Y.shape[1])
    # END SOLUTION
    return cost


def softmax_cost__guarded(AL: np.ndarray, Y: np.ndarray) -> float:
    """Cross-entropy with 1e-7 added to every probability."""
    return float(-np.sum(Y * np.log(AL + 1e-7)) / Y.shape[1])


def softmax_backward(AL: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Differentiate the cross-entropy of each example with respect to the scores.

    ``dZ = AL - Y``, per example: the division by m belongs to ``dW`` and ``db``.

    Parameters
    ----------
    AL : array of shape (C, m)
        ``softmax(Z)``.
    Y : array of shape (C, m)
        One-hot labels.

    Returns
    -------
    dZ : array of shape (C, m)

    Notes
    -----
    Source: 004, "softmax" (its backward pass).

    Examples
    --------
    >>> softmax_backward(np.array([[0.75], [0.25]]), np.array([[1], [0]])).tolist()
    [[-0.25], [0.25]]
    """
    # BEGIN SOLUTION
    dZ = AL - Y
    # END SOLUTION
    return dZ


def softmax_backward__guarded(AL: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The chain rule, with 1e-7 added where the derivative of the cost divides by a probability."""
    dAL = -Y / (AL + 1e-7)
    return AL * (dAL - np.sum(dAL * AL, axis=0, keepdims=True))


def softmax_backward__clipped(AL: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The difference from probabilities that keep away from 0 and 1 by 1e-7."""
    return np.clip(AL, 1e-7, 1 - 1e-7) - Y


def predict(AL: np.ndarray) -> np.ndarray:
    """Choose the most probable class of each example.

    Parameters
    ----------
    AL : array of shape (C, m)
        Probabilities, or scores: softmax keeps their order.

    Returns
    -------
    labels : array of int of shape (m,)

    Notes
    -----
    Source: 004, "softmax".

    Examples
    --------
    >>> predict(np.array([[0.1, 0.8], [0.6, 0.1], [0.3, 0.1]])).tolist()
    [1, 0]
    """
    # BEGIN SOLUTION
    labels = np.argmax(AL, axis=0)
    # END SOLUTION
    return labels


def sigmoid_cross_entropy_with_logits(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Compute the logistic loss of each entry from the score itself.

    ``-Y * log(sigmoid(Z)) - (1 - Y) * log(1 - sigmoid(Z))``, written as
    ``max(Z, 0) - Z * Y + log(1 + exp(-|Z|))``, where no exponential overflows and no logarithm of 0 is taken.

    Parameters
    ----------
    Z : array of any shape
        Scores ("logits").
    Y : array of the same shape
        Labels, 0 or 1.

    Returns
    -------
    losses : array of the same shape

    Notes
    -----
    Source: 004, the TensorFlow part ("computing the cost").

    Examples
    --------
    >>> Z, Y = np.array([0.0, 1000.0, -1000.0]), np.array([1.0, 0.0, 0.0])
    >>> sigmoid_cross_entropy_with_logits(Z, Y).round(4).tolist()
    [0.6931, 1000.0, 0.0]
    """
    # BEGIN SOLUTION
    losses = np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))
    # END SOLUTION
    return losses


def sigmoid_cross_entropy_with_logits__guarded(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Logistic loss from the probability with 1e-7 added: as good for moderate scores, not for large ones."""
    A = 1 / (1 + np.exp(-Z))
    return -Y * np.log(A + 1e-7) - (1 - Y) * np.log(1 - A + 1e-7)


def sigmoid_cross_entropy_with_logits__plain(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Logistic loss from the probability itself: up to scores of 20 right within 1e-7."""
    with np.errstate(all="ignore"):
        A = 1 / (1 + np.exp(-Z))
        return -Y * np.log(A) - (1 - Y) * np.log(1 - A)


def xavier_initialization(layer_dims: Sequence[int]) -> dict[str, np.ndarray]:
    """Draw weights whose variance is 1 over the number of inputs, so that signals keep their size.

    Parameters
    ----------
    layer_dims : sequence of int
        Units of the input layer, of each hidden layer and of the output layer.

    Returns
    -------
    parameters : dict
        ``W{l}`` of shape ``(n_l, n_{l-1})``, Gaussian with variance ``1 / n_{l-1}``, and ``b{l}`` of shape
        ``(n_l, 1)``, zeros, for l = 1..L.

    Notes
    -----
    Source: 004, "weight initialization" and its TensorFlow part ("Xavier"). Draws from NumPy's global
    generator, as the course does.

    Examples
    --------
    >>> parameters = xavier_initialization([4, 3, 1])
    >>> parameters["W1"].shape, parameters["b2"].tolist()
    ((3, 4), [[0.0]])
    """
    # BEGIN SOLUTION
    parameters = _initialized(layer_dims, _fan_in, _normal)
    # END SOLUTION
    return parameters


def xavier_initialization__glorot_normal(layer_dims: Sequence[int]) -> dict[str, np.ndarray]:
    """Xavier initialization with normal weights of variance 2 / (n_prev + n)."""
    return _initialized(layer_dims, _fan_in_and_out, _normal)


def xavier_initialization__uniform(layer_dims: Sequence[int]) -> dict[str, np.ndarray]:
    """Xavier initialization with uniform weights of variance 1 / n_prev."""
    return _initialized(layer_dims, _fan_in, _uniform)


def xavier_initialization__glorot_uniform(layer_dims: Sequence[int]) -> dict[str, np.ndarray]:
    """Xavier initialization with uniform weights of variance 2 / (n_prev + n)."""
    return _initialized(layer_dims, _fan_in_and_out, _uniform)


def _fan_in(n_prev: int, n: int) -> float:
    return 1 / n_prev


def _fan_in_and_out(n_prev: int, n: int) -> float:
    return 2 / (n_prev + n)


def _normal(shape: tuple[int, int], variance: float) -> np.ndarray:
    return np.random.randn(*shape) * np.sqrt(variance)


def _uniform(shape: tuple[int, int], variance: float) -> np.ndarray:
    limit = np.sqrt(3 * variance)  # the variance of a uniform value on (-limit, limit) is limit**2 / 3
    return np.random.uniform(-limit, limit, shape)


def _initialized(
    layer_dims: Sequence[int],
    variance: Callable[[int, int], float],
    draw: Callable[[tuple[int, int], float], np.ndarray],
) -> dict[str, np.ndarray]:
    parameters = {}
    for layer, (n_prev, n) in enumerate(pairwise(layer_dims), start=1):
        parameters[f"W{layer}"] = draw((n, n_prev), variance(n_prev, n))
        parameters[f"b{layer}"] = np.zeros((n, 1))
    return parameters
