"""L2 regularization and dropout for a network of three layers: sources 000 and 001."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from grader.descent import (
    along,
    counts_for_itself,
    fall_problem,
    first_step_problem,
    further_steps_problem,
    is_same_start,
    is_underpriced,
    own_start_problem,
    price_problem,
    slope_told,
    start_of,
    stays_equal,
    steeper,
    step_problem,
)
from grader.distributions import (
    ALPHA,
    dependence_problem,
    equal_counts_problem,
    exact_share_problem,
    mean_problem,
    parts_problem,
    share_problem,
)
from grader.properties import at_usual_sizes
from grader.spec import Assignment, CaseClass, CaseSet, Code, Function, Objection, Property, cases

_NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
_MARGIN = 1e-2  # how far pre-activations stay from the kink where a slope is measured


def _relu(Z):
    return np.maximum(0, Z)


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _forward(X, parameters, factors=(1.0, 1.0)):
    """The network, with what dropout multiplies the hidden activations by: Z1, A1, Z2, A2, Z3, A3."""
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = _relu(Z1) * factors[0]
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = _relu(Z2) * factors[1]
    Z3 = parameters["W3"] @ A2 + parameters["b3"]
    return Z1, A1, Z2, A2, Z3, _sigmoid(Z3)


def _cost(X, Y, parameters, factors=(1.0, 1.0)):
    """The plain cost; the regularized one is asked of the reference (this file lies in the students' kit)."""
    Z3 = _forward(X, parameters, factors)[4]
    return np.mean(np.logaddexp(0, Z3) - Y * Z3)


# -- cost --------------------------------------------------------------------------------

_LAMBDAS = (0.02, 0.1, 0.7, 1.5, 4.0)
_SHARES = (0.2, 0.3, 0.5, 0.6, 0.86, 0.95)


def _strength(d):
    if d.case == "one example":  # of more than 2m, so that a quotient without its fraction is no zero
        return d.choice((3.5, 4.5, 7.0))
    return d.choice([0, 0.0]) if d.case == "no regularization" else d.choice(_LAMBDAS)


def _dims(d):
    return d.layers((3, 3))


def _predictions(d):
    m = d.size("m")
    A3, Y = d.probabilities(1, m), d.labels(1, m)
    if d.case == "confident":  # and often wrong: a cut that is more than a guard against log(0) shows
        small = d.probabilities(1, m, low=3e-4, high=9e-4)
        A3 = np.where(d.rng.permutation(m) % 2, small, 1 - small)
    return A3, Y, d.parameters(_dims(d)), _strength(d)


def _sure_and_wrong(d):
    """One example of either label, and a prediction that is as good as sure of the other: a guard may be at one end."""
    prices = [14.3 + d.number(0, 0.3) for _ in range(2)]
    wrong, right = (math.exp(-price) for price in prices)
    usual = d.number(0.2, 0.4)
    d.note(prices=prices, usual=-math.log(usual))
    parameters = d.parameters(_dims(d))
    examples = (1 - wrong, 0), (right, 1), (usual, 1)
    return [(np.array([[A3]]), np.array([[label]]), parameters, 0) for A3, label in examples]


def _is_the_full_price(given):
    """A guard of at most 1e-7 takes a fifth of a unit of it, one of 1e-6 half a unit at least."""
    return price_problem(given.replies[:2], given.facts["prices"], allowed=0.3)


def _is_cut_off(given):
    """The usual cost is right, and that of a confident mistake is too small."""
    usual, right = float(np.asarray(given.replies[2]).item()), given.facts["usual"]
    return abs(usual - right) < 0.1 * right and is_underpriced(given.replies[:2], given.facts["prices"], allowed=0.3)


def _three_strengths(d):
    A3, Y, parameters, lambd = _predictions(d)
    twice = {name: 2 * value for name, value in parameters.items()}
    return [(A3, Y, parameters, 0.0), (A3, Y, parameters, lambd), (A3, Y, twice, lambd)]


def _grows_with_the_square(given):
    plain, once, twice = (float(np.asarray(reply).item()) for reply in given.replies)
    if not np.isfinite([plain, once, twice]).all():
        return f"the cost is {plain:.6g} without a penalty, and {once:.6g} and {twice:.6g} with one"
    if np.isclose(twice - plain, 4 * (once - plain), rtol=1e-9, atol=1e-12):
        return None
    return f"twice the weights should cost four times the penalty: it went from {once - plain:.6g} to {twice - plain:.6g}"


# -- gradients of the regularized cost ---------------------------------------------------


def _example_network(d):
    """X, Y and the parameters of three layers, with exact zeros at the kinks of both hidden ones in the kink cases."""
    dims, m = _dims(d), d.size("m")
    X, parameters = d.array(dims[0], m), d.parameters(dims)
    if d.case == "kink":
        X[:, 0] = 0.0
        parameters["b1"] = -np.abs(parameters["b1"])
        parameters["b1"][::2] = 0.0
        parameters["b2"] = np.abs(parameters["b2"])
        parameters["b2"][::2] = 0.0
    if d.case == "steep":  # large inputs and gradients, beside which the penalty is still to be seen
        X, parameters = 16 * X, steeper(parameters | {"W1": parameters["W1"] / 16}, 8.0)
    return X, d.labels(1, m), parameters


def _moderate(d, Zs, margin=0.0):
    """Give draws up whose output is saturated, or that come too near to a kink."""
    Z1, _, Z2, _, Z3, _ = Zs
    if np.abs(Z3).max() > 4:
        d.reject("saturated: a clip or guard of 1e-7 would show")
    if min(np.abs(Z1).min(), np.abs(Z2).min()) < margin:
        d.reject("too near to a kink")


def _regularized(d, margin=0.0):
    X, Y, parameters = _example_network(d)
    Z1, A1, Z2, A2, Z3, A3 = found = _forward(X, parameters)
    _moderate(d, found, margin)
    if d.case == "one example" and not (A1.any() and A2.any()):
        d.reject("one example, and a layer from which no gradient comes")
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in _NAMES)
    d.note(parameters=parameters)
    return X, Y, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3), _strength(d)


def _regularized_slope(d):
    X, Y, _, lambd = question = _regularized(d, _MARGIN)

    def cost(X, Y, parameters):
        return d.right("compute_cost_with_regularization", _forward(X, parameters)[5], Y, parameters, lambd)

    direction = _direction(d)
    d.note(direction=direction, slope=_slope(X, Y, d.facts["parameters"], direction, cost))
    return [question]


def _direction(d):
    """A direction in the space of parameters, along which a slope is measured."""
    return {n: d.rng.standard_normal(v.shape) for n, v in d.facts["parameters"].items()}


def _slope(X, Y, parameters, direction, cost=_cost, **how):
    shifted = [{n: v + step * direction[n] for n, v in parameters.items()} for step in (1e-6, -1e-6)]
    return (cost(X, Y, shifted[0], **how) - cost(X, Y, shifted[1], **how)) / 2e-6


def _is_the_slope(given):
    slope = given.facts["slope"]
    claimed = along(given.reply, given.facts["direction"])
    if np.isclose(claimed, slope, rtol=1e-5, atol=1e-7):
        return None
    return slope_told(slope, claimed)


# -- forward pass with dropout: judged by its own cache ----------------------------------

_CACHE = ("Z1", "D1", "A1", "W1", "b1", "Z2", "D2", "A2", "W2", "b2", "Z3", "A3", "W3", "b3")


def _dropout_forward(d):
    X, _, parameters = _example_network(d)
    return X, parameters, d.choice(_SHARES)


def _keep_everything(d):
    X, parameters, _ = _dropout_forward(d)
    return [(X, parameters, d.choice([1, 1.0]))]


def _wide(d):
    """A network and examples enough for 16,000 entries in each of the two masks: the first has fewer rows than the second,
    more, or as many."""
    few, many = 80 + d.integer(0, 3), 86 + d.integer(0, 3)  # no two columns of so many entries are equal by chance
    units = {"narrow to wide": (few, many), "wide to narrow": (many, few)}.get(d.case, (few, few))
    X, parameters = d.array(3, 200), d.parameters([3, *units, 1])
    # The first call is not judged: what is a mistake for one keep_prob alone is not taken for one that is made for all.
    return [(X, parameters, 0.4), (X, parameters, 0.95 if d.case == "narrow to wide" else d.choice([0.3, 0.6]))]


def _growing(d):
    """Masks of more and more entries: each has a thousand that the one before had not."""
    keep_prob, units = d.choice([0.3, 0.5, 0.6]), 20
    parameters = d.parameters([3, units, 7, 1])
    return [(d.array(3, 60 * k), parameters, keep_prob) for k in range(1, 11)]


def _both_shares(d):
    """The same network with keep_prob and with 1 - keep_prob, which tells the two apart."""
    X, parameters, keep_prob = _dropout_forward(d)
    return [(X, parameters, 1 - keep_prob), (X, parameters, keep_prob)]


def _each(given):
    """Every call of a case by itself."""
    calls = zip(given.steps, given.replies, strict=True)
    return [replace(given, args=step.args, steps=(step,), replies=(reply,)) for step, reply in calls]


def _usual(d):
    """A network and examples as in the other cases, or as in the exercise; the masks of neither layer are all ones."""
    if d.choice([True, False]):
        return d.array(2, 200), d.parameters([2, 20, 3, 1]), 0.3
    parameters = d.parameters(_dims(d))
    return d.array(parameters["W1"].shape[1], d.integer(16, 24)), parameters, 0.3


def _other_form(c, layer, keep_prob):
    """D and A of a layer whose cache is wrong in form alone, and what is wrong; None where it is not.

    A stands before D, D is divided by keep_prob already, or D tells what was dropped.
    """
    D, A, full = np.asarray(c["D" + layer], dtype=np.float64), np.asarray(c["A" + layer]), _relu(np.asarray(c["Z" + layer]))
    for code, mask, activation in (
        ("", D, A),
        ("cache-order", np.asarray(A, dtype=np.float64), D),
        ("scaled-mask", np.round(D * keep_prob, 9), A),
        ("mask-of-dropped", 1 - D, A),
    ):
        if np.isin(mask, (0, 1)).all() and _near(activation, full * mask / keep_prob):
            return (mask, activation, code) if code else None
    return None


def _cached(given, in_any_form=True):
    """The parts of the cache by name, also of a cache that is wrong in form alone; a float array for each mask."""
    A3, cache = given.reply
    if len(cache) != len(_CACHE):
        raise ValueError(f"the cache has {len(cache)} parts, expected {len(_CACHE)}")
    parts = dict(zip(_CACHE, cache, strict=True))
    for layer in ("1", "2"):
        form = in_any_form and _other_form(parts, layer, given.args[2])
        if form:
            parts["D" + layer], parts["A" + layer] = form[:2]
    parts.update({name: np.asarray(parts[name], dtype=np.float64) for name in ("D1", "D2")})
    return np.asarray(A3), parts


def _forms(given):
    """What is wrong with the form of the cache, by the codes of mistakes."""
    parts = _cached(given, in_any_form=False)[1]
    found = (_other_form(parts, layer, given.args[2]) for layer in ("1", "2"))
    return {form[2] for form in found if form}


def _formulas(given, in_any_form=True):
    """What every part of the cache should be, given the parts before it; masks are taken as they are."""
    X, parameters, keep_prob = given.args
    A3, c = _cached(given, in_any_form)
    return (
        A3,
        c,
        {
            **{name: (parameters[name], "the parameter of that name") for name in _NAMES},
            "Z1": (parameters["W1"] @ X + parameters["b1"], "W1 @ X + b1"),
            "A1": (_relu(c["Z1"]) * c["D1"] / keep_prob, "relu(Z1) * D1 / keep_prob"),
            "Z2": (parameters["W2"] @ c["A1"] + parameters["b2"], "W2 @ A1 + b2"),
            "A2": (_relu(c["Z2"]) * c["D2"] / keep_prob, "relu(Z2) * D2 / keep_prob"),
            "Z3": (parameters["W3"] @ c["A2"] + parameters["b3"], "W3 @ A2 + b3"),
            "A3": (_sigmoid(c["Z3"]), "sigmoid(Z3), without dropout"),
        },
    )


def _near(found, expected):
    found, expected = np.asarray(found, dtype=np.float64), np.asarray(expected)
    return found.shape == expected.shape and bool((np.abs(found - expected) <= 1e-11 + 1e-9 * np.abs(expected)).all())


def _mask_problem(c, or_a_column=False):
    """What is wrong with the masks, of which one for all examples may be a column: its shape costs elsewhere."""
    for layer in ("1", "2"):
        D, Z = c["D" + layer], c["Z" + layer]
        if D.shape != np.shape(Z) and not (or_a_column and D.shape == (len(Z), 1)):
            return f"D{layer} has shape {D.shape}, expected that of Z{layer}, {np.shape(Z)}"
        if not np.isin(D, (0, 1)).all():
            return f"D{layer} holds {D[~np.isin(D, (0, 1))][0]:.4g}; a mask holds True and False, or 1 and 0"
    return None


def _explains_itself(given):
    problems = enumerate(map(_problem_of_cache, _each(given)))
    return next((Objection.of(problem, steps=[step]) for step, problem in problems if problem), None)


def _problem_of_cache(given):
    forms = _forms(given)
    if "cache-order" in forms:
        return "the cache has A before D; expected is (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)"
    if "mask-of-dropped" in forms and _drops_what_is_true(given):
        return "a mask in the cache is true where units were dropped; expected is true where they are kept"
    A3, c, formulas = _formulas(given, in_any_form="mask-of-dropped" not in forms)
    problem = _mask_problem(c if not forms else _cached(given, in_any_form=False)[1], or_a_column=True)
    if problem:
        return problem
    for name in _CACHE:
        if name in formulas and not _near(c[name], formulas[name][0]):
            return f"{name} in the cache is not {formulas[name][1]}"
    return None if _near(A3, c["A3"]) else "the A3 that is returned is not the A3 in the cache"


def _drops_what_is_true(given):
    """Whether a unit is dropped where its mask is true: a mask that is false everywhere and acts on nothing shows none."""
    parts = _cached(given, in_any_form=False)[1]
    layers = ((np.asarray(parts[name + layer]) for name in "ZDA") for layer in "12")
    return any(((_relu(Z) > 0) & (D == 1) & (A == 0)).any() for Z, D, A in layers)


def _masks_are_random(given):
    _, c = _cached(given)
    problem = _mask_problem(c)
    if problem:
        return problem
    keep_prob, masks = given.args[2], {name: c[name] for name in ("D1", "D2")}
    for name, mask in masks.items():
        problem = mean_problem(mask, keep_prob, 0, 1, f"{name} with keep_prob={keep_prob:g}")
        if problem:  # a few random numbers for all entries have some other mean: they are what is to be said
            return _dependent(c) or problem
    counts = (tell(mask, keep_prob, name) for name, mask in masks.items() for tell in (equal_counts_problem, parts_problem))
    return dependence_problem(masks, mean=keep_prob) or next(filter(None, counts), None)


def _dependent(c):
    """What speaks against independence of the entries of a mask, whatever their mean is."""
    problems = (dependence_problem({name: c[name]}, mean=float(np.mean(c[name]))) for name in ("D1", "D2"))
    return next(filter(None, problems), None)


def _counts_vary(given):
    masks = [_cached(one)[1]["D1"] for one in _each(given)]
    share = given.args[2]
    if abs(masks[-1].mean() - share) > 0.1:
        return Objection("about the right share has to be kept first", checked=False)
    return exact_share_problem(masks, share, "D1")


def _only_the_whole_is_counted_out(given):
    masks = [_cached(one)[1]["D1"] for one in _each(given)]
    return bool(exact_share_problem(masks, given.args[2], "D1")) and not equal_counts_problem(masks[-1], given.args[2], "D1")


def _masks_are_drawn(given):
    _, c = _cached(given)
    problems = (share_problem(c[name], given.args[2], name) for name in ("D1", "D2"))
    return _mask_problem(c) or next(filter(None, problems), None)


def _expectation_is_kept(given):
    """Hoeffding's inequality for a sum of independent terms between 0 and relu(Z) / keep_prob."""
    X, parameters = given.args[:2]
    _, c = _cached(given)
    if _mask_problem(c) is None and _dependent(c):
        return Objection("the entries of a mask have to be independent first", checked=False)
    for name, Z in (("A1", parameters["W1"] @ X + parameters["b1"]), ("A2", np.asarray(c["Z2"]))):
        full = _relu(Z)
        bound = math.sqrt(math.log(2 / ALPHA) * np.sum(full**2) / 2) / given.args[2]
        if np.shape(c[name]) != full.shape:
            return f"{name} has shape {np.shape(c[name])}, expected {full.shape}"
        if not abs(np.sum(c[name]) - np.sum(full)) <= bound:
            return f"on average {name} is {np.mean(c[name]):.4g}; without dropout it would be {np.mean(full):.4g}"
    return None


def _nothing_is_dropped(given):
    X, parameters, _ = given.args
    if len(given.reply) != 2:
        return f"with keep_prob = 1, the result has {len(given.reply)} parts, expected 2: A3 and the cache"
    if len(given.reply[1]) != len(_CACHE):
        return (
            f"with keep_prob = 1, the cache has {len(given.reply[1])} parts, expected {len(_CACHE)}, as with any keep_prob"
        )
    A3, c = _cached(given)
    plain = dict(zip(("Z1", "A1", "Z2", "A2", "Z3", "A3"), _forward(X, parameters), strict=True))
    for layer in ("1", "2"):
        if not (c["D" + layer] == 1).all():
            return f"D{layer} in the cache is not true everywhere; with keep_prob = 1, nothing is dropped"
    for name, expected in plain.items():
        if not _near(c[name], expected):
            return f"with keep_prob = 1, {name} differs from the forward pass without dropout"
    return None if _near(A3, plain["A3"]) else "with keep_prob = 1, A3 differs from the forward pass without dropout"


def _hidden(relation):
    """A predicate: the relation holds for (relu(Z), D, A, keep_prob) of both hidden layers."""

    def holds(given):
        X, parameters = given.args[:2]
        _, c = _cached(given)
        for l, below in (("1", X), ("2", c["A1"])):
            # A cache whose Z is the array of A, changed in place, says nothing of the mask.
            if not _near(c["Z" + l], parameters["W" + l] @ below + parameters["b" + l]):
                return False
        return _goes_on(parameters, c) and all(
            relation(_relu(c["Z" + l]), c["D" + l], c["A" + l], given.args[2]) for l in ("1", "2")
        )

    return lambda given: all(map(holds, _each(given)))


def _in_layer(layer, relation):
    """A predicate: the relation holds for (relu(Z), D, A, keep_prob) of one layer, and the other one is right."""

    def holds(given):
        _, c, formulas = _formulas(given, in_any_form=False)
        own = relation(_relu(c[f"Z{layer}"]), c[f"D{layer}"], c[f"A{layer}"], given.args[2])
        others = (f"A{3 - layer}", "Z1", "Z2", "Z3")
        return own and all(_near(c[name], formulas[name][0]) for name in others)

    return _where_wrong(holds)


def _where_wrong(predicate):
    """A predicate: another one holds for all calls of the case that are wrong."""

    def fits(given):
        wrong = [one for one in _each(given) if _problem_of_cache(one)]
        return bool(wrong) and all(map(predicate, wrong))

    return fits


def _goes_on(parameters, c):
    """Whether the output was computed from the A2 of the cache: another one may stand there alone."""
    return _near(c["Z3"], parameters["W3"] @ c["A2"] + parameters["b3"])


def _continues_without_mask(given):
    X, parameters = given.args[:2]
    _, c = _cached(given)
    from_whole = parameters["W2"] @ _relu(parameters["W1"] @ X + parameters["b1"]) + parameters["b2"]
    return _near(c["Z2"], from_whole) and not _near(c["Z2"], parameters["W2"] @ c["A1"] + parameters["b2"])


def _drops_the_output(given):
    A3, c, formulas = _formulas(given)
    right = all(_near(c[name], formulas[name][0]) for name in ("A1", "Z2", "A2", "Z3"))
    kept, full = A3 != 0, formulas["A3"][0]
    right = right and (kept.any() or kept.size < 10)  # zeros everywhere are a stub
    ratios = (np.ones(1), np.full(1, 1 / given.args[2]))
    return right and any(np.allclose(A3, full * kept * r) for r in ratios) and not _near(A3, full)


def _is_raw(D):
    return ((D >= 0) & (D < 1)).all() and np.unique(D).size > 1


_CACHE_FITS = {
    "cache-order": _where_wrong(lambda given: "cache-order" in _forms(given)),
    "mask-of-dropped": _where_wrong(lambda given: "mask-of-dropped" in _forms(given)),
    "scaled-mask": _where_wrong(lambda given: "scaled-mask" in _forms(given)),
    "mask-not-thresholded": _hidden(lambda R, D, A, k: _is_raw(D) and (_near(A, R * D) or _near(A, R * D / k))),
    "numbers-for-mask": _hidden(lambda R, D, A, k: _is_raw(D) and _near(A, R * (A != 0) / k)),
    "mask-not-applied": _hidden(lambda R, D, A, k: _near(A, R) or _near(A, R / k)),
    "missing-scale": _hidden(lambda R, D, A, k: _near(A, R * D)),
    "multiplied-scale": _hidden(lambda R, D, A, k: _near(A, R * D * k)),
    "scaled-by-dropped": _hidden(lambda R, D, A, k: _near(A, R * D / (1 - k))),
    "only-first-layer": _in_layer(2, lambda R, D, A, k: _near(A, R)),
    "only-second-layer": _in_layer(1, lambda R, D, A, k: _near(A, R)),
    "first-layer-unscaled": _in_layer(1, lambda R, D, A, k: _near(A, R * D)),
    "second-layer-unscaled": _in_layer(2, lambda R, D, A, k: _near(A, R * D)),
    "mask-1-not-applied": _in_layer(1, lambda R, D, A, k: _near(A, R / k)),
    "mask-2-not-applied": _in_layer(2, lambda R, D, A, k: _near(A, R / k)),
    "mask-after-use": _where_wrong(_continues_without_mask),
    "dropout-on-output": _where_wrong(_drops_the_output),
}


def _share_kept(*values):
    """A predicate: the masks of both layers keep about such shares of keep_prob of their entries, whatever keep_prob is."""

    def holds(given):
        _, c = _cached(given)
        masks = zip((c["D1"], c["D2"]), values, strict=True)
        return all(np.isin(D, (0, 1)).all() and abs(D.mean() - value(given.args[2])) < 0.02 for D, value in masks)

    return lambda given: all(map(holds, _each(given)))


def _as_asked(k):
    return k


def _inverted(k):
    return 1 - k


def _half(k):
    return 0.5


def _normal(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def _repeats(given):
    _, c = _cached(given)
    first, second = c["D1"].ravel(), c["D2"].ravel()
    count = min(first.size, second.size)
    return 0 < first.mean() < 1 and (first[:count] == second[:count]).all()


def _mask_per_unit(given):
    _, c = _cached(given)
    return all(c[n].ndim == 2 and (c[n] == c[n][:, :1]).all() and 0 < c[n].mean() < 1 for n in ("D1", "D2"))


def _mask_per_example(given):
    _, c = _cached(given)
    return all(c[n].ndim == 2 and (c[n] == c[n][:1]).all() and 0 < c[n].mean() < 1 for n in ("D1", "D2"))


def _first_kept(given):
    _, c = _cached(given)
    return all((c[n][0].all() or c[n][:, 0].all()) and not c[n][1:, 1:].all() for n in ("D1", "D2"))


def _counted_out(given):
    _, c = _cached(given)
    return all(equal_counts_problem(c[name], given.args[2], name) for name in ("D1", "D2"))


_MASK_FITS = {
    "repeated-masks": _repeats,
    "mask-per-unit": _mask_per_unit,
    "mask-per-example": _mask_per_example,
    "first-always-kept": _first_kept,
    "exact-count": lambda given: _counted_out(given) and not (_mask_per_unit(given) or _mask_per_example(given)),
    "nothing-dropped": _share_kept(lambda k: 1.0, lambda k: 1.0),
    "inverted-mask": _share_kept(_inverted, _inverted),
    "mask-1-inverted": _share_kept(_inverted, _as_asked),
    "mask-2-inverted": _share_kept(_as_asked, _inverted),
    "gaussian-mask": lambda g: (
        _share_kept(_normal, _normal)(g) or _share_kept(lambda k: 1 - _normal(k), lambda k: 1 - _normal(k))(g)
    ),
    "keep-prob-ignored": _share_kept(_half, _half),
    "mask-1-keeps-half": _share_kept(_half, _as_asked),
    "mask-2-keeps-half": _share_kept(_as_asked, _half),
}

# -- backward pass with dropout ----------------------------------------------------------


def _dropped(d, margin=0.0):
    """X, Y, a cache with masks of our own (so that no random call decides), keep_prob."""
    X, Y, parameters = _example_network(d)
    n1, n2, m = *(len(parameters[name]) for name in ("b1", "b2")), X.shape[1]
    shares = {"keep everything": (1, 1.0), "one example": (0.3, 0.5, 0.6)}.get(d.case, _SHARES)
    keep_prob = d.choice(shares)
    D1, D2 = d.rng.random((n1, m)) < keep_prob, d.rng.random((n2, m)) < keep_prob
    if d.case == "masks of numbers":
        D1, D2 = (D.astype(d.choice([np.int64, np.float64])) for D in (D1, D2))
    if d.case == "layer dropped":
        D2[:] = False
    if d.case == "kink":  # what is dropped would hide the kink
        D1[:, 0] = D2[:, 0] = True
    Z1, A1, Z2, A2, Z3, A3 = found = _forward(X, parameters, (D1 / keep_prob, D2 / keep_prob))
    _moderate(d, found, margin)
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in _NAMES)
    # A mask that changes nothing tells nobody who forgets it: something is dropped to which a gradient comes back.
    if d.case in ("small", "general", "masks of numbers") and not (
        np.any(D2 == 0) and np.any((D1 == 0) & (A2 > 0).any(axis=0))
    ):
        d.reject("a mask of which nothing is seen")
    if d.case == "one example" and not (A1.any() and A2.any() and (D1 == 0).any() and (D2 == 0).any()):
        d.reject("one example, and a layer from which no gradient comes, or of which nothing is dropped")
    d.note(parameters=parameters)
    return X, Y, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3), keep_prob


def _dropped_slope(d):
    X, Y, cache, keep_prob = question = _dropped(d, _MARGIN)
    direction, factors = _direction(d), (cache[1] / keep_prob, cache[6] / keep_prob)
    d.note(direction=direction, slope=_slope(X, Y, d.facts["parameters"], direction, factors=factors))
    return [question]


# -- model: short runs from given parameters ---------------------------------------------


def _start(d, m, margin=1e-3, *, n_x=None, biases_of_zero=False, fits_closely=False):
    """An odd number of examples (so that the labels are not balanced) and the parameters to start from.

    What is fitted may fit so closely that the cost is below 1e-4.
    """
    n_x = n_x or d.choice([2, d.size("n")])  # the exercise's data have two features
    X, Y = d.array(n_x, m), d.labels(1, m)
    parameters = d.parameters([n_x, 20, 3, 1], scale=1 / 8 if d.case == "small" else None)
    if biases_of_zero:  # as they are after every real initializer
        parameters.update({name: np.zeros_like(value) for name, value in parameters.items() if name[0] == "b"})
    if d.case == "fitted":  # the cost is small from the start: a run that stops early stands still
        Y, parameters["b3"] = np.ones_like(Y), np.zeros((1, 1))
        parameters["b3"] = (10.0 if fits_closely else 2.5) - _forward(X, parameters)[4].min(keepdims=True)
    if d.case == "flat":  # the last bias is the best one without the small weights
        parameters = {name: 2.0**-6 * value for name, value in parameters.items()}
        parameters["b3"], margin = np.full((1, 1), np.log(Y.mean() / (1 - Y.mean()))), 1e-9
    *hidden, Z3, A3 = _forward(X, parameters)
    _moderate(d, (*hidden, Z3 - parameters["b3"] if fits_closely else Z3, A3), margin)
    if not (hidden[2] > 0).any(axis=1).all():
        d.reject("a unit of the second layer passes nothing")
    if d.case == "one step":  # large weights and gradients: what is cut to a bound shows there alone
        X, parameters = 16 * X, steeper(parameters | {"W1": parameters["W1"] / 16}, 8.0)
    d.give("initialize_parameters", Code("planted", (parameters,)))
    d.note(parameters=parameters)
    return X, Y


# Where runs are stopped that should not be: where the cost is low, rises, or hardly falls yet, since all weights are small.
_STOPPING = (
    CaseClass("fitted", count=3, share=0.15),
    CaseClass("rising cost", count=3, share=0.15),
    CaseClass("flat", count=2, share=0.2),
)
_MANY_EXAMPLES = 151  # more than the mini-batches of a usual size hold: a step is one on all examples at once


def _run(d, lambd):
    m = {"one example": 1, "many examples": _MANY_EXAMPLES}.get(d.case) or d.choice([5, 7, 9])
    margin = 1e-6 if d.case == "many examples" else 1e-3
    biases_of_zero, fits_closely = d.case in ("general", "one step", "many steps"), d.case == "fitted" and not lambd
    X, Y = _start(d, m, margin, biases_of_zero=biases_of_zero, fits_closely=fits_closely)
    steps = {"one step": 1, "many steps": 102, "rising cost": 4, "flat": 12}.get(d.case) or d.integer(2, 6)
    rates = {"rate of 0": [0.0], "rising cost": [1.0, 2.0, 4.0], "flat": [1.25, 2.5]}
    rates["many steps"] = [0.025, 0.05]  # none that saturates the output
    rate = d.choice(rates.get(d.case, [0.05, 0.1, 0.2, 0.5, 1.25]))
    if fits_closely:  # where the cost is so low, usual steps are hardly seen, and it hardly falls
        rate *= d.choice([2.0**14, 2.0**3])
    if d.case == "rising cost" and not _rises(d, X, Y, rate, steps):  # who stops there, stops too early
        d.reject("saturated, or the cost falls in every step")
    if rate * lambd > X.shape[1]:
        d.reject("the penalty turns the weights around, and they grow without bound")
    if d.case == "one step" and not lambd:  # the other arguments have defaults
        return X, Y, rate, steps
    return X, Y, rate, steps, d.choice([True, False]), lambd, d.choice([1, 1.0])


def _rises(d, X, Y, rate, steps):
    """Whether the cost of a plain run rises in a step that others follow, and the output is never saturated."""
    parameters, costs = d.facts["parameters"], []
    for _ in range(steps):
        A3, cache = d.right("forward_propagation", X, parameters)
        if A3.min() < 0.02 or A3.max() > 0.98:
            return False
        costs.append(d.right("compute_cost", A3, Y))
        parameters = d.right("update_parameters", parameters, d.right("backward_propagation", X, Y, cache), rate)
    return any(after > before for before, after in pairwise(costs))


def _plain_run(d):
    return _run(d, d.choice([0, 0.0]))


def _regularized_run(d):
    return _run(d, d.choice(_LAMBDAS))


def _dropout_step(d):
    """One step on one example: from its result the masks can be told, whatever the order of random calls."""
    X, Y = _start(d, 1, _MARGIN)
    keep_prob = d.choice([0.5, 0.6, 0.75, 0.86, 0.95])
    # Two runs without dropout tell the start: masks may differ from run to run.
    runs = (_RATE, 1), (_FURTHER * _RATE, 1), (_RATE, keep_prob)
    return [(X, Y, rate, 1, False, 0, keep) for rate, keep in runs]


_MANY_DROPPED, _TINY, _COUNTED = 12, 2.0**-26, 0.03
_LONG, _LONG_STEPS = 1.0, 4  # of a run in which the last bias moves far: each step needs a forward pass of its own


def _dropout_steps(d):
    """Several steps with dropout from where all of them are alike: every unit is active, the output hardly depends on any
    and the parameters hardly move. So what the steps subtract is a sum that tells how often each unit was kept.

    In a run of long steps the output still depends on the last bias alone, whatever was dropped: there is one way to go."""
    n_x = d.choice([2, d.size("n")])
    parameters = {name: np.abs(value) for name, value in d.parameters([n_x, 20, 3, 1]).items()}
    parameters["W2"], parameters["b2"] = 2.0**-60 * parameters["W2"], 2.0**-60 * (0.5 + parameters["b2"])
    parameters["W3"], parameters["b3"] = 2.0**-60 * (0.5 + d.rng.random((1, 3))), np.zeros((1, 1))
    X, Y = d.array(n_x, 1, positive=True), np.ones((1, 1), dtype=int)
    d.give("initialize_parameters", Code("planted", (parameters,)))
    d.note(parameters=parameters)
    keep_prob = d.choice([0.31, 0.72, 0.87, 0.95])  # no number of whole steps times these is a whole number
    runs = (_TINY, 1, 1), (_FURTHER * _TINY, 1, 1), (_LONG, _LONG_STEPS, keep_prob), (_TINY, _MANY_DROPPED, keep_prob)
    return [(X, Y, rate, steps, True, 0, keep) for rate, steps, keep in runs]


_PLAIN_FIRST = Objection("a run of one step has to be right first", checked=False)


def _every_step_drops(given):
    """Whether the sum is one of steps with dropout; where a run starts elsewhere, nobody can tell."""
    problem = _not_dropped(given) or _way_problem(given)
    if problem and _starts_elsewhere(given):
        if first_step_problem(*given.args[:2], *given.replies[:2], _TINY, _FURTHER):
            return _PLAIN_FIRST
        unseen = _not_checked(given, _TINY)
        return unseen and replace(unseen, by_chance=True)
    return problem


def _not_dropped(given):
    """What speaks against steps with dropout from the given start."""
    steps, kept = _kept_of(given)
    made = _MANY_DROPPED + _off_by_one(given)
    with_keep_prob = f"with keep_prob={given.args[6]:g}"
    if abs(steps) <= _COUNTED:
        return f"{with_keep_prob}, {_MANY_DROPPED} steps leave b3 as it is"
    if abs(steps - made) > _COUNTED:
        return f"{with_keep_prob}, {_MANY_DROPPED} steps move b3 {_as_far_as(steps)}"
    if (np.abs(kept - np.round(kept)) > _COUNTED).any() or kept.min() < -0.5 or kept.max() > made + 0.5:
        return (
            f"{with_keep_prob}, {_MANY_DROPPED} steps move W2 and b2 in another way than steps with dropout: in each of "
            "them a unit that is kept moves them by its gradient, divided by keep_prob, and one that is dropped not at all"
        )
    if not np.round(kept).any():  # a seed within the forward pass draws the same masks in each step
        return Objection(
            f"{with_keep_prob}, no unit is kept in any of {_MANY_DROPPED} steps: nothing passes", by_chance=True
        )
    return None


def _off_by_one(given):
    """-1 or 1 where the runs of tiny and of long steps both make one step less or more: other checks are about that."""
    steps, _ = _kept_of(given)
    for off in (-1, 1):
        moved, should = _way(given, off=off)
        if abs(steps - _MANY_DROPPED - off) <= _COUNTED and abs(moved - should) <= 0.01:
            return off
    return 0


def _as_far_as(steps):
    """How far so many steps should move a number, in words."""
    if steps < 0:
        return f"in the wrong direction, as far as {_steps(-steps)} should move it in the other one"
    return f"as far as {_steps(steps)} should"


def _steps(number):
    told = f"{number:.3g}"
    return "1 step" if told == "1" else f"{told} steps"


def _kept_of(given):
    """How many steps there were, as b3 tells, and in how many each unit of layer 2, and each pair of units, was kept."""
    X, keep_prob, start = given.args[0], given.args[6], given.facts["parameters"]
    moved = {name: (value - given.reply[name]) / _TINY for name, value in start.items()}
    slope = -0.5  # of the cost over Z3: the label is 1 and the output one half
    second = moved["b2"] * keep_prob / (slope * start["W3"].T)
    pairs = moved["W2"] * keep_prob**2 / (slope * start["W3"].T * _relu(start["W1"] @ X + start["b1"]).T)
    return float(moved["b3"].item() / slope), np.concatenate([second.ravel(), pairs.ravel()])


def _way(given, every=1, off=0):
    """How far b3 moves in the run of long steps, and how far it should where every so many of them have a forward pass.

    ``off`` is how many steps there are more than asked.
    """
    b3 = should = given.facts["parameters"]["b3"].item()
    seen = b3
    for step in range(_LONG_STEPS + off):
        seen = should if step % every == 0 else seen
        should += _LONG * (1 - _sigmoid(seen))  # the label is 1
    return float(given.replies[2]["b3"].item()) - b3, should - b3


def _way_problem(given):
    moved, should = _way(given, off=_off_by_one(given))
    if abs(moved - should) <= 0.01:
        return None
    return (
        f"with keep_prob={given.args[6]:g}, {_LONG_STEPS} steps with learning_rate={_LONG:g} move b3 by {moved:.4g}; where "
        f"each step has a forward pass through the parameters as they are by then, it is {should:.4g}"
    )


def _forward_pass_is_stale(given):
    ways = [_way(given, every) for every in range(2, _LONG_STEPS + 1)]
    return _not_dropped(given) is None and any(abs(moved - should) <= 0.01 for moved, should in ways)


def _only_the_first_drops(given):
    """All but one of the steps keep everything, undivided."""
    steps, kept = _kept_of(given)
    first = kept[:3] - (_MANY_DROPPED - 1) * given.args[6]
    return abs(steps - _MANY_DROPPED) <= _COUNTED and (np.minimum(np.abs(first), np.abs(first - 1)) <= _COUNTED).all()


def _some_drop_nothing(given):
    """Of so many steps the last ones, two or more, keep everything, undivided."""
    steps, kept = _kept_of(given)
    if abs(steps - _MANY_DROPPED) > _COUNTED:
        return False
    dropped = [kept[:3] - whole * given.args[6] for whole in range(1, _MANY_DROPPED - 1)]
    return any((np.abs(part - np.round(part)) <= _COUNTED).all() for part in dropped)


def _single_dropout_step(given):
    """One step in either run: who stops early goes on where the steps are long."""
    only = 1 - _sigmoid(given.facts["parameters"]["b3"].item())
    return abs(_kept_of(given)[0] - 1) <= _COUNTED and abs(_way(given)[0] - _LONG * only) <= 0.01


def _stops_early_under_dropout(given):
    """Fewer steps where they are tiny, and all of them where they are long."""
    moved, should = _way(given)
    return 0 <= _kept_of(given)[0] <= _MANY_DROPPED - 1 and abs(moved - should) <= 0.01


# -- model: relations between its own short runs, wherever they start ----------------------

_RATE, _FURTHER = 0.015625, 2.5
_LATE, _MANY = 0.125, 15  # a run that ends early, or trains at small rates only, is right for the first steps


def _first_steps(d, later=()):
    """From the same start: one step, one longer step, two steps, three, and later ones of another run.

    So many examples and features that a start of one's own leaves no layer without an open unit.
    """
    m, margin = (_MANY_EXAMPLES, 1e-6) if d.case == "many examples" else (25, 1e-3)
    is_fitted = d.case == "fitted"
    X, Y = _start(d, m, margin, n_x=12, biases_of_zero=d.case == "regularized", fits_closely=is_fitted)
    lambd = d.choice(_LAMBDAS) if d.case == "regularized" else 0
    d.note(is_flat=d.case == "flat", is_fitted=is_fitted)
    runs = (_RATE, 1), (_FURTHER * _RATE, 1), (_RATE, 2), (_RATE, 3), *later
    return [(X, Y, rate, steps, False, lambd, 1) for rate, steps in runs]


def _all_steps(d):
    return _first_steps(d, ((_LATE, _MANY - 1), (_LATE, _MANY)))


def _origin(given):
    """The parameters from which the runs started."""
    return start_of(*given.replies[:2], _FURTHER)


def _starts_elsewhere(given):
    return not is_same_start(_origin(given), given.facts["parameters"])


def _own_start_problem(given, rate):
    """Why the steps show nothing, where they are right ones from a start of one's own."""
    start, lambd = given.facts["parameters"], given.args[5]
    return own_start_problem(*given.args[:2], *given.replies[:2], start, rate, _FURTHER, lambd=lambd)


def _not_checked(given, rate):
    """Why steps that follow the first, or have dropout, are not looked at."""
    problem = _EQUAL if stays_equal(_origin(given)) else _own_start_problem(given, rate)
    return Objection(problem, checked=False) if problem else None


def _counts_for_itself(given):
    return counts_for_itself(given.facts["parameters"], given.replies, _FURTHER)


def _one_step_from_a_start(given):
    X, Y, lambd = *given.args[:2], given.args[5]
    start, dims = _origin(given), [X.shape[0], 20, 3, 1]
    for l in range(1, 4):
        W, b = start[f"W{l}"], start[f"b{l}"]
        if W.shape != (dims[l], dims[l - 1]) or b.shape != (dims[l], 1):
            return f"the parameters of layer {l} have the shapes {W.shape} and {b.shape}; the layers are {dims}"
        if np.ptp(W) < 1e-9:
            return f"W{l} starts with weights that are all equal, so that all units of the layer stay equal"
    usual = given.facts["parameters"]
    problem = first_step_problem(X, Y, *given.replies[:2], _RATE, _FURTHER, lambd=lambd, given=usual)
    return problem or _own_start_problem(given, _RATE)


_EQUAL = "all weights of a layer start equal, so that its units stay equal"


def _further_steps(given):
    """What is wrong after the first step; where the cost is flat or low that shows only from the start that is given."""
    X, Y, lambd = *given.args[:2], given.args[5]
    if _stands_still_where_it_fits(given):
        return "where the cost is below 1e-4 from the start, three steps leave all parameters as they are"
    if (given.facts["is_flat"] or given.facts["is_fitted"]) and _starts_elsewhere(given):
        return first_step_problem(X, Y, *given.replies[:2], _RATE, _FURTHER)
    return _not_checked(given, _RATE) or further_steps_problem(
        X, Y, given.replies, _RATE, _FURTHER, lambd=lambd, later_rate=_LATE
    )


def _stands_still_where_it_fits(given):
    start, after = given.facts["parameters"], given.replies[3]
    return given.facts["is_fitted"] and all(np.array_equal(after[name], value) for name, value in start.items())


def _falls(given):
    """Seen after the first step: who stops there has lowered the cost, too, and where it began may not be seen."""
    if problem := _not_checked(given, _RATE):
        return problem
    once, *_, often = given.replies
    if fall_problem(*given.args[:2], once, often) is None:
        return None
    return "after three small steps the cost is not lower than after one"


def _start_of_dropout(given):
    """Where the step with dropout started: as two steps without it tell, or where it should have, if those are wrong."""
    return given.facts["parameters"] if _plain_is_wrong(given) else _origin(given)


def _plain_is_wrong(given):
    return first_step_problem(*given.args[:2], *given.replies[:2], _RATE, _FURTHER)


def _step_taken(given):
    """What the step with dropout subtracted, divided by the learning rate."""
    start = _start_of_dropout(given)
    return {name: (start[name] - given.reply[name]) / _RATE for name in _NAMES}


def _masks_of(step):
    """The masks behind the gradients of one example: what passed a layer has a gradient.

    ``db2 = dZ2`` is not zero just where a unit of the second layer was kept and active, and ``dW2 = dZ2 @ A1.T``
    then shows A1. A unit that is not active has no effect, kept or not.
    """
    kept2 = np.abs(step["b2"]) > 1e-9
    row = int(np.argmax(np.abs(step["b2"])))
    A1 = step["W2"][row] / step["b2"][row] if kept2[row, 0] else np.zeros(step["W2"].shape[1])
    return (np.abs(A1) > 1e-6).reshape(-1, 1), kept2


def _is_a_dropout_step(given):
    if problem := _not_checked(given, _RATE):
        return replace(problem, by_chance=True)
    X, Y, keep_prob, start = *given.args[:2], given.args[6], _start_of_dropout(given)
    D1, D2 = _masks_of(_step_taken(given))
    moved = [name for name, part in _step_taken(given).items() if np.abs(part).max() > 1e-9]
    if not D2.any() and ("W2" in moved or "b3" not in moved):
        still = ", ".join(name for name in ("b1", "b2", "b3") if name not in moved)
        return (
            f"one step with keep_prob={keep_prob:g} leaves {still} as before, expected a change by -learning_rate * gradient"
        )
    if not D2.any():
        return Objection("no unit of the second layer is kept and open: nothing passes", by_chance=True)
    factors = (D1 / keep_prob, D2 / keep_prob)
    if np.abs(_forward(X, start, factors)[2]).min() < 1e-3:
        return None  # at a kink there is no slope to compare with
    if step_problem(X, Y, start, given.reply, _RATE, factors=factors) is None:
        return None
    return "one step with keep_prob < 1 is not a step along the gradient of a network with dropped units"


def _is_a_plain_step(given):
    return step_problem(*given.args[:2], _start_of_dropout(given), given.reply, _RATE) is None


def _keep_prob_not_handed_on(given):
    """Whether the error at the output is that of a forward pass with the default, 0.5, and not with the given keep_prob."""
    (X, Y), start, step = given.args[:2], _start_of_dropout(given), _step_taken(given)
    masks = _masks_of(step)
    default, asked = (_forward(X, start, tuple(D / share for D in masks))[-1] - Y for share in (0.5, given.args[6]))
    return np.allclose(step["b3"], default, atol=1e-7) and not np.allclose(step["b3"], asked, atol=1e-4)


_NETWORK = cases(one_example={"m": 1}, one_unit={"width": (1, 2)}, many={"m": (20, 40)}, no_regularization={})
_RUNS = (
    CaseClass("small", count=3),
    CaseClass("general", count=5),
    CaseClass("one example", count=2),
    CaseClass("many steps", count=2),
)
_STARTS = (
    CaseClass("general", count=2),
    CaseClass("regularized", count=2, share=0.35),
    CaseClass("many examples", count=1, share=0.5),
)
_OF_STEPS = {"regularized": 0.35, "many examples": 0.35}
_RUNS += (CaseClass("fitted", count=2),)
_STEPS = (
    *(replace(one, share=_OF_STEPS.get(one.name, 0.0)) for one in _STARTS),
    CaseClass("flat", count=1, share=0.1),
    CaseClass("fitted", count=1, share=0.1),
)

ASSIGNMENT = Assignment(
    name="regularization",
    title="Regularization: L2 and dropout",
    source="exercises of the first week: regularization",
    provided_helpers={
        "sigmoid": "reference.three_layer_network.sigmoid",
        "relu": "reference.three_layer_network.relu",
        "forward_propagation": "reference.three_layer_network.forward_propagation",
        "backward_propagation": "reference.three_layer_network.backward_propagation",
        "update_parameters": "reference.dnn_step_by_step.update_parameters",
        "compute_cost": "reference.dnn_step_by_step.compute_cost",
    },
    functions=(
        Function(
            "compute_cost_with_regularization",
            points=15,
            inputs=_predictions,
            returns="cost",
            summary="cross-entropy plus the L2 penalty",
            classes=(*_NETWORK, CaseClass("confident", count=3, sizes={"m": (4, 7)})),
            guards=("guarded",),
            helpers=("compute_cost",),
            properties=(
                Property(
                    "the penalty grows with the square of the weights",
                    share=0.1,
                    plan=_three_strengths,
                    judge=_grows_with_the_square,
                ),
                Property(
                    "a confident mistake costs its full price",
                    share=0.05,
                    plan=_sure_and_wrong,
                    judge=_is_the_full_price,
                    count=2,
                    fits={"wide-guard": _is_cut_off},
                ),
            ),
        ),
        Function(
            "backward_propagation_with_regularization",
            points=20,
            inputs=_regularized,
            returns="gradients",
            labels={"cache": tuple(name for name in _CACHE if name[0] != "D")},
            summary="gradients of the regularized cost",
            classes=cases(
                one_example={"m": 1}, one_unit={"width": (1, 2)}, kink={"m": (2, 5)}, steep={}, no_regularization={}
            ),
            weights={"dW{l}": 4, "db{l}": 0.5, "dZ{l}": 0.5, "dA{l}": 0.5},
            guards=("guarded",),
            properties=(
                Property(
                    "the gradients are the slope of the cost", share=0.23, plan=_regularized_slope, judge=_is_the_slope
                ),
            ),
        ),
        Function(
            "forward_propagation_with_dropout",
            points=25,
            inputs=_dropout_forward,
            returns=("A3", "cache"),
            labels={"cache": _CACHE},
            summary="forward pass with inverted dropout on both hidden layers",
            classes=cases(one_example={"m": 1}, one_unit={"width": (1, 2)}, many={"m": (20, 40)}),
            random=frozenset({"A3", "cache"}),
            loose_dtype=frozenset({"cache"}),
            helpers=("relu", "sigmoid"),
            properties=(
                Property(
                    "the cache explains the result",
                    share=0.35,
                    plan=_both_shares,
                    judge=_explains_itself,
                    classes=cases(6, 8, one_example={"m": 1}, kink={"m": (2, 5)}),
                    fits=_CACHE_FITS,
                ),
                at_usual_sizes(
                    Property(
                        "masks keep units independently, with probability keep_prob",
                        share=0.35,
                        plan=_wide,
                        judge=_masks_are_random,
                        classes=(
                            CaseClass("narrow to wide", count=1),
                            CaseClass("wide to narrow", count=2),
                            CaseClass("equal", count=1),
                        ),
                        fits=_MASK_FITS,
                    ),
                    inputs=_usual,
                    judge=_masks_are_drawn,
                ),
                Property(
                    "how many units are kept is left to chance",
                    share=0.05,
                    plan=_growing,
                    judge=_counts_vary,
                    count=1,
                    fits={"exact-share": _only_the_whole_is_counted_out},
                ),
                Property(
                    "the mean activation is preserved",
                    share=0.1,
                    plan=_wide,
                    judge=_expectation_is_kept,
                    classes=(CaseClass("wide", count=1),),
                ),
                Property(
                    "keep_prob = 1 drops nothing",
                    share=0.1,
                    plan=_keep_everything,
                    judge=_nothing_is_dropped,
                    classes=cases(2, 3, one_example={"m": 1}),
                ),
            ),
        ),
        Function(
            "backward_propagation_with_dropout",
            points=20,
            inputs=_dropped,
            returns="gradients",
            labels={"cache": _CACHE},
            summary="gradients under the masks of the forward pass",
            classes=cases(
                one_example={"m": 1},
                one_unit={"width": (1, 2)},
                kink={"m": (2, 5)},
                steep={},
                keep_everything={},
                layer_dropped={},
                masks_of_numbers={},
            ),
            weights={"dA{l}": 4, "dW{l}": 2, "dZ{l}": 1, "db{l}": 1},
            guards=("guarded",),
            properties=(
                Property("the gradients are the slope of the cost", share=0.25, plan=_dropped_slope, judge=_is_the_slope),
            ),
        ),
        Function(
            "model",
            points=20,
            inputs=_plain_run,
            returns="parameters",
            summary="gradient descent: plain, with L2 regularization, or with dropout",
            classes=(
                *cases(
                    *(6, 9),
                    **{name: {} for name in ("one_example", "many_steps", "rate_of_0")},
                    many_examples={},
                ),
                CaseClass("one step", count=3, share=0.15),
                *_STOPPING,
            ),
            helpers=(
                "compute_cost_with_regularization",
                "backward_propagation_with_regularization",
                "forward_propagation_with_dropout",
                "backward_propagation_with_dropout",
                "forward_propagation",
                "backward_propagation",
                "update_parameters",
                "compute_cost",
            ),
            given=("initialize_parameters",),
            sets=(CaseSet("with L2 regularization", share=0.2, inputs=_regularized_run, classes=_RUNS),),
            cpu_s=0.5,  # a run that ignores num_iterations ends here
            properties=(
                Property(
                    "one step goes down the slope of the cost",
                    share=0.05,
                    proves=True,
                    plan=_first_steps,
                    judge=_one_step_from_a_start,
                    classes=_STARTS,
                    elsewhere=_starts_elsewhere,
                    fits={"iterations-ignored": _counts_for_itself},
                ),
                Property(
                    "every step goes on where the last one ended",
                    share=0.25,
                    proves=True,
                    plan=_all_steps,
                    judge=_further_steps,
                    classes=_STEPS,
                    fits={"stops-early": _stands_still_where_it_fits},
                ),
                Property("a few small steps lower the cost", share=0.15, plan=_first_steps, judge=_falls, proves=True),
                Property(
                    "a step with dropout",
                    share=0.1,
                    proves=True,
                    plan=_dropout_step,
                    judge=_is_a_dropout_step,
                    count=6,
                    fits={"keep-prob-ignored": _is_a_plain_step, "default-keep-prob": _keep_prob_not_handed_on},
                ),
                Property(
                    "every step has dropout",
                    share=0.15,
                    plan=_dropout_steps,
                    judge=_every_step_drops,
                    count=5,
                    fits={
                        "dropout-once": _only_the_first_drops,
                        "dropout-ends": _some_drop_nothing,
                        "single-dropout-step": _single_dropout_step,
                        "stops-early": _stops_early_under_dropout,
                        "stale-dropout": _forward_pass_is_stale,
                    },
                ),
            ),
        ),
    ),
)
