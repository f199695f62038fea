"""Cutting a starter from the reference: signature and docstring stay, the marked region goes.

A solution region is the lines between ``# BEGIN SOLUTION`` and ``# END SOLUTION`` of a function's
body. What remains of the body are the lines around it (usually the final ``return``); the names that
these lines use are set to None, so that an unfilled starter can be loaded.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from grader.errors import SpecError
from grader.submission.names import bound_names

__all__ = ["starter_of", "starter_of_class"]

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
_ROLE = re.compile(r":(?:func|meth|class|mod|data):(?=`)")  # a student reads the name alone
START_HERE, END_HERE = "### START CODE HERE ###", "### END CODE HERE ###"


def starter_of(function: Callable[..., Any]) -> str:
    """The starter of a reference function.

    Raises
    ------
    SpecError
        When the solution region is missing, or not closed.
    """
    code = inspect.unwrap(function).__code__
    return starter_from(textwrap.dedent(inspect.getsource(function)), f"{code.co_filename}, line {code.co_firstlineno}: ")


def starter_of_class(cls: type, methods: Collection[str]) -> str:
    """The starter of a class: what is graded or marked as starters, no alternatives, the rest as it is.

    What is private and not marked stays only where something that stays uses it: it belongs to the solution.

    Raises
    ------
    SpecError
        As for :func:`starter_of`.
    """
    function = next(value for value in vars(cls).values() if inspect.isfunction(value))
    file = Path(function.__code__.co_filename)
    text = file.read_text("utf-8")  # the module may have stepped aside by now
    tree = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == cls.__name__)
    every = text.split("\n")
    after = (n for n, line in enumerate(every) if n >= (tree.end_lineno or 0) and line[:1].strip())
    lines = every[: next(after, len(every))]
    for node in reversed([node for node in tree.body if isinstance(node, ast.FunctionDef)]):
        whole = _lines_of(node, lines)
        place, indent = slice(node.lineno - 1, whole.stop), " " * node.col_offset
        if node.name in methods or any(line.strip() == BEGIN for line in lines[place]):
            source, where = textwrap.dedent("\n".join(lines[place])), f"{file}, line {node.lineno}: "
            lines[place] = textwrap.indent(starter_from(source, where), indent).split("\n")
        elif "__" in node.name.strip("_"):
            lines[whole] = []
    return re.sub(r"\n{3,}", "\n\n", _without_unused("\n".join(lines[tree.lineno - 1 :]))).rstrip()


def _lines_of(node: ast.stmt, lines: Sequence[str]) -> slice:
    """A part of a class with its decorators, the comments above it, and the mark behind its last statement."""
    start = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
    end, indent = node.end_lineno or 0, " " * node.col_offset
    while start and lines[start - 1].startswith(f"{indent}#"):
        start -= 1
    while end < len(lines) and lines[end].startswith(f"{indent} ") and lines[end].strip().startswith("#"):
        end += 1
    return slice(start, end)


def _without_unused(source: str) -> str:
    """The text of a class without its private parts that nothing else of it uses."""
    lines, (tree,) = source.split("\n"), ast.parse(source).body
    parts = tree.body if isinstance(tree, ast.ClassDef) else []
    private = {id(node): names for node in parts if (names := [*bound_names(node)]) and all(map(_is_private, names))}
    used = {name for node in parts if id(node) not in private for name in _read_by(node)}
    for node in [node for node in parts if id(node) in private] * len(private):  # one may need another one
        if used.intersection(private[id(node)]):
            used.update(_read_by(node))
    for node in reversed(parts):
        if id(node) in private and not used.intersection(private[id(node)]):
            lines[_lines_of(node, lines)] = []
    return "\n".join(lines)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _read_by(node: ast.AST) -> set[str]:
    """Names and attributes that some code mentions."""
    every = list(ast.walk(node))
    names = {one.id for one in every if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return names | {one.attr for one in every if isinstance(one, ast.Attribute)}


def starter_from(source: str, where: str = "") -> str:
    """The starter for a function's source text, which comes from somewhere.

    Raises
    ------
    SpecError
        As for :func:`starter_of`.

    Examples
    --------
    >>> print(starter_from('''
    ... def double(x: float) -> float:
    ...     # BEGIN SOLUTION
    ...     y = 2 * x
    ...     # END SOLUTION
    ...     return y
    ... '''.strip()))
    def double(x):
        ### START CODE HERE ###
        y = None
        ### END CODE HERE ###
        return y
    """
    lines = _ROLE.sub("", source).split("\n")
    marks = [i for i, line in enumerate(lines) if line.strip() in (BEGIN, END)]
    if [lines[i].strip() for i in marks] != [BEGIN, END]:
        what = f"the function beginning {lines[0]!r} needs one region from '{BEGIN}' to '{END}'"
        raise SpecError(f"{where}{what}: what lies between is what students write")
    tree = ast.parse(source).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise SpecError(f"expected a function, found {lines[0]!r}")
    first, last = marks
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    region = [START_HERE, *(f"{name} = None" for name in _blanks(tree, first + 1, last + 1)), END_HERE]
    if not any(node.lineno < first + 1 or node.lineno > last + 1 for node in tree.body) and len(region) == 2:
        region.insert(1, "pass")  # nothing else is left of the body
    body_start = tree.body[0].lineno - 1
    parts = [_signature(tree), *lines[body_start:first], *(indent + line for line in region), *lines[last + 1 :]]
    return "\n".join(parts).rstrip()


def _signature(tree: ast.FunctionDef) -> str:
    """The ``def`` line without annotations: the aliases behind them are the reference's own."""
    for argument in ast.walk(tree.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"def {tree.name}({ast.unparse(tree.args)}):"


def _blanks(tree: ast.FunctionDef, first: int, last: int) -> Sequence[str]:
    """Names that the region binds and the lines behind it read, but for arguments: those have a value already."""
    arguments = {argument.arg for argument in ast.walk(tree.args) if isinstance(argument, ast.arg)}
    nodes = [node for statement in tree.body for node in ast.walk(statement)]
    bound = {name for node in nodes if first < getattr(node, "lineno", 0) < last for name in _bound(node)}
    read = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.lineno > last]
    read.sort(key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(node.id for node in read if node.id in bound - arguments))


def _bound(node: ast.AST) -> Sequence[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return (node.id,)
    return (node.name,) if isinstance(node, ast.FunctionDef) else ()
