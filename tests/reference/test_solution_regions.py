"""A starter file is cut out of the reference: every graded function must leave a whole skeleton behind."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "reference"
BEGIN, END = "    # BEGIN SOLUTION", "    # END SOLUTION"


MODULES = sorted(path.stem for path in REFERENCE.glob("*.py") if path.stem != "__init__")


def functions_of(module: str) -> Iterator[tuple[ast.FunctionDef, list[str]]]:
    """Top-level functions of a reference module, each with its lines of text."""
    source = (REFERENCE / f"{module}.py").read_text()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node, (ast.get_source_segment(source, node) or "").splitlines()


def graded_functions_of(module: str) -> list[tuple[ast.FunctionDef, list[str]]]:
    return [(node, lines) for node, lines in functions_of(module) if any("SOLUTION" in line for line in lines)]


def test_there_are_solutions_to_cut_out() -> None:
    assert sum(len(graded_functions_of(module)) for module in MODULES) > 40


@pytest.mark.parametrize("module", MODULES)
def test_outside_its_solution_a_function_is_signature_docstring_and_return(module: str) -> None:
    for node, lines in graded_functions_of(module):
        assert [line for line in lines if "SOLUTION" in line] == [BEGIN, END], node.name
        starter = lines[: lines.index(BEGIN)] + lines[lines.index(END) + 1 :]
        docstring, returned = ast.parse("\n".join(starter)).body[0].body
        assert isinstance(docstring, ast.Expr) and ast.get_docstring(node), node.name
        assert isinstance(returned, ast.Return), node.name


@pytest.mark.parametrize("module", MODULES)
def test_the_solution_assigns_every_name_that_is_returned(module: str) -> None:
    for node, lines in graded_functions_of(module):
        solution = ast.parse(inspect.cleandoc("\n".join(["", *lines[lines.index(BEGIN) + 1 : lines.index(END)]])))
        names = [name for name in ast.walk(solution) if isinstance(name, ast.Name)]
        assigned = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        value = node.body[-1].value
        returned = value.elts if isinstance(value, ast.Tuple) else [value]
        assert all(isinstance(item, ast.Name) for item in returned), node.name
        assert {item.id for item in returned} <= assigned, node.name


@pytest.mark.parametrize("module", MODULES)
def test_an_alternative_takes_the_arguments_of_the_function_that_it_stands_for(module: str) -> None:
    functions = vars(import_module(f"reference.{module}"))
    for name in [node.name for node, _ in functions_of(module) if "__" in node.name.strip("_")]:
        alternative, function = functions[name], functions[name.split("__")[0]]
        assert list(inspect.signature(alternative).parameters) == list(inspect.signature(function).parameters), name
        assert len(inspect.getdoc(alternative).splitlines()) == 1, name
        assert "SOLUTION" not in inspect.getsource(alternative), name


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_never_imports_the_grader(module: str) -> None:
    nodes = list(ast.walk(ast.parse((REFERENCE / f"{module}.py").read_text())))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert "grader" not in {name.split(".")[0] for name in imported}
