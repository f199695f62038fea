"""Training in practice: sizes that any rounding gives, the power of the judges of random draws, what is free."""

import doctest
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.judging.outcomes import arguments_of
from grader.spec import Given, Property, Step
from reference import training_in_practice as reference
from tests.assignments.verdicts import codes_of, points_of, verdicts

ASSIGNMENT = load_assignment("training_in_practice", course=Path(__file__).parents[2])
RATES, BETAS = (ASSIGNMENT.spec.function(name).properties for name in ("sample_learning_rate", "sample_momentum"))


def test_the_examples_of_the_handout_are_true() -> None:
    handout = Path(__file__).parents[2] / "assignments" / "training_in_practice" / "README.md"
    found = doctest.testfile(str(handout), module_relative=False, globs={**vars(reference), "np": np})
    assert found.attempted > 10
    assert found.failed == 0


# -- sizes of the three sets -------------------------------------------------------------


def drawn_splits() -> Iterator[tuple[int, float, float]]:
    for case in frozen_cases(ASSIGNMENT).functions["train_dev_test_split"].cases:
        X, _, dev, test, _ = arguments_of(case.plan)
        yield X.shape[1], dev, test


def rounded(m: int, dev: float, test: float) -> Iterator[tuple[int, int, int]]:
    """Every way in which two sizes are rounded somehow and the third set takes the rest."""
    ways: tuple[Callable[[float], int], ...] = (math.floor, math.ceil, round)
    exact = (m * (1 - dev - test), m * dev, m * test)
    for (i, one), (k, other) in product(product(range(3), ways), repeat=2):
        sizes = dict.fromkeys(range(3), -1)
        sizes[i], sizes[k] = one(exact[i]), other(exact[k])
        if i != k and min(m - sizes[i] - sizes[k], *(sizes[j] for j in (i, k))) >= 0:
            sizes[3 - i - k] = m - sizes[i] - sizes[k]
            yield sizes[0], sizes[1], sizes[2]


def test_no_drawn_split_forbids_a_way_of_rounding() -> None:
    for m, dev, test in drawn_splits():
        exact = (m * (1 - dev - test), m * dev, m * test)
        for sizes in rounded(m, dev, test):
            assert max(abs(a - b) for a, b in zip(sizes, exact, strict=True)) <= 1 + 1e-9, (m, dev, test, sizes)


def test_some_drawn_splits_leave_a_set_empty_and_some_round() -> None:
    drawn = list(drawn_splits())
    assert {(dev == 0, test == 0) for _, dev, test in drawn} >= {(False, False), (True, False), (False, True)}
    assert any(m * dev % 1 for m, dev, _ in drawn)
    assert any(0 < m * test < 1 for m, _, test in drawn)


def test_some_drawn_splits_have_one_feature_and_some_more_than_a_hundred_examples() -> None:
    shapes = [arguments_of(case.plan)[0].shape for case in frozen_cases(ASSIGNMENT).functions["train_dev_test_split"].cases]
    assert {1, 2, 3, 4} <= {n for n, _ in shapes}
    assert any(m > 100 for _, m in shapes)


SPLIT = """
def train_dev_test_split(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    n_dev, n_test = int(m * dev_fraction), int(m * test_fraction)
    n = m - n_dev - n_test
    {}
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return X[:, :n], X[:, n:n + n_dev], X[:, n + n_dev:]", "the training set is not a pair (X, Y)"),
        ("return ((X.T[:n], Y[:, :n]),) * 3", "X of the training set has shape"),
        ("return ((X[:, :n], Y[0, :n]),) * 3", "Y of the training set has shape"),
        (
            "X = X + 1; return tuple((X[:, a:b], Y[:, a:b]) for a, b in ((0, n), (n, n + n_dev), (n + n_dev, m)))",
            "holds a column that is not in X",
        ),
    ],
)
def test_a_wrong_split_is_told_in_one_sentence(body: str, message: str) -> None:
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert found.status == "failed"
    assert found.points <= 0.15 * found.max_points  # of one example or two most ways to divide them are right
    assert any(message in check.message for check in found.checks)


def test_rows_in_place_of_columns_are_not_called_drawn_twice() -> None:
    body = "q = np.arange(len(X))\n    return [(X[p], Y[:, p % Y.shape[1]]) for p in (q[:n], q[n:n + n_dev], q[n + n_dev:])]"
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert (found.status, found.findings) == ("failed", ())


def test_a_split_by_chance_that_leaves_a_set_empty_now_and_then_is_not_called_undivided() -> None:
    body = """
    np.random.seed(seed)
    r = np.random.rand(X.shape[1])
    dev, test = r < dev_fraction, (r >= dev_fraction) & (r < dev_fraction + test_fraction)
    return tuple((X[:, i], Y[:, i]) for i in (~(dev | test), dev, test))
"""
    code = "def train_dev_test_split(X, Y, dev_fraction, test_fraction, seed=0):" + body
    found = verdicts(ASSIGNMENT, code, only="train_dev_test_split")["train_dev_test_split"]
    assert (found.status, found.findings) == ("partial", ())


def test_labels_that_have_lost_an_axis_are_a_slip_of_form() -> None:
    body = "return [(X[:, s], Y[0, s]) for s in (slice(n), slice(n, n + n_dev), slice(n + n_dev, m))]"
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert found.status == "partial"
    assert any("Y of the training set has shape" in check.message for check in found.checks)
    assert 0.75 * found.max_points < found.points < 0.9 * found.max_points


@pytest.mark.parametrize(
    ("returned", "least", "most"),
    [
        ("P(a), P(b), P(c)", 1.0, 1.0),
        ("P(a[:-1]), P(b), P(c)", 0.75, 0.9),
        ("P(a), P(c), P(b)", 0.7, 0.85),
        ("P(a), P(np.r_[b, a[:1]]), P(c)", 0.3, 0.5),
        ("P(a), (X[:, c], Y[:, b]), (X[:, b], Y[:, c])", 0.0, 0.25),
        ("P(np.arange(m)), P(b), P(c)", 0.1, 0.5),
        ("(*P(a), *P(b), *P(c))", 0.8, 0.9),
        ("X[:, a], X[:, b], X[:, c], Y[:, a], Y[:, b], Y[:, c]", 0.8, 0.9),
        ("[X[:, a], X[:, b], X[:, c]], [Y[:, a], Y[:, b], Y[:, c]]", 0.8, 0.9),
        ("{'train': P(a), 'dev': P(b), 'test': P(c)}", 0.8, 0.9),
        ("(X, Y), (X[:, :0], Y[:, :0]), (X[:, :0], Y[:, :0])", 0.55, 0.7),
        ("(X, Y), (X, Y), (X, Y)", 0.0, 0.1),
    ],
)
def test_a_split_keeps_what_is_right_of_it(returned: str, least: float, most: float) -> None:
    body = f"""m = X.shape[1]
    n_dev, n_test = round(m * dev_fraction), round(m * test_fraction)
    a, b, c = np.split(np.random.permutation(m), [m - n_dev - n_test, m - n_test])
    P = lambda part: (X[:, part], Y[:, part])
    return {returned}"""
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert least <= found.points / found.max_points <= most


def test_sets_that_have_changed_places_are_told_once() -> None:
    body = "P = lambda p: (X[:, p], Y[:, p])\n    q = np.arange(m)\n    return P(q[:n]), P(q[n + n_dev:]), P(q[n:n + n_dev])"
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert [check.name for check in found.checks if check.status == "failed"] == ["the three sizes as asked"]
    assert not any("empty" in check.message for check in found.checks)
    assert codes_of(found) == ["sets-in-another-order"]


_WHOLE = "order = np.random.permutation(m)\n    X, Y = X[:, order], Y[:, order]\n    "
_THREE = "return tuple((X[:, p], Y[:, p]) for p in np.split(np.arange(m), [m - n_dev - n_test, m - n_test]))"


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (_WHOLE + "n_dev, n_test = max(1, round(m * dev_fraction)), max(1, round(m * test_fraction))\n    " + _THREE, []),
        (_WHOLE + "n_dev, n_test = min(n_dev + 2, m // 2), min(n_test + 2, m // 2)\n    " + _THREE, []),
        (_WHOLE + _THREE.replace("Y[:, p]", "X[:1, p]"), []),
        (_WHOLE + _THREE.replace("np.arange(m)", "np.arange(m - 1)"), ["examples-lost"]),
    ],
    ids=["one at least", "two more", "features for labels", "one lost"],
)
def test_of_a_wrong_split_nothing_else_is_said(body: str, codes: list[str]) -> None:
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert found.status != "passed"
    assert codes_of(found) == codes


@pytest.mark.parametrize(("size", "code"), [("m / 100", "nothing-divided"), ("len(X)", "fraction-of-the-features")])
def test_wrong_sizes_cost_less_than_lost_labels(size: str, code: str) -> None:
    """And no check that is about something else says anything of them."""
    sizes = f"n_dev, n_test = (int({size} * share) for share in (dev_fraction, test_fraction))\n    "
    lost = "X = X[:, np.random.permutation(m)]\n    "
    found, labels = (
        verdicts(ASSIGNMENT, SPLIT.format(body + _THREE), only="train_dev_test_split")["train_dev_test_split"]
        for body in (sizes, lost)
    )
    assert labels.points < found.points < 0.75 * found.max_points
    assert codes_of(found) == [code]
    failed = {check.name: check.message for check in found.checks if check.status == "failed"}
    assert "no example twice, each with its own label" not in failed
    assert len(set(failed.values())) == len(failed)


def test_a_split_need_not_be_shuffled() -> None:
    body = "return [(X[:, :n], Y[:, :n]), (X[:, n:n + n_dev], Y[:, n:n + n_dev]), (X[:, n + n_dev:], Y[:, n + n_dev:])]"
    found = verdicts(ASSIGNMENT, SPLIT.format(body), only="train_dev_test_split")["train_dev_test_split"]
    assert found.status == "passed"


# -- normalization -----------------------------------------------------------------------


@pytest.mark.parametrize("guard", ["sigma + 1e-8", "np.maximum(sigma, 1e-7)", "np.sqrt(sigma**2 + 1e-8)"])
def test_a_small_guard_is_right_in_both_functions(guard: str) -> None:
    code = f"""
    def fit_normalization(X_train):
        sigma = np.std(X_train, axis=1, keepdims=True)
        return np.mean(X_train, axis=1, keepdims=True), {guard}

    def normalize(X, mu, sigma):
        return (X - mu) / ({guard})
    """
    found = verdicts(ASSIGNMENT, code)
    assert found["fit_normalization"].status == found["normalize"].status == "passed"


def test_a_guard_in_the_measurement_costs_less_than_a_tenth() -> None:
    code = """
    def fit_normalization(X_train):
        sigma = np.std(X_train, axis=1, keepdims=True)
        return np.mean(X_train, axis=1, keepdims=True), np.where(sigma == 0, 1, sigma)
    """
    found = verdicts(ASSIGNMENT, code, only="fit_normalization")["fit_normalization"]
    assert codes_of(found) == ["guard-in-the-wrong-place"]
    assert 0.9 * found.max_points <= found.points < found.max_points
    assert points_of(found, "values", "beside a constant feature") <= 0.7 * 0.1 * found.max_points


@pytest.mark.parametrize(
    ("name", "body", "codes"),
    [
        ("normalize", "return (X - mu) / np.where(sigma < 1e-5, 1, sigma)", ["small-taken-for-constant"]),
        ("normalize", "return np.where(mu == 0, X, (X - mu) / np.where(sigma == 0, 1, sigma))", None),
        ("normalize", "return ((X - mu) / np.where(sigma == 0, 1, sigma)).astype(X.dtype)", None),
        ("fit_normalization", "return X.mean(1, keepdims=True).astype(X.dtype), X.std(1, keepdims=True)", None),
        ("normalize", "return (X - mu) / (sigma + 1e-2)", ["guard-too-large"]),
        ("normalize", "return (X - mu) / np.where(sigma == 0, 1, np.maximum(sigma, 2e-3))", ["bounded-below"]),
    ],
)
def test_rare_features_are_asked_and_each_mistake_is_named_once(name: str, body: str, codes: list[str] | None) -> None:
    arguments = "X, mu, sigma" if name == "normalize" else "X"
    found = verdicts(ASSIGNMENT, f"def {name}({arguments}):\n    {body}\n", only=name)[name]
    assert 0.6 * found.max_points < found.points < found.max_points
    assert codes is None or codes_of(found) == codes


def test_an_infinite_value_of_a_feature_that_was_constant_is_no_nan() -> None:
    code = """
    def normalize(X, mu, sigma):
        Z = (X - mu) / sigma
        return np.where(np.isnan(Z), 0, Z)
    """
    assert verdicts(ASSIGNMENT, code, only="normalize")["normalize"].status == "passed"


# -- bias and variance -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "least", "most"),
    [
        ("set(found)", 1.0, 1.0),
        ("frozenset(found)", 1.0, 1.0),
        ("type('Diagnosis', (set,), {})(found)", 1.0, 1.0),
        ("{type('Word', (str,), {})(word) for word in found}", 1.0, 1.0),
        ("found", 0.8, 0.96),
        ("tuple(found)", 0.8, 0.96),
        ("set(found) or {}", 0.8, 0.96),
        ("', '.join(found)", 0.0, 0.4),
    ],
)
def test_a_list_costs_the_form_of_the_set(form: str, least: float, most: float) -> None:
    code = f"""
    def diagnose_fit(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
        found = ["high variance"] if dev_error - train_error > tolerance else []
        found += ["high bias"] if train_error - bayes_error > tolerance else []
        return {form}
    """
    found = verdicts(ASSIGNMENT, code, only="diagnose_fit")["diagnose_fit"]
    assert least <= found.points / found.max_points <= most


def test_an_object_in_a_set_is_told_by_its_type() -> None:
    code = """
    class Fit:
        pass

    def diagnose_fit(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
        return {Fit()}
    """
    found = verdicts(ASSIGNMENT, code, only="diagnose_fit")["diagnose_fit"]
    assert "{an object of type Fit}" in next(check.message for check in found.checks if check.status == "failed")


def test_no_gap_equals_the_tolerance() -> None:
    for case in frozen_cases(ASSIGNMENT).functions["diagnose_fit"].cases:
        train, dev, bayes, tolerance = arguments_of(case.plan)
        for gap in (train - bayes, dev - train):
            assert abs(gap - tolerance) > 0.05 * tolerance, case.key


def test_every_diagnosis_is_asked_for() -> None:
    found = {frozenset(reference.diagnose_fit(*arguments_of(c.plan))) for c in _cases("diagnose_fit")}
    assert len(found) == 4


def _cases(name: str) -> list:
    return [case for case in frozen_cases(ASSIGNMENT).functions[name].cases if case.check == "values"]


# -- random search -----------------------------------------------------------------------


def asked(reply: object, low: float, high: float) -> Given:
    """The last call of a case of random draws, with one more of each kind before."""
    n = len(np.asarray(reply))
    step = Step("sample", (low, high, n, 0))
    return Given(args=step.args, steps=(step,), replies=(reply,), facts={})


def problem_of(properties: Sequence[Property], given: Given) -> str | None:
    """The first sentence of a judge that is not content with these draws."""
    return next((sentence for p in properties if (sentence := p.judge(given))), None)


def log_uniform(rng: np.random.Generator, low: float, high: float, n: int = 15_000) -> np.ndarray:
    return np.exp(rng.uniform(np.log(low), np.log(high), n))


def test_right_draws_are_never_rejected() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        assert problem_of(RATES, asked(log_uniform(rng, 1e-4, 1.0), 1e-4, 1.0)) is None
        assert problem_of(BETAS, asked(1 - log_uniform(rng, 1e-3, 0.5), 0.5, 0.999)) is None


@pytest.mark.parametrize(
    "draws",
    [
        lambda rng: rng.uniform(1e-4, 1.0, 15_000),
        lambda rng: log_uniform(rng, 1e-4, 0.95),
        lambda rng: log_uniform(rng, 1.1e-4, 1.0),
        lambda rng: np.maximum(log_uniform(rng, 5e-5, 1.0), 1e-4),
        lambda rng: np.sort(log_uniform(rng, 1e-4, 1.0)),
        lambda rng: np.repeat(log_uniform(rng, 1e-4, 1.0, 7_500), 2),
        lambda rng: np.clip(np.exp(rng.normal(-4.6, 2.66, 15_000)), 1e-4, 1.0),
        lambda rng: log_uniform(rng, 1e-4, 1.0).reshape(-1, 1),
        lambda rng: np.r_[log_uniform(rng, 1e-4, 1.0), np.nan],
        lambda rng: log_uniform(rng, 1e-4, 1.0).astype(str),
    ],
)
def test_wrong_draws_are_always_rejected(draws: Callable[[np.random.Generator], np.ndarray]) -> None:
    for seed in range(20):
        assert problem_of(RATES, asked(draws(np.random.default_rng(seed)), 1e-4, 1.0)) is not None


@pytest.mark.parametrize(
    "draws",
    [
        lambda rng, low, high: rng.uniform(low, high, 15_000),
        lambda rng, low, high: log_uniform(rng, low, high),
        lambda rng, low, high: 1 - rng.uniform(1 - high, 1 - low, 15_000),
        lambda rng, low, high: 1 - log_uniform(rng, low, high),
        lambda rng, low, high: log_uniform(rng, 1 - high, 1 - low),
    ],
)
@pytest.mark.parametrize(("low", "high"), [(0.5, 0.999), (0.2, 0.99), (0.9, 0.9995)])
def test_another_scale_of_momentum_is_always_rejected(
    draws: Callable[[np.random.Generator, float, float], np.ndarray], low: float, high: float
) -> None:
    for seed in range(20):
        assert problem_of(BETAS, asked(draws(np.random.default_rng(seed), low, high), low, high)) is not None


def test_draws_are_judged_on_one_call_with_enough_of_them() -> None:
    for name in ("sample_learning_rate", "sample_momentum"):
        for case in frozen_cases(ASSIGNMENT).functions[name].cases:
            if case.check != "values":
                assert arguments_of(case.plan)[2] >= 15_000


def test_a_list_of_draws_and_a_seed_in_the_body_are_right() -> None:
    code = """
    def sample_learning_rate(low, high, n, seed=0):
        np.random.seed(1)
        return [low * (high / low) ** np.random.rand() for _ in range(n)]
    """
    assert verdicts(ASSIGNMENT, code, only="sample_learning_rate")["sample_learning_rate"].status == "passed"


def test_half_as_many_draws_twice_are_not_as_many_draws() -> None:
    code = """
    def sample_learning_rate(low, high, n, seed=0):
        half = low * (high / low) ** np.random.rand(n // 2 + 1)
        return np.tile(half, 2)[:n]
    """
    found = verdicts(ASSIGNMENT, code, only="sample_learning_rate")["sample_learning_rate"]
    assert (found.status, found.points) == ("partial", 0.5 * found.max_points)
    assert any("draws are different numbers" in check.message for check in found.checks)


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        (
            "np.append(half := np.exp(np.random.uniform(np.log(low), np.log(high), (n + 1) // 2)), low * high / half)",
            "follow",
        ),
        ("np.resize(np.exp(np.random.uniform(np.log(low), np.log(high), 1000)), n)", "only 1000 of"),
        ("np.exp(np.random.uniform(np.log(max(low, 1e-4)), np.log(high), n))", "does not look uniform"),
    ],
)
def test_what_is_said_of_wrong_draws_is_true_of_them(draws: str, words: str) -> None:
    code = f"def sample_learning_rate(low, high, n, seed=0):\n    return np.resize({draws}, n)"
    found = verdicts(ASSIGNMENT, code, only="sample_learning_rate")["sample_learning_rate"]
    assert found.status != "passed"
    assert any(words in check.message for check in found.checks)
    assert codes_of(found) == []


def test_a_bound_that_is_lowered_is_not_called_ignored() -> None:
    code = """
    def sample_momentum(low, high, n, seed=0):
        return 1 - np.exp(np.random.uniform(np.log(1 - min(high, 0.999)), np.log(1 - low), n))
    """
    found = verdicts(ASSIGNMENT, code, only="sample_momentum")["sample_momentum"]
    assert found.status == "partial"
    assert codes_of(found) == ["other-upper-bound"]


# -- early stopping ----------------------------------------------------------------------


def test_every_record_of_costs_is_a_list_of_plain_numbers() -> None:
    for case in _cases("early_stopping_epoch"):
        costs, patience = arguments_of(case.plan)
        assert type(costs) is list
        assert {type(cost) for cost in costs} == {float}
        assert type(patience) is int
        assert patience >= 1


def test_the_records_tell_the_rule_from_its_neighbours() -> None:
    drawn = [arguments_of(case.plan) for case in _cases("early_stopping_epoch")]
    right = [reference.early_stopping_epoch(*args) for args in drawn]
    stop = reference.early_stopping_epoch
    for other in (
        lambda costs, patience: int(np.argmin(costs)),
        lambda costs, patience: stop(costs, patience + 1),
        lambda costs, patience: stop(costs, max(1, patience - 1)),
        lambda costs, patience: stop([c * 0.999999**i for i, c in enumerate(costs)], patience),  # ties count
    ):
        assert sum(a != other(*args) for a, args in zip(right, drawn, strict=True)) >= 3


def test_the_best_of_a_few_epochs_is_asked_for_beside_any_patience() -> None:
    short = [arguments_of(case.plan) for case in _cases("early_stopping_epoch") if case.case_class == "few epochs"]
    for more in (0, 1, 2):
        assert any(
            len(costs) <= patience + more and reference.early_stopping_epoch(costs, patience) for costs, patience in short
        )


STOPPING = """
def early_stopping_epoch(costs, patience):
    best = wait = 0
    for t in range(1, len(costs)):
        if costs[t] {} costs[best]:
            best, wait = t, 0
        elif costs[t] > costs[{}]:
            wait += 1
            if wait >= patience:
                break
    return best
"""


@pytest.mark.parametrize(
    ("better", "other", "code"),
    [("<=", "best", "tie-counts"), ("<", "best", "tie-not-counted"), ("<", "t - 1", "only-rises-count")],
)
def test_what_is_wrong_with_the_count_of_waiting_is_told_as_it_is(better: str, other: str, code: str) -> None:
    found = verdicts(ASSIGNMENT, STOPPING.format(better, other), only="early_stopping_epoch")["early_stopping_epoch"]
    assert codes_of(found) == [code]


# -- augmentation ------------------------------------------------------------------------


def test_flipped_bytes_may_come_back_as_floats() -> None:
    code = """
    def flip_horizontal(images):
        flipped = np.zeros(images.shape)
        for column in range(images.shape[2]):
            flipped[:, :, column] = images[:, :, -1 - column]
        return flipped
    """
    assert verdicts(ASSIGNMENT, code, only="flip_horizontal")["flip_horizontal"].status == "passed"


NAMED = [
    ("flip_horizontal", "def flip_horizontal(images):\n    return images[::-1]", ["order-of-images"]),
    (
        "normalize",
        """
        def normalize(X, mu, sigma):
            mu, sigma = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
            return (X - mu) / (sigma + 1e-8)
        """,
        ["own-statistics"],
    ),
    (
        "sample_momentum",
        "def sample_momentum(low, high, n, seed=0):\n    return 1 - 10.0 ** np.random.randint(-3, 0, n)",
        ["whole-powers-of-ten"],
    ),
    (
        "sample_learning_rate",
        """
        def sample_learning_rate(low, high, n, seed=0):
            return 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), n - 1)
        """,
        ["off-by-one"],
    ),
]
RIGHT_SPLIT = """
def train_dev_test_split(X, Y, dev_fraction, test_fraction, seed=0):
    m, draw = X.shape[1], np.random.default_rng(seed)
    order = draw.permutation(m)
    n_dev, n_test = int(m * dev_fraction), int(m * test_fraction)
    dev, test, train = order[:n_dev], order[n_dev : n_dev + n_test], order[n_dev + n_test :]
    return (X[:, train], Y[:, train]), (X[:, dev], Y[:, dev]), (X[:, test], Y[:, test])
"""


@pytest.mark.parametrize(("name", "code", "codes"), NAMED)
def test_ordinary_mistakes_have_names(name: str, code: str, codes: Sequence[str]) -> None:
    found = verdicts(ASSIGNMENT, code)[name]
    assert codes_of(found) == codes
    assert not any("there are no draws" in check.message and "n = 1" not in check.message for check in found.checks)


@pytest.mark.parametrize(
    ("right", "wrong", "codes"),
    [
        ("Y[:, test]", "Y[:, dev]", ["labels-of-another-set"]),
        ("Y[:, train]", "X[:, train]", ["examples-for-labels"]),
        ("Y[:, train]", "Y[:, draw.permutation(m)[: len(train)]]", ["pairs-broken"]),
        ("Y[:, train]", "1 - Y[:, train]", []),
        ("Y[:, train]", "0 * Y[:, train]", []),
    ],
)
def test_labels_that_are_not_those_of_the_examples(right: str, wrong: str, codes: Sequence[str]) -> None:
    found = verdicts(ASSIGNMENT, RIGHT_SPLIT.replace(right, wrong))["train_dev_test_split"]
    assert found.status != "passed" and codes_of(found) == codes
