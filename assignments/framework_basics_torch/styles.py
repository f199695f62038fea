"""Right solutions in other styles."""

import torch
import torch.nn.functional as F
from torch import nn

# -- linear_function ---------------------------------------------------------------------


def linear_by_torch_add(W, X, b):
    return torch.add(torch.mm(W, X), b)


def linear_by_operators(W, X, b):
    return W @ X + b


def linear_by_functional(W, X, b):
    return F.linear(X.T, W, b.ravel()).T


def linear_by_addmm(W, X, b):
    return torch.addmm(b.expand(-1, X.shape[1]), W, X)


# -- sigmoid -----------------------------------------------------------------------------


def sigmoid_by_module(z):
    return nn.Sigmoid()(z)


def sigmoid_by_formula(z):
    return 1 / (1 + torch.exp(-z))


def sigmoid_by_method(z):
    return z.float().sigmoid()


# -- cost --------------------------------------------------------------------------------


def cost_by_module(logits, labels):
    return nn.BCEWithLogitsLoss(reduction="none")(logits, labels)


def cost_by_softplus(logits, labels):
    return F.softplus(logits) - logits * labels


def cost_by_log_sigmoid(logits, labels):
    return -labels * F.logsigmoid(logits) - (1 - labels) * F.logsigmoid(-logits)


# -- one_hot_matrix ----------------------------------------------------------------------


def one_hot_by_identity(labels, C):
    return torch.eye(C)[labels].T


def one_hot_by_scatter(labels, C):
    return torch.zeros(C, len(labels)).scatter_(0, labels[None], 1)


def one_hot_by_comparison(labels, C):
    return torch.arange(C)[:, None] == labels


def one_hot_of_integers(labels, C):
    return torch.transpose(F.one_hot(labels, num_classes=C), 0, 1)


# -- initialize_parameters ---------------------------------------------------------------


def xavier_uniform(sizes):
    parameters = {}
    for l in range(1, len(sizes)):
        parameters[f"W{l}"] = nn.Parameter(nn.init.xavier_uniform_(torch.empty(sizes[l], sizes[l - 1])))
        parameters[f"b{l}"] = nn.Parameter(torch.zeros(sizes[l], 1))
    return parameters


def xavier_by_randn(sizes):
    torch.manual_seed(1)
    parameters = {}
    for l in range(1, len(sizes)):
        W = torch.randn(sizes[l], sizes[l - 1]) / sizes[l - 1] ** 0.5
        parameters["W" + str(l)] = W.requires_grad_(True)
        parameters["b" + str(l)] = torch.zeros((sizes[l], 1), requires_grad=True)
    return parameters


# -- forward_propagation -----------------------------------------------------------------


def forward_by_modules(X, parameters):
    relu = nn.ReLU()
    Z1 = torch.add(torch.matmul(parameters["W1"], X), parameters["b1"])
    Z2 = torch.add(torch.matmul(parameters["W2"], relu(Z1)), parameters["b2"])
    return torch.add(torch.matmul(parameters["W3"], relu(Z2)), parameters["b3"])


def forward_by_loop(X, parameters):
    A = X
    for l in (1, 2, 3):
        A = F.relu(A) if l > 1 else A
        A = parameters[f"W{l}"] @ A + parameters[f"b{l}"]
    return A


def forward_by_clamp(X, parameters):
    A1 = (parameters["W1"] @ X + parameters["b1"]).clamp(min=0)
    A2 = torch.maximum(parameters["W2"] @ A1 + parameters["b2"], torch.zeros(()))
    return parameters["W3"] @ A2 + parameters["b3"]


# -- compute_cost ------------------------------------------------------------------------


def compute_cost_by_module(logits, labels):
    return nn.CrossEntropyLoss()(logits.t(), labels.t())


def compute_cost_by_class(logits, labels):
    return F.cross_entropy(logits.T, labels.argmax(dim=0))


def compute_cost_by_log_softmax(logits, labels):
    return -torch.mean(torch.sum(labels * torch.log_softmax(logits, dim=0), dim=0))


def compute_cost_by_logsumexp(logits, labels):
    return (torch.logsumexp(logits, dim=0) - (labels * logits).sum(dim=0)).mean()


# -- train_step --------------------------------------------------------------------------


def _loss(parameters, X, Y):
    return F.cross_entropy(forward_by_loop(X, parameters).T, Y.T)


def step_in_place(parameters, X, Y, learning_rate):
    for p in parameters.values():
        p.grad = None
    _loss(parameters, X, Y).backward()
    with torch.no_grad():
        for p in parameters.values():
            p -= learning_rate * p.grad
    return parameters


def step_in_place_then_zero(parameters, X, Y, learning_rate):
    _loss(parameters, X, Y).backward()
    for p in parameters.values():
        p.data = p.data - learning_rate * p.grad
        p.grad.zero_()
    return parameters


def step_by_optimizer(parameters, X, Y, learning_rate):
    optimizer = torch.optim.SGD(parameters.values(), lr=learning_rate)
    optimizer.zero_grad()
    _loss(parameters, X, Y).backward()
    optimizer.step()
    return parameters


def step_with_clones(parameters, X, Y, learning_rate):
    leaves = {name: p.clone().detach().requires_grad_(True) for name, p in parameters.items()}
    _loss(leaves, X, Y).backward()
    return {name: (p - learning_rate * p.grad).detach().requires_grad_(True) for name, p in leaves.items()}


STYLES = {
    "linear_function": [linear_by_torch_add, linear_by_operators, linear_by_functional, linear_by_addmm],
    "sigmoid": [sigmoid_by_module, sigmoid_by_formula, sigmoid_by_method],
    "cost": [cost_by_module, cost_by_softplus, cost_by_log_sigmoid],
    "one_hot_matrix": [one_hot_by_identity, one_hot_by_scatter, one_hot_by_comparison, one_hot_of_integers],
    "initialize_parameters": [xavier_uniform, xavier_by_randn],
    "forward_propagation": [forward_by_modules, forward_by_loop, forward_by_clamp],
    "compute_cost": [
        compute_cost_by_module,
        compute_cost_by_class,
        compute_cost_by_log_softmax,
        compute_cost_by_logsumexp,
    ],
    "train_step": [step_in_place, step_in_place_then_zero, step_by_optimizer, step_with_clones],
}
