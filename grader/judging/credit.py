"""How much of a result is right, where not all of it is.

Every input speaks for itself: one on which the body raises says nothing about the others. The usual inputs carry most of
an item, each special class of inputs a little. Of one input's result each key counts by itself, and

- what is right up to its form (an axis of length 1, keys counted from 0, float32) keeps 85 in 100, in another order 80;
- what is right beside one item too many keeps 90 in 100;
- what is wrong, but goes with the right values, as with a factor or a term that is missing, keeps 30 in 100;
- zeros, an argument handed back, one answer to everything, or the opposite sign keep nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

import numpy as np

from grader.confined.wire import Path, Value, part_at
from grader.judging.cases import Case
from grader.judging.compare import Item, first_problem, items_of
from grader.judging.judge import FunctionJudge
from grader.judging.outcomes import Outcomes, arguments_of, last_outcome, reply_value
from grader.judging.values import as_array, leaves, number_at, part_or_none
from grader.sandbox.runner import Returned
from grader.spec import Function

__all__ = ["Credit", "credit_of", "weights_of"]

_USUAL = frozenset({"small", "general"})
_EDGE, _EDGES = 0.1, 0.25  # what one special class carries, and all of them together at most
_FORM, _ORDER, _SURPLUS, _RESEMBLES = 0.85, 0.8, 0.9, 0.3
_CLOSE = 0.4
_NEAR = 1e-6  # of the largest number: what a tiny guard makes of a value
_LONGEST_PERMUTED = 4
_Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Credit:
    """What is right of each item, from 0 to 1, and the items of which something is right that no stub gets right."""

    items: Mapping[str, float] = field(default_factory=dict)
    proved: frozenset[str] = frozenset()


def weights_of(judge: FunctionJudge, cases: Sequence[Case]) -> dict[str, float]:
    """Which part each case carries: the special classes what their author says or a little, the usual ones the rest."""
    by_class: dict[str, list[Case]] = {}
    for case in cases:
        by_class.setdefault("" if case.case_class in _USUAL else case.case_class, []).append(case)
    if "" not in by_class:
        return {case.key: 1 / len(cases) for case in cases}
    little = min(_EDGE, _EDGES / max(1, len(by_class) - 1))
    shares = {name: judge.class_shares.get(name) or little for name in by_class if name}
    shares[""] = 1 - sum(shares.values())
    return {case.key: shares[name] / len(group) for name, group in by_class.items() for case in group}


def credit_of(judge: FunctionJudge, cases: Sequence[Case], outcomes: Outcomes, alternative: int) -> Credit:
    """How much is right of each item, over all of these cases."""
    parts: dict[str, list[_Part]] = {}
    for case in cases:
        outcome = last_outcome(outcomes, case)
        answered = isinstance(outcome, Returned)
        got = reply_value(outcome)
        right, spec = case.expected[alternative].decoded, judge.spec.of_class(case.case_class)
        formed, kept = _arranged(spec, case, alternative, got)
        for item in items_of(right, judge.spec.items):
            found = parts.setdefault(item.name, [])
            if answered:
                parts_here = _parts(spec, item, case, alternative, formed, kept)
                # Of what is random for this kind of input no number is right, and none proves anything.
                silent = item.name in spec.random - judge.spec.random
                found.extend(replace(part, right=None, got=None) if silent else part for part in parts_here)
    weights = weights_of(judge, cases)
    items, proved = {}, set()
    for name, group in parts.items():
        if name in judge.spec.opaque or _same_to_everything(group):
            items[name] = 0.0
            continue
        close = _RESEMBLES if name not in judge.spec.random and _resemble(group) else 0.0
        items[name] = min(1.0, sum(weights[p.case.key] * p.weight * (p.kept or close) for p in group))
        given = [p for p in group if p.path and p.path[-1] in judge.spec.given_away]
        untouched = given and all(p.kept for p in given)
        if (close and not untouched) or any(p.kept and p.proves for p in group if p not in given):
            proved.add(name)
    return Credit(items, frozenset(proved))


@dataclass(frozen=True, slots=True)
class _Part:
    """One key of an item in one case: what it carries of the item there, and what is kept of that."""

    case: Case
    path: Path
    weight: float
    kept: float
    right: Value
    got: Value

    @property
    def proves(self) -> bool:
        """Whether a stub would get it wrong, which gives zeros or an argument."""
        numbers = [np.asarray(leaf) for _, leaf in leaves(self.right)]
        if not numbers:
            return self.right not in (None, (), [], {}, set())
        return any(map(np.any, numbers)) and not all(any(_equal(leaf, a) for a in _given(self.case)) for leaf in numbers)


def _given(case: Case) -> list[_Array]:
    return [np.asarray(leaf) for _, leaf in leaves(arguments_of(case.plan))]


def _equal(one: _Array, other: _Array) -> bool:
    return one.shape == other.shape and bool(np.array_equal(one, other))


def _parts(spec: Function, item: Item, case: Case, alternative: int, got: Value, kept: float) -> Iterator[_Part]:
    """The keys of an item in one case: of a group of keys, or of the one dictionary that it is."""
    right = case.expected[alternative].decoded
    whole = part_at(right, item.paths[0]) if len(item.paths) == 1 else None
    paths = [(*item.paths[0], key) for key in whole] if isinstance(whole, dict) and whole else item.paths
    shares = {path: spec.weights.get(str(path[-1]), 1.0) if len(paths) > 1 else 1.0 for path in paths}
    for path, share in shares.items():
        is_right, formed = _right_parts(spec, Item(item.name, (path,)), case, alternative, got)
        part = kept * (1.0 if is_right else _FORM if formed else 0.0)
        yield _Part(case, path, share / sum(shares.values()), part, part_at(right, path), part_or_none(got, path))


def _right_parts(spec: Function, item: Item, case: Case, alternative: int, got: Value) -> tuple[bool, bool]:
    """Whether an item is right, and whether it is right up to the form of its numbers."""
    expected, (path,) = case.expected[alternative], item.paths
    if item.name in spec.opaque:
        return True, True
    if first_problem(spec, item, expected.decoded, got, expected.tolerance_at) is None:
        return part_or_none(got, path) is not None or part_at(expected.decoded, path) is None, True
    if item.name in spec.random:
        return False, False
    single = any(getattr(leaf, "dtype", None) in (np.float32, np.float16) for _, leaf in leaves(part_or_none(got, path)))
    near = {place: float(np.abs(leaf).max(initial=0.0)) for place, leaf in leaves(expected.decoded)}
    tolerances = {place: max(t, near[place] * (1e-5 if single else _NEAR)) for place, t in expected.tolerance_at.items()}
    right = part_at(expected.decoded, path)
    reformed = _Reformed(path, _in_form_of(right, part_or_none(got, path)))
    return False, first_problem(spec, item, expected.decoded, reformed.result(), tolerances) is None


@dataclass(frozen=True, slots=True)
class _Reformed:
    """A result that holds nothing but one part."""

    path: Path
    part: Value

    def result(self) -> Value:
        if not self.path:
            return self.part
        value = self.part
        for key in reversed(self.path):
            value = {key: value} if isinstance(key, str) else (*(None,) * key, value)
        return value


def _in_form_of(right: Value, got: Value) -> Value:
    """A value with the axes and the type of number that the right one has, where it has as many numbers."""
    if isinstance(right, tuple | list) and isinstance(got, tuple | list) and len(right) == len(got):
        return tuple(_in_form_of(a, b) for a, b in zip(right, got, strict=True))
    if isinstance(right, dict) and isinstance(got, dict):
        return {key: _in_form_of(part, got[key]) for key, part in right.items() if key in got}
    if isinstance(right, set) and (got is None or isinstance(got, dict)):
        return {key for key, holds in (got or {}).items() if holds is True}
    numbers = _numbers(got)
    if numbers is None or isinstance(right, bool) or not isinstance(right, int | float | np.number | np.ndarray):
        return got
    wanted = np.asarray(right)
    if numbers.size == 1 and wanted.size and (wanted == wanted.flat[0]).all():
        numbers = np.full(wanted.shape, numbers.flat[0])  # one number for an array of equal ones
    if numbers.ndim == wanted.ndim == 1 and numbers.size == wanted.size + 1:  # one too many, before or after the right ones
        numbers = min(numbers[1:], numbers[:-1], key=lambda some: float(np.abs(some - wanted).sum()))
    if [n for n in numbers.shape if n != 1] != [n for n in wanted.shape if n != 1]:
        return got
    formed = numbers.reshape(wanted.shape)
    with np.errstate(all="ignore"):
        typed = formed.astype(wanted.dtype)
        return typed if wanted.dtype.kind == "f" or (typed == formed).all() else got


def _numbers(got: Value) -> _Array | None:
    """An array of what may be a list of numbers, or lists of them; None where it is none."""
    try:
        numbers = as_array(got) if isinstance(got, int | float | np.number | np.ndarray | list | tuple) else None
    except (TypeError, ValueError):
        return None
    return None if numbers is None or numbers.dtype.kind not in "biuf" else numbers.astype(np.float64)


# -- the parts in another arrangement ----------------------------------------------------


def _arranged(spec: Function, case: Case, alternative: int, got: Value) -> tuple[Value, float]:
    """A result with its parts where they belong, and what is kept of it for the order in which they came."""
    right = case.expected[alternative].decoded
    if isinstance(right, dict) and isinstance(got, dict):
        return _renamed(right, got)
    if not isinstance(right, tuple):
        surplus = (
            isinstance(got, tuple | list)
            and len(got) > 1
            and not isinstance(right, list)
            and np.ndim(got[0]) == np.ndim(right)
        )
        return (got[0], _SURPLUS) if surplus else (got, 1.0)
    if not isinstance(got, tuple | list):
        return (got,), 1.0
    if len(got) > len(right):
        return tuple(got[: len(right)]), _SURPLUS
    pairs = [
        _renamed(a, b) if isinstance(a, dict) and isinstance(b, dict) else (b, 1.0) for a, b in zip(right, got, strict=False)
    ]
    got, kept = tuple(part for part, _ in pairs), min((kept for _, kept in pairs), default=1.0)
    orders = permutations(range(len(got))) if 2 <= len(got) == len(right) <= _LONGEST_PERMUTED else iter(())
    for number, order in enumerate(orders):
        ordered = tuple(got[i] for i in order)
        items = [i for i in items_of(right, spec.items) if i.name not in spec.opaque]
        if all(any(_right_parts(spec, item, case, alternative, ordered)) for item in items):
            return ordered, kept * (_ORDER if number else 1.0)
    return got, kept


def _renamed(right: Mapping[Any, Value], got: Mapping[Any, Value]) -> tuple[Value, float]:
    """The parts under the right keys, where as many come under others: counted from 0, or without their d."""
    wanted, there = _by_kind(right), _by_kind(got)
    result, kept = dict(got), 1.0
    for kind, keys in wanted.items():
        others = there.get(kind) or next((there[k] for k in there if k not in wanted and k and k in kind), [])
        if len(others) == len(keys) and set(others) != set(keys):
            result |= {key: got[other] for key, other in zip(sorted(keys), sorted(others), strict=True)}
            kept = _FORM
    return result, kept


def _by_kind(keys: Mapping[Any, Value]) -> dict[str, list[str]]:
    """The keys of a dictionary by what stands before their number."""
    kinds: dict[str, list[str]] = {}
    for key in keys:
        match = re.fullmatch(r"(\D+)\d{1,3}", key) if isinstance(key, str) else None
        if match:
            kinds.setdefault(match[1], []).append(key)
    return kinds


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


def _words(value: Value) -> set[str]:
    """What a value says: its texts, and the least and the greatest of its numbers."""
    if isinstance(value, dict | list | tuple):
        return {word for part in (value.values() if isinstance(value, dict) else value) for word in _words(part)}
    numbers = _numbers(value)
    if numbers is not None:
        return {repr(float(end)) for end in (numbers.min(), numbers.max())} if numbers.size else set()
    return {repr(sorted(map(repr, value)) if isinstance(value, set) else value)}


def _resemble(parts: Sequence[_Part]) -> bool:
    """Whether wrong numbers go with the right ones, over all inputs."""
    wrong = [leaf for part in parts if not part.kept for leaf in _wrong_leaves(part)]
    if not wrong or _one_number(wrong):
        return False
    origins = _nearest([leaf for leaf in wrong if leaf.got is not None])
    return float(np.mean([_likeness(leaf, origins) for leaf in wrong])) >= _CLOSE


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


def _wrong_leaves(part: _Part) -> Iterator[_Wrong]:
    for place, leaf in leaves(part.right):
        right, got = np.asarray(leaf, dtype=np.float64), number_at(part.got, place)
        if right.size and right.any():
            formed = None if got is None else _numbers(_in_form_of(right, _summed(right, got)))
            if got is not None and _same_numbers(right, got):
                formed = right
            key = part.path[-1] if part.path else ""
            arguments = arguments_of(part.case.plan)
            given = {n: a for n, arg in enumerate(arguments) if (a := _alike(arg, key, right)) is not None}
            updated = frozenset(n for n in given if isinstance(arguments[n], dict) and key in arguments[n])
            yield _Wrong(right, formed if formed is not None and formed.shape == right.shape else None, given, updated)


def _same_numbers(right: _Array, got: _Array) -> bool:
    """Whether most of the numbers are the right ones, in other places."""
    one, other = (np.round(a.astype(np.float64).ravel(), 9) for a in (right, got))
    if len(np.unique(one)) < 5 or not got.size:
        return False
    return bool(np.isin(one, other).mean() >= 0.5 and np.isin(other, one).mean() >= 0.9)


def _summed(right: _Array, got: _Array) -> _Array:
    """The mean over the axes that should not be there any more."""
    if got.ndim == right.ndim and got.shape != right.shape:
        axes = tuple(n for n in range(got.ndim) if right.shape[n] == 1 < got.shape[n])
        return np.asarray(got.astype(np.float64).mean(axis=axes, keepdims=True)) if axes else got
    return np.asarray(got.astype(np.float64).mean()) if not right.ndim and got.size else got


def _alike(argument: Value, key: Any, right: _Array) -> _Array | None:
    """An array of an argument that has the shape of a part of the result: under its key, or the first one."""
    part = argument.get(key) if isinstance(argument, dict) else None
    arrays = [part] if isinstance(part, np.ndarray) else [leaf for _, leaf in leaves(argument)]
    fitting = (np.asarray(a) for a in arrays if np.shape(a) == right.shape and np.asarray(a).dtype.kind in "biuf")
    return next((a.astype(np.float64) for a in fitting), None)


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
    finite = np.isfinite(got)
    if finite.mean() < 0.5:
        return 0.0
    start = leaf.given[origin] if origin is not None else np.zeros(right.shape)
    return _cosine((right - start)[finite], (got - start)[finite], centred=True)


def _cosine(a: _Array, b: _Array, *, centred: bool = False) -> float:
    with np.errstate(all="ignore"):
        value = float(np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b)))
    value = value if np.isfinite(value) else 0.0
    long_enough = centred and a.size > 3 and np.ptp(a) > 0
    return min(value, _cosine(a - a.mean(), b - b.mean())) if long_enough else value
