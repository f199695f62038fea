"""Ways to write a student's program in a test, and to look at what is run of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.submission.program import Submission
from grader.submission.reading import parse_files, parse_submission

F = "def f(x):\n    return x\n"
_ANNOTATIONS = 0x1000000  # from __future__ import annotations, as the worker compiles


def script(text: str, arities: Mapping[str, int] | None = None) -> Submission:
    """A submission of one module."""
    return parse_submission("student.py", ".py", text.encode(), arities or {"f": 1})


def cells_json(*cells: Any, **top: Any) -> bytes:
    """A notebook whose code cells have these sources (or are these dictionaries)."""
    whole = [c if isinstance(c, dict) else {"cell_type": "code", "source": c} for c in cells]
    return json.dumps({"nbformat": 4, "cells": whole, **top}).encode()


def notebook(*cells: Any, arities: Mapping[str, int] | None = None, **top: Any) -> Submission:
    """A submission of one notebook."""
    return parse_submission("student.ipynb", ".ipynb", cells_json(*cells, **top), arities or {"f": 1})


def files(texts: Mapping[str, str | bytes], arities: Mapping[str, int] | None = None, **options: Any) -> Submission:
    """A submission of several files, by their names."""
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in texts.items()}
    return parse_files("student", data, arities or {"f": 1}, **options)


def names(submission: Submission) -> list[str]:
    """What the units bind, in order."""
    return [name for unit in submission.units for name in unit.binds]


def texts(submission: Submission) -> list[str]:
    """The text of the units."""
    return [unit.source for unit in submission.units]


def run(submission: Submission) -> dict[str, Any]:
    """What the units define when they are executed one after the other."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for unit in submission.units:
        exec(compile(unit.source, unit.label, "exec", _ANNOTATIONS, dont_inherit=True), space)
    return space
