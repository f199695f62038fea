"""Right solutions in other styles: each must get full marks."""

import numpy as np


def _center_loop(X):
    Xc = np.zeros(X.shape)
    mean = np.zeros((X.shape[0], 1))
    for i in range(X.shape[0]):
        mean[i, 0] = sum(X[i]) / X.shape[1]
        Xc[i] = X[i] - mean[i, 0]
    return [Xc, mean]


def _affine_einsum(X, W, b):
    return np.einsum("ij,jk->ik", W, X) + b, [X, W, b]


def _mean_square_dot(X, weight):
    flat = X.ravel()
    return np.squeeze(weight * np.dot(flat, flat) / flat.size)


def _noise_other_generator(n, m):
    return {"W1": np.random.default_rng(3).normal(0.0, 0.1, (n, m)), "b1": np.zeros((n, 1))}


def _above_float(X, threshold):
    return np.where(X > threshold, 1.0, 0.0)


STYLES = {
    "center": [_center_loop],
    "affine": [_affine_einsum],
    "mean_square": [_mean_square_dot],
    "noise": [_noise_other_generator],
    "above": [_above_float],
}
