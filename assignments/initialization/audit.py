"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL

_PRINT = "printing is free, and what is reported is not judged"
_EXTRA = "further keys of a dictionary are ignored"

EQUIVALENT = {
    "for l in range( 0, len(layers_dims)):": _EXTRA,
    "report = report_by_printing if print_cost else None": _PRINT,
    "if report is not None and i % interval == 0:": _PRINT,
    "report(i, compute_cost(A3, Y))": _PRINT,
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("model", "mini-batches"): INPUTS,
    ("model", "stops-early"): INPUTS,
    ("model", "zero-biases-kept"): INPUTS,
    ("initialize_parameters_he", "shifted-weights"): SEVERAL,
    ("initialize_parameters_he", "missing-scale"): SEVERAL,
    ("initialize_parameters_he", "small-weights"): SEVERAL,
    ("initialize_parameters_he", "large-weights"): SEVERAL,
    ("initialize_parameters_he", "inverted-scale"): SEVERAL,
    ("initialize_parameters_he", "multiplied-scale"): SEVERAL,
    ("model", "initialization-ignored"): INPUTS,
    ("model", "zeros-overwritten"): INPUTS,
    ("model", "wrong-layers"): "every array has another shape, so that no value is right",
    ("model", "one-step-short"): INPUTS,
    ("model", "one-step-more"): INPUTS,
    ("model", "learning-rate-ignored"): EITHER,
    ("model", "single-step"): "the first step is right",
    ("model", "stale-gradients"): "the first step is right",
}
