"""Runs kept, marks worked out, files of learning platforms filled."""

from importlib.util import find_spec

from grader.errors import missing_extra

if find_spec("sqlalchemy") is None:
    raise missing_extra("the gradebook", "gradebook")
