"""Right solutions in other styles: each must get full marks."""

import random

import numpy as np

_WEIGHTS = ("W1", "W2", "W3")


def relu(Z):
    return Z * (Z > 0)


def sigmoid(Z):
    return (1 + np.tanh(Z / 2)) / 2


# -- cost --------------------------------------------------------------------------------


def cost_by_dot_products(A3, Y, parameters, lambd):
    m = Y.shape[1]
    entropy = -(np.dot(Y, np.log(A3).T) + np.dot(1 - Y, np.log(1 - A3).T)) / m
    squares = [np.einsum("ij,ij->", parameters[name], parameters[name]) for name in _WEIGHTS]
    return np.squeeze(entropy) + np.sum(squares) * lambd / 2 / m


def cost_by_norms(A3, Y, parameters, lambd):
    m = A3.shape[1]
    penalty = 0
    for l in range(1, len(parameters) // 2 + 1):
        penalty += np.linalg.norm(parameters["W" + str(l)]) ** 2
    losses = -np.multiply(Y, np.log(A3)) - np.multiply(1 - Y, np.log(1 - A3))
    return 1.0 / m * (np.nansum(losses) + lambd / 2.0 * penalty)


def cost_in_loops(a, y, p, strength):
    total = 0.0
    for prediction, label in zip(a[0], y[0], strict=True):
        total -= np.log(prediction) if label == 1 else np.log(1 - prediction)
    for name, matrix in p.items():
        if name.startswith("W"):
            for row in matrix:
                for w in row:
                    total += strength * w**2 / 2
    return total / y.shape[1]


# -- backward passes ---------------------------------------------------------------------


def l2_as_published(X, Y, cache, lambd):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + (lambd * W3) / m
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + (lambd * W2) / m
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + (lambd * W1) / m
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2, "dA1": dA1,
            "dZ1": dZ1, "dW1": dW1, "db1": db1}  # fmt: skip


def _by_layers(X, Y, weights, pre_activations, activations, handle):
    """A loop over the layers, from the chain rule through the sigmoid; ``handle(dA, l)`` is what dropout does."""
    grads, m = {}, Y.shape[1]
    A3 = activations[2]
    dA = (1 - Y) / (1 - A3) - Y / A3
    inputs = [X, *activations]
    for l in (3, 2, 1):
        dZ = dA * A3 * (1 - A3) if l == 3 else np.where(pre_activations[l - 1] <= 0, 0, dA)
        grads["dZ" + str(l)] = dZ
        grads["dW" + str(l)] = np.einsum("im,jm->ij", dZ, inputs[l - 1]) / m
        grads["db" + str(l)] = dZ.mean(axis=1).reshape(-1, 1)
        if l > 1:
            dA = handle(weights[l - 1].T @ dZ, l - 1)
            grads["dA" + str(l - 1)] = dA
    return grads


def l2_by_layers(X, Y, cache, lambd):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    grads = _by_layers(X, Y, (W1, W2, W3), (Z1, Z2, Z3), (A1, A2, A3), lambda dA, l: dA)
    for l, W in enumerate((W1, W2, W3), 1):
        grads[f"dW{l}"] += np.multiply(lambd / Y.shape[1], W)
    return grads


def dropout_by_layers(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache
    masks = {1: D1, 2: D2}
    return _by_layers(X, Y, (W1, W2, W3), (Z1, Z2, Z3), (A1, A2, A3), lambda dA, l: np.where(masks[l], dA, 0) / keep_prob)


def dropout_in_place(X, Y, cache, keep_prob):
    m = X.shape[1]
    (_, D1, A1, _, _, _, D2, A2, W2, _, _, A3, W3, _) = cache
    dZ3 = A3 - Y
    dA2 = np.dot(W3.T, dZ3)
    dA2 *= D2
    dA2 /= keep_prob
    dZ2 = np.array(dA2, copy=True)
    dZ2[A2 <= 0] = 0
    dA1 = np.dot(W2.T, dZ2)
    dA1[D1 == 0] = 0.0
    dA1 = dA1 * (1 / keep_prob)
    dZ1 = dA1 * (A1 > 0)
    grads = {"dZ1": dZ1, "dZ2": dZ2, "dZ3": dZ3, "dA1": dA1, "dA2": dA2}
    for l, dZ, A in ((1, dZ1, X), (2, dZ2, A1), (3, dZ3, A2)):
        grads[f"dW{l}"], grads[f"db{l}"] = 1 / m * dZ.dot(A.T), 1 / m * dZ.sum(axis=1, keepdims=True)
    return grads


# -- forward pass with dropout -----------------------------------------------------------


def dropout_as_published(X, parameters, keep_prob):
    np.random.seed(1)
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    D1 = np.random.rand(A1.shape[0], A1.shape[1])
    D1 = (D1 < keep_prob).astype(int)
    A1 = A1 * D1
    A1 = A1 / keep_prob
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    D2 = np.random.rand(A2.shape[0], X.shape[1])
    D2 = D2 < keep_prob
    A2 = np.multiply(D2, A2)
    A2 /= keep_prob
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


def _dropout(draw):
    """The forward pass as a loop over the layers, with masks from ``draw(shape, keep_prob)``."""

    def forward(X, parameters, keep_prob):
        masks = [draw((len(parameters[f"b{l}"]), X.shape[1]), keep_prob) for l in (2, 1)][::-1]
        A, cache = X, []
        for l in (1, 2, 3):
            W, b = parameters[f"W{l}"], parameters[f"b{l}"]
            Z = np.einsum("ij,jm->im", W, A) + b
            if l < 3:
                A = relu(Z) * (masks[l - 1] / keep_prob)
                cache += [Z, masks[l - 1], A, W, b]
            else:
                A = sigmoid(Z)
                cache += [Z, A, W, b]
        return [A, cache]

    return forward


def _binomial(shape, keep_prob):
    return np.random.binomial(1, keep_prob, size=shape)


def _floats(shape, keep_prob):
    return (np.random.random_sample(shape) <= keep_prob).astype(float)


def _upper_part(shape, keep_prob):
    return np.random.uniform(0, 1, shape) >= 1 - keep_prob


def _choice(shape, keep_prob):
    return np.random.choice([0, 1], size=shape, p=[1 - keep_prob, keep_prob])


_ONE_GENERATOR = np.random.default_rng(3)


def _shared_generator(shape, keep_prob):
    return _ONE_GENERATOR.random(shape) < keep_prob


def _in_loops(shape, keep_prob):
    return np.array([[1 if random.random() < keep_prob else 0 for _ in range(shape[1])] for _ in range(shape[0])])


def _column_by_column(shape, keep_prob):
    return np.stack([np.random.rand(shape[0]) < keep_prob for _ in range(shape[1])], axis=1)


def _rounded_up(shape, keep_prob):
    return np.floor(np.random.rand(*shape) + keep_prob)


# -- the training run --------------------------------------------------------------------


def initialize_parameters(layers_dims):
    """Stands for the initializer; the harness binds the name to given parameters."""
    raise NotImplementedError


def _step(X, Y, p, lambd, keep_prob):
    if keep_prob < 1:
        _, cache = dropout_as_published(X, p, keep_prob)
        return dropout_by_layers(X, Y, cache, keep_prob)
    A1 = relu(np.dot(p["W1"], X) + p["b1"])
    A2 = relu(np.dot(p["W2"], A1) + p["b2"])
    A3 = sigmoid(np.dot(p["W3"], A2) + p["b3"])
    cache = (A1, A1, p["W1"], p["b1"], A2, A2, p["W2"], p["b2"], A3, A3, p["W3"], p["b3"])
    return l2_as_published(X, Y, cache, lambd)


def model_in_place(X, Y, learning_rate=0.3, num_iterations=30000, print_cost=True, lambd=0, keep_prob=1):
    parameters = initialize_parameters([X.shape[0], 20, 3, 1])
    for i in range(num_iterations):
        grads = _step(X, Y, parameters, lambd, keep_prob)
        for l in range(1, 4):
            parameters["W" + str(l)] -= learning_rate * grads["dW" + str(l)]
            parameters["b" + str(l)] -= learning_rate * grads["db" + str(l)]
        if print_cost and i % 10000 == 0:
            print(f"Cost after iteration {i}")
    return parameters


def model_with_weight_decay(X, Y, rate, steps, verbose=True, strength=0, keep=1):
    """Dropout in all cases, and the penalty as a shrinking of the weights."""
    p = initialize_parameters(layers_dims=(X.shape[0], 20, 3, 1))
    for _ in range(steps):
        _, cache = _dropout(_floats)(X, p, keep)
        grads = dropout_by_layers(
            X, Y, [np.array(part, dtype=bool) if n in (1, 6) else part for n, part in enumerate(cache)], keep
        )
        shrink = 1 - rate * strength / X.shape[1]
        p = {name: value * (shrink if name in _WEIGHTS else 1) - rate * grads["d" + name] for name, value in p.items()}
    return p


STYLES = {
    "compute_cost_with_regularization": [cost_by_dot_products, cost_by_norms, cost_in_loops],
    "backward_propagation_with_regularization": [l2_as_published, l2_by_layers],
    "forward_propagation_with_dropout": [
        dropout_as_published,
        *map(
            _dropout,
            (_binomial, _floats, _upper_part, _choice, _shared_generator, _in_loops, _column_by_column, _rounded_up),
        ),
    ],
    "backward_propagation_with_dropout": [dropout_by_layers, dropout_in_place],
    "model": [model_in_place, model_with_weight_decay],
}
