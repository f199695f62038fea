"""Turns what authors write (reference, mistakes, styles) into submissions of students."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path

from grader.course import LoadedAssignment
from grader.spec import Function
from grader.submission.program import Submission, parse_submission

# What replaces ``from grader.spec import ...`` in a module that a submission imports.
_SPEC_STUB = """
def mistake(*names, **texts):
    def register(solution):
        mistake.solutions.append(solution)
        return solution

    return register


mistake.solutions = []
"""


def as_submission(
    text: str, arities: Mapping[str, int], *, notebook: bool = False, siblings: Mapping[str, str] | None = None
) -> Submission:
    """A file with this text as the loader reads it."""
    data = _notebook(text) if notebook else text.encode()
    suffix = ".ipynb" if notebook else ".py"
    others = {name: source.encode() for name, source in (siblings or {}).items()}
    return parse_submission(f"student{suffix}", suffix, data, arities, siblings=others)


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


# -- the reference as a student's files ----------------------------------------------------


def reference_files(assignment: LoadedAssignment) -> tuple[str, dict[str, str]]:
    """The reference module as a submission, and the modules that it stands on as its neighbours."""
    course = assignment.course.root
    stem = assignment.spec.reference_module.rpartition(".")[2]
    siblings: dict[str, str] = {}
    queue = [stem]
    while queue:
        name = queue.pop()
        if f"my_{name}" not in siblings:
            text, wanted = _own_imports((course / "reference" / f"{name}.py").read_text("utf-8"))
            siblings[f"my_{name}"] = text
            queue.extend(wanted)
    return siblings.pop(f"my_{stem}"), siblings


def _own_imports(text: str) -> tuple[str, list[str]]:
    """The text with ``reference.x`` called ``my_x``, and the modules x that it imports."""
    lines = text.split("\n")
    wanted: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "reference":
            module = (node.module or "").partition(".")[2]
            if module:
                wanted.append(module)
                names = ", ".join(ast.unparse(alias) for alias in node.names)
                new = f"from my_{module} import {names}"
            else:
                wanted.extend(alias.name for alias in node.names)
                new = "; ".join(f"import my_{alias.name} as {alias.asname or alias.name}" for alias in node.names)
            assert node.end_lineno is not None
            lines[node.lineno - 1] = " " * node.col_offset + new
            lines[node.lineno : node.end_lineno] = [""] * (node.end_lineno - node.lineno)
    return "\n".join(lines), wanted


# -- mistakes and styles as modules that a submission imports -------------------------------


def with_author_files(assignment: LoadedAssignment) -> LoadedAssignment:
    """The assignment, with its mistakes and styles among the modules that submissions may import."""
    own = assignment.course.load(assignment.name)
    provided = dict(own.provided)
    for stem in ("mistakes", "styles"):
        path = own.folder / f"{stem}.py"
        if path.is_file():
            text, _ = _own_imports(path.read_text("utf-8"))
            provided[f"all_{stem}"] = re.sub(r"(?m)^from grader\.spec import .*$", "from spec_stub import *", text)
    provided["spec_stub"] = _SPEC_STUB
    text, siblings = reference_files(own)
    provided |= siblings
    provided[f"my_{own.spec.reference_module.rpartition('.')[2]}"] = text
    vars(own)["provided"] = provided  # the place of the cached property
    return own


def delegating(spec: Function, module: str, expression: str) -> str:
    """A graded function that calls another one of a module, in which the planted names mean the same."""
    planted = "".join(f"    {module}.{name} = {name}\n" for name in spec.given)
    # "import random" makes the worker seed that generator too, which a style may draw from.
    imports = f"\n\nimport random\nimport {module}\n\n"
    return f"{imports}def {spec.name}(*args):\n{planted}    return {module}.{expression}(*args)\n"


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
    return value
"""


def stub_of_zeros(assignment: LoadedAssignment) -> str:
    """All functions give zeros of the right form."""
    stem = assignment.spec.reference_module.rpartition(".")[2]
    lines = [_ZEROS, f"import my_{stem}\n"]
    for spec in assignment.spec.functions:
        planted = "".join(f"    my_{stem}.{name} = {name}\n" for name in spec.given)
        lines.append(f"def {spec.name}(*args):\n{planted}    return zeros(my_{stem}.{spec.name}(*args))\n")
    return "\n".join(lines)


def stub_of_nothing(assignment: LoadedAssignment) -> str:
    """All functions return None."""
    return "\n".join(f"def {spec.name}(*args):\n    return None\n" for spec in assignment.spec.functions)


def course_root() -> Path:
    return Path(__file__).resolve().parents[2]
