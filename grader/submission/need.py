"""Which statements of a student's program are run: those that the wanted names need, and no others.

A notebook of this field trains networks, loads data and draws plots at its top level. So the walk goes backwards:
from the wanted names to every statement that binds them or changes what they mean, from there to the names that such
a statement reads when it is executed or when a function that it defines is called, and so on. What is needed is
taken in the order of the file, whatever stands on its right side. See ``docs/design/loading.md``.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from grader.submission.names import Effects, Uses
from grader.submission.statements import is_definition

__all__ = ["Statement", "needed"]

_MAX_TRIALS = 50
_T = TypeVar("_T")


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
    """What is needed so far of the statements of one file; every name, statement and function is looked at once.

    ``setters`` are, by name, functions of the file that bind it (``global``) when they are called, ``modifiers`` those
    that change its value, ``aliases`` other names of it or of a part. From a function the walk goes to the statements that
    run it, and to its callers.
    """

    statements: Sequence[Statement]
    definitions: dict[int, bool] = field(default_factory=dict)
    binders: dict[str, list[int]] = field(default_factory=dict)
    changers: dict[str, list[int]] = field(default_factory=dict)
    setters: dict[str, list[str]] = field(default_factory=dict)
    modifiers: dict[str, list[str]] = field(default_factory=dict)
    runners: dict[str, list[int]] = field(default_factory=dict)
    callers: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    optional: set[int] = field(default_factory=set)
    ignored: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    called: set[tuple[bool, str]] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def need(self, names: Iterable[str], *, cheaply: bool = False) -> bool:
        """Take what binds or changes these names, and what that needs in turn; stop at work where it shall be cheap."""
        queue = list(names)
        while queue:
            name = queue.pop()
            if name in self.names:
                continue
            self.names.add(name)
            for number in (*self.binders.get(name, ()), *self._changing(name)):
                if number not in self.taken and number not in self.optional and number not in self.ignored:
                    if cheaply and not self.defines(number):
                        return False
                    self.taken.add(number)
                    queue += self.statements[number].uses.reads
        return True

    def _changing(self, name: str) -> Iterator[int]:
        """Statements that change the value of a name, also under another name of it or of a part."""
        queue = [name]
        while queue:
            name = queue.pop()
            if name not in self.changed:
                self.changed.add(name)
                yield from self.changers.get(name, ())
                yield from self._through_calls(name)
                queue += self.aliases.get(name, ())

    def _through_calls(self, name: str) -> Iterator[int]:
        """Statements that bind or change a name by calling a function of the file, directly or through others."""
        queue = [(False, function) for function in self.setters.get(name, ())]
        queue += [(True, function) for function in self.modifiers.get(name, ())]
        while queue:
            call = queue.pop()
            if call in self.called:
                continue
            self.called.add(call)
            modifies, function = call
            for number in self.runners.get(function, ()):
                # A decorator or a call for its effect; ``x = fib(5)`` fills a memory that may stay empty.
                if not modifies or isinstance(self.statements[number].tree, _STANDING):
                    yield number
            queue += [(modifies, caller) for caller in self.callers.get(function, ())]

    def defines(self, number: int) -> bool:
        """Whether a statement is a definition, and no work."""
        if number not in self.definitions:
            self.definitions[number] = is_definition(self.statements[number].tree)
        return self.definitions[number]


_STANDING = (ast.Expr, ast.FunctionDef, ast.ClassDef, ast.For, ast.If, ast.With)


def needed(statements: Sequence[Statement], wanted: Mapping[str, bool], graded: Collection[str]) -> list[int]:
    """The numbers of the statements to run, in the order of the file; takes time in proportion to the text.

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
    walk = _walk_of(statements, graded)
    for name, defined in wanted.items():
        if defined:
            walk.optional.update(n for n in walk.binders.get(name, ()) if _is_data(statements[n].tree))
    walk.ignored.update(_numbers(walk))
    walk.need([*wanted, "*"])
    walk = _with_cheap(walk)
    if any(name not in walk.binders and not hasattr(builtins, name) for name in walk.names):
        binders = [number for number, statement in enumerate(statements) if statement.uses.binder]
        walk.taken.update(binders)
        walk.need(name for number in binders for name in statements[number].uses.reads)
    if any(statements[number].uses.dynamic for number in walk.taken):
        walk.need(name for n, s in enumerate(statements) if walk.defines(n) for name in s.uses.binds)
    return sorted(walk.taken)


def _walk_of(statements: Sequence[Statement], graded: Collection[str]) -> _Walk:
    """Who binds, changes, runs and calls what; nothing is taken yet."""
    walk = _Walk(statements)
    modules, graded_names = _modules(statements), set(graded)
    effects: dict[str, Effects] = {}
    for statement in statements:
        effects.update(statement.uses.effects)
    for name in graded:
        effects.pop(name, None)
    for number, statement in enumerate(statements):
        uses = statement.uses
        _file(walk.binders, uses.binds, number)
        _file(walk.changers, uses.changes | (uses.methods - modules), number)
        changed = set(_changed_arguments(uses, effects))
        # A call that is handed a graded function trains or tests it; a decorator that is handed a class adds to it.
        _file(walk.changers, changed if isinstance(statement.tree, _DEFINITIONS) else changed - graded_names, number)
        _file(walk.runners, (name for name in uses.runs | uses.decorated if name in effects), number)
        for name, others in uses.same.items():
            _file(walk.aliases, others - modules, name)
    for function, effect in effects.items():
        _file(walk.setters, effect.sets - graded_names, function)
        _file(walk.modifiers, (effect.changes | (effect.methods - modules)) - graded_names, function)
        _file(walk.callers, (name for name in effect.calls if name in effects), function)
    return walk


def _file(table: dict[str, list[_T]], names: Iterable[str], entry: _T) -> None:
    """Write an entry under each of some names."""
    for name in names:
        table.setdefault(name, []).append(entry)


def _changed_arguments(uses: Uses, effects: Mapping[str, Effects]) -> Iterator[str]:
    """Plain names that a call hands to a function of the file which changes that parameter."""
    for function, arguments in uses.arguments:
        if function in effects:
            yield from (name for position, name in arguments.items() if position in effects[function].parameters)


def _is_data(tree: ast.stmt) -> bool:
    """Whether a statement that binds a function's name may as well bind a value: ``tanh = np.tanh(Z)``."""
    return isinstance(tree, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.With)


def _numbers(walk: _Walk) -> Iterator[int]:
    """Statements that give the name of a function to data, where functions of the file call it."""
    for name in {name for s in walk.statements for effects in s.uses.effects.values() for name in effects.called}:
        numbers = walk.binders.get(name, [])
        first = next((n for n in numbers if isinstance(walk.statements[n].tree, _DEFINITIONS)), len(walk.statements))
        first = -1 if hasattr(builtins, name) else first
        yield from (n for n in numbers if n > first and _is_number(walk.statements[n].tree, name))


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_DATA = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.Compare, ast.Subscript)


def _is_number(tree: ast.stmt, name: str) -> bool:
    """Whether a statement gives the name of a function to data: ``rows, cols = X.shape``, ``cost = cost(A, Y)``.

    The functions that call it were right when they were written, and stay so.
    """
    match tree:
        case ast.For(target=target):  # not what its body defines
            return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Name(id=called))):
            return called == name
        case ast.Assign(targets=[ast.Name()], value=value):
            return isinstance(value, _DATA)
        case ast.Assign(targets=[ast.Tuple(), *_]):
            return True
    return False


def _with_cheap(walk: _Walk) -> _Walk:
    """With later assignments to a graded name that is defined already, where they need nothing but definitions."""
    for number in sorted(walk.optional - walk.ignored)[:_MAX_TRIALS]:
        trial = replace(
            walk, names=set(walk.names), taken={*walk.taken, number}, called=set(walk.called), changed=set(walk.changed)
        )
        if trial.need(walk.statements[number].uses.reads, cheaply=True):
            walk = trial
    return walk


def _modules(statements: Sequence[Statement]) -> set[str]:
    """Names that only imports bind: a method called on such a name (``np.random.seed(1)``) changes nothing."""
    imported = {n for s in statements if isinstance(s.tree, ast.Import | ast.ImportFrom) for n in s.uses.binds}
    other = {n for s in statements if not isinstance(s.tree, ast.Import | ast.ImportFrom) for n in s.uses.binds}
    return imported - other
