"""Limits, verdicts, restarts, and a parent that believes nothing. What attackers try is in ``tests/hostile/``."""

from __future__ import annotations

import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.confined.kinds import Code, Ref
from grader.confined.wire import decode, encode, pack, unpack
from grader.errors import GraderError
from grader.sandbox.child import _UNIT_S, slowness_of
from grader.sandbox.copies import Copy
from grader.sandbox.helpers import Answering, Answers
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Execution, Outcome, Plan, Program, Raised, Replied, Returned, Stopped, listed
from grader.sandbox.waiting import Patience
from grader.sandbox.zygote import ALL_WALLS, Zygote
from grader.submission.reading import parse_submission
from tests.leftovers import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

# A call has ten seconds of CPU time here (see ``ask``), and minutes by the clock, however busy the machine is; one that
# must meet its limit is asked with SOON. Nobody waits for the slack, but where a test says so.
PATIENT = Patience(load_s=0.5, slack_s=60.0)
SOON = 0.25


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(patience=PATIENT) as one:
        yield one


@pytest.fixture
def impatient() -> Iterator[Sandbox]:
    """For code that is silent and uses no time: it is waited for."""
    with Sandbox(patience=Patience(load_s=0.5, slack_s=0.5)) as one:
        yield one


def program(source: str, **options: Any) -> Program:
    files = parse_submission("student.py", ".py", source.encode(), {}).files
    options = {"memory_mb": 256, "total_s": 60.0, **options}
    return Program(files=files, wanted=("f", "g"), **options)


def ask(name: str, *arguments: tuple[Any, ...], cpu_s: float = 10.0) -> list[Plan]:
    """Plans of one function, to which the parent answers ``h``."""
    return [Plan(name, n, ((name, encode(args)),), cpu_s=cpu_s, answered=("h",)) for n, args in enumerate(arguments)]


def values(execution: Execution) -> list[Any]:
    """Per plan its last outcome: a value, the name of an exception, or the reason of a stop."""

    def told(outcome: Outcome) -> Any:
        match outcome:
            case Returned(value=value):
                return decode(value)
            case Raised(type_name=name):
                return name
            case Stopped(reason=reason):
                return reason

    return [told(outcomes[-1]) for outcomes in execution.outcomes]


# -- verdicts and restarts -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "verdict", "detail"),
    [
        ("while True: pass", "timeout", "it needed more than 0.25 seconds"),
        ("np.ones(10**10)", "out-of-memory", "it asked for more than 256 MB"),
        ("os.abort()", "crashed", "the process was ended by signal 6 (SIGABRT)"),
        ("os._exit(5)", "crashed", "the code ended the process with exit status 5"),
        ("while True: print('x' * 10**6)", "too-much-output", "it printed without end; take the print out of the loop"),
        ("signal.raise_signal(64)", "crashed", "the process was ended by signal 64 (SIGRTMAX)"),
    ],
)
def test_a_call_that_never_comes_back_has_a_verdict_and_the_next_function_is_right(
    sandbox: Sandbox, body: str, verdict: str, detail: str
) -> None:
    source = f"import os\nimport signal\nimport numpy as np\n\ndef f(x):\n    {body}\n\ndef g(x):\n    return x + 1\n"
    limit = SOON if verdict == "timeout" else 10.0
    execution = sandbox.run(program(source), [*ask("f", (1,), (2,), cpu_s=limit), *ask("g", (1,), (2,))])
    again = verdict if verdict != "too-much-output" else "not-run"
    assert values(execution) == [verdict, again, 2, 3]
    (stopped,) = execution.outcomes[0]
    assert isinstance(stopped, Stopped)
    assert stopped.detail == detail


def test_the_name_of_an_exception_is_one_line(sandbox: Sandbox) -> None:
    source = "def f(x):\n    raise type('Odd\\n  passed  g  5 / 5\\n', (Exception,), {})()\n"
    assert values(sandbox.run(program(source), ask("f", (1,)))) == ["Odd passed g 5 / 5"]


def test_what_an_earlier_function_left_behind_costs_no_other_one(sandbox: Sandbox) -> None:
    last = "class Last:\n    def __del__(self):\n        while True: pass\n"
    source = f"{last}\ndef f(x):\n    return Last()\n\ndef g(x):\n    return x\n"
    execution = sandbox.run(program(source), [*ask("f", (1,), cpu_s=SOON), *ask("g", (1,), (2,), cpu_s=SOON)])
    assert values(execution)[1:] == [1, 2]


def test_what_came_before_a_crash_counts(sandbox: Sandbox) -> None:
    source = "import os\n\ndef f(x):\n    return os._exit(1) if x == 2 else x\n"
    assert values(sandbox.run(program(source), ask("f", (1,), (2,), (3,)))) == [1, "crashed", 3]


@pytest.mark.parametrize("body", ["os._exit(1)", "while True: pass", "np.ones(10**10)"])
def test_an_input_on_which_a_call_never_comes_back_costs_no_other_one_within_bounds(sandbox: Sandbox, body: str) -> None:
    source = f"import os\nimport numpy as np\n\ndef f(x):\n    if x in (2, 4, 6):\n        {body}\n    return x\n"
    got = values(sandbox.run(program(source), ask("f", *[(n,) for n in range(1, 9)], cpu_s=SOON)))
    assert [one if isinstance(one, int) or one == "not-run" else "stopped" for one in got] == [
        *(1, "stopped", 3, "stopped", 5, "stopped"),
        *("not-run", "not-run"),
    ]
    never = values(sandbox.run(program(source), ask("f", (2,), (4,), (1,), cpu_s=SOON)))
    assert never[2] == "not-run"


@pytest.mark.parametrize("size", [10, 10_000, 200_000])
def test_questions_are_answered_in_turn_whether_or_not_they_fit_into_the_channel(sandbox: Sandbox, size: int) -> None:
    source = "def f(x):\n    return 2 * x\ndef g(x):\n    return -x\n"
    numbers = np.arange(float(size))
    plans = [plan for name in "fgfg" for plan in ask(name, (numbers,), (numbers + 1,))]
    got = values(sandbox.run(program(source), plans))
    for n, factor in enumerate((2, -1, 2, -1)):
        assert np.array_equal(got[2 * n], factor * numbers)
        assert np.array_equal(got[2 * n + 1], factor * (numbers + 1))


@pytest.mark.parametrize(
    "draw", ["np.random.rand()", "np.random.randn()", "np.random.default_rng().random()", "random.random()"]
)
def test_each_case_draws_its_own_numbers_and_the_same_ones_in_every_run(sandbox: Sandbox, draw: str) -> None:
    source = f"import random\nimport numpy as np\ndef f(n):\n    return [{draw} for _ in range(n)][:3]\n"
    plans = ask("f", (4,), (5,), (700,), (4,))
    first = values(sandbox.run(program(source), plans))
    assert first == values(sandbox.run(program(source), plans))
    assert first[1:] == values(sandbox.run(program(source), plans[1:]))  # whatever was asked before
    assert len({tuple(drawn) for drawn in first}) > len(plans) // 2  # a pair that randn rejects brings it to another's


def test_a_case_meets_the_same_numbers_whatever_was_asked_of_the_worker_before(sandbox: Sandbox) -> None:
    source = "import numpy as np\ndef f(n):\n    return np.random.rand(n)[:3].tolist()\ndef g(n):\n    return f(n)\n"
    got = values(sandbox.run(program(source), [*ask("f", (4,), (5,)), *ask("g", (4,), (5,))]))
    assert got[:2] == got[2:]


def test_a_function_that_raises_goes_on_with_the_next_question(sandbox: Sandbox) -> None:
    source = "def f(x):\n    return 1 / x\n"
    execution = sandbox.run(program(source), ask("f", (0,), (2,)))
    assert values(execution) == ["ZeroDivisionError", 0.5]
    (raised,) = execution.outcomes[0]
    assert isinstance(raised, Raised)
    assert (raised.message, raised.origin) == ("division by zero", "student.py, line 2: return 1 / x")
    assert raised.caller is None


def test_the_line_that_called_a_helper_is_said_beside_the_line_that_raised(sandbox: Sandbox) -> None:
    source = """
def helper(x):
    return [1 / y for y in x]

def f(x):
    if x:
        return helper([x - 1])
    return [1 / y for y in [x]]
"""
    execution = sandbox.run(program(source), ask("f", (1,), (0,)))
    (inside,), (own,) = execution.outcomes
    assert isinstance(inside, Raised)
    assert isinstance(own, Raised)
    assert inside.origin == "student.py, line 3: return [1 / y for y in x]"
    assert inside.caller == "student.py, line 7: return helper([x - 1])"
    assert (own.origin, own.caller) == ("student.py, line 8: return [1 / y for y in [x]]", None)


def test_a_place_that_the_program_does_not_have_is_not_said(sandbox: Sandbox) -> None:
    """A worker is believed the number of a line, and no word more."""
    it = program("def f(x):\n    return 1 / x\n")
    places = ("student.py, line 99", "secret, line 1", "student.py, line 2: secret", "line", None)
    assert [it.origin_at(place) for place in places] == [None] * 5
    assert it.origin_at("student.py, line 1") == "student.py, line 1: def f(x):"


def test_a_timeout_is_tried_once_more_alone_in_a_fresh_worker(sandbox: Sandbox) -> None:
    """Slow only as the third call of one process: alone, it is quick, and the rest is asked after it."""
    source = """
calls = []

def f(x):
    calls.append(x)
    while len(calls) == 3:
        pass
    return len(calls)
"""
    plans = ask("f", *[(n,) for n in range(6)], cpu_s=SOON)
    assert values(sandbox.run(program(source), plans)) == [1, 2, 1, 2, 1, 2]


def test_a_crash_is_not_tried_again(sandbox: Sandbox) -> None:
    source = "import os\ncalls = []\n\ndef f(x):\n    calls.append(x)\n    return os._exit(1) if len(calls) == 2 else x\n"
    assert values(sandbox.run(program(source), ask("f", (1,), (2,), (3,)))) == [1, "crashed", 3]


def test_a_submission_has_one_total_time_over_all_its_runs() -> None:
    """CPU time of a worker's life ends it, and no run of the same definitions starts the clock anew."""
    source = "import time\n\ndef f(x):\n    time.sleep(60)\n\ndef g(x):\n    return x\n"
    tight = program(source, total_s=-4.0)  # 2 * total + 10: two seconds
    with Sandbox(patience=PATIENT) as one:
        first = values(one.run(tight, [*ask("f", (1,)), *ask("g", (1,))]))
        asked = tuple(replace(file, graded=(*file.graded, "h")) for file in tight.files)  # of the same files
        second = values(one.run(replace(tight, files=asked, bound=("h",)), ask("g", (1,))))
        third = values(one.run(program("def g(x):\n    return x\n"), ask("g", (1,))))
    assert first == ["timeout", "timeout"]
    assert second == ["timeout"]
    assert third == [1]


def test_the_limit_of_a_workers_life_is_a_timeout(sandbox: Sandbox) -> None:
    source = "def f(x):\n    while True: pass\n"
    execution = sandbox.run(program(source, total_s=1.0), ask("f", (1,), cpu_s=30.0))
    (stopped,) = execution.outcomes[0]
    assert stopped == Stopped("timeout", "the submission used up its CPU time")


def test_loading_skips_only_the_statement_that_loops() -> None:
    source = "def h(x=max(iter(int, 1))):\n    pass\n\ndef f(x):\n    return x\n"
    shared = program(source)
    with Sandbox(patience=PATIENT) as one:
        execution = one.run(shared, ask("f", (1,)))
        one._patience = Patience(load_s=3600.0)  # if it ran once more, it would be left out for another reason
        again = one.run(replace(shared, bound=("h",)), ask("f", (2,)))
    assert values(execution) == [1]
    assert execution.loaded.messages == ("student.py, line 1 was left out: it needed more than 0.5 seconds",)
    assert (values(again), again.loaded.messages) == ([2], execution.loaded.messages)


def test_loading_that_cannot_succeed_ends_every_function_at_once(sandbox: Sandbox) -> None:
    source = "".join(f"def h{n}(x=max(iter(int, 1))):\n    pass\n\n" for n in range(6)) + "def f(x):\n    return x\n"
    execution = sandbox.run(program(source), [*ask("f", (1,), (2,)), *ask("g", (1,))])
    assert values(execution) == ["timeout", "not-run", "timeout"]


def test_the_size_of_results_is_bounded_per_run(sandbox: Sandbox) -> None:
    source = "import numpy as np\n\ndef f(x):\n    return np.zeros(x)\n\ndef g(x):\n    return x\n"
    execution = sandbox.run(program(source), [*ask("f", (9,), (3 << 20,), (3 << 20,)), *ask("g", (1,))])
    assert values(execution) == ["not-run", "not-run", "too-much-output", 1]


def test_the_size_of_results_is_what_they_take_where_they_are_judged(sandbox: Sandbox) -> None:
    """A truth value is a byte in a reply, and a number of eight bytes for whoever compares it."""
    source = "import numpy as np\n\ndef f(x):\n    return np.ones(x, bool)\n\ndef g(x):\n    return x\n"
    execution = sandbox.run(program(source), [*ask("f", (9,), (3 << 20,), (2 << 20,)), *ask("g", (1,))])
    assert values(execution) == ["not-run", "not-run", "too-much-output", 1]


def test_the_size_of_results_is_bounded_over_all_runs_of_a_submission(sandbox: Sandbox) -> None:
    """A function that keeps something is asked each input alone, in tens of runs."""
    source = "import numpy as np\n\ndef f(x):\n    return np.zeros(x)\n\ndef g(x):\n    return x\n"
    same = program(source)
    large = [*ask("f", (3 << 20,)), *ask("g", (1,))]
    ends = [[outcome[-1] for outcome in sandbox.run(same, large).outcomes] for _ in range(4)]
    assert [type(end[0]) for end in ends] == [Returned, Returned, Stopped, Stopped]
    assert all(isinstance(end[1], Returned) for end in ends)
    assert isinstance(sandbox.run(program(source), large).outcomes[0][-1], Returned)  # the next submission


def test_what_lost_workers_have_said_is_let_go(sandbox: Sandbox) -> None:
    """Each leaves the greater part of a message that it never ends."""
    source = """
import gc, os, struct

def f(x):
    channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Session").channel
    rest = struct.pack("<IB", 60 << 20, ord("V")) + bytes(40 << 20)
    while rest:
        rest = rest[os.write(channel.descriptor, rest[: 1 << 20]) :]
    os._exit(1)

g = f
"""
    tracemalloc.start()
    execution = sandbox.run(program(source), [*ask("f", (1,), (2,)), *ask("g", (1,), (2,))])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert values(execution) == ["crashed"] * 4
    assert peak < 90 << 20  # of what one has said, not four


def test_printed_text_is_kept_up_to_a_bound(sandbox: Sandbox) -> None:
    source = "def f(x):\n    print('\u00e4' * 10**5)\n    return x\n"
    (outcome,) = sandbox.run(program(source), ask("f", (1,))).outcomes[0]
    assert isinstance(outcome, Returned)
    assert outcome.output == "\u00e4" * 2000


def test_steps_hand_on_what_earlier_ones_returned_even_if_nobody_else_understands_it(sandbox: Sandbox) -> None:
    source = """
class Cache:
    pass

def f(x):
    cache = Cache()
    cache.x = x
    return x, cache

def g(y, cache):
    return y + cache.x
"""
    plan = Plan("g", 0, (("f", encode((3,))), ("g", encode((4, Ref(0, (1,)))))))
    assert values(sandbox.run(program(source), [plan])) == [7]


# -- levels --------------------------------------------------------------------------------


def test_all_walls_make_the_full_level_with_and_without_fork(sandbox: Sandbox) -> None:
    assert sandbox.level == "full"
    with Sandbox(walls=[name for name in ALL_WALLS if name != "fork"]) as spawned:
        assert spawned.level == "full"
        assert "fork" not in spawned.stands


@pytest.mark.parametrize("missing", ["limits", "landlock", "seccomp", "user"])
def test_a_missing_wall_makes_the_level_weak(missing: str) -> None:
    with Sandbox(walls=[name for name in ALL_WALLS if name != missing]) as one:
        assert one.level == "weak"
        assert missing not in one.stands


def test_no_walls_are_no_level() -> None:
    with Sandbox(walls=["fork"]) as one:
        assert one.level == "none"


def test_a_worker_whose_walls_cannot_be_put_up_is_our_failure(sandbox: Sandbox) -> None:
    with pytest.raises(GraderError, match="walls of the sandbox could not be put up"):
        sandbox._children.child(-(1 << 60), 1)


def test_a_zygote_that_dies_is_our_failure_and_the_next_submission_is_graded() -> None:
    with Sandbox(patience=PATIENT) as one:
        assert values(one.run(program("def f(x):\n    return x\n"), ask("f", (1,)))) == [1]
        process = one._children._process
        assert process is not None
        asking = program("def f(x):\n    h(x)\n    while True: pass\n", bound=("h",))
        with pytest.raises(GraderError, match="sandbox"):
            one.run(asking, ask("f", (1,)), lambda *_: os.kill(process.pid, signal.SIGKILL))
        assert values(one.run(program("def f(x):\n    return x\n"), ask("f", (2,)))) == [2]


def test_nothing_stays_open_or_alive() -> None:
    alive = descendants()
    with Sandbox(patience=PATIENT) as one:
        one.run(program("def f(x):\n    return x\n"), ask("f", (1,)))
        before = len(os.listdir("/proc/self/fd"))
        for body in ("return x", "os.abort()", "while True: pass"):
            source = f"import os\n\ndef f(x):\n    {body}\n"
            one.run(program(source, bound=("h",)), ask("f", (1,), cpu_s=SOON), lambda name, args, kwargs, _: 1)
            assert len(os.listdir("/proc/self/fd")) == before
    assert descendants() == alive


# -- the parent's ears ---------------------------------------------------------------------


def test_no_bytes_on_the_channel_confuse_the_parent(impatient: Sandbox) -> None:
    """Random frames, well-formed ones at the wrong place, and both with flipped bytes, written by the student."""
    source = """
import gc
import os

def f(data):
    session = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Session")
    os.write(session.channel.descriptor, bytes.fromhex(data))
    return 1

def g(x):
    return x + 1
"""
    generator = random.Random(0)
    value, raised = pack(encode([1.0, {"a": 2}])), pack(encode(("E", "m", None)))
    frames = [
        (b"V", struct.pack("<IHHI", 0, 0, 0, 0) + value),
        (b"E", struct.pack("<IHHI", 0, 0, 0, 0) + raised),
        (b"C", pack(encode(("h", (1,), {})))),
        (b"L", pack(encode({"defined": {}, "failed": [], "output": ""}))),
        (b"U", b"\0\0\0\0"),
        (b"D", b""),
    ]
    ends = set()
    for _ in range(60):
        data = bytearray()
        for _ in range(generator.randint(1, 3)):
            kind, body = generator.choice(frames)
            data += struct.pack("<IB", len(body), kind[0]) + body
        for _ in range(generator.randint(0, 3)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        plans = [*ask("f", (bytes(data).hex(),), cpu_s=0.1), *ask("g", (1,), (2,))]
        execution = impatient.run(program(source, bound=("h",)), plans, lambda name, args, kwargs, _: 1)
        first, *rest = values(execution)
        assert rest in ([2, 3], ["crashed", 3])  # the second after a well-forged end of the batch
        ends.add(first if isinstance(first, str) else "value")
    assert ends <= {"crashed", "timeout", "too-much-output", "value", "E", "RuntimeError"}
    assert "crashed" in ends


def test_a_child_that_says_nothing_before_its_walls_stand_is_our_failure() -> None:
    class Silent:
        pid = 0

    ours, theirs = socket.socketpair()
    theirs.close()
    child = type("Child", (), {"channel": ours, "poller": _poller(ours)})()
    with pytest.raises(GraderError, match="ended before it began"):
        Zygote._hello(child)
    ours.close()


def _poller(channel: socket.socket) -> Any:
    import select

    poller = select.poll()
    poller.register(channel, select.POLLIN)
    return poller


# -- helpers that the parent answers -------------------------------------------------------


def helper(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    match name:
        case "shape":
            return np.zeros(args)
        case "loop":
            while True:
                pass
        case "recurse":
            return helper(name, args, kwargs, given)
        case "draw":
            return np.random.rand()
        case "die":
            os._exit(1)
        case "outer":
            return np.outer(args[0], args[0])
    raise KeyError(name)


@pytest.fixture
def answering() -> Iterator[Callable[..., Any]]:
    copy = Copy(Answers(helper))
    one = Answering(helper, 2.0, copy)

    def call(name: str, *args: Any, number: int = 1) -> Any:
        reply = one.ask(
            pack(encode((name, args, {}, number))), ("shape", "loop", "recurse", "draw", "die", "outer"), lambda: None
        )[1]
        return None if reply is None else decode(unpack(reply)[0])

    yield call
    copy.close()


def test_a_helper_is_answered_by_a_copy_of_this_process(answering: Callable[..., Any]) -> None:
    assert answering("shape", 2, 3).shape == (2, 3)


def test_the_same_question_of_a_call_has_the_same_answer_and_the_next_one_another(answering: Callable[..., Any]) -> None:
    assert answering("draw") == answering("draw")
    assert answering("draw", number=2) != answering("draw")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        pytest.param("shape", (10**6, 10**6), id="more than there is"),
        pytest.param("shape", (2**15, 2**15), id="more than is allowed"),
        pytest.param("shape", (3000, 3000), id="more than fits into a message"),
        pytest.param("outer", (np.zeros(10**5),), id="a product of vectors"),
        pytest.param("recurse", (), id="endless recursion"),
        pytest.param("unknown", (), id="an unknown name"),
        pytest.param("shape", ("a",), id="an argument of another kind"),
    ],
)
def test_what_cannot_be_answered_is_not_and_the_next_question_is(
    answering: Callable[..., Any], name: str, args: tuple[Any, ...]
) -> None:
    assert answering(name, *args) is None
    assert answering("shape", 1).shape == (1,)


def test_an_answer_that_never_comes_ends_with_the_processors_limit(answering: Callable[..., Any]) -> None:
    assert answering("loop") is None
    assert answering("shape", 1).shape == (1,)


def test_a_copy_that_is_lost_again_and_again_is_not_replaced_for_ever(answering: Callable[..., Any]) -> None:
    assert [answering("die") for _ in range(3)] == [None] * 3
    assert answering("shape", 1) is None


def test_waiting_for_an_answer_ends_when_the_caller_says_so() -> None:
    class TimeUp(Exception):
        pass

    def still() -> None:
        raise TimeUp

    alive = descendants()
    copy = Copy(Answers(helper))
    one = Answering(helper, 30.0, copy)
    with pytest.raises(TimeUp):
        one.ask(pack(encode(("loop", (), {}, 1))), ("loop",), still)
    assert copy._channel is None
    assert descendants() == alive


@pytest.mark.parametrize(
    "made",
    [Code("eval", ("1",)), Code("np.random.RandomState", (1,)), Code("np.random.default_rng", (np.zeros(2),))],
    ids=lambda made: made.name,
)
def test_a_question_makes_no_object_but_a_generator_from_a_number(answering: Callable[..., Any], made: Code) -> None:
    assert answering("shape", 2, Code("np.random.default_rng", (3,))) is None  # it is one, and no length
    assert answering("shape", 2, made) is None
    assert answering("shape", 2, 3).shape == (2, 3)


def test_helpers_are_answered_while_a_submission_runs(sandbox: Sandbox) -> None:
    source = "def f(x):\n    return h(x) + 1\n"
    execution = sandbox.run(program(source, bound=("h",)), ask("f", (2,)), lambda name, args, kwargs, _: args[0] * 10)
    assert values(execution) == [21]


def test_a_helper_may_be_handed_a_function_of_the_submission(sandbox: Sandbox) -> None:
    source = "def f(x):\n    return h(lambda t: t * x, 5) + h(abs, -2)\n"
    execution = sandbox.run(
        program(source, bound=("h",)), ask("f", (3,)), lambda name, args, kwargs, _: args[0](args[1]) - args[0](args[1] + 1)
    )
    assert values(execution) == [15 - 18 + 2 - 1]


def test_a_function_that_raises_in_a_helper_raises_where_the_helper_was_called(sandbox: Sandbox) -> None:
    source = (
        "def f(x):\n    try:\n        return h(lambda t: t / 0)\n    except ZeroDivisionError:\n        return 'caught'\n"
    )
    execution = sandbox.run(program(source, bound=("h",)), ask("f", (3,)), lambda name, args, kwargs, _: args[0](1))
    assert values(execution) == ["caught"]


def test_an_unanswered_helper_is_an_exception_in_the_worker(sandbox: Sandbox) -> None:
    source = "def f(x):\n    return h(x)\n"
    assert values(sandbox.run(program(source, bound=("h",)), ask("f", (2,)))) == ["RuntimeError"]


def test_one_run_answers_each_plan_its_own_names_and_tells_which_were_called(sandbox: Sandbox) -> None:
    source = "def h(x):\n    return -x\n\ndef f(x, again=h):\n    return h(x) + again(x)\n"
    plans = [*ask("f", (2,)), *(replace(plan, answered=()) for plan in ask("f", (2,)))]
    replied: list[Replied] = []
    execution = sandbox.follow(
        program(source, bound=("h",)), listed(plans, replied), lambda name, args, kwargs, _: args[0] * 10
    )
    assert values(replace(execution, outcomes=tuple(outcome for some in replied for outcome in some.outcomes))) == [40, -4]
    assert [some.called for some in replied] == [{"h"}, set()]


def test_what_is_asked_while_loading_is_not_answered(sandbox: Sandbox) -> None:
    source = "def h(x):\n    return -x\n\nKEPT = h(2)\n\ndef f(x):\n    return KEPT\n"
    execution = sandbox.run(program(source, bound=("h",)), ask("f", (2,)), lambda name, args, kwargs, _: args[0] * 10)
    assert values(execution) == [-2]


# -- NumPy as the submissions knew it ---------------------------------------------------------

NEWER = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 4)
UNTIL_2_3 = pytest.mark.skipif(NEWER, reason="NumPy 2.4 refuses an array of one where a number belongs")


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("np.float(x)", marks=UNTIL_2_3),
        "np.product(x)",
        "x.astype(np.int)[0]",
        "np.row_stack([x, x])[0, 0]",
        "np.float_(x[0])",
        pytest.param("float(x)", marks=UNTIL_2_3),
        "np.asscalar(x)",
        "-np.NINF and x[0]",
        "np.array([x]).astype(np.bool).sum() * x[0]",
        "np.trapz([1, 1], [0, 2])",
    ],
)
def test_what_numpy_took_when_a_submission_was_written_still_counts(sandbox: Sandbox, expression: str) -> None:
    run = sandbox.run(program(f"import numpy as np\ndef f(x): return {expression}"), ask("f", (np.array([2.0]),)))
    assert values(run) == [2.0]


@UNTIL_2_3
def test_an_array_of_one_may_stand_where_a_number_belongs(sandbox: Sandbox) -> None:
    run = sandbox.run(program("def f(x):\n    x[0][0] = x[0] + 1\n    return x"), ask("f", (np.array([[2.0]]),)))
    assert values(run) == [np.array([[3.0]])]


@pytest.mark.skipif(not NEWER, reason="NumPy takes an array of one until 2.3")
@pytest.mark.parametrize("line", ["x[0][0] = x[0] + 1", "return float(x)"])
def test_what_numpy_refuses_since_2_4_is_told_with_its_reason(sandbox: Sandbox, line: str) -> None:
    run = sandbox.run(program(f"def f(x):\n    {line}\n"), ask("f", (np.array([[2.0]]),)))
    ((outcome,),) = run.outcomes
    assert isinstance(outcome, Raised)
    assert "only 0-dimensional arrays can be converted" in outcome.message


# -- the speed of the machine ------------------------------------------------------------------------

BUSY = """
import time

def f(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return 1
"""


def test_a_call_that_nearly_met_its_limit_is_tried_alone_for_longer_and_said_to_be_slow(sandbox: Sandbox) -> None:
    run = sandbox.run(program(BUSY), ask("f", (0.01,), (0.85,), (0.01,), cpu_s=0.5))
    assert values(run) == [1, 1, 1]
    (message,) = run.slow
    assert message.startswith("f is slow: a call took ")
    assert "more than 0.5 s would have stopped it" in message


def test_a_quick_call_is_not_said_to_be_slow(sandbox: Sandbox) -> None:
    assert sandbox.run(program(BUSY), ask("f", (0.3,), cpu_s=10.0)).slow == ()


def test_limits_are_longer_where_the_machine_is_slower() -> None:
    slower = Patience(load_s=0.5, slack_s=60.0, slowness=3.0)
    with Sandbox(patience=slower) as one:
        run = one.run(program(BUSY), ask("f", (0.5,), cpu_s=SOON))
        assert values(run) == [1]
        assert "more than 0.75 s" in run.slow[0]
        assert values(one.run(program("def f(x):\n    while True: pass\n"), ask("f", (1,), cpu_s=SOON))) == ["timeout"]


def test_a_zygote_measures_the_machine_and_no_limit_becomes_shorter() -> None:
    assert slowness_of(0.1 * _UNIT_S) == slowness_of(_UNIT_S) == 1
    assert (slowness_of(3 * _UNIT_S), slowness_of(1e9)) == (3, 16)
    with Sandbox(patience=PATIENT) as one:
        assert 1 <= one._children.slowness <= 16


TRIPLE = """
import numpy as np

def f(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C
"""


def test_a_slow_right_solution_passes_beside_eight_busy_neighbours() -> None:
    """They leave it a fifth of a core or less, and the wall bound is for code that waits."""
    A, B = np.ones((50, 60)), np.ones((60, 50))
    neighbours = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(8)]
    try:
        with Sandbox(patience=Patience(slack_s=0.0)) as one:
            run = one.run(program(TRIPLE), [Plan("f", n, (("f", encode((A, B))),), cpu_s=0.5) for n in range(4)])
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()
    assert all(np.array_equal(value, A @ B) for value in values(run))


def test_a_module_that_a_call_imports_runs_in_the_time_of_the_call(sandbox: Sandbox) -> None:
    source = b"def f(x):\n    from mine import double\n    return double(x)\n\ndef g(x):\n    import stuck\n"
    beside = {"mine": b"def double(x):\n    return 2 * x\n", "stuck": b"def h(x=max(iter(int, 1))):\n    pass\n"}
    files = parse_submission("student.py", ".py", source, {"f": 1, "g": 1}, siblings=beside).files
    asked = Program(files=files, wanted=("f", "g"), memory_mb=256)
    run = sandbox.run(asked, [*ask("f", (1,), (2,)), *ask("g", (1,), cpu_s=SOON)])
    assert values(run) == [2, 4, "timeout"]
