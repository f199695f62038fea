"""Oracle: exact arithmetic with fractions."""

from fractions import Fraction
from math import floor

import pytest

from reference.learning_rate_decay import schedule_lr_decay, update_lr

RATES = [0.5, 0.01, 3.0]
DECAYS = [0.0, 0.3, 1.0, 2.5]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("epoch", [0, 1, 2, 17, 1000])
def test_update_lr_equals_the_exact_quotient(rate: float, decay: float, epoch: int) -> None:
    exact = Fraction(rate) / (1 + Fraction(decay) * epoch)
    assert update_lr(rate, epoch, decay) == pytest.approx(float(exact), rel=1e-15)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("interval", [1, 7, 100, 1000])
@pytest.mark.parametrize("epoch", [0, 1, 6, 7, 8, 99, 100, 101, 999, 1000, 2999, 3000])
def test_scheduled_decay_equals_the_exact_quotient(rate: float, decay: float, interval: int, epoch: int) -> None:
    exact = Fraction(rate) / (1 + Fraction(decay) * floor(Fraction(epoch, interval)))
    assert schedule_lr_decay(rate, epoch, decay, interval) == pytest.approx(float(exact), rel=1e-15)


def test_the_interval_is_1000_epochs_unless_told_otherwise() -> None:
    assert [schedule_lr_decay(1.0, epoch, 1.0) for epoch in (999, 1000, 1999, 2000)] == [
        1,
        1 / 2,
        1 / 2,
        1 / 3,
    ]


def test_an_interval_of_one_epoch_is_plain_decay() -> None:
    assert [schedule_lr_decay(0.2, epoch, 0.7, 1) for epoch in range(20)] == [
        update_lr(0.2, epoch, 0.7) for epoch in range(20)
    ]
