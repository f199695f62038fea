"""A smaller example: drawn by the strategy itself, right for every right style, and failing in the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.author import name_of, read_author, run_trusted
from grader.cases import Case
from grader.checks import Failure, judge
from grader.cli import main
from grader.compare import leaves
from grader.counterexample import characters, effort, entries, shown_failure
from grader.course import LoadedAssignment, find_course
from grader.model import FunctionReport, Report
from grader.outcomes import arguments_of
from grader.pipeline import grade_submission
from grader.running import Answer, Execution, InProcess, Plan, Program, Stopped
from grader.shrink import smaller_cases
from grader.submission import parse_submission
from tests import tiny
from tests.tiny import function_of, solution

COURSE = find_course()


class Counting(InProcess):
    """Runs in this process, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[Plan]] = []

    def run(self, program: Program, plans: Sequence[Plan], answer: Answer | None = None) -> Execution:
        self.asked.append(list(plans))
        return super().run(program, plans, answer)


class Hanging(Counting):
    """No smaller case ever comes back."""

    def run(self, program: Program, plans: Sequence[Plan], answer: Answer | None = None) -> Execution:
        found = super().run(program, plans, answer)
        stopped = tuple((Stopped("timeout", "it did not come back"),) for _ in plans)
        return found if max(p.number for p in plans) < 1_000_000 else replace(found, outcomes=stopped)


def shrunk(source: str, runner: InProcess | None = None, assignment: LoadedAssignment | None = None) -> Report:
    submission = parse_submission("student.py", ".py", source.encode(), tiny.cases().arities)
    loaded = assignment or tiny.assignment()
    return grade_submission(loaded, tiny.cases(), submission, runner or InProcess(), shrink=True)


def numbers(function: FunctionReport) -> list[float]:
    """All numbers of the arguments that are shown."""
    assert function.counterexample is not None

    def inner(value: Any) -> list[float]:
        if isinstance(value, dict):
            value = next(value[key] for key in ("array", "tuple", "list", "dict") if key in value)
        return [n for part in value for n in inner(part)] if isinstance(value, list) else [value]

    return [n for argument in function.counterexample["arguments"] for n in inner(argument["value"])]


FORGETS_B = "def affine(X, W, b):\n    return W @ X, (X, W, b)\n"
NO_MEAN = "def center(X):\n    return X - X[:, :1], X.mean(axis=1, keepdims=True)\n"


@pytest.mark.parametrize(("name", "source"), [("affine", FORGETS_B), ("center", NO_MEAN)])
def test_an_example_gets_smaller_and_rounder_and_the_rest_of_the_report_stays(name: str, source: str) -> None:
    before, after = tiny.graded(solution(source)), shrunk(solution(source))
    one, other = function_of(before, name), function_of(after, name)
    assert len(numbers(other)) < len(numbers(one))
    assert all(float(number).is_integer() for number in numbers(other))
    assert replace(one, counterexample=None, checks=()) == replace(other, counterexample=None, checks=())
    assert [replace(c, message="") for c in one.checks] == [replace(c, message="") for c in other.checks]
    assert one.counterexample is not None
    assert other.counterexample is not None
    assert other.counterexample["item"] == one.counterexample["item"]
    assert other.counterexample["expected"] != other.counterexample["got"]
    (told,) = [c.message for c in other.checks if (c.kind, c.name) == ("values", other.counterexample["item"])]
    assert told.startswith(other.counterexample["message"])  # one set of numbers in one report


def test_the_same_submission_has_the_same_example() -> None:
    assert shrunk(solution(FORGETS_B)) == shrunk(solution(FORGETS_B))


def test_a_passing_submission_is_asked_nothing_more() -> None:
    plain, with_it = Counting(), Counting()
    tiny.graded(solution(), plain)
    assert shrunk(solution(), with_it).full_marks
    assert len(with_it.asked) == len(plain.asked)


def test_the_calls_of_a_failing_function_are_bounded() -> None:
    runner = Counting()
    shrunk(solution(FORGETS_B), runner)
    more = [plans for plans in runner.asked if plans[0].number >= 1_000_000]
    assert len(more) == 1
    assert 1 <= len(more[0]) <= 40


@pytest.mark.parametrize("shows", ["sentences", "findings"])
def test_nothing_is_shrunk_where_no_example_is_shown(shows: Any) -> None:
    loaded = tiny.assignment()
    runner = Counting()
    found = shrunk(solution(FORGETS_B), runner, replace(loaded, spec=replace(loaded.spec, shows=shows)))
    assert function_of(found, "affine").counterexample is None
    assert all(plan.number < 1_000_000 for plans in runner.asked for plan in plans)


def test_a_function_that_is_right_on_small_inputs_keeps_its_frozen_example() -> None:
    source = "def affine(X, W, b):\n    return W @ X + (b if X.size < 6 else 0), (X, W, b)\n"
    one, other = (function_of(r, "affine") for r in (tiny.graded(solution(source)), shrunk(solution(source))))
    assert one.status == "failed"
    assert one == other


def test_a_smaller_case_that_fails_in_another_way_is_not_taken() -> None:
    """Small inputs give a wrong shape, the others wrong values: the example shows wrong values."""
    source = "def affine(X, W, b):\n    Z = W @ X if X.size >= 6 else np.zeros((9, 9))\n    return Z, (X, W, b)\n"
    found = function_of(shrunk(solution(source)), "affine").counterexample
    assert found is not None
    assert "elements of Z are wrong" in found["message"]
    assert found["got"]["shape"] == found["expected"]["shape"]


def test_smaller_cases_that_do_not_come_back_change_nothing() -> None:
    one, other = tiny.graded(solution(FORGETS_B)), shrunk(solution(FORGETS_B), Hanging())
    assert one == other


def test_what_fails_with_right_helpers_is_shrunk_with_right_helpers() -> None:
    wrong = "def affine(X, W, b):\n    return None\n\ndef layer(X, W, b):\n    return affine(X, W, b)[0]\n"
    found = function_of(shrunk(solution(wrong)), "layer")
    assert found.counterexample is not None
    assert "smaller" in found.counterexample["case"]
    assert "called it with right helpers" in found.counterexample["snippet"]


# -- over the whole course ---------------------------------------------------------------------


def failing(loaded: LoadedAssignment, name: str, solution: Callable[..., Any]) -> Failure | None:
    author, cases = read_author(loaded), loaded.cases().functions[name]
    outcomes = {c.key: run_trusted(author, {name: solution}, c.plan) for c in cases.cases}
    return shown_failure(judge(loaded.spec.function(name), cases, outcomes), outcomes)


def a_smaller_set(loaded: LoadedAssignment, name: str) -> tuple[Failure | None, tuple[Case, ...]]:
    """What is drawn for the first mistake of a function that has a comparison to show."""
    for mistake in read_author(loaded).mistakes.get(name, ()):
        failure = failing(loaded, name, mistake.solution)
        if failure is not None and failure.case.expected:
            return failure, smaller_cases(loaded, loaded.spec.function(name), failure, [mistake.code])
    return None, ()


@pytest.mark.parametrize("name", COURSE.names)
def test_every_right_style_passes_every_smaller_case(name: str) -> None:
    loaded = COURSE.load(name)
    author = read_author(loaded)
    drawn = 0
    with np.errstate(all="ignore"):
        for spec in loaded.spec.functions:
            failure, some = a_smaller_set(loaded, spec.name)
            drawn += len(some)
            cases = replace(loaded.cases().functions[spec.name], cases=some)
            right = [author.function(spec.name), *author.variants(spec.name, spec.alternatives)]
            for function in [*right, *author.styles.get(spec.name, ())] if some else ():
                outcomes = {c.key: run_trusted(author, {spec.name: function}, c.plan) for c in some}
                problems = [f.message for f in judge(spec, cases, outcomes).failures if f.check != "inputs"]
                if failure is not None and failure.case.check == "values":
                    assert problems == [], f"{spec.name}: {name_of(function)}"
            for case in some:
                assert failure is not None
                assert effort(case.plan) < effort(failure.case.plan)
                assert entries(case.plan) <= entries(failure.case.plan)
                assert case.visible
    if not drawn:
        pytest.skip("the frozen cases of this assignment are small enough, or its sizes are fixed")


def test_sizes_that_a_class_pins_stay_pinned() -> None:
    loaded = COURSE.load("dnn_step_by_step")
    spec = loaded.spec.function("linear_backward")
    failure, _ = a_smaller_set(loaded, spec.name)
    assert failure is not None
    pinned = replace(failure, case=replace(failure.case, case_class="one example"))
    for case in smaller_cases(loaded, spec, pinned, ()):
        assert arguments_of(case.plan)[0].shape[1] == 1


def test_the_characters_of_a_value_are_those_of_its_numbers() -> None:
    assert characters((np.array([[0.5, -2.0]]), {"a": 7, "b": "text"}, None)) == len("0.5") + len("-2.0") + len("7")
    assert [leaf for _, leaf in leaves((1, None))] == [1]


def test_the_command_check_shows_a_smaller_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "student.py"
    file.write_text(solution(FORGETS_B))
    with pytest.raises(SystemExit) as ended:
        main(["--course", str(tiny.COURSE), "check", "tiny", str(file), "--json", "-"])
    assert ended.value.code == 1
    functions = {f["name"]: f for f in json.loads(capsys.readouterr().out)["functions"]}
    assert "smaller" in functions["affine"]["counterexample"]["case"]
