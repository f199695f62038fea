"""Batch normalization: any cache will do, and a backward pass is judged on the forward pass that it belongs to."""

import doctest
import warnings
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader import load_assignment
from grader.errors import SpecError
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade, grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.here import InProcess
from grader.spec import Assignment
from grader.submission.reading import parse_submission
from reference import batch_norm as reference

ASSIGNMENT = load_assignment("batch_norm", course=Path(__file__).parents[2])

FORWARD = """
def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    mu = Z.mean(axis=1, keepdims=True)
    variance = Z.var(axis=1, keepdims=True)
    Z_norm = (Z - mu) / np.sqrt(variance + epsilon)
    return gamma * Z_norm + beta, (Z_norm, gamma, np.sqrt(variance + epsilon))
"""
KEPT = "(Z_norm, gamma, np.sqrt(variance + epsilon))"
BACKWARD = """
def batch_norm_backward(dZ_tilde, cache):
    Z_norm, gamma, deviation = cache
    m = dZ_tilde.shape[1]
    dbeta = dZ_tilde.sum(axis=1, keepdims=True)
    dgamma = (dZ_tilde * Z_norm).sum(axis=1, keepdims=True)
    return gamma / deviation * (dZ_tilde - dbeta / m - Z_norm * dgamma / m), dgamma, dbeta
"""


def report(*code: str) -> dict[str, FunctionReport]:
    """What the functions of a submission get, run in this process."""
    cases = frozen_cases(ASSIGNMENT)
    text = "import numpy as np\n" + "\n".join(map(dedent, code))
    submission = parse_submission("solution.py", ".py", text.encode(), cases.arities)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        graded = grade_submission(ASSIGNMENT, judges_of(ASSIGNMENT.spec, cases), submission, InProcess())
    return {function.name: function for function in graded.functions}


def backward(*code: str) -> FunctionReport:
    return report(*code)["batch_norm_backward"]


# Each pair keeps something else between the two passes.
CACHES = {
    "dictionary": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            c = {"centred": Z - np.mean(Z, axis=1, keepdims=True), "gamma": gamma}
            c["sigma"] = np.sqrt(np.mean(c["centred"] ** 2, axis=1, keepdims=True) + epsilon)
            return gamma * c["centred"] / c["sigma"] + beta, c

        def batch_norm_backward(dZ_tilde, cache):
            normal, sigma, m = cache["centred"] / cache["sigma"], cache["sigma"], dZ_tilde.shape[1]
            dvar = np.sum(dZ_tilde * cache["gamma"] * cache["centred"], axis=1, keepdims=True) * -0.5 / sigma**3
            dmu = -np.sum(dZ_tilde * cache["gamma"] / sigma, axis=1, keepdims=True)
            dZ = dZ_tilde * cache["gamma"] / sigma + dvar * 2 / m * cache["centred"] + dmu / m
            return dZ, np.sum(dZ_tilde * normal, axis=1, keepdims=True), np.sum(dZ_tilde, axis=1, keepdims=True)
        """,
    "data class": """
        from dataclasses import dataclass

        @dataclass
        class Cache:
            Z: np.ndarray
            gamma: np.ndarray
            epsilon: float

        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
            return gamma * (Z - mu) / np.sqrt(var + epsilon) + beta, Cache(Z, gamma, epsilon)

        def batch_norm_backward(dZ_tilde, cache):
            Z, m = cache.Z, cache.Z.shape[1]
            deviation = np.sqrt(Z.var(1, keepdims=True) + cache.epsilon)
            normal = (Z - Z.mean(1, keepdims=True)) / deviation
            dgamma, dbeta = (dZ_tilde * normal).sum(1, keepdims=True), dZ_tilde.sum(1, keepdims=True)
            return cache.gamma / deviation / m * (m * dZ_tilde - dbeta - normal * dgamma), dgamma, dbeta
        """,
    "closure": FORWARD.replace("def batch_norm_forward", "def _forward")
    + BACKWARD.replace("def batch_norm_backward", "def _backward")
    + """
def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    Z_tilde, kept = _forward(Z, gamma, beta, epsilon)
    return Z_tilde, lambda dZ_tilde: _backward(dZ_tilde, kept)

def batch_norm_backward(dZ_tilde, cache):
    return cache(dZ_tilde)
""",
    "one list in another": FORWARD.replace(KEPT, "[[Z_norm, gamma], np.sqrt(variance + epsilon)]")
    + BACKWARD.replace("Z_norm, gamma, deviation = cache", "(Z_norm, gamma), deviation = cache"),
    "generator": FORWARD.replace(KEPT, f"(part for part in {KEPT})") + BACKWARD,
}


@pytest.mark.parametrize("code", CACHES.values(), ids=CACHES.keys())
def test_the_cache_may_be_anything(code: str) -> None:
    graded = report(code)
    for name in ("batch_norm_forward", "batch_norm_backward"):
        assert (graded[name].status, graded[name].carried) == ("passed", False), graded[name].checks


def test_what_the_last_forward_pass_has_kept_is_no_cache() -> None:
    """With two layers it belongs to the other one."""
    kept = FORWARD.replace("    return", f"    global kept\n    kept = {KEPT}\n    return")
    graded = report(kept + BACKWARD.replace("= cache", "= kept"))
    assert graded["batch_norm_forward"].status == "passed"
    assert graded["batch_norm_backward"].status != "passed"
    assert graded["batch_norm_backward"].points < 0.75 * graded["batch_norm_backward"].max_points


def test_an_opaque_cache_comes_back_out_of_the_sandbox_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "solution.py"
    path.write_text("import numpy as np\n" + dedent(CACHES["closure"]))
    graded = {f.name: f.status for f in grade(ASSIGNMENT, path).functions}
    assert (graded["batch_norm_forward"], graded["batch_norm_backward"]) == ("passed", "passed")


UNBIASED = (
    FORWARD.replace("keepdims=True)\n    Z_norm", "keepdims=True, ddof=1)\n    Z_norm"),
    BACKWARD.replace("Z_norm * dgamma / m)", "Z_norm * dgamma / (m - 1))"),
)
CENTRED = (
    FORWARD.replace(" / np.sqrt(variance + epsilon)\n", "\n").replace("np.sqrt(variance + epsilon))", "1.0)"),
    BACKWARD.replace(" - Z_norm * dgamma / m)", ")"),
)
OUTSIDE = (
    FORWARD.replace("np.sqrt(variance + epsilon)\n", "(np.sqrt(variance) + epsilon)\n").replace(
        "np.sqrt(variance + epsilon))", "(np.sqrt(variance) + epsilon, np.sqrt(variance)))"
    ),
    BACKWARD.replace("deviation = cache", "(deviation, root) = cache").replace(
        "Z_norm * dgamma / m)", "Z_norm * dgamma / m * deviation / root)"
    ),
)
NO_EPSILON = (FORWARD.replace("    mu =", "    epsilon = 0.0\n    mu ="), BACKWARD)
NO_ROOT = (
    FORWARD.replace("np.sqrt(variance + epsilon)", "(variance + epsilon)"),
    BACKWARD.replace("Z_norm * dgamma / m)", "2 * Z_norm * deviation * dgamma / m)"),
)
NOT_CENTRED_BELOW = (  # the mean of the squares for the variance
    FORWARD.replace("Z.var(axis=1, keepdims=True)", "np.mean(Z**2, axis=1, keepdims=True)").replace(KEPT, f"(Z, *{KEPT})"),
    BACKWARD.replace("Z_norm, gamma", "Z, Z_norm, gamma").replace(
        "gamma / deviation * (dZ_tilde - dbeta / m - Z_norm * dgamma / m)",
        "gamma / deviation * (dZ_tilde - dbeta / m - Z / deviation * dgamma / m)",
    ),
)
OWN_SLOPES = {
    "unbiased": UNBIASED,
    "epsilon outside": OUTSIDE,
    "no epsilon": NO_EPSILON,
    "no root": NO_ROOT,
    "not centred below": NOT_CENTRED_BELOW,
}


@pytest.mark.parametrize("code", OWN_SLOPES.values(), ids=OWN_SLOPES.keys())
def test_the_gradient_of_a_wrong_forward_pass_is_carried_with_full_points(code: tuple[str, str]) -> None:
    assert code[0] != FORWARD
    graded = report(*code)
    forward, back = graded["batch_norm_forward"], graded["batch_norm_backward"]
    assert forward.status != "passed" and forward.points < forward.max_points
    assert (back.status, back.carried, back.points) == ("passed", True, back.max_points)
    assert [f.code for f in back.findings] == ["carried"]
    assert "batch_norm_forward" in back.findings[0].message


def test_an_epsilon_beside_the_root_costs_only_the_epsilon_check() -> None:
    forward = report(*OUTSIDE)["batch_norm_forward"]
    assert [c.name for c in forward.checks if c.status == "failed"] == ["epsilon"]
    assert [f.code for f in forward.findings] == ["epsilon-outside-root"]
    (check,) = (check for check in forward.checks if check.name == "epsilon")
    assert 0 < check.points < check.max_points == pytest.approx(0.15 * forward.max_points)
    assert forward.points == pytest.approx(forward.max_points - check.max_points + check.points, abs=1e-4)


@pytest.mark.parametrize(
    "shown", ["beta * Z_norm + gamma", "gamma * Z_norm", "0 * Z"], ids=["swapped", "not shifted", "nothing"]
)
def test_the_true_gradient_is_right_whatever_the_forward_pass_shows(shown: str) -> None:
    graded = report(FORWARD.replace("gamma * Z_norm + beta", shown), BACKWARD)
    back = graded["batch_norm_backward"]
    assert graded["batch_norm_forward"].status == "failed"
    assert (back.status, back.carried, back.points) == ("passed", False, back.max_points)


# What each may keep at most: a right dgamma and dbeta are paid, and what goes with the right dZ.
NOT_CARRIED = {
    "nothing is normalized": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            return Z, None

        def batch_norm_backward(dZ_tilde, cache):
            n = dZ_tilde.shape[0]
            return dZ_tilde, np.zeros((n, 1)), np.zeros((n, 1))
        """,
    "only scaled and shifted": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            return gamma * Z + beta, (Z, gamma)

        def batch_norm_backward(dZ_tilde, cache):
            Z, gamma = cache
            return gamma * dZ_tilde, (dZ_tilde * Z).sum(1, keepdims=True), dZ_tilde.sum(1, keepdims=True)
        """,
    "no parameters": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            return Z - Z.mean(1, keepdims=True), Z

        def batch_norm_backward(dZ_tilde, cache):
            zero = np.zeros((len(cache), 1))
            return dZ_tilde - dZ_tilde.mean(1, keepdims=True), zero, zero
        """,
    "each example by itself": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            sigma = np.sqrt(Z.var(0, keepdims=True) + epsilon)
            normal = (Z - Z.mean(0, keepdims=True)) / sigma
            return gamma * normal + beta, (normal, gamma, sigma)

        def batch_norm_backward(dZ_tilde, cache):
            normal, gamma, sigma = cache
            d = gamma * dZ_tilde
            dZ = (d - d.mean(0, keepdims=True) - normal * (d * normal).mean(0, keepdims=True)) / sigma
            return dZ, (dZ_tilde * normal).sum(1, keepdims=True), dZ_tilde.sum(1, keepdims=True)
        """,
    "only centred": "\n".join(CENTRED),
    "divided by a norm": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            norm = np.sqrt(np.sum(Z**2, axis=1, keepdims=True) + epsilon)
            return gamma * Z / norm + beta, (Z, gamma, norm)

        def batch_norm_backward(dZ_tilde, cache):
            Z, gamma, norm = cache
            d = gamma * dZ_tilde
            dZ = d / norm - Z * (d * Z).sum(1, keepdims=True) / norm**3
            return dZ, (dZ_tilde * Z / norm).sum(1, keepdims=True), dZ_tilde.sum(1, keepdims=True)
        """,
    "between the least and the largest": """
        def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
            low, width = Z.min(1, keepdims=True), np.ptp(Z, axis=1, keepdims=True)
            return gamma * (Z - low) / width + beta, (Z, gamma, low, width)

        def batch_norm_backward(dZ_tilde, cache):
            Z, gamma, low, width = cache
            d, rows = gamma * dZ_tilde / width, np.arange(len(Z))
            normal, dZ = (Z - low) / width, d.copy()
            dZ[rows, Z.argmin(1)] -= (d * (1 - normal)).sum(1)
            dZ[rows, Z.argmax(1)] -= (d * normal).sum(1)
            return dZ, (dZ_tilde * normal).sum(1, keepdims=True), dZ_tilde.sum(1, keepdims=True)
        """,
    "wrong in both passes": UNBIASED[0] + BACKWARD.replace(" - Z_norm * dgamma / m", ""),
    "forward of the wrong shape": UNBIASED[0].replace("gamma * Z_norm + beta", "(gamma * Z_norm + beta)[None]")
    + UNBIASED[1],
    "backward of the wrong shape": UNBIASED[0] + UNBIASED[1].replace("dgamma, dbeta\n", "dgamma.ravel(), dbeta.ravel()\n"),
    "forward raises": BACKWARD + "def batch_norm_forward(Z, gamma, beta, epsilon):\n    raise NotImplementedError",
}


@pytest.mark.parametrize("code", NOT_CARRIED.values(), ids=NOT_CARRIED.keys())
def test_a_backward_pass_that_is_the_slope_of_nothing_worth_it_is_not_carried(code: str) -> None:
    graded = backward(code)
    assert graded.status != "passed" and not graded.carried
    assert graded.points < 0.65 * graded.max_points
    slope = next(check for check in graded.checks if check.name == "the gradients are right for what the forward pass keeps")
    assert slope.status != "passed"


def test_a_gamma_of_zero_is_divided_by_nowhere() -> None:
    from_output = backward(
        FORWARD.replace("    return", "    out = gamma * Z_norm + beta\n    return").replace(
            "(Z_norm, gamma, ", "(out, gamma, beta, "
        ),
        BACKWARD.replace(
            "Z_norm, gamma, deviation = cache", "out, gamma, beta, deviation = cache\n    Z_norm = (out - beta) / gamma"
        ),
    )
    assert from_output.status == "partial"
    assert 0.9 * from_output.max_points < from_output.points < from_output.max_points
    assert backward(FORWARD, BACKWARD.replace("gamma / deviation *", "1 / deviation * gamma *")).status == "passed"


@pytest.mark.parametrize("more", ["+ 1", "+ 0.5"])
def test_a_forward_pass_that_divides_by_more_than_the_deviation_still_has_a_slope(more: str) -> None:
    changed = (FORWARD + BACKWARD).replace("variance + epsilon", f"variance {more} + epsilon")
    assert (backward(changed).status, backward(changed).carried) == ("passed", True)


def test_a_gamma_of_zeros_is_asked_of_the_forward_pass() -> None:
    changed = FORWARD.replace("return gamma *", "return (gamma if gamma.any() else 1) *")
    found = report(changed, BACKWARD)["batch_norm_forward"]
    assert [finding.code for finding in found.findings] == ["zero-scale-ignored"]


def test_a_mistake_is_not_named_where_only_another_kind_of_input_is_wrong() -> None:
    # The tolerance of the cache, which nobody compares, is infinite: it was once taken for that of all items.
    changed = FORWARD.replace("return gamma * Z_norm", "return gamma * np.clip(Z_norm, -7, 7)")
    found = report(changed, BACKWARD)["batch_norm_forward"]
    assert [finding.code for finding in found.findings] == ["only-special-inputs"]


def test_a_rounded_backward_pass_of_a_right_forward_pass_is_not_carried() -> None:
    graded = backward(FORWARD, BACKWARD.replace("    m =", "    Z_norm = Z_norm.astype(np.float32)\n    m ="))
    assert (graded.status, graded.carried) == ("partial", False)
    assert graded.points < 0.96 * graded.max_points


def test_a_backward_pass_judged_on_its_own_forward_pass_still_loses_what_its_other_checks_carry() -> None:
    overwriting = (
        UNBIASED[1]
        .replace("    m =", "    out = dZ_tilde\n    dZ_tilde = dZ_tilde.copy()\n    m =")
        .replace("    return", "    out *= 2\n    return")
    )
    graded = backward(UNBIASED[0], overwriting)
    assert (graded.status, graded.carried) == ("partial", False)
    assert [c.name for c in graded.checks if c.status == "failed"] == ["inputs"]
    assert graded.points == pytest.approx(0.95 * graded.max_points)


def test_a_property_can_carry_only_a_function_that_has_another_one_before_it() -> None:
    function = ASSIGNMENT.spec.function("batch_norm_backward")
    with pytest.raises(SpecError, match="'batch_norm_backward' carries, which needs a graded function before it"):
        Assignment("one", title="One", source="none", functions=(function,))


def test_a_missing_forward_pass_leaves_nothing_to_judge_the_backward_pass_on() -> None:
    graded = backward(BACKWARD)
    assert (graded.status, graded.points) == ("not-graded", 0.0)


# Beside a wrong forward pass: wrong ones that understand nothing but the cache of their own.
OWN_CACHES = {
    "four parts": ("(Z_norm, gamma, variance, epsilon)", "Z_norm, gamma, variance, epsilon = cache"),
    "names": ("dict(n=Z_norm, g=gamma, v=variance)", "Z_norm, gamma, variance = cache['n'], cache['g'], cache['v']"),
    "places": ("[Z, mu, beta, Z_norm, gamma, variance]", "Z_norm, gamma, variance = cache[3:]"),
}


# Forward passes in which one thing is wrong that their caches hand on.
WRONG_FORWARD = {
    "divided by m - 1": ("Z.var(axis=1, keepdims=True)", "Z.var(axis=1, ddof=1, keepdims=True)"),
    "a sum": ("Z.var(axis=1, keepdims=True)", "((Z - mu) ** 2).sum(axis=1, keepdims=True)"),
    "over the units": ("axis=1", "axis=0"),
    "not divided": ("Z_norm = (Z - mu) / np.sqrt(variance + epsilon)", "Z_norm = Z - mu"),
    "no mean": ("Z_norm = (Z - mu)", "Z_norm = Z"),
}


@pytest.mark.parametrize(("kept", "taken"), OWN_CACHES.values(), ids=OWN_CACHES.keys())
@pytest.mark.parametrize("wrong", WRONG_FORWARD)
def test_the_right_formula_beside_a_wrong_forward_pass_is_carried_whatever_the_cache_is(
    kept: str, taken: str, wrong: str
) -> None:
    graded = backward(
        FORWARD.replace(*WRONG_FORWARD[wrong]).replace(KEPT, kept.replace("variance", "variance + epsilon")),
        BACKWARD.replace("Z_norm, gamma, deviation = cache", taken).replace("deviation", "np.sqrt(variance)"),
    )
    assert (graded.status, graded.carried) == ("passed", True)


def test_a_forward_pass_that_raises_for_one_example_carries_the_backward_pass_of_all_others() -> None:
    forward = FORWARD.replace("Z.mean(axis=1, keepdims=True)", "Z.sum(axis=1, keepdims=True) * (1 / (Z.shape[1] - 1))")
    assert forward != FORWARD
    graded = report(forward, BACKWARD)
    assert graded["batch_norm_forward"].status == "failed"
    assert (graded["batch_norm_backward"].status, graded["batch_norm_backward"].carried) == ("passed", True)
    assert backward(forward, BACKWARD.replace(" - Z_norm * dgamma / m", "")).status != "passed"


@pytest.mark.parametrize("wrong", [None, "    centred = Z", "    centred = Z + mu"])
def test_every_term_through_mean_and_variance_of_what_was_not_centred_is_right(wrong: str | None) -> None:
    forward = """
def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    mu = Z.mean(axis=1, keepdims=True)
    centred = Z - mu
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + epsilon)
    return gamma * centred / deviation + beta, (centred, deviation, gamma)
"""
    by_node = """
def batch_norm_backward(dZ_tilde, cache):
    centred, deviation, gamma = cache
    m, d = dZ_tilde.shape[1], gamma * dZ_tilde
    d_deviation = -(d * centred).sum(axis=1, keepdims=True) / deviation**2
    d_centred = d / deviation + 2 / m * centred * (d_deviation / (2 * deviation))
    dZ = d_centred - d_centred.sum(axis=1, keepdims=True) / m
    return dZ, (dZ_tilde * centred / deviation).sum(axis=1, keepdims=True), dZ_tilde.sum(axis=1, keepdims=True)
"""
    graded = backward(forward.replace("    centred = Z - mu", wrong or "    centred = Z - mu"), by_node)
    assert (graded.status, graded.carried) == ("passed", wrong is not None)
    without_a_term = by_node.replace("dZ = d_centred - d_centred.sum(axis=1, keepdims=True) / m", "dZ = d_centred")
    assert (
        backward(forward.replace("    centred = Z - mu", wrong or "    centred = Z - mu"), without_a_term).status != "passed"
    )


STEP_BY_STEP = """
def batch_norm_backward(dZ_tilde, cache):
    Z, Z_norm, mu, variance, gamma = cache
    m, d, deviation = Z.shape[1], dZ_tilde * gamma, np.sqrt(variance)
    dvariance = np.sum(d * (Z - mu) * -0.5 / deviation**3, axis=1, keepdims=True)
    dmu = np.sum(-d / deviation, axis=1, keepdims=True) + dvariance * np.mean(-2 * (Z - mu), axis=1, keepdims=True)
    dZ = d / deviation + dvariance * 2 * (Z - mu) / m + dmu / m
    return dZ, np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True), np.sum(dZ_tilde, axis=1, keepdims=True)
"""
OTHER_STATISTICS = {
    "divided by m - 1": WRONG_FORWARD["divided by m - 1"],
    "over the units": WRONG_FORWARD["over the units"],
    "one mean for all units": ("mu = Z.mean(axis=1, keepdims=True)", "mu = Z.mean()"),
    "of the first two examples": ("mu = Z.mean(axis=1, keepdims=True)", "mu = Z[:, :2].mean(axis=1, keepdims=True)"),
    "a sum, divided by m - 1": (
        "mu = Z.mean(axis=1, keepdims=True)",
        "mu = Z.sum(axis=1, keepdims=True) / (Z.shape[1] - 1)",
    ),
    "a sum without the last example": (
        "mu = Z.mean(axis=1, keepdims=True)",
        "mu = Z[:, :-1].sum(axis=1, keepdims=True) / Z.shape[1]",
    ),
    "a sum, divided by the number of units": (
        "mu = Z.mean(axis=1, keepdims=True)",
        "mu = Z.sum(axis=1, keepdims=True) / (Z.shape[0] + 1)",
    ),
}


@pytest.mark.parametrize("without", ["", " + dvariance * np.mean(-2 * (Z - mu), axis=1, keepdims=True)"])
@pytest.mark.parametrize("wrong", OTHER_STATISTICS)
def test_a_right_formula_step_by_step_beside_a_wrong_forward_pass_is_carried(wrong: str, without: str) -> None:
    forward = FORWARD.replace(*OTHER_STATISTICS[wrong]).replace(KEPT, "(Z, Z_norm, mu, variance + epsilon, gamma)")
    graded = report(forward, STEP_BY_STEP.replace(without, ""))
    assert graded["batch_norm_forward"].status != "passed"
    assert (graded["batch_norm_backward"].status, graded["batch_norm_backward"].carried) == ("passed", True)


NODE_BY_NODE = """
def batch_norm_backward(dZ_tilde, cache):
    Z, Z_norm, mu, variance, gamma = cache
    m, inverse = Z.shape[1], 1 / np.sqrt(variance)
    d = dZ_tilde * gamma
    dinverse = np.sum(d * (Z - mu), axis=1, keepdims=True)
    ddeviation = -1 / np.sqrt(variance) ** 2 * dinverse
    dvariance = 0.5 / np.sqrt(variance) * ddeviation
    dsquares = np.ones(Z.shape) * dvariance / m
    dcentred = d * inverse + 2 * (Z - mu) * dsquares
    dmu = -np.sum(dcentred, axis=1, keepdims=True)
    dZ = dcentred + np.ones(Z.shape) * dmu / m
    return dZ, np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True), np.sum(dZ_tilde, axis=1, keepdims=True)
"""


@pytest.mark.parametrize("wrong", OTHER_STATISTICS)
def test_a_backward_pass_node_by_node_beside_a_wrong_forward_pass_is_carried(wrong: str) -> None:
    forward = FORWARD.replace(*OTHER_STATISTICS[wrong]).replace(KEPT, "(Z, Z_norm, mu, variance + epsilon, gamma)")
    found, half = (
        report(forward, text)["batch_norm_backward"] for text in (NODE_BY_NODE, NODE_BY_NODE.replace("0.5", "1.0"))
    )
    assert (found.status, found.carried) == ("passed", True)
    assert half.status != "passed" and not half.carried


COMPLEX_STEP = """
def batch_norm_backward(dZ_tilde, cache):
    def slope(*moved):
        made, _ = batch_norm_forward(*(part + 1e-30j * move for part, move in zip(cache[:3], moved)), cache[3])
        return (dZ_tilde * made.imag / 1e-30).sum(axis=1, keepdims=True)
    examples = np.eye(dZ_tilde.shape[1])
    return np.hstack([slope(one, 0, 0) for one in examples]), slope(0 * dZ_tilde, 1, 0), slope(0 * dZ_tilde, 0, 1)
"""


@pytest.mark.parametrize(
    "mean",
    [
        "of the first two examples",
        "a sum, divided by m - 1",
        "a sum without the last example",
        "a sum, divided by the number of units",
        "of all but the first example",
        "not taken away",
    ],
)
def test_the_exact_gradient_beside_any_wrong_mean_is_carried(mean: str) -> None:
    others = {
        "of all but the first example": ("mu = Z.mean(axis=1, keepdims=True)", "mu = Z[:, 1:].mean(axis=1, keepdims=True)"),
        "not taken away": ("Z_norm = (Z - mu)", "Z_norm = Z"),
    }
    forward = FORWARD.replace(*(OTHER_STATISTICS | others)[mean]).replace(KEPT, "(Z, gamma, beta, epsilon)")
    of_complex = "np.mean((Z - np.mean(Z, axis=1, keepdims=True)) ** 2, axis=1, keepdims=True)"
    forward = forward.replace("Z.var(axis=1, keepdims=True)", of_complex)  # NumPy's own is real
    graded = report(forward, COMPLEX_STEP)
    assert graded["batch_norm_forward"].status != "passed"
    found = graded["batch_norm_backward"]
    assert (found.status, found.carried, found.points) == ("passed", True, found.max_points)
    assert not backward(forward, COMPLEX_STEP.replace("1e-30)", "2e-30)")).carried


@pytest.mark.parametrize("wrong", OTHER_STATISTICS)
@pytest.mark.parametrize(
    "formula", [(" + dmu / m", ""), (" + dvariance * 2 * (Z - mu) / m", ""), ("2 * (Z - mu)", "(Z - mu)")]
)
def test_a_wrong_formula_step_by_step_is_not(wrong: str, formula: tuple[str, str]) -> None:
    forward = FORWARD.replace(*OTHER_STATISTICS[wrong]).replace(KEPT, "(Z, Z_norm, mu, variance + epsilon, gamma)")
    graded = backward(forward, STEP_BY_STEP.replace(*formula))
    assert graded.status != "passed" and not graded.carried


def test_the_mean_of_the_squares_is_no_bound_of_the_variance() -> None:
    found = report(FORWARD.replace("Z.var(axis=1, keepdims=True)", "np.mean(Z**2, axis=1, keepdims=True)"), BACKWARD)
    assert [finding.code for finding in found["batch_norm_forward"].findings] == ["second-moment"]


def test_each_gradient_may_be_right_in_its_own_way() -> None:
    with_a_positive_scale = FORWARD.replace("    return", "    gamma = np.abs(gamma)\n    return")
    graded = report(with_a_positive_scale, BACKWARD)
    assert graded["batch_norm_forward"].status == "partial"
    assert (graded["batch_norm_backward"].status, graded["batch_norm_backward"].carried) == ("passed", True)


WRONG_FORMULAS = {
    "no variance": (" - Z_norm * dgamma / m", ""),
    "no mean": (" - dbeta / m", ""),
    "no gamma": ("gamma / deviation", "1 / deviation"),
    "sums": ("dbeta / m - Z_norm * dgamma / m", "dbeta - Z_norm * dgamma"),
}


@pytest.mark.parametrize("wrong", WRONG_FORWARD)
@pytest.mark.parametrize("formula", WRONG_FORMULAS)
def test_a_wrong_formula_beside_a_wrong_forward_pass_is_not(wrong: str, formula: str) -> None:
    kept, taken = OWN_CACHES["names"]
    graded = backward(
        FORWARD.replace(*WRONG_FORWARD[wrong]).replace(KEPT, kept.replace("variance", "variance + epsilon")),
        BACKWARD.replace(*WRONG_FORMULAS[formula])
        .replace("Z_norm, gamma, deviation = cache", taken)
        .replace("deviation", "np.sqrt(variance)"),
    )
    assert graded.status != "passed" and graded.points < 0.75 * graded.max_points


@pytest.mark.parametrize("variance", ["Z.var(axis=1, keepdims=True)", "Z.var(axis=1, ddof=1, keepdims=True)"])
def test_a_deviation_over_the_units_fits_no_forward_pass_that_goes_over_the_examples(variance: str) -> None:
    graded = backward(
        FORWARD.replace("Z.var(axis=1, keepdims=True)", variance).replace(KEPT, "(Z_norm, gamma, Z, epsilon)"),
        BACKWARD.replace("gamma, deviation = cache", "gamma, Z, epsilon = cache").replace(
            "/ deviation", "/ np.sqrt(Z.var(axis=0, keepdims=True) + epsilon)"
        ),
    )
    assert not graded.carried
    assert "the gradients are right for what the forward pass keeps" in {
        check.name for check in graded.checks if check.status == "failed"
    }


@pytest.mark.parametrize(("kept", "taken"), OWN_CACHES.values(), ids=OWN_CACHES.keys())
def test_what_happens_on_a_cache_that_is_not_the_students_own_is_not_told(kept: str, taken: str) -> None:
    graded = backward(
        FORWARD.replace("Z.var(axis=1", "Z.var(ddof=1, axis=1").replace(KEPT, kept),
        BACKWARD.replace("Z_norm, gamma, deviation = cache", taken)
        .replace("deviation", "np.sqrt(variance)")
        .replace("- dbeta / m", "+ dbeta / m"),
    )
    assert (graded.status, [finding.code for finding in graded.findings]) == ("failed", ["earlier-first"])
    assert "is asked on what your own batch_norm_forward returns" in graded.findings[0].message
    assert not any("Error" in check.message for check in graded.checks)


READS_THE_CACHE = """
def update_running_average(running_mean, running_variance, Z, momentum=0.9):
    n = len(Z)
    _, (_, _, deviation) = batch_norm_forward(Z, np.ones((n, 1)), np.zeros((n, 1)), 0.0)
    mean = Z.mean(axis=1, keepdims=True)
    new = mean, deviation**2
    return tuple(momentum * old + (1 - momentum) * part for old, part in zip((running_mean, running_variance), new))
"""


WRONG_VARIANCES = {
    "divided by m - 1": "Z.var(ddof=1, axis=1, keepdims=True)",
    "the mean distance": "np.mean(np.abs(Z - mu), axis=1, keepdims=True) ** 2",
    "the sum": "np.sum((Z - mu) ** 2, axis=1, keepdims=True)",
}


def averages(variance: str, update: str = READS_THE_CACHE) -> FunctionReport:
    """What running averages get that stand on a forward pass with this variance."""
    return report(FORWARD.replace("Z.var(axis=1, keepdims=True)", variance), BACKWARD, update)["update_running_average"]


@pytest.mark.parametrize("variance", ["Z.var(axis=1, keepdims=True)", *WRONG_VARIANCES.values()])
def test_averages_of_what_is_in_the_cache_of_a_forward_pass_are_right_or_carried(variance: str) -> None:
    """The cache of a correct one is built otherwise: what the own one makes of a batch shows by what it normalizes."""
    graded, wrong = averages(variance), variance in WRONG_VARIANCES.values()
    assert (graded.status, graded.carried, graded.points) == ("passed", wrong, graded.max_points)
    assert not wrong or "for the values that your own batch_norm_forward returns" in graded.findings[0].message


WRONG_AVERAGES = {
    "another share": (
        READS_THE_CACHE.replace("(1 - momentum) * part", "momentum * part"),
        "Z.var(ddof=1, axis=1, keepdims=True)",
    ),
    "the deviation": (READS_THE_CACHE.replace("deviation**2", "deviation"), "Z.var(ddof=1, axis=1, keepdims=True)"),
    "wrong for one example": (
        READS_THE_CACHE.replace(
            "    n = len(Z)\n", "    n = len(Z)\n    if Z.shape[1] == 1: return running_mean, running_variance\n"
        ),
        WRONG_VARIANCES["the mean distance"],
    ),
    "no variance at all": (READS_THE_CACHE, "np.ones((len(Z), 1))"),
    "not read, and as wrong": (
        READS_THE_CACHE.replace("deviation**2", "Z.var(ddof=1, axis=1, keepdims=True)")
        .replace("_, (_, _, deviation) = ", "")
        .replace("batch_norm_forward(Z, np.ones((n, 1)), np.zeros((n, 1)), 0.0)", "0"),
        "Z.var(ddof=1, axis=1, keepdims=True)",
    ),
}


@pytest.mark.parametrize(("update", "variance"), WRONG_AVERAGES.values(), ids=WRONG_AVERAGES)
def test_wrong_averages_beside_a_wrong_forward_pass_are_not_carried(update: str, variance: str) -> None:
    graded = averages(variance, update)
    assert graded.status != "passed" and not graded.carried
    if variance.startswith("np.ones"):  # nothing is shown of what such a forward pass normalizes
        assert [finding.code for finding in graded.findings][:1] == ["earlier-first"]
        assert "calls your own batch_norm_forward" in graded.findings[0].message


def test_a_result_that_was_computed_from_the_cache_of_a_right_forward_pass_is_said_to_be_that() -> None:
    graded = backward(
        FORWARD.replace("Z.var(axis=1", "Z.var(ddof=1, axis=1").replace(", np.sqrt(", ", 1 / np.sqrt("),
        BACKWARD.replace("gamma / deviation", "gamma * deviation").replace("- dbeta / m", "+ dbeta / m"),
    )
    assert graded.status == "partial"
    assert "batch_norm_backward got the result of a correct batch_norm_forward" in graded.findings[0].message
    assert not any(
        "your own forward pass" in check.message for check in graded.checks
    )  # it is the correct one that was asked


def test_what_the_forward_pass_raises_is_told_as_its_own_and_to_be_corrected_first() -> None:
    kept, taken = OWN_CACHES["names"]
    graded = backward(
        FORWARD.replace("gamma * Z_norm", "gamma.T * Z_norm").replace(KEPT, kept),
        BACKWARD.replace("Z_norm, gamma, deviation = cache", taken).replace("deviation", "np.sqrt(variance)"),
    )
    assert [finding.code for finding in graded.findings] == ["earlier-first"]
    raised = next(check.message for check in graded.checks if check.kind == "runs")
    assert raised.startswith("your own batch_norm_forward, which is called first, gave no value: the function raised")


def test_a_right_forward_pass_without_a_cache_leaves_nothing_out_of_what_is_kept_elsewhere() -> None:
    result = "    return gamma * Z_norm + beta, "
    kept = FORWARD.replace(result, "    global kept\n    kept = ")
    of_global = BACKWARD.replace("deviation = cache", "deviation = kept")
    graded, beside = (backward(kept + f"{result}{cache}\n", of_global) for cache in ("None", "Z"))
    assert [finding.code for finding in graded.findings] == ["kept-between-calls"]
    assert graded == beside and 0 < graded.points < 0.5 * graded.max_points


def test_a_cache_that_was_left_none_is_to_be_filled_first() -> None:
    graded = backward(FORWARD.replace(KEPT, "None"), BACKWARD)
    assert (graded.status, graded.points) == ("not-graded", 0.0)
    assert graded.checks[0].message == (
        "batch_norm_backward was not judged: it works on a part of what your own batch_norm_forward returns, and that part "
        "is None. Return there what batch_norm_backward needs."
    )
    beside = backward(FORWARD.replace(KEPT, "None").replace("var(", "std("), BACKWARD)
    assert beside.checks[0].message.endswith("and that is not there. Fix batch_norm_forward first.")


@pytest.mark.parametrize("cache", ["(Z_norm, gamma)", "()", "'todo'", "0.5", "{'Z': Z}"])
def test_a_cache_that_does_not_suit_the_backward_pass_is_said_to_be_what_is_unusable(cache: str) -> None:
    graded = report(FORWARD.replace(KEPT, cache), BACKWARD)
    assert graded["batch_norm_forward"].status == "passed"
    (finding,) = graded["batch_norm_backward"].findings
    assert finding.code == "unusable-values"
    assert finding.message.startswith(
        "batch_norm_backward cannot use what your own batch_norm_forward returns: the function raised "
    )


def test_beside_a_wrong_forward_pass_it_is_said_first_that_this_one_is_wrong() -> None:
    """Also where the backward pass takes the cache of a correct one apart, which is built otherwise."""
    wrong = FORWARD.replace("variance = Z.var(axis=1", "variance = Z.var(ddof=1, axis=1")
    graded = report(wrong, BACKWARD.replace("- dbeta / m", "+ dbeta / m"))
    assert [finding.code for finding in graded["batch_norm_backward"].findings] == ["earlier-first"]


@pytest.mark.parametrize("swapped", ["0", "1", "01"])
def test_a_momentum_that_weighs_the_new_batch_is_named_in_either_average(swapped: str) -> None:
    graded = report(
        f"""
        def update_running_average(mean, variance, Z, momentum=0.9):
            new = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
            weights = [1 - momentum if str(n) in "{swapped}" else momentum for n in range(2)]
            return tuple(w * old + (1 - w) * now for w, old, now in zip(weights, (mean, variance), new))
        """
    )
    assert [finding.code for finding in graded["update_running_average"].findings] == ["momentum-swapped"]


def test_right_running_averages_under_a_wrong_forward_pass_keep_their_points() -> None:
    graded = report(
        """
        def update_running_average(mean, variance, Z, momentum=0.9):
            new = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
            return [momentum * old + (1 - momentum) * now for old, now in zip((mean, variance), new)]

        def batch_norm_inference(Z, g, b, mean, variance, eps=1e-8):
            return (Z - mean) / np.sqrt(variance + eps) * g + b
        """,
        *NO_EPSILON,
    )
    assert graded["update_running_average"].status == graded["batch_norm_inference"].status == "passed"


def test_the_example_of_the_hand_out_is_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert (result.failed, result.attempted) == (0, len(example.examples)) and result.attempted > 5


def test_what_is_not_divided_has_no_bound_below() -> None:
    found = report(CENTRED[0], CENTRED[1])["batch_norm_forward"]
    assert [finding.code for finding in found.findings] == ["missing-normalization"]


def test_units_of_small_spread_are_asked() -> None:
    bounded = FORWARD.replace("variance + epsilon", "np.maximum(variance, 1e-2 * (variance > 0)) + epsilon")
    found = report(bounded, BACKWARD)["batch_norm_forward"]
    assert found.points < found.max_points
    assert "variance-bounded-below" in {one.code for one in found.findings}


@pytest.mark.parametrize(
    ("what", "cut", "least"),
    [
        ("gamma * Z_norm + beta", "np.clip(gamma * Z_norm + beta, -10, 10)", 0.1),
        ("gamma * Z_norm + beta", "gamma * np.clip(Z_norm, -10, 10) + beta", 0.01),
        ("gamma * Z_norm + beta", "np.maximum(gamma * Z_norm + beta, -20)", 0.05),
    ],
)
def test_a_forward_pass_that_cuts_values_to_a_bound_is_seen(what: str, cut: str, least: float) -> None:
    found = report(FORWARD.replace(what, cut))["batch_norm_forward"]
    assert found.points < (1 - least) * found.max_points


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("batch_norm_forward", "return (1.5 * Z_tilde, cache) if Z.shape[1] == 2 else (Z_tilde, cache)"),
        ("batch_norm_backward", "return (1.5 * dZ if dZ.shape[1] == 2 else dZ), dgamma, dbeta"),
    ],
)
def test_batches_of_two_examples_are_asked(name: str, wrong: str) -> None:
    right = f"right = {name}\n\n"
    if name == "batch_norm_forward":
        call = "    Z_tilde, cache = right(Z, gamma, beta, epsilon)\n"
        code = f"{right}def {name}(Z, gamma, beta, epsilon=1e-8):\n{call}    {wrong}\n"
    else:
        call = "    dZ, dgamma, dbeta = right(dZ_tilde, cache)\n"
        code = f"{right}def {name}(dZ_tilde, cache):\n{call}    {wrong}\n"
    found = report(FORWARD, BACKWARD, code)[name]
    assert 0.75 * found.max_points < found.points < 0.96 * found.max_points


IN_STEPS = """
def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    mu, variance = np.mean(Z, axis=1, keepdims=True), np.var(Z, axis=1, keepdims=True)
    deviation = np.sqrt(variance + epsilon)
    return gamma * (Z - mu) / deviation + beta, (Z, mu, variance, deviation, gamma, epsilon)

def batch_norm_backward(dZ_tilde, cache):
    Z, mu, variance, deviation, gamma, epsilon = cache
    m = Z.shape[1]
    normal = (Z - mu) / deviation
    dbeta = np.sum(dZ_tilde, axis=1, keepdims=True)
    dgamma = np.sum(dZ_tilde * normal, axis=1, keepdims=True)
    own = deviation
    d = dZ_tilde * gamma
    dvariance = np.sum(d * (Z - mu), axis=1, keepdims=True) * -0.5 * own**-3.0
    dmu = -np.sum(d, axis=1, keepdims=True) / own
    return d / own + dvariance * 2 * (Z - mu) / m + dmu / m, dgamma, dbeta
"""


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("own = deviation", "own = np.sqrt(variance)", "missing-epsilon"),
        ("own = deviation", "own = np.sqrt(variance + 1e-8)", "literal-epsilon"),
        ("own = deviation", "own = np.sqrt(variance) + epsilon", "epsilon-outside-root"),
        ("own**-3.0", "own**-2.0", "variance-path-power"),
        ("(Z - mu) / m", "(Z - mu)", "variance-path-not-averaged"),
        ("dvariance = np.sum", "dvariance = np.mean", "variance-path-averaged-twice"),
        ("dmu = -np.sum", "dmu = -np.mean", "mean-path-averaged-twice"),
        ("dmu = -np.sum", "dmu = np.sum", "wrong-sign"),
        ("return d / own", "return d", "missing-deviation"),
        ("dbeta = np.sum(dZ_tilde", "dbeta = np.sum(gamma * dZ_tilde", "dbeta-times-gamma"),
        ("dbeta = np.sum(dZ_tilde, axis=1", "dbeta = np.sum(dZ_tilde, axis=0", "sums-over-units"),
    ],
)
def test_a_mistake_of_a_backward_pass_step_by_step_has_a_name(right: str, wrong: str, code: str) -> None:
    assert right in IN_STEPS
    graded = backward(IN_STEPS.replace(right, wrong))
    assert graded.status != "passed" and [finding.code for finding in graded.findings] == [code]


INFERENCE = """
def batch_norm_inference(Z, gamma, beta, mean, variance, epsilon=1e-8):
    return gamma * (Z - mean) / np.sqrt(variance + epsilon) + beta
"""


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("+ beta", "", "missing-shift"),
        ("gamma * ", "", "missing-scale"),
        ("+ beta", "- beta", "wrong-sign"),
        ("Z - mean", "Z + mean", "wrong-sign"),
        ("gamma * (Z - mean) /", "gamma * Z - mean /", "missing-parentheses"),
        ("(Z - mean)", "(Z - Z.mean(axis=1, keepdims=True))", "statistics-of-the-batch"),
        ("variance + ", "Z.var(axis=1, keepdims=True) + ", "statistics-of-the-batch"),
        ("np.sqrt(variance + epsilon) + beta", "(np.sqrt(variance + epsilon) + beta)", "shift-below-the-bar"),
    ],
)
def test_a_mistake_at_test_time_has_a_name(right: str, wrong: str, code: str) -> None:
    assert right in INFERENCE
    graded = report(INFERENCE.replace(right, wrong))["batch_norm_inference"]
    assert [finding.code for finding in graded.findings] == [code]
