"""The kinds of values that cross the wire beside those of Python and NumPy, and the ways into a value.

Like its neighbours the file needs the standard library and NumPy alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

__all__ = [
    "Code", "Framework", "Opaque", "Path", "Ref", "Tensor", "Unset", "Value", "WireError", "Yielded", "maker_of",
    "mapped", "member", "part_at", "reach",
]  # fmt: skip


Value = Any  # what travels: a student's value, or one that it is compared with
Path = tuple[Any, ...]  # indices and keys that lead to a part of a value


class WireError(Exception):
    """A value that cannot be encoded, bytes that do not decode to one, or something beyond a limit."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that only the student's code understands; it never leaves the worker.

    Of an ``np.matrix`` the numbers are known, too.
    """

    handle: int
    type_name: str
    array: np.ndarray[Any, Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"an object of type {self.type_name}"  # stands in sentences, among the parts of a set for one


@dataclass(frozen=True, slots=True)
class Unset:
    """Stands for what a call should have left behind, and has not: an attribute or a key that is not there."""


class Yielded(list[Any]):
    """What an iterator gave, a generator for one: a list of another form."""


class Tensor(np.ndarray[Any, Any]):
    """An array that is a tensor of a framework for the student's code: in the worker it becomes one, and comes from one.

    What is computed from it is an array like any other, and has no framework.

    Attributes
    ----------
    framework
        Name of the package, ``"torch"`` for one.
    requires_grad
        Whether gradients are to reach it; of a reply, whether they would.
    """

    framework = ""
    requires_grad = False

    def __new__(cls, array: Any, framework: str, requires_grad: bool = False) -> Tensor:
        made = np.asarray(array).view(cls)
        made.framework, made.requires_grad = framework, requires_grad
        return made


class Framework(Protocol):
    """What makes tensors of a framework in the worker (:mod:`grader.confined.tensors`)."""

    def make(self, tensor: Tensor) -> Any:
        """The framework's own object, which shares the memory of the array where that can be."""

    def read(self, value: Any) -> Tensor | None:
        """What a value of the framework's own types holds; None where it is no tensor, or one without plain numbers."""

    def linked(self, result: Any, inputs: list[Any], gradients: Callable[[Any], list[Any]]) -> Any:
        """A tensor from which gradients come to the inputs: ``gradients`` tells them, from those at the result."""

    def seed(self, number: int) -> None:
        """Put the framework's generator into a state."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An argument that is (a part of) the reply to an earlier step of the same case."""

    step: int
    path: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """An argument that is a function or another object: ``name(*args)`` of the assignment's public code makes it.

    ``Code("np.random.default_rng", (7,))`` needs no public code: a generator of NumPy's.
    """

    name: str
    args: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.args, tuple):
            raise WireError(f"Code({self.name!r}, ...) takes the arguments as a tuple: ({self.args!r:.80},)")


def maker_of(name: str, public: Callable[[str], Any]) -> Any:
    """What makes the object of a :class:`Code`: one of NumPy's generators, else the public code of that name."""
    return getattr(np.random, name[10:]) if name in ("np.random.default_rng", "np.random.RandomState") else public(name)


def part_at(value: Value, path: Path) -> Value:
    """The part of a value to which a path leads; a LookupError or a TypeError where there is none."""
    for key in path:
        value = value[key]
    return value


def mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    """A value with what is made of each of its parts that is no dictionary, list or tuple.

    >>> mapped({"W": [1, (2, 3)]}, float)
    {'W': [1.0, (2.0, 3.0)]}
    """
    if isinstance(value, dict):
        return {key: mapped(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [mapped(part, change) for part in value]
        return tuple(parts) if isinstance(value, tuple) else Yielded(parts) if isinstance(value, Yielded) else parts
    return change(value)


def reach(value: Any, path: Path) -> Any:
    """What a path leads to where a value is at home: parts, or attributes of what has no such part.

    The value may be an object of a student's, which may raise what it likes.
    """
    for key in path:
        try:
            value = value[key]
        except Exception:
            if type(key) is not str:
                raise
            value = getattr(value, key)
    return value


def member(made: Any, name: str, *args: Any) -> Any:
    """What a step does with an object: ``name=`` sets an attribute, a method is called, another attribute is read.

    Without a name it is the object.
    """
    if not name:
        return made
    if name.endswith("="):
        return setattr(made, name[:-1], *args)
    found = getattr(made, name)
    return found(*args) if callable(found) else found
