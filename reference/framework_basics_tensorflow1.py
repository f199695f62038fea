"""The first steps in TensorFlow 1, in NumPy: sessions, placeholders, Xavier initialization, forward pass, cost, training.

Source: 004, its TensorFlow part, in the edition with sessions. Columns are examples, rows are classes. What students write
in TensorFlow is `assignments/framework_basics_tensorflow1/solution.py`; the numbers are the same.
"""

import numpy as np

# The same in both editions.
from reference.framework_basics_tensorflow import forward_propagation as forward_propagation
from reference.framework_basics_tensorflow import linear_function as linear_function
from reference.framework_basics_tensorflow import sigmoid as sigmoid


def cost(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Compute the loss of each example: the binary cross-entropy of the sigmoid of its logit.

    Parameters
    ----------
    logits, labels : array of shape (m,)

    Returns
    -------
    losses : array of float32 of shape (m,)

    Examples
    --------
    >>> cost(np.zeros(2), np.array([0, 1])).round(4).tolist()  # log(2)
    [0.6930999755859375, 0.6930999755859375]
    """
    return np.float32(np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits))))


def one_hot_matrix(labels: np.ndarray, C: int) -> np.ndarray:
    """Turn labels into a matrix whose columns are one-hot vectors.

    Parameters
    ----------
    labels : int array of shape (m,)
    C : int
        Number of classes.

    Returns
    -------
    one_hot : array of float32 of shape (C, m)

    Examples
    --------
    >>> one_hot_matrix(np.array([1, 0]), 3).tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]
    """
    return np.float32(np.arange(C)[:, np.newaxis] == labels)


def ones(shape: list[int]) -> np.ndarray:
    """Make an array of ones.

    Returns
    -------
    ones : array of float32 of this shape

    Examples
    --------
    >>> ones([2]).tolist()
    [1.0, 1.0]
    """
    return np.ones(shape, np.float32)


def create_placeholders(n_x: int, n_y: int) -> tuple[str, str]:
    """Say in words which placeholders there have to be; public code says so of a student's.

    Returns
    -------
    X, Y : str

    Examples
    --------
    >>> create_placeholders(5, 3)[1]
    'a placeholder of float32 and shape (3, None)'
    """
    X, Y = (f"a placeholder of float32 and shape ({size}, None)" for size in (n_x, n_y))
    return X, Y


def initialize_parameters() -> dict[str, np.ndarray]:
    """Draw the weights of a network with 12288 inputs and 25, 12 and 6 units by Xavier's rule; biases are zero.

    Returns
    -------
    parameters : dict
        ``W1`` of shape (25, 12288), ``b1`` (25, 1), ``W2`` (12, 25), ``b2`` (12, 1), ``W3`` (6, 12), ``b3`` (6, 1).

    Examples
    --------
    >>> [initialize_parameters()[name].shape for name in ("W1", "b3")]
    [(25, 12288), (6, 1)]
    """
    parameters = {}
    for number, (n, n_prev) in enumerate([(25, 12288), (12, 25), (6, 12)], 1):
        parameters[f"W{number}"] = np.float32(np.random.randn(n, n_prev) * np.sqrt(2 / (n + n_prev)))
        parameters[f"b{number}"] = np.zeros((n, 1), np.float32)
    return parameters


def compute_cost(Z3: np.ndarray, Y: np.ndarray) -> np.floating:
    """Compute the mean over the examples of the softmax cross-entropy.

    Parameters
    ----------
    Z3, Y : array of shape (C, m)

    Returns
    -------
    cost : float

    Examples
    --------
    >>> round(float(compute_cost(np.zeros((6, 2)), np.eye(6)[:, :2])), 4)  # log(6)
    1.7918
    """
    shifted = Z3 - np.max(Z3, axis=0)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=0)) - np.sum(Y * shifted, axis=0))


def model(
    X_train: np.ndarray,
    Y_train: np.ndarray,
    X_test: np.ndarray,
    Y_test: np.ndarray,
    learning_rate: float = 0.0001,
    num_epochs: int = 1500,
    minibatch_size: int = 32,
    print_cost: bool = True,
) -> dict[str, np.ndarray]:
    """Train with Adam what the helpers of the cases say: a linear function, by least squares, from zeros.

    Returns
    -------
    parameters : dict
        ``W1`` of shape (n_y, n_x), ``b1`` (n_y, 1): the first step of Adam moves each entry by the learning rate.

    Examples
    --------
    >>> X, Y = np.ones((2, 4), np.float32), np.ones((1, 4), np.float32)
    >>> model(X, Y, X, Y, learning_rate=0.5, num_epochs=1, minibatch_size=4)["W1"].round(4).tolist()
    [[0.5, 0.5]]
    """
    W1, b1 = np.zeros((len(Y_train), len(X_train))), np.zeros((len(Y_train), 1))
    moments = [[np.zeros_like(one), np.zeros_like(one)] for one in (W1, b1)]
    step = 0
    for _ in range(num_epochs):
        for start in range(0, X_train.shape[1], minibatch_size):
            X, Y = (values[:, start : start + minibatch_size] for values in (X_train, Y_train))
            dZ = 2 * (W1 @ X + b1 - Y) / Y.size
            step += 1
            for parameter, gradient, moment in zip(
                (W1, b1), (dZ @ X.T, np.sum(dZ, axis=1, keepdims=True)), moments, strict=True
            ):
                moment[0] = 0.9 * moment[0] + 0.1 * gradient
                moment[1] = 0.999 * moment[1] + 0.001 * gradient**2
                rate = learning_rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                parameter -= rate * moment[0] / (np.sqrt(moment[1]) + 1e-8)  # TensorFlow's epsilon is not corrected
    return {"W1": np.float32(W1), "b1": np.float32(b1)}
