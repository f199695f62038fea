"""``grader list`` and ``grader doctor``: which assignments, and which walls, there are."""

from __future__ import annotations

import shutil
import textwrap

import click

from grader.cli.output import say, show
from grader.cli.shared import assignment_of, course_of, write_json
from grader.confined.tensors import FRAMEWORKS
from grader.report.escape import plain
from grader.sandbox.doctor import explain, probe, roles
from grader.sandbox.limits import can_confine
from grader.sandbox.tensors import frameworks_here, missing_framework

__all__ = ["doctor", "list_"]


@click.command("list")
@click.argument("assignment", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(context: click.Context, assignment: str | None, as_json: bool) -> None:
    """List the assignments, their functions and points.

    Of one ASSIGNMENT alone, where it is named.
    """
    course = course_of(context)
    loaded = [assignment_of(context, assignment)] if assignment else map(course.load, course.names)
    specs = [one.spec for one in loaded]
    if as_json:
        rows = [
            {
                "name": spec.name,
                "title": spec.title,
                "source": spec.source,
                "points": spec.points,
                "functions": [{"name": f.name, "points": float(f.points), "summary": f.summary} for f in spec.parts],
            }
            for spec in specs
        ]
        write_json({"assignments": rows}, "-")
        return
    width = shutil.get_terminal_size((10_000, 24)).columns  # what is not shown on a terminal is not wrapped
    for spec in specs:
        head = f"{spec.name}  {spec.title}  ({spec.points:g} points; from: {spec.source})"
        show(click.style(plain(spec.name), bold=True) + _wrapped(plain(head), width, 4).removeprefix(plain(spec.name)))
        longest = max(len(part.name) for part in spec.parts)
        for part in spec.parts:
            row = f"    {part.points:5g}  {part.name:<{longest}}  {part.summary}".rstrip()
            show(_wrapped(plain(row), width, longest + 13 if width > longest + 40 else 13))


def _wrapped(line: str, width: int, indent: int) -> str:
    """A line that is too long for the terminal, continued below itself."""
    if len(line) <= width:
        return line
    return textwrap.fill(line, max(width, indent + 20), subsequent_indent=" " * indent, drop_whitespace=True)


@click.command()
def doctor() -> None:
    """Say what this machine can do, and which walls stand.

    The last lines name the frameworks that assignments may be about, with their versions or how to install them.
    """
    walls = probe()
    for name, stands, meaning in explain(walls) if can_confine() else ():
        mark = click.style("stands ", fg="green") if stands else click.style("missing", fg="red")
        show(f"{mark}  {name:<11} {plain(meaning)}")
    say(f"level: {walls.level}")
    for role, can in roles(walls.level):
        say(f"{role}: {can}")
    for framework, version in frameworks_here().items():
        say(f"{FRAMEWORKS[framework]}: {version or missing_framework(framework)}")
