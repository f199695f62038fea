"""Known wrong solutions of the optimizers.

The updates are written as changes to the right step: each entry says which part of it is another one.
"""

from dataclasses import dataclass, replace

import numpy as np

from grader.spec import mistake

ASCENT = {
    "code": "ascent",
    "message": "the step goes up the gradient: the sign is wrong",
    "hint": "The gradient points to where the cost grows. Which way do you want to go?",
}

NO_RATE = {
    "code": "missing-learning-rate",
    "message": "the learning rate is missing from the step",
    "hint": "What decides how long a step is?",
}

RATE_LITERAL = {
    "code": "learning-rate-literal",
    "message": "the learning rate is written as the number 0.01, and the argument is ignored",
    "hint": "Look for a number in your formula that should be an argument.",
}

NO_BIASES = {
    "code": "biases-forgotten",
    "message": "only the weights are looked after, the biases are not",
    "hint": "Every layer has two kinds of parameters.",
}

NO_LAST = {
    "code": "last-layer-forgotten",
    "message": "the last layer is left out: the loop ends one layer early",
    "hint": "Write down which layers your range() visits for a network of three layers.",
}

NO_FIRST = {
    "code": "first-layer-forgotten",
    "message": "the first layer is left out",
    "hint": "Write down which layers your range() visits for a network of three layers.",
}

AVERAGES_BY_POSITION = {
    "code": "averages-by-position",
    "message": "the old averages are taken by their position in the dictionary, not by their names",
    "hint": "The order of two dictionaries need not agree: take dW1 from v under the name dW1.",
}

BY_POSITION = {
    "code": "keys-by-position",
    "message": "parameters and gradients are paired by their position in the dictionaries, which need not be the same",
    "hint": "Look a gradient up by its name.",
}

IN_PLACE = {
    "code": "mutated-input",
    "message": "the arrays of the caller are overwritten",
    "hint": "Look at the difference between a -= b and a = a - b for arrays.",
}

SMALL_LEFT_OUT = {
    "code": "small-gradients-left-out",
    "message": "a gradient whose numbers are small is left out, as if it were none",
    "hint": "How small may a gradient be before your code changes nothing any more? The exercise has no such limit.",
}

ZEROS_LEFT_ALONE = {
    "code": "zero-entries-left-alone",
    "message": "where the gradient is 0, the averages and the parameter stay as they are; what was averaged before goes on there",
    "hint": "A gradient of 0 is averaged like any other number.",
}

UNWEIGHTED = {
    "code": "missing-one-minus-beta",
    "message": "the new gradient enters the average with weight 1; the weights of past and present must add up to 1",
    "hint": "Compare the two coefficients of the average.",
}

SWAPPED = {
    "code": "weights-swapped",
    "message": "the weights of past and present are swapped",
    "hint": "With beta = 0.9, should one new gradient count 90 %?",
}

FORGETS = {
    "code": "averages-not-kept",
    "message": "the averages that are returned are the old ones, so that nothing is remembered",
    "hint": "Which averages do you return?",
}


def _step(parameters, length, direction):
    return {name: value - length * direction["d" + name] for name, value in parameters.items()}


def _average(old, new, beta, weight):
    """With the keys of ``new``."""
    return {name: beta * old[name] + weight * value for name, value in new.items()}


def _seen(arrays, grads):
    """Without the arrays that are left out where the gradient is small."""
    return {name: value for name, value in arrays.items() if np.abs(grads[f"d{name.removeprefix('d')}"]).max() > 1e-6}


def _where(grads, new, old):
    """The new entries where the gradient is not 0, and the old ones elsewhere."""
    return {name: np.where(grads[f"d{name.removeprefix('d')}"] != 0, value, old[name]) for name, value in new.items()}


def _weights(arrays):
    return {name: value for name, value in arrays.items() if "W" in name}


def _of_weights(arrays):
    """For the biases what belongs to the weights of their layer, as who copies a line has it."""
    return {name: arrays[f"dW{name[2:]}"] for name in arrays}


def _only_parameters(expected):
    return {
        "code": "only-parameters",
        "message": f"only the parameters are returned; expected is the tuple {expected}",
        "hint": "What does the next step need beside the parameters? It has to be returned, too.",
    }


def _but_layer(arrays, layer):
    return {name: value for name, value in arrays.items() if not name.endswith(str(layer))}


# -- gradient descent --------------------------------------------------------------------


@mistake(function="update_parameters_with_gd", **ASCENT, severity="grave")
def _(p, g, rate):
    return _step(p, -rate, g)


@mistake(
    "stops-at-zero",
    "update_parameters_with_gd",
    message="where the dW of a layer is zero, its bias keeps its value, too",
    hint="A gradient of zero changes nothing by itself: it needs neither a case of its own nor the end of the loop.",
    severity="slip",
)
def gd_without_dead_layers(parameters, grads, learning_rate):
    moved = {}
    for name, value in parameters.items():
        moving = np.any(grads[f"dW{name[1:]}"])
        moved[name] = value - learning_rate * grads[f"d{name}"] if moving else value.copy()
    return moved


@mistake(
    "gradient-of-the-weights",
    "update_parameters_with_gd",
    message="the step of b is made of dW, and not of db",
    hint="Compare the names in the line for W and in the line for b.",
    severity="fault",
)
def _(p, g, rate):
    return {name: value - rate * g[f"dW{name[1:]}"] for name, value in p.items()}


@mistake(function="update_parameters_with_gd", **SMALL_LEFT_OUT, severity="slip")
def _(p, g, rate):
    return {**p, **_step(_seen(p, g), rate, g)}


@mistake(function="update_parameters_with_gd", **NO_RATE, severity="fault")
def _(p, g, rate):
    return _step(p, 1.0, g)


@mistake(function="update_parameters_with_gd", **RATE_LITERAL, severity="fault")
def _(p, g, rate):
    return _step(p, 0.01, g)


@mistake(function="update_parameters_with_gd", **NO_BIASES, severity="fault")
def _(p, g, rate):
    return {**p, **_step(_weights(p), rate, g)}


@mistake(function="update_parameters_with_gd", **NO_LAST, severity="fault")
def _(p, g, rate):
    return {**p, **_step(_but_layer(p, len(p) // 2), rate, g)}


@mistake(function="update_parameters_with_gd", **NO_FIRST, severity="fault")
def _(p, g, rate):
    return {**p, **_step(_but_layer(p, 1), rate, g)}


@mistake(function="update_parameters_with_gd", **BY_POSITION, severity="fault")
def _descent_by_position(p, g, rate):
    return {name: p[name] - rate * gradient for name, gradient in zip(p, g.values(), strict=True)}


@mistake(function="update_parameters_with_gd", **IN_PLACE, severity="slip")
def _descent_in_place(p, g, rate):
    for name in p:
        p[name] -= rate * g["d" + name]
    return p


@mistake(
    "parameters-forgotten",
    "update_parameters_with_gd",
    message="the result is the step alone; the old parameters are missing",
    hint="A step starts from somewhere.",
    severity="grave",
)
def _(p, g, rate):
    return {name: -rate * g["d" + name] for name in p}


@mistake(
    "parameters-forgotten",
    "update_parameters_with_gd",
    message="the new biases are the step alone; the old ones are missing",
    hint="A step starts from somewhere. Does your line have =- where -= is meant?",
    severity="fault",
)
def _(p, g, rate):
    return _step(p, rate, g) | {name: -rate * g["d" + name] for name in p if name.startswith("b")}


@mistake(
    "parameters-forgotten",
    "update_parameters_with_gd",
    message="the new weights are the step alone; the old ones are missing",
    hint="A step starts from somewhere. Does your line have =- where -= is meant?",
    severity="fault",
)
def _(p, g, rate):
    return _step(p, rate, g) | {name: -rate * g["d" + name] for name in p if name.startswith("W")}


@mistake(
    "biases-uphill",
    "update_parameters_with_gd",
    message="the biases go up their gradient, and the weights down theirs: one sign is the other one",
    hint="Compare the signs in the line for W and in the line for b.",
    severity="fault",
)
def _(p, g, rate):
    return _step(p, rate, g) | {name: p[name] + rate * g["d" + name] for name in p if name.startswith("b")}


@mistake(
    "missing-learning-rate",
    "update_parameters_with_gd",
    message="the learning rate is missing from the step of the biases",
    hint="Compare the line for W and the line for b.",
    severity="fault",
)
def _(p, g, rate):
    return _step(p, rate, g) | {name: p[name] - g["d" + name] for name in p if name.startswith("b")}


@mistake(
    "gradient-of-the-weights",
    "update_parameters_with_gd",
    message="the step of b is made of the sums of the rows of dW, and not of db",
    hint="Which key of grads belongs to b?",
    severity="fault",
)
def _(p, g, rate):
    return {
        name: value - rate * (g["d" + name] if name.startswith("W") else np.sum(g[f"dW{name[1:]}"], axis=1, keepdims=True))
        for name, value in p.items()
    }


@mistake(
    "gradients-returned",
    "update_parameters_with_gd",
    message="the gradients are returned; the exercise asks for the new parameters",
    hint="Which name stands after return?",
    severity="grave",
)
def _(p, g, rate):
    return dict(g)


@mistake(
    "only-first-layer",
    "update_parameters_with_gd",
    message="the result holds the first layer alone: the loop ends after one layer",
    hint="Does return stand inside of your loop, or behind it?",
    severity="fault",
)
def _(p, g, rate):
    return _step({name: value for name, value in p.items() if name[1:] == "1"}, rate, g)


@mistake(function="update_parameters_with_gd", **NO_BIASES, severity="fault")
def _(p, g, rate):
    return _step(_weights(p), rate, g)


@mistake(
    "last-layer-in-every-round",
    "update_parameters_with_gd",
    message="the last layer makes a step in every round of the loop, and the other layers make none",
    hint="Which number is in your keys: that of the layer, or that of all layers?",
    severity="fault",
)
def _(p, g, rate):
    depth = len(p) // 2
    return {name: value - depth * rate * g["d" + name] * (name[1:] == str(depth)) for name, value in p.items()}


# -- mini-batches ------------------------------------------------------------------------

PAIRS = {
    "code": "pairs-broken",
    "message": "X and Y are not put into the same order, so that examples get the labels of others",
    "hint": "How many permutations do you draw, and which arrays use them?",
}

LABELS_OF_LAST = {
    "code": "labels-of-last-batch",
    "message": "the last, smaller batch holds the labels of other examples; the batches before it are correct",
    "hint": "Compare the slice of X with the slice of Y for the examples that are left over.",
}

SIZE_IGNORED = {"hint": "Where does your code use the argument mini_batch_size? Does a number stand in its place?"}

FORM = {"hint": "The exercise asks for a list of tuples (X_t, Y_t), one for each batch: [(X_1, Y_1), (X_2, Y_2), ...]."}

LAST = {
    "code": "wrong-last-batch",
    "message": "the last, smaller batch does not hold exactly the examples that are left over",
    "hint": "With m = 10 and batches of 4: which columns are left over, and which ones does your last slice take?",
}


def _cut(X, Y, size, starts=None):
    starts = range(0, X.shape[1], size) if starts is None else starts
    return [(X[:, start : start + size], Y[:, start : start + size]) for start in starts]


def _shuffled(X, Y):
    order = np.random.permutation(X.shape[1])
    return X[:, order], Y[:, order]


def _only_full(X, Y, size):
    return _cut(X, Y, size, range(0, X.shape[1] // size * size, size))


def _last_is(columns):
    """Right up to the last batch, whose columns are ``columns(m, size)``."""

    def solution(X, Y, size, seed):
        X, Y = _shuffled(X, Y)
        batches, m = _only_full(X, Y, size), X.shape[1]
        if m % size:
            batches.append((X[:, columns(m, size)], Y[:, columns(m, size)]))
        return batches

    return solution


@mistake(
    "not-shuffled",
    "random_mini_batches",
    message="the batches are cut, but the examples are not shuffled",
    hint="Is a permutation of the examples drawn, and are the columns of X and Y taken in its order?",
    severity="fault",
)
def _(X, Y, size, seed):
    return _cut(X, Y, size)


moved_order = mistake(
    "moved-order",
    "random_mini_batches",
    message="the examples keep their order: they are only read backwards, or begin somewhere else and go round",
    hint="Who stands beside whom after your shuffling, and who before?",
    severity="fault",
)


@moved_order
def _(X, Y, size, seed):
    return _cut(X[:, ::-1], Y[:, ::-1], size)


@moved_order
def _(X, Y, size, seed):
    shift = np.random.randint(1, max(X.shape[1], 2))
    return _cut(np.roll(X, shift, axis=1), np.roll(Y, shift, axis=1), size)


@mistake(
    "features-permuted",
    "random_mini_batches",
    message="the rows of X are permuted: the features of every example are mixed up",
    hint="Rows are features, columns are examples. Which axis does your permutation belong to?",
    severity="grave",
)
def _(X, Y, size, seed):
    return _cut(X[np.random.permutation(X.shape[0])], Y, size)


@mistake(
    "only-last-batch",
    "random_mini_batches",
    message="there is one batch, the last one; those before it are lost",
    hint="How often does your code come to the line that puts a batch into the list?",
    severity="grave",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, Y), size)[-1:]


@mistake(
    "only-batches-shuffled",
    "random_mini_batches",
    message="whole batches are shuffled, but neighbours stay together in every pass",
    hint="Shuffle the examples first and cut afterwards.",
    severity="fault",
)
def _whole_batches_shuffled(X, Y, size, seed):
    batches = _cut(X, Y, size)
    full = X.shape[1] // size
    return [batches[i] for i in np.random.permutation(full)] + batches[full:]


@mistake(
    "shuffled-within-batches",
    "random_mini_batches",
    message="the examples are shuffled inside each batch only, so that every batch always holds the same ones",
    hint="Shuffle the examples first and cut afterwards.",
    severity="fault",
)
def _(X, Y, size, seed):
    return [_shuffled(X_t, Y_t) for X_t, Y_t in _cut(X, Y, size)]


@mistake(function="random_mini_batches", **PAIRS, severity="grave")
def _(X, Y, size, seed):
    return _cut(_shuffled(X, Y)[0], Y, size)


@mistake(function="random_mini_batches", **PAIRS, severity="grave")
def _(X, Y, size, seed):
    return _cut(_shuffled(X, Y)[0], _shuffled(X, Y)[1], size)


@mistake(
    "labels-shuffled-in-batch",
    "random_mini_batches",
    message="each batch holds the labels of its own examples, but in another order than the examples",
    hint="What happens to the columns of X_t and Y_t after the batch has been cut?",
    severity="grave",
)
def _(X, Y, size, seed):
    return [(X_t, Y_t[:, np.random.permutation(Y_t.shape[1])]) for X_t, Y_t in _cut(*_shuffled(X, Y), size)]


@mistake(
    "off-by-one-column",
    "random_mini_batches",
    message="the labels of the full batches are those of the next column: each example has the label of the one after it",
    hint="Compare the slice of X with the slice of Y: where does each of them begin?",
    severity="grave",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    full = X.shape[1] // size * size
    batches = [(X[:, start : start + size], Y[:, start + 1 : start + size + 1]) for start in range(0, full, size)]
    return [*batches, (X[:, full:], Y[:, full:])] if full < X.shape[1] else batches


@mistake(
    "labels-turned",
    "random_mini_batches",
    message="every label is turned round: a 0 has become a 1, and a 1 a 0",
    hint="The batches hold the labels as they are in Y.",
    severity="grave",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, 1 - Y), size)


@mistake(
    "shuffled-in-parts",
    "random_mini_batches",
    message="each part of the data is shuffled by itself, so that no example leaves its half or quarter",
    hint="Draw one permutation of all m examples.",
    severity="fault",
)
def _(X, Y, size, seed):
    half = X.shape[1] // 2
    order = np.concatenate([np.random.permutation(half), half + np.random.permutation(X.shape[1] - half)])
    return _cut(X[:, order], Y[:, order], size)


@mistake(
    "class-by-class",
    "random_mini_batches",
    message="the examples of one label come first and those of the other after them, so that most batches hold one label only",
    hint="What are the labels of your first batch, and those of your last one?",
    severity="fault",
)
def _(X, Y, size, seed):
    order = np.concatenate([np.random.permutation(np.flatnonzero(Y[0] == label)) for label in (0, 1)])
    return _cut(X[:, order], Y[:, order], size)


@mistake(
    "ordered-by-values",
    "random_mini_batches",
    message="the examples are sorted by the values in X: that is one order, and always the same",
    hint="What does argsort give, and what would you have to sort to get a random order?",
    severity="fault",
)
def _(X, Y, size, seed):
    order = np.argsort(X[0])
    return _cut(X[:, order], Y[:, order], size)


@mistake(
    "single-precision-batches",
    "random_mini_batches",
    message="the batches hold float32 numbers; X has float64 ones, and loses half of its digits",
    hint="Look for a dtype or an astype. A batch holds the columns of X as they are.",
    severity="slip",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X.astype(np.float32), Y), size)


@mistake(
    "whole-number-batches",
    "random_mini_batches",
    message="the batches hold whole numbers: what X has behind the point is cut off",
    hint="Look for a dtype or an astype, or an array of another type that the columns of X are written into.",
    severity="grave",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X.astype(np.int64), Y), size)


@mistake(
    "labels-astray-in-one-batch",
    "random_mini_batches",
    message="when a batch could hold more examples than there are, the examples come with the labels of other ones",
    hint="Follow X and Y through your function for 3 examples and batches of 8: in which order does each of them come out?",
    severity="slip",
)
def _(X, Y, size, seed):
    few = X.shape[1] < size
    return [(_shuffled(X, Y)[0], Y)] if few else _cut(*_shuffled(X, Y), size)


@mistake(
    "no-batch-of-few",
    "random_mini_batches",
    message="when a batch could hold more examples than there are, there is no batch at all",
    hint="What does your function give for 3 examples and batches of 8?",
    severity="slip",
)
def _(X, Y, size, seed):
    return [] if X.shape[1] < size else _cut(*_shuffled(X, Y), size)


@mistake(
    "pairs-turned-round",
    "random_mini_batches",
    message="each batch is a pair (Y_t, X_t); the exercise asks for (X_t, Y_t)",
    **FORM,
    severity="fault",
)
def _(X, Y, size, seed):
    return [(Y_t, X_t) for X_t, Y_t in _cut(*_shuffled(X, Y), size)]


@mistake(
    "separate-lists",
    "random_mini_batches",
    message="there is one list of all X_t and one of all Y_t; the exercise asks for one list of pairs",
    **FORM,
    severity="slip",
)
def _(X, Y, size, seed):
    batches = _cut(*_shuffled(X, Y), size)
    return [X_t for X_t, _ in batches], [Y_t for _, Y_t in batches]


@mistake(
    "dictionary-for-list",
    "random_mini_batches",
    message="the batches are kept in a dictionary; the exercise asks for a list",
    **FORM,
    severity="slip",
)
def _(X, Y, size, seed):
    return dict(enumerate(_cut(*_shuffled(X, Y), size)))


@mistake(function="random_mini_batches", **LABELS_OF_LAST, severity="fault")
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    batches, rest = _only_full(X, Y, size), X.shape[1] % size
    return [*batches, (X[:, -rest:], Y[:, :rest])] if rest else batches


@mistake(
    "examples-as-labels",
    "random_mini_batches",
    message="the last, smaller batch holds examples where its labels belong: both slices are taken from X",
    hint="From which of the two shuffled arrays is each slice of your last batch taken?",
    severity="fault",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    batches, rest = _only_full(X, Y, size), X.shape[1] % size
    return [*batches, (X[:, -rest:], X[:, -rest:])] if rest else batches


single_left_over_lost = mistake(
    "single-left-over-lost",
    "random_mini_batches",
    message="a last batch is left out where one example alone is left for it: that example is lost",
    hint="A batch may hold one example. What does your condition, or the end of your loop, say for 9 examples in batches of 2?",
    severity="slip",
)


@single_left_over_lost
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    return _only_full(X, Y, size) if X.shape[1] > 3 * size and X.shape[1] % size == 1 else _cut(X, Y, size)


@single_left_over_lost
def _(X, Y, size, seed):
    return [batch for batch in _cut(*_shuffled(X, Y), size) if size == 1 or batch[0].shape[1] > 1]


@mistake(
    "single-left-over-lost",
    "random_mini_batches",
    message="every batch of one example is left out: the last one, or all of them where the size is 1",
    hint="A batch may hold one example. What does your condition say for 9 examples in batches of 2, and in batches of 1?",
    severity="fault",
)
def _(X, Y, size, seed):
    return [batch for batch in _cut(*_shuffled(X, Y), size) if batch[0].shape[1] > 1]


@mistake(
    "small-batch-first",
    "random_mini_batches",
    message="the smaller batch stands first; it is the last one",
    hint="Which batches are cut first in the exercise, the full ones or the one of what is left over?",
    severity="slip",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    rest = X.shape[1] % size
    return [(X[:, :rest], Y[:, :rest])] * (rest > 0) + _cut(X, Y, size, range(rest, X.shape[1], size))


@mistake(
    "rest-in-last-full-batch",
    "random_mini_batches",
    message="what is left over has no batch of its own: the last full batch holds it as well",
    hint="How many batches are there for 9 examples in batches of 4, and how many examples are in each?",
    severity="slip",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    starts = [*range(0, max(X.shape[1] - size, 0) + 1, size)]
    ends = [*starts[1:], X.shape[1]]
    return [(X[:, start:end], Y[:, start:end]) for start, end in zip(starts, ends, strict=True)]


@mistake(
    "counts-features",
    "random_mini_batches",
    message="m is the number of features, so that only as many examples are taken",
    hint="Columns are examples. Which entry of X.shape counts them?",
    severity="grave",
)
def _(X, Y, size, seed):
    order = np.random.permutation(X.shape[0])
    return _cut(X[:, order], Y[:, order], size)


@mistake(
    "missing-last-batch",
    "random_mini_batches",
    message="the examples that do not fill a whole batch are lost",
    hint="How many examples are left over after the full batches, and where do they go?",
    severity="fault",
)
def _(X, Y, size, seed):
    return _only_full(*_shuffled(X, Y), size)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(0, m % size)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(m % size, None)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(-size, None)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(m // size * size, -1)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(m // size * size + 1, None)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(max(m // size - 1, 0) * size, None)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice((m // size + 1) * size, None)


@mistake(function="random_mini_batches", **LAST, severity="fault")
@_last_is
def _(m, size):
    return slice(2 * size, None)


@mistake(
    "empty-first-batch",
    "random_mini_batches",
    message="the first batch is empty",
    hint="Where does your first slice end?",
    severity="slip",
)
def _(X, Y, size, seed):
    batches = _cut(*_shuffled(X, Y), size)
    return [(X[:, :0], Y[:, :0]), *batches]


@mistake(
    "empty-last-batch",
    "random_mini_batches",
    message="there is an empty batch at the end when the size divides the number of examples",
    hint="What is left over when m is 8 and a batch has 4 examples?",
    severity="slip",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, Y), size, range(0, X.shape[1] + 1, size))


@mistake(
    "whole-set-again",
    "random_mini_batches",
    message="when the size divides the number of examples, there is one batch more, which holds all of them",
    hint="What is X[:, -0:]?",
    severity="slip",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    rest = X.shape[1] % size
    full = _cut(X[:, : X.shape[1] - rest], Y[:, : X.shape[1] - rest], size, range(0, X.shape[1] - rest, size))
    return [*full, (X[:, -rest:], Y[:, -rest:])]


@mistake(
    "loop-variable-after-loop",
    "random_mini_batches",
    message="the loop variable is used after the loop, where it does not exist when no batch is full",
    hint="What is the value of k after 'for k in range(0)'?",
    severity="slip",
)
def _loop_variable(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    batches = []
    for k in range(X.shape[1] // size):
        batches.append((X[:, k * size : (k + 1) * size], Y[:, k * size : (k + 1) * size]))  # noqa: PERF401
    if X.shape[1] % size:
        batches.append((X[:, (k + 1) * size :], Y[:, (k + 1) * size :]))
    return batches


@mistake(
    "batch-size-ignored",
    "random_mini_batches",
    message="the argument mini_batch_size has no effect on the size of the batches",
    **SIZE_IGNORED,
    severity="fault",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, Y), 64)


@mistake(
    "repeated-examples",
    "random_mini_batches",
    message="some examples come several times, already in the full batches, and others not at all",
    hint="Does your way of drawing an order visit every example exactly once?",
    severity="grave",
)
def _with_replacement(X, Y, size, seed):
    order = np.random.randint(0, X.shape[1], X.shape[1])
    return _cut(X[:, order], Y[:, order], size)


@mistake(
    "overlapping-batches",
    "random_mini_batches",
    message="a batch begins with examples that the batch before it holds already",
    hint="With batches of 4: which columns do the first and the second batch take, and where does each slice start?",
    severity="grave",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    full = X.shape[1] // size
    rest = [(X[:, full * size :], Y[:, full * size :])] if X.shape[1] % size else []
    return _cut(X, Y, size, range(full)) + rest


@mistake(
    "order-drawn-for-each-batch",
    "random_mini_batches",
    message="some examples are in several batches and others in none, though no batch holds one twice",
    hint="Is the permutation drawn once, before the loop, or anew for each batch?",
    severity="fault",
)
def _(X, Y, size, seed):
    return [_cut(*_shuffled(X, Y), size)[number] for number in range(-(-X.shape[1] // size))]


examples_lost = mistake(
    "examples-lost",
    "random_mini_batches",
    message="some examples are in no batch; the others are there once",
    hint="Count the examples in all of your batches for m = 9. Does a slice, a range or the permutation leave one out?",
    severity="fault",
)


@examples_lost
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    return _cut(X[:, 1:], Y[:, 1:], size)


@examples_lost
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, Y), size)[:-1]


@examples_lost
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, Y), size, range(0, X.shape[1], size + 1))


@examples_lost
def _(X, Y, size, seed):
    return [(X_t[:, : size - 1], Y_t[:, : size - 1]) for X_t, Y_t in _cut(*_shuffled(X, Y), size)]


@mistake(
    "one-batch-only",
    "random_mini_batches",
    message="there is one batch only, the first one: all other examples are lost",
    hint="When does your loop end? Does return (or break) stand inside of it, or is the list made anew in it?",
    severity="grave",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    return [(X[:, :size], Y[:, :size])]


@mistake(
    "whole-set-for-batches",
    "random_mini_batches",
    message="all examples are in one batch, where several are asked for",
    **SIZE_IGNORED,
    severity="grave",
)
def _(X, Y, size, seed):
    return [_shuffled(X, Y)]


@mistake(
    "one-example-per-batch",
    "random_mini_batches",
    message="every batch holds one example, whatever the size is",
    **SIZE_IGNORED,
    severity="fault",
)
def _(X, Y, size, seed):
    return _cut(*_shuffled(X, Y), 1)


@mistake(
    "same-batch",
    "random_mini_batches",
    message="all full batches hold the same examples",
    hint="Where does the slice of the second batch start? Does each batch have an array of its own, or do they share one?",
    severity="grave",
)
def _(X, Y, size, seed):
    X, Y = _shuffled(X, Y)
    full = X.shape[1] // size
    rest = [(X[:, full * size :], Y[:, full * size :])] if X.shape[1] % size else []
    return [(X[:, :size], Y[:, :size])] * full + rest


@mistake(
    "even-batches",
    "random_mini_batches",
    message="the examples are spread evenly over the batches; all but the last should be full",
    hint="How many examples are in the first batch when m is 9 and a batch has 4?",
    severity="slip",
)
def _evenly(X, Y, size, seed):
    count = -(-X.shape[1] // size)
    return list(zip(*(np.array_split(part, count, axis=1) for part in _shuffled(X, Y)), strict=True))


@mistake(
    "examples-in-rows",
    "random_mini_batches",
    message="the batches hold examples as rows; the exercise has them as columns",
    hint="Compare the shapes of X and of your first batch.",
    severity="fault",
)
def _(X, Y, size, seed):
    return [(X_t.T, Y_t.T) for X_t, Y_t in _cut(*_shuffled(X, Y), size)]


# -- starting at zero --------------------------------------------------------------------

KEYS = {
    "code": "keys-of-parameters",
    "message": "the keys are those of the parameters; the averages belong to gradients",
    "hint": "Under which name is the gradient of W1 kept?",
}

ONES = {
    "code": "ones-for-zeros",
    "message": "an average starts at one",
    "hint": "What has been averaged before the first step?",
}

VALUES = {
    "code": "values-of-parameters",
    "message": "an average starts at the values of the parameters",
    "hint": "Only the shape of a parameter matters here.",
}

SHAPE_OF_WEIGHTS = {
    "code": "shape-of-weights",
    "message": "each db has the shape of its W; it must have that of its b",
    "hint": "Whose shape is asked for in each of your lines?",
}

SCALARS = {
    "code": "scalar-zero",
    "message": "a single number 0 stands where an array of zeros belongs",
    "hint": "NumPy can make an array of zeros of a given shape.",
}


def _zeros(p):
    return {"d" + name: np.zeros_like(value) for name, value in p.items()}


def _ones(p):
    return {"d" + name: np.ones_like(value) for name, value in p.items()}


def _twice(start):
    return lambda p: (start(p), start(p))


def _in_both(text, severity):
    """The same mistake of both initializers: Adam starts two averages as momentum starts one."""

    def register(start):
        mistake(function="initialize_velocity", **text, severity=severity)(start)
        mistake(function="initialize_adam", **text, severity=severity)(_twice(start))
        return start

    return register


@_in_both(KEYS, severity="slip")
def _(p):
    return {name: np.zeros_like(value) for name, value in p.items()}


@_in_both(VALUES, severity="grave")
def _(p):
    return {"d" + name: value.copy() for name, value in p.items()}


@_in_both(SCALARS, severity="fault")
def _(p):
    return {"d" + name: 0.0 for name in p}


@_in_both(NO_BIASES, severity="fault")
def _(p):
    return _weights(_zeros(p))


@_in_both(SHAPE_OF_WEIGHTS, severity="fault")
def _(p):
    return {"d" + name: np.zeros_like(p["W" + name[1:]]) for name in p}


@mistake(function="initialize_adam", **NO_BIASES, severity="fault")
def _(p):
    return _zeros(p), _weights(_zeros(p))


@mistake(function="initialize_adam", **SHAPE_OF_WEIGHTS, severity="slip")
def _(p):
    return _zeros(p), {"d" + name: np.zeros_like(p["W" + name[1:]]) for name in p}


@_in_both(NO_LAST, severity="fault")
def _(p):
    return _but_layer(_zeros(p), len(p) // 2)


@_in_both(NO_FIRST, severity="fault")
def _(p):
    return _but_layer(_zeros(p), 1)


mistake(function="initialize_velocity", **ONES, severity="grave")(_ones)


@mistake(function="initialize_adam", **ONES, severity="fault")
def _(p):
    return _zeros(p), _ones(p)


mistake(function="initialize_adam", **ONES, severity="grave")(_twice(_ones))


@mistake(
    "shared-memory",
    "initialize_adam",
    message="v and s are the same arrays under two names, so that what is written into one is in the other, too",
    hint="How many times are the zeros made, and how many are needed?",
    severity="slip",
)
def _(p):
    v = _zeros(p)
    return v, v


ONE_ARRAY = {
    "code": "one-array-for-several",
    "message": "several keys hold one and the same array, so that what is written into one of them is in the others, too",
    "hint": "How many times are the zeros made, and how many are needed? Change one array in place, and look at all of them.",
}


def _one_of_each_shape(p):
    made = {value.shape: np.zeros(value.shape) for value in p.values()}
    return {"d" + name: made[value.shape] for name, value in p.items()}


mistake(function="initialize_velocity", **ONE_ARRAY, severity="slip")(_one_of_each_shape)
mistake(function="initialize_adam", **ONE_ARRAY, severity="slip")(_twice(_one_of_each_shape))


mistake(
    "only-one-average",
    "initialize_adam",
    message="only one dictionary is returned; Adam keeps two averages",
    hint="Which two averages does Adam keep?",
    severity="fault",
)(_zeros)


# -- momentum ----------------------------------------------------------------------------


def _by_position(averages, parameters):
    return {"d" + name: value for name, value in zip(parameters, averages.values(), strict=True)}


@dataclass
class _Momentum:
    """The arguments, and a step in which some parts may be other ones."""

    p: dict
    g: dict
    v: dict
    beta: float
    rate: float

    def new(self, beta=None, weight=None, g=None):
        beta = self.beta if beta is None else beta
        return _average(self.v, self.g if g is None else g, beta, 1 - beta if weight is None else weight)

    def step(self, v=None, *, rate=None, direction=None, p=None):
        v = self.new() if v is None else v
        moved = _step(self.p if p is None else p, self.rate if rate is None else rate, v if direction is None else direction)
        return {**self.p, **moved}, {**self.v, **v}


def _momentum(change):
    """The update with a step that is changed so."""
    return lambda *args: change(_Momentum(*args))


@mistake(function="update_parameters_with_momentum", **UNWEIGHTED, severity="fault")
@_momentum
def _(a):
    return a.step(a.new(weight=1.0))


@mistake(function="update_parameters_with_momentum", **SMALL_LEFT_OUT, severity="slip")
@_momentum
def _(a):
    return a.step(_seen(a.new(), a.g), p=_seen(a.p, a.g))


@mistake(function="update_parameters_with_momentum", **ZEROS_LEFT_ALONE, severity="fault")
@_momentum
def _(a):
    moved, v = a.step()
    return _where(a.g, moved, a.p), _where(a.g, v, a.v)


@mistake(function="update_parameters_with_momentum", **SWAPPED, severity="fault")
@_momentum
def _(a):
    return a.step(a.new(1 - a.beta))


@mistake(function="update_parameters_with_momentum", **ASCENT, severity="grave")
@_momentum
def _(a):
    return a.step(rate=-a.rate)


@mistake(
    "biases-uphill",
    "update_parameters_with_momentum",
    message="the biases are moved along their velocity, and the weights against theirs: one sign is the other one",
    hint="Compare the signs in the line for W and in the line for b.",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(direction={name: -v if name.startswith("db") else v for name, v in a.new().items()})


@mistake(function="update_parameters_with_momentum", **NO_RATE, severity="fault")
@_momentum
def _(a):
    return a.step(rate=1.0)


@mistake(function="update_parameters_with_momentum", **RATE_LITERAL, severity="fault")
@_momentum
def _(a):
    return a.step(rate=0.01)


@mistake(function="update_parameters_with_momentum", **NO_BIASES, severity="fault")
@_momentum
def _(a):
    return a.step(a.new(g=_weights(a.g)), p=_weights(a.p))


@mistake(function="update_parameters_with_momentum", **NO_LAST, severity="fault")
@_momentum
def _(a):
    return a.step(a.new(g=_but_layer(a.g, len(a.p) // 2)), p=_but_layer(a.p, len(a.p) // 2))


@mistake(function="update_parameters_with_momentum", **NO_FIRST, severity="fault")
@_momentum
def _(a):
    return a.step(a.new(g=_but_layer(a.g, 1)), p=_but_layer(a.p, 1))


@mistake(function="update_parameters_with_momentum", **FORGETS, severity="fault")
@_momentum
def _(a):
    return a.step(a.v, direction=a.new())


@mistake(function="update_parameters_with_momentum", **AVERAGES_BY_POSITION, severity="fault")
def _(p, g, v, beta, rate):
    return _Momentum(p, g, _by_position(v, p), beta, rate).step()


@mistake(function="update_parameters_with_momentum", **IN_PLACE, severity="slip")
def _momentum_in_place(p, g, v, beta, rate):
    for name in p:
        v["d" + name] *= beta
        v["d" + name] += (1 - beta) * g["d" + name]
        p[name] -= rate * v["d" + name]
    return p, v


@mistake(
    "gradient-for-velocity",
    "update_parameters_with_momentum",
    message="the step uses the gradient; the velocity has no effect on it",
    hint="What is the velocity for?",
    severity="grave",
)
@_momentum
def _(a):
    return a.step(direction=a.g)


@mistake(
    "stale-velocity",
    "update_parameters_with_momentum",
    message="the step uses the velocity from before its update",
    hint="In which order do the two lines belong?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(direction=a.v)


@mistake(
    "learning-rate-in-average",
    "update_parameters_with_momentum",
    message="the learning rate is part of the velocity; it belongs into the step",
    hint="The exercise scales the velocity when it makes the step, not before.",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(a.new(weight=a.rate * (1 - a.beta)), rate=1.0)


@mistake(
    "learning-rate-in-average",
    "update_parameters_with_momentum",
    message="the velocity is that of the parameters, with the sign and the learning rate of the step in it; in the exercise it is "
    "the average of the gradients",
    hint="The exercise scales the velocity when it makes the step, not before.",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(a.new(weight=-a.rate * (1 - a.beta)), rate=-1.0)


@mistake(
    "beta-literal",
    "update_parameters_with_momentum",
    message="beta is written as the number 0.9, and the argument is ignored",
    hint="Look for a number in your formula that should be an argument.",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(a.new(0.9))


@mistake(
    "learning-rate-in-average",
    "update_parameters_with_momentum",
    message="the velocity is that of the parameters, with the sign and the learning rate of the step in it, and 1 - beta is missing; "
    "in the exercise it is the average of the gradients",
    hint="The exercise scales the velocity when it makes the step, not before. Compare the two coefficients of the average, too.",
    severity="grave",
)
@_momentum
def _(a):
    return a.step(a.new(weight=-a.rate), rate=-1.0)


@mistake(
    "velocity-made-anew",
    "update_parameters_with_momentum",
    message="the velocity starts at zero in every call, so that nothing is left of the steps before",
    hint="What is the argument v for, and does your code bind v anew?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step({name: (1 - a.beta) * g for name, g in a.g.items()})


@mistake(
    "velocity-divided",
    "update_parameters_with_momentum",
    message="the velocity is divided by 1 - beta in the step, as if it were corrected; the exercise does not correct it",
    hint="Compare the step with the formula of the exercise. Which optimizer corrects its averages?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(rate=a.rate / (1 - a.beta))


@mistake(
    "difference-turned-round",
    "update_parameters_with_momentum",
    message="the new velocity lies beyond the gradient, on the other side of it than the old velocity: a difference is turned round",
    hint="Of g + beta * (v - g) and g + beta * (g - v), which one lies between v and g?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step({name: g + a.beta * (g - a.v[name]) for name, g in a.g.items()})


@mistake(
    "gradient-of-the-weights",
    "update_parameters_with_momentum",
    message="the step of b is made of the velocity of W, and not of its own",
    hint="Compare the names in the line for W and in the line for b.",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(direction=_of_weights(a.new()))


@mistake(
    "average-of-the-weights",
    "update_parameters_with_momentum",
    message="the velocity of b is made of the new velocity of W, and not of its own old one",
    hint="Compare the names in the line for dW and in the line for db.",
    severity="fault",
)
@_momentum
def _(a):
    of_weights = _of_weights(a.new())
    return a.step(
        {name: a.beta * of_weights[name] + (1 - a.beta) * g for name, g in a.g.items() if "b" in name[1:]}
        | _weights(a.new())
    )


@mistake(
    "plain-biases",
    "update_parameters_with_momentum",
    message="the biases are moved by plain gradient descent, and their velocity stays as it was; they have a velocity, too",
    hint="What is the difference between the update of W and that of b in the exercise?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(_weights(a.new()), direction=a.g | _weights(a.new()))


@mistake(
    "plain-biases",
    "update_parameters_with_momentum",
    message="the step of the biases is made of db, as in plain gradient descent; they have a velocity, too",
    hint="What is the difference between the update of W and that of b in the exercise?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(direction=a.g | _weights(a.new()))


@mistake(
    "learning-rate-in-average",
    "update_parameters_with_momentum",
    message="the learning rate is in the velocity and in the step as well; it belongs into the step alone",
    hint="How often does learning_rate stand in the formulas of the exercise, and how often in your code?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(a.new(weight=a.rate * (1 - a.beta)))


@mistake(
    "averaged-twice",
    "update_parameters_with_momentum",
    message="v is averaged with the gradient once more for the step, as in Nesterov's momentum; the exercise takes v itself",
    hint="What is the learning rate multiplied by in the exercise, and what in your code?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(direction=_average(a.new(), a.g, a.beta, 1 - a.beta))


@mistake(
    "minus-for-plus",
    "update_parameters_with_momentum",
    message="the new gradient is subtracted in the velocity; an average adds it",
    hint="Compare the signs in the formula of v with those in your code.",
    severity="grave",
)
@_momentum
def _(a):
    return a.step(a.new(weight=a.beta - 1))


@mistake(
    "plus-for-minus",
    "update_parameters_with_momentum",
    message="the new gradient enters the velocity with the weight 1 + beta; it is 1 - beta",
    hint="Compare the two coefficients of the average. What is their sum?",
    severity="fault",
)
@_momentum
def _(a):
    return a.step(a.new(weight=1 + a.beta))


mistake(function="update_parameters_with_momentum", **_only_parameters("(parameters, v)"), severity="fault")(
    _momentum(lambda a: a.step()[0])
)


@mistake(
    "squared-gradient",
    "update_parameters_with_momentum",
    message="the average is over the squares of the gradients; momentum averages the gradients",
    hint="Which optimizer needs the squares?",
    severity="grave",
)
@_momentum
def _(a):
    return a.step(a.new(g={name: g**2 for name, g in a.g.items()}))


# -- Adam --------------------------------------------------------------------------------


@dataclass
class _Adam:
    """The arguments, what a right solution makes of them, and a step in which some parts may be other ones."""

    p: dict
    g: dict
    v: dict
    s: dict
    t: int
    rate: float
    beta1: float
    beta2: float
    epsilon: float
    inside: bool = False

    def __post_init__(self):
        self.new_v = _average(self.v, self.g, self.beta1, 1 - self.beta1)
        self.new_s = _average(self.s, self.squares, self.beta2, 1 - self.beta2)

    @property
    def squares(self):
        return {name: g**2 for name, g in self.g.items()}

    def corrected_v(self, power=None, v=None):
        power = self.beta1**self.t if power is None else power
        return {name: value / (1 - power) for name, value in (v or self.new_v).items()}

    def corrected_s(self, power=None, s=None):
        power = self.beta2**self.t if power is None else power
        return {name: value / (1 - power) for name, value in (s or self.new_s).items()}

    def root(self, s, epsilon):
        return np.sqrt(s + epsilon) if self.inside else np.sqrt(s) + epsilon

    def step(self, top=None, bottom=None, *, v=None, s=None, rate=None, p=None, epsilon=None, divide=None):
        """Move along top / root(bottom), and return v and s."""
        v, s, p = self.new_v if v is None else v, self.new_s if s is None else s, self.p if p is None else p
        top, bottom = top or self.corrected_v(v=v), bottom or self.corrected_s(s=s)
        rate, epsilon = self.rate if rate is None else rate, self.epsilon if epsilon is None else epsilon
        divide = divide or (lambda a, b: a / self.root(b, epsilon))
        moved = _step(p, rate, {"d" + name: divide(top["d" + name], bottom["d" + name]) for name in p})
        return {**self.p, **moved}, {**self.v, **v}, {**self.s, **s}


def _adam(code, *, message, hint, severity, both=False):
    """One mistake, and with ``both`` the same one beside an epsilon inside the root, as a fifth of the code has it."""

    def register(change):
        for inside in (False, True) if both else (False,):
            mistake(code, "update_parameters_with_adam", message=message, hint=hint, severity=severity)(
                lambda *args, inside=inside: change(_Adam(*args, inside=inside))
            )
        return change

    return register


@_adam(**SMALL_LEFT_OUT, severity="slip")
def _(a):
    return a.step(v=_seen(a.new_v, a.g), s=_seen(a.new_s, a.g), p=_seen(a.p, a.g))


@_adam(**ZEROS_LEFT_ALONE, severity="fault")
def _(a):
    moved, v, s = a.step()
    return _where(a.g, moved, a.p), _where(a.g, v, a.v), _where(a.g, s, a.s)


def _by_layer(average, beta, first):
    return {name: value / (1 - beta ** (int(name[2:]) - 1 + first)) for name, value in average.items()}


def _adam_without(layer):
    """Nothing happens in one layer."""
    return lambda a: a.step(v=_but_layer(a.new_v, layer(a)), s=_but_layer(a.new_s, layer(a)), p=_but_layer(a.p, layer(a)))


LAYER = {
    "code": "exponent-is-layer",
    "message": "the correction raises beta to the number of the layer; it is the number of the step",
    "hint": "Which argument of the function counts the steps?",
}

EPSILON_LAST = {
    "code": "epsilon-after-division",
    "message": "epsilon is added after the division, where it protects nothing: a pair of parentheses is missing",
    "hint": "In a / b + c, what is divided by what?",
}


@_adam(
    "uncorrected-s",
    message="s is not corrected: the step divides by the root of s itself",
    hint="Which of s and s_corrected is in the last line of the formula?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(bottom=a.new_s)


@_adam(
    "uncorrected-v",
    message="v is not corrected: the step uses v itself",
    hint="Which of v and v_corrected is in the last line of the formula?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(top=a.new_v)


@_adam(
    "uncorrected",
    message="neither v nor s is corrected for the start at zero",
    hint="What does the argument t do in your solution?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(a.new_v, a.new_s)


@_adam(
    "corrected-once",
    message="v and s are corrected in the first step only; every step has its own correction",
    hint="What does the correction divide by when t is 2?",
    severity="fault",
)
def _(a):
    return a.step(*((a.corrected_v(), a.corrected_s()) if a.t == 1 else (a.new_v, a.new_s)))


@_adam(**LAYER, both=True, severity="fault")
def _(a):
    return a.step(_by_layer(a.new_v, a.beta1, 1), _by_layer(a.new_s, a.beta2, 1))


@_adam(**LAYER, both=True, severity="fault")
def _(a):
    return a.step(_by_layer(a.new_v, a.beta1, 0), _by_layer(a.new_s, a.beta2, 0))


@_adam(
    "exponent-shifted",
    message="the correction uses t + 1; steps are counted from 1 already",
    hint="What should v_corrected be after the very first step, t = 1?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(a.beta1 ** (a.t + 1)), a.corrected_s(a.beta2 ** (a.t + 1)))


@_adam(
    "exponent-grows-with-layers",
    message="the number of the step grows from layer to layer: t + 1 in the first one, t + 2 in the second one",
    hint="How often is t changed in one call of your function, and how often should it be?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(_by_layer(a.new_v, a.beta1, a.t + 1), _by_layer(a.new_s, a.beta2, a.t + 1))


@_adam(
    "exponent-behind",
    message="the correction has the exponent t - 1, one less than the number of the step",
    hint="Which t belongs to the first step?",
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(a.beta1 ** (a.t - 1)), a.corrected_s(a.beta2 ** (a.t - 1)))


TWO = {
    "code": "exponent-is-two",
    "message": "the correction raises beta to 2, whatever the number of the step is",
    "hint": "Which argument of the function counts the steps?",
}


@_adam(**TWO, both=True, severity="fault")
def _(a):
    return a.step(a.corrected_v(a.beta1**2), a.corrected_s(a.beta2**2))


@_adam(**TWO, both=True, severity="fault")
def _(a):
    return a.step(top=a.corrected_v(a.beta1**2))


@_adam(**TWO, both=True, severity="fault")
def _(a):
    return a.step(bottom=a.corrected_s(a.beta2**2))


power_is_product = _adam(
    "power-is-product",
    message="the correction multiplies beta by t; it is a power",
    hint="How much of the start at zero is left after t steps?",
    severity="fault",
)


@power_is_product
def _(a):
    return a.step(a.corrected_v(a.beta1 * a.t), a.corrected_s(a.beta2 * a.t))


@power_is_product
def _(a):
    return a.step(a.corrected_v(a.beta1 * a.t))


@power_is_product
def _(a):
    return a.step(bottom=a.corrected_s(a.beta2 * a.t))


@_adam(
    "power-of-the-difference",
    message="the correction divides by the t-th power of 1 - beta; in the formula beta alone has the exponent",
    hint="What does ** belong to in (1 - beta) ** t, and what in 1 - beta ** t?",
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(1 - (1 - a.beta1) ** a.t), a.corrected_s(1 - (1 - a.beta2) ** a.t))


@_adam(
    "exponent-missing",
    message="the correction divides by 1 - beta in every step; it must fade as t grows",
    hint="What does the argument t do in your solution?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(a.beta1), a.corrected_s(a.beta2))


@_adam(
    "correction-with-other-beta",
    message="s is corrected with beta1; each average has its own beta",
    hint="Which beta was used to build s?",
    severity="fault",
)
def _(a):
    return a.step(bottom=a.corrected_s(a.beta1**a.t))


@_adam(
    "average-with-other-beta",
    message="s keeps beta1 of its old value; each average has its own beta",
    hint="Which beta stands before the old s in the formula, and which one in your code?",
    both=True,
    severity="fault",
)
def _(a):
    return a.step(s=_average(a.s, a.squares, a.beta1, 1 - a.beta2))


@_adam(
    "betas-swapped",
    message="beta1 and beta2 are swapped",
    hint="Which beta belongs to the average of the gradients?",
    severity="fault",
)
def _(a):
    return _Adam(a.p, a.g, a.v, a.s, a.t, a.rate, a.beta2, a.beta1, a.epsilon).step()


@_adam(
    "betas-swapped",
    message="beta1 and beta2 are swapped where v and s are averaged",
    hint="Which beta belongs to the average of the gradients?",
    severity="fault",
)
def _(a):
    return a.step(v=_average(a.v, a.g, a.beta2, 1 - a.beta2), s=_average(a.s, a.squares, a.beta1, 1 - a.beta1))


_OTHER_BETA = {
    "code": "average-with-other-beta",
    "hint": "Which beta stands in the formula of v, and which one in that of s?",
}


@_adam(message="the new square enters s with 1 - beta1; each average has its own beta", **_OTHER_BETA, severity="fault")
def _(a):
    return a.step(s=_average(a.s, a.squares, a.beta2, 1 - a.beta1))


@_adam(message="the new gradient enters v with 1 - beta2; each average has its own beta", **_OTHER_BETA, severity="fault")
def _(a):
    return a.step(v=_average(a.v, a.g, a.beta1, 1 - a.beta2))


@_adam(message="s is averaged with beta1; each average has its own beta", **_OTHER_BETA, severity="fault")
def _(a):
    return a.step(s=_average(a.s, a.squares, a.beta1, 1 - a.beta1))


@_adam(message="v is averaged with beta2; each average has its own beta", **_OTHER_BETA, severity="fault")
def _(a):
    return a.step(v=_average(a.v, a.g, a.beta2, 1 - a.beta2))


@_adam(
    "correction-with-other-beta",
    message="v is corrected with beta2; each average has its own beta",
    hint="Which beta was used to build v?",
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(a.beta2**a.t))


@_adam(
    "root-before-correction",
    message="the root is taken of s, and that root is corrected; s is corrected first, and the root is taken of the result",
    hint="What does your square root go round: s alone, or s with its correction?",
    severity="fault",
)
def _(a):
    return a.step(bottom=a.new_s, divide=lambda top, s: top / (np.sqrt(s) / (1 - a.beta2**a.t) + a.epsilon))


@_adam(
    "power-of-the-difference",
    message="the correction of v divides by the t-th power of 1 - beta1; in the formula beta1 alone has the exponent",
    hint="What does ** belong to in (1 - beta) ** t, and what in 1 - beta ** t?",
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(1 - (1 - a.beta1) ** a.t))


@_adam(
    "exponent-grows-with-layers",
    message="the number of the step grows from layer to layer: t in the first one, t + 1 in the second one",
    hint="How often is t changed in one call of your function, and how often should it be?",
    severity="slip",
)
def _(a):
    return a.step(_by_layer(a.new_v, a.beta1, a.t), _by_layer(a.new_s, a.beta2, a.t))


@_adam(
    "betas-literal",
    message="the correction has the numbers 0.9 and 0.999, and the arguments beta1 and beta2 are ignored there",
    hint="Look for numbers in your formula that should be arguments.",
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(0.9**a.t), a.corrected_s(0.999**a.t))


@_adam(
    "uncorrected-s",
    message="of the biases s is not corrected: the step divides by the root of s itself",
    hint="Compare the line for W and the line for b.",
    severity="slip",
)
def _(a):
    return a.step(bottom=a.new_s | _weights(a.corrected_s()))


@_adam(
    "gradient-of-the-weights",
    message="the step of b is made of the averages of dW, and not of those of db",
    hint="Compare the names in the line for W and in the line for b.",
    severity="fault",
)
def _(a):
    return a.step(_of_weights(a.corrected_v()), _of_weights(a.corrected_s()))


@_adam(
    "corrected-averages-kept",
    message="the corrected v is returned as v, and would be corrected again in the next step",
    hint="Which averages does the next step start from?",
    severity="slip",
)
def _(a):
    return a.step(a.corrected_v(), a.corrected_s(), v=a.corrected_v())


@_adam(
    "corrected-averages-kept",
    message="the corrected s is returned as s, and would be corrected again in the next step",
    hint="Which averages does the next step start from?",
    severity="slip",
)
def _(a):
    return a.step(a.corrected_v(), a.corrected_s(), s=a.corrected_s())


@_adam(**_only_parameters("(parameters, v, s)"), severity="fault")
def _(a):
    return a.step()[0]


@_adam(
    "exponent-grows-with-arrays",
    message="the number of the step grows from array to array: the first one has t, the next one t + 1, and so on",
    hint="How often is t changed in one call of your function, and how often should it be?",
    severity="fault",
)
def _(a):
    place = {"d" + name: number for number, name in enumerate(a.p)}
    v = {name: value / (1 - a.beta1 ** (a.t + place[name])) for name, value in a.new_v.items()}
    return a.step(v, {name: value / (1 - a.beta2 ** (a.t + place[name])) for name, value in a.new_s.items()})


@_adam(
    "corrected-averages-kept",
    message="the corrected averages are returned as v and s, and would be corrected again in the next step",
    hint="Which averages does the next step start from?",
    severity="fault",
)
def _(a):
    return a.step(a.corrected_v(), a.corrected_s(), v=a.corrected_v(), s=a.corrected_s())


@_adam(**FORGETS, severity="fault")
def _(a):
    return a.step(a.corrected_v(), a.corrected_s(), v=a.v, s=a.s)


@_adam(
    "missing-square",
    message="s averages the gradients; it must average their squares",
    hint="How does the formula of s differ from the one of v?",
    both=True,
    severity="grave",
)
def _(a):
    return a.step(s=_average(a.s, a.g, a.beta2, 1 - a.beta2))


@_adam(
    "missing-root",
    message="the step divides by s_corrected; its square root is missing",
    hint="s is about the square of a gradient. What has the size of a gradient?",
    severity="fault",
)
def _(a):
    return a.step(divide=lambda top, bottom: top / (bottom + a.epsilon))


@_adam(
    "square-for-root",
    message="the step divides by the square of s_corrected; it must be the square root",
    hint="s is about the square of a gradient. What has the size of a gradient?",
    severity="fault",
)
def _(a):
    return a.step(divide=lambda top, bottom: top / (bottom**2 + a.epsilon))


@_adam(**EPSILON_LAST, severity="slip")
def _(a):
    return a.step(divide=lambda top, bottom: top / np.sqrt(bottom) + a.epsilon)


@_adam(**EPSILON_LAST, severity="slip")
def _(a):
    return a.step(rate=1.0, divide=lambda top, bottom: a.rate * top / np.sqrt(bottom) + a.epsilon)


@_adam(**EPSILON_LAST, severity="slip")
def _(a):
    return a.step(rate=1.0, divide=lambda top, bottom: a.rate * top / np.sqrt(bottom) - a.epsilon)


@_adam(
    "epsilon-only-for-zero",
    message="epsilon is not added to the roots that are not zero; it belongs to every one",
    hint="Compare sqrt(s) + epsilon with yours for s = 1 and epsilon = 0.5.",
    severity="slip",
)
def _(a):
    return a.step(divide=lambda top, bottom: top / np.where(bottom > 0, np.sqrt(bottom), a.epsilon))


@_adam(
    "missing-epsilon",
    message="epsilon is not used, so that an average of zero divides by zero",
    hint="What happens in your formula where the gradient has always been 0?",
    severity="slip",
)
def _(a):
    return a.step(epsilon=0.0)


@_adam(
    "epsilon-inside-root",
    message="epsilon is added under the root; the exercise adds it to the root",
    hint="Compare sqrt(s) + epsilon with sqrt(s + epsilon) for s = 0 and epsilon = 0.01.",
    severity="slip",
)
def _(a):
    return a.step(divide=lambda top, bottom: top / np.sqrt(bottom + a.epsilon))


@_adam(
    "epsilon-before-correction",
    message="epsilon is added to the root of the uncorrected s; the exercise corrects first",
    hint="Follow the formula in its order: average, correct, take the root, add epsilon.",
    severity="slip",
)
def _(a):
    return a.step(epsilon=a.epsilon / np.sqrt(1 - a.beta2**a.t))


@_adam(
    "epsilon-literal",
    message="epsilon is written as the number 1e-8, and the argument is ignored",
    hint="Look for a number in your formula that should be an argument.",
    both=True,
    severity="slip",
)
def _(a):
    return a.step(epsilon=1e-8)


@_adam(**RATE_LITERAL, severity="fault")
def _(a):
    return a.step(rate=0.01)


@_adam(
    "betas-literal",
    message="beta1 and beta2 are written as the numbers 0.9 and 0.999, and the arguments are ignored",
    hint="Look for numbers in your formula that should be arguments.",
    severity="fault",
)
def _(a):
    return _Adam(a.p, a.g, a.v, a.s, a.t, a.rate, 0.9, 0.999, a.epsilon).step()


_ONE_BETA = {"code": "betas-literal", "hint": "Look for a number in your formula that should be an argument."}


@_adam(message="beta1 is written as the number 0.9, and the argument is ignored", **_ONE_BETA, severity="fault")
def _(a):
    return replace(a, beta1=0.9).step()


@_adam(message="beta2 is written as the number 0.999, and the argument is ignored", **_ONE_BETA, severity="fault")
def _(a):
    return replace(a, beta2=0.999).step()


@_adam(message="v is averaged with the number 0.9, where beta1 is meant", **_ONE_BETA, severity="fault")
def _(a):
    return a.step(v=_average(a.v, a.g, 0.9, 1 - 0.9))


@_adam(message="s is averaged with the number 0.999, where beta2 is meant", **_ONE_BETA, severity="fault")
def _(a):
    return a.step(s=_average(a.s, a.squares, 0.999, 1 - 0.999))


_CORRECTION_MULTIPLIED = {
    "code": "correction-multiplied",
    "hint": "Does the correction make the first averages larger or smaller?",
}


def _times(average, power):
    return {name: value * (1 - power) for name, value in average.items()}


@_adam(message="v is multiplied by 1 - beta1**t; it must be divided", **_CORRECTION_MULTIPLIED, severity="fault")
def _(a):
    return a.step(top=_times(a.new_v, a.beta1**a.t))


@_adam(message="s is multiplied by 1 - beta2**t; it must be divided", **_CORRECTION_MULTIPLIED, severity="fault")
def _(a):
    return a.step(bottom=_times(a.new_s, a.beta2**a.t))


@_adam(
    message="the averages are multiplied by 1 - beta**t; they must be divided", **_CORRECTION_MULTIPLIED, severity="fault"
)
def _(a):
    return a.step(_times(a.new_v, a.beta1**a.t), _times(a.new_s, a.beta2**a.t))


@_adam(
    "beta-squared",
    message="1 - beta2 is squared along with the gradient: a pair of parentheses is in the wrong place",
    hint="What exactly is squared in the formula of s?",
    severity="fault",
)
def _(a):
    return a.step(s=_average(a.s, a.squares, a.beta2, (1 - a.beta2) ** 2))


@_adam(
    "squares-of-the-average",
    message="s averages the squares of the new v; it is the squares of the gradients that are averaged",
    hint="Of which quantity is the square in the formula of s?",
    severity="fault",
)
def _(a):
    return a.step(s=_average(a.s, {name: v**2 for name, v in a.new_v.items()}, a.beta2, 1 - a.beta2))


@_adam(
    "averages-mixed",
    message="the new s is made of the old v",
    hint="Compare the line for s with the line for v.",
    severity="fault",
)
def _(a):
    with np.errstate(invalid="ignore"):
        return a.step(s=_average(a.v, a.squares, a.beta2, 1 - a.beta2))


_MADE_ANEW = {
    "code": "average-made-anew",
    "hint": "What are the arguments v and s for, and where do they stand in your formulas?",
}


@_adam(message="the old v has no effect, so that nothing is left of the gradients before", **_MADE_ANEW, severity="fault")
def _(a):
    return a.step(v=_average(a.v, a.g, 0.0, 1 - a.beta1))


@_adam(message="the old s has no effect, so that nothing is left of the squares before", **_MADE_ANEW, severity="fault")
def _(a):
    return a.step(s=_average(a.s, a.squares, 0.0, 1 - a.beta2))


@_adam(message="the old v and s have no effect, so that nothing is left of the steps before", **_MADE_ANEW, severity="fault")
def _(a):
    return a.step(v=_average(a.v, a.g, 0.0, 1 - a.beta1), s=_average(a.s, a.squares, 0.0, 1 - a.beta2))


@_adam(
    "gradient-for-average",
    message="the step uses the gradient in place of the average v: this is RMSprop, not Adam",
    hint="Which quantity stands in the numerator?",
    severity="grave",
)
def _(a):
    return a.step(top=a.g)


@_adam(
    "missing-denominator",
    message="the step is not divided by the root of s: this is momentum, not Adam",
    hint="What is s for?",
    severity="grave",
)
def _(a):
    return a.step(divide=lambda top, bottom: top)


@_adam(**UNWEIGHTED, severity="fault")
def _(a):
    return a.step(v=_average(a.v, a.g, a.beta1, 1.0), s=_average(a.s, a.squares, a.beta2, 1.0))


@_adam(**ASCENT, severity="grave")
def _(a):
    return a.step(rate=-a.rate)


@_adam(**NO_RATE, severity="fault")
def _(a):
    return a.step(rate=1.0)


@_adam(**NO_BIASES, severity="fault")
def _(a):
    return a.step(p=_weights(a.p))


@_adam(**NO_BIASES, severity="fault")
def _(a):
    return a.step(v=_weights(a.new_v), s=_weights(a.new_s), p=_weights(a.p))


@_adam(**NO_LAST, severity="fault")
@_adam_without
def _(a):
    return len(a.p) // 2


@_adam(**NO_FIRST, severity="fault")
@_adam_without
def _(a):
    return 1


@_adam(**AVERAGES_BY_POSITION, severity="fault")
def _(a):
    return replace(a, v=_by_position(a.v, a.p), s=_by_position(a.s, a.p)).step()


@mistake(function="update_parameters_with_adam", **IN_PLACE, severity="slip")
def _adam_in_place(p, g, v, s, t, rate, beta1, beta2, epsilon):
    right = _Adam(p, g, v, s, t, rate, beta1, beta2, epsilon)
    for name, value in right.step()[0].items():
        p[name][:] = value
    return p, right.new_v, right.new_s
