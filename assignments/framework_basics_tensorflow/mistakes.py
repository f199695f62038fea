"""Known wrong solutions of the first steps in TensorFlow 2."""

import numpy as np
import tensorflow as tf

from grader.spec import mistake


def _drawn():
    return np.random.randn(3, 1), np.random.randn(4, 3), np.random.randn(4, 1)


# -- linear_function ---------------------------------------------------------------------


@mistake(
    "missing-bias",
    "linear_function",
    message="b is not added",
    hint="Which of the three tensors does not matter for your result?",
    severity="grave",
)
def linear_without_bias():
    X, W, _ = _drawn()
    return tf.matmul(W, X)


@mistake(
    "bias-subtracted",
    "linear_function",
    message="b is subtracted, not added",
    hint="Compare the signs in W X + b.",
    severity="grave",
)
def linear_subtracting():
    X, W, b = _drawn()
    return tf.subtract(tf.matmul(W, X), b)


@mistake(
    "elementwise-product",
    "linear_function",
    message="W and X are multiplied entry by entry and summed the wrong way; W X is a matrix product",
    hint="What does * do with two tensors, and what does tf.matmul do?",
    severity="grave",
)
def linear_elementwise():
    X, W, b = _drawn()
    return tf.reshape(tf.reduce_sum(W * X.T, axis=0), (3, 1)) + b[:3]


@mistake(
    "not-standard-normal",
    "linear_function",
    message="X, W and b are not drawn from the standard normal distribution",
    hint="np.random.rand and np.random.randn differ by more than a letter.",
    severity="grave",
)
def linear_uniform():
    X, W, b = np.random.rand(3, 1), np.random.rand(4, 3), np.random.rand(4, 1)
    return tf.add(tf.matmul(W, X), b)


# -- sigmoid -----------------------------------------------------------------------------


@mistake(
    "not-cast",
    "sigmoid",
    message="z is not cast to float32 first, so that whole numbers fail or another precision comes out",
    hint="Which dtypes does tf.keras.activations.sigmoid take?",
    severity="fault",
)
def sigmoid_without_cast(z):
    return tf.math.sigmoid(z)


@mistake(
    "double-precision",
    "sigmoid",
    message="the result is float64, asked for is float32",
    hint="To which dtype do you cast z?",
    severity="slip",
)
def sigmoid_in_double(z):
    return tf.math.sigmoid(tf.cast(z, tf.float64))


@mistake(
    "cut-to-integers",
    "sigmoid",
    message="z is cut to whole numbers before the sigmoid",
    hint="To which dtype do you cast z?",
    severity="fault",
)
def sigmoid_of_integers(z):
    return tf.math.sigmoid(tf.cast(tf.cast(z, tf.int32), tf.float32))


@mistake(
    "softmax-for-sigmoid",
    "sigmoid",
    message="this is softmax, whose results add up to 1; the sigmoid looks at each number by itself",
    hint="What is the result for a single number?",
    severity="grave",
)
def sigmoid_softmax(z):
    z = tf.cast(z, tf.float32)
    return tf.reshape(tf.nn.softmax(tf.reshape(z, [1, -1])), tf.shape(z))


@mistake(
    "tanh-for-sigmoid",
    "sigmoid",
    message="this is tanh, whose results lie between -1 and 1",
    hint="What should come out for 0?",
    severity="grave",
)
def sigmoid_tanh(z):
    return tf.math.tanh(tf.cast(z, tf.float32))


# -- one_hot_matrix ----------------------------------------------------------------------


@mistake(
    "not-reshaped",
    "one_hot_matrix",
    message="the result has the shape that tf.one_hot gives; a label in a list makes a matrix of it",
    hint="What shape does tf.one_hot give for [2], and what for 2?",
    severity="slip",
)
def one_hot_unshaped(label, C=6):
    return tf.one_hot(label, C, axis=0)


@mistake(
    "classes-ignored",
    "one_hot_matrix",
    message="the number of classes is always 6, whatever the second argument says",
    hint="Which of the two arguments do you not use?",
    severity="grave",
)
def one_hot_of_six(label, C=6):
    return tf.reshape(tf.one_hot(label, 6), [-1])


@mistake(
    "counts-from-one",
    "one_hot_matrix",
    message="the one stands a place too early: this counts the classes from 1",
    hint="Where does the one stand for the label 0?",
    severity="fault",
)
def one_hot_from_one(label, C=6):
    return tf.reshape(tf.one_hot(tf.cast(label, tf.int32) - 1, C), [C])


@mistake(
    "one-row-of-all",
    "one_hot_matrix",
    message="the result is a row of a matrix (1, C), not a vector (C,)",
    hint="How many axes has the shape [1, C]?",
    severity="fault",
)
def one_hot_row(label, C=6):
    return tf.reshape(tf.one_hot(label, C), [1, C])


@mistake(
    "fails-in-a-map",
    "one_hot_matrix",
    message="it asks the label for its value, which there is none of inside Dataset.map",
    hint="Inside Dataset.map a label is symbolic. Which operations of TensorFlow do without .numpy(), int() and NumPy?",
    severity="fault",
)
def one_hot_of_a_number(label, C=6):
    return tf.constant(np.eye(C, dtype=np.float32)[int(np.ravel(label)[0])])


# -- initialize_parameters ---------------------------------------------------------------


def _parameters(draw, shapes=((25, 12288), (12, 25), (6, 12)), make=tf.Variable):
    parameters = {}
    for number, (n, n_prev) in enumerate(shapes, 1):
        parameters[f"W{number}"] = make(draw((n, n_prev)))
        parameters[f"b{number}"] = make(draw((n, 1)))
    return parameters


@mistake(
    "zero-weights",
    "initialize_parameters",
    message="the weights are zero: all units of a layer start alike, and stay so",
    hint="Which initializer draws random numbers?",
    severity="grave",
)
def all_zero():
    return _parameters(tf.zeros)


@mistake(
    "constant-weights",
    "initialize_parameters",
    message="all weights are equal: all units of a layer start alike, and stay so",
    hint="Which initializer draws random numbers?",
    severity="grave",
)
def all_one():
    return _parameters(tf.ones)


@mistake(
    "he-scale",
    "initialize_parameters",
    message="the weights have He's scale, sqrt(2 / n) of one side; Glorot's looks at both sides",
    hint="Which initializer does the exercise name?",
    severity="fault",
)
def he_normal():
    return _parameters(tf.keras.initializers.HeNormal())


@mistake(
    "missing-scale",
    "initialize_parameters",
    message="the weights have the standard deviation 1, whatever the sizes of the layers",
    hint="What does the initializer of Glorot do with the sizes of a layer?",
    severity="fault",
)
def unscaled():
    return _parameters(tf.random.normal)


@mistake(
    "fixed-scale",
    "initialize_parameters",
    message="the weights have a fixed scale, whatever the sizes of the layers",
    hint="What does the initializer of Glorot do with the sizes of a layer?",
    severity="fault",
)
def random_normal():
    return _parameters(tf.keras.initializers.RandomNormal())


@mistake(
    "not-variables",
    "initialize_parameters",
    message="the parameters are tensors that cannot change; training needs variables",
    hint="What is the difference between tf.constant and tf.Variable?",
    severity="fault",
)
def constants():
    return _parameters(tf.keras.initializers.GlorotNormal(), make=tf.constant)


@mistake(
    "transposed-weights",
    "initialize_parameters",
    message="the weights have the shape (inputs, units); here it is (units, inputs)",
    hint="Which shape does W1 need, so that W1 X is possible?",
    severity="grave",
)
def transposed():
    draw = tf.keras.initializers.GlorotNormal()
    return _parameters(lambda shape: draw(shape[::-1]) if shape[1] > 1 else draw(shape))


# -- forward_propagation -----------------------------------------------------------------


def _layers(X, parameters, first=tf.nn.relu, second=tf.nn.relu, last=tf.identity):
    A1 = first(parameters["W1"] @ X + parameters["b1"])
    A2 = second(parameters["W2"] @ A1 + parameters["b2"])
    return last(parameters["W3"] @ A2 + parameters["b3"])


@mistake(
    "Z2-for-A2",
    "forward_propagation",
    message="Z3 is computed from Z2, not from A2: the second ReLU has no effect",
    hint="What goes into the last layer?",
    severity="grave",
)
def forward_from_Z2(X, parameters):
    return _layers(X, parameters, second=tf.identity)


@mistake(
    "Z1-for-A1",
    "forward_propagation",
    message="Z2 is computed from Z1, not from A1: the first ReLU has no effect",
    hint="What goes into the second layer?",
    severity="grave",
)
def forward_from_Z1(X, parameters):
    return _layers(X, parameters, first=tf.identity)


@mistake(
    "without-relu",
    "forward_propagation",
    message="there is no ReLU: three linear layers are one",
    hint="What stands between two linear layers?",
    severity="grave",
)
def forward_linear(X, parameters):
    return _layers(X, parameters, tf.identity, tf.identity)


@mistake(
    "relu-at-the-end",
    "forward_propagation",
    message="a ReLU is applied to Z3, which is to be returned as it is",
    hint="Which signs may the scores of the last layer have?",
    severity="grave",
)
def forward_relu_at_the_end(X, parameters):
    return _layers(X, parameters, last=tf.nn.relu)


@mistake(
    "softmax-at-the-end",
    "forward_propagation",
    message="softmax is applied to Z3; the cost takes the scores themselves",
    hint="Where does the softmax happen when the loss takes logits?",
    severity="grave",
)
def forward_softmax(X, parameters):
    return _layers(X, parameters, last=lambda Z3: tf.nn.softmax(Z3, axis=0))


@mistake(
    "sigmoid-for-relu",
    "forward_propagation",
    message="the hidden layers use the sigmoid, not ReLU",
    hint="Which activation does the exercise name?",
    severity="grave",
)
def forward_sigmoid(X, parameters):
    return _layers(X, parameters, tf.sigmoid, tf.sigmoid)


@mistake(
    "missing-bias",
    "forward_propagation",
    message="the biases are not added",
    hint="Which of the six parameters do you not use?",
    severity="grave",
)
def forward_without_biases(X, parameters):
    A1 = tf.nn.relu(parameters["W1"] @ X)
    A2 = tf.nn.relu(parameters["W2"] @ A1)
    return parameters["W3"] @ A2


@mistake(
    "gradient-lost",
    "forward_propagation",
    message="no gradient comes through: the parameters or a layer are turned into arrays or new variables",
    hint="Where do you use .numpy(), a function of NumPy, or tf.Variable?",
    severity="fault",
)
def forward_by_numpy(X, parameters):
    return tf.constant(_layers(X, {name: tf.constant(value.numpy()) for name, value in parameters.items()}).numpy())


# -- compute_cost ------------------------------------------------------------------------


def _loss(logits, labels, **options):
    """Keras takes the labels first."""
    return tf.keras.losses.categorical_crossentropy(labels, logits, **options)


# The editions differ in whether the losses are averaged or summed: each of these mistakes is made in both.
_NOT_TRANSPOSED = {
    "message": "logits and labels are not transposed: the softmax runs over the examples of each class",
    "hint": "Over which axis does Keras take the softmax, and where are your classes?",
    "severity": "grave",
}
_SWAPPED = {
    "message": "labels and logits are swapped: y_true comes first",
    "hint": "In which order does categorical_crossentropy take its arguments?",
    "severity": "grave",
}
_SOFTMAX_TWICE = {
    "message": "softmax is applied before a loss that takes logits, and applies it again",
    "hint": "What does from_logits=True do?",
    "severity": "fault",
}
_NOT_FROM_LOGITS = {
    "message": "from_logits=True is missing: the scores are taken for probabilities",
    "hint": "What does categorical_crossentropy expect, unless told otherwise?",
    "severity": "fault",
}


@mistake("not-transposed", "compute_cost", **_NOT_TRANSPOSED)
def cost_not_transposed(logits, labels):
    return tf.reduce_mean(_loss(logits, labels, from_logits=True))


@mistake(
    "reshaped-for-transposed",
    "compute_cost",
    message="the tensors are reshaped where they should be transposed: the numbers land in other examples",
    hint="Compare tf.reshape and tf.transpose on a small tensor.",
    severity="fault",
)
def cost_reshaped(logits, labels):
    shape = (tf.shape(logits)[1], tf.shape(logits)[0])
    return tf.reduce_mean(_loss(tf.reshape(logits, shape), tf.reshape(labels, shape), from_logits=True))


@mistake("swapped", "compute_cost", **_SWAPPED)
def cost_swapped(logits, labels):
    return tf.reduce_mean(_loss(tf.transpose(labels), tf.transpose(logits), from_logits=True))


@mistake("softmax-twice", "compute_cost", **_SOFTMAX_TWICE)
def cost_softmax_twice(logits, labels):
    return tf.reduce_mean(_loss(tf.nn.softmax(tf.transpose(logits)), tf.transpose(labels), from_logits=True))


@mistake("not-from-logits", "compute_cost", **_NOT_FROM_LOGITS)
def cost_of_probabilities(logits, labels):
    return tf.reduce_mean(_loss(tf.transpose(logits), tf.transpose(labels)))


@mistake("not-transposed", "compute_cost", **_NOT_TRANSPOSED)
def cost_not_transposed_sum(logits, labels):
    return tf.reduce_sum(_loss(logits, labels, from_logits=True))


@mistake("swapped", "compute_cost", **_SWAPPED)
def cost_swapped_and_more(logits, labels):
    return tf.reduce_mean(_loss(labels, logits))


@mistake("swapped", "compute_cost", **_SWAPPED)
def cost_swapped_sum(logits, labels):
    return tf.reduce_sum(_loss(tf.transpose(labels), tf.transpose(logits), from_logits=True))


@mistake("softmax-twice", "compute_cost", **_SOFTMAX_TWICE)
def cost_softmax_twice_sum(logits, labels):
    return tf.reduce_sum(_loss(tf.nn.softmax(tf.transpose(logits)), tf.transpose(labels), from_logits=True))


@mistake("not-from-logits", "compute_cost", **_NOT_FROM_LOGITS)
def cost_of_probabilities_sum(logits, labels):
    return tf.reduce_sum(_loss(tf.transpose(logits), tf.transpose(labels)))


@mistake(
    "mean-over-classes-too",
    "compute_cost",
    message="the sum is divided by the number of classes as well",
    hint="By how many examples do you divide, and by what besides?",
    severity="fault",
)
def cost_over_classes(logits, labels):
    return tf.reduce_mean(_loss(tf.transpose(logits), tf.transpose(labels), from_logits=True)) / logits.shape[0]


@mistake(
    "not-reduced",
    "compute_cost",
    message="these are the losses of the examples, one by one; the cost is one number",
    hint="Which operation makes one number of all losses?",
    severity="fault",
)
def cost_of_each(logits, labels):
    return _loss(tf.transpose(logits), tf.transpose(labels), from_logits=True)


@mistake(
    "gradient-lost",
    "compute_cost",
    message="no gradient comes through: the logits are turned into an array on the way",
    hint="Where do you use .numpy() or a function of NumPy?",
    severity="slip",
)
def cost_by_numpy(logits, labels):
    logits = tf.constant(logits.numpy())
    return tf.reduce_mean(_loss(tf.transpose(logits), tf.transpose(labels), from_logits=True))
