"""The tiny course of the tests: its right solutions as text, and ways to grade a change of one function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from grader.confined.wire import encode
from grader.course import LoadedAssignment, find_course
from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.cases import Case, CaseFile, Expected, FunctionCases
from grader.judging.checks import verdict_of
from grader.judging.findings import findings_of
from grader.judging.judge import FunctionJudge, Judges, Verdict, judges_of
from grader.judging.outcomes import Outcomes, arguments_of
from grader.judging.values import leaves
from grader.model import Check, Finding, FunctionReport, Report
from grader.sandbox.here import InProcess
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Runner
from grader.spec import CaseClass, Function
from grader.submission.reading import parse_submission

COURSE = Path(__file__).parent / "course"
HEADER = "import numpy as np\nfrom tiny_utils import half\n"


@cache
def assignment() -> LoadedAssignment:
    return find_course(COURSE).load("tiny")


@cache
def cases() -> CaseFile:
    return freeze(assignment())


@cache
def judges() -> Judges:
    return judges_of(assignment().spec, cases())


@cache
def right() -> Mapping[str, str]:
    """Source of the right solution of each graded function."""
    names = [f.name for f in assignment().spec.functions]
    return {name: inspect.getsource(assignment().reference_function(name)) for name in names}


def solution(*changes: str, without: Sequence[str] = ()) -> str:
    """A whole submission: all functions right, but for those left out, and with definitions appended."""
    # In this process there are no provided modules, so the helper is defined here.
    helper = "import numpy as np\n\ndef half(Z):\n    return Z / 2\n"
    kept = [text for name, text in right().items() if name not in without]
    return "\n".join([helper, *kept, *changes])


def graded(source: str, runner: Runner | None = None) -> Report:
    submission = parse_submission("student.py", ".py", source.encode(), cases().arities)
    return grade_submission(assignment(), judges(), submission, runner or InProcess())


def graded_function(name: str, source: str, runner: Runner | None = None) -> FunctionReport:
    """The report on one function that is written in this way, the others being right."""
    return function_of(graded(solution(source, without=[name]), runner), name)


def function_of(report: Report, name: str) -> FunctionReport:
    return next(f for f in report.functions if f.name == name)


def check_of(checks: Sequence[Check], kind: str, name: str | None = None) -> Check:
    return next(c for c in checks if c.kind == kind and c.name == (name or kind))


# -- cases made by hand ------------------------------------------------------------------


def hand_made(
    spec: Function,
    reference: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    classes: Sequence[str] = (),
    visible: bool = True,
    tolerance: float = 1e-9,
) -> FunctionCases:
    """Cases with given arguments, without drawing or freezing."""
    found = []
    for number, args in enumerate(arguments):
        value = reference(*args)
        expected = Expected(encode(value), tuple(tolerance for _ in leaves(value)))
        plan = Plan(spec.name, number, ((spec.name, encode(args)),))
        case_class = classes[number] if classes else "general"
        key = f"{spec.name}/values/{number}"
        found.append(Case(key, "values", case_class, visible, plan, expected=(expected,)))
    names = tuple(inspect.signature(reference).parameters)
    return FunctionCases(spec.name, len(names), names, tuple(found), {}, frozenset())


def outcomes_of(cases: FunctionCases, function: Callable[..., Any]) -> dict[str, tuple[Outcome, ...]]:
    """What a function makes of all cases of one step."""
    found: dict[str, tuple[Outcome, ...]] = {}
    for case in cases.cases:
        try:
            found[case.key] = (Returned(encode(function(*arguments_of(case.plan)), opaque=lambda _: 0)),)
        except Exception as error:
            found[case.key] = (Raised(type(error).__name__, str(error)),)
    return found


def plain(returns: str | tuple[str, ...] = "value", **options: Any) -> Function:
    """A function of one point with no checks beyond values."""
    return Function(
        "f",
        points=1,
        inputs=lambda d: (),
        returns=returns,
        classes=(CaseClass("general", count=1),),
        inputs_share=0.0,
        **options,
    )


def verdict_on(
    reference: Callable[..., Any],
    student: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    returns: str | tuple[str, ...] = "value",
    **options: Any,
) -> Verdict:
    spec = plain(returns, **options)
    cases = hand_made(spec, reference, arguments)
    return verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, student))


def findings_on(
    reference: Callable[..., Any],
    student: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    returns: str | tuple[str, ...] = "value",
    classes: Sequence[str] = (),
    visible: bool = True,
    **options: Any,
) -> tuple[Finding, ...]:
    spec = plain(returns, **options)
    cases = hand_made(spec, reference, arguments, classes, visible)
    outcomes = outcomes_of(cases, student)
    return findings_in(spec, cases, outcomes)


def findings_in(spec: Function, cases: FunctionCases, outcomes: Outcomes) -> tuple[Finding, ...]:
    judge = FunctionJudge(spec, cases)
    return findings_of(judge, outcomes, verdict_of(judge, outcomes))
