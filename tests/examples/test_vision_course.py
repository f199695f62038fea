"""The example course: classes, a package of several files, pairs, modes and state, graded as students hand them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from grader.cli.site import about_of
from grader.course import LoadedAssignment, find_course
from grader.freezing.store import frozen_cases
from grader.freezing.submissions import reference_texts
from grader.grading.pipeline import grade, grade_submission
from grader.judging.judge import judges_of
from grader.model import Report
from grader.publishing.export import write_export
from grader.publishing.kit import write_kit
from grader.sandbox.parent import Sandbox
from grader.submission.reading import parse_files
from tests.tiny import function_of

COURSE = Path(__file__).parents[2] / "examples" / "vision_course"


@cache
def loaded() -> LoadedAssignment:
    return find_course(COURSE).load("vision")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


def graded(files: Mapping[str, str], sandbox: Sandbox) -> Report:
    cases = frozen_cases(loaded())
    data = {path: text.encode() for path, text in files.items()}
    submission = parse_files("ada", data, cases.arities, exercise=loaded().spec.exercise)
    return grade_submission(loaded(), judges_of(loaded().spec, cases), submission, sandbox)


def wrong(report: Report) -> dict[str, str]:
    return {f.name: f.status for f in report.functions if f.status not in ("passed", "missing") and not f.by_hand}


def test_the_reference_has_full_marks_below_any_folder(sandbox: Sandbox) -> None:
    files = reference_texts(loaded())
    assert graded(files, sandbox).full_marks
    report = graded({f"week2/cs/{path}": text for path, text in files.items()}, sandbox)
    assert report.full_marks
    assert (report.points, report.max_points) == (loaded().spec.points - 5, loaded().spec.points)


def test_what_was_handed_out_of_a_class_is_known_to_the_pages(tmp_path: Path) -> None:
    starters = about_of(tmp_path, COURSE, "vision").starter
    assert "### START CODE HERE ###" in starters["TwoLayerNet"]
    assert starters["KNearestNeighbor.train"].startswith("def train(self, X, y):")


def test_a_question_of_prairielearn_takes_every_file(tmp_path: Path) -> None:
    question = (write_export("prairielearn", loaded(), tmp_path / "vision") / "question.html").read_text("utf-8")
    assert 'file-names="layers.py, optim.py, k_nearest_neighbor.py, fc_net.py"' in question


def test_an_older_copy_of_a_function_in_another_file_does_not_count(sandbox: Sandbox) -> None:
    files = reference_texts(loaded())
    old = "def sgd(w, dw, config):\n    return w + dw, config\n"
    assert graded({**files, "notes/vision.py": old}, sandbox).full_marks


def test_bob_has_a_class_of_his_own_with_two_mistakes(sandbox: Sandbox) -> None:
    report = grade(loaded(), COURSE / "submissions" / "bob", runner=sandbox)
    assert wrong(report) == {
        "KNearestNeighbor.compute_distances_no_loops": "failed",
        "KNearestNeighbor.predict_labels": "partial",
    }
    found = function_of(report, "KNearestNeighbor.compute_distances_no_loops")
    assert [finding.code for finding in found.findings] == ["squared-distances"]


def test_eve_has_caches_of_her_own_the_older_convention_and_loses_the_running_averages(sandbox: Sandbox) -> None:
    report = grade(loaded(), COURSE / "submissions" / "eve", runner=sandbox)
    assert wrong(report) == {"batchnorm_forward": "partial"}
    assert [f.code for f in function_of(report, "batchnorm_forward").findings] == ["averages-not-kept"]
    assert function_of(report, "dropout_forward").status == function_of(report, "affine_backward").status == "passed"


def test_the_kit_is_laid_out_in_the_same_files_without_a_solution(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path / "kit").as_posix() for path in write_kit(loaded(), tmp_path / "kit")}
    for path in loaded().spec.files:
        assert f"vision/{path}" in written
    assert {"vision/__init__.py", "vision/classifiers/__init__.py"} <= written
    assert "grader check vision vision\n" in (tmp_path / "kit" / ".github" / "workflows" / "check.yml").read_text("utf-8")
    network = (tmp_path / "kit" / "vision" / "classifiers" / "fc_net.py").read_text("utf-8")
    assert "from ..layers import affine_backward" in network
    assert "class TwoLayerNet:" in network
    assert "START CODE HERE" in network
    assert "SOLUTION" not in network
    assert "weight_scale *" not in network
    layers = (tmp_path / "kit" / "vision" / "layers.py").read_text("utf-8")
    assert "def dropout_forward(x, dropout_param):" in layers
    assert "__drops" not in layers


def test_an_unfilled_kit_loads_and_earns_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    write_kit(loaded(), tmp_path / "kit")
    report = grade(loaded(), tmp_path / "kit" / "vision", runner=sandbox)
    assert report.points == 0.0
    assert {f.status for f in report.functions} <= {"failed", "not-graded"}
    assert [message for message in report.messages if "left out" in message] == []
