"""Public code makes the calls of graded functions, and sees what they draw."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.confined.watching import drawn_by
from grader.sandbox.parent import Sandbox
from tests.confined.submitted import outcome


@pytest.mark.parametrize(
    ("function", "count"),
    [
        (lambda: np.random.randn(3, 2), 1),
        (lambda: np.random.standard_normal(4) + np.random.normal(size=4), 2),
        (lambda: np.random.normal(0, 1, 4), 1),
        (lambda: np.random.default_rng(1).standard_normal(4), 1),
        (lambda: np.random.RandomState(1).normal(loc=0.0, scale=1.0, size=4), 1),
        (lambda: np.random.normal(0, 2, 4) + np.random.normal(1, 1, 4) + np.random.rand(4), 0),
        (lambda: np.random.default_rng(1).random(4), 0),
    ],
)
def test_what_is_drawn_from_the_standard_normal_distribution_is_noted(function: Callable[[], object], count: int) -> None:
    _, drawn = drawn_by(np, function)
    assert len(drawn) == count


def test_a_seed_does_nothing_meanwhile_and_everything_is_as_before_in_the_end() -> None:
    def function() -> object:
        np.random.seed(1)
        return np.random.randn(2)

    before = np.random.randn
    once, again = (drawn_by(np, function)[0] for _ in range(2))
    assert not np.array_equal(once, again)
    assert np.random.randn is before


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_public_code_is_around_each_call(sandbox: Sandbox) -> None:
    public = "def around(name, function, args):\n    return name, function(*(10 * one for one in args))\n"
    assert outcome(sandbox, "def f(x):\n    return x + 1\n", 2, public=public) == ("f", 21)
    raising = outcome(sandbox, "def f(x):\n    return 1 / 0\n", 2, public=public)
    assert raising == "ZeroDivisionError: division by zero"
