"""Whether a value is right: structure, shape, dtype, values — in this order, per output item.

A reply that equals the expected one bit by bit, or whose numbers lie within their tolerances under
an equal header, is right at once (:func:`agrees`). Only where that fails are both decoded and
walked side by side (:func:`problems`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

import numpy as np

from grader.confined.wire import Encoded, Opaque, decode
from grader.judging.cases import Expected
from grader.texts import say

__all__ = ["STAGES", "Item", "Problem", "agrees", "as_array", "items_of", "leaves", "problems", "where_text"]

Stage = Literal["structure", "shape", "dtype", "values"]
STAGES: tuple[Stage, ...] = ("structure", "shape", "dtype", "values")
Path = tuple[Any, ...]
_NUMBER = (int, float, complex, np.number)
_NUMERIC = (np.ndarray, *_NUMBER)


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing that is wrong with an item: the stage, the place, and the sentence.

    A sentence about numbers is made when somebody reads it: of a wrong solution judged under each alternative, most
    are never read.
    """

    stage: Stage
    path: Path
    text: str | Callable[[], str]
    place: tuple[int, ...] | None = None

    @property
    def message(self) -> str:
        """The sentence."""
        return self.text if isinstance(self.text, str) else self.text()


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a result that is judged by itself: one element of a tuple, or all keys ``dW{l}``."""

    name: str
    paths: tuple[Path, ...]


def items_of(value: Any, returns: str | Sequence[str]) -> tuple[Item, ...]:
    """The items of an expected value.

    Examples
    --------
    >>> [i.name for i in items_of({"dW1": 0, "db1": 0, "dW2": 0}, "grads")]
    ['dW{l}', 'db{l}']
    >>> [i.name for i in items_of((1, 2), ("Z", "cache"))]
    ['Z', 'cache']
    """
    if isinstance(value, dict) and value and isinstance(returns, str):
        groups: dict[str, list[Path]] = {}
        for key in value:
            groups.setdefault(key_item(key), []).append((key,))
        return tuple(Item(name, tuple(paths)) for name, paths in groups.items())
    if isinstance(value, tuple) and not isinstance(returns, str):
        return tuple(Item(name, ((number,),)) for number, name in enumerate(returns[: len(value)]))
    return (Item(returns if isinstance(returns, str) else returns[0], ((),)),)


def key_item(key: Any) -> str:
    """The item to which a dictionary's key belongs: digits at its end are the layer.

    Examples
    --------
    >>> key_item("dW12")
    'dW{l}'
    """
    return re.sub(r"\d+$", "{l}", str(key))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Numeric leaves of a value with their paths, in a fixed order (the order of its tolerances)."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from leaves(part, (*path, number))
    elif isinstance(value, np.ndarray) or (isinstance(value, _NUMBER) and not isinstance(value, bool)):
        yield path, value


def agrees(expected: Expected, got: Encoded) -> bool:
    """Whether a reply is right at first sight: equal headers, and numbers equal or within tolerance.

    False decides nothing; see :func:`problems`.
    """
    if got.header != expected.value.header:
        return False
    if got.payload == expected.value.payload:
        return True
    tolerances = _tolerance_per_number(expected)
    if tolerances is None:
        return False
    ours = np.frombuffer(expected.value.payload, np.float64)
    theirs = np.frombuffer(got.payload, np.float64)
    return bool((np.abs(theirs - ours) <= tolerances).all())


@lru_cache(maxsize=16384)
def _tolerance_per_number(expected: Expected) -> Any:
    """The tolerance of each number of the payload; None where the payload holds anything but float64."""
    found = [np.asarray(leaf) for _, leaf in leaves(decode(expected.value))]
    if any(leaf.dtype != np.float64 for leaf in found):
        return None
    vector = np.repeat(np.array(expected.tolerances), [leaf.size for leaf in found])
    return vector if 8 * vector.size == len(expected.value.payload) else None


def problems(
    expected: Any,
    got: Any,
    item: Item,
    tolerances: Mapping[Path, float],
    *,
    loose_dtype: bool = False,
    optional: bool = False,
) -> tuple[Problem | None, int]:
    """The first problem of an item at its earliest stage, and how many of its paths were present."""
    found: list[Problem] = []
    present = 0
    for path in item.paths:
        mine, theirs, missing = expected, got, False
        for key in path:
            mine = mine[key]
            try:
                theirs = theirs[key]
            except (KeyError, IndexError, TypeError):
                missing = True
        if missing:
            if not optional:
                keys = ", ".join(map(_short, list(got)[:12])) if isinstance(got, dict) else ""
                text = say("key", where="the result", key=path[0], found=keys or "none")
                found.append(Problem("structure", path, text))
            continue
        present += 1
        found.extend(_walk(mine, theirs, path, item.name, tolerances, loose_dtype))
    if not found:
        return None, present
    return min(found, key=lambda problem: STAGES.index(problem.stage)), present


def where_text(path: Path, root: str, index: tuple[int, ...] | None = None) -> str:
    """A place in words a student would write: ``grads["dW1"][0, 2]``.

    Examples
    --------
    >>> where_text(("dW1",), "dW{l}", (0, 2)), where_text((1, 0), "cache"), where_text((), "cost")
    ('dW1[0, 2]', 'cache[0]', 'cost')
    """
    if path and isinstance(path[0], str) and re.sub(r"\d+$", "{l}", path[0]) == root:
        text, rest = path[0], path[1:]
    else:
        text, rest = root, path[1:] if path and isinstance(path[0], int) else path
    text += "".join(f"[{key!r}]" for key in rest)
    return text + (f"[{', '.join(map(str, index))}]" if index else "")


def _walk(mine: Any, theirs: Any, path: Path, root: str, tolerances: Mapping[Path, float], loose: bool) -> Iterator[Problem]:
    where = where_text(path, root)
    mine, theirs = _plain_bool(mine), _plain_bool(theirs)
    if theirs is None and mine is not None:
        yield Problem("structure", path, say("none", where=where))
    elif isinstance(theirs, Opaque):
        text = "objects" if theirs.type_name == "numpy.ndarray" else "opaque"
        yield Problem("structure", path, say(text, where=where, got=theirs.type_name, expected=kind_of(mine)))
    elif isinstance(mine, dict):
        yield from _walk_dict(mine, theirs, path, root, tolerances, loose)
    elif isinstance(mine, list | tuple):
        if not isinstance(theirs, list | tuple):
            yield Problem("structure", path, say("type", where=where, got=kind_of(theirs), expected=kind_of(mine)))
        elif len(theirs) != len(mine):
            yield Problem("structure", path, say("length", where=where, got=len(theirs), expected=len(mine)))
        else:
            for number, (a, b) in enumerate(zip(mine, theirs, strict=True)):
                yield from _walk(a, b, (*path, number), root, tolerances, loose)
    elif isinstance(mine, _NUMERIC) and not isinstance(mine, bool):
        problem = _number_problem(mine, theirs, where, path, tolerances.get(path, 0.0), loose)
        if problem:
            yield problem
    elif isinstance(mine, set):
        members = _members(theirs)
        if not isinstance(members, set) or members != mine:
            yield Problem("values", path, say("set", where=where, got=_short(theirs), expected=_short(mine)))
    elif type(mine) is not type(theirs):
        yield Problem("structure", path, say("type", where=where, got=kind_of(theirs), expected=kind_of(mine)))
    elif mine != theirs:
        yield Problem("values", path, say("value", where=where, got=_short(theirs), expected=_short(mine)))


def _walk_dict(
    mine: dict[Any, Any], theirs: Any, path: Path, root: str, tolerances: Mapping[Path, float], loose: bool
) -> Iterator[Problem]:
    where = where_text(path, root)
    if not isinstance(theirs, dict):
        yield Problem("structure", path, say("type", where=where, got=kind_of(theirs), expected="a dictionary"))
        return
    for key, part in mine.items():
        if key in theirs:
            yield from _walk(part, theirs[key], (*path, key), root, tolerances, loose)
        else:
            found = ", ".join(map(_short, list(theirs)[:12])) or "none"
            yield Problem("structure", path, say("key", where=where, key=key, found=found))


def _plain_bool(value: Any) -> Any:
    """A truth value as Python's own, whether NumPy made it or not."""
    if isinstance(value, np.bool_) or (isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind == "b"):
        return bool(value)
    return value


def _members(value: Any) -> Any:
    """A set, or a list or tuple that stands for one; anything else stays what it is."""
    try:
        return set(value) if isinstance(value, list | tuple) else value
    except TypeError:  # it holds something that no set can hold
        return value


def as_array(number: Any) -> Any:
    """A number or an array as an array of numbers; an integer beyond 64 bits becomes a float."""
    array = np.asarray(number)
    if array.dtype.kind != "O":
        return array
    return np.asarray(float(number) if abs(number) < 2**1023 else np.copysign(np.inf, 1 if number > 0 else -1))


def kind_of(value: Any) -> str:
    """A value's kind in a student's words."""
    match value:
        case None:
            return "None"
        case Opaque(type_name=name):
            return say("an-object", name=name)
        case dict():
            return say("a-dictionary")
        case tuple():
            return say("a-tuple", count=len(value))
        case list():
            return say("a-list", count=len(value))
        case np.ndarray():
            return say("an-array", shape=value.shape)
        case bool():
            return say("a-truth")
        case int() | float() | np.number():
            return say("a-number")
        case str():
            return say("a-text")
        case set():
            return say("a-set")
    return say("a-value", name=type(value).__name__)


def _short(value: Any) -> str:
    """A value in at most 80 characters; a set in an order that does not depend on the run."""
    text = "{" + ", ".join(sorted(map(repr, value))) + "}" if isinstance(value, set) and value else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _number_problem(mine: Any, theirs: Any, where: str, path: Path, tolerance: float, loose: bool) -> Problem | None:
    scalar = not isinstance(mine, np.ndarray) or mine.ndim == 0
    if isinstance(theirs, bool) and loose:
        theirs = np.asarray(theirs)
    if not isinstance(theirs, _NUMERIC) or isinstance(theirs, bool):
        return Problem("structure", path, say("type", where=where, got=kind_of(theirs), expected=kind_of(mine)))
    ours, other = np.asarray(mine), as_array(theirs)
    if ours.shape != other.shape:
        expected = say("single-number") if scalar else str(ours.shape)
        return Problem("shape", path, say("shape", where=where, got=other.shape, expected=expected))
    if not _dtype_fits(ours, other, theirs, loose):
        return Problem("dtype", path, say("dtype", where=where, got=other.dtype, expected=ours.dtype))
    return _value_problem(ours, other, where, path, tolerance)


def _dtype_fits(ours: Any, other: Any, theirs: Any, loose: bool) -> bool:
    if loose:
        return other.dtype.kind in "biuf"
    if type(theirs) in (int, float):  # a Python scalar has no dtype to get wrong
        return True
    theirs_is: np.dtype[Any] = other.dtype
    if ours.dtype.kind in "iu":
        return theirs_is.kind in "iu"
    if ours.dtype.kind == "b":
        return theirs_is.kind == "b"
    return bool(theirs_is == ours.dtype)


def _value_problem(ours: Any, other: Any, where: str, path: Path, tolerance: float) -> Problem | None:
    if not ours.size:
        return None
    ours, other = ours.astype(np.float64), other.astype(np.float64)
    with np.errstate(all="ignore"):
        wrong = ~(np.abs(other - ours) <= tolerance)
    if not wrong.any():
        return None
    infinite = wrong & ~np.isfinite(other)
    first = infinite if infinite.any() else wrong
    place = tuple(int(i) for i in np.unravel_index(int(first.argmax()), first.shape))
    return Problem("values", path, partial(_value_text, ours, other, wrong, place, where, tolerance), place)


def _value_text(ours: Any, other: Any, wrong: Any, place: tuple[int, ...], where: str, tolerance: float) -> str:
    """How many numbers are wrong, by how much, and the first of them (the first nan or inf, if there is one)."""
    at = where + (f"[{', '.join(map(str, place))}]" if place else "")
    got, right = float(other[place]), float(ours[place])
    found, expected = f"{got:.10g}", f"{right:.10g}"
    if found == expected:
        found, expected = repr(got), repr(right)
    if not np.isfinite(got):
        return say("nan", where=where, what=repr(got), place=at, expected=expected)
    if ours.ndim == 0:
        return say("value", where=where, got=found, expected=expected)
    difference = np.abs(other - ours)[wrong]
    scale = np.abs(ours)[wrong]
    with np.errstate(all="ignore"):
        relative = f", relative {float(np.max(difference / scale)):.2g}" if (scale > 0).all() else ""
    return say(
        "values" if ours.size > 1 else "values-one",
        count=int(wrong.sum()),
        size=ours.size,
        where=where,
        tolerance=tolerance,
        largest=float(difference.max()),
        relative=relative,
        place=at,
        got=found,
        expected=expected,
    )
