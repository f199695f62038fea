"""A function's counterexample, read once for every face: what to show of it, and what was said already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from grader.model import FunctionReport
from grader.report import texts
from grader.report.values import Style, difference, style_for

__all__ = ["Example", "example_of", "unwritten"]


@dataclass(frozen=True, slots=True)
class Example:
    """What a face shows of a counterexample; values are the JSON data of :mod:`grader.report.values`.

    Strings are as the submission chose them: each face makes them inert.
    """

    case: str
    message: str
    arguments: tuple[tuple[str, Any], ...]
    item: str
    results: tuple[tuple[str, Any], ...]
    style: Style
    difference: str
    output: str
    snippet: str


def example_of(function: FunctionReport) -> Example:
    """The counterexample of a function that has one.

    A message or a place that a failed check names already is not said twice. ``expected`` is shown where
    there is something to compare with (a property has no single right value), and ``got`` where the call
    came back; neither where only the arguments suffered.
    """
    data = function.counterexample or {}
    item = str(data.get("item") or "")
    kinds = {check.kind for check in function.checks if check.name == item}
    where, expected, got = str(data.get("where") or ""), data.get("expected"), data.get("got")
    said = [check.message for check in function.checks if check.status == "failed"]
    message = str(data.get("message") or "")
    if any(message in sentence for sentence in said):
        message = ""
    pair = difference(expected, got, where)
    named = any(where in sentence for sentence in [message, *said])
    results = [(texts.EXPECTED, expected)] if expected is not None else []
    if function.status == "failed":
        results.append((texts.GOT, got))
    if "inputs" in kinds:
        results = []
    return Example(
        case=str(data.get("case") or ""),
        message=message,
        arguments=tuple((str(a.get("name")), a.get("value")) for a in data.get("arguments") or ()),
        item="" if kinds & {"runs", "property"} else _label(item, where),
        results=tuple(results),
        style=style_for(expected, got, where),
        difference=texts.first_difference(where, *pair) if pair and where and not named and len(results) > 1 else "",
        output=str(data.get("output") or "").rstrip(),
        snippet=str(data.get("snippet") or "").rstrip(),
    )


def unwritten(function: FunctionReport) -> bool:
    """Whether nothing came back because a blank is not filled in yet: an example would say no more than that."""
    data = function.counterexample or {}
    blank = any(finding.code == "unfilled-blank" for finding in function.findings)
    return blank and function.status == "failed" and data.get("got") is None


def _label(item: str, where: str) -> str:
    """What the shown values are called: of an item such as ``dW{l}`` the entry in question, nothing for the whole.

    >>> _label("dW{l}", "dW1[2, 0]"), _label("dW{l}", "dW{l}"), _label("Z", "Z[0, 0]")
    ('dW1', '', 'Z')
    """
    entry = where.partition("[")[0]
    family = re.compile(r"\{\w\}")
    return item if not family.search(item) else "" if family.search(entry) else entry
