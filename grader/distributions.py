"""Judging random values by what they promise: proved bounds, one call, no SciPy.

Every test rejects a right solution with probability at most ``alpha`` (1e-11 unless given), so that
a check made of a hundred tests stays below 1e-9:

* :func:`gaussian_problem`, :func:`uniform_problem`: Kolmogorov-Smirnov distance with the
  Dvoretzky-Kiefer-Wolfowitz bound (Massart's constant), ``P(sup|F_n - F| > e) <= 2 exp(-2 n e^2)``.
  A Gaussian has tails, besides: the largest of n numbers within t deviations has the probability ``erf(t / sqrt(2)) ** n``;
  and its mean square is within ``2 sqrt(x / n) + 2 x / n`` of the variance, but for ``2 exp(-x)`` (Laurent and Massart).
* :func:`mean_problem`: Hoeffding's inequality for bounded entries.
* :func:`dependence_problem`: products of entries at a fixed distance are martingale differences, so that
  the Azuma-Hoeffding inequality holds for their sum along rows, columns and from layer to layer, however both are read.
* :func:`handful_problem`: of n numbers, none of which falls within x standard deviations of 0 more often than ``x``, all do
  with a probability of at most ``x ** n``; a Gaussian one is beyond eight deviations once in 10 ** 15.
* :func:`share_problem`: Chernoff's bound for n entries, ``P(a share of q or further) <= exp(-n KL(q | p))``, however few;
  :func:`parts_problem` asks it of the rows and columns that are furthest off, as one of all of them.
* :func:`equal_counts_problem`: K independent counts are all the same with a probability of at most ``q ** (K - 1)``,
  where q is that of the likeliest count of a binomial distribution.
* :func:`repeats_problem`: of n rows, two agree in all w entries, or disagree in all, with a probability of at most
  ``n ** 2 q ** w``, where q is that of two equal entries.
* :func:`forced_problem`: the mean of n Gaussian numbers, and the root of their mean square, have a density of at most
  ``sqrt(n)`` in units of the scale: they are within d of a given number with a probability of at most ``2 d sqrt(n)``.
* :func:`exact_share_problem`: given the entries of the mask before, a mask keeps one of two counts with a probability of at
  most ``2 q``, where q is that of the likeliest count of the entries that it has more.

With the 15,000 entries that an assignment draws at least, a scale wrong by 15 %, a uniform instead
of a Gaussian of the same variance, a shared row or a repeated layer is caught with certainty for all
practical purposes, and of a Gaussian scale one wrong by 7 %; ``docs/accuracy.md`` has the simulated power.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

__all__ = [
    "ALPHA",
    "at_right_scale",
    "dependence_problem",
    "equal_counts_problem",
    "exact_share_problem",
    "forced_problem",
    "gaussian_problem",
    "handful_problem",
    "in_layers",
    "ks_distance",
    "mean_problem",
    "moments_problem",
    "parts_problem",
    "repeats_problem",
    "rounded_problem",
    "share_problem",
    "truncated_gaussian_problem",
    "uniform_problem",
    "xavier_problem",
]

ALPHA = 1e-11
_THROUGHOUT = 0.99  # of the signs or entries, but for a few zeros
_SAME = 2.0**-20  # two Gaussian numbers of single precision are equal less often
_HARDLY = 1.0001  # times a deviation: another one that is not right to the last digit
_AT_AN_END = 4  # random numbers that are the largest one, up to their signs: of single precision hardly ever two
_OTHER_SCALE = 0.25  # of a scale: further off is what the deviation of 400 numbers tells, up to seven times its error
_EXACT = 2e-12  # of a deviation, times the root of how many numbers there are
_LINES, _LONG, _NEARLY = 3, 20, 1e-10  # rows, their numbers, and how near to exactly the same they come by no chance
_GRID = np.linspace(-4.0, 4.0, 129)
_NORMAL = np.array([0.5 * (1 + math.erf(x / math.sqrt(2))) for x in _GRID])
# Of a normal distribution that is cut at two standard deviations, and how much smaller that makes its own one.
_TAIL = 0.5 * (1 - math.erf(2 / math.sqrt(2)))
_TRUNCATED = np.clip((_NORMAL - _TAIL) / (1 - 2 * _TAIL), 0, 1)
_TRUNCATED_SCALE = 0.8796256610342398


def ks_distance(values: Any, grid: Any, cdf: Any) -> float:
    """Largest distance between the empirical distribution and ``cdf`` on the points of ``grid``.

    A supremum over fewer points is smaller, so the bound of the full supremum holds for it too.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64).ravel())
    above = np.searchsorted(ordered, grid, side="right") / ordered.size
    return float(np.max(np.abs(above - cdf)))


def _dkw(count: int, alpha: float) -> float:
    return math.sqrt(math.log(2 / alpha) / (2 * count))


def _too_few(name: str, array: Any) -> str:
    """Nothing speaks against anything in a handful of numbers; a stub must not pass for that reason."""
    return f"{name} has {array.size} entries, too few to see how they are distributed"


def gaussian_problem(values: Any, scale: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against independent draws from a Gaussian of mean 0 and the given scale.

    Returns
    -------
    str or None
        One sentence with the standard deviation that was found; None where nothing speaks against it.
    """
    alpha /= 3
    array = np.asarray(values, dtype=np.float64).ravel()
    return (
        _bell_problem(array, scale, 1.0, _NORMAL, name, alpha)
        or _cut_problem(array, scale, name, alpha)
        or _square_problem(array, scale, name, alpha)
    )


def _square_problem(array: Any, scale: float, name: str, alpha: float) -> str | None:
    """What speaks against the scale alone, which the mean of the squares tells better than the distribution."""
    x = math.log(2 / alpha)
    off = float(np.mean(np.square(array / scale))) - 1
    if -2 * math.sqrt(x / array.size) <= off <= 2 * math.sqrt(x / array.size) + 2 * x / array.size:
        return None
    return _unlike_a_bell(array, scale, name)


def _cut_problem(values: Any, scale: float, name: str, alpha: float) -> str | None:
    """What speaks against lost tails: n Gaussian numbers are all within t deviations once in ``erf(t / sqrt(2)) ** -n``."""
    array = np.asarray(values, dtype=np.float64)

    def is_cut(deviation: float) -> bool:
        within = math.erf(float(np.abs(array).max()) / (math.sqrt(2) * deviation))
        return within == 0 or array.size * math.log(within) <= math.log(alpha)

    if not is_cut(scale):
        return None
    own = float(array.std())
    if own == 0 or not is_cut(own):  # an uncut one of a smaller deviation
        return f"{_begin(scale, name)}its standard deviation is {own:.3g}"
    return (
        f"{name} has no tails: none of its {array.size} numbers is further from 0 than "
        f"{float(np.abs(array).max()) / own:.3g} of its standard deviations; a Gaussian is not cut"
    )


def moments_problem(values: Any, scale: float, name: str) -> str | None:
    """What speaks against mean 0 and this deviation, up to seven times the error of so many numbers.

    Cut or rounded Gaussian numbers have a deviation that is a little smaller: up to 15 %, their distribution is at fault.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    mean, deviation, error = float(array.mean()), float(array.std()), 7 * scale / math.sqrt(array.size)
    about = abs(deviation - scale) < 0.15 * scale
    fits = abs(deviation - scale) <= error / math.sqrt(2) or (
        about and all(gaussian_problem(array, some, name) for some in (deviation * _HARDLY, scale))
    )
    if abs(mean) <= error and fits:
        return None
    return f"{name} has mean {mean:.3g} and standard deviation {deviation:.4g}, expected 0 and {scale:.4g}"


def at_right_scale(arrays: Mapping[str, Any], scales: Mapping[str, float]) -> dict[str, Any]:
    """Arrays by their names, those of another deviation brought to the right one where they are fewer than half.

    That a layer has another scale than the others is what a check of the deviations is about: it counts there alone.

    Parameters
    ----------
    arrays
        Of random numbers.
    scales
        The standard deviation that each of them should have.

    Examples
    --------
    >>> drawn = np.random.default_rng(0).standard_normal((3, 20_000))
    >>> found = at_right_scale({"W1": drawn[0], "W2": drawn[1], "W3": 9 * drawn[2]}, dict.fromkeys(("W1", "W2", "W3"), 1.0))
    >>> float(np.std(found["W3"]).round(2))
    1.0
    >>> arrays = {"W1": np.full(1000, 0.1), "W2": drawn[0], "W3": drawn[1]}
    >>> float(at_right_scale(arrays, dict.fromkeys(arrays, 1.0))["W1"].max())  # what rounding leaves is no deviation
    0.1
    """
    near = {name: scales[name] * (1 + 0.3 / math.sqrt(array.size)) for name, array in arrays.items()}  # none is exact
    spreads = {name: float(np.std(array)) if np.ptp(array) else np.inf for name, array in arrays.items()}  # equal: no scale
    factors = {name: near[name] / spreads[name] for name in arrays}
    off = [name for name, factor in factors.items() if factor and abs(1 / factor - 1) > _OTHER_SCALE]
    few = off if 2 * len(off) < len(arrays) else []
    return {name: array * factors[name] if name in few else array for name, array in arrays.items()}


def in_layers(result: Mapping[str, Any], kind: str, count: int) -> list[Any]:
    """The weights or biases of so many layers, but for the last ones where a loop has ended early.

    Parameters
    ----------
    result
        What a function returned.
    kind
        What stands before the number of the layer: "W".

    Raises
    ------
    KeyError
        Where keys with other numbers are there: that is another form, in which a judge is asked once more.

    Examples
    --------
    >>> in_layers({"W1": [1.0], "b1": [0.0]}, "W", 2)
    [array([1.])]
    """
    names = [f"{kind}{layer}" for layer in range(1, count + 1)]
    there = [name for name in names if name in result]
    others = [name for name in result if str(name).startswith(kind) and name not in names]
    if len(there) < count and (others or names[: len(there)] != there):
        raise KeyError(f"expected {names}, found {[*there, *others]}")
    return [np.asarray(result[name]) for name in there]


def rounded_problem(values: Any, name: str) -> str | None:
    """What speaks against numbers of which most repeat others, as rounded ones do: draws of double precision hardly do."""
    problem = _repeated(np.asarray(values))
    return f"most of the numbers of {name} repeat others{problem}" if problem else None


def _repeated(array: Any) -> str:
    """How many of the numbers are different, where most are not."""
    different = np.unique(array).size
    return f", and only {different} of {array.size} are different" if 2 * different < array.size else ""


def truncated_gaussian_problem(values: Any, scale: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against draws from a Gaussian cut at two standard deviations, whose own one is the given scale.

    Keras and TensorFlow draw their normal initializers so.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if problem := _bell_problem(array, scale, 1 / _TRUNCATED_SCALE, _TRUNCATED, name, alpha):
        return problem
    end, largest = 2 * scale / _TRUNCATED_SCALE, float(np.abs(array).max())
    at_the_end = int(np.sum(np.abs(array) == largest))
    if at_the_end > _AT_AN_END:
        return f"{at_the_end} numbers of {name} are {largest:.4g} or its negative: others were moved there, not drawn again"
    return None if largest <= end * (1 + 1e-6) else f"{name} has numbers beyond {end:.4g}, where it is to be cut"


def _bell_problem(values: Any, scale: float, wider: float, cdf: Any, name: str, alpha: float) -> str | None:
    array = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(array).all():
        return f"{name} holds nan or inf"
    if _dkw(array.size, alpha) >= 0.5:
        return _too_few(name, array)
    if ks_distance(array / (scale * wider), _GRID, cdf) <= _dkw(array.size, alpha):
        return _exact_problem(array, scale, name)
    return _unlike_a_bell(array, scale, name)


def _exact_problem(array: Any, scale: float, name: str) -> str | None:
    """What speaks against numbers whose mean or deviation is right to the last digit: that of a sample varies."""
    room = scale * max(1e-15, _EXACT / math.sqrt(array.size))
    if abs(float(array.mean())) < room:
        if np.allclose(np.sort(array, axis=None), np.sort(-array, axis=None), rtol=0, atol=1e-9 * scale):
            return f"some numbers of {name} follow from others: each has its opposite on the other side of the mean"
        return f"the mean of {name} is right to the last digit: it was subtracted; that of random numbers varies"
    deviations = array.std(), math.sqrt(np.mean(array**2)), array.std(ddof=1)
    if any(abs(float(found) - scale) < room for found in deviations):
        return f"{name} has exactly the standard deviation: it was divided by its own; that of random numbers varies"
    return None


def _begin(scale: float, name: str) -> str:
    return f"{name} does not look like a Gaussian of mean 0 and standard deviation {scale:.4g}: "


def _unlike_a_bell(array: Any, scale: float, name: str) -> str:
    """What is off: the mean of numbers of that deviation, else the deviation, else how the numbers are distributed."""
    mean, deviation, error = float(array.mean()), float(array.std()), 7 * scale / math.sqrt(array.size)
    begin = _begin(scale, name)
    if abs(mean) > error * max(1.0, deviation / scale):
        return f"{begin}its mean is {mean:.3g} (the standard deviation is {deviation:.3g}){_repeated(array)}"
    if abs(deviation - scale) > error / math.sqrt(2):
        return f"{begin}its standard deviation is {deviation:.3g}{_repeated(array)}"
    return (
        f"{begin}mean and standard deviation are right, but the numbers are not spread like those of a Gaussian; they lie "
        f"between {array.min():.3g} and {array.max():.3g}{_repeated(array)}"
    )


def uniform_problem(values: Any, low: float, high: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against independent draws from the uniform distribution on [low, high]."""
    array = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(array).all():
        return f"{name} holds nan or inf"
    if _dkw(array.size, alpha) >= 0.5:
        return _too_few(name, array)
    grid = np.linspace(0.0, 1.0, 129)
    if ks_distance((array - low) / (high - low), grid, grid) <= _dkw(array.size, alpha):
        return _exact_problem(array - (low + high) / 2, (high - low) / math.sqrt(12), name)
    return (
        f"{name} does not look uniform between {low:.4g} and {high:.4g}: it lies between {array.min():.3g} and "
        f"{array.max():.3g} with mean {array.mean():.3g}"
    )


def mean_problem(values: Any, mean: float, low: float, high: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against independent entries in [low, high] with the given mean."""
    array = np.asarray(values, dtype=np.float64).ravel()
    bound = (high - low) * math.sqrt(math.log(2 / alpha) / (2 * array.size))
    if bound >= 0.5 * (high - low):
        return _too_few(name, array)
    found = float(array.mean())
    if abs(found - mean) <= bound:
        return None
    return f"the mean of {name} is {found:.4g}, expected {mean:.4g} (over {array.size} entries)"


def handful_problem(values: Any, scale: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against draws around 0 of this standard deviation, Gaussian, cut or uniform, however few they are.

    The tests of a distribution need thousands of numbers. A function that they find right may still give zeros, one number
    everywhere, or nan to a usual network.
    """
    array = np.abs(np.asarray(values, dtype=np.float64).ravel())
    if not np.isfinite(array).all():
        return f"{name} holds nan or inf"
    if 2 * len(np.unique(array)) <= array.size:
        return f"{name} has {array.size} entries, and more than half of them repeat others"
    largest = float(array.max())
    if not scale * alpha ** (1 / array.size) < largest < 8 * scale:
        return f"the largest entry of {name} is {largest:.4g}; expected are draws with a standard deviation of {scale:.4g}"
    return None


def share_problem(kept: Any, share: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against entries that are kept one by one, each with the probability ``share``, however few they are."""
    array = np.asarray(kept) != 0
    found = float(array.mean()) if array.size else share
    parts = ((found, share), (1 - found, 1 - share))
    if array.size * sum(q * math.log(q / p) if p else math.inf for q, p in parts if q) <= math.log(2 / alpha):
        return None
    return f"{name} keeps {int(array.sum())} of {array.size} entries; each is to be kept with a probability of {share:.4g}"


def parts_problem(kept: Any, share: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against a mask of which one row or one column keeps a share of its own: a unit that is never dropped."""
    array = np.asarray(kept) != 0
    alpha /= sum(array.shape)
    for kind, parts in (("row", array), ("column", array.T)):
        shares = parts.mean(axis=1)
        for number in {int(shares.argmin()), int(shares.argmax())}:
            problem = share_problem(parts[number], share, f"{kind} {number} of {name}", alpha)
            if problem:
                return problem
    return None


def _fan_in(n_prev: int, n: int) -> float:  # noqa: ARG001
    return math.sqrt(1 / n_prev)


def _fan_in_and_out(n_prev: int, n: int) -> float:
    return math.sqrt(2 / (n_prev + n))


def _uniform_with(values: Any, deviation: float, name: str) -> str | None:
    return uniform_problem(values, -math.sqrt(3) * deviation, math.sqrt(3) * deviation, name)


_XAVIER = {"2 / (n_prev + n)": _fan_in_and_out, "1 / n_prev": _fan_in}
_SHAPES = (gaussian_problem, truncated_gaussian_problem, _uniform_with)


def xavier_problem(
    weights: Mapping[str, Any],
    *,
    both_sides: bool = False,
    spread: bool = True,
    independent: bool = True,
    scale: bool = True,
) -> str | None:
    """What speaks against Xavier's (Glorot's) rule: one variance and one distribution for all layers, which are independent.

    Parameters
    ----------
    weights
        Matrices of the shape ``(n, n_prev)`` by name.
    both_sides
        Whether the variance must be ``2 / (n_prev + n)``; ``1 / n_prev`` is right, too, otherwise.
    spread
        Whether they must be normal or uniform numbers: of others, mean and variance are looked at alone.
    independent
        Whether no rows, columns and layers may follow from others.
    scale
        Whether each layer must have the right variance: without, a few may have another one (:func:`at_right_scale`).
    """
    rules = dict(list(_XAVIER.items())[:1] if both_sides else _XAVIER)
    expected = {name: [rule(W.shape[1], W.shape[0]) for rule in rules.values()] for name, W in weights.items()}
    for number in range(len(rules)):
        by_rule = {name: deviations[number] for name, deviations in expected.items()}
        scaled = weights if scale else at_right_scale(weights, by_rule)
        for problem in _SHAPES if spread else (_moments_problem,):
            if not any(problem(W, by_rule[name], name) for name, W in scaled.items()):
                repeated = (rounded_problem(W, name) for name, W in weights.items() if spread)
                return (dependence_problem(weights) if independent else None) or next(filter(None, repeated), None)
    return _misfit(weights, expected, rules, independent=independent)


def _moments_problem(values: Any, deviation: float, name: str) -> str | None:
    """What speaks against mean and variance alone, whatever the distribution."""
    mean = float(np.mean(values))
    centred = abs(mean) <= 7 * deviation / math.sqrt(np.size(values))
    return None if centred and _near(values, deviation) else f"{name} has mean {mean:.3g} and deviation {np.std(values):.3g}"


def _misfit(
    weights: Mapping[str, Any], expected: Mapping[str, Sequence[float]], rules: Iterable[str], *, independent: bool
) -> str:
    """What is told of weights that fit no rule: that they depend on each other, or the first layer that is off."""
    centred = all(abs(np.mean(W)) < 0.5 * np.std(W) for W in weights.values())
    # The mean and the deviation may look right then.
    if independent and centred and (dependent := dependence_problem(weights)):
        return dependent
    by_rule = zip(*expected.values(), strict=True)
    off = [[n for n, found in zip(weights, rule, strict=True) if not _near(weights[n], found)] for rule in by_rule]
    if not all(off):
        return "the weights have the right variance, but are neither normal nor uniform with mean 0 (or not all alike)"
    name = min(off, key=len)[0]
    W = weights[name]
    variances = " or ".join(f"{found:.3g} (variance {rule})" for rule, found in zip(rules, expected[name], strict=True))
    return (
        f"{name} of shape {W.shape} has mean {np.mean(W):.3g} and standard deviation {np.std(W):.3g}; expected are "
        f"mean 0 and {variances}, by one rule in all layers"
    )


def _near(W: Any, deviation: float) -> bool:
    """Whether the standard deviation may be this one; the few numbers of a small layer tell less of theirs."""
    return bool(abs(np.std(W) / deviation - 1) < 0.03 + 4 / math.sqrt(2 * W.size))


def dependence_problem(arrays: Mapping[str, Any], mean: float = 0.0, alpha: float = ALPHA) -> str | None:
    """What speaks against independence of rows, columns and layers.

    Parameters
    ----------
    arrays
        Matrices by name, with independent entries of the given median or mean: for Gaussian weights
        signs are compared, for masks (entries 0 and 1) the deviations from ``mean``.

    Notes
    -----
    Compared are neighbours, the halves (also mirrored), and layers in every order of reading them, or as corners of one
    pool; ``alpha`` is shared among these comparisons.
    """
    centred = {name: _centred(value, mean) for name, value in arrays.items()}
    alpha /= 10 * len(centred) + _READINGS * math.comb(len(centred), 2)

    def excess(parts: tuple[Any, Any]) -> float:
        return _correlation(parts[0], parts[1], mean, alpha)

    for name, array in centred.items():
        # Equal columns make neighbouring rows look dependent too: the stronger of the two is the cause.
        pairs = {"rows": max(_repeats(array), key=excess), "columns": max(_repeats(array.T), key=excess)}
        what = max(pairs, key=lambda key: excess(pairs[key]))
        if excess(pairs[what]) > 1:
            how = {1: ": they repeat the same random numbers", -1: f": some are the {_opposite(mean)} of others"}
            return f"the {what} of {name} are not independent of each other{how.get(_alike(*pairs[what]), '')}"
        problem = repeats_problem(arrays[name], name, mean, alpha) or (mean == 0.0 and forced_problem(arrays[name], name))
        if problem:
            return problem
    names = list(centred)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            for first, second in _readings(centred[name], centred[other]):
                if _correlation(first, second, mean, alpha) > 1:
                    return _dependent(name, other, _alike(first, second), mean)
    return None


def repeats_problem(values: Any, name: str, mean: float = 0.0, alpha: float = ALPHA) -> str | None:
    """What speaks against rows, or columns, of which two hold the same numbers, or opposite ones, wherever they stand.

    Parameters
    ----------
    mean
        0 for Gaussian weights; for masks (entries 0 and 1) that of an entry.
    """
    array = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if not np.ptp(array):
        return None  # one number everywhere: that is what is to be said
    same = mean**2 + (1 - mean) ** 2 if mean else _SAME
    for kind, lines in (("row", array), ("column", array.T)):
        count, width = lines.shape
        if count < 2 or 2 * math.log(count) + width * math.log(same) >= math.log(alpha):
            continue
        signs = np.where(lines[:, :1] < 0, -1, 1) if mean == 0.0 else 2 * lines[:, :1] - 1
        alike = lines * signs + 0.0 if mean == 0.0 else (2 * lines - 1) * signs
        _, first, place = np.unique(alike, axis=0, return_index=True, return_inverse=True)
        earlier = first[np.ravel(place)]
        again = np.flatnonzero(earlier != np.arange(count))
        if again.size:
            kept = np.unique(np.abs(lines[np.unique(first)]), return_counts=True)[1]
            if mean == 0.0 and 2 * kept.size < kept.sum():  # lines of few numbers are alike by chance
                return f"{name} has {array.size} entries, and only {np.unique(array).size} of them are different"
            one, other = int(earlier[again[0]]), int(again[0])
            what = "equal" if np.array_equal(lines[one], lines[other]) else f"{_opposite(mean)} of each other"
            return f"{kind}s {one} and {other} of {name} are {what}: they repeat the same random numbers"
    return None


def forced_problem(values: Any, name: str) -> str | None:
    """What speaks against Gaussian weights that were made to be of one length, of mean 0, or orthogonal to each other.

    Whether two short rows are, chance may decide: three or more of at least twenty numbers are asked.
    """
    array = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if np.ptp(np.abs(array)) <= _NEARLY * np.abs(array).max():
        return None  # one number everywhere, but for its sign: that is what is to be said
    for kind, lines in (("row", array), ("column", array.T)):
        if len(lines) < _LINES or lines.shape[1] < _LONG:
            continue
        lengths = np.sqrt(np.mean(lines**2, axis=1))
        if not lengths.min():
            continue
        units = (lines[:_LINES] / lengths[:_LINES, None]) / math.sqrt(lines.shape[1])
        if np.abs(units @ units.T - np.eye(_LINES)).max() < _NEARLY:
            return f"the {kind}s of {name} are orthogonal to each other; independent draws are not"
        if np.abs(lines.mean(axis=1) / lengths).max() < _NEARLY:
            return f"the mean of each {kind} of {name} is 0: it was subtracted; that of random numbers varies"
        deviations = np.std(lines, axis=1)
        if np.ptp(lengths) < _NEARLY * lengths.max() or np.ptp(deviations) < _NEARLY * deviations.max():
            return f"each {kind} of {name} has the same length: it was divided by its own; that of random numbers varies"
    return None


def _dependent(name: str, other: str, alike: int, mean: float) -> str:
    """How two layers depend on each other."""
    if alike > 0:
        return f"{name} and {other} repeat the same random numbers"
    if alike < 0:
        return f"the numbers of {other} are the {_opposite(mean)} of those of {name}"
    return f"{name} and {other} are not independent of each other"


def _opposite(mean: float) -> str:
    return "negatives" if mean == 0.0 else "opposites"


def _alike(first: Any, second: Any) -> int:
    """1 where parts that depend on each other are the same, -1 where they are opposite throughout, and else 0."""
    with np.errstate(all="ignore"):  # what is the same everywhere has no deviation
        found = float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    return round(found) if abs(found) > _THROUGHOUT else 0


def equal_counts_problem(mask: Any, share: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against a mask whose entries are kept independently, each with the probability ``share``.

    Where every column, or every row, keeps the same number of entries, they were counted out.
    """
    array = np.asarray(mask) != 0
    for kind, kept, size in (("column", array.sum(axis=0), len(array)), ("row", array.sum(axis=1), array.shape[1])):
        if (
            0 < kept[0] < size
            and (kept == kept[0]).all()
            and (kept.size - 1) * _log_likeliest(size, share) < math.log(alpha)
        ):
            lines = array.T if kind == "column" else array
            if (lines == lines[0]).all():
                return f"all {kind}s of {name} are equal: they repeat the same random numbers"
            return f"every {kind} of {name} keeps {kept[0]} of its {size} entries; kept one by one, their number varies"
    return None


def exact_share_problem(masks: Sequence[Any], share: float, name: str, alpha: float = ALPHA) -> str | None:
    """What speaks against masks of growing sizes, each of which keeps the share ``share`` as exactly as can be.

    Notes
    -----
    The masks may begin with the same random numbers, as those of calls from one seed do. A mask with more entries than the
    one before has a number of new ones, whatever the others are; there are at most two counts less than one
    entry from a share.
    """
    evidence, size = 0.0, 0
    for mask in map(np.asarray, masks):
        if mask.size <= size or abs(np.count_nonzero(mask) - share * mask.size) >= 1:
            return None
        evidence += math.log(2) + _log_likeliest(mask.size - size, share)
        size = mask.size
    if evidence >= math.log(alpha):
        return None
    return f"{name} keeps exactly the share {share:.4g} of its entries, however many there are; kept one by one, it varies"


def _log_likeliest(n: int, share: float) -> float:
    """The logarithm of the largest probability of a binomial distribution, 0 < share < 1."""
    k = min(n, math.floor((n + 1) * share))
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return ways + k * math.log(share) + (n - k) * math.log1p(-share)


def _repeats(array: Any) -> Iterator[tuple[Any, Any]]:
    """Parts that are alike when rows repeat: neighbours, halves, mirrored halves, or rows and columns of a square one."""
    half = len(array) // 2
    if array.shape[0] == array.shape[1] > 1:
        yield array[np.triu_indices(len(array), 1)], array.T[np.triu_indices(len(array), 1)]
    for lag in {1, half, len(array) - half} - {0}:
        yield array[:-lag], array[lag:]
    yield array[:half], array[::-1][:half]


_BY_ROWS, _BY_COLUMNS = (lambda a: a.ravel()), (lambda a: a.T.ravel())
_ORDERS: Sequence[tuple[Callable[[Any], Any], ...]] = tuple(product((_BY_ROWS, _BY_COLUMNS), repeat=2))
_READINGS = len(_ORDERS) + 4


def _readings(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """Parts that are alike when two layers repeat: number by number in any order, or as corners of one larger matrix."""
    count = min(one.size, other.size)
    for pick, choose in _ORDERS:
        yield pick(one)[:count], choose(other)[:count]
    for turned in (other, other.T):
        rows, columns = np.minimum(one.shape, turned.shape)
        yield one[:rows, :columns], turned[:rows, :columns]
        yield one[-rows:, -columns:], turned[-rows:, -columns:]


def _centred(value: Any, mean: float) -> Any:
    array = np.atleast_2d(np.asarray(value, dtype=np.float64))
    return np.sign(array) if mean == 0.0 else array - mean


def _correlation(first: Any, second: Any, mean: float, alpha: float) -> float:
    """The sum of products in units of the bound that independent entries keep."""
    if not first.size:
        return 0.0
    largest = 1.0 if mean == 0.0 else max(mean, 1 - mean) ** 2
    bound = largest * math.sqrt(2 * first.size * math.log(2 / alpha))
    return abs(float((first * second).sum())) / bound
