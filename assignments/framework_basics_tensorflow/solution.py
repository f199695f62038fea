"""The right solution as students write it; `reference/framework_basics_tensorflow.py` is the same in NumPy."""

import numpy as np
import tensorflow as tf


def linear_function():
    """Compute W X + b of a random X, W and b.

    Draw X of shape (3, 1), W of shape (4, 3) and b of shape (4, 1), in this order, from the standard normal distribution.

    Returns
    -------
    Y : tensor of shape (4, 1)
    """
    np.random.seed(1)
    # BEGIN SOLUTION
    X = tf.constant(np.random.randn(3, 1), name="X")
    W = tf.constant(np.random.randn(4, 3), name="W")
    b = tf.constant(np.random.randn(4, 1), name="b")
    Y = tf.add(tf.matmul(W, X), b)
    # END SOLUTION
    return Y


def sigmoid(z):
    """Compute the sigmoid of z.

    Parameters
    ----------
    z : number, array or tensor

    Returns
    -------
    a : tensor of float32 of the same shape
    """
    # BEGIN SOLUTION
    z = tf.cast(z, tf.float32)
    a = tf.keras.activations.sigmoid(z)
    # END SOLUTION
    return a


def one_hot_matrix(label, C=6):
    """Turn one label into a vector with a single one; it also has to work inside ``Dataset.map``.

    Parameters
    ----------
    label : int, tensor of one number, or list of one
    C : int
        Number of classes.

    Returns
    -------
    one_hot : tensor of float32 of shape (C,)
    """
    # BEGIN SOLUTION
    one_hot = tf.reshape(tf.one_hot(label, C, axis=0), shape=[C])
    # END SOLUTION
    return one_hot


def one_hot_matrix__sum(label, C=6):
    return tf.reshape(tf.one_hot(label, C, axis=0), shape=[C])


def one_hot_matrix__binary(label, C=6):
    return tf.reshape(tf.one_hot(label, C, axis=0), shape=[C, 1])


def initialize_parameters():
    """Draw the weights and biases of three layers with GlorotNormal.

    Returns
    -------
    parameters : dict of tf.Variable
        ``W1`` of shape (25, 12288), ``b1`` (25, 1), ``W2`` (12, 25), ``b2`` (12, 1), ``W3`` (6, 12), ``b3`` (6, 1).
    """
    initializer = tf.keras.initializers.GlorotNormal(seed=1)
    # BEGIN SOLUTION
    W1 = tf.Variable(initializer(shape=(25, 12288)))
    b1 = tf.Variable(initializer(shape=(25, 1)))
    W2 = tf.Variable(initializer(shape=(12, 25)))
    b2 = tf.Variable(initializer(shape=(12, 1)))
    W3 = tf.Variable(initializer(shape=(6, 12)))
    b3 = tf.Variable(initializer(shape=(6, 1)))
    # END SOLUTION
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    return parameters


def forward_propagation(X, parameters):
    """Compute LINEAR -> RELU -> LINEAR -> RELU -> LINEAR.

    Parameters
    ----------
    X : tensor of shape (n_x, m)
    parameters : dict of tf.Variable
        ``W1``, ``b1``, ``W2``, ``b2``, ``W3``, ``b3``.

    Returns
    -------
    Z3 : tensor of shape (n_3, m)
    """
    # BEGIN SOLUTION
    Z1 = tf.add(tf.matmul(parameters["W1"], X), parameters["b1"])
    A1 = tf.keras.activations.relu(Z1)
    Z2 = tf.add(tf.matmul(parameters["W2"], A1), parameters["b2"])
    A2 = tf.keras.activations.relu(Z2)
    Z3 = tf.add(tf.matmul(parameters["W3"], A2), parameters["b3"])
    # END SOLUTION
    return Z3


def compute_cost(logits, labels):
    """Compute the mean over the examples of the softmax cross-entropy.

    Parameters
    ----------
    logits : tensor of shape (6, m)
        What `forward_propagation` gives: scores, to which no softmax has been applied.
    labels : tensor of shape (6, m)
        One-hot labels.

    Returns
    -------
    cost : tensor with one number
    """
    # BEGIN SOLUTION
    losses = tf.keras.losses.categorical_crossentropy(tf.transpose(labels), tf.transpose(logits), from_logits=True)
    cost = tf.reduce_mean(losses)
    # END SOLUTION
    return cost


def compute_cost__sum(logits, labels):
    losses = tf.keras.losses.categorical_crossentropy(tf.transpose(labels), tf.transpose(logits), from_logits=True)
    return tf.reduce_sum(losses)


def compute_cost__binary(logits, labels):
    return tf.reduce_mean(tf.keras.losses.binary_crossentropy(labels, logits, from_logits=True))
