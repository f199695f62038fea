"""What must hold of every assignment of the course, through the real sandbox.

The reference handed in by a student has full marks; every catalogued mistake loses points on exactly its
function and is named as itself; every right style has full marks; a stub earns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import pytest

from grader.confined.wire import decode
from grader.course import Course, LoadedAssignment
from grader.freezing.store import frozen_cases
from grader.freezing.submissions import delegating, reference_files, with_author_modules
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
from tests.gradable import parametrized
from tests.tiny import function_of

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


@cache
def mistakes(name: str) -> Mapping[str, Sequence[tuple[int, str]]]:
    """Of each function the places of its mistakes in the catalogue, with their codes."""
    module = loaded(name).author_module("mistakes")
    found: dict[str, list[tuple[int, str]]] = {}
    for number, mistake in enumerate(module.MISTAKES if module else ()):
        found.setdefault(mistake.function, []).append((number, mistake.code))
    return found


@cache
def styles(name: str) -> Mapping[str, int]:
    """How many right styles each function has."""
    module = loaded(name).author_module("styles")
    return {function: len(several) for function, several in (module.STYLES if module else {}).items()}


EVERY_ASSIGNMENT = pytest.mark.parametrize("name", parametrized())
# Freezing has judged every mistake and every style (``tests/freezing``), and draws no cases where one is not named as
# itself or not right. Through the sandbox the first of each function go in every run, and all of them in the sweep.
HOW_MANY = pytest.mark.parametrize("most", [1, pytest.param(None, marks=pytest.mark.slow)], ids=["first", "all"])


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, Sandbox]]:
    """One sandbox for each code that is run before: nearly always one."""
    found: dict[str, Sandbox] = {}
    yield found
    for sandbox in found.values():
        sandbox.close()


def graded(name: str, text: str, sandboxes: dict[str, Sandbox], *, notebook: bool = False, alone: bool = False) -> Report:
    """The report on a submission: a text, beside the modules that the reference stands on."""
    assignment = loaded(name)
    before = assignment.warm_up
    if before not in sandboxes:
        sandboxes[before] = Sandbox(assignment.spec.packages, warm_up=before)
    siblings = {} if alone else reference(name)[1]
    submission = as_submission(
        text, frozen(name).arities, notebook=notebook, siblings=siblings, editions=assignment.spec.editions
    )
    return grade_submission(assignment, judges_of(assignment.spec, frozen(name)), submission, sandboxes[before])


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
    assert len(COURSE.names) > 5


@EVERY_ASSIGNMENT
def test_every_assignment_has_a_hundred_points(name: str) -> None:
    assert loaded(name).spec.points == pytest.approx(100)


@EVERY_ASSIGNMENT
def test_every_assignment_has_mistakes_and_styles_for_each_function(name: str) -> None:
    functions = {f.name for f in loaded(name).spec.functions}
    assert functions == set(mistakes(name)) == set(styles(name))


@EVERY_ASSIGNMENT
def test_every_mistake_was_judged_when_the_cases_were_frozen(name: str) -> None:
    for function, catalogue in mistakes(name).items():
        assert {mistake.code for mistake in frozen(name).functions[function].mistakes.values()} == {c for _, c in catalogue}


@pytest.mark.parametrize("kind", ["py", "ipynb"])
@EVERY_ASSIGNMENT
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


@HOW_MANY
@EVERY_ASSIGNMENT
def test_a_mistake_costs_points_on_its_own_function_only_and_is_named_as_itself(
    name: str, most: int | None, sandboxes: Any, subtests: pytest.Subtests
) -> None:
    for function, catalogue in mistakes(name).items():
        apart = {function, *partners(name, function)}
        for number, code in catalogue[:most]:
            with subtests.test(function, code=code, number=number):
                text = f"{reference(name)[0]}\n\n" + delegating(
                    loaded(name), function, f"author_mistakes.mistake.solutions[{number}]"
                )
                report = graded(name, text, sandboxes)
                others = [f for f in report.functions if f.name not in apart and f.status != "passed"]
                assert [(f.name, f.status) for f in others] == [], why(report)
                found = function_of(report, function)
                assert found.status in ("failed", "partial"), why(report)
                assert found.points < found.max_points
                assert code in [finding.code for finding in found.findings], why(report)


@HOW_MANY
@EVERY_ASSIGNMENT
def test_right_styles_of_all_functions_together_have_full_marks(
    name: str, most: int | None, sandboxes: Any, subtests: pytest.Subtests
) -> None:
    apart = {other.name for other in loaded(name).spec.functions if other.own_inputs}  # the cache of a style is its own
    for number, alone in product(range(max(styles(name).values()))[:most], ["", *sorted(apart)]):
        given = [f for f, count in styles(name).items() if number < count and (f == alone if alone else f not in apart)]
        with subtests.test(number=number, functions=given):
            pieces = (
                delegating(loaded(name), function, f"author_styles.STYLES[{function!r}][{number}]") for function in given
            )
            report = graded(name, "\n\n".join([reference(name)[0], *pieces]), sandboxes)
            for found in (function_of(report, function) for function in given):
                assert (found.status, found.carried, found.points) == ("passed", False, found.max_points), why(report)


@EVERY_ASSIGNMENT
def test_a_stub_that_returns_none_earns_nothing(name: str, sandboxes: Any) -> None:
    report = graded(name, stub_of_nothing(loaded(name)), sandboxes, alone=True)
    # What works on a part of an own result that is not there is not judged.
    nothing = ("failed", "not-graded")
    assert [(f.name, f.status, f.points) for f in report.functions if f.points or f.status not in nothing] == []
    assert report.points == 0.0


def right_by_nature(cases: FunctionCases) -> bool:
    """Whether zeros of the right form are the right answer, as for a velocity that starts at rest."""
    expected = [decode(case.expected[0].value) for case in cases.cases if case.expected]
    numbers = [leaf for value in expected for _, leaf in leaves(value)]
    return bool(numbers) and not any(leaf.any() if hasattr(leaf, "any") else leaf for leaf in numbers)


@EVERY_ASSIGNMENT
def test_a_stub_of_zeros_earns_nothing_but_where_zeros_are_right(name: str, sandboxes: Any) -> None:
    report = graded(name, stub_of_zeros(loaded(name)), sandboxes, alone=True)
    cases = frozen(name).functions
    for found in report.functions:
        expected = found.max_points if right_by_nature(cases[found.name]) else 0.0
        assert found.points == expected, why(report)
