"""A function's counterexample, read once for every face: what to show of it, and what a check says already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader import sentences
from grader.model import FunctionReport
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
    case, item, part, where, message, output, snippet = (
        str(data.get(key) or "").rstrip() for key in ("case", "item", "part", "where", "message", "output", "snippet")
    )
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
    style, pair = compared(expected, got, where)
    is_new = where and not any(where in sentence for sentence in [message, *messages])
    difference = ""
    if pair and is_new and len(results) == 2:
        difference = f"First difference at {where}: expected {pair[0]}, got {pair[1]}"
    return Example(
        case=case,
        message=message,
        arguments=tuple((str(a.get("name")), a.get("value")) for a in data.get("arguments") or ()),
        item="" if kinds & {"runs", "property"} else _label(item, part or where),
        results=tuple(results),
        style=style,
        difference=difference,
        output=output,
        snippet=snippet,
    )


def is_unwritten(function: FunctionReport) -> bool:
    """Whether nothing came back because a blank is not filled in yet: an example would say no more than that."""
    data = function.counterexample or {}
    got = data.get("got")
    nothing = got is None or (isinstance(got, Mapping) and got.get("error") == sentences.NOT_THERE)
    return function.unfilled and function.status in ("failed", "partial") and nothing


def _label(item: str, where: str) -> str:
    """What the values are called: of an item such as ``dW{l}`` the entry in question, nothing for the whole.

    >>> _label("dW{l}", "dW1[2, 0]"), _label("dW{l}", "dW{l}"), _label("Z", "Z[0, 0]"), _label("pairs", "X of pairs[2]")
    ('dW1', '', 'Z', 'X of pairs[2]')
    """
    family = re.compile(r"\{\w\}")
    entry = re.sub(r"\[\d+(, ?\d+)*\]$", "", where) if " of " not in where else where
    if family.search(item):
        return "" if family.search(entry) else entry.partition("[")[0]
    return item and (entry or item)
