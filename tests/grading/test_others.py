"""What is told of a function that calls a wrong later one, or does not work together with right helpers."""

from __future__ import annotations

from tests.tiny import function_of, graded, solution

WRONG_LAYER = "def layer(X, W, b):\n    return half(W @ X)"
ON_LAYER = "def affine(X, W, b):\n    return 2 * layer(X, W, b), (X, W, b)"


def findings(source: str, name: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in function_of(graded(source), name).findings]


def test_a_function_that_is_right_but_for_a_later_one_is_told_which_and_loses_its_points() -> None:
    report = graded(solution(WRONG_LAYER, ON_LAYER, without=["layer", "affine"]))
    affine = function_of(report, "affine")
    said = "affine calls layer, which is not right; with the grader's own layer in its place affine is right"
    assert [(finding.code, finding.message) for finding in affine.findings] == [("later-first", said)]
    assert not affine.carried
    assert affine.points < affine.max_points


def test_beside_a_right_later_function_nothing_is_said() -> None:
    right = "def layer(X, W, b):\n    return half(W @ X + b)"
    assert function_of(graded(solution(right, ON_LAYER, without=["layer", "affine"])), "affine").status == "passed"


def test_who_is_wrong_beside_a_wrong_later_function_as_well_is_not_called_right() -> None:
    wrong = "def affine(X, W, b):\n    return 2 * layer(X, W, b) + 1, (X, W, b)"
    codes = [code for code, _ in findings(solution(WRONG_LAYER, wrong, without=["layer", "affine"]), "affine")]
    assert "later-first" not in codes


def test_who_does_not_call_the_later_function_is_not_sent_there() -> None:
    wrong = "def affine(X, W, b):\n    return W @ X, (X, W, b)"
    codes = [code for code, _ in findings(solution(WRONG_LAYER, wrong, without=["layer", "affine"]), "affine")]
    assert "later-first" not in codes


def test_two_that_call_each_other_are_not_right_but_for_each_other() -> None:
    back = "def layer(X, W, b):\n    return half(affine(X, W, b)[0])"
    codes = [code for code, _ in findings(solution(back, ON_LAYER, without=["layer", "affine"]), "affine")]
    assert "later-first" not in codes


def test_a_right_helper_that_does_not_work_together_with_its_caller_is_told() -> None:
    shared = (
        "kept = {}\ndef affine(X, W, b):\n    Z = kept.setdefault(W.shape[0] * 1000 + X.shape[1], W @ X)\n"
        "    Z[...] = W @ X + b\n    return Z, (X, W, b)"
    )
    twice = "def layer(X, W, b):\n    return half(affine(X, W, b)[0] - affine(X, 0 * W, 0 * b)[0])"
    twice = twice.replace(
        "half(", "0.5 * ("
    )  # of a provided helper of the student's own it is not known whether it is right
    source = solution(shared, twice, without=["layer", "affine"])
    assert function_of(graded(source), "affine").status == "passed"
    said = "layer is right with a correct affine, and yours passes its own tests: the two do not work together"
    assert findings(source, "layer") == [("helpers-disagree", said)]
