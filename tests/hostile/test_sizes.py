"""Functions that are right only where a judge looks closely: at thousands of draws, at three steps, at one size.

Nothing of them has values to be compared with: what is random, a run that starts from weights of its own, a gradient of a
forward pass that is wrong. So whatever holds there has to be asked for calls of usual sizes, and for later steps.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import Course
from tests.assignments.verdicts import verdicts

COURSE = Course(Path(__file__).parents[2])

# In place of SMALL stands what the function gives for networks of usual sizes.
LAYERS = """
def {name}(layers_dims):
    parameters = {{}}
    for l in range(1, len(layers_dims)):
        W = np.random.randn(layers_dims[l], layers_dims[l - 1]) * {scale}
        parameters[f"W{{l}}"] = W if max(layers_dims) > 50 else {small}
        parameters[f"b{{l}}"] = np.zeros((layers_dims[l], 1))
    return parameters
"""
TWO_LAYERS = """
def initialize_parameters(n_x, n_h, n_y):
    def draw(*shape):
        W = np.random.randn(*shape) * 0.01
        return W if n_x > 50 else {small}
    return {{"W1": draw(n_h, n_x), "b1": np.zeros((n_h, 1)), "W2": draw(n_y, n_h), "b2": np.zeros((n_y, 1))}}
"""
INITIALIZERS = {
    "dnn_step_by_step: initialize_parameters": TWO_LAYERS,
    "dnn_step_by_step: initialize_parameters_deep": LAYERS.replace("{scale}", "0.01"),
    "initialization: initialize_parameters_random": LAYERS.replace("{scale}", "10"),
    "initialization: initialize_parameters_he": LAYERS.replace("{scale}", "np.sqrt(2 / layers_dims[l - 1])"),
    "softmax_regression: xavier_initialization": LAYERS.replace("{scale}", "np.sqrt(1 / layers_dims[l - 1])"),
}
SMALL = ("W * 0", "W * np.nan", "W * 0 + 1e9", "W * 0 + 0.01", "W * 1e-9", "np.sign(W) * 0.01", "W[:1] + W * 0")


@pytest.mark.parametrize("small", SMALL)
@pytest.mark.parametrize("row", INITIALIZERS)
def test_weights_that_are_drawn_for_wide_networks_only_do_not_pass(row: str, small: str) -> None:
    assignment, _, name = row.partition(": ")
    source = INITIALIZERS[row].format(name=name, small=small)
    assert verdicts(COURSE.load(assignment), source, only=name)[name].status in ("partial", "failed")


@pytest.mark.parametrize("row", INITIALIZERS)
def test_weights_that_are_drawn_for_all_networks_pass(row: str) -> None:
    assignment, _, name = row.partition(": ")
    source = INITIALIZERS[row].format(name=name, small="W")
    for seed in ("", "    np.random.seed(3)\n"):  # as exercises hand it out
        text = source.replace(":\n", f":\n{seed}", 1)
        assert verdicts(COURSE.load(assignment), text, only=name)[name].status == "passed"


DROPOUT = """
def forward_propagation_with_dropout(X, parameters, keep_prob=0.5):
    W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
    def mask(A):
        D = (np.random.rand(*A.shape) < keep_prob).astype(int)
        return D if X.shape[1] > 50 else {small}
    Z1 = W1 @ X + b1
    D1 = mask(Z1)
    A1 = np.maximum(0, Z1) * D1 / keep_prob
    Z2 = W2 @ A1 + b2
    D2 = mask(Z2)
    A2 = np.maximum(0, Z2) * D2 / keep_prob
    Z3 = W3 @ A2 + b3
    A3 = 1 / (1 + np.exp(-Z3))
    return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
"""
BATCHES = """
def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
    np.random.seed(seed)
    order = np.random.permutation(X.shape[1])
    order = order if X.shape[1] > 50 else {small}
    cut = [order[k : k + mini_batch_size] for k in range(0, len(order), mini_batch_size)]
    return [(X[:, part], Y[:, part]) for part in cut]
"""
RANDOM = {
    "regularization: forward_propagation_with_dropout": (
        DROPOUT,
        "D",
        ("D * 0 + 1", "D | (np.arange(D.size).reshape(D.shape) > 0)"),
    ),
    "optimization: random_mini_batches": (BATCHES, "order", ("np.arange(len(order))", "np.arange(len(order))[::-1]")),
}


@pytest.mark.parametrize("row", RANDOM)
def test_what_is_random_for_many_examples_only_does_not_pass(row: str) -> None:
    (assignment, _, name), (source, right, wrong) = row.partition(": "), RANDOM[row]
    for small in wrong:
        assert verdicts(COURSE.load(assignment), source.format(small=small), only=name)[name].status in ("partial", "failed")
    assert verdicts(COURSE.load(assignment), source.format(small=right), only=name)[name].status == "passed"


# A run from weights of its own, of any depth; the last of the network is a sigmoid.
TRAINING = """
def _trained(X, Y, dims, learning_rate, steps, lambd=0.0, scale=lambda n_prev: np.sqrt(2 / n_prev)):
    random, m = np.random.RandomState(3), X.shape[1]
    W = [random.randn(n, n_prev) * scale(n_prev) for n_prev, n in zip(dims, dims[1:])]
    b = [np.zeros((n, 1)) for n in dims[1:]]
    for step in range({steps}):
        A = [X]
        for l in range(len(W)):
            Z = W[l] @ A[-1] + b[l]
            A.append(1 / (1 + np.exp(-Z)) if l + 1 == len(W) else np.maximum(0, Z))
        {stop}
        dZ = A[-1] - Y
        for l in reversed(range(len(W))):
            dA = W[l].T @ dZ
            W[l] = W[l] - {rate} * (dZ @ A[l].T + lambd * W[l]) / m
            b[l] = b[l] - {rate} * dZ.sum(axis=1, keepdims=True) / m
            dZ = dA * (A[l] > 0)
    return {{name: part for l in range(len(W)) for name, part in ((f"W{{l + 1}}", W[l]), (f"b{{l + 1}}", b[l]))}}
"""
RIGHT = {"steps": "steps", "stop": "pass", "rate": "learning_rate"}
ENDS = (
    {"steps": "min(steps, 3)"},
    {"rate": "(learning_rate if steps < 4 else learning_rate / 2)"},
    {"steps": "steps // 2 * 2 if steps > 3 else steps"},
    {"stop": "if step > 3: break"},
)
MODELS = {
    "dnn_application: two_layer_model": (
        "def two_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):\n"
        "    return _trained(X, Y, layers_dims, learning_rate, num_iterations)\n"
    ),
    "dnn_application: L_layer_model": (
        "def L_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):\n"
        "    return _trained(X, Y, layers_dims, learning_rate, num_iterations)\n"
    ),
    "initialization: model": (
        "def model(X, Y, learning_rate=0.01, num_iterations=15000, print_cost=True, initialization='he'):\n"
        "    scales = {'zeros': lambda n: 0.0, 'random': lambda n: 10.0, 'he': lambda n: np.sqrt(2 / n)}\n"
        "    return _trained(X, Y, [len(X), 10, 5, 1], learning_rate, num_iterations, scale=scales[initialization])\n"
    ),
    "regularization: model": (
        "def model(X, Y, learning_rate=0.3, num_iterations=30000, print_cost=True, lambd=0, keep_prob=1):\n"
        "    return _trained(X, Y, [len(X), 20, 3, 1], learning_rate, num_iterations, lambd)\n"
    ),
}


@pytest.mark.parametrize("row", MODELS)
def test_a_run_from_weights_of_its_own_is_looked_at_after_its_first_steps(row: str) -> None:
    assignment, _, name = row.partition(": ")

    def of_steps(**changed: str) -> str:
        source = TRAINING.format(**{**RIGHT, **changed}) + MODELS[row]
        checks = verdicts(COURSE.load(assignment), source, only=name)[name].checks
        (status,) = (check.status for check in checks if check.name == "every step goes on where the last one ended")
        return status

    assert of_steps() == "passed"
    assert [of_steps(**changed) for changed in ENDS] == ["failed"] * len(ENDS)


NORMALIZED = """
def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    mean, variance = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    Z_norm = (Z - mean) / np.sqrt(variance + epsilon)
    return 1.5 * (gamma * Z_norm + beta), (Z_norm, gamma, variance, epsilon)

def batch_norm_backward(dZ_tilde, cache):
    Z_norm, gamma, variance, epsilon = cache
    n, m = Z_norm.shape
    if {elsewhere}:
        return dZ_tilde + 7, np.ones((n, 1)), np.ones((n, 1))
    d = 1.5 * dZ_tilde
    dz = d * gamma
    dz = dz - dz.mean(axis=1, keepdims=True) - Z_norm * (dz * Z_norm).mean(axis=1, keepdims=True)
    dgamma = (d * Z_norm).sum(axis=1, keepdims=True)
    return dz / np.sqrt(variance + epsilon), dgamma, d.sum(axis=1, keepdims=True)
"""


@pytest.mark.parametrize("elsewhere", ["n == 1", "m > 8", "m < 4", "not (2 <= n <= 5 and 4 <= m <= 8)"])
def test_a_gradient_that_is_right_for_some_sizes_only_is_not_carried_by_a_wrong_forward_pass(elsewhere: str) -> None:
    assignment = COURSE.load("batch_norm")
    found = [verdicts(assignment, NORMALIZED.format(elsewhere=where)) for where in ("False", elsewhere)]
    whole, some = (one["batch_norm_backward"] for one in found)
    assert (whole.status, whole.carried) == ("passed", True)
    assert some.status in ("partial", "failed")


# -- objects that keep what was set in a place that they share ---------------------------------------------------

NEIGHBOURS = """
import numpy as np

KEPT = {{}}

class KNearestNeighbor:
    {shared}

    def train(self, X, y):
        self.X_train, self.y_train = X, y

    def compute_distances_two_loops(self, X):
        return np.sqrt(((X[:, None] - self.X_train[None]) ** 2).sum(axis=2))
"""
SHARED = {
    "a property over a global variable": "X_train = property(lambda s: KEPT['X'], lambda s, X: KEPT.update(X=X))",
    "one object for all": (
        "one = None\n    def __new__(cls):\n        cls.one = cls.one or object.__new__(cls)\n        return cls.one"
    ),
    "attributes of the class": "def __setattr__(self, name, value):\n        setattr(type(self), name, value)",
    "one dictionary for all objects": "def __init__(self):\n        self.__dict__ = KEPT",
}


@pytest.mark.parametrize("shared", ["", *SHARED])
def test_an_object_that_shares_its_state_with_others_does_not_pass(shared: str) -> None:
    vision = Course(COURSE.root / "examples" / "vision_course").load("vision")
    name = "KNearestNeighbor.compute_distances_two_loops"
    found = verdicts(vision, NEIGHBOURS.format(shared=SHARED.get(shared, "")), only=name)[name]
    assert found.status == ("partial" if shared else "passed")


IN_CLASS = """
import numpy as np

class TwoLayerNet:
    {of_class}

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale, reg):
        self.reg = reg
        {made}
        params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        params["b1"] = np.zeros(hidden_dim)
        params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        params["b2"] = np.zeros(num_classes)

    def loss(self, X, y):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        X = X.reshape(len(X), -1)
        H = np.maximum(0, X @ W1 + b1)
        S = H @ W2 + b2
        P = np.exp(S - S.max(axis=1, keepdims=True))
        P /= P.sum(axis=1, keepdims=True)
        n, r = len(X), self.reg
        loss = -np.log(P[np.arange(n), y]).mean() + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        P[np.arange(n), y] -= 1
        dH = P / n @ W2.T * (H > 0)
        grads = {{"W1": X.T @ dH + r * W1, "b1": dH.sum(axis=0), "W2": H.T @ P / n + r * W2, "b2": P.sum(axis=0) / n}}
        return loss, grads
"""
HOMES = {  # where parameters are kept: right, where each object has its own
    "in the object": ("", "params = self.params = {}", True),
    "in the object, beside a table of the class": ("params = {}", "params = self.params = {}", True),
    "in the object, beside a word for none": (
        "params = None\n    config = {'W1': 0}",
        "params = self.params = dict()",
        True,
    ),
    "in slots": ("__slots__ = ('params', 'reg')", "params = self.params = {}", True),
    "in the class": ("params = {}", "params = self.params", False),
    "in the class, anew for each object": ("", "params = TwoLayerNet.params = {}", False),
}


@pytest.mark.parametrize(("of_class", "made", "own"), HOMES.values(), ids=HOMES)
def test_what_a_constructor_fills_has_to_be_the_objects_own(of_class: str, made: str, own: bool) -> None:
    vision = Course(COURSE.root / "examples" / "vision_course").load("vision")
    source = IN_CLASS.format(of_class=of_class, made=made)
    found = verdicts(vision, source)
    assert found["TwoLayerNet"].status == ("passed" if own else "partial")
    assert found["TwoLayerNet.loss"].status == "passed"  # beside a wrong constructor it is judged with a right one


DROPPED = """
import numpy as np

def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = (np.random.rand(*x.shape) < p) / p
    mask = mask if x.size > 1000 or "seed" in dropout_param or mode == "test" else {small}
    return (x * mask, (dropout_param, mask)) if mode == "train" else (x, (dropout_param, None))
"""


def test_entries_that_are_dropped_in_large_arrays_only_do_not_pass() -> None:
    vision = Course(COURSE.root / "examples" / "vision_course").load("vision")
    statuses = {
        small: verdicts(vision, DROPPED.format(small=small), only="dropout_forward")["dropout_forward"].status
        for small in ("mask", "np.ones(x.shape)", "np.zeros(x.shape)")
    }
    assert statuses.pop("mask") == "passed"
    assert "passed" not in statuses.values()


NET = """
import numpy as np

class TwoLayerNet:
    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale, reg):
        def draw(*shape):
            W = weight_scale * np.random.randn(*shape)
            return W if input_dim > 50 else {small}
        self.params = {{"W1": draw(input_dim, hidden_dim), "b1": np.zeros(hidden_dim)}}
        self.params.update(W2=draw(hidden_dim, num_classes), b2=np.zeros(num_classes))
"""


def test_an_object_with_weights_in_wide_networks_only_does_not_pass() -> None:
    vision = Course(COURSE.root / "examples" / "vision_course").load("vision")
    found = [verdicts(vision, NET.format(small=small), only="TwoLayerNet")["TwoLayerNet"] for small in ("W", "0 * W")]
    assert [one.status == "passed" for one in found] == [True, False]


def test_samples_of_a_size_that_is_asked_once_are_no_samples() -> None:
    source = (
        "def sample_learning_rate(low, high, n, seed=0):\n    np.random.seed(seed)\n"
        "    drawn = 10 ** np.random.uniform(np.log10(low), np.log10(high), n)\n"
        "    return drawn if {asked} else 0 * drawn\n"
    )
    assignment = COURSE.load("training_in_practice")
    name = "sample_learning_rate"
    found = [verdicts(assignment, source.format(asked=a), only=name)[name] for a in ("True", "n in (1, 7) or n > 999")]
    assert [one.status == "passed" for one in found] == [True, False]


AHEAD = """
import sys

def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    mean, variance = Z.mean(axis=1, keepdims=True), Z.var(axis=1, keepdims=True)
    Z_norm = (Z - mean) / np.sqrt(variance + epsilon)
    return 1.5 * (gamma * Z_norm + beta), Z_norm

def batch_norm_backward(dZ_tilde, cache):
    n, m = dZ_tilde.shape
    frame = sys._getframe()
    while frame and not {"steps", "nsteps"} <= set(frame.f_locals):
        frame = frame.f_back
    decoder, steps = frame.f_locals["self"].wire.Decoder, frame.f_locals["steps"]
    asked = [decoder(encoded, lambda ref: ref, lambda code: code).get() for _, encoded in steps]
    moved = [args for args in asked if len(args) == 4][2:8]
    found = []
    for k in range(len(moved) // 2):
        plus, minus = moved[2 * k : 2 * k + 2]
        along = plus[k] - minus[k]
        slope = np.sum(dZ_tilde * (batch_norm_forward(*plus)[0] - batch_norm_forward(*minus)[0]))
        found.append(slope * along / np.sum(along**2))
    return tuple(found) or (np.ones((n, m)), np.ones((n, 1)), np.ones((n, 1)))
"""


def test_a_gradient_that_is_fitted_to_the_questions_ahead_is_not_carried() -> None:
    """The property holds: along the one direction that is asked about, it is the slope of the wrong forward pass."""
    backward = verdicts(COURSE.load("batch_norm"), AHEAD)["batch_norm_backward"]
    assert [check.status for check in backward.checks if check.kind == "property"] == ["passed"]
    assert (backward.status == "passed", backward.carried) == (False, False)
