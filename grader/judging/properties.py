"""A property's judge is its author's plain function; here it meets what a submission returned."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.confined.wire import WireError
from grader.judging.cases import Case
from grader.judging.compare import key_item
from grader.judging.outcomes import given_of, raised_text
from grader.sandbox.helpers import bounded_memory
from grader.sandbox.runner import Outcome, Returned, Stopped
from grader.spec import Function, Given, Property
from grader.texts import say

__all__ = ["as_it_is", "property_problem", "without"]

_FORM_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration, MemoryError)

_MOST_TEXT = 1_000


def as_it_is(given: Given) -> Given:
    """All that there is to see of a case."""
    return given


def property_problem(
    prop: Property, case: Case, outcomes: Sequence[Outcome], seen: Callable[[Given], Given] = as_it_is
) -> str | None:
    """What a property's judge says of one case, of which it gets to see what ``seen`` makes of it."""
    bad = next((o for o in outcomes if not isinstance(o, Returned)), None)
    if bad is not None or len(outcomes) < len(case.plan.steps):
        return say("property-incomplete", problem=raised_text(bad or Stopped("not-run"), case))
    try:
        given = seen(given_of(case, outcomes))
        with bounded_memory(), np.errstate(all="ignore"), _no_imaginary_part_lost(outcomes):
            message = prop.judge(given)
        return message and message[:_MOST_TEXT]
    except _FORM_ERRORS as error:
        text = f": {error}" if case.visible else ""  # it may quote what the submission returned
        return say("property-form", problem=f"{type(error).__name__}{text}"[:_MOST_TEXT])
    except WireError as error:
        return say("property-form", problem=str(error))


@contextlib.contextmanager
def _no_imaginary_part_lost(outcomes: Sequence[Outcome]) -> Iterator[None]:
    """A judge that makes real numbers of complex ones would say that they are right."""
    if not any(isinstance(o, Returned) and b"c" in o.value.header for o in outcomes):
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            yield
        except np.exceptions.ComplexWarning:
            raise TypeError("complex numbers, expected real ones") from None


def without(items: frozenset[str], given: Given, spec: Function) -> Given:
    """What a judge would see if the function had given nothing for these items: a property of others still holds."""

    def blank(reply: Any) -> Any:
        if isinstance(reply, dict) and isinstance(spec.returns, str):
            return {key: None if key_item(key) in items else part for key, part in reply.items()}
        if isinstance(reply, tuple | list) and not isinstance(spec.returns, str):
            return tuple(None if name in items else part for name, part in zip(spec.returns, reply, strict=False))
        return None

    steps = zip(given.steps, given.replies, strict=True)
    return replace(given, replies=tuple(blank(reply) if step.function == spec.name else reply for step, reply in steps))
