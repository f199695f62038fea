"""Another name under which the same helpers are imported."""

from dnn_utils import relu, relu_backward, sigmoid, sigmoid_backward  # noqa: F401
