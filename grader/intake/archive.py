"""Unpacking zips and tars that strangers made.

Nothing in an archive decides where a byte is written: every entry that is kept goes to a numbered file
(``00017.ipynb``), and its name inside the archive is only a label in the result. That alone rules out
``../``, absolute paths, name collisions, names that are too long and names that a system reserves; what is
left to guard against is size, and entries that are not plain files.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.errors import SubmissionError
from grader.intake.members import CHUNK, ENCRYPTED, FOLDER, NO_FILE, Limits, Member, TooManyError, folder_at
from grader.intake.streams import LZMA_ERROR
from grader.intake.tars import is_tar, tar_members
from grader.intake.zips import zip_members
from grader.submission.files import open_file

__all__ = [
    "ARCHIVES",
    "DOCUMENTS",
    "DOWNLOAD",
    "JUNK",
    "METADATA",
    "OUTSIDE",
    "SOURCES",
    "STUDENT",
    "TEXTS",
    "Entry",
    "packed_as",
    "suffix_of",
    "unpack",
]

SOURCES = frozenset({".py", ".ipynb", ".py.txt", ".ipynb.txt", ".ipynb.json"})
#: Kinds that hold code only now and then: what is in them decides.
TEXTS = frozenset({
    "", ".txt", ".text", ".html", ".htm", ".md", ".markdown", ".qmd", ".rmd", ".rst", ".org", ".tex", ".ipy", ".pyw", ".py3",
    ".pyi", ".pyx", ".py~", ".ipynb~", ".json", ".bak", ".old", ".orig", ".download", ".url", ".gdoc",
})  # fmt: skip
#: Kinds in which nobody looks for code, though somebody may have written the solution there.
DOCUMENTS = frozenset({
    ".pdf", ".doc", ".docx", ".odt", ".rtf", ".pages", ".rar", ".7z", ".png", ".jpg", ".jpeg", ".heic", ".ppt", ".pptx",
})  # fmt: skip
ARCHIVES = frozenset({".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"})
METADATA = frozenset({".yml", ".yaml", ".csv", ".json"})
#: Folders that tools leave behind; nothing in them was handed in.
JUNK = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv"})
#: Why an entry was left out whose name is nobody's: it cannot be sorted to a student either.
OUTSIDE = "has a path that leads out of the archive"

_MIB = 1 << 20
# Honest source text shrinks 3 to 30 times; small files are exempt, since zeros in a header mean nothing.
_RATIO_FROM = _MIB

_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, LZMA_ERROR, struct.error, EOFError, LookupError, NotImplementedError,
    OSError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a folder or archive, and where its bytes lie or why they cannot be had.

    Attributes
    ----------
    path : PurePosixPath
        Its path inside the folder or archive that was read: a label, never a path on the disk.
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


STUDENT = Limits(entries=5_000, listed=60_000, file_bytes=32 * _MIB, total_bytes=128 * _MIB)
#: A whole class, downloaded by the instructor: its entries may be students' zips.
DOWNLOAD = Limits(entries=200_000, listed=1_000_000, file_bytes=128 * _MIB, total_bytes=4 << 30)


class _TooLargeError(Exception):
    """One entry grew beyond its limit."""


def suffix_of(name: str) -> str:
    """The lower-case suffix of a name, with the one before it where they belong together.

    >>> suffix_of("hw.ipynb.txt"), suffix_of("a.tar.gz"), suffix_of("v1.2.py"), suffix_of("notes")
    ('.ipynb.txt', '.tar.gz', '.py', '')
    """
    path = PurePosixPath(name)
    double = "".join(path.suffixes[-2:]).lower()
    return double if double in SOURCES | ARCHIVES else path.suffix.lower()


def packed_as(file: Path) -> Literal["zip", "tar", ""]:
    """What kind of archive a file is, which its content says and not its name; Office documents are none."""
    try:
        with open_file(file) as opened:
            start = opened.read(4_000)
            if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
                return "" if b"[Content_Types].xml" in start or b"word/" in start else "zip"
            return "tar" if is_tar(opened) else ""
    except (SubmissionError, *_BROKEN):
        return ""


def unpack(
    archive: Path, into: Path | None, *, limits: Limits = STUDENT, keep: frozenset[str] = SOURCES
) -> tuple[Entry, ...]:
    """Unpack the entries of a zip or tar whose suffix is in `keep`; archives inside it are not opened.

    Parameters
    ----------
    archive : Path
        The file.
    into : Path or None
        An existing, empty folder; None only lists the entries.
    limits : Limits
        :data:`STUDENT` for one submission, :data:`DOWNLOAD` for a class.
    keep : frozenset of str
        Lower-case suffixes (see :func:`suffix_of`).

    Returns
    -------
    tuple of Entry
        An entry that is dangerous or damaged has its problem; the others are still unpacked.

    Raises
    ------
    SubmissionError
        When the file is no readable archive, is encrypted, or exceeds a limit as a whole.
    """
    entries: dict[PurePosixPath, Entry] = {}
    room, read = _Room(limits.total_bytes), 0
    with _opened(archive, limits) as members:
        for number, member in enumerate(members):
            path = member.path
            file, problem = None, _refusal(member, limits, keep)
            read += problem is None
            if read > limits.entries:
                raise TooManyError(limits.entries)
            if into is not None and problem is None:
                target = into / f"{number:05d}{suffix_of(path.name)}"
                try:
                    _copy(member, target, limits, room)
                    with contextlib.suppress(ValueError, OverflowError, OSError):  # an archive may say anything here
                        os.utime(target, (member.changed, member.changed))
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
def _opened(archive: Path, limits: Limits) -> Iterator[Iterator[Member]]:
    """The entries of an archive that somebody meant to hand in."""
    kind = packed_as(archive)
    word = kind or "zip"
    try:
        with open_file(archive) as raw:
            if os.fstat(raw.fileno()).st_size == 0:
                raise SubmissionError("the zip is empty (0 bytes); it has to be uploaded again")
            yield _handed_in((tar_members if kind == "tar" else zip_members)(raw, limits))
    except TooManyError as error:
        raise SubmissionError(f"the {word} has more than {error} entries; remove what is not needed") from None
    except OSError as error:
        raise SubmissionError(f"the {word} cannot be read: {error.strerror or error}") from error
    except _BROKEN as error:
        raise SubmissionError(
            f"this is not a {word} that can be read ({error}); RAR, 7z and other archives cannot be read either: "
            "make a zip, or hand in plain files"
        ) from error


def _handed_in(members: Iterator[Member]) -> Iterator[Member]:
    """The entries; of what tools leave behind nothing but the folder that it lies in, which may be a student's."""
    for member in members:
        parts = member.path.parts
        junk = (n for n, part in enumerate(parts) if part in JUNK or (part[:2] == "._" and n + 1 == len(parts)))
        kept = next(junk, len(parts))
        found = member if kept == len(parts) else folder_at(PurePosixPath(*parts[:kept]))
        if len(found.path.parts) > (found.path.name == FOLDER):
            yield found


def _refusal(member: Member, limits: Limits, keep: frozenset[str]) -> str | None:
    """Why an entry is not unpacked, or None; an empty reason for files of other kinds."""
    path = member.path
    if ".." in path.parts or path.is_absolute() or re.match("[A-Za-z]:/", str(path)):
        return OUTSIDE
    if path.name == FOLDER:
        return ""
    if member.refusal == NO_FILE:
        return member.refusal
    suffix = suffix_of(path.name)
    if suffix not in keep:
        return f"is a {suffix[1:]} inside a zip and was not opened" if suffix in ARCHIVES else ""
    if member.refusal == ENCRYPTED:
        raise SubmissionError(ENCRYPTED)
    if member.refusal:
        return member.refusal
    if member.size > limits.file_bytes:
        return f"is larger than {limits.file_bytes // _MIB} MiB"
    return None


class _Room:
    """What may still be written: of a file that breaks off or is damaged as well, since to write it took as long."""

    def __init__(self, most: int) -> None:
        self._most, self._left = most, most

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise SubmissionError(f"the archive unpacks to more than {self._most // _MIB} MiB")


def _copy(member: Member, target: Path, limits: Limits, room: _Room) -> None:
    """Write one entry; a file that breaks off half-way is removed."""
    written = 0
    most = None if member.packed is None else max(_RATIO_FROM, limits.ratio * member.packed)
    try:
        with member.open() as source, target.open("xb") as sink:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                room.take(len(chunk))
                if written > limits.file_bytes:
                    raise _TooLargeError(f"is larger than {limits.file_bytes // _MIB} MiB")
                if most is not None and written > most:
                    raise _TooLargeError(f"unpacks to more than {limits.ratio} times its size, like a zip bomb")
                sink.write(chunk)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
