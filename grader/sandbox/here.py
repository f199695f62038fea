"""The worker within this process: for a browser, which has no other one, and for the harness's own tests.

It is the same program and speaks the same frames. What a process of its own would take with it (names that it sets in
Python and NumPy, modules of the submission, the state of random numbers) is taken out again before anything else goes on.
Nothing ends what does not end by itself, so there is no limit of time or memory.
"""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import ctypes
import gc
import io
import random
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from grader.confined import stubs, wire
from grader.confined.channel import FRAME, Channel
from grader.confined.imports import FORBIDDEN, Imports
from grader.confined.session import Session
from grader.sandbox.child import Child, Ended
from grader.sandbox.limits import without_warnings
from grader.sandbox.parent import Sandbox

__all__ = ["InProcess"]

_NDARRAY: dict[str, Any] = gc.get_referents(np.ndarray.__dict__)[0]  # where stand-ins for methods of NumPy 1 go


class _Over(BaseException):
    """The worker would have ended its process here."""


class _Channel(Channel):
    """What the worker's session takes for its channel."""

    def __init__(self, child: Within) -> None:
        self.child = child

    def send(self, kind: bytes, *parts: bytes) -> None:
        if kind == b"C":  # a question is answered before its caller goes on
            with self.child.world.left():
                self.child.ours.copy().run(self.child.ask, b"".join(parts))
        else:
            self.child.frames.append((kind[0], b"".join(parts)))

    def receive(self) -> tuple[bytes, bytes]:
        return self.child.replies.popleft()

    def end(self, status: int) -> NoReturn:
        raise _Over(status)


class _World:
    """What student code has changed in this process; it is there only while that code runs."""

    def __init__(self) -> None:
        self.spaces = (vars(builtins), vars(io), vars(sys), vars(np), vars(np.random.bit_generator), _NDARRAY)
        self.inside: list[dict[str, Any]] = [{} for _ in self.spaces]
        self.inside[2].update(meta_path=list(sys.meta_path), path=list(sys.path))
        self.modules: dict[str, Any] = {}
        self.hidden: frozenset[str] = frozenset({*FORBIDDEN, "submission", "__main__"})
        self.before: list[dict[str, Any]] = []
        self.kept: dict[str, Any] = {}
        self.libraries: dict[str, Any] = {}  # modules that were looked at and are nobody's; there are a thousand

    def hide(self, modules: set[str]) -> None:
        """Modules of the submission, though this process may have imported some of that name."""
        self.hidden |= modules
        self.libraries.clear()

    def enter(self) -> None:
        self.random = random.getstate(), np.random.get_state()
        self.before = [dict(space) for space in self.spaces]
        self.kept = self._taken_out()
        sys.modules.update(self.modules)
        for space, inside in zip(self.spaces, self.inside, strict=True):
            space.update(inside)
        _forget_methods()

    def leave(self) -> None:
        for number, (space, before) in enumerate(zip(self.spaces, self.before, strict=True)):
            self.inside[number] = {key: value for key, value in space.items() if _is_changed(key, value, before)}
            for key in self.inside[number]:
                if key in before:
                    space[key] = before[key]
                else:
                    del space[key]
        self.modules = self._taken_out()
        sys.modules.update(self.kept)
        _forget_methods()
        random.setstate(self.random[0])
        np.random.set_state(self.random[1])

    def _taken_out(self) -> dict[str, Any]:
        """The modules of the submission and stand-ins, no longer there; a library that was imported stays where it is."""
        known = self.libraries
        new = {name: module for name, module in sys.modules.items() if known.get(name, known) is not module}
        theirs = {name for name, module in new.items() if self._is_students(name, module)}
        known.update((name, module) for name, module in new.items() if name not in theirs)
        return {name: sys.modules.pop(name) for name in theirs}

    def _is_students(self, name: str, module: Any) -> bool:
        loader = getattr(getattr(module, "__spec__", None), "loader", None)
        return name.partition(".")[0] in self.hidden or isinstance(loader, Imports)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        self.enter()
        try:
            yield
        finally:
            self.leave()

    @contextlib.contextmanager
    def left(self) -> Iterator[None]:
        """While a question is answered; a model asks thousands, so that no more is put back than an answer can meet."""
        state = random.getstate(), np.random.get_state()
        theirs = {name: sys.modules[name] for name in self.kept.keys() & sys.modules.keys()}
        sys.modules.update(self.kept)
        try:
            yield
        finally:
            for name in self.kept:
                del sys.modules[name]
            sys.modules.update(theirs)
            random.setstate(state[0])
            np.random.set_state(state[1])


def _is_changed(key: str, value: Any, before: dict[str, Any]) -> bool:
    """Whether a name was given another value; a part of NumPy that is imported late (``np.ma``) stays where it is."""
    return before[key] is not value if key in before else not isinstance(value, ModuleType)


def _forget_methods() -> None:
    """The interpreter remembers the methods of arrays, and looks them up again after this."""
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))


@dataclass(kw_only=True)
class Within(Child):
    """A worker's session, which works a frame off while it is sent."""

    cpu_s: int = 0

    def __post_init__(self) -> None:
        self.replies: deque[tuple[bytes, bytes]] = deque()
        self.world = _World()
        # How NumPy treats and prints numbers is kept in these: by who asks, and by what the submission has set.
        self.ours, self.theirs = contextvars.copy_context(), contextvars.copy_context()
        stubs.Absent.calling = False
        with self.world.entered():
            stubs.restore_numpy_1(np)
            self.session = Session(_Channel(self), wire, np)

    def send(self, data: memoryview, seconds: float) -> int:  # noqa: ARG002 (there is always room)
        (_, kind), body = FRAME.unpack_from(data), bytes(data[FRAME.size :])
        if kind in b"RX":
            self.replies.append((bytes([kind]), body))
            return len(data)
        with without_warnings(), contextlib.suppress(_Over), self.world.entered():
            self.theirs.run(self._work, kind, body)
        return len(data)

    def _work(self, kind: int, body: bytes) -> None:
        if kind == ord("P"):
            program = wire.decode(wire.unpack(body)[0])
            modules = {name.partition(".")[0] for name in (*program["provided"], *(f["module"] for f in program["files"]))}
            self.world.hide(modules)
            self.session.load(program)
        else:
            self.session.run(body)

    def receive(self, seconds: float, nap_s: float) -> bytes | None:  # noqa: ARG002
        return b""  # what it said are frames already, and they were all

    def cpu(self) -> float:
        return 0.0

    def end(self) -> Ended:
        self.ended = self.ended or Ended(0, 0.0)
        return self.ended


class _Sessions:
    """Starts a session of the worker for each child."""

    stands: tuple[str, ...] = ()
    slowness = 1.0
    own = True

    def start(self) -> None:
        """There is nothing to be ready with."""

    def close(self) -> None:
        """There is nothing that outlives a run."""

    def child(self, memory: int, cpu_s: int) -> Within:  # noqa: ARG002 (nothing can be limited)
        """A fresh session."""
        return Within()


class InProcess(Sandbox):
    """Runs trusted code in this process: a student's own in a browser, and that of the harness's tests."""

    def __init__(self) -> None:
        super().__init__(walls=(), children=_Sessions())
