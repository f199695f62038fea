"""What a packed file holds, in pieces, and never more of it than asked for."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from functools import partial
from typing import Protocol

from grader.errors import SubmissionError
from grader.intake.members import CHUNK

try:
    import bz2
    import lzma
except ImportError:  # a Python in a browser may come without them
    _HAS_MORE = False
    LZMA_ERROR: type[Exception] = ValueError
else:
    _HAS_MORE = True
    LZMA_ERROR = lzma.LZMAError

__all__ = ["LZMA_ERROR", "Counted", "inflated"]

_MOST_PARTS = 10_000  # of one packed file; each costs a copy of what follows it
_MOST_MEMORY = 100 << 20  # that an xz may ask for; its strongest preset needs 65 MiB


class _Unpacker(Protocol):
    """What :mod:`bz2` and :mod:`lzma` have: input of any size, output of a bounded one."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """The same for gzip; :mod:`gzip` would read the name in its header byte by byte, however long it is."""

    def __init__(self) -> None:
        self._inflate, self._rest = zlib.decompressobj(31), b""

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        unpacked = self._inflate.decompress(self._rest + data, max_length)
        self._rest = self._inflate.unconsumed_tail
        return unpacked


_UNPACKERS: dict[bytes, Callable[[], _Unpacker]] = {b"\x1f\x8b": _Gzip}
if _HAS_MORE:
    _UNPACKERS[b"BZh"] = bz2.BZ2Decompressor
    _UNPACKERS[b"\xfd7zXZ\0"] = partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _MOST_MEMORY)


def inflated(raw: io.FileIO) -> io.RawIOBase:
    """What a file holds, from its beginning; the file itself where it is not packed."""
    raw.seek(0)
    start = raw.read(10)
    raw.seek(0)
    unpacker = next((unpacker for mark, unpacker in _UNPACKERS.items() if start.startswith(mark)), None)
    return _Inflated(raw, unpacker) if unpacker else raw


class _Inflated(io.RawIOBase):
    """What a packed file holds, in pieces."""

    def __init__(self, file: io.FileIO, unpacker: Callable[[], _Unpacker]) -> None:
        self._file, self._new, self._unpacker, self._packed, self._parts = file, unpacker, unpacker(), b"", 0

    def read(self, size: int = -1, /) -> bytes:
        while True:
            if self._unpacker.eof:
                self._next_part()
            asked = self._unpacker.needs_input
            packed = self._packed or (self._file.read(CHUNK) if asked else b"")
            self._packed = b""
            data = self._unpacker.decompress(packed, min(size, CHUNK) if size > 0 else CHUNK)
            if data or (asked and not packed):
                return data

    def _next_part(self) -> None:
        """Another packed file may follow, after zeros."""
        self._packed = self._unpacker.unused_data.lstrip(b"\0")
        while not self._packed and (more := self._file.read(CHUNK)):
            self._packed = more.lstrip(b"\0")
        self._unpacker = self._new()
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise ValueError("it has too many parts")


class Counted(io.RawIOBase):
    """A stream that ends with an error where more comes out of it than an archive may hold."""

    def __init__(self, stream: io.RawIOBase, most: int) -> None:
        self._stream, self._room = stream, most

    def take(self, size: int) -> bytes:
        """Exactly so many bytes, fewer at the end."""
        self._room -= size
        if self._room < 0:
            raise SubmissionError("the archive unpacks to more than it may")
        pieces = []
        while size > 0 and (piece := self._stream.read(min(size, CHUNK))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)
