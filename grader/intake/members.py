"""What zips and tars have in common: their entries before they are unpacked, and how many there may be."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

__all__ = ["CHUNK", "ENCRYPTED", "FOLDER", "NO_FILE", "Limits", "Member", "TooManyError", "folder_at", "label_of"]

CHUNK = 1 << 16
FOLDER = ".folder"
NO_FILE = "is a link or a device, not a file"
ENCRYPTED = "the zip is encrypted; it has to be handed in without a password"

_LONGEST_NAME = 1_000


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


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of an archive before it is unpacked; ``refusal`` says what its own archive knows against it."""

    path: PurePosixPath
    size: int
    changed: float
    open: Callable[[], IO[bytes]]
    packed: int | None = None
    refusal: str = ""


class TooManyError(Exception):
    """The archive has more entries than the number."""


def folder_at(path: PurePosixPath) -> Member:
    """A folder as a hidden file in it: nothing to read, but somebody's folder is there."""
    return Member(path / FOLDER, 0, 0.0, io.BytesIO)


def label_of(name: str) -> PurePosixPath:
    """An entry's name as a label of bounded length: in a zip it can have 65,535 characters."""
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{name[: _LONGEST_NAME // 2]}…{digest}…{name[-_LONGEST_NAME // 4 :]}"
    return PurePosixPath(name.replace("\\", "/"))
