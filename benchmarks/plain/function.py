"""softmax_loss."""

import layers
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from reference.vision import layers as right


@st.composite
def scores(draw, spread):
    n, c = draw(st.integers(1, 7)), draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x, y = rng.standard_normal((n, c)) + spread * rng.standard_normal((n, 1)), rng.integers(0, c, n)
    x[np.arange(n), (y + 1) % c] -= spread / 2
    return x, y


def check(x, y):
    x_before, y_before = x.copy(), y.copy()
    loss, dx = layers.softmax_loss(x, y)
    right_loss, right_dx = right.softmax_loss(x_before, y_before)
    assert np.ndim(loss) == 0
    assert type(dx) is np.ndarray
    assert (dx.shape, dx.dtype) == (right_dx.shape, right_dx.dtype)
    np.testing.assert_allclose(loss, right_loss, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dx, right_dx, rtol=1e-9, atol=1e-12)
    assert np.array_equal(x, x_before)
    assert np.array_equal(y, y_before)


@given(scores(spread=0.0))
def test_values(drawn):
    check(*drawn)


@given(scores(spread=2000.0))
def test_large_scores(drawn):
    check(*drawn)
