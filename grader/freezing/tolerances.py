"""How much rounding a right solution may show: derived when freezing, never guessed (see ``docs/design/drawing.md``)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from grader.confined.kinds import Path, Tensor, Value, WireError, mapped, part_at
from grader.confined.wire import decode, encode
from grader.errors import SpecError
from grader.freezing.author import Author, call, placed
from grader.freezing.refused import check_values
from grader.judging.cases import Expected
from grader.judging.compare import items_of
from grader.judging.values import differences, largest, leaves, shape_and_bytes
from grader.sandbox.tensors import as_tensors
from grader.spec import Code, Function

__all__ = ["as_wide", "expected_of"]

ULP_COPIES = 3
DEVIATIONS = 100.0
FLOOR = 1e-12
LIMIT = 1e-7
RELATIVE_MARGIN = 10.0
GUARDED = 1e-4
COARSE_LIMIT = 1e-2  # of cases in single precision
_EPSILON = np.finfo(np.float64).eps
_MOVED = "on inputs that are moved by a unit in the last place"
_NO_NUMBER = float(np.finfo(np.float64).max)  # how far a number is from what is none
_OF_FLOOR = 0.02  # the floor is 4,500 units in the last place of double precision, and 90 of a coarser one


def expected_of(
    author: Author,
    spec: Function,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    given: Mapping[str, Code],
    after: tuple[Path, ...] = (),
    *,
    with_styles: bool,
    within_guards: bool = False,
    forms: Sequence[Callable[..., Any]] = (),
) -> Expected | str:
    """The right value with derived tolerances; why a case is ill-conditioned where it is.

    A guard that is far away is another convention; ``within_guards`` gives up the case on which it would not pass, and
    neither would it in one of the other ``forms`` that are right.
    """
    framework = author.loaded.spec.tensors
    try:
        encoded = encode(as_tensors(call(author, function, args, given, after), framework), opaque=lambda _: 0)
    except WireError as error:
        raise SpecError(f"{spec.name}: the reference's value cannot be encoded: {error}") from error
    right = decode(encoded)
    check_values(spec, right)
    numbers = dict(leaves(right))
    judged = _judged_paths(spec, right)
    if with_styles:
        _check_seed(spec, right, call(author, function, args, given, after, seed=1), judged)
    deviation, how = dict.fromkeys(numbers, 0.0), dict.fromkeys(numbers, "")
    generator = np.random.default_rng(1)
    others = [(_MOVED, call(author, function, _nudged(args, generator), given, after)) for _ in range(ULP_COPIES)]
    for style in author.styles.get(spec.name, ()) if with_styles else ():
        others.append((f"in the style {placed(author, style)}", call(author, style, args, given, after)))
        _check_style(author, spec, style, right, others[-1][1])
    for name, other in others:
        for path, found in _deviations(right, other, judged, _optional_paths(spec, right)).items():
            if found > deviation[path]:
                deviation[path], how[path] = found, name
    again = partial(call, author, args=args, given=given, after=after)
    guards = author.variants(spec.name, spec.guards)
    guarded, beyond = _made_by_guards(spec, right, judged, map(again, guards), map(again, forms if guards else ()))
    # Where anything has single precision, a right solution may compute in it.
    coarse = max(map(_coarseness, [*numbers.values(), *(leaf for _, leaf in leaves(args))]))
    tolerances = []
    for path, leaf in numbers.items():
        tolerance = _tolerance(spec, leaf, deviation[path], coarse) if path in judged else np.inf
        if tolerance is None:
            return _why_ill(_item_at(spec, right, path), deviation[path], how[path])
        if within_guards and beyond[path] > tolerance:
            return _why_ill(_item_at(spec, right, path), beyond[path], "with a guard")
        tolerances.append(max(tolerance, 1.5 * guarded[path]))
    return Expected(encoded, tuple(tolerances))


def _made_by_guards(
    spec: Function, right: Value, judged: frozenset[Any], guarded: Iterable[Value], forms: Iterable[Value]
) -> tuple[dict[Path, float], dict[Path, float]]:
    """How far guards move each number: those that are near it, and those that are not, and are of no other form either."""
    numbers, others = dict(leaves(right)), list(forms)
    near, beyond = dict.fromkeys(numbers, 0.0), dict.fromkeys(numbers, 0.0)
    for result in guarded:
        found = _deviations(right, result, judged)
        for path, deviation in found.items():
            if _is_near(deviation, numbers[path]):
                near[path] = max(near[path], deviation)
        # Of the same form, or it looks so: layers may have one shape.
        far = {path: d for path, d in found.items() if d < np.inf and not _is_near(d, numbers[path])}
        if far and not any(_is_guard_of(spec, form, result) for form in others):
            beyond |= {path: max(beyond[path], deviation) for path, deviation in far.items()}
    return near, beyond


def _is_near(deviation: float, right: Value) -> bool:
    """Whether a guard makes no more of a number than this."""
    return deviation <= GUARDED * max(1.0, largest(right))


def _is_guard_of(spec: Function, right: Value, guarded: Value) -> bool:
    numbers = dict(leaves(right))
    found = _deviations(right, guarded, _judged_paths(spec, right))
    return all(_is_near(deviation, numbers[path]) for path, deviation in found.items())


def _why_ill(item: str, deviation: float, how: str) -> str:
    """Why there is no right value of an item that could be asked for."""
    away = f"differs by {deviation:.2g}" if deviation < _NO_NUMBER else "changes between a number and nan or infinity"
    return f"{item} {away} {how}"


def _check_seed(spec: Function, right: Any, again: Any, judged: frozenset[Any]) -> None:
    """A SpecError where the reference gives other values from another state of the random generator."""
    for path, found in _deviations(right, again, judged).items():
        if found > 1e-7 * max(1.0, largest(dict(leaves(right))[path])):
            item = _item_at(spec, right, path)
            raise SpecError(f"{spec.name}: {item!r} is random: another seed gives another value; name it in random=")


def _coarseness(leaf: Any) -> float:
    """How many times coarser than double precision the numbers of a leaf are; 1 where they are no floats."""
    dtype = np.asarray(leaf).dtype
    return max(1.0, float(np.finfo(dtype).eps / _EPSILON)) if dtype.kind in "fc" else 1.0


def _tolerance(spec: Function, leaf: Any, deviation: float, coarse: float) -> float | None:
    """Absolute tolerance of one number or array; None where right solutions differ by too much."""
    if np.asarray(leaf).dtype.kind not in "fc":
        return 0.0
    most = largest(leaf)
    if spec.relative or spec.absolute:  # the contract's own: rounding stays well inside the one, or inside the other
        allowed = spec.relative * most
        return allowed + spec.absolute if RELATIVE_MARGIN * max(0.0, deviation - spec.absolute) <= allowed else None
    scale = max(1.0, most)
    tolerance = max(DEVIATIONS * deviation, FLOOR * scale * (coarse if coarse == 1 else coarse * _OF_FLOOR))
    return tolerance if tolerance <= (LIMIT if coarse == 1 else COARSE_LIMIT) * scale else None


def as_wide(other: Expected, reference: Expected) -> Expected:
    """An alternative whose numbers are the reference's own in another form gets its tolerances as well.

    The declared styles, which have the reference's form, widen only those.
    """
    known = {
        shape_and_bytes(leaf): tolerance
        for (_, leaf), tolerance in zip(leaves(decode(reference.value)), reference.tolerances, strict=True)
    }
    widened = (
        max(tolerance, known.get(shape_and_bytes(leaf), 0.0))
        for (_, leaf), tolerance in zip(leaves(decode(other.value)), other.tolerances, strict=True)
    )
    return Expected(other.value, tuple(widened))


def _judged_paths(spec: Function, value: Any) -> frozenset[tuple[Any, ...]]:
    """Paths of the numbers that are compared by value."""
    free = spec.random | spec.opaque
    paths: list[tuple[Any, ...]] = []
    for item in items_of(value, spec.items):
        if item.name not in free:
            for start in item.paths:
                paths.extend(path for path, _ in leaves(part_at(value, start), start))
    return frozenset(paths)


def _nudged(value: Any, generator: np.random.Generator) -> Any:
    """A copy in which every float of an array is moved by at most one unit in the last place, both parts of complex ones.

    Whole numbers stay: a label is exactly 0 or 1. Of an object that was made the attributes are moved.
    """

    def nudged(part: Any) -> Any:
        part = np.asarray(part) if isinstance(part, Tensor) else part
        if isinstance(part, np.ndarray) and part.dtype.kind == "c":
            return (nudged(part.real) + 1j * nudged(part.imag)).astype(part.dtype)
        if isinstance(part, np.ndarray) and part.dtype.kind == "f":
            signs = generator.integers(-1, 2, part.shape) * (part != np.rint(part))
            return (part * (1.0 + signs * np.finfo(part.dtype).eps)).astype(part.dtype)
        if hasattr(part, "__dict__") and not callable(part):
            moved = copy.copy(part)
            vars(moved).update(_nudged(dict(vars(part)), generator))
            return moved
        return part

    return mapped(value, nudged)


def _optional_paths(spec: Function, value: Any) -> frozenset[tuple[Any, ...]]:
    """Paths that a right solution may leave out."""
    items = [item for item in items_of(value, spec.items) if item.name in spec.optional]
    return frozenset(path for item in items for path in item.paths)


def _deviations(right: Any, other: Any, judged: frozenset[Any], optional: frozenset[Any] = frozenset()) -> dict[Any, float]:
    """Largest absolute difference per numeric leaf; infinite where the other has another form.

    Where one alone is no number, they differ by as much as numbers can.
    """
    theirs = dict(leaves(decode(encode(other, opaque=lambda _: 0))))
    found = {}
    for path, leaf in leaves(right):
        if path not in judged or (path in optional and path not in theirs):
            continue
        mine, that = np.asarray(leaf), np.asarray(theirs.get(path, ()))
        if path not in theirs or mine.shape != that.shape:
            found[path] = np.inf
        else:
            wide = np.complex128 if "c" in (mine.dtype.kind, that.dtype.kind) else np.float64
            most = float(np.max(differences(mine.astype(wide), that.astype(wide)), initial=0.0))
            found[path] = min(most, _NO_NUMBER)
    return found


def _item_at(spec: Function, value: Any, path: tuple[Any, ...]) -> str:
    """The item of a result in which a number stands."""
    return next(i.name for i in items_of(value, spec.items) if any(path[: len(start)] == start for start in i.paths))


def _check_style(author: Author, spec: Function, style: Callable[..., Any], right: Any, styled: Any) -> None:
    """A declared right style must agree with the reference before it may widen a tolerance."""
    for path, found in _deviations(right, styled, _judged_paths(spec, right), _optional_paths(spec, right)).items():
        if not found <= max(1e-6, 1e-6 * largest(dict(leaves(right))[path]), spec.absolute):
            how = "has another form than" if np.isinf(found) else f"differs by {found:.3g} from"
            how = "is nan or infinite in other places than" if found == _NO_NUMBER else how
            what = f"of the style {placed(author, style)}, {_item_at(spec, right, path)} {how} the reference's"
            raise SpecError(f"{spec.name}: {what}")
