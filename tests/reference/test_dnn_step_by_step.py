"""The deep network against einsum, SciPy and autograd."""

import numpy as np
import pytest
from scipy import special, stats

from reference import dnn_step_by_step as dnn
from tests.reference import oracles
from tests.reference.oracles import assert_agree, assert_all_agree

NETWORKS = {
    "one layer": ([4, 1], 6),
    "two layers": ([3, 5, 1], 7),
    "three layers": ([4, 6, 3, 1], 9),
    "five layers": ([3, 7, 5, 4, 6, 1], 8),
    "one example": ([4, 5, 3, 2, 1], 1),
    "one unit everywhere": ([1, 1, 1, 1], 5),
}


@pytest.fixture(params=NETWORKS, ids=str)
def network(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    layer_dims, m = NETWORKS[request.param]
    return oracles.random_network(7, layer_dims, m)


@pytest.mark.parametrize(
    ("initialize", "arguments", "scales"),
    [
        (dnn.initialize_parameters, (180, 160, 120), (0.01, 0.01)),
        (dnn.initialize_parameters_deep, ([180, 160, 120],), (0.01, 0.01)),
        (dnn.initialize_parameters_deep__scaled, ([180, 160, 120],), (180**-0.5, 160**-0.5)),
    ],
)
def test_weights_are_gaussian_with_the_right_scale_and_biases_zero(initialize, arguments, scales) -> None:
    np.random.seed(11)
    parameters = initialize(*arguments)
    assert {name: value.shape for name, value in parameters.items()} == {
        "W1": (160, 180),
        "b1": (160, 1),
        "W2": (120, 160),
        "b2": (120, 1),
    }
    assert not parameters["b1"].any() and not parameters["b2"].any()
    for l, scale in enumerate(scales, start=1):
        p_value = stats.kstest(parameters[f"W{l}"].ravel() / scale, "norm").pvalue
        assert p_value > oracles.FALSE_ALARM_RATE


def test_layers_do_not_repeat_the_same_numbers() -> None:
    np.random.seed(12)
    parameters = dnn.initialize_parameters_deep([60, 60, 60])
    correlation = stats.pearsonr(parameters["W1"].ravel(), parameters["W2"].ravel())
    assert correlation.pvalue > oracles.FALSE_ALARM_RATE


def test_linear_forward_multiplies_and_adds_and_caches_its_inputs() -> None:
    X, _, parameters = oracles.random_network(1, [4, 3, 1], 5)
    W, b = parameters["W1"], parameters["b1"]
    Z, cache = dnn.linear_forward(X, W, b)
    assert_agree(Z, np.einsum("ij,jk->ik", W, X) + b)
    assert cache[0] is X and cache[1] is W and cache[2] is b


def test_the_forward_pass_agrees_with_the_logits_of_the_oracle(network) -> None:
    X, _, parameters = network
    AL, caches = dnn.L_model_forward(X, parameters)
    assert_agree(AL, special.expit(oracles.logits(parameters, X)))
    assert len(caches) == len(parameters) // 2
    for l, ((A_prev, W, b), Z) in enumerate(caches, start=1):
        assert W is parameters[f"W{l}"] and b is parameters[f"b{l}"]
        assert_agree(Z, np.einsum("ij,jk->ik", W, A_prev) + b)


def test_the_cost_agrees_with_scipy(network) -> None:
    X, Y, parameters = network
    AL, _ = dnn.L_model_forward(X, parameters)
    expected = -np.mean(special.xlogy(Y, AL) + special.xlog1py(1 - Y, -AL))
    assert dnn.compute_cost(AL, Y) == pytest.approx(expected, rel=1e-10)
    assert dnn.compute_cost(AL, Y.astype(int)) == dnn.compute_cost(AL, Y)


def test_the_cost_of_a_certain_right_answer_is_zero_and_of_a_certain_wrong_one_infinite() -> None:
    certain = np.array([[1.0, 0.0]])
    assert dnn.compute_cost(certain, certain) == 0.0
    assert dnn.compute_cost(certain, 1 - certain) == np.inf


def test_the_gradients_agree_with_autograd(network) -> None:
    X, Y, parameters = network
    grads = dnn.L_model_backward(*_forward(X, Y, parameters))
    assert_all_agree(grads, oracles.parameter_gradients(lambda p: oracles.network_cost(p, X, Y), parameters))


def test_the_gradients_agree_with_numerical_ones() -> None:
    X, Y, parameters = oracles.random_network(5, [3, 4, 2, 1], 6)
    grads = dnn.L_model_backward(*_forward(X, Y, parameters))
    for name in parameters:
        numerical = oracles.numerical_gradient(
            lambda value, name=name: float(oracles.network_cost(parameters | {name: value}, X, Y)),
            parameters[name],
            step=1e-4,
        )
        assert_agree(grads[f"d{name}"], numerical, rtol=1e-7)


@pytest.mark.parametrize(("backward", "shift"), [(dnn.L_model_backward, 1), (dnn.L_model_backward__shifted_keys, 0)])
def test_each_key_scheme_holds_the_gradients_of_the_activations(network, backward, shift: int) -> None:
    X, Y, parameters = network
    grads = backward(*_forward(X, Y, parameters))
    expected = {f"dA{l + shift}": dA for l, dA in enumerate(oracles.activation_gradients(parameters, X, Y))}
    assert {name for name in grads if name.startswith("dA")} == set(expected)
    assert_all_agree(grads, expected)


def test_integer_labels_give_the_same_gradients(network) -> None:
    X, Y, parameters = network
    AL, Y, caches = _forward(X, Y, parameters)
    assert_all_agree(dnn.L_model_backward(AL, Y.astype(int), caches), dnn.L_model_backward(AL, Y, caches), rtol=0.0)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_one_layer_agrees_with_autograd(activation: str) -> None:
    A_prev, _, parameters = oracles.random_network(3, [4, 3], 6)
    W, b = parameters["W1"], parameters["b1"]
    dA = np.random.default_rng(4).normal(size=(3, 6))
    A, cache = dnn.linear_activation_forward(A_prev, W, b, activation)
    assert_agree(A, _layer(A_prev, W, b, activation))
    dA_prev, dW, db = dnn.linear_activation_backward(dA, cache, activation)
    assert_agree(dA_prev, oracles.grad(lambda v: (dA * _layer(v, W, b, activation)).sum())(A_prev))
    assert_agree(dW, oracles.grad(lambda v: (dA * _layer(A_prev, v, b, activation)).mean(axis=1).sum())(W))
    assert_agree(db, oracles.grad(lambda v: (dA * _layer(A_prev, W, v, activation)).mean(axis=1).sum())(b))


def test_linear_backward_agrees_with_autograd() -> None:
    A_prev, _, parameters = oracles.random_network(3, [4, 3], 6)
    W, b = parameters["W1"], parameters["b1"]
    dZ = np.random.default_rng(4).normal(size=(3, 6))

    def weighted(A_prev, W, b):
        return (dZ * (oracles.anp.dot(W, A_prev) + b)).sum()

    dA_prev, dW, db = dnn.linear_backward(dZ, (A_prev, W, b))
    assert_agree(dA_prev, oracles.grad(weighted, 0)(A_prev, W, b))
    assert_agree(dW, oracles.grad(weighted, 1)(A_prev, W, b) / 6)
    assert_agree(db, oracles.grad(weighted, 2)(A_prev, W, b) / 6)


def test_a_step_goes_against_the_gradient_and_returns_fresh_arrays() -> None:
    X, Y, parameters = oracles.random_network(9, [4, 3, 2, 1], 6)
    grads = dnn.L_model_backward(*_forward(X, Y, parameters))
    updated = dnn.update_parameters(parameters, grads, 0.25)
    assert list(updated) == list(parameters)
    for name, value in updated.items():
        assert_agree((parameters[name] - value) * 4, grads[f"d{name}"])
        assert not np.shares_memory(value, parameters[name])


def test_no_function_changes_its_arguments() -> None:
    X, Y, parameters = oracles.random_network(9, [4, 3, 2, 1], 6)
    AL, _, caches = _forward(X, Y, parameters)
    grads = dnn.L_model_backward(AL, Y, caches)
    oracles.assert_leaves_inputs_alone(dnn.L_model_forward, X, parameters)
    oracles.assert_leaves_inputs_alone(dnn.compute_cost, AL, Y)
    oracles.assert_leaves_inputs_alone(dnn.linear_backward, AL, caches[-1][0])
    oracles.assert_leaves_inputs_alone(dnn.linear_activation_backward, AL, caches[-1], "relu")
    oracles.assert_leaves_inputs_alone(dnn.L_model_backward, AL, Y, caches)
    oracles.assert_leaves_inputs_alone(dnn.update_parameters, parameters, grads, 0.1)


def test_an_unknown_activation_is_refused_by_name() -> None:
    one = np.ones((1, 1))
    with pytest.raises(ValueError, match='activation is \'softmax\', expected "sigmoid" or "relu"'):
        dnn.linear_activation_forward(one, one, one, "softmax")
    with pytest.raises(ValueError, match='activation is \'softmax\', expected "sigmoid" or "relu"'):
        dnn.linear_activation_backward(one, ((one, one, one), one), "softmax")


def _forward(X, Y, parameters):
    AL, caches = dnn.L_model_forward(X, parameters)
    return AL, Y, caches


def _layer(A_prev, W, b, activation: str):
    """One layer for autograd, by other formulas than the reference."""
    Z = oracles.anp.dot(W, A_prev) + b
    return 0.5 * (1.0 + oracles.anp.tanh(0.5 * Z)) if activation == "sigmoid" else 0.5 * (Z + oracles.anp.abs(Z))
