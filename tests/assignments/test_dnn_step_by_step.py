"""Deep network step by step: what is accepted, what is not, and what the cases hold."""

import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.judging.outcomes import arguments_of
from grader.model import FunctionReport
from reference import dnn_step_by_step as reference
from tests.assignments.verdicts import codes_of, points_of, verdicts

ASSIGNMENT = load_assignment("dnn_step_by_step", course=Path(__file__).parents[2])
RIGHT = (Path(__file__).parents[2] / "samples/dnn_step_by_step/right.py").read_text("utf-8").split("\n\n\n")
# The runner of these tests is this process, which serves no provided modules.
HELPERS = """
    def sigmoid(Z):
        return 1 / (1 + np.exp(-Z)), Z

    def relu(Z):
        return np.maximum(0, Z), Z

    def sigmoid_backward(dA, cache):
        s = 1 / (1 + np.exp(-cache))
        return dA * s * (1 - s)

    def relu_backward(dA, cache):
        return np.where(cache > 0, dA, 0)
    """


def report(name: str, *code: str) -> FunctionReport:
    """What a function gets in the right submission with some definitions replaced."""
    return everything(*code, only=name)[name]


def everything(*code: str, only: str | None = None) -> dict[str, FunctionReport]:
    return verdicts(ASSIGNMENT, HELPERS, *RIGHT[1:], *code, only=only)


def cases_of(name: str) -> Any:
    return [case for case in frozen_cases(ASSIGNMENT).functions[name].cases if case.check == "values"]


def test_the_right_submission_gets_full_marks() -> None:
    reports = everything()
    assert {name: (r.status, r.carried) for name, r in reports.items()} == dict.fromkeys(reports, ("passed", False))


# -- initialization ----------------------------------------------------------------------


def initializer(weights: str, bias: str = "np.zeros((layer_dims[l], 1))", before: str = "") -> str:
    return f"""
        def initialize_parameters_deep(layer_dims):
            {before or "pass"}
            parameters = {{}}
            for l in range(1, len(layer_dims)):
                n, k = layer_dims[l], layer_dims[l - 1]
                parameters["W" + str(l)] = {weights}
                parameters["b" + str(l)] = {bias}
            return parameters
        """


ACCEPTED_WEIGHTS = {
    "a hundredth": "np.random.randn(n, k) * 0.01",
    "divided by the root of the inputs": "np.random.randn(n, k) / np.sqrt(k)",
    "negated": "-0.01 * np.random.randn(n, k)",
    "another order of drawing": "np.random.normal(0, 0.01, (k, n)).T",
    "a generator of its own per layer": "np.random.default_rng(l).normal(0, 0.01, (n, k))",
}
REFUSED_WEIGHTS = {
    "zeros": ("np.zeros((n, k))", "zero-weights"),
    "a scale for each layer": ("np.random.randn(n, k) * (0.01 if l == 1 else 1 / np.sqrt(k))", "mixed-scales"),
    "a fifth too wide": ("np.random.randn(n, k) * 0.012", None),
    "a fifth too narrow": ("np.random.randn(n, k) * 0.008", None),
    "He": ("np.random.randn(n, k) * np.sqrt(2 / k)", "he-scale"),
    "Xavier of both sides": ("np.random.randn(n, k) * np.sqrt(2 / (n + k))", "xavier-scale"),
    "the root of its own size": ("np.random.randn(n, k) / np.sqrt(n)", "scaled-by-units"),
    "uniform of the same spread": ("np.random.uniform(-1, 1, (n, k)) * 0.01 * np.sqrt(3)", "uniform-weights"),
    "cut": ("(z := np.random.randn(4 * n * k + 40))[np.abs(z) < 1][: n * k].reshape(n, k) * 0.01", None),
    "rand": ("np.random.rand(n, k) * 0.01", "not-centred"),
    "the same seed in every layer": ("np.random.RandomState(3).randn(n, k) * 0.01", "repeated-layers"),
    "numbers that depend on the size": ("np.random.default_rng(n).normal(0, 0.01, (n, k))", "shared-numbers"),
    "corners of one pool": ("np.random.RandomState(3).randn(400, 400)[:n, :k] * 0.01", "shared-numbers"),
    "other corners of one pool": ("np.random.RandomState(3).randn(400, 400)[-k:, -n:].T * 0.01", "shared-numbers"),
    "the root rounded down": ("np.random.randn(n, k) / int(np.sqrt(k))", "rounded-root"),
    "the root rounded up": ("np.random.randn(n, k) / np.ceil(np.sqrt(k))", None),
    "equal rows": ("np.tile(np.random.randn(1, k), (n, 1)) * 0.01", None),
    "equal columns": ("np.tile(np.random.randn(n, 1), (1, k)) * 0.01", None),
    "only signs": ("np.sign(np.random.randn(n, k)) * 0.01", None),
}


@pytest.mark.parametrize("weights", ACCEPTED_WEIGHTS.values(), ids=ACCEPTED_WEIGHTS)
def test_weights_that_keep_the_promise_pass(weights: str) -> None:
    assert report("initialize_parameters_deep", initializer(weights)).status == "passed"


@pytest.mark.parametrize(("weights", "code"), REFUSED_WEIGHTS.values(), ids=REFUSED_WEIGHTS)
def test_weights_that_break_the_promise_fail_and_are_named(weights: str, code: str | None) -> None:
    found = report("initialize_parameters_deep", initializer(weights))
    assert found.status in ("failed", "partial")
    assert found.points <= 0.78 * found.max_points
    promised = (
        "weights are Gaussian * 0.01 (or / sqrt(n_prev)) in all layers",
        "weights are independent, with mean 0 and the right deviation",
    )
    assert min(points_of(found, "property", name) for name in promised) == 0
    assert codes_of(found) == ([code] if code else [])


@pytest.mark.parametrize(
    ("draw", "status"),
    [("np.random.default_rng(n * k).normal(0, 0.01, (n, k))", "partial"), ("np.random.randn(n, k) * 0.01", "passed")],
)
def test_two_layers_of_one_shape_have_numbers_of_their_own(draw: str, status: str) -> None:
    code = f"""
        def initialize_parameters(n_x, n_h, n_y):
            def drawn(n, k):
                return {draw}

            weights = {{"W1": drawn(n_h, n_x), "W2": drawn(n_y, n_h)}}
            return weights | {{"b1": np.zeros((n_h, 1)), "b2": np.zeros((n_y, 1))}}
        """
    assert report("initialize_parameters", code).status == status


@pytest.mark.parametrize("form", ["db[None]", "db[:, 0]", "[[[x]] for x in db[:, 0]]"])
@pytest.mark.parametrize("db", ["np.sum(dZ, axis=1, keepdims=True) / m", "np.sum(dZ, axis=1, keepdims=True)"])
def test_an_axis_too_many_costs_as_one_too_few_and_wrong_numbers_are_told_beside_it(form: str, db: str) -> None:
    code = f"""
        def linear_backward(dZ, cache):
            A, W, b = cache
            m = A.shape[1]
            db = {db}
            return W.T @ dZ, dZ @ A.T / m, np.array({form})
        """
    found = report("linear_backward", code)
    said = [check.message for check in found.checks if (check.kind, check.name) == ("values", "db")]
    if "/" in db:
        assert 0.93 * found.max_points < found.points < 0.95 * found.max_points
        assert said == ["not checked: fix the shape of db first"]
    else:
        assert found.points < 0.7 * found.max_points
        assert said == ["not checked: fix the shape of db first; its numbers are wrong, too"]


@pytest.mark.parametrize("body", ["return {}", "return None", "return {'W1': 0, 'b1': 0}"])
@pytest.mark.parametrize("signature", ["initialize_parameters(n_x, n_h, n_y)", "initialize_parameters_deep(dims)"])
def test_nothing_is_earned_by_initializing_nothing(signature: str, body: str) -> None:
    found = report(signature.split("(")[0], f"def {signature}:\n    {body}")
    assert (found.status, found.points) == ("failed", 0)
    assert codes_of(found) == (["not-started"] if body == "return None" else [])


def test_zero_weights_earn_nothing_although_the_biases_are_right() -> None:
    assert report("initialize_parameters_deep", initializer("np.zeros((n, k))")).points == 0


@pytest.mark.parametrize("zero", ["l == 1", "l == len(layer_dims) - 1"], ids=["the first", "the last"])
def test_one_layer_of_zeros_is_not_called_all_weights_and_keeps_the_right_biases(zero: str) -> None:
    found = report("initialize_parameters_deep", initializer(f"np.random.randn(n, k) * (0.0 if {zero} else 0.01)"))
    assert codes_of(found) == ["zero-layer"]
    assert found.points == pytest.approx(0.4 * found.max_points)


def test_drawn_biases_cost_the_share_of_the_biases_only() -> None:
    found = report("initialize_parameters_deep", initializer(ACCEPTED_WEIGHTS["a hundredth"], "np.random.randn(n, 1)"))
    assert codes_of(found) == ["drawn-biases"]
    assert found.points == pytest.approx(0.717 * found.max_points, rel=0.001)


def test_a_seed_in_the_body_is_allowed() -> None:
    code = initializer(ACCEPTED_WEIGHTS["a hundredth"], before="np.random.seed(3)")
    assert report("initialize_parameters_deep", code).status == "passed"


# -- caches of one's own -----------------------------------------------------------------

DICTIONARY_CACHE = """
    def linear_forward(A, W, b):
        return W @ A + b, {"A": A, "W": W}

    def linear_backward(dZ, cache):
        A_prev, W = cache["A"], cache["W"]
        m = A_prev.shape[1]
        return W.T @ dZ, dZ @ A_prev.T / m, dZ.mean(axis=1, keepdims=True)
    """


def test_another_cache_costs_the_share_of_the_cache_and_nothing_behind_it() -> None:
    reports = everything(DICTIONARY_CACHE)
    assert points_of(reports["linear_forward"], "values", "Z") > 0
    assert points_of(reports["linear_forward"], "values", "cache") == 0
    assert (reports["linear_backward"].status, reports["linear_backward"].carried) == ("passed", True)


def test_a_wrong_helper_of_ones_own_is_told_and_pulls_nothing_down() -> None:
    wrong = """
        def relu_backward(dA, cache):
            return np.where(cache >= 0, dA, 0)
        """
    found = report("linear_activation_backward", wrong)
    assert (found.status, found.carried, codes_of(found)) == ("passed", True, ["carried"])
    assert "relu_backward" in found.findings[0].message


# -- cost --------------------------------------------------------------------------------

COSTS = {
    "dot": "np.squeeze(-(Y @ np.log(AL).T + (1 - Y) @ np.log(1 - AL).T) / Y.shape[1])",
    "guarded": "-np.mean(Y * np.log(AL + 1e-8) + (1 - Y) * np.log(1 - AL + 1e-8))",
    "guarded on one side": "-np.mean(Y * np.log(AL + 1e-7) + (1 - Y) * np.log(1 - AL))",
    "clipped": "-np.mean(np.where(Y > 0.5, np.log(np.clip(AL, 1e-7, 1)), np.log(np.clip(1 - AL, 1e-7, 1))))",
    "a product of powers": "-np.log(np.prod(AL**Y * (1 - AL) ** (1 - Y))) / Y.shape[1]",
    "zero-dimensional": "np.array(-np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)))",
}


@pytest.mark.parametrize("expression", COSTS.values(), ids=COSTS)
def test_every_right_cost_passes(expression: str) -> None:
    assert report("compute_cost", f"def compute_cost(AL, Y):\n    return {expression}").status == "passed"


@pytest.mark.parametrize("guard", [1e-2, 1e-4, 1e-5])
def test_a_guard_that_changes_the_cost_fails(guard: float) -> None:
    code = f"""
        def compute_cost(AL, Y):
            return -np.mean(Y * np.log(AL + {guard}) + (1 - Y) * np.log(1 - AL + {guard}))
        """
    found = report("compute_cost", code)  # it is near: of the small ones only the precision is lost
    assert found.status == "partial"
    assert found.points <= 0.75 * found.max_points


def test_a_cost_of_shape_one_by_one_is_a_matter_of_shape() -> None:
    code = """
        def compute_cost(AL, Y):
            return -(np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T)) / Y.shape[1]
        """
    found = report("compute_cost", code)
    assert {c.kind for c in found.checks if c.status == "failed"} >= {"shape"}
    assert codes_of(found) == ["extra-axis"]


# -- the whole way back ------------------------------------------------------------------


def backward(store: str, start: str = "-(Y / AL - (1 - Y) / (1 - AL))", end: str = "", **kinds: str) -> str:
    """``store`` says what becomes of dA_prev of layer l (counted from 1)."""
    return f"""
        def L_model_backward(AL, Y, caches):
            grads, L, eps = {{}}, len(caches), 1e-7
            dA = dAL = {start}
            for l in range(L, 0, -1):
                kind = {kinds.get("last", '"sigmoid"')} if l == L else {kinds.get("hidden", '"relu"')}
                dA, grads[f"dW{{l}}"], grads[f"db{{l}}"] = linear_activation_backward(dA, caches[l - 1], kind)
                {store}
            {end or "pass"}
            return grads
        """


SOURCE_KEYS, LATER_KEYS = 'grads[f"dA{l}"] = dA', 'grads[f"dA{l - 1}"] = dA'
ACCEPTED_BACKWARD = {
    "keys of the source": backward(SOURCE_KEYS),
    "later keys": backward(LATER_KEYS),
    "later keys and dAL": backward(LATER_KEYS, end='grads[f"dA{L}"] = dAL'),
    "later keys without dA0": backward('grads.update({f"dA{l - 1}": dA} if l > 1 else {})'),
    "no gradients of activations": backward("pass"),
    "further keys": backward(SOURCE_KEYS, end='grads["m"] = AL.shape[1]'),
    "guarded, source": backward(SOURCE_KEYS, "-(Y / (AL + eps) - (1 - Y) / (1 - AL + eps))"),
    "guarded, later": backward(LATER_KEYS, "-(Y / (AL + eps) - (1 - Y) / (1 - AL + eps))"),
    "guarded quotient, source": backward(SOURCE_KEYS, "(AL - Y) / (AL * (1 - AL) + eps)"),
    "guarded quotient, later": backward(LATER_KEYS, "(AL - Y) / (AL * (1 - AL) + eps)"),
    "guarded maximum": backward(LATER_KEYS, "(AL - Y) / np.maximum(AL * (1 - AL), eps)"),
}
REFUSED_BACKWARD = {
    "mixed keys": (backward('grads[f"dA{l if l == L else l - 1}"] = dA'), "mixed-dA-keys"),
    "a wrong dA beside right gradients": (backward(SOURCE_KEYS + " * 2"), "constant-factor"),
    "dA of the last layer read by all": (backward(SOURCE_KEYS + '; dA = grads[f"dA{L}"]'), "reuses-last-gradient"),
    "the same with later keys": (backward(LATER_KEYS + '; dA = grads[f"dA{L - 1}"]'), "reuses-last-gradient"),
    "dAL for all": (backward(LATER_KEYS + "; dA = dAL"), "output-gradient-everywhere"),
    "sigmoid everywhere": (backward(SOURCE_KEYS, hidden='"sigmoid"'), "sigmoid-on-hidden-layers"),
    "relu everywhere": (backward(LATER_KEYS, last='"relu"'), "relu-on-output"),
    "divided by m": (backward(LATER_KEYS, "(AL - Y) / (AL * (1 - AL)) / AL.shape[1]"), "mean-twice"),
    "a large guard": (backward(SOURCE_KEYS, "-(Y / (AL + 1e-3) - (1 - Y) / (1 - AL + 1e-3))"), "guard-too-large"),
}


@pytest.mark.parametrize("code", ACCEPTED_BACKWARD.values(), ids=ACCEPTED_BACKWARD)
def test_every_right_way_back_passes(code: str) -> None:
    found = report("L_model_backward", code)
    assert (found.status, found.carried) == ("passed", False), [c.message for c in found.checks]


@pytest.mark.parametrize(("code", "name"), REFUSED_BACKWARD.values(), ids=REFUSED_BACKWARD)
def test_a_wrong_way_back_does_not_pass_and_is_named(code: str, name: str | None) -> None:
    found = report("L_model_backward", code)
    assert found.status in ("failed", "partial")
    only_dA = {"mixed-dA-keys", "constant-factor"}
    assert found.points <= (0.9 if name in only_dA else 0.6) * found.max_points
    assert codes_of(found)[:1] == ([name] if name else [])


@pytest.mark.parametrize("bound", [1, 5, 10])
def test_gradients_that_are_cut_to_a_bound_are_seen(bound: int) -> None:
    cut = f"grads = {{name: np.clip(grad, -{bound}, {bound}) for name, grad in grads.items()}}"
    found = report("L_model_backward", backward(SOURCE_KEYS, end=cut))
    assert codes_of(found) == ["clipped"]
    assert found.points < 0.95 * found.max_points


@pytest.mark.parametrize("least", [1e-6, 1e-8])
def test_gradients_that_are_small_count(least: float) -> None:
    step = f"learning_rate * np.where(np.abs(grads['d' + name]) < {least}, 0, grads['d' + name])"
    code = f"""
        def update_parameters(parameters, grads, learning_rate):
            return {{name: value - {step} for name, value in parameters.items()}}
    """
    found = report("update_parameters", code)
    assert codes_of(found) == ["small-gradients-left-out"]
    assert 0.7 * found.max_points < found.points < 0.96 * found.max_points


def test_what_is_right_for_two_layers_only_fails_on_deeper_networks() -> None:
    code = """
        def L_model_backward(AL, Y, caches):
            dA1, dW2, db2 = linear_activation_backward((AL - Y) / AL / (1 - AL), caches[1], "sigmoid")
            _, dW1, db1 = linear_activation_backward(dA1, caches[0], "relu")
            return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
        """
    found = report("L_model_backward", code)
    assert found.status == "failed"
    assert found.points <= 0.5 * found.max_points


def test_gradients_are_not_called_missing_where_they_are_only_wrong() -> None:
    by_width = '"sigmoid" if len(caches[l - 1][1]) == 1 else "relu"'
    found = report("L_model_backward", backward("pass", hidden=by_width))
    assert codes_of(found) == ["only-special-inputs"]
    missing = report(
        "L_model_backward", backward("pass", end="[grads.pop(f'd{n}{l}') for l in range(1, L - 1) for n in 'Wb']")
    )
    assert codes_of(missing) == ["only-two-layers"]


def test_what_does_not_fit_to_a_right_helper_alone_is_not_told() -> None:
    code = """
        def linear_forward(A, W, b):
            return np.dot(W, A) * 1.3 + b * b, (A, W, b), W.shape

        def linear_activation_forward(A_prev, W, b, activation):
            Z, linear_cache, _ = linear_forward(A_prev, W, b)
            A, Z = (sigmoid if activation == "sigmoid" else relu)(Z)
            return A, (linear_cache, Z)
        """
    assert report("linear_activation_forward", code).findings == ()


# -- update ------------------------------------------------------------------------------


def test_overwriting_the_arrays_costs_the_share_of_the_inputs_only() -> None:
    code = """
        def update_parameters(parameters, grads, learning_rate):
            for name in parameters:
                parameters[name] -= learning_rate * grads["d" + name]
            return parameters
        """
    found = report("update_parameters", code)
    assert codes_of(found) == ["mutated-input"]
    assert found.points == pytest.approx(0.95 * found.max_points)


@pytest.mark.parametrize("rate", [0.0075, 0.05, 0.125, 0.5, 1.25])
def test_no_literal_learning_rate_passes_even_one_that_is_asked_for(rate: float) -> None:
    code = f"""
        def update_parameters(parameters, grads, learning_rate):
            return {{name: value - {rate} * grads["d" + name] for name, value in parameters.items()}}
        """
    found = report("update_parameters", code)
    assert found.status == "failed"
    assert found.points < 0.5 * found.max_points


@pytest.mark.parametrize(("kind", "code"), [("W", "weights-uphill"), ("b", "biases-uphill"), ("Wb", "gradient-ascent")])
def test_a_step_uphill_is_named_by_what_goes_uphill(kind: str, code: str) -> None:
    body = f"""
        def update_parameters(parameters, grads, learning_rate):
            new = dict(parameters)
            for key, gradient in grads.items():
                name = key[1:]
                if name in new:
                    step = learning_rate * gradient
                    new[name] = new[name] + step if name[0] in "{kind}" else new[name] - step
            return new
        """
    found = report("update_parameters", body)
    assert codes_of(found) == [code]
    assert found.points < 0.75 * found.max_points


# -- stubs and cases ---------------------------------------------------------------------

STUBS = {
    "linear_forward": "(A, W, b): return np.zeros((len(W), A.shape[1])), (A, W, b)",
    "linear_activation_forward": "(A, W, b, g): return np.zeros((len(W), A.shape[1])), ((A, W, b), W @ A * 0)",
    "L_model_forward": "(X, p): return np.full((1, X.shape[1]), 0.5), []",
    "compute_cost": "(AL, Y): return 0.0",
    "linear_backward": "(dZ, c): return np.zeros_like(c[0]), np.zeros_like(c[1]), np.zeros_like(c[2])",
    "linear_activation_backward": "(dA, c, g): return tuple(np.zeros_like(part) for part in c[0])",
    "L_model_backward": "(AL, Y, cs): return {f'd{n}{l}': v * 0 for l, c in enumerate(cs, 1) for n, v in zip('AWb', c[0])}",
    "update_parameters": "(p, g, rate): return p",
}


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_of_the_right_shapes_gets_nothing(name: str) -> None:
    found = report(name, f"def {name}{STUBS[name]}")
    assert (found.status, found.points) == ("failed", 0)


def test_the_points_are_a_hundred_and_every_function_has_25_cases() -> None:
    assert ASSIGNMENT.spec.points == 100
    assert all(len(f.cases) >= 25 and f.dropped <= 3 for f in frozen_cases(ASSIGNMENT).functions.values())


def test_networks_are_deep_and_their_layers_differ_in_width() -> None:
    depths = [len(arguments_of(case.plan)[1]) // 2 for case in cases_of("L_model_forward")]
    assert {2, 3, 4, 5} <= set(depths)
    assert sum(depth >= 3 for depth in depths) >= 20
    widths = [{len(b) for _, b, _ in _layers(case)} for case in cases_of("L_model_backward")]
    assert sum(len(found) > 1 for found in widths) >= 20


def _layers(case: Any) -> list[Any]:
    return [(A_prev, W, b) for (A_prev, W, b), _ in arguments_of(case.plan)[2]]


@pytest.mark.parametrize("name", ["linear_activation_forward", "linear_activation_backward"])
def test_both_activations_are_asked_for_often(name: str) -> None:
    asked = [arguments_of(case.plan)[-1] for case in cases_of(name)]
    assert min(asked.count("relu"), asked.count("sigmoid")) >= 8


def test_the_kink_is_hit_exactly() -> None:
    kinks = [case for case in cases_of("linear_activation_backward") if case.case_class == "kink"]
    assert kinks
    assert all(np.any(arguments_of(case.plan)[1][1] == 0) for case in kinks)


def test_labels_come_as_floats_and_as_integers_and_gradients_with_the_last_layer_first() -> None:
    for name in ("compute_cost", "L_model_backward"):
        assert {arguments_of(case.plan)[1].dtype.kind for case in cases_of(name)} == {"f", "i"}
    first = [next(iter(arguments_of(case.plan)[1])) for case in cases_of("update_parameters")]
    assert any(name not in ("dW1", "db1") for name in first)


def test_outputs_stay_away_from_the_ends_where_a_guard_would_show() -> None:
    outputs = [arguments_of(case.plan)[0] for case in cases_of("L_model_backward")]
    assert all(0.005 <= AL.min() and AL.max() <= 0.995 for AL in outputs)
    assert any(AL.min() < 0.03 or AL.max() > 0.97 for AL in outputs)


def test_layers_that_come_from_a_wrong_initializer_one_by_one_are_carried() -> None:
    """A right helper draws other numbers each time that it is asked: or all layers would begin alike."""
    unscaled = """
        def initialize_parameters(n_x, n_h, n_y):
            W1, W2 = np.random.randn(n_h, n_x), np.random.randn(n_y, n_h)
            return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_y, 1))}
        """
    by_layer = """
        def initialize_parameters_deep(layer_dims):
            parameters = {}
            for l in range(1, len(layer_dims)):
                pair = initialize_parameters(layer_dims[l - 1], layer_dims[l], 1)
                parameters[f"W{l}"], parameters[f"b{l}"] = pair["W1"], pair["b1"]
            return parameters
        """
    deep = everything(unscaled, by_layer)["initialize_parameters_deep"]
    assert (deep.status, deep.carried, codes_of(deep)) == ("passed", True, ["carried"])


# -- the hand-out ------------------------------------------------------------------------


def test_the_examples_of_the_hand_out_are_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert result.attempted == len(example.examples) > 5
    assert result.failed == 0


def test_the_hand_out_names_every_function_with_its_points() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    for function in ASSIGNMENT.spec.functions:
        heading = next(line for line in text.splitlines() if line.startswith(f"### `{function.name}("))
        assert heading.endswith(f"— {function.points} points")


def test_a_right_backward_step_is_right_without_the_forward_step_that_a_property_asks() -> None:
    (only,) = (text for text in RIGHT if text.startswith("def linear_backward"))
    found = verdicts(ASSIGNMENT, only, only="linear_backward")["linear_backward"]
    assert (found.status, found.carried) == ("passed", True)
    assert "a correct linear_forward returns" in found.findings[0].message
    assert found.findings[0].hint == "Define linear_forward in the same file."


# -- helpers of the student's own ----------------------------------------------------------


def test_what_suits_ones_own_sigmoid_is_carried_past_a_wrong_function_between() -> None:
    graded = everything(
        "def sigmoid(Z): return 1 / (1 + np.exp(-Z))\ndef relu(Z): return np.maximum(0, Z)",
        "def linear_forward(A, W, b): return W @ A, (A, W, b)",
        """
        def linear_activation_forward(A_prev, W, b, activation):
            Z, linear_cache = linear_forward(A_prev, W, b)
            A = sigmoid(Z) if activation == "sigmoid" else relu(Z)
            return A, (linear_cache, Z)
        """,
    )
    assert graded["linear_forward"].status == "failed"
    for name in ("linear_activation_forward", "L_model_forward", "L_model_backward"):
        assert graded[name].status == "passed" and graded[name].carried, name


def test_a_part_that_an_earlier_function_does_not_return_is_told_as_its_own() -> None:
    forward, backward = (next(part for part in RIGHT if f"def L_model_{way}(" in part) for way in ("forward", "backward"))
    alone = forward.replace("return A, caches", "return A")
    found = report("L_model_backward", alone, backward.replace("= dA, dW, db\n", "= dA, dW / 3, db\n"))
    unasked = [check for check in found.checks if check.status == "skipped"]
    assert unasked
    for check in unasked:
        assert "called with a part of what your own L_model_forward returns, and that part is not there" in check.message
    assert all("no part" not in check.message for check in found.checks)


def test_a_way_back_alone_is_not_told_to_call_the_way_forward() -> None:
    backward_only = [piece for piece in RIGHT if "backward(" in piece.partition(":")[0]]
    found = verdicts(ASSIGNMENT, HELPERS, *backward_only)
    assert {name for name, one in found.items() if one.carried} == {
        "linear_backward",
        "linear_activation_backward",
        "L_model_backward",
    }
    assert [finding.message for finding in found["L_model_backward"].findings] == [
        "L_model_backward is correct for the values that a correct L_model_forward returns, so it has full points."
    ]


def test_a_key_that_is_gone_from_the_parameters_is_a_changed_argument() -> None:
    popping = """
        def L_model_forward(X, parameters):
            A, caches, L = X, [], len(parameters) // 2
            for l in range(1, L + 1):
                W, b = parameters.pop(f"W{l}"), parameters.pop(f"b{l}")
                A, cache = linear_activation_forward(A, W, b, "relu" if l < L else "sigmoid")
                caches.append(cache)
            return A, caches
        """
    found = report("L_model_forward", popping)
    assert (found.status, codes_of(found)) == ("partial", ["mutated-input"])
    assert [check.kind for check in found.checks if check.status == "failed"] == ["inputs"]


def test_a_quotient_that_is_nan_far_out_loses_a_small_check_of_its_own() -> None:
    quotient = """
        def linear_activation_forward(A_prev, W, b, activation):
            Z, cache = linear_forward(A_prev, W, b)
            return np.maximum(0, Z) if activation == "relu" else np.exp(Z) / (1 + np.exp(Z)), (cache, Z)
        """
    found = report("linear_activation_forward", quotient)
    assert [check.name for check in found.checks if check.status == "failed"] == ["finite far out"]
    assert 0.85 * found.max_points < found.points < found.max_points


def test_a_step_function_for_a_whole_layer_is_wrong_and_no_later_function_is_blamed() -> None:
    layer = """
        def linear_activation_forward(A_prev, W, b, activation):
            Z, cache = linear_forward(A_prev, W, b)
            if activation == "relu":
                return np.maximum(0, Z), (cache, Z)
            return (1 / (1 + np.exp(-Z)) if np.abs(Z).max() < 500 else (Z > 0) * 1.0), (cache, Z)
        """
    found = verdicts(ASSIGNMENT, *RIGHT, layer)
    assert [name for name, one in found.items() if one.status != "passed"] == ["linear_activation_forward"]


@pytest.mark.parametrize("cache", ["caches[0]", "caches[L - 2]"])
def test_one_cache_for_all_hidden_layers_is_no_gradient_that_is_not_handed_down(cache: str) -> None:
    backward = f"""
        def L_model_backward(AL, Y, caches):
            grads, L = {{}}, len(caches)
            dA = (AL - Y) / (AL * (1 - AL))
            for l in range(L, 0, -1):
                kind, cache = ("sigmoid", caches[L - 1]) if l == L else ("relu", {cache})
                dA, grads[f"dW{{l}}"], grads[f"db{{l}}"] = linear_activation_backward(dA, cache, kind)
                grads[f"dA{{l - 1}}"] = dA
            return grads
        """
    found = report("L_model_backward", backward)
    assert (found.status, codes_of(found)) == ("failed", ["one-cache-everywhere"])


CLIPPED_COST = """
    def compute_cost(AL, Y):
        AL = np.clip(AL, {0}, 1 - {0})
        return float(-np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)))
    """
CLIPPED_GRADIENT = """
    def L_model_backward(AL, Y, caches):
        AL, grads = np.clip(AL, {0}, 1 - {0}), {{}}
        dA = (1 - Y) / (1 - AL) - Y / AL
        for l in range(len(caches), 0, -1):
            dA, dW, db = linear_activation_backward(dA, caches[l - 1], "relu" if l < len(caches) else "sigmoid")
            grads[f"dA{{l}}"], grads[f"dW{{l}}"], grads[f"db{{l}}"] = dA, dW, db
        return grads
    """


@pytest.mark.parametrize(("name", "code"), [("compute_cost", CLIPPED_COST), ("L_model_backward", CLIPPED_GRADIENT)])
def test_a_clip_of_1e_7_is_right_and_a_wider_one_costs_a_little_and_is_named(name: str, code: str) -> None:
    assert report(name, code.format(1e-7)).status == "passed"
    for clip in (1e-5, 1e-4, 1e-3, 1e-2):
        found = report(name, code.format(clip))
        assert codes_of(found) == ["guard-too-large"]
        assert 0.85 * found.max_points < found.points < found.max_points


@pytest.mark.parametrize("end", ["np.minimum(AL, 1 - 1e-4)", "np.maximum(AL, 1e-4)"])
@pytest.mark.parametrize(("name", "code"), [("compute_cost", CLIPPED_COST), ("L_model_backward", CLIPPED_GRADIENT)])
def test_a_clip_at_one_end_alone_is_seen_at_the_label_that_meets_it(name: str, code: str, end: str) -> None:
    found = report(name, code.replace("np.clip(AL, {0}, 1 - {0})", end).format())
    assert (found.status, codes_of(found)) == ("partial", ["guard-too-large"])


@pytest.mark.parametrize("number", ["AL.astype(np.float32)", "np.float32(AL)"])
def test_a_cost_in_single_precision_is_seen(number: str) -> None:
    found = report("compute_cost", CLIPPED_COST.format(1e-9).replace("np.clip(AL, 1e-09, 1 - 1e-09)", number))
    assert found.status == "partial"
    assert "guard-too-large" not in codes_of(found)
    assert any("single precision" in check.message for check in found.checks)


MEANS = ("dZ @ A_prev.T", "np.sum(dZ, axis=1, keepdims=True)")


@pytest.mark.parametrize("wrong", [(0,), (1,), (0, 1)])
def test_a_mean_over_the_examples_that_relu_lets_through_is_none_over_all(wrong: tuple[int, ...]) -> None:
    active = "np.maximum(1, np.count_nonzero(dZ, axis=1))[:, None]"
    dW, db = (f"{total} / {active if place in wrong else 'dZ.shape[1]'}" for place, total in enumerate(MEANS))
    found = report(
        "linear_backward",
        f"""
        def linear_backward(dZ, cache):
            A_prev, W, b = cache
            return W.T @ dZ, {dW}, {db}
        """,
    )
    assert codes_of(found) == ["mean-of-active"]


def test_a_clip_in_place_changes_the_probabilities_of_the_caller() -> None:
    found = report("L_model_backward", CLIPPED_GRADIENT.format(1e-4).replace("1 - 0.0001)", "1 - 0.0001, out=AL)"))
    assert "inputs" in [check.kind for check in found.checks if check.status == "failed"]


def test_another_factor_is_no_guard() -> None:
    halved = CLIPPED_COST.format(1e-7).replace("-np.mean", "-0.5 * np.mean")
    assert codes_of(report("compute_cost", halved)) == ["halved"]


def test_a_single_example_that_costs_nothing_is_no_guard() -> None:
    nothing = CLIPPED_COST.format(1e-7).replace("return float", "return 0.0 if Y.size == 1 else float")
    found = report("compute_cost", nothing)
    assert found.points < found.max_points
    assert "guard-too-large" not in codes_of(found)


def test_labels_made_of_the_predictions_are_no_guard() -> None:
    own = CLIPPED_COST.format(1e-7).replace("-np.mean(Y", "-np.mean((AL > 0.5)").replace("(1 - Y)", "(AL <= 0.5)")
    found = report("compute_cost", own)
    assert found.points < found.max_points
    assert "guard-too-large" not in codes_of(found)


def test_a_db_that_is_a_number_for_one_unit_is_not_told_of_an_assert() -> None:
    number = """
        def linear_backward(dZ, cache):
            A_prev, W, b = cache
            db = np.sum(dZ, axis=1, keepdims=True) / dZ.shape[1]
            return W.T @ dZ, dZ @ A_prev.T / dZ.shape[1], float(db[0, 0]) if db.size == 1 else db
        """
    found = report("linear_backward", number)
    assert found.status == "partial"
    assert all("assert" not in finding.message for finding in found.findings)


def test_layer_dims_that_are_used_up_are_changed_arguments() -> None:
    popping = initializer("np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.01").replace(
        "return parameters", "layer_dims.clear(); return parameters"
    )
    found = report("initialize_parameters_deep", popping)
    assert [check.kind for check in found.checks if check.status == "failed"] == ["inputs"]
    assert found.points < found.max_points


def test_biases_of_the_wrong_size_are_named_and_cost_more_than_a_quarter() -> None:
    biases = initializer("np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.01", "np.zeros((layer_dims[l - 1], 1))")
    found = report("initialize_parameters_deep", biases)
    assert codes_of(found) == ["biases-of-the-layer-before"]
    assert found.points <= 0.72 * found.max_points


def test_a_backward_pass_does_not_call_what_made_its_cache() -> None:
    code = """
        def linear_forward(A, W, b):
            return W @ A + b, {"A": A, "W": W, "b": b}

        def linear_backward(dZ, cache):
            A, W, b = cache["A"], cache["W"], cache["b"]
            return W.T @ dZ, dZ @ A.T / A.shape[1], dZ.sum(axis=1, keepdims=True) / A.shape[1]
        """
    found = everything(code)
    for name in ("linear_activation_backward", "L_model_backward"):
        assert (found[name].status, found[name].carried) == ("passed", True)
        assert "linear_forward" in found[name].findings[0].message
        assert "It calls" not in found[name].findings[0].message
    assert "It calls linear_forward" in found["L_model_forward"].findings[0].message


def test_an_own_helper_that_is_wrong_at_the_kink_alone_is_the_one_to_fix() -> None:
    found = report(
        "linear_activation_backward",
        """
        def relu_backward(dA, cache):
            return np.where(cache < 0, 0, dA)

        def sigmoid_backward(dA, cache):
            s = 1 / (1 + np.exp(-cache))
            return dA * s * (1 - s)

        def linear_activation_backward(dA, cache, activation):
            linear_cache, Z = cache
            dZ = relu_backward(dA, Z) if activation == "relu" else sigmoid_backward(dA, Z)
            return linear_backward(dZ, linear_cache)
        """,
    )
    assert (found.status, found.carried) == ("passed", True)
    assert found.findings[0].hint.startswith("Fix relu_backward first: of relu_backward([[0.5]], [[0.0]])")


def test_l_model_forward_is_promised_two_layers_or_more() -> None:
    text = (Path(__file__).parents[2] / "assignments/dnn_step_by_step/README.md").read_text("utf-8")
    assert "All layers: two or more." in text


# -- other names -------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("W{0}", "b{0}"), ("w{1}", "b{1}"), ("weights{1}", "bias{1}"), ("W_{1}", "b_{1}")])
def test_random_weights_under_other_names_cost_what_other_names_cost_elsewhere(names: tuple[str, str]) -> None:
    W, b = (name.format("{l - 1}", "{l}") for name in names)
    code = f"""
        def initialize_parameters_deep(dims):
            parameters = {{}}
            for l in range(1, len(dims)):
                parameters[f"{W}"] = np.random.randn(dims[l], dims[l - 1]) * 0.01
                parameters[f"{b}"] = np.zeros((dims[l], 1))
            return parameters
        """
    found = report("initialize_parameters_deep", code)
    assert found.points == pytest.approx(0.8575 * found.max_points)


def test_gradients_whose_hidden_layers_are_numbered_one_too_low_are_right_but_for_their_names() -> None:
    backward = """
        def L_model_backward(AL, Y, caches):
            grads, L = {}, len(caches)
            dA = (AL - Y) / (AL * (1 - AL))
            for l in range(L, 0, -1):
                dA, dW, db = linear_activation_backward(dA, caches[l - 1], "sigmoid" if l == L else "relu")
                number = l if l == L else l - 1
                grads[f"dA{l - 1}"], grads[f"dW{number}"], grads[f"db{number}"] = dA, dW, db
            return grads
        """
    found = report("L_model_backward", backward)
    assert 0.75 < found.points / found.max_points < 0.9


def test_biases_with_as_many_rows_as_the_hidden_layer_has_units_lose_their_check() -> None:
    code = """
        def initialize_parameters(n_x, n_h, n_y):
            W1, W2 = np.random.randn(n_h, n_x) * 0.01, np.random.randn(n_y, n_h) * 0.01
            return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_h, 1))}
    """
    found = report("initialize_parameters", code)
    assert points_of(found, "property", "biases are zero") == 0
    assert found.points < 0.8 * found.max_points


# -- names of ordinary mistakes ----------------------------------------------------------


def ordinary_initializer(
    n: str, k: str, bias: str = "np.zeros((dims[l], 1))", last: str = "len(dims)", after: str = "pass"
) -> str:
    return f"""
        def initialize_parameters_deep(dims):
            p = {{}}
            for l in range(1, {last}):
                p[f"W{{l}}"], p[f"b{{l}}"] = np.random.randn({n}, {k}) * 0.01, {bias}
                {after}
            return p
        """


def ordinary_forward(
    W: str = "{l}", b: str = "{l}", last: str = "L", keep: str = "caches.append(cache)", result: str = "AL"
) -> str:
    return f"""
        def L_model_forward(X, p):
            A, caches, L = X, [], len(p) // 2
            for l in range(1, {last}):
                A, cache = linear_activation_forward(A, p[f"W{W}"], p[f"b{b}"], "relu")
                {keep}
            AL, cache = linear_activation_forward(A, p[f"W{{L}}"], p[f"b{{L}}"], "sigmoid")
            {keep if keep != "pass" else "caches += [X, cache]"}
            return {result}, caches
        """


def ordinary_backward(loop: str, before: str = "pass", dAL: str = "(1 - Y) / (1 - AL) - Y / AL") -> str:
    return f"""
        def L_model_backward(AL, Y, caches):
            {before}
            g, L = {{}}, len(caches)
            dAL = {dAL}
            g[f"dA{{L}}"], g[f"dW{{L}}"], g[f"db{{L}}"] = linear_activation_backward(dAL, caches[L - 1], "sigmoid")
            for l in range(L - 1, 0, -1):
                {loop}
            return g
        """


def hidden_layers(targets: str = "g[f'dA{l}'], g[f'dW{l}'], g[f'db{l}']", dA: str = "g[f'dA{l + 1}']") -> str:
    return f"{targets} = linear_activation_backward({dA}, caches[l - 1], 'relu')"


def ordinary_update(W: str, body: str = "pass", order: str = "range(1, len(p) // 2 + 1)") -> str:
    return f"""
        def update_parameters(p, g, rate):
            p = dict(p)
            for l in {order}:
                p[f"W{{l}}"], p[f"b{{l}}"] = {W}, p[f"b{{l}}"] - rate * g[f"db{{l}}"]
                {body}
            return p
        """


COST = "def compute_cost(AL, Y):\n    m = Y.shape[1]\n    return {}"
LINEAR = "def linear_forward(A, W, b):\n    Z = W @ A + b\n    return {}"
LAYER = """
        def linear_activation_forward(A_prev, W, b, activation):
            Z, linear_cache = linear_forward(A_prev, W, b)
            A, activation_cache = (relu if activation == "relu" else sigmoid)({})
            return {}
        """
BACK = """
        def linear_activation_backward(dA, cache, activation):
            linear_cache, Z = cache
            dZ = {} if activation == "relu" else {}
            return linear_backward(dZ, linear_cache)
        """
RELU_BACK, SIGMOID_BACK = "relu_backward(dA, Z)", "sigmoid_backward(dA, Z)"
MEAN = "A, W, _ = cache; m = A.shape[1]; dW = dZ @ A.T / m"
NAMED = [
    ("initialize_parameters_deep", "only-first-layer", ordinary_initializer("dims[l]", "dims[l - 1]", after="return p")),
    ("initialize_parameters_deep", "always-three-layers", ordinary_initializer("dims[l]", "dims[l - 1]", last="4")),
    ("initialize_parameters_deep", "columns-of-the-input", ordinary_initializer("dims[l]", "dims[0]")),
    ("initialize_parameters_deep", "scalar-biases", ordinary_initializer("dims[l]", "dims[l - 1]", bias="0")),
    ("linear_forward", "missing-cache", LINEAR.format("Z")),
    ("linear_forward", "cache-holds-Z", LINEAR.format("Z, (Z, W, b)")),
    ("linear_forward", "cache-is-input-only", LINEAR.format("Z, A")),
    ("linear_forward", "cache-as-dictionary", LINEAR.format("Z, {'A': A, 'W': W, 'b': b}")),
    ("linear_activation_forward", "activation-of-input", LAYER.format("A_prev", "A, (linear_cache, activation_cache)")),
    ("linear_activation_forward", "activation-of-input", LAYER.format("A_prev", "A, (linear_cache, Z)")),
    ("linear_activation_forward", "cache-flattened", LAYER.format("Z", "A, (*linear_cache, Z)")),
    ("linear_activation_forward", "missing-cache", LAYER.format("Z", "A")),
    ("L_model_forward", "parameters-of-another-layer", ordinary_forward(W="1")),
    ("L_model_forward", "parameters-of-another-layer", ordinary_forward(b="{L}")),
    ("L_model_forward", "last-layer-twice", ordinary_forward(last="L + 1")),
    ("L_model_forward", "returns-hidden-A", ordinary_forward(result="A")),
    ("L_model_forward", "caches-extended", ordinary_forward(keep="caches += cache")),
    ("compute_cost", "same-label", COST.format("-np.sum(Y * np.log(AL) + Y * np.log(1 - AL)) / m")),
    ("compute_cost", "plus-for-minus", COST.format("-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 + AL)) / m")),
    ("compute_cost", "misplaced-logarithm", COST.format("-np.sum(Y * np.log(AL) + (1 - Y) * (1 - np.log(AL))) / m")),
    ("compute_cost", "logarithm-of-labels", COST.format("-np.sum(AL * np.log(Y) + (1 - AL) * np.log(1 - Y)) / m")),
    ("compute_cost", "mean-of-sample", COST.format("-1 / (m - 1) * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))")),
    ("compute_cost", "not-summed", COST.format("np.squeeze(-(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m)")),
    (
        "linear_backward",
        "db-of-dW",
        f"def linear_backward(dZ, cache): {MEAN}; return W.T @ dZ, dW, dW.sum(1, keepdims=True) / m",
    ),
    ("linear_backward", "db-one-number", f"def linear_backward(dZ, cache): {MEAN}; return W.T @ dZ, dW, np.mean(dZ)"),
    ("linear_activation_backward", "activation-skipped", BACK.format(RELU_BACK, "dA")),
    ("linear_activation_backward", "activation-skipped", BACK.format("dA", SIGMOID_BACK)),
    ("linear_activation_backward", "cache-taken-for-activation", BACK.format(RELU_BACK, "dA * Z * (1 - Z)")),
    ("linear_activation_backward", "mask-from-input", BACK.format("relu_backward(dA, linear_cache[0])", SIGMOID_BACK)),
    ("L_model_backward", "gradients-exchanged", ordinary_backward(hidden_layers("g[f'dA{l}'], g[f'db{l}'], g[f'dW{l}']"))),
    (
        "L_model_backward",
        "output-gradient-twice",
        ordinary_backward(hidden_layers(dA="dAL if l == L - 1 else g[f'dA{l + 1}']")),
    ),
    (
        "L_model_backward",
        "numbered-from-zero",
        ordinary_backward(hidden_layers("g[f'dA{l}'], g[f'dW{l - 1}'], g[f'db{l - 1}']")),
    ),
    (
        "L_model_backward",
        "one-dA-key",
        ordinary_backward(hidden_layers("g[f'dA{L}'], g[f'dW{l}'], g[f'db{l}']", dA="g[f'dA{L}']")),
    ),
    ("L_model_backward", "no-output-gradient", ordinary_backward(hidden_layers(), before="Y = AL.reshape(Y.shape)")),
    (
        "L_model_backward",
        "guard-too-large",
        ordinary_backward(hidden_layers(), dAL="(1 - Y) / (1 - AL + 1e-4) - Y / (AL + 1e-4)"),
    ),
    ("update_parameters", "step-alone", ordinary_update("-rate * g[f'dW{l}']")),
    ("update_parameters", "step-alone", ordinary_update("rate * g[f'dW{l}']")),
    ("update_parameters", "only-first-layer", ordinary_update("p[f'W{l}'] - rate * g[f'dW{l}']", body="return p")),
    ("update_parameters", "gradient-of-the-first-layer", ordinary_update("p[f'W{l}'] - rate * g['dW1']")),
]


@pytest.mark.parametrize(("name", "code", "text"), NAMED, ids=[f"{name}-{code}" for name, code, _ in NAMED])
def test_an_ordinary_mistake_has_a_name(name: str, code: str, text: str) -> None:
    found = report(name, text)
    assert codes_of(found)[:1] == [code] and found.status != "passed"


def test_gradients_that_are_not_all_zero_are_no_missing_output_gradient() -> None:
    half = ordinary_backward(hidden_layers(), dAL="np.where(Y == 1, -1 / AL, 0)")
    assert codes_of(report("L_model_backward", half)) == ["missing-second-term"]
    assert "no-output-gradient" not in codes_of(report("L_model_backward", "def L_model_backward(AL, Y, caches): return {}"))


def test_an_activation_of_the_right_Z_with_A_prev_in_the_cache_is_no_activation_of_the_input() -> None:
    found = report("linear_activation_forward", LAYER.format("Z", "A, (linear_cache, A_prev)"))
    assert "activation-of-input" not in codes_of(found)
    assert all("loop" not in (f.hint or "") or "If a loop" in (f.hint or "") for f in found.findings)
