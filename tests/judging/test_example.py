"""The counterexample: the first failing case that may be shown, as data, with code that repeats it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Code, Opaque, Ref, Yielded
from grader.confined.wire import Encoded, encode
from grader.judging.cases import SAID, Case, FunctionCases
from grader.judging.checks import verdict_of
from grader.judging.example import as_json, counterexample_of, snippet
from grader.judging.judge import FunctionJudge
from grader.judging.outcomes import Outcomes
from grader.sandbox.runner import Plan, Raised, Returned, Stopped
from grader.spec import Objection, Property
from tests import tiny
from tests.tiny import graded_function, hand_made, outcomes_of, plain

# -- values as data --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2.5, 2.5),
        ("text", "text"),
        (np.float64(2.5), 2.5),
        (np.int32(3), 3),
        (np.bool_(True), True),
        (float("nan"), {"float": "nan"}),
        (np.float32("-inf"), {"float": "-inf"}),
        (1 + 2j, {"complex": [1.0, 2.0]}),
        (complex(float("inf"), 0), {"complex": ["inf", 0.0]}),
        (np.array([[1, 2]]), {"array": [[1, 2]], "dtype": "int64", "shape": [1, 2]}),
        (np.array([1.0, np.nan, np.inf]), {"array": [1.0, "nan", "inf"], "dtype": "float64", "shape": [3]}),
        (np.array(2.0), {"array": 2.0, "dtype": "float64", "shape": []}),
        (np.array([True]), {"array": [True], "dtype": "bool", "shape": [1]}),
        (np.zeros((0, 3)), {"array": [], "dtype": "float64", "shape": [0, 3]}),
        (np.zeros((20, 20)), {"opaque": "array of shape (20, 20), float64"}),
        (np.array([1j]), {"array": ["0+1j"], "dtype": "complex128", "shape": [1]}),
        ((1, [2]), {"tuple": [1, {"list": [2]}]}),
        (Yielded([2]), {"iterator": [2]}),
        ({"a": 1, 2: None}, {"dict": [["a", 1], [2, None]]}),
        ({"b", "a"}, {"set": ["a", "b"]}),
        (Opaque(3, "Model"), {"opaque": "Model"}),
        (Code("parabola", (1,)), {"function": "parabola(1)"}),
        (Code("Paper"), {"function": "Paper()"}),
        ((1, Code("wave", (Code("cubic", (2.5,)),))), {"tuple": [1, {"function": "wave(cubic(2.5))"}]}),
        (Code("weights", (np.ones((9, 9)),)), {"function": "weights(...)"}),
        (Code("np.random.default_rng", (1,)), {"function": "np.random.default_rng(1)"}),
        (Ref(0), {"result": "the result of call 1"}),
        (Ref(1, (1, "a")), {"result": "[1]['a'] of the result of call 2"}),
        ((1, Ref(0)), {"tuple": [1, {"result": "the result of call 1"}]}),
        (object(), {"opaque": "object"}),
    ],
)
def test_every_value_has_a_form_as_plain_data(value: object, data: object) -> None:
    assert as_json(value) == data
    assert json.loads(json.dumps(as_json(value), allow_nan=False)) == data


# -- which case, and what of it ----------------------------------------------------------------


def counterexample(
    cases: FunctionCases, outcomes: Outcomes, **options: Any
) -> tuple[Mapping[str, Any] | None, FunctionCases]:
    judge = FunctionJudge(plain(**options), cases)
    return counterexample_of(judge, outcomes, verdict_of(judge, outcomes)), cases


def scaled(x: Any, factor: Any) -> Any:
    return factor * x


ARGS = [(np.array([1.0, 2.0]), 2.0), (np.array([3.0, 5.0]), 4.0)]


def test_it_shows_arguments_expected_and_got_at_the_place_in_question() -> None:
    cases = hand_made(plain(), scaled, ARGS)
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: np.array([factor * x[0], 0.0])))
    assert found is not None
    assert found["case"] == "f/values/0"
    assert found["class"] == "general"
    assert (found["item"], found["where"]) == ("value", "value[1]")
    assert found["arguments"] == [
        {"name": "x", "value": {"array": [1.0, 2.0], "dtype": "float64", "shape": [2]}},
        {"name": "factor", "value": 2.0},
    ]
    assert found["expected"] == {"array": [2.0, 4.0], "dtype": "float64", "shape": [2]}
    assert found["got"] == {"array": [2.0, 0.0], "dtype": "float64", "shape": [2]}
    assert found["message"].startswith("value[1] is 0, expected 4; 1 of 2 elements of value are wrong")
    assert found["output"] == ""


def test_the_sentence_and_the_example_are_of_the_case_that_is_read_fastest() -> None:
    cases = hand_made(plain(), scaled, [(np.array([1.25, 2.375, 3.125]), 0.5), (np.array([3.0, 5.0]), 4.0)])
    outcomes = outcomes_of(cases, lambda x, factor: x)
    judge = FunctionJudge(plain(), cases)
    verdict = verdict_of(judge, outcomes)
    found = counterexample_of(judge, outcomes, verdict)
    assert found is not None
    assert found["case"] == "f/values/1"
    told = next(check.message for check in verdict.checks if check.status == "failed")
    assert (
        found["message"]
        == told
        == "value[0] is 3, expected 12; 2 of 2 elements of value are wrong " + told.split("wrong ")[1]
    )


def test_where_the_form_is_wrong_the_example_is_of_the_wrong_form() -> None:
    cases = hand_made(plain(), scaled, [(np.array([1.25, 2.375, 3.125]), 0.5), (np.array([3.0, 5.0]), 4.0)])
    judge = FunctionJudge(plain(), cases)
    outcomes = outcomes_of(cases, lambda x, factor: x if factor > 1 else x[:1])
    found = counterexample_of(judge, outcomes, verdict_of(judge, outcomes))
    assert found is not None
    assert (found["case"], found["message"]) == ("f/values/0", "value has shape (1,), expected (3,)")


def test_of_several_calls_those_are_shown_that_the_sentence_is_about() -> None:
    prop = Property(
        "holds", share=0.5, plan=lambda d: [], judge=lambda given: Objection("the second one is odd", steps=(1,))
    )
    spec = plain(properties=(prop,))
    cases = hand_made(spec, scaled, ARGS)
    calls = tuple(("f", encode((float(n), 2.0))) for n in range(3))
    case = Case("f/holds/0", "holds", "general", True, Plan("f", 0, calls))
    cases = replace(cases, cases=(*cases.cases, case))
    outcomes = {**outcomes_of(cases, scaled), case.key: tuple(Returned(encode(n * 2.0)) for n in range(3))}
    judge = FunctionJudge(spec, cases)
    found = counterexample_of(judge, outcomes, verdict_of(judge, outcomes))
    assert found is not None
    assert found["message"] == "the second one is odd"
    assert found["arguments"] == [{"name": "x", "value": 1.0}, {"name": "factor", "value": 2.0}]
    assert found["got"] == 2.0
    assert "x = 1.0" in found["snippet"] and "x = 2.0" not in found["snippet"]


def test_of_many_calls_the_one_that_gave_none_is_shown() -> None:
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: str(sum(given.replies)))
    spec = plain(properties=(prop,))
    cases = hand_made(spec, scaled, ARGS)
    calls = tuple(("f", encode((float(n), 2.0))) for n in range(3))
    case = Case("f/holds/0", "holds", "general", True, Plan("f", 0, calls))
    cases = replace(cases, cases=(*cases.cases, case))
    outcomes = {**outcomes_of(cases, scaled), case.key: tuple(Returned(encode(reply)) for reply in (0.0, None, 4.0))}
    judge = FunctionJudge(spec, cases)
    found = counterexample_of(judge, outcomes, verdict_of(judge, outcomes))
    assert found is not None
    assert found["message"] == "f returned None, where the exercise asks for a result"
    assert found["arguments"] == [{"name": "x", "value": 1.0}, {"name": "factor", "value": 2.0}]
    assert found["got"] is None


def test_nothing_of_an_opaque_item_is_shown() -> None:
    """It is the reference's own business, and holds what the exercise asks for in between."""
    options: dict[str, Any] = {"returns": ("value", "cache"), "opaque": "cache"}
    cases = hand_made(plain(**options), lambda x, factor: (factor * x, {"step": x + 0.25}), ARGS)
    for wrong in (None, (1.0, 2.0, 3.0), (np.zeros(2), None)):
        found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor, wrong=wrong: wrong), **options)
        assert found is not None
        assert "1.25" not in json.dumps(found)
        if wrong is None:
            private = {"result": "whatever your own code needs; it is not compared"}
            assert found["expected"]["tuple"] == [as_json(np.array([2.0, 4.0])), private]


def test_nothing_of_an_opaque_entry_of_a_dictionary_is_shown() -> None:
    cases = hand_made(plain(opaque="cache"), lambda x, factor: {"Z": factor, "cache": x + 0.25}, ARGS)
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: None), opaque="cache")
    assert found is not None
    assert "1.25" not in json.dumps(found)
    assert found["expected"]["dict"][0] == ["Z", 2.0]


def test_what_stands_in_the_place_of_a_helper_is_shown_with_its_arguments_where_they_are_few() -> None:
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: "it is odd")
    spec = plain(properties=(prop,))
    cases = hand_made(spec, scaled, ARGS)
    given = (("slope", encode(Code("line", (2.0, 0.5)))), ("start", encode(Code("weights", (np.ones((9, 9)),)))))
    case = Case("f/holds/0", "holds", "general", True, Plan("f", 0, (("f", encode((1.0, 2.0))),), given=given))
    cases = replace(cases, cases=(*cases.cases, case))
    judge = FunctionJudge(spec, cases)
    outcomes = {**outcomes_of(cases, scaled), case.key: (Returned(encode(2.0)),)}
    found = counterexample_of(judge, outcomes, verdict_of(judge, outcomes))
    assert found is not None
    assert found["arguments"][2:] == [
        {"name": "for this call, in place of your own, slope", "value": {"function": "line(2.0, 0.5)"}},
        {"name": "for this call, in place of your own, start", "value": {"function": "weights(...)"}},
    ]


PUBLIC_CODE = '''
def line(factor, shift):
    """Make a function.

    Gives: {factor} * x + {shift}
    """

def weights(parameters):
    """Gives: {parameters}"""

def power(*coefficients):
    """Gives: {coefficients}[k] * x**k"""
'''


def test_what_is_planted_is_told_by_what_it_gives() -> None:
    """Whoever reads the example can compute with it, and reads nothing twice."""
    W = np.ones((9, 9))
    given = [("slope", Code("line", (np.float64(2.0), -0.5))), ("start_a", Code("weights", (W,)))]
    given += [("start_b", Code("weights", (W,))), ("other", Code("made", (1.0,)))]
    (case,) = hand_made(plain(), scaled, [(1.0, 2.0)]).cases
    plan = Plan("f", 0, (("f", encode((Code("power", (1, 0.5)), 2.0))),), given=tuple((n, encode(c)) for n, c in given))
    cases = replace(hand_made(plain(), scaled, [(1.0, 2.0)]), cases=(replace(case, plan=plan),))
    judge, outcomes = FunctionJudge(plain(), cases), {case.key: (Returned(encode(0.0)),)}
    names = {"slope": ("x",)}
    verdict = verdict_of(judge, outcomes)
    found = counterexample_of(judge, outcomes, verdict, parameters=names, public=PUBLIC_CODE)
    assert found is not None
    assert found["arguments"][0]["value"] == {"result": "[1, 0.5][k] * x**k"}
    assert found["arguments"][2:] == [
        {"name": "for this call, in place of your own, slope(x)", "value": {"result": "2 * x - 0.5"}},
        {"name": "for this call, in place of your own, start_a and start_b", "value": as_json(W)},
        {"name": "for this call, in place of your own, other", "value": {"function": "made(1.0)"}},
    ]


def test_the_planted_function_that_an_argument_names_comes_first() -> None:
    given = tuple((f"start_{word}", encode(Code("made", (word,)))) for word in ("zeros", "he"))
    plan = Plan("f", 0, (("f", encode((1.0, "he"))),), given=given)
    (case,) = (whole := hand_made(plain(), lambda x, kind: x, [(1.0, "he")])).cases
    cases = replace(whole, cases=(replace(case, plan=plan),))
    found, _ = counterexample(cases, {case.key: (Returned(encode(0.0)),)})
    assert found is not None
    assert [a["name"].split()[-1] for a in found["arguments"][2:]] == ["start_he", "start_zeros"]


def test_a_call_that_hands_nothing_on_is_named_and_no_more() -> None:
    steps = (("g", encode((3.0,))), ("g", encode((4.0,))), ("f", encode((Ref(0), 2.0))))
    (case,) = (whole := hand_made(plain(), scaled, [(7.0, 2.0)])).cases
    cases = replace(whole, cases=(replace(case, plan=Plan("f", 0, steps)),))
    found, _ = counterexample(cases, {case.key: (Returned(encode(7.0)), Returned(encode(8.0)), Returned(encode(0.0)))})
    assert found is not None
    assert found["arguments"][1] == {
        "name": "call 2, g",
        "value": {"result": "one more call, of which nothing is handed on"},
    }
    assert [a["name"] for a in found["arguments"]] == [
        "call 1, g: argument 1",
        "call 2, g",
        "call 3, f: x",
        "call 3, f: factor",
    ]
    assert "4.0" in found["snippet"]  # it is made there all the same: the function may keep something


def test_parts_of_a_tuple_have_the_names_of_the_exercise_where_there_are_as_many() -> None:
    options: dict[str, Any] = {"returns": ("out", "cache"), "labels": {"x": ("Z", "A"), "cache": ("Z", "A")}}
    cases = hand_made(plain(**options), lambda x, factor: (1.0, x), [((1.0, 2.0), 2.0)])
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: (1.0,)), **options)
    assert found is not None
    named = {"tuple": [1.0, 2.0], "names": ["Z", "A"]}
    assert found["arguments"][0]["value"] == named
    assert found["expected"] == {"tuple": [1.0, named], "names": ["out", "cache"]}
    assert found["got"] == {"tuple": [1.0]}
    cases = hand_made(plain(**options), lambda x, factor: (1.0, x), [((1.0,), 2.0)])
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: None), **options)
    assert found is not None and found["arguments"][0]["value"] == {"tuple": [1.0]}


def test_what_is_said_of_a_case_stands_in_its_example() -> None:
    (case,) = (whole := hand_made(plain(), scaled, [(7.0, 2.0)])).cases
    cases = replace(whole, cases=(replace(case, facts=encode({SAID: "The factor is wrong on purpose."})),))
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: 0.0))
    assert found is not None and found["note"] == "The factor is wrong on purpose."
    hidden = replace(cases, cases=tuple(replace(one, visible=False) for one in cases.cases))
    assert counterexample(hidden, outcomes_of(hidden, lambda x, factor: 0.0))[0] is None


def test_the_sentences_of_all_checks_speak_of_the_case_of_the_example_where_they_can() -> None:
    def reference(x: Any) -> Any:
        return {"dW1": 2 * x, "db1": x}

    cases = hand_made(plain("grads"), reference, [(np.full(5, 3.0),), (np.full(2, 4.0),)])
    outcomes = outcomes_of(cases, lambda x: {"dW1": x if x.size == 5 else 2 * x, "db1": 0 * x})
    judge = FunctionJudge(plain("grads"), cases)
    told = {failure.item: failure.case.key for failure in verdict_of(judge, outcomes).told}
    assert told == {"dW{l}": "f/values/0", "db{l}": "f/values/0"}  # the other case has fewer numbers


def test_thousands_of_numbers_are_not_shown() -> None:
    prop = Property("holds", share=0.5, plan=lambda d: [], judge=lambda given: "they are odd")
    spec = plain(properties=(prop,))
    cases = hand_made(spec, scaled, ARGS)
    case = Case("f/holds/0", "holds", "general", True, Plan("f", 0, (("f", encode((1.0, 2.0))),)))
    cases = replace(cases, cases=(*cases.cases, case))
    outcomes = {
        **outcomes_of(cases, scaled),
        case.key: (Returned(encode({"W1": np.ones((20, 20)), "b1": np.ones((20, 1))})),),
    }
    judge = FunctionJudge(spec, cases)
    found = counterexample_of(judge, outcomes, verdict_of(judge, outcomes))
    assert found is not None
    assert found["got"] == {"result": "a dictionary with 420 numbers, too many to be shown"}


def test_the_first_case_that_may_be_shown_is_taken() -> None:
    cases = hand_made(plain(), scaled, ARGS)
    hidden = replace(cases, cases=(replace(cases.cases[0], visible=False), cases.cases[1]))
    found, _ = counterexample(hidden, outcomes_of(hidden, lambda x, factor: x))
    assert found is not None
    assert found["case"] == "f/values/1"


def test_hidden_cases_give_none() -> None:
    cases = hand_made(plain(), scaled, ARGS, visible=False)
    assert counterexample(cases, outcomes_of(cases, lambda x, factor: x))[0] is None


def test_only_the_wrong_part_of_a_result_is_shown() -> None:
    def reference(x: Any) -> Any:
        return {"dW1": 2 * x, "db1": x}

    cases = hand_made(plain("grads"), reference, [(np.ones((1, 2)),)])
    found, _ = counterexample(cases, outcomes_of(cases, lambda x: {"dW1": x, "db1": x}), returns="grads")
    assert found is not None
    assert (found["item"], found["where"]) == ("dW{l}", "dW1[0, 0]")
    assert found["expected"]["array"] == [[2.0, 2.0]]
    assert found["got"]["array"] == [[1.0, 1.0]]


def test_a_result_of_too_many_parts_is_called_by_no_part_of_it() -> None:
    cases = hand_made(plain(("v", "s")), lambda x: (x, 2 * x), [(np.ones(2),)])
    found, _ = counterexample(cases, outcomes_of(cases, lambda x: (x, 2 * x, x)), returns=("v", "s"))
    assert (found["part"], found["where"]) == ("the result", "the result")
    assert (len(found["expected"]["tuple"]), len(found["got"]["tuple"])) == (2, 3)


def test_a_missing_part_is_not_shown_as_none() -> None:
    cases = hand_made(plain("grads"), lambda x: {"dW1": x}, [(1.0,)])
    found, _ = counterexample(cases, outcomes_of(cases, lambda x: {}), returns="grads")
    assert found is not None
    assert (found["expected"], found["got"]) == (
        1.0,
        {"error": "nothing: there is no key 'dW1'", "message": "", "origin": None},
    )
    found, _ = counterexample(cases, outcomes_of(cases, lambda x: {"dW1": None}), returns="grads")
    assert found is not None and found["got"] is None


def test_an_exception_is_shown_with_its_place_and_what_was_printed_before() -> None:
    cases = hand_made(plain(), scaled, ARGS[:1])
    raised = Raised("ValueError", "shapes differ", "cell 3, line 2", "A = 1\n")
    found, _ = counterexample(cases, {"f/values/0": (raised,)})
    assert found is not None
    assert found["got"] == {"error": "ValueError", "message": "shapes differ", "origin": "cell 3, line 2"}
    assert found["output"] == "A = 1\n"
    assert found["item"] == "runs"
    assert found["expected"] is None  # nothing to compare an exception with


def test_a_random_result_is_not_shown_as_what_is_expected() -> None:
    report = graded_function("noise", "def noise(n, m):\n    return None")
    assert report.counterexample is not None
    assert (report.counterexample["expected"], report.counterexample["got"]) == (None, None)
    wrong_biases = graded_function("noise", "def noise(n, m):\n    return {'W1': np.ones((n, m)), 'b1': np.ones((n, 1))}")
    assert wrong_biases.counterexample is not None
    assert wrong_biases.counterexample["item"] == "b{l}"
    assert set(map(tuple, wrong_biases.counterexample["expected"]["array"])) == {(0.0,)}


@pytest.mark.parametrize("outcome", [Stopped("timeout", "x"), Returned(Encoded(b"?", b""))])
def test_where_there_is_no_value_nothing_is_shown(outcome: Any) -> None:
    cases = hand_made(plain(), scaled, ARGS[:1])
    found, _ = counterexample(cases, {"f/values/0": (outcome,)})
    assert found is not None
    assert found["got"] is None


def test_the_call_that_did_not_come_back_is_shown_and_not_one_that_was_not_run() -> None:
    cases = hand_made(plain(), lambda x: x, [(np.ones(9),), (1.0,)])
    outcomes: dict[str, Any] = {"f/values/0": (Stopped("timeout", "2 s"),), "f/values/1": (Stopped("not-run"),)}
    found, _ = counterexample(cases, outcomes)
    assert found is not None
    assert found["case"] == "f/values/0"
    assert found["message"] == "f did not finish: 2 s. Is there a loop that never ends, or that makes too many turns?"
    cases = replace(cases, cases=(replace(cases.cases[0], visible=False), cases.cases[1]))
    assert counterexample(cases, outcomes)[0] is None


def test_arguments_beyond_the_known_names_are_numbered() -> None:
    cases = replace(hand_made(plain(), scaled, ARGS[:1]), parameters=("x",))
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: x))
    assert found is not None
    assert [a["name"] for a in found["arguments"]] == ["x", "argument 2"]


# -- code that repeats the call -----------------------------------------------------------------


def repeated(found: Mapping[str, Any], **functions: Any) -> dict[str, Any]:
    """What the snippet leaves behind when it is pasted beside some functions."""
    space: dict[str, Any] = {**functions, "print": lambda *args: None}
    exec(found["snippet"], space)
    return space


def test_the_snippet_repeats_the_call_with_the_very_arguments() -> None:
    seen: list[tuple[Any, ...]] = []

    def reference(*args: Any) -> Any:
        return 1.0

    args = (
        np.array([[1.5, np.nan], [np.inf, -np.inf]]),
        {"W1": np.ones((2, 1)), "n": 3},
        [np.array([True]), np.array([1, 2], np.int8)],
        (np.float64(0.1),),
        np.zeros((0, 2)),
        "relu",
        None,
        (1, 2),
    )
    cases = hand_made(plain(), reference, [args])
    found, _ = counterexample(cases, outcomes_of(cases, lambda *args: 2.0))
    assert found is not None

    def student(*given: Any) -> float:
        seen.append(given)
        return 2.0

    assert repeated(found, f=student)["result_0"] == 2.0
    assert encode(seen[0]) == encode((*args[:3], (0.1,), *args[4:]))


def test_an_attribute_that_is_set_is_told_by_its_name() -> None:
    steps = (("Net", encode((2.0,))), ("Net.rate=", encode((Ref(0), 0.5))), ("f", encode((Ref(0), 3.0))))
    cases = hand_made(plain(), scaled, [(7.0, 2.0)])
    (case,) = cases.cases
    cases = replace(cases, cases=(replace(case, plan=Plan("f", 0, steps)),))
    outcomes = {case.key: (Returned(encode(1.0)), Returned(encode(None)), Returned(encode(0.0)))}
    found, _ = counterexample(cases, outcomes)
    assert found is not None
    assert [argument["name"] for argument in found["arguments"]] == [
        "call 1, Net: argument 1",
        "call 2, Net.rate",
        "call 3, f: x",
        "call 3, f: factor",
    ]
    assert found["arguments"][1]["value"] == 0.5


def test_the_snippet_does_with_an_object_what_the_steps_did() -> None:
    made = encode((Ref(0),))
    steps = (("Net", encode((2.0,))), ("Net.step", encode((Ref(0), 0.5))), ("Net.rate", made), ("Net.twice", made))
    cases = hand_made(plain(), scaled, [(7.0, 2.0)])
    (case,) = cases.cases
    cases = replace(cases, cases=(replace(case, plan=Plan("f", 0, steps)),))
    found, _ = counterexample(cases, {case.key: (Returned(encode(1.0)),) * 4})

    class Net:
        def __init__(self, rate: float) -> None:
            self.rate = rate

        def step(self, x: float) -> float:
            return self.rate * x

        def twice(self) -> float:
            return 2 * self.rate

    assert found is not None
    space = repeated(found, Net=Net)
    assert [space[f"result_{number}"] for number in (1, 2, 3)] == [1.0, 2.0, 4.0]


def test_the_snippet_of_several_calls_hands_results_on() -> None:
    plan = Plan("f", 0, (("g", encode((3.0,))), ("f", encode((Ref(0, (1, "a")), 2.0)))))
    cases = hand_made(plain(), scaled, [(7.0, 2.0)])
    (case,) = cases.cases
    cases = replace(cases, cases=(replace(case, plan=plan),))
    outcomes = {case.key: (Returned(encode((1.0, {"a": 7.0}))), Returned(encode(0.0)))}
    found, _ = counterexample(cases, outcomes)
    assert found is not None
    space = repeated(found, g=lambda x: (x, {"a": 7.0}), f=scaled)
    assert space["result_1"] == 14.0
    assert found["arguments"] == [
        {"name": "call 1, g: argument 1", "value": 3.0},
        {"name": "call 2, f: x", "value": {"result": "[1]['a'] of the result of call 1"}},
        {"name": "call 2, f: factor", "value": 2.0},
    ]


def test_a_case_on_the_students_own_values_shows_its_own_plan() -> None:
    cases = hand_made(plain(), scaled, [(7.0, 2.0)])
    (case,) = cases.cases
    own = Plan("f", 0, (("g", encode((3.0,))), ("f", encode((Ref(0), 2.0)))))
    cases = replace(cases, cases=(replace(case, own=own),))
    found, _ = counterexample(cases, {case.key: (Returned(encode(7.0)), Returned(encode(0.0)))})
    assert found is not None
    assert [a["value"] for a in found["arguments"]] == [3.0, {"result": "the result of call 1"}, 2.0]


def test_functions_as_arguments_and_planted_helpers_are_part_of_the_snippet() -> None:
    source = "def slope(f, x):\n    return f(x) + step()"
    report = graded_function("slope", source)
    assert report.counterexample is not None
    assert report.counterexample["arguments"][0]["value"] == {"function": "parabola(1.0)"}
    student: dict[str, Any] = {"step": "the student's own"}
    exec(source, student)
    exec(report.counterexample["snippet"], student)
    assert student["result_0"] == report.counterexample["got"]
    assert student["step"] == "the student's own"  # put back, also where the call raises


def test_a_planted_helper_is_put_back_after_an_exception() -> None:
    report = graded_function("slope", "def slope(f, x):\n    return 1 / 0")
    assert report.counterexample is not None
    student: dict[str, Any] = {"step": "the student's own"}
    exec("def slope(f, x):\n    return 1 / 0", student)
    with pytest.raises(ZeroDivisionError):
        exec(report.counterexample["snippet"], student)
    assert student["step"] == "the student's own"


def test_of_the_public_code_only_what_is_used_is_part_of_the_snippet() -> None:
    public = "import math\nimport numpy as np\nA = 2\n\ndef f(x):\n    return math.pi * A * x\n\ndef g():\n    pass\n"
    plan = Plan("h", 0, (("h", encode((Code("f", (1.0,)), (Code("f", (2.0,)),)))),))
    text = snippet(plan, {"h": ("a", "b")}, public)
    assert "def g" not in text
    space: dict[str, Any] = {"h": lambda a, b: (a, b), "print": lambda *args: None}
    exec(text, space)
    assert space["result_0"] == (2 * math.pi, (4 * math.pi,))


def test_what_needs_no_public_code_of_an_assignment_is_part_of_the_snippet() -> None:
    text = snippet(Plan("h", 0, (("h", encode(())), ("after_changes_in_place", encode((Ref(0, ()),))))), {"h": ()})
    one = np.zeros(1)
    space: dict[str, Any] = {"h": lambda: {"a": one, "b": one}, "print": lambda *args: None}
    exec(text, space)
    assert float(space["result_1"][0]["a"][0]) == 3


def test_the_smallest_of_the_failing_cases_is_shown() -> None:
    cases = hand_made(plain(), scaled, [(np.ones(5), 2.0), (np.ones(2), 2.0), (np.ones(3), 2.0)])
    found, _ = counterexample(cases, outcomes_of(cases, lambda x, factor: x))
    assert found is not None
    assert found["case"] == "f/values/1"


def test_a_smaller_case_of_another_check_does_not_take_its_place() -> None:
    def reference(x: Any) -> Any:
        return {"dW1": 2 * x, "db1": x}

    cases = hand_made(plain("grads"), reference, [(np.ones(5),), (np.ones(2),)])
    outcomes = outcomes_of(cases, lambda x: {"dW1": x if x.size == 5 else 2 * x, "db1": 0 * x})
    found, _ = counterexample(cases, outcomes, returns="grads")
    assert found is not None
    assert (found["case"], found["item"]) == ("f/values/0", "dW{l}")


def test_right_helpers_that_the_snippet_lacks_are_told() -> None:
    plan = Plan("f", 0, (("f", encode((1.0,))),))
    assert "right helpers" in snippet(plan, {}, helped=True)
    assert "right helpers" not in snippet(plan, {})


def test_a_report_with_a_counterexample_is_plain_json() -> None:
    for name in tiny.right():
        report = graded_function(name, f"def {name}(*args):\n    return {{(1, 2): [np.nan, {{1j}}]}}")
        json.dumps(report.counterexample, allow_nan=False)
        assert report.counterexample is not None
