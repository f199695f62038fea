"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_PRINT = "printing is free, and what is reported is not judged"
_SEED = "a seed need not have an effect, and given weights take the initializer's place"
_BOTH = "nobody is asked for both at once, so that nothing is raised"
_ORDER = "the order of the layers does not matter"

EQUIVALENT = {
    "m = A3.shape[1]": "A3 and Y have the same shape",
    "sum_of_squares = sum((float(np.sum(np.square(parameters[name]))) for name in ('W1', 'W3', 'W2')))": _ORDER,
    "sum_of_squares = sum((float(np.sum(np.square(parameters[name]))) for name in ('W2', 'W1', 'W3')))": _ORDER,
    "sum_of_squares = sum((np.sum(np.square(parameters[name])) for name in ('W1', 'W2', 'W3')))": "a NumPy scalar will do",
    "for name, W in (('dW1', W1), ('dW3', W3), ('dW2', W2)):": _ORDER,
    "for name, W in (('dW2', W2), ('dW1', W1), ('dW3', W3)):": _ORDER,
    "m = Y.shape[1]": "every example has a label",
    "D2 = np.random.rand(*Z2.shape) <= keep_prob": "equality has no probability",
    "if keep_prob < 1:": "a share is never more than 1",
    "if lambd != 0 and keep_prob > 1:": _BOTH,
    "if lambd < 0 and keep_prob != 1:": _BOTH,
    "if lambd > 0 and keep_prob != 1:": "a penalty is never negative",
    "np.random.seed(1)": _SEED,
    "np.random.seed(3)": _SEED,
    "parameters = train(X, Y, learning_rate, num_iterations, lambd, keep_prob, report, interval= 10001)": _PRINT,
    "parameters = train(X, Y, learning_rate, num_iterations, lambd, keep_prob, report, interval= 9999)": _PRINT,
    "report = report_by_printing if print_cost else None": _PRINT,
    "if report is not None and i % interval == 0:": _PRINT,
    "report(i, compute_cost_with_regularization(A3, Y, parameters, lambd))": _PRINT,
}

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

_TRAINING = "it is wrong in each step and so in every parameter, or right in one of the runs that the relations compare"

LOSSES = {
    ("compute_cost_with_regularization", "not-squared"): _UNLIKE,
    ("compute_cost_with_regularization", "lambd-ignored"): _SEVERAL,
    ("backward_propagation_with_regularization", "lambd-ignored"): _SEVERAL,
    ("backward_propagation_with_regularization", "no-mask"): _SEVERAL,
    ("forward_propagation_with_dropout", "dropout-on-output"): _INPUTS,
    ("forward_propagation_with_dropout", "scaled-mask"): _EITHER,
    ("forward_propagation_with_dropout", "mask-not-applied"): _INPUTS,
    ("forward_propagation_with_dropout", "mask-per-unit"): _UNLIKE,
    ("forward_propagation_with_dropout", "nothing-dropped"): _SEVERAL,
    ("backward_propagation_with_dropout", "dropout-missing"): _INPUTS,
    ("backward_propagation_with_dropout", "missing-mask"): _INPUTS,
    ("backward_propagation_with_dropout", "scaled-by-dropped"): _INPUTS,
    ("backward_propagation_with_dropout", "inverted-mask"): _INPUTS,
    ("backward_propagation_with_dropout", "keep-prob-ignored"): _INPUTS,
    ("backward_propagation_with_dropout", "only-second-layer"): _INPUTS,
    ("backward_propagation_with_dropout", "one-scale-missing"): _INPUTS,
    ("backward_propagation_with_dropout", "one-mask-missing"): _EITHER,
    ("model", "lambd-ignored"): _INPUTS,
    ("model", "regularized-twice"): _INPUTS,
    ("model", "keep-prob-ignored"): _INPUTS,
    ("model", "one-step-short"): _UNLIKE,
    ("model", "one-step-more"): _UNLIKE,
    ("model", "wrong-layers"): _UNLIKE,
    ("model", "single-step"): _SEVERAL,
    ("model", "stale-gradients"): _SEVERAL,
    ("model", "learning-rate-ignored"): _TRAINING,
    ("model", "always-regularized"): _TRAINING,
}
