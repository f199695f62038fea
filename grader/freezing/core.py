"""The cases that are asked first: enough to tell a right function from a wrong one.

Most cases catch nothing that others do not. So a function is asked a few of them, and only where it fails on these it is
asked all: points, findings and examples come from all cases. See ``docs/design/core.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from grader.confined.kinds import Path
from grader.judging.cases import Case, FunctionCases
from grader.judging.outcomes import arguments_of
from grader.judging.values import leaves

__all__ = ["with_core"]

_EACH = 2  # of every class, the smallest ones
_FAIL = 7  # cases on which each known mistake is to fail, so that others do on five


def with_core(cases: FunctionCases, failing: Sequence[Collection[str]]) -> FunctionCases:
    """The cases, those marked that are asked first.

    They are the two smallest of every class, the largest of every check under each choice of its flags, those in which a
    whole number among the arguments is largest, and more until every known mistake fails on seven of them.

    Parameters
    ----------
    cases
        All cases of a function.
    failing
        The keys of the cases on which each known mistake fails.
    """
    by_class: dict[tuple[str, str], list[Case]] = {}
    largest: dict[tuple[str, str], Case] = {}
    for case in sorted(cases.cases, key=_size):
        by_class.setdefault((case.check, case.case_class), []).append(case)
        largest[case.check, _flags(case)] = case
    kept = {case.key for group in by_class.values() for case in group[:_EACH]}
    kept |= {case.key for case in (*largest.values(), *_of_largest_numbers(cases.cases))}
    others = [case.key for case in cases.cases if case.key not in kept]
    while others:
        wanted = [keys for keys in failing if len(kept.intersection(keys)) < _FAIL]
        caught = {key: sum(key in keys for keys in wanted) for key in others}
        best = max(others, key=caught.__getitem__)
        if not caught[best]:
            break
        kept.add(best)
        others.remove(best)
    return replace(cases, cases=tuple(replace(case, core=case.key in kept) for case in cases.cases))


def _flags(case: Case) -> str:
    """What a function is told to do, apart from numbers: what is True, False, None or a word among its arguments."""
    return repr([(number, one) for number, one in enumerate(arguments_of(case.plan)) if isinstance(one, bool | str | None)])


def _of_largest_numbers(cases: Sequence[Case]) -> Iterator[Case]:
    """For each check and place among the arguments where whole numbers stand, the case in which the number is largest."""
    largest: dict[tuple[str, Path], tuple[int, Case]] = {}
    for case in cases:
        for place, leaf in leaves(arguments_of(case.plan)):
            if isinstance(leaf, int) and not isinstance(leaf, bool):
                key, number = (case.check, place[:1]), abs(leaf)
                if key not in largest or number > largest[key][0]:
                    largest[key] = number, case
    return (case for _, case in largest.values())


def _size(case: Case) -> int:
    """How much there is to send and to work out."""
    return len(case.plan.packed)
