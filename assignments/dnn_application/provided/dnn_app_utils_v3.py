"""Another name under which notebooks import the same helpers."""

from dnn_app_utils import *  # noqa: F403
