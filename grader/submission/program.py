"""The files of one student as one program: which file each graded function is taken from, and what is run of it.

Nothing is executed here. Of every file only those top-level statements are taken that the graded functions need
(:mod:`grader.submission.need`), each as a :class:`Unit` with its place, so that a broken cell loses only itself.
"""

from __future__ import annotations

import ast
import hashlib
import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from grader import sentences
from grader.errors import SubmissionError
from grader.model import Files, PassedOver
from grader.submission.cells import MAX_SOURCE, MAX_WORDS, Cells, read_bytes, read_cells, words_of
from grader.submission.choosing import ranked, stands_back
from grader.submission.editions import Edition, edition_of, renamed
from grader.submission.elsewhere import definitions, misplaced
from grader.submission.names import Uses, uses_of
from grader.submission.need import Statement, needed
from grader.submission.statements import MAX_MESSAGES, Reading, Search, first_line, is_definition, statements
from grader.submission.templates import computes, is_blank

__all__ = [
    "Redefined",
    "SourceFile",
    "Submission",
    "Unit",
    "file_bytes",
    "parse_files",
    "parse_submission",
    "read_submission",
]

MAX_STATEMENTS = 20_000
MAX_FILES = 500
_BLANK = 2  # how far a template fills a name (see _filled)
_MOST_SHOWN = 100_000  # letters of a definition in which blanks and marks of a template are looked for
MAX_RUNS = 50  # files that one notebook runs, those that they run included


@lru_cache(maxsize=1)
def _lines(source: str) -> Sequence[str]:
    """The lines of a text; kept, because each exception of a function asks for one of them."""
    return source.split("\n")


@dataclass(frozen=True, slots=True)
class Unit:
    """One top-level statement that the worker executes.

    Attributes
    ----------
    source, label, line
        The text, the place it comes from ("cell 7", "submission.py") and its first line there.
    binds
        Names that it binds; ``"*"`` is a star import.
    tree, uses
        What the text says and does to names, as it was read: who asks for it later need not parse it again.
    """

    source: str
    label: str
    line: int
    binds: tuple[str, ...]
    tree: ast.stmt | None = field(default=None, compare=False, repr=False)
    uses: Uses = field(default_factory=Uses, compare=False, repr=False)

    @property
    def place(self) -> str:
        """Where a person finds it."""
        return f"{self.label}, line {self._first_line}"

    @property
    def origin(self) -> str:
        """The same with the text of the line, as reports name places."""
        return self.origin_at(self._first_line)

    @property
    def _first_line(self) -> int:
        return self.line + self.source.startswith("if 1:")

    def number_of(self, lineno: int) -> int:
        """How many lines stand before one of which the tree tells the number, which is that of its cell."""
        return lineno - first_line(self.tree) + self.source.startswith("if 1:") if self.tree else 0

    def origin_at(self, number: int) -> str:
        """One of its lines with its text; empty where it has no such line."""
        lines = _lines(self.source)
        if not self.line <= number < self.line + len(lines):
            return ""
        return sentences.quoted_line(self.label, number, lines[number - self.line])


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a student.

    Attributes
    ----------
    path
        Its name below the student's folder, with slashes.
    units
        What is executed of it, when its functions are graded or when it is imported.
    graded
        Names of the graded functions that are taken from it.
    cells
        Its text.
    """

    path: str
    units: tuple[Unit, ...]
    graded: tuple[str, ...]
    cells: Cells

    @property
    def module(self) -> str:
        """The dotted name by which it is imported; that of a package for ``__init__.py``."""
        return posixpath.splitext(self.path)[0].removesuffix("__init__").strip("/").replace("/", ".")

    @property
    def package(self) -> bool:
        return posixpath.basename(self.path) == "__init__.py"


@dataclass(frozen=True, slots=True)
class Redefined:
    """A graded function with several definitions in its file: how many, and where the one stands that is chosen of them.

    ``other`` is the place of the last one, where that is not chosen, and ``why`` the reason. What is really graded is known
    when they have been run.
    """

    name: str
    count: int
    place: str
    other: str = ""
    why: str = ""


@dataclass(frozen=True)
class Submission:
    """The program of one submission, ready for the worker.

    Attributes
    ----------
    files
        Those from which graded functions are taken first.
    messages
        What is to be said about reading it.
    digest
        Equal digests are graded once: the exact text and place of all that is executed.
    lost
        Places of definitions that do not parse, by name.
    passed_over
        Files that are not graded, with the reason.
    arities
        Graded functions and the number of arguments of their contract.
    edition
        The published form of the exercise that the files show; None where they show none.
    redefined
        Graded functions that are defined several times.
    unrun
        Files that ``%run`` names and that are not there.
    """

    name: str
    files: tuple[SourceFile, ...]
    messages: tuple[str, ...]
    digest: str
    lost: Mapping[str, str]
    passed_over: tuple[tuple[str, str], ...] = ()
    arities: Mapping[str, int] = field(default_factory=dict)
    edition: Edition | None = None
    redefined: tuple[Redefined, ...] = ()
    unrun: tuple[str, ...] = ()

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """All units, numbered as the worker numbers them."""
        return tuple(unit for file in self.files for unit in file.units)

    @property
    def sources(self) -> Mapping[str, str]:
        """Text of the code cells by label, for showing."""
        return {label: source for file in self.files for label, source in file.cells.code}

    @property
    def reported_files(self) -> Files:
        """Which files were graded and which were not, for the report."""
        graded = tuple(file.path for file in self.files if file.graded and file.units)
        return Files(graded, tuple(PassedOver(path, why) for path, why in self.passed_over))

    @property
    def has_modules(self) -> bool:
        """Whether something is executed that only an import reaches."""
        return any(file.units and not file.graded for file in self.files)

    def file_of(self, function: str) -> SourceFile | None:
        """The file that a graded function is taken from."""
        return next((file for file in self.files if function in file.graded), None)

    def unit_of(self, name: str) -> Unit | None:
        """The last statement that binds a name, in the files that are graded or else in the others.

        Of a method it is the last one that defines it, in its class or outside: ``Net.loss = loss`` may follow.
        """
        home, _, method = name.partition(".")
        if not method:
            return self._binders.get(home)
        if name not in self._methods:
            defines = re.compile(rf"(?m)^[ \t]*+def {re.escape(method)}\([ \t]*self\b")
            binding = (unit for unit in self._latest if home in unit.uses.binds or method in unit.uses.binds)
            self._methods[name] = next((u for u in binding if defines.search(u.source)), None) or self._binders.get(home)
        return self._methods[name]

    @cached_property
    def _methods(self) -> dict[str, Unit | None]:
        """What was found by the names of methods."""
        return {}

    @cached_property
    def bound(self) -> Set[str]:
        """All names that are bound; ``"*"`` stands for a star import."""
        return frozenset(name for unit in self.units for name in unit.binds)

    @cached_property
    def imports(self) -> Sequence[ast.Import | ast.ImportFrom]:
        """All imports, those within functions included."""
        trees = (unit.tree for unit in self.units if unit.tree and "import" in unit.source)
        return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]

    @cached_property
    def defined(self) -> Mapping[str, str]:
        """The places of what the text defines, whether it is run or not."""
        return definitions(file.cells for file in self.files)

    @cached_property
    def misplaced(self) -> Mapping[str, str]:
        """What is said of graded functions that are defined where it does not count."""
        return misplaced((file.cells for file in self.files), {name.partition(".")[0] for name in self.arities})

    @cached_property
    def _binders(self) -> Mapping[str, Unit]:
        """By name the last statement that binds it: a text of thousands of names asks for each of them."""
        return {name: unit for unit in reversed(self._latest) for name in unit.binds}

    @cached_property
    def _latest(self) -> tuple[Unit, ...]:
        """The statements of graded files and then of the others, the last one of each file first."""
        files = sorted(self.files, key=lambda file: not file.graded)
        return tuple(unit for file in files for unit in reversed(file.units))

    def origin(self, function: str) -> str | None:
        """The place of the definition that counts."""
        file, home = self.file_of(function), function.partition(".")[0]
        units = [unit for unit in file.units if home in unit.binds] if file else []
        if not units:
            return None
        unit, method = self.unit_of(function), self._definition(function) if home != function else None
        return unit.origin_at(unit.line + unit.number_of(method.lineno)) if unit and method else units[-1].origin

    def arguments(self, function: str) -> tuple[str, ...]:
        """Names of the positional arguments of the definition that counts; empty where it is no plain definition."""
        definition = self._definition(function)
        return tuple(a.arg for a in (*definition.args.posonlyargs, *definition.args.args)) if definition else ()

    def is_blank(self, function: str) -> bool:
        """Whether the definition that counts is an untouched template, in which nothing is computed."""
        unit, definition = self.unit_of(function), self._definition(function)
        if unit is None or definition is None or not is_blank(definition, "\n".join(self.lines_of(function)[1])):
            return False
        body = [statement for statement in definition.body if not isinstance(statement, ast.Raise)]
        return not computes(body)

    def lines_of(self, function: str) -> tuple[int, list[str]]:
        """The lines of the definition that counts, of a class the method's, and how many stand before it."""
        unit, definition = self.unit_of(function), self._definition(function)
        lines = unit.source[:_MOST_SHOWN].split("\n") if unit else []
        if unit is None or definition is None or "." not in function:
            return 0, lines
        first = unit.number_of(definition.lineno)
        end = first + (definition.end_lineno or definition.lineno) - definition.lineno
        last = next((number for number in range(end + 1, len(lines)) if _DEFINES.match(lines[number])), len(lines))
        return first, lines[first:last]

    def _definition(self, function: str) -> ast.FunctionDef | None:
        unit, name = self.unit_of(function), function.rpartition(".")[2]
        if unit is None or not isinstance(unit.tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return None
        found = self.functions_in(unit)
        also = [old for old, new in (self.edition.names if self.edition else {}).items() if new == name]
        return next((found[n] for n in (name, *also) if n in found), None)

    def functions_in(self, unit: Unit) -> Mapping[str, ast.FunctionDef]:
        """The functions that stand in a statement, by name; of several the outermost one."""
        if id(unit) not in self._functions:
            walked = reversed([*ast.walk(unit.tree)]) if unit.tree else ()
            self._functions[id(unit)] = {node.name: node for node in walked if isinstance(node, ast.FunctionDef)}
        return self._functions[id(unit)]

    @cached_property
    def _functions(self) -> dict[int, Mapping[str, ast.FunctionDef]]:
        """By the identity of a definition the functions in it, by name."""
        return {}


_DEFINES = re.compile(r"\s*(?:@|(?:async )?def |class )")


# -- reading -----------------------------------------------------------------------------------


def read_submission(
    files: Mapping[str, str | Path],
    arities: Mapping[str, int],
    *,
    main: Collection[str] | None = None,
    name: str = "",
    assignment: str = "",
    places: Mapping[str, str] = MappingProxyType({}),
    editions: Sequence[Edition] = (),
) -> Submission:
    """Read the files of one student.

    Parameters
    ----------
    files
        Where they lie, by their names below the student's folder.
    arities
        Graded functions and how many arguments they are called with: of several definitions the
        last one that can take them counts.
    main
        Files from which functions may be graded, all if not given; the others may be imported.
    name, assignment
        How the report calls the submission; the assignment whose name a file may resemble.
    places
        The file in which the exercise puts each graded function, where there are several.
    editions
        Published forms of the exercise, one of which the files may show.

    Raises
    ------
    SubmissionError
        When there is nothing that can be read; says what was found and what to do.
    """
    graded = set(files) if main is None else set(main)
    data, ages, unread = file_bytes(files, graded)
    main = graded & set(data)
    return parse_files(
        name, data, arities, main=main, ages=ages, assignment=assignment, unread=unread, places=places, editions=editions
    )


def file_bytes(
    files: Mapping[str, str | Path], main: Collection[str]
) -> tuple[dict[str, bytes], dict[str, float], tuple[tuple[str, str], ...]]:
    """Bytes and date of each file that can be read, and those of ``main`` that cannot, with the reason.

    Raises
    ------
    SubmissionError
        When none of ``main`` can be read.
    """
    data: dict[str, bytes] = {}
    ages: dict[str, float] = {}
    unread: list[tuple[str, str]] = []
    for inner, place in [*files.items()][:MAX_FILES]:
        try:
            data[inner] = read_bytes(Path(place), inner)
            ages[inner] = Path(place).stat().st_mtime
        except SubmissionError as error:
            if inner in main:  # another file that cannot be read is missing when it is imported
                unread.append((inner, str(error)))
    if not set(main) & set(data):
        raise SubmissionError(unread[0][1] if unread else sentences.read_empty())
    return data, ages, tuple(unread)


def parse_submission(
    name: str,
    suffix: str,
    data: bytes,
    arities: Mapping[str, int],
    *,
    siblings: Mapping[str, bytes] | None = None,
    editions: Sequence[Edition] = (),
) -> Submission:
    """The program of one file whose bytes are at hand, with the modules that lie beside it (see :func:`read_submission`)."""
    own = Path(name).name or f"submission{suffix}"
    files = {own: data, **{f"{stem}.py": text for stem, text in (siblings or {}).items() if f"{stem}.py" != own}}
    return parse_files(name, files, arities, main={own}, editions=editions)


@dataclass
class _Read:
    """A file while the program is put together."""

    path: str
    cells: Cells
    reading: Reading
    statements: list[Statement] = field(default_factory=list)
    included: list[tuple[int, str]] = field(default_factory=list)


def parse_files(
    name: str,
    files: Mapping[str, bytes],
    arities: Mapping[str, int],
    *,
    main: Collection[str] | None = None,
    ages: Mapping[str, float] | None = None,
    assignment: str = "",
    unread: Sequence[tuple[str, str]] = (),
    places: Mapping[str, str] = MappingProxyType({}),
    editions: Sequence[Edition] = (),
) -> Submission:
    """The program of files whose bytes are at hand.

    Parameters
    ----------
    files
        Bytes by the file's name below the student's folder.
    main
        Files from which functions may be graded, all if not given; the others may be imported.
    ages
        When the files were last changed, which decides last between two that have the same function.
    unread
        Files that could not be read, with the reason.
    places
        The file in which the exercise puts each graded function, where there are several.
    editions
        Published forms of the exercise, one of which the files may show.

    Raises
    ------
    SubmissionError
        When no file can be read.
    """
    graded_from = set(files) if main is None else set(main)
    messages: list[str] = []
    passed = list(unread)
    read = _read_all(files, graded_from, messages, passed)
    if not any(path in read for path in graded_from):
        raise SubmissionError(passed[0][1] if passed else sentences.read_empty())
    _include(read)
    own = [file for path, file in read.items() if path in graded_from]
    edition = edition_of([file.cells for file in own], [s for file in own for s in file.statements], editions)
    if edition is not None and edition.names:
        for file in own:
            file.statements = [renamed(statement, edition) for statement in file.statements]
    homes = _homes(read, [path for path in read if path in graded_from], arities, ages or {}, assignment, places)
    for path, reason in _not_graded(read, homes, graded_from, arities):
        passed.append((path, reason))
    links = _links(read)
    redefined: list[Redefined] = []
    built = [_built(file, homes, arities, links, redefined) for file in read.values()]
    built.sort(key=lambda file: not file.graded)
    lost = {name: place for file in own for name, place in file.reading.lost.items()}
    messages += _about_files(own, built, passed)
    if len(messages) > MAX_MESSAGES:
        messages[MAX_MESSAGES:] = [sentences.more_messages(len(messages) - MAX_MESSAGES)]
    kept = tuple(file for file in built if file.units or file.graded or not arities)
    digest = _digest(kept, lost, edition.says if edition else "")
    about = lost, tuple(passed), dict(arities), edition, tuple(redefined), _unrun(own, read)
    return Submission(name, kept, tuple(messages), digest, *about)


def _about_files(own: Sequence[_Read], built: Sequence[SourceFile], passed: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What is to be said about files that may be graded, at length of those that are executed, and of those passed over."""
    executed = {file.path for file in built if file.units}
    for file in own:
        yield from _in_short(file.reading.messages, short=bool(executed) and file.path not in executed)
    for path, why in passed:
        yield sentences.passed_over(path, why)


def _in_short(texts: Sequence[str], *, short: bool) -> list[str]:
    """What is said about reading a file; of one that nothing is taken from, the first sentence and a number."""
    if len(texts) < 3 or not short:
        return list(texts)
    return [texts[0], sentences.more_messages(len(texts) - 1)]


def _read_all(
    files: Mapping[str, bytes], graded_from: set[str], messages: list[str], passed: list[tuple[str, str]]
) -> dict[str, _Read]:
    """Every file that can be read, and the files that cells write (``%%writefile``)."""
    unparsed: dict[str, _Read] = {}
    written: dict[str, list[tuple[str, str]]] = {}
    room = {True: MAX_SOURCE, False: MAX_SOURCE}
    # A whole megabyte of usual code has under 300,000 words.
    words = {True: 2 * MAX_WORDS, False: MAX_WORDS}
    search = Search()
    single = len(graded_from) == 1
    empty: list[tuple[str, str]] = []
    for path, data in [*files.items()][:MAX_FILES]:
        graded = path in graded_from
        base = posixpath.basename(path)
        try:
            cells = read_cells(data, path if not single or not graded else base)
            room[graded] -= sum(len(source) for _, source in cells.code)
            words[graded] -= sum(words_of(source) for _, source in cells.code) if len(files) > 1 else 0
            if min(room[graded], words[graded]) < 0:
                raise SubmissionError(sentences.read_modules(MAX_SOURCE) if not graded else sentences.read_long(MAX_SOURCE))
        except SubmissionError as error:
            if graded and data.strip():  # an empty __init__.py beside others is no news
                passed.append((path, str(error)))
            elif graded:
                empty.append((path, str(error)))
            else:
                messages.append(sentences.left_out(path, error))
            continue
        messages += [note if single else f"{path}: {note}" for note in cells.notes if graded]
        if path.endswith(".ipynb") and (not graded or not single):
            cells = replace(cells, code=tuple((f"{path}, {label}", source) for label, source in cells.code))
        unparsed[path] = _Read(path, cells, Reading(search=search))
        for target, source in _writing(path, cells):
            written.setdefault(target, []).append(source)
            if graded:
                graded_from.add(target)
    passed += empty if not unparsed else []
    for target, parts in [*written.items()][:MAX_FILES]:
        text = "\n".join(source for _, source in parts)
        unparsed[target] = _Read(target, Cells(((parts[0][0], text),)), Reading(search=search))
    return _parsed(unparsed, graded_from, messages, passed)


def _parsed(
    files: Mapping[str, _Read], graded_from: Collection[str], messages: list[str], passed: list[tuple[str, str]]
) -> dict[str, _Read]:
    """The files with their statements, without those that hold too many, or too much that is broken."""
    read: dict[str, _Read] = {}
    room = MAX_STATEMENTS
    for path, file in files.items():
        try:
            _parse(file, room)
        except SubmissionError as error:
            if path in graded_from:
                passed.append((path, str(error)))
            else:
                messages.append(sentences.left_out(path, error))
            continue
        room -= len(file.statements)
        read[path] = file
    return read


_WRITES = re.compile(r"\s{0,20}%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?[\"']?([\w./-]{1,200}\.py)[\"']?[ \t]*\n")
_RUNS = re.compile(
    r"(?m)^[ \t]{0,20}%run[ \t]+(?:-\w+[ \t]+){0,5}(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|([^\s\"']{1,200}))"
)


def _writing(path: str, cells: Cells) -> Iterator[tuple[str, tuple[str, str]]]:
    """The files that cells write, with the label and text of the cell; the magic's line stays as an empty one."""
    for label, source in cells.code:
        found = _WRITES.match(source)
        if found:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[1]))
            if not target.startswith(("..", "/")):
                yield target, (label, "\n" + source[found.end() :])


def _parse(file: _Read, room: int) -> None:
    """The statements of a file, and the places where it runs another one (``%run other.ipynb``)."""
    for label, source in file.cells.code:
        if "%run" in source:
            file.included += [(len(file.statements), "".join(found)) for found in _RUNS.findall(source)]
        for tree, text, line, guarded in statements(label, source, file.reading):
            if len(file.statements) >= room:
                raise SubmissionError(sentences.read_statements(label, MAX_STATEMENTS))
            try:
                if not _is_our_own(tree):
                    uses = uses_of(tree)
                    uses.dynamic |= "sys.modules" in text
                    file.statements.append(Statement(tree, text, label, line, uses, guarded))
            except RecursionError:
                file.reading.messages.append(sentences.left_out(f"{label}, line {line}", sentences.nested()))


def _is_our_own(statement: ast.stmt) -> bool:
    """A kit's notebook imports its checker: no news to anybody, and nothing for submissions."""
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] == "grader"


def _include(read: dict[str, _Read]) -> None:
    """Put the statements of a file that ``%run`` names where it is named; each file once."""
    room = MAX_STATEMENTS
    expanded: dict[str, list[Statement]] = {}
    for path, file in read.items():
        if file.included and room > 0:
            expanded[path] = [*islice(_with_runs(file, read, {path}), room)]
            room -= len(expanded[path])
    for path, found in expanded.items():
        read[path].statements = found


def _with_runs(file: _Read, read: Mapping[str, _Read], visited: set[str]) -> Iterator[Statement]:
    start = 0
    for place, target in file.included:
        yield from file.statements[start:place]
        start = place
        other = _ran(file.path, target, read)
        if other and other not in visited and len(visited) < MAX_RUNS:
            visited.add(other)
            yield from _with_runs(read[other], read, visited)
    yield from file.statements[start:]


def _ran(path: str, target: str, read: Mapping[str, _Read]) -> str | None:
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return next((name for name in (base, f"{base}.py", f"{base}.ipynb") if name in read), None)


def _unrun(own: Sequence[_Read], read: Mapping[str, _Read]) -> tuple[str, ...]:
    """Files that are run and are not there."""
    named = ((file.path, target) for file in own for _, target in file.included[:MAX_RUNS])
    return tuple(dict.fromkeys(posixpath.basename(target) for path, target in named if not _ran(path, target, read)))


# -- which file ----------------------------------------------------------------------------------


def _homes(
    read: Mapping[str, _Read],
    paths: Sequence[str],
    arities: Mapping[str, int],
    ages: Mapping[str, float],
    assignment: str,
    places: Mapping[str, str],
) -> dict[str, str]:
    """For each graded function the file that it is taken from: filled before blank, then by name, then the newest."""
    expected = {name.partition(".")[0]: f"/{path}" for name, path in places.items()}
    filled = {path: _filled(read[path].statements, arities) for path in paths}
    held = {path: sum(fill > _BLANK for fill in filled[path].values()) for path in paths}
    order = {path: number for number, path in enumerate(ranked(paths, ages, assignment, held))}
    homes = {}
    for name in arities:
        candidates = [path for path in paths if name in filled[path]]
        if candidates:
            asked = {path: f"/{path}".endswith(expected.get(name, "/")) for path in candidates}
            replaced = _replaced(name, [path for path in candidates if filled[path][name] > _BLANK], read)
            homes[name] = max(
                candidates,
                key=lambda path: (filled[path][name], asked[path], _stem(path) not in replaced, order[path]),
            )
    most = max(paths, key=lambda path: (sum(home == path for home in homes.values()), order[path]))
    star = next((path for path in paths if any("*" in s.uses.binds for s in read[path].statements)), most)
    return {name: homes.get(name.partition(".")[0], star if not homes else most) for name in arities}


def _replaced(name: str, paths: Sequence[str], read: Mapping[str, _Read]) -> set[str]:
    """The modules that a file imports before it defines a name itself, which takes the place of theirs; not in a test."""
    importing = [path for path in paths if len(paths) > 1 and not stands_back(path)]
    return {stem for path in importing for stem in _imported_before(name, read[path].statements)}


def _imported_before(name: str, found: Sequence[Statement]) -> set[str]:
    before, replaced = set[str](), set[str]()
    for statement in found:
        tree = statement.tree
        if isinstance(tree, ast.Import | ast.ImportFrom):
            origin = tree.module if isinstance(tree, ast.ImportFrom) else None
            stems = {module.rpartition(".")[2] for module in [origin or "", *(alias.name for alias in tree.names)]}
            before |= stems
            replaced -= stems if {"*", name}.intersection(statement.uses.binds) else set()
        elif name in statement.uses.binds:
            replaced = set(before)
    return replaced


def _filled(found: Sequence[Statement], arities: Mapping[str, int]) -> dict[str, int]:
    """How far each graded name is bound in a file: 1 imported, 2 a blank, 3 defined with other arguments, 4 defined."""
    best: dict[str, int] = {}
    for statement in found:
        for name in statement.uses.binds:
            if name in arities:
                best[name] = max(best.get(name, 0), _how_filled(statement, name, arities[name]))
    return best


def _how_filled(statement: Statement, name: str, arity: int) -> int:
    tree = statement.tree
    if isinstance(tree, ast.Import | ast.ImportFrom):
        return 1
    definition = statement.uses.definitions.get(name)
    if is_blank(definition, statement.text):
        return 2
    if definition is None:
        return 3 if isinstance(tree, ast.Assign | ast.AnnAssign | ast.For | ast.With) else 4
    return 4 if _fit(definition, arity) else 3


def _not_graded(
    read: Mapping[str, _Read], homes: Mapping[str, str], graded_from: Collection[str], arities: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Files that hold graded functions, all of which are taken from other files."""
    used = set(homes.values())
    for path in sorted(set(graded_from) & set(read) - used):
        names = [name for name, filled in _filled(read[path].statements, arities).items() if filled > 1]
        if names:
            elsewhere = sorted({homes[name] for name in names})
            yield path, sentences.better_file(names, " and ".join(elsewhere))


# -- what is run -----------------------------------------------------------------------------------


def _built(
    file: _Read, homes: Mapping[str, str], arities: Mapping[str, int], links: _Links, redefined: list[Redefined]
) -> SourceFile:
    """The file with the statements that its graded functions, or the files that import it, need."""
    graded = tuple(name for name in arities if homes.get(name) == file.path)
    found = file.statements if graded else [s for s in file.statements if not s.guarded]
    dropped: set[int] = set()
    wanted: dict[str, bool] = {}
    for name in (name for name in graded if "." not in name):  # a method comes with its class
        wanted[name] = _drop_unfit(found, name, arities[name], dropped, redefined)
    own = [statement for number, statement in enumerate(found) if number not in dropped]
    for name in _imported_names(file, links):
        wanted.setdefault(name, False)
    if not arities or _is_imported(file, links):  # without graded functions everything that is defined counts
        wanted |= {n: False for s in own if is_definition(s.tree) for n in s.uses.binds if n not in wanted}
    units = [_unit(own[number]) for number in needed(own, wanted, arities)] if wanted else []
    return SourceFile(file.path, tuple(units), graded, file.cells)


def _unit(statement: Statement) -> Unit:
    binds = (*statement.uses.binds, *["*"] * statement.uses.binder)
    return Unit(statement.text, statement.label, statement.line, binds, statement.tree, statement.uses)


def _drop_unfit(found: Sequence[Statement], name: str, arity: int, dropped: set[int], redefined: list[Redefined]) -> bool:
    """Drop a later definition that fits the contract's arguments worse than an earlier one; whether one fits."""
    definitions = {i: s.uses.definitions[name] for i, s in enumerate(found) if name in s.uses.definitions}
    fits = {i: 3 * _fit(d, arity) + (not is_blank(d, found[i].text)) for i, d in definitions.items()}
    best = max(fits.values(), default=0)
    if len(fits) >= 2:
        chosen = max(i for i in fits if fits[i] == best)
        later = [i for i in fits if i > chosen]
        dropped.update(i for i in later if isinstance(found[i].tree, ast.FunctionDef))
        other = later[-1] if later else chosen
        why = _why_not(_fit(definitions[other], arity), fits[other] % 3 == 0, arity) if later else ""
        places = _unit(found[chosen]).place, _unit(found[other]).place if later else ""
        redefined.append(Redefined(name, len(definitions), *places, why))
    return best > 1  # 1 is a filled one with other arguments


def _why_not(fit: int, blank: bool, arity: int) -> str:
    """Why a definition that stands last is not the chosen one."""
    if fit == 0:
        return sentences.other_arguments(arity)
    return sentences.NOT_FILLED_IN if blank else sentences.MORE_ARGUMENTS


def _fit(definition: ast.FunctionDef, arity: int) -> int:
    """How well a definition fits a call with so many arguments: 2 just so, 1 with defaults left over, 0 not."""
    spec = definition.args
    most = len(spec.posonlyargs) + len(spec.args)
    required_keywords = sum(default is None for default in spec.kw_defaults)
    least = most - len(spec.defaults)
    if required_keywords or arity < least or (arity > most and spec.vararg is None):
        return 0
    extra = [a.arg for a in (*spec.posonlyargs, *spec.args)[arity:] if not re.search("print|verbose|debug|msg", a.arg)]
    return 1 if extra else 2


@dataclass
class _Links:
    """What the files of a student name of one another, collected in one walk over all of them.

    ``modules`` are parts of the names of imported modules; by such a part, ``names`` are what is imported from it, and
    ``aliases`` what it is called; ``attributes`` are read of such names; ``dynamic`` files may import by a text.
    """

    modules: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    aliases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    dynamic: set[str] = field(default_factory=set)

    def add(self, node: ast.AST) -> None:
        """Write down what a node names; it may be another file with the name of its own one."""
        if isinstance(node, ast.Attribute):
            self.attributes[_tail(node.value)].add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            origin = (node.module or "").split(".") if isinstance(node, ast.ImportFrom) else []
            for part in {*origin} - {""}:
                self.modules.add(part)
                self.names[part].update(alias.name for alias in node.names)
            for alias in node.names:
                for part in {*alias.name.split(".")}:
                    self.modules.add(part)
                    self.aliases[part].add(alias.asname or alias.name.rpartition(".")[2])


def _links(read: Mapping[str, _Read]) -> _Links:
    links = _Links()
    for file in read.values() if len(read) > 1 else ():
        for statement in file.statements:
            if statement.uses.dynamic:
                links.dynamic.add(file.path)
            for node in ast.walk(statement.tree):
                links.add(node)
    return links


def _is_imported(file: _Read, links: _Links) -> bool:
    """Whether another file may import this one; where something imports by a text, it may."""
    return _stem(file.path) in links.modules or bool(links.dynamic - {file.path})


def _imported_names(file: _Read, links: _Links) -> set[str]:
    """Names of this file that others import one by one, or read as an attribute of the module."""
    bound = {name for statement in file.statements for name in statement.uses.binds}
    names = bound & links.names.get(_stem(file.path), set())
    for alias in links.aliases.get(_stem(file.path), ()):
        names |= bound & links.attributes.get(alias, set())
    return names


def _tail(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _stem(path: str) -> str:
    """The name under which other files speak of a file; that of the folder for a package."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return posixpath.basename(posixpath.dirname(path)) if stem == "__init__" else stem


def _digest(files: Sequence[SourceFile], lost: Mapping[str, str], edition: str) -> str:
    """Exact text and place of everything that is executed, and the edition: equal digests are graded once.

    The name of a single file means nothing; where there are several, they import one another by it.
    """
    state = hashlib.sha256(repr((sorted(lost.items()), edition)).encode("utf-8", "surrogatepass"))
    for file in files:
        state.update(repr((file.path if len(files) > 1 else "", file.graded)).encode("utf-8", "surrogatepass"))
        for unit in file.units:
            state.update(repr((unit.label, unit.line, unit.source)).encode("utf-8", "surrogatepass"))
    return state.hexdigest()
