"""What a report may show: an assignment declares it, and a report is built without the rest.

``Assignment(shows=...)`` says how much a student gets to see of the graded cases:

- ``"examples"``: everything, with a failing call of the cases that may be seen;
- ``"sentences"``: which checks fail and why, but no input, no value, nothing printed and no exception's text;
- ``"findings"``: the points and the recognised mistakes, of the checks only how many fail.

So that a submission cannot repeat its inputs, of a hidden case no value, key, name or text is shown that the
submission chose: every sentence about a case goes through :func:`redact`. Below ``"examples"`` all cases are hidden
(:func:`cases_as_shown`), and :func:`report_as_shown` takes away what is left. Faces need not know: what is hidden is not
in the :class:`~grader.model.Report`. See ``docs/design/hiding.md``.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import replace

from grader import sentences
from grader.confined.kinds import Ref, WireError
from grader.judging.cases import Case, FunctionCases
from grader.judging.compare import Problem
from grader.judging.values import parts_of
from grader.model import Check, CheckStatus, FunctionReport
from grader.sandbox.runner import NOT_CALLED, NOT_DEFINED, Outcome, Raised, Returned, Stopped
from grader.spec import Shows

__all__ = [
    "cases_as_shown",
    "lacks_of_others",
    "no_value_text",
    "problem_text",
    "raised_text",
    "redact",
    "report_as_shown",
]

_EXCEPTIONS = frozenset(
    {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}
    | {"LinAlgError", "numpy.linalg.LinAlgError", "AxisError", "numpy.exceptions.AxisError"}
)
# Shapes and dtypes are shown of a hidden case, too, as far as they are small: they help most, and give little away.
_FEW_NUMBERS = re.compile(r"(?!.*\d{4})(?!(.*\d,){5})", re.DOTALL)


def redact(case: Case, text: str, instead: str = "") -> str:
    """What a report may say of a case: the text, or where its inputs are hidden, what stands instead."""
    return text if case.visible else instead


def problem_text(case: Case, problem: Problem, item: str) -> str:
    """A problem in words."""
    if problem.stage in ("shape", "dtype") and _FEW_NUMBERS.match(problem.message):
        return problem.message
    where = problem.where or item
    whole = sentences.none_problem(sentences.THE_RESULT)
    if problem.text in (sentences.none_problem(where), whole):  # nothing that the submission chose is told by it
        left_behind = {str(place[-1]) for place in case.plan.after}
        return sentences.left_none_problem(item) if item.rpartition(".")[2] in left_behind else problem.message
    if problem.text == sentences.unset_problem(where):
        return problem.message
    if not case.visible:  # before the sentence is made: it counts and measures
        return sentences.hidden_problem(where, problem.stage)
    return problem.message


def no_value_text(replies: Sequence[Outcome], case: Case) -> str:
    """Why a case gave no value, in words, which name an earlier function that gave none."""
    number = next((n for n, reply in enumerate(replies) if not isinstance(reply, Returned)), len(replies))
    if lacking := lacks_of_others(replies, case):
        return sentences.part_is_missing(lacking)
    outcome = replies[number] if number < len(replies) else Stopped("not-run")
    text = raised_text(outcome, case)
    called = case.plan.steps[number][0] if number < len(case.plan.steps) else ""
    if isinstance(outcome, Raised) and outcome.type_name == NOT_DEFINED:
        return sentences.earlier_missing(called)
    return sentences.earlier_call(called, text) if called not in ("", case.key.partition("/")[0]) else text


def lacks_of_others(replies: Sequence[Outcome], case: Case) -> list[str]:
    """The earlier functions of which a case takes a part that is not there, so that a call was not made."""
    number = next((n for n, reply in enumerate(replies) if not isinstance(reply, Returned)), len(replies))
    outcome = replies[number] if number < min(len(replies), len(case.plan.steps)) else None
    if not isinstance(outcome, Raised) or outcome.type_name != NOT_CALLED:
        return []
    refs = [part for part in parts_of(case.plan.questions[number]) if isinstance(part, Ref)]
    taken = {case.plan.steps[ref.step][0] for ref in refs if ref.step < number}
    return sorted(taken - {case.key.partition("/")[0]})


def raised_text(outcome: Outcome, case: Case) -> str:
    """Why a call gave no value, in words."""
    if isinstance(outcome, Stopped):
        return sentences.stopped(outcome.reason, case.key.partition("/")[0], outcome.detail)
    if not isinstance(outcome, Raised):
        return sentences.NOT_RUN
    name, message = outcome.type_name, redact(case, outcome.message)
    if name == WireError.__name__:  # nothing was raised: the value has no form that could be sent
        return sentences.unusable_result(message)
    if name == NOT_CALLED:
        return sentences.not_called(message)
    known_name = name if name in _EXCEPTIONS else sentences.OWN_EXCEPTION
    # A place is a line of the submission, which was read before it ran.
    return sentences.raised(redact(case, name, known_name), message, outcome.origin or "", outcome.caller or "")


def cases_as_shown(cases: FunctionCases, shows: Shows) -> FunctionCases:
    """The cases, all of them hidden unless the assignment shows examples."""
    if shows == "examples":
        return cases
    return replace(cases, cases=tuple(replace(case, visible=False) for case in cases.cases))


def report_as_shown(function: FunctionReport, shows: Shows) -> FunctionReport:
    """The verdict on one function as far as it may be shown; points and status are never hidden."""
    if shows == "examples":
        return function
    if shows == "sentences":
        return replace(function, checks=tuple(map(_unquoted, function.checks)), counterexample=None)
    return replace(function, checks=_together(function), counterexample=None)


def _unquoted(check: Check) -> Check:
    """A property's judge is its author's, and may quote a result."""
    quotes = check.kind == "property" and check.status == "failed"
    return replace(check, message=sentences.HIDDEN_PROPERTY) if quotes else check


def _together(function: FunctionReport) -> tuple[Check, ...]:
    """All checks as one, which passes only where all do; why a function did not run at all is said."""
    checks = function.checks
    failed = sum(check.status == "failed" for check in checks)
    text = sentences.hidden_checks(failed, len(checks)) if failed else ""
    if function.status not in ("passed", "partial", "failed"):
        text = next((check.message for check in checks if check.status != "passed"), text)
    status: CheckStatus = "passed" if function.status == "passed" else "failed"
    return (Check("checks", "checks", status, function.points, function.max_points, text),)
