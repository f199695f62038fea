"""A second oracle where PyTorch is installed: its optimizers, batch normalization, and cross-entropies.

Each test says how PyTorch's convention maps onto the contract's. Everything runs in float64.
"""

from typing import Any

import numpy as np
import pytest

from reference.averages_and_rmsprop import update_parameters_with_rmsprop
from reference.batch_norm import (
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
    update_running_average,
)
from reference.optimization import (
    initialize_adam,
    initialize_velocity,
    update_parameters_with_adam,
    update_parameters_with_gd,
    update_parameters_with_momentum,
)
from reference.softmax_regression import (
    one_hot,
    sigmoid_cross_entropy_with_logits,
    softmax,
    softmax_backward,
    softmax_cost,
)
from tests.reference.oracles import assert_agree, assert_all_agree

torch = pytest.importorskip("torch", reason="PyTorch is only a second oracle and is not installed")

SHAPES = {"W1": (4, 3), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}
STEPS = 6


def arrays(seed: int, prefix: str = "") -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {prefix + name: rng.normal(size=shape) for name, shape in SHAPES.items()}


def torch_steps(optimizer: Any, **settings: Any) -> dict[str, np.ndarray]:
    """Start from ``arrays(0)`` and take STEPS steps with the gradients ``arrays(1)``, ``arrays(2)``, ..."""
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in arrays(0).items()}
    stepper = optimizer(list(tensors.values()), **settings)
    for t in range(1, STEPS + 1):
        for name, gradient in arrays(t).items():
            tensors[name].grad = torch.tensor(gradient)
        stepper.step()
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def test_gradient_descent_is_torch_sgd() -> None:
    parameters = arrays(0)
    for t in range(1, STEPS + 1):
        parameters = update_parameters_with_gd(parameters, arrays(t, "d"), 0.3)
    assert_all_agree(parameters, torch_steps(torch.optim.SGD, lr=0.3))


def test_momentum_is_torch_sgd_with_dampening_from_the_second_step_on() -> None:
    """With ``dampening = beta`` PyTorch has ``v = beta v + (1 - beta) g`` too, but its first v is g itself.

    Ours comes to the same when v starts at the first gradient: ``beta g + (1 - beta) g = g``.
    """
    parameters, v = arrays(0), arrays(1, "d")
    for t in range(1, STEPS + 1):
        parameters, v = update_parameters_with_momentum(parameters, arrays(t, "d"), v, 0.8, 0.3)
    assert_all_agree(parameters, torch_steps(torch.optim.SGD, lr=0.3, momentum=0.8, dampening=0.8))


def test_rmsprop_is_torch_rmsprop() -> None:
    """PyTorch's alpha is beta2; epsilon stands outside the root in both, and the average starts at zero."""
    parameters, s = arrays(0), initialize_velocity(arrays(0))
    for t in range(1, STEPS + 1):
        parameters, s = update_parameters_with_rmsprop(parameters, arrays(t, "d"), s, 0.75, 0.1, 1e-3)
    assert_all_agree(parameters, torch_steps(torch.optim.RMSprop, lr=0.1, alpha=0.75, eps=1e-3))


def test_adam_is_torch_adam() -> None:
    """The conventions are the same: both averages corrected, epsilon added to the corrected root."""
    parameters = arrays(0)
    v, s = initialize_adam(parameters)
    for t in range(1, STEPS + 1):
        parameters, v, s = update_parameters_with_adam(parameters, arrays(t, "d"), v, s, t, 0.05, 0.7, 0.9, 1e-3)
    assert_all_agree(parameters, torch_steps(torch.optim.Adam, lr=0.05, betas=(0.7, 0.9), eps=1e-3))


def test_batch_norm_is_torch_batch_norm_of_the_transpose() -> None:
    """PyTorch has examples in rows; the variance that it normalizes with is the biased one, as ours."""
    rng = np.random.default_rng(0)
    Z, gamma, beta, projection = (rng.normal(size=size) for size in ((4, 7), (4, 1), (4, 1), (4, 7)))
    tensors = [torch.tensor(a, requires_grad=True) for a in (Z.T, gamma.ravel(), beta.ravel())]
    output = torch.nn.functional.batch_norm(tensors[0], None, None, tensors[1], tensors[2], training=True, eps=1e-3)
    (output * torch.tensor(projection.T)).sum().backward()
    Z_tilde, cache = batch_norm_forward(Z, gamma, beta, 1e-3)
    assert_agree(Z_tilde, output.detach().numpy().T)
    dZ, dgamma, dbeta = batch_norm_backward(projection, cache)
    for actual, tensor in zip((dZ, dgamma.ravel(), dbeta.ravel()), tensors, strict=True):
        assert_agree(actual, tensor.grad.numpy().T)


def test_running_averages_are_torchs_with_the_biased_variance() -> None:
    """PyTorch's momentum weighs the *new* value; its running variance is unbiased: ours times m / (m - 1)."""
    rng = np.random.default_rng(1)
    Z, m = rng.normal(size=(3, 6)), 6
    mean, variance = torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    torch.nn.functional.batch_norm(torch.tensor(Z.T), mean, variance, training=True, momentum=0.3)
    zeros = np.zeros((3, 1))
    running_mean, running_variance = update_running_average(zeros, zeros, Z, momentum=0.7)
    assert_agree(running_mean.ravel(), mean.numpy())
    assert_agree(running_variance.ravel() * m / (m - 1), variance.numpy())
    inference = torch.nn.functional.batch_norm(
        torch.tensor(Z.T),
        torch.tensor(running_mean.ravel()),
        torch.tensor(running_variance.ravel()),
        eps=1e-3,
    )
    ones = np.ones((3, 1))
    assert_agree(batch_norm_inference(Z, ones, zeros, running_mean, running_variance, 1e-3), inference.numpy().T)


def test_softmax_cost_is_torch_cross_entropy_of_the_scores() -> None:
    """PyTorch takes scores and class indices, examples in rows; its gradient is the mean's, ours over m."""
    rng = np.random.default_rng(2)
    Z, labels = rng.normal(size=(5, 8)) * 3, rng.integers(0, 5, size=8)
    scores = torch.tensor(Z.T, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
    loss.backward()
    AL, Y = softmax(Z), one_hot(labels, 5)
    assert_agree(softmax_cost(AL, Y), loss.item())
    assert_agree(softmax_backward(AL, Y) / 8, scores.grad.numpy().T)


def test_logistic_loss_is_torch_binary_cross_entropy_with_logits() -> None:
    """The names of the two say the same; ``reduction="none"`` keeps the entries apart."""
    rng = np.random.default_rng(3)
    Z, Y = rng.normal(size=(3, 8)) * 40, rng.integers(0, 2, size=(3, 8)).astype(float)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(Z), torch.tensor(Y), reduction="none")
    assert_agree(sigmoid_cross_entropy_with_logits(Z, Y), expected.numpy())
