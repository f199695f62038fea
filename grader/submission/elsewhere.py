"""Where definitions stand that do not count: commented out, behind prompts, in a class, in text, in a cell of magic.

The text of a submission is walked once for all the names that are looked for, and no more of it than a person
would read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain

from grader import sentences
from grader.submission.cells import Cells

__all__ = ["LONGEST_LINE", "definitions", "misplaced"]

LONGEST_LINE = 400
_MOST_TEXT = 2**20  # letters of text cells, and of damaged ones, that are looked at
_DEFINED = re.compile(r"(?:async )?def +(\w+) *\(|class +(\w+)|(\w+) *= *lambda\b")
_AROUND = re.compile(r"(class|def)\s+(\w+)")
_DEF = re.compile(r"(\s*#+\s*|\s*(?:>>>|In \[\d+\]:)\s*|\s*)def\s+(\w+)\s*\(")
_BROKEN = re.compile(r"(?:\b|\\n)def\s++(\w++)\s*+\(")


def definitions(files: Iterable[Cells]) -> dict[str, str]:
    """The functions and classes that code cells define at the margin, each with its last place."""
    found: dict[str, str] = {}
    for label, source in chain.from_iterable(cells.code for cells in files):
        for number, line in enumerate(source.split("\n"), 1):
            if match := _DEFINED.match(line[:LONGEST_LINE]):
                found[match[1] or match[2] or match[3]] = f"{label}, line {number}"
    return found


def misplaced(files: Iterable[Cells], names: Set[str]) -> Mapping[str, str]:
    """For each of some names that is defined where it does not count, what is said of that; the first such place."""
    found: dict[str, str] = {}
    room = _MOST_TEXT
    for cells in files:
        for label, source in cells.code:
            for name, text in _in_code(label, source, names):
                found.setdefault(name, text)
        for label, source in cells.prose:
            for line in source[:room].split("\n"):
                match = _DEF.match(line[:LONGEST_LINE]) if "def" in line else None
                if match and match[2] in names and not match[1].strip():
                    found.setdefault(match[2], sentences.missing_prose(match[2], label))
            room = max(0, room - len(source))
        for text in cells.damaged:
            for name in names & set(_BROKEN.findall(text[:room])):
                found.setdefault(name, sentences.missing_damaged(name))
            room = max(0, room - len(text))
    return found


def _in_code(label: str, source: str, names: Set[str]) -> Iterator[tuple[str, str]]:
    magic, around = source.lstrip().startswith("%%"), ""
    for number, line in enumerate(source.split("\n"), 1):
        if "def" not in line and "class" not in line:
            continue
        text = line[:LONGEST_LINE]
        opened = _AROUND.match(text)
        around = f"{opened[1]} {opened[2]}" if opened else around
        match = _DEF.match(text)
        if match is None or match[2] not in names:
            continue
        before, name, place = match[1], match[2], f"{label}, line {number}"
        if "#" in before:
            yield name, sentences.missing_commented(name, place)
        elif before.strip():
            yield name, sentences.missing_prompt(name, place)
        elif before and around:
            yield name, sentences.missing_inner(name, place, around)
        elif magic:
            yield name, sentences.missing_magic(name, label)
