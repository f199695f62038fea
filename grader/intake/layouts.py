"""Who handed in what: the layouts of Canvas, Moodle, Gradescope, nbgrader and classroom repositories.

:func:`groups` sorts the files of a tree by student. Names of platforms are recognised where they are
unmistakable; everything else is a class folder, in which each sub-folder, zip or file is one student's.
``docs/design/gradebook.md`` has the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from grader.intake.archive import SOURCES
from grader.intake.tree import CHECKPOINTS, Tree, Where, below, holds, names_in, shown, tops

__all__ = ["Entry", "Group", "Owner", "groups", "is_class", "is_platform"]

_METADATA = PurePosixPath("submission_metadata.yml")
_READ = SOURCES | {".zip"}
_CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?:(?P<late>LATE|late)_)?(?P<user>\d+|anon_[0-9A-Za-z]+)_(?P<upload>\d+)_(?P<file>.+)"
)
_CANVAS_TEXT = re.compile(r"(?P<name>.+?)_(?:(?P<late>LATE|late)_)?(?P<user>\d+)_(?:text|link)\.html")
_MOODLE = re.compile(r"(?P<name>.*?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+?)(?:_(?P<file>.*))?")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a group of files is, as far as the layout says; ``keys`` are further identifiers to try."""

    student: str
    name: str = ""
    email: str = ""
    late: bool = False
    keys: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: its path inside the download, what the student called it, and where it lies.

    A ``helper`` is there to be imported and never chosen.
    """

    shown: PurePosixPath
    name: PurePosixPath
    where: Where
    helper: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that one student handed in: below ``root`` as the user named it, first found at ``path``."""

    owner: Owner
    root: str
    path: str
    entries: tuple[Entry, ...]


def groups(tree: Tree, graded: frozenset[str]) -> tuple[list[Group], list[str]]:
    """Sort the files of a tree by student, and say what was passed over.

    Parameters
    ----------
    tree : Tree
        What was downloaded, or a folder of one's own making.
    graded : frozenset of str
        Names of graded functions: they tell a student's file from a helper module beside it.
    """
    tree, messages = _inner(tree)
    if isinstance(tree.files.get(_METADATA), Path):
        found, told = _gradescope(tree)
    elif canvas := _canvas(tree):
        found, told = canvas, []
    elif PurePosixPath() in tree.repositories:
        found, told = [_group(tree, Owner(_last(tree)), list(tree.files))], []
    else:
        found, told = _folder(tree, graded)
    return found, [*tree.messages, *messages, *told]


def is_platform(tree: Tree) -> bool:
    """True when files are named as Canvas, Moodle, Gradescope or nbgrader name those of a class."""
    folders, files = tops(tree)
    if _METADATA in tree.files or _canvas(tree) or any(_MOODLE.fullmatch(n) for n in (*folders, *files)):
        return True
    if len(folders) == 1 and not _sources(files):
        return folders == ["submitted"] or is_platform(below(tree, folders[0]))
    return False


def is_class(tree: Tree) -> bool:
    """True when a folder can hardly be one student's: a platform's layout, or several folders with sources."""
    folders, files = tops(tree)
    if is_platform(tree):
        return True
    if len(folders) == 1 and not _sources(files):
        return is_class(below(tree, folders[0]))
    return len([folder for folder in folders if holds(tree, folder)]) > 1 and not _sources(files)


def _inner(tree: Tree) -> tuple[Tree, list[str]]:
    """The part of a tree where the students are: without folders that only wrap it."""
    folders, files = tops(tree)
    if "submitted" in folders and not _sources(files):
        others = [folder for folder in folders if folder != "submitted"]
        told = [f"{tree.label}: read as an nbgrader course, only 'submitted' counts"] if others else []
        return below(tree, "submitted"), told
    if len(folders) == 1 and not _sources(files) and is_class(below(tree, folders[0])):
        inner, told = _inner(below(tree, folders[0]))
        return inner, told or [f"{tree.label}: the students were looked for in {inner.label}"]
    return tree, []


def _sources(files: Iterable[str]) -> list[str]:
    return [name for name in files if PurePosixPath(name).suffix.lower() in _READ]


def _group(tree: Tree, owner: Owner, names: Sequence[PurePosixPath], path: str = "") -> Group:
    """A group whose files keep their names."""
    entries = tuple(Entry(name, name, tree.files[name]) for name in names)
    return Group(owner, tree.label, _at(tree, path), entries)


def _at(tree: Tree, path: str) -> str:
    """A path in the tree as the user would name it."""
    return str(PurePosixPath(tree.label) / shown(path))


def _last(tree: Tree) -> str:
    """The name of the tree's own folder or zip, also where the user said ``.`` for it."""
    return Path(tree.label).resolve().name


# ---- Canvas -------------------------------------------------------------------------------------------


def _canvas(tree: Tree) -> list[Group]:
    """The groups of a Canvas download, empty when it is none.

    Every source must have a Canvas name, and the uploads' numbers, which are unique on a site, must be
    distinct: ``week_3_2_ann.ipynb`` beside ``week_3_2_bob.ipynb`` is somebody's own naming. A single file
    gives no such proof; its number must look like one of a large site.
    """
    folders, files = tops(tree)
    matches = {name: _CANVAS.fullmatch(shown(name)) for name in files}
    uploads = [match["upload"] for name in _sources(files) if (match := matches[name])]
    if not uploads or len(uploads) != len(_sources(files)) or len(uploads) != len(set(uploads)):
        return []
    if len(uploads) == 1 and len(uploads[0]) < 4:
        return []
    if any(holds(tree, folder) for folder in folders):
        return []
    found: dict[str, Group] = {}
    for name in files:
        match = matches[name] or _CANVAS_TEXT.fullmatch(shown(name))
        if match is None:
            continue
        called = match["file"] if "file" in match.groupdict() else name
        entry = Entry(PurePosixPath(name), PurePosixPath(called), tree.files[PurePosixPath(name)])
        user = match["user"]
        owner = Owner(user, match["name"] or "", late=bool(match["late"]))
        group = found.get(user) or Group(owner, tree.label, _at(tree, name), ())
        late = group.owner.late or owner.late
        found[user] = replace(group, owner=replace(group.owner, late=late), entries=(*group.entries, entry))
    return list(found.values())


# ---- Gradescope ---------------------------------------------------------------------------------------


def _gradescope(tree: Tree) -> tuple[list[Group], list[str]]:
    """One group per submitter: everybody of a group submission gets the same files."""
    people, messages = _submitters(tree)
    folders, files = tops(tree)
    rest = [name for name in files if name != _METADATA.name]
    messages += [f"{tree.label}: passed over beside the submissions: {_some(rest)}"] if rest else []
    found = []
    for folder in sorted({*folders, *people}):
        names = [name for name in tree.files if name.parts[0] == folder]
        owners = people.get(folder, [Owner(folder, note="not in submission_metadata.yml")])
        found += [_group(tree, owner, names, folder) for owner in owners]
    return found, messages


def _submitters(tree: Tree) -> tuple[dict[str, list[Owner]], list[str]]:
    path = tree.files[_METADATA]
    try:
        import yaml  # only this one file of this one platform needs it
    except ImportError:
        return {}, [f"{tree.label}: nobody was identified, because reading submission_metadata.yml needs PyYAML"]
    try:
        # The base loader makes strings, lists and dicts of plain scalars and nothing else; 0042 stays "0042".
        data: Any = yaml.load(Path(path).read_text("utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        return {}, [f"{tree.label}: submission_metadata.yml cannot be read ({type(error).__name__})"]
    people: dict[str, list[Owner]] = {}
    for folder, facts in data.items() if isinstance(data, dict) else ():
        listed = facts.get(":submitters") if isinstance(facts, dict) else None
        facts_of = [who for who in listed if isinstance(who, dict)] if isinstance(listed, list) else []
        owners = [_submitter(who) for who in facts_of]
        team = f"handed in by {_some([o.name or o.student for o in owners])}" if len(owners) > 1 else ""
        if owners and isinstance(folder, str):
            people[folder] = [replace(owner, note=team) for owner in owners]
    return people, [] if people else [f"{tree.label}: submission_metadata.yml names no submitters"]


def _submitter(who: Mapping[Any, Any]) -> Owner:
    name, sid, email = (str(who.get(key) or "").strip() for key in (":name", ":sid", ":email"))
    return Owner(sid or email or name or "unnamed submitter", name, email)


# ---- folders of one's own, Moodle, nbgrader, repositories ---------------------------------------------


def _folder(tree: Tree, graded: frozenset[str]) -> tuple[list[Group], list[str]]:
    """A class folder; the names in it may be Moodle's, or those of repositories."""
    folders, files = tops(tree)
    moodle = {name: match for name in (*folders, *files) if (match := _MOODLE.fullmatch(shown(name)))}
    found = _moodle(tree, moodle)
    loose = [name for name in files if name not in moodle]
    sources = _sources(loose)
    # Beside loose submissions, a folder without any source is material ("data", "images"), not a student.
    plain = [f for f in folders if f not in moodle and (holds(tree, f) or not sources)]
    users = _repository_users(tree, plain)
    for folder in plain:
        names = [name for name in tree.files if name.parts[0] == folder]
        found.append(_group(tree, users.get(folder, Owner(shown(folder))), names, folder))
    single, helpers = _loose(tree, sources, graded)
    checkpoints = [name for name in tree.files if name.parts[0] == CHECKPOINTS]
    for name in single:
        group = _group(tree, Owner(shown(PurePosixPath(name).stem)), [PurePosixPath(name)], name)
        beside = [Entry(path, path, tree.files[path], helper=True) for path in map(PurePosixPath, helpers)]
        found.append(replace(group, entries=(*group.entries, *beside)))
    if not found and checkpoints:
        found.append(_group(tree, Owner(_last(tree)), checkpoints))
    passed = [name for name in loose if name not in sources]
    passed += [f"{folder}/" for folder in folders if folder not in moodle and folder not in plain]
    messages = [f"{tree.label}: read as a helper module, not as a submission: {_some(helpers)}"] if helpers else []
    messages += [f"{tree.label}: passed over beside the submissions: {_some(passed)}"] if passed else []
    return found, messages


def _moodle(tree: Tree, matches: Mapping[str, re.Match[str]]) -> list[Group]:
    """Moodle's folders and flat files; a student's file and online text belong together."""
    found: dict[str, Group] = {}
    for top, match in matches.items():
        student = match["id"] or match["name"]
        named = "" if match["name"] in ("Participant", student) else match["name"]
        group = found.get(student) or Group(Owner(student, named), tree.label, _at(tree, top), ())
        entries = [
            Entry(name, PurePosixPath(*name.parts[1:]) if len(name.parts) > 1 else _called(match, name), where)
            for name, where in tree.files.items()
            if name.parts[0] == top
        ]
        found[student] = replace(group, entries=(*group.entries, *entries))
    return list(found.values())


def _called(match: re.Match[str], name: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(match["file"]) if match["file"] else name


def _repository_users(tree: Tree, folders: Sequence[str]) -> dict[str, Owner]:
    """Owners of classroom repositories: ``<assignment>-<user>`` without what they have in common.

    The user may contain hyphens, too, so that a roster is asked about every end of the name.
    """
    repositories = [folder for folder in folders if PurePosixPath(folder) in tree.repositories]
    slug = re.fullmatch(r"(.+)-submissions", _last(tree))
    if slug and all(folder.startswith(f"{slug[1]}-") for folder in folders):
        prefix, repositories = f"{slug[1]}-", list(folders)
    elif len(repositories) > 1:
        columns = zip(*(folder.split("-") for folder in repositories), strict=False)
        prefix = "".join(f"{column[0]}-" for column in takewhile(lambda c: len(set(c)) == 1, columns))
    else:
        return {}
    users = {}
    for folder in repositories:
        user = folder.removeprefix(prefix)
        parts = folder.split("-")
        ends = tuple("-".join(parts[i:]) for i in range(1, len(parts)))
        users[folder] = Owner(shown(user or folder), keys=ends)
    return users


def _loose(tree: Tree, sources: Sequence[str], graded: frozenset[str]) -> tuple[list[str], list[str]]:
    """Loose files that are submissions, and those that are modules which another one imports."""
    modules = [name for name in sources if name.endswith(".py")] if graded else []
    possible = {name for name in modules if not _names(tree, name)[0] & graded}
    # Only where there may be a helper are the others, which may be large notebooks, read at all.
    users = {name: _names(tree, name)[1] for name in sources} if possible else {}
    helpers = [
        name
        for name in sources
        if name in possible and any(name[:-3] in imported for user, imported in users.items() if user != name)
    ]
    single = [name for name in sources if name not in helpers]
    return (single, helpers) if single else (list(sources), [])


def _names(tree: Tree, name: str) -> tuple[frozenset[str], frozenset[str]]:
    where = tree.files[PurePosixPath(name)]
    if isinstance(where, Path) and where.suffix.lower() in SOURCES:
        return names_in(where)
    return frozenset(), frozenset()


def _some(names: Sequence[str], most: int = 8) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name) for name in names[:most]) + rest
