"""Bounds on what an author's code may take when it meets values of a student."""

from __future__ import annotations

import contextlib
import os
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

try:
    import resource
except ImportError:  # Windows: no limits
    resource = None  # type: ignore[assignment]

__all__ = ["MEMORY", "bounded_memory", "limit_cpu", "limit_memory", "without_warnings"]

MEMORY = 1 << 30

# Limits and filters of warnings are the whole process's: a thread that put back what it found while another one is
# inside would take the bound away from it, or leave the other's filter for good. So one thread at a time is inside.
_ONE_AT_A_TIME = threading.RLock()


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """A MemoryError where an author's code would take very much memory over a student's values.

    Two replies of a megabyte, a column and a row, are broadcast to a terabyte as soon as a judge subtracts
    one from the other; without a bound that ends the grader and not the judge.
    """
    if resource is None:
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
    """For good: this process may map so many bytes more."""
    _limit(resource.RLIMIT_AS, _mapped() + more)


def limit_cpu(seconds: int) -> None:
    """For good: this process may use so many seconds of CPU time."""
    _limit(resource.RLIMIT_CPU, seconds)


def _limit(which: int, bound: int) -> None:
    value = _within(bound, resource.getrlimit(which)[1])
    resource.setrlimit(which, (value, value))


def _within(bound: int, limit: int) -> int:
    """The smaller of two limits."""
    return bound if limit == resource.RLIM_INFINITY else min(bound, limit)


def _mapped() -> int:
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc: allow for what Python and NumPy map
        return 4 << 30
