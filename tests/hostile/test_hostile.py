"""The table, run: every row at every runner, and nothing left behind by any of them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

from grader.confined import wire
from grader.confined.channel import Channel
from grader.confined.session import Session
from grader.sandbox.parent import Sandbox
from tests.hostile import files
from tests.hostile.row import RUNNERS, VICTIM, Hostile, run, sandbox, victim
from tests.hostile.table import PARTS, all_rows, rows_of
from tests.leftovers import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


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


# A part of the rows shows what stands between all walls and none, and that a fresh interpreter, which takes ten times as
# long as a fork, has the same parent; all of them are run in the sweep.
EVERY = {"full": 1, "fork only": 4, "no landlock": 6, "no seccomp": 6, "spawned": 12}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("runner", "every"),
    [*EVERY.items(), *(pytest.param(runner, 1, marks=pytest.mark.slow) for runner, every in EVERY.items() if every > 1)],
)
def test_a_hostile_submission_gets_what_the_table_says(
    runner: str, every: int, part: str, sandboxes: dict[str, Sandbox], subtests: pytest.Subtests
) -> None:
    check_rows(rows_of(part)[::every], runner, sandboxes, subtests)


def check_rows(rows: Sequence[Hostile], runner: str, sandboxes: dict[str, Sandbox], subtests: pytest.Subtests) -> None:
    if runner not in sandboxes:
        sandboxes[runner] = sandbox(runner)
        assert sandboxes[runner].level == {"full": "full", "spawned": "full", "fork only": "none"}.get(runner, "weak")
    for row in rows:
        if row.runs_at(runner):
            with subtests.test(row.name):
                check_row(row, runner, sandboxes[runner])


def check_row(row: Hostile, runner: str, at: Sandbox) -> None:
    before, around = alive(at), left_behind()
    result = run(row, at)
    if runner not in row.gaps:
        assert result.target in row.must
    assert result.other in row.other
    after = alive(at)  # a zygote that had to be replaced has opened its channel anew
    assert left_behind() == around
    assert after == before


def test_every_gap_has_a_reason_and_no_gap_is_at_the_full_level() -> None:
    for row in all_rows():
        assert all(reason and runner in RUNNERS for runner, reason in row.gaps.items()), row.name
        assert not {"full", "spawned"} & set(row.gaps), row.name
    assert len({row.name for row in all_rows()}) == len(all_rows()) > 300


def test_what_rows_reach_for_in_the_worker_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that raises because the worker's insides have other names now attacks nothing, and may seem to hold."""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    session = Session(Channel(0), wire, np)
    text = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py"))
    reached = set(re.findall(r"session\(\)((?:\.[a-z]\w*)+)", text))
    assert len(reached) > 5
    for path in reached:
        reduce(getattr, path[1:].split("."), session)
