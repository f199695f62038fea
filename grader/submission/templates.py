"""What a template looks like into which nobody has written: blanks, and marks with nothing between them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

__all__ = ["BLANK_LINE", "computes", "is_blank", "is_unwritten", "short"]

_LONGEST = 200  # the patterns try n * n ways on a line of n spaces
_TARGET = r"""[\w\[\]"'+(),][\w\[\]"'+(), ]*"""
_NONE = r"(?:.*[-+*/])?\s*None(?:\s*,\s*None)*"
BLANK_LINE = re.compile(rf"\s+(?:{_TARGET}={_NONE}|\.\.\.|raise NotImplementedError.*)\s*(?:#.*)?$")
# The marks of templates (START CODE HERE, START OF YOUR CODE, BEGIN SOLUTION, YOUR CODE HERE, and what ends these parts),
# and what may stand between them before anything is written. A mark that is commented out is none.
_WHOSE = r"(?:OF )?(?:YOUR )?(?:CODE|SOLUTION)"
_OPENS = re.compile(rf"\s*#(?!\s+#).*\b(?:STARTS? (?:CODE )?HERE|(?:START|BEGIN) {_WHOSE}|YOUR CODE HERE|TODO)\b")
_CLOSES = re.compile(rf"\s*#(?!\s+#).*\bEND(?:S? (?:CODER? )?HERE| {_WHOSE})\b")
_UNWRITTEN = re.compile(r"\s*(#.*|pass|(?:for|if|elif|else|while)\b.*:\s*(#.*)?)$")
# Above this mark stand comments of the template: code there has been put in their place.
_BELOW_COMMENTS = re.compile(r"\s*#\s*YOUR CODE STARTS HERE\b")
_MARKERS = re.compile(r"#[^\n]{0,40}(?:YOUR CODE|START CODE|SOLUTION|TODO)", re.IGNORECASE)
_WORK = (ast.Call, ast.BinOp, ast.Subscript, ast.Compare, ast.For, ast.While)


def short(lines: Sequence[str]) -> list[str]:
    """The lines as the patterns may see them; one too long for these is code of some kind."""
    return [line if len(line) < _LONGEST else "code" for line in lines]


def is_unwritten(lines: Sequence[str]) -> bool:
    """Whether no line of code stands between the marks of a template, which has some, nor in the place of its comments."""
    return _is_written(lines) is False


def _is_written(lines: Sequence[str]) -> bool | None:
    """Whether something stands between the marks; None where there are no pairs of them."""
    inside, written, regions, above = False, False, 0, "#"
    for line in filter(str.strip, lines):
        if "#" in line and _CLOSES.match(line):
            inside = False
        elif "#" in line and _OPENS.match(line):
            if _BELOW_COMMENTS.match(line) and not above.lstrip().startswith("#"):
                return True
            inside, regions = True, regions + 1
        elif inside and not (BLANK_LINE.match(line) or _UNWRITTEN.match(line)):
            written = True
        above = line
    return None if inside or not regions else written


def computes(body: Sequence[ast.stmt]) -> bool:
    """Whether statements compute anything."""
    return any(isinstance(node, _WORK) for statement in body for node in ast.walk(statement))


def is_blank(definition: ast.FunctionDef | None, text: str) -> bool:
    """Whether the text of a function, or of a class without ``definition``, is an untouched template.

    That is one whose marks have nothing between them, whatever the template has around them; one with nothing but
    ``pass``, ``...`` and names that are set to None; or one with a mark that has no end, which computes nothing.
    """
    written = _is_written(short(text.split("\n")))
    if definition is None or written is False:
        return written is False
    return _is_empty(definition) or (written is None and bool(_MARKERS.search(text)) and not computes(definition.body))


def _is_empty(definition: ast.FunctionDef) -> bool:
    body = [s for s in definition.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    for statement in body:
        match statement:
            case ast.Pass() | ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
                continue
            case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")) | ast.Name(id="NotImplementedError")):
                return True
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=None)) if _is_set_again(name, definition):
                continue
            case ast.Assign(value=ast.Constant(value=None)):
                return True
            case _:
                return False
    return True


def _is_set_again(name: str, definition: ast.FunctionDef) -> bool:
    """Whether a name that is None at first gets a value below: then that was no blank."""
    names = (node for node in ast.walk(definition) if isinstance(node, ast.Name) and node.id == name)
    return sum(isinstance(node.ctx, ast.Store) for node in names) > 1
