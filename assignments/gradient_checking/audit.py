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
}
