"""What a step of gradient descent must do to a network: for the judges of training functions.

A training function is judged by relations between short runs of its own, so that it may start from weights of its
own and do the step in any way. The network has relu layers, and a sigmoid at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = [
    "Parameters",
    "along",
    "fall_problem",
    "first_step_problem",
    "further_steps_problem",
    "is_same_start",
    "slope",
    "start_of",
    "stays_equal",
    "step_problem",
]

Array = np.ndarray[Any, Any]
Parameters = Mapping[str, Array]

_DIRECTIONS = 3


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


def along(gradients: Parameters, direction: Parameters) -> float:
    """How fast the cost grows in a direction, as gradients ``dW1, db1, ...`` say; ValueError where one has another shape."""
    for name, part in direction.items():
        if np.shape(gradients[f"d{name}"]) != part.shape:  # a sum over what NumPy makes of the two would say nothing
            raise ValueError(f"d{name} has shape {np.shape(gradients[f'd{name}'])}, expected {part.shape}")
    return float(sum(np.sum(gradients[f"d{name}"] * part) for name, part in direction.items()))


def _cost(X: Array, Y: Array, parameters: Parameters) -> float:
    """The cross-entropy of the network."""
    last, A = len(parameters) // 2, X
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


def _seed_of(after: Parameters) -> int:
    """The seed of the directions along which a step is looked at: nobody knows it before the step is taken.

    Else a step within three known directions would do, for which no gradient is needed.
    """
    return int.from_bytes(hashlib.sha256(b"".join(np.asarray(value).tobytes() for value in after.values())).digest()[:8])


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
) -> str | None:
    """What is wrong with a step from one set of parameters to another; None where it is the gradient step."""
    if name := _spoilt(after):
        return f"after {what} with learning_rate={learning_rate:g}, {name} holds nan or inf"
    step = {name: (value - after[name]) / learning_rate for name, value in before.items()}
    size = float(np.sqrt(sum(np.sum(part**2) for part in step.values())))
    random = np.random.default_rng(_seed_of(after))
    for _ in range(_DIRECTIONS):
        direction: dict[str, Array] = {n: np.asarray(random.standard_normal(value.shape)) for n, value in before.items()}
        moved = float(sum(np.sum(step[name] * part) for name, part in direction.items()))
        expected = slope(X, Y, before, direction, lambd=lambd, factors=factors)
        if not np.isclose(moved, expected, rtol=1e-4, atol=1e-7 * (1 + size)):
            if not size:
                return f"{what} with learning_rate={learning_rate:g} leaves all parameters as they are"
            return (
                f"{what} with learning_rate={learning_rate:g} is not a step down the slope of the cost: along a random "
                f"direction it goes down by {moved:.6g} times this rate, and the slope there is {expected:.6g}"
            )
    return None


def first_step_problem(
    X: Array, Y: Array, once: Parameters, further: Parameters, learning_rate: float, ratio: float, *, lambd: float = 0.0
) -> str | None:
    """What is wrong with one step from wherever two runs started, the second one with ``ratio`` times the rate."""
    problem = step_problem(X, Y, start_of(once, further, ratio), once, learning_rate, lambd=lambd)
    if problem and all(np.array_equal(value, further[name]) for name, value in once.items()):
        return f"one step gives the same parameters for learning_rate={learning_rate:g} and {ratio * learning_rate:g}"
    return problem


def further_steps_problem(
    X: Array,
    Y: Array,
    runs: Sequence[Parameters],
    learning_rate: float,
    ratio: float,
    *,
    lambd: float = 0.0,
    later_rate: float = 0.0,
) -> str | None:
    """What is wrong with the second and third step of runs of one step, one longer step, two steps and three.

    With ``later_rate``, two runs of many steps at that rate follow, the second one a step longer: who stops early, or trains
    at small rates only, is right until then. Where a step by itself is wrong, that is what is to be said.
    """
    once, further, twice, often, *later = runs
    steps = [("the second step", once, twice, learning_rate), ("the third step", twice, often, learning_rate)]
    if later_rate:
        steps.append(("the last step of a long run", later[0], later[1], later_rate))
    problems = (step_problem(X, Y, before, after, rate, lambd=lambd, what=what) for what, before, after, rate in steps)
    problem = next(filter(None, problems), None)
    first = problem and first_step_problem(X, Y, once, further, learning_rate, ratio, lambd=lambd)
    return "not checked: a run of one step has to be right first" if first else problem
