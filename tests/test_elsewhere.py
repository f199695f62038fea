"""A released kit on Windows, macOS and in a browser, as far as Linux can play them: see ``tests/elsewhere.py``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.kits import ROOT, installed, kit

NAME = "dnn_step_by_step"
RIGHT = (ROOT / "samples" / NAME / "right.py").read_text("utf-8")
LAST = "def update_parameters("  # nothing stands on it, so that what is wrong with it costs one wait

# Grades each file in one process of the system, in a folder that nobody may write to.
PROGRAM = """
import contextlib, io, json, os, sys
from pathlib import Path

def read_only(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(os.getcwd()):
        if set(str(arguments[1] or "")) & set("wax+") or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise PermissionError(13, "Permission denied", arguments[0])

from grader.cli.main import main
from grader.sandbox import portable
if sys.argv[2]:  # however busy this machine is, only what never ends takes too long
    portable.slowness_of = lambda unit: float(sys.argv[2])
sys.addaudithook(read_only)
for words in json.loads(sys.argv[1]):
    said, status = io.StringIO(), None
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(words)
        except SystemExit as stop:
            status = stop.code
    print(json.dumps([status, said.getvalue()]))
"""


def changed(line: str) -> str:
    """The right solution, whose last function begins with this line."""
    before, head, rest = RIGHT.partition(LAST)
    signature, _, body = rest.partition("\n")
    return f"{before}{head}{signature}\n    {line}\n{body}"


FILES: Mapping[str, str] = {
    "right": RIGHT,
    "wrong": RIGHT.replace("1 / m * ", "").replace("/ m", ""),
    "umlauts": RIGHT.replace("def ", "# Lösung: Σ\ndef ", 1),
    "loop": changed("while True: pass"),
    "crash": changed("import os; os.abort()"),
    "output": changed("while True: print('x' * 10**6)"),
    "memory": changed("K = [np.ones(1 << 20) for _ in range(10**9)]"),
}


@cache
def folder() -> Path:
    """The kit in a folder whose name no code page holds, with files beside the blank one."""
    place = Path(mkdtemp(prefix="elsewhere-")) / "Übung 1 Ω"
    shutil.copytree(kit(NAME), place)
    for name, text in FILES.items():
        (place / f"{name}.py").write_text(text, "utf-8")
    return place


@cache
def said(system: str, *commands: tuple[str, ...], slowness: str = "100") -> list[tuple[int, str]]:
    """What each command said on that system, and its exit status."""
    script = folder().parent / "program.py"
    script.write_text(PROGRAM, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(installed(NAME))}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "elsewhere.py"), system, str(script), json.dumps(commands), slowness],
        capture_output=True, cwd=folder(), env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert (b"\r\n" in done.stdout) is (system == "windows")
    return [tuple(json.loads(line)) for line in done.stdout.decode("cp1252").splitlines()]


def reports(system: str, *names: str, **options: str) -> dict[str, Any]:
    commands = [("check", NAME, f"{name}.py", "--json", "-") for name in names]
    return {name: json.loads(text) for name, (_, text) in zip(names, said(system, *commands, **options), strict=True)}


def status_of(report: Any, function: str = "update_parameters") -> str:
    return str(next(f["status"] for f in report["functions"] if f["name"] == function))


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_a_kit_grades_right_and_wrong_and_blank_and_what_never_returns(system: str) -> None:
    found = reports(system, "right", "wrong", "umlauts", NAME, "crash", "output", "memory")
    found |= reports(system, "loop", slowness="1")
    assert {report["sandbox"] for report in found.values()} == {"none"}
    assert (found["right"]["points"], found["umlauts"]["points"], found[NAME]["points"]) == (100, 100, 0)
    assert status_of(found["wrong"], "linear_backward") != "passed"
    ends = {name: status_of(found[name]) for name in ("loop", "crash", "output", "memory")}
    assert ends == {"loop": "timeout", "crash": "crashed", "output": "too-much-output", "memory": "out-of-memory"}
    assert status_of(found["loop"], "linear_backward") == "passed"


def test_a_kit_grades_in_a_browser_what_ends_by_itself() -> None:
    found = reports("browser", "right", "wrong", "umlauts", NAME, "output")
    assert {report["sandbox"] for report in found.values()} == {"none"}
    assert (found["right"]["points"], found["umlauts"]["points"], found[NAME]["points"]) == (100, 100, 0)
    assert status_of(found["wrong"], "linear_backward") != "passed"
    assert status_of(found["output"]) == "too-much-output"


@pytest.mark.parametrize("system", ["windows", "macos", "browser"])
def test_the_terminal_says_that_there_was_no_sandbox(system: str) -> None:
    ((status, text),) = said(system, ("check", NAME, "right.py"))
    assert status == 0
    assert "100 of 100 points" in text
    assert "without a sandbox" in text


@pytest.mark.parametrize("system", ["windows", "macos", "browser"])
def test_what_runs_others_code_refuses_with_one_sentence_and_the_rest_works(system: str, tmp_path: Path) -> None:
    tiny = ("--course", str(ROOT / "tests" / "course"))
    refusing = (*tiny, "grade", "tiny", "."), (*tiny, "audit", "tiny")
    drawing = (*tiny, "freeze", "tiny", "-o", str(tmp_path / "tiny.cases"))
    *refused, listed, told, drawn = said(system, *refusing, ("list",), ("doctor",), drawing)
    assert [(status, text.count("\n")) for status, text in refused] == [(2, 1), (2, 1)]
    assert all("only Linux has" in text and "'grader check'" in text for _, text in refused)
    assert (listed[0], told[0], drawn[0]) == (0, 0, 0), drawn[1]
    assert NAME in listed[1]
    assert "check your own work: yes" in told[1]
    assert "grade others' work: no, needs Linux" in told[1]


@pytest.mark.parametrize("system", ["windows", "macos", "browser"])
def test_pytest_and_the_notebook_check_ones_own_file(system: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed(NAME))}
    harness = [sys.executable, str(ROOT / "tests" / "elsewhere.py"), system]
    options = ["-q", "-p", "no:cacheprovider", "--grader-assignment", NAME, "--submission", "right.py"]
    by_pytest = subprocess.run(
        [*harness, "-m", "pytest", *options], capture_output=True, cwd=folder(), env=environment, check=False
    )
    assert by_pytest.returncode == 0, by_pytest.stdout.decode("utf-8", "replace")
    script = folder() / "asking.py"
    script.write_text("import right\nfrom grader.notebook import check\nprint(check(right.linear_forward).passed)", "utf-8")
    asked = subprocess.run([*harness, script.name], capture_output=True, cwd=folder(), env=environment, check=False)
    assert asked.stdout.split() == [b"True"], asked.stderr.decode("utf-8", "replace")
