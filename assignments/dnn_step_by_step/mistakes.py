"""Known wrong solutions of the deep network: what students write, why it is wrong, where to look.

The helpers here behave as the provided ones do, so that a mistake raises what a student's code raises.
"""

import numpy as np

from grader.spec import mistake

# -- right parts, on which the wrong ones stand ------------------------------------------


def _sigmoid(Z):
    tail = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1.0, tail) / (1.0 + tail)


_FORWARD = {"sigmoid": _sigmoid, "relu": lambda Z: np.maximum(0, Z), "identity": lambda Z: Z}
_SLOPE = {"sigmoid": lambda dA, Z: dA * _sigmoid(Z) * (1 - _sigmoid(Z)), "relu": lambda dA, Z: np.where(Z > 0, dA, 0)}
_OTHER = {"sigmoid": "relu", "relu": "sigmoid"}


def _gradients(dZ, A_prev, W):
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, np.sum(dZ, axis=1, keepdims=True) / m


def _layer(A_prev, W, b, activation):
    Z = W @ A_prev + b
    return _FORWARD[activation](Z), ((A_prev, W, b), Z)


def _layer_backward(dA, cache, activation):
    (A_prev, W, _), Z = cache
    return _gradients(_SLOPE[activation](dA, Z), A_prev, W)


# -- initialization ----------------------------------------------------------------------


def _network(dims, draw=lambda n, k: np.random.randn(n, k) * 0.01, biases=lambda n: np.zeros((n, 1))):
    parameters = {}
    for layer in range(1, len(dims)):
        parameters[f"W{layer}"] = draw(dims[layer], dims[layer - 1])
        parameters[f"b{layer}"] = biases(dims[layer])
    return parameters


def _same_seed(n, k):
    np.random.seed(3)
    return np.random.randn(n, k) * 0.01


def _gaussian(scale):
    return lambda n, k: np.random.randn(n, k) * scale(n, k)


def _two_sizes(options):
    return lambda n_x, n_h, n_y: _network([n_x, n_h, n_y], **options)


def _all_sizes(options):
    return lambda layer_dims: _network(layer_dims, **options)


def _in_both(code, *, message, hint, severity):
    """The same mistake in both initializers, out of options of ``_network``."""

    def register(options):
        mistake(code, "initialize_parameters", message=message, hint=hint, severity=severity)(_two_sizes(options))
        mistake(code, "initialize_parameters_deep", message=message, hint=hint, severity=severity)(_all_sizes(options))

    return register


_in_both(
    "zero-weights",
    message="all weights are zero, so all units of a layer stay the same for ever",
    hint="What would two hidden units with equal weights learn?",
    severity="grave",
)({"draw": lambda n, k: np.zeros((n, k))})


_ZERO_LAYER = {
    "code": "zero-layer",
    "message": "the weights of one layer are all zero: its units start alike, whatever the other layers hold",
    "hint": "Print the weights of every layer, of the first and of the last one, too.",
    "severity": "fault",
}


@mistake(function="initialize_parameters", **_ZERO_LAYER)
def first_layer_zero(n_x, n_h, n_y):
    right = _network([n_x, n_h, n_y])
    return {**right, "W1": 0 * right["W1"]}


@mistake(function="initialize_parameters_deep", **_ZERO_LAYER)
def last_layer_zero(layer_dims):
    right = _network(layer_dims)
    last = f"W{len(layer_dims) - 1}"
    return {**right, last: 0 * right[last]}


@mistake(
    "one-array-for-several",
    "initialize_parameters_deep",
    message="several keys hold one and the same array, so that what is written into one of them is in the others, too",
    hint="How many arrays of zeros are made, and how many are needed? Change one in place, and look at all of them.",
    severity="slip",
)
def one_array_of_biases(layer_dims):
    made = {}
    return _network(layer_dims, biases=lambda n: made.setdefault(n, np.zeros((n, 1))))


_in_both(
    "missing-scale",
    message="the weights have the standard deviation 1: the factor is missing, or stands elsewhere, as in place of the mean",
    hint="Compare the size of your weights with the size that the exercise asks for.",
    severity="fault",
)({"draw": np.random.randn})


_UNSCALED_LAYER = {
    "code": "layer-without-scale",
    "message": "a layer has weights of the standard deviation 1, and another one is scaled: in the first the factor is missing",
    "hint": "Print np.std of every W.",
    "severity": "fault",
}


@mistake(function="initialize_parameters", **_UNSCALED_LAYER)
def second_layer_unscaled(n_x, n_h, n_y):
    return {**_network([n_x, n_h, n_y]), "W2": np.random.randn(n_y, n_h)}


@mistake(function="initialize_parameters_deep", **_UNSCALED_LAYER)
def last_layer_unscaled(layer_dims):
    return {**_network(layer_dims), f"W{len(layer_dims) - 1}": np.random.randn(*layer_dims[:-3:-1])}


_in_both(
    "repeated-layers",
    message="every layer starts with the same random numbers",
    hint="Does each layer draw numbers of its own? A seed that is set again gives the same ones.",
    severity="fault",
)({"draw": _same_seed})


def _of_one_pool(n, k):
    return np.random.default_rng(3).standard_normal((500, 500))[:n, :k] * 0.01


_in_both(
    "shared-numbers",
    message="layers share random numbers: they are parts of one matrix, or drawn once for each size",
    hint="Does every layer draw numbers of its own, also where it has the size of another one?",
    severity="fault",
)({"draw": _of_one_pool})


_in_both(
    "not-centred",
    message="no weight is negative, but a Gaussian of mean 0 has as many negative entries as positive ones",
    hint="Is it np.random.randn, whose numbers have both signs, and does nothing (an absolute value, a square) take the sign away?",
    severity="fault",
)({"draw": lambda n, k: np.random.rand(n, k) * 0.01})


_in_both(
    "uniform-weights",
    message="the weights are uniform between two bounds, not Gaussian",
    hint="Which function of np.random draws from the normal distribution?",
    severity="fault",
)({"draw": lambda n, k: np.random.uniform(-0.01, 0.01, (n, k))})


_in_both(
    "transposed-weights",
    message="W has a row for every input; expected is a row for every unit of the layer",
    hint="Which shape must W have, so that W @ A_prev has a row for every unit?",
    severity="fault",
)({"draw": lambda n, k: np.random.randn(k, n) * 0.01})


_in_both(
    "flat-biases",
    message="b has one axis only; expected is a column, one row for every unit",
    hint="What do you get when you add arrays of shape (3, 4) and (3,)?",
    severity="slip",
)({"biases": np.zeros})


_in_both(
    "row-biases",
    message="b is a row; expected is a column, one row for every unit",
    hint="Which axis of Z belongs to the units, which one to the examples?",
    severity="slip",
)({"biases": lambda n: np.zeros((1, n))})


_in_both(
    "scalar-biases",
    message="b is one number; expected is a column, one row for every unit",
    hint="How many biases does a layer of three units have? Which shape does np.zeros need?",
    severity="slip",
)({"biases": lambda n: 0})


_in_both(
    "drawn-biases",
    message="the biases are not zero",
    hint="Which of the parameters have to be different at the start, and which may be equal?",
    severity="fault",
)({"biases": lambda n: np.random.randn(n, 1) * 0.01})


mistake(
    "variance-for-deviation",
    "initialize_parameters",
    message="0.01 is the variance of these weights, but it must be their standard deviation",
    hint="If x has standard deviation 1, what is the standard deviation of 0.1 * x, and what its variance?",
    severity="fault",
)(_two_sizes({"draw": _gaussian(lambda n, k: 0.1)}))


mistake(
    "scaled-by-inputs",
    "initialize_parameters",
    message="the weights are divided by the root of the number of inputs; here the factor is 0.01",
    hint="That scale belongs to a later exercise.",
    severity="fault",
)(_two_sizes({"draw": _gaussian(lambda n, k: 1 / np.sqrt(k))}))


mistake(
    "variance-for-deviation",
    "initialize_parameters_deep",
    message="the weights are divided by n_prev; their variance, not their deviation, is what goes with 1 / n_prev",
    hint="If x has standard deviation 1, what is the standard deviation of x / n, and what its variance?",
    severity="fault",
)(_all_sizes({"draw": _gaussian(lambda n, k: 1 / k)}))


mistake(
    "he-scale",
    "initialize_parameters_deep",
    message="this is the scale of He, the root of 2 / n_prev",
    hint="The exercise names another factor.",
    severity="fault",
)(_all_sizes({"draw": _gaussian(lambda n, k: np.sqrt(2 / k))}))


mistake(
    "xavier-scale",
    "initialize_parameters_deep",
    message="this is the scale of Xavier, the root of 2 / (n_prev + n)",
    hint="The exercise names another factor.",
    severity="fault",
)(_all_sizes({"draw": _gaussian(lambda n, k: np.sqrt(2 / (n + k)))}))


mistake(
    "scaled-by-units",
    "initialize_parameters_deep",
    message="the weights of a layer are scaled by its own size, not by that of the layer before",
    hint="How many terms does the sum have that a unit computes?",
    severity="fault",
)(_all_sizes({"draw": _gaussian(lambda n, k: 1 / np.sqrt(n))}))


@mistake(
    "mixed-scales",
    "initialize_parameters_deep",
    message="some layers have the standard deviation 0.01, and others 1 / sqrt(n_prev); it is one of the two for all layers",
    hint="Print np.std of every W. Does your code treat one of the layers otherwise than the others?",
    severity="fault",
)
def _(layer_dims):
    right = _network(layer_dims, _gaussian(lambda n, k: 1 / np.sqrt(k)))
    return {**right, "W1": _network(layer_dims)["W1"]}


mistake(
    "rounded-root",
    "initialize_parameters_deep",
    message="the root of n_prev is rounded down to a whole number",
    hint="What is int(np.sqrt(8)), and what is np.sqrt(8)?",
    severity="fault",
)(_all_sizes({"draw": _gaussian(lambda n, k: 1 / int(np.sqrt(k)))}))


mistake(
    "biases-of-the-layer-before",
    "initialize_parameters_deep",
    message="b has a row for every unit of the layer before; expected is a row for every unit of its own layer",
    hint="Which shape does W @ A_prev have, to which b is added?",
    severity="fault",
)(lambda layer_dims: _network(layer_dims) | {f"b{l}": np.zeros((n, 1)) for l, n in enumerate(layer_dims[:-1], 1)})


@mistake(
    "last-layer-missing",
    "initialize_parameters_deep",
    message="the parameters of the last layer are missing: the loop ends one layer early",
    hint="Write down the values that your loop variable takes for layer_dims = [4, 3, 1].",
    severity="fault",
)
def _(layer_dims):
    return _network(layer_dims[:-1])


@mistake(
    "numbered-from-zero",
    "initialize_parameters_deep",
    message="the layers are numbered from 0, but the first weights are W1",
    hint="Layer 0 is the input. Does it have weights?",
    severity="slip",
)
def _(layer_dims):
    return {f"{name[0]}{int(name[1:]) - 1}": value for name, value in _network(layer_dims).items()}


@mistake(
    "only-first-layer",
    "initialize_parameters_deep",
    message="there are parameters of the first layer only",
    hint="How many layers does your loop make before the function returns? Does return stand inside of it, or behind it?",
    severity="fault",
)
def _(layer_dims):
    return _network(layer_dims[:2])


@mistake(
    "always-three-layers",
    "initialize_parameters_deep",
    message="three layers are made, however many layer_dims has",
    hint="How do you find the number of layers from layer_dims?",
    severity="fault",
)
def _(layer_dims):
    return _network([layer_dims[layer] for layer in range(4)])


@mistake(
    "columns-of-the-input",
    "initialize_parameters_deep",
    message="every W has a column for every input of the network; expected is a column for every unit of the layer before",
    hint="What does layer 2 work on: on X, or on what layer 1 has made of it?",
    severity="fault",
)
def _(layer_dims):
    return _network(layer_dims) | {
        f"W{layer}": np.random.randn(n, layer_dims[0]) * 0.01 for layer, n in enumerate(layer_dims[1:], 1)
    }


mistake(
    "biases-of-the-layer-before",
    "initialize_parameters",
    message="b1 has a row for every input; expected is a row for every hidden unit",
    hint="Which shape does W1 @ X have, to which b1 is added?",
    severity="slip",
)(lambda n_x, n_h, n_y: _network([n_x, n_h, n_y]) | {"b1": np.zeros((n_x, 1))})


mistake(
    "biases-of-the-layer-before",
    "initialize_parameters",
    message="b2 has a row for every hidden unit, as b1; expected is a row for every output",
    hint="Compare the lines for b1 and b2, and what is put under which key.",
    severity="slip",
)(lambda n_x, n_h, n_y: _network([n_x, n_h, n_y]) | {"b2": np.zeros((n_h, 1))})


# -- forward -----------------------------------------------------------------------------


@mistake(
    "missing-bias",
    "linear_forward",
    message="b is not added",
    hint="Which of the three arguments does your Z not depend on?",
    severity="fault",
)
def _(A, W, b):
    return W @ A, (A, W, b)


@mistake(
    "bias-subtracted",
    "linear_forward",
    message="b is subtracted",
    hint="Compare the sign in front of b.",
    severity="fault",
)
def _(A, W, b):
    return W @ A - b, (A, W, b)


@mistake(
    "bias-as-row",
    "linear_forward",
    message="b is added as a row: every example gets another bias, instead of every unit",
    hint="Which shapes do W @ A and b have, and what does broadcasting make of them?",
    severity="fault",
)
def _(A, W, b):
    return W @ A + b.T, (A, W, b)


@mistake(
    "elementwise-product",
    "linear_forward",
    message="W and A are multiplied element by element",
    hint="Which product sums over the inputs of a unit?",
    severity="grave",
)
def _(A, W, b):
    return W * A + b, (A, W, b)


@mistake(
    "swapped-factors",
    "linear_forward",
    message="the factors are in the wrong order: A @ W",
    hint="Write the shapes of both factors side by side. Which sizes have to meet in the middle?",
    severity="grave",
)
def _(A, W, b):
    return A @ W + b, (A, W, b)


@mistake(
    "weights-transposed",
    "linear_forward",
    message="W is transposed, although it has a row for every unit already",
    hint="Write the shapes of both factors side by side. Which sizes have to meet in the middle?",
    severity="grave",
)
def _(A, W, b):
    return W.T @ A + b, (A, W, b)


@mistake(
    "cache-holds-Z",
    "linear_forward",
    message="the cache holds Z, but the backward pass needs A, W and b",
    hint="Which three values does linear_backward take out of the cache?",
    severity="fault",
)
def _(A, W, b):
    return W @ A + b, W @ A + b


@mistake(
    "cache-order",
    "linear_forward",
    message="the cache holds the right arrays in another order; expected is (A, W, b)",
    hint="In which order does linear_backward unpack them?",
    severity="slip",
)
def _(A, W, b):
    return W @ A + b, (W, A, b)


@mistake(
    "cache-without-b",
    "linear_forward",
    message="b is missing in the cache",
    hint="How many values does linear_backward unpack?",
    severity="slip",
)
def _(A, W, b):
    return W @ A + b, (A, W)


_MISSING_CACHE = {
    "code": "missing-cache",
    "hint": "What does the backward pass need? It has to be returned, too.",
    "severity": "fault",
}


@mistake(function="linear_forward", message="only Z is returned; expected is the tuple (Z, cache)", **_MISSING_CACHE)
def _(A, W, b):
    return W @ A + b


@mistake(
    "cache-holds-Z",
    "linear_forward",
    message="the first part of the cache is Z; expected there is A, the input of the layer",
    hint="Which three values does linear_backward take out of the cache? Is the name A bound to something else in your code?",
    severity="fault",
)
def _(A, W, b):
    return W @ A + b, (W @ A + b, W, b)


@mistake(
    "cache-is-input-only",
    "linear_forward",
    message="the cache is A alone; W and b are missing in it",
    hint="How many values does linear_backward unpack?",
    severity="fault",
)
def _(A, W, b):
    return W @ A + b, A


@mistake(
    "cache-as-dictionary",
    "linear_forward",
    message="the cache is a dictionary; expected is the tuple (A, W, b)",
    hint="How does linear_backward take the three values out of the cache?",
    severity="fault",
)
def _(A, W, b):
    return W @ A + b, {"A": A, "W": W, "b": b}


def _with_activation(A_prev, W, b, activation, choose):
    return _layer(A_prev, W, b, choose(activation))


def _with_cache(A_prev, W, b, activation, keep):
    A, (linear_cache, Z) = _layer(A_prev, W, b, activation)
    return A, keep(A, linear_cache, Z)


@mistake(
    "always-sigmoid",
    "linear_activation_forward",
    message="sigmoid is applied whatever the argument activation says",
    hint="What happens in your code when activation is 'relu'?",
    severity="fault",
)
def _(A_prev, W, b, activation):
    return _with_activation(A_prev, W, b, activation, choose=lambda name: "sigmoid")


@mistake(
    "always-relu",
    "linear_activation_forward",
    message="relu is applied whatever the argument activation says",
    hint="What happens in your code when activation is 'sigmoid'?",
    severity="fault",
)
def _(A_prev, W, b, activation):
    return _with_activation(A_prev, W, b, activation, choose=lambda name: "relu")


@mistake(
    "swapped-activations",
    "linear_activation_forward",
    message="relu and sigmoid have changed places",
    hint="Which branch runs when activation is 'relu'?",
    severity="grave",
)
def _(A_prev, W, b, activation):
    return _with_activation(A_prev, W, b, activation, choose=_OTHER.get)


@mistake(
    "no-activation",
    "linear_activation_forward",
    message="this is Z: no activation function is applied",
    hint="What must happen between Z and A?",
    severity="grave",
)
def _(A_prev, W, b, activation):
    return _with_activation(A_prev, W, b, activation, choose=lambda name: "identity")


@mistake(
    "activation-of-input",
    "linear_activation_forward",
    message="the activation is applied to A_prev, the input of the layer, and not to Z",
    hint="What goes into sigmoid and relu in your code, and what does linear_forward return?",
    severity="grave",
)
def _(A_prev, W, b, activation):
    return _FORWARD[activation](A_prev), ((A_prev, W, b), A_prev)


@mistake(
    "activation-of-input",
    "linear_activation_forward",
    message="the activation is applied to A_prev, the input of the layer, and not to Z",
    hint="What goes into sigmoid and relu in your code, and what does linear_forward return?",
    severity="grave",
)
def _(A_prev, W, b, activation):
    return _FORWARD[activation](A_prev), ((A_prev, W, b), W @ A_prev + b)


@mistake(
    "cache-flattened",
    "linear_activation_forward",
    message="the cache has four parts, A_prev, W, b and Z; expected are two: linear_cache, and Z",
    hint="Which two values does linear_activation_backward take out of the cache?",
    severity="slip",
)
def _(A_prev, W, b, activation):
    return _with_cache(A_prev, W, b, activation, keep=lambda A, linear, Z: (*linear, Z))


@mistake(
    function="linear_activation_forward", message="only A is returned; expected is the tuple (A, cache)", **_MISSING_CACHE
)
def _(A_prev, W, b, activation):
    return _layer(A_prev, W, b, activation)[0]


@mistake(
    "cache-holds-Z",
    "linear_activation_forward",
    message="the first part of the cache holds Z, but the backward pass needs A_prev, W and b",
    hint="What does linear_forward return beside Z?",
    severity="fault",
)
def _(A_prev, W, b, activation):
    return _with_cache(A_prev, W, b, activation, keep=lambda A, linear, Z: (Z, Z))


@mistake(
    "cache-holds-activation",
    "linear_activation_forward",
    message="the second part of the cache holds A, and the exercise keeps Z there",
    hint="What do sigmoid and relu return beside A?",
    severity="fault",
)
def _(A_prev, W, b, activation):
    return _with_cache(A_prev, W, b, activation, keep=lambda A, linear, Z: (linear, A))


@mistake(
    "cache-order",
    "linear_activation_forward",
    message="the cache holds the right parts in another order; expected is (linear_cache, activation_cache)",
    hint="In which order does linear_activation_backward unpack them?",
    severity="slip",
)
def _(A_prev, W, b, activation):
    return _with_cache(A_prev, W, b, activation, keep=lambda A, linear, Z: (Z, linear))


@mistake(
    "cache-is-linear-only",
    "linear_activation_forward",
    message="the cache is that of the linear part alone; the activation needs one as well",
    hint="Which two values does linear_activation_backward take out of the cache?",
    severity="fault",
)
def _(A_prev, W, b, activation):
    return _with_cache(A_prev, W, b, activation, keep=lambda A, linear, Z: linear)


@mistake(
    "missing-bias",
    "linear_activation_forward",
    message="b is not added",
    hint="Which of the arguments does your A not depend on?",
    severity="fault",
)
def _(A_prev, W, b, activation):
    return _FORWARD[activation](W @ A_prev), ((A_prev, W, b), W @ A_prev)


@mistake(
    "cache-holds-activation",
    "linear_activation_forward",
    message="with relu the second part of the cache holds A, and the exercise keeps Z there",
    hint="Is Z overwritten before it is kept? A = Z copies nothing: both are one array.",
    severity="slip",
)
def _(A_prev, W, b, activation):
    return _with_cache(A_prev, W, b, activation, keep=lambda A, linear, Z: (linear, A if activation == "relu" else Z))


@mistake(
    "leaky",
    "linear_activation_forward",
    message="with relu negative values are scaled down, not set to 0: this is a leaky relu",
    hint="The exercise asks for plain relu.",
    severity="slip",
)
def _(A_prev, W, b, activation):
    Z = W @ A_prev + b
    return (np.maximum(Z, 0.01 * Z) if activation == "relu" else _sigmoid(Z)), ((A_prev, W, b), Z)


@mistake(
    "overflow",
    "linear_activation_forward",
    message="exp(Z) overflows for large Z, and inf / inf is nan",
    hint="Write sigmoid so that the exponential cannot grow without bound in numerator and denominator at once.",
    severity="slip",
)
def _(A_prev, W, b, activation):
    Z = W @ A_prev + b
    with np.errstate(all="ignore"):
        return (np.maximum(0, Z) if activation == "relu" else np.exp(Z) / (1 + np.exp(Z))), ((A_prev, W, b), Z)


def _deep_forward(X, parameters, hidden="relu", output="sigmoid", feed=lambda A, A_prev, X: A, skip=()):
    """The whole network; ``feed`` says what the next layer gets, ``skip`` which layers are left out."""
    depth = len(parameters) // 2
    A, A_prev, caches = X, X, []
    for layer in range(1, depth + 1):
        if layer not in {s if s > 0 else depth + s for s in skip}:
            given = feed(A, A_prev, X) if layer == depth else feed(A, A, X)
            A_prev = A
            activation = output if layer == depth else hidden
            A, cache = _layer(given, parameters[f"W{layer}"], parameters[f"b{layer}"], activation)
            caches.append(cache)
    return A, caches


def _kept(X, parameters, keep):
    AL, caches = _deep_forward(X, parameters)
    return AL, keep(caches)


@mistake(
    "stale-input",
    "L_model_forward",
    message="the last layer gets A_prev, the input of the layer before, instead of that layer's output",
    hint="Which value does A_prev have after the loop has ended?",
    severity="fault",
)
def _(X, parameters):
    return _deep_forward(X, parameters, feed=lambda A, A_prev, X: A_prev)


@mistake(
    "always-X",
    "L_model_forward",
    message="every layer gets the input X",
    hint="What does the second layer work on?",
    severity="grave",
)
def _(X, parameters):
    return _deep_forward(X, parameters, feed=lambda A, A_prev, X: X)


@mistake(
    "X-in-hidden-layers",
    "L_model_forward",
    message="every hidden layer gets the input X; only the first one should",
    hint="What does the second layer work on? Follow A through your loop.",
    severity="grave",
)
def _(X, parameters):
    depth = len(parameters) // 2
    A, caches = X, []
    for layer in range(1, depth + 1):
        last = layer == depth
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        A, cache = _layer(A if last else X, W, b, "sigmoid" if last else "relu")
        caches.append(cache)
    return A, caches


@mistake(
    "first-parameters-everywhere",
    "L_model_forward",
    message="every hidden layer uses W1 and b1, and the last one W2 and b2",
    hint="Which keys do the parameters of layer l have?",
    severity="grave",
)
def _(X, parameters):
    depth = len(parameters) // 2
    ends = {
        f"{kind}{layer}": parameters[f"{kind}{2 if layer == depth else 1}"] for layer in range(1, depth + 1) for kind in "Wb"
    }
    return _deep_forward(X, ends)


def _others(X, parameters, name):
    """The hidden layers with parameters of other layers; ``name`` says which."""
    depth = len(parameters) // 2
    hidden = {f"{kind}{layer}": parameters[name(kind, layer, depth)] for layer in range(1, depth) for kind in "Wb"}
    return _deep_forward(X, hidden | {f"W{depth}": parameters[f"W{depth}"], f"b{depth}": parameters[f"b{depth}"]})


_COPIED_KEY = {
    "code": "parameters-of-another-layer",
    "hint": "Which keys do the parameters of layer l have? Print those that your loop reads.",
}


@mistake(function="L_model_forward", message="every hidden layer uses W1", severity="grave", **_COPIED_KEY)
def _(X, parameters):
    return _others(X, parameters, lambda kind, layer, depth: "W1" if kind == "W" else f"b{layer}")


@mistake(
    function="L_model_forward",
    message="every hidden layer uses the biases of the last layer",
    severity="fault",
    **_COPIED_KEY,
)
def _(X, parameters):
    return _others(X, parameters, lambda kind, layer, depth: f"W{layer}" if kind == "W" else f"b{depth}")


@mistake(
    "last-layer-twice",
    "L_model_forward",
    message="the last layer is applied twice: in the loop, with relu, and behind it",
    hint="Which values does your loop variable take for three layers? Which layer comes behind the loop?",
    severity="fault",
)
def _(X, parameters):
    A, caches = _deep_forward(X, parameters, output="relu")
    depth = len(parameters) // 2
    AL, cache = _layer(A, parameters[f"W{depth}"], parameters[f"b{depth}"], "sigmoid")
    return AL, [*caches, cache]


@mistake(
    "returns-hidden-A",
    "L_model_forward",
    message="the output of the last hidden layer is returned, and not AL",
    hint="Which of your variables holds the output of the last layer? Look at the line with return.",
    severity="fault",
)
def _(X, parameters):
    _, caches = _deep_forward(X, parameters)
    return caches[-1][0][0], caches


@mistake(
    "sigmoid-on-hidden-layers",
    "L_model_forward",
    message="the hidden layers use sigmoid",
    hint="Which activation belongs to which layer?",
    severity="fault",
)
def _(X, parameters):
    return _deep_forward(X, parameters, hidden="sigmoid")


@mistake(
    "relu-on-output",
    "L_model_forward",
    message="the last layer uses relu, so AL is not a probability",
    hint="Between which values does AL have to lie?",
    severity="fault",
)
def _(X, parameters):
    return _deep_forward(X, parameters, output="relu")


@mistake(
    "swapped-activations",
    "L_model_forward",
    message="relu and sigmoid have changed places",
    hint="Which activation belongs to which layer?",
    severity="grave",
)
def _(X, parameters):
    return _deep_forward(X, parameters, hidden="sigmoid", output="relu")


@mistake(
    "only-two-layers",
    "L_model_forward",
    message="the network ends after two layers, however many the parameters have",
    hint="How do you find the number of layers from the parameters?",
    severity="grave",
)
def _forward_two_layers(X, parameters):
    return _deep_forward(X, {name: parameters[name] for name in ("W1", "b1", "W2", "b2")})


@mistake(
    "first-layer-skipped",
    "L_model_forward",
    message="the first layer is left out",
    hint="Which values does your loop variable take for three layers?",
    severity="fault",
)
def _(X, parameters):
    return _deep_forward(X, parameters, skip=(1,))


@mistake(
    "last-hidden-layer-skipped",
    "L_model_forward",
    message="the last hidden layer is left out",
    hint="Which values does your loop variable take for three layers?",
    severity="fault",
)
def _(X, parameters):
    return _deep_forward(X, parameters, skip=(-1,))


@mistake(
    "last-cache-missing",
    "L_model_forward",
    message="the cache of the last layer is missing",
    hint="How many caches must there be for L layers?",
    severity="fault",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: caches[:-1])


@mistake(
    "last-cache-twice",
    "L_model_forward",
    message="the cache of the last layer is there twice",
    hint="Which append belongs into the loop, and which one behind it?",
    severity="slip",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: [*caches, caches[-1]])


@mistake(
    "linear-caches",
    "L_model_forward",
    message="each cache is that of the linear part alone; the activation has one, too",
    hint="What does linear_activation_forward return beside A, and what do you append?",
    severity="fault",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: [linear for linear, _ in caches])


@mistake(
    "only-last-cache",
    "L_model_forward",
    message="only the cache of the last layer is kept",
    hint="How many caches must there be for L layers?",
    severity="fault",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: caches[-1:])


@mistake(
    "hidden-caches-missing",
    "L_model_forward",
    message="of the hidden layers only the last one has a cache",
    hint="Does the append of the hidden layers stand inside of your loop, or behind it?",
    severity="fault",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: caches[-2:])


@mistake(
    "caches-extended",
    "L_model_forward",
    message="caches has two parts for every layer: linear cache and Z are put in one by one; expected is one cache per layer",
    hint="What is the difference between caches.append(cache) and caches.extend(cache), or caches += cache?",
    severity="fault",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: [part for cache in caches for part in cache])


@mistake(function="L_model_forward", message="only AL is returned; expected is the tuple (AL, caches)", **_MISSING_CACHE)
def _(X, parameters):
    return _deep_forward(X, parameters)[0]


@mistake(
    "caches-reversed",
    "L_model_forward",
    message="the caches are in the wrong order: the first one must belong to the first layer",
    hint="Where does append put a new element?",
    severity="slip",
)
def _(X, parameters):
    return _kept(X, parameters, keep=lambda caches: caches[::-1])


# -- cost --------------------------------------------------------------------------------


def _terms(AL, Y):
    return Y * np.log(AL) + (1 - Y) * np.log(1 - AL)


@mistake(
    "missing-mean",
    "compute_cost",
    message="this is the sum over the examples, not the mean",
    hint="What happens to your cost when every example is there twice?",
    severity="fault",
)
def _(AL, Y):
    return -np.sum(_terms(AL, Y))


_WHOLE_QUOTIENT = {
    "code": "whole-quotient",
    "hint": "What is 1 // 4 in Python, and what is 1 / 4?",
    "severity": "fault",
}


@mistake(
    function="compute_cost",
    message="1 // m is 0 as soon as there are several examples, and with it the cost",
    **_WHOLE_QUOTIENT,
)
def _(AL, Y):
    return -(1 // Y.shape[1]) * np.sum(_terms(AL, Y))


@mistake(
    "opposite-sign",
    "compute_cost",
    message="the cost is negative: the minus sign is missing",
    hint="Which sign does the logarithm of a probability have?",
    severity="fault",
)
def _(AL, Y):
    return np.mean(_terms(AL, Y))


@mistake(
    "missing-second-term",
    "compute_cost",
    message="the examples with label 0 contribute nothing",
    hint="What does your formula give for an example with label 0, whatever AL is?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(Y * np.log(AL))


@mistake(
    "missing-first-term",
    "compute_cost",
    message="the examples with label 1 contribute nothing",
    hint="What does your formula give for an example with label 1, whatever AL is?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean((1 - Y) * np.log(1 - AL))


@mistake(
    "terms-subtracted",
    "compute_cost",
    message="the two terms are subtracted from each other",
    hint="Both terms must make the cost larger when the prediction is worse. Do yours?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(Y * np.log(AL) - (1 - Y) * np.log(1 - AL))


@mistake(
    "same-label",
    "compute_cost",
    message="both terms are multiplied by Y; the one with the logarithm of 1 - AL belongs to the label 0",
    hint="What does your formula give for label 0, whatever AL is?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(Y * np.log(AL) + Y * np.log(1 - AL))


@mistake(
    "plus-for-minus",
    "compute_cost",
    message="the second logarithm is that of 1 + AL; it has a minus",
    hint="What does your formula give for label 0 and AL = 0.99?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 + AL))


@mistake(
    "misplaced-logarithm",
    "compute_cost",
    message="the second term has 1 - log(AL); it is the logarithm of 1 - AL",
    hint="Which brackets does the logarithm have in the second term?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(Y * np.log(AL) + (1 - Y) * (1 - np.log(AL)))


_LOGARITHM_OF_LABELS = {
    "code": "logarithm-of-labels",
    "hint": "Which of Y and AL is never exactly 0 or 1? Compare with the formula, name by name.",
    "severity": "grave",
}


@mistake(
    function="compute_cost",
    message="the cost is inf, as it is with the logarithms of Y, which is 0 or 1, in place of those of AL",
    **_LOGARITHM_OF_LABELS,
)
def _(AL, Y):
    return np.full((), np.inf)[()]


@mistake(
    function="compute_cost",
    message="Y and AL have changed places: the logarithms are those of the labels, with a guard against log(0)",
    **_LOGARITHM_OF_LABELS,
)
def _(AL, Y):
    return -np.mean(AL * np.log(Y + 1e-8) + (1 - AL) * np.log(1 - Y + 1e-8))


@mistake(
    "swapped-terms",
    "compute_cost",
    message="the logarithms have changed places: a good prediction is expensive",
    hint="What does your formula give for label 1 and AL = 0.99?",
    severity="grave",
)
def _(AL, Y):
    return -np.mean(Y * np.log(1 - AL) + (1 - Y) * np.log(AL))


@mistake(
    "other-logarithm",
    "compute_cost",
    message="this is the logarithm to base 10, not the natural one",
    hint="Which base does np.log have?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(_terms(AL, Y)) / np.log(10)


@mistake(
    "other-logarithm",
    "compute_cost",
    message="this is the logarithm to base 2, not the natural one",
    hint="Which base does np.log have?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(_terms(AL, Y)) / np.log(2)


@mistake(
    "halved",
    "compute_cost",
    message="there is a factor 1/2 that the cross-entropy does not have",
    hint="Another cost has the factor 1/(2m). Which one?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(_terms(AL, Y)) / 2


@mistake(
    "squared-error",
    "compute_cost",
    message="this is the mean squared error, not the cross-entropy",
    hint="Where are the logarithms?",
    severity="grave",
)
def _(AL, Y):
    return np.mean((AL - Y) ** 2)


@mistake(
    "squared-error",
    "compute_cost",
    message="this is half the mean squared error, not the cross-entropy",
    hint="Where are the logarithms?",
    severity="grave",
)
def _(AL, Y):
    return np.mean((AL - Y) ** 2) / 2


@mistake(
    "same-logarithm",
    "compute_cost",
    message="both terms hold the logarithm of AL; the term of the label 0 has that of 1 - AL",
    hint="What does your formula give for label 0 and AL = 0.99?",
    severity="fault",
)
def _(AL, Y):
    return -np.mean(np.log(AL))


@mistake(
    "mean-of-sample",
    "compute_cost",
    message="the sum is divided by m - 1; the cost is a mean over all m examples",
    hint="What is the mean of two numbers?",
    severity="fault",
)
def _(AL, Y):
    return -np.sum(_terms(AL, Y)) / max(Y.shape[1] - 1, 1)


@mistake(
    "mean-of-sample",
    "compute_cost",
    message="the sum is divided by m - 1, which is 0 for one example; the cost is a mean over all m examples",
    hint="What is the mean of two numbers?",
    severity="fault",
)
def _(AL, Y):
    return -1 / (Y.shape[1] - 1) * np.sum(_terms(AL, Y))


@mistake(
    "only-first-example",
    "compute_cost",
    message="only the first example counts, and it is divided by m",
    hint="Does return stand inside of your loop, or behind it?",
    severity="fault",
)
def _(AL, Y):
    return -_terms(AL, Y)[0, 0] / Y.shape[1]


@mistake(
    "not-summed",
    "compute_cost",
    message="this is one cost per example; expected is a single number for all of them",
    hint="What is left to do with the costs of the single examples?",
    severity="fault",
)
def _(AL, Y):
    return -_terms(AL, Y)


@mistake(
    "not-summed",
    "compute_cost",
    message="the costs of the examples are divided by m, but not added up",
    hint="What is left to do with the costs of the single examples?",
    severity="fault",
)
def _(AL, Y):
    return -_terms(AL, Y) / Y.shape[1]


@mistake(
    "not-summed",
    "compute_cost",
    message="this is one cost per example; expected is a single number for all of them",
    hint="What is left to do with the costs of the single examples? np.squeeze adds nothing up.",
    severity="fault",
)
def _(AL, Y):
    return np.squeeze(-_terms(AL, Y))


@mistake(
    "not-summed",
    "compute_cost",
    message="the costs of the examples are divided by m, but not added up",
    hint="What is left to do with the costs of the single examples? np.squeeze adds nothing up.",
    severity="fault",
)
def _(AL, Y):
    return np.squeeze(-_terms(AL, Y) / Y.shape[1])


@mistake(
    "extra-axis",
    "compute_cost",
    message="the cost is an array with one entry; expected is a single number",
    hint="np.squeeze takes axes of length 1 away.",
    severity="slip",
)
def _(AL, Y):
    return -(np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T)) / Y.shape[1]


@mistake(
    "wrong-product",
    "compute_cost",
    message="the product of Y and log(AL) is an outer product: every label meets every prediction",
    hint="Which of the two factors has to be transposed, so that the result is a single number?",
    severity="fault",
)
def _(AL, Y):
    return np.squeeze(-np.sum(Y.T @ np.log(AL) + (1 - Y).T @ np.log(1 - AL)) / Y.shape[1])


_GUARD = "a guard or clip at the logarithm is so large that it changes the cost of a confident mistake; 1e-7 is enough"


guard_too_large = mistake(
    "guard-too-large",
    "compute_cost",
    message=_GUARD,
    hint="What does your formula give for label 1 and AL = 1e-6, and for label 0 and AL = 1 - 1e-6? And what is -log(1e-6)?",
    severity="slip",
)


@guard_too_large
def _(AL, Y):
    return -np.mean(_terms(np.clip(AL, 1e-5, 1 - 1e-5), Y))


@guard_too_large
def _(AL, Y):
    return -np.mean(_terms(np.minimum(AL, 1 - 1e-5), Y))


@guard_too_large
def _(AL, Y):
    return -np.mean(_terms(np.maximum(AL, 1e-5), Y))


# -- backward ----------------------------------------------------------------------------


def _changed(change):
    """A backward pass that makes something else of the right gradients."""

    def linear_backward(dZ, cache):
        A_prev, W, _ = cache
        return change(dZ, A_prev, W, *_gradients(dZ, A_prev, W))

    return linear_backward


_CLIPPED = "large gradients are cut to a bound, but the exercise knows none"
_CLIPPED_HINT = "Follow a dZ or dA of 100 through your code: np.clip and np.minimum belong into no derivative."


@mistake("clipped", "linear_backward", message=_CLIPPED, hint=_CLIPPED_HINT, severity="fault")
@_changed
def _(dZ, A, W, dA, dW, db):
    return tuple(np.clip(part, -5, 5) for part in (dA, dW, db))


@mistake("clipped", "linear_activation_backward", message=_CLIPPED, hint=_CLIPPED_HINT, severity="fault")
def _(dA, cache, activation):
    return tuple(np.clip(part, -5, 5) for part in _layer_backward(dA, cache, activation))


@mistake(
    "missing-mean",
    "linear_backward",
    message="dW and db are sums over the examples; the division by m is missing",
    hint="The cost is a mean over m examples. Where does 1/m show up in its gradient?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW * A.shape[1], db * A.shape[1]


@mistake(
    "missing-mean-in-dW",
    "linear_backward",
    message="dW is a sum over the examples; the division by m is missing",
    hint="Compare your formulas for dW and db.",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW * A.shape[1], db


@mistake(
    "missing-mean-in-db",
    "linear_backward",
    message="db is a sum over the examples; the division by m is missing",
    hint="Compare your formulas for dW and db.",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, db * A.shape[1]


@mistake(
    "mean-in-dA_prev",
    "linear_backward",
    message="dA_prev is divided by m, but it is a gradient per example",
    hint="In which of the three formulas are examples added up?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA / A.shape[1], dW, db


def _whole_quotient(change):
    message = "1 // m is 0 as soon as there are several examples, and with it what is multiplied by it"
    return mistake(function="linear_backward", message=message, **_WHOLE_QUOTIENT)(_changed(change))


_whole_quotient(lambda dZ, A, W, dA, dW, db: (dA, 1 // A.shape[1] * dW, db))
_whole_quotient(lambda dZ, A, W, dA, dW, db: (dA, dW, 1 // A.shape[1] * db))
_whole_quotient(lambda dZ, A, W, dA, dW, db: (dA, 1 // A.shape[1] * dW, 1 // A.shape[1] * db))


mean_of_sample = mistake(
    "mean-of-sample",
    "linear_backward",
    message="a sum over the examples is divided by m - 1; the cost is a mean over all m examples",
    hint="Which number stands in the denominator of the cost?",
    severity="fault",
)


@mean_of_sample
@_changed
def _(dZ, A, W, dA, dW, db):
    m = A.shape[1]
    return dA, dW * m / max(m - 1, 1), db


@mean_of_sample
@_changed
def _(dZ, A, W, dA, dW, db):
    m = A.shape[1]
    return dA, dW * m / max(m - 1, 1), db * m / max(m - 1, 1)


def _active(dZ):
    """How many examples reach each unit; none is counted as one."""
    return np.maximum(1, np.count_nonzero(dZ, axis=1))[:, None]


mean_of_active = mistake(
    "mean-of-active",
    "linear_backward",
    message="the mean is taken over the examples whose dZ is not zero, not over all m examples",
    hint="What is m where relu has made some entries of dZ zero?",
    severity="fault",
)


@mean_of_active
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, db * A.shape[1] / _active(dZ)


@mean_of_active
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW * A.shape[1] / _active(dZ), db


@mean_of_active
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW * A.shape[1] / _active(dZ), db * A.shape[1] / _active(dZ)


@mistake(
    "counts-features",
    "linear_backward",
    message="the sums are divided by the number of units of the layer before, not by the number of examples",
    hint="Columns are examples. Which entry of the shape counts them?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dZ @ A.T / A.shape[0], np.sum(dZ, 1, keepdims=True) / A.shape[0]


@mistake(
    "counts-units",
    "linear_backward",
    message="m is taken from the wrong axis: that is the number of units of this layer",
    hint="Columns are examples. Which entry of the shape counts them?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dZ @ A.T / len(dZ), np.sum(dZ, 1, keepdims=True) / len(dZ)


@mistake(
    "missing-keepdims",
    "linear_backward",
    message="db has lost an axis; expected is a column, one row for every unit",
    hint="Sums drop the axis that they run over, unless told to keep it.",
    severity="slip",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, db[:, 0]


@mistake(
    "missing-keepdims",
    "linear_backward",
    message="db has lost its axes of length 1; expected is a column, one row for every unit",
    hint="What does np.squeeze do to an array of shape (3, 1)?",
    severity="slip",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, np.squeeze(db)


@mistake(
    "db-one-number",
    "linear_backward",
    message="db is one number for the whole layer; every unit has a bias of its own",
    hint="Which axis of dZ belongs to the examples, which one to the units?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, np.sum(dZ) / A.shape[1]


@mistake(
    "db-one-number",
    "linear_backward",
    message="db is one number for the whole layer; every unit has a bias of its own",
    hint="Which axis of dZ belongs to the examples, which one to the units?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, np.sum(dZ, keepdims=True) / A.shape[1]


def _mean_of_all(keepdims):
    return mistake(
        "db-one-number",
        "linear_backward",
        message="db is one number, the mean of all of dZ; every unit has a bias of its own",
        hint="Which axis of dZ belongs to the examples, which one to the units?",
        severity="fault",
    )(_changed(lambda dZ, A, W, dA, dW, db: (dA, dW, np.mean(dZ, keepdims=keepdims))))


_mean_of_all(keepdims=False)
_mean_of_all(keepdims=True)


@mistake(
    "db-over-units",
    "linear_backward",
    message="db adds up the units and keeps the examples; it must be the other way round",
    hint="Which axis of dZ belongs to the examples, which one to the units?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, np.sum(dZ, axis=0, keepdims=True) / A.shape[1]


@mistake(
    "db-not-summed",
    "linear_backward",
    message="db has a column for every example: the sum over the examples is missing",
    hint="Which shape must db have, so that it can be subtracted from b?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, dZ / A.shape[1]


@mistake(
    "db-of-dW",
    "linear_backward",
    message="db is made of dW, divided by m once more; it is the mean of dZ over the examples",
    hint="Which array stands in your sum for db?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, np.sum(dW, axis=1, keepdims=True) / A.shape[1]


@mistake(
    "db-of-dW",
    "linear_backward",
    message="db is the sum over dW; it is the mean of dZ over the examples",
    hint="Which array stands in your sum for db?",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dA, dW, np.sum(dW, axis=1, keepdims=True)


@mistake(
    "W-not-transposed",
    "linear_backward",
    message="dA_prev is computed with W instead of its transpose",
    hint="Write the shapes of dA_prev, W and dZ side by side.",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return W @ dZ, dW, db


@mistake(
    "opposite-sign",
    "linear_backward",
    message="all three gradients have the opposite sign",
    hint="The minus of gradient descent belongs to the update, not to the gradients.",
    severity="grave",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return -dA, -dW, -db


@mistake(
    "permuted-result",
    "linear_backward",
    message="the gradients are right, but in another order; expected is (dA_prev, dW, db)",
    hint="Compare the order in your return statement with the exercise.",
    severity="fault",
)
@_changed
def _(dZ, A, W, dA, dW, db):
    return dW, db, dA


@mistake(
    "cache-order",
    "linear_backward",
    message="W and A_prev have changed places: the cache is (A_prev, W, b)",
    hint="In which order does linear_forward put them into the cache, and in which do you take them out?",
    severity="grave",
)
def _(dZ, cache):
    W, A_prev, _ = cache
    return _gradients(dZ, A_prev, W)


@mistake(
    "cache-order",
    "linear_backward",
    message="W and b have changed places: the cache is (A_prev, W, b)",
    hint="In which order does linear_forward put them into the cache, and in which do you take them out?",
    severity="fault",
)
def _(dZ, cache):
    A_prev, _, b = cache
    return _gradients(dZ, A_prev, b)


@mistake(
    "db-one-number",
    "linear_backward",
    message="db is made or taken for a single number, which it is only in a layer with one unit, and even there it is an array",
    hint="Which shape does b have? db must have the same.",
    severity="fault",
)
def _one_number(dZ, cache):
    dA_prev, dW, db = _gradients(dZ, *cache[:2])
    db = np.squeeze(db)
    assert isinstance(db.item() if db.size == 1 else db, float)
    return dA_prev, dW, db


@mistake(
    "always-sigmoid",
    "linear_activation_backward",
    message="the derivative of sigmoid is used whatever the argument activation says",
    hint="What happens in your code when activation is 'relu'?",
    severity="fault",
)
def _(dA, cache, activation):
    return _layer_backward(dA, cache, "sigmoid")


@mistake(
    "always-relu",
    "linear_activation_backward",
    message="the derivative of relu is used whatever the argument activation says",
    hint="What happens in your code when activation is 'sigmoid'?",
    severity="fault",
)
def _(dA, cache, activation):
    return _layer_backward(dA, cache, "relu")


@mistake(
    "swapped-activations",
    "linear_activation_backward",
    message="relu and sigmoid have changed places",
    hint="Which branch runs when activation is 'relu'?",
    severity="grave",
)
def _(dA, cache, activation):
    return _layer_backward(dA, cache, _OTHER[activation])


def _with_slope(sigmoid=_SLOPE["sigmoid"], relu=_SLOPE["relu"]):
    """A layer back with another derivative of one of the activations."""

    def linear_activation_backward(dA, cache, activation):
        (A_prev, W, _), Z = cache
        return _gradients((relu if activation == "relu" else sigmoid)(dA, Z), A_prev, W)

    return linear_activation_backward


mistake(
    "mask-from-gradient",
    "linear_activation_backward",
    message="the mask of relu is taken from the sign of dA, but it depends on Z",
    hint="Where does relu rise? Which of dA and Z says so?",
    severity="fault",
)(_with_slope(relu=lambda dA, Z: np.where(dA > 0, dA, 0.0)))


mistake(
    "relu-of-product",
    "linear_activation_backward",
    message="dA is multiplied by relu(Z) instead of by its derivative",
    hint="The derivative of relu is 0 or 1.",
    severity="fault",
)(_with_slope(relu=lambda dA, Z: dA * np.maximum(0, Z)))


mistake(
    "cache-taken-for-activation",
    "linear_activation_backward",
    message="the activation's cache holds Z, not A: Z * (1 - Z) is not the derivative of sigmoid",
    hint="The formula needs sigmoid of the cache. Which do you use, that or the cache itself?",
    severity="fault",
)(_with_slope(sigmoid=lambda dA, Z: dA * Z * (1 - Z)))


_SKIPPED = {
    "code": "activation-skipped",
    "hint": "Compare the two branches, name by name: which one goes into linear_backward, dA or dZ?",
    "severity": "fault",
}
mistake(
    function="linear_activation_backward",
    message="with sigmoid dA goes into the linear part as if it were dZ",
    **_SKIPPED,
)(_with_slope(sigmoid=lambda dA, Z: dA))
mistake(
    function="linear_activation_backward",
    message="with relu dA goes into the linear part as if it were dZ: nothing is stopped where Z is negative",
    **_SKIPPED,
)(_with_slope(relu=lambda dA, Z: dA))


def _mask_of_input(error):
    """The mask of relu from A_prev, which fits for as many units as inputs; else ``error``."""

    @mistake(
        "mask-from-input",
        "linear_activation_backward",
        message="the derivative of relu is taken at A_prev, the input of the layer, and not at Z",
        hint="Which part of the cache holds Z? Print the shape of what goes into relu_backward beside dA.",
        severity="fault",
    )
    def _(dA, cache, activation):
        (A_prev, W, _), Z = cache
        if activation == "relu" and A_prev.shape != dA.shape:
            raise error
        return _gradients(_SLOPE[activation](dA, A_prev if activation == "relu" else Z), A_prev, W)


_mask_of_input(RuntimeError)
_mask_of_input(ValueError)


incomplete_derivative = mistake(
    "incomplete-derivative",
    "linear_activation_backward",
    message="the derivative of the sigmoid has a second factor",
    hint="Differentiate 1 / (1 + exp(-Z)) once on paper.",
    severity="fault",
)
incomplete_derivative(_with_slope(sigmoid=lambda dA, Z: dA * _sigmoid(Z)))
incomplete_derivative(_with_slope(sigmoid=lambda dA, Z: dA * (1 - _sigmoid(Z))))


mistake(
    "wrong-at-kink",
    "linear_activation_backward",
    message="the gradient passes where Z is exactly 0; there the derivative of relu is 0 by convention",
    hint="Compare > and >=.",
    severity="slip",
)(_with_slope(relu=lambda dA, Z: np.where(Z >= 0, dA, 0.0)))


@mistake(
    "activation-skipped",
    "linear_activation_backward",
    message="dA goes into the linear part as if it were dZ",
    hint="Between dA and dZ lies the derivative of the activation.",
    severity="grave",
)
def _(dA, cache, activation):
    return _gradients(dA, *cache[0][:2])


@mistake(
    "missing-chain-rule",
    "linear_activation_backward",
    message="dZ is the derivative of the activation alone; dA is missing",
    hint="The chain rule has two factors.",
    severity="grave",
)
def _(dA, cache, activation):
    return _layer_backward(np.ones_like(dA), cache, activation)


@mistake(
    "db-of-dA",
    "linear_activation_backward",
    message="db is the mean of dA; it is that of dZ, as dW is made of dZ",
    hint="Which gradient does each of your three lines use: dA or dZ?",
    severity="slip",
)
def _(dA, cache, activation):
    dA_prev, dW, _ = _layer_backward(dA, cache, activation)
    return dA_prev, dW, np.mean(dA, axis=1, keepdims=True)


def _output_gradient(AL, Y):
    return (1 - Y) / (1 - AL) - Y / AL


def _backward(
    AL,
    Y,
    caches,
    shift,
    start=_output_gradient,
    follow="previous",
    hidden="relu",
    output="sigmoid",
    cache=lambda layer: layer,
    handed=lambda dA_prev: dA_prev,
):
    """Layer by layer from the last one; ``follow`` says which gradient the next layer gets, ``cache`` a hidden one's cache.

    ``handed`` is what a layer hands down.
    """
    dA = first = dAL = start(AL, Y)
    grads = {}
    for layer in range(len(caches), 0, -1):
        last = layer == len(caches)
        own = layer if last else cache(layer)
        dA_prev, dW, db = _layer_backward(dA, caches[own - 1], output if last else hidden)
        dA_prev = handed(dA_prev)
        first = dA_prev if last else first
        dA = {"previous": dA_prev, "first": first, "output": dAL}[follow]
        grads[f"dA{layer - shift}"], grads[f"dW{layer}"], grads[f"db{layer}"] = dA_prev, dW, db
    return grads


def _skipping(AL, Y, caches, shift, skip):
    grads = _backward(AL, Y, caches, shift)
    for layer in skip(len(caches)):
        for name in (f"dW{layer}", f"db{layer}", f"dA{layer - shift}"):
            grads.pop(name, None)
    return grads


def _in_both_schemes(code, *, message, hint, severity):
    """The same mistake with both published schemes of the dA keys: the number of the layer, or the one before it."""

    def register(backward):
        for shift in (0, 1):
            mistake(code, "L_model_backward", message=message, hint=hint, severity=severity)(
                lambda AL, Y, caches, shift=shift: backward(AL, Y, caches, shift)
            )
        return backward

    return register


@_in_both_schemes("clipped", message=_CLIPPED, hint=_CLIPPED_HINT, severity="slip")
def _(AL, Y, caches, shift):
    return {name: np.clip(gradient, -5, 5) for name, gradient in _backward(AL, Y, caches, shift).items()}


@_in_both_schemes(
    "reuses-last-gradient",
    message="every hidden layer gets the gradient that the last layer handed down, which is right for two layers only",
    hint="Follow the gradient dA that your loop uses through a network of four layers.",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, follow="first")


@_in_both_schemes(
    "reuses-last-gradient",
    message="every hidden layer gets the gradient that the last layer handed down, and is treated as a sigmoid layer",
    hint="Follow the gradient dA that your loop uses through a network of four layers.",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, follow="first", hidden="sigmoid")


one_cache = _in_both_schemes(
    "one-cache-everywhere",
    message="every hidden layer is gone through with the cache of one and the same layer, which is right for two layers only",
    hint="Which index has the cache that your loop takes, for a network of four layers?",
    severity="fault",
)


@one_cache
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, cache=lambda layer: 1)


@one_cache
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, cache=lambda layer: len(caches) - 1)


@_in_both_schemes(
    "prediction-for-gradient",
    message="AL goes into the last layer as if it were dAL, the gradient of the cost",
    hint="With respect to what is dAL a derivative, and what does it need beside AL?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: AL)


@_in_both_schemes(
    "output-gradient-everywhere",
    message="every layer gets dAL, the gradient of the output, instead of what the layer above handed down",
    hint="Which gradient comes out of layer l, and which layer needs it?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, follow="output")


@_in_both_schemes(
    "output-gradient-everywhere",
    message="every layer gets dAL instead of what the layer above handed down, and is treated as a sigmoid layer",
    hint="Which gradient comes out of layer l, and which layer needs it? Which activation did it have?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, follow="output", hidden="sigmoid")


@_in_both_schemes(
    "sigmoid-on-hidden-layers",
    message="the hidden layers are treated as sigmoid layers, but on the way forward they used relu",
    hint="Which activation does each layer have?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, hidden="sigmoid")


@_in_both_schemes(
    "relu-on-output",
    message="the last layer is treated as a relu layer, but on the way forward it used sigmoid",
    hint="Which activation does each layer have?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, output="relu")


@_in_both_schemes(
    "swapped-activations",
    message="relu and sigmoid have changed places",
    hint="Which activation does each layer have?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, hidden="sigmoid", output="relu")


@_in_both_schemes(
    "opposite-sign",
    message="dAL has the wrong sign, and with it all gradients",
    hint="In which direction does the cost go when AL grows and the label is 1?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: -_output_gradient(AL, Y))


@_in_both_schemes(
    "missing-second-term",
    message="dAL lacks the term of the label 0",
    hint="The cost is a sum of two terms. Differentiate both.",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: -Y / AL)


@_in_both_schemes(
    "terms-added",
    message="dAL adds the two terms with the same sign",
    hint="Differentiate log(1 - AL): the inner derivative counts.",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: -(Y / AL + (1 - Y) / (1 - AL)))


@_in_both_schemes(
    "output-derivative-twice",
    message="AL - Y is the gradient of Z, with the derivative of sigmoid in it; here it is multiplied in once more",
    hint="Which quantity is differentiated by which in AL - Y?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: AL - Y)


@_in_both_schemes(
    "mean-twice",
    message="dAL is divided by m; the division belongs into linear_backward, and nowhere else",
    hint="How many times may 1/m occur between the cost and dW, and where?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: _output_gradient(AL, Y) / Y.shape[1])


@_in_both_schemes(
    "mean-in-dA",
    message="what a layer hands down is divided by m, in every layer once more; only dW and db are means over the examples",
    hint="Which of dA_prev, dW and db adds up examples?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, handed=lambda dA_prev: dA_prev / Y.shape[1])


@_in_both_schemes(
    "same-denominator",
    message="dAL divides both terms by AL; the term of the label 0 is divided by 1 - AL",
    hint="Differentiate log(1 - AL).",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: (1 - Y) / AL - Y / AL)


@_in_both_schemes(
    "missing-brackets",
    message="1 - Y and 1 - AL have no brackets: this is 1 - Y / 1 - AL",
    hint="What does Python work out first in 1 - a / 1 - b?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: (1 - Y / 1 - AL) - Y / AL)


@_in_both_schemes(
    "caches-of-other-layers",
    message="layers get the caches of other layers: taken from the first to the last, say, or shifted, or always the same one",
    hint="Which cache belongs to the last layer? Print the shapes of W in the caches, in the order in which you take them.",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches[::-1], shift)


@_in_both_schemes(
    "caches-of-other-layers",
    message="hidden layers get the caches of other layers: in the wrong order, say, or shifted, or always the same one",
    hint="Which cache belongs to layer l? Print the shapes of W in the caches, in the order in which you take them.",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, cache=lambda layer: len(caches) - layer)


@_in_both_schemes(
    "only-last-layer",
    message="only the last layer gets gradients: the loop ends after one layer",
    hint="Does return stand inside of your loop, or behind it?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _skipping(AL, Y, caches, shift, skip=lambda depth: range(1, depth))


@_in_both_schemes(
    "output-gradient-twice",
    message="the last hidden layer gets dAL, the gradient of the output, instead of what the last layer handed down",
    hint="Which gradient comes out of the last layer, and which one does the layer before it get?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    top = _backward(AL, Y, caches, shift)
    dA, grads, depth = _output_gradient(AL, Y), {}, len(caches)
    for layer in range(depth - 1, 0, -1):
        dA, dW, db = _layer_backward(dA, caches[layer - 1], "relu")
        grads |= {f"dA{layer - shift}": dA, f"dW{layer}": dW, f"db{layer}": db}
    return grads | {name: top[name] for name in (f"dA{depth - shift}", f"dW{depth}", f"db{depth}")}


@_in_both_schemes(
    "gradients-exchanged",
    message="in the hidden layers dW and db have changed places",
    hint="In which order does linear_activation_backward return its three results, and in which do you take them?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    grads = _backward(AL, Y, caches, shift)
    for layer in range(1, len(caches)):
        grads[f"dW{layer}"], grads[f"db{layer}"] = grads[f"db{layer}"], grads[f"dW{layer}"]
    return grads


@_in_both_schemes(
    "no-output-gradient",
    message="all gradients are 0, as if the labels were AL itself",
    hint="Print Y and AL in the line where you compute dAL. Is one of them overwritten by the other?",
    severity="grave",
)
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: np.zeros_like(AL))


@_in_both_schemes(
    "loop-runs-forward",
    message="the hidden layers are gone through from the first to the last",
    hint="Which layer's gradient is needed first?",
    severity="grave",
)
def _forward_loop(AL, Y, caches, shift):
    """The hidden layers from the first to the last."""
    order = [len(caches), *range(1, len(caches))]
    dA, grads = _output_gradient(AL, Y), {}
    for layer in order:
        dA, dW, db = _layer_backward(dA, caches[layer - 1], "sigmoid" if layer == len(caches) else "relu")
        grads[f"dA{layer - shift}"], grads[f"dW{layer}"], grads[f"db{layer}"] = dA, dW, db
    return grads


gradient_guard_too_large = _in_both_schemes(
    "guard-too-large",
    message="a guard or clip of AL is so large that it changes the gradient of a confident mistake; 1e-7 is enough",
    hint="What is Y / AL for AL = 1e-6 and label 1, or (1 - Y) / (1 - AL) for AL = 1 - 1e-6 and label 0? What do you make of it?",
    severity="slip",
)


@gradient_guard_too_large
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: _output_gradient(np.clip(AL, 1e-4, 1 - 1e-4), Y))


@gradient_guard_too_large
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: _output_gradient(np.minimum(AL, 1 - 1e-4), Y))


@gradient_guard_too_large
def _(AL, Y, caches, shift):
    return _backward(AL, Y, caches, shift, start=lambda AL, Y: _output_gradient(np.maximum(AL, 1e-4), Y))


for added in (1e-4, 1e-5):

    @gradient_guard_too_large
    def _(AL, Y, caches, shift, added=added):
        return _backward(
            AL, Y, caches, shift, start=lambda AL, Y, added=added: (1 - Y) / (1 - AL + added) - Y / (AL + added)
        )


@_in_both_schemes(
    "stops-at-zero",
    message="where a gradient is zero everywhere, the layers below it have no gradients: theirs are zeros, too",
    hint="What does update_parameters look for in grads, when a layer of relu gives nothing but zeros?",
    severity="slip",
)
def _(AL, Y, caches, shift):
    grads = _backward(AL, Y, caches, shift)
    dead = [
        layer for layer in range(1, len(caches)) if not np.any(grads[f"dA{layer + 1 - shift}"] * (caches[layer - 1][1] > 0))
    ]
    return _skipping(AL, Y, caches, shift, skip=lambda depth: range(1, max(dead, default=1)))


@_in_both_schemes(
    "first-layer-skipped",
    message="the gradients of the first layer are missing",
    hint="Which values does your loop variable take for three layers?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _skipping(AL, Y, caches, shift, skip=lambda depth: [1])


@_in_both_schemes(
    "only-two-layers",
    message="only the last two layers get gradients",
    hint="How often must the loop run for a network of L layers?",
    severity="fault",
)
def _(AL, Y, caches, shift):
    return _skipping(AL, Y, caches, shift, skip=lambda depth: range(1, depth - 1))


def _renamed(AL, Y, caches, names):
    return {names(name, len(caches)): value for name, value in _backward(AL, Y, caches, 0).items()}


def _from_zero(name, depth):
    return f"{name[:2]}{int(name[2:]) - 1}"


def _last_as_source(name, depth):
    return name if not name.startswith("dA") or name == f"dA{depth}" else _from_zero(name, depth)


@mistake(
    "numbered-from-zero",
    "L_model_backward",
    message="the gradients are numbered from 0, but those of the first layer are dW1 and db1",
    hint="range counts from 0, the layers from 1.",
    severity="slip",
)
def _(AL, Y, caches):
    return _renamed(AL, Y, caches, names=_from_zero)


def _hidden_from_zero(kinds):
    """Of the hidden layers the gradients of these kinds are kept under the number before."""

    def names(name, depth):
        hidden = name[2:] != str(depth)
        return _from_zero(name, depth) if name[:2] == "dA" or (hidden and name[:2] in kinds) else name

    return mistake(
        "numbered-from-zero",
        "L_model_backward",
        message="of the hidden layers gradients are kept under the number before theirs: those of the first layer are dW1 and db1",
        hint="Print the keys of grads. range counts from 0, the layers from 1.",
        severity="slip",
    )(lambda AL, Y, caches: _renamed(AL, Y, caches, names=names))


_hidden_from_zero(("dW",))
_hidden_from_zero(("db",))


@_in_both_schemes(
    "numbered-from-zero",
    message="dW and db of the hidden layers are kept under the number before theirs: those of the first layer are dW1 and db1",
    hint="Print the keys of grads. range counts from 0, the layers from 1.",
    severity="slip",
)
def _(AL, Y, caches, shift):
    kept = (f"dW{len(caches)}", f"db{len(caches)}")
    grads = _backward(AL, Y, caches, shift)
    return {name if name.startswith("dA") or name in kept else _from_zero(name, 0): value for name, value in grads.items()}


@mistake(
    "one-dA-key",
    "L_model_backward",
    message="dW and db are right, but every layer stores its dA under the key of the last layer, and overwrites what was there",
    hint="Print the keys of grads: how many dA should there be?",
    severity="slip",
)
def _(AL, Y, caches):
    grads = _backward(AL, Y, caches, 0)
    return {name: value for name, value in grads.items() if not name.startswith("dA")} | {f"dA{len(caches)}": grads["dA1"]}


@mistake(
    "output-gradient-everywhere",
    "L_model_backward",
    message="every layer gets dAL, the gradient of the output, instead of what the layer above handed down",
    hint="Which gradient comes out of layer l, and which layer needs it? Is dA bound anew in your loop?",
    severity="grave",
)
def _(AL, Y, caches):
    kept = {f"dA{layer}": _output_gradient(AL, Y) for layer in range(1, len(caches) + 1)}
    return _backward(AL, Y, caches, 0, follow="output") | kept


@mistake(
    "mixed-dA-keys",
    "L_model_backward",
    message="dW and db are right, but the keys of dA follow one scheme for the last layer and another for the others",
    hint="Under which key does each layer store the gradient that it hands down?",
    severity="slip",
)
def _(AL, Y, caches):
    return _renamed(AL, Y, caches, names=_last_as_source)


# -- update ------------------------------------------------------------------------------


def _update(parameters, grads, rate, only=lambda name, depth: True):
    depth = len(parameters) // 2
    return {name: value - rate * grads[f"d{name}"] if only(name, depth) else value for name, value in parameters.items()}


def _literal(rate):
    return lambda parameters, grads, learning_rate: _update(parameters, grads, rate)


@mistake(
    "gradient-ascent",
    "update_parameters",
    message="the step is added: the cost goes up",
    hint="The gradient points to where the cost grows. Where do you want to go?",
    severity="grave",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, -rate)


mistake(
    "small-gradients-left-out",
    "update_parameters",
    message="a gradient whose numbers are small is left out, as if it were none",
    hint="How small may a gradient be before your code changes nothing any more? The exercise has no such limit.",
    severity="slip",
)(lambda parameters, grads, rate: _update(parameters, {n: np.where(np.abs(g) < 1e-6, 0, g) for n, g in grads.items()}, rate))


@mistake(
    "weights-uphill",
    "update_parameters",
    message="the step of the weights is added, that of the biases is subtracted: one sign is the other one",
    hint="Compare the signs in the line for W and in the line for b.",
    severity="fault",
)
def _(parameters, grads, rate):
    return {name: value + (rate if name[0] == "W" else -rate) * grads["d" + name] for name, value in parameters.items()}


@mistake(
    "biases-uphill",
    "update_parameters",
    message="the step of the biases is added, that of the weights is subtracted: one sign is the other one",
    hint="Compare the signs in the line for W and in the line for b.",
    severity="fault",
)
def _(parameters, grads, rate):
    return {name: value + (rate if name[0] == "b" else -rate) * grads["d" + name] for name, value in parameters.items()}


@mistake(
    "gradient-of-the-weights",
    "update_parameters",
    message="the step of b is made of dW, and not of db",
    hint="Compare the names in the line for W and in the line for b.",
    severity="fault",
)
def _(parameters, grads, rate):
    return {name: value - rate * grads[f"dW{name[1:]}"] for name, value in parameters.items()}


@mistake(
    "keys-by-position",
    "update_parameters",
    message="parameters and gradients are paired by their position in the dictionaries, which need not be the same",
    hint="Look a gradient up by its name.",
    severity="fault",
)
def _(parameters, grads, rate):
    steps = (value for name, value in grads.items() if not name.startswith("dA"))
    return {name: value - rate * step for (name, value), step in zip(parameters.items(), steps, strict=True)}


mistake(
    "learning-rate-ignored",
    "update_parameters",
    message="the gradients are subtracted as they are; the learning rate is missing",
    hint="How does your result depend on the argument learning_rate?",
    severity="fault",
)(_literal(1.0))


for rate in (0.0075, 0.01, 0.1, 0.001, 0.05, 0.5, 1.2):
    mistake(
        "literal-learning-rate",
        "update_parameters",
        message=f"the step uses {rate}, whatever the argument learning_rate says",
        hint="How does your result depend on the argument learning_rate?",
        severity="fault",
    )(_literal(rate))


@mistake(
    "biases-forgotten",
    "update_parameters",
    message="the biases stay as they were",
    hint="Which parameters does a layer have?",
    severity="fault",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: name.startswith("W"))


@mistake(
    "weights-forgotten",
    "update_parameters",
    message="the weights stay as they were",
    hint="Which parameters does a layer have?",
    severity="grave",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: name.startswith("b"))


@mistake(
    "layers-in-thirds",
    "update_parameters",
    message="the number of layers is a third of the number of gradients, which is right only where they hold dA as well",
    hint="Which dictionary has exactly two entries for every layer?",
    severity="fault",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: int(name[1:]) <= len(grads) // 3)


@mistake(
    "last-layer-forgotten",
    "update_parameters",
    message="the last layer stays as it was",
    hint="Which values does your loop variable take for three layers?",
    severity="fault",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: int(name[1:]) < depth)


@mistake(
    "first-layer-forgotten",
    "update_parameters",
    message="the first layer stays as it was",
    hint="Which values does your loop variable take for three layers?",
    severity="fault",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: int(name[1:]) > 1)


@mistake(
    "only-first-layer",
    "update_parameters",
    message="only the first layer gets new values; the others stay as they were",
    hint="How often does your loop run before the function returns? Does return stand inside of it, or behind it?",
    severity="fault",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: int(name[1:]) == 1)


@mistake(
    "rate-taken-from-1",
    "update_parameters",
    message="the gradients are multiplied by 1 - learning_rate; a step is learning_rate times the gradient",
    hint="How far should a step go for learning_rate = 0, and how far does yours go?",
    severity="fault",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, 1 - rate)


@mistake(
    "gradient-of-the-first-layer",
    "update_parameters",
    message="the step of every W is made of dW1",
    hint="Which keys do the gradients of layer l have? Print those that your loop reads.",
    severity="grave",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate) | {n: v - rate * grads["dW1"] for n, v in parameters.items() if n[0] == "W"}


@mistake(
    "nothing-updated",
    "update_parameters",
    message="the parameters come back unchanged",
    hint="Where in your code do the parameters get new values?",
    severity="grave",
)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate, only=lambda name, depth: False)


@mistake(
    "step-alone",
    "update_parameters",
    message="this is the step alone; it has to be subtracted from the parameters",
    hint="From what is the step subtracted?",
    severity="grave",
)
def _(parameters, grads, rate):
    return {name: rate * grads[f"d{name}"] for name in parameters}


_STEP_FOR_WEIGHTS = {
    "code": "step-alone",
    "message": "W is the step alone, the old W is missing in it; the biases are right",
    "hint": "Compare the line for W with the line for b: from what is the step subtracted?",
    "severity": "fault",
}


@mistake(function="update_parameters", **_STEP_FOR_WEIGHTS)
def _(parameters, grads, rate):
    return {name: (value if name[0] == "b" else 0) - rate * grads[f"d{name}"] for name, value in parameters.items()}


@mistake(function="update_parameters", **_STEP_FOR_WEIGHTS)
def _(parameters, grads, rate):
    return _update(parameters, grads, rate) | {name: rate * grads[f"d{name}"] for name in parameters if name[0] == "W"}


@mistake(
    "paired-by-position",
    "update_parameters",
    message="parameters and gradients are paired by their position in the sorted keys, which fails where grads holds dA as well",
    hint="Which keys has grads, and which of them come first when they are sorted? Look a gradient up by its name.",
    severity="fault",
)
def _(parameters, grads, rate):
    pairs = zip(sorted(parameters), sorted(grads), strict=False)
    return parameters | {name: parameters[name] - rate * grads[step] for name, step in pairs}


@mistake(
    "paired-by-position",
    "update_parameters",
    message="parameters and gradients are paired by their position in the dictionaries, not by their names",
    hint="In which order does the backward pass store the gradients?",
    severity="fault",
)
def _(parameters, grads, rate):
    return {
        name: value - rate * gradient for (name, value), gradient in zip(parameters.items(), grads.values(), strict=True)
    }


@mistake(
    "mutated-input",
    "update_parameters",
    message="the arrays that were passed in are overwritten",
    hint="W -= step changes the array itself, W = W - step makes a new one.",
    severity="slip",
)
def _in_place(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate * grads[f"d{name}"]
    return parameters
