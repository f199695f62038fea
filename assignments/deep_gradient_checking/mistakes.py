"""Known wrong solutions of deep gradient checking, in tables: code, explanation, hint, and ways to make it."""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from grader.spec import mistake


def _table(function, make, rows):
    """Mistakes of one function; ``make`` turns what a row varies into a whole solution."""
    return [mistake(code, function, text, hint)(make(way)) for code, text, hint, *ways in rows for way in ways]


def _itself(solution):
    return solution


def _depth(dictionary, prefix="W"):
    return sum(name.startswith(prefix) for name in dictionary)


def _column(arrays, order="C"):
    return np.concatenate([np.reshape(array, (-1, 1), order=order) for array in arrays])


# -- dictionary_to_vector and gradients_to_vector ----------------------------------------


def _rolled(prefix, way):
    """A wrong way to put ``(prefix + W1, prefix + b1), ...`` into a vector, from a list of pairs."""
    return lambda d: way([(d[f"{prefix}W{l}"], d[f"{prefix}b{l}"]) for l in range(1, _depth(d, prefix + "W") + 1)])


def _flat(pairs):
    return [array for pair in pairs for array in pair]


# fmt: off
_ROLLS = [
    ("weights-first", "all weights come first and then all biases; each layer's W is followed by its own b",
     "In which order does vector_to_dictionary cut the vector?",
     lambda pairs: _column([W for W, _ in pairs] + [b for _, b in pairs])),
    ("bias-first", "b comes before W in each layer", "The order is W1, b1, W2, b2, ...",
     lambda pairs: _column(_flat([(b, W) for W, b in pairs]))),
    ("last-layer-first", "the last layer comes first", "The order is W1, b1, W2, b2, ...",
     lambda pairs: _column(_flat(pairs[::-1]))),
    ("column-by-column", "matrices are read column by column; reshape(-1, 1) reads them row by row",
     "Write the vector of [[1, 2], [3, 4]] down.", lambda pairs: _column(_flat(pairs), "F")),
    ("flat-vector", "the vector has shape (n,), expected (n, 1)", "A column has two axes.",
     lambda pairs: _column(_flat(pairs)).ravel()),
    ("row-vector", "the vector has shape (1, n), expected (n, 1)", "Which way does a column lie?",
     lambda pairs: _column(_flat(pairs)).T),
    ("biases-missing", "only the weights are in the vector", "The biases are parameters too.",
     lambda pairs: _column([W for W, _ in pairs])),
    ("last-layer-missing", "the last layer is missing", "Where does range(1, L) stop?",
     lambda pairs: _column(_flat(pairs[:-1])) if len(pairs) > 1 else None),
    ("two-layers-only", "not all layers are in the vector: only the first few", "The network may have any number of layers.",
     lambda pairs: _column(_flat(pairs[:2]))),
    ("returns-list", "the arrays are put into a list side by side; one column is wanted",
     "np.concatenate makes one array of many.", lambda pairs: [np.reshape(a, (-1, 1)) for a in _flat(pairs)]),
]

_TO_VECTOR = _table("dictionary_to_vector", lambda way: _rolled("", way), [
    *_ROLLS,
    ("returns-keys", "a second value is returned; in this exercise the vector comes alone",
     "What does gradient_check do with the result?",
     lambda pairs: (_column(_flat(pairs)), ["W1"] * sum(map(np.size, _flat(pairs))))),
])

_GRADIENTS = _table("gradients_to_vector", lambda way: _rolled("d", way), _ROLLS)
_GRADIENTS += _table("gradients_to_vector", _itself, [
    ("order-of-keys", "the vector follows the order of the dictionary, and a backward pass fills it from the last "
     "layer on", "Print list(gradients) for a network with three layers.",
     lambda gradients: _column([v for n, v in gradients.items() if n[1] in "Wb"]),
     lambda gradients: _column(list(gradients.values()))),
    ("counts-dA", "the number of layers is counted with the entries dA among the gradients",
     "How many entries does the dictionary have, and how many of them do you want?",
     lambda gradients: _column([gradients[f"d{k}{l}"] for l in range(1, len(gradients) // 2 + 1) for k in "Wb"])),
    ("needs-dA", "the number of layers is counted as if there were an entry dA for each",
     "Count the entries that you want.",
     lambda gradients: _column([gradients[f"d{k}{l}"] for l in range(1, len(gradients) // 3 + 1) for k in "Wb"])),
])
# fmt: on

# -- vector_to_dictionary ----------------------------------------------------------------


def _cut(vector, dims, order="C", advance=lambda n, k: n * (k + 1)):
    """The parameters of all layers, with the offset of the next layer as ``advance`` says."""
    parameters, start = {}, 0
    for l, (k, n) in enumerate(pairwise(dims), start=1):
        middle = start + n * k
        parameters[f"W{l}"] = vector[start:middle].reshape((n, k), order=order)
        parameters[f"b{l}"] = vector[middle : middle + n].reshape(n, 1)
        start += advance(n, k)
    return parameters


def _bias_first(vector, dims):
    parameters, start = {}, 0
    for l, (k, n) in enumerate(pairwise(dims), start=1):
        parameters[f"b{l}"] = vector[start : start + n].reshape(n, 1)
        parameters[f"W{l}"] = vector[start + n : start + n * (k + 1)].reshape(n, k)
        start += n * (k + 1)
    return parameters


def _weights_first(vector, dims):
    shapes = [(f"W{l}", dims[l], dims[l - 1]) for l in range(1, len(dims))]
    shapes += [(f"b{l}", dims[l], 1) for l in range(1, len(dims))]
    pieces = np.split(vector, np.cumsum([n * k for _, n, k in shapes])[:-1])
    return {name: piece.reshape(n, k) for (name, n, k), piece in zip(shapes, pieces, strict=True)}


def _reshaped(change):
    return lambda vector, dims: {name: change(name, value) for name, value in _cut(vector, dims).items()}


# fmt: off
_TO_DICTIONARY = _table("vector_to_dictionary", _itself, [
    ("weights-first", "all weights are cut off first and then all biases; each layer's W is followed by its own b",
     "In which order does dictionary_to_vector put them?", _weights_first),
    ("bias-first", "b is cut off before W in each layer", "The order is W1, b1, W2, b2, ...", _bias_first),
    ("column-by-column", "matrices are filled column by column; reshape fills them row by row",
     "Cut [1, 2, 3, 4] into a matrix of shape (2, 2).", lambda vector, dims: _cut(vector, dims, "F")),
    ("offset-stays", "every layer is cut from the start of the vector", "Where does the second layer begin?",
     lambda vector, dims: _layers_from_start(vector, dims)),
    ("last-layer-missing", "the last layer is missing", "How many layers has a network with len(layers_dims) sizes?",
     lambda vector, dims: _cut(vector, dims[:-1])),
    ("two-layers-only", "not all layers are there: only the first few", "The network may have any number of layers.",
     lambda vector, dims: _cut(vector, dims[:3])),
    ("layer-numbers", "the layers are counted from 0", "The first layer is W1, b1.",
     lambda vector, dims: {f"{n[0]}{int(n[1:]) - 1}": v for n, v in _cut(vector, dims).items()}),
]) + _table("vector_to_dictionary", _reshaped, [
    ("transposed", "W has the shape (n_prev, n), expected (n, n_prev)", "W has one row for each unit of its layer.",
     lambda name, value: value.reshape(value.shape[::-1]) if name[0] == "W" else value,
     lambda name, value: value.T if name[0] == "W" else value),
    ("flat-biases", "b has shape (n,), expected (n, 1)", "A column has two axes.",
     lambda name, value: value.ravel() if name[0] == "b" else value),
    ("flat-weights", "the pieces stay columns; W is a matrix", "reshape gives a piece its shape back.",
     lambda name, value: value.reshape(-1, 1)),
])
# fmt: on


def _layers_from_start(vector, dims):
    try:
        return _cut(vector, dims, advance=lambda n, k: 0)
    except ValueError:
        return {}


_WITHOUT_OFFSET_OF_BIAS = [
    mistake(
        "bias-not-skipped",
        "vector_to_dictionary",
        "the offset grows by the size of W alone, so that the next layer begins with this layer's b",
        "How many entries does a layer use up?",
    )(lambda vector, dims: _cut(vector, dims, advance=lambda n, k: n * k)),
    mistake(
        "overlapping-bias",
        "vector_to_dictionary",
        "b is cut from the same place as W begins",
        "Where does the piece for b start?",
    )(
        lambda vector, dims: {
            name: _cut(vector, dims)["W" + name[1:]].reshape(-1, 1)[: len(value)] if name[0] == "b" else value
            for name, value in _cut(vector, dims).items()
        }
    ),
]

# -- forward_prop_cost -------------------------------------------------------------------

_ACTIVATIONS = {"tanh": np.tanh, "relu": lambda Z: np.maximum(0, Z), "sigmoid": lambda Z: 1 / (1 + np.exp(-Z))}


def _predicted(X, parameters, hidden, output="sigmoid"):
    A, L = X, _depth(parameters)
    for l in range(1, L + 1):
        A = _ACTIVATIONS[output if l == L else hidden](parameters[f"W{l}"] @ A + parameters[f"b{l}"])
    return A


def _cross_entropy(AL, Y):
    return -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))


def _priced(cost):
    return lambda X, parameters, Y, hidden: cost(_predicted(X, parameters, hidden), Y, X)


def _activated(choose):
    return lambda X, parameters, Y, hidden: _cross_entropy(_predicted(X, parameters, choose(hidden)), Y)


# fmt: off
_COST = _table("forward_prop_cost", _priced, [
    ("missing-mean", "the sum over the examples is not divided by m",
     "What does the cost of twice as many examples look like?", lambda AL, Y, X: _cross_entropy(AL, Y) * Y.shape[1]),
    ("wrong-mean", "the sum is divided by the number of features, not of examples",
     "Which axis of X counts the examples?", lambda AL, Y, X: _cross_entropy(AL, Y) * Y.shape[1] / X.shape[0]),
    ("half-mean", "the cost is divided by 2m; the cross-entropy has no factor 1/2",
     "Compare the factor in front of the sum.", lambda AL, Y, X: _cross_entropy(AL, Y) / 2),
    ("opposite-sign", "the cost is negative",
     "The logarithm of a probability is negative, a cost is not.", lambda AL, Y, X: -_cross_entropy(AL, Y)),
    ("swapped-labels", "Y and 1 - Y stand in each other's place",
     "What is the cost of AL near 1 when Y is 1?", lambda AL, Y, X: _cross_entropy(AL, 1 - Y)),
    ("half-of-cross-entropy", "only the examples of one label count", "The sum has two terms.",
     lambda AL, Y, X: -np.mean(Y * np.log(AL)), lambda AL, Y, X: -np.mean((1 - Y) * np.log(1 - AL))),
    ("squared-error", "this is a mean squared error, not the cross-entropy",
     "There are logarithms in this cost.", lambda AL, Y, X: np.mean((AL - Y) ** 2)),
    ("returns-prediction", "AL is returned in place of the cost",
     "Gradient checking differentiates a single number.", lambda AL, Y, X: AL),
    ("returns-pair", "more than the cost is returned", "Gradient checking differentiates a single number.",
     lambda AL, Y, X: (_cross_entropy(AL, Y), AL)),
]) + _table("forward_prop_cost", _activated, [
    ("activation-ignored", "the argument hidden_layers_activation_fn is not handed on: the hidden layers always use "
     "the same function", "Call it with \"tanh\" and with \"relu\": does anything change?",
     lambda hidden: "tanh", lambda hidden: "relu", lambda hidden: "sigmoid"),
    ("activations-swapped", "tanh and relu stand in each other's place", "Which function belongs to which name?",
     lambda hidden: {"tanh": "relu", "relu": "tanh"}[hidden]),
])
# fmt: on

# -- gradient_check ----------------------------------------------------------------------


@lru_cache(maxsize=64)  # most mistakes start from the same right slopes
def _slopes_of(X, Y, theta, dims, hidden, epsilon, below, run):
    X, Y, theta = (np.frombuffer(data, dtype).reshape(rows, -1) for data, dtype, rows in (X, Y, theta))

    def cost(vector):
        return _cross_entropy(_predicted(X, _cut(vector, dims), hidden), Y)

    steps = epsilon * np.eye(theta.size)[:, :, None]
    return np.array([[cost(theta + step) - cost(theta + below * step)] for step in steps]) / (run * epsilon)


def _vectors(parameters, gradients):
    return _column(parameters.values()), _column([gradients["d" + name] for name in parameters])


def _both(parameters, gradients, X, Y, dims, epsilon, hidden, below=-1.0, run=2.0):
    """The gradients as a vector, and differences of the cost at theta + epsilon and theta + below * epsilon."""
    theta, grad = _vectors(parameters, gradients)
    data = ((array.tobytes(), array.dtype.str, len(array)) for array in (X, Y, theta))
    return grad, _slopes_of(*data, tuple(dims), hidden, epsilon, below, run).copy()


def _relative(grad, slopes):
    return np.linalg.norm(grad - slopes) / (np.linalg.norm(grad) + np.linalg.norm(slopes))


def _measured(measure):
    return lambda *args: measure(*_both(*args), args[5])


def _over(denominator):
    return lambda g, s, epsilon: np.linalg.norm(g - s) / denominator(g, s)


def _only(places):
    """A measure that knows the slopes in some places and takes them to be 0 elsewhere."""

    def measure(grad, slopes, epsilon):
        kept = np.zeros_like(slopes)
        kept[places] = slopes[places]
        return _relative(grad, kept)

    return measure


def _over_weights(parameters, *rest):
    kept = _column([np.full(value.shape, name[0] == "W") for name, value in parameters.items()])
    grad, slopes = _both(parameters, *rest)
    return _relative(grad[kept], slopes[kept])


def _backward(parameters, X, Y, hidden):
    """The right gradients, computed anew."""
    outputs, L = [X], _depth(parameters)
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ outputs[-1] + parameters[f"b{l}"]
        outputs.append(_ACTIVATIONS["sigmoid" if l == L else hidden](Z))
    gradients, dZ = {}, outputs[L] - Y
    for l in range(L, 0, -1):
        A = outputs[l - 1]
        gradients[f"dW{l}"] = dZ @ A.T / X.shape[1]
        gradients[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / X.shape[1]
        dZ = parameters[f"W{l}"].T @ dZ * (1 - A**2 if hidden == "tanh" else A > 0)
    return gradients


def _ignoring(parameters, gradients, X, Y, dims, epsilon, hidden):
    return _relative(*_both(parameters, _backward(parameters, X, Y, hidden), X, Y, dims, epsilon, hidden))


def _accumulating(parameters, gradients, X, Y, dims, epsilon, hidden):
    theta, grad = _vectors(parameters, gradients)
    plus, minus, slopes = theta.copy(), theta.copy(), np.zeros(theta.shape)
    for i in range(theta.size):
        plus[i] += epsilon
        minus[i] -= epsilon
        above, below = (_cross_entropy(_predicted(X, _cut(v, dims), hidden), Y) for v in (plus, minus))
        slopes[i] = (above - below) / (2 * epsilon)
    return _relative(grad, slopes)


def _with_hidden(choose):
    return lambda *args: _relative(*_both(*args[:6], choose(args[6])))


_BELOW = "The denominator of the formula is the sum of two norms."
_VECTORS = "np.linalg.norm of a vector gives the 2-norm of all its entries."

# fmt: off
_CHECK = _table("gradient_check", _measured, [
    ("missing-two", "the two points lie 2 * epsilon apart, but the difference is divided by epsilon",
     "How far is theta + epsilon from theta - epsilon?", lambda g, s, epsilon: _relative(g, 2 * s)),
    ("precedence", "a / 2 * epsilon multiplies by epsilon; the whole of 2 * epsilon belongs below the line",
     "Python divides and multiplies from left to right.", lambda g, s, epsilon: _relative(g, s * epsilon**2)),
    ("missing-division", "j_plus - j_minus is not divided by 2 * epsilon", "A slope is a rise over a run.",
     lambda g, s, epsilon: _relative(g, s * 2 * epsilon)),
    ("same-point", "the numerical derivative is always 0: j_plus and j_minus are taken at the same point",
     "Print the two points, and the costs there, with an epsilon of 0.5.", lambda g, s, epsilon: _relative(g, 0 * s)),
    ("opposite-sign", "the numerical derivative has the opposite sign in the difference: j_minus - j_plus, or added where it is to be subtracted",
     "Which of the two is larger when the cost grows?", lambda g, s, epsilon: _relative(g, -s)),
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
    ("other-norm", "this is another norm than the 2-norm", _VECTORS,
     lambda g, s, epsilon: np.sum(np.abs(g - s)) / (np.sum(np.abs(g)) + np.sum(np.abs(s))),
     lambda g, s, epsilon: np.max(np.abs(g - s)) / (np.max(np.abs(g)) + np.max(np.abs(s))),
     lambda g, s, epsilon: np.max(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300)),
     lambda g, s, epsilon: np.mean(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300))),
    ("difference-of-norms", "norms are subtracted; the norm of the difference is wanted",
     "Two vectors of equal length need not be equal.",
     lambda g, s, epsilon: abs(np.linalg.norm(g) - np.linalg.norm(s)) / (np.linalg.norm(g) + np.linalg.norm(s))),
    ("loop-ends-early", "only some of the parameters are differentiated: the loop stops too early, or what belongs "
     "into it stands outside", "How many rounds does the loop make, and how many parameters are there?",
     _only(slice(0, 1)), _only(slice(0, -1))),
    ("loop-starts-late", "the loop leaves the first parameter out", "Python counts from 0.", _only(slice(1, None))),
    ("returns-verdict", "the result is True or False; the difference itself is wanted",
     "Print the verdict if you like, and return the number.", lambda g, s, epsilon: bool(_relative(g, s) < 1e-6)),
    ("returns-derivative", "these are the numerical derivatives; they have to be compared with the gradients",
     "The difference comes after the loop.", lambda g, s, epsilon: s),
]) + _table("gradient_check", _with_hidden, [
    ("activation-ignored", "the argument hidden_layers_activation_fn is not handed on to the cost",
     "Check a network with relu.", lambda hidden: "tanh", lambda hidden: "relu"),
]) + _table("gradient_check", _itself, [
    ("ignores-gradients", "the argument gradients does not enter the result, so that no fault in it is ever found",
     "Whose gradients are to be checked?", _ignoring),
    ("one-sided", "the derivative is one-sided, (J(theta + epsilon) - J(theta)) / epsilon: with a large epsilon "
     "the error shows", "The two-sided form has theta + epsilon and theta - epsilon.",
     lambda *args: _relative(*_both(*args, below=0.0, run=1.0))),
    ("literal-epsilon", "a fixed number stands where the argument epsilon belongs",
     "Call your function with another epsilon.",
     lambda *args: _relative(*_both(*args[:5], 1e-7, args[6])),
     lambda *args: _relative(*_both(*args[:5], 1e-7, args[6], run=2 * args[5] / 1e-7)),
     _measured(lambda g, s, epsilon: _relative(g, s * epsilon / 1e-7))),
    ("minus-at-theta", "j_minus is taken at theta, not at theta - epsilon",
     "Is theta_minus a fresh copy of the parameters, neither theta_plus itself nor the same array, and is it shifted?",
     lambda *args: _relative(*_both(*args, below=0.0))),
    ("shifts-accumulate", "the vector is copied once before the loop, so that the shifts of earlier parameters "
     "stay in it", "Which entries of theta_plus differ from the parameters in the last round?", _accumulating),
    ("weights-only", "only the weights are compared; the biases are parameters too",
     "What does dictionary_to_vector put into the vector?", _over_weights),
])

# -- one number --------------------------------------------------------------------------

_ROW = "What does yours give for the straight line f(x) = 2 x?"

_FORWARD = _table("forward_difference", _itself, [
    ("two-sided", "this is the two-sided difference", "Which of the two points is x itself?",
     lambda f, x, e: (f(x + e) - f(x - e)) / (2 * e)),
    ("backward", "the step goes to the left: this is (f(x) - f(x - epsilon)) / epsilon",
     "On which side of x does the second point lie?", lambda f, x, e: (f(x) - f(x - e)) / e),
    ("divided-by-two", "a factor 1/2 is too much: the points lie epsilon apart", _ROW,
     lambda f, x, e: (f(x + e) - f(x)) / (2 * e)),
    ("precedence", "the second term alone is divided", "Which parentheses are missing?",
     lambda f, x, e: f(x + e) - f(x) / e),
    ("missing-division", "the rise is not divided by epsilon", _ROW, lambda f, x, e: f(x + e) - f(x)),
    ("multiplied", "the rise is multiplied by epsilon", _ROW, lambda f, x, e: (f(x + e) - f(x)) * e),
    ("opposite-sign", "the rise has the opposite sign", _ROW, lambda f, x, e: (f(x) - f(x + e)) / e),
    ("added", "the two values are added, not subtracted", _ROW, lambda f, x, e: (f(x + e) + f(x)) / e),
    ("assumes-square", "f is not used: the result is that of x ** 2", "Try another function.",
     lambda f, x, e: ((x + e) ** 2 - x**2) / e),
    ("literal-epsilon", "a fixed number stands where the argument epsilon belongs", "Try another epsilon.",
     lambda f, x, e: (f(x + 0.01) - f(x)) / 0.01, lambda f, x, e: (f(x + 1e-7) - f(x)) / 1e-7,
     lambda f, x, e: (f(x + e) - f(x)) / 0.01, lambda f, x, e: (f(x + e) - f(x)) / 1e-7),
    ("relative-step", "x is multiplied by 1 + epsilon; epsilon has to be added", "By how much does x change?",
     lambda f, x, e: (f(x * (1 + e)) - f(x)) / e),
    ("shifted-value", "epsilon is added to f(x), not to x", "At which point is f evaluated?",
     lambda f, x, e: (f(x) + e - f(x)) / e),
])

_CENTRAL = _table("central_difference", _itself, [
    ("one-sided", "this is the one-sided difference", "On which sides of x do the two points lie?",
     lambda f, x, e: (f(x + e) - f(x)) / e, lambda f, x, e: (f(x) - f(x - e)) / e),
    ("missing-two", "the two points lie 2 * epsilon apart, but the rise is divided by epsilon", _ROW,
     lambda f, x, e: (f(x + e) - f(x - e)) / e),
    ("precedence", "a / 2 * epsilon multiplies by epsilon; the whole of 2 * epsilon belongs below the line",
     "Python divides and multiplies from left to right.", lambda f, x, e: (f(x + e) - f(x - e)) / 2 * e),
    ("missing-parentheses", "the second term alone is divided", "Which parentheses are missing?",
     lambda f, x, e: f(x + e) - f(x - e) / (2 * e)),
    ("half-step", "the points lie half of epsilon from x", "How far is the first point from x?",
     lambda f, x, e: (f(x + e / 2) - f(x - e / 2)) / e),
    ("missing-division", "the rise is not divided by 2 * epsilon", _ROW, lambda f, x, e: f(x + e) - f(x - e)),
    ("half-of-one-side", "one of the two points is x itself", "On which sides of x do the two points lie?",
     lambda f, x, e: (f(x + e) - f(x)) / (2 * e), lambda f, x, e: (f(x) - f(x - e)) / (2 * e)),
    ("opposite-sign", "the rise has the opposite sign", _ROW, lambda f, x, e: (f(x - e) - f(x + e)) / (2 * e)),
    ("added", "the two values are added, not subtracted", _ROW, lambda f, x, e: (f(x + e) + f(x - e)) / (2 * e)),
    ("assumes-square", "f is not used: the result is that of x ** 2", "Try another function.",
     lambda f, x, e: 2 * x),
    ("literal-epsilon", "a fixed number stands where the argument epsilon belongs", "Try another epsilon.",
     lambda f, x, e: (f(x + 0.01) - f(x - 0.01)) / 0.02, lambda f, x, e: (f(x + 1e-7) - f(x - 1e-7)) / 2e-7,
     lambda f, x, e: (f(x + e) - f(x - e)) / 0.02, lambda f, x, e: (f(x + e) - f(x - e)) / 2e-7),
    ("relative-step", "x is multiplied by 1 + epsilon and 1 - epsilon; epsilon has to be added and subtracted",
     "By how much does x change?", lambda f, x, e: (f(x * (1 + e)) - f(x * (1 - e))) / (2 * e)),
    ("second-derivative", "this is the second derivative", "How many values of f does the formula have?",
     lambda f, x, e: (f(x + e) - 2 * f(x) + f(x - e)) / e**2),
])
# fmt: on

MISTAKES = (
    *_TO_VECTOR,
    *_TO_DICTIONARY,
    *_WITHOUT_OFFSET_OF_BIAS,
    *_GRADIENTS,
    *_COST,
    *_CHECK,
    *_FORWARD,
    *_CENTRAL,
)
