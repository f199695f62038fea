"""Oracles: counting, a slow restatement of the rules, Kolmogorov-Smirnov tests on the logarithmic scale."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from scipy import stats

from reference.training_in_practice import (
    diagnose_fit,
    early_stopping_epoch,
    fit_normalization,
    flip_horizontal,
    normalize,
    sample_learning_rate,
    sample_momentum,
    train_dev_test_split,
)
from tests.reference.oracles import FALSE_ALARM_RATE


@pytest.mark.parametrize("m", [1, 3, 10, 97])
@pytest.mark.parametrize(
    ("dev", "test"),
    [(0.2, 0.2), (0.5, 0.5), (0.01, 0.01), (0.0, 0.3), (0.3, 0.0), (0.29, 0.57), (0, 0), (0, 1)],
)
def test_split_is_a_partition_with_the_right_sizes(m: int, dev: float, test: float) -> None:
    X = np.vstack([np.arange(m), np.arange(m) ** 2]).astype(float)
    Y = -np.arange(m).reshape(1, m)
    parts = train_dev_test_split(X, Y, dev, test, seed=5)
    assert len(parts) == 3
    for (x, y), share in zip(parts, (1 - dev - test, dev, test), strict=True):
        assert x.shape[0] == 2 and y.shape == (1, x.shape[1])
        assert abs(x.shape[1] - share * m) <= 1
        np.testing.assert_array_equal(x[1], x[0] ** 2)
        np.testing.assert_array_equal(y[0], -x[0])
    np.testing.assert_array_equal(np.sort(np.concatenate([x[0] for x, _ in parts])), np.arange(m))


def test_split_is_shuffled_by_the_seed() -> None:
    X = np.arange(100.0).reshape(1, 100)
    first, again, other = (train_dev_test_split(X, X, 0.25, 0.25, seed)[0][0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, X[:, :50]), "not shuffled at all"


def test_normalization_gives_the_training_set_mean_zero_and_deviation_one() -> None:
    X = np.random.default_rng(0).normal(size=(3, 50)) * [[1e-3], [1.0], [1e4]] + [[5.0], [0.0], [-7.0]]
    mu, sigma = fit_normalization(X)
    assert mu.shape == sigma.shape == (3, 1)
    for row, m, s in zip(X, mu, sigma, strict=True):
        assert m.item() == pytest.approx(math.fsum(row) / 50, rel=1e-12)
        assert s.item() == pytest.approx(math.sqrt(math.fsum((row - m.item()) ** 2) / 50), rel=1e-12)
    X_norm = normalize(X, mu, sigma)
    np.testing.assert_allclose(X_norm.mean(axis=1), np.zeros(3), atol=1e-12)
    np.testing.assert_allclose(X_norm.std(axis=1), np.ones(3), rtol=1e-12)


def test_other_sets_are_normalized_with_the_numbers_of_the_training_set() -> None:
    mu, sigma = np.array([[1.0], [2.0]]), np.array([[0.5], [4.0]])
    np.testing.assert_array_equal(normalize(np.array([[2.0, 0.0], [2.0, 6.0]]), mu, sigma), [[2, -2], [0, 1]])


def test_a_constant_feature_gives_no_nan() -> None:
    X = np.array([[0.25, 0.25, 0.25], [1.0, 2.0, 3.0]])
    mu, sigma = fit_normalization(X)
    np.testing.assert_array_equal(normalize(X, mu, sigma)[0], np.zeros(3))
    assert np.isfinite(normalize(X + 1, mu, sigma)).all()


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ((0.01, 0.11), {"high variance"}),
        ((0.15, 0.16), {"high bias"}),
        ((0.15, 0.30), {"high bias", "high variance"}),
        ((0.005, 0.01), set()),
        ((0.15, 0.16, 0.145), set()),
        ((0.15, 0.30, 0.145), {"high variance"}),
        ((0.15, 0.16, 0.0, 0.2), set()),
        ((0.05, 0.01), {"high bias"}),
    ],
)
def test_diagnosis_of_the_examples_of_the_source(errors: tuple[float, ...], expected: set[str]) -> None:
    assert diagnose_fit(*errors) == expected


@pytest.mark.parametrize(("low", "high"), [(1e-4, 1.0), (0.01, 0.02), (1e-9, 1e3)])
def test_learning_rates_are_uniform_on_the_logarithmic_scale(low: float, high: float) -> None:
    alphas = sample_learning_rate(low, high, 20_000, seed=1)
    assert alphas.shape == (20_000,) and alphas.min() >= low and alphas.max() <= high
    position = np.log(alphas / low) / np.log(high / low)
    assert stats.kstest(position, "uniform").pvalue > FALSE_ALARM_RATE


@pytest.mark.parametrize(("low", "high"), [(0.9, 0.999), (0.0, 0.5), (0.5, 0.99999)])
def test_one_minus_momentum_is_uniform_on_the_logarithmic_scale(low: float, high: float) -> None:
    betas = sample_momentum(low, high, 20_000, seed=1)
    assert betas.shape == (20_000,) and betas.min() >= low and betas.max() <= high
    position = np.log((1 - betas) / (1 - high)) / np.log((1 - low) / (1 - high))
    assert stats.kstest(position, "uniform").pvalue > FALSE_ALARM_RATE


@pytest.mark.parametrize("sample", [sample_learning_rate, sample_momentum])
def test_samples_depend_on_the_seed_and_on_nothing_else(sample: Callable[..., np.ndarray]) -> None:
    np.testing.assert_array_equal(sample(0.1, 0.9, 5, seed=3), sample(0.1, 0.9, 5, seed=3))
    assert not np.array_equal(sample(0.1, 0.9, 5, seed=3), sample(0.1, 0.9, 5, seed=4))
    assert sample(0.1, 0.9, 0).shape == (0,)


def stop_slowly(costs: tuple[int, ...], patience: int) -> int:
    """The rule in other words: cut the record after `patience` epochs in a row without a new minimum."""
    wait = 0
    for epoch in range(1, len(costs)):
        wait = 0 if costs[epoch] < min(costs[:epoch]) else wait + 1
        if wait == patience:
            return costs.index(min(costs[: epoch + 1]))
    return costs.index(min(costs))


def test_early_stopping_agrees_with_the_rule_on_all_short_records() -> None:
    for length in (1, 2, 5, 6):
        for costs, patience in product(product(range(3), repeat=length), (1, 2, 3, 10)):
            assert early_stopping_epoch(costs, patience) == stop_slowly(costs, patience), (costs, patience)


def test_early_stopping_never_sees_what_comes_after_the_end() -> None:
    assert early_stopping_epoch([5.0, 4.0, 4.5, 4.4, 0.0], patience=2) == 1
    assert early_stopping_epoch([5.0, 4.0, 4.5, 3.9, 4.5, 0.0], patience=2) == 5


def test_flipping_moves_columns_of_pixels_and_nothing_else() -> None:
    images = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    flipped = flip_horizontal(images)
    for i, row, column, channel in np.ndindex(images.shape):
        assert flipped[i, row, column, channel] == images[i, row, 3 - column, channel]
    assert flipped.dtype == images.dtype and not np.shares_memory(flipped, images)
