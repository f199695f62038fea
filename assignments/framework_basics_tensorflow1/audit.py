"""Changes of the solution that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

from grader.audit.losses import UNLIKE

_SEED = "the seed of the batches is free"

EQUIVALENT = {
    "for batch_X, batch_Y in random_mini_batches(X_train, Y_train, minibatch_size, epoch + 1):": _SEED,
    "for batch_X, batch_Y in random_mini_batches(X_train, Y_train, minibatch_size, epoch - 1):": _SEED,
    "without tf.reset_default_graph()": "each call has a graph of its own",
}

# What a mistake may cost otherwise than its severity says.
LOSSES = {
    ("cost", "averaged"): UNLIKE,
    ("cost", "summed"): UNLIKE,
    ("cost", "sigmoid-twice"): UNLIKE,
    ("one_hot_matrix", "examples-in-rows"): UNLIKE,
    ("one_hot_matrix", "reshaped-for-transposed"): UNLIKE,
}
