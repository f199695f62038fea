"""Unpacking zips that strangers made.

Nothing in an archive decides where a byte is written: every entry that is kept goes to a numbered file
(``00017.ipynb``), and its name inside the archive is only a label in the result. That alone rules out
``../``, absolute paths, name collisions, names that are too long and names that a system reserves; what is
left to guard against is size, and entries that are not plain files.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError

__all__ = ["DOWNLOAD", "JUNK", "METADATA", "OUTSIDE", "SOURCES", "STUDENT", "Entry", "Limits", "unpack"]

SOURCES = frozenset({".py", ".ipynb"})
METADATA = frozenset({".yml", ".yaml", ".csv", ".json"})
#: Folders that tools leave behind; nothing in them was handed in.
JUNK = frozenset({"__MACOSX", "__pycache__", "node_modules"})
#: Why an entry was left out whose name is nobody's: it cannot be sorted to a student either.
OUTSIDE = "has a path that leads out of the archive"

_MIB = 1 << 20
_CHUNK = 1 << 16
# Honest source text shrinks 3 to 30 times; small files are exempt, since zeros in a header mean nothing.
_RATIO_FROM = _MIB

_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, NotImplementedError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a folder or zip, and where its bytes lie or why they cannot be had.

    Attributes
    ----------
    path : PurePosixPath
        Its path inside the folder or zip that was read: a label, never a path on the disk.
    name : str
        What the student called it, where a platform has put more before it.
    file : Path or None
        Where the bytes lie.
    problem : str
        Why there is no file; empty for a file of a kind that is not read.
    helper : bool
        Whether it is there to be imported and never to be graded.
    """

    path: PurePosixPath
    name: str
    file: Path | None = None
    problem: str = ""
    helper: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one archive may contain. Bytes are counted while they are written, never taken on trust."""

    entries: int
    file_bytes: int
    total_bytes: int
    ratio: int = 200


STUDENT = Limits(entries=5_000, file_bytes=32 * _MIB, total_bytes=128 * _MIB)
#: A whole class, downloaded by the instructor: its entries may be students' zips.
DOWNLOAD = Limits(entries=200_000, file_bytes=128 * _MIB, total_bytes=4 << 30)


class _TooLargeError(Exception):
    """One entry grew beyond its limit."""


class _TooManyError(Exception):
    """The archive has too many entries."""


class _BoundedReads(io.BufferedReader):
    """A file that is never read beyond what the directory of an archive with so many entries may need.

    ``zipfile`` reads the directory in one piece, believes the archive about its size, and makes an object for
    each entry before they can be counted. Every entry in it begins with the signature that is counted here.
    """

    entries = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > max(self.entries * 1024, _CHUNK):
            raise _TooManyError
        data = super().read(size)
        if data.count(b"PK\x01\x02") > self.entries:
            raise _TooManyError
        return data


def unpack(
    archive: Path, into: Path | None, *, limits: Limits = STUDENT, keep: frozenset[str] = SOURCES
) -> tuple[Entry, ...]:
    """Unpack the entries of a zip whose suffix is in `keep`; zips inside it are never opened.

    Parameters
    ----------
    archive : Path
        The zip file.
    into : Path or None
        An existing, empty folder; None only lists the entries.
    limits : Limits
        :data:`STUDENT` for one submission, :data:`DOWNLOAD` for a class.
    keep : frozenset of str
        Lower-case suffixes.

    Returns
    -------
    tuple of Entry
        An entry that is dangerous or damaged has its problem; the others are still unpacked.

    Raises
    ------
    SubmissionError
        When the file is no readable zip, is encrypted, or exceeds a limit as a whole.
    """
    entries: dict[PurePosixPath, Entry] = {}
    room = limits.total_bytes
    with _opened(archive, limits) as opened:
        for number, (path, info) in enumerate(_handed_in(opened)):
            file, problem = None, _refusal(path, info, limits, keep)
            if into is not None and problem is None:
                target = into / f"{number:05d}{path.suffix.lower()}"
                try:
                    room -= _copy(opened, info, target, limits, room)
                    _date(target, info)
                    file = target
                except _TooLargeError as error:
                    problem = str(error)
                except _BROKEN as error:
                    problem = f"is damaged ({type(error).__name__})"
            # As every unzip tool does it, the last of two entries with one name counts.
            if file is not None or path not in entries or entries[path].file is None:
                entries[path] = Entry(path, path.name, file, problem or "")
    return tuple(entries.values())


@contextlib.contextmanager
def _opened(archive: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    try:
        if archive.stat().st_size == 0:
            raise SubmissionError("the zip is empty (0 bytes); it has to be uploaded again")
        with archive.open("rb", buffering=0) as raw, _BoundedReads(raw) as file:
            file.entries = limits.entries
            with zipfile.ZipFile(file) as opened:
                if len(opened.infolist()) > limits.entries:
                    raise _TooManyError
                yield opened
    except _TooManyError:
        raise SubmissionError(f"the zip has more than {limits.entries} entries; remove what is not needed") from None
    except OSError as error:
        raise SubmissionError(f"the zip cannot be read: {error.strerror or error}") from error
    except _BROKEN as error:
        raise SubmissionError(
            f"this is not a zip that can be read ({error}); RAR, 7z and other archives cannot be read either: "
            "make a zip, or hand in plain files"
        ) from error


def _handed_in(opened: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """The entries that somebody meant to hand in, with readable names."""
    for info in opened.infolist():
        name = _name(info)
        path = PurePosixPath(name)
        if not name.endswith("/") and path.name and not JUNK.intersection(path.parts) and path.name[:2] != "._":
            yield path, info


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name; zips made by macOS hold UTF-8 without saying so, and read as code page 437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        # Where this fails it is really an old code page; which one cannot be known, so the letters stay.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _refusal(path: PurePosixPath, info: zipfile.ZipInfo, limits: Limits, keep: frozenset[str]) -> str | None:
    """Why an entry is not unpacked, or None; an empty reason for files of other kinds."""
    if ".." in path.parts or path.is_absolute() or re.match("[A-Za-z]:/", str(path)):
        return OUTSIDE
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    suffix = path.suffix.lower()
    if suffix not in keep:
        return "is a zip inside a zip and was not opened" if suffix == ".zip" else ""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed in an unusual way (method {info.compress_type}); an ordinary zip is needed"
    if info.flag_bits & 0x1:
        raise SubmissionError("the zip is encrypted; it has to be handed in without a password")
    if info.file_size > limits.file_bytes:
        return f"is larger than {limits.file_bytes // _MIB} MiB"
    return None


def _date(target: Path, info: zipfile.ZipInfo) -> None:
    """The file's own date, by which the newest of two files is found; a zip may say anything there."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        seconds = datetime(*info.date_time, tzinfo=UTC).timestamp()
        os.utime(target, (seconds, seconds))


def _copy(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, limits: Limits, room: int) -> int:
    """Write one entry and return its size; a file that breaks off half-way is removed."""
    written = 0
    try:
        with opened.open(info) as source, target.open("xb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > room:
                    raise SubmissionError(f"the zip unpacks to more than {limits.total_bytes // _MIB} MiB")
                if written > limits.file_bytes:
                    raise _TooLargeError(f"is larger than {limits.file_bytes // _MIB} MiB")
                if written > max(_RATIO_FROM, limits.ratio * info.compress_size):
                    raise _TooLargeError(f"unpacks to more than {limits.ratio} times its size, like a zip bomb")
                sink.write(chunk)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return written
