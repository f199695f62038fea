"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

EQUIVALENT = {
    "cache = (Z_norm, inverse_deviation, gamma)": "the backward pass multiplies the two, in either order",
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("update_running_average", "missing-past"): INPUTS,
    ("batch_norm_forward", "unbiased-variance"): EITHER,
    ("batch_norm_forward", "statistics-over-everything"): INPUTS,
    ("batch_norm_backward", "statistics-taken-as-constants"): EITHER,
    ("update_running_average", "unbiased-variance"): EITHER,
    ("batch_norm_inference", "missing-scale-and-shift"): UNLIKE,
    ("batch_norm_inference", "gamma-and-beta-swapped"): UNLIKE,
    ("batch_norm_inference", "shift-below-the-bar"): UNLIKE,
    ("batch_norm_inference", "missing-scale"): UNLIKE,
    ("batch_norm_inference", "wrong-sign"): UNLIKE,
    ("batch_norm_inference", "statistics-of-the-batch"): SEVERAL,
}
