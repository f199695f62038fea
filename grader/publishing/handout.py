"""The hand-out of an assignment: its parts by function, and the formulas in them.

A hand-out is the ``README.md`` of the assignment's folder. A part that belongs to a function has a heading
that names it first: ``### `linear_forward(A, W, b)` ...``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from grader.course import LoadedAssignment

__all__ = ["formula_of", "handout", "in_order", "introduction", "sections"]

_HEADING = r"(?m)^(?=##+ )"


def handout(assignment: LoadedAssignment) -> str:
    """The text of the hand-out; its title alone where there is none."""
    path = assignment.folder / "README.md"
    return path.read_text("utf-8") if path.is_file() else f"# {assignment.spec.title}\n"


def sections(text: str) -> Mapping[str, str]:
    r"""Parts of a hand-out by the function that their heading names.

    >>> sections("# Title\n\n### `f(x)`, 5 points\n\nDouble it.\n\n## An example\n")
    {'f': '### `f(x)`, 5 points\n\nDouble it.'}
    """
    return {name: part for name, part in _parts(text) if name}


def in_order(text: str) -> tuple[Mapping[str, str], str]:
    r"""Parts by function, each behind the general ones that stand before it; and what stands behind the last one.

    >>> in_order("# Title\n\n## A network\n\n### `f(x)`\n\nDouble it.\n\n## An example\n")
    ({'f': '## A network\n\n### `f(x)`\n\nDouble it.'}, '## An example')
    """
    found: dict[str, str] = {}
    waiting: list[str] = []
    for name, part in _parts(text):
        waiting.append(part)
        if name:
            found[name] = "\n\n".join(waiting)
            waiting = []
    return found, "\n\n".join(waiting) if found else ""


def _parts(text: str) -> list[tuple[str, str]]:
    """The parts in order, each with the function that its heading names, if any."""
    parts = [part.strip() for part in re.split(_HEADING, text) if part.startswith("##")]
    named = [(re.search(r"`([\w.]+)", part.split("\n", 1)[0]), part) for part in parts]
    return [(match[1] if match else "", part) for match, part in named]


def introduction(text: str) -> str:
    """What stands before the first part; the whole text where no part belongs to a function."""
    return re.split(_HEADING, text)[0].strip() if sections(text) else text.strip()


def formula_of(section: str) -> str:
    r"""The formulas of a part: its indented lines, otherwise the pieces of code that set a name to an expression.

    >>> formula_of("### `f(x)`\n\n`y = 2 * x`, where `x` is a number.")
    'y = 2 * x'
    """
    body = section.partition("\n")[2]
    blocks = re.findall(r"(?m)(?:^ {4,}\S.*\n?)+", body)
    if blocks:
        return "\n".join(textwrap.dedent(block).rstrip() for block in blocks)
    return "\n".join(code for code in re.findall(r"`([^`\n]+)`", body) if re.search(r" = .*[-+*/@(]", code))
