"""The sentences that people read, as typed functions and constants.

A sentence is a function of its facts. A word that one face alone uses stands in that face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.model import FunctionReport, Report, ReportStatus

# -- words of the faces ----------------------------------------------------------------------------

NO_POINTS = "–"
NOTE = "Note"
LOOKS_LIKE = "Looks like"
HINT = "Hint"
GRADED_WITH_HELPERS = "correct when graded with correct versions of the functions that it calls"
REPORT_SENTENCES: Mapping[ReportStatus, str] = {
    "graded": "",
    "unreadable": "This submission could not be read. It has no points, which is not the same as zero points.",
    "error": "The grader itself failed. This is not the student's fault: it counts as no result, not as zero points.",
}
_SANDBOX_SENTENCES = {
    "full": "",
    "weak": "Some walls of the sandbox are missing on this machine; `grader doctor` says which.",
    "none": "The code ran without a sandbox.",
}
_STATUS_WORDS = {
    "timeout": "too slow",
    "out-of-memory": "out of memory",
    "too-much-output": "too much output",
    "not-graded": "not graded",
}
_STATUS_SENTENCES = {
    "missing": "No definition of this function was found.",
    "not-graded": "This function was not graded in this run.",
    "timeout": "This function did not finish in the time allowed. Look for an endless loop, or for a loop over single "
    "numbers where an array operation does the same.",
    "crashed": "The Python process ended while this function ran.",
    "out-of-memory": "This function asked for more memory than is allowed. Look for an array that grows in a loop, or for "
    "two shapes that broadcast to a huge one.",
    "too-much-output": "This function printed or returned more than is allowed. Take a print out of the loop, or look at "
    "the size of the result.",
}


def status_word(status: str) -> str:
    """The status of a report, a function or a check as people say it.

    >>> status_word("timeout"), status_word("passed")
    ('too slow', 'passed')
    """
    return _STATUS_WORDS.get(status, status)


def status_sentence(function: FunctionReport) -> str:
    """What a function's status means; empty where the message of a failed check says it already."""
    if any(check.status == "failed" and check.message for check in function.checks):
        return ""
    return _STATUS_SENTENCES.get(function.status, "")


def report_sentences(report: Report) -> list[str]:
    """What to know about the whole report: that it has no points, or that a wall of the sandbox was missing.

    Where no code ran, no word about the sandbox is needed.
    """
    sandbox = _SANDBOX_SENTENCES[report.sandbox] if report.status == "graded" else ""
    return [sentence for sentence in (REPORT_SENTENCES[report.status], sandbox) if sentence]


def finding_label(function: FunctionReport) -> str:
    """What stands before a finding: in a function that passed it is no mistake."""
    return NOTE if function.status == "passed" else LOOKS_LIKE


def check_label(kind: str, name: str, function: str) -> str:
    """A check as kind and name, without a name that says nothing new.

    >>> check_label("values", "dW", "f"), check_label("runs", "f", "f"), check_label("runs", "runs", "f")
    ('values dW', 'runs', 'runs')
    """
    return kind if name in {function, kind} else f"{kind} {name}"


def plain_number(value: float) -> str:
    """Points without needless digits: ``7.5``, ``100``, ``33.33``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points_line(points: float | None, max_points: float) -> str:
    """``7.5 / 10``, with a dash where there are no points."""
    return f"{NO_POINTS if points is None else plain_number(points)} / {plain_number(max_points)}"


def percent_text(percent: float | None) -> str:
    """``62.5 %``, never rounded up to 100."""
    if percent is None:
        return NO_POINTS
    return f"{plain_number(min(round(percent, 1), 99.9) if percent < 100 else percent)} %"


def score_line(report: Report) -> str:
    """The line on top of every report."""
    if report.points is None:
        return "no points"
    of = f"{plain_number(report.points)} of {plain_number(report.max_points)}"
    return f"{of} points ({percent_text(report.percent)})"


def functions_passed_line(functions: Sequence[FunctionReport]) -> str:
    """How many functions are correct."""
    passed = sum(function.status == "passed" for function in functions)
    return f"{passed} of {len(functions)} {'function' if len(functions) == 1 else 'functions'} passed"
