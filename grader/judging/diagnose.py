"""Why something is wrong: catalogued mistakes by equality of outcomes, then general detectors.

A finding is never a guess. A catalogued mistake is named only when it is wrong in the same items and
gives the student's own numbers on all cases; a general detector speaks only when its relation holds
on all failing cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any

import numpy as np

from grader.confined.wire import Encoded, WireError, decode
from grader.judging.cases import Case, FunctionCases
from grader.judging.checks import Failure, Verdict
from grader.judging.compare import Item, as_array, items_of, leaves, problems, where_text
from grader.judging.outcomes import Outcomes, arguments_of, expected_value, given_of
from grader.model import Finding
from grader.sandbox.helpers import bounded_memory
from grader.sandbox.runner import Outcome, Raised, Returned
from grader.spec import Function
from grader.texts import say

__all__ = ["findings_of"]

_MOST = 2


def findings_of(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> tuple[Finding, ...]:
    """At most two findings, the most specific first."""
    if verdict.passed:
        return ()
    found = [*_catalogued(spec, cases, outcomes, verdict)]
    if not found:
        found = [f for detector in _DETECTORS for f in detector(spec, cases, outcomes, verdict)]
    unique = list({f.code: f for f in found}.values())
    return tuple(unique[:_MOST])


# -- catalogued mistakes -----------------------------------------------------------------


def _catalogued(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    for code in _fitting(spec, cases, outcomes, verdict):
        text = cases.mistakes[code]
        yield Finding(text.code, text.message, text.hint)


def _fitting(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[str]:
    for prop in spec.properties:
        failing = [f.case for f in verdict.failures if f.check == prop.name]
        for code, fits in prop.fits.items():
            if failing and all(_fits(fits, case, outcomes) for case in failing):
                yield code
                break
    compared = [c for c in cases.cases if c.expected]
    for code in cases.mistakes:
        if _same_outcomes(spec, compared, outcomes, verdict, code):
            yield code
            return


def _fits(fits: Callable[[Any], bool], case: Case, outcomes: Outcomes) -> bool:
    replies = outcomes.get(case.key, ())
    if len(replies) < len(case.plan.steps) or not all(isinstance(o, Returned) for o in replies):
        return False
    try:
        given = given_of(case, replies)
        with bounded_memory(), np.errstate(all="ignore"):
            return bool(fits(given))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError, WireError):
        return False


def _same_outcomes(spec: Function, compared: Sequence[Case], outcomes: Outcomes, verdict: Verdict, code: str) -> bool:
    """Whether a mistake is wrong in the student's wrong items only, with the student's own numbers."""
    if not any(code in case.mistakes for case in compared):
        return False
    failed = [f for f in verdict.failures if f.case.expected and f.check != "inputs"]
    wrong = {(f.check, f.item) for f in failed if f.item not in _extra(spec, f.case)}
    if not wrong:
        return False
    raising = ("runs", None) in wrong
    # The first failing case rules most mistakes out.
    order = sorted(compared, key=lambda c: not any(f.case is c for f in verdict.failures))
    theirs: set[tuple[str, str | None]] = set()
    for case in order:
        outcome = outcomes.get(case.key, ())[-1:]
        mistake = case.mistakes.get(code)
        if not outcome:
            return False
        if isinstance(mistake, str) or isinstance(outcome[0], Raised):
            if not _raise_alike(mistake, outcome[0]):
                return False
            theirs.add((("runs" if case.check == "values" else case.check), None))
            continue
        if not isinstance(outcome[0], Returned):
            return False
        differing = _wrong_items(spec, case, code, verdict.alternative if case.check == "values" else 0)
        theirs.update((case.check, name) for name in differing)
        names = {item for check, item in wrong if check == case.check and item is not None} | differing
        if raising and case.check == "values":  # where some calls raise, no item has been judged
            names = {item.name for item in items_of(expected_value(case, 0), spec.returns)} - spec.opaque
        value = mistake if mistake is not None else case.expected[0].value
        if not _equal_items(spec, case, names, value, outcome[0].value, verdict.alternative):
            return False
    if raising:
        theirs -= {found for found in theirs if found[0] == "values"}
    return theirs == wrong


def _raise_alike(mistake: Encoded | str | None, outcome: Outcome) -> bool:
    return isinstance(mistake, str) and isinstance(outcome, Raised) and outcome.type_name.split(".")[-1] == mistake


@lru_cache(maxsize=65536)
def _wrong_items(spec: Function, case: Case, code: str, alternative: int) -> frozenset[str]:
    """Items in which a mistake's outcome differs from the right one."""
    mistake = case.mistakes.get(code, case.expected[0].value)
    if isinstance(mistake, str):
        return frozenset()
    got = decode(mistake)
    if isinstance(expected_value(case, alternative), tuple) and not isinstance(got, tuple):
        alternative = 0  # the edition that returns one value alone
    expected = _head(expected_value(case, alternative), got, case)
    return frozenset(
        item.name
        for item in items_of(expected, spec.returns)
        if item.name not in spec.opaque and not _same(spec, expected, got, item, _tolerances(case, alternative))
    )


def _extra(spec: Function, case: Case) -> frozenset[str]:
    """Items that only an edition with a longer result has; no mistake speaks about them."""
    usual = expected_value(case, 0)
    more = spec.returns[len(usual) :] if isinstance(usual, tuple) and isinstance(spec.returns, tuple) else ()
    return frozenset(more)


def _head(result: Any, mistake: Any, case: Case) -> Any:
    """As many items of a result as a mistake has, where the result is of an edition that returns more of them."""
    usual = expected_value(case, 0)
    if isinstance(usual, tuple) and isinstance(mistake, tuple) and isinstance(result, tuple | list):
        return tuple(result[: len(usual)]) if len(mistake) == len(usual) < len(result) else result
    editions = range(len(case.expected))
    if isinstance(usual, dict) and isinstance(mistake, dict) and isinstance(result, tuple | list) and result:
        return result[0] if any(isinstance(expected_value(case, n), tuple) for n in editions) else result
    return result


def _tolerances(case: Case, alternative: int) -> dict[tuple[Any, ...], float]:
    expected = expected_value(case, alternative)
    return dict(zip((p for p, _ in leaves(expected)), case.expected[alternative].tolerances, strict=False))


def _same(spec: Function, mine: Any, theirs: Any, item: Item, tolerances: Mapping[Any, float]) -> bool:
    if isinstance(mine, tuple) and (not isinstance(theirs, tuple | list) or len(theirs) != len(mine)):
        return False
    if isinstance(mine, dict) and not isinstance(theirs, dict):
        return False
    problem, _ = problems(
        mine,
        theirs,
        item,
        tolerances,
        loose_dtype=item.name in spec.loose_dtype,
        optional=item.name in spec.optional,
    )
    return problem is None or (problem.stage == "values" and item.name in spec.random)


def _equal_items(spec: Function, case: Case, names: Iterable[str], mistake: Encoded, got: Encoded, alternative: int) -> bool:
    try:
        wrong, theirs = decode(mistake), _finite(decode(got))
    except WireError:
        return False
    mine = _finite(wrong)
    theirs = _head(theirs, mine, case)
    tolerances = {path: max(1e-12, 1e-9 * _scale(leaf)) for path, leaf in leaves(wrong)}
    if spec.relative:  # amplified rounding: two runs of the same wrong formula differ by as much as two right ones may
        widest = max(case.expected[0].tolerances, default=0.0)
        tolerances = {path: max(tolerance, widest) for path, tolerance in tolerances.items()}
    usual = expected_value(case, 0)
    if any(isinstance(usual, form) and not isinstance(mine, form) for form in (tuple, dict)):
        return _same(spec, mine, theirs, Item("the result", ((),)), tolerances)  # no parts that could be compared
    found = {item.name: item for item in items_of(mine, spec.returns)}
    right = {item.name: item for item in items_of(expected_value(case, 0), spec.returns)}
    for name in names:
        item = found.get(name)
        if item is None:  # the mistake has lost the item altogether, and so must the student
            if name in right and _form(mine) == _form(theirs):
                continue
            return False
        if not _same(spec, mine, theirs, item, tolerances):
            return False
    return True


def _form(value: Any) -> Any:
    """The keys of dictionaries and the lengths of tuples, without what they hold."""
    if isinstance(value, dict):
        return {key: _form(part) for key, part in value.items()}
    return [_form(part) for part in value] if isinstance(value, list | tuple) else None


def _finite(value: Any) -> Any:
    """The value with nan and inf replaced by huge numbers, so that equal ones compare equal."""
    if isinstance(value, np.ndarray | float | np.floating) and np.asarray(value).dtype.kind == "f":
        most = float(np.finfo(np.asarray(value).dtype).max)
        finite = np.nan_to_num(value, nan=most / 8, posinf=most / 2, neginf=-most / 2)
        return finite if isinstance(value, np.ndarray) else type(value)(finite)
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_finite(part) for part in value)
    return value


def _scale(value: Any) -> float:
    array = np.abs(np.asarray(value, dtype=np.complex128))
    finite = array[np.isfinite(array)]
    return float(finite.max()) if finite.size else 0.0


# -- general detectors -------------------------------------------------------------------

Detector = Callable[[Function, FunctionCases, Outcomes, Verdict], Iterator[Finding]]


def _pairs(
    spec: Function, outcomes: Outcomes, failures: Sequence[Failure], alternative: int
) -> tuple[str, list[tuple[Case, Any, Any]]]:
    """All wrong numbers of one item in its failing cases, as (case, expected, got), and how to call them.

    Empty where something is missing or is no number: then nothing can be said about the item.
    """
    found: list[tuple[Case, Any, Any]] = []
    places: dict[str, None] = {}
    complete = True
    for failure in failures:
        outcome = outcomes[failure.case.key][-1]
        if failure.problem is None or failure.item is None or not isinstance(outcome, Returned):
            return "", []
        mine, theirs = expected_value(failure.case, alternative), _decoded(outcome)
        tolerances = _tolerances(failure.case, alternative)
        item = next(i for i in items_of(mine, spec.returns) if i.name == failure.item)
        for path, leaf in leaves(mine):
            if not any(path[: len(start)] == start for start in item.paths):
                continue
            other = _number_at(theirs, path)
            if other is None:
                return "", []
            expected = np.asarray(leaf)
            if _leaf_right(expected, other, tolerances.get(path, 0.0)):
                complete = False
            else:
                places[where_text(path, failure.item)] = None
                found.append((failure.case, expected, other))
    item_name = failures[0].item or ""
    part = " and ".join(places) if len(places) <= 3 else f"a part of {item_name}"
    if 2 <= len(places) <= 3:
        part = f"each of {part}"
    return item_name if complete else part, found


def _decoded(outcome: Outcome) -> Any:
    """The value of a reply; None where there is none, or bytes that are no value."""
    try:
        return decode(outcome.value) if isinstance(outcome, Returned) else None
    except WireError:
        return None


def _number_at(value: Any, path: Sequence[Any]) -> Any:
    """The real number or array at a place, as an array; None where there is none."""
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    if not isinstance(value, int | float | np.ndarray | np.number):
        return None
    array = as_array(value)
    return array if array.dtype.kind in "biuf" else None


def _leaf_right(expected: Any, got: Any, tolerance: float) -> bool:
    same = expected.shape == got.shape and (expected.dtype == got.dtype or not got.ndim)
    return same and bool((np.abs(got.astype(float) - expected.astype(float)) <= tolerance).all())


def _by_item(verdict: Verdict) -> dict[str, list[Failure]]:
    groups: dict[str, list[Failure]] = {}
    for failure in verdict.failures:
        if failure.item is not None and failure.check == "values":
            groups.setdefault(failure.item, []).append(failure)
    return groups


def _undefined(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    for failure in verdict.failures:
        outcome = next((o for o in outcomes.get(failure.case.key, ()) if isinstance(o, Raised)), None)
        if outcome and outcome.type_name in ("NameError", "UnboundLocalError") and failure.case.visible:
            match = re.match(r"name '(\w{1,60})' is not defined", outcome.message)
            if match:
                text = say("undefined-name", missing=match[1])
                yield Finding("undefined-name", text, say("undefined-name-hint"))
        return


def _permuted(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    values = [c for c in cases.cases if c.check == "values" and c.expected]
    count = len(expected_value(values[0], verdict.alternative)) if isinstance(spec.returns, tuple) and values else 0
    if len(verdict.wrong_items) < 2 or not 2 <= count <= 5:
        return
    orders = [p for p in permutations(range(count)) if list(p) != sorted(p)]
    for case in values:
        outcome = outcomes[case.key][-1]
        got = _decoded(outcome)
        if not isinstance(got, tuple | list) or len(got) != count:
            return
        expected, tolerances = expected_value(case, verdict.alternative), _tolerances(case, verdict.alternative)
        items = items_of(expected, spec.returns)
        ordered = {p: tuple(got[i] for i in p) for p in orders}
        orders = [p for p in orders if all(_same(spec, expected, ordered[p], item, tolerances) for item in items)]
    if orders:
        text = say("permuted", expected=", ".join(spec.returns[:count]))
        yield Finding("permuted-result", text, say("permuted-hint"))


def _axes(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    for failures in _by_item(verdict).values():
        name, pairs = _pairs(spec, outcomes, failures, verdict.alternative)
        if not pairs:
            continue
        got, expected = pairs[0][2].shape, pairs[0][1].shape
        if all(g.ndim == e.ndim == 2 and g.shape == e.shape[::-1] and _near(g.T, e) for _, e, g in pairs):
            yield Finding("transposed", say("transposed", item=name), say("transposed-hint"))
        elif any(f.problem is None or f.problem.stage != "shape" for f in failures):
            continue
        elif all(g.ndim < e.ndim and g.size == e.size for _, e, g in pairs):
            text = say("keepdims", item=name, got=got, expected=expected)
            yield Finding("missing-keepdims", text, say("keepdims-hint"))
        elif all(g.ndim > e.ndim and g.size == e.size for _, e, g in pairs):
            text = say("extra-axis", item=name, got=got, expected=expected)
            yield Finding("extra-axis", text, say("extra-axis-hint"))


def _dtypes(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    for failures in _by_item(verdict).values():
        name, pairs = _pairs(spec, outcomes, failures, verdict.alternative)
        if not pairs or any(e.shape != g.shape for _, e, g in pairs):
            continue
        if all(g.dtype in (np.float32, np.float16) and _near(g, e, 1e-2) for _, e, g in pairs):
            yield Finding("single-precision", say("float32", item=name, got=pairs[0][2].dtype), say("float32-hint"))
        elif any(np.trunc(e).any() and g.any() for _, e, g in pairs) and all(  # zeros alone are more likely a stub
            _near(g, np.trunc(e)) or _near(g, np.floor(e)) for _, e, g in pairs
        ):
            yield Finding("truncated", say("truncated", item=name), say("truncated-hint"))


def _relations(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    """The opposite sign, or a constant factor with its meaning."""
    for failures in _by_item(verdict).values():
        name, pairs = _pairs(spec, outcomes, failures, verdict.alternative)
        if any(e.shape != g.shape or not np.isfinite(g).all() for _, e, g in pairs):
            continue
        pairs = [(c, e.astype(float), g.astype(float)) for c, e, g in pairs]
        if sum(e.size for _, e, _ in pairs) < 4:
            continue
        ratios = [_ratio(e, g) for _, e, g in pairs]
        if all(r is not None for r in ratios):
            known = [r for r in ratios if r is not None]
            if _near(np.array(known), -np.ones(len(known))):
                yield Finding("opposite-sign", say("sign", item=name), say("sign-hint"))
                continue
            meaning = _factor_meaning(cases, [c for c, _, _ in pairs], known)
            if meaning and len({number for _, e, _ in pairs for number in e.flat}) > 1:  # two constants say nothing
                text = say("factor", item=name, factor=meaning[0], meaning=meaning[1])
                yield Finding("constant-factor", text, say("factor-hint"))


def _near(a: Any, b: Any, tolerance: float = 1e-9) -> bool:
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * 1e-3))


def _ratio(expected: Any, got: Any) -> float | None:
    """The one factor between two arrays, if there is one."""
    big = np.abs(expected) > 1e-9
    if not big.any() or (np.abs(got[~big]) > 1e-9).any():
        return None
    ratios = got[big] / expected[big]
    factor = float(ratios.flat[0])
    return factor if np.allclose(ratios, factor, rtol=1e-6, atol=0) and factor != 0 else None


def _factor_meaning(cases: FunctionCases, where: Sequence[Case], ratios: Sequence[float]) -> tuple[str, str] | None:
    known: list[dict[str, float]] = []
    for case in where:
        facts: dict[str, float] = {}
        for name, value in zip(cases.parameters, arguments_of(case.plan), strict=False):
            if isinstance(value, float | int) and not isinstance(value, bool) and value:
                facts[name] = float(value)
        for value in arguments_of(case.plan):
            if isinstance(value, dict):  # parameters: their columns are no examples
                continue
            arrays = [leaf for _, leaf in leaves(value) if isinstance(leaf, np.ndarray) and leaf.ndim == 2]
            if arrays:
                facts.setdefault("m", float(arrays[0].shape[1]))
        known.append(facts)
    for name in {n: None for facts in known for n in facts}:
        values = [facts.get(name, 0.0) for facts in known]
        if not all(values) or len(set(values)) < 2:
            continue
        what = say("factor-examples") if name == "m" else say("factor-argument", name=name)
        if np.allclose(ratios, values, rtol=1e-6):
            return name, say("factor-multiplied", what=what)
        if np.allclose(ratios, 1 / np.array(values), rtol=1e-6):
            return f"1/{name}", say("factor-divided", what=what)
    if len(ratios) > 1 and np.allclose(ratios, ratios[0], rtol=1e-6) and not np.isclose(ratios[0], 1):
        return f"{ratios[0]:.4g}", ""
    return None


def _mutated(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    for check in verdict.checks:
        if check.kind == "inputs" and check.status == "failed":
            yield Finding("mutated-input", say("mutated-finding"), say("mutated-hint"))


def _one_class(spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Iterator[Finding]:
    for item, failures in _by_item(verdict).items():
        classes = {f.case.case_class for f in failures}
        mine = [c for c in cases.cases if c.check == "values" and c.case_class in classes]
        whole = len(mine) == len({f.case.key for f in failures})
        if len(classes) == 1 and not classes & {"small", "general"} and whole:
            text = say("only-class", item=item, case_class=next(iter(classes)))
            yield Finding("only-special-inputs", text, say("only-class-hint"))


_DETECTORS: tuple[Detector, ...] = (
    _undefined, _permuted, _axes, _dtypes, _relations, _mutated, _one_class,
)  # fmt: skip
