"""Whose mistake a function shows that is right with right functions around it, and for which nothing is carried.

It calls a wrong function that stands after it, or one that is right by itself and does not work together with it. Both is
tried in a worker of its own, where it decides about one sentence and no points (see ``docs/design/carried.md``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from grader import sentences
from grader.grading.attempts import Attempt
from grader.grading.between import may_keep_anything
from grader.grading.carried import right_helpers
from grader.grading.execution import Exam, by_case, follow
from grader.judging.checks import verdict_of
from grader.judging.outcomes import Outcomes
from grader.model import Finding
from grader.sandbox.runner import Script
from grader.submission.hints import read_in_all

__all__ = ["fault_of_others"]


def fault_of_others(exam: Exam, attempt: Attempt, wrong: Collection[str]) -> tuple[Finding, ...]:
    """The functions with right versions of which a function is right that fails with the student's own.

    Parameters
    ----------
    attempt
        What the function gave.
    wrong
        The functions that are wrong by themselves and with right helpers.
    """
    name, answer = attempt.verdict.name, right_helpers(exam)
    before = [other for other in exam.assignment.spec.before(name) if "." not in other]
    read = read_in_all(exam.submission, name)
    later = [other for other in exam.functions if other in wrong and other in read and other not in (name, *before)]
    right = read.intersection(before).difference(wrong)
    keeps = right and read.isdisjoint(set(before).intersection(wrong)) and may_keep_anything(exam)
    if answer is None or exam.functions[name].spec.given or not (later or keeps):
        return ()
    core = exam.functions[name].core
    names = (*before, *later)
    outcomes: Outcomes = {}
    called: frozenset[str] = frozenset()

    def script() -> Script:
        nonlocal outcomes, called
        replied = yield [replace(case.plan, answered=names) for case in core.cases.cases]
        outcomes, called = by_case(core.cases.cases, replied), replied.called

    follow(exam, script(), names, answer)
    if not verdict_of(core, outcomes, attempt.only, wants="status").passed:
        return ()
    if blamed := [other for other in later if other in called]:
        return (sentences.later_first(name, blamed),)
    return (sentences.helpers_disagree(name, sorted(called)),) if called and called.isdisjoint(wrong) else ()
