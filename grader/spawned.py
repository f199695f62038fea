"""Right helpers where a system has no fork: a fresh interpreter loads the course and answers over its pipes.

It may be lost like the forked one (:mod:`grader.answering`): the parent ends it when the time is over, and where
there are no limits to set, a thread inside it ends it when Python and NumPy have taken too much memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NoReturn

from grader.course import LoadedAssignment, load_assignment

__all__ = ["RightHelpers", "Spawned", "main", "watch_memory"]

_SIZE = struct.Struct("<I")
NOT_ANSWERED = 0xFFFFFFFF
_LOOK_S = 0.2
_START = "import sys; sys.path.insert(0, sys.argv[1]); from grader.spawned import main; main()"


@dataclass(frozen=True)
class RightHelpers:
    """The right functions of these names, and how another process finds them."""

    assignment: LoadedAssignment
    names: Sequence[str]

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The functions themselves, loaded once."""
        return {name: self.assignment.reference_function(name) for name in self.names}

    def __call__(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return self.functions[name](*args, **kwargs)

    @property
    def described(self) -> bytes:
        """What :func:`main` needs to know."""
        told = {"course": str(self.assignment.course.root), "name": self.assignment.name, "helpers": list(self.names)}
        return json.dumps(told).encode()


class Spawned:
    """One such interpreter; its questions and answers are those of :class:`grader.answering.Answering`."""

    def __init__(self, helpers: RightHelpers) -> None:
        root = str(Path(__file__).resolve().parents[1])
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        self._answers: queue.SimpleQueue[bytes | OSError | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)  # pipes cannot be polled everywhere
        self._reader.start()
        self._write(helpers.described)

    def ask(self, question: bytes, still: Callable[[], None]) -> bytes | None:
        """The packed answer, or None; an OSError says that the interpreter is gone."""
        self._write(question)
        while True:
            try:
                answer = self._answers.get(timeout=_LOOK_S)
            except queue.Empty:
                still()
                continue
            if isinstance(answer, OSError):
                raise answer
            return answer

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(_SIZE.pack(len(data)) + data)
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while header := self._process.stdout.read(_SIZE.size):
            (size,) = _SIZE.unpack(header)
            self._answers.put(None if size == NOT_ANSWERED else self._process.stdout.read(size))
        self._answers.put(ConnectionResetError("the helpers ended"))


# -- in the fresh interpreter ------------------------------------------------------------


def watch_memory(most: int) -> None:
    """End this process when Python and NumPy hold more than so many bytes; needs no system's help."""

    def watch() -> NoReturn:
        while True:
            if tracemalloc.get_traced_memory()[0] > most:
                os._exit(1)
            time.sleep(0.01)

    tracemalloc.start(1)
    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Load the course that the first message names, then answer questions until the pipe closes."""
    from grader.answering import MEMORY, answered, quiet

    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # whatever the reference prints is no answer
    told = json.loads(_message(questions))
    helpers = RightHelpers(load_assignment(told["name"], course=told["course"]), told["helpers"])
    _ = helpers.functions  # before memory is counted
    watch_memory(MEMORY)
    quiet()
    while True:
        reply = answered(helpers, _message(questions))
        answers.write(_SIZE.pack(NOT_ANSWERED) if reply is None else _SIZE.pack(len(reply)) + reply)
        answers.flush()


def _message(pipe: IO[bytes]) -> bytes:
    header = pipe.read(_SIZE.size)
    if len(header) < _SIZE.size:
        sys.exit()
    return pipe.read(_SIZE.unpack(header)[0])
