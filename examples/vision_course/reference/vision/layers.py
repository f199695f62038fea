"""Layers, each a forward and a backward pass, and losses. Examples are the first axis of every array."""

import numpy as np


def affine_forward(x, w, b):
    """Multiply each example, as one long row, by a matrix of weights.

    Parameters
    ----------
    x : ndarray, shape (N, d_1, ..., d_k)
        One example per row; the other axes are flattened to D = d_1 * ... * d_k numbers.
    w, b : ndarray, shapes (D, M) and (M,)
        Weights and biases.

    Returns
    -------
    out : ndarray, shape (N, M)
    cache : object
        Whatever your backward pass needs.
    """
    # BEGIN SOLUTION
    out = x.reshape(len(x), -1) @ w + b
    cache = (x, w)
    # END SOLUTION
    return out, cache


def affine_backward(dout, cache):
    """Gradients of an affine layer.

    Parameters
    ----------
    dout : ndarray, shape (N, M)
        Gradient of the loss with respect to the output.
    cache : object
        From affine_forward.

    Returns
    -------
    dx, dw, db : ndarray
        Of the shapes of x, w and b.
    """
    # BEGIN SOLUTION
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    db = dout.sum(axis=0)
    # END SOLUTION
    return dx, dw, db


def relu_forward(x):
    """Keep what is positive, and put zero in place of the rest.

    Parameters
    ----------
    x : ndarray
        Of any shape.

    Returns
    -------
    out : ndarray
        Of the shape of x.
    cache : object
        Whatever your backward pass needs.
    """
    # BEGIN SOLUTION
    out = np.maximum(x, 0)
    cache = x
    # END SOLUTION
    return out, cache


def relu_backward(dout, cache):
    """Gradient of relu_forward.

    Parameters
    ----------
    dout : ndarray
        Gradient of the loss with respect to the output.
    cache : object
        From relu_forward.

    Returns
    -------
    dx : ndarray
        Of the shape of dout.
    """
    # BEGIN SOLUTION
    dx = dout * (cache > 0)
    # END SOLUTION
    return dx


def softmax_loss(x, y):
    """Mean cross-entropy of the softmax of scores.

    Parameters
    ----------
    x : ndarray, shape (N, C)
        Scores of each class for each example; they may be large.
    y : ndarray, shape (N,)
        The right class of each example.

    Returns
    -------
    loss : float
    dx : ndarray, shape (N, C)
        Gradient of the loss with respect to x.
    """
    # BEGIN SOLUTION
    rows = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -logs[rows, y].mean()
    dx = np.exp(logs)
    dx[rows, y] -= 1
    dx = dx / len(x)
    # END SOLUTION
    return loss, dx


def svm_loss(x, y):
    """Mean hinge loss: what the other scores lack to be smaller by one than the right one, summed over the classes.

    Parameters
    ----------
    x : ndarray, shape (N, C)
        Scores of each class for each example.
    y : ndarray, shape (N,)
        The right class of each example.

    Returns
    -------
    loss : float
    dx : ndarray, shape (N, C)
        Gradient of the loss with respect to x.
    """
    # BEGIN SOLUTION
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / len(x)
    dx = (margins > 0).astype(float)
    dx[rows, y] = -dx.sum(axis=1)
    dx = dx / len(x)
    # END SOLUTION
    return loss, dx


def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalize each feature over the examples, then scale and shift it.

    In training, mean and variance are those of x, and the running averages move towards them: an average keeps the share
    ``momentum`` of its old value. In testing, mean and variance are the running averages, which stay as they are.

    Parameters
    ----------
    x : ndarray, shape (N, D)
    gamma, beta : ndarray, shape (D,)
        Scale and shift.
    bn_param : dict
        ``mode`` ("train" or "test"), ``eps`` (added to the variance), ``momentum``, ``running_mean`` and ``running_var``.
        In training the running averages in it are updated.

    Returns
    -------
    out : ndarray, shape (N, D)
    cache : object
        Whatever your backward pass needs.
    """
    # BEGIN SOLUTION
    mean, var = bn_param["running_mean"], bn_param["running_var"]
    if bn_param["mode"] == "train":
        keep = bn_param["momentum"]
        mean, var = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = keep * bn_param["running_mean"] + (1 - keep) * mean
        bn_param["running_var"] = keep * bn_param["running_var"] + (1 - keep) * var
    scale = 1 / np.sqrt(var + bn_param["eps"])
    hat = (x - mean) * scale
    out = gamma * hat + beta
    cache = (hat, gamma * scale)
    # END SOLUTION
    return out, cache


def batchnorm_backward(dout, cache):
    """Gradients of batchnorm_forward in training.

    Parameters
    ----------
    dout : ndarray, shape (N, D)
        Gradient of the loss with respect to the output.
    cache : object
        From batchnorm_forward.

    Returns
    -------
    dx, dgamma, dbeta : ndarray
        Of the shapes of x, gamma and beta.
    """
    # BEGIN SOLUTION
    hat, scale = cache
    dgamma = (dout * hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = scale * (dout - (dbeta + hat * dgamma) / len(hat))
    # END SOLUTION
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    """Normalize each example over its features, then scale and shift each feature.

    Parameters
    ----------
    x : ndarray, shape (N, D)
    gamma, beta : ndarray, shape (D,)
        Scale and shift.
    ln_param : dict
        ``eps`` is added to the variance.

    Returns
    -------
    out : ndarray, shape (N, D)
    cache : object
        Whatever your backward pass needs.
    """
    # BEGIN SOLUTION
    scale = 1 / np.sqrt(x.var(axis=1, keepdims=True) + ln_param["eps"])
    hat = (x - x.mean(axis=1, keepdims=True)) * scale
    out = gamma * hat + beta
    cache = (hat, scale, gamma)
    # END SOLUTION
    return out, cache


def layernorm_backward(dout, cache):
    """Gradients of layernorm_forward.

    Parameters
    ----------
    dout : ndarray, shape (N, D)
        Gradient of the loss with respect to the output.
    cache : object
        From layernorm_forward.

    Returns
    -------
    dx, dgamma, dbeta : ndarray
        Of the shapes of x, gamma and beta.
    """
    # BEGIN SOLUTION
    hat, scale, gamma = cache
    dgamma = (dout * hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dhat = dout * gamma
    dx = scale * (dhat - dhat.mean(axis=1, keepdims=True) - hat * (dhat * hat).mean(axis=1, keepdims=True))
    # END SOLUTION
    return dx, dgamma, dbeta


def dropout_forward(x, dropout_param):
    """In training, drop entries at random and scale the others, so that the mean stays; in testing, change nothing.

    Parameters
    ----------
    x : ndarray
        Of any shape.
    dropout_param : dict
        ``p`` is the probability with which an entry is kept, ``mode`` "train" or "test"; with a ``seed`` the
        generator of NumPy is seeded before anything is drawn.

    Returns
    -------
    out : ndarray
        Of the shape of x.
    cache : object
        Whatever your backward pass needs.
    """
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    # BEGIN SOLUTION
    out, mask = x, None
    if dropout_param["mode"] == "train":
        mask = (np.random.rand(*x.shape) < dropout_param["p"]) / dropout_param["p"]
        out = x * mask
    cache = (dropout_param["mode"], mask)
    # END SOLUTION
    return out, cache


def dropout_forward__drops(x, dropout_param):
    """The older edition, in which p is the probability with which an entry is dropped."""
    return dropout_forward(x, {**dropout_param, "p": 1 - dropout_param["p"]})


def dropout_backward(dout, cache):
    """Gradient of dropout_forward.

    Parameters
    ----------
    dout : ndarray
        Gradient of the loss with respect to the output.
    cache : object
        From dropout_forward.

    Returns
    -------
    dx : ndarray
        Of the shape of dout.
    """
    # BEGIN SOLUTION
    mode, mask = cache
    dx = dout * mask if mode == "train" else dout
    # END SOLUTION
    return dx


def dropout_backward__drops(dout, cache):
    """The same in the older edition."""
    return dropout_backward(dout, cache)


def conv_forward_naive(x, w, b, conv_param):
    """Slide each filter over each image, which is padded with zeros, and multiply.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Images.
    w, b : ndarray, shapes (F, C, HH, WW) and (F,)
        Filters and biases.
    conv_param : dict
        ``stride`` is the step from window to window, ``pad`` the number of zeros on each side.

    Returns
    -------
    out : ndarray, shape (N, F, 1 + (H + 2 * pad - HH) / stride, 1 + (W + 2 * pad - WW) / stride)
    cache : object
        Whatever your backward pass needs.
    """
    # BEGIN SOLUTION
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows = 1 + (padded.shape[2] - w.shape[2]) // stride
    columns = 1 + (padded.shape[3] - w.shape[3]) // stride
    out = np.zeros((len(x), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = padded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (padded, w, stride, pad)
    # END SOLUTION
    return out, cache


def conv_backward_naive(dout, cache):
    """Gradients of conv_forward_naive.

    Parameters
    ----------
    dout : ndarray
        Gradient of the loss with respect to the output.
    cache : object
        From conv_forward_naive.

    Returns
    -------
    dx, dw, db : ndarray
        Of the shapes of x, w and b.
    """
    # BEGIN SOLUTION
    padded, w, stride, pad = cache
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
            dw += np.tensordot(dout[:, :, i, j], padded[place], axes=(0, 0))
            dpadded[place] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
    dx = dpadded[:, :, pad : dpadded.shape[2] - pad, pad : dpadded.shape[3] - pad]
    db = dout.sum(axis=(0, 2, 3))
    # END SOLUTION
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    """Take the largest entry of each window of each channel.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        Images.
    pool_param : dict
        ``pool_height`` and ``pool_width`` of the windows, and the ``stride`` from one to the next.

    Returns
    -------
    out : ndarray, shape (N, C, 1 + (H - pool_height) / stride, 1 + (W - pool_width) / stride)
    cache : object
        Whatever your backward pass needs.
    """
    # BEGIN SOLUTION
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = 1 + (x.shape[2] - height) // stride, 1 + (x.shape[3] - width) // stride
    out = np.zeros((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            out[:, :, i, j] = window.max(axis=(2, 3))
    cache = (x, pool_param)
    # END SOLUTION
    return out, cache


def max_pool_backward_naive(dout, cache):
    """Gradient of max_pool_forward_naive.

    Parameters
    ----------
    dout : ndarray
        Gradient of the loss with respect to the output.
    cache : object
        From max_pool_forward_naive.

    Returns
    -------
    dx : ndarray
        Of the shape of x.
    """
    # BEGIN SOLUTION
    x, pool_param = cache
    height, width, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            largest = x[place] == x[place].max(axis=(2, 3), keepdims=True)
            dx[place] += largest * dout[:, :, i, j][:, :, None, None]
    # END SOLUTION
    return dx
