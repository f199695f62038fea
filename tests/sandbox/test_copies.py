"""Copies of this process that answer one question after another."""

from __future__ import annotations

import os
import random
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from grader.sandbox import copies
from grader.sandbox.copies import Copy, LostError
from grader.sandbox.limits import MEMORY
from tests.leftovers import descendants

pytestmark = pytest.mark.sandbox


def forever() -> None:
    while True:
        pass


def too_much() -> None:
    np.ones(4 * MEMORY)


def not_there() -> None:
    raise SystemExit


@pytest.mark.parametrize("ends", [forever, too_much, not_there])
def test_a_copy_that_does_not_come_to_an_end_is_lost_and_the_next_question_is_answered(ends: Callable[[], None]) -> None:
    def serve(question: bytes) -> bytes:
        if question == b"end":
            ends()
        return question * 2

    before = descendants()
    copy = Copy(serve)
    assert copy.ask(b"one", 1) == b"oneone"
    with pytest.raises(LostError):
        copy.ask(b"end", 1)
    assert copy.ask(b"two", 1) == b"twotwo"
    copy.close()
    assert descendants() == before


def test_one_copy_answers_many_questions_until_it_is_closed() -> None:
    copy = Copy(lambda question: b"%d" % os.getpid())
    first = {copy.ask(b"%d" % number, 1) for number in range(5)}
    copy.close()
    assert (len(first), copy.ask(b"later", 1) in first) == (1, False)
    copy.close()


def test_nothing_that_was_kept_in_a_copy_is_there_after_it_was_closed() -> None:
    """So that what one submission makes of a copy, the next one does not meet."""
    kept: list[bytes] = []

    def serve(question: bytes) -> bytes:
        kept.append(question)
        return b" ".join(kept)

    copy = Copy(serve)
    assert (copy.ask(b"one", 1), copy.ask(b"two", 1)) == (b"one", b"one two")
    copy.close()
    assert copy.ask(b"three", 1) == b"three"
    copy.close()


def test_the_same_question_is_asked_once_and_counts_as_often_as_it_comes() -> None:
    def serve(question: bytes) -> bytes:
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
        return b"%d" % os.getpid()

    copy = Copy(serve)
    first = copy.ask(b"one", 5)
    copy.close()
    assert [copy.ask(b"one", 5) for _ in range(5)] == [first] * 5
    assert copy.used_s >= 0.6
    assert copy.ask(b"two", 5) != first
    copy.close()


def test_an_answer_that_took_more_than_is_left_is_not_taken_from_before() -> None:
    def serve(question: bytes) -> bytes:
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
        return b"%d" % os.getpid()

    copy = Copy(serve)
    first = copy.ask(b"one", 5)
    copy.close()
    assert copy.ask(b"one", 0.05) != first
    copy.close()


def test_each_question_has_a_limit_of_its_own() -> None:
    """Together they take more than one may."""

    def serve(question: bytes) -> bytes:
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        return b"done"

    copy = Copy(serve)
    assert [copy.ask(b"%d" % number, 1) for number in range(8)] == [b"done"] * 8
    copy.close()


def test_the_same_question_meets_the_same_random_numbers() -> None:
    copy = Copy(lambda question: np.random.rand(3).tobytes() + struct.pack("<d", random.random()))
    assert copy.ask(b"one", 1) == copy.ask(b"two", 1)
    copy.close()


def test_random_numbers_that_a_question_has_loaded_are_the_same_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    copies_of_numpy = {name: module for name, module in sys.modules.items() if name.startswith("numpy.random")}
    for name in copies_of_numpy:
        monkeypatch.delitem(sys.modules, name)

    def serve(question: bytes) -> bytes:
        sys.modules.update(copies_of_numpy)
        return bytes(np.random.rand(3).tobytes())

    copy = Copy(serve)
    assert copy.ask(b"one", 1) == copy.ask(b"two", 1)
    copy.close()


def test_copies_are_right_in_threads_that_work_at_the_same_time() -> None:
    answers: dict[int, list[bytes]] = {}

    def ask(number: int) -> None:
        copy = Copy(lambda question: question + b"%d" % number)
        answers[number] = [copy.ask(b"%d " % n, 5) for n in range(3)]
        copy.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {number: [b"%d %d" % (n, number) for n in range(3)] for number in range(8)}


def test_the_time_of_a_copy_is_told_also_that_of_a_lost_one() -> None:
    def serve(question: bytes) -> bytes:
        end = time.process_time() + 0.1
        while time.process_time() < end or question:
            pass
        return b"done"

    copy = Copy(serve)
    copy.ask(b"", 5)
    assert 0.1 <= copy.used_s < 1
    with pytest.raises(LostError):
        copy.ask(b"for ever", 1)
    assert copy.used_s >= 1


def test_a_copy_that_cannot_be_made_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError("too many processes")

    monkeypatch.setattr(os, "fork", refused)
    before = os.listdir("/proc/self/fd")
    with pytest.raises(BlockingIOError) as refusal:
        Copy(lambda question: question).ask(b"", 1)
    assert (len(os.listdir("/proc/self/fd")), str(refusal.value)) == (len(before), "too many processes")


@pytest.mark.parametrize(("times", "answered"), [(1, True), (2, False)])
def test_a_copy_that_waits_for_a_lock_is_made_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, answered: bool
) -> None:
    """A thread that held it when the copy was made is not in the copy."""
    monkeypatch.setattr(copies, "_LOOK_S", 0.2)
    lock = threading.Lock()
    lock.acquire()

    def serve(question: bytes) -> bytes:
        tried = len(list(tmp_path.iterdir()))
        (tmp_path / str(tried)).touch()
        if tried < times:
            lock.acquire()
        return question

    before = descendants()
    copy = Copy(serve)
    try:
        assert copy.ask(b"one", 5) == b"one"
        assert answered
    except LostError:
        assert not answered
    copy.close()
    assert len(list(tmp_path.iterdir())) == 2
    assert descendants() == before
