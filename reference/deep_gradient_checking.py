"""Gradient checking of a network of any depth with tanh or relu hidden layers and a sigmoid output."""

from collections.abc import Callable

import numpy as np

from reference import activations
from reference.dnn_step_by_step import (
    LayerCache,
    compute_cost,
    compute_cost__guarded,
    linear_backward,
    linear_forward,
)
from reference.gradient_checking import relative_difference, two_sided_gradient

_FORWARD = {"sigmoid": activations.sigmoid, "tanh": activations.tanh, "relu": activations.relu}
_BACKWARD = {
    "sigmoid": activations.sigmoid_backward,
    "tanh": activations.tanh_backward,
    "relu": activations.relu_backward,
}


def _activation_names(L: int, hidden_layers_activation_fn: str) -> list[str]:
    """Names of the activations of layers 1..L."""
    if hidden_layers_activation_fn not in ("tanh", "relu"):
        raise ValueError(f'hidden_layers_activation_fn is {hidden_layers_activation_fn!r}, expected "tanh" or "relu"')
    return [hidden_layers_activation_fn] * (L - 1) + ["sigmoid"]


def L_model_forward(
    X: np.ndarray, parameters: dict[str, np.ndarray], hidden_layers_activation_fn: str = "tanh"
) -> tuple[np.ndarray, list[LayerCache]]:
    """Forward pass: provided with the exercise, not graded. Returns ``(AL, caches)`` as in `dnn_step_by_step`."""
    A, caches = X, []
    for l, name in enumerate(_activation_names(len(parameters) // 2, hidden_layers_activation_fn), start=1):
        Z, linear_cache = linear_forward(A, parameters[f"W{l}"], parameters[f"b{l}"])
        A, activation_cache = _FORWARD[name](Z)
        caches.append((linear_cache, activation_cache))
    return A, caches


def L_model_backward(
    AL: np.ndarray, y: np.ndarray, caches: list[LayerCache], hidden_layers_activation_fn: str = "tanh"
) -> dict[str, np.ndarray]:
    """Backward pass: provided with the exercise, not graded. The gradient of A^{l-1} is stored under ``dA{l-1}``."""
    gradients = {}
    names = _activation_names(len(caches), hidden_layers_activation_fn)
    dA = (1 - y) / (1 - AL) - y / AL
    for l in range(len(caches), 0, -1):
        linear_cache, activation_cache = caches[l - 1]
        dA, dW, db = linear_backward(_BACKWARD[names[l - 1]](dA, activation_cache), linear_cache)
        gradients[f"dA{l - 1}"], gradients[f"dW{l}"], gradients[f"db{l}"] = dA, dW, db
    return gradients


def dictionary_to_vector(params_dict: dict[str, np.ndarray]) -> np.ndarray:
    """Put all parameters below each other.

    Parameters
    ----------
    params_dict : dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L.

    Returns
    -------
    ndarray, shape (n, 1)
        ``W1, b1, ..., WL, bL``, each row by row. The vector alone, without the names.

    Notes
    -----
    Source: 003.

    Examples
    --------
    >>> dictionary_to_vector({"W1": np.array([[1.0, 2.0], [3.0, 4.0]]), "b1": np.array([[5.0], [6.0]])}).T.tolist()
    [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]
    """
    # BEGIN SOLUTION
    L = len(params_dict) // 2
    pieces = [params_dict[f"{kind}{l}"].reshape(-1, 1) for l in range(1, L + 1) for kind in ("W", "b")]
    vector = np.concatenate(pieces)
    # END SOLUTION
    return vector


def vector_to_dictionary(vector: np.ndarray, layers_dims: list[int]) -> dict[str, np.ndarray]:
    """Cut a vector into the parameters of a network: the inverse of :func:`dictionary_to_vector`.

    Parameters
    ----------
    vector : ndarray, shape (n, 1)
        ``W1, b1, ..., WL, bL``, each row by row.
    layers_dims : list of int
        Sizes of all layers, the input first.

    Returns
    -------
    dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L.

    Notes
    -----
    Source: 003.

    Examples
    --------
    >>> parameters = vector_to_dictionary(np.arange(1.0, 7.0).reshape(6, 1), [2, 2])
    >>> parameters["W1"].tolist(), parameters["b1"].tolist()
    ([[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]])
    """
    # BEGIN SOLUTION
    parameters = {}
    start = 0
    for l in range(1, len(layers_dims)):
        for name, shape in ((f"W{l}", (layers_dims[l], layers_dims[l - 1])), (f"b{l}", (layers_dims[l], 1))):
            end = start + shape[0] * shape[1]
            parameters[name] = vector[start:end].reshape(shape)
            start = end
    # END SOLUTION
    return parameters


def gradients_to_vector(gradients: dict[str, np.ndarray]) -> np.ndarray:
    """Put the gradients of all parameters below each other, in the order of the parameters.

    Parameters
    ----------
    gradients : dict
        ``dWl`` and ``dbl`` for l = 1..L in any order; entries ``dAl`` are ignored.

    Returns
    -------
    ndarray, shape (n, 1)
        ``dW1, db1, ..., dWL, dbL``, each row by row.

    Notes
    -----
    Source: 003.

    Examples
    --------
    >>> last_first = {"dA1": np.ones((1, 9)), "dW2": np.full((1, 1), 3.0), "db2": np.full((1, 1), 4.0),
    ...               "dW1": np.full((1, 1), 1.0), "db1": np.full((1, 1), 2.0)}
    >>> gradients_to_vector(last_first).T.tolist()
    [[1.0, 2.0, 3.0, 4.0]]
    """
    # BEGIN SOLUTION
    L = sum(name.startswith("dW") for name in gradients)
    pieces = [gradients[f"{kind}{l}"].reshape(-1, 1) for l in range(1, L + 1) for kind in ("dW", "db")]
    new_grads = np.concatenate(pieces)
    # END SOLUTION
    return new_grads


def forward_prop_cost(
    X: np.ndarray, parameters: dict[str, np.ndarray], Y: np.ndarray, hidden_layers_activation_fn: str = "tanh"
) -> float:
    """Mean cross-entropy of the network's prediction.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input, one column per example.
    parameters : dict
        ``Wl`` and ``bl`` for l = 1..L.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    hidden_layers_activation_fn : {"tanh", "relu"}
        Activation of the layers 1..L-1; the last one is a sigmoid.

    Returns
    -------
    float
        The cost, a scalar.

    Notes
    -----
    Source: 003.

    Examples
    --------
    >>> zeros = vector_to_dictionary(np.zeros((9, 1)), [2, 2, 1])
    >>> round(forward_prop_cost(np.ones((2, 3)), zeros, np.array([[0, 1, 1]])), 6)
    0.693147
    """
    # BEGIN SOLUTION
    AL, _ = L_model_forward(X, parameters, hidden_layers_activation_fn)
    cost = compute_cost(AL, Y)
    # END SOLUTION
    return cost


def forward_prop_cost__guarded(
    X: np.ndarray, parameters: dict[str, np.ndarray], Y: np.ndarray, hidden_layers_activation_fn: str = "tanh"
) -> float:
    """As right as the reference up to a guard of 1e-7 inside the logarithms."""
    AL, _ = L_model_forward(X, parameters, hidden_layers_activation_fn)
    return compute_cost__guarded(AL, Y)


def gradient_check(
    parameters: dict[str, np.ndarray],
    gradients: dict[str, np.ndarray],
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: list[int],
    epsilon: float = 1e-7,
    hidden_layers_activation_fn: str = "tanh",
) -> float:
    """Compare `gradients` with two-sided differences of the cost in every parameter.

    Parameters
    ----------
    parameters : dict
        ``Wl`` and ``bl`` for l = 1..L.
    gradients : dict
        ``dWl`` and ``dbl`` for l = 1..L, the gradients to judge; entries ``dAl`` are ignored.
    X : ndarray, shape (n_x, m)
        Input.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    layers_dims : list of int
        Sizes of all layers, the input first.
    epsilon : float
        Step of the differences.
    hidden_layers_activation_fn : {"tanh", "relu"}
        Activation of the layers 1..L-1; the last one is a sigmoid.

    Returns
    -------
    float
        ``|grad - approx| / (|grad| + |approx|)`` in the 2-norm.

    Notes
    -----
    Source: 003.

    Examples
    --------
    >>> dims, X, Y = [2, 3, 1], np.eye(2), np.array([[0, 1]])
    >>> parameters = vector_to_dictionary(np.linspace(-1, 1, 13).reshape(13, 1), dims)
    >>> AL, caches = L_model_forward(X, parameters)
    >>> gradients = L_model_backward(AL, Y, caches)
    >>> gradient_check(parameters, gradients, X, Y, dims) < 1e-6
    True
    """

    # BEGIN SOLUTION
    def cost(vector: np.ndarray) -> float:
        return forward_prop_cost(X, vector_to_dictionary(vector, layers_dims), Y, hidden_layers_activation_fn)

    approximation = two_sided_gradient(cost, dictionary_to_vector(parameters), epsilon)
    difference = relative_difference(gradients_to_vector(gradients), approximation)
    # END SOLUTION
    return difference


def forward_difference(f: Callable[[float], float], x: float, epsilon: float) -> float:
    """One-sided approximation of a derivative: ``(f(x + e) - f(x)) / e``.

    Parameters
    ----------
    f : callable
        Function of one number.
    x : float
        Where to differentiate.
    epsilon : float
        Step, not zero.

    Returns
    -------
    float
        The approximation, with an error proportional to `epsilon`.

    Notes
    -----
    Source: 003; its example is ``x ** 2`` at 3.

    Examples
    --------
    >>> round(forward_difference(lambda x: x**2, 3.0, 0.01), 9)
    6.01
    """
    # BEGIN SOLUTION
    derivative = (f(x + epsilon) - f(x)) / epsilon
    # END SOLUTION
    return derivative


def central_difference(f: Callable[[float], float], x: float, epsilon: float) -> float:
    """Two-sided approximation of a derivative: ``(f(x + e) - f(x - e)) / 2e``.

    Parameters
    ----------
    f : callable
        Function of one number.
    x : float
        Where to differentiate.
    epsilon : float
        Step, not zero.

    Returns
    -------
    float
        The approximation, with an error proportional to ``epsilon ** 2``.

    Notes
    -----
    Source: 003; its example is ``x ** 2`` at 3.

    Examples
    --------
    >>> round(central_difference(lambda x: x**2, 3.0, 0.01), 9)
    6.0
    """
    # BEGIN SOLUTION
    derivative = (f(x + epsilon) - f(x - epsilon)) / (2 * epsilon)
    # END SOLUTION
    return derivative
