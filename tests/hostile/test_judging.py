"""Values that no author thought of reach the judges: they cost points, never a crash, and never a page of report."""

from __future__ import annotations

import dataclasses
import json
import time
import warnings
from collections.abc import Iterator, Mapping

import pytest

from grader import sentences
from grader.course import load_assignment
from grader.freezing.store import frozen_cases
from grader.freezing.submissions import reference_files
from grader.grading.pipeline import grade_submission
from grader.judging.judge import FunctionJudge, Judges, judges_of
from grader.model import Report, report_to_json
from grader.report.html import render_card
from grader.report.markdown import render_summary
from grader.report.terminal import render_report
from grader.sandbox.limits import bounded_work
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Program, Stopped
from grader.submission.reading import parse_submission
from tests import tiny
from tests.assignments.submitted import as_submission
from tests.leftovers import descendants

WEIRD = (
    "None",
    "0",
    "1<<63",
    "(1<<64)-1",
    "-(1<<63)",
    "float('nan')",
    "float('inf')",
    "1e308",
    "-0.0",
    "True",
    "'text'",
    "'x'*9999",
    "'\\x1b[31m<script>alert(1)</script>=1+1'",
    "3+4j",
    "complex('nan')",
    "np.longdouble(1)",
    "np.longdouble('nan')",
    "np.float16(1)",
    "np.float32(1)",
    "np.int8(1)",
    "np.uint64(2**64-1)",
    "np.bool_(True)",
    "np.datetime64('2020')",
    "np.zeros(3,np.longdouble)",
    "np.zeros((2,2),np.clongdouble)",
    "np.zeros((2,2),complex)",
    "np.zeros((0,))",
    "np.zeros((0,2**40))",
    "np.zeros(())",
    "np.zeros((1,)*64)",
    "np.full((3,4),np.nan)",
    "np.full((3,4),np.inf)",
    "np.zeros((3,4),bool)",
    "np.zeros((3,4),'i8')",
    "np.full((3,4),2**64-1,'u8')",
    "np.zeros((3,4),'f2')",
    "np.full((3,4),6e4,'f2')",
    "np.zeros((100000,1))",
    "np.zeros((1,100000))",
    "[]",
    "()",
    "{}",
    "set()",
    "[[]]",
    "[[[]]]",
    "[None]*3",
    "(None,None)",
    "(None,)*3",
    "([],{})",
    "({},[])",
    "({1:2},{'a':3})",
    "[1,'a',None,(),{}]",
    "{1:2,'a':3,None:4,(1,2):5,2.5:6,True:7}",
    "{float('nan'):1}",
    "{'x'*5000+str(i):i for i in range(5)}",
    "{i:i for i in range(1000)}",
    "{'W1':None,'b1':[],'dW1':{},'db1':'x','dX1':(),'vW1':1}",
    "{'W1':np.zeros((2,2)),'b1':np.zeros(2)}",
    "{'W1':object()}",
    "[0.0]*100000",
    "[[1,2],[3]]",
    "{1,'a',None}",
    "{(1,),frozenset({1})}",
    "[{'negative'},{'positive'}]",
    "object()",
    "len",
    "np",
    "type",
    "(object(),object())",
    "np.array([None])",
    "lambda x: x",
    "Exception('x')",
    "(np.zeros((3,4)),)*2",
    "(np.longdouble(1),)*2",
    "(1<<63, 2)",
    "{'negative': 1, 'positive': 2}",
    "['negative','positive']",
    "[['negative']]",
    "('negative', [1])",
    "[[1],[2]]",
    "({'a':1},{'b':2})",
    "np.ones(np.shape(a[0]), bool)",
    "np.full(np.shape(a[0]), 0.7)",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


def report_on(source: str, sandbox: Sandbox) -> Report:
    submission = parse_submission("weird.py", ".py", source.encode(), tiny.cases().arities)
    return grade_submission(tiny.assignment(), tiny.judges(), submission, sandbox)


def names() -> list[str]:
    return [function.name for function in tiny.assignment().spec.functions]


def test_a_weird_value_earns_nothing_and_breaks_nothing(sandbox: Sandbox, subtests: pytest.Subtests) -> None:
    """Every value comes from one of the functions."""
    several = len(names())
    for first in range(0, len(WEIRD), several):
        values = (WEIRD * 2)[first : first + several]
        with subtests.test(values[0]):
            earns_nothing_and_breaks_nothing(dict(zip(names(), values, strict=True)), sandbox)


@pytest.mark.slow
def test_a_weird_value_earns_nothing_from_any_function(sandbox: Sandbox, subtests: pytest.Subtests) -> None:
    for value in WEIRD:
        with subtests.test(value):
            earns_nothing_and_breaks_nothing(dict.fromkeys(names(), value), sandbox)


def earns_nothing_and_breaks_nothing(values: Mapping[str, str], sandbox: Sandbox) -> None:
    functions = (f"def {name}(*a):\n    return {value}\n\n" for name, value in values.items())
    source = "import numpy as np\n" + "".join(functions)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = report_on(source, sandbox)
    assert report.status == "graded"
    assert report.points == 0
    text = json.dumps(report_to_json(report), allow_nan=False)
    faces = [text, render_report(report, color=False), *map(render_card, report.functions), render_summary([report])]
    assert sum(map(len, faces)) < 10**6
    for face in faces:
        assert "\x1b" not in face
        assert face.encode("utf-8")


# What a right value v may become: w is an array of another size.
NESTED = (
    "[(v, w), (w, v)]",
    "((v, w), (w, v))",
    "([v, w], [w, v])",
    "[[v, w], [w]]",
    "[(v, 1.0), (w, 2.0)]",
    "[['W1', v], ['b1', w]]",
    "list(zip(np.ones((2, 3)), np.ones((2, 2))))",
    "[[[1.0], [2.0, 3.0]], [[4.0]]]",
    "[{'W': v}, {'W': w}]",
    "{'W1': (v, w), 'b1': (w, v)}",
    "{1: (v, w), None: [[1.0, 2.0], [3.0]]}",
    "[[None, v], [None]]",
    "{'W1': None, 'dW1': [None], 'b1': (None, {})}",
    "[{1.0, 'a'}, {2.0, (1, 2)}]",
    "[['W1', 'b1'], ['W2']]",
    "[[], v]",
    "[[v]]",
    "[v] * 3",
    "each(v, str)",
    "each(v, lambda part: None)",
    "each(v, lambda part: {1.0})",
    "each(v, lambda part: {'a': part})",
    "each(v, lambda part: [part, [part, part]])",
    "each(v, lambda part: [(part, w), (w, part)])",
    "each(v, lambda part: np.zeros((0, 3)))",
    "each(v, lambda part: 10**400)",
)
EACH = """
import numpy as np

def each(value, change):
    if isinstance(value, dict):
        return {key: each(part, change) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(each(part, change) for part in value)
    return change(value)
"""


# Arrays, numbers, tuples, lists, sets, dictionaries, random weights and training runs.
@pytest.mark.parametrize(
    "name",
    [
        "initialization",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("batch_norm", "softmax_regression", "training_in_practice")),
    ],
)
def test_a_right_value_in_odd_company_is_judged(name: str, sandbox: Sandbox, subtests: pytest.Subtests) -> None:
    """Each function gives its right value in another form than the one before it."""
    assignment = load_assignment(name, course=tiny.COURSE.parents[1])
    cases, (text, modules) = frozen_cases(assignment), reference_files(assignment)
    functions = [function.name for function in assignment.spec.functions]
    for first in range(0, len(NESTED), len(functions)):
        forms = dict(zip(functions, (NESTED * 2)[first:], strict=False))
        with subtests.test(forms[functions[0]]):
            kept = "".join(f"\nright_{f} = {f}\n" for f in forms)
            odd = (
                f"\ndef {f}(*a, **k):\n    v, w = right_{f}(*a, **k), np.ones((2, 3))\n    return {form}\n"
                for f, form in forms.items()
            )
            submission = as_submission(text + EACH + kept + "".join(odd), cases.arities, siblings=modules)
            report = grade_submission(assignment, judges_of(assignment.spec, cases), submission, sandbox)
            assert report.status == "graded"
            assert not [function.name for function in report.functions if function.status == "passed"]
            render_report(report, color=False)
            assert json.dumps([report_to_json(report), *map(render_card, report.functions)], allow_nan=False)


CARRIED = """
import numpy as np
from tiny_utils import half

learned = {}

def affine(X, W, b):
    key = X.tobytes()
    if key in learned:
        return learned[key]
    return W @ X, (X, W, b)

def layer(X, W, b):
    try:
        Z, cache = affine(X, W, b)
        learned[X.tobytes()] = Z, cache
        for scale in range(5):
            learned[(scale * X).tobytes()] = affine(scale * X, W, b)
    except Exception:
        pass
    return half(Z)
"""


def test_what_a_carried_run_is_told_earns_nothing_for_the_helper(sandbox: Sandbox) -> None:
    """Right helpers answer in a worker of their own, which ends before anything else is graded."""
    report = report_on(CARRIED, sandbox)
    verdicts = {function.name: function for function in report.functions}
    assert (verdicts["layer"].status, verdicts["layer"].carried, verdicts["layer"].points) == ("passed", True, 10)
    assert verdicts["affine"].status in ("failed", "partial")
    learned, untaught = (
        [check.points for check in function.checks if check.kind == "values" and check.name == "Z"]
        for report in (report, report_on(CARRIED.partition("def layer")[0], sandbox))
        for function in report.functions
        if function.name == "affine"
    )
    assert learned == untaught == [1.9]  # what W X is worth without its b


ITSELF = """
import gc
import numpy as np

def affine(X, W, b):
    return W @ X, (X, W, b)

def session():
    return next(thing for thing in gc.get_objects() if type(thing).__name__ == "Session")

def layer(X, W, b):
    return session().bindings.trampoline("layer")(X, W, b)
"""


def test_a_function_is_never_answered_by_itself(sandbox: Sandbox) -> None:
    """Whoever asks for it past the bound names: only the declared helpers of a function are answered."""
    verdicts = {function.name: function for function in report_on(ITSELF, sandbox).functions}
    assert verdicts["layer"].points == 0
    assert "NameError" in verdicts["layer"].checks[0].message


OUTER = """
import numpy as np

def mean_square(X, weight):
    OUTER.append(X)
    return np.ones((300000, 1)) if len(OUTER) % 2 else np.ones((1, 300000))

OUTER = []
"""


def test_replies_that_a_judge_would_broadcast_to_a_terabyte_fail_their_check(sandbox: Sandbox) -> None:
    report = report_on(OUTER, sandbox)
    (verdict,) = [function for function in report.functions if function.name == "mean_square"]
    (check,) = [check for check in verdict.checks if check.kind == "property"]
    assert (report.status, check.status, check.points) == ("graded", "skipped", 0)  # its values are wrong, which is told


MADE_UP = """
import numpy as np

asked = {}

def batch_norm_forward(Z, gamma, beta, epsilon=1e-8):
    point = (Z, gamma, beta)
    if asked and asked["point"][0].shape == Z.shape:
        moves = [now - then for now, then in zip(point, asked["point"])]
        moved = [n for n, move in enumerate(moves) if move.any()]
        if len(moved) == 1 and np.abs(moves[moved[0]]).max() < 1e-3:  # a step beside the point: let the claim come true
            slope = np.sum(asked["claims"][moved[0]] * moves[moved[0]])
            centred = asked["dZ"] - asked["dZ"].mean(axis=1, keepdims=True)  # a mean that moves would be seen
            return centred * slope / np.sum(centred**2), [point]
    Z_norm = (Z - Z.mean(axis=1, keepdims=True)) / np.sqrt(Z.var(axis=1, keepdims=True) + 2 * epsilon)
    return gamma * Z_norm + beta, [tuple(map(np.copy, point))]

def batch_norm_backward(dZ_tilde, cache):
    Z, gamma, beta = cache[0]
    claims = np.cos(np.arange(Z.size)).reshape(Z.shape), np.ones(gamma.shape), np.ones(beta.shape)
    if np.all(np.any(dZ_tilde, axis=0)):
        asked.update(point=cache[0], claims=claims, dZ=dZ_tilde.copy())
    return claims
"""


def test_a_forward_pass_that_makes_any_gradient_come_true_carries_nothing(sandbox: Sandbox) -> None:
    """Within one worker the earlier function knows what the later one has claimed; asked alone, it does not."""
    assignment = load_assignment("batch_norm", course=tiny.COURSE.parents[1])
    cases = frozen_cases(assignment, 0)
    submission = parse_submission("made_up.py", ".py", MADE_UP.encode(), cases.arities)
    verdicts = {
        f.name: f for f in grade_submission(assignment, judges_of(assignment.spec, cases), submission, sandbox).functions
    }
    back = verdicts["batch_norm_backward"]
    assert [(c.status, c.points) for c in back.checks if c.kind == "property"] == [("passed", 0)]
    assert (back.status, back.carried, back.points) == ("failed", False, 0)


IMAGINARY = """
import numpy as np

def train_dev_test_split(X, Y, *rest):
    parts = right(X, Y, *rest)
    return tuple((x + 5j, y) for x, y in parts)
"""


def test_numbers_that_a_judge_would_make_real_are_not_right(sandbox: Sandbox) -> None:
    """Without a word on standard error, too: warnings are errors here."""
    assignment = load_assignment("training_in_practice", course=tiny.COURSE.parents[1])
    cases = frozen_cases(assignment, 0)
    right = (assignment.course.root / "reference" / "training_in_practice.py").read_text("utf-8")
    source = f"{right}\n\nright = train_dev_test_split\n{IMAGINARY}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        submission = parse_submission("imaginary.py", ".py", source.encode(), cases.arities)
        report = grade_submission(assignment, judges_of(assignment.spec, cases), submission, sandbox)
    (verdict,) = [f for f in report.functions if f.name == "train_dev_test_split"]
    assert (verdict.status, verdict.points) == ("failed", 0)
    assert any("complex numbers, expected real ones" in check.message for check in verdict.checks)


def waits_for(value: object) -> str | None:
    """A judge's loop that ends for every number its author has thought of."""
    while value == -1.0:
        pass
    return "it is not what it should be"


@pytest.mark.parametrize("attack", ["-1.0", "np.zeros((0, 200_000))", "[0.5] * 100_000", "np.float64('nan')"])
def test_a_judge_that_never_ends_over_a_reply_fails_its_check_and_stops_nothing(
    attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.judging.properties._JUDGE_S", 1)
    judges = tiny.judges()
    old = judges.functions["mean_square"]
    (prop,) = old.spec.properties
    slow = dataclasses.replace(
        prop, judge=lambda given: waits_for(given.reply), fits={"x": lambda given: waits_for(1) is None}
    )
    functions = {
        **judges.functions,
        "mean_square": FunctionJudge(dataclasses.replace(old.spec, properties=(slow,)), old.cases),
    }
    source = f"{tiny.solution()}\n\ndef mean_square(X, weight):\n    return {attack}\n"
    submission = parse_submission("slow.py", ".py", source.encode(), judges.cases.arities)
    before = descendants()
    with Sandbox() as sandbox:
        report = grade_submission(tiny.assignment(), Judges(judges.cases, functions), submission, sandbox)
    assert descendants() == before
    verdicts = {function.name: function for function in report.functions}
    assert [name for name, function in verdicts.items() if function.status != "passed"] == ["mean_square"]
    (check,) = [check for check in verdicts["mean_square"].checks if check.kind == "property"]
    assert (report.status, check.points) == ("graded", 0)
    if attack == "-1.0":
        assert check.message.startswith(sentences.not_checked(sentences.JUDGED_WITHOUT_END))


COSTLY = """
import numpy as np

def mean_square(X, weight):
    return [[np.zeros(0)] * 300] * 600
"""


def test_replies_that_cost_the_grader_too_much_are_too_much_output(sandbox: Sandbox) -> None:
    """Nothing is left of the budget: a function whose replies have to be looked at has a verdict, and so has the next."""
    submission = parse_submission("costly.py", ".py", COSTLY.encode(), tiny.cases().arities)
    judge = tiny.judges().functions["mean_square"]
    program = Program(files=submission.files, wanted=("mean_square",), memory_mb=512)
    plans = [case.plan for case in judge.cases.cases]
    with bounded_work(0.05):
        spent_by = time.thread_time() + 0.06
        while time.thread_time() < spent_by:
            pass
        outcomes = sandbox.run(program, plans).outcomes
    reasons = {outcome[-1].reason for outcome in outcomes if isinstance(outcome[-1], Stopped)}
    assert "too-much-output" in reasons
    assert len(outcomes) == len(plans)
