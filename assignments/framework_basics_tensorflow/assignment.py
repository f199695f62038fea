"""The first steps in TensorFlow 2: a linear function, one-hot labels, parameters, forward pass and cost of three layers.

The functions have the names and arguments of the published exercise, so that its notebooks are graded as they are.
"""

import numpy as np

from grader.distributions import xavier_problem
from grader.properties import formula_of_draws
from grader.spec import Assignment, CaseClass, Edition, Function, Property, Step, Tensor, cases

_CLASSES = 6  # of the exercise's labels


def _tensor(values, dtype=np.float32, *, variable=False):
    return Tensor(np.asarray(values, dtype), "tensorflow", variable)


# -- linear_function ---------------------------------------------------------------------


def _nothing(d):
    return ()


_LINEAR = formula_of_draws(
    "W X + b of what is drawn",
    share=0.8,
    step="watched",
    shapes={"X": (3, 1), "W": (4, 3), "b": (4, 1)},
    formula=lambda X, W, b: W @ X + b,
    says="W X + b",
    mistakes={
        "missing-bias": lambda X, W: W @ X,
        "bias-subtracted": lambda X, W, b: W @ X - b,
        "elementwise-product": lambda X, W, b: np.sum(W * X.T, axis=0, keepdims=True).T + b[:3],
    },
    fits={"not-standard-normal": lambda given: not any(np.size(part) == 12 for part in given.reply[1])},
)

# -- sigmoid and one_hot_matrix ----------------------------------------------------------


def _number_or_array(d):
    if d.case == "number":
        return (d.choice([d.integer(-6, 6), d.number(-6.0, 6.0)]),)
    shape = d.sizes("n", "m")
    if d.case == "whole numbers":
        return (_tensor(d.rng.integers(-6, 7, shape), np.int32),)
    values = np.clip(d.array(*shape, scale=2.0), -8, 8)
    return (_tensor(values) if d.case == "tensor" else values,)


def _label(d):
    C = d.size("C")
    label = d.integer(0, C - 1)
    if d.case == "list":
        return [label], C
    return (label if d.case == "number" else _tensor(label, np.int64)), C


def _labels(d):
    C = d.size("C")
    return [Step("mapped", (_tensor(d.labels(d.size("m"), classes=C), np.int64), C))]


def _mapped_rightly(given):
    labels, C = given.args
    if isinstance(given.reply, str):
        return f"inside Dataset.map it raises {given.reply}"
    found = np.asarray(given.reply)
    if np.array_equal(found.reshape(found.shape[:2]), np.eye(C)[labels]):
        return None
    return "inside Dataset.map, a row is not the one-hot vector of its label"


# -- initialize_parameters ---------------------------------------------------------------

_SHAPES = {"W1": (25, 12288), "b1": (25, 1), "W2": (12, 25), "b2": (12, 1), "W3": (6, 12), "b3": (6, 1)}


def _initialized(d):
    return [()]


def _are_variables(given):
    for name in _SHAPES:
        if not given.reply[name].requires_grad:
            return f"{name} is not a tf.Variable that can be trained"
    return None


def _glorot(shape):
    return np.sqrt(2 / sum(shape))


def _glorot_problem(given):
    """W1 is large enough to see its distribution; of the others the scale is seen, in which few entries vary a lot."""
    for name, shape in _SHAPES.items():
        if np.shape(given.reply[name]) != shape:
            return f"{name} has the shape {np.shape(given.reply[name])}, expected {shape}"
    problem = xavier_problem({"W1": np.asarray(given.reply["W1"], np.float64)}, both_sides=True)
    if problem:
        return problem
    for name in ("W2", "W3"):
        deviation, expected = np.std(given.reply[name]), _glorot(_SHAPES[name])
        if not 0.5 < deviation / expected < 1.5:
            return f"the standard deviation of {name} is {deviation:.3g}, expected about {expected:.3g}"
    for name in ("b1", "b2", "b3"):
        largest, expected = np.max(np.abs(given.reply[name])), _glorot(_SHAPES[name])
        if not largest < 6 * expected:
            return f"{name} has an entry of {largest:.3g}, expected are zeros or a standard deviation of {expected:.3g}"
    return None


def _scaled_like(deviation):
    return lambda given: abs(np.std(given.reply["W1"]) / deviation - 1) < 0.05


_GLOROT_FITS = {
    "zero-weights": lambda given: not any(np.any(given.reply[name]) for name in ("W1", "W2", "W3")),
    "constant-weights": lambda given: np.ptp(given.reply["W1"]) == 0,
    "he-scale": _scaled_like(np.sqrt(2 / 25)),
    "missing-scale": lambda given: np.std(given.reply["W1"]) > 0.9,
    "fixed-scale": lambda given: np.std(given.reply["W1"]) > 0.015,
}

# -- forward_propagation and compute_cost ------------------------------------------------

_WIDTHS = {"n_x": (2, 6), "n_1": (3, 6), "n_2": (3, 6), "n_3": (2, 6)}


def _network(d):
    n_x, n_1, n_2, n_3, m = d.sizes("n_x", "n_1", "n_2", "n_3", "m")
    drawn = d.parameters([n_x, n_1, n_2, n_3], scale=1.0)
    return _tensor(d.array(n_x, m)), {name: _tensor(values, variable=True) for name, values in drawn.items()}


def _gradients(d):
    """What the gradients are, by central differences of the right function in double precision."""
    X, parameters = _network(d)
    wide = {name: np.asarray(values, np.float64) for name, values in parameters.items()}
    direction = d.array(wide["W3"].shape[0], X.shape[1])

    def total(name, moved):
        return np.sum(direction * d.right("forward_propagation", np.asarray(X, np.float64), {**wide, name: moved}))

    expected = {name: np.zeros(values.shape) for name, values in wide.items()}
    for name, values in wide.items():
        for index in np.ndindex(values.shape):
            step = np.zeros(values.shape)
            step[index] = 1e-6
            expected[name][index] = (total(name, values + step) - total(name, values - step)) / 2e-6
    d.note(expected=expected)
    return [Step("parameter_gradients", (X, parameters, _tensor(direction)))]


def _reach_parameters(given):
    for name, expected in given.facts["expected"].items():
        found = given.reply[name]
        if found is None:
            return f"no gradient reaches {name}: it is a copy or a NumPy array that Z3 is computed from"
        if not np.allclose(found, expected, rtol=1e-3, atol=1e-3):
            return f"the gradient for {name} is not that of Z3"
    return None


def _scores(d):
    m = d.size("m")
    labels = np.eye(_CLASSES)[:, d.labels(m, classes=_CLASSES)]
    return _tensor(d.array(_CLASSES, m, scale=10.0 if d.case == "confident" else 2.0)), _tensor(labels)


def _cost_gradient(d):
    logits, labels = _scores(d)
    return [Step("cost_and_gradient", (logits, labels, _tensor(d.array(*logits.shape))))]


def _reaches_logits(given):
    _, _, direction = given.args
    gradient, (before, behind) = given.reply
    if gradient is None:
        return "no gradient reaches the logits: the cost is computed from a copy or a NumPy array"
    slope, expected = np.sum(np.asarray(gradient, np.float64) * direction), (float(behind) - float(before)) / 0.02
    if np.isclose(slope, expected, rtol=0.05, atol=0.02):
        return None
    return f"the gradient says that the cost changes by {slope:.4g} in a direction, it changes by {expected:.4g}"


# -- the assignment ----------------------------------------------------------------------

_ONE = (CaseClass("call", count=1),)
_TENSORFLOW_1 = (
    "this is the edition for TensorFlow 1, with sessions and placeholders: grade it with framework_basics_tensorflow1"
)

ASSIGNMENT = Assignment(
    name="framework_basics_tensorflow",
    title="First steps in TensorFlow 2",
    source="improving deep neural networks, the framework part of the third week",
    packages=("tensorflow",),
    memory_mb=1024,
    editions=(
        Edition("TensorFlow 1", told_by=("def create_placeholders\n",), refused=_TENSORFLOW_1),
        Edition(
            "the cost is the mean of the binary cross-entropy, and a one-hot label is a column",
            told_by=("binary_crossentropy",),
            alternative="binary",
        ),
        Edition(
            "the cost is the sum over the examples",
            told_by=("reduce_sum", "def compute_total_loss\n"),
            alternative="sum",
            names={"compute_total_loss": "compute_cost"},
        ),
        Edition("the cost is the mean over the examples", told_by=("reduce_mean", "the mean over the examples")),
    ),
    functions=(
        Function(
            "linear_function",
            points=10,
            inputs=_nothing,
            returns="Y",
            summary="W X + b of random tensors",
            classes=_ONE,
            random="Y",
            loose_dtype="Y",
            properties=(_LINEAR,),
        ),
        Function(
            "sigmoid",
            points=12,
            inputs=_number_or_array,
            returns="a",
            summary="of a number, an array or a tensor, as float32",
            classes=(
                CaseClass("number", count=4),
                CaseClass("array", count=4, sizes={"n": (1, 4), "m": (2, 5)}),
                CaseClass("tensor", count=4, sizes={"n": (1, 4), "m": (2, 5)}),
                CaseClass("whole numbers", count=4, sizes={"n": (1, 4), "m": (2, 5)}),
            ),
        ),
        Function(
            "one_hot_matrix",
            points=15,
            inputs=_label,
            returns="one_hot",
            summary="a label as a vector with a single 1",
            convention="edition",
            alternatives=("sum", "binary"),
            classes=(
                CaseClass("number", count=4, sizes={"C": (2, 7)}),
                CaseClass("tensor", count=4, sizes={"C": (2, 7)}),
                CaseClass("list", count=4, sizes={"C": (2, 7)}),
            ),
            properties=(
                Property(
                    "inside Dataset.map",
                    share=0.25,
                    plan=_labels,
                    judge=_mapped_rightly,
                    fits={"fails-in-a-map": lambda given: isinstance(given.reply, str)},
                    classes=(CaseClass("mapped", count=3, sizes={"C": (3, 7), "m": (3, 6)}),),
                ),
            ),
        ),
        Function(
            "initialize_parameters",
            points=18,
            inputs=_nothing,
            returns="parameters",
            summary="six variables, by Glorot's rule",
            classes=_ONE,
            random=("W{l}", "b{l}"),
            weights={"W{l}": 1.0, "b{l}": 1.0},
            inputs_share=0.0,
            properties=(
                Property(
                    "variables",
                    share=0.25,
                    plan=_initialized,
                    judge=_are_variables,
                    fits={"not-variables": _are_variables},
                    classes=_ONE,
                ),
                Property(
                    "Glorot's scale",
                    share=0.6,
                    plan=_initialized,
                    judge=_glorot_problem,
                    fits=_GLOROT_FITS,
                    proves=True,
                    classes=_ONE,
                ),
            ),
        ),
        Function(
            "forward_propagation",
            points=25,
            inputs=_network,
            returns="Z3",
            summary="three layers, ReLU between them",
            classes=cases(small=4, general=8, each=3, **{"one example": {"m": 1}}),
            properties=(
                Property(
                    "gradients reach all parameters",
                    share=0.25,
                    plan=_gradients,
                    judge=_reach_parameters,
                    fits={"gradient-lost": lambda given: None in given.reply.values()},
                    classes=(CaseClass("gradients", count=3, sizes={**_WIDTHS, "m": (2, 5)}),),
                ),
            ),
        ),
        Function(
            "compute_cost",
            points=20,
            inputs=_scores,
            returns="cost",
            summary="softmax cross-entropy of the logits",
            convention="edition",
            alternatives=("sum", "binary"),
            classes=(
                CaseClass("small", count=4, sizes={"m": (2, 5)}),
                CaseClass("general", count=8, sizes={"m": (2, 9)}),
                CaseClass("one example", count=2, sizes={"m": 1}),
                CaseClass("square", count=2, sizes={"m": 6}),
                CaseClass("confident", count=3, sizes={"m": (2, 6)}),
            ),
            properties=(
                Property(
                    "the gradient reaches the logits",
                    share=0.2,
                    plan=_cost_gradient,
                    judge=_reaches_logits,
                    fits={"gradient-lost": lambda given: given.reply[0] is None},
                    classes=(CaseClass("gradient", count=3, sizes={"m": (2, 5)}),),
                ),
            ),
        ),
    ),
)
