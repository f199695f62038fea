"""Right solutions of the tiny assignment: one small function per mechanism of the harness."""

import numpy as np


def half(Z):
    return Z / 2


def step():
    return 0.5


def center(X):
    mean = np.mean(X, axis=1, keepdims=True)
    return X - mean, mean


def affine(X, W, b):
    return W @ X + b, (X, W, b)


def layer(X, W, b):
    Z, _ = affine(X, W, b)
    return half(Z)


def affine_backward(dZ, cache):
    X, W, _ = cache
    m = X.shape[1]
    return {"dX1": W.T @ dZ, "dW1": dZ @ X.T / m, "db1": np.sum(dZ, axis=1, keepdims=True) / m}


def affine_backward__averaged(dZ, cache):
    grads = affine_backward(dZ, cache)
    return {**grads, "dX1": grads["dX1"] / dZ.shape[1]}


def mean_square(X, weight):
    return float(weight * np.mean(X**2))


def mean_square__guarded(X, weight):
    return float(weight * np.mean(X**2 + 1e-9))


def noise(n, m):
    return {"W1": np.random.randn(n, m) * 0.1, "b1": np.zeros((n, 1))}


def zeros_like_all(parameters):
    return {f"v{name}": np.zeros_like(value) for name, value in parameters.items()}


def above(X, threshold):
    return X > threshold


def slope(f, x):
    return (f(x + step()) - f(x)) / step()


def kinds(X):
    return {"negative" if value < 0 else "positive" for value in X.ravel()}


def fit(X):
    mean = np.mean(X, axis=1, keepdims=True)
    return X - mean, (mean,)


def undo(Y, model):
    return Y + model[0]
