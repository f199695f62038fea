"""Whether a value is right: structure, shape, dtype, values — in this order, per output item.

A reply that equals the expected one bit by bit, or whose numbers lie within their tolerances under
an equal header, is right at once (:func:`agrees`). Only where that fails are both decoded and
walked side by side (:func:`first_problem`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from grader import sentences
from grader.confined.kinds import Opaque, Path, Tensor, Unset, Value, Yielded, part_at
from grader.confined.tensors import FRAMEWORKS
from grader.confined.wire import Encoded
from grader.judging.cases import Expected
from grader.judging.values import NUMERIC, as_array, differences, same_letters
from grader.spec import Function

__all__ = [
    "STAGES",
    "Item",
    "Problem",
    "Stage",
    "agrees",
    "element_text",
    "first_problem",
    "is_right",
    "items_of",
    "key_item",
    "kind_of",
]

Stage = Literal["structure", "shape", "dtype", "values"]
STAGES: tuple[Stage, ...] = ("structure", "shape", "dtype", "values")
_Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing that is wrong with an item: the stage, the place, and the sentence.

    ``where`` is the path in words, ``place`` the index of the element there.

    A sentence about numbers is made when somebody reads it: of a wrong solution judged under each alternative, most
    are never read.
    """

    stage: Stage
    path: Path
    text: str | Callable[[], str]
    place: tuple[int, ...] | None = None
    where: str = ""

    @property
    def message(self) -> str:
        """The sentence."""
        return self.text if isinstance(self.text, str) else self.text()


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a result that is judged by itself: one element of a tuple, or all keys ``dW{l}``."""

    name: str
    paths: tuple[Path, ...]

    def where(self, path: Path, parts: Sequence[str] = ()) -> str:
        """A place in the item as a student would write it.

        Parameters
        ----------
        path
            The way there from the whole result.
        parts
            Names of the parts of each element, where the item is a list of tuples.

        Examples
        --------
        >>> Item("dW{l}", (("dW1",),)).where(("dW1",)), Item("cache", ((1,),)).where((1, 0))
        ('dW1', 'cache[0]')
        >>> Item("batches", ((),)).where((2, 0)), Item("batches", ((),)).where((2, 0), ("X", "Y"))
        ('batches[2][0]', 'X of batches[2]')
        """
        start = next((p for p in self.paths if path[: len(p)] == p), ())
        root = start[0] if start and isinstance(start[0], str) else self.name
        keys = path[len(start) :]
        if len(keys) == 2 and isinstance(keys[1], int) and keys[1] < len(parts):
            return f"{parts[keys[1]]} of {root}[{keys[0]!r}]"
        return root + "".join(f"[{key!r}]" for key in keys)


def items_of(value: Value, returns: str | Sequence[str]) -> tuple[Item, ...]:
    """The items of an expected value; a dictionary under other keys than names is one item.

    Examples
    --------
    >>> [i.name for i in items_of({"dW1": 0, "db1": 0, "dW2": 0}, "grads")]
    ['dW{l}', 'db{l}']
    >>> [i.name for i in items_of((1, 2), ("Z", "cache"))]
    ['Z', 'cache']
    """
    if isinstance(value, dict) and value and isinstance(returns, str) and all(isinstance(key, str) for key in value):
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


def element_text(where: str, index: tuple[int, ...] | None) -> str:
    """An element of an array in words: ``dW1[0, 2]``."""
    whole = f"({where})" if " " in where else where
    return f"{whole}[{', '.join(map(str, index))}]" if index else where


# Types that usually hold numbers: what stayed in the worker holds objects, or is sparse.
_OF_NUMBERS = frozenset({"numpy.ndarray", "torch.Tensor"})


def kind_of(value: Value) -> str:
    """A value's kind in a student's words."""
    match value:
        case None | Unset():
            return "None"
        case Opaque(type_name=name):
            return f"an object of type {name}"
        case dict():
            return "a dictionary"
        case tuple():
            return f"a tuple of {len(value)}"
        case Yielded():
            return f"an iterator of {len(value)}"
        case list():
            return f"a list of {len(value)}"
        case Tensor(framework=str() as framework) if framework:
            return f"a {FRAMEWORKS.get(framework, 'foreign')} tensor of shape {value.shape}"
        case np.ndarray():
            return f"an array of shape {value.shape}"
        case bool():
            return "True or False"
        case int() | float() | np.number():
            return "a number"
        case complex():
            return "a complex number"
        case str():
            return "a text"
        case set() | frozenset():
            return "a set"
    return f"a value of type {type(value).__name__}"


# -- at first sight ----------------------------------------------------------------------


def agrees(expected: Expected, got: Encoded) -> bool:
    """Whether a reply is right at first sight: equal headers, and numbers equal or within tolerance.

    False decides nothing; see :func:`first_problem`.
    """
    if got.header != expected.value.header:
        return False
    if got.payload == expected.value.payload:
        return True
    tolerances = expected.tolerance_per_number
    if tolerances is None:
        return False
    differences = np.frombuffer(got.payload, np.float64) - np.frombuffer(expected.value.payload, np.float64)
    return bool((np.abs(differences) <= tolerances).all())


# -- side by side ------------------------------------------------------------------------


def first_problem(
    spec: Function, item: Item, expected: Value, got: Value, tolerances: Mapping[Path, float], *, loose: bool = False
) -> Problem | None:
    """The first problem of an item at its earliest stage; a random item has no right number, a ``loose`` one no dtype."""
    problems = _problems(spec, item, expected, got, tolerances, loose=loose)
    problem = min(problems, key=lambda problem: STAGES.index(problem.stage), default=None)
    return None if problem is None else replace(problem, where=item.where(problem.path, spec.parts))


def is_right(spec: Function, item: Item, expected: Value, got: Value, tolerances: Mapping[Path, float]) -> bool:
    """Whether there is no :func:`first_problem`; who does not ask which one it is waits for no other."""
    return next(_problems(spec, item, expected, got, tolerances), None) is None


def _problems(
    spec: Function, item: Item, expected: Value, got: Value, tolerances: Mapping[Path, float], *, loose: bool = False
) -> Iterator[Problem]:
    walk = _Walk(item, spec.parts, tolerances, loose or item.name in spec.loose_dtype)
    for path in item.paths:
        try:
            part = part_at(got, path)
        except (LookupError, TypeError):
            if item.name not in spec.optional:
                yield Problem("structure", path, sentences.key_problem("the result", path[0], _keys(got)))
        else:
            found = walk.problems(part_at(expected, path), part, path)
            yield from (one for one in found if one.stage != "values" or item.name not in spec.random)


def _keys(value: Value) -> list[str]:
    return list(map(_short, list(value)[:12])) if isinstance(value, dict) else []


@dataclass(frozen=True, slots=True)
class _Walk:
    """What stays the same while two values are walked side by side."""

    item: Item
    parts: tuple[str, ...]
    tolerances: Mapping[Path, float]
    loose: bool

    def problems(self, right: Value, got: Value, path: Path) -> Iterator[Problem]:
        """All places in which a value differs from the right one."""
        if self.is_right_array(right, got, path):
            return
        where = self.item.where(path, self.parts)
        right, got = _plain_bool(right), _plain_bool(got)
        if isinstance(right, Unset) and (got is None or isinstance(got, Unset)):
            return
        if isinstance(got, Unset):
            yield Problem("structure", path, sentences.unset_problem(where))
        elif got is None and right is not None:
            yield Problem("structure", path, sentences.none_problem(where))
        elif isinstance(got, Opaque):
            sentence = sentences.objects_problem if got.type_name in _OF_NUMBERS else sentences.type_problem
            yield Problem("structure", path, sentence(where, got.type_name, kind_of(right)))
        elif isinstance(right, dict | list | tuple):
            yield from self.container(right, got, path, where)
        elif isinstance(right, NUMERIC) and not isinstance(right, bool):
            problem = _number_problem(right, got, where, path, self.tolerances.get(path, 0.0), self.loose)
            if problem:
                yield problem
        elif isinstance(right, set):
            if not isinstance(got, set):
                yield _kind_problem(right, got, path, where)
            elif got != right:
                yield _text_problem(right, got, path, where)
        elif type(right) is not type(got):
            yield _kind_problem(right, got, path, where)
        elif right != got:
            yield _text_problem(right, got, path, where)

    def is_right_array(self, right: Value, got: Value, path: Path) -> bool:
        """What most parts are: an array of the right shape and type whose numbers lie within their tolerance."""
        if not type(right) is type(got) is np.ndarray or right.shape != got.shape:
            return False
        if not right.dtype == got.dtype == np.float64:
            return False
        with np.errstate(all="ignore"):
            return bool((np.abs(got - right) <= self.tolerances.get(path, 0.0)).all())

    def container(self, right: Value, got: Value, path: Path, where: str) -> Iterator[Problem]:
        """The same of dictionaries, lists and tuples; a list is as good as a tuple."""
        alike = isinstance(got, dict if isinstance(right, dict) else list | tuple)
        if not alike or isinstance(right, Yielded) != isinstance(got, Yielded):
            yield _kind_problem(right, got, path, where)
        elif isinstance(right, dict):
            for key, part in right.items():
                if key in got:
                    yield from self.problems(part, got[key], (*path, key))
                else:
                    yield Problem("structure", path, sentences.key_problem(where, key, _keys(got)))
        elif len(got) != len(right):
            yield Problem("structure", path, sentences.length_problem(where, len(got), len(right)))
        else:
            for number, (a, b) in enumerate(zip(right, got, strict=True)):
                yield from self.problems(a, b, (*path, number))


def result_problem(expected: Value, got: Value) -> Problem | None:
    """A result that is not the tuple or dictionary that it should be."""
    where = sentences.THE_RESULT
    if got is None and expected is not None:
        return Problem("structure", (), sentences.none_problem(where))
    if isinstance(expected, tuple | dict):
        if not isinstance(got, dict if isinstance(expected, dict) else tuple | list) or isinstance(got, Yielded):
            return _kind_problem(expected, got, (), where)
        if isinstance(expected, tuple) and len(got) != len(expected):
            return Problem("structure", (), sentences.length_problem(where, len(got), len(expected)))
    return None


def _kind_problem(right: Value, got: Value, path: Path, where: str) -> Problem:
    return Problem("structure", path, sentences.value_problem(where, kind_of(got), kind_of(right)))


def _text_problem(right: Value, got: Value, path: Path, where: str) -> Problem:
    sentence = sentences.spelling_problem if same_letters(right, got) else sentences.value_problem
    return Problem("values", path, sentence(where, _short(got), _short(right)))


def _plain_bool(value: Value) -> Value:
    """A truth value as Python's own, whether NumPy made it or not."""
    if isinstance(value, np.bool_) or (isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind == "b"):
        return bool(value)
    return value


def _short(value: Value) -> str:
    """A value in at most 80 characters; a set in an order that does not depend on the run."""
    text = "{" + ", ".join(sorted(map(repr, value))) + "}" if isinstance(value, set | frozenset) and value else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# -- numbers -----------------------------------------------------------------------------


def _number_problem(right: Value, got: Value, where: str, path: Path, tolerance: float, loose: bool) -> Problem | None:
    if isinstance(got, bool) and loose:
        got = np.asarray(got)
    if not isinstance(got, NUMERIC) or isinstance(got, bool):
        return _kind_problem(right, got, path, where)
    if getattr(right, "framework", "") != getattr(got, "framework", ""):
        return _kind_problem(right, got, path, where)
    ours, other = np.asarray(right), as_array(got)
    if ours.shape != other.shape:
        return Problem("shape", path, sentences.shape_problem(where, other.shape, ours.shape or sentences.SINGLE_NUMBER))
    if not _dtype_fits(ours, other, got, loose):
        return Problem("dtype", path, sentences.dtype_problem(where, other.dtype, ours.dtype))
    return _value_problem(ours, other, where, path, tolerance)


def _dtype_fits(ours: _Array, other: _Array, got: Value, loose: bool) -> bool:
    if loose:
        return other.dtype.kind in ("biufc" if ours.dtype.kind == "c" else "biuf")
    if type(got) in (int, float) or (type(got) is complex and ours.dtype.kind == "c"):
        return True  # a Python scalar has no dtype to get wrong
    if ours.dtype.kind in "iu":
        return other.dtype.kind in "iu"
    if ours.dtype.kind == "b":
        return bool(other.dtype.kind == "b")
    return bool(other.dtype == ours.dtype)


def _value_problem(ours: _Array, other: _Array, where: str, path: Path, tolerance: float) -> Problem | None:
    if not ours.size:
        return None
    kind = np.complex128 if "c" in (ours.dtype.kind, other.dtype.kind) else np.float64
    ours, other = ours.astype(kind), other.astype(kind)
    wrong = ~(differences(ours, other) <= tolerance)
    if not wrong.any():
        return None
    infinite = wrong & ~np.isfinite(other)
    first = infinite if infinite.any() else wrong
    place = tuple(int(i) for i in np.unravel_index(int(first.argmax()), first.shape))
    return Problem("values", path, partial(_value_text, ours, other, wrong, place, where, tolerance), place)


def _value_text(ours: _Array, other: _Array, wrong: _Array, place: tuple[int, ...], where: str, tolerance: float) -> str:
    """How many numbers are wrong, by how much, and the first of them (the first nan or inf, if there is one)."""
    at_place = element_text(where, place)
    got, right = (array[place].item() + 0 for array in (other, ours))  # no zero with a minus
    texts = (f"{got:.10g}", f"{right:.10g}")
    if texts[0] == texts[1]:
        texts = (repr(got), repr(right))
    if not np.isfinite(got):
        return sentences.no_number(where, repr(got), at_place, texts[1])
    if ours.ndim == 0:
        return sentences.value_problem(where, *texts)
    measured = wrong & np.isfinite(ours)
    difference, scale = np.abs(other - ours)[measured], np.abs(ours)[measured]
    with np.errstate(all="ignore"):
        relative = float(np.max(difference / scale)) if difference.size and (scale > 0).all() else None
    most = float(difference.max()) if difference.size else None
    measures = sentences.measures_of(most, relative, tolerance, several=ours.size > 1)
    return sentences.values_problem(at_place, *texts, where, int(wrong.sum()), ours.size, measures)
