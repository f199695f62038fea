"""What a class did, counted: marks, pass rates and mistakes, for the class page and the run's summary."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.model import FunctionReport, Report
from grader.report.wording import BY_PEOPLE

__all__ = ["About", "CheckRate", "FunctionRate", "MistakeCount", "Overview", "overview"]

FEWEST = 5  # submissions of which a correlation says anything
BINS = 10  # of ten percent each; the last one contains 100


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a run beside its reports; what is empty is not known.

    Attributes
    ----------
    title
        Of the assignment, for people.
    started
        The date and time at which the run began.
    seed
        Of the cases.
    roster
        How many students the class list has.
    missing
        Those on it who handed in nothing.
    starter
        What was handed out of each graded function.
    """

    title: str = ""
    started: str = ""
    seed: int | None = None
    roster: int | None = None
    missing: tuple[str, ...] = ()
    starter: Mapping[str, str] = field(default_factory=dict)


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

    A part counts that a person grades once it has points.
    `passed` does not contain `carried` (correct with correct helpers); `absent` is missing or not graded. `mean` are points
    of `max_points`. `discrimination` is the correlation of its points with the points of all other functions: how well
    it tells strong submissions from weak ones. None where there is too little to say.
    """

    name: str
    passed: int
    carried: int
    partial: int
    failed: int
    absent: int
    checks: tuple[CheckRate, ...]
    mean: float | None = None
    max_points: float = 0.0
    discrimination: float | None = None

    @property
    def total(self) -> int:
        """Submissions counted."""
        return self.passed + self.carried + self.partial + self.failed + self.absent

    @property
    def percent(self) -> float | None:
        """Share that is correct, carried ones included; None where there is nothing yet."""
        return 100.0 * (self.passed + self.carried) / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class MistakeCount:
    """A recognised mistake, wherever it stands, and the number of submissions in which it was found.

    Attributes
    ----------
    code, count
        Which mistake, and in how many submissions.
    message
        What was said of it most often.
    wordings
        In how many ways it was said: lines and names differ.
    functions
        In which functions, in how many submissions each; the most frequent one first.
    """

    code: str
    count: int
    message: str
    wordings: int
    functions: tuple[tuple[str, int], ...]


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
        functions=tuple(_function_rate(name, functions, graded) for name, functions in by_name.items()),
        mistakes=_mistakes(graded),
    )


def _function_rate(name: str, every: Sequence[FunctionReport], reports: Sequence[Report]) -> FunctionRate:
    functions = [function for function in every if not function.by_hand]
    passed = [f for f in functions if f.status == "passed"]
    judged = [f for f in functions if f.status != "not-graded"]
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
        mean=statistics.fmean(f.points for f in judged) if judged else None,
        max_points=max(f.max_points for f in every),
        discrimination=_discrimination(name, reports),
    )


def _discrimination(name: str, reports: Sequence[Report]) -> float | None:
    """The correlation of a function's points with those of all other functions."""
    own, others = [], []
    for report in reports:
        points = [f.points for f in report.functions if f.name == name and f.status != "not-graded"]
        if points:
            own.append(points[0])
            others.append(sum(f.points for f in report.functions if f.name != name))
    if len(own) < FEWEST or max(own) - min(own) < 1e-9 or max(others) - min(others) < 1e-9:
        return None
    return statistics.correlation(own, others)


def _mistakes(reports: Sequence[Report]) -> tuple[MistakeCount, ...]:
    """Most frequent first; a mistake counts once per submission, in however many lines it stands.

    What is found in a function that passed (that it was carried) is no mistake of its author's.
    """
    counts: Counter[str] = Counter()
    functions: dict[str, Counter[str]] = {}
    messages: dict[str, Counter[str]] = {}
    for report in reports:
        wrong = [f for f in report.functions if f.status != "passed"]
        found = [("", finding) for finding in report.findings]
        found += [(f.name, finding) for f in wrong for finding in f.findings]
        found = [(name, finding) for name, finding in found if finding.code not in BY_PEOPLE]
        counts.update({finding.code for _, finding in found})
        for name, code in {(name, finding.code) for name, finding in found}:
            functions.setdefault(code, Counter())[name] += 1
        for code, message in {(finding.code, finding.message) for _, finding in found}:
            messages.setdefault(code, Counter())[message] += 1
    return tuple(
        MistakeCount(code, n, _often(messages[code])[0][0], len(messages[code]), tuple(_often(functions[code])))
        for code, n in _often(counts)
    )


def _often(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first, and what is as frequent by the alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
