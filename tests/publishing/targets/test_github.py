"""What runs inside GitHub Actions: summary, annotations, outputs and exit status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.publishing.export import write_export
from grader.publishing.targets import github
from grader.publishing.targets.github import notebook_lines
from tests.platforms import NAME, RIGHT, WRONG, assignment, notebook


@dataclass(frozen=True)
class Ran:
    status: int
    printed: str
    errors: str
    summary: str
    outputs: dict[str, str]


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported folder; nothing of this repository is on its path."""
    return write_export("github", assignment(), tmp_path_factory.mktemp("action") / "grade")


def run(action: Path, repository: Path, path: str, *, min_score: str = "0") -> Ran:
    """The step of ``action.yml`` that runs Python, in a clean environment laid out like GitHub's."""
    summary, outputs = repository.parent / "summary.md", repository.parent / "outputs.txt"
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(repository.parent), "PYTHONPATH": str(action),
        "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs),
    }  # fmt: skip
    step = re.search(r"run: python (-.* grader\.\S+) --min-score", (action / "action.yml").read_text("utf-8"))
    assert step
    done = subprocess.run(
        [sys.executable, *step[1].split(), "--min-score", min_score, "--", NAME, path],
        cwd=repository, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    pairs = outputs.read_text("utf-8").splitlines() if outputs.exists() else []
    return Ran(
        done.returncode, done.stdout, done.stderr, summary.read_text("utf-8") if summary.exists() else "",
        dict(pair.split("=", 1) for pair in pairs),
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    return folder


def test_a_right_submission(action: Path, repository: Path) -> None:
    (repository / "s.py").write_text(RIGHT, "utf-8")
    ran = run(action, repository, "s.py", min_score="100")
    assert (ran.status, ran.printed, ran.errors) == (0, "", "")
    assert ran.outputs == {"points": "100", "max-points": "100"}
    assert "100" in ran.summary


def test_a_wrong_line_is_annotated_and_the_summary_explains_it(action: Path, repository: Path) -> None:
    (repository / "work").mkdir()
    (repository / "work" / "s.py").write_text("import numpy\n\n\n" + WRONG, "utf-8")
    ran = run(action, repository, "work/s.py", min_score="60")
    assert ran.status == 1
    assert ran.errors == ""
    first = ran.printed.splitlines()[0]
    assert first.startswith("::error file=work/s.py,line=4,title=half")
    assert "half" in ran.summary
    assert float(ran.outputs["points"]) < 60


def test_no_module_of_the_repository_is_one_of_the_grader(action: Path, repository: Path) -> None:
    """``python -m`` looks into the folder that it runs in first, and that is the student's."""
    (repository / "s.py").write_text(WRONG, "utf-8")
    for name in ("argparse.py", "numpy.py", "grader/__init__.py", "sitecustomize.py", "conftest.py", "pip.py"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("raise SystemExit(0)\n", "utf-8")
    ran = run(action, repository, "s.py", min_score="90")
    assert (ran.status, ran.outputs["max-points"]) == (1, "100")
    assert "run: python -P -m pip " in (action / "action.yml").read_text("utf-8")


def test_a_module_beside_the_file_is_the_students_own(action: Path, repository: Path) -> None:
    (repository / "mine.py").write_text("def h(X):\n    return X / 2\n", "utf-8")
    (repository / "s.py").write_text(f"from mine import h\n{RIGHT.replace('0.5 * X', 'h(X)')}", "utf-8")
    assert run(action, repository, "s.py", min_score="100").status == 0


def test_below_no_minimum_the_job_passes(action: Path, repository: Path) -> None:
    (repository / "s.py").write_text(WRONG, "utf-8")
    assert run(action, repository, "s.py").status == 0


def test_a_folder_is_searched_for_the_submission(action: Path, repository: Path) -> None:
    (repository / "README.md").write_text("# Mine", "utf-8")
    (repository / "work").mkdir()
    (repository / "work" / "s.ipynb").write_text(notebook("import numpy as np", WRONG), "utf-8")
    ran = run(action, repository, ".", min_score="90")
    assert ran.status == 1
    assert "file=work/s.ipynb" in ran.printed
    assert "cell 2" in ran.printed


def test_a_wrong_cell_is_annotated_in_the_line_of_the_notebooks_file(action: Path, repository: Path) -> None:
    text = json.dumps(json.loads(notebook("import numpy as np", "# a comment\n" + WRONG)), indent=1)
    source = json.dumps(("# a comment\n" + WRONG).splitlines(keepends=True))
    text = text.replace(json.dumps("# a comment\n" + WRONG), source.replace(", ", ",\n "))  # as Jupyter saves it
    (repository / "s.ipynb").write_text(text, "utf-8")
    line = next(n for n, row in enumerate(text.split("\n"), 1) if "def half(X):" in row)
    assert line > 2
    ran = run(action, repository, "s.ipynb")
    title = "half%3A 12 / 40 (cell 2%2C line 2%3A def half(X)%3A)"
    assert ran.printed.startswith(f"::error file=s.ipynb,line={line},title={title}::")


@given(
    cells=st.lists(st.lists(st.text(st.sampled_from('ab"\\{}[],:\n'), max_size=8), max_size=4), max_size=4),
    indent=st.sampled_from([None, 1]),
    joined=st.booleans(),
)
def test_every_line_of_every_cell_is_found_in_a_notebooks_file(
    cells: list[list[str]], indent: int | None, joined: bool
) -> None:
    sources: list[Any] = ["".join(pieces) for pieces in cells]
    if not joined:
        sources = [source.splitlines(keepends=True) for source in sources]
    parts: list[dict[str, Any]] = [{"cell_type": "markdown", "source": ["# text"]}]
    parts += [{"cell_type": "code", "outputs": [{"source": "z"}], "source": source} for source in sources]
    text = json.dumps({"metadata": {"cells": ["x", {"source": "y"}]}, "cells": parts}, indent=indent)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "n.ipynb"
        file.write_text(text, "utf-8")
        found = notebook_lines(file)
    rows = text.split("\n")
    for number, pieces in enumerate(cells, 1):
        for line, words in enumerate("".join(pieces).splitlines(), 1):
            assert json.dumps(words)[1:-1] in rows[found[f"cell {number}, line {line}"] - 1]


@pytest.mark.parametrize("text", ["", "[", "]", '{"cells": [{"source": ["\\x"]}]}', "\xff", '{"cells": 3}', ","])
def test_what_is_no_notebook_has_no_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "n.ipynb").write_text(text, "latin-1")
    assert notebook_lines(tmp_path / "n.ipynb") == {}
    assert notebook_lines(tmp_path / "absent.ipynb") == {}


def test_a_kit_says_that_a_function_stands_on_a_wrong_one(action: Path, repository: Path) -> None:
    """The action has no reference: the function itself cannot be judged."""
    (repository / "s.py").write_text(WRONG, "utf-8")
    ran = run(action, repository, "s.py")
    assert "quarter may fail only because of half" in ran.summary


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "the file is empty"), ("x = 1\n", "no graded function"), ("def half(:\n", "left out")],
)
def test_what_cannot_be_graded_is_neither_right_nor_zero(action: Path, repository: Path, content: str, why: str) -> None:
    (repository / "s.py").write_text(content, "utf-8")
    ran = run(action, repository, "s.py")
    assert ran.status == 2
    assert ran.outputs["points"] == ""
    assert ran.printed.startswith("::error file=s.py,title=halves::")
    assert why in ran.printed


def test_a_file_that_is_not_there_is_named(action: Path, repository: Path) -> None:
    ran = run(action, repository, "missing.ipynb")
    assert ran.status == 2
    assert ran.printed.startswith("::error file=missing.ipynb")


@pytest.mark.parametrize(
    "name",
    [
        "-rf.py",
        "a b.py",
        "a,line=1.py",
        "a::warning::b.py",
        "a%0A::error::b.py",
        "$(touch x).py",
        "`touch x`.py",
        "ä→.py",
    ],
)
def test_a_hostile_file_name_commands_nothing(action: Path, repository: Path, name: str) -> None:
    (repository / name).write_text(WRONG, "utf-8")
    ran = run(action, repository, name)
    assert (ran.status, ran.errors) == (0, "")
    for line in ran.printed.splitlines():
        assert line.startswith("::error file=")
        properties = line.removeprefix("::error ").partition("::")[0]
        assert [part.partition("=")[0] for part in properties.split(",")] == ["file", "line", "title"]
    assert not (repository / "x").exists()


def test_a_line_feed_in_a_file_name_starts_no_command(action: Path, repository: Path) -> None:
    (repository / "a\n::warning::b.py").write_text(WRONG, "utf-8")
    ran = run(action, repository, ".")
    assert all(line.startswith("::error file=") for line in ran.printed.splitlines())
    assert ran.printed


def test_what_a_submission_prints_reaches_neither_log_nor_outputs(action: Path, repository: Path) -> None:
    loud = RIGHT.replace("    return", "    print('::set-output name=points::100')\n    return")
    (repository / "s.py").write_text(loud, "utf-8")
    ran = run(action, repository, "s.py")
    assert "set-output" not in ran.printed
    assert ran.outputs == {"points": "100", "max-points": "100"}


def test_a_failure_of_the_grader_is_told_from_a_low_score(action: Path, repository: Path, tmp_path: Path) -> None:
    (repository / "s.py").write_text(RIGHT, "utf-8")
    broken = tmp_path / "broken"
    subprocess.run(["cp", "-r", str(action), str(broken)], check=True)
    (broken / "assignments" / NAME / "cases.bin").write_bytes(b"nonsense")
    ran = run(broken, repository, "s.py")
    assert ran.status == 3
    assert ran.printed.startswith("::error title=grader::")
    assert ran.outputs == {}


def test_a_link_in_the_students_repository_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "hw.py").write_text("", "utf-8")
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "src").symlink_to(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setattr(github, "course_here", lambda: SimpleNamespace(load=lambda _: None))
    assert github.main(["a", "src/hw.py"]) == 2
    assert capsys.readouterr().out.startswith("::error title=grader::src/hw.py: src in it is a link")
