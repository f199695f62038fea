"""What an untouched template looks like."""

from __future__ import annotations

import ast

import pytest

from grader.submission.templates import is_blank

MARKED = "def f(x):\n    y = x.copy()\n    # START CODE HERE\n{}    # END CODE HERE\n    return y\n"
OPEN = "def f(x):\n    # YOUR CODE HERE\n{}"


def blank(text: str) -> bool:
    (statement,) = ast.parse(text).body
    return is_blank(statement if isinstance(statement, ast.FunctionDef) else None, text)


@pytest.mark.parametrize(
    "between", ["", "    pass\n", "    y = None\n", "    # y = x ** 2\n", "    for i in x:\n        pass\n"]
)
def test_marks_with_nothing_between_them_are_a_blank_whatever_is_around(between: str) -> None:
    assert blank(MARKED.format(between))


@pytest.mark.parametrize("between", ["    y = x\n", "    f.kept = x\n", "    y = x ** 2\n", "    pass\n    y += 1\n"])
def test_what_is_written_between_marks_is_no_blank_even_if_it_computes_nothing(between: str) -> None:
    assert not blank(MARKED.format(between))


def test_a_mark_without_an_end_is_a_blank_until_something_is_computed() -> None:
    assert blank(OPEN.format("    raise NotImplementedError()\n"))
    assert blank(OPEN.format("    return x\n"))
    assert not blank(OPEN.format("    return x + 1\n"))


def test_a_class_is_a_blank_where_none_of_its_marks_is_filled() -> None:
    marked = "    # TODO: keep it\n    {}\n    # END OF YOUR CODE\n"
    text = "class C:\n    def __init__(self, x):\n        self.x = x.copy()\n" + 2 * marked
    assert blank(text.format("pass", "pass"))
    assert not blank(text.format("pass", "y = 1"))
    assert not blank("class C:\n    pass\n")
