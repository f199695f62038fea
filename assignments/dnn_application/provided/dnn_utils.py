"""The activations alone, for files that hold the step-by-step exercise, too."""

from dnn_app_utils import relu, relu_backward, sigmoid, sigmoid_backward  # noqa: F401
