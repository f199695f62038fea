"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

EQUIVALENT = {
    "cache = (Z_norm, inverse_deviation, gamma)": "the backward pass multiplies the two, in either order",
}

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"

LOSSES = {
    ("update_running_average", "missing-past"): _INPUTS,
    ("batch_norm_forward", "unbiased-variance"): _EITHER,
    ("batch_norm_forward", "statistics-over-everything"): _INPUTS,
    ("batch_norm_backward", "statistics-taken-as-constants"): _EITHER,
    ("update_running_average", "unbiased-variance"): _EITHER,
    ("batch_norm_inference", "missing-scale-and-shift"): _UNLIKE,
    ("batch_norm_inference", "gamma-and-beta-swapped"): _UNLIKE,
}
