"""Two hundred submissions with forty hostile ones among them: honest reports unchanged, nothing left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.hostile.batch import check

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_hostile_submissions_change_nobodys_report_and_leave_nothing(tmp_path: Path, jobs: int) -> None:
    ended, _ = check(tmp_path, jobs)
    assert ended.total() == 40
