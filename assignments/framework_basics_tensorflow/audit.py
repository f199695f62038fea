"""Changes of the solution that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

_NAME = "the name of a tensor says nothing"
_AXIS = "of one label all axes are the same once it is reshaped"
_SEED = "any draw from the right distribution is right"

EQUIVALENT = {
    "W = tf.constant(np.random.randn(4, 3), name='b')": _NAME,
    "b = tf.constant(np.random.randn(4, 1), name='W')": _NAME,
    "np.random.seed(1)": _SEED,
    "one_hot = tf.reshape(tf.one_hot(label, C, axis= -1), shape=[C])": _AXIS,
    "one_hot = tf.reshape(tf.one_hot(label, C, axis=None), shape=[C])": _AXIS,
    "initializer = tf.keras.initializers.GlorotNormal(seed= 0)": _SEED,
    "initializer = tf.keras.initializers.GlorotNormal(seed= 2)": _SEED,
}

# What a mistake may cost otherwise than its severity says.
LOSSES = {
    ("compute_cost", "not-from-logits"): "where such costs are summed, nothing of their numbers goes with the right ones",
}
