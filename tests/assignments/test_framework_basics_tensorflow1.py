"""The framework exercise in TensorFlow 1: notebooks as they were written, what costs a part, and which walls stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from grader.errors import SubmissionError
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport, Report
from grader.sandbox.parent import Sandbox
from grader.submission.reading import parse_submission
from tests.gradable import COURSE, lacks
from tests.hostile.row import VICTIM, victim
from tests.tiny import function_of

NAME = "framework_basics_tensorflow1"
LOADED = COURSE.load(NAME)
ARITIES = {f.name: number for f, number in zip(LOADED.spec.functions, (0, 1, 2, 2, 1, 2, 0, 2, 2, 8), strict=True)}
needs_tensorflow = pytest.mark.skipif(bool(lacks(NAME)), reason=lacks(NAME))
FULL = {f.name: f.points for f in LOADED.spec.functions}

#: A notebook of 2018 in short: its imports, its helper module, names that are bound anew, and a training at top level.
OLD = """
import math, h5py, scipy
import numpy as np
import matplotlib.pyplot as plt
import tensorflow as tf
from tensorflow.python.framework import ops
from tf_utils import load_dataset, random_mini_batches, convert_to_one_hot, predict
from PIL import Image

def cost(logits, labels):
    z, y = tf.placeholder(tf.float32, name="z"), tf.placeholder(tf.float32, name="y")
    cost = tf.nn.sigmoid_cross_entropy_with_logits(logits=z, labels=y)
    sess = tf.Session()
    cost = sess.run(cost, feed_dict={z: logits, y: labels})
    sess.close()
    return cost

cost = cost(np.array([0.2, 0.4]), np.array([0, 1]))

def initialize_parameters():
    tf.set_random_seed(1)
    xavier, zeros = tf.contrib.layers.xavier_initializer(seed=1), tf.zeros_initializer()
    W1 = tf.get_variable("W1", [25, 12288], initializer=xavier)
    b1 = tf.get_variable("b1", [25, 1], initializer=zeros)
    W2 = tf.get_variable("W2", [12, 25], initializer=xavier)
    b2 = tf.get_variable("b2", [12, 1], initializer=zeros)
    W3 = tf.get_variable("W3", [6, 12], initializer=xavier)
    b3 = tf.get_variable("b3", [6, 1], initializer=zeros)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}

def model(X_train, Y_train, X_test, Y_test, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, print_cost=True):
    ops.reset_default_graph()
    (n_x, m), n_y, costs, seed = X_train.shape, Y_train.shape[0], [], 3
    X, Y = create_placeholders(n_x, n_y)
    parameters = initialize_parameters()
    Z3 = forward_propagation(X, parameters)
    cost = compute_cost(Z3, Y)
    optimizer = tf.train.AdamOptimizer(learning_rate=learning_rate).minimize(cost)
    init = tf.global_variables_initializer()
    with tf.Session() as sess:
        sess.run(init)
        for epoch in range(num_epochs):
            seed, epoch_cost = seed + 1, 0.0
            for minibatch_X, minibatch_Y in random_mini_batches(X_train, Y_train, minibatch_size, seed):
                _, minibatch_cost = sess.run([optimizer, cost], feed_dict={X: minibatch_X, Y: minibatch_Y})
                epoch_cost += minibatch_cost / int(m / minibatch_size)
            costs.append(epoch_cost)
        plt.plot(np.squeeze(costs))
        plt.show()
        parameters = sess.run(parameters)
        accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(Z3), tf.argmax(Y)), "float"))
        print("Test Accuracy:", accuracy.eval({X: X_test, Y: Y_test}))
        return parameters

parameters = model(X_train, Y_train, X_test, Y_test)
"""


def solution() -> str:
    (path,) = LOADED.solution_files.values()
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with victim(), Sandbox(LOADED.spec.packages, warm_up=LOADED.warm_up) as one:
        yield one


def graded(sandbox: Sandbox, code: str, only: str = "") -> Report:
    submission = parse_submission("ada.py", ".py", code.encode(), ARITIES, exercise=LOADED.spec.exercise)
    return grade_submission(LOADED, judges_of(LOADED.spec, frozen_cases(LOADED)), submission, sandbox, only=only or None)


def of(report: Report, name: str) -> FunctionReport:
    found = function_of(report, name)
    assert isinstance(found, FunctionReport)
    return found


def test_a_notebook_of_tensorflow_2_is_told_which_assignment_is_its_own() -> None:
    code = 'def forward_propagation(X, parameters):\n    """Under a tf.GradientTape."""\n    return X\n'
    with pytest.raises(SubmissionError, match=r"grade it with framework_basics_tensorflow$"):
        parse_submission("ada.py", ".py", code.encode(), ARITIES, exercise=LOADED.spec.exercise)


@needs_tensorflow
def test_a_notebook_is_graded_as_it_was_written(sandbox: Sandbox) -> None:
    report = graded(sandbox, f"{solution()}\n{OLD}")
    assert (report.points, report.sandbox) == (100.0, "full"), [f.findings for f in report.functions]


@needs_tensorflow
def test_a_notebook_that_was_carried_over_to_tensorflow_2_is_graded(sandbox: Sandbox) -> None:
    code = solution().replace("import tensorflow.compat.v1 as tf", "import tensorflow as tf2\ntf = tf2.compat.v1")
    setting = "tf.disable_v2_behavior()\ntf.compat.v1.disable_eager_execution()\n"
    assert graded(sandbox, f"{setting}{code}", only="sigmoid").full_marks


@needs_tensorflow
def test_a_wrong_helper_does_not_cost_the_points_of_the_model(sandbox: Sandbox) -> None:
    report = graded(sandbox, f"{solution()}\ndef compute_cost(Z3, Y):\n    return Z3 / 0\n")
    assert {f.name for f in report.functions if f.status != "passed"} == {"compute_cost"}


#: By what is written: the function, its body, the part of its points, and what is said.
PARTS = {
    "a tensor that was not run": ("sigmoid", "z", "return tf.sigmoid(tf.cast(z, 'float'))", 0.0, "run it in a session"),
    "a session that is gone": ("ones", "shape", "tf.Session().close(); return None", 0.0, "None"),
    "placeholders that take anything": (
        "create_placeholders",
        "n_x, n_y",
        "return tf.placeholder('float'), tf.placeholder('float')",
        0.75,
        "without-shape",
    ),
    "placeholders for one example": (
        "create_placeholders",
        "n_x, n_y",
        "return tf.placeholder('float', [n_x, 1]), tf.placeholder('float', [n_y, 1])",
        0.0,
        "Cannot feed value of shape",
    ),
    "the published numbers": (
        "linear_function",
        "",
        "return np.array([[-2.15657382], [2.95891446], [-1.08926781], [-0.84538042]])",
        0.0,
        "does not draw",
    ),
    "a session that is not fed": (
        "sigmoid",
        "z",
        "return tf.Session().run(tf.sigmoid(tf.placeholder('float', name='x')))",
        0.0,
        "'x': You must feed a value for placeholder tensor 'x' with dtype float \\(",
    ),
    "a cost of one sign": ("compute_cost", "Z3, Y", "return -tf.reduce_mean(Z3 * Y)", 0.0, "expected"),
}


@needs_tensorflow
@pytest.mark.parametrize("written", PARTS)
def test_what_a_mistake_costs_and_what_is_said(written: str, sandbox: Sandbox) -> None:
    name, arguments, body, part, said = PARTS[written]
    code = f"import numpy as np\nimport tensorflow as tf\ndef {name}({arguments}):\n    {body}\n"
    found = of(graded(sandbox, code, only=name), name)
    assert found.points == pytest.approx(part * FULL[name], abs=0.02 * FULL[name])
    words = [*(check.message for check in found.checks), *(finding.code for finding in found.findings)]
    assert any(re.search(said, str(one)) for one in words), words


#: What a session is asked to do, which no wall lets through.
REFUSED = {
    "fork": "tf.py_func(lambda: np.int64(__import__('os').fork()), [], tf.int64)",
    "read": "tf.read_file('VICTIM/file')",
    "write": "tf.write_file('VICTIM/new', 'x')",
    "list": "tf.constant(tf.gfile.ListDirectory('VICTIM'))",
    "a checkpoint": "tf.raw_ops.Save(filename='VICTIM/new', tensor_names=['a'], data=[tf.ones(2)])",
}


@needs_tensorflow
@pytest.mark.parametrize("operation", REFUSED.values(), ids=REFUSED)
def test_a_session_reaches_nothing_behind_the_walls(operation: str, sandbox: Sandbox) -> None:
    asked = operation.replace("VICTIM", str(VICTIM))
    code = f"""
import numpy as np
import tensorflow as tf
def ones(shape):
    with tf.Session() as sess:
        sess.run({asked})
    return np.ones(shape, np.float32)
"""
    found = of(graded(sandbox, code, only="ones"), "ones")
    assert found.points == 0
    assert re.search(
        "not permitted|denied|PermissionError|does not let", " ".join(str(check.message) for check in found.checks)
    )
    assert not (VICTIM / "new").exists()
