"""Oracle: HIPS autograd on a forward pass written anew, with one random projection per gradient."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from reference.batch_norm import (
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
    update_running_average,
)


def draw(n: int, m: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.integers(-1, 3, size=(n, 1))
    return (
        rng.normal(size=(n, m)) * scale + rng.normal(size=(n, 1)) * 5,
        rng.normal(size=(n, 1)) + 2,
        rng.normal(size=(n, 1)),
        rng.normal(size=(n, m)),
    )


def row_by_row(Z: np.ndarray, gamma: np.ndarray, beta: np.ndarray, epsilon: float) -> list[np.ndarray]:
    """The forward pass of each unit on its own, from the sums of values and of squared distances."""
    rows = []
    for z, scale, shift in zip(Z, gamma, beta, strict=True):
        distance = z - anp.sum(z) / len(z)
        rows.append(shift[0] + scale[0] * distance * (anp.dot(distance, distance) / len(z) + epsilon) ** -0.5)
    return rows


@pytest.mark.parametrize(("n", "m"), [(1, 2), (3, 5), (5, 3), (4, 64)])
@pytest.mark.parametrize("epsilon", [1e-8, 1e-2])
def test_backward_is_the_gradient_that_autograd_finds(n: int, m: int, epsilon: float) -> None:
    Z, gamma, beta, projection = draw(n, m)

    def projected(Z: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> float:
        rows = row_by_row(Z, gamma, beta, epsilon)
        return sum(anp.dot(weights, row) for weights, row in zip(projection, rows, strict=True))

    _, cache = batch_norm_forward(Z, gamma, beta, epsilon)
    actual = batch_norm_backward(projection, cache)
    for argument, gradient in enumerate(actual):
        expected = grad(projected, argument)(Z, gamma, beta)
        # Two examples cancel to rounding noise in dZ; the noise is measured by what is cancelled.
        noise = 1e-10 * np.abs(gamma / Z.std(axis=1, keepdims=True)).max()
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=noise)


@pytest.mark.parametrize("epsilon", [1e-8, 1e-2])
def test_forward_equals_the_row_by_row_computation(epsilon: float) -> None:
    Z, gamma, beta, _ = draw(4, 6)
    Z_tilde, _ = batch_norm_forward(Z, gamma, beta, epsilon)
    np.testing.assert_allclose(Z_tilde, np.array(row_by_row(Z, gamma, beta, epsilon)), rtol=1e-12, atol=1e-12)


def test_forward_gives_each_unit_the_mean_beta_and_the_deviation_gamma() -> None:
    Z, gamma, beta, _ = draw(4, 500)
    Z_tilde, _ = batch_norm_forward(Z, gamma, beta)
    np.testing.assert_allclose(Z_tilde.mean(axis=1, keepdims=True), beta, atol=1e-12)
    np.testing.assert_allclose(Z_tilde.std(axis=1, keepdims=True), np.abs(gamma), rtol=1e-5)


@pytest.mark.parametrize("m", [1, 4])
def test_a_constant_unit_comes_out_as_its_shift_with_a_zero_gradient(m: int) -> None:
    Z, gamma, beta = np.full((2, m), 3.0), np.array([[2.0], [5.0]]), np.array([[1.0], [-1.0]])
    Z_tilde, cache = batch_norm_forward(Z, gamma, beta)
    np.testing.assert_array_equal(Z_tilde, np.broadcast_to(beta, (2, m)))
    dZ, dgamma, dbeta = batch_norm_backward(np.ones((2, m)), cache)
    np.testing.assert_array_equal(dZ, np.zeros((2, m)))
    np.testing.assert_array_equal(dgamma, np.zeros((2, 1)))
    np.testing.assert_array_equal(dbeta, np.full((2, 1), m))


def test_running_averages_forget_with_powers_of_the_momentum() -> None:
    batches = [draw(3, 7, seed)[0] for seed in range(5)]
    mean, variance = np.zeros((3, 1)), np.ones((3, 1))
    for Z in batches:
        mean, variance = update_running_average(mean, variance, Z, 0.8)
    weights = [0.2 * 0.8 ** (4 - i) for i in range(5)]
    means = sum(w * (Z.sum(axis=1, keepdims=True) / 7) for w, Z in zip(weights, batches, strict=True))
    second = [(Z**2).mean(axis=1, keepdims=True) - Z.mean(axis=1, keepdims=True) ** 2 for Z in batches]
    variances = 0.8**5 + sum(w * v for w, v in zip(weights, second, strict=True))
    np.testing.assert_allclose(mean, means, rtol=1e-12)
    np.testing.assert_allclose(variance, variances, rtol=1e-9)


def test_inference_on_a_batch_with_its_own_statistics_is_the_forward_pass() -> None:
    Z, gamma, beta, _ = draw(3, 8)
    mean, variance = update_running_average(np.zeros((3, 1)), np.zeros((3, 1)), Z, momentum=0.0)
    np.testing.assert_allclose(
        batch_norm_inference(Z, gamma, beta, mean, variance, 1e-3),
        batch_norm_forward(Z, gamma, beta, 1e-3)[0],
        rtol=1e-12,
        atol=1e-13,
    )


def test_inference_treats_each_example_on_its_own() -> None:
    Z, gamma, beta, _ = draw(3, 8)
    mean, variance = update_running_average(np.zeros((3, 1)), np.ones((3, 1)), Z)
    together = batch_norm_inference(Z, gamma, beta, mean, variance)
    one_by_one = [batch_norm_inference(Z[:, [i]], gamma, beta, mean, variance) for i in range(8)]
    np.testing.assert_array_equal(together, np.concatenate(one_by_one, axis=1))
