"""The tutorial is executed as it is written: files are written, commands run, outputs compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from grader.course import Course
from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def _words(text: str) -> str:
    return " ".join(text.split())


def test_the_authoring_tutorial_works_as_written(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "authoring.md").read_text("utf-8").split("## What a strategy may use")[0]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "120"}
    output, commands = "", 0
    for language, title, body in BLOCK.findall(text):
        if title:
            name, appended = title.removesuffix(" (append)"), title.endswith(" (append)")
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((path.read_text("utf-8") if appended else "") + body, "utf-8")
        elif language == "sh":
            output = ""
            for line in body.splitlines():
                done = subprocess.run(
                    line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
                )
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
                output += done.stdout
                commands += 1
        elif language == "text" and output:
            for line in body.splitlines():
                assert _words(line) in _words(output), f"expected {line!r} in\n{output}"
            output = ""
    assert commands == 8


_WRONG = """
import numpy as np


def main_axis(A):
    values, vectors = np.linalg.eigh(A)
    return values[-1], vectors[:, 0]


def groups(x, gap):
    return np.zeros(x.size, int)


def roots(b, c):
    half = np.sqrt(max(b * b - 4 * c, 0.0)) / 2
    return np.array([-half + b / 2, half + b / 2])


def table(x, out):
    for number in x:
        print(f"{number:.2f}")
"""


def test_what_is_right_up_to_a_sign_a_scale_or_an_order_is_graded_as_the_page_says(tmp_path: Path) -> None:
    """Of several right results each passes, and the wrong ones fail; a printed table is judged by the file that keeps it."""
    page = (ROOT / "docs" / "authoring.md").read_text("utf-8")
    section = page.split("## Right up to a sign")[1].split("\n## ")[0]
    for _, title, body in BLOCK.findall(section):
        (tmp_path / title).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / title).write_text(body, "utf-8")
    axes = Course(tmp_path).load("axes")
    cases = freeze(axes)
    right = (tmp_path / "submissions" / "axes.py").read_text("utf-8")
    reports = {}
    for name, text in {
        "reference": (tmp_path / "reference" / "axes.py").read_text("utf-8"),
        "right": right,
        "wrong": _WRONG,
    }.items():
        submission = parse_submission("s.py", ".py", text.encode(), cases.arities)
        reports[name] = grade_submission(axes, judges_of(axes.spec, cases), submission, InProcess())
    assert reports["reference"].full_marks and reports["right"].full_marks
    assert {f.name: f.points for f in reports["wrong"].functions} == {"main_axis": 15.0, "groups": 0, "roots": 0, "table": 0}
