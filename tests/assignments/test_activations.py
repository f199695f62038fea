"""Activation functions: what is accepted, what is not, and what the cases hold."""

import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.judging.outcomes import arguments_of
from grader.model import FunctionReport
from reference import activations as reference
from tests.assignments.verdicts import codes_of, points_of, verdicts

ASSIGNMENT = load_assignment("activations", course=Path(__file__).parents[2])
RIGHT = """
    def sigmoid(Z):
        return 1 / (1 + np.exp(-Z)), Z

    def relu(Z):
        return np.maximum(0, Z), Z

    def tanh(Z):
        return np.tanh(Z), Z

    def sigmoid_backward(dA, cache):
        s = sigmoid(cache)[0]
        return dA * s * (1 - s)

    def relu_backward(dA, cache):
        return dA * (cache > 0)

    def tanh_backward(dA, cache):
        return dA * (1 - tanh(cache)[0] ** 2)
    """
FORWARD = {"sigmoid": "1 / (1 + np.exp(-Z))", "relu": "np.maximum(0, Z)", "tanh": "np.tanh(Z)"}


def report(name: str, *code: str) -> FunctionReport:
    """What a function gets in the right submission with some definitions replaced."""
    return verdicts(ASSIGNMENT, RIGHT, *code, only=name)[name]


def cases_of(name: str) -> list[Any]:
    return [case for case in frozen_cases(ASSIGNMENT).functions[name].cases if case.check == "values"]


def test_the_right_submission_gets_full_marks() -> None:
    reports = verdicts(ASSIGNMENT, RIGHT)
    assert {name: (r.status, r.carried) for name, r in reports.items()} == dict.fromkeys(reports, ("passed", False))
    assert sum(r.points for r in reports.values()) == 100


def test_the_activation_alone_is_asked_whether_its_property_holds() -> None:
    found = report("sigmoid", "def sigmoid(Z): return 1 / (1 + np.exp(-Z))")
    name = "sigmoid(Z) + sigmoid(-Z) = 1"
    assert points_of(found, "property", name) == pytest.approx(0.85 * 0.15 * 15)
    found = report("sigmoid", "def sigmoid(Z): return 1 / (1 + np.exp(Z)) ** 2")
    assert points_of(found, "property", name) == 0


# -- large entries -----------------------------------------------------------------------


def test_a_sigmoid_that_overflows_to_nan_fails_on_extreme_entries_only() -> None:
    found = report("sigmoid", "def sigmoid(Z): return np.exp(Z) / (1 + np.exp(Z)), Z")
    assert (found.status, codes_of(found)) == ("partial", ["overflow"])
    assert [check.name for check in found.checks if check.status == "failed"] == ["finite far out"]
    assert 0.9 * found.max_points <= found.points < found.max_points


def test_a_quotient_of_exponentials_loses_what_entries_in_the_thousands_carry_alone() -> None:
    formula = "(np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))"
    found = report("tanh", f"def tanh(Z): return {formula}, Z")
    assert (found.status, codes_of(found)) == ("partial", ["overflow"])
    assert [check.name for check in found.checks if check.status == "failed"] == ["finite far out"]
    assert 0.9 * found.max_points <= found.points < found.max_points


FAR = {
    "sigmoid": "def sigmoid(Z): return (1 / (1 + np.exp(-Z)) if np.abs(Z).max() < 500 else (Z > 0) * 1.0), Z",
    "relu": "def relu(Z): return (np.maximum(0, Z) if Z.max() < 500 else np.where(Z > 5, Z, 0.0)), Z",
    "tanh": "def tanh(Z): return (np.tanh(Z) if np.abs(Z).max() < 300 else np.sign(Z)), Z",
    "sigmoid_backward": "def sigmoid_backward(dA, Z):\n    if np.abs(Z).max() > 500:\n        return np.zeros(dA.shape)\n"
    "    s = 1 / (1 + np.exp(-Z))\n    return dA * s * (1 - s)",
    "relu_backward": "def relu_backward(dA, Z): return dA * (Z > (5 if Z.max() > 500 else 0))",
    "tanh_backward": "def tanh_backward(dA, Z): return dA * (0 if np.abs(Z).max() > 100 else 1 - np.tanh(Z) ** 2)",
}


@pytest.mark.parametrize("name", FAR)
def test_who_asks_once_for_the_whole_array_is_wrong_for_usual_entries_beside_large_ones(name: str) -> None:
    found = report(name, FAR[name])
    assert [check.name for check in found.checks if check.status == "failed"] == ["finite far out"]
    assert 0.9 * found.max_points <= found.points < found.max_points
    branch = "def sigmoid(Z): return np.where(Z >= 0, 1 / (1 + np.exp(-np.abs(Z))), 1 - 1 / (1 + np.exp(-np.abs(Z)))), Z"
    assert report("sigmoid", branch).status == "passed"


def test_saturated_entries_are_asked_for_everywhere() -> None:
    for name in frozen_cases(ASSIGNMENT).functions:
        largest = [np.abs(arguments_of(c.plan)[-1]).max() for c in cases_of(name) if c.case_class == "saturated"]
        assert largest
        assert max(largest) > 15


@pytest.mark.parametrize("bound", [17, 20, 40])
def test_a_clip_that_changes_next_to_nothing_is_right(bound: int) -> None:
    code = f"def sigmoid(Z): return 1 / (1 + np.exp(-np.clip(Z, -{bound}, {bound}))), Z"
    assert {name: report(name, code).status for name in ("sigmoid", "sigmoid_backward")} == {
        "sigmoid": "passed", "sigmoid_backward": "passed"
    }  # fmt: skip


@pytest.mark.parametrize("bound", [3, 5, 8])
def test_a_clip_far_from_saturation_is_seen(bound: int) -> None:
    found = report("sigmoid", f"def sigmoid(Z): return 1 / (1 + np.exp(-np.clip(Z, -{bound}, {bound}))), Z")
    assert 0.05 < 1 - found.points / found.max_points < 0.4


GUARDED = {
    "sigmoid": "def sigmoid(Z): return 1 / (1 + np.exp(-Z) + {0}), Z",
    "tanh": "def tanh(Z): a, b = np.exp(np.clip([Z, -Z], -500, 500)); return (a - b) / (a + b + {0}), Z",
}


@pytest.mark.parametrize("guard", [1e-12, 1e-8, 1e-7])
@pytest.mark.parametrize("name", GUARDED)
def test_a_guard_below_the_fraction_is_right_there_and_in_the_gradient(name: str, guard: float) -> None:
    code = GUARDED[name].format(guard)
    assert report(name, code).status == report(f"{name}_backward", code).status == "passed"


@pytest.mark.parametrize(("name", "near"), [("sigmoid", "0.5 + Z / 4"), ("tanh", "Z")])
def test_a_straight_line_around_0_is_seen(name: str, near: str) -> None:
    found = report(name, f"def {name}(Z): return np.where(np.abs(Z) < 0.1, {near}, {FORWARD[name]}), Z")
    assert found.points < found.max_points


# -- what is returned --------------------------------------------------------------------


@pytest.mark.parametrize("name", FORWARD)
def test_an_array_alone_is_not_the_tuple_that_the_contract_asks_for(name: str) -> None:
    found = report(name, f"def {name}(Z): return {FORWARD[name]}")
    assert (found.status, codes_of(found)) == ("partial", ["missing-cache"])
    assert points_of(found, "values", "A") > points_of(found, "values", "cache") == 0
    assert 0.25 * found.max_points <= found.points <= 0.75 * found.max_points


def test_a_wrong_way_back_beside_a_forward_function_that_returns_A_alone_pays_for_its_own_mistake() -> None:
    wrong = "def tanh_backward(dA, cache): return dA * (1 + np.tanh(cache) ** 2)"
    alone = report("tanh_backward", wrong)
    beside = report("tanh_backward", wrong, "def tanh(Z): return np.tanh(Z)")
    assert (beside.status, beside.points) == (alone.status, alone.points)
    assert {check.name: check.status for check in beside.checks}["linear in dA"] == "passed"


@pytest.mark.parametrize("name", FORWARD)
def test_a_list_and_a_copied_cache_are_as_good_as_a_tuple_and_Z(name: str) -> None:
    assert report(name, f"def {name}(Z): return [{FORWARD[name]}, Z.copy()]").status == "passed"


CONSISTENT = {
    "sigmoid": ("1 / (1 + np.exp(-Z))", "dA * cache * (1 - cache)"),
    "relu": ("np.maximum(0, Z)", "dA * np.sign(cache)"),
    "tanh": ("np.tanh(Z)", "dA * (1 - cache**2)"),
}


@pytest.mark.parametrize("name", CONSISTENT)
def test_who_caches_A_and_uses_it_loses_the_share_of_the_cache_only(name: str) -> None:
    forward, backward = CONSISTENT[name]
    code = f"def {name}(Z):\n    A = {forward}\n    return A, A\n\ndef {name}_backward(dA, cache): return {backward}"
    first, second = report(name, code), report(f"{name}_backward", code)
    assert codes_of(first) == ["cache-holds-activation"]
    assert points_of(first, "values", "A") > 0
    assert (second.status, second.carried, second.points) == ("passed", True, second.max_points)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_who_caches_Z_and_takes_it_for_A_does_not_pass(name: str) -> None:
    found = report(f"{name}_backward", f"def {name}_backward(dA, cache): return {CONSISTENT[name][1]}")
    assert (found.status, codes_of(found)) == ("failed", ["cache-taken-for-activation"])


@pytest.mark.parametrize("as_list", [False, True])
def test_who_does_not_look_at_the_cache_but_at_the_last_call_does_not_pass(as_list: bool) -> None:
    code = f"""
        LAST = {{}}

        def sigmoid(Z):
            LAST["A"] = 1 / (1 + np.exp(-Z))
            return {"[LAST['A'], Z]" if as_list else "LAST['A'], Z"}

        def sigmoid_backward(dA, cache):
            return dA * LAST["A"] * (1 - LAST["A"])
        """
    assert report("sigmoid", code).status == "passed"
    assert report("sigmoid_backward", code).status != "passed"


def test_a_cache_that_is_a_dictionary_will_do_for_the_way_back() -> None:
    code = """
        def sigmoid(Z):
            A = 1 / (1 + np.exp(-Z))
            return A, {"A": A}

        def sigmoid_backward(dA, cache):
            return dA * cache["A"] * (1 - cache["A"])
        """
    found = report("sigmoid_backward", code)
    assert (found.status, found.carried) == ("passed", True)


def test_a_wrong_sigmoid_does_not_pull_its_derivative_down() -> None:
    found = report("sigmoid_backward", "def sigmoid(Z): return 1 / (1 + np.exp(-Z / 2)), Z")
    assert (found.status, found.carried, codes_of(found)) == ("passed", True, ["carried"])


# -- relu --------------------------------------------------------------------------------


def test_the_kink_is_hit_exactly_and_belongs_to_the_closed_side() -> None:
    kinks = [case for case in cases_of("relu_backward") if case.case_class == "kink"]
    assert kinks
    assert all(np.any(arguments_of(case.plan)[1] == 0) for case in kinks)
    found = report("relu_backward", "def relu_backward(dA, cache): return np.where(cache >= 0, dA, 0)")
    assert (found.status, codes_of(found)) == ("partial", ["wrong-at-kink"])
    assert 0.75 * found.max_points <= found.points < found.max_points


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sigmoid", "def sigmoid(Z): return np.where(Z == 0, 0, 1 / (1 + np.exp(-Z))), Z"),
        ("tanh", "def tanh(Z): return np.tanh(Z) * Z / Z, Z"),
        (
            "sigmoid_backward",
            "def sigmoid_backward(dA, cache):\n    s = 1 / (1 + np.exp(-cache))\n    return dA * s * (1 - s) * (cache != 0)",
        ),
        ("tanh_backward", "def tanh_backward(dA, cache): return np.where(cache == 0, 0, dA * (1 - np.tanh(cache) ** 2))"),
    ],
)
def test_a_smooth_function_has_no_kink_at_zero(name: str, code: str) -> None:
    found = report(name, code)
    assert codes_of(found) == ["only-special-inputs"]
    assert found.findings[0].message.endswith("is wrong only for inputs of the kind 'exact zero'")
    assert all("kink" not in check.message for check in found.checks)


@pytest.mark.parametrize("mask", ["cache > 0", "np.where(cache > 0, 1, 0)", "np.int64(cache > 0)", "1.0 * (cache > 0)"])
def test_a_derivative_alone_is_named_whatever_its_dtype(mask: str) -> None:
    found = report("relu_backward", f"def relu_backward(dA, cache): return {mask}")
    assert codes_of(found) == ["missing-chain-rule"]


def test_overwriting_dA_costs_the_share_of_the_inputs_only() -> None:
    code = """
        def relu_backward(dA, cache):
            dA[cache <= 0] = 0
            return dA
        """
    found = report("relu_backward", code)
    assert codes_of(found) == ["mutated-input"]
    assert found.points == pytest.approx(0.95 * found.max_points)


def test_overwriting_the_cache_costs_the_share_of_the_inputs_only() -> None:
    code = """
        def tanh_backward(dA, cache):
            cache[...] = 1 - np.tanh(cache) ** 2
            return dA * cache
        """
    found = report("tanh_backward", code)
    assert codes_of(found) == ["mutated-input"]
    assert found.points == pytest.approx(0.95 * found.max_points)


def test_overwriting_Z_costs_the_cache_as_well() -> None:
    code = """
        def relu(Z):
            A = Z
            A[A < 0] = 0
            return A, Z
        """
    found = report("relu", code)
    failed = {(check.kind, check.name) for check in found.checks if check.status == "failed"}
    assert {("values", "cache"), ("inputs", "inputs")} <= failed
    assert points_of(found, "values", "A") > 0


# -- stubs -------------------------------------------------------------------------------

STUBS = {
    "zeros": "Z * 0, Z",
    "halves": "Z * 0 + 0.5, Z",
    "ones": "np.ones_like(Z), Z",
    "the argument": "Z, Z",
    "nothing": "None, None",
}


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("value", STUBS.values(), ids=STUBS)
def test_a_forward_stub_gets_nothing(name: str, value: str) -> None:
    assert report(name, f"def {name}(Z): return {value}").points == 0


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("value", ["dA", "dA * 0", "cache", "dA * cache", "np.zeros(dA.shape)", "None"])
def test_a_backward_stub_gets_nothing(name: str, value: str) -> None:
    found = report(f"{name}_backward", f"def {name}_backward(dA, cache): return {value}")
    if (name, value) == ("relu", "dA * cache"):  # the right zeros, and a factor: half of the rule
        assert 0 < found.points < 0.4 * found.max_points
    else:
        assert found.points == 0


def test_a_cache_that_is_overwritten_costs_points_even_where_the_students_own_cache_travels_as_a_handle() -> None:
    overwriting = "def relu_backward(dA, cache): cache[cache <= 0] = 0; cache[cache > 0] = 1; return dA * cache"
    graded = report("relu_backward", RIGHT, overwriting)
    assert graded.status == "partial" and not graded.carried
    assert graded.points == pytest.approx(0.95 * graded.max_points)
    assert points_of(graded, "inputs", "inputs") == 0
    assert codes_of(graded) == ["mutated-input"]


@pytest.mark.parametrize("A", ["np.minimum(np.maximum(0, Z), 100)", "(Z > 1e-4) * Z"])
def test_relu_is_seen_on_large_and_small_numbers(A: str) -> None:
    found = report("relu", f"def relu(Z): return {A}, Z")
    assert found.status == "partial"
    assert found.points < found.max_points


def test_the_derivative_of_relu_is_seen_close_to_the_kink() -> None:
    found = report("relu_backward", "def relu_backward(dA, cache): return dA * (cache > 1e-4)")
    assert found.status == "partial"
    assert found.points < found.max_points


# -- the hand-out ------------------------------------------------------------------------


def test_the_examples_of_the_hand_out_are_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert result.attempted == len(example.examples) > 5
    assert result.failed == 0


def test_the_hand_out_names_every_function_with_its_points() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    for function in ASSIGNMENT.spec.functions:
        heading = next(line for line in text.splitlines() if line.startswith(f"### `{function.name}("))
        assert heading.endswith(f"— {function.points} points")


@pytest.mark.parametrize(("cached", "from_cache"), [("Z", "1 / (1 + np.exp(-cache))"), ("A", "cache")])
def test_a_way_back_that_looks_at_the_last_forward_pass_does_not_pass(cached: str, from_cache: str) -> None:
    forward = f"""
        LAST = {{}}

        def sigmoid(Z):
            A = 1 / (1 + np.exp(-Z))
            LAST["A"] = A
            return A, {cached}
        """
    back = f"""
        def sigmoid_backward(dA, cache):
            A = LAST.get("A")
            if A is None or A.shape != dA.shape:
                A = LAST["A"] = {from_cache}
            return dA * A * (1 - A)
        """
    assert verdicts(ASSIGNMENT, RIGHT, forward, back, only="sigmoid_backward")["sigmoid_backward"].status != "passed"


def test_a_way_back_that_falls_back_on_its_cache_is_not_carried_by_helpers_that_are_right() -> None:
    forward = """
        LAST = {}

        def sigmoid(Z):
            LAST["Z"] = Z
            return 1 / (1 + np.exp(-Z)), Z
        """
    back = """
        def sigmoid_backward(dA, cache):
            s = 1 / (1 + np.exp(-LAST.get("Z", cache)))
            return dA * s * (1 - s)
        """
    graded = verdicts(ASSIGNMENT, RIGHT, forward, back)
    assert graded["sigmoid"].status == "passed"
    assert (graded["sigmoid_backward"].status, graded["sigmoid_backward"].carried) == ("partial", False)


SLOPES = {
    "sigmoid": "{name}(cache) * (1 - {name}(cache))",
    "relu": "({name}(cache) > 0)",
    "tanh": "(1 - {name}(cache) ** 2)",
}


@pytest.mark.parametrize("name", FORWARD)
def test_a_way_back_that_suits_a_forward_pass_without_a_cache_is_carried(name: str) -> None:
    graded = verdicts(
        ASSIGNMENT,
        RIGHT,
        f"def {name}(Z): return {FORWARD[name]}",
        f"def {name}_backward(dA, cache): return dA * {SLOPES[name].format(name=name)}",
    )
    assert graded[name].status == "partial"
    back = graded[f"{name}_backward"]
    assert (back.status, back.carried, codes_of(back)) == ("passed", True, ["carried"])
    assert name in back.findings[0].message


@pytest.mark.parametrize("name", FORWARD)
def test_a_wrong_way_back_beside_a_forward_pass_without_a_cache_is_not(name: str) -> None:
    wrong = SLOPES[name].format(name=name)
    graded = verdicts(
        ASSIGNMENT,
        RIGHT,
        f"def {name}(Z): return {FORWARD[name]}",
        f"def {name}_backward(dA, cache): return -dA * {wrong}",
    )
    assert not graded[f"{name}_backward"].carried
    assert graded[f"{name}_backward"].status == "failed"


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize(
    "cut",
    [
        "np.clip({dZ}, -1, 1)",
        "np.clip({dZ}, -5, 5)",
        "np.clip({dZ}, -50, 50)",
        "np.minimum({dZ}, 5)",
        "np.maximum({dZ}, -5)",
    ],
)
def test_a_gradient_that_is_cut_to_a_bound_is_seen(name: str, cut: str) -> None:
    dZ = f"dA * {SLOPES[name].format(name='f')}"
    found = report(
        f"{name}_backward",
        f"""
        def {name}_backward(dA, cache):
            f = lambda Z: {FORWARD[name]}
            return {cut.format(dZ=dZ)}
        """,
    )
    assert found.status != "passed" and found.points < 0.95 * found.max_points
    assert "clipped" in codes_of(found)


def test_parts_in_the_wrong_order_are_not_called_unchanged() -> None:
    found = report("relu", "def relu(Z): return Z, np.maximum(0, Z)")
    assert codes_of(found) == ["permuted-result"]


NAMED = {
    "sigmoid": {
        "cache-negated": "Z = -Z; return 1 / (1 + np.exp(Z)), Z",
        "softmax-for-sigmoid": "e = np.exp(Z - Z.max()); return e / e.sum(), Z",
        "sigmoid-of-double": "return (np.tanh(Z) + 1) / 2, Z",
        "cut-too-early": "return 1 / (1 + np.exp(-np.clip(Z, -10, 10))), Z",
    },
    "relu": {
        "relu-of-maximum": "return np.max(Z, 0), Z",
        "last-column-skipped": "A = Z * (Z > 0); A[:, -1] = 0; return A, Z",
    },
    "tanh": {
        "tanh-of-half": "return (np.exp(Z) - 1) / (np.exp(Z) + 1), Z",
        "minus-one-missing": "return 2 / (1 + np.exp(-2 * Z)), Z",
        "missing-brackets": "return (np.exp(Z) - np.exp(-Z)) / np.exp(Z) + np.exp(-Z), Z",
        "tanh-inverted": "return (np.exp(Z) + np.exp(-Z)) / (np.exp(Z) - np.exp(-Z)), Z",
        "tanh-is-arctan": "return np.arctan(Z), Z",
        "overflow": "e = np.exp(-2 * Z); return (1 - e) / (1 + e), Z",
    },
    "sigmoid_backward": {
        "sigmoid-twice": "s = sigmoid(sigmoid(cache)[0])[0]; return dA * s * (1 - s)",
        "cache-taken-for-activation": "return dA * sigmoid(cache)[0] * (1 - cache)",
        "wrong-product": "s = sigmoid(cache)[0]; return np.dot(dA, (s * (1 - s)).T)",
    },
    "relu_backward": {"mask-of-zeros": "dZ = dA.copy(); dZ[cache == 0] = 0; return dZ"},
    "tanh_backward": {
        "tanh-twice": "return dA * (1 - np.tanh(np.tanh(cache)) ** 2)",
        "wrong-product": "return np.dot(dA, (1 - np.tanh(cache) ** 2).T)",
        "incomplete-derivative": "return dA / np.cosh(np.clip(cache, -300, 300))",
        "overflow": "e = np.exp(2 * cache); return dA * (1 - ((e - 1) / (e + 1)) ** 2)",
    },
}


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, codes in NAMED.items() for code in codes])
def test_an_ordinary_mistake_has_a_name(name: str, code: str) -> None:
    arguments = "dA, cache" if name.endswith("backward") else "Z"
    assert codes_of(report(name, f"def {name}({arguments}): {NAMED[name][code]}")) == [code]


def test_a_denominator_alone_is_asked_for_nothing_that_is_not_there() -> None:
    for code in ("1 / 1 + np.exp(-Z)", "np.exp(-np.log(1 / (1 + np.exp(-Z))))"):
        (finding,) = report("sigmoid", f"def sigmoid(Z): return {code}, Z").findings
        assert finding.code == "missing-brackets"
        assert finding.hint is not None and "log" not in finding.hint


def test_a_cache_of_another_sign_that_is_no_number_of_Z_is_not_called_negated() -> None:
    assert "cache-negated" not in codes_of(report("sigmoid", "def sigmoid(Z): return 1 / (1 + np.exp(-Z)), -Z + 1"))
    assert "cache-negated" not in codes_of(report("sigmoid", "def sigmoid(Z): return 1 / (1 + np.exp(Z)), -Z"))
