"""What a step of gradient descent must do to a network: for the judges of training functions.

A training function is judged by relations between short runs of its own, so that it may start from weights of its
own and do the step in any way. The network has relu layers, and a sigmoid at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.spec import Objection

__all__ = [
    "Parameters",
    "along",
    "counts_for_itself",
    "difference_problem",
    "fall_problem",
    "first_step_problem",
    "further_steps_problem",
    "is_bounded_below",
    "is_cut_off",
    "is_same_start",
    "is_underpriced",
    "length_of",
    "own_start_problem",
    "price_problem",
    "slope",
    "slope_told",
    "start_of",
    "stays_equal",
    "steeper",
    "step_problem",
]

Array = np.ndarray[Any, Any]
_CUT = 1e-6  # of a bound, how near to it is at it
Parameters = Mapping[str, Array]


def start_of(once: Parameters, further: Parameters, ratio: float) -> dict[str, Array]:
    """The parameters from which two runs of one step started; the second one has ``ratio`` times the learning rate.

    A run of no step at all would tell, too, but not every right loop can do without a step.
    """
    start = {name: value - (further[name] - value) / (ratio - 1) for name, value in once.items()}
    # What is only rounding was zero: a bias of 1e-19 would open a relu that was shut.
    noise = {name: 1e-14 * (np.abs(value) + np.abs(further[name])) for name, value in once.items()}
    return {name: np.where(np.abs(value) <= noise[name], 0.0, value) for name, value in start.items()}


def is_same_start(start: Parameters, given: Parameters) -> bool:
    """Whether a training function started from given parameters, up to rounding."""
    alike = [name in start and start[name].shape == value.shape for name, value in given.items()]
    return all(alike) and all(np.allclose(start[name], value, rtol=1e-7, atol=1e-9) for name, value in given.items())


def steeper(parameters: Parameters, times: float) -> dict[str, Array]:
    """The same network with larger gradients: what is cut to a bound shows in large ones alone.

    Each hidden layer gives so many times less than the one before it, which relu does not mind, and the last one makes up
    for that. Of the gradients those of the last layer alone do not grow.
    """
    last = len(parameters) // 2
    smaller = {f"b{layer}": parameters[f"b{layer}"] / times**layer for layer in range(1, last)}
    smaller |= {f"W{layer}": parameters[f"W{layer}"] / times for layer in range(1, last)}
    return {**parameters, **smaller, f"W{last}": parameters[f"W{last}"] * times ** (last - 1)}


def stays_equal(start: Parameters) -> bool:
    """Whether all weights of a layer are equal, so that its units stay equal whatever the steps: the steps prove nothing."""
    return any(name.startswith("W") and value.size > 1 and bool(np.ptp(value) < 1e-9) for name, value in start.items())


def slope(
    X: Array, Y: Array, parameters: Parameters, direction: Parameters, *, lambd: float = 0.0, factors: Sequence[Array] = ()
) -> float:
    """How fast the cross-entropy grows when the parameters move in a direction.

    Parameters
    ----------
    X, Y, parameters, direction
        Examples, labels, and two dictionaries ``W1, b1, ..., WL, bL`` of the same shapes.
    lambd
        Strength of an L2 penalty on the weights.
    factors
        What the activations of the hidden layers are multiplied by: dropout masks over the share that is kept.
    """
    last = len(parameters) // 2
    A, dA = X, np.zeros(X.shape)
    penalty = 0.0
    for layer in range(1, last + 1):
        W, V = parameters[f"W{layer}"], direction[f"W{layer}"]
        Z = W @ A + parameters[f"b{layer}"]
        dZ = V @ A + W @ dA + direction[f"b{layer}"]
        penalty += lambd * float(np.sum(W * V))
        if layer < last:
            gate = (Z > 0) * (factors[layer - 1] if factors else 1.0)
            A, dA = Z * gate, dZ * gate
    return float((np.sum((1 / (1 + np.exp(-Z)) - Y) * dZ) + penalty) / X.shape[1])


@dataclass(frozen=True)
class _Gradient:
    """The gradient of the cross-entropy: its parts, what they are sums of, and what the hidden units do."""

    parts: dict[str, Array]
    sums: dict[str, Array]  # of sizes: what a guard in a quotient moves a part by goes with these
    alive: float  # the share of the units of the first layer that are open for some example
    bends: bool  # whether a unit is open for some examples and shut for others; of one example, whether some are shut


def _gradient(X: Array, Y: Array, parameters: Parameters, factors: Sequence[Array] = ()) -> _Gradient:
    last, gates = len(parameters) // 2, []
    inputs, Z = [X], X
    for layer in range(1, last + 1):
        Z = parameters[f"W{layer}"] @ inputs[-1] + parameters[f"b{layer}"]
        if layer < last:
            gates.append((Z > 0) * (factors[layer - 1] if factors else 1.0))
            inputs.append(Z * gates[-1])
    dZ = (1 / (1 + np.exp(-Z)) - Y) / X.shape[1]
    parts, sums = {}, {}
    for layer in range(last, 0, -1):
        A = inputs[layer - 1]
        parts[f"W{layer}"], parts[f"b{layer}"] = dZ @ A.T, np.sum(dZ, axis=1, keepdims=True)
        sums[f"W{layer}"], sums[f"b{layer}"] = np.abs(dZ) @ np.abs(A).T, np.sum(np.abs(dZ), axis=1, keepdims=True)
        if layer > 1:
            dZ = (parameters[f"W{layer}"].T @ dZ) * gates[layer - 2]
    opened = [gate != 0 for gate in gates] or [np.ones((1, X.shape[1]), dtype=bool)]
    bends = any(bool((~one.all(axis=1) & (one.any(axis=1) | (X.shape[1] == 1))).any()) for one in opened)
    return _Gradient(parts, sums, float(np.mean(opened[0].any(axis=1))), bends)


def _norm(value: Array) -> float:
    return float(np.sqrt(np.sum(np.square(np.abs(value)))))


def _tolerance(slope: Array, sums: Array, values: Sequence[Array], learning_rate: float) -> float:
    """How far a step of these parameters may be off: a part of it, what a guard makes, and the rounding of the parameters.

    Each array by itself: beside that of the last bias, the gradient of small weights below others is a thousandth, and
    has to be right all the same.
    """
    digits = max(np.finfo(v.dtype).eps if np.issubdtype(v.dtype, np.inexact) else 0.0 for v in map(np.asarray, values))
    rounding = 64 * float(digits) * sum(map(_norm, values)) / abs(learning_rate)
    return 1e-4 * _norm(slope) + 1e-6 * _norm(sums) + rounding


def own_start_problem(
    X: Array,
    Y: Array,
    once: Parameters,
    further: Parameters,
    given: Parameters,
    learning_rate: float,
    ratio: float,
    *,
    lambd: float = 0.0,
) -> str | None:
    """Why the right steps of two runs show nothing, where they start elsewhere than from given parameters.

    All weights have to have a slope of the data without which their step would be found to be wrong, more than a
    quarter of the units of the first layer have to be open for some example, and a unit has to be open for some and shut for
    others: else the steps can be had without a backward pass. Where the first step is wrong, nobody knows the start.
    """
    start = start_of(once, further, ratio)
    if is_same_start(start, given) or first_step_problem(X, Y, once, further, learning_rate, ratio, lambd=lambd):
        return None
    found, m = _gradient(X, Y, start), X.shape[1]
    for name in (name for name in reversed(found.parts) if name.startswith("W")):  # the slopes of a bias may add up to 0
        part, value = found.parts[name], start[name]
        tolerance = _tolerance(part + lambd / m * value, found.sums[name], [value], learning_rate)
        if not _norm(part) > 10 * tolerance:
            return (
                f"where it starts, the cost hardly depends on {name} (no example opens its units, say, or the weights "
                "behind it are 0): steps from there prove nothing"
            )
    if len(start) > 2 and m > 1 and found.alive <= 0.25:
        return (
            "where it starts, nearly all units of the first layer are shut for every example: steps from there prove little"
        )
    if len(start) > 2 and not found.bends:
        return (
            "where it starts, every hidden unit is open for all examples or for none: steps from there prove nothing of relu"
        )
    return None


def price_problem(costs: Sequence[Any], prices: Sequence[float], *, allowed: float = 0.4, network: str = "") -> str | None:
    """What is wrong with the costs of single examples, the prediction for each being as good as sure of the other label.

    Where the prediction is no argument, ``network`` says whose it is: "with these parameters", say.
    Who cuts predictions off at one end is right for one of the two labels. In single precision, the cost of a single example
    is a number of single precision, whatever guard there is; in double precision it is none.
    """
    for cost, price in zip(_numbers(costs), prices, strict=True):
        if not abs(cost - price) < allowed:
            likely = np.exp(-price)
            whose = f"{network} the true label has" if network else "the true label has"
            return (
                f"{whose} a probability of {likely:.2g}: that costs {price:.4g}, but the cost is {cost + 0.0:.4g}"  # no -0
            )
        if float(np.float32(cost)) == cost:
            told = f"the cost of one example, {cost:.8g}, has fewer digits than float64 has"
            return f"{told}: is it rounded, or in single precision (float32)?"
    return None


def is_underpriced(costs: Sequence[Any], prices: Sequence[float], *, allowed: float = 0.4) -> bool:
    """Whether each of these costs is right, or too small: predictions are cut off, or shifted.

    No guard makes what is as good as impossible more probable than a toss of a coin.
    """
    pairs = list(zip(_numbers(costs), prices, strict=True))
    factors = [cost / price for cost, price in pairs]
    if np.ptp(prices) > 1e-3 and np.allclose(factors, factors[0], rtol=1e-6, atol=0):
        return False  # one factor for unlike prices: no guard does that
    low = [np.log(2) < cost <= price - allowed for cost, price in pairs]
    right = [abs(cost - price) < allowed for cost, price in pairs]
    return any(low) and all(one or other for one, other in zip(low, right, strict=True))


def _numbers(costs: Sequence[Any]) -> list[float]:
    return [float(np.asarray(cost).item()) + 0.0 for cost in costs]  # a -0 is told as 0


def length_of(gradients: Parameters, parameters: Iterable[str]) -> float:
    """The norm of all gradients as one vector: those of these parameters, under the keys ``dW1`` and so on."""
    return float(np.linalg.norm(np.concatenate([gradients[f"d{name}"].ravel() for name in parameters])))


def difference_problem(found: Sequence[Any], right: Sequence[float]) -> str | None:
    """What is wrong with the relative differences of small gradients, up to what a guard of 1e-7 below the line changes."""
    for difference, expected in zip(_numbers(found), right, strict=True):
        if not abs(difference / expected - 1) < 0.02:
            told = f"the difference is {difference:.4g}, expected {expected:.4g}"
            return f"the gradients are small, and one of them is wrong: {told}"
    return None


def is_bounded_below(found: Sequence[Any], right: Sequence[float], sums: Sequence[float]) -> bool:
    """Whether two wrong differences have one number below the line, where the right one (``sums``, of norms) is smaller.

    The third is one of large gradients, which tells a bound, or a number that is added, from a difference that is divided by
    nothing, or is none of norms.
    """
    differences = _numbers(found)
    if min(differences) <= 0:
        return False
    first, second, large = (size * other / wrong for size, other, wrong in zip(sums, right, differences, strict=True))
    alike = first > 1.02 * sums[0] and abs(second / max(sums[1], first) - 1) < 0.05
    return alike and min(abs(large / expected - 1) for expected in (max(sums[2], first), sums[2] + first)) < 0.05


def along(gradients: Parameters, direction: Parameters) -> float:
    """How fast the cost grows in a direction, as gradients ``dW1, db1, ...`` say; ValueError where one has another shape."""
    for name, part in direction.items():
        if np.shape(gradients[f"d{name}"]) != part.shape:  # a sum over what NumPy makes of the two would say nothing
            raise ValueError(f"d{name} has shape {np.shape(gradients[f'd{name}'])}, expected {part.shape}")
    return float(sum(np.sum(gradients[f"d{name}"] * part) for name, part in direction.items()))


def slope_told(measured: float, claimed: float, *, of: str = "the cost", by: str = "your gradients") -> str:
    """A slope that was measured, and another one that follows from gradients, in words."""
    return (
        f"a small step in a random direction changes {of} at the rate {measured:.6g} (measured); the rate that follows "
        f"from {by} is {claimed:.6g}"
    )


def _cost(X: Array, Y: Array, parameters: Parameters) -> float:
    """The cross-entropy of the network."""
    last, A = max(len(parameters) // 2, 1), X  # who lacks even W1 gets a KeyError
    for layer in range(1, last + 1):
        Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"]
        A = np.maximum(Z, 0)
    return float(np.mean(np.logaddexp(0, Z) - Y * Z))


def _spoilt(parameters: Parameters) -> str | None:
    """The first of the parameters that holds what is no number: nothing can be said of a step that leads there."""
    return next((name for name, value in parameters.items() if not np.isfinite(value).all()), None)


def fall_problem(X: Array, Y: Array, before: Parameters, after: Parameters) -> str | None:
    """What is wrong where a few small steps do not lower the cost: the least that training has to do."""
    if name := _spoilt(after):
        return f"after three small steps {name} holds nan or inf"
    first, last = _cost(X, Y, before), _cost(X, Y, after)
    if last < first:
        return None
    if last == first:
        return f"after three small steps the cost is {last:.6g}, as it was before the first"
    return f"after three small steps the cost is {last:.6g}, higher by {last - first:.3g} than before the first"


def _compared(
    X: Array,
    Y: Array,
    before: Parameters,
    after: Parameters,
    learning_rate: float,
    lambd: float = 0.0,
    factors: Sequence[Array] = (),
) -> tuple[dict[str, Array], dict[str, Array], list[str]]:
    """What a step subtracted over the rate, the gradient, and the parameters of which the one is not the other."""
    found = _gradient(X, Y, before, factors)
    penalty = {name: lambd / X.shape[1] * before[name] for name in found.parts if name.startswith("W")}
    right = {name: found.parts[name] + penalty.get(name, 0.0) for name in before if name in found.parts}
    step = {name: (before[name] - after[name]) / learning_rate for name in right}
    off = [
        name
        for name in right
        if not _norm(step[name] - right[name])
        <= _tolerance(right[name], found.sums[name], [before[name], after[name]], learning_rate)
    ]
    return step, right, off


def step_problem(
    X: Array,
    Y: Array,
    before: Parameters,
    after: Parameters,
    learning_rate: float,
    *,
    lambd: float = 0.0,
    factors: Sequence[Array] = (),
    what: str = "one step",
    other_rate: float = 0.0,
) -> str | None:
    """What is wrong with a step from one set of parameters to another; None where it is the gradient step.

    Where the parameters ``before`` follow from the step with an ``other_rate``, what stays is what is the same there.
    """
    if name := _spoilt(after):
        return f"after {what} with learning_rate={learning_rate:g}, {name} holds nan or inf"
    step, right, off = _compared(X, Y, before, after, learning_rate, lambd, factors)
    if not off:
        return None
    if not any(part.any() for part in step.values()):
        return f"{what} with learning_rate={learning_rate:g} leaves all parameters as they are"
    return _step_told(step, right, off, learning_rate, what, other_rate)


def counts_for_itself(start: Parameters, runs: Sequence[Parameters], ratio: float) -> bool:
    """Whether several steps are made when one is asked for, and more iterations lead nowhere else, but another rate does.

    Parameters
    ----------
    start
        Where the runs should have started.
    runs
        One step, one that is ``ratio`` times as long, and further steps of the first rate.
    """
    once, further, *_, often = runs
    same, other = (all(np.array_equal(once[name], run[name]) for name in once) for run in (often, further))
    single = all(np.allclose((start[name] - once[name]) * ratio, start[name] - further[name]) for name in start)
    return same and not other and not single


def is_cut_off(
    X: Array, Y: Array, before: Parameters, after: Parameters, learning_rate: float, *, lambd: float = 0.0
) -> bool:
    """Whether a step is the gradient step with large gradients cut off: each number at one bound, or each array, or all
    arrays together, at a length.
    """
    if _spoilt(after) or before.keys() != after.keys():
        return False
    found = _gradient(X, Y, before)
    right = {n: part + (lambd / X.shape[1] * before[n] if n.startswith("W") else 0.0) for n, part in found.parts.items()}
    step = {name: (before[name] - after[name]) / learning_rate for name in right}
    return _is_bounded(step, right) or _is_shortened(step, right)


def _is_bounded(found: Parameters, right: Parameters) -> bool:
    """Whether all numbers are the right ones but for a bound that large ones do not pass: some stand there."""
    bound = max(float(np.abs(part).max()) for part in found.values())
    beyond = any((np.abs(part) > bound * (1 + _CUT)).any() for part in right.values())
    return beyond and all(
        np.allclose(found[name], np.clip(part, -bound, bound), rtol=_CUT, atol=_CUT * bound) for name, part in right.items()
    )


def _is_shortened(step: Parameters, right: Parameters) -> bool:
    """Whether arrays are the right ones, or have one length in place of a greater one, or all together have."""
    ratios = {name: float(np.sum(step[name] * part)) / (_norm(part) ** 2 or 1.0) for name, part in right.items()}
    if not all(np.allclose(step[n], ratios[n] * part, rtol=_CUT, atol=_CUT * _norm(part)) for n, part in right.items()):
        return False
    shorter = {name for name, ratio in ratios.items() if 0 < ratio < 1 - _CUT}
    together = len(shorter) == len(right) and np.ptp(list(ratios.values())) < _CUT
    lengths = [_norm(step[name]) for name in shorter]
    apart = all(abs(ratios[n] - 1) < _CUT and _norm(right[n]) <= max(lengths, default=0) for n in right.keys() - shorter)
    return bool(together or (lengths and apart and np.ptp(lengths) < _CUT * max(lengths)))


def _step_told(
    step: Parameters, right: Parameters, off: Sequence[str], learning_rate: float, what: str, other_rate: float
) -> str:
    """A wrong step in words: by how much a number has changed, what was expected, and which parameters are right."""
    when = f"after {what} with learning_rate={learning_rate:g}"
    good = [n for n in right if n not in off and right[n].any()]
    rest = f"; in this run {_listed(off)} {_are(off)} wrong, {_listed(good)} {_are(good)} right" if good else ""
    if stay := [n for n in off if not step[n].any()]:
        same = f"{_listed(stay)} {_are(stay)} the same as with learning_rate={other_rate:g}" if other_rate else ""
        same = same or f"{_listed(stay)} {_are(stay)} as before"
        return f"{when}, {same}, expected a change by -learning_rate * gradient{rest}"
    name = off[0]
    where = tuple(int(i) for i in np.unravel_index(int(np.abs(step[name] - right[name]).argmax()), step[name].shape))
    changed, expected = (-learning_rate * float(part[name][where]) + 0.0 for part in (step, right))
    place = f"{name}[{', '.join(map(str, where))}]"
    expectation = f"expected {expected:.4g} = -learning_rate * gradient"
    return f"{when}, {place} has changed by {changed:.4g}, {expectation}{rest}{_factor_told(step, right, off)}"


def _factor_told(step: Parameters, right: Parameters, names: Sequence[str]) -> str:
    """How many times too large a step is, where it is so throughout."""
    moved, wanted = (np.concatenate([part[n].ravel() for n in names]) for part in (step, right))
    factor = float(moved @ wanted) / (float(wanted @ wanted) or 1.0)
    others = any(part.any() for name, part in right.items() if name not in names)
    chance = abs(factor - 1) < 0.01 or (wanted.size == 1 and others)  # nearly right, or a single number, which has a factor
    if chance or not np.allclose(moved, factor * wanted, rtol=1e-3, atol=1e-6 * float(np.abs(wanted).max())):
        return ""
    whose = f"every change of {_listed(names)}" if others else "every change"
    return f"; {whose} is {factor:.3g} times the expected one{': the wrong direction' if factor < 0 else ''}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def first_step_problem(
    X: Array,
    Y: Array,
    once: Parameters,
    further: Parameters,
    learning_rate: float,
    ratio: float,
    *,
    lambd: float = 0.0,
    given: Parameters | None = None,
) -> str | None:
    """What is wrong with one step from wherever two runs started, the second one with ``ratio`` times the rate.

    A wrong step need not grow with the rate as a right one does; so, where it ends near the ``given`` parameters, it is
    told from there.
    """
    start = start_of(once, further, ratio)
    problem = step_problem(X, Y, start, once, learning_rate, lambd=lambd, other_rate=ratio * learning_rate)
    if problem and all(np.array_equal(value, further[name]) for name, value in once.items()):
        return f"one step gives the same parameters for learning_rate={learning_rate:g} and {ratio * learning_rate:g}"
    if problem and given and _is_near(once, given):
        return step_problem(X, Y, given, once, learning_rate, lambd=lambd) or problem
    return problem


def _is_near(found: Parameters, given: Parameters) -> bool:
    """Whether all weights are nearer to the given ones than others of the same size would be."""
    if any(name not in found or found[name].shape != value.shape for name, value in given.items()):
        return False
    return all(_norm(found[name] - value) < 0.5 * _norm(value) for name, value in given.items() if name.startswith("W"))


def further_steps_problem(
    X: Array,
    Y: Array,
    runs: Sequence[Parameters],
    learning_rate: float,
    ratio: float,
    *,
    lambd: float = 0.0,
    later_rate: float = 0.0,
) -> str | Objection | None:
    """What is wrong with the second and third step of runs of one step, one longer step, two steps and three.

    With ``later_rate``, two runs of many steps at that rate follow, the second one a step longer: who stops early, or trains
    at small rates only, is right until then. Where a step by itself is wrong, that is what is to be said; but where all
    weights go on rightly, a bias that does not, from the first step on, is no mistake of the steps that follow.
    """
    once, further, twice, often, *later = runs
    steps = [("the second step", once, twice, learning_rate), ("the third step", twice, often, learning_rate)]
    if later_rate:
        steps.append(("the last step of a long run", later[0], later[1], later_rate))
    problems = (step_problem(X, Y, before, after, rate, lambd=lambd, what=what) for what, before, after, rate in steps)
    problem = next(filter(None, problems), None)
    first = problem and first_step_problem(X, Y, once, further, learning_rate, ratio, lambd=lambd)
    if not first:
        return problem
    if not any(map(_spoilt, runs)):
        _, right, wrong = _compared(X, Y, start_of(once, further, ratio), once, learning_rate, lambd)
        weights = {name for name in right if name.startswith("W")}
        wrong_later = {name for _, before, after, rate in steps for name in _compared(X, Y, before, after, rate, lambd)[2]}
        if wrong_later.issubset(wrong) and weights.isdisjoint(wrong) and any(right[name].any() for name in weights):
            return None
    return Objection(f"a run of one step has to be right first: {first}", checked=False)
