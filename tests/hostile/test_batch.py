"""Two hundred submissions with forty hostile ones among them: honest scores unchanged, nothing left behind."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from grader.grading.batch import Job, Setup, grade_all
from grader.judging.cases import CaseFile, save_cases
from grader.model import Report
from tests import tiny
from tests.hostile.row import CPU_S, TOOLS, VICTIM, Hostile, victim
from tests.hostile.table import all_rows
from tests.hostile.test_hostile import left_behind
from tests.leftovers import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

HEAD = "import numpy as np\nfrom tiny_utils import half\n\n"
HONEST = {
    "right": "",
    "no mean": "def center(X):\n    return X, np.mean(X, axis=1, keepdims=True)\n",
    "wrong helper": "def affine(X, W, b):\n    return W @ X, (X, W, b)\n",
    "raises": "def mean_square(X, weight):\n    return undefined_name\n",
    "changes its argument": "def above(X, threshold):\n    X -= threshold\n    return X > 0\n",
}


def hostile_rows() -> list[Hostile]:
    """Forty rows from all parts of the table, without those that wait for a wall clock or ask a helper."""
    waits = ("sleep", "at import", "without end", "helper", "memory, whatever", "closed channel", "progress")
    rows = [row for row in all_rows() if len(row.only) > 2 and not any(word in row.name for word in waits)]
    return rows[:: len(rows) // 40][:40]


def hostile_source(row: Hostile) -> str:
    """A right submission, in which one function does what the row does."""
    right = "\n".join(tiny.right().values())
    return f"{HEAD}{right}\n\n{row.source.replace('VICTIM', str(VICTIM))}\n\ndef center(X):\n    return target(X)\n"


def quick(cases: CaseFile) -> CaseFile:
    """The cases with a limit of a quarter of a second for each call."""

    def limited(case):  # type: ignore[no-untyped-def]
        own = case.own and dataclasses.replace(case.own, cpu_s=CPU_S)
        return dataclasses.replace(case, plan=dataclasses.replace(case.plan, cpu_s=CPU_S), own=own)

    functions = {
        name: dataclasses.replace(function, cases=tuple(map(limited, function.cases)))
        for name, function in cases.functions.items()
    }
    return dataclasses.replace(cases, functions=functions)


def facts(report: Report) -> Report:
    """A report without what depends on its name and the clock."""
    return dataclasses.replace(report, duration_s=0.0, submission="", student=None)


def graded(setup: Setup, jobs: list[Job], processes: int) -> Mapping[str, Report]:
    return {result.job.student or "": result.report for result in grade_all(setup, jobs, processes)}


def test_hostile_submissions_change_nobodys_marks_and_leave_nothing(tmp_path: Path) -> None:
    resource_tracker.ensure_running()  # the pool's own helper, which stays until Python ends
    before, alive = left_behind(), descendants()
    save_cases(quick(tiny.cases()), tmp_path / "quick.cases")
    setup = Setup(str(tiny.COURSE), "tiny", str(tmp_path / "quick.cases"))
    right = HEAD + "\n".join(tiny.right().values())
    (tmp_path / "tools.py").write_text(TOOLS)

    def job(name: str, source: str) -> Job:
        path = tmp_path / f"{name}.py"
        path.write_text(source, "utf-8")
        files = (("student.py", str(path)), ("tools.py", str(tmp_path / "tools.py")))
        return Job(f"{name}/student.py", files, frozenset({"student.py"}), student=name)

    alone = [job(f"alone-{n}", f"{right}\n\n{change}") for n, change in enumerate(HONEST.values())]
    expected = [facts(report) for report in graded(setup, alone, 1).values()]
    assert expected[0].points == 100
    assert all(report.points < 100 for report in expected[1:] if report.points is not None)

    honest = [job(f"honest-{n}", f"{right}\n\n{[*HONEST.values()][n % len(HONEST)]}") for n in range(160)]
    rows = hostile_rows()
    hostile = [job(f"hostile-{n}", hostile_source(row)) for n, row in enumerate(rows)]
    mixed = [one for n in range(40) for one in (*honest[4 * n : 4 * n + 4], hostile[n])]
    assert len(mixed) == 200
    with victim():
        reports = graded(setup, mixed, 2)

    assert len(reports) == 200
    for n in range(160):
        report = facts(reports[f"honest-{n}"])
        want = expected[n % len(HONEST)]
        assert report.functions == want.functions
        assert report.points == want.points
    for n, row in enumerate(rows):
        report = reports[f"hostile-{n}"]
        assert report.status == "graded", (row.name, report.messages)
        assert report.sandbox == "full"
        assert report.points is not None
        assert report.points <= 90, row.name  # all but the function that does not do what it is asked
    assert descendants() == alive
    assert left_behind() == before
