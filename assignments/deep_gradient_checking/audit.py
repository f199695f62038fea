"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_NEGATIVE = "NumPy takes any negative number for the dimension that it works out"

EQUIVALENT = {
    "pieces = [params_dict[f'{kind}{l}'].reshape(- 2, 1) for l in range(1, L + 1) for kind in ('W', 'b')]": _NEGATIVE,
    "pieces = [gradients[f'{kind}{l}'].reshape(- 2, 1) for l in range(1, L + 1) for kind in ('dW', 'db')]": _NEGATIVE,
    "L = sum((name.startswith('db') for name in gradients))": "there are as many db as dW",
}

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

LOSSES = {
    ("central_difference", "literal-epsilon"): _SEVERAL,
    ("forward_difference", "literal-epsilon"): _SEVERAL,
    ("dictionary_to_vector", "returns-list"): _EITHER,
    ("vector_to_dictionary", "bias-first"): _UNLIKE,
    ("vector_to_dictionary", "layer-numbers"): _INPUTS,
    ("gradients_to_vector", "returns-list"): _EITHER,
    ("forward_prop_cost", "opposite-sign"): _EITHER,
    ("forward_prop_cost", "activation-ignored"): _INPUTS,
    ("gradient_check", "returns-verdict"): _EITHER,
    ("gradient_check", "activation-ignored"): _INPUTS,
    ("gradient_check", "one-sided"): _EITHER,
    ("gradient_check", "missing-division"): _SEVERAL,
    ("gradient_check", "ignores-gradients"): _SEVERAL,
    ("forward_difference", "relative-step"): _UNLIKE,
    ("forward_difference", "assumes-square"): _SEVERAL,
    ("central_difference", "assumes-square"): _SEVERAL,
    ("central_difference", "half-step"): _EITHER,
    ("central_difference", "missing-division"): _INPUTS,
    ("central_difference", "relative-step"): _UNLIKE,
    ("central_difference", "missing-parentheses"): _SEVERAL,
}
