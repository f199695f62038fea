"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

EQUIVALENT = {
    "order = np.random.default_rng(mini_batch_size).permutation(m)": "the seed need not have an effect",
    "m = Y.shape[1]": "every example has a label",
    "return (s, v)": "both are dictionaries of the same zeros",
}

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

LOSSES = {
    ("update_parameters_with_gd", "keys-by-position"): _UNLIKE,
    ("random_mini_batches", "wrong-last-batch"): _EITHER,
    ("random_mini_batches", "labels-of-last-batch"): _INPUTS,
    ("random_mini_batches", "overlapping-batches"): _UNLIKE,
    ("random_mini_batches", "examples-in-rows"): _UNLIKE,
    ("initialize_velocity", "scalar-zero"): _EITHER,
    ("update_parameters_with_momentum", "gradient-for-velocity"): _INPUTS,
    ("update_parameters_with_momentum", "learning-rate-in-average"): _UNLIKE,
    ("update_parameters_with_momentum", "squared-gradient"): _SEVERAL,
    ("initialize_adam", "scalar-zero"): _EITHER,
    ("update_parameters_with_adam", "missing-denominator"): _EITHER,
    ("update_parameters_with_adam", "missing-square"): _SEVERAL,
    ("update_parameters_with_adam", "gradient-for-average"): _SEVERAL,
}
