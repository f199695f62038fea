"""An author's code that meets values of a student's, run where they can do no harm: in a forked copy of this process.

What the judge of a property or the reference is asked comes from student code: a matrix of a million rows by a million
columns, a number for which a loop does not end. So they answer in a copy, which has limits of its own and may be lost; a
question that it does not answer in time is *not answered*, never a wait without end. A copy serves one submission: whatever
an author's code keeps in it is gone before the next one comes. No other thread of this process may be at work when a copy
is made: what it holds locked at that moment stays locked in the copy, for ever. So submissions are graded side by side
in processes, never in threads. See ``docs/design/sandbox.md``.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import math
import os
import random
import select
import signal
import socket
import struct
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from grader.confined.walls import close_descriptors, die_with_parent
from grader.sandbox.limits import MEMORY, limit_cpu, limit_memory, without_warnings
from grader.sandbox.remembered import Remembered

__all__ = ["SEED", "Copy", "LostError", "Serve", "quiet"]

Serve = Callable[[bytes], bytes]
"""What a copy does with a question."""

_WAIT_MS = 200
_MOST_KEPT = 8 << 20  # bytes of answers
_LOOK_S, _LOOKS = 5.0, 12  # a copy may be silent for a minute: its limit is of CPU time, which one that waits does not use
_NOTHING = bytes(32)
_QUESTION, _ANSWER = struct.Struct("<dI"), struct.Struct("<dI")
SEED = 20_170_808  # one state for all: the same question has the same answer


class LostError(Exception):
    """A copy has not come to an answer: it was out of memory or time, or it died."""


class _AsleepError(Exception):
    """A copy has used no time since the last look, and waits."""


class Copy:
    """A forked copy of this process that answers one question after another, within limits of memory and time.

    It is made when the first question comes, and again after it was lost or closed. What it has answered is remembered:
    the same question after the same ones on that subject has the same answer, and counts as much of the time. After
    others it is asked anew: an author's code may keep something from call to call, and what it made of one student's
    values must not become the answer for another one's.

    Attributes
    ----------
    serve
        Answers a question, in the copy.
    used_s
        CPU seconds that all answers have taken.
    history
        By subject, which questions came since it was made, as a SHA-256.
    """

    def __init__(self, serve: Serve) -> None:
        self.serve = serve
        self.used_s = 0.0
        self._told_s = 0.0  # of these what the copy in hand has told
        self._pid = 0
        self._channel: socket.socket | None = None
        self._answers = Remembered[bytes](_MOST_KEPT)
        self._begin()

    def _begin(self) -> None:
        """Nothing was asked yet."""
        self.history: dict[bytes, bytes] = {}
        self._again = Remembered[bytes](_MOST_KEPT)

    def ask(self, question: bytes, cpu_s: float, still: Callable[[], None] = lambda: None, *, subject: bytes = b"") -> bytes:
        """The answer, on which the copy may spend so many CPU seconds.

        Beside other threads, as in a notebook's kernel, a copy may wait for a lock that nobody in it holds: it is seen to
        sleep, and made once more.

        Parameters
        ----------
        still
            Called while waiting, a few times a second; what it raises ends the wait and the copy.
        subject
            What it is about: code that keeps something keeps it about that.

        Raises
        ------
        LostError
            Where there is none.
        """
        asked = hashlib.sha256(question).digest()
        key = hashlib.sha256(self.history.get(subject, _NOTHING) + asked).digest()
        answer, used = self._again.get(asked) or self._answers.get(key) or (b"", math.inf)
        if used > cpu_s:
            answer, used = self._answer(question, cpu_s, still)
            self._told_s += used
            self._answers.put(key, answer, used, len(answer))
        if self._again.get(asked) is None:
            self.history[subject] = key
            self._again.put(asked, answer, used, len(answer))
        self.used_s += used
        return answer

    def _answer(self, question: bytes, cpu_s: float, still: Callable[[], None]) -> tuple[bytes, float]:
        """What the copy says, and the CPU seconds that it has taken."""
        for _ in range(2 if cpu_s > 0 else 0):
            channel = self._channel or self._start()
            try:
                self._send(channel, _QUESTION.pack(cpu_s, len(question)) + question, still)
                used, size = _ANSWER.unpack(self._receive(channel, _ANSWER.size, still))
                return self._receive(channel, size, still), used
            except _AsleepError:
                self.close()
            except OSError as error:
                self.close()
                raise LostError from error
            except BaseException:
                self.close()
                raise
        raise LostError

    def close(self) -> None:
        """End the copy, if there is one; the next one knows nothing."""
        self._begin()
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._pid, signal.SIGKILL)
                usage = os.wait4(self._pid, 0)[2]
                self.used_s += usage.ru_utime + usage.ru_stime - self._told_s
            self._told_s = 0.0

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        try:
            with without_warnings():  # of other threads, none of whose code the copy runs
                pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if not pid:
            try:
                _confine(theirs, parent)
                _serve(theirs, self.serve)
            finally:
                os._exit(1)
        theirs.close()
        ours.setblocking(False)
        self._pid, self._channel = pid, ours
        return ours

    def _send(self, channel: socket.socket, data: bytes, still: Callable[[], None]) -> None:
        view = memoryview(data)
        looks = self._looks()
        while view:
            try:
                view = view[channel.send(view) :]
            except BlockingIOError:
                _until(channel, select.POLLOUT, still, looks)

    def _receive(self, channel: socket.socket, size: int, still: Callable[[], None]) -> bytes:
        data = bytearray()
        looks = self._looks()
        while len(data) < size:
            try:
                part = channel.recv(min(size - len(data), 1 << 20))
            except BlockingIOError:
                _until(channel, select.POLLIN, still, looks)
                continue
            if not part:
                raise ConnectionResetError
            data += part
        return bytes(data)

    def _looks(self) -> Iterator[None]:
        """Look at a silent copy from time to time, as often as asked for; an error where it does nothing any more."""
        before: list[bytes] = []
        for _ in range(_LOOKS):
            until = time.monotonic() + _LOOK_S
            while time.monotonic() < until:
                yield
            fields = Path(f"/proc/{self._pid}/stat").read_bytes().rpartition(b")")[2].split()
            now = [fields[0], *fields[11:13]]  # its state and its times
            if now == before and now[0] == b"S":
                raise _AsleepError
            before = now


def _until(channel: socket.socket, event: int, still: Callable[[], None], looks: Iterator[None]) -> None:
    poller = select.poll()
    poller.register(channel, event)
    if not poller.poll(_WAIT_MS):
        still()
        if next(looks, False) is False:
            raise TimeoutError


# -- in the forked process ---------------------------------------------------------------


def _confine(channel: socket.socket, parent: int) -> None:
    """Silence, an end with the parent, no descriptor but the channel, and a limit of memory."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    devnull = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(devnull, target)
    close_descriptors({0, 1, 2, channel.fileno()})
    die_with_parent(parent)
    np.ones((64, 64)) @ np.ones((64, 64))  # linear algebra takes its working memory before it is bounded
    limit_memory(MEMORY)


def _serve(channel: socket.socket, serve: Serve) -> None:
    channel.setblocking(True)
    quiet()
    gc.freeze()  # what came from the parent stays as it is, in pages that are the parent's, too
    with channel.makefile("rb") as questions:
        while header := questions.read(_QUESTION.size):
            seconds, size = _QUESTION.unpack(header)
            before = time.process_time()
            limit_cpu(seconds)
            answer = _answer(serve, questions.read(size))
            used = time.process_time() - before
            channel.sendall(_ANSWER.pack(used, len(answer)) + answer)


def _answer(serve: Serve, question: bytes) -> bytes:
    """The answer to a question, which meets the same random numbers whenever it comes.

    NumPy loads its own when somebody asks for them, which takes as long as hundreds of questions, and most need none.
    Where they were loaded on the way, their state was not ours: the question is answered again.
    """
    while True:
        is_loaded = "numpy.random" in sys.modules
        random.seed(SEED)
        if is_loaded:
            np.random.seed(SEED)
        answer = serve(question)
        if is_loaded or "numpy.random" not in sys.modules:
            return answer


def quiet() -> None:
    """Say nothing about what a student's arguments lead to."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
