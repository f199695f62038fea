"""Frames between the parent and a child; one that is announced as larger than any may be ends the child."""

from __future__ import annotations

import signal

from grader import sentences
from grader.confined.channel import FRAME
from grader.confined.wire import MAX_BYTES
from grader.sandbox.child import Child
from grader.sandbox.runner import Stopped
from grader.sandbox.waiting import Stop, Watch

__all__ = ["not_a_reply", "receive", "send"]

_MAX_FRAME = MAX_BYTES + 16 * 2**20  # the largest value, and the structure around it
_NAP_S = 0.0005


def not_a_reply() -> Stop:
    """The end of a child that said what it may not say."""
    return Stop(Stopped("crashed", sentences.NO_REPLY))


def send(child: Child, kind: bytes, body: bytes, watch: Watch) -> None:
    """Send one frame, and wait for room as long as the watch lets it."""
    view = memoryview(FRAME.pack(len(body), kind[0]) + body)
    while view:
        try:
            sent = child.send(view, watch.look_s)
        except OSError:  # it is gone: what it said before comes first, then whoever reads on learns why
            return
        view = view[sent:]
        if not sent:
            watch.look()


def receive(child: Child, watch: Watch, *, in_turn: bool) -> tuple[int, bytes]:
    """The next frame; ``in_turn`` where the child may be waiting for an answer to it."""
    while not child.frames:
        watch.look()
        if len(child.buffer) >= FRAME.size and FRAME.unpack_from(child.buffer)[0] > _MAX_FRAME:
            raise not_a_reply()
        # Replies come many a millisecond: to wake for each would cost more than to judge them.
        part = child.receive(watch.look_s, 0.0 if in_turn else _NAP_S)
        if part is None:
            continue
        if not part:
            raise _dead(child)
        _split(child, part)
    return child.frames.popleft()


def _split(child: Child, part: bytes) -> None:
    """Take whole frames off what has come; one that is too large stays, so that what came before it counts."""
    whole: bytes | bytearray = part  # as it is where nothing was left over: most frames are small, and lie in one part
    if child.buffer:
        child.buffer += part
        whole = child.buffer
    at, length = 0, len(whole)
    with memoryview(whole) as view:
        while length - at >= FRAME.size:
            size, kind = FRAME.unpack_from(whole, at)
            end = at + FRAME.size + size
            if size > _MAX_FRAME or end > length:
                break
            child.frames.append((kind, bytes(view[at + FRAME.size : end])))
            at = end
    if whole is part:
        child.buffer += part[at:]
    else:
        del child.buffer[:at]


def _dead(child: Child) -> Stop:
    """Why a child has closed its channel."""
    ended = child.end()
    how = _signal(-ended.code)
    if how == "SIGXCPU" or (how == "SIGKILL" and ended.cpu > child.cpu_s - 1):
        return Stop(Stopped("timeout", sentences.NO_CPU_LEFT))
    if ended.code == 70:
        return Stop(Stopped("out-of-memory", sentences.WORKER_WITHOUT_MEMORY))
    if ended.code == 71:
        return Stop(Stopped("crashed", sentences.WORKER_BROKEN))
    if ended.code < 0:
        return Stop(Stopped("crashed", sentences.ended_by_signal(-ended.code, how)))
    return Stop(Stopped("crashed", sentences.ended_by_exit(ended.code)))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
