"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

_FLAT = "the gradients are flat already"
_ZERO = "two gradients of zero are not tested: the published formula is 0/0 there"

EQUIVALENT = {
    "gradient, approximation = (np.ravel(gradient), np.ravel(approximation))": _FLAT,
    "theta = np.asarray(theta, dtype=float)": "it is an array of floats already",
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

LOSSES = {
    ("gradient_check_n", "no-copy"): SEVERAL,
    ("gradient_check_n", "bounded-below"): INPUTS,
    ("gradient_check", "bounded-below"): INPUTS,
    ("forward_propagation", "clipped"): INPUTS,
    ("gradient_check", "norm-of-sum"): EITHER,
    ("gradient_check", "returns-verdict"): EITHER,
    ("gradient_check", "signed"): INPUTS,
    ("gradient_check", "precedence"): SEVERAL,
    ("gradient_check", "missing-division"): SEVERAL,
    ("forward_propagation_n", "swapped-labels"): EITHER,
    ("forward_propagation_n", "squared-error"): EITHER,
    ("forward_propagation_n", "cache-order"): EITHER,
    ("backward_propagation_n", "sigmoid-in-hidden-layers"): UNLIKE,
    ("backward_propagation_n", "tanh-in-hidden-layers"): UNLIKE,
    ("backward_propagation_n", "mask-from-gradient"): EITHER,
    ("gradient_check_n", "returns-verdict"): EITHER,
    ("gradient_check_n", "one-sided"): EITHER,
    ("gradient_check_n", "missing-division"): SEVERAL,
    ("gradient_check_n", "ignores-gradients"): SEVERAL,
    ("gradient_check", "literal-epsilon"): EITHER,
    ("gradient_check", "always-one"): EITHER,
    ("gradient_check", "own-derivative"): EITHER,
}
