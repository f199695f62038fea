"""Known wrong solutions of softmax regression."""

from itertools import pairwise

import numpy as np

from grader.spec import mistake


def _softmax(Z):
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return exponentials / np.sum(exponentials, axis=0, keepdims=True)


def _sigmoid(Z):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-Z))


def _indicator(labels, C):
    return (np.arange(C)[:, None] == labels).astype(float)


# -- one_hot -----------------------------------------------------------------------------


@mistake(
    "transposed",
    "one_hot",
    message="the examples are the rows; here they are the columns, and the result has shape (C, m)",
    hint="np.eye(C)[labels] is nearly it; what is its shape?",
    severity="fault",
)
def one_hot_rows(labels, C):
    return np.eye(C)[labels]


@mistake(
    "reshaped-for-transposed",
    "one_hot",
    message="the array is reshaped where it should be transposed: the numbers keep their order and land elsewhere",
    hint="Compare reshape and .T on a small array.",
    severity="grave",
)
def one_hot_reshaped(labels, C):
    return np.eye(C)[labels].reshape(C, -1)


@mistake(
    "classes-counted-in-labels",
    "one_hot",
    message="the number of classes is taken from the labels; the argument C is ignored",
    hint="What if no example of the last class is in the batch?",
    severity="fault",
)
def one_hot_ignores_C(labels, C):
    return _indicator(labels, int(np.max(labels)) + 1)


@mistake(
    "ranks-for-classes",
    "one_hot",
    message="the labels are numbered anew by rank among those that occur, so they move where a lower class is missing",
    hint="Which row belongs to the label 2 when no example has the label 1?",
    severity="fault",
)
def one_hot_ranks(labels, C):
    return _indicator(np.unique(labels, return_inverse=True)[1].reshape(-1), C)


@mistake(
    "only-present-classes",
    "one_hot",
    message="only classes that occur among the labels get a row",
    hint="What if a class does not occur in the batch?",
    severity="fault",
)
def one_hot_present(labels, C):
    return (np.unique(labels)[:, None] == labels).astype(float)


@mistake(
    "counts-from-one",
    "one_hot",
    message="the ones are one row too high: this counts the classes from 1",
    hint="Which row belongs to class 0?",
    severity="fault",
)
def one_hot_from_one(labels, C):
    return np.eye(C)[:, labels - 1]


@mistake(
    "one-cold",
    "one_hot",
    message="zeros and ones have changed places",
    hint="How many ones does a column have?",
    severity="grave",
)
def one_hot_inverted(labels, C):
    return 1 - _indicator(labels, C)


@mistake(
    "labels-for-ones",
    "one_hot",
    message="the label itself is written into the array, not a 1",
    hint="Which values may a one-hot array hold?",
    severity="fault",
)
def one_hot_labels(labels, C):
    return _indicator(labels, C) * labels


@mistake(
    "class-0-left-out",
    "one_hot",
    message="the examples of class 0 have no 1 in their columns",
    hint="What is bool(0)? Class 0 is a class like the others.",
    severity="fault",
)
def one_hot_without_class_0(labels, C):
    return _indicator(labels, C) * (labels != 0)


@mistake(
    "rows-filled",
    "one_hot",
    message="the whole row of each class that occurs is filled with ones",
    hint="What does Y[labels] = 1 write, and how do you name one place for each example?",
    severity="grave",
)
def one_hot_rows_filled(labels, C):
    Y = np.zeros((C, len(labels)))
    Y[labels] = 1
    return Y


@mistake(
    "last-example-left-out",
    "one_hot",
    message="the last example has no 1 in its column",
    hint="Where does your loop, or your slice, end?",
    severity="fault",
)
def one_hot_without_last(labels, C):
    return _indicator(labels, C) * (np.arange(len(labels)) < len(labels) - 1)


@mistake(
    "class-0-left-out",
    "one_hot",
    message="the row of class 0 is missing, so that the array has C - 1 rows",
    hint="How many classes are there from 0 to C - 1?",
    severity="fault",
)
def one_hot_without_row_0(labels, C):
    return _indicator(labels, C)[1:]


# -- softmax -----------------------------------------------------------------------------

_OVERFLOW = "the exponential overflows for large scores, and inf / inf is nan"


@mistake(
    "overflow",
    "softmax",
    message=_OVERFLOW,
    hint="The quotient stays the same when a number is subtracted from all scores of an example. Which number is good?",
    severity="slip",
)
def softmax_overflow(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z) / np.sum(np.exp(Z), axis=0, keepdims=True)


@mistake(
    "global-maximum",
    "softmax",
    message="the largest score of all examples is subtracted: an example whose scores lie far below gives 0 / 0",
    hint="Each example has a largest score of its own.",
    severity="slip",
)
def softmax_global_maximum(Z):
    exponentials = np.exp(Z - np.max(Z))
    with np.errstate(all="ignore"):
        return exponentials / np.sum(exponentials, axis=0, keepdims=True)


@mistake(
    "maximum-over-examples",
    "softmax",
    message="the maximum is taken over the examples: this changes the scores of an example by different amounts",
    hint="Along which axis do the classes of one example lie?",
    severity="fault",
)
def softmax_maximum_over_examples(Z):
    exponentials = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        return exponentials / np.sum(exponentials, axis=0, keepdims=True)


_TO_SUBTRACT = "Which score has to become 0, so that no exponential is larger than 1, and their sum not 0?"


def _other_subtracted(what, where, found):
    @mistake(
        "overflow",
        "softmax",
        message=f"{what} is subtracted, not the largest score of the example: {where}",
        hint=_TO_SUBTRACT,
        severity="slip",
    )
    def softmax(Z):
        with np.errstate(all="ignore"):
            exponentials = np.exp(Z - found(Z))
            return exponentials / np.sum(exponentials, axis=0, keepdims=True)


_FAR_ABOVE = "the exponential of a score far above it overflows, and inf / inf is nan"
_other_subtracted("the smallest score", _FAR_ABOVE, lambda Z: np.min(Z, axis=0, keepdims=True))
_other_subtracted("the mean score", _FAR_ABOVE, lambda Z: np.mean(Z, axis=0, keepdims=True))
_other_subtracted(
    "the largest absolute value",
    "where all scores lie far below 0, all exponentials are 0, and 0 / 0 is nan",
    lambda Z: np.max(np.abs(Z), axis=0, keepdims=True),
)


over_examples = mistake(
    "softmax-over-examples",
    "softmax",
    message="the rows add up to 1; the columns should, since an example is a column",
    hint="Along which axis do the classes of one example lie?",
    severity="grave",
)


@over_examples
def _(Z):
    return _softmax(Z.T).T


@over_examples
def _(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)


@over_examples
def _(Z):
    with np.errstate(all="ignore"):
        exponentials = np.exp(Z - np.max(Z))
        return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@mistake(
    "rows-summed",
    "softmax",
    message="the exponentials are divided by the sums of the rows; each example is a column, and has a sum of its own",
    hint="What do the probabilities of one example add up to? And which axis of Z goes through its classes?",
    severity="grave",
)
def softmax_of_rows(Z):
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    with np.errstate(all="ignore"):
        return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@mistake(
    "length-for-sum",
    "softmax",
    message="the exponentials are divided by their 2-norm; the probabilities have to add up to 1, not their squares",
    hint="What do the probabilities of one example add up to?",
    severity="fault",
)
def softmax_of_length_1(Z):
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return exponentials / np.linalg.norm(exponentials, axis=0, keepdims=True)


def _guarded(number):
    @mistake(
        "guard-in-denominator",
        "softmax",
        message="a number is added to the denominator, so that the probabilities do not add up to 1; it needs none",
        hint="Which exponential is 1 once the largest score is subtracted, and can the sum be 0?",
        severity="fault",
    )
    def softmax(Z):
        exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
        return exponentials / (np.sum(exponentials, axis=0, keepdims=True) + number)


for _number in (1e-4, 1e-3, 1e-5):
    _guarded(_number)


_ONE_SUM = {
    "code": "sum-over-everything",
    "function": "softmax",
    "message": "this divides by the sum over all examples; each example has a sum of its own",
    "hint": "What do the probabilities of one example add up to?",
    "severity": "fault",
}


@mistake(**_ONE_SUM)
def softmax_sum_of_all_columns(Z):
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return exponentials / np.sum(exponentials)


@mistake(**_ONE_SUM)
def softmax_sum_over_everything(Z):
    exponentials = np.exp(Z - np.max(Z))
    return exponentials / np.sum(exponentials)


@mistake(
    "missing-exponential",
    "softmax",
    message="the exponential is missing",
    hint="Can your probabilities be negative?",
    severity="grave",
)
def softmax_without_exponential(Z):
    return Z / np.sum(Z, axis=0, keepdims=True)


@mistake(
    "missing-exponential",
    "softmax",
    message="the exponential is missing: the largest score is subtracted, and this is divided by its sum",
    hint="Which probability does your function give to the largest score?",
    severity="grave",
)
def softmax_of_differences(Z):
    differences = Z - np.max(Z, axis=0, keepdims=True)
    return differences / np.sum(differences, axis=0, keepdims=True)


@mistake(
    "missing-division",
    "softmax",
    message="the division by the sum is missing",
    hint="What do the probabilities of one example add up to?",
    severity="grave",
)
def softmax_without_division(Z):
    return np.exp(Z - np.max(Z, axis=0, keepdims=True))


@mistake(
    "missing-division",
    "softmax",
    message="this is exp(Z) alone; the division by the sum is missing",
    hint="What do the probabilities of one example add up to?",
    severity="grave",
)
def softmax_exponential(Z):
    with np.errstate(all="ignore"):
        return np.exp(Z)


@mistake(
    "softmax-is-sigmoid",
    "softmax",
    message="this is the sigmoid of every score by itself",
    hint="What do the probabilities of one example add up to?",
    severity="grave",
)
def softmax_sigmoid(Z):
    return _sigmoid(Z)


@mistake(
    "softmax-is-sigmoid",
    "softmax",
    message="this is the sigmoid of every score by itself, less the largest one",
    hint="What do the probabilities of one example add up to?",
    severity="grave",
)
def softmax_sigmoid_of_differences(Z):
    return _sigmoid(Z - np.max(Z, axis=0, keepdims=True))


@mistake(
    "softmax-is-hard",
    "softmax",
    message="this is 1 for the largest score and 0 otherwise",
    hint="The maximum is to be soft.",
    severity="grave",
)
def softmax_hard(Z):
    return _indicator(np.argmax(Z, axis=0), Z.shape[0])


@mistake(
    "softmax-logarithm",
    "softmax",
    message="this is the logarithm of softmax",
    hint="Probabilities lie between 0 and 1.",
    severity="fault",
)
def softmax_logarithm(Z):
    with np.errstate(all="ignore"):
        return np.log(_softmax(Z))


@mistake(
    "exponent-sign",
    "softmax",
    message="the exponent has the wrong sign: the largest score gets the smallest probability",
    hint="Which class should be most probable?",
    severity="grave",
)
def softmax_sign(Z):
    return _softmax(-Z)


# -- softmax_cost ------------------------------------------------------------------------


def _logarithms(AL, Y):
    return np.log(np.where(Y > 0, AL, 1.0))


@mistake(
    "largest-probability",
    "softmax_cost",
    message="this is the logarithm of the largest probability, whichever class is the true one",
    hint="What should an example cost whose true class has a small probability?",
    severity="fault",
)
def cost_of_largest(AL, Y):
    return float(-np.sum(np.log(np.max(AL, axis=0))) / Y.shape[1])


@mistake(
    "labels-as-index",
    "softmax_cost",
    message="Y is used as an index, so that its zeros and ones pick the rows 0 and 1 of AL",
    hint="What is AL[Y] for an integer Y? A product with Y, or a mask Y == 1, picks the true classes.",
    severity="grave",
)
def cost_of_rows(AL, Y):
    return float(-np.sum(np.log(AL[Y.astype(int)])) / Y.shape[1])


@mistake(
    "product-of-all",
    "softmax_cost",
    message="for hundreds of examples the cost is infinite: the product of all their probabilities is smaller than any number but 0",
    hint="The logarithm of a product is a sum of logarithms. Take the logarithm of each probability first.",
    severity="slip",
)
def softmax_cost_of_a_product(AL, Y):
    with np.errstate(all="ignore"):
        return float(-np.log(np.prod(np.sum(AL * Y, axis=0))) / Y.shape[1])


@mistake(
    "zero-times-infinity",
    "softmax_cost",
    message="where a class that is not the true one has probability 0, this computes 0 * log(0), which is nan",
    hint="Only the probability of the true class matters; can you take the logarithm of that alone?",
    severity="slip",
)
def cost_zero_times_infinity(AL, Y):
    with np.errstate(all="ignore"):
        return float(-np.sum(Y * np.log(AL)) / Y.shape[1])


@mistake(
    "missing-mean",
    "softmax_cost",
    message="this is the sum over the examples; the mean is wanted",
    hint="Does your cost grow with m?",
    severity="fault",
)
def cost_sum(AL, Y):
    return float(-np.sum(Y * _logarithms(AL, Y)))


@mistake(
    "mean-over-classes",
    "softmax_cost",
    message="this divides by the number of classes as well: the mean runs over all entries",
    hint="How many entries of a column contribute, and how often does an example count?",
    severity="fault",
)
def cost_mean_of_entries(AL, Y):
    return float(-np.mean(Y * _logarithms(AL, Y)))


@mistake(
    "classes-for-examples",
    "softmax_cost",
    message="this divides by the number of classes instead of by the number of examples",
    hint="Which axis of Y are the examples?",
    severity="fault",
)
def cost_over_classes(AL, Y):
    return float(-np.sum(Y * _logarithms(AL, Y)) / Y.shape[0])


@mistake(
    "opposite-sign",
    "softmax_cost",
    message="the minus sign is missing",
    hint="Can a cross-entropy be negative?",
    severity="fault",
)
def cost_sign(AL, Y):
    return float(np.sum(Y * _logarithms(AL, Y)) / Y.shape[1])


@mistake(
    "binary-cross-entropy",
    "softmax_cost",
    message="this is the cost of independent yes-or-no answers: the terms with 1 - Y do not belong here",
    hint="In the cross-entropy of softmax only the true class of each example has a term.",
    severity="fault",
)
def cost_binary(AL, Y):
    with np.errstate(all="ignore"):
        return float(-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / Y.shape[1])


@mistake(
    "missing-logarithm",
    "softmax_cost",
    message="the logarithm is missing",
    hint="What should the cost be where the true class has probability 1?",
    severity="grave",
)
def cost_without_logarithm(AL, Y):
    return float(-np.sum(Y * AL) / Y.shape[1])


@mistake(
    "missing-labels",
    "softmax_cost",
    message="the logarithms of all classes are added, whatever the labels",
    hint="Which entry of a column of AL matters?",
    severity="grave",
)
def cost_without_labels(AL, Y):
    with np.errstate(all="ignore"):
        return float(-np.sum(np.log(AL)) / Y.shape[1])


@mistake(
    "other-logarithm",
    "softmax_cost",
    message="the logarithm has the base 2; the natural one is wanted",
    hint="Of np.log, np.log2 and np.log10, which one is the natural logarithm?",
    severity="fault",
)
def cost_base_two(AL, Y):
    return float(-np.sum(Y * _logarithms(AL, Y)) / np.log(2) / Y.shape[1])


@mistake(
    "other-logarithm",
    "softmax_cost",
    message="the logarithm has the base 10; the natural one is wanted",
    hint="Of np.log, np.log2 and np.log10, which one is the natural logarithm?",
    severity="fault",
)
def cost_base_ten(AL, Y):
    return float(-np.sum(Y * _logarithms(AL, Y)) / np.log(10) / Y.shape[1])


@mistake(
    "squared-error",
    "softmax_cost",
    message="this is the squared error, not the cross-entropy",
    hint="Where is the logarithm?",
    severity="grave",
)
def cost_squared(AL, Y):
    return float(np.sum((AL - Y) ** 2) / Y.shape[1])


@mistake(
    "guard-too-large",
    "softmax_cost",
    message="a class that is less probable than the guard in the logarithm costs too little",
    hint="How small may a probability be before your guard changes it? It should do so for next to 0 only.",
    severity="slip",
)
def cost_clipped(AL, Y):
    return float(-np.sum(Y * np.log(np.maximum(AL, 1e-5))) / Y.shape[1])


@mistake(
    "not-averaged",
    "softmax_cost",
    message="this is the cost of each example; one number is wanted, their mean",
    hint="What is still to be done with the m costs?",
    severity="fault",
)
def cost_of_each(AL, Y):
    return -np.sum(Y * _logarithms(AL, Y), axis=0)


_of_labels = mistake(
    "logarithm-of-labels",
    "softmax_cost",
    message="the logarithm is taken of the labels; it is taken of the probabilities",
    hint="What is log(Y) where Y is 0, and which of the two arrays says how sure the model is?",
    severity="grave",
)


@_of_labels
def cost_of_log_labels(AL, Y):
    with np.errstate(all="ignore"):
        return float(-np.sum(AL * np.log(Y)) / Y.shape[1])


@_of_labels
def cost_of_guarded_log_labels(AL, Y):
    return float(-np.sum(AL * np.log(Y + 1e-8)) / Y.shape[1])


@mistake(
    "opposite-probability",
    "softmax_cost",
    message="the logarithm is that of 1 - AL for the true class; it is that of AL",
    hint="What should an example cost whose true class has probability 1?",
    severity="grave",
)
def cost_of_opposite(AL, Y):
    with np.errstate(all="ignore"):
        return float(-np.sum(Y * _logarithms(1 - AL, Y)) / Y.shape[1])


@mistake(
    "mean-before-logarithm",
    "softmax_cost",
    message="this is the logarithm of a mean probability; the mean of the logarithms is wanted",
    hint="Which comes first, the logarithm or the mean? They do not commute.",
    severity="fault",
)
def cost_of_mean(AL, Y):
    return float(-np.log(np.sum(AL * Y) / Y.shape[1]))


# -- softmax_backward --------------------------------------------------------------------


@mistake(
    "divided-by-m",
    "softmax_backward",
    message="this is divided by m; dZ is the gradient of each example's own cost, and the mean comes with dW and db",
    hint="Where does the division by m happen in the course's backward pass?",
    severity="fault",
)
def backward_divided(AL, Y):
    return (AL - Y) / Y.shape[1]


@mistake(
    "classes-for-examples",
    "softmax_backward",
    message="this is divided by the number of classes; dZ is divided by nothing",
    hint="Work the derivative out for one example: is there a C left?",
    severity="fault",
)
def backward_over_classes(AL, Y):
    return (AL - Y) / Y.shape[0]


@mistake(
    "division-by-zero",
    "softmax_backward",
    message="where a probability is exactly 0, this divides by it: dZ is nan there",
    hint="Multiply the derivative of the cost by that of softmax on paper: what is left of the division by AL?",
    severity="slip",
)
def backward_in_two_steps(AL, Y):
    with np.errstate(all="ignore"):
        dA = -Y / AL
        return AL * (dA - np.sum(dA * AL, axis=0, keepdims=True))


@mistake(
    "opposite-sign",
    "softmax_backward",
    message="dZ has the opposite sign",
    hint="Should a higher score of the true class raise or lower the cost?",
    severity="grave",
)
def backward_sign(AL, Y):
    return Y - AL


@mistake(
    "gradient-of-AL",
    "softmax_backward",
    message="this is the gradient with respect to AL; the one with respect to the scores Z is wanted",
    hint="The derivative of softmax is the missing factor; most of it cancels.",
    severity="grave",
)
def backward_of_AL(AL, Y):
    return -Y / AL


@mistake(
    "gradient-of-AL",
    "softmax_backward",
    message="this is the gradient of a logistic cost with respect to AL; the one of softmax with respect to the scores is wanted",
    hint="The derivative of softmax is the missing factor; most of it cancels.",
    severity="grave",
)
def backward_of_logistic(AL, Y):
    return -(Y / AL - (1 - Y) / (1 - AL))


@mistake(
    "extra-derivative",
    "softmax_backward",
    message="the factor AL * (1 - AL) has already cancelled",
    hint="Write down the derivative of the cost with respect to one score, and simplify.",
    severity="fault",
)
def backward_extra(AL, Y):
    return (AL - Y) * AL * (1 - AL)


@mistake(
    "only-true-class",
    "softmax_backward",
    message="only the true class gets a gradient; the others compete with it",
    hint="The scores of the other classes stand in the denominator of softmax.",
    severity="fault",
)
def backward_only_true(AL, Y):
    return Y * (AL - 1)


@mistake(
    "diagonal-derivative",
    "softmax_backward",
    message="only the diagonal of softmax's derivative is used: a score also changes the other probabilities",
    hint="The scores of the other classes stand in the denominator of softmax.",
    severity="fault",
)
def backward_diagonal(AL, Y):
    return -Y / AL * AL * (1 - AL) + AL * (1 - AL)


@mistake(
    "mutated-input",
    "softmax_backward",
    message="AL is overwritten",
    hint="Make a new array: no -= and no assignment to parts of AL.",
    severity="slip",
)
def backward_in_place(AL, Y):
    AL -= Y
    return AL


# -- predict -----------------------------------------------------------------------------


@mistake(
    "order-of-rows",
    "predict",
    message="the classes come in the order of the rows in which they were found, not in that of the examples",
    hint="In which order does np.where go through the entries of a matrix?",
    severity="grave",
)
def predict_in_rows(AL):
    return np.where(AL.max(axis=0) == AL)[0]


@mistake(
    "over-examples",
    "predict",
    message="this looks for the largest entry of each row; the classes of an example lie in a column",
    hint="How many answers should there be for m examples?",
    severity="grave",
)
def predict_rows(AL):
    return np.argmax(AL, axis=1)


@mistake(
    "smallest", "predict", message="this is the least probable class", hint="Compare argmin and argmax.", severity="grave"
)
def predict_smallest(AL):
    return np.argmin(AL, axis=0)


@mistake(
    "probability-for-class",
    "predict",
    message="this is the largest probability itself; its row is wanted",
    hint="Compare max and argmax.",
    severity="grave",
)
def predict_value(AL):
    return np.max(AL, axis=0)


@mistake(
    "counts-from-one",
    "predict",
    message="the classes are counted from 1; the first row is class 0",
    hint="Which class is the first row?",
    severity="fault",
)
def predict_from_one(AL):
    return np.argmax(AL, axis=0) + 1


@mistake(
    "threshold",
    "predict",
    message="the probabilities are compared with 0.5, as for two classes; with more classes the largest counts",
    hint="What if no class is more probable than 0.5?",
    severity="fault",
)
def predict_threshold(AL):
    return np.argmax(AL > 0.5, axis=0)


@mistake(
    "threshold",
    "predict",
    message="the probabilities are compared with 0.5, as for two classes; with more classes the largest counts",
    hint="What if no class is more probable than 0.5?",
    severity="fault",
)
def predict_half(AL):
    return np.max(np.where(AL > 0.5, np.arange(AL.shape[0])[:, None], 0), axis=0)


@mistake(
    "threshold",
    "predict",
    message="the probabilities are compared with 0.5 one by one; one class for each example is wanted",
    hint="How many answers should there be for m examples?",
    severity="grave",
)
def predict_each(AL):
    return (AL > 0.5).astype(int)


@mistake(
    "one-hot-prediction",
    "predict",
    message="this is a one-hot array; the index of the class is wanted",
    hint="What shape should the result have?",
    severity="fault",
)
def predict_one_hot(AL):
    return _indicator(np.argmax(AL, axis=0), AL.shape[0])


@mistake(
    "over-everything",
    "predict",
    message="this is the place of the largest entry of the whole array",
    hint="How many answers should there be for m examples?",
    severity="grave",
)
def predict_flat(AL):
    return np.argmax(AL)


@mistake(
    "two-classes",
    "predict",
    message="this is right for two classes only",
    hint="What is your answer for a third class?",
    severity="grave",
)
def predict_two(AL):
    return (AL[1] > AL[0]).astype(int)


# -- sigmoid_cross_entropy_with_logits ---------------------------------------------------

_STABLE = "Write log(sigmoid(Z)) without the sigmoid; which exponential cannot overflow, exp(|Z|) or exp(-|Z|)?"


def _losses(Z, Y):
    return np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))


@mistake(
    "missing-product",
    "sigmoid_cross_entropy_with_logits",
    message="the term - Z * Y is missing: the loss does not depend on the label",
    hint="Compare the loss of one score for the label 0 and for the label 1.",
    severity="grave",
)
def logits_without_product(Z, Y):
    return np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))


@mistake(
    "missing-product",
    "sigmoid_cross_entropy_with_logits",
    message="Z alone stands in the place of Z * Y: the loss does not depend on the label",
    hint="Compare the loss of one score for the label 0 and for the label 1.",
    severity="grave",
)
def logits_with_score_for_product(Z, Y):
    return np.maximum(Z, 0) - Z + np.log1p(np.exp(-np.abs(Z)))


@mistake(
    "minimum-for-maximum",
    "sigmoid_cross_entropy_with_logits",
    message="min(Z, 0) stands in the place of max(Z, 0)",
    hint="What should the loss be for Z = 5 and the label 0?",
    severity="fault",
)
def logits_with_minimum(Z, Y):
    return np.minimum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))


@mistake(
    "missing-one",
    "sigmoid_cross_entropy_with_logits",
    message="the 1 in log(1 + exp(-|Z|)) is missing, so that this term is -|Z|",
    hint="What is np.log1p(x), and what is np.log(x)?",
    severity="fault",
)
def logits_without_one(Z, Y):
    with np.errstate(all="ignore"):
        return np.maximum(Z, 0) - Z * Y + np.log(np.exp(-np.abs(Z)))


@mistake(
    "exponent-sign",
    "sigmoid_cross_entropy_with_logits",
    message="this uses exp(|Z|), which grows with the score; the formula has exp(-|Z|)",
    hint="What is left of the term log(1 + exp(...)) where a score is large?",
    severity="fault",
)
def logits_with_growing_exponential(Z, Y):
    with np.errstate(all="ignore"):
        return np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(np.abs(Z)))


def _clipped_scores(bound):
    @mistake(
        "clipped",
        "sigmoid_cross_entropy_with_logits",
        message="scores are cut to a bound, so that the loss of a larger one is far too small",
        hint=_STABLE,
        severity="slip",
    )
    def logits_of_clipped(Z, Y):
        return _losses(np.clip(Z, -bound, bound), Y)


for _bound in (500, 100, 50, 30, 20):
    _clipped_scores(_bound)


@mistake(
    "product-added",
    "sigmoid_cross_entropy_with_logits",
    message="Z * Y is added, where it should be subtracted: the surer a right answer is, the more it costs",
    hint="What should a large positive score cost where the label is 1?",
    severity="grave",
)
def logits_with_product_added(Z, Y):
    return np.maximum(Z, 0) + Z * Y + np.log1p(np.exp(-np.abs(Z)))


@mistake(
    "overflow",
    "sigmoid_cross_entropy_with_logits",
    message="the sigmoid of a large score is exactly 0 or 1, and its logarithm is infinite",
    hint=_STABLE,
    severity="slip",
)
def logits_naive(Z, Y):
    A = _sigmoid(Z)
    with np.errstate(all="ignore"):
        return -Y * np.log(A) - (1 - Y) * np.log(1 - A)


@mistake(
    "overflow",
    "sigmoid_cross_entropy_with_logits",
    message="exp(Z) overflows for large scores, and the loss is infinite",
    hint=_STABLE,
    severity="slip",
)
def logits_softplus(Z, Y):
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(Z)) - Z * Y


@mistake(
    "overflow",
    "sigmoid_cross_entropy_with_logits",
    message="exp(-Z) overflows for very negative scores, and the loss is infinite",
    hint=_STABLE,
    severity="slip",
)
def logits_softplus_of_minus(Z, Y):
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(-Z)) + (1 - Y) * Z


@mistake(
    "guarded-logarithm",
    "sigmoid_cross_entropy_with_logits",
    message="a small number in the logarithm keeps the loss finite, but not right: for large scores it stays far too small",
    hint=_STABLE,
    severity="slip",
)
def logits_guarded(Z, Y):
    A = _sigmoid(Z)
    return -Y * np.log(A + 1e-8) - (1 - Y) * np.log(1 - A + 1e-8)


def _cut_sigmoid(least):
    @mistake(
        "guarded-logarithm",
        "sigmoid_cross_entropy_with_logits",
        message="the sigmoid is cut off near 0 and 1, which keeps the loss finite, but not right: for large scores it stays far too small",
        hint=_STABLE,
        severity="slip",
    )
    def logits_of_cut_sigmoid(Z, Y):
        A = np.clip(_sigmoid(Z), least, 1 - least)
        return -Y * np.log(A) - (1 - Y) * np.log(1 - A)


for _least in (1e-15, 1e-12, 1e-10, 1e-8, 1e-7):
    _cut_sigmoid(_least)


@mistake(
    "score-of-0-left-out",
    "sigmoid_cross_entropy_with_logits",
    message="a score of exactly 0 has the loss 0; the formula gives log(2)",
    hint="In which of your two cases is a score of 0?",
    severity="slip",
)
def logits_without_zero(Z, Y):
    return np.where(Z == 0, 0.0, _losses(Z, Y))


@mistake(
    "logarithm-left-out",
    "sigmoid_cross_entropy_with_logits",
    message="for scores of some size the term log(1 + exp(-|Z|)) is left out; it is small there, but not 0",
    hint="What is log(1 + exp(-4)), and from which score on is such a number rounded away beside the score itself?",
    severity="slip",
)
def logits_cut(Z, Y):
    return np.maximum(Z, 0) - Z * Y + np.where(np.abs(Z) > 4, 0.0, np.log1p(np.exp(-np.abs(Z))))


@mistake(
    "missing-absolute-value",
    "sigmoid_cross_entropy_with_logits",
    message="the exponential needs the absolute value of Z: this is right only for positive scores",
    hint="Try a negative score.",
    severity="fault",
)
def logits_without_absolute(Z, Y):
    with np.errstate(all="ignore"):
        return np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-Z))


@mistake(
    "missing-maximum",
    "sigmoid_cross_entropy_with_logits",
    message="the term max(Z, 0) is missing",
    hint="What should the loss be for Z = 5 and the label 0?",
    severity="fault",
)
def logits_without_maximum(Z, Y):
    return -Z * Y + np.log1p(np.exp(-np.abs(Z)))


@mistake(
    "reduced",
    "sigmoid_cross_entropy_with_logits",
    message="this is the mean; a loss for each entry is wanted",
    hint="What shape should the result have?",
    severity="fault",
)
def logits_mean(Z, Y):
    return float(np.mean(_losses(Z, Y)))


@mistake(
    "reduced",
    "sigmoid_cross_entropy_with_logits",
    message="this is the sum; a loss for each entry is wanted",
    hint="What shape should the result have?",
    severity="fault",
)
def logits_sum(Z, Y):
    return float(np.sum(_losses(Z, Y)))


@mistake(
    "opposite-sign",
    "sigmoid_cross_entropy_with_logits",
    message="the losses have the opposite sign",
    hint="Can this loss be negative?",
    severity="fault",
)
def logits_sign(Z, Y):
    return -_losses(Z, Y)


@mistake(
    "labels-swapped",
    "sigmoid_cross_entropy_with_logits",
    message="the labels have changed places: this is the loss for 1 - Y",
    hint="Should a large positive score be cheap or expensive when the label is 1?",
    severity="grave",
)
def logits_swapped(Z, Y):
    return _losses(Z, 1 - Y)


@mistake(
    "only-positive-labels",
    "sigmoid_cross_entropy_with_logits",
    message="only the label 1 has a loss; the term with 1 - Y is missing",
    hint="What does your function say of a wrong, confident score with the label 0?",
    severity="fault",
)
def logits_only_positive(Z, Y):
    return Y * _losses(Z, 1)


@mistake(
    "sigmoid-twice",
    "sigmoid_cross_entropy_with_logits",
    message="the sigmoid is applied to the scores once too often",
    hint="The formula works on the logits themselves.",
    severity="fault",
)
def logits_twice(Z, Y):
    return _losses(_sigmoid(Z), Y)


@mistake(
    "no-sigmoid",
    "sigmoid_cross_entropy_with_logits",
    message="the scores are taken for probabilities: the sigmoid is missing",
    hint="Z may be negative; what is its logarithm?",
    severity="grave",
)
def logits_without_sigmoid(Z, Y):
    with np.errstate(all="ignore"):
        return -Y * np.log(Z) - (1 - Y) * np.log(1 - Z)


# -- xavier_initialization ---------------------------------------------------------------


def _initialized(layer_dims, weights):
    parameters = {}
    for layer, (n_prev, n) in enumerate(pairwise(layer_dims), 1):
        parameters[f"W{layer}"] = weights(n_prev, n)
        parameters[f"b{layer}"] = np.zeros((n, 1))
    return parameters


_SCALE_HINT = "Compute the variance of one of your larger weight matrices and compare it with the formula."


@mistake(
    "zero-weights",
    "xavier_initialization",
    message="all weights are zero",
    hint="Why would all units of a layer stay the same?",
    severity="grave",
)
def xavier_zero(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.zeros((n, n_prev)))


@mistake(
    "last-layer-missing",
    "xavier_initialization",
    message="the parameters of the last layer are missing: the loop ends one layer early",
    hint="With sizes [n_x, n_1, ..., n_L] there are L layers: where does your loop end?",
    severity="fault",
)
def xavier_without_last(layer_dims):
    return _initialized(layer_dims[:-1], lambda n_prev, n: np.random.randn(n, n_prev) / np.sqrt(n_prev))


@mistake(
    "zero-layer",
    "xavier_initialization",
    message="the weights of at least one layer are all zero: its units start alike, whatever the other layers hold",
    hint="Print the weights of every layer, of the first and of the last one, too.",
    severity="fault",
)
def xavier_zero_first(layer_dims):
    right = _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / np.sqrt(n_prev))
    return {**right, "W1": 0 * right["W1"]}


@mistake(
    "one-unit-without-axis",
    "xavier_initialization",
    message="the weights of a layer of one unit have lost an axis: W is a matrix of shape (1, n_prev) there, too",
    hint="What does np.squeeze do to a matrix of one row? Leave W as it is.",
    severity="slip",
)
def xavier_squeezed(layer_dims):
    right = _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / np.sqrt(n_prev))
    return {name: np.squeeze(value) if name[0] == "W" else value for name, value in right.items()}


@mistake(
    "constant-weights",
    "xavier_initialization",
    message="all weights of a layer are the same number",
    hint="Why would all units of a layer stay the same?",
    severity="grave",
)
def xavier_constant(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.full((n, n_prev), 1 / np.sqrt(n_prev)))


@mistake(
    "units-alike",
    "xavier_initialization",
    message="the units of a layer all start with the same row of weights",
    hint="How many different numbers does a layer with n units and n_prev inputs need, and how many are drawn?",
    severity="grave",
)
def xavier_alike(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.tile(np.random.randn(1, n_prev) / np.sqrt(n_prev), (n, 1)))


@mistake(
    "missing-scale",
    "xavier_initialization",
    message="the weights have variance 1: the scale is missing",
    hint=_SCALE_HINT,
    severity="grave",
)
def xavier_unscaled(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev))


@mistake(
    "fixed-scale",
    "xavier_initialization",
    message="the weights are multiplied by 0.01, whatever the size of the layer",
    hint=_SCALE_HINT,
    severity="grave",
)
def xavier_fixed(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * 0.01)


@mistake(
    "he-scale",
    "xavier_initialization",
    message="the variance is 2 / n_prev: this is He initialization",
    hint="Which of the two is meant for relu, which one for tanh?",
    severity="fault",
)
def xavier_he(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(2 / n_prev))


@mistake(
    "fan-out",
    "xavier_initialization",
    message="the variance is 1 / n, with the number of units of the layer itself; what comes in counts",
    hint="How many terms are added in one unit?",
    severity="fault",
)
def xavier_fan_out(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(1 / n))


@mistake(
    "multiplied-for-divided",
    "xavier_initialization",
    message="the weights are multiplied by the root of n_prev; they are divided by it",
    hint=_SCALE_HINT,
    severity="fault",
)
def xavier_multiplied(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(n_prev))


@mistake(
    "variance-for-deviation",
    "xavier_initialization",
    message="the normal numbers are multiplied by the variance; the standard deviation is its root",
    hint="What is the variance of 3 times a number of variance 1?",
    severity="fault",
)
def xavier_variance(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / n_prev)


@mistake(
    "missing-two",
    "xavier_initialization",
    message="the variance is 1 / (n_prev + n); it is 2 over that sum, so that it is 1 / n for layers of equal size",
    hint="What would both rules give where n_prev and n are equal?",
    severity="fault",
)
def xavier_missing_two(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(1 / (n_prev + n)))


@mistake(
    "missing-parentheses",
    "xavier_initialization",
    message="2 / n_prev + n divides by n_prev alone; the sum needs parentheses",
    hint="In which order are / and + evaluated?",
    severity="fault",
)
def xavier_precedence(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(2 / n_prev + n))


@mistake(
    "half-for-root",
    "xavier_initialization",
    message="n_prev ** 1 / 2 is half of n_prev; the root is n_prev ** (1 / 2)",
    hint="Which comes first, ** or /?",
    severity="fault",
)
def xavier_half(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / (n_prev / 2))


@mistake(
    "limit-for-deviation",
    "xavier_initialization",
    message="sqrt(6 / (n_prev + n)) is the limit of a uniform distribution, not the standard deviation of a normal one",
    hint=_SCALE_HINT,
    severity="fault",
)
def xavier_limit(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(6 / (n_prev + n)))


@mistake(
    "deviation-for-limit",
    "xavier_initialization",
    message="a uniform number between -1/sqrt(n_prev) and 1/sqrt(n_prev) has the variance 1 / (3 n_prev)",
    hint="The limit of a uniform distribution is larger than its standard deviation. By which factor?",
    severity="fault",
)
def xavier_deviation(layer_dims):
    def weights(n_prev, n):
        limit = 1 / np.sqrt(n_prev)
        return np.random.uniform(-limit, limit, (n, n_prev))

    return _initialized(layer_dims, weights)


@mistake(
    "first-layer-everywhere",
    "xavier_initialization",
    message="all layers are scaled by the size of the input; each layer has its own",
    hint="Which entry of layer_dims belongs to which layer?",
    severity="fault",
)
def xavier_first(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / np.sqrt(layer_dims[0]))


@mistake(
    "not-centred",
    "xavier_initialization",
    message="no weight is negative: the mean should be 0",
    hint="Between which numbers does your generator draw, and does nothing (an absolute value, a square) take the sign away?",
    severity="fault",
)
def xavier_not_centred(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.rand(n, n_prev) * np.sqrt(1 / n_prev))


@mistake(
    "repeated-layers",
    "xavier_initialization",
    message="every layer starts with the same random numbers",
    hint="Is the generator seeded anew for each layer, or are the same numbers taken again? Draw new ones for each.",
    severity="fault",
)
def xavier_repeated(layer_dims):
    def weights(n_prev, n):
        np.random.seed(3)
        return np.random.randn(n, n_prev) / np.sqrt(n_prev)

    return _initialized(layer_dims, weights)


@mistake(
    "equal-layers-repeat",
    "xavier_initialization",
    message="some layers start with the same random numbers",
    hint="Does a layer take its numbers from another one, from a stored matrix, or from a seed that comes again? Draw new ones for each.",
    severity="fault",
)
def xavier_by_shape(layer_dims):
    drawn = {}

    def weights(n_prev, n):
        if (n, n_prev) not in drawn:
            drawn[n, n_prev] = np.random.randn(n, n_prev) / np.sqrt(n_prev)
        return drawn[n, n_prev].copy()

    return _initialized(layer_dims, weights)


@mistake(
    "rounded-root",
    "xavier_initialization",
    message="the root of n_prev is rounded down to a whole number",
    hint="What is int(np.sqrt(8)), and what is np.sqrt(8)?",
    severity="fault",
)
def xavier_rounded(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / int(np.sqrt(n_prev)))


@mistake(
    "last-layer-by-another-rule",
    "xavier_initialization",
    message="the last layer has another variance than the rule of all other layers gives it",
    hint="Is the last layer initialized by a line of its own? One rule holds for all layers.",
    severity="fault",
)
def xavier_last_otherwise(layer_dims):
    parameters = _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / np.sqrt(n_prev))
    parameters[f"W{len(layer_dims) - 1}"] *= np.sqrt(2)
    return parameters


@mistake(
    "mixed-rules",
    "xavier_initialization",
    message="some layers have the variance 1 / n_prev, others 2 / (n_prev + n); one rule holds for all layers",
    hint="Is there a line of its own for some layer? Choose one of the two rules.",
    severity="fault",
)
def xavier_mixed(layer_dims):
    parameters = _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) * np.sqrt(2 / (n_prev + n)))
    parameters["W1"] *= np.sqrt((layer_dims[0] + layer_dims[1]) / (2 * layer_dims[0]))
    return parameters


@mistake(
    "one-array-for-several",
    "xavier_initialization",
    message="several keys hold one and the same array, so that what is written into one of them is in the others, too",
    hint="How many arrays of zeros are made, and how many are needed? Change one in place, and look at all of them.",
    severity="slip",
)
def xavier_shared_biases(layer_dims):
    parameters = _initialized(layer_dims, lambda n_prev, n: np.random.randn(n, n_prev) / np.sqrt(n_prev))
    made = {}
    return {key: made.setdefault(len(b), b) if key[0] == "b" else b for key, b in parameters.items()}


@mistake(
    "transposed",
    "xavier_initialization",
    message="the weights are transposed: W has a row for each unit of its own layer",
    hint="What shape must W have in W @ A_prev?",
    severity="fault",
)
def xavier_transposed(layer_dims):
    return _initialized(layer_dims, lambda n_prev, n: np.random.randn(n_prev, n) / np.sqrt(n_prev))
