"""KNearestNeighbor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from k_nearest_neighbor import KNearestNeighbor
from reference.vision.classifiers.k_nearest_neighbor import KNearestNeighbor as Right


@st.composite
def data(draw):
    n, m, k = (draw(st.integers(1, 7)) for _ in "nmk")
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.standard_normal((n, k)), rng.integers(0, 3, n), rng.standard_normal((m, k))


def trained(cls, X, y):
    """An object that knows its examples, and after it another one with others: a class must not share them."""
    made, other = cls(), cls()
    made.X_train, made.y_train = X, y
    other.X_train, other.y_train = -X[:1], y[:1]
    return made


@given(data())
def test_train(drawn):
    X, y, _ = drawn
    knn = KNearestNeighbor()
    knn.train(X, y)
    assert np.array_equal(knn.X_train, X)
    assert np.array_equal(knn.y_train, y)
    assert knn.X_train.dtype == X.dtype


@pytest.mark.parametrize("form", ["two_loops", "one_loop", "no_loops"])
@given(drawn=data())
def test_distances(form, drawn):
    X, y, new = drawn
    before = X.copy(), new.copy()
    found = getattr(trained(KNearestNeighbor, X, y), f"compute_distances_{form}")(new)
    expected = trained(Right, before[0], y).compute_distances_two_loops(before[1])
    assert type(found) is np.ndarray
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert np.array_equal(X, before[0])
    assert np.array_equal(new, before[1])


@given(data(), st.data())
def test_predict_labels(drawn, more):
    X, y, new = drawn
    k = more.draw(st.integers(1, len(X)))
    dists = np.abs(np.random.default_rng(k).standard_normal((len(new), len(X))))
    before = dists.copy()
    found = trained(KNearestNeighbor, X, y).predict_labels(dists, k)
    assert np.shape(found) == (len(new),)
    assert np.array_equal(found, trained(Right, X, y).predict_labels(before, k))
    assert np.array_equal(dists, before)
