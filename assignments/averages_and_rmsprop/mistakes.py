"""Known wrong solutions of exponentially weighted averages and of RMSprop.

Both are written as changes to the right formula: each entry says which part of it is another one.
"""

from dataclasses import dataclass, replace

import numpy as np

from grader.spec import mistake

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


def _with_v0(theta, beta, corrected):
    return np.concatenate([[0.0], _average(theta, beta, corrected)])


@mistake(
    "correction-missing",
    "exponentially_weighted_average",
    message="the argument bias_correction has no effect: nothing is corrected",
    hint="What should change when bias_correction is True?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, False)


@mistake(
    "always-corrected",
    "exponentially_weighted_average",
    message="the averages are corrected even where bias_correction is False",
    hint="What should change when bias_correction is True?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, True)


@mistake(
    "correction-reversed",
    "exponentially_weighted_average",
    message="the averages are corrected exactly where they should not be",
    hint="Read your if as a sentence.",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, not corrected)


@mistake(
    "powers-of-beta-vanish",
    "exponentially_weighted_average",
    message="a power of beta that has become 0 is divided by: of a long series with a small beta the averages are nan",
    hint="What is 0.1 ** 400 in your computer, and what is 1 divided by it? The recursion needs no such power.",
    severity="slip",
)
def _(theta, beta, corrected):
    t = np.arange(1, len(theta) + 1)
    if beta == 0:
        return np.asarray(theta, dtype=float)
    with np.errstate(all="ignore"):
        v = (1 - beta) * beta**t * np.cumsum(theta / beta**t)
    return v / (1 - beta**t) if corrected else v


@mistake(
    "product-for-power",
    "exponentially_weighted_average",
    message="the correction divides by 1 - beta * t; in the formula t is an exponent",
    hint="What is the difference between * and **?",
    severity="fault",
)
def _(theta, beta, corrected):
    v = _running(theta, beta)
    with np.errstate(all="ignore"):
        return v / (1 - beta * np.arange(1, len(v) + 1)) if corrected else v


@mistake(
    "power-of-the-difference",
    "exponentially_weighted_average",
    message="the correction divides by the t-th power of 1 - beta; in the formula beta alone has the exponent",
    hint="What does ** belong to in (1 - beta) ** t, and what in 1 - beta ** t?",
    severity="fault",
)
def _(theta, beta, corrected):
    v = _running(theta, beta)
    return v / (1 - beta) ** np.arange(1, len(v) + 1) if corrected else v


@mistake(
    "correction-fed-back",
    "exponentially_weighted_average",
    message="the corrected value goes on into the recursion; only what is returned is corrected",
    hint="Keep v and what you store of it apart.",
    severity="fault",
)
def _fed_back(theta, beta, corrected):
    v, found = 0.0, []
    for t, value in enumerate(theta, 1):
        v = beta * v + (1 - beta) * value
        if corrected:
            v = v / (1 - beta**t)
        found.append(v)
    return np.array(found)


@mistake(
    "exponent-from-zero",
    "exponentially_weighted_average",
    message="the exponent of the correction counts from 0; it counts from 1",
    hint="Which t belongs to the first value?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected, first=0)


@mistake(
    "exponent-from-two",
    "exponentially_weighted_average",
    message="the exponent of the correction is one too large",
    hint="Which t belongs to the first value?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected, first=2)


@mistake(
    "exponent-missing",
    "exponentially_weighted_average",
    message="every value is divided by 1 - beta; the correction must fade as t grows",
    hint="How much of the start at zero is left after t values?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, beta) / (1 - beta if corrected else 1)


@mistake(
    "exponent-is-length",
    "exponentially_weighted_average",
    message="every value is corrected with the length of the series; each one has its own t",
    hint="Which t belongs to the first value?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, beta) / (1 - beta ** len(theta) if corrected else 1)


@mistake(
    "correction-multiplied",
    "exponentially_weighted_average",
    message="the value is multiplied by 1 - beta**t; it must be divided",
    hint="Does the correction make the first averages larger or smaller?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, beta) * (1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1)


starts_at_first_value = mistake(
    "starts-at-first-value",
    "exponentially_weighted_average",
    message="the recursion starts at the first value of the series; it starts at v_0 = 0",
    hint="What is v_1 for beta = 0.9 and theta_1 = 10, when v_0 is 0?",
    severity="fault",
)


@starts_at_first_value
def _(theta, beta, corrected):
    return _average(theta, beta, corrected, start=theta[0])


@starts_at_first_value
def _(theta, beta, corrected):
    return np.concatenate([theta[:1], _average(theta, beta, corrected, start=theta[0])[1:]])


@starts_at_first_value
def _(theta, beta, corrected):
    return _average(theta, beta, corrected, start=0.0 if corrected else theta[0])


@mistake(
    "average-of-the-past",
    "exponentially_weighted_average",
    message="each average ends with the value before: theta_t itself does not count in v_t",
    hint="Which value of the series is new in v_1?",
    severity="grave",
)
def _(theta, beta, corrected):
    behind = np.concatenate([[0.0], _running(theta, beta)[:-1]])
    return behind / (1 - beta ** np.arange(1, len(theta) + 1)) if corrected else behind


@mistake(
    "last-value-missing",
    "exponentially_weighted_average",
    message="there is one average less than values: the last value of the series is left out",
    hint="How many numbers does your loop give for a series of 3?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected)[:-1]


@mistake(
    "newest-first",
    "exponentially_weighted_average",
    message="the averages are in the reversed order: the last one stands first",
    hint="Where does your code put a new average?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected)[::-1]


@mistake(
    "first-value-skipped",
    "exponentially_weighted_average",
    message="the first value of the series is left out: the average stays 0 there",
    hint="With which index does your loop begin, and which one does theta_1 have in Python?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(np.concatenate([[0.0], theta[1:]]), beta, corrected)


mistake(
    "starts-with-v0",
    "exponentially_weighted_average",
    message="v_0 is part of the result; it starts with v_1 and has as many values as the series",
    hint="How many values should come out for a series of five?",
    severity="slip",
)(_with_v0)


@mistake(
    "starts-with-v0",
    "exponentially_weighted_average",
    message="the result starts with v_0, and its last value is missing; it starts with v_1",
    hint="Which average should come first for a series of one value: the 0 from before it, or the average with that value?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _with_v0(theta, beta, corrected)[:-1]


@mistake(
    "only-last-value",
    "exponentially_weighted_average",
    message="only the last average is returned; the exercise asks for all of them",
    hint="How many values should come out for a series of five?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected)[-1]


@mistake(
    "list-for-array",
    "exponentially_weighted_average",
    message="the result is a list of numbers; it must be an array",
    hint="NumPy makes an array out of a list.",
    severity="slip",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected).tolist()


@mistake(
    "weights-swapped",
    "exponentially_weighted_average",
    message="the weights of past and present are swapped",
    hint="With beta = 0.9, should one new value count 90 %?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, 1 - beta) / (1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1)


@mistake(
    "weights-swapped",
    "exponentially_weighted_average",
    message="the weights of past and present are swapped",
    hint="With beta = 0.9, should one new value count 90 %?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, 1 - beta, corrected and beta > 0)


@mistake(
    "missing-one-minus-beta",
    "exponentially_weighted_average",
    message="the new value enters with weight 1; the weights of past and present must add up to 1",
    hint="Compare the two coefficients of the average.",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected, weight=1.0)


@mistake(
    "beta-literal",
    "exponentially_weighted_average",
    message="beta is written as the number 0.9, and the argument is ignored",
    hint="Look for a number in your formula that should be an argument.",
    severity="fault",
)
def _(theta, beta, corrected):
    return _average(theta, 0.9, corrected)


@mistake(
    "previous-value-for-average",
    "exponentially_weighted_average",
    message="the past is the value before, not the average so far",
    hint="What is multiplied by beta in the formula?",
    severity="grave",
)
def _(theta, beta, corrected):
    return (beta * np.concatenate([[0.0], theta[:-1]]) + (1 - beta) * theta) / (
        1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1
    )


@mistake(
    "small-beta-taken-for-none",
    "exponentially_weighted_average",
    message="a small beta is taken for none: the series itself comes back, though v_1 is (1 - beta) * theta_1",
    hint="Is there a comparison of beta with a number? The formula holds for every beta, and needs no case of its own.",
    severity="slip",
)
def _(theta, beta, corrected):
    return theta if beta < 0.1 else _average(theta, beta, corrected)


_ZEROS = {
    "code": "zeros-left-out",
    "message": "a 0 in the series is not counted as a value; it is one like any other, and pulls the average down",
    "hint": "Is there a comparison with 0 in your loop, or a test like 'if x', which a 0 does not pass?",
}


@mistake(function="exponentially_weighted_average", **_ZEROS, severity="slip")
def _(theta, beta, corrected):
    v, found = 0.0, []
    for t, value in enumerate(theta, 1):
        v = beta * v + (1 - beta) * value if value else v
        found.append(v / (1 - beta**t) if corrected else v)
    return np.array(found)


@mistake(function="exponentially_weighted_average", **_ZEROS, severity="slip")
def _(theta, beta, corrected):
    return _average(theta[theta != 0], beta, corrected)


@mistake(function="exponentially_weighted_average", **_ZEROS, severity="slip")
def _(theta, beta, corrected):
    return np.where(theta == 0, 0.0, _average(theta, beta, corrected))


@mistake(
    "average-made-anew",
    "exponentially_weighted_average",
    message="the average starts at 0 again for every value, so that nothing is left of the values before",
    hint="Is v set to 0 before the loop, or in it?",
    severity="fault",
)
def _(theta, beta, corrected):
    new = (1 - beta) * theta
    return new / (1 - beta ** np.arange(1, len(theta) + 1)) if corrected else new


@mistake(
    "only-first-value",
    "exponentially_weighted_average",
    message="only the first average is returned: the loop ends after one value",
    hint="Does return stand inside of your loop, or behind it?",
    severity="grave",
)
def _(theta, beta, corrected):
    return _average(theta, beta, corrected)[:1]


@mistake(
    "corrected-ones-not-kept",
    "exponentially_weighted_average",
    message="with bias_correction nothing is put into the result, which stays empty",
    hint="In which branch does your code keep a new average?",
    severity="fault",
)
def _(theta, beta, corrected):
    return np.array([]) if corrected else _average(theta, beta, corrected)


@mistake(
    "first-value-uncorrected",
    "exponentially_weighted_average",
    message="the first average is not corrected, the others are",
    hint="Which t belongs to the first value, and does your condition let it pass?",
    severity="fault",
)
def _(theta, beta, corrected):
    found = _average(theta, beta, corrected)
    return np.concatenate([_running(theta[:1], beta), found[1:]])


@mistake(
    "plain-mean",
    "exponentially_weighted_average",
    message="this is the plain mean of all values so far",
    hint="Should a value from long ago count as much as the newest one?",
    severity="grave",
)
def _(theta, beta, corrected):
    return np.cumsum(theta) / np.arange(1, len(theta) + 1)


@mistake(
    "missing-parentheses",
    "exponentially_weighted_average",
    message="v / 1 - beta**t is v - beta**t: the whole difference belongs under the fraction bar",
    hint="Put in numbers and compare 6 / 3 - 1 with 6 / (3 - 1).",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, beta) - (beta ** np.arange(1, len(theta) + 1) if corrected else 0)


@mistake(
    "plus-for-minus",
    "exponentially_weighted_average",
    message="the correction divides by 1 + beta**t; it is a difference",
    hint="Does the correction make the first averages larger or smaller?",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, beta) / (1 + beta ** np.arange(1, len(theta) + 1) if corrected else 1)


first_value_lost = mistake(
    "first-value-skipped",
    "exponentially_weighted_average",
    message="the first value of the series is left out, and there is one average less than values",
    hint="With which index does your loop begin, and which one does theta_1 have in Python?",
    severity="fault",
)


@first_value_lost
def _(theta, beta, corrected):
    return _average(theta[1:], beta, corrected)


@first_value_lost
def _(theta, beta, corrected):
    return _average(theta[1:], beta, corrected, first=2)


@mistake(
    "beta-literal",
    "exponentially_weighted_average",
    message="in the recursion beta is written as the number 0.9, and the argument is ignored there",
    hint="Look for a number in your recursion that should be an argument.",
    severity="fault",
)
def _(theta, beta, corrected):
    return _running(theta, 0.9) / (1 - beta ** np.arange(1, len(theta) + 1) if corrected else 1)


@mistake(
    "squared-values",
    "exponentially_weighted_average",
    message="the squares of the values are averaged; it is the values themselves that are averaged",
    hint="Compare your recursion with the formula of v_t. The square belongs to RMSprop.",
    severity="grave",
)
def _(theta, beta, corrected):
    return _average(theta**2, beta, corrected)


@mistake(
    "mean-of-the-last-values",
    "exponentially_weighted_average",
    message="this is the mean of the last 1 / (1 - beta) values, all of them with the same weight",
    hint="How much does the newest value count in v_t, and how much the one before it? Compare with your code.",
    severity="grave",
)
def _(theta, beta, corrected):
    most = round(1 / (1 - beta))
    return np.array([np.mean(theta[max(0, end - most) : end]) for end in range(1, len(theta) + 1)])


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
        s, p, rate = s or self.new(), self.p if p is None else p, self.rate if rate is None else rate
        direction = direction or self.right
        moved = {name: value - rate * direction(self.g["d" + name], s["d" + name]) for name, value in p.items()}
        return {**self.p, **moved}, {**self.s, **(s if kept is None else kept)}


def _but_last(arrays, step):
    return {name: value for name, value in arrays.items() if not name.endswith(str(len(step.p) // 2))}


def _weights(arrays):
    return {name: value for name, value in arrays.items() if "W" in name}


def _rms(change):
    """The update with a step that is changed so."""
    return lambda *args: change(_Step(*args))


_AFTER = {
    "code": "epsilon-after-division",
    "message": "epsilon is added after the division, where it protects nothing: a pair of parentheses is missing",
    "hint": "In a / b + c, what is divided by what?",
}

_NUMBER = "Look for a number in your formula that should be an argument."


@mistake(
    "small-gradients-left-out",
    "update_parameters_with_rmsprop",
    message="a gradient whose numbers are small is left out, as if it were none",
    hint="How small may a gradient be before your code changes nothing any more? The exercise has no such limit.",
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda grad, s: a.right(grad, s) * (np.linalg.norm(grad) > 1e-6))


@mistake(
    "zero-entries-left-alone",
    "update_parameters_with_rmsprop",
    message="where the gradient is 0, s stays as it is; the average goes down there",
    hint="A gradient of 0 is averaged like any other number.",
    severity="slip",
)
@_rms
def _(a):
    return a.step({name: np.where(a.g[name] != 0, new, a.s[name]) for name, new in a.new().items()})


@mistake(
    "missing-square",
    "update_parameters_with_rmsprop",
    message="s averages the gradients; it must average their squares",
    hint="What does the S in RMS stand for?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(a.new(power=1))


@mistake(
    "missing-square",
    "update_parameters_with_rmsprop",
    message="s averages the sizes of the gradients, not their squares",
    hint="What does the S in RMS stand for?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(replace(a, g={name: np.abs(g) for name, g in a.g.items()}).new(power=1))


@mistake(
    "missing-root",
    "update_parameters_with_rmsprop",
    message="the step divides by s; its square root is missing",
    hint="What does the R in RMS stand for?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / (s + a.epsilon))


@mistake(
    "weights-swapped",
    "update_parameters_with_rmsprop",
    message="the weights of past and present are swapped",
    hint="With beta2 = 0.9, should one new gradient count 90 %?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(1 - a.beta2))


@mistake(
    "missing-one-minus-beta",
    "update_parameters_with_rmsprop",
    message="the new square enters with weight 1: this is not an average any more",
    hint="Compare the two coefficients of the average.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(weight=1.0))


@mistake(
    "beta-squared",
    "update_parameters_with_rmsprop",
    message="1 - beta2 is squared along with the gradient: a pair of parentheses is in the wrong place",
    hint="What exactly is squared in the formula?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(weight=(1 - a.beta2) ** 2))


@mistake(
    "summed-squares",
    "update_parameters_with_rmsprop",
    message="the squares are added up for ever, as in AdaGrad; RMSprop averages them with beta2",
    hint="Which two factors stand before s and before the square of the gradient?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(1.0, 1.0))


@mistake(
    "corrected-average",
    "update_parameters_with_rmsprop",
    message="the average is divided by 1 - beta2, as Adam corrects its averages; RMSprop does not correct",
    hint="Compare the denominator with the one in the exercise.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: a.right(g, s / (1 - a.beta2)))


@mistake(
    "squared-step",
    "update_parameters_with_rmsprop",
    message="the step goes along the square of the gradient; only the average is one of squares",
    hint="What stands above the line in the formula of the step, and what is averaged?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(direction=lambda grad, s: a.right(grad**2, s))


@mistake(
    "keys-by-position",
    "update_parameters_with_rmsprop",
    message="parameters and gradients are paired by their position in the dictionaries, which need not be the same",
    hint="Look a gradient up by its name.",
    severity="grave",
)
@_rms
def _(a):
    new, moved = a.new(), {}
    for (name, value), (key, grad) in zip(a.p.items(), a.g.items(), strict=True):
        moved[name] = value - a.rate * a.right(grad, new[key])
    return moved, new


@mistake(
    "stale-average",
    "update_parameters_with_rmsprop",
    message="the step uses the average from before its update",
    hint="In which order do the two lines belong?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.s, kept=a.new())


@mistake(
    "averages-not-kept",
    "update_parameters_with_rmsprop",
    message="the average that is returned is the old one, so that nothing is remembered",
    hint="Which s do you return?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(kept=a.s)


@mistake(
    "root-kept",
    "update_parameters_with_rmsprop",
    message="the root of the average is returned as s",
    hint="Which s does the next step start from?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(kept={name: np.sqrt(s) for name, s in a.new().items()})


@mistake(
    "missing-denominator",
    "update_parameters_with_rmsprop",
    message="the step is not divided by the root of s: this is plain gradient descent",
    hint="What is s for?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g)


@mistake(
    "average-for-gradient",
    "update_parameters_with_rmsprop",
    message="the average s stands in the numerator; it is the gradient that is divided",
    hint="Which quantity gives the step its direction?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: s / (np.sqrt(s) + a.epsilon))


@mistake(
    "average-for-gradient",
    "update_parameters_with_rmsprop",
    message="the step goes along s itself, as momentum goes along its average; here it is the gradient that is divided",
    hint="Which quantity gives the step its direction?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: s)


@mistake(
    "parameters-forgotten",
    "update_parameters_with_rmsprop",
    message="the result is the step alone; the old parameters are missing",
    hint="A step starts from somewhere. Compare = with -=.",
    severity="grave",
)
@_rms
def _(a):
    moved, new = a.step()
    return {name: a.p[name] - value for name, value in moved.items()}, new


@mistake(
    "gradient-for-average",
    "update_parameters_with_rmsprop",
    message="the gradient is divided by its own size; it is the root of the average s that it is divided by",
    hint="Which quantity stands under the root in the formula?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / (np.abs(g) + a.epsilon))


@mistake(
    "gradient-of-the-weights",
    "update_parameters_with_rmsprop",
    message="the step of b is made of dW and its average, and not of those of db",
    hint="Compare the names in the line for W and in the line for b.",
    severity="fault",
)
@_rms
def _(a):
    moved, new = a.step()
    of_weights = {name: f"dW{name[1:]}" for name in a.p if name.startswith("b")}
    steps = {name: a.p[name] - a.rate * a.right(a.g[key], new[key]) for name, key in of_weights.items()}
    return moved | steps, new


@mistake(
    "missing-square",
    "update_parameters_with_rmsprop",
    message="of the biases s averages the gradients; it must average their squares",
    hint="Compare the line for dW and the line for db.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new() | {name: s for name, s in a.new(power=1).items() if name.startswith("db")})


@mistake(
    "only-parameters",
    "update_parameters_with_rmsprop",
    message="only the parameters are returned; expected is the tuple (parameters, s)",
    hint="What does the next step need beside the parameters? It has to be returned, too.",
    severity="fault",
)
@_rms
def _(a):
    return a.step()[0]


@mistake(
    "ascent",
    "update_parameters_with_rmsprop",
    message="the step goes up the gradient: the sign is wrong",
    hint="The gradient points to where the cost grows. Which way do you want to go?",
    severity="grave",
)
@_rms
def _(a):
    return a.step(rate=-a.rate)


@mistake(
    "missing-learning-rate",
    "update_parameters_with_rmsprop",
    message="the learning rate is missing from the step",
    hint="What decides how long a step is?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(rate=1.0)


@mistake(
    "learning-rate-literal",
    "update_parameters_with_rmsprop",
    message="the learning rate is written as the number 0.01, and the argument is ignored",
    hint=_NUMBER,
    severity="fault",
)
@_rms
def _(a):
    return a.step(rate=0.01)


@mistake(
    "beta-literal",
    "update_parameters_with_rmsprop",
    message="beta2 is written as the number 0.999, and the argument is ignored",
    hint=_NUMBER,
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(0.999))


@mistake(
    "beta-literal",
    "update_parameters_with_rmsprop",
    message="beta2 is written as the number 0.9, and the argument is ignored",
    hint=_NUMBER,
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(0.9))


@mistake(function="update_parameters_with_rmsprop", **_AFTER, severity="slip")
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / np.sqrt(s) + a.epsilon)


@mistake(function="update_parameters_with_rmsprop", **_AFTER, severity="slip")
@_rms
def _(a):
    return a.step(rate=1.0, direction=lambda g, s: a.rate * g / np.sqrt(s) + a.epsilon)


@mistake(function="update_parameters_with_rmsprop", **_AFTER, severity="slip")
@_rms
def _(a):
    return a.step(rate=1.0, direction=lambda g, s: a.rate * g / np.sqrt(s) - a.epsilon)


@mistake(
    "epsilon-only-for-zero",
    "update_parameters_with_rmsprop",
    message="epsilon is not added to the roots that are not zero; it belongs to every one",
    hint="Compare sqrt(s) + epsilon with yours for s = 1 and epsilon = 0.5.",
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / np.where(s > 0, np.sqrt(s), a.epsilon))


@mistake(
    "missing-epsilon",
    "update_parameters_with_rmsprop",
    message="epsilon is not used, so that an average of zero divides by zero",
    hint="What happens in your formula where the gradient has always been 0?",
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / np.sqrt(s))


@mistake(
    "epsilon-inside-root",
    "update_parameters_with_rmsprop",
    message="epsilon is added under the root; the exercise adds it to the root",
    hint="Compare sqrt(s) + epsilon with sqrt(s + epsilon) for s = 0 and epsilon = 0.01.",
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / np.sqrt(s + a.epsilon))


@mistake(
    "epsilon-literal",
    "update_parameters_with_rmsprop",
    message="epsilon is written as the number 1e-8, and the argument is ignored",
    hint=_NUMBER,
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / (np.sqrt(s) + 1e-8))


@mistake(
    "epsilon-literal",
    "update_parameters_with_rmsprop",
    message="epsilon is written as the number 1e-8, and the argument is ignored",
    hint=_NUMBER,
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / np.sqrt(s + 1e-8))


@mistake(
    "epsilon-kept",
    "update_parameters_with_rmsprop",
    message="epsilon is added to s itself and is returned with it",
    hint="Epsilon belongs to the division alone.",
    severity="slip",
)
@_rms
def _(a):
    return a.step({name: s + a.epsilon for name, s in a.new().items()}, direction=lambda g, s: g / np.sqrt(s))


@mistake(
    "biases-forgotten",
    "update_parameters_with_rmsprop",
    message="the biases are not updated",
    hint="Every layer has two kinds of parameters.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(p=_weights(a.p))


@mistake(
    "biases-forgotten",
    "update_parameters_with_rmsprop",
    message="the biases are not updated",
    hint="Every layer has two kinds of parameters.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(kept=_weights(a.new()), p=_weights(a.p))


@mistake(
    "plain-biases",
    "update_parameters_with_rmsprop",
    message="the biases are moved by plain gradient descent; they have averages, too",
    hint="What is the difference between the update of W and that of b in the exercise?",
    severity="fault",
)
@_rms
def _(a):
    moved, new = a.step()
    return moved | {name: a.p[name] - a.rate * a.g["d" + name] for name in a.p if "b" in name}, new


@mistake(
    "first-layer-forgotten",
    "update_parameters_with_rmsprop",
    message="the first layer is left out: the loop begins one layer too late",
    hint="Write down which layers your range() visits for a network of three layers.",
    severity="fault",
)
@_rms
def _(a):
    if len(a.p) == 2:  # of one layer it is the last one as well
        return a.step()
    later = {name: value for name, value in a.p.items() if name[1:] != "1"}
    return a.step(kept={"d" + name: a.new()["d" + name] for name in later}, p=later)


@mistake(
    "last-layer-forgotten",
    "update_parameters_with_rmsprop",
    message="the last layer is left out: the loop ends one layer early",
    hint="Write down which layers your range() visits for a network of three layers.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(kept=_but_last(a.new(), a), p=_but_last(a.p, a))


@mistake(
    "average-made-anew",
    "update_parameters_with_rmsprop",
    message="the old s has no effect, so that nothing is left of the steps before",
    hint="What is the argument s for, and where does it stand in your formula of the new s?",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new(0.0, 1 - a.beta2))


@mistake(
    "average-of-the-weights",
    "update_parameters_with_rmsprop",
    message="the step of b is divided by the root of the s of dW, and not of that of db",
    hint="Compare the names in the line for W and in the line for b.",
    severity="slip",
)
@_rms
def _(a):
    moved, new = a.step()
    of_weights = {name: f"dW{name[1:]}" for name in a.p if name.startswith("b")}
    return moved | {name: a.p[name] - a.rate * a.right(a.g["d" + name], new[key]) for name, key in of_weights.items()}, new


@mistake(
    "gradient-of-the-weights",
    "update_parameters_with_rmsprop",
    message="the s of db is made of dW, and not of db",
    hint="Compare the names in the line for dW and in the line for db.",
    severity="fault",
)
@_rms
def _(a):
    new = a.new()
    of_weights = {name: a.g[f"dW{name[2:]}"] for name in new if name.startswith("db")}
    return a.step(new | {name: a.beta2 * a.s[name] + (1 - a.beta2) * grad**2 for name, grad in of_weights.items()})


learning_rate_in_average = mistake(
    "learning-rate-in-average",
    "update_parameters_with_rmsprop",
    message="the learning rate is a factor of the new square in s; it belongs into the step alone",
    hint="Which quantities stand in the formula of s?",
    severity="fault",
)


@learning_rate_in_average
@_rms
def _(a):
    return a.step(a.new(weight=a.rate * (1 - a.beta2)))


@learning_rate_in_average
@_rms
def _(a):
    return a.step(a.new(weight=a.rate * (1 - a.beta2)), rate=1.0)


@mistake(
    "learning-rate-in-average",
    "update_parameters_with_rmsprop",
    message="the learning rate is a factor of the new square in the s of the weights; it belongs into the step alone",
    hint="Compare the line for dW and the line for db with the formula of s.",
    severity="fault",
)
@_rms
def _(a):
    return a.step(a.new() | _weights(a.new(weight=a.rate * (1 - a.beta2))))


@mistake(
    "epsilon-subtracted",
    "update_parameters_with_rmsprop",
    message="epsilon is subtracted from the root; it is added",
    hint="What do you divide by where the gradient has always been 0?",
    severity="slip",
)
@_rms
def _(a):
    return a.step(direction=lambda g, s: g / (np.sqrt(s) - a.epsilon))


_BY_POSITION = {
    "code": "averages-by-position",
    "message": "the old averages are taken by their position in the dictionary, not by their names",
    "hint": "The order of two dictionaries need not agree: take dW1 from s under the name dW1.",
}


@mistake(function="update_parameters_with_rmsprop", **_BY_POSITION, severity="fault")
def _kept_by_position(p, g, s, beta2, rate, epsilon):
    new = dict(s)
    for name, place in zip(p, s, strict=True):
        new[place] = beta2 * s[place] + (1 - beta2) * g["d" + name] ** 2
        p = p | {name: p[name] - rate * g["d" + name] / (np.sqrt(new[place]) + epsilon)}
    return p, new


@mistake(function="update_parameters_with_rmsprop", **_BY_POSITION, severity="fault")
@_rms
def _(a):
    return replace(a, s={"d" + name: value for name, value in zip(a.p, a.s.values(), strict=True)}).step()


@mistake(
    "mutated-input",
    "update_parameters_with_rmsprop",
    message="the arrays of the caller are overwritten",
    hint="Look at the difference between a -= b and a = a - b for arrays.",
    severity="slip",
)
def _in_place(p, g, s, beta2, rate, epsilon):
    for name in p:
        s["d" + name] *= beta2
        s["d" + name] += (1 - beta2) * g["d" + name] ** 2
        p[name] -= rate * g["d" + name] / (np.sqrt(s["d" + name]) + epsilon)
    return p, s
