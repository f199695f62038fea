"""Published forms of an exercise: which one a submission shows, and what is right in it."""

from __future__ import annotations

import json

import pytest

from grader.course import LoadedAssignment
from grader.errors import SubmissionError
from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.cases import CaseFile
from grader.judging.judge import judges_of
from grader.model import FunctionReport, Report
from grader.sandbox.here import InProcess
from grader.submission.program import Submission
from grader.submission.reading import parse_files
from tests.authored import sample

ASSIGNMENT = """
from grader.spec import *

def data(d):
    return (d.array(d.size("n")),)

ASSIGNMENT = Assignment(
    "sample", title="Sample", source="none",
    editions=(
        Edition("the old one", told_by=("def session\\n",), refused="this is the edition of sessions, which is not graded"),
        Edition("the cost is a sum", told_by=("reduce_sum", "def total\\n"), alternative="sum", names={"total": "cost"}),
        Edition("the cost is a mean", told_by=("reduce_mean",)),
    ),
    functions=(Function("cost", points=4, inputs=data, returns="cost", convention="edition", alternatives="sum"),),
)
"""
REFERENCE = """
import numpy as np

def cost(x):
    return np.mean(x)

def cost__sum(x):
    return np.sum(x)
"""
MEAN = "import numpy as np\n\ndef cost(x):\n    return np.mean(x)\n"
SUM = MEAN.replace("np.mean", "np.sum")
TOTAL = SUM.replace("cost", "total")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedAssignment:
    return sample(tmp_path_factory.mktemp("editions"), assignment=ASSIGNMENT, reference=REFERENCE)


@pytest.fixture(scope="module")
def cases(loaded: LoadedAssignment) -> CaseFile:
    return freeze(loaded)


def notebook(code: str, prose: str) -> bytes:
    cells = [{"cell_type": "markdown", "source": prose}, {"cell_type": "code", "source": code}]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}).encode()


def read(loaded: LoadedAssignment, code: str, prose: str = "") -> Submission:
    files = {"a.ipynb": notebook(code, prose)} if prose else {"a.py": code.encode()}
    return parse_files("a", files, {"cost": 1}, exercise=loaded.spec.exercise)


def graded(loaded: LoadedAssignment, cases: CaseFile, *text: str) -> tuple[Report, FunctionReport]:
    report = grade_submission(loaded, judges_of(loaded.spec, cases), read(loaded, *text), InProcess())
    return report, report.functions[0]


@pytest.mark.parametrize(
    ("code", "prose", "says"),
    [
        (MEAN, "Use `np.reduce_mean`.", "the cost is a mean"),
        (MEAN, "Use `np.reduce_sum`, not `reduce_mean`.", "the cost is a sum"),
        (TOTAL, "", "the cost is a sum"),
        (MEAN.replace("    return", '    """By reduce_sum."""\n    return'), "", "the cost is a sum"),
        (MEAN.replace("    return", "    # reduce_sum does\n    return"), "", None),
        (MEAN + "\ndef totally():\n    return 0\n", "", None),
        (MEAN, "", None),
    ],
)
def test_the_edition_is_told_by_text_docstrings_and_names(
    loaded: LoadedAssignment, code: str, prose: str, says: str | None
) -> None:
    edition = read(loaded, code, prose).edition
    assert (edition.says if edition else None) == says


@pytest.mark.parametrize("code", [MEAN, SUM])
def test_where_the_edition_cannot_be_told_each_is_right_and_the_report_says_so(
    loaded: LoadedAssignment, cases: CaseFile, code: str
) -> None:
    report, _ = graded(loaded, cases, code)
    assert report.full_marks
    assert report.messages == (
        "no text cell, docstring or name of a function shows which edition of the exercise the submission follows; "
        "each is right: the cost is a sum; or the cost is a mean",
    )


LABEL = "\ndef label(x):\n    return x.reshape(-1, 1)\n"
BOTH = ASSIGNMENT.replace(
    'alternatives="sum"),)',
    'alternatives="sum"),\n        '
    'Function("label", points=2, inputs=data, returns="one_hot", convention="edition", alternatives="sum"))',
)
BOTH_REFERENCE = f"{REFERENCE}\n{LABEL}\ndef label__sum(x):\n    return x\n"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> LoadedAssignment:
    return sample(tmp_path_factory.mktemp("both"), assignment=BOTH, reference=BOTH_REFERENCE)


@pytest.mark.parametrize(
    ("cost", "label", "right"),
    [
        (MEAN, LABEL, {"cost", "label"}),
        (SUM, LABEL.replace(".reshape(-1, 1)", ""), {"cost", "label"}),
        (MEAN, LABEL.replace(".reshape(-1, 1)", ""), {"cost", "label"}),
        (MEAN.replace("mean(x)", "mean(x) + 1"), LABEL.replace(".reshape(-1, 1)", ""), {"label"}),
        (SUM, LABEL.replace("x.", "-x."), {"cost"}),
    ],
)
def test_where_the_edition_cannot_be_told_a_wrong_function_takes_nothing_from_a_right_one(
    both: LoadedAssignment, cost: str, label: str, right: set[str]
) -> None:
    submission = parse_files("a", {"a.py": (cost + label).encode()}, {"cost": 1, "label": 1}, exercise=both.spec.exercise)
    report = grade_submission(both, judges_of(both.spec, freeze(both)), submission, InProcess())
    assert {function.name for function in report.functions if function.status == "passed"} == right


def test_what_is_right_in_another_edition_is_told_so(loaded: LoadedAssignment, cases: CaseFile) -> None:
    for code, prose, right in ((SUM, "reduce_sum", True), (MEAN, "reduce_sum", False), (MEAN, "reduce_mean", True)):
        report, function = graded(loaded, cases, code, prose)
        assert report.full_marks == right
        codes = [finding.code for finding in function.findings]
        assert codes == ([] if right else ["other-edition"])
    report, function = graded(loaded, cases, MEAN, "reduce_sum")
    assert report.messages == ("graded by the edition of the exercise that the submission shows: the cost is a sum",)
    assert function.findings[0].message == (
        "right in another edition of the exercise (the cost is a mean), not in this one (the cost is a sum)"
    )


def test_a_function_has_the_name_of_its_edition(loaded: LoadedAssignment, cases: CaseFile) -> None:
    report, function = graded(loaded, cases, TOTAL)
    assert report.full_marks
    assert function.origin == "a.py, line 3: def total(x):"


def test_an_edition_that_is_not_graded_has_a_sentence_and_no_points(loaded: LoadedAssignment) -> None:
    with pytest.raises(SubmissionError, match="this is the edition of sessions, which is not graded"):
        read(loaded, f"{MEAN}\ndef session():\n    return 1\n")


def test_the_same_text_in_two_editions_is_graded_twice(loaded: LoadedAssignment) -> None:
    assert read(loaded, MEAN, "reduce_sum").digest != read(loaded, MEAN, "reduce_mean").digest
