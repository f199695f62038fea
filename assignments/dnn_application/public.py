"""Public code of this assignment: initializers that give the weights from which a training run starts.

A student's own initializer may take more arguments, a seed for instance: they make no difference here. One that takes
others is the student's own: it stays what it is (``NotImplemented``), and the run starts where it says.
"""

import numpy as np


class DimensionsError(ValueError):
    """Weights were asked for other layers than those in ``layers_dims``."""


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
    weights = [parameters["W" + str(l)] for l in range(1, len(parameters) // 2 + 1)]
    dims = [weights[0].shape[1], *(W.shape[0] for W in weights)]
    if [int(n) for n in asked] != dims:
        raise DimensionsError("weights were asked for layers " + str(asked) + ", but layers_dims is " + str(dims))
    return {name: np.array(value) for name, value in parameters.items()}
