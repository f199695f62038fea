"""The sample submissions get what ``expected.json`` beside them says, through the sandbox as everybody's do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import grade, load_assignment
from grader.model import Report
from grader.sandbox.parent import Sandbox

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "samples" / "dnn_step_by_step"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
ASSIGNMENT = load_assignment("dnn_step_by_step", course=ROOT)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as runner:
        yield runner


@pytest.fixture(params=sorted(EXPECTED))
def sample(request: pytest.FixtureRequest, sandbox: Sandbox) -> tuple[Report, dict[str, Any]]:
    return grade(ASSIGNMENT, FOLDER / request.param, runner=sandbox), EXPECTED[request.param]


def test_a_sample_gets_its_points_and_its_findings(sample: tuple[Report, dict[str, Any]]) -> None:
    report, expected = sample
    assert report.status == expected["status"], report.messages
    assert report.points == (None if expected["points"] is None else pytest.approx(expected["points"], abs=1e-3))
    assert [f.name for f in report.functions if f.status != "passed"] == expected["failing"]
    assert [f.name for f in report.functions if f.carried] == expected["carried"]
    findings = {f.name: [finding.code for finding in f.findings] for f in report.functions if not f.carried}
    assert {name: codes for name, codes in findings.items() if codes} == expected["findings"]


def test_every_sample_is_expected_and_every_expectation_has_a_sample() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.suffix in (".py", ".ipynb")}
    assert files == set(EXPECTED)


def test_the_right_samples_get_full_marks_and_the_others_do_not() -> None:
    full = {name for name, expected in EXPECTED.items() if expected["points"] == ASSIGNMENT.spec.points}
    assert full == {name for name in EXPECTED if name.startswith("right")}


def test_a_broken_cell_is_told_and_the_training_below_it_does_not_run(sandbox: Sandbox) -> None:
    report = grade(ASSIGNMENT, FOLDER / "broken_cell.ipynb", runner=sandbox)
    (message,) = report.messages
    assert message.startswith("compute_cost in cell 7 was left out: SyntaxError")
    assert {f.name: f.status for f in report.functions}["linear_backward"] == "passed"


def test_a_notebook_that_breaks_off_is_told_and_its_whole_cells_are_graded(sandbox: Sandbox) -> None:
    report = grade(ASSIGNMENT, FOLDER / "not_a_notebook.ipynb", runner=sandbox)
    assert report.messages[0].startswith("the notebook breaks off; its first 12 cells are whole and were read")
    assert [f.name for f in report.functions if f.status == "missing"] == EXPECTED["not_a_notebook.ipynb"]["failing"]


def test_broken_json_is_told_with_its_place_and_the_cells_around_it_are_graded(sandbox: Sandbox, tmp_path: Path) -> None:
    text = (FOLDER / "right_later_keys.ipynb").read_text("utf-8")
    (tmp_path / "hw.ipynb").write_text(text.replace('"markdown",', '"markdown"', 1), "utf-8")
    report = grade(ASSIGNMENT, tmp_path / "hw.ipynb", runner=sandbox)
    assert report.full_marks
    assert "JSON is damaged at line 5, column 4 (Expecting ',' delimiter); a cell is not whole" in report.messages[0]


def test_broken_json_without_a_whole_cell_is_told_with_its_place(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "hw.ipynb").write_text('{\n "cells": [\n  {"cell_type": "code", "source": ["x = "1""]}\n ]\n}', "utf-8")
    report = grade(ASSIGNMENT, tmp_path / "hw.ipynb", runner=sandbox)
    assert (report.status, report.points) == ("unreadable", None)
    (message,) = report.messages
    assert message.startswith("the notebook's JSON is damaged at line 3, column ")
