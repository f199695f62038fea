"""Plain interpreters, for a student's own work on a machine without walls: Windows, macOS.

Each child is a fresh interpreter that runs ``grader/confined/worker.py`` over two pipes. Threads keep the parent from
ever waiting at a pipe, so nothing here needs fork, poll, signals or sockets. What is bounded: a call that takes too long
is killed, too much output ends the worker, and a thread in the worker ends it when it takes too much memory. What is
not: files, network and processes. So others' work is never graded here (see ``SECURITY.md``).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.sandbox.child import WORKER, Child, Ended, package_folders, slowness_of

__all__ = ["Interpreters", "Piped"]

_CHUNK = 1 << 18
_CHUNKS = 16  # that wait at most, so that a worker that never stops talking has to wait, too
_START_S = 60.0


@dataclass
class Piped(Child):
    """An interpreter and its two pipes."""

    process: subprocess.Popen[bytes]

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.incoming: queue.Queue[bytes] = queue.Queue(_CHUNKS)
        self.outgoing: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._write)]
        for thread in self.threads:
            thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            while self.ended is None:
                part = os.read(pipe.fileno(), _CHUNK)
                self.incoming.put(part)
                if not part:
                    return

    def _write(self) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError), self.process.stdin as pipe:  # it is gone: the reader learns it, too
            while data := self.outgoing.get():
                pipe.write(data)
                pipe.flush()

    def send(self, data: memoryview, seconds: float) -> int:  # noqa: ARG002 (there is always room)
        self.outgoing.put(bytes(data))
        return len(data)

    def receive(self, seconds: float, nap_s: float) -> bytes | None:  # noqa: ARG002 (parts come together as they are)
        try:
            return self.incoming.get(timeout=seconds)
        except queue.Empty:
            return None

    def cpu(self) -> float:
        """Its age: not every system tells the CPU time of another process, and the second try of a call is twice as long."""
        return self.ended.cpu if self.ended else time.monotonic() - self.began

    def end(self) -> Ended:
        if self.ended is None:
            self.process.kill()
            code, cpu = self.process.wait(), self.cpu()
            self.ended = Ended(code, cpu)
            self.outgoing.put(b"")
            with contextlib.suppress(queue.Empty):
                while True:  # the reader may be waiting for room
                    self.incoming.get_nowait()
            for thread in self.threads:  # what the worker has started may hold its pipes open, and nobody waits for that
                thread.join(0.2)
        return self.ended


class Interpreters:
    """Starts a fresh interpreter for each child.

    Parameters
    ----------
    packages
        Third-party packages that submissions may import, NumPy aside.
    warm_up
        As of :class:`grader.sandbox.zygote.Zygote`.
    """

    stands: tuple[str, ...] = ()
    slowness = 1.0
    own = True

    def __init__(self, packages: Sequence[str], warm_up: str = "") -> None:
        self._packages = tuple(packages)
        self._warm_up = warm_up

    def start(self) -> None:
        """There is nothing to be ready with."""

    def close(self) -> None:
        """There is nothing that outlives a run."""

    def child(self, memory: int, cpu_s: int) -> Piped:
        """A fresh interpreter, once it has said that it runs.

        Raises
        ------
        GraderError
            When it does not.
        """
        settings = {
            "folders": package_folders(self._packages),
            "packages": list(self._packages),
            "warm_up": self._warm_up,
            "memory": memory,
        }
        child = Piped(_interpreter({"pipes": settings}), cpu_s=cpu_s)
        try:
            hello = _hello(child)
        except BaseException:
            child.end()
            raise
        self.slowness = slowness_of(hello["unit"])
        return child


def _interpreter(command: dict[str, Any]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-s", "-S", "-B", str(WORKER), json.dumps(command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            cwd=Path(sys.executable).anchor,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # a notebook or IDLE on Windows may have none itself
        )
    except OSError as error:  # a lab may forbid it
        raise _no_start(f": {error}") from None


def _no_start(why: str) -> GraderError:
    return GraderError(f"Python ({sys.executable}) could not be started a second time to run your code{why}")


def _hello(child: Piped) -> dict[str, Any]:
    """The line that a worker writes before anything of a student's is near it."""
    data = b""
    while not data.endswith(b"\n"):
        part = child.receive(_START_S, 0.0)
        if not part:
            raise _no_start("")
        data += part
    hello: dict[str, Any] = json.loads(data)
    if hello["error"]:
        raise GraderError(f"Python ({sys.executable}) could not load what your code needs: {hello['error']}")
    return hello


def _environment() -> dict[str, str]:
    """The environment, which a system may need to start anything, without what changes Python; text is UTF-8."""
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("PYTHON")}
    return {**kept, **dict.fromkeys(threads, "1"), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
