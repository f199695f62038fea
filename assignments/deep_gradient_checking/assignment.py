"""Gradient checking of a network of any depth, and numerical derivatives of any function: source 003."""

from itertools import pairwise

import numpy as np

from grader.descent import difference_problem, is_bounded_below, is_underpriced, length_of, price_problem
from grader.spec import Assignment, CaseClass, CaseSet, Code, Function, Property, cases

# -- one number --------------------------------------------------------------------------


def _function(d):
    """A function of one number; x**2 is the source's example."""
    if d.case == "square":
        return Code("polynomial", (0.0, 0.0, 1.0))
    kind = d.choice(["polynomial", "wave", "growth"])
    if kind == "polynomial":
        return Code(kind, tuple(d.number(-2, 2) or 0.5 for _ in range(4)))
    if kind == "wave":
        return Code(kind, (d.number(0.5, 3), d.number(0.5, 2), d.number(-1, 1)))
    return Code(kind, (d.choice([-0.75, 0.5, 1.0, 1.25]),))


def _derivative(d):
    epsilon = d.choice([0.5, 0.25, 0.1, 0.01, 1e-3, 1e-4])
    x = 0.0 if d.case == "at 0" else d.number(-3, 3)
    return _function(d), x, -epsilon if d.case == "backwards" else epsilon


def _on_polynomials(degree):
    """A plan: a polynomial of that degree, with its derivative noted for the judge."""

    def plan(d):
        coefficients = tuple(d.number(-2, 2) or 0.5 for _ in range(degree + 1))
        x = d.number(-3, 3)
        d.note(slope=sum(n * c * x ** (n - 1) for n, c in enumerate(coefficients) if n))
        return [(Code("polynomial", coefficients), x, d.choice([0.5, 0.1, 0.01]))]

    return plan


def _is_exact(given):
    found, slope = float(np.asarray(given.reply).item()), given.facts["slope"]
    if np.isclose(found, slope, rtol=1e-7, atol=1e-7):
        return None
    return f"the formula is exact for this polynomial, with the derivative {slope:.8g}, but the result is {found:.8g}"


# -- dictionaries and vectors ------------------------------------------------------------

_DEPTHS = cases(
    one_layer={"L": 1}, two_layers_with_zeros={"L": 2}, equal_widths={"width": 3}, eleven_layers={"L": 11, "width": (2, 3)}
)


def _parameters(d):
    parameters = d.parameters(d.layers(outputs=None))
    if d.case == "two layers with zeros":  # as training starts
        parameters |= {name: np.zeros_like(value) for name, value in parameters.items() if name.startswith("b")}
    return (parameters,)


def _with_entries(d):
    """Parameters, and the right vector's entries in the order of their size, for the judge."""
    question = _parameters(d)
    d.note(entries=np.sort(d.right("dictionary_to_vector", *question), axis=None))
    return [question]


def _same_entries(given):
    sent = given.facts["entries"]
    found = np.sort(np.ravel(given.reply))
    if found.shape != sent.shape:
        return f"the vector has {found.size} entries, expected the {sent.size} entries of all parameters"
    return None if np.array_equal(found, sent) else "the vector holds numbers that are in no parameter"


def _vector(d):
    dims = d.layers(outputs=None)
    vector = d.array(sum(n * (k + 1) for k, n in pairwise(dims)), 1)
    if d.case == "two layers with zeros":
        vector[::3] = 0.0
    return vector, dims


def _gradients_of(d, dims, *, last_first=True, with_dA=False):
    """Gradients as a backward pass builds them: the last layer first, dA among them.

    Of which layers there are dA is up to the backward pass: that of the input, and that of the output, or not.
    """
    gradients, last = {}, len(dims) - 1
    kept = d.choice([range(last), range(1, max(2, last)), range(last + 1)]) if with_dA else ()
    if last in kept:
        gradients[f"dA{last}"] = d.array(dims[last], 3)
    for l in range(1, len(dims))[:: -1 if last_first else 1]:
        if l - 1 in kept:
            gradients[f"dA{l - 1}"] = d.array(dims[l - 1], 3)
        gradients[f"dW{l}"] = d.array(dims[l], dims[l - 1])
        gradients[f"db{l}"] = d.array(dims[l], 1)
    return gradients


def _gradients(d):
    gradients = _gradients_of(d, d.layers(outputs=None), last_first=d.choice([True, False]))
    if d.case == "two layers with zeros":  # no unit of the first layer gives anything
        gradients |= {name: np.zeros_like(gradients[name]) for name in ("dW1", "db1")}
    return (gradients,)


def _shuffled(d, entries):
    """The same entries, in truly any order."""
    names = list(entries)
    return {names[i]: entries[names[i]] for i in d.rng.permutation(len(names))}


def _gradients_in_any_order(d):
    """Every db before its dW, or the keys shuffled."""
    gradients = _gradients_of(d, d.layers(outputs=None), last_first=d.choice([True, False]))
    if d.case == "biases first":
        return (dict(sorted(gradients.items(), key=lambda entry: (int(entry[0][2:]), "bW".index(entry[0][1])))),)
    return (_shuffled(d, gradients),)


def _gradients_with_dA(d):
    return (_gradients_of(d, d.layers(outputs=None), with_dA=True),)


def _two_orders(d):
    (gradients,) = _gradients(d)
    return [(gradients,), (dict(sorted(gradients.items())),), (_shuffled(d, gradients),)]


def _same_vector(given):
    first, *others = (np.asarray(reply) for reply in given.replies)
    if all(first.shape == other.shape and np.array_equal(first, other) for other in others):
        return None
    return "the vector changes with the order of the dictionary's keys; it has to follow the numbers in them"


# -- the network -------------------------------------------------------------------------


def _network(d):
    dims = d.layers()
    m = d.size("m")
    return dims, d.array(dims[0], m), d.labels(1, m), d.parameters(dims), d.choice(["tanh", "relu"])


def _cost(d):
    dims, X, Y, parameters, activation = _network(d)
    AL, _ = d._reference("L_model_forward")(X, parameters, activation)
    if AL.min() < 0.02 or AL.max() > 0.98:
        d.reject("a clip or guard of 1e-7 would show")
    return X, parameters, Y, activation


def _two_batches(d):
    X, parameters, Y, activation = _cost(d)
    m = X.shape[1] + d.integer(1, 3)
    other, labels = d.array(len(X), m), d.labels(1, m)
    both = np.concatenate([X, other], axis=1), parameters, np.concatenate([Y, labels], axis=1)
    return [(X, parameters, Y, activation), (other, parameters, labels, activation), (*both, activation)]


def _weighted_mean(given):
    first, second, both = (float(np.asarray(cost).item()) for cost in given.replies)
    n, k = (step.args[0].shape[1] for step in given.steps[:2])
    expected = (n * first + k * second) / (n + k)
    if np.isclose(both, expected, rtol=1e-6, atol=1e-12):
        return None
    costs = f"batches of {n} and {k} examples cost {first:.6g} and {second:.6g}"
    return f"{costs}: their mean over all examples is {expected:.6g}, but both together cost {both:.6g}"


def _sure_and_wrong(d):
    """A usual network; and one example, and networks that are as good as sure of the other label: of 1, and of 0."""
    usual, (dims, X, _, parameters, activation) = _cost(d), _network(d)
    X, last = X[:, :1], f"b{len(dims) - 1}"
    other = {"tanh": "relu", "relu": "tanh"}[activation]  # who always uses this one has a network that is as sure
    score, of_other = (_score(d, X, parameters, kind) for kind in (activation, other))
    moves = [sign * (14.25 + d.number(0, 0.5)) - score for sign in (1, -1)]
    scores = [[score + move, of_other + move] for move in moves]
    prices = np.log1p(np.exp(np.array(scores) * [[1], [-1]])).T
    d.note(prices=prices[0].tolist(), of_other=prices[1].tolist(), usual=d.right("forward_prop_cost", *usual))
    sure = [parameters | {last: parameters[last] + move} for move in moves]
    return [usual, *((X, network, np.full((1, 1), float(label)), activation) for label, network in enumerate(sure))]


def _score(d, X, parameters, activation):
    AL, _ = d._reference("L_model_forward")(X, parameters, activation)
    return float(np.log(AL / (1 - AL)).item())


def _is_the_full_price(given):
    """A guard of at most 1e-7 takes a fifth of the probability away, a wider one much more; another network is no guard."""
    costs, of_other = given.replies[1:], given.facts["of_other"]
    if np.allclose(np.ravel(costs), of_other, rtol=1e-6, atol=0):
        return None
    return price_problem(costs, given.facts["prices"], network="with these parameters")


def _guards_the_logarithm(given):
    """The usual cost is right, and that of a confident mistake is too small."""
    usual, right = float(np.asarray(given.replies[0]).item()), given.facts["usual"]
    return abs(usual - right) < 0.1 * right and is_underpriced(given.replies[1:], given.facts["prices"])


def _checkable(d):
    """A network, and its right gradients, where numerical derivatives are well-conditioned."""
    dims, X, Y, parameters, activation = _network(d)
    AL, caches = d._reference("L_model_forward")(X, parameters, activation)
    if min(np.abs(Z).min() for _, Z in caches[:-1]) < 1e-3:
        d.reject("too near to a kink")
    if AL.min() < 0.1 or AL.max() > 0.9:
        d.reject("the output is saturated")
    gradients = d._reference("L_model_backward")(AL, Y, caches, activation)
    sizes = [np.linalg.norm(gradients[f"d{name}"]) for name in parameters]
    if min(sizes) < 5e-3 or max(sizes) < 0.1:
        d.reject("a part of the gradient vanishes")
    return parameters, gradients, X, Y, dims, activation


def _with_fault(d, gradients, names):
    """The gradients with a fault of the kind that a wrong backward pass makes."""
    faulty = dict(gradients)
    if d.case in ("opposite sign", "zero gradient"):
        factor = -1.0 if d.case == "opposite sign" else 0.0
        _say_wrong(d, names, factor)
        return faulty | {name: factor * faulty[name] for name in names}
    kind = d.choice(["one block", "noise", "unrelated", "factor"])
    if kind == "one block":
        name, factor = d.choice(names), d.choice([4.0, -2.0, -1.0, 0.0, 2.0])
        _say_wrong(d, [name], factor)
        return faulty | {name: factor * faulty[name]}
    if kind == "factor":
        factor = d.choice([3.0, 0.5, 0.25])
        _say_wrong(d, names, factor)
        return faulty | {name: factor * faulty[name] for name in names}
    if kind == "noise":
        d.say("The gradients are wrong on purpose: to every entry a number is added.")
        return faulty | {name: faulty[name] + d.array(*faulty[name].shape, scale=0.1) for name in names}
    d.say("The gradients are wrong on purpose: every entry is another number.")
    return faulty | {name: d.array(*faulty[name].shape, scale=0.5) for name in names}


def _say_wrong(d, names, factor):
    d.say(f"The gradients are wrong on purpose: {factor:g} times the right values stand in {', '.join(names)}.")


def _faulty(steps):
    """A strategy: a fault that the reference measures as more than 0.1, at one of these values of epsilon."""

    def inputs(d):
        parameters, gradients, X, Y, dims, activation = _checkable(d)
        faulty = _with_fault(d, gradients, [f"d{name}" for name in parameters])
        args = parameters, faulty, X, Y, dims, d.choice(steps), activation
        if d._reference("gradient_check")(*args) < 0.1:
            d.reject("the planted fault is too small to be compared by value")
        return args

    return inputs


def _right_gradients(d):
    *network, activation = _checkable(d)
    args = *network, d.choice([1e-7, 1e-6]), activation
    if d._reference("gradient_check")(*args) > 1e-7:
        d.reject("rounding is too large here")
    return [args]


def _is_small(given):
    """The difference of right gradients is rounding: nobody's digits are compared."""
    difference = float(np.asarray(given.reply).item())
    if abs(difference) < 1e-6:
        return None
    return f"the gradients are right and the difference is {difference:.3g}, expected less than 1e-6"


def _small_gradients(d):
    """Examples that are surely right, in two degrees: small gradients with a fault, as the difference is relative.

    The third is surely wrong: there gradients are large, and no bound or small number below the line shows.
    """
    dims, X, _, parameters, activation = _network(d)
    Y, last, check = np.ones((1, X.shape[1])), f"b{len(dims) - 1}", d._reference("gradient_check")
    questions, sums = [], []
    for score in (9.0, 6.0, -3.0):
        AL, _ = d._reference("L_model_forward")(X, parameters, activation)
        lowest = np.log(AL / (1 - AL)).min()
        parameters = parameters | {last: parameters[last] + score - lowest}
        AL, caches = d._reference("L_model_forward")(X, parameters, activation)
        if min(np.abs(Z).min() for _, Z in caches[:-1]) < 1e-3:
            d.reject("too near to a kink")
        gradients = d._reference("L_model_backward")(AL, Y, caches, activation)
        if min(np.abs(gradients[f"d{name}"]).max() for name in parameters) < 1e-7:
            d.reject("a part of the gradient vanishes")
        faulty = gradients | {f"d{last}": 3.0 * gradients[f"d{last}"]}
        questions.append((parameters, faulty, X, Y, dims, 1e-5, activation))
        sums.append(sum(length_of(g, parameters) for g in (faulty, gradients)))
    d.note(right=[check(*question) for question in questions], sums=sums)
    return questions


def _is_relative(given):
    return difference_problem(given.replies[:2], given.facts["right"][:2])


def _bounded_below(given):
    return is_bounded_below(given.replies, given.facts["right"], given.facts["sums"])


# Small networks: a check calls the cost twice for every parameter.
_NARROW = {"width": (2, 4)}
_NETWORKS = (
    CaseClass("small", count=5, sizes={"width": (2, 3)}),
    CaseClass("general", count=8, sizes=_NARROW),
    CaseClass("one example", count=3, sizes={"m": 1, **_NARROW}),
    CaseClass("two layers", count=3, sizes={"L": 2, **_NARROW}),
    CaseClass("five layers", count=3, sizes={"L": 5, "width": 2}),
    CaseClass("opposite sign", count=3, sizes=_NARROW),
    CaseClass("zero gradient", count=3, sizes=_NARROW),
)
_LARGE_STEPS = CaseSet(
    "large values of epsilon",
    share=0.4,
    inputs=_faulty([0.03, 0.125, 0.25, 0.5]),
    classes=(CaseClass("general", count=6, sizes=_NARROW),),
)

ASSIGNMENT = Assignment(
    name="deep_gradient_checking",
    title="Gradient checking of a network of any depth",
    source="gradient check of a deep network",
    provided_helpers={
        "L_model_forward": "reference.deep_gradient_checking.L_model_forward",
        "compute_cost": "reference.dnn_step_by_step.compute_cost",
    },
    functions=(
        Function(
            "dictionary_to_vector",
            points=12,
            inputs=_parameters,
            returns="vector",
            summary="all parameters as one column",
            classes=_DEPTHS,
            properties=(Property("the entries of all parameters", share=0.1, plan=_with_entries, judge=_same_entries),),
        ),
        Function(
            "vector_to_dictionary",
            points=16,
            inputs=_vector,
            returns="parameters",
            summary="one column cut into the parameters of a network",
            classes=_DEPTHS,
        ),
        Function(
            "gradients_to_vector",
            points=14,
            inputs=_gradients,
            returns="vector",
            summary="all gradients as one column, in the order of the parameters",
            classes=_DEPTHS,
            sets=(
                CaseSet("entries dA are left out", share=0.3, inputs=_gradients_with_dA, classes=cases(small=3, general=6)),
                CaseSet(
                    "keys in any order",
                    share=0.1,
                    inputs=_gradients_in_any_order,
                    classes=(CaseClass("biases first", count=3), CaseClass("shuffled", count=5)),
                ),
            ),
            properties=(Property("whatever the order of the keys", share=0.1, plan=_two_orders, judge=_same_vector),),
        ),
        Function(
            "forward_prop_cost",
            points=12,
            inputs=_cost,
            returns="cost",
            summary="cost of the network with these parameters",
            classes=cases(one_example={"m": 1}, two_layers={"L": 2}, five_layers={"L": 5, "width": 3}),
            guards=("guarded",),
            helpers=("L_model_forward", "compute_cost"),
            properties=(
                Property("mean over batches", share=0.1, plan=_two_batches, judge=_weighted_mean),
                Property(
                    "a confident mistake costs its full price",
                    share=0.05,
                    plan=_sure_and_wrong,
                    judge=_is_the_full_price,
                    count=2,
                    fits={"guard-too-large": _guards_the_logarithm},
                ),
            ),
        ),
        Function(
            "forward_difference",
            points=10,
            inputs=_derivative,
            returns="derivative",
            summary="one-sided derivative of a function of one number",
            classes=(*cases(square={}, backwards={}, small=8, general=14, each=4), CaseClass("at 0", count=2)),
            properties=(Property("exact for straight lines", share=0.1, plan=_on_polynomials(1), judge=_is_exact),),
        ),
        Function(
            "central_difference",
            points=10,
            inputs=_derivative,
            returns="derivative",
            summary="two-sided derivative of a function of one number",
            classes=(*cases(square={}, backwards={}, small=8, general=14, each=4), CaseClass("at 0", count=2)),
            properties=(Property("exact for parabolas", share=0.1, plan=_on_polynomials(2), judge=_is_exact),),
        ),
        Function(
            "gradient_check",
            points=26,
            inputs=_faulty([1e-7, 2e-7, 1e-6]),
            returns="difference",
            summary="how far the gradients are from the numerical ones",
            classes=_NETWORKS,
            relative=1e-5,
            helpers=("dictionary_to_vector", "vector_to_dictionary", "gradients_to_vector", "forward_prop_cost"),
            sets=(_LARGE_STEPS,),
            properties=(
                Property(
                    "near 0 when the gradients are right",
                    share=0.2,
                    plan=_right_gradients,
                    judge=_is_small,
                    classes=(CaseClass("general", count=3, sizes=_NARROW),),
                ),
                Property(
                    "relative to small gradients, too",
                    share=0.05,
                    plan=_small_gradients,
                    judge=_is_relative,
                    classes=(CaseClass("general", count=2, sizes=_NARROW),),
                    fits={"bounded-below": _bounded_below},
                ),
            ),
        ),
    ),
)
