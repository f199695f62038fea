"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

_ROW = "a row of sums is spread over the columns with and without the kept axis"
_LABELS = "labels are exactly 0 or 1"
_SHAPES = "AL and Y have the same shape"
_NEAR = "a variance that is wrong by less than a hundredth cannot be told from 15,000 draws"

EQUIVALENT = {
    "A = exponentials / np.sum(exponentials, axis=0, keepdims=False)": _ROW,
    "exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=False))": _ROW,
    "cost = -np.sum(Y * logarithms) / Y.shape[1]": "a NumPy scalar is as good as a float",
    "cost = float(-np.sum(Y * logarithms) / AL.shape[1])": _SHAPES,
    "cost = float(-np.sum(logarithms) / Y.shape[1])": "the logarithms are 0 where Y is 0",
    "logarithms = np.log(AL, where=AL > 0, out=np.zeros(np.shape(AL)))": "they are multiplied by Y = 0 elsewhere",
    "logarithms = np.log(AL, where=Y > 0, out=np.zeros(np.shape(Y)))": _SHAPES,
    "logarithms = np.log(AL, where=Y != 0, out=np.zeros(np.shape(AL)))": _LABELS,
    "logarithms = np.log(AL, where=Y > 0, out=np.ones(np.shape(AL)))": "they are multiplied by Y = 0 elsewhere",
    "losses = np.maximum(Z, 0) - Z * Y * Y + np.log1p(np.exp(-np.abs(Z)))": _LABELS,
    "parameters[f'W{layer}'] = draw((n, n_prev), variance(n_prev - 1, n))": _NEAR,
    "parameters[f'W{layer}'] = draw((n, n_prev), variance(n_prev + 1, n))": _NEAR,
    "parameters[f'W{layer}'] = draw((n, n_prev), variance(n_prev, n + 1))": _NEAR,
    "parameters[f'W{layer}'] = draw((n, n_prev), variance(n_prev, n - 1))": _NEAR,
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("one_hot", "classes-counted-in-labels"): INPUTS,
    ("one_hot", "counts-from-one"): UNLIKE,
    ("softmax", "maximum-over-examples"): EITHER,
    ("softmax", "softmax-logarithm"): EITHER,
    ("softmax", "softmax-is-hard"): SEVERAL,
    ("softmax_cost", "opposite-sign"): EITHER,
    ("softmax_cost", "squared-error"): SEVERAL,
    ("softmax_cost", "logarithm-of-labels"): SEVERAL,
    ("predict", "order-of-rows"): INPUTS,
    ("predict", "one-hot-prediction"): UNLIKE,
    ("predict", "two-classes"): EITHER,
    ("sigmoid_cross_entropy_with_logits", "sigmoid-twice"): EITHER,
    ("sigmoid_cross_entropy_with_logits", "reduced"): UNLIKE,
    ("sigmoid_cross_entropy_with_logits", "opposite-sign"): EITHER,
    ("sigmoid_cross_entropy_with_logits", "minimum-for-maximum"): UNLIKE,
    ("sigmoid_cross_entropy_with_logits", "missing-one"): UNLIKE,
    ("xavier_initialization", "missing-scale"): EITHER,
    ("xavier_initialization", "units-alike"): SEVERAL,
    ("xavier_initialization", "fixed-scale"): EITHER,
}
