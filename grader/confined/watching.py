"""What a function draws from the usual random generators, and which arrays share memory: no result shows it.

The file stands beside student code like ``wire.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["PUBLIC", "drawn_by"]

Generator = tuple[Any, str, tuple[str, ...]]  # a module, its function, and the names of the function's parameters

_NORMAL = ("loc", "scale")


def after_changes_in_place(*dictionaries: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Add 1, 2, 4, 8, ... to one array after the other, in place: each should be changed by its own number alone.

    Examples
    --------
    >>> import numpy
    >>> same = numpy.zeros(1)
    >>> after_changes_in_place({"W1": numpy.zeros(1), "b1": same, "b2": same})
    ({'W1': array([1.]), 'b1': array([6.]), 'b2': array([6.])},)
    """
    number = 1
    for arrays in dictionaries:
        for name in sorted(arrays):
            changed = arrays[name]
            if hasattr(changed, "flags") and changed.flags.writeable and changed.dtype.kind in "fiu":
                changed += number
            number *= 2
    return dictionaries


PUBLIC = {"after_changes_in_place": after_changes_in_place}  # what a step may call without public code of an assignment


def drawn_by(np: Any, function: Callable[[], Any], *others: Generator) -> tuple[Any, list[Any]]:
    """What a function without arguments gives, and what it has drawn from the standard normal distribution.

    ``np.random.seed`` does nothing meanwhile: a constant that was copied from somewhere is not taken for a draw.

    Examples
    --------
    >>> import numpy
    >>> total, (drawn,) = drawn_by(numpy, lambda: numpy.random.randn(3).sum())
    >>> float(total) == float(drawn.sum())
    True
    """
    drawn: list[Any] = []
    usual = ((np.random, "randn", ()), (np.random, "standard_normal", ()), (np.random, "normal", _NORMAL))
    put = [(module, name, _noted(np, getattr(module, name), names, drawn)) for module, name, names in (*usual, *others)]
    put += [(np.random, name, _watched(np, getattr(np.random, name), drawn)) for name in ("default_rng", "RandomState")]
    put.append((np.random, "seed", lambda *_: None))
    kept = [(module, name, getattr(module, name)) for module, name, _ in put]
    try:
        for module, name, stand_in in put:
            setattr(module, name, stand_in)
        return function(), drawn
    finally:
        for module, name, own in kept:
            setattr(module, name, own)


def _noted(np: Any, function: Callable[..., Any], names: tuple[str, ...], drawn: list[Any]) -> Callable[..., Any]:
    """The function, whose result is written down where it is drawn from the standard normal distribution."""

    def draw(*args: Any, **kwargs: Any) -> Any:
        values = function(*args, **kwargs)
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        mean, scale = given.get("loc", given.get("mean", 0)), given.get("scale", given.get("stddev", 1))
        if np.all(np.equal(mean, 0)) and np.all(np.equal(scale, 1)):
            drawn.append(np.array(values))
        return values

    return draw


def _watched(np: Any, make: Callable[..., Any], drawn: list[Any]) -> type:
    """A generator whose draws are written down."""

    class Watched:
        def __init__(self, *args: Any) -> None:
            self._made = make(*args)

        def __getattr__(self, name: str) -> Any:
            function = getattr(self._made, name)
            normal = name in ("randn", "standard_normal", "normal")
            return _noted(np, function, _NORMAL if name == "normal" else (), drawn) if normal else function

    return Watched
