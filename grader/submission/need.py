"""Which statements of a student's program are run: those that the wanted names need, and no others.

A notebook of this field trains networks, loads data and draws plots at its top level. So the walk goes backwards:
from the wanted names to every statement that binds them or changes what they mean, from there to the names that such
a statement reads when it is executed or when a function that it defines is called, and so on. What is needed is
taken in the order of the file, whatever stands on its right side. See ``docs/design/loading.md``.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.submission.names import Effects, Uses
from grader.submission.statements import is_definition

__all__ = ["Statement", "needed"]

_MAX_VISITS = 400_000  # of functions while looking for what calls of them change; beyond it only direct calls count
_MAX_TRIALS = 50


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement with its text, its place, and what it does to names.

    ``guarded`` statements stand under ``if __name__ == "__main__":``, and are not run when the file is imported.
    """

    tree: ast.stmt
    text: str
    label: str
    line: int
    uses: Uses
    guarded: bool = False


@dataclass
class _Walk:
    """What is needed so far of the statements of one file."""

    statements: Sequence[Statement]
    graded: Collection[str]
    binders: dict[str, list[int]] = field(default_factory=dict)
    changers: dict[str, list[int]] = field(default_factory=dict)
    optional: set[int] = field(default_factory=set)
    ignored: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)

    def need(self, names: Iterable[str]) -> None:
        """Take what binds or changes these names, and what that needs in turn."""
        queue = list(names)
        while queue:
            name = queue.pop()
            if name in self.names:
                continue
            self.names.add(name)
            for number in (*self.binders.get(name, ()), *self.changers.get(name, ())):
                if number not in self.taken and number not in self.optional and number not in self.ignored:
                    self.taken.add(number)
                    queue += self.statements[number].uses.reads


def needed(statements: Sequence[Statement], wanted: Mapping[str, bool], graded: Collection[str]) -> list[int]:
    """The numbers of the statements to run, in the order of the file.

    Parameters
    ----------
    statements
        All statements of the file.
    wanted
        The names from which the walk starts; the value tells whether an earlier definition of the name exists that
        takes the contract's arguments. Then a later plain assignment to it is run only where that costs nothing.
    graded
        Names of graded functions: a call of one at top level trains or tests, and changes nothing that counts.
    """
    walk = _Walk(statements, graded)
    modules = _modules(statements)
    for number, statement in enumerate(statements):
        for name in statement.uses.binds:
            walk.binders.setdefault(name, []).append(number)
        for name in _changed(statement.uses, modules):
            walk.changers.setdefault(name, []).append(number)
    for name, numbers in _changed_by_calls(statements, graded).items():
        walk.changers.setdefault(name, []).extend(numbers)
    for name, defined in wanted.items():
        if defined:
            walk.optional.update(n for n in walk.binders.get(name, ()) if _is_data(statements[n].tree))
    for name in {name for s in statements for effects in s.uses.effects.values() for name in effects.called}:
        numbers = walk.binders.get(name, [])
        first = next((n for n in numbers if isinstance(statements[n].tree, _DEFINITIONS)), len(statements))
        first = -1 if hasattr(builtins, name) else first
        walk.ignored.update(n for n in numbers if n > first and _is_number(statements[n].tree, name))
    walk.need([*wanted, "*"])
    _take_cheap(walk)
    if any(name not in walk.binders and not hasattr(builtins, name) for name in walk.names):
        binders = [number for number, statement in enumerate(statements) if statement.uses.binder]
        walk.taken.update(binders)
        walk.need(name for number in binders for name in statements[number].uses.reads)
    if any(statements[number].uses.dynamic for number in walk.taken):
        walk.need(name for s in statements if is_definition(s.tree) for name in s.uses.binds)
    return sorted(walk.taken)


def _is_data(tree: ast.stmt) -> bool:
    """Whether a statement that binds a function's name may as well bind a value: ``tanh = np.tanh(Z)``."""
    return isinstance(tree, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.With)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_DATA = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.Compare, ast.Subscript)


def _is_number(tree: ast.stmt, name: str) -> bool:
    """Whether a statement gives the name of a function to data: ``rows, cols = X.shape``, ``cost = cost(A, Y)``.

    The functions that call it were right when they were written, and stay so.
    """
    match tree:
        case ast.For():
            return True
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Name(id=called))):
            return called == name
        case ast.Assign(targets=[ast.Name()], value=value):
            return isinstance(value, _DATA)
        case ast.Assign(targets=[ast.Tuple(), *_]):
            return True
    return False


def _take_cheap(walk: _Walk) -> None:
    """Later assignments to a graded name that is defined already, where they need nothing but definitions."""
    for number in sorted(walk.optional - walk.ignored)[:_MAX_TRIALS]:
        trial = replace(walk, names=set(walk.names), taken=set(walk.taken))
        trial.need(walk.statements[number].uses.reads)
        more = trial.taken - walk.taken
        if all(is_definition(walk.statements[other].tree) for other in more):
            walk.names, walk.taken = trial.names, trial.taken | {number}


def _modules(statements: Sequence[Statement]) -> set[str]:
    """Names that only imports bind: a method called on such a name (``np.random.seed(1)``) changes nothing."""
    imported = {n for s in statements if isinstance(s.tree, ast.Import | ast.ImportFrom) for n in s.uses.binds}
    other = {n for s in statements if not isinstance(s.tree, ast.Import | ast.ImportFrom) for n in s.uses.binds}
    return imported - other


def _changed(uses: Uses, modules: set[str]) -> set[str]:
    return uses.changes - modules | uses.attributes


def _changed_by_calls(statements: Sequence[Statement], graded: Collection[str]) -> dict[str, list[int]]:
    """By name, the statements that change it through a call of a function of the file."""
    effects: dict[str, Effects] = {}
    for statement in statements:
        effects.update(statement.uses.effects)
    for name in graded:
        effects.pop(name, None)
    found: dict[str, list[int]] = {}
    if not any(e.sets or e.changes or e.parameters for e in effects.values()):
        return found
    visits = _MAX_VISITS
    for number, statement in enumerate(statements):
        uses = statement.uses
        names: set[str] = set()
        queue = [name for name in uses.runs if name in effects]
        visited = set(queue)
        stands = isinstance(statement.tree, ast.Expr | ast.FunctionDef | ast.ClassDef | ast.For | ast.If | ast.With)
        while queue:
            called = effects[queue.pop()]
            names |= called.sets
            if stands:  # a decorator or a call for its effect; ``print(fib(5))`` fills a memory that may stay empty
                names |= called.changes
            visits -= 1
            if visits > 0:
                more = [name for name in called.calls if name in effects and name not in visited]
                visits -= len(called.calls)
                visited.update(more)
                queue += more
        for function, arguments in uses.arguments:
            positions = effects[function].parameters if function in effects else ()
            names.update(arguments[position] for position in positions if position in arguments)
        for name in names - set(uses.binds) - set(graded):
            found.setdefault(name, []).append(number)
    return found
