"""From outcomes to checks and points: what follows for every function from its contract.

The stages are *runs*, *structure*, *shape*, *dtype*, *values* per output item, then *inputs left
alone*, further case sets and properties. A stage is skipped, with the reason, when an earlier one
of the same item fails. Only values, sets and properties carry points (and *inputs*, a little, when
all values pass), and nothing is earned by what a stub gets right, nor by a property of a part that has
the wrong structure or shape, in which a judge may see nothing.
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from grader.confined.wire import Encoded, WireError, _Decoder, decode
from grader.judging.cases import Case, FunctionCases
from grader.judging.compare import STAGES, Item, Problem, agrees, items_of, kind_of, leaves, problems, where_text
from grader.judging.outcomes import Outcomes, expected_value, parts_of, plan_of, raised_text
from grader.judging.properties import as_it_is, property_problem, without
from grader.model import Check, FunctionStatus
from grader.sandbox.runner import Outcome, Returned, Stopped
from grader.spec import Function, Given, Property
from grader.texts import say

__all__ = [
    "Failure",
    "Verdict",
    "carried_by_property",
    "judge",
    "well_formed",
]


@dataclass(frozen=True, slots=True)
class Failure:
    """One case that failed one check."""

    case: Case
    check: str
    item: str | None
    problem: Problem | None
    message: str


@dataclass(frozen=True)
class Verdict:
    """The checks of one function, what failed, and under which alternative it was judged."""

    name: str
    status: FunctionStatus
    checks: tuple[Check, ...]
    failures: tuple[Failure, ...] = ()
    alternative: int = 0
    wrong_items: frozenset[str] = frozenset()
    max_points: float = 0.0

    @property
    def points(self) -> float:
        """Exactly the maximum when all checks pass, whatever the shares round to."""
        return self.max_points if self.passed else round(sum(check.points for check in self.checks), 4)

    @property
    def passed(self) -> bool:
        return self.status == "passed"


@dataclass
class _Draft:
    """Checks while they are collected."""

    checks: list[Check] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add(self, kind: str, name: str, status: Any, points: float, earned: float, message: str) -> None:
        self.checks.append(Check(kind, name, status, round(earned, 6), round(points, 6), message))


def judge(spec: Function, cases: FunctionCases, outcomes: Outcomes) -> Verdict:
    """Judge one function.

    Parameters
    ----------
    spec, cases
        The description and the frozen cases.
    outcomes
        Per case key the outcomes of its plan's steps.

    Returns
    -------
    Verdict
        With failures in the order of the cases, small ones first.

    Notes
    -----
    A verdict depends on nothing but these three, and most right solutions of a class give the same bits: what
    passed is remembered by the SHA-256 of its replies.
    """
    digest = _digest(cases, outcomes)
    known = _PASSED.get((cases, digest))
    if known is not None and known[0] is spec:
        return known[1]
    verdict = _judged(spec, cases, outcomes)
    if verdict.passed and digest:
        if len(_PASSED) >= _REMEMBERED:
            _PASSED.clear()
        _PASSED[cases, digest] = spec, verdict
    return verdict


_PASSED: dict[tuple[FunctionCases, bytes], tuple[Function, Verdict]] = {}
_REMEMBERED = 2_048
_LENGTHS = struct.Struct("<IQQI")


def _digest(cases: FunctionCases, outcomes: Outcomes) -> bytes:
    """SHA-256 of all replies; empty where something did not reply."""
    parts: list[bytes] = []
    for case in cases.cases:
        replies = outcomes.get(case.key)
        if not replies:
            return b""
        for reply in replies:
            if not isinstance(reply, Returned):
                return b""
            header, payload = reply.value
            parts += (_LENGTHS.pack(len(replies), len(header), len(payload), len(reply.mutated)), header, payload)
            if reply.mutated:
                parts.append(struct.pack(f"<{len(reply.mutated)}I", *reply.mutated))
    return hashlib.sha256(b"".join(parts)).digest() if parts else b""


def _judged(spec: Function, cases: FunctionCases, outcomes: Outcomes) -> Verdict:
    draft = _Draft()
    stopped = _first_stop(cases, outcomes)
    shares = _shares(spec, _items(cases, spec))
    values = _cases_of(cases, "values")
    runs = _runs(values, outcomes, draft)
    said = {prop.name: _against(prop, cases, outcomes) for prop in spec.properties}
    alternative, wrong, malformed, gate = 0, frozenset[str](), frozenset[str](), False
    if runs:
        alternative, results = _best_alternative(spec, values, outcomes)
        wrong = frozenset(name for name, (problem, _) in results.items() if problem)
        malformed = frozenset(name for name, (p, _) in results.items() if p and p.stage in ("structure", "shape"))
        left_out = _left_out(spec, values, outcomes, alternative)
        free = cases.trivial | left_out
        gate = _earns(spec, cases, said, [n for n in shares.items if n not in left_out], wrong)
        unpaid = free if not gate else left_out if wrong else frozenset[str]()
        _item_checks(spec, values, results, shares, unpaid, left_out, draft)
    else:
        for name, points in shares.items.items():
            draft.add("values", name, "skipped", points * spec.points, 0, say("skipped-runs"))
    _inputs_check(spec, cases, outcomes, shares, gate and not wrong, draft)
    for case_set in spec.sets:
        _set_check(spec, cases, case_set.name, outcomes, shares.sets[case_set.name], gate, draft)
    broken = say("skipped-runs") if not runs else say("skipped-structure") if _structure_wrong(draft) else ""
    for prop in spec.properties:
        pays = (gate or not shares.items) and not (
            malformed and any(_against(prop, cases, outcomes, lambda given: without(malformed, given, spec)))
        )
        points = shares.properties[prop.name] * spec.points
        _property_check(prop, _cases_of(cases, prop.name), said[prop.name], points, pays, broken, draft)
    status: FunctionStatus = "passed" if all(c.status == "passed" for c in draft.checks) else "failed"
    if stopped is not None:
        status = stopped.reason if stopped.reason != "not-run" else "crashed"
        message = say(status, name=spec.name, detail=stopped.detail)
        draft.checks[0] = Check("runs", "runs", "failed", 0.0, 0.0, message)
    return Verdict(spec.name, status, tuple(draft.checks), tuple(draft.failures), alternative, wrong, spec.points)


def _left_out(spec: Function, values: Sequence[Case], outcomes: Outcomes, alternative: int) -> frozenset[str]:
    """Optional items that no result holds."""
    found = set(spec.optional)
    for case in values:
        if not found:
            break
        got = _decoded(_value(outcomes, case))
        for item in _tolerances(case, alternative, spec.returns, spec.random)[0]:
            if isinstance(got, dict) and any(path[0] in got for path in item.paths):
                found.discard(item.name)
    return frozenset(found)


def _earns(
    spec: Function,
    cases: FunctionCases,
    said: Mapping[str, Sequence[Failure]],
    items: Sequence[str],
    wrong: frozenset[str],
) -> bool:
    """Whether anything is right that a stub would not get right: without it nothing earns points."""
    nontrivial = [name for name in items if name not in cases.trivial]
    if nontrivial or (items and not spec.random):  # where everything is trivial by nature, a stub is the solution
        return any(name not in wrong for name in nontrivial or items)
    return not all(said.values())


def _structure_wrong(draft: _Draft) -> bool:
    return any(check.kind == "structure" and check.status == "failed" for check in draft.checks)


def well_formed(verdict: Verdict) -> bool:
    """Whether a function ran and its results have the right structure and shape, whatever the values."""
    return all(c.status == "passed" for c in verdict.checks if c.kind in ("runs", "structure", "shape"))


def carried_by_property(spec: Function, verdict: Verdict) -> Verdict | None:
    """The verdict with a property in place of the values; None where no property may or does stand in.

    Whether it is fair to do so depends on the functions that came before; see :attr:`Property.carries`.
    """
    carrying = [p.name for p in spec.properties if p.carries]
    apart = {"inputs", *(p.name for p in spec.properties if not p.carries)}
    found = [f.problem for f in verdict.failures if f.check not in apart]
    if not carrying or any(p is None or p.stage != "values" for p in found):
        return None  # it raised, a result has the wrong form, or the property fails
    message = say("carried-values", property=" and ".join(carrying))

    def lifted(check: Check) -> Check:
        if check.kind == "values":
            return replace(check, status="passed", points=check.max_points, message=message)
        if check.status == "failed":  # a changed argument, or another property
            return check
        return replace(check, status="passed", points=check.max_points, message="")

    checks = tuple(map(lifted, verdict.checks))
    status: FunctionStatus = "passed" if all(c.status == "passed" for c in checks) else "failed"
    failures = tuple(f for f in verdict.failures if any(f.check == c.name and c.status == "failed" for c in checks))
    return replace(verdict, status=status, checks=checks, failures=failures, wrong_items=frozenset())


# -- shares ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shares:
    """Which part of the points each check carries; they add up to one."""

    items: Mapping[str, float]
    inputs: float
    sets: Mapping[str, float]
    properties: Mapping[str, float]


def _shares(spec: Function, items: Sequence[Item]) -> _Shares:
    judged = [i.name for i in items if i.name not in spec.random and i.name not in spec.opaque]
    weights = {name: spec.weights.get(name, 1.0) for name in judged}
    extra = {p.name: p.share for p in spec.properties} | {s.name: s.share for s in spec.sets}
    left = 1.0 - sum(extra.values()) - spec.inputs_share
    total = sum(weights.values())
    if not total:  # nothing is judged by value: sets and properties carry everything
        scale = (1.0 - spec.inputs_share) / (sum(extra.values()) or 1.0)
        extra = {name: share * scale for name, share in extra.items()}
        left = 0.0
    return _Shares(
        {name: left * weight / total if total else 0.0 for name, weight in weights.items()},
        spec.inputs_share,
        {s.name: extra[s.name] for s in spec.sets},
        {p.name: extra[p.name] for p in spec.properties},
    )


@lru_cache(maxsize=4096)
def _cases_of(cases: FunctionCases, check: str) -> tuple[Case, ...]:
    return tuple(case for case in cases.cases if case.check == check)


@lru_cache(maxsize=4096)
def _items_cached(cases: FunctionCases, returns: str | tuple[str, ...]) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for case in _cases_of(cases, "values"):
        for item in items_of(expected_value(case, 0), returns):
            found.setdefault(item.name, item)
    return tuple(found.values())


def _items(cases: FunctionCases, spec: Function) -> tuple[Item, ...]:
    return _items_cached(cases, spec.returns)


# -- runs --------------------------------------------------------------------------------


def _first_stop(cases: FunctionCases, outcomes: Outcomes) -> Stopped | None:
    for case in cases.cases:
        for outcome in outcomes.get(case.key, ()):
            if isinstance(outcome, Stopped) and outcome.reason != "not-run":
                return outcome
    return None


def _last(outcomes: Outcomes, case: Case) -> Outcome:
    found = outcomes.get(case.key, ())
    return found[-1] if found else Stopped("not-run")


_NUMBERS_TOLD = re.compile(r"(?!.*\d{4})(?!(.*\d,){5})", re.DOTALL)


def told(case: Case, problem: Problem, item: str) -> str:
    """A problem in words; of a case that may not be seen no value, key or name that the submission chose.

    Shapes and dtypes are told also then, as far as they are small: they are what helps most, and say little.
    """
    if case.visible or (problem.stage in ("shape", "dtype") and _NUMBERS_TOLD.match(problem.message)):
        return problem.message
    return say(f"hidden-{problem.stage}", where=where_text(problem.path, item))


def _telling(hits: Sequence[tuple[Case, Problem]]) -> tuple[Case, Problem]:
    """The first case that may be seen, else the first one."""
    return next((hit for hit in hits if hit[0].visible), hits[0])


def _runs(values: Sequence[Case], outcomes: Outcomes, draft: _Draft) -> bool:
    failing = [case for case in values if not isinstance(_last(outcomes, case), Returned)]
    for case in failing:
        draft.failures.append(Failure(case, "runs", None, None, raised_text(_last(outcomes, case), case)))
    if failing:
        first = next((case for case in failing if case.visible), failing[0])
        message = raised_text(_last(outcomes, first), first) + _for_class(failing, values)
        draft.add("runs", "runs", "failed", 0, 0, message)
    else:
        draft.add("runs", "runs", "passed", 0, 0, "")
    return not failing


def _for_class(failing: Sequence[Case], cases: Sequence[Case]) -> str:
    if len(failing) == len(cases):
        return ""
    return say("for-class", failing=len(failing), total=len(cases), case_class=failing[0].case_class)


# -- values ------------------------------------------------------------------------------

Result = tuple[Problem | None, tuple[tuple[Case, Problem], ...]]


def _best_alternative(spec: Function, values: Sequence[Case], outcomes: Outcomes) -> tuple[int, dict[str, Result]]:
    """The alternative under which most items are right, then of the right form (the first one where equal)."""
    count = len(values[0].expected) if values else 0
    for alternative in range(count):
        if all(agrees(c.expected[alternative], _value(outcomes, c)) for c in values):
            names = [i.name for c in values[:1] for i in items_of(expected_value(c, alternative), spec.returns)]
            return alternative, dict.fromkeys(names, (None, ()))
    decoded = {c.key: _decoded(_value(outcomes, c)) for c in values}
    judged = [(number, judge_items(spec, values, decoded, number)) for number in range(count)]
    return max(judged, key=lambda found: _rightness(found[1]), default=(0, {}))


def _rightness(results: Mapping[str, Result]) -> tuple[int, int]:
    """How many items are right, and how far the others got: of the right structure, shape, dtype."""
    found = [problem for problem, _ in results.values()]
    return sum(p is None for p in found), sum(len(STAGES) if p is None else STAGES.index(p.stage) for p in found)


def _value(outcomes: Outcomes, case: Case) -> Encoded:
    outcome = _last(outcomes, case)
    assert isinstance(outcome, Returned)
    return outcome.value


def _decoded(encoded: Encoded) -> Any:
    try:
        return decode(encoded)
    except WireError:
        return None


@lru_cache(maxsize=16384)
def _tolerances(
    case: Case, alternative: int, returns: str | tuple[str, ...], random: frozenset[str]
) -> tuple[tuple[Item, ...], Mapping[tuple[Any, ...], float]]:
    """The items of a right value and the tolerance of each of its numbers; what is random has no right number."""
    expected = expected_value(case, alternative)
    items = items_of(expected, returns)
    found = dict(zip((p for p, _ in leaves(expected)), case.expected[alternative].tolerances, strict=False))
    for path in (path for item in items if item.name in random for path in item.paths):
        found.update((p, math.inf) for p in found if p[: len(path)] == path)
    return items, found


def judge_items(spec: Function, values: Sequence[Case], decoded: Mapping[str, Any], alternative: int) -> dict[str, Result]:
    """Per item its first problem at the earliest stage, and every case with a problem."""
    results: dict[str, list[tuple[Case, Problem]]] = {}
    for case in values:
        expected = expected_value(case, alternative)
        got = decoded[case.key]
        top = _top_problem(expected, got)
        items, tolerances = _tolerances(case, alternative, spec.returns, spec.random)
        for item in items:
            found = results.setdefault(item.name, [])
            if item.name in spec.opaque and top is None:
                continue
            problem, _ = (
                (top, 0)
                if top
                else problems(
                    expected,
                    got,
                    item,
                    tolerances,
                    loose_dtype=item.name in spec.loose_dtype,
                    optional=item.name in spec.optional,
                )
            )
            if problem and not (problem.stage == "values" and item.name in spec.random):
                found.append((case, problem))
    return {
        name: (min((p for _, p in found), key=lambda p: STAGES.index(p.stage)) if found else None, tuple(found))
        for name, found in results.items()
    }


def _top_problem(expected: Any, got: Any) -> Problem | None:
    """A result that is not the tuple or dictionary that it should be."""
    where = "the result"
    if got is None and expected is not None:
        return Problem("structure", (), say("none", where=where))
    if isinstance(expected, tuple):
        if not isinstance(got, tuple | list):
            return Problem("structure", (), say("type", where=where, got=kind_of(got), expected=kind_of(expected)))
        if len(got) != len(expected):
            return Problem("structure", (), say("length", where=where, got=len(got), expected=len(expected)))
    elif isinstance(expected, dict) and not isinstance(got, dict):
        return Problem("structure", (), say("type", where=where, got=kind_of(got), expected="a dictionary"))
    return None


def _item_checks(
    spec: Function,
    values: Sequence[Case],
    results: Mapping[str, Result],
    shares: _Shares,
    unpaid: frozenset[str],
    left_out: frozenset[str],
    draft: _Draft,
) -> None:
    structural = [(name, [h for h in hits if h[1].stage == "structure"]) for name, (_, hits) in results.items()]
    structural = [found for found in structural if found[1]]
    message = told(*_telling(structural[0][1]), structural[0][0]) if structural else ""
    draft.add("structure", "structure", "failed" if structural else "passed", 0, 0, message)
    for name, (problem, hits) in results.items():
        if name in spec.opaque:
            continue
        reached = STAGES.index(problem.stage) if problem else len(STAGES)
        carries = name not in spec.random
        for number, stage in enumerate(STAGES[1 : 4 if carries else 3], 1):
            points = shares.items.get(name, 0.0) * spec.points if stage == "values" else 0.0
            if number == reached and problem:
                at = [(c, p) for c, p in hits if p.stage == stage]
                text = told(*_telling(at), name) + _for_class([c for c, _ in at], values)
                draft.add(stage, name, "failed", points, 0, text)
            elif number > reached and problem:
                draft.add(stage, name, "skipped", points, 0, say("skipped-stage", stage=problem.stage, item=name))
            else:
                pays = name not in unpaid
                right = say("optional") if name in left_out else say("passed-cases", count=len(values))
                text = right if pays else say("trivial")
                draft.add(stage, name, "passed", points, points if pays else 0, text if stage == "values" else "")
        draft.failures.extend(Failure(c, "values", name, p, told(c, p, name)) for c, p in hits)


# -- inputs, sets, properties ------------------------------------------------------------


def _inputs_check(
    spec: Function, cases: FunctionCases, outcomes: Outcomes, shares: _Shares, all_right: bool, draft: _Draft
) -> None:
    points = shares.inputs * spec.points
    for case in sorted(cases.cases, key=lambda case: not case.visible):
        replies = outcomes.get(case.key, ())
        for outcome, (name, question) in zip(replies, plan_of(case, replies).steps, strict=False):
            if isinstance(outcome, Returned) and outcome.mutated and name == spec.name:
                names = _mutated_names(question, outcome.mutated, cases.parameters)
                message = say("mutated", names=" and ".join(names))
                draft.failures.append(Failure(case, "inputs", None, None, message))
                draft.add("inputs", "inputs", "failed", points, 0, message)
                return
    if all_right:
        draft.add("inputs", "inputs", "passed", points, points, "")
    else:
        draft.add("inputs", "inputs", "skipped", points, 0, say("skipped-inputs"))


def _mutated_names(question: Encoded, numbers: Sequence[int], parameters: Sequence[str]) -> list[str]:
    """Names of the arguments that own the numbered arrays (the decoder numbers them in order)."""
    decoder = _Decoder(question, lambda ref: ref, lambda code: code)
    args = decoder.get()
    owners: dict[int, int] = {}
    parts = [value for value, _, _ in decoder.arrays] + [value for value, _ in decoder.lists]
    for position, argument in enumerate(args):
        for inner in parts_of(argument):
            owners.setdefault(id(inner), position)
    found = {owners[id(parts[n])] for n in numbers if n < len(parts) and id(parts[n]) in owners}
    return [parameters[i] if i < len(parameters) else f"number {i + 1}" for i in sorted(found)] or ["(a part of it)"]


def _set_check(
    spec: Function, cases: FunctionCases, name: str, outcomes: Outcomes, share: float, gate: bool, draft: _Draft
) -> None:
    mine = _cases_of(cases, name)
    points = share * spec.points
    failing: list[Failure] = []
    returned = [c for c in mine if isinstance(_last(outcomes, c), Returned)]
    for case in mine:
        if case not in returned:
            text = raised_text(_last(outcomes, case), case)
            failing.append(Failure(case, name, None, None, text))
    if not failing:
        _, results = _best_alternative(spec, mine, outcomes)
        failing = [
            Failure(case, name, item, problem, told(case, problem, item))
            for item, (_, hits) in results.items()
            for case, problem in hits
        ]
    if failing:
        draft.failures.extend(failing)
        where = list({f.case.key: f.case for f in failing}.values())
        first = next((f for f in failing if f.case.visible), failing[0])
        draft.add("values", name, "failed", points, 0, first.message + _for_class(where, mine))
    else:
        message = say("passed-cases", count=len(mine)) if gate else say("trivial")
        draft.add("values", name, "passed", points, points if gate else 0, message)


def _against(
    prop: Property, cases: FunctionCases, outcomes: Outcomes, seen: Callable[[Given], Given] = as_it_is
) -> list[Failure]:
    """What a property's judge has against a function, case by case."""
    mine = _cases_of(cases, prop.name)
    found = [(case, property_problem(prop, case, outcomes.get(case.key, ()), seen)) for case in mine]
    return [Failure(case, prop.name, None, None, message) for case, message in found if message]


def _property_check(
    prop: Property,
    cases: Sequence[Case],
    failing: Sequence[Failure],
    points: float,
    gate: bool,
    broken: str,
    draft: _Draft,
) -> None:
    if failing and broken:  # the same mistake again, in other words
        draft.add("property", prop.name, "skipped", points, 0, broken)
    elif failing:
        draft.failures.extend(failing)
        text = failing[0].message + _for_class([f.case for f in failing], cases)
        draft.add("property", prop.name, "failed", points, 0, text)
    else:
        draft.add("property", prop.name, "passed", points, points if gate else 0, "" if gate else say("trivial"))
