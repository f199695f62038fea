"""The first steps in TensorFlow 1, with sessions and placeholders: the published exercise of 2017 to 2020.

The functions have the names and arguments of the published exercise, so that its notebooks are graded as they are. The
worker's ``tensorflow`` is version 1 of the interface; what is symbolic is made and read by ``public.py``.
"""

import numpy as np

from grader.distributions import xavier_problem
from grader.properties import formula_of_draws
from grader.spec import Assignment, CaseClass, Code, Edition, Function, Property, Step, cases

_CLASSES = 6  # of the exercise's labels


def _nothing(d):
    return ()


def _single(values):
    return np.asarray(values, np.float32)


# -- what a session computes -------------------------------------------------------------

_LINEAR = formula_of_draws(
    "W X + b of what is drawn",
    share=0.8,
    step="watched",
    shapes={"X": (3, 1), "W": (4, 3), "b": (4, 1)},
    formula=lambda X, W, b: W @ X + b,
    says="W X + b",
    mistakes={"missing-bias": lambda X, W: W @ X, "bias-subtracted": lambda X, W, b: W @ X - b},
    fits={"not-standard-normal": lambda given: not any(np.size(part) == 12 for part in given.reply[1])},
)


def _number_or_array(d):
    if d.case == "number":
        return (d.choice([d.integer(-6, 6), d.number(-6.0, 6.0)]),)
    return (np.clip(d.array(*d.sizes("n", "m"), scale=2.0), -8, 8),)


def _scores(d):
    m = d.size("m")
    return d.array(m, scale=10.0 if d.case == "confident" else 2.0), d.labels(m)


def _labels(d):
    C = d.size("C")
    return d.labels(d.size("m"), classes=C), C


def _shape(d):
    return (list(d.sizes("n", "m")) if d.case == "matrix" else [d.size("n")],)


# -- what is symbolic --------------------------------------------------------------------

_SHAPES = {"W1": (25, 12288), "b1": (25, 1), "W2": (12, 25), "b2": (12, 1), "W3": (6, 12), "b3": (6, 1)}


def _of_a_network(d):
    return d.sizes("n_x", "n_y")


def _take_any_number(given):
    """What each placeholder says to one example and to several."""
    (n_x, n_y), refused = given.args, [words for words in given.reply if words]
    return f"fed with arrays of shape ({n_x}, m) and ({n_y}, m), a placeholder says: {refused[0]}" if refused else None


def _are_variables(given):
    for name in _SHAPES:
        if not given.reply.get(name):
            return f"{name} is not a variable that can be trained"
    return None


def _xavier(given):
    """W1 is large enough to see its distribution; of the others the scale is seen, in which few entries vary a lot."""
    for name, shape in _SHAPES.items():
        if np.shape(given.reply[name]) != shape:
            return f"{name} has the shape {np.shape(given.reply[name])}, expected {shape}"
    problem = xavier_problem({"W1": np.asarray(given.reply["W1"], np.float64)}, both_sides=True)
    for name in () if problem else ("W2", "W3"):
        deviation, expected = np.std(given.reply[name]), np.sqrt(2 / sum(_SHAPES[name]))
        if not 0.5 < deviation / expected < 1.5:
            return f"the standard deviation of {name} is {deviation:.3g}, expected about {expected:.3g}"
    return problem


def _scaled_like(deviation):
    return lambda given: abs(np.std(given.reply["W1"]) / deviation - 1) < 0.05


_XAVIER_FITS = {
    "zero-weights": lambda given: not any(np.any(given.reply[name]) for name in ("W1", "W2", "W3")),
    "constant-weights": lambda given: np.ptp(given.reply["W1"]) == 0,
    "he-scale": _scaled_like(np.sqrt(2 / 25)),
    "missing-scale": lambda given: np.std(given.reply["W1"]) > 0.9,
}


def _network(d):
    n_x, n_1, n_2, n_3, m = d.sizes("n_x", "n_1", "n_2", "n_3", "m")
    drawn = d.parameters([n_x, n_1, n_2, n_3], scale=1.0)
    return _single(d.array(n_x, m)), {name: _single(values) for name, values in drawn.items()}


def _logits(d):
    m = d.size("m")
    labels = np.eye(_CLASSES)[:, d.labels(m, classes=_CLASSES)]
    return _single(d.array(_CLASSES, m, scale=10.0 if d.case == "confident" else 2.0)), _single(labels)


# -- model -------------------------------------------------------------------------------

# `model` gets helpers of its own, which train a linear function from zeros: it is right whatever the submission's own
# helpers are, and what it trains is small. The reference does the same.
_HELPERS = {
    "create_placeholders": "given_placeholders",
    "initialize_parameters": "given_parameters",
    "forward_propagation": "given_forward",
    "compute_cost": "given_cost",
    "random_mini_batches": "given_batches",
}


def _training(d):
    n_x, n_y, m = d.sizes("n_x", "n_y", "m")
    size = {"batches": 3, "a smaller batch last": m - 1}.get(d.case, m)
    epochs = 2 if d.case == "two steps" else 1
    made_of = {
        "given_placeholders": (n_x, n_y),
        "given_parameters": (_single(np.zeros((n_y, n_x))), _single(np.zeros((n_y, 1)))),
    }
    for name, maker in _HELPERS.items():
        d.give(name, Code(maker, made_of.get(maker, ())))
    X, Y = _single(d.array(n_x, m)), _single(np.eye(n_y)[:, d.labels(m, classes=n_y)])
    return X, Y, _single(d.array(n_x, 2)), _single(np.eye(n_y)[:, :2]), d.choice([0.5, 0.125, 0.0625]), epochs, size, False


def _first_step(d):
    args = _training(d)
    d.note(right=d.right("model", *args)["W1"])
    return [args]


def _goes_down(given):
    found, right = np.asarray(given.reply["W1"]), given.facts["right"]
    if np.array_equal(np.sign(found), np.sign(right)):
        return None
    return "the first step from zeros does not move each entry of W1 against its gradient"


_SMALL = {"n_x": (2, 4), "n_y": (2, 3)}

# -- the assignment ----------------------------------------------------------------------

_ONE = (CaseClass("call", count=1),)
_TENSORFLOW_2 = (
    "this is the edition for TensorFlow 2, without sessions and placeholders: grade it with framework_basics_tensorflow"
)

ASSIGNMENT = Assignment(
    name="framework_basics_tensorflow1",
    title="First steps in TensorFlow 1",
    source="improving deep neural networks, the framework part of the third week, in its first edition",
    packages=("tensorflow",),
    arrays=True,
    provided_helpers={"random_mini_batches": "reference.optimization.random_mini_batches"},
    memory_mb=1024,
    editions=(Edition("TensorFlow 2", told_by=("GradientTape", "def compute_total_loss\n"), refused=_TENSORFLOW_2),),
    functions=(
        Function(
            "linear_function",
            points=8,
            inputs=_nothing,
            returns="result",
            summary="W X + b of random tensors, in a session",
            classes=_ONE,
            random="result",
            loose_dtype="result",
            properties=(_LINEAR,),
        ),
        Function(
            "sigmoid",
            points=8,
            inputs=_number_or_array,
            returns="result",
            summary="of what is fed to a placeholder",
            classes=(
                CaseClass("number", count=4),
                CaseClass("array", count=4, sizes={"n": (1, 4), "m": (2, 5)}),
            ),
        ),
        Function(
            "cost",
            points=10,
            inputs=_scores,
            returns="cost",
            summary="the loss of each example",
            loose_dtype="cost",
            classes=(
                CaseClass("small", count=4, sizes={"m": (2, 5)}),
                CaseClass("confident", count=3, sizes={"m": (3, 6)}),
            ),
        ),
        Function(
            "one_hot_matrix",
            points=10,
            inputs=_labels,
            returns="one_hot",
            summary="labels as columns with a single 1",
            loose_dtype="one_hot",
            classes=(
                CaseClass("small", count=3, sizes={"C": (2, 3), "m": (3, 6)}),
                CaseClass("more classes", count=2, sizes={"C": (5, 7), "m": (3, 6)}),
                CaseClass("as many classes as labels", count=1, sizes={"C": 4, "m": 4}),
            ),
        ),
        Function(
            "ones",
            points=5,
            inputs=_shape,
            returns="ones",
            summary="an array of ones",
            classes=(
                CaseClass("vector", count=2, sizes={"n": (2, 6)}),
                CaseClass("matrix", count=2, sizes={"n": (2, 4), "m": (2, 5)}),
            ),
        ),
        Function(
            "create_placeholders",
            points=8,
            inputs=_of_a_network,
            returns=("X", "Y"),
            summary="for any number of examples",
            classes=(CaseClass("small", count=3, sizes={"n_x": (5, 9), "n_y": (2, 4)}),),
            properties=(
                Property(
                    "they take any number of examples",
                    share=0.75,
                    plan=lambda d: [Step("fed", _of_a_network(d))],
                    judge=_take_any_number,
                    proves=True,
                    classes=(CaseClass("fed", count=2, sizes={"n_x": (5, 9), "n_y": (2, 4)}),),
                ),
            ),
        ),
        Function(
            "initialize_parameters",
            points=12,
            inputs=_nothing,
            returns="parameters",
            summary="six variables, by Xavier's rule",
            classes=_ONE,
            random=("W{l}",),
            weights={"W{l}": 2.0, "b{l}": 1.0},
            inputs_share=0.0,
            properties=(
                Property(
                    "variables",
                    share=0.25,
                    plan=lambda d: [Step("variables", ())],
                    judge=_are_variables,
                    fits={"not-variables": _are_variables},
                    classes=_ONE,
                ),
                Property(
                    "Xavier's scale",
                    share=0.5,
                    plan=lambda d: [()],
                    judge=_xavier,
                    fits=_XAVIER_FITS,
                    proves=True,
                    classes=_ONE,
                ),
            ),
        ),
        Function(
            "forward_propagation",
            points=14,
            inputs=_network,
            returns="Z3",
            summary="three layers, ReLU between them",
            classes=cases(small=3, general=4, each=2, **{"one example": {"m": 1}}),
        ),
        Function(
            "compute_cost",
            points=12,
            inputs=_logits,
            returns="cost",
            summary="the mean softmax cross-entropy of the logits",
            classes=(
                CaseClass("small", count=4, sizes={"m": (2, 5)}),
                CaseClass("general", count=3, sizes={"m": (7, 9)}),
                CaseClass("square", count=1, sizes={"m": 6}),
                CaseClass("confident", count=2, sizes={"m": (2, 6)}),
            ),
        ),
        Function(
            "model",
            points=13,
            inputs=_training,
            returns="parameters",
            summary="training with Adam, judged by its first steps",
            given=tuple(_HELPERS),
            classes=(
                CaseClass("two steps", count=2, sizes={**_SMALL, "m": (3, 5)}),
                CaseClass("batches", count=2, sizes={**_SMALL, "m": 6}),
                CaseClass("a smaller batch last", count=1, sizes={**_SMALL, "m": (4, 6)}),
            ),
            properties=(
                Property(
                    "the first step goes down",
                    share=0.3,
                    plan=_first_step,
                    judge=_goes_down,
                    proves=True,
                    classes=(CaseClass("one step", count=2, sizes={**_SMALL, "m": (3, 5)}),),
                ),
            ),
        ),
    ),
)
