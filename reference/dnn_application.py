"""Training loops on top of the layer functions: a network with one hidden layer, and one of any depth.

The continuation of source 002. Both loops look up the initializer, and every layer function, by name in this
module when they are called; rebinding such a name here changes what the loops use.
"""

from collections.abc import Callable, Sequence

import numpy as np

from reference.dnn_step_by_step import (
    L_model_backward,
    L_model_backward__guarded,
    L_model_forward,
    compute_cost,
    initialize_parameters,
    initialize_parameters_deep,
    linear_activation_backward,
    linear_activation_forward,
    update_parameters,
)

COST_INTERVAL = 100  # iterations between two recorded (and, on request, printed) costs


def two_layer_model(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float = 0.0075,
    num_iterations: int = 3000,
    print_cost: bool = False,
) -> dict[str, np.ndarray]:
    """Train ``linear -> relu -> linear -> sigmoid`` by gradient descent on all examples.

    Parameters
    ----------
    X : array of shape (n_x, m)
        The examples, one a column.
    Y : array of shape (1, m)
        Labels, each exactly 0 or 1.
    layers_dims : sequence of int
        ``(n_x, n_h, n_y)``.
    learning_rate : float
        Step length of gradient descent.
    num_iterations : int
        Number of updates; 0 returns the initial parameters.
    print_cost : bool
        Whether to print the cost every 100 iterations.

    Returns
    -------
    parameters : dict
        The learned ``W1 (n_h, n_x)``, ``b1 (n_h, 1)``, ``W2 (n_y, n_h)``, ``b2 (n_y, 1)``.

    Notes
    -----
    Source: 002 and its continuation, the application to images. The weights start from
    ``initialize_parameters(n_x, n_h, n_y)``.

    Examples
    --------
    The cost falls below that of guessing, ``log(2)``:

    >>> np.random.seed(0)
    >>> X, Y = np.array([[-2.0, -1.0, 1.0, 2.0]]), np.array([[0, 0, 1, 1]])
    >>> parameters = two_layer_model(X, Y, (1, 4, 1), learning_rate=1.0, num_iterations=400)
    >>> compute_cost(L_model_forward(X, parameters)[0], Y) < 0.1
    True
    """
    # BEGIN SOLUTION
    parameters, _ = _train_two_layers(X, Y, layers_dims, learning_rate, num_iterations, print_cost)
    # END SOLUTION
    return parameters


def two_layer_model__with_costs(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float = 0.0075,
    num_iterations: int = 3000,
    print_cost: bool = False,
) -> tuple[dict[str, np.ndarray], list[float]]:
    """The later edition's return, ``(parameters, costs)``, with the cost before every hundredth update."""
    return _train_two_layers(X, Y, layers_dims, learning_rate, num_iterations, print_cost)


def two_layer_model__guarded(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float = 0.0075,
    num_iterations: int = 3000,
    print_cost: bool = False,
) -> dict[str, np.ndarray]:
    """As right as the reference up to a guard of 1e-7 in the denominators of the output's gradient."""
    return _train_two_layers(X, Y, layers_dims, learning_rate, num_iterations, print_cost, guard=1e-7)[0]


def L_layer_model(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float = 0.0075,
    num_iterations: int = 3000,
    print_cost: bool = False,
) -> dict[str, np.ndarray]:
    """Train ``[linear -> relu] * (L - 1) -> linear -> sigmoid`` by gradient descent on all examples.

    Parameters
    ----------
    X : array of shape (n_x, m)
        The examples, one a column.
    Y : array of shape (1, m)
        Labels, each exactly 0 or 1.
    layers_dims : sequence of int
        ``[n_x, n_1, ..., n_L]``.
    learning_rate : float
        Step length of gradient descent.
    num_iterations : int
        Number of updates; 0 returns the initial parameters.
    print_cost : bool
        Whether to print the cost every 100 iterations.

    Returns
    -------
    parameters : dict
        The learned ``W{l} (n_l, n_{l-1})`` and ``b{l} (n_l, 1)`` for l = 1..L.

    Notes
    -----
    Source: 002 and its continuation, the application to images. The weights start from
    ``initialize_parameters_deep(layers_dims)``.

    Examples
    --------
    >>> X, Y = np.array([[-1.0, 1.0]]), np.array([[0, 1]])
    >>> sorted(L_layer_model(X, Y, [1, 3, 2, 1], num_iterations=1))
    ['W1', 'W2', 'W3', 'b1', 'b2', 'b3']
    """
    # BEGIN SOLUTION
    parameters, _ = _train_deep(X, Y, layers_dims, learning_rate, num_iterations, print_cost)
    # END SOLUTION
    return parameters


def L_layer_model__with_costs(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float = 0.0075,
    num_iterations: int = 3000,
    print_cost: bool = False,
) -> tuple[dict[str, np.ndarray], list[float]]:
    """The later edition's return, ``(parameters, costs)``, with the cost before every hundredth update."""
    return _train_deep(X, Y, layers_dims, learning_rate, num_iterations, print_cost)


def L_layer_model__guarded(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float = 0.0075,
    num_iterations: int = 3000,
    print_cost: bool = False,
) -> dict[str, np.ndarray]:
    """As right as the reference up to a guard of 1e-7 in the denominators of the output's gradient."""
    backward = L_model_backward__guarded
    return _train_deep(X, Y, layers_dims, learning_rate, num_iterations, print_cost, backward=backward)[0]


def _train_two_layers(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float,
    num_iterations: int,
    print_cost: bool,
    guard: float = 0.0,
) -> tuple[dict[str, np.ndarray], list[float]]:
    parameters = initialize_parameters(*layers_dims)
    costs: list[float] = []
    for i in range(num_iterations):
        A1, cache1 = linear_activation_forward(X, parameters["W1"], parameters["b1"], "relu")
        A2, cache2 = linear_activation_forward(A1, parameters["W2"], parameters["b2"], "sigmoid")
        _record_cost(costs, i, A2, Y, print_cost)
        dA2 = (1 - Y) / (1 - A2 + guard) - Y / (A2 + guard)
        dA1, dW2, db2 = linear_activation_backward(dA2, cache2, "sigmoid")
        _, dW1, db1 = linear_activation_backward(dA1, cache1, "relu")
        grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters, costs


def _train_deep(
    X: np.ndarray,
    Y: np.ndarray,
    layers_dims: Sequence[int],
    learning_rate: float,
    num_iterations: int,
    print_cost: bool,
    backward: Callable[..., dict[str, np.ndarray]] | None = None,
) -> tuple[dict[str, np.ndarray], list[float]]:
    parameters = initialize_parameters_deep(list(layers_dims))
    costs: list[float] = []
    for i in range(num_iterations):
        AL, caches = L_model_forward(X, parameters)
        _record_cost(costs, i, AL, Y, print_cost)
        grads = (backward or L_model_backward)(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters, costs


def _record_cost(costs: list[float], i: int, AL: np.ndarray, Y: np.ndarray, print_cost: bool) -> None:
    if i % COST_INTERVAL == 0:
        costs.append(compute_cost(AL, Y))
        if print_cost:
            print(f"Cost after iteration {i}: {costs[-1]}")
