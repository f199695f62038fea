"""Activation functions and their derivatives: sigmoid, relu, tanh."""

import numpy as np

from grader.spec import Assignment, Function, Property, cases

_KINDS = cases(one_example={"m": 1}, one_unit={"n": 1}, kink={}, saturated={})


def _pre_activation(d):
    """Z of shape (n, m): with exact zeros at the kink, up to +-30 when saturated, in the thousands when extreme."""
    n, m = d.sizes("n", "m")
    Z = d.array(n, m, scale={"saturated": 12.0, "extreme": 1500.0}.get(d.case, 1.0))
    if d.case == "kink":
        Z.flat[:: d.integer(2, 3)] = 0.0
    return Z


def _forward(d):
    return (_pre_activation(d),)


def _backward(d):
    Z = _pre_activation(d)
    return d.array(*Z.shape), Z


def _is_odd(given):
    (plus, _), (minus, _) = given.replies
    return None if np.allclose(plus, -minus, rtol=1e-9, atol=1e-12) else "tanh(-Z) is not -tanh(Z)"


def _adds_to_one(given):
    (plus, _), (minus, _) = given.replies
    return None if np.allclose(plus + minus, 1, rtol=0, atol=1e-9) else "sigmoid(Z) + sigmoid(-Z) is not 1"


def _mirrored(d):
    Z = _pre_activation(d)
    return [(Z,), (-Z,)]


def _is_linear_in_dA(given):
    one, two, both = given.replies
    return None if np.allclose(one + two, both, rtol=1e-9, atol=1e-12) else "the result is not linear in dA"


def _sum_of_gradients(d):
    dA, Z = _backward(d)
    other = d.array(*Z.shape)
    return [(dA, Z), (other, Z), (dA + other, Z)]


def _parts(given):
    (A, _), (opposite, _) = given.replies
    Z = given.steps[0].args[0]
    return None if np.allclose(A - opposite, Z, rtol=1e-9, atol=1e-12) else "relu(Z) - relu(-Z) is not Z"


_LINEAR = Property("linear in dA", 0.1, _sum_of_gradients, _is_linear_in_dA)
_EXTREME = cases(one_example={"m": 1}, one_unit={"n": 1}, saturated={}, extreme={})

ASSIGNMENT = Assignment(
    name="activations",
    title="Activation functions",
    source="002, appendix; tanh from 003",
    functions=(
        Function(
            "sigmoid",
            15,
            _forward,
            ("A", "cache"),
            "sigma(Z) = 1 / (1 + exp(-Z)), elementwise",
            classes=_EXTREME,
            weights={"cache": 0.25},
            properties=(Property("sigmoid(Z) + sigmoid(-Z) = 1", 0.1, _mirrored, _adds_to_one),),
        ),
        Function(
            "relu",
            15,
            _forward,
            ("A", "cache"),
            "max(0, Z), elementwise",
            classes=_KINDS,
            weights={"cache": 0.25},
            properties=(Property("relu(Z) - relu(-Z) = Z", 0.1, _mirrored, _parts),),
        ),
        Function(
            "tanh",
            15,
            _forward,
            ("A", "cache"),
            "tanh(Z), elementwise",
            classes=_EXTREME,
            weights={"cache": 0.25},
            properties=(Property("tanh is odd", 0.1, _mirrored, _is_odd),),
        ),
        Function(
            "sigmoid_backward",
            20,
            _backward,
            "dZ",
            "dA * sigma'(Z)",
            classes=_KINDS,
            properties=(_LINEAR,),
        ),
        Function(
            "relu_backward",
            15,
            _backward,
            "dZ",
            "dA where Z > 0, else 0",
            classes=_KINDS,
            properties=(_LINEAR,),
        ),
        Function(
            "tanh_backward",
            20,
            _backward,
            "dZ",
            "dA * (1 - tanh(Z)**2)",
            classes=_KINDS,
            properties=(_LINEAR,),
        ),
    ),
)
