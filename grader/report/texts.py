"""Every word that the faces add to a report, in one place, ready to be translated.

What a check found, and how a mistake is explained, comes with the report; here are the words around it.
Sentences are functions of their facts, so that a translation may order them as its language needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import FunctionReport, Report

STATUS = {
    "passed": "passed",
    "failed": "failed",
    "missing": "missing",
    "timeout": "too slow",
    "crashed": "crashed",
    "out-of-memory": "out of memory",
    "too-much-output": "too much output",
    "not-graded": "not graded",
    "skipped": "skipped",
    "graded": "graded",
    "unreadable": "unreadable",
    "error": "error",
}

STATUS_SENTENCE = {
    "missing": "No definition of this function was found.",
    "not-graded": "It was not graded in this run.",
    "timeout": "It did not finish in the time allowed. Look for an endless loop, or for a loop over single "
    "numbers where an array operation does the same.",
    "crashed": "The Python process ended while this function ran.",
    "out-of-memory": "It asked for more memory than is allowed. Look for an array that grows, or for a shape "
    "that broadcasting blew up.",
    "too-much-output": "It printed or returned more than is allowed. Take a print out of the loop, or look at the size of "
    "the result.",
}

CARRIED = "right, given working versions of the functions that it calls"
SCORE = "Score"
FUNCTIONS = "Functions"
FUNCTION = "Function"
STATUS_TITLE = "Status"
POINTS = "Points"
CHECKS = "Checks"
CHECK = "Check"
MESSAGE = "Message"
WHERE = "Defined at"
NOTE = "Note"
LOOKS_LIKE = "Looks like"
HINT = "Hint"
FORMULA = "Formula"
EXAMPLE = "Example"
EXPECTED = "expected"
GOT = "got"
PRINTED = "It printed"
REPRODUCE = "To try it yourself"
NOTES = "Notes"
CODE = "Code"
NO_CODE = "The code is not part of this report."
MARKED = "marked with *"
ALL_PASSED = "Everything passed."

CLASS_PAGE = "Class page"
MARKS = "Distribution of marks"
PASS_RATE = "Pass rate per function"
PASS_RATE_CHECKS = "Pass rate per check"
CARRIED_OF = "of these given working helpers"
SHARE = "Share"
PAGES = "Pages"
MISTAKE = "Mistake"
MISTAKES_SHORT = "Mistakes"
CODE_OF_MISTAKE = "Code"
MISTAKES = "Most frequent mistakes"
NO_MISTAKES = "No mistake was recognised by name."
STUDENTS = "Students"
STUDENT = "Student"
SUBMISSION = "Submission"
PERCENT = "Percent"
COUNT = "Submissions"
SEARCH = "Search the table"
SEARCH_HELP = "student, file, status or mistake"
NO_MARKS = "No submission was graded, so there are no marks to show."
NO_SUBMISSIONS = "No submissions."
SKIP_LINK = "Skip to the content"
BACK = "Back to the class page"
TOTALS = "Summary"
MEAN = "Mean"
MEDIAN = "Median"
GRADED = "Graded"
UNREADABLE = "Unreadable"
ERRORS = "Errors of the grader"
FULL_MARKS = "Full marks"
MARKS_AXIS = "percent of the points"
SUBMISSIONS_AXIS = "submissions"
OUTCOMES = {
    "passed": "passed",
    "carried": "passed, given working helpers",
    "failed": "failed",
    "absent": "missing or not graded",
}

SANDBOX = {
    "full": "",
    "weak": "Some walls of the sandbox were missing on this machine; see `grader doctor`.",
    "none": "The code ran without a sandbox.",
}
REPORT_STATUS = {
    "graded": "",
    "unreadable": "This submission could not be read, so it has no points (which is not zero points).",
    "error": "The grader itself failed. This is not the student's fault and counts as no result, not as zero points.",
}


def confined(report: Report) -> str:
    """How well the code was confined, where that is worth a word: not where no code ran."""
    return SANDBOX[report.sandbox] if report.status == "graded" else ""


def explained(function: FunctionReport) -> str:
    """What a function's status means; empty where a failed check says it already."""
    if any(check.status == "failed" and check.message for check in function.checks):
        return ""
    return STATUS_SENTENCE.get(function.status, "")


def check_label(kind: str, name: str, function: str) -> str:
    """A check as kind and name, without a name that says nothing new.

    >>> check_label("values", "dW", "f"), check_label("runs", "f", "f"), check_label("runs", "runs", "f")
    ('values dW', 'runs', 'runs')
    """
    return kind if name in {function, kind} else f"{kind} {name}"


def number(value: float) -> str:
    """Points without needless digits: ``7.5``, ``100``, ``33.33``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points(got: float | None, maximum: float) -> str:
    """``7.5 / 10``, with a dash where there are no points."""
    return f"{'–' if got is None else number(got)} / {number(maximum)}"


def percent(value: float | None) -> str:
    """``62.5 %``, never rounded up to 100."""
    if value is None:
        return "–"
    return f"{number(min(round(value, 1), 99.9) if value < 100 else value)} %"


def score(got: float | None, maximum: float, share: float | None) -> str:
    """The line on top of every report."""
    if got is None:
        return "no points"
    return f"{number(got)} of {number(maximum)} points ({percent(share)})"


def right_of(right: int, total: int, share: float) -> str:
    """How many submissions have a function right."""
    return f"{right} of {total} right ({percent(share)})"


def functions_passed(passed: int, total: int) -> str:
    """How many functions are right."""
    return f"{passed} of {total} {'function' if total == 1 else 'functions'} passed"


def first_difference(where: str, expected: str, got: str) -> str:
    """Where two values part, with both."""
    return f"First difference at {where}: expected {expected}, got {got}"


def shape(dimensions: Sequence[int]) -> str:
    """A shape as NumPy writes it."""
    return f"({dimensions[0]},)" if len(dimensions) == 1 else f"({', '.join(map(str, dimensions))})"


def array(dimensions: Sequence[int], dtype: str) -> str:
    """An array, described."""
    return f"shape {shape(dimensions)}{', ' + dtype if dtype else ''}"


def empty(caption: str) -> str:
    """An array without elements."""
    return f"an empty array, {caption}"


def container(kind: str, count: int) -> str:
    """A tuple, list, dict or set, described."""
    return f"{kind} of {count} {'item' if count == 1 else 'items'}"


def more_items(count: int) -> str:
    """What was left out of a long container."""
    return f"{count} more {'item' if count == 1 else 'items'}"


def opaque(type_name: str) -> str:
    """A value of a type that is not shown; an array that is too large is described as an array."""
    if type_name.startswith(("array of shape", "complex array of shape")):
        return type_name
    return f"an object of type {type_name}"


def function(name: str) -> str:
    """A function as an argument."""
    return f"the function {name}"


def raised(name: str, message: str, origin: str) -> str:
    """An exception in place of a value."""
    return f"{name}{': ' + message if message else ''}{f' ({origin})' if origin else ''}"


def shown(visible: int, total: int) -> str:
    """How many rows a search left."""
    return f"{visible} of {total} shown"


def more_rows(count: int) -> str:
    """What was left out of a long table."""
    return f"{count} more not shown here; the JSON and the pages have all of them."
