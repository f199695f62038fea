"""``grader audit`` tells how good an assignment's tests are.

Every mutant of the reference and every catalogued mistake goes through the whole grader, sandbox
included, as if a student had handed it in; so does every right style. A mutant that keeps full marks
has *survived*: a check is missing, or the mutant is equivalent, which the assignment then declares with a
reason in ``audit.py``: ``EQUIVALENT = {"the line after the change": "why it is right"}``, or under the
line before for any change of it, or under ``"def helper"`` for all of a private function.
"""

from __future__ import annotations

import ast
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grader.audit.mutants import Mutant, chosen, mutants_of
from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.author import mistakes_of
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import Report
from grader.sandbox.parent import Sandbox
from grader.submission.program import Submission, parse_submission

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
    """The outcome of an audit; ``stale`` are declared equivalents that no mutant of the reference is any more."""

    assignment: str
    rows: tuple[Row, ...]
    stale: tuple[str, ...] = ()

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
        rows = [asdict(row) for row in self.rows]
        return {"assignment": self.assignment, "clean": self.clean, "rows": rows, "stale": list(self.stale)}


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
    main = reference_submission(assignment)
    functions = _reachable(assignment, ast.parse(main))
    each = max(1, budget // max(1, len(functions)))
    possible = [mutants_of(function) for function in functions]
    mutants = [mutant for some in possible for mutant in chosen(some, each)]
    sources: dict[str, tuple[str, str]] = {"reference": ("", main)}
    for number, mutant in enumerate(mutants):
        sources[f"mutant {number}"] = mutant.function, _replaced(main, mutant)
    authored = list(_authored(assignment))
    for number, (_, function, _, source) in enumerate(authored):
        sources[f"authored {number}"] = function, f"{main}\n\n{source}"
    reports = _grade(assignment, sources, _author_modules(assignment), processes or len(os.sched_getaffinity(0)))
    if not reports["reference"].full_marks:
        failing = [f.name for f in reports["reference"].functions if f.status != "passed"]
        raise SpecError(f"{assignment.name}: the reference itself does not get full marks: {', '.join(failing)}")
    rows = list(_mutant_rows(assignment, mutants, reports))
    for number, (kind, function, name, _) in enumerate(authored):
        rows.append(_authored_row(kind, function, name, reports[f"authored {number}"]))
    matched = {key for some in possible for mutant in some for key in _keys(mutant)}
    stale = tuple(key for key in _equivalent(assignment) if key not in matched)
    return Audit(assignment.name, tuple(rows), stale)


def _reachable(assignment: LoadedAssignment, tree: ast.Module) -> list[ast.FunctionDef]:
    """The graded functions and those that they call: alternatives and guards are not what is handed in.

    Provided helpers neither: a wrong one of a student's own carries no points, and pulls nothing down.
    """
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    known = {name: node for name, node in known.items() if name not in assignment.spec.provided_helpers}
    found: dict[str, ast.FunctionDef] = {}
    queue = [f.name for f in assignment.spec.functions if f.name in known]
    while queue:
        name = queue.pop(0)
        if name not in found:
            found[name] = known[name]
            queue += [n.id for n in ast.walk(known[name]) if isinstance(n, ast.Name) and n.id in known]
    return list(found.values())


# -- submissions -------------------------------------------------------------------------


def reference_submission(assignment: LoadedAssignment) -> str:
    """The reference as a student would hand it in; it imports the other modules of the reference as ``ref_x``."""
    path = assignment.course.root / Path(*assignment.spec.reference_module.split(".")).with_suffix(".py")
    return _renamed(path.read_text("utf-8"))


def _renamed(source: str) -> str:
    """Imports of the reference package under a name that submissions may import."""
    source = re.sub(r"(?m)^(\s*)from reference\.(\w+) import", r"\1from ref_\2 import", source)
    return re.sub(r"(?m)^(\s*)from reference import (.+)$", _renamed_modules, source)


def _renamed_modules(found: re.Match[str]) -> str:
    """``from reference import a, b as c`` as ``import ref_a as a, ref_b as c``."""
    parts = [part.strip().partition(" as ") for part in found[2].split(",")]
    return f"{found[1]}import " + ", ".join(f"ref_{name} as {other or name}" for name, _, other in parts)


def _replaced(main: str, mutant: Mutant) -> str:
    lines = main.split("\n")
    for node in ast.parse(main).body:
        if isinstance(node, ast.FunctionDef) and node.name == mutant.function:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            return "\n".join([*lines[: first - 1], mutant.source, *lines[node.end_lineno :]])
    raise SpecError(f"the reference has no function {mutant.function!r}")


# What stands for ``grader.spec`` in an author's file that a submission imports.
_SPEC = """
def mistake(*names, **texts):
    def register(solution):
        mistake.solutions.append(solution)
        return solution

    return register


mistake.solutions = []
"""


def _author_modules(assignment: LoadedAssignment) -> dict[str, str]:
    """Mistakes and styles as modules that a submission can import, with what they import."""
    modules = {"author_spec": _SPEC}
    for path in sorted((assignment.course.root / "reference").glob("*.py")):
        modules[f"ref_{path.stem}"] = _renamed(path.read_text("utf-8"))
    for stem in ("mistakes", "styles"):
        path = assignment.folder / f"{stem}.py"
        if path.is_file():
            text = _renamed(path.read_text("utf-8"))
            modules[f"author_{stem}"] = re.sub(r"(?m)^from grader\.spec import", "from author_spec import", text)
    return modules


def _authored(assignment: LoadedAssignment) -> Iterator[tuple[str, str, str, str]]:
    """Mistakes and styles as (kind, function, name, source that redefines the graded function)."""
    for number, mistake in enumerate(mistakes_of(assignment)):
        place = f"author_mistakes.mistake.solutions[{number}]"
        yield "mistake", mistake.function, mistake.code, _delegating(assignment, mistake.function, place)
    module = assignment.author_module("styles")
    for function, styles in (getattr(module, "STYLES", {}) if module else {}).items():
        for number, style in enumerate(styles):
            place = f"author_styles.STYLES[{function!r}][{number}]"
            name = f"{number} {getattr(style, '__name__', '')}".strip()
            yield "style", function, name, _delegating(assignment, function, place)


def _delegating(assignment: LoadedAssignment, function: str, place: str) -> str:
    """A graded function that calls another one, in whose module the planted names mean the same."""
    module = place.partition(".")[0]
    lines = [f"import random\nimport {module}\n\ndef {function}(*args):"]
    lines += [f"    {module}.{name} = {name}" for name in assignment.spec.function(function).given]
    return "\n".join([*lines, f"    return {place}(*args)"])


# -- verdicts ----------------------------------------------------------------------------


def _grade(
    assignment: LoadedAssignment, sources: Mapping[str, tuple[str, str]], modules: Mapping[str, str], threads: int
) -> dict[str, Report]:
    """Grade all sources; the time is spent in the workers, so that threads will do.

    A source comes with the function that differs from the reference, which is graded by itself: that is what matters
    for a mistake and a style. A mutant that passes so is graded as a whole.
    """
    cases = frozen_cases(assignment)
    judges = judges_of(assignment.spec, cases)
    graded = {function.name for function in assignment.spec.functions}
    course = replace(assignment)  # a copy, whose provided modules hold the author's as well
    vars(course)["provided"] = {**assignment.provided, **modules}
    local = threading.local()
    with ExitStack() as stack:

        def one(submission: Submission) -> tuple[str, Report]:
            if not hasattr(local, "sandbox"):
                local.sandbox = stack.enter_context(Sandbox(assignment.spec.packages))
            name, function = submission.name, sources[submission.name][0]
            only = function if function in graded else None
            report = grade_submission(course, judges, submission, local.sandbox, only=only)
            if only and name.startswith("mutant") and report.full_marks:
                report = grade_submission(course, judges, submission, local.sandbox)
            return name, report

        # Parsed here and not in the threads, in which Python 3.11 miscounts the depth of its parser.
        parsed = [parse_submission(name, ".py", text.encode(), cases.arities) for name, (_, text) in sources.items()]
        with ThreadPoolExecutor(threads) as pool:
            return dict(pool.map(one, parsed))


def _mutant_rows(assignment: LoadedAssignment, mutants: Sequence[Mutant], reports: Mapping[str, Report]) -> Iterator[Row]:
    equivalent = _equivalent(assignment)
    for number, mutant in enumerate(mutants):
        diff = f"- {mutant.before}\n+ {mutant.after}"
        reason = next((equivalent[key] for key in _keys(mutant) if key in equivalent), "")
        if not reports[f"mutant {number}"].full_marks:
            yield Row("mutant", mutant.function, mutant.operator, "killed", diff)
        elif reason:
            yield Row("mutant", mutant.function, mutant.operator, "equivalent", f"{diff}\n{reason}")
        else:
            yield Row("mutant", mutant.function, mutant.operator, "survived", diff)


def _equivalent(assignment: LoadedAssignment) -> Mapping[str, str]:
    module = assignment.author_module("audit")
    found: Mapping[str, str] = getattr(module, "EQUIVALENT", {}) if module else {}
    return found


def _keys(mutant: Mutant) -> tuple[str, str, str]:
    """Under what an author may declare a mutant equivalent: the changed line, the line before, the function."""
    return mutant.after, mutant.before, f"def {mutant.function}"


def _authored_row(kind: str, function: str, name: str, report: Report) -> Row:
    mine = next((f for f in report.functions if f.name == function), None)
    if kind == "style":
        # Only its own function: another cache of the forward pass need not fit the reference's backward pass.
        right = mine is not None and mine.status == "passed"
        failed = [c.message for c in mine.checks if c.status == "failed"] if mine else ["missing"]
        return Row(kind, function, name, "accepted" if right else "rejected", "; ".join(failed))
    if mine is None or (mine.status == "passed" and not mine.carried):
        return Row(kind, function, name, "missed")
    codes = [finding.code for finding in mine.findings]
    return Row(kind, function, name, "named" if name in codes else "unnamed", ", ".join(codes))


def render_audit(audit: Audit) -> str:
    """The table, and every row that must not be."""
    lines = [f"{audit.assignment}"]
    lines.append(f"{'function':<42} mutants killed equivalent survived  mistakes named  styles accepted")
    for function in dict.fromkeys(row.function for row in audit.rows):
        counts = Counter((row.kind, row.outcome) for row in audit.rows if row.function == function)
        total = Counter(row.kind for row in audit.rows if row.function == function)
        lines.append(
            f"{function:<42} {total['mutant']:7d} {counts['mutant', 'killed']:6d} {counts['mutant', 'equivalent']:10d} "
            f"{counts['mutant', 'survived']:8d}  {counts['mistake', 'named']:6d} of {total['mistake']:<3d}  "
            f"{counts['style', 'accepted']:9d} of {total['style']}"
        )
    for row in audit.bad:
        lines += ["", f"{row.outcome}: {row.kind} of {row.function} ({row.name})", row.detail]
    if audit.stale:
        lines += ["", "stale entries of EQUIVALENT, which no mutant matches:", *(f"  {key}" for key in audit.stale)]
    lines.append("")
    lines.append("clean" if audit.clean else f"{len(audit.bad)} to look at")
    return "\n".join(lines) + "\n"
