"""The one door to what students wrote: no link is followed, and nothing is read beyond a bound."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader import sentences
from grader.errors import SubmissionError

__all__ = ["MAX_FILE", "open_file", "read_bytes", "read_exactly"]

MAX_FILE = 32 * 2**20


def read_bytes(path: Path, below: str = "") -> bytes:
    """What a student's file holds, at most :data:`MAX_FILE` of it (see :func:`open_file`)."""
    with open_file(path, below) as file:
        try:
            data = read_exactly(file, MAX_FILE + 1)
        except OSError as error:
            raise SubmissionError(sentences.read_error(path, error)) from error
    if len(data) > MAX_FILE:
        raise SubmissionError(sentences.read_large(path.stat().st_size, MAX_FILE))
    return data


def open_file(path: Path, below: str = "") -> io.FileIO:
    """Open a student's file.

    This is the one door to what students wrote: no link is followed and nothing but a regular file is opened.

    Parameters
    ----------
    path
        Where it lies.
    below
        Its name below the student's folder, no part of which may be a link either.

    Raises
    ------
    SubmissionError
        When it is no such file, or cannot be opened.
    """
    try:
        for place in (path, *_folders_of(path, below)):
            if place.is_symlink():
                raise SubmissionError(sentences.read_linked(place))
        if path.is_dir():
            raise SubmissionError(sentences.read_folder(path))
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise SubmissionError(sentences.read_absent(path)) from error
    except OSError as error:
        raise SubmissionError(sentences.read_error(path, error)) from error
    except ValueError as error:  # a zero byte in a name
        raise SubmissionError(sentences.read_absent(path)) from error
    file = io.FileIO(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise SubmissionError(sentences.read_absent(path))
    return file


def _folders_of(path: Path, below: str) -> Iterator[Path]:
    """The folders that a file's name below the student's folder names, where the file lies under that name."""
    inside = PurePosixPath(below).parts
    if len(inside) > 1 and path.parts[-len(inside) :] == inside:
        yield from [*path.parents][: len(inside) - 1]


def read_exactly(file: io.RawIOBase, size: int) -> bytes:
    """As many bytes as there are, up to `size`."""
    pieces: list[bytes] = []
    while size > 0 and (piece := file.read(min(size, 1 << 20))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
