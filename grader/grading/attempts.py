"""What a function gave with one kind of help, and the verdict on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader.grading.execution import never_returned
from grader.judging.checks import verdict_of
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes

__all__ = ["Attempt", "How", "attempted", "best_of", "has_stopped", "is_cut_short"]

How = Literal["", "helpers", "own", "given"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A verdict with the outcomes that it rests on, and what the function was given in place of its own helpers.

    ``judge`` is that of the cases that were asked, ``only`` the alternative under which it judges, where others share it;
    ``called`` are the right helpers that the function really called, or what the cases give in place of them.
    """

    judge: FunctionJudge
    verdict: Verdict
    outcomes: Outcomes
    how: How = ""
    called: frozenset[str] = frozenset()
    only: int | None = None

    @property
    def carried(self) -> bool:
        """Whether the function is right with that help; a few points more are no reason to call it right."""
        return bool(self.how) and self.verdict.passed

    @property
    def settled(self) -> Attempt:
        """The attempt with points and messages, which are worked out only where no attempt passes."""
        return self if self.verdict.passed else replace(self, verdict=verdict_of(self.judge, self.outcomes, self.only))


def attempted(judge: FunctionJudge, outcomes: Outcomes, only: int | None = None) -> Attempt:
    """What a function's outcomes say of whether it is right."""
    return Attempt(judge, verdict_of(judge, outcomes, only, wants="status"), outcomes, only=only)


def has_stopped(attempt: Attempt) -> bool:
    """Whether a call never came back, so that nothing more is asked."""
    return never_returned(attempt.judge.cases, attempt.outcomes)


def best_of(first: Attempt, again: Sequence[Attempt]) -> Attempt:
    """The attempt that is reported: the first that passes, or else the one that says most."""
    best = first
    for attempt in again:
        if not best.verdict.passed and (attempt.verdict.passed or _says_more(attempt.verdict, best.verdict)):
            best = attempt
    return best


def _says_more(one: Verdict, other: Verdict) -> bool:
    """Whether a verdict earns more, or as much but did not end in an exception (of a wrong helper)."""
    return one.points > other.points or (one.points == other.points and other.failed("runs") and not one.failed("runs"))


def is_cut_short(attempt: Attempt) -> bool:
    """Whether the first case without a value has none because an earlier function gave none."""
    silent = next((failure.case for failure in attempt.verdict.failures if failure.check == "runs"), None)
    return silent is not None and len(attempt.outcomes.get(silent.key, ())) < len(silent.plan.steps)
