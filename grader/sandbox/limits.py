"""Bounds on what an author's code may take when it meets values of a student."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

try:
    import resource
except ImportError:  # Windows: no limits
    resource = None  # type: ignore[assignment]

__all__ = [
    "MEMORY",
    "OutOfBudget",
    "bounded_memory",
    "bounded_work",
    "can_confine",
    "charge",
    "check_budget",
    "is_browser",
    "limit_cpu",
    "limit_memory",
    "or_when_late",
    "spent_s",
    "without_warnings",
]

MEMORY = 1 << 30
_P = ParamSpec("_P")
_R = TypeVar("_R")
_D = TypeVar("_D")

# Limits and filters of warnings are the whole process's: a thread that put back what it found while another one is
# inside would take the bound away from it, or leave the other's filter for good. So one thread at a time is inside.
_ONE_AT_A_TIME = threading.RLock()


def can_confine() -> bool:
    """Whether this system has walls to put around code. Elsewhere only somebody's own work is graded, in plain processes.

    macOS has fork and limits, too, but its linear algebra may not be forked, and its limits of memory do not hold.
    """
    return sys.platform == "linux"


def is_browser() -> bool:
    """Whether this is a browser's Python (Pyodide), which can start no process and no thread."""
    return sys.platform == "emscripten"


class OutOfBudget(Exception):
    """What was done here for one submission has used up its CPU time."""


class _Account(threading.local):
    """When the CPU clock of this thread has gone too far; each thread grades one submission at a time."""

    end_s = math.inf
    charged_s = 0.0


_ACCOUNT = _Account()


@contextlib.contextmanager
def bounded_work(cpu_s: float) -> Iterator[None]:
    """From here on :func:`check_budget` raises when this thread has used so many seconds of CPU time.

    The limits of a worker bound what a submission does. This one bounds what it makes others do: replies that are
    received, decoded, compared and explained. It is no limit that ends the thread; long work has to ask. What is bounded
    already, from the reading of the submission on, gets no more by it.
    """
    before = _ACCOUNT.end_s
    _ACCOUNT.end_s = min(before, spent_s() + cpu_s)
    try:
        yield
    finally:
        _ACCOUNT.end_s = before


def check_budget() -> None:
    """Raise :class:`OutOfBudget` where there is no time left; outside of :func:`bounded_work` there always is."""
    if spent_s() > _ACCOUNT.end_s:
        raise OutOfBudget


def or_when_late(default: _D) -> Callable[[Callable[_P, _R]], Callable[_P, _R | _D]]:
    """A decorator: the function gives this where there is no time left, before it begins or for what it reads.

    It is for what decides about words or about another try. A verdict says itself that there was no time.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R | _D]:
        @functools.wraps(function)
        def within_budget(*args: _P.args, **kwargs: _P.kwargs) -> _R | _D:
            try:
                check_budget()
                return function(*args, **kwargs)
            except OutOfBudget:
                return default

        return within_budget

    return decorate


def spent_s() -> float:
    """CPU seconds of this thread, and of what was done in its place."""
    clock = getattr(time, "thread_time", time.process_time)  # a browser has no threads
    return float(clock()) + _ACCOUNT.charged_s


def charge(cpu_s: float) -> None:
    """Count what another process, or an earlier submission, has done in this thread's place."""
    _ACCOUNT.charged_s += cpu_s


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """A MemoryError where an author's code would take very much memory over a student's values.

    Two replies of a megabyte, a column and a row, are broadcast to a terabyte as soon as a judge subtracts
    one from the other; without a bound that ends the grader and not the judge.
    """
    if not can_confine():
        yield
        return
    with _ONE_AT_A_TIME:
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_within(_within(_mapped() + MEMORY, hard), soft), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def without_warnings() -> Iterator[None]:
    """No warning is shown, whatever a student's values lead an author's code to."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def limit_memory(more: int) -> None:
    """For good: this process may map so many bytes more, and its end leaves no file of what it held."""
    value = _within(_mapped() + more, resource.getrlimit(resource.RLIMIT_AS)[1])
    resource.setrlimit(resource.RLIMIT_AS, (value, value))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_cpu(more: float) -> None:
    """Until the next call: this process may use so many seconds of CPU time more, and one at least."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (_within(math.ceil(time.process_time() + max(1.0, more)), hard), hard))


def _within(bound: int, limit: int) -> int:
    """The smaller of two limits."""
    return bound if limit == resource.RLIM_INFINITY else min(bound, limit)


def _mapped() -> int:
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc: allow for what Python and NumPy map
        return 4 << 30
