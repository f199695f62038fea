"""``grader release``: what students get — starter, hand-out, helper modules and public cases.

The kit holds the description of the assignment with its properties, frozen public cases (another
seed than the graded ones) and the outcomes and texts of the known mistakes, so that
``grader check`` grades and explains offline. It holds no reference code and no wrong solution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import frozen_cases
from grader.judging.cases import to_bytes
from grader.publishing.handout import handout, in_order, introduction
from grader.publishing.starter import starter_of
from grader.publishing.wheel import wheel

__all__ = ["starter_module", "write_kit"]

_WORKFLOW = """\
# Grades the submission on every push. The public cases are checked; your instructor grades other ones.
# If you work in the module instead of the notebook, put {name}.py into the last line.
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
2. Install the grader once (Python 3.11 or later; it lies in this folder, what it needs comes from the network):

       python3 -m venv .venv
       . .venv/bin/activate
       python -m pip install -r requirements.txt

   The first two lines make an environment of its own and enter it, which every new terminal has to do again (on
   Windows: `py -m venv .venv`, `.venv\\Scripts\\activate`). For `check` in the notebook, run
   `%pip install -r requirements.txt` in a cell once: that installs it for the Python that Jupyter uses.
3. In this folder, check yourself as often as you like and without a network:

       grader check {name} {name}.ipynb

   In the notebook, `check(function)` under each cell does the same for one function.
4. Hand in the notebook or the module.

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
        When there is no reference, when the folder holds something already, or when seed 0 (that of the graded
        cases) is asked for.
    """
    if seed == 0:
        raise SpecError("seed 0 draws the graded cases; choose another one for the public cases")
    if assignment.reference is None:
        raise SpecError(f"{assignment.name} has no reference here, from which a kit is cut (is this a student kit?)")
    if directory.is_dir() and any(directory.iterdir()):
        raise SpecError(f"{directory} is not empty; name a new folder for the kit")
    files = dict(_kit(assignment, seed))  # whole before the first byte is written
    for inside, data in files.items():
        path = directory / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return sorted(directory / inside for inside in files)


def _kit(assignment: LoadedAssignment, seed: int) -> Iterator[tuple[str, bytes]]:
    """The files of the kit."""
    name = assignment.name
    package, data = wheel()
    inner = f"assignments/{name}"
    yield package, data
    yield "requirements.txt", f"./{package}\n".encode()
    yield "README.md", _readme(assignment).encode()
    yield "HANDOUT.md", handout(assignment).encode()
    yield ".github/workflows/check.yml", _WORKFLOW.format(name=name).encode()
    yield f"{name}.py", starter_module(assignment).encode()
    yield f"{name}.ipynb", _notebook(assignment).encode()
    yield f"{inner}/README.md", handout(assignment).encode()  # the notebook's check quotes its formulas
    yield f"{inner}/assignment.py", (assignment.folder / "assignment.py").read_bytes()
    if assignment.public:
        yield f"{inner}/public.py", assignment.public.encode()
    for stem, source in assignment.provided.items():
        yield f"{inner}/provided/{stem}.py", source.encode()
    for stem in _needed(assignment):
        yield f"{stem}.py", assignment.provided[stem].encode()
    yield f"{inner}/cases.bin", to_bytes(frozen_cases(assignment, seed))


def _readme(assignment: LoadedAssignment) -> str:
    rows = [f"| `{f.name}` | {f.points:g} | {f.summary} |" for f in assignment.spec.functions]
    return _README.format(title=assignment.spec.title, name=assignment.name, table="\n".join(rows))


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


def _needed(assignment: LoadedAssignment) -> list[str]:
    """Provided modules that the starter imports, with those that they import themselves.

    The others are names under which older notebooks import the same things; the grader knows them.
    """
    found: dict[str, None] = {}
    queue = [_imports(assignment)]
    while queue:
        wanted = re.findall(r"(?m)^\s*(?:from|import) (\w+)", queue.pop())
        fresh = [stem for stem in wanted if stem in assignment.provided and stem not in found]
        found.update(dict.fromkeys(fresh))
        queue += [assignment.provided[stem] for stem in fresh]
    return sorted(found)


def _notebook(assignment: LoadedAssignment) -> str:
    import nbformat

    v4: Any = nbformat.v4
    text = handout(assignment)
    parts, rest = in_order(text)
    found = "from grader.notebook import check  # not found? run once: %pip install -r requirements.txt"
    setup = f"{_imports(assignment)}\n\n{found}"
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
