"""Another name under which notebooks import the same helpers."""

import numpy as np  # noqa: F401
from dnn_utils import relu, relu_backward, sigmoid, sigmoid_backward  # noqa: F401
