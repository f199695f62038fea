"""Known wrong solutions of the activation functions: what students write, why it is wrong, where to look."""

import numpy as np

from grader.spec import mistake


def _sigmoid(Z):
    return 1 / (1 + np.exp(-np.clip(Z, -700, 700)))


def _relu(Z):
    return np.maximum(0, Z)


def _slope(Z):
    return _sigmoid(Z) * (1 - _sigmoid(Z))


@mistake(
    "sigmoid-sign",
    "sigmoid",
    message="the exponent has the wrong sign: this is 1 - sigma(Z)",
    hint="What should sigmoid give for a large positive Z, and what does yours give?",
    severity="grave",
)
def _(Z):
    return 1 - _sigmoid(Z), Z


@mistake(
    "sigmoid-minus",
    "sigmoid",
    message="the denominator subtracts the exponential instead of adding it",
    hint="What does sigmoid give for Z = 0, and what does yours give?",
    severity="grave",
)
def _(Z):
    return 1 / (1 - np.exp(-np.clip(Z, -700, 700))), Z


@mistake(
    "missing-brackets",
    "sigmoid",
    message="this is 1 + exp(-Z), the denominator; sigmoid is one over it",
    hint="What is sigmoid(0), and what is yours? In 1 / 1 + x Python divides first.",
    severity="grave",
)
def _without_brackets(Z):
    with np.errstate(all="ignore"):
        return 1 / 1 + np.exp(-Z), Z


@mistake(
    "sigmoid-of-the-size",
    "sigmoid",
    message="for a negative Z this is what sigmoid is for -Z: it is never below one half",
    hint="What should sigmoid give for Z = -3? If there are two branches, compare their exponents.",
    severity="grave",
)
def _(Z):
    return _sigmoid(np.abs(Z)), Z


@mistake(
    "overflow",
    "sigmoid",
    message="exp(Z) overflows for large Z, and inf / inf is nan",
    hint="Write sigmoid so that the exponential cannot grow without bound in numerator and denominator at once.",
    severity="slip",
)
def _overflowing(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z) / (1 + np.exp(Z)), Z


@mistake(
    "sigmoid-is-tanh",
    "sigmoid",
    message="this is tanh",
    hint="Between which values should sigmoid lie?",
    severity="grave",
)
def _(Z):
    return np.tanh(Z), Z


@mistake(
    "softmax-for-sigmoid",
    "sigmoid",
    message="this is a softmax: the exponentials are divided by their sum, so every entry of A depends on others of Z",
    hint="sigmoid is applied to each entry of Z by itself. Does your denominator add up several entries?",
    severity="grave",
)
def _(Z):
    E = np.exp(Z - np.max(Z))
    return E / np.sum(E), Z


@mistake(
    "softmax-for-sigmoid",
    "sigmoid",
    message="this is a softmax: the exponentials of a column are divided by their sum",
    hint="sigmoid is applied to each entry of Z by itself. Does your denominator add up several entries?",
    severity="grave",
)
def _(Z):
    E = np.exp(Z - np.max(Z, axis=0))
    return E / np.sum(E, axis=0), Z


@mistake(
    "sigmoid-of-double",
    "sigmoid",
    message="this is sigma(2 Z), which is the same as (1 + tanh(Z)) / 2",
    hint="By which number is Z multiplied in the formula of sigmoid, and by which in yours?",
    severity="fault",
)
def _(Z):
    return _sigmoid(2 * Z), Z


@mistake(
    "cache-negated",
    "sigmoid",
    message="the cache holds -Z, and the exercise keeps Z there",
    hint="Is there a line such as Z = -Z? Behind it Z is another array than the argument.",
    severity="fault",
)
def _(Z):
    return _sigmoid(Z), -Z


for bound in (3, 5, 10):
    mistake(
        "cut-too-early",
        "sigmoid",
        message="sigmoid stays where it is from some Z on, long before it has come near to 0 or 1",
        hint=f"What is sigmoid({bound + 1})? Where you cut Z or A, it may change A by no more than 1e-7.",
        severity="slip",
    )(lambda Z, bound=bound: (_sigmoid(np.clip(Z, -bound, bound)), Z))


@mistake(
    "first-column-only",
    "sigmoid",
    message="only the first column, the first example, is computed",
    hint="What does your loop run over?",
    severity="grave",
)
def _first_column(Z):
    A = np.zeros_like(Z)
    for i in range(Z.shape[0]):
        A[i, 0] = _sigmoid(Z[i, 0])
    return A, Z


@mistake(
    "relu-absolute",
    "relu",
    message="this is the absolute value of Z",
    hint="What should relu give for a negative Z?",
    severity="grave",
)
def _(Z):
    return np.abs(Z), Z


@mistake(
    "relu-minimum",
    "relu",
    message="this is min(0, Z): the wrong half is kept",
    hint="Which half of the axis does relu let through?",
    severity="grave",
)
def _(Z):
    return np.minimum(0, Z), Z


@mistake(
    "relu-step",
    "relu",
    message="this is 1 where Z is positive: the derivative of relu, not relu",
    hint="What should relu give for Z = 3?",
    severity="grave",
)
def _(Z):
    return np.where(Z > 0, 1.0, 0.0), Z


@mistake(
    "leaky",
    "relu",
    message="negative values are scaled down, not set to 0: this is a leaky relu",
    hint="The exercise asks for plain relu.",
    severity="fault",
)
def _(Z):
    return np.where(Z > 0, Z, 0.01 * Z), Z


@mistake(
    "relu-of-maximum",
    "relu",
    message="np.max gives one number for the whole array; relu works element by element",
    hint="np.max and np.maximum are two functions.",
    severity="grave",
)
def _(Z):
    return np.max(Z), Z


@mistake(
    "relu-of-maximum",
    "relu",
    message="A is the largest entry of each column, as in np.max(Z, 0), where 0 is an axis; relu works element by element",
    hint="np.max and np.maximum are two functions.",
    severity="grave",
)
def _(Z):
    return np.max(Z, 0), Z


@mistake(
    "last-column-skipped",
    "relu",
    message="the last column, the last example, is not computed: it stays 0",
    hint="Write down the values that your loop variable takes for m = 3.",
    severity="fault",
)
def _(Z):
    A = _relu(Z)
    A[:, -1] = 0
    return A, Z


@mistake(
    "no-activation",
    "relu",
    message="this is Z itself",
    hint="What should relu give for a negative Z?",
    severity="grave",
)
def _(Z):
    return np.array(Z), Z


@mistake(
    "tanh-is-sigmoid",
    "tanh",
    message="this is the sigmoid function",
    hint="Between which values should tanh lie?",
    severity="grave",
)
def _(Z):
    return _sigmoid(Z), Z


@mistake(
    "tanh-of-half",
    "tanh",
    message="this is tanh(Z / 2), which is 2 / (1 + exp(-Z)) - 1",
    hint="By how much does Z have to be multiplied in the exponential? Compare with the formula of tanh.",
    severity="fault",
)
def _(Z):
    return np.tanh(Z / 2), Z


@mistake(
    "tanh-of-half",
    "tanh",
    message="this is tanh(Z / 2), which is (exp(Z) - 1) / (exp(Z) + 1)",
    hint="By how much does Z have to be multiplied in the exponential? Compare with the formula of tanh.",
    severity="fault",
)
def _(Z):
    with np.errstate(all="ignore"):
        return (np.exp(Z) - 1) / (np.exp(Z) + 1), Z


@mistake(
    "minus-one-missing",
    "tanh",
    message="this is tanh(Z) + 1, or 2 sigma(2 Z): it lies between 0 and 2",
    hint="What should tanh give for Z = 0, and what does yours give?",
    severity="fault",
)
def _(Z):
    return np.tanh(Z) + 1, Z


@mistake(
    "missing-brackets",
    "tanh",
    message="the denominator has no brackets: only exp(Z) is below the line, and exp(-Z) is added to the quotient",
    hint="Python divides before it adds. Which brackets does that ask for?",
    severity="fault",
)
def _(Z):
    with np.errstate(all="ignore"):
        return (np.exp(Z) - np.exp(-Z)) / np.exp(Z) + np.exp(-Z), Z


@mistake(
    "tanh-is-arctan",
    "tanh",
    message="this is arctan, the inverse of the tangent of an angle",
    hint="Between which values should tanh lie? np.arctan and np.tanh are two functions.",
    severity="fault",
)
def _(Z):
    return np.arctan(Z), Z


@mistake(
    "opposite-sign",
    "tanh",
    message="this is -tanh(Z): the exponentials have changed places",
    hint="What should tanh give for a large positive Z?",
    severity="grave",
)
def _(Z):
    return -np.tanh(Z), Z


@mistake(
    "tanh-inverted",
    "tanh",
    message="this is 1 / tanh(Z): numerator and denominator have changed places",
    hint="Between which values should tanh lie?",
    severity="grave",
)
def _(Z):
    return 1 / np.tanh(Z), Z


@mistake(
    "tanh-inverted",
    "tanh",
    message="this is 1 / tanh(Z): numerator and denominator have changed places",
    hint="Between which values should tanh lie?",
    severity="grave",
)
def _(Z):
    with np.errstate(all="ignore"):
        return (np.exp(Z) + np.exp(-Z)) / (np.exp(Z) - np.exp(-Z)), Z


@mistake(
    "tanh-is-sinh",
    "tanh",
    message="this is sinh(Z), which has no bound: the denominator is 2, and not the sum of both exponentials",
    hint="Between which values should tanh lie?",
    severity="fault",
)
def _(Z):
    with np.errstate(all="ignore"):
        return np.sinh(Z), Z


@mistake(
    "tanh-is-tan",
    "tanh",
    message="this is the tangent of an angle; asked for is the hyperbolic one",
    hint="np.tan and np.tanh are two functions.",
    severity="fault",
)
def _(Z):
    return np.tan(Z), Z


for name, function in (("sigmoid", _sigmoid), ("relu", _relu), ("tanh", np.tanh)):
    mistake(
        "cache-holds-activation",
        name,
        message="the cache holds A, and the exercise keeps Z there",
        hint=f"What does {name}_backward read from the cache? If you return Z there: A = Z copies nothing, both are one array.",
        severity="fault",
    )(lambda Z, function=function: (function(Z), function(Z)))
    mistake(
        "missing-cache",
        name,
        message="only A is returned; expected is the tuple (A, cache)",
        hint=f"What does {name}_backward need beside dA? It has to be returned, too.",
        severity="fault",
    )(function)


@mistake(
    "missing-chain-rule",
    "sigmoid_backward",
    message="this is the derivative alone; dA is missing",
    hint="The chain rule has two factors.",
    severity="grave",
)
def _(dA, cache):
    return _slope(cache)


@mistake(
    "cache-taken-for-activation",
    "sigmoid_backward",
    message="the cache holds Z, not A: Z * (1 - Z) is not the derivative",
    hint="The formula needs sigmoid of the cache. Which do you use, that or the cache itself?",
    severity="fault",
)
def _(dA, cache):
    return dA * cache * (1 - cache)


@mistake(
    "cache-taken-for-activation",
    "sigmoid_backward",
    message="one factor is made of sigmoid(Z), the other one of Z: this is s * (1 - Z)",
    hint="Both factors need sigmoid of the cache. Which one has the cache itself?",
    severity="fault",
)
def _(dA, cache):
    return dA * _sigmoid(cache) * (1 - cache)


@mistake(
    "sigmoid-twice",
    "sigmoid_backward",
    message="sigmoid is applied twice: the derivative is taken at sigmoid(Z), and not at Z",
    hint="Follow the cache through your code. How many times does it go through sigmoid?",
    severity="fault",
)
def _(dA, cache):
    return dA * _slope(_sigmoid(cache))


@mistake(
    "incomplete-derivative",
    "sigmoid_backward",
    message="the derivative of the sigmoid has a second factor",
    hint="Differentiate 1 / (1 + exp(-Z)) once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * _sigmoid(cache)


@mistake(
    "incomplete-derivative",
    "sigmoid_backward",
    message="the derivative of the sigmoid has a second factor",
    hint="Differentiate 1 / (1 + exp(-Z)) once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - _sigmoid(cache))


@mistake(
    "plus-for-minus",
    "sigmoid_backward",
    message="this is s * (1 + s); the derivative of the sigmoid has a minus",
    hint="Differentiate 1 / (1 + exp(-Z)) once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * _sigmoid(cache) * (1 + _sigmoid(cache))


@mistake(
    "derivative-of-tanh",
    "sigmoid_backward",
    message="1 - s**2 is the derivative of tanh; that of sigmoid is another one",
    hint="Differentiate 1 / (1 + exp(-Z)) once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - _sigmoid(cache) ** 2)


@mistake(
    "opposite-sign",
    "sigmoid_backward",
    message="dZ has the opposite sign",
    hint="Does sigmoid rise or fall?",
    severity="grave",
)
def _(dA, cache):
    return -dA * _slope(cache)


@mistake(
    "swapped-arguments",
    "sigmoid_backward",
    message="dA and the cache have changed places: the derivative is taken at dA",
    hint="Which of the two arguments was the input of sigmoid?",
    severity="grave",
)
def _(dA, cache):
    return cache * _slope(dA)


_AT_GRADIENT = {
    "code": "derivative-at-gradient",
    "message": "the derivative is taken at dA, and not at Z",
    "hint": "Which of the two arguments was the input of the activation?",
    "severity": "grave",
}
_BRACKETS = {
    "code": "missing-brackets",
    "hint": "Of a * 1 - b Python works out the product first. Put what is one factor in brackets.",
    "severity": "grave",
}


@mistake(function="sigmoid_backward", **_AT_GRADIENT)
def _(dA, cache):
    return dA * _slope(dA)


@mistake(function="sigmoid_backward", message="1 - s has no brackets: this is dA * s - s", **_BRACKETS)
def _(dA, cache):
    return dA * _sigmoid(cache) - _sigmoid(cache)


@mistake(function="tanh_backward", **_AT_GRADIENT)
def _(dA, cache):
    return dA * (1 - np.tanh(dA) ** 2)


@mistake(function="tanh_backward", message="1 - tanh(Z)**2 has no brackets: this is dA - tanh(Z)**2", **_BRACKETS)
def _(dA, cache):
    return dA - np.tanh(cache) ** 2


_PRODUCT = {
    "code": "wrong-product",
    "message": "dA and the derivative are multiplied as matrices; the chain rule multiplies element by element",
    "hint": "np.dot and @ add up over an axis, * does not. Which shape must dZ have?",
    "severity": "grave",
}


@mistake(function="sigmoid_backward", **_PRODUCT)
def _(dA, cache):
    return dA @ _slope(cache).T


@mistake(function="tanh_backward", **_PRODUCT)
def _(dA, cache):
    return dA @ (1 - np.tanh(cache) ** 2).T


@mistake(
    "mask-of-zeros",
    "relu_backward",
    message="the gradient is stopped only where Z is exactly 0; it has to be stopped where Z is negative, too",
    hint="The cache is Z, not A: it has negative entries. What is the derivative of relu there?",
    severity="grave",
)
def _(dA, cache):
    return np.where(cache == 0, 0.0, dA)


@mistake(
    "wrong-at-kink",
    "relu_backward",
    message="the gradient passes where Z is exactly 0; it is 0 there by convention",
    hint="Compare > and >=.",
    severity="slip",
)
def _(dA, cache):
    return np.where(cache >= 0, dA, 0.0)


@mistake(
    "missing-chain-rule",
    "relu_backward",
    message="this is the derivative alone; dA is missing",
    hint="The chain rule has two factors.",
    severity="grave",
)
def _(dA, cache):
    return (cache > 0).astype(float)


@mistake(
    "mask-from-gradient",
    "relu_backward",
    message="the mask is taken from the sign of dA, but it depends on Z",
    hint="Which of the two arguments was the input of relu?",
    severity="grave",
)
def _(dA, cache):
    return np.where(dA > 0, dA, 0.0)


@mistake(
    "no-mask",
    "relu_backward",
    message="dA passes everywhere; it must not where Z is negative",
    hint="What is the derivative of relu left of 0?",
    severity="grave",
)
def _(dA, cache):
    return np.array(dA)


@mistake(
    "mask-inverted",
    "relu_backward",
    message="the gradient passes where Z is negative, and is stopped where Z is positive",
    hint="Where does relu rise?",
    severity="grave",
)
def _(dA, cache):
    return np.where(cache > 0, 0.0, dA)


@mistake(
    "relu-of-product",
    "relu_backward",
    message="this multiplies by relu(Z) instead of by its derivative",
    hint="The derivative of relu is 0 or 1.",
    severity="grave",
)
def _(dA, cache):
    return dA * _relu(cache)


@mistake(
    "mask-of-signs",
    "relu_backward",
    message="np.sign is -1 for negative Z, where the derivative of relu is 0",
    hint="The derivative of relu is 0 or 1.",
    severity="grave",
)
def _(dA, cache):
    return dA * np.sign(cache)


@mistake(
    "leaky",
    "relu_backward",
    message="a part of the gradient passes where Z is negative: this belongs to the leaky relu",
    hint="The exercise asks for plain relu.",
    severity="fault",
)
def _(dA, cache):
    return np.where(cache > 0, dA, 0.01 * dA)


@mistake(
    "swapped-arguments",
    "relu_backward",
    message="dA and the cache have changed places: this is Z where dA is positive",
    hint="Which of the two arguments was the input of relu?",
    severity="grave",
)
def _(dA, cache):
    return np.where(dA > 0, cache, 0.0)


@mistake("mutated-input", "relu_backward", message="dA is overwritten", hint="Work on a copy of dA.", severity="slip")
def _mask_in_place(dA, cache):
    dA[cache <= 0] = 0
    return dA


@mistake(
    "cache-taken-for-activation",
    "tanh_backward",
    message="the cache holds Z, not A: 1 - Z**2 is not the derivative",
    hint="Compute tanh of the cache first.",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - cache**2)


@mistake(
    "missing-chain-rule",
    "tanh_backward",
    message="this is the derivative alone; dA is missing",
    hint="The chain rule has two factors.",
    severity="grave",
)
def _(dA, cache):
    return 1 - np.tanh(cache) ** 2


@mistake(
    "incomplete-derivative",
    "tanh_backward",
    message="the square is missing: this is dA * (1 - tanh(Z))",
    hint="Differentiate tanh once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - np.tanh(cache))


@mistake(
    "incomplete-derivative",
    "tanh_backward",
    message="a square is missing: this is dA / cosh(Z)",
    hint="Differentiate tanh once on paper.",
    severity="fault",
)
def _(dA, cache):
    with np.errstate(all="ignore"):
        return dA / np.cosh(cache)


@mistake(
    "tanh-twice",
    "tanh_backward",
    message="tanh is applied twice: the derivative is taken at tanh(Z), and not at Z",
    hint="Follow the cache through your code. How many times does it go through tanh?",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - np.tanh(np.tanh(cache)) ** 2)


@mistake(
    "plus-for-minus",
    "tanh_backward",
    message="this is 1 + tanh(Z)**2; the derivative of tanh has a minus",
    hint="Differentiate tanh once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 + np.tanh(cache) ** 2)


@mistake(
    "doubled-for-squared",
    "tanh_backward",
    message="tanh(Z) is doubled, and not squared",
    hint="Differentiate tanh once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - 2 * np.tanh(cache))


@mistake(
    "square-inside",
    "tanh_backward",
    message="Z is squared; the square belongs to tanh(Z)",
    hint="Which of the two is squared in 1 - tanh(Z)**2?",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - np.tanh(cache**2))


@mistake(
    "derivative-of-sigmoid",
    "tanh_backward",
    message="A * (1 - A) is the derivative of sigmoid; that of tanh is another one",
    hint="Differentiate tanh once on paper.",
    severity="fault",
)
def _(dA, cache):
    return dA * np.tanh(cache) * (1 - np.tanh(cache))


@mistake(
    "derivative-of-sigmoid",
    "tanh_backward",
    message="this is the gradient through sigmoid",
    hint="Which function was applied to Z here?",
    severity="grave",
)
def _(dA, cache):
    return dA * _slope(cache)


@mistake(
    "opposite-sign",
    "tanh_backward",
    message="dZ has the opposite sign",
    hint="Does tanh rise or fall?",
    severity="grave",
)
def _(dA, cache):
    return -dA * (1 - np.tanh(cache) ** 2)


@mistake(
    "misplaced-square",
    "tanh_backward",
    message="the square belongs to tanh(Z) alone, not to 1 - tanh(Z)",
    hint="In which order do minus and square apply?",
    severity="fault",
)
def _(dA, cache):
    return dA * (1 - np.tanh(cache)) ** 2


@mistake(
    "swapped-arguments",
    "tanh_backward",
    message="dA and the cache have changed places: the derivative is taken at dA",
    hint="Which of the two arguments was the input of tanh?",
    severity="grave",
)
def _(dA, cache):
    return cache * (1 - np.tanh(dA) ** 2)


# -- cut where nothing says so -----------------------------------------------------------


def _clipped(name, slope):
    return mistake(
        "clipped",
        name,
        message="large values are cut to a bound, but the exercise knows none",
        hint="What should dZ be where dA is 100, and what is yours? np.clip and np.minimum belong into no derivative.",
        severity="fault",
    )(lambda dA, cache: np.clip(dA * slope(cache), -5, 5))


_clipped("sigmoid_backward", _slope)
_clipped("relu_backward", lambda Z: Z > 0)
_clipped("tanh_backward", lambda Z: 1 - np.tanh(Z) ** 2)


# -- right, but not a number far out -----------------------------------------------------


def _not_a_number(function):
    return mistake(
        "overflow",
        function,
        message="exponentials overflow far out, and inf / inf is nan",
        hint="Write it so that no exponential grows without bound above and below the line at once.",
        severity="slip",
    )


@_not_a_number("tanh")
def _(Z):
    with np.errstate(all="ignore"):
        return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z)), Z


@_not_a_number("sigmoid_backward")
def _(dA, cache):
    with np.errstate(all="ignore"):
        return dA * np.exp(-cache) / np.square(1 + np.exp(-cache))


@_not_a_number("tanh_backward")
def _(dA, cache):
    with np.errstate(all="ignore"):
        A = (np.exp(cache) - np.exp(-cache)) / (np.exp(cache) + np.exp(-cache))
        return dA * (1 - A**2)


def _one_sided(Z):
    """As many write it: not a number far out on one side."""
    with np.errstate(all="ignore"):
        e = np.exp(2 * Z)
        return (e - 1) / (e + 1)


_not_a_number("tanh")(lambda Z: (_one_sided(Z), Z))
_not_a_number("tanh")(lambda Z: (-_one_sided(-Z), Z))
_not_a_number("tanh_backward")(lambda dA, cache: dA * (1 - _one_sided(cache) ** 2))
_not_a_number("tanh_backward")(lambda dA, cache: dA * (1 - _one_sided(-cache) ** 2))
