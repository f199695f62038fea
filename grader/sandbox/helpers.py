"""Right helpers: a function whose own helpers are wrong is run again with helpers that the reference answers.

It does so in a copy of this process (:mod:`grader.sandbox.copies`); a call that it does not answer in time is *not
answered*.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.confined.kinds import Code, Opaque, Value, WireError
from grader.confined.wire import decode, encode, pack, taken, unpack
from grader.sandbox.copies import SEED, Copy, LostError
from grader.sandbox.limits import without_warnings
from grader.sandbox.runner import Answer

__all__ = ["Answering", "Answers", "answered"]

_LOST = 3
_LENGTHS, _PLACE = struct.Struct("<HI"), struct.Struct("<H?")
_NO_NAME = 0xFFFF


@dataclass(frozen=True, slots=True)
class Answers:
    """What a copy does with a question for a right helper: the names that may be asked, what is given, and the question."""

    answer: Answer

    def __call__(self, message: bytes) -> bytes:
        of_names, of_given = _LENGTHS.unpack_from(message)
        given = _LENGTHS.size + of_names
        names = message[_LENGTHS.size : given].decode().split(",")
        place, reply = answered(self.answer, message[given + of_given :], names, message[given : given + of_given])
        return _PLACE.pack(place, reply is not None) + (reply or b"")


class Answering:
    """Answers the calls of one run, one after another.

    Parameters
    ----------
    answer
        What a bound name means; raising means "not answered".
    cpu_s
        CPU seconds for all answers of the run together, anew after a copy was lost.
    copy
        The copy that answers; without one that is done in this process: the questions come from somebody's own work, and
        harm nobody else.
    """

    def __init__(self, answer: Answer, cpu_s: float, copy: Copy | None) -> None:
        import numpy.random  # noqa: F401  # not at start-up: 14 ms; here, so that not every copy loads it for itself

        self._answer = answer
        self._copy = copy
        self._cpu_s = cpu_s
        self._end_s = cpu_s + (copy.used_s if copy else 0.0)
        self._lost = 0

    def ask(
        self, question: bytes, names: Sequence[str], still: Callable[[], None], given: bytes = b""
    ) -> tuple[str, bytes | None]:
        """The name in a packed question ``(name, args, kwargs, number)`` and the packed answer; None when there is none.

        The number counts the questions of one call, for each of which other random numbers are drawn.

        Parameters
        ----------
        names
            What may be asked now; there is no answer, and no name, to a question about anything else.
        still
            Called while waiting, a few times a second; what it raises ends the wait and the copy.
        given
            The packed names that the case gives public code for, which right helpers use as well.
        """
        if self._copy is None:
            with without_warnings(), np.errstate(all="ignore"):
                place, reply = answered(self._answer, question, names, given)
            return (names[place] if place < len(names) else ""), reply
        if self._lost >= _LOST:
            return "", None
        allowed = ",".join(names).encode()
        try:
            asked = _LENGTHS.pack(len(allowed), len(given)) + allowed + given + question
            said = self._copy.ask(asked, self._end_s - self._copy.used_s, still)
        except (LostError, OSError):
            self._lost += 1
            self._end_s = self._cpu_s + self._copy.used_s
            return "", None
        place, is_answered = _PLACE.unpack_from(said)
        return (names[place] if place < len(names) else ""), said[_PLACE.size :] if is_answered else None

    def close(self) -> None:
        """End the copy, if there is one."""
        if self._copy is not None:
            self._copy.close()


def answered(answer: Answer, question: bytes, names: Sequence[str], packed: bytes = b"") -> tuple[int, bytes | None]:
    """Which of the names a packed question is about, and the packed answer; None where there is none.

    A function among the arguments stays with the student. What it gives is asked for where it is needed: the answer is
    then ``Code("call", (handle, *args))``, and the question comes once more, with one more of the values that it gave.
    """
    place = _NO_NAME
    try:
        name, args, kwargs, number, *values = decode(unpack(question)[0], code=_generator)
        place = names.index(name)
        # A call meets the same numbers whenever it is made, and each question of it others: layers are independent.
        np.random.seed(SEED + number)
        replies = iter(values)
        given = decode(unpack(packed)[0], code=lambda code: code) if packed else {}
        args = tuple(_stand_in(arg, replies) if isinstance(arg, Opaque) else arg for arg in args)
        return place, pack(encode(taken(answer(name, args, kwargs, given))))
    except _WantedError as wanted:
        return place, pack(encode(Code("call", wanted.args)))
    except Exception:  # whatever the reference makes of a student's arguments
        return place, None


def _generator(code: Code) -> np.random.Generator:
    """The only object that a question holds besides values, made from a seed."""
    (seed,) = code.args
    if code.name != "np.random.default_rng" or type(seed) is not int:
        raise WireError(f"a question with an object {code.name!r:.80}")
    return np.random.default_rng(seed)


class _WantedError(Exception):
    """The value of a function that has stayed with the student."""


def _stand_in(function: Opaque, replies: Iterator[Value]) -> Callable[..., Value]:
    """What stands for a student's function: it gives the values that are there already, in their order."""

    def call(*args: Value) -> Value:
        for value in replies:
            return value
        raise _WantedError(function.handle, *args)

    return call
