"""How much of a result is right, where not all of it is.

Every input speaks for itself: one on which the body raises says nothing about the others. The usual inputs carry most of
an item, each special class of inputs a little. Of one input's result each key counts by itself, and

- what is right up to its form (an axis of length 1, other keys, float32) keeps 85 in 100, in another order 75;
- zeros in another shape keep 50: the shape is what there is to get right;
- what is right beside one item too many, or in a matrix (``np.matrix``), keeps 90 in 100;
- what is rounded keeps 75 in 100; what is right but for 1e-5 (a guard that is too large) 85, and less the further off it
  is, down to 60 in 100 at a twentieth;
- what is off by one in counting on all inputs (numbers from 1, values one place further) keeps 75 in 100;
- what is wrong, but goes with the right values, as with a factor, a sign or a term that is missing, keeps 30 in 100, and so
  does what is right in four of ten numbers;
- zeros, an argument handed back, one answer to everything, or a step uphill keep nothing;
- nor does what is right on most inputs that reports show, and on hardly one that they do not: it was read there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from grader.confined.kinds import Path, Unset, Value, part_at
from grader.judging.cases import USUAL, Case, Expected
from grader.judging.compare import Item, items_of
from grader.judging.forms import FORM, ORDER, arranged, in_form_of, kept_of, numbers_of, plain
from grader.judging.judge import FunctionJudge
from grader.judging.nearness import IMPRECISE, given_arrays, is_off_by_one, is_rounded, kept_of_near
from grader.judging.outcomes import Outcomes, arguments_of, last_outcome, reply_value
from grader.judging.values import as_reals, leaves, number_at, part_or_none
from grader.sandbox.runner import Returned
from grader.spec import Function

__all__ = ["Credit", "credit_of", "is_random_here", "over_all"]

_THE_USUAL = ("", "")  # the classes that are asked in every check
_EDGE, _EDGES = 0.1, 0.25  # what one special class carries, and all of them together at most
_RESEMBLES = 0.3
_SHAPELESS = 0.5  # of zeros in another shape
_MOSTLY = 0.5  # of the wrong inputs: on fewer, numbers are near by chance
_AWAY, _CLOSE = 0.25, 0.4  # below the one nothing is kept, above the other all that resembles; in between a part of it
_ZERO = 1e-12  # zeros are right, too, where nothing is further from 0 than what every comparison allows
_MOVES = 0.7  # the cosine around their means of single numbers that are near, and not by chance
_HARDLY = 1e-6  # of the number: an argument that changes by less is right for who hands it back
_SEVERAL, _LEARNED, _BY_CHANCE = 6, 0.6, 0.2  # inputs, most of them, and what a stub may get right of others
_LONG = 4  # numbers that are compared around their mean
_FAR_MORE = 100  # times as many numbers as there should be
_NEAR = 2.0  # of the logarithms of single numbers, in the mean: about sevenfold
_Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Credit:
    """What is right of each item, from 0 to 1, and the items of which something is right that no stub gets right."""

    items: Mapping[str, float] = field(default_factory=dict)
    proved: frozenset[str] = frozenset()


def over_all(judge: FunctionJudge, cases: Sequence[Case], right: Mapping[str, float]) -> float:
    """How much is right over all of these cases, from what is right of each: the usual ones carry most.

    A special class loses what its author says, or a tenth, and all of those together a quarter at most. Where there are many
    of them, each carries less; yet what goes wrong on one alone costs the tenth, the more so the more is right otherwise.
    """
    by_class: dict[tuple[str, str], list[float]] = {}
    for case in cases:
        kind = _THE_USUAL if case.case_class in USUAL else (case.check, case.case_class)
        by_class.setdefault(kind, []).append(right.get(case.key, 0.0))
    wrong = {kind: 1 - sum(parts) / len(parts) for kind, parts in by_class.items()}
    if _THE_USUAL not in wrong:
        return 1 - sum(wrong[kind] * len(parts) for kind, parts in by_class.items()) / max(1, len(cases))
    own = {kind: share for kind in wrong if (share := judge.class_shares.get(kind))}
    others = [wrong[kind] for kind in wrong if kind != _THE_USUAL and kind not in own]
    little = min(_EDGE, _EDGES / max(1, len(wrong) - 1))
    together = little * sum(others)
    apart = min(_EDGE * sum(others), little * len(others) * max(others, default=0.0))
    of_others = together + (apart - together) * (1 - wrong[_THE_USUAL])
    usual = (1 - sum(own.values()) - little * len(others)) * wrong[_THE_USUAL]
    return 1 - usual - of_others - sum(share * wrong[kind] for kind, share in own.items())


def credit_of(judge: FunctionJudge, cases: Sequence[Case], outcomes: Outcomes, alternative: int) -> Credit:
    """How much is right of each item, over all of these cases."""
    parts: dict[str, list[_Part]] = {}
    for case in cases:
        outcome = last_outcome(outcomes, case)
        answered = isinstance(outcome, Returned)
        got = reply_value(outcome)
        expected, spec = case.expected[alternative], judge.spec.of_class(case.case_class)
        formed, kept = arranged(spec, expected, got)
        for item in items_of(expected.decoded, judge.spec.items):
            found = parts.setdefault(item.name, [])
            if answered and not is_random_here(judge.spec, item.name, case):
                found.extend(_parts(spec, item, case, expected, formed, kept, zeros=item.name in judge.cases.trivial))
    items, proved = {}, set()
    for name, as_found in parts.items():
        group = _with_near(as_found)
        judged = [case for case in cases if not is_random_here(judge.spec, name, case)]
        if name in judge.spec.opaque or _same_to_everything(group):
            items[name] = 0.0
            continue
        close = 0.0 if name in judge.spec.random else _RESEMBLES * _resemblance(group)
        part: dict[str, float] = {}
        learned = _is_learned(group, judged)
        for p in group:
            part[p.case.key] = part.get(p.case.key, 0.0) + p.weight * (close if learned else p.kept or close)
        items[name] = over_all(judge, judged, part)
        given = [p for p in group if p.path and p.path[-1] in judge.spec.given_away]
        untouched = given and all(p.kept for p in given)
        right = not learned and any(p.kept and p.proves for p in group if p not in given)
        if right or (close and not untouched):
            proved.add(name)
    return Credit(items, frozenset(proved))


def is_random_here(spec: Function, item: str, case: Case) -> bool:
    """Whether an item is random for this class of inputs alone: there no number is right, and none earns anything."""
    own = spec.of_class(case.case_class)
    return own is not spec and item in own.random - spec.random


@dataclass(frozen=True, slots=True)
class _Part:
    """One key of an item in one case: what it carries of the item there, and what is kept of that."""

    case: Case
    path: Path
    weight: float
    kept: float
    near: float  # what is kept of it where most of what is wrong is near
    right: Value
    got: Value
    key: Any  # under which an argument may hold what it was before
    whole: tuple[Value, Value]  # the right result that this is a key of, and the student's

    @property
    def proves(self) -> bool:
        """Whether a stub would get it wrong, which gives zeros or an argument."""
        numbers = [np.asarray(leaf) for _, leaf in leaves(self.right)]
        if not numbers:
            return self.right not in (None, (), [], {}, set(), Unset())
        given = given_arrays(self.case)
        return any(np.any(~(np.abs(leaf) <= _ZERO)) for leaf in numbers) and not all(
            any(_nearly(leaf, a) for a in given) for leaf in numbers
        )


def _with_near(parts: Sequence[_Part]) -> Sequence[_Part]:
    """The parts with what is kept of wrong numbers that are near, where most of them are, or off by one, where all are.

    Not so where they are near by chance.
    """
    wrong = [part for part in parts if not part.kept]
    if is_off_by_one([(part.case, part.right, part.got) for part in wrong], of=len(parts)):
        return [replace(part, kept=part.kept or ORDER) for part in parts]
    near = [part for part in wrong if part.near]
    if len(near) < _MOSTLY * len(wrong) or _is_near_by_chance(near):
        return parts
    return [replace(part, kept=part.kept or part.near) for part in parts]


def _is_near_by_chance(near: Sequence[_Part]) -> bool:
    """Whether single numbers do not go with the right ones that they are near to: one number may be near to most of them."""
    leaves_of = [leaf for part in near for leaf in _wrong_leaves(part) if leaf.right.size == 1]
    right, got = (
        _flat([array for array in arrays if array is not None])
        for arrays in ([leaf.right for leaf in leaves_of], [leaf.got for leaf in leaves_of])
    )
    if right.size < _LONG or right.size != got.size or not np.ptp(right):
        return False
    return _cosine(right - right.mean(), got - got.mean()) < _MOVES


def _nearly(one: _Array, other: _Array) -> bool:
    """Whether two arrays are the same, or hardly different: each then has passed for the other."""
    if one.shape != other.shape or not {one.dtype.kind, other.dtype.kind} <= set("biufc"):
        return _equal(one, other)
    return bool(np.allclose(one, other, rtol=_HARDLY, atol=_ZERO, equal_nan=True))


def _equal(one: _Array, other: _Array) -> bool:
    return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=True))


def _parts(
    spec: Function, item: Item, case: Case, expected: Expected, got: Value, kept: float, *, zeros: bool
) -> Iterator[_Part]:
    """The keys of an item in one case: of a group of keys, or of the one dictionary that it is.

    Of ``zeros`` the shape is all that there is to get right.
    """
    right = expected.decoded
    whole = part_at(right, item.paths[0]) if len(item.paths) == 1 else None
    paths = [(*item.paths[0], key) for key in whole] if isinstance(whole, dict) and whole else item.paths
    shares = {path: spec.weights.get(str(path[-1]), 1.0) if len(paths) > 1 else 1.0 for path in paths}
    for path, share in shares.items():
        of_form = kept_of(spec, Item(item.name, (path,)), expected, got)
        part = plain(part_or_none(got, path))
        key = item.name.rpartition(".")[2] if item.name in spec.after else path[-1] if path else ""
        weight = share / sum(shares.values())
        shapes = {getattr(numbers_of(some), "shape", None) for some in (part, part_at(right, path)) if zeros}
        if len(shapes) > 1 and of_form == FORM:
            of_form = _SHAPELESS
        near = 0.0
        if not of_form and item.name not in spec.random:
            rounded = is_rounded(case, part_at(right, path), part)  # costs the same, however near that is
            near = IMPRECISE if rounded else kept_of_near(case, part_at(right, path), part)
            of_form = near if near > IMPRECISE else 0.0
        yield _Part(case, path, weight, kept * of_form, kept * near, part_at(right, path), part, key, (right, got))


# -- wrong, and yet no stub --------------------------------------------------------------


def _same_to_everything(parts: Sequence[_Part]) -> bool:
    """Whether there is one answer, in words or in a number, to questions that have several."""
    if not parts:
        return True
    answers, right = (
        {word for value in values for word in _words(value)}
        for values in zip(*((p.got, p.right) for p in parts), strict=True)
    )
    return len(parts) > 2 and len(answers) == 1 < len(right)


def _is_learned(parts: Sequence[_Part], cases: Sequence[Case]) -> bool:
    """Whether most inputs that reports show are right and hardly another: who hands in again and again learns those.

    Fewer of them earn no more than wrong numbers may; a mistake that small inputs do not show is right on fewer.
    """
    right = {part.case.key for part in parts if part.kept and part.proves}
    shown, hidden = ([case.key in right for case in cases if case.visible is seen] for seen in (True, False))
    if min(len(shown), len(hidden)) < _SEVERAL:
        return False
    return sum(shown) >= _LEARNED * len(shown) and sum(hidden) < _BY_CHANCE * len(hidden)


def _words(value: Value) -> set[str]:
    """What a value says: its texts, those of a list or a set as one, and the least and the greatest of its numbers."""
    if isinstance(value, list | tuple | set) and value and all(isinstance(part, str) for part in value):
        return {repr(sorted(map(repr, value)))}
    if isinstance(value, dict | list | tuple):
        return {word for part in (value.values() if isinstance(value, dict) else value) for word in _words(part)}
    numbers = numbers_of(value)
    if numbers is not None:
        return {repr(end.item()) for end in (numbers.min(), numbers.max())} if numbers.size else set()
    return {repr(sorted(map(repr, value)) if isinstance(value, set) else value)}


def _resemblance(parts: Sequence[_Part]) -> float:
    """How well wrong numbers go with the right ones, over all inputs, from 0 to 1: each number says as much as another."""
    wrong = [leaf for part in parts if not part.kept for leaf in _wrong_leaves(part)]
    if not wrong or _one_number(wrong):
        return 0.0
    origins = _nearest([leaf for leaf in wrong if leaf.got is not None])
    single = [leaf for leaf in wrong if not leaf.right.ndim]
    short = [leaf for leaf in wrong if leaf.right.ndim and leaf.right.size < _LONG]
    of_single = _going_together(_joined(single), origins) if len(single) >= _LONG else None
    of_short = _likeness(_joined(short), origins) if len(short) >= _LONG else None

    def likeness(leaf: _Wrong) -> float:
        together = (of_short if leaf.right.ndim else of_single) if leaf.right.size < _LONG else None
        return _likeness(leaf, origins) if together is None else together

    alike = [likeness(leaf) for leaf in wrong]
    mean = float(np.average(alike, weights=[leaf.right.size for leaf in wrong]))
    return float(np.clip((mean - _AWAY) / (_CLOSE - _AWAY), 0.0, 1.0))


def _going_together(single: _Wrong, origin: int | None) -> float:
    """The likeness of single numbers; positive ones may go together in their size alone, as with a missing 1/m.

    An argument that is left out, or counts twice, changes them so much that they may not look alike at all.
    """
    alike = _likeness(single, origin)
    if alike and any(_off_by(single, number) for number in single.given.values()):
        return 1.0
    both = None if single.got is None else np.isfinite(single.got) & (single.got > 0) & (single.right > 0)
    if origin is None and alike and both is not None and single.got is not None and both.mean() > 0.75:
        one, other = np.log(single.right[both]), np.log(single.got[both])
        near = float(np.abs(one - other).mean()) < _NEAR
        alike = 1.0 if near else max(alike, _cosine(one - one.mean(), other - other.mean()))
    return alike


def _off_by(single: _Wrong, number: _Array) -> bool:
    """Whether one of the arguments is multiplied once too often, or once too little."""
    if single.got is None or not number.all():
        return False
    return np.allclose(single.got, single.right * number, atol=0) or np.allclose(single.got * number, single.right, atol=0)


def _joined(single: Sequence[_Wrong]) -> _Wrong:
    """A few numbers of several inputs as one array: alone, they would go with all that have their signs."""
    got = [np.full(leaf.right.shape, np.nan) if leaf.got is None else leaf.got for leaf in single]
    given = {n: _flat([leaf.given[n] for leaf in single]) for n in set.intersection(*(set(x.given) for x in single))}
    updated, negated = single[0].updated & given.keys(), any(leaf.negated for leaf in single)
    return _Wrong(_flat([leaf.right for leaf in single]), _flat(got), given, updated, negated)


def _flat(arrays: Sequence[_Array]) -> _Array:
    return np.concatenate([np.empty(0), *(array.ravel() for array in arrays)])  # there may be none


def _one_number(wrong: Sequence[_Wrong]) -> bool:
    """Whether the same number stands everywhere, where there should be several."""
    got, right = (
        {float(n) for array in arrays if array is not None for n in array.flat}
        for arrays in zip(*((leaf.got, leaf.right) for leaf in wrong), strict=True)
    )
    return len(wrong) > 2 and len(got) == 1 < len(right)


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Wrong numbers beside the right ones and, by their place among the arguments, arrays of the same shape."""

    right: _Array
    got: _Array | None
    given: Mapping[int, _Array]
    updated: frozenset[int]
    negated: bool  # it is what an argument holds, with the other sign
    planted: tuple[_Array, ...] = ()  # of this shape, in any argument or in what stands in place of a helper


def _wrong_leaves(part: _Part) -> Iterator[_Wrong]:
    for place, leaf in leaves(part.right):
        right = np.asarray(leaf, dtype=np.complex128 if np.iscomplexobj(leaf) else np.float64)
        got = number_at(part.got, place, "biufc" if right.dtype.kind == "c" else "biuf")
        if right.size and right.any():
            formed = None if got is None else numbers_of(in_form_of(right, _summed(right, got)))
            arguments = _arguments(part.case)
            given = {n: a for n, arg in enumerate(arguments) if (a := _alike(*arg, part.key, right)) is not None}
            updated = frozenset(n for n in given if isinstance(arguments[n][0], dict) and part.key in arguments[n][0])
            handed_back = formed is not None and any(_equal(formed, argument) for argument in given.values())
            if got is not None and not handed_back and _in_other_places(part, right, got):
                formed = right
            formed = formed if formed is not None and formed.shape == right.shape else None
            real, *others = as_reals(right, *given.values(), *([] if formed is None else [formed]))
            negated = got is not None and got.dtype.kind != "b" and any(_equal(-got, a) for a in given_arrays(part.case))
            found = None if formed is None else others[-1]
            planted = tuple(a for a in given_arrays(part.case) if a.shape == real.shape and a.dtype.kind in "biuf")
            yield _Wrong(real, found, dict(zip(given, others, strict=False)), updated, negated, planted)


@lru_cache(maxsize=1_000)  # each wrong number asks for them
def _arguments(case: Case) -> list[tuple[Value, list[_Array]]]:
    """The arguments of the last call, and what attributes were set to before it, each with the numbers that it holds."""
    arguments = (*arguments_of(case.plan), *_state_of(case))
    return [(argument, [np.asarray(leaf) for _, leaf in leaves(argument)]) for argument in arguments]


def _state_of(case: Case) -> list[Value]:
    """What attributes of objects were set to before the call, where it is judged by what it leaves in them."""
    steps = zip(case.plan.steps, case.plan.questions, strict=True) if case.plan.after else ()
    return [args[1] for (name, _), args in steps if name.endswith("=")]


def _in_other_places(part: _Part, right: _Array, got: _Array) -> bool:
    """Whether most of the numbers are right ones in other places, of the same key or of another one; or rows are columns."""
    if got.ndim == right.ndim == 2 and got.shape != right.shape and np.array_equal(got.T, right):
        return not any(_equal(got, argument) for argument in given_arrays(part.case))
    if got.size > _FAR_MORE * right.size:  # millions, which would be sorted
        return False
    one, other = _rounded(right), _rounded(got)
    if min(len(np.unique(one)), len(np.unique(other))) < 5:
        return False
    all_right, all_got = one, other
    if all(isinstance(result, dict) for result in part.whole):
        all_right, all_got = map(_all_numbers, map(plain, part.whole))
    return bool(np.isin(one, all_got).mean() >= 0.5 and np.isin(other, all_right).mean() >= 0.9)


def _all_numbers(result: Value) -> _Array:
    arrays = [np.asarray(leaf) for _, leaf in leaves(result)]
    return _rounded(_flat([array for array in arrays if array.dtype.kind in "biufc"]))


def _rounded(array: _Array) -> _Array:
    return np.round(array.astype(np.complex128 if array.dtype.kind == "c" else np.float64).ravel(), 9)


def _summed(right: _Array, got: _Array) -> _Array:
    """The mean over the axes that should not be there any more."""
    if got.ndim == right.ndim and got.shape != right.shape:
        axes = tuple(n for n in range(got.ndim) if right.shape[n] == 1 < got.shape[n])
        return np.asarray(got.mean(axis=axes, keepdims=True, dtype=right.dtype)) if axes else got
    return np.asarray(got.mean(dtype=right.dtype)) if not right.ndim and got.size else got


def _alike(argument: Value, arrays: Sequence[_Array], key: Any, right: _Array) -> _Array | None:
    """An array of an argument that has the shape of a part of the result: under its key, or the first one."""
    part = argument.get(key) if isinstance(argument, dict) else None
    candidates = [part] if isinstance(part, np.ndarray) else arrays
    kinds = "biufc" if right.dtype.kind == "c" else "biuf"
    fitting = (a for a in candidates if a.shape == right.shape and a.dtype.kind in kinds)
    return next((a.astype(right.dtype) for a in fitting), None)


def _nearest(wrong: Sequence[_Wrong]) -> int | None:
    """The dictionary from which the right values start out: an update starts from the parameters. None is zero."""
    far: dict[int, list[float]] = {}
    for leaf in wrong:
        for n in leaf.updated:
            a = leaf.given[n]
            far.setdefault(n, []).append(min(1.0, float(np.linalg.norm(leaf.right - a) / np.linalg.norm(leaf.right))))
    means = {n: float(np.mean(d)) for n, d in far.items() if len(d) == len(wrong)}
    best = min(means, key=lambda n: means[n], default=None)
    return best if best is not None and means[best] < 0.9 else None


def _likeness(leaf: _Wrong, origin: int | None) -> float:
    """The cosine between two arrays, from their origin and around their means: the lesser of the two."""
    right, got = leaf.right, leaf.got
    if got is None or not got.any() or any(_equal(got, a) for a in leaf.given.values()):
        return 0.0
    finite = np.isfinite(got) & np.isfinite(right)
    if finite.mean() < 0.5:
        return 0.0
    if (origin is None and _is_opposite(leaf)) or _is_right_in_part(leaf):
        return 1.0
    start = leaf.given[origin] if origin is not None else np.zeros(right.shape)
    return _cosine((right - start)[finite], (got - start)[finite], centred=True)


def _is_right_in_part(leaf: _Wrong) -> bool:
    """Whether so many of the numbers are right that neither zeros nor an argument would give: those of one label, say."""
    if leaf.got is None:
        return False
    telling = np.abs(leaf.right) > _ZERO
    for argument in (*leaf.given.values(), *leaf.planted):
        telling &= ~np.isclose(argument, leaf.right, rtol=_HARDLY, atol=_ZERO)
    right = np.isclose(leaf.got, leaf.right, rtol=_HARDLY, atol=_ZERO) & telling
    return bool(telling.sum() >= _LONG and right.sum() >= _CLOSE * telling.sum() and np.ptp(leaf.right[right]) > _ZERO)


def _is_opposite(leaf: _Wrong) -> bool:
    """Whether these are the right numbers but for their sign, or each is what one number leaves of the right one: 1 - A.

    Of an update, that is a step the wrong way, and no sign.
    """
    if leaf.got is None or leaf.updated or leaf.negated:
        return False
    if leaf.right.size >= _LONG and np.ptp(leaf.right) > 0 and np.isfinite(leaf.got).all() and np.isfinite(leaf.right).all():
        together = leaf.got + leaf.right
        return bool(np.ptp(together) <= _HARDLY * np.abs(leaf.right).max())
    return bool(np.allclose(leaf.got, -leaf.right, rtol=_HARDLY, atol=_ZERO, equal_nan=True))


def _cosine(a: _Array, b: _Array, *, centred: bool = False) -> float:
    with np.errstate(all="ignore"):
        value = float(np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b)))
    value = value if np.isfinite(value) else 0.0
    long_enough = centred and a.size >= _LONG and np.ptp(a) > 0
    return min(value, _cosine(a - a.mean(), b - b.mean())) if long_enough else value
