"""Why a function is wrong, or right all the same: the order in which reasons are looked for."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from grader import sentences
from grader.confined.kinds import Value
from grader.confined.wire import encode
from grader.grading.attempts import Attempt, is_cut_short
from grader.grading.between import Kept
from grader.grading.carried import right_helpers
from grader.grading.conventions import right_in_another_edition
from grader.grading.execution import Exam, Replies, is_absent, is_redefined, run_plans
from grader.grading.others import fault_of_others
from grader.grading.own_values import has_foreign_values, producers_of, raised_on_own_values, wrong_and_called, wrong_before
from grader.judging.compare import Item, first_problem
from grader.judging.example import example_failure
from grader.judging.findings import blank_left_in, findings_of, missing_name_finding, other_order, unfilled
from grader.judging.outcomes import reply_value
from grader.judging.values import leaves
from grader.model import Finding
from grader.sandbox.limits import or_when_late
from grader.sandbox.runner import Plan, Returned
from grader.spec import Function
from grader.submission.hints import not_there, read_by, read_in_all
from grader.submission.program import Submission

__all__ = ["explained"]


def explained(
    exam: Exam,
    replies: Replies,
    first: Attempt,
    best: Mapping[str, Attempt],
    made: Sequence[Attempt],
    all_wrong: Collection[str],
    kept: Kept,
) -> tuple[Finding, ...]:
    """What is recognised as wrong; where points are carried, whose mistake that is."""
    submission, attempt = exam.submission, best[first.verdict.name]
    judge, verdict = attempt.judge, attempt.verdict
    if verdict.passed:
        return (_carried_finding(exam, replies, first, best),) if attempt.carried else ()
    if submission.edition is not None and (other_edition := right_in_another_edition(exam, attempt)):
        return (sentences.other_edition(other_edition.says, submission.edition.says),)
    findings = unfilled(judge, submission, verdict) or other_order(judge, submission, verdict)
    foreign = has_foreign_values(exam, attempt)
    wrong = () if findings or (attempt.how == "helpers" and not foreign) else wrong_before(judge, best)
    earlier: tuple[Finding, ...] = ()
    if wrong:
        earlier = (sentences.earlier_first(verdict.name, wrong, replaced=foreign),)
        if is_cut_short(attempt):  # what was raised is theirs
            return earlier
    elif foreign and (unusable := raised_on_own_values(first)):
        return (unusable,)
    elif not findings and (called := wrong_and_called(exam, made, best)):
        earlier = (sentences.earlier_called(verdict.name, called),)
    findings = findings or (() if wrong else kept.findings) or fault_of_others(exam, first, all_wrong)
    findings = findings or _recognised(submission, replies, first, attempt, made)
    return (*earlier, *findings)[:2] if earlier else findings


def _recognised(
    submission: Submission, replies: Replies, first: Attempt, attempt: Attempt, made: Sequence[Attempt]
) -> tuple[Finding, ...]:
    """What the values show, which may do so only with right helpers, else what the text shows."""
    judge, verdict, outcomes = attempt.judge, attempt.verdict, attempt.outcomes
    findings = findings_of(judge, outcomes, verdict)
    if not findings:
        for other in made:  # what raises beside right helpers alone is not how the student's own functions fit together
            if other.how == "helpers" and (first.verdict.failed("runs") or not other.verdict.failed("runs")):
                findings = findings_of(other.judge, other.outcomes, other.verdict)
    findings = findings or missing_name_finding(judge, submission, replies.loaded, outcomes, verdict)
    if not findings or findings[0].code == "handed-back":  # a blank hands back what it was given, too
        findings = blank_left_in(judge, submission, verdict) or findings
    return findings


def _carried_finding(exam: Exam, replies: Replies, first: Attempt, best: Mapping[str, Attempt]) -> Finding:
    """Why a function has full points all the same: what it called, and what of that is wrong."""
    name = first.verdict.name
    judge, attempt = exam.functions[name], best[name]
    if attempt.how == "own":
        return sentences.carried_own(name, sorted(attempt.called) or producers_of(judge.cases))
    called = _called(name, best)
    wrong = [n for n in exam.functions if n in called and not (n in best and best[n].verdict.passed)]
    redefined = [n for n in exam.assignment.spec.provided_helpers if n in called and is_redefined(exam, n)]
    blamed = wrong or redefined
    read = read_in_all(exam.submission, name)
    if not wrong and (absent := _needs_what_is_not_there(exam, replies, called & read or called)):
        return absent(name)
    producers = {name for case in judge.cases.cases for name, _ in case.plan.steps[:-1]} - {name}
    if not set(blamed) <= producers:  # what the text does not name was called to make the arguments
        blamed = [n for n in blamed if n in read] or [n for n in blamed if n in producers] or blamed
        if not read.intersection(blamed):  # nor does it call what those call that made its arguments
            producers |= set().union(*(read_in_all(exam.submission, n) for n in producers)).intersection(blamed)
    undefined = all(is_absent(exam, replies, n) for n in blamed)
    if not blamed:
        blamed = [n for n in exam.assignment.spec.provided_helpers if n in called & read and _is_unbound(exam, n)]
        undefined = True
    if blamed and not wrong and not undefined:  # nobody has judged these by themselves
        if shown := _shown_wrong(exam, judge.spec, blamed):
            return sentences.carried_own_helpers(name, shown)
        failure = example_failure(first.outcomes, first.settled.verdict)
        if failure and len(blamed) == 1:
            return sentences.carried_own_helper_unseen(name, blamed[0], failure.message, failure.case.key)
    if blamed and set(blamed) <= producers:  # it does not call these itself: it was given what they return
        return sentences.carried_on_right_values(name, blamed, undefined=undefined)
    if not blamed:  # hidden by another import, or absent: nobody's formula is wrong
        unclear = [n for n in judge.spec.helpers if n in called and n not in best] or judge.spec.helpers
        return sentences.carried_absent(name, unclear)
    return (
        sentences.carried_undefined(name, blamed) if undefined else sentences.carried_wrong(name, blamed, graded=bool(wrong))
    )


# What provided helpers are called with: an array, also of a zero (the kink of relu), parameters, gradients, a whole step.
_ARRAY, _ZERO = np.array([[-1.0, 0.5, 2.0]]), np.array([[0.0]])


_PARAMETERS = {name: np.array([[value]]) for name, value in (("W1", 0.5), ("b1", -0.25), ("W2", 2.0), ("b2", 1.5))}


_GRADIENTS = {f"d{name}": value - 1.0 for name, value in _PARAMETERS.items()}


_PROBES: tuple[tuple[Value, ...], ...] = (
    (_ARRAY,), (_ARRAY, _ARRAY[:, ::-1]), (_ZERO,), (_ARRAY[:, 1:2], _ZERO),
    (_PARAMETERS,), (_GRADIENTS,), (_PARAMETERS, _GRADIENTS, 0.5),
)  # fmt: skip


@or_when_late(default=None)
def _shown_wrong(exam: Exam, spec: Function, helpers: Sequence[str]) -> dict[str, str]:
    """The provided helpers of the student's own that a small call shows to be wrong, with that call in words."""
    right, asked = right_helpers(exam), list[tuple[str, tuple[Value, ...], Value]]()
    if right is None:
        return {}
    for helper, args in product(helpers, _PROBES):
        with (
            contextlib.suppress(LookupError, TypeError, ValueError, AttributeError, ArithmeticError),
            np.errstate(all="ignore"),
        ):
            value = right(helper, copy.deepcopy(args), {}, {})
            asked += [(helper, args, value)] if all(np.isfinite(leaf).all() for _, leaf in leaves(value)) else []
    plans = [Plan(helper, number, ((helper, encode(args)),)) for number, (helper, args, _) in enumerate(asked)]
    replied = run_plans(exam, plans, also=helpers).outcomes if plans else ()
    shown: dict[str, str] = {}
    for (helper, args, value), outcomes in zip(asked, replied, strict=True):
        call, got = f"{helper}({', '.join(map(_quoted, args))})", outcomes[-1] if outcomes else None
        item, bounds = Item(sentences.THE_RESULT, ((),)), {path: 1e-9 for path, _ in leaves(value)}
        if isinstance(got, Returned) and (problem := first_problem(spec, item, value, reply_value(got), bounds)):
            shown.setdefault(helper, sentences.call_gives(call, problem.message))
    return shown


def _quoted(value: Value) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_quoted(part)}' for key, part in value.items())}}}"
    return repr(value.tolist() if isinstance(value, np.ndarray) else value)


def _is_unbound(exam: Exam, name: str) -> bool:
    """Whether no statement of the submission may bind a name."""
    return not any(name in unit.binds or "*" in unit.binds for unit in exam.submission.units)


def _needs_what_is_not_there(exam: Exam, replies: Replies, called: Collection[str]) -> Callable[[str], Finding] | None:
    """What is said where helpers come from, or need, a file that was not handed in or a library that is not there."""
    submission = exam.submission
    needs: dict[str, set[str]] = {}
    for name in exam.assignment.spec.provided_helpers:
        if name in called:
            unit = submission.unit_of(name)
            needs[name] = {name, *(read_by(unit) if unit and is_redefined(exam, name) else ())}
    found = {name: where for name, read in needs.items() if (where := not_there(submission, read, replies.loaded.absent))}
    if not found:
        return None
    first = next(iter(found.values()))
    names = [name for name, where in found.items() if where == first]
    return partial(sentences.carried_not_there, helpers=names, where=first.says, hint=first.hint, certain=first.certain)


def _called(name: str, best: Mapping[str, Attempt]) -> set[str]:
    """The right helpers that a function called, and those that they called where they are carried themselves."""
    called: set[str] = set()
    queue = [name]
    while queue:
        here = queue.pop()
        if here in best and best[here].carried:
            queue += best[here].called - called
            called |= best[here].called
    return called
