"""A network of two layers."""

import numpy as np

from ..layers import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss


class TwoLayerNet:
    """Affine, relu, affine, softmax.

    The parameters stand in ``self.params`` as ``W1``, ``b1``, ``W2`` and ``b2``.
    """

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale, reg):
        """Draw the weights and set the biases to zero.

        Parameters
        ----------
        input_dim, hidden_dim, num_classes : int
            Sizes of the layers.
        weight_scale : float
            Standard deviation of the Gaussian weights.
        reg : float
            Strength of the regularization, kept as ``self.reg``.
        """
        # BEGIN SOLUTION
        self.reg = reg
        self.params = {
            "W1": weight_scale * np.random.randn(input_dim, hidden_dim),
            "b1": np.zeros(hidden_dim),
            "W2": weight_scale * np.random.randn(hidden_dim, num_classes),
            "b2": np.zeros(num_classes),
        }
        # END SOLUTION

    def loss(self, X, y):
        """Loss and gradients for a batch.

        The loss is the softmax loss, and half of ``reg`` times the squares of all weights (not of the biases).

        Parameters
        ----------
        X : ndarray, shape (N, d_1, ..., d_k)
        y : ndarray, shape (N,)

        Returns
        -------
        loss : float
        grads : dict
            Gradients under the names of the parameters.
        """
        # BEGIN SOLUTION
        W1, W2 = self.params["W1"], self.params["W2"]
        hidden, first = affine_forward(X, W1, self.params["b1"])
        active, kink = relu_forward(hidden)
        scores, second = affine_forward(active, W2, self.params["b2"])
        data_loss, dscores = softmax_loss(scores, y)
        loss = data_loss + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dactive, dW2, db2 = affine_backward(dscores, second)
        _, dW1, db1 = affine_backward(relu_backward(dactive, kink), first)
        grads = {"W1": dW1 + self.reg * W1, "b1": db1, "W2": dW2 + self.reg * W2, "b2": db2}
        # END SOLUTION
        return loss, grads
