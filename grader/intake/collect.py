"""From what a platform lets an instructor download to one graded file per student.

Of several files, the one is graded that

1. is not a copy in ``.ipynb_checkpoints``,
2. defines most of the graded functions,
3. has the highest resubmission number (``hw-2.ipynb``, ``hw (2).ipynb``),
4. comes first in the alphabet.

The ``.py`` files beside it can be imported by it. Whatever cannot be read becomes an item with a
problem, and whatever is passed over is told: a file is never lost silently, and no file stops a batch.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import SOURCES
from grader.intake.layouts import Entry, Group, Owner, groups, is_class, is_platform
from grader.intake.roster import Person, Roster, find
from grader.intake.tree import CHECKPOINTS, Tree, Where, glance, names_in, scan, shown, tops, unzip

__all__ = ["Collected", "Item", "collect", "collect_one", "fingerprint", "neighbours"]


@dataclass(frozen=True, slots=True)
class Item:
    """What is graded for one student.

    Attributes
    ----------
    path : str
        The graded file as a person finds it: the path as given, then the path inside the zip or folder.
    file : Path or None
        Where its bytes lie; None when there is nothing to grade, and ``problem`` says why.
    modules : mapping of str to Path
        The modules that it can import, by the name that it imports them under.
    student, name, email : str
        Who: the roster's identifier, else the platform's, else the name of the folder or file.
    late : bool
        Whether the platform marked it as late.
    note : str
        Which choice was made and why, for the instructor.
    problem : str
        Why nothing can be graded; empty otherwise. A path that leads nowhere has no student either.
    """

    path: str
    file: Path | None
    student: str
    name: str = ""
    email: str = ""
    modules: Mapping[str, Path] = field(default_factory=dict)
    late: bool = False
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """All items, sorted by path and student; who on the roster handed in nothing; what else to know."""

    items: tuple[Item, ...]
    missing: tuple[Person, ...]
    messages: tuple[str, ...]


def collect(
    paths: Sequence[Path],
    *,
    roster: Roster | None = None,
    graded_names: frozenset[str] = frozenset(),
    unpack_to: Path,
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
        A folder for the contents of zips, which must live as long as the items are used.

    Returns
    -------
    Collected
        The same for the same files, whatever the order of `paths`.
    """
    trees, items, messages = _trees(paths, unpack_to)
    for tree in trees:
        found, told = groups(tree, graded_names)
        messages += told
        items += [_item(_identified(group, roster), graded_names, unpack_to) for group in found]
        if not found:
            items.append(_problem(tree.label, "holds no .py, .ipynb or .zip file"))
    if roster is not None:
        messages += roster.messages
        messages += [f"{item.path}: {item.note}" for item in items if "not identified" in item.note]
    # A repeated file is one and the same person's: two paths may lead to it.
    items = sorted({(item.path, item.student): item for item in items}.values(), key=lambda i: (i.path, i.student))
    several = [who for who, count in Counter(item.student for item in items).items() if who and count > 1]
    messages += [f"{who} has several submissions; all are graded" for who in sorted(several)]
    handed_in = {item.student for item in items}
    missing = [person for person in (roster.people if roster else ()) if person.id not in handed_in]
    return Collected(tuple(items), tuple(missing), tuple(dict.fromkeys(messages)))


def collect_one(folder: Path, *, graded_names: frozenset[str] = frozenset(), unpack_to: Path) -> Item:
    """The file to grade in a folder that holds what one student handed in, however it is laid out.

    Parameters
    ----------
    folder, graded_names, unpack_to
        As for :func:`collect`.

    Returns
    -------
    Item
        With a problem where there is nothing to grade.
    """
    label = shown(str(folder))
    tree = scan(folder, label)
    entries = tuple(Entry(name, name, where) for name, where in tree.files.items())
    return _item(Group(Owner(""), label, label, entries), graded_names, unpack_to)


def neighbours(file: Path) -> dict[str, Path]:
    """The modules beside a file that it names at all: a folder may hold a hundred other things."""
    try:
        text = file.read_bytes()
    except OSError:
        return {}
    beside = (p for p in sorted(file.parent.glob("*.py")) if p != file and p.stem.isidentifier())
    return {p.stem: p for p in beside if p.stem.encode() in text}


def fingerprint(item: Item) -> str:
    """SHA-256 of what is graded, the same for the same bytes under any name; empty for a problem."""
    if item.file is None:
        return ""
    digest = hashlib.sha256()
    for label, path in (("", item.file), *sorted(item.modules.items())):
        try:
            data = path.read_bytes()
        except OSError:
            return ""
        digest.update(f"{label}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


# ---- what was named on the command line ---------------------------------------------------------------


def _trees(paths: Sequence[Path], unpack_to: Path) -> tuple[list[Tree], list[Item], list[str]]:
    """Folders and classes' zips as trees of their own, single files by the folder that they lie in."""
    trees: list[Tree] = []
    items: list[Item] = []
    messages: list[str] = []
    files: list[Path] = []
    seen: set[Path] = set()
    for path in sorted(set(paths)):
        label = shown(str(path))
        if path.resolve() in seen:
            messages.append(f"{label}: names the same file or folder once more")
        elif path.is_dir():
            trees.append(scan(path, label))
        elif not path.is_file():
            items.append(_problem(label, "there is no such file or folder"))
        elif path.suffix.lower() not in SOURCES | {".zip"}:
            items.append(_problem(label, "expected a .py, .ipynb or .zip file or a folder"))
        else:
            files.append(path)
        seen.add(path.resolve())
    classes, told = _class_zips(files, unpack_to, alone=len(seen) == 1)
    loose: dict[str, dict[PurePosixPath, Where]] = {}
    for path in files:
        if path not in classes:
            loose.setdefault(shown(str(path.parent)), {})[PurePosixPath(path.name)] = path
    trees += [*classes.values(), *(Tree(label, inside) for label, inside in sorted(loose.items()))]
    return trees, items, [*messages, *told]


def _class_zips(files: Sequence[Path], unpack_to: Path, *, alone: bool) -> tuple[dict[Path, Tree], list[str]]:
    """The contents of zips that hold a class; each other one is a single student's.

    What a zip holds is up to whoever made it. Were each judged by itself, a student could hand in one
    that looks like a platform's download and name fellow students in it. So files named together are
    either all downloads or all submissions.
    """
    seen = {path: tree for path in files if (tree := _glance(path)) is not None}
    if alone:
        chosen = [path for path, tree in seen.items() if is_class(tree) or _flat(tree)]
        told = [f"{shown(str(path))}: read as a whole class, not as one student's zip" for path in chosen]
    else:
        chosen = [path for path, tree in seen.items() if is_platform(tree)]
        told = []
        if len(chosen) < len(files):
            told = [
                f"{shown(str(path))}: looks like a platform's download, but was read as one student's, "
                "like the files named with it; name it alone if it is one"
                for path in chosen
            ]
            chosen = []
    trees = {}
    for path in chosen:
        # A zip that fails here is read again as a student's, where the error becomes the item's problem.
        with contextlib.suppress(SubmissionError):
            trees[path] = unzip(path, shown(str(path)), unpack_to, download=True)
    return trees, told


def _glance(path: Path) -> Tree | None:
    try:
        return glance(path, shown(str(path))) if path.suffix.lower() == ".zip" else None
    except SubmissionError:
        return None


def _flat(tree: Tree) -> bool:
    """True for a zip of nothing but files, several of which may be graded."""
    folders, files = tops(tree)
    return not folders and len([n for n in files if PurePosixPath(n).suffix.lower() in SOURCES | {".zip"}]) > 1


# ---- one student's files ------------------------------------------------------------------------------


def _item(group: Group, graded: frozenset[str], unpack_to: Path) -> Item:
    """Choose the file that is graded."""
    entries = [inner for entry in group.entries for inner in _opened(entry, unpack_to)]
    refused = [f"{entry.shown}: {entry.where}" for entry in entries if entry.where and isinstance(entry.where, str)]
    found = {entry: path for entry in entries if not entry.helper and (path := _source(entry)) is not None}
    # Where there is no choice, nothing is read: a class may hold gigabytes of notebooks.
    counts = {e: len(names_in(path)[0] & graded) if len(found) > 1 else 0 for e, path in found.items()}
    owner = group.owner
    item = Item(group.path, None, owner.student, owner.name, owner.email, late=owner.late)
    if not counts:
        there = _some([entry.name.name for entry in entries])
        problem = "; ".join(refused) or f"holds no .py or .ipynb file{there and f', only {there}'}"
        return replace(item, note=owner.note, problem=shown(problem))
    chosen, *others = sorted(counts, key=lambda entry: _rank(entry, counts[entry]))
    modules = _modules(chosen, entries)
    notes = [owner.note, _choice(chosen, others, modules, counts, graded), *refused]
    note = shown("; ".join(text for text in notes if text))
    as_given = shown(str(PurePosixPath(group.root) / chosen.shown))
    return replace(item, path=as_given, file=_source(chosen), modules=modules, note=note)


def _opened(entry: Entry, unpack_to: Path) -> list[Entry]:
    """The entry, or what is in it when it is a zip; zips inside that are left closed."""
    if not isinstance(entry.where, Path) or entry.where.suffix.lower() != ".zip":
        return [entry]
    try:
        tree = unzip(entry.where, str(entry.shown), unpack_to, download=False)
    except SubmissionError as error:
        return [replace(entry, where=str(error))]
    refused = [replace(entry, where=message.removeprefix(f"{entry.shown}: ")) for message in tree.messages]
    return [*refused, *(Entry(entry.shown / name, name, where) for name, where in tree.files.items())]


def _source(entry: Entry) -> Path | None:
    """Where a file lies that may be graded or imported."""
    return entry.where if isinstance(entry.where, Path) and entry.where.suffix.lower() in SOURCES else None


def _rank(entry: Entry, defined: int) -> tuple[bool, int, int, str]:
    return CHECKPOINTS in entry.shown.parts, -defined, -_resubmission(entry)[1], str(entry.shown)


def _resubmission(entry: Entry) -> tuple[str, int]:
    """A file's stem without the number that platforms and browsers add, and that number (0 for none)."""
    stem = entry.name.stem
    match = re.fullmatch(r"(.+?)(?:-(\d{1,4})| ?\((\d{1,4})\))", stem)
    return (match[1], int(match[2] or match[3])) if match else (stem, 0)


def _modules(chosen: Entry, entries: Iterable[Entry]) -> dict[str, Path]:
    """What the graded file can import: the ``.py`` files beside it, the latest resubmission of each."""
    beside = [entry for entry in entries if entry.shown.parent == chosen.shown.parent and entry != chosen]
    modules = {}
    for entry in sorted(beside, key=lambda entry: (_resubmission(entry)[1], str(entry.shown))):
        path, name = _source(entry), _resubmission(entry)[0]
        if path is not None and entry.name.suffix.lower() == ".py" and name.isidentifier():
            modules[name] = path
    return dict(sorted(modules.items()))


def _choice(
    chosen: Entry,
    others: Sequence[Entry],
    modules: Mapping[str, Path],
    counts: Mapping[Entry, int],
    graded: frozenset[str],
) -> str:
    """Which file was taken and which ones were not, for the instructor."""
    if CHECKPOINTS in chosen.shown.parts:
        return f"only a copy in {CHECKPOINTS} was found"
    # A helper that is imported was not passed over; one that could have been graded was, all the same.
    passed = [entry for entry in others if counts[entry] or entry.where not in modules.values()]
    left = [entry.name.name for entry in passed if CHECKPOINTS not in entry.shown.parts]
    if not left:
        return ""
    count = f" (defines {counts[chosen]} of {len(graded)} functions)" if graded else ""
    return f"{chosen.name.name} is graded{count}, not {_some(left)}"


# ---- who it is ----------------------------------------------------------------------------------------


def _identified(group: Group, roster: Roster | None) -> Group:
    """The group under its student's identifier on the roster."""
    if roster is None:
        return group
    owner = group.owner
    hit = find(roster, [owner.student, owner.email, *owner.keys], [owner.name or owner.student])
    if isinstance(hit, int):
        person = roster.people[hit]
        known = replace(owner, student=person.id, name=person.name or owner.name, email=person.email or owner.email)
        return replace(group, owner=known)
    note = f"not identified by the roster: {hit}"
    return replace(group, owner=replace(owner, note="; ".join(filter(None, [owner.note, note]))))


def _problem(path: str, problem: str) -> Item:
    return Item(path, None, "", problem=problem)


def _some(names: Sequence[str], most: int = 8) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
