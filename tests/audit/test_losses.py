"""The loss of a mistake against its severity."""

from __future__ import annotations

import pytest

from grader.audit.losses import Loss, disputed


@pytest.mark.parametrize(
    ("severity", "part", "fits"),
    [
        ("slip", 0.2, True),
        ("slip", 0.28, True),
        ("slip", 0.282, False),
        ("slip", 0.3, False),
        ("fault", 0.2, False),
        ("fault", 0.5, True),
        ("fault", 0.8, False),
        ("grave", 0.4, False),
        ("grave", 1.0, True),
    ],
)
def test_a_loss_lies_in_the_band_of_its_severity(severity: str, part: float, fits: bool) -> None:
    assert disputed([Loss("a", severity, part)], {}) == [""] or not fits  # type: ignore[arg-type]  # one of the three
    assert bool(disputed([Loss("a", severity, part)], {})[0]) is not fits  # type: ignore[arg-type]


def test_a_graver_mistake_costs_no_less_than_a_lighter_one() -> None:
    losses = [Loss("light", "fault", 0.7), Loss("heavy", "grave", 0.55)]
    assert [bool(dispute) for dispute in disputed(losses, {})] == [False, True]


def test_nothing_is_said_against_what_its_author_declares() -> None:
    losses = [Loss("light", "fault", 0.9), Loss("heavy", "grave", 0.55)]
    assert disputed(losses, {"light": "why"}) == ["", ""]
