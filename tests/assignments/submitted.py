"""Texts as submissions of students, and stubs that earn nothing."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.course import LoadedAssignment
from grader.spec import Edition
from grader.submission.editions import Exercise
from grader.submission.program import Submission
from grader.submission.reading import parse_submission


def as_submission(
    text: str,
    arities: Mapping[str, int],
    *,
    notebook: bool = False,
    siblings: Mapping[str, str] | None = None,
    editions: Sequence[Edition] = (),
) -> Submission:
    """A file with this text as the loader reads it."""
    data = _notebook(text) if notebook else text.encode()
    suffix = ".ipynb" if notebook else ".py"
    others = {name: source.encode() for name, source in (siblings or {}).items()}
    return parse_submission(f"student{suffix}", suffix, data, arities, siblings=others, exercise=Exercise(editions=editions))


def _notebook(text: str) -> bytes:
    """One code cell per top-level statement, with the clutter of a real notebook in between."""
    lines = text.split("\n")
    cells = [{"cell_type": "markdown", "source": ["# My solution"]}]
    cells.append({"cell_type": "code", "source": ["%matplotlib inline\n", "print('hello')"]})
    for statement in ast.parse(text).body:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
        source = "\n".join(lines[first - 1 : statement.end_lineno])
        cells.append({"cell_type": "code", "source": source.splitlines(keepends=True)})
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": cells}).encode()


# -- stubs -----------------------------------------------------------------------------------

_ZEROS = """
import numpy as np


def zeros(value):
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    if isinstance(value, (tuple, list)):
        return type(value)(zeros(part) for part in value)
    if isinstance(value, dict):
        return {key: zeros(part) for key, part in value.items()}
    if isinstance(value, (set, str, bool, int, float, np.generic)):
        return type(value)()
    if hasattr(value, "new_zeros"):
        return value.new_zeros(value.shape)
    return 0 * value if hasattr(value, "shape") else value  # a tensor of TensorFlow
"""


def stub_of_zeros(assignment: LoadedAssignment) -> str:
    """All functions give zeros of the right form."""
    module = f"ref_{assignment.spec.reference_module.rpartition('.')[2]}"
    lines = [_ZEROS, f"import {module}\n"]
    if assignment.spec.framework:  # what stands in solution.py gives tensors
        (path,) = assignment.solution_files.values()
        lines[1] = f"import types\n{module} = types.ModuleType('right')\nexec({path.read_text('utf-8')!r}, vars({module}))\n"
    for spec in assignment.spec.functions:
        planted = "".join(f"    {module}.{name} = {name}\n" for name in spec.given)
        lines.append(f"def {spec.name}(*args):\n{planted}    return zeros({module}.{spec.name}(*args))\n")
    return "\n".join(lines)


def stub_of_nothing(assignment: LoadedAssignment) -> str:
    """All functions return None."""
    return "\n".join(f"def {spec.name}(*args):\n    return None\n" for spec in assignment.spec.functions)


def course_root() -> Path:
    return Path(__file__).resolve().parents[2]
