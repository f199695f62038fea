"""Which file each graded function is taken from, and how well a definition fits what is asked of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader import sentences
from grader.submission.choosing import ranked, stands_back
from grader.submission.editions import Exercise
from grader.submission.need import Statement
from grader.submission.sources import ReadFile, stem_of
from grader.submission.templates import is_blank

__all__ = ["fit_of", "homes_of", "not_graded"]

_BLANK = 2  # how far a template fills a name (see _filled)


def homes_of(
    read: Mapping[str, ReadFile],
    paths: Sequence[str],
    arities: Mapping[str, int],
    ages: Mapping[str, float],
    exercise: Exercise,
) -> dict[str, str]:
    """For each graded function the file that it is taken from: filled before blank, then by name, then the newest."""
    expected = {name.partition(".")[0]: f"/{path}" for name, path in exercise.places.items()}
    filled = {path: _filled(read[path].statements, arities) for path in paths}
    held = {path: sum(fill > _BLANK for fill in filled[path].values()) for path in paths}
    order = {path: number for number, path in enumerate(ranked(paths, ages, exercise.name, held))}
    homes = {}
    for name in arities:
        candidates = [path for path in paths if name in filled[path]]
        if candidates:
            asked = {path: f"/{path}".endswith(expected.get(name, "/")) for path in candidates}
            replaced = _replaced(name, [path for path in candidates if filled[path][name] > _BLANK], read)
            homes[name] = max(
                candidates,
                key=lambda path: (filled[path][name], asked[path], stem_of(path) not in replaced, order[path]),
            )
    most = max(paths, key=lambda path: (sum(home == path for home in homes.values()), order[path]))
    star = next((path for path in paths if any("*" in s.uses.binds for s in read[path].statements)), most)
    return {name: homes.get(name.partition(".")[0], star if not homes else most) for name in arities}


def _replaced(name: str, paths: Sequence[str], read: Mapping[str, ReadFile]) -> set[str]:
    """The modules that a file imports before it defines a name itself, which takes the place of theirs; not in a test."""
    importing = [path for path in paths if len(paths) > 1 and not stands_back(path)]
    return {stem for path in importing for stem in _imported_before(name, read[path].statements)}


def _imported_before(name: str, found: Sequence[Statement]) -> set[str]:
    before, replaced = set[str](), set[str]()
    for statement in found:
        tree = statement.tree
        if isinstance(tree, ast.Import | ast.ImportFrom):
            origin = tree.module if isinstance(tree, ast.ImportFrom) else None
            stems = {module.rpartition(".")[2] for module in [origin or "", *(alias.name for alias in tree.names)]}
            before |= stems
            replaced -= stems if {"*", name}.intersection(statement.uses.binds) else set()
        elif name in statement.uses.binds:
            replaced = set(before)
    return replaced


def _filled(found: Sequence[Statement], arities: Mapping[str, int]) -> dict[str, int]:
    """How far each graded name is bound in a file: 1 imported, 2 a blank, 3 defined with other arguments, 4 defined."""
    best: dict[str, int] = {}
    for statement in found:
        for name in statement.uses.binds:
            if name in arities:
                best[name] = max(best.get(name, 0), _how_filled(statement, name, arities[name]))
    return best


def _how_filled(statement: Statement, name: str, arity: int) -> int:
    tree = statement.tree
    if isinstance(tree, ast.Import | ast.ImportFrom):
        return 1
    definition = statement.uses.definitions.get(name)
    if is_blank(definition, statement.text):
        return 2
    if definition is None:
        return 3 if isinstance(tree, ast.Assign | ast.AnnAssign | ast.For | ast.With) else 4
    return 4 if fit_of(definition, arity) else 3


def not_graded(
    read: Mapping[str, ReadFile], homes: Mapping[str, str], graded_from: Collection[str], arities: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Files that hold graded functions, all of which are taken from other files."""
    used = set(homes.values())
    for path in sorted(set(graded_from) & set(read) - used):
        filled = {name: how for name, how in _filled(read[path].statements, arities).items() if how > 1}
        names = list(filled)
        if names and all(how == 2 for how in filled.values()):
            yield path, sentences.NOTHING_FILLED_IN
        elif names:
            elsewhere = sorted({homes[name] for name in names})
            yield path, sentences.better_file(names, " and ".join(elsewhere))


def fit_of(definition: ast.FunctionDef, arity: int) -> int:
    """How well a definition fits a call with so many arguments: 2 well, 1 as that of another exercise might, 0 not.

    Who needs one more for a recursion gives it a default, behind what the exercise asks for. Where some of that has
    defaults, too, and more follows, it is likely another exercise's function of that name.
    """
    spec = definition.args
    most = len(spec.posonlyargs) + len(spec.args)
    required_keywords = sum(default is None for default in spec.kw_defaults)
    least = most - len(spec.defaults)
    if required_keywords or arity < least or (arity > most and spec.vararg is None):
        return 0
    own_defaults = least < arity
    extra = [a.arg for a in (*spec.posonlyargs, *spec.args)[arity:] if not re.search("print|verbose|debug|msg", a.arg)]
    return 1 if extra and own_defaults else 2
