"""Unpacking zips and tars that strangers made.

Nothing in an archive decides where a byte is written: every entry that is kept goes to a numbered file
(``00017.ipynb``), and its name inside the archive is only a label in the result. That alone rules out
``../``, absolute paths, name collisions, names that are too long and names that a system reserves; what is
left to guard against is size, and entries that are not plain files.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Literal, Protocol

from grader.errors import SubmissionError
from grader.submission.files import open_file

try:
    import bz2
    import lzma
except ImportError:  # a Python in a browser may come without them
    _HAS_MORE = False
    _LZMA_ERROR: type[Exception] = ValueError
else:
    _HAS_MORE = True
    _LZMA_ERROR = lzma.LZMAError

__all__ = [
    "ARCHIVES",
    "DOWNLOAD",
    "JUNK",
    "METADATA",
    "OUTSIDE",
    "SOURCES",
    "STUDENT",
    "TEXTS",
    "Entry",
    "Limits",
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
ARCHIVES = frozenset({".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"})
METADATA = frozenset({".yml", ".yaml", ".csv", ".json"})
#: Folders that tools leave behind; nothing in them was handed in.
JUNK = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv"})
#: Why an entry was left out whose name is nobody's: it cannot be sorted to a student either.
OUTSIDE = "has a path that leads out of the archive"
_NO_FILE = "is a link or a device, not a file"
_ENCRYPTED = "the zip is encrypted; it has to be handed in without a password"

_MIB = 1 << 20
_CHUNK = 1 << 16
_LONGEST_NAME = 1_000
# Honest source text shrinks 3 to 30 times; small files are exempt, since zeros in a header mean nothing.
_RATIO_FROM = _MIB
_FROM_ANY = 64 * _MIB  # may come out of a packed tar, however small it is
_FOLDER = ".folder"
_MOST_PARTS = 10_000  # of one packed file; each costs a copy of what follows it
_MOST_MEMORY = 100 * _MIB  # that an xz may ask for; its strongest preset needs 65

_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, _LZMA_ERROR, struct.error, EOFError, LookupError, NotImplementedError,
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


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one archive may contain. Bytes are counted while they are written, never taken on trust.

    Attributes
    ----------
    entries
        Files that are read.
    listed
        All entries, with those that are passed over: libraries, images, what git keeps.
    """

    entries: int
    listed: int
    file_bytes: int
    total_bytes: int
    ratio: int = 200


STUDENT = Limits(entries=5_000, listed=60_000, file_bytes=32 * _MIB, total_bytes=128 * _MIB)
#: A whole class, downloaded by the instructor: its entries may be students' zips.
DOWNLOAD = Limits(entries=200_000, listed=1_000_000, file_bytes=128 * _MIB, total_bytes=4 << 30)


@dataclass(frozen=True, slots=True)
class _Member:
    """An entry of an archive before it is unpacked; ``refusal`` says what its own archive knows against it."""

    path: PurePosixPath
    size: int
    changed: float
    open: Callable[[], IO[bytes]]
    packed: int | None = None
    refusal: str = ""


class _TooLargeError(Exception):
    """One entry grew beyond its limit."""


class _TooManyError(Exception):
    """The archive has more entries than the number."""


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
            if unpacker := _unpacker_of(start):
                opened.seek(0)
                start = _Counted(_Inflated(opened, unpacker), _CHUNK).take(512)
                return "tar" if _is_tar(start) else ""
    except (SubmissionError, *_BROKEN):
        return ""
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "" if b"[Content_Types].xml" in start or b"word/" in start else "zip"
    return "tar" if _is_tar(start) else ""


def _is_tar(start: bytes) -> bool:
    return start[257:262] == b"ustar"


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
                raise _TooManyError(limits.entries)
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
def _opened(archive: Path, limits: Limits) -> Iterator[Iterator[_Member]]:
    """The entries of an archive that somebody meant to hand in."""
    kind = packed_as(archive)
    word = kind or "zip"
    try:
        with open_file(archive) as raw:
            if os.fstat(raw.fileno()).st_size == 0:
                raise SubmissionError("the zip is empty (0 bytes); it has to be uploaded again")
            yield _handed_in(_tar_members(raw, limits) if kind == "tar" else _zip_members(raw, limits))
    except _TooManyError as error:
        raise SubmissionError(f"the {word} has more than {error} entries; remove what is not needed") from None
    except OSError as error:
        raise SubmissionError(f"the {word} cannot be read: {error.strerror or error}") from error
    except _BROKEN as error:
        raise SubmissionError(
            f"this is not a {word} that can be read ({error}); RAR, 7z and other archives cannot be read either: "
            "make a zip, or hand in plain files"
        ) from error


def _handed_in(members: Iterator[_Member]) -> Iterator[_Member]:
    """The entries; of what tools leave behind nothing but the folder that it lies in, which may be a student's."""
    for member in members:
        parts = member.path.parts
        junk = (n for n, part in enumerate(parts) if part in JUNK or (part[:2] == "._" and n + 1 == len(parts)))
        kept = next(junk, len(parts))
        found = member if kept == len(parts) else _folder(PurePosixPath(*parts[:kept]))
        if len(found.path.parts) > (found.path.name == _FOLDER):
            yield found


def _folder(path: PurePosixPath) -> _Member:
    """A folder as a hidden file in it: nothing to read, but somebody's folder is there."""
    return _Member(path / _FOLDER, 0, 0.0, io.BytesIO)


def _label(name: str) -> PurePosixPath:
    """An entry's name as a label of bounded length: in a zip it can have 65,535 characters."""
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{name[: _LONGEST_NAME // 2]}…{digest}…{name[-_LONGEST_NAME // 4 :]}"
    return PurePosixPath(name.replace("\\", "/"))


def _refusal(member: _Member, limits: Limits, keep: frozenset[str]) -> str | None:
    """Why an entry is not unpacked, or None; an empty reason for files of other kinds."""
    path = member.path
    if ".." in path.parts or path.is_absolute() or re.match("[A-Za-z]:/", str(path)):
        return OUTSIDE
    if path.name == _FOLDER:
        return ""
    if member.refusal == _NO_FILE:
        return member.refusal
    suffix = suffix_of(path.name)
    if suffix not in keep:
        return f"is a {suffix[1:]} inside a zip and was not opened" if suffix in ARCHIVES else ""
    if member.refusal == _ENCRYPTED:
        raise SubmissionError(_ENCRYPTED)
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


def _copy(member: _Member, target: Path, limits: Limits, room: _Room) -> None:
    """Write one entry; a file that breaks off half-way is removed."""
    written = 0
    most = None if member.packed is None else max(_RATIO_FROM, limits.ratio * member.packed)
    try:
        with member.open() as source, target.open("xb") as sink:
            while chunk := source.read(_CHUNK):
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


# ---- zip ----------------------------------------------------------------------------------------------


class _BoundedReads(io.BufferedReader):
    """A file that is never read beyond what the directory of an archive with so many entries may need.

    ``zipfile`` reads the directory in one piece, believes the archive about its size, and makes an object for
    each entry before they can be counted. Every entry in it begins with the signature that is counted here.
    """

    entries = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > max(self.entries * 1024, _CHUNK):
            raise _TooManyError(self.entries)
        data = super().read(size)
        if data.count(b"PK\x01\x02") > self.entries:
            raise _TooManyError(self.entries)
        return data


def _zip_members(raw: io.FileIO, limits: Limits) -> Iterator[_Member]:
    with _BoundedReads(raw) as file:
        file.entries = limits.listed
        with zipfile.ZipFile(file) as opened:
            if len(opened.infolist()) > limits.listed:
                raise _TooManyError(limits.listed)
            for info in opened.infolist():
                name = _zip_name(info)
                if name.endswith("/"):
                    yield _folder(_label(name))
                else:
                    yield _Member(
                        _label(name),
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
        return _NO_FILE
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is compressed in an unusual way (method {info.compress_type}); an ordinary zip is needed"
    if info.flag_bits & 0x1:
        return _ENCRYPTED
    return ""


def _zip_date(info: zipfile.ZipInfo) -> float:
    """The file's own date, by which the newest of two files is found."""
    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0


# ---- tar ----------------------------------------------------------------------------------------------


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


def _unpacker_of(start: bytes) -> Callable[[], _Unpacker] | None:
    return next((unpacker for mark, unpacker in _UNPACKERS.items() if start.startswith(mark)), None)


class _Inflated(io.RawIOBase):
    """What a packed file holds, in pieces."""

    def __init__(self, file: io.FileIO, unpacker: Callable[[], _Unpacker]) -> None:
        self._file, self._new, self._unpacker, self._packed, self._parts = file, unpacker, unpacker(), b"", 0

    def read(self, size: int = -1, /) -> bytes:
        while True:
            if self._unpacker.eof:
                self._next_part()
            asked = self._unpacker.needs_input
            packed = self._packed or (self._file.read(_CHUNK) if asked else b"")
            self._packed = b""
            data = self._unpacker.decompress(packed, min(size, _CHUNK) if size > 0 else _CHUNK)
            if data or (asked and not packed):
                return data

    def _next_part(self) -> None:
        """Another packed file may follow, after zeros."""
        self._packed = self._unpacker.unused_data.lstrip(b"\0")
        while not self._packed and (more := self._file.read(_CHUNK)):
            self._packed = more.lstrip(b"\0")
        self._unpacker = self._new()
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise ValueError("it has too many parts")


class _Counted(io.RawIOBase):
    """A stream that ends with an error where more comes out of it than an archive may hold."""

    def __init__(self, stream: io.RawIOBase, most: int) -> None:
        self._stream, self._room = stream, most

    def take(self, size: int) -> bytes:
        """Exactly so many bytes, fewer at the end."""
        self._room -= size
        if self._room < 0:
            raise SubmissionError("the archive unpacks to more than it may")
        pieces = []
        while size > 0 and (piece := self._stream.read(min(size, _CHUNK))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


class _Part(io.RawIOBase):
    """The bytes of one entry of a tar, up to where the next one begins."""

    def __init__(self, stream: _Counted, size: int) -> None:
        self._stream, self.size, self.rest = stream, size, -(-size // 512) * 512

    def read(self, size: int = -1, /) -> bytes:
        if self.size <= 0:
            return b""
        data = self._stream.take(min(self.size, size if size >= 0 else _CHUNK))
        if not data:
            raise EOFError("it breaks off")
        self.size -= len(data)
        self.rest -= len(data)
        return data

    def skip(self) -> None:
        """Go to the end of the entry."""
        while self.rest > 0 and (data := self._stream.take(min(self.rest, _CHUNK))):
            self.rest -= len(data)


def _tar_members(raw: io.FileIO, limits: Limits) -> Iterator[_Member]:
    """The files of a tar, read once from front to end.

    ``tarfile`` would read a name of any length and follow sparse files; here each header is parsed by itself.
    """
    unpacker = _unpacker_of(raw.read(10))
    raw.seek(0)
    whole = _Inflated(raw, unpacker) if unpacker else raw
    # Headers, and files that are passed over, count as well: of twelve kilobytes could come sixteen gigabytes.
    packed = _FROM_ANY + limits.ratio * os.fstat(raw.fileno()).st_size
    stream = _Counted(whole, min(4 * limits.total_bytes, packed) if unpacker else 4 * limits.total_bytes)
    long_name = ""
    for number in itertools.count():
        header = stream.take(512)
        if len(header) < 512 or not header.strip(b"\0"):
            return
        if number > 2 * limits.listed:
            raise _TooManyError(limits.listed)
        info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        part = _Part(stream, max(info.size, 0) if info.type in _WITH_DATA else 0)
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            long_name = _long_name(info.type, part) or long_name
        elif info.type == tarfile.DIRTYPE:
            yield _folder(_label(long_name or info.name))
        elif info.type not in (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
            refusal = "" if info.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else _NO_FILE
            yield _Member(_label(long_name or info.name), part.size, float(info.mtime), partial(_same, part), None, refusal)
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
    data = part.read(_CHUNK)
    if kind == tarfile.XHDTYPE:
        path = re.search(rb"(?:^|\n)\d{1,6} path=([^\n]*)\n", data)
        data = path[1] if path else b""
    return data.rstrip(b"\0").decode("utf-8", "surrogateescape")
