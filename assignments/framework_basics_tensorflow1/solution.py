"""The right solution as students write it; `reference/framework_basics_tensorflow1.py` is the same in NumPy."""

import numpy as np
import tensorflow.compat.v1 as tf

random_mini_batches = None  # a starter imports it from `tf_utils`; the cases of `model` say what it is


def linear_function():
    """Compute W X + b of a random X, W and b, and run it in a session.

    Draw X of shape (3, 1), W of shape (4, 3) and b of shape (4, 1) from the standard normal distribution.

    Returns
    -------
    result : array of shape (4, 1)
    """
    # BEGIN SOLUTION
    X = tf.constant(np.random.randn(3, 1))
    W = tf.constant(np.random.randn(4, 3))
    b = tf.constant(np.random.randn(4, 1))
    Y = tf.add(tf.matmul(W, X), b)
    with tf.Session() as sess:
        result = sess.run(Y)
    # END SOLUTION
    return result


def sigmoid(z):
    """Compute the sigmoid of z, which is fed to a placeholder.

    Parameters
    ----------
    z : number or array

    Returns
    -------
    result : array of float32 of the same shape
    """
    # BEGIN SOLUTION
    x = tf.placeholder(tf.float32)
    with tf.Session() as sess:
        result = sess.run(tf.sigmoid(x), feed_dict={x: z})
    # END SOLUTION
    return result


def cost(logits, labels):
    """Compute the loss of each example, the binary cross-entropy of the sigmoid of its logit.

    Parameters
    ----------
    logits : array of shape (m,)
        Scores, to which no sigmoid has been applied.
    labels : array of shape (m,)
        0 or 1.

    Returns
    -------
    cost : array of shape (m,)
        The losses one by one, not their mean.
    """
    # BEGIN SOLUTION
    z = tf.placeholder(tf.float32)
    y = tf.placeholder(tf.float32)
    losses = tf.nn.sigmoid_cross_entropy_with_logits(logits=z, labels=y)
    with tf.Session() as sess:
        cost = sess.run(losses, feed_dict={z: logits, y: labels})
    # END SOLUTION
    return cost


def one_hot_matrix(labels, C):
    """Turn labels into a matrix whose columns are one-hot vectors.

    Parameters
    ----------
    labels : int array of shape (m,)
    C : int
        Number of classes.

    Returns
    -------
    one_hot : array of float32 of shape (C, m)
    """
    # BEGIN SOLUTION
    matrix = tf.one_hot(labels, C, axis=0)
    with tf.Session() as sess:
        one_hot = sess.run(matrix)
    # END SOLUTION
    return one_hot


def ones(shape):
    """Make an array of ones.

    Parameters
    ----------
    shape : list of int

    Returns
    -------
    ones : array of float32 of this shape
    """
    # BEGIN SOLUTION
    with tf.Session() as sess:
        ones = sess.run(tf.ones(shape))
    # END SOLUTION
    return ones


def create_placeholders(n_x, n_y):
    """Make the placeholders for the examples and for their labels, however many there are.

    Parameters
    ----------
    n_x : int
        Size of an example.
    n_y : int
        Number of classes.

    Returns
    -------
    X : placeholder of float32 of shape (n_x, None)
    Y : placeholder of float32 of shape (n_y, None)
    """
    # BEGIN SOLUTION
    X = tf.placeholder(tf.float32, [n_x, None], name="X")
    Y = tf.placeholder(tf.float32, [n_y, None], name="Y")
    # END SOLUTION
    return X, Y


def initialize_parameters():
    """Make the weights of three layers by Xavier's rule, and biases of zero.

    Returns
    -------
    parameters : dict of variables
        ``W1`` of shape (25, 12288), ``b1`` (25, 1), ``W2`` (12, 25), ``b2`` (12, 1), ``W3`` (6, 12), ``b3`` (6, 1).
    """
    # BEGIN SOLUTION
    W1 = tf.get_variable("W1", [25, 12288], initializer=tf.glorot_uniform_initializer())
    b1 = tf.get_variable("b1", [25, 1], initializer=tf.zeros_initializer())
    W2 = tf.get_variable("W2", [12, 25], initializer=tf.glorot_uniform_initializer())
    b2 = tf.get_variable("b2", [12, 1], initializer=tf.zeros_initializer())
    W3 = tf.get_variable("W3", [6, 12], initializer=tf.glorot_uniform_initializer())
    b3 = tf.get_variable("b3", [6, 1], initializer=tf.zeros_initializer())
    # END SOLUTION
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    return parameters


def forward_propagation(X, parameters):
    """Build LINEAR -> RELU -> LINEAR -> RELU -> LINEAR.

    Parameters
    ----------
    X : placeholder of shape (n_x, None)
    parameters : dict of variables
        ``W1``, ``b1``, ``W2``, ``b2``, ``W3``, ``b3``.

    Returns
    -------
    Z3 : tensor of shape (n_3, None)
    """
    # BEGIN SOLUTION
    Z1 = tf.add(tf.matmul(parameters["W1"], X), parameters["b1"])
    A1 = tf.nn.relu(Z1)
    Z2 = tf.add(tf.matmul(parameters["W2"], A1), parameters["b2"])
    A2 = tf.nn.relu(Z2)
    Z3 = tf.add(tf.matmul(parameters["W3"], A2), parameters["b3"])
    # END SOLUTION
    return Z3


def compute_cost(Z3, Y):
    """Build the mean over the examples of the softmax cross-entropy.

    Parameters
    ----------
    Z3 : tensor of shape (C, None)
        What `forward_propagation` gives: scores, to which no softmax has been applied.
    Y : placeholder of the same shape
        One-hot labels.

    Returns
    -------
    cost : tensor with one number
    """
    # BEGIN SOLUTION
    logits, labels = tf.transpose(Z3), tf.transpose(Y)
    cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels))
    # END SOLUTION
    return cost


def model(X_train, Y_train, X_test, Y_test, learning_rate=0.0001, num_epochs=1500, minibatch_size=32, print_cost=True):
    """Train the network with Adam: in each epoch one step for each of the mini-batches.

    Parameters
    ----------
    X_train, X_test : array of shape (n_x, m)
    Y_train, Y_test : array of shape (n_y, m)
    learning_rate : float
    num_epochs : int
    minibatch_size : int
    print_cost : bool
        Whether to print the cost now and then, if you like.

    Returns
    -------
    parameters : dict of arrays
        What the session holds after the training.
    """
    tf.reset_default_graph()
    # BEGIN SOLUTION
    X, Y = create_placeholders(X_train.shape[0], Y_train.shape[0])
    parameters = initialize_parameters()
    cost = compute_cost(forward_propagation(X, parameters), Y)
    optimizer = tf.train.AdamOptimizer(learning_rate).minimize(cost)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(num_epochs):
            for batch_X, batch_Y in random_mini_batches(X_train, Y_train, minibatch_size, epoch):
                sess.run(optimizer, feed_dict={X: batch_X, Y: batch_Y})
        parameters = sess.run(parameters)
    # END SOLUTION
    return parameters
