"""How the package hangs together; that imports only go down is import-linter's to check (``make lint``)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "grader"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

# What the zygote and its children load; they never see the rest of the package.
CONFINED = tuple(sorted(path.stem for path in (PACKAGE / "confined").glob("*.py") if path.stem != "__init__"))


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name below ``grader``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


# -- the package names no assignment -------------------------------------------------------------


def texts_of(tree: ast.Module) -> Iterator[str]:
    """Names and texts of the code, without docstrings (an example may name an assignment)."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, *DEFINITIONS)) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_the_package_names_no_assignment() -> None:
    assignments = {path.parent.name for path in (ROOT / "assignments").glob("*/assignment.py")}
    assert assignments
    named = [
        (name, assignment, text)
        for name, tree in modules().items()
        for text in texts_of(tree)
        for assignment in assignments
        # A single English word is a name only where it stands alone.
        if (assignment in text if "_" in assignment else assignment == text)
    ]
    assert named == []


# -- the confined side stands alone ---------------------------------------------------------------


@pytest.mark.parametrize("name", CONFINED)
def test_the_confined_side_imports_the_standard_library_and_numpy_only(name: str) -> None:
    tree = modules()[f"confined.{name}"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:  # a neighbour
                assert node.level == 1
                assert {node.module} <= {*CONFINED} or {alias.name for alias in node.names} <= {*CONFINED}, ast.unparse(node)
                continue
            names = [node.module or ""]
        else:
            continue
        roots = {n.partition(".")[0] for n in names}
        assert roots <= {*sys.stdlib_module_names, "numpy"}, ast.unparse(node)


def test_the_confined_side_runs_where_the_package_cannot_be_imported() -> None:
    code = (
        "import importlib, sys, types\n"
        f"sys.path.append({str(Path(__import__('numpy').__file__).parents[1])!r})\n"
        "sys.modules['grader'] = None\n"
        "sys.modules['_grader'] = types.ModuleType('_grader')\n"
        f"sys.modules['_grader'].__path__ = [{str(PACKAGE / 'confined')!r}]\n"
        f"for name in {CONFINED!r}:\n"
        "    importlib.import_module('_grader.' + name)\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


# -- what an import costs --------------------------------------------------------------------------


def loaded_by(statement: str) -> set[str]:
    """Top-level names of the modules that a statement leaves loaded in a fresh interpreter."""
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    return set(found.stdout.split())


HEAVY = {"numpy", "hypothesis", "rich", "jinja2", "matplotlib", "sqlalchemy", "distributed", "IPython", "nbformat"}


def test_importing_the_package_imports_almost_nothing() -> None:
    found = loaded_by("import grader") - loaded_by("pass")
    assert found <= {
        "grader",
        "typing",
        "collections",
        "functools",
        "re",
        "enum",
        "operator",
        "contextlib",
        "warnings",
    } | {name for name in found if name.startswith("_") or name in sys.stdlib_module_names}
    assert not found & (HEAVY | {"click"})


def test_the_command_starts_without_the_heavy_libraries() -> None:
    assert not loaded_by("import grader.cli.main") & HEAVY


def test_grading_needs_no_hypothesis_and_no_face() -> None:
    assert loaded_by(
        "import grader.grading.pipeline, grader.sandbox.parent, grader.course, grader.grading.batch"
    ) & HEAVY == {"numpy"}


# -- words and docstrings ---------------------------------------------------------------------------


def test_every_module_and_every_public_function_and_class_says_what_it_is() -> None:
    silent = []
    for name, tree in modules().items():
        public = [node for node in tree.body if isinstance(node, DEFINITIONS) and not node.name.startswith("_")]
        if "a function's body is its meaning" in (ast.get_docstring(tree) or "").lower():
            assert name in ("sentences", "report.wording")
            public = [node for node in public if not gives_a_sentence(node)]
        silent += [(name, getattr(node, "name", "")) for node in (tree, *public) if not ast.get_docstring(node)]
    assert silent == []


def gives_a_sentence(node: ast.AST) -> bool:
    """Whether a function is typed as giving a text, or the texts or finding made of it."""
    texts = ("str", "tuple[str, str]", "Finding")
    return isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) in texts


def test_what_a_module_offers_exists() -> None:
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                offered = ast.literal_eval(node.value)
                defined = {n for statement in tree.body for n in names_of(statement)}
                assert set(offered) <= defined | {"grade", "load_assignment"}, name
                assert len(offered) == len(set(offered)), name


def names_of(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement at top level binds."""
    if isinstance(statement, DEFINITIONS):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in statement.names)
    elif isinstance(statement, ast.Assign):
        yield from (n.id for target in statement.targets for n in ast.walk(target) if isinstance(n, ast.Name))
    elif isinstance(statement, ast.AnnAssign):
        yield ast.unparse(statement.target)
    elif isinstance(statement, ast.Try | ast.If):
        for inner in (*statement.body, *statement.orelse):
            yield from names_of(inner)
