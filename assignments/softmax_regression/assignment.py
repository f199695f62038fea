"""Softmax regression: one-hot labels, softmax with its cost and gradient, logits, Xavier initialization."""

from itertools import pairwise

import numpy as np

from grader.distributions import handful_problem, in_layers, xavier_problem
from grader.properties import at_usual_sizes, no_shared_memory
from grader.spec import Assignment, CaseClass, CaseSet, Function, Property

# -- labels and probabilities ------------------------------------------------------------


def _classes(d, C, m):
    """Labels of m examples, several classes among them where there is room."""
    labels = d.rng.integers(0, C, m)
    if m > 1:
        labels[d.rng.permutation(m)[:2]] = d.rng.permutation(C)[:2]
    return labels


def _one_hot_labels(d, C, m):
    return d.right("one_hot", _classes(d, C, m), C).astype(d.choice([np.float64, np.int64]))


def _distributions(d, C, m):
    """Columns of probabilities that add up to 1; multiples of 1/16 in small cases."""
    if d.case == "small":
        cuts = [np.sort(d.rng.permutation(np.arange(1, 16))[: C - 1]) for _ in range(m)]
        return np.stack([np.diff([0, *cut, 16]) / 16 for cut in cuts], axis=1)
    return d.right("softmax", d.array(C, m))


def _predictions(d):
    C, m = d.sizes("C", "m")
    AL, Y = _distributions(d, C, m), _one_hot_labels(d, C, m)
    if d.case == "improbable true class":  # and wrong: a cut that is more than a guard against log(0) shows
        AL = np.where(Y == 1, d.probabilities(1, m, low=3e-4, high=9e-4), AL)
        AL = AL / AL.sum(axis=0)
    return AL, Y


# -- inputs ------------------------------------------------------------------------------


def _label_vector(d):
    C, m = d.sizes("C", "m")
    present = d.integer(1, C - 1) if d.case == "missing class" else C
    labels = _classes(d, present, m) if present > 1 else np.zeros(m, np.int64)
    return labels, C


def _scores(d):
    """Moderate scores, and wider ones, where most columns have one sure class; in every column one is above 0."""
    Z = d.array(*d.sizes("C", "m"), scale=d.choice([1.0, 6.0]))
    return (Z + np.maximum(0, 0.125 - Z.max(axis=0)),)  # so that a guard of 1e-7 beside the sum of exponentials is right


def _large_scores(d):
    """Scores in the thousands of both signs; or columns that lie far from each other and from 0."""
    C, m = d.sizes("C", "m")
    if d.case == "far apart":
        return (d.array(C, m) + 1000.0 * d.rng.permutation(np.arange(-m, m + 1))[:m],)
    return (d.array(C, m, scale=800.0),)


def _with_zeros(d):
    """Exact zeros among the other classes of every second column, sometimes in all of them."""
    C, m = d.sizes("C", "m")
    AL, Y = _distributions(d, C, m), _one_hot_labels(d, C, m)
    for column in range(0, m, 2):
        others = d.rng.permutation(np.flatnonzero(Y[:, column] == 0))
        AL[others[: d.integer(1, C - 1)], column] = 0.0
        AL[:, column] /= AL[:, column].sum()
    return AL, Y


def _saturated(d):
    """What softmax gives where scores lie far apart: exact zeros, or 1 for the true class and 0 for all others."""
    AL, Y = _with_zeros(d)
    return (Y.astype(np.float64) if d.case == "sure" else AL), Y


def _without_ties(d):
    """Probabilities, or scores: of one sign, or of both."""
    C, m = d.sizes("C", "m")
    AL = _distributions(d, C, m)
    if d.case in ("scores", "scores of two classes"):
        AL = d.array(C, m) - d.choice([0.0, 4.0])
    elif d.case == "many":
        AL = AL + 0.002 * (np.max(AL, axis=0) == AL)
        AL = AL / AL.sum(axis=0)
    ordered = np.sort(AL, axis=0)
    if (ordered[-1] - ordered[-2]).min() < 1e-3:
        d.reject("two classes are equally probable")
    return (AL,)


def _logits(d):
    n, m = d.sizes("n", "m")
    Z = np.clip(d.array(n, m, scale=d.choice([1.0, 3.0])), -7.5, 7.5)
    return Z, d.labels(n, m)


def _with_a_zero(d):
    Z, Y = _logits(d)
    Z[d.integer(0, Z.shape[0] - 1), d.integer(0, Z.shape[1] - 1)] = 0.0
    return Z, Y


def _of_any_shape(d):
    """One axis, or three: the loss is taken entry by entry."""
    n, m = d.sizes("n", "m")
    shape = (n + m,) if d.case == "one axis" else (2, n, m)
    count = int(np.prod(shape))
    return np.clip(d.array(*shape), -4, 4), d.labels(1, count).reshape(shape)


def _large_logits(d):
    """Scores in the hundreds, or such as no exponential takes, or these beside usual ones.

    Or scores between 8 and 20, where a sigmoid is hardly 0 or 1.
    """
    n, m = d.sizes("n", "m")
    if d.case == "far out":
        return d.rng.choice([-1.0, 1.0], (n, m)) * d.rng.uniform(8, 20, (n, m)), d.labels(n, m)
    Z = d.array(n, m, scale=600.0)
    Z += (800 if d.case == "thousands" else 40) * np.sign(Z)
    if d.case == "far and near":
        Z.flat[::2] = d.array(n, m).flat[::2]
    return Z, d.labels(n, m)


# -- properties --------------------------------------------------------------------------


def _shifted(d):
    """The same scores, with a constant added to every column."""
    (Z,) = _scores(d)
    return [(Z,), (Z + d.rng.uniform(-3, 3, (1, Z.shape[1])),)]


def _are_distributions(given):
    A, again = given.replies
    if not np.allclose(np.sum(A, axis=0), 1, rtol=0, atol=1e-6):
        return "the probabilities of an example do not add up to 1"
    if not np.allclose(A, again, rtol=1e-5, atol=1e-9):
        return "adding a number to all scores of an example changes its probabilities"
    return None


def _two_batches(d):
    C, n, m = d.sizes("C", "n", "m")
    first = _distributions(d, C, n), _one_hot_labels(d, C, n)
    second = _distributions(d, C, m), _one_hot_labels(d, C, m)
    return [first, second, tuple(np.concatenate(pair, axis=1) for pair in zip(first, second, strict=True))]


def _unlikely(d):
    """Usual predictions; and some where the true class of every example is improbable, down to one in a million."""
    usual = _predictions(d)
    C, m = d.sizes("C", "m")
    AL, Y = _distributions(d, C, m), _one_hot_labels(d, C, m)
    improbable = 1e-6 * d.rng.uniform(1, 3, (1, m))
    AL = np.where(Y == 1, improbable, AL * (1 - improbable) / (AL * (1 - Y)).sum(axis=0))
    d.note(usual=d.right("softmax_cost", *usual), cost=d.right("softmax_cost", AL, Y))
    d.note(guarded=d.right("softmax_cost", np.minimum(AL + 1.5e-7, 1), Y))
    return [usual, (AL, Y)]


def _within_a_guard(given):
    """Whether the cost is right up to what a guard of 1e-7 changes."""
    cost, facts = np.asarray(given.reply).item(), given.facts
    if facts["guarded"] <= cost <= facts["cost"] + 2e-7:
        return None
    return f"the cost is {cost:.8g}, expected {facts['cost']:.8g}; the true classes have probabilities of about 1e-6"


def _lifted(given):
    """Whether improbable classes cost as if they were more probable, where the usual cost is off by no more than that.

    A guard is no larger than the probabilities that the improbable classes seem to have.
    """
    usual, cost = (float(np.asarray(reply).item()) for reply in given.replies)
    allowed = min(0.1 * given.facts["usual"], 1e-9 + 100 * np.exp(-cost))
    return bool(abs(usual - given.facts["usual"]) < allowed and 0 < cost < given.facts["guarded"])


def _weighted_mean(given):
    first, second, both = (float(np.asarray(reply).item()) for reply in given.replies)
    n, m = (step.args[0].shape[1] for step in given.steps[:2])
    expected = (n * first + m * second) / (n + m)
    if np.isfinite(both) and np.isclose(both, expected, rtol=1e-6, atol=1e-6):
        return None
    if np.isinf(both):
        return f"the cost of {n + m} examples is infinite, and none of their probabilities is 0"
    costs = f"batches of {n} and {m} examples cost {first:.6g} and {second:.6g}"
    return f"{costs}: their mean over all examples is {expected:.6g}, but both together cost {both:.6g}"


def _endless_for_many(given):
    """Whether the cost is endless for hundreds of examples, whose probabilities have a product too small for a number."""
    return np.isinf(np.asarray(given.replies[2]).item())


def _columns_balance(given):
    """Also for the true class alone, so that zeros do not balance."""
    AL, Y = given.args
    dZ = np.asarray(given.reply, dtype=np.float64)
    if not np.allclose(dZ.sum(axis=0), 0, rtol=0, atol=1e-9):
        return "dZ of an example does not add up to 0: probability that one class gains, the others lose"
    if not np.all(np.sum(dZ * Y, axis=0) < 0):
        return "dZ of the true class is not negative: a higher score of that class must lower the cost"
    return None


def _each_once(d):
    """A batch, and the same examples in the opposite order."""
    (AL,) = _without_ties(d)
    return [(AL,), (AL[:, ::-1].copy(),)]


def _reversed(given):
    whole, turned = (np.asarray(reply) for reply in given.replies)
    if whole.shape == turned.shape and np.array_equal(whole, turned[..., ::-1]):
        return None
    return "with the examples in the opposite order, the answers are not in the opposite order"


def _both_labels(d):
    Z, _ = _logits(d)
    return [(Z, np.zeros(Z.shape)), (Z, np.ones(Z.shape))]


def _differ_by_score(given):
    negative, positive = given.replies
    Z, _ = given.args
    if np.allclose(negative - positive, Z, rtol=0, atol=5e-4):  # a guard of 1e-7 makes 2e-4 of it where Z is 7.5
        return None
    return "the losses for the labels 0 and 1 do not differ by Z"


def _counts_every_class(given):
    labels, C = given.args
    Y = np.asarray(given.reply, dtype=np.float64)
    if Y.shape != (C, labels.size):
        return f"the result has shape {Y.shape}, expected {(C, labels.size)}"
    if not np.array_equal(Y.sum(axis=1), np.bincount(labels, minlength=C)):
        return "a row does not hold as many ones as there are examples of its class"
    return None


# -- Xavier initialization ---------------------------------------------------------------

# Neighbours of very different size, so that the rules cannot be mixed up; three layers of at least 15,000 entries. The
# last one is wide and has the shape of the first: it follows the same rule, with numbers of its own. The root of its number
# of inputs is far from every whole number. A layer of one unit, as the last one of most
# networks, has enough of them to be measured.
_WIDE = (CaseClass("wide", count=1),)


def _deep(d):
    """Layers of any sizes; often the last one has a single unit, as that of most networks."""
    return (d.layers((1, 4), outputs=d.choice([None, 1])),)


def _wide(d):
    """Layers of very different sizes; of one and of three units it shows whether one is counted too many or too few."""
    narrow = 55 + d.integer(0, 1)
    return [([narrow, 400, 1, 400, 3, 400, narrow - d.integer(5, 8), narrow, 400],)]


def _weights(given):
    """(name, W, n_prev, n) of every layer; an axis of length 1 that was lost costs the shape of the values alone."""
    sizes = zip(_parts(given, "W"), pairwise(given.args[0]), strict=False)
    return [(f"W{layer}", _with_axis(W, *around), *around) for layer, (W, around) in enumerate(sizes, 1)]


def _with_axis(W, n_prev, n):
    return W.reshape(n, n_prev) if W.shape == (n * n_prev,) and 1 in (n, n_prev) else W


def _parts(given, kind):
    """All weights, or all biases, of the layers that there are."""
    return in_layers(given.reply, kind, len(given.args[0]) - 1)


def _unequal_weights(given):
    """What breaks the symmetry, whatever the scale: no two units of a layer start alike.

    Units of one input may share their round numbers.
    """
    for layer, (_, weights, _, n) in enumerate(_weights(given), 1):
        if n == 1 and np.any(weights):
            continue  # a single unit has no other; the shape of its weights is judged elsewhere
        needed = len(weights) if np.shape(weights)[1:] > (1,) else min(len(weights) // 2 + 1, 20)
        if weights.ndim != 2 or len(np.unique(weights, axis=0)) < needed or not np.any(weights):
            return f"units of layer {layer} start with equal weights"
    return None if _parts(given, "W") else "there are no weights"


def _xavier(**asked):
    """A judge: weights of the right shapes, by Xavier's rule."""

    def judge(given):
        layers = _weights(given)
        if len(layers) != len(given.args[0]) - 1:
            return f"there are weights of {len(layers)} layers, expected {len(given.args[0]) - 1}"
        for name, W, n_prev, n in layers:
            if np.shape(W) != (n, n_prev):
                return f"{name} has shape {np.shape(W)}, expected {(n, n_prev)}"
        return xavier_problem({name: W for name, W, *_ in layers}, **asked)

    return judge


def _usual_xavier(given):
    """Whether the weights of layers of usual sizes may have been drawn, by one of the two rules."""
    for name, W, n_prev, n in _weights(given):
        problems = [handful_problem(W, np.sqrt(variance), name) for variance in (2 / (n_prev + n), 1 / n_prev)]
        if all(problems):
            return problems[0]
    return None


def _zero_biases(given):
    dims = given.args[0]
    for layer, (b, n) in enumerate(zip(_parts(given, "b"), dims[1:], strict=False), 1):
        if np.shape(b) != (n, 1) or np.any(b):
            return f"b{layer} is not an array of zeros of shape {(n, 1)}"
    if not any(np.ptp(W) > 0 for _, W, *_ in _weights(given)):
        return "the biases are zero, but the weight matrices are constant: that is no initialization"
    return None


def _deviates(expected):
    """Whether the large layers have the standard deviation ``expected(n_prev, n, dims)``."""

    def fits(given):
        large = [(W, n_prev, n) for _, W, n_prev, n in _weights(given) if W.size > 5000]
        return all(abs(np.std(W) / expected(n_prev, n, given.args[0]) - 1) < 0.04 for W, n_prev, n in large)

    return fits


def _repeats(given):
    weights = [W for _, W, *_ in _weights(given)]
    if not all(np.ptp(W) > 0 for W in weights):
        return False
    found = [W.ravel() / np.std(W) for W in weights]
    count = min(map(len, found))
    return all(np.allclose(found[0][:count], W[:count], rtol=0.05) for W in found[1:])


def _equal_layers_repeat(given):
    """Whether two layers of the same shape, and not all, start with the same numbers."""
    first, last = (W for _, W, *_ in _weights(given)[:: len(given.args[0]) - 2])
    return first.shape == last.shape and np.ptp(first) > 0 and np.array_equal(first, last)


def _last_layer_by_itself(given):
    """Whether all layers but the last one follow Xavier's rule."""
    layers = {name: W for name, W, *_ in _weights(given)}
    *_, last = layers
    return xavier_problem(layers) is not None and xavier_problem({n: W for n, W in layers.items() if n != last}) is None


def _mixed_rules(given):
    """Whether every layer follows one of the two rules, and not all the same one."""
    large = [(W, n_prev, n) for _, W, n_prev, n in _weights(given) if W.size > 5000]
    near = [
        [abs(np.std(W) / np.sqrt(variance) - 1) < 0.04 for variance in (1 / n_prev, 2 / (n_prev + n))]
        for W, n_prev, n in large
    ]
    return all(map(any, near)) and not any(map(all, zip(*near, strict=True)))


def _units_alike(given):
    """Whether all rows of every matrix are the same, which are not one number."""
    rows = [W for _, W, *_ in _weights(given) if len(W) > 1]
    return all(np.ptp(W, axis=0).max() == 0 for W in rows) and any(np.ptp(W) > 0 for W in rows)


def _zero_layer(given):
    """Whether the weights of a layer are zero, and not all weights."""
    drawn = [bool(np.any(W)) for _, W, *_ in _weights(given)]
    return any(drawn) and not all(drawn)


_FITS = {
    "zero-layer": _zero_layer,
    "zero-weights": lambda given: not any(np.any(W) for _, W, *_ in _weights(given)),
    "repeated-layers": _repeats,
    "equal-layers-repeat": _equal_layers_repeat,
    "constant-weights": lambda given: all(np.ptp(W) == 0 for _, W, *_ in _weights(given)),
    "not-centred": lambda given: all(W.min() >= 0 for _, W, *_ in _weights(given)),
    "he-scale": _deviates(lambda n_prev, n, dims: np.sqrt(2 / n_prev)),
    "missing-scale": _deviates(lambda n_prev, n, dims: 1.0),
    "multiplied-for-divided": _deviates(lambda n_prev, n, dims: np.sqrt(n_prev)),
    "units-alike": _units_alike,
    "fixed-scale": _deviates(lambda n_prev, n, dims: 0.01),
    "fan-out": _deviates(lambda n_prev, n, dims: 1 / np.sqrt(n)),
    "variance-for-deviation": _deviates(lambda n_prev, n, dims: 1 / n_prev),
    "rounded-root": _deviates(lambda n_prev, n, dims: 1 / np.floor(np.sqrt(n_prev))),
    "missing-two": _deviates(lambda n_prev, n, dims: 1 / np.sqrt(n_prev + n)),
    "missing-parentheses": _deviates(lambda n_prev, n, dims: np.sqrt(2 / n_prev + n)),
    "half-for-root": _deviates(lambda n_prev, n, dims: 2 / n_prev),
    "limit-for-deviation": _deviates(lambda n_prev, n, dims: np.sqrt(6 / (n_prev + n))),
    "deviation-for-limit": _deviates(lambda n_prev, n, dims: np.sqrt(1 / n_prev / 3)),
    "first-layer-everywhere": _deviates(lambda n_prev, n, dims: 1 / np.sqrt(dims[0])),
    "last-layer-by-another-rule": _last_layer_by_itself,
    "mixed-rules": _mixed_rules,
}

# -- the assignment ----------------------------------------------------------------------


def _kinds(general=(2, 7), **special):
    """Classes of (C, m), two classes at least; single examples and many of them."""
    return (
        CaseClass("small", count=6, sizes={"C": (2, 4), "m": (2, 5)}),
        CaseClass("general", count=12, sizes={"C": general, "m": (1, 8)}),
        CaseClass("two classes", count=3, sizes={"C": 2, "m": (2, 6)}),
        CaseClass("one example", count=3, sizes={"C": (3, 6), "m": 1}),
        CaseClass("square", count=3, sizes={"C": 4, "m": 4}),
        CaseClass("many", count=3, sizes={"C": (11, 13), "m": (105, 130)}),
        *(CaseClass(name.replace("_", " "), count=4, sizes=sizes) for name, sizes in special.items()),
    )


_GENERAL = (CaseClass("general", count=3, sizes={"C": (3, 6), "m": (2, 8)}),)
_LOGITS = (
    CaseClass("small", count=6, sizes={"n": (1, 4), "m": (2, 5)}),
    CaseClass("general", count=14, sizes={"n": (1, 6), "m": (1, 8)}),
    CaseClass("one example", count=3, sizes={"n": (1, 5), "m": 1}),
    CaseClass("square", count=3, sizes={"n": 3, "m": 3}),
)

ASSIGNMENT = Assignment(
    name="softmax_regression",
    title="Softmax regression",
    source="improving deep neural networks, third week and its framework part",
    functions=(
        Function(
            "one_hot",
            points=12,
            inputs=_label_vector,
            returns="Y",
            summary="class indices as columns with a single 1",
            classes=_kinds(general=(2, 13), missing_class={"C": (3, 6), "m": (2, 6)}),
            loose_dtype=frozenset({"Y"}),
            properties=(
                Property(
                    "every row counts its class",
                    share=0.1,
                    plan=lambda d: [_label_vector(d)],
                    judge=_counts_every_class,
                    classes=_GENERAL,
                ),
            ),
        ),
        Function(
            "softmax",
            points=18,
            inputs=_scores,
            returns="A",
            summary="scores to probabilities, column by column",
            classes=_kinds(),
            guards=("guarded", "clipped"),
            properties=(
                Property(
                    "columns add up to 1, whatever is added to a column",
                    share=0.1,
                    plan=_shifted,
                    judge=_are_distributions,
                    classes=_GENERAL,
                ),
            ),
            sets=(
                CaseSet(
                    "large scores",
                    share=0.2,
                    inputs=_large_scores,
                    classes=(
                        CaseClass("large", count=6, sizes={"C": (2, 5), "m": (1, 6)}),
                        CaseClass("far apart", count=6, sizes={"C": (2, 5), "m": (2, 6)}),
                    ),
                ),
            ),
        ),
        Function(
            "softmax_cost",
            points=16,
            inputs=_predictions,
            returns="cost",
            summary="cross-entropy, mean over the examples",
            classes=_kinds(improbable_true_class={"C": (3, 5), "m": (2, 6)}),
            guards=("guarded",),
            properties=(
                Property(
                    "mean over batches",
                    share=0.1,
                    plan=_two_batches,
                    judge=_weighted_mean,
                    classes=(
                        CaseClass("general", count=3, sizes={"C": (3, 6), "n": (1, 4), "m": (5, 8)}),
                        CaseClass(
                            "many examples", count=1, sizes={"C": (5, 6), "n": (350, 400), "m": (400, 450)}, share=0.5
                        ),
                    ),
                    fits={"product-of-all": _endless_for_many},
                ),
                Property(
                    "improbable true classes",
                    share=0.1,
                    plan=_unlikely,
                    judge=_within_a_guard,
                    classes=_GENERAL,
                    fits={"guard-too-large": _lifted},
                ),
            ),
            sets=(
                CaseSet(
                    "exact zeros in other classes",
                    share=0.15,
                    inputs=_with_zeros,
                    classes=(
                        CaseClass("small", count=3, sizes={"C": (2, 4), "m": (2, 4)}),
                        CaseClass("general", count=5, sizes={"C": (2, 6), "m": (1, 8)}),
                    ),
                ),
            ),
        ),
        Function(
            "softmax_backward",
            points=12,
            inputs=_predictions,
            returns="dZ",
            summary="gradient of the cost of each example with respect to its scores",
            classes=_kinds(),
            guards=("guarded", "clipped"),
            sets=(
                CaseSet(
                    "probabilities of exactly 0",
                    share=0.1,
                    inputs=_saturated,
                    classes=(
                        CaseClass("general", count=4, sizes={"C": (3, 6), "m": (2, 6)}),
                        CaseClass("sure", count=3, sizes={"C": (2, 4), "m": (1, 4)}),
                    ),
                ),
            ),
            properties=(
                Property(
                    "columns add up to 0, the true class goes down",
                    share=0.1,
                    plan=lambda d: [_predictions(d)],
                    judge=_columns_balance,
                    classes=_GENERAL,
                ),
            ),
        ),
        Function(
            "predict",
            points=10,
            inputs=_without_ties,
            returns="labels",
            summary="the most probable class of each example",
            classes=_kinds(scores={"C": (3, 5), "m": (2, 6)}, scores_of_two_classes={"C": 2, "m": (3, 6)}),
            loose_dtype=frozenset({"labels"}),
            properties=(Property("each example by itself", share=0.1, plan=_each_once, judge=_reversed, classes=_GENERAL),),
        ),
        Function(
            "sigmoid_cross_entropy_with_logits",
            points=16,
            inputs=_logits,
            returns="losses",
            summary="the logistic loss of each entry from its score",
            classes=_LOGITS,
            guards=("guarded", "plain"),
            properties=(
                Property(
                    "the losses of both labels differ by Z",
                    share=0.1,
                    plan=_both_labels,
                    judge=_differ_by_score,
                    classes=(CaseClass("general", count=3, sizes={"n": (1, 4), "m": (2, 6)}),),
                ),
            ),
            sets=(
                CaseSet(
                    "large scores",
                    share=0.2,
                    inputs=_large_logits,
                    classes=(
                        CaseClass("large", count=2, sizes={"n": (1, 4), "m": (1, 6)}),
                        CaseClass("thousands", count=4, sizes={"n": (1, 4), "m": (1, 6)}),
                        CaseClass("far out", count=2, sizes={"n": (1, 4), "m": (2, 6)}),
                        CaseClass("far and near", count=2, sizes={"n": (1, 4), "m": (2, 6)}),
                    ),
                ),
                CaseSet(
                    "arrays of any shape",
                    share=0.1,
                    inputs=_of_any_shape,
                    classes=(
                        CaseClass("one axis", count=4, sizes={"n": (1, 3), "m": (2, 5)}),
                        CaseClass("three axes", count=4, sizes={"n": (1, 3), "m": (2, 4)}),
                    ),
                ),
                CaseSet(
                    "a score of exactly 0",
                    share=0.05,
                    inputs=_with_a_zero,
                    classes=(CaseClass("general", count=3, sizes={"n": (1, 4), "m": (2, 6)}),),
                ),
            ),
        ),
        Function(
            "xavier_initialization",
            points=16,
            inputs=_deep,
            returns="parameters",
            summary="weights of variance 1 / n_prev or 2 / (n_prev + n), zero biases",
            classes=(
                CaseClass("small", count=6),
                CaseClass("general", count=13),
                CaseClass("one layer", count=3, sizes={"L": 1}),
                CaseClass("five layers", count=3, sizes={"L": 5}),
            ),
            random=frozenset({"W{l}"}),
            weights={"W{l}": 2.0},
            alternatives=("glorot_normal", "uniform", "glorot_uniform"),
            properties=(
                at_usual_sizes(
                    Property(
                        "no two units start alike",
                        share=0.15,
                        plan=_wide,
                        judge=_unequal_weights,
                        classes=_WIDE,
                        fits={code: _FITS[code] for code in ("zero-layer", "zero-weights")},
                    ),
                    inputs=_deep,
                    judge=_unequal_weights,
                ),
                at_usual_sizes(
                    Property(
                        "weights are independent, with mean 0 and Xavier's variance in every layer",
                        share=0.25,
                        plan=_wide,
                        judge=_xavier(spread=False),
                        classes=_WIDE,
                        fits=_FITS,
                    ),
                    inputs=_deep,
                    judge=_usual_xavier,
                ),
                Property(
                    "weights are normal or uniform numbers of that variance",
                    share=0.25,
                    plan=_wide,
                    judge=_xavier(independent=False, scale=False),
                    classes=_WIDE,
                    fits=_FITS,
                ),
                Property("biases are zero, weights are not", share=0.2, plan=_wide, judge=_zero_biases, classes=_WIDE),
                no_shared_memory(share=0.05, drawn=True),
            ),
        ),
    ),
)
