"""Regularization: dropout is judged by its own cache and by distributions, training by what a step shows."""

import doctest
from pathlib import Path

import numpy as np
import pytest

from grader import load_assignment
from grader.confined.wire import encode
from grader.freezing.store import frozen_cases
from grader.judging.cases import Case
from grader.judging.outcomes import arguments_of, given_of
from grader.sandbox.runner import Returned
from grader.spec import Objection
from reference import regularization as reference
from reference.three_layer_network import backward_propagation, forward_propagation
from tests.assignments.verdicts import codes_of, verdicts

ASSIGNMENT = load_assignment("regularization", course=Path(__file__).parents[2])
MODULE = ASSIGNMENT.author_module("assignment")
assert MODULE is not None
CACHE = "the cache explains the result"
MASKS = "masks keep units independently, with probability keep_prob"
EVERY = "every step has dropout"
MEAN = "the mean activation is preserved"

NETWORK = """
def relu(x):
    return np.maximum(0, x)

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def compute_cost(A3, Y):
    return -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / Y.shape[1]

def forward_propagation(X, parameters):
    W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)

def backward_propagation(X, Y, cache):
    return backward_propagation_with_regularization(X, Y, cache, 0.0)

def update_parameters(parameters, grads, learning_rate):
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}
"""
L2 = """
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    squares = sum(np.sum(np.square(parameters["W" + l])) for l in "123")
    return compute_cost(A3, Y) + lambd / (2 * Y.shape[1]) * squares

def _gradients(X, outputs, weights, dZ3, drop):
    A1, A2 = outputs
    W2, W3 = weights
    dA2 = drop(W3.T @ dZ3, 2)
    dZ2 = dA2 * (A2 > 0)
    dA1 = drop(W2.T @ dZ2, 1)
    dZ1 = dA1 * (A1 > 0)
    grads = {"dZ3": dZ3, "dZ2": dZ2, "dZ1": dZ1, "dA2": dA2, "dA1": dA1}
    for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        grads[f"dW{l}"] = dZ @ A.T / X.shape[1]
        grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / X.shape[1]
    return grads

def backward_propagation_with_regularization(X, Y, cache, lambd):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    grads = _gradients(X, (A1, A2), (W2, W3), A3 - Y, lambda dA, l: dA)
    for l, W in ((1, W1), (2, W2), (3, W3)):
        grads[f"dW{l}"] = grads[f"dW{l}"] + lambd / X.shape[1] * W
    return grads
"""
DROPOUT = """
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    np.random.seed(1)
    W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    D1 = np.random.rand(*Z1.shape) < keep_prob
    A1 = relu(Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    D2 = np.random.rand(*Z2.shape) < keep_prob
    A2 = relu(Z2) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)

def backward_propagation_with_dropout(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache
    D = {1: D1, 2: D2}
    return _gradients(X, (A1, A2), (W2, W3), A3 - Y, lambda dA, l: dA * D[l] / keep_prob)
"""
MODEL = """
def model(X, Y, learning_rate=0.3, num_iterations=30000, print_cost=True, lambd=0, keep_prob=1):
    parameters = initialize_parameters([X.shape[0], 20, 3, 1])
    for i in range(num_iterations):
        if keep_prob == 1:
            A3, cache = forward_propagation(X, parameters)
        else:
            A3, cache = forward_propagation_with_dropout(X, parameters, keep_prob)
        if lambd == 0:
            cost = compute_cost(A3, Y)
        else:
            cost = compute_cost_with_regularization(A3, Y, parameters, lambd)
        if lambd != 0:
            grads = backward_propagation_with_regularization(X, Y, cache, lambd)
        elif keep_prob == 1:
            grads = backward_propagation(X, Y, cache)
        else:
            grads = backward_propagation_with_dropout(X, Y, cache, keep_prob)
        parameters = update_parameters(parameters, grads, learning_rate)
        if print_cost and i % 10000 == 0:
            print(cost)
    return parameters
"""
WHOLE = (NETWORK, L2, DROPOUT, MODEL)


def changed(code: str, old: str, new: str) -> str:
    assert old in code
    return code.replace(old, new)


STOPS = {
    "hardly falls": "abs(last - cost) < 1e-6",
    "is as close as NumPy says": "np.isclose(last, cost)",
    "is very low": "cost < 1e-4",
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_a_run_that_is_stopped_early_is_wrong(stop: str) -> None:
    line = "        if lambd != 0:\n"
    code = changed(MODEL, "    for i in", "    last = np.inf\n    for i in")
    code = changed(code, line, f"        if {stop}:\n            break\n        last = cost\n{line}")
    found = verdicts(ASSIGNMENT, *WHOLE[:-1], code)["model"]
    assert 0.25 * found.max_points < found.points < 0.96 * found.max_points


HALVES = """
def compute_cost_with_regularization(A3, Y, parameters, lambd):
    parts = [np.log(A3[Y == 1]), np.log(1 - A3[Y == 0])]
    cost = sum(-np.mean(part) / 2 for part in parts if part.size)
    return cost + lambd / (2 * Y.shape[1]) * sum(np.sum(parameters[f"W{l}"] ** 2) for l in (1, 2, 3))
"""
ONLY_IN_THE_CACHE = {
    "A2 before dropout": ("D2, A2, W2", "D2, relu(Z2), W2", "only-first-layer"),
    "A2 without its scale": ("D2, A2, W2", "D2, A2 * keep_prob, W2", "second-layer-unscaled"),
    "the mask on Z1": ("A3, (Z1, D1", "A3, (Z1 * D1 / keep_prob, D1", "mask-after-use"),
}


def test_a_cost_that_is_half_of_the_right_one_is_not_said_to_be_cut_off() -> None:
    found = verdicts(ASSIGNMENT, *WHOLE, HALVES)["compute_cost_with_regularization"]
    assert "wide-guard" not in {finding.code for finding in found.findings}
    assert found.points < found.max_points


@pytest.mark.parametrize(("old", "new", "code"), ONLY_IN_THE_CACHE.values(), ids=ONLY_IN_THE_CACHE.keys())
def test_what_only_the_cache_says_is_not_said_of_the_forward_pass(old: str, new: str, code: str) -> None:
    forward, backward = DROPOUT.split("def backward")
    code_of_both = changed(forward, old, new) + "def backward" + backward
    found = verdicts(ASSIGNMENT, *WHOLE[:2], code_of_both, MODEL)["forward_propagation_with_dropout"]
    assert found.points < found.max_points
    assert code not in {finding.code for finding in found.findings}


def judge(function: str, check: str, reply_to) -> list[str | Objection | None]:
    """What the judge of a property says of ``reply_to(*args)``, case by case."""
    (found,) = (p for p in ASSIGNMENT.spec.function(function).properties if p.name == check)
    cases = [c for c in frozen_cases(ASSIGNMENT).functions[function].cases if c.check == check]
    assert cases
    messages = []
    for case in cases:
        questions = [arguments_of(case.plan, step) for step in range(len(case.plan.steps))]
        messages.append(found.judge(given_of(case, [Returned(encode(reply_to(case, *args))) for args in questions])))
    return messages


def test_a_right_solution_gets_everything() -> None:
    graded = verdicts(ASSIGNMENT, *WHOLE)
    assert {name: f.status for name, f in graded.items()} == dict.fromkeys(graded, "passed")
    assert sum(f.points for f in graded.values()) == ASSIGNMENT.spec.points == 100
    assert not any(f.carried for f in graded.values())


def test_the_examples_of_the_handout_are_true() -> None:
    handout = Path(__file__).parents[2] / "assignments" / "regularization" / "README.md"
    found = doctest.testfile(str(handout), module_relative=False, globs={**vars(reference), "np": np})
    assert found.attempted > 8
    assert found.failed == 0


# -- masks -------------------------------------------------------------------------------


def dropout_with(draw):
    """A forward pass whose masks come from ``draw(shape, keep_prob)``."""

    def forward(case: Case, X, parameters, keep_prob):
        W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
        Z1 = W1 @ X + b1
        D1 = draw(Z1.shape, keep_prob)
        A1 = np.maximum(0, Z1) * D1 / keep_prob
        Z2 = W2 @ A1 + b2
        D2 = draw(Z2.shape, keep_prob)
        A2 = np.maximum(0, Z2) * D2 / keep_prob
        Z3 = W3 @ A2 + b3
        A3 = 1 / (1 + np.exp(-Z3))
        return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)

    return forward


def test_both_masks_have_enough_entries_for_a_verdict() -> None:
    for case in frozen_cases(ASSIGNMENT).functions["forward_propagation_with_dropout"].cases:
        if case.check in (MASKS, MEAN):
            X, parameters, keep_prob = arguments_of(case.plan, 0)
            assert min(len(parameters["b1"]), len(parameters["b2"])) * X.shape[1] >= 15_000
            assert keep_prob != 0.5


@pytest.mark.parametrize("seed", range(5))
def test_right_masks_pass_whatever_the_seed(seed: int) -> None:
    generator = np.random.default_rng(seed)
    forward = dropout_with(lambda shape, k: generator.random(shape) < k)
    for check in (CACHE, MASKS, MEAN):
        assert not any(judge("forward_propagation_with_dropout", check, forward))


WRONG_MASKS = {
    "a few too many kept": lambda g, shape, k: g.random(shape) < k + 0.05,
    "one mask for all examples": lambda g, shape, k: np.repeat(g.random((shape[0], 1)) < k, shape[1], axis=1),
    "one mask for all units": lambda g, shape, k: np.repeat(g.random((1, shape[1])) < k, shape[0], axis=0),
    "the same numbers in both": lambda g, shape, k: np.random.default_rng(1).random(shape) < k,
    "the same numbers, transposed": lambda g, shape, k: np.random.default_rng(1).random(shape[::-1]).T < k,
    "Gaussian numbers": lambda g, shape, k: g.standard_normal(shape) < k,
    "opposite": lambda g, shape, k: g.random(shape) > k,
    "counted out": lambda g, shape, k: g.random(shape).argsort(axis=0).argsort(axis=0) < round(k * shape[0]),
}


@pytest.mark.parametrize("draw", WRONG_MASKS.values(), ids=WRONG_MASKS)
def test_other_masks_are_caught_whatever_the_seed(draw) -> None:
    for seed in range(4):
        generator = np.random.default_rng(seed)
        forward = dropout_with(lambda shape, k, g=generator: draw(g, shape, k))
        assert any(judge("forward_propagation_with_dropout", MASKS, forward))


def test_a_mask_that_prefers_strong_units_does_not_preserve_the_mean() -> None:
    def forward(case: Case, X, parameters, keep_prob):
        # Masks of the right share, kept where the activation is large.
        A3, cache = dropout_with(lambda shape, k: np.ones(shape, dtype=bool))(case, X, parameters, keep_prob)
        Z1 = cache[0]
        D1 = Z1 > np.quantile(Z1, 1 - keep_prob)
        return A3, (Z1, D1, np.maximum(0, Z1) * D1 / keep_prob, *cache[3:])

    assert all(judge("forward_propagation_with_dropout", MEAN, forward))


@pytest.mark.parametrize("kind", ["bool", "int", "float", "np.int8"])
def test_a_mask_may_be_of_any_kind(kind: str) -> None:
    mask = "np.random.rand(*Z1.shape) < keep_prob"
    found = verdicts(ASSIGNMENT, NETWORK, L2, changed(DROPOUT, mask, f"({mask}).astype({kind})"), MODEL)
    assert found["forward_propagation_with_dropout"].status == "passed"


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("D2 = np", "np.random.seed(1); D2 = np", ["repeated-masks"]),
        ("np.random.rand(*Z1.shape) <", "np.random.rand(len(Z1), 1) <", []),
        ("np.random.rand(*Z", "np.random.randn(*Z", ["gaussian-mask"]),
        (" < keep_prob", " > keep_prob", ["inverted-mask"]),
        (" < keep_prob", " < 0.5", ["keep-prob-ignored"]),
        (" * D1 / keep_prob", " * D1", ["first-layer-unscaled"]),
        (" * D2 / keep_prob", " * D2", ["second-layer-unscaled"]),
        (" * D1 / keep_prob", " / keep_prob", ["mask-1-not-applied"]),
        (" * D2 / keep_prob", " / keep_prob", ["mask-2-not-applied"]),
        (" * D1 / keep_prob", "", ["only-second-layer"]),
        ("(*Z1.shape) < keep_prob", "(*Z1.shape) > keep_prob", ["mask-1-inverted"]),
        ("(*Z2.shape) < keep_prob", "(*Z2.shape) < 0.5", ["mask-2-keeps-half"]),
        ("W2 @ A1", "W2 @ relu(Z1)", ["mask-after-use"]),
        ("A3 = sigmoid(Z3)", "A3 = sigmoid(Z3) * (np.random.rand(*Z3.shape) < keep_prob)", ["dropout-on-output"]),
        ("A3, W3, b3)", "A3, W3)", []),
        ("return A3, (Z1, D1, A1", "return A3, (A1, D1, Z1", []),
    ],
)
def test_a_wrong_dropout_forward_pass_is_caught_and_named(old: str, new: str, codes: list[str]) -> None:
    found = verdicts(ASSIGNMENT, NETWORK, L2, changed(DROPOUT, old, new), MODEL)
    assert found["forward_propagation_with_dropout"].status in ("failed", "partial")
    assert found["forward_propagation_with_dropout"].points <= 0.8 * 25  # a mask on the output is seen where it drops one
    assert codes_of(found["forward_propagation_with_dropout"])[: len(codes)] == codes
    assert found["backward_propagation_with_dropout"].status == "passed"


@pytest.mark.parametrize("layer", ["1", "2"])
def test_a_mask_that_is_not_applied_is_not_called_one_of_what_was_dropped(layer: str) -> None:
    code = changed(DROPOUT, f" * D{layer} / keep_prob", " / keep_prob")
    found = verdicts(ASSIGNMENT, NETWORK, L2, code, MODEL)["forward_propagation_with_dropout"]
    told = next(check.message for check in found.checks if check.name == CACHE)
    assert told.startswith(f"A{layer} in the cache is not relu(Z{layer}) * D{layer} / keep_prob")
    assert "was dropped" not in told and "were dropped" not in told


# -- gradients ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["backward_propagation_with_regularization", "backward_propagation_with_dropout"])
def test_no_slope_is_measured_near_a_kink_and_no_output_is_saturated(name: str) -> None:
    for case in frozen_cases(ASSIGNMENT).functions[name].cases:
        _, _, cache, _ = arguments_of(case.plan)
        Z1, Z2, Z3 = cache[0], cache[-9 if len(cache) == 14 else -8], cache[-4]
        assert np.abs(Z3).max() <= 4
        if case.check != "values":
            assert min(np.abs(Z1).min(), np.abs(Z2).min()) >= 1e-2


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("name", ["backward_propagation_with_regularization", "backward_propagation_with_dropout"])
def test_a_gradient_that_passes_at_an_exact_zero_shows_in_both_layers(name: str, layer: int) -> None:
    backward = getattr(reference, name)
    differs = []
    for case in frozen_cases(ASSIGNMENT).functions[name].cases:
        X, Y, cache, strength = arguments_of(case.plan)
        Z, A = ((0, 2), (5, 7))[layer - 1] if len(cache) == 14 else ((0, 1), (4, 5))[layer - 1]
        passing = list(cache)
        passing[A] = cache[A] + (cache[Z] == 0) * 1e-300
        key, right = f"dZ{layer}", backward(X, Y, cache, strength)
        differs.append(not np.array_equal(backward(X, Y, tuple(passing), strength)[key], right[key]))
    assert any(differs)


@pytest.mark.parametrize(
    ("old", "new", "code", "most"),
    [
        ("* D[l] / keep_prob", "* D[l] / 0.5", "keep-prob-ignored", 0.6),
        ("dA * D[l] /", "dA /", "missing-mask", 0.8),
        ("dA * D[l] /", "dA * (D[l] if l == 1 else 1) /", "one-mask-missing", 0.9),
        ("dA * D[l] /", "dA * (D[l] if l == 2 else 1) /", "one-mask-missing", 0.9),
        ("dA * D[l] / keep_prob", "dA * D[l]", "missing-scale", 0.5),
    ],
)
def test_wrong_gradients_under_dropout_are_caught_and_the_model_is_carried(
    old: str, new: str, code: str, most: float
) -> None:
    found = verdicts(ASSIGNMENT, NETWORK, L2, changed(DROPOUT, old, new), MODEL)
    wrong = found["backward_propagation_with_dropout"]
    assert codes_of(wrong) == [code]
    assert 0.35 * wrong.max_points < wrong.points < most * wrong.max_points
    assert found["model"].status == "passed"


@pytest.mark.parametrize("bound", [5, 10])
def test_gradients_that_are_cut_to_a_bound_are_seen_in_both_backward_passes(bound: int) -> None:
    cut = f"    grads = {{name: np.clip(grad, -{bound}, {bound}) for name, grad in grads.items()}}\n    return grads"
    of_dropout = changed(DROPOUT, "    return _gradients(", "    grads = _gradients(") + cut
    found = verdicts(ASSIGNMENT, NETWORK, L2.rpartition("    return grads")[0] + cut, of_dropout)
    for name in ("backward_propagation_with_regularization", "backward_propagation_with_dropout"):
        assert bound != 5 or codes_of(found[name]) == ["clipped"]
        assert 0.8 * found[name].max_points < found[name].points < 0.995 * found[name].max_points


def test_a_bias_gradient_that_is_a_single_number_costs_its_shape_alone() -> None:
    single = changed(L2, "return grads", 'return {**grads, "db3": np.sum(grads["db3"])}')
    found = verdicts(ASSIGNMENT, NETWORK, single, DROPOUT, MODEL)
    for name in ("backward_propagation_with_regularization", "backward_propagation_with_dropout"):
        assert (found[name].status, codes_of(found[name])) == ("partial", ["missing-keepdims"])
        assert found[name].points > 0.94 * found[name].max_points


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        ("np.minimum(A3, 1 - 1e-5)", ["wide-guard"]),
        ("np.maximum(A3, 1e-5)", ["wide-guard"]),
        ("A3.astype(np.float32)", []),
        ("np.clip(A3, 1e-7, 1 - 1e-7)", []),
    ],
)
def test_a_guard_of_either_end_and_single_precision_are_seen(cut: str, code: list[str]) -> None:
    own = changed(L2, "compute_cost(A3, Y)", f"compute_cost({cut}, Y)")
    found = verdicts(ASSIGNMENT, NETWORK, own, only="compute_cost_with_regularization")["compute_cost_with_regularization"]
    assert (found.status == "passed", codes_of(found)) == ("clip" in cut, code)


def test_a_guard_in_the_chain_rule_is_right() -> None:
    guarded = "((1 - Y) / (1 - A3 + 1e-8) - Y / (A3 + 1e-8)) * A3 * (1 - A3)"
    found = verdicts(ASSIGNMENT, NETWORK, changed(L2, "A3 - Y", guarded), changed(DROPOUT, "A3 - Y", guarded), MODEL)
    assert all(f.status == "passed" for f in found.values())


# -- training ----------------------------------------------------------------------------


def dropped_step(case: Case, args, seed: int, scale=lambda k: k):
    """One step with dropout from the planted parameters, as a right model makes it (with ``scale``: a wrong one)."""
    X, Y, rate, _, _, _, keep_prob = args
    planted = given_of(case, []).facts["parameters"]
    generator = np.random.default_rng(seed)

    def draw(shape: tuple[int, int], k: float) -> np.ndarray:
        return generator.random(shape) < k

    forward = dropout_with(draw)(case, X, planted, keep_prob)
    grads = reference.backward_propagation_with_dropout(X, Y, forward[1], scale(keep_prob))
    return {name: value - rate * grads[f"d{name}"] for name, value in planted.items()}


def test_a_step_with_dropout_is_recognised_whatever_the_masks() -> None:
    for seed in range(50):
        said = judge("model", "a step with dropout", lambda case, *args, s=seed: dropped_step(case, args, s))
        assert {objection.by_chance for objection in said if objection} <= {True}  # nothing passes: that is chance
        assert None in said


def test_a_step_with_other_scales_or_without_dropout_is_not() -> None:
    def plain(case: Case, X, Y, rate, *_):
        planted = given_of(case, []).facts["parameters"]
        grads = backward_propagation(X, Y, forward_propagation(X, planted)[1])
        return {name: value - rate * grads[f"d{name}"] for name, value in planted.items()}

    def untrained(case: Case, *_):
        return given_of(case, []).facts["parameters"]

    assert all(judge("model", "a step with dropout", plain))
    assert all(judge("model", "a step with dropout", untrained))
    for seed in range(10):
        wrong = judge("model", "a step with dropout", lambda case, *args, s=seed: dropped_step(case, args, s, lambda k: 1.0))
        assert sum(message is not None for message in wrong) >= 3  # a mask that stops everything hides the scale


def test_a_step_with_dropout_is_looked_at_from_the_given_start_where_plain_steps_are_wrong() -> None:
    def run(case: Case, *args):
        if args[-1] < 1:
            return dropped_step(case, args, 0)
        planted = given_of(case, []).facts["parameters"]
        grads = backward_propagation(*args[:2], forward_propagation(args[0], planted)[1])
        return {name: value - 0.3 * grads[f"d{name}"] for name, value in planted.items()}

    assert not any(judge("model", "a step with dropout", run))


def test_steps_with_dropout_are_recognised_whether_their_masks_repeat_or_not() -> None:
    def run(case: Case, X, Y, rate, steps, print_cost, lambd, keep_prob, *, seed: int, again: bool, later: float = 0.0):
        parameters, generator = given_of(case, []).facts["parameters"], np.random.default_rng(seed)
        for step in range(steps):
            generator = np.random.default_rng(seed) if again else generator
            keep = later if later and step else keep_prob
            forward = dropout_with(lambda shape, k, g=generator: g.random(shape) < k)(case, X, parameters, keep)
            grads = reference.backward_propagation_with_dropout(X, Y, forward[1], keep)
            parameters = {name: value - rate * grads[f"d{name}"] for name, value in parameters.items()}
        return parameters

    for seed in range(6):
        for again in (True, False):
            right = judge("model", EVERY, lambda *args, s=seed, a=again: run(*args, seed=s, again=a))
            assert not [one for one in right if one and not one.by_chance]  # that nothing passes is chance
            assert None in right
        assert all(judge("model", EVERY, lambda *args, s=seed: run(*args, seed=s, again=False, later=1.0)))
        assert all(
            judge("model", EVERY, lambda c, X, Y, rate, steps, *rest: run(c, X, Y, rate, 1, *rest, seed=0, again=True))
        )


DRAWN_AGAIN = "D1[: len(Z2)] if len(Z1) >= len(Z2) else np.random.rand(*Z2.shape) < keep_prob"


@pytest.mark.parametrize(
    ("old", "new", "most"),
    [
        ("return A3, (Z1, D1, A1", "return A3, (Z1, 1 - D1, A1", 0.7),
        ("return A3, (Z1, D1, A1", "return A3, (Z1, A1, D1", 0.7),
        ("np.random.rand(*Z2.shape) < keep_prob", DRAWN_AGAIN, 0.9),
    ],
)
def test_what_is_wrong_in_the_cache_alone_keeps_the_masks(old: str, new: str, most: float) -> None:
    found = verdicts(ASSIGNMENT, NETWORK, L2, changed(DROPOUT, old, new), MODEL, only="forward_propagation_with_dropout")[
        "forward_propagation_with_dropout"
    ]
    assert 0.4 * 25 <= found.points <= most * 25
    assert "inverted-mask" not in codes_of(found)


def test_a_right_model_stands_beside_wrong_functions() -> None:
    wrong = changed(changed(L2, "lambd / X", "2 * lambd / X"), "compute_cost(A3, Y) +", "None +")
    found = verdicts(ASSIGNMENT, NETWORK, wrong, changed(DROPOUT, " / keep_prob", ""), MODEL)
    assert [f.status for f in found.values()] == ["failed", "failed", "partial", "failed", "passed"]
    assert found["model"].carried


def test_a_model_of_another_edition_has_an_option_more() -> None:
    other = changed(MODEL, "print_cost=True, lambd=0", "print_cost=True, is_plot=True, lambd=0")
    assert verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, other, only="model")["model"].status == "passed"


def test_dropout_may_be_written_out_inside_the_model() -> None:
    body = DROPOUT.split('b3"))')[1].split("    return A3")[0].replace("\n    ", "\n            ")
    inline = "            W1, b1, W2, b2, W3, b3 = parameters.values()" + body
    inline += "\n            cache = (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)"
    code = changed(MODEL, "            A3, cache = forward_propagation_with_dropout(X, parameters, keep_prob)", inline)
    assert verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, code, only="model")["model"].status == "passed"


@pytest.mark.parametrize(
    ("old", "new", "codes", "most"),
    [
        ("if lambd != 0:", "if lambd > 100:", ["lambd-ignored"], 0.8 * 20),
        ("if keep_prob == 1:", "if keep_prob > 0:", ["keep-prob-ignored"], 0.8 * 20),
        ("range(num_iterations)", "range(num_iterations - 1)", ["one-step-short"], 0.66 * 20),
        ("grads, learning_rate)", "grads, 0.3)", ["learning-rate-ignored"], 0.3 * 20),
        ("20, 3, 1]", "10, 5, 1]", ["wrong-layers"], 0.52 * 20),
        ("range(num_iterations)", "range(num_iterations // 2)", ["half-of-the-steps"], 0.3 * 20),
        ("initialize_parameters([", "_zeros([", [], 0),
    ],
)
def test_a_model_keeps_the_points_of_what_is_right(old: str, new: str, codes: list[str], most: float) -> None:
    zeros = """
    def _zeros(dims):
        pairs = list(zip(dims, dims[1:]))
        weights = {f"W{l}": np.zeros((n, k)) for l, (k, n) in enumerate(pairs, 1)}
        return {**weights, **{f"b{l}": np.zeros((n, 1)) for l, (_, n) in enumerate(pairs, 1)}}
    """
    found = verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, zeros, changed(MODEL, old, new), only="model")["model"]
    assert found.status == ("failed" if most < 10 else "partial")
    assert codes_of(found)[: len(codes)] == codes
    assert most - 3 <= found.points <= most


def test_a_model_that_stops_when_the_cost_rises_stops_too_early() -> None:
    stops = "        if i and cost > best:\n            break\n        best = cost\n        if lambd != 0:"
    found = verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, changed(MODEL, "        if lambd != 0:", stops), only="model")[
        "model"
    ]
    assert found.status == "partial"
    assert found.points >= 0.75 * found.max_points


def test_activations_before_their_masks_cost_the_cache_and_nothing_else() -> None:
    text = DROPOUT.replace("(Z1, D1, A1,", "(Z1, A1, D1,").replace("Z2, D2, A2,", "Z2, A2, D2,")
    assert text != DROPOUT
    found = verdicts(ASSIGNMENT, NETWORK, L2, text, only="forward_propagation_with_dropout")[
        "forward_propagation_with_dropout"
    ]
    assert (found.status, codes_of(found)) == ("partial", ["cache-order"])
    assert [check.name for check in found.checks if check.status == "failed"] == ["the cache explains the result"]


def test_with_dropout_each_step_needs_a_forward_pass_of_its_own() -> None:
    once = changed(
        MODEL, "        else:\n            A3, cache = forward", "        elif i == 0:\n            A3, cache = forward"
    )
    found = verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, once, only="model")["model"]
    assert (found.status, codes_of(found)) == ("partial", ["stale-dropout"])


def test_gradients_of_one_example_are_asked_of_the_first_layer_too() -> None:
    old = "    for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):"
    wrong = changed(L2, old, "    dZ1 = dZ1 * (X.shape[1] > 1)\n" + old)
    graded = verdicts(ASSIGNMENT, NETWORK, wrong, DROPOUT)
    for name in ("backward_propagation_with_regularization", "backward_propagation_with_dropout"):
        found = graded[name]
        assert found.status == "partial"
        assert {"dW{l}", "db{l}"} <= {check.name for check in found.checks if check.status == "failed"}


# -- a start of one's own ----------------------------------------------------------------

OWN_START = """
    rng, parameters, dims = np.random.RandomState(3), {{}}, [X.shape[0], 20, 3, 1]
    for l in range(1, 4):
        k = dims[l - 1]
        parameters[f"W{{l}}"], parameters[f"b{{l}}"] = rng.randn(dims[l], k) * {scale}, np.full((dims[l], 1), {bias})
"""


@pytest.mark.parametrize("scale", ["0.01", "np.sqrt(2 / k)", "1 / np.sqrt(k)"])
def test_a_model_from_usual_weights_of_its_own_is_right(scale: str) -> None:
    old = "    parameters = initialize_parameters([X.shape[0], 20, 3, 1])\n"
    assert old in MODEL
    found = verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, MODEL.replace(old, OWN_START.format(scale=scale, bias="0.0")))[
        "model"
    ]
    assert (found.status, found.points) == ("passed", found.max_points), found.checks


def test_a_start_where_every_unit_is_shut_proves_nothing_of_l2_and_dropout() -> None:
    steps = """
    for _ in range(num_iterations):
        parameters["b3"] = parameters["b3"] - learning_rate * np.mean(1 / (1 + np.exp(-parameters["b3"])) - Y)
        for l in "123":
            parameters["W" + l] = parameters["W" + l] * (1 - learning_rate * lambd / X.shape[1])
    return parameters
"""
    start = OWN_START.format(scale="1.0", bias="-1e3 * (l < 3)")
    head = "def model(X, Y, learning_rate=0.3, num_iterations=30000, print_cost=True, lambd=0, keep_prob=1):"
    found = verdicts(ASSIGNMENT, NETWORK, L2, DROPOUT, head + start + steps, only="model")["model"]
    assert found.points == 0


def test_a_cache_of_the_numbers_that_a_mask_is_made_of_is_not_said_to_lack_the_comparison() -> None:
    code = DROPOUT
    for layer in "12":
        code = changed(code, f"rand(*Z{layer}.shape) < keep_prob", f"rand(*Z{layer}.shape)")
    (found,) = verdicts(ASSIGNMENT, NETWORK, L2, code, MODEL)["forward_propagation_with_dropout"].findings
    assert found.code == "mask-not-thresholded"
    for layer in "12":
        code = changed(code, f"relu(Z{layer}) * D{layer} /", f"relu(Z{layer}) * (D{layer} < keep_prob) /")
    (found,) = verdicts(ASSIGNMENT, NETWORK, L2, code, MODEL)["forward_propagation_with_dropout"].findings
    assert found.code == "numbers-for-mask"


def test_one_mistake_is_told_once_also_where_dropout_shows_it_too() -> None:
    code = changed(MODEL, "        if keep_prob == 1:", "        if i > 0:\n            pass\n        elif keep_prob == 1:")
    found = verdicts(ASSIGNMENT, *WHOLE[:-1], code)["model"]
    assert codes_of(found) == ["stale-gradients"]


def test_weights_that_decay_twice_are_told_without_the_biases() -> None:
    twice = "grads, learning_rate)\n"
    shrink = "parameters['W' + l] = parameters['W' + l] * (1 - learning_rate * lambd / X.shape[1])"
    decay = f"        for l in '123':\n            {shrink}\n"
    found = verdicts(ASSIGNMENT, *WHOLE[:-1], changed(MODEL, twice, twice + decay))["model"]
    message = next(c.message for c in found.checks if c.name == "one step goes down the slope of the cost")
    assert "in this run W1, W2 and W3 are wrong, b1, b2 and b3 are right" in message


def test_a_wrong_number_of_steps_is_told_in_steps() -> None:
    told = [MODULE._as_far_as(steps) for steps in (1.72, -6.0, 0.9999)]
    assert told[0] == "as far as 1.72 steps should"
    assert told[1] == "in the wrong direction, as far as 6 steps should move it in the other one"
    assert told[2] == "as far as 1 step should"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("        keep_prob = 1 if i == 10 else keep_prob\n", "dropout-ends"),
        ("        if i and abs(last - cost) < 1e-8:\n            break\n        last = cost\n", "stops-early"),
    ],
)
def test_where_dropout_ends_is_told_from_where_the_run_ends(line: str, code: str) -> None:
    text = (
        changed(MODEL, "        if keep_prob == 1:", f"{line}        if keep_prob == 1:")
        if "cost" not in line
        else changed(MODEL, "        if lambd != 0:", f"{line}        if lambd != 0:")
    )
    found = verdicts(ASSIGNMENT, *WHOLE[:-1], text, only="model")["model"]
    assert (found.status, codes_of(found)) == ("partial", [code])


def test_biases_that_stand_still_are_not_called_units_that_are_dropped() -> None:
    still = "        grads |= {f'db{l}': 0 * grads[f'db{l}'] for l in (1, 2, 3)}\n"
    text = changed(MODEL, "        parameters = update", f"{still}        parameters = update")
    found = verdicts(ASSIGNMENT, *WHOLE[:-1], text, only="model")["model"]
    (check,) = [check for check in found.checks if check.name == "a step with dropout"]
    assert "leaves b1, b2, b3 as before" in check.message


def test_a_keep_prob_that_the_forward_pass_does_not_get_is_named() -> None:
    code = changed(
        MODEL,
        "forward_propagation_with_dropout(X, parameters, keep_prob)",
        "forward_propagation_with_dropout(X, parameters)",
    )
    assert codes_of(verdicts(ASSIGNMENT, *WHOLE[:-1], code)["model"]) == ["default-keep-prob"]


@pytest.mark.parametrize("decimals", [3, 4])
def test_gradients_may_be_rounded_beside_masks_in_the_cache(decimals: int) -> None:
    backward = "return _gradients(X, (A1, A2), (W2, W3), A3 - Y, lambda dA, l: dA * D[l] / keep_prob)"
    assert backward in DROPOUT
    rounded = DROPOUT.replace(
        backward, f"grads = {backward[7:]}\n    return {{**grads, 'dW1': np.round(grads['dW1'], {decimals})}}"
    )
    found = verdicts(ASSIGNMENT, NETWORK + L2 + rounded)["backward_propagation_with_dropout"]
    assert codes_of(found) == ["rounded"]


def test_a_cache_that_is_returned_alone_is_not_measured_by_one_of_its_masks() -> None:
    alone = """
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    W1, b1, W2, b2, W3, b3 = (parameters[n] for n in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = W1 @ X + b1
    D1 = np.random.rand(*Z1.shape) < keep_prob
    A1 = np.maximum(0, Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    D2 = np.random.rand(*Z2.shape) < keep_prob
    A2 = np.maximum(0, Z2) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    return (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, 1 / (1 + np.exp(-Z3)), W3, b3)
"""
    name = "forward_propagation_with_dropout"
    told = repr(verdicts(ASSIGNMENT, alone, only=name)[name].checks)
    assert "the result has 14 parts, expected 2" in told and "the cache has" not in told
