from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from reference.data import Dataset, curved_border, noisy_circles, read_mat


@pytest.mark.parametrize(("make", "sizes"), [(noisy_circles, (300, 100)), (curved_border, (211, 200))])
def test_made_data_has_the_published_sizes_both_labels_and_no_other(
    make: Callable[[], Dataset], sizes: tuple[int, int]
) -> None:
    data = make()
    for X, Y, m in ((data.X_train, data.Y_train, sizes[0]), (data.X_test, data.Y_test, sizes[1])):
        assert X.shape == (2, m) and Y.shape == (1, m)
        assert set(np.unique(Y)) == {0, 1}
        assert 0.4 < Y.mean() < 0.6


@pytest.mark.parametrize("make", [noisy_circles, curved_border])
def test_made_data_is_the_same_every_time_and_leaves_the_global_generator_alone(
    make: Callable[[], Dataset],
) -> None:
    np.random.seed(9)
    expected = np.random.rand()
    np.random.seed(9)
    first, again = make(), make()
    assert np.random.rand() == expected
    for name in ("X_train", "Y_train", "X_test", "Y_test"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))


def test_the_rings_are_one_inside_the_other_with_the_promised_noise() -> None:
    data = noisy_circles()
    radius = np.hypot(*data.X_train)
    for label, expected in ((0, 1.0), (1, 0.8)):
        ring = radius[data.Y_train[0] == label]
        # The mean of 150 radii scatters by 0.05 / sqrt(150) = 0.004 around 1 or 0.8.
        assert ring.mean() == pytest.approx(expected, abs=0.03)
        assert ring.std() == pytest.approx(0.05, abs=0.02)


def save(path: Path, **arrays: np.ndarray) -> Path:
    savemat(path, arrays)
    return path


def test_a_matlab_file_is_read_with_examples_as_columns(tmp_path: Path) -> None:
    X, Xval = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(4, 2)
    y, yval = np.array([[0], [1], [1]]), np.array([[1], [0], [0], [1]])
    data = read_mat(save(tmp_path / "some.mat", X=X, y=y, Xval=Xval, yval=yval))
    assert isinstance(data, Dataset) and "some.mat" in data.name
    for actual, expected in zip((data.X_train, data.Y_train, data.X_test, data.Y_test), (X, y, Xval, yval), strict=True):
        np.testing.assert_array_equal(actual, expected.T)


def test_a_file_without_the_arrays_says_what_it_holds(tmp_path: Path) -> None:
    path = save(tmp_path / "other.mat", X=np.zeros((3, 2)), z=np.zeros(1))
    with pytest.raises(ValueError, match="has no y, Xval, yval; expected X, y, Xval, yval, found X, z"):
        read_mat(path)


def test_a_file_of_another_kind_or_no_file_is_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "text.mat"
    text.write_text("not a MATLAB file at all, but long enough for a header " * 9)
    for path in (text, tmp_path / "absent.mat", tmp_path):
        with pytest.raises(ValueError, match=f"{path.name} cannot be read as a MATLAB file"):
            read_mat(path)
