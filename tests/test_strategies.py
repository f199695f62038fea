"""What a strategy draws: sizes by class, distinct entries, replies of the reference."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.errors import SpecError
from grader.spec import CaseClass, Code, Step
from grader.strategies import Draw, Rejected


def draw(case: str = "general", seed: int = 0, **sizes: Any) -> Draw:
    generator = np.random.default_rng(seed)

    def integer(low: int, high: int) -> int:
        return int(generator.integers(low, high, endpoint=True))

    functions = {"double": lambda x: 2 * x, "pair": lambda x: (x, {"x": x})}
    case_class = CaseClass(case, count=1, sizes=sizes)
    names = frozenset({case, "steep"})
    return Draw(case_class, integer, lambda options: integer(0, options - 1), [seed], functions.__getitem__, names)


def test_a_case_is_compared_with_the_classes_that_there_are_and_with_no_other() -> None:
    case = draw("small").case
    assert case == "small"
    assert case != "steep"
    assert case in ("steep", "small")
    with pytest.raises(SpecError, match=r"draw\.case with 'stepe'; the case classes are: 'small', 'steep'"):
        _ = case == "stepe"
    with pytest.raises(SpecError, match="'stepe'"):
        _ = case != "stepe"


SEEDS = range(40)


@pytest.mark.parametrize(("case", "low", "high"), [("small", 2, 4), ("general", 1, 7), ("one example", 2, 5)])
def test_sizes_lie_in_the_range_of_the_class_and_differ(case: str, low: int, high: int) -> None:
    for seed in SEEDS:
        found = draw(case, seed).sizes("n", "k", "m")
        assert all(low <= n <= high for n in found)
        assert len(set(found)) == 3


def test_sizes_repeat_only_where_the_range_is_too_small() -> None:
    assert draw("small", n=(2, 2), m=(2, 2)).sizes("n", "m") == (2, 2)


def test_a_class_pins_and_bounds_sizes() -> None:
    for seed in SEEDS:
        n, m = draw("general", seed, m=1, n=(20, 40)).sizes("n", "m")
        assert m == 1
        assert 20 <= n <= 40
    assert draw("general", n=3).size("n") == 3


def test_layers_have_neighbours_of_different_size_and_the_wanted_outputs() -> None:
    depths = set()
    for seed in SEEDS:
        dims = draw("general", seed).layers()
        depths.add(len(dims) - 1)
        assert dims[-1] == 1
        assert all(a != b for a, b in pairwise(dims))
    assert depths == {3, 4}
    assert all(len(draw("general", seed).layers((1, 1), outputs=None)) == 2 for seed in SEEDS)


def test_a_class_pins_depth_and_width() -> None:
    assert len(draw("deep", L=5).layers()) == 6
    assert {len(draw("deep", seed, L=(1, 2)).layers()) for seed in SEEDS} == {2, 3}
    assert set(draw("narrow", width=1).layers((3, 3))) == {1}
    assert all(max(draw("wide", seed, width=(2, 3)).layers()) <= 3 for seed in SEEDS)


@pytest.mark.parametrize("case", ["small", "general", "kink"])
def test_entries_are_distinct_and_never_zero(case: str) -> None:
    for seed in SEEDS:
        array = draw(case, seed).array(5, 12)
        assert array.shape == (5, 12)
        assert array.dtype == np.float64
        assert np.unique(array).size == array.size
        assert array.all()


def test_small_entries_can_be_recomputed_by_hand() -> None:
    array = draw("small").array(3, 4, scale=0.5)
    assert np.array_equal(array * 16, np.rint(array * 16))
    assert np.abs(array).max() <= 24 * 0.5 / 8
    assert (draw("small").array(4, 4, positive=True) > 0).all()


def test_general_entries_have_about_the_wanted_scale() -> None:
    array = draw("general").array(100, 100, scale=3.0)
    assert 2.8 < array.std() < 3.2
    assert np.abs(array).min() >= 0.03
    assert (draw("general").array(9, 9, positive=True) > 0).all()


def test_an_array_may_be_empty_or_a_single_number() -> None:
    assert draw("small").array(0, 3).shape == (0, 3)
    assert draw("general").array().shape == ()


def test_labels_hold_both_kinds_where_there_is_room() -> None:
    for seed in SEEDS:
        labels = draw("general", seed).labels(1, 3)
        assert set(labels.ravel()) == {0, 1}
    assert draw().labels(1, 1).shape == (1, 1)
    assert {draw("general", seed).labels(1, 2).dtype.name for seed in SEEDS} == {"float64", "int64"}
    assert draw().labels(1, 2, dtype=np.int8).dtype == np.int8


@pytest.mark.parametrize("case", ["small", "general"])
def test_probabilities_are_distinct_and_away_from_the_ends(case: str) -> None:
    found = draw(case).probabilities(1, 40)
    assert np.unique(found).size == 40
    assert found.min() >= 0.05
    assert found.max() <= 0.95


def test_more_small_probabilities_than_sixty_fourths_are_drawn_freely() -> None:
    assert np.unique(draw("small").probabilities(10, 10)).size == 100


def test_parameters_come_in_the_order_of_the_exercise() -> None:
    parameters = draw().parameters([4, 3, 1])
    assert {name: value.shape for name, value in parameters.items()} == {
        "W1": (3, 4),
        "b1": (3, 1),
        "W2": (1, 3),
        "b2": (1, 1),
    }
    assert list(parameters) == ["W1", "b1", "W2", "b2"]
    wide = draw().parameters([100, 50], scale=0.01)["W1"]
    assert 0.009 < wide.std() < 0.011


def test_gradients_are_drawn_like_their_parameters() -> None:
    d = draw()
    parameters = d.parameters([4, 3, 1])
    grads = d.like(parameters)
    partly = d.partly_zero(grads)
    assert any(not value.any() for value in partly.values())
    assert any((partly[name] == value).all() and value.any() for name, value in grads.items())
    assert list(grads) == ["dW1", "db1", "dW2", "db2"]
    assert all(grads["d" + name].shape == value.shape for name, value in parameters.items())
    assert (d.like(parameters, "s", positive=True)["sW1"] > 0).all()


def test_choices_and_numbers_stay_inside() -> None:
    assert {draw("general", seed).choice(["a", "b"]) for seed in SEEDS} == {"a", "b"}
    numbers = {draw("general", seed).number(1, 2) for seed in SEEDS}
    assert min(numbers) >= 1
    assert max(numbers) <= 2
    assert {draw("general", seed).integer(3, 4) for seed in SEEDS} == {3, 4}


def test_the_same_seed_draws_the_same() -> None:
    assert np.array_equal(draw("general", 3).array(4, 4), draw("general", 3).array(4, 4))
    assert not np.array_equal(draw("general", 3).array(4, 4), draw("general", 4).array(4, 4))


def test_a_recorded_call_is_a_step_and_its_reply_a_copy() -> None:
    d = draw()
    x = np.ones(2)
    reply = d.call("pair", x)
    assert reply[0] is not x
    assert reply[0] is reply[1]["x"]
    assert d.steps == [Step("pair", (x,))]
    assert d.replies == [reply]


def test_a_call_to_look_at_is_not_recorded() -> None:
    d = draw()
    assert d.right("double", 3) == 6
    assert d.steps == []


def test_planted_helpers_and_facts_are_kept() -> None:
    d = draw()
    d.give("step", Code("constant", (1,)))
    d.note(a=1)
    d.note(b=2)
    assert d.given == {"step": Code("constant", (1,))}
    assert d.facts == {"a": 1, "b": 2}


def test_a_draw_that_is_given_up_says_why() -> None:
    with pytest.raises(Rejected, match="too near to a kink"):
        draw().reject("too near to a kink")
    assert issubclass(Rejected, SpecError)
