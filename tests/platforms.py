"""A course of two small functions, and submissions of it, for the tests of the platforms' autograders."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import Course, LoadedAssignment

NAME = "halves"

_ASSIGNMENT = """
import numpy as np
from grader.spec import Assignment, Function, cases

def _data(d):
    return (d.array(*d.sizes("n", "m")),)

ASSIGNMENT = Assignment(
    name="halves",
    title='Halves: a "small" \\\\ one',
    source="tests",
    functions=(
        Function("half", points=40, inputs=_data, returns="H", summary="half of X", classes=cases(one={"m": 1})),
        Function("quarter", points=60, inputs=_data, returns="Q", summary="half of half", classes=cases(one={"m": 1}),
                 helpers=("half",)),
    ),
)
"""
_REFERENCE = '''
def half(X):
    """Half of X."""
    # BEGIN SOLUTION
    H = X / 2
    # END SOLUTION
    return H


def quarter(X):
    """Half of half of X."""
    # BEGIN SOLUTION
    Q = half(half(X))
    # END SOLUTION
    return Q
'''

RIGHT = "def half(X):\n    return 0.5 * X\n\ndef quarter(X):\n    return half(half(X))\n"
WRONG = "def half(X):\n    return 0.25 * X\n\ndef quarter(X):\n    return half(half(X))\n"
_FOLDER = TemporaryDirectory(prefix="platforms-")


@cache
def assignment() -> LoadedAssignment:
    root = Path(_FOLDER.name)
    (root / "assignments" / NAME).mkdir(parents=True)
    (root / "reference").mkdir()
    (root / "assignments" / NAME / "assignment.py").write_text(_ASSIGNMENT, "utf-8")
    (root / "reference" / "__init__.py").write_text("", "utf-8")
    (root / "reference" / f"{NAME}.py").write_text(_REFERENCE, "utf-8")
    return Course(root).load(NAME)


def notebook(*cells: str) -> str:
    found = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c} for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": found})
