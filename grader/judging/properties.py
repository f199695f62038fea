"""A property's judge is its author's plain function; here it meets what a submission returned.

It does so in a forked copy of this process, under limits of memory and time: no value of a student's may end a batch.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from grader import sentences
from grader.confined.kinds import Value, WireError
from grader.confined.wire import decode, encode, pack, unpack
from grader.judging.cases import Case
from grader.judging.outcomes import given_of
from grader.judging.redaction import lacks_of_others, no_value_text, raised_text
from grader.sandbox.copies import Copy, LostError
from grader.sandbox.limits import OutOfBudget, bounded_memory, charge, check_budget, without_warnings
from grader.sandbox.runner import Outcome, Raised, Returned, Stopped
from grader.spec import Given, Objection, Property

__all__ = [
    "Judged",
    "asked_before",
    "fitting_mistake",
    "judged_by",
    "lost",
    "property_problem",
    "property_problems",
    "starts_elsewhere",
]

_T = TypeVar("_T")
# A judge's loop over no parts leaves its names without a value.
_FORM_ERRORS = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration, MemoryError, WireError,
    UnboundLocalError, AssertionError, RuntimeError,
)  # fmt: skip
_MOST_TEXT = 1_000
_JUDGE_S = 5  # CPU seconds for a case, which takes a millisecond
_JUDGE, _ELSEWHERE, _FITS = "judge", "elsewhere", "fits"  # what is asked: its judge, or a predicate


def property_problem(
    prop: Property,
    case: Case,
    outcomes: Sequence[Outcome],
    *,
    for_author: bool = False,
) -> Objection | None:
    """What a property's judge has against one case.

    What it raises on a result of another form is for its author alone: to a student it says nothing.
    """
    if prop.raises and len(outcomes) == len(case.plan.steps) and not isinstance(outcomes[-1], Stopped):
        problem = _raise_problem(prop.raises, case, outcomes[-1])
        return Objection(problem) if problem else None
    if any(not isinstance(o, Returned) for o in outcomes) or len(outcomes) < len(case.plan.steps):
        text = no_value_text(outcomes, case)
        lacking = bool(lacks_of_others(outcomes, case))
        return Objection(text if lacking else sentences.incomplete_call(text), checked=not lacking)
    replies: tuple[Value, ...] = ()
    try:
        given = given_of(case, outcomes)
        replies = given.replies
        said = _asked(prop.judge, given, outcomes)
        if not isinstance(said, str | Objection | None):
            raise TypeError(f"it returned {said!r:.80}, expected None where the property holds, and else a sentence")
        objection = Objection.of(said) if said else None
        return objection and replace(objection, text=objection.text[:_MOST_TEXT])
    except np.exceptions.ComplexWarning:
        return Objection(sentences.COMPLEX_NUMBERS)
    except _FORM_ERRORS as error:
        if for_author:
            return Objection(f"its judge raised {type(error).__name__}: {error}")
        nothing = next((step for step, reply in enumerate(replies) if reply is None), None)
        if nothing is not None:
            return Objection(sentences.returned_none(case.plan.steps[nothing][0]), steps=(nothing,))
        why = sentences.NO_NUMBERS if isinstance(error, ArithmeticError) else sentences.OTHER_FORM
        return Objection(why, checked=False)


def _raise_problem(wanted: tuple[type[Exception], ...], case: Case, last: Returned | Raised) -> str | None:
    """What is wrong with the last call of a case that should raise."""
    names = [one.__name__ for one in wanted]
    if isinstance(last, Returned):
        return sentences.nothing_raised(names)
    name = last.type_name.rpartition(".")[2]
    known = getattr(builtins, name, None) or getattr(np.linalg, name, None)
    right = name in names or (isinstance(known, type) and issubclass(known, wanted))
    return None if right else sentences.raised_instead(raised_text(last, case), names)


def property_problems(questions: Sequence[tuple[Property, Case, Sequence[Outcome]]]) -> list[Objection | None]:
    """What the judges of properties have against some cases (see :func:`property_problem`), asked where they can do no harm.

    Of a case over which its judge does not come to an end, and of those after it, a judge says nothing but that.
    """
    answers: list[Objection | None] = []
    endless, without_end = None, Objection(sentences.JUDGED_WITHOUT_END, checked=False)
    for prop, case, outcomes in questions:
        try:
            answers.append(without_end if prop is endless else _problem_apart(prop, case, outcomes))
        except LostError:
            endless = prop
            answers.append(without_end)
    return answers


def _problem_apart(prop: Property, case: Case, outcomes: Sequence[Outcome]) -> Objection | None:
    convention = next((name for name, judge in prop.alternatives.items() if judge is prop.judge), "")
    answer = _apart(_JUDGE, convention, prop, case, outcomes) if _is_complete(case, outcomes) else None
    # What it raises without being allowed to is its author's: raised once more here, where it can be read.
    if not answer:
        return property_problem(prop, case, outcomes)
    text, steps, checked, by_chance = json.loads(answer)
    return Objection(text, steps=tuple(steps), checked=checked, by_chance=by_chance) if text else None


def fitting_mistake(prop: Property, questions: Sequence[tuple[Case, Sequence[Outcome]]]) -> str | None:
    """The first catalogued mistake of a property that all these failing cases look like; one that raises looks like none."""
    answered = [(case, outcomes) for case, outcomes in questions if not any(isinstance(o, Raised) for o in outcomes)]
    if not answered:
        return None
    return next(
        (code for code in prop.fits if all(_fits(_FITS, code, prop, case, outcomes) for case, outcomes in answered)), None
    )


def starts_elsewhere(questions: Sequence[tuple[Property, Case, Sequence[Outcome]]]) -> bool:
    """Whether there are cases, and in each of them the function started elsewhere than the case does."""
    return bool(questions) and all(_fits(_ELSEWHERE, "", prop, case, outcomes) for prop, case, outcomes in questions)


def _fits(what: str, code: str, prop: Property, case: Case, outcomes: Sequence[Outcome]) -> bool:
    """Whether a predicate of a property is true of a case: that of a mistake, by its code, or of another start."""
    if not _is_complete(case, outcomes):
        return False
    try:
        answer = _apart(what, code, prop, case, outcomes)
    except LostError:
        return False
    return bool(json.loads(answer)[0]) if answer else _looks_like(_predicate(prop, what, code), case, outcomes)


def _is_complete(case: Case, outcomes: Sequence[Outcome]) -> bool:
    return len(outcomes) >= len(case.plan.steps) and all(isinstance(o, Returned) for o in outcomes)


def _predicate(prop: Property, what: str, code: str) -> Callable[[Given], bool]:
    found = prop.elsewhere if what == _ELSEWHERE else prop.fits[code]
    assert found is not None
    return found


# -- in a copy of this process -----------------------------------------------------------


class _Bench(threading.local):
    """The copy that this thread asks; without one, an author's code runs here: it meets nothing but what is trusted."""

    copy: Copy | None = None
    lost = 0


_BENCH = _Bench()


@contextlib.contextmanager
def judged_by(copy: Copy | None) -> Iterator[None]:
    """Inside, a copy of this process answers for the judges of properties, those of a :class:`Judged`; then it is ended."""
    before, _BENCH.copy = _BENCH.copy, copy
    try:
        yield
    finally:
        _BENCH.copy = before
        if copy is not None:
            copy.close()


def lost() -> int:
    """How many questions of this thread had no answer in time: a verdict that lacks one is of this moment alone."""
    return _BENCH.lost


def asked_before(properties: Sequence[Property]) -> bytes:
    """What this thread's copy was asked before about some properties: a verdict may depend on it (see :class:`Copy`)."""
    history = _BENCH.copy.history if _BENCH.copy else {}
    return b"".join(history.get(prop.name.encode(), b"") for prop in properties)


def _apart(what: str, name: str, prop: Property, case: Case, outcomes: Sequence[Outcome]) -> bytes:
    """What the copy says of a case; nothing where there is no copy, or what it asked has raised.

    It has no time for a case where the submission has none left.
    """
    copy = _BENCH.copy
    if copy is None:
        return b""
    values = b"".join(pack(outcome.value) for outcome in outcomes if isinstance(outcome, Returned))
    before = copy.used_s
    try:
        check_budget()
        return copy.ask(pack(encode((what, name, case.key))) + values, _JUDGE_S, subject=prop.name.encode())
    except (LostError, OutOfBudget):
        _BENCH.lost += 1
        raise LostError from None
    finally:
        charge(copy.used_s - before)


@dataclass(frozen=True, eq=False)
class Judged:
    """What a copy does with a question about a case of a property: its judge is asked, or a predicate of a mistake."""

    properties: Mapping[str, tuple[Property, Case]]

    def __call__(self, message: bytes) -> bytes:
        encoded, at = unpack(message)
        what, name, key = decode(encoded)
        outcomes = []
        while at < len(message):
            value, at = unpack(message, at)
            outcomes.append(Returned(value))
        prop, case = self.properties[key]
        if what != _JUDGE:
            return json.dumps([_looks_like(_predicate(prop, what, name), case, outcomes)]).encode()
        under = replace(prop, judge=prop.alternatives.get(name, prop.judge))
        try:
            found = property_problem(under, case, outcomes) or Objection("")
        except Exception:
            return b""
        return json.dumps([found.text, found.steps, found.checked, found.by_chance]).encode()


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
