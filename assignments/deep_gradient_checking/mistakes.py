"""Known wrong solutions of deep gradient checking."""

from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from grader.spec import mistake


def _depth(dictionary, prefix="W"):
    return sum(name.startswith(prefix) for name in dictionary)


def _column(arrays, order="C"):
    return np.concatenate([np.reshape(array, (-1, 1), order=order) for array in arrays])


# -- dictionary_to_vector and gradients_to_vector ----------------------------------------


def _rolled(prefix, way):
    """A wrong way to put ``(prefix + W1, prefix + b1), ...`` into a vector, from a list of pairs."""
    return lambda d: way([(d[f"{prefix}W{l}"], d[f"{prefix}b{l}"]) for l in range(1, _depth(d, prefix + "W") + 1)])


def _in_both(code, *, message, hint, severity):
    """The same mistake with parameters and with gradients: ``way(pairs)`` makes a vector of the pairs (W, b)."""

    def register(way):
        mistake(code, "dictionary_to_vector", message=message, hint=hint, severity=severity)(_rolled("", way))
        mistake(code, "gradients_to_vector", message=message, hint=hint, severity=severity)(_rolled("d", way))
        return way

    return register


def _flat(pairs):
    return [array for pair in pairs for array in pair]


@_in_both(
    "weights-first",
    message="all weights come first and then all biases; each layer's W is followed by its own b",
    hint="The order is W1, b1, W2, b2, ...: what comes right after W1 in your vector?",
    severity="fault",
)
def _(pairs):
    return _column([W for W, _ in pairs] + [b for _, b in pairs])


for function in ("dictionary_to_vector", "gradients_to_vector"):
    mistake(
        "sorted-names",
        function,
        message="the keys are sorted as texts: all W come before all b, and W10 before W2",
        hint="Print sorted(d) of a network with ten layers. The layers have numbers: count them.",
        severity="fault",
    )(lambda d: _column([d[name] for name in sorted(d) if not name.startswith("dA")]))


@_in_both("bias-first", message="b comes before W in each layer", hint="The order is W1, b1, W2, b2, ...", severity="fault")
def _(pairs):
    return _column(_flat([(b, W) for W, b in pairs]))


@_in_both(
    "last-layer-first",
    message="the last layer comes first",
    hint="The order is W1, b1, W2, b2, ...",
    severity="fault",
)
def _(pairs):
    return _column(_flat(pairs[::-1]))


@_in_both(
    "backwards",
    message="the arrays stand in reverse order: the last layer comes first, and each b before its W",
    hint="The order is W1, b1, W2, b2, ...",
    severity="fault",
)
def _(pairs):
    return _column(_flat(pairs)[::-1])


@_in_both(
    "sorted-names",
    message="the layers are sorted as text, where 10 and 11 come before 2; from ten layers on the order is wrong",
    hint="What is sorted(['W1', 'W2', 'W10'])? Count the layers with a number.",
    severity="slip",
)
def _(pairs):
    return _column(_flat([pairs[i] for i in sorted(range(len(pairs)), key=lambda i: str(i + 1))]))


@_in_both(
    "column-by-column",
    message="matrices are read column by column; reshape(-1, 1) reads them row by row",
    hint="Write the vector of [[1, 2], [3, 4]] down.",
    severity="fault",
)
def _(pairs):
    return _column(_flat(pairs), "F")


@_in_both(
    "flat-vector",
    message="the vector has shape (n,), expected (n, 1)",
    hint="A column has two axes.",
    severity="slip",
)
def _(pairs):
    return _column(_flat(pairs)).ravel()


@_in_both(
    "row-vector",
    message="the vector has shape (1, n), expected (n, 1)",
    hint="Which way does a column lie?",
    severity="slip",
)
def _(pairs):
    return _column(_flat(pairs)).T


@_in_both(
    "biases-missing",
    message="only the weights are in the vector",
    hint="The biases are parameters too.",
    severity="fault",
)
def _(pairs):
    return _column([W for W, _ in pairs])


@_in_both("last-layer-missing", message="the last layer is missing", hint="Where does range(1, L) stop?", severity="fault")
def _(pairs):
    return _column(_flat(pairs[:-1])) if len(pairs) > 1 else None


@_in_both(
    "two-layers-only",
    message="not all layers are in the vector: only the first few",
    hint="The network may have any number of layers.",
    severity="fault",
)
def _(pairs):
    return _column(_flat(pairs[:2]))


@_in_both(
    "returns-list",
    message="the arrays are put into a list side by side; one column is wanted",
    hint="np.concatenate makes one array of many.",
    severity="fault",
)
def _(pairs):
    return [np.reshape(a, (-1, 1)) for a in _flat(pairs)]


@mistake(
    "returns-keys",
    "dictionary_to_vector",
    message="a second value is returned; in this exercise the vector comes alone",
    hint="What does gradient_check do with the result?",
    severity="slip",
)
def _(parameters):
    vector = _rolled("", lambda pairs: _column(_flat(pairs)))(parameters)
    return vector, ["W1"] * len(vector)


order_of_keys = mistake(
    "order-of-keys",
    "gradients_to_vector",
    message="the vector follows the order of the dictionary, and a backward pass fills it from the last layer on",
    hint="Print list(gradients) for a network with three layers.",
    severity="fault",
)


@order_of_keys
def _(gradients):
    return _column([v for n, v in gradients.items() if n[1] in "Wb"])


@order_of_keys
def _(gradients):
    return _column(list(gradients.values()))


@order_of_keys
def _(gradients):
    names = [name for name in gradients if not name.startswith("dA")]
    return _column(_flat([(gradients[W], gradients[b]) for W, b in zip(names[::2], names[1::2], strict=True)][::-1]))


@order_of_keys
def _(gradients):
    layers = [int(name[2:]) for name in gradients if name.startswith("dW")]
    return _column([gradients[f"d{kind}{l}"] for l in reversed(layers) for kind in "Wb"])


@order_of_keys
def _(gradients):
    return _column([gradients[name] for name in reversed(gradients) if name[1] in "Wb"])


def _let_in(names):
    """The mistake of a vector of all the entries ``names(l)`` of the layers, from that of the input to the last one."""

    @mistake(
        "entries-let-in",
        "gradients_to_vector",
        message="entries dA are in the vector; they are no gradients of parameters",
        hint="How many entries does the vector of the parameters have?",
        severity="fault",
    )
    def _(gradients):
        wanted = [f"d{name}" for l in range(_depth(gradients, "dW") + 1) for name in names(l)]
        return _column([gradients[name] for name in wanted if name in gradients])


_let_in(lambda l: (f"W{l}", f"b{l}", f"A{l}"))
_let_in(lambda l: (f"A{l - 1}", f"W{l}", f"b{l}"))
_let_in(lambda l: (f"A{l}", f"W{l}", f"b{l}"))


@mistake(
    "counts-dA",
    "gradients_to_vector",
    message="the number of layers is counted with the entries dA among the gradients",
    hint="How many entries does the dictionary have, and how many of them do you want?",
    severity="fault",
)
def _(gradients):
    return _column([gradients[f"d{k}{l}"] for l in range(1, len(gradients) // 2 + 1) for k in "Wb"])


@mistake(
    "needs-dA",
    "gradients_to_vector",
    message="the number of layers is counted as if there were an entry dA for each",
    hint="Count the entries that you want.",
    severity="fault",
)
def _(gradients):
    return _column([gradients[f"d{k}{l}"] for l in range(1, len(gradients) // 3 + 1) for k in "Wb"])


@mistake(
    "counts-only-dA",
    "gradients_to_vector",
    message="the number of layers is the number of entries dA, and these need not be one for each",
    hint="Count the entries dW: a backward pass may keep any of the dA.",
    severity="slip",
)
def _(gradients):
    depth = sum(name.startswith("dA") for name in gradients) or len(gradients) // 2
    return _column([gradients[f"d{k}{l}"] for l in range(1, depth + 1) for k in "Wb"])


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


def _reshaped(change):
    return lambda vector, dims: {name: change(name, value) for name, value in _cut(vector, dims).items()}


@mistake(
    "weights-first",
    "vector_to_dictionary",
    message="all weights are cut off first and then all biases; each layer's W is followed by its own b",
    hint="The order is W1, b1, W2, b2, ...: what stands right after W1 in the vector?",
    severity="fault",
)
def _weights_first(vector, dims):
    shapes = [(f"W{l}", dims[l], dims[l - 1]) for l in range(1, len(dims))]
    shapes += [(f"b{l}", dims[l], 1) for l in range(1, len(dims))]
    pieces = np.split(vector, np.cumsum([n * k for _, n, k in shapes])[:-1])
    return {name: piece.reshape(n, k) for (name, n, k), piece in zip(shapes, pieces, strict=True)}


@mistake(
    "bias-first",
    "vector_to_dictionary",
    message="b is cut off before W in each layer",
    hint="The order is W1, b1, W2, b2, ...",
    severity="fault",
)
def _bias_first(vector, dims):
    parameters, start = {}, 0
    for l, (k, n) in enumerate(pairwise(dims), start=1):
        parameters[f"b{l}"] = vector[start : start + n].reshape(n, 1)
        parameters[f"W{l}"] = vector[start + n : start + n * (k + 1)].reshape(n, k)
        start += n * (k + 1)
    return parameters


@mistake(
    "column-by-column",
    "vector_to_dictionary",
    message="matrices are filled column by column; reshape fills them row by row",
    hint="Cut [1, 2, 3, 4] into a matrix of shape (2, 2).",
    severity="fault",
)
def _(vector, dims):
    return _cut(vector, dims, "F")


@mistake(
    "offset-stays",
    "vector_to_dictionary",
    message="every layer is cut from the start of the vector",
    hint="Where does the second layer begin?",
    severity="grave",
)
def _(vector, dims):
    return _layers_from_start(vector, dims)


@mistake(
    "last-layer-missing",
    "vector_to_dictionary",
    message="the last layer is missing",
    hint="How many layers has a network with len(layers_dims) sizes?",
    severity="fault",
)
def _(vector, dims):
    return _cut(vector, dims[:-1])


@mistake(
    "two-layers-only",
    "vector_to_dictionary",
    message="not all layers are there: only the first few",
    hint="The network may have any number of layers.",
    severity="fault",
)
def _(vector, dims):
    return _cut(vector, dims[:3])


@mistake(
    "layer-numbers",
    "vector_to_dictionary",
    message="the layers are counted from 0",
    hint="The first layer is W1, b1.",
    severity="slip",
)
def _(vector, dims):
    return {f"{n[0]}{int(n[1:]) - 1}": v for n, v in _cut(vector, dims).items()}


transposed = mistake(
    "transposed",
    "vector_to_dictionary",
    message="W has the shape (n_prev, n), expected (n, n_prev)",
    hint="W has one row for each unit of its layer.",
    severity="fault",
)


@transposed
@_reshaped
def _(name, value):
    return value.reshape(value.shape[::-1]) if name[0] == "W" else value


@transposed
@_reshaped
def _(name, value):
    return value.T if name[0] == "W" else value


@mistake(
    "flat-biases",
    "vector_to_dictionary",
    message="b has shape (n,), expected (n, 1)",
    hint="A column has two axes.",
    severity="slip",
)
@_reshaped
def _(name, value):
    return value.ravel() if name[0] == "b" else value


@mistake(
    "flat-weights",
    "vector_to_dictionary",
    message="the pieces stay columns; W is a matrix",
    hint="reshape gives a piece its shape back.",
    severity="fault",
)
@_reshaped
def _(name, value):
    return value.reshape(-1, 1)


def _layers_from_start(vector, dims):
    try:
        return _cut(vector, dims, advance=lambda n, k: 0)
    except ValueError:
        return {}


@mistake(
    "bias-not-skipped",
    "vector_to_dictionary",
    message="the offset grows by the size of W alone, so that the next layer begins with this layer's b",
    hint="How many entries does a layer use up?",
    severity="fault",
)
def _(vector, dims):
    return _cut(vector, dims, advance=lambda n, k: n * k)


@mistake(
    "overlapping-bias",
    "vector_to_dictionary",
    message="b is cut from the same place as W begins",
    hint="Where does the piece for b start?",
    severity="fault",
)
def _(vector, dims):
    return {
        name: _cut(vector, dims)["W" + name[1:]].reshape(-1, 1)[: len(value)] if name[0] == "b" else value
        for name, value in _cut(vector, dims).items()
    }


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


@mistake(
    "missing-mean",
    "forward_prop_cost",
    message="the sum over the examples is not divided by m",
    hint="What does the cost of twice as many examples look like?",
    severity="fault",
)
@_priced
def _(AL, Y, X):
    return _cross_entropy(AL, Y) * Y.shape[1]


@mistake(
    "wrong-mean",
    "forward_prop_cost",
    message="the sum is divided by the number of features, not of examples",
    hint="Which axis of X counts the examples?",
    severity="fault",
)
@_priced
def _(AL, Y, X):
    return _cross_entropy(AL, Y) * Y.shape[1] / X.shape[0]


@mistake(
    "half-mean",
    "forward_prop_cost",
    message="the cost is divided by 2m; the cross-entropy has no factor 1/2",
    hint="Compare the factor in front of the sum.",
    severity="fault",
)
@_priced
def _(AL, Y, X):
    return _cross_entropy(AL, Y) / 2


@mistake(
    "opposite-sign",
    "forward_prop_cost",
    message="the cost is negative",
    hint="The logarithm of a probability is negative, a cost is not.",
    severity="fault",
)
@_priced
def _(AL, Y, X):
    return -_cross_entropy(AL, Y)


@mistake(
    "swapped-labels",
    "forward_prop_cost",
    message="Y and 1 - Y stand in each other's place",
    hint="What is the cost of AL near 1 when Y is 1?",
    severity="grave",
)
@_priced
def _(AL, Y, X):
    return _cross_entropy(AL, 1 - Y)


@mistake(
    "wrong-sign",
    "forward_prop_cost",
    message="the term with 1 - Y has the wrong sign: inside of the sum the two terms are added",
    hint="Which sign do both logarithms have, and which one should both terms of a cost have?",
    severity="fault",
)
@_priced
def _(AL, Y, X):
    return -np.mean(Y * np.log(AL) - (1 - Y) * np.log(1 - AL))


logarithm_of_labels = mistake(
    "logarithm-of-labels",
    "forward_prop_cost",
    message="the logarithm is taken of the labels; it is taken of the predictions",
    hint="What is log(Y) where Y is 0?",
    severity="grave",
)


@logarithm_of_labels
@_priced
def _(AL, Y, X):
    with np.errstate(all="ignore"):
        return _cross_entropy(Y + 0.0, AL)


@logarithm_of_labels
@_priced
def _(AL, Y, X):
    return -np.mean(AL * np.log(Y + 1e-8) + (1 - AL) * np.log(1 - Y + 1e-8))


half_of_cross_entropy = mistake(
    "half-of-cross-entropy",
    "forward_prop_cost",
    message="only the examples of one label count",
    hint="The sum has two terms.",
    severity="fault",
)


@half_of_cross_entropy
@_priced
def _(AL, Y, X):
    return -np.mean(Y * np.log(AL))


@half_of_cross_entropy
@_priced
def _(AL, Y, X):
    return -np.mean((1 - Y) * np.log(1 - AL))


@mistake(
    "squared-error",
    "forward_prop_cost",
    message="this is a mean squared error, not the cross-entropy",
    hint="There are logarithms in this cost.",
    severity="grave",
)
@_priced
def _(AL, Y, X):
    return np.mean((AL - Y) ** 2)


@mistake(
    "squared-error",
    "forward_prop_cost",
    message="this is half a mean squared error, not the cross-entropy",
    hint="There are logarithms in this cost.",
    severity="grave",
)
@_priced
def _(AL, Y, X):
    return np.mean((AL - Y) ** 2) / 2


guard_too_large = mistake(
    "guard-too-large",
    "forward_prop_cost",
    message="a guard or clip at the logarithm is so large that it changes the cost of a confident mistake; 1e-7 is enough",
    hint="What does your formula give for label 1 and AL = 1e-6, and for label 0 and AL = 1 - 1e-6? And what is -log(1e-6)?",
    severity="slip",
)


@guard_too_large
@_priced
def _(AL, Y, X):
    return _cross_entropy(np.clip(AL, 1e-5, 1 - 1e-5), Y)


@guard_too_large
@_priced
def _(AL, Y, X):
    return _cross_entropy(np.minimum(AL, 1 - 1e-5), Y)


@guard_too_large
@_priced
def _(AL, Y, X):
    return _cross_entropy(np.maximum(AL, 1e-5), Y)


@mistake(
    "returns-prediction",
    "forward_prop_cost",
    message="AL is returned in place of the cost",
    hint="Gradient checking differentiates a single number.",
    severity="grave",
)
@_priced
def _(AL, Y, X):
    return AL


@mistake(
    "returns-pair",
    "forward_prop_cost",
    message="more than the cost is returned",
    hint="Gradient checking differentiates a single number.",
    severity="slip",
)
@_priced
def _(AL, Y, X):
    return _cross_entropy(AL, Y), AL


activation_ignored = mistake(
    "activation-ignored",
    "forward_prop_cost",
    message="the argument hidden_layers_activation_fn has no effect: the hidden layers always use the same function",
    hint='Call it with "tanh" and with "relu": does anything change?',
    severity="fault",
)


@activation_ignored
@_activated
def _(hidden):
    return "tanh"


@activation_ignored
@_activated
def _(hidden):
    return "relu"


@activation_ignored
@_activated
def _(hidden):
    return "sigmoid"


@mistake(
    "activations-swapped",
    "forward_prop_cost",
    message="tanh and relu stand in each other's place",
    hint="Which function belongs to which name?",
    severity="fault",
)
@_activated
def _(hidden):
    return {"tanh": "relu", "relu": "tanh"}[hidden]


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


def _with_hidden(choose):
    return lambda *args: _relative(*_both(*args[:6], choose(args[6])))


_BELOW = "The denominator of the formula is the sum of two norms."
_VECTORS = "np.linalg.norm of a vector gives the 2-norm of all its entries."


@mistake(
    "missing-two",
    "gradient_check",
    message="the two points lie 2 * epsilon apart, but the difference is divided by epsilon",
    hint="How far is theta + epsilon from theta - epsilon?",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return _relative(g, 2 * s)


@mistake(
    "precedence",
    "gradient_check",
    message="a / 2 * epsilon multiplies by epsilon; the whole of 2 * epsilon belongs below the line",
    hint="Python divides and multiplies from left to right.",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return _relative(g, s * epsilon**2)


@mistake(
    "missing-division",
    "gradient_check",
    message="j_plus - j_minus is not divided by 2 * epsilon",
    hint="A slope is a rise over a run.",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return _relative(g, s * 2 * epsilon)


@mistake(
    "always-one",
    "gradient_check",
    message="every wrong gradient gives 1: the numerical derivative is 0, with j_plus and j_minus taken at the same point, or "
    "a verdict is returned as a number in place of the difference",
    hint="Print the numerical derivative, and the two points, with an epsilon of 0.5: is a difference of 1 what comes out?",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return _relative(g, 0 * s)


@mistake(
    "opposite-sign",
    "gradient_check",
    message="the numerical derivative has the opposite sign in the difference: j_minus - j_plus, or added where it is to be subtracted",
    hint="Which of the two is larger when the cost grows?",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return _relative(g, -s)


@mistake(
    "added-to-quotient",
    "gradient_check",
    message="the norm behind the plus is added to the quotient, and does not stand below the line: there brackets are missing",
    hint="Python divides before it adds: a / b + c is (a / b) + c.",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return np.linalg.norm(g - s) / np.linalg.norm(g) + np.linalg.norm(s)


@mistake(
    "not-relative",
    "gradient_check",
    message="this is the distance of the two gradients; it is not divided by the sum of their norms",
    hint="The formula of the difference is a fraction.",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return np.linalg.norm(g - s)


one_norm_below = mistake(
    "one-norm-below",
    "gradient_check",
    message="below the line stands one of the two norms, or twice one of them, or the larger one; it has to be their sum",
    hint=_BELOW,
    severity="fault",
)


@one_norm_below
@_measured
@_over
def _(g, s):
    return np.linalg.norm(g)


@one_norm_below
@_measured
@_over
def _(g, s):
    return np.linalg.norm(s)


@one_norm_below
@_measured
@_over
def _(g, s):
    return max(np.linalg.norm(g), np.linalg.norm(s))


for _norm in (lambda g, s: 2 * np.linalg.norm(g), lambda g, s: 2 * np.linalg.norm(s)):
    one_norm_below(_measured(_over(_norm)))


bounded_below = mistake(
    "bounded-below",
    "gradient_check",
    message="faults in small gradients look small: there the difference is divided by more than the sum of the two norms (by a bound, or with a number added)",
    hint="What stands below the line where both norms are small? The difference is relative, however small the gradients are.",
    severity="slip",
)


@bounded_below
@_measured
@_over
def _(g, s):
    return max(np.linalg.norm(g) + np.linalg.norm(s), 1.0)


for _number in (1e-2, 1e-3, 1e-4):
    bounded_below(_measured(_over(lambda g, s, number=_number: np.linalg.norm(g) + np.linalg.norm(s) + number)))


@mistake(
    "product-below",
    "gradient_check",
    message="the norms are multiplied below the line; they have to be added",
    hint=_BELOW,
    severity="fault",
)
@_measured
@_over
def _(g, s):
    return np.linalg.norm(g) * np.linalg.norm(s)


@mistake(
    "squared-norms",
    "gradient_check",
    message="the norms are squared; the square root is missing",
    hint="What does np.linalg.norm do after it has summed the squares?",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return np.sum((g - s) ** 2) / (np.sum(g**2) + np.sum(s**2))


other_norm = mistake(
    "other-norm", "gradient_check", message="this is another norm than the 2-norm", hint=_VECTORS, severity="fault"
)


@other_norm
@_measured
def _(g, s, epsilon):
    return np.sum(np.abs(g - s)) / (np.sum(np.abs(g)) + np.sum(np.abs(s)))


@other_norm
@_measured
def _(g, s, epsilon):
    return np.max(np.abs(g - s)) / (np.max(np.abs(g)) + np.max(np.abs(s)))


entry_by_entry = mistake(
    "entry-by-entry",
    "gradient_check",
    message="every entry is divided by its own size; wanted is the norm of the difference over the sum of the two norms",
    hint="How many quotients does the formula have?",
    severity="fault",
)


@entry_by_entry
@_measured
def _(g, s, epsilon):
    return np.max(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300))


@entry_by_entry
@_measured
def _(g, s, epsilon):
    return np.mean(np.abs(g - s) / (np.abs(g) + np.abs(s) + 1e-300))


@mistake(
    "norm-of-the-sum",
    "gradient_check",
    message="the denominator is the norm of the sum; it is the sum of the two norms",
    hint="How large is the norm of a sum when the two vectors point in opposite directions?",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return np.linalg.norm(g - s) / np.linalg.norm(g + s)


@mistake(
    "table-of-differences",
    "gradient_check",
    message="a column and a flat vector are subtracted, which gives a table of the differences of all pairs",
    hint="Print the shapes of the two vectors, and of their difference.",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return np.linalg.norm(g - s.ravel()) / (np.linalg.norm(g) + np.linalg.norm(s))


@mistake(
    "difference-of-norms",
    "gradient_check",
    message="norms are subtracted; the norm of the difference is wanted",
    hint="Two vectors of equal length need not be equal.",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return abs(np.linalg.norm(g) - np.linalg.norm(s)) / (np.linalg.norm(g) + np.linalg.norm(s))


loop_ends_early = partial(
    mistake,
    "loop-ends-early",
    "gradient_check",
    message="only some of the parameters are differentiated: the loop stops too early, or what belongs "
    "into it stands outside",
    hint="How many rounds does the loop make, and how many parameters are there?",
)


loop_ends_early(severity="grave")(_measured(_only(slice(0, 1))))


# As many rounds as there are arrays, or sizes of layers: neither is the number of parameters.
loop_ends_early(severity="grave")(lambda *args: _measured(_only(slice(0, len(args[0]))))(*args))


loop_ends_early(severity="grave")(lambda *args: _measured(_only(slice(0, len(args[4]))))(*args))


loop_ends_early(severity="fault")(_measured(_only(slice(0, -1))))


mistake(
    "loop-starts-late",
    "gradient_check",
    message="the loop leaves the first parameter out",
    hint="Python counts from 0.",
    severity="fault",
)(_measured(_only(slice(1, None))))


@mistake(
    "returns-verdict",
    "gradient_check",
    message="the result is True or False; the difference itself is wanted",
    hint="Print the verdict if you like, and return the number.",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return bool(_relative(g, s) < 1e-6)


@mistake(
    "returns-derivative",
    "gradient_check",
    message="these are the numerical derivatives; they have to be compared with the gradients",
    hint="The difference comes after the loop.",
    severity="grave",
)
@_measured
def _(g, s, epsilon):
    return s


activation_ignored = mistake(
    "activation-ignored",
    "gradient_check",
    message="the argument hidden_layers_activation_fn is not handed on to the cost",
    hint="Check a network with relu.",
    severity="fault",
)


@activation_ignored
@_with_hidden
def _(hidden):
    return "tanh"


@activation_ignored
@_with_hidden
def _(hidden):
    return "relu"


@mistake(
    "ignores-gradients",
    "gradient_check",
    message="the argument gradients does not enter the result, so that no fault in it is ever found",
    hint="Whose gradients are to be checked?",
    severity="grave",
)
def _ignoring(parameters, gradients, X, Y, dims, epsilon, hidden):
    return _relative(*_both(parameters, _backward(parameters, X, Y, hidden), X, Y, dims, epsilon, hidden))


@mistake(
    "one-sided",
    "gradient_check",
    message="the derivative is one-sided, (J(theta + epsilon) - J(theta)) / epsilon: with a large epsilon the error shows",
    hint="The two-sided form has theta + epsilon and theta - epsilon.",
    severity="fault",
)
def _(*args):
    return _relative(*_both(*args, below=0.0, run=1.0))


literal_epsilon = partial(
    mistake,
    "literal-epsilon",
    "gradient_check",
    hint="Call your function with an epsilon of 0.5, and print the two points and what you divide by.",
)


@literal_epsilon(
    message="the step is not the argument epsilon: a fixed number stands there, or a bound that epsilon may not pass",
    severity="slip",
)
def _(*args):
    return _relative(*_both(*args[:5], 1e-7, args[6]))


@literal_epsilon(
    message="theta is shifted by a fixed number, and divided is by the argument epsilon",
    severity="fault",
)
def _(*args):
    return _relative(*_both(*args[:5], 1e-7, args[6], run=2 * args[5] / 1e-7))


@literal_epsilon(message="a fixed number stands below the line where the argument epsilon belongs", severity="fault")
@_measured
def _(g, s, epsilon):
    return _relative(g, s * epsilon / 1e-7)


literal_on_one_side = literal_epsilon(
    message="one of the two points is shifted by a fixed number, the other one by the argument epsilon",
    severity="fault",
)


@literal_on_one_side
def _(*args):
    return _relative(*_both(*args[:5], 1e-7, args[6], below=-args[5] / 1e-7, run=2 * args[5] / 1e-7))


@literal_on_one_side
def _(*args):
    return _relative(*_both(*args, below=-1e-7 / args[5]))


activation_on_one_side = mistake(
    "activation-on-one-side",
    "gradient_check",
    message="the argument hidden_layers_activation_fn is handed on to one of the two costs only",
    hint="Compare the two calls of forward_prop_cost.",
    severity="fault",
)


def _with_hidden_of(choose):
    """A check in which the two costs are those of networks with ``choose(hidden)`` in their hidden layers."""

    def check(parameters, gradients, X, Y, dims, epsilon, hidden):
        theta, grad = _vectors(parameters, gradients)
        slopes = np.zeros(theta.shape)
        for i, step in enumerate(epsilon * np.eye(theta.size)[:, :, None]):
            vectors = zip((theta + step, theta - step), choose(hidden), strict=True)
            above, below = (_cross_entropy(_predicted(X, _cut(v, dims), name), Y) for v, name in vectors)
            slopes[i] = (above - below) / (2 * epsilon)
        return _relative(grad, slopes)

    return check


for _choose in (lambda hidden: ("tanh", hidden), lambda hidden: (hidden, "tanh")):
    activation_on_one_side(_with_hidden_of(_choose))


@mistake(
    "parameter-left-out",
    "gradient_check",
    message="the last parameter is left out on both sides, so that no fault in its gradient is found",
    hint="How many parameters are compared, and how many are there?",
    severity="fault",
)
@_measured
def _(g, s, epsilon):
    return _relative(g[:-1], s[:-1])


@mistake(
    "minus-at-theta",
    "gradient_check",
    message="j_minus is taken at theta, not at theta - epsilon",
    hint="Is theta_minus a fresh copy of the parameters, neither theta_plus itself nor the same array, and is it shifted?",
    severity="fault",
)
def _(*args):
    return _relative(*_both(*args, below=0.0))


@mistake(
    "shifts-accumulate",
    "gradient_check",
    message="the vector is copied once before the loop, so that the shifts of earlier parameters stay in it",
    hint="Which entries of theta_plus differ from the parameters in the last round?",
    severity="fault",
)
def _accumulating(parameters, gradients, X, Y, dims, epsilon, hidden):
    theta, grad = _vectors(parameters, gradients)
    plus, minus, slopes = theta.copy(), theta.copy(), np.zeros(theta.shape)
    for i in range(theta.size):
        plus[i] += epsilon
        minus[i] -= epsilon
        above, below = (_cross_entropy(_predicted(X, _cut(v, dims), hidden), Y) for v in (plus, minus))
        slopes[i] = (above - below) / (2 * epsilon)
    return _relative(grad, slopes)


@mistake(
    "weights-only",
    "gradient_check",
    message="only the weights are compared; the biases are parameters too",
    hint="What does dictionary_to_vector put into the vector?",
    severity="fault",
)
def _over_weights(parameters, *rest):
    kept = _column([np.full(value.shape, name[0] == "W") for name, value in parameters.items()])
    grad, slopes = _both(parameters, *rest)
    return _relative(grad[kept], slopes[kept])


# -- one number --------------------------------------------------------------------------

_ROW = "What does yours give for the straight line f(x) = 2 x?"


@mistake(
    "two-sided",
    "forward_difference",
    message="this is the two-sided difference",
    hint="Which of the two points is x itself?",
    severity="fault",
)
def _(f, x, e):
    return (f(x + e) - f(x - e)) / (2 * e)


@mistake(
    "two-sided",
    "forward_difference",
    message="this is the two-sided difference, half of epsilon to each side",
    hint="Which of the two points is x itself?",
    severity="fault",
)
def _(f, x, e):
    return (f(x + e / 2) - f(x - e / 2)) / e


@mistake(
    "backward",
    "forward_difference",
    message="the step goes to the left: this is (f(x) - f(x - epsilon)) / epsilon",
    hint="On which side of x does the second point lie?",
    severity="fault",
)
def _(f, x, e):
    return (f(x) - f(x - e)) / e


@mistake(
    "divided-by-two",
    "forward_difference",
    message="a factor 1/2 is too much: the points lie epsilon apart",
    hint=_ROW,
    severity="fault",
)
def _(f, x, e):
    return (f(x + e) - f(x)) / (2 * e)


@mistake(
    "precedence",
    "forward_difference",
    message="the second term alone is divided",
    hint="Which parentheses are missing?",
    severity="grave",
)
def _(f, x, e):
    return f(x + e) - f(x) / e


@mistake(
    "missing-division",
    "forward_difference",
    message="the rise is not divided by epsilon",
    hint=_ROW,
    severity="grave",
)
def _(f, x, e):
    return f(x + e) - f(x)


@mistake("multiplied", "forward_difference", message="the rise is multiplied by epsilon", hint=_ROW, severity="grave")
def _(f, x, e):
    return (f(x + e) - f(x)) * e


@mistake("opposite-sign", "forward_difference", message="the rise has the opposite sign", hint=_ROW, severity="grave")
def _(f, x, e):
    return (f(x) - f(x + e)) / e


@mistake("added", "forward_difference", message="the two values are added, not subtracted", hint=_ROW, severity="grave")
def _(f, x, e):
    return (f(x + e) + f(x)) / e


@mistake(
    "assumes-square",
    "forward_difference",
    message="f is not used: the result is that of x ** 2",
    hint="Try another function.",
    severity="grave",
)
def _(f, x, e):
    return ((x + e) ** 2 - x**2) / e


literal_epsilon = mistake(
    "literal-epsilon",
    "forward_difference",
    message="a fixed number stands where the argument epsilon belongs",
    hint="Try another epsilon.",
    severity="fault",
)


@literal_epsilon
def _(f, x, e):
    return (f(x + 0.01) - f(x)) / 0.01


@literal_epsilon
def _(f, x, e):
    return (f(x + 1e-7) - f(x)) / 1e-7


@literal_epsilon
def _(f, x, e):
    return (f(x + e) - f(x)) / 0.01


@literal_epsilon
def _(f, x, e):
    return (f(x + e) - f(x)) / 1e-7


@mistake(
    "relative-step",
    "forward_difference",
    message="x is multiplied by 1 + epsilon; epsilon has to be added",
    hint="By how much does x change?",
    severity="fault",
)
def _(f, x, e):
    return (f(x * (1 + e)) - f(x)) / e


@mistake(
    "shifted-value",
    "forward_difference",
    message="epsilon is added to f(x), not to x",
    hint="At which point is f evaluated?",
    severity="grave",
)
def _(f, x, e):
    return (f(x) + e - f(x)) / e


one_sided = mistake(
    "one-sided",
    "central_difference",
    message="this is the one-sided difference",
    hint="On which sides of x do the two points lie?",
    severity="fault",
)


@one_sided
def _(f, x, e):
    return (f(x + e) - f(x)) / e


@one_sided
def _(f, x, e):
    return (f(x) - f(x - e)) / e


@mistake(
    "missing-two",
    "central_difference",
    message="the two points lie 2 * epsilon apart, but the rise is divided by epsilon",
    hint=_ROW,
    severity="fault",
)
def _(f, x, e):
    return (f(x + e) - f(x - e)) / e


@mistake(
    "precedence",
    "central_difference",
    message="a / 2 * epsilon multiplies by epsilon; the whole of 2 * epsilon belongs below the line",
    hint="Python divides and multiplies from left to right.",
    severity="grave",
)
def _(f, x, e):
    return (f(x + e) - f(x - e)) / 2 * e


@mistake(
    "missing-parentheses",
    "central_difference",
    message="the second term alone is divided",
    hint="Which parentheses are missing?",
    severity="grave",
)
def _(f, x, e):
    return f(x + e) - f(x - e) / (2 * e)


@mistake(
    "half-step",
    "central_difference",
    message="the points lie half of epsilon from x",
    hint="How far is the first point from x?",
    severity="slip",
)
def _(f, x, e):
    return (f(x + e / 2) - f(x - e / 2)) / e


@mistake(
    "half-step",
    "central_difference",
    message="the points lie half of epsilon from x, but the rise is divided by 2 * epsilon",
    hint="How far are the two points from each other?",
    severity="fault",
)
def _(f, x, e):
    return (f(x + e / 2) - f(x - e / 2)) / (2 * e)


@mistake(
    "double-step",
    "central_difference",
    message="the points lie 2 * epsilon from x",
    hint="How far is the first point from x?",
    severity="slip",
)
def _(f, x, e):
    return (f(x + 2 * e) - f(x - 2 * e)) / (4 * e)


@mistake(
    "same-point",
    "central_difference",
    message="the result is 0 for every f and x, as if both values of f were taken at the same point",
    hint="On which sides of x do the two points lie?",
    severity="grave",
)
def _(f, x, e):
    return 0 * f(x)


@mistake(
    "sign-of-x",
    "central_difference",
    message="the second point is epsilon - x, not x - epsilon",
    hint="Print both points for x = 3 and an epsilon of 0.5.",
    severity="grave",
)
def _(f, x, e):
    return (f(x + e) - f(-x + e)) / (2 * e)


@mistake(
    "missing-division",
    "central_difference",
    message="the rise is not divided by 2 * epsilon",
    hint=_ROW,
    severity="grave",
)
def _(f, x, e):
    return f(x + e) - f(x - e)


half_of_one_side = mistake(
    "half-of-one-side",
    "central_difference",
    message="one of the two points is x itself",
    hint="On which sides of x do the two points lie?",
    severity="fault",
)


@half_of_one_side
def _(f, x, e):
    return (f(x + e) - f(x)) / (2 * e)


@half_of_one_side
def _(f, x, e):
    return (f(x) - f(x - e)) / (2 * e)


@mistake("opposite-sign", "central_difference", message="the rise has the opposite sign", hint=_ROW, severity="grave")
def _(f, x, e):
    return (f(x - e) - f(x + e)) / (2 * e)


@mistake("added", "central_difference", message="the two values are added, not subtracted", hint=_ROW, severity="grave")
def _(f, x, e):
    return (f(x + e) + f(x - e)) / (2 * e)


@mistake(
    "assumes-square",
    "central_difference",
    message="f is not used: the result is that of x ** 2",
    hint="Try another function.",
    severity="grave",
)
def _(f, x, e):
    return 2 * x


literal_epsilon = mistake(
    "literal-epsilon",
    "central_difference",
    message="a fixed number stands where the argument epsilon belongs",
    hint="Try another epsilon.",
    severity="fault",
)


@literal_epsilon
def _(f, x, e):
    return (f(x + 0.01) - f(x - 0.01)) / 0.02


@literal_epsilon
def _(f, x, e):
    return (f(x + 1e-7) - f(x - 1e-7)) / 2e-7


@literal_epsilon
def _(f, x, e):
    return (f(x + e) - f(x - e)) / 0.02


@literal_epsilon
def _(f, x, e):
    return (f(x + e) - f(x - e)) / 2e-7


@mistake(
    "relative-step",
    "central_difference",
    message="x is multiplied by 1 + epsilon and 1 - epsilon; epsilon has to be added and subtracted",
    hint="By how much does x change?",
    severity="fault",
)
def _(f, x, e):
    return (f(x * (1 + e)) - f(x * (1 - e))) / (2 * e)


@mistake(
    "second-derivative",
    "central_difference",
    message="this is the second derivative",
    hint="How many values of f does the formula have?",
    severity="grave",
)
def _(f, x, e):
    return (f(x + e) - 2 * f(x) + f(x - e)) / e**2


@mistake(
    "no-copy",
    "gradient_check",
    message="theta plus epsilon is made in the vector of the parameters itself, no copy of it: the shifts stay in it and add up",
    hint="What does the vector of the parameters hold after the first round of the loop?",
    severity="grave",
)
def _without_a_copy(parameters, gradients, X, Y, dims, epsilon, hidden):
    plus, grad = _vectors(parameters, gradients)
    slopes = np.zeros(plus.shape)
    for i in range(plus.size):
        plus[i] += epsilon
        minus = plus.copy()
        minus[i] -= epsilon
        above, below = (_cross_entropy(_predicted(X, _cut(v, dims), hidden), Y) for v in (plus, minus))
        slopes[i] = (above - below) / (2 * epsilon)
    return _relative(grad, slopes)


@mistake(
    "all-shifted-at-once",
    "gradient_check",
    message="epsilon is added to all parameters at once; each entry of the numerical derivative needs a shift of its own parameter alone",
    hint="How many entries of theta does a partial derivative move?",
    severity="grave",
)
def _with_all_shifted(parameters, gradients, X, Y, dims, epsilon, hidden):
    theta, grad = _vectors(parameters, gradients)
    above, below = (_cross_entropy(_predicted(X, _cut(theta + e, dims), hidden), Y) for e in (epsilon, -epsilon))
    return _relative(grad, np.full(grad.shape, (above - below) / (2 * epsilon)))


@mistake(
    "order-of-keys",
    "gradient_check",
    message="the gradients follow the order of their dictionary, and a backward pass fills it from the last layer on",
    hint="Print list(gradients) beside list(parameters): is there a function that puts them in order?",
    severity="fault",
)
def _in_order_of_keys(parameters, gradients, X, Y, dims, epsilon, hidden):
    grad, slopes = _both(parameters, gradients, X, Y, dims, epsilon, hidden)
    return _relative(np.concatenate([v.reshape(-1, 1) for n, v in gradients.items() if n[1] in "Wb"]), slopes)
