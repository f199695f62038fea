"""What is drawn for a seed: the same beside whatever code, and of every option its share."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from grader.freezing.author import read_author
from grader.freezing.drawing import draw_cases
from grader.strategies import CaseClass, Draw
from tests import tiny

CLASSES = (CaseClass("small", count=6), CaseClass("general", count=12), CaseClass("wide", count=2))
SEEDS = range(5)


def drawn(build: Any, seed: int = 0, classes: tuple[CaseClass, ...] = CLASSES) -> list[Any]:
    author = read_author(tiny.assignment())
    return [one.content for one in draw_cases(author, "here", seed, classes, build)]


def several(draw: Draw) -> tuple[Any, ...]:
    return draw.integer(0, 10**6), draw.number(-1.0, 1.0), draw.sizes("n", "m"), draw.choice("abc"), draw.rng.random()


def test_no_module_that_is_loaded_changes_what_is_drawn(tmp_path: Path) -> None:
    before = [drawn(several, seed) for seed in SEEDS]
    path = tmp_path / "numbers_of_a_course.py"
    path.write_text("".join(f"N{n} = {n}\n" for n in range(20_000, 22_000)))
    module_spec = importlib.util.spec_from_file_location(path.stem, path)
    assert module_spec and module_spec.loader
    sys.modules[path.stem] = module = importlib.util.module_from_spec(module_spec)
    try:
        module_spec.loader.exec_module(module)
        assert [drawn(several, seed) for seed in SEEDS] == before
    finally:
        del sys.modules[path.stem]


@pytest.mark.parametrize("options", [2, 3, 4, 7])
def test_every_option_has_its_share_under_every_seed(options: int) -> None:
    for seed in SEEDS:
        found = drawn(lambda d: (d.choice(range(options)), d.integer(0, 10**9)), seed)
        counts = Counter(option for option, _ in found)
        assert max(counts.values()) - min(counts.values()) <= 1
        assert len(counts) == options


def test_two_choices_do_not_go_in_step() -> None:
    for seed in SEEDS:
        assert len({pair[:2] for pair in drawn(lambda d: (d.choice("ab"), d.choice("ab"), d.integer(0, 10**9)), seed)}) == 4


def test_an_option_that_is_refused_keeps_no_place_from_the_others() -> None:
    def picky(draw: Draw) -> tuple[str, int]:
        option = draw.choice("abcd")
        if option == "c":
            draw.reject("not this one")
        return option, draw.integer(0, 10**9)

    for seed in SEEDS:
        found = Counter(option for option, _ in drawn(picky, seed))
        assert found.total() == 20
        assert set(found) == {"a", "b", "d"}
        assert min(found.values()) >= 4


def test_integers_reach_both_ends_and_what_lies_between() -> None:
    found = Counter(n for seed in range(20) for n in drawn(lambda d: d.integer(3, 9) + 0 * d.integer(0, 10**9), seed))
    assert set(found) == set(range(3, 10))
    assert drawn(lambda d: d.integer(4, 4) + 0 * d.integer(0, 10**9)) == [4] * 20


def test_sizes_and_choices_repeat_only_where_there_are_no_others() -> None:
    assert len(set(drawn(lambda d: (d.choice("ab"), *d.sizes("n")), classes=(CaseClass("small", count=6),)))) == 6
    assert len(drawn(lambda d: d.choice("ab"), classes=(CaseClass("small", count=6),))) == 6
