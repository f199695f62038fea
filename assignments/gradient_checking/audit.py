"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_FLAT = "the gradients are flat already"
_ZERO = "two gradients of zero are not tested: the published formula is 0/0 there"

EQUIVALENT = {
    "gradient, approximation = (np.ravel(gradient), np.ravel(approximation))": _FLAT,
    "theta = np.asarray(theta, dtype=float)": "it is an array of floats already",
    "return float(np.linalg.norm(approximation - gradient) / total) if total > 0 else 0.0": "a norm has no sign",
    "return np.linalg.norm(gradient - approximation) / total if total > 0 else 0.0": "a NumPy scalar is a number too",
    "return float(np.linalg.norm(gradient - approximation) / total)": _ZERO,
    "return float(np.linalg.norm(gradient - approximation) / total) if total != 0 else 0.0": _ZERO,
    "return float(np.linalg.norm(gradient - approximation) / total) if total > 0 else -1.0": _ZERO,
    "return float(np.linalg.norm(gradient - approximation) / total) if total > 0 else 1.0": _ZERO,
    "return float(np.linalg.norm(gradient - approximation) / total) if total >= 0 else 0.0": _ZERO,
    "return float(np.linalg.norm(gradient - approximation) / total) if total > -1 else 0.0": _ZERO,
    "approximation = np.ones(theta.shape)": "every entry is written before it is read",
}

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

LOSSES = {
    ("gradient_check", "norm-of-sum"): _EITHER,
    ("gradient_check", "returns-verdict"): _EITHER,
    ("gradient_check", "signed"): _INPUTS,
    ("gradient_check", "precedence"): _SEVERAL,
    ("gradient_check", "missing-division"): _SEVERAL,
    ("forward_propagation_n", "swapped-labels"): _EITHER,
    ("forward_propagation_n", "squared-error"): _EITHER,
    ("forward_propagation_n", "cache-order"): _EITHER,
    ("backward_propagation_n", "sigmoid-in-hidden-layers"): _UNLIKE,
    ("backward_propagation_n", "tanh-in-hidden-layers"): _UNLIKE,
    ("backward_propagation_n", "mask-from-gradient"): _EITHER,
    ("gradient_check_n", "returns-verdict"): _EITHER,
    ("gradient_check_n", "one-sided"): _EITHER,
    ("gradient_check_n", "missing-division"): _SEVERAL,
    ("gradient_check_n", "ignores-gradients"): _SEVERAL,
    ("gradient_check", "literal-epsilon"): _EITHER,
    ("gradient_check", "same-point"): _EITHER,
    ("gradient_check", "own-derivative"): _EITHER,
}
