"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

_ONLY_TWO = "the activation is 'sigmoid' or 'relu', and the order of these texts tells them apart as well"
_OPTIONAL = "the keys dA are optional: what remains of them is right under one of the two schemes"
_EQUAL = "all scales are equal, so it does not matter which one is taken"

EQUIVALENT = {
    "elif activation <= 'relu':": _ONLY_TWO,
    "elif activation >= 'relu':": _ONLY_TWO,
    "if activation >= 'sigmoid':": _ONLY_TWO,
    "activation = 'sigmoid' if l >= L else 'relu'": "l never exceeds L",
    "m = AL.shape[1]": "AL and Y have the same shape",
    "parameters = _gaussian_weights(layer_dims, [0.01] * len(layer_dims) * len(layer_dims))": _EQUAL,
    "parameters[f'W{l}'] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * scales[l - 1 - 1]": _EQUAL,
    "parameters[f'W{l}'] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * scales[l - 2]": _EQUAL,
    "grads = _backward(AL, Y, caches, dA_shift= 1)": "the other accepted scheme of keys",
    "grads[f'dA{l - 1 - dA_shift}'], grads[f'dW{l}'], grads[f'db{l}'] = (dA, dW, db)": "the other accepted scheme",
    "grads[f'dA{dA_shift - l}'], grads[f'dW{l}'], grads[f'db{l}'] = (dA, dW, db)": _OPTIONAL,
    "cost = -np.sum(np.log(probability_of_truth)) / m": "a NumPy scalar is a number too",
    "grads[f'dA{dA_shift}'], grads[f'dW{l}'], grads[f'db{l}'] = (dA, dW, db)": _OPTIONAL,
    "grads[f'dA{l * dA_shift}'], grads[f'dW{l}'], grads[f'db{l}'] = (dA, dW, db)": _OPTIONAL,
}

IDLE = {
    ("L_model_forward", "each example by itself"): "for solutions that mix the examples, which no change of one place does"
}

# What a mistake may cost otherwise than its severity says.
_FIRST = "its first gradient is wrong, and with it every gradient that follows"
_RAISES = "it raises on the usual inputs, on which nothing else can then be right"

LOSSES = {
    ("L_model_backward", "missing-brackets"): UNLIKE,
    ("compute_cost", "whole-quotient"): EITHER,
    ("update_parameters", "paired-by-position"): UNLIKE,
    ("L_model_forward", "last-cache-missing"): EITHER,
    ("L_model_forward", "hidden-caches-missing"): INPUTS,
    ("L_model_forward", "last-layer-twice"): _RAISES,
    ("L_model_forward", "returns-hidden-A"): EITHER,
    ("compute_cost", "mean-of-sample"): "for one example it divides by 0, and for all others it is wrong",
    (
        "L_model_backward",
        "guard-too-large",
    ): "an added number changes all gradients, a clip few",
    ("L_model_backward", "reuses-last-gradient"): EITHER,
    ("L_model_backward", "one-cache-everywhere"): _RAISES,
    ("L_model_backward", "missing-second-term"): _FIRST,
    ("L_model_backward", "terms-added"): _FIRST,
    ("linear_forward", "bias-as-row"): _RAISES,
    ("linear_forward", "cache-order"): EITHER,
    ("linear_forward", "cache-without-b"): EITHER,
    ("linear_activation_forward", "missing-bias"): "Z is wrong, and with it both A and the cache",
    ("linear_activation_forward", "cache-holds-Z"): EITHER,
    ("linear_activation_forward", "cache-order"): EITHER,
    ("L_model_forward", "stale-input"): EITHER,
    ("L_model_forward", "first-layer-skipped"): _RAISES,
    ("L_model_forward", "last-hidden-layer-skipped"): _RAISES,
    ("L_model_forward", "caches-reversed"): EITHER,
    ("L_model_forward", "only-two-layers"): SEVERAL,
    ("compute_cost", "opposite-sign"): EITHER,
    ("compute_cost", "swapped-terms"): SEVERAL,
    ("compute_cost", "logarithm-of-labels"): SEVERAL,
    ("compute_cost", "squared-error"): SEVERAL,
    ("linear_backward", "W-not-transposed"): _RAISES,
    ("linear_backward", "db-one-number"): EITHER,
    ("linear_backward", "mean-of-active"): INPUTS,
    ("L_model_backward", "output-gradient-everywhere"): SEVERAL,
    ("L_model_backward", "relu-on-output"): SEVERAL,
    ("L_model_backward", "loop-runs-forward"): SEVERAL,
    ("update_parameters", "weights-forgotten"): EITHER,
    ("update_parameters", "layers-in-thirds"): INPUTS,
}
