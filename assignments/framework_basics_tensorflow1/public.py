"""What runs beside a submission: it turns TensorFlow 2 into TensorFlow 1, and makes and reads what is symbolic.

``submitted(name)`` is a graded function of the submission, ``drawn_by`` notes what one draws.
"""

import sys
import types

import numpy as np
import tensorflow as tf


def warm_up():
    """Let ``tensorflow`` mean its version 1, with what graded functions use of its ``contrib``. No operation is run.

    ``import tensorflow.compat.v1 as tf`` means the same.
    """
    v1 = tf.compat.v1
    v1.logging.set_verbosity(v1.logging.ERROR)  # it warns of being old
    v1.disable_v2_behavior()
    contrib, layers = types.ModuleType("tensorflow.contrib"), types.ModuleType("tensorflow.contrib.layers")
    layers.xavier_initializer, contrib.layers = _xavier_initializer, layers
    v1.contrib, v1.compat.v1 = contrib, v1
    sys.modules.update({"tensorflow": v1, "tensorflow.compat": v1.compat, "tensorflow.compat.v1": v1})
    sys.modules.update({one.__name__: one for one in (contrib, layers)})
    _ = v1.Session, v1.placeholder, v1.train.AdamOptimizer, v1.nn.relu, v1.glorot_uniform_initializer, v1.keras.backend


def _xavier_initializer(uniform=True, seed=None, dtype=tf.float32):
    one = tf.compat.v1.glorot_uniform_initializer if uniform else tf.compat.v1.glorot_normal_initializer
    return one(seed=seed, dtype=dtype)


def around(name, function, args):
    """A call of a graded function, in a graph of its own: arrays become what it takes, what it gives becomes arrays."""
    _new_graph()
    try:
        return _CALLS[name](function, *args) if name in _CALLS else _run(function, *args)
    except tf.errors.OpError as error:
        error._message, error._op = _reason(error.message), None  # else it tells of lines in files of TensorFlow
        raise


def _reason(message):
    """The words of an error of a session without those about where in TensorFlow it was."""
    lines = map(str.strip, message.rpartition("\nNode: ")[2].splitlines())
    return ": ".join(line for line in lines if line and not line.startswith(("[[", "Graph execution error")))


def _new_graph():
    seed = tf.get_default_graph().seed
    tf.reset_default_graph()
    tf.set_random_seed(seed)


class NotRunError(Exception):
    """A function gives a tensor where it should give the numbers."""


def _run(function, *args):
    """What a function gives that runs a session of its own."""
    value = function(*args)
    if any(map(tf.is_tensor, value.values() if isinstance(value, dict) else [value])):
        raise NotRunError("the result is a tensor of the graph, which has no numbers yet: run it in a session")
    return value


def _numbers(value, feed=None):
    """The numbers of tensors, which a session finds out; anything else stays what it is."""
    symbolic = {key: part for key, part in value.items() if tf.is_tensor(part)} if isinstance(value, dict) else value
    if not isinstance(value, dict) and not tf.is_tensor(value):
        return value
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(symbolic, feed)
    return {**value, **found} if isinstance(value, dict) else found


def _placeholders(function, n_x, n_y):
    """Dtype and shape of each placeholder, in words."""
    found = function(n_x, n_y)
    return tuple(map(_in_words, found)) if isinstance(found, tuple | list) else found


def _is_placeholder(value):
    return tf.is_tensor(value) and value.op.type == "Placeholder"


def _in_words(value):
    if not _is_placeholder(value):
        return f"no placeholder: {type(value).__name__}"
    shape = "any shape" if value.shape.rank is None else f"shape {tuple(value.shape.as_list())}"
    return f"a placeholder of {value.dtype.name} and {shape}"


def _parameters(function):
    return _numbers(function())


def _forward(function, X, parameters):
    fed = tf.placeholder(tf.float32, [X.shape[0], None], name="X")
    variables = {name: tf.get_variable(name, initializer=values) for name, values in parameters.items()}
    return _numbers(function(fed, variables), {fed: X})


def _cost(function, Z3, Y):
    fed = [tf.placeholder(tf.float32, [len(values), None]) for values in (Z3, Y)]
    return _numbers(function(*fed), dict(zip(fed, (Z3, Y), strict=True)))


_CALLS = {
    "create_placeholders": _placeholders,
    "initialize_parameters": _parameters,
    "forward_propagation": _forward,
    "compute_cost": _cost,
}


# -- what properties ask -----------------------------------------------------------------


def watched():
    """What ``linear_function`` gives, and all numbers that it has drawn on the way."""
    _new_graph()
    return drawn_by(lambda: _run(submitted("linear_function")))


def fed(n_x, n_y):
    """What the placeholders say to one example and to three; empty where they take them."""
    _new_graph()
    X, Y = submitted("create_placeholders")(n_x, n_y)
    return [_refused(one, size, m) for one, size in ((X, n_x), (Y, n_y)) for m in (1, 3)]


def _refused(placeholder, size, m):
    if not _is_placeholder(placeholder):  # other tensors can be fed, too
        return "it is none"
    try:
        with tf.Session() as session:
            shape = session.run(tf.shape(placeholder), {placeholder: np.zeros((size, m))}).tolist()
    except Exception as error:
        return f"{type(error).__name__}: {error}".split("\n")[0][:200]
    return "" if shape == [size, m] else f"its shape is {shape}"


def variables():
    """Of each parameter, whether it is a variable that can be trained."""
    _new_graph()
    found = submitted("initialize_parameters")()
    trainable = tf.trainable_variables()
    return {name: any(value is one for one in trainable) for name, value in found.items()}


# -- what `model` trains: a linear function by least squares, whatever the submission's own functions do -------


def given_placeholders(n_x, n_y):
    def create_placeholders(*sizes):
        if sizes != (n_x, n_y):
            raise ValueError(f"create_placeholders is called with {sizes}, expected {(n_x, n_y)} for these examples")
        return tf.placeholder(tf.float32), tf.placeholder(tf.float32)

    return create_placeholders


def given_parameters(W1, b1):
    return lambda: {"W1": tf.get_variable("W1", initializer=W1), "b1": tf.get_variable("b1", initializer=b1)}


def given_forward():
    return lambda X, parameters: tf.matmul(parameters["W1"], X) + parameters["b1"]


def given_cost():
    return lambda Z3, Y: tf.reduce_mean(tf.square(Z3 - Y))


def given_batches():
    """Batches in the order of the examples, the last one of what is left."""

    def random_mini_batches(X, Y, mini_batch_size=64, seed=0):
        starts = range(0, X.shape[1], mini_batch_size)
        return [(X[:, start : start + mini_batch_size], Y[:, start : start + mini_batch_size]) for start in starts]

    return random_mini_batches
