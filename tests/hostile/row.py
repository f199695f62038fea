"""What a row of the table is, and how it is run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined.kinds import Opaque
from grader.confined.wire import decode, encode
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Outcome, Plan, Program, Raised, Returned
from grader.sandbox.waiting import Patience
from grader.sandbox.zygote import ALL_WALLS
from grader.submission.reading import parse_files

TOOLS = (Path(__file__).parent / "tools.py").read_text("utf-8")

#: By name, the walls that a runner has: the full sandbox, a fresh interpreter without fork, and weak ones.
RUNNERS: Mapping[str, tuple[str, ...]] = {
    "full": ALL_WALLS,
    "spawned": tuple(name for name in ALL_WALLS if name != "fork"),
    "no seccomp": tuple(name for name in ALL_WALLS if name != "seccomp"),
    "no landlock": tuple(name for name in ALL_WALLS if name != "landlock"),
    "fork only": ("fork",),
}
#: Where Python lies in a folder that only root may enter, as on a root account's pyenv, see SECURITY.md.
NO_LATE_IMPORT = "without Landlock, imports of new modules may fail before the wall is reached"
#: A folder and a file in it that everybody may write to: what stops a row is a wall and not a permission.
VICTIM = Path(tempfile.gettempdir()) / f"grader-hostile-{os.getpid()}"
PROJECT = Path(__file__).resolve().parents[2]
FULL = ("full", "spawned")
#: The limit of a call that can only end at it, of one that may meet it, and of one that is not to meet it, however slow
#: or busy the machine is. A call that waits has five times its limit, and once more twice as long.
ENDLESS_S, CPU_S, PATIENT_S = 0.05, 0.25, 10.0
LOAD_S = 0.5
QUESTIONS = (np.array([[1.0, 2.0], [3.0, 4.5]]), np.array([[0.5, 0.25, 8.0]]))
HELPED = 40.0
#: The honest function. Who looks into sys.modules may need every definition, so that all of a row's are loaded.
OTHER = "\n\ndef other(A):  # sys.modules\n    return A + 1\n"


@dataclass(frozen=True)
class Hostile:
    """A submission that does not mean well.

    Attributes
    ----------
    name, tries
        What it is called, and what it is after.
    source
        Its text; ``other`` is added where it is not defined.
    must
        The outcomes that are allowed, of the first question and, where they differ, of the second.
    gaps
        Runners at which this is not promised, and why. A reason that begins with "not run" also says that
        the row is not tried there, because nothing would stop it.
    other
        The outcome of the honest function (a submission that breaks NumPy breaks it for itself).
    only
        The runners to run it at, where it takes seconds.
    lingers
        Whether what it has begun goes on in later calls, which then have the short limit as well.
    files
        What lies beside it.
    """

    name: str
    tries: str
    source: str
    must: tuple[str, ...]
    gaps: Mapping[str, str] = field(default_factory=dict)
    other: tuple[str, ...] = ("right",)
    only: tuple[str, ...] = tuple(RUNNERS)
    lingers: bool = False
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def cpu_s(self) -> float:
        """How long a call of its target may take."""
        if self.lingers or any("timeout" in outcome for outcome in self.must):
            return ENDLESS_S if self.must[0] == "timeout" else CPU_S
        return PATIENT_S

    def runs_at(self, runner: str) -> bool:
        return runner in self.only and not self.gaps.get(runner, "").startswith("not run")


@dataclass(frozen=True)
class Result:
    """What became of a row: of the target, of the honest function."""

    target: str
    other: str
    messages: tuple[str, ...] = ()


def right(A: Any) -> Any:
    """What ``target`` is asked for."""
    return 3 * A.sum(axis=1)


@contextmanager
def victim() -> Iterator[None]:
    """The folder that everybody may write to; afterwards it must hold what it held."""
    VICTIM.mkdir()
    VICTIM.chmod(0o777)
    file = VICTIM / "file"
    file.write_text("kept")
    file.chmod(0o666)
    before = file.stat()
    try:
        yield
        assert sorted(VICTIM.iterdir()) == [file]
        assert file.read_text() == "kept"
        assert (file.stat().st_mode, file.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    finally:
        shutil.rmtree(VICTIM)


def sandbox(runner: str) -> Sandbox:
    return Sandbox(walls=RUNNERS[runner], patience=Patience(load_s=LOAD_S, slack_s=0.1, look_s=0.02))


def run(row: Hostile, at: Sandbox) -> Result:
    """Run one row; its helper ``helped`` is answered by the parent, as in a carried run."""
    source = row.source + ("" if "def other" in row.source else OTHER)
    source = source.replace("VICTIM", str(VICTIM)).replace("PROJECT", str(PROJECT))
    files = {name: text.encode() for name, text in row.files.items()}
    files["hostile.py"] = source.encode("utf-8", "surrogatepass")
    submission = parse_files("hostile", files, {"target": 1, "other": 1}, main={"hostile.py"})
    program = Program(
        files=submission.files,
        provided={"tools": TOOLS},
        wanted=("target", "other"),
        bound=("helped",),
        memory_mb=256,
        total_s=30.0,
    )
    plans = [
        Plan("target", n, (("target", encode((A,))),), cpu_s=row.cpu_s, answered=("helped",))
        for n, A in enumerate(QUESTIONS)
    ]
    plans += [
        Plan("other", n, (("other", encode((A,))),), cpu_s=CPU_S if row.lingers else PATIENT_S)
        for n, A in enumerate(QUESTIONS)
    ]
    execution = at.run(program, plans, helped)
    first, second, *rest = [outcome[-1] for outcome in execution.outcomes]
    targets = [described(outcome, right(A)) for outcome, A in zip((first, second), QUESTIONS, strict=True)]
    others = {described(outcome, A + 1) for outcome, A in zip(rest, QUESTIONS, strict=True)}
    target = targets[0] if targets[1] in (targets[0], "not-run") else " then ".join(targets)
    return Result(target, " and ".join(sorted(others)), execution.loaded.messages)


def helped(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """The right helper that the parent answers: shapes and loops as large as its arguments say."""
    if kwargs or name != "helped":
        raise TypeError("helped takes positional arguments")
    if len(args) == 3:
        while args[2] > 0:
            pass
    if len(args) == 2:
        return np.zeros(args) + 1
    return np.asarray(args[0]) * HELPED


def described(outcome: Outcome, expected: Any) -> str:
    """One outcome in the words of the table."""
    match outcome:
        case Returned(value=value):
            got = decode(value)
            if isinstance(got, Opaque):
                return f"opaque {got.type_name}"
            same = isinstance(got, np.ndarray) and got.dtype == expected.dtype and np.array_equal(got, expected)
            return "right" if same else "wrong"
        case Raised(type_name=name):
            return f"raised {name}"
    if outcome.reason != "crashed":
        return outcome.reason
    return f"crashed: {outcome.detail}"
