"""Exponentially weighted averages, and RMSprop."""

import numpy as np

from grader.spec import Assignment, CaseClass, CaseSet, Function, Property

_NAMED = 0.1  # what a kind of input carries that the exercise speaks of by name

# -- averages ----------------------------------------------------------------------------


def _series(d):
    n = {
        "small": d.integer(2, 5),
        "general": d.integer(6, 30),
        "one value": 1,
        "long": d.integer(150, 400),
        "long and forgetful": d.integer(620, 700),
    }.get(d.case, d.integer(3, 8))
    beta = {
        "small": d.choice([0.5, 0.75]),
        "no memory": 0.0,
        "long": d.choice([0.98, 0.995, 0.999]),  # the correction still shows after a hundred values
        "long and forgetful": d.choice([0.1, 0.25]),  # the powers of which vanish
        "zeros and repeats": d.choice([0.03, 0.07, 0.9, 0.98]),  # hardly any memory is not none
    }.get(d.case, d.choice([0.9, 0.98, 0.6, 0.3, 0.05]))
    theta = d.array(n, scale=4.0)
    if d.case == "zeros and repeats":  # a zero is a value like any other
        theta[n // 2] = 0.0
        theta[n // 3] = theta[n // 3 - 1]
        theta[-1] = 0.0
    if d.case == "whole numbers":  # temperatures, say, in an array of integers
        theta = np.rint(8 * theta).astype(np.int64)
    return theta, beta, d.choice([False, True])


def _sum_of_series(d):
    theta, beta, corrected = _series(d)
    other = d.array(theta.size)
    return [(theta, beta, corrected), (other, beta, corrected), (theta + other, beta, corrected)]


def _is_linear(given):
    one, two, both = given.replies
    if np.allclose(np.asarray(one) + np.asarray(two), both, rtol=1e-9, atol=1e-12):
        return None
    return "the average of a sum of two series is not the sum of their averages"


def _constant_series(d):
    return [(np.full(d.integer(2, 12), d.number(1, 5)), d.choice([0.9, 0.98, 0.5]), True)]


def _stays_constant(given):
    theta = given.args[0]
    if np.shape(given.reply) != theta.shape:
        return f"a series of {theta.size} numbers gives averages of shape {np.shape(given.reply)}, not one after each"
    if np.allclose(given.reply, theta, rtol=1e-5, atol=0):  # a guard in the correction is right
        return None
    return f"the corrected average of a series that is {theta[0]:g} throughout is not {theta[0]:g}"


# -- RMSprop -----------------------------------------------------------------------------

_TINY = 2.0**-28


def _classes(small=6, general=12, each=3, named=(), **special):
    """Networks small enough to be followed by hand, then deeper ones with neighbours of different size."""
    return (
        CaseClass("small", count=small, sizes={"L": (1, 2), "width": (2, 3)}),
        CaseClass("general", count=general, sizes={"L": (3, 4)}),
        *(
            CaseClass(name.replace("_", " "), count=each, sizes=sizes, share=_NAMED * (name in named))
            for name, sizes in special.items()
        ),
    )


def _zeros(parameters):
    return {"d" + name: np.zeros_like(value) for name, value in parameters.items()}


def _rmsprop(d):
    """At the usual epsilon, where the averages of the squares are far above it (or nothing moves at all)."""
    parameters = d.parameters(d.layers((3, 4), outputs=None))
    if d.case == "first step":  # as every network starts
        parameters = {name: value * name.startswith("W") + 0.0 for name, value in parameters.items()}
    size = 250.0 if d.case == "steep" else 1.0
    if d.case == "tiny gradient":  # where a tiny step shows
        parameters = {name: _TINY * value for name, value in parameters.items()}
    grads = _zeros(parameters) if d.case in ("zero gradient", "at rest") else d.like(parameters, scale=size)
    s = _zeros(parameters) if d.case in ("first step", "at rest") else d.like(parameters, positive=True, scale=size**2)
    if d.case == "tiny gradient":  # and one entry of each is none at all
        grads = {name: _TINY * grad for name, grad in grads.items()}
        for grad in grads.values():
            grad.flat[0] = 0.0
    if d.case == "general":  # a unit that is shut for all examples has no gradient, others have one
        for grad in grads.values():
            grad[: len(grad) > 1] = 0.0
    if d.case != "small":  # as the backward pass builds them: the last layer first
        grads = dict(reversed(grads.items()))
        s = dict(sorted(s.items()))  # all weights first: no two dictionaries have one order
    beta2 = 0.0 if d.case == "no memory" else d.choice([0.999, 0.9, 0.99, 0.5])
    rate = 0.0 if d.case == "rate of 0" else d.choice([0.0007, 0.0125, 0.05, 0.3, 1.25, 4.0])
    return parameters, grads, s, beta2, rate, 1e-8


def _rmsprop_epsilon(d):
    """At an epsilon that shows, also where the averages of the squares vanish."""
    parameters, grads, s, beta2, rate, _ = _rmsprop(d)
    if d.case == "vanishing":
        grads, s = {k: 1e-5 * g for k, g in grads.items()}, {k: 1e-10 * a for k, a in s.items()}
    return parameters, grads, s, beta2, rate, 1e-2


def _rescaled(d):
    """The same step with gradients four times as large, and averages to match."""
    parameters, grads, s, beta2, rate, epsilon = _rmsprop(d)
    larger = {name: 4 * g for name, g in grads.items()}, {name: 16 * a for name, a in s.items()}
    return [(parameters, grads, s, beta2, rate, epsilon), (parameters, *larger, beta2, rate, epsilon)]


def _same_step(given):
    (moved, s), (again, larger) = given.replies
    start, grads = given.steps[0].args[:2]
    for name, value in start.items():
        step, other = np.asarray(moved[name]) - value, np.asarray(again[name]) - value
        if not np.allclose(step, other, rtol=1e-5, atol=1e-12):
            return f"gradients that are four times as large do not give the same step: see {name}"
        if not (step * grads["d" + name] < 0).all(where=grads["d" + name] != 0):
            return f"the step does not go down the gradient: see {name}"
    for name in grads:
        if not np.allclose(16 * np.asarray(s[name]), larger[name], rtol=1e-9, atol=1e-12):
            return f"gradients that are four times as large do not give an average 16 times as large: see {name}"
    return None


ASSIGNMENT = Assignment(
    name="averages_and_rmsprop",
    title="Exponentially weighted averages and RMSprop",
    source="improving deep neural networks, second week",
    functions=(
        Function(
            "exponentially_weighted_average",
            points=45,
            inputs=_series,
            returns="averages",
            summary="the running average of a series, with or without bias correction",
            guards="guarded",
            classes=(
                CaseClass("small", count=8),
                CaseClass("general", count=12),
                CaseClass("zeros and repeats", count=4, share=0.15),
                CaseClass("one value", count=4, share=_NAMED),
                CaseClass("no memory", count=4, share=_NAMED),
                CaseClass("long", count=4, share=0.15),
                CaseClass("long and forgetful", count=2),
                CaseClass("whole numbers", count=4),
            ),
            properties=(
                Property("linear in the series", share=0.05, plan=_sum_of_series, judge=_is_linear),
                Property("a corrected constant stays", share=0.1, plan=_constant_series, judge=_stays_constant),
            ),
        ),
        Function(
            "update_parameters_with_rmsprop",
            points=55,
            inputs=_rmsprop,
            returns=("parameters", "s"),
            summary="one step of RMSprop",
            classes=_classes(
                named=("first_step", "no_memory", "zero_gradient"),
                first_step={},
                no_memory={},
                zero_gradient={},
                tiny_gradient={},
                steep={},
                at_rest={},
                rate_of_0={},
                one_layer={"L": 1},
                five_layers_of_three_units={"L": 5, "width": 3},
                one_unit={"width": 1},
            ),
            alternatives=("epsilon_inside_root",),
            weights={"parameters": 2.0},
            sets=(
                CaseSet(
                    "epsilon", share=0.1, inputs=_rmsprop_epsilon, classes=_classes(small=3, general=3, each=3, vanishing={})
                ),
            ),
            properties=(Property("the same step for rescaled gradients", share=0.1, plan=_rescaled, judge=_same_step),),
        ),
    ),
)
