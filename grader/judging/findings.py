"""Why something is wrong, or right all the same. A finding is never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader import sentences
from grader.judging.detectors import detected
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.mistakes import catalogued
from grader.judging.outcomes import Outcomes
from grader.judging.redaction import redact
from grader.model import Finding
from grader.sandbox.limits import or_when_late
from grader.sandbox.runner import Loaded, Raised
from grader.submission.hints import missing_name
from grader.submission.program import Submission, Unit
from grader.submission.templates import BLANK_LINE, is_unwritten, short

__all__ = ["blank_left_in", "findings_of", "missing_name_finding", "other_order", "unfilled"]

_MOST = 2
# What None leaves behind: np.squeeze(None) is an array of objects, and a class whose constructor is empty has no attributes.
_NOTHING = re.compile(r"None|there is no|no attribute|of type numpy\.ndarray|NotImplementedError")
_UNBOUND = re.compile(r"(?:name|variable) '(\w{1,60})'")
# A comment such as "# D1 = ...", "# D1 =    # step 1", or "# dW = dZ @ A.T + None".
_PROMISED = re.compile(r"""\s+#\s*(\w+) *=\s*(?:\.\.\.|(?:[^#]*[-+*/]\s*)?None)?\s*(?:#.*)?$""")


@or_when_late(default=())  # points are not touched by it
def findings_of(judge: FunctionJudge, outcomes: Outcomes, verdict: Verdict) -> tuple[Finding, ...]:
    """At most two findings from what the calls gave, the most specific first: catalogued mistakes, else general ones."""
    if verdict.passed:
        return ()
    first: dict[str, Finding] = {}
    # Of catalogued mistakes with one hint the last one counts: it explains the values, too, and not a property alone.
    known = {finding.hint: finding for finding in catalogued(judge, outcomes, verdict)}
    for finding in known.values() or detected(judge, outcomes, verdict):
        first.setdefault(finding.code, finding)
    return tuple(first.values())[:_MOST]


@or_when_late(default=())
def missing_name_finding(
    judge: FunctionJudge, submission: Submission, loaded: Loaded, outcomes: Outcomes, verdict: Verdict
) -> tuple[Finding, ...]:
    """A name that a function reads and that is not there: in an empty part, else where it is, or what was probably meant."""
    for failure in verdict.failures[:1]:
        outcome = next((o for o in outcomes.get(failure.case.key, ()) if isinstance(o, Raised)), None)
        if outcome and outcome.type_name in ("NameError", "UnboundLocalError"):
            match = re.match(r"name '(\w{1,60})' is not defined", redact(failure.case, outcome.message))
            if match:
                if is_unwritten(_short_lines(submission, judge.spec.name)[1]):
                    return (sentences.nothing_between_marks(judge.spec.name),)
                message, hint = missing_name(submission, judge.spec.name, match[1], loaded.failed, loaded.absent)
                return (Finding("undefined-name", message, hint),)
    return ()


def unfilled(judge: FunctionJudge, submission: Submission, verdict: Verdict) -> tuple[Finding, ...]:
    """A template that nobody has written into, or a name of it that is to be bound and is not."""
    unit = submission.unit_of(judge.spec.name)
    messages = [check.message for check in verdict.checks if check.status == "failed"]
    unbound = {name for message in messages for name in _UNBOUND.findall(message)}
    gave_nothing = any(map(_NOTHING.search, messages))
    if unit is None or verdict.passed or not (unbound or gave_nothing):
        return ()
    before, lines = _short_lines(submission, judge.spec.name)
    promised = ((n, match[1]) for n, line in enumerate(lines) if (match := _PROMISED.match(line)))
    missing = next((n for n, name in promised if name in unbound), None)
    blank = submission.is_blank(judge.spec.name)
    if blank or ((gave_nothing or missing is not None) and is_unwritten(lines)):
        return (sentences.not_started(judge.spec.name),)
    return () if missing is None else (_blank_at(unit, before + missing, lines[missing]),)


def blank_left_in(judge: FunctionJudge, submission: Submission, verdict: Verdict) -> tuple[Finding, ...]:
    """A blank of the template that was left in, where a None is what is wrong; else a part that nobody has written into."""
    unit = submission.unit_of(judge.spec.name)
    if unit is None or verdict.passed:
        return ()
    before, lines = _short_lines(submission, judge.spec.name)
    if not any(_NOTHING.search(c.message) for c in verdict.checks if c.status == "failed"):
        return (sentences.nothing_between_marks(judge.spec.name),) if is_unwritten(lines) else ()
    bound = _bound_again(lines)
    blanks = (n for n, line in enumerate(lines) if BLANK_LINE.match(line) and line.partition("=")[0].strip() not in bound)
    number = next(blanks, None)
    return () if number is None else (_blank_at(unit, before + number, lines[number]),)


def _bound_again(lines: Sequence[str]) -> set[str]:
    """What is bound to something that is not made of itself, or asked for None: there None is a beginning, no blank."""
    pairs = [line.partition("=")[::2] for line in lines if not BLANK_LINE.match(line)]
    bound = {target.strip() for target, value in pairs if target.strip() not in value}
    return bound | {name for line in lines for name in re.findall(r"(\w{1,60}) is (?:not )?None", line)}


def _short_lines(submission: Submission, name: str) -> tuple[int, list[str]]:
    """The lines of a definition, and how many stand before it."""
    before, lines = submission.lines_of(name)
    return before, short(lines)


def _blank_at(unit: Unit, number: int, line: str) -> Finding:
    return sentences.unfilled_blank(unit.line + number, unit.label, line.strip(" \t#").split("#")[0].strip())


def other_order(judge: FunctionJudge, submission: Submission, verdict: Verdict) -> tuple[Finding, ...]:
    """The arguments of the exercise, by their names, in other places: those without a default are passed by position."""
    if verdict.passed:
        return ()
    own, wanted = submission.arguments(judge.spec.name), judge.cases.parameters
    misplaced = (i for i, name in enumerate(wanted) if name in own and own[i] != name)
    number = next(misplaced, None)
    by_name = number is not None and wanted[number] in judge.cases.options and set(wanted[number:]) <= set(own)
    if number is None or by_name:
        return ()
    return (sentences.argument_order(judge.spec.name, number + 1, wanted[number], own[number]),)
