"""Known wrong solutions of the initializers and of the training run."""

import numpy as np

from grader.spec import mistake


def _parameters(layers_dims, weights, biases=np.zeros):
    """Weights ``weights(l, n, n_prev)`` and biases ``biases((n, 1))`` for every layer."""
    parameters = {}
    for l in range(1, len(layers_dims)):
        n, n_prev = layers_dims[l], layers_dims[l - 1]
        parameters[f"W{l}"] = weights(l, n, n_prev)
        parameters[f"b{l}"] = biases((n, 1))
    return parameters


def _gauss(l, n, n_prev):
    return np.random.randn(n, n_prev)


def _zero(l, n, n_prev):
    return np.zeros((n, n_prev))


# -- of all three initializers -----------------------------------------------------------

_RIGHT = {
    "initialize_parameters_zeros": _zero,
    "initialize_parameters_random": lambda l, n, n_prev: _gauss(l, n, n_prev) * 10,
    "initialize_parameters_he": lambda l, n, n_prev: _gauss(l, n, n_prev) * np.sqrt(2 / n_prev),
}


def _transposed(weights):
    return lambda layers_dims: _parameters(layers_dims, lambda l, n, n_prev: weights(l, n, n_prev).T)


def _scalar_biases(weights):
    return lambda layers_dims: _parameters(layers_dims, weights, biases=lambda shape: 0)


def _flat_biases(weights):
    return lambda layers_dims: _parameters(layers_dims, weights, biases=lambda shape: np.zeros(shape[0]))


def _row_biases(weights):
    return lambda layers_dims: _parameters(layers_dims, weights, biases=lambda shape: np.zeros(shape[::-1]))


def _last_layer_missing(weights):
    return lambda layers_dims: _parameters(layers_dims[:-1], weights)


def _keys_from_zero(weights):
    def initialize(layers_dims):
        right = _parameters(layers_dims, weights)
        return {f"{name[0]}{int(name[1:]) - 1}": value for name, value in right.items()}

    return initialize


_ALL_THREE = (
    (
        "swapped-sizes",
        "the two sizes of W are swapped: it is (n_prev, n)",
        "Which shape must W have so that W @ A_prev can be computed?",
        _transposed,
    ),
    (
        "scalar-biases",
        "the biases are the number 0, not a column of zeros",
        "One bias per unit: which shape is that?",
        _scalar_biases,
    ),
    (
        "missing-keepdims",
        "the biases have shape (n,), expected a column (n, 1)",
        "np.zeros takes a shape; give it both sizes.",
        _flat_biases,
    ),
    (
        "row-biases",
        "the biases are rows (1, n), expected columns (n, 1)",
        "b is added to Z, which has one row per unit.",
        _row_biases,
    ),
    (
        "last-layer-missing",
        "the last layer has no parameters",
        "With sizes [n_x, n_1, ..., n_L] there are L layers: where does your loop end?",
        _last_layer_missing,
    ),
    (
        "keys-from-zero",
        "the layers are numbered from 0; the first one is W1, b1",
        "Which number has the first layer after the input?",
        _keys_from_zero,
    ),
)
_GENERAL = tuple(
    mistake(code, function, message, hint)(make(weights))
    for function, weights in _RIGHT.items()
    for code, message, hint, make in _ALL_THREE
)


@mistake(
    "ones-for-zeros",
    "initialize_parameters_zeros",
    "the weights are ones, expected zeros",
    "Which NumPy function makes an array of zeros?",
)
def zeros_ones(layers_dims):
    return _parameters(layers_dims, lambda l, n, n_prev: np.ones((n, n_prev)))


# -- of the two random initializers ------------------------------------------------------


def _seeded(scale):
    def weights(l, n, n_prev):
        np.random.seed(3)
        return np.random.randn(n, n_prev) * scale(n_prev)

    return weights


def _ten(n_prev):
    return 10.0


def _he(n_prev):
    return np.sqrt(2 / n_prev)


def _random_mistakes(function, scale, other):
    """The mistakes that the two random initializers share, for one of them."""
    either = (
        (
            "zero-weights",
            "the weights are all zero: all units of a layer compute the same",
            "Draw the weights from a Gaussian.",
            _zero,
        ),
        (
            "repeated-layers",
            "all layers hold the same random numbers",
            "How often is the generator seeded? Once, before the loop, is enough.",
            _seeded(scale),
        ),
        (
            "shifted-weights",
            "10 is added, which moves the mean; the scale is a factor",
            "Which operation changes the spread of random numbers?",
            lambda l, n, n_prev: np.random.randn(n, n_prev) + 10,
        ),
        (
            "not-centred",
            "the weights are never negative, so that their mean is not 0",
            "Which numbers can your generator give? Compare np.random.rand with np.random.randn.",
            lambda l, n, n_prev: np.random.rand(n, n_prev) * scale(n_prev),
        ),
        (
            "uniform-weights",
            "the weights are uniform; the exercise asks for a Gaussian",
            "Which function of np.random draws from the normal distribution?",
            lambda l, n, n_prev: np.random.uniform(-1, 1, (n, n_prev)) * np.sqrt(3) * scale(n_prev),
        ),
        (
            "missing-scale",
            "the weights have standard deviation 1: the scale is missing",
            "What are the random numbers multiplied with?",
            _gauss,
        ),
        (
            "small-weights",
            "the weights are scaled by 0.01, as in another exercise",
            "Which scale does this exercise ask for?",
            lambda l, n, n_prev: np.random.randn(n, n_prev) * 0.01,
        ),
        other,
    )
    for code, message, hint, weights in either:
        yield mistake(code, function, message, hint)(lambda layers_dims, w=weights: _parameters(layers_dims, w))
    yield mistake(
        "nonzero-biases",
        function,
        "the biases are not zero",
        "Only the weights have to differ from each other; the biases start at zero.",
    )(lambda layers_dims: _parameters(layers_dims, _RIGHT[function], lambda shape: np.random.randn(*shape)))


_RANDOM = tuple(
    _random_mistakes(
        "initialize_parameters_random",
        _ten,
        (
            "scaled-by-layer",
            "the weights are scaled by the size of the layer before; here the factor is 10 and nothing else",
            "Read once more which scale belongs to which of the three initializations.",
            lambda l, n, n_prev: np.random.randn(n, n_prev) * 10 * np.sqrt(2 / n_prev),
        ),
    )
) + tuple(
    _random_mistakes(
        "initialize_parameters_he",
        _he,
        (
            "large-weights",
            "the weights are scaled by 10, which is the other initialization",
            "What does He initialization divide by?",
            lambda l, n, n_prev: np.random.randn(n, n_prev) * 10,
        ),
    )
)

_HE_SCALES = (
    (
        "missing-root",
        "the square root is missing: 2 / n_prev is the variance, not the standard deviation",
        "Which of the two does a factor on standard Gaussian numbers set?",
        lambda n, n_prev: 2 / n_prev,
    ),
    (
        "partial-root",
        "the square root covers only the 2",
        "Where does the root end in your code, and where in the formula?",
        lambda n, n_prev: np.sqrt(2) / n_prev,
    ),
    (
        "missing-two",
        "this is sqrt(1 / n_prev), which suits tanh; relu lets only half of the values through",
        "Compare the numerator with the formula.",
        lambda n, n_prev: np.sqrt(1 / n_prev),
    ),
    (
        "units-for-inputs",
        "the scale uses the size of the layer itself instead of the layer before",
        "A unit adds up as many products as it has inputs: how many are these?",
        lambda n, n_prev: np.sqrt(2 / n),
    ),
    (
        "mean-of-both-sizes",
        "the scale uses the sizes of both layers; He initialization uses one of them",
        "A unit adds up as many products as it has inputs: how many are these?",
        lambda n, n_prev: np.sqrt(2 / (n + n_prev)),
    ),
    (
        "inverted-scale",
        "the fraction is upside down: weights grow with the number of inputs",
        "Should a unit with many inputs get larger or smaller weights?",
        lambda n, n_prev: np.sqrt(n_prev / 2),
    ),
    (
        "multiplied-scale",
        "the number of inputs multiplies; it must divide",
        "Should a unit with many inputs get larger or smaller weights?",
        lambda n, n_prev: np.sqrt(2 * n_prev),
    ),
)


def _scaled(scale):
    return lambda layers_dims: _parameters(layers_dims, lambda l, n, n_prev: np.random.randn(n, n_prev) * scale(n, n_prev))


_HE = tuple(
    mistake(code, "initialize_parameters_he", message, hint)(_scaled(scale)) for code, message, hint, scale in _HE_SCALES
)


@mistake(
    "first-layer-only",
    "initialize_parameters_he",
    "every layer is scaled by the size of the input; each has its own layer before it",
    "Which index must change from layer to layer in the scale?",
)
def he_first(layers_dims):
    return _parameters(layers_dims, lambda l, n, n_prev: np.random.randn(n, n_prev) * np.sqrt(2 / layers_dims[0]))


# -- of the training run -----------------------------------------------------------------


def _unbound(layers_dims):
    """Stands for an initializer; the harness binds the names to given parameters."""
    raise NotImplementedError


initialize_parameters_zeros = initialize_parameters_random = initialize_parameters_he = _unbound


def _start(X, initialization, hidden=(10, 5)):
    chosen = {
        "zeros": initialize_parameters_zeros,
        "random": initialize_parameters_random,
        "he": initialize_parameters_he,
    }
    return chosen[initialization]([X.shape[0], *hidden, 1])


def _gradients(X, Y, p):
    A1 = np.maximum(0, p["W1"] @ X + p["b1"])
    A2 = np.maximum(0, p["W2"] @ A1 + p["b2"])
    dZ3 = 1 / (1 + np.exp(-(p["W3"] @ A2 + p["b3"]))) - Y
    dZ2 = (p["W3"].T @ dZ3) * (A2 > 0)
    dZ1 = (p["W2"].T @ dZ2) * (A1 > 0)
    grads = {}
    for l, dZ, A in ((1, dZ1, X), (2, dZ2, A1), (3, dZ3, A2)):
        grads[f"W{l}"] = dZ @ A.T / X.shape[1]
        grads[f"b{l}"] = np.mean(dZ, axis=1, keepdims=True)
    return grads


def _descend(X, Y, parameters, steps, learning_rate):
    for _ in range(steps):
        grads = _gradients(X, Y, parameters)
        parameters = {name: value - learning_rate * grads[name] for name, value in parameters.items()}
    return parameters


@mistake(
    "no-training",
    "model",
    "the parameters come back as they were initialized: no update is kept",
    "Which name holds the parameters after update_parameters, and which one is returned?",
)
def model_untrained(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _start(X, initialization)


@mistake(
    "learning-rate-ignored",
    "model",
    "the argument learning_rate has no effect: the run uses 0.01",
    "Look for a number where the argument belongs.",
)
def model_rate(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization), num_iterations, 0.01)


@mistake(
    "initialization-ignored",
    "model",
    "the argument initialization has no effect: the run always starts from He initialization",
    "Which of the three functions is called for which value?",
)
def model_always_he(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, "he"), num_iterations, learning_rate)


@mistake(
    "one-step-short",
    "model",
    "the run makes one step too few",
    "How often does your loop run for num_iterations = 1?",
)
def model_short(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization), num_iterations - 1, learning_rate)


@mistake(
    "one-step-more",
    "model",
    "the run makes one step too many",
    "How often does your loop run for num_iterations = 1?",
)
def model_long(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization), num_iterations + 1, learning_rate)


@mistake(
    "single-step",
    "model",
    "the result is one step away from the start, whatever num_iterations is",
    "What belongs before the loop, what inside, and what after it?",
)
def model_single(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization), 1, learning_rate)


@mistake(
    "stale-gradients",
    "model",
    "every step uses the gradients of the first one",
    "What has to be computed again once the parameters have changed?",
)
def model_stale(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization), 1, learning_rate * num_iterations)


@mistake(
    "wrong-layers",
    "model",
    "the hidden layers have 20 and 3 units; in this exercise they have 10 and 5",
    "Compare layers_dims with the exercise.",
)
def model_layers(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization, (20, 3)), num_iterations, learning_rate)


@mistake(
    "ascent",
    "model",
    "the parameters move along the gradient instead of against it",
    "Does the loss rise or fall in the direction of the gradient?",
)
def model_ascent(X, Y, learning_rate, num_iterations, print_cost, initialization):
    return _descend(X, Y, _start(X, initialization), num_iterations, -learning_rate)


MISTAKES = (
    *_GENERAL,
    *_RANDOM,
    *_HE,
    *(value for value in list(globals().values()) if hasattr(value, "solution")),
)
