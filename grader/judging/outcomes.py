"""What a case asked and what came back, decoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.confined.kinds import Path, Ref, Value, WireError, mapped
from grader.confined.wire import decode, encode
from grader.judging.cases import Case
from grader.judging.values import leaves, parts_of, same_numbers
from grader.sandbox.limits import check_budget, or_when_late
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.spec import Given

__all__ = [
    "Outcomes",
    "arguments_of",
    "expected_value",
    "given_of",
    "gives_the_same",
    "last_outcome",
    "plan_of",
    "plan_with",
    "reply_value",
    "steps_apart",
    "steps_behind",
    "steps_of",
]

Outcomes = Mapping[str, tuple[Outcome, ...]]


def plan_of(case: Case, replies: Sequence[Outcome]) -> Plan:
    """The plan that these outcomes belong to: the case's own, or the one on the student's earlier values."""
    return case.own if case.own is not None and len(replies) > len(case.plan.steps) else case.plan


def last_outcome(outcomes: Outcomes, case: Case) -> Outcome:
    """The outcome of a case's last call."""
    replies = outcomes.get(case.key, ())
    return replies[-1] if replies else Stopped("not-run")


def reply_value(outcome: Outcome) -> Value:
    """The value of a reply; None where there is none, or bytes that are no value.

    Raises
    ------
    OutOfBudget
        Where there is a value, and what was done for the submission has taken too long already.
    """
    if not isinstance(outcome, Returned):
        return None
    check_budget()
    try:
        return decode(outcome.value)
    except WireError:
        return None


@or_when_late(default=False)
def gives_the_same(one: Outcome, other: Outcome, tolerances: Mapping[Path, float]) -> bool:
    """Whether two calls gave the same, but for rounding or what is allowed at a place, or raised the same.

    Of one that never came back nothing is known, nor of one that nobody has time to read.
    """
    if isinstance(one, Raised) and isinstance(other, Raised):
        return (one.type_name, one.message, one.origin) == (other.type_name, other.message, other.origin)
    if not (isinstance(one, Returned) and isinstance(other, Returned)) or one.mutated != other.mutated:
        return False
    first, second = reply_value(one), reply_value(other)
    return one.value == other.value or (bool(leaves(first)) and same_numbers(first, second, tolerances))


def arguments_of(plan: Plan, step: int = -1) -> tuple[Value, ...]:
    """The decoded arguments of one step; references and public code stay what they are.

    Of the last step, where it looks at an object that was made before others: those of which the object was made.
    """
    looks = step == -1 and plan.steps[-1][0].endswith(".")
    return plan.questions[plan.questions[-1][0].step if looks else step]


def steps_apart(case: Case, name: str) -> tuple[int, ...]:
    """The steps of a case that call other functions than this one, on nothing that an earlier call gave."""

    def is_alone(number: int) -> bool:
        return not any(isinstance(part, Ref) for part in parts_of(arguments_of(case.plan, number)))

    steps = enumerate(case.plan.steps)
    return tuple(number for number, (called, _) in steps if called != name and is_alone(number))


def steps_of(case: Case, name: str) -> tuple[int, ...]:
    """The steps of a case that call this function, and those that make what it is called with."""
    calls = (number for number, (called, _) in enumerate(case.plan.steps) if called == name)
    needed = {step for number in calls for step in steps_behind(case.plan, number)}
    sets = (n for n, (called, _) in enumerate(case.plan.steps) if called.endswith("="))
    return tuple(sorted(needed.union(n for n in sets if arguments_of(case.plan, n)[0].step in needed)))


def steps_behind(plan: Plan, step: int) -> set[int]:
    """A step, and those that make what it is called with."""
    refers = {part.step for part in parts_of(arguments_of(plan, step)) if isinstance(part, Ref)}
    return {step}.union(*(steps_behind(plan, number) for number in refers))


def plan_with(plan: Plan, steps: Sequence[int]) -> Plan:
    """The plan with some of its steps only, none of which may need another one."""
    places = {old: new for new, old in enumerate(steps)}

    def moved(part: Value) -> Value:
        return replace(part, step=places[part.step]) if isinstance(part, Ref) else part

    called = tuple((plan.steps[n][0], encode(mapped(arguments_of(plan, n), moved))) for n in steps)
    last = bool(steps) and steps[-1] == len(plan.steps) - 1  # the one after which places are read
    return replace(plan, steps=called, packed=b"", after=plan.after if last else ())


def expected_value(case: Case, alternative: int) -> Value:
    """The decoded right value of a case; nobody may write to it."""
    return case.expected[alternative].decoded


def given_of(case: Case, outcomes: Sequence[Outcome]) -> Given:
    """What a property's judge sees of a case."""
    return replace(case.question, replies=tuple(decode(o.value) for o in outcomes if isinstance(o, Returned)))
