"""From code cells to top-level statements, with what stands on its own in a cell that does not parse."""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from grader import sentences
from grader.errors import SubmissionError
from grader.submission.cells import words_of

__all__ = ["MAX_MESSAGES", "Reading", "Search", "first_line", "is_definition", "parse", "statements"]

MAX_MESSAGES = 50
MAX_ATTEMPTS = 2_000
MAX_LOST = 1_000
MAX_NAMED = 20  # definitions in one message
MAX_BRACES = 20_000  # CPython 3.11 takes a time that grows with the square of an f-string's parts
MAX_PARSED = 600_000  # words that do not parse, of one submission; some two seconds of the parser at its slowest
MAX_DOTS = 100  # parts of one name: the memory that CPython takes for ``import a.a.a`` grows with their square


@dataclass
class Search:
    """How many words may still be parsed in search of what is right, of all files of a submission together.

    A text that does not parse is tried again and again: without one magic line more, in smaller parts.
    """

    room: int = MAX_PARSED

    def spend(self, source: str) -> None:
        """Count what did not parse: CPython then reads it a second time, and remembers every word on the way."""
        self.room -= words_of(source)
        if self.room < 0:
            raise SubmissionError(sentences.READ_BROKEN)


@dataclass
class Reading:
    """What is to be said about a file, and how much may still be searched for what is right.

    ``lost`` are the names of definitions that do not parse, with their places.
    """

    messages: list[str] = field(default_factory=list)
    search: Search = field(default_factory=Search)
    lost: dict[str, str] = field(default_factory=dict)


_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3"})
# (?!\s): without it a line of n spaces is tried in n * n ways.
_MAGIC_LINE = re.compile(r"(\s*)(?!\s)(?:[%!?]|[\w.]+\?{1,2}\s*$|[\w., ]+=\s*[%!])")
_STARTS = re.compile(r"[^\s#)\]}]")
_CONTINUES = re.compile(r"(else|elif|except|finally)\b")


def statements(label: str, source: str, reading: Reading) -> Iterator[tuple[ast.stmt, str, int, bool]]:
    """Top-level statements with their text, first line, and whether they stand under ``if __name__ == "__main__"``.

    What stands on its own in a cell that does not parse is recovered.
    """
    for statement, text, line in _top_level(label, source, reading):
        if isinstance(statement, ast.If) and not statement.orelse and _is_guard(statement.test):
            lines = text.split("\n")
            shared = statement.lineno == statement.body[0].lineno
            if not shared and all(_alone(inner, lines, line) for inner in statement.body):
                for inner in statement.body:
                    first = first_line(inner)
                    # "if 1:" on the line before keeps the indentation and the numbers of the lines.
                    own = "\n".join(lines[first - line : (inner.end_lineno or first) - line + 1])
                    yield inner, f"if 1:\n{own}", first - 1, True
                continue
        yield statement, text, line, False


def _is_guard(test: ast.expr) -> bool:
    """``__name__ == "__main__"``, in either order."""
    match test:
        case (
            ast.Compare(left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")])
            | ast.Compare(left=ast.Constant("__main__"), ops=[ast.Eq()], comparators=[ast.Name("__name__")])
        ):
            return True
    return False


def _alone(statement: ast.stmt, lines: Sequence[str], first: int) -> bool:
    """Whether a statement has its lines for itself."""
    number = (statement.end_lineno or first) - first
    start = first_line(statement) - first
    if not (0 <= start <= number < len(lines)):
        return False
    return not lines[start][: statement.col_offset].strip() and not _shares_last_line(lines[number], statement)


def _top_level(label: str, source: str, reading: Reading) -> Iterator[tuple[ast.stmt, str, int]]:
    magic = _CELL_MAGIC.match(source)
    if magic:
        if magic[1] == "cython":
            reading.messages.append(sentences.cython(label))
        if magic[1] not in _PYTHON_CELL_MAGICS:
            return
        source = source.replace("%%" + magic[1], "#", 1)
    tree, _ = parse(source, reading)
    if tree is None:
        source = _without_magics(source, reading)
        tree, error = parse(source, reading)
        if tree is None:
            yield from _recovered(label, _without_all_magics(source), error, reading)
            return
    lines = source.split("\n")
    for statement in tree.body:
        first = first_line(statement)
        yield statement, _text(lines, statement, first), first


def first_line(statement: ast.stmt) -> int:
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


_DOTTED = re.compile(rf"(?<![\w.])(?:\w++[ \t\f]*+\.[ \t\f]*+){{{MAX_DOTS}}}")


class _TooLong(RecursionError):
    """What is not given to the parser at all, and so costs nothing."""


def _tree(source: str) -> ast.Module:
    if source.count("{") > MAX_BRACES:
        raise SubmissionError(sentences.READ_BROKEN)
    lines = source.replace("\\\n", "").split("\n")
    if any(line.count(".") >= MAX_DOTS and _DOTTED.search(line) for line in lines):
        raise _TooLong
    with warnings.catch_warnings():  # a formula in a text ("\sigma") is no reason for a warning, let alone an error
        warnings.simplefilter("ignore")
        return ast.parse(source)


def parse(source: str, reading: Reading) -> tuple[ast.Module | None, str]:
    """The tree of a text, or None and the reason."""
    try:
        return _tree(source), ""
    except SyntaxError as error:
        reading.search.spend(source)
        return None, sentences.syntax(error, _newer(source, error))
    except _TooLong:
        return None, sentences.unparsed(RecursionError.__name__)
    except (ValueError, RecursionError, MemoryError, SystemError) as error:
        reading.search.spend(source)
        return None, sentences.unparsed(type(error).__name__)


# Marks that nobody sees, which chats and pages put between letters: no width, direction, where a word may be broken.
_UNSEEN = "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xAD)))
_SPACES = str.maketrans("\u00a0\u2007\u202f", "   ", _UNSEEN) | {0x3000: "  "}


def _conflict(source: str) -> str:
    """What is said of a text with the conflict markers of git, or with the fences of a chat."""
    marker = re.search(r"(?m)^(?:<{7}|>{7}) ", source)
    if marker:
        return sentences.conflict(source.count("\n", 0, marker.start()) + 1)
    fence = re.search(r"(?m)^```", source)
    return sentences.fences(source.count("\n", 0, fence.start()) + 1) if fence else ""


_NEWER = (
    (re.compile(r"\s*type\s+\w+(?:\[[^\]]*\])?\s*="), (3, 12)),
    (re.compile(r"\s*(?:async\s+)?(?:def|class)\s+\w+\["), (3, 12)),
    (re.compile(r"""[^#]*\b[tT][rR]?["']"""), (3, 14)),
)


def _newer(source: str, error: SyntaxError) -> tuple[int, int] | None:
    """The version of Python that first reads such a line, where this one is older."""
    lines = source.split("\n", error.lineno or 1)
    line = lines[(error.lineno or 1) - 1][:2_000] if len(lines) >= (error.lineno or 1) else ""
    candidates = [version for pattern, version in _NEWER if pattern.match(line)]
    if (error.msg or "").startswith("f-string") and line.count("{"):
        candidates.append((3, 12))
    return next((version for version in candidates if version > sys.version_info[:2]), None)


def _without_magics(source: str, reading: Reading) -> str:
    """Magic lines replaced one by one where the parser stumbles over them.

    Not all at once: a line that begins with ``%`` may also go on with an expression or a text.
    """
    lines = source.split("\n")
    for _ in range(min(100, MAX_PARSED // 2 // (words_of(source) + 1))):  # a long text is recovered in parts instead
        number = _stumbles("\n".join(lines), reading)
        match = _MAGIC_LINE.match(lines[number - 1]) if 0 < number <= len(lines) else None
        if not match:
            break
        lines[number - 1] = _instead(match)
    return "\n".join(lines)


def _instead(magic: re.Match[str]) -> str:
    """A line of Python in place of a magic: ``%pylab`` brings names, the others nothing that counts."""
    if magic.string[magic.start() :].lstrip().startswith("%pylab"):
        return f"{magic[1]}import numpy as np; from numpy import *; import matplotlib.pyplot as plt"
    return f"{magic[1]}pass"


def _stumbles(source: str, reading: Reading) -> int:
    """The line at which parsing fails; 0 where it does not, or where nobody knows."""
    try:
        _tree(source)
    except SyntaxError as error:
        reading.search.spend(source)
        return error.lineno or 0
    except _TooLong:
        pass
    except (ValueError, RecursionError, MemoryError):
        reading.search.spend(source)
    return 0


def _without_all_magics(source: str) -> str:
    lines = [_instead(match) if (match := _MAGIC_LINE.match(line)) else line for line in source.split("\n")]
    return "\n".join(lines)


def _recovered(label: str, source: str, error: str, reading: Reading) -> Iterator[tuple[ast.stmt, str, int]]:
    """Statements of a cell that does not parse: whatever parses by itself is kept."""
    plain = source.translate(_SPACES)
    for attempt in (plain, textwrap.dedent(plain), plain.expandtabs(8), plain.expandtabs(4)):
        tree, _ = parse(attempt, reading)
        if tree is not None:
            if plain != source:
                reading.messages.append(sentences.note_spaces(label))
            elif "\t" in source:
                reading.messages.append(sentences.note_tabs(label))
            lines = attempt.split("\n")
            for statement in tree.body:
                first = first_line(statement)
                yield statement, _text(lines, statement, first), first
            return
    chunks = _chunks(source.split("\n"))
    at, lost, kept = 0, [], 0
    attempts = MAX_ATTEMPTS if len(reading.messages) < MAX_MESSAGES else 0
    while at < len(chunks) and attempts:
        tree, text, end = _joined(chunks, at, reading)
        attempts -= min(attempts, end - at)
        if tree is None:
            lost.append(chunks[at])
            at += 1
            continue
        lines = text.split("\n")
        for statement in tree.body:
            first = first_line(statement)
            yield statement, _text(lines, statement, first), chunks[at][0] + first - 1
            kept += 1
        at = end
    lost.extend(chunks[at:])
    starts = [(number, re.match(r"(?:def|class)\s+(\w+)", chunk[0])) for number, chunk in lost]
    named = [match[1] for _, match in starts if match][:MAX_NAMED]
    reading.lost.update({match[1]: f"{label}, line {number}" for number, match in starts if match})
    for number, chunk in lost:  # a name that such a part binds is not undefined, but cannot be read
        for place, line in enumerate(chunk, number):
            bound = re.match(r"(\w{1,60})[ \t]*=(?!=)", line)
            if bound and len(reading.lost) < MAX_LOST:
                reading.lost.setdefault(bound[1], f"{label}, line {place}")
    what = f"{', '.join(named)} in {label}" if named and kept else label if not kept else f"a part of {label}"
    reading.messages.append(sentences.left_out(what, _conflict(source) or error))


def _joined(chunks: Sequence[tuple[int, list[str]]], at: int, reading: Reading) -> tuple[ast.Module | None, str, int]:
    """The chunk at a place, with what follows where it is unfinished: a string may hold text at the margin."""
    text, tree, end = "", None, at
    for end in range(at + 1, min(at + 25, len(chunks)) + 1):
        text = "\n".join(line for _, chunk in chunks[at:end] for line in chunk)
        tree, error = parse(text, reading)
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


def is_definition(statement: ast.stmt) -> bool:
    """Whether a statement is a definition, an import or a plain assignment: nothing that trains or loads."""
    try:
        return _is_definition(statement)
    except RecursionError:  # nobody writes a plain value that is nested so deeply
        return False


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
