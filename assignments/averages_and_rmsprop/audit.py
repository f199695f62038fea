"""What is no mistake, and what costs more or less than its severity says, with the reasons; see ``grader audit``."""

from grader.audit.losses import EITHER, SEVERAL, UNLIKE

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("exponentially_weighted_average", "only-last-value"): EITHER,
    ("exponentially_weighted_average", "previous-value-for-average"): SEVERAL,
    ("exponentially_weighted_average", "plain-mean"): SEVERAL,
    ("exponentially_weighted_average", "mean-of-the-last-values"): SEVERAL,
    ("update_parameters_with_rmsprop", "averages-by-position"): UNLIKE,
    ("update_parameters_with_rmsprop", "missing-denominator"): SEVERAL,
}
