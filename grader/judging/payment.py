"""Who is paid: what is right earns its points only beside something that no stub would get right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.judging.compare import items_of
from grader.judging.comparison import Comparison
from grader.judging.judge import Failure, FunctionJudge
from grader.judging.outcomes import Outcomes, last_outcome, reply_value
from grader.judging.properties import property_problem, without

__all__ = ["Payment", "payment_of"]


@dataclass(frozen=True, slots=True)
class Payment:
    """Which checks of a function are paid where they pass.

    =======================  =================================================================================
    an item                  when something has been earned
    an item that is left out when something has been earned, and every item is right
    the inputs               when something has been earned, and every item is right
    a further set of cases   when something has been earned
    a property               when something has been earned, or nothing of the function is judged by value; and it
                             holds, too, where its judge sees nothing of the parts that have the wrong form
    =======================  =================================================================================

    Something has been earned when an item is right that a stub (zeros, or the arguments handed through) would not get
    right. Where a stub gets all items right by their nature, each of them counts, because a stub is the solution; but
    where items are random, or nothing is judged by value, a property has to hold.

    Attributes
    ----------
    earned
        Whether something has been earned.
    complete
        Whether every item is right.
    left_out
        Optional items that no result holds.
    properties
        The properties that are paid.
    """

    earned: bool = False
    complete: bool = False
    left_out: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()

    def for_item(self, name: str) -> bool:
        """Whether an item that is right is paid."""
        return self.earned and (self.complete or name not in self.left_out)

    @property
    def for_inputs(self) -> bool:
        """Whether arguments that were left alone are paid."""
        return self.earned and self.complete


def payment_of(
    judge: FunctionJudge, outcomes: Outcomes, comparison: Comparison | None, objections: Mapping[str, Sequence[Failure]]
) -> Payment:
    """Who is paid; ``comparison`` is None where a call gave no value, ``objections`` are those of each property's judge."""
    properties = frozenset(judge.shares.properties)
    if comparison is None:
        return Payment(properties=frozenset() if judge.shares.items else properties)
    left_out = _left_out(judge, outcomes, comparison.alternative)
    earned = _earned(judge, [name for name in judge.shares.items if name not in left_out], comparison.wrong, objections)
    if judge.shares.items and not earned:
        properties = frozenset()
    elif comparison.malformed:
        properties = frozenset(name for name in properties if _holds_without(judge, name, outcomes, comparison.malformed))
    return Payment(earned, not comparison.wrong, left_out, properties)


def _earned(
    judge: FunctionJudge, items: Sequence[str], wrong: frozenset[str], objections: Mapping[str, Sequence[Failure]]
) -> bool:
    nontrivial = [name for name in items if name not in judge.cases.trivial]
    if nontrivial or (items and not judge.spec.random):
        return any(name not in wrong for name in nontrivial or items)
    return not all(objections.values())


def _left_out(judge: FunctionJudge, outcomes: Outcomes, alternative: int) -> frozenset[str]:
    left_out = set(judge.spec.optional)
    for case in judge.values if left_out else ():
        got = reply_value(last_outcome(outcomes, case))
        for item in items_of(case.expected[alternative].decoded, judge.spec.returns):
            if isinstance(got, dict) and any(path[0] in got for path in item.paths):
                left_out.discard(item.name)
    return frozenset(left_out)


def _holds_without(judge: FunctionJudge, name: str, outcomes: Outcomes, malformed: frozenset[str]) -> bool:
    """Whether a property holds where its judge sees nothing of the malformed parts."""
    prop = next(prop for prop in judge.spec.properties if prop.name == name)
    return not any(
        property_problem(prop, case, outcomes.get(case.key, ()), lambda given: without(malformed, given, judge.spec))
        for case in judge.cases_of(name)
    )
