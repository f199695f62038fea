"""A failing case made smaller, so that a person can follow it by hand: fewer numbers first, then rounder ones.

The assignment's own strategy draws again, with the smallest dimensions that it may draw and with few digits; the
reference answers and tolerances are derived as when freezing, so that a case on which right styles differ is none.
The number of candidates bounds the calls of the student's function; no clock is asked.
See ``docs/design/counterexamples.md``.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import combinations, islice
from typing import Any

import numpy as np

from grader.author import author_of
from grader.cases import Case, FunctionCases
from grader.checks import Failure, Verdict, judge
from grader.counterexample import characters, effort, entries
from grader.course import LoadedAssignment
from grader.diagnose import findings_of
from grader.drawing import Drawn
from grader.errors import SpecError
from grader.freeze import case_sets, value_case
from grader.outcomes import Outcomes
from grader.spec import CaseClass, Function
from grader.strategies import Draw

__all__ = ["smaller_cases", "the_same"]

ENOUGH = 24  # characters: some six numbers are few enough
_MOST = 40  # candidates; each is one call of the student's function, and some of the reference
_NUMBERED = 1_000_000  # apart from the frozen cases of the function


def smaller_cases(
    assignment: LoadedAssignment, spec: Function, failure: Failure, codes: Collection[str]
) -> tuple[Case, ...]:
    """Cases with less to read than a failing one, drawn by its own strategy, the simplest first.

    Parameters
    ----------
    assignment, spec
        With the reference.
    failure
        What the cases are to show as well; the candidates do not depend on the student's results.
    codes
        Mistakes whose outcomes the cases need to have.
    """
    most = effort(failure.case.plan)
    author = author_of(assignment, spec.name, codes)
    found: dict[bytes, Case] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for check, inputs, classes, alternatives in case_sets(spec):
            if check != failure.case.check or most <= ENOUGH:
                continue
            drawing = _drawn(_smallest(classes, failure.case.case_class), inputs, author.function)
            for number, drawn in enumerate(drawing):
                if characters(drawn.content) >= most:
                    continue
                try:
                    case = value_case(author, spec, check, drawn, alternatives, _NUMBERED + number)
                except SpecError:  # the reference refuses it, or right styles differ
                    continue
                if case is not None and entries(case.plan) <= entries(failure.case.plan):
                    key = f"{spec.name}/{check}/smaller {number}"
                    found.setdefault(case.plan.packed[4:], replace(case, key=key, visible=True))
    return tuple(sorted(found.values(), key=lambda case: effort(case.plan)))


def the_same(
    spec: Function, cases: FunctionCases, outcomes: Outcomes, verdict: Verdict, failure: Failure, codes: Collection[str]
) -> Verdict | None:
    """The verdict on one smaller case if it shows what the failing case shows, otherwise None.

    That is: under the same alternative the same check fails in the same item at the same stage, and the same
    mistakes are recognised.
    """
    found = judge(spec, cases, outcomes)
    kept = tuple(f for f in found.failures if _kind(f) == _kind(failure))
    if found.status != "failed" or found.alternative != verdict.alternative or not kept:
        return None
    named = {finding.code for finding in findings_of(spec, cases, outcomes, found)} if codes else set()
    return replace(found, failures=kept) if named >= set(codes) else None


def _kind(failure: Failure) -> tuple[str, str | None, str]:
    return failure.check, failure.item, failure.problem.stage if failure.problem else ""


# -- drawing -----------------------------------------------------------------------------


class _Sizes(Mapping[str, Any]):
    """Dimensions of 1 or 2; what the class pins stays pinned, and what is never drawn as 1 is at least 2."""

    def __init__(self, pinned: Mapping[str, Any], others: Mapping[str, Any] | None) -> None:
        self.pinned, self.others = pinned, others

    def __getitem__(self, name: str) -> Any:
        if name in self.pinned or name in ("L", "width"):
            return self.pinned[name]
        return (2, 2) if self.others is None or name in self.others else (1, 2)

    def __iter__(self) -> Iterator[str]:
        return iter(self.pinned)

    def __len__(self) -> int:
        return len(self.pinned)


def _smallest(classes: Collection[CaseClass], name: str) -> CaseClass:
    """The class of a case with the smallest sizes; a general case may be as small as a small one."""
    known = {case_class.name: case_class for case_class in classes}
    mine = known.get("small", known[name]) if name == "general" else known[name]
    general = known.get("general")
    return replace(mine, sizes=_Sizes(mine.sizes, None if general is None else general.sizes))


def _drawn(
    case_class: CaseClass, inputs: Callable[[Draw], Any], reference: Callable[[str], Callable[..., Any]]
) -> Iterator[Drawn]:
    """All integers as low as they may be; then one of them higher, then two; then the same with other entries."""
    asked: list[tuple[int, int]] = []
    for entry in range(2):
        for raised in islice(_raises(asked), _MOST // 2):
            integer = _Chosen(dict(raised))
            draw = Draw(case_class, integer, [entry], reference, coarse=True)
            try:
                content = inputs(draw)
            except Exception:  # a strategy may refuse sizes by raising whatever it likes
                content = None
            if not raised:
                asked[:] = integer.asked
            if content is not None:
                yield Drawn(case_class, draw, content)


class _Chosen:
    """Answers for ``integer(low, high)``: the lowest one, but for the numbered ones."""

    def __init__(self, raised: Mapping[int, int]) -> None:
        self.raised = raised
        self.asked: list[tuple[int, int]] = []

    def __call__(self, low: int, high: int) -> int:
        self.asked.append((low, high))
        return min(high, max(low, self.raised.get(len(self.asked) - 1, low)))


def _raises(asked: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Which integers to raise to what, with ``asked`` known after the first one."""
    yield ()
    steps = {number: _steps(low, high) for number, (low, high) in enumerate(asked)}
    for depth in range(max(map(len, steps.values()), default=0)):
        yield from (((number, values[depth]),) for number, values in steps.items() if depth < len(values))
    firsts = [(number, values[0]) for number, values in steps.items() if values]
    yield from combinations(firsts, 2)


def _steps(low: int, high: int) -> list[int]:
    """Values above the lowest: the next ones of a choice, round parts of a wide range."""
    if high - low <= 8:
        return list(range(low + 1, min(high, low + 4) + 1))
    return [low + (high - low) // 2, low + (high - low) // 4, high]
