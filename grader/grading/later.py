"""Whose mistake a function shows that calls one which stands after it: that is told, and carries nothing.

A later function may be answered where that decides about no points (see ``docs/design/carried.md``): here in a worker of its
own, for one sentence.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from grader.grading.carried import Attempt, right_helpers
from grader.grading.execution import Session, by_case, follow
from grader.judging.checks import verdict_of
from grader.judging.outcomes import Outcomes
from grader.sandbox.runner import Script
from grader.submission.hints import read_in_all

__all__ = ["wrong_later"]


def wrong_later(session: Session, attempt: Attempt, wrong: Collection[str]) -> list[str]:
    """The later functions that are wrong and called, where the function is right with right ones in their place.

    Parameters
    ----------
    attempt
        What the function gave, which is wrong.
    wrong
        The functions that are wrong by themselves and with right helpers.
    """
    name, answer = attempt.verdict.name, right_helpers(session)
    before = session.assignment.spec.before(name)
    after = [other for other in session.functions if other not in (name, *before) and "." not in other]
    read = read_in_all(session.submission, name)
    wanted = [other for other in after if other in wrong and other in read]
    if not wanted or answer is None or session.functions[name].spec.given:
        return []
    core = session.functions[name].core
    names = (*(other for other in before if "." not in other), *wanted)
    outcomes: Outcomes = {}
    called: frozenset[str] = frozenset()

    def script() -> Script:
        nonlocal outcomes, called
        replied = yield [replace(case.plan, answered=names) for case in core.cases.cases]
        outcomes, called = by_case(core.cases.cases, replied), replied.called

    follow(session, script(), names, answer)
    right = verdict_of(core, outcomes, attempt.only, wants="status").passed
    return [other for other in wanted if other in called] if right else []
