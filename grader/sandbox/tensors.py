"""Tensors of frameworks on this side of the wire: marked arrays, and whether a framework is installed.

The frameworks themselves are imported by confined workers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from grader.confined.kinds import Tensor, Value, mapped
from grader.confined.tensors import FRAMEWORKS
from grader.errors import HarnessError

__all__ = ["answer_in_tensors", "as_arrays", "as_tensors", "frameworks_here", "missing_framework", "missing_package"]


def as_arrays(value: Value) -> Value:
    """A value with plain arrays in the place of tensors.

    >>> type(as_arrays([Tensor(np.ones(2), "torch")])[0]).__name__
    'ndarray'
    """
    return mapped(value, lambda part: part.view(np.ndarray) if isinstance(part, Tensor) else part)


def as_tensors(value: Value, framework: str) -> Value:
    """A value with tensors in the place of numbers and arrays of numbers; the same where the framework is empty.

    A float of Python's, which has no dtype, has single precision, as it has in the frameworks.

    >>> as_tensors({"cost": 0.5}, "torch")["cost"].dtype
    dtype('float32')
    """

    def tensor(part: Value) -> Value:
        if isinstance(part, bool) or not isinstance(part, int | float | np.number | np.ndarray):
            return part
        return Tensor(np.float32(part) if type(part) is float else part, framework)

    return mapped(value, tensor) if framework else value


def answer_in_tensors(function: Callable[..., Value], args: Value, kwargs: Mapping[str, Value], framework: str) -> Value:
    """What a reference in NumPy answers to a question about tensors; with gradients at the result, those at the arguments.

    Where gradients are wanted, the keyword that is no name, ``""``, holds those at the result.
    """
    given = {name: value for name, value in kwargs.items() if name}
    if "" not in kwargs:
        return as_tensors(function(*as_arrays(args), **as_arrays(given)), framework)
    return as_tensors(_gradients(function, args, given, np.asarray(kwargs[""], np.float64)), framework)


_STEP = 1e-5


def _gradients(function: Callable[..., Value], args: Value, kwargs: Mapping[str, Value], upstream: Any) -> list[Value]:
    """By central differences in double precision, of the tensors that require gradients, in the order of the wire."""
    args, kwargs = _doubled((args, kwargs))
    found: list[Value] = []
    for tensor in _tracked([*args, kwargs]):
        gradient = np.zeros(tensor.shape)
        for place in np.ndindex(tensor.shape):
            kept = tensor[place]
            ends = []
            for moved in (kept + _STEP, kept - _STEP):
                tensor[place] = moved
                ends.append(np.sum(upstream * np.asarray(function(*as_arrays(args), **as_arrays(kwargs)))))
            tensor[place] = kept
            gradient[place] = (ends[0] - ends[1]) / (2 * _STEP)
        found.append(gradient.astype(np.float32))
    return found


def _doubled(value: Value) -> Value:
    """A copy with tensors of double precision in the place of those of single precision."""

    def doubled(part: Value) -> Value:
        if not isinstance(part, Tensor) or part.dtype.kind != "f":
            return part
        return Tensor(np.array(part, np.float64), part.framework, part.requires_grad)

    return mapped(value, doubled)


def _tracked(value: Value) -> Iterator[Tensor]:
    match value:
        case Tensor() if value.requires_grad:
            yield value
        case dict():
            yield from _tracked(list(value.values()))
        case list() | tuple():
            for part in value:
                yield from _tracked(part)


def missing_package(name: str) -> HarnessError:
    """The error of an assignment that needs a package which is not installed."""
    if name in FRAMEWORKS:
        return HarnessError(f"this assignment needs {FRAMEWORKS[name]}, which is {missing_framework(name)}")
    return HarnessError(f"this assignment needs the package {name!r}, which is not installed here: pip install {name}")


def missing_framework(name: str) -> str:
    """How to come to a framework that is not there.

    >>> missing_framework("torch")
    "not installed here: python -m pip install 'numpy-course-grader[torch]'"
    """
    return f"not installed here: python -m pip install 'numpy-course-grader[{name}]'"


def frameworks_here() -> dict[str, str]:
    """The version of each framework that is installed, by its package; empty where it is not. None is imported."""
    from importlib.metadata import PackageNotFoundError, version  # 6 ms, for 'doctor' alone

    found = {}
    for name in FRAMEWORKS:
        found[name] = ""
        for distribution in (name, f"{name}-cpu"):  # TensorFlow without the parts for graphics cards has another name
            with suppress(PackageNotFoundError):
                found[name] = version(distribution)
    return found
