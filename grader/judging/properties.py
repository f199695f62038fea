"""A property's judge is its author's plain function; here it meets what a submission returned."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from grader import sentences
from grader.confined.wire import Value, WireError
from grader.judging.cases import Case
from grader.judging.compare import key_item
from grader.judging.outcomes import given_of
from grader.judging.redaction import raised_text
from grader.sandbox.limits import bounded_memory, without_warnings
from grader.sandbox.runner import Outcome, Returned, Stopped
from grader.spec import Function, Given, Property

__all__ = ["as_it_is", "property_fits", "property_problem", "without"]

_T = TypeVar("_T")
_FORM_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration, MemoryError, WireError)
_MOST_TEXT = 1_000


def as_it_is(given: Given) -> Given:
    """All that there is to see of a case."""
    return given


def property_problem(
    prop: Property,
    case: Case,
    outcomes: Sequence[Outcome],
    view: Callable[[Given], Given] = as_it_is,
    *,
    for_author: bool = False,
) -> str | None:
    """What a property's judge says of one case, of which it gets to see what ``view`` makes of it.

    What it raises on a result of another form is for its author alone: to a student it says nothing.
    """
    bad = next((o for o in outcomes if not isinstance(o, Returned)), None)
    if bad is not None or len(outcomes) < len(case.plan.steps):
        return sentences.incomplete_call(raised_text(bad or Stopped("not-run"), case))
    try:
        message = _asked(prop.judge, view(given_of(case, outcomes)), outcomes)
        return message and message[:_MOST_TEXT]
    except np.exceptions.ComplexWarning:
        return sentences.COMPLEX_NUMBERS
    except _FORM_ERRORS as error:
        return f"its judge raised {type(error).__name__}: {error}" if for_author else sentences.OTHER_FORM


def property_fits(fits: Callable[[Given], bool], case: Case, outcomes: Sequence[Outcome]) -> bool:
    """Whether a failing case looks like a catalogued mistake."""
    if len(outcomes) < len(case.plan.steps) or not all(isinstance(o, Returned) for o in outcomes):
        return False
    try:
        return bool(_asked(fits, given_of(case, outcomes), ()))
    except _FORM_ERRORS:
        return False


def _asked(judge: Callable[[Given], _T], given: Given, outcomes: Sequence[Outcome]) -> _T:
    """An author's answer; a ComplexWarning where it makes real numbers of complex ones, which would be called right."""
    with bounded_memory(), without_warnings(), np.errstate(all="ignore"):
        if any(isinstance(o, Returned) and b"c" in o.value.header for o in outcomes):
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
        return judge(given)


def without(items: frozenset[str], given: Given, spec: Function) -> Given:
    """What a judge would see if the function had given nothing for these items: a property of others still holds."""

    def blank(reply: Value) -> Value:
        if isinstance(reply, dict) and isinstance(spec.returns, str):
            return {key: None if key_item(key) in items else part for key, part in reply.items()}
        if isinstance(reply, tuple | list) and not isinstance(spec.returns, str):
            return tuple(None if name in items else part for name, part in zip(spec.returns, reply, strict=False))
        return None

    steps = zip(given.steps, given.replies, strict=True)
    return replace(given, replies=tuple(blank(reply) if step.function == spec.name else reply for step, reply in steps))
