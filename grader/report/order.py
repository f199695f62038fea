"""What is read first: the functions that are wrong by themselves; what only waits for them takes a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader import sentences
from grader.model import FunctionReport
from grader.report import wording

__all__ = ["Order", "order_of"]

Numbered = tuple[int, FunctionReport]


@dataclass(frozen=True, slots=True)
class Order:
    """The functions of a report as faces show them, each with its number in the report.

    Attributes
    ----------
    first
        Those to be explained: what is to be done is done there.
    lines
        A label and a sentence for each group of functions that need no work of their own, or have none yet.
    others
        The functions of these groups, and those that are correct.
    """

    first: tuple[Numbered, ...]
    lines: tuple[tuple[str, str], ...]
    others: tuple[Numbered, ...]


def order_of(functions: Sequence[FunctionReport]) -> Order:
    """Which functions are explained, and which ones are named together in a line."""
    groups: dict[tuple[str, str], list[str]] = {}
    first: list[Numbered] = []
    others: list[Numbered] = []
    for number, function in enumerate(functions, 1):
        group = _group(function)
        if group:
            groups.setdefault(group, []).append(function.name)
        explained = not group and (function.status != "passed" or function.findings)
        (first if explained else others).append((number, function))
    lines = tuple((label, wording.folded(label, names, why)) for (label, why), names in groups.items())
    return Order(tuple(first), lines, tuple(others))


def _group(function: FunctionReport) -> tuple[str, str] | None:
    """What a function has in common with others that need no words of their own."""
    if function.by_hand and not function.findings:
        return wording.BY_PEOPLE["by-hand"], wording.TO_BE_GRADED
    codes = {finding.code: finding for finding in function.findings}
    if function.status == "passed":
        return (wording.CARRIED, codes["carried"].hint) if set(codes) == {"carried"} else None
    if function.not_started:
        return wording.NOT_STARTED, ""
    absent = sentences.missing_function(function.name.partition(".")[0])  # of a method, its class
    if function.status == "missing" and function.checks[0].message == absent:
        return wording.MISSING, ""
    return (wording.WAITING, wording.waits_for(function.waits_for)) if function.waits_for else None
