"""Right solutions in other styles: each must get full marks."""

import numpy as np

from reference.activations import relu, relu_backward, sigmoid
from reference.dnn_step_by_step import (
    L_model_backward,
    L_model_forward,
    compute_cost,
    initialize_parameters,
    initialize_parameters_deep,
    linear_activation_backward,
    linear_activation_forward,
    linear_backward,
    linear_forward,
    update_parameters,
)


def two_layers_from_scratch(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    """No helper but the initializer; the derivative of the output layer is simplified; updates in place."""
    n_x, n_h, n_y = layers_dims
    parameters = initialize_parameters(n_x, n_h, n_y)
    m = Y.shape[1]
    for _ in range(num_iterations):
        W1, b1, W2, b2 = (parameters[name] for name in ("W1", "b1", "W2", "b2"))
        Z1 = np.dot(W1, X) + b1
        A1 = Z1 * (Z1 > 0)
        A2 = 1 / (1 + np.exp(-(np.dot(W2, A1) + b2)))
        dZ2 = A2 - Y
        dZ1 = np.dot(W2.T, dZ2)
        dZ1[Z1 <= 0] = 0
        W2 -= learning_rate / m * np.dot(dZ2, A1.T)
        b2 -= learning_rate / m * np.sum(dZ2, axis=1, keepdims=True)
        W1 -= learning_rate / m * np.dot(dZ1, X.T)
        b1 -= learning_rate / m * np.sum(dZ1, axis=1, keepdims=True)
    return parameters


def two_layers_as_a_deep_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    parameters = initialize_parameters_deep(layers_dims)
    i = 0
    while i < num_iterations:
        AL, caches = L_model_forward(X, parameters)
        parameters = update_parameters(parameters, L_model_backward(AL, Y, caches), learning_rate)
        i += 1
    return parameters


def two_layers_with_small_helpers(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    parameters = initialize_parameters(n_x=X.shape[0], n_h=layers_dims[1], n_y=Y.shape[0])
    for i in range(num_iterations):
        Z1, cache1 = linear_forward(X, parameters["W1"], parameters["b1"])
        A1, _ = relu(Z1)
        Z2, cache2 = linear_forward(A1, parameters["W2"], parameters["b2"])
        A2, _ = sigmoid(Z2)
        if print_cost and i % 100 == 0:
            print(compute_cost(A2, Y))
        dA1, dW2, db2 = linear_backward(A2 - Y, cache2)
        _, dW1, db1 = linear_backward(relu_backward(dA1, Z1), cache1)
        grads = {"dW1": dW1, "dW2": dW2, "db1": db1, "db2": db2}
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters


def two_layers_in_another_order(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    """The last forward pass is repeated for a final cost; parameters are gathered at the end."""
    given = initialize_parameters(*layers_dims)
    W1, b1, W2, b2 = given["W1"], given["b1"], given["W2"], given["b2"]
    for _ in range(num_iterations):
        A1, first = linear_activation_forward(X, W1, b1, activation="relu")
        A2, second = linear_activation_forward(A1, W2, b2, activation="sigmoid")
        dA2 = -np.divide(Y, A2) + np.divide(1 - Y, 1 - A2)
        dA1, dW2, db2 = linear_activation_backward(dA2, second, activation="sigmoid")
        _, dW1, db1 = linear_activation_backward(dA1, first, activation="relu")
        W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * db1
        W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * db2
    compute_cost(L_model_forward(X, {"W1": W1, "b1": b1, "W2": W2, "b2": b2})[0], Y)
    return {"b2": b2, "W2": W2, "b1": b1, "W1": W1}


def deep_from_scratch(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    """No helper but the initializer; each layer is updated as soon as its gradient is known."""
    parameters = initialize_parameters_deep(layers_dims)
    L, m = len(layers_dims) - 1, X.shape[1]
    for _ in range(num_iterations):
        A, Z = {0: X}, {}
        for layer in range(1, L + 1):
            Z[layer] = parameters[f"W{layer}"].dot(A[layer - 1]) + parameters[f"b{layer}"]
            A[layer] = np.maximum(Z[layer], 0) if layer < L else 1.0 / (1.0 + np.exp(-Z[layer]))
        dZ = A[L] - Y
        for layer in reversed(range(1, L + 1)):
            W = parameters[f"W{layer}"]
            dW, db = dZ.dot(A[layer - 1].T) / m, dZ.mean(axis=1, keepdims=True)
            if layer > 1:
                dZ = np.where(Z[layer - 1] > 0, W.T.dot(dZ), 0.0)
            parameters[f"W{layer}"] = W - learning_rate * dW
            parameters[f"b{layer}"] = parameters[f"b{layer}"] - learning_rate * db
    return parameters


def deep_in_a_loop(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    np.random.seed(1)
    costs = []
    parameters = initialize_parameters_deep(layer_dims=tuple(layers_dims))
    for i in range(num_iterations):
        AL, caches = L_model_forward(X, parameters)
        cost = compute_cost(AL, Y)
        grads = L_model_backward(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
        if print_cost and i % 100 == 0:
            costs.append(cost)
    return parameters


def deep_with_updates_by_hand(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    parameters = initialize_parameters_deep(layers_dims)
    for _ in range(num_iterations):
        grads = L_model_backward(*_swap(L_model_forward(X, parameters), Y))
        for name in parameters:
            parameters[name] -= np.multiply(learning_rate, grads["d" + name])
    return parameters


def _swap(forward, Y):
    AL, caches = forward
    return AL, Y, caches


STYLES = {
    "two_layer_model": (
        two_layers_from_scratch,
        two_layers_as_a_deep_model,
        two_layers_with_small_helpers,
        two_layers_in_another_order,
    ),
    "L_layer_model": (deep_from_scratch, deep_in_a_loop, deep_with_updates_by_hand),
}
