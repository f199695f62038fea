"""No double jeopardy: a function that fails is graded again with right helpers, and on the student's own values.

A function that passes either way is *carried*: right, and wrong only because of what it calls. See
``docs/design/carried.md``.
"""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Callable, Collection, Container, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from grader.confined.kinds import Code, Ref, Value, mapped
from grader.confined.wire import Encoded, encode
from grader.course import LoadedAssignment
from grader.grading.attempts import Attempt, How, attempted, has_stopped
from grader.grading.execution import Exam, Replies, by_case, first_run, follow, is_redefined
from grader.grading.own_values import producers_of
from grader.judging.cases import Case
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, gives_the_same, last_outcome, reply_value
from grader.judging.properties import property_problems
from grader.judging.values import part_or_none, parts_of
from grader.sandbox.limits import or_when_late, without_warnings
from grader.sandbox.runner import Answer, Outcome, Plan, Replied, Returned, Script, Stopped
from grader.sandbox.tensors import answer_in_tensors
from grader.spec import Function

__all__ = ["first_attempts", "right_helpers", "second_run"]

_MAKES = ".__init__"  # the method that stands for a class among the answered names
_NOTHING = encode(None).header


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one function is asked again: with right helpers, or on the student's own values.

    ``brief`` where only those helpers are answered that are not known to be right: that counts if the function passes.
    ``earlier`` are functions whose results are the right ones where a later step is given them, whatever the function calls.
    """

    judge: FunctionJudge
    how: How
    answered: tuple[str, ...] = ()
    brief: bool = False
    earlier: Mapping[str, Callable[..., Value]] = field(default_factory=dict)

    def with_own_methods(self, right: Container[str]) -> _Trial:
        """The trial on the student's own methods where these are right: they may keep what others need in their own way."""
        answered = [name for name in self.answered if "." not in name or name.removesuffix(_MAKES) not in right]
        return replace(self, answered=tuple(answered))

    def plans(self, cases: Sequence[Case]) -> list[Plan]:
        """The questions of some cases."""
        plans = [(case.own or case.plan) if self.how == "own" else case.plan for case in cases]
        return [replace(_on_right_values(plan, self.earlier), answered=self.answered) for plan in plans]


def _on_right_values(plan: Plan, earlier: Mapping[str, Callable[..., Value]]) -> Plan:
    """A plan with the right results of these functions in place of references to the student's own."""
    if plan.given or not any(name in earlier for name, _ in plan.steps[:-1]):
        return plan
    right: dict[int, Value] = {}
    steps: list[tuple[str, Encoded]] = []
    for number, ((name, _), question) in enumerate(zip(plan.steps, plan.questions, strict=True)):
        args = mapped(copy.deepcopy(question), lambda part: _with(part, right))
        steps.append((name, encode(args)))
        if name in earlier and not any(isinstance(part, Ref | Code) for part in parts_of(args)):
            with contextlib.suppress(Exception), np.errstate(all="ignore"), without_warnings():
                right[number] = earlier[name](*copy.deepcopy(args))
    return replace(plan, steps=tuple(steps), packed=b"")


def _with(part: Value, replies: Mapping[int, Value]) -> Value:
    """A part of an earlier reply in place of a reference to it, where there is that reply."""
    known = isinstance(part, Ref) and part.step in replies
    return part_or_none(replies[part.step], part.path) if known else part


def first_attempts(exam: Exam, specs: Sequence[Function]) -> tuple[Replies, dict[str, Attempt]]:
    """What all functions give by themselves.

    One that fails is asked all cases: at once where nothing may carry it, else when nothing has.
    """
    first: dict[str, Attempt] = {}

    def ask_on(judge: FunctionJudge, outcomes: Outcomes) -> bool:
        attempt = first[judge.spec.name] = attempted(judge.core, outcomes)
        return not (attempt.verdict.passed or has_stopped(attempt) or any(_trials(exam, attempt, first)))

    replies = first_run(exam, specs, ask_on)
    asked = [spec.name for spec in specs if spec.name in first]
    return replies, {name: _on_all(exam, first[name], replies.outcomes) for name in asked}


def _on_all(exam: Exam, attempt: Attempt, outcomes: Outcomes) -> Attempt:
    """The attempt by all cases, where all were asked."""
    judge = exam.functions[attempt.verdict.name]
    asked = not attempt.verdict.passed and all(case.key in outcomes for case in judge.cases.cases)
    return replace(attempt, judge=judge, outcomes=outcomes) if asked else attempt


def second_run(exam: Exam, first: dict[str, Attempt]) -> dict[str, list[Attempt]]:
    """What all functions that failed give in a second worker, which serves them in the order of the assignment.

    That order matters: while a function is judged, nobody has been given an answer of it, nor of a later one. Where
    no attempt passes, ``first`` holds the function on all cases from then on.
    """
    trials = {name: list(_trials(exam, attempt, first)) for name, attempt in first.items()}
    made: dict[str, list[Attempt]] = {name: [] for name, some in trials.items() if some}
    if made:
        every = [trial for some in trials.values() for trial in some]
        given = [name for trial in every for name in trial.judge.spec.given]
        bound = dict.fromkeys([*(name for trial in every for name in trial.answered), *given])
        follow(exam, _second_questions(exam, first, trials, made), tuple(bound), right_helpers(exam))
    return made


def _second_questions(
    exam: Exam, first: dict[str, Attempt], trials: Mapping[str, Sequence[_Trial]], made: dict[str, list[Attempt]]
) -> Script:
    for name, attempts in made.items():
        right = {n for n in first if any(attempt.verdict.passed for attempt in (first[n], *made.get(n, ())))}
        own_trials = [trial.with_own_methods(right) for trial in trials[name]]
        kept: list[_Trial] = []
        differs: bool | None = None  # whether right helpers change anything
        for trial in own_trials:
            core, some = trial.judge.core, Replied(())
            asked: Sequence[Case] = ()
            if trial.answered and differs is None:
                asked = _of_each_class(core.cases.cases, first[name])
                some = yield trial.plans(asked)
                differs = not _makes_no_difference(trial.judge, first[name], by_case(asked, some), asked)
            if trial.answered and not differs:
                continue
            keys = {case.key for case in asked}
            others = [case for case in core.cases.cases if case.key not in keys]
            replied = (yield trial.plans(others)) if others else Replied(())
            outcomes = _silent({**by_case(asked, some), **by_case(others, replied)})
            called = _graded_names(some.called | replied.called) | trial.earlier.keys()
            attempt = attempted(core, outcomes, first[name].only)
            if attempt.verdict.passed and trial.how == "helpers" and _are_right(called, first):
                continue  # none of what it was given differs from the student's own: there is nothing to carry
            if attempt.verdict.passed or not trial.brief:
                attempts.append(replace(attempt, how=trial.how, called=called))
                kept.append(trial)
            if attempt.verdict.passed:
                break
        else:
            first[name] = yield from _asked_all(_Trial(exam.functions[name], ""), first[name])
            for number, trial in enumerate(kept):
                attempts[number] = yield from _asked_all(trial, attempts[number])


def _of_each_class(cases: Sequence[Case], first: Attempt) -> list[Case]:
    """A case where a function failed, and one of each class."""
    failed = {failure.case.key for failure in first.verdict.failures[:1]}
    of_each_class = {(case.check, case.case_class): case.key for case in reversed(cases)}.values()
    return [case for case in cases if case.key in failed or case.key in of_each_class]


def _makes_no_difference(judge: FunctionJudge, first: Attempt, outcomes: Outcomes, asked: Sequence[Case]) -> bool:
    """Whether right helpers change nothing of what a function gives: where it failed, and on an input of each class.

    Then what is wrong is its own, and the answers of thousands of helpers would say nothing else.
    """
    return all(_is_unmoved(judge, case, first.outcomes.get(case.key, ()), outcomes[case.key]) for case in asked)


def _is_unmoved(judge: FunctionJudge, case: Case, one: Sequence[Outcome], other: Sequence[Outcome]) -> bool:
    """Whether two rounds of a case are worth the same: by its values as nearly as they are asked for, or by its property."""
    allowed = case.expected[0].tolerance_at if case.expected else {}
    if len(one) == len(other) and all(gives_the_same(a, b, allowed) for a, b in zip(one, other, strict=True)):
        return True
    if [isinstance(outcome, Returned) for outcome in one] != [isinstance(outcome, Returned) for outcome in other]:
        return False  # of a call that was not made nothing is known
    said = [property_problems([(p, case, one), (p, case, other)]) for p in judge.spec.properties if p.name == case.check]
    return bool(said) and all((first is None) == (second is None) for first, second in said)


def _are_right(helpers: Collection[str], first: Mapping[str, Attempt]) -> bool:
    """Whether the student's own versions of all these give what the contract says, so that none of them is to blame."""
    verdicts = [first[name].verdict if name in first else None for name in helpers]
    return all(verdict is not None and verdict.passed and not verdict.alternative for verdict in verdicts)


def _asked_all(trial: _Trial, attempt: Attempt) -> Generator[Sequence[Plan], Replied, Attempt]:
    """The attempt by all cases, the others of which are asked now."""
    others = [case for case in trial.judge.others if case.key not in attempt.outcomes]
    if not others or has_stopped(attempt):
        return attempt
    replied = yield trial.plans(others)
    outcomes = {**attempt.outcomes, **_silent(by_case(others, replied))}
    return replace(attempt, judge=trial.judge, outcomes=outcomes, called=attempt.called | _graded_names(replied.called))


# -- with right helpers ------------------------------------------------------------------


def _trials(exam: Exam, attempt: Attempt, first: Mapping[str, Attempt]) -> Iterator[_Trial]:
    """How a function that failed is tried again; one that never came back only where an earlier one is wrong, too."""
    verdict = attempt.verdict
    before = exam.assignment.spec.before(verdict.name)
    wrong = any(name not in first or not first[name].verdict.passed for name in before)
    if verdict.passed or not (wrong or verdict.status in ("failed", "partial")) or _is_unwritten(exam, attempt):
        return
    judge = exam.functions[verdict.name]
    if judge.spec.pair in first and first[judge.spec.pair].verdict.passed:  # a pair that does not fit is nobody's fault else
        before = tuple(name for name in before if name != judge.spec.pair)
    provided = _provided_helpers(exam, verdict.name)
    if exam.assignment.reference is not None and _may_be_their_fault(exam, verdict, wrong, provided):
        right = {name for name in before if name in first and first[name].verdict.passed}
        doubtful = tuple(_doubtful(exam, verdict, provided))
        if wrong and (right or doubtful != provided):  # answers of others change nothing, and there are thousands of them
            named = (_answered_name(exam, name) for name in before if name not in right)
            yield _Trial(judge, "helpers", (*named, *doubtful), brief=True)
        before = tuple(_answered_name(exam, name) for name in before)
        yield _Trial(judge, "helpers", (*before, *provided))
        if before and any(is_redefined(exam, name) for name in provided):
            # A provided helper of the student's own may have a convention of its own, which suits the rest.
            yield _Trial(judge, "helpers", before)
        if earlier := _wrong_earlier(exam, judge, first):
            yield _Trial(judge, "helpers", earlier=earlier)
    own = any(case.own for case in judge.cases.cases) and not _only_inputs_changed(verdict)
    if own and not _gave_the_same(first, producers_of(judge.cases)):
        yield _Trial(judge, "own")


def _wrong_earlier(exam: Exam, judge: FunctionJudge, first: Mapping[str, Attempt]) -> dict[str, Callable[..., Value]]:
    """The right versions of wrong functions whose results the steps of a property are given; helpers stay the student's own.

    The function and its helpers may suit each other, and not the contract: ``s = sigmoid(cache)`` is right beside a
    sigmoid that returns A alone.
    """
    plans = [case.plan for case in judge.cases.cases if not case.expected]
    names = {name for plan in plans for name, _ in plan.steps} - {judge.spec.name, judge.spec.pair}
    before = names.intersection(exam.assignment.spec.before(judge.spec.name)).intersection(first)
    wrong = sorted(name for name in before if not first[name].verdict.passed and "." not in name)
    return {name: exam.assignment.right[name] for name in wrong if not exam.functions[name].spec.random}


def _is_unwritten(exam: Exam, attempt: Attempt) -> bool:
    """Whether nothing was written into a function, which gives nothing: so it calls no helper and looks at no value."""
    last = (last_outcome(attempt.outcomes, case) for case in attempt.judge.cases.cases)
    if any(isinstance(outcome, Returned) and outcome.value.header != _NOTHING for outcome in last):
        return False
    with without_warnings():
        return exam.submission.is_blank(attempt.verdict.name)


def _answered_name(exam: Exam, name: str) -> str:
    """Under which name a helper is answered: a class by its constructor, because the object is the student's."""
    return f"{name}{_MAKES}" if isinstance(exam.assignment.right[name], type) else name


def _graded_names(called: frozenset[str]) -> frozenset[str]:
    return frozenset(name.removesuffix(_MAKES) for name in called)


def _of_object(cls: type, method: str, state: Mapping[str, Value], *args: Value, **kwargs: Value) -> tuple[Value, Value]:
    """What a right method gives for an object in a student's state, and the attributes that it changes.

    A method that returns the object itself gives a :class:`Code`.
    """
    made: Value = object.__new__(cls)
    made.__dict__.update(state)
    before = {name: encode(value) for name, value in state.items()}
    value = getattr(cls, method)(made, *args, **kwargs)
    changed = {name: part for name, part in vars(made).items() if before.get(name) != encode(part)}
    return (Code("self") if value is made else value), changed


@dataclass(frozen=True)
class _Reference:
    """Answers for right helpers, which use what the case gives in place of others."""

    assignment: LoadedAssignment
    right: Mapping[str, Callable[..., Value]]

    def __call__(self, name: str, args: tuple[Value, ...], kwargs: Mapping[str, Value], given: Mapping[str, Code]) -> Value:
        owner, _, method = name.rpartition(".")
        home: Any = self.right[name] if not owner else self.assignment.reference_function(owner)
        right: Callable[..., Value] = partial(_of_object, home, method) if owner else home
        framework = self.assignment.spec.tensors
        if framework:
            return answer_in_tensors(right, args, kwargs, framework)
        with self.assignment.planted(given, home):
            return right(*args, **kwargs)


def right_helpers(exam: Exam) -> Answer | None:
    """Right helpers, answered by the reference; None in a student kit."""
    assignment = exam.assignment
    return None if assignment.reference is None else _Reference(assignment, assignment.right)


def _provided_helpers(exam: Exam, name: str) -> tuple[str, ...]:
    """The provided helpers of a function that are not sure to be the provided ones."""
    spec = exam.assignment.spec
    declared = spec.ancestors(name)
    return tuple(helper for helper in spec.provided_helpers if helper in declared or is_redefined(exam, helper))


def _doubtful(exam: Exam, verdict: Verdict, provided: Sequence[str]) -> Iterator[str]:
    """The provided helpers that may be others than those of the provided modules, where a star import finds them, too."""
    origin = re.compile(rf"from ({'|'.join(map(re.escape, exam.assignment.provided))}) import (?!.* as )")
    for name in provided:
        unit = exam.submission.unit_of(name)
        if verdict.failed("runs") or exam.submission.has_modules or (unit and not origin.match(unit.source)):
            yield name


def _may_be_their_fault(exam: Exam, verdict: Verdict, wrong: bool, provided: Sequence[str]) -> bool:
    """Whether a helper may be wrong or absent: those that come from the provided modules are neither."""
    redefined = any(is_redefined(exam, name) for name in provided)
    return wrong or verdict.failed("runs") or exam.submission.has_modules or redefined


def _silent(outcomes: Outcomes) -> Outcomes:
    """Outcomes without what was printed: a carried run sees right replies, which are nobody's to print."""
    return {
        key: tuple(o if isinstance(o, Stopped) else replace(o, output="") for o in some) for key, some in outcomes.items()
    }


# -- on the student's own values ---------------------------------------------------------


def _only_inputs_changed(verdict: Verdict) -> bool:
    """Whether nothing else is wrong: on the student's own values, which travel as handles, it could not be seen."""
    return {check.kind for check in verdict.checks if check.status == "failed"} == {"inputs"}


def _gave_the_same(first: Mapping[str, Attempt], names: Sequence[str]) -> bool:
    """Whether these functions gave nothing but the contract's own values, in its own form.

    Then whoever is right on theirs and wrong on the contract's does not look at what it is given.
    """
    return bool(names) and all(name in first and _is_the_contracts(first[name]) for name in names)


@or_when_late(default=False)
def _is_the_contracts(attempt: Attempt) -> bool:
    spec, verdict = attempt.judge.spec, attempt.verdict
    if not verdict.passed or verdict.alternative or spec.random or spec.opaque or spec.optional:
        return False
    pairs = [(reply_value(last_outcome(attempt.outcomes, case)), case.expected[0].decoded) for case in attempt.judge.values]
    return all(_parts(reply) == _parts(right) for reply, right in pairs)


def _parts(result: Value) -> list[object]:
    """The forms of what is handed on: of each item where there are several, in whatever they came."""
    return [_form(part) for part in (result if isinstance(result, list | tuple) else [result])]


def _form(value: Value) -> object:
    """The types and shapes of a value, without its numbers."""
    if isinstance(value, dict):
        return {key: _form(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value), [_form(part) for part in value]
    return type(value), np.shape(value), str(getattr(value, "dtype", ""))
