"""Known wrong solutions of exponentially weighted averages and of RMSprop.

Both are written as changes to the right formula: each entry says which part of it is another one.
"""

from dataclasses import dataclass

import numpy as np

from grader.spec import mistake


def _of(function):
    """``note(code, message, hint, solution)`` makes a mistake of one function."""
    return lambda code, message, hint, solution: mistake(code, function, message, hint)(solution)


# -- averages ----------------------------------------------------------------------------


def _running(theta, beta, *, weight=None, start=0.0):
    """v_1, ..., v_n as an array."""
    v, found = start, []
    for value in theta:
        v = beta * v + (1 - beta if weight is None else weight) * value
        found.append(v)
    return np.array(found)


def _average(theta, beta, corrected, *, first=1, **change):
    """The right answer, with a change to the recursion or to the exponent of the first correction."""
    v = _running(theta, beta, **change)
    return v / (1 - beta ** np.arange(first, first + len(v))) if corrected else v


def _fed_back(theta, beta, corrected):
    v, found = 0.0, []
    for t, value in enumerate(theta, 1):
        v = beta * v + (1 - beta) * value
        if corrected:
            v = v / (1 - beta**t)
        found.append(v)
    return np.array(found)


def _with_v0(theta, beta, corrected):
    return np.concatenate([[0.0], _average(theta, beta, corrected)])


_ewa = _of("exponentially_weighted_average")
AVERAGES = [
    _ewa(
        "correction-missing",
        "the argument bias_correction has no effect: nothing is corrected",
        "What should change when bias_correction is True?",
        lambda theta, beta, corrected: _average(theta, beta, False),
    ),
    _ewa(
        "always-corrected",
        "the averages are corrected even where bias_correction is False",
        "What should change when bias_correction is True?",
        lambda theta, beta, corrected: _average(theta, beta, True),
    ),
    _ewa(
        "correction-reversed",
        "the averages are corrected exactly where they should not be",
        "Read your if as a sentence.",
        lambda theta, beta, corrected: _average(theta, beta, not corrected),
    ),
    _ewa(
        "correction-fed-back",
        "the corrected value goes on into the recursion; only what is returned is corrected",
        "Keep v and what you store of it apart.",
        _fed_back,
    ),
    _ewa(
        "exponent-from-zero",
        "the exponent of the correction counts from 0, so that the first one divides by zero",
        "Which t belongs to the first value?",
        lambda theta, beta, corrected: _average(theta, beta, corrected, first=0),
    ),
    _ewa(
        "exponent-from-two",
        "the exponent of the correction is one too large",
        "Which t belongs to the first value?",
        lambda theta, beta, corrected: _average(theta, beta, corrected, first=2),
    ),
    _ewa(
        "exponent-missing",
        "every value is divided by 1 - beta; the correction must fade as t grows",
        "How much of the start at zero is left after t values?",
        lambda theta, beta, corrected: _running(theta, beta) / (1 - beta if corrected else 1),
    ),
    _ewa(
        "exponent-is-length",
        "every value is corrected with the length of the series; each one has its own t",
        "Which t belongs to the first value?",
        lambda theta, beta, corrected: _running(theta, beta) / (1 - beta ** len(theta) if corrected else 1),
    ),
    _ewa(
        "correction-multiplied",
        "the value is multiplied by 1 - beta**t; it must be divided",
        "Does the correction make the first averages larger or smaller?",
        lambda theta, beta, corrected: (
            _running(theta, beta) * (1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1)
        ),
    ),
    _ewa(
        "starts-at-first-value",
        "the recursion starts at the first value of the series; it starts at v_0 = 0",
        "What is v_1 for beta = 0.9 and theta_1 = 10, when v_0 is 0?",
        lambda theta, beta, corrected: _average(theta, beta, corrected, start=theta[0]),
    ),
    _ewa(
        "starts-with-v0",
        "v_0 is part of the result; it starts with v_1 and has as many values as the series",
        "How many values should come out for a series of five?",
        _with_v0,
    ),
    _ewa(
        "starts-with-v0",
        "v_0 is part of the result; it starts with v_1 and has as many values as the series",
        "How many values should come out for a series of five?",
        lambda theta, beta, corrected: _with_v0(theta, beta, corrected)[:-1],
    ),
    _ewa(
        "only-last-value",
        "only the last average is returned; the exercise asks for all of them",
        "How many values should come out for a series of five?",
        lambda theta, beta, corrected: _average(theta, beta, corrected)[-1],
    ),
    _ewa(
        "list-for-array",
        "the result is a list of numbers; it must be an array",
        "NumPy makes an array out of a list.",
        lambda theta, beta, corrected: _average(theta, beta, corrected).tolist(),
    ),
    _ewa(
        "weights-swapped",
        "the weights of past and present are swapped",
        "With beta = 0.9, should one new value count 90 %?",
        lambda theta, beta, corrected: (
            _running(theta, 1 - beta) / (1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1)
        ),
    ),
    _ewa(
        "missing-one-minus-beta",
        "the new value enters with weight 1; the weights of past and present must add up to 1",
        "Compare the two coefficients of the average.",
        lambda theta, beta, corrected: _average(theta, beta, corrected, weight=1.0),
    ),
    _ewa(
        "beta-literal",
        "beta is written as the number 0.9, and the argument is ignored",
        "Look for a number in your formula that should be an argument.",
        lambda theta, beta, corrected: _average(theta, 0.9, corrected),
    ),
    _ewa(
        "previous-value-for-average",
        "the past is the value before, not the average so far",
        "What is multiplied by beta in the formula?",
        lambda theta, beta, corrected: (
            (beta * np.concatenate([[0.0], theta[:-1]]) + (1 - beta) * theta)
            / (1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1)
        ),
    ),
    _ewa(
        "plain-mean",
        "this is the plain mean of all values so far",
        "Should a value from long ago count as much as the newest one?",
        lambda theta, beta, corrected: np.cumsum(theta) / np.arange(1, len(theta) + 1),
    ),
]

# -- RMSprop -----------------------------------------------------------------------------


@dataclass
class _Step:
    """The arguments, and a step in which some parts may be other ones."""

    p: dict
    g: dict
    s: dict
    beta2: float
    rate: float
    epsilon: float

    def new(self, beta=None, weight=None, power=2):
        beta = self.beta2 if beta is None else beta
        weight = 1 - beta if weight is None else weight
        return {name: beta * self.s[name] + weight * g**power for name, g in self.g.items()}

    def right(self, g, s):
        return g / (np.sqrt(s) + self.epsilon)

    def step(self, s=None, *, kept=None, rate=None, direction=None, p=None):
        """Move along direction(g, s), and return s or what is kept of it."""
        s, p, rate = s or self.new(), p or self.p, self.rate if rate is None else rate
        direction = direction or self.right
        moved = {name: value - rate * direction(self.g["d" + name], s["d" + name]) for name, value in p.items()}
        return {**self.p, **moved}, {**self.s, **(kept or s)}


def _but_last(arrays, step):
    return {name: value for name, value in arrays.items() if not name.endswith(str(len(step.p) // 2))}


def _weights(arrays):
    return {name: value for name, value in arrays.items() if "W" in name}


def _in_place(p, g, s, beta2, rate, epsilon):
    for name in p:
        s["d" + name] *= beta2
        s["d" + name] += (1 - beta2) * g["d" + name] ** 2
        p[name] -= rate * g["d" + name] / (np.sqrt(s["d" + name]) + epsilon)
    return p, s


def _rms(code, message, hint, change):
    note = _of("update_parameters_with_rmsprop")
    return note(code, message, hint, lambda *args: change(_Step(*args)))


_AFTER = (
    "epsilon-after-division",
    "epsilon is added after the division, where it protects nothing: a pair of parentheses is missing",
    "In a / b + c, what is divided by what?",
)
_NUMBER = "Look for a number in your formula that should be an argument."
RMSPROP = [
    _rms(
        "missing-square",
        "s averages the gradients; it must average their squares",
        "What does the S in RMS stand for?",
        lambda a: a.step(a.new(power=1)),
    ),
    _rms(
        "missing-root",
        "the step divides by s; its square root is missing",
        "What does the R in RMS stand for?",
        lambda a: a.step(direction=lambda g, s: g / (s + a.epsilon)),
    ),
    _rms(
        "weights-swapped",
        "the weights of past and present are swapped",
        "With beta2 = 0.9, should one new gradient count 90 %?",
        lambda a: a.step(a.new(1 - a.beta2)),
    ),
    _rms(
        "missing-one-minus-beta",
        "the new square enters with weight 1: this is not an average any more",
        "Compare the two coefficients of the average.",
        lambda a: a.step(a.new(weight=1.0)),
    ),
    _rms(
        "beta-squared",
        "1 - beta2 is squared along with the gradient: a pair of parentheses is in the wrong place",
        "What exactly is squared in the formula?",
        lambda a: a.step(a.new(weight=(1 - a.beta2) ** 2)),
    ),
    _rms(
        "stale-average",
        "the step uses the average from before its update",
        "In which order do the two lines belong?",
        lambda a: a.step(a.s, kept=a.new()),
    ),
    _rms(
        "averages-not-kept",
        "the average that is returned is the old one, so that nothing is remembered",
        "Which s do you return?",
        lambda a: a.step(kept=a.s),
    ),
    _rms(
        "root-kept",
        "the root of the average is returned as s",
        "Which s does the next step start from?",
        lambda a: a.step(kept={name: np.sqrt(s) for name, s in a.new().items()}),
    ),
    _rms(
        "missing-denominator",
        "the step is not divided by the root of s: this is plain gradient descent",
        "What is s for?",
        lambda a: a.step(direction=lambda g, s: g),
    ),
    _rms(
        "average-for-gradient",
        "the average s stands in the numerator; it is the gradient that is divided",
        "Which quantity gives the step its direction?",
        lambda a: a.step(direction=lambda g, s: s / (np.sqrt(s) + a.epsilon)),
    ),
    _rms(
        "ascent",
        "the step goes up the gradient: the sign is wrong",
        "The gradient points to where the cost grows. Which way do you want to go?",
        lambda a: a.step(rate=-a.rate),
    ),
    _rms(
        "missing-learning-rate",
        "the learning rate is missing from the step",
        "What decides how long a step is?",
        lambda a: a.step(rate=1.0),
    ),
    _rms(
        "learning-rate-literal",
        "the learning rate is written as the number 0.01, and the argument is ignored",
        _NUMBER,
        lambda a: a.step(rate=0.01),
    ),
    _rms(
        "beta-literal",
        "beta2 is written as the number 0.999, and the argument is ignored",
        _NUMBER,
        lambda a: a.step(a.new(0.999)),
    ),
    _rms(
        "beta-literal",
        "beta2 is written as the number 0.9, and the argument is ignored",
        _NUMBER,
        lambda a: a.step(a.new(0.9)),
    ),
    _rms(*_AFTER, lambda a: a.step(direction=lambda g, s: g / np.sqrt(s) + a.epsilon)),
    _rms(*_AFTER, lambda a: a.step(rate=1.0, direction=lambda g, s: a.rate * g / np.sqrt(s) + a.epsilon)),
    _rms(*_AFTER, lambda a: a.step(rate=1.0, direction=lambda g, s: a.rate * g / np.sqrt(s) - a.epsilon)),
    _rms(
        "missing-epsilon",
        "epsilon is not used, so that an average of zero divides by zero",
        "What happens in your formula where the gradient has always been 0?",
        lambda a: a.step(direction=lambda g, s: g / np.sqrt(s)),
    ),
    _rms(
        "epsilon-inside-root",
        "epsilon is added under the root; the exercise adds it to the root",
        "Compare sqrt(s) + epsilon with sqrt(s + epsilon) for s = 0 and epsilon = 0.01.",
        lambda a: a.step(direction=lambda g, s: g / np.sqrt(s + a.epsilon)),
    ),
    _rms(
        "epsilon-literal",
        "epsilon is written as the number 1e-8, and the argument is ignored",
        _NUMBER,
        lambda a: a.step(direction=lambda g, s: g / (np.sqrt(s) + 1e-8)),
    ),
    _rms(
        "epsilon-literal",
        "epsilon is written as the number 1e-8, and the argument is ignored",
        _NUMBER,
        lambda a: a.step(direction=lambda g, s: g / np.sqrt(s + 1e-8)),
    ),
    _rms(
        "epsilon-kept",
        "epsilon is added to s itself and is returned with it",
        "Epsilon belongs to the division alone.",
        lambda a: a.step({name: s + a.epsilon for name, s in a.new().items()}, direction=lambda g, s: g / np.sqrt(s)),
    ),
    _rms(
        "biases-forgotten",
        "the biases are not updated",
        "Every layer has two kinds of parameters.",
        lambda a: a.step(p=_weights(a.p)),
    ),
    _rms(
        "biases-forgotten",
        "the biases are not updated",
        "Every layer has two kinds of parameters.",
        lambda a: a.step(kept=_weights(a.new()), p=_weights(a.p)),
    ),
    _rms(
        "last-layer-forgotten",
        "the last layer is left out: the loop ends one layer early",
        "Write down which layers your range() visits for a network of three layers.",
        lambda a: a.step(kept=_but_last(a.new(), a), p=_but_last(a.p, a)),
    ),
    _of("update_parameters_with_rmsprop")(
        "mutated-input",
        "the arrays of the caller are overwritten",
        "Look at the difference between a -= b and a = a - b for arrays.",
        _in_place,
    ),
]

MISTAKES = (*AVERAGES, *RMSPROP)
