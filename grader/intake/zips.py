"""The entries of a zip."""

from __future__ import annotations

import contextlib
import io
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from grader.intake.members import CHUNK, ENCRYPTED, NO_FILE, Limits, Member, TooManyError, folder_at, label_of

__all__ = ["zip_members"]


class _BoundedReads(io.BufferedReader):
    """A file that is never read beyond what the directory of an archive with so many entries may need.

    ``zipfile`` reads the directory in one piece, believes the archive about its size, and makes an object for
    each entry before they can be counted. Every entry in it begins with the signature that is counted here.
    """

    entries = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > max(self.entries * 1024, CHUNK):
            raise TooManyError(self.entries)
        data = super().read(size)
        if data.count(b"PK\x01\x02") > self.entries:
            raise TooManyError(self.entries)
        return data


def zip_members(raw: io.FileIO, limits: Limits) -> Iterator[Member]:
    """The entries, by the directory of the zip."""
    with _BoundedReads(raw) as file:
        file.entries = limits.listed
        with zipfile.ZipFile(file) as opened:
            if len(opened.infolist()) > limits.listed:
                raise TooManyError(limits.listed)
            for info in opened.infolist():
                name = _zip_name(info)
                if name.endswith("/"):
                    yield folder_at(label_of(name))
                else:
                    yield Member(
                        label_of(name),
                        info.file_size,
                        _zip_date(info),
                        partial(opened.open, info),
                        info.compress_size,
                        _zip_refusal(info),
                    )


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The entry's name; zips made by macOS hold UTF-8 without saying so, and read as code page 437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        # Where this fails it is really an old code page; which one cannot be known, so the letters stay.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _zip_refusal(info: zipfile.ZipInfo) -> str:
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return NO_FILE
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed in an unusual way (method {info.compress_type}); an ordinary zip is needed"
    if info.flag_bits & 0x1:
        return ENCRYPTED
    return ""


def _zip_date(info: zipfile.ZipInfo) -> float:
    """The file's own date, by which the newest of two files is found."""
    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0
