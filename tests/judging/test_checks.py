"""How a verdict and its points come about, from the stages of one item to what carries a function."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader import sentences
from grader.confined.kinds import Ref
from grader.confined.wire import Encoded, encode
from grader.judging.cases import Case
from grader.judging.checks import verdict_of
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import plan_of
from grader.judging.properties import property_problem
from grader.model import FunctionReport
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.spec import CaseSet, Given, Objection, Property
from tests import tiny
from tests.tiny import check_of, graded_function, hand_made, outcomes_of, plain, verdict_on

NAMES = [f.name for f in tiny.assignment().spec.functions]


def rows(report: FunctionReport | Verdict) -> dict[tuple[str, str], tuple[str, float]]:
    return {(c.kind, c.name): (c.status, c.points) for c in report.checks}


# -- the right solution, and what is no solution -------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_right_solution_has_exactly_the_maximum(name: str) -> None:
    report = tiny.function_of(tiny.graded(tiny.solution()), name)
    assert (report.status, report.points, report.carried) == ("passed", report.max_points, False)
    assert report.findings == ()
    assert report.counterexample is None
    assert {c.status for c in report.checks} == {"passed"}


@pytest.mark.parametrize("name", NAMES)
def test_the_points_of_the_checks_add_up_to_those_of_the_function(name: str) -> None:
    for text in (
        tiny.right()[name],
        f"def {name}(*args):\n    return None",
        f"def {name}(*args):\n    raise ValueError",
    ):
        report = graded_function(name, text)
        assert sum(c.max_points for c in report.checks) == pytest.approx(report.max_points)
        assert sum(c.points for c in report.checks) == pytest.approx(report.points)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", ["return None", "pass", "return 0", "return ()", "return {}", "raise ValueError('no')"])
def test_a_stub_earns_nothing(name: str, body: str) -> None:
    report = graded_function(name, f"def {name}(*args):\n    {body}")
    assert (report.status, report.points, report.carried) == ("failed", 0.0, False)


ZEROS = {
    "center": "return np.zeros(args[0].shape), np.zeros((args[0].shape[0], 1))",
    "affine": "return np.zeros((args[2].shape[0], args[0].shape[1])), args",
    "layer": "return np.zeros((args[2].shape[0], args[0].shape[1]))",
    "affine_backward": (
        "X, W, b = args[1]\n    return {'dX1': np.zeros(X.shape), 'dW1': np.zeros(W.shape), 'db1': np.zeros(b.shape)}"
    ),
    "mean_square": "return 0.0",
    "noise": "return {'W1': np.zeros(args), 'b1': np.zeros((args[0], 1))}",
    "above": "return np.zeros(args[0].shape)",
    "slope": "return 0.0",
    "kinds": "return set()",
    "fit": "return np.zeros(args[0].shape), None",
    "undo": "return np.zeros(args[0].shape)",
}


@pytest.mark.parametrize("name", sorted(ZEROS))
def test_a_stub_of_zeros_of_the_right_form_earns_nothing(name: str) -> None:
    report = graded_function(name, f"def {name}(*args):\n    {ZEROS[name]}")
    assert check_of(report.checks, "structure").status == "passed"
    assert (report.status, report.points) == ("failed", 0.0)
    assert [f.code for f in report.findings if f.code != "only-special-inputs"] == []


def test_zeros_earn_everything_where_zeros_are_right() -> None:
    report = graded_function("zeros_like_all", "def zeros_like_all(p):\n    return {'v' + k: 0 * v for k, v in p.items()}")
    assert (report.status, report.points) == ("passed", 5.0)


# -- stages of an item ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "stage", "statuses", "kept"),
    [
        ("None", "structure", ["failed", "skipped", "skipped", "skipped"], 0.0),
        ("'text'", "structure", ["failed", "skipped", "skipped", "skipped"], 0.0),
        ("A[:, :0]", "shape", ["passed", "failed", "skipped", "skipped"], 0.0),
        ("A.astype(np.float32)", "dtype", ["passed", "passed", "failed", "skipped"], 0.85),
        ("A + 1", "values", ["passed", "passed", "passed", "failed"], 0.3),
    ],
)
def test_a_later_stage_is_skipped_with_the_reason(result: str, stage: str, statuses: list[str], kept: float) -> None:
    report = graded_function("layer", f"def layer(X, W, b):\n    A = (W @ X + b) / 2\n    return {result}")
    kinds = ["structure", "shape", "dtype", "values"]
    found = [check_of(report.checks, kind, "structure" if kind == "structure" else "A") for kind in kinds]
    assert [c.status for c in found] == statuses
    assert found[kinds.index(stage)].message
    assert {c.message for c in found if c.status == "skipped"} <= {f"not checked: fix the {stage} of A first"}
    inputs = check_of(report.checks, "inputs")
    assert inputs.points == pytest.approx(inputs.max_points * found[3].points / found[3].max_points)
    assert report.points == pytest.approx(report.max_points * kept)


@pytest.mark.parametrize(("factor", "first"), [(2.0, "values"), (1.0, "dtype")])
def test_a_type_that_is_wrong_for_a_few_inputs_hides_no_wrong_values_of_the_others(factor: float, first: str) -> None:
    """What the example shows is wrong for most inputs."""
    numbers = [(np.array([n, n + 1.0]),) for n in (1, 2)] + [(np.array([n, n + 1]),) for n in (3, 4)]
    numbers += [(np.array([n, n + 2.0]),) for n in (5, 6)] * (factor > 1)

    def student(x: Any) -> Any:
        return x if x.dtype.kind == "i" else factor * x + (x[0] == 1)

    verdict = verdict_on(lambda x: x + 0.0, student, numbers)
    dtype, values = (check_of(verdict.checks, kind, "value") for kind in ("dtype", "values"))
    assert (dtype.status, values.status) == ("failed", "failed")
    assert dtype.message == "value has dtype int64, expected float64; wrong for 2 of " + f"{len(numbers)} inputs"
    assert f"wrong for {4 if factor > 1 else 1} of " in values.message
    assert verdict.told[0].problem is not None
    assert verdict.told[0].problem.stage == first


def test_where_a_call_raises_the_other_inputs_are_looked_at() -> None:
    report = graded_function("center", "def center(X):\n    assert X.shape[1] > 1\n    return -X, -X")
    runs = check_of(report.checks, "runs")
    assert runs.status == "failed"
    raised, also = runs.message.split("; ")
    assert raised == "the function raised AssertionError (student.py, line 66: assert X.shape[1] > 1)"
    assert re.fullmatch(r"wrong for \d of 9 inputs", also)
    assert "failed" in {c.status for c in report.checks if c.kind == "values"}
    assert report.points == 0.0


def test_each_item_earns_its_own_share() -> None:
    report = graded_function("center", "def center(X):\n    m = np.mean(X, axis=1, keepdims=True)\n    return X, m")
    assert rows(report)["values", "Xc"] == ("failed", 0.0)
    assert rows(report)["values", "mean"] == ("passed", 4.75)
    assert (report.status, report.points) == ("partial", 5.0)


def test_weights_divide_the_points_between_items() -> None:
    wrong_cache = graded_function("affine", "def affine(X, W, b):\n    return W @ X + b, (X, W, 'no b')")
    assert wrong_cache.points == pytest.approx(10 * 1 / 1.5, abs=1e-4)


def test_what_a_stub_gets_right_earns_points_only_beside_something_else() -> None:
    report = graded_function("affine", "def affine(X, W, b):\n    return 0 * (W @ X + b), (X, W, b)")
    row = check_of(report.checks, "values", "cache")
    assert (row.status, row.points) == ("passed", 0.0)
    assert row.message == "correct, but a function that returns zeros would be, too: no points for this part alone"
    assert report.points == 0.0


def test_an_unscaled_random_item_takes_the_trivial_ones_along() -> None:
    report = graded_function("noise", "def noise(n, m):\n    return {'W1': np.random.randn(n, m), 'b1': np.zeros((n, 1))}")
    assert rows(report)["values", "b{l}"] == ("passed", 0.0)
    assert rows(report)["inputs", "inputs"] == ("skipped", 0.0)
    assert report.points == 0.0


# -- alternatives, optional items, dtypes, random and opaque items --------------------------


def test_an_accepted_alternative_has_full_marks() -> None:
    source = tiny.right()["affine_backward"].replace("W.T @ dZ", "W.T @ dZ / m")
    assert graded_function("affine_backward", source).points == 10.0


def test_an_optional_item_that_is_left_out_pays_as_much_as_the_rest() -> None:
    source = tiny.right()["affine_backward"].replace('"dX1": W.T @ dZ, ', "")
    report = graded_function("affine_backward", source.replace("dZ @ X.T / m", "dZ @ X.T"))
    row = check_of(report.checks, "values", "dX{l}")
    others = [c for c in report.checks if c.kind == "values" and c.name != "dX{l}"]
    assert row.status == "passed"
    assert 0 < row.points / row.max_points < 1
    assert row.points / row.max_points == pytest.approx(
        sum(c.points for c in others) / sum(c.max_points for c in others), abs=1e-4
    )
    row = check_of(graded_function("affine_backward", source).checks, "values", "dX{l}")
    assert row.message == "this part is optional, and the result does not have it"


def test_an_alternative_must_hold_over_all_cases() -> None:
    source = tiny.right()["affine_backward"].replace("W.T @ dZ", "W.T @ dZ / (m if m > 3 else 1)")
    report = graded_function("affine_backward", source)
    assert rows(report)["values", "dX{l}"][0] == "failed"
    assert rows(report)["values", "dW{l}"][0] == "passed"


def test_an_optional_item_may_be_left_out_for_full_marks_but_not_be_wrong() -> None:
    source = tiny.right()["affine_backward"]
    left_out = source.replace('"dX1": W.T @ dZ, ', "")
    assert left_out != source
    report = graded_function("affine_backward", left_out)
    assert (report.status, report.points) == ("passed", 10.0)
    report = graded_function("affine_backward", source.replace("W.T @ dZ", "0 * W.T @ dZ"))
    assert check_of(report.checks, "values", "dX{l}").points == 0.0
    assert report.points == pytest.approx(10 * 2 / 2.5, abs=1e-4)


@pytest.mark.parametrize("mask", ["X > t", "(X > t).astype(int)", "1.0 * (X > t)", "np.float32(X > t)"])
def test_a_mask_may_be_of_any_numeric_dtype(mask: str) -> None:
    assert graded_function("above", f"def above(X, t):\n    return {mask}").points == 5.0


@pytest.mark.parametrize("mask", ["(X > t).astype(complex)", "(X > t).astype(str)", "-2.0 * (X > t)"])
def test_a_loose_dtype_forgives_nothing_else(mask: str) -> None:
    assert graded_function("above", f"def above(X, t):\n    return {mask}").points == 0.0


@pytest.mark.parametrize(
    ("draw", "stage"),
    [
        ("np.random.randn(m, n) * 0.1", "shape"),
        ("(np.random.randn(n, m) * 0.1).astype(np.float32)", "dtype"),
        ("list(np.random.randn(n, m) * 0.1)", "structure"),
    ],
)
def test_a_random_item_is_judged_in_form_and_dtype(draw: str, stage: str) -> None:
    report = graded_function("noise", f"def noise(n, m):\n    return {{'W1': {draw}, 'b1': np.zeros((n, 1))}}")
    failed = [c.kind for c in report.checks if c.status == "failed" and c.kind != "property"]
    assert failed == [stage]
    assert not any(c.kind == "values" and c.name == "W{l}" for c in report.checks)


@pytest.mark.parametrize(
    "draw",
    [
        "np.random.standard_normal((n, m)) / 10",
        "np.random.default_rng(7).normal(0, 0.1, size=(n, m))",
        "np.array([[np.random.randn() * 0.1 for _ in range(m)] for _ in range(n)])",
        "0.1 * np.random.randn(m, n).T",
    ],
)
def test_a_random_item_may_be_drawn_in_any_way(draw: str) -> None:
    report = graded_function("noise", f"def noise(n, m):\n    return {{'W1': {draw}, 'b1': np.zeros((n, 1))}}")
    assert (report.status, report.points) == ("passed", 10.0)


def test_an_opaque_item_may_be_anything() -> None:
    model = "class Model:\n    def __init__(self, m):\n        self.m = m\n"
    source = "def fit(X):\n    m = np.mean(X, axis=1, keepdims=True)\n    return X - m, Model(m)\n"
    undo = "def undo(Y, model):\n    return Y + model.m\n"
    report = tiny.graded(tiny.solution(model, source, undo))
    assert (report.points, report.full_marks) == (100.0, True)


# -- inputs --------------------------------------------------------------------------------


class Mutating:
    """A runner's outcomes in which a function has overwritten some of its arguments."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.numbers = numbers

    def outcomes(self, cases: Any, function: Callable[..., Any]) -> dict[str, tuple[Outcome, ...]]:
        found = outcomes_of(cases, function)
        return {k: tuple(replace(o, mutated=self.numbers) for o in v) for k, v in found.items()}  # type: ignore[type-var]


def test_overwriting_an_argument_costs_the_share_of_the_inputs_and_no_more() -> None:
    source = "def center(X):\n    m = np.mean(X, axis=1, keepdims=True)\n    X -= m\n    return X, m"
    report = graded_function("center", source)
    inputs = check_of(report.checks, "inputs")
    assert (inputs.status, inputs.message) == ("failed", "the function changed its argument X in place; work on a copy")
    assert (report.status, report.points) == ("partial", 9.5)
    assert [f.code for f in report.findings] == ["mutated-input"]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0,), "argument X"),
        ((1,), "argument cache"),
        ((2,), "argument cache"),
        ((0, 1), "arguments X and cache"),
        ((3,), "argument sizes"),
        ((99,), "argument (a part of it)"),
    ],
)
def test_the_changed_argument_is_named(numbers: tuple[int, ...], words: str) -> None:
    def reference(X: Any, cache: Any, sizes: Any) -> Any:
        return X

    spec = replace(plain(), inputs_share=0.1)
    cases = hand_made(spec, reference, [(np.ones(2), (np.ones(3), {"W": np.ones(1)}), [1, 2])])
    verdict = verdict_of(FunctionJudge(spec, cases), Mutating(numbers).outcomes(cases, reference))
    assert check_of(verdict.checks, "inputs").message == f"the function changed its {words} in place; work on a copy"
    assert verdict.points == pytest.approx(0.9)


def test_rebinding_the_keys_of_a_dictionary_is_free() -> None:
    source = (
        "def zeros_like_all(p):\n    for k in list(p):\n        p[k] = p[k] * 0\n"
        "    return {'v' + k: x for k, x in p.items()}"
    )
    assert graded_function("zeros_like_all", source).points == 5.0


# -- sets and properties -------------------------------------------------------------------


def test_a_further_set_of_cases_is_a_check_of_its_own() -> None:
    source = "def mean_square(X, weight):\n    return float((weight or 1.0) * np.mean(X**2))"
    report = graded_function("mean_square", source)
    assert rows(report)["values", "weight zero"] == ("failed", 0.0)
    assert rows(report)["values", "cost"] == ("passed", 6.5)
    assert report.points == 9.0


def test_a_set_earns_nothing_where_the_values_are_wrong() -> None:
    report = graded_function("mean_square", "def mean_square(X, weight):\n    return 0.0")
    assert rows(report)["values", "weight zero"] == ("passed", 0.0)


def test_a_set_whose_calls_raise_fails_alone() -> None:
    source = "def mean_square(X, weight):\n    1 / weight\n    return float(weight * np.mean(X**2))"
    report = graded_function("mean_square", source)
    row = check_of(report.checks, "values", "weight zero")
    assert row.status == "failed"
    assert row.message.startswith("the function raised ZeroDivisionError")
    assert report.points == 9.0


def test_a_property_fails_with_what_its_judge_says() -> None:
    report = graded_function("mean_square", "def mean_square(X, weight):\n    return float(np.mean(X**2))")
    row = check_of(report.checks, "property", "twice the weight, twice the cost")
    assert (row.status, row.points) == ("failed", 0.0)
    assert ", not twice " in row.message


def judged(judge_it: Callable[[Given], str | None], function: Callable[..., Any], **options: Any) -> Verdict:
    """The verdict of a function with one property over one case, which is right in value."""
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=judge_it, **options)
    spec = replace(plain(), properties=(prop,))
    cases = hand_made(spec, lambda x: x, [(1.0,), (2.0,)])
    extra = tuple(replace(c, key=f"{c.key}/p", check="holds", expected=()) for c in cases.cases)
    cases = replace(cases, cases=(*cases.cases, *extra))
    return verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, function))


def same(x: Any) -> Any:
    return x


@pytest.mark.parametrize(
    "error",
    [
        KeyError("dW1"),
        TypeError("no"),
        ValueError("no"),
        IndexError("no"),
        AttributeError("no"),
        ZeroDivisionError("no"),
        OverflowError("no"),
        StopIteration(),
        np.linalg.LinAlgError("no"),
    ],
)
def test_a_judge_may_raise_on_a_reply_of_the_wrong_form(error: Exception) -> None:
    def judge_it(given: Given) -> str | None:
        raise error

    verdict = judged(judge_it, same)
    row = check_of(verdict.checks, "property", "holds")
    said = sentences.NO_NUMBERS if isinstance(error, ArithmeticError) else sentences.OTHER_FORM
    assert (row.status, row.message) == ("failed", said)
    assert verdict.points == 0.5


def test_where_a_judge_cannot_read_a_result_the_wrong_shape_is_said_instead() -> None:
    def judge_it(given: Given) -> str | None:
        raise ValueError("operands could not be broadcast together")

    row = check_of(judged(judge_it, lambda x: np.array([x])).checks, "property", "holds")
    assert (row.status, row.message) == ("skipped", "not checked: fix the shape of value first")


@pytest.mark.parametrize("second", ["a number is too small", None])
def test_what_a_judge_cannot_see_is_skipped_beside_what_another_one_sees(second: str | None) -> None:
    answers = {"blind": Objection("the weights are all equal", checked=False), "sees": second}
    properties = tuple(
        Property(name, share=0.25, plan=lambda d: [], judge=lambda given, text=text: text) for name, text in answers.items()
    )
    spec = replace(plain(), properties=properties)
    cases = hand_made(spec, lambda x: x, [(1.0,)])
    extra = tuple(replace(c, key=f"{c.key}/{name}", check=name, expected=()) for c in cases.cases for name in answers)
    cases = replace(cases, cases=(*cases.cases, *extra))
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, same))
    assert check_of(verdict.checks, "property", "blind").status == ("skipped" if second else "failed")
    assert not verdict.passed


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (Objection("no unit is open", checked=False, by_chance=True), "passed"),
        (Objection("no unit is open", checked=False), "failed"),
        (ValueError("a reply of another form"), "failed"),
    ],
)
def test_a_case_counts_where_it_shows_nothing_unless_that_is_chance(first: Objection | Exception, status: str) -> None:
    answers = iter([first, None])

    def judge_it(given: Given) -> Objection | None:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    spec = plain(properties=(Property("holds", share=0.5, plan=lambda d: [], judge=judge_it),))
    cases = hand_made(spec, lambda x: x, [(1.0,), (2.0,)])
    extra = tuple(replace(c, key=f"{c.key}/holds", check="holds", expected=()) for c in cases.cases)
    cases = replace(cases, cases=(*cases.cases, *extra))
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, same))
    assert check_of(verdict.checks, "property", "holds").status == status


def test_what_chance_hides_in_all_cases_has_not_been_shown() -> None:
    hidden = Objection("no unit is open", checked=False, by_chance=True)
    assert check_of(judged(lambda given: hidden, same).checks, "property", "holds").status == "failed"


def test_a_bug_in_a_judge_is_not_the_students() -> None:
    def judge_it(given: Given) -> str | None:
        raise NameError("a name that the author misspelt")

    with pytest.raises(NameError):
        judged(judge_it, same)


def test_a_property_over_a_call_that_raised_is_incomplete() -> None:
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: None)
    case = hand_made(plain(), lambda x: x, [(2.0,)]).cases[0]
    problem = property_problem(prop, case, (Raised("ValueError", "too large"),))
    assert problem is not None
    assert problem.text.startswith("a call gave no value: the function raised ValueError")


@pytest.mark.parametrize(
    ("result", "reason"),
    [("raise", "the function must run first"), (None, "fix the structure of the result first")],
)
def test_a_property_is_not_held_against_what_raises_or_has_no_structure(result: str | None, reason: str) -> None:
    def function(x: float) -> None:
        if result == "raise":
            raise ValueError("too large")

    row = check_of(judged(lambda given: "it does not hold", function).checks, "property", "holds")
    assert (row.status, row.points) == ("skipped", 0)
    assert reason in row.message


@pytest.mark.parametrize(("is_random", "status"), [(True, "failed"), (False, "skipped")])
def test_of_random_results_a_judge_is_heard_where_the_structure_is_wrong(is_random: bool, status: str) -> None:
    def judge_it(given: Given) -> str | None:
        return None if len(given.reply) == 2 else f"one of 2 is lost: found {len(given.reply)}"

    prop = Property("holds", share=0.5, plan=lambda d: [], judge=judge_it)
    spec = replace(plain(), properties=(prop,), random=frozenset({"value"}) if is_random else frozenset())
    cases = hand_made(spec, lambda x: [x, x], [(1.0,), (2.0,)])
    extra = tuple(replace(c, key=f"{c.key}/p", check="holds", expected=()) for c in cases.cases)
    judge = FunctionJudge(spec, replace(cases, cases=(*cases.cases, *extra)))
    for found, message in ([1.0], "one of 2 is lost: found 1"), (None, ""):  # without a length there is nothing to judge
        outcomes = outcomes_of(judge.cases, lambda x, found=found: found)
        row = check_of(verdict_of(judge, outcomes).checks, "property", "holds")
        assert row.status == (status if message else "skipped")
        assert (message in row.message) is (row.status == "failed") or not message


def test_a_property_earns_nothing_where_the_values_are_wrong() -> None:
    verdict = judged(lambda given: None, lambda x: -x)
    assert rows(verdict)["property", "holds"] == ("passed", 0.0)
    assert verdict.points == 0.0


@pytest.mark.parametrize("second", [np.zeros(3), "no array", None])
@pytest.mark.parametrize(("looks_at", "earned"), [("first", 0.5), ("second", 0.0)])
def test_a_property_earns_only_by_parts_of_the_right_form(second: Any, looks_at: str, earned: float) -> None:
    def judge_it(given: Given) -> str | None:
        part = given.reply[("first", "second").index(looks_at)]
        return "it is nothing at all" if part is None else None  # and sees nothing else, whatever it gets

    prop = Property("holds", share=0.5, plan=lambda d: [], judge=judge_it)
    spec = plain(("first", "second"), properties=(prop,))
    cases = hand_made(spec, lambda x: (2 * x, np.array([x])), [(1.0,), (2.0,)])
    extra = tuple(replace(c, key=f"{c.key}/p", check="holds", expected=()) for c in cases.cases)
    cases = replace(cases, cases=(*cases.cases, *extra))
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, lambda x: (2 * x, second)))
    assert rows(verdict)["property", "holds"][1] == earned
    assert verdict.points == 0.25 + earned


def test_a_judge_sees_arguments_replies_and_facts() -> None:
    seen: list[Given] = []

    def look(given: Given) -> None:
        seen.append(given)

    prop = Property("holds", share=0.5, plan=lambda d: [], judge=look)
    first = ("g", encode((np.ones(2),)))
    second = ("f", encode((Ref(0, (1,)), 3.0)))
    case = Case("f/holds/0", "holds", "general", False, Plan("f", 0, (first, second)), facts=encode({"k": 2}))
    outcomes = (Returned(encode((1.0, 2.0))), Returned(encode(5.0)))
    assert property_problem(prop, case, outcomes) is None
    (given,) = seen
    assert given.args == (Ref(0, (1,)), 3.0)
    assert [s.function for s in given.steps] == ["g", "f"]
    assert given.replies == ((1.0, 2.0), 5.0)
    assert (given.reply, given.facts) == (5.0, {"k": 2})


def test_bytes_that_are_no_value_fail_a_property_and_a_value_alike() -> None:
    broken = Encoded(b"?", b"")
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: None)
    case = Case("f/holds/0", "holds", "general", False, Plan("f", 0, (("f", encode((1.0,))),)))
    problem = property_problem(prop, case, (Returned(broken),))
    assert problem is not None
    assert problem.text == sentences.OTHER_FORM
    spec = plain()
    cases = hand_made(spec, same, [(1.0,)])
    verdict = verdict_of(FunctionJudge(spec, cases), {cases.cases[0].key: (Returned(broken),)})
    assert verdict.status == "failed"


# -- exceptions and calls that never came back ----------------------------------------------


@pytest.mark.parametrize(
    ("visible", "text"),
    [
        (True, "the function raised ValueError: secret 42 (cell 3, line 2)"),
        (False, "the function raised ValueError (cell 3, line 2)"),
    ],
)
def test_the_text_of_an_exception_shows_only_where_the_inputs_may_be_seen(visible: bool, text: str) -> None:
    spec = plain()
    cases = hand_made(spec, same, [(1.0,)], visible=visible)
    verdict = verdict_of(
        FunctionJudge(spec, cases), {cases.cases[0].key: (Raised("ValueError", "secret 42", "cell 3, line 2"),)}
    )
    assert check_of(verdict.checks, "runs").message == text
    assert [f.message for f in verdict.failures] == [text]


@pytest.mark.parametrize(
    ("reason", "status", "words"),
    [
        ("timeout", "timeout", "f did not finish: why. Is there a loop that never ends, or that makes too many turns?"),
        ("crashed", "crashed", "f ended the whole process: why"),
        ("out-of-memory", "out-of-memory", "f ran out of memory: why"),
        ("too-much-output", "too-much-output", "f was stopped: why"),
    ],
)
def test_a_call_that_never_came_back_gives_the_function_its_status(reason: Any, status: str, words: str) -> None:
    spec = plain()
    cases = hand_made(spec, same, [(1.0,), (2.0,), (3.0,)])
    first, second, third = (c.key for c in cases.cases)
    right = (Returned(encode(1.0)),)
    verdict = verdict_of(
        FunctionJudge(spec, cases), {first: right, second: (Stopped(reason, "why"),), third: (Stopped("not-run"),)}
    )
    assert (verdict.status, verdict.points) == (status, 0.0)
    runs = check_of(verdict.checks, "runs")
    assert (runs.status, runs.message) == ("failed", words)
    assert [f.case.key for f in verdict.failures] == [second, third]


def test_calls_that_were_not_made_are_failures_without_a_status_of_their_own() -> None:
    spec = plain()
    cases = hand_made(spec, same, [(1.0,)])
    for outcomes in ({}, {cases.cases[0].key: (Stopped("not-run"),)}, {cases.cases[0].key: ()}):
        verdict = verdict_of(FunctionJudge(spec, cases), outcomes)  # type: ignore[arg-type]
        assert verdict.status == "failed"
        assert check_of(verdict.checks, "runs").message == sentences.NOT_RUN


def test_a_timeout_in_a_property_keeps_the_points_for_values() -> None:
    verdict = judged(lambda given: None, same)
    assert verdict.points == 1.0
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: None)
    spec = replace(plain(), properties=(prop,))
    cases = hand_made(spec, same, [(1.0,)])
    extra = replace(cases.cases[0], key="p", check="holds", expected=())
    cases = replace(cases, cases=(*cases.cases, extra))
    outcomes = {cases.cases[0].key: (Returned(encode(1.0)),), "p": (Stopped("timeout", "x"),)}
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes)
    assert (verdict.status, verdict.points) == ("timeout", 0.5)


# -- details -------------------------------------------------------------------------------


def test_failures_keep_the_order_of_the_cases() -> None:
    verdict = verdict_on(same, lambda x: x + 1, [(float(n),) for n in range(5)])
    assert [f.case.plan.number for f in verdict.failures] == [0, 1, 2, 3, 4]


def test_a_message_says_how_many_inputs_fail_and_of_which_kind() -> None:
    spec = plain()
    cases = hand_made(spec, same, [(1.0,), (2.0,), (3.0,)], classes=["small", "zero", "zero"])
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, lambda x: x if x < 2 else 0.0))
    message = check_of(verdict.checks, "values", "value").message
    assert message == "value is 0, expected 2; wrong for 2 of 3 inputs, all of the kind 'zero'"


def test_the_plan_on_own_values_is_told_by_the_number_of_its_outcomes() -> None:
    plan = Plan("f", 0, (("f", encode((1.0,))),))
    own = Plan("f", 0, (("g", encode((1.0,))), ("f", encode((Ref(0),)))))
    case = Case("k", "values", "general", True, plan, own)
    one = Returned(encode(1.0))
    assert plan_of(case, (one,)) is plan
    assert plan_of(case, (one, one)) is own
    assert plan_of(replace(case, own=None), (one, one)) is plan


def test_shares_of_sets_and_properties_are_stretched_where_nothing_is_judged_by_value() -> None:
    prop = Property("holds", share=0.3, plan=lambda d: [], judge=lambda given: None)
    spec = replace(plain(random=frozenset({"value"})), properties=(prop,), inputs_share=0.1)
    cases = hand_made(spec, same, [(1.0,)])
    extra = replace(cases.cases[0], key="p", check="holds", expected=())
    cases = replace(cases, cases=(*cases.cases, extra))
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, lambda x: x + 1))
    assert verdict.status == "passed"
    assert rows(verdict)["property", "holds"] == ("passed", 0.9)
    assert verdict.points == 1.0


def test_a_set_is_judged_under_its_own_alternatives() -> None:
    spec = replace(plain(), sets=(CaseSet("far", share=0.2, inputs=lambda d: ()),))
    cases = hand_made(spec, same, [(1.0,)])
    near, far = cases.cases[0], hand_made(spec, lambda x: -x, [(1.0,)]).cases[0].expected[0]
    extra = replace(near, key="s", check="far", expected=(far, near.expected[0]))
    cases = replace(cases, cases=(near, extra))
    assert verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, same)).status == "passed"
    assert rows(verdict_of(FunctionJudge(spec, cases), outcomes_of(cases, lambda x: 2 * x)))["values", "far"] == (
        "failed",
        0.0,
    )
