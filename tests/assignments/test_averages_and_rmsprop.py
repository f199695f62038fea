"""Averages and RMSprop: any way to unroll the recursion, and where epsilon may stand."""

import doctest
import warnings
from functools import cache
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.cases import CaseFile
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission
from reference import averages_and_rmsprop as reference

ASSIGNMENT = load_assignment("averages_and_rmsprop", course=Path(__file__).parents[2])


@cache
def cases() -> CaseFile:
    return frozen_cases(ASSIGNMENT)


def report(code: str) -> dict[str, FunctionReport]:
    """What the functions of a submission get, run in this process."""
    text = "import numpy as np\n" + dedent(code)
    submission = parse_submission("solution.py", ".py", text.encode(), cases().arities)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        graded = grade_submission(ASSIGNMENT, judges_of(ASSIGNMENT.spec, cases()), submission, InProcess())
    return {function.name: function for function in graded.functions}


def failed(function: FunctionReport) -> list[str]:
    return [check.name for check in function.checks if check.status == "failed"]


def codes(function: FunctionReport) -> list[str]:
    return [finding.code for finding in function.findings]


AVERAGE = """
def exponentially_weighted_average(theta, beta, bias_correction=False):
    v, averages = 0, []
    for t, value in enumerate(theta, 1):
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta**t) if bias_correction else v)
    return np.array(averages)
"""
FORMS = ("list-for-array", "extra-axis", "starts-with-v0")
AVERAGES = {
    "correction-fed-back": (
        "        averages.append(v / (1 - beta**t) if bias_correction else v)",
        """
        v = v / (1 - beta**t) if bias_correction else v
        averages.append(v)""",
    ),
    "starts-at-first-value": ("v, averages = 0", "v, averages = theta[0]"),
    "starts-with-v0": ("averages = 0, []", "averages = 0, [0]"),
    "only-last-value": ("np.array(averages)", "averages[-1]"),
    "list-for-array": ("np.array(averages)", "averages"),
    "extra-axis": ("np.array(averages)", "np.array(averages).reshape(-1, 1)"),
    "exponent-from-zero": ("enumerate(theta, 1)", "enumerate(theta)"),
    "always-corrected": (" if bias_correction else v", ""),
    "correction-missing": ("v / (1 - beta**t) if bias_correction else v", "v"),
    "missing-one-minus-beta": ("(1 - beta) * value", "value"),
}


def test_an_average_built_in_a_list_passes() -> None:
    assert report(AVERAGE)["exponentially_weighted_average"].status == "passed"


@pytest.mark.parametrize(("code", "change"), AVERAGES.items(), ids=AVERAGES.keys())
def test_a_wrong_average_is_named(code: str, change: tuple[str, str]) -> None:
    assert change[0] in AVERAGE
    graded = report(AVERAGE.replace(*change))["exponentially_weighted_average"]
    assert codes(graded) == [code]
    assert graded.status != "passed"
    if code in FORMS:  # right averages, in a form that was not asked for
        assert 0.75 * graded.max_points <= graded.points < graded.max_points
    else:
        assert graded.points < 0.75 * graded.max_points


@pytest.mark.parametrize("guard", ["1e-12", "1e-8", "1e-7"])
def test_a_tiny_guard_in_the_correction_is_right(guard: str) -> None:
    code = AVERAGE.replace("(1 - beta**t)", f"(1 - beta**t + {guard})")
    assert report(code)["exponentially_weighted_average"].status == "passed"


ZEROS = {
    "kept": ("        v = beta", "        if value != 0:\n            v = beta"),
    "left out": ("enumerate(theta, 1)", "enumerate(theta[theta != 0], 1)"),
    "the value before": ("v, averages", "theta = np.where(theta == 0, np.roll(theta, 1), theta)\n    v, averages"),
    "the end": ("        v = beta", "        if not value: break\n        v = beta"),
    "an exponent of 100 at most": ("beta**t", "beta ** min(t, 100)"),
}


@pytest.mark.parametrize("change", ZEROS.values(), ids=ZEROS.keys())
def test_a_zero_is_a_value_like_any_other_and_a_long_series_is_corrected(change: tuple[str, str]) -> None:
    assert change[0] in AVERAGE
    graded = report(AVERAGE.replace(*change))["exponentially_weighted_average"]
    assert graded.status == "partial"
    assert 0.5 * graded.max_points < graded.points < graded.max_points


RMSPROP = """
def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
    for l in range(1, len(parameters) // 2 + 1):
        for kind in ("W", "b"):
            k = kind + str(l)
            s["d" + k] = beta2 * s["d" + k] + (1 - beta2) * grads["d" + k] ** 2
            parameters[k] = parameters[k] - learning_rate * grads["d" + k] / (np.sqrt(s["d" + k]) + epsilon)
    return parameters, s
"""
OUTSIDE, INSIDE = '(np.sqrt(s["d" + k]) + epsilon)', 'np.sqrt(s["d" + k] + epsilon)'


def rmsprop(*change: str) -> FunctionReport:
    code = RMSPROP.replace(*change) if change else RMSPROP
    assert not change or change[0] in RMSPROP
    return report(code)["update_parameters_with_rmsprop"]


def test_rebinding_the_keys_of_the_dictionaries_is_free() -> None:
    assert rmsprop().status == "passed"


@pytest.mark.parametrize(("place", "code"), [(INSIDE, "inside-root"), ('(np.sqrt(s["d" + k]) + 1e-8)', "literal")])
def test_an_epsilon_in_another_place_costs_only_the_epsilon_check(place: str, code: str) -> None:
    graded = rmsprop(OUTSIDE, place)
    assert (graded.status, failed(graded), codes(graded)) == ("partial", ["epsilon"], [f"epsilon-{code}"])
    (check,) = (check for check in graded.checks if check.name == "epsilon")
    assert 0 < check.points < check.max_points == pytest.approx(0.1 * graded.max_points)
    assert graded.points == pytest.approx(graded.max_points - check.max_points + check.points)


def test_an_epsilon_for_roots_of_zero_alone_is_not_called_unused() -> None:
    graded = rmsprop(OUTSIDE, 'np.where(s["d" + k] > 0, np.sqrt(s["d" + k]), epsilon)')
    assert (graded.status, codes(graded)) == ("partial", ["epsilon-only-for-zero"])


RARE = {
    "square weights": ('grads["d" + k] **', '(lambda g: g.T if g.shape[0] == g.shape[1] else g)(grads["d" + k]) **'),
    "parameters of 0": ("- learning_rate *", "- (parameters[k] != 0) * learning_rate *"),
}


@pytest.mark.parametrize("change", RARE.values(), ids=RARE.keys())
def test_square_weights_and_parameters_of_0_are_asked(change: tuple[str, str]) -> None:
    graded = rmsprop(*change)
    assert graded.status == "partial" and graded.points < graded.max_points


def test_an_average_of_large_gradients_is_asked() -> None:
    graded = rmsprop("    return parameters, s", "    return parameters, {k: np.minimum(a, 1000) for k, a in s.items()}")
    assert graded.status == "partial" and graded.points < graded.max_points


def test_epsilon_must_stand_in_the_same_place_everywhere() -> None:
    graded = rmsprop(OUTSIDE, f'({OUTSIDE} if kind == "W" else {INSIDE})')
    assert failed(graded) == ["parameters", "epsilon"]


def test_arrays_overwritten_in_place_cost_the_inputs_check_only() -> None:
    graded = rmsprop("parameters[k] = parameters[k] -", "parameters[k] -=")
    assert (failed(graded), codes(graded)) == (["inputs"], ["mutated-input"])
    assert graded.points == pytest.approx(0.95 * graded.max_points)


SLIPS = ("missing-epsilon", "epsilon-after-division", "epsilon-subtracted")
WRONG = {
    "missing-square": (" ** 2", ""),
    "missing-epsilon": (" + epsilon)", ")"),
    "epsilon-after-division": (OUTSIDE, 'np.sqrt(s["d" + k]) + epsilon'),
    "ascent": ("- learning_rate", "+ learning_rate"),
    "learning-rate-literal": ("- learning_rate", "- 0.01"),
    "beta-literal": ("beta2 * s", "0.9 * s"),
    "average-made-anew": ("beta2 * s", "0 * s"),
    "learning-rate-in-average": ("(1 - beta2) *", "(1 - beta2) * learning_rate *"),
    "epsilon-subtracted": (" + epsilon)", " - epsilon)"),
}


@pytest.mark.parametrize(("code", "change"), WRONG.items(), ids=WRONG.keys())
def test_a_wrong_step_is_named(code: str, change: tuple[str, str]) -> None:
    text = RMSPROP.replace(*change)
    if code == "beta-literal":
        text = text.replace("1 - beta2", "1 - 0.9")
    assert text != RMSPROP
    graded = report(text)["update_parameters_with_rmsprop"]
    assert codes(graded) == [code]
    assert graded.status != "passed"
    lost = 1 - graded.points / graded.max_points
    assert 0.1 < lost <= 0.25 if code in SLIPS else 0.25 < lost < 1


AVERAGES = {
    "missing-parentheses": "v / 1 - beta**t",
    "plus-for-minus": "v / (1 + beta**t)",
    "correction-multiplied": "v * (1 - beta**t)",
}


@pytest.mark.parametrize(("code", "corrected"), AVERAGES.items(), ids=AVERAGES.keys())
def test_a_wrong_correction_is_named(code: str, corrected: str) -> None:
    text = f"""
        def exponentially_weighted_average(theta, beta, bias_correction=False):
            v, averages = 0.0, []
            for t, value in enumerate(theta, 1):
                v = beta * v + (1 - beta) * value
                averages.append({corrected} if bias_correction else v)
            return np.array(averages)
    """
    assert codes(report(text)["exponentially_weighted_average"]) == [code]


@pytest.mark.parametrize("condition", ["len(theta) == 1", "beta == 0"])
def test_a_kind_of_series_that_is_named_costs_a_twentieth_or_more(condition: str) -> None:
    code = f"""
        def exponentially_weighted_average(theta, beta, bias_correction=False):
            v, averages = 0.0, []
            for t, value in enumerate(theta, 1):
                v = beta * v + (1 - beta) * value
                averages.append(v / (1 - beta**t) if bias_correction else v)
            return np.array(averages) + ({condition})
    """
    found = report(code)["exponentially_weighted_average"]
    assert 0.8 * found.max_points < found.points < 0.95 * found.max_points


@pytest.mark.parametrize("condition", ["beta2 == 0", "not any(a.any() for a in s.values())"])
def test_a_kind_of_step_that_is_named_costs_a_twentieth_or_more(condition: str) -> None:
    code = f"""
        def update_parameters_with_rmsprop(parameters, grads, s, beta2, learning_rate, epsilon=1e-8):
            if {condition}:
                return parameters, s
            new = {{k: beta2 * s[k] + (1 - beta2) * g**2 for k, g in grads.items()}}
            step = {{k: g / (np.sqrt(new[k]) + epsilon) for k, g in grads.items()}}
            return {{k: p - learning_rate * step["d" + k] for k, p in parameters.items()}}, new
    """
    found = report(code)["update_parameters_with_rmsprop"]
    assert 0.75 * found.max_points < found.points < 0.95 * found.max_points


def test_the_example_of_the_hand_out_is_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert (result.failed, result.attempted) == (0, len(example.examples)) and result.attempted > 5
