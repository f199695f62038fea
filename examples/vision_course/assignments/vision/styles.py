"""Right solutions in other styles, each of which must have full marks."""

import numpy as np


def _affine_dot(x, w, b):
    rows = np.reshape(x, (x.shape[0], np.prod(x.shape[1:])))
    return np.dot(rows, w) + b.reshape(1, -1), (x, w, b)


def _one_at_a_time(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(x.shape[0]):
        powers = np.exp(x[i] - np.max(x[i]))
        loss += (np.log(np.sum(powers)) - (x[i, y[i]] - np.max(x[i]))) / x.shape[0]
        dx[i] = powers / np.sum(powers) / x.shape[0]
        dx[i, y[i]] -= 1 / x.shape[0]
    return loss, dx


def _in_place(w, dw, config):
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    w += config["velocity"]
    return w, config


def _broadcast(self, X):
    return np.linalg.norm(X[:, None] - self.X_train[None], axis=2)


STYLES = {
    "affine_forward": [_affine_dot],
    "softmax_loss": [_one_at_a_time],
    "sgd_momentum": [_in_place],
    "KNearestNeighbor.compute_distances_no_loops": [_broadcast],
}
