"""General detectors: what is wrong in many exercises alike, named only where its relation holds on all failing cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from grader import sentences
from grader.confined.kinds import Opaque, Path, Tensor, Value
from grader.confined.tensors import FRAMEWORKS
from grader.confined.wire import encode
from grader.judging.cases import USUAL, Case
from grader.judging.compare import items_of
from grader.judging.judge import Failure, FunctionJudge, Verdict
from grader.judging.mistakes import is_same
from grader.judging.outcomes import Outcomes, arguments_of, expected_value, last_outcome, reply_value
from grader.judging.values import differences, leaves, number_at, part_or_none
from grader.model import Finding
from grader.sandbox.runner import Raised, Returned

__all__ = ["detected"]

_Array = np.ndarray[Any, Any]
_IMPRECISE = (np.float32, np.float16)
_MOST_DECIMALS = 10
_AT = 1e-6  # of a bound, how near to it is at it
_NONE = encode(None)
_PART = "a part "


@dataclass(frozen=True, slots=True)
class _WrongItem:
    """All wrong numbers of one item in its failing cases, side by side, and how to call them."""

    name: str
    whole: bool  # whether no part of it is right
    failures: tuple[Failure, ...]
    cases: tuple[Case, ...]
    expected: tuple[_Array, ...]
    got: tuple[_Array, ...]

    @property
    def pairs(self) -> Iterator[tuple[_Array, _Array]]:
        return zip(self.expected, self.got, strict=True)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the detectors look at."""

    judge: FunctionJudge
    outcomes: Outcomes
    verdict: Verdict
    items: tuple[_WrongItem, ...]


def detected(judge: FunctionJudge, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    """What the general detectors say of a verdict, the most specific first."""
    items = [_wrong_item(judge, outcomes, group, verdict.alternative) for group in _by_item(verdict).values()]
    evidence = _Evidence(judge, outcomes, verdict, tuple(item for item in items if item is not None))
    for detector in _DETECTORS:
        yield from detector(evidence)


def _by_item(verdict: Verdict) -> dict[str, list[Failure]]:
    groups: dict[str, list[Failure]] = {}
    for failure in verdict.failures:
        if failure.item is not None and failure.check == "values":
            groups.setdefault(failure.item, []).append(failure)
    return groups


def _wrong_item(
    judge: FunctionJudge, outcomes: Outcomes, failures: Sequence[Failure], alternative: int
) -> _WrongItem | None:
    """The evidence on one item; None where a number is missing or is none: then nothing can be said about it."""
    wrong: list[tuple[Case, _Array, _Array]] = []
    places: dict[str, None] = {}
    complete = True
    for failure in failures:
        case, name, outcome = failure.case, failure.item or "", last_outcome(outcomes, failure.case)
        if not isinstance(outcome, Returned):
            return None
        right, got = case.expected[alternative], reply_value(outcome)
        item = next(i for i in items_of(right.decoded, judge.spec.items) if i.name == name)
        for path, leaf in leaves(right.decoded):
            if not any(path[: len(start)] == start for start in item.paths):
                continue
            expected, number = np.asarray(leaf), number_at(got, path)
            if number is None or expected.dtype.kind == "c":
                return None
            if _leaf_right(expected, number, right.tolerance_at[path]):
                complete = complete and not expected.any()  # a zero is right by many wrong formulas, too
            else:
                places[item.where(path, judge.spec.parts)] = None
                wrong.append((case, expected, number))
    if not wrong:
        return None
    item_name = sentences.spoken(failures[0].item or "")
    name = item_name if complete else _called(item_name, list(places))
    return _WrongItem(name, complete, tuple(failures), *map(tuple, zip(*wrong, strict=True)))


def _called(item: str, places: Sequence[str]) -> str:
    """How to call some parts of an item of which others are right."""
    if len(places) > 3:
        return f"{_PART}of {item}"
    return ("each of " if len(places) > 1 else "") + " and ".join(places)


def _leaf_right(expected: _Array, got: _Array, tolerance: float) -> bool:
    fits = expected.dtype == got.dtype or not (got.ndim or got.dtype in _IMPRECISE)
    same = expected.shape == got.shape and fits
    return same and bool((differences(expected.astype(float), got.astype(float)) <= tolerance).all())


def _returns_none(evidence: _Evidence) -> Iterator[Finding]:
    """Calls of the function that give None, beside others that do not."""
    spec, failing = evidence.judge.spec, {failure.case.key for failure in evidence.verdict.failures}
    none: dict[bool, bool] = {}
    for case in evidence.judge.cases.cases:
        for (name, _), outcome in zip(case.plan.steps, evidence.outcomes.get(case.key, ()), strict=False):
            if name == spec.name and isinstance(outcome, Returned):
                is_none = outcome.value == _NONE
                none[is_none] = none.get(is_none, False) or case.key in failing
    if none.get(True) and False in none:
        yield sentences.RETURNS_NONE_FOR_SOME


def _permuted(evidence: _Evidence) -> Iterator[Finding]:
    spec, alternative = evidence.judge.spec, evidence.verdict.alternative
    values = [case for case in evidence.judge.values if case.expected]
    count = len(expected_value(values[0], alternative)) if isinstance(spec.items, tuple) and values else 0
    if len(evidence.verdict.wrong_items) < 2 or not 2 <= count <= 5:
        return
    orders = [order for order in permutations(range(count)) if list(order) != sorted(order)]
    for case in values:
        got, right = reply_value(last_outcome(evidence.outcomes, case)), case.expected[alternative]
        if not isinstance(got, tuple | list) or len(got) != count:
            return
        items = items_of(right.decoded, spec.items)
        ordered = {order: tuple(got[i] for i in order) for order in orders}
        orders = [
            order
            for order, parts in ordered.items()
            if all(is_same(spec, item, right.decoded, parts, right.tolerance_at) for item in items)
        ]
    if orders:
        yield sentences.permuted_result(spec.items[:count])


def _axes(evidence: _Evidence) -> Iterator[Finding]:
    for item in evidence.items:
        got, expected = item.got[0].shape, item.expected[0].shape
        if all(g.ndim == e.ndim == 2 and g.shape == e.shape[::-1] and _near(g.T, e) for e, g in item.pairs):
            yield sentences.transposed(item.name)
        elif any(f.problem is None or f.problem.stage != "shape" for f in item.failures):
            continue
        elif all(g.ndim < e.ndim and g.size == e.size for e, g in item.pairs):
            yield sentences.missing_keepdims(item.name, got, expected)
        elif all(g.ndim > e.ndim and g.size == e.size for e, g in item.pairs):
            yield sentences.extra_axis(item.name, got, expected)


def _not_unpacked(evidence: _Evidence) -> Iterator[Finding]:
    """Items that are a tuple in all failing cases, whose first part is what the item should be."""
    for item, failures in _by_item(evidence.verdict).items():
        right = [part_or_none(expected_value(f.case, evidence.verdict.alternative), _path_of(f)) for f in failures]
        got = [_part_of(evidence, failure) for failure in failures]
        if all(isinstance(g, tuple) and len(g) > 1 and _is_equal(g[0], r) for g, r in zip(got, right, strict=True)):
            yield sentences.not_unpacked(item, len(got[0]))


def _is_equal(got: Value, right: Value) -> bool:
    if not (isinstance(right, np.ndarray) and isinstance(got, np.ndarray) and got.shape == right.shape):
        return False
    return got.dtype.kind in "biuf" and right.dtype.kind in "biuf" and _near(got, right, 1e-6)


def _matrices(evidence: _Evidence) -> Iterator[Finding]:
    """Items that are matrices in all failing cases: those with an array inside that has a type of its own."""
    for item, failures in _by_item(evidence.verdict).items():
        parts = [_part_of(evidence, failure) for failure in failures]
        kinds = {part.type_name for part in parts if isinstance(part, Opaque) and part.array is not None}
        if len(kinds) == 1 and all(isinstance(part, Opaque) for part in parts):
            yield sentences.matrix_for_array(item, kinds.pop())


def _tensors(evidence: _Evidence) -> Iterator[Finding]:
    """Items that are arrays or numbers in all failing cases where tensors are expected."""
    for item, failures in _by_item(evidence.verdict).items():
        right = [part_or_none(expected_value(f.case, evidence.verdict.alternative), _path_of(f)) for f in failures]
        got = [_part_of(evidence, failure) for failure in failures]
        if all(isinstance(part, Tensor) for part in right) and all(map(_is_no_tensor, got)):
            yield sentences.array_for_tensor(item, FRAMEWORKS[right[0].framework])


def _is_no_tensor(value: Value) -> bool:
    number = isinstance(value, int | float | np.number | np.ndarray) and not isinstance(value, bool)
    return number and not getattr(value, "framework", "")


def _path_of(failure: Failure) -> Path:
    return failure.problem.path if failure.problem else ()


def _part_of(evidence: _Evidence, failure: Failure) -> Value:
    return part_or_none(reply_value(last_outcome(evidence.outcomes, failure.case)), _path_of(failure))


def _dtypes(evidence: _Evidence) -> Iterator[Finding]:
    for item in evidence.items:
        if any(e.shape != g.shape for e, g in item.pairs):
            continue
        if all(g.dtype in _IMPRECISE and _near(g, e, 1e-2) for e, g in item.pairs):
            yield sentences.single_precision(item.name, item.got[0].dtype)
        elif any(np.trunc(e).any() and g.any() for e, g in item.pairs) and all(  # zeros alone are more likely a stub
            _near(g, np.trunc(e)) or _near(g, np.floor(e)) for e, g in item.pairs
        ):
            yield sentences.truncated(item.name, sometimes=_right_elsewhere(evidence, item))
        elif (places := _decimals(item)) is not None:
            yield sentences.rounded(item.name, places)


def _decimals(item: _WrongItem) -> int | None:
    """To how many decimals right numbers are rounded; None where something else is wrong."""
    expected, got = (np.concatenate([part.ravel() for part in parts]).astype(float) for parts in (item.expected, item.got))
    if got.size < 4 or np.unique(got).size < 2 or not np.isfinite(got).all():
        return None
    for places in range(int(np.unique(got).size == 2 and got.all()), _MOST_DECIMALS):  # -1 and 1 are signs
        unit = 10.0**-places
        if (np.abs(got - expected) > 0.5 * unit * (1 + 1e-6)).any():
            return None  # nor to more of them
        if _near(got / unit, np.rint(got / unit)):
            return places
    return None


def _not_zero(evidence: _Evidence) -> Iterator[Finding]:
    """Numbers where every input makes zeros: an average that starts elsewhere, or a bias that is drawn."""
    names = [
        item.name
        for item in evidence.items
        if all(e.shape == g.shape and g.any() and not e.any() for e, g in item.pairs)
        and not _is_right_for_some(evidence, item)
    ]
    if names:
        yield sentences.not_zero(_together(names))


def _clipped(evidence: _Evidence) -> Iterator[Finding]:
    """Items whose large or small numbers stand at a bound, the same for all inputs, and whose other numbers are right."""
    alike: dict[tuple[float, float], list[str]] = {}
    for item in evidence.items:
        if all(e.shape == g.shape for e, g in item.pairs) and (bounds := _bounds(item)):
            alike.setdefault(bounds, []).append(item.name)
    for (low, high), names in alike.items():
        yield sentences.clipped(_together(names), low, high)


def _bounds(item: _WrongItem) -> tuple[float, float] | None:
    """Between what the numbers of an item are kept; None where something else is wrong."""
    expected, got = (np.concatenate([part.ravel() for part in parts]).astype(float) for parts in (item.expected, item.got))
    if not np.isfinite(got).all() or not got.any():
        return None
    for low, high in ((-np.abs(got).max(), np.abs(got).max()), (-np.inf, got.max()), (got.min(), np.inf)):
        bound = min(abs(float(low)), abs(float(high)))
        cut = np.clip(expected, low, high)
        beyond = np.abs(cut - expected) > _AT * bound
        several = (
            np.unique(expected[beyond]).size > 1 and np.unique(expected[~beyond & (np.abs(expected) > _AT * bound)]).size > 1
        )
        if bound and several and _near(got, cut):
            return float(low) if (expected < low).any() else -np.inf, float(high) if (expected > high).any() else np.inf
    return None


def _relations(evidence: _Evidence) -> Iterator[Finding]:
    """The opposite sign, or a constant factor with its meaning: items that have the same one are named together."""
    alike: dict[tuple[str, str, bool], list[_WrongItem]] = {}
    for item in evidence.items:
        if _is_right_for_some(evidence, item) and _argument_in(evidence, item):
            continue  # what a condition leaves as it was is a multiple of the right number by chance only
        if _special_class(item.failures) or any(e.shape != g.shape or not np.isfinite(g).all() for e, g in item.pairs):
            continue  # what is wrong for one special kind of input has another reason than a factor of the formula
        pairs = [(e.astype(float), g.astype(float)) for e, g in item.pairs]
        ratios = [ratio for e, g in pairs if (ratio := _ratio(e, g)) is not None]
        if sum(e.size for e, _ in pairs) < 4 or len(ratios) < len(pairs):
            continue
        if _near(np.array(ratios), -np.ones(len(ratios)), 1e-6):
            alike.setdefault(("", "", _right_where_not_zero(evidence, item)), []).append(item)
            continue
        meaning, elsewhere = _factor_meaning(evidence.judge, item.cases, ratios), _right_elsewhere(evidence, item)
        if meaning and meaning[1] and elsewhere:
            continue  # an argument that is a factor too much is one for all inputs: here it is replaced, or bounded
        if meaning and all(
            len({number for part in parts for number in part.flat}) > 1 for parts in zip(*pairs, strict=True)
        ):
            # two constants say nothing, and a result that is one everywhere has no formula
            alike.setdefault((*meaning, elsewhere), []).append(item)
    for factor, items in alike.items():
        name = _together([item.name for item in items])
        if factor[0]:
            yield sentences.constant_factor(name, *factor[:2], sometimes=factor[2])
        else:
            yield sentences.opposite_sign(name, sometimes=factor[2])


def _handed_back(evidence: _Evidence) -> Iterator[Finding]:
    """Items that are an argument, or a part of one, in all failing cases: they were not worked out there."""
    if any(_permuted(evidence)):  # the argument stands there because it belongs into another place
        return
    alike: dict[tuple[bool, bool], dict[str, list[str]]] = {}
    for item in evidence.items:
        found, wanted = (_places_in(evidence, item, arrays) for arrays in (item.got, item.expected))
        if wanted:  # it has to be an argument, or a part of one: another one
            if found:
                yield sentences.other_part(item.name, found[0], wanted[0])
        elif argument := _argument_in(evidence, item):
            kind = _is_worked_out_for_some(evidence, item, argument), item.whole
            alike.setdefault(kind, {}).setdefault(argument, []).append(item.name)
    for (sometimes, whole), items in alike.items():
        together = {name: _together(parts) for name, parts in items.items()}
        yield sentences.handed_back(together, sometimes=sometimes, whole=whole)


def _is_worked_out_for_some(evidence: _Evidence, item: _WrongItem, argument: str) -> bool:
    """Whether an item is right for some input where it is not what comes in as that argument."""
    failing, number = _failing(evidence, item), evidence.judge.cases.parameters.index(argument)
    for case in (case for case in evidence.judge.values if case.expected and case.key not in failing):
        right = expected_value(case, evidence.verdict.alternative)
        found = next(i for i in items_of(right, evidence.judge.spec.items) if i.name == item.failures[0].item)
        given = [leaf for _, leaf in leaves(arguments_of(case.plan)[number])]
        parts = [
            np.asarray(leaf) for path, leaf in leaves(right) if any(path[: len(start)] == start for start in found.paths)
        ]
        if any(part.any() and not any(_is_it(leaf, part) for leaf in given) for part in parts):
            return True
    return False


def _is_right_for_some(evidence: _Evidence, item: _WrongItem) -> bool:
    return len(_failing(evidence, item)) < len(evidence.judge.values)


def _argument_in(evidence: _Evidence, item: _WrongItem) -> str:
    """The argument that an item is, or is a part of, in all failing cases; empty where there is none."""
    parameters = evidence.judge.cases.parameters
    fitting = set(range(len(parameters)))
    for case, got in zip(item.cases, item.got, strict=True):
        parts = dict(enumerate(arguments_of(case.plan)[: len(parameters)]))
        # What is 0 in both places is no sign of it, and none against it.
        fitting &= {n for n, part in parts.items() if any(_is_equal_to(leaf, got) for _, leaf in leaves(part))}
    if not fitting:
        return ""
    several = len({number for got in item.got for number in got.flat}) > 1
    return parameters[min(fitting)] if several else ""


def _places_in(evidence: _Evidence, item: _WrongItem, arrays: Sequence[_Array]) -> list[str]:
    """The arguments, and the parts of arguments, that these arrays are in all failing cases, as Python writes them."""
    parameters = evidence.judge.cases.parameters
    common: dict[str, None] | None = None
    for case, array in zip(item.cases, arrays, strict=True):
        parts = zip(parameters, arguments_of(case.plan), strict=False)
        places = {
            name + "".join(f"[{key!r}]" for key in path): None
            for name, part in parts
            for path, leaf in leaves(part)
            if _is_it(leaf, array)
        }
        common = places if common is None else {place: None for place in common if place in places}
    return list(common or ())


def _is_it(leaf: Value, got: _Array) -> bool:
    return bool(got.any()) and _is_equal_to(leaf, got)


def _is_equal_to(leaf: Value, got: _Array) -> bool:
    array = np.asarray(leaf)
    return bool(array.shape == got.shape and np.array_equal(array, got, equal_nan=True))


def _failing(evidence: _Evidence, item: _WrongItem) -> set[str]:
    """The inputs for which an item is wrong, or nothing came back."""
    failures = (*item.failures, *(failure for failure in evidence.verdict.failures if failure.check == "runs"))
    return {failure.case.key for failure in failures}


def _right_elsewhere(evidence: _Evidence, item: _WrongItem) -> bool:
    """Whether an item that a constant factor explains is right for most inputs: then it is not the formula of all."""
    failing = _failing(evidence, item)
    return 2 * len(failing) < len(evidence.judge.values)


def _right_where_not_zero(evidence: _Evidence, item: _WrongItem) -> bool:
    """Whether an item is right for some input, and not because it is zero there."""
    failing, path = _failing(evidence, item), _path_of(item.failures[0])
    others = (case for case in evidence.judge.values if case.key not in failing)
    parts = (number_at(expected_value(case, evidence.verdict.alternative), path) for case in others)
    return any(part is not None and part.any() for part in parts)


def _together(names: Sequence[str]) -> str:
    """Several items as the subject of one sentence."""
    if len(names) == 1:
        return names[0]
    if all(name.startswith(_PART) for name in names):
        return " and ".join([names[0], *(name.removeprefix(_PART) for name in names[1:])])
    return f"each of {' and '.join(name.removeprefix('each of ') for name in names)}"


def _near(a: _Array, b: _Array, tolerance: float = 1e-9) -> bool:
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * 1e-3))


def _ratio(expected: _Array, got: _Array) -> float | None:
    """The one factor between two arrays, if there is one."""
    big = np.abs(expected) > 1e-9
    if not big.any() or (np.abs(got[~big]) > 1e-9).any():
        return None
    ratios = got[big] / expected[big]
    factor = float(ratios.flat[0])
    return factor if np.allclose(ratios, factor, rtol=1e-6, atol=0) and factor != 0 else None


def _factor_meaning(judge: FunctionJudge, cases: Sequence[Case], ratios: Sequence[float]) -> tuple[str, str] | None:
    """A factor and what it means: a number among the arguments, or the same constant everywhere."""
    facts = [_numbers_of(judge, case) for case in cases]
    for name in dict.fromkeys(name for numbers in facts for name in numbers):
        values = [numbers.get(name, 0.0) for numbers in facts]
        if not all(values) or len(set(values)) < 2:
            continue
        if np.allclose(ratios, values, rtol=1e-6):
            return name, sentences.factor_meaning(name, divided=False)
        if np.allclose(ratios, 1 / np.array(values), rtol=1e-6):
            return f"1/{name}", sentences.factor_meaning(name, divided=True)
    if len(ratios) > 1 and np.allclose(ratios, ratios[0], rtol=1e-6) and not np.isclose(ratios[0], 1):
        return f"{ratios[0]:.4g}", ""
    return None


def _numbers_of(judge: FunctionJudge, case: Case) -> dict[str, float]:
    """The numbers among a case's arguments by name, and the number of examples m."""
    args = arguments_of(case.plan)
    numbers = {
        name: float(value)
        for name, value in zip(judge.cases.parameters, args, strict=False)
        if isinstance(value, float | int) and not isinstance(value, bool) and value
    }
    for value in args:
        if isinstance(value, dict):  # parameters: their columns are no examples
            continue
        arrays = [leaf for _, leaf in leaves(value) if isinstance(leaf, np.ndarray) and leaf.ndim == 2]
        if arrays:
            numbers.setdefault("m", float(arrays[0].shape[1]))
    return numbers


_SCALARS_ONLY = re.compile(r"only (?:length-1|size-1|0-dimensional) arrays can be converted")
_OF_ONE = re.compile(r"only 0-dimensional arrays can be converted")  # NumPy 2.4; before, arrays of one element were taken
_OF_MATH = re.compile(r"\bmath\.\w+\(")
_ATTRIBUTE = re.compile(r"'(tuple|list|dict)' object has no attribute '(shape|T|dot|reshape|size|ndim)'")
_OPERAND = re.compile(r"(?:unsupported operand type\(s\) for|bad operand type for unary) [^:]+: .*'(tuple|list|dict)'")
_NOT_ONE_TRUTH = re.compile(r"The truth value of an array with more than one element is ambiguous")
# Of arrays of one element the same code takes some, and makes rows of several lengths of them.
_OR_ONE_TRUTH = re.compile(rf"{_NOT_ONE_TRUTH.pattern}|setting an array element with a sequence. .*inhomogeneous")
_OF_PYTHON = re.compile(r"(?<![\w.])(max|min)\(")
_NO_AXIS = re.compile(r"only integer scalar arrays can be converted to a scalar index")
_ALONG_AXIS = re.compile(r"(?:= *|return )(?:np|numpy)\.a?(max|min)\([^()\[\]]*,[^()\[\]]*\)(?:, *\w+)?\s*$")
_SEQUENCE = re.compile(r"setting an array element with a sequence")
_INTO_ELEMENT = re.compile(r"(?:^|: )[\w.]+(?:\[[^=]*\])+ *=(?!=)")
_NO_POWER = re.compile(r"unsupported operand type\(s\) for \^=?:|ufunc 'bitwise_xor' not supported")
_UNBOUND = re.compile(r"cannot access local variable '(\w{1,60})' where it is not associated with a value")
# What asks for a truth value as well, or a line that is cut before it.
_COMPREHENSION = re.compile(r"\bfor\s+[\w, ()]{1,60}\s+in\b")
_CONDITION = re.compile(r"\b(?:if|elif|while|and|or|not|assert|bool|any|all|in)\b|[<>=]=|[<>]|\.\.\.$")
_KEY = re.compile(r"([A-Za-z_]+)(\d{1,4})")
_NUMBERED = re.compile(f"'{_KEY.pattern}'")
_UNPACKED = re.compile(r"(?:too many|not enough) values to unpack")
_LOST_AXIS = re.compile(r"with shapes (?:\((\d+),\d+\) \(\1,\)|\((\d+),\) \(\2,\d+\))")  # of as many rows
_SHAPES = re.compile(r"operands could not be broadcast together|not aligned|mismatch in its core dimension")


def _raising(evidence: _Evidence) -> Iterator[Finding]:
    """What an exception of NumPy or Python means, where all failing calls raise the same one at the same line."""
    failures = [failure for failure in evidence.verdict.failures if failure.check == "runs"]
    outcomes = [last_outcome(evidence.outcomes, failure.case) for failure in failures]
    raised = [outcome for outcome in outcomes if isinstance(outcome, Raised)]
    lines = {outcome.origin or "" for outcome in raised}
    if not raised or len(raised) < len(outcomes) or len(lines) > 1 or not all(lines):
        return
    line, caller = lines.pop(), raised[0].caller
    origin = sentences.raised_inside(line, caller) if caller else line
    messages = [outcome.message for outcome in raised]
    answered = any(isinstance(last_outcome(evidence.outcomes, case), Returned) for case in evidence.judge.values)
    unbound = _in_all(_UNBOUND, messages)
    if misuse := _misuse(messages, line, origin):
        yield misuse
    elif len(unbound) == 1:
        yield sentences.unbound_name(unbound.pop()[0], origin, sometimes=answered)
    elif all(map(_UNPACKED.match, messages)) and "cache" in line:
        yield sentences.unpacked_otherwise(origin)
    elif all(map(_LOST_AXIS.search, messages)):
        yield sentences.lost_axis(origin)
    elif all(map(_SHAPES.search, messages)):
        yield sentences.shapes_do_not_fit(origin, sometimes=answered, kind=_special_class(failures))
    elif len(outside := {_outside(failure.case, outcome) for failure, outcome in zip(failures, raised, strict=True)}) == 1:
        yield from (sentences.number_outside(origin, after=end == "after") for end in outside if end)


def _misuse(messages: Sequence[str], line: str, origin: str) -> Finding | None:
    """What gets something that it cannot be used with, by the messages of all exceptions and the line that raised them."""
    attributes, operands = _in_all(_ATTRIBUTE, messages), _in_all(_OPERAND, messages)
    of_python, asked = set(_OF_PYTHON.findall(line)), _CONDITION.search(_COMPREHENSION.sub("", line))
    along = _ALONG_AXIS.search(line)
    finding = None
    if all(map(_SCALARS_ONLY.search, messages)) and _OF_MATH.search(line):
        finding = sentences.scalar_function(origin)
    elif all(map(_OF_ONE.search, messages)):
        finding = sentences.array_for_number(origin, np.__version__)
    elif len(attributes) == 1:
        kind, attribute = attributes.pop()
        finding = sentences.container_for_array(kind, origin, attribute)
    elif len(operands) == 1:
        finding = sentences.container_for_array(operands.pop()[0], origin)
    elif all(map(_OR_ONE_TRUTH.match, messages)) and any(map(_NOT_ONE_TRUTH.match, messages)):
        alone = len(of_python) == 1 and not asked
        finding = sentences.builtin_of_arrays(of_python.pop(), origin) if alone else sentences.truth_of_array(origin)
    elif all(map(_NO_AXIS.match, messages)) and along:
        finding = sentences.array_for_axis(along[1], origin)
    elif all(map(_NO_POWER.match, messages)):
        finding = sentences.caret_for_power(origin)
    elif all(map(_SEQUENCE.match, messages)) and _INTO_ELEMENT.search(line):
        finding = sentences.several_for_number(origin)
    return finding


def _in_all(pattern: re.Pattern[str], messages: Sequence[str]) -> set[tuple[str, ...]]:
    """What a pattern finds in the messages, each time; nothing where one of them is another message."""
    matches = [pattern.match(message) for message in messages]
    return {match.groups() for match in matches if match} if all(matches) else set()


def _outside(case: Case, raised: Raised) -> str:
    """Whether a key is asked for whose number comes just before the first, or after the last, of the keys of that kind."""
    asked = _NUMBERED.fullmatch(raised.message) if raised.type_name.split(".")[-1] == "KeyError" else None
    keys = (key for part in arguments_of(case.plan) if isinstance(part, dict) for key in part if isinstance(key, str))
    numbers = [int(key[2]) for key in map(_KEY.fullmatch, keys) if asked and key and key[1] == asked[1]]
    return {min(numbers) - 1: "before", max(numbers) + 1: "after"}.get(int(asked[2]), "") if asked and numbers else ""


def _mutated(evidence: _Evidence) -> Iterator[Finding]:
    if evidence.verdict.failed("inputs"):
        yield sentences.MUTATED_INPUT


def _special_class(failures: Sequence[Failure]) -> str | None:
    """The one special kind of input that fails, if it is only one."""
    classes = {failure.case.case_class for failure in failures}
    return next(iter(classes)) if len(classes) == 1 and not classes & USUAL else None


def _one_class(evidence: _Evidence) -> Iterator[Finding]:
    """Items that are wrong for one special kind of input; where another item is wrong for others, the kind is no reason."""
    by_item = _by_item(evidence.verdict)
    if not _special_class([failure for failures in by_item.values() for failure in failures]):
        return
    for item, failures in by_item.items():
        special = _special_class(failures)
        of_class = [case for case in evidence.judge.values if case.case_class == special]
        whole = len(of_class) == len({f.case.key for f in failures})
        raised = {f.case.case_class for f in evidence.verdict.failures if f.check == "runs"}
        elsewhere = any(f.check not in ("values", "runs", "inputs") for f in evidence.verdict.failures)
        if special and whole and raised <= {special} and not elsewhere:
            yield sentences.only_special_inputs(item, special)


_DETECTORS: tuple[Callable[[_Evidence], Iterator[Finding]], ...] = (
    _returns_none, _raising, _permuted, _axes, _not_unpacked, _matrices, _tensors, _dtypes, _not_zero, _clipped, _relations,
    _handed_back, _mutated, _one_class,
)  # fmt: skip
