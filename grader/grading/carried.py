"""No double jeopardy: a function that fails is graded again with right helpers, and on the student's own values.

A function that passes either way is *carried*: right, and wrong only because of what it calls. See
``docs/design/carried.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from grader.grading.execution import Replies, Session, is_absent, is_redefined, run_plans
from grader.judging.cases import FunctionCases
from grader.judging.checks import carried_by_property, verdict_of, well_formed
from grader.judging.findings import carried_by_helpers, carried_on_own_values
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, steps_apart
from grader.judging.properties import property_problems
from grader.model import Finding
from grader.sandbox.runner import Answer, Outcome, Plan, Stopped

__all__ = [
    "Attempt",
    "best_of",
    "carried_finding",
    "has_nothing_to_use",
    "in_agreement",
    "second_run",
    "tried_on_properties",
]

_How = Literal["", "helpers", "own"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A verdict with the outcomes that it rests on, and what the function was given in place of its own helpers.

    ``called`` are the right helpers that it really called.
    """

    verdict: Verdict
    outcomes: Outcomes
    how: _How = ""
    called: frozenset[str] = frozenset()

    @property
    def carried(self) -> bool:
        """Whether the function is right with that help; a few points more are no reason to call it right."""
        return bool(self.how) and self.verdict.passed


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one function is asked again: with right helpers, or on the student's own values."""

    judge: FunctionJudge
    how: _How
    plans: tuple[Plan, ...]


def second_run(session: Session, first: Mapping[str, Attempt]) -> dict[str, list[Attempt]]:
    """What all functions that failed give in a second worker, which serves them in the order of the assignment.

    That order matters: while a function is judged, nobody has been given an answer of it, nor of a later one.
    """
    trials = [trial for attempt in first.values() for trial in _trials(session, attempt, first)]
    if not trials:
        return {}
    plans = [plan for trial in trials for plan in trial.plans]
    given = [name for trial in trials for name in trial.judge.spec.given]
    bound = dict.fromkeys([*(name for plan in plans for name in plan.answered), *given])
    execution = run_plans(session, plans, tuple(bound), _reference(session))
    made: dict[str, list[Attempt]] = {}
    done = 0
    for trial in trials:
        places = range(done, done + len(trial.plans))
        done = places.stop
        attempts = made.setdefault(trial.judge.spec.name, [])
        if attempts and attempts[-1].verdict.passed:
            continue
        cases = trial.judge.cases.cases
        outcomes = {case.key: _silent(execution.outcomes[n]) for case, n in zip(cases, places, strict=True)}
        called = frozenset().union(*(execution.called[n] for n in places))
        spec = trial.judge.spec
        verdict = verdict_of(trial.judge, outcomes, first[spec.name].verdict.alternative if spec.convention else None)
        attempts.append(Attempt(verdict, outcomes, trial.how, called))
    return made


def in_agreement(session: Session, first: Mapping[str, Attempt]) -> dict[str, Attempt]:
    """The first attempts, those that share a convention under the alternative that earns most for all of them."""
    agreed = dict(first)
    for convention in dict.fromkeys(session.functions[name].spec.convention for name in first):
        judges = [session.functions[name] for name in first if session.functions[name].spec.convention == convention]
        numbers = range(len(judges[0].choices)) if convention else ()
        verdicts = [[verdict_of(judge, first[judge.spec.name].outcomes, n) for judge in judges] for n in numbers]
        for verdict in max(verdicts, key=lambda group: sum(v.points for v in group), default=()):
            agreed[verdict.name] = replace(first[verdict.name], verdict=verdict)
    return agreed


def tried_on_properties(session: Session, replies: Replies, first: Attempt) -> Iterator[Attempt]:
    """The first verdict once more, with a property in place of values that only an earlier function makes wrong."""
    judge = session.functions[first.verdict.name]
    lifted = carried_by_property(judge.spec, first.verdict)
    wrong_before = lifted is not None and _only_values_wrong(session, replies, _producers(judge.cases))
    if lifted is not None and wrong_before and _holds_apart(session, replies, judge):
        yield Attempt(lifted, replies.outcomes, "own")


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


# -- with right helpers ------------------------------------------------------------------


def _trials(session: Session, attempt: Attempt, first: Mapping[str, Attempt]) -> Iterator[_Trial]:
    """How a function that failed is tried again; one that never came back only where an earlier one is wrong, too."""
    verdict = attempt.verdict
    before = session.assignment.spec.before(verdict.name)
    wrong = any(name not in first or not first[name].verdict.passed for name in before)
    if verdict.passed or not (wrong or verdict.status in ("failed", "partial")):
        return
    judge = session.functions[verdict.name]
    if judge.spec.pair in first and first[judge.spec.pair].verdict.passed:  # a pair that does not fit is nobody's fault else
        before = tuple(name for name in before if name != judge.spec.pair)
    provided = _provided_helpers(session, verdict.name)
    if session.assignment.reference is not None and _may_be_their_fault(session, verdict, wrong, provided):
        yield _trial(judge, "helpers", (*before, *provided))
        if before and any(is_redefined(session, name) for name in provided):
            # A provided helper of the student's own may have a convention of its own, which suits the rest.
            yield _trial(judge, "helpers", before)
    if any(case.own for case in judge.cases.cases) and not _only_inputs_changed(verdict):
        yield _trial(judge, "own", ())


def _trial(judge: FunctionJudge, how: _How, helpers: tuple[str, ...]) -> _Trial:
    answered = tuple(name for name in helpers if "." not in name and name not in judge.cases.classes)  # objects stay there
    plans = [(case.own or case.plan) if how == "own" else case.plan for case in judge.cases.cases]
    return _Trial(judge, how, tuple(replace(plan, answered=answered) for plan in plans))


def _reference(session: Session) -> Answer | None:
    """Right helpers, answered by the reference; None in a student kit."""
    assignment = session.assignment
    if assignment.reference is None:
        return None
    names = [*session.functions, *assignment.spec.provided_helpers]
    right = {name: assignment.reference_function(name) for name in names}  # looked up once, not in every copy
    return lambda name, args, kwargs: right[name](*args, **kwargs)


def _provided_helpers(session: Session, name: str) -> tuple[str, ...]:
    """The provided helpers of a function that are not sure to be the provided ones."""
    spec = session.assignment.spec
    declared = spec.ancestors(name)
    return tuple(helper for helper in spec.provided_helpers if helper in declared or is_redefined(session, helper))


def _may_be_their_fault(session: Session, verdict: Verdict, wrong: bool, provided: Sequence[str]) -> bool:
    """Whether a helper may be wrong or absent: those that come from the provided modules are neither."""
    redefined = any(is_redefined(session, name) for name in provided)
    return wrong or verdict.failed("runs") or session.submission.has_modules or redefined


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


def has_nothing_to_use(judge: FunctionJudge, outcomes: Outcomes) -> list[str]:
    """The earlier functions whose values alone a function can be judged on, where they gave none in any case."""
    if not judge.spec.own_inputs or any(len(outcomes.get(c.key, ())) >= len(c.plan.steps) for c in judge.values):
        return []
    return _producers(judge.cases)


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
        replace(case.plan, function="", number=number, steps=tuple(case.plan.steps[n] for n in steps), packed=b"")
        for number, (_, case, steps) in enumerate(asked)
    ]
    for (prop, case, steps), apart in zip(asked, run_plans(session, plans).outcomes, strict=True):
        together = list(replies.outcomes[case.key])
        for step, outcome in zip(steps, apart, strict=False):
            together[step] = outcome
        if len(apart) != len(steps) or property_problems(prop, [(case, together)]) != [None]:
            return False
    return True


# -- what a report says of it ------------------------------------------------------------


def carried_finding(session: Session, replies: Replies, name: str, best: Mapping[str, Attempt]) -> Finding:
    """Why a function has full points all the same: what it called, and what of that is wrong."""
    judge, attempt = session.functions[name], best[name]
    if attempt.how == "own":
        return carried_on_own_values(judge.spec, _producers(judge.cases))
    called = _called(name, best)
    wrong = [n for n in session.functions if n in called and not (n in best and best[n].verdict.passed)]
    redefined = [n for n in session.assignment.spec.provided_helpers if n in called and is_redefined(session, n)]
    blamed = wrong or redefined
    undefined = all(is_absent(session, replies, n) for n in blamed)
    producers = {name for case in judge.cases.cases for name, _ in case.plan.steps[:-1]} - {name}
    return carried_by_helpers(judge.spec, blamed, sorted(producers), undefined=undefined)


def _called(name: str, best: Mapping[str, Attempt]) -> set[str]:
    """The right helpers that a function called, and those that they called where they are carried themselves."""
    called: set[str] = set()
    queue = [name]
    while queue:
        here = queue.pop()
        if here in best and best[here].carried:
            queue += best[here].called - called
            called |= best[here].called
    return called
