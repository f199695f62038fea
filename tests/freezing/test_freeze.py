"""Drawing cases: the same for everybody, wide enough to tell right from wrong, and loud where they cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Ref
from grader.confined.wire import decode
from grader.errors import SpecError
from grader.freezing.freeze import _shown, freeze
from grader.judging.cases import to_bytes
from grader.judging.outcomes import arguments_of, expected_value
from grader.judging.values import count_numbers, leaves
from tests import tiny
from tests.authored import ASSIGNMENT, MISTAKES, REFERENCE, sample

# -- what is drawn ---------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_cases() -> None:
    assert to_bytes(freeze(tiny.assignment())) == to_bytes(tiny.cases())


def test_another_seed_draws_other_cases() -> None:
    other = freeze(tiny.assignment(), seed=1)
    mine = {leaf.tobytes() for c in tiny.cases().functions["center"].cases for leaf in arguments_of(c.plan)}
    theirs = {leaf.tobytes() for c in other.functions["center"].cases for leaf in arguments_of(c.plan)}
    assert mine.isdisjoint(theirs)


def test_small_cases_come_first_and_may_be_seen() -> None:
    for function in tiny.cases().functions.values():
        classes = [c.case_class for c in function.cases if c.check == "values"]
        assert classes[:3] == ["small"] * 3
        assert all(c.visible for c in function.cases if c.case_class == "small")


def test_cases_of_properties_may_be_seen_where_a_person_can_read_them_and_some_others_stay_hidden() -> None:
    for spec in tiny.assignment().spec.functions:
        found = tiny.cases().functions[spec.name].cases
        assert all(
            c.visible == (count_numbers(c.plan.questions) <= 80)
            for c in found
            if c.check in {p.name for p in spec.properties}
        )
        general = [c.visible for c in found if c.case_class == "general" and c.check == "values"]
        assert False in general


def test_classes_have_their_number_of_cases_and_their_sizes() -> None:
    found = tiny.cases().functions["center"].cases
    assert [c.case_class for c in found].count("one example") == 2
    assert {arguments_of(c.plan)[0].shape[1] for c in found if c.case_class == "one example"} == {1}


def test_sizes_vary_over_the_cases() -> None:
    shapes = {arguments_of(c.plan)[0].shape for c in tiny.cases().functions["center"].cases}
    assert len(shapes) >= 6


def test_what_a_function_is_called_with_is_known() -> None:
    found = tiny.cases()
    assert found.arities["affine"] == 3
    assert found.functions["affine_backward"].parameters == ("dZ", "cache")


def test_items_that_a_stub_gets_right_are_known() -> None:
    trivial = {name: set(f.trivial) for name, f in tiny.cases().functions.items() if f.trivial}
    assert trivial == {"affine": {"cache"}, "noise": {"b{l}"}, "zeros_like_all": {"vW{l}", "vb{l}"}}


def test_every_alternative_has_its_own_answer() -> None:
    for case in tiny.cases().functions["affine_backward"].cases:
        one, two = (expected_value(case, n) for n in (0, 1))
        m = arguments_of(case.plan)[0].shape[1]
        assert np.allclose(one["dX1"], two["dX1"] * m)


def test_tolerances_are_small_but_not_zero_and_wider_for_a_guard() -> None:
    functions = tiny.cases().functions
    for case in functions["center"].cases:
        assert all(0 < t < 1e-10 for t in case.expected[0].tolerances)
    guarded = [max(c.expected[0].tolerances) for c in functions["mean_square"].cases if c.check == "values"]
    assert all(1e-10 < t < 1e-8 for t in guarded)
    for case in functions["above"].cases:
        assert case.expected[0].tolerances == (0.0,)


def test_a_consumer_has_a_plan_on_the_students_own_values() -> None:
    for case in tiny.cases().functions["affine_backward"].cases:
        assert case.own is not None
        assert [name for name, _ in case.own.steps] == ["affine", "affine_backward"]
        dZ, cache = decode(case.own.steps[1][1], ref=lambda ref: ref)
        assert cache == Ref(0, (1,))
        assert isinstance(dZ, np.ndarray)


def test_own_inputs_are_asked_for_in_the_first_place() -> None:
    for case in tiny.cases().functions["undo"].cases:
        assert case.own is None
        assert [name for name, _ in case.plan.steps] == ["fit", "undo"]


def test_outcomes_of_mistakes_are_kept_where_they_differ() -> None:
    for case in tiny.cases().functions["affine"].cases:
        assert set(case.mistakes) == {"missing-bias", "cache-order"}
    kept = [set(c.mistakes) for c in tiny.cases().functions["mean_square"].cases if c.expected]
    assert {"missing-weight"} in kept


def test_inputs_are_free_of_answers_of_other_functions() -> None:
    for name, function in tiny.cases().functions.items():
        answers = {
            leaf.tobytes()
            for other, f in tiny.cases().functions.items()
            if other != name
            for c in f.cases
            for e in c.expected
            for _, leaf in leaves(decode(e.value))
            if isinstance(leaf, np.ndarray) and np.unique(leaf).size > 3 and leaf.dtype.kind == "f"
        }
        asked = {
            leaf.tobytes()
            for c in function.cases
            for _, leaf in leaves(arguments_of(c.plan))
            if isinstance(leaf, np.ndarray)
        }
        assert asked.isdisjoint(answers)


TWO_PROPERTIES = """Function("twice", points=1, inputs=inputs, properties=(
    Property("zero stays", share=0.1, plan={}, judge=lambda given: None, {}),
    Property("sums stay", share=0.1, plan={}, judge=lambda given: None, {}),
))"""
PLANS = """
from grader.properties import at_usual_sizes

def plan(d):
    return [inputs(d)]

def usual():
    wide = Property("wide", share=0.1, plan=plan, judge=lambda given: None)
    return at_usual_sizes(wide, inputs=inputs, judge=lambda given: None).plan

ASSIGNMENT ="""


@pytest.mark.parametrize(
    ("one", "other", "classes", "different"),
    [
        ("plan", "plan", "classes=(CaseClass('small', count=2), CaseClass('general', count=1))", 3),
        ("usual()", "usual()", "classes=(CaseClass('small', count=2), CaseClass('general', count=1))", 3),
        ("plan", "usual()", "classes=(CaseClass('small', count=2), CaseClass('general', count=1))", 6),
        ("plan", "lambda d: [inputs(d)]", "classes=(CaseClass('small', count=2), CaseClass('general', count=1))", 6),
        ("plan", "plan", "", 6),
    ],
)
def test_properties_with_one_plan_and_classes_are_about_the_same_calls(
    tmp_path: Path, one: str, other: str, classes: str, different: int
) -> None:
    functions = TWO_PROPERTIES.format(one, classes, other, classes)
    text = ASSIGNMENT.format(functions=functions, options="").replace("\nASSIGNMENT =", PLANS)
    cases = freeze(sample(tmp_path, assignment=text)).functions["twice"].cases
    asked = [case for case in cases if case.check != "values"]
    assert len({case.key for case in asked}) == 6
    assert len({case.plan.packed for case in asked}) == different


def test_what_a_reference_prints_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    freeze(sample(tmp_path, reference=REFERENCE.replace("    return", "    print('noise')\n    return")))
    assert capsys.readouterr() == ("", "")


def test_an_ill_conditioned_case_is_dropped_and_counted(tmp_path: Path) -> None:
    reference = "def twice(X):\n    return 1e16 * (X - X.mean()).sum() + X if X.shape[1] == 3 else 2 * X\n"
    found = freeze(sample(tmp_path, reference=reference)).functions["twice"]
    assert found.dropped > 0
    assert found.cases
    assert all(np.isfinite(expected_value(c, 0)).all() for c in found.cases)


# -- what is refused ---------------------------------------------------------------------------------

TWICE = 'Function("twice", points=1, inputs=inputs{})'
EVEN = ', properties=(Property("even", share=0.1, plan=lambda d: [{}], judge=lambda g: {}),)'
STYLE = "import numpy as np\ndef {0}(X):\n    return {1}\nSTYLES = {{'twice': [{0}]}}\n"


def two_mistakes(first: str, second: str, codes: tuple[str, str] = ("one", "two")) -> str:
    return f"""
import numpy as np
from grader.spec import mistake

@mistake({codes[0]!r}, "twice", message="first", hint="hint")
def first(X):
    return {first}

@mistake({codes[1]!r}, "twice", message="second", hint="hint")
def second(X):
    return {second}

"""


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "a reference that raises",
        {"reference": "def twice(X):\n    return 1 / 0"},
        r"sample/twice/values, class 'small': twice raised on an array \(2, 3\): ZeroDivisionError: division by zero "
        r"\(reference/sample.py, line 2: return 1 / 0\)",
    ),
    (
        "a reference that is random",
        {"reference": "import numpy as np\ndef twice(X):\n    return X * np.random.rand()"},
        r"'value' is random: another seed gives another value; name it in random=",
    ),
    (
        "a reference that cannot be read",
        {"reference": "def twice(X):\n    return 2 X"},
        r"the reference reference.sample cannot be loaded: SyntaxError: invalid syntax.*\(.*sample.py, line 2\)",
    ),
    (
        "a reference that needs what is not there",
        {"reference": "import nothing_of_this_name\ndef twice(X):\n    return 2 * X"},
        r"cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_this_name' \(reference/sample.py, line 1",
    ),
    (
        "a pin that nobody draws",
        {"functions": 'Function("twice", points=1, inputs=inputs, classes=cases(wide={"k": 9}))'},
        r"the class 'wide' pins 'k', which its strategy does not draw; it draws: m, n",
    ),
    (
        "names for more items than there are",
        {"functions": 'Function("twice", points=1, inputs=inputs, returns=("Y", "cache"))'},
        r"returns and after name 2 items, the reference gives 1: Y, cache",
    ),
    (
        "an opaque item that is none",
        {"functions": 'Function("twice", points=1, inputs=inputs, opaque="cache")'},
        r"opaque names 'cache', but the items are: value",
    ),
    (
        "an opaque item of one class that is none",
        {"functions": 'Function("twice", points=1, inputs=inputs, classes=CaseClass("all", count=3, opaque="cache"))'},
        r"opaque names 'cache', but the items are: value",
    ),
    (
        "one name for two items",
        {"reference": "def twice(X):\n    return 2 * X, X", "functions": TWICE.format(', returns="Y"')},
        r"returns and after name 1 items, the reference gives 2: Y",
    ),
    (
        "an argument that may change and is none",
        {"functions": TWICE.format(', changes="config"')},
        r"changes names 'config', but the arguments are: X",
    ),
    (
        "a weight of no item",
        {"functions": 'Function("twice", points=1, inputs=inputs, weights={"dW": 2})'},
        r"weights names 'dW', but the items are: value",
    ),
    (
        "a place after the call that is not there",
        {"functions": 'Function("twice", points=1, inputs=inputs, after=["config.v"])'},
        r"after names 'config.v', but there is no argument 'config'; there are: \['X'\]",
    ),
    (
        "a mistake that raises",
        {"mistakes": MISTAKES.replace("X + 0.0", "X + none_such")},
        r"the mistake 'once' \(.*\) raises NameError on every input, where the reference does not",
    ),
    (
        "a mistake that is not collected",
        {
            "mistakes": MISTAKES + "from grader.spec import Mistake\nlost = Mistake(code='a', function='twice', "
            "message='m', hint='h', solution=abs)\n"
        },
        r"'lost' is not collected; write it with the decorator @mistake",
    ),
    ("a reference that is missing", {"reference": "x = 1"}, r"reference.sample has no function 'twice'"),
    (
        "a reference that overwrites",
        {"reference": "def twice(X):\n    X *= 2\n    return X"},
        r"the right solution 'twice' .* fails: the function changed its argument X in place",
    ),
    (
        "a reference that is nothing but rounding",
        {"reference": "def twice(X):\n    return 1e16 * (X - X.mean()).sum() + X"},
        r"of 18 drawn cases 18 have no right value to ask for: value differs by .* on inputs that are moved by a unit",
    ),
    (
        "a class of which no case is left",
        {
            "functions": 'Function("twice", points=1, inputs=inputs, classes=cases(odd={"n": 7}))',
            "reference": "def twice(X):\n    return 2 * X + (1e16 * (X - X.mean()).sum() if len(X) == 7 else 0)",
        },
        r"twice: no case of the class 'odd' of 'values' has a right value to ask for: value differs by",
    ),
    (
        "a strategy that returns no tuple",
        {"functions": 'Function("twice", points=1, inputs=lambda d: d.array(2, 2))'},
        r"the strategy must return a tuple of arguments, found ndarray",
    ),
    (
        "a strategy that raises",
        {"functions": 'Function("twice", points=1, inputs=lambda d: (d.arrray(2, 2),))'},
        r"sample/twice/values/small/0: the strategy raised AttributeError: .*arrray",
    ),
    (
        "a strategy that refuses every draw",
        {"functions": 'Function("twice", points=1, inputs=lambda d: d.reject("never"))'},
        r"sample/twice/values: no case of the class 'small' could be drawn",
    ),
    (
        "an argument that cannot be sent",
        {
            "functions": 'Function("twice", points=1, inputs=lambda d: (d.array(2, 2), object()))',
            "reference": "def twice(X, o):\n    return X",
        },
        r"twice: an argument cannot be sent to the worker: a value of type object cannot be sent",
    ),
    (
        "a planted name that is not declared",
        {"functions": 'Function("twice", points=1, inputs=lambda d: (d.give("step", Code("c")), (d.array(2, 2),))[1])'},
        r"draw.give\('step'\) needs given=\('step',\) in the Function",
    ),
    (
        "public code that is missing",
        {
            "functions": TWICE.format(', given=("step",)').replace(
                "inputs=inputs", 'inputs=lambda d: (d.give("step", Code("c")), inputs(d))[1]'
            )
        },
        r"sample: public.py has no function 'c'",
    ),
    (
        "own inputs without an earlier call",
        {"functions": TWICE.format(", own_inputs=True")},
        r"twice: own_inputs needs a strategy that uses draw.call",
    ),
    (
        "an unknown alternative",
        {"functions": TWICE.format(', alternatives=("x",)')},
        r"reference.sample has no function 'twice__x'",
    ),
    (
        "an unknown guard",
        {"functions": TWICE.format(', guards=("x",)')},
        r"reference.sample has no function 'twice__x'",
    ),
    (
        "a property that the reference breaks",
        {"functions": TWICE.format(EVEN.format("inputs(d)", '"it is odd"'))},
        r"twice: the property 'even' fails for 'twice' \(reference/sample.py, line 4\), which should be right: it is odd",
    ),
    (
        "a property without a call",
        {"functions": TWICE.format(EVEN.format("", "g.reply"))},
        r"twice: the property 'even' fails for 'twice' \(reference/sample.py, line 4\), which should be right: ",
    ),
    (
        "a part of a result that is not there yet",
        {"functions": TWICE.format(EVEN.format("(Ref(4),)", "None"))},
        r"an argument of it is missing: Ref\(4\) is the result of call 5, which is not made before this one",
    ),
    (
        "a part that a result does not have",
        {"functions": TWICE.format(EVEN.format("inputs(d), (Ref(0, ('dW',)),)", "None"))},
        r"an argument of it is missing: the result of call 1 has no part \['dW'\]",
    ),
    (
        "a predicate for an unknown mistake",
        {"functions": TWICE.format(EVEN.format("inputs(d)", 'None, fits={"x": bool}'))},
        r"twice: the property 'even' names 'x', which is no mistake of mistakes.py",
    ),
    (
        "a predicate that is true of anything",
        {"functions": TWICE.format(EVEN.format("inputs(d)", 'None, fits={"once": lambda g: True}')), "mistakes": MISTAKES},
        r"'even' takes the reference for the mistake 'once' in all cases; let 'fits' ask for what only that mistake gives",
    ),
    (
        "a mistake of an unknown function",
        {"mistakes": MISTAKES.replace('"twice"', '"thrice"')},
        r"sample has no function 'thrice' \(did you mean 'twice'\?\); it has: twice",
    ),
    (
        "a catalogue that is kept by hand",
        {"mistakes": MISTAKES + "MISTAKES = (once,)\n"},
        r"mistakes\.py: the decorator @mistake keeps the list MISTAKES; do not set it",
    ),
    (
        "a mistake that is right",
        {"mistakes": MISTAKES.replace("X + 0.0", "2 * X")},
        r"the mistake 'once' \(assignments/sample/mistakes.py, line 5\) passes all checks on the drawn cases; add a class",
    ),
    (
        "two mistakes that cannot be told apart",
        {"mistakes": two_mistakes("X + 1", "1 + X")},
        r"the mistake 'two' \(.*\) is not recognised on .* of 'values' \(findings: \['one'\]\); it gives what 'one' gives",
    ),
    (
        "a mistake of a random function that nothing recognises",
        {
            "functions": TWICE.format(EVEN.format("inputs(d)", "None if (g.reply != g.args[0]).any() else 'equal'"))[:-1]
            + ', random="value", weights={"value": 1})',
            "mistakes": MISTAKES,
        },
        r"'once' .* is not recognised on .* 'even' \(findings: none\); .*: fits={'once': lambda given: ...} of a Property",
    ),
    ("a style of an unknown function", {"styles": "STYLES = {'thrice': [abs]}"}, r"sample has no function 'thrice'"),
    (
        "a style that is wrong",
        {"styles": STYLE.format("style", "2 * X + 1e-5")},
        r"twice: of the style 'style' \(assignments/.*styles.py, line \d\), value differs by 1e-05 from the reference's",
    ),
    (
        "styles that are no tuple",
        {"styles": "STYLES = {'twice': abs}"},
        r"STYLES\['twice'\] is .*expected a tuple of functions",
    ),
    (
        "a judge that says whether it holds",
        {"functions": TWICE.format(EVEN.format("inputs(d)", "True"))},
        r"its judge raised TypeError: it returned True, expected None where the property holds, and else a sentence",
    ),
    (
        "a plan that is one call",
        {"functions": TWICE.format(EVEN.format("0.5", "None"))},
        r"twice: the plan of the property 'even' must return a list of steps, each a Step or the tuple of",
    ),
    (
        "arguments of public code that are no tuple",
        {"functions": 'Function("twice", points=1, inputs=lambda d: (Code("np.random.default_rng", 5),))'},
        r"the strategy raised WireError: Code\('np.random.default_rng', ...\) takes the arguments as a tuple: \(5,\)",
    ),
    (
        "an attribute that is never there",
        {
            "functions": 'Function("Net", points=1, inputs=lambda d: (d.integer(1, 9),), returns=(), '
            'after=("rate", "raet"))',
            "reference": "class Net:\n    def __init__(self, rate):\n        self.rate = rate\n",
        },
        r"Net: after names 'raet', which the reference never leaves behind",
    ),
    (
        "a key that is never there",
        {
            "functions": 'Function("count", points=1, inputs=lambda d: ({"n": d.integer(1, 9)},), returns=(), '
            'changes="config", after=("config.n", "config.m"))',
            "reference": "def count(config):\n    config['n'] += 1\n",
        },
        r"count: after names 'config.m', which the reference never leaves behind",
    ),
    (
        "a function that is spelled otherwise in the reference",
        {"reference": "def twise(X):\n    return 2 * X"},
        r"reference.sample has no function 'twice' \(did you mean 'twise'\?\)",
    ),
    (
        "a style that raises",
        {"styles": STYLE.format("style", "1 / 0")},
        r"style raised on an array \(2, 3\): ZeroDivisionError",
    ),
    (
        "a style of another form",
        {"styles": STYLE.format("style", "(2 * X)[0]")},
        r"twice: of the style 'style' \(assignments/.*styles.py, line \d\), value has another form than the reference's",
    ),
    (
        "a style in single precision",
        {"styles": STYLE.format("style", "np.float32(2 * X)")},
        r"the right solution 'style' \(.*\) fails|value differs by .* in the style 'style' \(",
    ),
    (
        "an answer among the questions of another function",
        {
            "functions": 'Function("twice", points=1, inputs=lambda d: (np.arange(1.0, 9.0),)),'
            ' Function("thrice", points=1, inputs=lambda d: (2 * np.arange(1.0, 9.0),))',
            "reference": REFERENCE + "\ndef thrice(X):\n    return 3 * X\n",
        },
        r"an answer of twice/values/0 occurs among the questions of thrice/values/0",
    ),
    (
        "an answer among the other questions of its function",
        {"functions": 'Function("twice", points=1, inputs=lambda d: (d.choice([1.0, 2.0]) * np.arange(1.0, 9.0),))'},
        r"an answer of twice/values/\d+ occurs among the questions of twice/values/\d+",
    ),
]


@pytest.mark.parametrize(("files", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_freezing_fails_loudly(tmp_path: Path, files: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        freeze(sample(tmp_path, **files))


def test_a_kit_cannot_draw(tmp_path: Path) -> None:
    loaded = sample(tmp_path)
    (tmp_path / "reference" / "sample.py").unlink()
    with pytest.raises(SpecError, match=r"sample has no reference here, so its cases cannot be drawn \(a student kit\?\)"):
        freeze(loaded)


# -- what is allowed ----------------------------------------------------------------------------------


def test_an_attribute_may_be_none_everywhere(tmp_path: Path) -> None:
    functions = (
        'Function("Net", points=1, inputs=lambda d: (d.integer(1, 9),), returns=(), after=("rate", "cache")), '
        'Function("Net.clear", points=1, inputs=lambda d: (d.make("Net", d.integer(1, 9)),), returns=(), '
        'after=("rate", "cache"))'
    )
    net = (
        "class Net:\n    def __init__(self, rate):\n        self.rate, self.cache = rate, None\n"
        "    def clear(self):\n        self.rate, self.cache = self.rate + 1, None\n"
    )
    assert set(freeze(sample(tmp_path, functions, reference=net)).functions) == {"Net", "Net.clear"}


def test_two_mistakes_may_share_a_code_even_when_they_are_one(tmp_path: Path) -> None:
    found = freeze(sample(tmp_path, mistakes=two_mistakes("X + 1", "1 + X", ("one", "one")))).functions["twice"]
    assert {m.code for m in found.mistakes.values()} == {"one"}
    assert len(found.mistakes) == 2


def test_a_style_widens_the_tolerance_by_its_own_rounding_only(tmp_path: Path) -> None:
    plain = freeze(sample(tmp_path / "a")).functions["twice"]
    styled = freeze(sample(tmp_path / "b", styles=STYLE.format("style", "2 * X * (1 + 1e-13)"))).functions["twice"]
    before = max(c.expected[0].tolerances[0] for c in plain.cases)
    after = max(c.expected[0].tolerances[0] for c in styled.cases)
    assert before < after < 1e-10


def test_a_mistake_may_raise_or_give_something_that_no_wire_takes(tmp_path: Path) -> None:
    found = freeze(sample(tmp_path, mistakes=two_mistakes("X[99]", "X + 1"))).functions["twice"]
    assert {case.mistakes["one"] for case in found.cases} == {"IndexError"}


def test_relative_tolerances_are_those_of_the_contract(tmp_path: Path) -> None:
    found = freeze(sample(tmp_path, functions=TWICE.format(", relative=1e-5"))).functions["twice"]
    for case in found.cases:
        assert case.expected[0].tolerances[0] == pytest.approx(1e-5 * np.abs(expected_value(case, 0)).max())


def test_a_function_of_which_nothing_is_judged_is_refused_in_words(tmp_path: Path) -> None:
    loaded = sample(tmp_path, 'Function("twice", points=1, inputs=inputs, random=frozenset({"value"}))')
    words = (
        r"twice: the right solution 'twice' \(reference/sample.py, line 4\) fails: "
        r"nothing is judged that a stub would not get right "
        r"\(skipped: 'inputs'\); add a property or cases"
    )
    with pytest.raises(SpecError, match=words):
        freeze(loaded)


def test_of_a_guard_what_it_may_not_fail_is_told_and_not_what_it_may(tmp_path: Path) -> None:
    functions = (
        'Function("twice", points=1, inputs=inputs, guards=("small",), sets=(CaseSet("large", share=0.2,'
        ' inputs=lambda d: (100 + d.array(2, 2),), classes=(CaseClass("general", count=2),)),),'
        ' properties=(Property("whole", share=0.1, plan=lambda d: [(np.full((2, 2), 50.0),)],'
        ' judge=lambda given: None if given.reply[0, 0] == 100 else "it is not 100"),))'
    )
    guard = "\ndef twice__small(X):\n    return 2 * np.minimum(X, 40)\n"
    with pytest.raises(SpecError, match=r"the right solution 'twice__small' \(.*\) fails: it is not 100"):
        freeze(sample(tmp_path, functions, reference=REFERENCE + guard))


def test_a_draw_that_never_ends_is_stopped_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.freezing.drawing.DRAW_S", 0.2)
    endless = 'Function("twice", points=1, inputs=lambda d: [None for _ in iter(int, 1)])'
    with pytest.raises(
        SpecError, match=r"sample/twice/values/small/0: this takes longer than 0.2 CPU seconds, and was stopped at"
    ):
        freeze(sample(tmp_path, endless))


def test_a_strategy_that_fails_is_asked_once(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    failing = f'Function("twice", points=1, inputs=lambda d: 1 / (open({str(calls)!r}, "a").write("x") - 1))'
    with pytest.raises(SpecError, match=r"sample/twice/values/small/0: the strategy raised ZeroDivisionError"):
        freeze(sample(tmp_path, failing))
    assert calls.read_text() == "x"


# -- in several processes --------------------------------------------------------------------------


@pytest.mark.sandbox
def test_cases_that_are_frozen_in_processes_are_those_that_are_frozen_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.freezing.freeze.threading.active_count", lambda: 1)
    assert to_bytes(freeze(tiny.assignment(), processes=2)) == to_bytes(tiny.cases())


def test_no_process_is_forked_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.freezing.freeze.threading.active_count", lambda: 2)
    assert to_bytes(freeze(tiny.assignment(), processes=2)) == to_bytes(tiny.cases())


@pytest.mark.parametrize(("sizes", "shown"), [((200, 90, 150), [90]), ((500, 401), [])])
def test_a_class_that_would_show_no_case_shows_its_smallest_where_that_can_be_read(sizes: Any, shown: Any) -> None:
    spec = tiny.plain()
    hidden = tiny.hand_made(spec, np.sum, [(np.ones(n),) for n in sizes], visible=False).cases
    assert [count_numbers(case.plan.questions) for case in _shown(hidden) if case.visible] == shown


def test_a_class_that_shows_a_case_already_shows_no_other() -> None:
    shown = tiny.hand_made(tiny.plain(), np.sum, [(np.ones(60),)]).cases
    hidden = tiny.hand_made(tiny.plain(), np.sum, [(np.ones(9),)], visible=False).cases
    assert [case.visible for case in _shown([*shown, *hidden])] == [True, False]
