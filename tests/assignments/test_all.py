"""What must hold of every assignment of the course, through the real sandbox.

The reference handed in by a student has full marks; every catalogued mistake loses points on exactly its
function and is named as itself; every right style has full marks; a stub earns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from grader.audit.submissions import delegating, reference_files, with_author_modules
from grader.confined.wire import decode
from grader.course import Course, LoadedAssignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.cases import CaseFile, FunctionCases
from grader.judging.judge import judges_of
from grader.judging.values import leaves
from grader.model import Report
from grader.sandbox.parent import Sandbox
from tests.assignments.submitted import (
    as_submission,
    course_root,
    stub_of_nothing,
    stub_of_zeros,
)

COURSE = Course(course_root())


@cache
def loaded(name: str) -> LoadedAssignment:
    """The assignment, whose mistakes and styles a submission may import here."""
    return with_author_modules(COURSE.load(name))


@cache
def frozen(name: str) -> CaseFile:
    return frozen_cases(loaded(name))


@cache
def reference(name: str) -> tuple[str, dict[str, str]]:
    return reference_files(loaded(name))


def _authors_values(stem: str, attribute: str) -> list[tuple[str, Any]]:
    found = []
    for name in COURSE.names:
        module = COURSE.load(name).author_module(stem)
        found.append((name, getattr(module, attribute, ()) if module else ()))
    return found


# Freezing has run every mistake and every style already, in this process. Through the sandbox the first of each
# function go in every run; the others belong to the sweep (``make sweep``), as ``grader audit`` runs them all, too.
_EACH = 3


def _swept(count: int) -> Any:
    return pytest.mark.slow if count >= _EACH else ()


MISTAKES = [
    pytest.param(
        name,
        number,
        id=f"{name}-{mistake.function}-{mistake.code}",
        marks=_swept(sum(other.function == mistake.function for other in mistakes[:number])),
    )
    for name, mistakes in _authors_values("mistakes", "MISTAKES")
    for number, mistake in enumerate(mistakes)
]
STYLES = [
    pytest.param(name, function, number, id=f"{name}-{function}-{number}", marks=_swept(number))
    for name, styles in _authors_values("styles", "STYLES")
    for function in (styles or {})
    for number in range(len(styles[function]))
]


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[tuple[str, ...], Sandbox]]:
    """One sandbox for each set of packages: nearly always one."""
    found: dict[tuple[str, ...], Sandbox] = {}
    yield found
    for sandbox in found.values():
        sandbox.close()


def graded(
    name: str, text: str, sandboxes: dict[tuple[str, ...], Sandbox], *, notebook: bool = False, alone: bool = False
) -> Report:
    """The report on a submission: a text, beside the modules that the reference stands on."""
    assignment = loaded(name)
    packages = tuple(assignment.spec.packages)
    if packages not in sandboxes:
        sandboxes[packages] = Sandbox(packages)
    siblings = {} if alone else reference(name)[1]
    submission = as_submission(text, frozen(name).arities, notebook=notebook, siblings=siblings)
    return grade_submission(assignment, judges_of(assignment.spec, frozen(name)), submission, sandboxes[packages])


def why(report: Report) -> list[Any]:
    """What a failed assertion should show."""
    return [
        (
            f.name,
            f.status,
            f.points,
            [x.code for x in f.findings],
            [c.message for c in f.checks if c.status == "failed"],
        )
        for f in report.functions
        if f.status != "passed"
    ] + [message for message in report.messages if " is defined 2 times; " not in message]  # a style is appended


def test_the_course_has_assignments() -> None:
    assert COURSE.names
    assert MISTAKES
    assert STYLES


@pytest.mark.parametrize("name", COURSE.names)
def test_every_assignment_has_a_hundred_points(name: str) -> None:
    assert loaded(name).spec.points == pytest.approx(100)


@pytest.mark.parametrize("name", COURSE.names)
def test_every_assignment_has_mistakes_and_styles_for_each_function(name: str) -> None:
    functions = {f.name for f in loaded(name).spec.functions}
    mistakes = {m.function for m in dict(_authors_values("mistakes", "MISTAKES"))[name]}
    assert functions - mistakes == set()
    assert functions - set(dict(_authors_values("styles", "STYLES"))[name]) == set()


@pytest.mark.parametrize("kind", ["py", "ipynb"])
@pytest.mark.parametrize("name", COURSE.names)
def test_the_reference_handed_in_by_a_student_has_full_marks(name: str, kind: str, sandboxes: Any) -> None:
    report = graded(name, reference(name)[0], sandboxes, notebook=kind == "ipynb")
    assert why(report) == []
    assert (report.status, report.points, report.full_marks) == ("graded", report.max_points, True)
    assert not any(f.carried or f.findings for f in report.functions)


def partners(name: str, producer: str) -> set[str]:
    """Functions that are asked on what this one hands over, which is nobody else's business.

    A mistake of the producer hands over nothing that the reference's consumer could read, as no student's pair
    of functions would; what these pairs earn is tested with the assignment.
    """
    cases = frozen(name).functions
    return {
        spec.name
        for spec in loaded(name).spec.functions
        if spec.own_inputs and any(step == producer for c in cases[spec.name].cases for step, _ in c.plan.steps)
    }


@pytest.mark.parametrize(("name", "number"), MISTAKES)
def test_a_mistake_costs_points_on_its_own_function_only_and_is_named_as_itself(
    name: str, number: int, sandboxes: Any
) -> None:
    module = loaded(name).author_module("mistakes")
    assert module is not None
    mistake = module.MISTAKES[number]
    place = f"author_mistakes.mistake.solutions[{number}]"
    text = f"{reference(name)[0]}\n\n{delegating(loaded(name), mistake.function, place)}"
    report = graded(name, text, sandboxes)
    found = next(f for f in report.functions if f.name == mistake.function)
    apart = {mistake.function, *partners(name, mistake.function)}
    others = [f for f in report.functions if f.name not in apart and f.status != "passed"]
    assert [(f.name, f.status) for f in others] == [], why(report)
    assert found.status == "failed", why(report)
    assert found.points < found.max_points
    assert mistake.code in [finding.code for finding in found.findings], why(report)


@pytest.mark.parametrize(("name", "function", "number"), STYLES)
def test_a_right_style_has_full_marks(name: str, function: str, number: int, sandboxes: Any) -> None:
    place = f"author_styles.STYLES[{function!r}][{number}]"
    text = f"{reference(name)[0]}\n\n{delegating(loaded(name), function, place)}"
    report = graded(name, text, sandboxes)
    found = next(f for f in report.functions if f.name == function)
    assert (found.status, found.carried, found.points) == ("passed", False, found.max_points), why(report)
    if not any(other.own_inputs for other in loaded(name).spec.functions):  # else its cache is its own business
        assert why(report) == []


@pytest.mark.parametrize("name", COURSE.names)
def test_a_stub_that_returns_none_earns_nothing(name: str, sandboxes: Any) -> None:
    report = graded(name, stub_of_nothing(loaded(name)), sandboxes, alone=True)
    assert [(f.name, f.status, f.points) for f in report.functions if f.points or f.status != "failed"] == []
    assert report.points == 0.0


def right_by_nature(cases: FunctionCases) -> bool:
    """Whether zeros of the right form are the right answer, as for a velocity that starts at rest."""
    expected = [decode(case.expected[0].value) for case in cases.cases if case.expected]
    numbers = [leaf for value in expected for _, leaf in leaves(value)]
    return bool(numbers) and not any(leaf.any() if hasattr(leaf, "any") else leaf for leaf in numbers)


@pytest.mark.parametrize("name", COURSE.names)
def test_a_stub_of_zeros_earns_nothing_but_where_zeros_are_right(name: str, sandboxes: Any) -> None:
    report = graded(name, stub_of_zeros(loaded(name)), sandboxes, alone=True)
    cases = frozen(name).functions
    for found in report.functions:
        expected = found.max_points if right_by_nature(cases[found.name]) else 0.0
        assert found.points == expected, why(report)
