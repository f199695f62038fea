"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS

_EVEN = "the slope is an even function: it is the same for exp(Z) and exp(-Z), where neither overflows"

EQUIVALENT = {
    "decay = np.exp(+np.abs(cache))": _EVEN,
    "decay = np.exp(np.abs(cache))": _EVEN,
    "decay = np.exp(-cache)": _EVEN,
    "decay = np.exp(+np.abs(Z))": _EVEN,
    "decay = np.exp(np.abs(Z))": _EVEN,
    "decay = np.exp(-Z)": _EVEN,
    "return np.where(np.asarray(Z) > 0, 1.0, decay) / (1.0 + decay)": "at 0 both branches are 1",
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("sigmoid", "sigmoid-minus"): EITHER,
    ("sigmoid", "sigmoid-sign"): EITHER,
    ("sigmoid", "cache-holds-activation"): EITHER,
    ("relu", "cache-holds-activation"): EITHER,
    ("tanh", "tanh-inverted"): INPUTS,
    ("tanh", "tanh-is-tan"): INPUTS,
    ("tanh", "opposite-sign"): EITHER,
    ("sigmoid_backward", "opposite-sign"): EITHER,
    ("tanh_backward", "opposite-sign"): EITHER,
    ("tanh", "cache-holds-activation"): EITHER,
    ("sigmoid_backward", "cache-taken-for-activation"): EITHER,
    ("tanh_backward", "cache-taken-for-activation"): EITHER,
    ("tanh_backward", "derivative-of-sigmoid"): EITHER,
}
