"""The first steps in TensorFlow 2, in NumPy: variables, one-hot labels, Glorot initialization, forward pass, cost.

Source: 004, its TensorFlow part, in the edition without sessions. Columns are examples, rows are classes. What students
write in TensorFlow is `assignments/framework_basics_tensorflow/solution.py`; the numbers are the same.
"""

import numpy as np


def linear_function() -> np.ndarray:
    """Draw X (3, 1), W (4, 3) and b (4, 1) from the standard normal distribution, and compute ``W X + b``.

    Returns
    -------
    Y : array of shape (4, 1)

    Examples
    --------
    >>> linear_function().round(4).ravel().tolist()
    [-2.1566, 2.9589, -1.0893, -0.8454]
    """
    np.random.seed(1)
    X = np.random.randn(3, 1)
    W = np.random.randn(4, 3)
    b = np.random.randn(4, 1)
    return W @ X + b


def sigmoid(z: np.ndarray | float) -> np.ndarray:
    """Compute the sigmoid of a number or an array in single precision.

    Returns
    -------
    a : array of float32 of the shape of z

    Examples
    --------
    >>> float(sigmoid(0))
    0.5
    """
    return np.float32(1 / (1 + np.exp(-np.asarray(z, np.float64))))


def one_hot_matrix(label: int, C: int) -> np.ndarray:
    """Turn one label into a vector with a single one.

    Parameters
    ----------
    label : int, or an array of one
    C : int
        Number of classes.

    Returns
    -------
    one_hot : array of float32 of shape (C,)

    Examples
    --------
    >>> one_hot_matrix(2, 4).tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    return np.float32(np.arange(C) == np.ravel(label)[0])


def one_hot_matrix__sum(label: int, C: int) -> np.ndarray:
    """The same in the edition whose cost is a sum."""
    return one_hot_matrix(label, C)


def one_hot_matrix__binary(label: int, C: int) -> np.ndarray:
    """A column, in the edition whose cost is binary."""
    return one_hot_matrix(label, C)[:, np.newaxis]


def initialize_parameters() -> dict[str, np.ndarray]:
    """Draw the weights of a network with 12288 inputs and 25, 12 and 6 units; Glorot, the biases too.

    Returns
    -------
    parameters : dict
        ``W1`` of shape (25, 12288), ``b1`` (25, 1), ``W2`` (12, 25), ``b2`` (12, 1), ``W3`` (6, 12), ``b3`` (6, 1).

    Examples
    --------
    >>> [initialize_parameters()[name].shape for name in ("W1", "b3")]
    [(25, 12288), (6, 1)]
    """
    shapes = {"W1": (25, 12288), "b1": (25, 1), "W2": (12, 25), "b2": (12, 1), "W3": (6, 12), "b3": (6, 1)}
    return {name: np.float32(np.random.randn(*shape) * np.sqrt(2 / sum(shape))) for name, shape in shapes.items()}


def forward_propagation(X: np.ndarray, parameters: dict[str, np.ndarray]) -> np.ndarray:
    """Compute LINEAR -> RELU -> LINEAR -> RELU -> LINEAR.

    Parameters
    ----------
    X : array of shape (n_x, m)
    parameters : dict
        ``W1``, ``b1``, ``W2``, ``b2``, ``W3``, ``b3``.

    Returns
    -------
    Z3 : array of shape (n_3, m)

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> forward_propagation(one, {"W1": -one, "b1": one * 3, "W2": one, "b2": one, "W3": one, "b3": one}).item()
    4.0
    """
    A1 = np.maximum(parameters["W1"] @ X + parameters["b1"], 0)
    A2 = np.maximum(parameters["W2"] @ A1 + parameters["b2"], 0)
    return parameters["W3"] @ A2 + parameters["b3"]


def compute_cost(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """Compute the mean over the examples of the softmax cross-entropy.

    Parameters
    ----------
    logits, labels : array of shape (6, m)

    Returns
    -------
    cost : float

    Examples
    --------
    >>> round(float(compute_cost(np.zeros((6, 2)), np.eye(6)[:, :2])), 4)  # log(6)
    1.7918
    """
    return np.mean(_losses(logits, labels))


def compute_cost__sum(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """The sum over the examples, in the edition that names `reduce_sum`."""
    return np.sum(_losses(logits, labels))


def compute_cost__binary(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """The mean of the binary cross-entropy of all entries, in the first edition."""
    return np.mean(np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits))))


def _losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    shifted = logits - np.max(logits, axis=0)
    return np.log(np.sum(np.exp(shifted), axis=0)) - np.sum(labels * shifted, axis=0)
