"""Right solutions in other styles: each must get full marks, and each may widen a tolerance by its own rounding."""

import math

import numpy as np

# -- sigmoid -----------------------------------------------------------------------------


def _textbook_sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))  # exp overflows to inf for very negative Z, and 1 / inf is the right 0
    cache = Z
    return A, cache


def _sigmoid_by_tanh(Z):
    return [0.5 * (1 + np.tanh(0.5 * Z)), Z]


def _sigmoid_by_cases(Z):
    A = np.empty_like(Z)
    A[Z >= 0] = 1 / (1 + np.exp(-Z[Z >= 0]))
    A[Z < 0] = np.exp(Z[Z < 0]) / (1 + np.exp(Z[Z < 0]))
    return A, Z.copy()


def _sigmoid_by_logarithm(Z):
    return np.exp(-np.logaddexp(0, -Z)), Z


def _sigmoid_clipped(Z):
    Z_safe = np.clip(Z, -500, 500)
    return np.power(1.0 + np.exp(-Z_safe), -1), Z


def _sigmoid_number_by_number(Z):
    def of(z):
        return 1 / (1 + math.exp(-z)) if z > -700 else 0.0

    return np.array([[of(z) for z in row] for row in Z]), Z


# -- relu --------------------------------------------------------------------------------


def _relu_maximum(Z):
    A = np.maximum(0, Z)
    assert A.shape == Z.shape
    return A, Z


def _relu_where(Z):
    return np.where(Z < 0, 0.0, Z), Z


def _relu_mask(Z):
    return Z * (Z > 0), Z


def _relu_of_absolute(Z):
    return (Z + abs(Z)) / 2, Z


def _relu_copy(Z):
    A = np.copy(Z)
    A[A < 0] = 0
    return A, Z


def _relu_vectorized(Z):
    return np.vectorize(lambda z: max(0.0, z), otypes=[float])(Z), Z


def _relu_clip(Z):
    return np.clip(Z, 0, None), Z


# -- tanh --------------------------------------------------------------------------------


def _tanh_numpy(Z):
    return np.tanh(Z), Z


def _tanh_by_sigmoid(Z):
    return 2 * _textbook_sigmoid(2 * Z)[0] - 1, Z


def _tanh_one_exponential(Z):
    e = np.exp(-2 * np.abs(Z))
    return np.sign(Z) * (1 - e) / (1 + e), Z


# -- backward ----------------------------------------------------------------------------


def _sigmoid_backward_textbook(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    assert dZ.shape == Z.shape
    return dZ


def _sigmoid_backward_by_forward(dA, cache):
    A, _ = _sigmoid_by_tanh(cache)
    return np.multiply(dA, A - A**2)


def _sigmoid_backward_by_cosh(dA, cache):
    return dA / (2 + 2 * np.cosh(cache))


def _relu_backward_template(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def _relu_backward_mask(dA, cache):
    return dA * (cache > 0)


def _relu_backward_where(dA, cache):
    return np.where(cache <= 0, 0, dA)


def _relu_backward_integers(dA, cache):
    return np.multiply(dA, np.int64(cache > 0))


def _relu_backward_heaviside(dA, cache):
    return dA * np.heaviside(cache, 0)


def _relu_backward_number_by_number(dA, cache):
    dZ = np.zeros(dA.shape)
    for i in range(dA.shape[0]):
        for j in range(dA.shape[1]):
            if cache[i][j] > 0:
                dZ[i][j] = dA[i][j]
    return dZ


def _tanh_backward_textbook(dA, cache):
    return dA * (1 - np.power(np.tanh(cache), 2))


def _tanh_backward_by_cosh(dA, cache):
    return dA / np.cosh(cache) ** 2


def _tanh_backward_factors(dA, cache):
    A, _ = _tanh_numpy(cache)
    return dA * (1 - A) * (1 + A)


def _tanh_backward_by_sigmoid(dA, cache):
    return 4 * _sigmoid_backward_textbook(dA, 2 * cache)


STYLES = {
    "sigmoid": [
        _textbook_sigmoid,
        _sigmoid_by_tanh,
        _sigmoid_by_cases,
        _sigmoid_by_logarithm,
        _sigmoid_clipped,
        _sigmoid_number_by_number,
    ],
    "relu": [
        _relu_maximum,
        _relu_where,
        _relu_mask,
        _relu_of_absolute,
        _relu_copy,
        _relu_vectorized,
        _relu_clip,
    ],
    "tanh": [_tanh_numpy, _tanh_by_sigmoid, _tanh_one_exponential],
    "sigmoid_backward": [
        _sigmoid_backward_textbook,
        _sigmoid_backward_by_forward,
        _sigmoid_backward_by_cosh,
    ],
    "relu_backward": [
        _relu_backward_template,
        _relu_backward_mask,
        _relu_backward_where,
        _relu_backward_integers,
        _relu_backward_heaviside,
        _relu_backward_number_by_number,
    ],
    "tanh_backward": [
        _tanh_backward_textbook,
        _tanh_backward_by_cosh,
        _tanh_backward_factors,
        _tanh_backward_by_sigmoid,
    ],
}
