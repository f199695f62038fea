"""Folders and zips alike: the entries in them, and what else there is to know about them."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import DOWNLOAD, JUNK, METADATA, OUTSIDE, SOURCES, STUDENT, Entry, unpack
from grader.submission.cells import read_bytes

__all__ = [
    "CHECKPOINTS",
    "RUN_FILE",
    "Tree",
    "a_few",
    "is_source",
    "labelled",
    "list_zip",
    "names_in",
    "printable",
    "read_folder",
    "source_names",
    "subtree",
    "top_level",
    "unzip",
]

CHECKPOINTS = ".ipynb_checkpoints"
RUN_FILE = "reports.jsonl"  # what makes a folder the output of a grading run
_MOST_FILES = 500_000
_READ = SOURCES | {".zip"}


@dataclass(frozen=True, slots=True)
class Tree:
    """The entries of a folder or zip.

    ``label`` is the folder or zip as the user named it. ``repositories`` are the sub-folders that hold a
    ``.git`` folder.
    """

    label: str
    entries: tuple[Entry, ...]
    repositories: frozenset[PurePosixPath] = frozenset()
    messages: tuple[str, ...] = ()


def read_folder(folder: Path, label: str) -> Tree:
    """The files of a folder and everything below it; links are not followed, tools' folders passed over."""
    entries: list[Entry] = []
    repositories: set[PurePosixPath] = set()
    messages: list[str] = []

    def failed(error: OSError) -> None:
        messages.append(f"{printable(str(error.filename))}: the folder cannot be read ({error.strerror})")

    for here, folders, names in os.walk(folder, onerror=failed):
        inside = PurePosixPath(Path(here).relative_to(folder).as_posix())
        if ".git" in folders or ".git" in names:
            repositories.add(inside)
        if not folders and not names:
            messages.append(f"{labelled(label, inside)}: the folder is empty")
        reasons = {name: _passed_over(Path(here) / name) for name in sorted(folders)}
        messages += [f"{labelled(label, inside / name)}: {reason}" for name, reason in reasons.items() if reason]
        folders[:] = [name for name, reason in reasons.items() if reason is None]
        entries += [_entry(inside / name, Path(here) / name) for name in sorted(names) if not _hidden(inside / name)]
        if len(entries) > _MOST_FILES:
            messages.append(f"{label}: the folder has more than {_MOST_FILES} files; the others were not read")
            break
    return Tree(label, tuple(entries), frozenset(repositories), tuple(messages))


def unzip(archive: Path, label: str, unpack_to: Path, *, download: bool) -> Tree:
    """The files of a zip, unpacked below `unpack_to`; a class's download also keeps metadata and zips.

    Raises
    ------
    SubmissionError
        See :func:`grader.intake.archive.unpack`.
    """
    try:
        unpack_to.mkdir(parents=True, exist_ok=True)
        into = Path(tempfile.mkdtemp(prefix="zip-", dir=unpack_to))
    except OSError as error:
        raise SubmissionError(f"the zip cannot be unpacked to {unpack_to}: {error.strerror}") from error
    if download:
        return _zip_tree(label, unpack(archive, into, limits=DOWNLOAD, keep=_READ | METADATA))
    return _zip_tree(label, unpack(archive, into, limits=STUDENT))


def list_zip(archive: Path, label: str) -> Tree:
    """The names in a zip, and no file: enough to see what kind of zip it is.

    Raises
    ------
    SubmissionError
        See :func:`grader.intake.archive.unpack`.
    """
    return _zip_tree(label, unpack(archive, None, limits=DOWNLOAD))


def subtree(tree: Tree, folder: str) -> Tree:
    """The part of a tree that lies in one of its top-level folders."""
    entries = [replace(entry, path=PurePosixPath(*entry.path.parts[1:])) for entry in top_level(tree)[0].get(folder, ())]
    repositories = frozenset(PurePosixPath(*r.parts[1:]) for r in tree.repositories if r.parts[:1] == (folder,))
    return Tree(labelled(tree.label, folder), tuple(entries), repositories, tree.messages)


def top_level(tree: Tree) -> tuple[dict[str, list[Entry]], dict[str, Entry]]:
    """What lies in each top-level folder, and the top-level files, each sorted by name."""
    folders: dict[str, list[Entry]] = {}
    files: dict[str, Entry] = {}
    for entry in sorted(tree.entries, key=lambda entry: entry.path.parts[0]):
        if len(entry.path.parts) == 1:
            files[entry.path.name] = entry
        elif entry.path.parts[0] != CHECKPOINTS:
            folders.setdefault(entry.path.parts[0], []).append(entry)
    return folders, files


def source_names(paths: Iterable[PurePosixPath | str]) -> list[str]:
    """The names among some that a file has which may be graded, or a zip which may hold one."""
    return [str(path) for path in paths if PurePosixPath(path).suffix.lower() in _READ]


def is_source(entry: Entry) -> bool:
    """True for a file that is there and may be graded or imported."""
    return entry.file is not None and entry.file.suffix.lower() in SOURCES


def names_in(entry: Entry) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the functions that a source defines and of the modules that it imports.

    A search in the text, cheap and the same for modules and notebooks (whose code is text inside JSON);
    it only decides between files, nothing is graded by it, and a name too many does no harm.
    """
    text = ""
    if entry.file is not None and is_source(entry):
        with contextlib.suppress(SubmissionError):
            text = read_bytes(entry.file).decode("utf-8", "replace")
    statements = re.findall(r"\b(?:from|import)[ \t]+([\w ,]+)", text)
    imported = {words[0] for names in statements for piece in names.split(",") if (words := piece.split())}
    return frozenset(re.findall(r"\bdef[ \t]+(\w+)[ \t]*\(", text)), frozenset(imported)


def printable(name: str) -> str:
    """A file name that can be encoded: bytes that are not UTF-8 become replacement characters."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def a_few(names: Sequence[str], most: int = 8) -> str:
    """The first names of many, short enough for a message.

    >>> a_few(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    # A name in a zip can have 65,535 characters.
    return ", ".join(printable(name if len(name) <= 150 else f"{name[:149]}…") for name in names[:most]) + rest


def labelled(label: str, path: PurePosixPath | str) -> str:
    """A path in a tree as the user would name it."""
    return str(PurePosixPath(label) / printable(str(path)))


def _zip_tree(label: str, entries: Sequence[Entry]) -> Tree:
    repositories = frozenset(entry.path.parent.parent for entry in entries if entry.path.parent.name == ".git")
    outside = sorted(str(entry.path) for entry in entries if entry.problem == OUTSIDE)
    inside = [entry for entry in entries if entry.problem != OUTSIDE and not _hidden(entry.path)]
    messages = tuple(f"{label}: {printable(path)} {OUTSIDE}" for path in outside)
    return Tree(label, tuple(sorted(inside, key=lambda entry: entry.path)), repositories, messages)


def _hidden(path: PurePosixPath) -> bool:
    """True for what tools keep beside the work (.git, .DS_Store, ._copy); a hidden source is a source."""
    if any(part.startswith(".") and part != CHECKPOINTS for part in path.parent.parts):
        return True
    return path.name.startswith("._") or (path.name.startswith(".") and path.suffix.lower() not in SOURCES)


def _passed_over(folder: Path) -> str | None:
    """None for a folder that is read; else what to say about it, which is nothing for the folders of tools."""
    if folder.is_symlink():
        return "the folder is a link and was not followed"
    if (folder / RUN_FILE).is_file():
        return "the folder holds the output of a grading run and was not read"
    hidden = folder.name.startswith(".") and folder.name != CHECKPOINTS
    return "" if hidden or folder.name in JUNK or (folder / "pyvenv.cfg").is_file() else None


def _entry(path: PurePosixPath, file: Path) -> Entry:
    if file.is_symlink():
        return Entry(path, path.name, problem="is a link, not a file")
    if not file.is_file():
        return Entry(path, path.name, problem="is a device or a pipe, not a file")
    return Entry(path, path.name, file if path.suffix.lower() in _READ | METADATA else None)
