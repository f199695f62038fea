"""Known wrong solutions of L2 regularization, of dropout and of the training run."""

import numpy as np

from grader.spec import mistake


def _relu(Z):
    return np.maximum(0, Z)


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def _wrong(function, table, make):
    """One mistake for every row ``code, message, hint, formula`` of a table."""
    return tuple(mistake(code, function, message, hint)(make(formula)) for code, message, hint, formula in table)


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


_COSTS = (
    (
        "lambd-ignored",
        "there is no penalty: this is the plain cross-entropy",
        "Which term is added to the cost?",
        lambda W, k, m, p: 0.0,
    ),
    (
        "missing-half",
        "the penalty lacks the factor 1/2",
        "The gradient of the penalty is lambd / m * W; which penalty has that gradient?",
        lambda W, k, m, p: k / m * _squares(W),
    ),
    (
        "missing-m",
        "the penalty is not divided by the number of examples",
        "Compare the factor before the sum with the formula.",
        lambda W, k, m, p: k / 2 * _squares(W),
    ),
    (
        "missing-factor",
        "the penalty is lambd times the sum of squares: the division by 2m is missing",
        "Compare the factor before the sum with the formula.",
        lambda W, k, m, p: k * _squares(W),
    ),
    (
        "multiplied-by-m",
        "the penalty is multiplied by m: lambd / 2 * m is (lambd / 2) * m",
        "Which operations do your parentheses hold together?",
        lambda W, k, m, p: k / 2 * m * _squares(W),
    ),
    (
        "divided-twice",
        "the penalty is divided by m twice",
        "Compare the factor before the sum with the formula.",
        lambda W, k, m, p: k / (2 * m * m) * _squares(W),
    ),
    (
        "biases-included",
        "the biases are penalized too",
        "Over which parameters does the sum in the formula run?",
        lambda W, k, m, p: k / (2 * m) * _squares(p.values()),
    ),
    (
        "not-squared",
        "the weights are summed without being squared",
        "Can a penalty be negative?",
        lambda W, k, m, p: k / (2 * m) * sum(np.sum(w) for w in W),
    ),
    (
        "absolute-values",
        "absolute values are summed: that is L1 regularization",
        "Which power of the weights does L2 stand for?",
        lambda W, k, m, p: k / (2 * m) * sum(np.sum(np.abs(w)) for w in W),
    ),
    (
        "norm-not-squared",
        "the norms of the matrices are summed without being squared",
        "What does np.linalg.norm give: the sum of squares, or its root?",
        lambda W, k, m, p: k / (2 * m) * sum(np.linalg.norm(w) for w in W),
    ),
    (
        "root-of-the-sum",
        "this is the root of the sum of squares",
        "The penalty itself is the sum of squares.",
        lambda W, k, m, p: k / (2 * m) * np.sqrt(_squares(W)),
    ),
    (
        "square-of-the-sum",
        "the weights are summed first and squared then",
        "Which comes first in the formula, the square or the sum?",
        lambda W, k, m, p: k / (2 * m) * sum(np.sum(w) ** 2 for w in W),
    ),
    (
        "mean-for-sum",
        "the squares are averaged over each matrix instead of summed",
        "Which NumPy function does the sign in the formula stand for?",
        lambda W, k, m, p: k / (2 * m) * sum(np.mean(np.square(w)) for w in W),
    ),
    (
        "subtracted",
        "the penalty is subtracted",
        "Should large weights raise or lower the cost?",
        lambda W, k, m, p: -k / (2 * m) * _squares(W),
    ),
    (
        "layer-missing",
        "the weights of the last layer are left out",
        "How many weight matrices are there?",
        lambda W, k, m, p: k / (2 * m) * _squares(W[:2]),
    ),
    (
        "layer-missing",
        "the weights of the first layer are left out",
        "How many weight matrices are there?",
        lambda W, k, m, p: k / (2 * m) * _squares(W[1:]),
    ),
    (
        "layer-missing",
        "only the weights of the last layer are penalized",
        "How many weight matrices are there?",
        lambda W, k, m, p: k / (2 * m) * _squares(W[2:]),
    ),
    (
        "layer-missing",
        "only the weights of the first layer are penalized",
        "How many weight matrices are there?",
        lambda W, k, m, p: k / (2 * m) * _squares(W[:1]),
    ),
    (
        "factor-on-last-term",
        "the factor multiplies only the last of the three sums",
        "Which parentheses are missing?",
        lambda W, k, m, p: _squares(W[:2]) + k / (2 * m) * _squares(W[2:]),
    ),
    (
        "factor-on-last-term",
        "the factor multiplies only the first of the three sums",
        "Which parentheses are missing?",
        lambda W, k, m, p: k / (2 * m) * _squares(W[:1]) + _squares(W[1:]),
    ),
    (
        "wrong-size",
        "the penalty is divided by the number of layers, not of examples",
        "What does m stand for in the formula?",
        lambda W, k, m, p: k / (2 * 3) * _squares(W),
    ),
)
_COST = _wrong("compute_cost_with_regularization", _COSTS, _cost)


@mistake(
    "penalty-alone",
    "compute_cost_with_regularization",
    "this is the penalty alone; the cross-entropy is missing",
    "The cost has two terms.",
)
def cost_penalty(A3, Y, parameters, lambd):
    return lambd / (2 * Y.shape[1]) * _squares(parameters[name] for name in ("W1", "W2", "W3"))


# -- backward passes ---------------------------------------------------------------------


def _backward(X, Y, weights, outputs, dropped=lambda dA, l: dA, mask=lambda dA, l: dA):
    """The gradients, with what happens to dA1 and dA2 (``dropped``) and where relu lets them pass (``mask``)."""
    (_, W2, W3), (A1, A2, A3), m = weights, outputs, X.shape[1]
    dZ3 = A3 - Y
    dA2 = dropped(W3.T @ dZ3, 2)
    dZ2 = mask(dA2, 2) * (A2 > 0)
    dA1 = dropped(W2.T @ dZ2, 1)
    dZ1 = mask(dA1, 1) * (A1 > 0)
    gradients = {"dA2": dA2, "dA1": dA1}
    for l, dZ, A in ((3, dZ3, A2), (2, dZ2, A1), (1, dZ1, X)):
        gradients[f"dZ{l}"] = dZ
        gradients[f"dW{l}"] = dZ @ A.T / m
        gradients[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
    return gradients


def _regularized(added):
    """Gradients whose dWl gains ``added(W, lambd, m, l)``."""

    def backward(X, Y, cache, lambd):
        _, A1, W1, _, _, A2, W2, _, _, A3, W3, _ = cache
        gradients = _backward(X, Y, (W1, W2, W3), (A1, A2, A3))
        for l, W in ((1, W1), (2, W2), (3, W3)):
            gradients[f"dW{l}"] = gradients[f"dW{l}"] + added(W, lambd, X.shape[1], l)
        return gradients

    return backward


_L2 = (
    (
        "lambd-ignored",
        "dW is the gradient of the cross-entropy alone",
        "Differentiate the penalty lambd / (2m) * W**2.",
        lambda W, k, m, l: 0.0,
    ),
    (
        "missing-m",
        "the penalty's gradient is not divided by the number of examples",
        "Differentiate lambd / (2m) * W**2, factor by factor.",
        lambda W, k, m, l: k * W,
    ),
    (
        "half-too-much",
        "the penalty's gradient is lambd / (2m) * W: the 2 of the power is missing",
        "Differentiate W**2 once on paper.",
        lambda W, k, m, l: k / (2 * m) * W,
    ),
    (
        "twice-too-much",
        "the penalty's gradient is 2 * lambd / m * W: the half of the penalty is missing",
        "Differentiate lambd / (2m) * W**2, factor by factor.",
        lambda W, k, m, l: 2 * k / m * W,
    ),
    (
        "multiplied-by-m",
        "the penalty's gradient is multiplied by m",
        "Compare the factor before W with the formula.",
        lambda W, k, m, l: k * m * W,
    ),
    (
        "divided-twice",
        "the penalty's gradient is divided by m twice",
        "Compare the factor before W with the formula.",
        lambda W, k, m, l: k / m / m * W,
    ),
    (
        "subtracted",
        "the penalty's gradient is subtracted",
        "Which sign does the penalty have in the cost?",
        lambda W, k, m, l: -k / m * W,
    ),
    (
        "squared-weights",
        "the penalty itself is added, not its derivative",
        "What is the derivative of W**2 with respect to W?",
        lambda W, k, m, l: k / m * W**2,
    ),
    (
        "squared-weights",
        "the penalty itself is added, not its derivative",
        "What is the derivative of W**2 with respect to W?",
        lambda W, k, m, l: k / (2 * m) * W**2,
    ),
    (
        "summed-penalty",
        "one number, the sum over the matrix, is added to all of dW",
        "How does the penalty change when a single weight changes?",
        lambda W, k, m, l: k / m * np.sum(W),
    ),
    (
        "summed-penalty",
        "one number, the penalty of the matrix, is added to all of dW",
        "How does the penalty change when a single weight changes?",
        lambda W, k, m, l: k / (2 * m) * np.sum(W**2),
    ),
    (
        "signs-of-weights",
        "the signs of the weights are added: that is L1 regularization",
        "Differentiate W**2, not abs(W).",
        lambda W, k, m, l: k / m * np.sign(W),
    ),
    (
        "weights-missing",
        "lambd / m is added without W",
        "Differentiate lambd / (2m) * W**2.",
        lambda W, k, m, l: k / m,
    ),
    *(
        (
            "layer-missing",
            f"dW{left_out} gains nothing from the penalty",
            "How many weight matrices are penalized?",
            lambda W, k, m, l, out=left_out: 0.0 if l == out else k / m * W,
        )
        for left_out in (1, 2, 3)
    ),
    *(
        (
            "layer-missing",
            f"only dW{alone} gains something from the penalty",
            "How many weight matrices are penalized?",
            lambda W, k, m, l, only=alone: k / m * W if l == only else 0.0,
        )
        for alone in (1, 2, 3)
    ),
)
_L2_BACKWARD = _wrong("backward_propagation_with_regularization", _L2, _regularized)


@mistake(
    "biases-included",
    "backward_propagation_with_regularization",
    "the biases are penalized too: db has gained a term",
    "Which parameters occur in the penalty?",
)
def l2_biases(X, Y, cache, lambd):
    gradients = _regularized(lambda W, k, m, l: k / m * W)(X, Y, cache, lambd)
    for l, b in ((1, cache[3]), (2, cache[7]), (3, cache[11])):
        gradients[f"db{l}"] = gradients[f"db{l}"] + lambd / X.shape[1] * b
    return gradients


@mistake(
    "wrong-at-kink",
    "backward_propagation_with_regularization",
    "the gradient passes where Z is exactly 0; it is 0 there by convention",
    "Compare > and >=.",
)
def l2_kink(X, Y, cache, lambd):
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    nudged = (Z1, A1 + (Z1 == 0) * 1e-300, W1, b1, Z2, A2 + (Z2 == 0) * 1e-300, W2, b2, Z3, A3, W3, b3)
    return _regularized(lambda W, k, m, l: k / m * W)(X, Y, nudged, lambd)


@mistake(
    "no-mask",
    "backward_propagation_with_regularization",
    "dA passes relu everywhere; it must not where the unit is inactive",
    "What is the derivative of relu left of 0?",
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


def _under_dropout(rules):
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
        )

    return backward


def _right(dA, D, k, l):
    return dA * D / k


def _nothing(dA, D, k, l):
    return dA


_DROPOUT = (
    (
        "dropout-missing",
        "dA1 and dA2 are neither masked nor scaled",
        "What happened to A1 and A2 in the forward pass?",
        _nothing,
    ),
    (
        "missing-scale",
        "dA1 and dA2 are masked but not divided by keep_prob",
        "The forward pass had two steps after the mask was drawn: which one is missing here?",
        lambda dA, D, k, l: dA * D,
    ),
    (
        "missing-mask",
        "dA1 and dA2 are divided by keep_prob but not masked",
        "Does a dropped unit have an influence on the cost?",
        lambda dA, D, k, l: dA / k,
    ),
    (
        "multiplied-scale",
        "dA1 and dA2 are multiplied by keep_prob, not divided",
        "The backward pass scales as the forward pass does.",
        lambda dA, D, k, l: dA * D * k,
    ),
    (
        "scaled-twice",
        "dA1 and dA2 are divided by keep_prob twice",
        "How often is A scaled in the forward pass?",
        lambda dA, D, k, l: dA * D / k / k,
    ),
    (
        "scaled-by-dropped",
        "dA1 and dA2 are divided by 1 - keep_prob",
        "Is keep_prob the probability of keeping or of dropping?",
        lambda dA, D, k, l: dA * D / (1 - k) if k != 1 else dA * D / np.nextafter(0.0, 1.0),
    ),
    (
        "inverted-mask",
        "the dropped units pass, and the kept ones do not",
        "Is D true for the units that are kept or for those that are dropped?",
        lambda dA, D, k, l: dA * (1 - D) / k,
    ),
    (
        "keep-prob-ignored",
        "dA1 and dA2 are divided by 0.5 whatever keep_prob is",
        "Look for a number where the argument belongs.",
        lambda dA, D, k, l: dA * D / 0.5,
    ),
    (
        "only-first-layer",
        "dA2 is neither masked nor scaled",
        "On how many layers does dropout act?",
        lambda dA, D, k, l: _right(dA, D, k, l) if l == 1 else dA,
    ),
    (
        "only-second-layer",
        "dA1 is neither masked nor scaled",
        "On how many layers does dropout act?",
        lambda dA, D, k, l: _right(dA, D, k, l) if l == 2 else dA,
    ),
    (
        "one-scale-missing",
        "dA1 is masked but not divided by keep_prob",
        "Are both steps there for both layers?",
        lambda dA, D, k, l: _right(dA, D, k, l) if l == 2 else dA * D,
    ),
    (
        "one-scale-missing",
        "dA2 is masked but not divided by keep_prob",
        "Are both steps there for both layers?",
        lambda dA, D, k, l: _right(dA, D, k, l) if l == 1 else dA * D,
    ),
    (
        "one-mask-missing",
        "dA1 is divided by keep_prob but not masked",
        "Are both steps there for both layers?",
        lambda dA, D, k, l: _right(dA, D, k, l) if l == 2 else dA / k,
    ),
    (
        "one-mask-missing",
        "dA2 is divided by keep_prob but not masked",
        "Are both steps there for both layers?",
        lambda dA, D, k, l: _right(dA, D, k, l) if l == 1 else dA / k,
    ),
    (
        "dropout-after-relu",
        "mask and scale are applied to dZ, after dA1 and dA2 were stored without them",
        "Which gradient do mask and scale belong to: that of A or that of Z?",
        (_nothing, _right),
    ),
    (
        "scale-after-relu",
        "the division by keep_prob comes after dA1 and dA2 were stored without it",
        "Which gradient do mask and scale belong to: that of A or that of Z?",
        (lambda dA, D, k, l: dA * D, lambda dA, D, k, l: dA / k),
    ),
)
_DROPOUT_BACKWARD = _wrong("backward_propagation_with_dropout", _DROPOUT, _under_dropout)


@mistake(
    "wrong-at-kink",
    "backward_propagation_with_dropout",
    "the gradient passes where Z is exactly 0; it is 0 there by convention",
    "Compare > and >=.",
)
def dropout_kink(X, Y, cache, keep_prob):
    Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache
    A1, A2 = A1 + (Z1 == 0) * 1e-300, A2 + (Z2 == 0) * 1e-300
    return _under_dropout(_right)(X, Y, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3), keep_prob)


@mistake(
    "swapped-sizes",
    "backward_propagation_with_dropout",
    "the gradients are divided by the number of features instead of examples",
    "Which axis of X counts the examples?",
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


_FORWARD = (
    (
        "mask-not-thresholded",
        "the mask holds random numbers between 0 and 1; they were never compared with keep_prob",
        "Which values may a mask have?",
        {"draw": lambda shape, k: np.random.rand(*shape)},
    ),
    (
        "scaled-mask",
        "the mask in the cache is already divided by keep_prob",
        "The cache keeps D as 0 and 1; the division belongs to A.",
        {"draw": lambda shape, k: _uniform(shape, k) / k, "drop": lambda Z, D, k, l: _relu(Z) * D},
    ),
    (
        "mask-not-applied",
        "A1 and A2 are those of relu alone: no mask acts between Z and A",
        "What is the mask for?",
        {"drop": lambda Z, D, k, l: _relu(Z)},
    ),
    (
        "mask-not-applied",
        "A1 and A2 are those of relu alone: no mask acts between Z and A",
        "What is the mask for?",
        {"drop": lambda Z, D, k, l: _relu(Z) / k},
    ),
    (
        "missing-scale",
        "A1 and A2 are not divided by keep_prob, so that they are smaller on average",
        "How large is the mean activation when half of the units are silent?",
        {"drop": lambda Z, D, k, l: _relu(Z) * D},
    ),
    (
        "multiplied-scale",
        "A1 and A2 are multiplied by keep_prob, not divided",
        "Should the units that remain become stronger or weaker?",
        {"drop": lambda Z, D, k, l: _relu(Z) * D * k},
    ),
    (
        "scaled-by-dropped",
        "A1 and A2 are divided by 1 - keep_prob",
        "Is keep_prob the probability of keeping or of dropping?",
        {"drop": lambda Z, D, k, l: _relu(Z) * D / (1 - k) if k != 1 else _relu(Z) * D},
    ),
    (
        "only-first-layer",
        "the second hidden layer has no dropout",
        "On how many layers does dropout act?",
        {"drop": lambda Z, D, k, l: _drop(Z, D, k, l) if l == 1 else _relu(Z)},
    ),
    (
        "second-layer-unscaled",
        "A2 is masked but not divided by keep_prob",
        "Are all steps there for both layers?",
        {"drop": lambda Z, D, k, l: _drop(Z, D, k, l) if l == 1 else _relu(Z) * D},
    ),
    (
        "mask-after-use",
        "Z2 is computed from A1 before dropout",
        "In which order do dropout and the next layer come?",
        {"onward": True},
    ),
    (
        "dropout-on-output",
        "dropout acts on the output too",
        "Which layers does the exercise name?",
        {"output": lambda A, k: A * _uniform(A.shape, k) / k},
    ),
    (
        "dropout-on-output",
        "dropout acts on the output too",
        "Which layers does the exercise name?",
        {"output": lambda A, k: A * _uniform(A.shape, k)},
    ),
    (
        "repeated-masks",
        "both masks in the cache hold the same random numbers",
        "How often is the generator seeded, and is each mask drawn by itself and kept in its own place?",
        {"draw": _reseeded},
    ),
    (
        "mask-per-unit",
        "a unit is dropped for all examples at once: the mask must differ from example to example",
        "Which shape has the mask?",
        {"draw": lambda shape, k: np.random.rand(shape[0], 1) < k},
    ),
    (
        "mask-per-unit",
        "a unit is dropped for all examples at once: the mask must differ from example to example",
        "Which shape has the mask?",
        {"draw": lambda shape, k: np.tile(np.random.rand(shape[0], 1) < k, (1, shape[1]))},
    ),
    (
        "nothing-dropped",
        "the masks are true everywhere",
        "What is compared with keep_prob?",
        {"draw": lambda shape, k: np.ones(shape) > 0},
    ),
    (
        "inverted-mask",
        "units are kept with probability 1 - keep_prob",
        "Compare < and >.",
        {"draw": lambda shape, k: np.random.rand(*shape) > k},
    ),
    (
        "gaussian-mask",
        "the masks come from a Gaussian: np.random.randn, where uniform numbers are needed",
        "Between which values does np.random.rand draw, and np.random.randn?",
        {"draw": lambda shape, k: np.random.randn(*shape) > k},
    ),
    (
        "gaussian-mask",
        "the masks come from a Gaussian: np.random.randn, where uniform numbers are needed",
        "Between which values does np.random.rand draw, and np.random.randn?",
        {"draw": lambda shape, k: np.random.randn(*shape) < k},
    ),
    (
        "keep-prob-ignored",
        "the masks keep half of the units whatever keep_prob is",
        "Look for a number where the argument belongs.",
        {"draw": lambda shape, k: np.random.rand(*shape) < 0.5},
    ),
)
_DROPOUT_FORWARD = _wrong("forward_propagation_with_dropout", _FORWARD, _dropout_forward)


# -- the training run --------------------------------------------------------------------


def initialize_parameters(layers_dims):
    """Stands for the initializer; the harness binds the name to given parameters."""
    raise NotImplementedError


def _gradients(X, Y, p, lambd, keep_prob, whole=True):
    D1 = np.random.rand(len(p["b1"]), X.shape[1]) < keep_prob
    D2 = np.random.rand(len(p["b2"]), X.shape[1]) < keep_prob
    A1 = _relu(p["W1"] @ X + p["b1"]) * D1 / keep_prob
    A2 = _relu(p["W2"] @ A1 + p["b2"]) * D2 / keep_prob
    A3 = _sigmoid(p["W3"] @ A2 + p["b3"])
    D = {1: D1, 2: D2}
    found = _backward(X, Y, [p["W1"], p["W2"], p["W3"]], (A1, A2, A3), lambda dA, l: dA * D[l] / keep_prob)
    return {n: found[f"d{n}"] + (lambd / X.shape[1] * p[n] if n[0] == "W" else 0) for n in p}


def _descend(X, Y, p, steps, rate, lambd=0, keep_prob=1):
    for _ in range(steps):
        grads = _gradients(X, Y, p, lambd, keep_prob)
        p = {name: value - rate * grads[name] for name, value in p.items()}
    return p


def _start(X, *hidden):
    return initialize_parameters([X.shape[0], *(hidden or (20, 3)), 1])


_RUNS = (
    (
        "no-training",
        "the parameters come back as they were initialized: no update is kept",
        "Which name holds the parameters after update_parameters, and which one is returned?",
        lambda X, Y, rate, steps, lambd, k: _start(X),
    ),
    (
        "learning-rate-ignored",
        "the argument learning_rate has no effect: the run uses 0.3",
        "Look for a number where the argument belongs.",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps, 0.3, lambd, k),
    ),
    (
        "lambd-ignored",
        "the argument lambd has no effect on the parameters",
        "Which function computes the gradients when lambd is not 0?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps, rate, 0, k),
    ),
    (
        "always-regularized",
        "the run is regularized with 0.7 whatever lambd is",
        "Look for a number where the argument belongs.",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps, rate, 0.7, k),
    ),
    (
        "regularized-twice",
        "the weights decay twice: by the gradients, and once more by the update",
        "In which of the two places does the penalty belong?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps, rate, 2 * lambd, k),
    ),
    (
        "keep-prob-ignored",
        "the argument keep_prob has no effect: nothing is dropped",
        "Which functions run when keep_prob is less than 1?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps, rate, lambd),
    ),
    (
        "one-step-short",
        "the run makes one step too few",
        "How often does your loop run for num_iterations = 1?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps - 1, rate, lambd, k),
    ),
    (
        "one-step-more",
        "the run makes one step too many",
        "How often does your loop run for num_iterations = 1?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps + 1, rate, lambd, k),
    ),
    (
        "single-step",
        "the result is one step away from the start, whatever num_iterations is",
        "What belongs before the loop, what inside, and what after it?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), 1, rate, lambd, k),
    ),
    (
        "stale-gradients",
        "every step uses the gradients of the first one",
        "What has to be computed again once the parameters have changed?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), 1, rate * steps, lambd, k),
    ),
    (
        "wrong-layers",
        "the hidden layers have 10 and 5 units; in this exercise they have 20 and 3",
        "Compare layers_dims with the exercise.",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X, 10, 5), steps, rate, lambd, k),
    ),
    (
        "ascent",
        "the parameters move along the gradient instead of against it",
        "Does the cost rise or fall in the direction of the gradient?",
        lambda X, Y, rate, steps, lambd, k: _descend(X, Y, _start(X), steps, -rate, lambd, k),
    ),
)


def _model(run):
    def model(X, Y, learning_rate, num_iterations, print_cost, lambd, keep_prob):
        return run(X, Y, learning_rate, num_iterations, lambd, keep_prob)

    return model


_MODEL = _wrong("model", _RUNS, _model)

MISTAKES = (
    *_COST,
    *_L2_BACKWARD,
    *_DROPOUT_BACKWARD,
    *_DROPOUT_FORWARD,
    *_MODEL,
    *(value for value in list(globals().values()) if hasattr(value, "solution")),
)
