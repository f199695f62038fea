"""The files of one student as one program: what is run of them, and the functions that are graded.

Nothing is executed here. Of every file only those top-level statements are taken that the graded functions need
(:mod:`grader.submission.need`), each as a :class:`Unit` with its place, so that a broken cell loses only itself.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from grader import sentences
from grader.model import Files, PassedOver
from grader.submission.cells import Cells
from grader.submission.editions import Edition
from grader.submission.elsewhere import definitions, misplaced
from grader.submission.names import Uses
from grader.submission.statements import first_line
from grader.submission.templates import computes, is_blank

__all__ = ["Redefined", "SourceFile", "Submission", "Unit"]

_DEFINES = re.compile(r"\s*(?:@|(?:async )?def |class )")
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
        unit, method = self.unit_of(function), self.definition(function) if home != function else None
        return unit.origin_at(unit.line + unit.number_of(method.lineno)) if unit and method else units[-1].origin

    def arguments(self, function: str) -> tuple[str, ...]:
        """Names of the positional arguments of the definition that counts; empty where it is no plain definition."""
        definition = self.definition(function)
        return tuple(a.arg for a in (*definition.args.posonlyargs, *definition.args.args)) if definition else ()

    def is_blank(self, function: str) -> bool:
        """Whether the definition that counts is an untouched template, in which nothing is computed."""
        unit, definition = self.unit_of(function), self.definition(function)
        if unit is None or definition is None or not is_blank(definition, "\n".join(self.lines_of(function)[1])):
            return False
        body = [statement for statement in definition.body if not isinstance(statement, ast.Raise)]
        return not computes(body)

    def lines_of(self, function: str) -> tuple[int, list[str]]:
        """The lines of the definition that counts, of a class the method's, and how many stand before it."""
        unit, definition = self.unit_of(function), self.definition(function)
        lines = unit.source[:_MOST_SHOWN].split("\n") if unit else []
        if unit is None or definition is None or "." not in function:
            return 0, lines
        first = unit.number_of(definition.lineno)
        end = first + (definition.end_lineno or definition.lineno) - definition.lineno
        last = next((number for number in range(end + 1, len(lines)) if _DEFINES.match(lines[number])), len(lines))
        return first, lines[first:last]

    def definition(self, function: str) -> ast.FunctionDef | None:
        """The definition that counts, of a class the method's; None where it is no plain one."""
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
