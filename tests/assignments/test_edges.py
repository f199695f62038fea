"""Inputs that are easily forgotten are asked among the first: who is wrong on one kind alone does not pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.author import read_author, run_trusted
from grader.freezing.store import frozen_cases
from grader.judging.checks import verdict_of
from grader.judging.judge import judges_of
from grader.judging.outcomes import arguments_of

ROOT = Path(__file__).parents[2]


def same_shapes(dims: Any, *_: Any) -> bool:
    shapes = list(pairwise(dims))
    return len(set(shapes)) < len(shapes)


def fitting(parameters: Any, *_: Any) -> bool:
    shapes = [value.shape for name, value in parameters.items() if name.startswith("W")]
    return len(set(shapes)) < len(shapes)


def square(A_prev: Any, W: Any, *_: Any) -> bool:
    return bool(W.shape[0] == W.shape[1])


EDGES: list[tuple[str, str, str, Callable[..., Any]]] = [
    ("dnn_step_by_step", "L_model_forward", "eleven layers", lambda X, p: len(p) == 22),
    ("dnn_step_by_step", "update_parameters", "eleven layers", lambda p, *_: len(p) == 22),
    (
        "learning_rate_decay",
        "schedule_lr_decay",
        "49 times 1/49",
        lambda rate, epoch, decay, k: k == epoch and k * (1 / k) < 1,
    ),
    ("dnn_step_by_step", "L_model_forward", "one unit", lambda X, p: 1 in [len(p[f"b{n}"]) for n in range(1, len(p) // 2)]),
    ("dnn_step_by_step", "L_model_forward", "weights of one shape", lambda X, p: fitting(p)),
    ("dnn_step_by_step", "L_model_forward", "far out", lambda X, p: np.abs(X).max() > 100),
    ("dnn_step_by_step", "linear_activation_forward", "a square W", square),
    ("dnn_step_by_step", "linear_activation_backward", "a square W", lambda dA, cache, _: square(*cache[0])),
    ("dnn_step_by_step", "linear_activation_backward", "far out", lambda dA, cache, _: np.abs(cache[1]).max() > 100),
    ("dnn_step_by_step", "L_model_backward", "weights of one shape", lambda AL, Y, c: c[1][0][1].shape == c[0][0][1].shape),
    (
        "dnn_step_by_step",
        "L_model_backward",
        "nothing comes back through a layer",
        lambda AL, Y, caches: any((Z <= 0).all() for _, Z in caches[:-1]),
    ),
    (
        "optimization",
        "update_parameters_with_gd",
        "weights with gradients of zero, and biases without",
        lambda p, grads, rate: (
            not any(grads[n].any() for n in grads if n[1] == "W") and any(g.any() for g in grads.values())
        ),
    ),
    ("dnn_step_by_step", "L_model_backward", "sure and wrong", lambda AL, Y, caches: np.abs(AL - Y).max() > 1 - 1e-5),
    ("dnn_step_by_step", "compute_cost", "as good as sure, and wrong", lambda AL, Y: np.abs(AL - Y).max() > 1 - 1e-6),
    ("dnn_step_by_step", "update_parameters", "biases of 0", lambda p, *_: not p["b1"].any()),
    ("dnn_step_by_step", "update_parameters", "small gradients", lambda p, g, _: 0 < np.abs(g["dW1"]).max() < 0.05),
    ("dnn_application", "two_layer_model", "layers of one size", lambda X, Y, dims, *_: dims[0] == dims[1] > 1),
    ("dnn_application", "L_layer_model", "layers of one shape", lambda X, Y, dims, *_: same_shapes(dims)),
    ("deep_gradient_checking", "dictionary_to_vector", "a square W", fitting),
    ("deep_gradient_checking", "dictionary_to_vector", "biases of 0", lambda p: not p["b1"].any()),
    ("deep_gradient_checking", "vector_to_dictionary", "a square W", lambda vector, dims: same_shapes(dims)),
    ("deep_gradient_checking", "gradients_to_vector", "a gradient of 0", lambda gradients: not gradients["dW1"].any()),
    ("deep_gradient_checking", "forward_prop_cost", "weights of one shape", lambda X, p, *_: fitting(p)),
    ("deep_gradient_checking", "gradient_check", "weights of one shape", fitting),
    ("dnn_step_by_step", "L_model_backward", "one layer", lambda AL, Y, caches: len(caches) == 1),
    ("dnn_step_by_step", "L_model_backward", "one unit", lambda AL, Y, caches: 1 in [len(c[0][1]) for c in caches[:-1]]),
    ("optimization", "update_parameters_with_adam", "beta1 is 0", lambda *a: a[6] == 0),
    ("optimization", "update_parameters_with_adam", "beta2 is 0", lambda *a: a[7] == 0),
    ("deep_gradient_checking", "forward_difference", "a step backwards", lambda f, x, epsilon: epsilon < 0),
    ("deep_gradient_checking", "central_difference", "a step backwards", lambda f, x, epsilon: epsilon < 0),
    ("batch_norm", "update_running_average", "nothing yet", lambda mean, *_: not mean.any()),
    ("batch_norm", "batch_norm_inference", "nothing yet", lambda Z, gamma, beta, mean, *_: not mean.any()),
    ("softmax_regression", "sigmoid_cross_entropy_with_logits", "a score of 0", lambda Z, Y: not Z.all()),
    ("softmax_regression", "sigmoid_cross_entropy_with_logits", "one axis", lambda Z, Y: Z.ndim == 1),
    ("softmax_regression", "sigmoid_cross_entropy_with_logits", "three axes", lambda Z, Y: Z.ndim == 3),
    ("softmax_regression", "softmax_backward", "a probability of 0", lambda AL, Y: not AL.all()),
    ("gradient_checking", "backward_propagation", "theta of 0", lambda x, theta: theta == 0),
    ("gradient_checking", "gradient_check", "theta of 0", lambda x, theta, epsilon: theta == 0),
    ("deep_gradient_checking", "central_difference", "x of 0", lambda f, x, epsilon: x == 0),
    (
        "deep_gradient_checking",
        "gradients_to_vector",
        "db before dW",
        lambda gradients: list(gradients).index("db1") < list(gradients).index("dW1"),
    ),
    ("softmax_regression", "predict", "scores below 0", lambda AL: AL.max(axis=0).min() < 0),
    ("softmax_regression", "predict", "two scores", lambda AL: len(AL) == 2 and not np.allclose(AL.sum(axis=0), 1)),
    ("regularization", "backward_propagation_with_dropout", "masks of numbers", lambda X, Y, c, k: c[1].dtype != bool),
    ("regularization", "forward_propagation_with_dropout", "few are dropped", lambda X, p, k: 0.9 < k < 1),
    ("initialization", "initialize_parameters_random", "layers of one shape", same_shapes),
    ("dnn_application", "two_layer_model", "an exact zero", lambda X, *_: not X.any(axis=0).all()),
    ("dnn_application", "two_layer_model", "costs are printed", lambda *a: a[5]),
    ("dnn_application", "L_layer_model", "costs are printed", lambda *a: a[5]),
    ("dnn_application", "two_layer_model", "a rate of 0", lambda *a: a[3] == 0),
    ("dnn_application", "L_layer_model", "a rate of 0", lambda *a: a[3] == 0),
    ("initialization", "model", "a rate of 0", lambda *a: a[2] == 0),
    ("regularization", "model", "a rate of 0", lambda *a: a[2] == 0),
    ("dnn_step_by_step", "update_parameters", "a rate of 0", lambda parameters, grads, rate: rate == 0),
    ("optimization", "update_parameters_with_gd", "a rate of 0", lambda parameters, grads, rate: rate == 0),
    ("optimization", "update_parameters_with_momentum", "a rate of 0", lambda *a: a[4] == 0),
    ("optimization", "update_parameters_with_adam", "a rate of 0", lambda *a: a[5] == 0),
    ("averages_and_rmsprop", "update_parameters_with_rmsprop", "a rate of 0", lambda *a: a[4] == 0),
    ("averages_and_rmsprop", "exponentially_weighted_average", "whole numbers", lambda theta, *_: theta.dtype.kind == "i"),
    ("training_in_practice", "diagnose_fit", "no tolerance", lambda *a: a[3] == 0),
    ("training_in_practice", "sample_momentum", "from 0", lambda low, *_: low == 0),
    ("training_in_practice", "normalize", "small numbers", lambda X, mu, sigma: 0 < sigma.min() < 0.01),
    ("softmax_regression", "softmax_cost", "sure and wrong", lambda AL, Y: 0 < AL[Y == 1].max() < 1e-3),
    ("dnn_step_by_step", "compute_cost", "sure and wrong", lambda AL, Y: AL.min() < 1e-3),
    ("regularization", "compute_cost_with_regularization", "sure and wrong", lambda A3, *_: A3.min() < 1e-3),
]


@cache
def described(assignment: str) -> Any:
    loaded = load_assignment(assignment, course=ROOT)
    return read_author(loaded), judges_of(loaded.spec, frozen_cases(loaded))


@pytest.mark.parametrize(
    ("assignment", "name", "kind", "is_meant"), EDGES, ids=lambda part: part if isinstance(part, str) else ""
)
def test_who_is_wrong_on_one_kind_of_input_alone_does_not_pass(
    assignment: str, name: str, kind: str, is_meant: Callable[..., Any]
) -> None:
    author, judges = described(assignment)
    right, judge = author.function(name), judges.functions[name].core

    def wrong_there(*args: Any) -> Any:
        return None if is_meant(*args) else right(*args)

    def outcomes(function: Callable[..., Any]) -> Any:
        return {case.key: run_trusted(author, {name: function}, case.plan) for case in judge.cases.cases}

    assert verdict_of(judge, outcomes(lambda *args: right(*args))).passed
    assert not verdict_of(judge, outcomes(wrong_there)).passed


MIXED: list[tuple[str, str, Callable[..., Any]]] = [
    *(("activations", name, lambda Z: Z) for name in ("sigmoid", "relu", "tanh")),
    *(("activations", f"{name}_backward", lambda dA, Z: Z) for name in ("sigmoid", "relu", "tanh")),
    ("dnn_step_by_step", "linear_activation_forward", lambda A, W, b, _: W @ A + b),
    ("dnn_step_by_step", "linear_activation_backward", lambda dA, cache, _: cache[1]),
    ("dnn_step_by_step", "L_model_forward", lambda X, _: X),
    ("softmax_regression", "softmax", lambda Z: Z - np.median(Z)),
    ("softmax_regression", "sigmoid_cross_entropy_with_logits", lambda Z, _: Z),
    ("batch_norm", "batch_norm_forward", lambda Z, *_: Z - np.median(Z)),
]


@pytest.mark.parametrize(("assignment", "name", "numbers"), MIXED, ids=lambda part: part if isinstance(part, str) else "")
def test_numbers_far_out_stand_beside_usual_ones(assignment: str, name: str, numbers: Callable[..., Any]) -> None:
    """Who asks of the array as a whole whether its numbers are large is wrong for the others."""
    cases = frozen_cases(load_assignment(assignment, course=ROOT)).functions[name].cases
    found = [np.abs(numbers(*arguments_of(case.plan))) for case in cases if len(case.plan.steps) == 1]
    assert any(some.max() > 100 and some.min() < 3 for some in found)
