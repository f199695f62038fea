"""The hand-out of an assignment: its parts by function, and the formulas in them.

A hand-out is the ``README.md`` of the assignment's folder. A part that belongs to a function has a heading
that names it: ``### `linear_forward(A, W, b)` ...``. A line ``<!-- what is graded -->`` stands for the table of what
each check carries, which nobody has to keep true by hand.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping

from grader.course import LoadedAssignment
from grader.judging.judge import shares_of
from grader.spec import Assignment

__all__ = ["formula_of", "handout", "handout_notes", "in_order", "introduction", "sections"]

_NOTHING = 1e-9
_HEADING = r"(?m)^(?=##+ )"


_TABLE = "<!-- what is graded -->"
_ALONE = (
    " *Arguments left alone*: the arrays and dictionaries that it is called with are the same afterwards "
    "(`x = x - 1` makes a new array, `x -= 1` changes the one of the caller)."
)


def handout(assignment: LoadedAssignment) -> str:
    """The text of the hand-out, with the table of what is graded; its title alone where there is none."""
    path = assignment.folder / "README.md"
    text = path.read_text("utf-8") if path.is_file() else f"# {assignment.spec.title}\n"
    return text.replace(_TABLE, "\n".join(_what_is_graded(assignment.spec))) if _TABLE in text else text


def _what_is_graded(spec: Assignment) -> Iterator[str]:
    """A row for each function: what its values carry, its other checks, and arguments left alone; and what that means."""
    yield "| function | values | further checks | arguments left alone |"
    yield "|---|---|---|---|"
    some_alone = False
    for function in spec.functions:
        items = (function.items,) if isinstance(function.items, str) else function.items
        shares = shares_of(function, [name for name in items if name not in function.optional])
        checks = {**shares.sets, **shares.properties}
        further = "; ".join(f"{name}, {_percent(share)}" for name, share in checks.items()).replace("|", "\\|")
        alone = _percent(shares.inputs) if shares.inputs else ""
        some_alone = some_alone or bool(alone)
        yield f"| `{function.name}` | {_of_items(shares.items)} | {further} | {alone} |"
    yield "\n*Values*: what the function gives is right." + _ALONE * some_alone


def _of_items(shares: Mapping[str, float]) -> str:
    found = {name: _percent(share) for name, share in shares.items() if share > _NOTHING}
    return ", ".join(found.values() if len(found) == 1 else (f"`{name}` {share}" for name, share in found.items()))


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g} %"


def handout_notes(assignment: LoadedAssignment) -> list[str]:
    """What a hand-out leaves out, and what is left in it of another one."""
    functions = [f.name for f in assignment.spec.functions]
    known = {*functions, *(part.name for part in assignment.spec.parts), *assignment.spec.provided_helpers}
    known |= {part for name in functions for part in name.split(".")}
    headings = "\n".join(re.findall(r"(?m)^##+ .*", handout(assignment)))
    named, called = set(re.findall(r"`([\w.]+)", headings)), set(re.findall(r"`([\w.]+)\(", headings))
    silent = [name for name in functions if not {name, *name.split(".")} & named]
    strange = sorted(called - known)
    notes = [f"the hand-out has no heading that names {', '.join(silent)}, such as: ## `{silent[0]}`"] if silent else []
    return notes + ([f"a heading of the hand-out names {', '.join(strange)}, which is not graded"] if strange else [])


def sections(text: str) -> Mapping[str, str]:
    r"""Parts of a hand-out by the function that their heading names.

    >>> sections("# Title\n\n### `f(x)`, 5 points\n\nDouble it.\n\n## An example\n")
    {'f': '### `f(x)`, 5 points\n\nDouble it.'}
    """
    return {name: part for names, part in _parts(text) for name in names}


def in_order(text: str) -> tuple[Mapping[str, str], str]:
    r"""Parts by function, each behind the general ones that stand before it; and what stands behind the last one.

    >>> in_order("# Title\n\n## A network\n\n### `f(x)`\n\nDouble it.\n\n## An example\n")
    ({'f': '## A network\n\n### `f(x)`\n\nDouble it.'}, '## An example')
    """
    found: dict[str, str] = {}
    waiting: list[str] = []
    for names, part in _parts(text):
        waiting.append(part)
        if names:
            found[names[0]] = "\n\n".join(waiting)
            waiting = []
    return found, "\n\n".join(waiting) if found else ""


def _parts(text: str) -> list[tuple[list[str], str]]:
    """The parts in order, each with the functions that its heading names, if any: before what they return, or are worth."""
    parts = [part.strip() for part in re.split(_HEADING, text) if part.startswith("##")]
    return [(re.findall(r"`([\w.]+)[^`]*`", re.split("→|->|—|\n", part, maxsplit=1)[0]), part) for part in parts]


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
