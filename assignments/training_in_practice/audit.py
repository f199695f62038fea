"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

_SEED = "the seed need not have an effect"
_CONSTANT = "a constant feature is 0 after its mean is taken away, whatever it is divided by"
_TIES = "equality with the tolerance is not tested"

EQUIVALENT = {
    "X_norm = (X - mu) / np.where(sigma != 0, sigma, 1.0)": "a standard deviation is never negative",
    "X_norm = (X - mu) / np.where(sigma > 0, sigma, 2.0)": _CONSTANT,
    "if train_error - bayes_error >= tolerance:": _TIES,
    "if dev_error - train_error >= tolerance:": _TIES,
    "m = Y.shape[1]": "every example has a label",
    "elif epoch - best_epoch == patience:": "the epochs since the best one are counted one by one",
    "alphas = _log_uniform(low, high, n, n)": _SEED,
    "betas = np.clip(1 - _log_uniform(1 - high, 1 - low, n, n), low, high)": _SEED,
    "betas = np.clip(1 - _log_uniform(1 - high, 1 - low, n, seed), low, n)": "the draws are below the upper bound",
    "flipped = images[:, :, ::-1, :]": "a view has the same values",
    "draws = np.exp(np.random.default_rng(n).uniform(np.log(low), np.log(high), n))": _SEED,
    "return np.clip(draws, low, n)": "the draws are below the upper bound",
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("normalize", "missing-centre"): EITHER,
    ("early_stopping_epoch", "cost-for-epoch"): UNLIKE,
    ("train_dev_test_split", "sizes-rounded-down"): EITHER,
    ("train_dev_test_split", "sets-in-another-order"): EITHER,
    ("train_dev_test_split", "empty-set-takes-all"): EITHER,
    ("train_dev_test_split", "labels-of-another-set"): UNLIKE,
    ("train_dev_test_split", "examples-for-labels"): UNLIKE,
    ("fit_normalization", "unbiased-deviation"): EITHER,
    ("normalize", "guard-too-large"): EITHER,
    ("diagnose_fit", "tolerance-ignored"): INPUTS,
    ("diagnose_fit", "tolerance-missing"): UNLIKE,
    ("diagnose_fit", "relative-gap"): UNLIKE,
    ("diagnose_fit", "set-of-letters"): UNLIKE,
    ("diagnose_fit", "other-words"): UNLIKE,
    ("sample_learning_rate", "uniform-not-logarithmic"): SEVERAL,
    ("sample_momentum", "uniform-not-logarithmic"): SEVERAL,
    ("sample_momentum", "logarithmic-in-beta"): SEVERAL,
    ("sample_learning_rate", "off-by-one"): UNLIKE,
    ("sample_momentum", "off-by-one"): UNLIKE,
    ("early_stopping_epoch", "least-improvement"): INPUTS,
    ("flip_horizontal", "originals-kept"): UNLIKE,
    ("early_stopping_epoch", "tie-counts"): INPUTS,
    ("early_stopping_epoch", "stops-too-late"): EITHER,
    ("early_stopping_epoch", "stops-too-early"): EITHER,
    ("early_stopping_epoch", "latest-decrease-returned"): INPUTS,
    ("early_stopping_epoch", "first-pause-stops"): INPUTS,
    ("early_stopping_epoch", "only-rises-count"): INPUTS,
    ("early_stopping_epoch", "compared-with-previous-epoch"): INPUTS,
    ("early_stopping_epoch", "last-epoch-when-not-stopped"): INPUTS,
    ("early_stopping_epoch", "patience-before-stop"): INPUTS,
    ("early_stopping_epoch", "patience-ignored"): SEVERAL,
    ("flip_horizontal", "overwritten-while-read"): SEVERAL,
    ("diagnose_fit", "bayes-error-ignored"): INPUTS,
    ("diagnose_fit", "bias-from-dev-error"): INPUTS,
    ("diagnose_fit", "bias-and-variance-swapped"): INPUTS,
}
