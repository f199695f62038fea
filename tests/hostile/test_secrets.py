"""A search of the worker's whole memory, from inside, for what must not be there.

The scanner reads ``/proc/self/mem`` and compares hashes, so that it does not carry what it looks for. That
needs a worker without the walls that hide ``/proc``; what is in its memory is the same behind them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.confined.wire import decode, encode
from grader.sandbox.allowlist import readable_paths
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Plan, Program, Returned
from grader.submission.reading import parse_submission
from tests import tiny

pytestmark = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no /proc to read memory from")

ROOT = Path(__file__).resolve().parents[2]
COURSE = ROOT / "tests" / "course"
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)

SCANNER = """
import numpy as np

FACTORS = np.array(%(factors)r, dtype=np.uint64)
HASHES = np.array(%(hashes)r, dtype=np.uint64)

def regions():
    with open("/proc/self/maps") as lines:
        for line in lines:
            place, rights = line.split()[:2]
            if rights.startswith("rw"):
                first, last = place.split("-")
                yield int(first, 16), int(last, 16)

def pieces():
    with open("/proc/self/mem", "rb", 0) as memory:
        for first, last in list(regions()):
            for at in range(first, last, 1 << 20):
                try:
                    memory.seek(at)
                    yield memory.read(min((1 << 20) + 24, last - at))
                except (OSError, ValueError, OverflowError):
                    continue

def center(X):
    found = set()
    for piece in pieces():
        for shift in range(8):
            if len(piece) < 32 + shift:
                continue
            words = np.frombuffer(piece, np.uint64, (len(piece) - shift) // 8, shift)
            words = words ^ (words >> np.uint64(31))  # short numbers have no low bits
            mixed = words[:-2] * FACTORS[0] + words[1:-1] * FACTORS[1] + words[2:] * FACTORS[2]
            at = np.searchsorted(HASHES, mixed)
            at[at == len(HASHES)] = 0
            found.update(HASHES[at[HASHES[at] == mixed]].tolist())
    return [str(one) for one in sorted(found)]
"""


def hashed(window: bytes) -> int:
    words = np.frombuffer(window, np.uint64)
    words = words ^ (words >> np.uint64(31))
    return int(np.sum(words * np.array(FACTORS, np.uint64), dtype=np.uint64))


def windows(data: bytes, step: int) -> Iterator[bytes]:
    """Stretches of 24 bytes that say something: no runs of one byte or one number."""
    for at in range(0, len(data) - 23, step):
        window = data[at : at + 24]
        if len(set(window)) > 8 and len({window[:8], window[8:16], window[16:]}) == 3:
            yield window


def secrets() -> dict[int, str]:
    """What a worker that is asked about ``center`` must not hold: hash, and what it is."""
    found: dict[int, str] = {}
    asked = b"".join(case.plan.packed for case in tiny.cases().functions["center"].cases)
    provided = "".join(tiny.assignment().provided.values()) + tiny.assignment().public

    def add(what: str, data: bytes, step: int) -> None:
        for window in windows(data, step):
            if window not in asked:
                found[hashed(window)] = what

    for name, function in tiny.cases().functions.items():
        for case in function.cases:
            for expected in case.expected:
                add(f"an answer of {name}", expected.value.payload, 8)
            for code, outcome in case.mistakes.items():
                if not isinstance(outcome, str):
                    add(f"the outcome of the mistake {code}", outcome.payload, 8)
            if name != "center":
                for _, question in case.plan.steps:
                    add(f"a case of {name}", question.payload, 8)
    for path in (COURSE / "reference" / "tiny.py", COURSE / "assignments" / "tiny" / "mistakes.py"):
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and line.strip() not in provided and not line.lstrip().startswith(("import", "from")):
                add(f"{path.name}: {line.strip()}", line.strip().encode(), 24)
    return found


@pytest.mark.parametrize("walls", [("fork",), ()], ids=["forked", "spawned"])
def test_nothing_that_judges_is_anywhere_in_the_workers_memory(walls: tuple[str, ...]) -> None:
    hidden = secrets()
    plans = [case.plan for case in tiny.cases().functions["center"].cases]
    known = next(hashed(window) for window in windows(plans[-1].steps[0][1].payload, 8))
    assert len(hidden) > 300
    hashes = sorted({*hidden, known})
    source = SCANNER % {"factors": list(FACTORS), "hashes": hashes}
    files = parse_submission("scan.py", ".py", source.encode(), {}).files
    program = Program(
        files=files,
        provided=tiny.assignment().provided,
        public=tiny.assignment().public,
        wanted=("center",),
        memory_mb=1024,
        total_s=300.0,
    )
    asked = [plan_with(plans[0], 120.0), *plans[1:]]
    with Sandbox(walls=walls) as sandbox:
        outcome = sandbox.run(program, asked).outcomes[0][-1]
    assert isinstance(outcome, Returned), outcome
    found = {int(text) for text in decode(outcome.value)}
    assert known in found  # the scanner works: it finds the question that was asked
    assert {hidden[one] for one in found - {known}} == set()


def plan_with(plan: Any, cpu_s: float) -> Any:
    from dataclasses import replace

    return replace(plan, cpu_s=cpu_s)


def test_no_readable_path_leads_to_the_project_or_to_its_cases() -> None:
    kept = [ROOT / name for name in ("grader", "reference", "assignments", "tests", ".grader", "samples", ".git")]
    for path in map(Path, readable_paths(["numpy"])):
        real = path.resolve()
        assert not any(real.is_relative_to(folder) or folder.is_relative_to(real) for folder in kept), path
    assert sys.prefix not in readable_paths(["numpy"])


LISTENER = """
import select
import sys
import time
import tools

def waits():
    poller = select.poll()
    poller.register(tools.descriptor(), select.POLLIN)
    time.sleep(0.05)  # whatever is on its way has come by then
    return bool(poller.poll(0))

def first(x):
    frame = sys._getframe()
    while frame.f_code.co_name != "run":
        frame = frame.f_back
    return waits(), b"first" in frame.f_locals["body"], b"second" in frame.f_locals["body"]

second = first
"""


@pytest.mark.parametrize("walls", [("fork",), ()], ids=["forked", "spawned"])
def test_a_function_is_not_asked_before_the_one_before_it_is_done(walls: tuple[str, ...]) -> None:
    """Neither in memory nor in the channel: what was not asked yet is not there."""
    tools = Path(__file__).with_name("tools.py").read_text("utf-8")
    files = parse_submission("listener.py", ".py", LISTENER.encode(), {}).files
    program = Program(files=files, provided={"tools": tools}, wanted=("first", "second"), memory_mb=256)
    plans = [Plan(name, number, ((name, encode((1.0,))),)) for name in ("first", "second") for number in range(3)]
    with Sandbox(walls=walls) as sandbox:
        outcomes = [outcome[-1] for outcome in sandbox.run(program, plans).outcomes]
    assert all(isinstance(outcome, Returned) for outcome in outcomes)
    told = [decode(outcome.value) for outcome in outcomes if isinstance(outcome, Returned)]
    assert told == [(False, True, False)] * 3 + [(False, False, True)] * 3
