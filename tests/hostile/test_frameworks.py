"""What hostile code tries through a framework: no file, no process, no thread, no lie about numbers or gradients."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import load_assignment
from grader.confined.wire import decode, encode
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Outcome, Plan, Program, Raised, Returned
from grader.sandbox.waiting import Patience
from grader.submission.reading import parse_submission

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
TORCH = load_assignment("framework_basics_torch", course=Path(__file__).parents[2])

#: By what is tried: the body of a function, VICTIM being a path that everybody may write to, and what comes of it.
ROWS = {
    "a tensor written to a file": ("torch.save(torch.ones(2), VICTIM)", "RuntimeError.*not permitted"),
    "an array of a tensor written to a file": ("torch.ones(2).numpy().tofile(VICTIM)", "PermissionError"),
    "a file mapped for writing": ("torch.from_file(VICTIM, shared=True, size=9)", "RuntimeError.*not permitted"),
    "a trace of a profiler": (
        "import torch.profiler\n    with torch.profiler.profile() as p: torch.ones(2)\n    p.export_chrome_trace(VICTIM)",
        "not permitted|PermissionError",
    ),
    "a file beside the framework": (
        "import os; os.open(os.path.join(torch.__path__[0], 'x'), os.O_WRONLY | os.O_CREAT)",
        "PermissionError",
    ),
    "a foreign file loaded": ("torch.load('/etc/passwd', weights_only=False)", "PermissionError"),
    "a foreign file mapped": ("torch.from_file('/etc/passwd', size=9, dtype=torch.uint8)", "RuntimeError.*denied"),
    "a download": ("torch.hub.load_state_dict_from_url('http://127.0.0.1:1/x')", "PermissionError"),
    "an extension compiled": (
        "from torch.utils.cpp_extension import load_inline\n    load_inline('x', 'int f() {return 1;}', functions=['f'])",
        "PermissionError",
    ),
    "a library loaded from a path": ("torch.ops.load_library(VICTIM)", "OSError"),
    "a process of torch.multiprocessing": (
        "import torch.multiprocessing as m; m.Process(target=print).start()",
        "PermissionError",
    ),
    "workers of a data loader": (
        "from torch.utils.data import DataLoader\n    return list(DataLoader([torch.ones(2)], num_workers=1))",
        "PermissionError",
    ),
    "shared memory": ("torch.ones(2).share_memory_()", "RuntimeError.*not permitted"),
    "a group of processes": (
        "import torch.distributed as d; d.init_process_group('gloo', 'file://' + VICTIM, rank=0, world_size=1)",
        "not permitted|PermissionError",
    ),
    "a thread": ("import threading; threading.Thread(target=print).start()", "RuntimeError.*threads"),
    "many threads for a product": (
        "torch.set_num_threads(4); return (torch.ones(900, 900) @ torch.ones(900, 1))[0]",
        r"\[900",
    ),
    "fork in the framework's own library": (
        "import ctypes, os\n    path = os.path.join(torch.__path__[0], 'lib', 'libtorch_cpu.so')\n"
        "    return ctypes.CDLL(path).fork()",
        "^-1$",
    ),
    "a file opened by the C library": (
        "import ctypes; return ctypes.CDLL(None).open(VICTIM.encode(), 0o101, 0o600)",
        "^-1$",
    ),
    "a pickle that runs a command": (
        "import io, os, pickle\n    E = type('E', (), {'__reduce__': lambda self: (os.system, ('touch ' + VICTIM,))})\n"
        "    buffer = io.BytesIO(); torch.save(E(), buffer, pickle_module=pickle); buffer.seek(0)\n"
        "    return torch.load(buffer, weights_only=False)",
        r"^\d+$",
    ),
    "a tensor whose pickle runs a command": (
        "import os\n    E = type('E', (torch.Tensor,), {'__reduce_ex__': lambda s, n: (os.system, ('touch ' + VICTIM,))})\n"
        "    return torch.ones(2).as_subclass(E)",
        r"\[1\.0, 1\.0\]",
    ),
    "more memory than there is": ("torch.ones(10**10)", "allocate"),
    "methods of tensors replaced": (
        "torch.Tensor.detach = torch.Tensor.numpy = lambda self: torch.zeros(2)\n    return torch.ones(2)",
        r"\[1\.0, 1\.0\]",
    ),
    "the generator replaced": ("torch.default_generator = None; return torch.rand(1).shape == (1,)", "True"),
    "a module that is imported late": ("import torch._dynamo; return 1", "1"),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("torch",), patience=Patience(load_s=60.0, slack_s=60.0), warm_up=TORCH.warm_up) as one:
        yield one


def told(outcome: Outcome) -> str:
    if isinstance(outcome, Returned):
        value = decode(outcome.value, reply=True)
        return str(value.tolist() if hasattr(value, "tolist") else value)
    return f"{outcome.type_name}: {outcome.message}" if isinstance(outcome, Raised) else outcome.reason


@pytest.mark.parametrize("tried", ROWS)
def test_behind_the_walls_of_a_framework_nothing_is_reached(tried: str, sandbox: Sandbox, tmp_path: Path) -> None:
    body, expected = ROWS[tried]
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    source = f"import torch\nVICTIM = {str(folder / 'victim')!r}\ndef f():\n    {body}\n"
    files = parse_submission("student.py", ".py", source.encode(), {}).files
    program = Program(files=files, wanted=("f",), packages=("torch",), memory_mb=1024, total_s=60.0)
    (outcomes,) = sandbox.run(program, [Plan("f", 0, (("f", encode(())),), cpu_s=30.0)]).outcomes
    assert re.search(expected, told(outcomes[-1])), told(outcomes[-1])
    assert list(folder.iterdir()) == []


def test_every_wall_stands_around_a_framework(sandbox: Sandbox) -> None:
    with Sandbox() as plain:
        assert set(plain.stands) == set(sandbox.stands)
        assert plain.level == sandbox.level


# -- graded ----------------------------------------------------------------------------------

_LIAR = """
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True
    __eq__ = __bool__ = lambda *args: True
"""

#: A hostile body of ``linear_function``, and the checks that fail.
GRADED = {
    "a subclass that is equal to everything": (
        f"{_LIAR}def linear_function(W, X, b):\n    return torch.zeros(W.shape[0], X.shape[1]).as_subclass(Liar)\n",
        0.0,
    ),
    "gradients that are made up": (
        "def linear_function(W, X, b):\n    for leaf in (W, X, b):\n        leaf.grad = torch.ones_like(leaf)\n"
        "    return (W @ X + b).detach()\n",
        0.8,
    ),
    "a flag that says that gradients come through": (
        "class Flag(torch.Tensor):\n    requires_grad = True\n\n"
        "def linear_function(W, X, b):\n    return (W @ X + b).detach().as_subclass(Flag)\n",
        0.8,
    ),
}


@pytest.mark.parametrize("tried", GRADED)
def test_a_lie_about_tensors_earns_nothing(tried: str, sandbox: Sandbox) -> None:
    source, most = GRADED[tried]
    cases = frozen_cases(TORCH)
    submission = parse_submission("student.py", ".py", f"import torch\n{source}".encode(), cases.arities)
    report = grade_submission(TORCH, judges_of(TORCH.spec, cases), submission, sandbox, only="linear_function")
    (function,) = [f for f in report.functions if f.name == "linear_function"]
    assert isinstance(function, FunctionReport)
    assert function.points <= most * function.max_points + 1e-9
