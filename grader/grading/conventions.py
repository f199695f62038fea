"""Which of several right forms a submission is judged by: functions that share a convention are judged by the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.grading.attempts import Attempt
from grader.grading.execution import Exam
from grader.judging.checks import verdict_of
from grader.judging.judge import Verdict
from grader.spec import Edition, Function

__all__ = ["in_agreement", "right_in_another_edition"]


def in_agreement(exam: Exam, first: Mapping[str, Attempt]) -> dict[str, Attempt]:
    """The first attempts, those that share a convention under the alternative that earns most for all of them.

    Where a submission does not show its edition, each function may be right by any: under one in which it passes, and else
    under that which the others show by passing.
    """
    agreed = dict(first)
    for convention in dict.fromkeys(exam.functions[name].spec.convention for name in first):
        judges = [exam.functions[name] for name in first if exam.functions[name].spec.convention == convention]
        numbers = _open_to(exam, judges[0].spec) if convention else ()
        groups = [[verdict_of(judge, first[judge.spec.name].outcomes, n) for judge in judges] for n in numbers]
        together = max(groups, key=lambda group: (_passing(group, convention), sum(v.points for v in group)), default=[])
        for number, verdict in enumerate(together):
            if convention == _EDITION:
                verdict = next((group[number] for group in groups if group[number].passed), verdict)
            agreed[verdict.name] = replace(first[verdict.name], verdict=verdict, only=verdict.alternative)
    return agreed


_EDITION = "edition"


def _passing(group: Sequence[Verdict], convention: str) -> int:
    """How many functions pass under an alternative, where that is what shows the edition."""
    return sum(verdict.passed for verdict in group) if convention == _EDITION else 0


def _open_to(exam: Exam, spec: Function) -> Sequence[int]:
    """The numbers of the alternatives under which a convention may be met: one where the edition is known."""
    edition, names = exam.submission.edition, ("", *spec.alternatives)
    if spec.convention == _EDITION and edition is not None:
        return (names.index(edition.alternative),)
    return range(len(names))


def right_in_another_edition(exam: Exam, attempt: Attempt) -> Edition | None:
    """The edition in which a function is right that fails in the one that the submission shows."""
    spec, outcomes = attempt.judge.spec, attempt.outcomes
    if attempt.verdict.passed or spec.convention != _EDITION or exam.submission.edition is None:
        return None
    names = ("", *spec.alternatives)
    right = {name for number, name in enumerate(names) if verdict_of(attempt.judge, outcomes, number).passed}
    others = (edition for edition in exam.assignment.spec.editions if not edition.refused)
    return next((edition for edition in others if edition.alternative in right), None)
