"""What an author writes: every contradiction is refused with its place and what to write instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.confined.kinds import WireError
from grader.errors import GraderError, HarnessError, SpecError, SubmissionError
from grader.spec import (
    Assignment,
    CaseClass,
    CaseSet,
    Edition,
    Function,
    Given,
    Manual,
    Mistake,
    Property,
    Step,
    cases,
    mistake,
)


def strategy(d: Any) -> tuple[Any, ...]:
    return ()


def holds(given: Given) -> None:
    return None


F = Function("f", points=10, inputs=strategy)


def assignment(*functions: Function, name: str = "tiny", **options: Any) -> Assignment:
    return Assignment(name, title="Title", source="source", functions=functions or (F,), **options)


def prop(name: str, share: float, **options: Any) -> Property:
    return Property(name, share=share, plan=lambda d: [], judge=holds, **options)


def test_one_of_a_collection_may_stand_alone() -> None:
    one, few = prop("p", 0.1), CaseClass("small", count=2)
    function = Function("f", points=1, inputs=strategy, properties=one, classes=few)  # type: ignore[arg-type]
    assert (function.properties, function.classes) == ((one,), (few,))
    assert assignment(manual=Manual("why", points=1)).manual == (Manual("why", points=1),)


BAD: list[tuple[str, Any, str]] = [
    (
        "a name with a space",
        lambda: assignment(name="a b"),
        "the name must be a Python identifier, since it names a folder",
    ),
    ("an empty name", lambda: assignment(name=""), "the name must be a Python identifier"),
    ("a path as a name", lambda: assignment(name="../x"), "the name must be a Python identifier"),
    (
        "no functions",
        lambda: Assignment("a", title="", source="", functions=()),
        "'functions' is empty; name at least one graded function",
    ),
    ("a function twice", lambda: assignment(F, F), "'f' is listed twice"),
    ("a question of a function's name", lambda: assignment(manual=(Manual("f", points=1),)), "'f' is listed twice"),
    ("a function's name", lambda: assignment(replace(F, name="f()")), "the name must be a Python identifier"),
    ("no points", lambda: assignment(replace(F, points=0)), "points must be positive, found 0"),
    ("negative points", lambda: assignment(replace(F, points=-1)), "points must be positive, found -1"),
    (
        "points that are no number",
        lambda: assignment(replace(F, points=float("nan"))),
        "points must be positive, found nan",
    ),
    ("no classes", lambda: assignment(replace(F, classes=())), "'classes' is empty; use cases()"),
    (
        "shares beyond one",
        lambda: assignment(replace(F, properties=(prop("a", 0.6), prop("b", 0.6)))),
        r"the shares of properties and sets must lie in \[0, 1\], found \[0.6, 0.6\]",
    ),
    (
        "classes that carry more than a check",
        lambda: assignment(replace(F, classes=[CaseClass(name, count=1, share=0.5) for name in ("flat", "far")])),
        r"the classes of 'values' may carry 0.9 of it together, found 'flat' 0.5, 'far' 0.5",
    ),
    (
        "a negative share",
        lambda: assignment(replace(F, sets=(CaseSet("a", share=-0.1, inputs=strategy),))),
        r"the shares of properties and sets must lie in \[0, 1\], found \[-0.1\]",
    ),
    (
        "shares that leave nothing",
        lambda: assignment(replace(F, properties=(prop("a", 0.98),))),
        r"the shares \[0.98\] and inputs_share 0.05 leave nothing for values",
    ),
    (
        "two checks of one name",
        lambda: assignment(replace(F, properties=(prop("a", 0.1),), sets=(CaseSet("a", share=0.1, inputs=strategy),))),
        "two checks are called 'a'; every property and set needs a name of its own",
    ),
    (
        "a check with a name of the harness",
        lambda: assignment(replace(F, sets=(CaseSet("values", share=0.1, inputs=strategy),))),
        "two checks are called 'values'",
    ),
    (
        "a property that carries nothing",
        lambda: assignment(replace(F, properties=(prop("a", 0.1, carries=True),))),
        "carries, which needs a graded function before it",
    ),
    (
        "a large share of the inputs",
        lambda: assignment(replace(F, inputs_share=0.2)),
        "inputs_share must lie in .*, found 0.2",
    ),
    ("a wide tolerance", lambda: assignment(replace(F, relative=0.1)), r"relative must lie in \[0, 1e-3\], found 0.1"),
    (
        "an unknown helper",
        lambda: assignment(replace(F, helpers=("g",)), provided_helpers={"relu": "reference.tiny.relu"}),
        r"helper 'g' is neither graded nor in provided_helpers \(f, relu\)",
    ),
    (
        "a helper of itself",
        lambda: assignment(replace(F, helpers=("f",))),
        "'f' is built on 'f', which must stand before it",
    ),
    (
        "a helper that comes later",
        lambda: assignment(replace(F, helpers=("g",)), replace(F, name="g")),
        "'f' is built on 'g', which must stand before it",
    ),
    (
        "an edition in which nothing is right",
        lambda: assignment(editions=(Edition("a sum", told_by=("sum",), alternative="sum"),)),
        "no function of the convention 'edition' has the alternative 'sum'",
    ),
    (
        "an edition with another name for no function",
        lambda: assignment(editions=(Edition("a sum", told_by=("sum",), refused="not graded", names={"total": "cost"}),)),
        "the edition 'a sum' names 'cost', which is no graded function",
    ),
]


@pytest.mark.parametrize(("build", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_contradiction_is_refused_with_its_place(build: Any, words: str) -> None:
    with pytest.raises(SpecError, match=f"assignment .*{words}"):
        build()


def test_random_items_may_leave_everything_to_a_property() -> None:
    built = assignment(replace(F, random=frozenset({"value"}), properties=(prop("a", 1.0),)))
    assert built.points == 10


def test_an_unknown_function_is_answered_with_the_known_ones() -> None:
    built = assignment(F, replace(F, name="g"))
    assert built.function("g").name == "g"
    with pytest.raises(SpecError, match="tiny has no function 'h'; it has: f, g"):
        built.function("h")


def test_ancestors_are_all_helpers_below_nearest_first_and_each_once() -> None:
    low, middle, other = (replace(F, name=name) for name in ("low", "middle", "other"))
    built = assignment(
        low,
        replace(other, helpers=("low",)),
        replace(middle, helpers=("low", "relu")),
        replace(F, helpers=("middle", "other")),
        provided_helpers={"relu": "reference.tiny.relu"},
    )
    assert built.ancestors("f") == ("middle", "other", "low", "relu")
    assert built.ancestors("low") == ()
    assert built.ancestors("unknown") == ()


def test_a_function_may_be_built_on_all_that_stand_before_it() -> None:
    built = assignment(F, replace(F, name="g"), replace(F, name="h"))
    assert [built.before(name) for name in "fgh"] == [(), ("f",), ("f", "g")]


def test_the_reference_is_named_after_the_assignment_unless_it_is_given() -> None:
    assert assignment().reference_module == "reference.tiny"
    assert assignment(reference="reference.other").reference_module == "reference.other"


def test_the_usual_classes_come_small_ones_first() -> None:
    found = cases(one_example={"m": 1}, kink={}, small=2, general=3, each=4)
    assert found == (
        CaseClass("small", count=2),
        CaseClass("general", count=3),
        CaseClass("one example", count=4, sizes={"m": 1}),
        CaseClass("kink", count=4, sizes={}),
    )


def catalogue_of(text: str) -> list[Mistake]:
    """The mistakes of an author's file with this text."""
    space: dict[str, Any] = {}
    exec("from grader.spec import mistake\n" + text, space)
    found: list[Mistake] = space["MISTAKES"]
    return found


def test_decorated_solutions_stand_in_the_catalogue_of_their_file_in_order_of_definition() -> None:
    found = catalogue_of("""
@mistake("opposite", "f", message="the sign is opposite", hint="Which way?", severity="slip")
def _(x):
    return -x

for factor in (2, 3):
    mistake("scaled", "f", message=f"{factor} times too much", hint="How much?")(lambda x, by=factor: by * x)
""")
    assert [(m.code, m.message, m.severity, m.solution(2.0)) for m in found] == [
        ("opposite", "the sign is opposite", "slip", -2.0),
        ("scaled", "2 times too much", None, 4.0),
        ("scaled", "3 times too much", None, 6.0),
    ]
    assert {(m.function, m.hint) for m in found} == {("f", "Which way?"), ("f", "How much?")}


def test_one_solution_may_be_a_mistake_of_two_functions_and_stays_a_function() -> None:
    found = catalogue_of("""
@mistake("second", "g", message="wrong", hint="look")
@mistake("first", "f", message="wrong", hint="look")
def same(x):
    return x

assert same(1) == 1
""")
    assert [(m.code, m.function) for m in found] == [("first", "f"), ("second", "g")]


def test_a_mistake_of_unknown_severity_is_refused() -> None:
    with pytest.raises(SpecError, match="'code': severity must be one of 'slip', 'fault', 'grave', found 'mild'"):
        mistake("code", "f", message="message", hint="hint", severity="mild")  # type: ignore[arg-type]


def test_a_judge_finds_the_last_reply_first() -> None:
    given = Given(args=(1,), steps=(Step("f", (1,)),), replies=(2, 3), facts={})
    assert given.reply == 3


def test_functions_are_told_apart_by_identity() -> None:
    assert replace(F) != F
    assert len({F, replace(F)}) == 2


def test_the_families_of_errors_are_apart() -> None:
    for family in (SpecError, SubmissionError, GraderError):
        assert issubclass(family, HarnessError)
        assert not any(issubclass(family, other) for other in (SpecError, SubmissionError, GraderError) if other != family)
    assert not issubclass(WireError, HarnessError)  # the confined side knows none of these
