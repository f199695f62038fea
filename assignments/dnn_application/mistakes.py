"""Known wrong solutions of the two training loops, and what they have in common."""

import numpy as np

from grader.spec import mistake
from reference.activations import sigmoid, sigmoid_backward
from reference.dnn_step_by_step import initialize_parameters, initialize_parameters_deep

# -- gradient descent with everything that can be got wrong as an argument ----------------


def _forward(X, parameters, hidden):
    """Activations and pre-activations of all layers; ``hidden`` is the activation of the hidden ones."""
    A, seen, last = X, [], len(parameters) // 2
    for layer in range(1, last + 1):
        Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"]
        seen.append((A, Z))
        A = hidden(Z) if layer < last else sigmoid(Z)[0]
    return A, seen


def _relu(Z):
    return np.maximum(0, Z)


def _relu_slope(Z):
    return (Z > 0).astype(float)


def _cross_entropy_slope(AL, Y):
    return (1 - Y) / (1 - AL) - Y / AL


def _gradients(X, Y, parameters, *, hidden=_relu, hidden_slope=_relu_slope, output=_cross_entropy_slope, output_slope=None):
    AL, seen = _forward(X, parameters, hidden)
    dA, grads, last = output(AL, Y), {}, len(seen)
    for layer in range(last, 0, -1):
        A_prev, Z = seen[layer - 1]
        if layer == last:
            dZ = sigmoid_backward(dA, Z) if output_slope is None else dA * output_slope(Z)
        else:
            dZ = dA * hidden_slope(Z)
        grads[f"W{layer}"] = dZ @ A_prev.T / X.shape[1]
        grads[f"b{layer}"] = np.sum(dZ, axis=1, keepdims=True) / X.shape[1]
        dA = parameters[f"W{layer}"].T @ dZ
    return grads


def _step(parameters, grads, learning_rate, kept=lambda name: False):
    return {n: v if kept(n) else v - learning_rate * grads[n] for n, v in parameters.items()}


def _descend(
    X, Y, parameters, learning_rate, num_iterations, kept=lambda name: False, bounded=lambda grads: grads, **changed
):
    with np.errstate(all="ignore"):
        for _ in range(num_iterations):
            parameters = _step(parameters, bounded(_gradients(X, Y, parameters, **changed)), learning_rate, kept)
    return parameters


# The names are looked up here when a mistake is called, and bound to the given weights by then.
def _start_two(layers_dims):
    return initialize_parameters(*layers_dims)


def _start_deep(layers_dims):
    return initialize_parameters_deep(layers_dims)


_START = {"two_layer_model": _start_two, "L_layer_model": _start_deep}


def _in_both(code, *, message, hint, severity):
    """The same mistake in both models, of one severity or one for each: ``build(start)`` makes the wrong solution."""
    severities = severity if isinstance(severity, dict) else dict.fromkeys(_START, severity)

    def register(build):
        for name, start in _START.items():
            mistake(code, name, message=message, hint=hint, severity=severities[name])(build(start))
        return build

    return register


# -- arguments that have no effect -------------------------------------------------------


@_in_both(
    "mini-batches",
    message="an iteration makes a step on each of several mini-batches; here a step is one on all examples at once",
    hint="How many steps does your function make for num_iterations = 1 and 200 examples?",
    severity="fault",
)
def _(start):
    def train(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
        parameters = start(layers_dims)
        for _ in range(num_iterations):
            for first in range(0, X.shape[1], 64):
                batch = slice(first, first + 64)
                parameters = _descend(X[:, batch], Y[:, batch], parameters, learning_rate, 1)
        return parameters

    return train


def _cost(AL, Y):
    return -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))


def _stops(is_over, *, at_once=True):
    """A run that ends where ``is_over(costs)`` says so of all costs so far, at once or after one more step; in both models."""

    def build(start):
        def train(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
            parameters, costs = start(layers_dims), []
            for _ in range(num_iterations):
                costs.append(_cost(_forward(X, parameters, _relu)[0][-1], Y))
                if at_once and is_over(costs):
                    break
                parameters = _descend(X, Y, parameters, learning_rate, 1)
                if is_over(costs):
                    break
            return parameters

        return train

    _in_both(
        "stops-early",
        message="the last step of a long run changes nothing: the loop ends before num_iterations (where the cost is low, "
        "rises or hardly changes, say), passes over iterations, or what comes back is an earlier result",
        hint="How many steps does your loop make for num_iterations = 2, 3 and 4? And which condition ends it early, or decides "
        "what is kept? The exercise asks for num_iterations steps, whatever the cost does.",
        severity="slip",
    )(build)


_stops(lambda costs: len(costs) > 1 and abs(costs[-1] - costs[-2]) < 1e-6)
_stops(lambda costs: len(costs) > 1 and costs[-2] - costs[-1] < 1e-6, at_once=False)
_stops(lambda costs: costs[-1] < 0.02)
_stops(lambda costs: costs[-1] < 0.3)
_stops(lambda costs: len(costs) > 1 and costs[-1] > costs[-2])
_stops(lambda costs: len(costs) > 5 and costs[-1] > min(costs[-6:-1]))


def _passes_over(steps):
    """Training in which only so many of the iterations make a step; in both models."""
    _in_both(
        "steps-left-out",
        message="fewer steps are made than num_iterations says, and that wherever the run starts: some iterations are passed over",
        hint="Which numbers does your loop variable take for num_iterations = 4, and which lines run for each of them?",
        severity="fault",
    )(
        lambda start: (
            lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
                X, Y, start(layers_dims), learning_rate, steps(num_iterations)
            )
        )
    )


_passes_over(lambda count: (count + 1) // 2)
_passes_over(lambda count: (count + 2) // 3)


def _caps(most):
    """Training of so many steps at most; in both models."""
    _in_both(
        "capped-iterations",
        message=f"at most {most} steps are made, however large num_iterations is",
        hint="Is there a number in your loop beside num_iterations?",
        severity="slip",
    )(
        lambda start: (
            lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
                X, Y, start(layers_dims), learning_rate, min(num_iterations, most)
            )
        )
    )


for most in (20, 50, 100):
    _caps(most)


def _forgets_the_rate(function, what, of_which):
    """Training in which some parameters move by their whole gradient."""

    def train(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
        parameters = _START[function](layers_dims)
        for _ in range(num_iterations):
            whole = _descend(X, Y, parameters, 1.0, 1)
            parameters = _descend(X, Y, parameters, learning_rate, 1)
            parameters |= {name: value for name, value in whole.items() if of_which(name)}
        return parameters

    mistake(
        "rate-missing",
        function,
        message=f"{what} by the whole gradient: the factor learning_rate is missing there",
        hint="Compare the lines of your update with each other.",
        severity="fault",
    )(train)


for name in ("W1", "b1", "W2", "b2"):
    _forgets_the_rate("two_layer_model", f"{name} moves", lambda other, name=name: other == name)
for function in _START:
    _forgets_the_rate(function, "the biases move", lambda name: name.startswith("b"))
    _forgets_the_rate(function, "the weights move", lambda name: name.startswith("W"))


def _clips(bounded):
    """A step with gradients that ``bounded`` makes small; in both models."""
    _in_both(
        "clipped",
        message="large gradients are cut to a bound, or made shorter; the exercise asks for a step along the gradients as they are",
        hint="What does your step do where pixels are not divided by 255?",
        severity="slip",
    )(
        lambda start: (
            lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
                X, Y, start(layers_dims), learning_rate, num_iterations, bounded=bounded
            )
        )
    )


_clips(lambda grads: {name: np.clip(value, -5, 5) for name, value in grads.items()})
_clips(lambda grads: {name: value * min(1, 5 / np.linalg.norm(value)) for name, value in grads.items()})


@_in_both(
    "learning-rate-ignored",
    message="the argument learning_rate has no effect: the steps have a length of their own",
    hint="Which learning rate does update_parameters get in your loop?",
    severity="fault",
)
def learning_rate_ignored(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), 0.0075, num_iterations
    )


@_in_both(
    "iterations-ignored",
    message="the argument num_iterations has no effect: the loop has a length of its own",
    hint="How often does your loop run when num_iterations is 1?",
    severity="fault",
)
def iterations_ignored(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, 50
    )


@_in_both(
    "dimensions-ignored",
    message="the weights are made for other layers than those in the argument layers_dims (a name of the notebook in its place?)",
    hint="Call your function with the layers (3, 4, 1), and look at the shapes of the parameters.",
    severity="fault",
)
def dimensions_ignored(start):
    layers_dims_of_the_notebook = (12288, 7, 1) if start is _start_two else [12288, 20, 7, 5, 1]
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims_of_the_notebook), learning_rate, num_iterations
    )


@mistake(
    "only-two-layers",
    "L_layer_model",
    message="the weights are made for the first, second and last layer alone, whatever layers_dims holds",
    hint="How many layers does [4, 3, 2, 1] describe?",
    severity="grave",
)
def only_two_layers(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
    parameters = initialize_parameters(layers_dims[0], layers_dims[1], layers_dims[-1])
    return _descend(X, Y, parameters, learning_rate, num_iterations)


# -- the loop ----------------------------------------------------------------------------


@_in_both(
    "never-trains",
    message="with print_cost=False the parameters come back as they were given: no update reaches them",
    hint="Is update_parameters called in every iteration, also when nothing is printed, and is its result what you return?",
    severity="grave",
)
def never_trains(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: start(layers_dims)


@_in_both(
    "single-step",
    message="the result is one step away from the initial weights, with one iteration and with all larger numbers that were tried",
    hint="What belongs before the loop, what into every iteration (also without printing), and what after the last? Where is return?",
    severity="grave",
)
def starts_anew(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, min(num_iterations, 1)
    )


@_in_both(
    "every-hundredth-iteration",
    message="the parameters are updated in every hundredth iteration only, from the first one on",
    hint="Which lines belong to the condition that decides what is printed?",
    severity="grave",
)
def updates_when_printing(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, (num_iterations + 99) // 100
    )


@_in_both(
    "one-iteration-missing",
    message="there is one update less than num_iterations",
    hint="For num_iterations = 1, does your loop reach the update, and do you return its result? How many numbers has range(1, n)?",
    severity="slip",
)
def one_iteration_missing(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations - 1
    )


@_in_both(
    "one-iteration-too-many",
    message="there is one update more than num_iterations",
    hint="How many numbers does range(0, n + 1) give?",
    severity="slip",
)
def one_iteration_too_many(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations + 1
    )


@_in_both(
    "gradient-of-the-first-step",
    message="every step repeats the gradient of the first one: the forward pass never sees the updated weights",
    hint="Which weights go into the forward pass of the second iteration?",
    severity="grave",
)
def gradient_of_the_first_step(start):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        parameters = start(layers_dims)
        grads = _gradients(X, Y, parameters)
        return _step(parameters, grads, num_iterations * learning_rate)

    return model


stale_parameter = mistake(
    "stale-parameter",
    "two_layer_model",
    message="every forward pass uses one of W1, b1, W2 and b2 as it was before the first step; the others are the updated ones",
    hint="Which of the four are read anew from parameters after an update?",
    severity="fault",
)


def _with_stale(name):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        start = parameters = _start_two(layers_dims)
        for _ in range(num_iterations):
            grads = _gradients(X, Y, {**parameters, name: start[name]})
            parameters = _step(parameters, grads, learning_rate)
        return parameters

    return model


stale_parameter(_with_stale("W1"))
stale_parameter(_with_stale("b1"))
stale_parameter(_with_stale("W2"))
stale_parameter(_with_stale("b2"))


@_in_both(
    "climbs",
    message="the steps go up the slope of the cost: a sign is wrong",
    hint="Print the cost of the first iterations.",
    severity="grave",
)
def climbs(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), -learning_rate, num_iterations
    )


@_in_both(
    "averaged-twice",
    message="the gradient is divided by the number of examples twice",
    hint="The layer functions take the mean already.",
    severity="fault",
)
def averaged_twice(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate / X.shape[1], num_iterations
    )


@_in_both(
    "not-averaged",
    message="the gradient is the sum over the examples, not their mean",
    hint="Where is the division by m?",
    severity="fault",
)
def not_averaged(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate * X.shape[1], num_iterations
    )


@_in_both(
    "biases-not-trained",
    message="the biases stay what they were; they have gradients as well",
    hint="Which entries of the gradients reach the update?",
    severity="fault",
)
def biases_not_trained(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, kept=lambda name: name.startswith("b")
    )


def _leaves_out(code, message, kept):
    """Training in which the parameters stay as they were of which ``kept(name, last layer)`` says so; in both models."""
    _in_both(code, message=message, hint="Which entries of the gradients reach the update?", severity="fault")(
        lambda start: (
            lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
                X, Y, start(layers_dims), learning_rate, num_iterations,
                kept=lambda name: kept(name, str(len(layers_dims) - 1)),
            )
        )
    )  # fmt: skip


_leaves_out(
    "last-layer-not-trained",
    "the last layer stays what it was: only the layers before it are trained",
    lambda name, last: name[1:] == last,
)
_leaves_out(
    "weights-not-trained",
    "the weights stay what they were: only the biases are trained",
    lambda name, last: name.startswith("W"),
)


def _one_left_out(name):
    return mistake(
        "one-parameter-not-trained",
        "two_layer_model",
        message=f"{name} stays what it was; the other three are trained",
        hint=f"Does the update of {name} happen in every iteration, and with its own gradient?",
        severity="fault",
    )(
        lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
            X, Y, _start_two(layers_dims), learning_rate, num_iterations, kept=lambda other: other == name
        )
    )


for parameter in ("W1", "b1", "W2", "b2"):
    _one_left_out(parameter)


@mistake(
    "first-layer-not-trained",
    "L_layer_model",
    message="the first layer stays what it was; the others are trained",
    hint="Which values does the loop variable of your update take for three layers?",
    severity="fault",
)
def first_layer_not_trained(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
    kept = lambda name: name[1:] == "1"  # noqa: E731
    return _descend(X, Y, _start_deep(layers_dims), learning_rate, num_iterations, kept)


@_in_both(
    "updated-too-early",
    message="the gradients of a layer are worked out with the weights of the layer after it as they are after the step",
    hint="Which W2 is in dZ1: the one of the forward pass, or the one after its update? Work out all gradients first.",
    severity="fault",
)
def updated_too_early(start):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        parameters = start(layers_dims)
        with np.errstate(all="ignore"):
            for _ in range(num_iterations):
                AL, seen = _forward(X, parameters, _relu)
                moved, dZ = {}, AL - Y
                for layer in range(len(seen), 0, -1):
                    A_prev, Z = seen[layer - 1]
                    if layer < len(seen):
                        dZ = (moved[f"W{layer + 1}"].T @ dZ) * (Z > 0)
                    steps = {"W": dZ @ A_prev.T / X.shape[1], "b": np.mean(dZ, axis=1, keepdims=True)}
                    for kind, step in steps.items():
                        moved[f"{kind}{layer}"] = parameters[f"{kind}{layer}"] - learning_rate * step
                parameters = {name: moved[name] for name in parameters}
        return parameters

    return model


@_in_both(
    "labels-turned",
    message="the gradient is that of the labels 1 - Y: a 0 has become a 1, and a 1 a 0",
    hint="Which labels go into the backward pass?",
    severity="grave",
)
def labels_turned(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, 1 - Y, start(layers_dims), learning_rate, num_iterations
    )


@_in_both(
    "best-for-last",
    message="the parameters of the lowest cost come back; asked for are those after the last step",
    hint="Is there a copy of the parameters in your loop, and when is it made? The result of the last update is never in it.",
    severity="fault",
)
def best_for_last(start):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        parameters = best = start(layers_dims)
        lowest = np.inf
        for _ in range(num_iterations):
            cost = _cost(_forward(X, parameters, _relu)[0][-1], Y)
            if cost < lowest:
                best, lowest = parameters, cost
            parameters = _descend(X, Y, parameters, learning_rate, 1)
        return best

    return model


@_in_both(
    "only-last-layer-trained",
    message="only the last layer is trained; the hidden layers stay what they were",
    hint="Which entries of the gradients reach the update?",
    severity={"two_layer_model": "fault", "L_layer_model": "grave"},
)
def only_last_layer_trained(start):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        last = str(len(layers_dims) - 1)
        kept = lambda name: name[1:] != last  # noqa: E731
        return _descend(X, Y, start(layers_dims), learning_rate, num_iterations, kept)

    return model


# -- activations and the output ----------------------------------------------------------


def _sigmoid_slope(Z):
    s = sigmoid(Z)[0]
    return s * (1 - s)


@_in_both(
    "sigmoid-on-hidden-layer",
    message="the hidden layers use the sigmoid; the exercise asks for relu",
    hint="Linear, relu, linear, sigmoid: which activation belongs where?",
    severity="fault",
)
def sigmoid_on_hidden_layer(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations,
        hidden=lambda Z: sigmoid(Z)[0], hidden_slope=_sigmoid_slope,
    )  # fmt: skip


@_in_both(
    "sigmoid-backward-on-hidden-layer",
    message="the backward pass treats the hidden layers as sigmoid layers; forward they are relu",
    hint="Each layer goes back with the activation it came with.",
    severity="fault",
)
def sigmoid_backward_on_hidden_layer(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, hidden_slope=_sigmoid_slope
    )


@_in_both(
    "no-mask",
    message="the backward pass lets the whole gradient through relu; none passes where Z is not above 0",
    hint="What is the derivative of relu left of 0?",
    severity="grave",
)
def no_mask(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, hidden_slope=np.ones_like
    )


@_in_both(
    "relu-backward-on-output-layer",
    message="the backward pass treats the output layer as a relu layer; forward it is a sigmoid",
    hint="Each layer goes back with the activation it came with.",
    severity="grave",
)
def relu_backward_on_output_layer(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, output_slope=_relu_slope
    )


@_in_both(
    "backward-activations-exchanged",
    message="the backward pass has the two activations exchanged",
    hint="Each layer goes back with the activation it came with.",
    severity="grave",
)
def backward_activations_exchanged(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations,
        hidden_slope=_sigmoid_slope, output_slope=_relu_slope,
    )  # fmt: skip


@_in_both(
    "output-gradient-of-Z",
    message="A - Y is taken for the gradient with respect to A of the output layer, as of a squared error; of the cross-entropy it "
    "is that with respect to Z",
    hint="Differentiate the cross-entropy with respect to A.",
    severity="fault",
)
def output_gradient_of_z(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, output=lambda AL, Y: AL - Y
    )


@_in_both(
    "output-gradient-incomplete",
    message="the gradient of the cost holds only the examples with label 1; the term with 1 - Y is missing",
    hint="The cross-entropy has two terms.",
    severity="grave",
)
def output_gradient_incomplete(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, output=lambda AL, Y: -Y / AL
    )


@_in_both(
    "output-gradient-sign",
    message="the term with 1 - Y has the wrong sign in the gradient of the cost",
    hint="Differentiate log(1 - A).",
    severity="grave",
)
def output_gradient_sign(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, output=lambda AL, Y: -Y / AL - (1 - Y) / (1 - AL)
    )


@_in_both(
    "no-number-after-one-step",
    message="the first step leaves nan or inf in the parameters",
    hint="The gradient of the cost divides by A and by 1 - A: is A the output of the sigmoid there, or 0 and 1 already?",
    severity="grave",
)
def rounded_output(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations,
        output=lambda AL, Y: _cross_entropy_slope((AL > 0.5).astype(float), Y),
    )  # fmt: skip


@_in_both(
    "class-for-probability",
    message="the error of an example is taken from its class, 0 or 1; it is the probability minus the label",
    hint="Where in your loop is the output compared with 0.5, and who needs the result of that?",
    severity="fault",
)
def class_for_probability(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations,
        output=lambda AL, Y: (AL > 0.5) - Y, output_slope=np.ones_like,
    )  # fmt: skip


# -- copied lines ------------------------------------------------------------------------


@_in_both(
    "same-denominator",
    message="the gradient of the cost divides both terms by A; the term with 1 - Y is divided by 1 - A",
    hint="Differentiate log(1 - A).",
    severity="fault",
)
def same_denominator(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, output=lambda AL, Y: (1 - Y) / AL - Y / AL
    )


@_in_both(
    "sigmoid-forward-on-hidden-layer",
    message="the forward pass uses the sigmoid in the hidden layers, where the exercise asks for relu; the backward pass has relu",
    hint="Each layer goes back with the activation it came with. Linear, relu, linear, sigmoid: which one belongs where?",
    severity="grave",
)
def sigmoid_forward_on_hidden_layer(start):
    return lambda X, Y, layers_dims, learning_rate, num_iterations, print_cost: _descend(
        X, Y, start(layers_dims), learning_rate, num_iterations, hidden=lambda Z: sigmoid(Z)[0]
    )


@_in_both(
    "last-bias-missing",
    message="the bias of the last layer is not added in the forward pass",
    hint="On which of the parameters does your prediction not depend?",
    severity={"two_layer_model": "grave", "L_layer_model": "fault"},
)
def last_bias_missing(start):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        parameters = start(layers_dims)
        last = f"b{len(layers_dims) - 1}"
        for _ in range(num_iterations):
            grads = _gradients(X, Y, {**parameters, last: 0 * parameters[last]})
            parameters = _step(parameters, grads, learning_rate)
        return parameters

    return model


@mistake(
    "bias-gradient-of-other-layer",
    "two_layer_model",
    message="b1 is moved along db2, the gradient of the bias of the other layer",
    hint="Compare the names in the lines for the first layer with those for the second.",
    severity="fault",
)
def _(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
    parameters = _start_two(layers_dims)
    for _ in range(num_iterations):
        grads = _gradients(X, Y, parameters)
        parameters = _step(parameters, {**grads, "b1": grads["b2"]}, learning_rate)
    return parameters


@mistake(
    "output-gradient-everywhere",
    "two_layer_model",
    message="the first layer gets dA2, the gradient of the output, in place of dA1, which the second layer hands down",
    hint="Which gradient comes out of the second layer, and which one does your first layer get?",
    severity="grave",
)
def _(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
    parameters = _start_two(layers_dims)
    with np.errstate(all="ignore"):
        for _ in range(num_iterations):
            AL, seen = _forward(X, parameters, _relu)
            dZ = _cross_entropy_slope(AL, Y) * (seen[0][1] > 0)
            grads = _gradients(X, Y, parameters)
            grads |= {"W1": dZ @ X.T / X.shape[1], "b1": np.mean(dZ, axis=1, keepdims=True)}
            parameters = _step(parameters, grads, learning_rate)
    return parameters


@_in_both(
    "rate-changes",
    message="the first step has the length that learning_rate says, and the steps after it have another one",
    hint="Is learning_rate bound anew in your loop, or multiplied by something that depends on the iteration?",
    severity="fault",
)
def rate_changes(start):
    def model(X, Y, layers_dims, learning_rate, num_iterations, print_cost):
        parameters = start(layers_dims)
        for i in range(num_iterations):
            parameters = _descend(X, Y, parameters, learning_rate * 0.99**i, 1)
        return parameters

    return model
