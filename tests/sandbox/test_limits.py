"""Bounds on an author's code that meets values of a student."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

from grader.sandbox.limits import MEMORY, OutOfBudget, bounded_memory, bounded_work, charge, check_budget, without_warnings


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


# -- the budget of what is done for one submission -----------------------------------------------


def test_work_has_a_budget_of_its_threads_own_time() -> None:
    check_budget()  # outside there is none
    with bounded_work(3600.0):
        check_budget()
        with pytest.raises(OutOfBudget), bounded_work(0.05):
            ask_for_ever()
        check_budget()


def ask_for_ever() -> None:
    while True:
        check_budget()


def test_what_another_process_did_counts() -> None:
    with bounded_work(5.0):
        charge(10.0)
        with pytest.raises(OutOfBudget):
            check_budget()
    check_budget()


def test_threads_have_budgets_of_their_own() -> None:
    problems: list[Exception] = []

    def other() -> None:
        try:
            check_budget()
        except OutOfBudget as error:
            problems.append(error)

    with bounded_work(0.0):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert problems == []
