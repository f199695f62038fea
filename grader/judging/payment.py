"""Who is paid: what is right earns its points only beside something that no stub would get right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.confined.kinds import Value
from grader.confined.wire import Encoded, encode
from grader.judging.compare import items_of, key_item
from grader.judging.comparison import Comparison
from grader.judging.credit import Credit, credit_of, over_all
from grader.judging.forms import with_parts
from grader.judging.judge import Failure, FunctionJudge
from grader.judging.outcomes import Outcomes, last_outcome, reply_value
from grader.judging.properties import property_problems
from grader.model import Check
from grader.sandbox.runner import Outcome, Returned
from grader.spec import Function

__all__ = ["Payment", "payment_of", "whole_of", "with_least_loss"]

_LEAST = 0.05  # of its points: what a function loses that does not pass


@dataclass(frozen=True, slots=True)
class Payment:
    """Which part of its share each check of a function is paid, from 0 to 1.

    =======================  =================================================================================
    an item                  what is right of it, when something has been earned
    an item that is left out as much as of the other items
    the inputs               as much as of all items
    a further set of cases   what is right of its items, when something has been earned
    a property               the part of its cases on which it holds, when something has been earned, or nothing of
                             the function is judged by value
    =======================  =================================================================================

    Something has been earned when an item is right on some input, also of a further set, where a stub (zeros, or the
    arguments handed through) is not, or when a property holds that no stub has. Where a stub gets all items right by
    their nature, each of them counts, because a stub is the solution; but where items are random, or nothing is judged
    by value, a property has to hold.

    Attributes
    ----------
    earned
        Whether something has been earned.
    items
        The part of each item.
    left_out
        Optional items that no result holds.
    properties
        The part of each property.
    inputs
        The part for arguments that were left alone.
    """

    earned: bool = False
    items: Mapping[str, float] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    properties: Mapping[str, float] = field(default_factory=dict)
    inputs: float = 0.0


def payment_of(
    judge: FunctionJudge,
    outcomes: Outcomes,
    comparison: Comparison | None,
    objections: Mapping[str, Sequence[Failure]],
    kept: Mapping[str, float],
) -> Payment:
    """Who is paid.

    ``comparison`` is None where no call gave a value, ``objections`` are those of each property's judge, ``kept`` is what
    it keeps where it was asked about the result in another form.
    """
    properties = {name: kept[name] * _part_without(judge, name, objections[name]) for name in judge.shares.properties}
    if comparison is None:
        earned = _proved_beside(judge, outcomes, objections)
        return Payment(earned, properties=properties if earned or not judge.shares.items else {})
    left_out = _left_out(judge, outcomes, comparison.alternative)
    if comparison.wrong or not all(isinstance(last_outcome(outcomes, case), Returned) for case in judge.values):
        credit = credit_of(judge, judge.values, outcomes, comparison.alternative)
    else:
        credit = Credit(dict.fromkeys(judge.shares.items, 1.0), frozenset(judge.shares.items))
    items = [name for name in judge.shares.items if name not in left_out]
    if not _earned(judge, items, credit, objections) and not _proved_beside(judge, outcomes, objections):
        return Payment(left_out=left_out, properties={} if judge.shares.items else properties)
    empty = frozenset(name for name in judge.shares.items if not credit.items.get(name)) - judge.spec.random - left_out
    if empty & comparison.malformed:  # a form without right values: what holds of it earns nothing
        proving = {prop.name for prop in judge.spec.properties if prop.proves}
        properties = {
            name: part if name in proving or _holds_without(judge, name, outcomes, empty & comparison.malformed) else 0.0
            for name, part in properties.items()
        }
    whole = whole_of(judge, credit, left_out)
    return Payment(True, {**credit.items, **dict.fromkeys(left_out, whole)}, left_out, properties, whole)


def whole_of(judge: FunctionJudge, credit: Credit, left_out: frozenset[str] = frozenset()) -> float:
    """How much is right of all items together, each as much as it weighs."""
    weights = {name: share for name, share in judge.shares.items.items() if name not in left_out}
    total = sum(weights.values())
    return sum(credit.items.get(name, 0.0) * share for name, share in weights.items()) / total if total else 1.0


def with_least_loss(checks: Sequence[Check], most: float) -> list[Check]:
    """The checks of a function, with what they lose in proportion where that is next to nothing of its points."""
    lost = sum(check.max_points - check.points for check in checks)
    if all(check.status == "passed" for check in checks) or not 0 < lost < _LEAST * most:
        return list(checks)
    larger = _LEAST * most / lost
    left = [max(0.0, check.max_points - larger * (check.max_points - check.points)) for check in checks]
    return [replace(check, points=round(points, 6)) for check, points in zip(checks, left, strict=True)]


def _part_without(judge: FunctionJudge, name: str, objections: Sequence[Failure]) -> float:
    """The part of a property's cases to which there is no objection."""
    failing = {failure.case.key for failure in objections}
    cases = judge.cases_of(name)
    return over_all(judge, cases, {case.key: float(case.key not in failing) for case in cases})


def _earned(judge: FunctionJudge, items: Sequence[str], credit: Credit, objections: Mapping[str, Sequence[Failure]]) -> bool:
    nontrivial = [name for name in items if name not in judge.cases.trivial | judge.spec.random]
    if nontrivial or (items and not judge.spec.random):
        return any(credit.items.get(name) for name in items) if not nontrivial else bool(credit.proved & set(nontrivial))
    return not all(objections.values())


def _proved_beside(judge: FunctionJudge, outcomes: Outcomes, objections: Mapping[str, Sequence[Failure]]) -> bool:
    """Whether something beside the values is what no stub gets: a property that says so, or an item in a further set."""
    if any(prop.proves and not objections.get(prop.name, (True,)) for prop in judge.spec.properties):
        return True
    groups = ([*judge.values, *judge.cases_of(name)] for name in judge.shares.sets)  # one answer to all of them is a stub
    return any(credit_of(judge, group, outcomes, 0).proved - judge.cases.trivial - judge.spec.random for group in groups)


def _left_out(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> frozenset[str]:
    left_out = set(judge.spec.optional)
    for case in judge.values if left_out else ():
        got = reply_value(last_outcome(outcomes, case))
        for item in items_of(case.expected[alternative].decoded, judge.spec.items):
            if isinstance(got, dict) and any(path[0] in got for path in item.paths):
                left_out.discard(item.name)
    return frozenset(left_out)


def _holds_without(judge: FunctionJudge, name: str, outcomes: Outcomes, malformed: frozenset[str]) -> bool:
    """Whether a property holds, too, where its judge sees nothing of the malformed parts."""
    prop = next(prop for prop in judge.spec.properties if prop.name == name)

    def blank(step: tuple[str, Encoded], outcome: Outcome) -> Outcome:
        if step[0] != judge.spec.name or not isinstance(outcome, Returned):
            return outcome
        reply = _without(malformed, reply_value(outcome), judge.spec)
        return replace(outcome, value=encode(reply, opaque=lambda _: 0))

    questions = [
        (
            prop,
            case,
            [blank(step, outcome) for step, outcome in zip(case.plan.steps, outcomes.get(case.key, ()), strict=False)],
        )
        for case in judge.cases_of(name)
    ]
    return not any(property_problems(questions))


def _without(items: frozenset[str], reply: Value, spec: Function) -> Value:
    """A result in which these items are None."""
    if isinstance(reply, dict) and isinstance(spec.items, str):
        return {key: None if key_item(key) in items else part for key, part in reply.items()}
    if not isinstance(spec.items, str):
        parts = with_parts(reply, len(spec.items))
        return tuple(None if name in items else part for name, part in zip(spec.items, parts, strict=False))
    return None
