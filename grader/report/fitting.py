"""What of an example's values a screen takes: first that which belongs to what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.report import wording
from grader.report.values import Block

__all__ = ["Name", "fitted", "names_in"]

Name = tuple[str, int | None]  # of dW3 the stem W and the number 3

_FARTHEST = 3  # numbers that lie farther apart are all the same
_NO_RELATION = 2 * _FARTHEST + 1
_LONGEST = 400  # characters in which names are looked for


def names_in(text: str, *, numbered: bool = False) -> list[Name]:
    """Names of quantities in a text, without the d of a gradient; of a sentence those with a number alone.

    >>> names_in("dW3"), names_in("['Z_tilde']"), names_in("a change of W1[0, 2]", numbered=True)
    ([('W', 3)], [('Z_tilde', None)], [('W', 1)])
    """
    found = re.findall(r"(?<![\w.])(?:d(?=[A-Z]))?([A-Za-z_]+?)(\d{1,3})?(?!\w)", text[:_LONGEST])
    return [(stem, int(number) if number else None) for stem, number in found if number or not numbered]


def _distance(name: Name, other: Name) -> int:
    (stem, number), (other_stem, other_number) = name, other
    if number is None or other_number is None:
        return 0 if name == other else _NO_RELATION
    return min(2 * abs(number - other_number) + (stem != other_stem), 2 * _FARTHEST)


@dataclass
class _Choice:
    """Which lines of which blocks are shown, while they are chosen."""

    blocks: Sequence[Block]
    room: int
    kept: dict[int, int] = field(default_factory=dict)  # lines by block

    def take(self, number: int) -> None:
        """Show a block, or what fits of it, below the names of what it is in."""
        above, length = self._above(number), len(self.blocks[number].lines)
        room = self.room - len(above)
        if room < min(length, 2):  # of a table a line alone would not help
            return
        shown = length if length <= room + 1 else room  # a line that says that one is missing would take as much room
        self.kept.update(dict.fromkeys(above, 1))
        self.kept[number] = shown
        self.room = room - shown

    def _above(self, number: int) -> list[int]:
        above, depth = [], self.blocks[number].depth
        for other in range(number - 1, -1, -1):
            if self.blocks[other].depth < depth:
                depth = self.blocks[other].depth
                above += [other] if other not in self.kept else []
            if not depth:
                break
        return above


def fitted(values: Sequence[Sequence[Block]], about: Sequence[Name], most: int) -> list[str]:
    """As many lines of some values as a screen takes.

    Parameters
    ----------
    values
        The blocks of each value; the first of each is always shown, and those of a line alone are whole.
    about
        What is wrong: blocks of these names come first, then their neighbours, those of the last of several calls
        before those of others, and short ones before long ones.
    most
        How many lines there are, about. A value that does not end says so where it breaks off.
    """
    blocks = [block for value in values for block in value]
    firsts, calls = [], [_call_of(value[0].name) for value in values]
    number = 0
    order: list[tuple[bool, int, int, int]] = []
    last = next((call for call in reversed(calls) if call), "")
    for value, call in zip(values, calls, strict=True):
        firsts.append(number)
        for inner, block in enumerate(value):
            relation = min((_distance(one, other) for one in names_in(block.name) for other in about), default=_NO_RELATION)
            if inner or len(block.lines) > 1:
                order.append((bool(call) and call != last, relation, len(block.lines), number + inner))
        number += len(value)
    choice = _Choice(blocks, most - sum(len(blocks[first].lines) == 1 for first in firsts))
    choice.kept.update(dict.fromkeys(firsts, 1))
    choice.room -= sum(len(blocks[first].lines) > 1 for first in firsts)
    heads = {n for n, block in enumerate(blocks) if n + 1 < len(blocks) and blocks[n + 1].depth > block.depth}
    for *_, number in sorted(order):
        if number in choice.kept:  # its first line is there
            lines = len(blocks[number].lines)
            choice.kept[number] = lines if lines <= choice.room + 2 else max(choice.room + 1, 1)
            choice.room -= choice.kept[number] - 1
        elif number not in heads:
            choice.take(number)
    return list(_lines(blocks, choice.kept))


def _call_of(name: str) -> str:
    match = re.match(r"call \d+", name)
    return match[0] if match else ""


def _lines(blocks: Sequence[Block], kept: dict[int, int]) -> Iterator[str]:
    cut, gap = 0, list[str]()
    for number, block in enumerate(blocks):
        shown = kept.get(number, 0)
        if shown:
            yield from gap if len(gap) == 1 else _gap(gap)
            cut, gap = cut + (len(gap) if len(gap) > 1 else 0), []
            yield from block.lines[:shown]
        gap += block.lines[shown:]
    yield from gap if len(gap) == 1 else _gap(gap)
    cut += len(gap) if len(gap) > 1 else 0
    if cut:
        yield wording.more_lines(cut)


def _gap(lines: Sequence[str]) -> list[str]:
    return [lines[0][: -len(lines[0].lstrip())] + "..."] if lines else []
