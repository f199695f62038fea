"""Lines that an author writes, beside a plain pytest and Hypothesis file of the same strength.

Both are asked about the same wrong versions: every mutant that ``grader audit`` makes of the reference, and every
mistake of the catalogue. Lines are those that hold code, without imports; of the description they are the functions
with every strategy and name of the file on which they stand.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import tokenize
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, table
from grader.audit.audit import Row, audit_assignment
from grader.audit.mutants import mutants_of
from grader.course import load_assignment

__all__ = ["PARTS", "Part", "compared", "described", "passes", "plain", "right_source"]

COURSE = ROOT / "examples" / "vision_course"
_PLAIN = Path(__file__).parent / "plain"
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Part:
    """What is compared: the plain file, the student's module that it imports, and the graded functions."""

    name: str
    plain: str
    module: str
    source: str
    functions: tuple[str, ...]


_FORMS = [f"compute_distances_{form}" for form in ("two_loops", "one_loop", "no_loops")]
PARTS = (
    Part("a function", "function", "layers", "layers.py", ("softmax_loss",)),
    Part("a pair", "pair", "layers", "layers.py", ("affine_forward", "affine_backward")),
    Part(
        "a class of five methods", "class_", "k_nearest_neighbor", "classifiers/k_nearest_neighbor.py",
        tuple(f"KNearestNeighbor.{method}" for method in ("train", *_FORMS, "predict_labels")),
    ),
)  # fmt: skip


def compared() -> str:
    """The table."""
    rows = audit_assignment(load_assignment("vision", course=COURSE), budget=100_000).rows
    every = [[part.name, len(described(part)), len(plain(part)), *_strength(part, rows)] for part in PARTS]
    return table(["", "lines here", "lines of pytest", "wrong versions", "caught here", "caught by pytest"], every)


# -- lines ---------------------------------------------------------------------------------------


def described(part: Part) -> set[int]:
    """Numbers of the lines of the functions in the description, and of every name of its file on which they stand."""
    text = (COURSE / "assignments" / "vision" / "assignment.py").read_text("utf-8")
    tree = ast.parse(text)
    names = {name: node for node in tree.body for name in _bound(node)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_of(node, part)]
    queue: list[ast.AST] = calls or [names["NEIGHBOURS"]]
    wanted: list[ast.AST] = []
    while queue:
        node = queue.pop()
        if node not in wanted:
            wanted.append(node)
            queue += [names[n.id] for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in names]
    spans = {line for node in wanted for line in range(node.lineno, (node.end_lineno or 0) + 1)}  # type: ignore[attr-defined]
    return spans & _code_lines(text)


def plain(part: Part) -> set[int]:
    """Numbers of the lines of the plain file."""
    return _code_lines((_PLAIN / f"{part.plain}.py").read_text("utf-8"))


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    return [t.id for t in node.targets if isinstance(t, ast.Name)] if isinstance(node, ast.Assign) else []


def _is_of(node: ast.Call, part: Part) -> bool:
    """Whether a call makes one of the functions of a part; of a class all stand in one tuple."""
    first = node.args[0] if node.args else None
    name = first.value if isinstance(first, ast.Constant) else ""
    return ast.unparse(node.func) == "Function" and name in part.functions and "." not in str(name)


def _code_lines(text: str) -> set[int]:
    """Numbers of the lines that hold code: no comments, no docstrings, no imports."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {n for t in tokens if t.type not in _NO_CODE for n in range(t.start[0], t.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text or isinstance(node, ast.Import | ast.ImportFrom):
            lines -= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return lines


# -- strength ------------------------------------------------------------------------------------


def _strength(part: Part, rows: Sequence[Row]) -> tuple[int, int, int]:
    """How many wrong versions there are that are not declared to be right, and how many each side catches."""
    outcomes = {(row.function, row.detail): row.outcome for row in rows if row.kind == "mutant"}
    mutants = [(outcomes.get(key), text) for key, text in _mutants(part)]
    versions = [(outcome, text) for outcome, text in mutants if outcome in ("killed", "survived")]
    mistakes = [row for row in rows if row.kind == "mistake" and row.function in part.functions]
    ours = sum(outcome == "killed" for outcome, _ in versions) + sum(row.outcome in ("named", "unnamed") for row in mistakes)
    theirs = sum(not passes(part, text) for _, text in versions)
    theirs += sum(not passes(part, right_source(part), wrong) for wrong in _mistakes(part))
    return len(versions) + len(mistakes), ours, theirs


def right_source(part: Part) -> str:
    """The student's module, right."""
    return (COURSE / "reference" / "vision" / part.source).read_text("utf-8")


def _mutants(part: Part) -> Iterator[tuple[tuple[str, str], str]]:
    """Each mutant by its function and the words of the audit, with the whole text of the student's module."""
    tree = ast.parse(right_source(part))
    for node in ast.walk(tree):
        names = [name for name in part.functions if isinstance(node, ast.FunctionDef) and name.split(".")[-1] == node.name]
        if isinstance(node, ast.FunctionDef) and names:
            for mutant in mutants_of(node):
                (changed,) = ast.parse(mutant.source).body
                replaced = _Replaced(node, changed).visit(ast.parse(right_source(part)))
                yield (names[0], f"- {mutant.before}\n+ {mutant.after}"), ast.unparse(replaced)


class _Replaced(ast.NodeTransformer):
    """Puts one definition in the place of another one of its name."""

    def __init__(self, old: ast.FunctionDef, new: ast.stmt) -> None:
        self.old, self.new = old, new

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return self.new if node.name == self.old.name else node


def _mistakes(part: Part) -> list[tuple[str, Any]]:
    """The mistakes of the catalogue: what each is put in place of, and the wrong solution."""
    catalogue = load_assignment("vision", course=COURSE).author_module("mistakes").MISTAKES
    return [(mistake.function, mistake.solution) for mistake in catalogue if mistake.function in part.functions]


def passes(part: Part, text: str, wrong: tuple[str, Any] | None = None) -> bool:
    """Whether a student's module passes the plain file, with a wrong solution in place of one of its functions."""
    import hypothesis

    student = types.ModuleType(part.module)
    before = sys.modules.get(part.module)
    sys.modules[part.module] = student
    phases = [hypothesis.Phase.generate]
    settings = hypothesis.settings(derandomize=True, database=None, deadline=None, max_examples=50, phases=phases)
    try:
        with contextlib.redirect_stdout(io.StringIO()), _reference_of_the_course():
            exec(compile(text, part.source, "exec"), student.__dict__)
            if wrong:
                owner, _, name = wrong[0].rpartition(".")
                setattr(getattr(student, owner) if owner else student, name, wrong[1])
            scope: dict[str, Any] = {"__name__": part.plain}
            exec(compile((_PLAIN / f"{part.plain}.py").read_text("utf-8"), part.plain, "exec"), scope)
            for test in [settings(scope[name]) for name in scope if name.startswith("test_")]:
                for arguments in _parameters(test):
                    test(**arguments)
    except Exception:
        return False
    finally:
        sys.modules.pop(part.module)
        sys.modules.update({part.module: before} if before else {})
    return True


@contextlib.contextmanager
def _reference_of_the_course() -> Iterator[None]:
    """``import reference`` finds the one of this course, also where another course's has been imported before."""
    kept = {name: sys.modules.pop(name) for name in _references()}
    sys.path.insert(0, str(COURSE))
    try:
        yield
    finally:
        sys.path.remove(str(COURSE))
        for name in _references():
            del sys.modules[name]
        sys.modules.update(kept)


def _references() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "reference"]


def _parameters(test: Any) -> list[dict[str, Any]]:
    """The arguments of the calls that pytest makes of a test."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    return [{mark.args[0]: value} for mark in marks for value in mark.args[1]] or [{}]
