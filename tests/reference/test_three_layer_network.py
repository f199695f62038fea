"""The network that three assignments share, against autograd."""

import numpy as np
import pytest
from scipy import special

from reference import three_layer_network as network
from tests.reference import oracles
from tests.reference.oracles import assert_agree, assert_all_agree

GRADIENT_NAMES = ["dZ3", "dW3", "db3", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1"]


@pytest.mark.parametrize(("layer_dims", "m"), [([2, 6, 3, 1], 9), ([4, 5, 3, 1], 1), ([1, 1, 1, 1], 4)])
def test_forward_and_backward_pass_agree_with_autograd(layer_dims: list[int], m: int) -> None:
    X, Y, parameters = oracles.random_network(2, layer_dims, m)
    A3, cache = network.forward_propagation(X, parameters)
    assert_agree(A3, special.expit(oracles.logits(parameters, X)))
    assert [np.shape(item) for item in cache[2::4]] == [parameters[name].shape for name in ("W1", "W2", "W3")]
    gradients = network.backward_propagation(X, Y, cache)
    assert list(gradients) == GRADIENT_NAMES
    assert_all_agree(gradients, oracles.parameter_gradients(lambda p: oracles.network_cost(p, X, Y), parameters))
    _, dA1, dA2 = oracles.activation_gradients(parameters, X, Y)
    assert_all_agree(gradients, {"dA1": dA1, "dA2": dA2, "dZ1": dA1 * (cache[0] > 0), "dZ2": dA2 * (cache[4] > 0)})
    assert_agree(gradients["dZ3"], special.expit(cache[8]) - Y)


def test_the_cache_holds_every_layer_in_order() -> None:
    X, _, parameters = oracles.random_network(2, [2, 6, 3, 1], 9)
    A3, cache = network.forward_propagation(X, parameters)
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, last, W3, b3 = cache
    assert last is A3
    assert all(
        array is parameters[name] for name, array in zip(network.PARAMETER_NAMES, (W1, b1, W2, b2, W3, b3), strict=True)
    )
    assert_agree(Z1, np.einsum("ij,jk->ik", W1, X) + b1)
    assert_agree(Z2, np.einsum("ij,jk->ik", W2, A1) + b2)
    assert_agree(Z3, np.einsum("ij,jk->ik", W3, A2) + b3)


def test_neither_pass_changes_its_arguments() -> None:
    X, Y, parameters = oracles.random_network(2, [2, 6, 3, 1], 9)
    oracles.assert_leaves_inputs_alone(network.forward_propagation, X, parameters)
    oracles.assert_leaves_inputs_alone(network.backward_propagation, X, Y, network.forward_propagation(X, parameters)[1])


def test_accuracy_counts_the_examples_on_the_right_side_of_one_half() -> None:
    identity = {f"{kind}{l}": np.full((1, 1), float(kind == "W")) for l in (1, 2, 3) for kind in ("W", "b")}
    identity["b3"] = np.array([[-1.0]])
    X = np.array([[0.0, 0.5, 2.0, 3.0]])
    assert network.accuracy(X, np.array([[0, 1, 1, 1]]), identity) == 0.75
