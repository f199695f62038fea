"""The working folder may be that of the class: nothing that students put there is taken for the grader's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.main import main
from tests.platforms import NAME, RIGHT, assignment

MARK = "open({!r}, 'w').close()\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a class, in which the command is called."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(RIGHT, "utf-8")
    monkeypatch.chdir(tmp_path / "class")
    return tmp_path / "class"


def status_of(*arguments: object) -> object:
    with pytest.raises(SystemExit) as stopped:
        main(list(map(str, arguments)))
    return stopped.value.code


@pytest.mark.parametrize(
    ("folder", "settings"),
    [("", ""), ("eve/", '[tool.grader]\ncourse = "eve"\n'), ("../far/", '[tool.grader]\ncourse = "../far"\n')],
    ids=["a student called assignments", "settings of a student's", "settings that lead away"],
)
@pytest.mark.parametrize(
    "every", [".", "../class", "*", "*.py", "ada.py", "../class/ada.py", "bob eve", "bob/*.py eve/*.py"]
)
def test_no_course_is_taken_from_what_is_graded(
    here: Path, capsys: pytest.CaptureFixture[str], folder: str, settings: str, every: str
) -> None:
    theirs = here / folder / "assignments" / NAME / "assignment.py"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(MARK.format(str(here.parent / "ran")), "utf-8")
    if settings:
        (here / "pyproject.toml").write_text(settings, "utf-8")
    for student in ("bob", "eve"):
        (here / student).mkdir(exist_ok=True)
        (here / student / "hw.py").write_text(RIGHT, "utf-8")
    paths = [str(path) for words in every.split() for path in (sorted(Path().glob(words)) if "*" in words else [words])]
    assert status_of("grade", NAME, *paths, "-o", "../run") == 2
    assert "name the course with --course DIR if it is yours" in capsys.readouterr().err
    assert not (here.parent / "ran").exists()
    assert not (here.parent / "run").exists()


def test_a_link_to_a_course_elsewhere_is_none_either(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = here.parent / "elsewhere" / NAME / "assignment.py"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(MARK.format(str(here.parent / "ran")), "utf-8")
    (here / "assignments").symlink_to(here.parent / "elsewhere")
    assert status_of("grade", NAME, ".", "-o", "../run") == 2
    assert "name the course with --course DIR if it is yours" in capsys.readouterr().err
    assert not (here.parent / "ran").exists()


def test_a_course_that_is_named_may_lie_anywhere(here: Path) -> None:
    (here / "assignments" / "mine").mkdir(parents=True)
    assert status_of("--course", assignment().course.root, "grade", NAME, ".", "--allow-weak-sandbox", "-q") == 0


def test_no_file_of_a_student_is_an_option(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "--scheduler=127.0.0.1:9").write_text(RIGHT, "utf-8")
    course, files = ("--course", assignment().course.root), sorted(path.name for path in here.iterdir())
    assert status_of(*course, "grade", NAME, *files) == 2
    assert "--scheduler=127.0.0.1:9 is a file here and reads like an option" in capsys.readouterr().err
    assert status_of(*course, "grade", NAME, "--allow-weak-sandbox", "-q", "--", *files) == 0
    assert status_of(*course, "grade", NAME, "--allow-weak-sandbox", "-q", *(f"./{name}" for name in files)) == 0


@pytest.mark.parametrize(
    ("paths", "output"), [(".", "run"), ("../class", "new"), ("eve run", "run"), (". ../late", "../late/a/run")]
)
def test_a_run_does_not_go_on_with_what_a_student_has_handed_in(
    here: Path, capsys: pytest.CaptureFixture[str], paths: str, output: str
) -> None:
    for folder in (here / "run", here / "eve", here.parent / "late"):
        folder.mkdir()
    (here / "run" / "reports.jsonl").write_text("", "utf-8")
    course = assignment().course.root
    assert status_of("--course", course, "grade", NAME, *paths.split(), "-o", output, "--allow-weak-sandbox") == 2
    assert "which is graded: a student may hand in a folder of that name" in capsys.readouterr().err
    assert [path.name for path in (here / "run").iterdir()] == ["reports.jsonl"]
    assert not (here / "new").exists()
    assert status_of("--course", course, "grade", NAME, ".", "-o", "../run", "--allow-weak-sandbox", "-q") == 0
