"""Feedback inside a notebook: executed for real on a released kit, and called from a module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.course import load_assignment
from grader.errors import HarnessError, SpecError
from grader.freezing.store import frozen_cases
from grader.grading.reporting import unreadable
from grader.notebook import Feedback, _unread, check
from tests.kits import installed, kit

NAME = "dnn_step_by_step"

RIGHT = "def linear_forward(A, W, b):\n    return W @ A + b, (A, W, b)\n"
WRONG = "def linear_forward(A, W, b):\n    return W @ A - b, (A, W, b)\n"
LAYER = """\
def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, (linear_cache, activation_cache)
"""

# -- a kernel ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The kit's notebook, partly filled in, run by a kernel of this environment; its cells."""
    pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="there is no kernel: ipykernel is not installed")
    folder = tmp_path_factory.mktemp("kernel")
    script = folder / "run.py"
    script.write_text(_RUN, "utf-8")
    answer = folder / "executed.json"
    own = {"PYTHONPATH": str(installed(NAME)), "IPYTHONDIR": str(folder), "MPLCONFIGDIR": str(folder)}
    edits = {
        "linear_forward": WRONG,
        "linear_activation_forward": LAYER,
        "compute_cost": _COST,
        "update_parameters": _LOOP,
        "L_model_forward": "def L_model_forward(X, parameters:\n    return X\n",
    }
    done = subprocess.run(
        [sys.executable, str(script), str(kit(NAME)), NAME, str(answer)],
        input=json.dumps(edits), capture_output=True, text=True, env={**os.environ, **own}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(answer.read_text("utf-8"))


_COST = """\
def compute_cost(AL, Y):
    return float(-np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)))
"""
_LOOP = """\
def update_parameters(parameters, grads, learning_rate):
    while True:
        pass
"""

# In a process of its own: warnings of the kernel's libraries are not this project's.
_RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient

folder, name, answer = sys.argv[1:]
edits = json.load(sys.stdin)
notebook = nbformat.read(f"{folder}/{name}.ipynb", 4)
for cell in notebook.cells:
    for function, source in edits.items():
        if cell.source.startswith(f"def {function}("):
            cell.source = source
notebook.cells.append(nbformat.v4.new_code_cell(edits["linear_forward"].replace("- b", "+ b")))
notebook.cells.append(nbformat.v4.new_code_cell("check(linear_forward)  # again"))
notebook.cells.append(nbformat.v4.new_code_cell("check(np.mean)"))
notebook.cells.append(nbformat.v4.new_code_cell("linear_forward = lambda A, W, b: (W @ A + b, (A, W, b))"))
notebook.cells.append(nbformat.v4.new_code_cell("check(linear_forward)  # a lambda"))
client = NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True,
                        resources={"metadata": {"path": folder}})
client.execute()
json.dump([dict(cell) for cell in notebook.cells], open(answer, "w"))
"""


def _output(cells: list[Any], source: str) -> Any:
    (cell,) = (cell for cell in cells if cell["cell_type"] == "code" and cell["source"] == source)
    (output,) = cell["outputs"]
    return output


def test_the_first_cell_runs_on_what_the_kit_brings(executed: list[Any]) -> None:
    (setup,) = (cell for cell in executed if "from grader.notebook import check" in cell["source"])
    assert setup["outputs"] == []
    assert "%pip install --quiet -r requirements.txt" in setup["source"]  # which was not run: there is a grader


def test_a_right_function_is_shown_as_passed(executed: list[Any]) -> None:
    data = _output(executed, 'check("compute_cost")')["data"]
    assert data["text/plain"].startswith("passed  compute_cost")
    assert "compute_cost" in data["text/html"]
    assert "Formula" not in data["text/html"]


def test_a_wrong_function_is_shown_once_with_formula_values_and_place(executed: list[Any]) -> None:
    output = _output(executed, 'check("linear_forward")')
    assert output["output_type"] == "execute_result"
    page, text = output["data"]["text/html"], output["data"]["text/plain"]
    assert "<table" in page
    assert "Z = W @ A + b" in page
    assert "<script" not in page
    assert text.startswith("FAILED  linear_forward")
    assert "expected Z" in text
    assert "got Z" in text
    # The number is the one that Jupyter shows beside the cell.
    (cell,) = (cell for cell in executed if cell["source"] == WRONG)
    assert f"cell {cell['execution_count']}, line 1" in text


def test_a_function_that_stands_on_a_wrong_one_says_so(executed: list[Any]) -> None:
    data = _output(executed, 'check("linear_activation_forward")')["data"]
    for form, card in (("text/plain", "FAILED"), ("text/html", "<article")):
        note = data[form].index("may fail only because of linear_forward")
        assert note < data[form].index(card)  # what is to be done first is read first


def test_a_loop_that_never_ends_is_stopped(executed: list[Any]) -> None:
    text = _output(executed, 'check("update_parameters")')["data"]["text/plain"]
    assert "did not finish" in text


def test_a_blank_is_shown_as_a_blank(executed: list[Any]) -> None:
    text = _output(executed, 'check("linear_backward")')["data"]["text/plain"]
    assert "a blank not filled in" in " ".join(text.split())


def test_a_function_that_python_cannot_read_is_told_as_such(executed: list[Any]) -> None:
    data = _output(executed, 'check("L_model_forward")')["data"]
    for text in data.values():
        assert "Python cannot read the definition of L_model_forward at cell" in text
        assert "SyntaxError" in text


def test_a_cell_that_was_corrected_and_run_again_counts(executed: list[Any]) -> None:
    text = _output(executed, "check(linear_forward)  # again")["data"]["text/plain"]
    assert text.startswith("passed  linear_forward")


def test_a_function_of_no_assignment_is_an_error_that_says_so(executed: list[Any]) -> None:
    output = _output(executed, "check(np.mean)")
    assert output["output_type"] == "error"
    assert "no assignment of this course grades a function 'mean'; it grades initialize_param" in output["evalue"]
    assert output["traceback"] == [f"HarnessError: {output['evalue']}"]


def test_a_lambda_is_checked_under_the_name_that_the_notebook_gives_it(executed: list[Any]) -> None:
    text = _output(executed, "check(linear_forward)  # a lambda")["data"]["text/plain"]
    assert text.startswith("passed  linear_forward")


def test_in_colab_the_first_cell_unpacks_what_was_uploaded(tmp_path: Path) -> None:
    cells = json.loads((kit(NAME) / f"{NAME}.ipynb").read_text("utf-8"))["cells"]
    setup, imports = (
        "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code" and "import" in cell["source"][-1]
    )
    code = setup.replace("%pip", "raise SystemExit  # ")
    (tmp_path / "content.py").write_text(f'{code}\n{imports}\n{RIGHT}print(check("linear_forward"))\n', "utf-8")
    shutil.copy(kit(NAME) / "colab.zip", tmp_path)
    command = [sys.executable, "content.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=_environment())
    assert done.stderr == ""
    assert done.stdout.startswith("passed  linear_forward")


# -- a name ------------------------------------------------------------------------------------


def _script(folder: Path, code: str) -> str:
    """What a file prints that is run in the kit's folder."""
    script = folder / "mine.py"
    script.write_text(f"from grader.notebook import check\n{code}", "utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=kit(NAME), capture_output=True, text=True, env=_environment())
    assert done.stderr == ""
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed(NAME))}


def test_a_name_that_is_not_defined_is_told_as_missing(tmp_path: Path) -> None:
    text = _script(tmp_path, RIGHT + 'print(check("linear_forward").passed, check("compute_cost"))\n')
    assert text == "True compute_cost is not defined in this submission; define it under exactly this name\n"


def test_a_later_cell_that_cannot_be_read_is_told_beside_the_verdict_on_an_earlier_one() -> None:
    messages = ("cell 2 was left out: SyntaxError", "cell 5 was left out: SyntaxError", "cell 6 was left out: SyntaxError")
    cells = ["def f(x): return x", "def f(", "def f(x): return x", "1", "def f(", "def g("]
    assert _unread("f", cells, messages, "cell 3, line 1: def f(x): return x") == messages[1:2]
    assert _unread("f", cells, messages, None) == messages[:2]


# -- outside of a notebook ---------------------------------------------------------------------


def _module(folder: Path, source: str, call: str, where: Path) -> subprocess.CompletedProcess[str]:
    module = folder / "student.py"
    module.write_text(f"import numpy as np\n{source}", "utf-8")
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); from student import *"
    code = f"{start}\nfrom grader.notebook import check\n{call}"
    return subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True)


def test_a_function_of_a_module_is_checked_too(tmp_path: Path) -> None:
    done = _module(tmp_path, WRONG, "verdict = check(linear_forward); print(verdict); print(verdict.passed)", kit(NAME))
    assert done.stderr == ""
    assert done.stdout.startswith("FAILED  linear_forward  2.31 / 8  student.py, line 2\n")
    assert done.stdout.endswith("False\n")


def test_a_right_one_passes(tmp_path: Path) -> None:
    done = _module(tmp_path, RIGHT, "print(check(linear_forward).passed)", kit(NAME))
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_function_whose_source_cannot_be_found_is_an_error() -> None:
    space: dict[str, Any] = {}
    exec("def linear_forward(A, W, b): return None", space)
    with pytest.raises(HarnessError, match="source cannot be found"):
        check(space["linear_forward"], assignment=NAME)


def test_a_name_that_several_assignments_grade_needs_the_assignment() -> None:
    def model() -> None: ...

    with pytest.raises(HarnessError, match=r"several assignments .*initialization, regularization.*say which"):
        check(model)


def test_an_assignment_that_does_not_grade_the_function_is_an_error() -> None:
    def model() -> None: ...

    with pytest.raises(SpecError, match="model"):
        check(model, assignment="activations")


def test_what_could_not_be_read_is_told_in_both_forms() -> None:
    assignment = load_assignment("learning_rate_decay")
    report = unreadable(assignment, frozen_cases(assignment), "this notebook", None, "nothing <here>")
    verdict = Feedback(report, None, report.messages)
    assert repr(verdict) == "nothing <here>"
    assert verdict._repr_html_() == "<p>nothing &lt;here&gt;</p>"
    assert not verdict.passed


def test_importing_check_is_light() -> None:
    heavy = ["hypothesis", "rich", "jinja2", "matplotlib", "nbformat", "sqlalchemy", "IPython", "click", "pytest"]
    code = f"import sys; from grader.notebook import check; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
