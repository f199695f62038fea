"""Right solutions in other styles; each must get full marks.

The backward passes read the reference's cache, ``(Z_norm, gamma, 1 / sqrt(variance + epsilon))``; what a
submission keeps in a cache of its own is tried in the tests.
"""

import math

import numpy as np


def forward_by_second_moment(Z, gamma, beta, epsilon):
    mu = np.mean(Z, axis=1)[:, None]
    variance = np.mean(Z * Z, axis=1)[:, None] - mu**2
    return [gamma * (Z - mu) * (variance + epsilon) ** -0.5 + beta, {"Z": Z, "mu": mu}]


def forward_by_sums(Z, gamma, beta, epsilon):
    n, m = Z.shape
    mu = 1 / m * np.sum(Z, axis=1).reshape(n, 1)
    variance = 1.0 / m * np.sum(np.power(Z - mu, 2), axis=1).reshape(-1, 1)
    normal = np.divide(Z - mu, np.sqrt(variance + epsilon))
    return np.add(np.multiply(gamma, normal), beta), (Z, mu, variance, normal)


def forward_by_products(Z, gamma, beta, epsilon):
    ones = np.ones((Z.shape[1], 1))
    mu = Z @ (ones / Z.shape[1])
    deviation = np.sqrt(np.einsum("ij,ij->i", Z - mu, Z - mu)[:, None] / Z.shape[1] + epsilon)
    return gamma * ((Z - mu) / deviation) + beta, lambda: (Z, gamma)


def forward_by_loops(Z, gamma, beta, epsilon):
    n, m = Z.shape
    result = np.zeros((n, m))
    for i in range(n):
        mu = sum(Z[i, j] for j in range(m)) / m
        variance = sum((Z[i, j] - mu) ** 2 for j in range(m)) / m
        for j in range(m):
            result[i, j] = gamma[i, 0] * (Z[i, j] - mu) / math.sqrt(variance + epsilon) + beta[i, 0]
    return result, None


def forward_transposed(Z, gamma, beta, epsilon):
    rows = Z.T
    normal = (rows - rows.mean(0)) / np.sqrt(rows.std(0) ** 2 + epsilon)
    return (gamma.T * normal + beta.T).T, [normal]


def backward_in_stages(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    centred = Z_norm / inverse
    dZ_norm = dZ_tilde * gamma
    dvariance = np.sum(dZ_norm * centred * -0.5 * inverse**3, axis=1, keepdims=True)
    dmu = np.sum(-dZ_norm * inverse, axis=1, keepdims=True) + dvariance * np.mean(-2 * centred, axis=1, keepdims=True)
    dZ = dZ_norm * inverse + dvariance * 2 * centred / m + dmu / m
    return dZ, np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True), np.sum(dZ_tilde, axis=1, keepdims=True)


def backward_in_one_line(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma = np.einsum("ij,ij->i", dZ_tilde, Z_norm).reshape(-1, 1)
    dbeta = dZ_tilde.sum(1)[:, np.newaxis]
    return [gamma * inverse / m * (m * dZ_tilde - dbeta - Z_norm * dgamma), dgamma, dbeta]


def backward_by_means(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    scaled = gamma * dZ_tilde
    along = np.mean(scaled * Z_norm, axis=1, keepdims=True)
    dZ = inverse * (scaled - np.mean(scaled, axis=1, keepdims=True) - Z_norm * along)
    return dZ, np.diag(dZ_tilde @ Z_norm.T).copy()[:, None], np.dot(dZ_tilde, np.ones((dZ_tilde.shape[1], 1)))


def backward_by_jacobians(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    n, m = dZ_tilde.shape
    dZ = np.empty((n, m))
    for i in range(n):
        row = Z_norm[i]
        jacobian = gamma[i, 0] * inverse[i, 0] * (np.eye(m) - 1 / m - np.outer(row, row) / m)
        dZ[i] = jacobian.T.dot(dZ_tilde[i])
    return dZ, (dZ_tilde * Z_norm).sum(axis=1, keepdims=True), dZ_tilde.sum(axis=1, keepdims=True)


def running_by_sums(running_mean, running_variance, Z, momentum):
    m = Z.shape[1]
    mu = np.sum(Z, axis=1, keepdims=True) / m
    variance = np.sum((Z - mu) ** 2, axis=1, keepdims=True) / m
    return [running_mean * momentum + mu * (1 - momentum), running_variance * momentum + variance * (1 - momentum)]


def running_by_steps(running_mean, running_variance, Z, momentum):
    mu = Z.mean(axis=1).reshape(running_mean.shape)
    variance = Z.std(axis=1).reshape(running_variance.shape) ** 2
    step = 1 - momentum
    return running_mean + step * (mu - running_mean), running_variance - step * (running_variance - variance)


def running_by_second_moment(running_mean, running_variance, Z, momentum):
    mu = np.average(Z, axis=1)[:, None]
    variance = np.average(Z**2, axis=1)[:, None] - mu**2
    return momentum * running_mean + (1.0 - momentum) * mu, momentum * running_variance + (1.0 - momentum) * variance


def inference_in_steps(Z, gamma, beta, running_mean, running_variance, epsilon):
    normal = np.divide(np.subtract(Z, running_mean), np.sqrt(np.add(running_variance, epsilon)))
    return np.multiply(gamma, normal) + beta


def inference_folded(Z, gamma, beta, running_mean, running_variance, epsilon):
    slope = gamma * (running_variance + epsilon) ** -0.5
    return slope * Z + (beta - slope * running_mean)


def inference_by_columns(Z, gamma, beta, running_mean, running_variance, epsilon):
    deviation = np.sqrt(running_variance + epsilon)
    columns = [gamma * (Z[:, [j]] - running_mean) / deviation + beta for j in range(Z.shape[1])]
    return np.hstack(columns)


STYLES = {
    "batch_norm_forward": [
        forward_by_second_moment,
        forward_by_sums,
        forward_by_products,
        forward_by_loops,
        forward_transposed,
    ],
    "batch_norm_backward": [backward_in_stages, backward_in_one_line, backward_by_means, backward_by_jacobians],
    "update_running_average": [running_by_sums, running_by_steps, running_by_second_moment],
    "batch_norm_inference": [inference_in_steps, inference_folded, inference_by_columns],
}
