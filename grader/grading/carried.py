"""No double jeopardy: a function that fails is graded again with right helpers, and on the student's own values.

A function that passes either way is *carried*: right, and wrong only because of what it calls. See
``docs/design/carried.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader import sentences
from grader.grading.execution import Replies, Session, is_absent, is_redefined, never_returned, run_plans
from grader.judging.cases import FunctionCases
from grader.judging.checks import carried_by_property, verdict_of, well_formed
from grader.judging.findings import carried_by_helpers
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, steps_apart
from grader.judging.properties import property_problem
from grader.model import Finding
from grader.sandbox.runner import Answer, Outcome, Plan, Stopped

__all__ = ["Attempt", "attempts", "best_of", "carried_finding"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A verdict with the outcomes that it rests on, and what the function was given in place of its own helpers."""

    verdict: Verdict
    outcomes: Outcomes
    how: Literal["", "helpers", "own"] = ""

    @property
    def carried(self) -> bool:
        """Whether the function is right with that help; a few points more are no reason to call it right."""
        return bool(self.how) and self.verdict.passed


def attempts(session: Session, replies: Replies, judge: FunctionJudge) -> Iterator[Attempt]:
    """The first verdict, then again with right helpers, on the student's own earlier values, and against those.

    Each is made when it is asked for; where the first one passes, or the function never came back by itself, it is the
    only one.
    """
    first = Attempt(verdict_of(judge, replies.outcomes), replies.outcomes)
    yield first
    if first.verdict.passed or not (
        first.verdict.status in ("failed", "partial") or _calls_what_stopped(session, replies, judge)
    ):
        return
    helpers = session.assignment.spec.ancestors(judge.spec.name)
    answer = _right_helpers(session, helpers)
    plans = [case.plan for case in judge.cases.cases]
    if answer is not None and _may_be_their_fault(session, replies, helpers, first.verdict):
        yield _again(session, judge, plans, "helpers", helpers, answer)
        graded = [name for name in helpers if name in session.functions]
        if graded and any(is_redefined(session, name) for name in helpers if name not in graded):
            # A provided helper of the student's own may have a convention of its own, which suits the rest.
            yield _again(session, judge, plans, "helpers", graded, answer)
    if any(case.own for case in judge.cases.cases) and not _only_inputs_changed(first.verdict):
        yield _again(session, judge, [case.own or case.plan for case in judge.cases.cases], "own")
    lifted = carried_by_property(judge.spec, first.verdict)
    wrong_before = lifted is not None and _only_values_wrong(session, replies, _producers(judge.cases))
    if lifted is not None and wrong_before and _holds_apart(session, replies, judge):
        yield Attempt(lifted, replies.outcomes, "own")


def best_of(tried: Iterator[Attempt]) -> tuple[Attempt, list[Attempt]]:
    """The attempt that is reported, and those that were made: none after one that passes."""
    best, made = next(tried), list[Attempt]()
    while not best.verdict.passed:
        attempt = next(tried, None)
        if attempt is None:
            break
        made.append(attempt)
        if attempt.verdict.passed or _says_more(attempt.verdict, best.verdict):
            best = attempt
    return best, made


def _says_more(one: Verdict, other: Verdict) -> bool:
    """Whether a verdict earns more, or as much but did not end in an exception (of a wrong helper)."""
    return one.points > other.points or (one.points == other.points and other.failed("runs") and not one.failed("runs"))


# -- with right helpers ------------------------------------------------------------------


def _calls_what_stopped(session: Session, replies: Replies, judge: FunctionJudge) -> bool:
    """Whether a graded helper below this function did not come back either: then it is tried without it."""
    helpers = [session.functions[n] for n in session.assignment.spec.ancestors(judge.spec.name) if n in session.functions]
    return any(never_returned(helper.cases, replies.outcomes) for helper in helpers)


def _right_helpers(session: Session, helpers: Sequence[str]) -> Answer | None:
    """Right helpers, answered by the reference; None without helpers, or in a student kit."""
    if session.assignment.reference is None or not helpers:
        return None
    right = {name: session.assignment.reference_function(name) for name in helpers}  # looked up once, not in every copy
    return lambda name, args, kwargs: right[name](*args, **kwargs)


def _may_be_their_fault(session: Session, replies: Replies, helpers: Sequence[str], verdict: Verdict) -> bool:
    """Whether a helper may be wrong or absent: those that come from the provided modules are neither."""
    absent = any(
        is_absent(session, replies, name) for name in helpers
    )  # a property may ask for it where the function does not
    redefined = any(is_redefined(session, name) for name in helpers)
    return verdict.failed("runs") or absent or session.submission.has_modules or redefined


def _again(
    session: Session,
    judge: FunctionJudge,
    plans: Sequence[Plan],
    how: Literal["helpers", "own"],
    helpers: Sequence[str] = (),
    answer: Answer | None = None,
) -> Attempt:
    bound = tuple(dict.fromkeys((*helpers, *judge.spec.given)))
    execution = run_plans(session, plans, bound, answer)
    outcomes = {case.key: _silent(o) for case, o in zip(judge.cases.cases, execution.outcomes, strict=True)}
    return Attempt(verdict_of(judge, outcomes), outcomes, how)


def _silent(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Outcomes without what was printed: a carried run sees right replies, which are nobody's to print."""
    return tuple(o if isinstance(o, Stopped) else replace(o, output="") for o in outcomes)


# -- on the student's own values ---------------------------------------------------------


def _only_inputs_changed(verdict: Verdict) -> bool:
    """Whether nothing else is wrong: on the student's own values, which travel as handles, it could not be seen."""
    return {check.kind for check in verdict.checks if check.status == "failed"} == {"inputs"}


def _producers(cases: FunctionCases) -> list[str]:
    """The functions on whose results a function is graded when these are the student's own."""
    plans = [case.own or case.plan for case in cases.cases if case.expected]
    return sorted({name for plan in plans for name, _ in plan.steps[:-1]})


def _only_values_wrong(session: Session, replies: Replies, names: Sequence[str]) -> bool:
    """Whether some of these graded functions give wrong values, and all of them results of the right form."""
    verdicts = [verdict_of(session.functions[name], replies.outcomes) for name in names]
    return any(verdict.failed("values") for verdict in verdicts) and all(map(well_formed, verdicts))


def _holds_apart(session: Session, replies: Replies, judge: FunctionJudge) -> bool:
    """Whether the properties that carry hold, too, for what the earlier functions answer when only they are asked.

    Beside the function that is judged they may see what it has claimed, and answer so that it comes true.
    """
    carrying = [(prop, case) for prop in judge.spec.properties if prop.carries for case in judge.cases_of(prop.name)]
    asked = [(prop, case, steps_apart(case, judge.spec.name)) for prop, case in carrying]
    plans = [
        replace(case.plan, function="", number=number, steps=tuple(case.plan.steps[n] for n in steps))
        for number, (_, case, steps) in enumerate(asked)
    ]
    for (prop, case, steps), apart in zip(asked, run_plans(session, plans).outcomes, strict=True):
        together = list(replies.outcomes[case.key])
        for step, outcome in zip(steps, apart, strict=False):
            together[step] = outcome
        if len(apart) != len(steps) or property_problem(prop, case, together) is not None:
            return False
    return True


# -- what a report says of it ------------------------------------------------------------


def carried_finding(
    session: Session, replies: Replies, judge: FunctionJudge, attempt: Attempt, carried: Collection[str]
) -> Finding:
    """Why a function has full points all the same; ``carried`` are the functions before it of which that was said."""
    name = judge.spec.name
    if attempt.how == "own":
        return sentences.carried_own(name, _producers(judge.cases))
    below = session.assignment.spec.ancestors(name)
    wrong = [n for n in below if n in session.functions and not _is_right(session, replies, n, carried)]
    redefined = [n for n in below if n not in session.functions and is_redefined(session, n)]
    blamed = wrong or redefined
    undefined = all(is_absent(session, replies, n) for n in blamed)
    return carried_by_helpers(judge.spec, blamed, undefined=undefined)


def _is_right(session: Session, replies: Replies, name: str, carried: Collection[str]) -> bool:
    """Whether nothing is to be said against a helper: right itself, or not run here."""
    judge = session.functions[name]
    if name in carried or not any(case.key in replies.outcomes for case in judge.cases.cases):
        return True
    return replies.defined.get(name) == "callable" and verdict_of(judge, replies.outcomes).passed
