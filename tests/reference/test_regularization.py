"""Regularization against autograd, dropout masks against the binomial distribution."""

import autograd.numpy as anp
import numpy as np
import pytest
from scipy import special, stats

from reference import regularization as reg
from reference.three_layer_network import backward_propagation, forward_propagation
from tests.reference import oracles
from tests.reference.oracles import assert_agree, assert_all_agree, random_network

LAYERS = [3, 8, 5, 1]


def regularized_cost(parameters, X, Y, lambd: float):
    penalty = sum(anp.sum(parameters[name] ** 2) for name in parameters if name.startswith("W"))
    return oracles.network_cost(parameters, X, Y) + 0.5 * lambd * penalty / Y.shape[1]


@pytest.mark.parametrize("m", [1, 7])
@pytest.mark.parametrize("lambd", [0, 0.7, 12.0])
def test_cost_and_gradients_with_l2_agree_with_autograd(lambd: float, m: int) -> None:
    X, Y, parameters = random_network(31, LAYERS, m)
    A3, cache = forward_propagation(X, parameters)
    cost = reg.compute_cost_with_regularization(A3, Y, parameters, lambd)
    assert cost == pytest.approx(float(regularized_cost(parameters, X, Y, lambd)), rel=1e-10)
    gradients = reg.backward_propagation_with_regularization(X, Y, cache, lambd)
    assert_all_agree(gradients, oracles.parameter_gradients(lambda p: regularized_cost(p, X, Y, lambd), parameters))
    plain = backward_propagation(X, Y, cache)
    assert list(gradients) == list(plain)
    assert_all_agree(gradients, {name: plain[name] for name in ("dZ1", "dZ2", "dZ3", "dA1", "dA2", "db1")}, rtol=0.0)


@pytest.mark.parametrize("m", [1, 9])
@pytest.mark.parametrize("keep_prob", [0.4, 0.86, 1.0])
def test_the_gradients_under_dropout_agree_with_autograd(keep_prob: float, m: int) -> None:
    X, Y, parameters = random_network(32, LAYERS, m)
    A3, cache = reg.forward_propagation_with_dropout(X, parameters, keep_prob)
    factors = [None, cache[1] / keep_prob, cache[6] / keep_prob]
    assert_agree(A3, special.expit(oracles.logits(parameters, X, factors=factors)))
    gradients = reg.backward_propagation_with_dropout(X, Y, cache, keep_prob)
    cost = oracles.parameter_gradients(lambda p: oracles.network_cost(p, X, Y, factors=factors), parameters)
    assert_all_agree(gradients, cost)
    _, dA1, dA2 = oracles.activation_gradients(parameters, X, Y, factors=factors)
    assert_all_agree(gradients, {"dA1": dA1, "dA2": dA2})


def test_the_dropout_cache_is_consistent_with_itself() -> None:
    X, _, parameters = random_network(33, LAYERS, 40)
    A3, cache = reg.forward_propagation_with_dropout(X, parameters, 0.6)
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, last, W3, b3 = cache
    assert last is A3
    assert D1.dtype == D2.dtype == bool
    assert all(array is parameters[name] for name, array in zip(parameters, (W1, b1, W2, b2, W3, b3), strict=True))
    for Z, D, A in ((Z1, D1, A1), (Z2, D2, A2)):
        assert_agree(A, np.where(D, Z.clip(min=0.0), 0.0) / 0.6)
    assert_agree(Z1, np.einsum("ij,jk->ik", W1, X) + b1)
    assert_agree(Z2, np.einsum("ij,jk->ik", W2, A1) + b2)
    assert_agree(Z3, np.einsum("ij,jk->ik", W3, A2) + b3)


@pytest.mark.parametrize("keep_prob", [0.2, 0.86])
def test_the_masks_keep_entries_independently_with_the_right_probability(keep_prob: float) -> None:
    X, parameters = _wide_network()
    _, cache = reg.forward_propagation_with_dropout(X, parameters, keep_prob)
    D1, D2 = cache[1], cache[6]
    for D in (D1, D2):
        assert stats.binomtest(int(D.sum()), D.size, keep_prob).pvalue > oracles.FALSE_ALARM_RATE
        for shifted in (D[:, 1:], D[1:, :]):
            neighbour = D[: shifted.shape[0], : shifted.shape[1]]
            assert stats.pearsonr(shifted.ravel(), neighbour.ravel()).pvalue > oracles.FALSE_ALARM_RATE
    assert stats.pearsonr(D1.ravel(), D2.ravel()).pvalue > oracles.FALSE_ALARM_RATE


def test_keeping_everything_is_the_plain_forward_pass() -> None:
    X, _, parameters = random_network(35, LAYERS, 6)
    dropout, _ = reg.forward_propagation_with_dropout(X, parameters, keep_prob=1.0)
    assert_agree(dropout, forward_propagation(X, parameters)[0], rtol=0.0)


def test_every_forward_pass_draws_the_same_masks() -> None:
    X, _, parameters = random_network(36, LAYERS, 6)
    first, second = (reg.forward_propagation_with_dropout(X, parameters, 0.5)[1] for _ in range(2))
    assert np.array_equal(first[1], second[1]) and np.array_equal(first[6], second[6])


@pytest.mark.parametrize(("lambd", "keep_prob"), [(0, 1), (0.7, 1), (0, 0.8)])
def test_training_follows_gradient_descent_by_autograd(lambd: float, keep_prob: float) -> None:
    X, Y, _ = random_network(37, [2, 3, 1], 15)
    expected = _published_start()
    for _ in range(6):
        rng = np.random.RandomState(1)
        factors = [None, *((rng.random_sample((n, 15)) < keep_prob) / keep_prob for n in (20, 3))]

        def cost(parameters, factors=factors):
            penalty = sum(anp.sum(parameters[name] ** 2) for name in ("W1", "W2", "W3"))
            return oracles.network_cost(parameters, X, Y, factors=factors) + 0.5 * lambd * penalty / 15

        gradients = oracles.parameter_gradients(cost, expected)
        expected = {name: value - 0.3 * gradients[f"d{name}"] for name, value in expected.items()}
    trained = reg.model(X, Y, num_iterations=6, print_cost=False, lambd=lambd, keep_prob=keep_prob)
    assert_all_agree(trained, expected)


def test_training_starts_from_the_published_weights() -> None:
    trained = reg.model(np.zeros((2, 3)), np.ones((1, 3)), num_iterations=0)
    assert_all_agree(trained, _published_start(), rtol=1e-15)


def test_l2_training_shrinks_the_weights() -> None:
    X, Y, _ = random_network(38, [2, 3, 1], 30)
    norms = {lambd: sum(float(np.sum(W**2)) for W in reg.model(X, Y, 0.3, 400, False, lambd).values()) for lambd in (0, 3.0)}
    assert norms[3.0] < norms[0]


def test_the_regularized_cost_is_printed_before_the_first_step(capsys: pytest.CaptureFixture[str]) -> None:
    X, Y, _ = random_network(39, [2, 3, 1], 30)
    reg.model(X, Y, num_iterations=2, lambd=2.0)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("cost after iteration 0: ")
    assert float(line.split()[-1]) == pytest.approx(float(regularized_cost(_published_start(), X, Y, 2.0)))
    reg.model(X, Y, num_iterations=2, print_cost=False)
    assert capsys.readouterr().out == ""


def test_l2_and_dropout_together_are_refused() -> None:
    with pytest.raises(ValueError, match="expected L2 regularization or dropout, not both"):
        reg.model(np.ones((2, 3)), np.ones((1, 3)), lambd=0.1, keep_prob=0.5)


def test_no_function_changes_its_arguments() -> None:
    X, Y, parameters = random_network(40, LAYERS, 6)
    A3, cache = forward_propagation(X, parameters)
    _, dropout_cache = reg.forward_propagation_with_dropout(X, parameters, 0.5)
    oracles.assert_leaves_inputs_alone(reg.compute_cost_with_regularization, A3, Y, parameters, 0.1)
    oracles.assert_leaves_inputs_alone(reg.backward_propagation_with_regularization, X, Y, cache, 0.1)
    oracles.assert_leaves_inputs_alone(reg.forward_propagation_with_dropout, X, parameters, 0.5)
    oracles.assert_leaves_inputs_alone(reg.backward_propagation_with_dropout, X, Y, dropout_cache, 0.5)


def _published_start() -> dict[str, np.ndarray]:
    rng = np.random.RandomState(3)
    start = {}
    for l, (n, n_prev) in enumerate(((20, 2), (3, 20), (1, 3)), start=1):
        start[f"W{l}"] = rng.standard_normal((n, n_prev)) / n_prev**0.5
        start[f"b{l}"] = np.zeros((n, 1))
    return start


def _wide_network() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """40 units in both hidden layers and 500 examples: masks of 20,000 entries of the same shape."""
    rng = np.random.default_rng(34)
    sizes = [2, 40, 40, 1]
    parameters = {}
    for l in (1, 2, 3):
        parameters[f"W{l}"] = rng.normal(size=(sizes[l], sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros((sizes[l], 1))
    return rng.normal(size=(2, 500)), parameters
