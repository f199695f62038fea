"""Known wrong solutions of gradient checking."""

from functools import lru_cache, partial

import numpy as np

from grader.spec import mistake

_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
_SHAPES = ((5, 4), (5, 1), (3, 5), (3, 1), (1, 3), (1, 1))


@mistake(
    "sum-for-product",
    "forward_propagation",
    message="this is theta + x",
    hint="What stands between theta and x in the formula of J?",
    severity="grave",
)
def _(x, theta):
    return x + theta


@mistake(
    "squared",
    "forward_propagation",
    message="theta enters squared, but J is linear in it",
    hint="Compare with the formula of J.",
    severity="grave",
)
def _(x, theta):
    return theta**2 * x


@mistake("input-missing", "forward_propagation", message="x is not used", hint="J has two factors.", severity="grave")
def _(x, theta):
    return theta


@mistake(
    "opposite-sign",
    "forward_propagation",
    message="the sign is opposite",
    hint="J is a plain product.",
    severity="grave",
)
def _(x, theta):
    return -theta * x


_CLIPPED = "large values are cut to a bound, but the exercise knows none"
_CLIPPED_HINT = (
    "Follow large numbers, x = 100 and theta = 50, through your code: np.clip and np.minimum belong nowhere here."
)


@mistake("clipped", "forward_propagation", message=_CLIPPED, hint=_CLIPPED_HINT, severity="slip")
def _(x, theta):
    return float(np.clip(theta * x, -100, 100))


@mistake("clipped", "backward_propagation", message=_CLIPPED, hint=_CLIPPED_HINT, severity="slip")
def _(x, theta):
    return float(np.clip(x, -5, 5))


@mistake(
    "derivative-of-other-argument",
    "backward_propagation",
    message="this is theta, the derivative with respect to x",
    hint="With respect to which of the two is J differentiated here?",
    severity="grave",
)
def _(x, theta):
    return theta


@mistake(
    "returns-cost",
    "backward_propagation",
    message="this is J itself, not its derivative",
    hint="How much does theta * x change when theta grows by 1?",
    severity="grave",
)
def _(x, theta):
    return x * theta


@mistake(
    "constant",
    "backward_propagation",
    message="this is 1 whatever x is",
    hint="Which factor is left when theta * x is differentiated?",
    severity="grave",
)
def _(x, theta):
    return 1.0


@mistake(
    "opposite-sign",
    "backward_propagation",
    message="the sign is opposite",
    hint="Does J grow or fall with theta when x is positive?",
    severity="grave",
)
def _(x, theta):
    return -x


# -- both checks: the wrong measure of two gradients -------------------------------------


def _relative(grad, slopes):
    return np.linalg.norm(grad - slopes) / (np.linalg.norm(grad) + np.linalg.norm(slopes))


def _over(denominator):
    """The distance of the two gradients, relative to something else than the sum of their norms."""

    def measure(grad, slopes, epsilon):
        return np.linalg.norm(grad - slopes) / denominator(grad, slopes)

    return measure


_BELOW = "The denominator of the formula is the sum of two norms."
_RUN = "How far is theta + epsilon from theta - epsilon?"


def _in_both(code, *, message, hint, severity, also_n=True):
    """The same mistake in both checks: ``measure(grad, slopes, epsilon)`` is what they return.

    Not ``also_n`` is what only rounding tells apart there.
    """

    def register(measure):
        mistake(code, "gradient_check", message=message, hint=hint, severity=severity)(
            lambda *args: _measured(measure)(*args)
        )
        if also_n:
            mistake(code, "gradient_check_n", message=message, hint=hint, severity=severity)(
                lambda *args: _measured_n(measure)(*args)
            )
        return measure

    return register


@_in_both(
    "missing-two",
    message="the two points lie 2 * epsilon apart, but the difference is divided by epsilon",
    hint=_RUN,
    severity="fault",
)
def _(g, s, epsilon):
    return _relative(g, 2 * s)


@_in_both(
    "precedence",
    message="a / 2 * epsilon multiplies by epsilon; the whole of 2 * epsilon belongs below the line",
    hint="Python divides and multiplies from left to right.",
    severity="grave",
)
def _(g, s, epsilon):
    return _relative(g, s * epsilon**2)


@_in_both(
    "missing-division",
    message="J_plus - J_minus is not divided by 2 * epsilon",
    hint="A slope is a rise over a run.",
    severity="grave",
)
def _(g, s, epsilon):
    return _relative(g, s * 2 * epsilon)


@_in_both(
    "literal-epsilon",
    message="a fixed number stands below the line where the argument epsilon belongs",
    hint="Call your function with another epsilon.",
    severity="fault",
)
def _(g, s, epsilon):
    return _relative(g, s * epsilon / 1e-7)


@_in_both(
    "always-one",
    message="every wrong gradient gives 1: the numerical derivative is 0, with J_plus and J_minus taken at the same point, or "
    "a verdict is returned as a number in place of the difference",
    hint="Print the numerical derivative, and the two points, with an epsilon of 0.5: is a difference of 1 what comes out?",
    severity="grave",
)
def _(g, s, epsilon):
    return _relative(g, 0 * s)


@_in_both(
    "opposite-sign",
    message="the numerical derivative has the opposite sign in the difference: J_minus - J_plus, or added where it is to be subtracted",
    hint="Which of the two is larger when J grows with theta?",
    severity="grave",
)
def _(g, s, epsilon):
    return _relative(g, -s)


@_in_both(
    "added-to-quotient",
    message="the norm behind the plus is added to the quotient, and does not stand below the line: there brackets are missing",
    hint="Python divides before it adds: a / b + c is (a / b) + c.",
    severity="grave",
)
def _(g, s, epsilon):
    return np.linalg.norm(g - s) / np.linalg.norm(g) + np.linalg.norm(s)


@_in_both(
    "not-relative",
    message="this is the distance of the two gradients; it is not divided by the sum of their norms",
    hint="The formula of the difference is a fraction.",
    severity="fault",
)
def _(g, s, epsilon):
    return np.linalg.norm(g - s)


one_norm_below = _in_both(
    "one-norm-below",
    message="below the line stands one of the two norms, or twice one of them, or the larger one; it has to be their sum",
    hint=_BELOW,
    severity="fault",
)


@one_norm_below
@_over
def _(g, s):
    return np.linalg.norm(g)


@one_norm_below
@_over
def _(g, s):
    return np.linalg.norm(s)


@one_norm_below
@_over
def _(g, s):
    return max(np.linalg.norm(g), np.linalg.norm(s))


for _norm in (lambda g, s: 2 * np.linalg.norm(g), lambda g, s: 2 * np.linalg.norm(s)):
    one_norm_below(_over(_norm))


bounded_below = _in_both(
    "bounded-below",
    message="a small sum of the norms is made larger, by a bound or by a number that is added, so that faults in small gradients look small",
    hint="Is there a max(...), or a number, beside the two norms? The difference is relative, however small the gradients are.",
    severity="slip",
)


@bounded_below
@_over
def _(g, s):
    return max(np.linalg.norm(g) + np.linalg.norm(s), 1.0)


for _number in (1e-2, 1e-3, 1e-4):
    bounded_below(_over(lambda g, s, number=_number: np.linalg.norm(g) + np.linalg.norm(s) + number))


@_in_both(
    "norm-of-sum",
    message="the denominator is the norm of the sum; it has to be the sum of the norms",
    hint="What does yours give for two opposite gradients?",
    severity="fault",
    also_n=False,
)
@_over
def _(g, s):
    return np.linalg.norm(g + s)


@_in_both(
    "product-below",
    message="the norms are multiplied below the line; they have to be added",
    hint=_BELOW,
    severity="fault",
)
@_over
def _(g, s):
    return np.linalg.norm(g) * np.linalg.norm(s)


@_in_both(
    "squared-norms",
    message="the norms are squared; the square root is missing",
    hint="What does np.linalg.norm do after it has summed the squares?",
    severity="fault",
)
def _(g, s, epsilon):
    return np.sum((g - s) ** 2) / (np.sum(g**2) + np.sum(s**2))


@_in_both(
    "returns-verdict",
    message="the result is True or False; the difference itself is wanted",
    hint="Print the verdict if you like, and return the number.",
    severity="fault",
)
def _(g, s, epsilon):
    return bool(_relative(g, s) < 2e-7)


@_in_both(
    "returns-derivative",
    message="this is the numerical derivative; it has to be compared with the other one",
    hint="Two more steps follow after gradapprox.",
    severity="grave",
)
def _(g, s, epsilon):
    return s


# -- gradient_check ----------------------------------------------------------------------

# What the wrong solutions call; grading plants a derivative under the second name.


def forward_propagation(x, theta):
    return theta * x


def backward_propagation(x, theta):
    return x


def _slope(x, theta, epsilon):
    rise = forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)
    return np.float64(rise / (2 * epsilon))


def _measured(measure):
    def gradient_check(x, theta, epsilon):
        return measure(np.float64(backward_propagation(x, theta)), _slope(x, theta, epsilon), epsilon)

    return gradient_check


@mistake(
    "own-derivative",
    "gradient_check",
    message="the reply of backward_propagation does not enter the result, so that no fault in it is ever found",
    hint="Which function is under test here?",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(x, _slope(x, theta, epsilon))


@mistake(
    "own-derivative",
    "gradient_check",
    message="the reply of backward_propagation does not enter the result, so that no fault in it is ever found",
    hint="Which function is under test here?",
    severity="grave",
)
def _(x, theta, epsilon):
    return _relative(forward_propagation(x, theta) / theta, _slope(x, theta, epsilon))


@mistake(
    "asks-nothing",
    "gradient_check",
    message="neither the reply of forward_propagation nor that of backward_propagation enters the result, so that no fault "
    "in either is ever found",
    hint="Which two functions does the exercise want to be called?",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(x, (x * (theta + epsilon) - x * (theta - epsilon)) / (2 * epsilon))


@mistake(
    "derivative-at-slope",
    "gradient_check",
    message="backward_propagation is asked at gradapprox; the gradient is wanted at theta",
    hint="What is the second argument of backward_propagation?",
    severity="fault",
)
def _(x, theta, epsilon):
    slope = _slope(x, theta, epsilon)
    return _relative(backward_propagation(x, slope), slope)


@mistake(
    "minus-at-theta",
    "gradient_check",
    message="the numerical slope is half of what it should be: J_minus is taken at theta, say, not at theta - epsilon",
    hint="Print thetaplus and thetaminus with an epsilon of 0.5: how far apart are they, and what do you divide by?",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(backward_propagation(x, theta), _slope(x, theta, epsilon) / 2)


@mistake(
    "literal-epsilon",
    "gradient_check",
    message="theta is shifted by a fixed number, not by the argument epsilon",
    hint="Call your function with another epsilon.",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(backward_propagation(x, theta), _slope(x, theta, 1e-7) * 1e-7 / epsilon)


@mistake(
    "shifted-input",
    "gradient_check",
    message="x is shifted and theta stays: this is the derivative with respect to x",
    hint="With respect to what is J differentiated?",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(backward_propagation(x, theta), _slope(theta, x, epsilon))


@mistake(
    "relative-shift",
    "gradient_check",
    message="theta is multiplied by 1 + epsilon and 1 - epsilon; epsilon has to be added and subtracted",
    hint="By how much does theta change in your code when theta is 5?",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(backward_propagation(x, theta), theta * _slope(x, theta, epsilon))


@mistake(
    "swapped-arguments",
    "gradient_check",
    message="backward_propagation is called with theta and x in each other's place",
    hint="Compare the order of your arguments with the definition.",
    severity="fault",
)
def _(x, theta, epsilon):
    return _relative(backward_propagation(theta, x), _slope(x, theta, epsilon))


signed = mistake(
    "signed",
    "gradient_check",
    message="the difference can be negative: norms (absolute values) are missing",
    hint="A distance has no sign.",
    severity="fault",
)


@signed
@_measured
def _(g, s, epsilon):
    return (g - s) / (g + s)


@mistake(
    "signed",
    "gradient_check",
    message="the sum below the line can be negative, and then the difference is: norms (absolute values) are missing there",
    hint="A distance has no sign.",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return abs(g - s) / (g + s)


@signed
@_measured
def _(g, s, epsilon):
    return (g - s) / (abs(g) + abs(s))


# -- forward_propagation_n ---------------------------------------------------------------


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _layers(X, parameters, hidden=lambda Z: np.maximum(0, Z)):
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in _NAMES)
    Z1 = W1 @ X + b1
    A1 = hidden(Z1)
    Z2 = W2 @ A1 + b2
    A2 = hidden(Z2)
    Z3 = W3 @ A2 + b3
    return Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, _sigmoid(Z3), W3, b3


def _cost(A3, Y):
    return -np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))


def _with_cost(cost):
    def forward_propagation_n(X, Y, parameters):
        cache = _layers(X, parameters)
        return cost(cache[9], Y, X), cache

    return forward_propagation_n


def _with_hidden(activation):
    def forward_propagation_n(X, Y, parameters):
        cache = _layers(X, parameters, activation)
        return _cost(cache[9], Y), cache

    return forward_propagation_n


_ORDER = "LINEAR, RELU, LINEAR, RELU, LINEAR, SIGMOID"


@mistake(
    "missing-mean",
    "forward_propagation_n",
    message="the sum over the examples is not divided by m",
    hint="What does the cost of twice as many examples look like?",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return _cost(A3, Y) * X.shape[1]


@mistake(
    "wrong-mean",
    "forward_propagation_n",
    message="the sum is divided by the number of features, not of examples",
    hint="Which axis of X counts the examples?",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return _cost(A3, Y) * X.shape[1] / X.shape[0]


@mistake(
    "second-term-subtracted",
    "forward_propagation_n",
    message="the term of the label 0 is subtracted: an error there makes the cost smaller",
    hint="Both logarithms are negative; what sign does each term of the cost need?",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return float(np.sum(np.where(Y == 1, -np.log(A3), np.log(1 - A3))) / X.shape[1])


@mistake(
    "half-mean",
    "forward_propagation_n",
    message="the cost is divided by 2m; the cross-entropy has no factor 1/2",
    hint="Compare the factor in front of the sum.",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return _cost(A3, Y) / 2


@mistake(
    "opposite-sign",
    "forward_propagation_n",
    message="the cost is negative",
    hint="The logarithm of a probability is negative, a cost is not.",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return -_cost(A3, Y)


@mistake(
    "swapped-labels",
    "forward_propagation_n",
    message="Y and 1 - Y stand in each other's place",
    hint="What is the cost of A3 near 1 when Y is 1?",
    severity="grave",
)
@_with_cost
def _(A3, Y, X):
    return _cost(A3, 1 - Y)


@mistake(
    "half-a-mean",
    "forward_propagation_n",
    message="only the term of the label 1 is divided by m",
    hint="What does 1 / m belong to: to one sum, or to both?",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return -float(np.sum(Y * np.log(A3)) / X.shape[1] + np.sum((1 - Y) * np.log(1 - A3)))


half_of_cross_entropy = mistake(
    "half-of-cross-entropy",
    "forward_propagation_n",
    message="only the examples of one label count",
    hint="The sum has two terms.",
    severity="fault",
)


@half_of_cross_entropy
@_with_cost
def _(A3, Y, X):
    return -np.mean(Y * np.log(A3))


@half_of_cross_entropy
@_with_cost
def _(A3, Y, X):
    return -np.mean((1 - Y) * np.log(1 - A3))


@mistake(
    "squared-error",
    "forward_propagation_n",
    message="this is a mean squared error, not the cross-entropy",
    hint="There are logarithms in this cost.",
    severity="grave",
)
@_with_cost
def _(A3, Y, X):
    return np.mean((A3 - Y) ** 2)


@mistake(
    "returns-prediction",
    "forward_propagation_n",
    message="A3 is returned in place of the cost",
    hint="Gradient checking differentiates a single number.",
    severity="fault",
)
@_with_cost
def _(A3, Y, X):
    return A3


mistake(
    "sigmoid-in-hidden-layers",
    "forward_propagation_n",
    message="the hidden layers use the sigmoid",
    hint=_ORDER,
    severity="fault",
)(_with_hidden(_sigmoid))


mistake(
    "tanh-in-hidden-layers",
    "forward_propagation_n",
    message="the hidden layers use tanh",
    hint=_ORDER,
    severity="fault",
)(_with_hidden(np.tanh))


@mistake(
    "no-hidden-activation",
    "forward_propagation_n",
    message="the hidden layers have no activation",
    hint=_ORDER,
    severity="fault",
)
@_with_hidden
def _(Z):
    return Z


@mistake(
    "biases-missing",
    "forward_propagation_n",
    message="the biases are not added",
    hint="Z = W A + b in every layer.",
    severity="fault",
)
def _without_biases(X, Y, parameters):
    cache = _layers(X, {name: value if name[0] == "W" else 0 * value for name, value in parameters.items()})
    return _cost(cache[9], Y), tuple(parameters[f"b{n // 4 + 1}"] if n % 4 == 3 else v for n, v in enumerate(cache))


@mistake(
    "cache-order",
    "forward_propagation_n",
    message="the parts of the cache are in another order than the backward pass unpacks",
    hint="Compare with the first line of backward_propagation_n.",
    severity="slip",
)
def _disordered(X, Y, parameters):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = _layers(X, parameters)
    return _cost(A3, Y), (A1, Z1, W1, b1, A2, Z2, W2, b2, A3, Z3, W3, b3)


def _with_hidden_of(first, second):
    def forward_propagation_n(X, Y, parameters):
        W1, b1, W2, b2, W3, b3 = (parameters[name] for name in _NAMES)
        Z1 = W1 @ X + b1
        A1 = first(Z1)
        Z2 = W2 @ A1 + b2
        A2 = second(Z2)
        Z3 = W3 @ A2 + b3
        A3 = _sigmoid(Z3)
        return _cost(A3, Y), (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)

    return forward_propagation_n


def _relu(Z):
    return np.maximum(0, Z)


for layer, pair in (("first", (lambda Z: Z, _relu)), ("second", (_relu, lambda Z: Z))):
    mistake(
        "no-hidden-activation",
        "forward_propagation_n",
        message=f"the {layer} layer has no activation: relu is missing there",
        hint=_ORDER,
        severity="fault",
    )(_with_hidden_of(*pair))


cache_holds_a = mistake(
    "cache-holds-A",
    "forward_propagation_n",
    message="where the cache keeps Z1 or Z2 stands A1 or A2",
    hint="Is relu(Z1) put into Z1 again, or is A1 = Z1, one array under two names? Keep Z and A apart.",
    severity="slip",
)


@cache_holds_a
def _(X, Y, parameters):
    Z1, A1, W1, b1, _, A2, *others = _layers(X, parameters)
    return _cost(others[3], Y), (Z1, A1, W1, b1, A2, A2, *others)


@cache_holds_a
def _(X, Y, parameters):
    _, A1, W1, b1, Z2, A2, *others = _layers(X, parameters)
    return _cost(others[3], Y), (A1, A1, W1, b1, Z2, A2, *others)


@mistake(
    "cache-holds-A",
    "forward_propagation_n",
    message="where the cache keeps Z1 and Z2 stand A1 and A2",
    hint="After A1 = Z1 both are names of one array: what you write into one stands in the other. Work on a copy.",
    severity="slip",
)
def _(X, Y, parameters):
    _, A1, W1, b1, _, A2, *others = _layers(X, parameters)
    return _cost(others[3], Y), (A1, A1, W1, b1, A2, A2, *others)


# -- backward_propagation_n --------------------------------------------------------------


def _gradients(X, Y, cache, dZ3=None, slope=lambda Z, A, dA: A > 0):
    Z1, A1, _, _, Z2, A2, W2, _, _, A3, W3, _ = cache
    g = {"dZ3": A3 - Y if dZ3 is None else dZ3}
    g["dA2"] = W3.T @ g["dZ3"]
    g["dZ2"] = g["dA2"] * slope(Z2, A2, g["dA2"])
    g["dA1"] = W2.T @ g["dZ2"]
    g["dZ1"] = g["dA1"] * slope(Z1, A1, g["dA1"])
    for l, A in ((3, A2), (2, A1), (1, X)):
        g[f"dW{l}"] = g[f"dZ{l}"] @ A.T / X.shape[1]
        g[f"db{l}"] = np.sum(g[f"dZ{l}"], axis=1, keepdims=True) / X.shape[1]
    return g


def _scaled(factors):
    """Right gradients, times a factor (of m) by the name or by the kind of the entry."""

    def backward_propagation_n(X, Y, cache):
        by = factors(X.shape[1])
        return {name: value * by.get(name, by.get(name[1], 1)) for name, value in _gradients(X, Y, cache).items()}

    return backward_propagation_n


def _with_slope(slope):
    return lambda X, Y, cache: _gradients(X, Y, cache, slope=slope)


def _with_dZ3(dZ3):
    return lambda X, Y, cache: _gradients(X, Y, cache, dZ3=dZ3(cache[9], Y))


def _changed(change):
    """Right gradients, with some of them put together otherwise."""

    def backward_propagation_n(X, Y, cache):
        g = _gradients(X, Y, cache)
        return g | change(g, cache, X.shape[1])

    return backward_propagation_n


@mistake(
    "clipped",
    "backward_propagation_n",
    message="large gradients are cut to a bound, but the exercise knows none",
    hint="Follow large gradients through your code: np.clip and np.minimum belong into no derivative.",
    severity="slip",
)
def _(X, Y, cache):
    return {name: np.clip(gradient, -5, 5) for name, gradient in _gradients(X, Y, cache).items()}


_WHICH = "Which activation have the hidden layers?"


@mistake(
    "planted-bugs",
    "backward_propagation_n",
    message="both faults of the published version are still there: dW2 is twice and db1 four times what it should be",
    hint="Run gradient_check_n and print grad beside gradapprox: which entries disagree, and by what factor?",
    severity="grave",
)
@_scaled
def _(m):
    return {"dW2": 2, "db1": 4}


@mistake(
    "planted-bug-in-dW2",
    "backward_propagation_n",
    message="one of the two published faults is still there: dW2 is twice what it should be",
    hint="Run gradient_check_n again: a difference of 0.2 is not small.",
    severity="fault",
)
@_scaled
def _(m):
    return {"dW2": 2}


@mistake(
    "planted-bug-in-db1",
    "backward_propagation_n",
    message="one of the two published faults is still there: db1 is four times what it should be",
    hint="Run gradient_check_n again, and look at the biases too.",
    severity="fault",
)
@_scaled
def _(m):
    return {"db1": 4}


@mistake(
    "missing-mean",
    "backward_propagation_n",
    message="dW and db are sums over the examples, not means",
    hint="Where does the 1/m of the cost go?",
    severity="fault",
)
@_scaled
def _(m):
    return {"W": m, "b": m}


@mistake(
    "missing-mean-in-db",
    "backward_propagation_n",
    message="db is a sum over the examples, not a mean",
    hint="The biases belong to the same cost as the weights.",
    severity="fault",
)
@_scaled
def _(m):
    return {"b": m}


@mistake(
    "missing-mean-in-dW",
    "backward_propagation_n",
    message="dW is a sum over the examples, not a mean",
    hint="The weights belong to the same cost as the biases.",
    severity="fault",
)
@_scaled
def _(m):
    return {"W": m}


@mistake(
    "mean-too-early",
    "backward_propagation_n",
    message="dZ3 is divided by m already: dZ and dA are meant per example, and the mean comes with dW and db",
    hint="Where does the published version divide by m?",
    severity="slip",
)
@_scaled
def _(m):
    return {"Z": 1 / m, "A": 1 / m}


@mistake(
    "mean-twice",
    "backward_propagation_n",
    message="the division by m happens twice, in dZ3 and again in dW and db",
    hint="Divide by the number of examples once.",
    severity="fault",
)
@_scaled
def _(m):
    return dict.fromkeys("ZAWb", 1 / m)


@mistake(
    "opposite-sign",
    "backward_propagation_n",
    message="dZ3 is Y - A3: all gradients have the opposite sign",
    hint="Which way must the cost change when A3 is too large?",
    severity="grave",
)
@_scaled
def _(m):
    return dict.fromkeys("ZAWb", -1)


@mistake(
    "wrong-at-kink",
    "backward_propagation_n",
    message="the gradient passes where Z is exactly 0; it is 0 there by convention",
    hint="Compare > and >=.",
    severity="slip",
)
@_with_slope
def _(Z, A, dA):
    return Z >= 0


@mistake(
    "no-mask",
    "backward_propagation_n",
    message="the gradient passes through the relu everywhere",
    hint="What is the derivative of relu left of 0?",
    severity="grave",
)
@_with_slope
def _(Z, A, dA):
    return 1.0


def _one_open(layer):
    """Right gradients but for one layer, through whose relu everything passes."""

    def backward_propagation_n(X, Y, cache):
        g = _gradients(X, Y, cache)
        _, A1, _, _, _, _, W2, *_ = cache
        dZ2 = g["dA2"] if layer == 2 else g["dZ2"]
        dA1 = W2.T @ dZ2
        dZ1 = dA1 * (A1 > 0) if layer == 2 else dA1
        g |= {"dZ2": dZ2, "dA1": dA1, "dZ1": dZ1}
        for l, A in ((2, A1), (1, X)):
            g[f"dW{l}"] = g[f"dZ{l}"] @ A.T / X.shape[1]
            g[f"db{l}"] = np.sum(g[f"dZ{l}"], axis=1, keepdims=True) / X.shape[1]
        return g

    return backward_propagation_n


for layer in (1, 2):
    mistake(
        "no-mask-in-one-layer",
        "backward_propagation_n",
        message=f"dZ{layer} is dA{layer}: the mask of relu is missing in this layer; the other one has it",
        hint=f"Compare the line for dZ{layer} with the line for dZ{3 - layer}.",
        severity="fault",
    )(_one_open(layer))


@mistake(
    "dA-handed-down",
    "backward_propagation_n",
    message="dA1 is made of dA2; the way to the layer before begins at dZ2",
    hint="Which of dA2 and dZ2 has been through the derivative of relu?",
    severity="fault",
)
def _(X, Y, cache):
    g = _gradients(X, Y, cache)
    dA1 = cache[6].T @ g["dA2"]
    dZ1 = dA1 * (cache[1] > 0)
    m = X.shape[1]
    return g | {"dA1": dA1, "dZ1": dZ1, "dW1": dZ1 @ X.T / m, "db1": np.sum(dZ1, axis=1, keepdims=True) / m}


@mistake(
    "whole-number-mask",
    "backward_propagation_n",
    message="units between 0 and 1 are taken for shut: A is made a whole number before it is compared with 0",
    hint="What is np.int64(0.7)? The comparison comes first: np.int64(A > 0).",
    severity="grave",
)
@_with_slope
def _(Z, A, dA):
    return np.trunc(A) > 0


sigmoid_in_hidden_layers = mistake(
    "sigmoid-in-hidden-layers",
    "backward_propagation_n",
    message="the derivative of the hidden layers is that of the sigmoid",
    hint=_WHICH,
    severity="fault",
)


@sigmoid_in_hidden_layers
@_with_slope
def _(Z, A, dA):
    return A * (1 - A)


@sigmoid_in_hidden_layers
@_with_slope
def _(Z, A, dA):
    return _sigmoid(Z) * (1 - _sigmoid(Z))


@mistake(
    "tanh-in-hidden-layers",
    "backward_propagation_n",
    message="the derivative of the hidden layers is that of tanh",
    hint=_WHICH,
    severity="fault",
)
@_with_slope
def _(Z, A, dA):
    return 1 - A**2


@mistake(
    "relu-of-product",
    "backward_propagation_n",
    message="dA is multiplied by A, not by the derivative of relu",
    hint="That derivative is 0 or 1.",
    severity="fault",
)
@_with_slope
def _(Z, A, dA):
    return A


@mistake(
    "mask-from-gradient",
    "backward_propagation_n",
    message="the mask comes from the sign of dA; it depends on A",
    hint="Which value decides whether a relu was on?",
    severity="fault",
)
@_with_slope
def _(Z, A, dA):
    return dA > 0


@mistake(
    "mask-inverted",
    "backward_propagation_n",
    message="the gradient passes where the relu was off",
    hint="What is the derivative of relu right of 0?",
    severity="grave",
)
@_with_slope
def _(Z, A, dA):
    return A <= 0


@mistake(
    "output-derivative-twice",
    "backward_propagation_n",
    message="A3 - Y is multiplied by the derivative of the sigmoid once more; it is in there already",
    hint="Work dZ3 out on paper: what cancels?",
    severity="fault",
)
@_with_dZ3
def _(A3, Y):
    return (A3 - Y) * A3 * (1 - A3)


@mistake(
    "derivative-of-cost-alone",
    "backward_propagation_n",
    message="dZ3 is the derivative of the cost with respect to A3; the derivative of the sigmoid is missing",
    hint="dZ3 is dA3 times something.",
    severity="fault",
)
@_with_dZ3
def _(A3, Y):
    return (1 - Y) / (1 - A3) - Y / A3


@mistake(
    "pre-activation-for-activation",
    "backward_propagation_n",
    message="dW uses Z of the layer below in place of A",
    hint="What does a layer multiply its weights with?",
    severity="fault",
)
@_changed
def _(g, cache, m):
    return {"dW3": g["dZ3"] @ cache[4].T / m, "dW2": g["dZ2"] @ cache[0].T / m}


@mistake(
    "activation-gradient-for-dZ",
    "backward_propagation_n",
    message="dW and db of the hidden layers use dA in place of dZ: the relu is skipped there",
    hint="What comes between dA2 and dW2?",
    severity="fault",
)
@_changed
def _(g, cache, m):
    return {
        "dW2": g["dA2"] @ cache[1].T / m,
        "db2": np.sum(g["dA2"], axis=1, keepdims=True) / m,
        "db1": np.sum(g["dA1"], axis=1, keepdims=True) / m,
    }


@mistake(
    "missing-keepdims",
    "backward_propagation_n",
    message="db has shape (n,), expected (n, 1)",
    hint="np.sum can keep the axis that it sums over.",
    severity="slip",
)
@_changed
def _(g, cache, m):
    return {name: value.ravel() for name, value in g.items() if name[1] == "b"}


@mistake(
    "wrong-axis",
    "backward_propagation_n",
    message="db is one mean over all entries of dZ; each unit has its own",
    hint="db has the shape of b.",
    severity="fault",
)
@_changed
def _(g, cache, m):
    return {f"db{l}": np.full_like(g[f"db{l}"], g[f"dZ{l}"].sum() / m) for l in (1, 2)}


# -- gradient_check_n --------------------------------------------------------------------


def _vectors(parameters, gradients):
    theta = np.concatenate([parameters[name].reshape(-1, 1) for name in _NAMES])
    return theta, np.concatenate([gradients["d" + name].reshape(-1, 1) for name in _NAMES])


def _at(X, Y, theta):
    parts = np.split(theta, np.cumsum([a * b for a, b in _SHAPES])[:-1])
    return _cost(_layers(X, {n: part.reshape(s) for n, part, s in zip(_NAMES, parts, _SHAPES, strict=True)})[9], Y)


@lru_cache(maxsize=64)  # most mistakes start from the same right slopes
def _slopes_of(X, Y, theta, epsilon, below, run):
    X, Y, theta = (np.frombuffer(data, dtype).reshape(rows, -1) for data, dtype, rows in (X, Y, theta))
    steps = epsilon * np.eye(theta.size)[:, :, None]
    rises = [_at(X, Y, theta + step) - _at(X, Y, theta + below * step) for step in steps]
    return np.array(rises).reshape(-1, 1) / (run * epsilon)


def _both(parameters, gradients, X, Y, epsilon, below=-1.0, run=2.0):
    """The gradients as a vector, and differences of the cost at theta + epsilon and theta + below * epsilon."""
    theta, grad = _vectors(parameters, gradients)
    data = ((array.tobytes(), array.dtype.str, len(array)) for array in (X, Y, theta))
    return grad, _slopes_of(*data, epsilon, below, run).copy()


def _measured_n(measure):
    return lambda *args: measure(*_both(*args), args[-1])


def _only(places):
    """A measure that knows the slopes in some places and takes them to be 0 elsewhere."""

    def measure(grad, slopes, epsilon):
        kept = np.zeros_like(slopes)
        kept[places] = slopes[places]
        return _relative(grad, kept)

    return measure


_VECTORS = "np.linalg.norm of a vector gives the 2-norm of all its entries."

loop_ends_early = partial(
    mistake,
    "loop-ends-early",
    "gradient_check_n",
    message="only some of the parameters are differentiated: the loop stops too early, or what belongs "
    "into it stands outside",
    hint="How many rounds does the loop make, and how many parameters are there?",
)


loop_ends_early(severity="grave")(_measured_n(_only(slice(0, 1))))


# As many rounds as there are arrays: len(parameters) is not the number of parameters.
loop_ends_early(severity="grave")(_measured_n(_only(slice(0, len(_NAMES)))))


loop_ends_early(severity="fault")(_measured_n(_only(slice(0, -1))))


mistake(
    "loop-starts-late",
    "gradient_check_n",
    message="the loop leaves the first parameter out",
    hint="Python counts from 0.",
    severity="fault",
)(_measured_n(_only(slice(1, None))))


@mistake(
    "parameter-left-out",
    "gradient_check_n",
    message="the last parameter is left out on both sides, so that no fault in its gradient is found",
    hint="How many parameters are compared, and how many are there?",
    severity="fault",
)
@_measured_n
def _(g, s, epsilon):
    return _relative(g[:-1], s[:-1])


@mistake(
    "weights-only",
    "gradient_check_n",
    message="only the weights are compared; the biases are parameters too",
    hint="What does dictionary_to_vector put into the vector?",
    severity="fault",
)
@_measured_n
def _over_weights(grad, slopes, epsilon):
    kept = np.concatenate([np.full(a * b, b > 1) for a, b in _SHAPES])
    return _relative(grad[kept], slopes[kept])


other_norm = mistake(
    "other-norm", "gradient_check_n", message="this is another norm than the 2-norm", hint=_VECTORS, severity="fault"
)


@other_norm
@_measured_n
def _(g, s, epsilon):
    return np.sum(np.abs(g - s)) / (np.sum(np.abs(g)) + np.sum(np.abs(s)))


@other_norm
@_measured_n
def _(g, s, epsilon):
    return np.max(np.abs(g - s)) / (np.max(np.abs(g)) + np.max(np.abs(s)))


entry_by_entry = mistake(
    "entry-by-entry",
    "gradient_check_n",
    message="every entry is divided by its own size; wanted is the norm of the difference over the sum of the two norms",
    hint="How many quotients does the formula have?",
    severity="fault",
)


@entry_by_entry
@_measured_n
def _(g, s, epsilon):
    return np.max(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300))


@entry_by_entry
@_measured_n
def _(g, s, epsilon):
    return np.mean(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300))


@mistake(
    "norm-of-the-sum",
    "gradient_check_n",
    message="the denominator is the norm of the sum; it is the sum of the two norms",
    hint="How large is the norm of a sum when the two vectors point in opposite directions?",
    severity="fault",
)
@_measured_n
def _(g, s, epsilon):
    return np.linalg.norm(g - s) / np.linalg.norm(g + s)


@mistake(
    "table-of-differences",
    "gradient_check_n",
    message="a column and a flat vector are subtracted, which gives a table of the differences of all pairs",
    hint="Print the shapes of the two vectors, and of their difference.",
    severity="grave",
)
@_measured_n
def _(g, s, epsilon):
    return np.linalg.norm(g - s.ravel()) / (np.linalg.norm(g) + np.linalg.norm(s))


@mistake(
    "difference-of-norms",
    "gradient_check_n",
    message="norms are subtracted, without even their absolute value; the norm of the difference is wanted",
    hint="Two vectors of equal length need not be equal, and a distance is not negative.",
    severity="fault",
)
@_measured_n
def _(g, s, epsilon):
    return (np.linalg.norm(g) - np.linalg.norm(s)) / (np.linalg.norm(g) + np.linalg.norm(s))


@mistake(
    "difference-of-norms",
    "gradient_check_n",
    message="norms are subtracted; the norm of the difference is wanted",
    hint="Two vectors of equal length need not be equal.",
    severity="fault",
)
@_measured_n
def _(g, s, epsilon):
    return abs(np.linalg.norm(g) - np.linalg.norm(s)) / (np.linalg.norm(g) + np.linalg.norm(s))


@mistake(
    "ignores-gradients",
    "gradient_check_n",
    message="the argument gradients does not enter the result, so that no fault in it is ever found",
    hint="Whose gradients are to be checked?",
    severity="grave",
)
def _ignoring(parameters, gradients, X, Y, epsilon):
    return _relative(*_both(parameters, _gradients(X, Y, _layers(X, parameters)), X, Y, epsilon))


@mistake(
    "one-sided",
    "gradient_check_n",
    message="the derivative is one-sided, (J(theta + epsilon) - J(theta)) / epsilon: with a large epsilon the error shows",
    hint="The formula has theta + epsilon and theta - epsilon.",
    severity="fault",
)
def _(*args):
    return _relative(*_both(*args, below=0.0, run=1.0))


literal_epsilon = partial(
    mistake,
    "literal-epsilon",
    "gradient_check_n",
    hint="Call your function with an epsilon of 0.5, and print the two points and what you divide by.",
)


@literal_epsilon(
    message="the step is not the argument epsilon: a fixed number stands there, or a bound that epsilon may not pass",
    severity="slip",
)
def _(*args):
    return _relative(*_both(*args[:-1], 1e-7))


@literal_epsilon(
    message="theta is shifted by a fixed number, and divided is by the argument epsilon",
    severity="fault",
)
def _(*args):
    return _relative(*_both(*args[:-1], 1e-7, run=2 * args[-1] / 1e-7))


literal_on_one_side = literal_epsilon(
    message="one of the two points is shifted by a fixed number, the other one by the argument epsilon",
    severity="fault",
)


@literal_on_one_side
def _(*args):
    return _relative(*_both(*args[:-1], 1e-7, below=-args[-1] / 1e-7, run=2 * args[-1] / 1e-7))


@literal_on_one_side
def _(*args):
    return _relative(*_both(*args, below=-1e-7 / args[-1]))


@mistake(
    "minus-at-theta",
    "gradient_check_n",
    message="J_minus is taken at theta, not at theta - epsilon",
    hint="Is thetaminus a fresh copy of the parameters, neither thetaplus itself nor the same array, and is it shifted?",
    severity="fault",
)
def _(*args):
    return _relative(*_both(*args, below=0.0))


@mistake(
    "shifts-accumulate",
    "gradient_check_n",
    message="the vector is copied once before the loop, so that the shifts of earlier parameters stay in it",
    hint="Which entries of thetaplus differ from the parameters in the last round?",
    severity="fault",
)
def _accumulating(parameters, gradients, X, Y, epsilon):
    theta, grad = _vectors(parameters, gradients)
    plus, minus, slopes = theta.copy(), theta.copy(), np.zeros(theta.shape)
    for i in range(theta.size):
        plus[i] += epsilon
        minus[i] -= epsilon
        slopes[i] = (_at(X, Y, plus) - _at(X, Y, minus)) / (2 * epsilon)
    return _relative(grad, slopes)


@mistake(
    "shifts-everything",
    "gradient_check_n",
    message="all parameters are shifted at once; the i-th derivative moves only the i-th one",
    hint="Where does the index i of the loop enter?",
    severity="grave",
)
def _all_at_once(parameters, gradients, X, Y, epsilon):
    theta, grad = _vectors(parameters, gradients)
    slope = (_at(X, Y, theta + epsilon) - _at(X, Y, theta - epsilon)) / (2 * epsilon)
    return _relative(grad, np.full(theta.shape, slope))


@mistake(
    "no-copy",
    "gradient_check_n",
    message="theta plus epsilon is made in the vector of the parameters itself, no copy of it: the shifts stay in it and add up",
    hint="What does the vector of the parameters hold after the first round of the loop?",
    severity="grave",
)
def _without_a_copy(parameters, gradients, X, Y, epsilon):
    plus, grad = _vectors(parameters, gradients)
    slopes = np.zeros(plus.shape)
    for i in range(plus.size):
        plus[i] += epsilon
        minus = plus.copy()
        minus[i] -= epsilon
        slopes[i] = (_at(X, Y, plus) - _at(X, Y, minus)) / (2 * epsilon)
    return _relative(grad, slopes)


@mistake(
    "order-of-keys",
    "gradient_check_n",
    message="the gradients follow the order of their dictionary, and a backward pass fills it from the last layer on",
    hint="Print list(gradients) beside list(parameters): is there a function that puts them in order?",
    severity="fault",
)
def _in_order_of_keys(parameters, gradients, X, Y, epsilon):
    grad, slopes = _both(parameters, gradients, X, Y, epsilon)
    return _relative(np.concatenate([v.reshape(-1, 1) for n, v in gradients.items() if n[1] in "Wb"]), slopes)
