"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

_NEGATIVE = "NumPy takes any negative number for the dimension that it works out"

EQUIVALENT = {
    "pieces = [params_dict[f'{kind}{l}'].reshape(- 2, 1) for l in range(1, L + 1) for kind in ('W', 'b')]": _NEGATIVE,
    "pieces = [gradients[f'{kind}{l}'].reshape(- 2, 1) for l in range(1, L + 1) for kind in ('dW', 'db')]": _NEGATIVE,
    "L = sum((name.startswith('db') for name in gradients))": "there are as many db as dW",
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("central_difference", "literal-epsilon"): SEVERAL,
    ("forward_difference", "literal-epsilon"): SEVERAL,
    ("dictionary_to_vector", "returns-list"): EITHER,
    ("vector_to_dictionary", "bias-first"): UNLIKE,
    ("vector_to_dictionary", "layer-numbers"): INPUTS,
    ("gradients_to_vector", "returns-list"): EITHER,
    ("forward_prop_cost", "opposite-sign"): EITHER,
    ("forward_prop_cost", "wrong-sign"): UNLIKE,
    ("forward_prop_cost", "activation-ignored"): INPUTS,
    ("gradient_check", "returns-verdict"): EITHER,
    ("gradient_check", "one-sided"): EITHER,
    ("gradient_check", "bounded-below"): INPUTS,
    ("gradient_check", "activation-ignored"): INPUTS,
    ("gradient_check", "activation-on-one-side"): INPUTS,
    ("gradient_check", "missing-division"): SEVERAL,
    ("gradient_check", "ignores-gradients"): SEVERAL,
    ("forward_difference", "relative-step"): UNLIKE,
    ("forward_difference", "assumes-square"): SEVERAL,
    ("central_difference", "assumes-square"): SEVERAL,
    ("central_difference", "half-step"): EITHER,
    ("central_difference", "double-step"): EITHER,
    ("central_difference", "missing-division"): INPUTS,
    ("central_difference", "relative-step"): UNLIKE,
    ("central_difference", "missing-parentheses"): SEVERAL,
}
