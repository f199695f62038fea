"""Known wrong solutions of the deep network: what students write, why it is wrong, where to look.

The helpers here behave as the provided ones do, so that a mistake raises what a student's code raises.
"""

from functools import partial

import numpy as np

from grader.spec import Mistake

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


_INITIALIZERS = [
    (
        "zero-weights",
        "all weights are zero, so all units of a layer stay the same for ever",
        "What would two hidden units with equal weights learn?",
        {"draw": lambda n, k: np.zeros((n, k))},
    ),
    (
        "missing-scale",
        "the weights are standard Gaussian: the factor is missing",
        "Compare the size of your weights with the size that the exercise asks for.",
        {"draw": np.random.randn},
    ),
    (
        "repeated-layers",
        "every layer starts with the same random numbers",
        "How often is the seed set while the function runs?",
        {"draw": _same_seed},
    ),
    (
        "not-centred",
        "no weight is negative, but a Gaussian of mean 0 has as many negative entries as positive ones",
        "np.random.rand and np.random.randn differ in one letter.",
        {"draw": lambda n, k: np.random.rand(n, k) * 0.01},
    ),
    (
        "uniform-weights",
        "the weights are uniform between two bounds, not Gaussian",
        "Which function of np.random draws from the normal distribution?",
        {"draw": lambda n, k: np.random.uniform(-0.01, 0.01, (n, k))},
    ),
    (
        "transposed-weights",
        "W has a row for every input; expected is a row for every unit of the layer",
        "Which shape must W have, so that W @ A_prev has a row for every unit?",
        {"draw": lambda n, k: np.random.randn(k, n) * 0.01},
    ),
    (
        "flat-biases",
        "b has one axis only; expected is a column, one row for every unit",
        "What do you get when you add arrays of shape (3, 4) and (3,)?",
        {"biases": np.zeros},
    ),
    (
        "row-biases",
        "b is a row; expected is a column, one row for every unit",
        "Which axis of Z belongs to the units, which one to the examples?",
        {"biases": lambda n: np.zeros((1, n))},
    ),
    (
        "drawn-biases",
        "the biases are not zero",
        "Which of the parameters have to be different at the start, and which may be equal?",
        {"biases": lambda n: np.random.randn(n, 1) * 0.01},
    ),
]

_INITIALIZERS_TWO = [
    *_INITIALIZERS,
    (
        "variance-for-deviation",
        "0.01 is the variance of these weights, but it must be their standard deviation",
        "If x has standard deviation 1, what is the standard deviation of 0.1 * x, and what its variance?",
        {"draw": _gaussian(lambda n, k: 0.1)},
    ),
    (
        "scaled-by-inputs",
        "the weights are divided by the root of the number of inputs; here the factor is 0.01",
        "That scale belongs to a later exercise.",
        {"draw": _gaussian(lambda n, k: 1 / np.sqrt(k))},
    ),
]

_INITIALIZERS_DEEP = [
    *_INITIALIZERS,
    (
        "variance-for-deviation",
        "the weights are divided by n_prev; their variance, not their deviation, is what goes with 1 / n_prev",
        "If x has standard deviation 1, what is the standard deviation of x / n, and what its variance?",
        {"draw": _gaussian(lambda n, k: 1 / k)},
    ),
    (
        "he-scale",
        "this is the scale of He, the root of 2 / n_prev",
        "The exercise names another factor.",
        {"draw": _gaussian(lambda n, k: np.sqrt(2 / k))},
    ),
    (
        "xavier-scale",
        "this is the scale of Xavier, the root of 2 / (n_prev + n)",
        "The exercise names another factor.",
        {"draw": _gaussian(lambda n, k: np.sqrt(2 / (n + k)))},
    ),
    (
        "scaled-by-units",
        "the weights of a layer are scaled by its own size, not by that of the layer before",
        "How many terms does the sum have that a unit computes?",
        {"draw": _gaussian(lambda n, k: 1 / np.sqrt(n))},
    ),
]


def _last_layer_missing(layer_dims):
    return _network(layer_dims[:-1])


def _numbered_from_zero(layer_dims):
    return {f"{name[0]}{int(name[1:]) - 1}": value for name, value in _network(layer_dims).items()}


def _two_sizes(options):
    return lambda n_x, n_h, n_y: _network([n_x, n_h, n_y], **options)


def _all_sizes(options):
    return lambda layer_dims: _network(layer_dims, **options)


_INITIALIZATION = [
    *(
        Mistake(code, "initialize_parameters", message, hint, _two_sizes(options))
        for code, message, hint, options in _INITIALIZERS_TWO
    ),
    *(
        Mistake(code, "initialize_parameters_deep", message, hint, _all_sizes(options))
        for code, message, hint, options in _INITIALIZERS_DEEP
    ),
    Mistake(
        "last-layer-missing",
        "initialize_parameters_deep",
        "the parameters of the last layer are missing: the loop ends one layer early",
        "Write down the values that your loop variable takes for layer_dims = [4, 3, 1].",
        _last_layer_missing,
    ),
    Mistake(
        "numbered-from-zero",
        "initialize_parameters_deep",
        "the layers are numbered from 0, but the first weights are W1",
        "Layer 0 is the input. Does it have weights?",
        _numbered_from_zero,
    ),
]

# -- forward -----------------------------------------------------------------------------

_LINEAR_FORWARD = [
    Mistake(
        "missing-bias",
        "linear_forward",
        "b is not added",
        "Which of the three arguments does your Z not depend on?",
        lambda A, W, b: (W @ A, (A, W, b)),
    ),
    Mistake(
        "bias-subtracted",
        "linear_forward",
        "b is subtracted",
        "Compare the sign in front of b.",
        lambda A, W, b: (W @ A - b, (A, W, b)),
    ),
    Mistake(
        "bias-as-row",
        "linear_forward",
        "b is added as a row: every example gets another bias, instead of every unit",
        "Which shapes do W @ A and b have, and what does broadcasting make of them?",
        lambda A, W, b: (W @ A + b.T, (A, W, b)),
    ),
    Mistake(
        "elementwise-product",
        "linear_forward",
        "W and A are multiplied element by element",
        "Which product sums over the inputs of a unit?",
        lambda A, W, b: (W * A + b, (A, W, b)),
    ),
    Mistake(
        "swapped-factors",
        "linear_forward",
        "the factors are in the wrong order: A @ W",
        "Write the shapes of both factors side by side. Which sizes have to meet in the middle?",
        lambda A, W, b: (A @ W + b, (A, W, b)),
    ),
    Mistake(
        "weights-transposed",
        "linear_forward",
        "W is transposed, although it has a row for every unit already",
        "Write the shapes of both factors side by side. Which sizes have to meet in the middle?",
        lambda A, W, b: (W.T @ A + b, (A, W, b)),
    ),
    Mistake(
        "cache-holds-Z",
        "linear_forward",
        "the cache holds Z, but the backward pass needs A, W and b",
        "Which three values does linear_backward take out of the cache?",
        lambda A, W, b: (W @ A + b, W @ A + b),
    ),
    Mistake(
        "cache-order",
        "linear_forward",
        "the cache holds the right arrays in another order; expected is (A, W, b)",
        "In which order does linear_backward unpack them?",
        lambda A, W, b: (W @ A + b, (W, A, b)),
    ),
    Mistake(
        "cache-without-b",
        "linear_forward",
        "b is missing in the cache",
        "How many values does linear_backward unpack?",
        lambda A, W, b: (W @ A + b, (A, W)),
    ),
]


def _with_activation(A_prev, W, b, activation, choose):
    return _layer(A_prev, W, b, choose(activation))


def _with_cache(A_prev, W, b, activation, keep):
    A, (linear_cache, Z) = _layer(A_prev, W, b, activation)
    return A, keep(A, linear_cache, Z)


_LAYER_FORWARD = [
    Mistake(code, "linear_activation_forward", message, hint, solution)
    for code, message, hint, solution in (
        (
            "always-sigmoid",
            "sigmoid is applied whatever the argument activation says",
            "What happens in your code when activation is 'relu'?",
            partial(_with_activation, choose=lambda name: "sigmoid"),
        ),
        (
            "always-relu",
            "relu is applied whatever the argument activation says",
            "What happens in your code when activation is 'sigmoid'?",
            partial(_with_activation, choose=lambda name: "relu"),
        ),
        (
            "swapped-activations",
            "relu and sigmoid have changed places",
            "Which branch runs when activation is 'relu'?",
            partial(_with_activation, choose=_OTHER.get),
        ),
        (
            "no-activation",
            "this is Z: no activation function is applied",
            "What must happen between Z and A?",
            partial(_with_activation, choose=lambda name: "identity"),
        ),
        (
            "cache-holds-Z",
            "the first part of the cache holds Z, but the backward pass needs A_prev, W and b",
            "What does linear_forward return beside Z?",
            partial(_with_cache, keep=lambda A, linear, Z: (Z, Z)),
        ),
        (
            "cache-holds-activation",
            "the second part of the cache holds A, but the backward pass needs Z",
            "What do sigmoid and relu return beside A?",
            partial(_with_cache, keep=lambda A, linear, Z: (linear, A)),
        ),
        (
            "cache-order",
            "the cache holds the right parts in another order; expected is (linear_cache, activation_cache)",
            "In which order does linear_activation_backward unpack them?",
            partial(_with_cache, keep=lambda A, linear, Z: (Z, linear)),
        ),
        (
            "cache-is-linear-only",
            "the cache is that of the linear part alone; the activation needs one as well",
            "Which two values does linear_activation_backward take out of the cache?",
            partial(_with_cache, keep=lambda A, linear, Z: linear),
        ),
    )
]


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


def _forward_two_layers(X, parameters):
    return _deep_forward(X, {name: parameters[name] for name in ("W1", "b1", "W2", "b2")})


def _kept(X, parameters, keep):
    AL, caches = _deep_forward(X, parameters)
    return AL, keep(caches)


_MODEL_FORWARD = [
    Mistake(code, "L_model_forward", message, hint, solution)
    for code, message, hint, solution in (
        (
            "stale-input",
            "the last layer gets A_prev, the input of the layer before, instead of that layer's output",
            "Which value does A_prev have after the loop has ended?",
            partial(_deep_forward, feed=lambda A, A_prev, X: A_prev),
        ),
        (
            "always-X",
            "every layer gets the input X",
            "What does the second layer work on?",
            partial(_deep_forward, feed=lambda A, A_prev, X: X),
        ),
        (
            "sigmoid-on-hidden-layers",
            "the hidden layers use sigmoid",
            "Which activation belongs to which layer?",
            partial(_deep_forward, hidden="sigmoid"),
        ),
        (
            "relu-on-output",
            "the last layer uses relu, so AL is not a probability",
            "Between which values does AL have to lie?",
            partial(_deep_forward, output="relu"),
        ),
        (
            "swapped-activations",
            "relu and sigmoid have changed places",
            "Which activation belongs to which layer?",
            partial(_deep_forward, hidden="sigmoid", output="relu"),
        ),
        (
            "only-two-layers",
            "the network ends after two layers, however many the parameters have",
            "How do you find the number of layers from the parameters?",
            _forward_two_layers,
        ),
        (
            "first-layer-skipped",
            "the first layer is left out",
            "Which values does your loop variable take for three layers?",
            partial(_deep_forward, skip=(1,)),
        ),
        (
            "last-hidden-layer-skipped",
            "the last hidden layer is left out",
            "Which values does your loop variable take for three layers?",
            partial(_deep_forward, skip=(-1,)),
        ),
        (
            "last-cache-missing",
            "the cache of the last layer is missing",
            "How many caches must there be for L layers?",
            partial(_kept, keep=lambda caches: caches[:-1]),
        ),
        (
            "only-last-cache",
            "only the cache of the last layer is kept",
            "How many caches must there be for L layers?",
            partial(_kept, keep=lambda caches: caches[-1:]),
        ),
        (
            "caches-reversed",
            "the caches are in the wrong order: the first one must belong to the first layer",
            "Where does append put a new element?",
            partial(_kept, keep=lambda caches: caches[::-1]),
        ),
    )
]

# -- cost --------------------------------------------------------------------------------


def _terms(AL, Y):
    return Y * np.log(AL) + (1 - Y) * np.log(1 - AL)


_COST = [
    Mistake(code, "compute_cost", message, hint, solution)
    for code, message, hint, solution in (
        (
            "missing-mean",
            "this is the sum over the examples, not the mean",
            "What happens to your cost when every example is there twice?",
            lambda AL, Y: -np.sum(_terms(AL, Y)),
        ),
        (
            "opposite-sign",
            "the cost is negative: the minus sign is missing",
            "Which sign does the logarithm of a probability have?",
            lambda AL, Y: np.mean(_terms(AL, Y)),
        ),
        (
            "missing-second-term",
            "the examples with label 0 contribute nothing",
            "What does your formula give for an example with label 0, whatever AL is?",
            lambda AL, Y: -np.mean(Y * np.log(AL)),
        ),
        (
            "missing-first-term",
            "the examples with label 1 contribute nothing",
            "What does your formula give for an example with label 1, whatever AL is?",
            lambda AL, Y: -np.mean((1 - Y) * np.log(1 - AL)),
        ),
        (
            "terms-subtracted",
            "the two terms are subtracted from each other",
            "Both terms must make the cost larger when the prediction is worse. Do yours?",
            lambda AL, Y: -np.mean(Y * np.log(AL) - (1 - Y) * np.log(1 - AL)),
        ),
        (
            "swapped-terms",
            "the logarithms have changed places: a good prediction is expensive",
            "What does your formula give for label 1 and AL = 0.99?",
            lambda AL, Y: -np.mean(Y * np.log(1 - AL) + (1 - Y) * np.log(AL)),
        ),
        (
            "other-logarithm",
            "this is the logarithm to base 10, not the natural one",
            "Which base does np.log have?",
            lambda AL, Y: -np.mean(_terms(AL, Y)) / np.log(10),
        ),
        (
            "other-logarithm",
            "this is the logarithm to base 2, not the natural one",
            "Which base does np.log have?",
            lambda AL, Y: -np.mean(_terms(AL, Y)) / np.log(2),
        ),
        (
            "halved",
            "there is a factor 1/2 that the cross-entropy does not have",
            "Another cost has the factor 1/(2m). Which one?",
            lambda AL, Y: -np.mean(_terms(AL, Y)) / 2,
        ),
        (
            "squared-error",
            "this is the mean squared error, not the cross-entropy",
            "Where are the logarithms?",
            lambda AL, Y: np.mean((AL - Y) ** 2),
        ),
        (
            "squared-error",
            "this is half the mean squared error, not the cross-entropy",
            "Where are the logarithms?",
            lambda AL, Y: np.mean((AL - Y) ** 2) / 2,
        ),
        (
            "not-summed",
            "this is one cost per example; expected is a single number for all of them",
            "What is left to do with the costs of the single examples?",
            lambda AL, Y: -_terms(AL, Y),
        ),
        (
            "not-summed",
            "the costs of the examples are divided by m, but not added up",
            "What is left to do with the costs of the single examples?",
            lambda AL, Y: -_terms(AL, Y) / Y.shape[1],
        ),
        (
            "extra-axis",
            "the cost is an array with one entry; expected is a single number",
            "np.squeeze takes axes of length 1 away.",
            lambda AL, Y: -(np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T)) / Y.shape[1],
        ),
        (
            "wrong-product",
            "the product of Y and log(AL) is an outer product: every label meets every prediction",
            "Which of the two factors has to be transposed, so that the result is a single number?",
            lambda AL, Y: np.squeeze(-np.sum(Y.T @ np.log(AL) + (1 - Y).T @ np.log(1 - AL)) / Y.shape[1]),
        ),
    )
]

# -- backward ----------------------------------------------------------------------------


def _changed(dZ, cache, change):
    A_prev, W, b = cache
    return change(dZ, A_prev, W, *_gradients(dZ, A_prev, W))


def _one_number(dZ, cache):
    dA_prev, dW, db = _changed(dZ, cache, lambda dZ, A, W, *found: found)
    db = np.squeeze(db)
    assert isinstance(db.item() if db.size == 1 else db, float)
    return dA_prev, dW, db


_LINEAR_BACKWARD = [
    Mistake(code, "linear_backward", message, hint, partial(_changed, change=change))
    for code, message, hint, change in (
        (
            "missing-mean",
            "dW and db are sums over the examples; the division by m is missing",
            "The cost is a mean over m examples. Where does 1/m show up in its gradient?",
            lambda dZ, A, W, dA, dW, db: (dA, dW * A.shape[1], db * A.shape[1]),
        ),
        (
            "missing-mean-in-dW",
            "dW is a sum over the examples; the division by m is missing",
            "Compare your formulas for dW and db.",
            lambda dZ, A, W, dA, dW, db: (dA, dW * A.shape[1], db),
        ),
        (
            "missing-mean-in-db",
            "db is a sum over the examples; the division by m is missing",
            "Compare your formulas for dW and db.",
            lambda dZ, A, W, dA, dW, db: (dA, dW, db * A.shape[1]),
        ),
        (
            "mean-in-dA_prev",
            "dA_prev is divided by m, but it is a gradient per example",
            "In which of the three formulas are examples added up?",
            lambda dZ, A, W, dA, dW, db: (dA / A.shape[1], dW, db),
        ),
        (
            "counts-features",
            "m is taken from the wrong axis of A_prev: that is the number of its units",
            "Columns are examples. Which entry of the shape counts them?",
            lambda dZ, A, W, dA, dW, db: (dA, dZ @ A.T / A.shape[0], np.sum(dZ, 1, keepdims=True) / A.shape[0]),
        ),
        (
            "counts-units",
            "m is taken from the wrong axis: that is the number of units of this layer",
            "Columns are examples. Which entry of the shape counts them?",
            lambda dZ, A, W, dA, dW, db: (dA, dZ @ A.T / len(dZ), np.sum(dZ, 1, keepdims=True) / len(dZ)),
        ),
        (
            "missing-keepdims",
            "db has lost an axis; expected is a column, one row for every unit",
            "Sums drop the axis that they run over, unless told to keep it.",
            lambda dZ, A, W, dA, dW, db: (dA, dW, db[:, 0]),
        ),
        (
            "missing-keepdims",
            "db has lost its axes of length 1; expected is a column, one row for every unit",
            "What does np.squeeze do to an array of shape (3, 1)?",
            lambda dZ, A, W, dA, dW, db: (dA, dW, np.squeeze(db)),
        ),
        (
            "db-one-number",
            "db is one number for the whole layer; every unit has a bias of its own",
            "Which axis of dZ belongs to the examples, which one to the units?",
            lambda dZ, A, W, dA, dW, db: (dA, dW, np.sum(dZ) / A.shape[1]),
        ),
        (
            "db-one-number",
            "db is one number for the whole layer; every unit has a bias of its own",
            "Which axis of dZ belongs to the examples, which one to the units?",
            lambda dZ, A, W, dA, dW, db: (dA, dW, np.sum(dZ, keepdims=True) / A.shape[1]),
        ),
        (
            "db-over-units",
            "db adds up the units and keeps the examples; it must be the other way round",
            "Which axis of dZ belongs to the examples, which one to the units?",
            lambda dZ, A, W, dA, dW, db: (dA, dW, np.sum(dZ, axis=0, keepdims=True) / A.shape[1]),
        ),
        (
            "db-not-summed",
            "db has a column for every example: the sum over the examples is missing",
            "Which shape must db have, so that it can be subtracted from b?",
            lambda dZ, A, W, dA, dW, db: (dA, dW, dZ / A.shape[1]),
        ),
        (
            "W-not-transposed",
            "dA_prev is computed with W instead of its transpose",
            "Write the shapes of dA_prev, W and dZ side by side.",
            lambda dZ, A, W, dA, dW, db: (W @ dZ, dW, db),
        ),
        (
            "opposite-sign",
            "all three gradients have the opposite sign",
            "The minus of gradient descent belongs to the update, not to the gradients.",
            lambda dZ, A, W, dA, dW, db: (-dA, -dW, -db),
        ),
        (
            "permuted-result",
            "the gradients are right, but in another order; expected is (dA_prev, dW, db)",
            "Compare the order in your return statement with the exercise.",
            lambda dZ, A, W, dA, dW, db: (dW, db, dA),
        ),
    )
]
_LINEAR_BACKWARD.append(
    Mistake(
        "db-one-number",
        "linear_backward",
        "the assert wants db to be a single number; that holds only for a layer with one unit",
        "Which shape does b have? db must have the same.",
        _one_number,
    )
)

_LAYER_BACKWARD = [
    Mistake(code, "linear_activation_backward", message, hint, solution)
    for code, message, hint, solution in (
        (
            "always-sigmoid",
            "the derivative of sigmoid is used whatever the argument activation says",
            "What happens in your code when activation is 'relu'?",
            lambda dA, cache, activation: _layer_backward(dA, cache, "sigmoid"),
        ),
        (
            "always-relu",
            "the derivative of relu is used whatever the argument activation says",
            "What happens in your code when activation is 'sigmoid'?",
            lambda dA, cache, activation: _layer_backward(dA, cache, "relu"),
        ),
        (
            "swapped-activations",
            "relu and sigmoid have changed places",
            "Which branch runs when activation is 'relu'?",
            lambda dA, cache, activation: _layer_backward(dA, cache, _OTHER[activation]),
        ),
        (
            "activation-skipped",
            "dA goes into the linear part as if it were dZ",
            "Between dA and dZ lies the derivative of the activation.",
            lambda dA, cache, activation: _gradients(dA, *cache[0][:2]),
        ),
        (
            "missing-chain-rule",
            "dZ is the derivative of the activation alone; dA is missing",
            "The chain rule has two factors.",
            lambda dA, cache, activation: _layer_backward(np.ones_like(dA), cache, activation),
        ),
    )
]


def _output_gradient(AL, Y):
    return (1 - Y) / (1 - AL) - Y / AL


def _backward(AL, Y, caches, shift, start=_output_gradient, follow="previous", hidden="relu", output="sigmoid"):
    """Layer by layer from the last one; ``follow`` says which gradient the next layer gets."""
    dA = first = dAL = start(AL, Y)
    grads = {}
    for layer in range(len(caches), 0, -1):
        last = layer == len(caches)
        dA_prev, dW, db = _layer_backward(dA, caches[layer - 1], output if last else hidden)
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


def _forward_loop(AL, Y, caches, shift):
    """The hidden layers from the first to the last."""
    order = [len(caches), *range(1, len(caches))]
    dA, grads = _output_gradient(AL, Y), {}
    for layer in order:
        dA, dW, db = _layer_backward(dA, caches[layer - 1], "sigmoid" if layer == len(caches) else "relu")
        grads[f"dA{layer - shift}"], grads[f"dW{layer}"], grads[f"db{layer}"] = dA, dW, db
    return grads


_WAYS = [
    (
        "reuses-last-gradient",
        "every hidden layer gets the gradient that the last layer handed down, which is right for two layers only",
        "Follow the key that your loop reads through a network of four layers.",
        partial(_backward, follow="first"),
    ),
    (
        "reuses-last-gradient",
        "every hidden layer gets the gradient that the last layer handed down, and is treated as a sigmoid layer",
        "Follow the key that your loop reads through a network of four layers.",
        partial(_backward, follow="first", hidden="sigmoid"),
    ),
    (
        "output-gradient-everywhere",
        "every layer gets dAL, the gradient of the output, instead of what the layer above handed down",
        "Which gradient comes out of layer l, and which layer needs it?",
        partial(_backward, follow="output"),
    ),
    (
        "output-gradient-everywhere",
        "every layer gets dAL instead of what the layer above handed down, and is treated as a sigmoid layer",
        "Which gradient comes out of layer l, and which layer needs it? Which activation did it have?",
        partial(_backward, follow="output", hidden="sigmoid"),
    ),
    (
        "sigmoid-on-hidden-layers",
        "the hidden layers are treated as sigmoid layers, but on the way forward they used relu",
        "Which activation does each layer have?",
        partial(_backward, hidden="sigmoid"),
    ),
    (
        "relu-on-output",
        "the last layer is treated as a relu layer, but on the way forward it used sigmoid",
        "Which activation does each layer have?",
        partial(_backward, output="relu"),
    ),
    (
        "swapped-activations",
        "relu and sigmoid have changed places",
        "Which activation does each layer have?",
        partial(_backward, hidden="sigmoid", output="relu"),
    ),
    (
        "opposite-sign",
        "dAL has the wrong sign, and with it all gradients",
        "In which direction does the cost go when AL grows and the label is 1?",
        partial(_backward, start=lambda AL, Y: -_output_gradient(AL, Y)),
    ),
    (
        "missing-second-term",
        "dAL lacks the term of the label 0",
        "The cost is a sum of two terms. Differentiate both.",
        partial(_backward, start=lambda AL, Y: -Y / AL),
    ),
    (
        "terms-added",
        "dAL adds the two terms with the same sign",
        "Differentiate log(1 - AL): the inner derivative counts.",
        partial(_backward, start=lambda AL, Y: -(Y / AL + (1 - Y) / (1 - AL))),
    ),
    (
        "output-derivative-twice",
        "AL - Y is the gradient of Z, with the derivative of sigmoid in it; here it is multiplied in once more",
        "Which quantity is differentiated by which in AL - Y?",
        partial(_backward, start=lambda AL, Y: AL - Y),
    ),
    (
        "mean-twice",
        "dAL is divided by m, and linear_backward divides once more",
        "How many times may 1/m occur between the cost and dW?",
        partial(_backward, start=lambda AL, Y: _output_gradient(AL, Y) / Y.shape[1]),
    ),
    (
        "loop-runs-forward",
        "the hidden layers are gone through from the first to the last",
        "Which layer's gradient is needed first?",
        _forward_loop,
    ),
    (
        "first-layer-skipped",
        "the gradients of the first layer are missing",
        "Which values does your loop variable take for three layers?",
        partial(_skipping, skip=lambda depth: [1]),
    ),
    (
        "only-two-layers",
        "only the last two layers get gradients",
        "How often must the loop run for a network of L layers?",
        partial(_skipping, skip=lambda depth: range(1, depth - 1)),
    ),
]


def _renamed(AL, Y, caches, names):
    return {names(name, len(caches)): value for name, value in _backward(AL, Y, caches, 0).items()}


def _from_zero(name, depth):
    return f"{name[:2]}{int(name[2:]) - 1}"


def _last_as_source(name, depth):
    return name if not name.startswith("dA") or name == f"dA{depth}" else _from_zero(name, depth)


_KEYS = [
    (
        "numbered-from-zero",
        "the gradients are numbered from 0, but those of the first layer are dW1 and db1",
        "range counts from 0, the layers from 1.",
        partial(_renamed, names=_from_zero),
    ),
    (
        "mixed-dA-keys",
        "dW and db are right, but the keys of dA follow one scheme for the last layer and another for the others",
        "Under which key does each layer store the gradient that it hands down?",
        partial(_renamed, names=_last_as_source),
    ),
]

_MODEL_BACKWARD = [
    *(
        Mistake(code, "L_model_backward", message, hint, partial(solution, shift=shift))
        for code, message, hint, solution in _WAYS
        for shift in (0, 1)  # both published schemes of the dA keys
    ),
    *(Mistake(code, "L_model_backward", message, hint, solution) for code, message, hint, solution in _KEYS),
]

# -- update ------------------------------------------------------------------------------


def _update(parameters, grads, rate, only=lambda name, depth: True):
    depth = len(parameters) // 2
    return {name: value - rate * grads[f"d{name}"] if only(name, depth) else value for name, value in parameters.items()}


def _literal(rate):
    return lambda parameters, grads, learning_rate: _update(parameters, grads, rate)


def _in_place(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate * grads[f"d{name}"]
    return parameters


_UPDATE = [
    Mistake(code, "update_parameters", message, hint, solution)
    for code, message, hint, solution in (
        (
            "gradient-ascent",
            "the step is added: the cost goes up",
            "The gradient points to where the cost grows. Where do you want to go?",
            lambda parameters, grads, rate: _update(parameters, grads, -rate),
        ),
        (
            "learning-rate-ignored",
            "the gradients are subtracted as they are; the learning rate is missing",
            "How does your result depend on the argument learning_rate?",
            _literal(1.0),
        ),
        *(
            (
                "literal-learning-rate",
                f"the step uses {rate}, whatever the argument learning_rate says",
                "How does your result depend on the argument learning_rate?",
                _literal(rate),
            )
            for rate in (0.0075, 0.01, 0.1, 0.001, 0.05, 0.5, 1.2)
        ),
        (
            "biases-forgotten",
            "the biases stay as they were",
            "Which parameters does a layer have?",
            partial(_update, only=lambda name, depth: name.startswith("W")),
        ),
        (
            "weights-forgotten",
            "the weights stay as they were",
            "Which parameters does a layer have?",
            partial(_update, only=lambda name, depth: name.startswith("b")),
        ),
        (
            "last-layer-forgotten",
            "the last layer stays as it was",
            "Which values does your loop variable take for three layers?",
            partial(_update, only=lambda name, depth: int(name[1:]) < depth),
        ),
        (
            "first-layer-forgotten",
            "the first layer stays as it was",
            "Which values does your loop variable take for three layers?",
            partial(_update, only=lambda name, depth: int(name[1:]) > 1),
        ),
        (
            "nothing-updated",
            "the parameters come back unchanged",
            "Where in your code do the parameters get new values?",
            partial(_update, only=lambda name, depth: False),
        ),
        (
            "step-alone",
            "this is the step alone; it has to be subtracted from the parameters",
            "From what is the step subtracted?",
            lambda parameters, grads, rate: {name: rate * grads[f"d{name}"] for name in parameters},
        ),
        (
            "paired-by-position",
            "parameters and gradients are paired by their position in the dictionaries, not by their names",
            "In which order does the backward pass store the gradients?",
            lambda parameters, grads, rate: {
                name: value - rate * gradient
                for (name, value), gradient in zip(parameters.items(), grads.values(), strict=True)
            },
        ),
        (
            "mutated-input",
            "the arrays that were passed in are overwritten",
            "W -= step changes the array itself, W = W - step makes a new one.",
            _in_place,
        ),
    )
]

MISTAKES = (
    *_INITIALIZATION,
    *_LINEAR_FORWARD,
    *_LAYER_FORWARD,
    *_MODEL_FORWARD,
    *_COST,
    *_LINEAR_BACKWARD,
    *_LAYER_BACKWARD,
    *_MODEL_BACKWARD,
    *_UPDATE,
)
