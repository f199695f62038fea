"""Known wrong solutions of gradient checking, in tables: code, explanation, hint, and one or more ways to make it."""

from functools import lru_cache

import numpy as np

from grader.spec import mistake

_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
_SHAPES = ((5, 4), (5, 1), (3, 5), (3, 1), (1, 3), (1, 1))


def _table(function, make, rows):
    """Mistakes of one function; ``make`` turns what a row varies into a whole solution."""
    return [mistake(code, function, text, hint)(make(way)) for code, text, hint, *ways in rows for way in ways]


def _itself(solution):
    return solution


# fmt: off
_FORWARD = _table("forward_propagation", _itself, [
    ("sum-for-product", "this is theta + x", "What stands between theta and x in the formula of J?",
     lambda x, theta: x + theta),
    ("squared", "theta enters squared, but J is linear in it", "Compare with the formula of J.",
     lambda x, theta: theta**2 * x),
    ("input-missing", "x is not used", "J has two factors.", lambda x, theta: theta),
    ("opposite-sign", "the sign is opposite", "J is a plain product.", lambda x, theta: -theta * x),
])

_BACKWARD = _table("backward_propagation", _itself, [
    ("derivative-of-other-argument", "this is theta, the derivative with respect to x",
     "With respect to which of the two is J differentiated here?", lambda x, theta: theta),
    ("returns-cost", "this is J itself, not its derivative",
     "How much does theta * x change when theta grows by 1?", lambda x, theta: x * theta),
    ("constant", "this is 1 whatever x is",
     "Which factor is left when theta * x is differentiated?", lambda x, theta: 1.0),
    ("opposite-sign", "the sign is opposite",
     "Does J grow or fall with theta when x is positive?", lambda x, theta: -x),
])
# fmt: on

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

# fmt: off
_MEASURES = [
    ("missing-two", "the two points lie 2 * epsilon apart, but the difference is divided by epsilon", _RUN,
     lambda g, s, epsilon: _relative(g, 2 * s)),
    ("precedence", "a / 2 * epsilon multiplies by epsilon; the whole of 2 * epsilon belongs below the line",
     "Python divides and multiplies from left to right.", lambda g, s, epsilon: _relative(g, s * epsilon**2)),
    ("missing-division", "J_plus - J_minus is not divided by 2 * epsilon", "A slope is a rise over a run.",
     lambda g, s, epsilon: _relative(g, s * 2 * epsilon)),
    ("literal-epsilon", "a fixed number stands below the line where the argument epsilon belongs",
     "Call your function with another epsilon.", lambda g, s, epsilon: _relative(g, s * epsilon / 1e-7)),
    ("same-point", "the numerical derivative is always 0: J_plus and J_minus are taken at the same point",
     "Print the two points, and the costs there, with an epsilon of 0.5.", lambda g, s, epsilon: _relative(g, 0 * s)),
    ("opposite-sign", "the numerical derivative has the opposite sign in the difference: J_minus - J_plus, or added where it is to be subtracted",
     "Which of the two is larger when J grows with theta?", lambda g, s, epsilon: _relative(g, -s)),
    ("not-relative", "this is the distance of the two gradients; it is not divided by the sum of their norms",
     "The formula of the difference is a fraction.", lambda g, s, epsilon: np.linalg.norm(g - s)),
    ("one-norm-below", "only one of the two norms stands below the line", _BELOW,
     _over(lambda g, s: np.linalg.norm(g)), _over(lambda g, s: np.linalg.norm(s)),
     _over(lambda g, s: max(np.linalg.norm(g), np.linalg.norm(s)))),
    ("norm-of-sum", "the denominator is the norm of the sum; it has to be the sum of the norms",
     "What does yours give for two opposite gradients?", _over(lambda g, s: np.linalg.norm(g + s))),
    ("product-below", "the norms are multiplied below the line; they have to be added", _BELOW,
     _over(lambda g, s: np.linalg.norm(g) * np.linalg.norm(s))),
    ("squared-norms", "the norms are squared; the square root is missing",
     "What does np.linalg.norm do after it has summed the squares?",
     lambda g, s, epsilon: np.sum((g - s) ** 2) / (np.sum(g**2) + np.sum(s**2))),
    ("returns-verdict", "the result is True or False; the difference itself is wanted",
     "Print the verdict if you like, and return the number.",
     lambda g, s, epsilon: bool(_relative(g, s) < 2e-7)),
    ("returns-derivative", "this is the numerical derivative; it has to be compared with the other one",
     "Two more steps follow after gradapprox.", lambda g, s, epsilon: s),
]
# fmt: on

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


# fmt: off
_CHECK = _table("gradient_check", _measured, _MEASURES) + _table("gradient_check", _itself, [
    ("own-derivative", "the reply of backward_propagation does not enter the result, so that no fault in it is ever "
     "found", "Which function is under test here?",
     lambda x, theta, epsilon: _relative(x, _slope(x, theta, epsilon))),
    ("minus-at-theta", "J_minus is taken at theta, not at theta - epsilon",
     "Print thetaplus and thetaminus with an epsilon of 0.5.",
     lambda x, theta, epsilon: _relative(backward_propagation(x, theta), _slope(x, theta, epsilon) / 2)),
    ("literal-epsilon", "theta is shifted by a fixed number, not by the argument epsilon",
     "Call your function with another epsilon.",
     lambda x, theta, epsilon: _relative(backward_propagation(x, theta), _slope(x, theta, 1e-7) * 1e-7 / epsilon)),
    ("shifted-input", "x is shifted and theta stays: this is the derivative with respect to x",
     "With respect to what is J differentiated?",
     lambda x, theta, epsilon: _relative(backward_propagation(x, theta), _slope(theta, x, epsilon))),
    ("relative-shift", "theta is multiplied by 1 + epsilon and 1 - epsilon; epsilon has to be added and subtracted",
     "By how much does theta change in your code when theta is 5?",
     lambda x, theta, epsilon: _relative(backward_propagation(x, theta), theta * _slope(x, theta, epsilon))),
    ("swapped-arguments", "backward_propagation is called with theta and x in each other's place",
     "Compare the order of your arguments with the definition.",
     lambda x, theta, epsilon: _relative(backward_propagation(theta, x), _slope(x, theta, epsilon))),
    ("signed", "the difference can be negative: norms (absolute values) are missing", "A distance has no sign.",
     _measured(lambda g, s, epsilon: (g - s) / (g + s)),
     _measured(lambda g, s, epsilon: (g - s) / (abs(g) + abs(s)))),
])
# fmt: on

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


def _without_biases(X, Y, parameters):
    cache = _layers(X, {name: value if name[0] == "W" else 0 * value for name, value in parameters.items()})
    return _cost(cache[9], Y), tuple(parameters[f"b{n // 4 + 1}"] if n % 4 == 3 else v for n, v in enumerate(cache))


def _disordered(X, Y, parameters):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = _layers(X, parameters)
    return _cost(A3, Y), (A1, Z1, W1, b1, A2, Z2, W2, b2, A3, Z3, W3, b3)


_ORDER = "LINEAR, RELU, LINEAR, RELU, LINEAR, SIGMOID"

# fmt: off
_FORWARD_N = _table("forward_propagation_n", _with_cost, [
    ("missing-mean", "the sum over the examples is not divided by m",
     "What does the cost of twice as many examples look like?", lambda A3, Y, X: _cost(A3, Y) * X.shape[1]),
    ("wrong-mean", "the sum is divided by the number of features, not of examples",
     "Which axis of X counts the examples?", lambda A3, Y, X: _cost(A3, Y) * X.shape[1] / X.shape[0]),
    ("half-mean", "the cost is divided by 2m; the cross-entropy has no factor 1/2",
     "Compare the factor in front of the sum.", lambda A3, Y, X: _cost(A3, Y) / 2),
    ("opposite-sign", "the cost is negative",
     "The logarithm of a probability is negative, a cost is not.", lambda A3, Y, X: -_cost(A3, Y)),
    ("swapped-labels", "Y and 1 - Y stand in each other's place",
     "What is the cost of A3 near 1 when Y is 1?", lambda A3, Y, X: _cost(A3, 1 - Y)),
    ("half-of-cross-entropy", "only the examples of one label count",
     "The sum has two terms.", lambda A3, Y, X: -np.mean(Y * np.log(A3)),
     lambda A3, Y, X: -np.mean((1 - Y) * np.log(1 - A3))),
    ("squared-error", "this is a mean squared error, not the cross-entropy",
     "There are logarithms in this cost.", lambda A3, Y, X: np.mean((A3 - Y) ** 2)),
    ("returns-prediction", "A3 is returned in place of the cost",
     "Gradient checking differentiates a single number.", lambda A3, Y, X: A3),
]) + _table("forward_propagation_n", _with_hidden, [
    ("sigmoid-in-hidden-layers", "the hidden layers use the sigmoid", _ORDER, _sigmoid),
    ("tanh-in-hidden-layers", "the hidden layers use tanh", _ORDER, np.tanh),
    ("no-hidden-activation", "the hidden layers have no activation", _ORDER, lambda Z: Z),
]) + _table("forward_propagation_n", _itself, [
    ("biases-missing", "the biases are not added", "Z = W A + b in every layer.", _without_biases),
    ("cache-order", "the parts of the cache are in another order than the backward pass unpacks",
     "Compare with the first line of backward_propagation_n.", _disordered),
])
# fmt: on

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


_WHICH = "Which activation have the hidden layers?"

# fmt: off
_BACKWARD_N = _table("backward_propagation_n", _scaled, [
    ("planted-bugs", "both faults of the published version are still there: dW2 is twice and db1 four times "
     "what it should be", "Run gradient_check_n and print grad beside gradapprox: which entries disagree, "
     "and by what factor?", lambda m: {"dW2": 2, "db1": 4}),
    ("planted-bug-in-dW2", "one of the two published faults is still there: dW2 is twice what it should be",
     "Run gradient_check_n again: a difference of 0.2 is not small.", lambda m: {"dW2": 2}),
    ("planted-bug-in-db1", "one of the two published faults is still there: db1 is four times what it should be",
     "Run gradient_check_n again, and look at the biases too.", lambda m: {"db1": 4}),
    ("missing-mean", "dW and db are sums over the examples, not means", "Where does the 1/m of the cost go?",
     lambda m: {"W": m, "b": m}),
    ("missing-mean-in-db", "db is a sum over the examples, not a mean",
     "The biases belong to the same cost as the weights.", lambda m: {"b": m}),
    ("missing-mean-in-dW", "dW is a sum over the examples, not a mean",
     "The weights belong to the same cost as the biases.", lambda m: {"W": m}),
    ("mean-too-early", "dZ3 is divided by m already: dZ and dA are meant per example, and the mean comes with "
     "dW and db", "Where does the published version divide by m?", lambda m: {"Z": 1 / m, "A": 1 / m}),
    ("mean-twice", "the division by m happens twice, in dZ3 and again in dW and db",
     "Divide by the number of examples once.", lambda m: dict.fromkeys("ZAWb", 1 / m)),
    ("opposite-sign", "dZ3 is Y - A3: all gradients have the opposite sign",
     "Which way must the cost change when A3 is too large?", lambda m: dict.fromkeys("ZAWb", -1)),
]) + _table("backward_propagation_n", _with_slope, [
    ("wrong-at-kink", "the gradient passes where Z is exactly 0; it is 0 there by convention", "Compare > and >=.",
     lambda Z, A, dA: Z >= 0),
    ("no-mask", "the gradient passes through the relu everywhere", "What is the derivative of relu left of 0?",
     lambda Z, A, dA: 1.0),
    ("sigmoid-in-hidden-layers", "the derivative of the hidden layers is that of the sigmoid", _WHICH,
     lambda Z, A, dA: A * (1 - A), lambda Z, A, dA: _sigmoid(Z) * (1 - _sigmoid(Z))),
    ("tanh-in-hidden-layers", "the derivative of the hidden layers is that of tanh", _WHICH,
     lambda Z, A, dA: 1 - A**2),
    ("relu-of-product", "dA is multiplied by A, not by the derivative of relu", "That derivative is 0 or 1.",
     lambda Z, A, dA: A),
    ("mask-from-gradient", "the mask comes from the sign of dA; it depends on A",
     "Which value decides whether a relu was on?", lambda Z, A, dA: dA > 0),
    ("mask-inverted", "the gradient passes where the relu was off", "What is the derivative of relu right of 0?",
     lambda Z, A, dA: A <= 0),
]) + _table("backward_propagation_n", _with_dZ3, [
    ("output-derivative-twice", "A3 - Y is multiplied by the derivative of the sigmoid once more; it is in there "
     "already", "Work dZ3 out on paper: what cancels?", lambda A3, Y: (A3 - Y) * A3 * (1 - A3)),
    ("derivative-of-cost-alone", "dZ3 is the derivative of the cost with respect to A3; the derivative of the "
     "sigmoid is missing", "dZ3 is dA3 times something.", lambda A3, Y: (1 - Y) / (1 - A3) - Y / A3),
]) + _table("backward_propagation_n", _changed, [
    ("pre-activation-for-activation", "dW uses Z of the layer below in place of A",
     "What does a layer multiply its weights with?",
     lambda g, cache, m: {"dW3": g["dZ3"] @ cache[4].T / m, "dW2": g["dZ2"] @ cache[0].T / m}),
    ("activation-gradient-for-dZ", "dW and db of the hidden layers use dA in place of dZ: the relu is skipped there",
     "What comes between dA2 and dW2?",
     lambda g, cache, m: {"dW2": g["dA2"] @ cache[1].T / m, "db2": np.sum(g["dA2"], axis=1, keepdims=True) / m,
                          "db1": np.sum(g["dA1"], axis=1, keepdims=True) / m}),
    ("missing-keepdims", "db has shape (n,), expected (n, 1)", "np.sum can keep the axis that it sums over.",
     lambda g, cache, m: {name: value.ravel() for name, value in g.items() if name[1] == "b"}),
    ("wrong-axis", "db is one mean over all entries of dZ; each unit has its own", "db has the shape of b.",
     lambda g, cache, m: {f"db{l}": np.full_like(g[f"db{l}"], g[f"dZ{l}"].sum() / m) for l in (1, 2)}),
])
# fmt: on

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


def _over_weights(grad, slopes, epsilon):
    kept = np.concatenate([np.full(a * b, b > 1) for a, b in _SHAPES])
    return _relative(grad[kept], slopes[kept])


def _ignoring(parameters, gradients, X, Y, epsilon):
    return _relative(*_both(parameters, _gradients(X, Y, _layers(X, parameters)), X, Y, epsilon))


def _accumulating(parameters, gradients, X, Y, epsilon):
    theta, grad = _vectors(parameters, gradients)
    plus, minus, slopes = theta.copy(), theta.copy(), np.zeros(theta.shape)
    for i in range(theta.size):
        plus[i] += epsilon
        minus[i] -= epsilon
        slopes[i] = (_at(X, Y, plus) - _at(X, Y, minus)) / (2 * epsilon)
    return _relative(grad, slopes)


def _all_at_once(parameters, gradients, X, Y, epsilon):
    theta, grad = _vectors(parameters, gradients)
    slope = (_at(X, Y, theta + epsilon) - _at(X, Y, theta - epsilon)) / (2 * epsilon)
    return _relative(grad, np.full(theta.shape, slope))


_VECTORS = "np.linalg.norm of a vector gives the 2-norm of all its entries."

# fmt: off
_CHECK_N = _table("gradient_check_n", _measured_n, _MEASURES) + _table("gradient_check_n", _measured_n, [
    ("loop-ends-early", "only some of the parameters are differentiated: the loop stops too early, or what belongs "
     "into it stands outside", "How many rounds does the loop make, and how many parameters are there?",
     _only(slice(0, 1)), _only(slice(0, -1))),
    ("loop-starts-late", "the loop leaves the first parameter out", "Python counts from 0.", _only(slice(1, None))),
    ("weights-only", "only the weights are compared; the biases are parameters too",
     "What does dictionary_to_vector put into the vector?", _over_weights),
    ("other-norm", "this is another norm than the 2-norm", _VECTORS,
     lambda g, s, epsilon: np.sum(np.abs(g - s)) / (np.sum(np.abs(g)) + np.sum(np.abs(s))),
     lambda g, s, epsilon: np.max(np.abs(g - s)) / (np.max(np.abs(g)) + np.max(np.abs(s))),
     lambda g, s, epsilon: np.max(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300)),
     lambda g, s, epsilon: np.mean(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300))),
    ("difference-of-norms", "norms are subtracted; the norm of the difference is wanted",
     "Two vectors of equal length need not be equal.",
     lambda g, s, epsilon: abs(np.linalg.norm(g) - np.linalg.norm(s)) / (np.linalg.norm(g) + np.linalg.norm(s))),
]) + _table("gradient_check_n", _itself, [
    ("ignores-gradients", "the argument gradients does not enter the result, so that no fault in it is ever found",
     "Whose gradients are to be checked?", _ignoring),
    ("one-sided", "the derivative is one-sided, (J(theta + epsilon) - J(theta)) / epsilon: with a large epsilon "
     "the error shows", "The formula has theta + epsilon and theta - epsilon.",
     lambda *args: _relative(*_both(*args, below=0.0, run=1.0))),
    ("literal-epsilon", "a fixed number stands where the argument epsilon belongs",
     "Call your function with another epsilon.", lambda *args: _relative(*_both(*args[:-1], 1e-7)),
     lambda *args: _relative(*_both(*args[:-1], 1e-7, run=2 * args[-1] / 1e-7))),
    ("minus-at-theta", "J_minus is taken at theta, not at theta - epsilon",
     "Is thetaminus a fresh copy of the parameters, neither thetaplus itself nor the same array, and is it shifted?",
     lambda *args: _relative(*_both(*args, below=0.0))),
    ("shifts-accumulate", "the vector is copied once before the loop, so that the shifts of earlier parameters "
     "stay in it", "Which entries of thetaplus differ from the parameters in the last round?", _accumulating),
    ("shifts-everything", "all parameters are shifted at once; the i-th derivative moves only the i-th one",
     "Where does the index i of the loop enter?", _all_at_once),
])
# fmt: on

MISTAKES = (*_FORWARD, *_BACKWARD, *_CHECK, *_FORWARD_N, *_BACKWARD_N, *_CHECK_N)
