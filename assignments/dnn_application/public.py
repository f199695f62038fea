"""Public code of this assignment: initializers that give the weights from which a training run starts.

A student's own initializer may take more arguments, a seed for instance: they make no difference here. One that takes
others is the student's own: it stays what it is (``NotImplemented``), and the run starts where it says.
"""

import numpy as np


def given_two_layers(parameters):
    """Return an ``initialize_parameters(n_x, n_h, n_y)`` that gives copies of these weights."""

    def initialize_parameters(n_x, n_h=None, n_y=None, *more, **renamed):
        return NotImplemented if n_y is None or np.ndim(n_x) else _copies(parameters, [n_x, n_h, n_y])

    return initialize_parameters


def given_layers(parameters):
    """Return an ``initialize_parameters_deep(layer_dims)`` that gives copies of these weights."""

    def initialize_parameters_deep(layer_dims=None, *more, **renamed):
        asked = layer_dims if layer_dims is not None else next(iter(renamed.values()))
        return NotImplemented if np.ndim(asked) == 0 else _copies(parameters, list(asked))

    return initialize_parameters_deep


def _copies(parameters, asked):
    """The weights; for layers of other sizes their numbers are repeated or cut, so that a wrong size shows in the result."""
    given = {}
    for l in range(1, len(asked)):
        chosen = (l - 1) % (len(parameters) // 2) + 1
        given["W" + str(l)] = np.resize(parameters["W" + str(chosen)], (int(asked[l]), int(asked[l - 1])))
        given["b" + str(l)] = np.resize(parameters["b" + str(chosen)], (int(asked[l]), 1))
    return given
