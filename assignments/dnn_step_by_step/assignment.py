"""A deep neural network, step by step: the building blocks of source 002."""

from itertools import combinations

import numpy as np

from grader.descent import along, is_underpriced, price_problem, slope_told, steeper
from grader.distributions import (
    at_right_scale,
    dependence_problem,
    gaussian_problem,
    handful_problem,
    in_layers,
    moments_problem,
    rounded_problem,
    uniform_problem,
)
from grader.properties import at_usual_sizes, no_shared_memory
from grader.spec import Assignment, CaseClass, CaseSet, Function, Property, Ref, Step, cases

# -- initialization ----------------------------------------------------------------------
#
# Weights are random, so they are judged by what they promise, in one call with more than 15,000
# entries per matrix. Wide and narrow layers take turns: where neighbours are of about the same size,
# a scale that reads the wrong one of the two would look right. Deep networks have two layers of one shape, with numbers of
# their own, and the root of their number of inputs, 55 or 56, is far from every whole number. Calls of usual sizes follow.

_WIDE = (CaseClass("wide", count=1),)
_SAME = {"n": 3, "k": 2, "m": 4}  # one after another: who remembers the last call by its shape is wrong
_SQUARE = {"n": 3, "k": 3, "m": 4}  # the same of layers whose input has the shape of their output


def _two_layers(d):
    return d.sizes("n_x", "n_h", "n_y")


def _two_usual_layers(d):
    """A single unit behind layers of any sizes, as in most networks, or two layers of one shape."""
    return d.choice([(*d.sizes("n_x", "n_h"), 1), (d.size("n_x"),) * 3])


def _two_wide_layers(d):
    return [(280 + d.integer(0, 20), 60 + d.integer(0, 4), 270 + d.integer(0, 20))]


def _deep(d):
    """Layers of any sizes; often the last one has a single unit, as that of most networks."""
    return (d.layers((1, 4), outputs=d.choice([None, 1])),)


def _two_layers_or_more(d):
    """One layer of zeros among others says nothing of the biases, as zeros everywhere do."""
    return (d.layers((2, 4), outputs=None),)


def _deep_and_wide(d):
    narrow, wide = 55 + d.integer(0, 1), 300 + d.integer(0, 20)
    return [([280 + d.integer(0, 9), narrow, wide, narrow, wide],)]


def _small(shape):
    return 0.01


def _scaled(shape):
    return 1 / np.sqrt(shape[1])


def _sizes(given):
    return given.args[0] if len(given.args) == 1 else given.args


def _parts(given, kind):
    """All weights, or all biases, of the layers that there are."""
    return in_layers(given.reply, kind, len(_sizes(given)) - 1)


def _weights(given):
    """The weight matrices that there must be, each of the right shape."""
    sizes = _sizes(given)
    weights = {f"W{layer}": value for layer, value in enumerate(_parts(given, "W"), 1)}
    for (name, value), shape in zip(weights.items(), zip(sizes[1:], sizes[:-1], strict=True), strict=True):
        if value.shape != shape:
            raise ValueError(f"{name} has shape {value.shape}, expected {shape}")
    return weights


def _gaussian_weights(*scales):
    """A judge: Gaussian weights, of one of the accepted scales in all layers but few."""

    def judge(given):
        weights = _weights(given)
        rounded = (rounded_problem(value, name) for name, value in weights.items())
        return _scale_problem(weights, scales, few=True) or next(filter(None, rounded), None)

    return judge


def _independent_weights(*scales):
    """A judge: weights of mean 0 and one of the accepted scales in all layers, none of which follow from others."""

    def judge(given):
        weights = _weights(given)
        return _scale_problem(weights, scales, moments_problem) or dependence_problem(weights)

    return judge


def _scale_problem(weights, scales, problem_of=gaussian_problem, *, few=False):
    """What speaks against each of the scales, told of the one from which the fewest layers are off, or the nearest one.

    With ``few``, some layers may have another scale: that counts elsewhere.
    """
    found = []
    for scale in scales:
        right = {name: scale(value.shape) for name, value in weights.items()}
        scaled = at_right_scale(weights, right) if few else weights
        off = [problem for name, value in scaled.items() if (problem := problem_of(value, right[name], name))]
        away = sum(abs(np.log(max(np.std(value), 1e-300) / right[name])) for name, value in weights.items())
        found.append((len(off), away, off))
    off = min(found, key=lambda one: one[:2])[2]
    return off[0] if off else None


def _usual_weights(*scales):
    """A judge for layers of usual sizes: weights that may have been drawn, of one of the accepted scales in all layers."""

    def judge(given):
        return _scale_problem(_weights(given), scales, handful_problem) or _equal_layers_problem(given)

    return judge


def _equal_layers_problem(given):
    """What speaks against numbers of their own in layers of one shape; a single one may be the same by chance."""
    for (name, one), (other, two) in combinations(_weights(given).items(), 2):
        if one.size > 1 and np.any(one) and np.array_equal(one, two):
            return f"{name} and {other} start with the same random numbers"
    return None


def _unequal_weights(given):
    """What breaks the symmetry, whatever the scale: no two units of a layer start alike."""
    for layer, weights in enumerate(_parts(given, "W"), 1):
        if weights.ndim != 2 or len(np.unique(weights, axis=0)) < len(weights) or not np.any(weights):
            return f"units of layer {layer} start with equal weights"
    return None if _parts(given, "W") else "there are no weights"


def _zero_biases(given):
    """Zero biases are nothing by themselves: a function that returns zeros everywhere has initialized nothing."""
    if not any(np.any(value) for value in _parts(given, "W")):
        return "the weights are zero as well"
    for layer, (bias, size) in enumerate(zip(_parts(given, "b"), _sizes(given)[1:], strict=False), 1):
        if bias.shape != (size, 1):
            return f"b{layer} has shape {bias.shape}, expected {(size, 1)}"
        if np.any(bias):
            return f"b{layer} is not zero everywhere"
    return None


def _every_weight(relation):
    """A predicate for a mistake: the relation holds for all weight matrices."""
    return lambda given: all(relation(value) for value in _weights(given).values())


def _spread(scale):
    """Gaussian weights of another scale."""
    return _every_weight(lambda W: gaussian_problem(W, scale(W.shape), "W") is None)


def _between_bounds(W):
    """Uniform weights: with the bounds that a uniform distribution of this standard deviation has, unlike a cut Gaussian."""
    reach = np.abs(W).max()
    reached = np.isclose(reach, np.sqrt(3) * np.std(W), rtol=0.015)
    return np.any(W) and reached and uniform_problem(W, -reach, reach, "W") is None


def _repeats(given):
    found = [value.ravel() for value in _weights(given).values()]
    count = min(map(len, found))
    first = found[0][:count] / np.std(found[0][:count])
    return all(np.allclose(first, v[:count] / np.std(v[:count]), rtol=1e-6) for v in found[1:])


def _share_numbers(given):
    """Whether two layers hold the same numbers, as those of one shape or as corners of one pool."""
    for one, two in combinations(_weights(given).values(), 2):
        rows, columns = np.minimum(one.shape, two.shape)
        shared = one[:rows, :columns] / np.std(one[:rows, :columns]), two[:rows, :columns] / np.std(two[:rows, :columns])
        if np.allclose(*shared, rtol=1e-6):
            return True
    return False


def _zero_layer(given):
    """Whether the weights of a layer are zero, and not all weights."""
    drawn = [bool(np.any(value)) for value in _weights(given).values()]
    return any(drawn) and not all(drawn)


def _unscaled_layer(given):
    """Whether the weights of a layer have the deviation 1, and not all weights."""
    unscaled = [gaussian_problem(value, 1.0, name) is None for name, value in _weights(given).items()]
    return any(unscaled) and not all(unscaled)


def _mixed_scales(given):
    """Whether each layer has one of the two accepted scales, and not the same one in all of them."""
    fits = [[gaussian_problem(W, s(W.shape), "W") is None for s in (_small, _scaled)] for W in _weights(given).values()]
    return all(sum(one) == 1 for one in fits) and len({tuple(one) for one in fits}) == 2


_FITS = {
    "zero-layer": _zero_layer,
    "layer-without-scale": _unscaled_layer,
    "zero-weights": _every_weight(lambda W: not np.any(W)),
    "repeated-layers": _repeats,
    "shared-numbers": _share_numbers,
    "not-centred": _every_weight(lambda W: W.min() >= 0 and W.max() > 0),
    "uniform-weights": _every_weight(_between_bounds),
    "missing-scale": _spread(lambda shape: 1.0),
    "variance-for-deviation": _spread(lambda shape: 0.1),
}
_FITS_TWO = {**_FITS, "scaled-by-inputs": _spread(_scaled)}
_FITS_DEEP = {
    **_FITS,
    "mixed-scales": _mixed_scales,
    "he-scale": _spread(lambda shape: np.sqrt(2 / shape[1])),
    "xavier-scale": _spread(lambda shape: np.sqrt(2 / sum(shape))),
    "scaled-by-units": _spread(lambda shape: 1 / np.sqrt(shape[0])),
    "rounded-root": _spread(lambda shape: 1 / np.floor(np.sqrt(shape[1]))),
    "variance-for-deviation": _spread(lambda shape: 1 / shape[1]),
}


def _drawn_biases(given):
    return all(np.any(given.reply[f"b{layer}"]) for layer in range(1, len(_sizes(given))))


_BIAS_FITS = {"zero-weights": _FITS["zero-weights"], "drawn-biases": _drawn_biases}


def _random_properties(wide, usual, several, promise, fits, *scales):
    """What random weights promise in a wide network, and as far as it can be told in a usual one; biases are zero."""
    unequal = Property(
        "no two units start alike",
        share=0.15,
        plan=wide,
        judge=_unequal_weights,
        classes=_WIDE,
        fits={code: _FITS[code] for code in ("zero-layer", "zero-weights")},
    )
    independent = Property(
        "weights are independent, with mean 0 and the right deviation",
        share=0.225,
        plan=wide,
        judge=_independent_weights(*scales),
        classes=_WIDE,
        fits=fits,
    )
    drawn = Property(promise, share=0.225, plan=wide, judge=_gaussian_weights(*scales), classes=_WIDE, fits=fits)
    return (
        # That a network of one layer has no weights at all is a matter of its structure.
        at_usual_sizes(unequal, inputs=usual, judge=lambda given: _unequal_weights(given) if _parts(given, "W") else None),
        at_usual_sizes(independent, inputs=usual, judge=_usual_weights(*scales)),
        drawn,
        Property("biases are zero", share=0.25, plan=lambda d: [several(d)], judge=_zero_biases, fits=_BIAS_FITS),
    )


# -- forward -----------------------------------------------------------------------------


def _linear(d):
    n, k, m = d.sizes("n", "k", "m")
    return d.array(k, m), d.array(n, k), d.array(n, 1)


def _far_out(d, examples):
    """Factors that take all examples far out, or every second one."""
    far = {"extreme": slice(None), "far and near": slice(0, None, 2)}.get(d.case, slice(0))
    factors = np.ones((1, examples.shape[1]))
    factors[:, far] = 1500
    return factors


def _both_far_out(count):
    """Inputs that are far out as a whole, and such with examples of both kinds."""
    near = count // 2 or 1
    return CaseClass("extreme", count=count - near), CaseClass("far and near", count=near, sizes={"m": (2, 5)})


def _layer(d):
    activation = d.choice(["sigmoid", "relu"])
    A_prev, W, b = _linear(d)
    A_prev *= _far_out(d, A_prev)
    if d.case == "general" and activation == "relu":  # which has no upper end
        A_prev *= 8
    if (W @ A_prev + b > 0).all():
        d.reject("relu changes nothing")
    return A_prev, W, b, activation


def _network(d):
    dims = d.layers((2, 4) if d.case == "general" else (3, 4))
    if d.case == "narrow":  # a hidden layer with as many units as the last one
        dims[d.integer(1, len(dims) - 2)] = 1
    X, parameters = d.array(dims[0], d.size("m")), d.parameters(dims)
    if d.case == "dead layer":  # nothing comes out of it, and no gradient comes back through it
        parameters[f"b{d.integer(1, len(dims) - 2)}"] -= 25.0
    X *= _far_out(d, X)
    return X, parameters


_NETWORKS = {
    "one_example": {"m": 1},
    "two_layers": {"L": 2},
    "five_layers": {"L": 5},
    "equal_widths": {"width": 3, "L": 4},  # each layer's weights and gradients would fit another one's place
    "narrow": {},
}
_ELEVEN = {"eleven_layers": {"L": 11, "width": (2, 3)}}  # W10 is neither W1 nor W0


def _two_inputs_and_their_sum(d):
    A, W, b = _linear(d)
    other = d.array(*A.shape)
    return [(A, W, b), (other, W, b), (A + other, W, b)]


def _bias_counts_once(given):
    (first, _), (second, _), (both, _) = given.replies
    b = given.args[2]
    if np.allclose(first + second - both, b + np.zeros_like(both), rtol=1e-9, atol=1e-9):
        return None
    return "Z for A1 plus Z for A2 minus Z for A1 + A2 is not b"


def _mirrored_layer(d):
    A_prev, W, b, activation = _layer(d)
    return [(A_prev, W, b, activation), (A_prev, -W, -b, activation)]


def _mirror_relation(given):
    (A, _), (mirrored, _) = given.replies
    if given.args[3] == "sigmoid":
        return None if np.allclose(A + mirrored, 1, rtol=0, atol=1e-9) else "sigmoid: the two outputs do not add up to 1"
    right = (A >= 0).all() and (mirrored >= 0).all() and np.allclose(A * mirrored, 0, rtol=0, atol=1e-12)
    return None if right else "relu: at most one of the two outputs may be positive, and none negative"


def _batch_and_its_parts(d):
    dims = d.layers()
    X, parameters = d.array(dims[0], 5), d.parameters(dims)
    return [(X, parameters), (X[:, :2], parameters), (X[:, 2:], parameters)]


def _each_column_by_itself(given):
    whole, left, right = (AL for AL, _ in given.replies)
    if np.allclose(whole, np.concatenate([left, right], axis=1), rtol=1e-9, atol=1e-12):
        return None
    return "the output for an example depends on the other examples of the batch"


def _predictions(d):
    """Predictions of every size; near 0 or 1, a cut that is more than a guard against log(0) shows."""
    m = d.size("m")
    if d.case != "confident":
        return d.probabilities(1, m), d.labels(1, m)
    small = d.probabilities(1, m, low=3e-4, high=9e-4)
    kind = d.rng.permutation(m).reshape(1, m) % 4  # sure of either label, rightly and wrongly
    return np.where(kind < 2, small, 1 - small), (kind % 2).astype(np.float64)


def _sure_of_the_other_label(d):
    """Usual predictions, and then two that are as good as sure of the wrong label: who guards one end is wrong for one."""
    sure = [10.0 ** -d.number(6.25, 6.4) for _ in range(2)]
    mistakes = [(np.full((1, 1), AL), np.full((1, 1), label)) for AL, label in ((1 - sure[0], 0.0), (sure[1], 1.0))]
    calls = [(d.probabilities(1, 8, low=0.2, high=0.8), d.labels(1, 8)), *mistakes]
    d.note(prices=[d.right("compute_cost", *call) for call in calls])
    return calls


def _is_the_full_price(given):
    """A guard of at most 1e-7 takes a fifth of the probability away, a wider one much more."""
    return price_problem(given.replies[1:], given.facts["prices"][1:])


def _guards_the_logarithm(given):
    """The usual cost is right, and that of a confident mistake is too small."""
    usual, right = float(np.asarray(given.replies[0]).item()), given.facts["prices"][0]
    return abs(usual - right) < 0.1 * right and is_underpriced(given.replies[1:], given.facts["prices"][1:])


def _two_batches(d):
    (AL, Y), (other, labels) = _predictions(d), _predictions(d)
    return [(AL, Y), (other, labels), (np.concatenate([AL, other], 1), np.concatenate([Y, labels], 1))]


def _weighted_mean(given):
    first, second, both = (float(np.asarray(r).item()) for r in given.replies)
    n, k = (step.args[0].shape[1] for step in given.steps[:2])
    expected = (n * first + k * second) / (n + k)
    if not np.isfinite([first, second, both]).all():
        return f"the costs of two batches and of both together are {first:.6g}, {second:.6g} and {both:.6g}"
    if np.isclose(both, expected, rtol=1e-6, atol=1e-12):
        return None
    costs = f"batches of {n} and {k} examples cost {first:.6g} and {second:.6g}"
    return f"{costs}: their mean over all examples is {expected:.6g}, but both together cost {both:.6g}"


def _positive_labels(d):
    AL, _ = _predictions(d)
    return [(AL, np.ones(AL.shape))]


def _mean_of_logarithms(given):
    AL, _ = given.args
    cost, expected = float(np.asarray(given.reply).item()) + 0.0, -float(np.mean(np.log(AL)))
    if np.isclose(cost, expected, rtol=1e-5, atol=1e-9):
        return None
    return f"where all labels are 1 the cost is {cost:.6g}, expected {expected:.6g}"


# -- backward ----------------------------------------------------------------------------
#
# The cases of values hand over the contract's cache. Where they hand over the student's own, the forward pass has been
# called for another layer since then: only the cache tells the two apart. The properties use the student's own forward pass
# and whatever it caches: the second part of the first reply.

_CACHE = Ref(0, (1,))


_SIZES_OF_GRADIENTS = (1.0, 40.0)  # a clip shows in large ones alone


def _linear_backward(d):
    A_prev, W, b = _linear(d)
    Z, cache = d.call("linear_forward", A_prev, W, b)
    d.call("linear_forward", *(d.array(*part.shape) for part in (A_prev, W, b)))
    return _through_relu(d, d.array(*Z.shape, scale=d.choice(_SIZES_OF_GRADIENTS))), cache


def _through_relu(d, gradient):
    """What a relu layer hands on: exact zeros in many places, and nothing at all for a unit that is dead."""
    if d.case == "general":
        return np.where(d.array(*gradient.shape) > 0, gradient, 0.0)
    if d.case == "square":
        gradient[d.integer(0, len(gradient) - 1)] = 0.0
    return gradient


def _any_direction(d):
    A_prev, W, b = _linear(d)
    d.note(directions=[d.array(*part.shape) for part in (A_prev, W, b)])
    dZ = _through_relu(d, d.array(W.shape[0], A_prev.shape[1]))
    return [Step("linear_forward", (A_prev, W, b)), Step("linear_backward", (dZ, _CACHE))]


def _follows_the_change_of_Z(given):
    """Move A_prev, W and b a little: sum(dZ * change of Z) is what the three gradients say it is."""
    (A_prev, W, _), dZ = given.steps[0].args, given.args[0]
    dA_prev, dW, db = given.reply
    if db.shape != given.steps[0].args[2].shape:
        return f"db has shape {db.shape}, b has shape {given.steps[0].args[2].shape}"
    toward_A, toward_W, toward_b = given.facts["directions"]
    m = A_prev.shape[1]
    expected = np.sum(dZ * (W @ toward_A)) / m + np.sum(dZ * (toward_W @ A_prev + toward_b)) / m
    claimed = np.sum(dA_prev * toward_A) / m + np.sum(dW * toward_W) + np.sum(db * toward_b)
    if np.isclose(claimed, expected, rtol=1e-9, atol=1e-9):
        return None
    return slope_told(expected, claimed, of="sum(dZ * Z) / m", by="your three gradients")


def _layer_backward(d):
    A_prev, W, b, activation = _layer(d)
    if d.case == "kink":
        activation = "relu"
        A_prev[:, 0] = 0.0
        b[:: d.integer(1, 2)] = 0.0
    A, cache = d.call("linear_activation_forward", A_prev, W, b, activation)
    d.call("linear_activation_forward", *(d.array(*part.shape) for part in (A_prev, W, b)), activation)
    dA = np.zeros(A.shape) if d.case == "zero gradient" else d.array(*A.shape, scale=d.choice(_SIZES_OF_GRADIENTS))
    return dA, cache, activation


def _two_gradients_and_their_sum(d):
    A_prev, W, b, activation = _layer(d)
    dA, other = (d.array(W.shape[0], A_prev.shape[1]) for _ in range(2))
    forward = Step("linear_activation_forward", (A_prev, W, b, activation))
    return [forward, *((gradient, _CACHE, activation) for gradient in (dA, other, dA + other))]


def _is_linear_in_dA(given):
    for name, *parts in zip(("dA_prev", "dW", "db"), *given.replies[1:], strict=True):
        one, two, both = parts
        if not np.allclose(one + two, both, rtol=1e-9, atol=1e-9):
            return f"{name} for the sum of two gradients dA is not the sum of the two {name}"
    return None


def _network_backward(d):
    X, parameters = _network(d)
    if d.case == "general":
        parameters = steeper(parameters, 64.0)
    if d.case == "one layer":  # sure of itself: a cut at 0.05 shows
        parameters["W1"] *= 4
    if d.case == "kink":  # every hidden unit gets exactly 0 of the first example, and no slope
        X[:, 0] = 0.0
        parameters |= {name: np.zeros_like(value) for name, value in parameters.items() if name.startswith("b")}
    AL, caches = d.call("L_model_forward", X, parameters)
    d.call("L_model_forward", d.array(*X.shape), parameters)
    sure = min(AL.min(), 1 - AL.max())
    if sure < (0.005 if d.case == "one layer" else 0.05):
        d.reject("a guard of 1e-7 would show")
    if d.case == "one layer" and sure > 0.03:
        d.reject("not sure of itself")
    return AL, d.labels(*AL.shape), caches


def _slope(d):
    """A network, and how fast its cost changes along a random direction of the parameters."""
    dims = d.layers()
    X, parameters, Y = d.array(dims[0], 4), d.parameters(dims), d.labels(1, 4)
    AL, caches = d.right("L_model_forward", X, parameters)
    pre_activations = np.concatenate([np.abs(Z).ravel() for _, Z in caches])
    if pre_activations.min() < 1e-3 or pre_activations.max() > 8:
        d.reject("too near to a kink, or saturated")
    direction = {name: d.rng.standard_normal(value.shape) for name, value in parameters.items()}
    d.note(direction=direction, slope=_slope_along(d, direction, X, parameters, Y))
    return [Step("L_model_forward", (X, parameters)), Step("L_model_backward", (Ref(0, (0,)), Y, _CACHE))]


def _slope_along(d, direction, X, parameters, Y):
    plus, minus = (
        d.right("compute_cost", d.right("L_model_forward", X, moved)[0], Y)
        for moved in ({n: v + sign * 1e-5 * direction[n] for n, v in parameters.items()} for sign in (1, -1))
    )
    return (plus - minus) / 2e-5


def _slope_of_a_confident_mistake(d):
    """The same of three networks that differ in the last bias alone: two of them are as good as sure of a wrong label."""
    (forward, _) = _slope(d)
    X, parameters = forward.args
    last, m = f"b{len(parameters) // 2}", X.shape[1]
    score = d.right("L_model_forward", X, parameters)[1][-1][1][0, 0]
    networks = [(parameters, d.labels(1, m))]
    for label, sign in (0.0, 1), (1.0, -1):
        Y = np.full((1, m), 1 - label)
        Y[0, 0] = label
        networks.append((parameters | {last: parameters[last] + sign * (13.0 + d.number(0, 0.5)) - score}, Y))
    direction, slopes, steps = d.facts["direction"], [], []
    for network, Y in networks:
        AL, _ = d.right("L_model_forward", X, network)
        slopes.append(_slope_along(d, direction, X, network, Y))
        steps += [Step("L_model_forward", (X, network)), Step("L_model_backward", (AL, Y, Ref(len(steps), (1,))))]
    if min(map(abs, slopes)) < 0.05:
        d.reject("hardly any slope")
    d.note(slopes=slopes)
    return steps


def _claims(given):
    """The slopes that the gradients claim, and the right ones."""
    return list(
        zip((along(reply, given.facts["direction"]) for reply in given.replies[1::2]), given.facts["slopes"], strict=True)
    )


def _is_the_slope_of_a_mistake(given):
    """A guard of at most 1e-7 takes some hundredths of it away, a wider one much more."""
    for (claimed, slope), step in list(zip(_claims(given), given.steps[1::2], strict=True))[1:]:
        if not abs(claimed - slope) < 0.15 * abs(slope):
            AL, Y, _ = step.args
            return f"the label {Y[0, 0]:.0f} has a probability of {abs(1 - Y - AL)[0, 0]:.2g}: {slope_told(slope, claimed)}"
    return None


def _guards_the_division(given):
    """The usual gradients are right, and those of a confident mistake are too small."""
    (usual, right), *others = _claims(given)
    shares = [claimed / slope for claimed, slope in others]
    return bool(abs(usual - right) < 0.1 * abs(right) and -0.1 < min(shares) < 0.85 and max(shares) < 1.15)


def _is_the_slope(given):
    slope = given.facts["slope"]
    claimed = along(given.reply, given.facts["direction"])
    if np.isclose(claimed, slope, rtol=1e-5, atol=1e-6):
        return None
    return slope_told(slope, claimed)


# -- update ------------------------------------------------------------------------------


def _as_returned(d, grads):
    """Gradients as a backward pass builds them: the last layer first, often with those of the activations between them."""
    returned, keys = {}, d.choice([None, 0, 1, 1])  # no dA, or the first layer's under dA1 or dA0
    if keys == 1 and d.integer(0, 1):  # and that of the output
        returned[f"dA{len(grads) // 2}"] = d.array(len(grads[f"db{len(grads) // 2}"]), 3)
    for layer in range(len(grads) // 2, 0, -1):
        if keys is not None:
            returned[f"dA{layer - keys}"] = d.array(len(grads[f"db{layer}"]), 3)
        returned.update({name: grads[name] for name in (f"db{layer}", f"dW{layer}")})
    return returned


def _update(d):
    parameters = d.parameters(d.layers((1, 4)))
    grads = d.like(parameters, scale={"steep": 250.0, "one layer": 0.004}.get(d.case, 1.0))
    if d.case in ("five layers", "one layer"):  # as training starts
        parameters |= {name: np.zeros_like(value) for name, value in parameters.items() if name.startswith("b")}
    if d.case == "zero gradient":
        grads = {name: np.zeros_like(value) for name, value in grads.items()}
    if d.case == "zeros among others":
        grads = d.partly_zero(grads)
    if d.case == "small gradients":  # so that a step of theirs shows, the parameters are as small
        parameters, grads = ({name: 1e-9 * value for name, value in part.items()} for part in (parameters, grads))
    if d.case != "small":
        grads = _as_returned(d, grads)
    return parameters, grads, 0.0 if d.case == "rate of 0" else d.choice([0.0075, 0.05, 0.125, 0.5, 1.25])


def _halves_and_whole(d):
    parameters, grads, rate = _update(d)
    return [(parameters, grads, rate / 2), (Ref(0), grads, rate / 2), (parameters, grads, rate)]


def _same_place(given):
    _, halves, whole = given.replies
    for name, value in whole.items():
        if not np.allclose(halves[name], value, rtol=1e-9, atol=1e-12):
            return f"two steps with half the learning rate do not lead where one whole step leads ({name})"
    return None


ASSIGNMENT = Assignment(
    name="dnn_step_by_step",
    title="Building a deep neural network, step by step",
    source="deep networks step by step",
    provided_helpers={
        name: f"reference.activations.{name}" for name in ("sigmoid", "relu", "sigmoid_backward", "relu_backward")
    },
    functions=(
        Function(
            "initialize_parameters",
            points=5,
            inputs=_two_layers,
            returns="parameters",
            summary="small Gaussian weights and zero biases of a two-layer network",
            random=frozenset({"W{l}"}),
            weights={"W{l}": 2.0},
            properties=_random_properties(
                _two_wide_layers, _two_usual_layers, _two_layers, "weights are Gaussian * 0.01", _FITS_TWO, _small
            ),
            classes=cases(one_unit={"n_h": 1}, one_feature={"n_x": 1}),
            inputs_share=0.0,
        ),
        Function(
            "initialize_parameters_deep",
            points=8,
            inputs=_deep,
            returns="parameters",
            summary="Gaussian weights and zero biases of an L-layer network",
            random=frozenset({"W{l}"}),
            weights={"W{l}": 2.0},
            alternatives=("scaled",),
            properties=(
                *_random_properties(
                    _deep_and_wide,
                    _deep,
                    _two_layers_or_more,
                    "weights are Gaussian * 0.01 (or / sqrt(n_prev)) in all layers",
                    _FITS_DEEP,
                    _small,
                    _scaled,
                ),
                no_shared_memory(share=0.05, drawn=True),
            ),
            classes=cases(one_layer={"L": 1}, five_layers={"L": 5}),
        ),
        Function(
            "linear_forward",
            points=8,
            inputs=_linear,
            returns=("Z", "cache"),
            labels={"cache": ("A", "W", "b")},
            summary="Z = W A + b",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, one_feature={"k": 1}, square={"n": 3, "k": 3, "m": 3}),
            weights={"cache": 0.4},
            properties=(Property("b counts once", share=0.1, plan=_two_inputs_and_their_sum, judge=_bias_counts_once),),
        ),
        Function(
            "linear_activation_forward",
            points=8,
            inputs=_layer,
            returns=("A", "cache"),
            summary="one layer forward: A = g(W A_prev + b)",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, square={"n": 3, "k": 3}),
            weights={"cache": 0.4},
            helpers=("linear_forward", "sigmoid", "relu"),
            properties=(
                Property("-W and -b mirror the layer", share=0.1, plan=_mirrored_layer, judge=_mirror_relation, count=6),
            ),
            sets=(CaseSet("finite far out", share=0.1, inputs=_layer, classes=_both_far_out(6)),),
        ),
        Function(
            "L_model_forward",
            points=13,
            inputs=_network,
            returns=("AL", "caches"),
            summary="the whole network forward",
            # Not one layer alone: many public solutions count the last one from the variable of their loop.
            classes=cases(**_NETWORKS, **_ELEVEN),
            weights={"caches": 0.4},
            helpers=("linear_activation_forward",),
            properties=(
                Property("each example by itself", share=0.1, plan=_batch_and_its_parts, judge=_each_column_by_itself),
            ),
            sets=(CaseSet("finite far out", share=0.05, inputs=_network, classes=_both_far_out(3)),),
        ),
        Function(
            "compute_cost",
            points=8,
            inputs=_predictions,
            returns="cost",
            summary="cross-entropy, mean over the examples",
            classes=cases(one_example={"m": 1}, many={"m": (20, 40)}, confident={"m": (4, 7)}),
            guards=("guarded",),
            properties=(
                Property("mean over batches", share=0.1, plan=_two_batches, judge=_weighted_mean),
                Property("right where all labels are 1", share=0.1, plan=_positive_labels, judge=_mean_of_logarithms),
                Property(
                    "a confident mistake costs its full price",
                    share=0.05,
                    plan=_sure_of_the_other_label,
                    judge=_is_the_full_price,
                    count=2,
                    fits={"guard-too-large": _guards_the_logarithm},
                ),
            ),
        ),
        Function(
            "linear_backward",
            points=14,
            inputs=_linear_backward,
            returns=("dA_prev", "dW", "db"),
            labels={"cache": ("A_prev", "W", "b")},
            summary="gradients of the linear part of a layer",
            classes=cases(
                one_example={"m": 1},
                one_unit={"n": 1},
                one_feature={"k": 1},
                square={"n": 3, "k": 3, "m": 3},
                same_size=_SAME,
            ),
            helpers=("linear_forward",),
            properties=(
                Property("follows the change of Z", share=0.15, plan=_any_direction, judge=_follows_the_change_of_Z),
            ),
        ),
        Function(
            "linear_activation_backward",
            points=10,
            inputs=_layer_backward,
            returns=("dA_prev", "dW", "db"),
            summary="gradients of one layer",
            classes=cases(one_example={"m": 1}, one_unit={"n": 1}, kink={}, zero_gradient={}, same_size=_SQUARE),
            helpers=("relu_backward", "sigmoid_backward", "linear_backward", "linear_activation_forward"),
            properties=(
                Property("linear in dA", share=0.1, plan=_two_gradients_and_their_sum, judge=_is_linear_in_dA, count=6),
            ),
            sets=(CaseSet("finite far out", share=0.05, inputs=_layer_backward, classes=_both_far_out(4)),),
        ),
        Function(
            "L_model_backward",
            points=18,
            inputs=_network_backward,
            returns="grads",
            summary="the whole network backward",
            classes=cases(**_NETWORKS, one_layer={"L": 1}, dead_layer={}, kink={}),
            alternatives=("later_keys",),
            guards=("guarded", "guarded_later_keys", "guarded_quotient", "guarded_quotient_later_keys"),
            optional=frozenset({"dA{l}"}),
            weights={"dA{l}": 0.5},
            helpers=("linear_activation_backward", "L_model_forward"),
            properties=(
                Property("gradients are the slope of the cost", share=0.1, plan=_slope, judge=_is_the_slope),
                Property(
                    "a confident mistake has its full slope",
                    share=0.05,
                    plan=_slope_of_a_confident_mistake,
                    judge=_is_the_slope_of_a_mistake,
                    count=2,
                    fits={"guard-too-large": _guards_the_division},
                ),
            ),
        ),
        Function(
            "update_parameters",
            points=8,
            inputs=_update,
            returns="parameters",
            summary="one step of gradient descent",
            classes=cases(
                one_layer={"L": 1},
                five_layers={"L": 5},
                **_ELEVEN,
                zero_gradient={},
                zeros_among_others={},
                rate_of_0={},
                steep={},
                small_gradients={},
            ),
            properties=(Property("two half steps make a whole one", share=0.1, plan=_halves_and_whole, judge=_same_place),),
        ),
    ),
)
