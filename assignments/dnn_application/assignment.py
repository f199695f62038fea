"""Training a two-layer network and one of any depth: the loops on top of the layer functions."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from grader.descent import (
    counts_for_itself,
    fall_problem,
    first_step_problem,
    further_steps_problem,
    is_cut_off,
    is_same_start,
    own_start_problem,
    start_of,
    stays_equal,
    steeper,
    step_problem,
)
from grader.spec import Assignment, CaseClass, Code, Function, Objection, Property, cases

# Layers of equal width, where weights, masks and gradients of one layer would fit another.
_KINDS = {
    "one_step": {},
    "many_steps": {"width": (2, 3)},
    "one_example": {},
    "one_label": {},
    "kink": {},
}
_KINDS |= {"rate_of_0": {}, "many_examples": {}}
_SMALL_RATE = 2.0**-18  # for large gradients
_LONG = 13  # steps: more than anybody waits in vain for the cost to fall
_LONGER = 25  # where the cost may fall: more than a loop has that counts to twenty
_FITTED = 12.0  # the output before the sigmoid: a cost of about 1e-5, and gradients as small
_MANY, _RISING = 0.2, CaseClass("rising cost", count=2, share=0.3)  # see _KINDS_OF_STEPS
_LAYER_FUNCTIONS = (
    "sigmoid",
    "relu",
    "sigmoid_backward",
    "relu_backward",
    "linear_forward",
    "linear_activation_forward",
    "L_model_forward",
    "compute_cost",
    "linear_backward",
    "linear_activation_backward",
    "L_model_backward",
    "update_parameters",
)
_ACTIVATIONS = _LAYER_FUNCTIONS[:4]

# -- drawing a short run -----------------------------------------------------------------


_MANY_EXAMPLES = (149, 153)  # more than the mini-batches of a usual size hold: a step is one on all examples at once


def _data(d, dims, usual=(5, 9)):
    """X, and labels of which there are more of one kind: a run that stands still cannot look right."""
    few, most = {"small": (3, 4), "one example": (1, 1), "many examples": _MANY_EXAMPLES}.get(d.case, usual)
    m = d.integer(few, most)
    ones = d.integer(1, max(1, (m - 1) // 2))
    ones = {"one label": 0, "one example": d.integer(0, 1)}.get(d.case, ones)
    if d.case == "fitted":  # the cost is small from the start: a run that stops early stands still
        return d.array(dims[0], m), np.full((1, m), float(d.integer(0, 1)))
    Y = (d.rng.permutation(m) < ones).astype(d.choice([np.float64, np.int64])).reshape(1, m)
    X = d.array(dims[0], m)
    if d.case == "pixels":
        X = d.rng.integers(0, 256, X.shape).astype(np.float64)
    elif d.case == "rising cost":  # so small that the last bias alone is learned
        X = X / 64
    return X, Y if d.integer(0, 1) or d.case == "one example" else 1 - Y


def _start(d, dims, X, Y):
    """Weights of moderate size, bound to the names of both initializers.

    Where the cost is to be small, the last bias makes it so; where it is to rise, that is nearly the best one.
    """
    parameters, last = d.parameters(dims), f"b{len(dims) - 1}"
    if d.case == "fitted":
        parameters[last] = np.full((dims[-1], 1), np.where(Y.mean() > 0.5, _FITTED, -_FITTED))
    elif d.case == "rising cost":
        parameters = {name: value / 8 for name, value in parameters.items()}
        parameters[last] = np.full((dims[-1], 1), np.log(Y.mean() / (1 - Y.mean())) + d.choice([-1, 1]) / 16)
    elif d.case == "pixels":
        parameters = steeper({**parameters, "W1": parameters["W1"] / 256}, 4.0)
        AL, caches = d._reference("L_model_forward")(X, parameters)
        if np.abs(d._reference("L_model_backward")(AL, Y, caches)["dW1"]).max() < 20:
            d.reject("nothing that a usual bound cuts off")
    d.give("initialize_parameters", Code("given_two_layers", (parameters,)))
    d.give("initialize_parameters_deep", Code("given_layers", (parameters,)))
    return parameters


def _steps(d):
    kinds = {"one step": (1, 1), "small": (1, 3), "many steps": (101, 105)}
    few, most = kinds.get(d.case, (2, 12))
    return d.integer(few, most)


def _costs(d, X, Y, parameters, rate, steps):
    """The cost before each step, with the reference's layer functions; None for a network that is saturated."""
    forward, backward, cost, update = (
        d._reference(name) for name in ("L_model_forward", "L_model_backward", "compute_cost", "update_parameters")
    )
    costs = []
    for _ in range(steps):
        AL, caches = forward(X, parameters)
        if AL.min() < 0.02 or AL.max() > 0.98:
            return None
        costs.append(cost(AL, Y))
        parameters = update(parameters, backward(AL, Y, caches), rate)
    return costs


def _rising_rate(d, X, Y, parameters):
    """A rate at which the last bias steps over its best value, farther each time, so that the cost rises in every step.

    Who stops where the cost has risen, once or several times in a row, stops too early.
    """
    rate = round(2.4 / float(Y.mean() * (1 - Y.mean())), 3)
    costs = _costs(d, X, Y, parameters, rate, _LONG)
    if costs is None or not all(after > before for before, after in pairwise(costs)):
        d.reject("saturated, or the cost falls in a step")
    return rate


def _run(d, dims):
    X, Y = _data(d, dims)
    parameters = _start(d, dims, X, Y)
    if d.case == "kink":  # where the first layer gives exactly 0, and no slope
        X[:, 0], parameters["b1"][0] = 0.0, 0.0
    if d.case == "rising cost":
        return X, Y, dims, _rising_rate(d, X, Y, parameters), _LONG, d.choice([False, True])
    if _costs(d, X, Y, parameters, 0.0, 1) is None:
        d.reject("saturated: 1 - A loses digits, and the usual formula divides by it")
    rates = {"rate of 0": [0.0], "many steps": [0.025, 0.1]}
    rate = d.choice(rates.get(d.case, [0.025, 0.1, 0.25, 1.25]))
    return X, Y, dims, rate, _steps(d), d.choice([False, True])


def _two_layers(d):
    n_x, n_h, n_y = d.layers((2, 2))
    if d.case == "one unit":
        n_x, n_h = d.integer(1, 3), 1
    elif d.case == "one step":  # a mistake that only layers of one size let pass, or only such
        n_x = n_h = max(n_x, 2)
    return _run(d, (n_x, n_h, n_y))


def _deep(d):
    return _run(d, d.layers((2, 2) if d.case == "two layers" else (5, 5) if d.case == "five layers" else (3, 4)))


# -- relations between short runs: one step, and three of them -----------------------------

_RATE = 0.015625
_FURTHER = 2.5
# So wide that a start of one's own leaves no layer without an open unit; for large weights, the inputs are small.
_WIDE = {"width": (7, 10)}
_USUAL = (CaseClass("general", count=3, sizes=_WIDE),)
_KINDS_OF_START = (
    CaseClass("small", count=2),
    CaseClass("general", count=2, sizes=_WIDE),
    CaseClass("many examples", count=1, sizes=_WIDE, share=_MANY),
    CaseClass("pixels", count=1, share=0.5),  # what is cut to a bound shows in large gradients alone
)
# A run is stopped where the cost and all gradients are small, which shows in the last step alone, or where the cost rises.
_KINDS_OF_STEPS = (
    CaseClass("small", count=1),
    CaseClass("general", count=1, sizes=_WIDE),
    CaseClass("many examples", count=1, sizes=_WIDE, share=_MANY),
    CaseClass("fitted", count=2, share=0.4),
    CaseClass("rising cost", count=2, share=0.3),
)
_LATE = 0.25  # a run that trains at small rates only is right for the first steps


def _first_steps(draw_dims, *, goes_on=False):
    """The same start: one step, one longer step, two steps, three, and, if it goes on, the last ones of a long run."""

    def plan(d):
        dims = draw_dims(d)
        X, Y = _data(d, dims, (13, 17))
        parameters = _start(d, dims, X, Y)
        X = X / 8 if d.case in ("general", "many examples") else X
        _, caches = d._reference("L_model_forward")(X, parameters)
        pre_activations = np.concatenate([np.abs(Z).ravel() for _, Z in caches])
        margin = {"many examples": 1e-6, "rising cost": 1e-4}.get(d.case, 1e-3)
        if pre_activations.min() < margin or (pre_activations.max() > 6 and d.case != "fitted"):
            d.reject("too near to a kink, or saturated")
        d.note(start=parameters, is_special=d.case in ("pixels", "fitted", "rising cost"))
        rate = _SMALL_RATE if d.case == "pixels" else _RATE
        runs = [(rate, 1), (_FURTHER * rate, 1), (rate, 2), (rate, 3)]
        if goes_on:
            late = _rising_rate(d, X, Y, parameters) if d.case == "rising cost" else _LATE
            steps = _LONG if d.case in ("rising cost", "many examples") else _LONGER
            runs += (late, steps - 1), (late, steps)
        return [(X, Y, dims, rate, steps, False) for rate, steps in runs]

    return plan


def _parameters_of(reply):
    return reply[0] if isinstance(reply, tuple | list) else reply


def _rate(given):
    return given.steps[0].args[3]


def _runs(given):
    """The parameters after each run."""
    return [_parameters_of(reply) for reply in given.replies]


def _origin(given):
    """The parameters from which the runs of a student's function started."""
    return start_of(*_runs(given)[:2], _FURTHER)


def _starts_elsewhere(given):
    return not is_same_start(_origin(given), given.facts["start"])


def _own_start_problem(given):
    """Why right steps from a start of one's own show nothing; in a small network, or a special one, that is chance."""
    if given.args[0].shape[1] < 13 or given.facts["is_special"]:
        return None
    return own_start_problem(*given.args[:2], *_runs(given)[:2], given.facts["start"], _RATE, _FURTHER)


def _not_checked(given):
    """Why steps that follow the first are not looked at."""
    problem = _EQUAL if stays_equal(_origin(given)) else _own_start_problem(given)
    return Objection(problem, checked=False) if problem else None


def _one_step_from_a_start(given):
    X, Y, dims = given.args[:3]
    if given.facts["is_special"] and _starts_elsewhere(given):
        return None  # larger weights saturate where the inputs are large
    start = _origin(given)
    for layer in range(1, len(dims)):
        W, b = start[f"W{layer}"], start[f"b{layer}"]
        if W.shape != (dims[layer], dims[layer - 1]) or b.shape != (dims[layer], 1):
            return f"the parameters of layer {layer} have the shapes {W.shape} and {b.shape}; the layers are {dims}"
        if W.size > 1 and np.ptp(W) < 1e-9:
            return f"W{layer} starts with weights that are all equal, so that all units of the layer stay equal"
    problem = first_step_problem(X, Y, *_runs(given)[:2], _rate(given), _FURTHER, given=given.facts["start"])
    return problem or _own_start_problem(given)


_EQUAL = "all weights of a layer start equal, so that its units stay equal"


def _further_steps(given):
    """What is wrong after the first step; of a special start nothing is known but where that is the start."""
    X, Y = given.args[:2]
    if given.facts["is_special"] and _starts_elsewhere(given):
        return first_step_problem(X, Y, *_runs(given)[:2], _RATE, _FURTHER)
    late = given.args[3]
    return _not_checked(given) or further_steps_problem(X, Y, _runs(given), _RATE, _FURTHER, later_rate=late)


def _falls(given):
    if problem := _not_checked(given):
        return problem
    X, Y = given.args[:2]
    return fall_problem(X, Y, _origin(given), _runs(given)[-1])


def _climbs(given):
    X, Y = given.args[:2]
    return step_problem(X, Y, _origin(given), _runs(given)[0], -_rate(given)) is None


def _equal(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def _found(given):
    once, further, _, often = _runs(given)
    return given.facts["start"], once, further, often


def _stands_still(given):
    start, once, _, often = _found(given)
    return _equal(start, once) and _equal(start, often)


def _stops_early(given):
    """A run is no longer than one of fewer steps; with many examples, where the cost is high, three steps are made."""
    once, _, twice, often, *later = _runs(given)
    if given.args[0].shape[1] >= _MANY_EXAMPLES[0] and _equal(once, often):
        return False
    return any(_equal(shorter, longer) for shorter, longer in ((once, twice), (twice, often), later))


def _leaves_steps_out(given):
    """The second or third step is none, and a long run goes on all the same: it does not end, it passes steps over."""
    _, _, twice, often, *later = _runs(given)
    return (_equal(_runs(given)[0], twice) or _equal(twice, often)) and not _equal(*later)


def _cuts_off(given):
    """Gradients are cut off where they are large, and right elsewhere: what is in proportion there, too, is another rate."""
    found = given.facts["start"], _runs(given)[0]
    if given.facts["is_special"]:
        return is_cut_off(*given.args[:2], *found, _rate(given))
    return step_problem(*given.args[:2], *found, _rate(given)) is None


def _is_one_step(given):
    """Whether the run of one iteration goes so much farther as the rate is larger: a run of several steps does not."""
    start, once, further, _ = _found(given)
    return all(np.allclose((start[n] - once[n]) * _FURTHER, start[n] - further[n]) for n in start)


def _stops_after_one(given):
    """Only where the one step is right: another one may end where no gradient is left."""
    start, once, _, often = _found(given)
    return _equal(once, often) and _is_one_step(given) and step_problem(*given.args[:2], start, once, _rate(given)) is None


def _counts_for_itself(given):
    return counts_for_itself(given.facts["start"], _runs(given)[:4], _FURTHER)


def _leaves_no_number(given):
    return not all(np.isfinite(value).all() for value in _found(given)[1].values())


def _has_its_own_rate(given):
    """There is a step, and more iterations lead elsewhere, but another rate does not."""
    start, once, further, often = _found(given)
    return _equal(once, further) and not _equal(start, once) and not _equal(once, often)


def _away_from(AL, Y):
    return AL - Y


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _wrong_gradients(X, Y, parameters, *, output=_away_from, hidden=lambda Z: np.maximum(0, Z), feeds=True, last_bias=True):
    """The gradients, where the slope of the output, the activation of the hidden layers or the last bias is another one.

    Where a layer ``feeds`` none before it, those get the slope of the cost with respect to AL.
    """
    A, seen, last = X, [], len(parameters) // 2
    for layer in range(1, last + 1):
        Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"] * (last_bias or layer < last)
        seen.append((A, Z))
        A = hidden(Z) if layer < last else _sigmoid(Z)
    dZ, grads = output(A, Y), {}
    for layer in range(last, 0, -1):
        A_prev, _ = seen[layer - 1]
        grads |= {f"W{layer}": dZ @ A_prev.T / X.shape[1], f"b{layer}": np.mean(dZ, axis=1, keepdims=True)}
        if layer > 1:
            handed = parameters[f"W{layer}"].T @ dZ if feeds else (1 - Y) / (1 - A) - Y / A
            dZ = handed * (seen[layer - 2][1] > 0)
    return grads


def _steps_along(gradients):
    """Whether the first step goes along these gradients, which are not the right ones; of special inputs nothing is said."""

    def fits(given):
        start, once, *_ = _found(given)
        grads = gradients(*given.args[:2], start)
        step = {name: (value - once[name]) / _rate(given) for name, value in start.items()}
        return given.facts["is_special"] or all(np.allclose(step[n], g, rtol=1e-4, atol=1e-7) for n, g in grads.items())

    return fits


def _wrong(**changed):
    return _steps_along(lambda X, Y, parameters: _wrong_gradients(X, Y, parameters, **changed))


def _times(factor):
    """A step along so many times the gradients: a function of the number of examples."""
    return _steps_along(
        lambda X, Y, parameters: {n: factor(X.shape[1]) * g for n, g in _wrong_gradients(X, Y, parameters).items()}
    )


def _db2_for_db1(X, Y, parameters):
    grads = _wrong_gradients(X, Y, parameters)
    return {**grads, "b1": np.broadcast_to(grads["b2"], grads["b1"].shape)}


def _part_of_rate(given, before, after):
    """By how many times the learning rate a step goes along the gradient; nan where it goes elsewhere."""
    grads = _wrong_gradients(*given.args[:2], before)
    slope = np.concatenate([grads[name].ravel() for name in sorted(grads)]) * _rate(given)
    moved = np.concatenate([np.ravel(before[name] - after[name]) for name in sorted(grads)])
    part = moved @ slope / (slope @ slope)
    return part if np.linalg.norm(moved - part * slope) < 1e-3 * np.linalg.norm(moved) else np.nan


def _changes_the_rate(given):
    """The first step is right, and the two after it go along the gradient, farther or less far."""
    once, _, twice, often, *_ = _runs(given)
    parts = [_part_of_rate(given, *pair) for pair in pairwise((given.facts["start"], once, twice, often))]
    return abs(parts[0] - 1) < 1e-3 and all(part > 0 and abs(part - 1) > 2e-3 for part in parts[1:])


_FITS_OF_TWO = {
    "bias-gradient-of-other-layer": _steps_along(_db2_for_db1),
    "output-gradient-everywhere": _wrong(feeds=False),
}
_FITS = {
    "no-number-after-one-step": _leaves_no_number,
    "not-averaged": _times(lambda m: m),
    "averaged-twice": _times(lambda m: 1 / m),
    "output-gradient-sign": _wrong(output=lambda AL, Y: -Y * (1 - AL) - (1 - Y) * AL),
    "same-denominator": _wrong(output=lambda AL, Y: (1 - 2 * Y) * (1 - AL)),
    "sigmoid-forward-on-hidden-layer": _wrong(hidden=_sigmoid),
    "last-bias-missing": _wrong(last_bias=False),
    "never-trains": _stands_still,
    "single-step": _stops_after_one,
    "iterations-ignored": _counts_for_itself,
    "learning-rate-ignored": _has_its_own_rate,
    "climbs": _climbs,
    "clipped": _cuts_off,
}


def _kinds(**more):
    """The kinds of inputs whose results are compared; the shares are those of the same kinds among the steps."""
    every = cases(**_KINDS, **more)
    return (*(replace(one, share=_MANY * (one.name == "many examples")) for one in every), _RISING)


def _relations(draw_dims, fits=_FITS):
    """The start and the first step, the steps after it, and the cost; weights of another start are as right."""
    plan = _first_steps(draw_dims)
    one = Property(
        "one step goes down the slope of the cost",
        share=0.05,  # who makes a step too many or too few is wrong here, and right in the next check
        proves=True,
        plan=plan,
        judge=_one_step_from_a_start,
        classes=_KINDS_OF_START,
        elsewhere=_starts_elsewhere,
        fits=fits,
        throughout=True,
    )
    return (
        one,
        Property(
            "every step goes on where the last one ended",
            share=0.35,
            plan=_first_steps(draw_dims, goes_on=True),
            judge=_further_steps,
            classes=_KINDS_OF_STEPS,
            proves=True,
            fits={"steps-left-out": _leaves_steps_out, "stops-early": _stops_early, "rate-changes": _changes_the_rate},
        ),
        Property("a few small steps lower the cost", share=0.1, plan=plan, judge=_falls, classes=_USUAL, proves=True),
    )


ASSIGNMENT = Assignment(
    name="dnn_application",
    title="Deep neural network: application",
    source="deep networks step by step, continued",
    provided_helpers={
        **{name: f"reference.activations.{name}" for name in _ACTIVATIONS},
        **{name: f"reference.dnn_step_by_step.{name}" for name in _LAYER_FUNCTIONS if name not in _ACTIVATIONS},
    },
    functions=(
        Function(
            "two_layer_model",
            points=50,
            inputs=_two_layers,
            returns=("parameters", "costs"),
            summary="train a network with one hidden layer",
            classes=_kinds(one_unit={}),
            alternatives=("with_costs",),
            guards=("guarded",),
            opaque=frozenset({"costs"}),
            helpers=_LAYER_FUNCTIONS,
            given=("initialize_parameters", "initialize_parameters_deep"),
            properties=_relations(lambda d: tuple(d.layers((2, 2))), {**_FITS, **_FITS_OF_TWO}),
        ),
        Function(
            "L_layer_model",
            points=50,
            inputs=_deep,
            returns=("parameters", "costs"),
            summary="train a network of any depth",
            classes=_kinds(two_layers={}, five_layers={}),
            alternatives=("with_costs",),
            guards=("guarded",),
            opaque=frozenset({"costs"}),
            helpers=_LAYER_FUNCTIONS,
            given=("initialize_parameters", "initialize_parameters_deep"),
            properties=_relations(lambda d: d.layers((3, 4))),
        ),
    ),
)
