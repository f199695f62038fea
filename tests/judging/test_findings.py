"""Findings: catalogued mistakes by their outcomes, general detectors by a relation; none of them ever false."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Tensor
from grader.confined.wire import encode
from grader.judging.cases import MistakeText
from grader.judging.checks import verdict_of
from grader.judging.example import example_failure
from grader.judging.judge import FunctionJudge
from grader.sandbox.runner import Raised, Returned, Stopped
from grader.spec import Given, Property
from tests import tiny
from tests.tiny import findings_on, graded_function, hand_made, outcomes_of, plain

RNG = np.random.default_rng(5)
MATRICES = [(RNG.standard_normal((n, m)),) for n, m in ((2, 3), (3, 2), (4, 5), (3, 3))]
SQUARES = [(RNG.standard_normal((n, n)),) for n in (2, 3, 4)]
WEIGHTED = [(X, weight) for (X,), weight in zip(MATRICES, (2.0, 3.0, 0.5, 4.0), strict=True)]

Function = Callable[..., Any]


def codes(*args: Any, **options: Any) -> list[str]:
    return [finding.code for finding in findings_on(*args, **options)]


def mean(X: Any) -> Any:
    return np.mean(X, axis=1, keepdims=True)


def mean_and_size(X: Any) -> Any:
    return mean(X), np.sum(X**2, axis=1, keepdims=True)


def same(X: Any) -> Any:
    return X


def gradients(X: Any) -> Any:
    return {"dW1": 2 * X, "db1": mean(X), "dW2": X**3, "db2": 3 * mean(X)}


def changed(key: str, change: Function) -> Function:
    def wrong(X: Any) -> Any:
        grads = gradients(X)
        return {**grads, key: change(grads[key])}

    return wrong


# -- general detectors: each once right, and once nearly -----------------------------------

POSITIVE: list[tuple[str, Function, Function, list[Any], Any, str]] = [
    ("constant-factor", mean, lambda X: 2 * mean(X), MATRICES, "dW", "dW is 2 times the expected value"),
    (
        "constant-factor",
        mean,
        lambda X: np.sum(X, axis=1, keepdims=True),
        MATRICES,
        "dW",
        "dW is m times the expected value: a division by the number of examples m is missing, or it is multiplied "
        "once too often",
    ),
    (
        "constant-factor",
        mean,
        lambda X: mean(X) / X.shape[1],
        MATRICES,
        "dW",
        "dW is 1/m times the expected value: it is divided by the number of examples m once too often, or a "
        "multiplication is missing",
    ),
    (
        "constant-factor",
        lambda X, rate: rate * X,
        lambda X, rate: X,
        WEIGHTED,
        "dW",
        "dW is 1/rate times the expected value: it is divided by the argument rate once too often, or a "
        "multiplication is missing",
    ),
    (
        "handed-back",
        lambda X: 2 * np.minimum(X, 5),
        lambda X: 2 * np.minimum(X, 5) if X.shape[1] > 2 else X,
        MATRICES,
        "dW",
        "dW is what came in as X, unchanged, for some inputs",
    ),
    ("handed-back", lambda X: np.abs(X) + 1, same, MATRICES, "dW", "dW is what came in as X, unchanged"),
    (
        "returns-none-for-some",
        mean,
        lambda X: mean(X) if X.shape[1] > 2 else None,
        MATRICES,
        "dW",
        "for some inputs the function returns None, for others a result",
    ),
    (
        "other-part",
        lambda d: (d["W"], d["b"]),
        lambda d: (d["W"], d["W"]),
        [({"W": X, "b": mean(X)},) for (X,) in MATRICES],
        ("W", "b"),
        "b is d['W'], expected d['b']",
    ),
    ("opposite-sign", mean, lambda X: -mean(X), MATRICES, "dW", "dW has the opposite sign"),
    ("transposed", same, lambda X: X.T, MATRICES[:3], "dW", "dW is the transpose of the expected value"),
    ("transposed", same, lambda X: X.T, SQUARES, "dW", "dW is the transpose of the expected value"),
    ("transposed", same, lambda X: X.T, MATRICES, "dW", "dW is the transpose of the expected value"),
    (
        "missing-keepdims",
        mean,
        lambda X: np.mean(X, axis=1),
        MATRICES,
        "db",
        "db has lost an axis: its shape is (2,), expected (2, 1)",
    ),
    (
        "extra-axis",
        lambda X: np.mean(X, axis=1),
        mean,
        MATRICES,
        "db",
        "db has an axis too many: its shape is (2, 1), expected (2,)",
    ),
    (
        "single-precision",
        mean,
        lambda X: mean(X).astype(np.float32),
        MATRICES,
        "dW",
        "dW was computed in single precision (float32)",
    ),
    ("truncated", lambda X: 9 * X, lambda X: np.trunc(9 * X), MATRICES, "dW", "dW was cut to whole numbers"),
    ("truncated", lambda X: 9 * X, lambda X: (9 * X).astype(int), MATRICES, "dW", "dW was cut to whole numbers"),
    ("truncated", lambda X: 9 * X, lambda X: (9 * X) // 1, MATRICES, "dW", "dW was cut to whole numbers"),
    ("rounded", lambda X: 9 * X, lambda X: np.round(9 * X, 2), MATRICES, "dW", "dW is rounded to 2 decimals"),
    ("rounded", lambda X: 9 * X, lambda X: np.rint(9 * X), MATRICES, "dW", "dW is rounded to whole numbers"),
    (
        "clipped",
        lambda X: X**3,
        lambda X: np.clip(X**3, -0.5, 0.5),
        MATRICES,
        "dW",
        "numbers of dW that should be larger are cut to 0.5, and those that should be smaller are raised to -0.5; "
        "the others are right",
    ),
    (
        "clipped",
        lambda X: X**3,
        lambda X: np.maximum(X**3, -0.5),
        MATRICES,
        "dW",
        "numbers of dW that should be smaller are raised to -0.5; the others are right",
    ),
    (
        "rounded",
        lambda X: abs(np.tanh(X)),
        lambda X: abs(np.tanh(X)) > 0.5,
        MATRICES,
        "dW",
        "dW is rounded to whole numbers",
    ),
    (
        "rounded",
        same,
        lambda X: np.array([[float(f"{x:.1f}") for x in r] for r in X]),
        MATRICES,
        "dW",
        "dW is rounded to 1 decimal",
    ),
    (
        "rounded",
        lambda x: x / 7,
        lambda x: round(x / 7, 4),
        [(n,) for n in (1, 2, 3, 5)],
        "dW",
        "dW is rounded to 4 decimals",
    ),
    (
        "single-precision",
        mean,
        lambda X: mean(X).astype(np.float16),
        MATRICES,
        "dW",
        "dW was computed in half precision (float16)",
    ),
    (
        "single-precision",
        lambda x: x / 7,
        lambda x: np.float32(x / 7),
        [(n,) for n in (1, 2, 3, 5)],
        "cost",
        "cost was computed in single precision (float32)",
    ),
    (
        "permuted-result",
        mean_and_size,
        lambda X: mean_and_size(X)[::-1],
        MATRICES,
        ("mean", "size"),
        "the parts of the result are correct, but in the wrong order: expected (mean, size)",
    ),
]


@pytest.mark.parametrize(("code", "reference", "student", "arguments", "returns", "message"), POSITIVE)
def test_a_relation_that_holds_everywhere_is_named(
    code: str, reference: Function, student: Function, arguments: Any, returns: Any, message: str
) -> None:
    found = findings_on(reference, student, arguments, returns)
    assert [f.code for f in found][:1] == [code]
    assert found[0].message == message
    assert found[0].hint


NEGATIVE: list[tuple[str, Function, Function, list[Any], Any]] = [
    # a factor in all cases but one, and a factor that nothing explains
    ("constant-factor", mean, lambda X: (2 if X.shape[1] > 2 else 3) * mean(X), MATRICES, "dW"),
    ("constant-factor", mean, lambda X: 2 * mean(X) + 1e-3, MATRICES, "dW"),
    ("constant-factor", lambda X: 2 * X, lambda X: 2 * X if X.shape[1] > 2 else X, MATRICES, "dW"),
    ("constant-factor", lambda x, y: x * y, lambda x, y: 1.0, [(2.0, 0.25), (4.0, 0.5), (8.0, 1.5), (3.0, 7.0)], "dW"),
    ("handed-back", lambda X: np.abs(X) + 1, lambda X: X if X.shape[1] > 2 else X + 1, MATRICES, "dW"),
    ("handed-back", lambda X: np.abs(X) + 1, np.zeros_like, MATRICES, "dW"),
    ("rounded", lambda X: np.where(X > 0, 0.75, -0.75), lambda X: np.where(X > 0, 1.0, -1.0), MATRICES, "dW"),
    ("handed-back", lambda X, b: X, lambda X, b: b, [(X, mean(X)) for (X,) in MATRICES], "dW"),
    ("returns-none-for-some", mean, lambda X: None, MATRICES, "dW"),
    ("constant-factor", mean, lambda X: 0 * mean(X), MATRICES, "dW"),
    ("constant-factor", mean, lambda X: np.full((len(X), 1), np.nan), MATRICES, "dW"),
    ("constant-factor", lambda X: np.full((4, 1), 0.25), lambda X: np.full((4, 1), 1e-9), MATRICES, "dW"),
    ("opposite-sign", mean, lambda X: -mean(X) * (1 + 1e-3), MATRICES, "dW"),
    ("opposite-sign", mean, lambda X: np.abs(mean(X)), MATRICES, "dW"),
    ("opposite-sign", mean, lambda X: -mean(X) if len(X) > 2 else 7 * mean(X), MATRICES, "dW"),
    ("transposed", same, lambda X: X.T + 1e-3, MATRICES[:3], "dW"),
    ("transposed", same, lambda X: X.T if X.shape[0] < 4 else X + 1, SQUARES, "dW"),
    ("transposed", same, lambda X: np.zeros(X.T.shape), MATRICES[:3], "dW"),
    ("missing-keepdims", mean, lambda X: np.mean(X, axis=0), MATRICES[:3], "db"),
    ("missing-keepdims", mean, lambda X: np.mean(X, axis=0, keepdims=True), MATRICES[:3], "db"),
    ("missing-keepdims", mean, lambda X: 3.0, MATRICES, "db"),
    ("extra-axis", mean, lambda X: np.zeros((len(X), 1, 2)), MATRICES, "db"),
    ("single-precision", mean, lambda X: mean(X).astype(np.float32) + np.float32(1), MATRICES, "dW"),
    ("single-precision", mean, lambda X: mean(X).astype(complex), MATRICES, "dW"),
    ("truncated", mean, lambda X: np.zeros((len(X), 1)), MATRICES, "dW"),
    ("truncated", lambda X: 0.9 * np.tanh(X), lambda X: -1.0 * (X < 0), MATRICES, "dW"),
    ("truncated", lambda X: 9 * X, lambda X: np.rint(9 * X), MATRICES, "dW"),
    ("truncated", lambda X: 9 * X, lambda X: np.trunc(9 * X) + 1, MATRICES, "dW"),
    ("rounded", lambda X: 9 * X, lambda X: np.round(9 * X, 2) + 0.01, MATRICES, "dW"),
    ("rounded", lambda X: 9 * X, lambda X: np.round(9 * X, 2) + 0.001, MATRICES, "dW"),
    ("rounded", lambda X: 9 * X, lambda X: np.ceil(9 * X), MATRICES, "dW"),
    ("rounded", lambda X: 0.1 * np.tanh(X), np.zeros_like, MATRICES, "dW"),
    ("rounded", lambda X: 9 * X, lambda X: 9 * X + 1e-6, MATRICES, "dW"),
    ("clipped", lambda X: X**3, np.sign, MATRICES, "dW"),
    ("clipped", lambda X: X**3, lambda X: np.clip(X**3, -0.5, 0.5) * 0.9, MATRICES, "dW"),
    ("clipped", lambda X: X**3, lambda X: np.where(np.abs(X) > 0.8, 0.5, X**3), MATRICES, "dW"),
    ("clipped", lambda X: X**3, lambda X: np.clip(X**3, -len(X) / 9, len(X) / 9), MATRICES, "dW"),
    ("permuted-result", mean_and_size, lambda X: (mean(X), mean(X)), MATRICES, ("mean", "size")),
    ("permuted-result", mean_and_size, lambda X: (mean_and_size(X)[1], mean(X) + 1), MATRICES, ("mean", "size")),
    (
        "permuted-result",
        mean_and_size,
        lambda X: mean_and_size(X)[::-1] if X.shape[1] > 2 else (mean(X), mean(X)),
        MATRICES,
        ("mean", "size"),
    ),
]


@pytest.mark.parametrize(("code", "reference", "student", "arguments", "returns"), NEGATIVE)
def test_a_relation_that_nearly_holds_is_not_named(
    code: str, reference: Function, student: Function, arguments: Any, returns: Any
) -> None:
    assert code not in codes(reference, student, arguments, returns)


def test_a_single_number_is_no_evidence_for_a_factor() -> None:
    numbers = [(1.5,), (2.5,), (4.0,)]
    assert codes(lambda x: x, lambda x: 2 * x, numbers) == []
    assert codes(lambda x: x, lambda x: 2 * x, [*numbers, (7.25,)]) == ["constant-factor"]


def test_nothing_is_said_about_what_is_no_number() -> None:
    huge = [(float(n),) for n in range(2, 9)]
    assert codes(lambda x: x, lambda x: 10**400, huge) == []
    assert codes(lambda x: x, lambda x: 1j * x, huge) == []
    assert codes(lambda x: x, lambda x: "text", huge) == []
    assert codes(lambda x: x, lambda x: None, huge) == []


def test_a_sign_that_is_lost_is_not_the_opposite_one_everywhere() -> None:
    numbers = [(float(n),) for n in (-5, -3, -2, -1, 0, 2, 4)]
    (found,) = findings_on(lambda x: x, abs, numbers)
    assert found.message == "value has the opposite sign for some inputs; for others it is right"
    (found,) = findings_on(lambda x: x, lambda x: -x, numbers)
    assert found.message == "value has the opposite sign"


def test_an_input_on_which_it_raises_is_none_for_which_it_is_right() -> None:
    def raises_or_opposite(X: np.ndarray) -> np.ndarray:
        if len(X) > 3:
            raise ValueError
        return -mean(X)

    assert findings_on(mean, raises_or_opposite, MATRICES, "dW")[0].message == "dW has the opposite sign"


def test_a_finding_names_the_wrong_part_of_a_dictionary() -> None:
    (found,) = findings_on(gradients, changed("dW2", lambda v: -v), MATRICES, "grads")
    assert (found.code, found.message) == ("opposite-sign", "dW2 has the opposite sign")


def test_a_finding_covers_all_wrong_parts_of_an_item_or_says_nothing() -> None:
    def both(X: Any) -> Any:
        grads = gradients(X)
        return {**grads, "dW1": 2 * grads["dW1"], "dW2": 2 * grads["dW2"]}

    (found,) = findings_on(gradients, both, MATRICES, "grads")
    assert found.message == "dW is 2 times the expected value"

    def mixed(X: Any) -> Any:
        grads = gradients(X)
        return {**grads, "dW1": 2 * grads["dW1"], "dW2": grads["dW2"] + 1}

    assert findings_on(gradients, mixed, MATRICES, "grads") == ()


def test_a_finding_says_a_part_where_other_parts_are_right_and_the_wrong_ones_are_many() -> None:
    def deep(X: Any) -> Any:
        return {f"dW{layer}": X**layer + layer for layer in range(1, 7)}

    def mostly(X: Any) -> Any:
        return {key: value if key == "dW6" else -value for key, value in deep(X).items()}

    (found,) = findings_on(deep, mostly, MATRICES, "grads")
    assert found.message == "a part of dW has the opposite sign"


def test_what_is_a_factor_of_all_parts_but_zeros_is_one_of_all_and_two_parts_are_told_as_parts() -> None:
    def deep(X: Any) -> Any:
        return {f"{kind}{layer}": (layer != 3) * X**layer for layer in range(1, 7) for kind in ("dW", "db")}

    (found,) = findings_on(deep, lambda X: {key: 2 * value for key, value in deep(X).items()}, MATRICES, "grads")
    assert found.message == "each of dW and db is 2 times the expected value"
    some = lambda X: {key: value if key[-1] == "6" else -value for key, value in deep(X).items()}  # noqa: E731
    (found,) = findings_on(deep, some, MATRICES, "grads")
    assert found.message == "a part of dW and of db has the opposite sign"


def test_zeros_that_come_back_as_they_were_are_no_sign_against_what_is_handed_back() -> None:
    at_rest = [*MATRICES, (np.zeros((2, 2)),)]
    assert codes(lambda X: X + 1, same, at_rest) == ["handed-back"]
    assert "handed-back" not in codes(lambda X: X + 1, lambda X: 0 * X, at_rest)
    assert "handed-back" not in codes(lambda X: X + 1, lambda X: X if X.any() else X - 1, at_rest)


def test_what_is_handed_back_for_all_inputs_is_not_laid_on_a_condition() -> None:
    """A step of rate 0 leaves the weights as they are, and a loop that binds its variable anew is right for it alone."""
    step = lambda weights, rate: {name: value - rate for name, value in weights.items()}  # noqa: E731
    weights = [({"W1": X, "W2": 3 * X}, float(n)) for n, (X,) in enumerate(MATRICES)]
    (found,) = findings_on(step, lambda weights, rate: dict(weights), weights, "parameters")
    assert found.message == "W is what came in as weights, unchanged"
    assert "To bind the variable of a loop anew changes nothing" in found.hint
    first = lambda weights, rate: {**weights, "W1": weights["W1"] - rate}  # noqa: E731
    (found,) = findings_on(step, first, weights, "parameters")
    assert found.message == "W2 is what came in as weights, unchanged"
    assert "whether a return stands inside" in found.hint
    many = lambda weights, rate: step(weights, rate) if rate == 1 else weights  # noqa: E731
    (found,) = findings_on(step, many, weights, "parameters")
    assert found.message == "W is what came in as weights, unchanged, for some inputs"
    assert "does a condition" in found.hint


def test_a_missing_part_of_an_item_silences_the_detectors() -> None:
    def without(X: Any) -> Any:
        grads = gradients(X)
        return {"dW1": 2 * grads["dW1"], "db1": grads["db1"], "db2": grads["db2"]}

    assert findings_on(gradients, without, MATRICES, "grads") == ()


def test_what_has_the_wrong_size_is_not_looked_through_for_an_argument() -> None:
    """As a set of Python's numbers a million would take a hundred megabytes."""
    large = np.arange(1_000_000.0)[:, None]
    tracemalloc.start()
    findings = findings_on(mean, lambda X: large, MATRICES[:1])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert findings == ()
    assert peak < 50 << 20


def test_the_columns_of_a_parameter_are_not_taken_for_examples() -> None:
    arguments = [({"W1": X},) for (X,) in MATRICES]
    found = findings_on(lambda p: p["W1"], lambda p: p["W1"] * p["W1"].shape[1], arguments)
    assert [f.code for f in found] == []


def test_at_most_two_findings_are_told() -> None:
    def wrong(X: Any) -> Any:
        grads = gradients(X)
        return {"dW1": -grads["dW1"], "dW2": -grads["dW2"], "db1": 2 * grads["db1"], "db2": 2 * grads["db2"]}

    assert codes(gradients, wrong, MATRICES, "grads") == ["opposite-sign", "constant-factor"]
    assert codes(gradients, gradients, MATRICES, "grads") == []


# -- exceptions, classes of inputs, mutation ----------------------------------------------


def test_an_undefined_name_is_told() -> None:
    report = graded_function("center", "def center(X):\n    return layer_dims")
    assert [finding.code for finding in report.findings] == ["undefined-name"]


@pytest.mark.parametrize(
    "text", ["name '<b>' is not defined", "name 'x' was lost", "layer_dims", "name '" + "x" * 99 + "' is not defined"]
)
def test_only_a_name_error_of_the_usual_form_is_an_undefined_name(text: str) -> None:
    def student(X: Any) -> Any:
        raise NameError(text)

    assert findings_on(same, student, MATRICES) == ()


def test_a_variable_that_is_unbound_is_no_undefined_name() -> None:
    def student(X: Any) -> Any:
        raise UnboundLocalError("cannot access local variable 'k' where it is not associated with a value")

    assert findings_on(same, student, MATRICES) == ()


def test_a_problem_with_one_kind_of_input_only_is_told() -> None:
    classes = ["small", "general", "general", "one example"]

    def student(X: Any) -> Any:
        return X + RNG.standard_normal() if X.shape == (3, 3) else X

    (found,) = findings_on(same, student, MATRICES, classes=classes)
    assert found.code == "only-special-inputs"
    assert found.message == "value is wrong only for inputs of the kind 'one example'"


@pytest.mark.parametrize("classes", [["small"] * 4, ["kink", "general", "general", "kink"], ["general"] * 3 + ["small"]])
def test_a_problem_elsewhere_too_is_not_laid_on_one_kind_of_input(classes: list[str]) -> None:
    def student(X: Any) -> Any:
        return X + RNG.standard_normal() if X.shape == (3, 3) else X

    assert "only-special-inputs" not in codes(same, student, MATRICES, classes=classes)


def test_a_problem_of_one_item_is_not_laid_on_one_kind_of_input_where_another_item_is_wrong_for_others() -> None:
    classes = ["small", "general", "general", "one example"]

    def student(X: Any) -> Any:
        return mean(X) + 1.5 * (X.shape == (3, 3)), mean_and_size(X)[1] - 0.1 * X[:, :1]

    assert codes(mean_and_size, student, MATRICES, returns=("mean", "size"), classes=classes) == []


def test_a_problem_in_another_check_too_is_not_laid_on_one_kind_of_input() -> None:
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: "it does not hold")
    spec = replace(plain(), properties=(prop,))
    cases = hand_made(spec, same, MATRICES, classes=["small", "general", "general", "one example"])
    extra = replace(cases.cases[0], key="f/p", check="holds", expected=())

    def student(X: Any) -> Any:
        return X + 1.5 if X.shape == (3, 3) else X

    assert named(plain(), cases, student) == ["only-special-inputs"]
    assert named(spec, replace(cases, cases=(*cases.cases, extra)), student) == []


def test_a_factor_that_shows_for_some_inputs_only_is_told_so() -> None:
    numbers = [(float(n),) for n in range(1, 13)]
    (found,) = findings_on(lambda x: x, lambda x: 2 * x if x < 6 else x, numbers)
    assert found.message == "value is 2 times the expected value, for some inputs; for others it is right"
    (found,) = findings_on(lambda x: x, lambda x: 2 * x, numbers)
    assert found.message == "value is 2 times the expected value"


def test_an_argument_that_is_replaced_where_it_is_large_is_no_factor_too_much() -> None:
    """It is cut at 1, say: no division by it is there, and no multiplication is missing."""
    numbers = [(1.0 + n / 4, float(m)) for n in range(-3, 4) for m in (2, 3)]
    assert codes(lambda rate, n: rate / n, lambda rate, n: min(rate, 1.0) / n, numbers) == []
    (found,) = findings_on(lambda rate, n: rate / n, lambda rate, n: 1 / n, numbers)
    assert found.message.startswith("value is 1/rate times the expected value: ")


def test_numbers_that_are_cut_for_some_inputs_only_are_told_so() -> None:
    numbers = [(np.array([n, n + 1.25]),) for n in range(6)]
    (found,) = findings_on(lambda x: 2.7 * x, lambda x: np.trunc(2.7 * x) if x[0] > 3 else 2.7 * x, numbers)
    assert found.message == "value was cut to whole numbers, for some inputs"


def test_shapes_that_do_not_fit_for_all_inputs_are_a_matter_of_the_formula_else_of_sizes() -> None:
    raised = Raised("ValueError", ALIGNED, "cell 3, line 2: Z = W * A + b")
    (found,) = raising(*[raised] * len(MATRICES))
    assert "A @ B" in found.hint
    (found,) = raising(raised)
    assert "A size that is written as a number" in found.hint
    assert found.message.startswith("for some inputs the shapes do not fit")


def test_shapes_that_do_not_fit_for_one_kind_of_input_are_laid_on_that_kind() -> None:
    cases = hand_made(plain(), same, MATRICES, classes=["one layer", *["general"] * (len(MATRICES) - 1)])
    raised = Raised("ValueError", ALIGNED, "cell 3, line 2: Z = W * A + b")
    outcomes = {**outcomes_of(cases, same), cases.cases[0].key: (raised,)}
    (found,) = tiny.findings_in(plain(), cases, outcomes)
    assert found.message.startswith("for inputs of the kind 'one layer' the shapes do not fit")
    assert found.hint == "What is special about these inputs?"


def test_a_factor_that_shows_for_one_special_kind_of_input_is_no_factor_of_the_formula() -> None:
    """A body that returns early for a zero gradient gives 1/beta of the right value there, and divides by nothing."""
    weighted = [(X, 2.0 + n) for n, (X,) in enumerate(MATRICES)]
    student = lambda X, beta: X if X.shape == (3, 3) else beta * X  # noqa: E731
    special = ["small", "general", "general", "zero gradient"]
    assert codes(lambda X, beta: beta * X, student, weighted, classes=special) == ["handed-back", "only-special-inputs"]


def test_a_problem_with_one_kind_of_input_is_not_told_where_the_function_raises_on_others() -> None:
    def student(X: Any) -> Any:
        if X.shape != (3, 3):
            raise ValueError("operands could not be broadcast together")
        return X + 1.5

    classes = ["small", "general", "general", "equal widths"]
    assert "only-special-inputs" not in codes(same, student, MATRICES, classes=classes)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_told_and_an_object_without_numbers_is_not_called_one() -> None:
    (found,) = findings_on(same, np.matrix, MATRICES)
    assert (found.code, found.message) == ("matrix-for-array", "value is a numpy.matrix, not an array")
    assert codes(same, lambda X: range(3), MATRICES) == []


def test_an_array_where_a_tensor_is_expected_is_told() -> None:
    (found,) = findings_on(_doubled_tensor, lambda X: 2 * X, MATRICES)
    assert (found.code, found.message) == ("array-for-tensor", "value is not a PyTorch tensor")
    assert "array-for-tensor" not in codes(_doubled_tensor, lambda X: _doubled_tensor(X + 1), MATRICES)


def _doubled_tensor(X: Any) -> Tensor:
    return Tensor(2 * X, "torch")


def test_a_changed_argument_is_a_finding() -> None:
    spec = replace(plain(), inputs_share=0.1)
    cases = hand_made(spec, same, MATRICES)
    outcomes = outcomes_of(cases, same)
    key = cases.cases[1].key
    (right,) = outcomes[key]
    assert isinstance(right, Returned)
    outcomes[key] = (replace(right, mutated=(0,)),)
    (found,) = tiny.findings_in(spec, cases, outcomes)
    assert found.code == "mutated-input"
    assert "overwrites its arguments" in found.message
    assert found.hint.startswith("A -= B, A[i] = B, A.fill(0), A.shape = ... and out=A write into the caller's array")
    assert "d[key] = d[key] - B" in found.hint  # the repair that is wanted is not forbidden


ALIGNED = "operands could not be broadcast together with shapes (2,3) (3,2)"
OF_ONE = "only 0-dimensional arrays can be converted to Python scalars"
AMBIGUOUS = "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
NO_AXIS = "only integer scalar arrays can be converted to a scalar index"
UNBOUND = "cannot access local variable 'A' where it is not associated with a value"
RAISED = [
    ("array-for-number", OF_ONE, "cost = float(cost)", ""),
    ("array-for-number", f"setting an array element with a sequence. {OF_ONE}", "theta[i][0] = theta[i] + 1", ""),
    ("scalar-function", OF_ONE, "s = 1 / (1 + math.exp(-z))", ""),
    ("scalar-function", "only length-1 arrays can be converted to Python scalars", "s = 1 / (1 + math.exp(-z))", ""),
    ("container-for-array", "'tuple' object has no attribute 'shape'", "m = A.shape[1]", "dW = linear(dZ, caches)"),
    ("container-for-array", "unsupported operand type(s) for -: 'int' and 'tuple'", "dZ = dA * s * (1 - s)", ""),
    ("container-for-array", "unsupported operand type(s) for ** or pow(): 'tuple' and 'int'", "1 - t ** 2", ""),
    ("container-for-array", "bad operand type for unary -: 'tuple'", "return -relu(Z)", ""),
    ("builtin-of-arrays", AMBIGUOUS, "A = max(0, Z)", ""),
    ("builtin-of-arrays", AMBIGUOUS, "cost = min(Y, 1) * np.max(Z)", ""),
    ("builtin-of-arrays", AMBIGUOUS, "A = np.array([max(0, z) for z in Z])", ""),
    ("truth-of-array", AMBIGUOUS, "if Z > 0:", ""),
    ("truth-of-array", AMBIGUOUS, "A = max(0, Z) if Z > 0 else 0", ""),
    ("truth-of-array", AMBIGUOUS, "A = relu_max(0, Z)", ""),
    ("array-for-axis", NO_AXIS, "A = np.max(0, Z)", ""),
    ("array-for-axis", NO_AXIS, "return np.amin(Z, Y), Z", ""),
    ("caret-for-power", "unsupported operand type(s) for ^: 'float' and 'int'", "c = v / (1 - beta ^ t)", ""),
    ("caret-for-power", "ufunc 'bitwise_xor' not supported for the input types", "c = (A - Y) ^ 2", ""),
    (
        "several-for-number",
        "setting an array element with a sequence. The requested array",
        "J_plus[i] = forward(X, theta)",
        "",
    ),
    ("unbound-name", UNBOUND, "return A, Z", ""),
    ("unpacked-otherwise", "not enough values to unpack (expected 3, got 2)", "A, W, b = cache", "linear(dZ, cache)"),
    ("shapes-do-not-fit", ALIGNED, "Z = W * A + b", ""),
    ("missing-keepdims", f"{ALIGNED[:-5]}(2,)", "Z_norm = (Z - mu) / sigma", ""),
    ("missing-keepdims", f"{ALIGNED[:-11]}(2,) (2,3)", "Z_norm = (mu - Z) / sigma", ""),
    ("shapes-do-not-fit", f"{ALIGNED[:-5]}(3,5,)", "Z_norm = (Z - mu) / sigma", ""),
]
NOT_RAISED = [
    ("only length-1 arrays can be converted to Python scalars", "s = float(z)"),
    ("not enough values to unpack (expected 3, got 2)", "n, m, k = X.shape"),
    ("'Mine' object has no attribute 'shape'", "m = A.shape[1]"),
    ("operands of mine", "Z = W * A + b"),
    (NO_AXIS, "A = np.max(rows[Z], axis=0)"),
    (NO_AXIS, "A = np.concatenate(X, np.max(Z))"),
    ("setting an array element with a sequence. It has an inhomogeneous shape", "A = np.array([max(0, z) for z in Z])"),
    ("unsupported operand type(s) for -: 'int' and 'NoneType'", "dZ = dA * (1 - s)"),
]


def layered(X: Any, parameters: Any) -> Any:
    return {name: X + value for name, value in parameters.items()}


LAYERS = [(1.0, {f"{kind}{layer}": np.ones(2) for layer in range(1, depth) for kind in "Wb"}) for depth in (2, 3, 5)]


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        (lambda depth: f"W{depth + 1}", ["layer-outside"]),
        (lambda depth: "b0", ["layer-outside"]),
        (lambda depth: f"W{depth + 2}", []),
        (lambda depth: "W4", []),  # after the last of three layers only
        (lambda depth: "w1", []),
        (lambda depth: f"dW{depth + 1}", []),
    ],
)
def test_a_layer_that_there_is_not_is_told(key: Callable[[int], str], codes: list[str]) -> None:
    cases = hand_made(plain(), layered, LAYERS)
    line = "cell 3, line 2: W = parameters['W' + str(l)]"
    raised = [(Raised("KeyError", repr(key(depth)), line),) for depth in (1, 2, 4)]
    found = tiny.findings_in(plain(), cases, dict(zip((case.key for case in cases.cases), raised, strict=True)))
    assert [finding.code for finding in found] == codes


def raising(*raised: Raised) -> list[Any]:
    """The findings where the first calls raise and all others are right."""
    cases = hand_made(plain(), same, MATRICES)
    outcomes = outcomes_of(cases, same)
    outcomes.update({case.key: (one,) for case, one in zip(cases.cases, raised, strict=False)})
    return list(tiny.findings_in(plain(), cases, outcomes))


@pytest.mark.parametrize(("code", "message", "line", "caller"), RAISED)
def test_an_exception_that_has_a_meaning_is_named_at_the_line_of_the_function(
    code: str, message: str, line: str, caller: str
) -> None:
    inside = f"cell 3, line 2: {line}"
    outer = f"cell 7, line 5: {caller}" if caller else None
    (found,) = raising(*[Raised("ValueError", message, inside, caller=outer)] * 2)
    assert found.code == code
    assert inside in found.message
    assert outer is None or outer in found.message
    other = Raised("ValueError", message, "cell 3, line 9: something else")
    assert raising(Raised("ValueError", message, inside), other) == []  # two lines, two reasons


@pytest.mark.parametrize(("message", "line"), NOT_RAISED)
def test_an_exception_that_may_mean_something_else_is_not_named(message: str, line: str) -> None:
    assert raising(Raised("ValueError", message, f"cell 3, line 2: {line}")) == []


def test_a_name_without_a_value_is_told_with_the_inputs_for_which_it_has_none() -> None:
    (found,) = raising(Raised("UnboundLocalError", UNBOUND, "line 9: return A"))
    assert found.message == "A is used for some inputs before it has a value (line 9: return A)"
    other = UNBOUND.replace("'A'", "'B'")
    assert raising(*(Raised("UnboundLocalError", text, "line 9: return A, B") for text in (UNBOUND, other))) == []


def test_python_compares_rows_also_where_rows_of_one_number_fit() -> None:
    line, ragged = "line 2: A = np.array([max(0, z) for z in Z])", "setting an array element with a sequence. inhomogeneous"
    found = raising(*(Raised("ValueError", message, line) for message in (AMBIGUOUS, ragged)))
    assert [finding.code for finding in found] == ["builtin-of-arrays"]


def test_one_line_that_is_reached_from_two_calls_has_one_meaning() -> None:
    line, message = "cell 3, line 2: A, W, b = cache", "not enough values to unpack (expected 3, got 2)"
    calls = [Raised("ValueError", message, line, caller=f"cell 7, line {n}: linear(dZ, cache)") for n in (5, 8)]
    assert [finding.code for finding in raising(*calls)] == ["unpacked-otherwise"]


def test_a_result_that_is_not_unpacked_is_told_where_its_first_part_is_right() -> None:
    def whole(X: Any) -> Any:
        return (mean(X), X), np.sum(X**2, axis=1, keepdims=True)

    (found,) = findings_on(mean_and_size, whole, MATRICES, ("mean", "size"))
    assert (found.code, found.message) == (
        "not-unpacked", "mean is a tuple of 2 things, and the first of them is what mean should be",
    )  # fmt: skip
    assert not codes(mean_and_size, lambda X: ((2 * mean(X), X), mean_and_size(X)[1]), MATRICES, ("mean", "size"))


def test_items_with_the_same_relation_are_named_together() -> None:
    found = findings_on(mean_and_size, lambda X: tuple(-part for part in mean_and_size(X)), MATRICES, ("mean", "size"))
    assert [(f.code, f.message) for f in found] == [("opposite-sign", "each of mean and size has the opposite sign")]


def test_a_stopped_call_is_the_example_of_a_timeout_whatever_others_raised() -> None:
    cases = hand_made(plain(), same, MATRICES)
    judge = FunctionJudge(plain(), cases)
    keys = [case.key for case in cases.cases]
    outcomes = outcomes_of(cases, same)
    outcomes.update({keys[0]: (Raised("ValueError", "no"),), keys[2]: (Stopped("timeout", "it needed 2 seconds"),)})
    failure = example_failure(outcomes, verdict_of(judge, outcomes))
    assert failure is not None
    assert failure.case.key == keys[2]


# -- catalogued mistakes -------------------------------------------------------------------


def with_mistake(
    reference: Function,
    mistake: Function,
    arguments: list[Any] = MATRICES,
    returns: Any = "value",
    classes: Sequence[str] = (),
) -> tuple[Any, Any]:
    """Cases that know one mistake under the code 'known'."""
    spec = plain(returns)
    cases = hand_made(spec, reference, arguments, classes)
    wrong = outcomes_of(cases, mistake)
    found = []
    for case in cases.cases:
        (outcome,) = wrong[case.key]
        value = outcome.value if isinstance(outcome, Returned) else outcome.type_name  # type: ignore[union-attr]
        same_as_right = not isinstance(value, str) and value == case.expected[0].value
        found.append(case if same_as_right else replace(case, mistakes={"known": value}))
    text = MistakeText("known", "this is known", "look again")
    return spec, replace(cases, cases=tuple(found), mistakes={"known": text})


def named(spec: Any, cases: Any, student: Function) -> list[str]:
    return [f.code for f in tiny.findings_in(spec, cases, outcomes_of(cases, student))]


def test_a_mistake_is_named_by_its_numbers_however_it_is_written() -> None:
    spec, cases = with_mistake(mean_and_size, lambda X: (mean(X) + X[:, :1], mean_and_size(X)[1]), returns=("a", "b"))

    def written_otherwise(X: Any) -> Any:
        total = sum(X.T) / X.shape[1]
        return [total.reshape(-1, 1) + X[:, [0]], np.array([[sum(v * v for v in row)] for row in X])]

    outcomes = outcomes_of(cases, written_otherwise)
    (found,) = tiny.findings_in(spec, cases, outcomes)
    assert (found.code, found.message, found.hint) == ("known", "this is known", "look again")


@pytest.mark.parametrize(
    "student",
    [
        lambda X: X**2 + (1e-6 if X.shape == (3, 3) else 0),
        lambda X: X**2 if X.shape != (3, 3) else X,
        lambda X: X**2 if X.shape != (3, 3) else np.nan * X,
        lambda X: X**2 + 1,
        lambda X: (X**2).astype(np.float32),
        lambda X: None,
    ],
    ids=["one number", "right in one case", "nan in one case", "another mistake on top", "another dtype", "a stub"],
)
def test_a_mistake_is_not_named_when_one_case_differs(student: Function) -> None:
    spec, cases = with_mistake(same, lambda X: X**2)
    assert named(spec, cases, lambda X: X**2) == ["known"]
    assert "known" not in named(spec, cases, student)


def test_a_mistake_is_named_where_its_edge_has_a_guard() -> None:
    def deviation(X: Any, ddof: int = 0) -> Any:
        return np.sqrt(((X - mean(X)) ** 2).sum(axis=1, keepdims=True) / (X.shape[1] - ddof))

    one_column = [(X[:, :1],) for (X,) in MATRICES[:2]]
    edges = ["one example" if len(X.T) == 1 else "general" for (X,) in [*MATRICES, *one_column]]
    for classes in (edges, ["general"] * len(edges)):  # what gives no number is an edge of its own
        with np.errstate(all="ignore"):
            mistake = with_mistake(deviation, lambda X: deviation(X, 1), [*MATRICES, *one_column], classes=classes)
        assert named(*mistake, lambda X: deviation(X, X.shape[1] > 1)) == ["known"]
        assert "known" not in named(*mistake, lambda X: deviation(X, X.shape[1] > 1) + (X.shape[1] == 5))


def test_a_mistake_is_named_where_classes_show_nothing_of_it_but_rounding() -> None:
    def summed(huge: float) -> Function:
        return lambda X: X * {2: 1 + 1e-14, 3: 1 + 1e-14, 5: huge}.get(X.shape[1], 1.5)

    arguments = [(np.ones((2, columns)),) for columns in (4, 4, 2, 3, 5)]
    mistake = with_mistake(same, summed(1e8), arguments, classes=["general", "general", "two", "three", "opposite"])
    assert named(*mistake, summed(2e8)) == ["known"]  # a division by what is zero but for rounding
    assert named(*mistake, lambda X: np.where(X.shape[1] == 5, X, summed(1e8)(X))) == ["known"]
    assert named(*mistake, lambda X: X * (1.4 if X.shape[1] == 4 else 1)) == []


def test_a_mistake_is_named_where_it_is_right_but_for_rounding_in_one_case() -> None:
    """As a sum of quotients by next to nothing is, which no second run gives again to the same decimals."""

    def quotient(noise: float) -> Function:
        return lambda X: X * (1 + noise if X.shape[1] == 4 else 1.5)

    spec, cases = with_mistake(same, quotient(4e-7), [(np.ones((2, columns)),) for columns in (4, 3, 5)])
    loose = [replace(c, expected=tuple(replace(e, tolerances=(1e-6,)) for e in c.expected)) for c in cases.cases]
    cases = replace(cases, cases=tuple(loose))
    assert named(spec, cases, quotient(-4e-7)) == ["known"]
    assert named(spec, cases, quotient(1e-3)) == []


def test_a_mistake_in_one_item_is_not_named_when_another_item_is_wrong_too() -> None:
    spec, cases = with_mistake(mean_and_size, lambda X: (mean(X) + 1, mean_and_size(X)[1]), returns=("a", "b"))
    assert named(spec, cases, lambda X: (mean(X) + 1, mean_and_size(X)[1])) == ["known"]
    assert named(spec, cases, lambda X: (mean(X) + 1, mean_and_size(X)[1] + 5)) == []


def test_a_mistake_that_raises_is_named_by_the_type_of_its_exception() -> None:
    def raising(X: Any) -> Any:
        if X.shape[1] < 3:
            raise IndexError("anything")
        return X

    def otherwise(X: Any) -> Any:
        if X.shape[1] < 3:
            raise ValueError("anything")
        return X

    spec, cases = with_mistake(same, raising)
    assert named(spec, cases, raising) == ["known"]
    assert named(spec, cases, otherwise) == []


def test_nan_in_the_same_places_is_the_same_mistake_and_excuses_nothing_else() -> None:
    def overflowing(X: Any) -> Any:
        return np.where(X > 1, np.nan, np.where(X < -1, -np.inf, X))

    spec, cases = with_mistake(same, overflowing)
    assert named(spec, cases, overflowing) == ["known"]
    assert named(spec, cases, lambda X: np.where(np.isfinite(overflowing(X)), X + 1, overflowing(X))) == []
    assert named(spec, cases, lambda X: np.where(X > 1, np.inf, overflowing(X))) == []
    assert named(spec, cases, lambda X: overflowing(X).astype(np.float32)) == []


def test_a_mistake_that_returns_another_form_is_named_too() -> None:
    spec, cases = with_mistake(gradients, lambda X: {"dW1": 2 * X}, returns="grads")
    assert named(spec, cases, lambda X: {"dW1": 2 * X}) == ["known"]
    assert named(spec, cases, lambda X: {"dW1": 2 * X, "db1": 0 * X}) == []
    spec, cases = with_mistake(mean_and_size, mean, returns=("a", "b"))
    assert named(spec, cases, mean) == ["known"]
    assert named(spec, cases, lambda X: mean(X) + 1) == []


def test_what_lost_the_same_parts_in_another_way_is_not_the_mistake() -> None:
    spec, cases = with_mistake(gradients, lambda X: {"W1": 2 * X}, returns="grads")
    assert named(spec, cases, lambda X: {"W1": 2 * X}) == ["known"]
    assert named(spec, cases, lambda X: None) == []
    assert named(spec, cases, lambda X: {}) == []
    assert named(spec, cases, lambda X: {"vW1": 2 * X}) == []
    assert named(spec, cases, lambda X: (gradients(X), 0)) == []


def test_a_mistake_of_a_random_function_is_a_predicate_over_failing_cases() -> None:
    def large(given: Given) -> bool:
        return bool(given.reply > 10)

    def broken(given: Given) -> bool:
        raise KeyError("no")

    prop = Property(
        "small", share=1.0, plan=lambda d: [], judge=lambda given: None if given.reply < 5 else "too large", fits={}
    )
    prop = replace(prop, fits={"broken": broken, "known": large})
    spec = replace(plain(random=frozenset({"value"})), properties=(prop,))
    cases = hand_made(spec, lambda x: x, [(1.0,), (2.0,)])
    extra = tuple(replace(c, key=c.key + "p", check="small", expected=()) for c in cases.cases)
    text = MistakeText("known", "this is known", "look again")
    cases = replace(cases, cases=(*cases.cases, *extra), mistakes={"known": text})
    assert named(spec, cases, lambda x: 20.0) == ["known"]
    assert named(spec, cases, lambda x: 7.0) == []
    assert named(spec, cases, lambda x: 20.0 if x < 2 else 7.0) == []
    assert named(spec, cases, lambda x: x) == []
    outcomes = {c.key: (Raised("ValueError", "no"),) for c in cases.cases}
    assert tiny.findings_in(spec, cases, outcomes) == ()
    # What raises on one input is told by the others.
    outcomes = {c.key: (Returned(encode(20.0)),) for c in cases.cases} | {extra[1].key: (Raised("ValueError", "no"),)}
    assert [finding.code for finding in tiny.findings_in(spec, cases, outcomes)] == ["known"]


def test_bytes_that_are_no_value_match_no_mistake() -> None:
    spec, cases = with_mistake(same, lambda X: X**2)
    outcomes = {c.key: (Returned(encode(None)._replace(header=b"?")),) for c in cases.cases}
    assert tiny.findings_in(spec, cases, outcomes) == ()


# -- the catalogue of the tiny course, end to end ------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "code"),
    [
        ("center", "def center(X):\n    m = np.mean(X, axis=0, keepdims=True)\n    return X - m, m", "wrong-axis"),
        ("center", "def center(X):\n    m = X.mean()\n    return X - m, m", "mean-of-everything"),
        ("affine", "def affine(X, W, b):\n    return np.dot(W, X), (X, W, b)", "missing-bias"),
        ("layer", "def layer(X, W, b):\n    return affine(X, W, b)[0]", "not-halved"),
        (
            "noise",
            "def noise(n, m):\n    return {'W1': np.random.randn(n, m), 'b1': np.zeros((n, 1))}",
            "missing-scale",
        ),
        ("above", "def above(X, t):\n    return (X < t) * 1", "wrong-at-threshold"),
        ("slope", "def slope(f, x):\n    return f(x + step()) - f(x)", "not-divided"),
    ],
)
def test_a_catalogued_mistake_is_recognised_in_a_submission(name: str, source: str, code: str) -> None:
    report = graded_function(name, source)
    assert report.status != "passed"
    assert [f.code for f in report.findings] == [code]
    text = tiny.cases().functions[name].mistakes[code]
    assert (report.findings[0].message, report.findings[0].hint) == (text.message, text.hint)


def test_a_mistake_that_spoils_an_optional_part_too_is_named_where_that_part_is_left_out() -> None:
    def half(X: Any) -> Any:
        return {name: part / X.shape[1] for name, part in gradients(X).items()}

    spec, cases = with_mistake(gradients, lambda X: {**gradients(X), "dW2": X, "db1": X}, returns="grads")
    optional = replace(spec, optional=frozenset({"db{l}"}))

    def without(change: Function, names: str) -> Function:
        return lambda X: {name: part for name, part in change(X).items() if name[1] not in names}

    def squared(X: Any) -> Any:
        return {**gradients(X), "dW2": X**2, "db1": X}

    def wrong(X: Any) -> Any:
        return {**gradients(X), "dW2": X, "db1": X}

    assert named(optional, cases, wrong) == named(optional, cases, without(wrong, "b")) == ["known"]
    for student in (without(squared, "b"), without(gradients, "b"), changed("dW2", same)):
        assert "known" not in named(optional, cases, student)
    assert "known" not in named(spec, cases, without(wrong, "b"))


def test_two_mistakes_at_once_are_none_of_the_catalogue() -> None:
    source = "def center(X):\n    m = np.mean(X, axis=0, keepdims=True)\n    return X - 2 * m, m"
    assert graded_function("center", source).findings == ()
