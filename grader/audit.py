"""``grader audit``: how good are an assignment's tests?

Every mutant of the reference and every catalogued mistake goes through the whole grader, sandbox
included, as if a student had handed it in; so does every right style. A mutant that keeps full marks
has *survived*: a check is missing, or the mutant is equivalent, which the assignment then declares with a
reason in ``audit.py`` (``EQUIVALENT = {"after the change": "why it is right"}``).
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.batch import Job, Setup, grade_all
from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.model import Report
from grader.mutants import Mutant, mutants_of

__all__ = ["Audit", "Row", "audit_assignment", "reference_submission", "render_audit"]


@dataclass(frozen=True, slots=True)
class Row:
    """One submission of the audit and what became of it.

    ``outcome`` is "killed", "survived" or "equivalent" for mutants, "named", "unnamed" or "missed" for
    mistakes, "accepted" or "rejected" for right styles.
    """

    kind: str
    function: str
    name: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class Audit:
    """The outcome of an audit."""

    assignment: str
    rows: tuple[Row, ...]

    @property
    def bad(self) -> tuple[Row, ...]:
        """What must not be: survivors, missed or unnamed mistakes, rejected styles."""
        return tuple(r for r in self.rows if r.outcome in ("survived", "missed", "unnamed", "rejected"))

    @property
    def clean(self) -> bool:
        """No survivor that is not declared equivalent, no mistake missed, no right style rejected."""
        return not self.bad

    def count(self, outcome: str) -> int:
        """How many rows have an outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """The table as plain data."""
        return {"assignment": self.assignment, "clean": self.clean, "rows": [asdict(row) for row in self.rows]}


def audit_assignment(assignment: LoadedAssignment, *, budget: int = 400, processes: int | None = None) -> Audit:
    """Audit an assignment.

    Parameters
    ----------
    assignment
        With its reference.
    budget
        At most this many mutants, spread over the functions.
    processes
        As many as there are CPUs if not given.

    Raises
    ------
    SpecError
        When the reference itself, handed in, does not get full marks.
    """
    main, siblings = reference_submission(assignment)
    functions = [node for node in ast.parse(main).body if isinstance(node, ast.FunctionDef) and "__" not in node.name]
    each = max(1, budget // max(1, len(functions)))
    mutants = [m for function in functions for m in mutants_of(function, each)]
    sources: dict[str, str] = {"reference": main}
    for number, mutant in enumerate(mutants):
        sources[f"mutant {number}"] = _replaced(main, mutant)
    authored = [*_authored(assignment, "mistakes"), *_authored(assignment, "styles")]
    for kind, function, name, source in authored:
        sources[f"{kind} {function} {name}"] = f"{main}\n\n{source}"
    reports = _grade(assignment, sources, siblings, processes or len(os.sched_getaffinity(0)))
    if not reports["reference"].full_marks:
        failing = [f.name for f in reports["reference"].functions if f.status != "passed"]
        raise SpecError(f"{assignment.name}: the reference itself does not get full marks: {', '.join(failing)}")
    rows = list(_mutant_rows(assignment, mutants, reports))
    for kind, function, name, _ in authored:
        rows.append(_authored_row(kind, function, name, reports[f"{kind} {function} {name}"]))
    return Audit(assignment.name, tuple(rows))


# -- submissions -------------------------------------------------------------------------


def reference_submission(assignment: LoadedAssignment) -> tuple[str, dict[str, bytes]]:
    """The reference as a student would hand it in: one module, and the modules that it imports."""
    root = assignment.course.root
    path = root / Path(*assignment.spec.reference_module.split(".")).with_suffix(".py")
    siblings = {f"ref_{p.stem}": _renamed(p.read_text("utf-8")).encode() for p in sorted(path.parent.glob("*.py"))}
    return _renamed(path.read_text("utf-8")), siblings


def _renamed(source: str) -> str:
    """Imports of the reference package under a name that submissions may import."""
    return re.sub(r"(?m)^(\s*)from reference\.(\w+) import", r"\1from ref_\2 import", source)


def _replaced(main: str, mutant: Mutant) -> str:
    lines = main.split("\n")
    for node in ast.parse(main).body:
        if isinstance(node, ast.FunctionDef) and node.name == mutant.function:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            return "\n".join([*lines[: first - 1], mutant.source, *lines[node.end_lineno :]])
    raise SpecError(f"the reference has no function {mutant.function!r}")


def _authored(assignment: LoadedAssignment, stem: str) -> Iterator[tuple[str, str, str, str]]:
    """Mistakes or styles as source that redefines the graded function: (kind, function, name, source)."""
    module = assignment.author_module(stem)
    if module is None:
        return
    text = _renamed(Path(inspect.getfile(module)).read_text("utf-8"))
    if stem == "mistakes":
        wanted = [(m.function, m.code, m.solution.__name__) for m in getattr(module, "MISTAKES", ())]
    else:
        styles: Mapping[str, Sequence[Any]] = getattr(module, "STYLES", {})
        wanted = [(name, f.__name__, f.__name__) for name, functions in styles.items() for f in functions]
    for function, name, definition in wanted:
        source = _as_solution(text, definition, function)
        if source is not None:
            yield stem.rstrip("s"), function, name, source


class _Renamer(ast.NodeTransformer):
    """Gives an author's module-level names a prefix, so that they hide nothing of the reference."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.alias:
        known = node.asname or node.name
        return ast.alias(node.name, self.names[known]) if known in self.names else node


def _as_solution(text: str, definition: str, function: str) -> str | None:
    tree = ast.parse(text)
    kept: list[ast.stmt] = []
    names: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            kept.append(node)
            names[node.name] = function if node.name == definition else f"author_{node.name}"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ref_"):
            kept.append(node)
            names.update({a.asname or a.name: f"author_{a.asname or a.name}" for a in node.names})
        elif isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and (node.module or "")[:6] != "grader"):
            kept.append(node)
        elif isinstance(node, ast.Assign) and not _mentions(node, {"MISTAKES", "STYLES", "mistake"}):
            kept.append(node)
            names.update({t.id: f"author_{t.id}" for t in node.targets if isinstance(t, ast.Name)})
    if definition not in names:
        return None
    renamer = _Renamer(names)
    return "\n\n".join(ast.unparse(ast.fix_missing_locations(renamer.visit(node))) for node in kept)


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


# -- verdicts ----------------------------------------------------------------------------


def _grade(
    assignment: LoadedAssignment, sources: Mapping[str, str], siblings: Mapping[str, bytes], processes: int
) -> dict[str, Report]:
    assignment.cases()
    setup = Setup(str(assignment.course.root), assignment.name, str(assignment.cases_path(0)))
    modules = tuple(sorted(siblings.items()))
    jobs = [Job(name, "solution.py", None, (), "", text.encode(), modules) for name, text in sources.items()]
    with tempfile.TemporaryDirectory():
        reports = {result.job.name: result.report for result in grade_all(setup, jobs, processes)}
    broken = [name for name, report in reports.items() if report.status == "error"]
    if broken:
        raise SpecError(f"{assignment.name}: the grader failed on {broken[0]}: {' '.join(reports[broken[0]].messages)}")
    return reports


def _mutant_rows(
    assignment: LoadedAssignment, mutants: Sequence[Mutant], reports: Mapping[str, Report]
) -> Iterator[Row]:
    module = assignment.author_module("audit")
    equivalent: Mapping[str, str] = getattr(module, "EQUIVALENT", {}) if module else {}
    for number, mutant in enumerate(mutants):
        diff = f"- {mutant.before}\n+ {mutant.after}"
        if not reports[f"mutant {number}"].full_marks:
            yield Row("mutant", mutant.function, mutant.operator, "killed", diff)
        elif mutant.after in equivalent:
            yield Row("mutant", mutant.function, mutant.operator, "equivalent", f"{diff}\n{equivalent[mutant.after]}")
        else:
            yield Row("mutant", mutant.function, mutant.operator, "survived", diff)


def _authored_row(kind: str, function: str, name: str, report: Report) -> Row:
    mine = next((f for f in report.functions if f.name == function), None)
    if kind == "style":
        wrong = [f.name for f in report.functions if f.status != "passed"]
        return Row(kind, function, name, "rejected" if wrong else "accepted", ", ".join(wrong))
    if mine is None or (mine.status == "passed" and not mine.carried):
        return Row(kind, function, name, "missed")
    codes = [finding.code for finding in mine.findings]
    others = [f.name for f in report.functions if f.name != function and f.status != "passed"]
    detail = f"pulls down {', '.join(others)}" if others else ""
    return Row(kind, function, name, "named" if name in codes else "unnamed", detail or ", ".join(codes))


def render_audit(audit: Audit) -> str:
    """The table, and every row that must not be."""
    lines = [f"{audit.assignment}"]
    lines.append(f"{'function':<42} mutants killed equivalent survived  mistakes named  styles accepted")
    for function in dict.fromkeys(row.function for row in audit.rows):
        rows = [row for row in audit.rows if row.function == function]
        mutants = [row for row in rows if row.kind == "mutant"]
        mistakes = [row for row in rows if row.kind == "mistake"]
        styles = [row for row in rows if row.kind == "style"]
        lines.append(
            f"{function:<42} {len(mutants):7d} {sum(r.outcome == 'killed' for r in mutants):6d} "
            f"{sum(r.outcome == 'equivalent' for r in mutants):10d} {sum(r.outcome == 'survived' for r in mutants):8d}  "
            f"{sum(r.outcome == 'named' for r in mistakes):6d} of {len(mistakes):<3d}  "
            f"{sum(r.outcome == 'accepted' for r in styles):9d} of {len(styles)}"
        )
    for row in audit.bad:
        lines += ["", f"{row.outcome}: {row.kind} of {row.function} ({row.name})", row.detail]
    lines.append("")
    lines.append("clean" if audit.clean else f"{len(audit.bad)} to look at")
    return "\n".join(lines) + "\n"
