"""Tensors of deep learning frameworks in the worker: what a question becomes, and what is read of a reply.

The file stands beside student code like ``wire.py``: it imports a framework when an object of one of its classes is made,
which only the worker of an assignment about that framework does. See ``docs/design/frameworks.md``.
"""

from __future__ import annotations

import importlib
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


class Torch:
    """Tensors of PyTorch. In the zygote nothing is computed with them before the walls stand, but for a warm-up."""

    def __init__(self, tensor: Any) -> None:
        torch: Any = importlib.import_module("torch")
        torch.set_num_threads(1)  # the walls refuse threads: an operation that wants one would end the process
        torch.set_num_threads = torch.set_num_interop_threads = _one_for_all
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
    """Tensors and variables of TensorFlow 2."""

    def __init__(self, tensor: Any) -> None:
        raise NotImplementedError


_MAKERS: Mapping[str, Any] = {"torch": Torch, "tensorflow": TensorFlow}


def imported(packages: Sequence[str], tensor: type) -> Any:
    """What makes tensors of the framework among some packages, which it imports; None where there is none."""
    name = framework_of(packages)
    return _MAKERS[name](tensor) if name else None
