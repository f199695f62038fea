"""Oracles: HIPS autograd on another formula of the loss, SciPy's functions, Kolmogorov-Smirnov tests."""

from collections.abc import Callable, Sequence
from math import log, sqrt

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, grad
from autograd.scipy.special import logsumexp
from scipy import special, stats

from reference.softmax_regression import (
    one_hot,
    predict,
    sigmoid_cross_entropy_with_logits,
    softmax,
    softmax_backward,
    softmax_cost,
    xavier_initialization,
    xavier_initialization__glorot_normal,
    xavier_initialization__glorot_uniform,
    xavier_initialization__uniform,
)
from tests.reference.oracles import FALSE_ALARM_RATE


def draw(C: int, m: int, scale: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(C * 100 + m)
    return rng.normal(size=(C, m)) * scale, rng.integers(0, C, size=m)


@pytest.mark.parametrize(("C", "m"), [(2, 1), (3, 5), (5, 3), (10, 40)])
def test_backward_is_the_gradient_that_autograd_finds(C: int, m: int) -> None:
    Z, labels = draw(C, m)

    def summed_loss(Z: np.ndarray) -> float:
        return anp.sum(logsumexp(Z, axis=0) - Z[labels, anp.arange(m)])

    actual = softmax_backward(softmax(Z), one_hot(labels, C))
    np.testing.assert_allclose(actual, grad(summed_loss)(Z), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("C", "m"), [(2, 1), (3, 5), (5, 3), (10, 40)])
def test_cost_is_the_mean_of_the_loss_written_in_scores(C: int, m: int) -> None:
    Z, labels = draw(C, m)
    expected = np.mean(special.logsumexp(Z, axis=0) - Z[labels, np.arange(m)])
    assert softmax_cost(softmax(Z), one_hot(labels, C)) == pytest.approx(expected, rel=1e-12)


def test_cost_ignores_an_exact_zero_in_a_class_that_is_not_the_true_one() -> None:
    AL, Y = np.array([[1.0, 0.25], [0.0, 0.75]]), np.array([[1, 0], [0, 1]])
    assert softmax_cost(AL, Y) == pytest.approx(-log(0.75) / 2)


def test_cost_of_an_impossible_true_class_is_infinite() -> None:
    assert softmax_cost(np.array([[0.0], [1.0]]), np.array([[1], [0]])) == float("inf")


def test_cost_does_not_depend_on_the_type_of_the_labels() -> None:
    Z, labels = draw(4, 6)
    AL, Y = softmax(Z), one_hot(labels, 4)
    assert softmax_cost(AL, Y) == softmax_cost(AL, Y.astype(int)) == softmax_cost(AL, Y.astype(bool))


@pytest.mark.parametrize("shift", [0.0, 1000.0, -1000.0])
def test_softmax_agrees_with_scipy_for_entries_of_any_size(shift: float) -> None:
    Z, _ = draw(4, 7, scale=50.0)
    A = softmax(Z + shift)
    np.testing.assert_allclose(A, special.softmax(Z + shift, axis=0), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(A.sum(axis=0), np.ones(7), rtol=1e-14)


def test_softmax_of_two_classes_is_the_logistic_function() -> None:
    Z, _ = draw(2, 9)
    np.testing.assert_allclose(softmax(Z)[0], special.expit(Z[0] - Z[1]), rtol=1e-12)


@pytest.mark.parametrize(("C", "m"), [(1, 3), (4, 1), (4, 9)])
def test_one_hot_and_predict_undo_each_other(C: int, m: int) -> None:
    _, labels = draw(C, m)
    Y = one_hot(labels, C)
    assert Y.shape == (C, m)
    np.testing.assert_array_equal(Y.sum(axis=0), np.ones(m))
    np.testing.assert_array_equal(np.unique(Y), np.unique([1.0] if C == 1 else [0.0, 1.0]))
    np.testing.assert_array_equal(predict(Y), labels)


def test_classes_that_do_not_occur_keep_their_row() -> None:
    np.testing.assert_array_equal(one_hot(np.array([1, 1]), 4), [[0, 0], [1, 1], [0, 0], [0, 0]])


def test_predict_gives_one_index_a_column() -> None:
    AL = softmax(draw(5, 12)[0])
    assert predict(AL).tolist() == [max(range(5), key=lambda c: AL[c, i]) for i in range(12)]


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_logistic_loss_agrees_with_the_stable_logarithms_of_scipy(scale: float) -> None:
    Z = draw(3, 8)[0] * scale
    Y = (np.arange(24).reshape(3, 8) % 3 == 0).astype(float)
    expected = -Y * special.log_expit(Z) - (1 - Y) * special.log_expit(-Z)
    np.testing.assert_allclose(sigmoid_cross_entropy_with_logits(Z, Y), expected, rtol=1e-12, atol=1e-300)


def test_logistic_loss_has_the_slope_that_autograd_finds_in_the_textbook_formula() -> None:
    """Central differences of ours (error about 1e-9) against the derivative of the formula with sigmoids."""
    Z, Y = draw(3, 8)[0], (np.arange(24).reshape(3, 8) % 2).astype(float)

    def textbook(Z: np.ndarray) -> np.ndarray:
        s = 1 / (1 + anp.exp(-Z))
        return -Y * anp.log(s) - (1 - Y) * anp.log(1 - s)

    h = 1e-5
    slope = sigmoid_cross_entropy_with_logits(Z + h, Y) - sigmoid_cross_entropy_with_logits(Z - h, Y)
    np.testing.assert_allclose(slope / (2 * h), elementwise_grad(textbook)(Z), atol=1e-7)


DIMS = [200, 150, 120, 1]
Initializer = Callable[[Sequence[int]], dict[str, np.ndarray]]
INITIALIZERS: list[tuple[Initializer, Callable[[float], stats.rv_continuous], Callable[[int, int], float]]] = [
    (xavier_initialization, lambda v: stats.norm(0, sqrt(v)), lambda n_prev, n: 1 / n_prev),
    (
        xavier_initialization__glorot_normal,
        lambda v: stats.norm(0, sqrt(v)),
        lambda n_prev, n: 2 / (n_prev + n),
    ),
    (
        xavier_initialization__uniform,
        lambda v: stats.uniform(-sqrt(3 * v), 2 * sqrt(3 * v)),
        lambda n_prev, n: 1 / n_prev,
    ),
    (
        xavier_initialization__glorot_uniform,
        lambda v: stats.uniform(-sqrt(3 * v), 2 * sqrt(3 * v)),
        lambda n_prev, n: 2 / (n_prev + n),
    ),
]


@pytest.mark.parametrize(("initialize", "distribution", "variance"), INITIALIZERS)
def test_xavier_weights_have_the_promised_distribution(
    initialize: Initializer,
    distribution: Callable[[float], stats.rv_continuous],
    variance: Callable[[int, int], float],
) -> None:
    np.random.seed(0)
    parameters = initialize(DIMS)
    for layer in (1, 2):
        n_prev, n = DIMS[layer - 1], DIMS[layer]
        W = parameters[f"W{layer}"]
        assert W.shape == (n, n_prev)
        assert stats.kstest(W.ravel(), distribution(variance(n_prev, n)).cdf).pvalue > FALSE_ALARM_RATE
        # The variance of n * n_prev values scatters by sqrt(2 / count); seven of these is past that rate.
        assert W.var() * (1 / variance(n_prev, n)) == pytest.approx(1, abs=7 * sqrt(2 / W.size))


@pytest.mark.parametrize("initialize", [row[0] for row in INITIALIZERS])
def test_xavier_layers_are_independent_and_biases_zero(initialize: Initializer) -> None:
    np.random.seed(0)
    parameters = initialize([120, 120, 120, 3])
    assert stats.pearsonr(parameters["W1"].ravel(), parameters["W2"].ravel()).pvalue > FALSE_ALARM_RATE
    assert list(parameters) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    for layer, n in ((1, 120), (2, 120), (3, 3)):
        np.testing.assert_array_equal(parameters[f"b{layer}"], np.zeros((n, 1)))
