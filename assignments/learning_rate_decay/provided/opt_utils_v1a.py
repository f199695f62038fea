"""The later edition of ``opt_utils``: its cost is a sum over the examples; everything else is the same."""

import opt_utils
from opt_utils import *  # noqa: F403


def compute_cost(a3, Y):
    """Return the cross-entropy, summed over the examples: a caller adds up batches and divides once."""
    return opt_utils.compute_cost(a3, Y) * Y.shape[1]
