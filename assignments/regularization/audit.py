"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import EITHER, INPUTS, SEVERAL, UNLIKE

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

_TRAINING = "it is wrong in each step and so in every parameter, or right in one of the runs that the relations compare"

LOSSES = {
    ("model", "iterations-ignored"): UNLIKE,
    ("backward_propagation_with_regularization", "weights-missing"): EITHER,
    ("model", "mini-batches"): INPUTS,
    ("compute_cost_with_regularization", "not-squared"): UNLIKE,
    ("compute_cost_with_regularization", "lambd-ignored"): SEVERAL,
    ("backward_propagation_with_regularization", "lambd-ignored"): SEVERAL,
    ("backward_propagation_with_regularization", "no-mask"): SEVERAL,
    ("backward_propagation_with_regularization", "dA-handed-down"): INPUTS,
    ("backward_propagation_with_regularization", "no-mask-in-one-layer"): INPUTS,
    ("forward_propagation_with_dropout", "dropout-on-output"): INPUTS,
    ("forward_propagation_with_dropout", "scaled-mask"): EITHER,
    ("forward_propagation_with_dropout", "mask-not-applied"): INPUTS,
    ("forward_propagation_with_dropout", "mask-per-unit"): UNLIKE,
    ("forward_propagation_with_dropout", "nothing-dropped"): SEVERAL,
    ("backward_propagation_with_dropout", "dropout-missing"): SEVERAL,
    ("backward_propagation_with_dropout", "missing-mask"): INPUTS,
    ("backward_propagation_with_dropout", "one-mask-missing"): EITHER,
    ("model", "penalty-scaled"): EITHER,
    ("model", "one-step-short"): UNLIKE,
    ("model", "one-step-more"): UNLIKE,
    ("model", "stale-gradients"): SEVERAL,
    ("model", "stops-early"): INPUTS,
    ("model", "learning-rate-ignored"): _TRAINING,
}
