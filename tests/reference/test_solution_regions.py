"""What holds for every reference module at once: the shape of its graded functions, and what is handed out beside it.

A graded function is one with a solution region. A starter file is made by cutting the region out.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
MODULES = {path.stem: path for path in sorted((ROOT / "reference").glob("*.py")) if BEGIN in path.read_text()}


def functions(path: Path) -> Iterator[tuple[ast.FunctionDef, list[str]]]:
    """Every top-level function with its source lines."""
    source = path.read_text()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node, source.splitlines()[node.lineno - 1 : node.end_lineno]


def graded(path: Path) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node, lines in functions(path) if any(BEGIN in line for line in lines)}


def names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


@pytest.mark.parametrize("module", MODULES)
def test_a_solution_region_stands_alone_between_the_docstring_and_the_return(module: str) -> None:
    for node, lines in functions(MODULES[module]):
        marks = [line for line in lines if BEGIN in line or END in line]
        if not marks:
            continue
        assert marks == ["    " + BEGIN, "    " + END], node.name
        begin, end = (node.lineno + lines.index(mark) for mark in marks)
        docstring, *body, last = node.body
        assert isinstance(docstring, ast.Expr) and docstring.end_lineno < begin, node.name
        assert all(begin < statement.lineno < end for statement in body), node.name
        assert isinstance(last, ast.Return) and last.lineno == end + 1, node.name


@pytest.mark.parametrize("module", MODULES)
def test_what_is_returned_is_assigned_inside_the_region(module: str) -> None:
    for name, node in graded(MODULES[module]).items():
        _, *body, last = node.body
        assigned = set().union(*(names(statement, ast.Store) for statement in body))
        assert names(last, ast.Load) <= assigned, name


@pytest.mark.parametrize("module", MODULES)
def test_an_alternative_belongs_to_a_graded_function_and_takes_the_same_arguments(module: str) -> None:
    main = graded(MODULES[module])
    for node, lines in functions(MODULES[module]):
        if "__" not in node.name.strip("_"):
            continue
        original = node.name.split("__")[0]
        assert original in main, node.name
        assert not any(BEGIN in line for line in lines), node.name
        assert ast.get_docstring(node).count("\n") == 0, node.name
        expected, actual = ([argument.arg for argument in f.args.args] for f in (main[original], node))
        assert actual == expected, node.name


@pytest.mark.parametrize("path", sorted((ROOT / "reference").glob("*.py")), ids=lambda path: path.stem)
def test_the_reference_never_imports_the_grader(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.split(".")[0] == "grader" for name in imported)


PROVIDED = sorted((ROOT / "assignments").glob("*/provided/*.py"))


@pytest.mark.parametrize("path", PROVIDED, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_provided_module_defines_nothing_that_its_assignment_grades(path: Path) -> None:
    assignment = path.parents[1].name
    given = {node.name for node, _ in functions(path)}
    assert given.isdisjoint(graded(MODULES[assignment]))


@pytest.mark.parametrize("path", PROVIDED, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_provided_module_imports_numpy_and_its_neighbours_only(path: Path) -> None:
    allowed = {"numpy"} | {neighbour.stem for neighbour in path.parent.glob("*.py")}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert node.module in allowed
