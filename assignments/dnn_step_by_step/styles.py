"""Right solutions in other styles: each must get full marks, and each may widen a tolerance by its own rounding."""

import copy
import math
import random

import numpy as np

# -- initialization ----------------------------------------------------------------------


def _seeded_template(n_x, n_h, n_y):
    np.random.seed(1)
    W1 = np.random.randn(n_h, n_x) * 0.01
    b1 = np.zeros(shape=(n_h, 1))
    W2 = np.random.randn(n_y, n_h) * 0.01
    b2 = np.zeros([n_y, 1])
    assert W1.shape == (n_h, n_x)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def _second_layer_first(n_x, n_h, n_y):
    rng = np.random.default_rng(7)
    W2, W1 = rng.normal(0, 0.01, (n_y, n_h)), rng.normal(scale=0.01, size=(n_h, n_x))
    return {"b2": np.zeros((n_y, 1)), "W2": W2, "b1": np.zeros((n_h, 1)), "W1": W1}


def _transposed_draw(n_x, n_h, n_y):
    return {
        "W1": np.random.standard_normal((n_x, n_h)).T / 100,
        "b1": np.random.randn(n_h, 1) * 0,
        "W2": np.random.RandomState(3).normal(0.0, 0.01, size=(n_y, n_h)),
        "b2": np.zeros(n_y).reshape(-1, 1),
    }


def _deep_template(layer_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.01
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def _deep_later_edition(layer_dims):
    np.random.seed(1)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters[f"W{l}"] = np.random.randn(layer_dims[l], layer_dims[l - 1]) / np.sqrt(layer_dims[l - 1])
        parameters[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return parameters


def _deep_number_by_number(layer_dims):
    random.seed(5)
    parameters = {}
    for l in range(1, len(layer_dims)):
        before, size = layer_dims[l - 1], layer_dims[l]
        parameters[f"W{l}"] = np.array([[random.gauss(0, 0.01) for _ in range(before)] for _ in range(size)])
        parameters[f"b{l}"] = np.array([[0.0]] * size)
    return parameters


def _deep_backwards(layer_dims):
    rng = np.random.default_rng()
    weights = {
        f"W{l}": rng.standard_normal((layer_dims[l], layer_dims[l - 1])) * math.sqrt(1 / layer_dims[l - 1])
        for l in range(len(layer_dims) - 1, 0, -1)
    }
    return {**weights, **{f"b{l}": np.zeros((layer_dims[l], 1)) for l in range(1, len(layer_dims))}}


# -- forward -----------------------------------------------------------------------------


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _linear_with_dot(A, W, b):
    Z = np.dot(W, A) + b
    assert Z.shape == (W.shape[0], A.shape[1])
    return Z, (A, W, b)


def _linear_with_einsum(A, W, b):
    return [np.einsum("ij,jk->ik", W, A) + np.tile(b, (1, A.shape[1])), [A, W, b]]


def _linear_with_loops(A, W, b):
    Z = np.zeros((W.shape[0], A.shape[1]))
    for i in range(Z.shape[0]):
        for j in range(Z.shape[1]):
            Z[i, j] = sum(W[i, k] * A[k, j] for k in range(W.shape[1])) + b[i, 0]
    return Z, (A.copy(), W.copy(), b.copy())


def _linear_by_examples(A, W, b):
    return np.transpose(A.T @ W.T + b.T), (A, W, b)


def _layer_inline(A_prev, W, b, activation):
    Z = W.dot(A_prev) + b
    A = _sigmoid(Z) if activation == "sigmoid" else Z * (Z > 0)
    return A, ((A_prev, W, b), Z)


def _layer_with_table(A_prev, W, b, activation):
    functions = {"sigmoid": lambda Z: 0.5 * (1 + np.tanh(Z / 2)), "relu": lambda Z: (np.abs(Z) + Z) / 2}
    Z, linear_cache = _linear_with_einsum(A_prev, W, b)
    return [functions[activation](Z), [linear_cache, Z]]


def _layer_in_place(A_prev, W, b, activation):
    Z = np.add(np.matmul(W, A_prev), b)
    A = Z.copy()
    if activation == "relu":
        A[A < 0] = 0
    if activation == "sigmoid":
        A = np.exp(-np.logaddexp(0, -A))
    return A, ((A_prev, W, b), Z)


def _model_template(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A_prev = A
        A, cache = _layer_inline(A_prev, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = _layer_inline(A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    assert AL.shape == (1, X.shape[1])
    return AL, caches


def _model_by_name(X, parameters):
    weights = sorted((name for name in parameters if name[0] == "W"), key=lambda name: int(name[1:]))
    caches = ()
    for name in weights:
        kind = "sigmoid" if name == weights[-1] else "relu"
        X, cache = _layer_in_place(X, parameters[name], parameters["b" + name[1:]], kind)
        caches += (cache,)
    return X, caches


def _model_recursive(X, parameters, l=1):
    last = f"W{l + 1}" not in parameters
    A, cache = _layer_with_table(X, parameters[f"W{l}"], parameters[f"b{l}"], ("relu", "sigmoid")[last])
    if last:
        return A, [cache]
    AL, rest = _model_recursive(A, parameters, l + 1)
    return AL, [cache, *rest]


# -- cost --------------------------------------------------------------------------------


def _cost_with_sum(AL, Y):
    m = Y.shape[1]
    return -1 / m * np.sum(np.multiply(Y, np.log(AL)) + np.multiply(1 - Y, np.log(1 - AL)))


def _cost_with_dot(AL, Y):
    cost = -(np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T)) / Y.shape[1]
    cost = np.squeeze(cost)
    assert cost.shape == ()
    return cost


def _cost_with_where(AL, Y):
    return float(-np.log(np.where(Y == 1, AL, 1 - AL)).mean())


def _cost_with_loop(AL, Y):
    total = 0.0
    for a, y in zip(AL.flatten().tolist(), Y.flatten().tolist(), strict=True):
        total -= math.log(a) if y else math.log(1 - a)
    return total / AL.shape[1]


def _cost_with_logits(AL, Y):
    Z = np.log(AL / (1 - AL))
    return np.mean(np.logaddexp(0, Z) - Y * Z)


def _cost_clipped(AL, Y):
    AL = np.clip(AL, 1e-10, 1 - 1e-10)
    return np.average(-Y * np.log(AL) - (1 - Y) * np.log1p(-AL))


# -- backward ----------------------------------------------------------------------------


def _linear_backward_template(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = 1.0 / m * np.dot(dZ, A_prev.T)
    db = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    assert dA_prev.shape == A_prev.shape
    assert dW.shape == W.shape
    assert db.shape == b.shape
    return dA_prev, dW, db


def _linear_backward_with_einsum(dZ, cache):
    A_prev, W = cache[0], cache[1]
    dW = np.einsum("ik,jk->ij", dZ, A_prev) / dZ.shape[1]
    return [np.einsum("ji,jk->ik", W, dZ), dW, dZ.mean(axis=1, keepdims=True)]


def _linear_backward_with_ones(dZ, cache):
    A_prev, W, b = cache
    m = np.size(dZ, 1)
    return (dZ.T @ W).T, (A_prev @ dZ.T).T / m, dZ @ np.full((m, 1), 1 / m)


def _linear_backward_by_examples(dZ, cache):
    A_prev, W, b = cache
    dW, db, m = np.zeros(W.shape), np.zeros_like(b), dZ.shape[1]
    for j in range(m):
        dW += np.outer(dZ[:, j], A_prev[:, j]) / m
        db += dZ[:, [j]] / m
    return np.matmul(W.transpose(), dZ), dW, np.mean(dZ, axis=1).reshape(b.shape)


def _slope(dA, Z, activation):
    s = _sigmoid(Z)
    return dA * s * (1 - s) if activation == "sigmoid" else np.multiply(dA, np.int64(Z > 0))


def _layer_backward_template(dA, cache, activation):
    linear_cache, activation_cache = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[activation_cache <= 0] = 0
        dA_prev, dW, db = _linear_backward_template(dZ, linear_cache)
    elif activation == "sigmoid":
        s = _sigmoid(activation_cache)
        dZ = dA * s * (1 - s)
        dA_prev, dW, db = _linear_backward_template(dZ, linear_cache)
    return dA_prev, dW, db


def _layer_backward_short(dA, cache, activation):
    return _linear_backward_with_einsum(_slope(dA, cache[1], activation), cache[0])


def _layer_backward_from_activations(dA, cache, activation):
    """From A instead of Z, which it computes again."""
    (A_prev, W, b), _ = cache
    A, (_, Z) = _layer_in_place(A_prev, W, b, activation)
    dZ = dA * A - dA * A**2 if activation == "sigmoid" else dA * np.sign(np.maximum(Z, 0))
    return _linear_backward_with_ones(dZ, cache[0])


def _model_backward_template(AL, Y, caches):
    grads = {}
    L = len(caches)
    Y = Y.reshape(AL.shape)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    current_cache = caches[L - 1]
    grads["dA" + str(L)], grads["dW" + str(L)], grads["db" + str(L)] = _layer_backward_template(
        dAL, current_cache, "sigmoid"
    )
    for l in reversed(range(L - 1)):
        current_cache = caches[l]
        dA_prev_temp, dW_temp, db_temp = _layer_backward_template(grads["dA" + str(l + 2)], current_cache, "relu")
        grads["dA" + str(l + 1)] = dA_prev_temp
        grads["dW" + str(l + 1)] = dW_temp
        grads["db" + str(l + 1)] = db_temp
    return grads


def _model_backward_without_dA(AL, Y, caches):
    grads, dA = {}, -Y / AL + (1 - Y) / (1 - AL)
    for l in range(len(caches), 0, -1):
        kind = "relu" if l < len(caches) else "sigmoid"
        dA, grads[f"dW{l}"], grads[f"db{l}"] = _layer_backward_short(dA, caches[l - 1], kind)
    return grads


def _model_backward_from_dZ(AL, Y, caches):
    """The last layer starts from AL - Y, and nothing is computed for the input."""
    L, m = len(caches), AL.shape[1]
    dZ, dA, grads = AL - Y, None, {}
    for l in range(L, 0, -1):
        (A_prev, W, b), Z = caches[l - 1]
        if l < L:
            dZ = np.where(Z > 0, dA, 0)
        grads[f"dW{l}"], grads[f"db{l}"] = dZ @ A_prev.T / m, dZ.sum(axis=1).reshape(-1, 1) / m
        if l > 1:
            dA = W.T @ dZ
    return dict(sorted(grads.items()))


# -- update ------------------------------------------------------------------------------


def _update_template(params, grads, learning_rate):
    parameters = copy.deepcopy(params)
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] = parameters["W" + str(l + 1)] - learning_rate * grads["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] = parameters["b" + str(l + 1)] - learning_rate * grads["db" + str(l + 1)]
    return parameters


def _update_rebinding(parameters, grads, learning_rate):
    for l in range(1, len(parameters) // 2 + 1):
        parameters[f"W{l}"] = np.subtract(parameters[f"W{l}"], np.multiply(learning_rate, grads[f"dW{l}"]))
        parameters[f"b{l}"] = parameters[f"b{l}"] + (-learning_rate) * grads[f"db{l}"]
    return parameters


def _update_in_a_copy(parameters, grads, learning_rate):
    new = {name: value.copy() for name, value in parameters.items()}
    for name in new:
        new[name] -= grads["d" + name] * learning_rate
    return new


def _update_by_gradients(parameters, grads, learning_rate):
    return {name[1:]: parameters[name[1:]] - learning_rate * g for name, g in grads.items() if name[1] in "Wb"}


STYLES = {
    "initialize_parameters": [_seeded_template, _second_layer_first, _transposed_draw],
    "initialize_parameters_deep": [_deep_template, _deep_later_edition, _deep_number_by_number, _deep_backwards],
    "linear_forward": [_linear_with_dot, _linear_with_einsum, _linear_with_loops, _linear_by_examples],
    "linear_activation_forward": [_layer_inline, _layer_with_table, _layer_in_place],
    "L_model_forward": [_model_template, _model_by_name, _model_recursive],
    "compute_cost": [
        _cost_with_sum,
        _cost_with_dot,
        _cost_with_where,
        _cost_with_loop,
        _cost_with_logits,
        _cost_clipped,
    ],
    "linear_backward": [
        _linear_backward_template,
        _linear_backward_with_einsum,
        _linear_backward_with_ones,
        _linear_backward_by_examples,
    ],
    "linear_activation_backward": [
        _layer_backward_template,
        _layer_backward_short,
        _layer_backward_from_activations,
    ],
    "L_model_backward": [_model_backward_template, _model_backward_without_dA, _model_backward_from_dZ],
    "update_parameters": [_update_template, _update_rebinding, _update_in_a_copy, _update_by_gradients],
}
