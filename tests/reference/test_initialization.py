"""The initializers against their distributions, training against gradient descent by autograd."""

import numpy as np
import pytest
from scipy import stats

from reference import initialization as init
from tests.reference import oracles
from tests.reference.oracles import assert_all_agree, random_network

LAYERS = [150, 170, 110, 1]


def test_zeros_are_zeros_of_the_right_shapes() -> None:
    parameters = init.initialize_parameters_zeros([3, 4, 2])
    assert [value.shape for value in parameters.values()] == [(4, 3), (4, 1), (2, 4), (2, 1)]
    assert list(parameters) == ["W1", "b1", "W2", "b2"]
    assert not any(value.any() for value in parameters.values())


@pytest.mark.parametrize(
    ("initialize", "scale"),
    [
        (init.initialize_parameters_random, lambda n_prev: 10.0),
        (init.initialize_parameters_he, lambda n_prev: (2.0 / n_prev) ** 0.5),
    ],
)
def test_weights_are_gaussian_with_the_scale_of_their_own_layer(initialize, scale) -> None:
    np.random.seed(21)
    parameters = initialize(LAYERS)
    assert list(parameters) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    for l in (1, 2, 3):
        W = parameters[f"W{l}"]
        assert W.shape == (LAYERS[l], LAYERS[l - 1])
        assert not parameters[f"b{l}"].any() and parameters[f"b{l}"].shape == (LAYERS[l], 1)
        assert stats.kstest(W.ravel() / scale(LAYERS[l - 1]), "norm").pvalue > oracles.FALSE_ALARM_RATE


@pytest.mark.parametrize("initialize", [init.initialize_parameters_random, init.initialize_parameters_he])
def test_layers_do_not_repeat_the_same_numbers(initialize) -> None:
    np.random.seed(22)
    parameters = initialize([50, 50, 50])
    assert stats.pearsonr(parameters["W1"].ravel(), parameters["W2"].ravel()).pvalue > oracles.FALSE_ALARM_RATE


@pytest.mark.parametrize("initialization", ["zeros", "random", "he"])
def test_training_follows_gradient_descent_by_autograd(initialization: str) -> None:
    X, Y, _ = random_network(23, [2, 3, 1], 12)
    np.random.seed(24)
    expected = getattr(init, f"initialize_parameters_{initialization}")([2, 10, 5, 1])
    for _ in range(6):
        # The source's convention at the kink, which zero weights sit on: the derivative of relu at 0 is 0.
        gradients = oracles.parameter_gradients(lambda p: _cost_with_open_kink(p, X, Y), expected)
        expected = {name: value - 0.05 * gradients[f"d{name}"] for name, value in expected.items()}
    np.random.seed(24)
    trained = init.model(X, Y, 0.05, 6, print_cost=False, initialization=initialization)
    assert_all_agree(trained, expected)
    assert list(trained) == list(expected)


def test_he_separates_two_circles_that_zeros_cannot_tell_apart() -> None:
    rng = np.random.default_rng(25)
    Y = np.arange(200).reshape(1, 200) % 2
    angle = rng.uniform(0, 2 * np.pi, 200)
    X = np.where(Y == 1, 0.6, 1.0) * np.array([np.cos(angle), np.sin(angle)])
    np.random.seed(26)
    costs = {kind: float(oracles.network_cost(init.model(X, Y, 0.3, 1500, False, kind), X, Y)) for kind in ("zeros", "he")}
    assert costs["zeros"] == pytest.approx(np.log(2))
    assert costs["he"] < 0.1


def test_the_cost_is_printed_every_thousandth_step_and_only_on_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    X, Y = np.array([[0.0, 1.0]]), np.array([[0, 1]])
    init.model(X, Y, num_iterations=2001, print_cost=True, initialization="zeros")
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        f"cost after iteration {i}" for i in (0, 1000, 2000)
    ]
    init.model(X, Y, num_iterations=1, print_cost=False)
    assert capsys.readouterr().out == ""


def test_an_unknown_initialization_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match='initialization is \'xavier\', expected "zeros", "random" or "he"'):
        init.model(np.ones((2, 3)), np.ones((1, 3)), initialization="xavier")


def _cost_with_open_kink(parameters, X, Y):
    """The oracle's cost with relu written as ``z * (z > 0)``, whose derivative at 0 autograd takes as 0."""
    A = X
    for l in (1, 2, 3):
        Z = oracles.anp.dot(parameters[f"W{l}"], A) + parameters[f"b{l}"]
        A = Z * (Z > 0)
    return oracles.cross_entropy(Z, Y)
