"""What hostile submissions have in common. It runs in the worker, as a module that the rows import."""

import ctypes
import gc
import os
import struct
import sys


def session():
    """The worker's own object, found the way an able student finds it."""
    return next(thing for thing in gc.get_objects() if type(thing).__name__ == "Session")


def wire():
    return sys.modules["_grader.wire"]


def descriptor():
    return session().channel.descriptor


def send(kind, body=b"", size=None):
    """A frame written straight to the channel."""
    os.write(descriptor(), struct.pack("<IB", len(body) if size is None else size, kind[0]) + body)


def packed(value):
    return wire().pack(wire().encode(value))


def call():
    """The number under which the worker answers the call in hand, from the frame above."""
    frame = sys._getframe()
    while frame.f_code.co_name != "step":
        frame = frame.f_back
    return frame.f_locals["number"]


def head(mutated=0, output=0):
    """The start of a reply to the call in hand."""
    return struct.pack("<IHHI", call(), 0, mutated, output)


def reply(number, step, value):
    """The body of a reply to a call of this batch."""
    return struct.pack("<IHHI", call() >> 16 << 16 | number, step, 0, 0) + packed(value)


def syscall(number, *arguments):
    """A system call by its number on x86_64; raises as the os module does."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    whole = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    answer = libc.syscall(ctypes.c_long(number), *whole)
    if answer == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer


class Found(Exception):
    """Something could be had that must not be."""


def found(what):
    raise Found(what)
