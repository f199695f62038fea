"""Autograders that platforms run: what is in them, and whether they run where only they are."""

from __future__ import annotations

import ast
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from grader.errors import SpecError
from grader.publishing.export import TARGETS, write_export
from grader.publishing.files import reference_files
from tests.platforms import NAME, RIGHT, WRONG, assignment, notebook
from tests.publishing.targets.test_gradescope import assert_documented

# -- what is in them ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def autograder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export("gradescope", assignment(), tmp_path_factory.mktemp("zip") / "autograder.zip")


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export("github", assignment(), tmp_path_factory.mktemp("action") / "grade")


def test_a_gradescope_zip_has_its_two_programs_at_the_root(autograder: Path) -> None:
    with zipfile.ZipFile(autograder) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes["setup.sh"] & stat.S_IXUSR
    assert modes["run_autograder"] & stat.S_IXUSR
    assert {"requirements.txt", f"assignments/{NAME}/cases.bin", f"reference/{NAME}.py"} <= set(modes)
    unwanted = ("__pycache__", f"{NAME}/mistakes.py")
    assert not [name for name in modes if any(part in name for part in unwanted)]


def test_the_same_export_has_the_same_bytes(autograder: Path, action: Path, tmp_path: Path) -> None:
    assert write_export("gradescope", assignment(), tmp_path / "again.zip").read_bytes() == autograder.read_bytes()
    again = write_export("github", assignment(), tmp_path / "again")
    for path in (p for p in again.rglob("*") if p.is_file()):
        assert path.read_bytes() == (action / path.relative_to(again)).read_bytes()


def test_an_action_holds_no_reference(action: Path) -> None:
    assert not (action / "reference").exists()
    bodies = [
        ast.unparse(node.body[-1])
        for path in (action / "assignments").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert bodies
    assert not [body for body in bodies if "half" in body]


def test_action_yml_is_a_composite_action(action: Path) -> None:
    parsed: dict[str, Any] = yaml.safe_load((action / "action.yml").read_text("utf-8"))
    assert parsed["description"] == assignment().spec.title  # with its quotation marks and backslash
    assert parsed["runs"]["using"] == "composite"
    assert set(parsed["inputs"]) == {"path", "min-score"}
    assert set(parsed["outputs"]) == {"points", "max-points"}
    for step in parsed["runs"]["steps"]:
        assert "uses" in step or step["shell"] == "bash"
    (step,) = (step for step in parsed["runs"]["steps"] if step.get("id") == "grade")
    assert parsed["outputs"]["points"]["value"] == "${{ steps.grade.outputs.points }}"
    # What students type reaches the shell through the environment only.
    assert "${{" not in step["run"]
    assert step["env"]["SUBMISSION"] == "${{ inputs.path }}"


def test_the_step_of_the_action_is_the_command_that_the_tests_run(action: Path, tmp_path: Path) -> None:
    steps = yaml.safe_load((action / "action.yml").read_text("utf-8"))["runs"]["steps"]
    (step,) = (step for step in steps if step.get("id") == "grade")
    (tmp_path / "-x.py").write_text(RIGHT, "utf-8")
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(action),
        "SUBMISSION": "-x.py", "MIN_SCORE": "100",
    }  # fmt: skip
    done = subprocess.run(["bash", "-c", step["run"]], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_fork_in_a_folder_of_its_own_gives_the_action_nothing_but_files(action: Path, tmp_path: Path) -> None:
    """As in the workflow for pull requests: the action is the branch's, and beside it lies what somebody else wrote."""
    fork = tmp_path / "submission"
    for name in ("grader", "numpy", ".github/actions/grade/grader"):
        (fork / name).mkdir(parents=True)
        (fork / name / "__init__.py").write_text("raise SystemExit(5)\n", "utf-8")
    (fork / "sitecustomize.py").write_text("raise SystemExit(5)\n", "utf-8")
    (fork / "x.py").write_text(RIGHT, "utf-8")
    (fork / "link.py").symlink_to(action / "action.yml")
    program = [sys.executable, "-P", "-m", "grader.publishing.targets.github", "--min-score", "100", "--"]
    name = assignment().name
    for path, status in (("submission/x.py", 0), ("submission/link.py", 2)):
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(action)}
        done = subprocess.run([*program, name, path], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == status, done


# -- errors ------------------------------------------------------------------------------------


def test_a_folder_is_no_zip(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"is a folder; name the zip file to write, such as .*autograder\.zip"):
        write_export("gradescope", assignment(), tmp_path)


def test_an_action_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    for path in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(SpecError, match="is not an empty folder"):
            write_export("github", assignment(), path)


PUBLIC = [platform for platform, target in TARGETS.items() if target.public]


def test_what_students_can_read_is_known() -> None:
    assert PUBLIC == ["github", "classroom50"]


@pytest.mark.parametrize("platform", PUBLIC)
def test_students_do_not_get_the_answers_of_the_graded_cases(platform: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="seed 0 draws the graded cases"):
        write_export(platform, assignment(), tmp_path / "grade", seed=0)
    assert not list(write_export(platform, assignment(), tmp_path / "grade").rglob("reference"))


def test_an_export_carries_the_reference_of_its_assignment_alone(tmp_path: Path) -> None:
    """Through imports of the package, of a module, of a name of a module, and of a provided helper."""
    course = tmp_path / "course"
    (course / "assignments" / "a").mkdir(parents=True)
    (course / "reference").mkdir()
    sources = {
        "__init__": "", "a": "import numpy\nfrom reference import b\nfrom reference.c import f\nimport math, reference.d\n",
        "b": "", "c": "def f(): ...\n", "d": "from reference import a\n", "h": "", "other": "from reference import a\n",
    }  # fmt: skip
    for name, text in sources.items():
        (course / "reference" / f"{name}.py").write_text(text, "utf-8")
    spec = SimpleNamespace(reference_module="reference.a", provided_helpers={"g": "reference.h.g"}, files={})
    carried = dict(reference_files(SimpleNamespace(spec=spec, course=SimpleNamespace(root=course))))  # type: ignore[arg-type]
    assert sorted(carried) == [f"reference/{name}.py" for name in ("__init__", "a", "b", "c", "d", "h")]


# -- Gradescope, as it runs there ----------------------------------------------------------------


@pytest.fixture(scope="module")
def image(autograder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like theirs, with the autograder unpacked and set up once."""
    root = tmp_path_factory.mktemp("autograder")
    (root / "source").mkdir()
    with zipfile.ZipFile(autograder) as archive:
        archive.extractall(root / "source")
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root)}
    for name in ("PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", str(root / "source" / "setup.sh")], env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return root


def _run(image: Path, **files: str | bytes) -> tuple[int, dict[str, Any] | None]:
    submission, results = image / "submission", image / "results"
    for folder in (submission, results):
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        folder.mkdir()
    for name, data in files.items():
        path = submission / name.replace("_ipynb", ".ipynb").replace("_py", ".py")
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (image / "submission_metadata.json").write_text('{"id": 1, "users": [{"name": "Ada"}]}', "utf-8")
    possible = subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0
    offline = ["unshare", "--net"] if possible else []
    done = subprocess.run(
        [*offline, "bash", str(image / "source" / "run_autograder")],
        env={"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(image)}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    written = results / "results.json"
    return done.returncode, json.loads(written.read_text("utf-8")) if written.exists() else None


@pytest.mark.slow
class TestGradescopesContainer:
    """Set up once, which needs a package index; then graded without a network."""

    def test_a_right_submission(self, image: Path) -> None:
        status, results = _run(image, s_ipynb=notebook(RIGHT))
        assert status == 0
        assert results is not None
        assert_documented(results)
        assert results["score"] == 100
        assert [test["status"] for test in results["tests"]] == ["passed", "passed"]

    def test_a_wrong_one_costs_once_and_is_explained(self, image: Path) -> None:
        status, results = _run(image, s_py=WRONG)
        assert status == 0
        assert results is not None
        assert_documented(results)
        half, quarter = results["tests"]
        assert (half["status"], quarter["status"], quarter["score"]) == ("failed", "passed", 60)
        assert "0.5 times the expected value" in " ".join(half["output"].split())
        assert 60 <= results["score"] < 100

    @pytest.mark.parametrize(
        ("files", "why"),
        [
            ({}, "no .py or .ipynb file"),
            ({"s.ipynb": b"{broken"}, "no graded function was found"),
            ({"s.py": b"\x00\xff\xfe"}, ""),
            ({"s.txt": b"hello"}, "no .py or .ipynb file"),
        ],
        ids=["nothing", "broken notebook", "binary", "text"],
    )
    def test_what_cannot_be_read_gets_a_message(self, image: Path, files: dict[str, bytes], why: str) -> None:
        status, results = _run(image, **files)
        assert status == 0
        assert results is not None
        assert_documented(results)
        assert (results["score"], results["tests"]) == (0.0, [])
        assert why in results["output"]
        assert results["output"]

    def test_a_failure_of_the_grader_writes_no_zero(self, image: Path) -> None:
        cases = image / "source" / "assignments" / NAME / "cases.bin"
        whole = cases.read_bytes()
        cases.write_bytes(b"nonsense")
        try:
            status, results = _run(image, s_py=RIGHT)
        finally:
            cases.write_bytes(whole)
        assert status != 0
        assert results is None

    def test_answers_are_readable_by_the_grader_alone(self, image: Path) -> None:
        for inside in ("source", f"source/assignments/{NAME}/cases.bin", f"source/reference/{NAME}.py"):
            assert stat.S_IMODE((image / inside).stat().st_mode) & 0o077 == 0
