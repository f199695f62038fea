"""Known wrong solutions of the framework exercise in PyTorch."""

import torch
import torch.nn.functional as F

from grader.spec import mistake

_NO_GRADIENT = "the numbers are right, but no gradient comes through: the result has left PyTorch's record"
_KEEP = "What do .numpy(), .detach(), .data and .item() do to the record from which backward() works?"


def _forward(X, parameters):
    A1 = torch.relu(parameters["W1"] @ X + parameters["b1"])
    A2 = torch.relu(parameters["W2"] @ A1 + parameters["b2"])
    return parameters["W3"] @ A2 + parameters["b3"]


def _loss(parameters, X, Y):
    return F.cross_entropy(_forward(X, parameters).T, Y.T)


def _drawn(sizes, weights, grad=True):
    parameters = {}
    for l in range(1, len(sizes)):
        parameters[f"W{l}"] = weights(sizes[l], sizes[l - 1], l).requires_grad_(grad)
        parameters[f"b{l}"] = torch.zeros(sizes[l], 1, requires_grad=grad)
    return parameters


# -- linear_function ---------------------------------------------------------------------


@mistake(
    "elementwise-product",
    "linear_function",
    message="W * X multiplies entry by entry; here a matrix product is needed",
    hint="Which operator is the matrix product of tensors?",
    severity="grave",
)
def linear_elementwise(W, X, b):
    return W * X + b


@mistake(
    "missing-bias",
    "linear_function",
    message="b is not added",
    hint="Compare with the formula: is every argument used?",
    severity="grave",
)
def linear_without_bias(W, X, b):
    return W @ X


@mistake(
    "lost-gradient",
    "linear_function",
    message=_NO_GRADIENT,
    hint=_KEEP,
    severity="slip",
)
def linear_of_data(W, X, b):
    return W.data @ X.data + b.data


# -- sigmoid -----------------------------------------------------------------------------


@mistake(
    "opposite-exponent",
    "sigmoid",
    message="the exponent has the opposite sign: sigmoid(z) must be near 1 for a large z",
    hint="What does your function give for z = 10?",
    severity="grave",
)
def sigmoid_of_minus_z(z):
    return 1 / (1 + torch.exp(z))


@mistake(
    "softmax-for-sigmoid",
    "sigmoid",
    message="softmax is taken, which compares the entries; the sigmoid takes each entry by itself",
    hint="Should an entry change when another one does?",
    severity="grave",
)
def sigmoid_as_softmax(z):
    return torch.softmax(z, dim=0) if z.ndim else torch.ones(())


@mistake(
    "lost-gradient",
    "sigmoid",
    message=_NO_GRADIENT,
    hint=_KEEP,
    severity="slip",
)
def sigmoid_detached(z):
    return torch.sigmoid(z.detach())


# -- cost --------------------------------------------------------------------------------


@mistake(
    "mean-for-losses",
    "cost",
    message="the losses are averaged; the loss of each entry is asked for",
    hint="What does the argument reduction of PyTorch's losses do when it is not given?",
    severity="fault",
)
def cost_averaged(logits, labels):
    return F.binary_cross_entropy_with_logits(logits, labels)


@mistake(
    "sigmoid-twice",
    "cost",
    message="the sigmoid is applied before a loss that takes logits, and applies it once more",
    hint="What does 'with_logits' in the name of a loss mean?",
    severity="grave",
)
def cost_of_probabilities(logits, labels):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(logits), labels, reduction="none")


@mistake(
    "logits-and-labels-swapped",
    "cost",
    message="logits and labels have changed places",
    hint="In which order does the loss take its arguments?",
    severity="grave",
)
def cost_swapped(logits, labels):
    return F.binary_cross_entropy_with_logits(labels, logits, reduction="none")


@mistake(
    "lost-gradient",
    "cost",
    message=_NO_GRADIENT,
    hint=_KEEP,
    severity="slip",
)
def cost_detached(logits, labels):
    return F.binary_cross_entropy_with_logits(logits.detach(), labels, reduction="none")


# -- one_hot_matrix ----------------------------------------------------------------------


@mistake(
    "other-axis",
    "one_hot_matrix",
    message="the examples are the rows; here they are the columns, and the result has shape (C, m)",
    hint="F.one_hot puts the classes last. What brings them to the front?",
    severity="fault",
)
def one_hot_rows(labels, C):
    return F.one_hot(labels, C).float()


@mistake(
    "reshaped-for-transposed",
    "one_hot_matrix",
    message="the tensor is reshaped where it should be transposed: the numbers keep their order and land elsewhere",
    hint="Compare reshape and .T on a small tensor.",
    severity="grave",
)
def one_hot_reshaped(labels, C):
    return F.one_hot(labels, C).reshape(C, -1).float()


@mistake(
    "classes-counted-in-labels",
    "one_hot_matrix",
    message="the number of classes is taken from the labels; the argument C is ignored",
    hint="What if no example of the last class is in the batch?",
    severity="fault",
)
def one_hot_ignores_C(labels, C):
    return F.one_hot(labels).T.float()


# -- initialize_parameters ---------------------------------------------------------------


@mistake(
    "requires-no-gradient",
    "initialize_parameters",
    message="the parameters do not require gradients, so that no training reaches them",
    hint="What has to be said of a tensor before backward() fills its .grad?",
    severity="slip",
)
def initialized_without_grad(sizes):
    return _drawn(sizes, lambda n, n_prev, l: torch.nn.init.xavier_normal_(torch.empty(n, n_prev)), grad=False)


@mistake(
    "not-a-leaf",
    "initialize_parameters",
    message="the weights are worked out from a tensor that requires gradients: .grad stays None for a result",
    hint="requires_grad has to be set on the tensor that is returned, after the last operation on it. Why?",
    severity="slip",
)
def initialized_before_scaling(sizes):
    parameters = {}
    for l in range(1, len(sizes)):
        scale = (2 / (sizes[l] + sizes[l - 1])) ** 0.5
        parameters[f"W{l}"] = torch.randn(sizes[l], sizes[l - 1], requires_grad=True) * scale
        parameters[f"b{l}"] = torch.zeros(sizes[l], 1, requires_grad=True)
    return parameters


@mistake(
    "zero-weights",
    "initialize_parameters",
    message="the weights are zero: all units of a layer stay equal for ever",
    hint="What makes two units of a layer learn different things?",
    severity="grave",
)
def initialized_with_zeros(sizes):
    return _drawn(sizes, lambda n, n_prev, l: torch.zeros(n, n_prev))


@mistake(
    "zero-layer",
    "initialize_parameters",
    message="the weights of one layer are all zero: its units start alike, whatever the other layers hold",
    hint="Print the weights of every layer, of the first and of the last one, too.",
    severity="fault",
)
def initialized_with_a_zero_layer(sizes):
    return _drawn(sizes, lambda n, n_prev, l: torch.nn.init.xavier_normal_(torch.empty(n, n_prev)) * (l > 1))


@mistake(
    "missing-scale",
    "initialize_parameters",
    message="the weights have variance 1; Xavier's variance depends on the sizes of the layers",
    hint="Which function of torch.nn.init has the name of the rule?",
    severity="fault",
)
def initialized_unscaled(sizes):
    return _drawn(sizes, lambda n, n_prev, l: torch.randn(n, n_prev))


@mistake(
    "he-scale",
    "initialize_parameters",
    message="the weights have He's variance 2 / n_prev, not Xavier's",
    hint="kaiming_normal_ is He's rule. Which one is asked for?",
    severity="fault",
)
def initialized_by_he(sizes):
    return _drawn(sizes, lambda n, n_prev, l: torch.nn.init.kaiming_normal_(torch.empty(n, n_prev)))


@mistake(
    "fixed-scale",
    "initialize_parameters",
    message="the weights have the standard deviation 0.01 in every layer; Xavier's depends on the sizes of the layers",
    hint="Compare with the formula of the hand-out.",
    severity="fault",
)
def initialized_small(sizes):
    return _drawn(sizes, lambda n, n_prev, l: torch.randn(n, n_prev) * 0.01)


# -- forward_propagation -----------------------------------------------------------------


@mistake(
    "Z2-for-A2",
    "forward_propagation",
    message="the last layer gets Z2; it should get A2, which has gone through the ReLU",
    hint="What does the third layer see of a unit whose Z2 is negative?",
    severity="grave",
)
def forward_of_Z2(X, parameters):
    A1 = torch.relu(parameters["W1"] @ X + parameters["b1"])
    return parameters["W3"] @ (parameters["W2"] @ A1 + parameters["b2"]) + parameters["b3"]


@mistake(
    "activated-output",
    "forward_propagation",
    message="the last layer goes through a ReLU, too; logits may be negative",
    hint="Where does the chain linear, ReLU, linear, ReLU, linear end?",
    severity="fault",
)
def forward_with_relu(X, parameters):
    return torch.relu(_forward(X, parameters))


@mistake(
    "softmax-in-forward",
    "forward_propagation",
    message="softmax is applied to the last layer; the cost takes logits and applies it itself",
    hint="What does compute_cost expect?",
    severity="grave",
)
def forward_with_softmax(X, parameters):
    return torch.softmax(_forward(X, parameters), dim=0)


@mistake(
    "lost-gradient",
    "forward_propagation",
    message=_NO_GRADIENT,
    hint=_KEEP,
    severity="slip",
)
def forward_detached(X, parameters):
    A1 = torch.relu(parameters["W1"] @ X + parameters["b1"]).detach()
    A2 = torch.relu(parameters["W2"] @ A1 + parameters["b2"])
    return parameters["W3"] @ A2 + parameters["b3"]


# -- compute_cost ------------------------------------------------------------------------


@mistake(
    "softmax-twice",
    "compute_cost",
    message="softmax is applied before a loss that takes logits, and applies it once more",
    hint="What does F.cross_entropy do with its input first?",
    severity="grave",
)
def compute_cost_of_probabilities(logits, labels):
    return F.cross_entropy(torch.softmax(logits, dim=0).T, labels.T)


@mistake(
    "sum-for-mean",
    "compute_cost",
    message="the losses of the examples are added up; the mean is asked for",
    hint="Should the cost double when every example is there twice?",
    severity="fault",
)
def compute_cost_summed(logits, labels):
    return F.cross_entropy(logits.T, labels.T, reduction="sum")


@mistake(
    "missing-transpose",
    "compute_cost",
    message="examples are columns here, but PyTorch's loss takes them as rows",
    hint="Which axis does F.cross_entropy take for the classes?",
    severity="grave",
)
def compute_cost_untransposed(logits, labels):
    return F.cross_entropy(logits, labels)


@mistake(
    "logits-and-labels-swapped",
    "compute_cost",
    message="logits and labels have changed places",
    hint="In which order does the loss take its arguments?",
    severity="grave",
)
def compute_cost_swapped(logits, labels):
    return F.cross_entropy(labels.T, logits.T)


@mistake(
    "mean-of-all-entries",
    "compute_cost",
    message="the sum is divided by the number of examples times that of classes; the mean over the examples is asked for",
    hint="How many losses are there, and over how many numbers does .mean() go?",
    severity="fault",
)
def compute_cost_of_entries(logits, labels):
    return -(labels * torch.log_softmax(logits, dim=0)).mean()


@mistake(
    "lost-gradient",
    "compute_cost",
    message=_NO_GRADIENT,
    hint=_KEEP,
    severity="slip",
)
def compute_cost_of_item(logits, labels):
    return torch.tensor(F.cross_entropy(logits.T, labels.T).item())


# -- train_step --------------------------------------------------------------------------


@mistake(
    "gradient-ascent",
    "train_step",
    message="the step goes up the gradient: learning_rate * gradient is added",
    hint="In which direction does the cost fall?",
    severity="grave",
)
def step_up(parameters, X, Y, learning_rate):
    for p in parameters.values():
        p.grad = None
    _loss(parameters, X, Y).backward()
    with torch.no_grad():
        for p in parameters.values():
            p += learning_rate * p.grad
    return parameters


@mistake(
    "gradients-not-zeroed",
    "train_step",
    message="the gradients of earlier steps are still there: backward() adds to .grad, and the second step is too long",
    hint="What does .grad hold when backward() is called once more?",
    severity="slip",
)
def step_without_zero(parameters, X, Y, learning_rate):
    _loss(parameters, X, Y).backward()
    with torch.no_grad():
        for p in parameters.values():
            p -= learning_rate * p.grad
    return parameters


@mistake(
    "lost-gradient",
    "train_step",
    message="what is returned does not require gradients: the next step has nothing to train",
    hint="Is a tensor that was worked out under torch.no_grad() one that requires gradients?",
    severity="slip",
)
def step_to_plain_tensors(parameters, X, Y, learning_rate):
    gradients = torch.autograd.grad(_loss(parameters, X, Y), list(parameters.values()))
    pairs = zip(parameters.items(), gradients, strict=True)
    return {name: p.detach() - learning_rate * gradient for (name, p), gradient in pairs}


@mistake(
    "literal-learning-rate",
    "train_step",
    message="the learning rate is a number in the body; the argument is ignored",
    hint="Is every argument used?",
    severity="fault",
)
def step_of_fixed_size(parameters, X, Y, learning_rate):
    return step_down(parameters, X, Y, 0.01)


def step_down(parameters, X, Y, learning_rate):
    gradients = torch.autograd.grad(_loss(parameters, X, Y), list(parameters.values()))
    pairs = zip(parameters.items(), gradients, strict=True)
    return {name: (p.detach() - learning_rate * gradient).requires_grad_() for (name, p), gradient in pairs}


@mistake(
    "biases-not-trained",
    "train_step",
    message="only the weights are changed, the biases stay",
    hint="Which parameters does the loop go over?",
    severity="fault",
)
def step_of_weights(parameters, X, Y, learning_rate):
    stepped = step_down(parameters, X, Y, learning_rate)
    return {name: stepped[name] if name.startswith("W") else p for name, p in parameters.items()}


@mistake(
    "no-step",
    "train_step",
    message="the parameters are returned as they were",
    hint="What does backward() change, and what is left to do?",
    severity="grave",
)
def step_nowhere(parameters, X, Y, learning_rate):
    _loss(parameters, X, Y).backward()
    for p in parameters.values():
        p.grad = None
    return parameters
