"""What the commands share: options, the course, JSON, and what a first run says."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.output import say, show
from grader.course import Course, LoadedAssignment, find_course

__all__ = ["Drawing", "assignment_of", "course_of", "suggest", "write_json"]

JSON = click.option("--json", "json_to", metavar="PATH", help="Write JSON to a file, or to standard output with '-'.")
SEED = click.option("--seed", type=int, default=0, show_default=True, help="Seed of the drawn cases.")
MIN_SCORE = click.option(
    "--min-score",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Exit with status 1 below this percentage of the points, 0 to 100.",
)


def course_of(context: click.Context) -> Course:
    """The course that the command line names, or the one that is found from here."""
    return find_course(context.find_root().obj)


def assignment_of(context: click.Context, name: str) -> LoadedAssignment:
    """An assignment of that course."""
    return course_of(context).load(name)


def write_json(data: Any, target: str) -> None:
    """Write JSON to a file, or to standard output where the target is ``-``."""
    text = json.dumps(data, indent=2, ensure_ascii=True)
    if target == "-":
        show(text)
    else:
        Path(target).write_text(text + "\n", "utf-8")


class Drawing:
    """Says on standard error how far the drawing of cases is; ``happened`` tells whether there was any to do."""

    def __init__(self, assignment: str) -> None:
        self.assignment, self.happened = assignment, False

    def __call__(self, done: int, total: int) -> None:
        """One line that is written over on a terminal, a line each elsewhere."""
        in_place = sys.stderr.isatty()
        over, self.happened = in_place and self.happened, True
        text = f"drawing the cases of {self.assignment}: {done} of {total} functions"
        say(text, err=True, nl=not in_place or done == total, over=over)


def suggest(command: str, why: str) -> None:
    """Say on standard error what to try next."""
    context = click.get_current_context(silent=True)
    course = context.find_root().obj if context else None
    named = f"--course {course} " if course else ""
    say(f"next: grader {named}{command}  ({why})", err=True)
