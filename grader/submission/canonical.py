"""A definition without what one chooses freely: the names of variables, comments, docstrings, annotations, layout.

Two definitions with the same digest say the same, word by word, after renaming. Nothing is executed, and what is too long or
too deep for that has no canonical form.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.submission.cells import MAX_WORDS, words_of
from grader.submission.statements import Reading, parse

__all__ = ["Canonical", "canonical"]

_DEF = (ast.FunctionDef, ast.AsyncFunctionDef)
LARGEST = 20_000  # parts of the tree of one definition, without comments, docstrings and annotations
_MARK = "\N{MIDDLE DOT}"  # begins the new name of a variable; no name of Python begins so


@dataclass(frozen=True, slots=True)
class Canonical:
    """The digest of a definition, and its statements one by one, in which every variable is just that."""

    digest: str
    statements: tuple[str, ...]


def canonical(source: str, name: str) -> Canonical | None:
    r"""The canonical form of the definition of a function; None where there is no plain one.

    Examples
    --------
    >>> one = canonical("def f(x: int):\n    'Twice.'\n    y = 2 * x  # y\n    return y", "f")
    >>> other = canonical("def f(a):\n    b = 2 * a\n    return b", "f")
    >>> one == other, one == canonical("def f(a):\n    b = a * 2\n    return b", "f")
    (True, False)
    """
    if words_of(source) > MAX_WORDS:
        return None
    try:
        tree, _ = parse(source, Reading())
        found = [node for node in ast.walk(tree or ast.Module([], [])) if isinstance(node, _DEF) and node.name == name]
        if not found:
            return None
        bare = _Bare().visit(found[-1])
        if sum(map(_size, ast.walk(bare))) > LARGEST:
            return None
        bare = _Renamed(_bound(bare)).visit(bare)
        statements = tuple(_head(node) for node in ast.walk(bare) if isinstance(node, ast.stmt) and node is not bare)
        return Canonical(hashlib.sha256(ast.dump(bare).encode("utf-8", "surrogatepass")).hexdigest(), statements)
    except (SubmissionError, RecursionError, MemoryError):
        return None


def _size(node: ast.AST) -> int:
    """A part of a tree counts as one, and a text as one for eight letters."""
    return 1 + len(node.value) // 8 if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) else 1


class _Bare(ast.NodeTransformer):
    """Takes out docstrings and annotations."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return ast.Pass()
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                setattr(node, block, [s for s in statements if not isinstance(s, ast.Pass)])
        return node


def _bound(definition: ast.AST) -> set[str]:
    """The names that a definition gives values to by itself."""
    bound: set[str] = set()
    foreign: set[str] = set()
    for node in ast.walk(definition):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if node is not definition:
                bound.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.Global(names=names):
                foreign.update(names)
    return bound - foreign


class _Renamed(ast.NodeTransformer):
    """Numbers the bound names in the order in which they occur."""

    def __init__(self, bound: set[str]) -> None:
        self._bound, self._numbers = bound, dict[str, int]()

    def visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "name", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str) and name in self._bound and not isinstance(node, ast.keyword):
                setattr(node, field, f"{_MARK}{self._numbers.setdefault(name, len(self._numbers))}")
        return self.generic_visit(node)


def _head(statement: ast.stmt) -> str:
    """A statement without the statements inside of it, each variable a variable."""
    return re.sub(rf"{_MARK}\d+", _MARK, f"{type(statement).__name__} {' '.join(_parts(statement))}")


def _parts(statement: ast.stmt) -> Iterator[str]:
    for field, value in ast.iter_fields(statement):
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, ast.stmt | ast.ExceptHandler | ast.match_case):
                yield f"{field}={ast.dump(one) if isinstance(one, ast.AST) else one!r}"
