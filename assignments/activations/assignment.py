"""Activation functions and their derivatives: sigmoid, relu, tanh."""

import numpy as np

from grader.spec import Assignment, CaseClass, CaseSet, Function, Property, Ref, Step, cases

# What kinds of Z there are. Entries in the thousands are a check of their own.
_USUAL = {"one_example": {"m": 1}, "one_unit": {"n": 1}, "saturated": {}}
_SMOOTH, _WITH_KINK = {**_USUAL, "exact_zero": {}, "near_0": {}}, {**_USUAL, "kink": {}}
_SAME = {"n": 3, "m": 4}  # one after another: who remembers the last call by its shape is wrong
_GRADIENTS = (1.0, 40.0)  # dA is of any size: a clip shows in large ones alone
_NEAR_0 = (1.0, 400.0)  # where no slope is so small that a clip of Z shows, which is right
_SCALE = {"saturated": 12.0, "extreme": 1500.0, "near 0": 0.03, "tiny entries": 1e-6}


def _pre_activation(d):
    """Z of shape (n, m): around 1 or 4, exact zeros, around +-12 when saturated, thousands when extreme; small, or tiny.

    Some entries in the thousands stand beside others when far and near.
    """
    n, m = d.sizes("n", "m")
    Z = d.array(n, m, scale=_SCALE.get(d.case) or d.choice([1.0, 4.0]))
    if d.case in ("kink", "exact zero"):
        Z.flat[:: d.integer(2, 3)] = 0.0
    if d.case == "far and near":
        Z.flat[:: d.integer(2, 3)] *= 1500.0
    return Z


def _forward(d):
    return (_pre_activation(d),)


def _far_out(inputs, share=0.1):
    """Entries around a thousand, where the usual quotients of exponentials are nan; and some such beside usual ones."""
    classes = CaseClass("extreme", count=4), CaseClass("far and near", count=4, sizes={"n": (2, 4), "m": (2, 4)})
    return CaseSet("finite far out", share=share, inputs=inputs, classes=classes)


def _backward_of(forward):
    """Inputs of a backward function: dA, and the cache that the forward function hands over."""

    def inputs(d):
        Z = _pre_activation(d)
        _, cache = d.call(forward, Z)
        d.call(forward, d.array(*Z.shape))  # of the next layer: only the cache tells them apart
        return d.array(*Z.shape, scale=d.choice(_NEAR_0 if d.case in ("small", "near 0") else _GRADIENTS)), cache

    return inputs


def _mirrored(d):
    Z = _pre_activation(d)
    return [(Z,), (-Z,)]


def _adds_to_one(given):
    (plus, _), (minus, _) = given.replies
    return None if np.allclose(plus + minus, 1, rtol=0, atol=1e-6) else "sigmoid(Z) + sigmoid(-Z) is not 1"


def _differs_by_Z(given):
    (plus, _), (minus, _) = given.replies
    Z = given.steps[0].args[0]
    return None if np.allclose(plus - minus, Z, rtol=1e-9, atol=1e-12) else "relu(Z) - relu(-Z) is not Z"


def _is_odd(given):
    (plus, _), (minus, _) = given.replies
    return None if np.allclose(plus, -minus, rtol=1e-9, atol=1e-12) else "tanh(-Z) is not -tanh(Z)"


def _linear_in_dA(forward):
    """Two gradients and their sum, with the cache of the student's own forward function."""

    def plan(d):
        Z = _pre_activation(d)
        dA, other = (d.array(*Z.shape, scale=scale) for scale in _GRADIENTS)
        steps = []
        for gradient in (dA, other, dA + other):  # a cache each: who overwrites it has lost points for that already
            steps += [Step(forward, (Z.copy(),)), (gradient, Ref(len(steps), (1,)))]
        return steps

    return Property("linear in dA", share=0.1, plan=plan, judge=_is_linear)


def _is_linear(given):
    one, two, both = given.replies[1::2]
    if np.allclose(one + two, both, rtol=1e-9, atol=1e-12):
        return None
    return "dZ for the sum of two gradients dA is not the sum of the two dZ"


ASSIGNMENT = Assignment(
    name="activations",
    title="Activation functions",
    source="deep networks step by step, appendix; tanh from the gradient check of a deep network",
    functions=(
        Function(
            "sigmoid",
            points=15,
            inputs=_forward,
            returns=("A", "cache"),
            guards=("clipped", "guarded"),
            summary="sigma(Z) = 1 / (1 + exp(-Z)), element by element",
            classes=cases(**_SMOOTH),
            weights={"cache": 0.4},
            properties=(Property("sigmoid(Z) + sigmoid(-Z) = 1", share=0.15, plan=_mirrored, judge=_adds_to_one),),
            sets=(_far_out(_forward),),
        ),
        Function(
            "relu",
            points=15,
            inputs=_forward,
            returns=("A", "cache"),
            summary="max(0, Z), element by element",
            classes=cases(**_WITH_KINK, tiny_entries={}),
            weights={"cache": 0.4},
            properties=(Property("relu(Z) - relu(-Z) = Z", share=0.1, plan=_mirrored, judge=_differs_by_Z),),
            sets=(_far_out(_forward),),
        ),
        Function(
            "tanh",
            points=15,
            inputs=_forward,
            returns=("A", "cache"),
            guards=("clipped", "guarded"),
            summary="tanh(Z), element by element",
            classes=cases(**_SMOOTH),
            weights={"cache": 0.4},
            helpers=("sigmoid",),
            properties=(Property("tanh is odd", share=0.15, plan=_mirrored, judge=_is_odd),),
            sets=(_far_out(_forward),),
        ),
        Function(
            "sigmoid_backward",
            points=20,
            inputs=_backward_of("sigmoid"),
            returns="dZ",
            guards=("clipped", "guarded"),
            summary="dA * sigma'(Z)",
            classes=cases(**_SMOOTH, same_size=_SAME),
            helpers=("sigmoid",),
            properties=(_linear_in_dA("sigmoid"),),
            sets=(_far_out(_backward_of("sigmoid")),),
        ),
        Function(
            "relu_backward",
            points=15,
            inputs=_backward_of("relu"),
            returns="dZ",
            summary="dA where Z > 0, else 0",
            classes=cases(**_WITH_KINK, same_size=_SAME, tiny_entries={}),
            helpers=("relu",),
            properties=(_linear_in_dA("relu"),),
            sets=(_far_out(_backward_of("relu")),),
        ),
        Function(
            "tanh_backward",
            points=20,
            inputs=_backward_of("tanh"),
            returns="dZ",
            guards=("clipped", "guarded"),
            summary="dA * (1 - tanh(Z)**2)",
            classes=cases(**_SMOOTH, same_size=_SAME),
            helpers=("tanh",),
            properties=(_linear_in_dA("tanh"),),
            sets=(_far_out(_backward_of("tanh")),),
        ),
    ),
)
