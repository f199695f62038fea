"""Walks into values: all parts with their paths, the numbers among them, the number at a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.confined.kinds import Path, Value, part_at

__all__ = [
    "as_array",
    "as_reals",
    "characters",
    "count_numbers",
    "differences",
    "largest",
    "leaves",
    "letters",
    "number_at",
    "part_or_none",
    "parts_of",
    "same_letters",
    "same_numbers",
    "shape_and_bytes",
    "walk",
]

NUMBER = (int, float, complex, np.number)
NUMERIC = (np.ndarray, *NUMBER)


def walk(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """A value and all that its dictionaries, lists and tuples hold, each with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from walk(part, (*path, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from walk(part, (*path, number))


def parts_of(value: Value) -> Iterator[Value]:
    """A value and all that it holds."""
    return (part for _, part in walk(value))


def leaves(value: Value, path: Path = ()) -> list[tuple[Path, Value]]:
    """Numeric leaves of a value with their paths, in a fixed order (the order of its tolerances)."""
    found: list[tuple[Path, Value]] = []
    _collect(value, path, found)
    return found


def _collect(value: Value, path: Path, found: list[tuple[Path, Value]]) -> None:
    """Not by way of :func:`walk`: a wrong result asks for its leaves thousands of times."""
    if isinstance(value, np.ndarray):
        found.append((path, value))
    elif isinstance(value, dict):
        for key, part in value.items():
            _collect(part, (*path, key), found)
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            _collect(part, (*path, number), found)
    elif isinstance(value, NUMBER) and not isinstance(value, bool):
        found.append((path, value))


def count_numbers(value: Value) -> int:
    """How many numbers a value holds."""
    return sum(int(np.size(leaf)) for _, leaf in leaves(value))


def characters(value: Value) -> int:
    """How long the numbers of a value are when they are written down.

    >>> characters((np.array([0.5, 3.0]), {"n": 12}))
    8
    """
    return sum(len(repr(number)) for _, leaf in leaves(value) for number in np.ravel(leaf).tolist())


def letters(text: str) -> str:
    """What a text says, however it is written: its letters and digits, all of them small.

    >>> letters("High_bias.")
    'highbias'
    """
    return "".join(filter(str.isalnum, text.casefold()))


def same_letters(one: Value, other: Value) -> bool:
    """Whether two texts, or two sets of texts, say the same and are written in another way."""
    if isinstance(one, str) and isinstance(other, str):
        return one != other and letters(one) == letters(other) != ""
    texts = [isinstance(some, set | frozenset) and all(isinstance(part, str) for part in some) for some in (one, other)]
    return all(texts) and one != other and {*map(letters, one)} == {*map(letters, other)} and len(one) == len(other)


def part_or_none(value: Value, path: Path) -> Value:
    """The part at a path; None where there is none."""
    try:
        return part_at(value, path)
    except (LookupError, TypeError):
        return None


def number_at(value: Value, path: Path, kinds: str = "biuf") -> np.ndarray[Any, Any] | None:
    """The number or array at a path, as an array; None where there is none of these kinds of dtypes."""
    part = part_or_none(value, path)
    if not isinstance(part, NUMERIC):
        return None
    array = as_array(part)
    return array if array.dtype.kind in kinds else None


def as_array(number: Value) -> np.ndarray[Any, Any]:
    """A number or an array as an array of numbers; an integer beyond 64 bits becomes a float."""
    array = np.asarray(number)
    if array.dtype.kind != "O":
        return array
    return np.asarray(float(number) if abs(number) < 2**1023 else np.copysign(np.inf, 1 if number > 0 else -1))


def largest(number: Value) -> float:
    """The largest size of a number or of an array's numbers, but for what is infinite or no number."""
    sizes = np.abs(number)
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def differences(right: np.ndarray[Any, Any], got: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How far numbers lie apart: not at all where both are nan or the same infinity, and infinitely where only one is."""
    with np.errstate(all="ignore"):
        away: np.ndarray[Any, Any] = np.abs(got - right)
        if np.isfinite(away).all():
            return away
        same = (got == right) | (np.isnan(got) & np.isnan(right))
        return np.where(same, 0.0, np.where(np.isnan(away), np.inf, away))


def as_reals(right: np.ndarray[Any, Any], *others: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """Arrays of real numbers, a first one of complex numbers and those beside it with their two parts in a further axis."""
    if right.dtype.kind != "c":
        return [right, *others]
    return [np.stack([part.real, part.imag], axis=-1) for part in (right, *others)]


def same_numbers(one: Value, other: Value, tolerances: Mapping[Path, float] = MappingProxyType({})) -> bool:
    """Whether two values hold the same numbers in the same places, but for rounding or what is allowed at a place."""
    first, second = dict(leaves(one)), dict(leaves(other))
    return first.keys() == second.keys() and all(
        _is_near(first[path], second[path], tolerances.get(path, 0.0)) for path in first
    )


def _is_near(one: Value, other: Value, allowed: float) -> bool:
    first, second = as_array(one), as_array(other)
    near = partial(np.allclose, rtol=1e-9, atol=max(1e-12, allowed), equal_nan=True)
    return first.shape == second.shape and bool(near(first, second))


def shape_and_bytes(leaf: Value) -> tuple[tuple[int, ...], bytes]:
    """What two equal arrays have in common."""
    array = np.asarray(leaf)
    return array.shape, array.tobytes()
