"""``grader audit`` tells how good an assignment's tests are.

Every mutant of the reference and every catalogued mistake goes through the whole grader, sandbox
included, as if a student had handed it in; so does every right style. A mutant that keeps full marks
has *survived*: a check is missing, or the mutant is equivalent, which the assignment then declares with a
reason in ``audit.py``: ``EQUIVALENT = {"the line after the change": "why it is right"}``, or under the
line before for any change of it, or under ``"def helper"`` for all of a private function. What a mistake
costs is held against how grave it is, see :mod:`grader.audit.losses`. A property that holds for every mutant and
mistake of its function proves nothing; where it stands for something that no mutant breaks, ``audit.py`` says so:
``IDLE = {("function", "property"): "why"}``.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import textwrap
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.audit.losses import Loss, disputed
from grader.audit.mutants import Mutant, chosen, mutants_of
from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.refused import how_to_recognise
from grader.freezing.store import Progress, frozen_cases
from grader.freezing.submissions import Authored, authored_submissions, reference_texts, with_author_modules
from grader.grading.pipeline import grade_submission
from grader.judging.judge import Judges, judges_of
from grader.model import Report
from grader.report import wording
from grader.sandbox.parent import Sandbox
from grader.spec import Severity
from grader.submission.reading import parse_files

__all__ = ["Audit", "Row", "audit_assignment", "render_audit"]


@dataclass(frozen=True, slots=True)
class Row:
    """One submission of the audit and what became of it.

    ``outcome`` is "killed", "survived" or "equivalent" for mutants, "named", "unnamed" or "missed" for
    mistakes, "accepted" or "rejected" for right styles. ``check`` is what killed a mutant. A mistake has a severity,
    its loss (a part of the function's points), and what is to be said against that. ``key`` declares a mutant that survived.
    """

    kind: str
    function: str
    name: str
    outcome: str
    detail: str = ""
    severity: Severity | None = None
    loss: float | None = None
    dispute: str = ""
    check: str = ""
    key: str = ""


@dataclass(frozen=True)
class Audit:
    """The outcome of an audit.

    ``stale`` are declared equivalents that no mutant of the reference is any more, ``idle`` are properties that held for
    every mutant and mistake, of functions of which all mutants were tried.
    """

    assignment: str
    rows: tuple[Row, ...]
    stale: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()

    @property
    def bad(self) -> tuple[Row, ...]:
        """What must not be: survivors, mistakes that are missed, unnamed or of a wrong loss, rejected styles."""
        return tuple(r for r in self.rows if r.outcome in ("survived", "missed", "unnamed", "rejected") or r.dispute)

    @property
    def clean(self) -> bool:
        """Nothing is bad, and every property is of use."""
        return not self.bad and not self.idle

    def count(self, outcome: str) -> int:
        """How many rows have an outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """The table as plain data."""
        rows = [asdict(row) for row in self.rows]
        return {
            "assignment": self.assignment,
            "clean": self.clean,
            "rows": rows,
            "stale": list(self.stale),
            "idle": list(self.idle),
        }


def audit_assignment(
    assignment: LoadedAssignment,
    *,
    budget: int = 400,
    seed: int = 0,
    processes: int | None = None,
    progress: Progress | None = None,
    grading: Progress | None = None,
) -> Audit:
    """Audit an assignment.

    Parameters
    ----------
    assignment
        With its reference.
    budget
        At most this many mutants, spread over the functions.
    seed
        Of the cases: graded ones have 0, and what is said of a mistake should not depend on it.
    processes
        As many as there are CPUs if not given.
    progress, grading
        Called while cases are drawn, and while submissions are graded.

    Raises
    ------
    SpecError
        When there is no reference, or when it does not get full marks itself, handed in.
    """
    if assignment.reference is None:
        raise SpecError(f"{assignment.name} has no reference here, of which mutants could be made (a student kit?)")
    files = reference_texts(assignment)
    functions = _reachable(assignment, [ast.parse(text) for text in files.values()])
    each = max(1, budget // max(1, len(functions)))
    possible = [[replace(mutant, function=name) for mutant in mutants_of(function)] for name, function in functions.items()]
    mutants = [mutant for variants in possible for mutant in chosen(variants, each)]
    authored = list(authored_submissions(assignment))
    sources: dict[str, tuple[str, Mapping[str, str]]] = {"reference": ("", files)}
    sources |= {f"mutant {i}": (mutant.function, _replaced(files, mutant)) for i, mutant in enumerate(mutants)}
    sources |= {f"authored {i}": (one.function, one.files) for i, one in enumerate(authored)}
    judges = judges_of(assignment.spec, frozen_cases(assignment, seed, progress=progress))
    processes = processes or len(os.sched_getaffinity(0))
    reports = _grade(with_author_modules(assignment), judges, sources, processes, grading)
    if not reports["reference"].full_marks:
        raise SpecError(f"{assignment.name}: the reference itself does not get full marks: {_why(reports['reference'])}")
    rows = list(_mutant_rows(assignment, mutants, reports))
    authored_rows = [_authored_row(one, reports[f"authored {i}"]) for i, one in enumerate(authored)]
    rows += _with_disputes(assignment, authored_rows)
    matched = {key for variants in possible for mutant in variants for key in _keys(mutant)}
    stale = tuple(key for key in _equivalent(assignment) if key not in matched)
    whole = {name for name, variants in zip(functions, possible, strict=True) if len(variants) <= each}
    return Audit(assignment.name, tuple(rows), stale, _idle(assignment, reports.values(), whole))


def _idle(assignment: LoadedAssignment, reports: Collection[Report], whole: Collection[str]) -> tuple[str, ...]:
    """Properties that no submission of the audit has broken, of functions of which all mutants were tried."""
    broken = {(f.name, c.name) for r in reports for f in r.functions for c in f.checks if c.status == "failed"}
    declared = getattr(assignment.author_module("audit"), "IDLE", {})
    every = [(f.name, prop.name) for f in assignment.spec.functions for prop in f.properties]
    return tuple(f"{key[0]}: {key[1]}" for key in every if key[0] in whole and key not in {*broken, *declared})


def _why(report: Report) -> str:
    """What is said of each function that did not pass."""
    said = {
        function.name: next((check.message for check in function.checks if check.status == "failed"), function.status)
        for function in report.functions
        if function.status != "passed"
    }
    return "; ".join(f"{name}: {message}" for name, message in said.items())


def _reachable(assignment: LoadedAssignment, trees: Sequence[ast.Module]) -> dict[str, ast.FunctionDef]:
    """The graded functions and those that they call: alternatives and guards are not what is handed in.

    Provided helpers neither: a wrong one of a student's own carries no points, and pulls nothing down.
    """
    own = {name: node for tree in trees for name, node in _definitions(tree)}
    own = {name: node for name, node in own.items() if name not in assignment.spec.provided_helpers}
    reached: dict[str, ast.FunctionDef] = {}
    graded = (f.name if f.name in own else f"{f.name}.__init__" for f in assignment.spec.functions)
    queue = [name for name in graded if name in own]
    while queue:
        name = queue.pop(0)
        if name not in reached:
            reached[name] = own[name]
            queue += [n.id for n in ast.walk(own[name]) if isinstance(n, ast.Name) and n.id in own]
    return reached


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a file, and the methods of its classes as ``Class.method``."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{inner.name}", inner) for inner in node.body if isinstance(inner, ast.FunctionDef))


def _replaced(files: Mapping[str, str], mutant: Mutant) -> dict[str, str]:
    """The reference with one function mutated."""
    for path, text in files.items():
        node = dict(_definitions(ast.parse(text))).get(mutant.function)
        if node is not None:
            lines, first = text.split("\n"), min([node.lineno, *(d.lineno for d in node.decorator_list)])
            changed = textwrap.indent(mutant.source, " " * node.col_offset)
            return {**files, path: "\n".join([*lines[: first - 1], changed, *lines[node.end_lineno :]])}
    raise SpecError(f"the reference has no function {mutant.function!r}")


# -- verdicts ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Work:
    """What every process of an audit has from the one that it is a copy of, and the sandbox of its own."""

    assignment: LoadedAssignment
    judges: Judges
    sources: Mapping[str, tuple[str, Mapping[str, str]]]
    sandbox: Sandbox

    def grade(self, name: str) -> tuple[str, Report]:
        """Grade one source.

        It comes with the function that differs from the reference, which is graded by itself: that is what matters
        for a mistake and a style. A mutant that passes so is graded as a whole.
        """
        function, texts = self.sources[name]
        files = {path: text.encode() for path, text in texts.items()}
        submission = parse_files(name, files, self.judges.cases.arities, exercise=self.assignment.spec.exercise)
        only = function if function in self.judges.functions else None
        report = grade_submission(self.assignment, self.judges, submission, self.sandbox, only=only)
        if only and name.startswith("mutant") and report.full_marks:
            report = grade_submission(self.assignment, self.judges, submission, self.sandbox)
        return name, report


# Set in the processes of an audit alone: judges are functions of an author's, which no message between processes holds.
_WORK: list[_Work] = []


def _begin(assignment: LoadedAssignment, judges: Judges, sources: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    warnings.simplefilter("ignore")
    _WORK[:] = [_Work(assignment, judges, sources, Sandbox(assignment.spec.packages, warm_up=assignment.warm_up))]


def _grade_one(name: str) -> tuple[str, Report]:
    return _WORK[0].grade(name)


def _grade(
    assignment: LoadedAssignment,
    judges: Judges,
    sources: Mapping[str, tuple[str, Mapping[str, str]]],
    processes: int,
    grading: Progress | None,
) -> dict[str, Report]:
    """Grade all sources in processes, not in threads: a judge runs in a fork, which one thread may not do beside others."""
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, context, _begin, (assignment, judges, sources)) as pool:
        reports = {}
        for name, report in pool.map(_grade_one, sources):
            reports[name] = report
            if grading is not None:
                grading(len(reports), len(sources))
        return reports


def _mutant_rows(assignment: LoadedAssignment, mutants: Sequence[Mutant], reports: Mapping[str, Report]) -> Iterator[Row]:
    equivalent = _equivalent(assignment)
    for number, mutant in enumerate(mutants):
        diff = f"- {mutant.before}\n+ {mutant.after}"
        reason = next((equivalent[key] for key in _keys(mutant) if key in equivalent), "")
        reason = reason or _opaque_reason(assignment, mutant)
        killer = _killer(reports[f"mutant {number}"])
        if killer:
            yield Row("mutant", mutant.function, mutant.operator, "killed", diff, check=killer)
        elif reason:
            yield Row("mutant", mutant.function, mutant.operator, "equivalent", f"{diff}\n{reason}")
        else:
            yield Row("mutant", mutant.function, mutant.operator, "survived", diff, key=_keys(mutant)[0])


def _killer(report: Report) -> str:
    """The first check that failed; nothing where the submission has full marks."""
    failed = ((f, c) for f in report.functions for c in f.checks if f.status != "passed" and c.status == "failed")
    function, check = next(failed, (None, None))
    if function is None or check is None:
        return "" if report.full_marks else report.status
    return f"{function.name}: {wording.check_label(check.kind, check.name, function.name)}"


def _opaque_reason(assignment: LoadedAssignment, mutant: Mutant) -> str:
    """Why a changed line may survive that makes nothing but an opaque item."""
    opaque = next((f.opaque for f in assignment.spec.functions if f.name == mutant.function), frozenset[str]())
    target = mutant.before.partition(" = ")[0]
    return f"{target} is opaque: only the student's own code has to understand it" if target in opaque else ""


def _equivalent(assignment: LoadedAssignment) -> Mapping[str, str]:
    equivalent: Mapping[str, str] = getattr(assignment.author_module("audit"), "EQUIVALENT", {})
    return equivalent


def _keys(mutant: Mutant) -> tuple[str, str, str]:
    """Under what an author may declare a mutant equivalent: the changed line, the line before, the function.

    A line that is left out has a name of its own: every such line becomes the same ``pass``.
    """
    after = f"without {mutant.before}" if mutant.operator == "drop-statement" else mutant.after
    return after, mutant.before, f"def {mutant.function}"


def _authored_row(one: Authored, report: Report) -> Row:
    graded = next((f for f in report.functions if f.name == one.function), None)
    if one.kind == "style":
        # Only its own function: another cache of the forward pass need not fit the reference's backward pass.
        right = graded is not None and graded.status == "passed"
        failed = [c.message for c in graded.checks if c.status == "failed"] if graded else ["missing"]
        return Row(one.kind, one.function, one.name, "accepted" if right else "rejected", "; ".join(failed))
    if graded is None or (graded.status == "passed" and not graded.carried):
        return Row(one.kind, one.function, one.name, "missed")
    codes = [finding.code for finding in graded.findings]
    outcome = "named" if one.name in codes else "unnamed"
    loss = round(1 - graded.points / graded.max_points, 3)
    return Row(one.kind, one.function, one.name, outcome, ", ".join(codes), one.severity, loss)


def _with_disputes(assignment: LoadedAssignment, rows: Sequence[Row]) -> list[Row]:
    """The rows, and of each mistake what is to be said against its loss."""
    declared: Mapping[tuple[str, str], str] = getattr(assignment.author_module("audit"), "LOSSES", {})
    disputes: dict[int, str] = {}
    for function in {row.function for row in rows}:
        own = [
            (n, Loss(r.name, r.severity, r.loss))
            for n, r in enumerate(rows)
            if r.function == function and r.loss is not None and r.severity
        ]
        reasons = {code: why for (name, code), why in declared.items() if name == function}
        disputes |= zip((n for n, _ in own), disputed([loss for _, loss in own], reasons), strict=True)
    return [replace(row, dispute=disputes.get(n, "")) for n, row in enumerate(rows)]


def render_audit(audit: Audit) -> str:
    """The table, and every row that must not be."""
    lines = [f"{audit.assignment}"]
    lines.append(f"{'function':<42} mutants killed equivalent survived  mistakes named  styles accepted")
    rows = [(row.function.removesuffix(".__init__"), row) for row in audit.rows]  # a class and its constructor are one
    for function in dict.fromkeys(name for name, _ in rows):
        counts = Counter((row.kind, row.outcome) for name, row in rows if name == function)
        total = Counter(row.kind for name, row in rows if name == function)
        lines.append(
            f"{function:<42} {total['mutant']:7d} {counts['mutant', 'killed']:6d} {counts['mutant', 'equivalent']:10d} "
            f"{counts['mutant', 'survived']:8d}  {counts['mistake', 'named']:6d} of {total['mistake']:<3d}  "
            f"{counts['style', 'accepted']:9d} of {total['style']}"
        )
    lines += ["", f"{'what each mistake costs':<60} severity  loss"]
    for row in (row for row in audit.rows if row.loss is not None):
        lines.append(f"{row.function + ': ' + row.name:<60} {row.severity or '':<8} {row.loss:5.0%}")
    mistakes = {row.name for row in audit.rows if row.kind == "mistake"}
    for row in audit.bad:
        what = "costs too little or too much" if row.dispute else row.outcome
        lines += ["", f"{what}: {row.kind} of {row.function} ({row.name})", row.dispute or row.detail]
        if row.dispute:
            lines.append(f"  right all the same? In audit.py: LOSSES = {{{(row.function, row.name)!r}: 'why'}}")
        if row.outcome == "unnamed":
            others = [code for code in row.detail.split(", ") if code in mistakes]
            lines.append(f"  what names it: {how_to_recognise(row.name, others)}")
        if row.outcome == "survived":
            lines.append(f"  right all the same? In audit.py: EQUIVALENT = {{{row.key!r}: 'why'}}")
    if audit.idle:
        lines += ["", "properties that held for every mutant and mistake:", *(f"  {name}" for name in audit.idle)]
        lines.append("  leave them out, or add the mistake that they are for; right all the same? In audit.py:")
        lines.append("  IDLE = {('function', 'property'): 'why'}")
    if audit.stale:
        lines += ["", "stale entries of EQUIVALENT, which no mutant matches:", *(f"  {key}" for key in audit.stale)]
    lines.append("")
    lines.append("clean" if audit.clean else f"{len(audit.bad) + len(audit.idle)} to look at")
    return "\n".join(lines) + "\n"
