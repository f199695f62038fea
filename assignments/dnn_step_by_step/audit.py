"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

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
    "grads[f'dA{dA_shift}'], grads[f'dW{l}'], grads[f'db{l}'] = (dA, dW, db)": _OPTIONAL,
    "grads[f'dA{l * dA_shift}'], grads[f'dW{l}'], grads[f'db{l}'] = (dA, dW, db)": _OPTIONAL,
}
