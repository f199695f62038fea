"""``grader export``: autograders that platforms run, self-contained but for packages from the index.

Both exports carry this package, the assignment and frozen cases. Gradescope's is seen by the
instructor only and carries the reference too, so that a function that stands on a wrong helper can be
graded; the GitHub action lies in the students' repositories and carries no answers but the frozen ones.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import Progress, frozen_cases
from grader.publishing.files import assignment_files, filled, refuse_graded_seed, write_files
from grader.publishing.wheel import package_files, zipped

__all__ = ["write_github", "write_gradescope"]

_NEEDED = ("numpy", "click", "rich", "pyyaml")


def write_gradescope(assignment: LoadedAssignment, path: Path, *, seed: int = 0, progress: Progress | None = None) -> Path:
    """Write the zip that is uploaded to Gradescope as the autograder of an assignment.

    Parameters
    ----------
    assignment, seed
        What to grade, and the seed of its cases.
    path
        The zip file to write.
    progress
        Called while cases are drawn.

    Raises
    ------
    SpecError
        When the path is a folder.
    """
    if path.is_dir():
        raise SpecError(f"{path} is a folder; name the zip file to write, such as {path / 'autograder.zip'}")
    files = dict(_bundle(assignment, seed, progress))
    for file in sorted((assignment.course.root / "reference").glob("*.py")):
        files[f"reference/{file.name}"] = file.read_bytes()
    files["setup.sh"] = filled("gradescope/setup.sh").encode()
    files["run_autograder"] = filled("gradescope/run_autograder", name=assignment.name).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(dict(sorted(files.items())), frozenset({"setup.sh", "run_autograder"})))
    return path


def write_github(assignment: LoadedAssignment, path: Path, *, seed: int = 1, progress: Progress | None = None) -> Path:
    """Write a composite action into a folder (``.github/actions/grade`` of the students' template).

    Raises
    ------
    SpecError
        When the folder holds something already, or seed 0 (that of the graded cases) is asked for.
    """
    refuse_graded_seed(seed)
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise SpecError(f"{path} is not an empty folder; name a new one, such as .github/actions/grade")
    # A string of JSON is one of YAML, whatever stands in the title.
    action = filled("github/action.yml", name=assignment.name, title=json.dumps(assignment.spec.title))
    write_files(path, {**dict(_bundle(assignment, seed, progress)), "action.yml": action.encode()})
    return path


def _bundle(assignment: LoadedAssignment, seed: int, progress: Progress | None) -> Iterator[tuple[str, bytes]]:
    """Files of a self-contained course of one assignment, with this package beside it."""
    yield from package_files()
    yield from assignment_files(assignment, frozen_cases(assignment, seed, progress=progress))
    lines = [f"{name}=={_version(name)}\n" for name in (*_NEEDED, *assignment.spec.packages)]
    yield "requirements.txt", "".join(lines).encode()


def _version(name: str) -> str:
    """The version that is installed here: the one that the cases were drawn with."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise SpecError(f"the assignment needs the package {name}, which is not installed here") from None
