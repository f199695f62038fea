"""Right solutions of the optimizers in other styles; each of them gets full marks."""

import math
import random

import numpy as np

# -- gradient descent --------------------------------------------------------------------


def gd_layer_by_layer(parameters, grads, learning_rate):
    """The published form: the keys of the dictionary that was passed in are bound anew."""
    for layer in range(1, len(parameters) // 2 + 1):
        parameters["W" + str(layer)] = parameters["W" + str(layer)] - learning_rate * grads["dW" + str(layer)]
        parameters["b" + str(layer)] = parameters["b" + str(layer)] - learning_rate * grads["db" + str(layer)]
    return parameters


def gd_over_gradients(parameters, grads, learning_rate):
    moved = dict(parameters)
    for name, gradient in grads.items():
        moved[name[1:]] = np.subtract(moved[name[1:]], np.multiply(learning_rate, gradient))
    return moved


def gd_in_place_on_copies(parameters, grads, learning_rate):
    moved = {name: np.array(value) for name, value in parameters.items()}
    for name in moved:
        moved[name] -= grads[f"d{name}"] * learning_rate
    return moved


# -- mini-batches ------------------------------------------------------------------------


def batches_published(X, Y, mini_batch_size, seed):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = list(np.random.permutation(m))
    shuffled_X, shuffled_Y = X[:, permutation], Y[:, permutation].reshape((1, m))
    full = math.floor(m / mini_batch_size)
    batches = []
    for k in range(full):
        columns = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        batches.append((shuffled_X[:, columns], shuffled_Y[:, columns]))
    if m % mini_batch_size != 0:
        batches.append((shuffled_X[:, full * mini_batch_size :], shuffled_Y[:, full * mini_batch_size :]))
    return batches


def batches_from_the_end(X, Y, mini_batch_size, seed):
    rest = X.shape[1] % mini_batch_size
    order = np.argsort(np.random.rand(X.shape[1]))
    blocks = order[: X.shape[1] - rest].reshape(-1, mini_batch_size)
    batches = [[X[:, block], Y[:, block]] for block in blocks]
    if rest:
        batches.append([X[:, order[-rest:]], Y[:, order[-rest:]]])
    return batches


def batches_of_pairs(X, Y, mini_batch_size, seed):
    generator = random.Random(seed)
    pairs = [(X[:, j : j + 1], Y[:, j : j + 1]) for j in range(X.shape[1])]
    generator.shuffle(pairs)
    batches = ()
    while pairs:
        batch, pairs = pairs[:mini_batch_size], pairs[mini_batch_size:]
        batches += ((np.hstack([x for x, _ in batch]), np.hstack([y for _, y in batch])),)
    return batches


def batches_split_at(X, Y, mini_batch_size, seed):
    together = np.vstack([X, Y])  # the labels become floats with the examples
    together = np.random.default_rng(0).permutation(together, axis=1)
    cuts = np.arange(mini_batch_size, X.shape[1], mini_batch_size)
    return [(part[:-1], part[-1:]) for part in np.split(together, cuts, axis=1)]


# -- starting at zero --------------------------------------------------------------------


def velocity_layer_by_layer(parameters):
    v = {}
    for layer in range(len(parameters) // 2):
        v["dW" + str(layer + 1)] = np.zeros(parameters["W" + str(layer + 1)].shape)
        v["db" + str(layer + 1)] = np.zeros((parameters["b" + str(layer + 1)].shape[0], 1))
    return v


def velocity_by_product(parameters):
    return {f"d{name}": value * 0 for name, value in parameters.items()}


def adam_layer_by_layer(parameters):
    return [velocity_layer_by_layer(parameters), velocity_layer_by_layer(parameters)]


def adam_by_product(parameters):
    return tuple(velocity_by_product(parameters) for _ in range(2))


# -- momentum ----------------------------------------------------------------------------


def momentum_layer_by_layer(parameters, grads, v, beta, learning_rate):
    for layer in range(1, len(parameters) // 2 + 1):
        for kind in ("W", "b"):
            key = kind + str(layer)
            v["d" + key] = beta * v["d" + key] + (1 - beta) * grads["d" + key]
            parameters[key] = parameters[key] - learning_rate * v["d" + key]
    return parameters, v


def momentum_by_difference(parameters, grads, v, beta, learning_rate):
    v = {name: v[name] + (1.0 - beta) * (grads[name] - v[name]) for name in grads}
    return [{name: parameters[name] - v["d" + name] * learning_rate for name in parameters}, v]


# -- Adam --------------------------------------------------------------------------------


def adam_published(parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon):
    v_corrected, s_corrected = {}, {}
    for layer in range(len(parameters) // 2):
        for key in ("W" + str(layer + 1), "b" + str(layer + 1)):
            v["d" + key] = beta1 * v["d" + key] + (1 - beta1) * grads["d" + key]
            v_corrected["d" + key] = v["d" + key] / (1 - np.power(beta1, t))
            s["d" + key] = beta2 * s["d" + key] + (1 - beta2) * np.power(grads["d" + key], 2)
            s_corrected["d" + key] = s["d" + key] / (1 - np.power(beta2, t))
            parameters[key] = parameters[key] - learning_rate * v_corrected["d" + key] / (
                np.sqrt(s_corrected["d" + key]) + epsilon
            )
    return parameters, v, s


def adam_with_two_lengths(parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon):
    """Both corrections in the step length, and epsilon scaled along."""
    first, second = 1 - math.pow(beta1, t), math.sqrt(1 - math.pow(beta2, t))
    moved, new_v, new_s = {}, {}, {}
    for name, gradient in grads.items():
        new_v[name] = v[name] - (1 - beta1) * (v[name] - gradient)
        new_s[name] = s[name] - (1 - beta2) * (s[name] - gradient * gradient)
        step = learning_rate * second / first * new_v[name] / (new_s[name] ** 0.5 + epsilon * second)
        moved[name[1:]] = parameters[name[1:]] - step
    return [moved, new_v, new_s]


def adam_with_logarithms(parameters, grads, v, s, t, learning_rate, beta1, beta2, epsilon):
    v = {name: np.average([v[name], g], axis=0, weights=[beta1, 1 - beta1]) for name, g in grads.items()}
    s = {name: np.average([s[name], g**2], axis=0, weights=[beta2, 1 - beta2]) for name, g in grads.items()}
    first, second = -np.expm1(t * np.log(beta1)), -np.expm1(t * np.log(beta2))
    for name in list(parameters):
        quotient = np.divide(v["d" + name] / first, epsilon + np.sqrt(s["d" + name] / second))
        parameters[name] = parameters[name] - learning_rate * quotient
    return parameters, v, s


STYLES = {
    "update_parameters_with_gd": [gd_layer_by_layer, gd_over_gradients, gd_in_place_on_copies],
    "random_mini_batches": [batches_published, batches_from_the_end, batches_of_pairs, batches_split_at],
    "initialize_velocity": [velocity_layer_by_layer, velocity_by_product],
    "update_parameters_with_momentum": [momentum_layer_by_layer, momentum_by_difference],
    "initialize_adam": [adam_layer_by_layer, adam_by_product],
    "update_parameters_with_adam": [adam_published, adam_with_two_lengths, adam_with_logarithms],
}
