"""Ways to write the functions of ``dnn_step_by_step``: right ones that differ in style, and usual mistakes.

A body stands in a template with ``{note}``, which a submission fills with a line of its own, so that no two
submissions have the same text. Everything here was written for this benchmark.
"""

from __future__ import annotations

IMPORTS = (
    "import numpy as np\nimport matplotlib.pyplot as plt\n"
    "from dnn_utils import relu, relu_backward, sigmoid, sigmoid_backward\n"
)

RIGHT: dict[str, tuple[str, ...]] = {
    "initialize_parameters": (
        """
def initialize_parameters(n_x, n_h, n_y):
    {note}
    np.random.seed(1)
    W1 = np.random.randn(n_h, n_x) * 0.01
    b1 = np.zeros((n_h, 1))
    W2 = np.random.randn(n_y, n_h) * 0.01
    b2 = np.zeros((n_y, 1))
    assert W1.shape == (n_h, n_x)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
""",
        """
def initialize_parameters(n_x, n_h, n_y):
    {note}
    sizes = (n_x, n_h, n_y)
    parameters = dict()
    for l in (1, 2):
        parameters[f"W{l}"] = 0.01 * np.random.standard_normal((sizes[l], sizes[l - 1]))
        parameters[f"b{l}"] = np.zeros(shape=(sizes[l], 1))
    return parameters
""",
    ),
    "initialize_parameters_deep": (
        """
def initialize_parameters_deep(layer_dims):
    {note}
    np.random.seed(3)
    parameters = {}
    L = len(layer_dims)
    for l in range(1, L):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.01
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
        assert parameters["W" + str(l)].shape == (layer_dims[l], layer_dims[l - 1])
    return parameters
""",
        """
def initialize_parameters_deep(layer_dims):
    {note}
    parameters = {}
    for l, (fan_in, fan_out) in enumerate(zip(layer_dims[:-1], layer_dims[1:]), 1):
        parameters[f"W{l}"] = np.random.randn(fan_out, fan_in) / np.sqrt(fan_in)
        parameters[f"b{l}"] = np.zeros((fan_out, 1))
    return parameters
""",
    ),
    "linear_forward": (
        """
def linear_forward(A, W, b):
    {note}
    Z = np.dot(W, A) + b
    assert Z.shape == (W.shape[0], A.shape[1])
    cache = (A, W, b)
    return Z, cache
""",
        """
def linear_forward(A, W, b):
    {note}
    return W @ A + b, (A, W, b)
""",
        """
def linear_forward(A, W, b):
    {note}
    Z = np.add(np.matmul(W, A), b)
    return Z, (A, W, b)
""",
    ),
    "linear_activation_forward": (
        """
def linear_activation_forward(A_prev, W, b, activation):
    {note}
    if activation == "sigmoid":
        Z, linear_cache = linear_forward(A_prev, W, b)
        A, activation_cache = sigmoid(Z)
    elif activation == "relu":
        Z, linear_cache = linear_forward(A_prev, W, b)
        A, activation_cache = relu(Z)
    assert A.shape == (W.shape[0], A_prev.shape[1])
    cache = (linear_cache, activation_cache)
    return A, cache
""",
        """
def linear_activation_forward(A_prev, W, b, activation):
    {note}
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = {"sigmoid": sigmoid, "relu": relu}[activation](Z)
    return A, (linear_cache, activation_cache)
""",
    ),
    "L_model_forward": (
        """
def L_model_forward(X, parameters):
    {note}
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A_prev = A
        A, cache = linear_activation_forward(A_prev, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    return AL, caches
""",
        """
def L_model_forward(X, parameters):
    {note}
    caches, A, last = [], X, len(parameters) // 2
    for l in range(1, last + 1):
        kind = "sigmoid" if l == last else "relu"
        A, cache = linear_activation_forward(A, parameters[f"W{l}"], parameters[f"b{l}"], kind)
        caches.append(cache)
    return A, caches
""",
    ),
    "compute_cost": (
        """
def compute_cost(AL, Y):
    {note}
    m = Y.shape[1]
    cost = -1 / m * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
    cost = np.squeeze(cost)
    assert cost.shape == ()
    return cost
""",
        """
def compute_cost(AL, Y):
    {note}
    logprobs = np.multiply(np.log(AL), Y) + np.multiply(np.log(1 - AL), 1 - Y)
    return -np.mean(logprobs)
""",
    ),
    "linear_backward": (
        """
def linear_backward(dZ, cache):
    {note}
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = 1 / m * np.dot(dZ, A_prev.T)
    db = 1 / m * np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db
""",
        """
def linear_backward(dZ, cache):
    {note}
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, np.mean(dZ, axis=1, keepdims=True)
""",
        """
def linear_backward(dZ, cache):
    {note}
    A_prev, W, _ = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return np.dot(W.T, dZ), dW, db
""",
    ),
    "linear_activation_backward": (
        """
def linear_activation_backward(dA, cache, activation):
    {note}
    linear_cache, activation_cache = cache
    if activation == "relu":
        dZ = relu_backward(dA, activation_cache)
        dA_prev, dW, db = linear_backward(dZ, linear_cache)
    elif activation == "sigmoid":
        dZ = sigmoid_backward(dA, activation_cache)
        dA_prev, dW, db = linear_backward(dZ, linear_cache)
    return dA_prev, dW, db
""",
    ),
    "L_model_backward": (
        """
def L_model_backward(AL, Y, caches):
    {note}
    grads = {}
    L = len(caches)
    Y = Y.reshape(AL.shape)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    current_cache = caches[L - 1]
    grads["dA" + str(L - 1)], grads["dW" + str(L)], grads["db" + str(L)] = linear_activation_backward(
        dAL, current_cache, "sigmoid"
    )
    for l in reversed(range(L - 1)):
        current_cache = caches[l]
        dA_prev, dW, db = linear_activation_backward(grads["dA" + str(l + 1)], current_cache, "relu")
        grads["dA" + str(l)], grads["dW" + str(l + 1)], grads["db" + str(l + 1)] = dA_prev, dW, db
    return grads
""",
        """
def L_model_backward(AL, Y, caches):
    {note}
    grads, dA, L = {}, (1 - Y) / (1 - AL) - Y / AL, len(caches)
    for l in range(L, 0, -1):
        kind = "sigmoid" if l == L else "relu"
        dA, grads[f"dW{l}"], grads[f"db{l}"] = linear_activation_backward(dA, caches[l - 1], kind)
        grads[f"dA{l - 1}"] = dA
    return grads
""",
    ),
    "update_parameters": (
        """
def update_parameters(parameters, grads, learning_rate):
    {note}
    L = len(parameters) // 2
    for l in range(L):
        parameters["W" + str(l + 1)] = parameters["W" + str(l + 1)] - learning_rate * grads["dW" + str(l + 1)]
        parameters["b" + str(l + 1)] = parameters["b" + str(l + 1)] - learning_rate * grads["db" + str(l + 1)]
    return parameters
""",
        """
def update_parameters(parameters, grads, learning_rate):
    {note}
    return {name: value - learning_rate * grads["d" + name] for name, value in parameters.items()}
""",
    ),
}

# (function, right text, wrong text): applied where the right text occurs.
MISTAKES: tuple[tuple[str, str, str], ...] = (
    ("linear_backward", "1 / m * np.dot(dZ", "np.dot(dZ"),
    ("linear_backward", ", keepdims=True", ""),
    ("linear_backward", "dZ @ A_prev.T / m", "dZ @ A_prev.T"),
    ("linear_backward", "np.dot(W.T, dZ)", "np.dot(W, dZ)"),
    ("compute_cost", "-1 / m", "1 / m"),
    ("compute_cost", "(1 - Y)", "Y"),
    ("compute_cost", "-np.mean(logprobs)", "-np.sum(logprobs)"),
    ("linear_forward", "np.dot(W, A) + b", "np.dot(W, A)"),
    ("linear_forward", "(A, W, b)", "(A, W)"),
    ("linear_activation_forward", 'activation == "relu"', 'activation == "ReLU"'),
    ("linear_activation_backward", "relu_backward", "sigmoid_backward"),
    ("L_model_forward", "(A_prev, parameters", "(X, parameters"),
    ("L_model_backward", '"dA" + str(l + 1)], current_cache', '"dA" + str(L - 1)], current_cache'),
    ("L_model_backward", "(1 - Y) / (1 - AL) - Y / AL", "Y / AL - (1 - Y) / (1 - AL)"),
    ("L_model_backward", 'current_cache, "relu"', 'current_cache, "sigmoid"'),
    ("update_parameters", "- learning_rate", "+ learning_rate"),
    ("update_parameters", "learning_rate * grads", "0.0075 * grads"),
    ("initialize_parameters", "randn(n_h, n_x) * 0.01", "rand(n_h, n_x) * 0.01"),
    ("initialize_parameters_deep", "(layer_dims[l], 1)", "(1, layer_dims[l])"),
    ("initialize_parameters_deep", "/ np.sqrt(fan_in)", ""),
)

SLOW_PRODUCT = """
def product(A, B):
    {note}
    return np.array([[sum(A[i, k] * B[k, j] for k in range(A.shape[1])) for j in range(B.shape[1])]
                     for i in range(A.shape[0])])

def linear_forward(A, W, b):
    return product(W, A) + b, (A, W, b)

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return product(W.T, dZ), product(dZ, A_prev.T) / m, np.sum(dZ, axis=1, keepdims=True) / m
"""

WRONG_LOW = """
def linear_forward(A, W, b):
    return np.dot(W, A) - b, (A, W, b)
"""

ENDLESS = """
def update_parameters(parameters, grads, learning_rate):
    {note}
    L = len(parameters) // 2
    l = 1
    while l <= L:
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * grads["dW" + str(l)]
    return parameters
"""
