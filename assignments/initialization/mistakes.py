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


def _in_all_three(code, *, message, hint, severity):
    """The same mistake in all three initializers: ``make(weights)`` makes the wrong solution out of the right weights."""

    def register(make):
        for function, weights in _RIGHT.items():
            mistake(code, function, message=message, hint=hint, severity=severity)(make(weights))
        return make

    return register


@_in_all_three(
    "swapped-sizes",
    message="the two sizes of W are swapped: it is (n_prev, n)",
    hint="Which shape must W have so that W @ A_prev can be computed?",
    severity="fault",
)
def _transposed(weights):
    return lambda layers_dims: _parameters(layers_dims, lambda l, n, n_prev: weights(l, n, n_prev).T)


@_in_all_three(
    "scalar-biases",
    message="the biases are the number 0, not a column of zeros",
    hint="One bias per unit: which shape is that?",
    severity="slip",
)
def _scalar_biases(weights):
    return lambda layers_dims: _parameters(layers_dims, weights, biases=lambda shape: 0)


@_in_all_three(
    "missing-keepdims",
    message="the biases have shape (n,), expected a column (n, 1)",
    hint="np.zeros takes a shape; give it both sizes.",
    severity="slip",
)
def _flat_biases(weights):
    return lambda layers_dims: _parameters(layers_dims, weights, biases=lambda shape: np.zeros(shape[0]))


@_in_all_three(
    "row-biases",
    message="the biases are rows (1, n), expected columns (n, 1)",
    hint="b is added to Z, which has one row per unit.",
    severity="slip",
)
def _row_biases(weights):
    return lambda layers_dims: _parameters(layers_dims, weights, biases=lambda shape: np.zeros(shape[::-1]))


@_in_all_three(
    "biases-of-the-layer-before",
    message="b has a row for every unit of the layer before; expected is a row for every unit of its own layer",
    hint="Which shape does W @ A_prev have, to which b is added?",
    severity="fault",
)
def _biases_of_the_layer_before(weights):
    def initialize(layers_dims):
        right = _parameters(layers_dims, weights)
        return {
            name: np.zeros((layers_dims[int(name[1:]) - 1], 1)) if name[0] == "b" else value for name, value in right.items()
        }

    return initialize


@_in_all_three(
    "last-layer-missing",
    message="the last layer has no parameters",
    hint="With sizes [n_x, n_1, ..., n_L] there are L layers: where does your loop end?",
    severity="fault",
)
def _last_layer_missing(weights):
    return lambda layers_dims: _parameters(layers_dims[:-1], weights)


@_in_all_three(
    "keys-from-zero",
    message="the layers are numbered from 0; the first one is W1, b1",
    hint="Which number has the first layer after the input?",
    severity="slip",
)
def _keys_from_zero(weights):
    def initialize(layers_dims):
        right = _parameters(layers_dims, weights)
        return {f"{name[0]}{int(name[1:]) - 1}": value for name, value in right.items()}

    return initialize


@_in_all_three(
    "one-array-for-several",
    message="several keys hold one and the same array, so that what is written into one of them is in the others, too",
    hint="How many arrays of zeros are made, and how many are needed? Change one in place, and look at all of them.",
    severity="slip",
)
def _one_array_of_zeros_for_each_shape(weights):
    def initialize(layers_dims):
        made = {}
        return {
            name: made.setdefault(value.shape, value) if not value.any() else value
            for name, value in _parameters(layers_dims, weights).items()
        }

    return initialize


@mistake(
    "no-biases",
    "initialize_parameters_zeros",
    message="there are weights and no biases",
    hint="Which parameters does a layer have beside its weights?",
    severity="fault",
)
def zeros_without_biases(layers_dims):
    return {name: value for name, value in _parameters(layers_dims, _zero).items() if name.startswith("W")}


@mistake(
    "ones-for-zeros",
    "initialize_parameters_zeros",
    message="the weights are ones, expected zeros",
    hint="Which NumPy function makes an array of zeros?",
    severity="grave",
)
def zeros_ones(layers_dims):
    return _parameters(layers_dims, lambda l, n, n_prev: np.ones((n, n_prev)))


# -- of the two random initializers ------------------------------------------------------

_SCALES = {
    "initialize_parameters_random": lambda n_prev: 10.0,
    "initialize_parameters_he": lambda n_prev: np.sqrt(2 / n_prev),
}


def _drawn(weights):
    return lambda layers_dims: _parameters(layers_dims, weights)


def _in_both(code, *, message, hint, severity):
    """The same mistake in both random initializers: ``make(scale)`` makes the wrong weights, ``scale(n_prev)`` is right."""
    severities = severity if isinstance(severity, dict) else dict.fromkeys(_SCALES, severity)

    def register(make):
        for function, scale in _SCALES.items():
            mistake(code, function, message=message, hint=hint, severity=severities[function])(_drawn(make(scale)))
        return make

    return register


@_in_both(
    "zero-weights",
    message="the weights are all zero: all units of a layer compute the same",
    hint="Print what is drawn and what it is multiplied with: which of the two is zero?",
    severity="grave",
)
def _(scale):
    return _zero


@_in_both(
    "zero-layer",
    message="the weights of a layer are all zero: its units start alike, whatever other layers hold",
    hint="Print the weights of every layer, of the first and of the last one, too.",
    severity="fault",
)
def _(scale):
    return lambda l, n, n_prev: np.random.randn(n, n_prev) * scale(n_prev) * (l > 1)


@_in_both(
    "repeated-layers",
    message="all layers hold the same random numbers",
    hint="Is the generator seeded anew for each layer, or are the same numbers taken again? Draw new ones for each.",
    severity="fault",
)
def _(scale):
    def weights(l, n, n_prev):
        np.random.seed(3)
        return np.random.randn(n, n_prev) * scale(n_prev)

    return weights


@_in_both(
    "shifted-weights",
    message="10 is added, which moves the mean; the scale is a factor",
    hint="Which operation changes the spread of random numbers?",
    severity={"initialize_parameters_random": "fault", "initialize_parameters_he": "grave"},
)
def _(scale):
    return lambda l, n, n_prev: np.random.randn(n, n_prev) + 10


@_in_both(
    "not-centred",
    message="the weights are never negative, so that their mean is not 0",
    hint="Is it np.random.randn, whose numbers have both signs, and does nothing (an absolute value, a square) take the sign away?",
    severity="fault",
)
def _(scale):
    return lambda l, n, n_prev: np.random.rand(n, n_prev) * scale(n_prev)


@_in_both(
    "uniform-weights",
    message="the weights are uniform; the exercise asks for a Gaussian",
    hint="Which function of np.random draws from the normal distribution?",
    severity="slip",
)
def _(scale):
    return lambda l, n, n_prev: np.random.uniform(-1, 1, (n, n_prev)) * np.sqrt(3) * scale(n_prev)


@_in_both(
    "missing-scale",
    message="the weights have standard deviation 1: the scale is missing",
    hint="What are the random numbers multiplied with?",
    severity={"initialize_parameters_random": "fault", "initialize_parameters_he": "grave"},
)
def _(scale):
    return _gauss


@_in_both(
    "small-weights",
    message="the weights are scaled by 0.01, as in another exercise",
    hint="Which scale does this exercise ask for?",
    severity={"initialize_parameters_random": "fault", "initialize_parameters_he": "grave"},
)
def _(scale):
    return lambda l, n, n_prev: np.random.randn(n, n_prev) * 0.01


@_in_both(
    "rounded-weights",
    message="the weights are whole numbers, or rounded to a few digits behind the point: many of them are equal",
    hint="How many different numbers are there in W1 of a layer with a thousand units?",
    severity="fault",
)
def _(scale):
    return lambda l, n, n_prev: np.round(_gauss(l, n, n_prev) * scale(n_prev), 0 if scale(n_prev) > 2 else 2)


@mistake(
    "variance-for-deviation",
    "initialize_parameters_random",
    message="the weights have a variance of 10; what is asked for is a factor of 10, which is their standard deviation",
    hint="Which of the two does the factor before np.random.randn say?",
    severity="fault",
)
@_drawn
def _(l, n, n_prev):
    return np.random.randn(n, n_prev) * np.sqrt(10)


@mistake(
    "scaled-by-layer",
    "initialize_parameters_random",
    message="the weights are scaled by the size of the layer before; here the factor is 10 and nothing else",
    hint="Read once more which scale belongs to which of the three initializations.",
    severity="fault",
)
@_drawn
def _(l, n, n_prev):
    return np.random.randn(n, n_prev) * 10 * np.sqrt(2 / n_prev)


@mistake(
    "large-weights",
    "initialize_parameters_he",
    message="the weights are scaled by 10, which is the other initialization",
    hint="What does He initialization divide by?",
    severity="grave",
)
@_drawn
def _(l, n, n_prev):
    return np.random.randn(n, n_prev) * 10


for name in _SCALES:
    mistake(
        "nonzero-biases",
        name,
        message="the biases are not zero",
        hint="Only the weights have to differ from each other; the biases start at zero.",
        severity="fault",
    )(lambda layers_dims, w=_RIGHT[name]: _parameters(layers_dims, w, lambda shape: np.random.randn(*shape)))


def _scaled(scale):
    return lambda layers_dims: _parameters(layers_dims, lambda l, n, n_prev: np.random.randn(n, n_prev) * scale(n, n_prev))


@mistake(
    "missing-root",
    "initialize_parameters_he",
    message="the square root is missing: 2 / n_prev is the variance, not the standard deviation",
    hint="Which of the two does a factor on standard Gaussian numbers set?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return 2 / n_prev


@mistake(
    "partial-root",
    "initialize_parameters_he",
    message="the square root covers only the 2",
    hint="Where does the root end in your code, and where in the formula?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(2) / n_prev


@mistake(
    "rounded-root",
    "initialize_parameters_he",
    message="the root of n_prev is rounded down to a whole number",
    hint="What is int(np.sqrt(8)), and what is np.sqrt(8)?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(2) / int(np.sqrt(n_prev))


@mistake(
    "missing-two",
    "initialize_parameters_he",
    message="this is sqrt(1 / n_prev), which suits tanh; relu lets only half of the values through",
    hint="Compare the numerator with the formula.",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(1 / n_prev)


@mistake(
    "units-for-inputs",
    "initialize_parameters_he",
    message="the scale uses the size of the layer itself instead of the layer before",
    hint="A unit adds up as many products as it has inputs: how many are these?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(2 / n)


@mistake(
    "mean-of-both-sizes",
    "initialize_parameters_he",
    message="the scale uses the sizes of both layers; He initialization uses one of them",
    hint="A unit adds up as many products as it has inputs: how many are these?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(2 / (n + n_prev))


@mistake(
    "inverted-scale",
    "initialize_parameters_he",
    message="the fraction is upside down: weights grow with the number of inputs",
    hint="Should a unit with many inputs get larger or smaller weights?",
    severity="grave",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(n_prev / 2)


@mistake(
    "multiplied-scale",
    "initialize_parameters_he",
    message="the number of inputs multiplies; it must divide",
    hint="Should a unit with many inputs get larger or smaller weights?",
    severity="grave",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(2 * n_prev)


@mistake(
    "whole-quotient",
    "initialize_parameters_he",
    message="the weights of every layer with more than two inputs are all zero: the scale is a whole number, as 2 // n_prev is",
    hint="Which operator divides without dropping the fraction?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return np.sqrt(2 // n_prev)


@mistake(
    "left-over-ten",
    "initialize_parameters_he",
    message="the weights are ten times too large: beside the scale of He there is the 10 of the random initialization",
    hint="Which factors stand behind np.random.randn, and which of them is in the formula?",
    severity="fault",
)
@_scaled
def _(n, n_prev):
    return 10 * np.sqrt(2 / n_prev)


@mistake(
    "added-scale",
    "initialize_parameters_he",
    message="sqrt(2 / n_prev) is added, which moves the mean; the scale is a factor",
    hint="Which operation changes the spread of random numbers?",
    severity="fault",
)
@_drawn
def _(l, n, n_prev):
    return np.random.randn(n, n_prev) + np.sqrt(2 / n_prev)


@mistake(
    "inverted-scale",
    "initialize_parameters_random",
    message="the weights are divided by 10; asked for are large ones, ten times what randn gives",
    hint="Should the weights of this initialization be larger or smaller than those of randn?",
    severity="fault",
)
@_drawn
def _(l, n, n_prev):
    return np.random.randn(n, n_prev) / 10


@mistake(
    "mixed-scales",
    "initialize_parameters_he",
    message="the last layer is scaled by sqrt(1 / n_prev), the others by sqrt(2 / n_prev); it is the latter for all layers",
    hint="Does your code treat one of the layers otherwise than the others?",
    severity="fault",
)
def he_other_last(layers_dims):
    def weights(l, n, n_prev):
        return np.random.randn(n, n_prev) * np.sqrt((1 if l == len(layers_dims) - 1 else 2) / n_prev)

    return _parameters(layers_dims, weights)


@mistake(
    "first-layer-only",
    "initialize_parameters_he",
    message="every layer is scaled by the size of the input; each has its own layer before it",
    hint="Which index must change from layer to layer in the scale?",
    severity="fault",
)
def he_first(layers_dims):
    return _parameters(layers_dims, lambda l, n, n_prev: np.random.randn(n, n_prev) * np.sqrt(2 / layers_dims[0]))


def _symmetric(scale):
    def initialize(layers_dims):
        def weights(l, n, n_prev):
            W = np.random.randn(n, n_prev)
            return scale(n_prev) * ((W + W.T) / np.sqrt(2) if n == n_prev else W)

        return _parameters(layers_dims, weights)

    return initialize


for _function, _factor in (
    ("initialize_parameters_random", lambda n_prev: 10),
    ("initialize_parameters_he", lambda n_prev: np.sqrt(2 / n_prev)),
):
    mistake(
        "symmetric",
        _function,
        message="W is equal to its transpose where a layer is square: half of its numbers repeat the other half",
        hint="Is every entry of W drawn by itself?",
        severity="slip",
    )(_symmetric(_factor))


@_in_both(
    "units-alike",
    message="some units of a layer start with the same weights as others: they stay equal however long they are trained",
    hint="Compare the rows of every W with each other. Is each of them drawn by itself?",
    severity="fault",
)
def _(scale):
    def weights(l, n, n_prev):
        W = np.random.randn(n, n_prev) * scale(n_prev)
        W[n // 2 + 1 :] = W[: n - n // 2 - 1]
        return W

    return weights


@_in_both(
    "orthogonal-weights",
    message="the weights of the units are orthogonal to each other: random numbers that are drawn one by one are not",
    hint="Orthogonal initialization is another one; here every weight is drawn by itself.",
    severity="fault",
)
def _(scale):
    def weights(l, n, n_prev):
        Q, R = np.linalg.qr(np.random.randn(max(n, n_prev), min(n, n_prev)))
        Q = Q * np.sign(np.diag(R)) * np.sqrt(max(n, n_prev)) * scale(n_prev)
        return Q if n >= n_prev else Q.T

    return weights


@_in_both(
    "exact-deviation",
    message="the weights are divided by their own standard deviation, so that it is exact; a single weight has none",
    hint="What do you get for a layer of one unit with one input? Random numbers need no correction.",
    severity="fault",
)
def _(scale):
    def weights(l, n, n_prev):
        W = np.random.randn(n, n_prev)
        return (W - np.mean(W)) / np.std(W) * scale(n_prev)

    return weights


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
    message="the parameters come back as they were initialized: no update is kept",
    hint="Which name holds the parameters after update_parameters, and which one is returned?",
    severity="grave",
)
def model_untrained(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _start(X, initialization)


@mistake(
    "learning-rate-ignored",
    "model",
    message="the argument learning_rate has no effect: the run uses 0.01",
    hint="Look for a number where the argument belongs.",
    severity="fault",
)
def model_rate(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), num_iterations, 0.01)


def _cost(X, Y, p):
    A1 = np.maximum(0, p["W1"] @ X + p["b1"])
    Z3 = p["W3"] @ np.maximum(0, p["W2"] @ A1 + p["b2"]) + p["b3"]
    return float(np.mean(np.logaddexp(0, Z3) - Y * Z3))


@mistake(
    "iterations-ignored",
    "model",
    message="the argument num_iterations has no effect: the loop has a length of its own",
    hint="How often does your loop run when num_iterations is 1?",
    severity="fault",
)
def _(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), 50, learning_rate)


def _stops(is_over):
    """A run that ends where ``is_over(loss, fall)`` says so."""

    @mistake(
        "stops-early",
        "model",
        message="the run ends before num_iterations where the loss is low, rises, or hardly changes from step to step",
        hint="Which condition ends your loop early? The exercise asks for num_iterations steps, whatever the loss does.",
        severity="slip",
    )
    def model(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
        parameters, last = _start(X, initialization), np.inf
        for _ in range(num_iterations):
            loss = _cost(X, Y, parameters)
            if is_over(loss, last - loss):
                break
            parameters, last = _descend(X, Y, parameters, 1, learning_rate), loss
        return parameters


_stops(lambda loss, fall: abs(fall) < 1e-4)
_stops(lambda loss, fall: abs(fall) < 1e-6)
_stops(lambda loss, fall: loss < 0.3)
_stops(lambda loss, fall: loss < 1e-3)
_stops(lambda loss, fall: abs(fall) < 1e-3)
_stops(lambda loss, fall: abs(fall) < 1e-5)
_stops(lambda loss, fall: abs(fall) < 1e-8)
_stops(lambda loss, fall: fall < 0)


def _cut(weights=np.inf, gradients=np.inf):
    """A run in which the parameters, or their gradients, are cut to a bound."""

    @mistake(
        "clipped",
        "model",
        message="large parameters or gradients are cut to a bound, but the exercise knows none",
        hint="Which line of your loop changes numbers only where they are large? A step subtracts learning_rate * gradient as it is.",
        severity="slip",
    )
    def model(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
        parameters = _start(X, initialization)
        for _ in range(num_iterations):
            grads = _gradients(X, Y, parameters)
            for name, value in parameters.items():
                moved = value - learning_rate * np.clip(grads[name], -gradients, gradients)
                parameters[name] = np.clip(moved, -weights, weights)
        return parameters


_cut(weights=5.0)
_cut(gradients=1.0)
_cut(gradients=5.0)


@mistake(
    "mini-batches",
    "model",
    message="an iteration makes a step on each of several mini-batches; here a step is one on all examples at once",
    hint="How many steps does your function make for num_iterations = 1 and 200 examples?",
    severity="fault",
)
def model_in_batches(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    parameters = _start(X, initialization)
    for _ in range(num_iterations):
        for first in range(0, X.shape[1], 64):
            batch = slice(first, first + 64)
            parameters = _descend(X[:, batch], Y[:, batch], parameters, 1, learning_rate)
    return parameters


@mistake(
    "initialization-ignored",
    "model",
    message="the argument initialization has no effect: the run always starts from He initialization",
    hint="Which of the three functions is called for which value?",
    severity="grave",
)
def model_always_he(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, "he"), num_iterations, learning_rate)


@mistake(
    "zeros-overwritten",
    "model",
    message="with initialization='zeros' the run starts from He initialization",
    hint="Which initializer is called last for 'zeros'? Behind if, if, else the else belongs to the second if alone.",
    severity="fault",
)
def model_two_ifs(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    start = _start(X, "he" if initialization == "zeros" else initialization)
    return _descend(X, Y, start, num_iterations, learning_rate)


def _moves_only(code, message, moves):
    """A run in which only some parameters are updated, those of which ``moves(name)`` says so."""

    @mistake(code, "model", message=message, hint="Which parameters does each step move?", severity="fault")
    def model(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
        parameters = _start(X, initialization)
        for _ in range(num_iterations):
            after = _descend(X, Y, parameters, 1, learning_rate)
            parameters = {name: after[name] if moves(name) else value for name, value in parameters.items()}
        return parameters


_moves_only("biases-not-trained", "the biases are never updated; they have gradients, too", lambda name: name[0] == "W")
_moves_only(
    "last-layer-not-trained", "the last layer is never updated: the loop ends one layer early", lambda name: name[1] != "3"
)


@mistake(
    "zero-biases-kept",
    "model",
    message="a parameter that is zero everywhere is never updated: biases that start from zeros stay there",
    hint="Which parameters does each step move?",
    severity="fault",
)
def model_zeros_stay(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    parameters = _start(X, initialization)
    for _ in range(num_iterations):
        after = _descend(X, Y, parameters, 1, learning_rate)
        parameters = {name: after[name] if value.any() else value for name, value in parameters.items()}
    return parameters


@mistake(
    "one-step-short",
    "model",
    message="the run is one step short: it makes one too few, or returns the parameters from before its last one",
    hint="How often does your loop run for num_iterations = 1, and which parameters are returned?",
    severity="slip",
)
def model_short(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), num_iterations - 1, learning_rate)


@mistake(
    "one-step-more",
    "model",
    message="the run makes one step too many",
    hint="How often does your loop run for num_iterations = 1?",
    severity="slip",
)
def model_long(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), num_iterations + 1, learning_rate)


@mistake(
    "single-step",
    "model",
    message="the result is one step away from the start, with one iteration and with all larger numbers that were tried",
    hint="What belongs before the loop, what inside, and what after it?",
    severity="grave",
)
def model_single(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), 1, learning_rate)


@mistake(
    "stale-gradients",
    "model",
    message="every step uses the gradients of the first one",
    hint="What has to be computed again once the parameters have changed?",
    severity="grave",
)
def model_stale(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), 1, learning_rate * num_iterations)


@mistake(
    "wrong-layers",
    "model",
    message="the hidden layers have 20 and 3 units; in this exercise they have 10 and 5",
    hint="Compare layers_dims with the exercise.",
    severity="fault",
)
def model_layers(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization, (20, 3)), num_iterations, learning_rate)


@mistake(
    "ascent",
    "model",
    message="the parameters move along the gradient instead of against it",
    hint="Does the loss rise or fall in the direction of the gradient?",
    severity="grave",
)
def model_ascent(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), num_iterations, -learning_rate)


@mistake(
    "divided-twice",
    "model",
    message="each step is divided by the number of examples once more; the gradients are averages over them already",
    hint="What does backward_propagation do with m, and what does your call of update_parameters hand on?",
    severity="fault",
)
def model_rate_by_m(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    return _descend(X, Y, _start(X, initialization), num_iterations, learning_rate / X.shape[1])


@mistake(
    "rate-changes",
    "model",
    message="the first step has the length that learning_rate says, and the steps after it are shorter",
    hint="Is learning_rate bound anew in your loop, or divided by something that depends on the iteration?",
    severity="fault",
)
def model_decay(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    parameters = _start(X, initialization)
    for i in range(num_iterations):
        parameters = _descend(X, Y, parameters, 1, learning_rate / (1 + i))
    return parameters


@mistake(
    "initializers-exchanged",
    "model",
    message="initialization='zeros' starts from random numbers, and 'random' starts from zeros",
    hint="Which of the three functions is called for which value?",
    severity="fault",
)
def model_exchanged(X, Y, learning_rate, num_iterations, print_cost=True, initialization="he"):
    start = _start(X, {"zeros": "random", "random": "zeros"}.get(initialization, initialization))
    return _descend(X, Y, start, num_iterations, learning_rate)
