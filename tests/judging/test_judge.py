"""What is made once for a case file and used for every submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.confined.wire import encode
from grader.judging.checks import verdict_of
from grader.judging.judge import FunctionJudge, judges_of
from grader.judging.properties import judged_by
from grader.sandbox.copies import Copy, LostError
from grader.sandbox.limits import OutOfBudget, bounded_work, check_budget
from grader.sandbox.runner import Outcome, Raised, Returned, Stopped
from grader.spec import Property, Shows
from tests import tiny
from tests.tiny import hand_made, outcomes_of, plain


def doubled(x: float) -> float:
    return 2 * x


@pytest.mark.parametrize("shows", ["sentences", "findings"])
def test_below_examples_no_case_may_be_seen(shows: Shows) -> None:
    judges = judges_of(replace(tiny.assignment().spec, shows=shows), tiny.cases())
    assert not any(case.visible for judge in judges.functions.values() for case in judge.cases.cases)
    assert any(case.visible for judge in tiny.judges().functions.values() for case in judge.cases.cases)
    assert judges.cases is tiny.cases()


def test_the_shares_of_a_function_add_up_to_one() -> None:
    for judge in tiny.judges().functions.values():
        shares = judge.shares
        parts = [*shares.items.values(), shares.inputs, *shares.sets.values(), *shares.properties.values()]
        assert sum(parts) == pytest.approx(1.0)


def test_equal_replies_are_judged_once_be_they_right_or_wrong() -> None:
    judge = FunctionJudge(plain(), hand_made(plain(), doubled, [(1.0,), (2.0,)]))
    for function, points in ((doubled, 1), (lambda x: x, 0), (lambda x: 1 / 0, 0)):
        outcomes = outcomes_of(judge.cases, function)
        assert verdict_of(judge, outcomes) is verdict_of(judge, dict(outcomes))
        assert verdict_of(judge, outcomes).points == points


def test_other_replies_and_other_questions_have_verdicts_of_their_own() -> None:
    judge = FunctionJudge(plain(), hand_made(plain(), doubled, [(1.0,), (2.0,)]))
    one, two = judge.cases.cases
    wrong = Returned(encode(1.0))
    replies: list[dict[str, tuple[Outcome, ...]]] = [
        {one.key: (wrong,)},
        {two.key: (wrong,)},
        {one.key: (wrong,), two.key: (wrong,)},
        {one.key: (wrong,), two.key: (replace(wrong, mutated=(0,)),)},
        {one.key: (wrong, wrong)},
        {one.key: (Raised("ValueError", "no"),), two.key: (wrong,)},
        {one.key: (Raised("ValueError", "no", "cell 3, line 2"),), two.key: (wrong,)},
        {one.key: (Stopped("timeout"),), two.key: (wrong,)},
    ]
    verdicts = [verdict_of(judge, outcomes, wants=wants) for outcomes in replies for wants in ("status", "points")]
    assert len({id(verdict) for verdict in verdicts}) == len(verdicts)


class Bench(Copy):
    """A copy that needs five seconds for each case, and is lost as often as it is told."""

    def __init__(self, times_lost: int) -> None:
        super().__init__(lambda question: question)
        self.times_lost = times_lost

    def ask(self, question: bytes, cpu_s: float, still: Callable[[], None] = lambda: None, *, subject: bytes = b"") -> bytes:
        self.used_s += 5
        if self.times_lost:
            self.times_lost -= 1
            raise LostError
        return b'["", [], true, false]'


def with_property() -> FunctionJudge:
    """A judge of a function with one property, which holds."""
    spec = replace(plain(), properties=(Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: None),))
    cases = hand_made(spec, doubled, [(1.0,)])
    extra = replace(cases.cases[0], key="holds", check="holds", expected=())
    return FunctionJudge(spec, replace(cases, cases=(*cases.cases, extra)))


def test_a_verdict_that_lacks_an_answer_is_of_that_moment_alone() -> None:
    judge = with_property()
    outcomes = outcomes_of(judge.cases, doubled)
    with judged_by(Bench(times_lost=1)):
        assert [verdict_of(judge, outcomes).passed for _ in range(3)] == [False, True, True]


def test_a_remembered_verdict_counts_as_much_of_the_time_as_it_took() -> None:
    judge = with_property()
    outcomes = outcomes_of(judge.cases, doubled)
    for _ in range(2):
        with judged_by(Bench(times_lost=0)), bounded_work(7):
            verdict_of(judge, outcomes)
            check_budget()
            verdict_of(judge, outcomes)
            with pytest.raises(OutOfBudget):
                check_budget()


def test_who_asks_the_same_once_more_in_one_submission_gets_the_same_verdict() -> None:
    judge = with_property()
    outcomes = outcomes_of(judge.cases, doubled)
    with judged_by(Copy(lambda question: b'["", [], true, false]')):
        first = verdict_of(judge, outcomes)
        assert verdict_of(judge, dict(outcomes)) is first
        verdict_of(judge, outcomes_of(judge.cases, lambda x: x))  # other questions about the same property
        assert verdict_of(judge, outcomes).checks == first.checks


def test_two_judges_share_no_verdict() -> None:
    cases = hand_made(plain(), doubled, [(1.0,)])
    outcomes = outcomes_of(cases, doubled)
    one, other = FunctionJudge(plain(), cases), FunctionJudge(replace(plain(), points=7), cases)
    assert (verdict_of(one, outcomes).points, verdict_of(other, outcomes).points) == (1, 7)


def test_a_tolerance_too_few_is_an_error() -> None:
    (case,) = hand_made(plain(), doubled, [(1.0,)]).cases
    short = replace(case.expected[0], tolerances=())
    with pytest.raises(ValueError, match="zip"):
        _ = short.tolerance_at
