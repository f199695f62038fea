"""Whatever files, students and columns are called, no command lets a terminal or a CI runner obey it."""

from __future__ import annotations

import ast
import csv
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import grader
from grader.cli.grade import GradeOptions, grade_paths
from grader.cli.main import cli, main
from tests.platforms import NAME, RIGHT, WRONG, assignment

pytest.importorskip("sqlalchemy", reason="the gradebook needs SQLAlchemy")

EVIL = "e\x1b]0;t\x07\x1b[31m\u202e\n::error::x\r\u2003::add-mask::y ##vso[x];=1+1"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, text in (("ada", RIGHT), (EVIL, WRONG)):
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / f"{name}.py").write_text(text, "utf-8")
        (folder / "class" / name / f"{name}-2.txt").write_text(text, "utf-8")
    (folder / "class" / f"{EVIL}2").mkdir()
    (folder / "class" / f"{EVIL}3").symlink_to(folder)
    (folder / f"{EVIL}.csv").write_text(f'id,name\n"{EVIL}","{EVIL}"\nx,"{EVIL}4"\n', "utf-8")
    (folder / "canvas.csv").write_text(f'Student,ID,Section,"{EVIL} (5)"\n"{EVIL}6",7,A,\n', "utf-8")
    (folder / "moodle.csv").write_text("Identifier,Grade,Last modified (grade)\nParticipant 1,,\n", "utf-8")
    options = GradeOptions(gradebook=str(folder / "marks.db"), allow_weak=True, output=folder / "run")
    grade_paths(assignment(), [folder / "class"], options)
    return folder


COMMANDS = {
    "check": ["check", NAME, "class/{evil}/{evil}.py"],
    "check what is not there": ["check", NAME, "{evil}"],
    "check a link": ["check", NAME, "class/{evil}3", "-v"],
    "check several": ["check", NAME, "class/{evil}/{evil}.py", "class/{evil}/{evil}-2.txt"],
    "check an assignment": ["check", "{evil}", "class"],
    "a wrong option": ["check", NAME, "--{evil}"],
    "a wrong command": ["{evil}"],
    "grade": ["grade", NAME, "class", "{evil}", "--allow-weak-sandbox", "--roster", "{evil}.csv"],
    "grade one by one": ["grade", NAME, "class/{evil}", "class/{evil}2", "class/{evil}3", "--allow-weak-sandbox"],
    "grade with a wrong roster": ["grade", NAME, "class", "--roster", "no-{evil}"],
    "report": ["report", "run", "-o", "{evil}-site"],
    "report what is not there": ["report", "no-{evil}"],
    "runs": ["gradebook", "runs", "marks.db"],
    "csv": ["gradebook", "export", "marks.db", NAME, "-o", "{evil}-out.csv"],
    "canvas": ["gradebook", "export", "marks.db", NAME, "--to", "canvas", "--template", "canvas.csv", "-o", "{evil}-c.csv"],
    "moodle": ["gradebook", "export", "marks.db", NAME, "--to", "moodle", "--template", "moodle.csv", "-o", "{evil}-m.csv"],
    "a wrong column": ["gradebook", "export", "marks.db", NAME, "--to", "canvas", "--template", "canvas.csv",
                       "--column", "{evil}", "-o", "x.csv"],
    "no marks": ["gradebook", "export", "marks.db", "{evil}", "-o", "x.csv"],
    "diff": ["gradebook", "diff", "marks.db", "1", "1"],
    "override": ["gradebook", "override", "marks.db", NAME, "{evil}", "50", "--author", "{evil}", "--reason", "{evil}"],
    "comment": ["gradebook", "comment", "marks.db", NAME, "{evil}", "{evil}", "--author", "{evil}"],
    "feedback": ["feedback", "run", NAME, "--to", "folder", "-o", "{evil}-feedback"],
    "new": ["new", "{evil}"],
    "freeze": ["freeze", NAME, "-o", "{evil}.cases"],
    "freeze what is not there": ["freeze", "{evil}"],
    "freeze into nowhere": ["freeze", NAME, "-o", "no-{evil}/a.cases"],
    "release": ["release", NAME, "{evil}-kit"],
    "release over what is there": ["release", NAME, "class"],
    "export gradescope": ["export", "gradescope", NAME, "{evil}.zip"],
    "export over a folder": ["export", "gradescope", NAME, "class/{evil}2"],
    "export github": ["export", "github", NAME, "{evil}-action"],
    "export github over a folder": ["export", "github", NAME, "class/{evil}"],
    "export to nobody": ["export", "{evil}", NAME, "x"],
    "audit": ["audit", NAME, "--budget", "1", "--json", "{evil}-audit.json"],
    "audit what is not there": ["audit", "{evil}"],
    "list": ["list"],
    "doctor": ["doctor"],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_prints_what_steers(
    command: list[str], run_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(run_folder)
    with pytest.raises(SystemExit):
        main(["--course", str(assignment().course.root), *(part.replace("{evil}", EVIL) for part in command)])
    printed = capsys.readouterr()
    assert printed.out + printed.err
    for text in (printed.out, printed.err):
        assert not STEERING.search(text), command
        assert not re.search(r"##\w*\[", text)
        assert not any(line.strip().startswith("::") for line in text.splitlines())


def test_every_command_is_fed_with_hostile_names() -> None:
    def leaves(command: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                yield from leaves(inner, *names, name)
        else:
            yield names

    used = [tuple(command) for command in COMMANDS.values()]
    assert [names for names in leaves(cli) if not any(command[: len(names)] == names for command in used)] == []


def test_nothing_is_printed_but_by_the_one_door() -> None:
    """What another module prints would be neither plain nor tried here."""
    package = Path(grader.__file__).parent
    doors = re.compile(r"print|click\.(?:echo|secho|echo_via_pager)|sys\.(?:__)?std(?:out|err)(?:__)?\.(?:write|writelines)")
    found = {}
    for path in package.rglob("*.py"):
        calls = (
            ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        )
        if any(map(doors.fullmatch, calls)):
            found[str(path.relative_to(package))] = path
    assert set(found) == {"cli/output.py", "publishing/targets/github.py", "publishing/targets/graded.py"}


def test_no_table_of_marks_has_a_formula_at_any_separator(run_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["gradebook", "export", str(run_folder / "marks.db"), NAME, "-o", str(tmp_path / "out.csv")])
    text = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == len(text.splitlines()) > 2
    assert not re.search(r'(?:^|[;|\t,])[ "]*[=@+]', text, re.MULTILINE)


def test_a_suggested_command_holds_a_name_as_one_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People copy it into a shell."""
    name = "x;touch gone;$(touch gone).py"
    (tmp_path / "class" / "eve").mkdir(parents=True)
    (tmp_path / "class" / "eve" / name).write_text(WRONG, "utf-8")
    grade_paths(assignment(), [tmp_path / "class"], GradeOptions(allow_weak=True, output=tmp_path / "run"))
    command = next(line for line in capsys.readouterr().err.splitlines() if " check " in line).partition("  (")[0]
    assert shlex.split(command)[-2:] == [NAME, str(tmp_path / "class" / "eve" / name)]
