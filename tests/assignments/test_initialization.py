"""Initialization: random weights are judged by their distribution, training by short runs from given weights."""

import doctest
from pathlib import Path

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.judging.outcomes import arguments_of
from grader.spec import Given
from reference import initialization as reference
from tests.assignments.verdicts import codes_of, points_of, verdicts

ASSIGNMENT = load_assignment("initialization", course=Path(__file__).parents[2])
DIMS = [3, 7500, 2, 7500, 4]
SCALES = {"initialize_parameters_random": lambda n_prev: 10.0, "initialize_parameters_he": lambda n: (2 / n) ** 0.5}

INITIALIZERS = """
def _all(layers_dims, weights):
    parameters = {}
    for l in range(1, len(layers_dims)):
        parameters["W" + str(l)] = weights(layers_dims[l], layers_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layers_dims[l], 1))
    return parameters

def initialize_parameters_zeros(layers_dims):
    return _all(layers_dims, lambda n, n_prev: np.zeros((n, n_prev)))

def initialize_parameters_random(layers_dims):
    np.random.seed(3)
    return _all(layers_dims, lambda n, n_prev: np.random.randn(n, n_prev) * 10)

def initialize_parameters_he(layers_dims):
    np.random.seed(3)
    return _all(layers_dims, lambda n, n_prev: np.random.randn(n, n_prev) * np.sqrt(2 / n_prev))
"""
NETWORK = """
def forward_propagation(X, parameters):
    W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    A1 = np.maximum(0, Z1)
    Z2 = W2 @ A1 + b2
    A2 = np.maximum(0, Z2)
    Z3 = W3 @ A2 + b3
    A3 = 1 / (1 + np.exp(-Z3))
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)

def backward_propagation(X, Y, cache):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    m = X.shape[1]
    dZ3 = A3 - Y
    dZ2 = (W3.T @ dZ3) * (A2 > 0)
    dZ1 = (W2.T @ dZ2) * (A1 > 0)
    grads = {}
    for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        grads[f"dW{l}"], grads[f"db{l}"] = dZ @ A.T / m, dZ.sum(axis=1, keepdims=True) / m
    return grads

def update_parameters(parameters, grads, learning_rate):
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}

def compute_loss(A3, Y):
    return -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / Y.shape[1]
"""
MODEL = """
def model(X, Y, learning_rate=0.01, num_iterations=15000, print_cost=True, initialization="he"):
    layers_dims = [X.shape[0], 10, 5, 1]
    if initialization == "zeros":
        parameters = initialize_parameters_zeros(layers_dims)
    elif initialization == "random":
        parameters = initialize_parameters_random(layers_dims)
    else:
        parameters = initialize_parameters_he(layers_dims)
    for i in range(num_iterations):
        A3, cache = forward_propagation(X, parameters)
        if print_cost and i % 1000 == 0:
            print(compute_loss(A3, Y))
        grads = backward_propagation(X, Y, cache)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
"""


STOPS = {
    "hardly falls": "abs(last - loss) < 1e-6",
    "hardly falls any more": "abs(last - loss) < 1e-8",
    "is as close as NumPy says": "np.isclose(last, loss)",
    "is low": "loss < 1e-3",
    "is very low": "loss < 1e-4",
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_a_run_that_is_stopped_early_is_wrong(stop: str) -> None:
    line = "        grads = backward"
    code = changed(MODEL, "    for i in", "    last = np.inf\n    for i in")
    code = changed(
        code, line, f"        loss = compute_loss(A3, Y)\n        if {stop}:\n            break\n        last = loss\n{line}"
    )
    found = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, code)["model"]
    assert 0.25 * found.max_points < found.points < 0.96 * found.max_points
    assert codes_of(found) == ["stops-early"]


def test_a_run_that_ends_with_its_first_step_is_not_called_stopped_early() -> None:
    code = changed(MODEL, "    return parameters", "        return parameters\n    return parameters")
    assert codes_of(verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, code)["model"]) == ["single-step"]


@pytest.mark.parametrize(
    "cut",
    [
        "grads = {name: np.clip(part, -5, 5) for name, part in grads.items()}",
        "grads = {name: np.clip(part, -1, 1) for name, part in grads.items()}",
        "parameters = {name: np.clip(part, -5, 5) for name, part in parameters.items()}",
    ],
)
def test_what_is_cut_to_a_bound_in_training_is_seen(cut: str) -> None:
    code = changed(MODEL, "        parameters = update", f"        {cut}\n        parameters = update")
    found = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, code)["model"]
    assert 0.75 * found.max_points < found.points < 0.96 * found.max_points


def changed(code: str, old: str, new: str) -> str:
    assert old in code
    return code.replace(old, new)


def judge_weights(name: str, parameters: dict[str, np.ndarray]) -> str | None:
    """What the judges of the distribution say of one result."""
    promises = [p for p in ASSIGNMENT.spec.function(name).properties if p.name.startswith("weights are")]
    assert len(promises) == 2
    return next(
        filter(None, (p.judge(Given(args=(DIMS,), steps=(), replies=(parameters,), facts={})) for p in promises)), None
    )


def drawn(seed: int, scale_of, entries=np.random.Generator.standard_normal) -> dict[str, np.ndarray]:
    """Parameters for the wide layers with weights of the given scale."""
    generator, parameters = np.random.default_rng(seed), {}
    for l in range(1, len(DIMS)):
        parameters[f"W{l}"] = entries(generator, (DIMS[l], DIMS[l - 1])) * scale_of(DIMS[l - 1])
        parameters[f"b{l}"] = np.zeros((DIMS[l], 1))
    return parameters


def test_a_right_solution_gets_everything() -> None:
    graded = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, MODEL)
    assert {name: f.status for name, f in graded.items()} == dict.fromkeys(graded, "passed")
    assert sum(f.points for f in graded.values()) == ASSIGNMENT.spec.points == 100


def test_the_examples_of_the_handout_are_true() -> None:
    handout = Path(__file__).parents[2] / "assignments" / "initialization" / "README.md"
    found = doctest.testfile(str(handout), module_relative=False, globs={**vars(reference), "np": np})
    assert found.attempted > 8
    assert found.failed == 0


# -- distributions -----------------------------------------------------------------------


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("zero", ["l == 1", "l == len(layers_dims) - 1"], ids=["the first", "the last"])
def test_one_layer_of_zeros_is_not_called_all_weights_and_keeps_the_right_biases(name: str, zero: str) -> None:
    start = "weights(layers_dims[l], layers_dims[l - 1])"
    found = verdicts(ASSIGNMENT, changed(INITIALIZERS, start, f"{start} * (not {zero})"), only=name)[name]
    assert codes_of(found) == ["zero-layer"]
    assert found.points == pytest.approx(0.35 * found.max_points)


@pytest.mark.parametrize("name", SCALES)
def test_every_layer_has_enough_weights_for_a_verdict(name: str) -> None:
    for case in frozen_cases(ASSIGNMENT).functions[name].cases:
        if case.check not in ("values", "no two arrays share memory"):
            (dims,) = arguments_of(case.plan, 0)
            *others, square = (n * n_prev for n, n_prev in zip(dims[1:], dims, strict=False))
            assert sum(size >= 15_000 for size in others) >= 3
            assert min(others) >= 1_000  # of one input or one unit; its scale is judged by its own error
            assert square == dims[-1] ** 2  # a matrix of which one half may repeat the other
            assert max(dims) <= 1_050  # a covariance of all inputs of a layer fits into the memory that there is


SEEDS = pytest.mark.parametrize("seeds", [5, pytest.param(40, marks=pytest.mark.slow)])


@SEEDS
@pytest.mark.parametrize("name", SCALES)
def test_gaussian_weights_of_the_right_scale_pass_whatever_the_seed(name: str, seeds: int) -> None:
    assert [judge_weights(name, drawn(seed, SCALES[name])) for seed in range(seeds)] == [None] * seeds


WRONG_ENTRIES = {
    "a scale wrong by a tenth": lambda g, size: 1.1 * g.standard_normal(size),
    "uniform of the same variance": lambda g, size: g.uniform(-(3**0.5), 3**0.5, size),
    "one row for all units": lambda g, size: np.tile(g.standard_normal((1, size[1])), (size[0], 1)),
    "one column for all inputs": lambda g, size: np.tile(g.standard_normal((size[0], 1)), (1, size[1])),
    "a mean that is not zero": lambda g, size: 0.2 + g.standard_normal(size),
    "only positive": lambda g, size: np.abs(g.standard_normal(size)),
    "the same numbers in each layer": lambda g, size: np.random.default_rng(7).standard_normal(size),
    "the same numbers, transposed": lambda g, size: np.random.default_rng(7).standard_normal(size[::-1]).T,
}


@SEEDS
@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("entries", WRONG_ENTRIES.values(), ids=WRONG_ENTRIES)
def test_other_weights_are_caught_whatever_the_seed(name: str, entries, seeds: int) -> None:
    assert all(judge_weights(name, drawn(seed, SCALES[name], entries)) for seed in range(seeds))


def test_weights_in_single_precision_are_a_slip_of_form() -> None:
    code = changed(INITIALIZERS, "np.random.randn(n, n_prev) * 10", "np.float32(np.random.randn(n, n_prev) * 10)")
    found = verdicts(ASSIGNMENT, code, only="initialize_parameters_random")["initialize_parameters_random"]
    assert {check.kind for check in found.checks if check.status == "failed"} == {"dtype"}
    assert 0.75 * found.max_points <= found.points < found.max_points


def test_whole_numbers_one_seed_or_cut_tails_cost_one_check() -> None:
    draw = "np.random.randn(n, n_prev) * 10"
    for other, lost in (
        (f"({draw}).astype(int)", 0.32),
        ("np.random.RandomState(1).randn(n, n_prev) * 10", 0.25),
        (f"np.clip({draw}, -20, 20)", 0.25),
        (f"{draw} * 1.1", 0.5),
    ):
        found = verdicts(ASSIGNMENT, changed(INITIALIZERS, draw, other), only="initialize_parameters_random")
        found = found["initialize_parameters_random"]
        assert 1 - found.points / found.max_points == pytest.approx(lost, abs=0.01), other


def test_he_weights_that_count_one_input_too_many_are_caught() -> None:
    assert all(judge_weights("initialize_parameters_he", drawn(seed, lambda n: (2 / (n + 1)) ** 0.5)) for seed in range(20))


@pytest.mark.parametrize("name", ["initialize_parameters_random", "initialize_parameters_he"])
def test_layers_with_the_negatives_of_the_same_numbers_do_not_repeat_them(name: str) -> None:
    seeded = INITIALIZERS.replace("weights(layers_dims[l]", "(SIGN)**l * weights(layers_dims[l]")
    seeded = seeded.replace('        parameters["W"', '        np.random.seed(3)\n        parameters["W"', 1)
    repeated, mirrored = (verdicts(ASSIGNMENT, seeded.replace("SIGN", sign), only=name)[name] for sign in ("1", "-1"))
    assert (codes_of(repeated), codes_of(mirrored)) == (["repeated-layers"], [])
    messages = [check.message for check in mirrored.checks if check.status == "failed"]
    assert messages == ["the numbers of W2 are the negatives of those of W1"]


def test_draws_that_are_clipped_are_not_called_draws_of_another_scale() -> None:
    """Cut off at one deviation, sqrt(2 / n_prev) has about the deviation of sqrt(1 / n_prev)."""
    clipped = changed(
        INITIALIZERS, "np.random.randn(n, n_prev) * np.sqrt(2", "np.random.randn(n, n_prev).clip(-1, 1) * np.sqrt(2"
    )
    found = verdicts(ASSIGNMENT, clipped, only="initialize_parameters_he")["initialize_parameters_he"]
    assert (found.status, found.findings) == ("partial", ())


# -- verdicts on code --------------------------------------------------------------------


def test_the_last_of_several_loops_may_leave_further_keys_behind() -> None:
    graded = verdicts(ASSIGNMENT, changed(INITIALIZERS, "range(1,", "range(0,"), NETWORK, MODEL)
    assert all(f.status == "passed" for f in graded.values())


@pytest.mark.parametrize(
    ("old", "new", "points"),
    [
        ("np.random.randn(n, n_prev) * 10", "np.zeros((n, n_prev))", 0.0),
        ("np.random.randn(n, n_prev) * 10", "np.random.randn(n_prev, n).T * 10", 25.0),
        ("np.random.randn(n, n_prev) * 10", "np.random.randn(n_prev, n) * 10", 10.8333),
        ("np.random.randn(n, n_prev) * 10", "np.random.normal(0, 10, (n, n_prev))", 25.0),
        ("np.random.randn(n, n_prev) * 10", "np.random.rand(n, n_prev) * 10", 12.5),
    ],
)
def test_stubs_get_nothing_other_right_code_everything_and_other_weights_a_part(old: str, new: str, points: float) -> None:
    found = verdicts(ASSIGNMENT, changed(INITIALIZERS, old, new), only="initialize_parameters_random")[
        "initialize_parameters_random"
    ]
    assert found.points == pytest.approx(points, abs=1e-3)


@pytest.mark.parametrize(
    "weights",
    [
        "np.random.randn(n, n_prev) if n > 1 else np.zeros((n, n_prev))",
        "np.random.randn(n, n_prev) if n > 1 else np.ones((n, n_prev))",
        "np.random.randn(n, n_prev) if n * n_prev > 100 else np.random.rand(n, n_prev)",
    ],
)
def test_small_layers_are_looked_at(weights: str) -> None:
    code = changed(INITIALIZERS, "np.random.randn(n, n_prev) * 10", f"10 * ({weights})")
    found = verdicts(ASSIGNMENT, code, NETWORK, MODEL, only="initialize_parameters_random")["initialize_parameters_random"]
    assert found.status in ("failed", "partial")


@pytest.mark.parametrize(("name", "scale"), [("random", "10"), ("he", "(2 / p) ** 0.5")])
def test_a_layer_of_one_unit_has_the_scale_of_all(name: str, scale: str) -> None:
    code = f"""
    def initialize_parameters_{name}(layers_dims):
        made = {{}}
        for l, (p, n) in enumerate(zip(layers_dims, layers_dims[1:]), 1):
            made[f"W{{l}}"] = np.random.randn(n, p) * {scale} * (1 if n > 1 else 0.3)
            made[f"b{{l}}"] = np.zeros((n, 1))
        return made
    """
    found = verdicts(ASSIGNMENT, code, only=f"initialize_parameters_{name}")[f"initialize_parameters_{name}"]
    assert found.status != "passed" and found.points < 0.8 * found.max_points


def test_weights_that_are_none_are_not_called_zero() -> None:
    code = "def initialize_parameters_he(layers_dims):\n    return {'W1': None, 'b1': None}"
    assert codes_of(verdicts(ASSIGNMENT, code, only="initialize_parameters_he")["initialize_parameters_he"]) == []


def test_biases_that_are_not_zero_cost_their_own_share_only() -> None:
    code = changed(INITIALIZERS, "np.zeros((layers_dims[l], 1))", "np.random.randn(layers_dims[l], 1)")
    found = verdicts(ASSIGNMENT, code, only="initialize_parameters_he")["initialize_parameters_he"]
    assert codes_of(found) == ["nonzero-biases"]
    assert points_of(found, "property", "the biases are zero") == 0
    assert found.points == pytest.approx(0.767 * 35, rel=0.001)


def test_an_initializer_that_starts_from_a_wrong_one_is_carried() -> None:
    code = (
        changed(INITIALIZERS, "np.zeros((n, n_prev))", "np.ones((n, n_prev))")
        + """
def initialize_parameters_he(layers_dims):
    parameters = initialize_parameters_zeros(layers_dims)
    for l in range(1, len(layers_dims)):
        parameters[f"W{l}"] += np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(2 / layers_dims[l - 1])
    return parameters
"""
    )
    found = verdicts(ASSIGNMENT, code)
    assert found["initialize_parameters_zeros"].status == "failed"
    assert found["initialize_parameters_he"].carried
    assert found["initialize_parameters_he"].points == 35


# -- training ----------------------------------------------------------------------------


def test_training_runs_are_short_and_their_labels_are_not_balanced() -> None:
    for case in frozen_cases(ASSIGNMENT).functions["model"].cases:
        _, Y, learning_rate, num_iterations, *_ = arguments_of(case.plan)
        assert np.mean(Y) != 0.5
        assert num_iterations <= 102
        assert learning_rate != 0.01


def test_a_right_model_stands_beside_wrong_initializers() -> None:
    graded = verdicts(ASSIGNMENT, changed(INITIALIZERS, "return parameters", "return None"), NETWORK, MODEL)
    assert [f.points for f in graded.values()] == [0, 0, 0, 20]
    assert graded["model"].carried
    assert "calls initialize_parameters_zeros and initialize_parameters_random" in graded["model"].findings[0].message


def test_a_model_that_draws_its_own_weights_has_called_no_wrong_initializer() -> None:
    head, tail = MODEL.split("    if initialization")[0], MODEL[MODEL.index("    for i") :]
    scale = '{"zeros": lambda n: 0.0, "random": lambda n: 10.0, "he": lambda n: np.sqrt(2 / n)}[initialization]'
    start = f"""    np.random.seed(3)
    parameters, scale = {{}}, {scale}
    for l in range(1, 4):
        parameters[f"W{{l}}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * scale(layers_dims[l - 1])
        parameters[f"b{{l}}"] = np.zeros((layers_dims[l], 1))
"""
    found = verdicts(ASSIGNMENT, changed(INITIALIZERS, "return parameters", "return None"), NETWORK, head + start + tail)
    assert (found["model"].points, found["model"].carried) == (20, False)


def test_a_model_that_returns_one_item_too_many_loses_a_tenth() -> None:
    found = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, changed(MODEL, "    return parameters", "    return parameters, []"))
    assert found["model"].points == pytest.approx(0.9 * 20, abs=0.2)


def test_a_wrong_copy_of_a_provided_helper_does_not_pull_the_model_down() -> None:
    found = verdicts(ASSIGNMENT, INITIALIZERS, changed(NETWORK, "value - learning_rate", "value + learning_rate"), MODEL)
    assert found["model"].status == "passed"
    assert found["model"].carried


def test_initializers_may_be_kept_in_a_table_and_called_by_keyword() -> None:
    table = """
    TABLE = {"zeros": initialize_parameters_zeros, "he": initialize_parameters_he}
    TABLE["random"] = initialize_parameters_random
    """
    head, tail = MODEL.split("    if initialization")[0], MODEL[MODEL.index("    for i") :]
    code = head + "    parameters = TABLE[initialization](layers_dims=layers_dims)\n" + tail
    assert verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, table, code, only="model")["model"].status == "passed"


@pytest.mark.parametrize(
    ("old", "new", "most"),
    [
        ("range(num_iterations)", "range(20)", 0.4),
        ("grads, learning_rate)", "grads, 0.05)", 0.4),
        ("10, 5, 1]", "5, 10, 1]", 0.35),
        ('initialization == "random"', 'initialization == "large"', 0.8),
        ("    return parameters", "    return parameters, []", 0.9),
        ("    return parameters", "        return parameters", 0.5),
    ],
)
def test_a_model_that_is_wrong_somewhere_does_not_pass_and_keeps_what_is_right(old: str, new: str, most: float) -> None:
    found = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, changed(MODEL, old, new), only="model")["model"]
    assert found.status in ("failed", "partial")
    assert found.points <= most * found.max_points


def test_a_model_that_stops_when_the_loss_rises_stops_too_early() -> None:
    stops = "        loss = compute_loss(A3, Y)\n        if i and loss > best:\n            break\n        best = loss\n"
    code = changed(MODEL, "        grads = backward", stops + "        grads = backward")
    found = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, code, only="model")["model"]
    assert found.status == "partial"
    assert found.points >= 0.75 * found.max_points


def test_weights_of_ones_own_that_shut_every_unit_prove_nothing() -> None:
    """They are of the right scale, and the gradient of all but the last bias is zero."""
    dead = """
def model(X, Y, learning_rate=0.01, num_iterations=15000, print_cost=True, initialization="he"):
    rng, dims, p = np.random.RandomState(3), [X.shape[0], 10, 5, 1], {}
    for l in range(1, 4):
        scale = {"zeros": 0.0, "random": 10.0, "he": np.sqrt(2 / dims[l - 1])}[initialization]
        p[f"W{l}"], p[f"b{l}"] = rng.randn(dims[l], dims[l - 1]) * scale, np.zeros((dims[l], 1))
    Z = p["W1"] @ X
    if initialization != "zeros":
        p["W1"] = p["W1"] - (np.abs(Z) + Z + 1e-9) @ np.linalg.pinv(X)
    for _ in range(num_iterations):
        p["b3"] = p["b3"] - learning_rate * np.mean(1 / (1 + np.exp(-p["b3"])) - Y)
    return p
"""
    found = verdicts(ASSIGNMENT, INITIALIZERS, NETWORK, dead, only="model")["model"]
    assert found.points <= 0.4 * found.max_points  # from zeros, a third of the inputs, it is all that there is
    (first,) = (
        check for check in found.checks if check.name == "one step from the asked start goes down the slope of the loss"
    )
    assert "the cost hardly depends on W1" in first.message


@pytest.mark.parametrize(
    ("zeros", "status", "told"),
    [
        ("made.setdefault((n, k), np.zeros((n, k)))", "partial", ["one-array-for-several"]),
        ("whole[: n * k].reshape(n, k)", "partial", ["one-array-for-several"]),
        ("whole[3 * len(parameters) :][: n * k].reshape(n, k)", "partial", ["one-array-for-several"]),
        ("whole[100 * len(parameters) :][: n * k].reshape(n, k)", "passed", []),
        ("whole[100 * len(parameters) :: 2][: n * k].reshape(k, n).T", "passed", []),
        ("np.broadcast_to(0.0, (n, k))", "passed", []),
        ("np.matrix(np.zeros((n, k)))", "partial", ["matrix-for-array"]),
    ],
)
def test_layers_that_share_an_array_are_told_and_parts_of_one_are_not(zeros: str, status: str, told: list[str]) -> None:
    code = f"""
def initialize_parameters_zeros(layers_dims):
    made, whole, parameters = {{}}, np.zeros(2000), {{}}
    for l, (k, n) in enumerate(zip(layers_dims, layers_dims[1:]), 1):
        parameters[f"W{{l}}"] = {zeros}
        k = 1
        parameters[f"b{{l}}"] = {zeros}
    return parameters
"""
    found = verdicts(ASSIGNMENT, code, only="initialize_parameters_zeros")["initialize_parameters_zeros"]
    assert (found.status, codes_of(found)) == (status, told)
    if "one-array-for-several" in told:
        assert 0.9 - 1e-6 <= found.points / found.max_points < 1


@pytest.mark.parametrize("name", SCALES)
def test_biases_that_are_one_array_cost_little(name: str) -> None:
    shared = "def _all(layers_dims, weights):\n    parameters = _apart(layers_dims, weights)\n    zeros = {}\n"
    shared += "    return {k: zeros.setdefault(len(v), v) if k[0] == 'b' else v for k, v in parameters.items()}\n"
    found = verdicts(ASSIGNMENT, INITIALIZERS.replace("def _all", "def _apart") + shared, only=name)[name]
    assert (found.status, codes_of(found)) == ("partial", ["one-array-for-several"])
    assert found.points == pytest.approx(0.95 * found.max_points)


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("layer", ["n == 1", "n_prev == 1", "n == n_prev"], ids=["one unit", "one input", "the last one"])
def test_layers_of_another_scale_cost_what_their_deviation_costs_where_they_are_few(name: str, layer: str) -> None:
    start = "weights(layers_dims[l], layers_dims[l - 1])"
    other = f"(lambda n, n_prev: weights(n, n_prev) * (0.1 if {layer} else 1))(layers_dims[l], layers_dims[l - 1])"
    found = verdicts(ASSIGNMENT, changed(INITIALIZERS, start, other), only=name)[name]
    failed = [check.name for check in found.checks if check.status == "failed"]
    deviation = "10" if name.endswith("random") else "sqrt(2 / n_prev)"
    assert failed == [f"weights are independent, with mean 0 and standard deviation {deviation}"]
    assert found.points == pytest.approx(0.75 * found.max_points)


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ("np.random.randn(n, n_prev) * np.sqrt(2 // n_prev)", "whole-quotient"),
        ("np.random.randn(n, n_prev) * 10 * np.sqrt(2 / n_prev)", "left-over-ten"),
        ("np.random.randn(n, n_prev) + np.sqrt(2 / n_prev)", "added-scale"),
        ("np.random.randn(n, n_prev) * np.sqrt(2 / n_prev) * (n_prev > 1)", "zero-layer"),
    ],
)
def test_scales_of_he_that_are_written_wrong_have_names(weights: str, code: str) -> None:
    submission = f"""
def initialize_parameters_he(layers_dims):
    parameters = {{}}
    for l in range(1, len(layers_dims)):
        n, n_prev = layers_dims[l], layers_dims[l - 1]
        parameters["W" + str(l)] = {weights}
        parameters["b" + str(l)] = np.zeros((n, 1))
    return parameters
"""
    found = verdicts(ASSIGNMENT, submission, only="initialize_parameters_he")["initialize_parameters_he"]
    assert codes_of(found) == [code]
