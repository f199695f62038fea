"""The activations against extended precision, their gradients against autograd."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad

from reference import activations
from tests.reference.oracles import assert_agree, assert_leaves_inputs_alone

Z = np.random.default_rng(0).normal(scale=4.0, size=(7, 30))
DA = np.random.default_rng(1).normal(size=Z.shape)
HUGE = np.array([[-1e308, -800.0, -40.0, -0.0, 0.0, 40.0, 800.0, 1e308]])

FORWARD = {"sigmoid": activations.sigmoid, "relu": activations.relu, "tanh": activations.tanh}
BACKWARD = {
    "sigmoid": activations.sigmoid_backward,
    "relu": activations.relu_backward,
    "tanh": activations.tanh_backward,
}
ORACLES = {
    "sigmoid": lambda z: 0.5 * (1.0 + anp.tanh(0.5 * z)),
    "relu": lambda z: 0.5 * (z + anp.abs(z)),
    "tanh": lambda z: (anp.exp(z) - anp.exp(-z)) / (anp.exp(z) + anp.exp(-z)),
}


@pytest.mark.parametrize("name", FORWARD)
def test_an_activation_agrees_with_another_formula_and_caches_its_input(name: str) -> None:
    A, cache = FORWARD[name](Z)
    assert_agree(A, ORACLES[name](Z))
    assert cache is Z


@pytest.mark.parametrize("name", BACKWARD)
def test_the_gradient_of_an_activation_agrees_with_autograd(name: str) -> None:
    assert_agree(BACKWARD[name](DA, Z), DA * elementwise_grad(ORACLES[name])(Z))


def test_sigmoid_keeps_its_relative_precision_in_both_tails() -> None:
    z = np.linspace(-700.0, 700.0, 2001)
    exact = 1 / (1 + np.exp(-z.astype(np.longdouble)))
    np.testing.assert_allclose(activations.sigmoid(z)[0], exact.astype(float), rtol=1e-15)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_the_slope_keeps_its_relative_precision_in_both_tails(name: str) -> None:
    z = np.linspace(-300.0, 300.0, 2001)
    argument = z.astype(np.longdouble) * (0.5 if name == "sigmoid" else 1.0)
    exact = np.cosh(argument) ** -2 * (0.25 if name == "sigmoid" else 1.0)
    np.testing.assert_allclose(BACKWARD[name](np.ones_like(z), z), exact.astype(float), rtol=1e-14)


@pytest.mark.parametrize("name", FORWARD)
def test_huge_entries_give_no_warning_and_no_nan(name: str) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.all(np.isfinite(FORWARD[name](HUGE)[0])) and np.all(np.isfinite(BACKWARD[name](np.ones_like(HUGE), HUGE)))


def test_relu_has_derivative_zero_at_the_kink() -> None:
    assert activations.relu_backward(np.array([[5.0, 5.0]]), np.array([[0.0, -0.0]])).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("shape", [(), (5,), (1, 1), (2, 3, 4)])
@pytest.mark.parametrize("name", FORWARD)
def test_every_shape_comes_back_as_it_went_in(name: str, shape: tuple[int, ...]) -> None:
    z = np.full(shape, 0.5)
    assert np.shape(FORWARD[name](z)[0]) == np.shape(BACKWARD[name](z, z)) == shape


@pytest.mark.parametrize("name", BACKWARD)
def test_neither_gradient_nor_cache_is_changed(name: str) -> None:
    assert_leaves_inputs_alone(BACKWARD[name], DA, Z)


@pytest.mark.parametrize("name", FORWARD)
def test_whole_numbers_are_accepted_and_give_floats(name: str) -> None:
    assert FORWARD[name](np.array([[-1, 0, 2]]))[0].dtype == np.float64
