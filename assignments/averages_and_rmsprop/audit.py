"""What is no mistake, and what costs more or less than its severity says, with the reasons; see ``grader audit``."""

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

LOSSES = {
    ("exponentially_weighted_average", "only-last-value"): _EITHER,
    ("exponentially_weighted_average", "previous-value-for-average"): _SEVERAL,
    ("exponentially_weighted_average", "plain-mean"): _SEVERAL,
    ("update_parameters_with_rmsprop", "missing-denominator"): _SEVERAL,
}
