"""Why something is wrong, or right all the same. A finding is never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader import sentences
from grader.judging.detectors import detected
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.mistakes import catalogued
from grader.judging.outcomes import Outcomes
from grader.judging.redaction import redact
from grader.model import Finding
from grader.sandbox.limits import OutOfBudget, without_warnings
from grader.sandbox.runner import Raised
from grader.spec import Function
from grader.submission.hints import missing_name
from grader.submission.program import Submission

__all__ = ["carried_by_helpers", "carried_on_own_values", "findings_in_text", "findings_of", "missing_name_finding"]

_MOST = 2
_NOTHING = re.compile(r"None|of type numpy\.ndarray")  # np.squeeze(None) is an array of objects
_BLANK = re.compile(r"""\s+[\w\[\]"'+(), ]+=\s*None(\s*,\s*None)*\s*(#.*)?$""")
_LONGEST_BLANK = 200  # the pattern tries n * n ways on a line of n spaces


def findings_of(judge: FunctionJudge, outcomes: Outcomes, verdict: Verdict) -> tuple[Finding, ...]:
    """At most two findings from what the calls gave, the most specific first: catalogued mistakes, else general ones."""
    if verdict.passed:
        return ()
    try:
        findings = list(catalogued(judge, outcomes, verdict)) or list(detected(judge, outcomes, verdict))
    except OutOfBudget:  # points are not touched by it
        return ()
    return tuple({finding.code: finding for finding in findings}.values())[:_MOST]


def missing_name_finding(
    judge: FunctionJudge, submission: Submission, failed: Mapping[int, str], outcomes: Outcomes, verdict: Verdict
) -> tuple[Finding, ...]:
    """A name that a function reads and that is not there: where it is, or what was probably meant."""
    for failure in verdict.failures[:1]:
        outcome = next((o for o in outcomes.get(failure.case.key, ()) if isinstance(o, Raised)), None)
        if outcome and outcome.type_name in ("NameError", "UnboundLocalError"):
            match = re.match(r"name '(\w{1,60})' is not defined", redact(failure.case, outcome.message))
            if match:
                with without_warnings():
                    message, hint = missing_name(submission, judge.spec.name, match[1], failed)
                return (Finding("undefined-name", message, hint),)
    return ()


def findings_in_text(judge: FunctionJudge, submission: Submission, verdict: Verdict) -> tuple[Finding, ...]:
    """What the text of a wrong function says where its values say nothing: a blank, or arguments in another order."""
    if verdict.passed:  # before anything is parsed for it
        return ()
    return _unfilled_blank(judge, submission, verdict) or _other_order(judge, submission)


def _unfilled_blank(judge: FunctionJudge, submission: Submission, verdict: Verdict) -> tuple[Finding, ...]:
    """A blank of the template that was left in, where a None is what is wrong."""
    unit = submission.unit_of(judge.spec.name)
    if unit is None or not any(_NOTHING.search(c.message) for c in verdict.checks if c.status == "failed"):
        return ()
    for number, line in enumerate(unit.source.split("\n"), unit.line):
        if len(line) < _LONGEST_BLANK and _BLANK.match(line):
            return (sentences.unfilled_blank(number, unit.label, line.split("#")[0].strip()),)
    return ()


def _other_order(judge: FunctionJudge, submission: Submission) -> tuple[Finding, ...]:
    """The arguments of the exercise, by their names, in other places: calls are by position."""
    with without_warnings():  # parsing has a filter of its own, which another thread must not find
        own, wanted = submission.arguments(judge.spec.name), judge.cases.parameters
    if not set(wanted) <= set(own) or own[: len(wanted)] == wanted:
        return ()
    number = next(i for i, name in enumerate(wanted) if own[i] != name)
    return (sentences.argument_order(judge.spec.name, number + 1, wanted[number], own[number]),)


def carried_by_helpers(spec: Function, blamed: Sequence[str], producers: Sequence[str], *, undefined: bool) -> Finding:
    """Why a function that is right with right helpers is wrong with the student's own.

    ``producers`` are functions that it does not call itself: it was given what they return.
    """
    if blamed and set(blamed) <= set(producers):
        return sentences.carried_on_right_values(spec.name, blamed)
    if not blamed:  # hidden by another import, or absent: nobody's formula is wrong
        return sentences.carried_absent(spec.name, spec.helpers)
    return (sentences.carried_undefined if undefined else sentences.carried_wrong)(spec.name, blamed)


def carried_on_own_values(spec: Function, producers: Sequence[str]) -> Finding:
    """Why a function that is right on the student's own earlier values is wrong on those of the contract."""
    return sentences.carried_own(spec.name, producers)
