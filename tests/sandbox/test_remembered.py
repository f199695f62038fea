"""What is remembered of values of a student's is bounded."""

from __future__ import annotations

from grader.sandbox.remembered import Remembered


def test_what_was_found_comes_back_with_the_time_that_it_took() -> None:
    remembered = Remembered[str](10_000)
    remembered.put(b"one", "found", 0.5, 10)
    assert (remembered.get(b"one"), remembered.get(b"two")) == (("found", 0.5), None)


def test_all_is_forgotten_where_the_bound_is_reached_and_what_is_larger_is_not_remembered() -> None:
    remembered = Remembered[str](10_000)
    for number in range(100):
        remembered.put(b"%d" % number, "found", 0.0, 2_000)
    assert sum(remembered.get(b"%d" % number) is not None for number in range(100)) <= 5
    assert remembered.get(b"99") == ("found", 0.0)
    remembered.put(b"large", "found", 0.0, 10_000)
    assert remembered.get(b"large") is None
