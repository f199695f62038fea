"""Right solutions of the tiny assignment: one small function per mechanism of the harness."""

import numpy as np


def half(Z):
    return Z / 2


def step():
    return 0.5


def center(X):
    # BEGIN SOLUTION
    mean = np.mean(X, axis=1, keepdims=True)
    return X - mean, mean
    # END SOLUTION


def affine(X, W, b):
    # BEGIN SOLUTION
    return W @ X + b, (X, W, b)
    # END SOLUTION


def layer(X, W, b):
    # BEGIN SOLUTION
    Z, _ = affine(X, W, b)
    return half(Z)
    # END SOLUTION


def affine_backward(dZ, cache):
    # BEGIN SOLUTION
    X, W, _ = cache
    m = X.shape[1]
    return {"dX1": W.T @ dZ, "dW1": dZ @ X.T / m, "db1": np.sum(dZ, axis=1, keepdims=True) / m}
    # END SOLUTION


def affine_backward__averaged(dZ, cache):
    grads = affine_backward(dZ, cache)
    return {**grads, "dX1": grads["dX1"] / dZ.shape[1]}


def mean_square(X, weight):
    # BEGIN SOLUTION
    return float(weight * np.mean(X**2))
    # END SOLUTION


def mean_square__guarded(X, weight):
    return float(weight * np.mean(X**2 + 1e-9))


def noise(n, m):
    # BEGIN SOLUTION
    return {"W1": np.random.randn(n, m) * 0.1, "b1": np.zeros((n, 1))}
    # END SOLUTION


def zeros_like_all(parameters):
    # BEGIN SOLUTION
    return {f"v{name}": np.zeros_like(value) for name, value in parameters.items()}
    # END SOLUTION


def above(X, threshold):
    # BEGIN SOLUTION
    return X > threshold
    # END SOLUTION


def slope(f, x):
    # BEGIN SOLUTION
    return (f(x + step()) - f(x)) / step()
    # END SOLUTION


def kinds(X):
    # BEGIN SOLUTION
    return {"negative" if value < 0 else "positive" for value in X.ravel()}
    # END SOLUTION


def fit(X):
    # BEGIN SOLUTION
    mean = np.mean(X, axis=1, keepdims=True)
    return X - mean, (mean,)
    # END SOLUTION


def undo(Y, model):
    # BEGIN SOLUTION
    return Y + model[0]
    # END SOLUTION
