"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

EQUIVALENT = {
    "order = np.random.default_rng(mini_batch_size).permutation(m)": "the seed need not have an effect",
    "m = Y.shape[1]": "every example has a label",
    "return (s, v)": "both are dictionaries of the same zeros",
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("update_parameters_with_gd", "keys-by-position"): UNLIKE,
    ("random_mini_batches", "wrong-last-batch"): EITHER,
    ("random_mini_batches", "pairs-broken"): INPUTS,
    ("random_mini_batches", "overlapping-batches"): UNLIKE,
    ("random_mini_batches", "examples-in-rows"): UNLIKE,
    ("initialize_velocity", "scalar-zero"): EITHER,
    ("update_parameters_with_momentum", "averages-by-position"): UNLIKE,
    ("update_parameters_with_momentum", "gradient-for-velocity"): INPUTS,
    ("update_parameters_with_momentum", "learning-rate-in-average"): UNLIKE,
    ("update_parameters_with_momentum", "squared-gradient"): SEVERAL,
    ("initialize_adam", "scalar-zero"): EITHER,
    ("update_parameters_with_adam", "averages-by-position"): UNLIKE,
    ("update_parameters_with_adam", "missing-denominator"): EITHER,
    ("update_parameters_with_adam", "missing-square"): SEVERAL,
    ("update_parameters_with_adam", "gradient-for-average"): SEVERAL,
}
