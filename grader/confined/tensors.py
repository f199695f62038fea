"""Tensors of deep learning frameworks in the worker: what a question becomes, and what is read of a reply.

The file stands beside student code like ``wire.py``: it imports a framework when an object of one of its classes is made,
which only the worker of an assignment about that framework does. See ``docs/design/frameworks.md``.
"""

from __future__ import annotations

import functools
import importlib
import os
import random
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["FRAMEWORKS", "framework_of", "imported"]

#: How people call the frameworks, by the package that an assignment names.
FRAMEWORKS: Mapping[str, str] = {"torch": "PyTorch", "tensorflow": "TensorFlow"}


def framework_of(packages: Sequence[str]) -> str:
    """The package among these that is a framework; empty where none is.

    >>> framework_of(["scipy", "torch"]), framework_of(["scipy"])
    ('torch', '')
    """
    return next((name for name in packages if name in FRAMEWORKS), "")


def _one_for_all(number: int) -> None:
    """However many threads are wished for, there is one."""


def _as_it_is(model: Any = None, **_: Any) -> Any:
    """``torch.compile`` without a compiler, which the walls do not let start: the numbers are the same."""
    return _as_it_is if model is None else model


def _without_gpu(torch: Any) -> None:
    """Let code that was written for a GPU run: what is sent there stays where it is."""
    for name in [name for name in vars(torch.cuda) if name.endswith("Tensor") and hasattr(torch, name)]:
        setattr(torch.cuda, name, getattr(torch, name))
    for kind in (torch.Tensor, torch.nn.Module):
        kind.cuda = lambda self, *args, **kwargs: self  # noqa: ARG005
        kind.to = _to_here(kind.to, torch.device)


def _to_here(to: Any, device: type) -> Any:
    """The method ``to`` for which every other device is this one."""

    def here(value: Any) -> Any:
        return "cpu" if isinstance(value, (str, device)) and str(value).startswith(("cuda", "mps")) else value

    @functools.wraps(to)
    def moved(self: Any, *args: Any, **kwargs: Any) -> Any:
        return to(self, *map(here, args), **{name: here(value) for name, value in kwargs.items()})

    return moved


class Torch:
    """Tensors of PyTorch. In the zygote nothing is computed with them before the walls stand, but for a warm-up."""

    def __init__(self, tensor: Any) -> None:
        torch: Any = importlib.import_module("torch")
        torch.set_num_threads(1)  # the walls refuse threads: an operation that wants one would end the process
        torch.set_num_threads = torch.set_num_interop_threads = _one_for_all
        torch.compile = _as_it_is
        _without_gpu(torch)
        self.tensor, self.from_numpy, self.seed = tensor, torch.from_numpy, torch.default_generator.manual_seed
        self.plain, self.detach, self.numpy = torch._C.DisableTorchFunctionSubclass, torch.Tensor.detach, torch.Tensor.numpy
        self.requires_grad = torch.Tensor.requires_grad
        self.kinds = torch.Tensor

        class Answered(torch.autograd.Function):  # type: ignore[misc]
            """An answer of the parent's, which is asked once more for the gradients."""

            @staticmethod
            def forward(ctx: Any, gradients: Any, result: Any, *_: Any) -> Any:
                ctx.gradients = gradients
                return result.clone()

            @staticmethod
            def backward(ctx: Any, upstream: Any) -> Any:
                return None, None, *ctx.gradients(upstream)

        self.answered = Answered

    def make(self, tensor: Any) -> Any:
        made = self.from_numpy(tensor.view(type(tensor).__base__))
        return made.requires_grad_() if tensor.requires_grad else made

    def read(self, value: Any) -> Any:
        if not issubclass(type(value), self.kinds):
            return None
        try:
            with self.plain():  # a subclass could answer for itself otherwise
                array = self.numpy(self.detach(value).resolve_conj().resolve_neg())
                return self.tensor(array, "torch", bool(self.requires_grad.__get__(value)))
        except Exception:  # sparse, quantized, without memory, of a dtype that NumPy has not
            return None

    def linked(self, result: Any, inputs: list[Any], gradients: Any) -> Any:
        return self.answered.apply(gradients, result, *inputs)


class TensorFlow:
    """Tensors and variables of TensorFlow 2.

    It starts threads with its first operation, and a fork loses them: nothing may be computed in the zygote. What can be
    looked up there without an operation is looked up there.
    """

    def __init__(self, tensor: Any) -> None:
        os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
        os.environ.update(TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")  # without it tells of itself at each start
        tf = importlib.import_module("tensorflow")
        kernels, ops = (importlib.import_module(f"tensorflow.python.framework.{name}") for name in ("kernels", "ops"))
        variable = importlib.import_module("tensorflow.python.ops.resource_variable_ops").BaseResourceVariable

        kernels.get_registered_kernels_for_op("MatMul")  # the first look reads /proc, or ends the process
        self.tensor, self.tf = tensor, tf
        self.tensors, self.numpy = ops.EagerTensor, ops.EagerTensor.numpy
        self.variables, self.value, self.trainable = variable, variable.read_value, variable.trainable
        self.set_seed, self.random_seed = tf.compat.v1.set_random_seed, random.seed  # of a graph, where nothing is eager

    def make(self, tensor: Any) -> Any:
        array = tensor.view(type(tensor).__base__)
        return self.tf.Variable(array) if tensor.requires_grad else self.tf.constant(array)

    def read(self, value: Any) -> Any:
        is_variable = issubclass(type(value), self.variables)
        if not is_variable and not issubclass(type(value), self.tensors):
            return None
        try:
            trainable = is_variable and bool(self.trainable.__get__(value))
            made = self.tensor(self.numpy(self.value(value) if is_variable else value), "tensorflow", trainable)
        except Exception:  # a variable of a graph, of another device
            return None
        return made if made.dtype.kind in "biufc" else None

    def linked(self, result: Any, inputs: list[Any], gradients: Any) -> Any:
        answered = self.tf.custom_gradient(lambda *_: (self.tf.identity(result), gradients))
        return answered(*map(self.tf.convert_to_tensor, inputs))

    def seed(self, number: int) -> None:
        self.set_seed(number)
        self.random_seed(number)  # from where Keras takes a seed that is not given


_MAKERS: Mapping[str, Any] = {"torch": Torch, "tensorflow": TensorFlow}


def imported(packages: Sequence[str], tensor: type) -> Any:
    """What makes tensors of the framework among some packages, which it imports; None where there is none."""
    name = framework_of(packages)
    return _MAKERS[name](tensor) if name else None
