"""Which cases are asked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from grader.confined.wire import encode
from grader.freezing.core import with_core
from grader.judging.cases import Case, FunctionCases
from grader.judging.judge import FunctionJudge, judges_of
from grader.sandbox.runner import Plan
from tests import tiny


def case(number: int, case_class: str, size: int, *flags: bool, check: str = "values") -> Case:
    plan = Plan("f", number, (("f", encode((list(range(size)), *flags))),))
    return Case(str(number), check, case_class, visible=True, plan=plan)


def numbers(cases: Sequence[Case], *failing: Sequence[int]) -> list[int]:
    """Which of some cases are asked first, where mistakes fail on these ones."""
    some = FunctionCases("f", 1, ("x",), tuple(cases), {}, frozenset())
    return [one.plan.number for one in with_core(some, [set(map(str, keys)) for keys in failing]).cases if one.core]


def test_every_class_keeps_its_two_smallest_and_every_check_its_largest() -> None:
    small = [case(n, "small", size) for n, size in enumerate((9, 3, 6, 7))]
    kink = [case(n, "kink", size) for n, size in ((4, 1), (5, 2), (6, 8))]
    far = [case(n, "kink", size, check="far") for n, size in ((7, 8), (8, 5), (9, 4), (10, 3))]
    assert numbers([*small, *kink, *far]) == [0, 1, 2, 4, 5, 7, 9, 10]


def test_every_choice_of_a_flag_keeps_its_largest() -> None:
    cases = [case(n, "general", n, n % 2 == 0) for n in range(20)]
    assert numbers(cases) == [0, 1, 18, 19]


def test_the_largest_whole_number_of_each_argument_is_asked() -> None:
    def asked(number: int, classes: int) -> Case:
        plan = Plan("f", number, (("f", encode((list(range(30 - number)), classes))),))
        return Case(str(number), "values", "general", visible=True, plan=plan)

    assert numbers([asked(n, 7 if n == 8 else 2) for n in range(20)]) == [0, 8, 18, 19]


def test_every_known_mistake_fails_on_seven_of_them_or_on_all_that_it_can() -> None:
    cases = [case(n, "general", n) for n in range(21)]
    assert numbers(cases, range(10, 20), [5]) == [0, 1, 5, *range(10, 17), 20]


def test_one_case_is_taken_for_several_mistakes_before_several_cases_are() -> None:
    cases = [case(n, "general", n) for n in range(30)]
    one, other, both = range(2, 9), range(9, 16), range(16, 23)
    assert numbers(cases, [*one, *both], [*other, *both]) == [0, 1, *both, 29]


@pytest.mark.parametrize("name", list(tiny.judges().functions))
def test_what_is_asked_first_and_what_is_asked_later_are_all_cases(name: str) -> None:
    judge = tiny.judges().functions[name]
    keys = {one.key for one in judge.core.cases.cases}
    assert keys.isdisjoint(one.key for one in judge.others)
    assert keys | {one.key for one in judge.others} == {one.key for one in judge.cases.cases}
    assert judge.core.core is judge.core


def test_all_cases_are_asked_where_that_is_wanted() -> None:
    thorough = judges_of(tiny.assignment().spec, tiny.cases(), thorough=True)
    assert all(judge.core is judge for judge in thorough.functions.values())
    assert tiny.judges() is not thorough


def test_which_convention_a_function_follows_is_settled_by_all_cases() -> None:
    judge = next(judge for judge in tiny.judges().functions.values() if judge.others)
    shared = replace(judge.spec, convention="sign")
    assert FunctionJudge(shared, judge.cases).core.cases is judge.cases
