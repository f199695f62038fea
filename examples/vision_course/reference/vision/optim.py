"""Update rules. Each takes weights, their gradient and a dictionary of settings and state, and returns both anew."""

import numpy as np


def sgd(w, dw, config):
    """One step against the gradient.

    Parameters
    ----------
    w, dw : ndarray
        Weights and their gradient, of one shape.
    config : dict
        ``learning_rate``.

    Returns
    -------
    next_w : ndarray
    config : dict
        The same settings.
    """
    # BEGIN SOLUTION
    next_w = w - config["learning_rate"] * dw
    # END SOLUTION
    return next_w, config


def sgd_momentum(w, dw, config):
    """One step with the velocity, which keeps a share of its old value and is changed by the gradient.

    Parameters
    ----------
    w, dw : ndarray
        Weights and their gradient, of one shape.
    config : dict
        ``learning_rate``, ``momentum`` (the share that is kept), and ``velocity``, of the shape of w.

    Returns
    -------
    next_w : ndarray
    config : dict
        The settings with the new velocity.
    """
    # BEGIN SOLUTION
    velocity = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    next_w = w + velocity
    config["velocity"] = velocity
    # END SOLUTION
    return next_w, config


def rmsprop(w, dw, config):
    """One step divided by the root of a running mean of squared gradients.

    Parameters
    ----------
    w, dw : ndarray
        Weights and their gradient, of one shape.
    config : dict
        ``learning_rate``, ``decay_rate`` (the share that the mean keeps), ``epsilon`` (added to the root), and
        ``cache``, the running mean.

    Returns
    -------
    next_w : ndarray
    config : dict
        The settings with the new mean.
    """
    # BEGIN SOLUTION
    cache = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache
    # END SOLUTION
    return next_w, config


def adam(w, dw, config):
    """One step of Adam with the correction of both means; the counter is raised before it is used.

    Parameters
    ----------
    w, dw : ndarray
        Weights and their gradient, of one shape.
    config : dict
        ``learning_rate``, ``beta1``, ``beta2``, ``epsilon``, the means ``m`` and ``v``, and the counter ``t``.

    Returns
    -------
    next_w : ndarray
    config : dict
        The settings with new means and the new counter.
    """
    # BEGIN SOLUTION
    t = config["t"] + 1
    m = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    v = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    corrected_m = m / (1 - config["beta1"] ** t)
    corrected_v = v / (1 - config["beta2"] ** t)
    next_w = w - config["learning_rate"] * corrected_m / (np.sqrt(corrected_v) + config["epsilon"])
    config.update(m=m, v=v, t=t)
    # END SOLUTION
    return next_w, config


def adam__small_epsilon(w, dw, config):
    """The same, with epsilon beside the root that is not corrected: both orders are in use."""
    correction = np.sqrt(1 - config["beta2"] ** (config["t"] + 1))
    next_w, after = adam(w, dw, {**config, "epsilon": config["epsilon"] / correction})
    return next_w, {**after, "epsilon": config["epsilon"]}
