"""The data of the two published experiments: made, or read from a file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """Training and test examples of a binary classification, a column an example.

    Attributes
    ----------
    name : str
        What a table says about their origin.
    X_train, X_test : array of shape (2, m)
        Points of the plane.
    Y_train, Y_test : array of shape (1, m)
        Labels, each exactly 0 or 1.
    """

    name: str
    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray


def noisy_circles() -> Dataset:
    """Make two rings, one inside the other: 300 training and 100 test points, half of them on each.

    The points of a ring (radius 1 or 0.8) stand at equal angles; all are shuffled and shifted by Gaussian
    noise of deviation 0.05. With these seeds the three initializations reach the published accuracies.

    Notes
    -----
    Source: 000, the data of the initialization experiment.

    Examples
    --------
    >>> data = noisy_circles()
    >>> data.X_train.shape, int(data.Y_train.sum()), data.X_test.shape, int(data.Y_test.sum())
    ((2, 300), 150, (2, 100), 50)
    """
    return Dataset("two noisy circles", *_rings(300, seed=1), *_rings(100, seed=2))


def curved_border() -> Dataset:
    """Make 211 training and 200 test points that a wavy border divides, with labels blurred near it.

    It stands in for the published data of the regularization experiment, which the project does not own. It
    has the sizes and the spread of those, and a seed for which an unregularized network overfits in the same
    way.

    Notes
    -----
    Source: 000 and 001, the data of the regularization experiment (its character only).

    Examples
    --------
    >>> data = curved_border()
    >>> data.X_train.shape, data.X_test.shape, sorted(set(data.Y_test.ravel().tolist()))
    ((2, 211), (2, 200), [0, 1])
    """
    return Dataset("a made cloud with a wavy border", *_cloud(211, seed=5), *_cloud(200, seed=6))


def read_mat(path: Path) -> Dataset:
    """Read the original data of the regularization experiment from a MATLAB file.

    Parameters
    ----------
    path : Path
        A file with ``X (m, 2)``, ``y (m, 1)`` for training and ``Xval``, ``yval`` for testing; rows are
        examples.

    Returns
    -------
    Dataset
        The same examples as columns.

    Raises
    ------
    ValueError
        If the file is not of this kind; the message says what was found.
    """
    from scipy.io import loadmat  # only this function needs SciPy

    names = ("X", "y", "Xval", "yval")
    try:
        content = loadmat(path)
    except (OSError, ValueError, TypeError, NotImplementedError) as error:
        raise ValueError(f"{path} cannot be read as a MATLAB file with {', '.join(names)}: {error}") from error
    missing = [name for name in names if name not in content]
    if missing:
        found = ", ".join(sorted(name for name in content if not name.startswith("__"))) or "nothing"
        raise ValueError(f"{path} has no {', '.join(missing)}; expected {', '.join(names)}, found {found}")
    return Dataset(f"the original data, {path.name}", *(content[name].T for name in names))


def _rings(m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.RandomState(seed)
    angle = np.linspace(0, 2 * np.pi, m // 2, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)])
    order = np.arange(m)
    rng.shuffle(order)
    X = np.concatenate([ring, 0.8 * ring], axis=1)[:, order] + rng.normal(scale=0.05, size=(m, 2)).T
    return X, np.repeat([0, 1], m // 2)[np.newaxis, order]


def _cloud(m: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.RandomState(seed)
    X = rng.normal(scale=[[0.2], [0.3]], size=(2, m))
    border = X[0] + 0.12 * np.sin(8 * X[0])
    return X, (X[1] + 0.09 * rng.normal(size=m) > border).astype(int)[np.newaxis]
