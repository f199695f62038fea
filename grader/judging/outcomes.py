"""What a case asked and what came back: decoded, and in words."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from grader.confined.wire import Code, Ref, WireError, decode
from grader.judging.cases import Case
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.spec import Given, Step
from grader.texts import say

__all__ = ["Outcomes", "arguments_of", "expected_value", "given_of", "parts_of", "plan_of", "raised_text", "steps_apart"]

Outcomes = Mapping[str, tuple[Outcome, ...]]

_EXCEPTIONS = frozenset(
    {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}
    | {"LinAlgError", "numpy.linalg.LinAlgError", "AxisError", "numpy.exceptions.AxisError"}
)

_PLACE = re.compile(r"[^\d\n]{0,80}(\d{1,3}|[^\d\n]{0,80}), line \d{1,5}")


def plan_of(case: Case, replies: Sequence[Outcome]) -> Plan:
    """The plan that these outcomes belong to: the case's own, or the one on the student's earlier values."""
    return case.own if case.own is not None and len(replies) > len(case.plan.steps) else case.plan


@lru_cache(maxsize=16384)
def arguments_of(plan: Plan, step: int = -1) -> tuple[Any, ...]:
    """The decoded arguments of one step; references and public code stay what they are."""

    def same(part: Ref | Code) -> Any:
        return part

    args: tuple[Any, ...] = decode(plan.steps[step][1], ref=same, code=same)
    return args


def steps_apart(case: Case, name: str) -> tuple[int, ...]:
    """The steps of a case that call other functions than this one, on nothing that an earlier call gave."""

    def stands_alone(number: int) -> bool:
        return not any(isinstance(part, Ref) for part in parts_of(arguments_of(case.plan, number)))

    steps = enumerate(case.plan.steps)
    return tuple(number for number, (called, _) in steps if called != name and stands_alone(number))


def parts_of(value: Any) -> Iterator[Any]:
    """A value and all that it holds."""
    yield value
    if isinstance(value, dict):
        for part in value.values():
            yield from parts_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from parts_of(part)


@lru_cache(maxsize=8192)
def expected_value(case: Case, alternative: int) -> Any:
    """The decoded right value of a case; nobody may write to it."""
    return decode(case.expected[alternative].value)


def given_of(case: Case, outcomes: Sequence[Outcome]) -> Given:
    """What a judge sees of a case."""
    steps = tuple(Step(name, arguments_of(case.plan, number)) for number, (name, _) in enumerate(case.plan.steps))
    replies = tuple(decode(o.value) for o in outcomes if isinstance(o, Returned))
    return Given(args=steps[-1].args if steps else (), steps=steps, replies=replies, facts=_facts_of(case))


@lru_cache(maxsize=4096)
def _facts_of(case: Case) -> Any:
    return decode(case.facts) if case.facts is not None else {}


def raised_text(outcome: Outcome, case: Case) -> str:
    """An exception in words; where the inputs may not be seen, none of the words are the submission's own."""
    if isinstance(outcome, Stopped) and outcome.reason != "not-run":
        return say(outcome.reason, name=case.key.partition("/")[0], detail=outcome.detail)
    if not isinstance(outcome, Raised):
        return say("not-run")
    name, message, origin = outcome.type_name, outcome.message, outcome.origin or ""
    if name == WireError.__name__:  # nothing was raised: the value has no form that could be sent
        return say("unusable", message=f": {message}" if message and case.visible else "")
    if not case.visible:
        name, message = name if name in _EXCEPTIONS else say("own-exception"), ""
        origin = origin if _PLACE.fullmatch(origin) else ""
    return say("raised", type=name, message=message and f": {message}", origin=origin and f" ({origin})")
