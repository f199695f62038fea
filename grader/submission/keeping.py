"""Whether the functions of a submission could keep something from call to call, seen by their text alone.

They could not where every statement is an import of what keeps nothing, a constant, or the definition of a plain function
that takes and reads nothing but these. They seem to where a function has a place of its own: a default that can change, a
name of the file that it sets or changes, a decorator.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from grader.submission.names import Effects
from grader.submission.program import Unit

__all__ = ["may_keep", "seems_to_keep"]

_KEEP_NOTHING = frozenset({"numpy", "math", "copy"})  # random numbers begin anew with each call
# Through these a function comes to what has no name here.
_REACH_FURTHER = frozenset("breakpoint compile delattr eval exec getattr globals input locals open setattr vars".split())
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_")) - _REACH_FURTHER


@lru_cache(maxsize=1)
def may_keep(units: Sequence[Unit], provided: Sequence[tuple[str, str]]) -> bool:
    """Whether something that these statements define could keep anything; ``provided`` are the exercise's modules."""
    public = {module: {"*", *re.findall(r"(?m)^def (\w+)", text)} for module, text in provided}
    modules, plain = set[str](), set[str]()
    for unit in units:
        match unit.tree:
            case ast.Import(names=names) if all(alias.name in _KEEP_NOTHING for alias in names):
                modules |= {alias.asname or alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names) if module in _KEEP_NOTHING or {
                alias.name for alias in names
            } <= public.get(module, set()):
                plain |= {alias.asname or alias.name for alias in names}
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_constant(value):
                plain.add(name)
            case ast.FunctionDef():
                plain.update(unit.binds)
            case _:
                return True
    known = modules | plain | _BUILTINS
    return not all(_keeps_nothing(function, does, modules, known) for function, does in _functions(units))


@lru_cache(maxsize=1)
def seems_to_keep(units: Sequence[Unit]) -> bool:
    """Whether a function of these statements has a place in which something could outlive the call."""
    imports = (unit.tree for unit in units if isinstance(unit.tree, ast.Import | ast.ImportFrom))
    modules = {alias.asname or alias.name.partition(".")[0] for statement in imports for alias in statement.names}
    return any(_has_a_place(function, does, modules) for function, does in _functions(units))


def _functions(units: Sequence[Unit]) -> Iterator[tuple[ast.FunctionDef, Effects]]:
    """The functions that are defined, and what calls of them do."""
    for unit in units:
        if isinstance(unit.tree, ast.FunctionDef):
            yield unit.tree, unit.uses.effects[unit.tree.name]


def _has_a_place(function: ast.FunctionDef, does: Effects, modules: set[str]) -> bool:
    return bool(
        function.decorator_list or does.sets or does.changes or does.methods - modules or not _has_plain_defaults(function)
    )


def _has_plain_defaults(function: ast.FunctionDef) -> bool:
    """Whether no default of an argument could change."""
    return all(_is_constant(value) for value in (*function.args.defaults, *function.args.kw_defaults) if value)


def _keeps_nothing(function: ast.FunctionDef, does: Effects, modules: set[str], known: set[str]) -> bool:
    """Whether a function has no place of its own, and no way to another's."""
    if function.decorator_list or does.sets or does.changes or not (does.methods <= modules and does.calls <= known):
        return False
    return _has_plain_defaults(function) and not any(map(_reaches_further, ast.walk(function)))


def _is_constant(value: ast.expr) -> bool:
    """A number, a text or the like, or a tuple of these: nothing that could change."""
    match value:
        case ast.UnaryOp(operand=ast.Constant()) | ast.Constant():
            return True
        case ast.Tuple(elts=parts):
            return all(map(_is_constant, parts))
    return False


def _reaches_further(node: ast.AST) -> bool:
    """Whether something is stored in an attribute, looked for in a module's or a function's insides, or set for all."""
    match node:
        case ast.Attribute(attr=name, ctx=context):
            return not isinstance(context, ast.Load) or name.startswith(("_", "set"))
        case ast.Import() | ast.ImportFrom() | ast.ClassDef():
            return True
    return False
