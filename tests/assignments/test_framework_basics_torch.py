"""The framework exercise in PyTorch: what costs a part of the points, what is free, and where the framework is imported."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import load_assignment
from grader.errors import SpecError
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.publishing.jupyterlite import write_jupyterlite
from grader.publishing.kit import write_kit
from grader.sandbox.own import strongest_sandbox
from grader.sandbox.parent import Sandbox
from grader.submission.reading import parse_submission

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment("framework_basics_torch", course=ROOT)
HEADER = "import numpy as np\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"

#: By what is written: the function, its body, the part of its points, and the findings.
PARTS = {
    "an array for a tensor": (
        "def sigmoid(z):\n    return 1 / (1 + np.exp(-z.detach().numpy()))",
        0.72,
        {"array-for-tensor"},
    ),
    "a number for a tensor": (
        "def compute_cost(logits, labels):\n    return F.cross_entropy(logits.T, labels.T).item()",
        0.725,
        {"array-for-tensor"},
    ),
    "double precision": ("def linear_function(W, X, b):\n    return W.double() @ X.double() + b.double()", 0.88, set()),
    "a module with parameters of its own": (
        "def sigmoid(z):\n    return nn.Sequential(nn.Sigmoid())(z)",
        1.0,
        set(),
    ),
    "written for a GPU, by type": (
        "dtype = torch.cuda.FloatTensor\ndef sigmoid(z):\n    return 1 / (1 + torch.exp(-z.type(dtype).cuda()))",
        1.0,
        set(),
    ),
    "written for a GPU, by device": (
        "def linear_function(W, X, b):\n    return W.to('cuda') @ X.to(device=torch.device('cuda:0')) + b.to(X)",
        1.0,
        set(),
    ),
    "compiled": (
        "@torch.compile(mode='max-autotune')\ndef sigmoid(z):\n    return torch.compile(torch.sigmoid)(z)",
        1.0,
        set(),
    ),
    "labels as whole numbers": ("def one_hot_matrix(labels, C):\n    return torch.eye(C, dtype=int)[:, labels]", 1.0, set()),
    "class indices for the loss": (
        "def compute_cost(logits, labels):\n    return F.cross_entropy(logits.T, labels.argmax(0))",
        1.0,
        set(),
    ),
    "an optimizer": (
        "def train_step(parameters, X, Y, learning_rate):\n"
        "    optimizer = torch.optim.SGD(list(parameters.values()), lr=learning_rate)\n"
        "    optimizer.zero_grad()\n"
        "    A1 = torch.relu(parameters['W1'] @ X + parameters['b1'])\n"
        "    A2 = torch.relu(parameters['W2'] @ A1 + parameters['b2'])\n"
        "    F.cross_entropy((parameters['W3'] @ A2 + parameters['b3']).T, Y.T).backward()\n"
        "    optimizer.step()\n"
        "    return parameters",
        1.0,
        set(),
    ),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with strongest_sandbox(ASSIGNMENT.spec.packages, ASSIGNMENT.warm_up) as one:
        yield one


def graded(text: str, sandbox: Sandbox) -> dict[str, FunctionReport]:
    cases = frozen_cases(ASSIGNMENT)
    submission = parse_submission("solution.py", ".py", text.encode(), cases.arities)
    report = grade_submission(ASSIGNMENT, judges_of(ASSIGNMENT.spec, cases), submission, sandbox)
    return {function.name: function for function in report.functions}


@pytest.mark.parametrize("written", PARTS)
def test_what_a_way_of_writing_it_earns(written: str, sandbox: Sandbox) -> None:
    body, part, codes = PARTS[written]
    name = body.partition("def ")[2].partition("(")[0]
    function = graded(HEADER + body, sandbox)[name]
    assert function.points / function.max_points == pytest.approx(part, abs=0.01), [c.message for c in function.checks]
    assert {finding.code for finding in function.findings} >= codes


def test_a_function_that_calls_a_wrong_one_is_graded_with_a_right_one(sandbox: Sandbox) -> None:
    """Also backward: gradients come through what the reference answers."""
    solution = (ASSIGNMENT.folder / "solution.py").read_text("utf-8")
    wrong = solution.replace("torch.matmul(W, X) + b", "torch.matmul(W, X) - b")
    assert wrong != solution
    found = graded(wrong, sandbox)
    assert found["linear_function"].status != "passed"
    others = {name: function for name, function in found.items() if name != "linear_function"}
    assert all(function.points == function.max_points for function in others.values()), others


def test_no_framework_is_imported_in_this_process() -> None:
    """Mistakes, styles and solution import it; what they find where they are loaded is a stand-in."""
    program = """if True:
        import sys
        from grader.course import find_course
        loaded = find_course().load("framework_basics_torch")
        for stem in ("mistakes", "styles", "solution"):
            assert loaded.author_module(stem)
        print([name for name in sys.modules if name.partition(".")[0] == "torch"])
    """
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_where_pytorch_is_missing_a_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    program = """if True:
        import importlib.util, sys
        find = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *rest: None if name == "torch" else find(name, *rest)
        from grader.cli.main import main
        main(sys.argv[1:])
    """
    (tmp_path / "s.py").write_text("def sigmoid(z):\n    return z\n", "utf-8")
    for command in ("check", "grade"):
        arguments = [command, "framework_basics_torch", str(tmp_path / "s.py")]
        found = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True)
        assert found.returncode == 2
        assert "this assignment needs PyTorch" in found.stderr
        assert "numpy-course-grader[torch]" in found.stderr


def test_no_page_for_a_browser_is_made_of_it(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is about PyTorch, which no browser's Python has"):
        write_jupyterlite(ASSIGNMENT, tmp_path / "site")


@pytest.mark.sandbox  # a worker draws its cases
def test_the_kit_asks_for_pytorch_and_speaks_of_no_browser(tmp_path: Path) -> None:
    write_kit(ASSIGNMENT, tmp_path / "kit")
    readme = (tmp_path / "kit" / "README.md").read_text("utf-8")
    assert "| Colab |" in readme
    assert "| browser |" not in readme
    assert "torch" in (tmp_path / "kit" / "requirements.txt").read_text("utf-8").split()
