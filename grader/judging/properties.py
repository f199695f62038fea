"""A property's judge is its author's plain function; here it meets what a submission returned.

It does so in a forked copy of this process, under limits of memory and time: no value of a student's may end a batch.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from grader import sentences
from grader.confined.wire import WireError
from grader.judging.cases import Case
from grader.judging.outcomes import given_of
from grader.judging.redaction import raised_text
from grader.sandbox.helpers import from_a_copy
from grader.sandbox.limits import bounded_memory, without_warnings
from grader.sandbox.runner import Outcome, Returned, Stopped
from grader.spec import Given, Property

__all__ = ["all_fit", "fitting_mistake", "property_problem", "property_problems"]

_T = TypeVar("_T")
_FORM_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration, MemoryError, WireError)
_MOST_TEXT = 1_000
_JUDGE_S = 5  # CPU seconds for all cases of a property, which take milliseconds


def property_problem(
    prop: Property,
    case: Case,
    outcomes: Sequence[Outcome],
    *,
    for_author: bool = False,
) -> str | None:
    """What a property's judge says of one case.

    What it raises on a result of another form is for its author alone: to a student it says nothing.
    """
    bad = next((o for o in outcomes if not isinstance(o, Returned)), None)
    if bad is not None or len(outcomes) < len(case.plan.steps):
        return sentences.incomplete_call(raised_text(bad or Stopped("not-run"), case))
    try:
        message = _asked(prop.judge, given_of(case, outcomes), outcomes)
        return message and message[:_MOST_TEXT]
    except np.exceptions.ComplexWarning:
        return sentences.COMPLEX_NUMBERS
    except _FORM_ERRORS as error:
        return f"its judge raised {type(error).__name__}: {error}" if for_author else sentences.OTHER_FORM


def property_problems(questions: Sequence[tuple[Property, Case, Sequence[Outcome]]]) -> list[str | None]:
    """What the judges of properties say of some cases (see :func:`property_problem`), asked where they can do no harm.

    Of a case over which its judge does not come to an end, and of those after it, a judge says nothing but that.
    """
    if not any(_is_complete(case, outcomes) for _, case, outcomes in questions):
        return [property_problem(*question) for question in questions]
    answers: list[str | None] = []
    while todo := questions[len(answers) :]:
        answers += _from_one_copy(todo)
        endless = questions[len(answers)][0] if len(answers) < len(questions) else None
        while endless and len(answers) < len(questions) and questions[len(answers)][0] is endless:
            answers.append(sentences.JUDGED_WITHOUT_END)
    return answers


def _from_one_copy(questions: Sequence[tuple[Property, Case, Sequence[Outcome]]]) -> list[str | None]:
    """The answers of one forked copy; fewer where it did not come to an end."""

    def asked() -> Iterator[bytes]:
        for question in questions:
            try:
                yield json.dumps([property_problem(*question)]).encode()
            except Exception:
                yield b""

    answers: list[str | None] = []
    for question, answer in zip(questions, from_a_copy(asked, _JUDGE_S), strict=False):
        # What it raises without being allowed to is its author's: raised once more here, where it can be read.
        answers += json.loads(answer) if answer else [property_problem(*question)]
    return answers


def _is_complete(case: Case, outcomes: Sequence[Outcome]) -> bool:
    return len(outcomes) >= len(case.plan.steps) and all(isinstance(o, Returned) for o in outcomes)


def fitting_mistake(prop: Property, questions: Sequence[tuple[Case, Sequence[Outcome]]]) -> str | None:
    """The first catalogued mistake of a property that all these failing cases look like."""
    if not prop.fits or not questions or not all(_is_complete(case, outcomes) for case, outcomes in questions):
        return None

    def asked() -> Iterator[bytes]:
        for code, fits in prop.fits.items():
            if all(_looks_like(fits, case, outcomes) for case, outcomes in questions):
                yield code.encode()
                break

    return next((code.decode() for code in from_a_copy(asked, _JUDGE_S)), None)


def all_fit(questions: Sequence[tuple[Callable[[Given], bool], Case, Sequence[Outcome]]]) -> bool:
    """Whether there are predicates, and each is true of its case."""
    if not questions or not all(_is_complete(case, outcomes) for _, case, outcomes in questions):
        return False

    def asked() -> Iterator[bytes]:
        if all(_looks_like(fits, case, outcomes) for fits, case, outcomes in questions):
            yield b"yes"

    return any(from_a_copy(asked, _JUDGE_S))


def _looks_like(fits: Callable[[Given], bool], case: Case, outcomes: Sequence[Outcome]) -> bool:
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
