"""``grader release``: what students get — starter, hand-out, helper modules and public cases.

The kit holds the description of the assignment with its properties, frozen public cases (another
seed than the graded ones) and the outcomes and texts of the known mistakes, so that
``grader check`` grades and explains offline. It holds no reference code and no wrong solution.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import Progress, frozen_cases
from grader.grading.pipeline import grade
from grader.judging.cases import CaseFile
from grader.publishing.files import assignment_files, filled, refuse_filled, refuse_graded_seed, write_files
from grader.publishing.handout import handout, in_order, introduction
from grader.publishing.starter import starter_of, starter_of_class
from grader.publishing.wheel import PROJECT, wheel, zipped

__all__ = [
    "needed_modules",
    "refuse_unready",
    "starter_for",
    "starter_module",
    "starter_notebook",
    "starter_notes",
    "write_kit",
]


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
        When there is no reference with marked solutions, or no hand-out, when the folder holds something already, or
        when seed 0 (that of the graded cases) is asked for.
    """
    refuse_graded_seed(seed)
    refuse_unready(assignment)
    refuse_filled(directory)
    cases = frozen_cases(assignment, seed, progress=progress)
    return write_files(directory, dict(_kit(assignment, cases)))  # whole before the first byte is written


def starter_notes(assignment: LoadedAssignment, directory: Path, seed: int = 1) -> Iterator[str]:
    """What the starter of a kit earns as it is handed out, which should be nothing; on the cases of the kit."""
    name = assignment.name
    starter = directory / name if assignment.spec.files else directory / f"{name}.py"
    for function in grade(assignment, starter, cases=frozen_cases(assignment, seed)).functions:
        if function.points:
            earned = f"{function.points:g} of {function.max_points:g} points"
            yield f"the starter of {function.name} earns {earned} as it is handed out: judge what it leaves undone"


def refuse_unready(assignment: LoadedAssignment) -> None:
    """A SpecError where no kit can be cut: without a reference, marked solutions in it, or a hand-out."""
    if assignment.reference is None:
        raise SpecError(f"{assignment.name} has no reference here, from which a kit is cut (is this a student kit?)")
    if not (assignment.folder / "README.md").is_file():
        raise SpecError(f"{assignment.folder / 'README.md'} is missing: write the hand-out that students read")
    list(_starters(assignment, [function.name for function in assignment.spec.functions]))


def _kit(assignment: LoadedAssignment, cases: CaseFile) -> Iterator[tuple[str, bytes]]:
    """The files of the kit."""
    name, text = assignment.name, handout(assignment)
    used = dict(_used_by_the_starter(assignment, cases, text))
    (package,) = (file for file in used if file.endswith(".whl"))
    yield from used.items()
    rows = "\n".join(f"| `{part.name}` | {part.points:g} | {part.summary} |" for part in assignment.spec.parts)
    facts = {"title": assignment.spec.title, "name": name, "table": rows, "package": package, **_way_of_work(assignment)}
    yield "README.md", filled("kit/README.md", **facts).encode()
    yield "HANDOUT.md", text.encode()
    yield ".github/workflows/check.yml", filled("kit/check.yml", name=name, work=facts["work"]).encode()
    if assignment.spec.files:
        yield from starter_package(assignment)
    else:
        yield "colab.zip", zipped(used)
        yield f"{name}.py", starter_module(assignment).encode()
        yield f"{name}.ipynb", starter_notebook(assignment, filled("kit/first_cell.py")).encode()


def _way_of_work(assignment: LoadedAssignment) -> dict[str, str]:
    """What the README says about one notebook, or about a package, which no notebook holds."""
    name = assignment.name
    if assignment.spec.files:
        starter, folder = f"the files in the folder `{name}` in an editor", f"the folder `{name}`"
        return {"starter": starter, "check": "In", "work": name, "elsewhere": "", "hand_in": folder}
    rows = filled("kit/elsewhere.md", name=name).rstrip("\n").split("\n")
    if assignment.spec.framework:  # no browser's Python has one
        rows = [row for row in rows if "| browser |" not in row]
    return {
        "starter": f"`{name}.ipynb` in Jupyter (or `{name}.py` in an editor)",
        "check": 'The first cell of the notebook installs the grader, and `check("...")` under\n'
        "   each function says what is wrong with it. Or in",
        "work": f"{name}.ipynb",
        "elsewhere": "\n" + "\n".join(rows),
        "hand_in": "the notebook or the module",
    }


def _used_by_the_starter(assignment: LoadedAssignment, cases: CaseFile, text: str) -> Iterator[tuple[str, bytes]]:
    """What has to lie beside a starter: the grader, the public cases, helper modules."""
    package, data = wheel()
    yield package, data
    version = package.split("-")[1]
    needed = filled("kit/requirements.txt", project=PROJECT, version=version, packages="\n".join(assignment.spec.packages))
    yield "requirements.txt", f"{needed.rstrip()}\n".encode()
    yield f"assignments/{assignment.name}/README.md", text.encode()  # the notebook's check quotes its formulas
    for stem in needed_modules(assignment):
        yield f"{stem}.py", assignment.provided[stem].encode()
    yield from assignment_files(assignment, cases)


# -- the starter -------------------------------------------------------------------------


def starter_module(assignment: LoadedAssignment) -> str:
    """The starter as a module."""
    parts = [f'"""{assignment.spec.title}."""', _imports(assignment)]
    parts += _starters(assignment, [f.name for f in assignment.spec.functions])
    return "\n\n\n".join(parts) + "\n"


def starter_package(assignment: LoadedAssignment) -> Iterator[tuple[str, bytes]]:
    """The starter of an assignment over several files: a package that imports what the reference's files import."""
    for path, names in assignment.spec.files.items():
        text = assignment.reference_files[path].read_text("utf-8")
        tree = ast.parse(text)
        imports = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        # What the reference says of itself is no text for students.
        parts = [f'"""{assignment.spec.title}: {PurePosixPath(path).stem}."""', "\n".join(imports)]
        yield f"{assignment.name}/{path}", ("\n\n\n".join([*parts, *_starters(assignment, names)]) + "\n").encode()
    folders = {parent for path in assignment.spec.files for parent in (PurePosixPath(assignment.name) / path).parents}
    yield from ((f"{folder}/__init__.py", b"") for folder in sorted(folders) if str(folder) != ".")


def _starters(assignment: LoadedAssignment, names: Sequence[str]) -> Iterator[str]:
    """The starters of some functions; all methods of a class stand in one."""
    for home in dict.fromkeys(name.partition(".")[0] for name in names):
        yield starter_for(assignment, home)


def starter_for(assignment: LoadedAssignment, name: str) -> str:
    """The starter of a graded function, or of a class with all its methods that are graded."""
    found = assignment.solution_function(name)
    if not isinstance(found, type):
        return starter_of(found)
    graded = (f.name for f in assignment.spec.functions if f.home == name)
    return starter_of_class(found, [method.partition(".")[2] or "__init__" for method in graded])


def _imports(assignment: LoadedAssignment) -> str:
    """NumPy, and the provided helpers from the module that defines them."""
    by_module: dict[str, list[str]] = {}
    for name in assignment.spec.provided_helpers:
        defining = (stem for stem, source in assignment.provided.items() if re.search(rf"(?m)^def {name}\(", source))
        for stem in islice(defining, 1):
            by_module.setdefault(stem, []).append(name)
    lines = [f"from {stem} import {', '.join(names)}" for stem, names in sorted(by_module.items())]
    return "\n".join(["import numpy as np", *_framework_imports(assignment), *([""] if lines else []), *lines])


def _framework_imports(assignment: LoadedAssignment) -> list[str]:
    """How the solution imports the framework."""
    if not assignment.spec.framework:
        return []
    (path,) = assignment.solution_files.values()
    imports = [ast.unparse(n) for n in ast.parse(path.read_text("utf-8")).body if isinstance(n, ast.Import | ast.ImportFrom)]
    return [line for line in imports if re.match(rf"(?:import|from) {assignment.spec.framework}\b", line)]


def needed_modules(assignment: LoadedAssignment) -> list[str]:
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


def starter_notebook(assignment: LoadedAssignment, first: str, kernel: str = "python3") -> str:
    """The starter as a notebook: each part of the hand-out, with the function that it explains and its check.

    Parameters
    ----------
    assignment
        With its reference.
    first
        The cell that brings ``check``.
    kernel
        The name under which Jupyter knows Python.
    """
    parts, rest = in_order(handout(assignment))
    cells = [_cell("markdown", introduction(handout(assignment))), _cell("code", first.rstrip())]
    cells.append(_cell("code", _imports(assignment)))
    shown: set[str] = set()
    for function in assignment.spec.functions:
        bare = f"### `{function.name}` — {function.points:g} points\n\n{function.summary}"
        cells.append(_cell("markdown", parts.get(function.name, bare)))
        if function.home not in shown:
            shown.add(function.home)
            others = [f.name for f in assignment.spec.functions if f.home == function.home]
            cells += [_cell("code", text) for text in _starters(assignment, others)]
        cells.append(_cell("code", f'check("{function.name}")'))
    cells += [_cell("markdown", rest)] if rest else []
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same kit has the same bytes
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": kernel}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    run: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True), **run}
