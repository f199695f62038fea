"""``grader gradebook``: runs, marks, overrides and exports from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli.grade import GradeOptions, grade_paths
from grader.cli.gradebook import gradebook
from grader.cli.main import main
from tests.platforms import NAME, RIGHT, WRONG, assignment

pytest.importorskip("sqlalchemy", reason="the gradebook needs SQLAlchemy")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook of two runs: bob repaired his work between them."""
    folder = tmp_path_factory.mktemp("gradebook")
    for bobs in (WRONG, RIGHT):
        for name, text in (("ada", RIGHT), ("bob", bobs)):
            (folder / "class" / name).mkdir(parents=True, exist_ok=True)
            (folder / "class" / name / "s.py").write_text(text, "utf-8")
        options = GradeOptions(gradebook=str(folder / "marks.db"), allow_weak=True, json_to=str(folder / "r.json"))
        grade_paths(assignment(), [folder / "class"], options)
    return folder / "marks.db"


@pytest.fixture
def book(recorded: Path, tmp_path: Path) -> str:
    copy = tmp_path / "marks.db"
    copy.write_bytes(recorded.read_bytes())
    return str(copy)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gradebook, arguments, catch_exceptions=False)


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """Exit status and message, as the command shows them."""
    with pytest.raises(SystemExit) as stopped:
        main(["gradebook", *arguments])
    return stopped.value.code, capsys.readouterr().err


def test_runs_lists_what_was_graded(book: str) -> None:
    first, second = run("runs", book).output.splitlines()
    assert first.split()[0] == "1"
    assert NAME in second
    assert "2 reports" in second
    assert "not finished" not in second


def test_diff_tells_whose_mark_changed_and_why(book: str) -> None:
    lines = run("diff", book, "1", "2").output.splitlines()
    assert lines[-1] == "1 changed between run 1 and run 2"
    assert lines[0].startswith("bob: ")
    assert "-> 100" in lines[0]
    assert "half" in lines[0]


def test_diff_as_json_names_every_check(book: str) -> None:
    (change,) = json.loads(run("diff", book, "1", "2", "--json").output)
    assert change["student"] == "bob"
    assert {"kind": "values", "name": "H"}.items() <= change["checks"][0].items()


def test_export_writes_one_row_per_student(book: str, tmp_path: Path) -> None:
    target = tmp_path / "marks.csv"
    assert run("export", book, NAME, "-o", str(target)).output == f"{target}: 2 students\n"
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {student: row["points"] for student, row in rows.items()} == {"ada": "100", "bob": "100"}


def test_an_override_stands_in_the_export_until_it_is_taken_back(book: str, tmp_path: Path) -> None:
    target = tmp_path / "marks.csv"
    given = run("override", book, NAME, "bob", "70", "--author", "A. Teacher", "--reason", "oral exam")
    assert given.output == "bob: 70 points by A. Teacher\n"
    run("export", book, NAME, "-o", str(target))
    assert "oral exam" in target.read_text("utf-8-sig")
    taken = run("override", book, NAME, "bob", "none", "--author", "A. Teacher", "--reason", "mistaken")
    assert taken.output == "bob: override taken back\n"
    run("export", book, NAME, "-o", str(target))
    assert "oral exam" not in target.read_text("utf-8-sig")


def test_a_mark_for_somebody_without_a_submission_is_kept_and_pointed_out(book: str) -> None:
    result = run("override", book, NAME, "bbo", "70", "--author", "A", "--reason", "R")
    assert result.stdout == "bbo: 70 points by A\n"
    assert "no run holds a submission of 'bbo' to halves; is the name right?" in result.stderr


def test_a_mark_above_the_maximum_is_kept_and_pointed_out(book: str) -> None:
    result = run("override", book, NAME, "bob", "110", "--author", "A", "--reason", "bonus")
    assert "note: that is more than the 100 points of halves" in result.stderr


def test_canvas_and_moodle_files_are_filled_and_who_is_not_found_is_told(book: str, tmp_path: Path) -> None:
    canvas, moodle, target = tmp_path / "canvas.csv", tmp_path / "moodle.csv", tmp_path / "filled.csv"
    canvas.write_text(
        'Student,ID,SIS User ID,SIS Login ID,Section,Halves (7)\n    Points Possible,,,,,100\n"A, Ada",1,ada,ada,X,\n',
        "utf-8",
    )
    result = run("export", book, NAME, "--to", "canvas", "--template", str(canvas), "-o", str(target))
    assert result.stdout == f"{target}: 1 marks written\n"
    assert "bob" in result.stderr
    assert "ada,ada,X,100" in target.read_text("utf-8")
    moodle.write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments\n"
        "Participant 1,ada,ada@x.org,Submitted,,100.00,Yes,-,-,\n",
        "utf-8",
    )
    result = run("export", book, NAME, "--to", "moodle", "--template", str(moodle), "-o", str(target))
    assert "1 marks written" in result.stdout
    assert "100" in target.read_text("utf-8").splitlines()[1]


# -- errors ------------------------------------------------------------------------------------


def test_an_lms_needs_its_own_file(book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, message = fails(capsys, "export", book, NAME, "--to", "canvas", "-o", str(tmp_path / "x.csv"))
    assert status == 2
    assert "download it there and name it with --template" in message


def test_an_assignment_that_was_never_graded_is_an_error(
    book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, message = fails(capsys, "export", book, "hlaves", "-o", str(tmp_path / "x.csv"))
    assert status == 2
    assert "holds no marks for 'hlaves'; it has runs of: halves" in message
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(("points", "why"), [("many", "a number of points or 'none'"), ("nan", "0 or more")])
def test_points_are_numbers(book: str, points: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, message = fails(capsys, "override", book, NAME, "bob", points, "--author", "A", "--reason", "R")
    assert status in {2, 3}
    assert why in message


def test_an_override_has_an_author_and_a_reason(book: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, message = fails(capsys, "override", book, NAME, "bob", "5", "--author", "A")
    assert status == 2
    assert "--reason" in message


def test_a_run_that_is_not_there_is_an_error(book: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, message = fails(capsys, "diff", book, "1", "9")
    assert "there is no run 9" in message


def test_a_gradebook_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, message = fails(capsys, "runs", str(tmp_path / "marks.db"))
    assert "there is no gradebook at" in message
    assert list(tmp_path.iterdir()) == []
