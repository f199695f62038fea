"""A result that is right up to its form: what it is in the form of the contract, and how much of it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np

from grader.confined.wire import Encoded, Opaque, Path, Value, encode, mapped, part_at
from grader.judging.cases import Expected
from grader.judging.compare import Item, is_right, items_of, key_item
from grader.judging.judge import FunctionJudge
from grader.judging.outcomes import Outcomes, last_outcome, reply_value
from grader.judging.values import as_array, leaves, part_or_none, parts_of
from grader.sandbox.runner import Outcome, Returned
from grader.sandbox.tensors import as_arrays
from grader.spec import Function

__all__ = ["arranged", "has_wrong_numbers", "in_form_of", "kept_of", "numbers_of", "plain", "tidied"]

_FORM, _ORDER, _SURPLUS, _TYPE = 0.85, 0.75, 0.9, 0.9
_NEAR = 1e-6  # of the largest number: what a tiny guard makes of a value
_LONGEST_PERMUTED = 4
_Array = np.ndarray[Any, Any]
_Parts = Sequence[Value]


def kept_of(spec: Function, item: Item, expected: Expected, got: Value) -> float:
    """How much is kept of an item of one path: all where it is right, less where its form is another, else nothing."""
    (path,) = item.paths
    if item.name in spec.opaque:
        return 1.0
    right, part = part_at(expected.decoded, path), part_or_none(got, path)
    if is_right(spec, item, expected.decoded, got, expected.tolerance_at):
        return float(part is not None or right is None)
    if item.name in spec.random:
        return 0.0
    ordinary = as_arrays(plain(part))
    if _fits(spec, item, expected, ordinary, expected.tolerance_at):
        return _TYPE
    single = any(getattr(leaf, "dtype", None) in (np.float32, np.float16) for _, leaf in leaves(ordinary))
    near = 1e-5 if single else _NEAR
    tolerances = {place: max(t, expected.largest_at[place] * near) for place, t in expected.tolerance_at.items()}
    return _FORM if _fits(spec, item, expected, in_form_of(right, ordinary), tolerances) else 0.0


def has_wrong_numbers(spec: Function, item: Item, expected: Expected, got: Value) -> bool:
    """Whether an item is wrong in the form of the contract, too, into which its numbers can be put."""
    for path in item.paths if item.name not in spec.random | spec.opaque else ():
        right, part = part_at(expected.decoded, path), plain(part_or_none(got, path))
        if numbers_of(part) is None or not isinstance(right, int | float | np.number | np.ndarray):
            continue
        formed = np.shape(in_form_of(right, part)) == np.shape(right)
        if formed and not kept_of(spec, Item(item.name, (path,)), expected, got):
            return True
    return False


def _fits(spec: Function, item: Item, expected: Expected, part: Value, tolerances: Mapping[Path, float]) -> bool:
    """Whether a part would be right in the place of an item."""
    path = item.paths[0]
    right = as_arrays(part_at(expected.decoded, path))
    return is_right(spec, item, _alone(right, path), _alone(part, path), tolerances)


def plain(got: Value) -> Value:
    """A value with arrays in the place of matrices and of other arrays with a type of their own."""
    return mapped(got, lambda part: part if not isinstance(part, Opaque) or part.array is None else part.array)


def _alone(part: Value, path: Path) -> Value:
    """A result that holds nothing but a part."""
    for key in reversed(path):
        part = {key: part} if isinstance(key, str) else (*(None,) * key, part)
    return part


def in_form_of(right: Value, got: Value) -> Value:
    """A value with the axes and the type of number that the right one has, where it has as many numbers."""
    if isinstance(right, tuple | list) and isinstance(got, tuple | list) and len(right) == len(got):
        return tuple(in_form_of(a, b) for a, b in zip(right, got, strict=True))
    if isinstance(right, dict) and isinstance(got, dict):
        return {key: in_form_of(part, got[key]) for key, part in right.items() if key in got}
    if isinstance(right, set) and (got is None or isinstance(got, dict)):
        return {key for key, holds in (got or {}).items() if holds is True}
    numbers = numbers_of(got)
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


def numbers_of(got: Value) -> _Array | None:
    """An array of what may be a list of numbers, or lists of them; None where it is none."""
    try:
        numbers = as_array(got) if isinstance(got, int | float | np.number | np.ndarray | list | tuple) else None
    except (TypeError, ValueError):
        return None
    return None if numbers is None or numbers.dtype.kind not in "biuf" else numbers.astype(np.float64)


# -- the parts in another arrangement ----------------------------------------------------


def arranged(spec: Function, expected: Expected, got: Value) -> tuple[Value, float]:
    """A result with its parts where they belong, and what is kept of it for the order in which they came."""
    right = expected.decoded
    if isinstance(right, dict) and isinstance(got, dict):
        return _renamed(right, got)
    if not isinstance(right, tuple):
        surplus = (
            isinstance(got, tuple | list)
            and len(got) > 0
            and not isinstance(right, list)
            and np.ndim(got[0]) == np.ndim(right)
        )
        return (got[0], _SURPLUS) if surplus else (got, 1.0)
    if not isinstance(got, tuple | list):
        return (got,), 1.0
    if len(got) > len(right):
        return tuple(got[: len(right)]), _SURPLUS
    for order, ordered, kept in _fitting_orders(spec, expected, got):
        return ordered, kept * (1.0 if sorted(order) == list(order) else _ORDER)
    return _with_names(right, got)


def _fitting_orders(spec: Function, expected: Expected, got: _Parts) -> Iterator[tuple[tuple[int, ...], _Parts, float]]:
    """The orders in which something is kept of every part, from the one in which they came.

    Of an item only the part in its own place counts: it is looked at once, however many orders bring it there.
    """
    right = expected.decoded
    items = [i for i in items_of(right, spec.items) if i.name not in spec.opaque]
    looked_at: dict[tuple[Any, ...], float] = {}

    def fits(item: Item, order: tuple[int, ...], ordered: _Parts) -> bool:
        key = item.name, *(order[path[0]] if path and isinstance(path[0], int) else order for path in item.paths)
        if key not in looked_at:
            looked_at[key] = kept_of(spec, item, expected, ordered)
        return looked_at[key] > 0

    for order, ordered, kept in _in_every_order(right, got):
        if all(fits(item, order, ordered) for item in items):
            yield order, ordered, kept


def _in_every_order(right: _Parts, got: _Parts) -> Iterator[tuple[tuple[int, ...], _Parts, float]]:
    """The parts in every order, from the one in which they came, with the names that they need in their new places."""
    if 2 <= len(got) == len(right) <= _LONGEST_PERMUTED:
        named = [[_named(wanted, part) for part in got] for wanted in right]
        for order in permutations(range(len(got))):
            yield order, *_together([named[place][number] for place, number in enumerate(order)])


def _with_names(right: _Parts, got: _Parts) -> tuple[_Parts, float]:
    return _together([_named(wanted, part) for wanted, part in zip(right, got, strict=False)])


def _named(wanted: Value, part: Value) -> tuple[Value, float]:
    """A part under the names of the place where it is put, and what is kept of it for those."""
    return _renamed(wanted, part) if isinstance(wanted, dict) and isinstance(part, dict) else (part, 1.0)


def _together(pairs: Sequence[tuple[Value, float]]) -> tuple[_Parts, float]:
    return tuple(part for part, _ in pairs), min((kept for _, kept in pairs), default=1.0)


def _renamed(right: Mapping[Any, Value], got: Mapping[Any, Value]) -> tuple[Value, float]:
    """The parts under the right keys, where as many come under others: counted from 0, or with another prefix."""
    wanted, there = _by_kind(right), _by_kind(got)
    result, kept = dict(got), 1.0
    for kind, keys in wanted.items():
        others = there.get(kind) or next((there[k] for k in there if k not in wanted and k and (k in kind or kind in k)), [])
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


# -- for those who judge without a right value -------------------------------------------


def tidied(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> tuple[Outcomes, float]:
    """The outcomes with every result of this function in the form of the contract, and how much is kept of them.

    A property sees these where it does not hold of what was returned.
    """
    like = judge.values[0].expected[alternative].decoded if judge.values else None
    order = _order_of(judge, outcomes, alternative) if isinstance(like, tuple) else None
    thin = _thin_axes(judge, alternative)
    regroup = _regrouping(judge, outcomes, alternative) if judge.spec.parts and isinstance(like, list) else None
    kept = 1.0

    def tidy(step: tuple[str, Encoded], outcome: Outcome) -> Outcome:
        nonlocal kept
        if step[0] != judge.spec.name or not isinstance(outcome, Returned):
            return outcome
        grouped, part = regroup(reply_value(outcome)) if regroup else (reply_value(outcome), 1.0)
        result, of_rest = _tidy(grouped, like, order, judge.spec.returns)
        part = min(part, of_rest)
        widened = _widened(judge.spec, result, thin)
        part = part if _same_shapes(widened, result) else min(part, _FORM)
        kept = min(kept, part)
        return outcome if part == 1.0 else replace(outcome, value=encode(widened, opaque=lambda _: 0))

    tidy_outcomes = {case.key: tuple(map(tidy, case.plan.steps, outcomes.get(case.key, ()))) for case in judge.cases.cases}
    return tidy_outcomes, kept


def _regrouping(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> Callable[[Value], tuple[Value, float]]:
    """How to make of a result the list of tuples that it should be, and what is kept of it.

    It may be a dictionary by number, or a list for each part; the tuples may have more parts, or have them in another order.
    """
    count = len(judge.spec.parts)
    pairs = [(reply_value(last_outcome(outcomes, c)), c.expected[alternative].decoded) for c in judge.values]
    apart = any(len(right) != count for _, right in pairs) and all(_is_apart(got, right, count) for got, right in pairs)
    listed = [(_listed(got, count, apart=apart)[0], right) for got, right in pairs]
    orders = [tuple(range(count))]
    if count <= _LONGEST_PERMUTED:
        orders = [o for o in permutations(range(count)) if all(_has_shapes(got, right, o) for got, right in listed)]
    order = orders[0] if orders else tuple(range(count))

    def regroup(got: Value) -> tuple[Value, float]:
        batches, kept = _listed(got, count, apart=apart)
        if not isinstance(batches, list) or list(order) == sorted(order):
            return batches, kept
        whole = [isinstance(part, tuple | list) and len(part) == count for part in batches]
        return ([tuple(part[i] for i in order) for part in batches], min(kept, _ORDER)) if all(whole) else (batches, kept)

    return regroup


def _is_apart(got: Value, right: _Parts, count: int) -> bool:
    """Whether there is a list for each part, in place of a tuple for each element."""
    return (
        isinstance(got, tuple | list)
        and len(got) == count
        and all(isinstance(part, tuple | list) and len(part) == len(right) for part in got)
    )


def _listed(got: Value, count: int, *, apart: bool) -> tuple[Value, float]:
    """A list of tuples with so many parts at most, and what is kept of it."""
    kept = 1.0
    if isinstance(got, dict):
        got, kept = list(got.values()), _FORM
    if apart and isinstance(got, tuple | list) and all(isinstance(part, tuple | list) for part in got):
        got, kept = [*zip(*got, strict=False)], _FORM
    if not isinstance(got, tuple | list):
        return got, kept
    longer = any(isinstance(part, tuple | list) and len(part) > count for part in got)
    batches = [part[:count] if isinstance(part, tuple | list) else part for part in got]
    return batches, min(kept, _SURPLUS) if longer else kept


def _has_shapes(got: Value, right: _Parts, order: Sequence[int]) -> bool:
    """Whether the first tuple has parts of the right shapes, in this order."""
    first = got[0] if isinstance(got, list) and got else None
    if not isinstance(first, tuple | list) or len(first) != len(order):
        return False
    return [getattr(plain(first[i]), "shape", None) for i in order] == [np.shape(part) for part in right[0]]


def _order_of(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> tuple[int, ...] | None:
    """The order in which the right parts come, where it is another one in the first case."""
    case = judge.values[0]
    got = reply_value(last_outcome(outcomes, case))
    fitting = _fitting_orders(judge.spec, case.expected[alternative], got) if isinstance(got, tuple | list) else iter(())
    order = next((order for order, _, _ in fitting), None)
    return None if order is None or sorted(order) == list(order) else order


def _tidy(got: Value, like: Value, order: tuple[int, ...] | None, names: str | _Parts) -> tuple[Value, float]:
    """One result in the form of the contract, and what is kept of it."""
    result, kept = got, 1.0
    grouped = _grouped(got, like, names)
    if grouped is not None:
        result, kept = grouped, _FORM
    elif isinstance(result, tuple | list) and order and len(result) == len(order):
        result, kept = tuple(result[i] for i in order), _ORDER
    elif isinstance(result, tuple | list) and like is not None and not isinstance(like, list):
        count = len(like) if isinstance(like, tuple) else 1
        fits = isinstance(like, tuple) or isinstance(result[0] if result else None, type(like))
        if len(result) > count and fits:
            result, kept = tuple(result[:count]) if isinstance(like, tuple) else result[0], _SURPLUS
    if isinstance(result, dict) and isinstance(like, dict):
        counted = _counted_from_1(result, _by_kind(like))
        result, kept = counted, kept if counted is result else _FORM
    ordinary = plain(result)
    return ordinary, kept if _holds_no_matrix(result) else min(kept, _TYPE)


def _grouped(got: Value, like: Value, names: str | _Parts) -> _Parts | None:
    """The groups of which a result is made, such as three pairs, where it holds their parts in one row, or kind by kind.

    They may have their names as well, in a dictionary. The parts of a group are as long as each other along their last axis.
    """
    sizes = {len(group) if isinstance(group, tuple) else 0 for group in like} if isinstance(like, tuple) else set()
    parts = got if isinstance(got, tuple | list) else []
    count, size = (len(like), sizes.pop()) if len(sizes) == 1 else (0, 0)
    if not size or count == size:
        return None
    if isinstance(got, dict):
        return tuple(got[name] for name in names) if got.keys() == set(names) else None
    if len(parts) == size and all(isinstance(kind, tuple | list) and len(kind) == count for kind in parts):
        return tuple(zip(*parts, strict=True))
    if len(parts) != count * size or not all(isinstance(part, np.ndarray) and part.ndim for part in parts):
        return None
    group_by_group = tuple(tuple(parts[n : n + size]) for n in range(0, len(parts), size))
    kind_by_kind = tuple(tuple(parts[n::count]) for n in range(count))
    ways = (group_by_group, kind_by_kind)
    return next((way for way in ways if all(len({part.shape[-1] for part in group}) == 1 for group in way)), None)


def _place(spec: Function, path: Path) -> Path:
    """Where something stands, whatever the layer or the element of a list of parts."""
    start = ("",) if spec.parts else path[:1]
    return tuple(key_item(key) if isinstance(key, str) else key for key in (*start, *path[1:]))


def _thin_axes(judge: FunctionJudge, alternative: int) -> Mapping[Path, tuple[int, int]]:
    """Which arrays of a result have one axis of length 1 in all cases: how many axes they have, and which one it is."""
    shapes: dict[Path, set[tuple[int, ...]]] = {}
    for case in judge.values:
        for path, leaf in leaves(case.expected[alternative].decoded):
            shapes.setdefault(_place(judge.spec, path), set()).add(np.shape(leaf))
    thin: dict[Path, tuple[int, int]] = {}
    for place, found in shapes.items():
        count = min(map(len, found))
        axes = [axis for axis in range(count) if all(shape[axis] == 1 for shape in found)]
        if len(axes) == 1 and count == max(map(len, found)) > 1:
            thin[place] = count, axes[0]
    return thin


def _widened(spec: Function, value: Value, thin: Mapping[Path, tuple[int, int]], path: Path = ()) -> Value:
    """A result whose arrays have the axes of length 1 that they should have: none of them lost, and none too many."""
    if isinstance(value, dict):
        return {key: _widened(spec, part, thin, (*path, key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_widened(spec, part, thin, (*path, number)) for number, part in enumerate(value))
    count, axis = thin.get(_place(spec, path), (0, 0)) if isinstance(value, np.ndarray | np.number | float) else (0, 0)
    sizes = [n for n in np.shape(value) if n != 1] if count and np.ndim(value) != count else []
    if not count or np.ndim(value) == count or len(sizes) not in (0, count - 1):
        return value
    sizes = sizes or [1] * (count - 1)
    return np.reshape(value, (*sizes[:axis], 1, *sizes[axis:]))


def _same_shapes(one: Value, other: Value) -> bool:
    return [np.shape(leaf) for _, leaf in leaves(one)] == [np.shape(leaf) for _, leaf in leaves(other)]


def _holds_no_matrix(value: Value) -> bool:
    return not any(isinstance(part, Opaque) and part.array is not None for part in parts_of(value))


def _counted_from_1(got: Mapping[Any, Value], kinds: Mapping[str, object]) -> Mapping[Any, Value]:
    """A dictionary whose keys are counted from 1; the same one where they are."""
    numbered = re.compile(rf"({'|'.join(map(re.escape, kinds))})\d{{1,3}}")
    moved = {key: part for key, part in got.items() if isinstance(key, str) and numbered.fullmatch(key)}
    if not any(f"{kind}0" in moved for kind in kinds):
        return got
    return {re.sub(r"\d+$", lambda n: str(int(n[0]) + 1), key): part for key, part in moved.items()}
