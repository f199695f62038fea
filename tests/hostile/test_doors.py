"""Hostile hand-ins through every door at every level: no point too many, a right one unharmed, nothing changed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.grading.rundir import read_run
from tests.hostile.doors import CLASSES, DOORS, lay_out_class, problems, state, through
from tests.hostile.row import RUNNERS
from tests.hostile.whole import WHOLE, Whole

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra 'cluster' is not installed"
)
#: One of each kind: a carried run, a fellow student's module, a module of the grader's, a fellow student's file.
FEW = tuple(
    row
    for row in WHOLE
    if row.name
    in {
        "carried: half asks the session",
        "neighbour: by sys.path",
        "modules of the grader",
        "a link to a neighbour's file",
    }
)


def holds(door: str, runner: str, rows: Sequence[Whole], tmp_path: Path) -> None:
    folder, scratch = lay_out_class(tmp_path / "class", rows), tmp_path / "scratch"
    scratch.mkdir()
    before = state(folder)
    assert list(problems(door, through(door, runner, folder, rows, scratch), rows)) == []
    assert state(folder) == before
    if door in CLASSES:
        level = {"full": "full", "spawned": "full", "fork only": "none"}.get(runner, "weak")
        assert {entry.report.sandbox for entry in read_run(scratch / "run")} == {level}


@pytest.mark.parametrize("door", [d for d in DOORS if d not in CLASSES])
def test_some_of_them_through_every_door_of_one_student(door: str, tmp_path: Path) -> None:
    holds(door, "full", FEW, tmp_path)


@needs_dask
def test_some_of_them_on_a_cluster_with_fewer_walls(tmp_path: Path) -> None:
    holds("grade, on a cluster", "no landlock", FEW, tmp_path)


@pytest.mark.slow
@needs_dask
@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("door", DOORS)
def test_all_of_them_through_every_door_at_every_level(door: str, runner: str, tmp_path: Path) -> None:
    holds(door, runner, WHOLE, tmp_path)
