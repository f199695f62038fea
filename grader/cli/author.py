"""What an author of assignments does: draw cases, audit them, and hand out kits and autograders."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from grader.audit.audit import audit_assignment, render_audit
from grader.cli import DONE, FOUND
from grader.cli.output import say, show
from grader.cli.shared import SEED, Counting, Drawing, assignment_of, suggest, try_file, write_json
from grader.errors import did_you_mean
from grader.freezing.store import cases_path, redraw
from grader.publishing.export import TARGETS, write_export
from grader.publishing.handout import handout_notes
from grader.publishing.jupyterlite import write_jupyterlite
from grader.publishing.kit import refuse_unready, starter_notes, write_kit
from grader.publishing.targets.gradescope import VISIBILITIES
from grader.sandbox.doctor import refuse_elsewhere

__all__ = ["audit", "export", "freeze", "release"]


@click.command()
@click.argument("assignment")
@SEED
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the case file.")
@click.pass_context
def freeze(context: click.Context, assignment: str, seed: int, output: Path | None) -> None:
    """Draw the cases of an assignment and write its case file.

    The reference answers them. 'check' and 'grade' do this by themselves when the case file is stale.
    """
    loaded = assignment_of(context, assignment)
    target = try_file(output or cases_path(loaded, seed), new_folders=True)
    if loaded.reference is not None:
        refuse_unready(loaded)
    cases = redraw(loaded, seed, target, Drawing(assignment))
    for function in cases.functions.values():
        dropped = f", {function.dropped} ill-conditioned ones dropped" if function.dropped else ""
        say(f"{function.name:<42} {len(function.cases):4d} cases, {len(function.mistakes):2d} mistakes{dropped}")
    say(f"{target}: sha256 {cases.digest}")
    suggest("audit", assignment, why="how good these cases are")


@click.command()
@click.argument("assignment")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the public cases; not the graded one.")
@click.pass_context
def release(context: click.Context, assignment: str, directory: Path, seed: int) -> None:
    """Write the student kit: starter, hand-out, public cases.

    Into a new DIRECTORY, without any solution; students check themselves with it, offline.
    """
    loaded = assignment_of(context, assignment, [directory])
    for path in write_kit(loaded, directory, seed=seed, progress=Drawing(assignment)):
        say(path.relative_to(directory))
    for note in (*handout_notes(loaded), *starter_notes(loaded, directory, seed)):
        say(f"note: {note}", err=True)
    say(f"next: read {directory / 'README.md'} as a student will, and hand the folder out", err=True)


@click.command()
@click.argument("platform", type=click.Choice([*TARGETS, "jupyterlite"]))
@click.argument("assignment")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--seed", type=int, help="Seed of the cases: 0 if not given, and 1 where students can read the export.")
@click.option("--visibility", type=click.Choice(VISIBILITIES), help="Gradescope: when students see their results.")
@click.option("--attempts", type=click.IntRange(1), help="Gradescope: how many submissions of a student are graded.")
@click.option(
    "--part", metavar="ID=FUNCTION,...", multiple=True, help="Coursera: the functions of a part; all in every part without."
)
@click.option("--image", help="PrairieLearn: name of the image that you build from the Dockerfile of the export.")
@click.pass_context
def export(context: click.Context, /, platform: str, assignment: str, path: Path, seed: int | None, **named: Any) -> None:
    """Write an autograder that a platform runs.

    PATH is the zip file to upload to Gradescope or Coursera, or a new folder: the GitHub action, the question of
    PrairieLearn, the folder CLASSROOM/autograders/ASSIGNMENT of Classroom 50, a website (jupyterlite) on which students
    check themselves in the browser.
    """
    given = {name: value for name, value in named.items() if value not in (None, ())}
    others = [name for name in given if _OPTIONS[name] != platform]
    if others:
        raise click.UsageError(f"--{others[0]} is an option of {_OPTIONS[others[0]]}, not of {platform}")
    image, parts = given.pop("image", ""), given.pop("part", ())
    loaded = assignment_of(context, assignment, [path])
    _check_parts(parts, [function.name for function in loaded.spec.functions])
    arguments = [*given.items(), *(("part", part) for part in parts)]
    options = "".join(f" --{name} {shlex.quote(str(value))}" for name, value in arguments)
    if platform == "jupyterlite":
        say(write_jupyterlite(loaded, path, seed=1 if seed is None else seed, progress=Drawing(assignment)))
        say(f"next: look at it with 'python -m http.server -d {path}', and put it on any web server", err=True)
        return
    say(write_export(platform, loaded, path, seed=seed, options=options, image=image, progress=Drawing(assignment)))


_OPTIONS = {"visibility": "gradescope", "attempts": "gradescope", "image": "prairielearn", "part": "coursera"}


def _check_parts(parts: Sequence[str], functions: Sequence[str]) -> None:
    """Refuse a part that is not written as ID=FUNCTION,... or names a function that is not graded."""
    for part in parts:
        name, _, listed = part.partition("=")
        if not name or not listed:
            raise click.UsageError(f"--part {part}: expected ID=FUNCTION,FUNCTION with the part's ID on Coursera")
        for function in set(listed.split(",")) - set(functions):
            near = did_you_mean(function, functions)
            raise click.UsageError(f"--part {part}: there is no function {function!r}{near}")


@click.command()
@click.argument("assignment")
@click.option("--budget", type=click.IntRange(1), default=400, show_default=True, help="At most this many mutants.")
@SEED
@click.option("--json", "json_to", metavar="PATH", help="Also write the table as JSON ('-' for standard output).")
@click.pass_context
def audit(context: click.Context, assignment: str, budget: int, seed: int, json_to: str | None) -> None:
    """Measure how good the tests of an assignment are.

    Mutants of the reference and known mistakes must be caught, right styles accepted; survivors are listed. What a mistake
    costs should not depend on the seed: try some.
    """
    refuse_elsewhere("audit")
    loaded = assignment_of(context, assignment)
    progress, grading = Drawing(assignment), Counting("grading mutants, mistakes and styles")
    result = audit_assignment(loaded, budget=budget, seed=seed, progress=progress, grading=grading)
    if json_to:
        write_json(result.to_json(), json_to)
    if json_to != "-":
        show(render_audit(result))
    if result.clean:
        suggest("release", assignment, "kit", why="what students get")
    else:
        words = "add a case class or a property for a survivor, or say in audit.py why it is right; let a mistake be named"
        say(f"next: {words} (docs/authoring.md)", err=True)
    context.exit(DONE if result.clean else FOUND)
