"""What a function keeps from call to call: seen where it is right when it is called first, and wrong after other calls.

Each call of a failing case is made in a fresh worker, after no other call than those whose replies it needs. That is not
tried where nothing that the submission defines could keep anything, and no two calls of the case are given one object.
"""

from __future__ import annotations

from grader import sentences
from grader.confined.wire import Ref
from grader.grading.carried import Attempt
from grader.grading.execution import Session, run_plans
from grader.judging.cases import Case
from grader.judging.checks import verdict_of
from grader.judging.outcomes import arguments_of, plan_with, steps_behind
from grader.judging.values import parts_of
from grader.model import Finding
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.submission.keeping import may_keep

__all__ = ["kept_between_calls"]

_MOST = 8  # calls of a case, each of which starts a worker


def kept_between_calls(session: Session, attempt: Attempt) -> tuple[Finding, ...]:
    """That a function, or one that it calls, keeps something from call to call, where this makes the difference."""
    case = _first_wrong(attempt)
    if case is None or len(case.plan.steps) > _MOST or not (_shares(case.plan) or _may_keep(session)):
        return ()
    alone: list[Outcome] = []
    for step in range(len(case.plan.steps)):
        plan = plan_with(case.plan, sorted(steps_behind(case.plan, step)))
        outcomes = run_plans(session, [plan], attempt.judge.spec.given).outcomes[0]
        if len(outcomes) < len(plan.steps) or isinstance(outcomes[-1], Stopped):
            return ()
        alone.append(outcomes[-1])
    again = verdict_of(attempt.judge, {**attempt.outcomes, case.key: tuple(alone)}, attempt.only, wants="failures")
    right = all(failure.case.key != case.key for failure in again.failures)
    later = attempt.outcomes[case.key]
    asks = isinstance(alone[-1], Raised) and isinstance(later[-1], Returned)  # for what an earlier call leaves behind
    return (sentences.kept_between_calls(),) if right or asks else ()


def _may_keep(session: Session) -> bool:
    return may_keep(session.submission.units, tuple(session.assignment.provided.items()))


def _shares(plan: Plan) -> bool:
    """Whether two calls of a plan are given the reply of one call, which the first of them may change."""
    used = [{part.step for part in parts_of(arguments_of(plan, n)) if isinstance(part, Ref)} for n in range(len(plan.steps))]
    return sum(map(len, used)) > len(set().union(*used))


def _first_wrong(attempt: Attempt) -> Case | None:
    """The first case that fails, where something was called before it: who is wrong from the first call on is just wrong.

    A function that overwrites its arguments is told that.
    """
    judge, failing = attempt.judge, {failure.case.key for failure in attempt.verdict.failures}
    case = next((case for case in judge.cases.cases if case.key in failing), None)
    objects = any("." in name for name, _ in case.plan.steps) if case else True  # they are there to keep something
    if (
        case is None
        or objects
        or case.plan.moves  # a call that is made alone meets other random numbers
        or judge.spec.changes
        or attempt.verdict.failed("inputs")
        or not attempt.outcomes.get(case.key)
    ):
        return None
    first = judge.core.cases.cases[0]
    return None if case.key == first.key and len(case.plan.steps) == 1 else case
