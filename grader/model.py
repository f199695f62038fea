"""What a grading run produces: plain frozen values that every face (terminal, HTML, JSON, CSV) reads.

The JSON forms are fixed (schema ``grader/report/v1``); :func:`report_to_json` and
:func:`report_from_json` are inverse to each other on everything that the schema names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeVar

__all__ = [
    "REPORT_SCHEMA",
    "RUN_SCHEMA",
    "Check",
    "Files",
    "Finding",
    "FunctionReport",
    "NotRun",
    "PassedOver",
    "Report",
    "report_from_json",
    "report_to_json",
    "run_to_json",
]

REPORT_SCHEMA = "grader/report/v1"
RUN_SCHEMA = "grader/run/v1"

CheckStatus = Literal["passed", "failed", "skipped"]
FunctionStatus = Literal[
    "passed", "partial", "failed", "missing", "timeout", "crashed", "out-of-memory", "too-much-output", "not-graded"
]
ReportStatus = Literal["graded", "unreadable", "error"]
SandboxLevel = Literal["full", "weak", "none"]
Key = tuple[str, str | None]  # what tells the submissions of a run apart: the path, and the student


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the verdict: what was looked at, whether it held, and what that earned."""

    kind: str
    name: str
    status: CheckStatus
    points: float
    max_points: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake that was recognised: a stable code, what it is, and a hint that gives no answer away."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """The verdict on one graded function; ``file`` is the student's file that it was taken from.

    ``waits_for`` are wrong functions that it calls, where only they may be why it fails.
    """

    name: str
    status: FunctionStatus
    origin: str | None
    points: float
    max_points: float
    carried: bool
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    counterexample: Mapping[str, Any] | None = None
    file: str | None = None
    waits_for: tuple[str, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether a person has to grade it."""
        return self.status == "not-graded" and any(check.kind == "manual" for check in self.checks)

    @property
    def not_started(self) -> bool:
        """Whether it is as the template has it."""
        return any(finding.code == "not-started" for finding in self.findings)

    @property
    def unfilled(self) -> bool:
        """Whether a part of it is still as the template has it."""
        return any(finding.code in ("not-started", "unfilled-blank") for finding in self.findings)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file of the student's that was not graded, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a submission from which functions were taken, and those that were passed over."""

    graded: tuple[str, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRun:
    """A top-level statement that a graded function needs and that could not be run: its names, and why."""

    origin: str
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one submission.

    ``points`` is None when the submission is ``unreadable`` or the harness failed (``error``); ``numpy`` is the
    version that the student's code ran with, ``name`` the student's name by roster or download, for people.
    """

    assignment: str
    submission: str
    student: str | None
    status: ReportStatus
    sandbox: SandboxLevel
    points: float | None
    max_points: float
    functions: tuple[FunctionReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    messages: tuple[str, ...] = ()
    cases: str = ""
    grader_version: str = ""
    duration_s: float = 0.0
    files: Files = Files()  # frozen
    not_run: tuple[NotRun, ...] = ()
    numpy: str = ""
    name: str = ""

    @property
    def key(self) -> Key:
        """What tells it apart from the other reports of a run."""
        return self.submission, self.student

    @property
    def waiting(self) -> tuple[FunctionReport, ...]:
        """The parts that a person has yet to grade: none where somebody gave points for the whole."""
        given = any(finding.code == "by-hand" for finding in self.findings)
        return () if given else tuple(f for f in self.functions if f.by_hand)

    @property
    def most_so_far(self) -> float:
        """The maximum without the parts that a person has yet to grade: what every face shows points and percentages of."""
        return self.max_points - sum(f.max_points for f in self.waiting)

    @property
    def percent(self) -> float | None:
        """Points as a percentage of what can be had so far; None where there are no points."""
        if self.points is None:
            return None
        return 100.0 * self.points / self.most_so_far if self.most_so_far else 100.0

    @property
    def full_marks(self) -> bool:
        """True when every function passed that is not left to a person; decided by statuses, never by comparing floats.

        Where a person gave points for the whole, or lateness took some, these decide.
        """
        if any(finding.code in ("by-hand", "late") for finding in self.findings):
            return (self.percent or 0.0) > 100.0 - 1e-6
        return self.status == "graded" and all(f.status == "passed" or f.by_hand for f in self.functions)

    @property
    def untouched(self) -> bool:
        """Whether nobody has begun: nothing of what is graded here is filled in, and no person has decided otherwise."""
        graded = [f for f in self.functions if f.status != "not-graded"]
        findings = (*self.findings, *(finding for function in graded for finding in function.findings))
        decided = any(finding.code == "by-hand" for finding in findings)
        return bool(graded) and not decided and all(f.status != "passed" and f.not_started for f in graded)

    def for_submission(self, submission: str, student: str | None, files: Files) -> Report:
        """The same verdict under the names of another student's files (identical definitions are graded once)."""
        names = dict(zip(self.files.graded, files.graded, strict=False))
        functions = tuple(replace(f, file=names.get(f.file or "", f.file)) for f in self.functions)
        return replace(self, submission=submission, student=student, functions=functions, files=files)


def report_to_json(report: Report) -> dict[str, Any]:
    """The report as the JSON object of schema ``grader/report/v1``."""
    return {"schema": REPORT_SCHEMA, **_data(report)}


_FIELDS = {cls: [f.name for f in fields(cls)] for cls in (Report, FunctionReport, Check, Finding, Files, PassedOver, NotRun)}


def _data(value: Any) -> Any:
    """As :func:`dataclasses.asdict`, without copying what is plain data already (an eighth of its time)."""
    names = _FIELDS.get(type(value))
    if names is not None:
        return {name: _data(getattr(value, name)) for name in names}
    return tuple(map(_data, value)) if type(value) is tuple else value


def run_to_json(reports: Sequence[Report]) -> dict[str, Any]:
    """Many reports as one JSON object of schema ``grader/run/v1``."""
    return {"schema": RUN_SCHEMA, "reports": [report_to_json(r) for r in reports]}


_T = TypeVar("_T")


def _build(cls: type[_T], data: Mapping[str, Any], **converted: Any) -> _T:
    known = {f.name for f in fields(cls)}  # type: ignore[arg-type]  # every caller passes a dataclass
    return cls(**{**{k: v for k, v in data.items() if k in known}, **converted})


def report_from_json(data: Mapping[str, Any]) -> Report:
    """Read a report back; keys that this version does not know are ignored.

    Raises
    ------
    ValueError
        When the object is of another schema or lacks a key.
    """
    if data.get("schema") != REPORT_SCHEMA:
        raise ValueError(f"expected an object of schema {REPORT_SCHEMA!r}, found {data.get('schema')!r}")
    try:
        functions = tuple(
            _build(
                FunctionReport,
                f,
                checks=tuple(_build(Check, c) for c in f.get("checks", ())),
                findings=tuple(_build(Finding, x) for x in f.get("findings", ())),
                waits_for=tuple(f.get("waits_for", ())),
            )
            for f in data.get("functions", ())
        )
        files = data.get("files") or {}
        passed_over = tuple(_build(PassedOver, x) for x in files.get("passed_over", ()))
        return _build(
            Report,
            data,
            functions=functions,
            files=Files(tuple(files.get("graded", ())), passed_over),
            not_run=tuple(_build(NotRun, x, names=tuple(x.get("names", ()))) for x in data.get("not_run", ())),
            findings=tuple(_build(Finding, x) for x in data.get("findings", ())),
            messages=tuple(data.get("messages", ())),
        )
    except TypeError as error:
        raise ValueError(f"the report lacks a key: {error}") from error
