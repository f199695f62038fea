"""Wrong versions of a right function."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from grader.audit.mutants import Mutant, chosen, mutants_of, plain_source

pytest.importorskip("cosmic_ray", reason="the general operators come from cosmic-ray")


def mutants(source: str) -> list[Mutant]:
    (function,) = ast.parse(dedent(source)).body
    assert isinstance(function, ast.FunctionDef)
    return mutants_of(function)


def after(source: str, operator: str | None = None) -> set[str]:
    return {mutant.after for mutant in mutants(source) if operator in (None, mutant.operator)}


# Each operator on a body of one line: what it makes of it, among other things.
OPERATORS = [
    ("axis", "np.sum(X, axis=1)", {"return np.sum(X, axis=0)", "return np.sum(X, axis=None)"}),
    ("axis", "np.sum(X, keepdims=True)", {"return np.sum(X, keepdims=False)"}),
    ("transpose", "X.T", {"return X"}),
    ("operands", "X @ Y", {"return Y @ X", "return X", "return Y"}),
    ("operands", "X / 2", {"return 2 / X", "return X / 2 / 2"}),
    ("operands", "np.dot(X, Y)", {"return np.dot(Y, X)"}),
    ("calls", "np.maximum(0, X)", {"return np.minimum(0, X)"}),
    ("calls", "np.sqrt(X)", {"return np.square(X)", "return X"}),
    ("calls", "X.copy()", {"return X"}),
    ("texts", "{'dW': X}", {"return {'db': X}"}),
    ("order", "(X, Y)", {"return (Y, X)"}),
    ("branches", "X if Y else Z", {"return X", "return Z"}),
    ("names", "X + Z", {"return Y + Z", "return X + Y"}),
    ("NumberReplacer", "X * 2", {"return X * 3", "return X * 1"}),
    ("ReplaceBinaryOperator_Add_Sub", "X + Y", {"return X - Y"}),
    ("ReplaceComparisonOperator_Gt_GtE", "X > Y", {"return X >= Y"}),
    ("ReplaceUnaryOperator_Delete_USub", "-X", {"return X"}),
]


@pytest.mark.parametrize(("operator", "expression", "expected"), OPERATORS)
def test_an_operator_changes_what_it_should(operator: str, expression: str, expected: set[str]) -> None:
    assert expected <= after(f"def f(X, Y, Z):\n    return {expression}\n", operator)


def test_loops_are_run_off_by_one_and_not_at_all() -> None:
    source = """
        def f(X):
            total = 0
            for l in range(3):
                total = total + X[l]
            return total
    """
    assert {"total = total + X[l - 1]", "total = total + X[l + 1]"} <= after(source, "names")
    assert "for l in []:" in after(source, "ZeroIterationForLoop")
    assert "pass" in after(source, "drop-statement")


def test_a_mutant_is_the_whole_function_with_one_place_changed() -> None:
    for mutant in mutants("def f(X, Y):\n    Z = X @ Y\n    return Z + 1\n"):
        (tree,) = ast.parse(mutant.source).body
        assert isinstance(tree, ast.FunctionDef)
        assert tree.name == mutant.function == "f"
        assert mutant.before in {"Z = X @ Y", "return Z + 1", "Z = X @ Y / return Z + 1"}
        assert mutant.after != mutant.before


def test_no_two_mutants_are_the_same_and_none_is_the_original() -> None:
    source = "def f(X, axis):\n    return np.sum(X * X, axis=1) / 2 - axis\n"
    found = [mutant.source for mutant in mutants(source)]
    assert len(found) == len(set(found)) > 15
    assert ast.unparse(ast.parse(source)) not in found


def test_only_code_is_mutated() -> None:
    source = '''
        def f(X: "np.ndarray", rate=0.5) -> dict[str, int]:
            """Add 1 to X."""
            if rate > 1:
                raise ValueError(f"rate is {rate + 1}")
            return X
    '''
    for mutant in mutants(source):
        assert not mutant.before.startswith(("def", '"""', "Add"))
    (function,) = ast.parse(dedent(source)).body
    assert isinstance(function, ast.FunctionDef)
    assert plain_source(function) == ("def f(X, rate=0.5):\n    if rate > 1:\n        raise ValueError\n    return X")


def test_a_budget_takes_a_part_scattered_over_all_and_the_same_each_time() -> None:
    source = "def f(X, Y):\n    A = X @ Y\n    B = A - X * 2\n    C = B / 3\n    return C + A\n"
    everything = mutants(source)
    some = chosen(everything, 12)
    assert len(some) == 12 < len(everything)
    assert some == chosen(list(reversed(everything)), 12)
    assert len({mutant.before for mutant in some}) >= 3
    assert chosen(everything, 1000) == everything


@pytest.mark.parametrize(
    ("expression", "alike", "other"),
    [
        ("(X - Y) ** 2", "return (Y - X) ** 2", "return (X - Y) ** 3"),
        ("np.abs(X - Y)", "return np.abs(Y - X)", "return X - Y"),
        ("np.linalg.norm(X - Y)", "return np.linalg.norm(Y - X)", "return np.linalg.norm(X)"),
        ("X.sum(axis=(0, 2))", "return X.sum(axis=(2, 0))", "return X.mean(axis=(0, 2))"),
        ("(X - Y) ** 3", None, "return (Y - X) ** 3"),
        ("X.transpose((0, 2))", None, "return X.transpose((2, 0))"),
    ],
)
def test_what_is_the_same_by_construction_is_no_mutant(expression: str, alike: str | None, other: str) -> None:
    made = after(f"def f(X, Y): return {expression}")
    assert alike not in made
    assert other in made
