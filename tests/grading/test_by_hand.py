"""Parts that a person grades: in every report, in no sum, and no reason to call a submission wrong."""

from __future__ import annotations

from pathlib import Path

from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import Report, report_from_json, report_to_json
from grader.sandbox.here import InProcess
from grader.submission.program import parse_submission
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
