"""The functions of one number that are differentiated: they run beside the submission and are no secret.

One of the kinds takes a number alone, as those of ``math`` do, and no array.
"""

import math

import numpy as np


def polynomial(*coefficients):
    """Make ``f(x) = c0 + c1 * x + c2 * x**2 + ...``.

    Gives: lambda x: sum(c * x**power for power, c in enumerate({coefficients}))
    """

    def f(x):
        return sum(c * x**power for power, c in enumerate(coefficients))

    return f


def wave(height, speed, start):
    """Make a wave.

    Gives: lambda x: {height} * np.sin({speed} * x + {start})
    """

    def f(x):
        return height * np.sin(speed * x + start)

    return f


def growth(rate):
    """Make a function that grows, or falls, ever faster.

    Gives: lambda x: math.exp({rate} * x)
    """

    def f(x):
        return math.exp(rate * x)

    return f
