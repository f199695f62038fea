"""Unpacking zips that strangers made.

Nothing in an archive decides where a byte is written: every entry that is kept goes to a numbered file
(``00017.ipynb``), and its name inside the archive is only a label in the result. That alone rules out
``../``, absolute paths, name collisions, names that are too long and names that a system reserves; what is
left to guard against is size, and entries that are not plain files.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError

__all__ = [
    "DOWNLOAD",
    "JUNK",
    "METADATA",
    "OUTSIDE",
    "SOURCES",
    "STUDENT",
    "Limits",
    "Unpacked",
    "entry_names",
    "unpack",
]

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

_OTHER_ARCHIVES = {b"Rar!": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "gzip", b"\xfd7zXZ": "xz"}

_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, NotImplementedError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Where each kept entry lies, and why others were left out (empty reason: not of a kept kind)."""

    files: Mapping[PurePosixPath, Path]
    left_out: Mapping[PurePosixPath, str]


def unpack(archive: Path, into: Path, *, limits: Limits = STUDENT, keep: frozenset[str] = SOURCES) -> Unpacked:
    """Unpack the entries of a zip whose suffix is in `keep`; zips inside it are never opened.

    Parameters
    ----------
    archive : Path
        The zip file.
    into : Path
        An existing, empty folder.
    limits : Limits
        :data:`STUDENT` for one submission, :data:`DOWNLOAD` for a class.
    keep : frozenset of str
        Lower-case suffixes.

    Returns
    -------
    Unpacked
        An entry that is dangerous or damaged is left out with its reason; the others are still unpacked.

    Raises
    ------
    SubmissionError
        When the file is no readable zip, is encrypted, or exceeds a limit as a whole.
    """
    with _opened(archive, limits) as (opened, infos):
        return _unpack(opened, infos, into, limits, keep)


def entry_names(archive: Path, *, limits: Limits = DOWNLOAD) -> list[PurePosixPath]:
    """The names in a zip, dangerous ones left out, without unpacking anything.

    Raises
    ------
    SubmissionError
        As :func:`unpack`.
    """
    with _opened(archive, limits) as (_, infos):
        return [name for name, _ in _entries(infos) if not _leads_out(name)]


@contextlib.contextmanager
def _opened(archive: Path, limits: Limits) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    too_many = SubmissionError(f"the zip has more than {limits.entries} entries; remove what is not needed")
    try:
        if _directory_bytes(archive) > limits.entries * 1024:
            raise too_many
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
            if len(infos) > limits.entries:
                raise too_many
            yield opened, infos
    except _BROKEN as error:
        raise SubmissionError(_unreadable(archive, error)) from error


def _unpack(
    opened: zipfile.ZipFile, infos: list[zipfile.ZipInfo], into: Path, limits: Limits, keep: frozenset[str]
) -> Unpacked:
    files: dict[PurePosixPath, Path] = {}
    left_out: dict[PurePosixPath, str] = {}
    room = limits.total_bytes
    for number, (name, info) in enumerate(_entries(infos)):
        reason = _refusal(name, info, limits, keep)
        if reason is not None:
            left_out[name] = reason
            continue
        target = into / f"{number:05d}{name.suffix.lower()}"
        try:
            room -= _copy(opened, info, target, limits, room)
        except _TooLargeError as error:
            left_out[name] = str(error)
            continue
        except SubmissionError:
            raise
        except _BROKEN as error:
            left_out[name] = f"is damaged ({type(error).__name__})"
            continue
        files[name] = target  # as every unzip tool does it, the last of two entries with one name stands
        left_out.pop(name, None)
    return Unpacked(files, {name: reason for name, reason in left_out.items() if name not in files})


def _entries(infos: list[zipfile.ZipInfo]) -> Iterator[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """The entries that somebody meant to hand in, with readable names."""
    for info in infos:
        text = _name(info)
        name = PurePosixPath(text)
        if text.endswith("/") or not name.name or JUNK.intersection(name.parts) or name.name.startswith("._"):
            continue
        yield name, info


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name; zips made by macOS hold UTF-8 without saying so, and read as code page 437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        # Where this fails it is really an old code page; which one cannot be known, so the letters stay.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _refusal(name: PurePosixPath, info: zipfile.ZipInfo, limits: Limits, keep: frozenset[str]) -> str | None:
    """Why an entry is not unpacked, or None; an empty reason for files of other kinds."""
    if _leads_out(name):
        return OUTSIDE
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    suffix = name.suffix.lower()
    if suffix not in keep:
        return "is a zip inside a zip and was not opened" if suffix == ".zip" else ""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed in an unusual way (method {info.compress_type}); an ordinary zip is needed"
    if info.flag_bits & 0x1:
        raise SubmissionError("the zip is encrypted; it has to be handed in without a password")
    if info.file_size > limits.file_bytes:
        return f"is larger than {limits.file_bytes // _MIB} MiB"
    return None


def _leads_out(name: PurePosixPath) -> bool:
    return ".." in name.parts or name.is_absolute() or re.match("[A-Za-z]:/", str(name)) is not None


class _TooLargeError(Exception):
    """One entry grew beyond its limit."""


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


def _directory_bytes(archive: Path) -> int:
    """Size of the central directory, which ``zipfile`` reads into memory before anything can be counted.

    0 where no directory is found; ``zipfile`` then says what is wrong with the file.
    """
    with archive.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 16) - 22 - 20 - 56))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return 0
    wide = tail[max(0, end - 76) : end]
    if len(wide) == 76 and wide[56:60] == b"PK\x06\x07" and wide[:4] == b"PK\x06\x06":
        return int(struct.unpack_from("<Q", wide, 40)[0])
    return int(struct.unpack_from("<L", tail, end + 12)[0])


def _unreadable(archive: Path, error: Exception) -> str:
    try:
        with archive.open("rb") as file:
            start = file.read(16)
    except OSError as problem:
        return f"the zip cannot be read: {problem.strerror}"
    for magic, kind in _OTHER_ARCHIVES.items():
        if start.startswith(magic):
            return f"this is a {kind} archive, not a zip; it has to be handed in as a zip or as plain files"
    if not start:
        return "the zip is empty (0 bytes); it has to be uploaded again"
    return f"this is not a zip that can be read ({error}); it has to be made and uploaded again"
