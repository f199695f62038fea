"""A real scheduler and two worker processes on loopback; one of the workers is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import HarnessError
from grader.grading.batch import Job, Setup, grade_all
from grader.grading.cluster import grade_on_cluster
from grader.judging.cases import save_cases
from grader.model import Report, report_to_json
from tests import tiny
from tests.cluster import Cluster, running_cluster
from tests.tiny import solution

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
    pytest.mark.filterwarnings("ignore"),  # those of dask and tornado are not ours to mend
]

RIGHT = solution()
WRONG = solution("def center(X):\n    return X, X")
SLOW = solution("quick = center\n\ndef center(X):\n    for _ in range(2_000_000):\n        pass\n    return quick(X)")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    path = tmp_path_factory.mktemp("cases") / "tiny.cases"
    save_cases(tiny.cases(), path)
    return Setup(str(tiny.COURSE), "tiny", str(path))


def _class(folder: Path) -> list[Job]:
    texts = [f"{source}\nnote = {number}\n" for number in range(6) for source in (RIGHT, WRONG, SLOW)]
    jobs = [Job("two.zip", problem="two files in one zip")]
    for number, text in enumerate(texts):
        path = folder / f"{number}.py"
        path.write_text(text, "utf-8")
        jobs.append(Job(path.name, ((path.name, str(path)),), frozenset({path.name}), student=f"s{number}"))
    return jobs


def _text(report: Report) -> str:
    return json.dumps(report_to_json(replace(report, duration_s=0.0)))


def test_a_lost_worker_costs_nothing_and_reports_equal_local_ones(tmp_path: Path, setup: Setup, cluster: Cluster) -> None:
    jobs = _class(tmp_path)
    remote: dict[str, Report] = {}
    for result in grade_on_cluster(setup, jobs, cluster.address):
        assert result.job.name not in remote
        remote[result.job.name] = result.report
        if len(remote) == 4:
            os.kill(cluster.workers[0].pid, signal.SIGKILL)
    assert cluster.workers[0].wait(10) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    local = {r.job.name: r.report for r in grade_all(setup, jobs)}
    assert {r.status for r in local.values()} == {"graded", "unreadable"}
    assert {name: _text(r) for name, r in remote.items()} == {name: _text(r) for name, r in local.items()}


def test_equal_definitions_are_graded_once_in_the_whole_cluster(tmp_path: Path, setup: Setup, cluster: Cluster) -> None:
    texts = [RIGHT, WRONG] * 4
    jobs = []
    for number, text in enumerate(texts):
        path = tmp_path / str(number) / "student.py"
        path.parent.mkdir()
        path.write_text(text, "utf-8")
        jobs.append(
            Job(f"{number}/student.py", (("student.py", str(path)),), frozenset({"student.py"}), student=f"s{number}")
        )
    sharing = replace(setup, results=str(tmp_path / "verdicts"))
    found = list(grade_on_cluster(sharing, jobs, cluster.address))
    assert sorted(r.job.name for r in found) == [job.name for job in jobs]
    assert sum(not r.kept for r in found) == 2
    local = {r.job.name: _text(r.report) for r in grade_all(setup, jobs)}
    assert {r.job.name: _text(r.report) for r in found} == local
    assert all(r.kept for r in grade_on_cluster(sharing, jobs, cluster.address))


def test_a_file_that_cannot_be_read_is_told_and_costs_nobody_else(tmp_path: Path, setup: Setup, cluster: Cluster) -> None:
    (tmp_path / "right.py").write_text(RIGHT, "utf-8")
    files = {name: (name, str(tmp_path / name)) for name in ("nothing.py", "right.py")}
    jobs = [Job(name, (file,), frozenset({name})) for name, file in files.items()]
    jobs.append(Job("both", tuple(files.values()), frozenset(files)))
    found = {r.job.name: r.report for r in grade_on_cluster(setup, jobs, cluster.address)}
    assert found["nothing.py"].status == "unreadable"
    absent = f"there is no readable file at {tmp_path / 'nothing.py'}; check the path"
    assert found["nothing.py"].messages == (absent,)
    assert found["right.py"].full_marks
    assert found["both"].full_marks
    assert [(passed.file, passed.why) for passed in found["both"].files.passed_over] == [("nothing.py", absent)]


def test_no_scheduler_is_told_with_its_address(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grading.cluster._ANSWERS_IN", "1s")  # it is asked again until then
    with pytest.raises(HarnessError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(grade_on_cluster(setup, [], "tcp://127.0.0.1:9"))
