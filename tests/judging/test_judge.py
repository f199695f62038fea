"""What is made once for a case file and used for every submission."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.judging.checks import verdict_of
from grader.judging.judge import FunctionJudge, judges_of
from grader.spec import Shows
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


def test_what_passes_is_judged_once_and_what_fails_each_time() -> None:
    judge = FunctionJudge(plain(), hand_made(plain(), doubled, [(1.0,), (2.0,)]))
    right, wrong = outcomes_of(judge.cases, doubled), outcomes_of(judge.cases, lambda x: x)
    assert verdict_of(judge, right) is verdict_of(judge, dict(right))
    assert verdict_of(judge, wrong) is not verdict_of(judge, wrong)
    assert verdict_of(judge, wrong).points == verdict_of(judge, wrong).points == 0


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
