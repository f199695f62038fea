"""Many submissions: each graded, none stopping the others, and none graded twice without need."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import HarnessError
from grader.grading import batch
from grader.grading.batch import Job, Setup, grade_all, grade_job, level_of
from grader.judging.cases import save_cases
from grader.model import Report, report_to_json
from tests import tiny
from tests.tiny import solution

RIGHT = solution()
WRONG = solution("def center(X):\n    return X, X")


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    path = tmp_path_factory.mktemp("cases") / "tiny.cases"
    save_cases(tiny.cases(), path)
    return Setup(str(tiny.COURSE), "tiny", str(path))


def job(folder: Path, name: str, text: str, **options: object) -> Job:
    path = folder / name
    path.write_text(text, "utf-8")
    return Job(name, ((name, str(path)),), frozenset({name}), **options)  # type: ignore[arg-type]


def points(results: Iterator[object]) -> dict[str, float | None]:
    return {r.job.name: r.report.points for r in results}  # type: ignore[attr-defined]


def without_time(report: Report) -> str:
    return json.dumps(report_to_json(replace(report, duration_s=0.0)))


@pytest.mark.parametrize("local", [True, False])
def test_no_module_beside_the_files_of_all_students_costs_points(tmp_path: Path, setup: Setup, local: bool) -> None:
    """In a flat folder one student could take all points of whoever has ``from testCases import *``."""
    (tmp_path / "kept").mkdir()
    cached = replace(setup, results=str(tmp_path / "kept"))

    def graded(text: str, helper: str) -> Report:
        (tmp_path / "cases_of_the_course.py").write_text(helper, "utf-8")
        found = job(tmp_path, "ann.py", text)
        files = (*found.files, ("cases_of_the_course.py", str(tmp_path / "cases_of_the_course.py")))
        read = tuple((name, Path(place).read_bytes(), 0.0) for name, place in files)
        found = replace(found, files=files) if local else replace(found, files=(), data=read)
        assert batch.shared_key(cached, found)[0] == ""
        return next(iter(grade_all(cached, [found]))).report

    imports = RIGHT.replace("import numpy as np\n", "import numpy as np\nfrom cases_of_the_course import *\n")
    for evil in ("np = None\n", "class np:\n    pass\n", "raise SystemExit\n"):
        report = graded(imports, evil)
        assert report.points == 100.0
        told = any("graded without cases_of_the_course.py" in text for text in report.messages)
        assert told is not evil.startswith("raise")
    needs = imports.replace("def half(Z):\n    return Z / 2\n", "")
    assert graded(needs, "def half(Z):\n    return Z / 2\n").points == 100.0
    assert graded(WRONG, "x = 1\n").messages == graded(WRONG, "y = 1\n").messages


def test_no_process_of_a_pool_imports_what_students_left_in_the_working_folder(
    tmp_path: Path, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python puts the working folder before everything else for them, and a student's file may be called so."""
    (tmp_path / "multiprocessing.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    jobs = [job(tmp_path, f"{n}.py", RIGHT) for n in range(2)]
    assert points(grade_all(setup, jobs, processes=2)) == {"0.py": 100.0, "1.py": 100.0}
    assert not (tmp_path / "ran").exists()
    assert "PYTHONSAFEPATH" not in os.environ


def test_results_come_for_every_submission_whatever_is_wrong_with_it(tmp_path: Path, setup: Setup) -> None:
    jobs = [
        job(tmp_path, "right.py", RIGHT, student="s1"),
        job(tmp_path, "wrong.py", WRONG),
        job(tmp_path, "empty.py", ""),
        Job("absent.py", (("absent.py", str(tmp_path / "absent.py")),), frozenset({"absent.py"})),
        Job("two.zip", problem="two files, and nobody knows which one counts"),
    ]
    found = {r.job.name: r for r in grade_all(setup, jobs)}
    assert {name: (r.report.status, r.report.points) for name, r in found.items()} == {
        "right.py": ("graded", 100.0),
        "wrong.py": ("graded", 92.3),
        "empty.py": ("unreadable", None),
        "absent.py": ("unreadable", None),
        "two.zip": ("unreadable", None),
    }
    assert (found["right.py"].report.student, found["right.py"].report.submission) == ("s1", "right.py")
    assert found["two.zip"].report.messages == ("two files, and nobody knows which one counts",)
    assert not any(r.kept for r in found.values())


def test_two_processes_give_the_same_reports_as_one(tmp_path: Path, setup: Setup) -> None:
    jobs = [job(tmp_path, f"{n}.py", WRONG if n % 2 else RIGHT) for n in range(4)]
    one = {r.job.name: without_time(r.report) for r in grade_all(setup, jobs)}
    two = {r.job.name: without_time(r.report) for r in grade_all(setup, jobs, processes=2)}
    assert one == two


def test_a_failure_of_the_harness_is_an_error_without_points(tmp_path: Path, setup: Setup) -> None:
    broken = replace(setup, cases=str(tmp_path / "absent.cases"))
    (result,) = grade_all(broken, [job(tmp_path, "right.py", RIGHT, student="s1")])
    assert (result.report.status, result.report.points, result.report.student) == ("error", None, "s1")
    (message,) = result.report.messages
    assert message.startswith("the grader failed: SpecError: cannot read the case file ")
    assert "(cases.py, line " in message


def test_bytes_travel_where_paths_do_not(setup: Setup) -> None:
    text = "from tools import center\n" + solution(without=["center"])
    module = b"import numpy as np\ndef center(X):\n    m = np.mean(X, axis=1, keepdims=True)\n    return X - m, m\n"
    data = (("a.py", text.encode(), 0.0), ("tools.py", module, 0.0))
    found = grade_all(setup, [Job("a.py", main=frozenset({"a.py"}), data=data)])
    assert points(found) == {"a.py": 100.0}


def test_neighbours_may_be_imported(tmp_path: Path, setup: Setup) -> None:
    tools = tmp_path / "tools.py"
    tools.write_text("def half(Z):\n    return Z / 2\n", "utf-8")
    text = "from tools import half\n" + RIGHT.replace("def half(Z):\n    return Z / 2\n", "")
    alone = job(tmp_path, "a.py", text)
    found = grade_all(setup, [replace(alone, files=(*alone.files, ("tools.py", str(tools))))])
    assert points(found) == {"a.py": 100.0}


# -- verdicts by content ---------------------------------------------------------------------------


@pytest.fixture
def keeping(setup: Setup, tmp_path: Path) -> Setup:
    return replace(setup, results=str(tmp_path / "verdicts"))


def kept_files(setup: Setup) -> list[Path]:
    assert setup.results is not None
    return sorted(Path(setup.results).rglob("*.json"))


def test_equal_definitions_are_graded_once(tmp_path: Path, keeping: Setup) -> None:
    (tmp_path / "b").mkdir()
    first = job(tmp_path, "a.py", WRONG, student="s1")
    second = replace(job(tmp_path / "b", "a.py", WRONG + "\nprint('another line of work')\n", student="s2"), name="b/a.py")
    one, two = grade_all(keeping, [first, second])
    assert (one.kept, two.kept) == (False, True)
    assert (two.report.submission, two.report.student) == ("b/a.py", "s2")
    assert without_time(two.report.for_submission("a.py", "s1", one.report.files)) == without_time(one.report)
    assert len(kept_files(keeping)) == 1


def test_a_shared_verdict_names_the_files_of_the_other_student(tmp_path: Path, keeping: Setup) -> None:
    cell = json.dumps({"cells": [{"cell_type": "code", "source": WRONG}]})
    one, two = grade_all(keeping, [job(tmp_path, "a.ipynb", cell), job(tmp_path, "b.ipynb", cell)])
    assert (one.kept, two.kept) == (False, True)
    assert {f.file for f in one.report.functions} == {"a.ipynb"}
    assert {f.file for f in two.report.functions} == {"b.ipynb"}
    assert two.report.files.graded == ("b.ipynb",)
    assert "a.ipynb" not in without_time(two.report)


def test_a_verdict_is_not_shared_where_a_missing_function_stands_elsewhere(tmp_path: Path, keeping: Setup) -> None:
    rest = solution(without=["center"])
    (tmp_path / "b").mkdir()
    first, second = job(tmp_path, "a.py", rest), job(tmp_path / "b", "a.py", rest + "\n# def center(X):\n#     return X\n")
    one, two = grade_all(keeping, [first, replace(second, name="b/a.py")])
    assert (one.kept, two.kept) == (False, False)
    words = [next(f for f in r.report.functions if f.name == "center").checks[0].message for r in (one, two)]
    assert "# def" not in words[0]
    assert words[0] != words[1]


def test_a_verdict_is_kept_for_later_runs_and_for_its_own_cases_only(tmp_path: Path, keeping: Setup) -> None:
    only = job(tmp_path, "a.py", WRONG)
    assert [r.kept for r in grade_all(keeping, [only])] == [False]
    assert [r.kept for r in grade_all(keeping, [only])] == [True]
    other = tmp_path / "other.cases"
    save_cases(replace(tiny.cases(), fingerprint="other"), other)
    assert [r.kept for r in grade_all(replace(keeping, cases=str(other)), [only])] == [False]


@pytest.mark.parametrize(
    "body",
    ["    while True:\n        pass", "    import os\n    os._exit(1)"],
    ids=["timeout", "crash"],
)
def test_what_may_be_an_accident_is_never_kept(tmp_path: Path, keeping: Setup, body: str) -> None:
    only = job(tmp_path, "a.py", solution(f"def center(X):\n{body}"))
    assert [r.kept for r in grade_all(keeping, [only])] == [False]
    assert kept_files(keeping) == []


@pytest.mark.parametrize("data", [b"", b"nonsense", b"[]", b"{}", b'{"schema": "grader/report/v1"}', b"\xff"])
def test_a_damaged_verdict_is_graded_again(tmp_path: Path, keeping: Setup, data: bytes) -> None:
    only = job(tmp_path, "a.py", RIGHT)
    list(grade_all(keeping, [only]))
    (path,) = kept_files(keeping)
    path.write_bytes(data)
    (result,) = grade_all(keeping, [only])
    assert (result.kept, result.report.points) == (False, 100.0)


def test_a_folder_that_cannot_be_written_costs_no_verdict(tmp_path: Path, setup: Setup) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    found = grade_all(replace(setup, results=str(blocked)), [job(tmp_path, "a.py", RIGHT)])
    assert points(found) == {"a.py": 100.0}


# -- the rest ----------------------------------------------------------------------------------------


def test_nobody_waits_for_the_whole_list(tmp_path: Path, setup: Setup) -> None:
    asked: list[str] = []

    def jobs() -> Iterator[Job]:
        for name in ("a.py", "b.py"):
            asked.append(name)
            yield job(tmp_path, name, RIGHT)

    results = grade_all(setup, jobs())
    next(results)
    assert asked == ["a.py"]
    results.close()  # type: ignore[attr-defined]


def test_an_unknown_assignment_is_an_error_of_every_job(tmp_path: Path, setup: Setup) -> None:
    result = grade_job(replace(setup, assignment="absent"), Job("a.py"))
    assert result.report.status == "error"
    assert "there is no assignment 'absent'" in result.report.messages[0]


def test_the_level_is_that_of_the_sandbox(setup: Setup) -> None:
    for processes in (1, 2):
        assert level_of(replace(setup, walls=("fork",)), processes) == "none"
        assert level_of(setup, processes) in ("full", "weak")
    with pytest.raises(HarnessError):
        level_of(replace(setup, assignment="absent"), 1)
    assert list(grade_all(setup, [])) == []  # ends the sandboxes that were kept
    assert batch._STATIONS == {}
