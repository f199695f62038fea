"""From what a platform lets an instructor download to the files of each student.

All files of a student are one program (:mod:`grader.submission.reading` takes each function from the file that has
it), but for copies in ``.ipynb_checkpoints`` and for earlier uploads of a file (``hw.ipynb`` beside ``hw-2.ipynb`` or
``hw (2).ipynb``). Whatever cannot be read becomes a hand-in with a problem, and whatever is passed over has a message:
a file is never lost silently, and no file stops a batch.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from grader import sentences
from grader.errors import SubmissionError
from grader.intake.archive import ARCHIVES, DOCUMENTS, STUDENT, TEXTS, Entry, packed_as, suffix_of
from grader.intake.layouts import HandIn, StudentFiles, by_student, is_class, is_platform, one_student, stem_of
from grader.intake.roster import Person, Roster, find, goes_by
from grader.intake.tree import (
    CHECKPOINTS,
    RUN_FILE,
    Tree,
    a_few,
    holds_code,
    is_source,
    labelled,
    list_zip,
    names_in,
    printable,
    read_folder,
    some,
    source_names,
    top_level,
    unzip,
)
from grader.submission.cells import is_link
from grader.submission.files import read_bytes

__all__ = ["Collected", "HandIn", "collect", "collect_one", "fingerprint", "link_in"]

_BLOCK = 4096
_MOST_ARCHIVES = 30  # of one student, beside each other


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
    trees, alone, hand_ins, messages = _trees(paths, unpack_to)
    for tree in alone:
        hand_ins.append(_hand_in(_identified(one_student(tree), roster), unpack_to))
        messages += tree.messages
    for tree in trees:
        students, tree_messages = by_student(tree, graded_names)
        messages += tree_messages
        hand_ins += [_hand_in(_identified(files, roster), unpack_to) for files in students]
        if not students:
            hand_ins.append(HandIn(tree.label, problem="there is no .py, .ipynb or .zip file here"))
    if roster is not None:
        messages += roster.messages
    # A repeated file is one and the same person's: two paths may lead to it.
    hand_ins = sorted({(h.path, h.student): h for h in hand_ins}.values(), key=lambda h: (h.path, h.student))
    counts = Counter(h.student for h in hand_ins if h.student)
    names = {h.student: f"{h.name} ({h.student})" for h in hand_ins if h.name not in ("", h.student)}
    several = [names.get(who, who) for who, count in sorted(counts.items()) if count > 1]
    messages += [f"{who} has several submissions; all are graded" for who in several]
    missing = [person for person in (roster.people if roster else ()) if person.id not in counts]
    return Collected(tuple(hand_ins), tuple(missing), tuple(dict.fromkeys(messages)))


def collect_one(
    paths: Sequence[Path], *, unpack_to: Path, provided: Collection[str] = (), own_folder: bool = False
) -> HandIn:
    """The program of one student: a file, several files, or a folder, however it is laid out.

    What is named is the student's, and nothing else: what lies beside a file may be a fellow student's. Where there is
    nothing to grade, the hand-in has a problem.

    Parameters
    ----------
    paths, unpack_to
        See :func:`collect`.
    provided
        Modules that everybody may import, of which nothing needs to be said.
    own_folder
        Whether the folder of a file that is named alone is the student's, as in a repository: then it may import the
        modules beside it.
    """
    label = printable(str(paths[0])) if len(paths) == 1 else printable(", ".join(path.name for path in paths))
    common = _common(paths)
    problem = next(filter(None, (link_in(path, common) for path in paths)), "") or _several_students(paths)
    if problem:
        return HandIn(label, problem=problem)
    if len(paths) == 1 and paths[0].is_dir():
        return _hand_in(StudentFiles(HandIn(label), label, read_folder(paths[0], label).entries), unpack_to)
    if len(paths) == 1 and not packed_as(paths[0]) and suffix_of(paths[0].name) not in ARCHIVES:
        name = printable(paths[0].name)
        beside = _beside(paths[0])
        unnamed = [file for file in beside if file[:-3] not in provided] if not own_folder else []
        note = f"{a_few(unnamed)} lies beside it and was not named: name it, too, or the whole folder, if it is yours"
        files = {name: str(paths[0]), **(beside if own_folder else {})}
        return HandIn(label, files, frozenset({name}), note=note if unnamed else "")
    entries = tuple(map(_entry, paths))
    return _hand_in(StudentFiles(HandIn(label), label, entries), unpack_to)


def _several_students(paths: Sequence[Path]) -> str:
    """Why paths are not the files of one student; empty where they may be."""
    folders = [printable(str(path)) for path in paths if path.is_dir()] if len(paths) > 1 else []
    if not folders:
        return ""
    what = f"{a_few(folders)} {'is a folder' if len(folders) == 1 else 'are folders'}"
    return f"{what}, and a folder is all files of one student: name it alone ('grader grade' takes several students)"


def _beside(file: Path) -> dict[str, str]:
    """The modules beside a file that it imports."""
    imported = names_in(_entry(file))[1]
    others = [path for path in sorted(file.parent.glob("*.py")) if path != file and path.stem in imported]
    return {path.name: str(path) for path in others if not path.is_symlink()}


def fingerprint(files: Mapping[str, str]) -> str:
    """SHA-256 of a student's files, the same for the same bytes under the same names; empty where there is none.

    The name of a single file does not count.
    """
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        try:
            data = read_bytes(Path(path), name)
        except SubmissionError:
            return ""
        label = (name if len(files) > 1 else "").encode("utf-8", "surrogateescape")
        digest.update(f"{len(label)}:{len(data)}:".encode() + label)  # sizes first: no name can stand for a file
        digest.update(data)
    return digest.hexdigest() if files else ""


# ---- what was named on the command line ---------------------------------------------------------------


def _trees(paths: Sequence[Path], unpack_to: Path) -> tuple[list[Tree], list[Tree], list[HandIn], list[str]]:
    """Folders and zips of classes as trees of their own, single files by the folder that they lie in; students' folders.

    What lies in a folder is up to whoever made it. Were each judged by itself, a student could hand in one that looks
    like a class or a platform's download, and name fellow students in it. So what is named together is either all
    classes, or of one student each, called like the folder.
    """
    folders: list[Tree] = []
    problems: list[HandIn] = []
    messages: list[str] = []
    files: list[Path] = []
    named: set[Path] = set()
    own_output = unpack_to.parent if (unpack_to.parent / RUN_FILE).is_file() else None
    common = _common(paths)
    for path in sorted(set(paths)):
        label = printable(str(path))
        linked = link_in(path, common)
        where = path.absolute() if linked else path.resolve()
        if where in named:
            messages.append(f"{label}: this file or folder is named twice and was read once")
        elif linked:
            problems.append(HandIn(label, student=printable(stem_of(path.name)), problem=linked))
        elif path.is_dir():
            folders.append(read_folder(path, label, own_output))
        elif not path.is_file():
            problems.append(HandIn(label, problem="there is no such file or folder"))
        elif not (source_names([path.name]) or holds_code(_entry(path))):
            problem = _only_a_link([_entry(path)]) or "expected a .py, .ipynb or .zip file or a folder"
            problems.append(HandIn(label, problem=problem))
        else:
            files.append(path)
        named.add(where)
    classes, class_messages = _class_zips(files, unpack_to, alone=len(named) == 1)
    loose: dict[str, list[Entry]] = {}
    for path in files:
        if path not in classes:
            loose.setdefault(printable(str(path.parent)), []).append(_entry(path))
    trees = [*classes.values(), *(Tree(label, tuple(entries)) for label, entries in sorted(loose.items()))]
    if len(named) == 1 or (all(map(is_class, folders)) and len(classes) == len(files)):
        return [*folders, *trees], [], problems, [*messages, *class_messages]
    messages += [
        f"{tree.label}: the folder was read as one student's, like what is named with it; name it alone if it is a class"
        for tree in folders
        if _holds_a_class(tree)
    ]
    return trees, folders, problems, [*messages, *class_messages]


def _entry(path: Path) -> Entry:
    return Entry(PurePosixPath(path.name), path.name, path)


def _common(paths: Sequence[Path]) -> Path:
    """The folder that what is named has in common: links above it are the user's own."""
    return Path(os.path.commonpath([path.absolute().parent for path in paths]))


def link_in(path: Path, common: Path) -> str:
    """Why a path is not read that is a link or, below a folder, leads through one; empty where it does not."""
    whole = path.absolute()
    below = [place for place in (whole, *whole.parents) if common in place.parents]
    linked = next((place for place in reversed(below) if place.is_symlink()), None)
    if linked is None:
        return ""
    what = "it is a link" if linked == whole else f"{printable(linked.name)} in it is a link"
    return f"{what}, and links are not followed; name the file or folder that it leads to"


def _class_zips(files: Sequence[Path], unpack_to: Path, *, alone: bool) -> tuple[dict[Path, Tree], list[str]]:
    """The contents of zips that hold a class; each other one is a single student's.

    What a zip holds is up to whoever made it. Were each judged by itself, a student could hand in one
    that looks like a platform's download and name fellow students in it. So files named together are
    either all downloads or all submissions.
    """
    listed: dict[Path, Tree] = {}
    for path in files:
        if suffix_of(path.name) in ARCHIVES:
            with contextlib.suppress(SubmissionError):
                listed[path] = list_zip(path, printable(str(path)))
    downloads = [path for path, tree in listed.items() if is_platform(tree) or (alone and _holds_a_class(tree))]
    if alone and not downloads:
        return {}, [message for tree in listed.values() if (message := _perhaps_a_class(tree))]
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


def _perhaps_a_class(tree: Tree) -> str:
    """What is said of a zip that was read as one student's, and has several folders beside a file: both are usual."""
    folders, files = top_level(tree)
    several = [name for name, entries in folders.items() if source_names(entry.path for entry in entries)]
    if len(several) < 2:
        return ""
    beside = f"because {a_few(source_names(files))} lies beside the folders {a_few(several)}"
    return f"{tree.label}: the zip was read as one student's, {beside}; unpack it and name its folder if it is a class"


def _holds_a_class(tree: Tree) -> bool:
    """True for several students' folders, and for nothing but files, several of which may be graded."""
    folders, files = top_level(tree)
    return is_class(tree) or (not folders and len(source_names(files)) > 1)


# ---- one student's files ------------------------------------------------------------------------------


def _hand_in(student: StudentFiles, unpack_to: Path) -> HandIn:
    """The files that are one program."""
    entries = _all_opened(student.entries, unpack_to)
    refused = some([f"{_place_of(entry)}: {entry.problem}" for entry in entries if entry.problem])
    sources = [entry for entry in entries if is_source(entry)]
    candidates = [entry for entry in sources if not entry.helper] or [entry for entry in entries if holds_code(entry)]
    hand_in = student.hand_in
    if not candidates:
        return replace(hand_in, problem=printable("; ".join(refused) or _nothing_in(entries)))
    copies = [entry for entry in candidates if CHECKPOINTS in entry.path.parts]
    notes = [hand_in.note, *refused]
    if len(copies) == len(candidates):
        notes.append(f"only a copy in {CHECKPOINTS} was found")
    else:
        candidates = [entry for entry in candidates if entry not in copies]
    latest, earlier = _latest(candidates)
    if earlier:
        notes.append(f"{a_few([entry.name for entry in earlier])} was uploaded again later and is not graded")
    helpers = [entry for entry in sources if entry.helper]
    files = {_name_of(entry, student): str(entry.file) for entry in (*latest, *helpers) if entry.file is not None}
    main = frozenset(_name_of(entry, student) for entry in latest)
    path = labelled(student.root, latest[0].path) if len(latest) == 1 else hand_in.path or student.root
    unread = printable(a_few([entry.name for entry in entries if suffix_of(entry.name) in DOCUMENTS]))
    note = printable("; ".join(text for text in notes if text))
    return replace(hand_in, path=path, files=files, main=main, note=note, unread=unread)


def _place_of(entry: Entry) -> str:
    """Which file has a problem, or which folder; a name in a tar can be long."""
    return a_few([str(entry.path if entry.name else entry.path.parent)])


def _nothing_in(entries: Sequence[Entry]) -> str:
    """Why files hold nothing to grade."""
    names = a_few([entry.name for entry in entries if entry.name])
    archive = any(suffix_of(entry.name) in (".rar", ".7z") for entry in entries)
    return _only_a_link(entries) or sentences.no_code(names, archive=archive)


def _only_a_link(entries: Sequence[Entry]) -> str:
    """What is said of a bookmark among files that hold no code; empty where there is none."""
    for entry in entries:
        if entry.file is not None and suffix_of(entry.file.name) in TEXTS and entry.file.stat().st_size < _BLOCK:
            with contextlib.suppress(SubmissionError):
                if is_link(read_bytes(entry.file)):
                    return f"{entry.name}: {sentences.READ_LINK}"
    return ""


def _name_of(entry: Entry, student: StudentFiles) -> str:
    """A file's name below the student's folder; a module that was uploaded again is imported by its first name."""
    stem, number = _resubmission(entry)
    is_module = number and entry.path.suffix == ".py" and stem.isidentifier()  # no other one can be imported
    plain = entry.path.with_name(f"{stem}{entry.path.suffix}") if is_module else entry.path
    whole, folder = labelled(student.root, plain), f"{student.hand_in.path}/"
    return whole.removeprefix(folder) if whole.startswith(folder) else printable(str(plain))


def _latest(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Of the uploads of one file the latest, and the earlier ones."""
    groups: dict[tuple[PurePosixPath, str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.path.parent, _resubmission(entry)[0], entry.path.suffix), []).append(entry)
    ordered = [sorted(group, key=lambda entry: _resubmission(entry)[1]) for group in groups.values()]
    latest = sorted((group[-1] for group in ordered), key=lambda entry: str(entry.path))
    return latest, [entry for group in ordered for entry in group[:-1]]


def _all_opened(entries: Sequence[Entry], unpack_to: Path) -> list[Entry]:
    """All files of a student; how many archives there are beside each other is bounded, and what they unpack to together."""
    found: list[Entry] = []
    unpacked = archives = 0
    for entry in entries:
        archives += (packed := _is_archive(entry))
        if packed and (unpacked > STUDENT.total_bytes or archives > _MOST_ARCHIVES):
            why = f"the others unpack to more than {STUDENT.total_bytes >> 20} MiB already"
            why = why if archives <= _MOST_ARCHIVES else f"it is one of more than {_MOST_ARCHIVES} archives"
            found.append(replace(entry, file=None, problem=f"was not opened: {why}"))
            continue
        inner = _opened(entry, unpack_to)
        found += inner
        # An empty file takes room on a disk, too.
        unpacked += sum(_BLOCK + held.file.stat().st_size for held in inner if held is not entry and held.file is not None)
    return found


def _is_archive(entry: Entry) -> bool:
    return entry.file is not None and (suffix_of(entry.file.name) in ARCHIVES or bool(packed_as(entry.file)))


def _opened(entry: Entry, unpack_to: Path, *, inner: bool = False) -> list[Entry]:
    """The entry, or what is in it when it is a zip or tar, and in the one that may lie in that."""
    if entry.file is None or not _is_archive(entry):
        return [entry]
    try:
        tree = unzip(entry.file, str(entry.path), unpack_to, download=False, inner=inner)
    except SubmissionError as error:
        return [replace(entry, file=None, problem=str(error))]
    refused = [replace(entry, file=None, problem=message.removeprefix(f"{tree.label}: ")) for message in tree.messages]
    found = [replace(held, path=entry.path / held.path) for held in tree.entries]
    archives = [held for held in found if held.file is not None and suffix_of(held.file.name) in ARCHIVES]
    for held in archives:
        at = found.index(held)
        if len(archives) > 1:  # each could unpack to as much as the one around it
            found[at] = replace(held, file=None, problem="is one of several archives inside a zip and was not opened")
        else:
            found[at : at + 1] = _opened(held, unpack_to, inner=True)
    return [*refused, *found]


def _resubmission(entry: Entry) -> tuple[str, int]:
    """A file's stem without the number that platforms and browsers add, and that number (0 for none)."""
    stem = stem_of(entry.name)
    match = re.fullmatch(r"(.+?)(?:-(\d{1,4})| ?\((\d{1,4})\))", stem)
    return (match[1], int(match[2] or match[3])) if match else (stem, 0)


# ---- who it is ----------------------------------------------------------------------------------------


def _identified(files: StudentFiles, roster: Roster | None) -> StudentFiles:
    """The files under their student's identifier on the roster."""
    if roster is None:
        return files
    who = files.hand_in
    index = find(roster, [who.student, who.email, *files.keys], [who.name or who.student])
    if isinstance(index, str):
        about = "; ".join(filter(None, [who.about, f"not identified by the roster: {index}"]))
        # A number that says another one than the name is nobody's, nor is a user's name that is a fellow student's number.
        people = goes_by(roster, who.student)
        if len(people) == 1 or (people and files.chosen):
            who = replace(who, student=f"{who.student} (not identified)", name="", email="")
        return replace(files, hand_in=replace(who, about=about))
    person = roster.people[index]
    name, email = person.name or who.name, person.email or who.email
    submitted = who.submitted or person.submitted
    return replace(files, hand_in=replace(who, student=person.id, name=name, email=email, submitted=submitted))
