"""Gradient checking: the two published exercises of source 000, with one parameter and with 47."""

import numpy as np

from grader.descent import (
    along,
    difference_problem,
    is_bounded_below,
    length_of,
    price_problem,
    slope_told,
    steeper,
)
from grader.spec import Assignment, CaseClass, CaseSet, Code, Function, Objection, Property, cases

_LAYERS = [4, 5, 3, 1]
_CACHE = ("Z1", "A1", "W1", "b1", "Z2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")

# -- one parameter -----------------------------------------------------------------------


def _point(d):
    """x and theta, neither of them near the other, nor near 0 where the class does not pin one to 0."""
    x, theta = d.number(-4, 4), d.number(-6, 6)
    if min(abs(x), abs(theta), abs(abs(x) - abs(theta))) < 0.25:
        d.reject("a formula with x and theta swapped would look right")
    return (0.0 if d.case == "x of 0" else x), (0.0 if d.case == "theta of 0" else theta)


def _any_point(d):
    """A point of any size and sign, with all its digits: a clip shows in large numbers alone, rounding in long ones."""
    x, theta = _point(d)
    if d.case != "general":
        return x, theta
    x, theta = (number * (1 + d.rng.uniform(0, 1 / 64)) for number in (x, theta))
    return d.choice([(x, theta), (64.0 * abs(x), 64.0 * theta), (-64.0 * abs(x), 64.0 * theta)])


def _two_thetas(d):
    x, theta = _point(d)
    other = d.number(-6, 6) + 0.5
    return x, theta, other


def _sum_of_thetas(d):
    x, theta, other = _two_thetas(d)
    return [(x, theta), (x, other), (x, theta + other)]


def _is_linear(given):
    first, second, both = (float(np.asarray(reply).item()) for reply in given.replies)
    if np.isclose(first + second, both, rtol=1e-9, atol=1e-12):
        return None
    return f"J(a) + J(b) is {first + second:.6g} and J(a + b) is {both:.6g}, but J is linear in theta"


def _same_x(d):
    x, theta, other = _two_thetas(d)
    return [(x, theta), (x, other)]


def _ignores_theta(given):
    first, second = (float(np.asarray(reply).item()) for reply in given.replies)
    if np.isclose(first, second, rtol=1e-9, atol=1e-12):
        return None
    return f"the derivative is {first:.6g} at one theta and {second:.6g} at another, but J is linear in theta"


def _planted(d):
    """What the planted derivative claims: far from the true one, x."""
    x, theta = _point(d)
    if d.case == "theta of 0":  # two small gradients that are far apart all the same
        x /= 16
    claim = {"opposite sign": (-1.5, 0.0, 0.0), "zero derivative": (0.0, 0.0, 0.0)}.get(d.case)
    if claim is None:
        claim = d.choice([2.0, 0.5, 0.75, -0.5, 3.0]), d.choice([0.0, 0.25, -0.5]), d.choice([0.0, 1.0, -0.5])
    if d.case == "theta of 0":
        claim = *claim[:2], 0.0
    found = claim[0] * x + claim[1] * theta + claim[2]
    if claim[0] and abs(found - x) < 0.1 * (abs(found) + abs(x)):
        d.reject("the planted fault is too small to be compared by value")
    d.give("backward_propagation", Code("derivative", claim))
    return x, theta, d.choice([1e-7, 1e-6, 1e-4, 1e-2, 0.25])


def _two_claims(d):
    """A derivative and an output that both claim something else than x: their distance is nobody's rounding.

    So a body that has written one of the two out is right by value, too, and is told so by a check of its own. One that
    has written out both gives the rounding of its slope, which is the same for all who do: epsilon is so small here that
    it has five digits. No other case has this x: what a right body remembers of one call (a slope, by x, theta and
    epsilon) stays true.
    """
    x, theta, _ = _planted(d)
    x += d.rng.uniform(0, 1 / 64)
    epsilon = d.choice([1e-7, 2e-7, 4e-7])
    if abs(((theta + epsilon) * x - (theta - epsilon) * x) / (2 * epsilon) - x) < 2e-10 * abs(x):
        d.reject("the rounding of a slope that is written out has too few digits")
    factor = d.choice([0.5, 1.5, 4.0] if d.case == "opposite sign" else [0.5, -2.0, 1.5, 4.0])
    of_x, of_theta, constant = d.given["backward_propagation"].args
    claim = of_x * x + of_theta * theta + constant
    if abs(claim - factor * x) < 0.1 * (abs(claim) + abs(factor * x)):
        d.reject("the planted fault is too small to be compared by value")
    if claim * factor * x < 0 and d.case != "opposite sign":
        d.reject("the difference is 1, as it is with most wrong slopes")
    d.give("forward_propagation", Code("output", (factor,)))
    return x, theta, epsilon


_OFF = 2.0**-13  # a fault so small that the rounding of a slope shows in the last digits of the difference


def _measured_calls(d):
    """Numbers with all their digits, so that a difference of two of their products is rounded, whoever computes it.

    Where nothing but theta with epsilon is rounded, the slope is off by what depends on the power of two below theta alone.
    """
    d.give("backward_propagation", Code("derivative", (1.0 + _OFF, 0.0, 0.0)))
    d.give("forward_propagation", Code("output", (1.0,)))
    return [(d.rng.uniform(0.5, 4.0), d.rng.uniform(1.0, 2.0) * 2.0**power, 1e-7) for power in [*range(-1, 5)] * 2]


def _is_measured(given):
    """A numerical derivative is off by rounding, by another number each time; what is written down by none, or by one."""
    differences = [float(np.asarray(reply).item()) for reply in given.replies]
    numbers = {f"{difference:.10g}" for difference in differences}
    if len(numbers) > 2:
        return None
    often = "in all of" if len(numbers) == 1 else "or one other number in"
    return Objection(
        f"the derivative that backward_propagation gives here is {_OFF:.3g} too large for an x of 1, and the difference is "
        f"{differences[0]:.6g} {often} {len(differences)} calls; one that is computed from two values of "
        "forward_propagation is off by rounding, each time by another number: is it computed from them, and not rounded?",
        steps=(0,),
    )


def _right_derivative(d):
    d.give("backward_propagation", Code("derivative", (1.0, 0.0, 0.0)))
    d.give("forward_propagation", Code("output", (1.0,)))
    x, theta = _point(d)
    return [(x, theta, epsilon) for epsilon in (1e-7, 1e-6, 1e-4)]


def _is_small(given):
    """The difference of a right gradient is rounding: nobody's digits are compared."""
    difference = max((float(np.asarray(reply).item()) for reply in given.replies), key=abs)
    if abs(difference) < 1e-6:
        return None
    return f"the gradient is right and the difference is {difference:.3g}, expected less than 1e-6"


def _large_epsilon(d):
    """Of two numbers whose product is exact with this epsilon, so that nothing is rounded but by a smaller one."""
    d.give("backward_propagation", Code("derivative", (1.0, 0.0, 0.0)))
    d.give("forward_propagation", Code("output", (1.0,)))
    eighths = d.rng.integers(2, 32, (4, 2)) / 8.0 * d.rng.choice([-1.0, 1.0], (4, 2))
    return [(float(x), float(theta), 0.25) for x, theta in eighths]


def _uses_epsilon(given):
    """J is linear in theta: with a large epsilon its slope is as good as exact, with 1e-7 it is off by 1e-10 or more."""
    differences = [abs(float(np.asarray(reply).item())) for reply in given.replies]
    largest = max(differences)
    if not largest < 1e-6:
        return Objection("the difference has to be near 0 first", checked=False)
    if largest < 1e-12 or len(set(differences)) < 3:  # one number for all that is small is no rounding
        return None
    return Objection(
        f"with epsilon = 0.25 the slope of a linear J is exact, and the difference is below 1e-15; it is {largest:.3g}, "
        "which is the rounding of a much smaller epsilon: is a number written in its place?",
        steps=(differences.index(largest),),
    )


# -- the network -------------------------------------------------------------------------


def _network(d):
    m = d.size("m")
    X, Y, parameters = d.array(4, m), d.labels(1, m), d.parameters(_LAYERS)
    if d.case == "steep":  # the same output: large inputs, too, and large gradients, which nobody may cut off
        X, parameters = 64 * X, steeper(parameters | {"W1": parameters["W1"] / 64}, 256.0)
    if d.case == "kink":  # the first example reaches both hidden layers with exact zeros
        X[:, 0] = 0.0
        parameters["b1"] = -np.abs(parameters["b1"])
        parameters["b1"][:: d.integer(1, 3)] = 0.0
        parameters["b2"][:: d.integer(1, 2)] = 0.0
    return X, Y, parameters


def _forward(d):
    X, Y, parameters = _network(d)
    _, cache = d._reference("forward_propagation_n")(X, Y, parameters)
    if cache[9].min() < 0.02 or cache[9].max() > 0.98:
        d.reject("a clip or guard of 1e-7 would show")
    return X, Y, parameters


def _two_batches(d):
    X, Y, parameters = _forward(d)
    m = X.shape[1] + d.integer(1, 3)
    other, labels = d.array(4, m), d.labels(1, m)
    both = np.concatenate([X, other], axis=1), np.concatenate([Y, labels], axis=1)
    return [(X, Y, parameters), (other, labels, parameters), (*both, parameters)]


def _weighted_mean(given):
    first, second, both = (float(np.asarray(cost).item()) for cost, _ in given.replies)
    if not np.isfinite([first, second]).all():
        return f"the costs of two batches, each alone, are {first:.6g} and {second:.6g}"
    n, k = (step.args[0].shape[1] for step in given.steps[:2])
    expected = (n * first + k * second) / (n + k)
    if np.isclose(both, expected, rtol=1e-6, atol=1e-12):
        return None
    costs = f"batches of {n} and {k} examples cost {first:.6g} and {second:.6g}"
    return f"{costs}: their mean over all examples is {expected:.6g}, but both together cost {both:.6g}"


def _sure_and_wrong(d):
    """One example, and networks that are as good as sure of the other label: a guard of one end alone is seen at one."""
    X, _, parameters = _network(d)
    X, prices = X[:, :1], [14.3 + d.number(0, 0.3) for _ in range(2)]  # a probability below 1e-6
    _, cache = d._reference("forward_propagation_n")(X, np.ones((1, 1)), parameters)
    d.note(prices=[float(np.log1p(np.exp(price))) for price in prices])
    moved = [
        parameters | {"b3": parameters["b3"] + sign * price - cache[8]} for sign, price in zip((1, -1), prices, strict=True)
    ]
    return [(X, np.full((1, 1), float(label)), network) for label, network in enumerate(moved)]


def _is_the_full_price(given):
    """A guard of at most 1e-7 takes a fifth of a unit of it, one of 1e-6 half a unit at least."""
    costs = [cost for cost, _ in given.replies]
    return price_problem(costs, given.facts["prices"], allowed=0.3, network="with these parameters")


def _backward(d):
    X, Y, parameters = _network(d)
    _, cache = d.call("forward_propagation_n", X, Y, parameters)
    d.call("forward_propagation_n", d.array(*X.shape), Y, parameters)  # once more: only the cache tells them apart
    if np.abs(cache[8]).max() > 8:
        d.reject("the output is saturated")
    return X, Y, cache


def _checkable(d):
    """A network, and its right gradients, where numerical derivatives are well-conditioned."""
    X, Y, parameters = _network(d)
    _, cache = d._reference("forward_propagation_n")(X, Y, parameters)
    hidden, AL = np.concatenate([cache[0].ravel(), cache[4].ravel()]), cache[9]
    if np.abs(hidden).min() < 1e-3:
        d.reject("too near to a kink")
    if AL.min() < 0.1 or AL.max() > 0.9:
        d.reject("the output is saturated")
    gradients = d._reference("backward_propagation_n")(X, Y, cache)
    if min(np.linalg.norm(gradients[f"d{name}"]) for name in parameters) < 0.02:
        d.reject("a part of the gradient vanishes")
    return parameters, gradients, X, Y


def _slope(d):
    """A random direction and the slope of the right cost along it, for the judge alone."""
    parameters, _, X, Y = _checkable(d)
    cost = d._reference("forward_propagation_n")
    direction = {name: d.rng.standard_normal(value.shape) for name, value in parameters.items()}
    at = [{n: v + sign * 1e-6 * direction[n] for n, v in parameters.items()} for sign in (1, -1)]
    (plus, _), (minus, _) = (cost(X, Y, p) for p in at)
    d.note(direction=direction, slope=(plus - minus) / 2e-6)
    return [(X, Y, cost(X, Y, parameters)[1])]


def _is_the_slope(given):
    slope = given.facts["slope"]
    claimed = along(given.reply, given.facts["direction"])
    if np.isclose(claimed, slope, rtol=1e-5, atol=1e-6):
        return None
    return slope_told(slope, claimed)


def _with_fault(d, gradients, names):
    """The gradients with a fault of the kind that a wrong backward pass makes."""
    faulty = dict(gradients)
    # Not all gradients: else every norm, and every one of them alone, would say the same.
    some = [name for name in names if d.rng.random() < 0.5]
    if d.case in ("opposite sign", "zero gradient"):
        factor = -1.0 if d.case == "opposite sign" else 0.0
        _say_wrong(d, some, factor)
        return faulty | {name: factor * faulty[name] for name in some}
    kind = d.choice(["one block", "noise", "unrelated", "factor"])
    if kind == "one block":
        name, factor = d.choice(names), d.choice([4.0, -2.0, -1.0, 0.0, 2.0])
        _say_wrong(d, [name], factor)
        return faulty | {name: factor * faulty[name]}
    if kind == "factor":
        factor = d.choice([3.0, 0.5, 0.25])
        _say_wrong(d, some, factor)
        return faulty | {name: factor * faulty[name] for name in some}
    if kind == "noise":
        d.say("The gradients are wrong on purpose: to every entry a number is added.")
        return faulty | {name: faulty[name] + d.array(*faulty[name].shape, scale=0.1) for name in names}
    d.say("The gradients are wrong on purpose: every entry is another number.")
    return faulty | {name: d.array(*faulty[name].shape, scale=0.5) for name in names}


def _say_wrong(d, names, factor):
    d.say(f"The gradients are wrong on purpose: {factor:g} times the right values stand in {', '.join(names)}.")


def _faulty(steps):
    """A strategy: a fault that the reference measures as more than 0.1, at one of these values of epsilon."""

    def inputs(d):
        parameters, gradients, X, Y = _checkable(d)
        faulty = _with_fault(d, gradients, [f"d{name}" for name in parameters])
        epsilon = d.choice(steps)
        if d._reference("gradient_check_n")(parameters, faulty, X, Y, epsilon) < 0.1:
            d.reject("the planted fault is too small to be compared by value")
        return parameters, faulty, X, Y, epsilon

    return inputs


def _right_gradients(d):
    args = (*_checkable(d), d.choice([1e-7, 1e-6]))
    if d._reference("gradient_check_n")(*args) > 1e-7:
        d.reject("rounding is too large here")
    return [args]


def _small_gradients(d):
    """Examples that are surely right, in two degrees: small gradients with a fault, as the difference is relative.

    The third is surely wrong: there gradients are large, and no bound or small number below the line shows.
    """
    X, _, parameters = _network(d)
    Y, check = np.ones((1, X.shape[1])), d._reference("gradient_check_n")
    forward, backward = d._reference("forward_propagation_n"), d._reference("backward_propagation_n")
    questions, sums = [], []
    for score in (9.0, 6.0, -3.0):
        scores = forward(X, Y, parameters)[1][8]
        parameters = parameters | {"b3": parameters["b3"] + score - scores.min()}
        gradients = backward(X, Y, forward(X, Y, parameters)[1])
        faulty = gradients | {"db3": 3.0 * gradients["db3"]}
        questions.append((parameters, faulty, X, Y, 1e-5))
        sums.append(sum(length_of(g, parameters) for g in (faulty, gradients)))
        if min(np.abs(gradients[f"d{name}"]).max() for name in parameters) < 1e-7:
            d.reject("a part of the gradient vanishes")
    hidden = np.concatenate([forward(X, Y, parameters)[1][place].ravel() for place in (0, 4)])
    if np.abs(hidden).min() < 1e-3:
        d.reject("too near to a kink")
    d.note(right=[check(*question) for question in questions], sums=sums)
    return questions


def _is_relative(given):
    return difference_problem(given.replies[:2], given.facts["right"][:2])


def _bounded_below(given):
    return is_bounded_below(given.replies, given.facts["right"], given.facts["sums"])


_STEPS = _faulty([1e-7, 2e-7, 1e-6])
_LARGE_STEPS = _faulty([0.03, 0.125, 0.25, 0.5])
_POINTS = cases(small=10, general=16, theta_of_0={}, x_of_0={}, each=2)

ASSIGNMENT = Assignment(
    name="gradient_checking",
    title="Gradient checking",
    source="exercises of the first week: gradient checking",
    provided_helpers={
        "sigmoid": "reference.three_layer_network.sigmoid",
        "relu": "reference.three_layer_network.relu",
        "dictionary_to_vector": "reference.gradient_checking.dictionary_to_vector",
        "vector_to_dictionary": "reference.gradient_checking.vector_to_dictionary",
        "gradients_to_vector": "reference.gradient_checking.gradients_to_vector",
    },
    functions=(
        Function(
            "forward_propagation",
            points=6,
            inputs=_any_point,
            returns="J",
            summary="J = theta * x",
            classes=_POINTS,
            properties=(Property("linear in theta", share=0.1, plan=_sum_of_thetas, judge=_is_linear),),
        ),
        Function(
            "backward_propagation",
            points=6,
            inputs=_any_point,
            returns="dtheta",
            summary="derivative of J = theta * x with respect to theta",
            classes=_POINTS,
            helpers=("forward_propagation",),
            properties=(Property("the same for every theta", share=0.1, plan=_same_x, judge=_ignores_theta),),
        ),
        Function(
            "gradient_check",
            points=20,
            inputs=_two_claims,
            returns="difference",
            summary="how far backward_propagation is from the numerical derivative",
            classes=cases(small=8, general=14, opposite_sign={}, zero_derivative={}, each=2),
            alternatives=("own_output", "own_derivative", "own_formulas"),
            relative=1e-5,
            sets=(
                CaseSet(
                    "a fault in backward_propagation is found",
                    share=0.3,
                    inputs=_planted,
                    classes=(
                        *cases(small=4, general=8, zero_derivative={}, theta_of_0={}),
                        # There alone a norm of the sum is none of the two norms.
                        CaseClass("opposite sign", count=3, share=0.15),
                    ),
                ),
            ),
            given=("backward_propagation", "forward_propagation"),
            helpers=("forward_propagation",),
            properties=(
                Property(
                    "near 0 when the derivative is right",
                    share=0.1,
                    plan=_right_derivative,
                    judge=_is_small,
                    count=4,
                ),
                Property("the derivative is measured", share=0.1, plan=_measured_calls, judge=_is_measured, count=1),
                Property("epsilon is used", share=0.05, plan=_large_epsilon, judge=_uses_epsilon, count=1),
            ),
        ),
        Function(
            "forward_propagation_n",
            points=16,
            inputs=_forward,
            returns=("cost", "cache"),
            labels={"cache": _CACHE},
            summary="cost of the network 4-5-3-1, and the cache for its backward pass",
            classes=cases(each=4, one_example={"m": 1}, many={"m": (12, 20)}),
            weights={"cache": 0.5},
            guards=("guarded",),
            helpers=("sigmoid", "relu"),
            properties=(
                Property("mean over batches", share=0.1, plan=_two_batches, judge=_weighted_mean),
                Property(
                    "a confident mistake costs its full price",
                    share=0.05,
                    plan=_sure_and_wrong,
                    judge=_is_the_full_price,
                    count=2,
                ),
            ),
        ),
        Function(
            "backward_propagation_n",
            points=24,
            inputs=_backward,
            returns="gradients",
            labels={"cache": _CACHE},
            summary="gradients of that cost: find and mend the two faults in the published version",
            classes=cases(one_example={"m": 1}, many={"m": (12, 20)}, kink={}, steep={}),
            # The exercise hands the function out with two faults, in dW2 and db1: to find them is the work.
            weights={"dZ{l}": 0.1, "dA{l}": 0.1, "dW2": 20, "db1": 20},
            given_away=frozenset({"dZ1", "dZ2", "dZ3", "dA1", "dA2", "dW1", "dW3", "db2", "db3"}),
            properties=(Property("the slope of the cost", share=0.2, plan=_slope, judge=_is_the_slope),),
        ),
        Function(
            "gradient_check_n",
            points=28,
            inputs=_STEPS,
            returns="difference",
            summary="how far the gradients are from the numerical ones",
            classes=cases(small=5, general=8, one_example={"m": 1}, opposite_sign={}, zero_gradient={}),
            relative=1e-5,
            helpers=("forward_propagation_n", "dictionary_to_vector", "vector_to_dictionary", "gradients_to_vector"),
            sets=(
                CaseSet(
                    "large values of epsilon",
                    share=0.4,
                    inputs=_LARGE_STEPS,
                    classes=(CaseClass("general", count=6),),
                ),
            ),
            properties=(
                Property("near 0 when the gradients are right", share=0.2, plan=_right_gradients, judge=_is_small, count=3),
                Property(
                    "relative to small gradients, too",
                    share=0.05,
                    plan=_small_gradients,
                    judge=_is_relative,
                    count=2,
                    fits={"bounded-below": _bounded_below},
                ),
            ),
        ),
    ),
)
