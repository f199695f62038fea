"""Right solutions in other styles."""

import numpy as np
import tensorflow as tf


def linear_by_operators():
    np.random.seed(1)
    X = tf.Variable(np.random.randn(3, 1), name="X")
    W = tf.Variable(np.random.randn(4, 3), name="X")
    return W @ X + np.random.randn(4, 1)


def linear_of_arrays():
    np.random.seed(1)
    X, W, b = np.random.randn(3, 1), np.random.randn(4, 3), np.random.randn(4, 1)
    return tf.add(tf.matmul(W, X), b)


def linear_in_another_order():
    W, b, X = tf.random.normal((4, 3)), tf.random.normal((4, 1)), tf.random.normal((3, 1))
    return tf.linalg.matmul(W, X) + b


def linear_by_generator():
    generator = np.random.default_rng(1)
    W, X, b = (tf.constant(generator.normal(0, 1, size), tf.float32) for size in ((4, 3), (3, 1), (4, 1)))
    np.random.randn(2)  # a draw that nobody needs
    return tf.add(tf.matmul(W, X), b)


def linear_with_transpose():
    X, W = np.random.standard_normal((3, 1)), np.random.normal(size=(4, 3))
    return tf.matmul(W, tf.transpose(X), transpose_b=True) + np.random.randn(4).reshape(4, 1)


def sigmoid_by_name(z):
    return tf.nn.sigmoid(tf.cast(z, "float32"))


def sigmoid_by_formula(z):
    z = tf.cast(z, tf.float32)
    return 1 / (1 + tf.exp(-z))


@tf.function
def sigmoid_in_a_graph(z):
    return tf.math.sigmoid(tf.cast(z, dtype=tf.float32))


def one_hot_flat(label, depth=6):
    return tf.reshape(tf.one_hot(label, depth), [-1])


def one_hot_of_a_list(label, depth=6):
    return tf.reshape(tf.one_hot(indices=[label], depth=depth, axis=0, dtype=tf.float32), shape=(depth,))


def one_hot_by_comparison(label, C=6):
    return tf.cast(tf.range(C) == tf.cast(tf.reshape(label, []), tf.int32), tf.float32)


def initialize_by_loop():
    initializer, parameters = tf.keras.initializers.GlorotNormal(seed=1), {}
    for layer, (n_prev, n) in enumerate([(12288, 25), (25, 12), (12, 6)], 1):
        parameters[f"W{layer}"] = tf.Variable(initializer(shape=[n, n_prev]), name=f"W{layer}")
        parameters[f"b{layer}"] = tf.Variable(tf.zeros((n, 1)), name=f"b{layer}")
    return parameters


def initialize_uniform():
    glorot = tf.keras.initializers.glorot_uniform()
    shapes = {"W1": (25, 12288), "b1": (25, 1), "W2": (12, 25), "b2": (12, 1), "W3": (6, 12), "b3": (6, 1)}
    return {name: tf.Variable(glorot(shape)) for name, shape in shapes.items()}


@tf.function
def forward_in_a_graph(X, parameters):
    A1 = tf.nn.relu(tf.math.add(tf.linalg.matmul(parameters["W1"], X), parameters["b1"]))
    A2 = tf.nn.relu(tf.math.add(tf.linalg.matmul(parameters["W2"], A1), parameters["b2"]))
    return tf.math.add(tf.linalg.matmul(parameters["W3"], A2), parameters["b3"])


def forward_by_loop(X, parameters):
    A = X
    for layer in (1, 2):
        A = tf.maximum(parameters[f"W{layer}"] @ A + parameters[f"b{layer}"], 0)
    return parameters["W3"] @ A + parameters["b3"]


def cost_by_metrics(logits, labels):
    logits, labels = tf.transpose(logits), tf.transpose(labels)
    return tf.reduce_mean(tf.keras.metrics.categorical_crossentropy(labels, logits, from_logits=True))


def cost_by_nn(logits, labels):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, axis=0))


def cost_by_class(logits, labels):
    loss = tf.keras.losses.CategoricalCrossentropy(from_logits=True)
    return loss(tf.transpose(labels), tf.transpose(logits))


def cost_by_formula(logits, labels):
    losses = tf.reduce_logsumexp(logits, axis=0) - tf.reduce_sum(logits * labels, axis=0)
    return tf.reduce_sum(losses) / tf.cast(tf.shape(logits)[1], tf.float32)


@tf.function
def cost_in_a_graph(logits, labels):
    labels = tf.reshape(tf.transpose(labels), [logits.shape[1], 6])
    return tf.reduce_mean(tf.keras.losses.categorical_crossentropy(labels, tf.transpose(logits), from_logits=True))


STYLES = {
    "linear_function": [
        linear_by_operators,
        linear_of_arrays,
        linear_in_another_order,
        linear_by_generator,
        linear_with_transpose,
    ],
    "sigmoid": [sigmoid_by_name, sigmoid_by_formula, sigmoid_in_a_graph],
    "one_hot_matrix": [one_hot_flat, one_hot_of_a_list, one_hot_by_comparison],
    "initialize_parameters": [initialize_by_loop, initialize_uniform],
    "forward_propagation": [forward_in_a_graph, forward_by_loop],
    "compute_cost": [cost_by_metrics, cost_by_nn, cost_by_class, cost_by_formula, cost_in_a_graph],
}
