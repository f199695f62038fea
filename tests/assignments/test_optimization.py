"""Optimizers: what "shuffled" means and how sure it is, where epsilon may stand, and the two editions of Adam."""

import doctest
import warnings
from functools import cache
from math import comb, factorial
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade, grade_submission
from grader.judging.cases import CaseFile
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.here import InProcess
from grader.spec import Given
from grader.submission.reading import parse_submission
from reference import optimization as reference
from tests.assignments.verdicts import points_of

ASSIGNMENT = load_assignment("optimization", course=Path(__file__).parents[2])
MODULE = ASSIGNMENT.author_module("assignment")
assert MODULE is not None
M, SIZE, RUN, STAY = MODULE._PRIME, MODULE._SIZE, MODULE._RUN, MODULE._STAY


@cache
def cases() -> CaseFile:
    return frozen_cases(ASSIGNMENT)


def report(code: str) -> dict[str, FunctionReport]:
    """What the functions of a submission get, run in this process."""
    text = "import math\nimport numpy as np\n" + dedent(code)
    submission = parse_submission("solution.py", ".py", text.encode(), cases().arities)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        graded = grade_submission(ASSIGNMENT, judges_of(ASSIGNMENT.spec, cases()), submission, InProcess())
    return {function.name: function for function in graded.functions}


def failed(function: FunctionReport) -> list[str]:
    return [check.name for check in function.checks if check.status == "failed"]


def codes(function: FunctionReport) -> list[str]:
    return [finding.code for finding in function.findings]


# -- shuffling ---------------------------------------------------------------------------


def problem_with(order: Any) -> str | None:
    """What the judge says of batches that hold the examples in this order."""
    X = np.arange(1.0, M + 1).reshape(1, M)
    Y = np.random.default_rng(3).integers(0, 2, (1, M))
    order = np.asarray(order)
    starts = range(0, order.size, SIZE)
    reply = [(X[:, order[i : i + SIZE]], Y[:, order[i : i + SIZE]]) for i in starts]
    sentence: str | None = MODULE._not_shuffled(Given(args=(X, Y, SIZE, 0), steps=(), replies=(reply,), facts={}))
    return sentence


def riffled() -> Any:
    order = np.empty(M, dtype=int)
    order[0::2], order[1::2] = np.arange((M + 1) // 2), np.arange((M + 1) // 2, M)
    return order


def blocks_shuffled() -> Any:
    blocks = np.split(np.arange(M // SIZE * SIZE), M // SIZE)
    order = np.random.default_rng(0).permutation(len(blocks))
    return np.concatenate([*(blocks[i] for i in order), np.arange(M // SIZE * SIZE, M)])


def parts_shuffled(count: int) -> Any:
    rng = np.random.default_rng(2)
    return np.concatenate([rng.permutation(part) for part in np.array_split(np.arange(M), count)])


def every_second_stays(*, both: bool = False) -> Any:
    rng, order = np.random.default_rng(2), np.arange(M)
    order[::2] = rng.permutation(order[::2])
    if both:
        order[1::2] = rng.permutation(order[1::2])
    return order


def shuffled_inside() -> Any:
    rng = np.random.default_rng(0)
    return np.concatenate([rng.permutation(np.arange(i, min(i + SIZE, M))) for i in range(0, M, SIZE)])


PATTERNS = {
    "identity": np.arange(M),
    "reversed": np.arange(M)[::-1],
    "rotated": np.roll(np.arange(M), 50),
    "stride": np.arange(M) * 14 % M,
    "riffled": riffled(),
    "batches shuffled as wholes": blocks_shuffled(),
    "shuffled within batches": shuffled_inside(),
    "left-over examples kept apart": np.append(np.random.default_rng(2).permutation(M // SIZE * SIZE), np.arange(M)[-15:]),
    "halves by themselves": parts_shuffled(2),
    "thirds by themselves": parts_shuffled(3),
    "quarters by themselves": parts_shuffled(4),
    "quarters by themselves, in another order": np.roll(parts_shuffled(4), 68),
    "every second stays": every_second_stays(),
    "even places for even numbers": every_second_stays(both=True),
    "only a few swapped": np.concatenate([np.random.default_rng(1).permutation(100), np.arange(100, M)]),
}


@pytest.mark.parametrize("order", PATTERNS.values(), ids=PATTERNS.keys())
def test_an_order_with_a_pattern_is_not_shuffled(order: Any) -> None:
    assert sorted(order) == list(range(M))
    assert problem_with(order) is not None


def test_a_random_order_is_refused_with_a_probability_below_1e_9() -> None:
    """Over both cases: a difference that comes too often, or a batch from one neighbourhood."""
    assert all(M % divisor for divisor in range(2, M)), "the bound needs a prime"
    pattern = (M - 1) / factorial(RUN + 1)
    window = int(1.5 * SIZE)
    neighbours = sum(M * comb(window, size) / comb(M, size) * count for size, count in ((16, M // SIZE), (15, 1)))
    moved = 2 * 2 * M / factorial(STAY + 1)  # to either side, in the old order and in that of the values
    assert 2 * (pattern + neighbours + moved + 36 * max(map(far_tail, range(M // 4, M // 2 + 1)))) < 1e-9


def far_tail(mine: int) -> float:
    """P that a group of so many places holds far too many or too few examples of half of them: hypergeometric, exact."""
    theirs = M // 2
    mean, total = mine * theirs / M, comb(M, mine)
    spread = (mean * (M - mine) * (M - theirs) / (M * (M - 1))) ** 0.5
    far = (k for k in range(mine + 1) if abs(k - mean) > MODULE._FAR * spread)
    return float(sum(comb(theirs, k) * comb(M - theirs, mine - k) / total for k in far))


def test_the_bound_on_repeated_differences_holds_at_a_level_that_can_be_simulated() -> None:
    rng = np.random.default_rng(0)
    draws = 4000
    largest = np.array([np.bincount(np.diff(rng.permutation(M)) % M).max() for _ in range(draws)])
    for often in (7, 8, 9):
        expected = (M - 1) / factorial(often)
        assert (largest >= often).mean() <= expected + 4 * np.sqrt(expected / draws), often
    assert largest.max() <= RUN


def test_random_orders_are_accepted() -> None:
    rng = np.random.default_rng(1)
    assert [problem_with(rng.permutation(M)) for _ in range(500)] == [None] * 500


BATCHES = """
def random_mini_batches(X, Y, mini_batch_size, seed):
    m = X.shape[1]
    order = np.random.permutation(m)
    X, Y = X[:, order], Y[:, order]
    batches = []
    for k in range(m // mini_batch_size):
        batches.append((X[:, k * mini_batch_size : (k + 1) * mini_batch_size],
                        Y[:, k * mini_batch_size : (k + 1) * mini_batch_size]))
    if m % mini_batch_size:
        batches.append((X[:, (k + 1) * mini_batch_size :], Y[:, (k + 1) * mini_batch_size :]))
    return batches
"""


FLAT = ("Y[:, order]", "Y[0, order]"), ("Y[:, k * mini_batch_size :", "Y[k * mini_batch_size :")
SORTED = (("np.random.permutation(m)", "np.argsort(X[0])"),)


def mini_batches(*changes: tuple[str, str]) -> FunctionReport:
    text = BATCHES.replace("(k + 1) * mini_batch_size :]", "m - m % mini_batch_size :]")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return report(text)["random_mini_batches"]


def test_labels_that_have_lost_an_axis_are_not_called_labels_of_other_examples() -> None:
    graded = mini_batches(*FLAT, ("Y[:, m - m", "Y[m - m"))
    assert failed(graded) == ["mini_batches"]
    assert (graded.status, codes(graded)) == ("partial", ["missing-keepdims"])
    assert 0.8 * graded.max_points < graded.points < 0.95 * graded.max_points


def test_labels_that_are_shuffled_alone_are_named_and_no_lack_of_shuffling() -> None:
    graded = mini_batches(("X, Y = X[:, order], Y[:, order]", "Y = Y[:, order]"))
    assert codes(graded) == ["pairs-broken"]


def test_labels_that_are_shuffled_alone_are_named_beside_a_batch_that_is_lost() -> None:
    graded = mini_batches(("X, Y = X[:, order], Y[:, order]", "X = X[:, order]"), ("if m % mini_batch_size:", "if False:"))
    assert codes(graded) == ["pairs-broken", "missing-last-batch"]


def test_labels_that_lie_one_column_beside_are_not_called_shuffled_alone() -> None:
    slice_of = "Y[:, k * mini_batch_size : (k + 1) * mini_batch_size"
    graded = mini_batches((slice_of, "Y[:, k * mini_batch_size + 1 : (k + 1) * mini_batch_size + 1"))
    assert codes(graded) == ["off-by-one-column"]


SIZES = {  # what is right but for the size of the batches has none that hold the same examples
    "batch-size-ignored": "m = X.shape[1]; mini_batch_size = 64",
    "whole-set-for-batches": "m = mini_batch_size = X.shape[1]",
    "one-example-per-batch": "m = X.shape[1]; mini_batch_size = 1",
}


@pytest.mark.parametrize(("code", "sizes"), SIZES.items(), ids=SIZES.keys())
def test_who_takes_another_size_is_told_that_alone(code: str, sizes: str) -> None:
    assert codes(mini_batches(("m = X.shape[1]", sizes))) == [code]


def test_labels_of_other_examples_in_the_last_batch_are_told_apart_from_those_in_all() -> None:
    graded = mini_batches(("Y[:, m - m % mini_batch_size :]", "Y[:, : m % mini_batch_size]"))
    assert codes(graded) == ["labels-of-last-batch"]


FEW = {
    "labels-astray-in-one-batch": "    if m < mini_batch_size:\n        return [(X, Y[:, np.random.permutation(m)])]\n",
    "no-batch-of-few": "    if m < mini_batch_size:\n        return []\n",
}


@pytest.mark.parametrize(("code", "lines"), FEW.items(), ids=FEW.keys())
def test_what_is_wrong_where_there_are_fewer_examples_than_a_batch_is_told_with_that_call(code: str, lines: str) -> None:
    graded = mini_batches(("    return batches", f"{lines}    return batches"))
    assert codes(graded) == [code]
    assert 0.8 * graded.max_points < graded.points < 0.96 * graded.max_points
    assert graded.counterexample is not None
    assert len([a for a in graded.counterexample["arguments"] if a["name"] == "X"]) == 1
    assert len(graded.counterexample["got"]["list"]) == (code != "no-batch-of-few")


def test_batches_that_cannot_be_recognised_are_not_called_old_neighbours() -> None:
    graded = mini_batches(("    return batches", "    return [(x.astype(np.int64), y) for x, y in batches]"))
    messages = [check.message for check in graded.checks if check.status == "failed"]
    assert codes(graded) == ["whole-number-batches"]
    assert any("the batches hold int64 numbers" in message for message in messages)
    assert not any("neighbours" in message or "label" in message for message in messages)


def test_one_example_that_has_lost_its_axis_is_not_counted_as_several() -> None:
    graded = mini_batches(("    return batches", "    return [(np.squeeze(x), y) for x, y in batches]"))
    messages = " ".join(check.message for check in graded.checks if check.status == "failed")
    assert "has shape (" in messages
    assert "no column of X" not in messages and "have the sizes" not in messages


def test_a_reversed_order_is_said_to_be_one() -> None:
    (check,) = (c for c in mini_batches(("np.random.permutation(m)", "np.arange(m)[::-1]")).checks if c.status == "failed")
    assert check.message.startswith("271 of 271 examples stand as in the old order, read backwards")


def test_the_old_velocity_beside_a_right_step_costs_the_velocity_alone() -> None:
    found = report("""
        def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
            new = {k: beta * v[k] + (1 - beta) * g for k, g in grads.items()}
            return {k: p - learning_rate * new["d" + k] for k, p in parameters.items()}, v
    """)["update_parameters_with_momentum"]
    assert (failed(found), codes(found)) == (["v"], ["averages-not-kept"])
    assert 0.7 * found.max_points < found.points < 0.75 * found.max_points


@pytest.mark.parametrize("condition", ["beta == 0", "not any(g.any() for g in grads.values())"])
def test_what_an_exercise_names_costs_a_twentieth_or_more(condition: str) -> None:
    """A beta of 0, or a gradient of zero, for which everything is left as it was."""
    found = report(f"""
        def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
            if {condition}:
                return parameters, v
            new = {{k: beta * v[k] + (1 - beta) * g for k, g in grads.items()}}
            return {{k: p - learning_rate * new["d" + k] for k, p in parameters.items()}}, new
    """)["update_parameters_with_momentum"]
    assert 0.8 * found.max_points < found.points < 0.95 * found.max_points


def test_an_order_by_the_values_of_X_is_no_shuffling() -> None:
    assert mini_batches().status == "passed"
    graded = mini_batches(*SORTED)
    assert (failed(graded), codes(graded)) == (["shuffled"], ["ordered-by-values"])


ORDERS = {
    "shuffled-in-parts": "np.concatenate([np.random.permutation(m // 2), m // 2 + np.random.permutation(m - m // 2)])",
    "class-by-class": "np.concatenate([np.random.permutation(np.flatnonzero(Y[0] == c)) for c in (1, 0)])",
}


@pytest.mark.parametrize(("code", "order"), ORDERS.items(), ids=ORDERS.keys())
def test_an_order_that_is_random_in_parts_only_is_named(code: str, order: str) -> None:
    graded = mini_batches(("np.random.permutation(m)", order))
    assert (failed(graded), codes(graded)) == (["shuffled"], [code])


@pytest.mark.parametrize("order", ["np.roll(np.arange(m), m // 2)", "np.arange(m)[::-1]"])
def test_an_order_that_is_only_moved_is_named(order: str) -> None:
    graded = mini_batches(("np.random.permutation(m)", order))
    assert (failed(graded), codes(graded)) == (["shuffled"], ["moved-order"])


@pytest.mark.parametrize("order", ["np.r_[0 : m : 2, 1 : m : 2]", "np.r_[np.random.permutation(m // 2), m // 2 : m]"])
def test_an_order_that_no_catalogued_mistake_has_gets_no_name(order: str) -> None:
    graded = mini_batches(("np.random.permutation(m)", order))
    assert (failed(graded), codes(graded)) == (["shuffled"], [])


CUTS = {
    "counts-features": (("X.shape[1]", "X.shape[0]"),),
    "single-left-over-lost": (("if m % mini_batch_size:", "if m % mini_batch_size > 1:"),),
    "missing-last-batch": (("if m % mini_batch_size:", "if m % mini_batch_size > m:"),),
    "features-permuted": (("X[:, order], Y[:, order]", "X[np.random.permutation(len(X))], Y"),),
    "small-batch-first": (("batches.append((X[:, m", "batches.insert(0, (X[:, m"),),
    "only-last-batch": (("return batches", "return batches[-1:]"),),
}


@pytest.mark.parametrize(("code", "changes"), CUTS.items(), ids=CUTS.keys())
def test_batches_that_are_cut_otherwise_are_named(code: str, changes: tuple[tuple[str, str], ...]) -> None:
    assert codes(mini_batches(*changes))[-1:] == [code]


@pytest.mark.parametrize("change", [("X.shape[1]", "X.shape[1] - 1"), ("X.shape[1]", "max(X.shape[0], X.shape[1] // 2)")])
def test_examples_that_are_lost_are_not_laid_on_the_features(change: tuple[str, str]) -> None:
    assert "counts-features" not in codes(mini_batches(change))


def test_examples_dealt_to_the_batches_keep_their_old_order_within_them() -> None:
    assert mini_batches(("np.random.permutation(m)", DEALT)).status == "passed"


DEALT = """np.concatenate([np.sort(part) for part in np.split(
        np.random.permutation(m), range(mini_batch_size, m, mini_batch_size))])"""
FORMS = {
    "pairs-turned-round": ("[(y, x) for x, y in batches]", 0.4),
    "separate-lists": ("([x for x, _ in batches], [y for _, y in batches])", 0.25),
    "dictionary-for-list": ("{number: batch for number, batch in enumerate(batches)}", 0.25),
    "": ("[(x, y, order) for x, y in batches]", 0.25),
    "single-precision-batches": ("[(x.astype(np.float32), y) for x, y in batches]", 0.25),
}


@pytest.mark.parametrize(("code", "change"), FORMS.items(), ids=FORMS.keys())
def test_right_batches_in_another_form_are_named_and_keep_most(code: str, change: tuple[str, float]) -> None:
    graded = mini_batches(("    return batches", f"    return {change[0]}"))
    assert codes(graded) == [code] * bool(code)
    assert (1 - change[1]) * graded.max_points < graded.points < graded.max_points


def test_wrong_batches_in_another_form_are_wrong() -> None:
    graded = mini_batches(("    return batches", "    return {number: (0 * x, y) for number, (x, y) in enumerate(batches)}"))
    assert graded.points == 0


LABELS = {
    "pairs-broken": ("Y[:, order]", "Y[:, np.random.permutation(m)]"),
    "labels-turned": ("Y[:, order]", "1 - Y[:, order]"),
    "labels-shuffled-in-batch": ("    return batches", "    return [(x, np.sort(y)) for x, y in batches]"),
}


@pytest.mark.parametrize(("code", "change"), LABELS.items(), ids=LABELS.keys())
def test_labels_of_others_cost_more_than_anything_else_that_shuffles(code: str, change: tuple[str, str]) -> None:
    astray = mini_batches(change)
    repeated = mini_batches(("np.random.permutation(m)", "np.random.randint(0, m, m)"))
    one_lost = mini_batches(("return batches", "return batches[:-1] + [(x[:, 1:], y[:, 1:]) for x, y in batches[-1:]]"))
    empty = mini_batches(("if m % mini_batch_size:", "if True:"))
    assert codes(astray) == [code]
    points = [graded.points / graded.max_points for graded in (astray, repeated, one_lost, empty)]
    assert points[0] < 0.25 < points[1] < 0.5 < points[2] < 0.75 < 0.9 < points[3] < 1


def test_labels_of_others_in_one_batch_cost_more_than_examples_that_are_lost_or_repeated() -> None:
    last = "Y[:, m - m % mini_batch_size :]"
    astray = mini_batches((last, "Y[:, : m % mini_batch_size]"))
    one_lost = mini_batches(
        (last, last.replace(":]", "+ 1 :]")), (last.replace("Y", "X"), last.replace("Y", "X")[:-2] + "+ 1 :]")
    )
    again = mini_batches(
        ("if m % mini_batch_size:", "if True:"),
        *((f"{part}[:, m - m % mini_batch_size :]", f"{part}[:, -(m % mini_batch_size) :]") for part in "XY"),
    )
    empty = mini_batches(("if m % mini_batch_size:", "if True:"))
    assert [codes(graded) for graded in (astray, one_lost, again, empty)] == [
        ["labels-of-last-batch"],
        ["wrong-last-batch"],
        ["whole-set-again"],
        ["empty-last-batch"],
    ]
    losses = [1 - graded.points / graded.max_points for graded in (astray, one_lost, again, empty)]
    assert losses[0] > losses[1] + 0.1 and losses[1] > losses[2] > 0.15 and losses[2] > losses[3] + 0.1


SEEN = {
    "batches of 16 at most": ("m = X.shape[1]", "m, mini_batch_size = X.shape[1], min(mini_batch_size, 16)"),
    "numbers below 256": ("np.random.permutation(m)", "np.random.permutation(m).astype(np.uint8)"),
    "one example gives nothing": ("    return batches", "    return batches if m > 1 else []"),
    "equal columns merged": ("m = X.shape[1]", "X = np.unique(X, axis=1); Y = Y[:, : X.shape[1]]; m = X.shape[1]"),
}


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN.keys())
def test_what_is_wrong_for_few_inputs_costs_something(change: tuple[str, str]) -> None:
    graded = mini_batches(change)
    assert graded.status != "passed" and graded.points < graded.max_points


TRANSPOSED = """
def turned(g):
    return g.T if g.shape[0] == g.shape[1] else g

def update_parameters_with_gd(parameters, grads, learning_rate):
    return {k: p - learning_rate * turned(grads["d" + k]) for k, p in parameters.items()}

def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    v = {k: beta * v[k] + (1 - beta) * turned(g) for k, g in grads.items()}
    return {k: p - learning_rate * v["d" + k] for k, p in parameters.items()}, v
"""
ZEROS_STAY = TRANSPOSED.replace("turned(g)", "g").replace("turned(grads", "(grads").replace("k: p -", "k: p - (p != 0) *")


@pytest.mark.parametrize("code", [TRANSPOSED, ZEROS_STAY], ids=["square weights", "parameters of 0"])
def test_square_weights_and_parameters_of_0_are_asked(code: str) -> None:
    graded = report(code)
    for name in ("update_parameters_with_gd", "update_parameters_with_momentum"):
        assert graded[name].status == "partial"
        assert 0.5 * graded[name].max_points < graded[name].points < graded[name].max_points


def test_keys_with_another_prefix_are_a_slip() -> None:
    found = report("""
        def initialize_velocity(parameters):
            return {"vd" + name: np.zeros(value.shape) for name, value in parameters.items()}
    """)["initialize_velocity"]
    assert found.status != "passed"
    assert 0.75 * found.max_points < found.points < found.max_points


def test_a_gradient_that_is_clipped_is_seen_where_it_is_steep() -> None:
    code = """
def update_parameters_with_gd(parameters, grads, learning_rate):
    return {k: p - learning_rate * np.clip(grads["d" + k], -50, 50) for k, p in parameters.items()}
"""
    found = report(code)["update_parameters_with_gd"]
    assert (found.status, codes(found)) == ("partial", ["only-special-inputs"])
    assert found.points < found.max_points


def test_a_last_batch_of_the_right_examples_with_wrong_labels_is_not_said_to_hold_others() -> None:
    found = report("""
        def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
            m, batches = X.shape[1], []
            order = np.random.permutation(m)
            X, Y = X[:, order], Y[:, order]
            for start in range(0, m, mini_batch_size):
                part = slice(start, start + mini_batch_size)
                batches.append((X[:, part], Y[:, part] if start + mini_batch_size <= m else X[:, part]))
            return batches
    """)["random_mini_batches"]
    assert found.status == "partial"
    assert found.points <= 0.75 * found.max_points
    assert "wrong-last-batch" not in [finding.code for finding in found.findings]


@pytest.mark.parametrize("second", ["v", "dict(v)", "{name: v[name] for name in v}", "{k: a[:] for k, a in v.items()}"])
def test_two_averages_that_are_one_in_memory_are_told(second: str) -> None:
    found = report(f"""
        def initialize_adam(parameters):
            v = {{"d" + name: np.zeros(value.shape) for name, value in parameters.items()}}
            return v, {second}
    """)["initialize_adam"]
    assert (found.status, codes(found)) == ("partial", ["shared-memory"])
    assert found.points == pytest.approx(0.8 * found.max_points)


@pytest.mark.parametrize("start", ["np.full(p.shape, 0.01)", "np.random.randn(*p.shape)", "np.zeros(p.shape) + 1e-8"])
def test_averages_that_start_elsewhere_are_told_that_and_share_nothing(start: str) -> None:
    averages = f"{{'d' + name: {start} for name, p in parameters.items()}}"
    graded = report(f"""
        def initialize_velocity(parameters):
            return {averages}

        def initialize_adam(parameters):
            return {averages}, {averages}
    """)
    for name, names in (("initialize_velocity", "v"), ("initialize_adam", "v and s")):
        (finding,) = graded[name].findings
        assert (finding.code, names in finding.message) == ("not-zero", True)
        assert "failed" not in [check.status for check in graded[name].checks if check.kind == "property"]


def test_batches_of_one_example_are_shuffled_too() -> None:
    found = report("""
        def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
            m = X.shape[1]
            order = np.arange(m) if mini_batch_size == 1 else np.random.permutation(m)
            return [
                (X[:, part], Y[:, part]) for part in np.split(order, range(mini_batch_size, m, mini_batch_size))
            ]
    """)["random_mini_batches"]
    assert found.status == "partial"
    assert [check.name for check in found.checks if check.status == "failed"] == ["shuffled"]


def test_arrays_that_layers_of_one_shape_share_are_told() -> None:
    code = """
        def one_for_each_shape(parameters):
            zeros = {value.shape: np.zeros(value.shape) for value in parameters.values()}
            return {"d" + name: zeros[value.shape] for name, value in parameters.items()}

        def initialize_velocity(parameters):
            return one_for_each_shape(parameters)

        def initialize_adam(parameters):
            return one_for_each_shape(parameters), one_for_each_shape(parameters)
    """
    for found in map(report(code).get, ("initialize_velocity", "initialize_adam")):
        assert found is not None
        assert (found.status, codes(found)) == ("partial", ["one-array-for-several"])
        assert found.points == pytest.approx(0.8 * found.max_points)


@pytest.mark.parametrize("second", ["list(v.values())[0].dtype", "float"])
def test_zeros_that_are_cut_out_of_one_array_share_nothing(second: str) -> None:
    found = report(f"""
        def initialize_velocity(parameters):
            v, start, everything = {{}}, 0, np.zeros(sum(map(np.size, parameters.values())))
            for name, value in parameters.items():
                v["d" + name] = everything[start : start + value.size].reshape(value.shape)
                start += value.size
            return v

        def initialize_adam(parameters):
            v = initialize_velocity(parameters)
            return v, {{name: np.zeros(value.shape, dtype={second}) for name, value in v.items()}}
    """)
    assert [found[name].status for name in ("initialize_velocity", "initialize_adam")] == ["passed"] * 2


def test_an_average_that_lacks_a_layer_is_no_slip() -> None:
    found = report("""
        def initialize_adam(parameters):
            v = {"d" + name: np.zeros(value.shape) for name, value in parameters.items()}
            return v, {name: value for name, value in v.items() if "W" in name}
    """)["initialize_adam"]
    assert 0.25 * found.max_points < found.points < 0.7 * found.max_points


def test_a_loop_variable_after_its_loop_costs_only_what_needs_a_batch_that_is_not_full() -> None:
    graded = report(BATCHES)["random_mini_batches"]
    assert failed(graded) == ["runs"]
    assert next(c for c in graded.checks if c.name == "fewer examples than a batch").status == "skipped"
    assert codes(graded) == ["loop-variable-after-loop"]
    assert 0.88 * graded.max_points < graded.points < 0.95 * graded.max_points


def test_examples_shuffled_in_place_cost_the_inputs_check_only() -> None:
    graded = report(
        """
        def random_mini_batches(X, Y, size, seed):
            for array in (X, Y):
                np.random.seed(seed)
                np.random.shuffle(array.T)
            return [[X[:, i : i + size], Y[:, i : i + size]] for i in range(0, X.shape[1], size)]
        """
    )["random_mini_batches"]
    assert (failed(graded), codes(graded)) == (["inputs"], ["mutated-input"])


STUBS = {
    "nothing": "return []",
    "zeros": "return [(0 * X[:, i : i + mini_batch_size], Y[:, i : i + mini_batch_size]) "
    "for i in range(0, X.shape[1], mini_batch_size)]",
    "the template": "return [(None, None)]",
}


@pytest.mark.parametrize("body", STUBS.values(), ids=STUBS.keys())
def test_a_stub_of_the_mini_batches_earns_nothing(body: str) -> None:
    graded = report(f"def random_mini_batches(X, Y, mini_batch_size, seed):\n    {body}")["random_mini_batches"]
    assert graded.points == 0


def test_everything_in_one_batch_earns_only_what_is_right_where_there_is_one_batch() -> None:
    graded = report("def random_mini_batches(X, Y, mini_batch_size, seed):\n    return [(X, Y)]")["random_mini_batches"]
    assert graded.status == "failed"
    assert graded.points <= 0.05 * graded.max_points


@pytest.mark.parametrize(
    ("bias", "code"), [('parameters["W" + str(l)].shape', "shape-of-weights"), ("(1, 1)", ""), ("7", "")]
)
def test_biases_of_another_shape_are_not_called_forgotten(bias: str, code: str) -> None:
    found = report(f"""
        def initialize_adam(parameters):
            v, s = {{}}, {{}}
            for l in range(1, len(parameters) // 2 + 1):
                v["dW" + str(l)] = np.zeros(parameters["W" + str(l)].shape)
                s["dW" + str(l)] = np.zeros(parameters["W" + str(l)].shape)
                v["db" + str(l)], s["db" + str(l)] = np.zeros({bias}), np.zeros({bias})
            return v, s
        """)["initialize_adam"]  # fmt: skip
    assert found.status != "passed"
    assert codes(found) == [code] * bool(code)


# -- Adam --------------------------------------------------------------------------------

ADAM = """
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon):
    v_corrected, s_corrected = {}, {}
    for l in range(len(parameters) // 2):
        for kind in ("W", "b"):
            k = kind + str(l + 1)
            v["d" + k] = beta1 * v["d" + k] + (1 - beta1) * grads["d" + k]
            s["d" + k] = beta2 * s["d" + k] + (1 - beta2) * grads["d" + k] ** 2
            v_corrected["d" + k] = v["d" + k] / (1 - beta1**t)
            s_corrected["d" + k] = s["d" + k] / (1 - beta2**t)
            step = v_corrected["d" + k] / (np.sqrt(s_corrected["d" + k]) + epsilon)
            parameters[k] = parameters[k] - learning_rate * step
    return parameters, v, s
"""
OUTSIDE, INSIDE = '(np.sqrt(s_corrected["d" + k]) + epsilon)', 'np.sqrt(s_corrected["d" + k] + epsilon)'
THREE, FIVE = "return parameters, v, s\n", "return parameters, v, s, v_corrected, s_corrected\n"


def adam(*changes: tuple[str, str]) -> FunctionReport:
    code = ADAM
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    return report(code)["update_parameters_with_adam"]


@pytest.mark.parametrize("result", [THREE, FIVE], ids=["three items", "five items"])
def test_both_editions_of_adam_pass_and_rebinding_keys_is_free(result: str) -> None:
    assert adam((THREE, result)).status == "passed"


@pytest.mark.parametrize("result", [THREE, FIVE], ids=["three items", "five items"])
def test_an_epsilon_inside_the_root_costs_only_the_epsilon_check(result: str) -> None:
    graded = adam((OUTSIDE, INSIDE), (THREE, result))
    assert (failed(graded), codes(graded)) == (["epsilon"], ["epsilon-inside-root"])
    # Of five items the parameters are a third, of three they are half.
    kept = 0.8 if result == FIVE else 0.7
    assert points_of(graded, "values", "epsilon") <= kept * 0.05 * graded.max_points
    assert graded.max_points - graded.points >= (1 - kept) * 0.05 * graded.max_points - 1e-9


def test_a_wrong_correction_among_five_items_costs_what_the_handout_says() -> None:
    five = "root = {name: np.sqrt(a) for name, a in s_corrected.items()}\n    return parameters, v, s, v_corrected, root\n"
    graded = adam((THREE, five))
    assert points_of(graded, "values", "s_corrected") < 0.5 * 0.65 / 6 * 2 * graded.max_points
    assert 0.85 * graded.max_points < graded.points < 0.95 * graded.max_points


def test_epsilon_must_stand_in_the_same_place_everywhere() -> None:
    graded = adam((OUTSIDE, f'({OUTSIDE} if kind == "W" else {INSIDE})'))
    assert failed(graded) == ["parameters", "epsilon"]


MISTAKES = {
    "uncorrected-s": (OUTSIDE, '(np.sqrt(s["d" + k]) + epsilon)'),
    "exponent-is-layer": ("**t", "**(l + 1)"),
    "exponent-shifted": ("    v_corrected, s_c", "    t += 1\n    v_corrected, s_c"),
    "exponent-grows-with-layers": ("        for kind", "        t += 1\n        for kind"),
    "exponent-behind": ("**t", "**(t - 1)"),
    "missing-square": (" ** 2", ""),
    "epsilon-after-division": (OUTSIDE, 'np.sqrt(s_corrected["d" + k]) + epsilon'),
    "missing-epsilon": (" + epsilon", ""),
    "epsilon-literal": (" + epsilon", " + 1e-8"),
    "ascent": ("- learning_rate", "+ learning_rate"),
}


@pytest.mark.parametrize("result", [THREE, FIVE], ids=["three items", "five items"])
@pytest.mark.parametrize(("code", "change"), MISTAKES.items(), ids=MISTAKES.keys())
def test_a_mistake_is_named_in_both_editions(code: str, change: tuple[str, str], result: str) -> None:
    assert codes(adam(change, (THREE, result))) == [code]


@pytest.mark.parametrize(
    "change",
    [("    v_corrected, s_c", "    t += 1\n    v_corrected, s_c"), ("        for kind", "        t += 1\n        for kind")],
)
def test_a_shifted_exponent_is_told_beside_an_epsilon_inside_the_root(change: tuple[str, str]) -> None:
    (code,) = codes(adam(change, (OUTSIDE, INSIDE)))
    assert code in ("exponent-shifted", "exponent-grows-with-layers")


def test_steps_that_are_counted_by_the_function_itself_are_told_to_be_kept_between_calls() -> None:
    counting = ADAM.replace("epsilon):", "epsilon, seen=[]):").replace(
        "    v_c", "    seen.append(1)\n    t = len(seen)\n    v_c", 1
    )
    assert codes(report(counting)["update_parameters_with_adam"]) == ["kept-between-calls"]
    right = ADAM.replace("epsilon):", "epsilon, seen=[]):").replace("    v_c", "    seen.append(t)\n    v_c", 1)
    assert report(right)["update_parameters_with_adam"].status == "passed"


@pytest.mark.parametrize("place", ["argument", "module"])
def test_a_list_of_batches_that_grows_from_call_to_call_is_told_as_such(place: str, tmp_path: Path) -> None:
    """Its results are too large together, which says nothing of why."""
    code = BATCHES.replace("    batches = []\n", "").replace("(k + 1) * mini_batch_size :]", "m - m % mini_batch_size :]")
    code = code.replace("seed):", "seed, batches=[]):") if place == "argument" else "batches = []\n" + code
    path = tmp_path / "solution.py"
    path.write_text("import numpy as np\n" + code)
    graded = next(f for f in grade(ASSIGNMENT, path).functions if f.name == "random_mini_batches")
    assert (graded.status, codes(graded)) == ("too-much-output", ["kept-between-calls"])


def test_five_items_that_are_all_wrong_are_not_taken_for_a_wrong_number_of_items() -> None:
    graded = adam(("beta1) *", "beta2) *"), ("(1 - beta2) * grads", "grads"), (THREE, FIVE))
    assert failed(graded)[0] != "structure"


def test_averages_in_another_order_are_named() -> None:
    assert codes(adam((THREE, "return parameters, s, v\n"))) == ["permuted-result"]


@pytest.mark.parametrize("result", ["v, parameters", "[v, parameters]"])
def test_right_parts_in_another_order_cost_a_quarter_whatever_their_keys_are(result: str) -> None:
    graded = report(
        UPDATES["update_parameters_with_momentum"]
        .replace("-=", "= parameters[name] -")
        .replace("return parameters, v", f"return {result}")
    )["update_parameters_with_momentum"]
    assert codes(graded) == ["permuted-result"]
    assert graded.points == pytest.approx(0.75 * graded.max_points)


UPDATES = {
    "update_parameters_with_gd": """
        def update_parameters_with_gd(parameters, grads, learning_rate):
            for name in parameters:
                parameters[name] -= learning_rate * grads["d" + name]
            return parameters
        """,
    "update_parameters_with_momentum": """
        def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
            for name in parameters:
                v["d" + name] = beta * v["d" + name] + (1 - beta) * grads["d" + name]
                parameters[name] -= learning_rate * v["d" + name]
            return parameters, v
        """,
    "update_parameters_with_adam": ADAM.replace("parameters[k] = parameters[k] -", "parameters[k] -="),
}


@pytest.mark.parametrize(("name", "code"), UPDATES.items(), ids=UPDATES.keys())
def test_arrays_overwritten_in_place_cost_the_inputs_check_only(name: str, code: str) -> None:
    graded = report(code)[name]
    assert (failed(graded), codes(graded)) == (["inputs"], ["mutated-input"])
    assert graded.points == pytest.approx(0.95 * graded.max_points)


def test_the_example_of_the_hand_out_is_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert (result.failed, result.attempted) == (0, len(example.examples)) and result.attempted > 5


def test_a_loop_that_ends_at_a_zero_gradient_is_told_nothing_of_a_loop_that_goes_on() -> None:
    """In a case where all gradients of the weights are zero, one looks like the other."""
    ends = """
        def update_parameters_with_gd(parameters, grads, learning_rate):
            new = dict(parameters)
            for name in parameters:
                if not np.any(grads["d" + name]):
                    break
                new[name] = parameters[name] - learning_rate * grads["d" + name]
            return new
        """
    (found,) = report(ends)["update_parameters_with_gd"].findings
    assert "left out" not in found.message
    rebinding = ends.replace('if not np.any(grads["d" + name]):', "if True:").replace("break", "value = 0")
    rebinding = rebinding.replace("new[name] =", "value =")
    (found,) = report(rebinding)["update_parameters_with_gd"].findings
    assert found.message.endswith("unchanged")


# -- other names -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["k", "'v' + k", "'d_' + k", "'vd' + k", "'d' + k[0] + str(int(k[1:]) - 1)", "k.lower()"])
def test_whatever_the_names_are_zeros_under_others_cost_a_form(name: str) -> None:
    found = report(f"def initialize_velocity(p): return {{{name}: np.zeros(a.shape) for k, a in p.items()}}")
    velocity = found["initialize_velocity"]
    assert velocity.points == pytest.approx(0.88 * velocity.max_points)
    both = "return [{'v' + k: np.zeros(a.shape) for k, a in p.items()} for _ in range(2)]"
    adam = report(f"def initialize_adam(p): {both}")["initialize_adam"]
    assert 0.7 < adam.points / adam.max_points < 0.9


def test_batches_with_the_examples_in_rows_keep_about_half_and_broken_pairs_less() -> None:
    cut = "[(X[:, p[k : k + size]]{0}, Y[:, {1}[k : k + size]]{0}) for k in range(0, X.shape[1], size)]"
    head = "def random_mini_batches(X, Y, size=64, seed=0):\n"
    code = head + "    p, q = (np.random.permutation(X.shape[1]) for _ in 'pq')\n    return "
    turned, broken = (report(code + cut.format(*how))["random_mini_batches"] for how in ((".T", "p"), ("", "q")))
    assert 0.4 < turned.points / turned.max_points < 0.6
    assert broken.points < 0.3 * broken.max_points
    assert codes(turned) == ["examples-in-rows"]


@pytest.mark.parametrize("velocity", ["", "v['d' + k] = beta * v['d' + k] + (1 - beta) * grads['d' + k]"])
def test_biases_without_momentum_are_not_laid_on_the_loop(velocity: str) -> None:
    code = f"""
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    for k in parameters:
        if k.startswith("b"):
            {velocity or "pass"}
            parameters[k] = parameters[k] - learning_rate * grads["d" + k]
        else:
            v["d" + k] = beta * v["d" + k] + (1 - beta) * grads["d" + k]
            parameters[k] = parameters[k] - learning_rate * v["d" + k]
    return parameters, v
"""
    assert codes(report(code)["update_parameters_with_momentum"]) == ["plain-biases"]


STEPS = {
    "biases-uphill": "{k: p - learning_rate * grads['d' + k] * (-1 if k[0] == 'b' else 1) for k, p in parameters.items()}",
    "missing-learning-rate": "{k: p - learning_rate ** (k[0] == 'W') * grads['d' + k] for k, p in parameters.items()}",
    "biases-forgotten": "{k: p - learning_rate * grads['d' + k] for k, p in parameters.items() if k[0] == 'W'}",
    "gradients-returned": "grads",
    "only-first-layer": "{k: parameters[k] - learning_rate * grads['d' + k] for k in ('W1', 'b1')}",
}


@pytest.mark.parametrize(("code", "result"), STEPS.items(), ids=STEPS.keys())
def test_an_ordinary_mistake_of_gradient_descent_has_its_name(code: str, result: str) -> None:
    text = f"def update_parameters_with_gd(parameters, grads, learning_rate):\n    return {result}\n"
    assert codes(report(text)["update_parameters_with_gd"]) == [code]
