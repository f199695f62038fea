"""Folders and zips alike: the entries in them, and what else there is to know about them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import (
    ARCHIVES,
    DOWNLOAD,
    JUNK,
    METADATA,
    OUTSIDE,
    SOURCES,
    STUDENT,
    TEXTS,
    Entry,
    suffix_of,
    unpack,
)
from grader.submission.files import read_bytes

__all__ = [
    "CHECKPOINTS",
    "RUN_FILE",
    "SUBMITTED",
    "Tree",
    "a_few",
    "binds",
    "holds_code",
    "is_source",
    "labelled",
    "list_zip",
    "names_in",
    "printable",
    "read_folder",
    "some",
    "source_names",
    "subtree",
    "top_level",
    "unzip",
]

CHECKPOINTS = ".ipynb_checkpoints"
RUN_FILE = "reports.jsonl"  # what makes a folder the output of a grading run
SUBMITTED = "submitted"  # where nbgrader keeps what was handed in
_MOST_FILES = 500_000  # of a whole class; behind them everybody still has a few
_FEW_FILES = 1_000
_MOST_LEVELS = 100  # of folders in each other
_READ = SOURCES | ARCHIVES
_DEEPEST = 12  # folders around a class are looked through up to there


@dataclass(frozen=True, slots=True)
class Tree:
    """The entries of a folder or archive.

    ``label`` is the folder or archive as the user named it. ``repositories`` are the sub-folders that hold a
    ``.git`` folder, ``folders`` all that somebody made, also where nothing in them is read. ``packed`` tells an archive.
    """

    label: str
    entries: tuple[Entry, ...]
    repositories: frozenset[PurePosixPath] = frozenset()
    messages: tuple[str, ...] = ()
    folders: frozenset[PurePosixPath] = frozenset()
    packed: bool = False


def read_folder(folder: Path, label: str, own_output: Path | None = None) -> Tree:
    """The files of a folder and everything below it; links are not followed, tools' folders passed over.

    Nobody's folder keeps another one's from being read: what a single one may hold is bounded, how deep it may be as well,
    and what cannot be read in it is a problem of its own.

    Parameters
    ----------
    folder, label
        Where it lies, and how the user named it.
    own_output
        The folder that this very run writes to, which may lie below.
    """
    entries: list[Entry] = []
    repositories: set[PurePosixPath] = set()
    inner: set[PurePosixPath] = set()
    room = _Room(label)

    def failed(error: OSError) -> None:
        room.say(_inside(folder, error.filename), f"the folder cannot be read ({error.strerror})")

    for here, folders, names in os.walk(folder, onerror=failed):
        inside = _inside(folder, here)
        if ".git" in folders or (".git" in names and inside.parts):  # a file of that name may be anybody's in a class
            repositories.add(inside)
        if not folders and not names:
            room.say(inside, "the folder is empty")
        folders.sort()
        names.sort()
        if full := room.take(inside, folders, names):
            entries.append(full)
        for name in tuple(folders):
            place = Path(here) / name
            problem, is_work = _of_folder(place, own_output, len(inside.parts))
            if problem:
                room.say(inside / name, problem)
                entries += [Entry(inside / name / RUN_FILE, "", problem=problem)] if is_work else []
            if problem or not is_work:
                folders.remove(name)
            else:
                inner.add(inside / name)
        room.look_around(inside, folders, names)
        entries += [_entry(inside / name, Path(here) / name) for name in names if not _hidden(inside / name)]
    return Tree(label, tuple(entries), frozenset(repositories), room.messages, frozenset(inner))


def _inside(folder: Path, place: str) -> PurePosixPath:
    return PurePosixPath(Path(place).relative_to(folder).as_posix())


class _Room:
    """How much is read of the folder of each student, and what is said of it.

    A student's is each folder of the class. The class may lie in folders that hold nothing else, or be the submissions of
    an nbgrader course.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._around: tuple[str, ...] = ()
        self._taken: Counter[tuple[str, ...]] = Counter()
        self._total = 0
        self._full: set[tuple[str, ...]] = set()
        self._said: dict[tuple[str, ...], list[str]] = {}

    def _owner(self, place: PurePosixPath) -> tuple[str, ...]:
        wraps = place.parts[: len(self._around)] == self._around
        return place.parts[: 1 + (len(self._around) if wraps else 0)]

    def look_around(self, place: PurePosixPath, folders: Sequence[str], names: Sequence[str]) -> None:
        """Notice a folder that only holds the one in which the students are."""
        within = [*folders] if len(folders) == 1 and not source_names(names) else [n for n in folders if n == SUBMITTED]
        if within and place.parts == self._around and len(self._around) < _DEEPEST:
            self._around = (*self._around, *within)

    def take(self, place: PurePosixPath, folders: list[str], names: list[str]) -> Entry | None:
        """Leave in these lists what there is room for; the problem of whose folder is full, told once."""
        owner = self._owner(place)
        most = STUDENT.listed if self._total < _MOST_FILES else _FEW_FILES
        if len(owner) <= len(self._around) and place.parts == self._around:
            most = _MOST_FILES  # what lies loose in the class is of many
        left = max(0, most - self._taken[owner])
        is_full = len(names) + len(folders) > left
        del names[left:], folders[max(0, left - len(names)) :]
        self._taken[owner] += len(names) + len(folders)
        self._total += len(names) + len(folders)
        if not is_full or owner in self._full:
            return None
        self._full.add(owner)
        problem = f"the folder has more than {most} files; the others were not read"
        self.say(PurePosixPath(*owner), problem)
        return Entry(PurePosixPath(*owner, RUN_FILE), "", problem=problem) if owner else None

    def say(self, place: PurePosixPath, text: str) -> None:
        """Something about a folder."""
        self._said.setdefault(self._owner(place), []).append(f"{labelled(self._label, place)}: {text}")

    @property
    def messages(self) -> tuple[str, ...]:
        """What was said, of each student at most a few sentences."""
        return tuple(text for texts in self._said.values() for text in some(texts))


def unzip(archive: Path, label: str, unpack_to: Path, *, download: bool, inner: bool = False) -> Tree:
    """The files of a zip or tar, unpacked below `unpack_to`.

    A class's download also keeps metadata and archives, a student's one keeps the archives that lie in it, and one
    inside that (``inner``) none.

    Raises
    ------
    SubmissionError
        See :func:`grader.intake.archive.unpack`.
    """
    try:
        # Where the same run unpacks it again, it takes no more room, and reports lead to the same files.
        into = unpack_to / f"zip-{hashlib.sha256(os.fsencode(archive.absolute())).hexdigest()[:16]}"
        if into.exists():
            shutil.rmtree(into)
        into.mkdir(parents=True)
    except OSError as error:
        raise SubmissionError(f"the zip cannot be unpacked to {unpack_to}: {error.strerror}") from error
    if download:
        return _zip_tree(label, unpack(archive, into, limits=DOWNLOAD, keep=_READ | TEXTS | METADATA))
    return _zip_tree(label, unpack(archive, into, limits=STUDENT, keep=SOURCES | TEXTS if inner else _READ | TEXTS))


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
    inner = frozenset(PurePosixPath(*f.parts[1:]) for f in tree.folders if f.parts[:1] == (folder,) and len(f.parts) > 1)
    return replace(
        tree, label=labelled(tree.label, folder), entries=tuple(entries), repositories=repositories, folders=inner
    )


def top_level(tree: Tree) -> tuple[dict[str, list[Entry]], dict[str, Entry]]:
    """What lies in each top-level folder, and the top-level files, each sorted by name."""
    tops = sorted(folder.name for folder in tree.folders if len(folder.parts) == 1)
    folders: dict[str, list[Entry]] = {name: [] for name in tops if name != CHECKPOINTS}
    files: dict[str, Entry] = {}
    for entry in sorted(tree.entries, key=lambda entry: entry.path.parts[0]):
        if len(entry.path.parts) == 1:
            files[entry.path.name] = entry
        elif entry.path.parts[0] != CHECKPOINTS:
            folders.setdefault(entry.path.parts[0], []).append(entry)
    return folders, files


def source_names(paths: Iterable[PurePosixPath | str]) -> list[str]:
    """The names among some that a file has which may be graded, or an archive which may hold one."""
    return [str(path) for path in paths if suffix_of(PurePosixPath(path).name) in _READ]


def is_source(entry: Entry) -> bool:
    """True for a file that is there and may be graded or imported."""
    return entry.file is not None and suffix_of(entry.file.name) in SOURCES


_CODE = re.compile(
    rb"(?m)^(?:(?:def|class)[ \t]\w{1,200}[ \t]?[(:]|import[ \t]numpy\b|from[ \t][\w.]{1,200}[ \t]import[ \t])"
    rb'|^[ \t\r]{0,20}\{\s{0,40}(?:"nbformat(?:_minor)?"\s{0,9}:\s{0,9}\d{1,3}\s{0,9},\s{0,40}){0,2}"(?:cells|worksheets)"'
    rb"|hl-ipython|input_area|jp-InputArea"
)


def holds_code(entry: Entry) -> bool:
    """True for a text without a suffix of its own that holds code: a notebook, its export as a page, or Python."""
    if entry.file is None or suffix_of(entry.file.name) not in TEXTS:
        return False
    try:
        return bool(_CODE.search(read_bytes(entry.file)))
    except SubmissionError:
        return False


_ASSIGNED = re.compile(r"[\w, \t\"'\])]{0,200}+(?::[^=\n]{0,80}+)?=(?!=)")
_MOST_MENTIONS = 10_000


def binds(entry: Entry, graded: frozenset[str]) -> bool:
    """Whether a source gives a value to one of the graded names: by ``def``, ``class`` or an assignment.

    A search in the text, for files whose owner is not certain: a name too many does no harm, and where names are
    mentioned too often to look at each place, one counts as bound.
    """
    if not graded:
        return False
    text, names = _text_of(entry), "|".join(map(re.escape, sorted(graded)))
    if re.search(rf"\b(?:def|class|as)[ \t]{{1,20}}(?:{names})\b", text):
        return True
    mentions = enumerate(re.finditer(rf"\b(?:{names})\b", text))
    return any(number >= _MOST_MENTIONS or _ASSIGNED.match(text, found.end()) for number, found in mentions)


def names_in(entry: Entry) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the functions that a source defines and of the modules that it imports.

    A search in the text, cheap and the same for modules and notebooks (whose code is text inside JSON);
    it only decides between files, nothing is graded by it, and a name too many does no harm.
    """
    text = _text_of(entry)
    statements = re.findall(r"\b(?:from|import)[ \t]+([\w ,]+)", text)
    imported = {words[0] for names in statements for piece in names.split(",") if (words := piece.split())}
    return frozenset(re.findall(r"\bdef[ \t]+(\w+)[ \t]*\(", text)), frozenset(imported)


def _text_of(entry: Entry) -> str:
    if entry.file is not None and (is_source(entry) or suffix_of(entry.file.name) in TEXTS):
        with contextlib.suppress(SubmissionError):
            return read_bytes(entry.file).decode("utf-8", "replace")
    return ""


def printable(name: str) -> str:
    """A file name that can be encoded: bytes that are not UTF-8 are written out, so that two names stay two."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def a_few(names: Sequence[str], most: int = 8) -> str:
    """The first names of many, short enough for a message.

    >>> a_few(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    # A name in a zip can have 65,535 characters.
    return ", ".join(printable(name if len(name) <= 150 else f"{name[:149]}…") for name in names[:most]) + rest


def some(sentences: Sequence[str], most: int = 10) -> list[str]:
    """The first of many sentences, and how many there are besides.

    >>> some(["a: is a link", "b: is a link", "c: is a link"], most=2)
    ['a: is a link', 'b: is a link', 'and 1 more of this kind']
    """
    rest = [f"and {len(sentences) - most} more of this kind"] if len(sentences) > most else []
    return [*sentences[:most], *rest]


def labelled(label: str, path: PurePosixPath | str) -> str:
    """A path in a tree as the user would name it."""
    return str(PurePosixPath(label) / printable(str(path)))


def _zip_tree(label: str, entries: Sequence[Entry]) -> Tree:
    repositories = frozenset(entry.path.parent.parent for entry in entries if entry.path.parent.name == ".git")
    outside = sorted(str(entry.path) for entry in entries if entry.problem == OUTSIDE)
    inside = [entry for entry in entries if entry.problem != OUTSIDE and not _hidden(entry.path)]
    messages = tuple(some([f"{label}: {a_few([path])} {OUTSIDE}" for path in outside]))
    hidden = [entry.path.parts for entry in entries if _hidden(entry.path)]
    around = {PurePosixPath(*parts[:depth]) for parts in hidden for depth in range(1, min(len(parts), _DEEPEST))}
    folders = frozenset(folder for folder in around if not _hidden(folder / "x"))
    return Tree(label, tuple(sorted(inside, key=lambda entry: entry.path)), repositories, messages, folders, packed=True)


def _hidden(path: PurePosixPath) -> bool:
    """True for what tools keep beside the work (.git, .DS_Store, ._copy); a hidden source is a source."""
    if any(part.startswith(".") and part != CHECKPOINTS for part in path.parent.parts):
        return True
    return path.name.startswith("._") or (path.name.startswith(".") and path.suffix.lower() not in SOURCES)


def _of_folder(folder: Path, own_output: Path | None, above: int) -> tuple[str, bool]:
    """Why a folder is not read, which is nothing for those of tools, and whether it may be somebody's work.

    At the top, where each folder may be a student's, no file in it makes it a tool's. ``above`` are the folders around it.
    """
    if above >= _MOST_LEVELS:
        return f"the folder lies in {above} others and was not read", True
    hidden = folder.name.startswith(".") and folder.name != CHECKPOINTS
    try:
        if folder.is_symlink():
            return "the folder is a link and was not followed", True
        if hidden or folder.name in JUNK or (above and (folder / "pyvenv.cfg").is_file()):
            return "", False
        if own_output is not None and folder.samefile(own_output):
            return "the folder holds the output of this grading run and was not read", False
        return ("the folder holds the output of a grading run and was not read" if _holds_a_run(folder) else ""), True
    except OSError as error:  # nobody may enter it, or its path is too long
        return f"the folder cannot be read ({error.strerror})", True


def _holds_a_run(folder: Path) -> bool:
    """True for the output of a grading run: reports, and no source beside them.

    Whoever hands in a file of that name is graded all the same, by the sources that lie beside it.
    """
    if not (folder / RUN_FILE).is_file():
        return False
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    return not source_names(names) and set(names) <= {RUN_FILE, "unpacked", "verdicts", "site"}


def _entry(path: PurePosixPath, file: Path) -> Entry:
    try:
        problem = "is a link, not a file" if file.is_symlink() else ""
        problem = problem or ("" if file.is_file() else "is a device or a pipe, not a file")
    except OSError as error:  # its path is too long
        problem = f"cannot be read ({error.strerror})"
    if problem:
        return Entry(path, path.name, problem=problem)
    return Entry(path, path.name, file if suffix_of(path.name) in _READ | METADATA | TEXTS else None)
