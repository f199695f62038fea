"""A result that is right up to its form: what it is in the form of the contract, and how much of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations, takewhile
from typing import Any

import numpy as np

from grader.confined.kinds import Opaque, Path, Value, Yielded, mapped, part_at
from grader.judging.cases import Expected
from grader.judging.compare import Item, is_right, items_of
from grader.judging.values import NUMERIC, as_array, leaves, letters, part_or_none, same_letters
from grader.sandbox.tensors import as_arrays
from grader.spec import Function

__all__ = [
    "FORM", "LONGEST_PERMUTED", "ORDER", "SURPLUS", "TYPE", "Parts", "arranged", "as_layers",
    "counted_alike", "fitting_orders",
    "has_wrong_numbers", "in_form_of", "kept_of", "numbers_of", "plain", "with_parts",
]  # fmt: skip

FORM, ORDER, SURPLUS, TYPE = 0.85, 0.75, 0.9, 0.9  # what is kept of what is right up to these
_NEAR = 1e-6  # of the largest number: what a tiny guard makes of a value
LONGEST_PERMUTED = 4
_Array = np.ndarray[Any, Any]
Parts = Sequence[Value]


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
        return TYPE
    single = any(getattr(leaf, "dtype", None) in (np.float32, np.float16) for _, leaf in leaves(ordinary))
    near = 1e-5 if single else _NEAR
    tolerances = {place: max(t, expected.largest_at[place] * near) for place, t in expected.tolerance_at.items()}
    return FORM if _fits(spec, item, expected, in_form_of(right, ordinary), tolerances) else 0.0


def has_wrong_numbers(spec: Function, item: Item, expected: Expected, got: Value) -> bool:
    """Whether an item is wrong in the form of the contract, too, into which its numbers can be put."""
    for path in item.paths if item.name not in spec.random | spec.opaque else ():
        right, part = part_at(expected.decoded, path), plain(part_or_none(got, path))
        if numbers_of(part) is None or not isinstance(right, NUMERIC):
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
        part = {key: part}
    return part


def in_form_of(right: Value, got: Value) -> Value:
    """A value with the axes and the type of number that the right one has, where it has as many numbers."""
    if isinstance(right, tuple | list) and isinstance(got, np.ndarray) and got.ndim:
        got = list(got) if len(got) == len(right) else got
    if isinstance(right, tuple | list) and isinstance(got, tuple | list) and len(right) == len(got):
        parts = [in_form_of(a, b) for a, b in zip(right, got, strict=True)]
        return Yielded(parts) if isinstance(right, Yielded) else parts
    if isinstance(right, dict) and isinstance(got, dict):
        return {key: in_form_of(part, got[key]) for key, part in right.items() if key in got}
    if isinstance(right, str) and isinstance(got, str):
        return right if same_letters(right, got) else got
    if isinstance(right, set) and (got is None or isinstance(got, dict | list | tuple | set)):
        words = {letters(word): word for word in right if isinstance(word, str)}
        members = _members(got)
        return {words.get(letters(m), m) if isinstance(m, str) else m for m in members} if isinstance(members, set) else got
    numbers = numbers_of(got)
    if numbers is None or isinstance(right, bool) or not isinstance(right, NUMERIC):
        return got
    wanted = np.asarray(right)
    if numbers.size == 1 and wanted.size and (wanted == wanted.flat[0]).all():
        numbers = np.full(wanted.shape, numbers.flat[0])  # one number for an array of equal ones
    if numbers.ndim == wanted.ndim == 1 and numbers.size == wanted.size + 1:  # one too many, before or after the right ones
        numbers = min(numbers[1:], numbers[:-1], key=lambda some: float(np.abs(some - wanted).sum()))
    if [n for n in numbers.shape if n != 1] != [n for n in wanted.shape if n != 1]:
        return got
    formed = numbers.reshape(wanted.shape)
    if formed.dtype.kind == "c" != wanted.dtype.kind:
        return got
    with np.errstate(all="ignore"):
        typed = formed.astype(wanted.dtype)
        return typed if wanted.dtype.kind in "fc" or (typed == formed).all() else got


def _members(got: Value) -> Value:
    """What stands for a set: what a list or tuple holds, or the keys of a dictionary that are True."""
    found = [key for key, holds in got.items() if holds is True] if isinstance(got, dict) else got or ()
    try:
        return set(found)
    except TypeError:  # it holds something that no set can hold
        return got


def numbers_of(got: Value) -> _Array | None:
    """An array of what may be a list of numbers, or lists of them; None where it is none.

    A text is asked for first: an array of texts gives each the room of the longest, a thousand times what came.
    """
    try:
        numbers = as_array(got) if isinstance(got, (*NUMERIC, list, tuple)) and _holds_numbers(got) else None
    except (TypeError, ValueError):
        return None
    if numbers is None or numbers.dtype.kind not in "biufc":
        return None
    return numbers.astype(np.complex128 if numbers.dtype.kind == "c" else np.float64)


def _holds_numbers(got: Value) -> bool:
    """Whether there is nothing but numbers in it, and lists and tuples of them."""
    return all(map(_holds_numbers, got)) if isinstance(got, list | tuple) else isinstance(got, NUMERIC)


def _alike(value: Value, right: Value) -> bool:
    """Whether a value might be the right one with other numbers."""
    return isinstance(value, set) == isinstance(right, set) and _axes(value) == _axes(right)


def _axes(value: Value) -> int:
    """How many axes a value has; lists of unlike lengths, or of anything but numbers, have none."""
    numbers = numbers_of(value)
    return getattr(value, "ndim", 0) if numbers is None else numbers.ndim


# -- the parts in another arrangement ----------------------------------------------------


def arranged(spec: Function, expected: Expected, got: Value) -> tuple[Value, float]:
    """A result with its parts where they belong, and what is kept of it for the order in which they came."""
    right = expected.decoded
    if isinstance(right, dict) and isinstance(got, dict):
        return _renamed(right, got)
    if isinstance(right, dict) and (named := as_layers(right, got)):
        return named, FORM
    if not isinstance(right, tuple):
        surplus = isinstance(got, tuple | list) and len(got) > 0 and not isinstance(right, list) and _alike(got[0], right)
        return (got[0], SURPLUS) if surplus else (got, 1.0)
    if not isinstance(got, tuple | list):
        return (got,), FORM if spec.opaque else 1.0  # what only the student's code understands weighs nothing by itself
    if len(got) > len(right):
        return tuple(got[: len(right)]), SURPLUS
    for order, ordered, kept in fitting_orders(spec, expected, got):
        return ordered, kept * (1.0 if sorted(order) == list(order) else ORDER)
    return _with_names(right, got)


def with_parts(got: Value, count: int) -> Parts:
    """The parts of a result of so many, where it may be the first one alone: the others are None."""
    parts = got if isinstance(got, tuple | list) else (got,)
    return (*parts, *(None for _ in range(count - len(parts))))


def fitting_orders(spec: Function, expected: Expected, got: Parts) -> Iterator[tuple[tuple[int, ...], Parts, float]]:
    """The orders in which something is kept of every part, from the one in which they came.

    Of an item only the part in its own place counts: it is looked at once, however many orders bring it there.
    """
    right = expected.decoded
    items = [i for i in items_of(right, spec.items) if i.name not in spec.opaque]
    looked_at: dict[tuple[Any, ...], float] = {}

    def fits(item: Item, order: tuple[int, ...], ordered: Parts) -> bool:
        key = item.name, *(order[path[0]] if path and isinstance(path[0], int) else order for path in item.paths)
        if key not in looked_at:
            looked_at[key] = kept_of(spec, item, expected, ordered)
        return looked_at[key] > 0

    for order, ordered, kept in _in_every_order(right, got):
        if all(fits(item, order, ordered) for item in items):
            yield order, ordered, kept


def _in_every_order(right: Parts, got: Parts) -> Iterator[tuple[tuple[int, ...], Parts, float]]:
    """The parts in every order, from the one in which they came, with the names that they need in their new places."""
    if 2 <= len(got) == len(right) <= LONGEST_PERMUTED:
        named = [[_named(wanted, part) for part in got] for wanted in right]
        for order in permutations(range(len(got))):
            yield order, *_together([named[place][number] for place, number in enumerate(order)])


def _with_names(right: Parts, got: Parts) -> tuple[Parts, float]:
    return _together([_named(wanted, part) for wanted, part in zip(right, got, strict=False)])


def _named(wanted: Value, part: Value) -> tuple[Value, float]:
    """A part under the names of the place where it is put, and what is kept of it for those."""
    return _renamed(wanted, part) if isinstance(wanted, dict) and isinstance(part, dict) else (part, 1.0)


def _together(pairs: Sequence[tuple[Value, float]]) -> tuple[Parts, float]:
    return tuple(part for part, _ in pairs), min((kept for _, kept in pairs), default=1.0)


def _renamed(right: Mapping[Any, Value], got: Mapping[Any, Value]) -> tuple[Value, float]:
    """The parts under the right keys, where as many come under others: counted from 0, or with another prefix."""
    wanted, there = by_kind(right), by_kind(got)
    result, kept = dict(got), 1.0
    for kind, other in kinds_paired(wanted, there).items():
        keys, others = wanted[kind], there[other]
        if len(others) == len(keys) and set(others) != set(keys):
            result |= {key: got[name] for key, name in zip(keys, others, strict=True)}
            kept = FORM
    return result, kept


def counted_alike(like: Mapping[Any, Value], got: Mapping[Any, Value]) -> Mapping[Any, Value]:
    """The parts under the names of another result, of any number of layers; the same ones where they have these."""
    wanted, there = by_kind(like), by_kind(got)
    moved: dict[Any, Value] = {}
    for kind, other in kinds_paired(wanted, there).items():
        first = int(wanted[kind][0][len(kind) :])
        keys = [f"{kind}{number}" for number in range(first, first + len(there[other]))]
        if keys != there[other]:
            moved |= {key: got[name] for key, name in zip(keys, there[other], strict=True)}
    return {**got, **moved} if moved else got


def as_layers(like: Mapping[Any, Value], got: Value) -> dict[str, Value] | None:
    """The parts of a row under the names of a result of any number of layers; None where it is no row of all their arrays.

    >>> as_layers({"W1": 0, "b1": 0}, (np.eye(2), np.zeros(2), np.eye(2), np.zeros(2))).keys()
    dict_keys(['W1', 'b1', 'W2', 'b2'])
    """
    kinds = by_kind(like)
    if not isinstance(got, tuple | list) or len(kinds) < 2 or not got or len(got) % len(kinds):
        return None
    if not all(isinstance(part, np.ndarray) for part in got):
        return None
    first = min(int(keys[0][len(kind) :]) for kind, keys in kinds.items())
    names = [f"{kind}{number}" for number in range(first, first + len(got) // len(kinds)) for kind in kinds]
    return dict(zip(names, got, strict=True))


def kinds_paired(wanted: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """What stands before the numbers of right keys, with what stands there in its place.

    Names belong together where they end alike; where as many are left on both sides, each has one, which may begin alike.

    >>> kinds_paired(["dW", "db"], ["v_b", "v_W"])
    {'dW': 'v_W', 'db': 'v_b'}
    >>> kinds_paired(["W", "b"], ["bias", "weights"])
    {'W': 'weights', 'b': 'bias'}
    """
    pairs = {kind: kind for kind in wanted if kind in there}
    missing = [kind for kind in wanted if kind not in pairs]
    others = [kind for kind in there if kind not in pairs]
    as_many = len(missing) == len(others)
    for kind in missing:
        other = max(others, key=lambda name: (_alike_from(-1, kind, name), _alike_from(1, kind, name)), default="")
        if other and (as_many or _alike_from(-1, kind, other)):
            pairs[kind] = other
            others.remove(other)
    return pairs


def _alike_from(end: int, one: str, other: str) -> int:
    """How many letters two names have in common at their beginning, or, from -1, at their ends."""
    pairs = zip(one[::end].casefold(), other[::end].casefold(), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def by_kind(keys: Mapping[Any, Value]) -> dict[str, list[str]]:
    """The keys of a dictionary by what stands before their number, in the order of these."""
    kinds: dict[str, list[str]] = {}
    for key in keys:
        match = re.fullmatch(r"(\D+)\d{1,3}", key) if isinstance(key, str) else None
        if match:
            kinds.setdefault(match[1], []).append(key)
    return {kind: sorted(found, key=lambda key: int(key[len(kind) :])) for kind, found in kinds.items()}
