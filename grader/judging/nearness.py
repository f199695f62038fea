"""Right but for a small part: numbers that are rounded, a little off (a large guard), or off by one in counting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.confined.kinds import Value
from grader.confined.wire import decode
from grader.judging.cases import Case
from grader.judging.forms import numbers_of, plain
from grader.judging.outcomes import arguments_of
from grader.judging.values import as_reals, differences, leaves, number_at

__all__ = ["IMPRECISE", "given_arrays", "is_off_by_one", "is_rounded", "kept_of_near"]

IMPRECISE, _NEAREST, _LEAST = 0.75, 0.85, 0.6
# Of what the function has to work out: of the largest number, or of the largest change to an argument.
_PRECISION, _FARTHEST = 1e-5, 0.05
_DECIMALS = range(1, 9)
_EXACT = 1e-6  # of the last decimal
_FEW = 4  # numbers that may be off by one together by chance
_Array = np.ndarray[Any, Any]


@lru_cache(maxsize=1_000)  # each part of a wrong result asks for them
def given_arrays(case: Case) -> list[_Array]:
    """The arrays that a stub could hand back: those of the arguments, and what the case gives in place of a helper."""
    asked = case.plan.questions if case.plan.after else [arguments_of(case.plan)]  # state that was set counts as well
    planted = [decode(encoded, code=lambda code: list(code.args)) for _, encoded in case.plan.given]
    return [np.asarray(leaf) for _, leaf in leaves([*asked, *planted])]


def kept_of_near(case: Case, right: Value, got: Value) -> float:
    """What is kept of numbers that are right but for a twentieth of what was to be worked out: the more, the nearer.

    Parameters that were updated differ from right ones by a small part of themselves, whatever the update was: the change
    counts, and so it does for everything that resembles an argument.
    """
    pairs = _pairs(right, got)
    away = max((_distance(wanted, found, _origins(case, wanted)) for wanted, found in pairs), default=np.inf)
    if not away <= _FARTHEST:
        return 0.0
    steps = np.log(max(away, _PRECISION) / _PRECISION) / np.log(_FARTHEST / _PRECISION)
    return float(_NEAREST - (_NEAREST - _LEAST) * steps)


def is_rounded(case: Case, right: Value, got: Value) -> bool:
    """Whether numbers are right ones to so many decimals, which leave something of what was to be worked out."""
    pairs = _pairs(right, got)
    away = max((float(np.abs(found - wanted).max(initial=0.0)) for wanted, found in pairs), default=np.inf)
    possible = (places for places in _DECIMALS if away <= 0.51 * 10.0**-places)  # half of the last decimal
    return any(all(_is_rounded_to(places, case, wanted, found) for wanted, found in pairs) for places in possible)


def is_off_by_one(wrong: Sequence[tuple[Case, Value, Value]], of: int) -> bool:
    """Whether wrong numbers are right ones that were counted from elsewhere, in the same way on every input.

    Either each whole number is off by the same 1, on all of so many inputs, or what stands in a row stands one place further
    along, whatever is at its two ends, or is one number short.
    """
    pairs = [pair for _, right, got in wrong if (pair := _as_many_at_most(right, plain(got)))]
    if not pairs or len(pairs) < len(wrong) or all(map(_is_handed_back, wrong)):
        return False
    off = {end for one, other in pairs for end in _ends_of_difference(one, other)}
    right = np.concatenate([one.ravel() for one, _ in pairs])
    if off in ({1}, {-1}) and len(wrong) == of and (right == np.round(right)).all():
        return right.size >= _FEW and np.unique(right).size > 1
    return any(_are_moved(pairs, axis, by) for axis in (0, 1) for by in (1, -1, 0))


def _are_moved(pairs: Sequence[tuple[_Array, _Array]], axis: int, by: int) -> bool:
    """Whether no array is anything else than the right one, so many places further, and enough of them show that."""
    shown = 0
    for one, other in pairs:
        moved = _is_moved(one, other, axis, by)
        if moved is False:  # as most are on the first input
            return False
        shown += bool(moved)
    return shown >= max(2, len(pairs) / 3)


def _as_many_at_most(right: Value, got: Value) -> tuple[_Array, _Array] | None:
    """Right numbers and those that were returned, unless these are none, or more: they may be millions in each of many."""
    one = numbers_of(right)
    other = None if one is None or (isinstance(got, np.ndarray) and got.size > one.size) else numbers_of(got)
    return None if one is None or other is None else (one, other)


def _ends_of_difference(one: _Array, other: _Array) -> tuple[Any, ...]:
    if one.shape != other.shape or not one.size:
        return (0,)
    with np.errstate(all="ignore"):
        away = other - one
    return away.min(), away.max()


def _is_handed_back(wrong: tuple[Case, Value, Value]) -> bool:
    case, _, got = wrong
    return any(np.array_equal(got, a) for a in given_arrays(case) if a.dtype.kind in "biufc")


def _is_moved(right: _Array, got: _Array, axis: int, by: int) -> bool | None:
    """Whether an array is the right one, so many places further along an axis; None where it does not show that."""
    if right.ndim <= axis or right.ndim != got.ndim:
        return False
    one, other = np.moveaxis(right, axis, 0), np.moveaxis(got, axis, 0)
    short = len(one) - len(other)
    if short not in (0, 1) or one.shape[1:] != other.shape[1:] or not (short or by):
        return False
    one, other = one[max(0, -by) :], other[max(0, by) :]
    count = min(len(one), len(other))
    if not np.allclose(one[:count], other[:count], rtol=_EXACT, atol=0.0):
        return False
    return True if count and np.ptp(one) else None


def _pairs(right: Value, got: Value) -> list[tuple[_Array, _Array]]:
    """The right numbers beside those that were returned; none where some are no decimal fractions, or have another shape."""
    pairs = []
    for place, leaf in leaves(right):
        wanted = np.asarray(leaf)
        found = numbers_of(number_at(got, place, "biufc" if wanted.dtype.kind == "c" else "biuf"))
        if wanted.dtype.kind not in "fc" or found is None or found.shape != wanted.shape:
            return []
        wanted, found = as_reals(wanted, found)
        if not np.isfinite(wanted).all():  # what is no number on either side is as good as zero
            there = np.isfinite(wanted) | (differences(wanted, found) > 0)
            wanted, found = np.where(there, wanted, 0.0), np.where(there, found, 0.0)
        pairs.append((wanted, found))
    return pairs


def _origins(case: Case, wanted: _Array) -> list[_Array]:
    """What a number is worked out from: nothing, or an argument of its shape."""
    given = (as_reals(number)[0] for number in map(numbers_of, given_arrays(case)) if number is not None)  # masks, too
    return [np.zeros(wanted.shape), *(a for a in given if a.shape == wanted.shape)]


def _distance(wanted: _Array, found: _Array, origins: Sequence[_Array]) -> float:
    """How far a number is off, as a part of what was to be worked out."""
    scale = min(float(np.abs(wanted - a).max(initial=0.0)) for a in origins)
    away = float(np.abs(found - wanted).max(initial=0.0))
    return away / scale if scale else 0.0 if not away else np.inf


def _is_rounded_to(places: int, case: Case, wanted: _Array, found: _Array) -> bool:
    rounded = np.round(wanted, places)
    if not np.abs(found - rounded).max(initial=0.0) <= _EXACT * 10.0**-places:
        return False
    changed = (np.round(a, places) != rounded for a in _origins(case, wanted) if (a != wanted).any())
    return all(part.mean() >= 0.5 for part in changed)
