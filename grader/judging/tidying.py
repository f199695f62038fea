"""Results in the form of the contract: what a property, which has no right value, is asked once more about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from grader.confined.kinds import Opaque, Path, Value, mapped
from grader.confined.wire import Encoded, encode
from grader.judging import forms
from grader.judging.compare import key_item
from grader.judging.forms import FORM, LONGEST_PERMUTED, ORDER, SURPLUS, TYPE, Parts, fitting_orders, plain
from grader.judging.judge import FunctionJudge
from grader.judging.outcomes import Outcomes, last_outcome, reply_value
from grader.judging.values import leaves, letters, parts_of, same_letters
from grader.sandbox.runner import Outcome, Returned
from grader.spec import Function

__all__ = ["tidied"]

_TURNED = 0.5  # what is kept where examples are rows: every caller finds the wrong number of them


def tidied(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> tuple[Outcomes, float]:
    """The outcomes with every result of this function in the form of the contract, and how much is kept of them.

    A property sees these where it does not hold of what was returned.
    """
    like = judge.values[0].expected[alternative].decoded if judge.values else None
    order = _order_of(judge, outcomes, alternative) if isinstance(like, tuple) else None
    texts = _texts(judge, alternative)
    thin = _thin_axes(judge, alternative)
    regroup = _regrouping(judge, outcomes, alternative) if judge.spec.parts and isinstance(like, list) else None
    turned = bool(judge.spec.parts) and _are_turned(judge, outcomes, thin)
    kept = 1.0

    def tidy(step: tuple[str, Encoded], outcome: Outcome) -> Outcome:
        nonlocal kept
        if step[0] != judge.spec.name or not isinstance(outcome, Returned):
            return outcome
        grouped, part = regroup(reply_value(outcome)) if regroup else (reply_value(outcome), 1.0)
        grouped, part = (mapped(grouped, _transposed), min(part, _TURNED)) if turned else (grouped, part)
        result, of_rest = _tidy(grouped, like, order, judge.spec.returns)
        part = min(part, of_rest)
        result, part = _spelled(result, texts, part)
        widened = _widened(judge.spec, result, thin)
        part = part if _same_shapes(widened, result) else min(part, FORM)
        kept = min(kept, part)
        return outcome if part == 1.0 else replace(outcome, value=encode(widened, opaque=lambda _: 0))

    tidy_outcomes = {case.key: tuple(map(tidy, case.plan.steps, outcomes.get(case.key, ()))) for case in judge.cases.cases}
    return tidy_outcomes, kept


def _are_turned(judge: FunctionJudge, outcomes: Outcomes, thin: Mapping[Path, tuple[int, int]]) -> bool:
    """Whether rows and columns have changed places in all results: an axis of length 1 tells."""
    upright = [
        leaf.shape[axis] == 1
        for case in judge.values
        for path, leaf in leaves(plain(reply_value(last_outcome(outcomes, case))))
        for count, axis in [thin.get(_place(judge.spec, path), (0, 0))]
        if isinstance(leaf, np.ndarray) and leaf.ndim == count == 2 and leaf.size > 1
    ]
    return bool(upright) and not any(upright)


def _transposed(part: Value) -> Value:
    return part.T if isinstance(part, np.ndarray) and part.ndim == 2 else part


def _regrouping(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> Callable[[Value], tuple[Value, float]]:
    """How to make of a result the list of tuples that it should be, and what is kept of it.

    It may be a dictionary by number, or a list for each part; the tuples may have more parts, or have them in another order.
    """
    count = len(judge.spec.parts)
    pairs = [(reply_value(last_outcome(outcomes, c)), c.expected[alternative].decoded) for c in judge.values]
    apart = any(len(right) != count for _, right in pairs) and all(_is_apart(got, right, count) for got, right in pairs)
    listed = [(_listed(got, count, apart=apart)[0], right) for got, right in pairs]
    orders = [tuple(range(count))]
    if count <= LONGEST_PERMUTED:
        orders = [o for o in permutations(range(count)) if all(_has_shapes(got, right, o) for got, right in listed)]
    order = orders[0] if orders else tuple(range(count))

    def regroup(got: Value) -> tuple[Value, float]:
        batches, kept = _listed(got, count, apart=apart)
        if not isinstance(batches, list) or list(order) == sorted(order):
            return batches, kept
        whole = [isinstance(part, tuple | list) and len(part) == count for part in batches]
        return ([tuple(part[i] for i in order) for part in batches], min(kept, ORDER)) if all(whole) else (batches, kept)

    return regroup


def _is_apart(got: Value, right: Parts, count: int) -> bool:
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
        got, kept = list(got.values()), FORM
    if apart and isinstance(got, tuple | list) and all(isinstance(part, tuple | list) for part in got):
        got, kept = [*zip(*got, strict=False)], FORM
    if not isinstance(got, tuple | list):
        return got, kept
    named = any(isinstance(part, dict) and len(part) == count for part in got)
    if named:
        got, kept = [tuple(part.values()) if isinstance(part, dict) else part for part in got], FORM
    longer = any(isinstance(part, tuple | list) and len(part) > count for part in got)
    batches = [part[:count] if isinstance(part, tuple | list) else part for part in got]
    return batches, min(kept, SURPLUS) if longer else kept


def _has_shapes(got: Value, right: Parts, order: Sequence[int]) -> bool:
    """Whether the first tuple has parts of the right shapes, in this order."""
    first = got[0] if isinstance(got, list) and got else None
    if not isinstance(first, tuple | list) or len(first) != len(order):
        return False
    return [getattr(plain(first[i]), "shape", None) for i in order] == [np.shape(part) for part in right[0]]


def _order_of(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> tuple[int, ...] | None:
    """The order in which the right parts come, where it is another one in the first case."""
    case = judge.values[0]
    got = reply_value(last_outcome(outcomes, case))
    fitting = fitting_orders(judge.spec, case.expected[alternative], got) if isinstance(got, tuple | list) else iter(())
    order = next((order for order, _, _ in fitting), None)
    return None if order is None or sorted(order) == list(order) else order


def _tidy(got: Value, like: Value, order: tuple[int, ...] | None, names: str | Parts) -> tuple[Value, float]:
    """One result in the form of the contract, and what is kept of it."""
    result, kept = got, 1.0
    grouped = _grouped(got, like, names)
    if grouped is not None:
        result, kept = grouped, FORM
    elif isinstance(like, dict) and (named := forms.as_layers(like, got)):
        result, kept = named, FORM
    elif isinstance(result, tuple | list) and order and len(result) == len(order):
        result, kept = tuple(result[i] for i in order), ORDER
    elif isinstance(result, tuple | list) and like is not None and not isinstance(like, list):
        count = len(like) if isinstance(like, tuple) else 1
        fits = isinstance(like, tuple) or isinstance(result[0] if result else None, type(like))
        if len(result) > count and fits:
            result, kept = tuple(result[:count]) if isinstance(like, tuple) else result[0], SURPLUS
    elif isinstance(like, tuple) and got is not None and not isinstance(got, tuple | list | dict):
        result, kept = forms.with_parts(got, len(like)), FORM
    counted = _counted_alike(like, result)
    result, kept = counted, kept if counted is result else min(kept, FORM)
    ordinary = plain(result)
    return ordinary, kept if _holds_no_matrix(result) else min(kept, TYPE)


def _counted_alike(like: Value, got: Value) -> Value:
    """Dictionaries under the names of right ones, also those that are parts; the same value where they have these."""
    if isinstance(got, dict) and isinstance(like, dict):
        return forms.counted_alike(like, got)
    if not isinstance(like, tuple) or not isinstance(got, tuple | list) or len(got) != len(like):
        return got
    parts = tuple(
        forms.counted_alike(*pair) if all(isinstance(p, dict) for p in pair) else pair[1]
        for pair in zip(like, got, strict=True)
    )
    return got if all(new is old for new, old in zip(parts, got, strict=True)) else parts


def _grouped(got: Value, like: Value, names: str | Parts) -> Parts | None:
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


def _texts(judge: FunctionJudge, alternative: int) -> Mapping[str, str]:
    """What right results say in words, by its letters."""
    right = [case.expected[alternative].decoded for case in judge.values]
    members = (m for value in right for part in parts_of(value) for m in (part if isinstance(part, set) else (part,)))
    return {letters(text): text for text in members if isinstance(text, str) and letters(text)}


def _spelled(got: Value, texts: Mapping[str, str], kept: float) -> tuple[Value, float]:
    """A result with its texts as right ones are written, and what is kept of it."""
    if not texts:
        return got, kept

    def word(part: Value) -> Value:
        if isinstance(part, set | frozenset):
            return {word(member) for member in part}
        return texts.get(letters(part), part) if isinstance(part, str) else part

    spelled = mapped(got, word)
    pairs = zip(parts_of(spelled), parts_of(got), strict=True)
    return spelled, min(kept, FORM) if any(same_letters(*pair) for pair in pairs) else kept


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
