"""Right helpers where there is no fork: the same answers, and the same bounds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import answering, spawned
from grader.answering import Answering
from grader.pipeline import grade_submission
from grader.sandbox import Sandbox
from grader.spawned import RightHelpers
from grader.submission import parse_submission
from grader.wire import decode, encode, pack, unpack
from tests import tiny
from tests.leftovers import descendants

HELPERS = RightHelpers(tiny.assignment(), ("affine", "mean_square"))
SMALL = (np.ones((2, 3)), np.ones((4, 2)), np.zeros((4, 1)))


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setattr(answering, "_FORK", False)
    one = Answering(HELPERS, 5.0)
    before = descendants()

    def call(name: str, *args: Any, still: Callable[[], None] = lambda: None) -> Any:
        reply = one.ask(pack(encode((name, args, {}))), still)
        return None if reply is None else decode(unpack(reply)[0])

    yield call
    one.close()
    assert descendants() == before


def test_a_fresh_interpreter_gives_the_answers_of_the_reference(ask: Callable[..., Any]) -> None:
    Z, _ = ask("affine", *SMALL)
    assert np.array_equal(Z, tiny.assignment().reference_function("affine")(*SMALL)[0])


@pytest.mark.parametrize(
    ("name", "args"),
    [
        pytest.param("affine", (1, 2, 3), id="arguments of another kind"),
        pytest.param("layer", SMALL, id="a function that is no helper here"),
        pytest.param("affine", (np.ones((1, 40_000)), np.ones((40_000, 1)), np.zeros((1, 1))), id="12 GB"),
    ],
)
def test_what_cannot_be_answered_is_not_and_the_next_question_is(
    ask: Callable[..., Any], name: str, args: tuple[Any, ...]
) -> None:
    assert ask(name, *args) is None
    assert ask("affine", *SMALL) is not None


def test_waiting_ends_when_the_caller_says_so(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawned, "_LOOK_S", 0.0)

    class TimeUp(Exception):
        pass

    def still() -> None:
        raise TimeUp

    with pytest.raises(TimeUp):
        ask("affine", *SMALL, still=still)


def test_helpers_that_cannot_be_found_by_another_process_are_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_FORK", False)
    one = Answering(lambda name, args, kwargs: 1, 5.0)
    assert one.ask(pack(encode(("f", (), {}))), lambda: None) is None


def test_a_process_that_takes_too_much_ends_itself_without_a_limit_of_the_system() -> None:
    code = (
        "from grader.spawned import watch_memory; import numpy as np, time; watch_memory(64 << 20); "
        "small = np.ones(1 << 20); time.sleep(0.3); print('small', flush=True); big = np.ones(1 << 25); time.sleep(60)"
    )
    root = Path(__file__).resolve().parents[1]
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, cwd=root)
    assert (ended.returncode, ended.stdout) == (1, "small\n")


def test_a_function_is_carried_without_fork_as_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_FORK", False)
    source = "\n".join({**tiny.right(), "affine": "def affine(X, W, b):\n    return W @ X, (X, W, b)\n"}.values())
    head = "import numpy as np\nfrom tiny_utils import half\n\n"
    submission = parse_submission("s.py", ".py", (head + source).encode(), tiny.cases().arities)
    with Sandbox() as sandbox:
        report = grade_submission(tiny.assignment(), tiny.cases(), submission, sandbox)
    verdicts = {function.name: function for function in report.functions}
    assert (verdicts["layer"].status, verdicts["layer"].carried) == ("passed", True)
    assert verdicts["affine"].status == "failed"
