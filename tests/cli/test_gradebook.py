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
from grader.gradebook.store import late_rule, open_gradebook
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
    assert taken.output == "bob: taken back by A. Teacher\n"
    run("export", book, NAME, "-o", str(target))
    assert "oral exam" not in target.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((NAME, "bbo", "70"), "nobody goes by 'bbo': not on the list (did you mean 'bob'?)"),
        (("hlaves", "bob", "70"), "holds no marks for 'hlaves' (did you mean 'halves'?)"),
        ((NAME, "bob", "haf", "7"), "there is no function or question 'haf' (did you mean 'half'?); it has: half, quarter"),
        ((NAME, "bob", "900"), "expected points from 0 to 100 for everything, found 900"),
        ((NAME, "bob", "half", "41"), "expected points from 0 to 40 for half, found 41"),
    ],
)
def test_what_is_not_known_is_refused_with_the_nearest_name(
    book: str, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, message = fails(capsys, "override", book, *arguments, "--author", "A", "--reason", "R")
    assert (status, words in message) == (2, True)
    run("export", book, NAME, "-o", str(tmp_path / "x.csv"))
    assert '"R"' not in (tmp_path / "x.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", NAME, "{book}", "-o", "x.csv"),
        ("override", NAME, "{book}", "bob", "70", "--author", "A", "--reason", "R"),
        ("comment", NAME, "{book}", "bob", "well done", "--author", "A"),
    ],
)
def test_arguments_that_changed_places_are_recognised(
    book: str, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, message = fails(capsys, *(word.format(book=book) for word in arguments))
    assert status == 2
    assert f"there is nothing at '{NAME}', but there is at '{book}', which comes first" in message
    assert f"{arguments[0]} {book} {NAME})" in message


def test_a_name_in_another_order_is_near_and_one_of_several_people_names_them(
    book: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    roster = tmp_path / "class.csv"
    roster.write_text('id,name\nada,"Müller, Zoë"\ns1,张 伟\ns2,伟 张\n', "utf-8")
    run("export", book, NAME, "--roster", str(roster), "-o", str(tmp_path / "x.csv"))
    common = ("70", "--author", "A", "--reason", "R")
    assert "(did you mean 'Müller, Zoë'?)" in fails(capsys, "override", book, NAME, "Zoe Mueller", *common)[1]
    assert (
        "2 people on the list go by '张伟': s1, s2; name the identifier (--force)"
        in fails(capsys, "override", book, NAME, "张伟", *common)[1]
    )


def test_points_of_a_part_without_anything_else_are_told_not_to_count(book: str, tmp_path: Path) -> None:
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\ncem,Cem\n", "utf-8")
    run("export", book, NAME, "--roster", str(roster), "-o", str(tmp_path / "x.csv"))
    given = run("override", book, NAME, "cem", "half", "7", "--author", "A", "--reason", "R").output.splitlines()
    assert given[1] == "note: Cem (cem): nothing else of theirs has points, so half does not count yet; POINTS alone do"
    run("export", book, NAME, "-o", str(tmp_path / "x.csv"))
    words = "points by hand that do not count, because nothing else has points: half (7)"
    assert words in (tmp_path / "x.csv").read_text("utf-8-sig")


def test_force_keeps_all_of_a_table_or_nothing(book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "marks.csv"
    table.write_text("student,points\nada,1\nbob,-2\n", "utf-8")
    status, message = fails(capsys, "override", book, NAME, "--csv", str(table), "--author", "A", "--reason", "R", "--force")
    assert (status, message) == (2, "grader: expected points of 0 or more, found -2.0\n")
    run("export", book, NAME, "-o", str(tmp_path / "x.csv"))
    assert '"R"' not in (tmp_path / "x.csv").read_text("utf-8-sig")


def test_force_keeps_what_is_not_known(book: str, tmp_path: Path) -> None:
    run("override", book, NAME, "bbo", "110", "--author", "A", "--reason", "bonus", "--force")
    run("export", book, NAME, "-o", str(tmp_path / "x.csv"))
    rows = (tmp_path / "x.csv").read_text("utf-8-sig").splitlines()
    assert [row for row in rows if row.startswith('"bbo","","",110,,"no submission"')]


def test_points_of_a_function_and_a_comment_stand_in_the_export(book: str, tmp_path: Path) -> None:
    given = run("override", book, NAME, "bob", "half", "30.5", "--author", "A", "--reason", "R", "--comment", "nice plot")
    assert given.output == "bob, half: 30.5 points by A\nbob, half: commented by A\n"
    assert run("comment", book, NAME, "bob", "well done", "--author", "A").output == "bob: commented by A\n"
    run("export", book, NAME, "--per-function", "-o", str(tmp_path / "x.csv"))
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["student"] == "bob")
    assert (row["points"], row["computed"], row["half"], row["quarter"]) == ("90.5", "100", "30.5", "60")
    assert (row["override_reason"], row["comment"]) == ("half: R", "half: nice plot (A); well done (A)")


def test_many_are_entered_by_a_table_or_none_of_them(book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "marks.csv"
    table.write_text("student,function,points,comment\nada,half,20,see me\nbob,,55,\nada,quarter,,\n", "utf-8")
    common = ("--csv", str(table), "--author", "A", "--reason", "R")
    assert run("override", book, NAME, *common).output.splitlines() == [
        "ada, half: 20 points by A",
        "ada, half: commented by A",
        "bob: 55 points by A",
    ]
    table.write_text("student,points\nada,1\nboob,2\n", "utf-8")
    status, message = fails(capsys, "override", book, NAME, *common)
    assert (status, "did you mean 'bob'?" in message) == (2, True)
    run("export", book, NAME, "-o", str(tmp_path / "x.csv"))
    assert '"ada","","",80,' in (tmp_path / "x.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("arguments", [("bob",), ("bob", "half", "1", "2"), ()])
def test_an_override_says_which_arguments_it_takes(
    book: str, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, message = fails(capsys, "override", book, NAME, *arguments, "--author", "A", "--reason", "R")
    assert (status, "expected STUDENT [FUNCTION] POINTS, or --csv FILE" in message) == (2, True)


def test_the_rule_of_lateness_is_kept_until_it_is_taken_back(
    book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "x.csv")
    status, message = fails(capsys, "export", book, NAME, "--late", "ten", "--due", "2026-11-01", "-o", target)
    assert (status, "expected a rule such as '10%/day'" in message) == (2, True)
    status, message = fails(capsys, "export", book, NAME, "--late", "10%/day", "-o", target)
    assert (status, "--due is missing: name the date that --late counts from" in message) == (2, True)
    with open_gradebook(book) as opened:
        assert late_rule(opened, NAME) == ("", "")
    status, message = fails(capsys, "export", book, NAME, "--late", "10%/day", "--due", "soon", "-o", target)
    assert (status, "expected a due date such as 2026-11-01" in message) == (2, True)
    run("export", book, NAME, "--late", "10%/day", "--due", "2026-11-01", "-o", target)
    with open_gradebook(book) as opened:
        assert late_rule(opened, NAME) == ("10%/day", "2026-11-01")
    run("export", book, NAME, "--late", "none", "-o", target)
    with open_gradebook(book) as opened:
        assert late_rule(opened, NAME)[0] == ""


def test_marks_of_a_platform_that_names_no_time_need_no_due_date(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for name in ("ada_LATE_1_11_s.py", "bob_2_22_s.py"):
        (tmp_path / "class" / name).write_text(RIGHT, "utf-8")
    book, target = str(tmp_path / "marks.db"), tmp_path / "x.csv"
    options = GradeOptions(gradebook=book, allow_weak=True, json_to=str(tmp_path / "r.json"))
    grade_paths(assignment(), [tmp_path / "class"], options)
    assert run("export", book, NAME, "--late", "10%/day", "-o", str(target)).exit_code == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        lost = {row["student"]: row["late_deduction"] for row in csv.DictReader(file)}
    assert float(lost["1"]) > 0 and lost["2"] == ""


def test_an_export_that_breaks_off_leaves_the_old_file(
    book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "x.csv").write_text("old", "utf-8")
    monkeypatch.setattr(Path, "replace", stop)
    status, _ = fails(capsys, "export", book, NAME, "-o", str(tmp_path / "x.csv"))
    assert (status, (tmp_path / "x.csv").read_text("utf-8")) == (130, "old")


def test_an_export_is_tried_before_the_work(book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, message = fails(capsys, "export", book, NAME, "-o", str(tmp_path / "absent" / "x.csv"))
    assert (status, "cannot be written" in message) == (2, True)


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
    assert "holds no marks for 'hlaves' (did you mean 'halves'?); it has runs of: halves" in message
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    ("points", "why"), [("many", "a number of points or 'none'"), ("nan", "from 0 to 100 for everything, found nan")]
)
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


def test_a_name_of_two_students_asks_for_the_identifier(
    book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\nada,David Smith\nbob,David Smith\n", "utf-8")
    run("export", book, NAME, "--roster", str(roster), "-o", str(tmp_path / "x.csv"))
    status, message = fails(capsys, "override", book, NAME, "David Smith", "70", "--author", "A", "--reason", "R")
    assert status == 2
    assert "2 people on the list go by 'David Smith': ada, bob; name the identifier" in message
    assert "nobody goes by" not in message
