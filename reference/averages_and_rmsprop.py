"""Exponentially weighted averages, and the optimizer RMSprop that is built on them.

Source: 004, week two. The conventions for `parameters`, `grads` and `s` are those of
``reference.optimization``.
"""

from collections.abc import Callable

import numpy as np

Arrays = dict[str, np.ndarray]


def exponentially_weighted_average(theta: np.ndarray, beta: float, bias_correction: bool = False) -> np.ndarray:
    """Average a series with weights that fall off into the past.

    ``v_t = beta * v_{t-1} + (1 - beta) * theta_t`` with ``v_0 = 0``; with bias correction the answer is
    ``v_t / (1 - beta**t)`` (the recursion itself goes on with the uncorrected ``v_t``).

    Parameters
    ----------
    theta : array of shape (n,)
        The series ``theta_1, ..., theta_n``.
    beta : float
        Weight of the past, in [0, 1): about the last ``1 / (1 - beta)`` values count.
    bias_correction : bool
        Whether to make up for the start at zero.

    Returns
    -------
    averages : array of shape (n,)
        ``v_1, ..., v_n``, with ``v_1`` first.

    Notes
    -----
    Source: 004, "exponentially weighted averages" and "bias correction".

    Examples
    --------
    >>> exponentially_weighted_average(np.array([8.0, 8.0, 0.0]), 0.5).tolist()
    [4.0, 6.0, 3.0]
    >>> exponentially_weighted_average(np.array([8.0, 8.0]), 0.5, bias_correction=True).tolist()
    [8.0, 8.0]
    """
    # BEGIN SOLUTION
    averages = np.empty(len(theta))
    v = 0.0
    for i, value in enumerate(theta):
        v = beta * v + (1 - beta) * value
        averages[i] = v / (1 - beta ** (i + 1)) if bias_correction else v
    # END SOLUTION
    return averages


def exponentially_weighted_average__guarded(theta: np.ndarray, beta: float, bias_correction: bool = False) -> np.ndarray:
    """The average with a guard in the correction, as if it could divide by zero."""
    averages = exponentially_weighted_average(theta, beta)
    return averages / (1 - np.float64(beta) ** np.arange(1, len(theta) + 1) + 1e-7) if bias_correction else averages


def update_parameters_with_rmsprop(
    parameters: dict[str, np.ndarray],
    grads: dict[str, np.ndarray],
    s: dict[str, np.ndarray],
    beta2: float,
    learning_rate: float,
    epsilon: float = 1e-8,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Take one step of RMSprop.

    ``s := beta2 * s + (1 - beta2) * g**2`` for every gradient g, then
    ``parameter := parameter - learning_rate * g / (sqrt(s) + epsilon)``.

    Parameters
    ----------
    parameters : dict
        ``W{l}`` of shape ``(n_l, n_{l-1})`` and ``b{l}`` of shape ``(n_l, 1)`` for l = 1..L.
    grads : dict
        ``dW{l}`` and ``db{l}``, of the same shapes.
    s : dict
        The moving averages so far of the squared gradients, with the keys of `grads`.
    beta2 : float
        Weight of the past, in [0, 1).
    learning_rate : float
        The step length.
    epsilon : float
        Added to the root, so that nothing is divided by zero.

    Returns
    -------
    parameters : dict
        The updated weights and biases.
    s : dict
        The updated moving averages.

    Notes
    -----
    Source: 004, "RMSprop".

    Examples
    --------
    >>> p, g, zero = {"b1": np.array([[1.0]])}, {"db1": np.array([[4.0]])}, {"db1": np.zeros((1, 1))}
    >>> p, s = update_parameters_with_rmsprop(p, g, zero, beta2=0.75, learning_rate=0.25)
    >>> s["db1"].item(), round(p["b1"].item(), 6)
    (4.0, 0.5)
    """
    # BEGIN SOLUTION
    parameters, s = _rmsprop(parameters, grads, s, beta2, learning_rate, lambda s: np.sqrt(s) + epsilon)
    # END SOLUTION
    return parameters, s


def update_parameters_with_rmsprop__epsilon_inside_root(
    parameters: Arrays, grads: Arrays, s: Arrays, beta2: float, learning_rate: float, epsilon: float = 1e-8
) -> tuple[Arrays, Arrays]:
    """RMSprop with the denominator ``sqrt(s + epsilon)``, as much published code has it."""
    return _rmsprop(parameters, grads, s, beta2, learning_rate, lambda s: np.sqrt(s + epsilon))


def _rmsprop(
    parameters: Arrays,
    grads: Arrays,
    s: Arrays,
    beta2: float,
    learning_rate: float,
    denominator: Callable[[np.ndarray], np.ndarray],
) -> tuple[Arrays, Arrays]:
    s = {"d" + name: beta2 * s["d" + name] + (1 - beta2) * np.square(grads["d" + name]) for name in parameters}
    parameters = {
        name: value - learning_rate * grads["d" + name] / denominator(s["d" + name]) for name, value in parameters.items()
    }
    return parameters, s
