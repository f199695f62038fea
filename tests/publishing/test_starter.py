"""Cutting a starter from a right solution."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from grader.errors import SpecError
from grader.publishing.starter import END_HERE, START_HERE, starter_from, starter_of, starter_of_class


def cut(source: str) -> str:
    return starter_from(dedent(source).strip())


def test_signature_docstring_and_return_stay_and_the_region_goes() -> None:
    starter = cut('''
        def scale(X: float, factor: int = 2) -> tuple[float, float]:
            """Scale X."""
            # BEGIN SOLUTION
            secret = factor * X
            result = secret + 1
            # END SOLUTION
            return result, factor
    ''')
    assert starter.split("\n") == [
        "def scale(X, factor=2):",
        '    """Scale X."""',
        f"    {START_HERE}",
        "    result = None",
        f"    {END_HERE}",
        "    return result, factor",
    ]


def test_a_student_reads_names_without_the_roles_of_sphinx() -> None:
    starter = cut('''
        def scale(X):
            """The inverse of :func:`shrink`, see :mod:`numpy`; a slice x[1:`a`] stays."""
            # BEGIN SOLUTION
            result = X
            # END SOLUTION
            return result
    ''')
    assert '"""The inverse of `shrink`, see `numpy`; a slice x[1:`a`] stays."""' in starter


def test_an_argument_keeps_its_value() -> None:
    """A blank in its place would take it away from a student who writes below."""
    starter = cut("""
        def step(parameters, rate):
            # BEGIN SOLUTION
            parameters = {k: v - rate for k, v in parameters.items()}
            # END SOLUTION
            return parameters
    """)
    assert "None" not in starter
    assert starter.endswith("return parameters")


def test_functions_and_modules_that_the_last_line_uses_get_no_blank() -> None:
    starter = cut("""
        def mean(X):
            # BEGIN SOLUTION
            total = sum(X)
            # END SOLUTION
            return float(np.divide(total, len(X)))
    """)
    assert "float = None" not in starter
    assert "np = None" not in starter
    assert "total = None" in starter


def test_a_function_defined_in_the_region_gets_a_blank() -> None:
    starter = cut("""
        def make():
            # BEGIN SOLUTION
            def inner():
                return 1
            # END SOLUTION
            return inner
    """)
    assert "inner = None" in starter


def test_lines_before_the_region_stay() -> None:
    starter = cut("""
        def f(X):
            m = X.shape[1]
            # BEGIN SOLUTION
            cost = m + 1
            # END SOLUTION
            return cost / m
    """)
    assert "    m = X.shape[1]\n" in starter
    assert "m = None" not in starter


def test_a_body_that_is_all_solution_still_parses() -> None:
    starter = cut("""
        def f(X):
            # BEGIN SOLUTION
            return X + 1
            # END SOLUTION
    """)
    tree = ast.parse(starter).body[0]
    assert isinstance(tree, ast.FunctionDef)
    assert [type(statement) for statement in tree.body] == [ast.Pass]


@pytest.mark.parametrize(
    "body",
    [
        "return 1",
        "# BEGIN SOLUTION\n    x = 1\n    return x",
        "# END SOLUTION\n    x = 1\n    # BEGIN SOLUTION\n    return x",
        "# BEGIN SOLUTION\n    # END SOLUTION\n    # BEGIN SOLUTION\n    # END SOLUTION\n    return 1",
    ],
)
def test_a_function_without_exactly_one_region_is_the_authors_error(body: str) -> None:
    with pytest.raises(SpecError, match="needs one region from '# BEGIN SOLUTION' to '# END SOLUTION'"):
        starter_from(f"def f():\n    {body}\n")


def test_only_functions_have_starters() -> None:
    with pytest.raises(SpecError, match="expected a function"):
        starter_from("class C:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\n")


def inside_a_class_or_a_test() -> int:
    """Stands at the top level here, and its source is read from this file."""
    # BEGIN SOLUTION
    answer = 42
    # END SOLUTION
    return answer  # noqa: RET504


def test_the_source_of_a_live_function_is_found() -> None:
    starter = starter_of(inside_a_class_or_a_test)
    assert "42" not in starter
    assert "answer = None" in starter


CLASS = '''
import numpy as np

class Clusters:
    """What students read."""

    greeting = "hello"
    _SECRET = 0.25
    _format = "{:.2f}"

    def fit(self, X):
        """Find the centers."""
        # BEGIN SOLUTION
        self.centers = self._start(X) * self._SECRET
        # END SOLUTION
        return self

    # The trick is to take the first of them.
    @staticmethod
    def _start(X):
        """How the solution starts."""
        return Clusters._first(X)

    @staticmethod
    def _first(X):
        return X[:3]

    def show(self):
        """Given: prints the centers."""
        print(self._line(self.centers))

    def _line(self, row):
        return self._format.format(row)

    def score(self, X):
        """Neither graded nor given: the solution is marked."""
        # BEGIN SOLUTION
        total = 7
        # END SOLUTION
        return total

    def fit__first(self, X):
        return X
'''


def cut_class(folder: Path, text: str, methods: list[str]) -> str:
    file = folder / "reference.py"
    file.write_text(text, "utf-8")
    module: dict[str, Any] = {}
    exec(compile(text, str(file), "exec"), module)
    return starter_of_class(module["Clusters"], methods)


def test_nothing_private_that_only_the_solution_of_a_class_uses_is_handed_out(tmp_path: Path) -> None:
    starter = cut_class(tmp_path, CLASS, ["fit"])
    for secret in ("_SECRET", "_start", "_first", "trick", "staticmethod", "fit__first", "total = 7"):
        assert secret not in starter
    for given in ('greeting = "hello"', '_format = "{:.2f}"', "def show(self):", "def _line(self, row):", "total = None"):
        assert given in starter
    ast.parse(starter)
