"""One door to what students wrote, one to what is printed: nothing else in these packages opens or prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "grader"
OPENING = {"open", "read_bytes", "read_text", "fdopen", "FileIO", "ZipFile", "copyfile", "copy2"}

#: What opens a file where students' files pass by, and what it opens.
OPENS = {
    ("submission/files.py", "open_file", "open"): "the door",
    ("submission/files.py", "open_file", "FileIO"): "the door",
    ("intake/zips.py", "zip_members", "ZipFile"): "a file that the door opened",
    ("intake/zips.py", "zip_members", "open"): "an entry of it",
    ("intake/archive.py", "_copy", "open"): "writes a numbered file of ours",
    ("intake/csv.py", "read_sheet", "open"): "the class list of the instructor, whose path may be a link",
    ("cli/gradebook.py", "export", "read_bytes"): "the LMS's file of the instructor",
    ("cli/grade.py", "_write_run", "open"): "writes the JSON",
    ("cli/shared.py", "try_file", "open"): "tries whether a file of ours can be written",
    ("publishing/targets/gradescope.py", "_counted", "read_text"): "what Gradescope says of earlier submissions",
    ("publishing/targets/github.py", "_append", "open"): "writes to GitHub's own files",
    ("publishing/jupyterlite.py", "_build", "read_text"): "the site that was just built",
}
COURSE_ONLY = {
    "publishing/feedback.py",  # pages that were just written
    "cli/feedback.py",  # the worksheet of the instructor
    "publishing/handout.py",
    "publishing/kit.py",
    "publishing/starter.py",
    "publishing/wheel.py",
    "publishing/files.py",
    "report/html.py",
}


def calls(folder: str) -> Iterator[tuple[str, str, str]]:
    """The file, the function and the name of each call below a folder of the package."""
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    names = [node.func] if isinstance(node, ast.Call) else []
                    names += node.args[:1] if names and getattr(names[0], "id", "") == "partial" else []  # type: ignore[attr-defined]
                    for name in names:
                        if isinstance(name, ast.Name | ast.Attribute):
                            word = name.id if isinstance(name, ast.Name) else name.attr
                            yield f"{path.relative_to(PACKAGE).as_posix()}", function.name, word


def test_one_function_opens_every_file_of_a_student() -> None:
    folders = ("intake", "submission", "publishing", "cli", "report")
    every = {call for folder in folders for call in calls(folder) if call[2] in OPENING}
    assert {path for path, _, _ in every} >= COURSE_ONLY
    opened = {call for call in every if call[0] not in COURSE_ONLY}
    door = {call for call in opened if call[2] == "read_bytes" and call[0] not in {"cli/gradebook.py"}}
    users = {path for path, _, _ in door}
    for path in users:
        assert "from grader.submission.files import" in (PACKAGE / path).read_text("utf-8")
        assert ".read_bytes(" not in (PACKAGE / path).read_text("utf-8"), f"{path} reads a path by itself"
    opened -= door
    assert opened == OPENS.keys()


def test_every_command_prints_through_one_door() -> None:
    printing = {"echo", "print", "secho", "print_help"}
    assert {call for call in calls("cli") if call[2] in printing and call[0] != "cli/output.py"} == set()
    for path in (PACKAGE / "cli").glob("*.py"):
        text = path.read_text("utf-8")
        assert "stdout.write" not in text and "stderr.write" not in text, path
