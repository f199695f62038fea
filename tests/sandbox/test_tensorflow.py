"""TensorFlow in the worker: tensors and variables, and walls that stand though threads may be started."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Ref, Tensor
from grader.confined.wire import decode, encode
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Outcome, Plan, Program, Raised, Returned, Stopped
from grader.sandbox.tensors import answer_in_tensors
from grader.sandbox.waiting import Patience
from grader.submission.reading import parse_submission
from tests.hostile.row import TOOLS, VICTIM, victim

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
    pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's"),
]

WARM_UP = """
def warm_up():
    import tensorflow as tf
    from tensorflow.keras import activations, initializers, losses, metrics, optimizers
    _ = tf.data.Dataset, tf.GradientTape
"""
X = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with victim(), Sandbox(("tensorflow",), patience=Patience(load_s=30.0, slack_s=60.0), warm_up=WARM_UP) as one:
        yield one


def outcomes(
    sandbox: Sandbox, source: str, *steps: tuple[str, tuple[Any, ...]], cpu_s: float = 20.0, **options: Any
) -> tuple[Outcome, ...]:
    """The outcomes of the steps of one plan; ``g`` is what the parent answers, where it does."""
    files = parse_submission("student.py", ".py", source.replace("VICTIM", str(VICTIM)).encode(), {}).files
    program = Program(
        files=files,
        provided={"tools": TOOLS},
        wanted=("f",),
        packages=("tensorflow",),
        memory_mb=1024,
        total_s=60.0,
        **options,
    )
    plan = Plan("f", 0, tuple((name, encode(args)) for name, args in steps), cpu_s=cpu_s, answered=("g",))
    answer = lambda name, args, kwargs, _: answer_in_tensors(lambda W, X: W @ X, args, kwargs, "tensorflow")  # noqa: E731
    (found,) = sandbox.run(program, [plan], answer).outcomes
    return found


def value(outcome: Outcome) -> Any:
    assert isinstance(outcome, Returned), outcome
    return decode(outcome.value, reply=True)


IMPORTS = (
    "import ctypes, os, socket, subprocess, sys, threading\nimport numpy as np\nimport tensorflow as tf\nimport tools\n"
)


def called(sandbox: Sandbox, body: str, *args: Any) -> Any:
    """What ``f(*args)`` gives, with this body."""
    return value(outcomes(sandbox, f"{IMPORTS}def f(*args):\n    {body}\n", ("f", args))[-1])


# -- tensors -------------------------------------------------------------------------------


def test_arguments_are_tensors_and_variables_and_so_are_results(sandbox: Sandbox) -> None:
    assert sandbox.level == "full"
    body = "x, w = args; assert tf.is_tensor(x) and isinstance(w, tf.Variable); return x * 2, w, tf.reduce_sum(x).numpy(), f"
    doubled, weights, total, _ = called(sandbox, body, Tensor(X, "tensorflow"), Tensor(X, "tensorflow", requires_grad=True))
    assert [(type(found), found.requires_grad) for found in (doubled, weights)] == [(Tensor, False), (Tensor, True)]
    assert np.array_equal(doubled, 2 * X)
    assert np.array_equal(weights, X)
    assert (type(total), total) == (np.float32, 10.0)


@pytest.mark.parametrize(
    "made",
    [
        "tf.constant('word')",
        "tf.ragged.constant([[1], [2, 3]])",
        "tf.sparse.from_dense([[0, 1]])",
        "tf.Graph()",
        "tf.cast([1.5], tf.bfloat16)",
        "type('Sly', (), {'__reduce__': lambda self: (os.system, ('true',))})()",
        "type('Liar', (), {'__class__': type(tf.constant(1)), 'numpy': lambda self: 7})()",
    ],
)
def test_what_holds_no_plain_numbers_stays_where_it_is(made: str, sandbox: Sandbox) -> None:
    assert type(called(sandbox, f"return {made}")).__name__ == "Opaque"


def test_a_symbolic_tensor_stays_where_it_is(sandbox: Sandbox) -> None:
    body = "kept = []; tf.function(lambda x: kept.append(x + 1))(args[0]); return kept[0]"
    assert type(called(sandbox, body, Tensor(X, "tensorflow"))).__name__ == "Opaque"


def test_an_object_of_an_earlier_reply_is_the_very_variable(sandbox: Sandbox) -> None:
    source = "kept = []\ndef f(x):\n    kept.append(x)\n    return x if len(kept) == 1 else kept[0] is x\n"
    _, second = outcomes(sandbox, source, ("f", (Tensor(X, "tensorflow", requires_grad=True),)), ("f", (Ref(0),)))
    assert value(second) is True


def test_gradients_come_through_an_answer_of_the_parent(sandbox: Sandbox) -> None:
    source = """
import tensorflow as tf
def g(W, x):
    return 0
def f(W, x):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(g(W, x) * [[1.0, 10.0]])
    return tape.gradient(y, W)
"""
    W = Tensor(np.array([[5.0, 6.0]], np.float32), "tensorflow", requires_grad=True)
    (found,) = outcomes(sandbox, source, ("f", (W, Tensor(X, "tensorflow"))), bound=("g",))
    assert np.allclose(value(found), np.array([[1.0, 10.0]]) @ X.T, rtol=1e-3)


@pytest.mark.parametrize("drawn", ["tf.random.normal((3,))", "tf.keras.initializers.GlorotNormal()((3, 2))"])
def test_random_numbers_of_the_framework_are_the_same_for_the_same_case(drawn: str, sandbox: Sandbox) -> None:
    once, again = (called(sandbox, f"return {drawn}") for _ in range(2))
    assert once.tolist() == again.tolist()


def test_it_works_in_a_map_in_a_graph_and_under_a_tape(sandbox: Sandbox) -> None:
    body = "return tf.stack(list(tf.data.Dataset.range(3).map(lambda n: tf.one_hot(n, 3)))), tf.function(tf.square)(args[0])"
    rows, squares = called(sandbox, body, Tensor(X, "tensorflow"))
    assert np.array_equal(rows, np.eye(3))
    assert np.array_equal(squares, X * X)


def test_another_framework_is_not_there(sandbox: Sandbox) -> None:
    assert called(sandbox, "import torch; return type(torch).__name__") == "AbsentModule"


# -- the walls -----------------------------------------------------------------------------


def test_a_thread_can_be_started(sandbox: Sandbox) -> None:
    body = "found = []; one = threading.Thread(target=found.append, args=(7,)); one.start(); one.join(); return found[0]"
    assert called(sandbox, body) == 7


CLONE = "220 if os.uname().machine == 'aarch64' else 56"
REFUSED = {
    "fork": "os.fork()",
    "fork in a thread": """
    raised = []
    def run():
        try:
            os.fork()
        except PermissionError as error:
            raised.append(error)
    one = threading.Thread(target=run)
    one.start()
    one.join()
    raise raised[0]""",
    "fork by the C library": "if ctypes.CDLL(None).fork() == -1: raise PermissionError",
    "clone": f"tools.syscall({CLONE}, 17, 0, 0, 0, 0)",
    "a process that shares memory": f"tools.syscall({CLONE}, 0x4111, 0, 0, 0, 0)",
    "exec": "os.execv('/bin/true', ['true'])",
    "subprocess": "subprocess.run(['/bin/true'])",
    "posix_spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "TCP": "socket.create_connection(('127.0.0.1', 1), 1)",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "kill the parent": "os.kill(os.getppid(), 9)",
    "read a file": "open('/etc/passwd').read()",
    "read what everybody may": "open('VICTIM/file').read()",
    "write": "open('VICTIM/new', 'w')",
    "read by an operation": "tf.io.read_file('VICTIM/file')",
    "write by an operation": "tf.io.write_file('VICTIM/new', 'x')",
    "read by the framework's files": "tf.io.gfile.GFile('VICTIM/file').read()",
    "list a folder": "tf.io.gfile.listdir('VICTIM')",
    "copy": "tf.io.gfile.copy('VICTIM/file', 'VICTIM/new')",
    "remove": "tf.io.gfile.remove('VICTIM/file')",
    "an operation of one's own": "tf.load_op_library('VICTIM/file')",
    "a saved model": "tf.saved_model.save(tf.Module(), 'VICTIM/new')",
    "weights": "tf.train.Checkpoint(v=tf.Variable(1.0)).write('VICTIM/new')",
    "fork in a py_function": "tf.py_function(os.fork, [], tf.int32)",
    "fork in a numpy_function inside a map": (
        "list(tf.data.Dataset.range(2).map(lambda n: tf.numpy_function(lambda n: np.int64(os.fork()), [n], tf.int64)))"
    ),
    "a log": "tf.summary.create_file_writer('VICTIM/log').as_default().__enter__(); tf.summary.scalar('a', 1, 1)",
    "lines of a file": "list(tf.data.TextLineDataset('VICTIM/file'))",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_to_others_is_refused_here_too(statement: str, sandbox: Sandbox) -> None:
    (found,) = outcomes(sandbox, f"{IMPORTS}def f():\n    {statement}\n    return 'a way'\n", ("f", ()))
    assert isinstance(found, Raised), found
    assert re.search("denied|permitted|does not let|PermissionError", f"{found.type_name}: {found.message}"), found


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "[threading.Thread(target=f).start() for _ in range(3)]; f()",
        "tf.while_loop(lambda n: True, lambda n: n * 1.5, [1.0])",
        "x = [tf.ones((10**6,))]\n    while True: x.append(tf.ones((10**7,)))",
    ],
    ids=["a loop", "threads", "a loop of the framework", "memory"],
)
def test_time_and_memory_end_with_threads_too(body: str, sandbox: Sandbox) -> None:
    (found,) = outcomes(sandbox, f"{IMPORTS}def f():\n    {body}\n", ("f", ()), cpu_s=0.5)
    assert isinstance(found, (Stopped, Raised)), found


def test_a_worker_of_another_assignment_gets_no_threads_and_no_random_device() -> None:
    with Sandbox() as other:
        for statement in ("threading.Thread(target=print).start()", "open('/dev/urandom', 'rb')"):
            files = parse_submission(
                "student.py", ".py", f"import threading\ndef f():\n    {statement}\n".encode(), {}
            ).files
            program = Program(files=files, wanted=("f",), total_s=60.0)
            (found,) = other.run(program, [Plan("f", 0, (("f", encode(())),), cpu_s=20.0)]).outcomes
            assert isinstance(found[-1], Raised), found
