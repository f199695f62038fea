"""The student kit: nothing of a solution in it, and everything that a student needs."""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from grader.cli.new import write_assignment
from grader.course import Course
from grader.errors import SpecError
from grader.freezing.store import frozen_cases
from grader.freezing.submissions import reference_files
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.judging.outcomes import arguments_of
from grader.judging.values import leaves
from grader.model import Report
from grader.publishing.handout import handout, in_order, introduction, sections
from grader.publishing.kit import _used_by_the_starter, starter_notes, write_kit
from grader.publishing.wheel import wheel
from grader.sandbox.here import InProcess
from grader.sandbox.parent import Sandbox
from grader.spec import Code, Ref
from grader.submission.reading import parse_submission, read_submission
from tests.authored import sample
from tests.gradable import parametrized
from tests.kits import COURSE, ROOT, code_of, installed, kit, loaded_kit

every_assignment = pytest.mark.parametrize("name", parametrized())

# -- no solution in it -------------------------------------------------------------------------


class _Bare(ast.NodeTransformer):
    """Takes annotations off and numbers the names: a renamed copy looks the same."""

    def __init__(self, arguments: list[str]) -> None:
        self.numbers = {name: f"a{i}" for i, name in enumerate(arguments)}

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.Pass()
        return self.visit(ast.Assign([node.target], node.value))  # type: ignore[no-any-return]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self.numbers.setdefault(node.id, f"n{len(self.numbers)}"), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self.numbers.setdefault(node.arg, f"n{len(self.numbers)}"), None)


def _shape(statements: list[ast.stmt], arguments: list[str]) -> str:
    first = statements[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(statements) > 1
    bare = _Bare(arguments)
    return ast.dump(bare.visit(copy.deepcopy(ast.Module(statements[documented:], []))))


@cache  # every kit holds the whole package
def definitions(source: str) -> tuple[tuple[str, str], ...]:
    """Functions and lambdas with something to them: name and shape."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and _weight(node.body) >= 12:
            found.append((node.name, _shape(node.body, [a.arg for a in node.args.args])))
        elif isinstance(node, ast.Lambda) and _weight([node.body]) >= 12:
            found.append(("lambda", _shape([ast.Return(node.body)], [a.arg for a in node.args.args])))
    return tuple(found)


def _weight(nodes: list[ast.stmt] | list[ast.expr]) -> int:
    kinds = (ast.expr_context, ast.operator, ast.Constant, ast.Return, ast.Expr)
    return sum(not isinstance(n, kinds) for node in nodes for n in ast.walk(node))


def _reference_of(name: str) -> Path:
    return ROOT / Path(*COURSE.load(name).spec.reference_module.split(".")).with_suffix(".py")


def solutions(name: str) -> dict[str, str]:
    """Every right and every wrong solution that the authors of an assignment have, by its shape."""
    helpers = COURSE.load(name).spec.provided_helpers
    found: dict[str, str] = {}
    for path in (_reference_of(name), *(COURSE.load(name).folder / f"{stem}.py" for stem in ("mistakes", "styles"))):
        for function, shape in definitions(path.read_text("utf-8")):
            if function not in helpers:
                found[shape] = f"{function} of {path.name}"
    return found


def test_a_solution_is_recognised_under_other_names() -> None:
    one = "def f(A, W, b):\n    '''Text.'''\n    Z: float = W @ A + b\n    cache = (A, W, b)\n    return Z, cache\n"
    two = "def g(x, y, z):\n    r = y @ x + z\n    c = (x, y, z)\n    return r, c\n"
    other = "def g(x, y, z):\n    r = x @ y + z\n    c = (x, y, z)\n    return r, c\n"
    assert {shape for _, shape in definitions(one)} == {shape for _, shape in definitions(two)}
    assert {shape for _, shape in definitions(one)} != {shape for _, shape in definitions(other)}


@every_assignment
def test_no_file_of_a_kit_holds_a_right_or_a_wrong_solution(name: str) -> None:
    known = solutions(name)
    assert known
    leaked = [
        (file, function, known[shape])
        for file, source in code_of(kit(name))
        for function, shape in definitions(_python(source))
        if shape in known
    ]
    assert leaked == []


def _python(source: str) -> str:
    return re.sub(r"(?m)^(\s*)%.*$", r"\1pass", source)


_FORMULA = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.SetComp)


def _solution_formulas(name: str) -> dict[str, str]:
    """Larger expressions between the marks of the reference's graded functions, names numbered."""
    found: dict[str, str] = {}
    for spec in COURSE.load(name).spec.functions:
        tree = ast.parse(inspect.getsource(COURSE.load(name).solution_function(spec.name)))
        for node in ast.walk(tree):
            if isinstance(node, _FORMULA) and _weight([node]) >= 9:
                found[_shape([ast.Expr(node)], [])] = ast.unparse(node)
    return found


@every_assignment
def test_no_description_spells_out_a_formula_of_a_solution(name: str) -> None:
    known = _solution_formulas(name)
    leaked = [
        known[shape]
        for file in ("assignment.py", "public.py")
        if (path := kit(name) / "assignments" / name / file).is_file()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, _FORMULA) and (shape := _shape([ast.Expr(node)], [])) in known
    ]
    assert leaked == []


@every_assignment
def test_no_function_of_a_description_answers_the_cases_of_a_graded_function(name: str) -> None:
    assignment, cases = loaded_kit(name), frozen_cases(loaded_kit(name))
    module = assignment.course._module(f"assignments.{name}.assignment", assignment.folder / "assignment.py")
    functions = {n: f for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__}
    solving = []
    for spec in assignment.spec.functions:
        questions = [arguments_of(case.plan) for case in cases.functions[spec.name].cases if case.expected][:4]
        if spec.given or any(isinstance(part, Code | Ref) for args in questions for part in args):
            continue  # stands on public code that is not at hand here
        right = [COURSE.load(name).reference_function(spec.name)(*args) for args in questions]
        for other, function in functions.items():
            if right and all(_equal(function, args, answer) for args, answer in zip(questions, right, strict=True)):
                solving.append((other, spec.name))
    assert solving == []


def _equal(function: object, args: tuple[object, ...], answer: object) -> bool:
    try:
        with np.errstate(all="ignore"):
            found = function(*args)  # type: ignore[operator]
        pairs = list(zip(leaves(found), leaves(answer), strict=True))
        return bool(pairs) and all(np.allclose(a, b) for (_, a), (_, b) in pairs)
    except Exception:
        return False


# -- what a student does with it ---------------------------------------------------------------


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, Sandbox]]:
    """One sandbox for each code that is run before, and one for all assignments that have none."""
    found: dict[str, Sandbox] = {}
    yield found
    for sandbox in found.values():
        sandbox.close()


@pytest.fixture
def sandbox(name: str, sandboxes: dict[str, Sandbox]) -> Sandbox:
    loaded = COURSE.load(name)
    if loaded.warm_up not in sandboxes:
        sandboxes[loaded.warm_up] = Sandbox(loaded.spec.packages, warm_up=loaded.warm_up)
    return sandboxes[loaded.warm_up]


def _graded(name: str, text: str, sandbox: Sandbox, siblings: dict[str, str] | None = None) -> Report:
    cases = frozen_cases(loaded_kit(name))
    others = {stem: source.encode() for stem, source in (siblings or {}).items()}
    submission = parse_submission(f"{name}.py", ".py", text.encode(), cases.arities, siblings=others)
    return grade_submission(loaded_kit(name), judges_of(loaded_kit(name).spec, cases), submission, sandbox)


@every_assignment
def test_a_kit_knows_no_reference(name: str) -> None:
    assert loaded_kit(name).reference is None
    assert not (kit(name) / "reference").exists()
    assert {p.stem for p in loaded_kit(name).folder.glob("*.py")} <= {"assignment", "public"}


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
@every_assignment
def test_an_unfilled_starter_loads_whole_and_gets_nothing(name: str, suffix: str, sandbox: Sandbox) -> None:
    cases = frozen_cases(loaded_kit(name))
    submission = read_submission({f"{name}{suffix}": kit(name) / f"{name}{suffix}"}, cases.arities)
    assert submission.messages == ()
    report = grade_submission(loaded_kit(name), judges_of(loaded_kit(name).spec, cases), submission, sandbox)
    assert (report.status, report.points) == ("graded", 0.0)
    # All that a backward pass could use may be what an unfilled forward pass has left None.
    assert "failed" in {f.status for f in report.functions} <= {"failed", "not-graded"}
    assert [m for m in report.messages if "left out" in m] == []


@every_assignment
def test_the_reference_pasted_into_the_starter_gets_full_marks_by_the_kit_alone(name: str, sandbox: Sandbox) -> None:
    text, siblings = reference_files(COURSE.load(name))
    starter = (kit(name) / f"{name}.py").read_text("utf-8")
    report = _graded(name, f"{starter}\n\n{text}", sandbox, siblings)
    assert [(f.name, f.status) for f in report.functions if f.status != "passed"] == []
    assert report.full_marks
    assert "your marks come from other cases" in report.messages[-1]


@every_assignment
def test_the_public_cases_are_not_the_graded_ones(name: str) -> None:
    public, graded = frozen_cases(loaded_kit(name)), frozen_cases(COURSE.load(name))
    shared, total = 0, 0
    for spec in COURSE.load(name).spec.functions:
        questions = {repr(case.plan.steps) for case in graded.functions[spec.name].cases}
        asked = [repr(case.plan.steps) for case in public.functions[spec.name].cases]
        shared, total = shared + sum(question in questions for question in asked), total + len(asked)
    assert shared < total / 3  # where there is little to draw, as layer sizes, some occur in both


# TensorFlow greets whoever imports it, unless told not to.
_QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


@every_assignment
def test_the_starter_runs_in_the_kits_folder(name: str) -> None:
    """Helper modules that it imports lie beside it."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '.'); import {name}"],
        cwd=kit(name), capture_output=True, text=True, env={**os.environ, **_QUIET},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_grader_check_works_with_what_the_kit_brings_and_nothing_else(tmp_path: Path) -> None:
    name = "learning_rate_decay"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(installed(name))}
    check = [sys.executable, "-m", "grader", "check", name, f"{name}.ipynb", "--json", "-"]
    # Without a network where this machine lets a test take it away.
    possible = subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0
    offline = ["unshare", "--net"] if possible else []
    done = subprocess.run([*offline, *check], cwd=kit(name), capture_output=True, text=True, env=environment)
    assert done.stderr == ""
    assert done.returncode == 1
    assert json.loads(done.stdout)["points"] == 0.0
    show = [sys.executable, "-c", "import grader; print(grader.__file__)"]
    where = subprocess.run(show, cwd=kit(name), capture_output=True, text=True, env=environment)
    assert where.stdout.startswith(str(installed(name)))


def test_requirements_name_the_wheel_that_lies_in_the_kit() -> None:
    folder = kit("learning_rate_decay")
    (package,) = folder.glob("*.whl")
    (info,) = installed(folder.name).glob("*.dist-info")
    _, place, requirement = (folder / "requirements.txt").read_text("utf-8").splitlines()
    assert place == "--find-links ."
    project, version = requirement.split("==")
    assert re.fullmatch(r"[\d.]+\+[0-9a-f]{8}", version)  # a version that no index takes
    assert package.name == f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
    metadata = (info / "METADATA").read_text("utf-8")
    assert f"\nVersion: {version}\n" in metadata
    assert "\nRequires-Dist: numpy" in metadata
    assert "://" not in metadata
    record = (info / "RECORD").read_text("utf-8")
    for file in ("grader/cli/main.py", "grader/py.typed", f"{info.name}/licenses/LICENSE"):
        assert f"{file},sha256=" in record
    assert (info / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_packages_that_an_assignment_allows_are_required_too() -> None:
    loaded = COURSE.load("learning_rate_decay")
    allowing = replace(loaded, spec=replace(loaded.spec, packages=("scipy", "pandas")))
    text = dict(_used_by_the_starter(allowing, frozen_cases(loaded_kit("learning_rate_decay")), ""))[
        "requirements.txt"
    ].decode()
    assert text == (kit("learning_rate_decay") / "requirements.txt").read_text("utf-8") + "scipy\npandas\n"


def test_other_files_in_a_wheel_give_it_another_version() -> None:
    names = {wheel(also)[0] for also in (None, {}, {"a.py": b"1"}, {"a.py": b"2"})}
    assert len(names) == 3


def test_the_zip_for_colab_holds_what_the_notebook_needs() -> None:
    name = "dnn_step_by_step"
    with zipfile.ZipFile(kit(name) / "colab.zip") as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    assert {"requirements.txt", "dnn_utils.py", f"assignments/{name}/cases.bin"} <= set(files)
    assert all((kit(name) / entry).read_bytes() == data for entry, data in files.items())
    assert not {f"{name}.ipynb", f"{name}.py"} & set(files)  # a student's own work is never written over


def test_the_readme_tells_three_steps_for_each_of_five_places() -> None:
    rows = re.findall(r"(?m)^ +\| (\w+) \| (.*) \|$", (kit("learning_rate_decay") / "README.md").read_text("utf-8"))
    steps = {where: len(text.split("<br>")) for where, text in rows if where != "where"}
    assert steps == dict.fromkeys(["Windows", "macOS", "Linux", "Colab", "browser"], 3)


def test_a_starter_is_a_notebook_of_the_format() -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    for name in ("dnn_step_by_step", "learning_rate_decay"):
        notebook = nbformat.read(kit(name) / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert nbformat.writes(notebook).rstrip("\n") == (kit(name) / f"{name}.ipynb").read_text("utf-8").rstrip("\n")


def test_the_workflow_of_a_kit_checks_the_notebook() -> None:
    name = "learning_rate_decay"
    workflow = yaml.safe_load((kit(name) / ".github" / "workflows" / "check.yml").read_text("utf-8"))
    commands = [step.get("run") for step in workflow["jobs"]["check"]["steps"]]
    assert f"grader check {name} {name}.ipynb" in commands


def test_the_notebook_has_the_handout_a_starter_and_a_check_for_every_function() -> None:
    name = "dnn_step_by_step"
    cells = json.loads((kit(name) / f"{name}.ipynb").read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    for spec in COURSE.load(name).spec.functions:
        at = texts.index(f'check("{spec.name}")')
        assert texts[at - 1].startswith(f"def {spec.name}(")
        assert f"`{spec.name}(" in texts[at - 2]
        assert f"{spec.points:g} points" in texts[at - 2]


@every_assignment
def test_a_handout_has_a_part_for_each_function_and_the_notebook_all_of_it_in_order(name: str) -> None:
    assignment = COURSE.load(name)
    text = handout(assignment)
    functions = [f.name for f in assignment.spec.functions]
    assert list(sections(text)) == functions
    parts, rest = in_order(text)
    whole = "\n\n".join([introduction(text), *parts.values(), rest])
    assert whole.split() == text.split()


def test_the_readme_of_a_kit_lists_what_is_to_be_done() -> None:
    text = (kit("learning_rate_decay") / "README.md").read_text("utf-8")
    assert "grader check learning_rate_decay learning_rate_decay.ipynb" in text
    assert "| `schedule_lr_decay` | 60 |" in text


MARKED = """
import numpy as np

def twice(X):
    # BEGIN SOLUTION
    Y = 2 * X
    # END SOLUTION
    return Y
"""


def test_the_readme_of_a_kit_lists_what_a_person_grades(tmp_path: Path) -> None:
    loaded = sample(tmp_path, options='manual=(Manual("why", points=3, summary="Why twice?"),)', reference=MARKED)
    (loaded.folder / "README.md").write_text("# Sample\n", "utf-8")
    write_kit(loaded, tmp_path / "kit")
    assert "| `why` | 3 | Why twice? |" in (tmp_path / "kit" / "README.md").read_text("utf-8")


def test_only_helper_modules_that_the_starter_needs_lie_beside_it() -> None:
    folder = kit("dnn_step_by_step")
    assert {p.name for p in folder.glob("*.py")} == {"dnn_step_by_step.py", "dnn_utils.py"}


# -- the same kit again ------------------------------------------------------------------------


def _bytes_of(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@cache
def _own_course(folder: Path) -> Course:
    write_assignment("scaling", folder)
    return Course(folder)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_cases(tmp_path: Path) -> None:
    course = _own_course(tmp_path / "course")
    made = []
    for number, seed in enumerate((3, 3, 4)):
        write_kit(course.load("scaling"), tmp_path / str(number), seed=seed)
        made.append(_bytes_of(tmp_path / str(number)))
        for path in (tmp_path / "course" / ".grader" / "cases").glob("*"):
            path.unlink()  # drawn anew each time
    assert made[0] == made[1]
    changed = [name for name in made[0] if made[0][name] != made[2][name]]
    assert sorted(changed) == ["assignments/scaling/cases.bin", "colab.zip"]  # which holds the cases, too


# -- errors ------------------------------------------------------------------------------------


def test_the_seed_of_the_graded_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="seed 0 draws the graded cases"):
        write_kit(COURSE.load("learning_rate_decay"), tmp_path / "kit", seed=0)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(SpecError, match="is not an empty folder; name a new one"):
        write_kit(COURSE.load("learning_rate_decay"), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_kit_cannot_be_made_from_a_kit(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no reference here"):
        write_kit(loaded_kit("learning_rate_decay"), tmp_path / "kit")


def test_a_kit_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    write_assignment("scaling", tmp_path / "course")
    reference = tmp_path / "course" / "reference" / "scaling.py"
    reference.write_text(reference.read_text("utf-8").replace("# END SOLUTION", ""), "utf-8")
    with pytest.raises(SpecError, match=r"scaling\.py, line \d+: the function beginning 'def .*' needs one region"):
        write_kit(Course(tmp_path / "course").load("scaling"), tmp_path / "kit")
    assert not (tmp_path / "kit").exists()


def test_a_kit_without_a_hand_out_is_refused(tmp_path: Path) -> None:
    write_assignment("scaling", tmp_path / "course")
    (tmp_path / "course" / "assignments" / "scaling" / "README.md").unlink()
    with pytest.raises(SpecError, match=r"README\.md is missing: write the hand-out"):
        write_kit(Course(tmp_path / "course").load("scaling"), tmp_path / "kit")


# -- functions that stand on a wrong helper ----------------------------------------------------

_LAYERS = """
import numpy as np
from dnn_utils import sigmoid, relu, sigmoid_backward, relu_backward

def linear_forward(A, W, b):
    return {Z}, (A, W, b)

def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, (linear_cache, activation_cache)
"""


def test_a_kit_says_which_function_may_fail_only_because_of_a_wrong_helper() -> None:
    report = _in_process("dnn_step_by_step", _LAYERS.format(Z="W @ A - b"))
    said = [m for m in report.messages if "may fail only because of" in m]
    assert len(said) == 1
    assert said[0].startswith("linear_activation_forward")
    assert "because of linear_forward: fix that first" in said[0]


def test_a_kit_finds_helpers_that_no_description_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which functions a solution calls its own text says, also through functions of its own."""
    spec = loaded_kit("dnn_step_by_step").spec
    monkeypatch.setattr(type(spec), "ancestors", lambda *_: ())
    through = _LAYERS.format(Z="W @ A - b").replace("Z, linear_cache = linear_forward", "Z, linear_cache = own")
    for text in (_LAYERS.format(Z="W @ A - b"), through + "\ndef own(*args):\n    return linear_forward(*args)\n"):
        said = [m for m in _in_process("dnn_step_by_step", text).messages if "may fail only because of" in m]
        assert [m.partition(":")[0] for m in said] == ["linear_activation_forward may fail only because of linear_forward"]


def test_a_kit_blames_no_helper_for_what_is_not_written_yet() -> None:
    text = (kit("dnn_step_by_step") / "dnn_step_by_step.py").read_text("utf-8")
    report = _in_process("dnn_step_by_step", text)
    assert {f.status for f in report.functions} == {"failed"}
    assert report.messages == ()


def test_a_kit_says_nothing_where_the_helpers_are_right() -> None:
    wrong = _LAYERS.format(Z="W @ A + b").replace("else relu(Z)", "else sigmoid(Z)")
    report = _in_process("dnn_step_by_step", wrong)
    function = next(f for f in report.functions if f.name == "linear_activation_forward")
    assert function.status in ("failed", "partial")
    assert function.waits_for == ()
    assert [m for m in report.messages if m.startswith("linear_activation_forward")] == []


def _in_process(name: str, text: str) -> Report:
    own = "\n".join(loaded_kit(name).provided["dnn_utils"].split("\n"))
    text = text.replace("from dnn_utils import sigmoid, relu, sigmoid_backward, relu_backward", own)
    cases = frozen_cases(loaded_kit(name))
    submission = parse_submission("student.py", ".py", text.encode(), cases.arities)
    return grade_submission(loaded_kit(name), judges_of(loaded_kit(name).spec, cases), submission, InProcess())


COUNTED = """
def counted(X):
    \"\"\"Twice X, and how many rows it has.\"\"\"
    # BEGIN SOLUTION
    doubled = 2 * X
    # END SOLUTION
    return doubled, len(X)
"""


def test_what_an_untouched_starter_earns_is_told_to_its_author(tmp_path: Path) -> None:
    """Who leaves a right number in the last line gives it away."""
    loaded = sample(tmp_path, 'Function("counted", points=10, inputs=inputs, returns=("doubled", "n"))', reference=COUNTED)
    (loaded.folder / "README.md").write_text("# Counting\n\n## `counted`\n", "utf-8")
    write_kit(loaded, tmp_path / "kit")
    assert list(starter_notes(loaded, tmp_path / "kit")) == [
        "the starter of counted earns 5 of 10 points as it is handed out: judge what it leaves undone"
    ]
