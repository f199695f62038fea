"""affine_forward and affine_backward."""

import layers
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.vision import layers as right


@st.composite
def arguments(draw, images=False, dtype=np.float64):
    n, p, q, m = (draw(st.integers(1, 5)) for _ in "npqm")
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.standard_normal((n, p, q) if images else (n, p * q))
    return tuple(a.astype(dtype) for a in (x, rng.standard_normal((p * q, m)), rng.standard_normal(m)))


def same(found, expected, rtol=1e-9):
    assert type(found) is np.ndarray
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)


def forward_and_unchanged(x, w, b):
    before = [a.copy() for a in (x, w, b)]
    out, cache = layers.affine_forward(x, w, b)
    assert all(map(np.array_equal, (x, w, b), before))
    return out, cache


def check_forward(args, rtol=1e-9):
    out, _ = forward_and_unchanged(*args)
    same(out, right.affine_forward(*args)[0], rtol)


def check_backward(args):
    """On the own cache where the forward pass is right, on that of the reference where it is not."""
    expected, right_cache = right.affine_forward(*args)
    try:
        out, cache = forward_and_unchanged(*args)
        same(out, expected)
    except Exception:
        cache = right_cache
    dout = np.random.default_rng(expected.size).standard_normal(expected.shape)
    before = dout.copy()
    gradients = layers.affine_backward(dout, cache)
    assert type(gradients) is tuple
    assert np.array_equal(dout, before)
    for found, wanted in zip(gradients, right.affine_backward(before, right_cache), strict=True):
        same(found, wanted)


@pytest.mark.parametrize("images", [False, True])
@given(data=st.data())
def test_forward(images, data):
    check_forward(data.draw(arguments(images)))


@given(arguments(dtype=np.float32))
def test_single_precision(args):
    check_forward(args, rtol=1e-4)


@pytest.mark.parametrize("images", [False, True])
@given(data=st.data())
def test_backward(images, data):
    check_backward(data.draw(arguments(images)))
