"""Folders and zips alike: a name for every file, and where its bytes lie or why they cannot be had."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import DOWNLOAD, JUNK, METADATA, OUTSIDE, SOURCES, STUDENT, entry_names, unpack

__all__ = [
    "CHECKPOINTS",
    "RUN_FILE",
    "Tree",
    "Where",
    "a_few",
    "below",
    "glance",
    "holds",
    "names_in",
    "scan",
    "shown",
    "tops",
    "unzip",
]

CHECKPOINTS = ".ipynb_checkpoints"
RUN_FILE = "reports.jsonl"  # what makes a folder the output of a grading run
_MOST_FILES = 500_000
_SCANNED = 32 << 20

#: The file, or why there is none to read; an empty reason for a file of a kind that is not read.
Where = Path | str


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a folder or zip by their path inside it.

    ``label`` is the folder or zip as the user named it. ``repositories`` are the sub-folders that hold a
    ``.git`` folder.
    """

    label: str
    files: Mapping[PurePosixPath, Where]
    repositories: frozenset[PurePosixPath] = frozenset()
    messages: tuple[str, ...] = ()


def scan(folder: Path, label: str) -> Tree:
    """The files of a folder and everything below it; links are not followed, tools' folders passed over."""
    files: dict[PurePosixPath, Where] = {}
    repositories: set[PurePosixPath] = set()
    messages: list[str] = []

    def failed(error: OSError) -> None:
        messages.append(f"{shown(str(error.filename))}: the folder cannot be read ({error.strerror})")

    for here, folders, names in os.walk(folder, onerror=failed):
        inside = PurePosixPath(Path(here).relative_to(folder).as_posix())
        if ".git" in folders or ".git" in names:
            repositories.add(inside)
        linked = [name for name in folders if (Path(here) / name).is_symlink()]
        messages += [
            f"{PurePosixPath(label) / shown(str(inside / name))}: a linked folder was not followed" for name in linked
        ]
        runs = [name for name in folders if (Path(here) / name / RUN_FILE).is_file()]
        messages += [
            f"{PurePosixPath(label) / shown(str(inside / name))}: passed over, it is the output of a grading run"
            for name in runs
        ]
        passed = {*linked, *runs}
        folders[:] = sorted(name for name in folders if name not in passed and _is_read(Path(here) / name))
        for name in sorted(names):
            if not _hidden(inside / name):
                files[inside / name] = _where(Path(here) / name)
        if not folders and not names:
            messages.append(f"{PurePosixPath(label) / shown(str(inside))}: the folder is empty")
        if len(files) > _MOST_FILES:
            messages.append(f"{label}: has more than {_MOST_FILES} files; the rest was not looked at")
            break
    return Tree(label, files, frozenset(repositories), tuple(messages))


def unzip(archive: Path, label: str, unpack_to: Path, *, download: bool) -> Tree:
    """The files of a zip, unpacked below `unpack_to`; a class's download also keeps metadata and zips.

    Raises
    ------
    SubmissionError
        See :func:`grader.intake.archive.unpack`.
    """
    limits = DOWNLOAD if download else STUDENT
    keep = SOURCES | METADATA | {".zip"} if download else SOURCES
    try:
        unpack_to.mkdir(parents=True, exist_ok=True)
        into = Path(tempfile.mkdtemp(prefix="zip-", dir=unpack_to))
    except OSError as error:
        raise SubmissionError(f"the zip cannot be unpacked to {unpack_to}: {error.strerror}") from error
    content = unpack(archive, into, limits=limits, keep=keep)
    files: dict[PurePosixPath, Where] = {**content.files, **content.left_out}
    outside = sorted(name for name, where in files.items() if where == OUTSIDE)
    kept = {name: where for name, where in sorted(files.items()) if where != OUTSIDE and not _hidden(name)}
    repositories = frozenset(name.parent.parent for name in files if name.parent.name == ".git")
    return Tree(label, kept, repositories, tuple(f"{label}: {shown(str(name))} {OUTSIDE}" for name in outside))


def glance(archive: Path, label: str) -> Tree:
    """The names in a zip, and no file: enough to see what kind of zip it is.

    Raises
    ------
    SubmissionError
        See :func:`grader.intake.archive.entry_names`.
    """
    return Tree(label, {name: "" for name in entry_names(archive) if not _hidden(name)})


def below(tree: Tree, folder: str) -> Tree:
    """The part of a tree that lies in one of its top-level folders."""
    inside = {name: where for name, where in tree.files.items() if name.parts[0] == folder and name.parts[1:]}
    files = {PurePosixPath(*name.parts[1:]): where for name, where in inside.items()}
    inner = frozenset(PurePosixPath(*r.parts[1:]) for r in tree.repositories if r.parts[:1] == (folder,))
    return Tree(str(PurePosixPath(tree.label) / shown(folder)), files, inner, tree.messages)


def tops(tree: Tree) -> tuple[list[str], list[str]]:
    """Top-level folders and top-level files, each sorted."""
    folders = {name.parts[0] for name in tree.files if len(name.parts) > 1}
    return sorted(folders - {CHECKPOINTS}), sorted(name.name for name in tree.files if len(name.parts) == 1)


def holds(tree: Tree, folder: str) -> bool:
    """True when a top-level folder has something that may be graded."""
    return any(n.parts[0] == folder and n.suffix.lower() in SOURCES | {".zip"} for n in tree.files)


def names_in(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the functions that a file defines and of the modules that it imports.

    A search in the text, cheap and the same for modules and notebooks (whose code is text inside JSON);
    it only decides between files, nothing is graded by it, and a name too many does no harm.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_SCANNED).decode("utf-8", "replace")
    except OSError:
        return frozenset(), frozenset()
    statements = re.findall(r"\b(?:from|import)[ \t]+([\w ,]+)", text)
    imported = {words[0] for found in statements for piece in found.split(",") if (words := piece.split())}
    return frozenset(re.findall(r"\bdef[ \t]+(\w+)[ \t]*\(", text)), frozenset(imported)


def shown(name: str) -> str:
    """A file name that can be encoded: bytes that are not UTF-8 become replacement characters."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def a_few(names: Sequence[str], most: int = 8) -> str:
    """The first names of many, short enough for a message.

    >>> a_few(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(name[:60] for name in names[:most]) + rest


def _hidden(name: PurePosixPath) -> bool:
    """True for what tools keep beside the work (.git, .DS_Store, ._copy); a hidden source is a source."""
    if any(part.startswith(".") and part != CHECKPOINTS for part in name.parent.parts):
        return True
    return name.name.startswith("._") or (name.name.startswith(".") and name.suffix.lower() not in SOURCES)


def _is_read(folder: Path) -> bool:
    if folder.name in JUNK or (folder.name.startswith(".") and folder.name != CHECKPOINTS):
        return False
    return not (folder / "pyvenv.cfg").is_file()


def _where(path: Path) -> Where:
    if path.is_symlink():
        return "is a link, not a file"
    if not path.is_file():
        return "is a device or a pipe, not a file"
    return path if path.suffix.lower() in SOURCES | METADATA | {".zip"} else ""
