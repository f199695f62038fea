"""What the files of one student import of one another."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.submission.sources import ReadFile, stem_of

__all__ = ["Links", "imported_names", "is_imported", "links_of"]


@dataclass
class Links:
    """What the files of a student name of one another, collected in one walk over all of them.

    ``modules`` are parts of the names of imported modules; by such a part, ``names`` are what is imported from it, and
    ``aliases`` what it is called; ``attributes`` are read of such names; ``dynamic`` files may import by a text.
    """

    modules: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    aliases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    dynamic: set[str] = field(default_factory=set)

    def add(self, node: ast.AST) -> None:
        """Write down what a node names; it may be another file with the name of its own one."""
        if isinstance(node, ast.Attribute):
            self.attributes[_tail(node.value)].add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            origin = (node.module or "").split(".") if isinstance(node, ast.ImportFrom) else []
            for part in {*origin} - {""}:
                self.modules.add(part)
                self.names[part].update(alias.name for alias in node.names)
            for alias in node.names:
                for part in {*alias.name.split(".")}:
                    self.modules.add(part)
                    self.aliases[part].add(alias.asname or alias.name.rpartition(".")[2])


def links_of(read: Mapping[str, ReadFile]) -> Links:
    """What the files name of one another; nothing where there is one file alone."""
    links = Links()
    for file in read.values() if len(read) > 1 else ():
        for statement in file.statements:
            if statement.uses.dynamic:
                links.dynamic.add(file.path)
            for node in ast.walk(statement.tree):
                links.add(node)
    return links


def is_imported(file: ReadFile, links: Links) -> bool:
    """Whether another file may import this one; where something imports by a text, it may."""
    return stem_of(file.path) in links.modules or bool(links.dynamic - {file.path})


def imported_names(file: ReadFile, links: Links) -> set[str]:
    """Names of this file that others import one by one, or read as an attribute of the module."""
    bound = {name for statement in file.statements for name in statement.uses.binds}
    names = bound & links.names.get(stem_of(file.path), set())
    for alias in links.aliases.get(stem_of(file.path), ()):
        names |= bound & links.attributes.get(alias, set())
    return names


def _tail(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
