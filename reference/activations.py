"""Activation functions and their derivatives: sigmoid, relu, tanh.

A forward function returns ``(A, cache)``; the cache is ``Z``, which is all that the backward function needs.
"""

import numpy as np


def _sigmoid(Z: np.ndarray) -> np.ndarray:
    """Logistic function of any real input: the exponent is never positive, so that nothing overflows."""
    decay = np.exp(-np.abs(Z))
    return np.where(np.asarray(Z) >= 0, 1.0, decay) / (1.0 + decay)


def _sigmoid_slope(Z: np.ndarray) -> np.ndarray:
    """Derivative of the logistic function, without the cancellation in ``1 - s`` when ``s`` is nearly 1."""
    decay = np.exp(-np.abs(Z))
    return decay / (1.0 + decay) ** 2


def sigmoid(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logistic activation, element by element: ``A = 1 / (1 + exp(-Z))``.

    Parameters
    ----------
    Z : ndarray of any shape
        Pre-activations. Entries of any size must work: neither a warning nor a nan for large ``abs(Z)``.

    Returns
    -------
    A : ndarray, shape of `Z`
        Activations between 0 and 1.
    cache : ndarray
        `Z`, which :func:`sigmoid_backward` needs.

    Notes
    -----
    Source: 002, appendix.

    Examples
    --------
    >>> A, cache = sigmoid(np.array([[-1000.0, 0.0, 1000.0]]))
    >>> A.tolist(), cache.tolist()
    ([[0.0, 0.5, 1.0]], [[-1000.0, 0.0, 1000.0]])
    """
    # BEGIN SOLUTION
    A = _sigmoid(Z)
    cache = Z
    # END SOLUTION
    return A, cache


def sigmoid__clipped(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sigmoid that keeps away from 0 and 1 by 1e-7, as much as a clip may do."""
    return np.clip(_sigmoid(Z), 1e-7, 1 - 1e-7), Z


def sigmoid__guarded(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sigmoid with 1e-7 added below the fraction."""
    A = _sigmoid(Z)
    return A / (1 + 1e-7 * A), Z


def relu(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rectified linear activation, element by element: ``A = max(0, Z)``.

    Parameters
    ----------
    Z : ndarray of any shape
        Pre-activations.

    Returns
    -------
    A : ndarray, shape of `Z`
        Activations, none of them negative.
    cache : ndarray
        `Z`, which :func:`relu_backward` needs.

    Notes
    -----
    Source: 002, appendix.

    Examples
    --------
    >>> relu(np.array([[-2.0, 0.0, 3.0]]))[0].tolist()
    [[0.0, 0.0, 3.0]]
    """
    # BEGIN SOLUTION
    A = np.maximum(0.0, Z)
    cache = Z
    # END SOLUTION
    return A, cache


def tanh(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hyperbolic tangent activation, element by element: ``A = tanh(Z)``.

    Parameters
    ----------
    Z : ndarray of any shape
        Pre-activations.

    Returns
    -------
    A : ndarray, shape of `Z`
        Activations between -1 and 1.
    cache : ndarray
        `Z`, which :func:`tanh_backward` needs.

    Notes
    -----
    Source: 003, hidden layers.

    Examples
    --------
    >>> tanh(np.array([[-50.0, 0.0, 50.0]]))[0].tolist()
    [[-1.0, 0.0, 1.0]]
    """
    # BEGIN SOLUTION
    A = np.tanh(Z)
    cache = Z
    # END SOLUTION
    return A, cache


def tanh__clipped(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tanh that keeps away from -1 and 1 by 1e-7, as much as a clip may do."""
    return np.clip(np.tanh(Z), 1e-7 - 1, 1 - 1e-7), Z


def tanh__guarded(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tanh as a quotient of exponentials, with 1e-7 added below: (a - b) / (a + b + 1e-7), without their overflow."""
    decay = np.exp(-np.abs(Z))
    return np.tanh(Z) / (1 + 1e-7 * decay / (1 + decay**2)), Z


def sigmoid_backward(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Gradient through the logistic activation: ``dZ = dA * s * (1 - s)`` with ``s = sigmoid(Z)``.

    Parameters
    ----------
    dA : ndarray
        Gradient of the cost with respect to the activations. Left as it is.
    cache : ndarray, shape of `dA`
        `Z`, from :func:`sigmoid`.

    Returns
    -------
    dZ : ndarray, shape of `dA`
        Gradient of the cost with respect to `Z`.

    Notes
    -----
    Source: 002, formula (3) and appendix.

    Examples
    --------
    >>> sigmoid_backward(np.array([[4.0, -8.0]]), np.array([[0.0, 0.0]])).tolist()
    [[1.0, -2.0]]
    """
    # BEGIN SOLUTION
    dZ = dA * _sigmoid_slope(cache)
    # END SOLUTION
    return dZ


def sigmoid_backward__clipped(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """The gradient through a sigmoid that keeps away from 0 and 1 by 1e-7."""
    A, _ = sigmoid__clipped(cache)
    return dA * A * (1 - A)


def sigmoid_backward__guarded(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """The gradient from a sigmoid with 1e-7 added below the fraction."""
    A, _ = sigmoid__guarded(cache)
    return dA * A * (1 - A)


def relu_backward(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Gradient through the rectified linear activation: `dA` where ``Z > 0``, zero elsewhere.

    Parameters
    ----------
    dA : ndarray
        Gradient of the cost with respect to the activations. Left as it is.
    cache : ndarray, shape of `dA`
        `Z`, from :func:`relu`.

    Returns
    -------
    dZ : ndarray, shape of `dA`
        Gradient of the cost with respect to `Z`; the derivative at the kink ``Z = 0`` is taken as 0.

    Notes
    -----
    Source: 002, formula (3) and appendix.

    Examples
    --------
    >>> relu_backward(np.array([[5.0, 6.0, 7.0]]), np.array([[-1.0, 0.0, 1.0]])).tolist()
    [[0.0, 0.0, 7.0]]
    """
    # BEGIN SOLUTION
    # Choosing instead of multiplying: no -0.0, and no nan where an infinite dA meets a closed unit.
    dZ = np.where(np.asarray(cache) > 0, dA, 0.0)
    # END SOLUTION
    return dZ


def tanh_backward(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Gradient through the hyperbolic tangent: ``dZ = dA * (1 - tanh(Z) ** 2)``.

    Parameters
    ----------
    dA : ndarray
        Gradient of the cost with respect to the activations. Left as it is.
    cache : ndarray, shape of `dA`
        `Z`, from :func:`tanh`.

    Returns
    -------
    dZ : ndarray, shape of `dA`
        Gradient of the cost with respect to `Z`.

    Notes
    -----
    Source: 003, hidden layers.

    Examples
    --------
    >>> tanh_backward(np.array([[3.0, 0.0]]), np.array([[0.0, 50.0]])).tolist()
    [[3.0, 0.0]]
    """
    # BEGIN SOLUTION
    # 1 - tanh(z)^2 = 1 / cosh(z)^2, and this form neither cancels nor overflows in the tails.
    decay = np.exp(-np.abs(cache))
    dZ = dA * (2.0 * decay / (1.0 + decay**2)) ** 2
    # END SOLUTION
    return dZ


def tanh_backward__clipped(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """The gradient through a tanh that keeps away from -1 and 1 by 1e-7."""
    A, _ = tanh__clipped(cache)
    return dA * (1 - A**2)


def tanh_backward__guarded(dA: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """The gradient from a tanh with 1e-7 added below the fraction."""
    A, _ = tanh__guarded(cache)
    return dA * (1 - A**2)
