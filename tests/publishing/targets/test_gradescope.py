"""What runs inside Gradescope: results in the documented form, and no zero that is the grader's own fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import HarnessError
from grader.grading.pipeline import grade
from grader.model import Check, Finding, FunctionReport, Report
from grader.publishing.targets.gradescope import VISIBILITIES, main, results_of
from tests.platforms import RIGHT, WRONG, assignment, notebook
from tests.report import samples
from tests.report.snapshot import assert_matches

# -- the documented form (PEERS: Gradescope's autograder specifications) -------------------------

_TOP = {
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
    "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
_TEST = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility",
    "extra_data",
}  # fmt: skip
_VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
_FORMAT = {"text", "html", "simple_format", "md", "ansi"}


def assert_documented(results: dict[str, Any]) -> None:
    assert json.loads(json.dumps(results, allow_nan=False)) == results
    assert set(results) <= _TOP
    assert isinstance(results["score"], int | float)
    assert {results["visibility"], results["stdout_visibility"]} <= _VISIBILITY
    assert {results[key] for key in ("output_format", "test_output_format", "test_name_format")} <= _FORMAT
    for test in results["tests"]:
        assert set(test) <= _TEST
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in {"passed", "failed"}
        assert test["visibility"] == "visible"  # one hidden test would hide the total
        assert isinstance(test["number"], str)
        assert all(isinstance(tag, str) for tag in test["tags"])


def function(**changes: Any) -> FunctionReport:
    facts: dict[str, Any] = {
        "name": "half", "status": "failed", "origin": "cell 3, line 1", "points": 10.0, "max_points": 40.0,
        "carried": False, "checks": (Check("values", "H", "failed", 0.0, 30.0, "H is wrong"),),
        "findings": (Finding("constant-factor", "H is twice the expected value", "Divide."),),
    }  # fmt: skip
    return FunctionReport(**{**facts, **changes})


def report(**changes: Any) -> Report:
    facts: dict[str, Any] = {
        "assignment": "halves", "submission": "s.py", "student": None, "status": "graded", "sandbox": "weak",
        "points": 10.0, "max_points": 40.0, "functions": (function(),), "messages": ("cell 2 was left out",),
    }  # fmt: skip
    return Report(**{**facts, **changes})


def test_every_function_is_a_visible_test_with_its_feedback() -> None:
    results = results_of(report())
    assert_documented(results)
    (test,) = results["tests"]
    assert (test["name"], test["score"], test["max_score"], test["status"]) == ("half", 10.0, 40.0, "failed")
    assert "H is twice the expected value" in test["output"]
    assert test["tags"] == ["constant-factor"]
    assert results["score"] == 10.0
    assert results["output"] == "cell 2 was left out"


def test_a_submission_that_cannot_be_read_says_why() -> None:
    results = results_of(report(status="unreadable", points=None, functions=(), messages=("this is no Python",)))
    assert_documented(results)
    assert (results["score"], results["tests"], results["output"]) == (0.0, [], "this is no Python")
    assert results["extra_data"]["status"] == "unreadable"


def test_control_characters_of_a_submission_are_made_inert() -> None:
    hostile = "\x1b[31mred\x1b[0m \u202e evil"
    results = results_of(report(messages=(hostile,), functions=(function(findings=(Finding("c", hostile),)),)))
    text = results["output"] + results["tests"][0]["output"]
    assert "\x1b" not in text
    assert "\u202e" not in text


# -- finding the file --------------------------------------------------------------------------


def _submission(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_ipynb", ".ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_a_notebook_in_a_sub_folder_is_found(tmp_path: Path) -> None:
    found = grade(assignment(), _submission(tmp_path, work__a_ipynb=notebook(RIGHT)))
    assert found.full_marks
    assert found.files.graded == ("work/a.ipynb",)


def test_of_several_files_the_one_with_the_functions_counts_and_this_is_told(tmp_path: Path) -> None:
    blank = "def half(X):\n    return None\n"
    found = grade(assignment(), _submission(tmp_path, a__notes_py="x = 1\n", b_py=blank, c_py=RIGHT))
    assert found.full_marks
    assert found.files.graded == ("c.py",)
    assert [passed.file for passed in found.files.passed_over] == ["b.py"]
    assert any("b.py was not graded: nothing is filled in" in message for message in found.messages)


def test_a_module_beside_the_file_can_be_imported(tmp_path: Path) -> None:
    text = "from mine import h\n\ndef half(X):\n    return h(X)\n\ndef quarter(X):\n    return h(h(X))\n"
    folder = _submission(tmp_path, mine_py="def h(X):\n    return X / 2\n", s_py=text)
    assert grade(assignment(), folder).full_marks


def test_a_wrong_helper_costs_once(tmp_path: Path) -> None:
    found = grade(assignment(), _submission(tmp_path, s_py=WRONG))
    assert [(f.name, f.status, f.carried) for f in found.functions] == [
        ("half", "failed", False),
        ("quarter", "passed", True),
    ]


@pytest.mark.parametrize("files", [{}, {"notes.txt": "hello"}])
def test_a_folder_without_code_is_unreadable(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = grade(assignment(), tmp_path)
    assert (found.status, found.points, found.files.graded) == ("unreadable", None, ())
    assert "no .py or .ipynb file" in found.messages[0]


def test_a_failure_of_the_grader_writes_no_result_and_leaves_no_old_one(tmp_path: Path) -> None:
    _submission(tmp_path / "submission", s_py=RIGHT)
    results = tmp_path / "results" / "results.json"
    results.parent.mkdir()
    results.write_text('{"score": 0}', "utf-8")
    with pytest.raises(HarnessError, match="there is no assignment 'nowhere'"):
        main(["nowhere", str(tmp_path)])
    assert not results.exists()


# -- when students see it, and how often they may try --------------------------------------------


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_all_tests_are_seen_when_the_whole_is(visibility: str) -> None:
    results = results_of(report(), visibility=visibility)
    assert {results["visibility"], *(test["visibility"] for test in results["tests"])} == {visibility}


def _metadata(root: Path, *earlier: dict[str, Any]) -> None:
    """What Gradescope says of earlier submissions, the newest one first."""
    times = [f"2026-11-{20 - day:02}T10:00:00-07:00" for day, _ in enumerate(earlier)]
    submissions = [{"submission_time": t, "score": 1.0, "results": r} for t, r in zip(times, earlier, strict=True)]
    (root / "submission_metadata.json").write_text(json.dumps({"id": 1, "previous_submissions": submissions}), "utf-8")


def test_an_attempt_beyond_the_last_one_keeps_the_score_of_the_last_one(tmp_path: Path) -> None:
    _submission(tmp_path / "submission", s_py=RIGHT)
    first, second = results_of(report(points=3.0)), results_of(report(points=7.0))
    unread = results_of(report(status="unreadable", points=None, functions=()))
    _metadata(tmp_path, unread, second, first)  # what could not be read was no attempt
    main(["nowhere", str(tmp_path), "--attempts", "2"])
    results = json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))
    assert (results["score"], len(results["tests"])) == (7.0, 1)
    assert results["output"].startswith("All 2 attempts are used: this submission was not graded.")
    _metadata(tmp_path, results, second, first)  # and that one is none, either
    main(["nowhere", str(tmp_path), "--attempts", "2"])
    assert json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))["score"] == 7.0


def test_attempts_are_counted_aloud() -> None:
    assert results_of(report(), attempts=5, used=2)["output"].startswith("3 of 5 attempts are used")
    unread = report(status="unreadable", points=None, functions=())
    assert results_of(unread, attempts=5, used=2)["output"].startswith("2 of 5 attempts are used")


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"previous_submissions": [3]}'])
def test_without_the_number_of_attempts_there_is_no_result(tmp_path: Path, text: str | None) -> None:
    _submission(tmp_path / "submission", s_py=RIGHT)
    if text is not None:
        (tmp_path / "submission_metadata.json").write_text(text, "utf-8")
    with pytest.raises(HarnessError, match="does not say how many there were"):
        main(["halves", str(tmp_path), "--attempts", "2"])
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("name", ["wrong", "unreadable"])
def test_results_read_as_before(name: str) -> None:
    results = results_of(getattr(samples, name)())
    assert_documented(results)
    assert_matches(f"gradescope-{name}.json", json.dumps(results, indent=1) + "\n")
