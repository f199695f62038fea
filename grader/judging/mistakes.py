"""Catalogued mistakes: named where they are wrong in the same items and give the student's own numbers on all cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from grader.confined.kinds import Path, Value, WireError, mapped
from grader.confined.wire import Encoded, decode
from grader.judging.cases import USUAL, Case
from grader.judging.compare import Item, first_problem, items_of
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, expected_value, reply_value
from grader.judging.properties import fitting_mistake
from grader.judging.values import differences, leaves, part_or_none
from grader.model import Finding
from grader.sandbox.runner import Outcome, Raised, Returned
from grader.spec import Function

__all__ = ["catalogued", "is_same"]

_NO_NUMBER = 1e6  # times the largest right number
_Wrong = set[tuple[str, str | None]]  # checks and items; no item where calls raise


def catalogued(judge: FunctionJudge, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    """The catalogued mistakes that explain a verdict: those of properties, and the first that gives the same values."""
    for code in _fitting(judge, outcomes, verdict):
        text = judge.cases.mistakes[code]
        yield Finding(text.code, text.message, text.hint)


def _fitting(judge: FunctionJudge, outcomes: Outcomes, verdict: Verdict) -> Iterator[str]:
    for prop in judge.spec.properties:
        told = [f.case for f in verdict.failures if f.check == prop.name]
        if told and prop.throughout:
            told = [case for case in judge.cases_of(prop.name) if case.key in outcomes]
        code = fitting_mistake(prop, [(case, outcomes.get(case.key, ())) for case in told])
        if code is not None:
            yield code
    wrong = _wrong_places(judge.spec, verdict, judge.cases.cases)
    if wrong:
        # The first failing case rules most mistakes out.
        failing_keys = {f.case.key for f in verdict.failures}
        compared = sorted((c for c in judge.cases.cases if c.expected), key=lambda c: c.key not in failing_keys)
        alike = list(islice(_alike(judge, compared, outcomes, verdict, wrong), 1))
        yield from alike or _alike_but_at_edges(judge, compared, outcomes, verdict)


def _alike(
    judge: FunctionJudge, compared: Sequence[Case], outcomes: Outcomes, verdict: Verdict, wrong: _Wrong
) -> Iterator[str]:
    """The mistakes that give the student's own numbers in these cases."""
    return (code for code in judge.cases.mistakes if _same_outcomes(judge, compared, outcomes, verdict, wrong, code))


def _alike_but_at_edges(judge: FunctionJudge, compared: Sequence[Case], outcomes: Outcomes, verdict: Verdict) -> list[str]:
    """The one mistake that the student makes who makes up for it at an edge, with a guard for one example, say."""
    failing = {failure.case.key for failure in verdict.failures}
    telling = [case for case in compared if case.case_class in USUAL and case.key in failing]

    def is_alike(code: str, cases: Sequence[Case]) -> bool:
        return _same_outcomes(judge, cases, outcomes, verdict, _wrong_places(judge.spec, verdict, cases), code)

    def is_made_up_for_once(code: str) -> bool:
        """Whether the student is right where the mistake is wrong at one edge at most: at several it is another formula."""
        others = (c for c in compared if code in c.mistakes and c.key not in failing and c.case_class not in USUAL)
        return len({case.case_class for case in others if is_wrong_in(case, code)}) <= 1

    def is_wrong_in(case: Case, code: str) -> bool:
        """Whether the mistake is seen in a case: some differ from the right number by less than rounding does."""
        return isinstance(case.mistakes[code], str) or bool(_wrong_items(judge, case, code, verdict.alternative))

    found = []
    for code in judge.cases.mistakes:
        first = next((case for case in telling if not _is_edge(case, code, fails=True)), None)
        if first is None or not is_alike(code, [first]):  # nearly all are ruled out before all cases are looked at
            continue
        usual = [case for case in compared if not _is_edge(case, code, fails=case.key in failing)]
        found += [code] if len(usual) < len(compared) and is_made_up_for_once(code) and is_alike(code, usual) else []
    return found[:1] if len({judge.cases.mistakes[code].code for code in found}) == 1 else []


def _is_edge(case: Case, code: str, *, fails: bool) -> bool:
    """Whether a mistake gives no number at all in a case, or the case is a special one in which the student is right."""
    mistake, special = case.mistakes.get(code), case.case_class not in USUAL
    if mistake is None or isinstance(mistake, str):
        return mistake is not None and (special or not fails)
    bound = _NO_NUMBER * max([1.0, *case.expected[0].largest_at.values()])
    # Beyond it there is a division by what is zero but for rounding, which no second run gives again.
    right = dict(leaves(case.expected[0].decoded))
    within = all(_is_within(bound, leaf, right.get(path, 0.0)) for path, leaf in leaves(decode(mistake)))
    return (special and not fails) or not within


def _is_within(bound: float, leaf: Value, right: Value) -> bool:
    """Whether all numbers are below a bound, or are no numbers where the right one is none either."""
    small = np.abs(np.asarray(leaf)) < bound
    return bool(small.all()) or (np.shape(leaf) == np.shape(right) and bool((small | ~np.isfinite(right)).all()))


def _wrong_places(spec: Function, verdict: Verdict, cases: Sequence[Case]) -> _Wrong:
    """Where a verdict is wrong in some cases, but for items that no mistake speaks about."""
    keys = {case.key for case in cases if case.expected}
    failed = [f for f in verdict.failures if f.case.key in keys and f.check != "inputs"]
    return {(f.check, f.item) for f in failed if f.item not in _extra(spec, f.case)}


def _same_outcomes(
    judge: FunctionJudge, compared: Sequence[Case], outcomes: Outcomes, verdict: Verdict, wrong: _Wrong, code: str
) -> bool:
    """Whether a mistake is wrong in the student's wrong items only, with the student's own numbers."""
    if not any(code in case.mistakes for case in compared):
        return False
    places: _Wrong = set()
    for case in compared:
        outcome = next(iter(outcomes.get(case.key, ())[-1:]), None)
        mistake = case.mistakes.get(code)
        if isinstance(mistake, str) or isinstance(outcome, Raised):
            if not _raise_alike(mistake, outcome):
                return False
            places.add(("runs" if case.check == "values" else case.check, None))
            continue
        if not isinstance(outcome, Returned):
            return False
        left_out = _left_out(judge, case, outcome, verdict.alternative)
        differing = _wrong_items(judge, case, code, verdict.alternative) - left_out
        places.update((case.check, name) for name in differing)
        names = {item for check, item in wrong if check == case.check and item is not None} | differing
        value = mistake if mistake is not None else case.expected[0].value
        if not _equal_items(judge.spec.of_class(case.case_class), case, names, value, outcome.value):
            return False
    return places == wrong


def _raise_alike(mistake: Encoded | str | None, outcome: Outcome | None) -> bool:
    return isinstance(mistake, str) and isinstance(outcome, Raised) and outcome.type_name.split(".")[-1] == mistake


def _wrong_items(judge: FunctionJudge, case: Case, code: str, alternative: int) -> frozenset[str]:
    """Items in which a mistake's outcome differs from the right one."""
    alternative = alternative if case.check == "values" else 0  # a further set has no alternatives
    key = (case.key, code, alternative)
    if key not in judge.wrong_items:
        judge.wrong_items[key] = _differing(
            judge.spec.of_class(case.case_class), case, decode(_mistaken(case, code)), alternative
        )
    return judge.wrong_items[key]


def _left_out(judge: FunctionJudge, case: Case, outcome: Returned, alternative: int) -> frozenset[str]:
    """The optional items of which a reply has nothing: what a mistake makes of them is not to be seen there."""
    if not judge.spec.optional or case.check != "values":
        return frozenset()
    reply, right = reply_value(outcome), expected_value(case, alternative)
    items = (item for item in items_of(right, judge.spec.items) if item.name in judge.spec.optional)
    return frozenset(item.name for item in items if all(part_or_none(reply, path) is None for path in item.paths))


def _mistaken(case: Case, code: str) -> Encoded:
    """What a mistake gives; the right value where it makes no difference."""
    mistake = case.mistakes.get(code, case.expected[0].value)
    assert not isinstance(mistake, str)  # it raises: asked for elsewhere
    return mistake


def _differing(spec: Function, case: Case, got: Value, alternative: int) -> frozenset[str]:
    if isinstance(expected_value(case, alternative), tuple) and not isinstance(got, tuple):
        alternative = 0  # the edition that returns one value alone
    expected, tolerances = _head(expected_value(case, alternative), got, case), case.expected[alternative].tolerance_at
    items = [item for item in items_of(expected, spec.items) if item.name not in spec.opaque]
    return frozenset(item.name for item in items if not is_same(spec, item, expected, got, tolerances))


def _extra(spec: Function, case: Case) -> frozenset[str]:
    """Items that only an edition with a longer result has; no mistake speaks about them."""
    usual = expected_value(case, 0)
    more = spec.items[len(usual) :] if isinstance(usual, tuple) and isinstance(spec.items, tuple) else ()
    return frozenset(more)


def _head(result: Value, mistake: Value, case: Case) -> Value:
    """As many items of a result as a mistake has, where the result is of an edition that returns more of them."""
    usual = expected_value(case, 0)
    if isinstance(usual, tuple) and isinstance(mistake, tuple) and isinstance(result, tuple | list):
        return tuple(result[: len(usual)]) if len(mistake) == len(usual) < len(result) else result
    if isinstance(usual, dict) and isinstance(mistake, dict) and isinstance(result, tuple | list) and result:
        return result[0] if any(isinstance(edition.decoded, tuple) for edition in case.expected) else result
    return result


def is_same(
    spec: Function, item: Item, one: Value, other: Value, tolerances: Mapping[Path, float], *, loose: bool = False
) -> bool:
    """Whether an item of two values is the same; ``loose`` where its dtype may be another one."""
    if isinstance(one, tuple) and (not isinstance(other, tuple | list) or len(other) != len(one)):
        return False
    if isinstance(one, dict) and not isinstance(other, dict):
        return False
    return first_problem(spec, item, one, other, tolerances, loose=loose) is None


def _equal_items(spec: Function, case: Case, names: Iterable[str], mistake: Encoded, got: Encoded) -> bool:
    """Whether a student's result is that of a mistake in some items, up to rounding."""
    try:
        wrong, reply = decode(mistake), _finite(decode(got))
    except WireError:
        return False
    mistaken = _finite(wrong)
    reply = _head(reply, mistaken, case)
    # Amplified rounding, or a guard: two ways to write a wrong formula may differ by as much as two right ones.
    guarded = bool(spec.guards) and case.check == "values"  # a further set has no guard
    finite = [found for found in case.expected[0].tolerances if found < np.inf]  # what nobody compares has no bound
    widest = max(finite, default=0.0) if spec.relative or spec.absolute or guarded else 0.0
    right_at = dict(leaves(expected_value(case, 0)))
    allowed, tolerances = case.expected[0].tolerance_at, {}
    for path, leaf in leaves(wrong):
        away = _away(leaf, right_at.get(path))
        seen = away > allowed.get(path, 0.0)  # or else it is the right number, up to what rounding does in this case
        room = widest and min(widest, away / 2 or np.inf)
        tolerances[path] = max(1e-12, _rounding(leaf) * _scale(leaf), room if seen else allowed[path])
    # A mask of integers is the mistake that the same mask of floats is, where the mistake is not the dtype itself.
    loose = all(np.asarray(leaf).dtype == np.float64 for _, leaf in leaves(mistaken))
    usual = expected_value(case, 0)
    if any(isinstance(usual, form) and not isinstance(mistaken, form) for form in (tuple, dict)):
        return is_same(spec, Item("the result", ((),)), mistaken, reply, tolerances)  # no parts that could be compared
    items = {item.name: item for item in items_of(mistaken, spec.items)}
    right = {item.name: item.paths for item in items_of(usual, spec.items)}
    for name in names:
        if name in items:
            left_out = set(right.get(name, ())).difference(items[name].paths)  # by the mistake, and so by the student
            if any(part_or_none(reply, path) is not None for path in left_out):
                return False
            parts = ([part_or_none(value, path) for value in (usual, mistaken, reply)] for path in items[name].paths)
            if any(_has_more(*three) for three in parts):
                return False
            if not is_same(spec, items[name], mistaken, reply, tolerances, loose=loose):
                return False
        elif name not in right or _form(mistaken) != _form(reply):  # the mistake has no such item, and so must the student
            return False
    return True


def _has_more(usual: Value, mistaken: Value, reply: Value) -> bool:
    """Whether a reply has a key of the right value that a mistake leaves out: what is wrong there is something else."""
    if not (isinstance(usual, dict) and isinstance(mistaken, dict) and isinstance(reply, dict)):
        return False
    return any(key in reply and key not in mistaken for key in usual)


def _form(value: Value) -> Value:
    """The keys of dictionaries and the lengths of tuples, without what they hold."""
    if isinstance(value, dict):
        return {key: _form(part) for key, part in value.items()}
    return [_form(part) for part in value] if isinstance(value, list | tuple) else None


def _finite(value: Value) -> Value:
    """The value with nan and inf replaced by huge numbers, so that equal ones compare equal."""

    def finite(part: Value) -> Value:
        if not isinstance(part, np.ndarray | float | complex | np.inexact) or np.asarray(part).dtype.kind not in "fc":
            return part
        if np.isfinite(part).all():
            return part
        most = float(np.finfo(np.asarray(part).dtype).max)
        numbers = np.nan_to_num(part, nan=most / 8, posinf=most / 2, neginf=-most / 2)
        return numbers if isinstance(part, np.ndarray) else type(part)(numbers)

    return mapped(value, finite)


def _away(mistaken: Value, right: Value) -> float:
    """How far a mistake is off: beyond half of it a number may be nearer to the right one."""
    if right is None or np.shape(mistaken) != np.shape(right):
        return np.inf
    away = differences(np.asarray(right, dtype=np.complex128), np.asarray(mistaken, dtype=np.complex128))
    return float(np.max(away, initial=0.0))


def _rounding(value: Value) -> float:
    """How far two runs of one formula may lie apart, as a part of the largest number: a library may sum in another order."""
    return 1e-5 if getattr(value, "dtype", None) in (np.float32, np.float16, np.complex64) else 1e-9


def _scale(value: Value) -> float:
    array = np.abs(np.asarray(value, dtype=np.complex128))
    finite = array[np.isfinite(array)]
    return float(finite.max()) if finite.size else 0.0
