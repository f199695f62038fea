"""What a child is told of a program, and what is believed of what it says: values within bounds, and words for people.

Nobody relies on the words.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.confined.channel import REPLY
from grader.confined.kinds import Opaque, WireError
from grader.confined.wire import Encoded, decode, encode, pack, unpack
from grader.sandbox.frames import not_a_reply
from grader.sandbox.runner import Loaded, Outcome, Program, Raised, Returned
from grader.submission.program import Unit

__all__ = ["loaded_in", "outcome_in", "program_frame"]

_MAX_OUTPUT = 8_000
_MAX_SAID = 1 << 16  # of an exception, its output included
_PART_COSTS = 128  # a byte of structure is as much work for the judges as 128 of numbers


def outcome_in(kind: int, body: bytes, plan: int, step: int) -> tuple[Outcome, int]:
    """What a reply says of the call that was asked, and how many bytes it is worth to whoever keeps and judges it.

    Else the child is over.
    """
    try:
        if kind not in b"VE" or (kind == ord("E") and len(body) > _MAX_SAID):
            raise WireError("not a reply")
        number, at_step, nmutated, noutput = REPLY.unpack_from(body)
        if (number, at_step) != (plan, step) or noutput > _MAX_OUTPUT:
            raise WireError("a reply to another call, or too much output")
        middle = REPLY.size + 2 * nmutated
        mutated = tuple(np.frombuffer(body[REPLY.size : middle], np.uint16).tolist()) if nmutated else ()
        output = body[middle : middle + noutput].decode("utf-8", "replace") if noutput else ""
        encoded, end = unpack(body, middle + noutput)
        if end != len(body):
            raise WireError("bytes left over")
        if kind == ord("V"):
            return Returned(encoded, mutated, output), _PART_COSTS * len(encoded.header) + _checked(encoded)
        name, message, *places = decode(encoded, reply=True)
        origin, caller = (None if place is None else _said(place, 200) for place in places)
        return Raised(" ".join(_said(name, 200).split()), _said(message, 600), origin, output, caller), 0
    except (WireError, struct.error, ValueError, TypeError):
        raise not_a_reply() from None


_CHECKED: dict[bytes, tuple[int, int]] = {}  # by header: bytes of the payload, and what they become


def _checked(encoded: Encoded) -> int:
    """How many bytes the numbers of a value become, which decodes, now and later: judges need not expect that it does not.

    Whether it does depends on the header and the payload's length alone, and most headers come again.

    Raises
    ------
    WireError
        Where it does not.
    """
    length, size = _CHECKED.get(encoded.header, (-1, 0))
    if length == len(encoded.payload):
        return size
    size = _judged_size(decode(encoded, reply=True))
    if len(encoded.header) <= 2_000:
        if len(_CHECKED) >= 4_096:
            _CHECKED.clear()
        _CHECKED[encoded.header] = len(encoded.payload), size
    return size


def _judged_size(value: Any) -> int:
    """How many bytes the numbers of a value are where it is judged: a truth value is one of eight there, not of one."""
    if isinstance(value, dict):
        return sum(map(_judged_size, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_judged_size, value))
    array = value.array if isinstance(value, Opaque) else value
    return array.size * max(8, array.itemsize) if isinstance(array, np.ndarray | np.generic) else 8


def _said(value: Any, limit: int) -> str:
    """A text of the worker's; nothing else is turned into one, because a list of arrays would take minutes."""
    if not isinstance(value, str):
        raise WireError("not a text")
    return value[:limit]


def loaded_in(body: bytes, skip: Mapping[int, str], units: Sequence[Unit]) -> Loaded:
    """What the worker says of loading."""
    try:
        encoded, _ = unpack(body)
        reply = decode(encoded, reply=True)
        defined = {_said(name, 200): _said(kind, 20) for name, kind in reply["defined"].items()}
        bound = {_said(name, 200): _number(number, units) for name, number in reply["bound"].items()}
        failed = dict(skip)
        for number, kind, message in reply["failed"][:100]:
            failed[_number(number, units)] = f"{_said(kind, 200)}: {_said(message, 600)}"[:600]
        absent = frozenset(_said(name, 100) for name in reply["absent"][:100])
    except (WireError, TypeError, LookupError, ValueError, AttributeError):
        raise not_a_reply() from None
    messages = [f"{units[number].place} was left out: {why}"[:600] for number, why in failed.items()]
    return Loaded(defined, tuple(messages[:50]), bound, failed, absent)


def _number(value: Any, units: Sequence[Unit]) -> int:
    if type(value) is not int or not 0 <= value < len(units):
        raise WireError("not the number of a statement")
    return value


def program_frame(program: Program, skip: Mapping[int, str]) -> bytes:
    """The message that tells a child what to load."""
    units = program.units
    # A notebook beside a file of its own name is not what ``import`` finds.
    importable = {file.module for file in program.files if file.path.endswith(".py")}
    content = {
        "files": [
            {
                "module": file.module + "_" * (file.module in importable and not file.path.endswith(".py")),
                "package": file.package,
                "graded": list(file.graded),
                "units": [(unit.source, unit.label, unit.line, unit.binds) for unit in file.units],
            }
            for file in program.files
        ],
        "arities": dict(program.arities),
        "options": {name: list(options) for name, options in program.options.items() if options},
        "provided": dict(program.provided),
        "public": program.public,
        "wanted": list(program.wanted),
        "bound": list(program.bound),
        "skip": sorted(skip),
        "uses_random": any("import random" in unit.source or "from random" in unit.source for unit in units),
        "copies": any("copy" in unit.source and _NO_COPY.search(unit.source) for unit in units),
    }
    return pack(encode(content))


_NO_COPY = re.compile(r"copy\s{0,9}=\s{0,9}False")
