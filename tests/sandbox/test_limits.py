"""Bounds on an author's code that meets values of a student."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

from grader.sandbox.limits import MEMORY, bounded_memory, without_warnings


def test_very_much_memory_is_an_error_and_only_inside() -> None:
    column = np.zeros((2 * MEMORY // 8, 1), np.int8)
    with bounded_memory(), pytest.raises(MemoryError):
        column + np.zeros((1, 64), np.int8)
    assert np.zeros(8).size == 8


def test_no_warning_is_shown_inside_and_the_filters_come_back() -> None:
    before = list(warnings.filters)
    with without_warnings():
        warnings.warn("of a student's values", RuntimeWarning, stacklevel=1)
    assert list(warnings.filters) == before


def test_threads_that_overlap_leave_the_filters_as_they_were() -> None:
    before = list(warnings.filters)
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with without_warnings():
            inside.set()
            leave.wait(10)

    def second() -> None:
        with without_warnings():  # waits until the other one has put back what it found
            pass

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    leave.set()
    for thread in threads:
        thread.join(10)
    assert list(warnings.filters) == before
