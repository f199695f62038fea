"""The table, run: every row at every runner, and nothing left behind by any of them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

import pytest

from grader.sandbox.parent import Sandbox
from tests.hostile import files
from tests.hostile.row import RUNNERS, VICTIM, Hostile, run, sandbox, victim
from tests.hostile.table import ROWS
from tests.leftovers import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

TRIED = [(row, runner) for runner in RUNNERS for row in ROWS if row.runs_at(runner)]


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, Sandbox]]:
    made: dict[str, Sandbox] = {}
    with victim():
        yield made
        for one in made.values():
            one.close()
        assert descendants() == set()


def left_behind() -> tuple[int, frozenset[str]]:
    """Open descriptors of this process, and files of hostile rows where anybody may write."""
    places = [place for place in (*files.PLACES, "/tmp", "/dev/mqueue") if os.path.isdir(place)]
    names = (f"{place}/{name}" for place in places for name in os.listdir(place) if "grader-hostile" in name)
    of_a_run = re.compile(rf"{re.escape(str(VICTIM.parent))}/grader-hostile-\d+")  # this one, or another at the same time
    return len(os.listdir("/proc/self/fd")), frozenset(name for name in names if not of_a_run.fullmatch(name))


def alive(one: Sandbox) -> int:
    """How many processes there are below this one while a zygote stands ready.

    A count: where a wall is missing, code may get at the zygote, which is then replaced.
    """
    assert one.level
    return len(descendants())


@pytest.mark.parametrize(("row", "runner"), TRIED, ids=[f"{runner}: {row.name}" for row, runner in TRIED])
def test_a_hostile_submission_gets_what_the_table_says(row: Hostile, runner: str, sandboxes: dict[str, Sandbox]) -> None:
    if runner not in sandboxes:
        sandboxes[runner] = sandbox(runner)
        assert sandboxes[runner].level == {"full": "full", "spawned": "full", "fork only": "none"}.get(runner, "weak")
    before, around = alive(sandboxes[runner]), left_behind()
    result = run(row, sandboxes[runner])
    if runner not in row.gaps:
        assert result.target in row.must
    assert result.other in row.other
    after = alive(sandboxes[runner])  # a zygote that had to be replaced has opened its channel anew
    assert left_behind() == around
    assert after == before


def test_every_gap_has_a_reason_and_no_gap_is_at_the_full_level() -> None:
    for row in ROWS:
        assert all(reason and runner in RUNNERS for runner, reason in row.gaps.items()), row.name
        assert not {"full", "spawned"} & set(row.gaps), row.name
    assert len({row.name for row in ROWS}) == len(ROWS)
