"""``grader grade``: collect the submissions, grade them, keep the run, show where it stands."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader._version import __version__
from grader.cli import FOUND, HARNESS, USAGE
from grader.cli.output import say, show
from grader.cli.shared import JSON, MIN_SCORE, SEED, Drawing, assignment_of, suggest
from grader.course import LoadedAssignment
from grader.errors import HarnessError
from grader.freezing.store import cases_path, frozen_cases
from grader.grading.batch import Job, Result, Setup, grade_all, level_of, worthwhile_processes
from grader.grading.rundir import RunEntry, RunFolder
from grader.intake.collect import HandIn, collect, fingerprint
from grader.intake.roster import read_roster
from grader.model import RUN_SCHEMA, Report, report_to_json
from grader.report.terminal import render_run
from grader.sentences import passed_over

__all__ = ["GradeOptions", "grade", "grade_paths"]

Key = tuple[str, str | None]  # what tells the submissions of a run apart: the path, and the student


@dataclass(frozen=True)
class GradeOptions:
    """What the command line says, under the names that click gives it."""

    output: Path | None = None
    jobs: int | None = None
    scheduler: str | None = None
    gradebook: str | None = None
    roster: Path | None = None
    allow_weak: bool = False
    no_cache: bool = False
    json_to: str | None = None
    min_score: float | None = None
    seed: int = 0


@click.command()
@click.argument("assignment")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Keep the run here; a rerun resumes.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes; as many as pay off on this machine if not given.")
@click.option("--scheduler", metavar="ADDR", help="Grade on a dask.distributed cluster instead.")
@click.option("--gradebook", metavar="URL", help="Also record the run in this gradebook (a file or a database URL).")
@click.option("--roster", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Class list (CSV).")
@click.option("--allow-weak-sandbox", "allow_weak", is_flag=True, help="Grade even where not all walls stand.")
@click.option("--no-cache", is_flag=True, help="Grade identical definitions again each time.")
@JSON
@MIN_SCORE
@SEED
@click.pass_context
def grade(context: click.Context, /, assignment: str, paths: tuple[Path, ...], **named: Any) -> None:
    """Grade many submissions.

    PATHS are files, folders, zips, and what Canvas, Moodle, Gradescope or GitHub let you download, in any mixture.
    """
    context.exit(grade_paths(assignment_of(context, assignment), paths, GradeOptions(**named)))


def grade_paths(assignment: LoadedAssignment, paths: Sequence[Path], options: GradeOptions) -> int:
    """Grade everything at some paths, and return the exit status.

    Raises
    ------
    HarnessError
        When the sandbox is too weak for an untrusted batch, or the roster or the gradebook cannot be read.
    """
    cases = frozen_cases(assignment, options.seed, progress=Drawing(assignment.name))
    with ExitStack() as stack:
        folder = options.output or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-")))
        roster = None if options.roster is None else read_roster(options.roster)
        names = frozenset(f.name for f in assignment.spec.functions)
        collected = collect(paths, roster=roster, graded_names=names, unpack_to=folder / "unpacked")
        setup = Setup(
            str(assignment.course.root),
            assignment.name,
            str(cases_path(assignment, options.seed)),
            results=None if options.no_cache else str(folder / "verdicts"),
        )
        if not options.allow_weak and level_of(setup) != "full":
            raise HarnessError(
                "not all walls of the sandbox stand on this machine ('grader doctor' says which); "
                "grade where they do, or accept the risk with --allow-weak-sandbox"
            )
        run = stack.enter_context(RunFolder(folder))
        record = stack.enter_context(_recorder(assignment, cases.digest, options.gradebook))
        _grade_items(setup, collected.hand_ins, run, record, options, cases.digest)
        order = [_key(item) for item in collected.hand_ins]
        if options.json_to:
            _write_run(run, order, options.json_to)
        if options.json_to != "-":
            _print_run(run, order, collected.messages, [p.name or p.id for p in collected.missing])
            if options.output:
                _suggest_next(assignment.name, run, order, options.output)
        status = _status(run, order, options.min_score)
    # A path that leads nowhere is a wrong command, but whatever else there is has been graded all the same.
    nowhere = not all(path.exists() for path in paths) or not any(item.student for item in collected.hand_ins)
    return USAGE if nowhere and status != HARNESS else status


def _status(run: RunFolder, order: Sequence[Key], min_score: float | None) -> int:
    """The exit status of a run in which everything that there is has been graded."""
    status = 0
    for entry in run.entries(list(order)):
        report = entry.report
        if report.status == "error":
            return HARNESS
        percent = 0.0 if report.status == "unreadable" else report.percent
        if min_score is not None and percent is not None and percent < min_score:
            status = FOUND
    return status


def _job(item: HandIn) -> Job:
    files = tuple(sorted((name, str(path)) for name, path in item.files.items()))
    return Job(item.path, files, item.main, item.student or None, item.problem)


def _key(item: HandIn) -> Key:
    return item.path, item.student or None


def _grade_items(
    setup: Setup,
    items: Sequence[HandIn],
    run: RunFolder,
    record: Callable[[RunEntry], None],
    options: GradeOptions,
    cases: str,
) -> None:
    """Grade what the run does not hold yet, and keep and record each report as it comes."""
    prints = {_key(item): fingerprint(item.files) for item in items}
    by_key = {_key(item): item for item in items}
    todo = [item for item in items if not run.has(*_key(item), prints[_key(item)], cases, __version__)]
    fresh = {_key(item) for item in todo}
    for entry in run.entries([key for key in by_key if key not in fresh]):
        record(entry)  # a gradebook's run is whole, also where a rerun has little to do
    resumed, repeated, failed = len(items) - len(todo), 0, 0
    with _progress_bar() as bar:
        task = bar.add_task("grading", total=len(items), completed=resumed, failed=0, rate="")
        for result in _results(setup, [_job(item) for item in todo], options):
            key = (result.job.name, result.job.student)
            item = by_key[key]
            notes = (item.note,) if item.note else ()
            entry = RunEntry(
                replace(result.report, messages=(*notes, *result.report.messages)),
                prints[key],
                {name: str(path) for name, path in item.files.items()},
                item.name,
                item.email,
                item.late,
                item.note,
            )
            run.add(entry)
            record(entry)
            repeated += result.kept
            failed += result.report.points is None
            bar.update(task, advance=1, failed=failed, rate=f"{bar.tasks[0].speed or 0:.0f}/s")
    parts = [f"graded {len(todo)} of {len(items)}"]
    parts += [f"{resumed} unchanged since the last run"] * bool(resumed)
    parts += [f"{repeated} with the same definitions as another one"] * bool(repeated)
    parts += [f"{failed} without points"] * bool(failed)
    say(", ".join(parts), err=True)


def _progress_bar() -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    return Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} without points"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _results(setup: Setup, jobs: Sequence[Job], options: GradeOptions) -> Iterator[Result]:
    if options.scheduler:
        from grader.grading.cluster import grade_on_cluster  # dask is an extra

        return grade_on_cluster(setup, jobs, options.scheduler)
    return grade_all(setup, jobs, min(options.jobs or worthwhile_processes(len(jobs)), max(1, len(jobs))))


@contextmanager
def _recorder(assignment: LoadedAssignment, cases: str, where: str | None) -> Iterator[Callable[[RunEntry], None]]:
    """What records reports besides the run's folder: a gradebook, where one is named."""
    if where is None:
        yield lambda _: None
        return
    from grader.gradebook.store import finish_run, open_gradebook, record, start_run  # the database is an extra

    with open_gradebook(where) as book:
        run = start_run(book, assignment=assignment.name, cases=cases, grader_version=__version__, started=datetime.now(UTC))
        yield lambda entry: record(
            book,
            run,
            entry.report,
            name=entry.name,
            email=entry.email,
            late=entry.late,
            fingerprint=entry.fingerprint,
        )
        finish_run(book, run, finished=datetime.now(UTC))
    say(f"recorded as run {run} of the gradebook {where}", err=True)


# -- what is shown -----------------------------------------------------------------------


def _write_run(run: RunFolder, order: list[Key], target: str) -> None:
    """The run as one JSON object, a report at a time."""
    with ExitStack() as stack:
        out: IO[str] = sys.stdout if target == "-" else stack.enter_context(Path(target).open("w", encoding="utf-8"))
        out.write(f'{{"schema": {json.dumps(RUN_SCHEMA)}, "reports": [')
        for number, entry in enumerate(run.entries(order)):
            out.write((",\n" if number else "\n") + json.dumps(report_to_json(entry.report)))
        out.write("\n]}\n")


def _print_run(run: RunFolder, order: list[Key], messages: Sequence[str], missing: Sequence[str]) -> None:
    light = [_light(entry.report) for entry in run.entries(order)]
    show(render_run(sorted(light, key=lambda report: report.student or report.submission)))
    for message in dict.fromkeys((*messages, *_notes(run, order))):
        say(f"note: {message}")
    if missing:
        say(f"no submission from: {', '.join(missing)}")


def _notes(run: RunFolder, order: list[Key]) -> Iterator[str]:
    """What is to be said about the choice between files, in the order of the submissions."""
    for entry in run.entries(order):
        who = entry.report.student or entry.report.submission
        if entry.note:
            yield f"{entry.report.submission}: {entry.note}"
        yield from (f"{who}: {passed_over(file.file, file.why)}" for file in entry.report.files.passed_over)


def _light(report: Report) -> Report:
    """A report without what the list of a run does not show: of its functions, one that tells that not all passed."""
    failed = [replace(f, checks=(), findings=(), counterexample=None) for f in report.functions if f.status != "passed"]
    return replace(report, functions=tuple(failed[:1]))


def _suggest_next(assignment: str, run: RunFolder, order: list[Key], output: Path) -> None:
    """The pages of a run that is kept, and one of its submissions that lost points."""
    suggest(f"report {output}", "HTML pages of the class and of each submission")
    for entry in run.entries(order):
        if entry.report.status == "graded" and not entry.report.full_marks:
            inner, place = next(iter(entry.files.items()), ("", ""))
            folder = place.removesuffix(inner).rstrip("/")  # of several files the first alone says nothing
            place = folder if len(entry.files) > 1 and folder else place
            suggest(f"check {assignment} {place}", "one of them, with what is wrong")
            break
