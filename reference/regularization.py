"""L2 regularization and dropout for the three-layer network, and the training run that compares them."""

import numpy as np

from reference.dnn_step_by_step import (
    compute_cost,
    compute_cost__guarded,
    initialize_parameters_deep__scaled,
    update_parameters,
)
from reference.three_layer_network import (
    PARAMETER_NAMES,
    Cache,
    Report,
    backward_propagation,
    forward_propagation,
    gradients_of_layers,
    relu,
    report_by_printing,
    sigmoid,
)


def initialize_parameters(layers_dims: list[int]) -> dict[str, np.ndarray]:
    """Gaussian / sqrt(n_{l-1}) weights from seed 3 and zero biases: the start of the published training runs."""
    np.random.seed(3)
    return initialize_parameters_deep__scaled(layers_dims)


def compute_cost_with_regularization(
    A3: np.ndarray, Y: np.ndarray, parameters: dict[str, np.ndarray], lambd: float
) -> float:
    """Cross-entropy plus ``lambd / (2m)`` times the sum of all squared weights.

    Parameters
    ----------
    A3 : ndarray, shape (1, m)
        Predicted probability of the label 1, strictly between 0 and 1.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    parameters : dict
        ``W1, b1, W2, b2, W3, b3``; the biases are not regularized.
    lambd : float
        Strength of the regularization.

    Returns
    -------
    float
        The cost, a scalar.

    Notes
    -----
    Sources: 000; 001, section 3.1.

    Examples
    --------
    >>> ones = {"W1": np.ones((2, 1)), "W2": np.ones((1, 2)), "W3": np.ones((1, 1))}
    >>> A3, Y = np.full((1, 2), 0.5), np.array([[0, 1]])
    >>> round(compute_cost_with_regularization(A3, Y, ones, lambd=4.0), 6)  # log(2) + 4 / (2 * 2) * 5
    5.693147
    """
    # BEGIN SOLUTION
    m = Y.shape[1]
    sum_of_squares = sum(float(np.sum(np.square(parameters[name]))) for name in ("W1", "W2", "W3"))
    cost = compute_cost(A3, Y) + lambd / (2 * m) * sum_of_squares
    # END SOLUTION
    return cost


def compute_cost_with_regularization__guarded(
    A3: np.ndarray, Y: np.ndarray, parameters: dict[str, np.ndarray], lambd: float
) -> float:
    """As right as the reference up to a guard of 1e-7 inside the logarithms."""
    penalty = compute_cost_with_regularization(A3, Y, parameters, lambd) - compute_cost(A3, Y)
    return compute_cost__guarded(A3, Y) + penalty


def backward_propagation_with_regularization(
    X: np.ndarray, Y: np.ndarray, cache: Cache, lambd: float
) -> dict[str, np.ndarray]:
    """Gradients of the regularized cost: every ``dWl`` gains ``lambd / m * Wl``.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    cache : tuple
        ``(Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)``.
    lambd : float
        Strength of the regularization.

    Returns
    -------
    dict
        ``dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1``; ``dZ`` and ``dA`` are per example.

    Notes
    -----
    Sources: 000; 001, section 3.2.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> cache = (one, one, 3 * one, one, one, one, 3 * one, one, one, one, 3 * one, one)
    >>> gradients = backward_propagation_with_regularization(one, one, cache, lambd=2.0)
    >>> gradients["dW1"].item(), gradients["db1"].item()
    (6.0, 0.0)
    """
    # BEGIN SOLUTION
    m = X.shape[1]
    _, _, W1, _, _, _, W2, _, _, _, W3, _ = cache
    gradients = backward_propagation(X, Y, cache)
    for name, W in (("dW1", W1), ("dW2", W2), ("dW3", W3)):
        gradients[name] = gradients[name] + lambd / m * W
    # END SOLUTION
    return gradients


def backward_propagation_with_regularization__guarded(
    X: np.ndarray, Y: np.ndarray, cache: Cache, lambd: float
) -> dict[str, np.ndarray]:
    """As right as the reference up to a guard of 1e-7 in the denominators of dA3."""
    guarded = (*cache[:9], _output_behind_guard(cache[9], Y), *cache[10:])
    return backward_propagation_with_regularization(X, Y, guarded, lambd)


def _output_behind_guard(A3: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """What A3 would have to be for ``dZ3 = A3 - Y``, where dZ3 comes from a guarded dA3 by the chain rule."""
    dA3 = (1 - Y) / (1 - A3 + 1e-7) - Y / (A3 + 1e-7)
    return Y + dA3 * A3 * (1 - A3)


def forward_propagation_with_dropout(
    X: np.ndarray, parameters: dict[str, np.ndarray], keep_prob: float = 0.5
) -> tuple[np.ndarray, Cache]:
    """Forward pass with inverted dropout on both hidden layers and none on the output.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input.
    parameters : dict
        ``W1, b1, W2, b2, W3, b3``.
    keep_prob : float
        Probability that an activation is kept, greater than 0 and at most 1.

    Returns
    -------
    A3 : ndarray, shape (1, m)
        Predicted probability of the label 1.
    cache : tuple
        ``(Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)``. ``Dl`` is the mask of layer l, with independent
        entries that are true with probability `keep_prob`; ``Al = relu(Zl) * Dl / keep_prob``, which preserves the
        expectation.

    Notes
    -----
    Sources: 000; 001, section 4.1. As in 001, every pass starts the global generator of NumPy again from seed 1; the
    published costs depend on it.

    Examples
    --------
    >>> ones = {"W1": np.ones((4, 1)), "b1": np.zeros((4, 1)), "W2": np.ones((2, 4)), "b2": np.zeros((2, 1)),
    ...         "W3": np.ones((1, 2)), "b3": np.zeros((1, 1))}
    >>> A3, (Z1, D1, A1, *others) = forward_propagation_with_dropout(np.ones((1, 3)), ones, keep_prob=0.5)
    >>> bool(np.all(A1 == 2 * D1)), len(others)
    (True, 11)
    """
    # BEGIN SOLUTION
    np.random.seed(1)
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in PARAMETER_NAMES)
    Z1 = W1 @ X + b1
    D1 = np.random.rand(*Z1.shape) < keep_prob
    A1 = relu(Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    D2 = np.random.rand(*Z2.shape) < keep_prob
    A2 = relu(Z2) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
    # END SOLUTION
    return A3, cache


def backward_propagation_with_dropout(X: np.ndarray, Y: np.ndarray, cache: Cache, keep_prob: float) -> dict[str, np.ndarray]:
    """Gradients under dropout: the masks and the scaling of the forward pass act on ``dA1`` and ``dA2`` too.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    cache : tuple
        ``(Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)`` from :func:`forward_propagation_with_dropout`.
    keep_prob : float
        The probability of that forward pass.

    Returns
    -------
    dict
        ``dZ3, dW3, db3, dA2, dZ2, dW2, db2, dA1, dZ1, dW1, db1``; ``dZ`` and ``dA`` are per example, and
        ``dAl = W_{l+1}.T @ dZ_{l+1} * Dl / keep_prob``.

    Notes
    -----
    Sources: 000; 001, section 4.2.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> cache = (one, one, one, one, one, one, one, one, one, one, one, 3 * one, one, one)
    >>> gradients = backward_propagation_with_dropout(one, one, cache, keep_prob=0.5)
    >>> [gradients[name].item() for name in ("dZ3", "dA2", "dA1")]
    [2.0, 4.0, 8.0]
    """
    # BEGIN SOLUTION
    _, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _ = cache
    gradients = gradients_of_layers(X, Y, (A1, A2, A3), (W2, W3), (D1 / keep_prob, D2 / keep_prob))
    # END SOLUTION
    return gradients


def backward_propagation_with_dropout__guarded(
    X: np.ndarray, Y: np.ndarray, cache: Cache, keep_prob: float
) -> dict[str, np.ndarray]:
    """As right as the reference up to a guard of 1e-7 in the denominators of dA3."""
    guarded = (*cache[:11], _output_behind_guard(cache[11], Y), *cache[12:])
    return backward_propagation_with_dropout(X, Y, guarded, keep_prob)


def model(
    X: np.ndarray,
    Y: np.ndarray,
    learning_rate: float = 0.3,
    num_iterations: int = 30000,
    print_cost: bool = True,
    lambd: float = 0,
    keep_prob: float = 1,
) -> dict[str, np.ndarray]:
    """Train a network with layers ``[n_x, 20, 3, 1]`` by gradient descent: plain, with L2, or with dropout.

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
        Whether to print the cost before every ten-thousandth step.
    lambd : float
        Strength of the L2 regularization; 0 is none.
    keep_prob : float
        Probability of keeping an activation; 1 is no dropout. It cannot be combined with `lambd`.

    Returns
    -------
    dict
        ``W1, b1, W2, b2, W3, b3`` after the last step.

    Notes
    -----
    Sources: 000; 001, section 2.

    Examples
    --------
    >>> X, Y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0, 1]])
    >>> parameters = model(X, Y, num_iterations=3, print_cost=False, lambd=0.1)
    >>> parameters["W1"].shape, parameters["W2"].shape, parameters["W3"].shape
    ((20, 2), (3, 20), (1, 3))
    """
    # BEGIN SOLUTION
    report = report_by_printing if print_cost else None
    parameters = train(X, Y, learning_rate, num_iterations, lambd, keep_prob, report, interval=10000)
    # END SOLUTION
    return parameters


def train(
    X: np.ndarray,
    Y: np.ndarray,
    learning_rate: float,
    num_iterations: int,
    lambd: float,
    keep_prob: float,
    report: Report | None = None,
    interval: int = 1000,
) -> dict[str, np.ndarray]:
    """Do the work of :func:`model`, calling ``report(i, cost)`` before every step i that `interval` divides."""
    if lambd != 0 and keep_prob != 1:
        raise ValueError("lambd and keep_prob are both set, expected L2 regularization or dropout, not both at once")
    parameters = initialize_parameters([X.shape[0], 20, 3, 1])
    for i in range(num_iterations):
        if keep_prob != 1:
            A3, cache = forward_propagation_with_dropout(X, parameters, keep_prob)
            grads = backward_propagation_with_dropout(X, Y, cache, keep_prob)
        else:
            A3, cache = forward_propagation(X, parameters)
            grads = backward_propagation_with_regularization(X, Y, cache, lambd)
        if report is not None and i % interval == 0:
            report(i, compute_cost_with_regularization(A3, Y, parameters, lambd))
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
