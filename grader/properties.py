"""Ready-made properties: what nearly every course with random functions, or several forms of one, has to say.

Each returns a :class:`grader.spec.Property`. The bounds for random values are those of :mod:`grader.distributions`: a right
solution is refused with a probability below 1e-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.distributions import mean_problem
from grader.spec import CaseClass, Given, Property, Step
from grader.strategies import Arguments, Draw

__all__ = ["equal_forms", "kept_share", "seeded", "unbiased"]

_ONCE = (CaseClass("wide", count=1),)
_Inputs = Callable[[Draw], Arguments]
_Number = Callable[[Arguments], float]


def kept_share(
    name: str,
    *,
    share: float,
    inputs: _Inputs,
    keep: _Number,
    conventions: Mapping[str, _Number] | None = None,
    item: int | None = 0,
) -> Property:
    """So many entries of the result are not zero.

    Parameters
    ----------
    name, share
        As those of a property.
    inputs
        Draws the arguments of a call with at least 15,000 entries, none of which is zero.
    keep
        Tells from the arguments which share of the entries is kept: ``lambda args: args[1]["p"]``.
    conventions
        The same under alternatives of the function, by their names: ``{"drops": lambda args: 1 - args[1]["p"]}``.
    item
        Which item of the result it is; None where the result is the array itself.
    """

    def judge_of(keep: _Number) -> Callable[[Given], str | None]:
        def judge(given: Given) -> str | None:
            kept = (_item(given.reply, item) != 0).astype(float)
            return mean_problem(kept, keep(given.args), 0.0, 1.0, "the share of entries that are kept")

        return judge

    others = {other: judge_of(number) for other, number in (conventions or {}).items()}
    return Property(name, share=share, plan=lambda d: [inputs(d)], judge=judge_of(keep), classes=_ONCE, alternatives=others)


def unbiased(name: str, *, share: float, inputs: _Inputs, mean: _Number, most: _Number, item: int | None = 0) -> Property:
    """The entries of the result have, in the mean, the value that they should have.

    Parameters
    ----------
    name, share, item
        As for :func:`kept_share`.
    inputs
        Draws the arguments of a call with at least 15,000 entries.
    mean
        Tells from the arguments what the entries are in the mean: ``lambda args: args[0].mean()``.
    most
        Tells from the arguments how large an entry may be, by amount: ``lambda args: 2 * args[0].max()``.
    """

    def judge(given: Given) -> str | None:
        bound = most(given.args)
        values = _item(given.reply, item)
        if np.abs(values).max(initial=0.0) > bound * (1 + 1e-9):
            return f"an entry of the result is {np.abs(values).max():.4g}, expected at most {bound:.4g}"
        return mean_problem(values, mean(given.args), -bound, bound, "the result")

    return Property(name, share=share, plan=lambda d: [inputs(d)], judge=judge, classes=_ONCE)


def seeded(
    name: str, *, share: float, inputs: Callable[[Draw, int], Arguments], item: int | None = 0, count: int = 2
) -> Property:
    """The same seed gives the same result, and another seed another one.

    Parameters
    ----------
    name, share, item
        As for :func:`kept_share`.
    inputs
        ``inputs(draw, seed)`` gives the arguments of a call with this seed; it is called three times for one case and must
        draw the rest only once: draw what is random before, and keep it in the draw's facts (``draw.note``).
    count
        How many cases are drawn.
    """

    def plan(d: Draw) -> list[Arguments]:
        seeds = (17 + d.integer(0, 99), 231)
        return [inputs(d, seed) for seed in (seeds[0], seeds[1], seeds[0])]

    def judge(given: Given) -> str | None:
        first, other, again = (_item(reply, item) for reply in given.replies[-3:])
        if not np.array_equal(first, again):
            return "two calls with the same seed give different results"
        return "two calls with different seeds give the same result" if np.array_equal(first, other) else None

    return Property(name, share=share, plan=plan, judge=judge, count=count)


def equal_forms(*functions: str, share: float, inputs: _Inputs, name: str = "", count: int = 4) -> Property:
    """Several functions, or methods of one object, give the same result for the same arguments.

    Parameters
    ----------
    *functions
        Their names.
    share, inputs
        As for :func:`kept_share`; the arguments need not be many.
    name
        What the property is called; made of the names if not given.
    count
        How many cases are drawn.
    """

    def plan(d: Draw) -> list[Step]:
        args = inputs(d)
        return [Step(function, args) for function in functions]

    def judge(given: Given) -> str | None:
        first, *others = given.replies[-len(functions) :]
        for function, other in zip(functions[1:], others, strict=True):
            if np.shape(first) != np.shape(other) or not np.allclose(first, other, rtol=1e-7, atol=1e-9):
                return f"{functions[0]} and {function} give different results"
        return None

    return Property(name or f"{', '.join(functions)} agree", share=share, plan=plan, judge=judge, count=count)


def _item(reply: Any, item: int | None) -> Any:
    return np.asarray(reply if item is None else reply[item])
