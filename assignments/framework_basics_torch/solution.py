"""The framework exercise as students write it: the same functions as in the reference, in PyTorch."""

from itertools import pairwise

import torch
import torch.nn.functional as F


def linear_function(W, X, b):
    """W X + b.

    Arguments: tensors W (n_out, n_in), X (n_in, m) and b (n_out, 1). Returns: a tensor (n_out, m).
    """
    # BEGIN SOLUTION
    Y = torch.matmul(W, X) + b
    # END SOLUTION
    return Y


def sigmoid(z):
    """1 / (1 + exp(-z)), entry by entry.

    Argument: a tensor of any shape. Returns: a tensor of the same shape.
    """
    # BEGIN SOLUTION
    a = torch.sigmoid(z)
    # END SOLUTION
    return a


def cost(logits, labels):
    """The logistic loss of each entry, from its logit.

    Arguments: two tensors of the same shape; labels are 0 or 1. Returns: the losses, a tensor of that shape, not their mean.
    """
    # BEGIN SOLUTION
    losses = F.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    # END SOLUTION
    return losses


def one_hot_matrix(labels, C):
    """Class indices as columns with a single 1.

    Arguments: a tensor (m,) of int64, and the number of classes. Returns: a tensor (C, m).
    """
    # BEGIN SOLUTION
    matrix = F.one_hot(labels, C).T.float()
    # END SOLUTION
    return matrix


def initialize_parameters(sizes):
    """Xavier weights and zero biases, which gradients reach.

    Argument: the sizes of the input and of all layers. Returns: a dictionary of W1, b1, W2, ..., which require gradients.
    """
    # BEGIN SOLUTION
    parameters = {}
    for layer, (n_prev, n) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = torch.nn.init.xavier_normal_(torch.empty(n, n_prev)).requires_grad_()
        parameters[f"b{layer}"] = torch.zeros(n, 1, requires_grad=True)
    # END SOLUTION
    return parameters


def forward_propagation(X, parameters):
    """linear -> ReLU -> linear -> ReLU -> linear.

    Arguments: a tensor X (n_x, m), and the parameters W1, b1, ..., b3. Returns: the logits Z3, a tensor (n_y, m).
    """
    # BEGIN SOLUTION
    A1 = torch.relu(linear_function(parameters["W1"], X, parameters["b1"]))
    A2 = torch.relu(linear_function(parameters["W2"], A1, parameters["b2"]))
    Z3 = linear_function(parameters["W3"], A2, parameters["b3"])
    # END SOLUTION
    return Z3


def compute_cost(logits, labels):
    """The softmax cross-entropy from logits, mean over the examples.

    Arguments: logits and one-hot labels, both (C, m), an example a column. Returns: a tensor of shape ().
    """
    # BEGIN SOLUTION
    cost = F.cross_entropy(logits.T, labels.T)
    # END SOLUTION
    return cost


def train_step(parameters, X, Y, learning_rate):
    """One step of gradient descent on the cost of all examples.

    Arguments: parameters as from initialize_parameters, X (n_x, m), one-hot labels Y (n_y, m), a number. Returns: the
    parameters after the step, new tensors or the same ones, which require gradients.
    """
    # BEGIN SOLUTION
    leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
    compute_cost(forward_propagation(X, leaves), Y).backward()
    parameters = {name: (leaf.detach() - learning_rate * leaf.grad).requires_grad_() for name, leaf in leaves.items()}
    # END SOLUTION
    return parameters
