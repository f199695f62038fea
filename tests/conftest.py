"""What all tests share: their names, and which of them start processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from inspect import unwrap
from types import CodeType, FunctionType
from typing import Any

import pytest
from hypothesis import settings

# No test depends on the clock, nor on a seed that nobody knows.
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")
# Two processes of pytest-xdist on two cores: threads of the linear algebra would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# The tiny course is loaded as a course, never as tests or doctests.
collect_ignore = ["course"]

#: What starts another process, by the name that a test or one of its helpers calls it.
STARTERS = {
    *("Sandbox", "strongest_sandbox", "Answering", "probe", "Interpreters", "Piped"),
    *("grade", "grade_all", "grade_paths", "audit_assignment", "main", "CliRunner"),
    *("subprocess", "Popen", "_build", "write_jupyterlite", "Copy", "starter_notes"),
}
_ID_LENGTH = 60


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes and long texts make no names: a zip holds the time at which it was made."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > _ID_LENGTH) else None


# -- the marker ``sandbox`` ------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start a process: they, a helper of theirs or a fixture of theirs use a starter."""
    verdicts: dict[FunctionType, bool] = {}
    for item in items:
        if isinstance(item, pytest.Function) and any(starts_a_process(f, verdicts) for f in functions_of(item)):
            item.add_marker("sandbox")


def functions_of(item: pytest.Function) -> Iterator[FunctionType]:
    """The function of a test, and those of its fixtures."""
    definitions = item._fixtureinfo.name2fixturedefs.values()
    for function in (item.function, *(one.func for several in definitions for one in several)):
        plain = unwrap(function)
        if isinstance(plain, FunctionType):
            yield plain


def starts_a_process(function: FunctionType, verdicts: dict[FunctionType, bool]) -> bool:
    """Whether a function names a starter, or calls a function of the tests that does."""
    if function not in verdicts:
        verdicts[function] = False  # while it is looked at, for functions that call each other
        names = names_in(function.__code__)
        called = [unwrap(thing) for name in names if callable(thing := function.__globals__.get(name))]
        verdicts[function] = not STARTERS.isdisjoint(names) or any(
            starts_a_process(other, verdicts)
            for other in called
            if isinstance(other, FunctionType) and other.__module__.startswith("tests.")
        )
    return verdicts[function]


def names_in(code: CodeType) -> set[str]:
    """Global names and attributes that a function uses, functions inside of it included."""
    inner = (names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*inner)


# -- a test without the marker starts none ------------------------------------------------------------

_running: list[pytest.Item] = []


def pytest_configure() -> None:
    """Watch for processes; and let Ctrl-C reach those that tests start, also where a shell has put pytest behind itself."""
    sys.addaudithook(_no_process_without_marker)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Remember the test that runs."""
    _running.append(item)
    try:
        return (yield)
    finally:
        _running.pop()


def _no_process_without_marker(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"subprocess.Popen", "os.fork", "os.posix_spawn"} and _running:
        item = _running[-1]
        fonts = event == "subprocess.Popen" and "fc-list" in str(arguments[0])  # matplotlib, once on a new machine
        if not fonts and not item.get_closest_marker("sandbox"):
            raise RuntimeError(f"{item.nodeid} starts a process: add what starts it to STARTERS in tests/conftest.py")
