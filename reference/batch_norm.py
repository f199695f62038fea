"""Batch normalization of a layer's pre-activations: forward, backward, and at test time.

Source: 004, week three. ``Z`` has shape ``(n, m)``, a unit a row and an example a column; ``gamma`` and
``beta`` have shape ``(n, 1)``. Statistics are taken over the examples, and the variance is the biased one
(divided by m).
"""

import numpy as np


def batch_norm_forward(
    Z: np.ndarray, gamma: np.ndarray, beta: np.ndarray, epsilon: float = 1e-8
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Normalize each unit over the batch, then scale and shift.

    ``Z_norm = (Z - mu) / sqrt(variance + epsilon)`` and ``Z_tilde = gamma * Z_norm + beta``.

    Parameters
    ----------
    Z : array of shape (n, m)
        Pre-activations of a batch of m examples.
    gamma, beta : array of shape (n, 1)
        Learned scale and shift of each unit.
    epsilon : float
        Added to the variance, so that a constant unit is not divided by zero.

    Returns
    -------
    Z_tilde : array of shape (n, m)
    cache : tuple
        What `batch_norm_backward` needs: ``(Z_norm, gamma, inverse_deviation)``.

    Notes
    -----
    Source: 004, "batch normalization".

    Examples
    --------
    >>> Z_tilde, cache = batch_norm_forward(np.array([[1.0, 3.0]]), np.array([[2.0]]), np.array([[5.0]]), 0.0)
    >>> Z_tilde.tolist()
    [[3.0, 7.0]]
    """
    # BEGIN SOLUTION
    mu = np.mean(Z, axis=1, keepdims=True)
    variance = np.var(Z, axis=1, keepdims=True)
    inverse_deviation = 1 / np.sqrt(variance + epsilon)
    Z_norm = (Z - mu) * inverse_deviation
    Z_tilde = gamma * Z_norm + beta
    cache = (Z_norm, gamma, inverse_deviation)
    # END SOLUTION
    return Z_tilde, cache


def batch_norm_forward__guarded(
    Z: np.ndarray, gamma: np.ndarray, beta: np.ndarray, epsilon: float = 1e-8
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Batch normalization with a further guard of 1e-8 beside the root."""
    mu = np.mean(Z, axis=1, keepdims=True)
    inverse_deviation = 1 / (np.sqrt(np.var(Z, axis=1, keepdims=True) + epsilon) + 1e-8)
    Z_norm = (Z - mu) * inverse_deviation
    return gamma * Z_norm + beta, (Z_norm, gamma, inverse_deviation)


def batch_norm_backward(
    dZ_tilde: np.ndarray, cache: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Propagate a gradient back through `batch_norm_forward`.

    The mean and the variance depend on every example of the batch, so each column of ``dZ`` depends on all
    columns of ``dZ_tilde``::

        dgamma = sum of dZ_tilde * Z_norm       dbeta = sum of dZ_tilde       (over the examples)
        dZ = gamma / sqrt(variance + epsilon) * (dZ_tilde - dbeta / m - Z_norm * dgamma / m)

    Parameters
    ----------
    dZ_tilde : array of shape (n, m)
        Gradient of the cost with respect to ``Z_tilde``.
    cache : tuple
        As `batch_norm_forward` returned it.

    Returns
    -------
    dZ : array of shape (n, m)
    dgamma, dbeta : array of shape (n, 1)

    Notes
    -----
    Source: 004, "batch normalization" (the derivation is ours).

    Examples
    --------
    A gradient that is the same for all examples moves only the shift:

    >>> _, cache = batch_norm_forward(np.array([[1.0, 3.0]]), np.array([[2.0]]), np.array([[5.0]]))
    >>> dZ, dgamma, dbeta = batch_norm_backward(np.array([[1.0, 1.0]]), cache)
    >>> dZ.tolist(), dgamma.tolist(), dbeta.tolist()
    ([[0.0, 0.0]], [[0.0]], [[2.0]])
    """
    # BEGIN SOLUTION
    Z_norm, gamma, inverse_deviation = cache
    m = dZ_tilde.shape[1]
    dgamma = np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True)
    dbeta = np.sum(dZ_tilde, axis=1, keepdims=True)
    dZ = gamma * inverse_deviation * (dZ_tilde - dbeta / m - Z_norm * (dgamma / m))
    # END SOLUTION
    return dZ, dgamma, dbeta


def batch_norm_backward__guarded(
    dZ_tilde: np.ndarray, cache: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradient for a cache from a forward pass with a further guard of 1e-8 beside the root."""
    Z_norm, gamma, inverse_deviation = cache
    guarded = 1 / (1 / inverse_deviation + 1e-8)
    return batch_norm_backward(dZ_tilde, (Z_norm * guarded / inverse_deviation, gamma, guarded))


def update_running_average(
    running_mean: np.ndarray, running_variance: np.ndarray, Z: np.ndarray, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """Carry the statistics of one more batch into the running averages that are used at test time.

    ``running = momentum * running + (1 - momentum) * new``, for the mean and for the (biased) variance.

    Parameters
    ----------
    running_mean, running_variance : array of shape (n, 1)
        The averages so far.
    Z : array of shape (n, m)
        Pre-activations of the new batch.
    momentum : float
        Weight of the past, in [0, 1).

    Returns
    -------
    running_mean, running_variance : array of shape (n, 1)

    Notes
    -----
    Source: 004, "batch norm at test time".

    Examples
    --------
    >>> zero, one, Z = np.zeros((1, 1)), np.ones((1, 1)), np.array([[1.0, 3.0]])
    >>> mean, variance = update_running_average(zero, one, Z, momentum=0.5)
    >>> mean.tolist(), variance.tolist()
    ([[1.0]], [[1.0]])
    """
    # BEGIN SOLUTION
    running_mean = momentum * running_mean + (1 - momentum) * np.mean(Z, axis=1, keepdims=True)
    running_variance = momentum * running_variance + (1 - momentum) * np.var(Z, axis=1, keepdims=True)
    # END SOLUTION
    return running_mean, running_variance


def batch_norm_inference(
    Z: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_variance: np.ndarray,
    epsilon: float = 1e-8,
) -> np.ndarray:
    """Normalize with the running averages, so that an example's answer does not depend on its neighbours.

    ``Z_tilde = gamma * (Z - running_mean) / sqrt(running_variance + epsilon) + beta``

    Parameters
    ----------
    Z : array of shape (n, m)
        Pre-activations; m may be 1.
    gamma, beta : array of shape (n, 1)
        Learned scale and shift of each unit.
    running_mean, running_variance : array of shape (n, 1)
        The averages that were kept while training.
    epsilon : float
        Added to the variance.

    Returns
    -------
    Z_tilde : array of shape (n, m)

    Notes
    -----
    Source: 004, "batch norm at test time".

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> batch_norm_inference(np.array([[9.0]]), 2 * one, 5 * one, one, 4 * one, epsilon=0.0).tolist()
    [[13.0]]
    """
    # BEGIN SOLUTION
    Z_tilde = gamma * (Z - running_mean) / np.sqrt(running_variance + epsilon) + beta
    # END SOLUTION
    return Z_tilde


def batch_norm_inference__guarded(
    Z: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_variance: np.ndarray,
    epsilon: float = 1e-8,
) -> np.ndarray:
    """Batch normalization at test time with a further guard of 1e-8 beside the root."""
    return gamma * (Z - running_mean) / (np.sqrt(running_variance + epsilon) + 1e-8) + beta
