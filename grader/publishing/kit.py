"""``grader release``: what students get — starter, hand-out, helper modules and public cases.

The kit holds the description of the assignment with its properties, frozen public cases (another
seed than the graded ones) and the outcomes and texts of the known mistakes, so that
``grader check`` grades and explains offline. It holds no reference code and no wrong solution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import Progress, frozen_cases
from grader.judging.cases import CaseFile
from grader.publishing.files import assignment_files, filled, refuse_graded_seed, write_files
from grader.publishing.handout import handout, in_order, introduction
from grader.publishing.starter import starter_of
from grader.publishing.wheel import wheel

__all__ = ["starter_module", "write_kit"]


def write_kit(
    assignment: LoadedAssignment, directory: Path, *, seed: int = 1, progress: Progress | None = None
) -> list[Path]:
    """Write the student kit and return its files.

    Parameters
    ----------
    assignment
        With its reference.
    directory
        A new or empty folder.
    seed
        Seed of the public cases.
    progress
        Called while cases are drawn.

    Raises
    ------
    SpecError
        When there is no reference, when the folder holds something already, or when seed 0 (that of the graded
        cases) is asked for.
    """
    refuse_graded_seed(seed)
    if assignment.reference is None:
        raise SpecError(f"{assignment.name} has no reference here, from which a kit is cut (is this a student kit?)")
    if directory.is_dir() and any(directory.iterdir()):
        raise SpecError(f"{directory} is not empty; name a new folder for the kit")
    cases = frozen_cases(assignment, seed, progress=progress)
    return write_files(directory, dict(_kit(assignment, cases)))  # whole before the first byte is written


def _kit(assignment: LoadedAssignment, cases: CaseFile) -> Iterator[tuple[str, bytes]]:
    """The files of the kit."""
    name, text = assignment.name, handout(assignment)
    package, data = wheel()
    yield package, data
    yield "requirements.txt", f"./{package}\n".encode()
    rows = [f"| `{f.name}` | {f.points:g} | {f.summary} |" for f in assignment.spec.parts]
    yield "README.md", filled("kit/README.md", title=assignment.spec.title, name=name, table="\n".join(rows)).encode()
    yield "HANDOUT.md", text.encode()
    yield ".github/workflows/check.yml", filled("kit/check.yml", name=name).encode()
    yield f"{name}.py", starter_module(assignment).encode()
    yield f"{name}.ipynb", _notebook(assignment, text).encode()
    yield f"assignments/{name}/README.md", text.encode()  # the notebook's check quotes its formulas
    for stem in _needed(assignment):
        yield f"{stem}.py", assignment.provided[stem].encode()
    yield from assignment_files(assignment, cases)


# -- the starter -------------------------------------------------------------------------


def starter_module(assignment: LoadedAssignment) -> str:
    """The starter as a module."""
    parts = [f'"""{assignment.spec.title}."""', _imports(assignment)]
    parts += [starter_of(assignment.reference_function(f.name)) for f in assignment.spec.functions]
    return "\n\n\n".join(parts) + "\n"


def _imports(assignment: LoadedAssignment) -> str:
    """NumPy, and the provided helpers from the module that defines them."""
    by_module: dict[str, list[str]] = {}
    for name in assignment.spec.provided_helpers:
        defining = (stem for stem, source in assignment.provided.items() if re.search(rf"(?m)^def {name}\(", source))
        for stem in islice(defining, 1):
            by_module.setdefault(stem, []).append(name)
    lines = [f"from {stem} import {', '.join(names)}" for stem, names in sorted(by_module.items())]
    return "\n".join(["import numpy as np", *([""] if lines else []), *lines])


def _needed(assignment: LoadedAssignment) -> list[str]:
    """Provided modules that the starter imports, with those that they import themselves.

    The others are names under which older notebooks import the same things; the grader knows them.
    """
    needed = set[str]()
    queue = [_imports(assignment)]
    while queue:
        imported = set(re.findall(r"(?m)^\s*(?:from|import) (\w+)", queue.pop()))
        fresh = imported & assignment.provided.keys() - needed
        needed |= fresh
        queue += [assignment.provided[stem] for stem in fresh]
    return sorted(needed)


def _notebook(assignment: LoadedAssignment, text: str) -> str:
    """The starter as a notebook: each part of the hand-out, with the function that it explains and its check."""
    v4: Any = nbformat.v4
    parts, rest = in_order(text)
    importing = "from grader.notebook import check  # not found? run once: %pip install -r requirements.txt"
    setup = f"{_imports(assignment)}\n\n{importing}"
    cells: list[Any] = [v4.new_markdown_cell(introduction(text)), v4.new_code_cell(setup)]
    for function in assignment.spec.functions:
        bare = f"### `{function.name}` — {function.points:g} points\n\n{function.summary}"
        cells.append(v4.new_markdown_cell(parts.get(function.name, bare)))
        cells.append(v4.new_code_cell(starter_of(assignment.reference_function(function.name))))
        cells.append(v4.new_code_cell(f"check({function.name})"))
    if rest:
        cells.append(v4.new_markdown_cell(rest))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same kit has the same bytes
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return str(v4.writes(notebook)) + "\n"
