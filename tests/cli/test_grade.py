"""``grader grade``: what is tried before the work, what an interruption leaves, and one student again."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.cli import grade as command
from grader.cli.grade import GradeOptions, grade_paths
from grader.cli.main import main
from grader.errors import HarnessError
from grader.gradebook.marks import marks
from grader.gradebook.store import open_gradebook, runs
from grader.grading.batch import Result
from grader.grading.rundir import RunFolder, read_facts, read_run
from grader.publishing.kit import starter_module
from tests.platforms import NAME, RIGHT, WRONG, assignment

NAMES = ("ada", "bob", "cem")
Graded = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three students, of whom bob is wrong."""
    for name in NAMES:
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "s.py").write_text(WRONG if name == "bob" else RIGHT, "utf-8")
    (tmp_path / "roster.csv").write_text("id,name,email\nada,Ada Łoś,a@x.org\nbob,张伟,b@x.org\ndee,Dee,d@x.org\n", "utf-8")
    return tmp_path


def graded(folder: Path, **options: Any) -> int:
    there = GradeOptions(output=folder / "run", jobs=1, allow_weak=True, **options)
    return grade_paths(assignment(), [folder / "class"], there)


def fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str]:
    """Exit status and message, as the command shows them."""
    with pytest.raises(SystemExit) as stopped:
        main(["--course", str(assignment().course.root), *map(str, arguments)])
    return stopped.value.code, capsys.readouterr().err


# -- before the work -------------------------------------------------------------------------------


def test_a_mistyped_path_is_told_with_the_nearest_one_before_anything_is_written(folder: Path) -> None:
    there = GradeOptions(output=folder / "run", gradebook=str(folder / "marks.db"))
    with pytest.raises(HarnessError, match=r"no such file or folder: .*clas \(did you mean 'class'\?\); nothing was graded"):
        grade_paths(assignment(), [folder / "class" / "ada", folder / "clas"], there)
    assert sorted(path.name for path in folder.iterdir()) == ["class", "roster.csv"]


@pytest.mark.parametrize(
    "options",
    [
        {"output": Path("file/run")},
        {"gradebook": "file/marks.db"},
        {"gradebook": "absent/marks.db"},
        {"json_to": "absent/r.json"},
        {"json_to": "class"},
    ],
    ids=str,
)
def test_what_cannot_be_written_is_told_before_the_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(command, "frozen_cases", lambda *_, **__: pytest.fail("the work began"))
    (folder / "file").touch()
    with pytest.raises((HarnessError, OSError)):
        grade_paths(assignment(), [folder / "class"], GradeOptions(allow_weak=True, **options))


def test_a_case_file_that_cannot_be_written_is_told_before_the_work(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").touch()
    status, err = fails(capsys, "freeze", NAME, "-o", folder / "file" / "x.cases")
    assert (status, "cannot be written" in err, "drawing" in err) == (2, True, False)


@pytest.mark.parametrize("name", ["check", "grade"])
def test_arguments_that_changed_places_are_recognised(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, err = fails(capsys, name, folder / "class", NAME)
    assert (status, f"the assignment comes first (grader {name} {NAME} {folder / 'class'})" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("check", "havles", "x.py"), "there is no assignment 'havles' (did you mean 'halves'?); this course has: halves"),
        (("grdae", "halves"), "No such command 'grdae' (did you mean 'grade'?)"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest_one(
    capsys: pytest.CaptureFixture[str], arguments: Sequence[str], near: str
) -> None:
    status, err = fails(capsys, *arguments)
    assert (status, near in err) == (2, True)


def test_a_folder_that_another_run_writes_is_left_alone(folder: Path) -> None:
    with RunFolder(folder / "run"), pytest.raises(HarnessError, match="is being written by process"):
        graded(folder)
    assert sorted(path.name for path in (folder / "run").iterdir()) == ["reports.jsonl", "run.lock"]


def test_a_folder_holds_one_assignment(folder: Path) -> None:
    with RunFolder(folder / "run") as run:
        run.describe(read_facts(folder / "run").__class__("other"))
    with pytest.raises(HarnessError, match="holds a run of other, not of halves"):
        graded(folder)


# -- interruptions ---------------------------------------------------------------------------------


@pytest.fixture
def interrupted_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Makes the next runs end by Ctrl-C after so many reports; None lets them go on."""
    original = command._results

    def stop(count: int | None) -> None:
        def results(*arguments: Any) -> Iterator[Result]:
            for number, result in enumerate(original(*arguments)):
                if number == count:
                    raise KeyboardInterrupt
                yield result

        monkeypatch.setattr(command, "_results", results)

    return stop


def test_ctrl_c_says_what_was_kept_and_the_same_command_goes_on(
    folder: Path, interrupted_after: Callable[[int | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted_after(2)
    assert graded(folder) == 130
    words = f"interrupted; 2 of 3 are graded and kept in {folder / 'run'}, and the same command goes on"
    assert words in capsys.readouterr().err
    interrupted_after(None)
    assert graded(folder) == 0
    assert "graded 1 of 3, 2 unchanged since the last run" in capsys.readouterr().err


def test_ctrl_c_without_a_folder_says_that_nothing_is_kept(
    folder: Path, interrupted_after: Callable[[int | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted_after(1)
    assert grade_paths(assignment(), [folder / "class"], GradeOptions(jobs=1, allow_weak=True)) == 130
    assert "1 of 3 are graded and lost, because no folder was named with -o" in capsys.readouterr().err


def test_ctrl_c_anywhere_else_ends_with_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.cli.about.course_of", stop)
    status, err = fails(capsys, "list")
    assert (status, "interrupted; what was finished is kept, and the same command goes on" in err) == (130, True)


def test_a_run_that_is_resumed_is_one_run_of_the_gradebook(
    folder: Path, interrupted_after: Callable[[int | None], None]
) -> None:
    def recorded() -> list[tuple[int, int, bool]]:
        with open_gradebook(folder / "marks.db") as book:
            return [(run.id, run.reports, run.finished is not None) for run in runs(book)]

    for count, kept in ((1, 1), (1, 2)):
        interrupted_after(count)
        graded(folder, gradebook=str(folder / "marks.db"))
        assert recorded() == [(1, kept, False)]
    interrupted_after(None)
    graded(folder, gradebook=str(folder / "marks.db"))
    assert recorded() == [(1, 3, True)]
    graded(folder, gradebook=str(folder / "marks.db"))  # a finished one is another one
    assert recorded() == [(1, 3, True), (2, 3, True)]


# -- who, and how loud -------------------------------------------------------------------------------


def test_names_stand_in_the_list_with_the_identifier_beside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graded(folder, roster=folder / "roster.csv")
    out = capsys.readouterr().out
    assert [line.split("  ")[0] for line in out.splitlines()[:3]] == ["Ada Łoś (ada)", "张伟 (bob)", "cem"]
    assert "no submission from: Dee (dee)" in out
    facts = read_facts(folder / "run")
    assert (facts.roster, facts.missing, facts.title) == (3, ("Dee (dee)",), 'Halves: a "small" \\ one')
    assert [entry.report.name for entry in read_run(folder / "run")] == ["Ada Łoś", "张伟", ""]


def test_a_class_list_that_comes_later_names_those_whose_reports_are_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graded(folder)
    graded(folder, roster=folder / "roster.csv")
    assert "graded 0 of 3, 3 unchanged" in capsys.readouterr().err
    found = [(entry.name, entry.report.name, entry.email) for entry in read_run(folder / "run")]
    assert found == [("Ada Łoś", "Ada Łoś", "a@x.org"), ("张伟", "张伟", "b@x.org"), ("", "", "")]
    graded(folder)
    assert [entry.name for entry in read_run(folder / "run")] == ["Ada Łoś", "张伟", ""]


def test_one_student_again_leaves_everything_else_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graded(folder, roster=folder / "roster.csv", gradebook=str(folder / "marks.db"))
    for name in NAMES:
        (folder / "class" / name / "s.py").write_text(WRONG, "utf-8")
    capsys.readouterr()
    graded(folder, roster=folder / "roster.csv", student=("B@x.org",), gradebook=str(folder / "marks.db"))
    found = capsys.readouterr()
    assert "graded 1 of 1\n" in found.err  # also where another one has the same definitions
    assert [line.split("  ")[0] for line in found.out.splitlines()[:1]] == ["张伟 (bob)"]
    assert [entry.report.full_marks for entry in read_run(folder / "run")] == [True, False, True]
    with open_gradebook(folder / "marks.db") as book:
        assert [run.reports for run in runs(book)] == [3, 3]


def test_a_student_who_is_not_there_is_answered_with_the_nearest_one(folder: Path) -> None:
    with pytest.raises(HarnessError, match=r"nobody of these submissions goes by 'bib' \(did you mean 'bob'\?\)"):
        graded(folder, student=("bib",))


@pytest.mark.parametrize("typed", ["1002", "participant 1002", "张伟", "b@x.org"])
def test_a_student_goes_by_whatever_the_class_list_knows(
    folder: Path, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Moodle's worksheet has "Participant 1002", of which only the number is typed."""
    (folder / "class" / "bob").rename(folder / "class" / "Wei_1002_assignsubmission_file_")
    (folder / "sheet.csv").write_text("Identifier,Full name,Email address\nParticipant 1002,张伟,b@x.org\n", "utf-8")
    graded(folder, roster=folder / "sheet.csv", student=(typed,))
    assert "graded 1 of 1\n" in capsys.readouterr().err
    with pytest.raises(HarnessError, match="nobody of these submissions goes by '1003'"):
        graded(folder, roster=folder / "sheet.csv", student=("1003",))


def test_quiet_says_nothing_where_nothing_went_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert graded(folder, quiet=True) == 0
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_each_tenth_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    with command._progress(25, 4, quiet=False) as advance:
        for number in range(21):
            advance(number // 20)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["grading: 5 of 25", "grading: 8 of 25"]
    assert lines[-1] == "grading: 25 of 25, 1 without points"
    assert len(lines) == 9


def test_a_bar_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with command._progress(2, 0, quiet=False) as advance:
        advance(0)


def test_everybody_without_a_mark_is_listed_in_a_file(folder: Path) -> None:
    (folder / "class" / "cem" / "s.py").write_text("", "utf-8")
    graded(folder, roster=folder / "roster.csv", json_to=str(folder / "r.json"))
    with (folder / "run" / "without_mark.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["student"], row["name"], row["status"]) for row in rows] == [
        ("cem", "", "unreadable"),
        ("dee", "Dee", "no submission"),
    ]
    assert "the file is empty" in rows[0]["why"]
    assert json.loads((folder / "r.json").read_text("utf-8"))["reports"][0]["name"] == "Ada Łoś"


def test_who_has_not_begun_is_listed_with_what_else_was_handed_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starter = starter_module(assignment())
    for name in ("ada", "bob"):
        (folder / "class" / name / "halves.py").write_text(starter, "utf-8")
    (folder / "class" / "bob" / "s.py").unlink()
    (folder / "class" / "bob" / "answer.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "class" / "cem" / "s.py").write_text(starter, "utf-8")
    graded(folder, roster=folder / "roster.csv", gradebook=str(folder / "marks.db"))
    out = capsys.readouterr().out
    assert [line.split("  ")[-1] for line in out.splitlines()[:3]] == ["graded", "not started", "not started"]
    assert "graded 3 (2 not started)" in out
    pdf = "nothing is filled in; not read, because it is no .py or .ipynb file: answer.pdf"
    notes = [line for line in out.splitlines() if line.startswith("note: ") and "not identified" not in line]
    assert notes == [f"note: 张伟 (bob): {pdf}"]  # the starter beside ada's work is no news
    with (folder / "run" / "without_mark.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: (row["status"], row["why"]) for row in csv.DictReader(file)}
    assert rows == {
        "bob": ("not started", pdf),
        "cem": ("not started", "nothing is filled in"),
        "dee": ("no submission", ""),
    }
    reports = {entry.report.student: entry.report for entry in read_run(folder / "run")}
    assert [(r.status, r.points) for r in reports.values()] == [("graded", 100.0), ("graded", 0.0), ("graded", 0.0)]
    with open_gradebook(folder / "marks.db") as book:
        given = {mark.student: (mark.status, mark.points) for mark in marks(book, NAME)}
    assert given["bob"] == ("not started", 0.0)
    assert given["ada"] == ("graded", 100.0)


def test_students_are_listed_in_the_order_of_their_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, number in zip(NAMES, ("10", "9", "11"), strict=True):
        (folder / "class" / name).rename(folder / "class" / number)
    graded(folder)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[:3]] == ["9", "10", "11"]


# -- what is told at the end -----------------------------------------------------------------------


def test_what_was_repaired_is_told_with_the_students_name_and_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mixed = RIGHT.replace("    return 0.5 * X", "    if True:\n\treturn 0.5 * X")
    (folder / "class" / "bob" / "s.py").write_text(mixed, "utf-8")
    (folder / "class" / "bob" / "s (1).py").write_text(mixed, "utf-8")
    graded(folder, roster=folder / "roster.csv")
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")]
    (bob,) = (note for note in notes if "张伟 (bob)" in note)
    assert bob.count("was uploaded again later and is not graded") == 1
    assert bob.count("mixes tabs and blanks") == 1
    (cem,) = (note for note in notes if "cem" in note)
    assert cem == "note: cem: not identified by the roster: not on the list"


def test_what_a_run_holds_of_an_earlier_time_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A student who hands in again under another name, or a file that somebody took away, is on the pages still."""
    graded(folder)
    assert "of an earlier time" not in capsys.readouterr().out
    (folder / "class" / "ada" / "s.py").rename(folder / "class" / "ada" / "t.py")
    graded(folder)
    assert f"note: of an earlier time the run holds {folder}/class/ada/s.py, which pages" in capsys.readouterr().out


def test_of_many_files_that_are_not_graded_the_list_names_a_few(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(30):
        (folder / "class" / "cem" / f"m{number}.py").write_text(RIGHT, "utf-8")
    graded(folder)
    (note,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: cem")]
    assert note.count("was not graded") == 10
    assert note.endswith("and 20 more of this kind")
