"""A function's counterexample, read once for every face: what to show of it, and what a check says already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader import sentences
from grader.model import FunctionReport
from grader.report.fitting import Name, names_in
from grader.report.values import Style, Value, compared, display_of, text_lines

__all__ = ["Example", "example_of", "is_unwritten"]

_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Example:
    """What a face shows of a counterexample; values are the JSON data of :mod:`grader.report.values`.

    Strings are as the submission chose them: each face makes them inert.
    """

    case: str
    message: str
    arguments: tuple[tuple[str, Value], ...]
    item: str
    results: tuple[tuple[str, Value], ...]
    style: Style
    difference: str
    output: str
    snippet: str
    about: tuple[Name, ...] = ()  # the quantities that are wrong
    note: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the arguments would push everything else off the screen."""
        return sum(len(text_lines(display_of(value))) for _, value in self.arguments) > _MOST_LINES


def example_of(function: FunctionReport) -> Example:
    """The counterexample of a function that has one.

    A message or a place that a failed check names already is not repeated. ``expected`` is shown where
    there is something to compare with (a property has no single correct value), and ``got`` where the call
    came back; neither where only the arguments suffered.
    """
    data = function.counterexample or {}
    keys = ("case", "item", "part", "where", "message", "note", "output", "snippet")
    case, item, part, where, message, note, output, snippet = (str(data.get(key) or "").rstrip() for key in keys)
    about = [name for text in (message, note) for name in names_in(text, numbered=True)] + names_in(part or item)
    kinds = {check.kind for check in function.checks if check.name == item}
    messages = [check.message for check in function.checks if check.status == "failed"]
    if any(message in sentence for sentence in messages):
        message = ""
    expected, got = data.get("expected"), data.get("got")
    if isinstance(got, Mapping) and "error" in got:  # what was raised is said once, and where
        message = ""
        got = {**got, "origin": None} if any(", line " in sentence for sentence in messages) else got
    results = [("expected", expected)] if expected is not None else []
    if function.status in ("failed", "partial"):
        results.append(("got", got))
    if "inputs" in kinds:
        results = []
    style, pair = compared(expected, got, _place_in(part, where))
    is_new = where and not any(where in sentence for sentence in [message, *messages])
    difference = ""
    if pair and is_new and len(results) == 2:
        difference = f"First difference at {where}: expected {pair[0]}, got {pair[1]}"
    return Example(
        case=case,
        message=message,
        note=note,
        arguments=tuple((str(a.get("name")), a.get("value")) for a in data.get("arguments") or ()),
        item=_from_call(data.get("arguments")) if kinds & {"runs", "property"} else _label(item, part or _whole(where)),
        results=tuple(results),
        style=style,
        difference=difference,
        output=output,
        snippet=snippet,
        about=tuple(about),
    )


def is_unwritten(function: FunctionReport) -> bool:
    """Whether nothing came back because a blank is not filled in yet: an example would say no more than that."""
    data = function.counterexample or {}
    got = data.get("got")
    nothing = got is None or (isinstance(got, Mapping) and got.get("error") == sentences.NOT_THERE)
    return function.unfilled and function.status in ("failed", "partial") and nothing


def _from_call(arguments: Value) -> str:
    """Which of several calls the result is of: the last one, where that is a call and no look at an object."""
    names = [str(argument.get("name")) for argument in arguments or ()]
    calls = [match[0] for name in names if (match := re.match(r"call \d+(?=,)", name))]
    return f"from {calls[-1]}" if calls and sentences.LOOKED_AT not in names else ""


def _place_in(part: str, where: str) -> str:
    """What a place adds to the part that holds it; all of it where the part is not known.

    >>> _place_in("dW1", "dW1[2, 0]"), _place_in("a[0][0]", "a[0][0]"), _place_in("X of a[2]", "(X of a[2])[0]")
    ('[2, 0]', '', '[0]')
    """
    return where.removeprefix(f"({part})").removeprefix(part) if part else where


def _whole(where: str) -> str:
    """The part in which a place lies, where a report does not say it."""
    return re.sub(r"\[\d+(, ?\d+)*\]$", "", where) if " of " not in where else where


def _label(item: str, part: str) -> str:
    """What the values are called: of an item such as ``dW{l}`` the entry in question, nothing for the whole.

    >>> _label("dW{l}", "dW1"), _label("dW{l}", "dW{l}"), _label("Z", "Z"), _label("beams", "beams[0][0]")
    ('dW1', '', 'Z', 'beams[0][0]')
    """
    return "" if re.search(r"\{\w\}", part) else item and (part or item)
