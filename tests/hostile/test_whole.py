"""Hostile hand-ins as whole folders, in a class and alone: a row each, no point too many, nothing else touched."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.grade import GradeOptions, grade_paths
from grader.grading.pipeline import grade
from grader.grading.rundir import read_run
from grader.model import Report
from tests.hostile.row import RUNNERS, sandbox
from tests.hostile.whole import WHOLE, lay_out
from tests.platforms import RIGHT, assignment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "class"
    lay_out(folder / "bob", {"hw.py": RIGHT})
    for number, row in enumerate(WHOLE):
        lay_out(folder / f"s{number:03d}", row.files)
    return folder


def state(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def problems(report: Report, most: float) -> Iterator[str]:
    if report.status not in ("graded", "unreadable"):
        yield f"{report.status}: {report.messages}"
    if (report.points or 0) > most:
        yield f"{report.points} points, at most {most}"


def test_in_a_class_every_hostile_hand_in_has_its_row_and_no_point_too_many(
    class_folder: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    before = state(class_folder)
    grade_paths(assignment(), [class_folder], GradeOptions(output=tmp_path / "run", jobs=2, allow_weak=True, no_cache=True))
    reports = [entry.report for entry in read_run(tmp_path / "run")]
    assert sorted(report.student or "" for report in reports) == ["bob", *(f"s{n:03d}" for n in range(len(WHOLE)))]
    by_student = {report.student: report for report in reports}
    assert by_student["bob"].points == 100
    for number, row in enumerate(WHOLE):
        with subtests.test(row.name):
            assert list(problems(by_student[f"s{number:03d}"], row.most)) == []
    assert state(class_folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("runner", RUNNERS)
def test_alone_a_hostile_hand_in_earns_no_point_too_many(class_folder: Path, runner: str, subtests: pytest.Subtests) -> None:
    """By the door of ``check``, the action, pytest and the platforms, which all read one student's folder."""
    with sandbox(runner) as at:
        for number, row in enumerate(WHOLE):
            with subtests.test(row.name):
                report = grade(assignment(), class_folder / f"s{number:03d}", runner=at)
                assert list(problems(report, row.most)) == []


def test_there_are_enough_of_them() -> None:
    assert len({row.name for row in WHOLE}) == len(WHOLE) > 100
