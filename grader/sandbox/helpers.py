"""An author's code that meets values of a student's, run where they can do no harm: in forked copies of this process.

A judge of a property asks its questions in a copy of its own (:func:`from_a_copy`), which may loop or take memory until
its limits end it. No other thread of this process may be at work when a copy is made: what it holds locked at that
moment stays locked in the copy, for ever. So submissions are graded side by side in processes, never in threads.

A function whose own helpers are wrong is run again with helpers that the reference answers. What they are
asked comes from student code: a matrix of a million rows by a million columns, ten thousand million
iterations. So the reference answers in a forked copy of this process, which has limits of its own and may be
lost; a call that it does not answer in time is *not answered*, never a wait without end. See
``docs/design/sandbox.md``.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from grader.confined.walls import close_descriptors, die_with_parent
from grader.confined.wire import Code, Opaque, Value, decode, encode, pack, unpack
from grader.sandbox.limits import MEMORY, can_confine, charge, is_bounded, limit_cpu, limit_memory, without_warnings
from grader.sandbox.runner import Answer

__all__ = ["Answering", "answered", "from_a_copy", "quiet"]

_LOST = 3
_LOOK_S, _LOOKS = 5.0, 12  # a copy may be silent for a minute: its limit is of CPU time, which one that waits does not use
_ASKED, _ANSWER, _SIZE = struct.Struct("<HI"), struct.Struct("<HI"), struct.Struct("<I")
_NOT_ANSWERED, _NO_NAME = 0xFFFFFFFF, 0xFFFF
_SEED = 20_170_808  # one state for all: the same question has the same answer


class Answering:
    """Answers the calls of one run, one after another.

    Parameters
    ----------
    answer
        What a bound name means; raising means "not answered".
    cpu_s
        CPU seconds for all answers of the run together.
    here
        Answer in this process: the questions come from somebody's own work, and harm nobody else.
    """

    def __init__(self, answer: Answer, cpu_s: float, *, here: bool = False) -> None:
        self._answer = answer
        self._here = here
        self._cpu_s = cpu_s
        self._pid = 0
        self._channel: socket.socket | None = None
        self._lost = 0

    def ask(self, question: bytes, names: Sequence[str], still: Callable[[], None]) -> tuple[str, bytes | None]:
        """The name in a packed question ``(name, args, kwargs)`` and the packed answer; None when there is none.

        Parameters
        ----------
        names
            What may be asked now; there is no answer, and no name, to a question about anything else.
        still
            Called while waiting, a few times a second; what it raises ends the wait and the process.
        """
        if self._lost >= _LOST:
            return "", None
        if self._here:
            return self._ask_here(question, names)
        try:
            channel = self._channel or self._start()
            allowed = ",".join(names).encode()
            self._send(channel, _ASKED.pack(len(allowed), len(question)) + allowed + question, still)
            place, size = _ANSWER.unpack(self._receive(channel, _ANSWER.size, still))
            name = names[place] if place < len(names) else ""
            return name, None if size == _NOT_ANSWERED else self._receive(channel, size, still)
        except OSError:  # it is gone: out of memory or out of time
            self._lost += 1
            self.close()
            return "", None
        except BaseException:
            self.close()
            raise

    def _ask_here(self, question: bytes, names: Sequence[str]) -> tuple[str, bytes | None]:
        with without_warnings(), np.errstate(all="ignore"):
            place, reply = answered(self._answer, question, names)
        return (names[place] if place < len(names) else ""), reply

    def close(self) -> None:
        """End the process, if there is one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)

    def _start(self) -> socket.socket:
        parent_end, child_end = socket.socketpair()
        parent = os.getpid()
        pid = _forked(parent_end, child_end)
        if not pid:
            try:
                _confine(child_end, parent, self._cpu_s)
                _serve(child_end, self._answer)
            finally:
                os._exit(1)
        child_end.close()
        parent_end.setblocking(False)
        self._pid, self._channel = pid, parent_end
        return parent_end

    @staticmethod
    def _send(channel: socket.socket, data: bytes, still: Callable[[], None]) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[channel.send(view) :]
            except BlockingIOError:
                _until(channel, select.POLLOUT, still)

    @staticmethod
    def _receive(channel: socket.socket, size: int, still: Callable[[], None]) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                part = channel.recv(min(size - len(data), 1 << 20))
            except BlockingIOError:
                _until(channel, select.POLLIN, still)
                continue
            if not part:
                raise ConnectionResetError
            data += part
        return bytes(data)


def from_a_copy(work: Callable[[], Iterable[bytes]], cpu_s: int) -> Iterator[bytes]:
    """What some work gives, part by part, done in a forked copy of this process that has limits of memory and time.

    There are fewer parts than the work has where the copy did not live to give them. Where no submission is graded,
    or it is somebody's own on a system without walls, it is done here. Beside other threads, as in a notebook's kernel, a
    copy may wait for a lock that nobody in it holds: it is seen to sleep, and made once more.
    """
    if not is_bounded() or not can_confine():
        yield from work()
        return
    given = 0
    for _ in range(2):
        try:
            for part in islice(_parts_of_a_copy(work, cpu_s), given, None):
                given += 1
                yield part
            return
        except _Asleep:
            continue


class _Asleep(Exception):
    """A copy has used no time since the last look, and waits."""


def _parts_of_a_copy(work: Callable[[], Iterable[bytes]], cpu_s: int) -> Iterator[bytes]:
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    pid = _forked(ours, theirs)
    if not pid:
        try:
            _confine(theirs, parent, cpu_s)
            quiet()
            for part in work():
                theirs.sendall(_SIZE.pack(len(part)) + part)
        finally:
            os._exit(1)
    theirs.close()
    ours.settimeout(_LOOK_S)
    looks = _looks(pid)
    try:
        with contextlib.suppress(OSError):
            while header := _exactly(ours, _SIZE.size, looks):
                yield _exactly(ours, _SIZE.unpack(header)[0], looks)
    finally:
        ours.close()
        os.kill(pid, signal.SIGKILL)
        usage = os.wait4(pid, 0)[2]
        charge(usage.ru_utime + usage.ru_stime)


def _forked(*ends: socket.socket) -> int:
    """The number of a copy of this process, 0 in the copy; where there is none, the ends of its channel are closed."""
    try:
        with without_warnings():  # of other threads, none of whose code the copy runs
            return os.fork()
    except OSError:
        for end in ends:
            end.close()
        raise


def _looks(pid: int) -> Iterator[None]:
    """Look at a silent copy, as often as asked for; an :class:`_Asleep` where it does nothing any more."""
    before: list[bytes] = []
    for _ in range(_LOOKS):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        now = [fields[0], *fields[11:13]]  # its state and its times
        if now == before and now[0] == b"S":
            raise _Asleep
        before = now
        yield


def _exactly(channel: socket.socket, size: int, looks: Iterator[None]) -> bytes:
    """So many bytes; none at the end, and an OSError where it comes too early, or not at all."""
    data = bytearray()
    while len(data) < size:
        try:
            part = channel.recv(min(size - len(data), 1 << 20))
        except TimeoutError:
            if next(looks, False) is False:
                raise
            continue
        if not part:
            if data:
                raise ConnectionResetError
            break
        data += part
    return bytes(data)


def _until(channel: socket.socket, event: int, still: Callable[[], None]) -> None:
    poller = select.poll()
    poller.register(channel, event)
    if not poller.poll(200):
        still()


# -- in the forked process ---------------------------------------------------------------


def _confine(channel: socket.socket, parent: int, cpu_s: float) -> None:
    """Silence, an end with the parent, no descriptor but the channel, and limits of memory and time."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    devnull = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(devnull, target)
    close_descriptors({0, 1, 2, channel.fileno()})
    die_with_parent(parent)
    np.ones((64, 64)) @ np.ones((64, 64))  # linear algebra takes its working memory before it is bounded
    limit_memory(MEMORY)
    limit_cpu(max(1, round(cpu_s)))


def _serve(channel: socket.socket, answer: Answer) -> None:
    channel.setblocking(True)
    quiet()
    with channel.makefile("rb") as questions:
        while header := questions.read(_ASKED.size):
            allowed, question = (questions.read(size) for size in _ASKED.unpack(header))
            place, reply = answered(answer, question, allowed.decode().split(","))
            channel.sendall(_ANSWER.pack(place, _NOT_ANSWERED if reply is None else len(reply)) + (reply or b""))


def quiet() -> None:
    """Say nothing about what a student's arguments lead to."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")


def answered(answer: Answer, question: bytes, names: Sequence[str]) -> tuple[int, bytes | None]:
    """Which of the names a packed question is about, and the packed answer; None where there is none.

    A function among the arguments stays with the student. What it gives is asked for where it is needed: the answer is
    then ``Code("call", (handle, *args))``, and the question comes once more, with one more of the values that it gave.
    """
    place = _NO_NAME
    try:
        name, args, kwargs, *given = decode(unpack(question)[0])
        place = names.index(name)
        np.random.seed(_SEED)  # the same question has the same answer
        replies = iter(given)
        args = tuple(_stand_in(arg, replies) if isinstance(arg, Opaque) else arg for arg in args)
        return place, pack(encode(answer(name, args, kwargs)))
    except _WantedError as wanted:
        return place, pack(encode(Code("call", wanted.args)))
    except Exception:  # whatever the reference makes of a student's arguments
        return place, None


class _WantedError(Exception):
    """The value of a function that has stayed with the student."""


def _stand_in(function: Opaque, replies: Iterator[Value]) -> Callable[..., Value]:
    """What stands for a student's function: it gives the values that are there already, in their order."""

    def call(*args: Value) -> Value:
        for value in replies:
            return value
        raise _WantedError(function.handle, *args)

    return call
