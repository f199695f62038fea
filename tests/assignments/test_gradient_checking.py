"""Gradient checking: a check is judged by what it says of planted faults, and by nothing that is rounding."""

import re
from pathlib import Path

import numpy as np
import pytest

from grader import load_assignment
from grader.confined.wire import decode
from grader.freezing.store import frozen_cases
from grader.judging.outcomes import arguments_of, expected_value
from reference import gradient_checking as reference
from tests.assignments.verdicts import codes_of, points_of, verdicts

ASSIGNMENT = load_assignment("gradient_checking", course=Path(__file__).parents[2])
LARGE = "large values of epsilon"

FORWARD = """
def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def relu(x):
    return np.maximum(0, x)

def forward_propagation_n(X, Y, parameters):
    W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    cost = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / X.shape[1]
    return cost, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)
"""
BACKWARD = """
def backward_propagation_n(X, Y, cache):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    m = X.shape[1]
    dZ3 = A3 - Y
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (A2 > 0)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (A1 > 0)
    return {
        "dZ3": dZ3, "dW3": dZ3 @ A2.T / m, "db3": dZ3.sum(axis=1, keepdims=True) / m,
        "dA2": dA2, "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m,
        "dA1": dA1, "dZ1": dZ1, "dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m,
    }
"""
CHECK = """
NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")

def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    grad, approximation = [], []
    for name in NAMES:
        for i in np.ndindex(parameters[name].shape):
            plus = {n: parameters[n].copy() for n in NAMES}
            minus = {n: parameters[n].copy() for n in NAMES}
            plus[name][i] += epsilon
            minus[name][i] -= epsilon
            J_plus, J_minus = forward_propagation_n(X, Y, plus)[0], forward_propagation_n(X, Y, minus)[0]
            approximation.append((J_plus - J_minus) / (2 * epsilon))
            grad.append(gradients["d" + name][i])
    grad, approximation = np.array(grad), np.array(approximation)
    difference = np.linalg.norm(grad - approximation) / (np.linalg.norm(grad) + np.linalg.norm(approximation))
    print("difference:", difference)
    return difference
"""
SCALAR = """
def forward_propagation(x, theta):
    return theta * x

def backward_propagation(x, theta):
    return x

def gradient_check(x, theta, epsilon=1e-7, print_msg=False):
    slope = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (2 * epsilon)
    grad = backward_propagation(x, theta)
    return abs(grad - slope) / (abs(grad) + abs(slope))
"""


def replaced(code: str, old: str, new: str) -> str:
    assert old in code
    return code.replace(old, new)


def values_of(name: str, check: str) -> list[tuple[tuple, float, float]]:
    """Arguments, expected difference and tolerance of the cases that are compared by value."""
    cases = [c for c in frozen_cases(ASSIGNMENT).functions[name].cases if c.check == check]
    return [(arguments_of(c.plan), expected_value(c, 0), c.expected[0].tolerances[0]) for c in cases]


def test_a_right_solution_that_prints_and_takes_one_more_argument_gets_everything() -> None:
    graded = verdicts(ASSIGNMENT, SCALAR, FORWARD, BACKWARD, CHECK)
    assert {name: f.status for name, f in graded.items()} == dict.fromkeys(graded, "passed")
    assert sum(f.points for f in graded.values()) == ASSIGNMENT.spec.points == 100
    assert not any(f.carried for f in graded.values())


# -- what is compared --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "check"), [("gradient_check", "values"), ("gradient_check_n", "values"), ("gradient_check_n", LARGE)]
)
def test_differences_are_compared_to_five_digits_and_only_where_they_are_large(name: str, check: str) -> None:
    found = values_of(name, check)
    assert len(found) >= 6
    for _, expected, tolerance in found:
        assert expected > 1e-2
        assert tolerance == pytest.approx(1e-5 * expected)


def test_a_bound_below_the_line_shows_where_gradients_are_small() -> None:
    below = "(np.linalg.norm(grad) + np.linalg.norm(approximation))"
    bounded = replaced(CHECK, below, f"max({below}, 1e-2)")
    found = verdicts(ASSIGNMENT, FORWARD, BACKWARD, bounded, only="gradient_check_n")["gradient_check_n"]
    assert codes_of(found) == ["bounded-below"]
    assert 0.9 * found.max_points < found.points < found.max_points


@pytest.mark.parametrize("check", ["values", LARGE, "near 0 when the gradients are right"])
def test_no_numerical_gradient_is_taken_near_a_kink_or_at_a_saturated_output(check: str) -> None:
    for case in frozen_cases(ASSIGNMENT).functions["gradient_check_n"].cases:
        if case.check == check:
            parameters, _, X, Y, _ = arguments_of(case.plan)
            _, cache = reference.forward_propagation_n(X, Y, parameters)
            assert min(np.abs(cache[0]).min(), np.abs(cache[4]).min()) >= 1e-3
            assert 0.1 <= cache[9].min() <= cache[9].max() <= 0.9


def test_the_backward_pass_is_graded_at_exact_zeros_of_both_hidden_layers() -> None:
    kinks = [c for c in frozen_cases(ASSIGNMENT).functions["backward_propagation_n"].cases if c.case_class == "kink"]
    caches = [arguments_of(case.plan)[2] for case in kinks]
    assert len(caches) >= 3
    assert all(np.any(cache[0] == 0) and np.any(cache[4] == 0) for cache in caches)


# -- the check of one parameter ----------------------------------------------------------


def test_a_check_with_a_derivative_of_its_own_is_told_that_it_checks_nothing() -> None:
    inline = replaced(SCALAR, "grad = backward_propagation(x, theta)", "grad = x")
    found = verdicts(ASSIGNMENT, inline, only="gradient_check")["gradient_check"]
    assert (found.status, codes_of(found)) == ("partial", ["own-derivative"])
    assert points_of(found, "values", "a fault in backward_propagation is found") == 0
    assert found.counterexample is not None
    assert "kept_backward_propagation" in found.counterexample["snippet"]  # replaced for this call


@pytest.mark.parametrize(
    "written",
    [
        "(x * (theta + epsilon) - x * (theta - epsilon)) / (2 * epsilon)",
        "((theta + epsilon) * x - (theta - epsilon) * x) / 2 / epsilon",
        "np.divide(np.dot(x, theta + epsilon) - np.dot(x, theta - epsilon), 2 * epsilon)",
    ],
)
def test_a_check_with_both_formulas_of_its_own_keeps_what_its_values_carry(written: str) -> None:
    norms = "np.linalg.norm(grad - slope) / (np.linalg.norm(grad) + np.linalg.norm(slope))"
    body = f"    grad, slope = x, {written}\n    return {norms}\n"
    inline = "import numpy as np\ndef gradient_check(x, theta, epsilon=1e-7):\n" + body
    found = verdicts(ASSIGNMENT, SCALAR, inline, only="gradient_check")["gradient_check"]
    assert (found.status, found.points, codes_of(found)) == ("partial", 14, ["asks-nothing"])
    wrong = verdicts(ASSIGNMENT, SCALAR, inline.replace(f"x, {written}", "x, x * theta"), only="gradient_check")[
        "gradient_check"
    ]
    assert wrong.status == "failed"


@pytest.mark.parametrize("claim", ["0.0", "1e-9", "1e-9 * x * theta", "x", "x * epsilon"])
def test_a_number_in_place_of_a_check_earns_nothing(claim: str) -> None:
    stub = f"def gradient_check(x, theta, epsilon=1e-7):\n    return {claim}\n"
    assert (
        points_of(verdicts(ASSIGNMENT, SCALAR, stub, only="gradient_check")["gradient_check"], "values", "difference") == 0
    )


def test_what_a_right_check_remembers_of_its_slopes_stays_true() -> None:
    cached = replaced(
        SCALAR,
        "    slope = (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (2 * epsilon)\n",
        "    slope = measured(x, theta, epsilon)\n",
    )
    measured = """
from functools import lru_cache

@lru_cache(maxsize=None)
def measured(x, theta, epsilon):
    return (forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (2 * epsilon)
"""
    found = verdicts(ASSIGNMENT, measured, cached, only="gradient_check")["gradient_check"]
    assert (found.status, found.points, codes_of(found)) == ("passed", found.max_points, [])


def test_no_other_case_has_the_x_of_a_planted_output() -> None:
    cases = frozen_cases(ASSIGNMENT).functions["gradient_check"].cases
    given = [(case, [decode(code, code=lambda code: code) for _, code in case.plan.given]) for case in cases]
    wrong = [(case, any(code.name == "output" and code.args != (1.0,) for code in codes)) for case, codes in given]
    asked = [(args[0], planted) for case, planted in wrong for args in case.plan.questions]
    planted = [x for x, plants in asked if plants]
    assert len(planted) == len(set(planted)) > 20
    assert not set(planted) & {x for x, plants in asked if not plants}


@pytest.mark.parametrize(("name", "old", "new"), [
    ("backward_propagation", "return x", "return forward_propagation(x, theta) / theta"),
    ("gradient_check", "    slope =", "    epsilon = epsilon * theta\n    slope ="),
])  # fmt: skip
def test_what_divides_by_theta_is_asked_at_0(name: str, old: str, new: str) -> None:
    found = verdicts(ASSIGNMENT, replaced(SCALAR, old, new), only=name)[name]
    assert 0.5 * found.max_points < found.points < found.max_points
    assert any("theta of 0" in check.message for check in found.checks if check.status == "failed")


def test_a_check_that_answers_in_the_branch_of_right_derivatives_alone_shows_nothing_that_a_stub_does_not() -> None:
    branch = replaced(
        SCALAR,
        "    return abs(grad - slope) / (abs(grad) + abs(slope))",
        """
    difference = abs(grad - slope) / (abs(grad) + abs(slope))
    if difference < 1e-6:
        return difference""",
    )
    found = verdicts(ASSIGNMENT, branch, only="gradient_check")["gradient_check"]
    stub = verdicts(ASSIGNMENT, "def gradient_check(x, theta, epsilon=1e-7):\n    return 1e-9")["gradient_check"]
    assert found.points == stub.points == 0


@pytest.mark.parametrize("small", ["0.0", "1e-8"])
def test_a_check_may_say_0_where_the_difference_is_rounding(small: str) -> None:
    old = "    return abs(grad - slope) / (abs(grad) + abs(slope))"
    cut = replaced(
        SCALAR, old, f"{old.replace('return', 'difference =')}\n    return difference if difference > 1e-7 else {small}"
    )
    assert verdicts(ASSIGNMENT, cut, only="gradient_check")["gradient_check"].status == "passed"


def test_a_number_in_place_of_epsilon_is_seen_by_its_rounding() -> None:
    literal = replaced(SCALAR, "    slope = ", "    epsilon = 1e-7\n    slope = ")
    found = verdicts(ASSIGNMENT, literal, only="gradient_check")["gradient_check"]
    assert [check.name for check in found.checks if check.status == "failed"] == ["epsilon is used"]
    assert found.points == 19.0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(2 * epsilon)", "epsilon"),
        ("abs(grad - slope) / (abs(grad) + abs(slope))", "(grad - slope)**2 / (grad + slope)**2"),
    ],
)
def test_a_derivative_that_is_measured_is_not_said_to_be_written_down(old: str, new: str) -> None:
    found = verdicts(ASSIGNMENT, replaced(SCALAR, old, new), only="gradient_check")["gradient_check"]
    assert points_of(found, "property", MEASURED) == 2.0


def test_most_differences_are_none_that_a_wrong_slope_has_too() -> None:
    found = [expected for _, expected, _ in values_of("gradient_check", "values")]
    assert sum(expected > 0.999 for expected in found) <= len(found) / 4


def test_a_check_that_asks_neither_function_is_told_so_and_keeps_what_it_computes() -> None:
    inline = replaced(SCALAR, "grad = backward_propagation(x, theta)", "grad = x")
    for sign in "+-":
        inline = replaced(inline, f"forward_propagation(x, theta {sign} epsilon)", f"np.dot(theta {sign} epsilon, x)")
    found = verdicts(ASSIGNMENT, inline, only="gradient_check")["gradient_check"]
    assert (found.points, codes_of(found)) == (pytest.approx(0.7 * found.max_points), ["asks-nothing"])


@pytest.mark.parametrize("number", ["0.0", "1e-9", "x", "theta * epsilon * 0", "x / (theta + 9) * 1e-5"])
def test_a_number_that_is_not_measured_earns_nothing(number: str) -> None:
    start = SCALAR.index("def gradient_check")
    stub = f"{SCALAR[:start]}def gradient_check(x, theta, epsilon=1e-7):\n    return {number}\n"
    assert verdicts(ASSIGNMENT, stub, only="gradient_check")["gradient_check"].points == 0


def test_a_derivative_that_is_asked_at_the_slope_is_named() -> None:
    found = verdicts(ASSIGNMENT, replaced(SCALAR, "backward_propagation(x, theta)", "backward_propagation(x, slope)"))
    assert codes_of(found["gradient_check"]) == ["derivative-at-slope"]


@pytest.mark.parametrize(
    "call", ["x * (theta {} epsilon)", "np.dot(theta {} epsilon, x)", "forward_propagation(theta {} epsilon, x)"]
)
def test_the_cost_of_one_parameter_may_be_written_out(call: str) -> None:
    code = SCALAR
    for sign in "+-":
        code = replaced(code, f"forward_propagation(x, theta {sign} epsilon)", call.format(sign))
    assert verdicts(ASSIGNMENT, code, only="gradient_check")["gradient_check"].status == "passed"


@pytest.mark.parametrize("output", ["np.float32(theta * x)", "round(theta * x, 6)", "round(x, 6) * round(theta, 6)"])
def test_an_output_that_is_rounded_is_wrong_and_costs_a_right_check_nothing(output: str) -> None:
    code = replaced(SCALAR, "return theta * x", f"return float({output})")
    found = verdicts(ASSIGNMENT, code)
    assert found["forward_propagation"].points < found["forward_propagation"].max_points
    assert found["gradient_check"].points == found["gradient_check"].max_points


def test_a_one_sided_difference_cannot_be_seen_where_the_cost_is_linear() -> None:
    one_sided = replaced(replaced(SCALAR, "theta - epsilon", "theta"), "(2 * epsilon)", "epsilon")
    assert verdicts(ASSIGNMENT, one_sided, only="gradient_check")["gradient_check"].status == "passed"


def test_a_wrong_cost_does_not_pull_the_check_down() -> None:
    graded = verdicts(ASSIGNMENT, replaced(SCALAR, "return theta * x", "return theta + x"))
    assert graded["forward_propagation"].status == "failed"
    assert (graded["gradient_check"].status, graded["gradient_check"].carried) == ("passed", True)


def test_a_wrong_derivative_does_not_pull_the_check_down() -> None:
    graded = verdicts(ASSIGNMENT, replaced(SCALAR, "return x", "return theta"))
    assert codes_of(graded["backward_propagation"]) == ["derivative-of-other-argument"]
    assert (graded["gradient_check"].status, graded["gradient_check"].carried) == ("passed", True)


# -- the network -------------------------------------------------------------------------


def test_the_published_faults_that_are_all_left_are_named_and_earn_nothing() -> None:
    planted = replaced(replaced(BACKWARD, "dZ2 @ A1.T / m", "2 * dZ2 @ A1.T / m"), '"db1": dZ1', '"db1": 4 * dZ1')
    found = verdicts(ASSIGNMENT, FORWARD, planted, only="backward_propagation_n")["backward_propagation_n"]
    assert (codes_of(found), found.status, found.points) == (["planted-bugs"], "failed", 0)


@pytest.mark.parametrize(("old", "new", "code"), [
    ("dZ2 @ A1.T / m", "2 * dZ2 @ A1.T / m", "planted-bug-in-dW2"),
    ('"db1": dZ1', '"db1": 4 * dZ1', "planted-bug-in-db1"),
])  # fmt: skip
def test_one_published_fault_that_is_left_is_named_and_costs_what_it_touches(old: str, new: str, code: str) -> None:
    found = verdicts(ASSIGNMENT, FORWARD, replaced(BACKWARD, old, new), only="backward_propagation_n")[
        "backward_propagation_n"
    ]
    assert (codes_of(found), found.status) == ([code], "partial")
    touched = "dW{l}" if code.endswith("dW2") else "db{l}"
    wrong = [check.name for check in found.checks if check.status == "failed"]
    assert wrong == [touched, "the slope of the cost"]


def test_a_guard_in_the_logarithms_is_right_and_does_not_disturb_the_check() -> None:
    guarded = replaced(replaced(FORWARD, "np.log(A3)", "np.log(A3 + 1e-8)"), "np.log(1 - A3)", "np.log(1 - A3 + 1e-8)")
    graded = verdicts(ASSIGNMENT, guarded, CHECK)
    assert graded["forward_propagation_n"].status == "passed"
    assert (graded["gradient_check_n"].status, graded["gradient_check_n"].carried) == ("passed", False)


def test_a_wrong_cost_of_the_network_does_not_pull_the_check_down() -> None:
    graded = verdicts(ASSIGNMENT, replaced(FORWARD, " / X.shape[1]", ""), CHECK)
    assert codes_of(graded["forward_propagation_n"]) == ["missing-mean"]
    assert (graded["gradient_check_n"].status, graded["gradient_check_n"].carried) == ("passed", True)


def test_a_one_sided_check_loses_points_for_large_steps_alone() -> None:
    one_sided = replaced(replaced(CHECK, "minus[name][i] -= epsilon", "pass"), "(2 * epsilon)", "epsilon")
    found = verdicts(ASSIGNMENT, FORWARD, one_sided, only="gradient_check_n")["gradient_check_n"]
    assert codes_of(found) == ["one-sided"]
    assert [check.name for check in found.checks if check.status == "failed"] == [LARGE]
    large = points_of(found, "values", LARGE) / found.max_points
    assert 0.3 * 0.4 <= large <= 0.5 * 0.4  # some are near
    assert found.points == pytest.approx((0.6 + large) * found.max_points)


@pytest.mark.parametrize(
    ("line", "codes"),
    [("    return numerator\n", ["not-relative"]), ("    return np.abs(grad - approximation).max()\n", [])],
)
def test_a_difference_that_is_divided_by_nothing_has_no_bound_below_the_line(line: str, codes: list[str]) -> None:
    last = CHECK[CHECK.rindex("    return ") :]
    own = "    numerator = np.linalg.norm(np.array(grad) - np.array(approximation))\n    grad = np.array(grad)\n"
    found = verdicts(ASSIGNMENT, FORWARD, replaced(CHECK, last, own + line), only="gradient_check_n")["gradient_check_n"]
    assert codes_of(found) == codes


def test_a_check_that_forgets_the_gradients_passed_in_is_named() -> None:
    forgetful = replaced(
        CHECK, "    grad, approximation = [], []\n",
        "    gradients = backward_propagation_n(X, Y, forward_propagation_n(X, Y, parameters)[1])\n"
        "    grad, approximation = [], []\n",
    )  # fmt: skip
    found = verdicts(ASSIGNMENT, FORWARD, BACKWARD, forgetful, only="gradient_check_n")["gradient_check_n"]
    assert (codes_of(found), found.status) == (["ignores-gradients"], "failed")
    assert found.points <= 0.5 * found.max_points


def test_one_array_for_both_shifts_is_named() -> None:
    shared = replaced(CHECK, "minus = {n: parameters[n].copy() for n in NAMES}", "minus = plus")
    assert codes_of(verdicts(ASSIGNMENT, FORWARD, shared, only="gradient_check_n")["gradient_check_n"]) == ["always-one"]


def test_a_minus_vector_that_starts_from_the_plus_vector_is_named() -> None:
    chained = replaced(CHECK, "minus[name][i] -= epsilon", "minus[name][i] = plus[name][i] - epsilon")
    assert codes_of(verdicts(ASSIGNMENT, FORWARD, chained, only="gradient_check_n")["gradient_check_n"]) == [
        "minus-at-theta"
    ]


def test_shifting_the_arrays_passed_in_and_back_costs_the_inputs_alone() -> None:
    in_place = """
        def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
            grad, slopes = [], []
            for name in ("W1", "b1", "W2", "b2", "W3", "b3"):
                for i in np.ndindex(parameters[name].shape):
                    parameters[name][i] += epsilon
                    above = forward_propagation_n(X, Y, parameters)[0]
                    parameters[name][i] -= 2 * epsilon
                    below = forward_propagation_n(X, Y, parameters)[0]
                    parameters[name][i] += epsilon
                    slopes.append((above - below) / 2 / epsilon)
                    grad.append(gradients["d" + name][i])
            grad, slopes = np.array(grad), np.array(slopes)
            return np.linalg.norm(grad - slopes) / (np.linalg.norm(grad) + np.linalg.norm(slopes))
    """
    found = verdicts(ASSIGNMENT, FORWARD, in_place, only="gradient_check_n")["gradient_check_n"]
    assert codes_of(found) == ["mutated-input"]
    assert found.points == pytest.approx(0.95 * found.max_points)


@pytest.mark.parametrize("value", ["0.0", "1.0", "1e-9", "0.5", "None", "True"])
def test_a_constant_earns_nothing(value: str) -> None:
    graded = verdicts(ASSIGNMENT, f"""
        def gradient_check(x, theta, epsilon=1e-7):
            return {value}

        def gradient_check_n(parameters, gradients, X, Y, epsilon=1e-7):
            return {value}
    """)  # fmt: skip
    assert graded["gradient_check"].points == graded["gradient_check_n"].points == 0


MEASURED = "the derivative is measured"
SLOPE = "(forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)) / (2 * epsilon)"


@pytest.mark.parametrize(
    ("slope", "points"),
    [
        ("x", 0.0),
        ("x + 3e-9 * abs(x)", 0.0),
        (SLOPE, 2.0),
        ("x * (theta + epsilon) / (2 * epsilon) - x * (theta - epsilon) / (2 * epsilon)", 2.0),
        ("((theta * x + epsilon * x) - (theta * x - epsilon * x)) / (2 * epsilon)", 2.0),
        ("(forward_propagation(x, theta + epsilon) - forward_propagation(x, theta)) / ((theta + epsilon) - theta)", 2.0),
        ("(x * (theta + epsilon) - x * (theta - epsilon)) / (2 * epsilon)", 2.0),
        ("(forward_propagation(x, theta + epsilon) - forward_propagation(x, theta)) / epsilon", 2.0),
        (SLOPE.replace("(2 * epsilon)", "((theta + epsilon) - (theta - epsilon))"), 2.0),
        ("np.polyfit([-epsilon, epsilon], [forward_propagation(x, theta + s * epsilon) for s in (-1, 1)], 1)[0]", 2.0),
        ("np.gradient([forward_propagation(x, theta + s * epsilon) for s in (-1, 0, 1)], epsilon)[1]", 2.0),
        (
            "np.dot([-epsilon, epsilon], [forward_propagation(x, theta + s * epsilon) for s in (-1, 1)]) / (2 * epsilon**2)",
            2.0,
        ),
        (f"float({SLOPE.replace('x', 'np.longdouble(x)')})", 2.0),
        (re.sub(r"\b(x|theta|epsilon)\b", r"Fraction(\1)", SLOPE), 2.0),
    ],
)
def test_a_derivative_that_is_written_down_is_not_one_that_is_measured(slope: str, points: float) -> None:
    code = "from fractions import Fraction\n" + replaced(SCALAR, SLOPE, slope)
    found = verdicts(ASSIGNMENT, code, only="gradient_check")["gradient_check"]
    assert points_of(found, "property", MEASURED) == points
    assert found.points == 20.0 if points else found.points <= 18.0


SURE = "a confident mistake costs its full price"


@pytest.mark.parametrize(
    ("guarded", "right"),
    [
        ("np.clip(A3, 1e-7, 1 - 1e-7)", True),
        ("A3 * (1 - 2e-7) + 1e-7", True),
        ("np.clip(A3, 1e-6, 1 - 1e-6)", False),
        ("np.clip(A3, 1e-5, 1 - 1e-5)", False),
        ("np.clip(A3, 0.01, 0.99)", False),
        ("np.minimum(A3, 1 - 1e-4)", False),
        ("np.maximum(A3, 1e-4)", False),
        ("A3.astype(np.float32)", False),
    ],
)
def test_a_guard_may_be_small_but_not_wide(guarded: str, right: bool) -> None:
    cost = f"    A = {guarded}\n    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / X.shape[1]"
    old = "    cost = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / X.shape[1]"
    found = verdicts(ASSIGNMENT, replaced(FORWARD, old, cost), only="forward_propagation_n")["forward_propagation_n"]
    assert (found.status == "passed", points_of(found, "property", SURE) > 0) == (right, right)


def test_provided_helpers_that_are_not_there_are_named() -> None:
    without = FORWARD[FORWARD.index("def forward_propagation_n") :]
    (found,) = verdicts(ASSIGNMENT, without, only="forward_propagation_n")["forward_propagation_n"].findings
    assert found.message == (
        "forward_propagation_n is correct. It calls sigmoid and relu, which this file does not define, so it was graded "
        "with a correct sigmoid and relu: full points."
    )


@pytest.mark.parametrize(
    ("name", "cut", "code"),
    [
        ("forward_propagation", "np.clip(theta * x, -100, 100)", ["clipped"]),
        ("forward_propagation", "np.minimum(theta * x, 50)", []),
        ("backward_propagation", "np.clip(x, -5, 5)", ["clipped"]),
        ("backward_propagation", "max(x, -10)", []),
        ("backward_propagation", "min(x, 10)", []),
    ],
)
def test_what_is_cut_to_a_bound_is_seen(name: str, cut: str, code: list[str]) -> None:
    found = verdicts(ASSIGNMENT, f"def {name}(x, theta): return {cut}", only=name)[name]
    assert codes_of(found) == code
    assert found.points < 0.95 * found.max_points


@pytest.mark.parametrize("bound", [1, 5, 10])
def test_gradients_of_the_network_that_are_cut_to_a_bound_are_seen(bound: int) -> None:
    cut = (
        BACKWARD.replace("    return {", "    grads = {")
        + f"    return {{n: np.clip(g, -{bound}, {bound}) for n, g in grads.items()}}\n"
    )
    found = verdicts(ASSIGNMENT, FORWARD, cut, only="backward_propagation_n")["backward_propagation_n"]
    assert codes_of(found) == (["clipped"] if bound == 5 else codes_of(found))
    assert 0.6 * found.max_points < found.points < 0.985 * found.max_points
