"""A function's counterexample, read once for every face: what to show of it, and what a check says already."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.model import FunctionReport
from grader.report.values import Style, Value, compared

__all__ = ["Example", "example_of", "is_unwritten"]


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


def example_of(function: FunctionReport) -> Example:
    """The counterexample of a function that has one.

    A message or a place that a failed check names already is not repeated. ``expected`` is shown where
    there is something to compare with (a property has no single correct value), and ``got`` where the call
    came back; neither where only the arguments suffered.
    """
    data = function.counterexample or {}
    case, item, where, message, output, snippet = (
        str(data.get(key) or "").rstrip() for key in ("case", "item", "where", "message", "output", "snippet")
    )
    kinds = {check.kind for check in function.checks if check.name == item}
    messages = [check.message for check in function.checks if check.status == "failed"]
    if any(message in sentence for sentence in messages):
        message = ""
    expected, got = data.get("expected"), data.get("got")
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
        item="" if kinds & {"runs", "property"} else _label(item, where),
        results=tuple(results),
        style=style,
        difference=difference,
        output=output,
        snippet=snippet,
    )


def is_unwritten(function: FunctionReport) -> bool:
    """Whether nothing came back because a blank is not filled in yet: an example would say no more than that."""
    data = function.counterexample or {}
    has_blank = any(finding.code == "unfilled-blank" for finding in function.findings)
    return has_blank and function.status == "failed" and data.get("got") is None


def _label(item: str, where: str) -> str:
    """What the values are called: of an item such as ``dW{l}`` the entry in question, nothing for the whole.

    >>> _label("dW{l}", "dW1[2, 0]"), _label("dW{l}", "dW{l}"), _label("Z", "Z[0, 0]")
    ('dW1', '', 'Z')
    """
    family = re.compile(r"\{\w\}")
    entry = where.partition("[")[0]
    if not family.search(item):
        return item
    return "" if family.search(entry) else entry
