"""Plain interpreters for somebody's own work: the same verdicts without walls. What ends late is waited for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.confined.wire import decode, encode
from grader.errors import GraderError
from grader.sandbox import doctor, limits, own
from grader.sandbox.parent import Sandbox
from grader.sandbox.portable import Interpreters, Piped
from grader.sandbox.runner import Execution, Plan, Program, Raised, Returned, Stopped
from grader.sandbox.waiting import Patience
from grader.submission.reading import parse_submission

SOON = 0.3


@pytest.fixture
def portable() -> Iterator[Sandbox]:
    with Sandbox(walls=(), patience=Patience(load_s=60.0, slowness=1.0), children=Interpreters(())) as one:
        yield one


def program(source: str, memory_mb: int = 512) -> Program:
    files = parse_submission("student.py", ".py", source.encode(), {}).files
    return Program(files=files, wanted=("f", "g"), memory_mb=memory_mb, total_s=600.0)


def ask(name: str, *arguments: tuple[Any, ...], cpu_s: float = 60.0) -> list[Plan]:
    return [Plan(name, n, ((name, encode(args)),), cpu_s=cpu_s, answered=("h",)) for n, args in enumerate(arguments)]


def ends(execution: Execution) -> list[Any]:
    """Per plan a value, the name of an exception, or the reason of a stop."""
    told = []
    for *_, outcome in execution.outcomes:
        match outcome:
            case Returned(value=value):
                told.append(decode(value))
            case Raised(type_name=name):
                told.append(name)
            case Stopped(reason=reason):
                told.append(reason)
    return told


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("while True: pass", "timeout"),
        ("time.sleep(10**6)", "timeout"),
        ("os.abort()", "crashed"),
        ("os._exit(5)", "crashed"),
        ("while True: print('x' * 10**6)", "too-much-output"),
        ("K = [np.ones(1 << 20) for _ in range(10**9)]", "out-of-memory"),
        ("return np.ones(1 << 50)", "out-of-memory"),
    ],
)
def test_a_call_that_never_comes_back_has_the_verdict_of_the_walls_and_the_next_function_is_right(
    portable: Sandbox, body: str, verdict: str
) -> None:
    source = f"import os, time\nimport numpy as np\n\ndef f(x):\n    {body}\n\ndef g(x):\n    return x + 1\n"
    limit = SOON if verdict == "timeout" else 60.0
    execution = portable.run(program(source), [*ask("f", (1,), (2,), cpu_s=limit), *ask("g", (1,), (2,))])
    assert ends(execution) == [verdict, verdict if verdict != "too-much-output" else "not-run", 2, 3]
    assert portable.level == "none"


def test_limits_follow_the_speed_of_the_machine_from_the_first_interpreter_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.portable.slowness_of", lambda unit: 1e6)
    source = "import time\ndef f(x):\n    time.sleep(1)\n    return x\n"
    with Sandbox(walls=(), children=Interpreters(())) as one:
        assert ends(one.run(program(source), ask("f", (3,), cpu_s=1e-4))) == [3]


def test_large_questions_and_replies_pass_the_pipes(portable: Sandbox) -> None:
    numbers = np.arange(500_000.0)
    got = ends(portable.run(program("def f(x):\n    return 2 * x\n"), ask("f", (numbers,), (numbers + 1,))))
    assert np.array_equal(got[0], 2 * numbers)
    assert np.array_equal(got[1], 2 * numbers + 2)


def test_student_code_finds_standard_input_empty_and_prints_into_the_report(portable: Sandbox) -> None:
    source = "import os\ndef f(x):\n    os.write(1, b'no frame')\n    print('seen')\n    return os.read(0, 10)\n"
    ((outcome,),) = portable.run(program("import numpy as np\n" + source), ask("f", (1,))).outcomes
    assert isinstance(outcome, Returned | Raised)
    assert outcome.output == "seen\n"


def test_helpers_are_answered_in_this_process_where_there_is_no_copy(
    portable: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.sys, "platform", "win32")
    source = program("def h(x):\n    return 0\ndef f(x):\n    return h(x) + 1\n")
    asked = Program(source.files, wanted=("f",), bound=("h",), total_s=600.0)
    assert ends(portable.run(asked, ask("f", (4,)), lambda name, args, kwargs, _: args[0] * 10)) == [41]


@pytest.mark.parametrize(("system", "walls"), [("win32", False), ("darwin", False), ("linux", True)])
def test_own_work_runs_behind_the_walls_on_linux_and_in_plain_interpreters_elsewhere(
    monkeypatch: pytest.MonkeyPatch, system: str, walls: bool
) -> None:
    monkeypatch.setattr(limits.sys, "platform", system)
    monkeypatch.setattr(own.Zygote, "launch", lambda zygote: None)
    assert isinstance(own.strongest_sandbox()._children, Interpreters) is not walls


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has walls")
def test_own_work_does_without_a_wall_that_does_not_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = own.Zygote.start

    def falls(zygote: own.Zygote) -> None:
        if "landlock" in zygote._wanted:
            raise GraderError("no such wall")
        starts(zygote)

    monkeypatch.setattr(own.Zygote, "start", falls)
    monkeypatch.setattr(doctor, "probe", lambda: doctor.Walls(fork=True, limits=True))
    with own.strongest_sandbox() as sandbox:
        assert sandbox.level == "weak"
        assert "landlock" not in sandbox.stands


def test_an_interpreter_that_does_not_start_or_ends_at_once_is_told_with_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty.py").touch()
    for name, value in (("WORKER", tmp_path / "empty.py"), ("sys.executable", str(tmp_path / "empty.py"))):
        monkeypatch.setattr(f"grader.sandbox.portable.{name}", value)
        with pytest.raises(GraderError, match=re.escape(f"Python ({sys.executable}) could not be started a second time")):
            Interpreters(()).child(1 << 30, 60)


def test_a_package_that_cannot_be_loaded_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.portable.package_folders", lambda packages: [])
    with pytest.raises(
        GraderError, match="could not load what your code needs: ModuleNotFoundError: No module named 'numpy'"
    ):
        Interpreters(()).child(1 << 30, 60)


def test_what_a_worker_has_started_does_not_keep_its_parent_waiting() -> None:
    holder = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print(flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child = Piped(process, cpu_s=1)
    assert child.receive(60.0, 0.0)
    assert child.end().code == (1 if sys.platform == "win32" else -9)
    assert child.end() is child.ended
