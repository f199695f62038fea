"""Right solutions in other styles; each must get full marks."""

import math
import random
from itertools import pairwise

import numpy as np

# -- one_hot -----------------------------------------------------------------------------


def one_hot_by_identity(labels, C):
    return np.eye(C)[labels].T


def one_hot_by_column(labels, C):
    return np.eye(C, dtype=int)[:, labels.reshape(-1)]


def one_hot_by_index(labels, C):
    m = labels.shape[0]
    Y = np.zeros((C, m))
    Y[labels, np.arange(m)] = 1
    return Y


def one_hot_by_loops(labels, C):
    Y = np.zeros((C, len(labels)), dtype=np.int32)
    for column, label in enumerate(labels):
        Y[int(label)][column] = 1
    return Y


def one_hot_by_comparison(labels, C):
    return np.array([labels == c for c in range(C)])


def one_hot_by_shifts(labels, C):
    return np.where(labels.reshape(1, -1) == np.arange(C).reshape(-1, 1), np.float32(1), np.float32(0))


# -- softmax -----------------------------------------------------------------------------


def softmax_by_columns(Z):
    columns = []
    for z in Z.T:
        t = np.exp(z - z.max())
        columns.append(t / t.sum())
    return np.array(columns).T


def softmax_by_logarithms(Z):
    highest = Z.max(0)
    return np.exp(Z - highest - np.log(np.exp(Z - highest).sum(0)))


def softmax_by_logaddexp(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=0))


def softmax_transposed(Z):
    scores = Z.T - np.amax(Z.T, axis=1).reshape(-1, 1)
    return np.divide(np.exp(scores), np.sum(np.exp(scores), axis=1, keepdims=True)).T


def softmax_by_differences(Z):
    C, m = Z.shape
    A = np.zeros((C, m))
    with np.errstate(over="ignore"):
        for j in range(C):
            A[j] = 1 / np.sum(np.exp(Z - Z[j]), axis=0)
    return A


# -- softmax_cost ------------------------------------------------------------------------


def cost_of_true_class(AL, Y):
    return np.mean(-np.log(np.sum(AL * Y, axis=0)))


def cost_by_index(AL, Y):
    m = Y.shape[1]
    return -np.log(AL[Y.argmax(axis=0), range(m)]).sum() / m


def cost_by_mask(AL, Y):
    return np.squeeze(-1.0 / Y.shape[1] * np.sum(np.log(AL[Y == 1])))


def cost_ignoring_nan(AL, Y):
    with np.errstate(all="ignore"):
        return -np.nansum(np.multiply(Y, np.log(AL))) / AL.shape[1]


def cost_clipped(AL, Y):
    return float(-np.sum(Y * np.log(np.clip(AL, 1e-12, 1.0))) / Y.shape[1])


def cost_by_loops(AL, Y):
    C, m = Y.shape
    total = 0.0
    for i in range(m):
        for j in range(C):
            if Y[j, i]:
                total -= math.log(AL[j, i])
    return total / m


# -- softmax_backward --------------------------------------------------------------------


def backward_by_copy(AL, Y):
    dZ = AL.copy()
    dZ[np.argmax(Y, axis=0), np.arange(Y.shape[1])] -= 1
    return dZ


def backward_by_jacobian(AL, Y):
    dZ = np.zeros_like(AL)
    for i in range(AL.shape[1]):
        a = AL[:, i]
        dZ[:, i] = (np.diag(a) - np.outer(a, a)) @ (-Y[:, i] / np.where(Y[:, i] > 0, a, 1))
    return dZ


def backward_by_subtract(AL, Y):
    return np.subtract(AL, Y, dtype=np.float64)


# -- predict -----------------------------------------------------------------------------


def predict_by_method(AL):
    return AL.argmax(0)


def predict_by_sorting(AL):
    return np.argsort(AL, axis=0)[-1]


def predict_by_loops(AL):
    labels = np.zeros(AL.shape[1])
    for i in range(AL.shape[1]):
        best = 0
        for c in range(AL.shape[0]):
            if AL[c, i] > AL[best, i]:
                best = c
        labels[i] = best
    return labels


def predict_by_list(AL):
    return np.array([np.argmax(column) for column in AL.T], dtype=np.int32)


# -- sigmoid_cross_entropy_with_logits ---------------------------------------------------


def logits_by_logaddexp(Z, Y):
    return np.logaddexp(0, Z) - Z * Y


def logits_by_log_sigmoids(Z, Y):
    return Y * np.logaddexp(0, -Z) + (1 - Y) * np.logaddexp(0, Z)


def logits_by_cases(Z, Y):
    with np.errstate(over="ignore"):
        positive, negative = np.log(1 + np.exp(-Z)), np.log(1 + np.exp(Z))
    return np.where(Z >= 0, Z - Z * Y + positive, negative - Z * Y)


def logits_by_formula(Z, Y):
    return Z * (Z > 0) - Z * Y + np.log(1 + np.exp(-abs(Z)))


def logits_by_loops(Z, Y):
    losses = np.empty(Z.shape)
    for index, z in np.ndenumerate(Z):
        losses[index] = max(z, 0) - z * Y[index] + math.log1p(math.exp(-abs(z)))
    return losses


# -- xavier_initialization ---------------------------------------------------------------


def xavier_by_generator(layer_dims):
    generator = np.random.default_rng(1)
    parameters = {}
    for l in range(1, len(layer_dims)):
        scale = np.sqrt(1 / layer_dims[l - 1])
        parameters["W" + str(l)] = generator.normal(0, scale, size=(layer_dims[l], layer_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def xavier_biases_first(layer_dims):
    np.random.seed(3)
    L = len(layer_dims)
    parameters = {f"b{l}": np.zeros((layer_dims[l], 1)) for l in range(1, L)}
    for l in reversed(range(1, L)):
        shape = (layer_dims[l], layer_dims[l - 1])
        parameters[f"W{l}"] = np.random.standard_normal(shape) * np.sqrt(2.0 / sum(shape))
    return parameters


def xavier_by_rand(layer_dims):
    parameters = {}
    for l, (n_prev, n) in enumerate(pairwise(layer_dims), 1):
        limit = math.sqrt(6 / (n_prev + n))
        parameters[f"W{l}"] = (2 * np.random.rand(n, n_prev) - 1) * limit
        parameters[f"b{l}"] = np.full((n, 1), 0.0)
    return parameters


def xavier_by_random_module(layer_dims):
    random.seed(0)
    parameters = {}
    for l in range(1, len(layer_dims)):
        n, n_prev = layer_dims[l], layer_dims[l - 1]
        parameters[f"W{l}"] = np.array([[random.gauss(0, n_prev**-0.5) for _ in range(n_prev)] for _ in range(n)])
        parameters[f"b{l}"] = np.array([[0.0]] * n)
    return parameters


STYLES = {
    "one_hot": [
        one_hot_by_identity,
        one_hot_by_column,
        one_hot_by_index,
        one_hot_by_loops,
        one_hot_by_comparison,
        one_hot_by_shifts,
    ],
    "softmax": [
        softmax_by_columns,
        softmax_by_logarithms,
        softmax_by_logaddexp,
        softmax_transposed,
        softmax_by_differences,
    ],
    "softmax_cost": [
        cost_of_true_class,
        cost_by_index,
        cost_by_mask,
        cost_ignoring_nan,
        cost_clipped,
        cost_by_loops,
    ],
    "softmax_backward": [backward_by_copy, backward_by_jacobian, backward_by_subtract],
    "predict": [predict_by_method, predict_by_sorting, predict_by_loops, predict_by_list],
    "sigmoid_cross_entropy_with_logits": [
        logits_by_logaddexp,
        logits_by_log_sigmoids,
        logits_by_cases,
        logits_by_formula,
        logits_by_loops,
    ],
    "xavier_initialization": [
        xavier_by_generator,
        xavier_biases_first,
        xavier_by_rand,
        xavier_by_random_module,
    ],
}
