"""Tensors on both sides of the wire: arrays with a mark here, the framework's own objects in the worker."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Ref, Tensor
from grader.confined.wire import decode, encode
from grader.errors import HarnessError
from grader.sandbox.child import package_folders
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Outcome, Plan, Program, Raised, Returned
from grader.sandbox.tensors import answer_in_tensors, as_arrays, as_tensors
from grader.sandbox.waiting import Patience
from grader.submission.reading import parse_submission

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")

# -- in this process, where no framework is imported ----------------------------------------


def test_numbers_of_a_result_become_tensors_and_come_back_as_arrays() -> None:
    value = {"W": np.ones((2, 1), np.float32), "more": [1, 0.5, np.float32(2)], "flag": True, "word": "relu"}
    marked = as_tensors(value, "torch")
    assert [getattr(part, "framework", "") for part in (marked["W"], *marked["more"])] == ["torch"] * 4
    assert (marked["flag"], marked["word"]) == (True, "relu")
    plain = as_arrays(marked)
    assert type(plain["W"]) is np.ndarray
    assert [type(part) for part in plain["more"]] == [np.ndarray] * 3


def test_an_answer_has_the_gradients_of_the_reference() -> None:
    W, X = Tensor(np.array([[1.0, -2.0]], np.float32), "torch", True), Tensor(np.eye(2, dtype=np.float32), "torch")
    (result,) = (answer_in_tensors(lambda W, X: W @ X, (W, X), {}, "torch"),)
    assert (result.framework, result.tolist()) == ("torch", [[1.0, -2.0]])
    upstream = Tensor(np.array([[3.0, 5.0]], np.float32), "torch")
    (gradient,) = answer_in_tensors(lambda W, X: W @ X, (W, X), {"": upstream}, "torch")
    assert np.allclose(gradient, [[3.0, 5.0]], atol=1e-4)
    assert W.tolist() == [[1.0, -2.0]]


def test_gradients_of_an_answer_come_in_the_order_in_which_the_arguments_cross_the_wire() -> None:
    leaves = {name: Tensor(np.array([number], np.float32), "torch", True) for number, name in enumerate("ba")}
    parameters = decode(encode(leaves, opaque=lambda _: 0))
    gradients = answer_in_tensors(lambda p: 2 * p["a"] + 3 * p["b"], (parameters,), {"": np.ones(1)}, "torch")
    assert np.allclose([g.item() for g in gradients], [2, 3], atol=1e-4)


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ("torch", "this assignment needs PyTorch, which is not installed here: .*'numpy-course-grader\\[torch\\]'"),
        ("nowhere", "this assignment needs the package 'nowhere', which is not installed here: pip install nowhere"),
    ],
)
def test_a_package_that_is_not_installed_is_told_in_one_sentence(
    package: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(HarnessError, match=said):
        package_folders([package])


# -- in the worker -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch_sandbox() -> Iterator[Sandbox]:
    patience = Patience(load_s=30.0, slack_s=60.0)
    with Sandbox(("torch",), patience=patience, warm_up="def warm_up():\n    import torch.optim\n") as one:
        yield one


def outcomes(sandbox: Sandbox, source: str, *steps: tuple[str, tuple[Any, ...]], **options: Any) -> tuple[Outcome, ...]:
    """The outcomes of the steps of one plan; ``g`` is what the parent answers, where it does."""
    files = parse_submission("student.py", ".py", source.encode(), {}).files
    program = Program(files=files, wanted=("f",), packages=("torch",), memory_mb=1024, total_s=60.0, **options)
    plan = Plan("f", 0, tuple((name, encode(args)) for name, args in steps), cpu_s=20.0, answered=("g",))
    answer = lambda name, args, kwargs, _: answer_in_tensors(lambda W, X: W @ X, args, kwargs, "torch")  # noqa: E731
    (found,) = sandbox.run(program, [plan], answer).outcomes
    return found


def value(outcome: Outcome) -> Any:
    assert isinstance(outcome, Returned), outcome
    return decode(outcome.value, reply=True)


def called(sandbox: Sandbox, body: str, *args: Any) -> Any:
    """What ``f(*args)`` gives, with this body."""
    return value(outcomes(sandbox, f"import torch\nimport numpy as np\ndef f(*args):\n    {body}\n", ("f", args))[-1])


X = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


@needs_torch
def test_arguments_are_tensors_and_so_are_results(torch_sandbox: Sandbox) -> None:
    body = "x, = args; assert type(x) is torch.Tensor and x.is_leaf; return x * 2, {'g': x.requires_grad}, x.numpy"
    doubled, flags, _ = called(torch_sandbox, body, Tensor(X, "torch"))
    assert (type(doubled), doubled.framework, doubled.requires_grad) == (Tensor, "torch", False)
    assert np.array_equal(doubled, 2 * X)
    assert flags == {"g": False}


@needs_torch
def test_gradients_are_wanted_where_the_question_says_so(torch_sandbox: Sandbox) -> None:
    leaf = Tensor(X, "torch", requires_grad=True)
    assert called(torch_sandbox, "return args[0].requires_grad, (args[0] * 2).sum()", leaf)[1].requires_grad
    assert not called(torch_sandbox, "return (args[0] * 2).detach()", leaf).requires_grad


@needs_torch
def test_a_tensor_that_is_changed_in_place_is_a_changed_argument(torch_sandbox: Sandbox) -> None:
    source = "import torch\ndef f(x):\n    x += 1\n    return x\n"
    (found,) = outcomes(torch_sandbox, source, ("f", (Tensor(X, "torch"),)))
    assert isinstance(found, Returned)
    assert found.mutated == (0,)


@needs_torch
def test_an_object_of_an_earlier_reply_is_the_very_tensor(torch_sandbox: Sandbox) -> None:
    source = "import torch\nkept = []\ndef f(x):\n    kept.append(x)\n    return kept[0] is x\n"
    first, second = outcomes(torch_sandbox, f"{source}\n", ("f", (Tensor(X, "torch"),)), ("f", (Ref(0),)))
    assert value(first) is True
    assert value(second) is False


@needs_torch
@pytest.mark.parametrize(
    "made",
    [
        "torch.ones(2).to_sparse()",
        "torch.ones(2, dtype=torch.bfloat16)",
        "torch.empty(2, device='meta')",
        "torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)",
    ],
)
def test_a_tensor_without_plain_numbers_stays_where_it_is(made: str, torch_sandbox: Sandbox) -> None:
    assert type(called(torch_sandbox, f"return {made}")).__name__ == "Opaque"


@needs_torch
def test_a_subclass_of_tensor_cannot_lie_about_its_numbers(torch_sandbox: Sandbox) -> None:
    body = """
    class Liar(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            return torch.full((2,), 7.0)
        requires_grad = True
        shape = dtype = numpy = detach = None
    return torch.ones(3).as_subclass(Liar)
    """
    found = called(torch_sandbox, body)
    assert (found.tolist(), found.requires_grad) == ([1.0, 1.0, 1.0], False)


@needs_torch
def test_an_expanded_tensor_is_no_way_to_send_without_bound(torch_sandbox: Sandbox) -> None:
    (found,) = outcomes(torch_sandbox, "import torch\ndef f():\n    return torch.ones(1).expand(10**12)\n", ("f", ()))
    assert isinstance(found, Raised)
    assert "larger than" in found.message


@needs_torch
def test_gradients_come_through_an_answer_of_the_parent(torch_sandbox: Sandbox) -> None:
    body = "    (g(W, x) * torch.tensor([[1.0, 10.0]])).sum().backward()\n    return W.grad\n"
    source = f"import torch\ndef g(W, x):\n    return 0\ndef f(W, x):\n{body}"
    W = Tensor(np.array([[5.0, 6.0]], np.float32), "torch", requires_grad=True)
    (found,) = outcomes(torch_sandbox, source, ("f", (W, Tensor(X, "torch"))), bound=("g",))
    assert np.allclose(value(found), np.array([[1.0, 10.0]]) @ X.T, rtol=1e-3)


@needs_torch
def test_random_numbers_of_the_framework_are_the_same_for_the_same_case(torch_sandbox: Sandbox) -> None:
    once, again = (called(torch_sandbox, "return torch.rand(3)") for _ in range(2))
    assert once.tolist() == again.tolist()


def test_a_worker_of_any_other_assignment_has_no_framework() -> None:
    with Sandbox() as sandbox:
        assert called(sandbox, "import sys; return type(sys.modules['torch']).__name__") == "AbsentModule"
