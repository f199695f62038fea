"""Three ways to initialize a network, and the training run that compares them: source 000."""

from itertools import pairwise

import numpy as np

from grader.descent import (
    counts_for_itself,
    fall_problem,
    first_step_problem,
    further_steps_problem,
    is_same_start,
    own_start_problem,
    start_of,
    steeper,
)
from grader.distributions import (
    at_right_scale,
    dependence_problem,
    gaussian_problem,
    handful_problem,
    in_layers,
    moments_problem,
    repeats_problem,
    rounded_problem,
)
from grader.properties import at_usual_sizes, no_shared_memory
from grader.spec import Assignment, CaseClass, Code, Function, Objection, Property, cases

# -- initializers: structure by value, numbers by distribution ---------------------------


def _layers(d):
    return (d.layers((1, 4), outputs=None),)


def _wide(d):
    """Layers with very different numbers of inputs, two of them of the same shape, one square, some of one input
    and one of one unit. Of three inputs it shows whether one is counted too many or too few.

    The root of 20, and that of 10, are far from every whole number.

    No layer has so many inputs that a covariance of them, from which some draw, needs more memory than there is.
    """
    units = 1000 + d.integer(0, 20)
    return [([1, units, 1, units, 3, units, 20, units, 20, 20],)]


def _usual_layers(d):
    """Layers as in the exercise, with one unit at the end, or two layers of one: a single weight is drawn, too."""
    return ([d.choice([2, 5]), 10 + d.integer(0, 3), 7, *d.choice([(5, 1), (1, 1)])],)


def _form_problem(parameters, dims):
    """Whether there is a weight matrix and a bias of the right form for every layer."""
    for l in range(1, len(dims)):
        for name, shape in ((f"W{l}", (dims[l], dims[l - 1])), (f"b{l}", (dims[l], 1))):
            found = np.asarray(parameters[name])
            if found.shape != shape:
                return f"{name} has shape {found.shape}, expected {shape}"
            if found.dtype != np.float64:
                return f"{name} has dtype {found.dtype}, expected float64"
    return None


def _weights(given):
    """Per layer: name, weights, number of inputs, number of units."""
    dims = given.args[0]
    return [(f"W{l}", W, dims[l - 1], dims[l]) for l, W in enumerate(_parts(given, "W")[: len(dims) - 1], 1)]


def _parts(given, kind):
    """All weights, or all biases, of the layers that there are."""
    return in_layers(given.reply, kind, len(given.args[0]) - 1)


def _unequal_weights(given):
    """What breaks the symmetry, whatever the scale: units of a layer do not start alike.

    A thousand units of one input, or of three, may share their round numbers.
    """
    for layer, weights in enumerate(_parts(given, "W"), 1):
        needed = len(weights) if weights.ndim == 2 and weights.shape[1] > 3 else min(len(weights) // 2 + 1, 20)
        if weights.ndim != 2 or len(np.unique(weights, axis=0)) < needed or not np.any(weights):
            return f"units of layer {layer} start with equal weights"
    return None if _parts(given, "W") else "there are no weights"


def _of_all_layers(problem_of):
    """A judge: there are weights of the right shapes, and no problem with all of them."""

    def judge(given):
        weights = _weights(given)
        if len(weights) < len(given.args[0]) - 1:
            return f"there are weights of {len(weights)} layers only"
        for name, W, n_prev, n in weights:
            if W.shape != (n, n_prev):
                return f"{name} has shape {W.shape}, expected {(n, n_prev)}"
        return problem_of(weights)

    return judge


def _usual(scale_of):
    """A judge for layers of usual sizes: weights that may have been drawn, of each layer and of all together."""

    def judge(given):
        problems = (
            handful_problem(_unrounded(W), scale_of(n_prev), name) or repeats_problem(W, name)
            for name, W, n_prev, _ in _weights(given)
        )
        return next(filter(None, problems), None) or _together_problem(_weights(given), scale_of)

    return judge


def _unrounded(W):
    """Each number once, where many are different: that they are rounded counts with their distribution."""
    different = np.unique(np.abs(W))
    return different if different.size >= 10 else W


def _together_problem(weights, scale_of):
    together = np.concatenate([W.ravel() / scale_of(n_prev) for _, W, n_prev, _ in weights])
    return gaussian_problem(together, 1.0, "the array of all weights, each divided by the scale of its layer,")


def _scaled_and_independent(scale_of):
    """A judge: mean and standard deviation are right, up to seven times the error of so many numbers; none repeat."""

    def problem_of(weights):
        problems = (moments_problem(W, scale_of(n_prev), name) for name, W, n_prev, _ in weights)
        return next(filter(None, problems), None) or dependence_problem({name: W for name, W, _, _ in weights})

    return _of_all_layers(problem_of)


def _gaussian(scale_of):
    """A judge: the weights of every layer are Gaussian numbers of the given scale, but for few that have another one."""

    def problem_of(found):
        right = {name: scale_of(n_prev) for name, _, n_prev, _ in found}
        scaled = at_right_scale({name: W for name, W, *_ in found}, right)
        weights = [(name, scaled[name], *sizes) for name, _, *sizes in found]
        problems = (
            gaussian_problem(W, scale_of(n_prev), name) or rounded_problem(W, name) for name, W, n_prev, _ in weights
        )
        return next(filter(None, problems), None) or _together_problem(weights, scale_of)

    return _of_all_layers(problem_of)


def _zero_biases(given):
    """Zero biases beside weights of which some were drawn (otherwise a stub of zeros would do)."""
    if not any(np.std(W) > 0 for W in _parts(given, "W")):
        return Objection("the weights of each layer are all equal", checked=False)
    for layer, (bias, size) in enumerate(zip(_parts(given, "b"), given.args[0][1:], strict=False), 1):
        if bias.shape != (size, 1) or np.any(bias):
            return f"b{layer} is not a column of zeros, one for each unit"
    return None


def _ten(n_prev):
    return 10.0


def _he(n_prev):
    return np.sqrt(2 / n_prev)


# -- which mistake fits random numbers ---------------------------------------------------


def _all_layers(relation):
    """A predicate: the result has the right form, and the relation holds for every layer."""

    def fits(given):
        formed = _form_problem(given.reply, given.args[0]) is None
        return formed and all(relation(W, n_prev, n) for _, W, n_prev, n in _weights(given))

    return fits


def _scale(size):
    """Every layer is Gaussian with a standard deviation of about ``size(n_prev, n)``; what is clipped is not."""

    def relation(W, n_prev, n):
        scale = size(n_prev, n)
        return abs(np.std(W) / scale - 1) < 5 / np.sqrt(W.size) and gaussian_problem(W, scale, "W") is None

    return _all_layers(relation)


def _repeats(given):
    """All layers hold the same random numbers up to a positive factor."""
    if _form_problem(given.reply, given.args[0]):
        return False
    found = [W.ravel() for _, W, _, _ in _weights(given)]
    count = min(map(len, found))
    first = found[0][:count]
    return np.ptp(first) > 1e-9 * np.abs(first).max() and all(
        v[0] * first[0] > 0 and np.allclose(first * v[0], v[:count] * first[0]) for v in found[1:]
    )


def _is_flat(given):
    """Whether the sizes of the numbers lie evenly between 0 and the largest of their layer."""
    sizes = [np.abs(W).ravel() for _, W, _, _ in _weights(given)]
    if _form_problem(given.reply, given.args[0]) or not all(map(np.any, sizes)):
        return False
    shares = np.quantile(np.concatenate([size / size.max() for size in sizes]), (0.25, 0.5, 0.75))
    return np.allclose(shares, (0.25, 0.5, 0.75), rtol=0.1, atol=0)


def _is_symmetric(given):
    square = [W for _, W, n_prev, n in _weights(given) if n_prev == n]
    return any(np.any(W) and np.allclose(W, W.T) for W in square)


def _some_units_alike(given):
    """Whether units of a layer repeat others, while more than half of them have weights of their own."""
    for _, W, n_prev, n in _weights(given):
        different = len(np.unique(W, axis=0))
        if n_prev > 3 and n // 2 < different < n:  # three round numbers may be alike
            return True
    return False


def _orthogonal(given):
    """Whether the rows of every layer of several units and inputs, or else its columns, are orthogonal to each other."""
    for _, W, n_prev, n in _weights(given):
        short = W if n <= n_prev else W.T
        products = short @ short.T
        lengths = np.diagonal(products)
        if not lengths.any() or np.abs(products - np.diag(lengths)).max() > 1e-9 * lengths.max():
            return False
    return True


def _deviation_is_exact(given):
    """Whether the weights of every layer have just the same mean square, or variance, after the scale is taken out."""
    found = [(W, np.sqrt(n_prev)) for _, W, n_prev, _ in _weights(given)]
    for deviation in (np.std, lambda W: np.sqrt(np.mean(W**2)), lambda W: np.std(W, ddof=1)):
        sizes = np.array([[deviation(W), deviation(W) * root] for W, root in found])
        if sizes.min() > 0 and (np.ptp(sizes, axis=0) < 1e-12 * sizes.max(axis=0)).any():
            return True
    return False


def _zero_layer(given):
    """Whether the weights of a layer are zero, and not all weights."""
    drawn = [bool(np.any(W)) for _, W, _, _ in _weights(given)]
    return any(drawn) and not all(drawn)


def _whole_quotient(given):
    """Whether just the layers of more than two inputs, of which there are several, have weights of zero."""
    drawn = [(n_prev <= 2, bool(np.any(W))) for _, W, n_prev, _ in _weights(given)]
    return _zero_layer(given) and drawn.count((False, False)) > 1 and all(small == some for small, some in drawn)


def _other_last_scale(given):
    """Whether the last layer has the scale sqrt(1 / n_prev), and the layers before it sqrt(2 / n_prev)."""
    count = len(given.args[0]) - 1
    return _form_problem(given.reply, given.args[0]) is None and all(
        abs(np.std(W) / np.sqrt((1 if l == count else 2) / n_prev) - 1) < min(0.15, 5 / np.sqrt(W.size))
        for l, (_, W, n_prev, _) in enumerate(_weights(given), 1)
    )


def _added_scale(W, n_prev, n):
    """Weights of deviation 1 about a mean of sqrt(2 / n_prev)."""
    return abs(np.mean(W) - _he(n_prev)) < 5 / np.sqrt(W.size) and abs(np.std(W) - 1) < 5 / np.sqrt(W.size)


_GENERAL_FITS = {
    "zero-layer": _zero_layer,
    "units-alike": _some_units_alike,
    "symmetric": _is_symmetric,
    "zero-weights": _all_layers(lambda W, n_prev, n: not np.any(W)),
    "repeated-layers": _repeats,
    "shifted-weights": _all_layers(lambda W, n_prev, n: abs(np.mean(W) - 10) < 1 and 0.9 < np.std(W) < 1.1),
    "not-centred": _all_layers(lambda W, n_prev, n: W.min() >= 0 and W.max() > 0),
    "uniform-weights": _is_flat,
    "orthogonal-weights": _orthogonal,
    "exact-deviation": _deviation_is_exact,
    "missing-scale": _scale(lambda n_prev, n: 1.0),
    "small-weights": _scale(lambda n_prev, n: 0.01),
    "rounded-weights": _all_layers(lambda W, n_prev, n: np.unique(W).size > 2 and np.array_equal(W, np.round(W, 3))),
}
_RANDOM_FITS = {
    **_GENERAL_FITS,
    "scaled-by-layer": _scale(lambda n_prev, n: 10 * np.sqrt(2 / n_prev)),
    "inverted-scale": _scale(lambda n_prev, n: 0.1),
    "variance-for-deviation": _scale(lambda n_prev, n: np.sqrt(10)),
}
_HE_FITS = {
    **_GENERAL_FITS,
    "zero-layer": lambda given: _zero_layer(given) and not _whole_quotient(given),
    "whole-quotient": _whole_quotient,
    "left-over-ten": _scale(lambda n_prev, n: 10 * np.sqrt(2 / n_prev)),
    "added-scale": _all_layers(_added_scale),
    "mixed-scales": _other_last_scale,
    "large-weights": _scale(lambda n_prev, n: 10.0),
    "missing-root": _scale(lambda n_prev, n: 2 / n_prev),
    "partial-root": _scale(lambda n_prev, n: np.sqrt(2) / n_prev),
    "rounded-root": _scale(lambda n_prev, n: np.sqrt(2) / np.floor(np.sqrt(n_prev))),
    "missing-two": _scale(lambda n_prev, n: np.sqrt(1 / n_prev)),
    "units-for-inputs": _scale(lambda n_prev, n: np.sqrt(2 / n)),
    "mean-of-both-sizes": _scale(lambda n_prev, n: np.sqrt(2 / (n_prev + n))),
    "inverted-scale": _scale(lambda n_prev, n: np.sqrt(n_prev / 2)),
    "multiplied-scale": _scale(lambda n_prev, n: np.sqrt(2 * n_prev)),
    "first-layer-only": lambda given: _scale(lambda n_prev, n: np.sqrt(2 / given.args[0][0]))(given),
}


def _biases_are_set(given):
    formed = _form_problem(given.reply, given.args[0]) is None
    return formed and any(np.any(value) for name, value in given.reply.items() if name.startswith("b"))


def _random_properties(scale_of, deviation, fits):
    wide = (CaseClass("wide", count=1),)
    unequal = Property(
        "no two units start alike",
        share=0.15,
        plan=_wide,
        judge=_unequal_weights,
        classes=wide,
        fits={code: fits[code] for code in ("zero-layer", "whole-quotient", "zero-weights", "units-alike") if code in fits},
    )
    drawn = Property(
        f"weights are independent, with mean 0 and standard deviation {deviation}",
        share=0.25,
        plan=_wide,
        judge=_scaled_and_independent(scale_of),
        classes=wide,
        fits=fits,
    )
    return (
        at_usual_sizes(unequal, inputs=_layers, judge=_unequal_weights),
        at_usual_sizes(drawn, inputs=_usual_layers, judge=_usual(scale_of)),
        Property("weights are Gaussian", share=0.25, plan=_wide, judge=_gaussian(scale_of), classes=wide, fits=fits),
        Property(
            "the biases are zero",
            share=0.2,
            plan=_wide,
            judge=_zero_biases,
            classes=wide,
            fits={"nonzero-biases": _biases_are_set},
        ),
        no_shared_memory(share=0.05, drawn=True),
    )


# -- model: short runs from given parameters ---------------------------------------------

_INITIALIZERS = ("zeros", "random", "he")
_GIVEN = tuple(f"initialize_parameters_{name}" for name in _INITIALIZERS)


def _forward(X, parameters):
    """The pre-activations of the three layers."""
    Z1 = parameters["W1"] @ X + parameters["b1"]
    Z2 = parameters["W2"] @ np.maximum(0, Z1) + parameters["b2"]
    return Z1, Z2, parameters["W3"] @ np.maximum(0, Z2) + parameters["b3"]


def _planted(d, name, X, Y, *, biases_of_zero=False, margin=1e-3):
    """Unequal weights and biases for one initializer: no unit near its kink, none saturated, not all of them dead.

    With biases of zero they are as the real initializers give them; from zeros, only the bias of the output learns.
    """
    parameters = d.parameters([X.shape[0], 10, 5, 1], scale=1 / 8 if d.case == "small" else None)
    if biases_of_zero:
        parameters.update({key: np.zeros_like(value) for key, value in parameters.items() if key[0] == "b"})
    if biases_of_zero and d.case == "zeros" and name == "initialize_parameters_zeros":
        parameters = {key: np.zeros_like(value) for key, value in parameters.items()}
        d.give(name, Code("planted", (parameters,)))
        return parameters
    if d.case == "fitted":  # the loss is below 1e-4
        parameters["b3"] = np.zeros((1, 1))
        parameters["b3"] = 10.0 - _forward(X, parameters)[2].min(keepdims=True)
    if d.case == "flat":  # the last bias is the best one without the small weights
        parameters = {key: 2.0**-6 * value for key, value in parameters.items()}
        parameters["b3"] = np.full((1, 1), np.log(Y.mean() / (1 - Y.mean())))
        margin = 1e-9
    Z1, Z2, Z3 = _forward(X, parameters)
    if min(np.abs(Z1).min(), np.abs(Z2).min()) < margin or np.abs(Z3 - parameters["b3"]).max() > 5 or not (Z2 > 0).any():
        d.reject("a unit near its kink, a saturated output, or nothing that passes the hidden layers")
    if d.case == "one step":  # large weights and gradients: what is cut to a bound shows there alone; see _run
        parameters = steeper(parameters | {"W1": parameters["W1"] / 16}, 8.0)
    d.give(name, Code("planted", (parameters,)))
    return parameters


# Where runs are stopped that should not be: where the loss is low, rises, or hardly falls yet, since all weights are small.
_STOPPING = (
    CaseClass("fitted", count=3, share=0.15),
    CaseClass("rising loss", count=3, share=0.15),
    CaseClass("flat", count=2, share=0.2),
)
_MANY_EXAMPLES = 151  # more than the mini-batches of a usual size hold: a step is one on all examples at once


def _run(d, learning_rate, num_iterations):
    """Arguments of a short run: an odd number of examples, so that the labels are not balanced."""
    n_x = d.choice([2, d.size("n")])  # the exercise's data have two features
    m = {"one example": 1, "many examples": _MANY_EXAMPLES}.get(d.case) or d.choice([5, 7, 9])
    X, Y = d.array(n_x, m), d.labels(1, m)
    if d.case == "fitted":  # the loss is small from the start: a run that stops early stands still
        Y = np.ones_like(Y)
    chosen = d.case if d.case in _INITIALIZERS else d.choice(_INITIALIZERS)
    for name in _INITIALIZERS:
        biases_of_zero = d.case in (*_INITIALIZERS, "many steps", "general")
        margin = 1e-6 if d.case == "many examples" else 1e-3
        parameters = _planted(d, f"initialize_parameters_{name}", X, Y, biases_of_zero=biases_of_zero, margin=margin)
        if name == chosen:
            d.note(parameters=parameters)
    X = 16 * X if d.case == "one step" else X
    if d.case == "he":  # the other arguments have defaults
        return X, Y, learning_rate, num_iterations
    return X, Y, learning_rate, num_iterations, d.choice([True, False]), chosen


def _training(d):
    if d.case == "rising loss":  # steps so long that the loss rises on the way: who stops there, stops too early
        X, Y, rate, steps, *rest = _run(d, d.choice([2.0, 4.0]), d.integer(3, 4))
        if not _rises(d, X, Y, d.facts["parameters"], rate, steps):
            d.reject("saturated, or the loss falls in every step")
        return X, Y, rate, steps, *rest
    steps = {"one step": 1, "many steps": 102, "flat": 12}.get(d.case)
    rates = {"rate of 0": [0.0], "many steps": [0.05, 0.1], "flat": [1.25, 2.5]}
    rate = d.choice(rates.get(d.case, [0.05, 0.1, 0.25, 0.5, 1.25]))
    if d.case == "fitted":  # where the loss is so low, usual steps are hardly seen, and it hardly falls
        rate *= d.choice([2.0**14, 2.0**3])
    return _run(d, rate, d.integer(2, 6) if steps is None else steps)


def _rises(d, X, Y, parameters, rate, steps):
    """Whether the loss rises in a step that others follow, and the output is never saturated."""
    losses = []
    for _ in range(steps):
        A3, cache = d.right("forward_propagation", X, parameters)
        if A3.min() < 0.02 or A3.max() > 0.98:
            return False
        losses.append(d.right("compute_loss", A3, Y))
        parameters = d.right("update_parameters", parameters, d.right("backward_propagation", X, Y, cache), rate)
    return any(after > before for before, after in pairwise(losses))


# -- model: relations between its own short runs, wherever they start ----------------------

_FURTHER = 2.5
_LATE, _MANY = 16, 15  # a run that ends early, or trains at small rates only, is right for the first steps


def _first_steps(d, later=()):
    """From the same start: one step, one longer step, two steps, three, later ones of another run; many weights, whose
    scale can be told.

    Large weights get small inputs and small steps, so that the output is not saturated.
    """
    m, margin = (_MANY_EXAMPLES, 1e-6) if d.case == "he" else (7, 1e-3)
    X, Y = d.array(60, m), d.labels(1, m)
    rate = 2.0**-20 if d.case == "random" else 2.0**-6
    X = X * 2.0**-13 if d.case == "random" else X
    for name in _INITIALIZERS:
        parameters = _planted(d, f"initialize_parameters_{name}", X, Y, margin=margin)
        if name == d.case:
            d.note(parameters=parameters)
    runs = (1, 1), (_FURTHER, 1), (1, 2), (1, 3), *later
    return [(X, Y, times * rate, steps, False, d.case) for times, steps in runs]


def _all_steps(d):
    return _first_steps(d, ((_LATE, _MANY - 1), (_LATE, _MANY)))


def _origin(given):
    """The parameters from which the runs started."""
    return start_of(*given.replies[:2], _FURTHER)


def _starts_elsewhere(given):
    return not is_same_start(_origin(given), given.facts["parameters"])


def _start_problem(start, n_x, chosen):
    """Whether weights of a student's own are of the scale that was asked for."""
    dims = [n_x, 10, 5, 1]
    if chosen == "zeros":
        wrong = [name for name, value in start.items() if np.abs(value).max() > 1e-9]
        return f"{wrong[0]} does not start from zeros" if wrong else None
    scales = [_ten(n) if chosen == "random" else _he(n) for n in dims[:-1]]
    weights = np.concatenate([start[f"W{l}"].ravel() / scale for l, scale in enumerate(scales, 1)])
    if not 0.8 < np.std(weights) < 1.25 or abs(np.mean(weights)) > 0.3:
        return f"the weights do not start from the scale of the initialization {chosen!r}"
    problems = (handful_problem(start[f"W{l}"], scale, f"W{l}") for l, scale in enumerate(scales, 1))
    if problem := next(filter(None, problems), None):
        return problem
    wrong = [name for name in ("b1", "b2", "b3") if np.abs(start[name]).max() > 1e-6]
    return f"{wrong[0]} does not start from zeros" if wrong else None


def _counts_for_itself(given):
    return counts_for_itself(given.facts["parameters"], given.replies, _FURTHER)


def _one_step_from_a_start(given):
    X, Y, rate, _, _, chosen = given.steps[0].args
    start = _origin(given)
    problem = _form_problem(start, [X.shape[0], 10, 5, 1]) or first_step_problem(X, Y, *given.replies[:2], rate, _FURTHER)
    # Where two runs started follows from their steps, so a wrong step comes first: with it, nobody knows the start.
    if problem or not _starts_elsewhere(given):
        return problem
    return _start_problem(start, X.shape[0], chosen) or _own_start_problem(given)


def _own_start_problem(given):
    """Why the steps show nothing, where they are right ones from a start of one's own; from zeros, only a bias moves."""
    X, Y, rate, _, _, chosen = given.steps[0].args
    if chosen == "zeros":
        return None
    return own_start_problem(X, Y, *given.replies[:2], given.facts["parameters"], rate, _FURTHER)


def _further_steps(given):
    if problem := _own_start_problem(given):
        return Objection(problem, checked=False)
    X, Y, rate = given.steps[0].args[:3]
    return further_steps_problem(X, Y, given.replies, rate, _FURTHER, later_rate=_LATE * rate)


def _stops_early(given):
    """Whether a run is no longer than one of fewer steps.

    From large weights even the second step hardly changes the loss; where the others have none, nobody makes it.
    """
    once, _, twice, often, *later = given.replies
    if _is_same(once, twice):
        return given.args[5] == "random"
    return _is_same(twice, often) or _is_same(*later)


def _is_same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def _falls(given):
    if problem := _own_start_problem(given):
        return Objection(problem, checked=False)
    X, Y = given.args[:2]
    return fall_problem(X, Y, _origin(given), given.replies[-1])


_ONE_OF_EACH = tuple(CaseClass(name, count=1) for name in _INITIALIZERS)
_RELATIONS = (
    Property(
        "one step from the asked start goes down the slope of the loss",
        share=0.05,  # who makes a step too many or too few is wrong here, and right in the next check
        proves=True,
        plan=_first_steps,
        judge=_one_step_from_a_start,
        classes=_ONE_OF_EACH,
        elsewhere=_starts_elsewhere,
        fits={"iterations-ignored": _counts_for_itself},
    ),
    Property(
        "every step goes on where the last one ended",
        share=0.35,
        proves=True,
        plan=_all_steps,
        judge=_further_steps,
        classes=_ONE_OF_EACH,
        fits={"stops-early": _stops_early},
    ),
    Property(
        "a few small steps lower the loss", share=0.1, plan=_first_steps, judge=_falls, classes=_ONE_OF_EACH, proves=True
    ),
)


_LAYER_KINDS = cases(one_layer={"L": 1}, five_layers={"L": 5}, one_unit={"width": (1, 2)})

ASSIGNMENT = Assignment(
    name="initialization",
    title="Initializing a network",
    source="exercises of the first week: initialization",
    provided_helpers={
        "forward_propagation": "reference.three_layer_network.forward_propagation",
        "backward_propagation": "reference.three_layer_network.backward_propagation",
        "update_parameters": "reference.dnn_step_by_step.update_parameters",
        "compute_loss": "reference.dnn_step_by_step.compute_cost",
    },
    functions=(
        Function(
            "initialize_parameters_zeros",
            points=20,
            inputs=_layers,
            returns="parameters",
            summary="weights and biases that are all zero",
            classes=_LAYER_KINDS,
            weights={"W{l}": 2},
            properties=(no_shared_memory(share=0.1),),
        ),
        Function(
            "initialize_parameters_random",
            points=25,
            inputs=_layers,
            returns="parameters",
            summary="large Gaussian weights (times 10), zero biases",
            classes=_LAYER_KINDS,
            random=frozenset({"W{l}"}),
            weights={"W{l}": 2.0},
            helpers=("initialize_parameters_zeros",),
            properties=_random_properties(_ten, "10", _RANDOM_FITS),
        ),
        Function(
            "initialize_parameters_he",
            points=35,
            inputs=_layers,
            returns="parameters",
            summary="Gaussian weights times sqrt(2 / n_prev), zero biases",
            classes=_LAYER_KINDS,
            random=frozenset({"W{l}"}),
            weights={"W{l}": 2.0},
            helpers=("initialize_parameters_zeros", "initialize_parameters_random"),
            properties=_random_properties(_he, "sqrt(2 / n_prev)", _HE_FITS),
        ),
        Function(
            "model",
            points=20,
            inputs=_training,
            returns="parameters",
            summary="gradient descent from one of the three initializations",
            classes=(
                *cases(
                    *(6, 8),
                    **{name: {} for name in _INITIALIZERS},
                    **{name: {} for name in ("one_example", "many_steps", "rate_of_0")},
                    many_examples={},
                ),
                CaseClass("one step", count=3, share=0.1),
                *_STOPPING,
            ),
            helpers=("forward_propagation", "backward_propagation", "update_parameters", "compute_loss"),
            given=_GIVEN,
            cpu_s=0.5,  # a run that ignores num_iterations ends here
            properties=_RELATIONS,
        ),
    ),
)
