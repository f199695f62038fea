"""Public code of the tiny assignment: makes functions that arguments and planted helpers stand for."""


def parabola(a):
    return lambda x: a * x**2


def constant(value):
    return lambda: value
