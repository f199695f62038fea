"""Training a two-layer network and one of any depth: the loops on top of the layer functions."""

import numpy as np

from grader.spec import Assignment, Code, Function, Property, cases

_KINDS = {"one_step": {}, "many_steps": {}, "one_example": {}, "one_label": {}, "fitted": {}}
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


def _data(d, dims):
    """X, and labels of which there are more of one kind: a run that stands still cannot look right."""
    few, most = {"small": (3, 4), "one example": (1, 1)}.get(d.case, (5, 9))
    m = d.integer(few, most)
    ones = d.integer(1, max(1, (m - 1) // 2))
    ones = {"one label": 0, "one example": d.integer(0, 1)}.get(d.case, ones)
    if d.case == "fitted":  # the cost is small from the start: a run that stops early stands still
        return d.array(dims[0], m), np.ones((1, m))
    Y = (d.rng.permutation(m) < ones).astype(d.choice([np.float64, np.int64])).reshape(1, m)
    return d.array(dims[0], m), Y if d.integer(0, 1) or d.case == "one example" else 1 - Y


def _start(d, dims):
    """Weights of moderate size, bound to the names of both initializers."""
    parameters = d.parameters(dims)
    if d.case == "fitted":
        parameters[f"b{len(dims) - 1}"] = np.full((dims[-1], 1), 2.5)
    d.give("initialize_parameters", Code("given_two_layers", (parameters,)))
    d.give("initialize_parameters_deep", Code("given_layers", (parameters,)))
    return parameters


def _steps(d):
    few, most = {"one step": (1, 1), "small": (1, 3), "many steps": (20, 25)}.get(d.case, (2, 12))
    return d.integer(few, most)


def _run(d, dims):
    parameters = _start(d, dims)
    X, Y = _data(d, dims)
    AL, _ = d._reference("L_model_forward")(X, parameters)
    if AL.min() < 0.02 or AL.max() > 0.98:
        d.reject("saturated: 1 - A loses digits, and the usual formula divides by it")
    return X, Y, dims, d.choice([0.025, 0.1, 0.25, 1.25]), _steps(d), False


def _two_layers(d):
    n_x, n_h, n_y = d.layers((2, 2))
    return _run(d, (n_x, 1 if d.case == "one unit" else n_h, n_y))


def _deep(d):
    return _run(d, d.layers((2, 2) if d.case == "two layers" else (5, 5) if d.case == "five layers" else (3, 4)))


# -- one step is a step down the slope ---------------------------------------------------

_RATE = 0.015625


def _first_steps(draw_dims):
    """The same start: one step, one longer step, several steps."""

    def plan(d):
        dims = draw_dims(d)
        parameters = _start(d, dims)
        X, Y = _data(d, dims)
        _, caches = d._reference("L_model_forward")(X, parameters)
        pre_activations = np.concatenate([np.abs(Z).ravel() for _, Z in caches])
        if pre_activations.min() < 1e-2 or pre_activations.max() > 6:
            d.reject("too near to a kink, or saturated")
        d.note(start=parameters, direction={n: d.rng.standard_normal(v.shape) for n, v in parameters.items()})
        return [(X, Y, dims, rate, steps, False) for rate, steps in ((_RATE, 1), (2.5 * _RATE, 1), (_RATE, 4))]

    return plan


def _parameters_of(reply):
    return reply[0] if isinstance(reply, tuple | list) else reply


def _cost(parameters, X, Y):
    A, last = X, len(parameters) // 2
    with np.errstate(all="ignore"):  # a student's parameters may be anything
        for layer in range(1, last + 1):
            Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"]
            A = np.maximum(0, Z) if layer < last else 1 / (1 + np.exp(-Z))
        return float(-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)))


def _slope_and_moves(given):
    """The slope of the cost along a random direction, and how far the first two runs moved, in steps."""
    X, Y = given.args[:2]
    start, direction = given.facts["start"], given.facts["direction"]
    plus, minus = ({n: v + s * 1e-5 * direction[n] for n, v in start.items()} for s in (1, -1))
    moves = [
        sum(np.sum((start[n] - _parameters_of(reply)[n]) / step.args[3] * direction[n]) for n in start)
        for step, reply in zip(given.steps[:2], given.replies[:2], strict=True)
    ]
    return (_cost(plus, X, Y) - _cost(minus, X, Y)) / 2e-5, moves


def _goes_down_the_slope(given):
    slope, moves = _slope_and_moves(given)
    for step, moved in zip(given.steps, moves, strict=False):
        if not np.isclose(moved, slope, rtol=1e-5, atol=1e-7):
            return (
                f"after one step with learning_rate={step.args[3]:g} the parameters have moved by {moved:.6g} times "
                f"the rate along a random direction; the slope of the cost there is {slope:.6g}"
            )
    once, often = (_cost(_parameters_of(given.replies[i]), *given.args[:2]) for i in (0, 2))
    if not often < once:
        return f"the cost after four steps is {often:.6g}, after one {once:.6g}: the steps after the first do nothing"
    return None


def _climbs(given):
    slope, moves = _slope_and_moves(given)
    return np.allclose(moves, -slope, rtol=1e-5, atol=1e-7)


def _equal(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def _found(given):
    return given.facts["start"], *(_parameters_of(reply) for reply in given.replies)


def _stands_still(given):
    start, once, _, often = _found(given)
    return _equal(start, once) and _equal(start, often)


def _starts_anew(given):
    start, once, further, often = _found(given)
    return _equal(once, often) and all(np.allclose((start[n] - once[n]) * 2.5, start[n] - further[n]) for n in start)


def _counts_for_itself(given):
    """Another rate leads elsewhere, but more iterations do not."""
    _, once, further, often = _found(given)
    return _equal(once, often) and not _equal(once, further)


def _has_its_own_rate(given):
    """There is a step, and more iterations lead elsewhere, but another rate does not."""
    start, once, further, often = _found(given)
    return _equal(once, further) and not _equal(start, once) and not _equal(once, often)


def _starts_elsewhere(given):
    """Where a step of length 0 would end, as one step and another of 2.5 times its length tell, is not the start."""
    start, once, further, _ = _found(given)
    if _equal(once, further) or any(once[name].shape != value.shape for name, value in start.items()):
        return False
    origin = {name: once[name] - (further[name] - once[name]) / 1.5 for name in start}
    return max(np.abs(origin[name] - value).max() for name, value in start.items()) > 0.1


_FITS = {
    "never-trains": _stands_still,
    "starts-anew-each-iteration": _starts_anew,
    "iterations-ignored": _counts_for_itself,
    "learning-rate-ignored": _has_its_own_rate,
    "climbs": _climbs,
    "initializer-not-called": _starts_elsewhere,
}


def _slope(draw_dims):
    name = "one step goes down the slope of the cost"
    return (Property(name, share=0.1, plan=_first_steps(draw_dims), judge=_goes_down_the_slope, fits=_FITS),)


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
            classes=cases(**_KINDS, one_unit={}),
            alternatives=("with_costs",),
            guards=("guarded",),
            opaque=frozenset({"costs"}),
            helpers=_LAYER_FUNCTIONS,
            given=("initialize_parameters", "initialize_parameters_deep"),
            properties=_slope(lambda d: tuple(d.layers((2, 2)))),
        ),
        Function(
            "L_layer_model",
            points=50,
            inputs=_deep,
            returns=("parameters", "costs"),
            summary="train a network of any depth",
            classes=cases(**_KINDS, two_layers={}, five_layers={}),
            alternatives=("with_costs",),
            guards=("guarded",),
            opaque=frozenset({"costs"}),
            helpers=_LAYER_FUNCTIONS,
            given=("initialize_parameters", "initialize_parameters_deep"),
            properties=_slope(lambda d: d.layers((3, 4))),
        ),
    ),
)
