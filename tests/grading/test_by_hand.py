"""Parts that a person grades: in every report, in no sum, and no reason to call a submission wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import Finding, Report, report_from_json, report_to_json
from grader.publishing.feedback import summary
from grader.publishing.targets.prairielearn import results_of
from grader.report.html import write_site
from grader.report.markdown import render_summary
from grader.report.overview import overview
from grader.report.terminal import render_report, render_run
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission
from tests.authored import REFERENCE, sample


def graded(folder: Path, source: str = REFERENCE) -> Report:
    loaded = sample(folder, options='manual=(Manual("question_1", points=3, summary="Why twice?"),)')
    cases = freeze(loaded)
    submission = parse_submission("ada.py", ".py", source.encode(), cases.arities)
    return grade_submission(loaded, judges_of(loaded.spec, cases), submission, InProcess())


def test_a_part_that_a_person_grades_is_reported_as_not_graded(tmp_path: Path) -> None:
    report = graded(tmp_path)
    part = report.functions[-1]
    assert (part.name, part.status, part.points, part.max_points) == ("question_1", "not-graded", 0.0, 3)
    assert [(c.kind, c.status, c.message) for c in part.checks] == [("manual", "skipped", "to be graded by hand")]
    assert (report.points, report.max_points) == (1.0, 4.0)


def test_a_submission_in_which_everything_else_is_right_has_full_marks(tmp_path: Path) -> None:
    report = report_from_json(report_to_json(graded(tmp_path)))
    assert report.full_marks
    assert report.percent == 100.0


def test_a_submission_in_which_something_else_is_wrong_has_not(tmp_path: Path) -> None:
    report = graded(tmp_path, "def twice(X):\n    return 3 * X\n")
    assert not report.full_marks
    assert report.percent is not None
    assert report.percent < 100.0


def test_a_submission_without_any_function_is_unreadable_all_the_same(tmp_path: Path) -> None:
    assert graded(tmp_path, "a = 1\n").status == "unreadable"


def test_every_face_counts_what_can_be_had_so_far_and_says_so(tmp_path: Path) -> None:
    report = graded(tmp_path / "course")
    write_site([report], tmp_path / "site")
    pages = {page.stem.partition("-")[0]: page.read_text("utf-8") for page in (tmp_path / "site").rglob("*.html")}
    score = "1 of 1 points (100 %); 3 more are to be graded by hand"
    markdown = render_summary([report]).replace("\\", "")
    for text in (render_report(report, width=100), markdown, summary(report), pages["ada"]):
        assert score in text
    note = "Points and percentages leave out what is still to be graded by hand."
    assert re.search(r"ada.py +1 / 1 +100 % +graded\n", render_run([report], width=100))
    assert note in render_run([report])
    assert note in pages["index"]
    assert re.search(r">1 / 1</td>\s*<td class=\"number\" data-value=\"100.0\">100 %<", pages["index"])
    assert results_of(report)["score"] == 1.0
    assert overview([report]).full_marks == 1


def test_a_question_is_no_function_that_failed_and_needs_no_explanation(tmp_path: Path) -> None:
    report = graded(tmp_path)
    text = render_report(report, width=100)
    assert "1 of 1 function passed" in text
    assert re.search(r"to be graded  question_1  – / 3\n", text)
    assert "By hand  question_1: to be graded" in text
    (_, question) = overview([report]).functions
    assert (question.total, question.percent, question.mean) == (0, None, None)


def test_points_for_the_whole_leave_nothing_to_be_graded(tmp_path: Path) -> None:
    whole = replace(graded(tmp_path), points=4.0, findings=(Finding("by-hand", "A. Teacher gave 4 / 4 points"),))
    assert (whole.waiting, whole.percent, whole.full_marks) == ((), 100.0, True)
    assert not replace(whole, points=3.0).full_marks
