"""``grader export jupyterlite``: a static folder, in which students check themselves in the browser.

JupyterLite is Jupyter without a server: the kernel is Python in the student's own browser. The wheel of this grader
carries the public cases here and the helper modules, too, so that nothing depends on a file system of the browser.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from grader.confined.tensors import FRAMEWORKS
from grader.course import LoadedAssignment
from grader.disk import scratch_folder
from grader.errors import HarnessError, SpecError, missing_extra
from grader.freezing.store import Progress, frozen_cases
from grader.judging.cases import CaseFile
from grader.publishing.files import assignment_files, filled, refuse_filled, refuse_graded_seed, write_files
from grader.publishing.handout import handout
from grader.publishing.kit import needed_modules, starter_notebook
from grader.publishing.wheel import PROJECT, wheel

__all__ = ["write_jupyterlite"]

_NEEDED = ("jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server")


def write_jupyterlite(
    assignment: LoadedAssignment, directory: Path, *, seed: int = 1, progress: Progress | None = None
) -> Path:
    """Write a folder for any web server, and return it.

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
        When the folder holds something already, seed 0 (that of the graded cases) is asked for, or the assignment is
        about a framework, which no browser has.
    HarnessError
        When JupyterLite is not installed, or could not build the folder.
    """
    refuse_graded_seed(seed)
    refuse_filled(directory)
    if assignment.spec.framework:
        name = FRAMEWORKS[assignment.spec.framework]
        raise SpecError(f"{assignment.name} is about {name}, which no browser's Python has; hand out a kit (grader release)")
    if not all(map(importlib.util.find_spec, _NEEDED)):
        raise missing_extra("'grader export jupyterlite'", "jupyterlite")
    cases = frozen_cases(assignment, seed, progress=progress)
    with scratch_folder() as folder:
        write_files(folder, dict(_sources(assignment, cases)))
        _build(folder, directory)
    return directory


def _sources(assignment: LoadedAssignment, cases: CaseFile) -> Iterator[tuple[str, bytes]]:
    """What the folder is built from: the wheel, and the files that a student sees."""
    modules = {f"{stem}.py": assignment.provided[stem].encode() for stem in needed_modules(assignment)}
    text = handout(assignment).encode()
    course = {**dict(assignment_files(assignment, cases)), f"assignments/{assignment.name}/README.md": text}
    package, data = wheel({**modules, **{f"grader_course/{name}": part for name, part in course.items()}})
    yield package, data
    packages = " ".join(("jinja2", *assignment.spec.packages))
    first = filled("jupyterlite/first_cell.py", project=PROJECT, version=package.split("-")[1], packages=packages)
    yield f"files/{assignment.name}.ipynb", starter_notebook(assignment, first, "python").encode()
    yield "files/HANDOUT.md", text
    yield from ((f"files/{name}", source) for name, source in modules.items())


def _build(folder: Path, directory: Path) -> None:
    """Let JupyterLite build the site, without the maps that are for those who work on it."""
    (package,) = folder.glob("*.whl")
    options = ["--contents=files", f"--output-dir={directory.resolve()}", f"--piplite-wheels={package.name}"]
    options += ["--apps=lab", "--apps=notebooks", "--no-sourcemaps", "--no-unused-shared-packages"]
    command = [sys.executable, "-m", "jupyterlite_core", "build", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise HarnessError(f"JupyterLite could not build {directory}: {' '.join(last)}")
    # Some web servers (Amazon's S3) read a plus in an address as a blank, and the version of the wheel has one.
    index = directory / "pypi" / "all.json"
    index.write_text(index.read_text("utf-8").replace(f"./{package.name}", f"./{quote(package.name)}"), "utf-8")
