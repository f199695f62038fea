"""Optimizers: gradient descent, mini-batches, momentum, Adam.

Source: 004, week two. Parameters are ``{"W1": ..., "b1": ..., ..., "WL": ..., "bL": ...}`` with ``W{l}`` of
shape ``(n_l, n_{l-1})`` and ``b{l}`` of shape ``(n_l, 1)``; gradients and moving averages carry the same
names with a ``d`` in front. Every update returns new dicts and leaves the arrays that it was given alone.
"""

from collections.abc import Callable

import numpy as np

Arrays = dict[str, np.ndarray]


def update_parameters_with_gd(
    parameters: dict[str, np.ndarray], grads: dict[str, np.ndarray], learning_rate: float
) -> dict[str, np.ndarray]:
    """Take one step of gradient descent.

    ``W := W - learning_rate * dW`` and ``b := b - learning_rate * db`` for every layer.

    Parameters
    ----------
    parameters : dict
        ``W{l}`` of shape ``(n_l, n_{l-1})`` and ``b{l}`` of shape ``(n_l, 1)`` for l = 1..L.
    grads : dict
        ``dW{l}`` and ``db{l}``, of the same shapes.
    learning_rate : float
        The step length.

    Returns
    -------
    parameters : dict
        The updated weights and biases.

    Notes
    -----
    Source: 004, "gradient descent".

    Examples
    --------
    >>> p = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([[0.0]])}
    >>> g = {"dW1": np.array([[10.0, -10.0]]), "db1": np.array([[1.0]])}
    >>> update_parameters_with_gd(p, g, 0.1)["W1"].tolist()
    [[0.0, 3.0]]
    """
    # BEGIN SOLUTION
    parameters = {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}
    # END SOLUTION
    return parameters


def random_mini_batches(
    X: np.ndarray, Y: np.ndarray, mini_batch_size: int = 64, seed: int = 0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Shuffle the examples and cut them into mini-batches.

    Parameters
    ----------
    X : array of shape (n_x, m)
        The examples, one a column.
    Y : array of shape (n_y, m)
        Their labels.
    mini_batch_size : int
        Examples in a batch.
    seed : int
        Chooses the permutation.

    Returns
    -------
    mini_batches : list of (X_t, Y_t)
        Every example exactly once, with its own label; all batches have `mini_batch_size` examples except the
        last one, which holds the rest and is never empty. With fewer examples than `mini_batch_size` there is
        one batch.

    Notes
    -----
    Source: 004, "mini-batch gradient descent".

    Examples
    --------
    >>> X = np.arange(10.0).reshape(2, 5)
    >>> [x.shape for x, y in random_mini_batches(X, X[:1], mini_batch_size=2)]
    [(2, 2), (2, 2), (2, 1)]
    """
    # BEGIN SOLUTION
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    mini_batches = [
        (X[:, order[start : start + mini_batch_size]], Y[:, order[start : start + mini_batch_size]])
        for start in range(0, m, mini_batch_size)
    ]
    # END SOLUTION
    return mini_batches


def initialize_velocity(parameters: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Start the moving average of the gradients at zero.

    Parameters
    ----------
    parameters : dict
        ``W{l}`` and ``b{l}`` for l = 1..L.

    Returns
    -------
    v : dict
        ``dW{l}`` and ``db{l}``: zeros of the shapes of ``W{l}`` and ``b{l}``.

    Notes
    -----
    Source: 004, "momentum".

    Examples
    --------
    >>> initialize_velocity({"W1": np.ones((1, 2)), "b1": np.ones((1, 1))})["dW1"].tolist()
    [[0.0, 0.0]]
    """
    # BEGIN SOLUTION
    v = _zeros_like_gradients(parameters)
    # END SOLUTION
    return v


def update_parameters_with_momentum(
    parameters: dict[str, np.ndarray],
    grads: dict[str, np.ndarray],
    v: dict[str, np.ndarray],
    beta: float,
    learning_rate: float,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Take one step of gradient descent with momentum.

    ``v := beta * v + (1 - beta) * g`` for every gradient g, then
    ``parameter := parameter - learning_rate * v``.

    Parameters
    ----------
    parameters : dict
        ``W{l}`` and ``b{l}`` for l = 1..L.
    grads : dict
        ``dW{l}`` and ``db{l}``.
    v : dict
        The moving averages so far, with the keys of `grads`.
    beta : float
        Weight of the past, in [0, 1); 0 is plain gradient descent.
    learning_rate : float
        The step length.

    Returns
    -------
    parameters : dict
        The updated weights and biases.
    v : dict
        The updated moving averages.

    Notes
    -----
    Source: 004, "momentum".

    Examples
    --------
    >>> p, g = {"b1": np.array([[1.0]])}, {"db1": np.array([[2.0]])}
    >>> p, v = update_parameters_with_momentum(p, g, {"db1": np.array([[4.0]])}, 0.5, 0.1)
    >>> v["db1"].item(), round(p["b1"].item(), 12)
    (3.0, 0.7)
    """
    # BEGIN SOLUTION
    v = {"d" + name: beta * v["d" + name] + (1 - beta) * grads["d" + name] for name in parameters}
    parameters = {name: value - learning_rate * v["d" + name] for name, value in parameters.items()}
    # END SOLUTION
    return parameters, v


def initialize_adam(
    parameters: dict[str, np.ndarray],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Start both moving averages of Adam at zero.

    Parameters
    ----------
    parameters : dict
        ``W{l}`` and ``b{l}`` for l = 1..L.

    Returns
    -------
    v : dict
        ``dW{l}`` and ``db{l}``: zeros, for the average of the gradients.
    s : dict
        The same keys: zeros, for the average of their squares. No array is shared with `v`.

    Notes
    -----
    Source: 004, "Adam".

    Examples
    --------
    >>> v, s = initialize_adam({"b1": np.ones((1, 1))})
    >>> v["db1"].tolist(), s["db1"].tolist(), v["db1"] is s["db1"]
    ([[0.0]], [[0.0]], False)
    """
    # BEGIN SOLUTION
    v = _zeros_like_gradients(parameters)
    s = _zeros_like_gradients(parameters)
    # END SOLUTION
    return v, s


def update_parameters_with_adam(
    parameters: dict[str, np.ndarray],
    grads: dict[str, np.ndarray],
    v: dict[str, np.ndarray],
    s: dict[str, np.ndarray],
    t: int,
    learning_rate: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Take one step of Adam.

    For every gradient g::

        v := beta1 * v + (1 - beta1) * g            v_corrected = v / (1 - beta1**t)
        s := beta2 * s + (1 - beta2) * g**2         s_corrected = s / (1 - beta2**t)
        parameter := parameter - learning_rate * v_corrected / (sqrt(s_corrected) + epsilon)

    Parameters
    ----------
    parameters : dict
        ``W{l}`` and ``b{l}`` for l = 1..L.
    grads : dict
        ``dW{l}`` and ``db{l}``.
    v, s : dict
        The moving averages so far of the gradients and of their squares, with the keys of `grads`.
    t : int
        Number of this step, counted from 1.
    learning_rate : float
        The step length.
    beta1, beta2 : float
        Weights of the past in `v` and `s`, in [0, 1).
    epsilon : float
        Added to the root, so that nothing is divided by zero.

    Returns
    -------
    parameters : dict
        The updated weights and biases.
    v, s : dict
        The updated moving averages, *not* corrected: the correction depends on t and is made anew at each
        step.

    Notes
    -----
    Source: 004, "Adam".

    Examples
    --------
    The first step has the length of the learning rate, whatever the size of the gradient:

    >>> p, g, zero = {"b1": np.array([[1.0]])}, {"db1": np.array([[-250.0]])}, {"db1": np.zeros((1, 1))}
    >>> p, v, s = update_parameters_with_adam(p, g, zero, zero, t=1, learning_rate=0.5)
    >>> round(p["b1"].item(), 9)
    1.5
    """
    # BEGIN SOLUTION
    parameters, v, s, _, _ = _adam(parameters, grads, v, s, t, learning_rate, beta1, beta2, _root_plus(epsilon))
    # END SOLUTION
    return parameters, v, s


def update_parameters_with_adam__epsilon_inside_root(
    parameters: Arrays,
    grads: Arrays,
    v: Arrays,
    s: Arrays,
    t: int,
    learning_rate: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, Arrays, Arrays]:
    """Adam with the denominator ``sqrt(s_corrected + epsilon)``, as much published code has it."""
    return _adam(parameters, grads, v, s, t, learning_rate, beta1, beta2, _root_of_sum(epsilon))[:3]


def update_parameters_with_adam__five_items(
    parameters: Arrays,
    grads: Arrays,
    v: Arrays,
    s: Arrays,
    t: int,
    learning_rate: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, Arrays, Arrays, Arrays, Arrays]:
    """Adam as the later edition returns it: ``(parameters, v, s, v_corrected, s_corrected)``."""
    return _adam(parameters, grads, v, s, t, learning_rate, beta1, beta2, _root_plus(epsilon))


def update_parameters_with_adam__five_items_epsilon_inside_root(
    parameters: Arrays,
    grads: Arrays,
    v: Arrays,
    s: Arrays,
    t: int,
    learning_rate: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, Arrays, Arrays, Arrays, Arrays]:
    """The later edition's five items with the denominator ``sqrt(s_corrected + epsilon)``."""
    return _adam(parameters, grads, v, s, t, learning_rate, beta1, beta2, _root_of_sum(epsilon))


def update_parameters_with_adam__epsilon_before_correction(
    parameters: Arrays,
    grads: Arrays,
    v: Arrays,
    s: Arrays,
    t: int,
    learning_rate: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, Arrays, Arrays]:
    """Adam with both corrections in the step length, so that epsilon stands beside the uncorrected ``sqrt(s)``."""
    shifted = epsilon / (1 - beta2**t) ** 0.5
    return _adam(parameters, grads, v, s, t, learning_rate, beta1, beta2, _root_plus(shifted))[:3]


def _zeros_like_gradients(parameters: Arrays) -> Arrays:
    return {"d" + name: np.zeros_like(value) for name, value in parameters.items()}


def _root_plus(epsilon: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda s: np.sqrt(s) + epsilon


def _root_of_sum(epsilon: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda s: np.sqrt(s + epsilon)


def _adam(
    parameters: Arrays,
    grads: Arrays,
    v: Arrays,
    s: Arrays,
    t: int,
    learning_rate: float,
    beta1: float,
    beta2: float,
    denominator: Callable[[np.ndarray], np.ndarray],
) -> tuple[Arrays, Arrays, Arrays, Arrays, Arrays]:
    """One step of Adam, with everything that any edition returns."""
    names = ["d" + name for name in parameters]
    v = {name: beta1 * v[name] + (1 - beta1) * grads[name] for name in names}
    s = {name: beta2 * s[name] + (1 - beta2) * np.square(grads[name]) for name in names}
    v_corrected = {name: v[name] / (1 - beta1**t) for name in names}
    s_corrected = {name: s[name] / (1 - beta2**t) for name in names}
    parameters = {
        name: value - learning_rate * v_corrected["d" + name] / denominator(s_corrected["d" + name])
        for name, value in parameters.items()
    }
    return parameters, v, s, v_corrected, s_corrected
