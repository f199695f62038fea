"""First steps with PyTorch: tensors, losses from logits, one-hot columns, Xavier weights, a step of gradient descent."""

from itertools import pairwise

import numpy as np

from grader.distributions import handful_problem, xavier_problem
from grader.properties import at_usual_sizes
from grader.spec import Assignment, CaseClass, CaseSet, Function, Property, Ref, Step, Tensor

# -- tensors -----------------------------------------------------------------------------


def _tensor(array, requires_grad=False):
    array = np.asarray(array)
    return Tensor(array.astype(np.float32 if array.dtype.kind == "f" else array.dtype), "torch", requires_grad)


def _leaf(array):
    return _tensor(array, requires_grad=True)


# -- inputs ------------------------------------------------------------------------------


def _affine(d):
    n, k, m = d.sizes("n", "k", "m")
    return _tensor(d.array(n, k)), _tensor(d.array(k, m)), _tensor(d.array(n, 1))


def _any_shape(d):
    shape = d.sizes("n", "m")
    shape = {"one number": (), "vector": shape[:1]}.get(d.case, shape)
    return (_tensor(d.array(*shape, scale=2.0)),)


def _large(d):
    """Logits around 200, of every example or of every second one."""
    Z = d.array(*d.sizes("n", "m"), scale=200.0)
    Z += 40 * np.sign(Z)
    if d.case == "far and near":
        Z[:, ::2] /= 100
    return Z


def _logits(d):
    n, m = d.sizes("n", "m")
    return _tensor(d.array(n, m, scale=2.0)), _tensor(d.labels(n, m, dtype=np.float64))


def _large_logits(d):
    Z = _large(d)
    return _tensor(Z), _tensor(d.labels(*Z.shape, dtype=np.float64))


def _some_large(**sizes):
    return tuple(CaseClass(name, count=count, sizes=sizes) for name, count in (("large", 6), ("far and near", 4)))


def _classes(d, C, m):
    labels = d.rng.integers(0, C, m)
    if m > 1:
        labels[d.rng.permutation(m)[:2]] = d.rng.permutation(C)[:2]
    return labels


def _label_vector(d):
    C, m = d.sizes("C", "m")
    present = d.integer(2, C - 1) if d.case == "missing class" else C
    return _tensor(_classes(d, present, m)), C


def _one_hot(d, C, m):
    return d.right("one_hot_matrix", _classes(d, C, m), C)


def _scores(d):
    C, m = d.sizes("C", "m")
    return _tensor(d.array(C, m)), _tensor(_one_hot(d, C, m))


def _large_scores(d):
    C, m = d.sizes("C", "m")
    Z = d.array(C, m, scale=200.0)
    if d.case == "far and near":
        Z[:, ::2] /= 100
    return _tensor(Z), _tensor(_one_hot(d, C, m))


def _network(d):
    """Parameters and inputs with negative numbers before each ReLU, and no number near its kink."""
    n_x, n_1, n_2, C, m = d.sizes("n_x", "n_1", "n_2", "C", "m")
    parameters = {name: value.astype(np.float32) for name, value in d.parameters([n_x, n_1, n_2, C], scale=0.5).items()}
    X = d.array(n_x, m).astype(np.float32)
    Z1 = d.right("linear_function", parameters["W1"], X, parameters["b1"])
    Z2 = d.right("linear_function", parameters["W2"], np.maximum(0, Z1), parameters["b2"])
    for Z in (Z1, Z2):
        if (Z > 0).mean() < 0.2 or (Z < 0).mean() < 0.2 or np.abs(Z).min() < 1e-3:
            d.reject("a ReLU that lets all through or nothing, or a number at its kink")
    return X, parameters, _one_hot(d, C, m)


def _forward(d):
    X, parameters, _ = _network(d)
    return _tensor(X), {name: _leaf(value) for name, value in parameters.items()}


def _training(d, learning_rate=None):
    X, parameters, Y = _network(d)
    leaves = {name: _leaf(value) for name, value in parameters.items()}
    return leaves, _tensor(X), _tensor(Y), learning_rate or d.choice([0.5, 0.125, 0.25])


# -- gradients ---------------------------------------------------------------------------


def _reaches(function, inputs):
    """A call on tensors that require gradients, and the gradients of its result at these."""

    def plan(d):
        args = inputs(d)
        _note_slopes(d, function, args, range(len(args)))
        tensors = tuple(_leaf(value) for value in args)
        places = tuple(Ref(0, (number,)) for number in range(len(args)))
        return [Step("kept", tensors), Step(function, places), Step("gradients", (Ref(1), Ref(0)))]

    return plan


def _first_reaches(function, inputs):
    """The same where gradients are wanted at the first argument only: labels have none."""

    def plan(d):
        first, *others = inputs(d)
        _note_slopes(d, function, (first, *others), (0,))
        return [
            Step("kept", (_leaf(first),)),
            Step(function, (Ref(0, (0,)), *others)),
            Step("gradients", (Ref(1), Ref(0))),
        ]

    return plan


def _network_reaches(d):
    X, parameters = _forward(d)
    doubled = {name: np.array(value, np.float64) for name, value in parameters.items()}
    _note_slopes(d, "forward_propagation", (X, doubled), doubled.values())
    return [
        Step("kept", (parameters,)),
        Step("forward_propagation", (X, Ref(0, (0,)))),
        Step("gradients", (Ref(1), Ref(0, (0,)))),
    ]


def _note_slopes(d, function, args, moved):
    """Note the gradients that ``gradients`` in public.py should find, by central differences of the reference.

    ``moved`` holds the places of arguments, or arrays of double precision that lie within them.
    """
    args = [np.array(arg, np.float64) if isinstance(arg, np.ndarray) else arg for arg in args]

    def total():
        result = np.asarray(d.right(function, *args))
        return np.sum(result * np.arange(1.0, result.size + 1).reshape(result.shape))

    d.note(slopes=[_slope(total, args[one] if isinstance(one, int) else one) for one in moved])


def _slope(total, array, step=1e-5):
    """The derivatives of a number at each entry of an array that it depends on."""
    found = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        kept, ends = array[place], []
        for array[place] in (kept + step, kept - step):
            ends.append(total())
        array[place] = kept
        found[place] = (ends[0] - ends[1]) / (2 * step)
    return found


def _arrive(*names):
    """A judge that wants the right gradient at each of these tensors."""

    def judge(given):
        lost = [name for name, found in zip(names, given.reply, strict=True) if found is None or not np.any(found)]
        if lost:
            return f"no gradient reaches {' and '.join(lost)}: the result does not remember how it was made"
        for name, found, right in zip(names, given.reply, given.facts["slopes"], strict=True):
            if np.shape(found) != right.shape or not np.allclose(found, right, rtol=1e-3, atol=1e-3 * np.abs(right).max()):
                return f"the gradient that reaches {name} is not that of the result"
        return None

    return judge


def _never(given):
    return all(found is None or not np.any(found) for found in given.reply)


def _some_lost(given):
    return any(found is None or not np.any(found) for found in given.reply)


def _three(*names):
    return (CaseClass("general", count=3, sizes=dict.fromkeys(names, (2, 6)) | ({"C": (3, 5)} if "C" in names else {})),)


# -- initialization ----------------------------------------------------------------------

_WIDE = (CaseClass("wide", count=1),)


def _sizes(d):
    """Layers of any sizes; often the last one has a single unit, as that of most networks."""
    return (d.layers((1, 4), outputs=d.choice([None, 1])),)


def _wide(d):
    return [([60 + d.integer(0, 9), 400, 50 + d.integer(0, 9), 320, 4],)]


def _trainable(d):
    return [Step("initialize_parameters", _sizes(d)), Step("gradients", (Ref(0), Ref(0)))]


def _all_trainable(given):
    parameters, found = given.replies
    lost = [name for name, gradient in zip(sorted(parameters), found, strict=False) if gradient is None]
    if any(gradient is None for gradient in found) or not found:
        flags = [name for name, value in parameters.items() if not getattr(value, "requires_grad", False)]
        if flags:
            return f"{', '.join(flags)}: requires_grad is False"
        return f"backward() leaves .grad of {len(lost)} parameters None: they are results of other tensors, not leaves"
    return None


def _flags_missing(given):
    return not any(getattr(value, "requires_grad", False) for value in given.replies[0].values())


def _flags_there(given):
    return all(getattr(value, "requires_grad", False) for value in given.replies[0].values())


def _weights(given):
    """(name, W, n_prev, n) of every layer."""
    return [
        (f"W{layer}", np.asarray(given.reply[f"W{layer}"]), *around)
        for layer, around in enumerate(pairwise(given.args[0]), 1)
    ]


def _xavier(given):
    layers = _weights(given)
    for name, W, n_prev, n in layers:
        if np.shape(W) != (n, n_prev):
            return f"{name} has shape {np.shape(W)}, expected {(n, n_prev)}"
    return xavier_problem({name: W.astype(np.float64) for name, W, *_ in layers})


def _unequal_weights(given):
    for name, W, *_ in _weights(given):
        if W.ndim != 2 or len(np.unique(W, axis=0)) < len(W) or not np.any(W):
            return f"units of the layer of {name} start with equal weights"
    return None


def _usual_xavier(given):
    """Whether the weights of layers of usual sizes may have been drawn, by one of the two rules."""
    for name, W, n_prev, n in _weights(given):
        problems = [handful_problem(W, np.sqrt(variance), name) for variance in (2 / (n_prev + n), 1 / n_prev)]
        if all(problems):
            return problems[0]
    return None


def _zero_biases(given):
    for layer, n in enumerate(given.args[0][1:], 1):
        b = np.asarray(given.reply[f"b{layer}"])
        if np.shape(b) != (n, 1) or np.any(b):
            return f"b{layer} is not a tensor of zeros of shape {(n, 1)}"
    if not any(np.ptp(W) > 0 for _, W, *_ in _weights(given)):
        return "the biases are zero, but the weight matrices are constant: that is no initialization"
    return None


def _deviates(expected):
    """Whether the large layers have the standard deviation ``expected(n_prev, n)``."""

    def fits(given):
        large = [(W, n_prev, n) for _, W, n_prev, n in _weights(given) if W.size > 5000]
        return all(abs(np.std(W) / expected(n_prev, n) - 1) < 0.04 for W, n_prev, n in large)

    return fits


def _zero_layer(given):
    """Whether the weights of a layer are zero, and not all weights."""
    drawn = [bool(np.any(W)) for _, W, *_ in _weights(given)]
    return any(drawn) and not all(drawn)


_FITS = {
    "zero-layer": _zero_layer,
    "zero-weights": lambda given: not any(np.any(W) for _, W, *_ in _weights(given)),
    "he-scale": _deviates(lambda n_prev, n: np.sqrt(2 / n_prev)),
    "missing-scale": _deviates(lambda n_prev, n: 1.0),
    "fixed-scale": _deviates(lambda n_prev, n: 0.01),
}

# -- training ----------------------------------------------------------------------------


def _two_steps(d):
    """Two short steps in a row on the same tensors, as a training loop makes them."""
    parameters, X, Y, _ = _training(d, learning_rate=2.0**-8)
    rest = (X, Y, 2.0**-8)
    return [
        Step("kept", (parameters,)),
        Step("train_step", (Ref(0, (0,)), *rest)),
        Step("train_step", (Ref(1), *rest)),
    ]


def _stepped(d):
    """One step, and the gradients that what it returns would get."""
    leaves, *rest = _training(d)
    return [Step("train_step", (leaves, *rest)), Step("gradients", (Ref(0), Ref(0)))]


def _moves(given):
    """How far the weights W3 went in each of the two steps."""
    start, once, twice = given.steps[0].args[0]["W3"], given.replies[1]["W3"], given.replies[2]["W3"]
    places = [np.asarray(value, np.float64) for value in (start, once, twice)]
    return [float(np.linalg.norm(after - before)) for before, after in pairwise(places)]


def _as_long(given):
    first, second = _moves(given)
    if not first:
        return "the first step changes nothing"
    if 0.8 < second / first < 1.25:
        return None
    return f"the second of two short steps is {second / first:.2g} times as long as the first; expected about as long"


def _twice_as_long(given):
    first, second = _moves(given)
    return bool(first) and 1.5 < second / first < 2.5


# -- the assignment ----------------------------------------------------------------------


def _kinds(*names, **special):
    """Small and general cases with these dimensions, and special ones."""
    small, general = dict.fromkeys(names, (2, 4)), dict.fromkeys(names, (1, 6))
    for sizes in (small, general):
        sizes.update({"C": (3, 5)} if "C" in names else {})
    return (
        CaseClass("small", count=5, sizes=small),
        CaseClass("general", count=10, sizes=general),
        *(CaseClass(name.replace("_", " "), count=3, sizes={**small, **sizes}) for name, sizes in special.items()),
    )


_NETWORK = (
    CaseClass("small", count=5, sizes={"n_x": (2, 3), "n_1": (3, 4), "n_2": (3, 4), "C": 3, "m": (2, 4)}),
    CaseClass("general", count=8, sizes={"n_x": (2, 6), "n_1": (4, 8), "n_2": (4, 7), "C": (3, 5), "m": (3, 9)}),
    CaseClass("one example", count=3, sizes={"n_x": (2, 5), "n_1": (4, 7), "n_2": (4, 6), "C": (3, 4), "m": 1}),
)
_FEW_NETWORKS = (
    CaseClass("general", count=3, sizes={"n_x": (3, 5), "n_1": (5, 7), "n_2": (5, 7), "C": (3, 4), "m": (6, 9)}),
)

ASSIGNMENT = Assignment(
    name="framework_basics_torch",
    title="First steps with PyTorch",
    source="improving deep neural networks, third week, the framework part, in PyTorch",
    packages=("torch",),
    memory_mb=1024,
    functions=(
        Function(
            "linear_function",
            points=10,
            inputs=_affine,
            returns="Y",
            summary="W X + b of tensors",
            classes=_kinds("n", "k", "m", one_example={"m": 1}, square={"n": 3, "k": 3, "m": 3}),
            properties=(
                Property(
                    "gradients reach W, X and b",
                    share=0.2,
                    plan=_reaches("linear_function", _affine),
                    judge=_arrive("W", "X", "b"),
                    classes=_three("n", "k", "m"),
                    fits={"lost-gradient": _never},
                ),
            ),
        ),
        Function(
            "sigmoid",
            points=8,
            inputs=_any_shape,
            returns="a",
            summary="the sigmoid of a tensor of any shape",
            classes=_kinds("n", "m", one_number={}, vector={"n": (2, 6)}),
            properties=(
                Property(
                    "gradients reach z",
                    share=0.2,
                    plan=_reaches("sigmoid", _any_shape),
                    judge=_arrive("z"),
                    classes=_three("n", "m"),
                    fits={"lost-gradient": _never},
                ),
            ),
        ),
        Function(
            "cost",
            points=14,
            inputs=_logits,
            returns="losses",
            summary="the logistic loss of each entry, from logits",
            classes=_kinds("n", "m", one_example={"m": 1}, square={"n": 3, "m": 3}),
            properties=(
                Property(
                    "gradients reach the logits",
                    share=0.2,
                    plan=_first_reaches("cost", _logits),
                    judge=_arrive("the logits"),
                    classes=_three("n", "m"),
                    fits={"lost-gradient": _never},
                ),
            ),
            sets=(
                CaseSet(
                    "large logits",
                    share=0.15,
                    inputs=_large_logits,
                    classes=_some_large(n=(1, 4), m=(2, 6)),
                ),
            ),
        ),
        Function(
            "one_hot_matrix",
            points=12,
            inputs=_label_vector,
            returns="matrix",
            summary="class indices as columns with a single 1",
            classes=_kinds("C", "m", one_example={"m": 1}, square={"C": 4, "m": 4}, missing_class={"C": (4, 6)}),
            loose_dtype=frozenset({"matrix"}),
        ),
        Function(
            "initialize_parameters",
            points=14,
            inputs=_sizes,
            returns="parameters",
            summary="Xavier weights and zero biases that require gradients",
            classes=(
                CaseClass("small", count=4),
                CaseClass("general", count=6),
                CaseClass("one layer", count=2, sizes={"L": 1}),
            ),
            random=frozenset({"W{l}"}),
            weights={"W{l}": 1.0},
            inputs_share=0.0,
            properties=(
                Property(
                    "every parameter gets its gradient",
                    share=0.2,
                    plan=_trainable,
                    judge=_all_trainable,
                    fits={"requires-no-gradient": _flags_missing, "not-a-leaf": _flags_there},
                ),
                at_usual_sizes(
                    Property(
                        "no two units start alike",
                        share=0.2,
                        plan=_wide,
                        judge=_unequal_weights,
                        classes=_WIDE,
                        fits={code: _FITS[code] for code in ("zero-layer", "zero-weights")},
                    ),
                    inputs=_sizes,
                    judge=_unequal_weights,
                ),
                at_usual_sizes(
                    Property(
                        "weights have Xavier's variance in every layer",
                        share=0.35,
                        plan=_wide,
                        judge=_xavier,
                        classes=_WIDE,
                        fits=_FITS,
                    ),
                    inputs=_sizes,
                    judge=_usual_xavier,
                ),
                Property("biases are zero, weights are not", share=0.15, plan=_wide, judge=_zero_biases, classes=_WIDE),
            ),
        ),
        Function(
            "forward_propagation",
            points=14,
            inputs=_forward,
            returns="Z3",
            summary="the logits of a network with two hidden ReLU layers",
            classes=_NETWORK,
            helpers=("linear_function",),
            properties=(
                Property(
                    "gradients reach all six parameters",
                    share=0.2,
                    plan=_network_reaches,
                    judge=_arrive("W1", "b1", "W2", "b2", "W3", "b3"),
                    classes=_FEW_NETWORKS,
                    fits={"lost-gradient": _some_lost},
                ),
            ),
        ),
        Function(
            "compute_cost",
            points=14,
            inputs=_scores,
            returns="cost",
            summary="softmax cross-entropy from logits, mean over the examples",
            classes=_kinds("C", "m", one_example={"m": 1}, square={"C": 4, "m": 4}, many={"C": (3, 4), "m": (12, 20)}),
            properties=(
                Property(
                    "gradients reach the logits",
                    share=0.2,
                    plan=_first_reaches("compute_cost", _scores),
                    judge=_arrive("the logits"),
                    classes=_three("C", "m"),
                    fits={"lost-gradient": _never},
                ),
            ),
            sets=(
                CaseSet(
                    "large logits",
                    share=0.15,
                    inputs=_large_scores,
                    classes=_some_large(C=(3, 5), m=(2, 6)),
                ),
            ),
        ),
        Function(
            "train_step",
            points=14,
            inputs=_training,
            returns="parameters",
            summary="one step of gradient descent",
            classes=_NETWORK,
            changes=("parameters",),
            helpers=("forward_propagation", "compute_cost"),
            properties=(
                Property(
                    "what is returned can be trained",
                    share=0.1,
                    plan=_stepped,
                    judge=_all_trainable,
                    classes=_FEW_NETWORKS,
                    fits={"lost-gradient": _flags_missing},
                ),
                Property(
                    "two steps in a row",
                    share=0.15,
                    plan=_two_steps,
                    judge=_as_long,
                    classes=_FEW_NETWORKS,
                    fits={"gradients-not-zeroed": _twice_as_long},
                ),
            ),
        ),
    ),
)
