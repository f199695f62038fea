"""Which assignments of the course can be graded here: some are about a framework, which need not be installed.

``python -m tests.gradable`` prints their names, a line each, and says of the others on standard error what they lack.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from grader.course import Course
from grader.errors import HarnessError
from grader.sandbox.child import package_folders

COURSE = Course(Path(__file__).resolve().parents[1])


def lacks(name: str) -> str:
    """What an assignment lacks here; empty where it can be graded."""
    try:
        package_folders(COURSE.load(name).spec.packages)
    except HarnessError as error:
        return str(error)
    return ""


def parametrized(names: Iterable[str] = COURSE.names) -> list[Any]:
    """The names as parameters of a test, which is skipped with the reason where an assignment cannot be graded."""
    return [pytest.param(name, marks=_marks(name)) for name in names]


def _marks(name: str) -> list[pytest.MarkDecorator]:
    if reason := lacks(name):
        return [pytest.mark.skip(reason=f"{name}: {reason}")]
    return [pytest.mark.sandbox] if COURSE.load(name).spec.framework else []  # a worker draws its cases


if __name__ == "__main__":
    for one in COURSE.names:
        missing = lacks(one)
        print(f"{one} is left out: {missing}" if missing else one, file=sys.stderr if missing else sys.stdout)
