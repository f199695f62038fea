"""Known wrong solutions, each of which must be caught and named."""

import numpy as np
from reference.vision.classifiers.fc_net import TwoLayerNet
from reference.vision.classifiers.k_nearest_neighbor import KNearestNeighbor
from reference.vision.layers import batchnorm_forward, softmax_loss, svm_loss
from reference.vision.optim import adam, sgd_momentum

from grader.spec import mistake


@mistake(
    "images-not-flattened",
    "affine_forward",
    message="images are not flattened before the product",
    hint="What shape has one row of x?",
)
def not_flattened(x, w, b):
    return x @ w + b, (x, w)


@mistake("missing-bias", "affine_forward", message="b is left out", hint="Which argument is never used?")
def no_bias(x, w, b):
    return x.reshape(len(x), -1) @ w, (x, w)


@mistake(
    "zero-at-positive",
    "relu_forward",
    message="what is positive is taken away, what is negative is kept",
    hint="What is left of -2?",
)
def negative_part(x):
    return np.minimum(x, 0), x


@mistake(
    "not-averaged",
    "softmax_loss",
    message="loss and gradient are sums over the examples, not means",
    hint="How does the loss change when the batch is twice as long?",
)
def summed(x, y):
    loss, dx = softmax_loss(x, y)
    return loss * len(x), dx * len(x)


@mistake(
    "no-shift",
    "softmax_loss",
    message="large scores overflow",
    hint="What may be taken away from all scores of an example without changing the softmax?",
    severity="slip",
)
def unshifted(x, y):
    powers = np.exp(x)
    softmax = powers / powers.sum(axis=1, keepdims=True)
    loss = -np.log(softmax[np.arange(len(x)), y]).mean()
    softmax[np.arange(len(x)), y] -= 1
    return loss, softmax / len(x)


@mistake(
    "own-margin",
    "svm_loss",
    message="the right class has a margin of its own, which is always 1",
    hint="Which classes does the sum run over?",
)
def with_own_margin(x, y):
    loss, dx = svm_loss(x, y)
    return loss + 1, dx


@mistake(
    "averages-not-kept",
    "batchnorm_forward",
    message="the running averages are not kept in bn_param",
    hint="What does the call in testing start from?",
)
def averages_lost(x, gamma, beta, bn_param):
    return batchnorm_forward(x, gamma, beta, dict(bn_param))


@mistake(
    "batch-at-test-time",
    "batchnorm_forward",
    message="in testing, too, the statistics of the batch are used",
    hint="What if the batch holds one example?",
)
def always_training(x, gamma, beta, bn_param):
    out, cache = batchnorm_forward(x, gamma, beta, {**bn_param, "mode": "train"})
    if bn_param["mode"] == "train":
        batchnorm_forward(x, gamma, beta, bn_param)
    return out, cache


@mistake("no-velocity", "sgd_momentum", message="the old velocity is not used", hint="What does momentum multiply?")
def plain_step(w, dw, config):
    return sgd_momentum(w, dw, {**config, "velocity": np.zeros_like(w)})


@mistake("uncorrected", "adam", message="the means are not corrected", hint="How large is m after one step?")
def uncorrected(w, dw, config):
    right, config = adam(w, dw, config)
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@mistake(
    "squared-distances",
    "KNearestNeighbor.compute_distances_no_loops",
    message="the root of the distances is missing",
    hint="What is the distance of 0 and 2?",
)
def squared(self, X):
    return KNearestNeighbor.compute_distances_two_loops(self, X) ** 2


@mistake(
    "nearest-only", "KNearestNeighbor.predict_labels", message="only the nearest example is asked", hint="What does k do?"
)
def only_nearest(self, dists, k):
    return self.y_train[np.argmin(dists, axis=1)]


@mistake(
    "unregularized-gradient",
    "TwoLayerNet.loss",
    message="the loss is regularized, its gradients are not",
    hint="What is the derivative of reg * W**2 / 2?",
)
def unregularized(self, X, y):
    loss, grads = TwoLayerNet.loss(self, X, y)
    return loss, {name: grad - self.reg * self.params[name] * name.startswith("W") for name, grad in grads.items()}
