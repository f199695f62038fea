"""Cutting a starter from the reference: signature and docstring stay, the marked region goes.

A solution region is the lines between ``# BEGIN SOLUTION`` and ``# END SOLUTION`` of a function's
body. What remains of the body are the lines around it (usually the final ``return``); the names that
these lines use are set to None, so that an unfilled starter can be loaded.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from grader.errors import SpecError

__all__ = ["starter_of"]

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
START_HERE, END_HERE = "### START CODE HERE ###", "### END CODE HERE ###"


def starter_of(function: Callable[..., Any]) -> str:
    """The starter of a reference function.

    Raises
    ------
    SpecError
        When the solution region is missing, or not closed.

    Examples
    --------
    >>> def double(x):
    ...     '''Twice x.'''
    ...     # BEGIN SOLUTION
    ...     y = 2 * x
    ...     # END SOLUTION
    ...     return y
    >>> print(starter_from(inspect.getsource(double)))  # doctest: +SKIP
    """
    return starter_from(textwrap.dedent(inspect.getsource(function)))


def starter_from(source: str) -> str:
    """The starter for a function's source text (see :func:`starter_of`)."""
    lines = source.split("\n")
    marks = [i for i, line in enumerate(lines) if line.strip() in (BEGIN, END)]
    if len(marks) != 2 or lines[marks[0]].strip() != BEGIN:
        raise SpecError(f"the function beginning {lines[0]!r} needs one region from '{BEGIN}' to '{END}'")
    tree = ast.parse(source).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise SpecError(f"expected a function, found {lines[0]!r}")
    first, last = marks
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    known = {argument.arg for argument in ast.walk(tree.args) if isinstance(argument, ast.arg)}
    wanted = [name for name in _names_after(tree, last + 1) if name not in known]
    region = [START_HERE, *(f"{name} = None" for name in wanted), END_HERE]
    body_start = tree.body[0].lineno - 1
    return "\n".join(
        [
            _signature(tree),
            *lines[body_start:first],
            *(indent + line for line in region),
            *lines[last + 1 :],
        ]
    ).rstrip()


def _signature(tree: ast.FunctionDef) -> str:
    """The ``def`` line without annotations: the aliases behind them are the reference's own."""
    for argument in ast.walk(tree.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"def {tree.name}({ast.unparse(tree.args)}):"


def _names_after(tree: ast.FunctionDef, line: int) -> Sequence[str]:
    """Local names that the lines behind the region read, in order."""
    found: dict[str, None] = {}
    for statement in tree.body:
        if statement.lineno > line:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in ("np", "dict", "tuple"):
                    found[node.id] = None
    return tuple(found)
