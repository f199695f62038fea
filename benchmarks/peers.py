"""Other graders on the same submissions with the same checks, in one run: plain pytest, otter-grader, nbgrader,
gradescope-utils and pytest-prairielearn-grader, each in an environment of its own, used as its documentation says.

The checks are our frozen cases with their expected values and tolerances (properties left out, which favours the
peers): one test per function. Of the peers only pytest-prairielearn-grader runs a submission in a process of its own.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.generate import generate
from benchmarks.measure import ROOT, Usage, run, table
from benchmarks.throughput import class_run
from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.judging.cases import Case
from grader.judging.compare import items_of, key_item
from grader.judging.outcomes import arguments_of, expected_value
from grader.judging.values import leaves
from grader.spec import Function

__all__ = ["PATIENT", "code_cell", "notebook", "python_of", "side_by_side"]

_HERE = Path(__file__).parent
_STORE = ROOT / ".grader" / "benchmarks"


def side_by_side(passes: int, count: int = 20) -> str:
    """The table."""
    with tempfile.TemporaryDirectory() as scratch:
        bench = _Bench(Path(scratch), count)
        costs: dict[str, list[Usage]] = {}
        for number in range(passes):
            for name, grade in PEERS.items():
                costs.setdefault(name, []).append(grade(bench, number))
    middle = {
        name: (statistics.median(u.wall_s for u in found) / count, statistics.median(u.cpu_s for u in found) / count)
        for name, found in costs.items()
    }
    first = statistics.median(u.wall_s for u in bench.alone), statistics.median(u.cpu_s for u in bench.alone)
    whole = middle["grader grade --jobs 1"]
    ours = tuple((of_all * count - of_one) / (count - 1) for of_all, of_one in zip(whole, first, strict=True))
    middle = {"grader grade --jobs 1, each further one": (ours[0], ours[1]), **middle}
    rows = [
        [name, f"{wall:.3f}", f"{cpu:.3f}", f"{wall / ours[0]:.0f}", f"{cpu / ours[1]:.0f}"]
        for name, (wall, cpu) in middle.items()
    ]
    header = ["of one submission", "wall s", "CPU s", "wall, times ours", "CPU, times ours"]
    return (
        f"{table(header, rows)}\n\n{count} submissions, {bench.tests} cases for the peers, {bench.all_cases} for us; "
        f"medians of {passes} passes; start-up included."
    )


# -- the same submissions and checks for all ---------------------------------------------

_HARNESS = '''
"""The frozen checks, for graders that run them in the student's own process."""
import copy, pathlib, pickle
import numpy as np

CASES = pickle.loads(pathlib.Path(__file__).with_name("checks.pkl").read_bytes())

def check(name, function):
    """Right is what one of the accepted alternatives says, over all cases."""
    *others, last = CASES[name]
    for alternative in others:
        try:
            return check_all(alternative, function, name)
        except Exception:
            pass
    check_all(last, function, name)

def check_all(cases, function, name):
    for arguments, expected, tolerances in cases:
        compare(function(*copy.deepcopy(arguments)), expected, tolerances, ())

def compare(got, expected, tolerances, path):
    if isinstance(expected, dict):
        for key, value in expected.items():
            compare(got[key], value, tolerances, (*path, key))
    elif isinstance(expected, (list, tuple)):
        assert len(got) == len(expected), f"{path}: {len(got)} parts, expected {len(expected)}"
        for number, (one, other) in enumerate(zip(got, expected)):
            compare(one, other, tolerances, (*path, number))
    elif isinstance(expected, (np.ndarray, np.number, float)):
        got = np.asarray(got)
        assert got.shape == np.shape(expected), f"{path} has shape {got.shape}, expected {np.shape(expected)}"
        assert np.allclose(got, expected, rtol=0, atol=tolerances[path]), f"{path} is wrong"
    else:
        assert got == expected, f"{path} is {got}, expected {expected}"
'''


def _check(case: Case, alternative: int, spec: Function) -> tuple[Any, Any, dict[Any, float]]:
    """Arguments, expected value and tolerance by place; what is optional is left out, what is random fits anyhow."""
    expected = expected_value(case, alternative)
    places = [path for path, _ in leaves(expected)]
    tolerances = dict(zip(places, case.expected[alternative].tolerances, strict=True))
    for item in items_of(expected, spec.returns):
        if item.name in spec.random:
            tolerances.update((place, 1e300) for place in places if place[:1] in item.paths)
    if isinstance(expected, dict):
        expected = {key: value for key, value in expected.items() if key_item(key) not in spec.optional}
    return arguments_of(case.plan), expected, tolerances


@dataclass
class _Bench:
    """A scratch folder with submissions as folders, modules and notebooks, and the checks."""

    folder: Path
    count: int
    alone: list[Usage] = field(default_factory=list)  # of grading the first submission alone: start-up

    def __post_init__(self) -> None:
        self.submissions = self.folder / "class"
        generate(self.submissions, self.count)
        assignment = load_assignment("dnn_step_by_step", course=ROOT)
        cases = frozen_cases(assignment)
        checks = {}
        for spec in assignment.spec.functions:
            found = [case for case in cases.functions[spec.name].cases if case.expected]
            checks[spec.name] = [
                [_check(case, alternative, spec) for case in found] for alternative in range(len(found[0].expected))
            ]
        self.functions = list(checks)
        self.tests = sum(len(alternatives[0]) for alternatives in checks.values())
        self.all_cases = sum(len(function.cases) for function in cases.functions.values())
        self.shared = self.folder / "shared"
        self.shared.mkdir()
        (self.shared / "checks.pkl").write_bytes(pickle.dumps(checks))
        (self.shared / "harness.py").write_text(_HARNESS, "utf-8")
        for name, source in assignment.provided.items():
            (self.shared / f"{name}.py").write_text(source, "utf-8")
        for name in ("matplotlib", "h5py"):  # imported by students, used by nothing that is graded
            (self.shared / name).mkdir()
            (self.shared / name / "__init__.py").touch()
        (self.shared / "matplotlib" / "pyplot.py").touch()

    @property
    def files(self) -> list[Path]:
        return [next(p for p in sorted(d.iterdir())) for d in sorted(self.submissions.iterdir())]

    def beside(self, folder: Path) -> Path:
        """A folder with the shared files."""
        shutil.copytree(self.shared, folder)
        return folder


def _cells(path: Path) -> list[str]:
    """The code cells of a submission; what cannot be read is one cell that does not parse."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return [text]
    try:
        cells = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError):
        return ["this is not a notebook"]


def notebook(cells: Sequence[dict[str, object]]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4})


def code_cell(source: str, nbgrader: dict[str, object] | None = None) -> dict[str, object]:
    metadata = {"nbgrader": nbgrader} if nbgrader else {}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}


def python_of(peer: str) -> str:
    """The interpreter of a peer's environment, which is made on first use."""
    folder = _STORE / peer
    python = folder / "bin" / "python"
    stamp = folder / ".complete"
    wanted = (_HERE / f"requirements-{peer}.txt").read_text("utf-8")
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "-r", str(_HERE / f"requirements-{peer}.txt")]
        subprocess.run(install, check=True)
        stamp.write_text(wanted, "utf-8")
    return str(python)


def _command(peer: str, *arguments: str, cwd: Path, **variables: str) -> Usage:
    """Run a peer's interpreter with its own scripts found first."""
    python = python_of(peer)
    path = f"{Path(python).parent}:{os.environ['PATH']}"
    return run([python, *arguments], cwd=cwd, env={**os.environ, "PATH": path, **variables})


def _sum(usages: Sequence[Usage]) -> Usage:
    cpu, wall = sum(u.cpu_s for u in usages), sum(u.wall_s for u in usages)
    return Usage(cpu, wall, math.nan, 0, usages[-1].output)


# -- the graders -------------------------------------------------------------------------


def _ours(bench: _Bench, number: int) -> Usage:
    bench.alone.append(class_run(bench.submissions / "s00001", bench.folder / f"alone{number}", 1)[0])
    return class_run(bench.submissions, bench.folder / f"ours{number}", 1)[0]


def _each_as_module(bench: _Bench, number: int, peer: str, runner: str, text: str, command: Sequence[str]) -> Usage:
    """A folder per submission with the module, the shared files and one runner; one command in each."""
    usages = []
    for student, path in enumerate(bench.files):
        folder = bench.beside(bench.folder / f"{peer}{number}-{student}")
        (folder / "solution.py").write_text("\n\n".join(_cells(path)), "utf-8")
        (folder / runner).write_text(text, "utf-8")
        usages.append(_command(peer, *command, cwd=folder))
    return _sum(usages)


def _pytest(bench: _Bench, number: int) -> Usage:
    tests = [f"def test_{f}():\n    harness.check({f!r}, solution.{f})\n" for f in bench.functions]
    text = "import harness\nimport solution\n\n\n" + "\n\n".join(tests)
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_solution.py"]
    return _each_as_module(bench, number, "pytest", "test_solution.py", text, command)


def _gradescope(bench: _Bench, number: int) -> Usage:
    test = "    @weight(1)\n    def test_{0}(self):\n        harness.check({0!r}, solution.{0})\n"
    tests = [test.format(name) for name in bench.functions]
    text = (
        "import unittest\nimport harness\nimport solution\n"
        "from gradescope_utils.autograder_utils.decorators import weight\n"
        "from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n\n\n"
        "class TestSolution(unittest.TestCase):\n" + "\n".join(tests) + "\n\n"
        "suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestSolution)\n"
        "with open('results.json', 'w') as out:\n    JSONTestRunner(visibility='visible', stream=out).run(suite)\n"
    )
    return _each_as_module(bench, number, "gradescope", "run_tests.py", text, ["run_tests.py"])


#: The head of a test module of pytest-prairielearn-grader, whose second for a start is short on a busy machine.
PATIENT = (
    "import harness\nimport pytest\nfrom pytest_prairielearn_grader import ConfigObject\n\n"
    "autograder_config = ConfigObject(sandbox_timeout=30.0)\n\n\n"
)


#: What stands behind the student's code for it: its answers are JSON, and of arrays in a dictionary or a tuple it says that
#: they are not.
_AS_JSON = """
import numpy as np


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


"""


def _prairielearn(bench: _Bench, number: int) -> Usage:
    """One sandbox for all tests of a submission."""
    test = (
        "def test_{0}(module_sandbox):\n"
        "    harness.check({0!r}, lambda *a: module_sandbox.query_function('plain_{0}', *a, query_timeout=30))\n"
    )
    text = PATIENT + "\n\n".join(map(test.format, bench.functions))
    as_json = "\n\n".join(f"def plain_{name}(*a):\n    return _plain({name}(*a))" for name in bench.functions)
    usages = []
    for student, path in enumerate(bench.files):
        folder = bench.beside(bench.folder / f"prairielearn{number}-{student}")
        shutil.rmtree(folder / "matplotlib")  # it needs a real one
        (folder / "test_student.py").write_text(text, "utf-8")
        (folder / "test_student").mkdir()
        (folder / "test_student" / "student_code.py").write_text("\n\n".join(_cells(path)), "utf-8")
        (folder / "test_student" / "trailing_code.py").write_text(_AS_JSON + as_json, "utf-8")
        options = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
        usages.append(_command("prairielearn", *options, cwd=folder, PYTHONPATH=str(folder)))
    return _sum(usages)


def _otter(bench: _Bench, number: int) -> Usage:
    folder = bench.beside(bench.folder / f"otter{number}")
    tests = folder / "tests"
    tests.mkdir()
    for name in bench.functions:
        code = f">>> import harness\n>>> harness.check({name!r}, {name})\n"
        case = {"code": code, "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": name, "points": 1, "suites": [suite]}
        (tests / f"{name}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", "utf-8")
    shared = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p.parent != tests)
    made = _command("otter", "-m", "otter", "generate", "-t", "tests", "--no-environment", *shared, cwd=folder)
    if made.code:
        raise SystemExit(f"otter generate failed:\n{made.output}")
    usages = []
    for student, path in enumerate(bench.files):
        own = folder / f"student{student}.ipynb"
        own.write_text(notebook([code_cell(source) for source in _cells(path)]), "utf-8")
        out = f"results{student}"
        (folder / out).mkdir()
        usages.append(_command("otter", "-m", "otter", "run", "--no-logo", "-o", out, own.name, cwd=folder))
    return _sum(usages)


def _nbgrader(bench: _Bench, number: int) -> Usage:
    """All submissions in one command, which is what suits nbgrader best."""
    course = bench.folder / f"nbgrader{number}"
    tests = []
    for name in bench.functions:
        mark = {"grade": True, "grade_id": name, "locked": True, "points": 1, "schema_version": 3, "solution": False}
        tests.append(code_cell(f"import harness\nharness.check({name!r}, {name})\n", {**mark, "task": False}))
    solution = {"grade": False, "grade_id": "solution", "locked": False, "schema_version": 3, "solution": True}
    right = (ROOT / "samples" / "dnn_step_by_step" / "right.py").read_text("utf-8")
    source = bench.beside(course / "source" / "dnn")
    marked = f"### BEGIN SOLUTION\n{right}\n### END SOLUTION"
    (source / "dnn.ipynb").write_text(notebook([code_cell(marked, {**solution, "task": False}), *tests]), "utf-8")
    made = _command("nbgrader", "-m", "nbgrader", "generate_assignment", "dnn", cwd=course)
    if made.code:
        raise SystemExit(f"nbgrader generate_assignment failed:\n{made.output}")
    for student, path in enumerate(bench.files):
        folder = bench.beside(course / "submitted" / f"student{student}" / "dnn")
        first, *rest = _cells(path)
        cells = [code_cell(first, {**solution, "task": False}), *map(code_cell, rest), *tests]
        (folder / "dnn.ipynb").write_text(notebook(cells), "utf-8")
    return _command("nbgrader", "-m", "nbgrader", "autograde", "dnn", cwd=course)


PEERS: dict[str, Callable[[_Bench, int], Usage]] = {
    "grader grade --jobs 1": _ours,
    "gradescope-utils": _gradescope,
    "plain pytest": _pytest,
    "pytest-prairielearn-grader": _prairielearn,
    "nbgrader autograde, one command": _nbgrader,
    "otter run": _otter,
}
