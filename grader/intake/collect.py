"""From what a platform lets an instructor download to one graded file per student.

Of several files, the one is graded that

1. is not a copy in ``.ipynb_checkpoints``,
2. defines most of the graded functions,
3. has the highest resubmission number (``hw-2.ipynb``, ``hw (2).ipynb``),
4. comes first in the alphabet.

The ``.py`` files beside it can be imported by it. Whatever cannot be read becomes a hand-in with a
problem, and whatever is passed over has a message: a file is never lost silently, and no file stops a batch.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import Entry
from grader.intake.layouts import HandIn, StudentFiles, by_student, is_class, is_platform
from grader.intake.roster import Person, Roster, find
from grader.intake.tree import (
    CHECKPOINTS,
    Tree,
    a_few,
    is_source,
    labelled,
    list_zip,
    names_in,
    printable,
    read_folder,
    source_names,
    top_level,
    unzip,
)

__all__ = ["Collected", "HandIn", "collect", "collect_one", "fingerprint", "neighbours"]


@dataclass(frozen=True, slots=True)
class Collected:
    """All hand-ins, sorted by path and student; who on the roster handed in nothing; what else to know."""

    hand_ins: tuple[HandIn, ...]
    missing: tuple[Person, ...]
    messages: tuple[str, ...]


def collect(
    paths: Sequence[Path], *, roster: Roster | None = None, graded_names: frozenset[str] = frozenset(), unpack_to: Path
) -> Collected:
    """Find the submissions in files, folders, zips and platforms' downloads.

    Parameters
    ----------
    paths : sequence of Path
        What the user named, in any order.
    roster : Roster, optional
        From :func:`grader.intake.roster.read_roster`: gives students their identifiers.
    graded_names : frozenset of str
        The assignment's graded functions, to choose between files.
    unpack_to : Path
        A folder for the contents of zips, which must live as long as the hand-ins are used.

    Returns
    -------
    Collected
        The same for the same files, whatever the order of `paths`.
    """
    trees, hand_ins, messages = _trees(paths, unpack_to)
    for tree in trees:
        students, tree_messages = by_student(tree, graded_names)
        messages += tree_messages
        hand_ins += [_hand_in(_identified(files, roster), graded_names, unpack_to) for files in students]
        if not students:
            hand_ins.append(HandIn(tree.label, problem="there is no .py, .ipynb or .zip file here"))
    if roster is not None:
        messages += roster.messages
        messages += [f"{h.path}: {h.note}" for h in hand_ins if "not identified" in h.note]
    # A repeated file is one and the same person's: two paths may lead to it.
    hand_ins = sorted({(h.path, h.student): h for h in hand_ins}.values(), key=lambda h: (h.path, h.student))
    counts = Counter(h.student for h in hand_ins if h.student)
    messages += [f"{who} has several submissions; all are graded" for who, count in sorted(counts.items()) if count > 1]
    missing = [person for person in (roster.people if roster else ()) if person.id not in counts]
    return Collected(tuple(hand_ins), tuple(missing), tuple(dict.fromkeys(messages)))


def collect_one(folder: Path, *, graded_names: frozenset[str] = frozenset(), unpack_to: Path) -> HandIn:
    """The file to grade in a folder that holds what one student handed in, however it is laid out.

    The parameters are those of :func:`collect`. Where there is nothing to grade, the hand-in has a problem.
    """
    label = printable(str(folder))
    return _hand_in(StudentFiles(HandIn(label), label, read_folder(folder, label).entries), graded_names, unpack_to)


def neighbours(file: Path) -> dict[str, Path]:
    """The modules beside a file that it names at all: a folder may hold a hundred other things."""
    try:
        text = file.read_bytes()
    except OSError:
        return {}
    beside = (p for p in sorted(file.parent.glob("*.py")) if p != file and p.stem.isidentifier())
    return {p.stem: p for p in beside if p.stem.encode() in text}


def fingerprint(file: Path | None, modules: Mapping[str, Path]) -> str:
    """SHA-256 of a file and its modules, the same for the same bytes under any name; empty where there is none."""
    if file is None:
        return ""
    digest = hashlib.sha256()
    for label, path in (("", file), *sorted(modules.items())):
        try:
            data = path.read_bytes()
        except OSError:
            return ""
        digest.update(f"{label}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


# ---- what was named on the command line ---------------------------------------------------------------


def _trees(paths: Sequence[Path], unpack_to: Path) -> tuple[list[Tree], list[HandIn], list[str]]:
    """Folders and classes' zips as trees of their own, single files by the folder that they lie in."""
    trees: list[Tree] = []
    problems: list[HandIn] = []
    messages: list[str] = []
    files: list[Path] = []
    named: set[Path] = set()
    for path in sorted(set(paths)):
        label = printable(str(path))
        if path.resolve() in named:
            messages.append(f"{label}: this file or folder is named twice and was read once")
        elif path.is_dir():
            trees.append(read_folder(path, label))
        elif not path.is_file():
            problems.append(HandIn(label, problem="there is no such file or folder"))
        elif not source_names([path.name]):
            problems.append(HandIn(label, problem="expected a .py, .ipynb or .zip file or a folder"))
        else:
            files.append(path)
        named.add(path.resolve())
    classes, class_messages = _class_zips(files, unpack_to, alone=len(named) == 1)
    loose: dict[str, list[Entry]] = {}
    for path in files:
        if path not in classes:
            loose.setdefault(printable(str(path.parent)), []).append(Entry(PurePosixPath(path.name), path.name, path))
    trees += [*classes.values(), *(Tree(label, tuple(entries)) for label, entries in sorted(loose.items()))]
    return trees, problems, [*messages, *class_messages]


def _class_zips(files: Sequence[Path], unpack_to: Path, *, alone: bool) -> tuple[dict[Path, Tree], list[str]]:
    """The contents of zips that hold a class; each other one is a single student's.

    What a zip holds is up to whoever made it. Were each judged by itself, a student could hand in one
    that looks like a platform's download and name fellow students in it. So files named together are
    either all downloads or all submissions.
    """
    listed: dict[Path, Tree] = {}
    for path in files:
        if path.suffix.lower() == ".zip":
            with contextlib.suppress(SubmissionError):
                listed[path] = list_zip(path, printable(str(path)))
    downloads = [path for path, tree in listed.items() if is_platform(tree) or (alone and _holds_a_class(tree))]
    if len(downloads) < len(files):
        return {}, [
            f"{listed[path].label}: the zip looks like a platform's download, but was read as one student's, "
            "like the files named with it; name it alone if it is one"
            for path in downloads
        ]
    trees = {}
    for path in downloads:
        # A zip that fails here is read again as a student's, where the error becomes the hand-in's problem.
        with contextlib.suppress(SubmissionError):
            trees[path] = unzip(path, listed[path].label, unpack_to, download=True)
    return trees, [
        f"{tree.label}: the zip was read as a whole class, not as one student's" for tree in trees.values() if alone
    ]


def _holds_a_class(tree: Tree) -> bool:
    """True for several students' folders, and for nothing but files, several of which may be graded."""
    folders, files = top_level(tree)
    return is_class(tree) or (not folders and len(source_names(files)) > 1)


# ---- one student's files ------------------------------------------------------------------------------


def _hand_in(student: StudentFiles, graded: frozenset[str], unpack_to: Path) -> HandIn:
    """Choose the file that is graded."""
    entries = [inner for entry in student.entries for inner in _opened(entry, unpack_to)]
    refused = [f"{entry.path}: {entry.problem}" for entry in entries if entry.problem]
    candidates = [entry for entry in entries if is_source(entry) and not entry.helper]
    hand_in = student.hand_in
    if not candidates:
        names = a_few([entry.name for entry in entries])
        problem = "; ".join(refused) or f"the submission holds no .py or .ipynb file{names and f', only {names}'}"
        return replace(hand_in, problem=printable(problem))
    # Where there is no choice, nothing is read: a class may hold gigabytes of notebooks.
    counts = {e: len(names_in(e)[0] & graded) if len(candidates) > 1 else 0 for e in candidates}
    chosen, *others = sorted(candidates, key=lambda entry: _rank(entry, counts[entry]))
    modules = _modules(chosen, entries)
    # A helper that is imported was not passed over; one that could have been graded was, all the same.
    passed_over = [entry for entry in others if counts[entry] or entry.file not in modules.values()]
    notes = [hand_in.note, _choice(chosen, passed_over, counts[chosen], len(graded)), *refused]
    note = printable("; ".join(text for text in notes if text))
    path = labelled(student.root, chosen.path)
    return replace(hand_in, path=path, file=chosen.file, modules=modules, note=note)


def _opened(entry: Entry, unpack_to: Path) -> list[Entry]:
    """The entry, or what is in it when it is a zip; zips inside that are left closed."""
    if entry.file is None or entry.file.suffix.lower() != ".zip":
        return [entry]
    try:
        tree = unzip(entry.file, str(entry.path), unpack_to, download=False)
    except SubmissionError as error:
        return [replace(entry, file=None, problem=str(error))]
    refused = [replace(entry, file=None, problem=message.removeprefix(f"{tree.label}: ")) for message in tree.messages]
    return [*refused, *(replace(inner, path=entry.path / inner.path) for inner in tree.entries)]


def _rank(entry: Entry, defined: int) -> tuple[bool, int, int, str]:
    return CHECKPOINTS in entry.path.parts, -defined, -_resubmission(entry)[1], str(entry.path)


def _resubmission(entry: Entry) -> tuple[str, int]:
    """A file's stem without the number that platforms and browsers add, and that number (0 for none)."""
    stem = PurePosixPath(entry.name).stem
    match = re.fullmatch(r"(.+?)(?:-(\d{1,4})| ?\((\d{1,4})\))", stem)
    return (match[1], int(match[2] or match[3])) if match else (stem, 0)


def _modules(chosen: Entry, entries: Sequence[Entry]) -> dict[str, Path]:
    """What the graded file can import: the ``.py`` files beside it, the latest resubmission of each."""
    beside = [entry for entry in entries if entry.path.parent == chosen.path.parent and entry != chosen]
    modules = {}
    for entry in sorted(beside, key=lambda entry: (_resubmission(entry)[1], str(entry.path))):
        name = _resubmission(entry)[0]
        if entry.file is not None and entry.file.suffix.lower() == ".py" and name.isidentifier():
            modules[name] = entry.file
    return dict(sorted(modules.items()))


def _choice(chosen: Entry, passed_over: Sequence[Entry], defined: int, graded: int) -> str:
    """Which file was taken and which ones were not, for the instructor."""
    if CHECKPOINTS in chosen.path.parts:
        return f"only a copy in {CHECKPOINTS} was found"
    names = [entry.name for entry in passed_over if CHECKPOINTS not in entry.path.parts]
    count = f" (defines {defined} of {graded} functions)" if graded else ""
    return f"{chosen.name} is graded{count}, not {a_few(names)}" if names else ""


# ---- who it is ----------------------------------------------------------------------------------------


def _identified(files: StudentFiles, roster: Roster | None) -> StudentFiles:
    """The files under their student's identifier on the roster."""
    if roster is None:
        return files
    who = files.hand_in
    index = find(roster, [who.student, who.email, *files.keys], [who.name or who.student])
    if isinstance(index, str):
        note = "; ".join(filter(None, [who.note, f"not identified by the roster: {index}"]))
        return replace(files, hand_in=replace(who, note=note))
    person = roster.people[index]
    name, email = person.name or who.name, person.email or who.email
    return replace(files, hand_in=replace(who, student=person.id, name=name, email=email))
