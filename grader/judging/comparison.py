"""The values of a submission against the right ones, under the accepted alternative that fits best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.confined.kinds import Value
from grader.judging.cases import Case
from grader.judging.compare import STAGES, Problem, Stage, agrees, first_problem, items_of, result_problem
from grader.judging.outcomes import Outcomes, expected_value, last_outcome, reply_value
from grader.sandbox.limits import check_budget
from grader.sandbox.runner import Returned
from grader.spec import Function

__all__ = ["Comparison", "Hit", "compared", "earliest"]

Hit = tuple[Case, Problem]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which alternative a submission is judged under, and per item the cases that have a problem."""

    alternative: int = 0
    hits: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)

    @property
    def wrong(self) -> frozenset[str]:
        """Items that are not right."""
        return frozenset(name for name, hits in self.hits.items() if hits)

    @property
    def malformed(self) -> frozenset[str]:
        """Items that have the wrong structure or shape."""
        return frozenset(name for name, hits in self.hits.items() if earliest(hits) in ("structure", "shape"))


def earliest(hits: Sequence[Hit]) -> Stage | None:
    """The first stage at which an item fails."""
    return min((problem.stage for _, problem in hits), key=STAGES.index, default=None)


def compared(
    spec: Function, cases: Sequence[Case], outcomes: Outcomes, only: int | None = None, *, whole: bool = True
) -> Comparison:
    """Compare the values of some cases, all of which gave one, under ``only`` one alternative if it is named.

    Otherwise it is the one under which most items are right, then of the right form (the first one where equal). Where
    none holds, and it is not to be ``whole``, the first problem under the first alternative is all there is.
    """
    replies = {case.key: last_outcome(outcomes, case) for case in cases}
    encoded = {key: reply.value for key, reply in replies.items() if isinstance(reply, Returned)}
    alternatives = range(len(cases[0].expected) if cases else 0) if only is None else (only,)
    for alternative in alternatives:
        if all(agrees(case.expected[alternative], encoded[case.key]) for case in cases):
            items = items_of(expected_value(cases[0], alternative), spec.items)
            return Comparison(alternative, {item.name: () for item in items})
    values = {key: reply_value(reply) for key, reply in replies.items()}
    if not whole and cases and all(_under(spec, cases, values, n, whole=False).wrong for n in alternatives):
        return _under(spec, cases, values, alternatives[0], whole=False)
    return max((_under(spec, cases, values, n) for n in alternatives), key=_rightness, default=Comparison())


def _rightness(comparison: Comparison) -> tuple[int, int]:
    """How many items are right, and how far the others got: of the right structure, shape, dtype."""
    stages = [earliest(hits) for hits in comparison.hits.values()]
    return stages.count(None), sum(len(STAGES) if stage is None else STAGES.index(stage) for stage in stages)


def _under(
    spec: Function, cases: Sequence[Case], values: Mapping[str, Value], alternative: int, *, whole: bool = True
) -> Comparison:
    """All problems under one alternative, or the first one."""
    hits: dict[str, list[Hit]] = {}
    for case in cases:
        check_budget()
        expected, got = case.expected[alternative], values[case.key]
        form = result_problem(expected.decoded, got)
        own = spec.of_class(case.case_class)
        for item in items_of(expected.decoded, spec.items):
            hits_of_item = hits.setdefault(item.name, [])
            if form is None and item.name in own.opaque:
                continue
            problem = form or first_problem(own, item, expected.decoded, got, expected.tolerance_at)
            if problem:
                hits_of_item.append((case, problem))
        if not whole and any(hits.values()):
            break
    return Comparison(alternative, {name: tuple(group) for name, group in hits.items()})
