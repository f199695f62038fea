"""Known wrong solutions of L2 regularization, of dropout and of the training run."""

import numpy as np

from grader.spec import mistake


def _relu(Z):
    return np.maximum(0, Z)


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


# -- cost --------------------------------------------------------------------------------


def _cross_entropy(A3, Y):
    return -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / Y.shape[1]


def _cost(penalty):
    def cost(A3, Y, parameters, lambd):
        W = [parameters["W1"], parameters["W2"], parameters["W3"]]
        return _cross_entropy(A3, Y) + penalty(W, lambd, Y.shape[1], parameters)

    return cost


def _squares(arrays):
    return sum(np.sum(np.square(a)) for a in arrays)


@mistake(
    "lambd-ignored",
    "compute_cost_with_regularization",
    message="there is no penalty: this is the plain cross-entropy",
    hint="Which term is added to the cost?",
    severity="grave",
)
@_cost
def _(W, k, m, p):
    return 0.0


wide_guard = mistake(
    "wide-guard",
    "compute_cost_with_regularization",
    message="predictions are cut off, or shifted, by more than a guard against log(0) needs: 1e-7 at most",
    hint="What does a prediction of 1e-6 cost where the label is 1, and one of 1 - 1e-6 where it is 0?",
    severity="slip",
)


def _cut(A3, Y, parameters, lambd, low, high):
    weights = [parameters["W1"], parameters["W2"], parameters["W3"]]
    return _cross_entropy(np.clip(A3, low, high), Y) + lambd / (2 * Y.shape[1]) * _squares(weights)


@wide_guard
def _(A3, Y, parameters, lambd):
    return _cut(A3, Y, parameters, lambd, 1e-6, 1 - 1e-6)


@wide_guard
def _(A3, Y, parameters, lambd):
    return _cut(A3, Y, parameters, lambd, None, 1 - 1e-6)


@wide_guard
def _(A3, Y, parameters, lambd):
    return _cut(A3, Y, parameters, lambd, 1e-6, None)


@mistake(
    "penalty-cut-off",
    "compute_cost_with_regularization",
    message="lambd // (2 * m) drops what is behind the point, so that the penalty is too small or 0",
    hint="Which operator divides without dropping the fraction?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k // (2 * m) * _squares(W)


@mistake(
    "missing-half",
    "compute_cost_with_regularization",
    message="the penalty is twice as large as it should be: without its factor 1/2, or with the weights counted twice",
    hint="The gradient of the penalty is lambd / m * W; which penalty has that gradient?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / m * _squares(W)


@mistake(
    "no-small-penalty",
    "compute_cost_with_regularization",
    message="a small lambd gives no penalty at all",
    hint="Which values of lambd mean that there is no regularization?",
    severity="slip",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(W) if k >= 0.1 else 0


@mistake(
    "missing-m",
    "compute_cost_with_regularization",
    message="the penalty is not divided by the number of examples: m is missing in the factor before the sum, or is 1 there",
    hint="Print m and Y.shape: Y has one column for each example.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / 2 * _squares(W)


@mistake(
    "missing-factor",
    "compute_cost_with_regularization",
    message="the penalty is lambd times the sum of squares: the division by 2m is missing",
    hint="Compare the factor before the sum with the formula.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k * _squares(W)


@mistake(
    "multiplied-by-m",
    "compute_cost_with_regularization",
    message="the penalty is multiplied by m: lambd / 2 * m is (lambd / 2) * m",
    hint="Which operations do your parentheses hold together?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / 2 * m * _squares(W)


@mistake(
    "divided-twice",
    "compute_cost_with_regularization",
    message="the penalty is divided by m twice",
    hint="Compare the factor before the sum with the formula.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m * m) * _squares(W)


@mistake(
    "biases-included",
    "compute_cost_with_regularization",
    message="the biases are penalized too",
    hint="Over which parameters does the sum in the formula run?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(p.values())


@mistake(
    "not-squared",
    "compute_cost_with_regularization",
    message="the weights are summed without being squared",
    hint="Can a penalty be negative?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.sum(w) for w in W)


@mistake(
    "absolute-values",
    "compute_cost_with_regularization",
    message="absolute values are summed: that is L1 regularization",
    hint="Which power of the weights does L2 stand for?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.sum(np.abs(w)) for w in W)


@mistake(
    "norm-not-squared",
    "compute_cost_with_regularization",
    message="the norms of the matrices are summed without being squared",
    hint="What does np.linalg.norm give: the sum of squares, or its root?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.linalg.norm(w) for w in W)


@mistake(
    "root-of-the-sum",
    "compute_cost_with_regularization",
    message="this is the root of the sum of squares",
    hint="The penalty itself is the sum of squares.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * np.sqrt(_squares(W))


@mistake(
    "square-of-the-sum",
    "compute_cost_with_regularization",
    message="the weights are summed first and squared then",
    hint="Which comes first in the formula, the square or the sum?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.sum(w) ** 2 for w in W)


@mistake(
    "mean-for-sum",
    "compute_cost_with_regularization",
    message="the squares are averaged over each matrix instead of summed",
    hint="Which NumPy function does the sign in the formula stand for?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.mean(np.square(w)) for w in W)


@mistake(
    "subtracted",
    "compute_cost_with_regularization",
    message="the penalty is subtracted",
    hint="Should large weights raise or lower the cost?",
    severity="grave",
)
@_cost
def _(W, k, m, p):
    return -k / (2 * m) * _squares(W)


@mistake(
    "layer-twice",
    "compute_cost_with_regularization",
    message="the weights of the second layer count twice, those of the last one never",
    hint="Which matrix stands in each of your three terms?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares([W[0], W[1], W[1]])


@mistake(
    "counts-units",
    "compute_cost_with_regularization",
    message="the penalty is divided by the number of units of the first layer, not by the number of examples",
    hint="Which entry of Y.shape counts the examples? A weight matrix has none of them.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * len(W[0])) * _squares(W)


@mistake(
    "spectral-norm",
    "compute_cost_with_regularization",
    message="the norm is the largest singular value of each matrix; the penalty is the sum of the squares of all entries",
    hint="np.linalg.norm(W, 2) of a matrix is another norm than np.linalg.norm(W).",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.linalg.norm(w, 2) ** 2 for w in W)


@mistake(
    "product-for-square",
    "compute_cost_with_regularization",
    message="the entries of the product of W and its transpose are summed, in which different units meet; each weight is to be squared",
    hint="Compare W @ W.T with W * W for a small matrix.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * sum(np.sum(w @ w.T) for w in W)


@mistake(
    "layer-missing",
    "compute_cost_with_regularization",
    message="the weights of the last layer are left out",
    hint="How many weight matrices are there?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(W[:2])


@mistake(
    "layer-missing",
    "compute_cost_with_regularization",
    message="the weights of the first layer are left out",
    hint="How many weight matrices are there?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(W[1:])


@mistake(
    "layer-missing",
    "compute_cost_with_regularization",
    message="only the weights of the last layer are penalized",
    hint="How many weight matrices are there?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(W[2:])


@mistake(
    "layer-missing",
    "compute_cost_with_regularization",
    message="only the weights of the first layer are penalized",
    hint="How many weight matrices are there?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(W[:1])


@mistake(
    "factor-on-last-term",
    "compute_cost_with_regularization",
    message="the factor multiplies only the last of the three sums",
    hint="Which parentheses are missing?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return _squares(W[:2]) + k / (2 * m) * _squares(W[2:])


@mistake(
    "factor-on-last-term",
    "compute_cost_with_regularization",
    message="the factor multiplies only the first of the three sums",
    hint="Which parentheses are missing?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares(W[:1]) + _squares(W[1:])


@mistake(
    "wrong-size",
    "compute_cost_with_regularization",
    message="the penalty is divided by the number of layers, not of examples",
    hint="What does m stand for in the formula?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * 3) * _squares(W)


for literal in (0.7, 0.1):
    mistake(
        "always-regularized",
        "compute_cost_with_regularization",
        message=f"the argument lambd has no effect: the penalty is that of {literal}, whatever lambd is",
        hint="Look for a number where the argument belongs.",
        severity="fault",
    )(_cost(lambda W, k, m, p, literal=literal: literal / (2 * m) * _squares(W)))


@mistake(
    "squared-lambda",
    "compute_cost_with_regularization",
    message="lambd is squared, but only the weights have a square in the penalty",
    hint="How does the penalty change when lambd is twice as large?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k**2 / (2 * m) * _squares(W)


@mistake(
    "lambda-times-all",
    "compute_cost_with_regularization",
    message="lambd multiplies the whole cost; it belongs to the penalty alone",
    hint="What is left of your cost when lambd is 0?",
    severity="fault",
)
def cost_times_lambda(A3, Y, parameters, lambd):
    weights = [parameters["W1"], parameters["W2"], parameters["W3"]]
    return lambd * (_cross_entropy(A3, Y) + lambd / (2 * Y.shape[1]) * _squares(weights))


@mistake(
    "lambda-times-all",
    "compute_cost_with_regularization",
    message="lambd multiplies the whole cost; it belongs to the penalty alone",
    hint="What is left of your cost when lambd is 0?",
    severity="fault",
)
def cost_and_squares_times_lambda(A3, Y, parameters, lambd):
    weights = [parameters["W1"], parameters["W2"], parameters["W3"]]
    return lambd * (_cross_entropy(A3, Y) + _squares(weights) / (2 * Y.shape[1]))


@mistake(
    "layer-twice",
    "compute_cost_with_regularization",
    message="the weights of the first layer count three times, those of the other two never",
    hint="Which matrix stands in each of your three terms?",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * m) * _squares([W[0], W[0], W[0]])


@mistake(
    "counts-features",
    "compute_cost_with_regularization",
    message="the penalty is divided by the number of features, not by the number of examples",
    hint="Which entry of Y.shape counts the examples? A weight matrix has none of them.",
    severity="fault",
)
@_cost
def _(W, k, m, p):
    return k / (2 * W[0].shape[1]) * _squares(W)


@mistake(
    "penalty-alone",
    "compute_cost_with_regularization",
    message="this is the penalty alone; the cross-entropy is missing",
    hint="The cost has two terms.",
    severity="fault",
)
def cost_penalty(A3, Y, parameters, lambd):
    return lambd / (2 * Y.shape[1]) * _squares(parameters[name] for name in ("W1", "W2", "W3"))


# -- backward passes ---------------------------------------------------------------------


_OUTPUT_SLIPS = {
    "Y - A3": lambda A3, Y: Y - A3,
    "sigmoid": lambda A3, Y: (A3 - Y) * A3 * (1 - A3),
}
_SLOPE_SLIPS = {"no slope": lambda dA, A: 1, "A": lambda dA, A: A, "dA": lambda dA, A: dA > 0}


def _backward(X, Y, weights, outputs, dropped=lambda dA, l: dA, mask=lambda dA, l: dA, slip=""):
    """The gradients, with what happens to dA1 and dA2 (``dropped``) and where relu lets them pass (``mask``).

    Of a ``slip`` "relu 1" relu's slope is missing in that layer; "dA for dZ" goes back from dA2; "axis 0" adds up the
    units for db; others have another dZ3, or another factor for the slope of relu.
    """
    (_, W2, W3), (A1, A2, A3), m = weights, outputs, X.shape[1]
    dZ3 = _OUTPUT_SLIPS.get(slip, np.subtract)(A3, Y)
    slope = _SLOPE_SLIPS.get(slip, lambda dA, A: A > 0)
    dA2 = dropped(W3.T @ dZ3, 2)
    dZ2 = mask(dA2, 2) * (1 if slip == "relu 2" else slope(dA2, A2))
    dA1 = dropped(W2.T @ (dA2 if slip == "dA for dZ" else dZ2), 1)
    dZ1 = mask(dA1, 1) * (1 if slip == "relu 1" else slope(dA1, A1))
    gradients = {"dA2": dA2, "dA1": dA1}
    for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        gradients[f"dZ{l}"] = dZ
        gradients[f"dW{l}"] = dZ @ A.T / m
        gradients[f"db{l}"] = np.sum(dZ, axis=0 if slip == "axis 0" else 1, keepdims=True) / m
    return gradients


def _regularized(added, slip=""):
    """Gradients whose dWl gains ``added(W, lambd, m, l)``."""

    def backward(X, Y, cache, lambd):
        _, A1, W1, _, _, A2, W2, _, _, A3, W3, _ = cache
        gradients = _backward(X, Y, (W1, W2, W3), (A1, A2, A3), slip=slip)
        for l, W in ((1, W1), (2, W2), (3, W3)):
            gradients[f"dW{l}"] = gradients[f"dW{l}"] + added(W, lambd, X.shape[1], l)
        return gradients

    return backward


def _clipped(backward):
    """The right gradients, as far as they are between two bounds."""
    return lambda *args: {name: np.clip(gradient, -5, 5) for name, gradient in backward(*args).items()}


_CLIPPED = {
    "code": "clipped",
    "message": "large gradients are cut to a bound, but the exercise knows none",
    "hint": "Follow large gradients through your code: np.clip and np.minimum belong into no derivative.",
    "severity": "slip",
}

mistake(function="backward_propagation_with_regularization", **_CLIPPED)(
    _clipped(_regularized(lambda W, k, m, l: k / m * W))
)


@mistake(
    "lambd-ignored",
    "backward_propagation_with_regularization",
    message="dW is the gradient of the cross-entropy alone",
    hint="Differentiate the penalty lambd / (2m) * W**2.",
    severity="grave",
)
@_regularized
def _(W, k, m, l):
    return 0.0


@mistake(
    "missing-m",
    "backward_propagation_with_regularization",
    message="the penalty's gradient is not divided by the number of examples",
    hint="Differentiate lambd / (2m) * W**2, factor by factor.",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k * W


@mistake(
    "half-too-much",
    "backward_propagation_with_regularization",
    message="the penalty's gradient is lambd / (2m) * W: the 2 of the power is missing",
    hint="Differentiate W**2 once on paper.",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / (2 * m) * W


@mistake(
    "twice-too-much",
    "backward_propagation_with_regularization",
    message="the penalty's gradient is 2 * lambd / m * W: the half of the penalty is missing",
    hint="Differentiate lambd / (2m) * W**2, factor by factor.",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return 2 * k / m * W


@mistake(
    "multiplied-by-m",
    "backward_propagation_with_regularization",
    message="the penalty's gradient is multiplied by m",
    hint="Compare the factor before W with the formula.",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k * m * W


@mistake(
    "divided-twice",
    "backward_propagation_with_regularization",
    message="the penalty's gradient is divided by m twice",
    hint="Compare the factor before W with the formula.",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / m / m * W


@mistake(
    "subtracted",
    "backward_propagation_with_regularization",
    message="the penalty's gradient is subtracted",
    hint="Which sign does the penalty have in the cost?",
    severity="grave",
)
@_regularized
def _(W, k, m, l):
    return -k / m * W


@mistake(
    "squared-weights",
    "backward_propagation_with_regularization",
    message="the penalty itself is added, not its derivative",
    hint="What is the derivative of W**2 with respect to W?",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / m * W**2


@mistake(
    "squared-weights",
    "backward_propagation_with_regularization",
    message="the penalty itself is added, not its derivative",
    hint="What is the derivative of W**2 with respect to W?",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / (2 * m) * W**2


@mistake(
    "summed-penalty",
    "backward_propagation_with_regularization",
    message="one number, the sum over the matrix, is added to all of dW",
    hint="How does the penalty change when a single weight changes?",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / m * np.sum(W)


@mistake(
    "summed-penalty",
    "backward_propagation_with_regularization",
    message="one number, the penalty of the matrix, is added to all of dW",
    hint="How does the penalty change when a single weight changes?",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / (2 * m) * np.sum(W**2)


@mistake(
    "signs-of-weights",
    "backward_propagation_with_regularization",
    message="the signs of the weights are added: that is L1 regularization",
    hint="Differentiate W**2, not abs(W).",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / m * np.sign(W)


@mistake(
    "weights-missing",
    "backward_propagation_with_regularization",
    message="lambd / m is added without W",
    hint="Differentiate lambd / (2m) * W**2.",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / m


for one in (1, 2, 3):
    mistake(
        "divided-twice",
        "backward_propagation_with_regularization",
        message=f"the penalty's gradient in dW{one} is divided by m twice; in the other layers it is right",
        hint="Which bracket does 1 / m multiply in this line, and what stands inside of it?",
        severity="slip",
    )(_regularized(lambda W, k, m, l, one=one: k / m / m * W if l == one else k / m * W))


@mistake(
    "absolute-weights",
    "backward_propagation_with_regularization",
    message="lambd / m * |W| is added: the signs of the weights are lost",
    hint="Which sign has the derivative of W**2 where W is negative?",
    severity="fault",
)
@_regularized
def _(W, k, m, l):
    return k / m * np.abs(W)


for left_out in (1, 2, 3):
    mistake(
        "layer-missing",
        "backward_propagation_with_regularization",
        message=f"dW{left_out} gains nothing from the penalty",
        hint="How many weight matrices are penalized?",
        severity="fault",
    )(_regularized(lambda W, k, m, l, out=left_out: 0.0 if l == out else k / m * W))


for alone in (1, 2, 3):
    mistake(
        "layer-missing",
        "backward_propagation_with_regularization",
        message=f"only dW{alone} gains something from the penalty",
        hint="How many weight matrices are penalized?",
        severity="fault",
    )(_regularized(lambda W, k, m, l, only=alone: k / m * W if l == only else 0.0))


@mistake(
    "biases-included",
    "backward_propagation_with_regularization",
    message="the biases are penalized too: db has gained a term",
    hint="Which parameters occur in the penalty?",
    severity="fault",
)
def l2_biases(X, Y, cache, lambd):
    gradients = _regularized(lambda W, k, m, l: k / m * W)(X, Y, cache, lambd)
    for l, b in ((1, cache[3]), (2, cache[7]), (3, cache[11])):
        gradients[f"db{l}"] = gradients[f"db{l}"] + lambd / X.shape[1] * b
    return gradients


@mistake(
    "wrong-at-kink",
    "backward_propagation_with_regularization",
    message="the gradient passes where Z is exactly 0; it is 0 there by convention",
    hint="Compare > and >=.",
    severity="slip",
)
def l2_kink(X, Y, cache, lambd):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    nudged = (Z1, A1 + (Z1 == 0) * 1e-300, W1, b1, Z2, A2 + (Z2 == 0) * 1e-300, W2, b2, Z3, A3, W3, b3)
    return _regularized(lambda W, k, m, l: k / m * W)(X, Y, nudged, lambd)


@mistake(
    "no-mask",
    "backward_propagation_with_regularization",
    message="dA passes relu everywhere; it must not where the unit is inactive",
    hint="What is the derivative of relu left of 0?",
    severity="grave",
)
def l2_no_mask(X, Y, cache, lambd):
    _, A1, W1, _, _, A2, W2, _, _, A3, W3, _ = cache
    m = X.shape[1]
    dZ3 = A3 - Y
    dZ2 = W3.T @ dZ3
    dZ1 = W2.T @ dZ2
    gradients = {"dA2": dZ2, "dA1": dZ1}
    for l, dZ, A, W in ((3, dZ3, A2, W3), (2, dZ2, A1, W2), (1, dZ1, X, W1)):
        gradients[f"dZ{l}"] = dZ
        gradients[f"dW{l}"] = dZ @ A.T / m + lambd / m * W
        gradients[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
    return gradients


@mistake(
    "swapped-sizes",
    "backward_propagation_with_regularization",
    message="the gradients are divided by the number of features instead of examples",
    hint="Which axis of X counts the examples?",
    severity="fault",
)
def l2_features(X, Y, cache, lambd):
    gradients = _regularized(lambda W, k, m, l: k / m * W)(X, Y, cache, lambd)
    factor = X.shape[1] / X.shape[0]
    return {n: g * factor if n[1] in "Wb" else g for n, g in gradients.items()}


def _under_dropout(rules, slip=""):
    """Gradients where dA is handled by ``dropped(dA, D, keep_prob, l)``, and dZ by ``mask`` of the same form."""
    dropped, mask = rules if isinstance(rules, tuple) else (rules, lambda dA, D, k, l: dA)

    def backward(X, Y, cache, keep_prob):
        _, D1, A1, W1, _, _, D2, A2, W2, _, _, A3, W3, _ = cache
        D = {1: D1, 2: D2}
        return _backward(
            X,
            Y,
            (W1, W2, W3),
            (A1, A2, A3),
            lambda dA, l: dropped(dA, D[l], keep_prob, l),
            lambda dA, l: mask(dA, D[l], keep_prob, l),
            slip,
        )

    return backward


def _right(dA, D, k, l):
    return dA * D / k


def _nothing(dA, D, k, l):
    return dA


mistake(function="backward_propagation_with_dropout", **_CLIPPED)(_clipped(_under_dropout(_right)))

mistake(
    "dropout-missing",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are neither masked nor scaled",
    hint="What happened to A1 and A2 in the forward pass?",
    severity="grave",
)(_under_dropout(_nothing))


@mistake(
    "missing-scale",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are masked but not divided by keep_prob",
    hint="The forward pass had two steps after the mask was drawn: which one is missing here?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return dA * D


@mistake(
    "missing-mask",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are divided by keep_prob but not masked",
    hint="Does a dropped unit have an influence on the cost?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return dA / k


@mistake(
    "multiplied-scale",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are multiplied by keep_prob, not divided",
    hint="The backward pass scales as the forward pass does.",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return dA * D * k


for one in (1, 2):
    mistake(
        "one-scale-multiplied",
        "backward_propagation_with_dropout",
        message=f"dA{one} is multiplied by keep_prob; it is divided by it, as dA{3 - one} is",
        hint="Compare your lines for the two layers.",
        severity="fault",
    )(_under_dropout(lambda dA, D, k, l, one=one: dA * D * k if l == one else dA * D / k))


for one in (1, 2):
    for function, slipping in (
        ("backward_propagation_with_regularization", _regularized(lambda W, k, m, l: k / m * W, f"relu {one}")),
        ("backward_propagation_with_dropout", _under_dropout(_right, f"relu {one}")),
    ):
        mistake(
            "no-mask-in-one-layer",
            function,
            message=f"dZ{one} is dA{one} as it is; it must be 0 where the unit is inactive",
            hint="What is the derivative of relu left of 0, and do both layers have it?",
            severity="fault",
        )(slipping)


def _in_both_backward_passes(code, slip, *, message, hint, severity):
    penalized, under_dropout = _regularized(lambda W, k, m, l: k / m * W, slip), _under_dropout(_right, slip)
    for function, slipping in (
        ("backward_propagation_with_regularization", penalized),
        ("backward_propagation_with_dropout", under_dropout),
    ):
        mistake(code, function, message=message, hint=hint, severity=severity)(slipping)


_in_both_backward_passes(
    "label-minus-output",
    "Y - A3",
    message="dZ3 is Y - A3, expected A3 - Y: all that is computed from it has the wrong sign",
    hint="Should Z3 rise or fall where A3 is larger than Y, and which way does a step go that subtracts the gradient?",
    severity="grave",
)
_in_both_backward_passes(
    "output-derivative-twice",
    "sigmoid",
    message="A3 - Y is multiplied by the derivative of the sigmoid once more; it is in there already",
    hint="Work dZ3 out on paper: what cancels?",
    severity="fault",
)
_in_both_backward_passes(
    "relu-of-product",
    "A",
    message="dA is multiplied by the value of relu, not by its derivative",
    hint="That derivative is 0 or 1.",
    severity="fault",
)
_in_both_backward_passes(
    "mask-from-gradient",
    "dA",
    message="where dZ is 0 comes from the sign of dA; it depends on A",
    hint="Which value decides whether a relu was on?",
    severity="fault",
)
_in_both_backward_passes(
    "db-over-units",
    "axis 0",
    message="db adds up the units and keeps the examples; it must be the other way round",
    hint="Which axis of dZ belongs to the examples, which one to the units?",
    severity="fault",
)


for function, slipping in (
    ("backward_propagation_with_regularization", _regularized(lambda W, k, m, l: k / m * W, "dA for dZ")),
    ("backward_propagation_with_dropout", _under_dropout(_right, "dA for dZ")),
):
    mistake(
        "dA-handed-down",
        function,
        message="dA1 is computed from dA2; it comes from dZ2, which has passed relu",
        hint="Which gradient does W2.T go with: that of A2 or that of Z2?",
        severity="fault",
    )(slipping)


@mistake(
    "scaled-twice",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are divided by keep_prob twice",
    hint="How often is A scaled in the forward pass?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return dA * D / k / k


@mistake(
    "scaled-by-dropped",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are divided by 1 - keep_prob",
    hint="Is keep_prob the probability of keeping or of dropping?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return dA * D / (1 - k) if k != 1 else dA * D / np.nextafter(0.0, 1.0)


@mistake(
    "inverted-mask",
    "backward_propagation_with_dropout",
    message="the dropped units pass, and the kept ones do not",
    hint="Is D true for the units that are kept or for those that are dropped?",
    severity="grave",
)
@_under_dropout
def _(dA, D, k, l):
    return dA * (1 - D) / k


@mistake(
    "keep-prob-ignored",
    "backward_propagation_with_dropout",
    message="dA1 and dA2 are divided by 0.5 whatever keep_prob is",
    hint="Look for a number where the argument belongs.",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return dA * D / 0.5


@mistake(
    "only-first-layer",
    "backward_propagation_with_dropout",
    message="dA2 is neither masked nor scaled",
    hint="On how many layers does dropout act?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return _right(dA, D, k, l) if l == 1 else dA


@mistake(
    "only-second-layer",
    "backward_propagation_with_dropout",
    message="dA1 is neither masked nor scaled",
    hint="On how many layers does dropout act?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return _right(dA, D, k, l) if l == 2 else dA


@mistake(
    "one-scale-missing",
    "backward_propagation_with_dropout",
    message="dA1 is masked but not divided by keep_prob",
    hint="Are both steps there for both layers?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return _right(dA, D, k, l) if l == 2 else dA * D


@mistake(
    "one-scale-missing",
    "backward_propagation_with_dropout",
    message="dA2 is masked but not divided by keep_prob",
    hint="Are both steps there for both layers?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return _right(dA, D, k, l) if l == 1 else dA * D


@mistake(
    "one-mask-missing",
    "backward_propagation_with_dropout",
    message="dA1 is divided by keep_prob but not masked",
    hint="Are both steps there for both layers?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return _right(dA, D, k, l) if l == 2 else dA / k


@mistake(
    "one-mask-missing",
    "backward_propagation_with_dropout",
    message="dA2 is divided by keep_prob but not masked",
    hint="Are both steps there for both layers?",
    severity="fault",
)
@_under_dropout
def _(dA, D, k, l):
    return _right(dA, D, k, l) if l == 1 else dA / k


mistake(
    "mask-for-slope",
    "backward_propagation_with_dropout",
    message="dZ is 0 only where a unit was dropped; it must be 0 where relu was off, too",
    hint="Which array tells you whether a unit was active: its mask D, or its output A?",
    severity="fault",
)(_under_dropout(_right, "no slope"))


mistake(
    "dropout-after-relu",
    "backward_propagation_with_dropout",
    message="mask and scale are applied to dZ, after dA1 and dA2 were stored without them",
    hint="Which gradient do mask and scale belong to: that of A or that of Z?",
    severity="slip",
)(_under_dropout((_nothing, _right)))


mistake(
    "scale-after-relu",
    "backward_propagation_with_dropout",
    message="the division by keep_prob comes after dA1 and dA2 were stored without it",
    hint="Which gradient do mask and scale belong to: that of A or that of Z?",
    severity="slip",
)(_under_dropout((lambda dA, D, k, l: dA * D, lambda dA, D, k, l: dA / k)))


@mistake(
    "wrong-at-kink",
    "backward_propagation_with_dropout",
    message="the gradient passes where Z is exactly 0; it is 0 there by convention",
    hint="Compare > and >=.",
    severity="slip",
)
def dropout_kink(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache
    A1, A2 = A1 + (Z1 == 0) * 1e-300, A2 + (Z2 == 0) * 1e-300
    return _under_dropout(_right)(X, Y, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3), keep_prob)


@mistake(
    "swapped-sizes",
    "backward_propagation_with_dropout",
    message="the gradients are divided by the number of features instead of examples",
    hint="Which axis of X counts the examples?",
    severity="fault",
)
def dropout_features(X, Y, cache, keep_prob):
    gradients = _under_dropout(_right)(X, Y, cache, keep_prob)
    factor = X.shape[1] / X.shape[0]
    return {n: g * factor if n[1] in "Wb" else g for n, g in gradients.items()}


# -- forward pass with dropout -----------------------------------------------------------


def _uniform(shape, keep_prob):
    return np.random.rand(*shape) < keep_prob


def _drop(Z, D, k, l):
    return _relu(Z) * D / k


def _dropout_forward(rules):
    """A forward pass with some of its parts replaced: draw, drop, onward, output, stored."""

    def forward(X, parameters, keep_prob):
        W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
        draw, drop = rules.get("draw", _uniform), rules.get("drop", _drop)
        Z1 = W1 @ X + b1
        D1 = draw(Z1.shape, keep_prob)
        A1 = drop(Z1, D1, keep_prob, 1)
        Z2 = W2 @ (_relu(Z1) if rules.get("onward") else A1) + b2
        D2 = draw(Z2.shape, keep_prob)
        A2 = drop(Z2, D2, keep_prob, 2)
        Z3 = W3 @ A2 + b3
        A3 = rules.get("output", lambda A, k: A)(_sigmoid(Z3), keep_prob)
        return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)

    return forward


def _reseeded(shape, keep_prob):
    np.random.seed(1)
    return _uniform(shape, keep_prob)


def _activations_first(X, parameters, keep_prob):
    A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, *others) = _dropout_forward({})(X, parameters, keep_prob)
    return A3, (Z1, A1, D1, W1, b1, Z2, A2, D2, *others)


mistake(
    "cache-order",
    "forward_propagation_with_dropout",
    message="the cache has each A before its D; the backward pass unpacks D before A",
    hint="Compare the order of your cache with the exercise.",
    severity="fault",
)(_activations_first)


mistake(
    "mask-not-thresholded",
    "forward_propagation_with_dropout",
    message="the mask holds random numbers between 0 and 1; they were never compared with keep_prob",
    hint="Which values may a mask have?",
    severity="grave",
)(_dropout_forward({"draw": lambda shape, k: np.random.rand(*shape)}))


@mistake(
    "numbers-for-mask",
    "forward_propagation_with_dropout",
    message="the cache holds the random numbers themselves, where the mask belongs that was made of them",
    hint="What does the backward pass multiply by?",
    severity="grave",
)
def _(X, parameters, keep_prob):
    rules = {
        "draw": lambda shape, k: np.random.rand(*shape),
        "drop": lambda Z, D, k, layer: _relu(Z) * (D < k) / k,
    }
    return _dropout_forward(rules)(X, parameters, keep_prob)


mistake(
    "scaled-mask",
    "forward_propagation_with_dropout",
    message="the mask in the cache is already divided by keep_prob",
    hint="The cache keeps D as 0 and 1; the division belongs to A.",
    severity="slip",
)(_dropout_forward({"draw": lambda shape, k: _uniform(shape, k) / k, "drop": lambda Z, D, k, l: _relu(Z) * D}))


mistake(
    "mask-of-dropped",
    "forward_propagation_with_dropout",
    message="a mask in the cache marks what was dropped; the backward pass multiplies by what is kept",
    hint="Is D true for units that stay, or for units that go?",
    severity="fault",
)(
    _dropout_forward(
        {"draw": lambda shape, k: np.random.rand(*shape) >= k, "drop": lambda Z, D, k, l: _relu(Z) * (1 - D) / k}
    )
)


mistake(
    "mask-not-applied",
    "forward_propagation_with_dropout",
    message="A1 and A2 are those of relu alone: no mask acts between Z and A",
    hint="What is the mask for?",
    severity="grave",
)(_dropout_forward({"drop": lambda Z, D, k, l: _relu(Z)}))


mistake(
    "mask-not-applied",
    "forward_propagation_with_dropout",
    message="A1 and A2 are those of relu alone: no mask acts between Z and A",
    hint="What is the mask for?",
    severity="grave",
)(_dropout_forward({"drop": lambda Z, D, k, l: _relu(Z) / k}))


for layer in (1, 2):
    unmasked = mistake(
        f"mask-{layer}-not-applied",
        "forward_propagation_with_dropout",
        message=f"A{layer} is not multiplied by its mask D{layer}: none of its units is dropped",
        hint="Compare your lines for the two layers.",
        severity="fault",
    )
    unmasked(_dropout_forward({"drop": lambda Z, D, k, l, one=layer: _relu(Z) / k if l == one else _drop(Z, D, k, l)}))


mistake(
    "missing-scale",
    "forward_propagation_with_dropout",
    message="A1 and A2 are not divided by keep_prob, so that they are smaller on average",
    hint="How large is the mean activation when half of the units are silent?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _relu(Z) * D}))


mistake(
    "multiplied-scale",
    "forward_propagation_with_dropout",
    message="A1 and A2 are multiplied by keep_prob, not divided",
    hint="Should the units that remain become stronger or weaker?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _relu(Z) * D * k}))


mistake(
    "scaled-by-dropped",
    "forward_propagation_with_dropout",
    message="A1 and A2 are divided by 1 - keep_prob",
    hint="Is keep_prob the probability of keeping or of dropping?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _relu(Z) * D / (1 - k) if k != 1 else _relu(Z) * D}))


mistake(
    "only-first-layer",
    "forward_propagation_with_dropout",
    message="the second hidden layer has no dropout",
    hint="On how many layers does dropout act?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _drop(Z, D, k, l) if l == 1 else _relu(Z)}))


mistake(
    "only-second-layer",
    "forward_propagation_with_dropout",
    message="the first hidden layer has no dropout",
    hint="On how many layers does dropout act?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _drop(Z, D, k, l) if l == 2 else _relu(Z)}))


mistake(
    "first-layer-unscaled",
    "forward_propagation_with_dropout",
    message="A1 is masked but not divided by keep_prob",
    hint="Are all steps there for both layers?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _drop(Z, D, k, l) if l == 2 else _relu(Z) * D}))


mistake(
    "second-layer-unscaled",
    "forward_propagation_with_dropout",
    message="A2 is masked but not divided by keep_prob",
    hint="Are all steps there for both layers?",
    severity="fault",
)(_dropout_forward({"drop": lambda Z, D, k, l: _drop(Z, D, k, l) if l == 1 else _relu(Z) * D}))


mistake(
    "mask-after-use",
    "forward_propagation_with_dropout",
    message="Z2 is computed from A1 before dropout",
    hint="In which order do dropout and the next layer come?",
    severity="fault",
)(_dropout_forward({"onward": True}))


mistake(
    "dropout-on-output",
    "forward_propagation_with_dropout",
    message="dropout acts on the output too",
    hint="Which layers does the exercise name?",
    severity="fault",
)(_dropout_forward({"output": lambda A, k: A * _uniform(A.shape, k) / k}))


mistake(
    "dropout-on-output",
    "forward_propagation_with_dropout",
    message="dropout acts on the output too",
    hint="Which layers does the exercise name?",
    severity="fault",
)(_dropout_forward({"output": lambda A, k: A * _uniform(A.shape, k)}))


_repeated_masks = mistake(
    "repeated-masks",
    "forward_propagation_with_dropout",
    message="both masks in the cache hold the same random numbers",
    hint="How often is the generator seeded, and is each mask drawn by itself and kept in its own place?",
    severity="fault",
)
_repeated_masks(_dropout_forward({"draw": _reseeded}))


def _first_rows(X, parameters, keep_prob):
    noise = np.random.rand(len(parameters["b1"]), X.shape[1])
    drawn = iter([noise])

    def draw(shape, keep):
        again = next(drawn, noise[: shape[0]])
        return (again if again.shape == shape else np.random.rand(*shape)) < keep

    return _dropout_forward({"draw": draw})(X, parameters, keep_prob)


_repeated_masks(_first_rows)


mistake(
    "mask-per-unit",
    "forward_propagation_with_dropout",
    message="a unit is dropped for all examples at once: the mask must differ from example to example",
    hint="Which shape has the mask?",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.random.rand(shape[0], 1) < k}))


mistake(
    "mask-per-unit",
    "forward_propagation_with_dropout",
    message="a unit is dropped for all examples at once: the mask must differ from example to example",
    hint="Which shape has the mask?",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.tile(np.random.rand(shape[0], 1) < k, (1, shape[1]))}))


mistake(
    "mask-per-example",
    "forward_propagation_with_dropout",
    message="all units of a layer are kept or dropped together: the mask must differ from unit to unit",
    hint="Which shape has the mask?",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.tile(np.random.rand(1, shape[1]) < k, (shape[0], 1))}))


def _first_kept(shape, keep_prob):
    mask = _uniform(shape, keep_prob)
    mask[0] = True
    return mask


mistake(
    "first-always-kept",
    "forward_propagation_with_dropout",
    message="the first unit, or the first example, is never dropped",
    hint="Does your loop begin with 0?",
    severity="fault",
)(_dropout_forward({"draw": _first_kept}))


mistake(
    "exact-count",
    "forward_propagation_with_dropout",
    message="of every example the same number of units is kept: each unit must be kept or dropped by itself",
    hint="Compare one random number for each entry with keep_prob.",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.random.rand(*shape).argsort(axis=0).argsort(axis=0) < int(k * shape[0])}))


def _exact_share(shape, keep_prob):
    mask = np.arange(shape[0] * shape[1]) < round(keep_prob * shape[0] * shape[1])
    np.random.shuffle(mask)
    return mask.reshape(shape)


mistake(
    "exact-share",
    "forward_propagation_with_dropout",
    message="of all entries of a mask exactly the share keep_prob is kept: each must be kept or dropped by itself",
    hint="Compare one random number for each entry with keep_prob.",
    severity="slip",
)(_dropout_forward({"draw": _exact_share}))


mistake(
    "nothing-dropped",
    "forward_propagation_with_dropout",
    message="the masks are true everywhere",
    hint="What is compared with keep_prob?",
    severity="grave",
)(_dropout_forward({"draw": lambda shape, k: np.ones(shape) > 0}))


mistake(
    "inverted-mask",
    "forward_propagation_with_dropout",
    message="units are kept with probability 1 - keep_prob",
    hint="Compare < and >.",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.random.rand(*shape) > k}))


def _one_mask(layer, draw):
    """A forward pass in which the mask of one layer alone is drawn otherwise: the one with b1 rows, or the other."""

    def forward(X, parameters, keep_prob):
        drawn = iter((1, 2))
        rules = {"draw": lambda shape, k: draw(shape, k) if next(drawn) == layer else _uniform(shape, k)}
        return _dropout_forward(rules)(X, parameters, keep_prob)

    return forward


for layer in (1, 2):
    mistake(
        f"mask-{layer}-inverted",
        "forward_propagation_with_dropout",
        message=f"units of layer {layer} are kept with probability 1 - keep_prob, those of layer {3 - layer} with keep_prob",
        hint="Compare < and > in your lines for the two layers.",
        severity="fault",
    )(_one_mask(layer, lambda shape, k: np.random.rand(*shape) > k))
    mistake(
        f"mask-{layer}-keeps-half",
        "forward_propagation_with_dropout",
        message=f"D{layer} keeps half of the units whatever keep_prob is",
        hint="Look for a number where the argument belongs.",
        severity="fault",
    )(_one_mask(layer, lambda shape, k: np.random.rand(*shape) < 0.5))


mistake(
    "gaussian-mask",
    "forward_propagation_with_dropout",
    message="the masks come from a Gaussian: np.random.randn, where uniform numbers are needed",
    hint="Between which values does np.random.rand draw, and np.random.randn?",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.random.randn(*shape) > k}))


mistake(
    "gaussian-mask",
    "forward_propagation_with_dropout",
    message="the masks come from a Gaussian: np.random.randn, where uniform numbers are needed",
    hint="Between which values does np.random.rand draw, and np.random.randn?",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.random.randn(*shape) < k}))


mistake(
    "keep-prob-ignored",
    "forward_propagation_with_dropout",
    message="the masks keep half of the units whatever keep_prob is",
    hint="Look for a number where the argument belongs.",
    severity="fault",
)(_dropout_forward({"draw": lambda shape, k: np.random.rand(*shape) < 0.5}))


# -- the training run --------------------------------------------------------------------


def initialize_parameters(layers_dims):
    """Stands for the initializer; the harness binds the name to given parameters."""
    raise NotImplementedError


def _gradients(X, Y, p, lambd, keep_prob, forward=None):
    back, keep_prob = keep_prob, forward or keep_prob
    D1 = np.random.rand(len(p["b1"]), X.shape[1]) < keep_prob
    D2 = np.random.rand(len(p["b2"]), X.shape[1]) < keep_prob
    A1 = _relu(p["W1"] @ X + p["b1"]) * D1 / keep_prob
    A2 = _relu(p["W2"] @ A1 + p["b2"]) * D2 / keep_prob
    A3 = _sigmoid(p["W3"] @ A2 + p["b3"])
    D = {1: D1, 2: D2}
    found = _backward(X, Y, [p["W1"], p["W2"], p["W3"]], (A1, A2, A3), lambda dA, l: dA * D[l] / back)
    return {n: found[f"d{n}"] + (lambd / X.shape[1] * p[n] if n[0] == "W" else 0) for n in p}


def _descend(X, Y, p, steps, rate, lambd=0, keep_prob=1):
    for _ in range(steps):
        grads = _gradients(X, Y, p, lambd, keep_prob)
        p = {name: value - rate * grads[name] for name, value in p.items()}
    return p


def _start(X, *hidden):
    return initialize_parameters([X.shape[0], *(hidden or (20, 3)), 1])


def _model(run):
    def model(X, Y, learning_rate, num_iterations, print_cost=True, lambd=0, keep_prob=1):
        return run(X, Y, learning_rate, num_iterations, lambd, keep_prob)

    return model


@mistake(
    "no-training",
    "model",
    message="the parameters come back as they were initialized: no update is kept",
    hint="Which name holds the parameters after update_parameters, and which one is returned?",
    severity="grave",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _start(X)


@mistake(
    "learning-rate-ignored",
    "model",
    message="the argument learning_rate has no effect: the run uses 0.3",
    hint="Look for a number where the argument belongs.",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, 0.3, lambd, k)


@mistake(
    "iterations-ignored",
    "model",
    message="the argument num_iterations has no effect: the loop has a length of its own",
    hint="How often does your loop run when num_iterations is 1?",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), 50, rate, lambd, k)


def _cost(X, Y, p):
    A2 = _relu(p["W2"] @ _relu(p["W1"] @ X + p["b1"]) + p["b2"])
    Z3 = p["W3"] @ A2 + p["b3"]
    return float(np.mean(np.logaddexp(0, Z3) - Y * Z3))


def _stops(is_over):
    """A run that ends where ``is_over(cost, fall)`` says so, of the cost without a penalty."""

    @mistake(
        "stops-early",
        "model",
        message="the run ends before num_iterations where the cost is low, rises, or hardly changes from step to step",
        hint="Which condition ends your loop early? The exercise asks for num_iterations steps, whatever the cost does.",
        severity="slip",
    )
    @_model
    def _(X, Y, rate, steps, lambd, k):
        parameters, last = _start(X), np.inf
        for _ in range(steps):
            cost = _cost(X, Y, parameters)
            if is_over(cost, last - cost):
                break
            parameters, last = _descend(X, Y, parameters, 1, rate, lambd, k), cost
        return parameters


_stops(lambda cost, fall: abs(fall) < 1e-4)
_stops(lambda cost, fall: abs(fall) < 1e-6)
_stops(lambda cost, fall: cost < 0.3)
_stops(lambda cost, fall: cost < 1e-3)
_stops(lambda cost, fall: abs(fall) < 1e-3)
_stops(lambda cost, fall: fall < 0)


def _cuts(weights=np.inf, gradients=np.inf):
    """A run in which the parameters, or their gradients, are cut to a bound."""

    @mistake(
        "clipped",
        "model",
        message="large parameters or gradients are cut to a bound, but the exercise knows none",
        hint="Which line of your loop changes numbers only where they are large? A step subtracts learning_rate * gradient as it is.",
        severity="slip",
    )
    @_model
    def _(X, Y, rate, steps, lambd, k):
        p = _start(X)
        for _ in range(steps):
            grads = _gradients(X, Y, p, lambd, k)
            p = {n: np.clip(v - rate * np.clip(grads[n], -gradients, gradients), -weights, weights) for n, v in p.items()}
        return p


_cuts(weights=5.0)
_cuts(gradients=1.0)
_cuts(gradients=5.0)


@mistake(
    "dropout-ends",
    "model",
    message="some steps of a run with a keep_prob below 1 drop nothing: what it moves is no sum of steps with dropout",
    hint="Does your loop change keep_prob, or ask for more than keep_prob < 1, before it calls the pass with dropout?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    p = _descend(X, Y, _start(X), min(steps, 10), rate, lambd, k)
    return _descend(X, Y, p, max(steps - 10, 0), rate, lambd)


@mistake(
    "mini-batches",
    "model",
    message="an iteration makes a step on each of several mini-batches; here a step is one on all examples at once",
    hint="How many steps does your function make for num_iterations = 1 and 200 examples?",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    parameters = _start(X)
    for _ in range(steps):
        for first in range(0, X.shape[1], 64):
            batch = slice(first, first + 64)
            parameters = _descend(X[:, batch], Y[:, batch], parameters, 1, rate, lambd, k)
    return parameters


@mistake(
    "lambd-ignored",
    "model",
    message="the argument lambd has no effect on the parameters",
    hint="Which function computes the gradients when lambd is not 0?",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, 0, k)


@mistake(
    "always-regularized",
    "model",
    message="the run is regularized with 0.7 whatever lambd is",
    hint="Look for a number where the argument belongs.",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, 0.7, k)


@mistake(
    "regularized-twice",
    "model",
    message="the penalty counts twice: lambd is doubled, or the weights decay by the gradients and once more by the update",
    hint="Which lambd do you hand on, and does the update know it, too?",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, 2 * lambd, k)


@mistake(
    "penalty-scaled",
    "model",
    message="the penalty counts half: lambd is divided by 2 on its way to the gradients",
    hint="Which lambd do you hand on? The half of the formula stands in the cost already.",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, lambd / 2, k)


@mistake(
    "penalty-scaled",
    "model",
    message="the gradient of the penalty is multiplied by learning_rate once more than the rest of the gradient",
    hint="Which lambd do you hand on? The step multiplies the whole gradient by the rate.",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, lambd * rate, k)


@mistake(
    "biases-decay",
    "model",
    message="the biases decay as the weights do: each step moves them by learning_rate * lambd / m * b, too",
    hint="Which parameters occur in the penalty?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    p = _start(X)
    for _ in range(steps):
        decay = {n: rate * lambd / X.shape[1] * value for n, value in p.items() if n[0] == "b"}
        p = {n: value - decay.get(n, 0) for n, value in _descend(X, Y, p, 1, rate, lambd, k).items()}
    return p


for rounds in (lambda steps: steps // 2, lambda steps: (steps + 1) // 2):
    mistake(
        "half-of-the-steps",
        "model",
        message="the run makes half of the steps: only every other iteration moves the parameters, or the loop is half as long",
        hint="How far have the parameters moved after two iterations, and after four?",
        severity="fault",
    )(_model(lambda X, Y, rate, steps, lambd, k, rounds=rounds: _descend(X, Y, _start(X), rounds(steps), rate, lambd, k)))


@mistake(
    "keep-prob-ignored",
    "model",
    message="with such a keep_prob as in the example nothing is dropped: the step is that of the whole network",
    hint="Which functions run when keep_prob is less than 1?",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, lambd)


@mistake(
    "one-step-short",
    "model",
    message="the run is one step short: it makes one too few, or returns the parameters from before its last one",
    hint="How often does your loop run for num_iterations = 1, and which parameters are returned?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps - 1, rate, lambd, k)


@mistake(
    "one-step-more",
    "model",
    message="the run makes one step too many",
    hint="How often does your loop run for num_iterations = 1?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps + 1, rate, lambd, k)


@mistake(
    "single-step",
    "model",
    message="the result is one step away from the start, with one iteration and with all larger numbers that were tried",
    hint="What belongs before the loop, what inside, and what after it?",
    severity="grave",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), 1, rate, lambd, k)


@mistake(
    "stale-gradients",
    "model",
    message="every step uses the gradients of the first one",
    hint="What has to be computed again once the parameters have changed?",
    severity="grave",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), 1, rate * steps, lambd, k)


@mistake(
    "wrong-layers",
    "model",
    message="the hidden layers have 10 and 5 units; in this exercise they have 20 and 3",
    hint="Compare layers_dims with the exercise.",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X, 10, 5), steps, rate, lambd, k)


@mistake(
    "ascent",
    "model",
    message="the parameters move along the gradient instead of against it",
    hint="Does the cost rise or fall in the direction of the gradient?",
    severity="grave",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, -rate, lambd, k)


@mistake(
    "dropout-once",
    "model",
    message="only the first step has dropout",
    hint="Which forward pass runs in the later iterations?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _descend(X, Y, _start(X), 1, rate, lambd, k), steps - 1, rate, lambd)


stale_dropout = mistake(
    "stale-dropout",
    "model",
    message="with dropout, there are steps without a forward pass of their own: they use outputs of an earlier one",
    hint="What has to be computed again once the parameters have changed?",
    severity="slip",
)


def _stale(every=None):
    @_model
    def run(X, Y, rate, steps, lambd, k):
        p = _start(X)
        for step in range(steps):
            if k == 1 or step % (every or steps) == 0:
                seen = p
            grads = _gradients(X, Y, seen, lambd, k)
            p = {name: value - rate * grads[name] for name, value in p.items()}
        return p

    return run


stale_dropout(_stale())
stale_dropout(_stale(2))


@mistake(
    "single-dropout-step",
    "model",
    message="with dropout, the parameters that are returned are one step away from the start",
    hint="What belongs before the loop, what inside, and what after it?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps if k == 1 else 1, rate, lambd, k)


@mistake(
    "keep-prob-ignored",
    "model",
    message="with such a keep_prob as in the example nothing is dropped: the step is that of the whole network",
    hint="Which functions run when keep_prob is less than 1?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    return _descend(X, Y, _start(X), steps, rate, lambd, k if k < 0.9 else 1)


def _moves_only(code, message, moves):
    """A run in which only some parameters are updated, those of which ``moves(name)`` says so."""

    @mistake(code, "model", message=message, hint="Which parameters does each step move?", severity="fault")
    @_model
    def _(X, Y, rate, steps, lambd, k):
        p = _start(X)
        for _ in range(steps):
            after = _descend(X, Y, p, 1, rate, lambd, k)
            p = {name: after[name] if moves(name) else value for name, value in p.items()}
        return p


_moves_only("biases-not-trained", "the biases are never updated; they have gradients, too", lambda name: name[0] == "W")
_moves_only(
    "last-layer-not-trained", "the last layer is never updated: the loop ends one layer early", lambda name: name[1] != "3"
)


@mistake(
    "zero-biases-kept",
    "model",
    message="a parameter that is zero everywhere is never updated: biases that start from zeros stay there",
    hint="Which parameters does each step move?",
    severity="fault",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    p = _start(X)
    for _ in range(steps):
        after = _descend(X, Y, p, 1, rate, lambd, k)
        p = {name: after[name] if value.any() else value for name, value in p.items()}
    return p


@mistake(
    "default-keep-prob",
    "model",
    message="the forward pass with dropout keeps half of the units, as its default says, whatever keep_prob is",
    hint="Which arguments do you hand on to forward_propagation_with_dropout?",
    severity="slip",
)
@_model
def _(X, Y, rate, steps, lambd, k):
    p = _start(X)
    for _ in range(steps):
        grads = _gradients(X, Y, p, lambd, k, forward=0.5 if k < 1 else 1)
        p = {name: value - rate * grads[name] for name, value in p.items()}
    return p
