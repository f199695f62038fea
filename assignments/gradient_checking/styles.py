"""Right solutions in other styles: all of them get full marks."""

import math

import numpy as np

_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def forward_propagation(x, theta):
    return np.dot(theta, x)


def backward_propagation(x, theta):
    return x


def _of_swapped_product(x, theta):
    return x * theta


def _of_arrays(x, theta):
    return np.multiply(np.asarray(x), np.asarray(theta))


def _as_difference(x, theta):
    return forward_propagation(x, theta + 1) - forward_propagation(x, theta)


def _converted(x, theta):
    return float(x)


def _with_norms(x, theta, epsilon=1e-7, print_msg=False):
    J_plus = forward_propagation(x, theta + epsilon)
    J_minus = forward_propagation(x, theta - epsilon)
    approximation = (J_plus - J_minus) / (2 * epsilon)
    grad = backward_propagation(x, theta)
    difference = np.linalg.norm(grad - approximation) / (np.linalg.norm(grad) + np.linalg.norm(approximation))
    return difference


def _with_absolute_values(x, theta, epsilon=1e-7):
    approximation = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / 2 / epsilon
    grad = backward_propagation(x=x, theta=theta)
    return abs(approximation - grad) / (abs(approximation) + abs(grad))


def _guarded(x, theta, epsilon=1e-7):
    rise = 0.5 * (forward_propagation(theta + epsilon, x) - forward_propagation(theta - epsilon, x))
    gap = np.array([rise / epsilon - backward_propagation(x, theta)])
    size = np.abs(rise / epsilon) + np.abs(backward_propagation(x, theta)) + 1e-8
    return np.squeeze(np.sqrt(np.sum(gap**2)) / size)


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _network(X, parameters):
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in _NAMES)
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(0, Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = Z2 * (Z2 > 0)
    Z3 = np.dot(W3, A2) + b3
    return [Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, _sigmoid(Z3), W3, b3]


def forward_propagation_n(X, Y, parameters):
    cache = _network(X, parameters)
    A3 = cache[9]
    logprobs = np.multiply(-np.log(A3), Y) + np.multiply(-np.log(1 - A3), 1 - Y)
    return 1.0 / X.shape[1] * np.nansum(logprobs), tuple(cache)


def _mean_in_a_list(X, Y, parameters):
    cache = _network(X, parameters)
    return [-np.mean(np.where(Y == 1, np.log(cache[9]), np.log(1 - cache[9]))), cache]


def _from_products(X, Y, parameters):
    cache = _network(X, parameters)
    A3, m = cache[9], Y.shape[1]
    cost = -(np.dot(Y, np.log(A3).T) + np.dot(1 - Y, np.log(1 - A3).T)) / m
    return np.squeeze(cost), tuple(cache)


def _softplus_of_logits(X, Y, parameters):
    cache = _network(X, parameters)
    return np.average(np.logaddexp(0, cache[8]) - Y * cache[8]), tuple(cache)


def _one_by_one(X, Y, parameters):
    cache = _network(X, parameters)
    A3, cost = cache[9], 0.0
    for i in range(X.shape[1]):
        cost -= math.log(A3[0, i]) if Y[0, i] == 1 else math.log(1 - A3[0, i])
    return cost / X.shape[1], tuple(cache)


def _masks_of_integers(X, Y, cache):
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2,
        "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip


def _by_the_chain_rule(X, Y, cache):
    m = Y.shape[1]
    Z1, A1, W1, _, Z2, A2, W2, _, Z3, A3, W3, _ = cache
    grads = {"dA3": (1 - Y) / (1 - A3) - Y / A3}
    grads["dZ3"] = grads["dA3"] * A3 * (1 - A3)
    for l, W, Z, A in ((3, W3, Z2, A2), (2, W2, Z1, A1), (1, W1, None, X)):
        dZ = grads[f"dZ{l}"]
        grads[f"dW{l}"] = np.einsum("im,jm->ij", dZ, A) / m
        grads[f"db{l}"] = np.mean(dZ, axis=1).reshape(-1, 1)
        if l > 1:
            grads[f"dA{l - 1}"] = W.T @ dZ
            grads[f"dZ{l - 1}"] = np.where(Z <= 0, 0, W.T @ dZ)
    return grads


def _by_examples(X, Y, cache):
    """One example after the other, summed up."""
    m = X.shape[1]
    total = {}
    for i in range(m):
        one = tuple(part if n in (2, 3, 6, 7, 10, 11) else part[:, i : i + 1] for n, part in enumerate(cache))
        for name, value in _masks_of_integers(X[:, i : i + 1], Y[:, i : i + 1], one).items():
            total.setdefault(name, []).append(value)
    return {n: np.concatenate(v, axis=1) if n[1] in "ZA" else sum(v) / m for n, v in total.items()}


def _to_vector(values):
    return np.concatenate([np.reshape(value, (-1, 1)) for value in values], axis=0)


def _to_parameters(theta):
    ends = (20, 25, 40, 43, 46, 47)
    shapes = ((5, 4), (5, 1), (3, 5), (3, 1), (1, 3), (1, 1))
    starts = (0, *ends)
    return {n: theta[a:b].reshape(s) for n, a, b, s in zip(_NAMES, starts, ends, shapes, strict=False)}


def _as_published(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    values = _to_vector(parameters[name] for name in _NAMES)
    grad = _to_vector(gradients["d" + name] for name in _NAMES)
    count = values.shape[0]
    J_plus, J_minus, approximation = np.zeros((count, 1)), np.zeros((count, 1)), np.zeros((count, 1))
    for i in range(count):
        plus = np.copy(values)
        plus[i][0] = plus[i][0] + epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, _to_parameters(plus))
        minus = np.copy(values)
        minus[i][0] = minus[i][0] - epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, _to_parameters(minus))
        approximation[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)
    difference = np.linalg.norm(grad - approximation) / (np.linalg.norm(grad) + np.linalg.norm(approximation))
    return difference


def _parameter_by_parameter(parameters, gradients, X, Y, epsilon=1e-7):
    """Without the long vector: each entry of a private copy is moved and put back."""
    mine = {name: parameters[name].copy() for name in _NAMES}
    gap = size = other = 0.0
    for name in _NAMES:
        for i in np.ndindex(mine[name].shape):
            kept = mine[name][i]
            mine[name][i] = kept + epsilon
            above = forward_propagation_n(X, Y, mine)[0]
            mine[name][i] = kept - epsilon
            below = forward_propagation_n(X, Y, mine)[0]
            mine[name][i] = kept
            slope = (above - below) / 2.0 / epsilon
            claimed = gradients["d" + name][i]
            gap, size, other = gap + (slope - claimed) ** 2, size + slope**2, other + claimed**2
    return float(math.sqrt(gap) / (math.sqrt(size) + math.sqrt(other)))


def _flat_and_guarded(parameters, gradients, X, Y, epsilon=1e-7):
    theta = np.concatenate([parameters[name].ravel() for name in _NAMES])
    grad = np.concatenate([gradients["d" + name].flatten() for name in _NAMES])

    def cost(vector):
        return forward_propagation_n(X, Y, _to_parameters(vector))[0]

    steps = epsilon * np.eye(theta.size)
    slopes = np.array([0.5 * (cost(theta + step) - cost(theta - step)) / epsilon for step in steps])
    return np.sqrt(np.sum((slopes - grad) ** 2)) / (np.sqrt(np.sum(slopes**2)) + np.sqrt(np.sum(grad**2)) + 1e-8)


STYLES = {
    "forward_propagation": [forward_propagation, _of_swapped_product, _of_arrays],
    "backward_propagation": [_as_difference, _converted],
    "gradient_check": [_with_norms, _with_absolute_values, _guarded],
    "forward_propagation_n": [
        forward_propagation_n, _mean_in_a_list, _from_products, _softplus_of_logits, _one_by_one,
    ],
    "backward_propagation_n": [_masks_of_integers, _by_the_chain_rule, _by_examples],
    "gradient_check_n": [_as_published, _parameter_by_parameter, _flat_and_guarded],
}  # fmt: skip
