"""``grader release``: what students get — starter, hand-out, helper modules and public cases.

The kit holds the description of the assignment with its properties, frozen public cases (another
seed than the graded ones) and the outcomes and texts of the known mistakes, so that
``grader check`` grades and explains offline. It holds no reference code and no wrong solution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader import __version__
from grader.cases import save_cases
from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freeze import freeze
from grader.starter import starter_of

__all__ = ["starter_module", "write_kit"]

_WORKFLOW = """\
# Grades the submission on every push. The public cases are checked; your instructor grades other ones.
name: check
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install -r requirements.txt
      - run: grader check {name} {name}.ipynb
"""

_README = """\
# {title}

1. Open `{name}.ipynb` in Jupyter (or `{name}.py` in an editor) and fill in the parts between
   `### START CODE HERE ###` and `### END CODE HERE ###`. [HANDOUT.md](HANDOUT.md) explains every function.
2. Check yourself, as often as you like and without a network:

       python -m pip install -r requirements.txt
       grader check {name} {name}.ipynb

   In the notebook, `check(function)` under each cell does the same for one function.
3. Hand in the notebook or the module.

| function | points | |
|---|---|---|
{table}

The numbers that you see here are drawn from public cases. Your work is graded on other numbers of the same
kinds, so a solution that only fits the examples earns nothing.
"""


def write_kit(assignment: LoadedAssignment, directory: Path, *, seed: int = 1) -> list[Path]:
    """Write the student kit and return its files.

    Parameters
    ----------
    assignment
        With its reference.
    directory
        A new or empty folder.
    seed
        Seed of the public cases.

    Raises
    ------
    SpecError
        When the folder holds something already, or seed 0 (that of the graded cases) is asked for.
    """
    if seed == 0:
        raise SpecError("seed 0 draws the graded cases; choose another one for the public cases")
    if directory.is_dir() and any(directory.iterdir()):
        raise SpecError(f"{directory} is not empty; name a new folder for the kit")
    name = assignment.name
    inner = directory / "assignments" / name
    texts: dict[Path, str] = {
        directory / f"{name}.py": starter_module(assignment),
        directory / "README.md": _readme(assignment),
        directory / "HANDOUT.md": _handout(assignment),
        directory / "requirements.txt": f"numpy-course-grader=={__version__}\n",
        directory / ".github" / "workflows" / "check.yml": _WORKFLOW.format(name=name),
        inner / "assignment.py": (assignment.folder / "assignment.py").read_text("utf-8"),
    }
    if assignment.public:
        texts[inner / "public.py"] = assignment.public
    for stem, source in assignment.provided.items():
        texts[directory / f"{stem}.py"] = source
        texts[inner / "provided" / f"{stem}.py"] = source
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    notebook = directory / f"{name}.ipynb"
    _write_notebook(assignment, notebook)
    cases = inner / "cases.bin"
    save_cases(freeze(assignment, seed, f"public cases, seed {seed}"), cases)
    return sorted([*texts, notebook, cases])


def _readme(assignment: LoadedAssignment) -> str:
    rows = [f"| `{f.name}` | {f.points:g} | {f.summary} |" for f in assignment.spec.functions]
    return _README.format(title=assignment.spec.title, name=assignment.name, table="\n".join(rows))


def _handout(assignment: LoadedAssignment) -> str:
    path = assignment.folder / "README.md"
    return path.read_text("utf-8") if path.is_file() else f"# {assignment.spec.title}\n"


# -- the starter -------------------------------------------------------------------------


def starter_module(assignment: LoadedAssignment) -> str:
    """The starter as a module."""
    parts = [f'"""{assignment.spec.title}."""', _imports(assignment)]
    parts += [starter_of(assignment.reference_function(f.name)) for f in assignment.spec.functions]
    return "\n\n\n".join(parts) + "\n"


def _imports(assignment: LoadedAssignment) -> str:
    """NumPy, and the provided helpers from the module that defines them."""
    lines = ["import numpy as np"]
    wanted = list(assignment.spec.provided_helpers)
    by_module: dict[str, list[str]] = {}
    for name in wanted:
        for stem, source in assignment.provided.items():
            if re.search(rf"^def {re.escape(name)}\(", source, re.MULTILINE):
                by_module.setdefault(stem, []).append(name)
                break
    lines += [f"from {stem} import {', '.join(names)}" for stem, names in sorted(by_module.items())]
    return "\n".join(lines[:1] + ([""] if len(lines) > 1 else []) + lines[1:])


def _sections(handout: str) -> Mapping[str, str]:
    """Sections of the hand-out by the function that their heading names."""
    found: dict[str, str] = {}
    for part in re.split(r"(?m)^(?=##+ )", handout):
        heading = part.split("\n", 1)[0]
        match = re.search(r"`(\w+)", heading)
        if match:
            found[match[1]] = part.strip()
    return found


def _write_notebook(assignment: LoadedAssignment, path: Path) -> None:
    import nbformat

    v4: Any = nbformat.v4
    handout = _handout(assignment)
    sections = _sections(handout)
    intro = re.split(r"(?m)^##+ ", handout)[0].strip()
    setup = f"{_imports(assignment)}\n\nfrom grader.notebook import check"
    cells: list[Any] = [v4.new_markdown_cell(intro), v4.new_code_cell(setup)]
    for function in assignment.spec.functions:
        text = sections.get(function.name, f"## `{function.name}`\n\n{function.summary}")
        cells.append(v4.new_markdown_cell(f"{text}\n\n*{function.points:g} points*"))
        cells.append(v4.new_code_cell(starter_of(assignment.reference_function(function.name))))
        cells.append(v4.new_code_cell(f"check({function.name})"))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same kit has the same bytes
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    path.write_text(v4.writes(notebook) + "\n", "utf-8")
