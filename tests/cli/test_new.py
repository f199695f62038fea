"""``grader new``: an assignment of one's own that works right away (its audit: test_audit.py)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.cli.new import write_assignment
from grader.course import Course
from grader.errors import SpecError
from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission


def test_it_freezes_and_grades(tmp_path: Path) -> None:
    written = write_assignment("scaling", tmp_path)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in written) == [
        "assignments/scaling/README.md",
        "assignments/scaling/assignment.py",
        "assignments/scaling/mistakes.py",
        "assignments/scaling/styles.py",
        "reference/__init__.py",
        "reference/scaling.py",
    ]
    assignment = Course(tmp_path).load("scaling")
    cases = freeze(assignment)
    text = "import numpy as np\ndef center(X):\n    return X - np.mean(X, axis=0, keepdims=True)\n"
    submission = parse_submission("s.py", ".py", text.encode(), cases.arities)
    report = grade_submission(assignment, judges_of(assignment.spec, cases), submission, InProcess())
    assert report.points is not None
    assert report.points < 100
    assert [finding.code for finding in report.functions[0].findings] == ["mean-over-features"]


def test_the_files_are_well_formed_and_name_the_assignment(tmp_path: Path) -> None:
    for path in write_assignment("two_words", tmp_path):
        if path.suffix == ".py":
            ast.parse(path.read_text("utf-8"))
        assert "{name}" not in path.read_text("utf-8")
        assert "{title}" not in path.read_text("utf-8")
    assert Course(tmp_path).load("two_words").spec.title == "Two words"


def test_a_second_assignment_joins_the_course(tmp_path: Path) -> None:
    write_assignment("one", tmp_path)
    (tmp_path / "reference" / "__init__.py").write_text("# mine\n", "utf-8")
    write_assignment("two", tmp_path)
    assert Course(tmp_path).names == ("one", "two")
    assert (tmp_path / "reference" / "__init__.py").read_text("utf-8") == "# mine\n"


@pytest.mark.parametrize("name", ["", "2nd", "Caps", "a-b", "a/b", "../a", "a b", "é", "a\n"])
def test_a_name_that_is_no_identifier_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="expected a letter, then small letters, digits and underscores"):
        write_assignment(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["assignments/scaling", "reference/scaling.py"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir(parents=True)
    with pytest.raises(SpecError, match="exists already; choose another name"):
        write_assignment("scaling", tmp_path)
