"""Deep gradient checking: any depth, any order of keys, functions as arguments, and differences that are no noise."""

from pathlib import Path

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.judging.outcomes import arguments_of, expected_value
from reference import deep_gradient_checking as reference
from tests.assignments.verdicts import codes_of, points_of, verdicts

ASSIGNMENT = load_assignment("deep_gradient_checking", course=Path(__file__).parents[2])
LARGE = "large values of epsilon"

VECTORS = """
def dictionary_to_vector(params_dict):
    L = len(params_dict) // 2
    return np.concatenate([params_dict[k + str(l)].reshape(-1, 1) for l in range(1, L + 1) for k in "Wb"])

def vector_to_dictionary(vector, layers_dims):
    parameters, at = {}, 0
    for l in range(1, len(layers_dims)):
        n, n_prev = layers_dims[l], layers_dims[l - 1]
        parameters[f"W{l}"] = vector[at:at + n * n_prev].reshape(n, n_prev)
        at += n * n_prev
        parameters[f"b{l}"] = vector[at:at + n].reshape(n, 1)
        at += n
    return parameters

def gradients_to_vector(gradients):
    L = len([key for key in gradients if key.startswith("dW")])
    return np.concatenate([gradients["d" + k + str(l)].reshape(-1, 1) for l in range(1, L + 1) for k in "Wb"])
"""
COST = """
def L_model_forward(X, parameters, hidden_layers_activation_fn="relu"):
    A, L = X, len(parameters) // 2
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
        hidden = np.tanh(Z) if hidden_layers_activation_fn == "tanh" else np.maximum(0, Z)
        A = 1 / (1 + np.exp(-Z)) if l == L else hidden
    return A, None

def compute_cost(AL, y):
    return -np.mean(y * np.log(AL) + (1 - y) * np.log(1 - AL))

def forward_prop_cost(X, parameters, Y, hidden_layers_activation_fn="tanh"):
    AL, _ = L_model_forward(X, parameters, hidden_layers_activation_fn)
    return compute_cost(AL, Y)
"""
CHECK = """
def gradient_check(parameters, gradients, X, Y, layers_dims, epsilon=1e-7, hidden_layers_activation_fn="tanh"):
    theta, grad = dictionary_to_vector(parameters), gradients_to_vector(gradients)
    approximation = np.zeros_like(theta)
    for i in range(len(theta)):
        plus, minus = np.copy(theta), np.copy(theta)
        plus[i] += epsilon
        minus[i] -= epsilon
        j_plus = forward_prop_cost(X, vector_to_dictionary(plus, layers_dims), Y, hidden_layers_activation_fn)
        j_minus = forward_prop_cost(X, vector_to_dictionary(minus, layers_dims), Y, hidden_layers_activation_fn)
        approximation[i] = (j_plus - j_minus) / (2 * epsilon)
    difference = np.linalg.norm(grad - approximation) / (np.linalg.norm(grad) + np.linalg.norm(approximation))
    print("the difference is", difference)
    return difference
"""
LAYERS = 'len([key for key in gradients if key.startswith("dW")])'
DERIVATIVES = """
def forward_difference(f, x, epsilon):
    return (f(x + epsilon) - f(x)) / epsilon

def central_difference(f, x, epsilon):
    return (f(x + epsilon) - f(x - epsilon)) / (2 * epsilon)
"""


def replaced(code: str, old: str, new: str) -> str:
    assert old in code
    return code.replace(old, new)


def test_a_right_solution_gets_everything_from_its_own_functions() -> None:
    graded = verdicts(ASSIGNMENT, VECTORS, COST, CHECK, DERIVATIVES)
    assert {name: f.status for name, f in graded.items()} == dict.fromkeys(graded, "passed")
    assert sum(f.points for f in graded.values()) == ASSIGNMENT.spec.points == 100
    assert not any(f.carried for f in graded.values())


# -- what is asked -----------------------------------------------------------------------


@pytest.mark.parametrize("check", ["values", LARGE])
def test_differences_are_compared_to_five_digits_and_only_where_they_are_large(check: str) -> None:
    cases = [c for c in frozen_cases(ASSIGNMENT).functions["gradient_check"].cases if c.check == check]
    assert len(cases) >= 6
    for case in cases:
        expected = expected_value(case, 0)
        assert expected > 1e-2
        assert case.expected[0].tolerances == pytest.approx((1e-5 * expected,))


def test_no_numerical_gradient_is_taken_near_a_kink_or_at_a_saturated_output() -> None:
    for case in frozen_cases(ASSIGNMENT).functions["gradient_check"].cases:
        if case.check == "relative to small gradients, too":
            continue
        parameters, _, X, _, _, _, activation = arguments_of(case.plan)
        AL, caches = reference.L_model_forward(X, parameters, activation)
        assert min(np.abs(Z).min() for _, Z in caches[:-1]) >= 1e-3
        assert 0.1 <= AL.min() <= AL.max() <= 0.9


@pytest.mark.parametrize("name", ["forward_prop_cost", "gradient_check"])
def test_both_activations_and_several_depths_are_asked_for(name: str) -> None:
    cases = [arguments_of(c.plan) for c in frozen_cases(ASSIGNMENT).functions[name].cases if c.check == "values"]
    asked = {(args[-1], len(args[1 if name == "forward_prop_cost" else 0]) // 2) for args in cases}
    assert {activation for activation, _ in asked} == {"tanh", "relu"}
    assert {2, 3, 4, 5} <= {depth for _, depth in asked}


# -- vectors -----------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new", "function", "code"), [
    (LAYERS, "len(gradients) // 2", "gradients_to_vector", "counts-dA"),
    (LAYERS, "len(gradients) // 3", "gradients_to_vector", "needs-dA"),
    ('for l in range(1, L + 1) for k in "Wb"])\n\ndef vector', 'for k in "Wb" for l in range(1, L + 1)])\n\ndef vector',
     "dictionary_to_vector", "weights-first"),
    ("reshape(n, n_prev)", "reshape(n_prev, n)", "vector_to_dictionary", "transposed"),
    ("reshape(n, n_prev)", "reshape(n_prev, n).T", "vector_to_dictionary", "column-by-column"),
])  # fmt: skip
def test_mistakes_with_vectors_are_named(old: str, new: str, function: str, code: str) -> None:
    assert codes_of(verdicts(ASSIGNMENT, replaced(VECTORS, old, new))[function]) == [code]


def test_counting_the_entries_dA_costs_a_part_only() -> None:
    counting = replaced(VECTORS, LAYERS, "len(gradients) // 2")
    found = verdicts(ASSIGNMENT, counting, only="gradients_to_vector")["gradients_to_vector"]
    lost = 0.3 * found.max_points - points_of(found, "values", "entries dA are left out")
    assert lost > 0.15 * found.max_points  # one entry dA is none too many
    assert found.points == pytest.approx(found.max_points - lost)


def test_a_depth_that_is_counted_with_the_entries_dA_is_right_where_there_is_one_for_each_layer() -> None:
    counting = replaced(VECTORS, LAYERS, "sum(key.startswith('dA') for key in gradients)")
    found = verdicts(ASSIGNMENT, counting, only="gradients_to_vector")["gradients_to_vector"]
    assert 0 < points_of(found, "values", "entries dA are left out") < 0.3 * found.max_points
    empty = "def gradients_to_vector(gradients):\n    return np.zeros((0, 1))"
    assert verdicts(ASSIGNMENT, empty, only="gradients_to_vector")["gradients_to_vector"].points == 0


@pytest.mark.parametrize("names", [
    'sorted((n for n in gradients if n[1] in "Wb"), key=lambda n: int(n[2:]))',
    'sorted((n for n in gradients if n[1] in "Wb"), key=lambda n: (len(n), n[2:]))',
])  # fmt: skip
def test_keys_that_are_sorted_by_layer_alone_are_asked_for_in_any_order(names: str) -> None:
    code = f"def gradients_to_vector(gradients):\n    return np.vstack([gradients[n].reshape(-1, 1) for n in {names}])"
    found = verdicts(ASSIGNMENT, code, only="gradients_to_vector")["gradients_to_vector"]
    assert {check.name for check in found.checks if check.status == "failed"} == {
        "keys in any order",
        "whatever the order of the keys",
    }
    assert found.points >= 0.8 * found.max_points


def test_the_keys_beside_the_vector_belong_to_the_other_exercise() -> None:
    code = replaced(VECTORS, 'for k in "Wb"])\n\ndef vector', 'for k in "Wb"]), list(params_dict)\n\ndef vector')
    found = verdicts(ASSIGNMENT, code, only="dictionary_to_vector")["dictionary_to_vector"]
    assert found.status == "partial"
    assert found.points < found.max_points
    assert any("a tuple of 2, expected an array" in check.message for check in found.checks)


# -- the check ---------------------------------------------------------------------------


def test_wrong_vectors_do_not_pull_the_check_down() -> None:
    broken = replaced(VECTORS, "vector[at:at + n].reshape(n, 1)", "vector[at:at + n].reshape(1, n)")
    graded = verdicts(ASSIGNMENT, broken, COST, CHECK)
    assert graded["vector_to_dictionary"].status == "partial"
    assert (graded["gradient_check"].status, graded["gradient_check"].carried) == ("passed", True)


def test_a_wrong_derivative_that_the_check_or_another_one_calls_with_a_function_is_lost_once() -> None:
    forward = "def forward_difference(f, x, epsilon):\n    return (f(x + epsilon) - f(x)) / (3 * epsilon)\n"
    central = "def central_difference(f, x, epsilon):\n    return (forward_difference(f, x, epsilon) + "
    central += "forward_difference(f, x, -epsilon)) / 2\n"
    check = """
def gradient_check(parameters, gradients, X, Y, layers_dims, epsilon=1e-7, hidden_layers_activation_fn="tanh"):
    theta = dictionary_to_vector(parameters)
    approx = np.zeros(theta.shape)
    for i in range(theta.size):
        def J(t):
            moved = theta.copy()
            moved[i, 0] = t
            return forward_prop_cost(X, vector_to_dictionary(moved, layers_dims), Y, hidden_layers_activation_fn)
        approx[i, 0] = central_difference(J, theta[i, 0], epsilon)
    grads = gradients_to_vector(gradients)
    return np.linalg.norm(grads - approx) / (np.linalg.norm(grads) + np.linalg.norm(approx))
"""
    graded = verdicts(ASSIGNMENT, VECTORS, COST, forward, central, check)
    assert graded["forward_difference"].status != "passed"
    assert [graded[name].carried for name in ("central_difference", "gradient_check")] == [True, True]
    assert "calls forward_difference" in graded["gradient_check"].findings[0].message


def test_a_wrong_forward_pass_of_ones_own_does_not_pull_cost_and_check_down() -> None:
    graded = verdicts(ASSIGNMENT, VECTORS, replaced(COST, "np.tanh(Z)", "np.sin(Z)"), CHECK)
    for name in ("forward_prop_cost", "gradient_check"):
        assert (graded[name].status, graded[name].carried) == ("passed", True)


@pytest.mark.parametrize(("old", "new", "code"), [
    (", Y, hidden_layers_activation_fn)", ", Y)", "activation-ignored"),
    ("np.copy(theta), np.copy(theta)", "(np.copy(theta),) * 2", "always-one"),
    ("minus[i] -= epsilon", "minus = plus - epsilon * (np.arange(len(theta)) == i)[:, None]", "minus-at-theta"),
    ("/ (2 * epsilon)", "/ 2 * epsilon", "precedence"),
    ("    theta, grad =", "    epsilon = 1e-7\n    theta, grad =", "literal-epsilon"),
    ("    theta, grad =", "    epsilon = min(epsilon, 1e-4)\n    theta, grad =", "literal-epsilon"),
    ("minus[i] -= epsilon", "minus[i] -= 1e-7", "literal-epsilon"),
    ("return difference", "return difference < 1e-6", "returns-verdict"),
    ("return difference", "return float(difference > 1e-6)", "always-one"),
    ("return difference", "return -difference", "opposite-sign"),
])  # fmt: skip
def test_mistakes_of_the_check_are_named(old: str, new: str, code: str) -> None:
    assert codes_of(
        verdicts(ASSIGNMENT, VECTORS, COST, replaced(CHECK, old, new), only="gradient_check")["gradient_check"]
    ) == [code]


@pytest.mark.parametrize("bound", ["1e-2", "1e-3"])
def test_a_bound_below_the_line_shows_where_gradients_are_small(bound: str) -> None:
    below = "(np.linalg.norm(grad) + np.linalg.norm(approximation))"
    bounded = replaced(CHECK, below, f"max({below}, {bound})")
    found = verdicts(ASSIGNMENT, VECTORS, COST, bounded, only="gradient_check")["gradient_check"]
    assert codes_of(found) == ["bounded-below"]
    assert 0.9 * found.max_points < found.points < found.max_points
    guarded = replaced(CHECK, below, f"({below} + 1e-7)")
    assert verdicts(ASSIGNMENT, VECTORS, COST, guarded, only="gradient_check")["gradient_check"].status == "passed"


def test_a_one_sided_check_loses_the_points_for_large_steps_alone() -> None:
    one_sided = replaced(replaced(CHECK, "minus[i] -= epsilon", "pass"), "(2 * epsilon)", "epsilon")
    found = verdicts(ASSIGNMENT, VECTORS, COST, one_sided, only="gradient_check")["gradient_check"]
    assert codes_of(found) == ["one-sided"]
    assert [check.name for check in found.checks if check.status == "failed"] == [LARGE]
    large = points_of(found, "values", LARGE)
    assert large < 0.13 * found.max_points
    assert found.points == pytest.approx(0.6 * found.max_points + large)


@pytest.mark.parametrize("value", ["0.0", "1.0", "1e-9", "None", "True"])
def test_a_constant_earns_nothing(value: str) -> None:
    code = f"""
        def gradient_check(parameters, gradients, X, Y, layers_dims, epsilon=1e-7, hidden_layers_activation_fn="tanh"):
            return {value}

        def forward_difference(f, x, epsilon):
            return {value}

        def central_difference(f, x, epsilon):
            return {value}
    """
    assert all(f.points == 0 for f in verdicts(ASSIGNMENT, code).values())


# -- one number --------------------------------------------------------------------------


def test_functions_of_any_kind_are_differentiated() -> None:
    cases = frozen_cases(ASSIGNMENT).functions["central_difference"].cases
    makers = {arguments_of(case.plan)[0].name for case in cases if case.check == "values"}
    assert makers == {"polynomial", "wave", "growth"}


@pytest.mark.parametrize(("name", "body", "code"), [
    ("forward_difference", "(f(x + epsilon) - f(x - epsilon)) / (2 * epsilon)", "two-sided"),
    ("forward_difference", "(f(x) - f(x - epsilon)) / epsilon", "backward"),
    ("central_difference", "(f(x + epsilon) - f(x)) / epsilon", "one-sided"),
    ("central_difference", "(f(x + epsilon / 2) - f(x - epsilon / 2)) / epsilon", "half-step"),
    ("central_difference", "2 * x", "assumes-square"),
])  # fmt: skip
def test_other_formulas_are_named(name: str, body: str, code: str) -> None:
    found = verdicts(ASSIGNMENT, f"def {name}(f, x, epsilon):\n    return {body}")[name]
    assert codes_of(found) == [code]


def test_a_step_of_ones_own_is_no_stub_and_loses_more_than_half() -> None:
    found = verdicts(ASSIGNMENT, "def forward_difference(f, x, epsilon):\n    return f(x + 1) - f(x)")["forward_difference"]
    assert found.status == "failed"
    assert 0 < found.points < 0.5 * found.max_points


@pytest.mark.parametrize(("size", "right"), [("1e-7", True), ("1e-5", False), ("0.01", False)])
def test_a_guard_may_be_small_but_not_wide(size: str, right: bool) -> None:
    guarded = replaced(COST, "compute_cost(AL, Y)", f"compute_cost(np.clip(AL, {size}, 1 - {size}), Y)")
    found = verdicts(ASSIGNMENT, VECTORS, guarded, only="forward_prop_cost")["forward_prop_cost"]
    assert (found.status == "passed") == right
    assert (points_of(found, "property", "a confident mistake costs its full price") > 0) == right


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ("np.minimum(AL, 1 - 1e-4)", "of 5"),
        ("np.maximum(AL, 1e-4)", "of 5"),
        ("AL.astype(np.float32)", "single precision"),
    ],
)
def test_a_guard_at_one_end_and_single_precision_are_seen_and_not_blamed_on_the_check(changed: str, what: str) -> None:
    code = replaced(COST, "compute_cost(AL, Y)", f"compute_cost({changed}, Y)")
    graded = verdicts(ASSIGNMENT, VECTORS, code, CHECK)
    assert graded["forward_prop_cost"].status == "partial"
    assert graded["gradient_check"].status == "passed"
    texts = " ".join(check.message for check in graded["forward_prop_cost"].checks)
    assert ("single precision" in texts) == (what == "single precision")


@pytest.mark.parametrize(
    "depth", ['sum(k.startswith("dA") for k in gradients)', 'max(int(k[2:]) for k in gradients if k.startswith("dA")) + 1']
)
def test_a_depth_that_is_counted_by_dA_alone_fails_where_some_are_missing_or_that_of_the_output_is_there(depth: str) -> None:
    code = replaced(VECTORS, LAYERS, f'{depth} if any(k.startswith("dA") for k in gradients) else len(gradients) // 2')
    found = verdicts(ASSIGNMENT, code, only="gradients_to_vector")["gradients_to_vector"]
    assert found.status == "partial"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("forward_difference", "np.diff(f(np.array([x, x + epsilon])))[0] / epsilon"),
        ("central_difference", "np.ptp(f(np.array([x - epsilon, x + epsilon]))) / (2 * epsilon)"),
    ],
)
def test_a_function_of_one_number_gets_no_array(name: str, body: str) -> None:
    found = verdicts(ASSIGNMENT, f"def {name}(f, x, epsilon):\n    return {body}")[name]
    assert found.status != "passed"
    assert any("length-1 arrays" in check.message for check in found.checks)


@pytest.mark.parametrize(
    "vectors",
    [
        VECTORS.partition("def gradients_to_vector")[0] + "gradients_to_vector = dictionary_to_vector\n",
        "def dictionary_to_vector(arrays):\n    return np.concatenate([v.reshape(-1, 1) for v in arrays.values()][::-1])\n"
        "gradients_to_vector = dictionary_to_vector\n" + VECTORS[VECTORS.index("def vector_to") : VECTORS.index("def grad")],
    ],
    ids=["of a right function", "of a wrong one"],
)
def test_a_graded_function_that_is_written_as_another_one_is_a_function_of_its_own(vectors: str) -> None:
    graded = verdicts(ASSIGNMENT, vectors, COST, CHECK)
    assert graded["gradients_to_vector"].status != "passed"
    check = graded["gradient_check"]
    assert (check.status, check.carried) == ("passed", True)
    assert "gradients_to_vector" in check.findings[0].message


@pytest.mark.parametrize(
    ("rise", "code"),
    [
        ("(f(x + epsilon / 2) - f(x - epsilon / 2)) / (2 * epsilon)", "half-step"),
        ("(f(x + 2 * epsilon) - f(x - 2 * epsilon)) / (4 * epsilon)", "double-step"),
        ("(f(x + epsilon) - f(x + epsilon)) / (2 * epsilon)", "same-point"),
        ("(f(x + epsilon) - f(-x + epsilon)) / (2 * epsilon)", "sign-of-x"),
    ],
)
def test_points_at_a_wrong_place_have_names(rise: str, code: str) -> None:
    central = f"def central_difference(f, x, epsilon):\n    return {rise}\n"
    assert codes_of(verdicts(ASSIGNMENT, central)["central_difference"]) == [code]


def test_a_distance_that_is_not_divided_is_not_said_to_have_a_bound() -> None:
    distance = CHECK.replace(" / (np.linalg.norm(grad) + np.linalg.norm(approximation))", "")
    found = verdicts(ASSIGNMENT, VECTORS, COST, distance, only="gradient_check")["gradient_check"]
    assert codes_of(found) == ["not-relative"]


def test_layers_that_are_sorted_as_text_are_told() -> None:
    code = """
    def gradients_to_vector(gradients):
        names = sorted((n for n in gradients if n[1] in "Wb"), key=lambda n: (n[2:], n[1]))
        return np.concatenate([gradients[n].reshape(-1, 1) for n in names])
    """
    found = verdicts(ASSIGNMENT, code, only="gradients_to_vector")["gradients_to_vector"]
    assert codes_of(found) == ["sorted-names"]
