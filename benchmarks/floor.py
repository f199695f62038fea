"""The distance to the floor: the student's own arithmetic plus one fork of a process that has NumPy.

Nothing that isolates submissions from each other by processes can be cheaper than this.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.generate import right_sources, wrong_low_sources
from benchmarks.measure import ROOT, table, tree_cpu
from grader import load_assignment
from grader.confined.kinds import Ref
from grader.course import LoadedAssignment
from grader.freezing.store import frozen_cases
from grader.grading import pipeline
from grader.judging.cases import CaseFile
from grader.judging.judge import Judges, judges_of
from grader.judging.outcomes import arguments_of
from grader.sandbox.parent import Sandbox
from grader.submission.reading import parse_submission

__all__ = ["arithmetic", "distance"]

_EACH = 40


def distance(passes: int) -> str:
    """The table."""
    assignment = load_assignment("dnn_step_by_step", course=ROOT)
    cases = frozen_cases(assignment)
    sources = right_sources(_EACH)
    judges = judges_of(assignment.spec, cases)
    own = statistics.median(arithmetic(assignment, judges, sources[:10]) for _ in range(passes))
    fork = statistics.median(bare_fork() for _ in range(passes))
    ours = statistics.median(_graded(assignment, cases, sources) for _ in range(passes))
    low = statistics.median(_graded(assignment, cases, wrong_low_sources(10)) for _ in range(passes))
    rows = [
        ["the student's own arithmetic", f"{own:.2f}", ""],
        ["one fork of a process with NumPy, exit, reap", f"{fork:.2f}", ""],
        ["the floor", f"{own + fork:.2f}", "1.0"],
        ["a graded submission, all walls", f"{ours:.2f}", f"{ours / (own + fork):.1f}"],
        ["the same with one wrong low function", f"{low:.2f}", f"{low / (own + fork):.1f}"],
    ]
    text = table(["of one passing submission", "CPU ms", "times the floor"], rows)
    return f"{text}\n\none wrong low function: {low / ours:.1f} times a passing submission"


def arithmetic(assignment: LoadedAssignment, judges: Judges, sources: Sequence[str]) -> float:
    """CPU milliseconds of the calls that a right submission is asked, on arguments that are there."""
    plans = {case.plan.packed: case.plan for judge in judges.functions.values() for case in judge.core.cases.cases}
    calls = [[(name, arguments_of(plan, step)) for step, (name, _) in enumerate(plan.steps)] for plan in plans.values()]
    helpers = _provided(assignment)
    spent = []
    for source in sources:
        namespace: dict[str, Any] = {}
        sys.modules.update(helpers)
        exec(compile(source, "solution.py", "exec"), namespace)
        _call(namespace, calls[:40])  # warm up
        started = time.process_time()
        _call(namespace, calls)
        spent.append(time.process_time() - started)
    for name in helpers:
        del sys.modules[name]
    return 1e3 * statistics.median(spent)


def _call(namespace: Mapping[str, Any], calls: Sequence[Sequence[tuple[str, Any]]]) -> None:
    for steps in calls:
        replies: list[Any] = []
        for name, arguments in steps:
            replies.append(namespace[name](*(_resolved(part, replies) for part in arguments)))


def _resolved(part: Any, replies: Sequence[Any]) -> Any:
    if not isinstance(part, Ref):
        return dict(part) if type(part) is dict else part  # some update dictionaries in place
    value = replies[part.step]
    for key in part.path:
        value = value[key]
    return value


def _provided(assignment: LoadedAssignment) -> dict[str, ModuleType]:
    found = {"matplotlib": ModuleType("matplotlib"), "matplotlib.pyplot": ModuleType("matplotlib.pyplot")}
    for name, source in assignment.provided.items():
        found[name] = ModuleType(name)
        if name == "dnn_utils":  # the only one that the submissions here import
            exec(compile(source, f"{name}.py", "exec"), found[name].__dict__)
    return {name: module for name, module in found.items() if name not in sys.modules}


def bare_fork(count: int = 30) -> float:
    """CPU milliseconds of a fork that does one small product and ends, both sides."""
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    for _ in range(count):
        pid = os.fork()
        if not pid:
            np.ones((50, 50)) @ np.ones((50, 50))
            os._exit(0)
        os.waitpid(pid, 0)
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))
    return 1e3 * spent / count


def _graded(assignment: LoadedAssignment, cases: CaseFile, sources: Sequence[str]) -> float:
    judges = judges_of(assignment.spec, cases)

    def one(source: str) -> None:
        submission = parse_submission("solution.py", ".py", source.encode(), cases.arities)
        pipeline.grade_submission(assignment, judges, submission, sandbox)

    with Sandbox() as sandbox:
        one(sources[0])
        before = tree_cpu()
        for source in sources:
            one(source)
        return 1e3 * (tree_cpu() - before) / len(sources)
