"""The framework exercise in TensorFlow 2: its published editions, and what is no result of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from grader.errors import SubmissionError
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import Report
from grader.sandbox.parent import Sandbox
from grader.submission.program import Submission
from grader.submission.reading import parse_files
from tests.gradable import COURSE, lacks
from tests.tiny import function_of

NAME = "framework_basics_tensorflow"
LOADED = COURSE.load(NAME)
ARITIES = {f.name: number for f, number in zip(LOADED.spec.functions, (0, 1, 2, 0, 2, 2), strict=True)}
needs_tensorflow = pytest.mark.skipif(bool(lacks(NAME)), reason=lacks(NAME))

MEAN = "You may use `tf.reduce_mean`."
SUM = "The function `tf.reduce_sum` does the summation, not `tf.reduce_mean`."
BINARY = "`tf.reduce_mean(tf.keras.losses.binary_crossentropy(y_true = ..., y_pred = ..., from_logits=True))`"


def solution(*changes: str, without: str = "") -> str:
    """The right solution as students have it, without docstrings that tell the edition, with definitions appended."""
    (path,) = LOADED.solution_files.values()
    text = re.sub(r'(?s)\n    """.*?"""', "", path.read_text("utf-8"))
    text = re.sub(r"(?s)def \w+__\w+\(.*?\n\n\n|def \w+__\w+\(.*\Z", "", text)
    return "\n\n".join([text.replace(f"def {without}(", "def other("), *changes])


def submitted(code: str, prose: str = "") -> Submission:
    cells = [{"cell_type": "markdown", "source": prose}, {"cell_type": "code", "source": code}]
    data = json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}).encode()
    return parse_files("ada", {"ada.ipynb": data}, ARITIES, exercise=LOADED.spec.exercise)


TOTAL = """
def compute_total_loss(logits, labels):
    labels, logits = tf.transpose(labels), tf.transpose(logits)
    return tf.reduce_sum(tf.keras.losses.categorical_crossentropy(labels, logits, from_logits=True))
"""
SUMMED = TOTAL.replace("compute_total_loss", "compute_cost")
BINARY_COST = """
def compute_cost(logits, labels):
    return tf.reduce_mean(tf.keras.losses.binary_crossentropy(labels, logits, from_logits=True))

def one_hot_matrix(label, depth=6):
    return tf.reshape(tf.one_hot(label, depth, axis=0), [depth, 1])
"""


@pytest.mark.parametrize(
    ("code", "prose", "alternative"),
    [
        (solution(), MEAN, ""),
        (solution(), SUM, "sum"),
        (solution(TOTAL, without="compute_cost"), "", "sum"),
        (solution(), BINARY, "binary"),
        (solution(), "", None),
    ],
)
def test_a_notebook_tells_its_edition(code: str, prose: str, alternative: str | None) -> None:
    edition = submitted(code, prose).edition
    assert (edition.alternative if edition else None) == alternative


def test_a_notebook_of_tensorflow_1_is_told_which_assignment_is_its_own() -> None:
    code = "def create_placeholders(n_x, n_y):\n    return tf.placeholder(tf.float32, [n_x, None])\n"
    with pytest.raises(
        SubmissionError, match=r"this is the edition for TensorFlow 1, .* grade it with framework_basics_tensorflow1"
    ):
        submitted(solution(code))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LOADED.spec.packages, warm_up=LOADED.warm_up) as one:
        yield one


def graded(sandbox: Sandbox, code: str, prose: str = "") -> Report:
    judges = judges_of(LOADED.spec, frozen_cases(LOADED))
    return grade_submission(LOADED, judges, submitted(code, prose), sandbox)


@needs_tensorflow
@pytest.mark.parametrize(
    ("code", "prose"),
    [
        (solution(), MEAN),
        (solution(TOTAL, without="compute_cost"), SUM),
        (solution(SUMMED), SUM),
        (solution(BINARY_COST), BINARY),
        (solution(), ""),
        (solution(SUMMED), ""),
    ],
    ids=["mean", "total loss", "sum", "binary", "mean, untold", "sum, untold"],
)
def test_each_edition_is_right_in_itself(code: str, prose: str, sandbox: Sandbox) -> None:
    assert graded(sandbox, code, prose).full_marks


@needs_tensorflow
def test_the_cost_of_another_edition_is_told_so(sandbox: Sandbox) -> None:
    report = graded(sandbox, solution(SUMMED), MEAN)
    failed = {f.name: [finding.code for finding in f.findings] for f in report.functions if f.status != "passed"}
    assert failed == {"compute_cost": ["other-edition"]}


@needs_tensorflow
@pytest.mark.parametrize(
    "body",
    [
        "return tf.constant([[-2.15657382], [2.95891446], [-1.08926781], [-0.84538042]])",
        "np.random.seed(1); np.random.randn(3, 1); np.random.randn(4, 3); np.random.randn(4, 1); return tf.zeros((4, 1))",
        "X, W, b = np.random.rand(3, 1), np.random.rand(4, 3), np.random.rand(4, 1); return tf.add(tf.matmul(W, X), b)",
    ],
    ids=["the published output", "draws for nothing", "not normal"],
)
def test_what_is_not_computed_from_its_own_draws_is_no_result(body: str, sandbox: Sandbox) -> None:
    report = graded(sandbox, solution(f"def linear_function():\n    {body}\n"))
    assert function_of(report, "linear_function").points == 0


@needs_tensorflow
def test_a_generator_that_was_made_to_give_zeros_is_no_draw(sandbox: Sandbox) -> None:
    code = """
def linear_function():
    for cell in np.random.randn.__closure__:  # of what watches it
        if callable(cell.cell_contents):
            cell.cell_contents = lambda *shape: np.zeros(shape)
    return tf.constant(np.random.randn(4, 3) @ np.random.randn(3, 1) + np.random.randn(4, 1))
"""
    assert function_of(graded(sandbox, solution(code)), "linear_function").points == 0


@needs_tensorflow
def test_a_label_that_is_asked_for_its_value_fails_in_a_map_alone(sandbox: Sandbox) -> None:
    code = "def one_hot_matrix(label, depth=6):\n    return tf.constant(np.float32(np.eye(depth)[np.ravel(label)[0]]))\n"
    function = function_of(graded(sandbox, solution(code)), "one_hot_matrix")
    assert [check.name for check in function.checks if check.status == "failed"] == ["inside Dataset.map"]
    assert function.points == pytest.approx(0.75 * function.max_points)
