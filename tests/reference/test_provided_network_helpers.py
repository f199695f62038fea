"""The public helpers of the optimizers and of the applications, imported as a submission does it."""

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from autograd import grad

from grader.course import Course
from reference import dnn_step_by_step
from tests.reference.oracles import assert_agree, assert_all_agree, network_cost, random_network

COURSE = Course(Path(__file__).parents[2])
OPTIMIZERS = ("optimization", "learning_rate_decay", "averages_and_rmsprop")
Load = Callable[[str, str], ModuleType]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Import a provided module of an assignment; afterwards neither the path nor the modules stay behind."""
    path = list(sys.path)

    def load_module(assignment: str, name: str) -> ModuleType:
        folder = tmp_path / assignment
        folder.mkdir(exist_ok=True)
        for stem, source in COURSE.load(assignment).provided.items():
            (folder / f"{stem}.py").write_text(source, "utf-8")
        sys.path.insert(0, str(folder))
        return importlib.import_module(name)

    yield load_module
    sys.path[:] = path
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("assignment", OPTIMIZERS[1:])
def test_the_optimizer_assignments_hand_out_the_same_helpers(assignment: str) -> None:
    assert COURSE.load(assignment).provided == COURSE.load("optimization").provided


@pytest.mark.parametrize("name", ["opt_utils", "opt_utils_v1a"])
def test_the_small_network_has_the_gradients_that_autograd_finds(load: Load, name: str) -> None:
    helpers = load("optimization", name)
    X, Y, parameters = random_network(1, [3, 5, 4, 1], 9)
    a3, cache = helpers.forward_propagation(X, parameters)
    gradients = helpers.backward_propagation(X, Y, cache)
    expected = grad(lambda p: network_cost(p, X, Y))(parameters)
    assert_all_agree(gradients, {"d" + name: value for name, value in expected.items()})
    assert len(cache) == 12 and cache[9] is a3
    assert {"dz3", "dz2", "dz1", "da2", "da1"} <= set(gradients)


def test_the_cost_is_a_mean_in_the_first_edition_and_a_sum_in_the_later_one(load: Load) -> None:
    mean, total = load("optimization", "opt_utils"), load("optimization", "opt_utils_v1a")
    X, Y, parameters = random_network(1, [3, 5, 4, 1], 9)
    a3, _ = mean.forward_propagation(X, parameters)
    assert mean.compute_cost(a3, Y) == pytest.approx(float(network_cost(parameters, X, Y)), rel=1e-12)
    assert total.compute_cost(a3, Y) == pytest.approx(9 * mean.compute_cost(a3, Y), rel=1e-12)


def test_everything_that_notebooks_import_from_the_optimizer_helpers_is_there(
    load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("opt_utils", "opt_utils_v1a"):
        helpers = load("optimization", name)
        X, Y = helpers.load_dataset()
        assert X.shape == (2, 300) and Y.shape == (1, 300) and set(Y.ravel().tolist()) == {0, 1}
        parameters = helpers.initialize_parameters([2, 5, 2, 1])
        predictions = helpers.predict(X, Y, parameters)
        np.testing.assert_array_equal(predictions, helpers.predict_dec(parameters, X))
        assert capsys.readouterr().out == f"Accuracy: {np.mean(predictions == Y)}\n"
        assert [array.shape for array in helpers.load_params_and_grads()] == 2 * [
            (2, 3),
            (2, 1),
            (3, 3),
            (3, 1),
        ]
        assert helpers.plot_decision_boundary(helpers.predict_dec, X, Y) is None


@pytest.mark.parametrize("name", ["dnn_app_utils", "dnn_app_utils_v2", "dnn_app_utils_v3"])
def test_the_layer_functions_agree_with_the_reference(load: Load, name: str) -> None:
    helpers = load("dnn_application", name)
    X, Y, parameters = random_network(2, [4, 5, 3, 1], 8)
    AL, caches = helpers.L_model_forward(X, parameters)
    expected, expected_caches = dnn_step_by_step.L_model_forward(X, parameters)
    assert_agree(AL, expected)
    assert helpers.compute_cost(AL, Y) == pytest.approx(dnn_step_by_step.compute_cost(expected, Y), rel=1e-12)
    grads = helpers.L_model_backward(AL, Y, caches)
    assert_all_agree(grads, dnn_step_by_step.L_model_backward__shifted_keys(expected, Y, expected_caches), rtol=1e-9)
    assert_all_agree(
        helpers.update_parameters(parameters, grads, 0.3),
        dnn_step_by_step.update_parameters(parameters, grads, 0.3),
    )


def test_the_layer_functions_refuse_an_unknown_activation(load: Load) -> None:
    helpers = load("dnn_application", "dnn_app_utils")
    with pytest.raises(ValueError, match="activation is 'tanh'"):
        helpers.linear_activation_forward(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)), "tanh")


def test_everything_that_notebooks_import_from_the_application_helpers_is_there(
    load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    helpers = load("dnn_application", "dnn_app_utils_v3")
    train_x, train_y, test_x, test_y, classes = helpers.load_data()
    assert train_x.shape[1:] == test_x.shape[1:] == (64, 64, 3) and classes[1].decode() == "cat"
    assert train_y.shape == (1, len(train_x)) and test_y.shape == (1, len(test_x))
    x = train_x.reshape(len(train_x), -1).T / 255
    for parameters in (
        helpers.initialize_parameters(12288, 7, 1),
        helpers.initialize_parameters_deep([12288, 20, 7, 5, 1]),
    ):
        predictions = helpers.predict(x, train_y, parameters)
        assert capsys.readouterr().out == f"Accuracy: {np.mean(predictions == train_y)}\n"
        assert helpers.print_mislabeled_images(classes, x, train_y, predictions) is None


def test_initializers_leave_the_global_generator_alone(load: Load) -> None:
    helpers = load("dnn_application", "dnn_app_utils")
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    helpers.initialize_parameters(3, 2, 1)
    helpers.initialize_parameters_deep([3, 2, 1])
    assert np.random.rand() == expected


TEST_CASES = [
    (assignment, name)
    for assignment in (*OPTIMIZERS, "dnn_application")
    for name in COURSE.load(assignment).provided
    if name.startswith(("testCases", "public_tests"))
]


@pytest.mark.parametrize(("assignment", "name"), TEST_CASES)
def test_a_star_import_of_test_cases_brings_numpy_alone(load: Load, assignment: str, name: str) -> None:
    assert [key for key in vars(load(assignment, name)) if not key.startswith("_")] == ["np"]


PROVIDED = [
    (assignment, name) for assignment in (*OPTIMIZERS, "dnn_application") for name in COURSE.load(assignment).provided
]


@pytest.mark.parametrize(("assignment", "name"), PROVIDED)
def test_a_provided_module_defines_nothing_graded_and_imports_its_neighbours_only(assignment: str, name: str) -> None:
    provided = COURSE.load(assignment).provided
    reference = (COURSE.root / "reference" / f"{assignment}.py").read_text()
    graded = {
        node.name
        for node in ast.parse(reference).body
        if isinstance(node, ast.FunctionDef) and "# BEGIN SOLUTION" in (ast.get_source_segment(reference, node) or "")
    }
    assert graded, "no graded function: this test proves nothing"
    nodes = list(ast.walk(ast.parse(provided[name])))
    assert graded.isdisjoint(node.name for node in nodes if isinstance(node, ast.FunctionDef))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported <= {"numpy", *provided}
