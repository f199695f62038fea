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
from itertools import product
from typing import Any, Literal

import numpy as np

from grader import sentences
from grader.confined.wire import Code, Encoded, Opaque, Path, Ref, Value, encode
from grader.course import LoadedAssignment
from grader.grading.execution import (
    Replies,
    Session,
    by_case,
    first_run,
    follow,
    is_absent,
    is_redefined,
    never_returned,
    run_plans,
)
from grader.judging.cases import Case, FunctionCases
from grader.judging.checks import carried_by_property, verdict_of, well_formed
from grader.judging.compare import Item, first_problem
from grader.judging.example import example_failure
from grader.judging.findings import carried_by_helpers, carried_on_own_values
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import (
    Outcomes,
    arguments_of,
    gives_the_same,
    last_outcome,
    plan_with,
    reply_value,
    steps_apart,
    steps_of,
)
from grader.judging.properties import property_problems
from grader.judging.values import leaves, part_or_none, parts_of
from grader.model import Finding
from grader.sandbox.limits import without_warnings
from grader.sandbox.runner import NOT_CALLED, Answer, Outcome, Plan, Raised, Replied, Returned, Script, Stopped
from grader.sandbox.tensors import answer_in_tensors
from grader.spec import Edition, Function
from grader.submission.hints import not_there, read_by, read_in_all

__all__ = [
    "Attempt",
    "best_of",
    "carried_finding",
    "first_attempts",
    "has_foreign_values",
    "has_nothing_to_use",
    "in_agreement",
    "is_cut_short",
    "on_given_code",
    "raised_on_own_values",
    "raises_on_foreign_values",
    "right_helpers",
    "right_in_another_edition",
    "second_run",
    "tried_on_properties",
    "wrong_and_called",
    "wrong_before",
]

_MAKES = ".__init__"  # the method that stands for a class among the answered names
_NOTHING = encode(None).header
_How = Literal["", "helpers", "own", "given"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A verdict with the outcomes that it rests on, and what the function was given in place of its own helpers.

    ``judge`` is that of the cases that were asked, ``only`` the alternative under which it judges, where others share it;
    ``called`` are the right helpers that the function really called, or what the cases give in place of them.
    """

    judge: FunctionJudge
    verdict: Verdict
    outcomes: Outcomes
    how: _How = ""
    called: frozenset[str] = frozenset()
    only: int | None = None

    @property
    def carried(self) -> bool:
        """Whether the function is right with that help; a few points more are no reason to call it right."""
        return bool(self.how) and self.verdict.passed

    @property
    def settled(self) -> Attempt:
        """The attempt with points and messages, which are worked out only where no attempt passes."""
        return self if self.verdict.passed else replace(self, verdict=verdict_of(self.judge, self.outcomes, self.only))


def _attempted(judge: FunctionJudge, outcomes: Outcomes, only: int | None = None) -> Attempt:
    """What a function's outcomes say of whether it is right."""
    return Attempt(judge, verdict_of(judge, outcomes, only, wants="status"), outcomes, only=only)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one function is asked again: with right helpers, or on the student's own values.

    ``brief`` where only those helpers are answered that are not known to be right: that counts if the function passes.
    ``earlier`` are functions whose results are the right ones where a later step is given them, whatever the function calls.
    """

    judge: FunctionJudge
    how: _How
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
        args = _with(copy.deepcopy(question), right)
        steps.append((name, encode(args)))
        if name in earlier and not any(isinstance(part, Ref | Code) for part in parts_of(args)):
            with contextlib.suppress(Exception), np.errstate(all="ignore"), without_warnings():
                right[number] = earlier[name](*copy.deepcopy(args))
    return replace(plan, steps=tuple(steps), packed=b"")


def _with(value: Value, replies: Mapping[int, Value]) -> Value:
    """A value with the parts of some earlier replies where it refers to them."""
    if isinstance(value, Ref):
        return part_or_none(replies[value.step], value.path) if value.step in replies else value
    if isinstance(value, dict):
        return {key: _with(part, replies) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_with(part, replies) for part in value)
    return value


def first_attempts(session: Session, specs: Sequence[Function]) -> tuple[Replies, dict[str, Attempt]]:
    """What all functions give by themselves.

    One that fails is asked all cases: at once where nothing may carry it, else when nothing has.
    """
    first: dict[str, Attempt] = {}

    def ask_on(judge: FunctionJudge, outcomes: Outcomes) -> bool:
        attempt = first[judge.spec.name] = _attempted(judge.core, outcomes)
        return not (attempt.verdict.passed or _has_stopped(attempt) or any(_trials(session, attempt, first)))

    replies = first_run(session, specs, ask_on)
    asked = [spec.name for spec in specs if spec.name in first]
    return replies, {name: _on_all(session, first[name], replies.outcomes) for name in asked}


def _on_all(session: Session, attempt: Attempt, outcomes: Outcomes) -> Attempt:
    """The attempt by all cases, where all were asked."""
    judge = session.functions[attempt.verdict.name]
    asked = not attempt.verdict.passed and all(case.key in outcomes for case in judge.cases.cases)
    return replace(attempt, judge=judge, outcomes=outcomes) if asked else attempt


def _has_stopped(attempt: Attempt) -> bool:
    """Whether a call never came back, so that nothing more is asked."""
    return never_returned(attempt.judge.cases, attempt.outcomes)


def second_run(session: Session, first: dict[str, Attempt]) -> dict[str, list[Attempt]]:
    """What all functions that failed give in a second worker, which serves them in the order of the assignment.

    That order matters: while a function is judged, nobody has been given an answer of it, nor of a later one. Where
    no attempt passes, ``first`` holds the function on all cases from then on.
    """
    trials = {name: list(_trials(session, attempt, first)) for name, attempt in first.items()}
    made: dict[str, list[Attempt]] = {name: [] for name, some in trials.items() if some}
    if made:
        every = [trial for some in trials.values() for trial in some]
        given = [name for trial in every for name in trial.judge.spec.given]
        bound = dict.fromkeys([*(name for trial in every for name in trial.answered), *given])
        follow(session, _second_questions(session, first, trials, made), tuple(bound), right_helpers(session))
    return made


def _second_questions(
    session: Session, first: dict[str, Attempt], trials: Mapping[str, Sequence[_Trial]], made: dict[str, list[Attempt]]
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
            attempt = _attempted(core, outcomes, first[name].only)
            if attempt.verdict.passed and trial.how == "helpers" and _are_right(called, first):
                continue  # none of what it was given differs from the student's own: there is nothing to carry
            if attempt.verdict.passed or not trial.brief:
                attempts.append(replace(attempt, how=trial.how, called=called))
                kept.append(trial)
            if attempt.verdict.passed:
                break
        else:
            first[name] = yield from _asked_all(_Trial(session.functions[name], ""), first[name])
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
    said = [property_problems([(p, case, one), (p, case, other)]) for p in judge.spec.properties if p.name == case.check]
    return bool(said) and all((first is None) == (second is None) for first, second in said)


def _are_right(helpers: Collection[str], first: Mapping[str, Attempt]) -> bool:
    """Whether the student's own versions of all these give what the contract says, so that none of them is to blame."""
    verdicts = [first[name].verdict if name in first else None for name in helpers]
    return all(verdict is not None and verdict.passed and not verdict.alternative for verdict in verdicts)


def _asked_all(trial: _Trial, attempt: Attempt) -> Generator[Sequence[Plan], Replied, Attempt]:
    """The attempt by all cases, the others of which are asked now."""
    others = [case for case in trial.judge.others if case.key not in attempt.outcomes]
    if not others or _has_stopped(attempt):
        return attempt
    replied = yield trial.plans(others)
    outcomes = {**attempt.outcomes, **_silent(by_case(others, replied))}
    return replace(attempt, judge=trial.judge, outcomes=outcomes, called=attempt.called | _graded_names(replied.called))


def in_agreement(session: Session, first: Mapping[str, Attempt]) -> dict[str, Attempt]:
    """The first attempts, those that share a convention under the alternative that earns most for all of them.

    Where a submission does not show its edition, each function may be right by any: under one in which it passes, and else
    under that which the others show by passing.
    """
    agreed = dict(first)
    for convention in dict.fromkeys(session.functions[name].spec.convention for name in first):
        judges = [session.functions[name] for name in first if session.functions[name].spec.convention == convention]
        numbers = _open_to(session, judges[0].spec) if convention else ()
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


def _open_to(session: Session, spec: Function) -> Sequence[int]:
    """The numbers of the alternatives under which a convention may be met: one where the edition is known."""
    edition, names = session.submission.edition, ("", *spec.alternatives)
    if spec.convention == _EDITION and edition is not None:
        return (names.index(edition.alternative),)
    return range(len(names))


def right_in_another_edition(session: Session, attempt: Attempt) -> Edition | None:
    """The edition in which a function is right that fails in the one that the submission shows."""
    spec, outcomes = attempt.judge.spec, attempt.outcomes
    if attempt.verdict.passed or spec.convention != _EDITION or session.submission.edition is None:
        return None
    names = ("", *spec.alternatives)
    right = {name for number, name in enumerate(names) if verdict_of(attempt.judge, outcomes, number).passed}
    others = (edition for edition in session.assignment.spec.editions if not edition.refused)
    return next((edition for edition in others if edition.alternative in right), None)


def tried_on_properties(
    session: Session, first: Mapping[str, Attempt], name: str, made: Sequence[Attempt]
) -> Iterator[Attempt]:
    """The first verdict once more, with a property in place of values that only an earlier function makes wrong.

    That is one that makes what the function is judged on, or one that it was seen to call (in what was ``made`` of it with
    right helpers) and whose right results it understands nothing of.
    """
    attempt = first[name]
    judge = session.functions[name]
    lifted = carried_by_property(judge.spec, attempt.verdict)
    if lifted is None:
        return
    called = frozenset() if judge.spec.own_inputs else frozenset(wrong_and_called(session, made, first))
    earlier = _producers(judge.cases) if judge.spec.own_inputs else sorted(called)
    if _only_values_wrong(first, earlier) and _holds_apart(session, attempt):
        yield replace(attempt, verdict=lifted, how="own", called=called)


def on_given_code(session: Session, first: Attempt, best: Mapping[str, Attempt]) -> Attempt:
    """An attempt that passes, and whatever of the wrong functions before it the cases have given it public code for.

    That code is not what the right function would be, so that what passes with it has called it.
    """
    judge = session.functions[first.verdict.name]
    given = {name for case in judge.cases.cases for name, _ in case.plan.given} & session.functions.keys()
    wrong = frozenset(name for name in given if not (name in best and best[name].verdict.passed))
    own_start = any(check.message == sentences.OWN_START for check in first.verdict.checks)
    return first if own_start or not wrong else replace(first, how="given", called=wrong)


def best_of(first: Attempt, again: Sequence[Attempt]) -> Attempt:
    """The attempt that is reported: the first that passes, or else the one that says most."""
    best = first
    for attempt in again:
        if not best.verdict.passed and (attempt.verdict.passed or _says_more(attempt.verdict, best.verdict)):
            best = attempt
    return best


def _says_more(one: Verdict, other: Verdict) -> bool:
    """Whether a verdict earns more, or as much but did not end in an exception (of a wrong helper)."""
    return one.points > other.points or (one.points == other.points and other.failed("runs") and not one.failed("runs"))


# -- with right helpers ------------------------------------------------------------------


def _trials(session: Session, attempt: Attempt, first: Mapping[str, Attempt]) -> Iterator[_Trial]:
    """How a function that failed is tried again; one that never came back only where an earlier one is wrong, too."""
    verdict = attempt.verdict
    before = session.assignment.spec.before(verdict.name)
    wrong = any(name not in first or not first[name].verdict.passed for name in before)
    if verdict.passed or not (wrong or verdict.status in ("failed", "partial")) or _is_unwritten(session, attempt):
        return
    judge = session.functions[verdict.name]
    if judge.spec.pair in first and first[judge.spec.pair].verdict.passed:  # a pair that does not fit is nobody's fault else
        before = tuple(name for name in before if name != judge.spec.pair)
    provided = _provided_helpers(session, verdict.name)
    if session.assignment.reference is not None and _may_be_their_fault(session, verdict, wrong, provided):
        right = {name for name in before if name in first and first[name].verdict.passed}
        if right and wrong:
            named = (_answered_name(session, name) for name in before if name not in right)
            yield _Trial(judge, "helpers", (*named, *_doubtful(session, verdict, provided)), brief=True)
        before = tuple(_answered_name(session, name) for name in before)
        yield _Trial(judge, "helpers", (*before, *provided))
        if before and any(is_redefined(session, name) for name in provided):
            # A provided helper of the student's own may have a convention of its own, which suits the rest.
            yield _Trial(judge, "helpers", before)
        if earlier := _wrong_earlier(session, judge, first):
            yield _Trial(judge, "helpers", brief=True, earlier=earlier)
    own = any(case.own for case in judge.cases.cases) and not _only_inputs_changed(verdict)
    if own and not _gave_the_same(first, _producers(judge.cases)):
        yield _Trial(judge, "own")


def _wrong_earlier(session: Session, judge: FunctionJudge, first: Mapping[str, Attempt]) -> dict[str, Callable[..., Value]]:
    """The right versions of wrong functions whose results the steps of a property are given; helpers stay the student's own.

    The function and its helpers may suit each other, and not the contract: ``s = sigmoid(cache)`` is right beside a
    sigmoid that returns A alone.
    """
    plans = [case.plan for case in judge.cases.cases if not case.expected]
    names = {name for plan in plans for name, _ in plan.steps} - {judge.spec.name, judge.spec.pair}
    before = names.intersection(session.assignment.spec.before(judge.spec.name)).intersection(first)
    wrong = sorted(name for name in before if not first[name].verdict.passed and "." not in name)
    return {name: session.assignment.right[name] for name in wrong if not session.functions[name].spec.random}


def _is_unwritten(session: Session, attempt: Attempt) -> bool:
    """Whether nothing was written into a function, which gives nothing: so it calls no helper and looks at no value."""
    last = (last_outcome(attempt.outcomes, case) for case in attempt.judge.cases.cases)
    if any(isinstance(outcome, Returned) and outcome.value.header != _NOTHING for outcome in last):
        return False
    with without_warnings():
        return session.submission.is_blank(attempt.verdict.name)


def _answered_name(session: Session, name: str) -> str:
    """Under which name a helper is answered: a class by its constructor, because the object is the student's."""
    return f"{name}{_MAKES}" if isinstance(session.assignment.right[name], type) else name


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


def right_helpers(session: Session) -> Answer | None:
    """Right helpers, answered by the reference; None in a student kit."""
    assignment = session.assignment
    return None if assignment.reference is None else _Reference(assignment, assignment.right)


def _provided_helpers(session: Session, name: str) -> tuple[str, ...]:
    """The provided helpers of a function that are not sure to be the provided ones."""
    spec = session.assignment.spec
    declared = spec.ancestors(name)
    return tuple(helper for helper in spec.provided_helpers if helper in declared or is_redefined(session, helper))


def _doubtful(session: Session, verdict: Verdict, provided: Sequence[str]) -> Iterator[str]:
    """The provided helpers that may be others than those of the provided modules."""
    origin = re.compile(rf"from ({'|'.join(map(re.escape, session.assignment.provided))}) import (?!.* as )")
    for name in provided:
        unit = session.submission.unit_of(name)
        if verdict.failed("runs") or session.submission.has_modules or unit is None or not origin.match(unit.source):
            yield name


def _may_be_their_fault(session: Session, verdict: Verdict, wrong: bool, provided: Sequence[str]) -> bool:
    """Whether a helper may be wrong or absent: those that come from the provided modules are neither."""
    redefined = any(is_redefined(session, name) for name in provided)
    return wrong or verdict.failed("runs") or session.submission.has_modules or redefined


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


def _producers(cases: FunctionCases) -> list[str]:
    """The functions on whose results a function is graded when these are the student's own."""
    plans = [case.own or case.plan for case in cases.cases if case.expected]
    return sorted({name for plan in plans for name, _ in plan.steps[:-1]})


def has_nothing_to_use(judge: FunctionJudge, outcomes: Outcomes, best: Mapping[str, Attempt]) -> list[str]:
    """The earlier functions whose values alone a function can be judged on, where they gave none in any case."""
    producers = _producers(judge.cases)
    right = all(name in best and best[name].verdict.passed for name in producers)
    called = (_was_called(case, outcomes.get(case.key, ()), none_will_do=right) for case in judge.values)
    return [] if not judge.spec.own_inputs or any(called) else producers


def wrong_before(judge: FunctionJudge, best: Mapping[str, Attempt]) -> list[str]:
    """The earlier functions on whose values alone a function can be judged, as far as they are not right."""
    producers = _producers(judge.cases) if judge.spec.own_inputs else []
    return [name for name in producers if name in best and not best[name].verdict.passed]


def wrong_and_called(session: Session, made: Sequence[Attempt], best: Mapping[str, Attempt]) -> list[str]:
    """The wrong earlier functions that a function calls, and of whose right results it may understand nothing."""
    called = frozenset[str]().union(*(attempt.called for attempt in made if attempt.how == "helpers"))
    opaque = (name for name in session.functions if name in called and session.functions[name].spec.opaque)
    return [name for name in opaque if name in best and not best[name].verdict.passed]


def is_cut_short(attempt: Attempt) -> bool:
    """Whether the first case without a value has none because an earlier function gave none."""
    silent = next((failure.case for failure in attempt.verdict.failures if failure.check == "runs"), None)
    return silent is not None and len(attempt.outcomes.get(silent.key, ())) < len(silent.plan.steps)


def has_foreign_values(session: Session, attempt: Attempt) -> bool:
    """Whether calls were given, in place of the student's own values, what only the reference understands.

    A right forward pass keeps in its cache what it likes: that this is not what the student's backward pass takes apart is
    no mistake of the student's.
    """
    judge = attempt.judge
    makers = _producers(judge.cases) if judge.spec.own_inputs and attempt.how == "helpers" else []
    return any(session.functions[name].spec.opaque for name in makers if name in session.functions)


def raises_on_foreign_values(session: Session, attempt: Attempt) -> bool:
    """Whether calls raise on what only the reference understands."""
    return has_foreign_values(session, attempt) and attempt.settled.verdict.failed("runs")


def raised_on_own_values(first: Attempt) -> Finding | None:
    """What a function raises on what the student's own earlier functions return, where it can be judged on that alone."""
    problem = next((c.message for c in first.verdict.checks if c.kind == "runs" and c.status == "failed"), "")
    producers = _producers(first.judge.cases)
    return sentences.unusable_values(first.verdict.name, producers, problem) if problem and not is_cut_short(first) else None


def _was_called(case: Case, outcomes: Sequence[Outcome], *, none_will_do: bool) -> bool:
    """Whether the last step of a case came about: the earlier ones gave what it is called with.

    That may be None where they are right and the last step makes something of it: it looks for its values elsewhere.
    """
    last = outcomes[-1] if len(outcomes) >= len(case.plan.steps) else None
    if last is None or (isinstance(last, Raised) and last.type_name == NOT_CALLED):
        return False
    if none_will_do and isinstance(last, Returned):
        return True
    used = [part for part in parts_of(arguments_of(case.plan)) if isinstance(part, Ref)]
    return not any(_is_none(reply_value(outcomes[ref.step]), ref.path) for ref in used)


def _is_none(value: Value, path: Path) -> bool:
    """Whether None stands at a path; nobody here can look into an object of the student's."""
    for key in path:
        if isinstance(value, Opaque):
            return False
        value = part_or_none(value, (key,))
    return value is None


def _only_values_wrong(first: Mapping[str, Attempt], names: Sequence[str]) -> bool:
    """Whether some of these graded functions give wrong values, and all of them results that earn something."""
    if not all(name in first for name in names):
        return False
    verdicts = [first[name].settled.verdict for name in names]
    formed = all(well_formed(verdict) and verdict.points for verdict in verdicts)  # zeros are the derivative of zeros
    return formed and any(verdict.failed("values") for verdict in verdicts)


def _holds_apart(session: Session, attempt: Attempt) -> bool:
    """Whether the properties that carry hold, too, where the function and the earlier ones are asked in a worker each.

    Beside the function that is judged the earlier ones may see what it has claimed, and answer so that it comes true. It may
    see what they are asked around a point, and claim what fits their answers.
    """
    judge = attempt.judge
    carrying = [(prop, case) for prop in judge.spec.properties if prop.carries for case in judge.cases_of(prop.name)]
    together = {case.key: list(attempt.outcomes[case.key]) for _, case in carrying}
    for steps_in in (steps_of, steps_apart):
        asked = [(case, steps_in(case, judge.spec.name)) for _, case in carrying]
        plans = [replace(plan_with(case.plan, steps), function="") for case, steps in asked]
        for (case, steps), apart in zip(asked, run_plans(session, plans).outcomes, strict=True):
            if len(apart) != len(steps):
                return False
            for step, outcome in zip(steps, apart, strict=True):
                together[case.key][step] = outcome
    return not any(property_problems([(prop, case, together[case.key]) for prop, case in carrying]))


# -- what a report says of it ------------------------------------------------------------


def carried_finding(session: Session, replies: Replies, first: Attempt, best: Mapping[str, Attempt]) -> Finding:
    """Why a function has full points all the same: what it called, and what of that is wrong."""
    name = first.verdict.name
    judge, attempt = session.functions[name], best[name]
    if attempt.how == "own":
        return carried_on_own_values(judge.spec, sorted(attempt.called) or _producers(judge.cases))
    called = _called(name, best)
    wrong = [n for n in session.functions if n in called and not (n in best and best[n].verdict.passed)]
    redefined = [n for n in session.assignment.spec.provided_helpers if n in called and is_redefined(session, n)]
    blamed = wrong or redefined
    read = read_in_all(session.submission, name)
    if not wrong and (absent := _needs_what_is_not_there(session, replies, called & read or called)):
        return absent(judge.spec.name)
    producers = {name for case in judge.cases.cases for name, _ in case.plan.steps[:-1]} - {name}
    if not set(blamed) <= producers:  # what the text does not name was called to make the arguments
        blamed = [n for n in blamed if n in read] or [n for n in blamed if n in producers] or blamed
        if not read.intersection(blamed):  # nor does it call what those call that made its arguments
            producers |= set().union(*(read_in_all(session.submission, n) for n in producers)).intersection(blamed)
    undefined = all(is_absent(session, replies, n) for n in blamed)
    if not blamed:
        blamed = [n for n in session.assignment.spec.provided_helpers if n in called & read and _is_unbound(session, n)]
        undefined = True
    if blamed and not wrong and not undefined:  # nobody has judged these by themselves
        if shown := _shown_wrong(session, judge.spec, blamed):
            return sentences.carried_own_helpers(name, shown)
        failure = example_failure(first.outcomes, first.settled.verdict)
        if failure and len(blamed) == 1:
            return sentences.carried_own_helper_unseen(name, blamed[0], failure.message, failure.case.key)
    unclear = [n for n in judge.spec.helpers if n in called and n not in best] or judge.spec.helpers
    return carried_by_helpers(judge.spec, blamed, sorted(producers), unclear, undefined=undefined, graded=bool(wrong))


# What provided helpers are called with: an array, also of a zero (the kink of relu), parameters, gradients, a whole step.
_ARRAY, _ZERO = np.array([[-1.0, 0.5, 2.0]]), np.array([[0.0]])
_PARAMETERS = {name: np.array([[value]]) for name, value in (("W1", 0.5), ("b1", -0.25), ("W2", 2.0), ("b2", 1.5))}
_GRADIENTS = {f"d{name}": value - 1.0 for name, value in _PARAMETERS.items()}
_PROBES: tuple[tuple[Value, ...], ...] = (
    (_ARRAY,), (_ARRAY, _ARRAY[:, ::-1]), (_ZERO,), (_ARRAY[:, 1:2], _ZERO),
    (_PARAMETERS,), (_GRADIENTS,), (_PARAMETERS, _GRADIENTS, 0.5),
)  # fmt: skip


def _shown_wrong(session: Session, spec: Function, helpers: Sequence[str]) -> dict[str, str]:
    """The provided helpers of the student's own that a small call shows to be wrong, with that call in words."""
    right, asked = right_helpers(session), list[tuple[str, tuple[Value, ...], Value]]()
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
    replied = run_plans(session, plans, also=helpers).outcomes if plans else ()
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


def _is_unbound(session: Session, name: str) -> bool:
    """Whether no statement of the submission may bind a name."""
    return not any(name in unit.binds or "*" in unit.binds for unit in session.submission.units)


def _needs_what_is_not_there(session: Session, replies: Replies, called: Collection[str]) -> Callable[[str], Finding] | None:
    """What is said where helpers come from, or need, a file that was not handed in or a library that is not there."""
    submission = session.submission
    needs: dict[str, set[str]] = {}
    for name in session.assignment.spec.provided_helpers:
        if name in called:
            unit = submission.unit_of(name)
            needs[name] = {name, *(read_by(unit) if unit and is_redefined(session, name) else ())}
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
