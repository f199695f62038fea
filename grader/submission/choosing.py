"""Which of several files of a student comes first, as far as their names and dates tell.

A name that has to do with the assignment's comes before one that has not, and the newer file before the older one.
Letters that two words share by chance are no relation: ``notes`` is no nearer to ``batch_norm`` than ``solution`` is.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

__all__ = ["ranked", "stands_back"]

_SAME_TIME = 1.0  # seconds; a checkout or a copy writes its files in no order that means anything
_CLOSE = 0.85  # "regularisation" is "regularization", "initialization" is not "normalization"
_LATER = {"final": 1, "old": -1, "backup": -1, "bak": -1, "test": -1, "tests": -1}


def ranked(
    paths: Sequence[str], ages: Mapping[str, float], assignment: str, held: Mapping[str, int] = MappingProxyType({})
) -> list[str]:
    """The files, the one that counts first at the end.

    Related names, then the newest; of equally new ones those that hold at least half as much of what is graded (``held``)
    as any does: the others are of another exercise. Of these what the names say (``final``, ``old``, higher numbers), the
    one that holds more, the one that lies less deep, and the one that is first in the alphabet.

    >>> ranked(["hw_old.py", "hw.py"], {}, "batch_norm")
    ['hw_old.py', 'hw.py']
    """
    times = _times(ages.get(path, 0.0) for path in paths)
    related = {path: _relation(path, assignment) for path in paths}
    most = max(held.values(), default=0)
    return sorted(
        paths,
        key=lambda path: (
            related[path],
            times[ages.get(path, 0.0)],
            2 * held.get(path, 0) >= most,
            _version(path),
            held.get(path, 0),
            -path.count("/"),
            [-ord(c) for c in path],
        ),
    )


def _times(ages: Iterable[float]) -> dict[float, int]:
    """The dates numbered in their order; those that follow one another at once have one number."""
    ordered, numbers = sorted({*ages}), dict[float, int]()
    for before, age in pairwise([ordered[0], *ordered] if ordered else []):
        numbers[age] = numbers.get(before, 0) + (age - before > _SAME_TIME)
    return numbers


def _version(path: str) -> tuple[int, tuple[int, ...]]:
    """What the names of a file and of its folders say of when it was made: words (``old/``), numbers (``assignment2/``)."""
    words = _words(path[-200:])
    return sum({_LATER.get(word, 0) for word in words}), tuple(map(int, re.findall(r"\d{1,9}", path[-200:])))


def stands_back(path: str) -> bool:
    """Whether a file calls itself old, a backup or a test."""
    return any(_LATER.get(word, 0) < 0 for word in _words(path[-200:]))


def _relation(path: str, assignment: str) -> float:
    """How much of the assignment's name a file's name, or that of a folder around it, holds; 0 for less than a half.

    What calls itself old, a backup or a test is near to nothing.
    """
    if stands_back(path):
        return 0.0
    wanted = [word for word in _words(assignment) if len(word) > 2] or _words(assignment)
    parts = posixpath.splitext(path)[0].split("/")[-5:]
    return max((_held(wanted, part[:200]) for part in parts), default=0.0) if wanted else 0.0


def _held(wanted: Sequence[str], part: str) -> float:
    """The share of the letters of the wanted words that stand in a name as words, 0 for less than a half."""
    words = _words(part)
    squeezed, whole = "".join(words)[:80], "".join(wanted)[:80]
    if whole in squeezed or difflib.SequenceMatcher(None, squeezed, whole).ratio() >= _CLOSE:
        return 1.0
    found = sum(len(word) for word in wanted if any(_same(word, other) for other in words))
    share = found / sum(map(len, wanted))
    return share if share >= 0.5 else 0.0


def _same(wanted: str, word: str) -> bool:
    """Whether two words are one, or the wanted one is a long beginning of the other: norm, normalization."""
    return wanted == word or (len(wanted) > 3 and word.startswith(wanted))


def _words(name: str) -> list[str]:
    """Words and numbers of a name: ``BatchNorm_v2`` has batch, norm, v and 2."""
    return re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:200]).lower())
