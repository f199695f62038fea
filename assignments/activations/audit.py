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
