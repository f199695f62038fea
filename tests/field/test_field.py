"""Inputs after public bug reports of other graders: what students really hand in is graded as the program it is."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.course import LoadedAssignment, load_assignment
from grader.errors import SubmissionError
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.grading.reporting import unreadable
from grader.judging.judge import Judges, judges_of
from grader.model import Report
from grader.sandbox.parent import Sandbox
from grader.submission.editions import Exercise
from grader.submission.reading import read_submission
from tests.field.expected import KINDS, MISNAMED, Field

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

INPUTS = Path(__file__).parent / "inputs"


class Class:
    """One sandbox that grades all inputs of this module."""

    def __init__(self, assignment: LoadedAssignment, judges: Judges, sandbox: Sandbox) -> None:
        self.assignment, self.judges, self.sandbox = assignment, judges, sandbox

    def report(self, files: dict[str, Path], name: str) -> Report:
        try:
            submission = read_submission(files, self.judges.cases.arities, name=name, exercise=Exercise("activations"))
        except SubmissionError as error:
            return unreadable(self.assignment, self.judges.cases, name, None, str(error))
        return grade_submission(self.assignment, self.judges, submission, self.sandbox)


@pytest.fixture(scope="module")
def activations() -> Iterator[Class]:
    assignment = load_assignment("activations")
    with Sandbox() as sandbox:
        yield Class(assignment, judges_of(assignment.spec, frozen_cases(assignment, 0)), sandbox)


def words_of(report: Report) -> str:
    """All that is said of a submission and of its functions."""
    parts = [*report.messages]
    for function in report.functions:
        parts += [check.message for check in function.checks]
        parts += [text for finding in function.findings for text in (finding.message, finding.hint)]
    return "\n".join(parts)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_is_paid_and_what_is_wrong_is_named(activations: Class, kind: str, subtests: pytest.Subtests) -> None:
    for field in KINDS[kind]:
        with subtests.test(f"{field.file}: {field.holds}"):
            _is_graded_as_expected(activations, field)


def _is_graded_as_expected(activations: Class, field: Field) -> None:
    report = activations.report({field.file: INPUTS / field.file}, field.file)
    words = words_of(report)
    assert report.points == field.points, words
    assert field.words in words
    assert "existed only in the running notebook" not in words


def test_every_input_is_expected_to_be_something() -> None:
    named = {field.file for fields in KINDS.values() for field in fields}
    assert {path.name for path in INPUTS.iterdir() if path.suffix != ".zip"} == named
    assert len(named) == 60


# -- the files of one student, and of a class ------------------------------------------------------


def unpacked(name: str, folder: Path) -> Path:
    with zipfile.ZipFile(INPUTS / name) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize(
    ("student", "holds"),
    [
        ("hw1-bob", "from pkg.core import _s"),
        ("hw1-cat", "sys.path.append('utils')"),
        ("hw1-dan", "from .helpers import _s"),
        ("hw1-hal", "old/ and week1/hw/activations/"),
    ],
)
def test_packages_and_folders_of_a_student_are_imported(
    activations: Class, student: str, holds: str, tmp_path: Path
) -> None:
    folder = unpacked("k20-packages-in-submission.zip", tmp_path) / student
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".ipynb"} and "venv" not in path.parts
    }
    report = activations.report(files, student)
    assert report.points == 100, (holds, words_of(report))


def class_rows(name: str, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The report of each student of a class, as the command writes it."""
    from grader.cli.main import main

    folder = unpacked(name, tmp_path / "class")
    with pytest.raises(SystemExit):
        main(["grade", "activations", str(folder), "--json", str(tmp_path / "out.json"), "--no-cache"])
    run = json.loads((tmp_path / "out.json").read_text())
    return {report["student"]: report for report in run["reports"]}


def test_what_a_class_uploads_in_place_of_notebooks_is_named(tmp_path: Path) -> None:
    rows = class_rows("k22-wrong-content-in-class.zip", tmp_path)
    for student, words in MISNAMED.items():
        assert words in " ".join(rows[student]["messages"]), student
    assert {name: rows[name]["points"] for name in rows.keys() - MISNAMED.keys()} == dict.fromkeys(
        ("cat", "kim", "lee", "mia", "noa"), 100
    )


def test_a_file_that_is_passed_over_is_named(tmp_path: Path) -> None:
    (row,) = class_rows("k18-passed-over-untold.zip", tmp_path).values()
    named = [row["files"]["graded"], row["files"]["passed_over"]]
    assert all(file in str(named) for file in ("hw.ipynb", "hw_final.ipynb", "hw_FINAL_v2.ipynb"))
    assert row["points"] == 100


def test_a_class_with_packages_is_graded_as_it_lies(tmp_path: Path) -> None:
    rows = class_rows("k20-packages-in-submission.zip", tmp_path)
    assert {name: row["points"] for name, row in rows.items() if name != "hw1-gus"} == {
        f"hw1-{name}": 100 for name in ("amy", "bob", "cat", "dan", "eve", "hal")
    }
    assert "hw1-gus" in rows
