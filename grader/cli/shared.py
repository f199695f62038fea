"""What the commands share: options, the course, JSON, and what a first run says."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from grader.cli.output import say, show
from grader.course import Course, LoadedAssignment, find_course, named_here
from grader.errors import HarnessError

__all__ = ["Counting", "Drawing", "assignment_of", "course_of", "refuse_swapped", "suggest", "try_file", "write_json"]

JSON = click.option("--json", "json_to", metavar="PATH", help="Write JSON to a file, or to standard output with '-'.")
SEED = click.option("--seed", type=int, default=0, show_default=True, help="Seed of the drawn cases.")
THOROUGH = click.option("--thorough", is_flag=True, help="Ask all cases, also where the first ones are right.")
MIN_SCORE = click.option(
    "--min-score",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Exit with status 1 below this percentage of the points, 0 to 100.",
)


def course_of(context: click.Context) -> Course:
    """The course that the command line names, or the one that is found from here."""
    return find_course(context.find_root().obj)


def assignment_of(
    context: click.Context, name: str, others: Sequence[Path] = (), *, untrusted: bool = False
) -> LoadedAssignment:
    """An assignment of that course.

    Parameters
    ----------
    others
        The arguments behind it, which may have changed places with it.
    untrusted
        Whether these are of people whose folder must not become the course: what a course holds is run.

    Raises
    ------
    HarnessError
        When there is no such assignment, or the course lies in what is to be graded.
    """
    course = course_of(context)
    if untrusted and context.find_root().obj is None:
        _refuse_theirs(course, others)
    swapped = [str(path) for path in others if str(path) in course.names]
    if name not in course.names and swapped:
        command = f"{context.command_path} {swapped[0]} {name}"
        raise HarnessError(f"{name!r} is no assignment, but {swapped[0]!r} is: the assignment comes first ({command})")
    return course.load(name)


def _refuse_theirs(course: Course, paths: Sequence[Path]) -> None:
    """Refuse a course that nobody named, and that is or is named in what is to be graded: a student may have put it there.

    So may a fellow student, whose work lies beside what is named: a folder is that of a class where several files and
    folders of it are named, or a single file of code.
    """
    here = Path.cwd()
    places = [course.root / "assignments", (course.root / "assignments").resolve()]  # it may be a link to somewhere else
    places += [here / "pyproject.toml"] if named_here() is not None else []
    named = [path for path in paths if path.parent.resolve().is_relative_to(here)]
    beside = len(paths) > 1 or paths[0].suffix.lower() in (".py", ".ipynb")
    if named and beside and Path(os.path.commonpath([path.parent.resolve() for path in named])) == here:
        named.append(here)
    theirs = [path for path in (*paths, *named) if any(place.is_relative_to(path.resolve()) for place in places)]
    if theirs:
        raise HarnessError(
            f"{theirs[0]} is to be graded, and what makes {course.root} the course lies in it: work in another folder, or "
            "name the course with --course DIR if it is yours"
        )


def refuse_swapped(place: str, assignment: str) -> None:
    """Say so where an assignment stands in the place of the run or gradebook, which comes before it."""
    if "://" not in place and not Path(place).exists() and ("://" in assignment or Path(assignment).exists()):
        command = f"{click.get_current_context().command_path} {assignment} {place}"
        raise HarnessError(f"there is nothing at {place!r}, but there is at {assignment!r}, which comes first ({command})")


def try_file(path: str | Path, *, new_folders: bool = False) -> Path:
    """A file that will be written, tried before the work; nothing is left of the trial.

    ``new_folders``: those in which it lies are made with it.

    Raises
    ------
    HarnessError
        When it cannot be written.
    """
    target = Path(path)
    folders = (target.parent, *target.parent.parents) if new_folders else (target.parent,)
    folder = next((folder for folder in folders if folder.exists()), target.parent)
    try:
        if target.exists():
            target.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise HarnessError(f"{target} cannot be written: {error.strerror}; nothing was done") from error
    return target


def write_json(data: Any, target: str) -> None:
    """Write JSON to a file, or to standard output where the target is ``-``."""
    text = json.dumps(data, indent=2, ensure_ascii=True)
    if target == "-":
        show(text)
    else:
        Path(target).write_text(text + "\n", "utf-8")


class Drawing:
    """Says on standard error how far the drawing of cases is; ``happened`` tells whether there was any to do."""

    def __init__(self, assignment: str, *, quiet: bool = False) -> None:
        self.assignment, self.happened, self.quiet = assignment, False, quiet

    def __call__(self, done: int, total: int) -> None:
        """One line that is written over on a terminal, the first and the last one elsewhere."""
        in_place = sys.stderr.isatty()
        over, self.happened = in_place and self.happened, True
        if self.quiet or not (in_place or done in (0, total)):
            return
        text = f"drawing the cases of {self.assignment}: {done} of {total} functions"
        say(text, err=True, nl=not in_place or done == total, over=over)


class Counting:
    """Says on standard error how much of a long work is done: over and over in one line, elsewhere a line a tenth."""

    def __init__(self, what: str) -> None:
        self.what, self.begun = what, False

    def __call__(self, done: int, total: int) -> None:
        """So much is done."""
        in_place = sys.stderr.isatty()
        if in_place or done * 10 // total > (done - 1) * 10 // total:
            say(f"{self.what}: {done} of {total}", err=True, nl=not in_place or done == total, over=in_place and self.begun)
        self.begun = True


def suggest(*words: object, why: str) -> None:
    """Say on standard error which command to try next, each word as a shell reads it."""
    context = click.get_current_context(silent=True)
    course = context.find_root().obj if context else None
    named = ("--course", course) if course else ()
    say(f"next: {shlex.join(map(str, ('grader', *named, *words)))}  ({why})", err=True)
