"""Known wrong solutions of the first steps in TensorFlow 1."""

import numpy as np
import tensorflow.compat.v1 as tf

from grader.spec import mistake


def _run(tensor, feed=None):
    with tf.Session() as sess:
        return sess.run(tensor, feed_dict=feed)


def _drawn():
    return np.random.randn(3, 1), np.random.randn(4, 3), np.random.randn(4, 1)


_NOT_RUN = {
    "message": "the result is a tensor of the graph, which has no numbers yet",
    "hint": "What does a session do with a tensor of the graph?",
    "severity": "grave",
}

# -- linear_function ---------------------------------------------------------------------


@mistake("not-run", "linear_function", **_NOT_RUN)
def linear_not_run():
    X, W, b = _drawn()
    return tf.add(tf.matmul(W, X), b)


@mistake(
    "missing-bias",
    "linear_function",
    message="b is not added",
    hint="Which of the three tensors does not matter for your result?",
    severity="grave",
)
def linear_without_bias():
    X, W, _ = _drawn()
    return _run(tf.matmul(W, X))


@mistake(
    "bias-subtracted",
    "linear_function",
    message="b is subtracted, not added",
    hint="Compare the signs in W X + b.",
    severity="grave",
)
def linear_subtracting():
    X, W, b = _drawn()
    return _run(tf.subtract(tf.matmul(W, X), b))


@mistake(
    "not-standard-normal",
    "linear_function",
    message="X, W and b are not drawn from the standard normal distribution",
    hint="np.random.rand and np.random.randn differ by more than a letter.",
    severity="grave",
)
def linear_uniform():
    X, W, b = np.random.rand(3, 1), np.random.rand(4, 3), np.random.rand(4, 1)
    return _run(tf.add(tf.matmul(W, X), b))


# -- sigmoid -----------------------------------------------------------------------------


def _fed(operation, dtype=tf.float32):
    def function(z):
        x = tf.placeholder(dtype)
        return _run(operation(x), {x: z})

    return function


@mistake("not-run", "sigmoid", **_NOT_RUN)
def sigmoid_not_run(z):
    return tf.sigmoid(tf.constant(z, tf.float32))


@mistake(
    "tanh-for-sigmoid",
    "sigmoid",
    message="this is tanh, whose results lie between -1 and 1",
    hint="What should come out for 0?",
    severity="grave",
)
def sigmoid_tanh(z):
    return _fed(tf.tanh)(z)


@mistake(
    "double-precision",
    "sigmoid",
    message="the result is float64, asked for is float32",
    hint="Which dtype has your placeholder?",
    severity="slip",
)
def sigmoid_in_double(z):
    return _fed(tf.sigmoid, tf.float64)(z)


@mistake(
    "not-cast",
    "sigmoid",
    message="z becomes a constant with a dtype of its own: whole numbers fail, and arrays keep their precision",
    hint="Of which dtype is tf.constant(0)?",
    severity="fault",
)
def sigmoid_of_a_constant(z):
    return _run(tf.sigmoid(tf.constant(z)))


@mistake(
    "cut-to-integers",
    "sigmoid",
    message="z is cut to whole numbers before the sigmoid",
    hint="Which dtype has your placeholder?",
    severity="fault",
)
def sigmoid_of_integers(z):
    return _fed(lambda x: tf.sigmoid(tf.cast(tf.cast(x, tf.int32), tf.float32)))(z)


# -- cost --------------------------------------------------------------------------------


def _losses(operation, logits, labels):
    z, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    return _run(operation(z, y), {z: logits, y: labels})


def _cross_entropy(logits, labels):
    return tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels)


@mistake("not-run", "cost", **_NOT_RUN)
def cost_not_run(logits, labels):
    return _cross_entropy(tf.constant(logits), tf.constant(labels, tf.float64))


@mistake(
    "averaged",
    "cost",
    message="the losses are averaged; asked for are the losses of the examples, one by one",
    hint="Which shape has the result, and which shape have the labels?",
    severity="fault",
)
def cost_averaged(logits, labels):
    return _losses(lambda z, y: tf.reduce_mean(_cross_entropy(z, y)), logits, labels)


@mistake(
    "summed",
    "cost",
    message="the losses are summed; asked for are the losses of the examples, one by one",
    hint="Which shape has the result, and which shape have the labels?",
    severity="fault",
)
def cost_summed(logits, labels):
    return _losses(lambda z, y: tf.reduce_sum(_cross_entropy(z, y)), logits, labels)


@mistake(
    "sigmoid-twice",
    "cost",
    message="the sigmoid is applied before a loss that takes logits, and applies it again",
    hint="What does with_logits mean in the name of the loss?",
    severity="fault",
)
def cost_of_probabilities(logits, labels):
    return _losses(lambda z, y: _cross_entropy(tf.sigmoid(z), y), logits, labels)


@mistake(
    "swapped",
    "cost",
    message="labels and logits are swapped",
    hint="Which of your two placeholders is fed with what?",
    severity="grave",
)
def cost_swapped(logits, labels):
    return _losses(lambda z, y: _cross_entropy(y, z), logits, labels)


@mistake(
    "softmax-for-sigmoid",
    "cost",
    message="this is the loss of softmax, one number for all; here each example has two classes, and a loss of its own",
    hint="Do the numbers of logits belong to classes of one example, or to examples?",
    severity="grave",
)
def cost_of_softmax(logits, labels):
    return _losses(lambda z, y: tf.nn.softmax_cross_entropy_with_logits(logits=z, labels=y), logits, labels)


# -- one_hot_matrix ----------------------------------------------------------------------


@mistake("not-run", "one_hot_matrix", **_NOT_RUN)
def one_hot_not_run(labels, C):
    return tf.one_hot(labels, C, axis=0)


@mistake(
    "examples-in-rows",
    "one_hot_matrix",
    message="each row belongs to an example; asked for is a column for each",
    hint="What does the axis of tf.one_hot say?",
    severity="fault",
)
def one_hot_in_rows(labels, C):
    return _run(tf.one_hot(labels, C))


@mistake(
    "reshaped-for-transposed",
    "one_hot_matrix",
    message="the matrix is reshaped where it should be transposed: the ones land in other examples",
    hint="Compare tf.reshape and tf.transpose on a small tensor.",
    severity="fault",
)
def one_hot_reshaped(labels, C):
    return _run(tf.reshape(tf.one_hot(labels, C), (C, -1)))


@mistake(
    "counts-from-one",
    "one_hot_matrix",
    message="the ones stand a row too high: this counts the classes from 1",
    hint="In which row does the one stand for the label 0?",
    severity="fault",
)
def one_hot_from_one(labels, C):
    return _run(tf.one_hot(labels - 1, C, axis=0))


@mistake(
    "classes-ignored",
    "one_hot_matrix",
    message="the number of classes is that of the exercise's example, whatever C says",
    hint="Which of the two arguments do you not use?",
    severity="grave",
)
def one_hot_of_four(labels, C):
    return _run(tf.one_hot(labels, 4, axis=0))


# -- ones --------------------------------------------------------------------------------


@mistake("not-run", "ones", **_NOT_RUN)
def ones_not_run(shape):
    return tf.ones(shape)


@mistake(
    "zeros-for-ones",
    "ones",
    message="these are zeros",
    hint="Read the name of the operation again.",
    severity="grave",
)
def ones_of_zeros(shape):
    return _run(tf.zeros(shape))


@mistake(
    "integers",
    "ones",
    message="the ones are whole numbers, asked for is float32",
    hint="Which dtype does tf.ones give when nothing is said?",
    severity="slip",
)
def ones_of_integers(shape):
    return _run(tf.ones(shape, dtype=tf.int32))


# -- create_placeholders -----------------------------------------------------------------


def _pair(n_x, n_y, dtype=tf.float32):
    return tf.placeholder(dtype, n_x), tf.placeholder(dtype, n_y)


@mistake(
    "transposed",
    "create_placeholders",
    message="an example is a row of these placeholders, (None, n); examples are columns, (n, None)",
    hint="Where does the number of examples stand in the shape of X?",
    severity="grave",
)
def placeholders_transposed(n_x, n_y):
    return _pair([None, n_x], [None, n_y])


@mistake(
    "one-example",
    "create_placeholders",
    message="the placeholders take one example only",
    hint="With what do you leave the number of examples open?",
    severity="grave",
)
def placeholders_of_one(n_x, n_y):
    return _pair([n_x, 1], [n_y, 1])


@mistake(
    "vectors",
    "create_placeholders",
    message="the placeholders are vectors, which have no room for several examples",
    hint="How many axes has X when there are several examples?",
    severity="grave",
)
def placeholders_of_vectors(n_x, n_y):
    return _pair([n_x], [n_y])


@mistake(
    "without-shape",
    "create_placeholders",
    message="the placeholders have no shape: they take anything",
    hint="What is the second argument of tf.placeholder?",
    severity="slip",
)
def placeholders_without_shape(n_x, n_y):
    return _pair(None, None)


@mistake(
    "double-precision",
    "create_placeholders",
    message="the placeholders are float64; the parameters are float32, and the two do not multiply",
    hint="Which dtype have the variables that X meets?",
    severity="slip",
)
def placeholders_in_double(n_x, n_y):
    return _pair([n_x, None], [n_y, None], tf.float64)


@mistake(
    "variables-for-placeholders",
    "create_placeholders",
    message="these are tensors with numbers in them, which cannot be fed",
    hint="What is the difference between a variable and a placeholder?",
    severity="grave",
)
def placeholders_of_zeros(n_x, n_y):
    return tf.zeros([n_x, 1]), tf.zeros([n_y, 1])


@mistake(
    "swapped",
    "create_placeholders",
    message="X has the size of Y, and Y that of X",
    hint="Which size belongs to the examples, and which to the classes?",
    severity="grave",
)
def placeholders_swapped(n_x, n_y):
    return _pair([n_y, None], [n_x, None])


# -- initialize_parameters ---------------------------------------------------------------

_LAYERS = ((25, 12288), (12, 25), (6, 12))


def _parameters(initializer, biases=None, make=None):
    make = make or (lambda name, shape, draw: tf.get_variable(name, shape, initializer=draw))
    parameters = {}
    for number, (n, n_prev) in enumerate(_LAYERS, 1):
        parameters[f"W{number}"] = make(f"W{number}", [n, n_prev], initializer)
        parameters[f"b{number}"] = make(f"b{number}", [n, 1], biases or tf.zeros_initializer())
    return parameters


@mistake(
    "zero-weights",
    "initialize_parameters",
    message="the weights are zero: all units of a layer start alike, and stay so",
    hint="Which initializer draws random numbers?",
    severity="grave",
)
def all_zero():
    return _parameters(tf.zeros_initializer())


@mistake(
    "constant-weights",
    "initialize_parameters",
    message="all weights are equal: all units of a layer start alike, and stay so",
    hint="Which initializer draws random numbers?",
    severity="grave",
)
def all_one():
    return _parameters(tf.ones_initializer())


@mistake(
    "he-scale",
    "initialize_parameters",
    message="the weights have He's scale, sqrt(2 / n) of one side; Xavier's looks at both sides",
    hint="Which initializer does the exercise name?",
    severity="fault",
)
def he_normal():
    return _parameters(tf.initializers.he_normal())


@mistake(
    "missing-scale",
    "initialize_parameters",
    message="the weights have the standard deviation 1, whatever the sizes of the layers",
    hint="What does Xavier's initializer do with the sizes of a layer?",
    severity="fault",
)
def unscaled():
    return _parameters(tf.random_normal_initializer())


@mistake(
    "random-biases",
    "initialize_parameters",
    message="the biases are drawn, asked for are zeros",
    hint="Which initializer do the biases need?",
    severity="slip",
)
def drawn_biases():
    return _parameters(tf.glorot_uniform_initializer(), tf.glorot_uniform_initializer())


@mistake(
    "not-variables",
    "initialize_parameters",
    message="the parameters are tensors that cannot be trained; training needs variables",
    hint="What does tf.get_variable make that an initializer alone does not?",
    severity="fault",
)
def constants():
    return _parameters(tf.glorot_uniform_initializer(), make=lambda name, shape, draw: draw(shape, tf.float32))


@mistake(
    "transposed-weights",
    "initialize_parameters",
    message="the weights have the shape (units, inputs); here it is (inputs, units)",
    hint="Which shape does W1 need, so that W1 X is possible?",
    severity="grave",
)
def transposed():
    turned = lambda name, shape, draw: tf.get_variable(  # noqa: E731
        name, shape[::-1] if shape[1] > 1 else shape, initializer=draw
    )
    return _parameters(tf.glorot_uniform_initializer(), make=turned)


# -- forward_propagation -----------------------------------------------------------------


def _layers(X, parameters, first=tf.nn.relu, second=tf.nn.relu, last=tf.identity):
    A1 = first(tf.matmul(parameters["W1"], X) + parameters["b1"])
    A2 = second(tf.matmul(parameters["W2"], A1) + parameters["b2"])
    return last(tf.matmul(parameters["W3"], A2) + parameters["b3"])


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
    A1 = tf.nn.relu(tf.matmul(parameters["W1"], X))
    A2 = tf.nn.relu(tf.matmul(parameters["W2"], A1))
    return tf.matmul(parameters["W3"], A2)


# -- compute_cost ------------------------------------------------------------------------


def _softmax_loss(logits, labels):
    return tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels)


@mistake(
    "not-transposed",
    "compute_cost",
    message="logits and labels are not transposed: the softmax runs over the examples of each class",
    hint="Over which axis does TensorFlow take the softmax, and where are your classes?",
    severity="grave",
)
def cost_not_transposed(Z3, Y):
    return tf.reduce_mean(_softmax_loss(Z3, Y))


@mistake(
    "reshaped-for-transposed",
    "compute_cost",
    message="the tensors are reshaped where they should be transposed: the numbers land in other examples",
    hint="Compare tf.reshape and tf.transpose on a small tensor.",
    severity="fault",
)
def cost_reshaped(Z3, Y):
    return tf.reduce_mean(_softmax_loss(tf.reshape(Z3, (-1, Z3.shape[0])), tf.reshape(Y, (-1, Y.shape[0]))))


@mistake(
    "summed",
    "compute_cost",
    message="the losses of the examples are summed; the cost is their mean",
    hint="Should the cost grow when the same examples come twice?",
    severity="fault",
)
def cost_of_sum(Z3, Y):
    return tf.reduce_sum(_softmax_loss(tf.transpose(Z3), tf.transpose(Y)))


@mistake(
    "not-reduced",
    "compute_cost",
    message="these are the losses of the examples, one by one; the cost is one number",
    hint="Which operation makes one number of all losses?",
    severity="fault",
)
def cost_of_each(Z3, Y):
    return _softmax_loss(tf.transpose(Z3), tf.transpose(Y))


@mistake(
    "swapped-arguments",
    "compute_cost",
    message="labels and logits are swapped",
    hint="Which of the two is called logits?",
    severity="grave",
)
def cost_of_swapped(Z3, Y):
    return tf.reduce_mean(_softmax_loss(tf.transpose(Y), tf.transpose(Z3)))


@mistake(
    "softmax-twice",
    "compute_cost",
    message="softmax is applied before a loss that takes logits, and applies it again",
    hint="What does with_logits mean in the name of the loss?",
    severity="fault",
)
def cost_softmax_twice(Z3, Y):
    return tf.reduce_mean(_softmax_loss(tf.nn.softmax(tf.transpose(Z3)), tf.transpose(Y)))


@mistake(
    "sigmoid-for-softmax",
    "compute_cost",
    message="this is the loss of the sigmoid, for each class by itself; the classes exclude each other here",
    hint="Which loss belongs to labels of which exactly one is 1?",
    severity="grave",
)
def cost_of_sigmoid(Z3, Y):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=Z3, labels=Y))


# -- model -------------------------------------------------------------------------------

# What `model` calls: the cases say what it is.
create_placeholders = initialize_parameters = forward_propagation = compute_cost = random_mini_batches = None


def _trained(X_train, Y_train, optimizer, epochs, size, read=lambda sess, parameters: sess.run(parameters)):
    """What training by an optimizer gives; nothing is trained where there is none."""
    tf.reset_default_graph()
    X, Y = create_placeholders(X_train.shape[0], Y_train.shape[0])
    parameters = initialize_parameters()
    cost = compute_cost(forward_propagation(X, parameters), Y)
    step = optimizer.minimize(cost) if optimizer else cost
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(epochs):
            for one_X, one_Y in random_mini_batches(X_train, Y_train, size, epoch):
                sess.run(step, {X: one_X, Y: one_Y})
        return read(sess, parameters)


@mistake(
    "gradient-descent-for-adam",
    "model",
    message="the steps are those of gradient descent; asked for is Adam, whose first step moves each entry by the learning rate",
    hint="Which optimizer does the exercise name?",
    severity="fault",
)
def model_by_gradient_descent(X_train, Y_train, X_test, Y_test, learning_rate, num_epochs, minibatch_size, print_cost):
    return _trained(X_train, Y_train, tf.train.GradientDescentOptimizer(learning_rate), num_epochs, minibatch_size)


@mistake(
    "not-trained",
    "model",
    message="the parameters are those from before the training: no step is ever run",
    hint="Which tensor does your session run for each mini-batch, and is the optimizer among them?",
    severity="grave",
)
def model_without_steps(X_train, Y_train, X_test, Y_test, learning_rate, num_epochs, minibatch_size, print_cost):
    return _trained(X_train, Y_train, None, num_epochs, minibatch_size)


@mistake(
    "learning-rate-ignored",
    "model",
    message="the steps have the length that Adam takes when nothing is said, whatever learning_rate is",
    hint="Which of your arguments does the optimizer never get?",
    severity="fault",
)
def model_at_its_own_rate(X_train, Y_train, X_test, Y_test, learning_rate, num_epochs, minibatch_size, print_cost):
    return _trained(X_train, Y_train, tf.train.AdamOptimizer(), num_epochs, minibatch_size)


@mistake(
    "uphill",
    "model",
    message="the steps go up: the cost grows with each of them",
    hint="Should the cost be minimized or maximized?",
    severity="grave",
)
def model_uphill(X_train, Y_train, X_test, Y_test, learning_rate, num_epochs, minibatch_size, print_cost):
    return _trained(X_train, Y_train, tf.train.AdamOptimizer(-learning_rate), num_epochs, minibatch_size)


@mistake(
    "whole-set-for-batches",
    "model",
    message="each epoch makes one step with all examples; asked for is a step for each mini-batch",
    hint="What do you feed to the placeholders in the loop over the mini-batches?",
    severity="fault",
)
def model_without_batches(X_train, Y_train, X_test, Y_test, learning_rate, num_epochs, minibatch_size, print_cost):
    return _trained(X_train, Y_train, tf.train.AdamOptimizer(learning_rate), num_epochs, X_train.shape[1])


@mistake(
    "not-run",
    "model",
    message="the parameters are variables of the graph; asked for are the arrays that the session holds",
    hint="What do you run the parameters in, before the session is closed?",
    severity="grave",
)
def model_not_run(X_train, Y_train, X_test, Y_test, learning_rate, num_epochs, minibatch_size, print_cost):
    optimizer = tf.train.AdamOptimizer(learning_rate)
    return _trained(X_train, Y_train, optimizer, num_epochs, minibatch_size, read=lambda _, parameters: parameters)
