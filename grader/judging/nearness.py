"""Right but for a small part: numbers that are rounded, or a little off, as with a guard that is too large."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.confined.kinds import Value
from grader.confined.wire import decode
from grader.judging.cases import Case
from grader.judging.forms import numbers_of
from grader.judging.outcomes import arguments_of
from grader.judging.values import as_reals, differences, leaves, number_at

__all__ = ["IMPRECISE", "given_arrays", "is_rounded", "kept_of_near"]

IMPRECISE, _NEAREST, _LEAST = 0.75, 0.85, 0.5
# Of what the function has to work out: of the largest number, or of the largest change to an argument.
_PRECISION, _FARTHEST = 1e-5, 0.05
_DECIMALS = range(1, 9)
_EXACT = 1e-6  # of the last decimal
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
    given = (as_reals(a)[0] for a in given_arrays(case) if a.dtype.kind in "biufc")
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
