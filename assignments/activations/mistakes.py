"""Known wrong solutions of the activation functions."""

import numpy as np

from grader.spec import mistake


def _sigmoid(Z):
    return 1 / (1 + np.exp(-np.clip(Z, -700, 700)))


@mistake(
    "sigmoid-sign",
    "sigmoid",
    "the exponent has the wrong sign: this is 1 - sigma(Z)",
    "What should sigmoid give for a large positive Z, and what does yours give?",
)
def sigmoid_sign(Z):
    return 1 - _sigmoid(Z), Z


@mistake(
    "cache-holds-activation",
    "sigmoid",
    "the cache holds A, but the backward pass needs Z",
    "What does sigmoid_backward read from the cache?",
)
def sigmoid_cache(Z):
    return _sigmoid(Z), _sigmoid(Z)


@mistake(
    "overflow",
    "sigmoid",
    "exp(Z) overflows for large Z, and inf / inf is nan",
    "Write sigmoid so that the exponential in it cannot grow without bound in both numerator and denominator.",
)
def sigmoid_overflow(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z) / (1 + np.exp(Z)), Z


@mistake("relu-absolute", "relu", "this is the absolute value of Z", "What should relu give for a negative Z?")
def relu_absolute(Z):
    return np.abs(Z), Z


@mistake(
    "relu-minimum", "relu", "this is min(0, Z): the wrong half is kept", "Which half of the axis does relu let through?"
)
def relu_minimum(Z):
    return np.minimum(0, Z), Z


@mistake(
    "leaky", "relu", "negative values are scaled down, not set to 0: this is a leaky relu", "The exercise asks for plain relu."
)
def relu_leaky(Z):
    return np.where(Z > 0, Z, 0.01 * Z), Z


@mistake(
    "cache-holds-activation",
    "relu",
    "the cache holds A, but the backward pass needs Z",
    "What does relu_backward read from the cache?",
)
def relu_cache(Z):
    return np.maximum(0, Z), np.maximum(0, Z)


@mistake(
    "tanh-is-sigmoid", "tanh", "this is the sigmoid function", "Between which values should tanh lie?"
)
def tanh_sigmoid(Z):
    return _sigmoid(Z), Z


@mistake(
    "cache-holds-activation",
    "tanh",
    "the cache holds A, but the backward pass needs Z",
    "What does tanh_backward read from the cache?",
)
def tanh_cache(Z):
    return np.tanh(Z), np.tanh(Z)


@mistake(
    "overflow",
    "tanh",
    "the exponentials overflow for large |Z|, and inf / inf is nan",
    "NumPy has a function for this.",
)
def tanh_overflow(Z):
    with np.errstate(all="ignore"):
        return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z)), Z


@mistake(
    "missing-chain-rule",
    "sigmoid_backward",
    "this is the derivative alone; dA is missing",
    "The chain rule has two factors.",
)
def sigmoid_backward_alone(dA, cache):
    s = _sigmoid(cache)
    return s * (1 - s)


@mistake(
    "cache-taken-for-activation",
    "sigmoid_backward",
    "the cache holds Z, not A: Z * (1 - Z) is not the derivative",
    "Compute sigmoid of the cache first.",
)
def sigmoid_backward_of_cache(dA, cache):
    return dA * cache * (1 - cache)


@mistake(
    "incomplete-derivative",
    "sigmoid_backward",
    "the derivative of the sigmoid has a second factor",
    "Differentiate 1 / (1 + exp(-Z)) once on paper.",
)
def sigmoid_backward_half(dA, cache):
    return dA * _sigmoid(cache)


@mistake(
    "wrong-at-kink",
    "relu_backward",
    "the gradient passes where Z is exactly 0; it is 0 there by convention",
    "Compare > and >=.",
)
def relu_backward_kink(dA, cache):
    return np.where(cache >= 0, dA, 0.0)


@mistake(
    "missing-chain-rule", "relu_backward", "this is the derivative alone; dA is missing", "The chain rule has two factors."
)
def relu_backward_alone(dA, cache):
    return (cache > 0).astype(float)


@mistake(
    "mask-from-gradient",
    "relu_backward",
    "the mask is taken from the sign of dA, but it depends on Z",
    "Which of the two arguments was the input of relu?",
)
def relu_backward_of_gradient(dA, cache):
    return np.where(dA > 0, dA, 0.0)


@mistake(
    "no-mask", "relu_backward", "dA passes everywhere; it must not where Z is negative", "What is the derivative of relu left of 0?"
)
def relu_backward_everything(dA, cache):
    return np.array(dA)


@mistake(
    "relu-of-product",
    "relu_backward",
    "this multiplies by relu(Z) instead of by its derivative",
    "The derivative of relu is 0 or 1.",
)
def relu_backward_value(dA, cache):
    return dA * np.maximum(0, cache)


@mistake(
    "mutated-input",
    "relu_backward",
    "dA is overwritten",
    "Work on a copy of dA.",
)
def relu_backward_in_place(dA, cache):
    dA[cache <= 0] = 0
    return dA


@mistake(
    "cache-taken-for-activation",
    "tanh_backward",
    "the cache holds Z, not A: 1 - Z**2 is not the derivative",
    "Compute tanh of the cache first.",
)
def tanh_backward_of_cache(dA, cache):
    return dA * (1 - cache**2)


@mistake(
    "missing-chain-rule", "tanh_backward", "this is the derivative alone; dA is missing", "The chain rule has two factors."
)
def tanh_backward_alone(dA, cache):
    return 1 - np.tanh(cache) ** 2


@mistake(
    "incomplete-derivative",
    "tanh_backward",
    "the square is missing: this is dA * (1 - tanh(Z))",
    "Differentiate tanh once on paper.",
)
def tanh_backward_no_square(dA, cache):
    return dA * (1 - np.tanh(cache))


MISTAKES = tuple(value for value in list(globals().values()) if hasattr(value, "solution"))
