"""A function that keeps something from call to call is told that, and nobody else is."""

from __future__ import annotations

import sys
import tracemalloc
from itertools import groupby

import pytest

from grader import sentences
from grader.sandbox.here import InProcess
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Answer, Execution, Program, Script
from tests.tiny import function_of, graded, graded_function, solution

MEAN = "np.mean(X, axis=1, keepdims=True)"
KEEPING = {
    "a list as a default argument": f"""
def center(X, seen=[]):
    seen.append({MEAN})
    return X - seen[0] if seen[0].shape == {MEAN}.shape else X - {MEAN}, {MEAN}""",
    "a dictionary of the module": f"""
kept = {{}}
def center(X):
    mean = kept.setdefault(X.shape[0], {MEAN})
    return X - mean, mean""",
    "a global name": f"""
calls = 0
def center(X):
    global calls
    calls += 1
    return X - {MEAN} if calls < 3 else X, {MEAN}""",
    "an attribute of the function": f"""
def center(X):
    center.mean = getattr(center, "mean", 0) + {MEAN}.sum()
    return X - {MEAN}, {MEAN} if center.mean == {MEAN}.sum() else {MEAN} * 0""",
    "a helper": f"""
def mean_of(X, kept=[]):
    kept.append(X)
    return np.mean(kept[0] if kept[0].shape == X.shape else X, axis=1, keepdims=True) + len(kept) - 1
def center(X):
    return X - mean_of(X), {MEAN}""",
}


WRONG_FROM_THE_FIRST_CALL_ON = {
    "a counter": f"""
calls = 1
def center(X):
    global calls
    calls += 1
    return calls * (X - {MEAN}), {MEAN}""",
    "a dictionary as a default argument": f"""
def center(X, memo={{"sum": 1.0}}):
    memo["sum"] += 1
    return X - {MEAN}, {MEAN} / memo["sum"]""",
    "the first call alone": f"""
calls = 0
def center(X):
    global calls
    calls += 1
    return X if calls == 1 else X - {MEAN}, {MEAN}""",
    "a list of the module": f"""
seen = []
def center(X):
    seen.append(X.shape[1])
    return X - {MEAN}, {MEAN} + len(seen)""",
}


def codes(source: str, name: str = "center") -> list[str]:
    return [finding.code for finding in graded_function(name, source).findings]


@pytest.mark.parametrize("source", WRONG_FROM_THE_FIRST_CALL_ON.values(), ids=WRONG_FROM_THE_FIRST_CALL_ON)
def test_what_is_kept_is_told_where_the_first_call_is_wrong_as_well(source: str) -> None:
    assert codes(source) == ["kept-between-calls"]


@pytest.mark.parametrize("source", KEEPING.values(), ids=KEEPING)
def test_what_is_kept_between_calls_is_told(source: str) -> None:
    assert codes(source) == ["kept-between-calls"]


@pytest.mark.parametrize("source", KEEPING.values(), ids=KEEPING)
def test_what_is_kept_costs_half_whatever_the_order_of_the_questions_makes_of_it(source: str) -> None:
    """Each of these is right on most inputs or on none, depending on what was asked before."""
    report = graded_function("center", source)
    assert report.points == pytest.approx(report.max_points / 2, rel=0.06)  # what the arguments earn is paid with the values
    assert sentences.KEEPS in {check.message for check in report.checks}


@pytest.mark.parametrize(
    "source",
    [
        f"kept = []\ndef center(X):\n    kept.append(X)\n    return X, {MEAN}",  # wrong from the first call on
        f"def center(X, kept=[]):\n    kept.append(X)\n    return X, {MEAN}",
        f"def center(X):\n    return (X if X.shape[1] == 1 else X - {MEAN}), {MEAN} + (X.shape[1] == 1)",  # for one example
        f"def center(X):\n    mean = {MEAN}\n    X -= mean\n    return X, mean",  # overwrites its argument
    ],
)
def test_what_is_wrong_for_another_reason_is_not_said_to_be_kept(source: str) -> None:
    assert "kept-between-calls" not in codes(source)


def test_a_right_function_may_keep_what_it_likes() -> None:
    remembering = f"kept = {{}}\ndef center(X):\n    key = X.tobytes(), X.shape\n    kept.setdefault(key, {MEAN})\n"
    report = graded(solution(remembering + "    return X - kept[key], kept[key]", without=["center"]))
    assert report.full_marks
    assert all(not function.findings for function in report.functions)


def test_nothing_that_earns_points_is_asked_after_the_reference_has_answered() -> None:
    """A file's times, the memory of a processor: what one worker has heard, a later one may have a way to learn."""
    asked: list[bool] = []

    class Watched(InProcess):
        def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
            asked.append(answer is not None)
            return super().follow(program, script, answer)

    keeping = KEEPING["a dictionary of the module"]
    wrong = "def affine(W, A, b):\n    return W @ A - b, (A, W, b)"
    report = graded(solution(keeping, wrong, without=["center", "affine"]), Watched())
    assert function_of(report, "center").findings[0].code == "kept-between-calls"
    assert [answered for answered, _ in groupby(asked)] == [False, True]


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_large_results_of_inputs_that_are_asked_alone_take_no_gigabytes_of_the_grader() -> None:
    """Each first call gives 24 MB. The replies of one submission have a bound together, in however many runs they come."""
    source = f"""
calls = 0
def center(X):
    global calls
    calls += 1
    return (np.zeros((3_000_000, 1)) if calls == 1 else X - {MEAN}), {MEAN}"""
    with Sandbox() as sandbox:
        tracemalloc.start()
        report = graded(solution(source, without=["center"]), sandbox)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert report.status == "graded"
    assert peak < 200 << 20
