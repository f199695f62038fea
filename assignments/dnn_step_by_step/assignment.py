"""A deep neural network, step by step: the building blocks of source 002."""

import numpy as np

from grader.distributions import dependence_problem, gaussian_problem
from grader.spec import Assignment, CaseClass, Function, Property, Step, cases

# -- initialization ----------------------------------------------------------------------

_WIDE = (CaseClass("wide", 1),)


def _weights(parameters):
    return {name: value for name, value in parameters.items() if name.startswith("W")}


def _biases_problem(parameters):
    wrong = [n for n, value in parameters.items() if n.startswith("b") and np.any(value)]
    return f"{wrong[0]} is not zero everywhere" if wrong else None


def _gaussian(scale_of):
    """A judge: Gaussian weights of the given scale in every layer, independent, biases zero."""

    def judge(given):
        weights = _weights(given.reply)
        for name, value in weights.items():
            problem = gaussian_problem(value, scale_of(value.shape[1]), name)
            if problem:
                return problem
        return dependence_problem(weights) or _biases_problem(given.reply)

    return judge


def _small(n_prev):
    return 0.01


def _scaled(n_prev):
    return 1 / np.sqrt(n_prev)


def _small_or_scaled(given):
    problem = _gaussian(_small)(given)
    return problem and _gaussian(_scaled)(given) and problem


def _every_weight(relation):
    """A predicate for a mistake: the relation holds for all weight matrices."""
    return lambda given: all(relation(value) for value in _weights(given.reply).values())


def _deviates_by(factor):
    return _every_weight(lambda W: abs(np.std(W) / (0.01 * factor) - 1) < 0.1 and abs(np.mean(W)) < 0.1 * np.std(W))


def _repeats(given):
    found = [value.ravel() for value in _weights(given.reply).values()]
    count = min(map(len, found))
    return np.std(found[0]) > 0 and all(np.allclose(found[0][:count], v[:count]) for v in found[1:])


_INITIALIZER_FITS = {
    "zero-weights": _every_weight(lambda W: not np.any(W)),
    "missing-scale": _deviates_by(100),
    "repeated-layers": _repeats,
    "not-centred": _every_weight(lambda W: W.min() >= 0 and W.max() > 0),
    "uniform-weights": _every_weight(lambda W: W.size > 100 and np.abs(W).max() < 2 * np.std(W)),
}


def _two_layers(d):
    n_x, n_h, n_y = d.sizes("n_x", "n_h", "n_y")
    return n_x, n_h, n_y


def _deep(d):
    return (d.layers((1, 4), outputs=None),)


# -- forward -----------------------------------------------------------------------------


def _linear(d):
    n, k, m = d.sizes("n", "k", "m")
    return d.array(k, m), d.array(n, k), d.array(n, 1)


def _layer_forward(d):
    return (*_linear(d), d.choice(["sigmoid", "relu"]))


def _network(d):
    dims = d.layers((1, 4) if d.case == "general" else (3, 4))
    return d.array(dims[0], d.size("m")), d.parameters(dims)


def _partition(d):
    """The same network on a batch, and on its two halves."""
    dims = d.layers()
    X, parameters = d.array(dims[0], 5), d.parameters(dims)
    return [(X, parameters), (X[:, :2], parameters), (X[:, 2:], parameters)]


def _each_column_by_itself(given):
    whole, left, right = (AL for AL, _ in given.replies)
    if np.allclose(whole, np.concatenate([left, right], axis=1), rtol=1e-9, atol=1e-12):
        return None
    return "the output for an example depends on the other examples of the batch"


def _predictions(d):
    m = d.size("m")
    return d.probabilities(1, m), d.labels(1, m)


def _two_batches(d):
    (AL, Y), (other, labels) = _predictions(d), _predictions(d)
    return [(AL, Y), (other, labels), (np.concatenate([AL, other], 1), np.concatenate([Y, labels], 1))]


def _weighted_mean(given):
    first, second, both = (float(np.asarray(r)) for r in given.replies)
    n, k = (step.args[0].shape[1] for step in given.steps[:2])
    expected = (n * first + k * second) / (n + k)
    if np.isclose(both, expected, rtol=1e-6, atol=1e-12):
        return None
    return f"the cost of two batches together is {both:.6g}, expected the mean over all examples, {expected:.6g}"


# -- backward ----------------------------------------------------------------------------


def _linear_backward(d):
    A_prev, W, b = _linear(d)
    Z, cache = d.call("linear_forward", A_prev, W, b)
    return d.array(*Z.shape), cache


def _layer_backward(d):
    A_prev, W, b = _linear(d)
    activation = "relu" if d.case == "kink" else d.choice(["sigmoid", "relu"])
    if d.case == "kink":
        A_prev[:, 0] = 0.0
        b[:: d.integer(1, 2)] = 0.0
    A, cache = d.call("linear_activation_forward", A_prev, W, b, activation)
    dA = np.zeros(A.shape) if d.case == "zero gradient" else d.array(*A.shape)
    return dA, cache, activation


def _network_backward(d):
    X, parameters = _network(d)
    AL, caches = d.call("L_model_forward", X, parameters)
    if AL.min() < 0.02 or AL.max() > 0.98:
        d.reject("a clip or guard of 1e-7 would show")
    return AL, d.labels(*AL.shape), caches


def _perturbed(d):
    """The cost of the student's own network beside and at a point, with the gradient there."""
    dims = d.layers()
    X, parameters = d.array(dims[0], 4), d.parameters(dims)
    Y = d.labels(1, 4)
    direction = {name: d.rng.standard_normal(value.shape) for name, value in parameters.items()}
    A, caches = d._reference("L_model_forward")(X, parameters)
    pre_activations = np.concatenate([np.abs(Z).ravel() for _, Z in caches])
    if pre_activations.min() < 1e-3 or pre_activations.max() > 8:
        d.reject("too near to a kink, or saturated")
    d.note(direction=direction, Y=Y)
    shifted = [{n: v + sign * 1e-5 * direction[n] for n, v in parameters.items()} for sign in (1, -1)]
    steps = [Step("L_model_forward", (X, p)) for p in shifted]
    return [*steps, Step("L_model_backward", (A, Y, caches))]


def _cost(AL, Y):
    return -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))


def _is_the_slope(given):
    (plus, _), (minus, _), grads = given.replies
    Y = given.facts["Y"]
    slope = (_cost(plus, Y) - _cost(minus, Y)) / 2e-5
    claimed = sum(np.sum(grads[f"d{n}"] * v) for n, v in given.facts["direction"].items())
    if np.isclose(claimed, slope, rtol=1e-5, atol=1e-7):
        return None
    return f"along a random direction the cost of your network changes by {slope:.6g}, the gradients say {claimed:.6g}"


# -- update ------------------------------------------------------------------------------


def _update(d):
    parameters = d.parameters(d.layers((1, 4)))
    grads = d.like(parameters)
    if d.case != "small":  # as the backward pass builds them: the last layer first
        grads = dict(reversed(grads.items()))
    if d.case == "zero gradient":
        grads = {name: np.zeros_like(value) for name, value in grads.items()}
    return parameters, grads, d.choice([0.0075, 0.1, 0.5, 1.25])


ASSIGNMENT = Assignment(
    name="dnn_step_by_step",
    title="Building a deep neural network, step by step",
    source="002",
    provided_helpers={name: f"reference.activations.{name}" for name in ("sigmoid", "relu", "sigmoid_backward", "relu_backward")},
    functions=(
        Function(
            "initialize_parameters",
            5,
            _two_layers,
            "parameters",
            "small Gaussian weights and zero biases of a two-layer network",
            random=frozenset({"W{l}"}),
            properties=(
                Property(
                    "weights are Gaussian * 0.01, biases are zero",
                    0.9,
                    lambda d: [(140 + d.integer(0, 20), 120 + d.integer(0, 20), 30)],
                    _gaussian(_small),
                    classes=_WIDE,
                    fits=_INITIALIZER_FITS,
                ),
            ),
            classes=cases(one_unit={"n_h": 1}, one_feature={"n_x": 1}),
        ),
        Function(
            "initialize_parameters_deep",
            8,
            _deep,
            "parameters",
            "Gaussian weights and zero biases of an L-layer network",
            random=frozenset({"W{l}"}),
            alternatives=("scaled",),
            properties=(
                Property(
                    "weights are Gaussian * 0.01 (or / sqrt(n_prev)) in every layer, biases are zero",
                    0.9,
                    lambda d: [([120 + d.integer(0, 20), 130, 121 + d.integer(0, 20), 125, 3],)],
                    _small_or_scaled,
                    classes=_WIDE,
                    fits=_INITIALIZER_FITS,
                ),
            ),
            classes=cases(one_layer={"L": 1}, five_layers={"L": 5}),
        ),
        Function(
            "linear_forward",
            8,
            _linear,
            ("Z", "cache"),
            "Z = W A + b",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, one_feature={"k": 1}),
            weights={"cache": 0.3},
        ),
        Function(
            "linear_activation_forward",
            8,
            _layer_forward,
            ("A", "cache"),
            "one layer forward: A = g(W A_prev + b)",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}),
            weights={"cache": 0.3},
            helpers=("linear_forward", "sigmoid", "relu"),
        ),
        Function(
            "L_model_forward",
            13,
            _network,
            ("AL", "caches"),
            "the whole network forward",
            classes=cases(one_example={"m": 1}, one_layer={"L": 1}, two_layers={"L": 2}, five_layers={"L": 5}),
            weights={"caches": 0.3},
            helpers=("linear_activation_forward",),
            properties=(Property("each example by itself", 0.1, _partition, _each_column_by_itself),),
        ),
        Function(
            "compute_cost",
            8,
            _predictions,
            "cost",
            "cross-entropy, mean over the examples",
            classes=cases(one_example={"m": 1}, many={"m": (20, 40)}),
            guards=("guarded",),
            properties=(Property("mean over batches", 0.1, _two_batches, _weighted_mean),),
        ),
        Function(
            "linear_backward",
            14,
            _linear_backward,
            ("dA_prev", "dW", "db"),
            "gradients of the linear part of a layer",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, one_feature={"k": 1}),
        ),
        Function(
            "linear_activation_backward",
            10,
            _layer_backward,
            ("dA_prev", "dW", "db"),
            "gradients of one layer",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, kink={}, zero_gradient={}),
            helpers=("relu_backward", "sigmoid_backward", "linear_backward"),
        ),
        Function(
            "L_model_backward",
            18,
            _network_backward,
            "grads",
            "the whole network backward",
            classes=cases(one_example={"m": 1}, one_layer={"L": 1}, two_layers={"L": 2}, five_layers={"L": 5}),
            alternatives=("shifted_keys",),
            guards=("guarded",),
            optional=frozenset({"dA{l}"}),
            weights={"dA{l}": 0.5},
            helpers=("linear_activation_backward",),
            properties=(Property("gradients are the slope of the cost", 0.1, _perturbed, _is_the_slope),),
        ),
        Function(
            "update_parameters",
            8,
            _update,
            "parameters",
            "one step of gradient descent",
            classes=cases(one_layer={"L": 1}, five_layers={"L": 5}, zero_gradient={}),
        ),
    ),
)
