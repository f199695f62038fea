"""``grader grade`` as it is typed: finished work is kept, nothing is graded twice, a lost process costs one submission."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import tiny
from tests.tiny import solution

RIGHT = solution()
WRONG = solution("def center(X):\n    return X, X")
# Once in each worker it waits, which takes as long on every machine.
SLOW = solution(
    "import time\n\nquick, waited = center, []\n\n"
    "def center(X):\n    if not waited:\n        waited.append(time.sleep(1.5))\n    return quick(X)"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "grader", "--course", str(tiny.COURSE), "grade", "tiny", *map(str, arguments)]


def run(*arguments: str | Path, code: int = 0) -> str:
    """What the command says on its way; it must end with this status."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == code, done.stderr
    return done.stderr


def students(folder: Path, sources: Sequence[str]) -> Path:
    for number, source in enumerate(sources):
        place = folder / f"s{number}"
        place.mkdir(parents=True)
        (place / "solution.py").write_text(source, "utf-8")
    return folder


def with_notes(source: str, count: int) -> list[str]:
    """The same in different words: no two of them have equal definitions, of what is executed, either."""
    head = "def half(Z):\n"
    assert head in source
    return [source.replace(head, f"{head}    note = {number}\n") for number in range(count)]


def lines(out: Path) -> list[dict[str, Any]]:
    path = out / "reports.jsonl"
    whole = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    return [json.loads(line)["report"] for line in whole if line.endswith(b"\n")]


def reports(out: Path) -> dict[str, dict[str, Any]]:
    """The latest report of each submission, without its time and the folder that it lay in."""
    return {r["student"]: {**r, "duration_s": 0, "submission": Path(r["submission"]).name} for r in lines(out)}


def wait_for(what: Callable[[], Any], process: subprocess.Popen[str], seconds: float = 300) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


# -- resuming ----------------------------------------------------------------------------


def test_a_rerun_grades_only_what_has_changed(tmp_path: Path) -> None:
    folder = students(tmp_path / "class", [*with_notes(RIGHT, 2), WRONG])
    out = tmp_path / "run"
    assert "graded 3 of 3" in run(folder, "-o", out)
    first = reports(out)
    assert {s: r["points"] for s, r in first.items()} == {"s0": 100.0, "s1": 100.0, "s2": 92.3}
    assert "graded 0 of 3, 3 unchanged since the last run" in run(folder, "-o", out)
    assert reports(out) == first
    (folder / "s2" / "solution.py").write_text(RIGHT, "utf-8")
    assert "graded 1 of 3, 2 unchanged since the last run" in run(folder, "-o", out)
    assert reports(out)["s2"]["points"] == 100.0


def test_other_cases_are_graded_again(tmp_path: Path) -> None:
    folder = students(tmp_path / "class", with_notes(RIGHT, 2))
    out = tmp_path / "run"
    run(folder, "-o", out)
    assert "graded 2 of 2\n" in run(folder, "-o", out, "--seed", "5")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_is_finished_and_a_rerun_goes_on_from_there(tmp_path: Path, jobs: str) -> None:
    folder = students(tmp_path / "class", [*with_notes(RIGHT, 2), *with_notes(SLOW, 4)])
    out = tmp_path / "run"
    typed = command(folder, "-o", out, "--jobs", jobs)
    with subprocess.Popen(typed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: len(lines(out)) >= 2, process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=300)
    assert process.returncode != 0
    assert "Traceback" not in said
    kept = len(lines(out))
    assert 2 <= kept < 6
    assert f"graded {6 - kept} of 6, {kept} unchanged since the last run" in run(folder, "-o", out, "--jobs", jobs)
    assert {r["points"] for r in reports(out).values()} == {100.0}


@pytest.mark.parametrize("words", [["check"], ["grade", "--jobs", "1"], ["grade", "--jobs", "2"]], ids=" ".join)
def test_who_ends_the_process_finds_no_folder_left(tmp_path: Path, words: list[str]) -> None:
    folder = students(tmp_path / "class", [SLOW.replace("1.5", "60")])
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    typed = [word for word in command(folder if words[0] == "grade" else folder / "s0") if word != "grade"]
    typed[typed.index("tiny") : typed.index("tiny")] = words
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(typed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment) as process:
        wait_for(lambda: [*scratch.glob("grader-*")], process)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not [*scratch.glob("grader-*")]


# -- processes ---------------------------------------------------------------------------


def pool_of(pid: int) -> list[int]:
    """The pool's processes, which are started as fresh interpreters."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        if any(b"spawn_main" in word for word in words):
            found.append(int(child))
    return found


def below(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_process_that_dies_costs_its_submission_alone_and_is_replaced(tmp_path: Path) -> None:
    folder = students(tmp_path / "class", [*with_notes(SLOW, 4), *with_notes(RIGHT, 4)])
    out = tmp_path / "run"
    typed = command(folder, "-o", out, "--jobs", "2")
    with subprocess.Popen(typed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        working = wait_for(lambda: [p for p in pool_of(process.pid) if below(p)], process)  # it has a sandbox
        os.kill(working[0], signal.SIGKILL)
        process.communicate(timeout=300)
    assert process.returncode == 3  # something could not be graded, and that is said
    found = reports(out)
    lost = [r for r in found.values() if r["status"] == "error"]
    assert len(found) == 8
    assert len(lost) == 1
    assert lost[0]["points"] is None
    assert "the grading process died" in lost[0]["messages"][0]
    assert {r["points"] for r in found.values() if r["status"] == "graded"} == {100.0}
    assert "graded 1 of 8, 7 unchanged since the last run" in run(folder, "-o", out)
    assert {r["points"] for r in reports(out).values()} == {100.0}


def test_reports_are_the_same_for_any_number_of_processes_and_any_order(tmp_path: Path) -> None:
    unfinished = solution(without=["center"])
    paths = []
    for number, source in enumerate([RIGHT, WRONG, "def center(X:\n", unfinished, "import os\n"]):
        paths.append(tmp_path / f"s{number}.py")
        paths[-1].write_text(source, "utf-8")
    for name, jobs, order in (("a", "1", paths), ("b", "3", paths[::-1])):
        run(*order, "-o", tmp_path / name, "--jobs", jobs, "--no-cache")
    one, three = (reports(tmp_path / name) for name in "ab")
    assert len(one) == 5
    assert one == three


# -- equal definitions -------------------------------------------------------------------


def test_equal_definitions_are_graded_once_and_the_number_is_shown(tmp_path: Path) -> None:
    folder = students(tmp_path / "class", [WRONG, WRONG, WRONG, RIGHT])
    said = run(folder, "-o", tmp_path / "run", "--jobs", "1")
    assert "graded 4 of 4, 2 with the same definitions as another one" in said
    without = run(folder, "-o", tmp_path / "again", "--jobs", "1", "--no-cache")
    assert "graded 4 of 4\n" in without
    assert reports(tmp_path / "run") == reports(tmp_path / "again")


# -- memory ------------------------------------------------------------------------------


# A small process in between: the kernel counts the memory of whoever starts a process as the new one's peak.
LAUNCH = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, usage = os.wait4(pid, 0)
print(status, usage.ru_maxrss / 1024)
"""


def peak_mb(*arguments: str | Path) -> float:
    launched = [sys.executable, "-I", "-S", "-c", LAUNCH, *command(*arguments)]
    done = subprocess.run(launched, capture_output=True, text=True, timeout=300, check=True)
    status, peak = done.stdout.split()
    assert status == "0", done.stderr
    return float(peak)


def test_memory_does_not_grow_with_the_number_of_submissions(tmp_path: Path) -> None:
    few = students(tmp_path / "few", with_notes(WRONG, 5))
    many = students(tmp_path / "many", [source for source in with_notes(WRONG, 5) for _ in range(80)])
    small = peak_mb(few, "-o", tmp_path / "a", "--jobs", "1")
    large = peak_mb(many, "-o", tmp_path / "b", "--jobs", "1")
    assert len(lines(tmp_path / "b")) == 400
    assert large - small < 8
