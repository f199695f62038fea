"""The entries of a tar, packed or not."""

from __future__ import annotations

import io
import itertools
import os
import re
import tarfile
from collections.abc import Iterator
from functools import partial
from typing import IO

from grader.intake.members import CHUNK, NO_FILE, Limits, Member, TooManyError, folder_at, label_of
from grader.intake.streams import Counted, inflated

__all__ = ["is_tar", "tar_members"]

_FROM_ANY = 64 << 20  # bytes may come out of a packed tar, however small it is


def is_tar(raw: io.FileIO) -> bool:
    """Whether that is what a file holds, which may be packed."""
    return Counted(inflated(raw), CHUNK).take(512)[257:262] == b"ustar"


class _Part(io.RawIOBase):
    """The bytes of one entry of a tar, up to where the next one begins."""

    def __init__(self, stream: Counted, size: int) -> None:
        self._stream, self.size, self.rest = stream, size, -(-size // 512) * 512

    def read(self, size: int = -1, /) -> bytes:
        if self.size <= 0:
            return b""
        data = self._stream.take(min(self.size, size if size >= 0 else CHUNK))
        if not data:
            raise EOFError("it breaks off")
        self.size -= len(data)
        self.rest -= len(data)
        return data

    def skip(self) -> None:
        """Go to the end of the entry."""
        while self.rest > 0 and (data := self._stream.take(min(self.rest, CHUNK))):
            self.rest -= len(data)


def tar_members(raw: io.FileIO, limits: Limits) -> Iterator[Member]:
    """The files of a tar, read once from front to end.

    ``tarfile`` would read a name of any length and follow sparse files; here each header is parsed by itself.
    """
    whole = inflated(raw)
    # Headers, and files that are passed over, count as well: of twelve kilobytes could come sixteen gigabytes.
    most, packed = 4 * limits.total_bytes, _FROM_ANY + limits.ratio * os.fstat(raw.fileno()).st_size
    stream = Counted(whole, most if whole is raw else min(most, packed))
    long_name = ""
    for number in itertools.count():
        header = stream.take(512)
        if len(header) < 512 or not header.strip(b"\0"):
            return
        if number > 2 * limits.listed:
            raise TooManyError(limits.listed)
        info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        part = _Part(stream, max(info.size, 0) if info.type in _WITH_DATA else 0)
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            long_name = _long_name(info.type, part) or long_name
        elif info.type == tarfile.DIRTYPE:
            yield folder_at(label_of(long_name or info.name))
        elif info.type not in (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
            refusal = "" if info.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else NO_FILE
            yield Member(label_of(long_name or info.name), part.size, float(info.mtime), partial(_same, part), None, refusal)
        if info.type not in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
            long_name = ""
        part.skip()


def _same(part: _Part) -> IO[bytes]:
    return part  # type: ignore[return-value]  # a raw stream, of which only ``read`` is used


_WITH_DATA = (
    tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE,
)  # fmt: skip


def _long_name(kind: bytes, part: _Part) -> str:
    """The name in a header of its own, which the next entry has."""
    data = part.read(CHUNK)
    if kind == tarfile.XHDTYPE:
        path = re.search(rb"(?:^|\n)\d{1,6} path=([^\n]*)\n", data)
        data = path[1] if path else b""
    return data.rstrip(b"\0").decode("utf-8", "surrogateescape")
