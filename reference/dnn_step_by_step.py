"""A deep network for binary classification, step by step: ``[linear -> relu] * (L - 1) -> linear -> sigmoid``."""

import numpy as np

from reference.activations import relu, relu_backward, sigmoid, sigmoid_backward

LinearCache = tuple[np.ndarray, np.ndarray, np.ndarray]
LayerCache = tuple[LinearCache, np.ndarray]


def _gaussian_weights(layer_dims: list[int], scales: list[float]) -> dict[str, np.ndarray]:
    """Weights ``Wl`` drawn from a Gaussian of standard deviation ``scales[l - 1]``, and zero biases ``bl``."""
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters[f"W{l}"] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * scales[l - 1]
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def initialize_parameters(n_x: int, n_h: int, n_y: int) -> dict[str, np.ndarray]:
    """Small random weights and zero biases for a network with one hidden layer.

    Parameters
    ----------
    n_x, n_h, n_y : int
        Sizes of the input, of the hidden layer and of the output.

    Returns
    -------
    dict
        ``W1 (n_h, n_x)``, ``b1 (n_h, 1)``, ``W2 (n_y, n_h)``, ``b2 (n_y, 1)``; weights are standard Gaussian times
        0.01, biases are zero.

    Notes
    -----
    Source: 002. Draws from the global generator of NumPy.

    Examples
    --------
    >>> {name: value.shape for name, value in initialize_parameters(3, 2, 1).items()}
    {'W1': (2, 3), 'b1': (2, 1), 'W2': (1, 2), 'b2': (1, 1)}
    """
    # BEGIN SOLUTION
    parameters = _gaussian_weights([n_x, n_h, n_y], [0.01, 0.01])
    # END SOLUTION
    return parameters


def initialize_parameters_deep(layer_dims: list[int]) -> dict[str, np.ndarray]:
    """Small random weights and zero biases for a network of any depth.

    Parameters
    ----------
    layer_dims : list of int
        Sizes of all layers, the input first: ``[n_x, n_1, ..., n_L]``.

    Returns
    -------
    dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L; weights are standard Gaussian times 0.01 (times
        ``1 / sqrt(n_{l-1})`` is accepted too), biases are zero.

    Notes
    -----
    Source: 002. Draws from the global generator of NumPy.

    Examples
    --------
    >>> {name: value.shape for name, value in initialize_parameters_deep([4, 3, 1]).items()}
    {'W1': (3, 4), 'b1': (3, 1), 'W2': (1, 3), 'b2': (1, 1)}
    """
    # BEGIN SOLUTION
    parameters = _gaussian_weights(layer_dims, [0.01] * len(layer_dims))
    # END SOLUTION
    return parameters


def initialize_parameters_deep__scaled(layer_dims: list[int]) -> dict[str, np.ndarray]:
    """Accepted alternative, from later editions of the exercise: weights are Gaussian / sqrt(n_{l-1})."""
    return _gaussian_weights(layer_dims, [float(1 / np.sqrt(n)) for n in layer_dims])


def linear_forward(A: np.ndarray, W: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, LinearCache]:
    """Linear part of a layer: ``Z = W @ A + b``.

    Parameters
    ----------
    A : ndarray, shape (n_prev, m)
        Activations of the layer before (or the input), one column per example.
    W : ndarray, shape (n, n_prev)
        Weights.
    b : ndarray, shape (n, 1)
        Biases.

    Returns
    -------
    Z : ndarray, shape (n, m)
        Pre-activations.
    cache : tuple
        ``(A, W, b)``, which :func:`linear_backward` needs.

    Notes
    -----
    Source: 002, formula (1).

    Examples
    --------
    >>> Z, cache = linear_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([[0.5], [0.0]]))
    >>> Z.tolist(), len(cache)
    ([[3.5, 6.5], [4.0, 8.0]], 3)
    """
    # BEGIN SOLUTION
    Z = W @ A + b
    cache = (A, W, b)
    # END SOLUTION
    return Z, cache


def linear_activation_forward(
    A_prev: np.ndarray, W: np.ndarray, b: np.ndarray, activation: str
) -> tuple[np.ndarray, LayerCache]:
    """One layer, linear part and activation: ``A = g(W @ A_prev + b)``.

    Parameters
    ----------
    A_prev : ndarray, shape (n_prev, m)
        Activations of the layer before (or the input).
    W : ndarray, shape (n, n_prev)
        Weights.
    b : ndarray, shape (n, 1)
        Biases.
    activation : {"sigmoid", "relu"}
        Name of the activation g.

    Returns
    -------
    A : ndarray, shape (n, m)
        Activations.
    cache : tuple
        ``(linear_cache, activation_cache)`` = ``((A_prev, W, b), Z)``.

    Notes
    -----
    Source: 002, formula (2).

    Examples
    --------
    >>> A, (linear_cache, Z) = linear_activation_forward(np.ones((1, 2)), np.array([[-3.0]]), np.ones((1, 1)), "relu")
    >>> A.tolist(), Z.tolist()
    ([[0.0, 0.0]], [[-2.0, -2.0]])
    """
    # BEGIN SOLUTION
    Z, linear_cache = linear_forward(A_prev, W, b)
    if activation == "sigmoid":
        A, activation_cache = sigmoid(Z)
    elif activation == "relu":
        A, activation_cache = relu(Z)
    else:
        raise ValueError(f'activation is {activation!r}, expected "sigmoid" or "relu"')
    cache = (linear_cache, activation_cache)
    # END SOLUTION
    return A, cache


def L_model_forward(X: np.ndarray, parameters: dict[str, np.ndarray]) -> tuple[np.ndarray, list[LayerCache]]:
    """Forward pass of the whole network: relu on every hidden layer, sigmoid on the last one.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Input, one column per example.
    parameters : dict
        ``Wl (n_l, n_{l-1})`` and ``bl (n_l, 1)`` for l = 1..L.

    Returns
    -------
    AL : ndarray, shape (n_L, m)
        Output of the last layer.
    caches : list
        The L caches of :func:`linear_activation_forward`, the first layer first.

    Notes
    -----
    Source: 002.

    Examples
    --------
    >>> one, zero = np.ones((1, 1)), np.zeros((1, 1))
    >>> AL, caches = L_model_forward(np.array([[-1.0, 0.0]]), {"W1": one, "b1": zero, "W2": one, "b2": zero})
    >>> AL.tolist(), len(caches)
    ([[0.5, 0.5]], 2)
    """
    # BEGIN SOLUTION
    L = len(parameters) // 2
    caches = []
    A = X
    for l in range(1, L + 1):
        activation = "sigmoid" if l == L else "relu"
        A, cache = linear_activation_forward(A, parameters[f"W{l}"], parameters[f"b{l}"], activation)
        caches.append(cache)
    AL = A
    # END SOLUTION
    return AL, caches


def compute_cost(AL: np.ndarray, Y: np.ndarray) -> float:
    """Cross-entropy, mean over the examples: ``-1/m * sum(Y log(AL) + (1 - Y) log(1 - AL))``.

    Parameters
    ----------
    AL : ndarray, shape (1, m)
        Predicted probability of the label 1, strictly between 0 and 1.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.

    Returns
    -------
    float
        The cost, a scalar.

    Notes
    -----
    Source: 002, formula (3).

    Examples
    --------
    >>> round(compute_cost(np.array([[0.5, 0.25]]), np.array([[1, 0]])), 6)
    0.490415
    """
    # BEGIN SOLUTION
    m = Y.shape[1]
    # Labels are 0 or 1: of the two terms of an example, only the one of its true class remains. Choosing it before
    # the logarithm keeps 0 * log(0) = nan out.
    probability_of_truth = np.where(Y == 1, AL, 1.0 - AL)
    with np.errstate(divide="ignore"):
        cost = float(-np.sum(np.log(probability_of_truth)) / m)
    # END SOLUTION
    return cost


def compute_cost__guarded(AL: np.ndarray, Y: np.ndarray) -> float:
    """As right as the reference up to a guard of 1e-7 inside the logarithms."""
    return float(-np.mean(Y * np.log(AL + 1e-7) + (1 - Y) * np.log(1 - AL + 1e-7)))


def linear_backward(dZ: np.ndarray, cache: LinearCache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the linear part of a layer.

    Parameters
    ----------
    dZ : ndarray, shape (n, m)
        Gradient with respect to the pre-activations, per example (not divided by m).
    cache : tuple
        ``(A_prev, W, b)`` from :func:`linear_forward`.

    Returns
    -------
    dA_prev : ndarray, shape (n_prev, m)
        ``W.T @ dZ``.
    dW : ndarray, shape (n, n_prev)
        ``1/m * dZ @ A_prev.T``.
    db : ndarray, shape (n, 1)
        ``1/m *`` row sums of `dZ`.

    Notes
    -----
    Source: 002, formulas (4) to (6).

    Examples
    --------
    >>> dZ = np.array([[1.0, 3.0]])
    >>> cache = (np.array([[1.0, 2.0], [0.0, 4.0]]), np.array([[2.0, -1.0]]), np.zeros((1, 1)))
    >>> [gradient.tolist() for gradient in linear_backward(dZ, cache)]
    [[[2.0, 6.0], [-1.0, -3.0]], [[3.5, 6.0]], [[2.0]]]
    """
    # BEGIN SOLUTION
    A_prev, W, _ = cache
    m = A_prev.shape[1]
    dA_prev = W.T @ dZ
    dW = dZ @ A_prev.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    # END SOLUTION
    return dA_prev, dW, db


def linear_activation_backward(
    dA: np.ndarray, cache: LayerCache, activation: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of one layer: back through the activation, then through the linear part.

    Parameters
    ----------
    dA : ndarray, shape (n, m)
        Gradient with respect to the activations of this layer, per example.
    cache : tuple
        ``(linear_cache, activation_cache)`` from :func:`linear_activation_forward`.
    activation : {"sigmoid", "relu"}
        Name of the activation of this layer.

    Returns
    -------
    dA_prev : ndarray, shape (n_prev, m)
        Gradient with respect to the activations of the layer before.
    dW : ndarray, shape (n, n_prev)
        Gradient with respect to the weights.
    db : ndarray, shape (n, 1)
        Gradient with respect to the biases.

    Notes
    -----
    Source: 002, formulas (3) to (6).

    Examples
    --------
    >>> cache = ((np.array([[1.0, 2.0]]), np.array([[3.0]]), np.zeros((1, 1))), np.array([[3.0, -1.0]]))
    >>> [gradient.tolist() for gradient in linear_activation_backward(np.ones((1, 2)), cache, "relu")]
    [[[3.0, 0.0]], [[0.5]], [[0.5]]]
    """
    # BEGIN SOLUTION
    linear_cache, activation_cache = cache
    if activation == "sigmoid":
        dZ = sigmoid_backward(dA, activation_cache)
    elif activation == "relu":
        dZ = relu_backward(dA, activation_cache)
    else:
        raise ValueError(f'activation is {activation!r}, expected "sigmoid" or "relu"')
    dA_prev, dW, db = linear_backward(dZ, linear_cache)
    # END SOLUTION
    return dA_prev, dW, db


def _backward(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache], dA_shift: int) -> dict[str, np.ndarray]:
    """Gradients of all layers, the last layer first; the gradient of A^{l-1} goes under ``dA{l - dA_shift}``."""
    return _backward_from((1 - Y) / (1 - AL) - Y / AL, caches, dA_shift)


def _backward_from(dA: np.ndarray, caches: list[LayerCache], dA_shift: int) -> dict[str, np.ndarray]:
    grads = {}
    L = len(caches)
    for l in range(L, 0, -1):
        activation = "sigmoid" if l == L else "relu"
        dA, dW, db = linear_activation_backward(dA, caches[l - 1], activation)
        grads[f"dA{l - dA_shift}"], grads[f"dW{l}"], grads[f"db{l}"] = dA, dW, db
    return grads


def L_model_backward(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    """Backward pass of the whole network: sigmoid on the last layer, relu on all others.

    Parameters
    ----------
    AL : ndarray, shape (1, m)
        Output of :func:`L_model_forward`, strictly between 0 and 1.
    Y : ndarray, shape (1, m)
        Labels, each exactly 0 or 1.
    caches : list
        Caches of the L layers, the first layer first.

    Returns
    -------
    dict
        ``dWl`` and ``dbl`` for l = 1..L, shaped as the parameters, and ``dAl``, the gradient with respect to the
        *input* of layer l, that is A^{l-1}, per example. Storing that one under ``dA{l-1}`` is accepted too.

    Notes
    -----
    Source: 002. The pass starts from ``dAL = -(Y / AL - (1 - Y) / (1 - AL))``.

    Examples
    --------
    >>> layer = ((np.array([[2.0, 4.0]]), np.array([[3.0]]), np.zeros((1, 1))), np.zeros((1, 2)))
    >>> grads = L_model_backward(np.full((1, 2), 0.5), np.array([[1, 0]]), [layer])
    >>> {name: gradient.tolist() for name, gradient in grads.items()}
    {'dA1': [[-1.5, 1.5]], 'dW1': [[0.5]], 'db1': [[0.0]]}
    """
    # BEGIN SOLUTION
    grads = _backward(AL, Y, caches, dA_shift=0)
    # END SOLUTION
    return grads


def L_model_backward__shifted_keys(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    """Accepted alternative, from later editions: the gradient of A^{l-1} is stored under ``dA{l-1}``."""
    return _backward(AL, Y, caches, dA_shift=1)


def L_model_backward__later_keys(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    """The keys of later editions together with ``dAL``, the gradient of the output, which has its place among them."""
    return _with_later_keys((1 - Y) / (1 - AL) - Y / AL, caches)


def _with_later_keys(dAL: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    return {f"dA{len(caches)}": dAL, **_backward_from(dAL, caches, dA_shift=1)}


def _guarded(AL: np.ndarray, Y: np.ndarray) -> np.ndarray:
    return (1 - Y) / (1 - AL + 1e-7) - Y / (AL + 1e-7)


def _guarded_quotient(AL: np.ndarray, Y: np.ndarray) -> np.ndarray:
    return (AL - Y) / (AL * (1 - AL) + 1e-7)


def L_model_backward__guarded(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    """As right as the reference up to a guard of 1e-7 in the denominators."""
    return _backward_from(_guarded(AL, Y), caches, dA_shift=0)


def L_model_backward__guarded_later_keys(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    """The guard of 1e-7 in the denominators under the later keys."""
    return _with_later_keys(_guarded(AL, Y), caches)


def L_model_backward__guarded_quotient(AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]) -> dict[str, np.ndarray]:
    """As right as the reference up to a guard of 1e-7 in the common denominator ``AL * (1 - AL)``."""
    return _backward_from(_guarded_quotient(AL, Y), caches, dA_shift=0)


def L_model_backward__guarded_quotient_later_keys(
    AL: np.ndarray, Y: np.ndarray, caches: list[LayerCache]
) -> dict[str, np.ndarray]:
    """The guard of 1e-7 in the common denominator under the later keys."""
    return _with_later_keys(_guarded_quotient(AL, Y), caches)


def update_parameters(
    parameters: dict[str, np.ndarray], grads: dict[str, np.ndarray], learning_rate: float
) -> dict[str, np.ndarray]:
    """One step of gradient descent: ``W = W - learning_rate * dW`` and the same for b.

    Parameters
    ----------
    parameters : dict
        ``Wl`` and ``bl`` for l = 1..L. The arrays in it are left as they are.
    grads : dict
        ``dWl`` and ``dbl`` for l = 1..L; other entries are ignored.
    learning_rate : float
        Step length.

    Returns
    -------
    dict
        The new ``Wl`` and ``bl``.

    Notes
    -----
    Source: 002, formulas (7) and (8).

    Examples
    --------
    >>> new = update_parameters({"W1": np.eye(1), "b1": np.eye(1)}, {"dW1": np.eye(1), "db1": -np.eye(1)}, 0.5)
    >>> new["W1"].tolist(), new["b1"].tolist()
    ([[0.5]], [[1.5]])
    """
    # BEGIN SOLUTION
    new_parameters = {name: value - learning_rate * grads[f"d{name}"] for name, value in parameters.items()}
    # END SOLUTION
    return new_parameters
