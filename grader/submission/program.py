"""What a file is: read a ``.py`` or ``.ipynb`` and select its definitions.

Nothing is executed here. A notebook of this course trains networks, loads data and draws plots at
top level; only imports, functions, classes and plain assignments are taken, each as a
:class:`Unit` with its place, so that a broken cell loses only itself.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import sentences
from grader.errors import SubmissionError
from grader.submission.cells import MAX_SOURCE, code_cells, decode, read_bytes
from grader.submission.statements import MAX_MESSAGES, Reading, bound_names, is_definition, parse, statements

__all__ = ["Submission", "Unit", "parse_submission", "read_submission"]

MAX_STATEMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Unit:
    """One top-level statement that the worker executes.

    Attributes
    ----------
    source, label, line
        The text, the place it comes from ("cell 7", "submission.py") and its first line there.
    binds
        Names that it binds (without those of a star import).
    essential
        A definition or import, whose failure is told; a failed assignment is not news.
    """

    source: str
    label: str
    line: int
    binds: tuple[str, ...]
    essential: bool

    @property
    def origin(self) -> str:
        """Where a person finds it."""
        return f"{self.label}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Submission:
    """The definitions of one submission, ready for the worker; ``lost`` are places of such as do not parse."""

    name: str
    units: tuple[Unit, ...]
    siblings: Mapping[str, tuple[Unit, ...]]
    messages: tuple[str, ...]
    digest: str
    sources: Mapping[str, str]
    lost: Mapping[str, str]

    def origin(self, function: str) -> str | None:
        """The place of the definition that counts."""
        for unit in reversed(self.units):
            if function in unit.binds:
                return unit.origin
        return None

    def arguments(self, function: str) -> tuple[str, ...]:
        """Names of the positional arguments of the definition that counts; empty where it is no plain definition."""
        unit = next((unit for unit in reversed(self.units) if function in unit.binds), None)
        tree, _ = parse(unit.source, Reading()) if unit and unit.source.startswith(("def", "@")) else (None, "")
        match tree.body if tree else []:
            case [ast.FunctionDef(args=spec)]:
                return tuple(argument.arg for argument in (*spec.posonlyargs, *spec.args))
        return ()


def read_submission(
    path: Path, arities: Mapping[str, int], *, siblings: Mapping[str, Path] | None = None, name: str | None = None
) -> Submission:
    """Read a file and select its definitions.

    Parameters
    ----------
    path
        A ``.py`` or ``.ipynb`` file.
    arities
        Graded functions and how many arguments they are called with: of several definitions the
        last one that can take them counts.
    siblings
        Further ``.py`` files that the submission may import, by module name.

    Raises
    ------
    SubmissionError
        When the file cannot be read; says what was found and what to do.
    """
    data = read_bytes(path)
    modules = {}
    for stem, other in (siblings or {}).items():
        try:
            modules[stem] = read_bytes(other)[: MAX_SOURCE + 1]  # a longer one is left out, with a message
        except SubmissionError:
            continue  # a neighbour that cannot be read is missing when it is imported
    return parse_submission(name or str(path), path.suffix.lower(), data, arities, siblings=modules)


def parse_submission(
    name: str,
    suffix: str,
    data: bytes,
    arities: Mapping[str, int],
    *,
    siblings: Mapping[str, bytes] | None = None,
) -> Submission:
    """Select the definitions of a submission whose bytes are at hand (see :func:`read_submission`)."""
    reading = Reading()
    messages = reading.messages
    cells = code_cells(suffix, data, Path(name).name)
    units = _last_that_fits(_units(cells, reading), arities, reading)
    modules = {}
    beside = Reading(messages)  # what lies beside a file takes nothing away from it
    room = MAX_SOURCE
    for stem, text in (siblings or {}).items():
        try:
            if len(text) > room:
                raise SubmissionError(sentences.long_modules(MAX_SOURCE // 2**20))
            room -= len(text)
            modules[stem] = tuple(_units([(f"{stem}.py", decode(text))], beside))
        except SubmissionError as error:
            messages.append(sentences.left_out(f"{stem}.py", error))
    if len(messages) > MAX_MESSAGES:
        messages[MAX_MESSAGES:] = [sentences.more_messages(len(messages) - MAX_MESSAGES)]
    digest = _digest(units, modules, reading.lost)
    return Submission(name, units, modules, tuple(messages), digest, dict(cells), reading.lost)


def _digest(units: Sequence[Unit], modules: Mapping[str, Sequence[Unit]], lost: Mapping[str, str]) -> str:
    """Exact text and place of every definition: equal digests are graded once."""
    state = hashlib.sha256(repr(sorted(lost.items())).encode("utf-8", "surrogatepass"))
    for stem, group in (("", units), *sorted(modules.items())):
        for unit in group:
            state.update(repr((stem, unit.label, unit.line, unit.source)).encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def _units(cells: Iterable[tuple[str, str]], reading: Reading) -> list[Unit]:
    units = []
    for label, source in cells:
        for count, (statement, text, line) in enumerate(statements(label, source, reading)):
            if count >= MAX_STATEMENTS:
                raise SubmissionError(sentences.many_statements(label, MAX_STATEMENTS))
            try:
                if not is_definition(statement) or _is_our_own(statement):
                    continue
                binds = tuple(dict.fromkeys(bound_names(statement)))
            except RecursionError:
                reading.messages.append(sentences.left_out(f"{label}, line {line}", sentences.NESTED_CODE))
                continue
            units.append(Unit(text, label, line, binds, not isinstance(statement, ast.Assign | ast.AnnAssign)))
    return units


def _is_our_own(statement: ast.stmt) -> bool:
    """A kit's notebook imports its checker: no news to anybody, and nothing for submissions."""
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] == "grader"


def _last_that_fits(units: list[Unit], arities: Mapping[str, int], reading: Reading) -> tuple[Unit, ...]:
    """Drop a later definition that fits the contract's arguments worse than an earlier one."""
    dropped: set[int] = set()
    for name, arity in arities.items():
        places = [i for i, unit in enumerate(units) if name in unit.binds]
        if len(places) < 2:
            continue
        fits = {i: _fit(units[i], arity, reading) for i in places}
        best = max(fits.values())
        chosen = max(i for i in places if fits[i] == best)
        later = [i for i in places if i > chosen]
        dropped.update(later)
        count, place = len(places), units[chosen].origin
        if later:
            other = units[later[-1]].origin
            reading.messages.append(sentences.defined_otherwise(name, count, place, other, arity))
        else:
            reading.messages.append(sentences.defined_often(name, count, place))
    return tuple(unit for i, unit in enumerate(units) if i not in dropped)


def _fit(unit: Unit, arity: int, reading: Reading) -> int:
    """How well a definition fits a call with so many arguments: 2 just so, 1 with defaults left over, 0 not."""
    if not unit.source.startswith(("def", "@")):  # an assignment may bind all names at once, ten thousand times
        return 2
    tree, _ = parse(unit.source, reading)
    statement = tree.body[0] if tree and tree.body else None
    if not isinstance(statement, ast.FunctionDef):
        return 2
    spec = statement.args
    most = len(spec.posonlyargs) + len(spec.args)
    required_keywords = sum(default is None for default in spec.kw_defaults)
    least = most - len(spec.defaults)
    if required_keywords or arity < least or (arity > most and spec.vararg is None):
        return 0
    extra = [a.arg for a in (*spec.posonlyargs, *spec.args)[arity:] if not re.search("print|verbose|debug|msg", a.arg)]
    return 1 if extra else 2
