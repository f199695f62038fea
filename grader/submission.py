"""What a file is: read a ``.py`` or ``.ipynb`` and select its definitions.

Nothing is executed here. A notebook of this course trains networks, loads data and draws plots at
top level; only imports, functions, classes and plain assignments are taken, each as a
:class:`Unit` with its place, so that a broken cell loses only itself.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.errors import SubmissionError

__all__ = ["Submission", "Unit", "parse_submission", "read_submission"]

MAX_FILE = 32 * 2**20
MAX_SOURCE = 2**20
MAX_CELLS = 20_000
MAX_PARTS = 2_000_000  # lists and objects of its JSON, which take memory before they can be counted
MAX_STATEMENTS = 20_000
MAX_MESSAGES = 50
MAX_ATTEMPTS = 2_000


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
    """The definitions of one submission, ready for the worker."""

    name: str
    units: tuple[Unit, ...]
    siblings: Mapping[str, tuple[Unit, ...]]
    messages: tuple[str, ...]
    digest: str
    sources: Mapping[str, str]

    def origin(self, function: str) -> str | None:
        """The place of the definition that counts."""
        for unit in reversed(self.units):
            if function in unit.binds:
                return unit.origin
        return None


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
    data = _read(path)
    modules = {}
    for stem, other in (siblings or {}).items():
        try:
            modules[stem] = _read(other)
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
    messages: list[str] = []
    cells = _cells(suffix, data, Path(name).name)
    units = _last_that_fits(_units(cells, messages), arities, messages)
    modules = {}
    for stem, text in (siblings or {}).items():
        try:
            modules[stem] = tuple(_units([(f"{stem}.py", _decode(text))], messages))
        except SubmissionError as error:
            messages.append(f"{stem}.py was left out: {error}")
    if len(messages) > MAX_MESSAGES:
        messages[MAX_MESSAGES:] = [f"... and {len(messages) - MAX_MESSAGES} more messages of this kind"]
    return Submission(name, units, modules, tuple(messages), _digest(units, modules), dict(cells))


def _digest(units: Sequence[Unit], modules: Mapping[str, Sequence[Unit]]) -> str:
    """Exact text and place of every definition: equal digests are graded once."""
    state = hashlib.sha256()
    for stem, group in (("", units), *sorted(modules.items())):
        for unit in group:
            state.update(repr((stem, unit.label, unit.line, unit.source)).encode("utf-8", "surrogatepass"))
    return state.hexdigest()


# -- bytes to cells ----------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SubmissionError(f"expected a .py or .ipynb file, found a folder: {path}")
        if not path.is_file():
            raise SubmissionError(f"there is no readable file at {path}; check the path")
        size = path.stat().st_size
        if size > MAX_FILE:
            raise SubmissionError(
                f"the file has {size / 2**20:.0f} MB, at most {MAX_FILE // 2**20} MB are read; "
                "clear the outputs of the notebook, save it and submit it again"
            )
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"cannot read {path}: {error.strerror or error}") from error


_CODING = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263


def _decode(data: bytes) -> str:
    declared = _CODING.match(data)
    encodings = ["utf-8-sig", *([declared[1].decode("ascii")] if declared else []), "gb18030"]
    for encoding in encodings if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-16",):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeError, LookupError):
            continue
    raise SubmissionError("the file is not text in UTF-8; save it again with that encoding")


def _cells(suffix: str, data: bytes, name: str) -> list[tuple[str, str]]:
    """Code cells as (label, source); a module is one cell."""
    if suffix not in (".py", ".ipynb"):
        raise SubmissionError(f"expected a .py or .ipynb file, found {suffix or 'a file without suffix'}")
    if not data.strip():
        raise SubmissionError("the file is empty; submit the file with your solution")
    text = _decode(data)
    cells = [(name, text)] if suffix == ".py" else list(_notebook_cells(text))
    if sum(len(source) for _, source in cells) > MAX_SOURCE:
        raise SubmissionError(f"the code is longer than {MAX_SOURCE // 2**20} MB; that is not a solution")
    return cells


def _notebook_cells(text: str) -> Iterator[tuple[str, str]]:
    if text.count("[") + text.count("{") > MAX_PARTS:
        raise SubmissionError(
            f"the notebook has more than {MAX_PARTS} parts; clear its outputs, save it and submit it again"
        )
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise SubmissionError(
            f"not a notebook: broken JSON at line {error.lineno}, column {error.colno} ({error.msg}); "
            "open it in Jupyter, save it and submit the saved file"
        ) from error
    except (RecursionError, ValueError) as error:
        raise SubmissionError("not a notebook: the JSON is nested too deeply or holds an absurd number") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):
        cells = _worksheet_cells(notebook.get("worksheets"))
    if not isinstance(cells, list):
        raise SubmissionError("not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved")
    if len(cells) > MAX_CELLS:
        raise SubmissionError(f"the notebook has {len(cells)} cells, at most {MAX_CELLS} are read")
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                whole = source.encode("utf-8", "replace").decode()  # half an emoji is no text
                yield f"cell {number}", whole.replace("\r\n", "\n").replace("\r", "\n")


def _worksheet_cells(sheets: Any) -> list[Any] | None:
    """Cells of nbformat 3, which keeps them in worksheets."""
    if not isinstance(sheets, list):
        return None
    groups = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for group in groups if isinstance(group, list) for cell in group]


# -- cells to statements -----------------------------------------------------------------

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3"})
# (?!\s): without it a line of n spaces is tried in n * n ways.
_MAGIC_LINE = re.compile(r"(\s*)(?!\s)(?:[%!?]|[\w.]+\?{1,2}\s*$|[\w., ]+=\s*[%!])")
_STARTS = re.compile(r"[^\s#)\]}]")
_CONTINUES = re.compile(r"(else|elif|except|finally)\b")


def _units(cells: Iterable[tuple[str, str]], messages: list[str]) -> list[Unit]:
    units = []
    for label, source in cells:
        for count, (statement, text, line) in enumerate(_statements(label, source, messages)):
            if count >= MAX_STATEMENTS:
                raise SubmissionError(f"{label} has more than {MAX_STATEMENTS} statements; that is not a solution")
            try:
                if not _is_definition(statement) or _is_our_own(statement):
                    continue
                binds = tuple(dict.fromkeys(_binds(statement)))
            except RecursionError:
                messages.append(f"{label}, line {line} was left out: it is nested too deeply")
                continue
            units.append(Unit(text, label, line, binds, not isinstance(statement, ast.Assign | ast.AnnAssign)))
    return units


def _statements(label: str, source: str, messages: list[str]) -> Iterator[tuple[ast.stmt, str, int]]:
    """Top-level statements with their text and first line; recovers what stands on its own."""
    magic = _CELL_MAGIC.match(source)
    if magic:
        if magic[1] not in _PYTHON_CELL_MAGICS:
            return
        source = source.replace("%%" + magic[1], "#", 1)
    tree, _ = _parse(source)
    if tree is None:
        source = _without_magics(source)
        tree, error = _parse(source)
        if tree is None:
            yield from _recovered(label, _without_all_magics(source), error, messages)
            return
    lines = source.split("\n")
    for statement in tree.body:
        first = _first_line(statement)
        yield statement, _text(lines, statement, first), first


def _first_line(statement: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _text(lines: Sequence[str], statement: ast.stmt, first: int) -> str:
    """The statement's own lines; cut where two statements share a line (``a = 1; b = 2``)."""
    last = statement.end_lineno or first
    if statement.col_offset or _shares_last_line(lines[last - 1], statement):
        with contextlib.suppress(RecursionError):  # too deep: it is left out later, with a message
            return ast.unparse(statement)
    return "\n".join(lines[first - 1 : last])


def _shares_last_line(line: str, statement: ast.stmt) -> bool:
    end = statement.end_col_offset or 0
    rest = _encoded(line)[end : end + 200].decode("utf-8", "ignore").strip()
    return bool(rest) and not rest.startswith("#") and rest != ";"


@lru_cache(maxsize=1)
def _encoded(line: str) -> bytes:
    """A line as the parser counts it; kept, because one line may hold ten thousand statements."""
    return line.encode("utf-8", "surrogatepass")


def _tree(source: str) -> ast.Module:
    with warnings.catch_warnings():  # a formula in a text ("\sigma") is no reason for a warning, let alone an error
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _parse(source: str) -> tuple[ast.Module | None, str]:
    try:
        return _tree(source), ""
    except SyntaxError as error:
        return None, f"{type(error).__name__}: {error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError, SystemError) as error:
        return None, f"it cannot be parsed ({type(error).__name__})"


def _without_magics(source: str) -> str:
    """Magic lines replaced one by one where the parser stumbles over them.

    Not all at once: a line that begins with ``%`` may also go on with an expression or a text.
    """
    lines = source.split("\n")
    for _ in range(100):
        number = _stumbles("\n".join(lines))
        match = _MAGIC_LINE.match(lines[number - 1]) if 0 < number <= len(lines) else None
        if not match:
            break
        lines[number - 1] = f"{match[1]}pass"
    return "\n".join(lines)


def _stumbles(source: str) -> int:
    """The line at which parsing fails; 0 where it does not, or where nobody knows."""
    try:
        _tree(source)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        pass
    return 0


def _without_all_magics(source: str) -> str:
    lines = [f"{match[1]}pass" if (match := _MAGIC_LINE.match(line)) else line for line in source.split("\n")]
    return "\n".join(lines)


def _recovered(label: str, source: str, error: str, messages: list[str]) -> Iterator[tuple[ast.stmt, str, int]]:
    """Statements of a cell that does not parse: whatever parses by itself is kept."""
    for attempt in (textwrap.dedent(source), source.expandtabs(4)):
        tree, _ = _parse(attempt)
        if tree is not None:
            lines = attempt.split("\n")
            for statement in tree.body:
                first = _first_line(statement)
                yield statement, _text(lines, statement, first), first
            return
    chunks = _chunks(source.split("\n"))
    at, lost, kept = 0, [], 0
    attempts = MAX_ATTEMPTS if len(messages) < MAX_MESSAGES else 0
    while at < len(chunks) and attempts:
        tree, text, end = _joined(chunks, at)
        attempts -= min(attempts, end - at)
        if tree is None:
            lost.append(chunks[at])
            at += 1
            continue
        lines = text.split("\n")
        for statement in tree.body:
            first = _first_line(statement)
            yield statement, _text(lines, statement, first), chunks[at][0] + first - 1
            kept += 1
        at = end
    lost.extend(chunks[at:])
    named = [match[1] for _, chunk in lost for match in [re.match(r"(?:def|class)\s+(\w+)", chunk[0])] if match]
    what = f"{', '.join(named)} in {label}" if named and kept else label if not kept else f"a part of {label}"
    messages.append(f"{what} was left out: {error}")


def _joined(chunks: Sequence[tuple[int, list[str]]], at: int) -> tuple[ast.Module | None, str, int]:
    """The chunk at a place, with what follows where it is unfinished: a string may hold text at the margin."""
    text, tree, end = "", None, at
    for end in range(at + 1, min(at + 25, len(chunks)) + 1):
        text = "\n".join(line for _, chunk in chunks[at:end] for line in chunk)
        tree, error = _parse(text)
        if tree is not None or not _UNFINISHED.search(error):
            break
    return tree, text, end


_UNFINISHED = re.compile(r"never closed|unterminated triple|unexpected EOF")


def _chunks(lines: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Lines in groups that begin at the margin, with the number of the first line."""
    chunks: list[tuple[int, list[str]]] = []
    decorated = False  # the chunk so far is decorators, and what they decorate is still to come
    for number, line in enumerate(lines, 1):
        starts = _STARTS.match(line) and not _CONTINUES.match(line)
        if not chunks or (starts and not decorated):
            chunks.append((number, [line]))
            decorated = line.startswith("@")
        else:
            chunks[-1][1].append(line)
            decorated = decorated and (line.startswith(("@", "#")) or not line.strip())
    return chunks


# -- which statements are definitions ----------------------------------------------------

_SAFE_CALLS = frozenset(
    "range list dict tuple set frozenset float int str bool complex len abs min max sum zip enumerate sorted "
    "reversed round pow slice namedtuple partial lambdify".split()
)
_SAFE_ROOTS = frozenset({"np", "numpy", "math", "functools", "collections", "operator"})
_PLAIN = (
    ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.Subscript, ast.Slice, ast.IfExp, ast.JoinedStr, ast.FormattedValue,
    ast.Starred, ast.ListComp, ast.DictComp, ast.SetComp,
)  # fmt: skip


def _is_our_own(statement: ast.stmt) -> bool:
    """A kit's notebook imports its checker: no news to anybody, and nothing for submissions."""
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] == "grader"


def _is_definition(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _is_plain(value)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            rest = [s for h in handlers for s in h.body] + orelse + finalbody
            return bool(body) and all(map(_is_definition, body)) and all(map(_is_definition_or_filler, rest))
        case ast.If(test=test, body=body, orelse=orelse):
            guard = any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test))
            return not guard and _is_plain(test) and all(map(_is_definition, [*body, *orelse]))
    return False


def _is_definition_or_filler(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass | ast.Expr) or _is_definition(statement)


def _is_plain(node: ast.expr) -> bool:
    """Literals, names, lambdas, arithmetic and calls of NumPy: nothing that trains or loads."""
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Call):
        return _is_safe_call(node.func) and all(
            _is_plain(child) for child in [*node.args, *(k.value for k in node.keywords)]
        )
    if not isinstance(node, _PLAIN):
        return False
    children: Iterable[Any] = ast.iter_child_nodes(node)
    return all(
        _is_plain(child)
        if isinstance(child, ast.expr)
        else all(map(_is_plain, [child.iter, *child.ifs]))
        if isinstance(child, ast.comprehension)
        else True
        for child in children
    )


def _is_safe_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _SAFE_CALLS
    root: ast.expr = function
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in _SAFE_ROOTS


def _binds(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                if alias.name != "*":
                    yield alias.asname or alias.name.split(".")[0]
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Try() | ast.If():
            for child in ast.iter_child_nodes(statement):
                for inner in child.body if isinstance(child, ast.ExceptHandler) else [child]:
                    if isinstance(inner, ast.stmt):
                        yield from _binds(inner)


# -- several definitions of one name -----------------------------------------------------


def _last_that_fits(units: list[Unit], arities: Mapping[str, int], messages: list[str]) -> tuple[Unit, ...]:
    """Drop a later definition that fits the contract's arguments worse than an earlier one."""
    dropped: set[int] = set()
    for name, arity in arities.items():
        places = [i for i, unit in enumerate(units) if name in unit.binds]
        if len(places) < 2:
            continue
        fits = {i: _fit(units[i], arity) for i in places}
        chosen = max(i for i in places if fits[i] == max(fits.values()))
        later = [i for i in places if i > chosen]
        dropped.update(later)
        which = f"{name} is defined {len(places)} times; "
        if later:
            messages.append(
                f"{which}the one in {units[chosen].origin} is graded, because the one in {units[later[-1]].origin} "
                f"is not made for the {arity} arguments of the exercise"
            )
        else:
            messages.append(f"{which}the last one, in {units[chosen].origin}, is graded")
    return tuple(unit for i, unit in enumerate(units) if i not in dropped)


def _fit(unit: Unit, arity: int) -> int:
    """How well a definition fits a call with so many arguments: 2 just so, 1 with defaults left over, 0 not."""
    tree, _ = _parse(unit.source)
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
