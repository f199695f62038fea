"""What the calls of a check do between two calls of a submission: runs beside it, holds no answer."""

import torch


def kept(*values):
    """The values as they are: later calls get these very tensors."""
    return values


def gradients(result, tensors):
    """The gradients of the sum of a result that reach some tensors; None where none does."""
    every = list(tensors.values()) if isinstance(tensors, dict) else list(tensors)
    result = sum(part.sum() for part in result.values()) if isinstance(result, dict) else result
    if isinstance(result, torch.Tensor) and result.requires_grad:
        (result * torch.arange(1.0, result.numel() + 1).reshape(result.shape)).sum().backward()
    return [tensor.grad if tensor.is_leaf else None for tensor in every]


def warm_up():
    """Once, before any submission: PyTorch imports a part of itself when it is first used."""
    import torch.nn.functional as F
    import torch.optim

    layer = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    for optimizer in (torch.optim.SGD(layer.parameters(), lr=0.1), torch.optim.Adam(layer.parameters(), lr=0.1)):
        optimizer.zero_grad()
        loss = F.cross_entropy(layer(torch.ones(5, 3)), torch.zeros(5, dtype=torch.int64))
        loss = loss + F.binary_cross_entropy_with_logits(torch.sigmoid(layer(torch.ones(1, 3))), torch.ones(1, 2))
        loss.backward()
        optimizer.step()
    torch.nn.init.xavier_normal_(torch.empty(2, 3))
