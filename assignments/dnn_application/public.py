"""Public code of this assignment: initializers that give the weights from which a training run starts.

A student's own initializer may take more arguments, a seed for instance: they make no difference here. One that takes
others is the student's own: it stays what it is (``NotImplemented``), and the run starts where it says.
"""

import numpy as np


class DimensionsError(ValueError):
    """Weights were asked for other inputs or outputs than those in ``layers_dims``."""


def given_two_layers(parameters):
    """Return an ``initialize_parameters(n_x, n_h, n_y)`` that gives copies of these weights.

    Gives: {parameters}
    """

    def initialize_parameters(n_x, n_h=None, n_y=None, *more, **renamed):
        return NotImplemented if n_y is None or np.ndim(n_x) else _copies(parameters, [n_x, n_h, n_y])

    return initialize_parameters


def given_layers(parameters):
    """Return an ``initialize_parameters_deep(layer_dims)`` that gives copies of these weights.

    Gives: {parameters}
    """

    def initialize_parameters_deep(layer_dims=None, *more, **renamed):
        asked = layer_dims if layer_dims is not None else next(iter(renamed.values()))
        return NotImplemented if np.ndim(asked) == 0 else _copies(parameters, list(asked))

    return initialize_parameters_deep


def _copies(parameters, asked):
    """The weights; for hidden layers of other sizes their numbers are repeated or cut: a wrong size shows in the result."""
    last = len(parameters) // 2
    dims = [parameters["W1"].shape[1], *(parameters["W" + str(l)].shape[0] for l in range(1, last + 1))]
    if (int(asked[0]), int(asked[-1])) != (dims[0], dims[-1]):
        raise DimensionsError("weights were asked for layers " + str(asked) + ", but layers_dims is " + str(dims))
    given = {}
    for l in range(1, len(asked)):
        chosen = (l - 1) % last + 1
        given["W" + str(l)] = np.resize(parameters["W" + str(chosen)], (int(asked[l]), int(asked[l - 1])))
        given["b" + str(l)] = np.resize(parameters["b" + str(chosen)], (int(asked[l]), 1))
    return given
