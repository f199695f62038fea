"""Who handed in what: the layouts of Canvas, Moodle, Gradescope, nbgrader and classroom repositories.

:func:`by_student` sorts the entries of a tree by student. Names of platforms are recognised where they are
unmistakable; everything else is a class folder, in which each sub-folder, zip or file is one student's.
``docs/design/gradebook.md`` has the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath

from grader.intake.archive import Entry
from grader.intake.tree import CHECKPOINTS, Tree, a_few, labelled, names_in, printable, source_names, subtree, top_level

__all__ = ["Owner", "StudentFiles", "by_student", "is_class", "is_platform"]

_METADATA = "submission_metadata.yml"
_CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?:(?P<late>LATE|late)_)?(?P<user>\d+|anon_[0-9A-Za-z]+)_(?P<upload>\d+)_(?P<file>.+)"
)
_CANVAS_TEXT = re.compile(r"(?P<name>.+?)_(?:(?P<late>LATE|late)_)?(?P<user>\d+)_(?P<file>(?:text|link)\.html)")
_MOODLE = re.compile(r"(?P<name>.*?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+?)(?:_(?P<file>.*))?")
# How many folders around a class are looked through; a zip can hold thousands, one in another.
_MOST_WRAPPERS = 10
# No file system has longer names; a zip can.
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose some files are, as far as the layout says; ``keys`` are further identifiers to try."""

    student: str
    name: str = ""
    email: str = ""
    late: bool = False
    keys: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class StudentFiles:
    """Everything that one student handed in: below ``root`` as the user named it, first found at ``path``."""

    owner: Owner
    root: str
    path: str
    entries: tuple[Entry, ...]


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
    if metadata is not None and metadata.file is not None:
        students, messages = _gradescope(tree, metadata.file)
    elif canvas := _canvas(tree):
        students = canvas
    elif PurePosixPath() in tree.repositories:
        students = [_files_of(tree, Owner(_own_name(tree)), tree.entries)]
    else:
        students, messages = _folder(tree, graded)
    return students, [*tree.messages, *wrapped, *messages]


def is_platform(tree: Tree) -> bool:
    """True when files are named as Canvas, Moodle, Gradescope or nbgrader name those of a class."""
    return any(map(_is_platform_itself, _unwrapped(tree)))


def is_class(tree: Tree) -> bool:
    """True when a folder can hardly be one student's: a platform's layout, or several folders with sources."""
    return any(map(_is_class_itself, _unwrapped(tree)))


def _unwrapped(tree: Tree) -> Iterator[Tree]:
    """The tree, then what is in its only folder, and so on."""
    for _ in range(_MOST_WRAPPERS):
        yield tree
        folders, files = top_level(tree)
        if len(folders) != 1 or source_names(files):
            return
        tree = subtree(tree, *folders)


def _is_platform_itself(tree: Tree) -> bool:
    folders, files = top_level(tree)
    if _METADATA in files or any(_MOODLE.fullmatch(name) for name in (*folders, *files)) or _canvas(tree):
        return True
    return [*folders] == ["submitted"] and not source_names(files)


def _is_class_itself(tree: Tree) -> bool:
    folders, files = top_level(tree)
    return _is_platform_itself(tree) or (len(_with_sources(folders)) > 1 and not source_names(files))


def _with_sources(folders: Mapping[str, Sequence[Entry]]) -> list[str]:
    return [folder for folder, entries in folders.items() if source_names(entry.path for entry in entries)]


def _without_wrappers(tree: Tree) -> tuple[Tree, list[str]]:
    """The part of a tree where the students are: without folders that only wrap it."""
    for inner in _unwrapped(tree):
        folders, files = top_level(inner)
        students = inner
        if "submitted" in folders and not source_names(files):
            students = subtree(inner, "submitted")
            if len(folders) > 1:
                return students, [f"{inner.label}: read as an nbgrader course, only 'submitted' counts"]
        if students is not inner or _is_class_itself(inner):
            message = f"{tree.label}: the students were looked for in {students.label}"
            return students, [message] if inner is not tree else []
    return tree, []


def _files_of(tree: Tree, owner: Owner, entries: Iterable[Entry], path: str = "") -> StudentFiles:
    return StudentFiles(owner, tree.label, labelled(tree.label, path), tuple(entries))


def _joined(parts: Iterable[StudentFiles]) -> list[StudentFiles]:
    """One value per student, where a platform lays the files of one student beside each other."""
    students: dict[str, StudentFiles] = {}
    for part in parts:
        first = students.get(part.owner.student, replace(part, entries=()))
        owner = replace(first.owner, late=first.owner.late or part.owner.late)
        students[part.owner.student] = replace(first, owner=owner, entries=(*first.entries, *part.entries))
    return list(students.values())


def _own_name(tree: Tree) -> str:
    """The name of the tree's own folder or zip, also where the user said ``.`` for it."""
    return Path(tree.label).resolve().name


# ---- Canvas -------------------------------------------------------------------------------------------


def _canvas(tree: Tree) -> list[StudentFiles]:
    """The students of a Canvas download, none when it is no such download.

    Every source must have a Canvas name, and the uploads' numbers, which are unique on a site, must be
    distinct: ``week_3_2_ann.ipynb`` beside ``week_3_2_bob.ipynb`` is somebody's own naming. A single file
    gives no such proof; its number must look like one of a large site.
    """
    folders, files = top_level(tree)
    matches = {name: _CANVAS.fullmatch(printable(name)) for name in files}
    sources = source_names(files)
    uploads = [match["upload"] for name in sources if (match := matches[name])]
    if not uploads or len(set(uploads)) != len(sources) or (len(uploads) == 1 and len(uploads[0]) < 4):
        return []
    if _with_sources(folders):
        return []
    parts = []
    for name, entry in files.items():
        match = matches[name] or _CANVAS_TEXT.fullmatch(printable(name))
        if match is not None:
            owner = Owner(match["user"], match["name"] or "", late=bool(match["late"]))
            parts.append(_files_of(tree, owner, [replace(entry, name=match["file"])], name))
    return _joined(parts)


# ---- Gradescope ---------------------------------------------------------------------------------------


def _gradescope(tree: Tree, metadata: Path) -> tuple[list[StudentFiles], list[str]]:
    """The files of each submitter: everybody of a group submission gets the same ones."""
    people, messages = _submitters(tree.label, metadata)
    folders, files = top_level(tree)
    others = [name for name in files if name != _METADATA]
    messages += [f"{tree.label}: these are no submissions and were not read: {a_few(others)}"] if others else []
    students = []
    for folder in sorted({*folders, *people}):
        owners = people.get(folder, [Owner(folder, note="not in submission_metadata.yml")])
        students += [_files_of(tree, owner, folders.get(folder, ()), folder) for owner in owners]
    return students, messages


def _submitters(label: str, metadata: Path) -> tuple[dict[str, list[Owner]], list[str]]:
    try:
        import yaml  # only this one file of this one platform needs it
    except ImportError:
        return {}, [f"{label}: nobody was identified, because reading {_METADATA} needs PyYAML"]
    try:
        # The base loader makes strings, lists and dicts of plain scalars and nothing else; 0042 stays "0042".
        data: object = yaml.load(metadata.read_text("utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        return {}, [f"{label}: {_METADATA} cannot be read ({type(error).__name__})"]
    people: dict[str, list[Owner]] = {}
    for folder, facts in data.items() if isinstance(data, dict) else ():
        submitters = facts.get(":submitters") if isinstance(facts, dict) else None
        owners = [_submitter(who) for who in submitters if isinstance(who, dict)] if isinstance(submitters, list) else []
        team = f"handed in by {a_few([o.name or o.student for o in owners])}" if len(owners) > 1 else ""
        if owners and isinstance(folder, str):
            people[folder] = [replace(owner, note=team) for owner in owners]
    return people, [] if people else [f"{label}: {_METADATA} names no submitters"]


def _submitter(who: Mapping[object, object]) -> Owner:
    name, sid, email = (str(who.get(key) or "").strip() for key in (":name", ":sid", ":email"))
    return Owner(sid or email or name or "unnamed submitter", name, email)


# ---- folders of one's own, Moodle, nbgrader, repositories ---------------------------------------------


def _folder(tree: Tree, graded: frozenset[str]) -> tuple[list[StudentFiles], list[str]]:
    """A class folder; the names in it may be Moodle's, or those of repositories."""
    folders, files = top_level(tree)
    moodle = {name: match for name in (*folders, *files) if (match := _MOODLE.fullmatch(printable(name)))}
    students = _moodle(tree, moodle)
    loose = [name for name in files if name not in moodle]
    sources = source_names(loose)
    # Beside loose submissions, a folder without any source is material ("data", "images"), not a student.
    plain = [f for f in (_with_sources(folders) if sources else folders) if f not in moodle]
    users = _repository_users(tree, plain)
    students += [_files_of(tree, users.get(f, Owner(printable(f))), folders[f], f) for f in plain]
    single, helpers = _submissions_and_helpers({name: files[name] for name in sources}, graded)
    beside = [replace(files[name], helper=True) for name in helpers]
    for name in single:
        owner = Owner(printable(PurePosixPath(name).stem))
        students.append(_files_of(tree, owner, [files[name], *beside], name))
    checkpoints = [entry for entry in tree.entries if entry.path.parts[0] == CHECKPOINTS]
    if not students and checkpoints:
        students.append(_files_of(tree, Owner(_own_name(tree)), checkpoints))
    others = [name for name in loose if name not in sources]
    others += [f"{folder}/" for folder in folders if folder not in moodle and folder not in plain]
    messages = (
        [f"{tree.label}: these are modules that submissions import, and are not graded: {a_few(helpers)}"] if helpers else []
    )
    messages += [f"{tree.label}: these are no submissions and were not read: {a_few(others)}"] if others else []
    return students, messages


def _moodle(tree: Tree, matches: Mapping[str, re.Match[str]]) -> list[StudentFiles]:
    """Moodle's folders and flat files; a student's file and online text belong together."""
    folders, files = top_level(tree)
    parts = []
    for top, match in matches.items():
        student = match["id"] or match["name"]
        owner = Owner(student, "" if match["name"] in ("Participant", student) else match["name"])
        entries = folders.get(top, [])
        if top in files:
            entries = [*entries, replace(files[top], name=match["file"] or top)]
        parts.append(_files_of(tree, owner, entries, top))
    return _joined(parts)


def _repository_users(tree: Tree, folders: Sequence[str]) -> dict[str, Owner]:
    """Owners of classroom repositories: ``<assignment>-<user>`` without what they have in common.

    The user may contain hyphens, too, so that a roster is asked about every end of the name.
    """
    repositories = [folder for folder in folders if PurePosixPath(folder) in tree.repositories]
    slug = re.fullmatch(r"(.+)-submissions", _own_name(tree))
    if slug and all(folder.startswith(f"{slug[1]}-") for folder in folders):
        prefix, repositories = f"{slug[1]}-", list(folders)
    elif len(repositories) > 1:
        columns = zip(*(folder.split("-") for folder in repositories), strict=False)
        prefix = "".join(f"{column[0]}-" for column in takewhile(lambda c: len(set(c)) == 1, columns))
    else:
        return {}
    users = {}
    for folder in repositories:
        parts = folder[-_LONGEST_NAME:].split("-")
        ends = tuple("-".join(parts[i:]) for i in range(1, len(parts)))
        users[folder] = Owner(printable(folder.removeprefix(prefix) or folder), keys=ends)
    return users


def _submissions_and_helpers(sources: Mapping[str, Entry], graded: frozenset[str]) -> tuple[list[str], list[str]]:
    """Loose files that are submissions, and those that are modules which another one imports."""
    modules = [name for name in sources if name.endswith(".py")] if graded else []
    possible = {name for name in modules if not names_in(sources[name])[0] & graded}
    # Only where there may be a helper are the others, which may be large notebooks, read at all.
    imports = {name: names_in(entry)[1] for name, entry in sources.items()} if possible else {}
    importers = Counter(module for imported in imports.values() for module in imported)
    helpers = [name for name in sources if name in possible and importers[name[:-3]] > (name[:-3] in imports[name])]
    single = [name for name in sources if name not in helpers]
    return (single, helpers) if single else (list(sources), [])
