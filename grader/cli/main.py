"""The command line. Exit status: 0 done, 1 something was found, 2 wrong usage, 3 the harness failed."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader._version import __version__
from grader.errors import GraderError, HarnessError

if TYPE_CHECKING:
    from grader.course import Course, LoadedAssignment
    from grader.model import Report

__all__ = ["cli", "main"]

DONE, FOUND, USAGE, HARNESS = 0, 1, 2, 3


class _Group(click.Group):
    """Commands in the order of a newcomer's way, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (the name is click's)
        return list(self.commands)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit status:\n  0  done; for 'check': full marks\n"
    "  1  'check' found something, or --min-score was not reached\n"
    "  2  wrong usage, or input that 'check' cannot read\n  3  the grader itself failed",
)
@click.version_option(__version__, prog_name="grader")
@click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of a course of your own (with assignments/ and reference/).",
)
@click.pass_context
def cli(context: click.Context, course: Path | None) -> None:
    """Grade NumPy exercises: safely, fairly, in milliseconds, with feedback that names the mistake."""
    context.obj = course
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False


def _course(context: click.Context) -> Course:
    from grader.course import find_course

    return find_course(context.obj)


def _assignment(context: click.Context, name: str) -> LoadedAssignment:
    return _course(context).load(name)


def _write_json(data: Any, target: str) -> None:
    text = json.dumps(data, indent=2, ensure_ascii=True)
    if target == "-":
        click.echo(text)
    else:
        Path(target).write_text(text + "\n", "utf-8")


_JSON = click.option("--json", "json_to", metavar="PATH", help="Write JSON to a file, or to standard output with '-'.")
_SEED = click.option("--seed", type=int, default=0, show_default=True, help="Seed of the drawn cases.")
_MIN_SCORE = click.option(
    "--min-score",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Exit with status 1 below this percentage of the points, 0 to 100.",
)


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the assignments, their functions and points."""
    course = _course(context)
    specs = [course.load(name).spec for name in course.names]
    if as_json:
        rows = [
            {
                "name": spec.name,
                "title": spec.title,
                "source": spec.source,
                "points": spec.points,
                "functions": [{"name": f.name, "points": float(f.points), "summary": f.summary} for f in spec.functions],
            }
            for spec in specs
        ]
        _write_json({"assignments": rows}, "-")
        return
    width = shutil.get_terminal_size((10_000, 24)).columns  # what is not shown on a terminal is not wrapped
    for spec in specs:
        head = f"{spec.name}  {spec.title}  ({spec.points:g} points; from: {spec.source})"
        click.echo(click.style(spec.name, bold=True) + _wrapped(head, width, 4).removeprefix(spec.name))
        longest = max(len(function.name) for function in spec.functions)
        for function in spec.functions:
            row = f"    {function.points:5g}  {function.name:<{longest}}  {function.summary}".rstrip()
            click.echo(_wrapped(row, width, longest + 13 if width > longest + 40 else 13))


def _wrapped(line: str, width: int, indent: int) -> str:
    """A line that is too long for the terminal, continued below itself."""
    if len(line) <= width:
        return line
    return textwrap.fill(line, max(width, indent + 20), subsequent_indent=" " * indent, drop_whitespace=True)


@cli.command()
@click.argument("assignment")
@click.argument("file", type=click.Path(path_type=Path))
@_JSON
@_MIN_SCORE
@_SEED
@click.option("-v", "--verbose", is_flag=True, help="Show every check and how to repeat the failing call.")
@click.pass_context
def check(
    context: click.Context,
    assignment: str,
    file: Path,
    json_to: str | None,
    min_score: float | None,
    seed: int,
    verbose: bool,
) -> None:
    """Check one submission and explain what is wrong with it.

    FILE is a .py or .ipynb file; the .py files beside it can be imported by it.
    """
    from grader.freezing.store import frozen_cases
    from grader.grading.pipeline import grade
    from grader.intake.collect import neighbours
    from grader.model import report_to_json
    from grader.report.terminal import render_report

    loaded = _assignment(context, assignment)
    cases = frozen_cases(loaded, seed, notice=_notice)
    report = grade(loaded, file, cases=cases, seed=seed, siblings=neighbours(file))
    if json_to:
        _write_json(report_to_json(report), json_to)
    if json_to != "-":
        click.echo(render_report(report, verbose=verbose), nl=False)
    context.exit(_status(report, min_score))


def _notice(text: str) -> None:
    click.echo(text, err=True)


def _status(report: Report, min_score: float | None) -> int:
    if report.status == "error":
        return HARNESS
    if report.status == "unreadable":
        return USAGE
    if min_score is not None:
        return FOUND if (report.percent or 0.0) < min_score else DONE
    return DONE if report.full_marks else FOUND


@cli.command()
@click.argument("assignment")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Keep the run here; a rerun resumes.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes; as many as pay off on this machine if not given.")
@click.option("--scheduler", metavar="ADDR", help="Grade on a dask.distributed cluster instead.")
@click.option("--gradebook", metavar="URL", help="Also record the run in this gradebook (a file or a database URL).")
@click.option("--roster", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Class list (CSV).")
@click.option("--allow-weak-sandbox", is_flag=True, help="Grade even where not all walls stand.")
@click.option("--no-cache", is_flag=True, help="Grade identical definitions again each time.")
@_JSON
@_MIN_SCORE
@_SEED
@click.pass_context
def grade(context: click.Context, /, assignment: str, paths: tuple[Path, ...], **options: Any) -> None:
    """Grade many submissions.

    PATHS are files, folders, zips, and what Canvas, Moodle, Gradescope or GitHub let you download, in any mixture.
    """
    from grader.cli.grade import GradeOptions, grade_paths

    loaded = _assignment(context, assignment)
    wanted = GradeOptions(
        output=options["output"],
        jobs=options["jobs"],
        scheduler=options["scheduler"],
        gradebook=options["gradebook"],
        roster=options["roster"],
        allow_weak=options["allow_weak_sandbox"],
        keep_verdicts=not options["no_cache"],
        seed=options["seed"],
        json_to=options["json_to"],
    )
    outcome = grade_paths(loaded, list(paths), wanted)
    if outcome.errors:
        context.exit(HARNESS)
    if outcome.astray:
        context.exit(USAGE)
    if options["min_score"] is not None and outcome.lowest is not None and outcome.lowest < options["min_score"]:
        context.exit(FOUND)


@cli.command()
@click.argument("assignment")
@_SEED
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the case file.")
@click.pass_context
def freeze(context: click.Context, assignment: str, seed: int, output: Path | None) -> None:
    """Draw the cases of an assignment and write its case file.

    The reference answers them. 'check' and 'grade' do this by themselves when the case file is stale.
    """
    from grader.freezing.freeze import freeze as draw
    from grader.freezing.store import cases_path, fingerprint
    from grader.judging.cases import save_cases

    loaded = _assignment(context, assignment)
    target = output or cases_path(loaded, seed)
    cases = save_cases(draw(loaded, seed, fingerprint(loaded, seed)), target)
    for function in cases.functions.values():
        dropped = f", {function.dropped} ill-conditioned ones dropped" if function.dropped else ""
        click.echo(f"{function.name:<42} {len(function.cases):4d} cases, {len(function.mistakes):2d} mistakes{dropped}")
    click.echo(f"{target}: sha256 {cases.digest}")


@cli.command()
@click.argument("run", metavar="DIR|URL")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Where to write the pages.")
@click.option("--run", "number", type=int, help="Which run of a gradebook; the last one if not given.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML to this file.")
def report(run: str, output: Path | None, number: int | None, junit: Path | None) -> None:
    """Write the HTML pages of a grading run.

    One of the class, and one per submission. DIR is what 'grader grade -o DIR' wrote, URL a gradebook.
    """
    from grader.cli.report import write_pages

    index = write_pages(run, output, number=number, junit=junit)
    click.echo(f"open {index}")


@cli.command()
@click.argument("assignment")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the public cases; not the graded one.")
@click.pass_context
def release(context: click.Context, assignment: str, directory: Path, seed: int) -> None:
    """Write the student kit: starter, hand-out, public cases.

    Into a new DIRECTORY, without any solution; students check themselves with it, offline.
    """
    from grader.publishing.kit import write_kit

    for path in write_kit(_assignment(context, assignment), directory, seed=seed):
        click.echo(path.relative_to(directory))


@cli.command()
@click.argument("platform", type=click.Choice(["gradescope", "github"]))
@click.argument("assignment")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--seed", type=int, help="Seed of the cases: 0 for Gradescope and 1 for GitHub if not given.")
@click.pass_context
def export(context: click.Context, platform: str, assignment: str, path: Path, seed: int | None) -> None:
    """Write an autograder that Gradescope or GitHub runs.

    PATH is the zip file to upload to Gradescope, or a new folder for the GitHub action.
    """
    from grader.publishing import export as exports

    loaded = _assignment(context, assignment)
    if platform == "gradescope":
        click.echo(exports.write_gradescope(loaded, path, seed=seed or 0))
    else:
        click.echo(exports.write_github(loaded, path, seed=1 if seed is None else seed))


@cli.command()
@click.argument("assignment")
@click.option("--budget", type=click.IntRange(1), default=400, show_default=True, help="At most this many mutants.")
@click.option("--json", "json_to", metavar="PATH", help="Also write the table as JSON ('-' for standard output).")
@click.pass_context
def audit(context: click.Context, assignment: str, budget: int, json_to: str | None) -> None:
    """Measure how good the tests of an assignment are.

    Mutants of the reference and known mistakes must be caught, right styles accepted; survivors are listed.
    """
    from grader.audit.audit import audit_assignment, render_audit

    found = audit_assignment(_assignment(context, assignment), budget=budget)
    if json_to:
        _write_json(found.to_json(), json_to)
    if json_to != "-":
        click.echo(render_audit(found), nl=False)
    context.exit(DONE if found.clean else FOUND)


@cli.command()
@click.argument("assignment")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
def new(assignment: str, directory: Path) -> None:
    """Scaffold an assignment of your own.

    It freezes, grades and passes its audit right away. DIRECTORY is the course, by default the working folder.
    """
    from grader.cli.new import write_assignment

    for path in write_assignment(assignment, directory):
        click.echo(path)
    course = "" if directory == Path() else f"--course {directory} "
    click.echo(f"next: grader {course}freeze {assignment}, then edit these files (docs/authoring.md)", err=True)


@cli.command()
def doctor() -> None:
    """Say which walls of the sandbox stand on this machine."""
    from grader.sandbox.doctor import explain, probe

    found = probe()
    for name, stands, meaning in explain(found):
        mark = click.style("stands ", fg="green") if stands else click.style("missing", fg="red")
        click.echo(f"{mark}  {name:<11} {meaning}")
    click.echo(f"level: {found.level}")


def _add_gradebook() -> None:
    from grader.cli.gradebook import gradebook

    cli.add_command(gradebook)


_add_gradebook()


@contextmanager
def _errors_as_sentences() -> Iterator[None]:
    try:
        yield
    except GraderError as error:
        _fail(str(error), HARNESS)
    except HarnessError as error:
        _fail(str(error), USAGE)
    except OSError as error:
        _fail(f"{error.filename or 'a file'}: {error.strerror or error}", USAGE)


def _fail(message: str, status: int) -> None:
    from grader.report.escape import plain

    click.echo(f"grader: {plain(message)}", err=True)
    sys.exit(status)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command ``grader``."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a second thread spins for 40 ms when NumPy is imported
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., Any] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    try:
        with _errors_as_sentences():
            cli.main(args=None if arguments is None else list(arguments), prog_name="grader")
    except (KeyboardInterrupt, click.Abort):
        click.echo("grader: interrupted; finished results are kept", err=True)
        sys.exit(HARNESS)
    except Exception as error:  # a bug of ours: said in one line, the traceback on request
        if os.environ.get("GRADER_DEBUG"):
            raise
        _fail(f"the grader itself failed: {type(error).__name__}: {error} (GRADER_DEBUG=1 shows where)", HARNESS)
