"""What hangs on the student's own earlier functions: who is judged on nothing else, and who is right beside wrong ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader import sentences
from grader.confined.kinds import Opaque, Path, Ref, Value
from grader.grading.attempts import Attempt, is_cut_short
from grader.grading.execution import Exam, run_plans
from grader.judging.cases import Case, FunctionCases
from grader.judging.checks import carried_by_property, well_formed
from grader.judging.judge import FunctionJudge
from grader.judging.outcomes import Outcomes, arguments_of, plan_with, reply_value, steps_apart, steps_of
from grader.judging.properties import property_problems
from grader.judging.values import part_or_none, parts_of
from grader.model import Finding
from grader.sandbox.limits import or_when_late
from grader.sandbox.runner import NOT_CALLED, Outcome, Raised, Returned

__all__ = [
    "has_foreign_values",
    "has_nothing_to_use",
    "on_given_code",
    "producers_of",
    "raised_on_own_values",
    "raises_on_foreign_values",
    "tried_on_properties",
    "wrong_and_called",
    "wrong_before",
]


def tried_on_properties(exam: Exam, first: Mapping[str, Attempt], name: str, made: Sequence[Attempt]) -> Iterator[Attempt]:
    """The first verdict once more, with a property in place of values that only an earlier function makes wrong.

    That is one that makes what the function is judged on, or one that it was seen to call (in what was ``made`` of it with
    right helpers) and whose right results it understands nothing of.
    """
    attempt = first[name]
    judge = exam.functions[name]
    lifted = carried_by_property(judge.spec, attempt.verdict, _unasked(attempt))
    if lifted is None:
        return
    called = frozenset() if judge.spec.own_inputs else frozenset(wrong_and_called(exam, made, first))
    earlier = producers_of(judge.cases) if judge.spec.own_inputs else sorted(called)
    if _only_values_wrong(first, earlier) and _holds_apart(exam, attempt):
        yield replace(attempt, verdict=lifted, how="own", called=called)


def _unasked(attempt: Attempt) -> frozenset[str]:
    """The cases in which an earlier function raised, so that there is nothing that this one could be called with."""
    asked = ((case, attempt.outcomes.get(case.key, ())) for case in attempt.judge.cases.cases)
    return frozenset(case.key for case, some in asked if _has_raised(some) and len(some) < len(case.plan.steps))


def _has_raised(outcomes: Sequence[Outcome]) -> bool:
    return bool(outcomes) and isinstance(outcomes[-1], Raised)


def on_given_code(exam: Exam, first: Attempt, best: Mapping[str, Attempt]) -> Attempt:
    """An attempt that passes, and whatever of the wrong functions before it the cases have given it public code for.

    That code is not what the right function would be, so that what passes with it has called it.
    """
    judge = exam.functions[first.verdict.name]
    given = {name for case in judge.cases.cases for name, _ in case.plan.given} & exam.functions.keys()
    wrong = frozenset(name for name in given if not (name in best and best[name].verdict.passed))
    own_start = any(check.message == sentences.OWN_START for check in first.verdict.checks)
    return first if own_start or not wrong else replace(first, how="given", called=wrong)


def producers_of(cases: FunctionCases) -> list[str]:
    """The functions on whose results a function is graded when these are the student's own."""
    plans = [case.own or case.plan for case in cases.cases if case.expected]
    return sorted({name for plan in plans for name, _ in plan.steps[:-1]})


def has_nothing_to_use(judge: FunctionJudge, outcomes: Outcomes, best: Mapping[str, Attempt]) -> list[str]:
    """The earlier functions whose values alone a function can be judged on, where they gave none in any case."""
    producers = producers_of(judge.cases)
    right = all(name in best and best[name].verdict.passed for name in producers)
    called = (_was_called(case, outcomes.get(case.key, ()), none_will_do=right) for case in judge.values)
    return [] if not judge.spec.own_inputs or any(called) else producers


def wrong_before(judge: FunctionJudge, best: Mapping[str, Attempt]) -> list[str]:
    """The earlier functions on whose values alone a function can be judged, as far as they are not right."""
    producers = producers_of(judge.cases) if judge.spec.own_inputs else []
    return [name for name in producers if name in best and not best[name].verdict.passed]


def wrong_and_called(exam: Exam, made: Sequence[Attempt], best: Mapping[str, Attempt]) -> list[str]:
    """The wrong earlier functions that a function calls, and of whose right results it may understand nothing."""
    called = frozenset[str]().union(*(attempt.called for attempt in made if attempt.how == "helpers"))
    opaque = (name for name in exam.functions if name in called and exam.functions[name].spec.opaque)
    return [name for name in opaque if name in best and not best[name].verdict.passed]


def has_foreign_values(exam: Exam, attempt: Attempt) -> bool:
    """Whether calls were given, in place of the student's own values, what only the reference understands.

    A right forward pass keeps in its cache what it likes: that this is not what the student's backward pass takes apart is
    no mistake of the student's.
    """
    judge = attempt.judge
    makers = producers_of(judge.cases) if judge.spec.own_inputs and attempt.how == "helpers" else []
    return any(exam.functions[name].spec.opaque for name in makers if name in exam.functions)


def raises_on_foreign_values(exam: Exam, attempt: Attempt) -> bool:
    """Whether calls raise on what only the reference understands."""
    return has_foreign_values(exam, attempt) and attempt.settled.verdict.failed("runs")


def raised_on_own_values(first: Attempt) -> Finding | None:
    """What a function raises on what the student's own earlier functions return, where it can be judged on that alone."""
    problem = next((c.message for c in first.verdict.checks if c.kind == "runs" and c.status == "failed"), "")
    producers = producers_of(first.judge.cases)
    return sentences.unusable_values(first.verdict.name, producers, problem) if problem and not is_cut_short(first) else None


@or_when_late(default=True)
def _was_called(case: Case, outcomes: Sequence[Outcome], *, none_will_do: bool) -> bool:
    """Whether the last step of a case came about: the earlier ones gave what it is called with.

    That may be None where they are right and the last step makes something of it: it looks for its values elsewhere.
    """
    last = outcomes[-1] if len(outcomes) >= len(case.plan.steps) else None
    if last is None or (isinstance(last, Raised) and last.type_name == NOT_CALLED):
        return False
    if none_will_do and isinstance(last, Returned):
        return True
    used = [part for part in parts_of(arguments_of(case.plan)) if isinstance(part, Ref)]
    return not any(_is_none(reply_value(outcomes[ref.step]), ref.path) for ref in used)


def _is_none(value: Value, path: Path) -> bool:
    """Whether None stands at a path; nobody here can look into an object of the student's."""
    for key in path:
        if isinstance(value, Opaque):
            return False
        value = part_or_none(value, (key,))
    return value is None


def _only_values_wrong(first: Mapping[str, Attempt], names: Sequence[str]) -> bool:
    """Whether some of these graded functions give wrong values, and all of them results that earn something."""
    if not all(name in first for name in names):
        return False
    verdicts = [first[name].settled.verdict for name in names]
    formed = all(well_formed(verdict) and verdict.points for verdict in verdicts)  # beside zeros, zeros would be right
    return formed and any(verdict.failed("values") for verdict in verdicts)


def _holds_apart(exam: Exam, attempt: Attempt) -> bool:
    """Whether the properties that carry hold, too, where the function and the earlier ones are asked in a worker each.

    Beside the function that is judged the earlier ones may see what it has claimed, and answer so that it comes true. It may
    see what they are asked around a point, and claim what fits their answers.
    """
    judge = attempt.judge
    carrying = [(prop, case) for prop in judge.spec.properties if prop.carries for case in judge.cases_of(prop.name)]
    together = {case.key: list(attempt.outcomes[case.key]) for _, case in carrying}
    for steps_in in (steps_of, steps_apart):
        asked = [(case, steps_in(case, judge.spec.name)) for _, case in carrying]
        plans = [replace(plan_with(case.plan, steps), function="") for case, steps in asked]
        for (case, steps), apart in zip(asked, run_plans(exam, plans).outcomes, strict=True):
            if len(apart) != len(steps):
                return False
            for step, outcome in zip(steps, apart, strict=True):
                together[case.key][step] = outcome
    return not any(property_problems([(prop, case, together[case.key]) for prop, case in carrying]))
