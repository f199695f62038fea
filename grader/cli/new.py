"""``grader new``: an assignment of one's own that freezes, grades and passes its audit right away."""

from __future__ import annotations

import re
from pathlib import Path

import click

from grader.cli.output import say
from grader.errors import SpecError
from grader.publishing.files import filled, write_files

__all__ = ["new", "write_assignment"]


@click.command()
@click.argument("assignment")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
def new(assignment: str, directory: Path) -> None:
    """Scaffold an assignment of your own.

    It freezes, grades and passes its audit right away. DIRECTORY is the course, by default the working folder.
    """
    for path in write_assignment(assignment, directory):
        say(path)
    course = "" if directory == Path() else f"--course {directory} "
    say(f"next: grader {course}freeze {assignment}, then edit these files (docs/authoring.md)", err=True)


def write_assignment(name: str, directory: Path) -> list[Path]:
    """Write the files of a new assignment into a course's folder and return them.

    Parameters
    ----------
    name
        A Python identifier; names the folder.
    directory
        The course; made where there is none.

    Raises
    ------
    SpecError
        When the name is no identifier, or is taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SpecError(f"expected a letter, then small letters, digits and underscores as a name, found {name!r}")
    home, reference = f"assignments/{name}", f"reference/{name}.py"
    for taken in (directory / home, directory / reference):
        if taken.exists():
            raise SpecError(f"{taken} exists already; choose another name")
    facts = {"name": name, "title": name.replace("_", " ").capitalize()}
    names = ("assignment.py", "mistakes.py", "styles.py", "README.md")
    texts = {f"{home}/{file}": filled(f"assignment/{file}", **facts) for file in names}
    texts[reference] = filled("assignment/reference.py", **facts)
    if not (directory / "reference" / "__init__.py").exists():
        texts["reference/__init__.py"] = ""
    return write_files(directory, {file: text.encode() for file, text in texts.items()})
