"""Training loops: judged on short runs from given weights, with right helpers where a student's own are wrong."""

import doctest
from pathlib import Path

import numpy as np
import pytest

from assignments.dnn_application import public
from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade
from grader.judging.outcomes import arguments_of
from grader.model import FunctionReport
from tests.assignments.verdicts import codes_of, points_of, verdicts

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment("dnn_application", course=ROOT)
NAMES = ("two_layer_model", "L_layer_model")

TWO = """
def two_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    n_x, n_h, n_y = layers_dims
    parameters = initialize_parameters(n_x, n_h, n_y)
    grads, costs = {}, []
    for i in range(0, num_iterations):
        A1, cache1 = linear_activation_forward(X, parameters["W1"], parameters["b1"], "relu")
        A2, cache2 = linear_activation_forward(A1, parameters["W2"], parameters["b2"], "sigmoid")
        dA2 = -(np.divide(Y, A2) - np.divide(1 - Y, 1 - A2))
        dA1, grads["dW2"], grads["db2"] = linear_activation_backward(dA2, cache2, "sigmoid")
        dA0, grads["dW1"], grads["db1"] = linear_activation_backward(dA1, cache1, "relu")
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
"""
DEEP = """
def L_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    costs = []
    parameters = initialize_parameters_deep(layers_dims)
    for i in range(0, num_iterations):
        AL, caches = L_model_forward(X, parameters)
        cost = compute_cost(AL, Y)
        grads = L_model_backward(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
"""
HELPERS = "from dnn_app_utils_v3 import *\n"
# The same in a text of one's own: each model is graded with right ones once more, which takes longer.
_FILES = "\n".join((ROOT / "reference" / f"{name}.py").read_text("utf-8") for name in ("activations", "dnn_step_by_step"))
OWN_HELPERS = "".join(line for line in _FILES.splitlines(keepends=True) if not line.startswith("from reference"))


def both(*code: str) -> list[FunctionReport]:
    found = verdicts(ASSIGNMENT, *code)
    return [found[name] for name in NAMES]


def changed(old: str, new: str, times: int = 2) -> str:
    """Both functions with one change."""
    assert (TWO + DEEP).count(old) == times
    return (TWO + DEEP).replace(old, new)


def test_the_example_of_the_handout_is_true() -> None:
    scope: dict[str, object] = {"__name__": "example"}
    exec((ROOT / "reference" / "dnn_application.py").read_text(), scope)
    text = (ROOT / "assignments" / "dnn_application" / "README.md").read_text()
    example = doctest.DocTestParser().get_doctest(text, {}, "README.md", None, 0)
    example.globs = scope  # the same names that the functions look up
    found = doctest.DocTestRunner().run(example, clear_globs=False)
    assert found.attempted > 4
    assert found.failed == 0


# -- what is right -----------------------------------------------------------------------

OWN_START = """
import numpy as np

def initialize_parameters{suffix}({arguments}):
    parameters = {{}}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.1
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters
"""


@pytest.mark.parametrize(
    ("suffix", "arguments", "call"),
    [
        ("", "layer_dims", "(layers_dims)"),
        ("", "layer_dims, how, scale", "(layers_dims, 'he', 3)"),
        ("_deep", "*layer_dims", "(*layers_dims)"),
    ],
)
def test_an_own_initializer_with_other_arguments_stays_the_students(suffix: str, arguments: str, call: str) -> None:
    start = OWN_START.format(suffix=suffix, arguments=arguments)
    code = changed("initialize_parameters_deep(layers_dims)", f"initialize_parameters{suffix}{call}", 1)
    code = code.replace("initialize_parameters(n_x, n_h, n_y)", f"initialize_parameters{suffix}{call}")
    assert [(f.status, f.points) for f in both(OWN_HELPERS, start, code)] == [("passed", 50)] * 2
    late = code.replace("learning_rate)\n    return", "learning_rate / 2)\n    return")
    assert late != code
    assert "passed" not in [f.status for f in both(OWN_HELPERS, start, late)]


@pytest.mark.parametrize("returned", ["", ", costs", ", np.array([i])", ", {}", ", lambda: costs"])
def test_the_costs_are_free(returned: str) -> None:
    code = changed("return parameters", f"return parameters{returned}")
    assert [(f.status, f.carried) for f in both(HELPERS, code)] == [("passed", False)] * 2


def test_three_parts_are_one_too_many() -> None:
    for found in both(HELPERS, changed("return parameters", "return parameters, costs, grads")):
        assert found.status == "partial"
        assert 0.75 * found.max_points <= found.points < found.max_points
        assert any("tuple of 3" in check.message or "3 parts" in check.message for check in found.checks)


UPDATE = "        parameters = update_parameters(parameters, grads, learning_rate)\n"
KEEPS_BEST = """        cost = compute_cost(A2, Y)
        if not costs or cost < min(costs):
            best = parameters
        costs.append(cost)
"""
CHANGES = {
    "labels-turned": (
        "-(np.divide(Y, A2) - np.divide(1 - Y, 1 - A2))",
        "np.divide(Y, 1 - A2) - np.divide(1 - Y, A2)",
    ),
    "one-parameter-not-trained": (UPDATE, f"        b2 = parameters['b2']\n{UPDATE}        parameters['b2'] = b2\n"),
    "last-layer-not-trained": (UPDATE, f"        grads |= {{n: 0 * grads[n] for n in ('dW2', 'db2')}}\n{UPDATE}"),
    "no-mask": ('linear_activation_backward(dA1, cache1, "relu")', "linear_backward(dA1, cache1[0])"),
    "best-for-last": (UPDATE, f"{KEEPS_BEST}{UPDATE}    parameters = best if costs else parameters\n"),
}


@pytest.mark.parametrize(("code", "change"), CHANGES.items(), ids=CHANGES.keys())
def test_what_is_wrong_with_a_loop_has_a_name(code: str, change: tuple[str, str]) -> None:
    assert change[0] in TWO
    found = verdicts(ASSIGNMENT, HELPERS, TWO.replace(*change), only="two_layer_model")["two_layer_model"]
    assert codes_of(found) == [code]


def test_printing_and_reseeding_are_free() -> None:
    update = "        parameters = update_parameters"
    code = changed(update, "        print('cost', i)\n        np.random.seed(i)\n" + update)
    assert [f.status for f in both(HELPERS, code)] == ["passed"] * 2


def test_an_initializer_of_ones_own_may_take_more_arguments() -> None:
    seeded = DEEP.replace("initialize_parameters_deep(layers_dims)", "initialize_parameters_deep(layers_dims, 3, op=2)")
    assert seeded != DEEP
    assert verdicts(ASSIGNMENT, HELPERS, seeded, only="L_layer_model")["L_layer_model"].status == "passed"


def test_constants_of_the_notebook_with_the_names_of_arguments_are_harmless() -> None:
    constants = "n_x, n_h, n_y = 12288, 7, 1\nlayers_dims = [n_x, n_h, n_y]\nlearning_rate = 7.5\nnum_iterations = 2\n"
    assert [f.status for f in both(constants, HELPERS, TWO + DEEP, constants)] == ["passed"] * 2


def test_the_initializer_of_the_other_function_will_do() -> None:
    code = TWO.replace("initialize_parameters(n_x, n_h, n_y)", "initialize_parameters_deep([n_x, n_h, n_y])")
    assert verdicts(ASSIGNMENT, HELPERS, code, only=NAMES[0])[NAMES[0]].status == "passed"


def test_helpers_are_found_however_they_are_imported(tmp_path: Path) -> None:
    inside = "import linear_activation_forward, linear_activation_backward, initialize_parameters, update_parameters"
    deep = DEEP
    names = "initialize_parameters_deep L_model_forward L_model_backward compute_cost update_parameters"
    for name in names.split():
        deep = deep.replace(f" {name}(", f" utils.{name}(")
    two = TWO.replace("    n_x, n_h, n_y =", f"    from dnn_app_utils_v2 {inside}\n    n_x, n_h, n_y =")
    path = tmp_path / "solution.py"
    path.write_text("import numpy as np\nimport dnn_app_utils_v3 as utils\n" + two + deep)
    assert [(f.status, f.carried) for f in grade(ASSIGNMENT, path).functions] == [("passed", False)] * 2


def test_an_error_names_the_initializer_as_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "solution.py"
    wrong = TWO.replace("initialize_parameters(n_x, n_h, n_y)", "initialize_parameters(layers_dims)")
    path.write_text("import numpy as np\nfrom dnn_app_utils_v3 import *\n" + wrong)
    message = grade(ASSIGNMENT, path).functions[0].checks[0].message
    assert message.startswith(
        "the function raised TypeError: initialize_parameters() missing 2 required positional arguments"
    )


def test_an_update_in_place_is_right() -> None:
    update = """
def update_parameters(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate * grads["d" + name]
    return parameters
"""
    found = both(OWN_HELPERS, update, TWO + DEEP)
    assert [(f.status, f.carried) for f in found] == [("passed", False)] * 2


# -- helpers of one's own ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "called", "code"),
    [
        ("relu_backward", "_backward", "def relu_backward(dA, cache):\n    return dA * cache"),
        ("compute_cost", "compute_cost", "def compute_cost(AL, Y):\n    raise ValueError('not yet')"),
        (
            "update_parameters",
            "update_parameters",
            "def update_parameters(parameters, grads, learning_rate):\n    return parameters",
        ),
        ("linear_backward", "_backward", "def linear_backward(dZ, cache):\n    return cache"),
    ],
)
def test_a_wrong_helper_of_ones_own_is_told_and_costs_nothing(name: str, called: str, code: str) -> None:
    """What is blamed is what the loop calls itself: ``called``, which may be wrong only because of what it calls."""
    own = HELPER_BODIES.replace(f"def {name}(", f"def _old_{name}(")
    found = both(own, code, TWO + DEEP)
    assert [f.status for f in found] == ["passed"] * 2
    assert [f.points for f in found] == [50.0] * 2
    told = [f for f in found if f.carried]
    assert told
    assert all(codes_of(f) == ["carried"] and called in f.findings[0].message for f in told)


def test_of_several_helpers_of_ones_own_the_one_is_called_wrong_that_a_call_shows_to_be() -> None:
    wrong = "def update_parameters(parameters, grads, learning_rate):\n    return parameters"
    own = HELPER_BODIES.replace("def update_parameters(", "def _old_update_parameters(")
    for found in both(own, wrong, TWO + DEEP):
        assert found.carried
        assert "It calls update_parameters, your own version of which is wrong" in found.findings[0].message
        assert found.findings[0].hint.startswith("Fix update_parameters first: of update_parameters({'W1': [[0.5]], ")


def test_the_step_by_step_exercise_may_stand_above_it_with_its_own_helpers(tmp_path: Path) -> None:
    _, marker, layers = HELPER_BODIES.partition("def initialize_parameters(")
    activations = "from dnn_utils_v2 import sigmoid, sigmoid_backward, relu, relu_backward\n"
    path = tmp_path / "solution.py"
    path.write_text("import numpy as np\n" + activations + marker + layers + "\n\n" + TWO + DEEP)
    assert [(f.status, f.carried) for f in grade(ASSIGNMENT, path).functions] == [("passed", False)] * 2


def _helper_bodies() -> str:
    """All provided helpers in one text: in this process there are no provided modules to import."""
    of_layers = (ROOT / "assignments" / "dnn_application" / "provided" / "dnn_app_utils.py").read_text()
    activations = (ROOT / "assignments" / "dnn_step_by_step" / "provided" / "dnn_utils.py").read_text()
    before, imported, after = of_layers.partition("from dnn_utils import relu, relu_backward, sigmoid, sigmoid_backward\n")
    assert imported
    return before + after + activations


HELPER_BODIES = _helper_bodies()


PARAMETERS = 0.5  # the share of the values


# -- what is wrong -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "with_costs"),
    [
        ("grads, learning_rate)", "grads, 0.0075)", "learning-rate-ignored", "L_layer_model"),
        ("grads, learning_rate)", "grads, learning_rate=0.3)", "learning-rate-ignored", "two_layer_model"),
        ("range(0, num_iterations)", "range(0, 20)", "iterations-ignored", "L_layer_model"),
        ("range(0, num_iterations)", "range(1, num_iterations)", "one-iteration-missing", "two_layer_model"),
        ("range(0, num_iterations)", "range(num_iterations + 1)", "one-iteration-too-many", "L_layer_model"),
        ("        parameters = update_parameters", "        updated = update_parameters", "never-trains", "two_layer_model"),
        ("grads, learning_rate)", "grads, -learning_rate)", "climbs", "L_layer_model"),
        ("grads, learning_rate)", "grads, learning_rate / X.shape[1])", "averaged-twice", "two_layer_model"),
    ],
)
def test_a_mistake_is_named_in_both_editions(old: str, new: str, code: str, with_costs: str) -> None:
    """The older edition returns the parameters alone, the newer one the costs as well: one function is of each."""
    before, head, body = changed(old, new).partition(f"def {with_costs}(")
    text = before + head + body.replace("return parameters", "return parameters, costs", 1)
    for found in both(HELPERS, text):
        assert found.status in ("failed", "partial")
        assert codes_of(found) == [code]
        # What is right from weights of its own: the values after one step.
        most = {"one-iteration-too-many": 0.75, "iterations-ignored": 0.6}.get(code, 0.5)
        assert points_of(found, "values", "parameters") <= most * PARAMETERS * found.max_points


@pytest.mark.parametrize("guard", ["if i % 1000 == 0:\n            ", "if i == 0:\n            "])
def test_who_makes_the_first_step_alone_loses_more_than_half_and_is_told_what_was_tried(guard: str) -> None:
    for found in both(HELPERS, changed("parameters = update_parameters", f"{guard}parameters = update_parameters")):
        assert codes_of(found) == ["single-step"]
        assert found.findings[0].message.endswith("with one iteration and with all larger numbers that were tried")
        assert found.points < 0.5 * found.max_points


def test_an_update_that_belongs_to_what_is_printed_is_told() -> None:
    code = changed("parameters = update_parameters", "if i % 100 == 0:\n            parameters = update_parameters")
    for found in both(HELPERS, code):
        assert codes_of(found)[:1] == ["every-hundredth-iteration"]
        assert found.points < 0.5 * found.max_points


@pytest.mark.parametrize("classes", ["{0} > 0.5", "({0} > 0.5).astype(float)", "np.round({0})", "np.where({0} > 0.5, 1, 0)"])
def test_an_output_that_is_rounded_to_a_class_leaves_no_number(classes: str) -> None:
    code = TWO.replace("        dA2 =", f"        A2 = {classes.format('A2')}\n        dA2 =")
    code += DEEP.replace("        grads = L", f"        AL = {classes.format('AL')}\n        grads = L")
    for found in both(HELPERS, code):
        assert codes_of(found) == ["no-number-after-one-step"]
        assert any(
            "after one step with learning_rate=0.015625, W1 holds nan or inf" in check.message for check in found.checks
        )


def test_iterations_are_called_ignored_only_where_several_steps_are_made_for_one() -> None:
    """With 1e-8 and 1 - 1e-8 for the classes one step goes so far that no gradient is left for the next ones."""
    classes = "np.clip({0} > 0.5, 1e-8, 1 - 1e-8)"
    code = TWO.replace("        dA2 =", f"        A2 = {classes.format('A2')}\n        dA2 =")
    code += DEEP.replace("        grads = L", f"        AL = {classes.format('AL')}\n        grads = L")
    for found in both(HELPERS, code):
        assert (found.points, codes_of(found)) == (0, [])


def test_an_error_that_is_counted_in_classes_is_told() -> None:
    code = TWO.replace("dA2 = -(np.divide(Y, A2) - np.divide(1 - Y, 1 - A2))", "dZ2 = np.round(A2) - Y")
    code = code.replace('linear_activation_backward(dA2, cache2, "sigmoid")', "linear_backward(dZ2, cache2[0])")
    assert codes_of(verdicts(ASSIGNMENT, HELPERS, code, only=NAMES[0])[NAMES[0]]) == ["class-for-probability"]


def test_layers_of_the_notebook_in_place_of_the_argument_are_a_mistake_by_name() -> None:
    text = TWO.replace("= layers_dims", "= (12288, 7, 1)") + DEEP.replace("(layers_dims)", "([12288, 20, 7, 5, 1])")
    for found in both(HELPERS, text):
        assert found.points == 0
        assert codes_of(found) == ["dimensions-ignored"]
        assert "but layers_dims is" in found.checks[0].message


def test_weights_of_ones_own_are_right_whatever_their_size(tmp_path: Path) -> None:
    own = """
def small(layers_dims):
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * 0.01
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters
"""
    two = TWO.replace("initialize_parameters(n_x, n_h, n_y)", "small(layers_dims)")
    deep = DEEP.replace("initialize_parameters_deep", "small")
    path = tmp_path / "solution.py"
    path.write_text("import numpy as np\n" + HELPER_BODIES + own + two + deep)
    for found in grade(ASSIGNMENT, path).functions:
        assert (found.status, found.carried, found.points) == ("passed", False, 50.0)


def test_a_loop_that_stops_when_the_cost_rises_stops_too_early() -> None:
    stops = "        if i and cost > best:\n            break\n        best = cost\n"
    for found in both(HELPERS, changed("        grads = L_model_backward", stops + "        grads = L_model_backward", 1)):
        right = found.name == "two_layer_model"
        assert found.status == ("passed" if right else "partial")
        assert right or 0.7 * found.max_points < found.points < found.max_points


def test_a_deep_model_that_hands_small_networks_to_a_wrong_one_is_carried_from_the_given_weights() -> None:
    handed = DEEP.replace(
        "    costs = []\n",
        "    if len(layers_dims) == 3:\n"
        "        return two_layer_model(X, Y, layers_dims, learning_rate, num_iterations, print_cost)\n",
    )
    wrong, deep = both(OWN_HELPERS, TWO.replace("range(0, num", "range(1, num"), handed)
    assert (wrong.status, codes_of(wrong)) != ("passed", [])
    assert (deep.status, deep.carried, deep.points) == ("passed", True, 50.0)


def test_what_lowers_the_cost_keeps_a_share_for_it() -> None:
    for found in both(HELPERS, changed("grads, learning_rate)", "grads, 0.0075)")):
        assert 0.25 * found.max_points < found.points < 0.5 * found.max_points
    for found in both(OWN_HELPERS, changed("grads, learning_rate)", "grads, -learning_rate)")):
        assert found.points < 0.25 * found.max_points


# -- the cases ---------------------------------------------------------------------------


def test_runs_are_short_and_labels_are_unbalanced() -> None:
    for name in NAMES:
        for case in frozen_cases(ASSIGNMENT).functions[name].cases:
            X, Y, dims, learning_rate, num_iterations, print_cost = arguments_of(case.plan)
            assert 1 <= num_iterations <= 105
            assert learning_rate != 0.0075
            assert print_cost in (False, True)
            assert Y.mean() != 0.5
            assert set(np.unique(Y)) <= {0, 1}
            assert (dims[0], dims[-1]) == (X.shape[0], 1)


def test_networks_of_two_to_five_layers_are_trained() -> None:
    cases = frozen_cases(ASSIGNMENT).functions["L_layer_model"].cases
    assert {len(arguments_of(case.plan)[2]) - 1 for case in cases} == {2, 3, 4, 5}


START = {"W1": np.ones((3, 2)), "b1": np.zeros((3, 1)), "W2": np.ones((1, 3)), "b2": np.zeros((1, 1))}


def test_given_weights_are_copies() -> None:
    for initialize, args in ((public.given_two_layers(START), (2, 3, 1)), (public.given_layers(START), ([2, 3, 1],))):
        first = initialize(*args)
        first["W1"] += 1
        assert np.array_equal(initialize(*args)["W1"], START["W1"])


def test_given_weights_have_the_hidden_sizes_that_are_asked_for() -> None:
    with pytest.raises(public.DimensionsError, match=r"asked for layers \[4, 3, 1\], but layers_dims is \[2, 3, 1\]"):
        public.given_two_layers(START)(4, 3, 1)
    with pytest.raises(public.DimensionsError):
        public.given_layers(START)(layers_dims=(2, 3, 3))
    found = public.given_layers(START)(layers_dims=(2, 3, 3, 1))
    assert [found[f"W{l}"].shape for l in (1, 2, 3)] == [(3, 2), (3, 3), (1, 3)]


# -- from weights of one's own: no value is right, and the relations say how much is --------

OWN = """
def drawn(dims, scale=lambda n, k: 1 / np.sqrt(k)):
    np.random.seed(3)
    W = {f"W{l}": np.random.randn(n, k) * scale(n, k) for l, (k, n) in enumerate(zip(dims, dims[1:]), 1)}
    return W | {f"b{l}": np.zeros((n, 1)) for l, n in enumerate(dims[1:], 1)}
"""


def own_start(*changes: tuple[str, str]) -> list[FunctionReport]:
    code = TWO.replace("initialize_parameters(n_x, n_h, n_y)", "drawn(layers_dims)")
    code += DEEP.replace("initialize_parameters_deep(layers_dims)", "drawn(layers_dims)")
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    return both(HELPERS, OWN, code)


@pytest.mark.parametrize(
    ("changes", "least", "most"),
    [
        ((), 1.0, 1.0),
        ((("grads, learning_rate)", "grads, 0.0075)"),), 0.2, 0.5),  # the cost falls
        ((("drawn(layers_dims)", "drawn([X.shape[0], 7, 1])"),), 0.2, 0.6),  # trained as it should be
        ((("grads, learning_rate)", "grads, -learning_rate)"),), 0.0, 0.0),
        ((("num_iterations):", "0):"),), 0.0, 0.0),
    ],
)
def test_a_model_from_weights_of_its_own_keeps_what_is_right(
    changes: tuple[tuple[str, str], ...], least: float, most: float
) -> None:
    for found in own_start(*changes):
        assert least * found.max_points <= found.points <= most * found.max_points


def test_hidden_layers_of_ones_own_sizes_cost_no_more_than_the_rest_is_worth() -> None:
    code = TWO.replace("n_x, n_h, n_y = layers_dims", "n_x, n_h, n_y = X.shape[0], 7, 1")
    code += DEEP.replace("initialize_parameters_deep(layers_dims)", "initialize_parameters_deep([X.shape[0], 20, 7, 1])")
    for found in both(HELPERS, code):
        assert 0.25 * found.max_points <= found.points <= 0.55 * found.max_points


STOPS = {
    "hardly falls": "abs(last - cost) < 1e-6",
    "is as close as NumPy says": "np.isclose(last, cost)",
    "falls by a small part": "0 <= last - cost < 1e-5 * last",
    "looks the same": "round(last, 6) == round(cost, 6)",
    "is low": "cost < 0.2",
    "is very low": "cost < 0.001",
    "rises": "cost > last",
    "rises three times": "len(costs) > 2 and cost > costs[-1] > costs[-2] > costs[-3]",
    "has not fallen for long": "len(costs) > 8 and cost > min(costs[-8:])",
    "has small gradients": "i and max(np.abs(grad).max() for name, grad in grads.items() if name[1] != 'A') < 1e-3",
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_a_run_that_is_stopped_early_is_wrong(stop: str) -> None:
    code = changed("    for i in", "    last, grads, costs = np.inf, {}, []\n    for i in")
    code = code.replace("    return parameters", "        costs.append(cost)\n        last = cost\n    return parameters")
    ends = f"        if {stop}:\n            break\n"
    update = "        parameters = update_parameters(parameters, grads, learning_rate)\n"
    for place, text in (("before", code), ("after", code.replace(update, update + ends))):
        for A, line in (("A2", "        dA2 = -("), ("AL", "        grads = L_")):
            cost = f"        cost = compute_cost({A}, Y)\n" + (ends if place == "before" else "")
            text = text.replace(line, cost + line)
        for found in both(HELPERS, text):
            assert 0.25 * found.max_points < found.points < 0.9 * found.max_points
            assert "stops-early" in codes_of(found)


@pytest.mark.parametrize("count", ["range(0, num_iterations, 2)", "range(0, num_iterations, 3)"])
def test_iterations_that_are_passed_over_are_no_early_end(count: str) -> None:
    for found in both(HELPERS, changed("range(0, num_iterations)", count)):
        assert found.status == "failed"
        assert codes_of(found) == ["steps-left-out"]


@pytest.mark.parametrize(("most", "loss"), [(20, (0.1, 0.4)), (50, (0.03, 0.25)), (100, (0.03, 0.25))])
def test_a_bound_of_the_number_of_steps_is_named(most: int, loss: tuple[float, float]) -> None:
    for found in both(HELPERS, changed("range(0, num_iterations)", f"range(min(num_iterations, {most}))")):
        assert "capped-iterations" in codes_of(found)
        assert loss[0] < 1 - found.points / found.max_points < loss[1]


def test_a_parameter_that_moves_without_the_rate_is_not_said_to_stay() -> None:
    found, _ = both(HELPERS, changed(
        "        parameters = update_parameters(parameters, grads, learning_rate)\n    return parameters\n\n",
        "        W1 = parameters['W1'] - grads['dW1']\n"
        "        parameters = {**update_parameters(parameters, grads, learning_rate), 'W1': W1}\n    return parameters\n\n",
        1,
    ))  # fmt: skip
    assert codes_of(found) == ["rate-missing"]
    told = [check.message for check in found.checks if check.kind == "property" and check.status == "failed"]
    assert "every change of W1 is 64 times the expected one" in told[0]
    assert not [message for message in told if "as before" in message]


BOUNDS = {
    "each number": "{{n: np.clip(g, -{b}, {b}) for n, g in grads.items()}}",
    "each array": "{{n: g * min(1, {b} / (1e-12 + np.linalg.norm(g))) for n, g in grads.items()}}",
    "all together": "{{n: g * min(1, {b} / sum((grads['d' + k] ** 2).sum() for k in parameters) ** 0.5) for n, g in grads.items()}}",  # noqa: E501
}


@pytest.mark.parametrize("bound", [4, 10])
@pytest.mark.parametrize("how", BOUNDS.values(), ids=BOUNDS.keys())
def test_gradients_that_are_cut_off_are_wrong(how: str, bound: float) -> None:
    update = "        parameters = update_parameters"
    for found in both(HELPERS, changed(update, f"        grads = {how.format(b=bound)}\n" + update)):
        assert 0.7 * found.max_points < found.points < 0.96 * found.max_points
        assert "clipped" in codes_of(found)


def test_who_stops_where_the_gradients_are_small_is_not_said_never_to_train() -> None:
    stop = "        if max(np.abs(grad).max() for grad in grads.values()) < 0.05:\n            break\n"
    for found in both(HELPERS, changed("        parameters = update", stop + "        parameters = update")):
        assert 0 < found.points < found.max_points
        assert "never-trains" not in {finding.code for finding in found.findings}


def test_a_run_that_is_stopped_where_there_is_no_slope_at_all_is_right() -> None:
    stop = "        if not any(grad.any() for grad in grads.values()):\n            break\n"
    line = "        parameters = update_parameters"
    for found in both(HELPERS, changed(line, stop + line)):
        assert found.status == "passed"


def test_equal_weights_of_ones_own_prove_nothing() -> None:
    """Their units stay equal, whatever the steps are."""
    for found in own_start(("drawn(layers_dims)", "{name: 0 * value for name, value in drawn(layers_dims).items()}")):
        assert found.points == 0


@pytest.mark.parametrize(
    "scale", ["0.01", "np.sqrt(2 / k)", "np.sqrt(2 / (n + k))", "1", "0.001"], ids=["0.01", "He", "Xavier", "1", "0.001"]
)
def test_usual_starts_of_ones_own_are_right_also_where_the_slopes_are_small(scale: str) -> None:
    for found in own_start(("drawn(layers_dims)", "drawn(layers_dims, lambda n, k: " + scale + ")")):
        assert (found.status, found.points) == ("passed", found.max_points), found.checks


# A start of one's own where something has no slope, and what training is left there.
LAST_BIAS = """
    for i in range(num_iterations):
        AL, _ = L_model_forward(X, parameters)
        parameters[last] = parameters[last] - learning_rate * np.mean(AL - Y)
    return parameters
"""
LAST_LAYER = """
    for i in range(num_iterations):
        AL, caches = L_model_forward(X, parameters)
        grads = L_model_backward(AL, Y, caches)
        for name in (last, last.replace("b", "W")):
            parameters[name] = parameters[name] - learning_rate * grads["d" + name]
    return parameters
"""
LINEAR = """
    L = len(layers_dims) - 1
    for i in range(num_iterations):
        A = [X]
        for l in range(1, L + 1):
            A.append(parameters[f"W{l}"] @ A[-1] + parameters[f"b{l}"])
        dZ = (1 / (1 + np.exp(-A[-1])) - Y) / X.shape[1]
        for l in range(L, 0, -1):
            dW, db, dZ = dZ @ A[l - 1].T, dZ.sum(1, keepdims=True), parameters[f"W{l}"].T @ dZ
            parameters[f"W{l}"] = parameters[f"W{l}"] - learning_rate * dW
            parameters[f"b{l}"] = parameters[f"b{l}"] - learning_rate * db
    return parameters
"""
EVASIVE = {
    "every unit is shut": ("parameters[f'b{l}'] = parameters[f'b{l}'] - 1000 * (l < L)", LAST_BIAS),
    "shut by the weights": (
        "parameters['W1'] = -np.outer(np.arange(1, layers_dims[1] + 1), np.linalg.pinv(X).sum(0))",
        LAST_BIAS,
    ),
    "nothing behind it": ("parameters[f'W{l}'] = 1e-12 * parameters[f'W{l}']", LAST_BIAS),
    "small weights": ("parameters[f'W{l}'] = 1e-2 * parameters[f'W{l}']", LAST_BIAS),
    "a small last layer": ("parameters[f'W{l}'] = (1 if l < L else 1e-8) * parameters[f'W{l}']", LAST_LAYER),
    "small weights below": ("parameters[f'W{l}'] = 1e-3 * parameters[f'W{l}']", LAST_LAYER),
    "every unit is open": ("parameters[f'b{l}'] = parameters[f'b{l}'] + 1000 * (l == 1 or l < L)", LINEAR),
}


@pytest.mark.parametrize(("start", "steps"), EVASIVE.values(), ids=EVASIVE.keys())
def test_a_start_of_ones_own_where_nothing_is_to_be_trained_earns_nothing(start: str, steps: str) -> None:
    body = f"""    L = len(layers_dims) - 1
    parameters, last = drawn(layers_dims), f"b{{L}}"
    for l in range(1, L + 1):
        {start}{steps}"""
    heads = (
        f"def {name}(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):\n" for name in NAMES
    )
    for found in both(HELPERS, OWN, *(head + body for head in heads)):
        assert (found.status, found.points <= 0.5 * found.max_points) == ("failed", True), found.checks
        (first,) = (check for check in found.checks if check.name == "one step goes down the slope of the cost")
        assert first.status == "failed"


def test_it_is_told_why_a_start_cannot_be_judged() -> None:
    dead = ("drawn(layers_dims)", "{n: v - 1e3 * (n in ('b1', 'b2') and len(v) > 1) for n, v in drawn(layers_dims).items()}")
    for found in own_start(dead):
        (first,) = (check for check in found.checks if check.name == "one step goes down the slope of the cost")
        assert "where it starts, the cost hardly depends on W1" in first.message
        assert found.points == 0
