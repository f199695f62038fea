"""The checks of a submission as pytest items, in a pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.platforms import NAME, RIGHT, WRONG, assignment, notebook


def run(
    folder: Path, *options: str, submission: str | None = "s.py", others: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run pytest as a user does, but without the plugins of ``others``, which take longer to load than the run itself."""
    grading = ["--grader-course", str(assignment().course.root)]
    if submission:
        grading += ["--grader-assignment", NAME, f"--submission={submission}"]
    alone = {} if others else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "grader.pytest_plugin"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "-rs", *grading, *options],
        cwd=folder, env=os.environ | alone, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")  # nothing of this project's options
    (tmp_path / "s.py").write_text(RIGHT, "utf-8")
    return tmp_path


def _wrong(folder: Path) -> Path:
    (folder / "s.py").write_text(WRONG, "utf-8")
    return folder


def test_each_check_is_an_item(folder: Path) -> None:
    done = run(folder, others=True)
    assert done.returncode == 0, done.stdout
    for name in ("half[runs: runs]", "half[values: H]", "quarter[values: Q]"):
        assert f"s.py::{name} PASSED" in done.stdout


def test_a_failing_check_shows_what_the_student_reads_and_no_traceback(folder: Path) -> None:
    done = run(_wrong(folder))
    assert done.returncode == 1
    assert "s.py::half[values: H] FAILED" in done.stdout
    assert "s.py::quarter[values: Q] PASSED" in done.stdout  # it stands on a wrong helper
    assert "H is 0.5 times the expected value" in done.stdout
    assert "Hint: " in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout.partition("short test summary")[0]


def test_a_skipped_check_says_why(folder: Path) -> None:
    (folder / "s.py").write_text(RIGHT.replace("0.5 * X", "(0.5 * X)[0, 0]"), "utf-8")
    done = run(folder)
    assert "SKIPPED" in done.stdout
    assert "not checked: " in done.stdout


def test_k_selects(folder: Path) -> None:
    done = run(_wrong(folder), "-k", "quarter")
    assert done.returncode == 0
    assert "half[" not in done.stdout
    assert "deselected" in done.stdout


def test_x_stops_at_the_first_failure(folder: Path) -> None:
    done = run(_wrong(folder), "-x")
    assert done.returncode == 1
    assert "stopping after 1 failures" in done.stdout
    assert "quarter[" not in done.stdout


def test_junitxml_holds_all_items(folder: Path) -> None:
    done = run(_wrong(folder), "--junitxml", "results.xml")
    assert done.returncode == 1
    cases = list(ElementTree.parse(folder / "results.xml").iter("testcase"))
    assert "half[values: H]" in [case.get("name") for case in cases]
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert failed == ["half[values: H]"]


def test_a_notebook_is_graded_the_same_way(folder: Path) -> None:
    (folder / "s.ipynb").write_text(notebook("import numpy as np", WRONG), "utf-8")
    done = run(folder, submission="s.ipynb")
    assert done.returncode == 1
    assert "s.ipynb::half[values: H] FAILED" in done.stdout


def test_a_submission_is_not_imported(folder: Path) -> None:
    text = "import pathlib\npathlib.Path('imported.txt').write_text('yes')\nopen('opened.txt', 'w')\n"
    (folder / "s.py").write_text(f"{text}{RIGHT}\n\ndef test_of_my_own():\n    raise SystemExit\n", "utf-8")
    done = run(folder)
    assert done.returncode == 0, done.stdout
    assert "test_of_my_own" not in done.stdout
    assert not (folder / "imported.txt").exists()
    assert not (folder / "opened.txt").exists()


def test_a_module_beside_the_submission_may_be_anybodys_and_one_in_its_folder_is_imported(folder: Path) -> None:
    (folder / "mine.py").write_text("def h(X):\n    return X / 2\n", "utf-8")
    text = "from mine import h\n\ndef half(X):\n    return h(X)\n\ndef quarter(X):\n    return h(h(X))\n"
    (folder / "s.py").write_text(text, "utf-8")
    assert run(folder).returncode == 1
    (folder / "ann").mkdir()
    for name in ("mine.py", "s.py"):
        (folder / name).rename(folder / "ann" / name)
    done = run(folder, submission="ann")
    assert done.returncode == 0
    assert "ann::half[values: H] PASSED" in done.stdout


@pytest.mark.parametrize("submission", ["ann/s.py", "ann/deep/s.ipynb", "../hw/ann/s.py", "ann"])
def test_a_students_conftest_is_not_run(folder: Path, submission: str) -> None:
    evil = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"
    (folder / "hw" / "ann" / "deep").mkdir(parents=True)
    for name in ("ann/conftest.py", "ann/__init__.py", "ann/deep/conftest.py", "ann/test_ann.py"):
        (folder / "hw" / name).write_text(evil, "utf-8")
    (folder / "hw" / "ann" / "s.py").write_text(RIGHT, "utf-8")
    (folder / "hw" / "ann" / "deep" / "s.ipynb").write_text(notebook(RIGHT), "utf-8")
    (folder / "hw" / "test_other.py").write_text("def test_other():\n    pass\n", "utf-8")
    for others in ([], ["test_other.py"]):
        done = run(folder / "hw", *others, submission=submission)
        assert done.returncode == 0, done.stdout
        assert "half[values: H] PASSED" in done.stdout
        assert list(folder.rglob("*.ran")) == []


SETTINGS = {
    "pytest.ini": "[pytest]\naddopts = -p evil\npythonpath = .\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\npythonpath = ['.']\n",
    "tox.ini": "[pytest]\naddopts = -p evil\npythonpath = .\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p evil\npythonpath = .\n",
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("submission", ["ann/s.py", "ann"])
def test_a_students_settings_of_pytest_are_not_taken(folder: Path, name: str, submission: str) -> None:
    (folder / "ann").mkdir()
    (folder / "ann" / "s.py").write_text(RIGHT, "utf-8")
    (folder / "ann" / name).write_text(SETTINGS[name], "utf-8")
    (folder / "ann" / "evil.py").write_text("import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n", "utf-8")
    done = run(folder, submission=submission)
    assert done.returncode == 0, done.stdout
    assert not (folder / "ann" / "evil.ran").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--submission", "ann/s.py"], "write --submission=ann/s.py as one word: 'ann/s.py' is"),
        (["--submission", "ann"], "write --submission=ann as one word: 'ann' is"),
        (["ann/s.py", "--submission=ann/s.py"], "leave 'ann/s.py' out: 'ann/s.py' is"),
        (["ann", "--submission=ann/s.py"], "leave 'ann' out: 'ann/s.py' is"),
    ],
)
def test_a_path_of_a_student_that_stands_alone_is_refused(folder: Path, arguments: list[str], what: str) -> None:
    """Pytest takes its settings from such a path before any plugin is asked."""
    (folder / "ann").mkdir()
    (folder / "ann" / "s.py").write_text(RIGHT, "utf-8")
    done = run(folder, "--grader-assignment", NAME, *arguments, submission=None)
    assert done.returncode == 4
    assert what in done.stderr


def test_an_assignment_called_like_the_folder_of_a_student_is_the_word_to_join(folder: Path) -> None:
    (folder / NAME).mkdir()
    (folder / NAME / "s.py").write_text(RIGHT, "utf-8")
    done = run(folder, "--grader-assignment", NAME, f"--submission={NAME}", submission=None)
    assert done.returncode == 4
    assert f"write --grader-assignment={NAME} as one word: {NAME!r} is a student's" in done.stderr
    assert run(folder, f"--grader-assignment={NAME}", f"--submission={NAME}", submission=None).returncode == 0


def test_in_ones_own_folder_the_path_may_stand_alone(folder: Path) -> None:
    (folder / "s.py").write_text(RIGHT, "utf-8")
    assert run(folder, "--grader-assignment", NAME, "--submission", "s.py", submission=None).returncode == 0


def test_it_runs_alone_or_beside_other_tests(folder: Path) -> None:
    (folder / "test_other.py").write_text("def test_other():\n    pass\n", "utf-8")
    assert "test_other" not in run(folder).stdout
    both = run(folder, "test_other.py").stdout
    assert "test_other.py::test_other PASSED" in both
    assert "s.py::half[values: H] PASSED" in both


# -- errors ------------------------------------------------------------------------------------


def test_an_unreadable_submission_is_an_error_with_the_reason(folder: Path) -> None:
    (folder / "s.ipynb").write_text('{"cells": [broken', "utf-8")
    done = run(folder, submission="s.ipynb")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "the notebook's JSON is damaged at line 1, column 12" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_submission_that_is_not_there_is_a_usage_error(folder: Path) -> None:
    done = run(folder, submission="nowhere.py")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "not found: nowhere.py" in done.stderr


def test_one_option_without_the_other_is_a_usage_error(folder: Path) -> None:
    for options in (["--submission", "s.py"], ["--grader-assignment", NAME]):
        done = run(folder, *options, submission=None)
        assert done.returncode == pytest.ExitCode.USAGE_ERROR
        assert "--submission and --grader-assignment go together" in done.stderr


def test_an_assignment_that_is_not_there_lists_those_that_are(folder: Path) -> None:
    done = run(folder, "--grader-assignment", "nowhere")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "there is no assignment 'nowhere'; this course has: halves" in done.stdout


def test_the_plugin_costs_next_to_nothing_where_it_is_not_used(folder: Path) -> None:
    (folder / "test_other.py").write_text(
        "import sys\n\n\ndef test_other():\n"
        "    loaded = [m for m in sys.modules if m == 'numpy' or m.startswith('grader.')]\n"
        "    light = {'_version', 'errors', 'model', 'report', 'report.escape', 'pytest_plugin'}\n"
        "    assert set(loaded) == {f'grader.{name}' for name in light}\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_other.py"],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
