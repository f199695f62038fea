"""What a class did, counted: marks, pass rates and mistakes, for the class page and the run's summary."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.model import FunctionReport, Report

__all__ = ["CheckRate", "FunctionRate", "Mistake", "Overview", "overview"]

BINS = 10  # classes of ten percent each


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
    """How one function fared; the four counts add up to the graded submissions that list it.

    `passed` does not contain `carried` (right, given working helpers); `absent` is missing or not graded.
    """

    name: str
    passed: int
    carried: int
    failed: int
    absent: int
    checks: tuple[CheckRate, ...]

    @property
    def total(self) -> int:
        """Submissions counted."""
        return self.passed + self.carried + self.failed + self.absent

    @property
    def percent(self) -> float:
        """Share that is right, carried ones included."""
        return 100.0 * (self.passed + self.carried) / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Mistake:
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
    histogram: tuple[int, ...]
    functions: tuple[FunctionRate, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def mean(self) -> float | None:
        """Mean of the marks."""
        return statistics.fmean(self.marks) if self.marks else None

    @property
    def median(self) -> float | None:
        """Median of the marks."""
        return statistics.median(self.marks) if self.marks else None


def overview(reports: Sequence[Report]) -> Overview:
    """Count one run. Submissions without points are counted as such and enter no average.

    Examples
    --------
    >>> overview([]).mean is None
    True
    """
    graded = [r for r in reports if r.status == "graded"]
    marks = [share for r in graded if (share := r.percent) is not None]
    return Overview(
        submissions=len(reports),
        graded=len(graded),
        unreadable=sum(r.status == "unreadable" for r in reports),
        errors=sum(r.status == "error" for r in reports),
        full_marks=sum(r.full_marks for r in reports),
        marks=tuple(marks),
        histogram=_histogram(marks),
        functions=_functions(graded),
        mistakes=_mistakes(graded),
    )


def _histogram(marks: Iterable[float]) -> tuple[int, ...]:
    """Counts per ten percent; the last class contains 100."""
    counts = Counter(min(max(int(mark * BINS / 100.0), 0), BINS - 1) for mark in marks)
    return tuple(counts[i] for i in range(BINS))


def _functions(reports: Sequence[Report]) -> tuple[FunctionRate, ...]:
    by_name: dict[str, list[FunctionReport]] = {}
    for report in reports:
        for function in report.functions:
            by_name.setdefault(function.name, []).append(function)
    return tuple(_function_rate(name, group) for name, group in by_name.items())


def _function_rate(name: str, group: Sequence[FunctionReport]) -> FunctionRate:
    passed = [f for f in group if f.status == "passed"]
    absent = sum(f.status in {"missing", "not-graded"} for f in group)
    statuses: dict[tuple[str, str], Counter[str]] = {}
    for function in group:
        for check in function.checks:
            statuses.setdefault((check.kind, check.name), Counter())[check.status] += 1
    carried = sum(f.carried for f in passed)
    return FunctionRate(
        name,
        passed=len(passed) - carried,
        carried=carried,
        failed=len(group) - len(passed) - absent,
        absent=absent,
        checks=tuple(
            CheckRate(kind, check, n["passed"], n["failed"], n["skipped"]) for (kind, check), n in statuses.items()
        ),
    )


def _mistakes(reports: Sequence[Report]) -> tuple[Mistake, ...]:
    """Most frequent first; a mistake counts once per submission and function.

    What is found in a function that passed (that it was carried) is no mistake of its author's.
    """
    counts: Counter[tuple[str, str]] = Counter()
    messages: dict[tuple[str, str], str] = {}
    for report in reports:
        wrong = [f for f in report.functions if f.status != "passed"]
        found = {(f.name, finding.code): finding.message for f in wrong for finding in f.findings}
        found |= {("", finding.code): finding.message for finding in report.findings}
        counts.update(found.keys())
        messages = found | messages
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Mistake(function, code, messages[function, code], n) for (function, code), n in ordered)
