"""What surrounds the training loop: splitting data, normalizing, diagnosing, searching, stopping, augmenting.

Source: 004, weeks one and three. Columns are examples, except for images, which come as
``(m, height, width, channels)``.
"""

from collections.abc import Sequence

import numpy as np


def train_dev_test_split(
    X: np.ndarray, Y: np.ndarray, dev_fraction: float, test_fraction: float, seed: int = 0
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Shuffle the examples and divide them into a training, a development and a test set.

    Parameters
    ----------
    X : array of shape (n_x, m)
        The examples, one a column.
    Y : array of shape (n_y, m)
        Their labels.
    dev_fraction, test_fraction : float
        Shares of the development and of the test set; training gets the rest. A set may come out empty.
    seed : int
        Chooses the permutation.

    Returns
    -------
    train, dev, test : (X_part, Y_part)
        Disjoint, together all examples, each with its own label. The size of each differs by at most one from
        its exact share of m.

    Notes
    -----
    Source: 004, "train, dev and test sets".

    Examples
    --------
    >>> X = np.arange(20.0).reshape(2, 10)
    >>> [x.shape for x, y in train_dev_test_split(X, X[:1], dev_fraction=0.2, test_fraction=0.1)]
    [(2, 7), (2, 2), (2, 1)]
    """
    # BEGIN SOLUTION
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    # Rounding the two borders, not the three sizes, keeps the sum right; each size is within one of its share.
    borders = [round(m * (1 - dev_fraction - test_fraction)), round(m * (1 - test_fraction))]
    train, dev, test = ((X[:, part], Y[:, part]) for part in np.split(order, borders))
    # END SOLUTION
    return train, dev, test


def fit_normalization(X_train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure mean and spread of every feature on the training set.

    Parameters
    ----------
    X_train : array of shape (n_x, m)
        The training examples.

    Returns
    -------
    mu, sigma : array of shape (n_x, 1)
        Mean and (biased) standard deviation over the examples; `sigma` is 0 for a constant feature.

    Notes
    -----
    Source: 004, "normalization".

    Examples
    --------
    >>> mu, sigma = fit_normalization(np.array([[1.0, 3.0], [5.0, 5.0]]))
    >>> mu.tolist(), sigma.tolist()
    ([[2.0], [5.0]], [[1.0], [0.0]])
    """
    # BEGIN SOLUTION
    mu = np.mean(X_train, axis=1, keepdims=True)
    sigma = np.std(X_train, axis=1, keepdims=True)
    # END SOLUTION
    return mu, sigma


def fit_normalization__guarded(X_train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same with a guard of 1e-7 added to the deviation, as large as a guard may be."""
    mu, sigma = fit_normalization(X_train)
    return mu, sigma + 1e-7


def fit_normalization__guarded_root(X_train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same with the customary guard of 1e-8 inside the root."""
    mu, sigma = fit_normalization(X_train)
    return mu, np.sqrt(sigma**2 + 1e-8)


def normalize(X: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Shift and scale every feature by what was measured on the training set.

    ``X_norm = (X - mu) / sigma``; a constant feature (`sigma` 0) is only shifted, so that no nan appears.

    Parameters
    ----------
    X : array of shape (n_x, m)
        Examples of any set: training, development and test are treated alike.
    mu, sigma : array of shape (n_x, 1)
        From `fit_normalization`.

    Returns
    -------
    X_norm : array of shape (n_x, m)

    Notes
    -----
    Source: 004, "normalization".

    Examples
    --------
    >>> normalize(np.array([[4.0], [5.0]]), np.array([[2.0], [5.0]]), np.array([[0.5], [0.0]])).tolist()
    [[4.0], [0.0]]
    """
    # BEGIN SOLUTION
    X_norm = (X - mu) / np.where(sigma > 0, sigma, 1.0)
    # END SOLUTION
    return X_norm


def normalize__guarded(X: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """The same with a guard of 1e-7 added to the deviation, as large as a guard may be."""
    return (X - mu) / (sigma + 1e-7)


def normalize__guarded_root(X: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """As right as the reference up to a guard of 1e-8 beside the variance."""
    return (X - mu) / np.sqrt(sigma**2 + 1e-8)


def diagnose_fit(train_error: float, dev_error: float, bayes_error: float = 0.0, tolerance: float = 0.02) -> set[str]:
    """Tell bias from variance by the errors on the training and the development set.

    High bias when ``train_error - bayes_error > tolerance``; high variance when
    ``dev_error - train_error > tolerance``.

    Parameters
    ----------
    train_error, dev_error : float
        Error rates, from 0 to 1.
    bayes_error : float
        The error that nobody can avoid.
    tolerance : float
        The largest gap that still counts as none.

    Returns
    -------
    diagnosis : set of str
        Holds ``"high bias"``, ``"high variance"``, both, or neither.

    Notes
    -----
    Source: 004, "bias and variance".

    Examples
    --------
    >>> diagnose_fit(0.01, 0.11), diagnose_fit(0.15, 0.16), diagnose_fit(0.15, 0.16, bayes_error=0.15)
    ({'high variance'}, {'high bias'}, set())
    """
    # BEGIN SOLUTION
    diagnosis: set[str] = set()
    if train_error - bayes_error > tolerance:
        diagnosis.add("high bias")
    if dev_error - train_error > tolerance:
        diagnosis.add("high variance")
    # END SOLUTION
    return diagnosis


def sample_learning_rate(low: float, high: float, n: int, seed: int = 0) -> np.ndarray:
    """Draw learning rates that are uniform on a logarithmic scale.

    Parameters
    ----------
    low, high : float
        Bounds of the learning rate, ``0 < low < high``.
    n : int
        How many to draw.
    seed : int
        Chooses the draws.

    Returns
    -------
    alphas : array of shape (n,)
        ``log(alpha)`` is uniform between ``log(low)`` and ``log(high)``.

    Notes
    -----
    Source: 004, "choosing the right scale for hyperparameters".

    Examples
    --------
    About a third of the draws falls in each decade:

    >>> alphas = sample_learning_rate(0.001, 1.0, 9000)
    >>> (np.histogram(alphas, [0.001, 0.01, 0.1, 1.0])[0] / 9000).round(1).tolist()
    [0.3, 0.3, 0.3]
    """
    # BEGIN SOLUTION
    alphas = _log_uniform(low, high, n, seed)
    # END SOLUTION
    return alphas


def sample_momentum(low: float, high: float, n: int, seed: int = 0) -> np.ndarray:
    """Draw momentum coefficients for which ``1 - beta`` is uniform on a logarithmic scale.

    Parameters
    ----------
    low, high : float
        Bounds of beta itself, ``0 <= low < high < 1``.
    n : int
        How many to draw.
    seed : int
        Chooses the draws.

    Returns
    -------
    betas : array of shape (n,)
        ``log(1 - beta)`` is uniform between ``log(1 - high)`` and ``log(1 - low)``.

    Notes
    -----
    Source: 004, "choosing the right scale for hyperparameters".

    Examples
    --------
    Half of the draws between 0.9 and 0.999 lies above 0.99:

    >>> round(float(np.mean(sample_momentum(0.9, 0.999, 9000) > 0.99)), 1)
    0.5
    """
    # BEGIN SOLUTION
    betas = np.clip(1 - _log_uniform(1 - high, 1 - low, n, seed), low, high)
    # END SOLUTION
    return betas


def early_stopping_epoch(dev_costs: Sequence[float], patience: int) -> int:
    """Find the epoch whose parameters early stopping keeps.

    Epochs are looked at in order. A cost strictly below the best so far is the new best; `patience` epochs in
    a row without one end the training, and later epochs are never seen.

    Parameters
    ----------
    dev_costs : sequence of float
        Cost on the development set after each epoch; at least one.
    patience : int
        Epochs to wait for an improvement, at least 1.

    Returns
    -------
    best_epoch : int
        Index of the best epoch seen before patience ran out.

    Notes
    -----
    Source: 004, "other regularization methods" (early stopping).

    Examples
    --------
    >>> early_stopping_epoch([3.0, 2.0, 2.5, 2.5, 1.0], patience=2)
    1
    >>> early_stopping_epoch([3.0, 2.0, 2.5, 2.5, 1.0], patience=3)
    4
    """
    # BEGIN SOLUTION
    best_epoch = 0
    for epoch, cost in enumerate(dev_costs):
        if cost < dev_costs[best_epoch]:
            best_epoch = epoch
        elif epoch - best_epoch >= patience:
            break
    # END SOLUTION
    return best_epoch


def flip_horizontal(images: np.ndarray) -> np.ndarray:
    """Mirror images left to right.

    Parameters
    ----------
    images : array of shape (m, height, width, channels)

    Returns
    -------
    flipped : array of shape (m, height, width, channels)
        A view of the images will do, too; the images that came in stay as they are.

    Notes
    -----
    Source: 004, "other regularization methods" (data augmentation).

    Examples
    --------
    >>> flip_horizontal(np.array([1, 2, 3]).reshape(1, 1, 3, 1)).ravel().tolist()
    [3, 2, 1]
    """
    # BEGIN SOLUTION
    flipped = images[:, :, ::-1, :].copy()
    # END SOLUTION
    return flipped


def _log_uniform(low: float, high: float, n: int, seed: int) -> np.ndarray:
    draws = np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), n))
    return np.clip(draws, low, high)  # exp(log(low)) may miss low by one rounding
