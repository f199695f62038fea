"""From outcomes to checks and points: what follows for every function from its contract.

The stages are *runs*, *structure*, *shape*, *dtype*, *values* per output item, then *inputs left
alone*, further case sets and properties. A stage is skipped, with the reason, when an earlier one
of the same item fails. Only values, sets and properties carry points (and *inputs*, a little, when
all values pass); who is paid says :class:`~grader.judging.payment.Payment`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from grader import sentences
from grader.confined.wire import Decoder, Encoded
from grader.judging.cases import Case
from grader.judging.compare import STAGES, items_of
from grader.judging.comparison import Comparison, Hit, compared, earliest
from grader.judging.credit import credit_of, is_random_here
from grader.judging.forms import has_wrong_numbers
from grader.judging.judge import Failure, FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, last_outcome, plan_of, reply_value
from grader.judging.payment import Payment, payment_of, whole_of, with_least_loss
from grader.judging.properties import asked_before, lost, property_problems, starts_elsewhere
from grader.judging.redaction import no_value_text
from grader.judging.tidying import tidied
from grader.judging.values import parts_of
from grader.model import Check, CheckStatus, FunctionStatus
from grader.sandbox.limits import OutOfBudget, charge, spent_s
from grader.sandbox.runner import Returned, Stopped
from grader.spec import Function, Property

__all__ = ["carried_by_property", "status_of", "verdict_of", "well_formed"]

Wants = Literal["status", "failures", "points"]
_Objections = Mapping[str, Sequence[Failure]]
_NOT_RUN = Stopped("not-run")
_VERDICT = 4_096  # bytes of one, about, beside the replies that a sentence is made of when somebody reads it
_COUNT, _LENGTHS = struct.Struct("<I"), struct.Struct("<?QQI")
_TWIN = 2**64 - 1  # in the place of a length: no reply is so long


def verdict_of(judge: FunctionJudge, outcomes: Outcomes, only: int | None = None, *, wants: Wants = "points") -> Verdict:
    """Judge one function.

    Parameters
    ----------
    judge
        Its description and frozen cases.
    outcomes
        Per case key the outcomes of its plan's steps.
    only
        The alternative under which it is judged; the one that earns most if not given.
    wants
        How much is asked of a verdict that is bound to fail, because values are wrong or missing: its points, which cost
        most to work out; what fails, but no points; or nothing but that.

    Returns
    -------
    Verdict
        With failures in the order of the cases, small ones first.

    Notes
    -----
    A verdict depends on nothing but these, and on what the judges of properties were asked before where their author's code
    keeps something; it is remembered by the SHA-256 of that and of the replies.
    """
    if only is not None or judge.choices:
        numbers = range(len(judge.choices)) if only is None else (only,)
        verdicts = [_bounded(judge.choices[number], outcomes, number, "points") for number in numbers]
        return max(verdicts, key=lambda verdict: (verdict.passed, verdict.points))
    return _bounded(judge, outcomes, None, wants)


def _bounded(judge: FunctionJudge, outcomes: Outcomes, only: int | None, wants: Wants) -> Verdict:
    """The verdict, from memory where there is one; "too much output" where it takes too long."""
    question, size = _digest(judge, outcomes, f"{judge.spec.name} {only} {wants}")
    key = question + asked_before(judge.spec.properties)
    known = judge.verdicts.get(key)
    if known is not None:
        charge(known[1])
        return known[0]
    began, before = spent_s(), lost()
    try:
        verdict = _judged(judge, outcomes, only, wants)
    except OutOfBudget:
        too_much = (Stopped("too-much-output", sentences.COSTLY_RESULTS),)
        return _judged(judge, {case.key: too_much for case in judge.cases.cases}, only, wants)
    if lost() == before:
        # Who asks the same once more asks it after these questions, each of which has the answer that it had.
        for same in dict.fromkeys((key, question + asked_before(judge.spec.properties))):
            judge.verdicts.put(same, verdict, spent_s() - began, _VERDICT + (0 if verdict.passed else size))
    return verdict


def _digest(judge: FunctionJudge, outcomes: Outcomes, asked: str) -> tuple[bytes, int]:
    """SHA-256 of what is asked about all outcomes, and their size."""
    parts = [asked.encode()]
    seen: dict[int, int] = {}
    for number, case in enumerate(judge.cases.cases):
        replies = outcomes.get(case.key, ())
        twin = seen.setdefault(id(replies), number) if replies else number
        if twin != number:  # the replies of another case, which is the same question
            parts.append(_LENGTHS.pack(False, _TWIN, twin, 0))
            continue
        parts.append(_COUNT.pack(len(replies)))
        for reply in replies:
            if isinstance(reply, Returned):
                header, payload = reply.value
                mutated = struct.pack(f"<{len(reply.mutated)}I", *reply.mutated)
            else:
                header, payload, mutated = repr(reply).encode("utf-8", "surrogatepass"), b"", b""
            lengths = _LENGTHS.pack(type(reply) is Returned, len(header), len(payload), len(mutated))
            parts += (lengths, header, payload, mutated)
    digest = hashlib.sha256()
    for part in parts:  # which may be large: they are not joined
        digest.update(part)
    return digest.digest(), sum(map(len, parts))


@dataclass(frozen=True)
class _Draft:
    """The checks of one function while they are collected; ``answered`` are the cases that are compared by value."""

    judge: FunctionJudge
    outcomes: Outcomes
    answered: Sequence[Case] = ()
    alternative: int = 0
    payment: Payment = field(default_factory=Payment)
    checks: list[Check] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    told: list[Failure] = field(default_factory=list)  # what the sentences of the failed rows are about

    def add(self, kind: str, name: str, status: CheckStatus, share: float, message: str = "", *, paid: float = 0.0) -> None:
        """One row; ``share`` is its part of the function's points, ``paid`` the part of the share that is earned."""
        points = round(share * self.judge.spec.points, 6)
        self.checks.append(Check(kind, name, status, round(points * paid, 6) + 0.0, points, message))  # no -0

    @property
    def has_failed(self) -> bool:
        return any(check.status == "failed" for check in self.checks)

    def fail(self, kind: str, name: str, share: float, failures: Sequence[Failure], total: int, paid: float = 0.0) -> None:
        """A row that failed, with the sentence on the case of the first row, else on the one that is read fastest.

        The example is of the same case as the first row, so that the numbers of the others are found in it, too.
        """
        first = next((f for f in failures if f.case.visible and self.told and f.case is self.told[0].case), None)
        first = first or self._read_fastest(failures)
        failing = {f.case.key: f.case for f in failures}.values()
        also = ""
        if len(failing) < total:
            also = sentences.failing_inputs(len(failing), total, list(dict.fromkeys(case.case_class for case in failing)))
        self.told.append(first)
        self.add(kind, name, "failed", share, first.message + also, paid=paid)

    def _read_fastest(self, failures: Sequence[Failure]) -> Failure:
        """Of those that were run and may be shown the one with the shortest numbers; the first where there is none."""
        replies = {f.case.key: self.outcomes.get(f.case.key, ()) for f in failures if f.case.visible}
        ran = [f for f in failures if f.case.key in replies and _NOT_RUN not in replies[f.case.key][-1:]]
        return min(ran, key=lambda f: self.judge.effort(plan_of(f.case, replies[f.case.key])), default=failures[0])


def _judged(judge: FunctionJudge, outcomes: Outcomes, only: int | None, wants: Wants) -> Verdict:
    spec, draft = judge.spec, _Draft(judge, outcomes)
    ran = _runs_check(draft)
    answered = [case for case in judge.values if isinstance(last_outcome(outcomes, case), Returned)]
    whole = wants != "status" or any(prop.elsewhere for prop in spec.properties)
    comparison = compared(spec, answered, outcomes, only, whole=whole) if answered or ran else None
    if comparison and comparison.alternative:
        judge = judge.forms[comparison.alternative]
        draft = replace(draft, judge=judge, alternative=comparison.alternative)
    lost = not ran or comparison is None or bool(comparison.wrong)
    settled = lost and not whole
    objections, kept, as_returned = ({}, {}, {}) if settled else _objected(draft, comparison)
    unpaid = lost and wants != "points"
    payment = Payment() if unpaid else payment_of(judge, outcomes, comparison, objections, kept)
    draft = replace(draft, answered=answered, payment=payment)
    if comparison is not None:
        _item_checks(draft, comparison)
    else:
        for name, share in judge.shares.items.items():
            draft.add("values", name, "skipped", share, sentences.SKIPPED_RUNS)
    if not settled:
        _further_checks(draft, objections, as_returned)
    checks = with_least_loss(draft.checks, spec.points)
    status = status_of(spec.points, checks)
    stop = _first_stop(judge, outcomes)
    if stop is not None:
        status = stop.reason if stop.reason != "not-run" else "crashed"
        checks[0] = Check("runs", "runs", "failed", 0.0, 0.0, sentences.stopped(status, spec.name, stop.detail))
    comparison = comparison or Comparison(only or 0)
    failures = tuple(draft.failures)
    told = tuple(draft.told)
    verdict = Verdict(
        spec.name, status, tuple(checks), failures, comparison.alternative, comparison.wrong, spec.points, told=told
    )
    return _from_own_start(judge, outcomes, verdict) or verdict


def _further_checks(draft: _Draft, objections: _Objections, as_returned: _Objections) -> None:
    _inputs_check(draft)
    for case_set in draft.judge.spec.sets:
        _set_check(draft, case_set.name)
    # Where no check of the form fails, the property itself says that it holds in another form only.
    formed = any(check.status == "failed" and check.kind in ("structure", "shape", "dtype") for check in draft.checks)
    for prop in draft.judge.spec.properties:
        said = objections[prop.name] or (() if formed else as_returned[prop.name])
        others = any(_are_checked(some) for name, some in objections.items() if name != prop.name)
        _property_check(draft, prop, said, others_object=others)


def status_of(most: float, checks: Sequence[Check]) -> FunctionStatus:
    """Passed, or partial with at least half of the points, of which there are so many at most, or failed."""
    if all(check.status == "passed" for check in checks):
        return "passed"
    return "partial" if 2 * sum(check.points for check in checks) >= most else "failed"


def _first_stop(judge: FunctionJudge, outcomes: Outcomes) -> Stopped | None:
    replies = (outcome for case in judge.cases.cases for outcome in outcomes.get(case.key, ()))
    return next((o for o in replies if isinstance(o, Stopped) and o.reason != "not-run"), None)


# -- runs and values ---------------------------------------------------------------------


def _unanswered(draft: _Draft, cases: Sequence[Case], check: str) -> list[Failure]:
    """The cases whose last call gave no value."""
    silent = [case for case in cases if not isinstance(last_outcome(draft.outcomes, case), Returned)]
    return [Failure(case, check, text=no_value_text(draft.outcomes.get(case.key, ()), case)) for case in silent]


def _runs_check(draft: _Draft) -> bool:
    failures = _unanswered(draft, draft.judge.values, "runs")
    draft.failures.extend(failures)
    if failures:
        draft.fail("runs", "runs", 0, failures, len(draft.judge.values))
    else:
        draft.add("runs", "runs", "passed", 0)
    return not failures


def _failures(check: str, item: str, hits: Sequence[Hit]) -> list[Failure]:
    return [Failure(case, check, item, problem) for case, problem in hits]


def _item_checks(draft: _Draft, comparison: Comparison) -> None:
    structural = [
        failure
        for name, hits in comparison.hits.items()
        for failure in _failures("values", name, [hit for hit in hits if hit[1].stage == "structure"])
    ]
    if structural:
        of_first_item = [failure for failure in structural if failure.item == structural[0].item]
        draft.fail("structure", "structure", 0, of_first_item, len(draft.answered))
    else:
        draft.add("structure", "structure", "passed", 0)
    for name, hits in comparison.hits.items():
        if name not in draft.judge.spec.opaque:
            found = _failures("values", name, hits)
            _stages(draft, name, found, earliest(hits))
            draft.failures.extend(found)


def _stages(draft: _Draft, name: str, failures: Sequence[Failure], stopped_at: str | None) -> None:
    """Shape, dtype and values of one item; what is random has no values, and its last stage carries what it weighs.

    An input that fails one stage has nothing to say of the later ones, but others may: a type that is wrong for a few
    inputs hides no wrong values of the others.
    """
    reached = STAGES.index(stopped_at) if stopped_at else len(STAGES)
    stages = STAGES[1 : 3 if name in draft.judge.spec.random else 4]
    paid = draft.payment.items.get(name, 0.0) if draft.payment.earned else 0.0
    failed_at = {stage: [f for f in failures if f.problem and f.problem.stage == stage] for stage in stages}
    before = len(draft.told)
    unanswered = sum(case.key in draft.outcomes for case in draft.judge.values) - len(draft.answered)
    for number, stage in enumerate(stages, 1):
        share, part = (draft.judge.shares.items.get(name, 0.0), paid) if stage == stages[-1] else (0.0, 0.0)
        total = len(draft.answered)
        if stage == "values":
            total = sum(not is_random_here(draft.judge.spec, name, case) for case in draft.answered) or total
        if failed_at[stage]:
            draft.fail(stage, name, share, failed_at[stage], total, part)
        elif stopped_at and number > reached:
            wrong = stage == "values" and _has_wrong_numbers(draft, name)
            draft.add(stage, name, "skipped", share, sentences.skipped_stage(stopped_at, name, wrong=wrong), paid=part)
        else:
            right = (
                sentences.LEFT_OUT_ALLOWED
                if name in draft.payment.left_out
                else sentences.passed_cases(total, total + unanswered)
            )
            alone = sentences.TRIVIAL if name in draft.judge.cases.trivial else sentences.ALONE
            message = right if draft.payment.earned else alone
            draft.add(stage, name, "passed", share, message if stage == "values" else "", paid=part)
    # The example is of the stage at which most inputs fail.
    draft.told[before:] = sorted(
        draft.told[before:], key=lambda told: -len(failed_at[told.problem.stage]) if told.problem else 0
    )


def _has_wrong_numbers(draft: _Draft, name: str) -> bool:
    """Whether an item of another form is wrong in that of the contract, too, on some input."""
    spec, pairs = draft.judge.spec, ((case, case.expected[draft.alternative]) for case in draft.answered)
    return any(
        has_wrong_numbers(spec.of_class(case.case_class), item, right, reply_value(last_outcome(draft.outcomes, case)))
        for case, right in pairs
        for item in items_of(right.decoded, spec.items)
        if item.name == name
    )


# -- inputs, sets, properties ------------------------------------------------------------


def _inputs_check(draft: _Draft) -> None:
    judge, share = draft.judge, draft.judge.shares.inputs
    for case in sorted(judge.cases.cases, key=lambda case: not case.visible):
        replies = draft.outcomes.get(case.key, ())
        for outcome, (name, question) in zip(replies, plan_of(case, replies).steps, strict=False):
            if isinstance(outcome, Returned) and outcome.mutated and name == judge.spec.name:
                names = _mutated_names(question, outcome.mutated, judge.cases.parameters)
                names = [name for name in names if name not in judge.spec.changes]
                if not names:
                    continue
                message = sentences.changed_arguments(names)
                draft.failures.append(Failure(case, "inputs", text=message))
                draft.told.append(draft.failures[-1])
                draft.add("inputs", "inputs", "failed", share, message)
                return
    if draft.payment.inputs:
        draft.add("inputs", "inputs", "passed", share, paid=draft.payment.inputs)
    else:
        draft.add("inputs", "inputs", "skipped", share, sentences.SKIPPED_INPUTS)


def _mutated_names(question: Encoded, numbers: Sequence[int], parameters: Sequence[str]) -> list[str]:
    """Names of the arguments that own the numbered arrays (the decoder numbers them in order)."""
    decoder = Decoder(question, lambda ref: ref, lambda code: code)
    args = decoder.get()
    owners: dict[int, int] = {}
    parts = [value for value, _, _ in decoder.arrays] + [value for value, _ in (*decoder.lists, *decoder.dicts)]
    for position, argument in enumerate(args):
        for inner in parts_of(argument):
            owners.setdefault(id(inner), position)
    changed = {owners[id(parts[n])] for n in numbers if n < len(parts) and id(parts[n]) in owners}
    return [parameters[i] if i < len(parameters) else f"number {i + 1}" for i in sorted(changed)] or ["(a part of it)"]


def _set_check(draft: _Draft, name: str) -> None:
    judge, cases, share = draft.judge, draft.judge.cases_of(name), draft.judge.shares.sets[name]
    failures = _unanswered(draft, cases, name)
    answered = [case for case in cases if isinstance(last_outcome(draft.outcomes, case), Returned)]
    comparison = compared(judge.spec, answered, draft.outcomes)
    failures += [failure for item, hits in comparison.hits.items() for failure in _failures(name, item, hits)]
    if failures:
        draft.failures.extend(failures)
        paid = (
            whole_of(judge, credit_of(judge, cases, draft.outcomes, comparison.alternative)) if draft.payment.earned else 0.0
        )
        draft.fail("values", name, share, failures, len(cases), paid)
    else:
        message = sentences.passed_cases(len(cases), len(cases)) if draft.payment.earned else sentences.ALONE
        draft.add("values", name, "passed", share, message, paid=draft.payment.earned)


def _objected(draft: _Draft, comparison: Comparison | None) -> tuple[_Objections, Mapping[str, float], _Objections]:
    """What the judges of all properties have against a function, and what is kept where they saw it in another form.

    The last of the three is what they have against it as it was returned.
    """
    judge, outcomes = draft.judge, draft.outcomes
    as_returned = _objections(judge, outcomes)
    objections = dict(as_returned)
    kept = dict.fromkeys(objections, 1.0)
    if comparison and any(objections.values()):
        tidy, part = tidied(judge, outcomes, comparison.alternative)
        for name, again in _objections(judge, tidy).items() if part < 1.0 else ():
            if len(again) < len(objections[name]):
                objections[name], kept[name] = again, part
    return objections, kept, as_returned


def _objections(judge: FunctionJudge, outcomes: Outcomes) -> dict[str, list[Failure]]:
    """What the judges of a function's properties have against it, case by case."""
    asked = [(prop, case) for prop in judge.spec.properties for case in judge.cases_of(prop.name)]
    answers = property_problems([(prop, case, outcomes.get(case.key, ())) for prop, case in asked])
    objections: dict[str, list[Failure]] = {prop.name: [] for prop in judge.spec.properties}
    for (prop, case), objection in zip(asked, answers, strict=True):
        if objection:
            objections[prop.name].append(Failure(case, prop.name, objection=objection))
    for name, failures in objections.items():
        counting = [failure for failure in failures if not (failure.objection and failure.objection.by_chance)]
        if len(failures) - len(counting) < len(judge.cases_of(name)):
            objections[name] = counting
    return objections


def _are_checked(objections: Sequence[Failure]) -> bool:
    """Whether a judge has something against a function, and not only that it could not see."""
    return any(failure.objection is None or failure.objection.checked for failure in objections)


def _of_something(draft: _Draft, objections: Sequence[Failure]) -> list[Failure]:
    """What a judge has against results that are not None."""
    last = ((failure, last_outcome(draft.outcomes, failure.case)) for failure in objections)
    return [failure for failure, outcome in last if isinstance(outcome, Returned) and reply_value(outcome) is not None]


def _as_found(failure: Failure) -> Failure:
    """What a judge needs first, where nothing else says that it is missing: that is what was found."""
    return replace(failure, objection=failure.objection and replace(failure.objection, checked=True))


def _property_check(draft: _Draft, prop: Property, objections: Sequence[Failure], *, others_object: bool) -> None:
    share, total = draft.judge.shares.properties[prop.name], len(draft.judge.cases_of(prop.name))
    paid = draft.payment.properties.get(prop.name, 0.0)
    broken = {check.kind for check in draft.checks if check.status == "failed"} & {"runs", "structure"}
    # Of random results the judges alone look at what is in them: that is said, also where a list has another length.
    says_more = broken == {"structure"} and draft.judge.spec.random and _are_checked(_of_something(draft, objections))
    if objections and broken and not says_more:  # the same mistake again, in other words
        message = sentences.SKIPPED_RUNS if "runs" in broken else sentences.SKIPPED_STRUCTURE
        draft.add("property", prop.name, "skipped", share, message, paid=paid)
    elif objections and not _are_checked(objections) and (others_object or draft.has_failed):
        wrong = next((c for c in draft.checks if c.kind in ("shape", "dtype") and c.status == "failed"), None)
        message = sentences.skipped_stage(wrong.kind, wrong.name) if wrong else objections[0].message
        draft.add("property", prop.name, "skipped", share, message, paid=paid)
    elif objections:
        draft.failures.extend(objections)
        objections = [objection for objection in objections if _are_checked([objection])] or list(map(_as_found, objections))
        draft.fail("property", prop.name, share, objections, total, paid)
    else:
        draft.add("property", prop.name, "passed", share, "" if paid else sentences.ALONE, paid=paid)


# -- properties in place of values -------------------------------------------------------


def _from_own_start(judge: FunctionJudge, outcomes: Outcomes, verdict: Verdict) -> Verdict | None:
    """The verdict on a function that started elsewhere than the cases do; None where it did not, or gave no values.

    No value can be right there, so that its properties say how much of them is.
    """
    by_property = {prop.name for prop in judge.spec.properties}
    problems = [failure.problem for failure in verdict.failures if failure.check not in by_property]
    asked = [(prop, case) for prop in judge.spec.properties if prop.elsewhere for case in judge.cases_of(prop.name)]
    if verdict.passed or not asked or any(problem is None or problem.stage != "values" for problem in problems):
        return None
    told = [check for check in verdict.checks if check.name in by_property]
    part = sum(check.points for check in told) / sum(check.max_points for check in told)
    right = all(check.status == "passed" for check in told)
    if not (right or part) or not starts_elsewhere([(prop, case, outcomes.get(case.key, ())) for prop, case in asked]):
        return None
    if not right:
        checks = [_at_least(part, check) if check.kind == "values" else check for check in verdict.checks]
        return replace(verdict, status=status_of(judge.spec.points, checks), checks=tuple(checks))
    message = sentences.OWN_START
    checks = [
        replace(check, status="passed", points=check.max_points, message=message if check.status == "failed" else "")
        for check in verdict.checks
    ]
    return replace(verdict, status="passed", checks=tuple(checks), failures=(), wrong_items=frozenset(), told=())


def _at_least(part: float, check: Check) -> Check:
    """A check that earns this part of its points, or more."""
    return replace(check, points=max(check.points, round(part * check.max_points, 6)))


# -- carried by a property ---------------------------------------------------------------


def well_formed(verdict: Verdict) -> bool:
    """Whether a function ran and its results have the right structure and shape, whatever the values."""
    return all(c.status == "passed" for c in verdict.checks if c.kind in ("runs", "structure", "shape"))


def carried_by_property(spec: Function, verdict: Verdict, unasked: Collection[str] = ()) -> Verdict | None:
    """The verdict with a property in place of the values; None where no property may or does stand in.

    Whether it is fair to do so depends on the functions that came before; see :attr:`Property.carries`. ``unasked`` are the
    cases in which an earlier one gave nothing that this one could be called with.
    """
    carrying = [p.name for p in spec.properties if p.carries]
    apart = {"inputs", *(p.name for p in spec.properties if not p.carries)}
    problems = [f.problem for f in verdict.failures if f.check not in apart and f.case.key not in unasked]
    if not carrying or any(p is None or p.stage != "values" for p in problems):
        return None  # it raised, a result has the wrong form, or the property fails
    message = sentences.carried_values(carrying)

    def lifted(check: Check) -> Check:
        if check.kind == "values" or (unasked and check.kind == "runs"):
            return replace(
                check, status="passed", points=check.max_points, message=message if check.kind == "values" else ""
            )
        if check.status == "failed":  # a changed argument, or another property
            return check
        return replace(check, status="passed", points=check.max_points, message="")

    checks = tuple(map(lifted, verdict.checks))
    status = status_of(spec.points, checks)
    still = {check.name for check in checks if check.status == "failed"}
    failures, told = (tuple(f for f in some if f.check in still) for some in (verdict.failures, verdict.told))
    return replace(verdict, status=status, checks=checks, failures=failures, wrong_items=frozenset(), told=told)
