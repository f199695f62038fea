"""The public helper modules: what submissions import must be there, be right, and give no graded function away."""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import numpy as np
import pytest

from grader.course import Course
from reference import (
    activations,
    deep_gradient_checking,
    gradient_checking,
    regularization,
    three_layer_network,
)
from tests.reference import oracles
from tests.reference.oracles import assert_agree, assert_all_agree

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
PLOTTING = {"plot_decision_boundary"}
NETWORK = {"sigmoid", "relu", "forward_propagation", "backward_propagation", "update_parameters", "predict"}
VECTORS = {"dictionary_to_vector", "vector_to_dictionary", "gradients_to_vector"}
NAMES = {
    ("dnn_step_by_step", "dnn_utils"): {"sigmoid", "relu", "sigmoid_backward", "relu_backward"},
    ("dnn_step_by_step", "dnn_utils_v2"): {"sigmoid", "relu", "sigmoid_backward", "relu_backward"},
    ("initialization", "init_utils"): NETWORK | PLOTTING | {"compute_loss", "load_dataset", "predict_dec"},
    ("regularization", "reg_utils"): NETWORK
    | PLOTTING
    | {"compute_cost", "load_2D_dataset", "predict_dec", "initialize_parameters"},
    ("gradient_checking", "gc_utils"): VECTORS | {"sigmoid", "relu"},
    ("deep_gradient_checking", "coding_neural_network_from_scratch"): {
        "initialize_parameters",
        "L_model_forward",
        "L_model_backward",
        "compute_cost",
    },
}
EMPTY = [
    *(("dnn_step_by_step", f"testCases{suffix}") for suffix in ("", "_v2", "_v3", "_v4", "_v4a")),
    *((name, "testCases") for name in ("initialization", "regularization", "gradient_checking")),
    *((name, "public_tests") for name in ("dnn_step_by_step", "initialization", "regularization", "gradient_checking")),
]
HIDDEN_AND_OUTPUT = [2, 6, 3, 1]


@contextmanager
def provided(assignment: str, module: str) -> Iterator[ModuleType]:
    """Import a helper module as a submission would, and forget it and its siblings again."""
    sources = COURSE.load(assignment).provided
    with TemporaryDirectory() as folder:
        for name, source in sources.items():
            Path(folder, f"{name}.py").write_text(source, "utf-8")
        sys.path.insert(0, folder)
        try:
            yield import_module(module)
        finally:
            sys.path.remove(folder)
            for name in set(sources) & set(sys.modules):
                del sys.modules[name]


def graded_functions(assignment: str) -> set[str]:
    """Functions of the reference with a solution region."""
    source = (ROOT / "reference" / f"{assignment}.py").read_text()
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {f.name for f in functions if "# BEGIN SOLUTION" in (ast.get_source_segment(source, f) or "")}


@pytest.mark.parametrize(("assignment", "module"), NAMES, ids=str)
def test_a_helper_module_has_all_names_that_submissions_import(assignment: str, module: str) -> None:
    with provided(assignment, module) as helpers:
        assert {name for name in NAMES[assignment, module] if not callable(getattr(helpers, name, None))} == set()


@pytest.mark.parametrize(("assignment", "module"), [*NAMES, *EMPTY], ids=str)
def test_a_helper_module_gives_no_graded_function_away(assignment: str, module: str) -> None:
    graded = graded_functions(assignment)
    assert graded
    with provided(assignment, module) as helpers:
        assert graded & set(vars(helpers)) == set()


@pytest.mark.parametrize(("assignment", "module"), [*NAMES, *EMPTY], ids=str)
def test_a_helper_module_imports_numpy_and_its_siblings_only(assignment: str, module: str) -> None:
    sources = COURSE.load(assignment).provided
    nodes = list(ast.walk(ast.parse(sources[module])))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported <= {"numpy", *sources}


@pytest.mark.parametrize(("assignment", "module"), EMPTY, ids=str)
def test_a_module_of_test_cases_hands_on_numpy_alone(assignment: str, module: str) -> None:
    with provided(assignment, module) as helpers:
        assert [name for name in vars(helpers) if not name.startswith("_")] == ["np"]


@pytest.mark.parametrize("module", ["dnn_utils", "dnn_utils_v2"])
def test_activations_with_a_cache_agree_with_the_reference(module: str) -> None:
    Z, dA = np.random.default_rng(81).normal(scale=3.0, size=(2, 4, 9))
    with provided("dnn_step_by_step", module) as helpers:
        for name in ("sigmoid", "relu"):
            A, cache = getattr(helpers, name)(Z)
            assert_agree(A, getattr(activations, name)(Z)[0])
            assert cache is Z
            backward = f"{name}_backward"
            assert_agree(getattr(helpers, backward)(dA, Z), getattr(activations, backward)(dA, Z))


@pytest.mark.parametrize(
    ("assignment", "module"),
    [("initialization", "init_utils"), ("regularization", "reg_utils"), ("gradient_checking", "gc_utils")],
)
def test_activations_without_a_cache_agree_with_the_reference_and_never_overflow(assignment: str, module: str) -> None:
    Z = np.array([[-1e4, -2.0, 0.0, 3.0, 1e4]])
    with provided(assignment, module) as helpers, np.errstate(all="raise", under="ignore"):
        assert_agree(helpers.sigmoid(Z), activations.sigmoid(Z)[0])
        assert_agree(helpers.relu(Z), activations.relu(Z)[0])


@pytest.mark.parametrize(
    ("assignment", "module", "cost"),
    [("initialization", "init_utils", "compute_loss"), ("regularization", "reg_utils", "compute_cost")],
)
def test_the_three_layer_network_agrees_with_the_reference(assignment: str, module: str, cost: str) -> None:
    X, Y, parameters = oracles.random_network(82, HIDDEN_AND_OUTPUT, 9)
    with provided(assignment, module) as helpers:
        A3, cache = helpers.forward_propagation(X, parameters)
        expected_A3, expected_cache = three_layer_network.forward_propagation(X, parameters)
        assert_agree(A3, expected_A3)
        for item, expected in zip(cache, expected_cache, strict=True):
            assert_agree(item, expected)
        gradients = helpers.backward_propagation(X, Y, cache)
        expected_gradients = three_layer_network.backward_propagation(X, Y, expected_cache)
        assert set(gradients) == set(expected_gradients)
        assert_all_agree(gradients, expected_gradients)
        assert getattr(helpers, cost)(A3, Y) == pytest.approx(float(oracles.network_cost(parameters, X, Y)), rel=1e-10)
        stepped = helpers.update_parameters(parameters, gradients, 0.5)
        assert_all_agree(stepped, {k: v - 0.5 * gradients[f"d{k}"] for k, v in parameters.items()})


def test_the_cost_ignores_the_nan_of_a_certain_prediction() -> None:
    with provided("initialization", "init_utils") as helpers:
        assert helpers.compute_loss(np.array([[1.0, 0.5]]), np.array([[1, 0]])) == pytest.approx(np.log(2) / 2)


def test_regularization_starts_from_the_weights_of_the_reference() -> None:
    with provided("regularization", "reg_utils") as helpers:
        start = helpers.initialize_parameters([2, 20, 3, 1])
    assert_all_agree(start, regularization.initialize_parameters([2, 20, 3, 1]), rtol=1e-15)


@pytest.mark.parametrize(
    ("assignment", "module", "loader", "sizes"),
    [
        ("initialization", "init_utils", "load_dataset", (300, 100)),
        ("regularization", "reg_utils", "load_2D_dataset", (211, 200)),
    ],
)
def test_the_data_has_examples_in_columns_and_both_labels(assignment, module, loader, sizes) -> None:
    with provided(assignment, module) as helpers:
        train_X, train_Y, test_X, test_Y = getattr(helpers, loader)()
    for X, Y, m in ((train_X, train_Y, sizes[0]), (test_X, test_Y, sizes[1])):
        assert X.shape == (2, m) and Y.shape == (1, m)
        assert set(np.unique(Y)) == {0, 1}


@pytest.mark.parametrize(("assignment", "module"), [("initialization", "init_utils"), ("regularization", "reg_utils")])
def test_predictions_are_labels_and_plotting_does_nothing(assignment, module, capsys) -> None:
    X, Y, parameters = oracles.random_network(83, HIDDEN_AND_OUTPUT, 9)
    with provided(assignment, module) as helpers:
        predictions = helpers.predict(X, Y, parameters)
        assert helpers.plot_decision_boundary(lambda x: x, X, Y) is None
    assert np.array_equal(predictions, oracles.logits(parameters, X) > 0)
    assert str(np.mean(predictions == Y)) in capsys.readouterr().out


def test_vectors_of_gradient_checking_agree_with_the_reference() -> None:
    _, _, parameters = oracles.random_network(84, [4, 5, 3, 1], 5)
    expected, expected_keys = gradient_checking.dictionary_to_vector(parameters)
    with provided("gradient_checking", "gc_utils") as helpers:
        theta, keys = helpers.dictionary_to_vector(parameters)
        assert np.array_equal(theta, expected) and keys == expected_keys
        assert_all_agree(helpers.vector_to_dictionary(theta), parameters, rtol=0.0)
        gradients = {f"d{name}": value for name, value in reversed(parameters.items())}
        assert np.array_equal(helpers.gradients_to_vector(gradients), expected)


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_the_network_of_any_depth_agrees_with_the_reference(hidden: str) -> None:
    X, Y, parameters = oracles.random_network(85, [3, 5, 4, 1], 6)
    with provided("deep_gradient_checking", "coding_neural_network_from_scratch") as helpers:
        assert [W.shape for W in helpers.initialize_parameters([3, 5, 1]).values()] == [
            (5, 3),
            (5, 1),
            (1, 5),
            (1, 1),
        ]
        AL, caches = helpers.L_model_forward(X, parameters, hidden)
        cost = helpers.compute_cost(AL, Y)
        gradients = helpers.L_model_backward(AL, Y, caches, hidden)
    assert cost == pytest.approx(deep_gradient_checking.forward_prop_cost(X, parameters, Y, hidden), rel=1e-10)
    expected_AL, expected_caches = deep_gradient_checking.L_model_forward(X, parameters, hidden)
    assert_agree(AL, expected_AL)
    expected = deep_gradient_checking.L_model_backward(expected_AL, Y, expected_caches, hidden)
    assert set(gradients) == set(expected)
    assert_all_agree(gradients, expected)
