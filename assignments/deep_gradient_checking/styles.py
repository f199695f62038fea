"""Right solutions in other styles: all of them get full marks."""

import math
from itertools import pairwise

import numpy as np

# -- dictionaries and vectors ------------------------------------------------------------


def dictionary_to_vector(params_dict):
    """As published: one layer after the other is put below what is there."""
    for l in range(1, len(params_dict) // 2 + 1):
        layer = np.concatenate((params_dict[f"W{l}"].reshape(-1, 1), params_dict[f"b{l}"].reshape(-1, 1)))
        vector = layer if l == 1 else np.concatenate((vector, layer))  # noqa: F821
    return vector


def _stacked_values(params_dict):
    return np.vstack([value.reshape((value.size, 1)) for value in params_dict.values()])


def _entry_by_entry(params_dict):
    entries = []
    for l in range(1, len(params_dict) // 2 + 1):
        for name in (f"W{l}", f"b{l}"):
            entries += [[entry] for row in params_dict[name].tolist() for entry in row]
    return np.array(entries)


def vector_to_dictionary(vector, layers_dims):
    parameters, k = {}, 0
    for l in range(1, len(layers_dims)):
        w_dim, b_dim = layers_dims[l] * layers_dims[l - 1], layers_dims[l]
        parameters["W" + str(l)] = vector[k : k + w_dim].reshape(layers_dims[l], layers_dims[l - 1])
        parameters["b" + str(l)] = vector[k + w_dim : k + w_dim + b_dim].reshape(b_dim, 1)
        k += w_dim + b_dim
    return parameters


def _eating_the_vector(vector, layers_dims):
    rest, parameters = list(vector.ravel()), {}
    for l, (n_prev, n) in enumerate(pairwise(layers_dims), start=1):
        parameters[f"b{l}"] = np.array(rest[n * n_prev : n * (n_prev + 1)])[:, np.newaxis]
        parameters[f"W{l}"] = np.array([rest[i * n_prev : (i + 1) * n_prev] for i in range(n)])
        rest = rest[n * (n_prev + 1) :]
    return parameters


def _split_at_once(vector, layers_dims):
    shapes = {}
    for l in range(1, len(layers_dims)):
        shapes[f"W{l}"], shapes[f"b{l}"] = (layers_dims[l], layers_dims[l - 1]), (layers_dims[l], 1)
    pieces = np.split(vector, np.cumsum([a * b for a, b in shapes.values()])[:-1])
    return {name: np.resize(piece, shape) for (name, shape), piece in zip(shapes.items(), pieces, strict=True)}


def gradients_to_vector(gradients):
    """As published: dA does not count."""
    valid = [key for key in gradients if not key.startswith("dA")]
    new_grads = np.zeros((0, 1))
    for l in range(1, len(valid) // 2 + 1):
        new_grads = np.concatenate((new_grads, gradients["dW" + str(l)].reshape(-1, 1)))
        new_grads = np.concatenate((new_grads, gradients["db" + str(l)].reshape(-1, 1)))
    return new_grads


def _while_there_are_layers(gradients):
    pieces, l = [], 1
    while f"dW{l}" in gradients:
        pieces += [gradients[f"dW{l}"].flatten(), gradients[f"db{l}"].flatten()]
        l += 1
    return np.hstack(pieces)[:, None]


def _sorted_by_layer(gradients):
    names = sorted((n for n in gradients if n[1] in "Wb"), key=lambda n: (int(n[2:]), n[1] == "b"))
    return np.concatenate([gradients[name].reshape(-1, 1) for name in names])


# -- the network -------------------------------------------------------------------------


def _sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def L_model_forward(X, parameters, hidden_layers_activation_fn="relu"):
    A, L = X, len(parameters) // 2
    for l in range(1, L):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        A = np.tanh(Z) if hidden_layers_activation_fn == "tanh" else np.maximum(Z, 0)
    return _sigmoid(np.dot(parameters["W" + str(L)], A) + parameters["b" + str(L)]), None


def forward_prop_cost(X, parameters, Y, hidden_layers_activation_fn="tanh"):
    AL, _ = L_model_forward(X, parameters, hidden_layers_activation_fn)
    return -(1 / Y.shape[1]) * np.sum(np.multiply(Y, np.log(AL)) + np.multiply(1 - Y, np.log(1 - AL)))


def _squeezed_product(X, parameters, Y, hidden_layers_activation_fn="tanh"):
    AL, _ = L_model_forward(X, parameters, hidden_layers_activation_fn)
    return np.squeeze(-(np.log(AL) @ Y.T + np.log(1 - AL) @ (1 - Y).T) / X.shape[1])


def _mean_of_the_true_class(X, parameters, Y, hidden_layers_activation_fn="tanh"):
    AL, _ = L_model_forward(X, parameters, hidden_layers_activation_fn)
    return float(np.mean(-np.log(np.where(Y == 1, AL, 1 - AL))))


def _as_published(parameters, gradients, X, Y, layers_dims, epsilon=1e-7, hidden_layers_activation_fn="tanh"):
    theta, grad = dictionary_to_vector(parameters), gradients_to_vector(gradients)
    approximation = np.zeros_like(theta)
    for i in range(len(theta)):
        plus, minus = np.copy(theta), np.copy(theta)
        plus[i] = plus[i] + epsilon
        minus[i] = minus[i] - epsilon
        J_plus = forward_prop_cost(X, vector_to_dictionary(plus, layers_dims), Y, hidden_layers_activation_fn)
        J_minus = forward_prop_cost(X, vector_to_dictionary(minus, layers_dims), Y, hidden_layers_activation_fn)
        approximation[i] = (J_plus - J_minus) / (2 * epsilon)
    return np.linalg.norm(grad - approximation) / (np.linalg.norm(approximation) + np.linalg.norm(grad))


def _parameter_by_parameter(parameters, gradients, X, Y, layers_dims, epsilon=1e-7, hidden_layers_activation_fn="tanh"):
    """Without a long vector: each entry of a private copy is moved and put back."""
    mine = {name: value.copy() for name, value in parameters.items()}
    gap = size = other = 0.0
    for name, value in mine.items():
        for i in np.ndindex(value.shape):
            kept = value[i]
            value[i] = kept + epsilon
            above = forward_prop_cost(X, mine, Y, hidden_layers_activation_fn)
            value[i] = kept - epsilon
            below = forward_prop_cost(X, mine, Y, hidden_layers_activation_fn)
            value[i] = kept
            slope, claimed = (above - below) / 2 / epsilon, gradients["d" + name][i]
            gap, size, other = gap + (slope - claimed) ** 2, size + slope**2, other + claimed**2
    return math.sqrt(gap) / (math.sqrt(size) + math.sqrt(other))


def _guarded(parameters, gradients, X, Y, layers_dims, epsilon=1e-7, hidden_layers_activation_fn="tanh"):
    theta, grad = dictionary_to_vector(parameters), gradients_to_vector(gradients)

    def cost(vector):
        return forward_prop_cost(X, vector_to_dictionary(vector, layers_dims), Y, hidden_layers_activation_fn)

    steps = epsilon * np.eye(theta.size)[:, :, None]
    slopes = np.array([[0.5 * (cost(theta + step) - cost(theta - step)) / epsilon] for step in steps])
    return np.sqrt(np.sum((slopes - grad) ** 2)) / (np.sqrt(np.sum(slopes**2)) + np.sqrt(np.sum(grad**2)) + 1e-8)


# -- one number --------------------------------------------------------------------------


def forward_difference(f, x, epsilon):
    return (f(x + epsilon) - f(x)) * (1 / epsilon)


def _rise_over_exact_run(f, x, epsilon):
    above = x + epsilon
    return (f(above) - f(x)) / (above - x)


def _two_quotients(f, x, epsilon):
    return f(x + epsilon) / epsilon - f(x) / epsilon


def central_difference(f, x, epsilon):
    return (f(x + epsilon) - f(x - epsilon)) / 2 / epsilon


def _half_of_the_rise(f, x, epsilon):
    return 0.5 * (f(x + epsilon) - f(x - epsilon)) / epsilon


def _mean_of_one_sided(f, x, epsilon):
    return (forward_difference(f, x, epsilon) + forward_difference(f, x, -epsilon)) / 2


def _central_over_exact_run(f, x, epsilon):
    above, below = x + epsilon, x - epsilon
    return np.float64((f(above) - f(below)) / (above - below))


STYLES = {
    "dictionary_to_vector": [dictionary_to_vector, _stacked_values, _entry_by_entry],
    "vector_to_dictionary": [vector_to_dictionary, _eating_the_vector, _split_at_once],
    "gradients_to_vector": [gradients_to_vector, _while_there_are_layers, _sorted_by_layer],
    "forward_prop_cost": [forward_prop_cost, _squeezed_product, _mean_of_the_true_class],
    "gradient_check": [_as_published, _parameter_by_parameter, _guarded],
    "forward_difference": [forward_difference, _rise_over_exact_run, _two_quotients],
    "central_difference": [central_difference, _half_of_the_rise, _mean_of_one_sided, _central_over_exact_run],
}
