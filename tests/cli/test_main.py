"""The command line: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from grader import __version__
from grader.cli.main import COMMANDS, cli, main
from grader.cli.new import write_assignment
from grader.cli.shared import Counting, Drawing
from grader.freezing.store import frozen_cases
from grader.model import report_from_json
from tests import tiny
from tests.tiny import solution

WRONG = "def center(X):\n    m = np.mean(X, axis=0, keepdims=True)\n    return X - m, m"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``grader --course tests/course ...``; gives exit status, output and errors."""

    def call(*arguments: object, course: Path | None = tiny.COURSE) -> tuple[int, str, str]:
        options = [] if course is None else ["--course", str(course)]
        with pytest.raises(SystemExit) as caught:
            main([*options, *map(str, arguments)])
        found = capsys.readouterr()
        code = caught.value.code
        return (code if isinstance(code, int) else 0), found.out, found.err

    return call


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in {"right.py": solution(), "wrong.py": solution(WRONG), "empty.py": ""}.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


# -- list, help, version -----------------------------------------------------------------------------


def test_assignments_are_listed_with_functions_and_points(run: Run) -> None:
    status, out, _ = run("list")
    assert status == 0
    assert out.startswith("tiny  A tiny assignment  (100 points; from: none)\n")
    assert "       10  center           X minus the mean of its rows\n" in out


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_the_list_fits_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    status, out, _ = run("list", course=None)
    assert status == 0
    assert max(map(len, out.splitlines())) <= columns
    assert "dnn_step_by_step  Building a deep" in out
    assert "one layer forward: A = g(W A_prev + b)" in " ".join(out.split())


def test_no_color_is_respected_where_there_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")

    def shown(**extra: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "grader", "--course", str(tiny.COURSE), "list"]
        environment = {**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **extra}
        subprocess.run(command, stdout=theirs, env=environment, check=True)
        os.close(theirs)
        return os.read(ours, 1 << 16).decode()

    assert "\x1b[1mtiny" in shown()
    assert "\x1b" not in shown(NO_COLOR="1")


def test_one_assignment_may_be_listed_alone(run: Run) -> None:
    status, out, _ = run("list", "optimization", course=None)
    assert status == 0
    assert next(line for line in out.splitlines() if not line.startswith(" ")).startswith("optimization  ")
    assert "random_mini_batches" in out
    assert "linear_forward" not in out
    status, _, err = run("list", "optimisation", course=None)
    assert status == 2
    assert "did you mean 'optimization'?" in err


def test_the_list_as_json_has_the_published_keys(run: Run) -> None:
    status, out, _ = run("list", "--json")
    (found,) = json.loads(out)["assignments"]
    assert status == 0
    assert {key: found[key] for key in ("name", "title", "source", "points")} == {
        "name": "tiny",
        "title": "A tiny assignment",
        "source": "none",
        "points": 100.0,
    }
    assert found["functions"][0] == {"name": "center", "points": 10.0, "summary": "X minus the mean of its rows"}


def test_help_and_version_answer_at_once(run: Run) -> None:
    assert run("--version", course=None) == (0, f"grader, version {__version__}\n", "")
    status, out, _ = run("--help", course=None)
    assert status == 0
    assert run("-h", course=None)[1] == out
    assert run("check", "-h", course=None)[0] == 0
    for name, (_, summary) in COMMANDS.items():
        assert f"\n  {name} " in out
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert (command.name, (command.help or "").startswith(summary)) == (name, True)
        # Not -h for all: click keeps a command's help option as the first context had it, which another test may have made.
        status, out_of_command, _ = run(name, "--help", course=None)
        assert (status, summary in " ".join(out_of_command.split())) == (0, True)


@pytest.mark.parametrize("group", [[], ["gradebook"]])
def test_a_group_alone_prints_its_help_line_by_line(run: Run, group: list[str]) -> None:
    status, out, err = run(*group, course=None)
    assert (status, out) == (2, "")
    assert err == run(*group, "--help", course=None)[1]


def test_the_published_commands_are_there() -> None:
    published = {"list", "check", "grade", "freeze", "release", "export", "report", "gradebook", "audit", "doctor"}
    assert published <= set(COMMANDS)


# -- check -------------------------------------------------------------------------------------------


def test_full_marks_give_status_0(run: Run, files: Path) -> None:
    frozen_cases(tiny.assignment())  # drawn before, so that nothing is said about it
    status, out, err = run("check", "tiny", files / "right.py")
    assert (status, err) == (0, "")
    assert "100 of 100 points" in out


def test_something_found_gives_status_1_and_names_it(run: Run, files: Path) -> None:
    status, out, _ = run("check", "tiny", files / "wrong.py")
    assert status == 1
    assert "the mean runs over the columns" in " ".join(out.split())
    status, more, _ = run("check", "tiny", files / "wrong.py", "--verbose")
    assert status == 1
    assert len(more) > len(out)


@pytest.mark.parametrize(("least", "expected"), [(0, 0), (91.4, 0), (91.5, 0), (91.6, 1), (100, 1)])
def test_a_minimum_score_decides_the_status(run: Run, files: Path, least: float, expected: int) -> None:
    assert run("check", "tiny", files / "wrong.py", "--min-score", least)[0] == expected


def test_json_goes_to_a_file_or_alone_to_standard_output(run: Run, files: Path) -> None:
    status, out, _ = run("check", "tiny", files / "wrong.py", "--json", "-")
    report = report_from_json(json.loads(out))
    assert (status, report.points, report.submission) == (1, 91.5, str(files / "wrong.py"))
    status, out, _ = run("check", "tiny", files / "right.py", "--json", files / "report.json")
    assert (status, bool(out)) == (0, True)
    assert report_from_json(json.loads((files / "report.json").read_text("utf-8"))).full_marks


@pytest.mark.parametrize("name", ["empty.py", "absent.py", "nothing"])
def test_what_cannot_be_read_gives_status_2_and_json_all_the_same(run: Run, files: Path, name: str) -> None:
    (files / "nothing").mkdir()
    status, out, _ = run("check", "tiny", files / name, "--json", "-")
    assert status == 2
    assert json.loads(out)["status"] == "unreadable"
    assert run("check", "tiny", files / name, "--min-score", 0)[0] == 2


def test_neighbours_that_are_imported_come_along(run: Run, files: Path) -> None:
    (files / "tools.py").write_text("def half(Z):\n    return Z / 2\n", "utf-8")
    text = "from tools import half\n" + solution().replace("def half(Z):\n    return Z / 2\n", "")
    (files / "student.py").write_text(text, "utf-8")
    assert run("check", "tiny", files / "student.py")[0] == 0


# -- wrong usage and failures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "absent", "x.py"], "grader: there is no assignment 'absent'; this course has: tiny"),
        (["check", "tiny"], "Missing argument 'PATH...'"),
        (["check", "tiny", "x.py", "--min-score", "101"], "is not in the range 0<=x<=100"),
        (["grade", "tiny"], "Missing argument 'PATHS...'"),
        (["export", "nowhere", "tiny", "x"], "'nowhere' is not one of 'gradescope', 'github'"),
        (["export", "github", "tiny", "x", "--attempts", "3"], "--attempts is an option of gradescope, not of github"),
        (["export", "coursera", "tiny", "x.zip", "--part", "a"], "--part a: expected ID=FUNCTION,FUNCTION"),
        (["export", "coursera", "tiny", "x.zip", "--part", "a=centre"], "no function 'centre' (did you mean 'center'?)"),
        (["export", "gradescope", "tiny", "x.zip", "--part", "a=center"], "--part is an option of coursera"),
        (["export", "gradescope", "tiny", "x.zip", "--visibility", "seldom"], "'seldom' is not one of 'visible'"),
        (["frobnicate"], "No such command 'frobnicate'"),
        (["report", "no-such-run"], "no-such-run"),
    ],
)
def test_wrong_usage_gives_status_2_and_says_what_is_wrong(run: Run, arguments: list[str], words: str) -> None:
    status, _, err = run(*arguments)
    assert status == 2
    assert words in err
    assert "Traceback" not in err


def test_a_folder_that_is_no_course_gives_status_2(run: Run, tmp_path: Path) -> None:
    status, _, err = run("list", course=tmp_path)
    assert (status, err) == (2, f"grader: {tmp_path} is not a course: it has no folder 'assignments'\n")


def test_json_that_cannot_be_written_gives_status_2(run: Run, files: Path) -> None:
    target = files / "absent" / "report.json"
    status, _, err = run("check", "tiny", files / "right.py", "--json", target)
    assert status == 2
    assert str(target) in err


def test_a_bug_of_ours_gives_status_3_in_one_line_and_the_traceback_on_request(run: Run, tmp_path: Path) -> None:
    # An author's file that breaks a promise of the types is a way to make the harness itself fail.
    folder = tmp_path / "assignments" / "odd"
    folder.mkdir(parents=True)
    text = "from grader.spec import *\nclass Odd(Assignment):\n    points = property(lambda self: 1 / 0)\n"
    text += "ASSIGNMENT = Odd('odd', title='', source='', functions=(Function('f', points=1, inputs=lambda d: ()),))\n"
    (folder / "assignment.py").write_text(text, "utf-8")
    status, _, err = run("list", course=tmp_path)
    assert status == 3
    assert err == "grader: the grader itself failed: ZeroDivisionError: division by zero (GRADER_DEBUG=1 shows where)\n"
    os.environ["GRADER_DEBUG"] = "1"
    try:
        with pytest.raises(ZeroDivisionError):
            main(["--course", str(tmp_path), "list"])
    finally:
        del os.environ["GRADER_DEBUG"]


def test_terminal_escapes_in_an_error_are_made_inert(run: Run) -> None:
    _, _, err = run("check", "\x1b[31mred", "x.py")
    assert "\x1b" not in err


# -- grade, freeze, doctor -------------------------------------------------------------------------------


def test_many_are_graded_shown_and_kept(run: Run, files: Path) -> None:
    out_folder = files.parent / f"{files.name}-run"
    target = files.parent / f"{files.name}.json"
    arguments = ["grade", "tiny", files, "-o", out_folder, "--jobs", 1, "--allow-weak-sandbox", "--json", target]
    status, _, err = run(*arguments)
    assert (status, "graded 3 of 3" in err) == (0, True)
    data = json.loads(target.read_text("utf-8"))
    assert data["schema"] == "grader/run/v1"
    found = {Path(r["submission"]).name: r["points"] for r in data["reports"]}
    assert found == {"right.py": 100.0, "wrong.py": 91.5, "empty.py": None}
    (files / "wrong.py").write_text(solution(), "utf-8")
    status, _, err = run(*arguments)
    assert "2 unchanged since the last run" in err
    found = {Path(r["submission"]).name: r["points"] for r in json.loads(target.read_text("utf-8"))["reports"]}
    assert found == {"right.py": 100.0, "wrong.py": 100.0, "empty.py": None}


def test_the_list_of_a_run_is_sorted_by_student(run: Run, files: Path) -> None:
    (files / "class").mkdir()
    for name in ("a_1001_7_x.py", "b_1000_8_x.py", "c_1002_9_x.py"):  # as Canvas names them
        (files / "class" / name).write_text(solution(), "utf-8")
    (files / "roster.csv").write_text("id,name\n1001,zoe\n1000,ann\n1002,bob\n", "utf-8")
    arguments = ["grade", "tiny", files / "class", "--roster", files / "roster.csv", "--allow-weak-sandbox"]
    _, out, _ = run(*arguments)
    assert [line.split("  ")[0] for line in out.splitlines()[:3]] == ["ann (1000)", "zoe (1001)", "bob (1002)"]


@pytest.mark.parametrize(
    ("names", "graded", "expected"),
    [
        (["right.py", "empty.py"], 2, 0),  # a submission that cannot be read is a result
        (["hollow"], 1, 2),
        (["right.py", "hollow"], 2, 0),  # one student of several handed in an empty folder
    ],
)
def test_a_folder_without_submissions_gives_status_2_and_the_rest_is_graded(
    run: Run, files: Path, names: list[str], graded: int, expected: int
) -> None:
    (files / "hollow").mkdir()
    paths = [files / name for name in names]
    status, out, _ = run("grade", "tiny", *paths, "--jobs", 1, "--allow-weak-sandbox", "--json", "-")
    assert status == expected
    points = [report["points"] for report in json.loads(out)["reports"]]
    assert len(points) == graded
    assert ("right.py" in names) == (100.0 in points)


@pytest.mark.parametrize(("least", "expected"), [(91.5, 0), (92, 1)])
def test_the_lowest_score_of_a_batch_decides_the_status(run: Run, files: Path, least: int, expected: int) -> None:
    (files / "empty.py").unlink()
    arguments = ["grade", "tiny", files, "--jobs", 1, "--allow-weak-sandbox", "--min-score", least, "--json", "-"]
    status, out, _ = run(*arguments)
    assert status == expected
    assert len(json.loads(out)["reports"]) == 2


def test_cases_are_frozen_into_a_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "tiny.cases"
    status, out, _ = run("freeze", "tiny", "--seed", 5, "-o", target)
    assert status == 0
    assert out.splitlines()[0].split() == ["center", "9", "cases,", "3", "mistakes"]
    assert out.splitlines()[-1].startswith(f"{target}: sha256 ")
    assert target.is_file()


def test_freezing_refuses_what_no_kit_can_be_cut_from(run: Run, tmp_path: Path) -> None:
    run("new", "scaling", tmp_path, course=None)
    (tmp_path / "assignments" / "scaling" / "README.md").unlink()
    status, _, err = run("freeze", "scaling", course=tmp_path)
    assert status == 2
    assert "README.md is missing: write the hand-out that students read" in err


def test_the_doctor_says_which_walls_stand_and_what_that_lets_one_do(run: Run) -> None:
    status, out, _ = run("doctor", course=None)
    assert status == 0
    *walls, level, own, others, torch, tensorflow = out.splitlines()
    assert level.startswith("level: ")
    assert all(line.startswith(("stands ", "missing")) for line in walls)
    assert own == "check your own work: yes, behind the walls that stand"
    assert others.startswith("grade others' work: ")
    for line, name in ((torch, "PyTorch"), (tensorflow, "TensorFlow")):
        assert re.match(rf"{name}: (\d|not installed here: python -m pip install 'numpy-course-grader\[)", line)


def test_every_command_starts_with_the_core_alone() -> None:
    extras = ("matplotlib", "sqlalchemy", "cosmic_ray", "distributed")
    code = f"import sys\nsys.modules.update(dict.fromkeys({extras!r}))\n"
    code += "from grader.cli.main import COMMANDS, cli\nprint(*(cli.get_command(None, name).name for name in COMMANDS))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(COMMANDS)


def test_a_first_run_says_how_far_it_is_and_what_to_try_next(run: Run, tmp_path: Path) -> None:
    write_assignment("scaling", tmp_path)
    (tmp_path / "s.py").write_text("def center(X):\n    return X\n", "utf-8")
    _, _, err = run("check", "scaling", tmp_path / "s.py", course=tmp_path)
    drawing = [f"drawing the cases of scaling: {done} of 1 functions" for done in (0, 1)]
    assert err.splitlines()[:2] == drawing
    assert err.splitlines()[2].startswith(f"next: grader --course {tmp_path} check scaling {tmp_path / 's.py'} --verbose")
    assert run("check", "scaling", tmp_path / "s.py", course=tmp_path)[2] == ""
    arguments = ["grade", "scaling", tmp_path / "s.py", "-o", tmp_path / "run", "--allow-weak-sandbox"]
    _, _, err = run(*arguments, course=tmp_path)
    assert f"next: grader --course {tmp_path} report {tmp_path / 'run'}  (" in err
    assert f"next: grader --course {tmp_path} check scaling {tmp_path / 's.py'}  (" in err


def test_the_submission_to_look_at_next_is_the_folder_of_several_files(run: Run, tmp_path: Path) -> None:
    write_assignment("scaling", tmp_path)
    (tmp_path / "class" / "ada" / "nets").mkdir(parents=True)
    for name in ("center", "other"):
        (tmp_path / "class" / "ada" / "nets" / f"{name}.py").write_text(f"def {name}(X):\n    return X\n", "utf-8")
    arguments = ["grade", "scaling", tmp_path / "class", "-o", tmp_path / "run", "--allow-weak-sandbox"]
    _, _, err = run(*arguments, course=tmp_path)
    assert f"check scaling {tmp_path / 'class' / 'ada'}  (" in err


def test_the_drawing_is_one_line_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    drawing = Drawing("scaling")
    drawing(0, 1)
    drawing(1, 1)
    words = "drawing the cases of scaling: {} of 1 functions"
    assert capsys.readouterr().err == f"{words.format(0)}\r{words.format(1)}\n"


def test_long_work_has_a_line_for_each_tenth_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    counting = Counting("grading mutants")
    for done in range(1, 41):
        counting(done, 40)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert (lines[0], lines[-1]) == ("grading mutants: 4 of 40", "grading mutants: 40 of 40")


def test_the_drawing_is_two_lines_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    drawing = Drawing("scaling")
    for done in range(4):
        drawing(done, 3)
    words = "drawing the cases of scaling: {} of 3 functions\n"
    assert capsys.readouterr().err == words.format(0) + words.format(3)


# -- as a program -----------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def program(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "grader", *arguments], capture_output=True, check=False, **options)


def test_the_module_is_the_command() -> None:
    found = program("--course", str(tiny.COURSE), "list")
    assert (found.returncode, found.stderr) == (0, b"")
    assert found.stdout.startswith(b"tiny  A tiny assignment")


def test_a_terminal_without_unicode_is_no_failure(elsewhere: Path) -> None:
    frozen_cases(tiny.assignment())
    name = elsewhere / "Übung.py"
    name.write_text(solution(WRONG), "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    found = program("--course", str(tiny.COURSE), "check", "tiny", str(name), env=environment)
    assert (found.returncode, found.stderr) == (1, b"")
    assert b"Score: 91.5 of 100 points" in found.stdout


def test_a_new_assignment_says_what_to_do_next(run: Run, tmp_path: Path) -> None:
    status, out, err = run("new", "scaling", tmp_path / "mine", course=None)
    assert status == 0
    assert str(tmp_path / "mine" / "assignments" / "scaling" / "assignment.py") in out.splitlines()
    assert err.startswith(f"next: grader --course {tmp_path / 'mine'} freeze scaling")
