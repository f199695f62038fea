"""What a function keeps from call to call: seen where a call gives something else than it does in a fresh worker.

Each call of a failing case is made there after no other call than those whose replies it needs. That is not tried where
nothing that the submission defines could keep anything, and no two calls of the case are given one object.

Which inputs a function gets wrong that keeps something depends on the order in which they are asked, and that is nobody's
mistake: it earns half of what it earns where each input is the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader import sentences
from grader.confined.kinds import Ref
from grader.grading.attempts import Attempt
from grader.grading.execution import Exam, run_plans
from grader.judging.cases import Case
from grader.judging.checks import status_of, verdict_of
from grader.judging.judge import Verdict
from grader.judging.outcomes import arguments_of, plan_with, reply_value, steps_behind
from grader.judging.values import parts_of, same_numbers
from grader.model import Check, Finding
from grader.sandbox.limits import or_when_late
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.submission.keeping import may_keep, seems_to_keep

__all__ = ["Kept", "asked_alone", "may_keep_anything", "what_is_kept"]

_MOST = 8  # calls of a case, each of which starts a worker
_MOST_CASES = 80  # each of which starts a worker, too
_KEEPS = 0.5  # of what a function earns on inputs that are asked alone


@dataclass(frozen=True, slots=True)
class Kept:
    """What a function keeps from call to call: what is said of it, and what it earns where each input is the first one."""

    findings: tuple[Finding, ...] = ()
    alone: Verdict | None = None


def what_is_kept(exam: Exam, attempt: Attempt) -> Kept:
    """What is kept by a function that fails.

    It is asked before anybody is given an answer of the reference: what earns points must not be able to have heard one.
    """
    judge = attempt.judge
    if not (may_keep_anything(exam) or any(_shares(case.plan) for case in judge.cases.cases)):
        return Kept()
    attempt = attempt.settled
    findings = _findings(exam, attempt)
    return Kept(findings, _alone(exam, attempt) if findings else None)


def asked_alone(attempt: Attempt, kept: Kept) -> Attempt:
    """The attempt of a function that keeps something, with half of its points where each input is asked alone.

    It stands as it is where no input is better for being asked alone: then the calls of one case disturb each other, which
    costs what that case does.
    """
    if kept.alone is None or attempt.how:
        return attempt
    return replace(attempt, verdict=_with_points_of(attempt.verdict, kept.alone, attempt.judge.spec.points))


def _alone(exam: Exam, attempt: Attempt) -> Verdict | None:
    """The verdict on what each input gives that is asked alone, where that earns more."""
    judge = attempt.judge.core
    cases = judge.cases.cases
    if len(cases) > _MOST_CASES:
        return None
    given = judge.spec.given
    alone = {case.key: run_plans(exam, [case.plan], given).outcomes[0] for case in cases}
    verdict, in_turn = (verdict_of(judge, outcomes, attempt.only) for outcomes in (alone, attempt.outcomes))
    return verdict if verdict.points > in_turn.points else None


def _with_points_of(verdict: Verdict, alone: Verdict, most: float) -> Verdict:
    """A verdict whose checks earn a part of what they earn where each input is asked alone."""
    points = {(check.kind, check.name): check.points for check in alone.checks}

    def priced(check: Check) -> Check:
        earned = round(_KEEPS * min(points.get((check.kind, check.name), 0.0), check.max_points), 6)
        message = check.message if check.status == "failed" else sentences.KEEPS
        return replace(check, points=earned, message=message) if check.max_points else check

    checks = tuple(map(priced, verdict.checks))
    stopped = verdict.status not in ("failed", "partial")
    return replace(verdict, checks=checks, status=verdict.status if stopped else status_of(most, checks))


def _findings(exam: Exam, attempt: Attempt) -> tuple[Finding, ...]:
    """That a function, or one that it calls, keeps something from call to call, where this makes the difference."""
    case = _wrong_case(exam, attempt)
    if case is None or len(case.plan.steps) > _MOST or not (_shares(case.plan) or may_keep_anything(exam)):
        return ()
    alone: list[Outcome] = []
    for step in range(len(case.plan.steps)):
        plan = plan_with(case.plan, sorted(steps_behind(case.plan, step)))
        outcomes = run_plans(exam, [plan], attempt.judge.spec.given).outcomes[0]
        if len(outcomes) < len(plan.steps) or isinstance(outcomes[-1], Stopped):
            return ()
        alone.append(outcomes[-1])
    later = attempt.outcomes[case.key]
    # What grew from call to call may be too large to be read; the very first call shows nothing of what it leaves behind.
    if isinstance(later[-1], Stopped) or (_is_the_first(attempt, case) and len(case.plan.steps) == 1):
        later = run_plans(exam, [case.plan] * 2, attempt.judge.spec.given).outcomes[1]
    asks = isinstance(alone[-1], Raised) and isinstance(later[-1], Returned)  # for what an earlier call leaves behind
    right = not _fails(attempt, case, alone) and _fails(attempt, case, later)
    other = not attempt.judge.spec.random and _is_other(alone[-1], later[-1])
    return (sentences.KEPT_BETWEEN_CALLS,) if right or asks or other else ()


def _fails(attempt: Attempt, case: Case, outcomes: Sequence[Outcome]) -> bool:
    verdict = verdict_of(attempt.judge, {**attempt.outcomes, case.key: tuple(outcomes)}, attempt.only, wants="failures")
    return any(failure.case.key == case.key for failure in verdict.failures)


@or_when_late(default=False)
def _is_other(one: Outcome, other: Outcome) -> bool:
    """Whether two results hold other numbers, or numbers in other places."""
    if not (isinstance(one, Returned) and isinstance(other, Returned)):
        return False
    return not same_numbers(reply_value(one), reply_value(other))


def may_keep_anything(exam: Exam) -> bool:
    """Whether something that the submission defines could keep anything from call to call."""
    return may_keep(exam.submission.units, tuple(exam.assignment.provided.items()))


def _shares(plan: Plan) -> bool:
    """Whether two calls of a plan are given the reply of one call, which the first of them may change."""
    used = [{part.step for part in parts_of(arguments_of(plan, n)) if isinstance(part, Ref)} for n in range(len(plan.steps))]
    return sum(map(len, used)) > len(set().union(*used))


def _wrong_case(exam: Exam, attempt: Attempt) -> Case | None:
    """A case that fails, where something was called before it: the first one, unless that is the very first call.

    Who is wrong from the first call on is mostly just wrong: it is another case then, and only where the text has a place to
    keep something in. A function that overwrites its arguments is told that.
    """
    judge, failing = attempt.judge, {failure.case.key for failure in attempt.verdict.failures}
    cases = [case for case in judge.cases.cases if case.key in failing and _may_show(attempt, case)]
    if not cases or judge.spec.changes or attempt.verdict.failed("inputs"):
        return None
    if not _is_the_first(attempt, cases[0]) or len(cases[0].plan.steps) > 1:
        return cases[0]
    return cases[-1] if seems_to_keep(exam.submission.units) else None


def _is_the_first(attempt: Attempt, case: Case) -> bool:
    """Whether nothing was asked of a function before this case."""
    return case.key == attempt.judge.core.cases.cases[0].key


def _may_show(attempt: Attempt, case: Case) -> bool:
    """Whether a case can show what is kept: objects are there to keep something, and what was not run shows nothing."""
    objects = any("." in name for name, _ in case.plan.steps)
    last = next(iter(attempt.outcomes.get(case.key, ())[-1:]), None)
    dropped = isinstance(last, Stopped) and attempt.verdict.status == "too-much-output"
    # A call that is made alone meets other random numbers.
    return not (objects or case.plan.moves or last is None) and (dropped or not isinstance(last, Stopped))
