"""What a class did, counted: marks, pass rates and mistakes, for the class page and the run's summary."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model import FunctionReport, Report

__all__ = ["CheckRate", "FunctionRate", "MistakeCount", "Overview", "overview"]

BINS = 10  # of ten percent each; the last one contains 100


@dataclass(frozen=True, slots=True)
class CheckRate:
    """How often one check held, over the submissions in which it came to be asked."""

    kind: str
    name: str
    passed: int
    failed: int
    skipped: int

    @property
    def percent(self) -> float | None:
        """Share that passed of those in which it was not skipped; None when it always was."""
        asked = self.passed + self.failed
        return 100.0 * self.passed / asked if asked else None


@dataclass(frozen=True, slots=True)
class FunctionRate:
    """How one function fared; the five counts add up to the graded submissions that list it.

    `passed` does not contain `carried` (correct with correct helpers); `absent` is missing or not graded.
    """

    name: str
    passed: int
    carried: int
    partial: int
    failed: int
    absent: int
    checks: tuple[CheckRate, ...]

    @property
    def total(self) -> int:
        """Submissions counted."""
        return self.passed + self.carried + self.partial + self.failed + self.absent

    @property
    def percent(self) -> float:
        """Share that is correct, carried ones included."""
        return 100.0 * (self.passed + self.carried) / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class MistakeCount:
    """A recognised mistake and the number of submissions in which it was found."""

    function: str
    code: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts over one run. Marks are percentages of the submissions that have points."""

    submissions: int
    graded: int
    unreadable: int
    errors: int
    full_marks: int
    marks: tuple[float, ...]
    mean: float | None
    median: float | None
    histogram: tuple[int, ...]
    functions: tuple[FunctionRate, ...]
    mistakes: tuple[MistakeCount, ...]


def overview(reports: Sequence[Report]) -> Overview:
    """Count one run. Submissions without points are counted as such and enter no average.

    Examples
    --------
    >>> overview([]).mean is None
    True
    """
    graded = [report for report in reports if report.status == "graded"]
    statuses = Counter(report.status for report in reports)
    marks = tuple(percent for report in graded if (percent := report.percent) is not None)
    bins = Counter(min(max(int(mark * BINS / 100.0), 0), BINS - 1) for mark in marks)
    by_name: dict[str, list[FunctionReport]] = {}
    for function in (f for report in graded for f in report.functions):
        by_name.setdefault(function.name, []).append(function)
    return Overview(
        submissions=len(reports),
        graded=len(graded),
        unreadable=statuses["unreadable"],
        errors=statuses["error"],
        full_marks=sum(report.full_marks for report in reports),
        marks=marks,
        mean=statistics.fmean(marks) if marks else None,
        median=statistics.median(marks) if marks else None,
        histogram=tuple(bins[i] for i in range(BINS)),
        functions=tuple(_function_rate(name, functions) for name, functions in by_name.items()),
        mistakes=_mistakes(graded),
    )


def _function_rate(name: str, functions: Sequence[FunctionReport]) -> FunctionRate:
    passed = [f for f in functions if f.status == "passed"]
    partial = sum(f.status == "partial" for f in functions)
    absent = sum(f.status in {"missing", "not-graded"} for f in functions)
    carried = sum(f.carried for f in passed)
    checks: dict[tuple[str, str], Counter[str]] = {}
    for check in (check for f in functions for check in f.checks):
        checks.setdefault((check.kind, check.name), Counter())[check.status] += 1
    return FunctionRate(
        name,
        passed=len(passed) - carried,
        carried=carried,
        partial=partial,
        failed=len(functions) - len(passed) - partial - absent,
        absent=absent,
        checks=tuple(CheckRate(*key, n["passed"], n["failed"], n["skipped"]) for key, n in checks.items()),
    )


def _mistakes(reports: Sequence[Report]) -> tuple[MistakeCount, ...]:
    """Most frequent first; a mistake counts once per submission and function.

    What is found in a function that passed (that it was carried) is no mistake of its author's.
    """
    counts: Counter[tuple[str, str]] = Counter()
    messages: dict[tuple[str, str], str] = {}
    for report in reports:
        wrong = [f for f in report.functions if f.status != "passed"]
        own = {(f.name, finding.code): finding.message for f in wrong for finding in f.findings}
        own |= {("", finding.code): finding.message for finding in report.findings}
        counts.update(own.keys())
        messages = own | messages
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(MistakeCount(function, code, messages[function, code], n) for (function, code), n in ordered)
