"""Known wrong solutions of the tiny assignment."""

import numpy as np

from grader.spec import mistake


def _mean(X):
    return np.mean(X, axis=1, keepdims=True)


@mistake("wrong-axis", "center", message="the mean runs over the columns", hint="Over which axis do the examples run?")
def center_wrong_axis(X):
    mean = np.mean(X, axis=0, keepdims=True)
    return X - mean, mean


@mistake("mean-of-everything", "center", message="one mean is taken of the whole matrix", hint="How many means are there?")
def center_whole(X):
    return X - np.mean(X), np.mean(X)


@mistake(
    "sum-for-mean", "center", message="the sum is taken where the mean belongs", hint="What is the mean of two numbers?"
)
def center_sum(X):
    total = np.sum(X, axis=1, keepdims=True)
    return X - total, total


@mistake("missing-bias", "affine", message="b is left out", hint="Which argument is never used?")
def affine_without_bias(X, W, b):
    return W @ X, (X, W, b)


@mistake(
    "cache-order", "affine", message="the cache holds its parts in another order", hint="Compare the order in the exercise."
)
def affine_other_order(X, W, b):
    return W @ X + b, (W, X, b)


@mistake("not-halved", "layer", message="the result of the affine map is not halved", hint="What does half do?")
def layer_without_half(X, W, b):
    return W @ X + b


@mistake("missing-mean", "affine_backward", message="dW and db are sums, not means", hint="What is divided by m?")
def affine_backward_sums(dZ, cache):
    X, W, _ = cache
    return {"dX1": W.T @ dZ, "dW1": dZ @ X.T, "db1": np.sum(dZ, axis=1, keepdims=True)}


@mistake("missing-weight", "mean_square", message="the weight is ignored", hint="Which argument is never used?")
def mean_square_without_weight(X, weight):
    return float(np.mean(X**2))


@mistake("missing-scale", "noise", message="the factor 0.1 is missing", hint="How large may the weights be?")
def noise_unscaled(n, m):
    return {"W1": np.random.randn(n, m), "b1": np.zeros((n, 1))}


@mistake("wrong-at-threshold", "above", message="entries below the threshold are taken", hint="Compare < and >.")
def above_below(X, threshold):
    return X < threshold


@mistake("not-divided", "slope", message="the difference is not divided by the step", hint="What is a quotient?")
def slope_difference(f, x):
    return f(x + step()) - f(x)  # noqa: F821  # planted for each case


@mistake("wrong-kinds", "kinds", message="the names are exchanged", hint="What is a number below zero?")
def kinds_exchanged(X):
    return {"positive" if value < 0 else "negative" for value in X.ravel()}
