"""Who is paid when: the table of :class:`grader.judging.payment.Payment`, row by row."""

from __future__ import annotations

import pytest

from grader.judging.payment import Payment


@pytest.mark.parametrize(
    ("payment", "item", "left_out", "inputs"),
    [
        (Payment(), False, False, False),
        (Payment(complete=True), False, False, False),
        (Payment(earned=True), True, False, False),
        (Payment(earned=True, complete=True), True, True, True),
    ],
)
def test_who_is_paid(payment: Payment, item: bool, left_out: bool, inputs: bool) -> None:
    payment = Payment(payment.earned, payment.complete, frozenset({"dA{l}"}))
    assert payment.for_item("dW{l}") is item
    assert payment.for_item("dA{l}") is left_out
    assert payment.for_inputs is inputs
