"""``grader export``: autograders that platforms run, self-contained but for packages from the index.

Every export carries this package, the one assignment and its frozen cases, and a few files that start it where the
platform looks for them. Where only instructors see it, it carries the reference of the assignment too, so that a function
that stands on a wrong helper can be graded; what students can read carries no answers but the frozen ones, of other cases.
"""

from __future__ import annotations

import html
import importlib.metadata
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import Progress, frozen_cases
from grader.publishing.files import assignment_files, filled, reference_files, refuse_filled, refuse_graded_seed, write_files
from grader.publishing.wheel import package_files, zipped

__all__ = ["TARGETS", "Target", "write_export"]

_NEEDED = ("numpy", "click", "rich", "pyyaml")


@dataclass(frozen=True, slots=True)
class Target:
    """The form of the export to one platform.

    Attributes
    ----------
    example
        What its path is usually called: a zip, or a new folder.
    starters
        The files that the platform looks for, which are templates of the same name.
    course
        The folder of the export that holds the package, the assignment and what starts them.
    public
        Whether students can read it.
    """

    example: str
    starters: tuple[str, ...]
    course: str = ""
    public: bool = False

    @property
    def is_zip(self) -> bool:
        """Whether one file is uploaded."""
        return self.example.endswith(".zip")


#: The platforms and their forms; what runs there stands in ``targets/``.
TARGETS: Mapping[str, Target] = {
    "gradescope": Target("autograder.zip", ("setup.sh", "run_autograder")),
    "github": Target(".github/actions/grade", ("action.yml",), public=True),
    "prairielearn": Target(
        "questions/NAME", ("info.json", "question.html", "Dockerfile", "tests/run_autograder"), course="tests/"
    ),
    "classroom50": Target("CLASSROOM/autograders/NAME", ("autograder.py",), public=True),
    "coursera": Target("grader.zip", ("Dockerfile", "run_autograder")),
}


def write_export(
    platform: str,
    assignment: LoadedAssignment,
    path: Path,
    *,
    seed: int | None = None,
    options: str = "",
    image: str = "",
    progress: Progress | None = None,
) -> Path:
    """Write the autograder of an assignment that a platform runs, and return the path.

    Parameters
    ----------
    platform
        One of `TARGETS`.
    assignment, seed
        What to grade, and the seed of its cases: 0 if not given, and 1 where students can read the export.
    path
        The zip file, or the new folder.
    options
        Further arguments of the program that Gradescope or Coursera runs.
    image
        PrairieLearn: the name of the image that is built from the Dockerfile.
    progress
        Called while cases are drawn.

    Raises
    ------
    SpecError
        When the path does not fit the platform, or where students can read seed 0, that of the graded cases.
    """
    target = TARGETS[platform]
    seed = int(target.public) if seed is None else seed
    if target.public:
        refuse_graded_seed(seed)
    _refuse_path(target, path)
    facts = _facts(assignment, options, image)
    starters = {name: filled(f"{platform}/{name}", **facts).encode() for name in target.starters}
    course = {f"{target.course}{name}": data for name, data in _course(assignment, seed, progress, public=target.public)}
    files = dict(sorted({**course, **starters}.items()))
    if target.is_zip:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zipped(files, frozenset(target.starters)))
    else:
        write_files(path, files)
    return path


def _facts(assignment: LoadedAssignment, options: str, image: str) -> dict[str, str]:
    """What the files of a platform say of an assignment."""
    return {
        "name": assignment.name,
        "title": json.dumps(assignment.spec.title),  # a string of JSON is one of YAML, whatever stands in the title
        "heading": html.escape(assignment.spec.title),
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, assignment.name)),  # an export again is the same question
        "image": json.dumps(image or f"{assignment.name.replace('_', '-')}-grader"),
        "options": options,
        "uploads": ", ".join(PurePosixPath(path).name for path in assignment.spec.files) or f"{assignment.name}.ipynb",
    }


def _refuse_path(target: Target, path: Path) -> None:
    if target.is_zip and path.is_dir():
        raise SpecError(f"{path} is a folder; name the zip file to write, such as {path / target.example}")
    if not target.is_zip:
        refuse_filled(path, target.example)


def _course(
    assignment: LoadedAssignment, seed: int, progress: Progress | None, *, public: bool
) -> Iterator[tuple[str, bytes]]:
    """Files of a self-contained course of one assignment, with this package beside it."""
    yield from package_files()
    yield from assignment_files(assignment, frozen_cases(assignment, seed, progress=progress))
    if not public:
        yield from reference_files(assignment)
    lines = [f"{name}=={_version(name)}\n" for name in (*_NEEDED, *assignment.spec.packages)]
    yield "requirements.txt", "".join(lines).encode()


def _version(name: str) -> str:
    """The version that is installed here: the one that the cases were drawn with."""
    try:
        return importlib.metadata.version(name).partition("+")[0]  # an index knows nothing of a build such as "+cpu"
    except importlib.metadata.PackageNotFoundError:
        raise SpecError(f"the assignment needs the package {name}, which is not installed here") from None
