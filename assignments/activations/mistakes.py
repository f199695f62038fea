"""Known wrong solutions of the activation functions: what students write, why it is wrong, where to look."""

from functools import partial

import numpy as np

from grader.spec import Mistake


def _sigmoid(Z):
    return 1 / (1 + np.exp(-np.clip(Z, -700, 700)))


def _relu(Z):
    return np.maximum(0, Z)


def _slope(Z):
    return _sigmoid(Z) * (1 - _sigmoid(Z))


def _plain(Z, function):
    return function(Z), Z


def _overflowing(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z) / (1 + np.exp(Z)), Z


def _first_column(Z):
    A = np.zeros_like(Z)
    for i in range(Z.shape[0]):
        A[i, 0] = _sigmoid(Z[i, 0])
    return A, Z


_CACHE = [
    Mistake(
        "cache-holds-activation",
        name,
        "the cache holds A, but the backward pass needs Z",
        f"What does {name}_backward read from the cache?",
        lambda Z, function=function: (function(Z), function(Z)),
    )
    for name, function in (("sigmoid", _sigmoid), ("relu", _relu), ("tanh", np.tanh))
] + [
    Mistake(
        "missing-cache",
        name,
        "only A is returned; expected is the tuple (A, cache)",
        f"What does {name}_backward work on?",
        function,
    )
    for name, function in (("sigmoid", _sigmoid), ("relu", _relu), ("tanh", np.tanh))
]

_FORWARD = [
    Mistake(code, name, message, hint, solution)
    for name, code, message, hint, solution in (
        (
            "sigmoid",
            "sigmoid-sign",
            "the exponent has the wrong sign: this is 1 - sigma(Z)",
            "What should sigmoid give for a large positive Z, and what does yours give?",
            partial(_plain, function=lambda Z: 1 - _sigmoid(Z)),
        ),
        (
            "sigmoid",
            "sigmoid-minus",
            "the denominator subtracts the exponential instead of adding it",
            "What does sigmoid give for Z = 0, and what does yours give?",
            partial(_plain, function=lambda Z: 1 / (1 - np.exp(-np.clip(Z, -700, 700)))),
        ),
        (
            "sigmoid",
            "overflow",
            "exp(Z) overflows for large Z, and inf / inf is nan",
            "Write sigmoid so that the exponential cannot grow without bound in numerator and denominator at once.",
            _overflowing,
        ),
        (
            "sigmoid",
            "sigmoid-is-tanh",
            "this is tanh",
            "Between which values should sigmoid lie?",
            partial(_plain, function=np.tanh),
        ),
        (
            "sigmoid",
            "first-column-only",
            "only the first column, the first example, is computed",
            "What does your loop run over?",
            _first_column,
        ),
        (
            "relu",
            "relu-absolute",
            "this is the absolute value of Z",
            "What should relu give for a negative Z?",
            partial(_plain, function=np.abs),
        ),
        (
            "relu",
            "relu-minimum",
            "this is min(0, Z): the wrong half is kept",
            "Which half of the axis does relu let through?",
            partial(_plain, function=lambda Z: np.minimum(0, Z)),
        ),
        (
            "relu",
            "relu-step",
            "this is 1 where Z is positive: the derivative of relu, not relu",
            "What should relu give for Z = 3?",
            partial(_plain, function=lambda Z: np.where(Z > 0, 1.0, 0.0)),
        ),
        (
            "relu",
            "leaky",
            "negative values are scaled down, not set to 0: this is a leaky relu",
            "The exercise asks for plain relu.",
            partial(_plain, function=lambda Z: np.where(Z > 0, Z, 0.01 * Z)),
        ),
        (
            "relu",
            "relu-of-maximum",
            "np.max gives one number for the whole array; relu works element by element",
            "np.max and np.maximum are two functions.",
            lambda Z: (np.max(Z), Z),
        ),
        (
            "relu",
            "no-activation",
            "this is Z itself",
            "What should relu give for a negative Z?",
            partial(_plain, function=np.array),
        ),
        (
            "tanh",
            "tanh-is-sigmoid",
            "this is the sigmoid function",
            "Between which values should tanh lie?",
            partial(_plain, function=_sigmoid),
        ),
        (
            "tanh",
            "tanh-of-half",
            "this is tanh(Z / 2): 2 * sigmoid(Z) - 1",
            "Replace sigmoid by its formula, and compare with that of tanh.",
            partial(_plain, function=lambda Z: np.tanh(Z / 2)),
        ),
        (
            "tanh",
            "opposite-sign",
            "this is -tanh(Z): the exponentials have changed places",
            "What should tanh give for a large positive Z?",
            partial(_plain, function=lambda Z: -np.tanh(Z)),
        ),
        (
            "tanh",
            "tanh-inverted",
            "this is 1 / tanh(Z): numerator and denominator have changed places",
            "Between which values should tanh lie?",
            partial(_plain, function=lambda Z: 1 / np.tanh(Z)),
        ),
    )
]


def _mask_in_place(dA, cache):
    dA[cache <= 0] = 0
    return dA


_BACKWARD = [
    Mistake(code, name, message, hint, solution)
    for name, code, message, hint, solution in (
        (
            "sigmoid_backward",
            "missing-chain-rule",
            "this is the derivative alone; dA is missing",
            "The chain rule has two factors.",
            lambda dA, cache: _slope(cache),
        ),
        (
            "sigmoid_backward",
            "cache-taken-for-activation",
            "the cache holds Z, not A: Z * (1 - Z) is not the derivative",
            "Compute sigmoid of the cache first.",
            lambda dA, cache: dA * cache * (1 - cache),
        ),
        (
            "sigmoid_backward",
            "incomplete-derivative",
            "the derivative of the sigmoid has a second factor",
            "Differentiate 1 / (1 + exp(-Z)) once on paper.",
            lambda dA, cache: dA * _sigmoid(cache),
        ),
        (
            "sigmoid_backward",
            "incomplete-derivative",
            "the derivative of the sigmoid has a second factor",
            "Differentiate 1 / (1 + exp(-Z)) once on paper.",
            lambda dA, cache: dA * (1 - _sigmoid(cache)),
        ),
        (
            "sigmoid_backward",
            "derivative-of-tanh",
            "1 - s**2 is the derivative of tanh; that of sigmoid is another one",
            "Differentiate 1 / (1 + exp(-Z)) once on paper.",
            lambda dA, cache: dA * (1 - _sigmoid(cache) ** 2),
        ),
        (
            "sigmoid_backward",
            "opposite-sign",
            "dZ has the opposite sign",
            "Does sigmoid rise or fall?",
            lambda dA, cache: -dA * _slope(cache),
        ),
        (
            "sigmoid_backward",
            "swapped-arguments",
            "dA and the cache have changed places: the derivative is taken at dA",
            "Which of the two arguments was the input of sigmoid?",
            lambda dA, cache: cache * _slope(dA),
        ),
        (
            "relu_backward",
            "wrong-at-kink",
            "the gradient passes where Z is exactly 0; it is 0 there by convention",
            "Compare > and >=.",
            lambda dA, cache: np.where(cache >= 0, dA, 0.0),
        ),
        (
            "relu_backward",
            "missing-chain-rule",
            "this is the derivative alone; dA is missing",
            "The chain rule has two factors.",
            lambda dA, cache: (cache > 0).astype(float),
        ),
        (
            "relu_backward",
            "mask-from-gradient",
            "the mask is taken from the sign of dA, but it depends on Z",
            "Which of the two arguments was the input of relu?",
            lambda dA, cache: np.where(dA > 0, dA, 0.0),
        ),
        (
            "relu_backward",
            "no-mask",
            "dA passes everywhere; it must not where Z is negative",
            "What is the derivative of relu left of 0?",
            lambda dA, cache: np.array(dA),
        ),
        (
            "relu_backward",
            "mask-inverted",
            "the gradient passes where Z is negative, and is stopped where Z is positive",
            "Where does relu rise?",
            lambda dA, cache: np.where(cache > 0, 0.0, dA),
        ),
        (
            "relu_backward",
            "relu-of-product",
            "this multiplies by relu(Z) instead of by its derivative",
            "The derivative of relu is 0 or 1.",
            lambda dA, cache: dA * _relu(cache),
        ),
        (
            "relu_backward",
            "mask-of-signs",
            "np.sign is -1 for negative Z, where the derivative of relu is 0",
            "The derivative of relu is 0 or 1.",
            lambda dA, cache: dA * np.sign(cache),
        ),
        (
            "relu_backward",
            "leaky",
            "a part of the gradient passes where Z is negative: this belongs to the leaky relu",
            "The exercise asks for plain relu.",
            lambda dA, cache: np.where(cache > 0, dA, 0.01 * dA),
        ),
        (
            "relu_backward",
            "swapped-arguments",
            "dA and the cache have changed places: this is Z where dA is positive",
            "Which of the two arguments was the input of relu?",
            lambda dA, cache: np.where(dA > 0, cache, 0.0),
        ),
        (
            "relu_backward",
            "mutated-input",
            "dA is overwritten",
            "Work on a copy of dA.",
            _mask_in_place,
        ),
        (
            "tanh_backward",
            "cache-taken-for-activation",
            "the cache holds Z, not A: 1 - Z**2 is not the derivative",
            "Compute tanh of the cache first.",
            lambda dA, cache: dA * (1 - cache**2),
        ),
        (
            "tanh_backward",
            "missing-chain-rule",
            "this is the derivative alone; dA is missing",
            "The chain rule has two factors.",
            lambda dA, cache: 1 - np.tanh(cache) ** 2,
        ),
        (
            "tanh_backward",
            "incomplete-derivative",
            "the square is missing: this is dA * (1 - tanh(Z))",
            "Differentiate tanh once on paper.",
            lambda dA, cache: dA * (1 - np.tanh(cache)),
        ),
        (
            "tanh_backward",
            "derivative-of-sigmoid",
            "A * (1 - A) is the derivative of sigmoid; that of tanh is another one",
            "Differentiate tanh once on paper.",
            lambda dA, cache: dA * np.tanh(cache) * (1 - np.tanh(cache)),
        ),
        (
            "tanh_backward",
            "derivative-of-sigmoid",
            "this is the gradient through sigmoid",
            "Which function was applied to Z here?",
            lambda dA, cache: dA * _slope(cache),
        ),
        (
            "tanh_backward",
            "opposite-sign",
            "dZ has the opposite sign",
            "Does tanh rise or fall?",
            lambda dA, cache: -dA * (1 - np.tanh(cache) ** 2),
        ),
        (
            "tanh_backward",
            "misplaced-square",
            "the square belongs to tanh(Z) alone, not to 1 - tanh(Z)",
            "In which order do minus and square apply?",
            lambda dA, cache: dA * (1 - np.tanh(cache)) ** 2,
        ),
        (
            "tanh_backward",
            "swapped-arguments",
            "dA and the cache have changed places: the derivative is taken at dA",
            "Which of the two arguments was the input of tanh?",
            lambda dA, cache: cache * (1 - np.tanh(dA) ** 2),
        ),
    )
]

MISTAKES = (*_FORWARD, *_CACHE, *_BACKWARD)
