"""Public code of this assignment: initializers that give chosen parameters.

`model` is judged with these in place of the student's own initializers. A student sees this file.
"""

import numpy as np


def planted(parameters):
    """Return an initializer that gives the chosen parameters of three layers.

    For layers of other sizes the numbers are repeated or cut, so that a wrong size shows in the result.

    Gives: {parameters}
    """

    def initialize(*args, **kwargs):
        layers_dims = [*args, *kwargs.values()][0]
        given = {}
        for l in range(1, len(layers_dims)):
            chosen = (l - 1) % 3 + 1
            given[f"W{l}"] = np.resize(parameters[f"W{chosen}"], (layers_dims[l], layers_dims[l - 1]))
            given[f"b{l}"] = np.resize(parameters[f"b{chosen}"], (layers_dims[l], 1))
        return given

    return initialize
