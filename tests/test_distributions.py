"""Judges of random values: the promised rate of false alarms, and the power to see what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.distributions import (
    ALPHA,
    dependence_problem,
    equal_counts_problem,
    exact_share_problem,
    forced_problem,
    gaussian_problem,
    handful_problem,
    ks_distance,
    mean_problem,
    moments_problem,
    parts_problem,
    repeats_problem,
    rounded_problem,
    share_problem,
    truncated_gaussian_problem,
    uniform_problem,
    xavier_problem,
)

COUNT = 15_000
SHAPE = (120, 125)


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def normal(seed: int = 0, scale: float = 0.01) -> Any:
    return draw(seed).normal(0, scale, SHAPE)


def truncated(generator: np.random.Generator, count: int) -> Any:
    """Of standard deviation 1, cut at two standard deviations of what it was cut from."""
    values = generator.standard_normal(2 * count)
    return values[np.abs(values) < 2][:count] / 0.8796256610342398


def growing(generator: np.random.Generator, share: float, sizes: tuple[int, ...]) -> list[Any]:
    """Masks that begin with the same random numbers."""
    numbers = generator.random(max(sizes))
    return [numbers[:size] < share for size in sizes]


# -- nothing is said against what is right ---------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        normal(),
        normal().T,
        normal().ravel(),
        normal().tolist(),
        -normal(),
        np.sort(normal().ravel()),
    ],
    ids=["matrix", "transpose", "vector", "list", "mirrored", "sorted"],
)
def test_gaussian_draws_in_any_form_look_gaussian(values: Any) -> None:
    assert gaussian_problem(values, 0.01, "W1") is None


def test_uniform_and_bernoulli_draws_look_so() -> None:
    assert uniform_problem(draw().uniform(-2, 3, SHAPE), -2, 3, "x") is None
    assert mean_problem(draw().random(SHAPE) < 0.8, 0.8, 0, 1, "D1") is None


def test_independent_matrices_look_independent() -> None:
    assert dependence_problem({"W1": normal(1), "W2": normal(2), "W3": normal(3)[:5]}) is None
    masks = {name: (draw(seed).random(SHAPE) < 0.8).astype(float) for seed, name in enumerate(("D1", "D2"))}
    assert dependence_problem(masks, mean=0.8) is None


def test_a_single_row_column_or_number_is_no_evidence() -> None:
    for shape in ((1, 1), (1, 5), (5, 1), (3,), ()):
        assert dependence_problem({"W": draw().normal(size=shape)}) is None


@pytest.mark.parametrize(
    ("name", "judge"),
    [
        ("gaussian", lambda g, alpha: gaussian_problem(g.standard_normal(200), 1.0, "x", alpha)),
        ("truncated", lambda g, alpha: truncated_gaussian_problem(truncated(g, 200), 1.0, "x", alpha)),
        ("uniform", lambda g, alpha: uniform_problem(g.random(200), 0, 1, "x", alpha)),
        ("mean", lambda g, alpha: mean_problem(g.random(200) < 0.3, 0.3, 0, 1, "x", alpha)),
        ("a handful", lambda g, alpha: handful_problem(g.standard_normal(1 + g.integers(6)), 1.0, "x", alpha)),
        ("a handful, cut", lambda g, alpha: handful_problem(truncated(g, 3), 1.0, "x", alpha)),
        ("a handful, uniform", lambda g, alpha: handful_problem(g.uniform(-(3**0.5), 3**0.5, (2, 2)), 1.0, "x", alpha)),
        ("share", lambda g, alpha: share_problem(g.random(12) < 0.3, 0.3, "x", alpha)),
        ("parts", lambda g, alpha: parts_problem(g.random((5, 12)) < 0.3, 0.3, "x", alpha)),
        ("exact share", lambda g, alpha: exact_share_problem(growing(g, 0.3, (60, 140, 200)), 0.3, "x", alpha)),
        ("square", lambda g, alpha: dependence_problem({"a": g.standard_normal((12, 12))}, 0.0, alpha)),
        ("signs", lambda g, alpha: dependence_problem({"a": g.standard_normal((2, 100))}, 0.0, alpha)),
        ("masks", lambda g, alpha: dependence_problem({"a": g.random((2, 100)) < 0.8}, 0.8, alpha)),
        ("squares", lambda g, alpha: dependence_problem({n: g.standard_normal((9, 9)) for n in "ab"}, 0.0, alpha)),
        ("repeats", lambda g, alpha: repeats_problem(g.random((20, 14)) < 0.5, "a", 0.5, alpha)),
        ("layers", lambda g, alpha: dependence_problem({n: g.standard_normal((1, 99)) for n in "ab"}, 0.0, alpha)),
    ],
)
def test_false_alarms_stay_below_the_promised_rate(name: str, judge: Callable[..., str | None]) -> None:
    """At 1e-2 in 2,000 trials: 20 are allowed on average; several looks at one draw share the rate."""
    generator = draw(7)
    alarms = sum(judge(generator, 1e-2) is not None for _ in range(2000))
    allowed = 2000 * 1e-2
    assert alarms <= allowed + 6 * math.sqrt(allowed)


def test_the_usual_rate_is_far_below_one_in_a_billion() -> None:
    assert ALPHA * 100 <= 1e-9


# -- what is wrong is seen, and said in one sentence ------------------------------------------


@pytest.mark.parametrize(
    ("values", "off"),
    [
        (normal(scale=0.01 * 1.07), "its standard deviation is 0.0107"),
        (normal(scale=0.01 / 1.07), "its standard deviation is 0.0093"),
        (normal(scale=1.0), "its standard deviation is "),
        (normal(scale=1.0) + 0.5, "its mean is 0.5"),
        (np.abs(normal()), "its mean is 0.00"),
        (normal() + 0.002, "its mean is 0.00"),
        (draw().uniform(-0.01 * math.sqrt(3), 0.01 * math.sqrt(3), SHAPE), "mean and standard deviation are right"),
        (np.zeros(SHAPE), "its standard deviation is 0, and only 1 of "),
        (draw().standard_t(3, SHAPE) * 0.01 / math.sqrt(3), ""),
    ],
    ids=["wider", "narrower", "unscaled", "unscaled and shifted", "absolute", "shifted", "uniform", "zeros", "heavy tails"],
)
def test_what_is_not_gaussian_of_that_scale_is_seen(values: Any, off: str) -> None:
    problem = gaussian_problem(values, 0.01, "W1")
    assert problem is not None
    assert problem.startswith(f"W1 does not look like a Gaussian of mean 0 and standard deviation 0.01: {off}")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((2, 3)), "repeat others"),
        (np.full(4, 0.01), "repeat others"),
        ([0.01, -0.01], "repeat others"),
        ([0.01, np.nan, 0.02], "nan or inf"),
        ([0.01, 0.02, 0.09], "the largest entry of W1 is 0.09"),
        ([1e-7, 2e-7, 3e-7], "the largest entry of W1 is 3e-07"),
        ([1e-14], "the largest entry of W1 is 1e-14"),
    ],
)
def test_a_handful_that_nobody_has_drawn_is_seen(values: Any, words: str) -> None:
    assert words in (handful_problem(values, 0.01, "W1") or "")


def test_a_unit_that_is_never_dropped_is_seen() -> None:
    mask = draw().random((40, 400)) < 0.6
    assert parts_problem(mask, 0.6, "D1") is None
    mask[0] = True
    assert (
        parts_problem(mask, 0.6, "D1")
        == "row 0 of D1 keeps 400 of 400 entries; each is to be kept with a probability of 0.6"
    )


def test_a_square_matrix_that_equals_its_transpose_is_seen() -> None:
    W = draw().normal(size=(30, 30))
    assert dependence_problem({"W": W}) is None
    assert "repeat the same random numbers" in (dependence_problem({"W": W + W.T}) or "")


def test_no_numbers_are_no_draws() -> None:
    assert handful_problem([], 1.0, "W1") is not None
    assert share_problem([], 0.5, "D1") is None


@pytest.mark.parametrize(
    ("kept", "share", "seen"),
    [
        (np.ones(30), 0.3, True),
        (np.ones(20), 0.3, False),
        (np.zeros(80), 0.3, True),
        (np.ones(9), 1.0, False),
        ([1, 1, 0], 1.0, True),
        ([0, 0, 1], 0.0, True),
    ],
)
def test_a_share_that_chance_does_not_keep_is_seen(kept: Any, share: float, seen: bool) -> None:
    assert (share_problem(kept, share, "D1") is not None) == seen


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_said_plainly(bad: float) -> None:
    values = normal()
    values[3, 4] = bad
    assert gaussian_problem(values, 0.01, "W1") == "W1 holds nan or inf"
    assert uniform_problem(values, 0, 1, "x") == "x holds nan or inf"


def test_what_is_not_uniform_is_seen() -> None:
    problem = uniform_problem(draw().random(SHAPE) ** 1.2, 0, 1, "x")
    assert problem is not None
    assert problem.startswith("x does not look uniform between 0 and 1: it lies between ")
    assert uniform_problem(draw().random(SHAPE) * 1.1, 0, 1, "x") is not None


def test_a_wrong_mean_is_seen() -> None:
    problem = mean_problem(draw().random(SHAPE) < 0.75, 0.8, 0, 1, "D1")
    assert problem is not None
    assert problem.startswith("the mean of D1 is 0.7")
    assert problem.endswith(", expected 0.8 (over 15000 entries)")
    assert mean_problem([np.nan], 0.8, 0, 1, "D1") is not None


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"W1": np.repeat(normal()[:1], 120, 0)}, "the rows of W1 are not independent of each other"),
        ({"W1": np.repeat(normal()[:, :1], 125, 1)}, "the columns of W1 are not independent of each other"),
        ({"W1": normal(1), "W2": normal(1)}, "W1 and W2 repeat the same random numbers"),
        ({"W1": normal(1), "W2": normal(1)[:60] * 7}, "W1 and W2 repeat the same random numbers"),
        ({"W1": normal(1), "W2": normal(2), "W3": normal(2)}, "W2 and W3 repeat the same random numbers"),
    ],
    ids=["rows", "columns", "layers", "part of a layer", "later layers"],
)
def test_repeated_random_numbers_are_seen(arrays: dict[str, Any], words: str) -> None:
    problem = dependence_problem(arrays)
    assert problem is not None
    assert problem.startswith(words)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"W1": normal(1), "W2": -normal(1)}, "the numbers of W2 are the negatives of those of W1"),
        ({"W1": normal(1), "W2": -7 * normal(1)[:60]}, "the numbers of W2 are the negatives of those of W1"),
        (
            {"W1": np.vstack([normal()[:60], -normal()[:60]])},
            "the rows of W1 are not independent of each other: some are the negatives of others",
        ),
        (
            {"W1": np.hstack([normal()[:, :60], -normal()[:, :60]])},
            "the columns of W1 are not independent of each other: some are the negatives of others",
        ),
        (
            {"W1": normal(1), "W2": np.where(draw().random(SHAPE) < 0.6, normal(1), normal(2))},
            "W1 and W2 are not independent",
        ),
        (
            {"W1": np.vstack([normal()[:60], normal()[:60] + normal(2)[:60]])},
            "the rows of W1 are not independent of each other",
        ),
    ],
    ids=["layer", "part of a layer", "rows", "columns", "most of a layer", "rows in part"],
)
def test_what_depends_on_other_numbers_in_another_way_is_not_said_to_repeat_them(arrays: dict[str, Any], words: str) -> None:
    problem = dependence_problem(arrays)
    assert problem is not None
    assert problem.startswith(words)
    assert "repeat" not in problem


@pytest.mark.parametrize(
    "doubled",
    [
        lambda half: np.vstack([half, half]),
        lambda half: np.vstack([half, half[:-1]]),
        lambda half: np.vstack([half, half[::-1]]),
        lambda half: np.vstack([half, 1 - half]),
    ],
    ids=["twice", "odd", "mirrored", "opposite"],
)
def test_a_half_that_is_made_from_the_other_half_is_seen(doubled: Callable[[Any], Any]) -> None:
    mask = (doubled(draw().random((60, 125))) < 0.6).astype(float)
    for array, words in ((mask, "the rows of D1"), (mask.T, "the columns of D1")):
        problem = dependence_problem({"D1": array}, mean=0.6)
        assert problem is not None
        assert problem.startswith(words)


def test_the_same_numbers_in_another_order_of_reading_are_seen() -> None:
    numbers = normal(3).ravel()
    arrays = {"W1": numbers[:12000].reshape(100, 120), "W2": numbers[:9000].reshape(100, 90, order="F")}
    assert dependence_problem(arrays) == "W1 and W2 repeat the same random numbers"


@pytest.mark.parametrize(
    "corner", [lambda pool: pool[:200, :70], lambda pool: pool[-200:, -70:], lambda pool: pool[:70, :200].T]
)
def test_corners_of_one_pool_are_seen(corner: Callable[[Any], Any]) -> None:
    pool = draw().standard_normal((250, 250))
    first = pool[-60:, -250:] if corner(pool)[-1, -1] == pool[-1, -1] else pool[:60]
    assert dependence_problem({"W1": first, "W2": corner(pool)}) == "W1 and W2 repeat the same random numbers"


def test_a_mask_per_unit_instead_of_per_entry_is_seen() -> None:
    mask = np.repeat(draw().random((120, 1)) < 0.8, 125, axis=1)
    assert dependence_problem({"D1": mask}, mean=0.8) is not None


def test_the_distance_is_that_of_kolmogorov_and_smirnov() -> None:
    grid = np.linspace(0, 1, 11)
    assert ks_distance(np.linspace(0.05, 0.95, 10), grid, grid) == pytest.approx(0.0)
    assert ks_distance(np.zeros(10), grid, grid) == pytest.approx(1.0)
    assert ks_distance(np.full(10, 0.5), grid, grid) == pytest.approx(0.5)


def test_a_bell_that_is_cut_and_one_that_is_not_are_told_apart() -> None:
    cut, whole = 0.01 * truncated(draw(), 10 * COUNT), draw().normal(0, 0.01, 10 * COUNT)
    assert truncated_gaussian_problem(cut, 0.01, "W1") is None
    assert gaussian_problem(whole, 0.01, "W1") is None
    assert "W1 does not look like" in str(truncated_gaussian_problem(whole, 0.01, "W1"))
    assert "W1 does not look like" in str(gaussian_problem(cut, 0.01, "W1"))
    moved = np.clip(draw().normal(0, 1, COUNT), -2, 2)
    assert "others were moved there" in str(truncated_gaussian_problem(moved, 1.0, "W1"))


# -- masks that were counted out -------------------------------------------------------------


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.95])
def test_nothing_is_said_against_entries_that_are_kept_one_by_one(share: float) -> None:
    assert all(equal_counts_problem(draw(seed).random((40, 400)) < share, share, "D1") is None for seed in range(50))


@pytest.mark.parametrize(("turned", "kind"), [(False, "column"), (True, "row")])
def test_the_same_number_of_entries_in_every_column_or_row_was_counted_out(turned: bool, kind: str) -> None:
    mask = draw().random((40, 400)).argsort(axis=0).argsort(axis=0) < 12
    expected = f"every {kind} of D1 keeps 12 of its 40 entries; kept one by one, their number varies"
    assert equal_counts_problem(mask.T if turned else mask, 0.3, "D1") == expected


@pytest.mark.parametrize("axis", [0, 1])
def test_columns_or_rows_that_are_all_equal_are_said_to_be(axis: int) -> None:
    mask = np.broadcast_to(draw().random((40, 1)) < 0.95, (40, 400))
    kind = "rows" if axis else "columns"
    said = equal_counts_problem(mask.T if axis else mask, 0.95, "D1")
    assert said == f"all {kind} of D1 are equal: they repeat the same random numbers"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.6])
def test_exactly_the_share_in_masks_of_every_size_was_counted_out(share: float) -> None:
    sizes = tuple(range(1200, 12_001, 1200))
    generator = draw()
    exact = [generator.permutation(size) < round(share * size) for size in sizes]
    assert "keeps exactly the share" in str(exact_share_problem(exact, share, "D1"))
    assert exact_share_problem(exact[:4], share, "D1") is None
    assert exact_share_problem(exact[::-1], share, "D1") is None
    assert all(exact_share_problem(growing(draw(seed), share, sizes), share, "D1") is None for seed in range(50))


def test_few_columns_may_keep_the_same_number_by_chance() -> None:
    assert equal_counts_problem(np.eye(4), 0.25, "D1") is None


# -- Xavier ------------------------------------------------------------------------------

SHAPES = {"W1": (150, 400), "W2": (320, 150)}


def drawn(kind: str, rule: Callable[[int, int], float]) -> dict[str, Any]:
    generator, weights = draw(), {}
    for name, (n, n_prev) in SHAPES.items():
        if kind == "uniform":
            values = generator.uniform(-math.sqrt(3), math.sqrt(3), (n, n_prev))
        else:
            values = (
                truncated(generator, n * n_prev).reshape(n, n_prev) if kind == "cut" else generator.normal(size=(n, n_prev))
            )
        weights[name] = values * rule(n_prev, n)
    return weights


@pytest.mark.parametrize("kind", ["normal", "cut", "uniform"])
def test_each_form_of_xavier_is_right_by_both_rules(kind: str) -> None:
    both, one = (
        drawn(kind, lambda n_prev, n: math.sqrt(2 / (n_prev + n))),
        drawn(kind, lambda n_prev, _: math.sqrt(1 / n_prev)),
    )
    assert xavier_problem(both) is None
    assert xavier_problem(one) is None
    assert xavier_problem(both, both_sides=True) is None
    assert "W1 of shape (150, 400)" in str(xavier_problem(one, both_sides=True))


def test_what_is_no_rule_of_xavier_is_told() -> None:
    both, one = (
        drawn("normal", rule) for rule in (lambda n_prev, n: math.sqrt(2 / (n_prev + n)), lambda p, _: math.sqrt(1 / p))
    )
    assert "by one rule in all layers" in str(xavier_problem({"W1": both["W1"], "W2": one["W2"]}))
    coins = {name: np.sign(W) * np.std(W) for name, W in both.items()}
    assert "the right variance, but are neither normal nor uniform" in str(xavier_problem(coins))
    rows = {"W1": both["W1"], "W2": np.repeat(both["W2"][:1], 320, axis=0)}
    assert xavier_problem(rows) is not None


def test_weights_that_fit_no_rule_are_told_of_the_layer_that_is_off_or_of_what_depends_on_what() -> None:
    right = drawn("normal", lambda p, _: math.sqrt(1 / p)) | {"W3": normal(3)[:4]}
    last = right["W3"].shape
    found = str(xavier_problem(right))
    assert f"W3 of shape {last}" in found  # the small one alone is off
    assert "right variance" not in found
    rows, columns = draw(4).standard_normal((400, 1)), draw(5).standard_normal((1, 150)) / math.sqrt(150)
    assert "not independent" in str(xavier_problem({"W1": rows * columns}))
    assert "not independent" in str(xavier_problem({"W1": np.repeat(columns, 400, axis=0)}))
    assert "mean 0.5" in str(xavier_problem({"W1": draw(6).random((400, 150))}))


def test_a_gaussian_that_is_drawn_again_beyond_two_deviations_has_no_tails() -> None:
    found = gaussian_problem(0.01 * truncated(draw(5), 16_000), 0.01, "W1")
    assert found is not None
    assert found.startswith("W1 has no tails: none of its 16000 numbers is further from 0 than 2.2")


def test_a_gaussian_of_a_smaller_deviation_has_its_tails() -> None:
    found = gaussian_problem(draw(5).standard_normal(1000), 1.414, "W1")
    assert found is not None
    assert "its standard deviation is" in found


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("opposite", [False, True])
@pytest.mark.parametrize(("one", "other"), [(0, -1), (1, 2), (3, 17)])
def test_two_rows_or_columns_that_are_alike_are_seen_wherever_they_stand(
    one: int, other: int, opposite: bool, axis: int
) -> None:
    weights, mask = draw().standard_normal((200, 80)), draw().random((200, 80)) < 0.6
    for array, mean in ((weights, 0.0), (mask.astype(float), 0.6)):
        lines = array.T if axis else array
        opposites = 1 - lines[one] if mean else -lines[one]
        lines[other] = opposites if opposite else lines[one]
        found = str(dependence_problem({"W": array}, mean))
        assert ("columns" if axis else "rows") in found
        assert str(one) in found


def test_rounded_numbers_are_told_as_that_and_not_as_rows_that_repeat() -> None:
    W = draw().standard_normal((20, 1000))
    whole = (10 * W).astype(int)
    assert dependence_problem({"W": whole}) is None
    assert "only" in str(rounded_problem(whole, "W1"))
    assert rounded_problem(W, "W1") is rounded_problem(W.astype(np.float32), "W1") is None


def test_moments_are_those_of_numbers_that_are_cut_or_rounded_too_and_of_no_other_scale() -> None:
    W = draw().standard_normal((200, 100))
    for right in (W, np.clip(W, -2, 2), np.trunc(10 * W) / 10, np.sign(W), math.sqrt(3) * draw().uniform(-1, 1, (200, 100))):
        assert moments_problem(right, 1.0, "W1") is None
    for wrong in (1.1 * W, 0.9 * W, W + 0.1, 0.8 * np.clip(W, -2, 2)):
        assert "expected 0 and 1" in str(moments_problem(wrong, 1.0, "W1"))


def test_of_xavier_weights_their_spread_and_their_independence_are_asked_apart() -> None:
    W = draw().standard_normal((400, 400)) / 20
    right, repeated, rounded = {"W1": W}, {"W1": W, "W2": W}, {"W1": np.round(W, 2)}
    for weights, together, variance, spread in (
        (right, True, True, True),
        (repeated, False, False, True),
        (rounded, False, True, False),
        ({"W1": 2 * W}, False, False, False),
        ({"W1": W + 0.01}, False, False, False),
        ({"W1": np.sign(W) / 20}, False, True, False),
    ):
        assert (xavier_problem(weights) is None) is together
        assert (xavier_problem(weights, spread=False) is None) is variance
        assert (xavier_problem(weights, independent=False) is None) is spread


def test_short_rows_may_be_alike_by_chance() -> None:
    assert repeats_problem(np.round(draw().standard_normal((1000, 1)), 2), "W") is None
    assert repeats_problem(draw().random((200, 20)) < 0.5, "D", 0.5) is None
    assert repeats_problem(np.zeros((20, 20)), "W") is None


def _of_one_length(W: Any) -> Any:
    return W / np.linalg.norm(W, axis=1, keepdims=True)


@pytest.mark.parametrize("shape", [(150, 100), (100, 150)])
@pytest.mark.parametrize(
    ("forced", "words"),
    [
        (_of_one_length, "has the same length"),
        (lambda W: _of_one_length(W - W.mean(axis=1, keepdims=True)), "the mean of each row"),
        (lambda W: _of_one_length(W.T).T, "each column"),
        (lambda W: W - W.mean(axis=0), "the mean of each column"),
        (lambda W: np.linalg.svd(W, full_matrices=False)[2], "orthogonal"),
        (lambda W: np.linalg.svd(W, full_matrices=False)[0], "orthogonal"),
    ],
)
def test_what_random_numbers_have_by_no_chance_was_forced(
    forced: Callable[[Any], Any], words: str, shape: tuple[int, int]
) -> None:
    W = draw().standard_normal(shape)
    assert dependence_problem({"W": W}) is None
    assert words in str(forced_problem(forced(W), "W"))
    assert dependence_problem({"W": forced(W)}) is not None


@pytest.mark.parametrize("exact", [lambda W: W - W.mean(), lambda W: W / W.std(), lambda W: W / W.std(ddof=1)])
def test_a_mean_or_a_deviation_that_is_right_to_the_last_digit_was_forced(exact: Callable[[Any], Any]) -> None:
    for problem, numbers in (
        (lambda W: gaussian_problem(0.01 * W, 0.01, "W"), draw().standard_normal(SHAPE)),
        (lambda W: uniform_problem(W, -math.sqrt(3), math.sqrt(3), "W"), math.sqrt(3) * draw().uniform(-1, 1, SHAPE)),
        (lambda W: truncated_gaussian_problem(W, 1.0, "W"), truncated(draw(), COUNT)),
    ):
        assert problem(numbers) is None
        assert problem(exact(numbers)) is not None
