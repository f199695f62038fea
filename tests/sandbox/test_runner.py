"""The seam between judging and running, and its twin in this process."""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Code, Ref
from grader.confined.wire import Encoded, decode, encode, unpack
from grader.sandbox.here import InProcess
from grader.sandbox.runner import Execution, Outcome, Plan, Program, Raised, Replied, Returned, Runner, Stopped, listed
from grader.submission.cells import Cells
from grader.submission.program import SourceFile, Unit


def program(source: str, **options: Any) -> Program:
    units = tuple(Unit(text, "cell 1", line, ()) for line, text in enumerate(source.split("\n---\n"), 1))
    file = SourceFile("solution.py", units, ("f", "g"), Cells(()))
    return Program((file,), wanted=("f", "g"), **options)


def plan(
    *steps: tuple[str, tuple[Any, ...]], given: tuple[tuple[str, Code], ...] = (), answered: tuple[str, ...] = ()
) -> Plan:
    named = tuple((name, encode(args)) for name, args in steps)
    return Plan("f", 7, named, tuple((name, encode(code)) for name, code in given), answered=answered)


def run(source: str, *plans: Plan, answer: Any = None, **options: Any) -> Execution:
    return InProcess().run(program(source, **options), plans, answer)


def called(source: str, *plans: Plan, answer: Any, **options: Any) -> list[frozenset[str]]:
    replied: list[Replied] = []
    InProcess().follow(program(source, **options), listed(plans, replied), answer)
    return [some.called for some in replied]


def value(outcome: Outcome) -> Any:
    assert isinstance(outcome, Returned), outcome
    return decode(outcome.value)


def test_a_plan_packs_its_calls_in_order() -> None:
    found = plan(("f", (1.0,)), ("g", ("x",)), given=(("step", Code("make", (2,))),))
    number, ngiven, nsteps, moves, looks = struct.unpack_from("<IHH??", found.packed)
    assert (number, ngiven, nsteps, moves, looks) == (7, 1, 2, False, False)
    at, names = 10, []
    for _ in range(3):
        (size,) = struct.unpack_from("<H", found.packed, at)
        names.append(found.packed[at + 2 : at + 2 + size].decode())
        encoded, at = unpack(found.packed, at + 2 + size)
        assert isinstance(encoded, Encoded)
    assert names == ["step", "f", "g"]
    assert at == len(found.packed)
    looking = Plan("f", 7, found.steps, found.given, after=((0, "x"),)).packed
    assert looking[9] and decode(unpack(looking, len(found.packed))[0]) == ((0, "x"),)


def test_names_in_any_script_are_packed_by_their_bytes() -> None:
    found = plan(("fläche", (1.0,)))
    (size,) = struct.unpack_from("<H", found.packed, 10)
    assert found.packed[12 : 12 + size].decode() == "fläche"


def test_the_twin_is_a_runner_without_walls() -> None:
    runner: Runner = InProcess()
    assert runner.level == "none"


def test_calls_give_values_one_per_step() -> None:
    found = run("def f(x):\n    return 2 * x", plan(("f", (np.ones(2),)), ("f", (Ref(0),)), ("f", (Ref(1, (0,)),))))
    one, two, three = (value(o) for o in found.outcomes[0])
    assert (one.tolist(), two.tolist(), three) == ([2.0, 2.0], [4.0, 4.0], 8.0)


def test_what_is_defined_and_what_failed_is_told() -> None:
    found = run("def f(x):\n    return x\n---\nraise ValueError('no')\n---\ng = 3")
    assert found.loaded.defined == {"f": "callable", "g": "value"}
    assert found.loaded.messages == ("cell 1, line 2 was left out: ValueError: no",)
    assert found.outcomes == ()


def test_a_plan_ends_with_the_call_that_raised() -> None:
    found = run("def f(x):\n    raise ValueError('no')", plan(("f", (1,)), ("f", (2,))), plan(("f", (3,))))
    raised = Raised("ValueError", "no", "cell 1, line 2: raise ValueError('no')")
    assert found.outcomes == ((raised,), (raised,))


def test_a_call_of_what_is_missing_raises() -> None:
    (outcomes,) = run("x = 1", plan(("f", (1,)))).outcomes
    assert isinstance(outcomes[0], Raised)
    assert outcomes[0].type_name == "missing"


def test_overwritten_arguments_are_told_by_number() -> None:
    source = "def f(a, b):\n    b[0] = 5\n    return a"
    (outcomes,) = run(source, plan(("f", (np.ones(1), np.ones(1))))).outcomes
    assert isinstance(outcomes[0], Returned)
    assert outcomes[0].mutated == (1,)


def test_a_value_of_no_known_kind_is_a_handle() -> None:
    (outcomes,) = run("def f(x):\n    return object()", plan(("f", (1,)))).outcomes
    assert value(outcomes[0]).type_name == "object"


def test_public_code_makes_functions_for_arguments_and_names() -> None:
    found = run(
        "def f(h, x):\n    return h(x) + step()",
        plan(("f", (Code("times", (3,)), 2.0)), given=(("step", Code("constant", (0.5,))),)),
        public="def times(n):\n    return lambda x: n * x\ndef constant(c):\n    return lambda: c\n",
        bound=("step",),
    )
    assert value(found.outcomes[0][0]) == 6.5


def test_a_planted_name_holds_for_its_own_case_only() -> None:
    public = "def constant(c):\n    return lambda: c\n"
    planted = plan(("f", ()), given=(("step", Code("constant", (1.0,))),))
    found = run("def f():\n    return step()", planted, plan(("f", ())), public=public, bound=("step",))
    assert value(found.outcomes[0][0]) == 1.0
    assert found.outcomes[1] == (Raised("NameError", "name 'step' is not defined", "cell 1, line 2: return step()"),)


def test_bound_names_are_answered_from_outside_whatever_the_submission_says() -> None:
    asked: list[Any] = []

    def answer(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        asked.append((name, args, kwargs))
        return 10.0

    source = "def g(x):\n    return -1.0\n---\ndef f(x, again=g):\n    return g(x) + again(x, scale=2)"
    plans = plan(("f", (1.0,)), answered=("g",)), plan(("f", (1.0,)))
    found = run(source, *plans, answer=answer, bound=("g",))
    assert [value(outcomes[0]) for outcomes in found.outcomes[:1]] == [20.0]
    assert asked == [("g", (1.0,), {}), ("g", (1.0,), {"scale": 2})]
    assert called(source, *plans, answer=answer, bound=("g",)) == [{"g"}, set()]


@pytest.mark.parametrize(
    "source",
    [
        "class Net:\n    @staticmethod\n    def g(x):\n        return -1.0\n    @staticmethod\n    def f(x):\n"
        "        return Net.g(x)\n---\ng, f = Net.g, Net.f",
        "class Net:\n    def g(x):\n        return -1.0\n    def f(x):\n        return Net.g(x)\n---\ng, f = Net.g, Net.f",
        "class Net:\n    @classmethod\n    def g(cls, x):\n        return -1.0\n    @classmethod\n    def f(cls, x):\n"
        "        return cls.g(x)\n---\ng, f = Net.g, Net.f",
        "class Net:\n    def g(self, x):\n        return -1.0\n    def f(self, x):\n        return self.g(x)"
        "\n---\nnet = Net()\n---\ng, f = net.g, net.f",
    ],
    ids=["static", "plain", "of the class", "of an object"],
)
def test_a_method_that_was_given_a_bound_name_is_answered_where_other_methods_call_it(source: str) -> None:
    def answer(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        return 10.0

    plans = plan(("f", (1.0,)), answered=("g",)), plan(("f", (1.0,)))
    found = run(source, *plans, answer=answer, bound=("g",))
    assert [value(outcomes[0]) for outcomes in found.outcomes] == [10.0, -1.0]
    assert called(source, *plans, answer=answer, bound=("g",)) == [{"g"}, set()]


def test_an_answer_that_takes_other_names_is_asked_for_by_the_places_in_the_students_own_version() -> None:
    def answer(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        (x, scale) = args  # no names of the student's
        return 10.0 * x + scale

    source = "def g(a, s=1, loud=False):\n    return -1.0\n---\ndef f(x):\n    return g(loud=True, s=2, a=x)"
    found = run(source, plan(("f", (1.0,)), answered=("g",)), answer=answer, bound=("g",), arities={"f": 1, "g": 2})
    assert value(found.outcomes[0][0]) == 12.0
    source = "def f(x):\n    return g(a=x)"
    (outcome,) = run(source, plan(("f", (1.0,)), answered=("g",)), answer=answer, bound=("g",)).outcomes[0]
    assert isinstance(outcome, Raised)


def test_an_answer_that_raises_is_no_answer() -> None:
    def answer(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        raise TypeError("one argument too many")

    asking = plan(("f", (1.0,)), answered=("g",))
    found = run("def f(x):\n    return g(x)", asking, answer=answer, bound=("g",))
    said = Raised("RuntimeError", "a correct g gives no result for these arguments", "cell 1, line 2: return g(x)")
    assert found.outcomes[0] == (said,)


# -- what is left in this process ------------------------------------------------------------------

CHANGING = """
import builtins, random, sys
import numpy as np
import pytest
import matplotlib.pyplot as plt

def f(x):
    builtins.open = np.dot = sys.stdout = None
    np.random.seed(1), random.seed(1)
    sys.path.append("mine")
    np.random.rand(), random.random(), np.ma.is_masked(x)
    np.seterr(all="raise"), np.set_printoptions(precision=1)
    return np.float(x[0])
"""


def test_what_a_submission_changes_in_python_and_numpy_is_there_for_it_and_gone_for_everybody_else() -> None:
    def state() -> tuple[Any, ...]:
        numbers = (repr(np.random.get_state()), random.getstate(), np.geterr(), np.get_printoptions())
        names = {name: one for name, one in vars(np).items() if not isinstance(one, ModuleType)}
        return open, np.dot, sys.stdout, [*sys.path], [*sys.meta_path], numbers, names, {*vars(np.ndarray)}

    before, modules = state(), {**sys.modules}
    first = InProcess().run(program(CHANGING), [plan(("f", (np.ones(2),))), plan(("f", (np.ones(2),)))])
    assert [value(outcomes[0]) for outcomes in first.outcomes] == [1.0, 1.0]
    assert state() == before
    assert all(sys.modules[name] is module for name, module in modules.items())
    assert "submission" not in sys.modules


def test_a_helper_is_answered_as_if_the_submission_had_set_nothing() -> None:
    source = "import numpy as np\n\ndef f(x):\n    np.set_printoptions(precision=1)\n    return f'{h(x)} {np.array([x])}'\n"
    answer = lambda *_: str(np.array([0.25]))  # noqa: E731
    asked = run(source, plan(("f", (0.25,)), answered=("h",)), answer=answer, bound=("h",))
    assert value(asked.outcomes[0][-1]) == "[0.25] [0.2]"


def test_too_much_output_ends_the_session_and_not_this_process() -> None:
    found = run("def f(x):\n    while True:\n        print('x' * 10**6)", *[plan(("f", (1,)))] * 2)
    assert [outcomes[0].reason for outcomes in found.outcomes if isinstance(outcomes[0], Stopped)] == [
        "too-much-output",
        "not-run",
    ]
