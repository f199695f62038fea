"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

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
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"

LOSSES = {
    ("sigmoid", "sigmoid-minus"): _EITHER,
    ("relu", "relu-absolute"): _INPUTS,
    ("relu", "relu-step"): _INPUTS,
    ("relu", "cache-holds-activation"): _INPUTS,
    ("tanh", "tanh-inverted"): _INPUTS,
    ("tanh", "cache-holds-activation"): _INPUTS,
    ("sigmoid_backward", "cache-taken-for-activation"): _EITHER,
    ("tanh_backward", "cache-taken-for-activation"): _EITHER,
    ("tanh_backward", "derivative-of-sigmoid"): _EITHER,
}
