"""Batch normalization: forward, backward through the student's own cache, running averages, test time."""

from dataclasses import replace

import numpy as np

from grader.descent import slope_told
from grader.spec import Assignment, CaseClass, CaseSet, Function, Property, Ref, Step, cases

_TINY = 1e-8  # what the course uses; the size at which it hardly shows where epsilon stands
_LARGE = (1e-2, 0.1, 0.5, 1.0)
_SMALLEST_VARIANCE = 0.2

# -- inputs ------------------------------------------------------------------------------


def _scale_and_shift(d, n):
    """Large ones among them, so that a result is large: a clip shows there alone."""
    size = d.choice([1.0, 1.0, 40.0]) if d.case == "general" else 1.0
    return d.array(n, 1, scale=size), d.array(n, 1, scale=size)


def _batch(d, n, m):
    """Z of shape (n, m), every unit with a mean and a spread of its own; none of them nearly constant."""
    Z = d.array(n, m)
    if d.case not in ("small", "one example"):
        Z = Z * d.rng.uniform(0.5, 3, (n, 1)) + d.rng.uniform(-2, 2, (n, 1))
    if d.case in ("many", "far out"):  # an example far from all the others: who cuts off what is normalized, changes it
        Z[d.integer(0, n - 1), d.integer(0, m - 1)] += d.choice([-40.0, 40.0]) * (10 if d.case == "far out" else 1)
    if m > 1 and Z.var(axis=1).min() < _SMALLEST_VARIANCE:
        d.reject("a unit of small variance, where a guard of 1e-8 shows")
    if d.case == "constant unit":
        Z[d.integer(0, n - 1)] = d.choice([0.0, 0.375, -1.5])  # means of these are exact
    return Z


def _batch_and_parameters(d):
    n, m = d.sizes("n", "m")
    return (_batch(d, n, m), *_scale_and_shift(d, n))


def _forward(d):
    Z, gamma, beta = _batch_and_parameters(d)
    if d.case == "zero gamma":  # of one unit, or of all
        gamma[: d.choice([1, len(gamma)])] = 0.0
    return Z, gamma, beta, _TINY


def _forward_epsilon(d):
    """Where epsilon matters: a large one, or nothing but epsilon below the fraction."""
    epsilons = (_TINY, 1e-2) if d.case in ("one example", "constant unit") else _LARGE
    return (*_batch_and_parameters(d), d.choice(epsilons))


def _backward(d):
    return _backward_at(d, _TINY)


def _backward_epsilon(d):
    return _backward_at(d, d.choice(_LARGE))


def _backward_at(d, epsilon):
    Z, gamma, beta = _batch_and_parameters(d)
    if d.case == "zero gamma":  # Z_norm cannot be had from Z_tilde, and there is no slope in Z
        gamma[d.integer(0, len(gamma) - 1)] = 0.0
    _, cache = d.call("batch_norm_forward", Z, gamma, beta, epsilon)
    d.call(
        "batch_norm_forward", d.array(*Z.shape), gamma, beta, epsilon
    )  # of another layer: only the cache tells them apart
    return d.array(*Z.shape, scale=d.choice([1.0, 40.0])), cache  # a clip shows in large ones alone


def _running(d):
    n, m = d.sizes("n", "m")
    momentum = 0.0 if d.case == "momentum of 0" else d.choice([0.6, 0.75, 0.9, 0.99])
    before = d.array(n, 1), d.array(n, 1, positive=True)
    if d.case == "first batch":
        before = np.zeros((n, 1)), np.ones((n, 1))
    if d.case == "averages of 0":  # how many start both: no sign that there is no past
        before = np.zeros((n, 1)), np.zeros((n, 1))
    return *before, _batch(d, n, m), momentum


def _inference_at(d, epsilon):
    n, m = d.sizes("n", "m")
    Z, mean, variance = d.array(n, m), d.array(n, 1), d.array(n, 1, positive=True) + 0.25
    if d.case == "many":  # an example far from all the others: who cuts off what is normalized, changes it
        Z[d.integer(0, n - 1), d.integer(0, m - 1)] += d.choice([-40.0, 40.0])
    if d.case == "untrained":  # what running averages start from
        mean, variance = np.zeros((n, 1)), np.ones((n, 1))
    if d.case == "constant unit":
        variance[d.integer(0, n - 1)] = 0.0
    return Z, *_scale_and_shift(d, n), mean, variance, epsilon


def _inference(d):
    return _inference_at(d, _TINY)


def _inference_epsilon(d):
    return _inference_at(d, d.choice(_LARGE))


# -- properties --------------------------------------------------------------------------


def _normalized(given):
    Z_tilde, _ = given.reply
    _, gamma, beta, _ = given.args
    mean, deviation = np.mean(Z_tilde, axis=1, keepdims=True), np.std(Z_tilde, axis=1, keepdims=True)
    mean, deviation, beta, gamma = np.broadcast_arrays(mean, deviation, beta, gamma)
    off = ~np.isclose(mean, beta, rtol=0, atol=1e-6)
    if off.any():
        return f"the mean of a unit over the examples is {mean[off][0]:.5g}, expected {beta[off][0]:.5g}, its beta"
    off = ~np.isclose(deviation, np.abs(gamma), rtol=1e-5, atol=1e-6)
    if off.any():
        right = f"expected {np.abs(gamma[off][0]):.5g}, the absolute value of its gamma"
        return f"the standard deviation of a unit over the examples is {deviation[off][0]:.5g}, {right}"
    return None


def _batch_beside_the_forward_pass(d):
    """What the own forward pass makes of a batch, and the averages; of the general ones, which the batch has already."""
    mean, variance, Z, momentum = _running(d)
    if d.case == "general":
        mean, variance = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    plain = np.ones((len(Z), 1)), np.zeros((len(Z), 1)), _TINY
    return [Step("normalized", ((Z, *plain), (3.0 * Z + 5.0, *plain))), (mean, variance, Z, momentum)]


def _moves_to_the_statistics(given):
    """Each average moves to that of the batch, or to the one by which the own forward pass normalizes, right or wrong."""
    *before, Z, momentum = given.args
    right = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    own = _own_statistics(Z, given.replies[0]) or right
    for name, old, after, *new in zip(("running_mean", "running_variance"), before, given.reply, right, own, strict=False):
        expected, also = (momentum * old + (1 - momentum) * part for part in new)
        near = np.allclose(after, expected, rtol=1e-9, atol=1e-9) or np.allclose(
            after, also, rtol=1e-6, atol=0, equal_nan=True
        )
        if np.shape(after) != np.shape(old) or not near:
            if np.allclose(old, expected):
                return f"{name} changes although the batch has exactly this statistic"
            return f"{name} does not move to the statistic of the batch by its part"
    return None


def _own_statistics(Z, made):
    """Mean and variance by which a forward pass normalizes each unit; None where what it does is no normalization.

    It is one where it moves and scales each unit, and makes the same of a batch that was moved and scaled before.
    """
    if made is None:
        return None
    once, again = map(np.asarray, made)
    if once.shape == Z.shape and np.isnan(once).all():  # as of one example, whose variance is divided by m - 1
        return Z.mean(axis=1, keepdims=True), np.full((len(Z), 1), np.nan)
    if once.shape != Z.shape or not np.allclose(once, again, rtol=1e-5, atol=1e-6):
        return None
    factor = _multiplied_by(Z, once)
    if not (factor > 0).all():  # nan is not
        return None
    return np.mean(Z, axis=1, keepdims=True) - np.mean(once, axis=1, keepdims=True) / factor, 1 / factor**2


def _partition(d):
    """A batch, and its parts."""
    Z, *others = _inference(d)
    return [(part, *others) for part in (Z, Z[:, :1], Z[:, 1:])]


def _each_column_by_itself(given):
    whole, first, rest = given.replies
    if np.allclose(whole, np.concatenate([first, rest], axis=1), rtol=1e-9, atol=1e-12):
        return None
    return "the output for an example depends on the other examples of the batch"


def _small_spreads(d):
    """Units that vary little over many examples: more than epsilon beside their variance shows."""
    n, m = d.integer(2, 4), d.integer(20, 30)
    spread = d.rng.uniform(3e-3, 2e-2, (n, 1))
    return d.array(n, 1), spread, d.rng.uniform(-1, 1, (n, m))


def _forward_small(d):
    mu, spread, Z = _small_spreads(d)
    question = mu + spread * Z, *_scale_and_shift(d, len(mu)), _TINY
    d.note(right=d.right("batch_norm_forward", *question)[0], deviation=question[0].std(axis=1, keepdims=True))
    return [question]


def _inference_small(d):
    mu, spread, Z = _small_spreads(d)
    question = mu + spread * Z, *_scale_and_shift(d, len(mu)), mu, spread**2, _TINY
    d.note(right=d.right("batch_norm_inference", *question), deviation=spread)
    return [question]


def _scaled(given):
    return given.reply if isinstance(given.reply, np.ndarray) else np.asarray(given.reply[0])


def _scaled_too_little(given):
    beta, found, expected = given.args[2], _scaled(given), given.facts["right"]
    if found.shape != expected.shape:
        return False
    moved, right = found - beta, expected - beta
    if not ((moved * right > 0) & (np.abs(moved) < np.abs(right))).all():
        return False
    before = given.facts["deviation"]
    after = before * np.median(right / moved, axis=1, keepdims=True)  # by what the units were divided
    # One bound for all of them, or one number that was added: the mean of the squares, say, is neither. Nor is a 1, by
    # which nothing was divided.
    bounded = any(np.ptp(what) < 0.05 * what.max() for what in (after, after - before, after**2 - before**2))
    return bounded and not np.allclose(after, 1, rtol=1e-3)


def _small_is_normalized(given):
    """Up to what a guard of 1e-7 changes."""
    found = _scaled(given)
    gamma, expected = given.args[1], given.facts["right"]
    if found.shape != expected.shape:
        return f"Z_tilde has shape {found.shape}, expected {expected.shape}"
    wrong = ~(np.abs(found - expected) <= 0.05 * np.abs(gamma))
    if not wrong.any():
        return None
    i, j = (int(k) for k in np.argwhere(wrong)[0])
    return f"Z_tilde[{i}, {j}] is {found[i, j]:.4g}, expected {expected[i, j]:.4g}"


_STEP = 1e-5


def _own_slope(d):
    """The student's own passes: the gradient, one for a single example, and the forward pass beside the point."""
    Z, gamma, beta = point = _batch_and_parameters(d)
    epsilon = d.choice([_TINY, 1e-2, 0.5])
    dZ_tilde = d.array(*Z.shape)
    example = d.integer(0, Z.shape[1] - 1)
    alone = np.zeros_like(dZ_tilde)
    alone[:, example] = dZ_tilde[:, example]
    directions = [d.rng.standard_normal(part.shape) for part in point]
    right = d.right("batch_norm_backward", dZ_tilde, d.right("batch_norm_forward", *point, epsilon)[1])
    slopes = [float(np.sum(part * direction)) for part, direction in zip(right, directions, strict=True)]
    d.note(dZ_tilde=dZ_tilde, directions=directions, slopes=slopes, example=example)

    def forward(*point):
        return Step("batch_norm_forward", (*point, epsilon))

    steps = []
    for number, gradient in enumerate((dZ_tilde, alone)):
        steps += [forward(*point), Step("batch_norm_backward", (gradient, Ref(2 * number, (1,))))]
    for number, direction in enumerate(directions):
        for sign in (1, -1):
            moved = list(point)
            moved[number] = point[number] + sign * _STEP * direction
            steps.append(forward(*moved))
    steps += [Step("batch_norm_forward", (part, gamma, beta, _TINY)) for part in (Z, 8.0 * Z, Z + 2.0)]
    return steps


def _near(claimed, slope):
    return np.isclose(claimed, slope, rtol=1e-5, atol=1e-6)


def _by_formulas(dZ_tilde, normal, gamma, deviation):
    """What right backward passes make of what a forward pass, right or wrong, normalized, and by what it divided.

    That is dZ in one line, and step by step through mean and variance, with the path from the variance through the mean
    (which is 0) and without it; the slope of the deviation is multiplied before the sum over the examples, or after it.
    They differ where what is normalized has a mean, or where a deviation belongs to an example.
    """
    m = dZ_tilde.shape[1]

    def summed(part):
        return np.sum(part + 0 * dZ_tilde, axis=1, keepdims=True)

    dgamma, dbeta, d, centred = summed(dZ_tilde * normal), summed(dZ_tilde), gamma * dZ_tilde, normal * deviation
    yield gamma / deviation * (dZ_tilde - dbeta / m - normal * dgamma / m), dgamma, dbeta
    for through_variance in (-summed(d * centred / deviation**3) / m, -summed(d * centred) / deviation**3 / m):
        first, second = d / deviation, through_variance * centred
        for moved in (first, first + second):
            yield first + second - summed(moved) / m, dgamma, dbeta


def _multiplied_by(Z, normal):
    """By what each unit of Z was multiplied; nan where it was not."""
    moved, change = (part - np.mean(part, axis=1, keepdims=True) for part in (Z, normal))
    factor = np.sum(moved * change, axis=1, keepdims=True) / np.sum(moved**2, axis=1, keepdims=True)
    return np.where(np.isclose(factor * moved, change).all(axis=1, keepdims=True), factor, np.nan)


def _was_divided_by(deviation, Z, normal):
    """Whether Z was, less a mean over one axis or the other."""
    mean = Z - normal * deviation
    return any(np.allclose(np.ptp(mean, axis=axis), 0) for axis in (0, 1))


def _fits_the_forward_pass(given):
    """The true slope; else, if the student's own forward pass normalizes, its slope, or the formula for its values.

    Each of the three gradients may be right in its own way: with ``abs(gamma)`` dgamma is the true one, and dZ is not.
    """
    (Z_tilde, _), gradients, _, (of_one, *_), *beside, (usual, _), (stretched, _), (shifted, _) = given.replies
    facts, (Z, gamma, beta, epsilon) = given.facts, given.steps[0].args
    dZ_tilde, directions = facts["dZ_tilde"], facts["directions"]

    def along(gradients):
        return [np.sum(part * direction) for part, direction in zip(gradients, directions, strict=True)]

    claims = along(gradients)
    normal = (Z_tilde - beta) / gamma
    usual_deviation, over_units = (np.sqrt(np.var(Z, axis=axis, keepdims=True) + epsilon) for axis in (1, 0))
    deviations = (usual_deviation, over_units) if _was_divided_by(over_units, Z, normal) else (usual_deviation,)
    right = [facts["slopes"]]
    right += [along(made) for deviation in deviations for made in _by_formulas(dZ_tilde, normal, gamma, deviation)]
    if np.all(np.any([_near(claims, slopes) for slopes in right], axis=0)):
        return None
    formulas = [along(made) for made in _by_formulas(dZ_tilde, normal, gamma, 1 / _multiplied_by(Z, normal))]
    for number, name in enumerate(("dZ", "dgamma", "dbeta")):
        (plus, _), (minus, _) = beside[2 * number : 2 * number + 2]
        slope = np.sum(dZ_tilde * (plus - minus)) / (2 * _STEP)
        if not np.any(_near(claims[number], [slope, facts["slopes"][number], *(formula[number] for formula in formulas)])):
            of = f"sum(dZ_tilde * Z_tilde), by {name[1:]} through the forward pass that the cache is from,"
            return slope_told(slope, claims[number], of=of, by=f"your {name}")
        if not np.abs(gradients[number]).max() > 1e-6:
            return f"{name} is zero everywhere"
    if np.any(np.std(stretched, axis=1) > 4 * np.std(usual, axis=1) + 1e-3):  # it only centres
        return "your forward pass gives a wider spread for 8 * Z: it does not divide by a deviation"
    others = np.delete(of_one, facts["example"], axis=1)
    if not np.abs(others).max() > 1e-6 * np.abs(of_one).max():
        return "dZ of an example does not depend on the other examples, with which it shares mean and variance"
    plus, minus = ((made - beta) / gamma for made, _ in beside[:2])
    if any(np.all(_near(claims, formula)) for formula in formulas):  # with all of its terms, whatever was normalized
        return None
    if _takes_a_mean_away(plus - minus) or _takes_some_mean_away(Z, directions[0], plus, minus):
        return None
    if _divides_by_distances(Z, *((made - beta) / gamma for made in (usual, shifted))):
        return None
    return "your forward pass has no mean over several examples in it: its slope is that of another norm"


def _takes_a_mean_away(change):
    """Whether the mean of a unit, or of the whole array, stays as it was while Z moves: another norm has another slope,
    which is easier to find."""
    sums = (np.abs(change.sum(axis=1)).max(), np.abs(change.sum()))
    return min(sums) < 1e-5 * np.abs(change).max()


def _taken_away(Z, normal):
    """What was taken away from each unit before it was multiplied; nan where it was not only that."""
    return np.mean(Z - normal / _multiplied_by(Z, normal), axis=1, keepdims=True)


def _takes_some_mean_away(Z, direction, plus, minus):
    """Whether what is taken away from a unit moves with several examples, by whatever it is divided: the least does not."""
    moved = (_taken_away(Z + _STEP * direction, plus) - _taken_away(Z - _STEP * direction, minus)) / (2 * _STEP)
    of_one_example = np.isclose(moved, direction, rtol=1e-4, atol=1e-6).any(axis=1)
    return np.all(np.abs(moved) > 1e-6) and not of_one_example.any()


def _divides_by_distances(Z, usual, shifted):
    """Whether Z is only divided, and by something that stays as it is where all examples move alike."""
    factor = _multiplied_by(Z, usual)
    return np.allclose(factor * Z, usual) and np.allclose(_multiplied_by(Z + 2.0, shifted), factor)


def _unit_by_unit(given):
    """Whether every unit is normalized up to a scale and a shift of its own, and not handed back as it is."""
    Z, Z_tilde = given.args[0], np.asarray(given.reply[0])
    if Z_tilde.shape != Z.shape:
        return f"Z_tilde has shape {Z_tilde.shape}, Z has shape {Z.shape}"
    for unit, (before, after) in enumerate(zip(Z, Z_tilde, strict=True)):
        if not np.isclose(abs(np.corrcoef(before, after)[0, 1]), 1, rtol=0, atol=1e-6) or np.allclose(before, after):
            return f"unit {unit} is not its Z, scaled and shifted"
    return None


# -- the assignment ----------------------------------------------------------------------

_MANY = {"many": {"n": (2, 4), "m": (20, 40)}}
_AVERAGES = cases(one_example={"m": 1}, one_unit={"n": 1}, momentum_of_0={}, first_batch={}, averages_of_0={}, **_MANY)
_NORMALIZED = (
    CaseClass("small", count=6, sizes={"n": (2, 5), "m": (3, 5)}),
    CaseClass("general", count=12, sizes={"n": (1, 10), "m": (3, 6)}),
    CaseClass("one unit", count=3, sizes={"n": 1, "m": (3, 8)}),
    CaseClass("square", count=3, sizes={"n": 4, "m": 4}),
    CaseClass("many", count=3, sizes={"n": (2, 4), "m": (20, 40)}),
    CaseClass("many units", count=3, sizes={"n": (8, 12), "m": (3, 6)}),  # who takes the longer side for the examples
)
_TWO = CaseClass("two examples", count=3, sizes={"n": (1, 3), "m": 2})  # where dZ is all but 0, beside a large epsilon not
# Only among so many examples can one be ten deviations away.
_FAR_OUT = CaseClass("far out", count=2, sizes={"n": (1, 3), "m": (120, 140)})
_GENERAL = (CaseClass("general", count=4, sizes={"n": (2, 8), "m": (3, 6)}),)
# A property that stands in for the values is asked for all sizes that these have.
_AS_ASKED = tuple(replace(kind, count=1) for kind in _NORMALIZED)
_EPSILON = (
    CaseClass("small", count=4, sizes={"n": (2, 5), "m": (3, 5)}),
    CaseClass("general", count=6, sizes={"n": (1, 10), "m": (3, 6)}),
    CaseClass("one example", count=3, sizes={"n": (2, 5), "m": 1}),
    CaseClass("constant unit", count=3, sizes={"n": (2, 5), "m": (3, 6)}),
    _TWO,
)

ASSIGNMENT = Assignment(
    name="batch_norm",
    title="Batch normalization",
    source="improving deep neural networks, third week",
    functions=(
        Function(
            "batch_norm_forward",
            points=30,
            inputs=_forward,
            returns=("Z_tilde", "cache"),
            summary="normalize each unit over the batch, then scale by gamma and shift by beta",
            classes=(*_NORMALIZED, _TWO, CaseClass("zero gamma", count=3, sizes={"n": (1, 4), "m": (3, 6)}), _FAR_OUT),
            guards=("guarded",),
            opaque=frozenset({"cache"}),
            properties=(
                Property(
                    "each unit gets mean beta and deviation gamma",
                    share=0.1,
                    plan=lambda d: [_forward(d)],
                    judge=_normalized,
                    classes=_GENERAL,
                ),
                Property(
                    "every unit is scaled and shifted",
                    share=0.25,
                    plan=lambda d: [_forward(d)],
                    judge=_unit_by_unit,
                    classes=_GENERAL,
                    proves=True,
                ),
                Property(
                    "a unit of small spread",
                    share=0.05,
                    plan=_forward_small,
                    judge=_small_is_normalized,
                    count=2,
                    fits={"variance-bounded-below": _scaled_too_little},
                ),
            ),
            sets=(CaseSet("epsilon", share=0.15, inputs=_forward_epsilon, classes=_EPSILON),),
        ),
        Function(
            "batch_norm_backward",
            points=40,
            inputs=_backward,
            returns=("dZ", "dgamma", "dbeta"),
            summary="gradients through the normalization, from the cache of your own forward pass",
            classes=(*_NORMALIZED, CaseClass("zero gamma", count=3, sizes={"n": (2, 4), "m": (3, 6)})),
            weights={"dZ": 2.0},
            guards=("guarded",),
            own_inputs=True,
            properties=(
                Property(
                    "the gradients are right for what the forward pass keeps",
                    share=0.1,
                    plan=_own_slope,
                    judge=_fits_the_forward_pass,
                    classes=(*_GENERAL, *_AS_ASKED),
                    carries=True,
                ),
            ),
            sets=(CaseSet("epsilon", share=0.15, inputs=_backward_epsilon, classes=_EPSILON),),
        ),
        Function(
            "update_running_average",
            points=15,
            inputs=_running,
            returns=("running_mean", "running_variance"),
            summary="exponentially weighted averages of mean and biased variance",
            classes=_AVERAGES,
            properties=(
                Property(
                    "the averages move to the statistics of the batch",
                    share=0.15,
                    plan=_batch_beside_the_forward_pass,
                    judge=_moves_to_the_statistics,
                    classes=(
                        *_GENERAL,
                        *(replace(kind, count=1) for kind in _AVERAGES if kind.name not in ("small", "general")),
                    ),
                    carries=True,
                ),
            ),
        ),
        Function(
            "batch_norm_inference",
            points=15,
            inputs=_inference,
            returns="Z_tilde",
            summary="normalize with the running averages instead of the batch's own",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, untrained={}, **_MANY),
            guards=("guarded",),
            properties=(
                Property(
                    "each example by itself", share=0.1, plan=_partition, judge=_each_column_by_itself, classes=_GENERAL
                ),
                Property(
                    "a unit of small variance",
                    share=0.05,
                    plan=_inference_small,
                    judge=_small_is_normalized,
                    count=2,
                    fits={"variance-bounded-below": _scaled_too_little},
                ),
            ),
            sets=(CaseSet("epsilon", share=0.2, inputs=_inference_epsilon, classes=_EPSILON),),
        ),
    ),
)
