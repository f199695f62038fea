"""Around the training loop: splitting, normalizing, diagnosing, searching, stopping, augmenting."""

import numpy as np

from grader.distributions import ALPHA, dependence_problem, uniform_problem
from grader.spec import Assignment, CaseClass, CaseSet, Function, Objection, Property, Ref, Step, cases

# -- train, dev and test sets ------------------------------------------------------------

# Number of examples (a multiple of the first entry), share of dev, share of test. One of the three sizes is always
# whole: however two of them are rounded, the third one, which takes the rest, stays within one of its own share.
_SHARES = ((4, 0.25, 0.125), (4, 0.125, 0.25), (2, 0.5, 0.25), (10, 0.2, 0.1), (10, 0.1, 0.3), (20, 0.15, 0.05))
_FEW = ((1, 0.25, 0.0), (2, 0.5, 0.25), (3, 0.25, 0.0), (3, 0.0, 0.25))
_ONE_SHARE = (0.25, 0.375, 0.125)
_SETS = ("training", "dev", "test")


def _split(d):
    """X with distinct columns, labels 0 and 1, two fractions and a seed."""
    if d.case == "few examples":
        m, dev, test = d.choice(_FEW)
    elif d.case.startswith("nothing"):
        m = d.integer(9, 30)
        share = 0.0 if d.case.endswith("held out") else d.choice(_ONE_SHARE)
        dev, test = (0.0, share) if d.case.endswith("dev") else (share, 0.0)
    elif d.case == "nearly all":
        m, dev, test = 4 * d.integer(26, 35), 0.5, 0.375
    else:
        unit, dev, test = d.choice(_SHARES)
        m = unit * d.integer(1, 2) if d.case == "small" else unit * d.integer(12, 16)  # a fraction of the rest shows
    X = d.array(d.choice([2, 1, 3, 4]), m)
    return X, d.labels(1, m), dev, test, d.integer(0, 99)


def _form_problem(given):
    n_x = given.args[0].shape[0]
    for name, pair in zip(_SETS, given.reply, strict=True):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            return f"the {name} set is not a pair (X, Y)"
        x, y = map(np.asarray, pair)
        if x.ndim != 2 or x.shape[0] != n_x:
            return f"X of the {name} set has shape {x.shape}, expected ({n_x}, ...)"
        if y.shape != (1, x.shape[1]):
            return f"Y of the {name} set has shape {y.shape}, expected (1, {x.shape[1]})"
    return None


def _sets_of(given):
    """Per set of the reply: which columns of X it holds (None for a foreign one), and its labels."""
    X = given.args[0]
    place = {column.tobytes(): number for number, column in enumerate(np.ascontiguousarray(X.T))}
    found = []
    for x, y in given.reply:
        columns = np.ascontiguousarray(np.asarray(x).T, dtype=X.dtype)
        found.append(([place.get(column.tobytes()) for column in columns], np.asarray(y)[0]))
    return found


def _exact_sizes(given):
    m, dev, test = given.args[0].shape[1], *given.args[2:4]
    return m * (1 - dev - test), m * dev, m * test


def _labels_agree(given, sets):
    Y = given.args[1][0]
    return all(np.array_equal(Y[numbers], labels) for numbers, labels in sets)


def _sizes_fit(given, sets, order=(0, 1, 2)):
    exact = _exact_sizes(given)
    return all(abs(len(sets[i][0]) - exact[k]) <= 1 + 1e-9 for i, k in enumerate(order))


def _of_sets(judge):
    """A judge of the three sets, where they have the form of some."""

    def judged(given):
        return _form_problem(given) or judge(given, _sets_of(given))

    return judged


def _none_empty(given, sets):
    """Whether as many sets hold examples as should hold several, in whatever order they come: else nothing was divided."""
    expected = [size >= 2 for size in _exact_sizes(given)]
    if sum(bool(numbers) for numbers, _ in sets) >= sum(expected):
        return None
    several = [name for name, (numbers, _), full in zip(_SETS, sets, expected, strict=True) if full and not numbers]
    sets_are = f"the {' and the '.join(several)} set{'s are' if several[1:] else ' is'}"
    return f"{sets_are} empty, and should hold several examples"


def _own_labels(given, sets):
    seen = {}
    for name, (numbers, _) in zip(_SETS, sets, strict=True):
        for number in numbers:
            if number is None:
                return f"the {name} set holds a column that is not in X"
            if number in seen:
                return f"example {number} is in the {seen[number]} set and again in the {name} set"
            seen[number] = name
    return None if _labels_agree(given, sets) else "an example has the label of another one"


def _complete(given, sets):
    empty = _none_empty(given, sets)
    if empty:
        return empty
    m, held = given.args[0].shape[1], [number for numbers, _ in sets for number in numbers]
    different = len(set(held) - {None})
    if different < m:
        return f"only {different} of {m} examples are in one of the three sets"
    return f"the three sets hold {len(held)} examples, and there are {m}" if len(held) >= 2 * m else None


def _sizes_as_asked(given, sets):
    if not any(number is not None for numbers, _ in sets for number in numbers):
        return "no set holds a column of X"
    if _sizes_fit(given, sets):
        return None
    exact = ", ".join(f"{size:.4g}" for size in _exact_sizes(given))
    sizes = ", ".join(str(len(numbers)) for numbers, _ in sets)
    return f"the sets have {sizes} examples, expected {exact} (each up to one more or less)"


def _all_columns(sets):
    """Whether the sets hold columns of X and nothing else: of rows, none is drawn again or lost."""
    return not any(None in numbers for numbers in sets)


def _overlaps(given):
    sets = [numbers for numbers, _ in _sets_of(given)]
    whole = all(len(set(numbers)) == len(numbers) for numbers in sets)
    return whole and _all_columns(sets) and any(set(sets[i]) & set(sets[k]) for i in range(3) for k in range(i))


def _repeats(given):
    numbers = [number for numbers, _ in _sets_of(given) for number in numbers]
    return _all_columns([numbers]) and len(set(numbers)) < len(numbers)


def _empty_set_takes_all(given):
    m = given.args[0].shape[1]
    return m > 1 and any(
        size < 1 and len(numbers) == m for size, (numbers, _) in zip(_exact_sizes(given), _sets_of(given), strict=True)
    )


def _loses(given):
    numbers = [number for numbers, _ in _sets_of(given) for number in numbers]
    return len(set(numbers)) == len(numbers) < given.args[0].shape[1] and _all_columns([numbers])


def _of_the_features(given):
    sets, n_x = _sets_of(given), len(given.args[0])
    held = [len(numbers) for numbers, _ in sets[1:]]
    near = all(abs(count - n_x * share) < 1 for count, share in zip(held, given.args[2:4], strict=True))
    return near and any(given.args[2:4]) and _whole(given, sets)


def _nothing_divided(given):
    sets = _sets_of(given)
    return any(given.args[2:4]) and _whole(given, sets) and len(sets[0][0]) == given.args[0].shape[1] > 0


def _rounded_down(given):
    """Whether each set has the size that its fraction gives, rounded down by itself."""
    sizes = [len(numbers) for numbers, _ in _sets_of(given)]
    return _loses(given) and all(0 <= whole - size < 1 for whole, size in zip(_exact_sizes(given), sizes, strict=True))


def _whole(given, sets):
    numbers = [number for numbers, _ in sets for number in numbers]
    return _all_columns([numbers]) and len(set(numbers)) == len(numbers) == given.args[0].shape[1]


def _pairs_broken(given):
    """Whether examples have labels of others: not all have the other one of two labels, and not all the same one."""
    sets, Y = _sets_of(given), given.args[1][0]
    if not _whole(given, sets) or any(np.shape(labels) != (len(numbers),) for numbers, labels in sets):
        return False
    right, found = (np.concatenate(parts) for parts in zip(*((Y[numbers], labels) for numbers, labels in sets), strict=True))
    if not np.isin(found, (0, 1)).all():
        return False
    changed = right[right != found]
    few = len(changed) < 8
    return 0 < len(changed) and (few or (len(changed) < len(right) and len(np.unique(changed)) == 2))


def _labels_of_another_set(given):
    """Whether one of the sets, and no other, has the labels of another one."""
    sets, Y = _sets_of(given), given.args[1][0]
    own = [Y[numbers] for numbers, _ in sets] if _whole(given, sets) else []
    wrong = [k for k, right in enumerate(own) if not np.array_equal(right, sets[k][1])]
    return len(wrong) == 1 and any(np.array_equal(own[k], sets[wrong[0]][1]) for k in range(3) if k != wrong[0])


def _examples_for_labels(given):
    return any(np.size(x) and np.array_equal(x, y) for x, y in given.reply)


def _in_another_order(given):
    sets = _sets_of(given)
    orders = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    return _whole(given, sets) and any(_sizes_are(given, sets, order) for order in orders)


def _sizes_are(given, sets, order):
    """Whether the sets have these sizes, rounded: what is a whole one more belongs to one set, which takes the rest."""
    exact = _exact_sizes(given)
    off = sorted(abs(len(sets[i][0]) - exact[k]) for i, k in enumerate(order))
    return off[1] < 1 - 1e-9 and off[2] <= 1 + 1e-9


def _of_the_rest(given):
    sets = _sets_of(given)
    m, dev, test = len(given.args[1][0]), *given.args[2:4]
    n_dev, n_test = (len(numbers) for numbers, _ in sets[1:])
    near_dev = abs(n_dev - dev * (m - n_test)) <= 1 and abs(n_test - test * m) <= 1
    near_test = abs(n_test - test * (m - n_dev)) <= 1 and abs(n_dev - dev * m) <= 1
    return dev > 0 and test > 0 and _whole(given, sets) and (near_dev or near_test)


_SPLITS = (
    *cases(few_examples={}, nothing_for_dev={}, nothing_for_test={}, nearly_all={}),
    CaseClass("nothing held out", count=1, share=0.02),
)
_SPLIT_FITS = {
    "nothing-divided": _nothing_divided,
    "fraction-of-the-features": _of_the_features,
    "empty-set-takes-all": _empty_set_takes_all,
    "sets-overlap": _overlaps,
    "drawn-with-replacement": _repeats,
    "sizes-rounded-down": _rounded_down,
    "examples-lost": _loses,
    "examples-for-labels": _examples_for_labels,
    "labels-of-another-set": _labels_of_another_set,
    "pairs-broken": _pairs_broken,
    "fraction-of-the-rest": _of_the_rest,
    "sets-in-another-order": _in_another_order,
}


def _split_fits(*others):
    """What a check of the split may be told, without what another check is about."""
    return {code: fits for code, fits in _SPLIT_FITS.items() if code not in others}


_SIZES = ("fraction-of-the-rest", "sets-in-another-order")

# -- normalization -----------------------------------------------------------------------


def _features(d, n_x, m):
    """Features of different location and scale."""
    return d.array(n_x, 1) * 2 + d.array(n_x, m) * d.rng.permutation(np.resize([0.5, 1.0, 4.0], n_x))[:, None]


def _fit(d):
    (n_x,) = d.sizes("n_x")
    m = d.integer(2, 4) if d.case == "small" else d.integer(101, 130) if d.case == "many" else d.integer(3, 9)
    return (_features(d, n_x, m),)


def _fit_constant(d):
    """Some features, or all of them, that never change; the numbers are exact in binary."""
    X = d.rng.permutation(np.arange(-24, 24))[: 4 * d.integer(2, 5)].reshape(4, -1) / 8
    X = X[:, :1] if d.case == "one example" else X
    constant = d.rng.permutation(4)[: d.integer(1, 3)]
    X[constant] = X[constant, :1]
    return (X,)


def _moved(d):
    X = _fit(d)[0]
    return [(X,), (-3 * X + 2,)]


def _moves_along(given):
    (mu, sigma), (moved, stretched) = given.replies
    if not np.allclose(moved, -3 * np.asarray(mu) + 2, rtol=1e-6, atol=1e-5):
        return "the mean of 2 - 3 X is not 2 - 3 times the mean of X"
    if not np.allclose(stretched, 3 * np.asarray(sigma), rtol=1e-6, atol=1e-5):
        return "the standard deviation of 2 - 3 X is not 3 times that of X"
    return None


_NEARLY = 0.06  # a root of sigma**2 + 1e-8 is right


def _small_spreads(d):
    """Features that vary little, and are not constant: a guard of the size of their deviation shows."""
    n_x, m = d.integer(2, 4), d.integer(8, 12)
    sigma = d.rng.uniform(4e-4, 9e-4, (n_x, 1))
    return d.array(n_x, 1), sigma, sigma * d.array(n_x, m)


def _fit_small_spreads(d):
    mu, sigma, Z = _small_spreads(d)
    X = mu + Z * sigma / Z.std(axis=1, keepdims=True)  # a few numbers may spread less than what they are drawn from
    d.note(sigma=d.right("fit_normalization", X)[1])
    return [(X,)]


def _small_deviations(given):
    sigma, expected = np.asarray(given.reply[1]), given.facts["sigma"]
    if sigma.shape != expected.shape:
        return f"sigma has shape {sigma.shape}, expected {expected.shape}"
    return _far_from(sigma, expected, expected, "sigma")


def _far_from(found, expected, size, name):
    """The first entry that is further off than a guard of the usual size may bring it."""
    wrong = ~(np.abs(found - expected) <= _NEARLY * size)
    if not wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{name}{list(place)} is {found[place]:.4g}, expected about {expected[place]:.4g}"


def _normalize_small_spreads(d):
    mu, sigma, Z = _small_spreads(d)
    if d.case == "tiny":  # who takes such a deviation for 0 shows; a root of sigma**2 + 1e-8 is larger, and right
        sigma, Z = sigma / 128, Z / 128
    d.note(right=Z / sigma, least=0.97 * Z / np.sqrt(sigma**2 + 1.2e-8))
    return [(mu + Z, mu, sigma)]


def _small_is_normalized(given):
    found, expected, least = np.asarray(given.reply), given.facts["right"], given.facts["least"]
    if found.shape != expected.shape:
        return f"for X of shape {expected.shape} the result has shape {found.shape}"
    between = np.clip(found, np.minimum(1.03 * expected, least), np.maximum(1.03 * expected, least))
    return _far_from(np.where(found == between, expected, found), expected, np.abs(expected), "X_norm")


def _small_for_constant(given):
    return bool(np.isin(given.reply[1], (0, 1)).any())


def _only_centred(given):
    X, mu, _ = given.args
    return np.shape(given.reply) == X.shape and np.allclose(given.reply, X - mu, rtol=1e-9, atol=0)


def _divided_by(given):
    """By what each feature was divided, less its mean, and its deviation; None where that was no one number."""
    (X, mu, sigma), found = given.args, np.asarray(given.reply)
    if found.shape != X.shape or not (found * (X - mu) >= 0).all():
        return None
    with np.errstate(all="ignore"):
        by = np.nanmedian((X - mu) / found, axis=1, keepdims=True)
    return (by, sigma) if np.allclose(found * by, X - mu, rtol=1e-6, atol=0) else None


def _divided_by_a_bound(given):
    by, sigma = _divided_by(given) or (None, None)
    return by is not None and bool(np.ptp(by) < 1e-6 * by.max() and (by > 1.01 * sigma).all())


def _divided_by_more(given):
    """Whether one number was added to each deviation, or to each variance."""
    by, sigma = _divided_by(given) or (None, None)
    added = () if by is None else (by - sigma, by**2 - sigma**2)
    return any(bool(np.ptp(more) < 1e-6 * by.max() ** power < more.min()) for power, more in enumerate(added, 1))


def _normalize(d):
    """Examples that are not those on which mu and sigma were measured."""
    n_x, m = d.sizes("n_x", "m")
    mu, sigma = d.array(n_x, 1), 0.25 + d.array(n_x, 1, positive=True)
    X = mu + d.array(n_x, m, scale=2.0)
    if d.case == "constant feature":
        constant = d.rng.permutation(n_x)[: d.integer(1, n_x)]
        mu[constant] = np.rint(8 * mu[constant]) / 8
        X[constant], sigma[constant] = mu[constant], 0.0
    if d.case == "mean of 0":  # a mean is a number like any other
        X, mu = X - mu, 0 * mu
    if d.case == "small numbers":  # a feature that varies little is not a constant one; a root of sigma**2 + 1e-8 is right
        mu, sigma = mu / 128, d.rng.uniform(0.0078, 0.0098, (n_x, 1))
        X = mu + sigma * d.array(n_x, m, scale=2.0)
    return X, mu, sigma


def _of_whole_numbers(inputs):
    """The same of an array of integers, whose mean and deviation are none."""

    def whole(d):
        X, *others = inputs(d)
        return np.rint(16 * X).astype(np.int64), *(16 * part for part in others)

    return whole


_PIXELS = (CaseClass("general", count=3),)


def _standard(d):
    n_x, m = d.sizes("n_x", "m")
    Z, mu, sigma = d.array(n_x, m), d.array(n_x, 1), 0.25 + d.array(n_x, 1, positive=True)
    d.note(Z=Z)
    return [(mu + sigma * Z, mu, sigma)]


def _gives_back(given):
    if np.allclose(given.reply, given.facts["Z"], rtol=0.1, atol=0.05):  # what is so near counts with the values
        return None
    return "mu + sigma * Z, normalized with mu and sigma, is not Z"


def _unseen(d):
    """A feature that was constant in training and takes another value later."""
    n_x = d.integer(2, 4)
    X, mu, sigma = d.array(n_x, 5), d.array(n_x, 1), 0.25 + d.array(n_x, 1, positive=True)
    sigma[0], mu[0], X[0] = 0.0, 0.5, [0.5, 0.75, 1.5, 0.5, -2.0]
    d.note(others=d.right("normalize", X, mu, sigma)[1:])
    return [(X, mu, sigma)]


def _no_nan(given):
    if np.shape(given.reply) != np.shape(given.args[0]):
        return f"for X of shape {np.shape(given.args[0])} the result has shape {np.shape(given.reply)}"
    if np.isnan(given.reply).any():
        return "there is nan where sigma is 0"
    if not np.allclose(given.reply[1:], given.facts["others"], rtol=0.1, atol=0.01):  # what is near there counts elsewhere
        return Objection("the features that are not constant have to be right first", checked=False)
    return None


# -- bias and variance -------------------------------------------------------------------

_GAPS = {  # of the training error above the unavoidable one, and of the dev error above that, in tolerances
    "neither": ((0.0, 0.5), (0.0, 0.5)),
    "bias": ((1.5, 4.0), (0.0, 0.5)),
    "variance": ((0.0, 0.5), (1.5, 4.0)),
    "both": ((1.5, 4.0), (1.5, 4.0)),
    "dev better": ((1.5, 4.0), (-3.0, -1.5)),
    "below bayes": ((-2.0, -1.5), (0.0, 4.0)),
    "split gap": ((0.6, 0.8), (0.6, 0.8)),
}


def _errors(d):
    if d.case == "no tolerance":  # a gap below the usual tolerance counts, too
        bayes = d.choice([0.05, 0.1, 0.15])
        train = bayes + d.choice([0.015, -0.01, 0.005])
        return round(train, 5), round(train + d.choice([0.01, -0.015]), 5), bayes, 0.0
    if d.case == "an error of 0":  # is a number like any other
        low, high = 0.00375, 0.015
        return d.choice(
            [(0.0, high, 0.0, 0.01), (high, high + low, 0.0, 0.01), (0.0, low, 0.0, 0.01), (high, 0.0, 0.0, 0.01)]
        )
    kind = d.case if d.case in _GAPS else d.choice(["neither", "bias", "variance", "both"])
    tolerance = d.choice([0.005, 0.01, 0.04, 0.05])
    bayes = d.choice([0.0, 0.05, 0.1, 0.15, 0.4]) if kind in ("neither", "bias", "variance", "both") else 0.15
    gaps = []
    for low, high in _GAPS[kind]:
        gap = d.number(low, high)
        gaps.append(0.5 if 0.8 < gap < 1.2 else gap)
    train = bayes + tolerance * gaps[0]
    # Rounded to what a person would write; both gaps stay at least a tenth of the tolerance away from it.
    return round(train, 5), round(train + tolerance * gaps[1], 5), bayes, tolerance


def _shifted(d):
    tolerance = d.choice([0.01, 0.03])
    bayes, train = 0.1, round(0.1 + tolerance * d.choice([0.25, 2.0]), 5)
    dev = round(train + tolerance / 4, 5)
    return [
        (train, dev, bayes, tolerance),
        (train + 0.0625, dev + 0.0625, bayes + 0.0625, tolerance),
        (train, round(train + 4 * tolerance, 5), bayes, tolerance),
    ]


def _dev_error_matters(given):
    first, shifted, worse = (set(reply) for reply in given.replies)
    if shifted != first:
        return "the diagnosis changes when all three errors grow by the same amount"
    if "high variance" in first:
        return "'high variance' is reported where the dev error is hardly larger than the training error"
    if "high variance" not in worse:
        return "'high variance' is not reported where the dev error is far larger than the training error"
    if worse != first | {"high variance"}:
        return "a larger dev error changes more of the diagnosis than 'high variance'"
    return None


# -- random search -----------------------------------------------------------------------

_MANY = 15_000


def _range_problem(reply, low, high):
    values = np.asarray(reply)
    if values.dtype.kind != "f":
        return f"the result has dtype {values.dtype}, expected float64"
    if not np.isfinite(values).all():
        return "the result holds nan or inf"
    slack = 1e-9 * high
    if values.min() < low - slack or values.max() > high + slack:
        return f"the draws lie between {values.min():.4g} and {values.max():.4g}, expected {low:g} to {high:g}"
    return None


def _vectors(given):
    """Whether every call gives a vector of as many numbers as were asked for, and not always the same one."""
    for step, reply in zip(given.steps, given.replies, strict=True):
        values, n = np.asarray(reply), step.args[2]
        if values.shape != (n,):
            return f"the shape is {values.shape}, expected {(n,)}"
    return None if np.unique(given.reply).size > 1 else "all draws are the same number"


def _within_bounds(given):
    """Whether the draws lie between low and high, and reach from the one to the other, in whatever shape."""
    for step, reply in zip(given.steps, given.replies, strict=True):
        if not np.size(reply):
            return f"for n = {step.args[2]} there are no draws"
        problem = _range_problem(np.ravel(reply), *step.args[:2])
        if problem:
            return problem
    return None if np.unique(given.reply).size > 1 else "all draws are the same number"


def _log_uniform(distance, name):
    """A judge: independent draws, uniform on the logarithmic scale of ``distance(draws)``."""

    def judge(given):
        problem = _within_bounds(given)
        if problem:
            return problem
        low, high, n = given.args[:3]
        if np.size(given.reply) < 0.9 * n:
            return f"there are {np.size(given.reply)} draws, expected {n}"
        position = np.log(distance(np.ravel(given.reply)))
        ends = sorted((float(np.log(distance(low))), float(np.log(distance(high)))))
        if np.unique(position).size < 0.99 * position.size:
            return f"only {np.unique(position).size} of {position.size} draws are different numbers"
        problem = uniform_problem(position, *ends, f"the logarithm of {name}")
        if problem:
            return problem
        reach = np.log(2 / ALPHA) / position.size  # the chance that all draws miss an end by more is below ALPHA / 2
        if max(position.min() - ends[0], ends[1] - position.max()) > reach * (ends[1] - ends[0]):
            least, most = np.min(given.reply), np.max(given.reply)
            return f"the draws lie between {least:.4g} and {most:.4g}, expected {low:g} to {high:g}"
        if _spread_evenly(position, *ends):
            return "the draws lie too evenly to be independent: sorted, they are a grid"
        if dependence_problem({"draws": position - np.mean(ends)}):
            return "the draws are not independent of each other: some follow from others, in the same order or mirrored"
        return None

    return judge


_TOO_EVEN = 0.2  # of the Kolmogorov statistic; independent draws lie so evenly once in 2e12 times, by its limit law


def _spread_evenly(position, low, high):
    """Whether the largest distance between the share of draws below a place and that place is hardly there at all."""
    places = (np.sort(position) - low) / (high - low)
    steps = (np.arange(places.size) + 0.5) / places.size
    return (np.max(np.abs(places - steps)) + 0.5 / places.size) * np.sqrt(places.size) < _TOO_EVEN


def _itself(values):
    return values


def _complement(values):
    return 1 - values


def _searches(*bounds):
    """A few draws, a single one, then many: the last call is the one whose distribution is judged."""

    def plan(d):
        low, high = (0.0, 0.9) if d.case == "from 0" else d.choice(bounds)
        seed = d.integer(0, 99)
        return [(low, high, d.integer(2, 9), seed), (low, high, 1, seed), (low, high, _MANY + d.integer(0, 500), seed)]

    return plan


def _few(*bounds):
    return lambda d: (*d.choice(bounds), d.integer(1, 5), d.integer(0, 99))


def _looks_uniform(change, bounds):
    """A predicate for a mistake: ``change(draws)`` is uniform between the values of ``bounds(low, high)``."""

    def fits(given):
        low, high, n = given.args[:3]
        values = np.asarray(given.reply, dtype=float)
        with np.errstate(all="ignore"):
            ends = bounds(low, high)
            return values.shape == (n,) and uniform_problem(change(values), min(ends), max(ends), "") is None

    return fits


def _all_the_same(given):
    values = np.asarray(given.reply, dtype=float)
    low, high, n = given.args[:3]
    return values.shape == (n,) and np.unique(values).size == 1 and low <= values[0] <= high


def _on_a_grid(distance):
    def fits(given):
        values = np.asarray(given.reply, dtype=float)
        with np.errstate(all="ignore"):
            places = np.log(distance(values))
        steps, ends = np.diff(places), sorted(float(np.log(distance(end))) for end in given.args[:2])
        if values.shape != given.args[2:3] or not steps.any():
            return False
        is_sorted = (steps >= 0).all() or (steps <= 0).all()
        return bool(is_sorted or (values.size > 100 and _spread_evenly(places, *ends)))

    return fits


def _powers_of_ten(distance):
    def fits(given):
        values = np.unique(np.asarray(given.reply, dtype=float))
        with np.errstate(all="ignore"):
            exponents = np.log10(distance(values))
        return values.size > 0 and np.allclose(exponents, np.rint(exponents))

    return fits


def _off_by_one(given):
    counts = {
        np.size(reply) - step.args[2] if np.ndim(reply) == 1 else 0
        for step, reply in zip(given.steps, given.replies, strict=True)
    }
    return counts in ({-1}, {1})


def _rounded(given):
    values = np.asarray(given.reply, dtype=float)
    return values.size > 100 and any(np.array_equal(values, np.round(values, digits)) for digits in range(5))


def _whole_bounds(given):
    """Whether the exponents run between those of the bounds, made whole in one of the usual ways."""
    roundings = (np.trunc, np.floor, np.rint)
    return any(
        _looks_uniform(np.log10, lambda low, high, whole=whole: (whole(np.log10(low)), whole(np.log10(high))))(given)
        for whole in roundings
    )


def _column(given):
    return np.asarray(given.reply).shape in ((given.args[2], 1), (1, given.args[2]))


def _logs(low, high):
    return np.log(low), np.log(high)


_RATES = ((1e-5, 0.5), (0.0005, 0.3), (0.02, 5.0))
_RATE_FITS = {
    "wrong-shape": _column,
    "off-by-one": _off_by_one,
    "whole-powers-of-ten": _powers_of_ten(_itself),  # which may be one number where a single one lies between the bounds
    "same-draw-repeated": _all_the_same,
    "evenly-spaced": _on_a_grid(_itself),
    "uniform-not-logarithmic": _looks_uniform(_itself, lambda low, high: (low, high)),
    "bases-mixed": lambda given: (
        _looks_uniform(np.log, lambda low, high: (np.log10(low), np.log10(high)))(given)
        or _looks_uniform(np.log10, _logs)(given)
    ),
    "exponent-returned": lambda given: (
        _looks_uniform(_itself, _logs)(given)
        or _looks_uniform(_itself, lambda low, high: (np.log10(low), np.log10(high)))(given)
    ),
    "bounds-ignored": _looks_uniform(np.log10, lambda low, high: (-4, 0)),
    "bounds-rounded": _whole_bounds,
    "other-upper-bound": _looks_uniform(np.log10, lambda low, high: (np.log10(low), 0)),
    "rounded": _rounded,
}

_BETAS = ((0.5, 0.999), (0.2, 0.99), (0.95, 0.9995))
_BETA_FITS = {
    "wrong-shape": _column,
    "off-by-one": _off_by_one,
    "whole-powers-of-ten": _powers_of_ten(_complement),
    "same-draw-repeated": _all_the_same,
    "evenly-spaced": _on_a_grid(_complement),
    "uniform-not-logarithmic": _looks_uniform(_itself, lambda low, high: (low, high)),
    "logarithmic-in-beta": _looks_uniform(np.log, _logs),
    "complement-returned": _looks_uniform(np.log, lambda low, high: (np.log(1 - high), np.log(1 - low))),
    "bounds-of-the-complement": _looks_uniform(lambda values: np.log(1 - values), _logs),
    "bounds-ignored": _looks_uniform(lambda values: np.log10(1 - values), lambda low, high: (-3, -1)),
    "bases-mixed": lambda given: (
        _looks_uniform(lambda values: np.log(1 - values), lambda low, high: (np.log10(1 - low), np.log10(1 - high)))(given)
        or _looks_uniform(lambda values: np.log10(1 - values), lambda low, high: _logs(1 - high, 1 - low))(given)
    ),
    "other-upper-bound": _looks_uniform(lambda values: np.log10(1 - values), lambda low, high: (-3, np.log10(1 - low))),
}

# -- early stopping ----------------------------------------------------------------------


_NO_TIES = ("never stops", "best is last")  # which carry more than other kinds, and not for that


def _dev_costs(d):
    """Improvements, pauses just shorter than patience, then one that is long enough, then a trap."""
    if d.case == "one epoch":
        return [d.number(0.5, 2.0)], d.integer(1, 3)
    if d.case == "few epochs":
        return _few_epochs(d)
    patience = {"patience 1": 1, "small": d.integer(2, 3)}.get(d.case, d.integer(2, 4))
    costs = [80.0]
    if d.case == "worse at once":
        _pause(d, costs, patience - int(d.rng.integers(0, 2)))
    rounds = 0 if d.case in ("worse at once", "best is second") else d.integer(1, 2 if d.case == "small" else 4)
    for _ in range(rounds):
        _improve(d, costs, 1 + d.integer(0, 1))
        _pause(d, costs, d.integer(min(1, patience - 1), patience - 1))
    if rounds:
        _improve(d, costs, 1)
        _pause(d, costs, patience - 1)
    _improve(d, costs, 1)
    if d.case == "best is last":
        _improve(d, costs, d.integer(1, 3))
    elif d.case == "never stops":
        _pause(d, costs, d.integer(1, patience - 1))
    else:
        _pause(d, costs, patience + (0 if d.case == "stops at the end" else d.integer(0, 1)))
        if d.case == "ties" and d.choice([True, False]):  # who takes the tie for the best returns it
            _pause(d, costs, 1)
        elif d.case not in ("stops at the end", "a cost of 0"):  # a better epoch that nobody sees any more
            _improve(d, costs, d.integer(1, 3))
    zero = {"a cost of 0": min(costs), "costs below 0": (min(costs) + max(costs)) / 2}.get(d.case, 0.0)
    scale = d.choice([2.0**-20, 0.0625, 2.0**24])  # below 1 throughout, around it, far above it
    return [(cost - zero) * scale for cost in costs], patience


def _few_epochs(d):
    """Hardly more epochs than patience, or fewer: the best one, not the first, may be anywhere among them."""
    patience = d.choice([3, 2, 4])
    count = d.choice([patience, 2, patience + 1, patience + 2])
    costs = [8.0]
    _improve(d, costs, d.integer(1, min(2, count - 1)))
    return costs + [min(costs) + 0.5 * number for number in range(1, count + 1 - len(costs))], patience


def _improve(d, costs, count):
    """Costs below all before; some of them barely."""
    for _ in range(count):
        costs.append(min(costs) - (0.015625 if d.integer(0, 3) == 0 else float(d.integer(1, 4))))


def _pause(d, costs, count):
    """Costs not below the best: falling ones, or rising ones, or a tie."""
    best = min(costs)
    start = costs[-1] + d.integer(1, 3)
    slope = -1.5 if d.case == "small" else d.rng.choice([-1.5, 0.5])
    for number in range(count):
        tie = number == count - 1 and (d.case == "ties" or (d.integer(0, 8) == 0 and d.case not in _NO_TIES))
        costs.append(best if tie else max(best + 0.25, float(start + count + slope * number)))


def _with_a_trap(d):
    patience = d.integer(2, 3)
    costs = [40.0]
    _improve(d, costs, 2)
    _pause(d, costs, patience - 1)
    _improve(d, costs, 1)
    best = len(costs) - 1
    _pause(d, costs, patience)
    d.note(best=best)
    return [(costs, patience), ([*costs, 1.0], patience), ([cost / 64 + 2 for cost in costs] + [0.0], patience)]


def _never_sees_the_end(given):
    best = given.facts["best"]
    for reply, what in zip(
        given.replies,
        ("", ", whatever comes after patience ran out", ", also when all costs are scaled and shifted"),
        strict=True,
    ):
        if np.asarray(reply).item() != best:
            return f"expected epoch {best}{what}, got {np.asarray(reply).item()}"
    return None


# -- augmentation ------------------------------------------------------------------------


def _images(d):
    shape = d.sizes("m", "h", "w", "c")
    if d.case == "bytes":
        return (np.resize(d.rng.permutation(256), shape).astype(np.uint8),)
    return (d.array(*shape),)


def _twice(d):
    return [Step("flip_horizontal", _images(d)), Step("flip_horizontal", (Ref(0),))]


def _is_an_involution(given):
    images = given.steps[0].args[0]
    return None if np.array_equal(given.reply, images) else "flipped twice, the images are not the original ones"


def _also_alone(d):
    (images,) = _images(d)
    images = images if len(images) > 1 else np.concatenate([images, images + 1])
    return [Step("flip_horizontal", (images[:1],)), Step("flip_horizontal", (images,))]


def _same_alone(given):
    alone, together = given.replies
    return None if np.array_equal(alone[0], together[0]) else "the first of several images is not what becomes of it alone"


def _in_reverse_order(given):
    alone, together = given.replies
    mirrored = given.steps[0].args[0][0][:, ::-1]  # an image that is not is in another order, and nothing else
    return np.array_equal(alone[0], mirrored) and np.array_equal(alone[0], together[-1])


ASSIGNMENT = Assignment(
    name="training_in_practice",
    title="Training in practice",
    source="improving deep neural networks, first and third week",
    functions=(
        Function(
            "train_dev_test_split",
            points=20,
            inputs=_split,
            returns=("train", "dev", "test"),
            summary="three disjoint sets that together hold every example with its label",
            classes=(CaseClass("small", count=3), CaseClass("general", count=3)),
            opaque=frozenset({"train", "dev", "test"}),
            properties=tuple(
                Property(name, share=share, plan=lambda d: [_split(d)], judge=judge, classes=_SPLITS, fits=fits)
                for name, share, judge, fits in (
                    ("no example twice, each with its own label", 0.55, _of_sets(_own_labels), _split_fits(*_SIZES)),
                    (
                        "every example is in a set, and no set without any",
                        0.17,
                        _of_sets(_complete),
                        # What is divided by chance leaves sets empty now and then; of sizes that is seen in most cases.
                        _split_fits(*_SIZES, "nothing-divided"),
                    ),
                    (
                        "the three sizes as asked",
                        0.23,
                        _of_sets(_sizes_as_asked),
                        _split_fits("sizes-rounded-down", "examples-lost"),
                    ),
                )
            ),
        ),
        Function(
            "fit_normalization",
            points=13,
            inputs=_fit,
            returns=("mu", "sigma"),
            summary="mean and standard deviation of every feature",
            classes=cases(one_feature={"n_x": 1}, many={}),
            guards=("guarded", "guarded_root"),
            properties=(
                Property("moves along with the data", share=0.1, plan=_moved, judge=_moves_along),
                Property(
                    "a feature that varies little",
                    share=0.05,
                    plan=_fit_small_spreads,
                    judge=_small_deviations,
                    count=2,
                    fits={"small-taken-for-constant": _small_for_constant},
                ),
            ),
            sets=(
                CaseSet(
                    "beside a constant feature",
                    share=0.1,
                    inputs=_fit_constant,
                    classes=(CaseClass("constant feature", count=4), CaseClass("one example", count=2)),
                ),
                CaseSet("whole numbers, as pixels are", share=0.05, inputs=_of_whole_numbers(_fit), classes=_PIXELS),
            ),
        ),
        Function(
            "normalize",
            points=13,
            inputs=_normalize,
            returns="X_norm",
            summary="(X - mu) / sigma, without nan for a constant feature",
            classes=cases(one_example={"m": 1}, one_feature={"n_x": 1}, constant_feature={}, small_numbers={}, mean_of_0={}),
            guards=("guarded", "guarded_root"),
            properties=(
                Property("gives back what was scaled", share=0.1, plan=_standard, judge=_gives_back),
                Property(
                    "a feature that varies little is scaled like any other",
                    share=0.05,
                    plan=_normalize_small_spreads,
                    judge=_small_is_normalized,
                    classes=(CaseClass("general", count=3), CaseClass("tiny", count=2)),
                    fits={
                        "small-taken-for-constant": _only_centred,
                        "bounded-below": _divided_by_a_bound,
                        "guard-too-large": _divided_by_more,
                    },
                ),
                Property("an unseen value of a constant feature is not nan", share=0.1, plan=_unseen, judge=_no_nan),
            ),
            sets=(
                CaseSet("whole numbers, as pixels are", share=0.05, inputs=_of_whole_numbers(_normalize), classes=_PIXELS),
            ),
        ),
        Function(
            "diagnose_fit",
            points=12,
            inputs=_errors,
            returns="diagnosis",
            summary="the set of 'high bias' and 'high variance' that apply",
            classes=(
                *cases(neither={}, bias={}, variance={}, split_gap={}, no_tolerance={}),
                CaseClass("both", count=3, share=0.1),
                CaseClass("an error of 0", count=4, share=0.1),
                CaseClass("dev better", count=3, share=0.12),
                CaseClass("below bayes", count=3, share=0.12),
            ),
            properties=(Property("only gaps between errors matter", share=0.3, plan=_shifted, judge=_dev_error_matters),),
        ),
        Function(
            "sample_learning_rate",
            points=12,
            inputs=_few(*_RATES),
            returns="alphas",
            summary="learning rates, uniform on a logarithmic scale",
            classes=(CaseClass("small", count=3),),
            opaque=frozenset({"alphas"}),
            inputs_share=0.0,
            properties=(
                Property(
                    "n numbers in a vector, not one for all",
                    share=0.25,
                    plan=_searches(*_RATES),
                    judge=_vectors,
                    fits=_RATE_FITS,
                ),
                Property("between low and high", share=0.25, plan=_searches(*_RATES), judge=_within_bounds, fits=_RATE_FITS),
                Property(
                    "log-uniform between low and high",
                    share=0.5,
                    plan=_searches(*_RATES),
                    judge=_log_uniform(_itself, "alpha"),
                    fits=_RATE_FITS,
                ),
            ),
        ),
        Function(
            "sample_momentum",
            points=12,
            inputs=_few(*_BETAS),
            returns="betas",
            summary="momentum coefficients, 1 - beta uniform on a logarithmic scale",
            classes=(CaseClass("small", count=3),),
            opaque=frozenset({"betas"}),
            inputs_share=0.0,
            properties=(
                Property(
                    "n numbers in a vector, not one for all",
                    share=0.25,
                    plan=_searches(*_BETAS),
                    judge=_vectors,
                    fits=_BETA_FITS,
                ),
                Property("between low and high", share=0.25, plan=_searches(*_BETAS), judge=_within_bounds, fits=_BETA_FITS),
                Property(
                    "1 - beta is log-uniform, beta between low and high",
                    share=0.5,
                    plan=_searches(*_BETAS),
                    judge=_log_uniform(_complement, "1 - beta"),
                    classes=(CaseClass("general", count=3), CaseClass("from 0", count=1, share=0.1)),
                    fits=_BETA_FITS,
                ),
            ),
        ),
        Function(
            "early_stopping_epoch",
            points=10,
            inputs=_dev_costs,
            returns="best_epoch",
            summary="the epoch whose parameters early stopping keeps",
            classes=(
                *cases(
                    one_epoch={},
                    worse_at_once={},
                    best_is_second={},
                    stops_at_the_end={},
                    ties={},
                    a_cost_of_0={},
                    costs_below_0={},
                ),
                CaseClass("few epochs", count=4, share=0.08),
                CaseClass("patience 1", count=3, share=0.2),
                CaseClass("never stops", count=3, share=0.25),
                CaseClass("best is last", count=3, share=0.15),
            ),
            properties=(
                Property("what comes after the stop has no effect", share=0.1, plan=_with_a_trap, judge=_never_sees_the_end),
            ),
        ),
        Function(
            "flip_horizontal",
            points=8,
            inputs=_images,
            returns="flipped",
            summary="images mirrored left to right",
            classes=(
                *cases(one_image={"m": 1}, one_channel={"c": 1}, one_row={"h": 1}, one_column={"w": 1}, bytes={}),
                CaseClass("square", count=3, sizes={"h": 4, "w": 4}, share=0.25),  # as most images are
            ),
            loose_dtype=frozenset({"flipped"}),
            properties=(
                Property("flipping twice changes nothing", share=0.1, plan=_twice, judge=_is_an_involution),
                Property(
                    "an image becomes the same whatever is beside it",
                    share=0.1,
                    plan=_also_alone,
                    judge=_same_alone,
                    fits={"order-of-images-as-well": _in_reverse_order},
                ),
            ),
        ),
    ),
)
