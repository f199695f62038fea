"""Groups and pairs of equal definitions, and what counts as one's own."""

from __future__ import annotations

from collections.abc import Mapping

from grader.report import likeness as module
from grader.report.likeness import FEW, likeness

STARTER = {"f": "def f(x):\n    y = None\n    check(y)\n    return y"}


def f(formula: str, variable: str = "y") -> str:
    return f"def f(x):\n    {variable} = {formula}\n    check({variable})\n    return {variable}"


def g(formula: str) -> str:
    return f"def g(x):\n    return {formula}"


def test_equal_up_to_names_is_one_group_and_the_starters_statements_do_not_count() -> None:
    found = likeness([{"f": f("2 * x")}, {"f": f("x + x")}, {"f": f("2 * x", "result")}], STARTER)
    (group,) = found.groups
    assert (group.members, group.functions, group.own, group.of) == ((0, 2), ("f",), 1, 3)
    assert (found.pairs, found.single) == ((), ())
    assert [(one.submissions, one.ways, one.largest) for one in found.functions] == [(3, 2, 2)]


def test_what_is_not_compared_is_told() -> None:
    long = g("(" + " + ".join(["x"] * 90) + ")") + "".join(f"\n    x = {n}" for n in range(9_000))
    found = likeness([{"g": g("2 * x")}, {"g": long}, {}, {"g": "g = lambda x: x"}], {})
    assert found.uncompared == (("g", (1, 3)),)


def test_an_untouched_starter_is_shared_by_everybody_and_is_nobodys() -> None:
    found = likeness([STARTER, STARTER, STARTER], STARTER)
    assert (found.groups, found.pairs, found.single) == ((), (), ())


def test_who_shares_several_definitions_but_not_all_is_a_pair() -> None:
    one = {"f": f("2 * x"), "g": g("3 * x"), "h": "def h(x):\n    return x"}
    other = {**one, "h": "def h(x):\n    return -x"}
    third = {**other, "f": f("x + x"), "g": g("x * 3")}
    found = likeness([one, other, third], STARTER)
    assert found.groups == ()
    assert [(pair.members, pair.functions, pair.own) for pair in found.pairs] == [((0, 1), ("f", "g"), 2)]
    assert {(group.members, group.functions) for group in found.single} == {
        ((0, 1), ("f",)),
        ((0, 1), ("g",)),
        ((1, 2), ("h",)),
    }


def test_what_is_told_of_a_group_is_not_told_again() -> None:
    same = {"f": f("2 * x"), "g": g("3 * x")}
    found = likeness([same] * 4, STARTER)
    assert [group.members for group in found.groups] == [(0, 1, 2, 3)]
    assert (found.pairs, found.single) == ((), ())


def test_what_most_of_a_class_wrote_is_nobodys_own() -> None:
    usual = [{"f": f("2 * x"), "g": g(f"{i} + x")} for i in range(FEW)]
    assert likeness(usual, STARTER).groups == ()
    two = [{"f": f("7 - x"), "g": g("x")}] * 2
    assert [group.members for group in likeness([*usual, *two], STARTER).groups] == [(FEW, FEW + 1)]


def test_a_definition_that_many_share_makes_no_pairs() -> None:
    def of(i: int, count: int) -> Mapping[str, str]:
        shared = {"f": f("2 * x"), "g": g("3 * x")} if i < count else {"f": f(f"{i} * x"), "g": g(f"x * {i}")}
        return {**shared, "h": f"def h(x):\n    return {i}"}

    rest = 3 * FEW
    assert len(likeness([of(i, FEW) for i in range(rest)], STARTER).pairs) == FEW * (FEW - 1) // 2
    assert likeness([of(i, FEW + 1) for i in range(rest)], STARTER).pairs == ()


def test_a_large_class_is_read_once_and_not_pair_by_pair() -> None:
    """A digest is worked out once for a text, and no more pairs are looked at than small groups have."""
    count, original = [0], module.canonical
    size = 2000

    def counted(source: str, name: str) -> object:
        count[0] += 1
        return original(source, name)

    module.canonical = counted  # type: ignore[assignment]
    try:
        found = likeness([{"f": f(f"{i % 4} * x"), "g": g(f"x + {i // 2}")} for i in range(size)], STARTER)
    finally:
        module.canonical = original
    assert count[0] == 4 + size // 2 + 2  # the texts, and the starter of both
    assert len(found.single) == size // 2
    assert len(found.groups) == 0


def test_nobody_shares_nothing() -> None:
    found = likeness([], {})
    assert (found.groups, found.pairs, found.single, found.functions) == ((), (), (), ())
