"""Where the time of one passing submission goes: load, fork, walls, definitions, calls, compare, report.

The confined side is measured from outside, as differences between runs that do more and more: a bare fork, the
walls, the definitions, the calls. The parent's side is timed around its functions.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.floor import arithmetic
from benchmarks.generate import right_sources
from benchmarks.measure import ROOT, table, tree_cpu
from grader import load_assignment
from grader.course import LoadedAssignment
from grader.freezing.store import frozen_cases
from grader.grading import carried, pipeline
from grader.judging.cases import CaseFile
from grader.judging.judge import Judges, judges_of
from grader.model import report_to_json
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Program
from grader.sandbox.zygote import ALL_WALLS
from grader.submission.program import Submission
from grader.submission.reading import parse_submission

__all__ = ["one_submission"]

_EACH = 40


def one_submission(passes: int) -> str:
    """The table of CPU milliseconds."""
    assignment = load_assignment("dnn_step_by_step", course=ROOT)
    cases = frozen_cases(assignment)
    sources = right_sources(_EACH)
    gc.freeze()  # as a process of a batch does when it has loaded its cases
    rows = [_once(assignment, cases, sources) for _ in range(passes)]
    middle = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    total = middle["all of it"]
    text = table(
        ["of one passing submission", "CPU ms", "share"],
        [[name, f"{value:.2f}", f"{100 * value / total:.0f} %"] for name, value in middle.items()],
    )
    count = sum(len(function.cases) for function in cases.functions.values())
    first = sum(case.core for function in cases.functions.values() for case in function.cases)
    return (
        f"{text}\n\n{first} of {count} cases; medians of {passes} passes over {_EACH} right submissions, "
        "each with a text of its own.\n"
        "'messages' is what is left of the parent's side: asking, receiving, checking the form of replies, naps."
    )


def _once(assignment: LoadedAssignment, cases: CaseFile, sources: list[str]) -> dict[str, float]:
    parsed, read = _timed(lambda: [_parse(source, cases) for source in sources])
    with Sandbox(walls=("fork",)) as bare:
        fork = _tree(lambda _: bare.run(_program(assignment, None), []), parsed)[1]
    timers = {"judge": 0.0, "report": 0.0}
    with Sandbox(walls=ALL_WALLS) as sandbox:
        walls = _tree(lambda _: sandbox.run(_program(assignment, None), []), parsed)[1]
        loaded = _tree(lambda s: sandbox.run(_program(assignment, s), []), parsed)[1]
        judges = judges_of(assignment.spec, cases)
        with _around(carried, "verdict_of", "judge", timers):
            own, below = _tree(lambda s: _graded(assignment, judges, s, sandbox, timers), parsed)
    student = arithmetic(assignment, judges, sources[:10])
    return {
        "load (read and select definitions)": read,
        "fork, exit and reap": fork,
        "walls": walls - fork,
        "definitions, in the worker": loaded - walls,
        "calls: the student's arithmetic": student,
        "calls: questions and replies": below - loaded - student,
        "messages, in the parent": own - timers["judge"] - timers["report"],
        "compare and judge": timers["judge"],
        "report": timers["report"],
        "all of it": read + own + below,
    }


def _parse(source: str, cases: CaseFile) -> Submission:
    return parse_submission("solution.py", ".py", source.encode(), cases.arities)


def _program(assignment: LoadedAssignment, submission: Submission | None) -> Program:
    return Program(
        files=submission.files if submission else (),
        arities=submission.arities if submission else {},
        provided=assignment.provided if submission else {},
        public=assignment.public if submission else "",
        wanted=tuple(f.name for f in assignment.spec.functions),
    )


def _graded(
    assignment: LoadedAssignment, judges: Judges, submission: Submission, sandbox: Sandbox, timers: dict[str, float]
) -> None:
    report = pipeline.grade_submission(assignment, judges, submission, sandbox)
    if not report.full_marks:
        raise SystemExit(f"a right submission of the benchmark does not pass: {report.functions}")
    started = time.process_time()
    json.dumps(report_to_json(report))
    timers["report"] += 1e3 * (time.process_time() - started) / _EACH


def _timed(action: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    result = action()
    return result, 1e3 * (time.process_time() - started) / _EACH


def _tree(action: Callable[[Submission], Any], submissions: list[Submission]) -> tuple[float, float]:
    """CPU milliseconds per submission: of this process, and of everything below it."""
    action(submissions[0])  # once to warm up
    below, own = tree_cpu(), time.process_time()
    for submission in submissions:
        action(submission)
    mine = time.process_time() - own
    return 1e3 * mine / len(submissions), 1e3 * (tree_cpu() - below - mine) / len(submissions)


class _around:  # noqa: N801  # reads as a statement
    """Add up the CPU time of a function of a module while the block runs."""

    def __init__(self, module: Any, name: str, row: str, timers: dict[str, float]) -> None:
        self.module, self.name, self.row, self.timers, self.plain = module, name, row, timers, getattr(module, name)

    def __enter__(self) -> None:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.process_time()
            result = self.plain(*args, **kwargs)
            self.timers[self.row] += 1e3 * (time.process_time() - started) / _EACH
            return result

        setattr(self.module, self.name, timed)

    def __exit__(self, *error: object) -> None:
        setattr(self.module, self.name, self.plain)
