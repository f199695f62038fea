"""Known wrong solutions of the optimizers.

The updates are written as changes to the right step: each entry says which part of it is another one.
"""

from dataclasses import dataclass

import numpy as np

from grader.spec import mistake

ASCENT = (
    "ascent",
    "the step goes up the gradient: the sign is wrong",
    "The gradient points to where the cost grows. Which way do you want to go?",
)
NO_RATE = (
    "missing-learning-rate",
    "the learning rate is missing from the step",
    "What decides how long a step is?",
)
RATE_LITERAL = (
    "learning-rate-literal",
    "the learning rate is written as the number 0.01, and the argument is ignored",
    "Look for a number in your formula that should be an argument.",
)
NO_BIASES = (
    "biases-forgotten",
    "only the weights are looked after, the biases are not",
    "Every layer has two kinds of parameters.",
)
NO_LAST = (
    "last-layer-forgotten",
    "the last layer is left out: the loop ends one layer early",
    "Write down which layers your range() visits for a network of three layers.",
)
NO_FIRST = (
    "first-layer-forgotten",
    "the first layer is left out",
    "Write down which layers your range() visits for a network of three layers.",
)
BY_POSITION = (
    "keys-by-position",
    "parameters and gradients are paired by their position in the dictionaries, which need not be the same",
    "Look a gradient up by its name.",
)
IN_PLACE = (
    "mutated-input",
    "the arrays of the caller are overwritten",
    "Look at the difference between a -= b and a = a - b for arrays.",
)
UNWEIGHTED = (
    "missing-one-minus-beta",
    "the new gradient enters the average with weight 1; the weights of past and present must add up to 1",
    "Compare the two coefficients of the average.",
)
SWAPPED = (
    "weights-swapped",
    "the weights of past and present are swapped",
    "With beta = 0.9, should one new gradient count 90 %?",
)
FORGETS = (
    "averages-not-kept",
    "the averages that are returned are the old ones, so that nothing is remembered",
    "Which averages do you return?",
)


def _of(function):
    """``note(text, solution)`` makes a mistake of one function out of a text (code, message, hint)."""

    def note(text, solution):
        code, message, hint = text
        return mistake(code, function, message, hint)(solution)

    return note


def _step(parameters, length, direction):
    return {name: value - length * direction["d" + name] for name, value in parameters.items()}


def _average(old, new, beta, weight):
    """With the keys of ``new``."""
    return {name: beta * old[name] + weight * value for name, value in new.items()}


def _weights(arrays):
    return {name: value for name, value in arrays.items() if "W" in name}


def _but_layer(arrays, layer):
    return {name: value for name, value in arrays.items() if not name.endswith(str(layer))}


# -- gradient descent --------------------------------------------------------------------


def _descent_by_position(p, g, rate):
    return {name: p[name] - rate * gradient for name, gradient in zip(p, g.values(), strict=True)}


def _descent_in_place(p, g, rate):
    for name in p:
        p[name] -= rate * g["d" + name]
    return p


_gd = _of("update_parameters_with_gd")
DESCENT = [
    _gd(ASCENT, lambda p, g, rate: _step(p, -rate, g)),
    _gd(NO_RATE, lambda p, g, rate: _step(p, 1.0, g)),
    _gd(RATE_LITERAL, lambda p, g, rate: _step(p, 0.01, g)),
    _gd(NO_BIASES, lambda p, g, rate: {**p, **_step(_weights(p), rate, g)}),
    _gd(NO_LAST, lambda p, g, rate: {**p, **_step(_but_layer(p, len(p) // 2), rate, g)}),
    _gd(NO_FIRST, lambda p, g, rate: {**p, **_step(_but_layer(p, 1), rate, g)}),
    _gd(BY_POSITION, _descent_by_position),
    _gd(IN_PLACE, _descent_in_place),
    _gd(
        (
            "parameters-forgotten",
            "the result is the step alone; the old parameters are missing",
            "A step starts from somewhere.",
        ),
        lambda p, g, rate: {name: -rate * g["d" + name] for name in p},
    ),
]

# -- mini-batches ------------------------------------------------------------------------

PAIRS = (
    "pairs-broken",
    "X and Y are not put into the same order, so that examples get the labels of others",
    "How many permutations do you draw, and which arrays use them?",
)
LAST = (
    "wrong-last-batch",
    "the last, smaller batch does not hold the examples that are left over",
    "With m = 10 and batches of 4: which columns are left over, and which ones does your last slice take?",
)


def _cut(X, Y, size, starts=None):
    starts = range(0, X.shape[1], size) if starts is None else starts
    return [(X[:, start : start + size], Y[:, start : start + size]) for start in starts]


def _shuffled(X, Y):
    order = np.random.permutation(X.shape[1])
    return X[:, order], Y[:, order]


def _only_full(X, Y, size):
    return _cut(X, Y, size, range(0, X.shape[1] // size * size, size))


def _last_is(columns):
    """Right up to the last batch, whose columns are ``columns(m, size)``."""

    def solution(X, Y, size, seed):
        X, Y = _shuffled(X, Y)
        batches, m = _only_full(X, Y, size), X.shape[1]
        if m % size:
            batches.append((X[:, columns(m, size)], Y[:, columns(m, size)]))
        return batches

    return solution


def _whole_batches_shuffled(X, Y, size, seed):
    batches = _cut(X, Y, size)
    full = X.shape[1] // size
    return [batches[i] for i in np.random.permutation(full)] + batches[full:]


def _loop_variable(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    batches = []
    for k in range(X.shape[1] // size):
        batches.append((X[:, k * size : (k + 1) * size], Y[:, k * size : (k + 1) * size]))  # noqa: PERF401
    if X.shape[1] % size:
        batches.append((X[:, (k + 1) * size :], Y[:, (k + 1) * size :]))
    return batches


def _with_replacement(X, Y, size, seed):
    order = np.random.randint(0, X.shape[1], X.shape[1])
    return _cut(X[:, order], Y[:, order], size)


def _evenly(X, Y, size, seed):
    count = -(-X.shape[1] // size)
    return list(zip(*(np.array_split(part, count, axis=1) for part in _shuffled(X, Y)), strict=True))


_rmb = _of("random_mini_batches")
BATCHES = [
    _rmb(
        (
            "not-shuffled",
            "the batches are cut, but the examples are not shuffled",
            "Is the permutation that you draw used anywhere?",
        ),
        lambda X, Y, size, seed: _cut(X, Y, size),
    ),
    _rmb(
        (
            "only-batches-shuffled",
            "whole batches are shuffled, but neighbours stay together in every pass",
            "Shuffle the examples first and cut afterwards.",
        ),
        _whole_batches_shuffled,
    ),
    _rmb(
        (
            "shuffled-within-batches",
            "the examples are shuffled inside each batch only, so that every batch always holds the same ones",
            "Shuffle the examples first and cut afterwards.",
        ),
        lambda X, Y, size, seed: [_shuffled(X_t, Y_t) for X_t, Y_t in _cut(X, Y, size)],
    ),
    _rmb(PAIRS, lambda X, Y, size, seed: _cut(_shuffled(X, Y)[0], Y, size)),
    _rmb(PAIRS, lambda X, Y, size, seed: _cut(_shuffled(X, Y)[0], _shuffled(X, Y)[1], size)),
    _rmb(
        (
            "missing-last-batch",
            "the examples that do not fill a whole batch are lost",
            "How many examples are left over after the full batches, and where do they go?",
        ),
        lambda X, Y, size, seed: _only_full(*_shuffled(X, Y), size),
    ),
    _rmb(LAST, _last_is(lambda m, size: slice(0, m % size))),
    _rmb(LAST, _last_is(lambda m, size: slice(m % size, None))),
    _rmb(LAST, _last_is(lambda m, size: slice(-size, None))),
    _rmb(LAST, _last_is(lambda m, size: slice(m // size * size, -1))),
    _rmb(LAST, _last_is(lambda m, size: slice(m // size * size + 1, None))),
    _rmb(LAST, _last_is(lambda m, size: slice(max(m // size - 1, 0) * size, None))),
    _rmb(LAST, _last_is(lambda m, size: slice((m // size + 1) * size, None))),
    _rmb(LAST, _last_is(lambda m, size: slice(2 * size, None))),
    _rmb(
        (
            "empty-last-batch",
            "there is an empty batch at the end when the size divides the number of examples",
            "What is left over when m is 8 and a batch has 4 examples?",
        ),
        lambda X, Y, size, seed: _cut(*_shuffled(X, Y), size, range(0, X.shape[1] + 1, size)),
    ),
    _rmb(
        (
            "loop-variable-after-loop",
            "the loop variable is used after the loop, where it does not exist when no batch is full",
            "What is the value of k after 'for k in range(0)'?",
        ),
        _loop_variable,
    ),
    _rmb(
        (
            "batch-size-ignored",
            "the argument mini_batch_size has no effect on the size of the batches",
            "Look for a number in your code that should be an argument.",
        ),
        lambda X, Y, size, seed: _cut(*_shuffled(X, Y), 64),
    ),
    _rmb(
        (
            "repeated-examples",
            "some examples come several times, already in the full batches, and others not at all",
            "Does your way of drawing an order visit every example exactly once?",
        ),
        _with_replacement,
    ),
    _rmb(
        (
            "even-batches",
            "the examples are spread evenly over the batches; all but the last should be full",
            "How many examples are in the first batch when m is 9 and a batch has 4?",
        ),
        _evenly,
    ),
    _rmb(
        (
            "examples-in-rows",
            "the batches hold examples as rows; the exercise has them as columns",
            "Compare the shapes of X and of your first batch.",
        ),
        lambda X, Y, size, seed: [(X_t.T, Y_t.T) for X_t, Y_t in _cut(*_shuffled(X, Y), size)],
    ),
]

# -- starting at zero --------------------------------------------------------------------

KEYS = (
    "keys-of-parameters",
    "the keys are those of the parameters; the averages belong to gradients",
    "Under which name is the gradient of W1 kept?",
)
ONES = ("ones-for-zeros", "an average starts at one", "What has been averaged before the first step?")
VALUES = (
    "values-of-parameters",
    "an average starts at the values of the parameters",
    "Only the shape of a parameter matters here.",
)
SCALARS = (
    "scalar-zero",
    "a single number 0 stands where an array of zeros belongs",
    "NumPy can make an array of zeros of a given shape.",
)


def _zeros(p):
    return {"d" + name: np.zeros_like(value) for name, value in p.items()}


def _ones(p):
    return {"d" + name: np.ones_like(value) for name, value in p.items()}


_START = {
    KEYS: lambda p: {name: np.zeros_like(value) for name, value in p.items()},
    VALUES: lambda p: {"d" + name: value.copy() for name, value in p.items()},
    SCALARS: lambda p: {"d" + name: 0.0 for name in p},
    NO_BIASES: lambda p: _weights(_zeros(p)),
    NO_LAST: lambda p: _but_layer(_zeros(p), len(p) // 2),
    NO_FIRST: lambda p: _but_layer(_zeros(p), 1),
}


def _twice(start):
    return lambda p: (start(p), start(p))


_velocity, _averages = _of("initialize_velocity"), _of("initialize_adam")
STARTS = [
    *(_velocity(text, start) for text, start in _START.items()),
    *(_averages(text, _twice(start)) for text, start in _START.items()),
    _velocity(ONES, _ones),
    _averages(ONES, lambda p: (_zeros(p), _ones(p))),
    _averages(ONES, _twice(_ones)),
    _averages(
        (
            "only-one-average",
            "only one dictionary is returned; Adam keeps two averages",
            "Which two averages does Adam keep?",
        ),
        _zeros,
    ),
]

# -- momentum ----------------------------------------------------------------------------


@dataclass
class _Momentum:
    """The arguments, and a step in which some parts may be other ones."""

    p: dict
    g: dict
    v: dict
    beta: float
    rate: float

    def new(self, beta=None, weight=None, g=None):
        beta = self.beta if beta is None else beta
        return _average(self.v, self.g if g is None else g, beta, 1 - beta if weight is None else weight)

    def step(self, v=None, *, rate=None, direction=None, p=None):
        v = self.new() if v is None else v
        moved = _step(self.p if p is None else p, self.rate if rate is None else rate, v if direction is None else direction)
        return {**self.p, **moved}, {**self.v, **v}


def _momentum(text, change):
    return _of("update_parameters_with_momentum")(text, lambda *args: change(_Momentum(*args)))


def _momentum_in_place(p, g, v, beta, rate):
    for name in p:
        v["d" + name] *= beta
        v["d" + name] += (1 - beta) * g["d" + name]
        p[name] -= rate * v["d" + name]
    return p, v


MOMENTUM = [
    _momentum(UNWEIGHTED, lambda a: a.step(a.new(weight=1.0))),
    _momentum(SWAPPED, lambda a: a.step(a.new(1 - a.beta))),
    _momentum(ASCENT, lambda a: a.step(rate=-a.rate)),
    _momentum(NO_RATE, lambda a: a.step(rate=1.0)),
    _momentum(RATE_LITERAL, lambda a: a.step(rate=0.01)),
    _momentum(NO_BIASES, lambda a: a.step(a.new(g=_weights(a.g)), p=_weights(a.p))),
    _momentum(NO_LAST, lambda a: a.step(a.new(g=_but_layer(a.g, len(a.p) // 2)), p=_but_layer(a.p, len(a.p) // 2))),
    _momentum(NO_FIRST, lambda a: a.step(a.new(g=_but_layer(a.g, 1)), p=_but_layer(a.p, 1))),
    _momentum(FORGETS, lambda a: a.step(a.v, direction=a.new())),
    _of("update_parameters_with_momentum")(IN_PLACE, _momentum_in_place),
    _momentum(
        (
            "gradient-for-velocity",
            "the step uses the gradient; the velocity has no effect on it",
            "What is the velocity for?",
        ),
        lambda a: a.step(direction=a.g),
    ),
    _momentum(
        (
            "stale-velocity",
            "the step uses the velocity from before its update",
            "In which order do the two lines belong?",
        ),
        lambda a: a.step(direction=a.v),
    ),
    _momentum(
        (
            "learning-rate-in-average",
            "the learning rate is part of the velocity; it belongs into the step",
            "The exercise scales the velocity when it makes the step, not before.",
        ),
        lambda a: a.step(a.new(weight=a.rate * (1 - a.beta)), rate=1.0),
    ),
    _momentum(
        (
            "beta-literal",
            "beta is written as the number 0.9, and the argument is ignored",
            "Look for a number in your formula that should be an argument.",
        ),
        lambda a: a.step(a.new(0.9)),
    ),
    _momentum(
        (
            "squared-gradient",
            "the average is over the squares of the gradients; momentum averages the gradients",
            "Which optimizer needs the squares?",
        ),
        lambda a: a.step(a.new(g={name: g**2 for name, g in a.g.items()})),
    ),
]

# -- Adam --------------------------------------------------------------------------------


@dataclass
class _Adam:
    """The arguments, what a right solution makes of them, and a step in which some parts may be other ones."""

    p: dict
    g: dict
    v: dict
    s: dict
    t: int
    rate: float
    beta1: float
    beta2: float
    epsilon: float
    inside: bool = False

    def __post_init__(self):
        self.new_v = _average(self.v, self.g, self.beta1, 1 - self.beta1)
        self.new_s = _average(self.s, self.squares, self.beta2, 1 - self.beta2)

    @property
    def squares(self):
        return {name: g**2 for name, g in self.g.items()}

    def corrected_v(self, power=None, v=None):
        power = self.beta1**self.t if power is None else power
        return {name: value / (1 - power) for name, value in (v or self.new_v).items()}

    def corrected_s(self, power=None, s=None):
        power = self.beta2**self.t if power is None else power
        return {name: value / (1 - power) for name, value in (s or self.new_s).items()}

    def root(self, s, epsilon):
        return np.sqrt(s + epsilon) if self.inside else np.sqrt(s) + epsilon

    def step(self, top=None, bottom=None, *, v=None, s=None, rate=None, p=None, epsilon=None, divide=None):
        """Move along top / root(bottom), and return v and s."""
        v, s, p = v or self.new_v, s or self.new_s, p or self.p
        top, bottom = top or self.corrected_v(v=v), bottom or self.corrected_s(s=s)
        rate, epsilon = self.rate if rate is None else rate, self.epsilon if epsilon is None else epsilon
        divide = divide or (lambda a, b: a / self.root(b, epsilon))
        moved = _step(p, rate, {"d" + name: divide(top["d" + name], bottom["d" + name]) for name in p})
        return {**self.p, **moved}, {**self.v, **v}, {**self.s, **s}


def _adam(text, change, *, both=False):
    """One mistake, and with ``both`` the same one beside an epsilon inside the root, as a fifth of the code has it."""
    note = _of("update_parameters_with_adam")
    found = [note(text, lambda *args: change(_Adam(*args)))]
    return [*found, note(text, lambda *args: change(_Adam(*args, inside=True)))] if both else found


def _by_layer(average, beta, first):
    return {name: value / (1 - beta ** (int(name[2:]) - 1 + first)) for name, value in average.items()}


def _adam_in_place(p, g, v, s, t, rate, beta1, beta2, epsilon):
    right = _Adam(p, g, v, s, t, rate, beta1, beta2, epsilon)
    for name, value in right.step()[0].items():
        p[name][:] = value
    return p, right.new_v, right.new_s


def _adam_without(layer):
    """Nothing happens in one layer."""
    return lambda a: a.step(v=_but_layer(a.new_v, layer(a)), s=_but_layer(a.new_s, layer(a)), p=_but_layer(a.p, layer(a)))


LAYER = (
    "exponent-is-layer",
    "the correction raises beta to the number of the layer; it is the number of the step",
    "Which argument of the function counts the steps?",
)
EPSILON_LAST = (
    "epsilon-after-division",
    "epsilon is added after the division, where it protects nothing: a pair of parentheses is missing",
    "In a / b + c, what is divided by what?",
)
ADAM = [
    *_adam(
        (
            "uncorrected-s",
            "s is not corrected: the step divides by the root of s itself",
            "Which of s and s_corrected is in the last line of the formula?",
        ),
        lambda a: a.step(bottom=a.new_s),
        both=True,
    ),
    *_adam(
        (
            "uncorrected-v",
            "v is not corrected: the step uses v itself",
            "Which of v and v_corrected is in the last line of the formula?",
        ),
        lambda a: a.step(top=a.new_v),
        both=True,
    ),
    *_adam(
        (
            "uncorrected",
            "neither v nor s is corrected for the start at zero",
            "What does the argument t do in your solution?",
        ),
        lambda a: a.step(a.new_v, a.new_s),
        both=True,
    ),
    *_adam(LAYER, lambda a: a.step(_by_layer(a.new_v, a.beta1, 1), _by_layer(a.new_s, a.beta2, 1)), both=True),
    *_adam(LAYER, lambda a: a.step(_by_layer(a.new_v, a.beta1, 0), _by_layer(a.new_s, a.beta2, 0)), both=True),
    *_adam(
        (
            "exponent-shifted",
            "the correction uses t + 1; steps are counted from 1 already",
            "What should v_corrected be after the very first step, t = 1?",
        ),
        lambda a: a.step(a.corrected_v(a.beta1 ** (a.t + 1)), a.corrected_s(a.beta2 ** (a.t + 1))),
    ),
    *_adam(
        (
            "power-is-product",
            "the correction multiplies beta by t; it is a power",
            "How much of the start at zero is left after t steps?",
        ),
        lambda a: a.step(a.corrected_v(a.beta1 * a.t), a.corrected_s(a.beta2 * a.t)),
    ),
    *_adam(
        (
            "exponent-missing",
            "the correction divides by 1 - beta in every step; it must fade as t grows",
            "What does the argument t do in your solution?",
        ),
        lambda a: a.step(a.corrected_v(a.beta1), a.corrected_s(a.beta2)),
        both=True,
    ),
    *_adam(
        (
            "correction-with-other-beta",
            "s is corrected with beta1; each average has its own beta",
            "Which beta was used to build s?",
        ),
        lambda a: a.step(bottom=a.corrected_s(a.beta1**a.t)),
    ),
    *_adam(
        (
            "betas-swapped",
            "beta1 and beta2 are swapped",
            "Which beta belongs to the average of the gradients?",
        ),
        lambda a: _Adam(a.p, a.g, a.v, a.s, a.t, a.rate, a.beta2, a.beta1, a.epsilon).step(),
    ),
    *_adam(
        (
            "corrected-averages-kept",
            "the corrected averages are returned as v and s, and would be corrected again in the next step",
            "Which averages does the next step start from?",
        ),
        lambda a: a.step(a.corrected_v(), a.corrected_s(), v=a.corrected_v(), s=a.corrected_s()),
    ),
    *_adam(FORGETS, lambda a: a.step(a.corrected_v(), a.corrected_s(), v=a.v, s=a.s)),
    *_adam(
        (
            "missing-square",
            "s averages the gradients; it must average their squares",
            "How does the formula of s differ from the one of v?",
        ),
        lambda a: a.step(s=_average(a.s, a.g, a.beta2, 1 - a.beta2)),
        both=True,
    ),
    *_adam(
        (
            "missing-root",
            "the step divides by s_corrected; its square root is missing",
            "s is about the square of a gradient. What has the size of a gradient?",
        ),
        lambda a: a.step(divide=lambda top, bottom: top / (bottom + a.epsilon)),
    ),
    *_adam(
        (
            "square-for-root",
            "the step divides by the square of s_corrected; it must be the square root",
            "s is about the square of a gradient. What has the size of a gradient?",
        ),
        lambda a: a.step(divide=lambda top, bottom: top / (bottom**2 + a.epsilon)),
    ),
    *_adam(EPSILON_LAST, lambda a: a.step(divide=lambda top, bottom: top / np.sqrt(bottom) + a.epsilon)),
    *_adam(
        EPSILON_LAST,
        lambda a: a.step(rate=1.0, divide=lambda top, bottom: a.rate * top / np.sqrt(bottom) + a.epsilon),
    ),
    *_adam(
        EPSILON_LAST,
        lambda a: a.step(rate=1.0, divide=lambda top, bottom: a.rate * top / np.sqrt(bottom) - a.epsilon),
    ),
    *_adam(
        (
            "missing-epsilon",
            "epsilon is not used, so that an average of zero divides by zero",
            "What happens in your formula where the gradient has always been 0?",
        ),
        lambda a: a.step(epsilon=0.0),
    ),
    *_adam(
        (
            "epsilon-inside-root",
            "epsilon is added under the root; the exercise adds it to the root",
            "Compare sqrt(s) + epsilon with sqrt(s + epsilon) for s = 0 and epsilon = 0.01.",
        ),
        lambda a: a.step(divide=lambda top, bottom: top / np.sqrt(bottom + a.epsilon)),
    ),
    *_adam(
        (
            "epsilon-before-correction",
            "epsilon is added to the root of the uncorrected s; the exercise corrects first",
            "Follow the formula in its order: average, correct, take the root, add epsilon.",
        ),
        lambda a: a.step(epsilon=a.epsilon / np.sqrt(1 - a.beta2**a.t)),
    ),
    *_adam(
        (
            "epsilon-literal",
            "epsilon is written as the number 1e-8, and the argument is ignored",
            "Look for a number in your formula that should be an argument.",
        ),
        lambda a: a.step(epsilon=1e-8),
        both=True,
    ),
    *_adam(RATE_LITERAL, lambda a: a.step(rate=0.01)),
    *_adam(
        (
            "betas-literal",
            "beta1 and beta2 are written as the numbers 0.9 and 0.999, and the arguments are ignored",
            "Look for numbers in your formula that should be arguments.",
        ),
        lambda a: _Adam(a.p, a.g, a.v, a.s, a.t, a.rate, 0.9, 0.999, a.epsilon).step(),
    ),
    *_adam(
        (
            "gradient-for-average",
            "the step uses the gradient in place of the average v: this is RMSprop, not Adam",
            "Which quantity stands in the numerator?",
        ),
        lambda a: a.step(top=a.g),
    ),
    *_adam(
        (
            "missing-denominator",
            "the step is not divided by the root of s: this is momentum, not Adam",
            "What is s for?",
        ),
        lambda a: a.step(divide=lambda top, bottom: top),
    ),
    *_adam(
        UNWEIGHTED,
        lambda a: a.step(v=_average(a.v, a.g, a.beta1, 1.0), s=_average(a.s, a.squares, a.beta2, 1.0)),
    ),
    *_adam(ASCENT, lambda a: a.step(rate=-a.rate)),
    *_adam(NO_RATE, lambda a: a.step(rate=1.0)),
    *_adam(NO_BIASES, lambda a: a.step(p=_weights(a.p))),
    *_adam(NO_BIASES, lambda a: a.step(v=_weights(a.new_v), s=_weights(a.new_s), p=_weights(a.p))),
    *_adam(NO_LAST, _adam_without(lambda a: len(a.p) // 2)),
    *_adam(NO_FIRST, _adam_without(lambda a: 1)),
    _of("update_parameters_with_adam")(IN_PLACE, _adam_in_place),
]

MISTAKES = (*DESCENT, *BATCHES, *STARTS, *MOMENTUM, *ADAM)
