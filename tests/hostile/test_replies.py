"""Replies of sixty megabytes from every function: what they cost the grader itself stays within its budget."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import WORK_S, grade
from grader.sandbox.parent import Sandbox

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")]

ASSIGNMENT = load_assignment("dnn_step_by_step", course=Path(__file__).parents[2])
REPLIES = {
    "numbers": "np.random.rand(7_500_000)",
    "two arrays": "(np.ones((1000, 3700)), np.ones((3700, 1000)))",
    "a dictionary of arrays": "{f'W{i}': np.ones((250, 1000)) for i in range(1, 30)}",
    "a tuple of arrays": "tuple(np.ones((500, 1000)) for _ in range(14))",
    "small numbers": "np.ones(60_000_000, np.int8)",
    "a column": "np.ones((7_000_000, 1))",
    "a list": "[float(i) for i in range(190_000)]",
    "texts": "{str(i): 'x' * 9_000 for i in range(990)}",
    "complex numbers": "np.ones(3_700_000, complex)",
    "half precision": "np.ones(30_000_000, np.float16)",
}


def used_s() -> float:
    """CPU seconds of this process; those of its copies are charged to it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_replies_of_sixty_megabytes_cost_the_grader_no_more_than_its_budget(
    sandbox: Sandbox, tmp_path: Path, reply: str
) -> None:
    cases = frozen_cases(ASSIGNMENT)
    functions = "".join(f"def {name}(*arguments):\n    return {reply}\n\n" for name in cases.functions)
    (tmp_path / "hw.py").write_text(f"import numpy as np\n\n{functions}", "utf-8")
    before = used_s()
    report = grade(ASSIGNMENT, tmp_path / "hw.py", cases=cases, runner=sandbox)
    used = used_s() - before
    print(f"{used:.1f} CPU seconds")
    assert used < WORK_S + 5  # what is read before the budget begins
    assert report.points == 0
    assert {function.status for function in report.functions} == {"too-much-output"}
