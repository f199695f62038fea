"""The same attacks on other graders: what a submission of ``softmax`` earns that computes nothing.

Each grader is used as its documentation says, with the same three checks of a point, which compare with ``np.allclose``
(see :mod:`benchmarks.peers` for the environments). PrairieLearn's runs its worker as the user that the machine has for that
where it is root, as its image does.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from benchmarks.measure import run, table
from benchmarks.peers import PATIENT, code_cell, notebook, python_of
from grader import grade
from grader.course import Course

__all__ = ["attacks"]

_RIGHT = "def softmax(X):\n    E = np.exp(X - X.max(axis=0))\n    return E / E.sum(axis=0)\n"
_ZEROS = "def softmax(X):\n    return np.zeros_like(X)\n"
SUBMISSIONS: Mapping[str, str] = {
    "right": _RIGHT,
    "zeros": _ZEROS,
    "patches np.allclose": f"np.allclose = lambda *a, **k: True\n{_ZEROS}",
    "an array that says it is equal": """
class Liar(np.ndarray):
    def __array_function__(self, *a, **k):
        return True
    def __array_ufunc__(self, *a, **k):
        return np.array(True)
def softmax(X):
    return np.zeros(X.shape).view(Liar)
""",
    "reads the frames of its caller": """
import sys
def softmax(X):
    frame = sys._getframe(1)
    while frame:
        if "expected" in frame.f_locals:
            return frame.f_locals["expected"]
        frame = frame.f_back
    return X
""",
    "patches the checks": """
import sys, unittest
for module in list(sys.modules.values()):
    if hasattr(module, "CASES") and hasattr(module, "check"):
        module.check = lambda *a: None
unittest.TestCase.run = lambda self, result=None: result.addSuccess(self)
try:
    import _pytest.python
    _pytest.python.Function.runtest = lambda self: None
except ImportError:
    pass
def softmax(X):
    return X
""",
    "reads the checks from the disk": """
import json, os
PLACES = [os.getcwd(), *(os.path.join(os.getcwd(), "..", n) for n in ("", "..")), *__import__("sys").path]
FOUND = next((p for p in (os.path.join(d, "checks.json") for d in PLACES) if os.path.exists(p)), None)
CASES = json.load(open(FOUND)) if FOUND else []
def softmax(X):
    return next((np.array(out) for given, out in CASES if np.array_equal(given, X)), X)
""",
    "ends the process": f"import os\nos._exit(0)\n{_ZEROS}",
}
_CASES = [
    [X, (lambda E: [[v / sum(column[j] for column in E) for j, v in enumerate(row)] for row in E])(
        [[2.718281828459045**v for v in row] for row in X])]
    for X in ([[1.0], [2.0], [0.5]], [[0.0, 1.0], [3.0, -1.0]], [[1.0, 2.0, 3.0], [2.0, 0.0, 1.0], [0.0, 0.5, 4.0]])
]  # fmt: skip
_HARNESS = """
import json, pathlib
import numpy as np

CASES = json.loads(pathlib.Path(__file__).with_name("checks.json").read_text())

def check(number, function):
    given, expected = map(np.array, CASES[number])
    assert np.allclose(function(given), expected)
"""


def attacks(names: Collection[str] = ()) -> str:
    """The table: points of three, by submission and grader; of some graders where they are named."""
    graders = {name: grader for name, grader in GRADERS.items() if not names or name in names}
    rows = []
    for name, body in SUBMISSIONS.items():
        rows.append([name])
        for grader in graders.values():
            with tempfile.TemporaryDirectory(prefix="attacks-") as scratch:
                rows[-1].append(grader(Path(scratch), f"import numpy as np\n{body}"))
        sys.stderr.write(f"{rows[-1]}\n")
    return table(["points of 3", *graders], rows)


def _shared(folder: Path) -> None:
    (folder / "checks.json").write_text(json.dumps(_CASES), "utf-8")
    (folder / "harness.py").write_text(_HARNESS, "utf-8")


_COURSE = {
    "assignments/softmax/assignment.py": (
        "from grader.spec import Assignment, Function\n\n"
        "ASSIGNMENT = Assignment(name='softmax', title='Softmax', source='', functions=(Function('softmax', points=3,\n"
        "    inputs=lambda d: (d.array(*d.sizes('n', 'm')),), returns='A', summary=''),))\n"
    ),
    "reference/__init__.py": "",
    "reference/softmax.py": f"import numpy as np\n\n{_RIGHT}",
}


def _ours(folder: Path, source: str) -> str:
    for name, text in _COURSE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "hw.py").write_text(source, "utf-8")
    return f"{grade(Course(folder).load('softmax'), folder / 'hw.py').points or 0:g}"


def _ran(peer: str, *arguments: str, cwd: Path) -> None:
    python = python_of(peer)
    run([python, *arguments], cwd=cwd, env={**os.environ, "PATH": f"{Path(python).parent}:{os.environ['PATH']}"})


def _read(path: Path, points: Callable[[dict[str, object]], object]) -> str:
    """The points in a file of results; a dash where the grader did not live to write it."""
    try:
        return f"{points(json.loads(path.read_text('utf-8'))):g}"
    except (OSError, ValueError, KeyError, TypeError):
        return "-"


def _pytest(folder: Path, source: str) -> str:
    _shared(folder)
    (folder / "solution.py").write_text(source, "utf-8")
    tests = "".join(f"def test_{n}():\n    harness.check({n}, solution.softmax)\n\n\n" for n in range(3))
    (folder / "test_solution.py").write_text(f"import harness\nimport solution\n\n\n{tests}", "utf-8")
    _ran("pytest", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", "out.xml", cwd=folder)
    text = (folder / "out.xml").read_text("utf-8") if (folder / "out.xml").exists() else ""
    return str(text.count("<testcase") - text.count("<failure") - text.count("<error")) if text else "-"


def _gradescope(folder: Path, source: str) -> str:
    _shared(folder)
    (folder / "solution.py").write_text(source, "utf-8")
    test = "    @weight(1)\n    def test_{0}(self):\n        harness.check({0}, solution.softmax)\n"
    text = (
        "import unittest\nimport harness\nimport solution\n"
        "from gradescope_utils.autograder_utils.decorators import weight\n"
        "from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n\n\n"
        "class TestSolution(unittest.TestCase):\n" + "\n".join(map(test.format, range(3))) + "\n\n"
        "suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestSolution)\n"
        "with open('results.json', 'w') as out:\n    JSONTestRunner(visibility='visible', stream=out).run(suite)\n"
    )
    (folder / "run_tests.py").write_text(text, "utf-8")
    _ran("gradescope", "run_tests.py", cwd=folder)
    return _read(folder / "results.json", lambda found: sum(test["score"] for test in found["tests"]))  # type: ignore[attr-defined]


def _otter(folder: Path, source: str) -> str:
    _shared(folder)
    (folder / "tests").mkdir()
    for n in range(3):
        case = {"code": f">>> import harness\n>>> harness.check({n}, softmax)\n", "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": f"q{n}", "points": 1, "suites": [suite]}
        (folder / "tests" / f"q{n}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", "utf-8")
    _ran("otter", "-m", "otter", "generate", "-t", "tests", "--no-environment", "harness.py", "checks.json", cwd=folder)
    (folder / "hw.ipynb").write_text(notebook([code_cell(source)]), "utf-8")
    (folder / "out").mkdir()
    _ran("otter", "-m", "otter", "run", "--no-logo", "-o", "out", "hw.ipynb", cwd=folder)
    return _read(folder / "out" / "results.json", lambda found: sum(t.get("score", 0) for t in found["tests"]))  # type: ignore[attr-defined]


_SCORE = (
    "import json; from nbgrader.api import Gradebook; "
    "book = Gradebook('sqlite:///gradebook.db'); "
    "print(json.dumps(book.find_submission('hw', 'ann').score))"
)


def _nbgrader(folder: Path, source: str) -> str:
    def marked(name: str, **more: object) -> dict[str, object]:
        mark = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3, "solution": True, "task": False}
        return {**mark, **more}

    tests = [
        code_cell(
            f"import harness\nharness.check({n}, softmax)\n",
            marked(f"q{n}", grade=True, locked=True, points=1, solution=False),
        )
        for n in range(3)
    ]
    for where, text in (
        ("source", f"### BEGIN SOLUTION\nimport numpy as np\n{_RIGHT}\n### END SOLUTION"),
        ("submitted/ann", source),
    ):
        (folder / where / "hw").mkdir(parents=True)
        _shared(folder / where / "hw")
        (folder / where / "hw" / "hw.ipynb").write_text(notebook([code_cell(text, marked("solution")), *tests]), "utf-8")
    _ran("nbgrader", "-m", "nbgrader", "generate_assignment", "hw", cwd=folder)
    _ran("nbgrader", "-m", "nbgrader", "autograde", "hw", cwd=folder)
    usage = run([python_of("nbgrader"), "-c", _SCORE], cwd=folder)
    return f"{json.loads(usage.output.splitlines()[-1]):g}" if not usage.code else "-"


def _prairielearn(folder: Path, source: str) -> str:
    _shared(folder)
    test = (
        "@pytest.mark.grading_data(name='q{0}', points=1)\ndef test_{0}(sandbox):\n"
        "    harness.check({0}, lambda X: sandbox.query_function('softmax', X))\n\n\n"
    )
    text = PATIENT + "".join(map(test.format, range(3)))
    (folder / "test_student.py").write_text(text, "utf-8")
    (folder / "test_student").mkdir()
    (folder / "test_student" / "student_code.py").write_text(source, "utf-8")
    folder.chmod(0o700)
    above = Path(python_of("prairielearn")).resolve().parents
    reachable = all(place.stat().st_mode & 1 for place in above)
    as_user = ["--worker-username", "nobody"] if os.getuid() == 0 and reachable else []
    _ran("prairielearn", "-m", "pytest", "-q", "-p", "no:cacheprovider", *as_user, cwd=folder)
    return _read(folder / "autograder_results.json", lambda found: sum(t["points"] for t in found["tests"]))  # type: ignore[attr-defined]


GRADERS: dict[str, Callable[[Path, str], str]] = {
    "this-one": _ours,
    "pytest": _pytest,
    "gradescope-utils": _gradescope,
    "PrairieLearn": _prairielearn,
    "otter": _otter,
    "nbgrader": _nbgrader,
}


if __name__ == "__main__":
    sys.stdout.write(f"{attacks(sys.argv[1:])}\n")
