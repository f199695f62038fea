"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_PRINT = "printing is free, and what is reported is not judged"
_EXTRA = "further keys of a dictionary are ignored"

EQUIVALENT = {
    "for l in range( 0, len(layers_dims)):": _EXTRA,
    "report = report_by_printing if print_cost else None": _PRINT,
    "if report is not None and i % interval == 0:": _PRINT,
    "report(i, compute_cost(A3, Y))": _PRINT,
}

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

LOSSES = {
    ("initialize_parameters_random", "uniform-weights"): _EITHER,
    ("initialize_parameters_he", "uniform-weights"): _EITHER,
    ("initialize_parameters_he", "shifted-weights"): _SEVERAL,
    ("initialize_parameters_he", "missing-scale"): _SEVERAL,
    ("initialize_parameters_he", "small-weights"): _SEVERAL,
    ("initialize_parameters_he", "large-weights"): _SEVERAL,
    ("initialize_parameters_he", "inverted-scale"): _SEVERAL,
    ("initialize_parameters_he", "multiplied-scale"): _SEVERAL,
    ("model", "initialization-ignored"): _INPUTS,
    ("model", "one-step-short"): _INPUTS,
    ("model", "one-step-more"): _INPUTS,
    ("model", "wrong-layers"): _UNLIKE,
    ("model", "learning-rate-ignored"): _EITHER,
}
