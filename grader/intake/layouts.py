"""Who handed in what: the layouts of Canvas, Moodle, Gradescope, nbgrader and classroom repositories.

:func:`by_student` sorts the entries of a tree by student. Names of platforms are recognised where they are
unmistakable; everything else is a class folder, in which each sub-folder, zip or file is one student's.
``docs/design/gradebook.md`` has the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.errors import SubmissionError
from grader.intake.archive import Entry, suffix_of
from grader.intake.tree import (
    CHECKPOINTS,
    SUBMITTED,
    Tree,
    a_few,
    binds,
    holds_code,
    labelled,
    names_in,
    printable,
    source_names,
    subtree,
    top_level,
)
from grader.intake.yaml_text import read_yaml
from grader.model import Key
from grader.submission.files import read_bytes

__all__ = ["HandIn", "StudentFiles", "by_student", "is_class", "is_platform", "one_student", "stem_of"]

_METADATA = "submission_metadata.yml"
# Every number and word has a bound, so that a search takes as many steps as the name has letters.
_CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?:(?P<late>LATE|late)_)?(?P<user>\d{1,20}|anon_[0-9A-Za-z]{1,40})_(?P<upload>\d{1,20})_(?P<file>.+)",
    re.DOTALL,
)
_CANVAS_TEXT = re.compile(
    r"(?P<name>.+?)_(?:(?P<late>LATE|late)_)?(?P<user>\d{1,20})_(?P<file>(?:text|link)\.html)", re.DOTALL
)
_MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<id>\d{1,20}))?_assignsubmission_(?P<kind>[a-z]{1,20}?)(?:_(?P<file>.*))?", re.DOTALL
)
# A participant may be called like somebody else's folder: in a folder's name the last mark counts.
_MOODLE_FOLDER = re.compile(
    r"(?P<name>.*?)(?:_(?P<id>\d{1,20}))?_assignsubmission_(?P<kind>[a-z]{1,20}?)_?(?P<file>)", re.DOTALL
)
_GRADESCOPE = re.compile(r"submission_\d{1,20}")
_NBGRADER = frozenset({SUBMITTED, "source", "release", "autograded", "feedback", "solution", "downloaded", "exchange"})
_WRAPPER = re.compile(r"assignment_\d{1,20}_export|(?:.{0,200}-)?submissions|submitted", re.DOTALL)
_ABOUT = re.compile(r"readme\b", re.IGNORECASE)  # it may quote the code of the exercise
# How many folders around a class are looked through; a zip can hold thousands, one in another.
_MOST_WRAPPERS = 10
# No file system has longer names; a zip can.
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class HandIn:
    """What is graded for one student.

    Attributes
    ----------
    path : str
        The graded file as a person finds it: the path as given, then the path inside the zip or folder.
    files : mapping of str to str
        Where the student's files lie, by their names below the student's folder; empty when there is nothing to
        grade, and ``problem`` says why. Texts and not paths, which take eight times the memory, for a whole class.
    main : frozenset of str
        Those of them from which functions may be graded; the others can be imported.
    student, name, email : str
        Who: the roster's identifier, else the platform's, else the name of the folder or file.
    late : bool
        Whether the platform marked it as late.
    submitted : str
        When the platform received it, as it says so; empty where it does not.
    about : str
        Whose it is and why, for the instructor alone: it may name other students.
    note : str
        Which choice was made and why.
    problem : str
        Why nothing can be graded; empty otherwise. A path that leads nowhere has no student either.
    """

    path: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    main: frozenset[str] = frozenset()
    student: str = ""
    name: str = ""
    email: str = ""
    late: bool = False
    note: str = ""
    problem: str = ""
    submitted: str = ""
    about: str = ""
    unread: str = ""

    @property
    def key(self) -> Key:
        """What tells its report apart from the others of a run."""
        return self.path, self.student or None


@dataclass(frozen=True, slots=True)
class StudentFiles:
    """Everything that one student handed in, below ``root`` as the user named it.

    ``hand_in`` says whose it is and where it begins, before a file is chosen; ``keys`` are further
    identifiers of the student to try. ``chosen``: the student goes by a name that students choose, that of a user.
    """

    hand_in: HandIn
    root: str
    entries: tuple[Entry, ...]
    keys: tuple[str, ...] = ()
    chosen: bool = False


def by_student(tree: Tree, graded: frozenset[str]) -> tuple[list[StudentFiles], list[str]]:
    """Sort the entries of a tree by student, and say what was passed over.

    Parameters
    ----------
    tree : Tree
        What was downloaded, or a folder of one's own making.
    graded : frozenset of str
        Names of graded functions: they tell a student's file from a helper module beside it.
    """
    tree, wrapped = _without_wrappers(tree)
    messages: list[str] = []
    metadata = top_level(tree)[1].get(_METADATA)
    if metadata is not None and metadata.file is not None and _is_gradescope(*top_level(tree)):
        students, messages = _gradescope(tree, metadata.file)
    elif canvas := _canvas(tree):
        students = canvas
    elif PurePosixPath() in tree.repositories:
        students = [one_student(tree)]
        several = _with_sources(top_level(tree)[0]) if _kind(tree) else []
        why = f"it has a folder .git, so that {a_few(several)} are not students"
        messages = [f"{tree.label}: read as the repository of one student; {why}"] if several else []
    else:
        students, messages = _folder(tree, graded)
    return students, [*tree.messages, *wrapped, *messages]


def one_student(tree: Tree) -> StudentFiles:
    """A folder as one student's, named like it, whatever lies in it."""
    return _files_of(tree, HandIn(student=printable(_own_name(tree))), tree.entries)


def is_platform(tree: Tree) -> bool:
    """True when files are named as Canvas, Moodle, Gradescope or nbgrader name those of a class."""
    return any(_kind(inner) == "platform" for inner in _unwrapped(tree))


def is_class(tree: Tree) -> bool:
    """True when a folder can hardly be one student's: a platform's layout, or several folders with sources."""
    return any(map(_kind, _unwrapped(tree)))


def _unwrapped(tree: Tree) -> Iterator[Tree]:
    """The tree, then what is in its only folder, and so on.

    On the disk the only folder may be that of the only student, and what lies in it speaks for nobody else; it is looked
    into where it has a name that platforms give. An archive was packed by whoever named it.
    """
    for _ in range(_MOST_WRAPPERS):
        yield tree
        folders, files = top_level(tree)
        if len(folders) != 1 or source_names(files) or not (tree.packed or all(map(_WRAPPER.fullmatch, folders))):
            return
        tree = subtree(tree, *folders)


def _kind(tree: Tree) -> Literal["platform", "class", ""]:
    """What lies at the top of a tree."""
    folders, files = top_level(tree)
    if _is_gradescope(folders, files) or any(_MOODLE.fullmatch(name) for name in (*folders, *files)) or _canvas(tree):
        return "platform"
    if source_names(files):
        return ""
    return "platform" if [*folders] == [SUBMITTED] else "class" if len(_with_sources(folders)) > 1 else ""


def _is_gradescope(folders: Mapping[str, Sequence[Entry]], files: Mapping[str, Entry]) -> bool:
    """Whether there are the metadata of an export, and nothing that no export holds: a student's file may be called so."""
    return _METADATA in files and not source_names(files) and all(map(_GRADESCOPE.fullmatch, _with_sources(folders)))


def _is_nbgrader(folders: Mapping[str, Sequence[Entry]], files: Mapping[str, Entry]) -> bool:
    """Whether these are the folders of a course: beside those of students, one may be that of a user called so."""
    return SUBMITTED in folders and not source_names(files) and {*_with_sources(folders)} <= _NBGRADER


def _with_sources(folders: Mapping[str, Sequence[Entry]]) -> list[str]:
    return [folder for folder, entries in folders.items() if source_names(entry.path for entry in entries)]


def _without_wrappers(tree: Tree) -> tuple[Tree, list[str]]:
    """The part of a tree where the students are: without folders that only wrap it."""
    for inner in _unwrapped(tree):
        folders, files = top_level(inner)
        nbgrader = _is_nbgrader(folders, files)
        students = subtree(inner, SUBMITTED) if nbgrader else inner
        if nbgrader and len(folders) > 1:
            return students, [f"{inner.label}: read as an nbgrader course, only '{SUBMITTED}' counts"]
        if nbgrader or _kind(inner):
            message = f"{tree.label}: the students were looked for in {students.label}"
            return students, [message] if inner is not tree else []
    return tree, []


def _files_of(
    tree: Tree, hand_in: HandIn, entries: Iterable[Entry], path: str = "", keys: tuple[str, ...] = ()
) -> StudentFiles:
    return StudentFiles(replace(hand_in, path=labelled(tree.label, path)), tree.label, tuple(entries), keys)


def _joined(parts: Iterable[StudentFiles]) -> list[StudentFiles]:
    """One value per student, where a platform lays the files of one student beside each other."""
    students: dict[str, StudentFiles] = {}
    for part in parts:
        first = students.get(part.hand_in.student, replace(part, entries=()))
        hand_in = replace(first.hand_in, late=first.hand_in.late or part.hand_in.late)
        students[hand_in.student] = replace(first, hand_in=hand_in, entries=(*first.entries, *part.entries))
    return list(students.values())


def stem_of(name: str) -> str:
    """A file's name without its suffix (see :func:`grader.intake.archive.suffix_of`)."""
    return name[: len(name) - len(suffix_of(name))] or name


def _own_name(tree: Tree) -> str:
    """The name of the tree's own folder or zip, also where the user said ``.`` for it."""
    return Path(tree.label).resolve().name


# ---- Canvas -------------------------------------------------------------------------------------------


def _canvas(tree: Tree) -> list[StudentFiles]:
    """The students of a Canvas download, none when it is no such download.

    Every source must have a Canvas name, and the uploads' numbers, which are unique on a site, must be
    distinct: ``week_3_2_ann.ipynb`` beside ``week_3_2_bob.ipynb`` is somebody's own naming. A single file
    gives no such proof; its number must look like one of a large site. A folder of such a name is an upload, too:
    a zip that was unpacked where it lay, or a name with a backslash.
    """
    folders, files = top_level(tree)
    entries = {**{name: [entry] for name, entry in files.items()}, **folders}
    matches = {name: _CANVAS.fullmatch(f"{printable(name)}{'/' * (name in folders)}") for name in entries}
    loose, unpacked = source_names(files), _with_sources(folders)
    uploads = [match["upload"] for name in (*loose, *unpacked) if (match := matches[name])]
    if not loose or len(set(uploads)) != len(loose) + len(unpacked) or (len(uploads) == 1 and len(uploads[0]) < 4):
        return []
    parts = []
    for name, held in entries.items():
        match = matches[name] or _CANVAS_TEXT.fullmatch(printable(name))
        if match is not None:
            user = printable(stem_of(name)) if _reads_twice(match) else match["user"]
            who = HandIn(student=user, name=match["name"] or "", late=bool(match["late"]))
            held = [replace(entry, name=match["file"]) for entry in held] if name in files else held
            parts.append(_files_of(tree, who, held, name))
    return _joined(parts)


def _reads_twice(match: re.Match[str]) -> bool:
    """Whether the numbers at the beginning may be the name of a student who is called like them, and others follow."""
    return not match["name"] and match["user"].isdecimal() and bool(re.match(r"\d{1,20}_\d{1,20}_", match["file"]))


# ---- Gradescope ---------------------------------------------------------------------------------------


def _gradescope(tree: Tree, metadata: Path) -> tuple[list[StudentFiles], list[str]]:
    """The files of each submitter: everybody of a group submission gets the same ones."""
    people, messages = _submitters(tree.label, metadata)
    folders, files = top_level(tree)
    others = [name for name in files if name != _METADATA]
    messages += [f"{tree.label}: these are no submissions and were not read: {a_few(others)}"] if others else []
    students = []
    for folder in sorted({*folders, *people}):
        submitters = people.get(folder, [HandIn(student=folder, about=f"not in {_METADATA}")])
        students += [_files_of(tree, who, folders.get(folder, ()), folder) for who in submitters]
    return students, messages


def _submitters(label: str, metadata: Path) -> tuple[dict[str, list[HandIn]], list[str]]:
    try:
        data = read_yaml(read_bytes(metadata).decode("utf-8-sig"))
    except ImportError:
        return {}, [f"{label}: nobody was identified, because reading {_METADATA} needs PyYAML"]
    except (SubmissionError, ValueError) as error:
        return {}, [f"{label}: {_METADATA} cannot be read ({type(error).__name__})"]
    people: dict[str, list[HandIn]] = {}
    for folder, facts in data.items() if isinstance(data, dict) else ():
        listed = facts.get(":submitters") if isinstance(facts, dict) else None
        received = _text(facts, ":created_at") if isinstance(facts, dict) else ""
        submitters = (
            [replace(_submitter(who), submitted=received) for who in listed if isinstance(who, dict)]
            if isinstance(listed, list)
            else []
        )
        team = f"handed in by {a_few([who.name or who.student for who in submitters])}" if len(submitters) > 1 else ""
        if submitters and isinstance(folder, str):
            people[folder] = [replace(who, about=team) for who in submitters]
    return people, [] if people else [f"{label}: {_METADATA} names no submitters"]


def _submitter(who: Mapping[object, object]) -> HandIn:
    name, sid, email = (_text(who, key).strip() for key in (":name", ":sid", ":email"))
    return HandIn(student=sid or email or name or "unnamed submitter", name=name, email=email)


def _text(facts: Mapping[object, object], key: str) -> str:
    """A text of the metadata; nothing else is made one: lists of lists of lists may have no end."""
    value = facts.get(key)
    return value if isinstance(value, str) else ""


# ---- folders of one's own, Moodle, nbgrader, repositories ---------------------------------------------


def _folder(tree: Tree, graded: frozenset[str]) -> tuple[list[StudentFiles], list[str]]:
    """A class folder; the names in it may be Moodle's, or those of repositories."""
    folders, files = top_level(tree)
    moodle = {name: match for name in folders if (match := _MOODLE_FOLDER.fullmatch(printable(name)))}
    # Participants and files may both be called like somebody else's: with two marks, nobody can tell whose a file is.
    flat = (name for name in files if name.count("_assignsubmission_") == 1)
    moodle |= {name: match for name in flat if (match := _MOODLE.fullmatch(printable(name)))}
    students = _moodle(tree, moodle)
    loose = [name for name in files if name not in moodle]
    texts = {name for name in loose if _is_solution(files[name], graded)}
    sources = [name for name in loose if name in texts or source_names([name])]
    # Beside loose submissions, a folder without any source is material ("data", "images"), not a student.
    filled = _with_sources(folders) if sources else [*folders]
    plain = [f for f in folders if f not in moodle and (f in filled or any(_is_solution(e, graded) for e in folders[f]))]
    users = _repository_users(tree, plain)
    for folder in plain:
        user, keys = users.get(folder, (folder, ()))
        theirs = _files_of(tree, HandIn(student=printable(user)), folders[folder], folder, keys)
        students.append(replace(theirs, chosen=folder in users))
    single, helpers = _submissions_and_helpers({name: files[name] for name in sources}, graded)
    beside = [replace(files[name], helper=True) for name in helpers]
    for name in single:
        who = HandIn(student=printable(stem_of(name)))
        students.append(_files_of(tree, who, [files[name], *beside], name))
    checkpoints = [entry for entry in tree.entries if entry.path.parts[0] == CHECKPOINTS]
    if not students and checkpoints:
        students.append(_files_of(tree, HandIn(student=_own_name(tree)), checkpoints))
    others = [name for name in loose if name not in sources]
    others += [f"{folder}/" for folder in folders if folder not in moodle and folder not in plain]
    messages = (
        [f"{tree.label}: these are modules that submissions import, and are not graded: {a_few(helpers)}"] if helpers else []
    )
    messages += [f"{tree.label}: these are no submissions and were not read: {a_few(others)}"] if others else []
    return students, messages


def _is_solution(text: Entry, graded: frozenset[str]) -> bool:
    """Whether a text without a suffix of code holds a submission; a README that quotes the exercise is none."""
    return not _ABOUT.match(text.path.name) and holds_code(text) and (not graded or binds(text, graded))


def _moodle(tree: Tree, matches: Mapping[str, re.Match[str]]) -> list[StudentFiles]:
    """Moodle's folders and flat files; a student's file and online text belong together."""
    folders, files = top_level(tree)
    parts = []
    for top, match in matches.items():
        student = match["id"] or match["name"]
        who = HandIn(student=student, name="" if match["name"] in ("Participant", student) else match["name"])
        entries = folders.get(top, [])
        if top in files:
            entries = [*entries, replace(files[top], name=match["file"] or top)]
        parts.append(_files_of(tree, who, entries, top))
    return _joined(parts)


def _repository_users(tree: Tree, folders: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The users of classroom repositories: ``<assignment>-<user>`` without what they have in common.

    The user may contain hyphens, too. Users choose their names, so that a roster is never asked about an end of one
    (``eve-bob`` is not bob): only about longer names, where part of it may be what all have in common. Where they have
    nothing in common, the repository's whole name is all that is known.
    """
    repositories = [folder for folder in folders if PurePosixPath(folder) in tree.repositories]
    slug = re.fullmatch(r"(.+)-submissions", _own_name(tree))
    if slug and all(folder.startswith(f"{slug[1]}-") for folder in folders):
        prefix, repositories = f"{slug[1]}-", list(folders)
    elif len(repositories) > 1:
        columns = zip(*(folder.split("-") for folder in repositories), strict=False)
        prefix = "".join(f"{column[0]}-" for column in takewhile(lambda c: len(set(c)) == 1, columns))
    else:
        prefix = ""
    if not prefix:
        return {}
    users = {}
    for folder in repositories:
        parts = folder[-_LONGEST_NAME:].split("-")
        ends = ("-".join(parts[i:]) for i in range(1, len(parts)))
        user = folder.removeprefix(prefix) or folder
        users[folder] = user, tuple(end for end in ends if not slug and len(end) > len(user))
    return users


def _submissions_and_helpers(sources: Mapping[str, Entry], graded: frozenset[str]) -> tuple[list[str], list[str]]:
    """Loose files that are submissions, and those that are modules which another one imports."""
    modules = [name for name in sources if name.endswith(".py")] if graded else []
    possible = {name for name in modules if not binds(sources[name], graded)}
    # Only where there may be a helper are the others, which may be large notebooks, read at all.
    imports = {name: names_in(entry)[1] for name, entry in sources.items()} if possible else {}
    importers = Counter(module for imported in imports.values() for module in imported)
    helpers = [name for name in sources if name in possible and importers[name[:-3]] > (name[:-3] in imports[name])]
    single = [name for name in sources if name not in helpers]
    return (single, helpers) if single else (list(sources), [])
