"""The parent's side of the confined worker: one zygote, one forked child per run.

The parent keeps the time and believes nothing: a reply is a value for the call that was asked, in
order, or the child is ended. See ``docs/design/sandbox.md`` and ``SECURITY.md``.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from grader.allowlist import readable_paths, seccomp_filter
from grader.doctor import probe
from grader.errors import GraderError
from grader.model import SandboxLevel
from grader.running import Answer, Execution, Loaded, Outcome, Plan, Program, Raised, Returned, Stopped
from grader.wire import WireError, decode, encode, pack, unpack

__all__ = ["ALL_WALLS", "Sandbox", "strongest_sandbox"]

_FULL = frozenset({"limits", "user", "landlock", "seccomp"})
_SOME = frozenset({"limits", "landlock", "seccomp"})
ALL_WALLS = ("fork", "limits", "user", "landlock", "seccomp", "namespaces")

_FRAME = struct.Struct("<IB")
_REPLY = struct.Struct("<IHHI")
_MAX_FRAME = 160 * 2**20
_SLICE_S = 0.2
_NAP_S = 0.0003
_LOAD_S = 5.0
_SKIPPED_UNITS = 3
_CALLBACKS = 200_000
_WORKER = Path(__file__).with_name("worker.py")


class _Stop(Exception):
    """The child is over: why, and in words."""

    def __init__(self, stopped: Stopped) -> None:
        super().__init__(stopped.reason)
        self.stopped = stopped


@dataclass
class _Child:
    """A child and its channel."""

    pid: int
    channel: socket.socket
    poller: select.poll
    process: subprocess.Popen[bytes] | None = None
    buffer: bytearray = field(default_factory=bytearray)
    callbacks: int = 0
    end: dict[str, Any] | None = None


class Sandbox:
    """Runs submissions in confined processes (implements :class:`grader.running.Runner`).

    Parameters
    ----------
    packages
        Third-party packages that submissions may import, NumPy aside.
    walls
        Names of the walls to put up, of :data:`ALL_WALLS`; what the machine lacks is left out.

    Use as a context manager: leaving it ends the zygote and everything below it.
    """

    def __init__(self, packages: Sequence[str] = (), walls: Sequence[str] = ALL_WALLS) -> None:
        self._packages = tuple(packages)
        self._wanted = tuple(walls)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.stands: tuple[str, ...] = ()
        self.namespaces: tuple[str, ...] = ()

    # -- the zygote ------------------------------------------------------------------------

    def __enter__(self) -> Sandbox:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and everything below it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def level(self) -> SandboxLevel:
        """``full``, ``weak`` or ``none``, by the walls that really stand."""
        self._start()
        if _FULL <= set(self.stands):
            return "full"
        return "weak" if _SOME & set(self.stands) else "none"

    def _settings(self, **extra: Any) -> str:
        folders = _package_folders(self._packages)
        program = seccomp_filter() if "seccomp" in self._wanted else None
        settings = {
            "folders": folders,
            "readable": readable_paths(["numpy", *self._packages], folders),
            "seccomp": (program or b"").hex(),
            "packages": list(self._packages),
            "walls": list(self._wanted),
            **extra,
        }
        return json.dumps(settings)

    def _launch(self, settings: str, *descriptors: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(_WORKER), settings],
            env=_environment(),
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = self._launch(self._settings(control=theirs.fileno()), theirs.fileno())
        self._control = ours
        ours.settimeout(60)
        hello = self._answer()
        if hello["error"]:
            self.close()
            raise GraderError(
                f"the walls of the sandbox could not be put up ({hello['error']}); 'grader doctor' says which stand"
            )
        self.stands = tuple(hello["walls"])
        self.namespaces = tuple(hello["namespaces"])

    def _answer(self) -> dict[str, Any]:
        assert self._control is not None
        data = b""
        while not data.endswith(b"\n"):
            try:
                part = self._control.recv(65536)
            except OSError as error:
                raise GraderError(f"the sandbox does not answer ({error})") from error
            if not part:
                raise GraderError("the sandbox ended unexpectedly; 'grader doctor' says what stands on this machine")
            data += part
        answer: dict[str, Any] = json.loads(data)
        return answer

    def _command(self, *descriptors: int, **command: Any) -> dict[str, Any]:
        self._start()
        assert self._control is not None
        try:
            socket.send_fds(self._control, [json.dumps(command).encode()], list(descriptors))
        except OSError as error:
            raise GraderError(f"the sandbox does not answer ({error})") from error
        return self._answer()

    def _fork(self, program: Program) -> _Child:
        ours, theirs = socket.socketpair()
        limits = {"memory": program.memory_mb << 20, "cpu": max(1, round(program.total_s))}
        process = None
        with theirs:
            if "fork" in self._wanted:
                pid = self._command(theirs.fileno(), do="fork", **limits)["pid"]
            else:
                process = self._launch(self._settings(channel=theirs.fileno(), **limits), theirs.fileno())
                pid = process.pid
        ours.setblocking(False)
        poller = select.poll()
        poller.register(ours, select.POLLIN)
        return _Child(pid, ours, poller, process)

    def _end(self, child: _Child) -> dict[str, Any]:
        if child.end is None:
            child.channel.close()
            if child.process is None:
                child.end = self._command(do="end", pid=child.pid)
            else:
                child.process.kill()
                child.end = {"code": child.process.wait()}
        return child.end

    def _cpu(self, child: _Child) -> float:
        if child.process is not None:
            try:
                return time.clock_gettime((~child.pid << 3) | 2)
            except OSError:
                return 0.0
        return float(self._command(do="cpu", pid=child.pid)["cpu"])

    # -- frames ----------------------------------------------------------------------------

    def _send(self, child: _Child, kind: bytes, body: bytes, deadline: float) -> None:
        view = memoryview(_FRAME.pack(len(body), kind[0]) + body)
        while view:
            try:
                view = view[child.channel.send(view) :]
            except BlockingIOError:
                select.select([], [child.channel], [], _SLICE_S)
                if time.monotonic() > deadline:
                    raise _Stop(Stopped("timeout", "it did not read its questions")) from None
            except OSError:
                raise self._dead(child) from None

    def _receive(self, child: _Child, cpu_s: float, deadline: float) -> tuple[int, memoryview]:
        """The next frame; stops the child after ``cpu_s`` CPU seconds or at a loose wall bound."""
        buffer = child.buffer
        start: float | None = None
        began = 0.0
        while True:
            if len(buffer) >= 5:
                size, kind = _FRAME.unpack_from(buffer)
                if size > _MAX_FRAME:
                    raise _Stop(Stopped("crashed", "it sent something that is not a reply"))
                if len(buffer) >= 5 + size:
                    body = bytes(buffer[5 : 5 + size])
                    del buffer[: 5 + size]
                    return kind, memoryview(body)
            if child.poller.poll(_SLICE_S * 1000):
                # Replies come many a millisecond: to wake for each would cost more than to judge them.
                time.sleep(_NAP_S)
                try:
                    part = child.channel.recv(1 << 18)
                except BlockingIOError:
                    continue
                except OSError:
                    part = b""
                if not part:
                    raise self._dead(child)
                buffer += part
                continue
            now = time.monotonic()
            if start is None:  # the first slice without an answer: start to watch its CPU clock
                start, began = self._cpu(child) - _SLICE_S, now - _SLICE_S
            if self._cpu(child) - start > cpu_s:
                raise _Stop(Stopped("timeout", f"it needed more than {cpu_s:g} seconds"))
            if now - began > 5 + 5 * cpu_s or now > deadline:
                raise _Stop(Stopped("timeout", "it did not come back"))

    def _dead(self, child: _Child) -> _Stop:
        code = int(self._end(child)["code"])
        if code in (-24, -9):  # SIGXCPU, or SIGKILL at the hard limit
            return _Stop(Stopped("timeout", "the submission used up its CPU time"))
        if code == 70:
            return _Stop(Stopped("out-of-memory", "the worker could not go on"))
        if code < 0:
            return _Stop(Stopped("crashed", f"the process was ended by signal {-code} ({_signal_name(-code)})"))
        return _Stop(Stopped("crashed", f"the code ended the process with exit status {code}"))

    # -- one run ---------------------------------------------------------------------------

    def run(self, program: Program, plans: Sequence[Plan], answer: Answer | None = None) -> Execution:
        """Load the program and run the plans (see :meth:`grader.running.Runner.run`)."""
        run = _Run(self, program, answer, time.monotonic() + program.total_s * 2 + 10)
        try:
            outcomes: list[tuple[Outcome, ...]] = []
            for _, group in groupby(plans, key=lambda plan: plan.function):
                outcomes.extend(run.function(list(group)))
            if not plans:
                run.child()
            return Execution(run.loaded, tuple(outcomes))
        except _Stop as stop:
            rest = [(stop.stopped,)] * (len(plans) - len(outcomes))
            return Execution(run.loaded, (*outcomes, *rest))
        finally:
            run.close()


def strongest_sandbox(packages: Sequence[str] = ()) -> Sandbox:
    """A started sandbox with as many walls as this machine lets stand.

    For code that its own author runs anyway (a student's self-check, a platform's container).
    """
    sandbox = Sandbox(packages)
    try:
        sandbox._start()
        return sandbox
    except GraderError:
        found = probe()
        standing = [name for name in ALL_WALLS if getattr(found, name)]
        return Sandbox(packages, standing)


class _Run:
    """The children of one run: usually one, a fresh one after each that was lost."""

    def __init__(self, sandbox: Sandbox, program: Program, answer: Answer | None, deadline: float) -> None:
        self.sandbox = sandbox
        self.program = program
        self.answer = answer
        self.deadline = deadline
        self.loaded = Loaded()
        self.skip: dict[int, str] = {}
        self._child: _Child | None = None

    def close(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            with contextlib.suppress(GraderError, OSError):
                self.sandbox._end(child)

    def child(self) -> _Child:
        """The child that serves this run, loaded."""
        while self._child is None:
            if time.monotonic() > self.deadline:
                raise _Stop(Stopped("timeout", "the submission used up its total time"))
            child = self.sandbox._fork(self.program)
            self._child = child
            unit = -1
            try:
                self.sandbox._send(child, b"P", _program_frame(self.program, self.skip), self.deadline)
                for unit, loaded in self._loading(child):
                    if loaded is not None:
                        self.loaded = loaded
            except _Stop as stop:
                self._lost(stop)
                if unit < 0 or len(self.skip) >= _SKIPPED_UNITS:
                    raise
                self.skip[unit] = f"{self.program.units[unit].origin} was left out: {_words(stop.stopped)}"
        return self._child

    def _loading(self, child: _Child) -> Iterator[tuple[int, Loaded | None]]:
        while True:
            kind, body = self.sandbox._receive(child, _LOAD_S, self.deadline)
            if kind == ord("U") and len(body) == 4:
                number = int.from_bytes(body, "little")
                if number >= len(self.program.units):
                    raise _Stop(Stopped("crashed", "it sent something that is not a reply"))
                yield number, None
            elif kind == ord("C"):
                self._callback(child, body)
            elif kind == ord("L"):
                try:
                    yield -1, _loaded(decode(unpack(bytes(body))[0]), self.skip)
                    return
                except (WireError, TypeError, KeyError, ValueError, AttributeError):
                    raise _Stop(Stopped("crashed", "it sent something that is not a reply")) from None
            elif kind == ord("O"):
                raise _Stop(Stopped("too-much-output", "it printed without end"))
            else:
                raise _Stop(Stopped("crashed", "it sent something that is not a reply"))

    def _lost(self, stop: _Stop) -> None:
        self.close()

    def function(self, plans: list[Plan]) -> list[tuple[Outcome, ...]]:
        """All plans of one function; one timeout is tried once more, alone."""
        outcomes: list[tuple[Outcome, ...]] = []
        retried = False
        while len(outcomes) < len(plans):
            todo = plans[len(outcomes) :]
            if retried:
                todo = todo[:1]
            partial: list[Outcome] = []
            try:
                child = self.child()
                batch = struct.pack("<I", len(todo)) + b"".join(plan.packed for plan in todo)
                self.sandbox._send(child, b"B", batch, self.deadline)
                for plan in todo:
                    partial = []
                    self._plan(child, plan, partial)
                    outcomes.append(tuple(partial))
                retried = False
            except _Stop as stop:
                self._lost(stop)
                if stop.stopped.reason == "timeout" and not retried and time.monotonic() < self.deadline:
                    retried = True
                    continue
                outcomes.append((*partial, stop.stopped))
                missing = len(plans) - len(outcomes)
                outcomes.extend([(Stopped("not-run", "an earlier call did not come back"),)] * missing)
        return outcomes

    def _plan(self, child: _Child, plan: Plan, outcomes: list[Outcome]) -> None:
        for step in range(len(plan.steps)):
            outcome = self._step(child, plan, step)
            if isinstance(outcome, Raised) and outcome.type_name.endswith("MemoryError"):
                raise _Stop(Stopped("out-of-memory", f"it asked for more than {self.program.memory_mb} MB"))
            outcomes.append(outcome)
            if isinstance(outcome, Raised):
                return

    def _step(self, child: _Child, plan: Plan, step: int) -> Outcome:
        while True:
            kind, body = self.sandbox._receive(child, plan.cpu_s, self.deadline)
            if kind == ord("C"):
                self._callback(child, body)
                continue
            if kind == ord("O"):
                raise _Stop(Stopped("too-much-output", "it printed without end"))
            try:
                if kind not in b"VE":
                    raise WireError("not a reply")
                number, at_step, nmutated, noutput = _REPLY.unpack_from(body)
                if (number, at_step) != (plan.number, step):
                    raise WireError("a reply to another call")
                middle = _REPLY.size + 2 * nmutated
                mutated = tuple(np.frombuffer(body[_REPLY.size : middle], np.uint16).tolist()) if nmutated else ()
                output = bytes(body[middle : middle + noutput]).decode("utf-8", "replace") if noutput else ""
                encoded, end = unpack(body, middle + noutput)  # type: ignore[arg-type]  # a memoryview will do
                if end != len(body):
                    raise WireError("bytes left over")
                if kind == ord("V"):
                    return Returned(encoded, mutated, output)
                name, message, origin = decode(encoded)
                return Raised(str(name)[:200], str(message)[:600], None if origin is None else str(origin)[:200], output)
            except (WireError, struct.error, ValueError, TypeError):
                raise _Stop(Stopped("crashed", "it sent something that is not a reply")) from None

    def _callback(self, child: _Child, body: memoryview) -> None:
        child.callbacks += 1
        reply = None
        if self.answer is not None and child.callbacks <= _CALLBACKS:
            try:
                name, args, kwargs = decode(unpack(bytes(body))[0])
                reply = pack(encode(self.answer(name, args, kwargs)))
            except Exception:  # whatever the reference makes of a student's arguments: not answered
                reply = None
        self.sandbox._send(child, b"X" if reply is None else b"R", reply or b"", self.deadline)


def _words(stopped: Stopped) -> str:
    return stopped.detail or stopped.reason


def _signal_name(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _unit(unit: Any) -> tuple[str, str, int, bool]:
    return (unit.source, unit.label, unit.line, unit.essential)


def _program_frame(program: Program, skip: Mapping[int, str]) -> bytes:
    sources = [unit.source for unit in program.units]
    sources += [unit.source for units in program.siblings.values() for unit in units]
    return pack(
        encode(
            {
                "units": [_unit(unit) for unit in program.units],
                "siblings": {name: [_unit(u) for u in units] for name, units in program.siblings.items()},
                "provided": dict(program.provided),
                "public": program.public,
                "wanted": list(program.wanted),
                "bound": list(program.bound),
                "skip": sorted(skip),
                "uses_random": any("import random" in s or "from random" in s for s in sources),
            }
        )
    )


def _loaded(reply: Any, skip: Mapping[int, str]) -> Loaded:
    """What the worker says of loading: words for people, believed by nobody."""
    defined = {str(name): str(kind) for name, kind in reply["defined"].items()}
    messages = list(skip.values())
    for label, kind, line, message, essential in reply["failed"]:
        if essential:
            messages.append(f"{label}, line {line} was left out: {kind}: {message}"[:600])
    return Loaded(defined, tuple(messages[:50]))


def _package_folders(packages: Sequence[str]) -> list[str]:
    """Folders in which the isolated interpreter finds NumPy and the allowed packages."""
    import importlib.util

    folders = [str(Path(np.__file__).parents[1])]
    for name in packages:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise GraderError(f"the assignment allows the package {name!r}, which is not installed here")
        folders.append(str(Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]))
    return list(dict.fromkeys(folders))


def _environment() -> dict[str, str]:
    """A cleared environment. One thread for linear algebra: with more, fork and a memory limit hang it."""
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**dict.fromkeys(threads, "1"), "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": os.defpath}
