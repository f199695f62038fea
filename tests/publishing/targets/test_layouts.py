"""Each export run in the layout that its platform describes, without a network and with nothing of this repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.publishing.export import write_export
from tests.platforms import NAME, RIGHT, WRONG, assignment, notebook
from tests.publishing.targets.test_forms import RUNNER, assert_valid

CASES = f"assignments/{NAME}/cases.bin"


@cache
def offline() -> list[str]:
    """What takes the network from a command, where this machine can."""
    possible = subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0
    return ["unshare", "--net"] if possible else []


class Platform:
    """An export laid out as on its platform; a subclass knows where the submission goes and where the result is."""

    def __init__(self, root: Path) -> None:
        self.root, self.submission = root, root / "submission"
        self.install()

    def install(self) -> None:
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def environment(self) -> dict[str, str]:
        return {}

    @property
    def result(self) -> Path:
        raise NotImplementedError

    @property
    def course(self) -> Path:
        raise NotImplementedError


def ran(platform: Platform, **files: str | None) -> tuple[int, dict[str, Any] | None, str]:
    """Lay the files down as the platform does and run what it runs: the status, the result, and what was said.

    A file without a text is a folder.
    """
    shutil.rmtree(platform.submission, ignore_errors=True)
    platform.submission.mkdir(parents=True)
    for name, text in files.items():
        path = platform.submission / name.replace("_", ".")
        path.write_text(text, "utf-8") if text is not None else (path / "inside").mkdir(parents=True)
    places = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*offline(), *platform.command()], cwd=platform.submission, capture_output=True, text=True, timeout=300,
        env={"PATH": places, **platform.environment},
    )  # fmt: skip
    result = json.loads(platform.result.read_text("utf-8")) if platform.result.exists() else None
    return done.returncode, result, done.stderr


class PrairieLearn(Platform):
    def install(self) -> None:
        question = write_export("prairielearn", assignment(), self.root / "questions" / "halves", image="school/halves")
        self.info = json.loads((question / "info.json").read_text("utf-8"))
        self.question = (question / "question.html").read_text("utf-8")
        self.submission = self.root / "grade" / "student"
        shutil.copytree(question / "tests", self.course)

    def command(self) -> list[str]:
        entry = str(self.info["externalGradingOptions"]["entrypoint"]).replace("/grade", str(self.root / "grade"))
        return ["bash", "-c", f"chmod +x {entry} && {entry}"]

    @property
    def environment(self) -> dict[str, str]:
        return {"GRADE_ROOT": str(self.root / "grade")}

    @property
    def result(self) -> Path:
        return self.root / "grade" / "results" / "results.json"

    @property
    def course(self) -> Path:
        return self.root / "grade" / "tests"


class Coursera(Platform):
    parts = ""

    def install(self) -> None:
        path = self.root / "grader.zip"
        with zipfile.ZipFile(write_export("coursera", assignment(), path, options=self.parts)) as archive:
            archive.extractall(self.course)
        self.submission = self.root / "shared" / "submission"

    def command(self) -> list[str]:
        assert 'ENTRYPOINT ["/grader/run_autograder"]' in (self.course / "Dockerfile").read_text("utf-8")
        return ["bash", str(self.course / "run_autograder")]

    @property
    def environment(self) -> dict[str, str]:
        return {"SHARED_ROOT": str(self.root / "shared"), "partId": "HxbKF"}

    @property
    def result(self) -> Path:
        return self.root / "shared" / "feedback.json"

    @property
    def course(self) -> Path:
        return self.root / "grader"


class Classroom50(Platform):
    """The bundle in the runner's own folder, the student's checkout as the working folder."""

    def install(self) -> None:
        write_export("classroom50", assignment(), self.course)
        self.variables = {**RUNNER, "GRADER_PYTHON": sys.executable}

    def command(self) -> list[str]:
        return [sys.executable, str(self.course / "autograder.py")]

    @property
    def environment(self) -> dict[str, str]:
        return self.variables

    @property
    def result(self) -> Path:
        return self.submission / "result.json"

    @property
    def course(self) -> Path:
        return self.root / "classroom50-runtime" / "week-4"


ALL = {"prairielearn": PrairieLearn, "coursera": Coursera, "classroom50": Classroom50}


@pytest.fixture(params=ALL)
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    return ALL[request.param](tmp_path)


def share(result: dict[str, Any] | None) -> float:
    """The part of the points, in whatever form."""
    assert result is not None
    if "fractionalScore" in result:
        return float(result["fractionalScore"])
    return float(result["score"]) / float(result.get("max-score", 1))


def test_a_right_and_a_wrong_submission_get_their_points(platform: Platform) -> None:
    status, result, said = ran(platform, s_ipynb=notebook(RIGHT))
    assert (status, share(result), said) == (0, 1.0, "")
    status, result, _ = ran(platform, s_py=WRONG)
    assert status == 0
    assert 0 < share(result) < 0.8


def test_where_the_grader_fails_there_is_no_result_and_no_old_one(platform: Platform) -> None:
    (platform.course / CASES).write_bytes(b"nonsense")
    platform.result.parent.mkdir(parents=True, exist_ok=True)
    platform.result.write_text('{"score": 1}', "utf-8")
    status, result, said = ran(platform, s_py=RIGHT)
    assert (status, result) == (3, None)
    assert said.startswith("the grader failed, so that there is no result: ")


def test_what_cannot_be_read_is_said_and_is_no_pass(tmp_path: Path) -> None:
    status, result, _ = ran(PrairieLearn(tmp_path / "p"), s_py="def half(:\n")
    assert (status, result and result["gradable"]) == (0, False)
    status, result, _ = ran(Coursera(tmp_path / "c"), s_txt="hello")
    assert (status, share(result)) == (0, 0.0)
    status, result, _ = ran(Classroom50(tmp_path / "k"), s_txt="hello")
    assert (status, share(result)) == (0, 0.0)
    assert result is not None
    assert_valid(result)


def test_a_question_of_prairielearn_names_its_image_and_its_file(tmp_path: Path) -> None:
    question = PrairieLearn(tmp_path)
    options = question.info["externalGradingOptions"]
    assert (question.info["title"], options["image"]) == (assignment().spec.title, "school/halves")
    assert options["enableNetworking"] is False
    assert f'file-names="{NAME}.ipynb"' in question.question
    assert "Halves: a &quot;small&quot;" in question.question


def test_coursera_gets_the_feedback_beside_the_score(tmp_path: Path) -> None:
    ran(Coursera(tmp_path), s_py=WRONG)
    text = (tmp_path / "shared" / "txtFeedback.txt").read_text("utf-8")
    assert "0.5 times the expected value" in " ".join(text.split())


class CourseraOfParts(Coursera):
    parts = " --part ov8KA=half --part HxbKF=quarter"


class CourseraOfOtherParts(Coursera):
    parts = " --part ov8KA=half,quarter"


def test_coursera_gets_the_part_that_it_asks_for_and_no_other(tmp_path: Path) -> None:
    status, result, _ = ran(CourseraOfParts(tmp_path / "a"), s_py=WRONG)  # half is wrong, quarter is not
    assert (status, share(result)) == (0, 1.0)
    assert "0.5 times the expected value" not in (tmp_path / "a" / "shared" / "txtFeedback.txt").read_text("utf-8")
    status, result, said = ran(CourseraOfOtherParts(tmp_path / "b"), s_py=RIGHT)
    assert (status, result) == (3, None)
    assert "Coursera asks for the part 'HxbKF' (partId); this grader has the parts ov8KA" in said


def test_a_students_result_is_none_and_their_modules_are_not_imported(tmp_path: Path) -> None:
    classroom = Classroom50(tmp_path)
    hostile = "raise SystemExit(0)\n"
    forged = json.dumps({"schema": "classroom50/result/v1", "score": 60, "max-score": 60, "tests": []})
    status, result, _ = ran(classroom, grader_py=hostile, json_py=hostile, s_py=WRONG, result_json=forged)
    assert status == 0
    assert result is not None
    assert_valid(result)
    assert share(result) < 1
    assert "half" in (classroom.submission / "release-body.md").read_text("utf-8")


def test_a_folder_in_the_place_of_the_result_is_no_way_to_have_none(tmp_path: Path) -> None:
    folders = dict.fromkeys(("result.json", "release-body.md"))
    status, result, _ = ran(Classroom50(tmp_path), s_py=WRONG, **folders)
    assert status == 0
    assert share(result) < 1


def test_without_classroom_50s_runner_the_status_says_so(tmp_path: Path) -> None:
    classroom = Classroom50(tmp_path)
    del classroom.variables["OWNER"]
    status, result, said = ran(classroom, s_py=RIGHT)
    assert (status, result) == (3, None)
    assert "OWNER not set" in said
