"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_PRINT = "printing is free, and what is reported is not judged"
_SEED = "a seed need not have an effect, and given weights take the initializer's place"
_ORDER = "the order of the layers does not matter"

EQUIVALENT = {
    "m = A3.shape[1]": "A3 and Y have the same shape",
    "sum_of_squares = sum((float(np.sum(np.square(parameters[name]))) for name in ('W1', 'W3', 'W2')))": _ORDER,
    "sum_of_squares = sum((float(np.sum(np.square(parameters[name]))) for name in ('W2', 'W1', 'W3')))": _ORDER,
    "sum_of_squares = sum((np.sum(np.square(parameters[name])) for name in ('W1', 'W2', 'W3')))": "a NumPy scalar will do",
    "for name, W in (('dW1', W1), ('dW3', W3), ('dW2', W2)):": _ORDER,
    "for name, W in (('dW2', W2), ('dW1', W1), ('dW3', W3)):": _ORDER,
    "np.random.seed(1)": _SEED,
    "np.random.seed(3)": _SEED,
    "parameters = train(X, Y, learning_rate, num_iterations, lambd, keep_prob, report, interval= 10001)": _PRINT,
    "parameters = train(X, Y, learning_rate, num_iterations, lambd, keep_prob, report, interval= 9999)": _PRINT,
    "report = report_by_printing if print_cost else None": _PRINT,
    "if report is not None and i % interval == 0:": _PRINT,
    "report(i, compute_cost_with_regularization(A3, Y, parameters, lambd))": _PRINT,
}
