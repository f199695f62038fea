"""Bounds on an author's code that meets values of a student."""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.sandbox import helpers
from grader.sandbox.helpers import from_a_copy
from grader.sandbox.limits import MEMORY, OutOfBudget, bounded_memory, bounded_work, charge, check_budget, without_warnings
from tests.leftovers import descendants


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


# -- copies of this process ------------------------------------------------------------------------


def forever() -> None:
    while True:
        pass


def too_much() -> None:
    np.ones(4 * MEMORY)


def not_there() -> None:
    raise SystemExit


@pytest.mark.sandbox
@pytest.mark.parametrize("ends", [forever, too_much, not_there])
def test_a_copy_that_does_not_come_to_an_end_gives_what_it_gave_before(ends: Callable[[], None]) -> None:
    def work() -> Iterator[bytes]:
        yield b"first"
        ends()
        yield b"second"

    before = descendants()
    with bounded_work(60.0):
        assert list(from_a_copy(work, cpu_s=1)) == [b"first"]
    assert descendants() == before


@pytest.mark.sandbox
def test_a_copy_is_right_in_threads_that_work_at_the_same_time() -> None:
    answers: dict[int, list[bytes]] = {}

    def ask(number: int) -> None:
        with bounded_work(60.0):
            answers[number] = list(from_a_copy(lambda: (b"%d" % (number + n) for n in range(3)), cpu_s=5))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {number: [b"%d" % (number + n) for n in range(3)] for number in range(8)}


@pytest.mark.sandbox
def test_the_time_of_a_copy_is_charged() -> None:
    def work() -> Iterator[bytes]:
        while time.process_time() < 0.3:
            pass
        yield b"done"

    with bounded_work(0.25):
        assert list(from_a_copy(work, cpu_s=5)) == [b"done"]
        with pytest.raises(OutOfBudget):
            check_budget()


@pytest.mark.sandbox
def test_a_copy_that_cannot_be_made_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError("too many processes")

    monkeypatch.setattr(os, "fork", refused)
    before = os.listdir("/proc/self/fd")
    with bounded_work(60.0), pytest.raises(BlockingIOError) as refusal:
        list(from_a_copy(lambda: [b"never"], cpu_s=1))
    assert (len(os.listdir("/proc/self/fd")), str(refusal.value)) == (len(before), "too many processes")


def test_what_is_trusted_is_asked_here() -> None:
    here = threading.get_native_id()
    assert list(from_a_copy(lambda: [b"%d" % threading.get_native_id()], cpu_s=1)) == [b"%d" % here]


@pytest.mark.sandbox
@pytest.mark.parametrize(("times", "expected"), [(1, [b"one", b"two"]), (2, [b"one"])])
def test_a_copy_that_waits_for_a_lock_is_made_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, expected: list[bytes]
) -> None:
    """A thread that held it when the copy was made is not in the copy."""
    monkeypatch.setattr(helpers, "_LOOK_S", 0.2)
    lock = threading.Lock()
    lock.acquire()

    def work() -> Iterator[bytes]:
        yield b"one"
        tried = len(list(tmp_path.iterdir()))
        (tmp_path / str(tried)).touch()
        if tried < times:
            lock.acquire()
        yield b"two"

    before = descendants()
    with bounded_work(60):
        assert list(from_a_copy(work, cpu_s=5)) == expected
    assert len(list(tmp_path.iterdir())) == 2
    assert descendants() == before
