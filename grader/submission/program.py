"""The files of one student as one program: what is run of them, and the functions that are graded.

Nothing is executed here. Of every file only those top-level statements are taken that the graded functions need
(:mod:`grader.submission.need`), each as a :class:`Unit` with its place, so that a broken cell loses only itself.
"""

from __future__ import annotations

import ast
import hashlib
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from grader import sentences
from grader.errors import SubmissionError
from grader.model import Files, PassedOver
from grader.submission.cells import Cells, read_bytes
from grader.submission.editions import Edition, edition_of, renamed
from grader.submission.elsewhere import definitions, misplaced
from grader.submission.homes import fit_of, homes_of, not_graded
from grader.submission.links import Links, imported_names, is_imported, links_of
from grader.submission.names import Uses
from grader.submission.need import Statement, needed
from grader.submission.sources import MAX_FILES, ReadFile, depth_of, include, read_all, unrun
from grader.submission.statements import MAX_MESSAGES, first_line, is_definition
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

_MOST_SHOWN = 100_000  # letters of a definition in which blanks and marks of a template are looked for


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

    Of very many files those that lie least deep are read, and the first one that is not is told with the number of others.

    Raises
    ------
    SubmissionError
        When none of ``main`` can be read.
    """
    data: dict[str, bytes] = {}
    ages: dict[str, float] = {}
    unread: list[tuple[str, str]] = []
    order = sorted(files, key=depth_of) if len(files) > MAX_FILES else [*files]
    if behind := [inner for inner in order[MAX_FILES:] if inner in main]:
        unread.append((behind[0], sentences.read_behind(len(behind), MAX_FILES)))
    for inner, place in ((inner, files[inner]) for inner in order[:MAX_FILES]):
        try:
            data[inner] = read_bytes(Path(place), inner)
            ages[inner] = Path(place).stat().st_mtime
        except SubmissionError as error:
            if inner in main:  # another file that cannot be read is missing when it is imported
                unread.append((inner, str(error)))
    if not set(main) & set(data):
        raise SubmissionError(unread[0][1] if unread else sentences.READ_EMPTY)
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
    read = read_all(files, graded_from, messages, passed)
    if not any(path in read for path in graded_from):
        raise SubmissionError(passed[0][1] if passed else sentences.READ_EMPTY)
    include(read)
    own = [file for path, file in read.items() if path in graded_from]
    edition = edition_of([file.cells for file in own], [s for file in own for s in file.statements], editions)
    if edition is not None and edition.names:
        for file in own:
            file.statements = [renamed(statement, edition) for statement in file.statements]
    homes = homes_of(read, [path for path in read if path in graded_from], arities, ages or {}, assignment, places)
    for path, reason in not_graded(read, homes, graded_from, arities):
        passed.append((path, reason))
    links = links_of(read)
    redefined: list[Redefined] = []
    built = [_built(file, homes, arities, links, redefined) for file in read.values()]
    built.sort(key=lambda file: not file.graded)
    lost = {name: place for file in own for name, place in file.reading.lost.items()}
    messages += _about_files(own, built, passed)
    if len(messages) > MAX_MESSAGES:
        messages[MAX_MESSAGES:] = [sentences.more_messages(len(messages) - MAX_MESSAGES)]
    kept = tuple(file for file in built if file.units or file.graded or not arities)
    digest = _digest(kept, lost, edition.says if edition else "")
    about = lost, tuple(passed), dict(arities), edition, tuple(redefined), unrun(own, read)
    return Submission(name, kept, tuple(messages), digest, *about)


def _about_files(own: Sequence[ReadFile], built: Sequence[SourceFile], passed: Sequence[tuple[str, str]]) -> Iterator[str]:
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


# -- what is run -----------------------------------------------------------------------------------


def _built(
    file: ReadFile, homes: Mapping[str, str], arities: Mapping[str, int], links: Links, redefined: list[Redefined]
) -> SourceFile:
    """The file with the statements that its graded functions, or the files that import it, need."""
    graded = tuple(name for name in arities if homes.get(name) == file.path)
    found = file.statements if graded else [s for s in file.statements if not s.guarded]
    dropped: set[int] = set()
    wanted: dict[str, bool] = {}
    for name in (name for name in graded if "." not in name):  # a method comes with its class
        wanted[name] = _drop_unfit(found, name, arities[name], dropped, redefined)
    own = [statement for number, statement in enumerate(found) if number not in dropped]
    for name in imported_names(file, links):
        wanted.setdefault(name, False)
    if not arities or is_imported(file, links):  # without graded functions everything that is defined counts
        wanted |= {n: False for s in own if is_definition(s.tree) for n in s.uses.binds if n not in wanted}
    units = [_unit(own[number]) for number in needed(own, wanted, arities)] if wanted else []
    return SourceFile(file.path, tuple(units), graded, file.cells)


def _unit(statement: Statement) -> Unit:
    binds = (*statement.uses.binds, *["*"] * statement.uses.binder)
    return Unit(statement.text, statement.label, statement.line, binds, statement.tree, statement.uses)


def _drop_unfit(found: Sequence[Statement], name: str, arity: int, dropped: set[int], redefined: list[Redefined]) -> bool:
    """Drop a later definition that fits the contract's arguments worse than an earlier one; whether one fits."""
    definitions = {i: s.uses.definitions[name] for i, s in enumerate(found) if name in s.uses.definitions}
    fits = {i: 3 * fit_of(d, arity) + (not is_blank(d, found[i].text)) for i, d in definitions.items()}
    best = max(fits.values(), default=0)
    if len(fits) >= 2:
        chosen = max(i for i in fits if fits[i] == best)
        later = [i for i in fits if i > chosen]
        dropped.update(i for i in later if isinstance(found[i].tree, ast.FunctionDef))
        other = later[-1] if later else chosen
        why = _why_not(fit_of(definitions[other], arity), fits[other] % 3 == 0, arity) if later else ""
        places = _unit(found[chosen]).place, _unit(found[other]).place if later else ""
        redefined.append(Redefined(name, len(definitions), *places, why))
    return best > 1  # 1 is a filled one with other arguments


def _why_not(fit: int, blank: bool, arity: int) -> str:
    """Why a definition that stands last is not the chosen one."""
    if fit == 0:
        return sentences.other_arguments(arity)
    return sentences.NOT_FILLED_IN if blank else sentences.MORE_ARGUMENTS


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
