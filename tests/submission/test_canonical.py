"""What two definitions must have in common to say the same."""

from __future__ import annotations

import pytest

from grader.submission.canonical import LARGEST, canonical

BODY = """def f(A, W, b):
    Z = np.dot(W, A) + b
    for l in range(3):
        if l:
            Z = Z + l
    cache = (A, W, b)
    return Z, cache
"""


def same(one: str, other: str) -> bool:
    forms = canonical(one, "f"), canonical(other, "f")
    assert None not in forms
    return forms[0] == forms[1]


@pytest.mark.parametrize(
    "other",
    [
        BODY.replace("Z", "result"),
        BODY.replace("A", "x").replace("cache", "keep"),
        BODY.replace("(A, W, b):", "(A: np.ndarray, W, b: float = ...) -> tuple:").replace(" = ...", ""),
        BODY.replace("    Z = np", '    """Say what it does."""\n    # a comment\n    Z: np.ndarray = np'),
        "@staticmethod_of_mine\n" * 0 + BODY.replace("    ", "\t"),
        "x = 1\nif 1:\n" + "".join(f"    {line}\n" for line in BODY.splitlines()),
    ],
    ids=["a variable", "an argument", "annotations", "docstring and comment", "layout", "in a block"],
)
def test_what_one_chooses_freely_makes_no_difference(other: str) -> None:
    assert same(BODY, other)


@pytest.mark.parametrize(
    "other",
    [
        BODY.replace("np.dot", "np.matmul"),
        BODY.replace("+ b", "- b"),
        BODY.replace("range(3)", "range(4)"),
        BODY.replace("return Z, cache", "return cache, Z"),
        BODY.replace("cache = (A, W, b)", "cache = (W, A, b)"),
        BODY.replace("np.dot", "b.dot"),
        BODY.replace("    cache", "    print(Z)\n    cache"),
    ],
)
def test_what_says_something_else_is_not_equal(other: str) -> None:
    assert not same(BODY, other)


def test_names_from_outside_are_kept() -> None:
    assert not same("def f(x):\n    return relu(x)", "def f(x):\n    return tanh(x)")
    assert not same("def f(x):\n    global n\n    n = x", "def f(x):\n    global m\n    m = x")
    assert same("def f(x):\n    g = lambda y: x + y\n    return g", "def f(a):\n    h = lambda z: a + z\n    return h")


def test_statements_are_told_apart_by_what_they_do() -> None:
    form = canonical("def f(x):\n    a = x\n    b = x\n    a = a + b\n    return a", "f")
    assert form is not None
    assert len(form.statements) == 4
    assert len(set(form.statements)) == 3  # a variable is a variable


@pytest.mark.parametrize(
    "source",
    [
        "", "x = 1", "f = lambda x: x", "def g(x): ...", "def f(:", "\0", "def f(x):\n    return " + "-" * 5000 + "x",
        "def f(x):\n    return " + "x." * 5000 + "x", f"def f(x):\n    return '{'x' * 8 * LARGEST}'",
        "def f(x):\n    return f'" + "{x}" * 30_000 + "'",
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_plain_definition_or_too_much_has_no_form(source: str) -> None:
    assert canonical(source, "f") is None


@pytest.mark.parametrize("padding", ["    # a comment\n" * 10_000, f"    '''{'text ' * 20_000}'''\n", "    pass\n" * 10_000])
def test_what_says_nothing_is_left_out_before_the_size_is_measured(padding: str) -> None:
    head, rest = BODY.split("\n", 1)
    assert same(BODY, f"{head}\n{padding}{rest}")


def test_texts_with_escapes_and_half_characters_are_no_obstacle() -> None:
    assert canonical('def f(x):\n    return "\\sigma"', "f") is not None
    assert canonical("def f(x):\n    return '\\ud800'", "f") is not None
