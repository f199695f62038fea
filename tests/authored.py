"""Writes small courses into a folder, for tests of what goes wrong in them."""

from __future__ import annotations

from pathlib import Path

from grader.course import LoadedAssignment, find_course

ASSIGNMENT = """
from grader.spec import *
import numpy as np

def inputs(d):
    n, m = d.sizes("n", "m")
    return (d.array(n, m),)

ASSIGNMENT = Assignment("sample", title="Sample", source="none", functions=({functions},), {options})
"""
REFERENCE = """
import numpy as np

def twice(X):
    return 2 * X
"""
MISTAKES = """
import numpy as np
from grader.spec import mistake

@mistake("once", "twice", message="X comes back as it is", hint="What is twice two?")
def once(X):
    return X + 0.0
"""


def course(folder: Path, **files: str) -> Path:
    """Write files (``assignments__sample__mistakes`` is ``assignments/sample/mistakes.py``)."""
    for name, text in files.items():
        path = folder / Path(*name.split("___")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def sample(
    folder: Path,
    functions: str = 'Function("twice", points=1, inputs=inputs)',
    options: str = "",
    *,
    assignment: str | None = None,
    reference: str = REFERENCE,
    **files: str,
) -> LoadedAssignment:
    """The assignment ``sample`` of a new course in a folder."""
    text = ASSIGNMENT.format(functions=functions, options=options) if assignment is None else assignment
    named = {f"assignments___sample___{stem}": source for stem, source in files.items()}
    course(folder, assignments___sample___assignment=text, reference___sample=reference, **named)
    return find_course(folder).load("sample")
