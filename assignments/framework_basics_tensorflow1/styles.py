"""Right solutions in other styles."""

import numpy as np
import tensorflow as tf

# What `model` calls: the cases say what it is.
create_placeholders = initialize_parameters = forward_propagation = compute_cost = random_mini_batches = None


def linear_by_hand():
    np.random.seed(1)
    X = tf.Variable(np.random.randn(3, 1), name="X")
    W = tf.constant(np.random.randn(4, 3), name="X")
    Y = tf.matmul(W, X) + np.random.randn(4, 1)
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    result = sess.run(Y)
    sess.close()
    return result


def linear_of_arrays():
    np.random.seed(1)
    X, W, b = np.random.randn(3, 1), np.random.randn(4, 3), np.random.randn(4, 1)
    with tf.Session() as sess:
        return sess.run(tf.add(tf.matmul(W, X), b))


def linear_in_another_order():
    generator = np.random.RandomState(1)
    W, b, X = (tf.constant(generator.normal(size=size), tf.float32) for size in ((4, 3), (4, 1), (3, 1)))
    return tf.Session().run(tf.matmul(W, X) + b)


def sigmoid_of_a_constant(z):
    with tf.Session():
        return tf.sigmoid(tf.cast(z, tf.float32)).eval()


def sigmoid_by_formula(z):
    x = tf.placeholder("float", None, name="X")
    sess = tf.Session()
    return sess.run(1 / (1 + tf.exp(-x)), {x: z})


def sigmoid_in_an_interactive_session(z):
    tf.InteractiveSession()
    return tf.nn.sigmoid(tf.constant(z, dtype=tf.float32)).eval()


def cost_in_double(logits, labels):
    z, y = tf.placeholder(tf.float64), tf.placeholder(tf.float64)
    sess = tf.Session()
    result = sess.run(tf.nn.sigmoid_cross_entropy_with_logits(logits=z, labels=y), {z: logits, y: labels})
    sess.close()
    return result


def cost_by_formula(logits, labels):
    z, y = tf.constant(logits, tf.float32), tf.constant(labels, tf.float32)
    with tf.Session() as sess:
        return sess.run(y * tf.nn.softplus(-z) + (1 - y) * tf.nn.softplus(z))


def one_hot_transposed(labels, C):
    with tf.Session() as sess:
        return sess.run(tf.transpose(tf.one_hot(labels, depth=C)))


def one_hot_of_integers(labels, C):
    with tf.Session() as sess:
        return sess.run(tf.one_hot(indices=labels, depth=C, on_value=1, off_value=0, axis=0))


def one_hot_open(labels, C):
    depth = tf.constant(value=C, name="C")
    sess = tf.Session()
    return sess.run(tf.one_hot(labels, depth, axis=0))


def ones_filled(shape):
    with tf.Session() as sess:
        return sess.run(tf.fill(shape, 1.0))


def placeholders_by_words(n_x, n_y):
    X = tf.placeholder("float", shape=(n_x, None))
    Y = tf.placeholder(dtype="float32", shape=(n_y, None))
    return [X, Y]


def initialize_by_contrib():
    xavier, parameters = tf.contrib.layers.xavier_initializer(seed=1), {}
    for layer, (n_prev, n) in enumerate([(12288, 25), (25, 12), (12, 6)], 1):
        parameters[f"W{layer}"] = tf.get_variable(f"W{layer}", [n, n_prev], initializer=xavier)
        parameters[f"b{layer}"] = tf.get_variable(f"b{layer}", (n, 1), initializer=tf.zeros_initializer())
    return parameters


def initialize_by_variables():
    normal, parameters = tf.contrib.layers.xavier_initializer(uniform=False), {}
    for layer, shape in enumerate([(25, 12288), (12, 25), (6, 12)], 1):
        parameters[f"W{layer}"] = tf.Variable(normal(shape))
        parameters[f"b{layer}"] = tf.Variable(tf.zeros((shape[0], 1)))
    return parameters


def initialize_untruncated():
    draw = lambda n, n_prev: tf.random_normal((n, n_prev), stddev=np.sqrt(2 / (n + n_prev)))  # noqa: E731
    weights = {f"W{layer}": draw(*shape) for layer, shape in enumerate([(25, 12288), (12, 25), (6, 12)], 1)}
    biases = {f"b{layer}": tf.zeros((n, 1)) for layer, n in enumerate([25, 12, 6], 1)}
    return {name: tf.Variable(value) for name, value in {**weights, **biases}.items()}


def forward_by_operators(X, parameters):
    A1 = tf.nn.relu(parameters["W1"] @ X + parameters["b1"])
    A2 = tf.nn.relu(parameters["W2"] @ A1 + parameters["b2"])
    return parameters["W3"] @ A2 + parameters["b3"]


def forward_by_loop(X, parameters):
    A = X
    for layer in range(1, len(parameters) // 2 + 1):
        Z = tf.math.add(tf.linalg.matmul(parameters[f"W{layer}"], A), parameters[f"b{layer}"])
        A = tf.maximum(Z, 0)
    tf.nn.relu(Z)
    return Z


def cost_by_axis(Z3, Y):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=Y, logits=Z3, axis=0))


def cost_by_logarithm(Z3, Y):
    losses = tf.reduce_logsumexp(Z3, axis=0) - tf.reduce_sum(Z3 * Y, axis=0)
    return tf.reduce_sum(losses) / tf.cast(tf.shape(Z3)[1], tf.float32)


def cost_by_examples(Z3, Y):
    logits, labels = tf.transpose(Z3), tf.argmax(Y)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


def model_with_accuracy(
    X_train, Y_train, X_test, Y_test, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, print_cost=True
):
    from tensorflow.python.framework import ops

    ops.reset_default_graph()
    tf.set_random_seed(1)
    X, Y = tf.placeholder(tf.float32, [X_train.shape[0], None]), tf.placeholder(tf.float32, [Y_train.shape[0], None])
    parameters = initialize_parameters()
    Z3 = forward_propagation(X, parameters)
    cost = compute_cost(Z3, Y)
    optimizer = tf.train.AdamOptimizer(learning_rate).minimize(cost)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(num_epochs):
            epoch_cost, batches = 0.0, int(X_train.shape[1] / minibatch_size)
            for minibatch_X, minibatch_Y in random_mini_batches(X_train, Y_train, minibatch_size, epoch):
                _, c = sess.run([optimizer, cost], feed_dict={X: minibatch_X, Y: minibatch_Y})
                epoch_cost += c / batches
        parameters = sess.run(parameters)
        right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(Z3), tf.argmax(Y)), "float"))
        print("Test Accuracy:", right.eval({X: X_test, Y: Y_test}))
        return parameters


def model_with_session_by_hand(
    X_train, Y_train, X_test, Y_test, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, print_cost=True
):
    tf.reset_default_graph()
    X, Y = create_placeholders(X_train.shape[0], Y_train.shape[0])
    parameters = initialize_parameters()
    cost = compute_cost(forward_propagation(X, parameters), Y)
    optimizer = tf.train.AdamOptimizer(learning_rate)
    step = optimizer.apply_gradients(optimizer.compute_gradients(cost))
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    for epoch in range(num_epochs):
        for batch in random_mini_batches(X_train, Y_train, minibatch_size, epoch):
            sess.run(step, {X: batch[0], Y: batch[1]})
    return {name: sess.run(value) for name, value in parameters.items()}


STYLES = {
    "linear_function": [linear_by_hand, linear_of_arrays, linear_in_another_order],
    "sigmoid": [sigmoid_of_a_constant, sigmoid_by_formula, sigmoid_in_an_interactive_session],
    "cost": [cost_in_double, cost_by_formula],
    "one_hot_matrix": [one_hot_transposed, one_hot_of_integers, one_hot_open],
    "ones": [ones_filled],
    "create_placeholders": [placeholders_by_words],
    "initialize_parameters": [initialize_by_contrib, initialize_by_variables, initialize_untruncated],
    "forward_propagation": [forward_by_operators, forward_by_loop],
    "compute_cost": [cost_by_axis, cost_by_logarithm, cost_by_examples],
    "model": [model_with_accuracy, model_with_session_by_hand],
}
