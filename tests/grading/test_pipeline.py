"""The whole run of one submission: read, run, judge, carry, explain, report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.confined.wire import encode
from grader.errors import GraderError
from grader.freezing.store import frozen_cases
from grader.grading import pipeline
from grader.grading.pipeline import grade, grade_submission
from grader.judging.judge import judges_of
from grader.judging.redaction import report_as_shown
from grader.model import Report, report_to_json
from grader.report.terminal import render_function
from grader.sandbox import limits
from grader.sandbox.here import InProcess
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import (
    Answer,
    Execution,
    Loaded,
    Outcome,
    Plan,
    Program,
    Raised,
    Replied,
    Returned,
    Script,
    Stopped,
    followed,
)
from grader.sentences import place_in
from grader.spec import Shows
from grader.submission.reading import parse_files, parse_submission
from tests import tiny
from tests.authored import ASSIGNMENT, sample
from tests.tiny import check_of, function_of, graded, solution

STATUSES = Mapping[str, tuple[str, float, bool]]


def verdicts(report: Report) -> dict[str, tuple[str, float, bool]]:
    """The functions that did not simply pass."""
    return {
        f.name: (f.status, f.points, f.carried)
        for f in report.functions
        if (f.status, f.points, f.carried) != ("passed", f.max_points, False)
    }


def codes(report: Report, name: str) -> list[str]:
    return [f.code for f in function_of(report, name).findings]


# -- reports ---------------------------------------------------------------------------------------


class Listing(InProcess):
    """Lists what it is asked, function by function."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[bytes]] = []

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        def listed() -> Script:
            plans = next(script, None)
            while plans is not None:
                self.asked.append([plan.packed for plan in plans])
                try:
                    plans = script.send((yield plans))
                except StopIteration:
                    return

        return super().follow(program, listed(), answer)


def test_properties_about_the_same_calls_are_asked_once_and_each_is_judged(tmp_path: Path) -> None:
    functions = """Function("twice", points=1, inputs=inputs, properties=(
        Property("as it should be", share=0.1, plan=plan, classes=WIDE, judge=lambda given: None),
        Property("never", share=0.1, plan=plan, classes=WIDE, judge=lambda given: "no" if (given.reply < 0).all() else None),
    ))"""
    plan = "def plan(d):\n    return [(1 + np.abs(inputs(d)[0]),)]\n"
    text = ASSIGNMENT.format(functions=functions, options="")
    text = text.replace("\nASSIGNMENT =", f"\nWIDE = (CaseClass('wide', count=2),)\n{plan}\nASSIGNMENT =")
    assignment, runner = sample(tmp_path, assignment=text), Listing()
    cases = frozen_cases(assignment)
    path = tmp_path / "student.py"
    path.write_text("def twice(X):\n    return 2 * X - 1e4 * (X >= 1).all()\n", "utf-8")
    report = grade(assignment, path, cases=cases, runner=runner)
    assert all(len(set(packed)) == len(packed) for packed in runner.asked)
    assert len(runner.asked[0]) < len([case for case in cases.functions["twice"].cases if case.core])
    (function,) = report.functions
    said = {check.name: check.status for check in function.checks if check.kind == "property"}
    assert said == {"as it should be": "passed", "never": "failed"}, function.checks


def test_a_right_submission_has_full_marks() -> None:
    report = graded(solution())
    assert (report.status, report.points, report.max_points, report.full_marks) == ("graded", 100.0, 100.0, True)
    assert (report.assignment, report.submission, report.student) == ("tiny", "student.py", None)
    assert (report.sandbox, report.grader_version) == ("none", grader.__version__)
    assert report.messages == ()
    assert verdicts(report) == {}


def test_functions_are_reported_in_the_order_of_the_exercise_with_their_places() -> None:
    report = graded(solution())
    assert [f.name for f in report.functions] == [f.name for f in tiny.assignment().spec.functions]
    assert function_of(report, "center").origin == "student.py, line 6: def center(X):"


def test_the_same_submission_gives_the_same_report() -> None:
    one, two = (graded(solution("def center(X):\n    return X, X")) for _ in range(2))
    assert json.dumps(report_to_json(one)) == json.dumps(report_to_json(two))


def test_a_missing_function_has_no_points_and_says_what_to_do() -> None:
    report = graded(solution(without=["center"]))
    found = function_of(report, "center")
    assert (found.status, found.points, found.origin, found.counterexample) == ("missing", 0.0, None, None)
    assert check_of(found.checks, "runs").message == (
        "center is not defined in this submission; define it under exactly this name"
    )
    assert {c.status for c in found.checks if c.kind != "runs"} == {"skipped"}
    assert sum(c.max_points for c in found.checks) == pytest.approx(found.max_points)


def test_a_definition_that_does_not_parse_is_missing_with_its_place() -> None:
    report = graded(solution("def center(X):\n    mean =\n    return X - mean", without=["center"]))
    found = function_of(report, "center")
    assert found.status == "missing"
    message = check_of(found.checks, "runs").message
    assert re.fullmatch(r"Python cannot read the definition of center at student\.py, line \d+: fix its syntax", message)


@pytest.mark.parametrize(
    ("later", "why"),
    [
        ("if False:\n    def center(X):\n        return X", "is never reached when the file is run"),
        ("try:\n    pass\nexcept Exception:\n    def center(X):\n        return X", "is never reached when the file is run"),
        ("@np.absent\ndef center(X):\n    return X", "could not be run (AttributeError: "),
        ("def center(X, Y, Z):\n    return X", "does not take the 1 argument of the exercise"),
        ("def center(X=None, axis=1):\n    return X", "has more arguments than the exercise gives it"),
        ("def center(X):\n    pass", "is not filled in"),
        ("def center(X):\n    # TODO\n    Y = None\n    # END OF YOUR CODE\n    return Y.astype(float)", "is not filled in"),
    ],
)
def test_of_several_definitions_the_report_names_the_one_that_was_graded(later: str, why: str, sandbox: Sandbox) -> None:
    report = graded(solution(later), sandbox)
    assert function_of(report, "center").status == "passed"
    (said,) = [message for message in report.messages if message.startswith("center is defined 2 times; ")]
    assert f"the one in student.py, line 6 is graded, because the one in student.py, line 71 {why}" in said


@pytest.mark.parametrize("arguments", ["X", "X, axis=1", "X=None", "X, *rest", "X=None, verbose=False", "X, *, axis=1"])
def test_the_last_of_several_definitions_is_graded_and_told(arguments: str) -> None:
    report = graded(solution(f"def center({arguments}):\n    return X"))
    assert function_of(report, "center").status == "failed"
    assert report.messages == ("center is defined 2 times; the last one, in student.py, line 71, is graded",)


def test_a_submission_without_any_graded_function_is_unreadable_and_has_no_points() -> None:
    report = graded("import numpy as np\nimport no_such_module\n")
    assert (report.status, report.points, report.functions) == ("unreadable", None, ())
    assert report.messages[0] == (
        "no graded function was found; expected definitions such as center, affine, layer, affine_backward"
    )
    assert len(report.messages) == 1  # nothing that was asked for needs the module


def test_one_function_alone_may_be_graded() -> None:
    submission = parse_submission("a.py", ".py", solution().encode(), tiny.cases().arities)
    report = grade_submission(tiny.assignment(), tiny.judges(), submission, InProcess(), only="center")
    assert [f.name for f in report.functions] == ["center"]
    assert report.points == 10.0


def test_a_file_that_cannot_be_read_is_a_report_and_no_exception(tmp_path: Path) -> None:
    absent = tmp_path / "absent.py"
    report = grade(tiny.assignment(), absent, cases=tiny.cases(), runner=InProcess(), student="s1", name="shown")
    assert (report.status, report.points, report.student, report.submission) == ("unreadable", None, "s1", "shown")
    assert report.sandbox == "none"
    assert report.messages[0].startswith("there is no readable file at ")
    assert report.duration_s >= 0


def test_a_file_is_graded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "student.py"
    path.write_text(solution(), "utf-8")
    report = grader.grade(tiny.assignment(), str(path), cases=tiny.cases(), runner=InProcess())
    assert (report.points, report.submission) == (100.0, str(path))


def test_cases_are_drawn_where_none_are_given(tmp_path: Path) -> None:
    path = tmp_path / "student.py"
    path.write_text(solution(), "utf-8")
    report = grade(tiny.assignment(), path, runner=InProcess())
    assert report.points == 100.0
    assert report.cases == frozen_cases(tiny.assignment()).digest


def test_an_error_of_the_harness_is_no_report() -> None:
    class Broken(InProcess):
        level: Any = "none"

        def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
            raise GraderError("the sandbox does not answer")

    with pytest.raises(GraderError, match="the sandbox does not answer"):
        graded(solution(), Broken())


# -- carried by right helpers ------------------------------------------------------------------------

BROKEN_AFFINE = "def affine(X, W, b):\n    return W @ X - b, (X, W, b)"


def test_a_wrong_helper_does_not_pull_down_what_stands_on_it() -> None:
    report = graded(solution(BROKEN_AFFINE))
    assert verdicts(report) == {"affine": ("partial", 5.3333, False), "layer": ("passed", 10.0, True)}
    (carried,) = function_of(report, "layer").findings
    assert carried.message == (
        "layer is correct. It calls affine, which is wrong, so it was graded with a correct affine: full points."
    )
    assert carried.hint == "Fix affine first."
    assert function_of(report, "layer").counterexample is None
    assert not report.full_marks


def test_a_helper_that_is_missing_raises_or_has_another_form_carries_too() -> None:
    for change in ("", "def affine(X, W, b):\n    raise ValueError", "def affine(X, W, b):\n    return None"):
        report = graded(solution(change, without=["affine"]))
        assert verdicts(report)["layer"] == ("passed", 10.0, True)


def test_a_helper_that_is_missing_is_not_called_wrong() -> None:
    (found,) = function_of(graded(solution(without=["affine"])), "layer").findings
    assert found.message == (
        "layer is correct. It calls affine, which this file does not define, so it was graded with a correct affine: "
        "full points."
    )


def test_an_argument_in_another_place_is_told_by_its_number() -> None:
    layer = "def layer(X, plot=False, W=None, b=None):\n    return half(affine(X, W, b)[0])"
    (found,) = function_of(graded(solution(layer, without=["layer"])), "layer").findings
    assert (found.code, found.message) == (
        "argument-order",
        "layer has its arguments in another order: number 2 must be W, but it is plot",
    )
    others = layer.replace("X,", "x,").replace("X)", "x)")
    assert "argument-order" in codes(graded(solution(others, without=["layer"])), "layer")
    renamed = "def layer(x, w, c):\n    return half(affine(x, w, c)[0]) + 1"
    assert "argument-order" not in codes(graded(solution(renamed)), "layer")
    behind = "def layer(X, W, b, plot=False):\n    return half(affine(X, W, b)[0])"
    assert verdicts(graded(solution(behind, without=["layer"]))) == {}


def test_an_array_that_holds_none_is_no_number_and_tells_the_blank() -> None:
    blank = "def mean_square(X, weight):\n    cost = None\n    return np.squeeze(cost)"
    found = function_of(graded(solution(blank, without=["mean_square"])), "mean_square")
    assert check_of(found.checks, "structure").message == (
        "cost is of type numpy.ndarray, but holds no plain numbers, expected a number"
    )
    assert [f.code for f in found.findings] == ["unfilled-blank"]


def test_a_raise_that_was_left_in_is_not_told_as_a_name_that_is_none() -> None:
    blank = "def mean_square(X, weight):\n    squares = X**2\n    raise NotImplementedError"
    (found,) = function_of(graded(solution(blank, without=["mean_square"])), "mean_square").findings
    assert (found.code, found.hint) == ("unfilled-blank", "Write this part of the function.")


def test_a_result_without_an_end_was_not_raised(sandbox: Sandbox) -> None:
    endless = "def center(X):\n    X = [X]\n    X.append(X)\n    return X"
    message = check_of(function_of(graded(solution(endless), sandbox), "center").checks, "runs").message
    assert message.startswith("the function returned something that cannot be judged: the value is nested deeper than")


def test_every_function_that_comes_before_is_a_right_helper_and_no_later_one() -> None:
    later = "def affine(X, W, b):\n    layer(X, W, b)\n    return W @ X + b, (X, W, b)"
    report = graded(solution("def layer(X, W, b):\n    raise ValueError", later))
    assert verdicts(report)["affine"] == ("failed", 0.0, False)
    earlier = (
        "def mean_square(X, weight):\n    center(X)\n    affine(X, np.eye(len(X)), 0)\n"
        + (tiny.right()["mean_square"].partition("\n")[2])
    )
    report = graded(solution("def affine(X, W, b):\n    raise ValueError", earlier))
    assert verdicts(report)["mean_square"] == ("passed", 10.0, True)  # it declares no such helper
    assert "It calls affine, which is wrong" in function_of(report, "mean_square").findings[0].message


def test_of_two_wrong_functions_that_a_right_one_calls_both_are_named_as_not_right() -> None:
    center = "def center(X):\n    m = X.mean()\n    return X - m, m"
    layer = "def layer(X, W, b):\n    c, m = center(X)\n    return affine(c + m, W, b)[0] / 2"
    report = graded(solution(BROKEN_AFFINE, center, layer))
    assert verdicts(report)["layer"] == ("passed", 10.0, True)
    finding = function_of(report, "layer").findings[0]
    assert "It calls center and affine, which are not right" in finding.message
    assert finding.hint == "Fix center and affine first."


class Noting(InProcess):
    """Notes which names are answered while a function is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[tuple[str, tuple[str, ...]]] = []
        self.helped: set[bytes] = set()

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        def noted() -> Script:
            plans = next(script, None)
            while plans is not None:
                self.answered.append((plans[0].function, plans[0].answered))
                self.helped |= {plan.packed for plan in plans if plan.answered}
                replied = yield plans
                try:
                    plans = script.send(replied)
                except StopIteration:
                    return

        return super().follow(program, noted(), answer)


def test_a_helper_that_is_right_by_itself_is_not_answered() -> None:
    runner = Noting()
    report = graded(solution(BROKEN_AFFINE, without=["affine"]), runner)
    assert function_of(report, "layer").carried
    asked = [answered for name, answered in runner.answered if name == "layer"]
    # half is provided, and defined anew there; first whether it makes a difference, on a few inputs, and then on the others.
    assert asked == [(), ("affine", "half"), ("affine", "half")]


@pytest.mark.parametrize(("divisor", "all_inputs"), [(2, False), (4, True)])
def test_of_helpers_that_make_no_difference_one_input_of_each_class_is_asked(divisor: int, all_inputs: bool) -> None:
    runner = Noting()
    half = f"def half(x):\n    return x / {divisor}\n"
    wrong = "def mean_square(Z):\n    return half(np.mean(np.asarray(Z) ** 2)) + 1\n"
    report = graded(solution(half, wrong, without=["half", "mean_square"]), runner)
    assert function_of(report, "mean_square").status == "failed"
    cases = [case for case in tiny.cases().functions["mean_square"].cases if case.core]
    classes = {(case.check, case.case_class) for case in cases}
    assert len(classes) < len(cases)
    assert len(runner.helped) == (len(cases) if all_inputs else len(classes))


def test_a_function_that_nobody_has_written_is_not_asked_again() -> None:
    runner = Noting()
    blank = "def layer(X, W, b):\n    pass\n"
    report = graded(solution(BROKEN_AFFINE, blank, without=["affine", "layer"]), runner)
    assert codes(report, "layer") == ["not-started"]
    assert {answered for name, answered in runner.answered if name == "layer"} == {()}


def test_all_helpers_are_answered_where_the_wrong_ones_alone_do_not_help() -> None:
    runner = Noting()
    wrong_layer = "def layer(X, W, b):\n    return half(affine(X, W, b)[0]) + 1\n"
    graded(solution(BROKEN_AFFINE, wrong_layer, without=["affine", "layer"]), runner)
    asked = [set(answered) for name, answered in runner.answered if name == "layer"]
    assert {"affine", "half"} in asked
    assert any(answered >= {"center", "affine"} for answered in asked)


def test_a_wrong_function_on_a_wrong_helper_is_not_carried() -> None:
    report = graded(solution(BROKEN_AFFINE, "def layer(X, W, b):\n    return affine(X, W, b)[0]"))
    assert verdicts(report)["layer"][::2] == ("failed", False)
    assert codes(report, "layer") == ["not-halved"]


def test_a_wrong_version_of_a_provided_helper_is_told_and_costs_nothing() -> None:
    report = graded(solution("def half(Z):\n    return Z / 3"))
    assert verdicts(report) == {"layer": ("passed", 10.0, True)}
    (finding,) = function_of(report, "layer").findings
    assert "It calls half, your own version of which is wrong" in finding.message
    assert finding.hint.startswith(
        "Fix half first: of half([[-1.0, 0.5, 2.0]]), (the result)[0, 0] is -0.3333333333, expected -0.5"
    )


def test_a_helper_that_is_called_in_another_way_is_not_carried_and_does_not_crash() -> None:
    report = graded(
        solution(
            "def affine(X, W, b, extra):\n    return W @ X + b + extra",
            "def layer(X, W, b):\n    return affine(X, W, b, 1) / 2",
        )
    )
    assert verdicts(report)["layer"] == ("failed", 0.0, False)


def test_default_arguments_and_tables_get_the_right_helper_too() -> None:
    layer = (
        "TABLE = {'a': affine}\ndef layer(X, W, b, run=affine):\n    return (run(X, W, b)[0] + TABLE['a'](X, W, b)[0]) / 4"
    )
    report = graded(solution(BROKEN_AFFINE, layer))
    assert verdicts(report)["layer"] == ("passed", 10.0, True)


@pytest.mark.parametrize(
    ("above", "called"),
    [
        ("TABLE = {}\ndef register(f):\n    TABLE[f.__name__] = f\n    return f\n@register", "TABLE['affine']"),
        ("TABLE = []\ndef register(f):\n    TABLE.append(f)\n    return f\n@register", "TABLE[0]"),
        (
            "import functools\nTABLE = {}\ndef register(f):\n    TABLE[f.__name__] = f\n    @functools.wraps(f)\n"
            "    def wrapped(*args):\n        return f(*args)\n    return wrapped\n@register",
            "TABLE['affine']",
        ),
        (
            "class Table(dict):\n    def add(self, f):\n        self[f.__name__] = f\n        return f\n"
            "TABLE = Table()\n@TABLE.add",
            "TABLE['affine']",
        ),
        (
            "class Kept:\n    table = {}\ndef register(f):\n    Kept.table['a'] = f\n    return f\n@register",
            "Kept.table['a']",
        ),
    ],
    ids=["dictionary", "list", "wrapped", "own class", "attribute"],
)
def test_a_table_that_a_decorator_has_filled_gets_the_right_helper(above: str, called: str) -> None:
    layer = f"def layer(X, W, b):\n    return {called}(X, W, b)[0] / 2"
    report = graded(solution(f"{above}\n{BROKEN_AFFINE}", layer))
    assert verdicts(report)["affine"][0] != "passed"
    assert verdicts(report)["layer"] == ("passed", 10.0, True)


def test_a_helper_under_a_second_name_is_the_right_one_there_too() -> None:
    renamed = BROKEN_AFFINE.replace("def affine", "def _affine") + "\naffine = _affine"
    report = graded(solution(renamed, "def layer(X, W, b):\n    return _affine(X, W, b)[0] / 2"))
    assert verdicts(report)["layer"] == ("passed", 10.0, True)


def test_points_may_come_from_right_helpers_without_the_word_carried() -> None:
    backward = tiny.right()["affine_backward"].replace("dZ @ X.T / m", "dZ @ X.T")
    with_helper = backward.replace("X, W, _ = cache", "X, W, _ = affine(*cache)[1]")
    report = graded(solution(with_helper, without=["affine"]))
    status, points, carried = verdicts(report)["affine_backward"]
    assert (status, carried) == ("partial", False)
    assert points == pytest.approx(7.2, abs=1e-3)
    assert "carried" not in codes(report, "affine_backward")


# -- carried on the student's own values ---------------------------------------------------------------


def test_a_consumer_of_a_wrong_cache_is_tried_on_that_cache() -> None:
    report = graded(
        solution(
            "def affine(X, W, b):\n    return W @ X + b, {'X': X, 'W': W}",
            "def affine_backward(dZ, cache):\n    X, W = cache['X'], cache['W']\n    m = X.shape[1]\n"
            "    return {'dX1': W.T @ dZ, 'dW1': dZ @ X.T / m, 'db1': np.sum(dZ, axis=1, keepdims=True) / m}",
        )
    )
    assert verdicts(report)["affine_backward"] == ("passed", 10.0, True)
    (found,) = function_of(report, "affine_backward").findings
    assert found.message == ("affine_backward is correct for the values that your own affine returns: full points.")


def test_overwriting_the_own_cache_is_no_crash() -> None:
    report = graded(
        solution(
            "def affine(X, W, b):\n    return W @ X + b, {'X': X, 'W': W}",
            "def affine_backward(dZ, cache):\n    X, W = cache['X'], cache['W']\n    m = X.shape[1]\n"
            "    grads = {'dX1': W.T @ dZ, 'dW1': dZ @ X.T / m, 'db1': np.sum(dZ, axis=1, keepdims=True) / m}\n"
            "    dZ[:] = 0\n    return grads",
        )
    )
    status, points, carried = verdicts(report)["affine_backward"]
    assert (status, points, carried) == ("partial", 9.5, False)
    inputs = check_of(function_of(report, "affine_backward").checks, "inputs")
    assert inputs.message == "the function changed its argument dZ in place; work on a copy"


def test_a_model_of_any_kind_is_handed_back_to_its_own_function() -> None:
    fit = "def fit(X):\n    m = np.mean(X, axis=1, keepdims=True)\n    return X - m, (lambda Y: Y + m)"
    report = graded(solution(fit, "def undo(Y, model):\n    return model(Y)"))
    assert verdicts(report) == {}


def test_a_wrong_producer_does_not_fail_a_consumer_whose_property_holds() -> None:
    fit = "def fit(X):\n    m = np.mean(X, axis=1, keepdims=True) + 1\n    return X - m, (m,)"
    report = graded(solution(fit))
    assert verdicts(report) == {"fit": ("failed", 1.5, False), "undo": ("passed", 10.0, True)}
    assert "that a correct fit returns" in function_of(report, "undo").findings[0].message


def test_a_producer_of_the_wrong_form_carries_nothing() -> None:
    report = graded(solution("def fit(X):\n    return X", "def undo(Y, model):\n    return Y"))
    assert verdicts(report)["undo"][:2] == ("failed", 0.0)


@pytest.mark.parametrize("body", ["raise ValueError", "return (X,)"])
def test_what_only_an_own_value_could_tell_is_not_judged_where_there_is_none(body: str) -> None:
    report = graded(solution(f"def fit(X):\n    {body}", "def undo(Y, model):\n    return Y + model.mean"))
    assert verdicts(report)["undo"] == ("not-graded", 0.0, False)
    assert check_of(function_of(report, "undo").checks, "runs").message == (
        "undo was not judged: it works on what your own fit returns, and that is not there. Fix fit first."
    )
    assert function_of(report, "undo").findings == ()
    levels: tuple[Shows, ...] = ("examples", "findings")
    for shows in levels:  # and every face says why
        shown = report_as_shown(function_of(report, "undo"), shows)
        assert "Fix fit first." in " ".join(render_function(shown, width=100).split())


def test_a_consumer_that_is_wrong_itself_is_not_carried() -> None:
    fit = "def fit(X):\n    m = np.mean(X, axis=1, keepdims=True) + 1\n    return X - m, (m,)"
    report = graded(solution(fit, "def undo(Y, model):\n    return Y - model[0]"))
    assert verdicts(report)["undo"][::2] == ("failed", False)


# -- a few cases first --------------------------------------------------------------------------------------

HALF_RIGHT = "def center(X):\n    return X - np.mean(X, axis=1, keepdims=True) if X.shape[0] != 3 else X"
WRONG = [
    solution(BROKEN_AFFINE),
    solution(HALF_RIGHT, without=["center"]),
    solution(without=["affine"]),
    solution("def layer(X, W, b):\n    raise ValueError", BROKEN_AFFINE),
]


@pytest.mark.parametrize("source", WRONG)
def test_what_is_wrong_has_the_points_and_findings_of_all_cases(source: str) -> None:
    submission = parse_submission("student.py", ".py", source.encode(), tiny.cases().arities)
    judges = judges_of(tiny.assignment().spec, tiny.cases(), thorough=True)
    thorough = grade_submission(tiny.assignment(), judges, submission, InProcess())
    usual = graded(source)
    assert usual.points == thorough.points
    for few, all_of_them in zip(usual.functions, thorough.functions, strict=True):
        assert (few.status, few.carried, few.findings) == (all_of_them.status, all_of_them.carried, all_of_them.findings)
        if few.status == "failed":
            assert few == all_of_them


def test_a_right_function_is_asked_fewer_cases_than_a_wrong_one() -> None:
    name, judge = next((name, judge) for name, judge in tiny.judges().functions.items() if judge.others)

    class Counting(InProcess):
        asked = 0

        def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
            return super().follow(program, self.counted(script), answer)

        def counted(self, script: Script) -> Script:
            plans = next(script, None)
            while plans is not None:
                self.asked += sum(plan.function == name for plan in plans)
                try:
                    plans = script.send((yield plans))
                except StopIteration:
                    return

    right, wrong = Counting(), Counting()
    graded(solution(), right)
    graded(solution(f"def {name}(*args):\n    return args", without=[name]), wrong)
    assert right.asked == len(judge.core.cases.cases)
    assert wrong.asked >= len(judge.cases.cases) > right.asked


# -- calls that never came back --------------------------------------------------------------------------


class Stopping(InProcess):
    """A runner in which some functions never come back, unless they are bound to right helpers."""

    level: Any = "none"

    def __init__(self, reason: Any, *names: str) -> None:
        super().__init__()
        self.stopped = Stopped(reason, "told by the runner")
        self.names = names
        self.twin = InProcess()

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        return self.twin.follow(program, self.stopping(script), answer)

    def stopping(self, script: Script) -> Script:
        """The same questions, some of which nobody answers."""
        stops = {"affine", "layer"} if "affine" in self.names else set(self.names)
        plans = next(script, None)
        while plans is not None:
            replied = yield plans
            outcomes = [
                (self.stopped,) if plan.function in stops and "affine" not in plan.answered else outcome
                for plan, outcome in zip(plans, replied.outcomes, strict=True)
            ]
            try:
                plans = script.send(replace(replied, outcomes=tuple(outcomes)))
            except StopIteration:
                return


@pytest.mark.parametrize("reason", ["timeout", "crashed", "out-of-memory", "too-much-output"])
def test_a_function_that_never_comes_back_has_that_status_and_the_others_go_on(reason: str) -> None:
    report = graded(solution(), Stopping(reason, "center"))
    assert verdicts(report) == {"center": (reason, 0.0, False)}
    message = check_of(function_of(report, "center").checks, "runs").message
    assert message.startswith("center ")


def test_what_stands_on_a_helper_that_never_comes_back_is_carried() -> None:
    report = graded(solution(), Stopping("timeout", "affine"))
    assert verdicts(report)["affine"][0] == "timeout"
    assert verdicts(report)["layer"] == ("passed", 10.0, True)


def test_a_function_that_is_not_there_is_missing_also_where_what_it_stands_on_never_comes_back() -> None:
    report = graded(solution(without=["undo"]), Stopping("timeout", "fit", "undo"))
    assert verdicts(report) == {"fit": ("timeout", 0.0, False), "undo": ("missing", 0.0, False)}


def test_a_submission_that_never_loads_stops_in_every_function() -> None:
    class Lost(InProcess):
        level: Any = "none"

        def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
            lost = Stopped("timeout", "it did not load")
            followed(script, lambda plans: Replied(((lost,),) * len(plans)))
            return Execution(Loaded(), ())

    report = graded(solution(), Lost())
    assert {f.status for f in report.functions} == {"timeout"}
    assert (report.status, report.points) == ("graded", 0.0)


# -- what may be shown --------------------------------------------------------------------------------------


class Chatty(InProcess):
    """A runner whose calls print and raise something that nobody should see."""

    level: Any = "none"

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        followed(script, self.chat)
        return Execution(Loaded(dict.fromkeys(program.wanted, "callable")), ())

    def chat(self, plans: Sequence[Plan]) -> Replied:
        outcomes: list[tuple[Outcome, ...]] = []
        for plan in plans:
            last: Outcome = Returned(encode(7.0), (), "SECRET")
            if plan.function == "affine":
                last = Raised("ValueError", "SECRET", "student.py, line 1", "SECRET")
            outcomes.append((last,))
        return Replied(tuple(outcomes))


def test_output_and_text_of_hidden_cases_are_in_no_report() -> None:
    report = graded(solution(), Chatty())
    for found in report.functions:
        data = json.loads(json.dumps(report_to_json(report)["functions"][report.functions.index(found)]))
        example = data.pop("counterexample")
        hidden = {c.key for c in tiny.cases().functions[found.name].cases if not c.visible}
        assert example is None or example["case"] not in hidden
        for check in data["checks"]:
            if "SECRET" in check["message"]:  # only of a case that may be seen: the first one is small
                assert tiny.cases().functions[found.name].cases[0].visible


# -- through the real sandbox --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as found:
        yield found


def confined(source: str, sandbox: Sandbox) -> Report:
    return graded(source, sandbox)


def test_a_right_submission_has_full_marks_in_the_sandbox_too(sandbox: Sandbox) -> None:
    text = solution().replace("def half(Z):\n    return Z / 2\n", "from tiny_utils import half\nimport no_such_package\n")
    report = confined(text, sandbox)
    assert verdicts(report) == {}
    assert (report.points, report.sandbox) == (100.0, sandbox.level)
    assert report.messages == ()


def test_carried_and_named_in_the_sandbox_as_in_this_process(sandbox: Sandbox) -> None:
    source = solution(
        BROKEN_AFFINE,
        "def fit(X):\n    m = np.mean(X, axis=1, keepdims=True) + 1\n    return X - m, (m,)",
        "def center(X):\n    m = np.mean(X, axis=0, keepdims=True)\n    return X - m, m",
        "def slope(f, x):\n    return f(x + step()) - f(x)",
        "def above(X, t):\n    X[X > t] = 1\n    X[X != 1] = 0\n    return X",
    )
    here, there = graded(source), confined(source, sandbox)
    assert verdicts(there) == verdicts(here)
    assert {f.name: codes(there, f.name) for f in there.functions} == {f.name: codes(here, f.name) for f in here.functions}


def test_an_endless_loop_costs_one_function_and_what_stands_on_it_is_carried(sandbox: Sandbox) -> None:
    report = confined(solution("def affine(X, W, b):\n    while True:\n        pass"), sandbox)
    assert verdicts(report)["affine"] == ("timeout", 0.0, False)
    assert verdicts(report)["layer"] == ("passed", 10.0, True)
    assert set(verdicts(report)) == {"affine", "layer"}


def test_ending_the_process_costs_one_function(sandbox: Sandbox) -> None:
    report = confined(solution("import os\ndef center(X):\n    os._exit(0)"), sandbox)
    assert verdicts(report) == {"center": ("crashed", 0.0, False)}


NEWER = """def center(X):
    # (approx. 2 lines)
    # mean = ...
    # YOUR CODE STARTS HERE


    # YOUR CODE ENDS HERE
    return X - mean
"""
OLDER = """def center(X):
    ### START CODE HERE ### (2 lines)
    mean = None
    for row in X:
        centred = None
    ### END CODE HERE ###
    return np.squeeze(centred)
"""

OTHERS = """def center(X):
    out = None
    rows, columns = X.shape
    if rows:
        ####################################################
        # TODO: subtract the mean of each row.             #
        ####################################################
        # *****START OF YOUR CODE (DO NOT DELETE)*****

        pass

        # *****END OF YOUR CODE (DO NOT DELETE)*****
        ####################################################
        #                 END OF YOUR CODE                 #
        ####################################################
    else:
        raise ValueError("empty")
    return out
"""


@pytest.mark.parametrize(
    "blank",
    [
        NEWER,
        NEWER.replace("# mean = ...", "# mean =     # step 1: the mean of each row"),
        OLDER.replace("mean = None", "mean = X.sum(axis=1) / X.shape[1] + None"),
        OLDER,
        OTHERS,
        OTHERS.replace("# *****START OF YOUR CODE (DO NOT DELETE)*****", "").replace(
            "# *****END OF YOUR CODE (DO", "# ***(DO"
        ),
        OTHERS.replace("START OF YOUR CODE", "BEGIN SOLUTION").replace("END OF YOUR CODE", "END SOLUTION"),
        "def center(X):\n    pass\n",
        "def center(X):\n    ...\n",
        'def center(X):\n    """Centre."""\n    raise NotImplementedError(\'todo\')\n',
    ],
)
def test_a_template_that_nobody_has_written_into_is_not_started(blank: str) -> None:
    (found,) = function_of(graded(solution(blank, without=["center"])), "center").findings
    assert (found.code, found.message, found.hint) == ("not-started", "center is not filled in yet", "")


@pytest.mark.parametrize("end", ["END CODE HERE", "END CODER HERE"])
def test_a_name_that_an_empty_part_was_to_bind_is_no_misspelling(end: str) -> None:
    body = f"    ### START CODE HERE ### (1 line)\n\n    ### {end} ###\n    out = X - X_mean\n    return out\n"
    (found,) = function_of(
        graded(solution("def center(X):\n    X_means = 1\n" + body, without=["center"])), "center"
    ).findings
    assert found.message == "the part of center that the template marks for your code is empty"


def test_an_empty_part_of_a_template_is_told_where_something_else_is_returned() -> None:
    zeros = OTHERS.replace("out = None", "out = np.zeros(X.shape)")
    (found,) = function_of(graded(solution(zeros, without=["center"])), "center").findings
    assert found.message == "the part of center that the template marks for your code is empty"
    written = zeros.replace("        pass", "        out -= X")
    assert not function_of(graded(solution(written, without=["center"])), "center").findings


@pytest.mark.parametrize(
    "written",
    [
        # The comments of the template have become code, above its marks.
        NEWER.replace("# mean = ...", "mean = X.mean(axis=1)"),
        # The template is commented out.
        "def center(X):\n    if len(X) == 77:\n        mean = 1\n    # ### START CODE HERE ###\n    # mean = 2\n"
        "    # ### END CODE HERE ###\n    return X - mean\n",
    ],
)
def test_code_beside_the_marks_is_no_empty_part(written: str) -> None:
    found = function_of(graded(solution(written, without=["center"])), "center")
    assert found.status != "passed"
    assert not {"unfilled-blank", "not-started"} & {f.code for f in found.findings}


def test_a_name_that_a_comment_promises_is_a_blank_and_no_unknown_name() -> None:
    half = NEWER.replace("# YOUR CODE STARTS HERE\n", "# YOUR CODE STARTS HERE\n    size = X.shape[1]\n")
    (found,) = function_of(graded(solution(half, without=["center"])), "center").findings
    assert (found.code, found.message.partition(" is still ")[2]) == ("unfilled-blank", "'mean = ...'")


@pytest.mark.parametrize(
    "odd",
    [
        "def center(X):\n    mean = None\n    for x in X.T:\n        mean = x if mean is None else mean + x\n",
        NEWER.replace("(approx. 2 lines)", "\n    mean = undefined_name(X)"),
        OTHERS.replace("        pass", "        X - X.mean(axis=1)"),
        "def center(X):\n    # mean = ...\n    middle = np.mean(X)\n    return X - midle",
    ],
)
def test_a_body_that_is_wrong_otherwise_is_not_called_a_blank(odd: str) -> None:
    found = function_of(graded(solution(odd, without=["center"])), "center").findings
    assert not {f.code for f in found} & {"not-started"}
    assert all("mean" not in f.message for f in found if f.code == "unfilled-blank")


def test_a_place_in_the_submission_is_told(sandbox: Sandbox) -> None:
    report = confined(solution("def center(X):\n    return layer_dims"), sandbox)
    found = function_of(report, "center")
    assert codes(report, "center") == ["undefined-name"]
    assert found.origin is not None
    label, defined = place_in(found.origin)
    assert label == "student.py"
    assert defined is not None
    assert check_of(found.checks, "runs").message == (
        f"the function raised NameError: name 'layer_dims' is not defined "
        f"(student.py, line {defined + 1}: return layer_dims)"
    )


def test_what_a_carried_run_prints_is_in_no_report(sandbox: Sandbox) -> None:
    layer = "def layer(X, W, b):\n    Z = affine(X, W, b)[0]\n    print('MARK', Z)\n    return Z[:1]"
    report = confined(solution(BROKEN_AFFINE, layer), sandbox)
    found = function_of(report, "layer")
    assert found.counterexample is None or found.counterexample["output"].count("MARK") <= 1
    assert not any("MARK" in c.message for c in found.checks)


@pytest.mark.parametrize(
    ("text", "told"), [("def half(Z):\n    return Z\n", True), ("def extra(Z):\n    return Z\n", False), (None, False)]
)
def test_that_a_provided_module_stands_in_for_a_changed_file_is_told(sandbox: Sandbox, text: str | None, told: bool) -> None:
    ((module, provided),) = tiny.assignment().provided.items()
    own = solution().replace("def half(Z):\n    return Z / 2\n", f"from {module} import *\n")
    files = {"hw.py": own.encode(), f"{module}.py": (provided if text is None else text).encode()}
    submission = parse_files("hw", files, tiny.cases().arities, main={"hw.py"})
    report = grade_submission(tiny.assignment(), tiny.judges(), submission, sandbox)
    assert report.full_marks
    assert [message.startswith(f"{module}.py belongs to the exercise: half is taken") for message in report.messages] == [
        True
    ] * told


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("from rest import half\n", "half, which needs rest, which was not handed in, so"),
        ("from rest import *\n", "half, which may come from rest, which was not handed in, so"),
        (
            "from rest import halve\ndef half(Z):\n    return halve(Z)\n",
            "half, which needs rest, which was not handed in, so",
        ),
        (
            "import scipy\ndef half(Z):\n    return scipy.halve(Z)\n",
            "half, which needs scipy, which the grader does not have, so",
        ),
    ],
)
def test_a_helper_that_needs_what_was_not_handed_in_is_told_so(sandbox: Sandbox, own: str, words: str) -> None:
    report = graded(solution().replace("def half(Z):\n    return Z / 2\n", own), sandbox)
    assert report.full_marks
    (finding,) = function_of(report, "layer").findings
    assert words in finding.message


@pytest.mark.parametrize("seconds", [0, 1, 3, 10, *range(20, 900, 40)])
def test_wherever_the_time_for_a_submission_ends_there_is_a_report(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, seconds: int
) -> None:
    """Each look at the clock is a second here. What nobody has time to read is too much output, and no internal error."""
    wrong = "def fit(X):\n    m = np.mean(X, axis=1, keepdims=True) + 1\n    return X - m, (m,)"
    source = solution(BROKEN_AFFINE, wrong, "SEEN = []\ndef center(X):\n    SEEN.append(X)\n    return X * len(SEEN), X")
    clock = count()
    monkeypatch.setattr(pipeline, "WORK_S", seconds)
    monkeypatch.setattr(limits, "spent_s", lambda: float(next(clock)))
    report = confined(source, sandbox)
    assert report.status == "graded"
    assert all(0 <= found.points <= found.max_points for found in report.functions)
