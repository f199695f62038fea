"""Words and numbers that several faces show: statuses, points, percentages, labels and what stands on top.

A function's body is its meaning, as in :mod:`grader.sentences`, which has what is said of a submission itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader import sentences
from grader.model import Finding, FunctionReport, Report, ReportStatus

ALL_PASSED = "Everything passed."
ALL_BUT_HELPERS = "All points: what is to be fixed is not graded here."
NO_POINTS = "–"
NOTE = "Note"
LOOKS_LIKE = "Looks like"
HINT = "Hint"
ALSO_LOST = "Also lost"
INPUTS_LEFT_ALONE = "inputs left alone"  # which a wrong function loses as well, whatever it does to them
CARRIED = "Full points"
WAITING = "Waiting"
NOT_STARTED = "Not started"
TO_BE_GRADED = "to be graded"
COUNTED_SO_FAR = "Points and percentages leave out what is still to be graded by hand."
MISSING = "Missing"
OTHERS = "All other functions"
GRADED_WITH_HELPERS = "correct when graded with correct versions of the functions that it calls"
REPORT_SENTENCES: Mapping[ReportStatus, str] = {
    "graded": "",
    "unreadable": "This submission could not be graded. It has no points, which is not the same as zero points.",
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
    "partial": "This function is partly right.",
    "missing": "No definition of this function was found.",
    "not-graded": "This function was not graded.",
    "timeout": "This function did not finish in the time allowed. Look for an endless loop, or for a loop over single "
    "numbers where an array operation does the same.",
    "crashed": "The Python process ended while this function ran.",
    "out-of-memory": "This function asked for more memory than is allowed. Look for an array that grows in a loop, or for "
    "two shapes that broadcast to a huge one.",
    "too-much-output": "This function printed or returned more than is allowed. Take a print out of the loop, or look at "
    "the size of the result.",
}


def untouched(functions: Sequence[FunctionReport]) -> str:
    return f"not started: {sum(function.status != 'not-graded' for function in functions)}"


def waits_for(names: Sequence[str]) -> str:
    return f"not judged before {' and '.join(names)} {'is' if len(names) == 1 else 'are'} right"


def folded(label: str, names: Sequence[str], why: str) -> str:
    """A group of functions in one line, under a label."""
    listed = ", ".join(names)
    if label == NOT_STARTED:
        return listed if len(names) == 1 else f"{len(names)} functions: {listed}"
    if label == MISSING:
        under = "it under exactly this name" if len(names) == 1 else "them under exactly these names"
        return f"{listed}: not defined in this submission; define {under}"
    if label == CARRIED:
        by = (
            "graded with correct functions in place of wrong or missing ones"
            if why
            else "tested with what your own earlier functions return"
        )
        return f"{listed}: correct; {by}. {why}".rstrip()
    return f"{listed}: {why}"


def more_lines(count: int) -> str:
    return f"... {count} more line{'s' * (count != 1)}; --verbose shows {'all of them' if count != 1 else 'it'}"


def status_word(status: str) -> str:
    """The status of a report, a function or a check as people say it.

    >>> status_word("timeout"), status_word("passed")
    ('too slow', 'passed')
    """
    return _STATUS_WORDS.get(status, status)


def report_word(report: Report) -> str:
    """The status of a report as people say it."""
    return NOT_STARTED.lower() if report.untouched else status_word(report.status)


def function_word(function: FunctionReport) -> str:
    """The status of a function as people say it."""
    return TO_BE_GRADED if function.by_hand else status_word(function.status)


def function_points(function: FunctionReport) -> str:
    """What a function earned, with a dash where a person has yet to say it."""
    return points_line(None if function.by_hand else function.points, function.max_points)


def status_sentence(function: FunctionReport) -> str:
    """What a function's status means; empty where a failed check, or a person, says it already."""
    if any(finding.code == "by-hand" for finding in function.findings):
        return ""
    if any(check.status == "failed" and check.message for check in function.checks):
        return ""
    if function.status == "not-graded" and function.checks and function.checks[0].message:
        return function.checks[0].message
    return _STATUS_SENTENCES.get(function.status, "")


def report_sentences(report: Report) -> list[str]:
    """What to know about the whole report: that it has no points, or that a wall of the sandbox was missing.

    Where no code ran, no word about the sandbox is needed.
    """
    sandbox = _SANDBOX_SENTENCES[report.sandbox] if report.status == "graded" else ""
    return [sentence for sentence in (REPORT_SENTENCES[report.status], sandbox) if sentence]


BY_PEOPLE = {"by-hand": "By hand", "comment": "Comment", "late": "Late"}


def finding_label(finding: Finding, function: FunctionReport | None = None) -> str:
    """What stands before a finding: what people say is none of ours, and in a function that passed it is no mistake."""
    if finding.code in BY_PEOPLE:
        return BY_PEOPLE[finding.code]
    return NOTE if function is None or function.status == "passed" else LOOKS_LIKE


def given_by_hand(author: str, points: float, maximum: float, reason: str, computed: float | None) -> str:
    before = "" if computed is None else f" (the grader: {plain_number(computed)})"
    return f"{author} gave {points_line(points, maximum)} points: {reason}{before}"


def late(why: str, percent: float, points: float) -> str:
    return f"{why}: {percent_text(percent)} of the maximum is deducted, {plain_number(points)} points"


def check_label(kind: str, name: str, function: str) -> str:
    """A check as kind and name, without a name that says nothing new.

    >>> check_label("values", "dW", "f"), check_label("runs", "f", "f"), check_label("runs", "runs", "f")
    ('values dW', 'runs', 'runs')
    """
    return kind if name in {function, kind} else f"{kind} {sentences.spoken(name)}"


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


def who_of(report: Report) -> str:
    """The student by name with the identifier beside it, or the file where nobody was identified."""
    student = report.student or report.submission
    return f"{report.name} ({student})" if report.name not in ("", student) else student


def correlation_text(value: float | None) -> str:
    return NO_POINTS if value is None else f"{value:.2f}"


def score_line(report: Report) -> str:
    """The line on top of every report."""
    if report.points is None:
        return "no points"
    of = f"{plain_number(report.points)} of {plain_number(report.most_so_far)}"
    waiting = f"; {points_to_come(report)}" if report.waiting else ""
    return f"{of} points ({percent_text(report.percent)}){waiting}"


def points_to_come(report: Report) -> str:
    more = report.max_points - report.most_so_far
    return f"{plain_number(more)} more {'is' if more == 1 else 'are'} {sentences.BY_HAND}"


def attempts_line(used: int, most: int) -> str:
    return f"{used} of {most} attempts are used"


def attempts_over(most: int) -> str:
    return f"All {most} attempts are used: this submission was not graded. What follows is of the last attempt that was."


def functions_passed_line(functions: Sequence[FunctionReport]) -> str:
    """How many functions are correct, of those that are not left to a person."""
    passed = sum(function.status == "passed" for function in functions)
    most = sum(not function.by_hand for function in functions)
    return f"{passed} of {most} {'function' if most == 1 else 'functions'} passed"
