"""Files that are there whole or not at all, and a folder for as long as a piece of work takes."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["scratch_folder", "write_whole"]


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder that only this user may enter; it goes with all that is in it when the work ends.

    ``tempfile.TemporaryDirectory`` makes the folder first and remembers it afterwards, so a signal between the two
    leaves it behind. Here the name is known before there is a folder.
    """
    folder = Path(tempfile.gettempdir()) / f"grader-{secrets.token_hex(16)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one step: whatever ends the process, it is the old one or the new one, never half of either."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")  # two processes may write the same file at a time
    draft.write_bytes(data)
    draft.replace(path)
