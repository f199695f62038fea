"""Softmax regression: what costs only a part of the points, what is free, and the power of Xavier's judge."""

import doctest
import warnings
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.here import InProcess
from grader.spec import Given, Objection, Step
from grader.submission.reading import parse_submission
from reference import softmax_regression as reference

ASSIGNMENT = load_assignment("softmax_regression", course=Path(__file__).parents[2])
XAVIER = {p.name: p for p in ASSIGNMENT.spec.function("xavier_initialization").properties}
MOMENTS, SPREAD = (next(p for p in XAVIER.values() if words in p.name) for words in ("variance", "normal"))
BIASES = next(p for p in XAVIER.values() if p.judge.__name__ == "_zero_biases")
DIMS = [64, 400, 55, 320, 4]


def graded(name: str, code: str) -> FunctionReport:
    """What one function gets, run in this process."""
    cases = frozen_cases(ASSIGNMENT)
    text = "import numpy as np\n" + dedent(code)
    submission = parse_submission("solution.py", ".py", text.encode(), cases.arities)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        report = grade_submission(ASSIGNMENT, judges_of(ASSIGNMENT.spec, cases), submission, InProcess())
    return next(function for function in report.functions if function.name == name)


def failed(function: FunctionReport) -> list[str]:
    return [check.name for check in function.checks if check.status == "failed"]


PARTLY_RIGHT = {
    "softmax that overflows": (
        "softmax",
        "def softmax(Z):\n    return np.exp(Z) / np.sum(np.exp(Z), axis=0)",
        ["large scores"],
        0.8,
        "overflow",
    ),
    "softmax with one maximum for all": (
        "softmax",
        "def softmax(Z):\n    t = np.exp(Z - np.max(Z))\n    return t / t.sum(axis=0, keepdims=True)",
        ["large scores"],
        0.8,
        "global-maximum",
    ),
    "cost of 0 log 0": (
        "softmax_cost",
        "def softmax_cost(AL, Y):\n    return -np.sum(Y * np.log(AL)) / Y.shape[1]",
        ["exact zeros in other classes"],
        0.85,
        "zero-times-infinity",
    ),
    "softmax that overflows, with a guard": (
        "softmax",
        "def softmax(Z):\n    return np.exp(Z) / (np.sum(np.exp(Z), axis=0) + 1e-7)",
        ["large scores"],
        0.8,
        None,
    ),
    "logits through the sigmoid": (
        "sigmoid_cross_entropy_with_logits",
        """
        def sigmoid_cross_entropy_with_logits(logits, labels):
            p = 1 / (1 + np.exp(-logits))
            return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))
        """,
        ["large scores"],
        0.8,
        "overflow",
    ),
    "logits through a guarded sigmoid": (
        "sigmoid_cross_entropy_with_logits",
        """
        def sigmoid_cross_entropy_with_logits(logits, labels):
            p = np.clip(1 / (1 + np.exp(-logits)), 1e-8, 1 - 1e-8)
            return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))
        """,
        ["large scores"],
        0.8,
        "guarded-logarithm",
    ),
    "gradient through the one of AL": (
        "softmax_backward",
        """
        def softmax_backward(AL, Y):
            dAL = -Y / AL
            return AL * (dAL - np.sum(dAL * AL, axis=0, keepdims=True))
        """,
        ["probabilities of exactly 0"],
        0.9,
        "division-by-zero",
    ),
    "logits of matrices alone": (
        "sigmoid_cross_entropy_with_logits",
        """
        def sigmoid_cross_entropy_with_logits(logits, labels):
            losses = np.zeros(logits.shape)
            for i in range(logits.shape[0]):
                for j in range(logits.shape[1]):
                    z = logits[i, j]
                    losses[i, j] = max(z, 0) - z * labels[i, j] + np.log1p(np.exp(-abs(z)))
            return losses
        """,
        ["arrays of any shape"],
        0.9,
        None,
    ),
    "probabilities lifted to 1e-5": (
        "softmax_cost",
        "def softmax_cost(AL, Y):\n    return -np.mean(np.sum(Y * np.log(np.maximum(AL, 1e-5)), axis=0))",
        ["improbable true classes"],
        0.9,
        "guard-too-large",
    ),
    "no more than ten classes": (
        "one_hot",
        "def one_hot(labels, C):\n    return np.eye(10)[:C, labels] if C <= 10 else np.eye(10)[labels]",
        ["runs", "Y"],
        0.75,
        None,
    ),
    "a small term left out from 3 on": (
        "sigmoid_cross_entropy_with_logits",
        """
        def sigmoid_cross_entropy_with_logits(Z, Y):
            small = np.where(np.abs(Z) > 3, 0.0, np.log1p(np.exp(-np.abs(Z))))
            return np.maximum(Z, 0) - Z * Y + small
        """,
        ["losses", "large scores"],
        0.75,
        None,
    ),
    "gradient in place": (
        "softmax_backward",
        "def softmax_backward(AL, Y):\n    AL -= Y\n    return AL",
        ["inputs"],
        0.95,
        "mutated-input",
    ),
}


@pytest.mark.parametrize(("name", "code", "checks", "share", "finding"), PARTLY_RIGHT.values(), ids=PARTLY_RIGHT.keys())
def test_a_hard_case_costs_no_more_than_its_own_share(
    name: str, code: str, checks: list[str], share: float, finding: str | None
) -> None:
    function = graded(name, code)
    assert failed(function) == checks
    assert share - 1e-9 <= function.points / function.max_points <= 0.95 + 1e-9
    assert [f.code for f in function.findings][:1] == ([finding] if finding else [])


FREE = {
    "a boolean one-hot array": ("one_hot", "def one_hot(y, n):\n    return np.arange(n)[:, None] == y"),
    "a one-hot array of small integers": ("one_hot", "def one_hot(y, n):\n    return np.eye(n, dtype='uint8')[y].T"),
    "classes as floats": ("predict", "def predict(AL):\n    return np.argmax(AL, axis=0).astype(float)"),
    "a clipped logarithm": (
        "softmax_cost",
        "def softmax_cost(AL, Y):\n    return -np.mean(np.sum(Y * np.log(np.clip(AL, 1e-7, 1 - 1e-7)), axis=0))",
    ),
    "a guarded logarithm": (
        "softmax_cost",
        "def softmax_cost(AL, Y):\n    return np.float64(-np.sum(Y * np.log(AL + 1e-9)) / len(Y.T))",
    ),
    "a guarded sum": (
        "softmax",
        "def softmax(Z):\n    t = np.exp(Z - Z.max(0))\n    return t / (1e-8 + t.sum(0))",
    ),
    "clipped probabilities": (
        "softmax",
        "def softmax(Z):\n    t = np.exp(Z - Z.max(0))\n    return np.clip(t / t.sum(0), 1e-7, 1 - 1e-7)",
    ),
    "probabilities that are made to add up to 1, with a guard": (
        "softmax_cost",
        "def softmax_cost(AL, Y):\n    return -np.mean(np.log((AL * Y).sum(0) / (AL.sum(0) + 1e-7)))",
    ),
    "a guarded chain rule": (
        "softmax_backward",
        "def softmax_backward(AL, Y):\n    dAL = -Y / (AL + 1e-7)\n    return AL * (dAL - np.sum(dAL * AL, axis=0))",
    ),
    "a chain rule with a tiny guard": (
        "softmax_backward",
        "def softmax_backward(AL, Y):\n    dAL = -Y / (AL + 1e-12)\n    return AL * (dAL - np.sum(dAL * AL, axis=0))",
    ),
    "the gradient at clipped probabilities": (
        "softmax_backward",
        "def softmax_backward(AL, Y):\n    return np.clip(AL, 1e-7, 1 - 1e-7) - Y",
    ),
}


@pytest.mark.parametrize(
    "cost",
    [
        "0.5 * -np.mean(np.log((AL * Y).sum(0)))",
        "0.99 * -np.mean(np.log((AL * Y).sum(0)))",
        "-np.mean(np.sum((0.9 * Y + 0.1 / len(Y)) * np.log(AL + 1e-9), axis=0))",
        "-np.mean(np.log(AL.max(0)))",
        "-np.mean(np.log10((AL * Y).sum(0)))",
    ],
)
def test_a_cost_that_is_too_small_everywhere_has_no_guard(cost: str) -> None:
    found = graded("softmax_cost", f"def softmax_cost(AL, Y):\n    return {cost}")
    assert "improbable true classes" in failed(found)
    assert "guard-too-large" not in [finding.code for finding in found.findings]


@pytest.mark.parametrize(("name", "code"), FREE.values(), ids=FREE.keys())
def test_what_the_contract_leaves_open_is_free(name: str, code: str) -> None:
    function = graded(name, code)
    assert (function.status, function.points) == ("passed", function.max_points), failed(function)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("one_hot", "def one_hot(y, C):\n    return np.zeros((C, len(y)))"),
        ("softmax", "def softmax(Z):\n    return np.ones(Z.shape) / len(Z)"),
        ("softmax_cost", "def softmax_cost(AL, Y):\n    return 0.0"),
        ("softmax_backward", "def softmax_backward(AL, Y):\n    return np.zeros(AL.shape)"),
        ("predict", "def predict(AL):\n    return np.zeros(AL.shape[1], int)"),
        (
            "sigmoid_cross_entropy_with_logits",
            "def sigmoid_cross_entropy_with_logits(Z, Y):\n    return np.zeros(Z.shape)",
        ),
        (
            "xavier_initialization",
            """
            def xavier_initialization(dims):
                shapes = {f"W{l}": (dims[l], dims[l - 1]) for l in range(1, len(dims))}
                shapes |= {f"b{l}": (dims[l], 1) for l in range(1, len(dims))}
                return {name: np.zeros(shape) for name, shape in shapes.items()}
            """,
        ),
    ],
)
def test_a_stub_of_the_right_shape_earns_nothing(name: str, code: str) -> None:
    function = graded(name, code)
    assert (function.status, function.points) == ("failed", 0.0)


# -- Xavier ------------------------------------------------------------------------------


def judged(parameters: dict[str, np.ndarray], *names: str) -> str | None:
    """What is said of weights: of mean, deviation and independence, else of their distribution."""
    step = Step("xavier_initialization", (DIMS,))
    given = Given(args=step.args, steps=(step,), replies=(parameters,), facts={})
    said = [XAVIER[name].judge(given) for name in names or (MOMENTS.name, SPREAD.name)]
    return next((Objection.of(problem).text for problem in said if problem), None)


def drawn(seed: int, deviation, kind: str = "normal") -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    parameters = {}
    for layer, (n_prev, n) in enumerate(pairwise(DIMS), 1):
        scale = deviation(n_prev, n)
        limit = np.sqrt(3) * scale
        draws = {"normal": lambda shape, s=scale: rng.normal(0, s, shape)}
        draws["uniform"] = lambda shape, a=limit: rng.uniform(-a, a, shape)
        draws["laplace"] = lambda shape, s=scale: rng.laplace(0, s / np.sqrt(2), shape)
        parameters[f"W{layer}"] = draws[kind]((n, n_prev))
        parameters[f"b{layer}"] = np.zeros((n, 1))
    return parameters


RULES = {
    "inputs": lambda n_prev, n: n_prev**-0.5,
    "inputs and outputs": lambda n_prev, n: (2 / (n_prev + n)) ** 0.5,
}


@pytest.mark.parametrize("kind", ["normal", "uniform"])
@pytest.mark.parametrize("rule", RULES)
def test_every_convention_passes_on_many_seeds(rule: str, kind: str) -> None:
    assert [judged(drawn(seed, RULES[rule], kind)) for seed in range(40)] == [None] * 40


@pytest.mark.parametrize("factor", [0.8, 1.2])
@pytest.mark.parametrize("kind", ["normal", "uniform"])
@pytest.mark.parametrize("rule", RULES)
def test_a_scale_that_is_a_fifth_off_never_passes(rule: str, kind: str, factor: float) -> None:
    for seed in range(40):
        off = drawn(seed, lambda *n: factor * RULES[rule](*n), kind)
        assert judged(off, MOMENTS.name) is not None
        assert judged(off, SPREAD.name) is not None


def test_another_distribution_of_the_right_variance_is_told_from_the_accepted_ones() -> None:
    assert "neither normal nor uniform" in (judged(drawn(0, RULES["inputs"], "laplace")) or "")


def test_a_seed_for_all_layers_and_a_wrong_distribution_cost_one_check_each() -> None:
    seeded, laplace = drawn(0, RULES["inputs"]), drawn(0, RULES["inputs"], "laplace")
    numbers = np.random.default_rng(3).standard_normal(400 * 400)
    for W in (value for name, value in seeded.items() if name[0] == "W"):
        W[:] = np.resize(numbers, W.shape) / np.sqrt(W.shape[1])
    assert "repeat the same random numbers" in (judged(seeded, MOMENTS.name) or "")
    assert judged(seeded, SPREAD.name) is None
    assert judged(laplace, MOMENTS.name) is None
    assert judged(laplace, SPREAD.name) is not None


def test_one_rule_and_one_distribution_hold_for_all_layers() -> None:
    one, other = drawn(0, RULES["inputs"]), drawn(1, RULES["inputs and outputs"])
    assert judged(one | {"W3": other["W3"]}) is not None
    uniform = drawn(1, RULES["inputs"], "uniform")
    assert judged(one | {"W3": uniform["W3"]}) is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: p | {"W2": p["W2"].T}, "W2 has shape"),
        (lambda p: p | {"W2": p["W1"].ravel()[: 55 * 400].reshape(55, 400) * 0.4}, "repeat the same random numbers"),
        (lambda p: p | {"W2": np.abs(p["W2"])}, "W"),
        (lambda p: p | {"W1": p["W1"] * np.nan}, "W1"),
    ],
)
def test_weights_that_are_wrong_in_another_way_are_told(change, words: str) -> None:
    assert words in (judged(change(drawn(5, RULES["inputs"]))) or "")


OWN_LAYERS = """
def xavier_initialization(layer_dims):
    p, kept = {}, {}
    for l in range(1, len(layer_dims)):
        n, n_prev = layer_dims[l], layer_dims[l - 1]
        p["W%d" % l] = WEIGHTS
        p["b%d" % l] = np.zeros((n, 1))
    return p
"""


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ("kept.setdefault((n, n_prev), np.random.randn(n, n_prev) / np.sqrt(n_prev))", "equal-layers-repeat"),
        ("np.random.default_rng(n).standard_normal((n, n_prev)) / np.sqrt(n_prev)", "equal-layers-repeat"),
        ("np.random.randn(n, n_prev) / int(np.sqrt(n_prev))", "rounded-root"),
        (
            "np.random.randn(n, n_prev) / np.sqrt(n_prev / (2 if l == len(layer_dims) - 1 else 1))",
            "last-layer-by-another-rule",
        ),
        (
            "np.random.randn(n, n_prev) * np.sqrt(2 / (n_prev + n) if l == len(layer_dims) - 1 else 1 / n_prev)",
            "last-layer-by-another-rule",
        ),
    ],
)
def test_layers_of_equal_size_have_numbers_of_their_own_and_the_last_one_follows_the_rule(weights: str, code: str) -> None:
    function = graded("xavier_initialization", OWN_LAYERS.replace("WEIGHTS", weights))
    assert {finding.code for finding in function.findings} - {"one-array-for-several"} == {code}


@pytest.mark.parametrize(
    "weights",
    ["np.random.randn(n, p) * (1 / p**0.5 if n > 1 else 0.01)", "np.clip(np.random.randn(n, p), -2, 2) / p**0.5"],
    ids=["one unit by itself", "moved to a bound"],
)
def test_a_layer_of_one_unit_and_numbers_at_a_bound_are_looked_at(weights: str) -> None:
    code = f"""
    def xavier_initialization(layer_dims):
        made = {{}}
        for l, (p, n) in enumerate(zip(layer_dims, layer_dims[1:]), 1):
            made[f"W{{l}}"], made[f"b{{l}}"] = {weights}, np.zeros((n, 1))
        return made
    """
    found = graded("xavier_initialization", code)
    assert len(failed(found)) == 1
    assert 0.45 * found.max_points < found.points < 0.8 * found.max_points


def test_biases_count_only_beside_weights() -> None:
    right = drawn(0, RULES["inputs"])
    assert judged(right, BIASES.name) is None
    assert "zeros of shape (55, 1)" in (judged(right | {"b2": np.zeros(55)}, BIASES.name) or "")
    assert "zeros of shape" in (judged(right | {"b2": np.ones((55, 1))}, BIASES.name) or "")
    assert (
        judged(right | {"W1": np.zeros_like(right["W1"])}, BIASES.name) is None
    )  # one layer costs what is asked of weights
    assert "constant" in (judged({n: np.zeros_like(v) for n, v in right.items()}, BIASES.name) or "")


def test_random_biases_cost_their_share_only() -> None:
    function = graded(
        "xavier_initialization",
        """
        def xavier_initialization(layer_dims):
            p = {}
            for l in range(1, len(layer_dims)):
                p["W%d" % l] = np.random.randn(layer_dims[l], layer_dims[l - 1]) / np.sqrt(layer_dims[l - 1])
                p["b%d" % l] = np.random.randn(layer_dims[l], 1)
            return p
        """,
    )
    assert function.points == pytest.approx(0.767 * function.max_points, rel=0.001)


def test_the_example_of_the_hand_out_is_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert (result.failed, result.attempted) == (0, len(example.examples)) and result.attempted > 5


CODES = {
    "division-by-zero": (
        "softmax_backward",
        """
        def softmax_backward(AL, Y):
            dA = -Y / AL
            columns = [(np.diag(a) - np.outer(a, a)) @ d for a, d in zip(AL.T, dA.T)]
            return np.stack(columns, axis=1)
        """,
    ),
    "mean-before-logarithm": (
        "softmax_cost",
        "def softmax_cost(AL, Y):\n    return -np.log(np.mean(np.max(AL * Y, axis=0)))",
    ),
    "overflow": (
        "softmax",
        "def softmax(Z):\n    E = np.exp(Z - Z.mean(axis=0))\n    return E / E.sum(axis=0)",
    ),
    "missing-one": (
        "sigmoid_cross_entropy_with_logits",
        "def sigmoid_cross_entropy_with_logits(Z, Y):\n    return np.maximum(Z, 0) - Z * Y + np.log(np.exp(-abs(Z)))",
    ),
    "missing-product": (
        "sigmoid_cross_entropy_with_logits",
        "def sigmoid_cross_entropy_with_logits(Z, Y):\n    return np.maximum(Z, 0) - Z + np.log1p(np.exp(-abs(Z)))",
    ),
}


@pytest.mark.parametrize(("code", "given"), CODES.items(), ids=CODES)
def test_ordinary_mistakes_have_names(code: str, given: tuple[str, str]) -> None:
    function = graded(*given)
    assert function.status != "passed" and [finding.code for finding in function.findings] == [code]


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ("np.random.randn(n, k) * np.sqrt(2 / (n + k) if l > 2 else 1 / k)", "mixed-rules"),
        ("np.random.randn(n, k) * np.sqrt(2 / (n + k) if l == L else 1 / k)", "last-layer-by-another-rule"),
        ("np.random.randn(n, k) * np.sqrt(2 / k if l == L else 1 / k)", "last-layer-by-another-rule"),
        ("np.random.randn(n, k) * np.sqrt(k)", "multiplied-for-divided"),
        ("np.repeat(np.random.randn(1, k) / np.sqrt(k), n, axis=0)", "units-alike"),
    ],
)
def test_the_scales_of_layers_have_names(weights: str, code: str) -> None:
    function = graded(
        "xavier_initialization",
        f"""
        def xavier_initialization(dims):
            parameters, L = {{}}, len(dims) - 1
            for l in range(1, L + 1):
                n, k = dims[l], dims[l - 1]
                parameters[f"W{{l}}"] = {weights}
                parameters[f"b{{l}}"] = np.zeros((n, 1))
            return parameters
        """,
    )
    assert [finding.code for finding in function.findings] == [code]
