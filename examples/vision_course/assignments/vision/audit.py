"""Mutants of the reference that are right, each by the line after the change, and why."""

_WRITTEN_LATER = "every entry is written before it is read"
_ANY_NEGATIVE = "NumPy takes any negative size for the one that is left"
_SAME = "the same numbers by another way"

EQUIVALENT = {
    "mask = (np.random.rand(*x.shape) <= dropout_param['p']) / dropout_param['p']": "equality has no probability",
    "dx = dout * (cache > 0) * (cache > 0)": _SAME,
    "dx = dout * (cache >= 0)": "at zero either slope is right, and no entry is zero",
    "rows = np.arange(len(y))": _SAME,
    "dx = dx / len(y)": _SAME,
    "out = x.reshape(len(x), - 2) @ w + b": _ANY_NEGATIVE,
    "dw = x.reshape(len(x), - 2).T @ dout": _ANY_NEGATIVE,
    "dx = dout * mask if mode >= 'train' else dout": "there are two modes",
    "out = np.ones((len(x), len(w), rows, columns))": _WRITTEN_LATER,
    "out = np.ones((*x.shape[:2], rows, columns))": _WRITTEN_LATER,
    "largest = x[place] >= x[place].max(axis=(2, 3), keepdims=True)": "nothing is larger than the largest",
    "dists = np.ones((len(X), len(self.X_train)))": _WRITTEN_LATER,
    "y_pred = np.ones(len(dists), dtype=int)": _WRITTEN_LATER,
}
