"""Oracle: exact arithmetic with fractions."""

from fractions import Fraction
from itertools import product
from math import floor

import pytest

from reference.learning_rate_decay import schedule_lr_decay, update_lr

RATES = [0.5, 0.01, 3.0]
DECAYS = [0.0, 0.3, 1.0, 2.5]


def test_update_lr_equals_the_exact_quotient() -> None:
    for rate, decay, epoch in product(RATES, DECAYS, [0, 1, 17, 1000]):
        exact = Fraction(rate) / (1 + Fraction(decay) * epoch)
        assert update_lr(rate, epoch, decay) == pytest.approx(float(exact), rel=1e-15)


def test_scheduled_decay_equals_the_exact_quotient_on_both_sides_of_each_step() -> None:
    for rate, decay, interval in product(RATES, DECAYS, [1, 7, 1000]):
        for epoch in (0, 1, interval - 1, interval, interval + 1, 3 * interval - 1, 3 * interval):
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
