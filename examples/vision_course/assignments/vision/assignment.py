"""Convolutional networks for vision: layers, update rules, a nearest-neighbour classifier and a network of two layers."""

import numpy as np

from grader.distributions import gaussian_problem, handful_problem, share_problem
from grader.properties import at_usual_sizes, kept_share, seeded, unbiased
from grader.spec import Assignment, CaseClass, Function, Manual, Property, Ref, Step, cases

FEW = cases(small=3, general=4)
CACHE = "cache"  # what a forward pass keeps is its author's own business


def backward_of(forward, inputs):
    """A strategy: a gradient, and the cache of a forward pass on drawn inputs."""

    def draw(d):
        out, cache = d.call(forward, *inputs(d))
        return d.array(*out.shape), cache

    return draw


# -- layers ----------------------------------------------------------------------------------------


def affine(d):
    n, p, q, m = d.sizes("n", "p", "q", "m")
    x = d.array(n, p, q) if d.case == "images" else d.array(n, p * q)
    w, b = d.array(p * q, m), d.array(m)
    return tuple(a.astype(np.float32) for a in (x, w, b)) if d.case == "single precision" else (x, w, b)


def rows(d):
    return (d.array(*d.sizes("n", "k")),)


def scores(d):
    n, c = d.sizes("n", "c")
    x, y = d.array(n, c), d.labels(n, classes=c)
    if d.case == "large scores":  # each example around another large number, and one wrong class far below
        x = x + d.array(n, 1, scale=2000.0)
        x[np.arange(n), (y + 1) % c] -= 1000.0
    if np.any(np.abs(x - x[np.arange(n), y][:, None] + 1) < 1e-3):
        d.reject("a margin of zero")
    return x, y


def batch(d):
    n, k = d.sizes("n", "k")
    x = d.array(n, k)
    if min(x.var(axis=0).min(), x.var(axis=1).min()) < 0.1:
        d.reject("nearly constant")
    averages = {"running_mean": d.array(k), "running_var": d.array(k, positive=True)}
    return x, d.array(k), d.array(k), {"mode": "train", "eps": 1e-5, "momentum": d.choice([0.9, 0.5]), **averages}


def batch_or_test(d):
    x, gamma, beta, param = batch(d)
    return x, gamma, beta, {**param, "mode": "test" if d.case == "test time" else "train"}


def examples(d):
    return *batch(d)[:3], {"eps": 1e-5}


BATCHES = (
    CaseClass("small", count=3, sizes={"n": (3, 5), "k": (2, 4)}),
    CaseClass("general", count=4, sizes={"n": (3, 8), "k": (3, 6)}),
)


def image(d):
    stride, pad = d.choice([1, 2]), d.choice([0, 1, 2])
    rows, columns = d.choice([(3, 3), (3, 2), (2, 3)])
    height, width = (size + stride * d.integer(0, 2) for size in (rows, columns))
    if 2 * pad % stride:
        d.reject("a window that does not fit")
    x = d.image(d.integer(1, 3), d.integer(1, 3), height, width)
    filters = d.integer(1, 3)
    return x, d.array(filters, x.shape[1], rows, columns), d.array(filters), {"stride": stride, "pad": pad}


def pooled(d):
    height, width, stride = d.integer(2, 3), d.integer(2, 3), d.choice([1, 2, 3])
    rows, columns = (size + stride * d.integer(1, 2) for size in (height, width))
    window = {"pool_height": height, "pool_width": width, "stride": stride}
    return d.image(d.integer(1, 3), d.integer(1, 3), rows, columns), window


# -- dropout: random in training, and of two editions ------------------------------------------------

MODES = (CaseClass("test time", count=4), CaseClass("training", count=3, random="out"))
MODES_BACK = (CaseClass("test time", count=4), CaseClass("training", count=3, random="dx"))


def dropout(d):
    param = {"p": d.choice([0.25, 0.75]), "mode": "test" if d.case == "test time" else "train"}
    return d.array(*d.sizes("n", "k")), param


def wide(d):
    return np.full((150, 120), 2.0), {"p": d.choice([0.3, 0.8]), "mode": "train"}


def with_seed(d, seed):
    x = d.facts.setdefault("x", d.array(6, 5))
    return x, {"p": 0.5, "mode": "train", "seed": seed}


def usual(d):
    return d.array(d.integer(8, 12), d.integer(8, 12)), {"p": 0.5, "mode": "train"}


def is_drawn(given):
    return share_problem(given.reply[0], 0.5, "out")


def ones_there_and_back(d):
    ones = np.ones((d.integer(8, 30), d.integer(8, 30)))
    train, test = ({"p": 0.25, "mode": mode} for mode in ("train", "test"))
    forward = [Step("dropout_forward", (ones, param)) for param in (train, test)]
    return [*forward, *((3 * ones, Ref(n, (1,))) for n in range(2))]


def same_mask(given):
    (out, _), (whole, _), *back = given.replies
    if not np.any(out):
        return "everything is dropped"
    alike = all(np.allclose(3 * there, dx) for there, dx in zip((out, whole), back, strict=True))
    return None if alike else "a gradient of threes is not three times what became of ones"


# -- updates: a dictionary goes in, and comes back ----------------------------------------------------


def step(**state):
    """A strategy: weights, a gradient, and settings drawn from what is named here."""

    def draw(d):
        n, k = d.sizes("n", "k")
        drawn = {name: d.choice(options) for name, options in state.items() if isinstance(options, list)}
        arrays = {name: d.array(n, k, positive=sign == "+") for name, sign in state.items() if isinstance(sign, str)}
        return d.array(n, k), d.array(n, k), {"learning_rate": d.choice([0.5, 0.01]), **drawn, **arrays}

    return draw


def update(name, points, alternatives=(), **state):
    both = ("w", "config")
    return Function(
        name, points=points, inputs=step(**state), returns=("next_w", "config"), changes=both, classes=FEW,
        alternatives=alternatives, summary=f"one step of {name}",
    )  # fmt: skip


# -- classes ----------------------------------------------------------------------------------------


def trained(d):
    """A classifier that knows its examples, and new ones."""
    n, m, k = d.sizes("train", "test", "k")
    return d.make("KNearestNeighbor", X_train=d.array(n, k), y_train=d.labels(n, classes=3)), d.array(m, k)


def untrained(d):
    n, k = d.sizes("train", "k")
    return d.make("KNearestNeighbor"), d.array(n, k), d.labels(n, classes=3)


def distances(d):
    n, m = d.sizes("train", "test")
    knn = d.make("KNearestNeighbor", X_train=d.array(n, 2), y_train=d.labels(n, classes=3))
    return knn, d.array(m, n, positive=True), d.integer(1, n)


def network(d):
    n, p, h, c = d.sizes("n", "p", "h", "c")
    layers = {"W1": d.array(p, h), "b1": d.array(h), "W2": d.array(h, c), "b2": d.array(c)}
    net = d.make("TwoLayerNet", p, h, c, 0.01, 0.0 if d.case == "no regularization" else d.choice([0.5, 2.0]), params=layers)
    return net, d.array(n, p), d.labels(n, classes=c)


def wide_and_usual(d):
    sizes = (150, 120, 130), d.sizes("p", "h", "c")
    return [step for n, some in enumerate(sizes) for step in ((*some, 0.03, 0.5), Step("TwoLayerNet.params", (Ref(2 * n),)))]


def gaussian(given):
    for found, problem_of in zip(given.replies[1::2], (gaussian_problem, handful_problem), strict=True):
        if np.any(found["b1"]) or np.any(found["b2"]):
            return "the biases are not zero"
        problems = (problem_of(found[name], 0.03, name) for name in ("W1", "W2"))
        if problem := next(filter(None, problems), None):
            return problem
    return None


DISTANCES = tuple(f"KNearestNeighbor.compute_distances_{form}" for form in ("two_loops", "one_loop", "no_loops"))


def distance(name, points):
    return Function(name, points=points, inputs=trained, returns="dists", classes=FEW, summary="distances of all pairs")


LAYERS = (
    Function(
        "affine_forward", points=4, inputs=affine, returns=("out", CACHE), opaque=CACHE,
        classes=(*cases(small=3, general=3, images={}), CaseClass("single precision", count=2)),
        summary="x w + b, each example as one row",
    ),
    Function(
        "affine_backward", points=5, inputs=backward_of("affine_forward", affine), returns=("dx", "dw", "db"),
        pair="affine_forward", classes=cases(small=3, general=3, images={}), summary="gradients of the affine layer",
    ),
    Function(
        "relu_forward", points=3, inputs=rows, returns=("out", CACHE), opaque=CACHE, classes=FEW, summary="what is positive"
    ),
    Function(
        "relu_backward", points=4, inputs=backward_of("relu_forward", rows), returns="dx", pair="relu_forward", classes=FEW,
        summary="gradient where x was positive",
    ),
    Function(
        "softmax_loss", points=6, inputs=scores, returns=("loss", "dx"), summary="cross-entropy of the softmax",
        classes=(*cases(small=3, general=4), CaseClass("large scores", count=3, share=0.2)),
    ),
    Function("svm_loss", points=6, inputs=scores, returns=("loss", "dx"), classes=FEW, summary="the hinge loss"),
    Function(
        "batchnorm_forward", points=8, inputs=batch_or_test, returns=("out", CACHE), opaque=CACHE, changes="bn_param",
        after=("bn_param.running_mean", "bn_param.running_var"), weights={"out": 2},
        classes=(*BATCHES, CaseClass("test time", count=3, share=0.25)), summary="normalize features over the batch",
    ),
    Function(
        "batchnorm_backward", points=6, inputs=backward_of("batchnorm_forward", batch), returns=("dx", "dgamma", "dbeta"),
        pair="batchnorm_forward", classes=BATCHES, summary="gradients of batch normalization",
    ),
    Function(
        "layernorm_forward", points=3, inputs=examples, returns=("out", CACHE), opaque=CACHE, classes=BATCHES,
        summary="normalize each example",
    ),
    Function(
        "layernorm_backward", points=4, inputs=backward_of("layernorm_forward", examples), classes=BATCHES,
        returns=("dx", "dgamma", "dbeta"), pair="layernorm_forward", summary="gradients of layer normalization",
    ),
    Function(
        "dropout_forward", points=5, inputs=dropout, returns=("out", CACHE), opaque=CACHE, classes=MODES,
        alternatives="drops", convention="p", summary="drop at random, scale the rest",
        properties=(
            at_usual_sizes(
                kept_share("entries are kept with probability p", share=0.3, inputs=wide, keep=lambda args: args[1]["p"],
                           conventions={"drops": lambda args: 1 - args[1]["p"]}), inputs=usual, judge=is_drawn,
            ),
            unbiased("the mean stays", share=0.2, inputs=wide, mean=lambda args: 2.0,
                     most=lambda args: 2 / min(args[1]["p"], 1 - args[1]["p"])),
            seeded("the seed decides", share=0.1, inputs=with_seed),
        ),
    ),
    Function(
        "dropout_backward", points=3, inputs=backward_of("dropout_forward", dropout), returns="dx", classes=MODES_BACK,
        pair="dropout_forward", alternatives="drops", convention="p", summary="gradient of dropout",
        properties=[Property("the same mask", share=0.5, plan=ones_there_and_back, judge=same_mask, count=3, carries=True)],
    ),
    Function(
        "conv_forward_naive", points=6, inputs=image, returns=("out", CACHE), opaque=CACHE, classes=FEW,
        summary="slide filters over images",
    ),
    Function(
        "conv_backward_naive", points=7, inputs=backward_of("conv_forward_naive", image), returns=("dx", "dw", "db"),
        pair="conv_forward_naive", classes=FEW, summary="gradients of the convolution",
    ),
    Function(
        "max_pool_forward_naive", points=3, inputs=pooled, returns=("out", CACHE), opaque=CACHE, classes=FEW,
        summary="the largest entry of each window",
    ),
    Function(
        "max_pool_backward_naive", points=4, inputs=backward_of("max_pool_forward_naive", pooled), returns="dx", classes=FEW,
        pair="max_pool_forward_naive", summary="gradient of the pooling",
    ),
)  # fmt: skip
OPTIM = (
    update("sgd", 1),
    update("sgd_momentum", 2, momentum=[0.9, 0.5], velocity="±"),
    update("rmsprop", 2, decay_rate=[0.9, 0.5], epsilon=[1e-8], cache="+"),
    update("adam", 3, ["small_epsilon"], beta1=[0.9, 0.5], beta2=[0.999, 0.9], epsilon=[1e-8], m="±", v="+", t=[0, 1, 4]),
)
NEIGHBOURS = (
    Function(
        "KNearestNeighbor.train", points=1, inputs=untrained, returns=(), after=("X_train", "y_train"), classes=FEW,
        summary="remember the examples",
    ),
    distance(DISTANCES[0], 2),
    distance(DISTANCES[1], 2),
    distance(DISTANCES[2], 2),
    Function(
        "KNearestNeighbor.predict_labels", points=3, inputs=distances, returns="y_pred", loose_dtype="y_pred", classes=FEW,
        summary="the most frequent class nearby",
    ),
)  # fmt: skip
NETWORK = (
    Function(
        "TwoLayerNet", points=1, inputs=lambda d: (*d.sizes("p", "h", "c"), 0.03, 0.5), returns=(), classes=FEW,
        after=("params.W1", "params.b1", "params.W2", "params.b2"), random=("params.W1", "params.W2"),
        summary="Gaussian weights, zero biases",
        properties=[
            Property("Gaussian weights", share=0.5, judge=gaussian, count=3, plan=wide_and_usual),
        ],
    ),
    Function(
        "TwoLayerNet.loss", points=4, inputs=network, returns=("loss", "grads"), summary="loss and gradients",
        classes=cases(small=3, general=4, no_regularization={}), helpers=("softmax_loss",),
    ),
)  # fmt: skip

ASSIGNMENT = Assignment(
    name="vision",
    title="Convolutional networks for vision",
    source="a course of our own",
    functions=(*LAYERS, *OPTIM, *NEIGHBOURS, *NETWORK),
    manual=[Manual("inline_question", points=5, summary="Why is a validation set kept apart from the test set?")],
    files={
        "layers.py": [function.name for function in LAYERS],
        "optim.py": [function.name for function in OPTIM],
        "classifiers/k_nearest_neighbor.py": [function.name for function in NEIGHBOURS],
        "classifiers/fc_net.py": [function.name for function in NETWORK],
    },
)
