"""Feedback under the names by which Canvas and Moodle find the student again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Check, Finding, FunctionReport, Report
from grader.publishing.feedback import canvas_name, moodle_name, pages_zip, summary

REPORT = Report("a1", "x.py", "s1", "graded", "full", 70.0, 100.0, name="Änne")
WRONG = FunctionReport("half", "failed", None, 0, 40, False, (Check("values", "H", "failed", 0, 40, "H <is> wrong"),))


@pytest.mark.parametrize(
    "submission",
    [
        "canvas.zip/roejane_1234_5678_hw.ipynb",
        "in/canvas/roejane_LATE_1234_5678_hw_2_final.py",
        "canvas.zip/张伟_1234_5678_作业.ipynb",
        "canvas.zip/1234_5678_hw.ipynb",
        "canvas.zip/roejane_1234_5678_hw.zip/inner/hw.ipynb",
    ],
)
def test_canvas_finds_the_two_numbers_where_it_looks_for_them(submission: str) -> None:
    # Canvas splits the name at underscores and takes the first two parts that are numbers.
    parts = canvas_name(submission).split("_")
    assert [part for part in parts if part.isdigit()][:2] == ["1234", "5678"]
    assert parts[-1] == "feedback.html"


@pytest.mark.parametrize(
    "submission",
    [
        "moodle.zip/Zoë Doe_4711_assignsubmission_file_/hw.ipynb",
        "m/张 伟_4711_assignsubmission_file_hw.py",
        "m/A_4711_assignsubmission_onlinetext_/t.html",
        "m/A_4711_assignsubmission_file/hw.zip/hw.py",
    ],
)
def test_moodle_finds_participant_and_plugin_where_it_looks_for_them(submission: str) -> None:
    # Moodle splits the path at underscores into five: participant, plugin and its kind stand in the middle.
    parts = moodle_name(submission).split("_", 4)
    assert parts[1:] == ["4711", "assignsubmission", "file", "feedback.html"]


@pytest.mark.parametrize(
    "submission", ["class/jane/hw.ipynb", "hw.ipynb", "", "roejane_12_link.html", "a_b_assignsubmission_file_/x"]
)
def test_other_names_are_not_guessed(submission: str) -> None:
    assert (canvas_name(submission), moodle_name(submission)) == ("", "")


@pytest.mark.parametrize(
    ("bobs", "eves", "name_of"),
    [
        ("week_3_2_dir/bob_501_9001_hw.py", "week_3_2_dir/eve_777_9002_a.zip/bob_501_9001_hw.py", canvas_name),
        ("m/Bob_501_assignsubmission_file_/h.py", "m/Eve_777_assignsubmission_file_/Bob_501_assignsubmission_file_/h.py",
         moodle_name),
    ],
)  # fmt: skip
def test_a_page_goes_to_whom_the_platform_names_and_not_to_whom_the_student_does(
    tmp_path: Path, bobs: str, eves: str, name_of: Callable[[str], str]
) -> None:
    for who in ("bob", "eve"):
        (tmp_path / who).write_text(f"page of {who}")
    pages = [(replace(REPORT, submission=eves), tmp_path / "eve"), (replace(REPORT, submission=bobs), tmp_path / "bob")]
    data, left = pages_zip(pages, name_of)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {re.findall(r"501|777", name)[0]: archive.read(name).decode() for name in archive.namelist()}
    assert (found, left) == ({"501": "page of bob", "777": "page of eve"}, [])


@pytest.mark.parametrize(
    "submission",
    [
        "m/Eve_Eve M_10_assignsubmission_file_/Bob_501_assignsubmission_file_/hw.py",
        "m/Bob_501_assignsubmission_file_Eve_777_assignsubmission_file_/hw.py",
        "c/anon_x1Y2z_9002_a.zip/bob_501_9001_hw.py",
    ],
)
def test_whose_own_name_says_no_number_takes_nobody_elses_place(submission: str) -> None:
    assert (canvas_name(submission), moodle_name(submission)) == ("", "")


def test_a_name_never_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text("page")
    names = ["../x_1234_5678_hw.py", "c.zip/..\\x_1234_5679_hw.py", "c.zip/\x1b_1234_5670_hw.py"]
    data, left = pages_zip([(replace(REPORT, submission=name), tmp_path / "p.html") for name in names], canvas_name)
    assert left == []
    for name in zipfile.ZipFile(io.BytesIO(data)).namelist():
        assert not re.search(r"(^|/)\.\./|\x1b", name)


def test_who_has_no_such_name_is_told_and_twice_the_same_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text("page")
    names = ["c/a_1234_5678_hw.py", "c/a_1234_5678_hw.py", "hw.py"]
    pages = [(replace(REPORT, submission=name), tmp_path / "p.html") for name in names]
    data, left = pages_zip(pages, canvas_name)
    assert left == ["Änne (s1)", "Änne (s1)"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a_1234_5678_feedback.html": b"page"}
    assert pages_zip(pages, canvas_name)[0] == data


def test_the_summary_says_what_is_wrong_and_what_people_said() -> None:
    passed = FunctionReport("quarter", "passed", None, 60, 60, False, (), (Finding("comment", "well done (A)"),))
    manual = FunctionReport("q1", "not-graded", None, 0, 10, False, (Check("manual", "q1", "skipped", 0, 10),))
    report = replace(REPORT, functions=(WRONG, passed, manual), findings=(Finding("late", "1 day late"),))
    assert summary(report) == (
        "70 of 90 points (77.8 %); 10 more are to be graded by hand. 1 day late. half (0 / 40): H &lt;is&gt; wrong. "
        "quarter (60 / 60): well done (A). q1 (– / 10): to be graded by hand"
    )


def test_the_summary_is_no_formula() -> None:
    hostile = replace(WRONG, checks=(Check("values", "H", "failed", 0, 40, ";=HYPERLINK(1)"),))
    assert ";=" not in summary(replace(REPORT, functions=(hostile,)))
