"""Drawing cases: Hypothesis chooses sizes, decks of cards deal the options, NumPy the entries.

See ``docs/design/drawing.md``.
"""

from __future__ import annotations

import hashlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from grader.errors import SpecError, missing_extra, said_with_place
from grader.freezing.author import Author
from grader.spec import CaseClass
from grader.strategies import Draw, Rejected

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError:
    raise missing_extra("drawing cases", "draw") from None

__all__ = ["Drawn", "draw_cases", "within_time"]


_BIT = st.booleans()


@dataclass
class Drawn:
    """One drawn case before it is answered."""

    case_class: CaseClass
    draw: Draw
    content: Any


def draw_cases(
    author: Author, key: str, seed: int, classes: Sequence[CaseClass], build: Callable[[Draw], Any]
) -> list[Drawn]:
    """Draw all classes, whose cases take from the same decks of options."""
    found: list[Drawn] = []
    decks = _Decks(_salt(f"{key}/{seed}"))
    for case_class in classes:
        try:
            drawn = _draw_class(author, f"{key}/{case_class.name}/{seed}", case_class, build, decks)
        except _LetThrough as stopped:
            raise stopped.error from stopped.error.__cause__
        if not drawn:
            raise SpecError(f"{key}: no case of the class {case_class.name!r} could be drawn")
        asked = frozenset().union(*(one.draw.asked for one in drawn))
        for name in case_class.sizes:
            if name not in asked:
                names = ", ".join(sorted(asked)) or "nothing by name"
                where = f"{key}: the class {case_class.name!r}"
                raise SpecError(f"{where} pins {name!r}, which its strategy does not draw; it draws: {names}")
        found.extend(drawn)
    return found


DRAW_S = 30.0


@contextmanager
def within_time(what: str) -> Iterator[None]:
    """A SpecError where something takes more than ``DRAW_S`` CPU seconds; without signals of Unix there is no limit."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_: int, frame: FrameType | None) -> None:
        place = f"{frame.f_code.co_filename}, line {frame.f_lineno}" if frame else ""
        raise SpecError(f"{what}: this takes longer than {DRAW_S:g} CPU seconds, and was stopped at {place}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, DRAW_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _salt(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")


_Place = tuple[int, int]  # of a choice in a strategy: how many stand before it, and how many options it has


class _Decks:
    """A deck of cards for each choice of a strategy.

    Every card is dealt once before one comes again, so that each option has its share of the cases under every seed:
    what a mistake costs that is wrong for one activation function alone is no matter of luck.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._decks: dict[_Place, list[int]] = {}
        self._shuffle: dict[_Place, np.random.Generator] = {}

    def deal(self, place: _Place) -> int:
        """The number of an option."""
        return self._filled(place).pop(0)

    def take_back(self, hand: Mapping[_Place, int]) -> None:
        """Put the cards of a case that is given up among those that are left, so that their turn comes again."""
        for place, card in hand.items():
            deck = self._filled(place)
            if card not in deck:
                deck.insert(int(self._shuffle[place].integers(len(deck) + 1)), card)

    def _filled(self, place: _Place) -> list[int]:
        """The deck, shuffled anew where it is used up, so that two choices do not go in step."""
        deck = self._decks.setdefault(place, [])
        if not deck:
            shuffle = self._shuffle.setdefault(place, np.random.default_rng([self._seed, *place]))
            deck += shuffle.permutation(place[1]).tolist()
        return deck


_SETTINGS = hypothesis.settings(
    phases=[hypothesis.Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
_FINER = 3  # bits beyond those that a range needs, so that its numbers are about equally likely
_ROUNDS = 4


def _integer(data: st.DataObject, low: int, high: int) -> int:
    """An integer, put together from bits.

    Hypothesis mixes numbers that it finds in the source of loaded modules into its integers, so that the same seed would
    give other cases beside other code. It leaves single bits alone.
    """
    if low == high:
        return low
    width = (high - low).bit_length() + _FINER
    number = sum(data.draw(_BIT) << place for place in range(width))
    return low + (number * (high - low + 1) >> width)


class _LetThrough(KeyboardInterrupt):
    """Takes an author's error past Hypothesis, which would draw once more what has failed."""

    def __init__(self, error: SpecError) -> None:
        super().__init__(str(error))
        self.error = error


def _of_author(author: Author, key: str, error: Exception) -> SpecError:
    if isinstance(error, SpecError):
        return error
    found = SpecError(f"{key}: the strategy raised {said_with_place(error, author.loaded.course.root)}")
    found.__cause__ = error
    return found


def _draw_class(author: Author, key: str, case_class: CaseClass, build: Callable[[Draw], Any], decks: _Decks) -> list[Drawn]:
    salt = _salt(key)
    names = frozenset(one.name for function in author.loaded.spec.functions for one in function.every_class)
    found: dict[tuple[int, ...], Drawn] = {}  # by what was drawn: choices and sizes
    repeats: list[Drawn] = []
    hands: dict[int, dict[_Place, int]] = {}  # by the seed of the entries: what Hypothesis repeats must be the same again

    @hypothesis.settings(_SETTINGS, max_examples=case_class.count + 3)
    @hypothesis.given(st.data())
    def collect(data: st.DataObject) -> None:
        entries = _integer(data, 0, 2**16 - 1)
        again = entries in hands
        hand = hands.setdefault(entries, {})
        integers: list[int] = []
        choices: list[int] = []

        def integer(low: int, high: int) -> int:
            integers.append(_integer(data, low, high))
            return integers[-1]

        def deal(options: int) -> int:
            place = (len(choices), options)
            if place not in hand:
                hand[place] = decks.deal(place)
            choices.append(hand[place])
            return hand[place]

        draw = Draw(case_class, integer, deal, [salt, entries], author.function, names)
        kept = False
        try:
            with within_time(key):
                content = build(draw)
            drawn = Drawn(case_class, draw, content)
            kept = not again and len(found) < case_class.count and found.setdefault((*choices, *integers), drawn) is drawn
            if not (kept or again):
                repeats.append(drawn)
        except Rejected:
            hypothesis.reject()
        except hypothesis.errors.HypothesisException:
            raise
        except Exception as error:
            raise _LetThrough(_of_author(author, key, error)) from error
        finally:
            if not (kept or again):
                decks.take_back(hand)

    for number in range(_ROUNDS):
        with suppress(hypothesis.errors.Unsatisfiable):  # every draw was given up; the caller says so
            hypothesis.seed(salt + number)(collect)()
        if len(found) == case_class.count:
            break
    # The same sizes and choices come again only where there are no others.
    return [*found.values(), *repeats][: case_class.count]
