"""Right solutions of averages and RMSprop in other styles; each of them gets full marks."""

import numpy as np


def average_in_a_list(theta, beta, bias_correction):
    v, averages = 0, []
    for t in range(1, len(theta) + 1):
        v = beta * v + (1 - beta) * theta[t - 1]
        averages.append(v / (1 - beta**t) if bias_correction else v)
    return np.array(averages)


def average_of_previous(theta, beta, bias_correction):
    v = np.zeros(theta.shape[0] + 1)
    for t in range(theta.shape[0]):
        v[t + 1] = v[t] + (1 - beta) * (theta[t] - v[t])
    v = v[1:]
    if bias_correction is True:
        v = v / (1 - np.power(beta, np.arange(1, len(theta) + 1)))
    return v


def average_unrolled(theta, beta, bias_correction):
    """The sum that the recursion stands for, as a triangular matrix of weights."""
    t = np.arange(len(theta))
    age = t[:, None] - t[None, :]
    weights = np.where(age >= 0, (1 - beta) * np.float64(beta) ** np.maximum(age, 0), 0.0)
    return weights @ theta / ((1 - np.float64(beta) ** (t + 1)) if bias_correction else 1.0)


def average_by_convolution(theta, beta, bias_correction):
    kernel = (1 - beta) * beta ** np.arange(theta.size)
    averages = np.convolve(theta, kernel)[: theta.size]
    return averages / np.cumsum(kernel) if bias_correction else averages


def rmsprop_layer_by_layer(parameters, grads, s, beta2, learning_rate, epsilon):
    for layer in range(1, len(parameters) // 2 + 1):
        for key in ("W" + str(layer), "b" + str(layer)):
            s["d" + key] = beta2 * s["d" + key] + (1 - beta2) * np.power(grads["d" + key], 2)
            root = np.sqrt(s["d" + key]) + epsilon
            parameters[key] = parameters[key] - learning_rate * grads["d" + key] / root
    return parameters, s


def rmsprop_over_gradients(parameters, grads, s, beta2, learning_rate, epsilon):
    moved, kept = {}, {}
    for name, gradient in grads.items():
        kept[name] = s[name] - (1 - beta2) * (s[name] - gradient * gradient)
        moved[name[1:]] = parameters[name[1:]] - np.multiply(learning_rate, np.divide(gradient, kept[name] ** 0.5 + epsilon))
    return [moved, kept]


def rmsprop_by_average(parameters, grads, s, beta2, learning_rate, epsilon):
    s = {name: np.average([s[name], g**2], axis=0, weights=[beta2, 1 - beta2]) for name, g in grads.items()}
    rates = {name: learning_rate / (epsilon + np.sqrt(value)) for name, value in s.items()}
    return {name: value - rates["d" + name] * grads["d" + name] for name, value in parameters.items()}, s


STYLES = {
    "exponentially_weighted_average": [
        average_in_a_list,
        average_of_previous,
        average_unrolled,
        average_by_convolution,
    ],
    "update_parameters_with_rmsprop": [rmsprop_layer_by_layer, rmsprop_over_gradients, rmsprop_by_average],
}
