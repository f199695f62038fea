"""What a child says to its parent: frames, and the text that student code prints."""

from __future__ import annotations

import io
import os
import re
import struct
from typing import Any, NoReturn

__all__ = ["FRAME", "REPLY", "Channel", "Output", "without_addresses"]

FRAME = struct.Struct("<IB")  # of a frame: how long its body is, and its kind
REPLY = struct.Struct("<IHHI")  # of a reply: plan, step, how many arrays were overwritten, bytes of output
OUTPUT_KEPT = 2_000
OUTPUT_LIMIT = 16 * 2**20
_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{5,}")
_CUT_ADDRESS = re.compile(r"0x[0-9A-Fa-f]*\Z")


class Channel:
    """Frames over a socket, or a pair of pipes, blocking."""

    def __init__(self, descriptor: int, writable: int | None = None) -> None:
        self.descriptor = descriptor
        self.writable = descriptor if writable is None else writable
        self.read, self.write = os.read, getattr(os, "writev", _written)

    def send(self, kind: bytes, *parts: bytes) -> None:
        """One frame, not joined first: a copy of a large value would go into pages that must come from the kernel."""
        size = sum(map(len, parts))
        frame = (FRAME.pack(size, kind[0]), *parts)
        sent = self.write(self.writable, frame)
        while sent < FRAME.size + size:
            sent += self.write(self.writable, (b"".join(frame)[sent:],))

    def receive(self) -> tuple[bytes, bytes]:
        size, kind = FRAME.unpack(self.exactly(FRAME.size))
        return bytes([kind]), self.exactly(size)

    def end(self, status: int) -> NoReturn:
        os._exit(status)

    def exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = self.read(self.descriptor, min(size, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _written(descriptor: int, parts: Any, write: Any = os.write) -> int:
    """``os.writev`` where there is none (Windows)."""
    sent: int = write(descriptor, b"".join(parts))
    return sent


class Output(io.TextIOBase):
    """Printed text: the beginning is kept, the rest is counted, too much ends the child."""

    def __init__(self, too_much: Any) -> None:
        self.too_much = too_much
        self.total = 0
        self.parts: list[str] = []
        self.kept = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.total += len(text)
        if self.total > OUTPUT_LIMIT:
            self.too_much()
        if self.kept < OUTPUT_KEPT:
            part = text[: OUTPUT_KEPT - self.kept]
            self.parts.append(part)
            self.kept += len(part)
        return len(text)

    def take(self) -> bytes:
        """What was printed since the last time."""
        if not self.kept:
            return b""
        text = without_addresses("".join(self.parts))
        if self.kept >= OUTPUT_KEPT:
            text = _CUT_ADDRESS.sub("", text)
        self.parts, self.kept = [], 0
        return text.encode("utf-8", "replace")[: 4 * OUTPUT_KEPT]


def without_addresses(text: str) -> str:
    """The text without places in memory, which are others in each process."""
    return _ADDRESS.sub("0x...", text)
