"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

_COSTS = "the recorded costs are not judged, and printing is free"
_GUARD = "the guard is 0 in what is graded"
_PRINT = "print_cost decides about printing only, which is free"

EQUIVALENT = {
    "def _record_cost": _COSTS,
    "_record_cost(costs, i, A2, Y, print_cost)": _COSTS,
    "_record_cost(costs, i, AL, Y, print_cost)": _COSTS,
    "parameters, _ = _train_two_layers(X, Y, layers_dims, learning_rate, num_iterations, num_iterations)": _PRINT,
    "parameters, _ = _train_deep(X, Y, layers_dims, learning_rate, num_iterations, num_iterations)": _PRINT,
    "grads = (print_cost or L_model_backward)(AL, Y, caches)": _PRINT,
    "dA2 = (1 - Y) / (1 - A2 + guard) - Y / (A2 + print_cost)": "both are 0 in what is graded",
    "dA2 = (1 - Y) / (1 - A2 + guard) - Y / (A2 - guard)": _GUARD,
    "dA2 = (1 - Y) / (1 - A2) - Y / (A2 + guard)": _GUARD,
    "dA2 = (1 - Y) / (1 - A2 + guard) - Y / A2": _GUARD,
    "dA2 = (1 - Y) / (1 - A2 - guard) - Y / (A2 + guard)": _GUARD,
    "dA2 = (1 - Y) / (1 - A2 + print_cost) - Y / (A2 + guard)": "both are 0 in what is graded",
}

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("two_layer_model", "output-gradient-everywhere"): SEVERAL,
    ("two_layer_model", "mini-batches"): INPUTS,
    ("two_layer_model", "stops-early"): EITHER,
    ("two_layer_model", "every-hundredth-iteration"): SEVERAL,
    ("L_layer_model", "every-hundredth-iteration"): SEVERAL,
    ("two_layer_model", "class-for-probability"): EITHER,
    ("L_layer_model", "class-for-probability"): EITHER,
    ("L_layer_model", "stops-early"): EITHER,
    ("L_layer_model", "mini-batches"): INPUTS,
    ("L_layer_model", "only-two-layers"): SEVERAL,
    ("L_layer_model", "only-last-layer-trained"): SEVERAL,
    ("two_layer_model", "dimensions-ignored"): EITHER,
    ("two_layer_model", "initializer-not-called"): UNLIKE,
    ("two_layer_model", "one-iteration-missing"): INPUTS,
    ("two_layer_model", "one-iteration-too-many"): INPUTS,
    ("two_layer_model", "single-step"): SEVERAL,
    ("two_layer_model", "gradient-of-the-first-step"): SEVERAL,
    ("two_layer_model", "output-gradient-incomplete"): SEVERAL,
    ("two_layer_model", "output-gradient-sign"): SEVERAL,
    ("L_layer_model", "dimensions-ignored"): EITHER,
    ("L_layer_model", "initializer-not-called"): UNLIKE,
    ("L_layer_model", "one-iteration-missing"): INPUTS,
    ("L_layer_model", "one-iteration-too-many"): INPUTS,
    ("L_layer_model", "single-step"): SEVERAL,
    ("L_layer_model", "gradient-of-the-first-step"): SEVERAL,
    ("L_layer_model", "output-gradient-incomplete"): SEVERAL,
    ("L_layer_model", "output-gradient-sign"): SEVERAL,
}
