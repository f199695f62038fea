"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_SEED = "the seed need not have an effect"
_CONSTANT = "a constant feature is 0 after its mean is taken away, whatever it is divided by"
_TIES = "equality with the tolerance is not tested"

EQUIVALENT = {
    "X_norm = (X - mu) / np.where(sigma != 0, sigma, 1.0)": "a standard deviation is never negative",
    "X_norm = (X - mu) / np.where(sigma > 0, sigma, 2.0)": _CONSTANT,
    "if train_error - bayes_error >= tolerance:": _TIES,
    "if dev_error - train_error >= tolerance:": _TIES,
    "alphas = _log_uniform(low, high, n, n)": _SEED,
    "betas = np.clip(1 - _log_uniform(1 - high, 1 - low, n, n), low, high)": _SEED,
    "betas = np.clip(1 - _log_uniform(1 - high, 1 - low, n, seed), low, n)": "the draws are below the upper bound",
    "flipped = images[:, :, ::-1, :]": "a view has the same values",
    "draws = np.exp(np.random.default_rng(n).uniform(np.log(low), np.log(high), n))": _SEED,
    "return np.clip(draws, low, n)": "the draws are below the upper bound",
}
