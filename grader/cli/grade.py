"""``grader grade``: collect the submissions, grade them, keep the run, show where it stands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader._version import __version__
from grader.cli import FOUND, HARNESS, INTERRUPTED, USAGE
from grader.cli.output import say, show
from grader.cli.shared import JSON, MIN_SCORE, SEED, THOROUGH, Drawing, assignment_of, suggest, try_file
from grader.course import LoadedAssignment
from grader.disk import scratch_folder, write_whole
from grader.errors import HarnessError, did_you_mean, near_path
from grader.freezing.store import cases_path, frozen_cases
from grader.grading.batch import Job, Result, Setup, grade_all, level_of, worthwhile_processes
from grader.grading.repricing import repriced
from grader.grading.rundir import RunEntry, RunFacts, RunFolder, read_facts
from grader.intake.collect import Collected, HandIn, collect, fingerprint
from grader.intake.roster import NOT_LISTED, Person, Roster, find, name_key, read_roster
from grader.intake.tree import a_few, some
from grader.judging.cases import forget_cases
from grader.model import RUN_SCHEMA, Files, Key, Report, report_to_json
from grader.report.table import csv_table, in_order
from grader.report.terminal import render_run
from grader.report.wording import report_word, who_of
from grader.sandbox.doctor import refuse_elsewhere
from grader.sentences import NOTHING_FILLED_IN, ONLY_CODE, is_repair, not_read, passed_over
from grader.spec import Assignment

if TYPE_CHECKING:  # the database is an extra
    import sqlalchemy as sa

__all__ = ["GradeOptions", "grade", "grade_paths"]

_FEW = 20  # submissions are graded before anybody asks how far it is


@dataclass(frozen=True)
class GradeOptions:
    """What the command line says, under the names that click gives it."""

    output: Path | None = None
    jobs: int | None = None
    scheduler: str | None = None
    gradebook: str | None = None
    roster: Path | None = None
    student: tuple[str, ...] = ()
    allow_weak: bool = False
    no_cache: bool = False
    quiet: bool = False
    json_to: str | None = None
    min_score: float | None = None
    seed: int = 0
    thorough: bool = False


@click.command()
@click.argument("assignment")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Keep the run here; a rerun resumes.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes; as many as pay off on this machine if not given.")
@click.option("--scheduler", metavar="ADDR", help="Grade on a dask.distributed cluster instead.")
@click.option("--gradebook", metavar="URL", help="Also record the run in this gradebook (a file or a database URL).")
@click.option("--roster", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Class list (CSV).")
@click.option("--student", metavar="ID", multiple=True, help="Only this one, again; everything else of the run stays.")
@click.option("--allow-weak-sandbox", "allow_weak", is_flag=True, help="Grade even where not all walls stand.")
@click.option("--no-cache", is_flag=True, help="Grade identical definitions again each time.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
@JSON
@MIN_SCORE
@SEED
@THOROUGH
@click.pass_context
def grade(context: click.Context, /, assignment: str, paths: tuple[Path, ...], **named: Any) -> None:
    """Grade many submissions.

    PATHS are files, folders, zips, and what Canvas, Moodle, Gradescope or GitHub let you download, in any mixture.
    """
    refuse_elsewhere("grade")
    context.exit(grade_paths(assignment_of(context, assignment, paths, untrusted=True), paths, GradeOptions(**named)))


def grade_paths(assignment: LoadedAssignment, paths: Sequence[Path], options: GradeOptions) -> int:
    """Grade everything at some paths, and return the exit status.

    Raises
    ------
    HarnessError
        When a path leads nowhere, the folder or the gradebook cannot be written or another process writes to the
        folder, the sandbox is too weak for an untrusted batch, or the roster cannot be read. Nothing was graded then.
    """
    with ExitStack() as stack:
        roster = _tried(paths, options)
        book = _opened(stack, options.gradebook)
        folder = options.output or stack.enter_context(scratch_folder())
        facts = _facts(folder, assignment, options, roster)
        run = stack.enter_context(RunFolder(folder))
        digest = frozen_cases(assignment, options.seed, progress=Drawing(assignment.name, quiet=options.quiet)).digest
        forget_cases()
        names = frozenset(f.name for f in assignment.spec.functions)
        collected = collect(paths, roster=roster, graded_names=names, unpack_to=folder / "unpacked")
        wanted = _wanted(collected.hand_ins, options.student, roster)
        setup = _setup(assignment, folder, options, _processes(options, wanted))
        run.describe(replace(facts, missing=tuple(_named(person) for person in collected.missing)))
        batch = _Batch(setup, collected.hand_ins, wanted, assignment.spec, digest, options)
        try:
            with _recorder(book, facts, digest, roster, quiet=options.quiet) as record:
                _grade_items(batch, run, record)
        except KeyboardInterrupt:
            _say_what_is_kept(batch, run)
            return INTERRUPTED
        order = [item.key for item in wanted]
        status = _status(run, order, options.min_score)
        if options.output:
            _list_without_mark(run, collected, options.output / "without_mark.csv")
            collected = replace(collected, messages=(*collected.messages, *_left_over(run, collected)))
        _show(run, order, collected, options, assignment.name)
    nothing = not any(item.student for item in collected.hand_ins)
    return USAGE if nothing and status != HARNESS else status


def _tried(paths: Sequence[Path], options: GradeOptions) -> Roster | None:
    """The class list, after everything was tried that would be a pity to find out after the work."""
    if nowhere := [str(path) for path in paths if not os.path.lexists(path)]:
        near = near_path(nowhere[0])
        raise HarnessError(f"there is no such file or folder: {', '.join(nowhere)}{near}; nothing was graded")
    if options.output and (around := _graded_around(options.output, paths)):
        raise HarnessError(
            f"{options.output} lies in {around}, which is graded: a student may hand in a folder of that name, with marks "
            "in it; name a run folder elsewhere with -o; nothing was graded"
        )
    if options.json_to not in (None, "-"):
        try_file(str(options.json_to))
    return None if options.roster is None else read_roster(options.roster)


def _graded_around(output: Path, paths: Sequence[Path]) -> Path | None:
    """The folder among what is to be graded in which the run's folder lies, or which it is."""
    return next((path for path in paths if path.is_dir() and output.resolve().is_relative_to(path.resolve())), None)


def _opened(stack: ExitStack, where: str | None) -> tuple[str, sa.Engine] | None:
    """The gradebook, where one is named."""
    if where is None:
        return None
    from grader.gradebook.store import open_gradebook  # the database is an extra

    return where, stack.enter_context(open_gradebook(where))


def _facts(folder: Path, assignment: LoadedAssignment, options: GradeOptions, roster: Roster | None) -> RunFacts:
    """What is known of the run: a resumed one keeps its beginning."""
    facts = read_facts(folder)
    if facts.assignment not in ("", assignment.name):
        raise HarnessError(
            f"{folder} holds a run of {facts.assignment}, not of {assignment.name}; name another folder with -o"
        )
    where = options.gradebook or facts.gradebook
    if "://" in where:
        where = where if "@" not in where else ""  # an address that holds a password is written nowhere
    elif where:
        where = str(Path(where).resolve())
    people = facts.roster if roster is None else len(roster.people)
    spec = assignment.spec
    return replace(facts, assignment=spec.name, title=spec.title, seed=options.seed, gradebook=where, roster=people)


def _setup(assignment: LoadedAssignment, folder: Path, options: GradeOptions, processes: int) -> Setup:
    """What every process of the batch needs to know, where the walls stand or need not."""
    setup = Setup(
        str(assignment.course.root),
        assignment.name,
        str(cases_path(assignment, options.seed)),
        results=None if options.no_cache or options.student else str(folder / "verdicts"),
        thorough=options.thorough,
    )
    if not options.allow_weak and level_of(setup, processes) != "full":
        raise HarnessError(
            "not all walls of the sandbox stand on this machine ('grader doctor' says which); "
            "grade where they do, or accept the risk with --allow-weak-sandbox"
        )
    return setup


def _wanted(items: Sequence[HandIn], students: Sequence[str], roster: Roster | None) -> list[HandIn]:
    """The hand-ins of the students that are named, by whatever the class list knows of them; all where nobody is."""
    if not students:
        return list(items)
    wanted = []
    for student in students:
        index = NOT_LISTED if roster is None else find(roster, [student], [student])
        who = student if roster is None or isinstance(index, str) else roster.people[index].id
        found = [item for item in items if who.casefold() in map(str.casefold, (item.student, item.email, item.name))]
        if not found:
            there = [name for item in items for name in (item.student, item.name, item.email) if name]
            near = did_you_mean(student, there, name_key)
            raise HarnessError(f"nobody of these submissions goes by {student!r}{near}; nothing was graded")
        wanted += found
    return list({item.key: item for item in wanted}.values())


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
    files = tuple(sorted(item.files.items()))
    return Job(item.path, files, item.main, item.student or None, item.problem)


def _named(person: Person) -> str:
    return f"{person.name} ({person.id})" if person.name else person.id


# -- the work ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Batch:
    """What is to be graded: everything that was handed in, and of that what is wanted now."""

    setup: Setup
    items: Sequence[HandIn]
    wanted: Sequence[HandIn]
    spec: Assignment
    digest: str
    options: GradeOptions


def _grade_items(batch: _Batch, run: RunFolder, record: Callable[[RunEntry], None]) -> None:
    """Grade what the run does not hold yet, and keep and record each report as it comes."""
    items, options, digest = batch.wanted, batch.options, batch.digest
    prints = {item.key: fingerprint(item.files) for item in items}
    by_key = {item.key: item for item in items}
    again = bool(options.student) or options.thorough  # who is named is graded, whatever the run holds
    todo = [item for item in items if again or not run.has(*item.key, prints[item.key], digest, __version__)]
    fresh = {item.key for item in todo}
    kept = {item.key: item for item in batch.items if item.key not in fresh}
    for entry in run.entries(list(kept)):
        item = kept[entry.report.key]
        record(_as_today(run, entry, item, batch.spec))  # a gradebook's run is whole, also where a rerun has little to do
    resumed, repeated, failed = len(items) - len(todo), 0, 0
    with _progress(len(items), resumed, quiet=options.quiet) as advance:
        for result in _results(batch.setup, todo, options):
            key = (result.job.name, result.job.student)
            entry = _entry_of(by_key[key], result.report, prints[key])
            run.add(entry)
            record(entry)
            repeated += result.kept
            failed += result.report.points is None
            advance(failed)
    parts = [f"graded {len(todo)} of {len(items)}"]
    parts += [f"{resumed} unchanged since the last run"] * bool(resumed)
    parts += [f"{repeated} with the same definitions as another one"] * bool(repeated)
    parts += [f"{failed} without points"] * bool(failed)
    if not options.quiet:
        say(", ".join(parts), err=True)


def _entry_of(item: HandIn, report: Report, print_: str) -> RunEntry:
    """A finished report with what it was made from."""
    notes = (item.note,) if item.note else ()
    if report.untouched and item.unread:  # the work may be in there
        notes = (*notes, not_read(item.unread))
    path, student = item.key  # what came from another process has texts of its own, and the index keeps them
    messages = (*notes, *report.messages)
    whole = replace(report, submission=path, student=student, name=item.name, messages=messages)
    return RunEntry(whole, print_, item.files, item.name, item.email, item.late, _about(item), item.submitted)


def _as_today(run: RunFolder, entry: RunEntry, item: HandIn, spec: Assignment) -> RunEntry:
    """A kept report with today's points and what the class list says of the student today; nothing is run for that."""
    name, email, submitted = item.name or entry.name, item.email or entry.email, item.submitted or entry.submitted
    report = replace(repriced(entry.report, spec), name=name)
    today = replace(entry, report=report, name=name, email=email, late=item.late, note=_about(item), submitted=submitted)
    if today != entry:
        run.add(today)
    return today


def _about(item: HandIn) -> str:
    return "; ".join(text for text in (item.about, item.note) if text)


def _say_what_is_kept(batch: _Batch, run: RunFolder) -> None:
    done = len({item.key for item in batch.items}.intersection(run.keys))
    where = batch.options.output
    kept = f"kept in {where}, and the same command goes on" if where else "lost, because no folder was named with -o"
    say("", err=True)  # below what the terminal shows of Ctrl-C
    say(f"grader: interrupted; {done} of {len(batch.items)} are graded and {kept}", err=True)


@contextmanager
def _progress(total: int, done: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """What says how far it is: a bar on a terminal, elsewhere a line for each tenth."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            task = bar.add_task("grading", total=total, completed=done, failed=0, rate="")
            yield lambda failed: bar.update(task, advance=1, failed=failed, rate=f"{bar.tasks[0].speed or 0:.0f}/s")
    else:
        counted = count(done + 1)

        def line(failed: int) -> None:
            number = next(counted)
            if number * 10 // total > (number - 1) * 10 // total and total > _FEW:
                say(f"grading: {number} of {total}{f', {failed} without points' * bool(failed)}", err=True)

        yield line


def _bar() -> Progress:
    return Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} without points"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _results(setup: Setup, items: Sequence[HandIn], options: GradeOptions) -> Iterator[Result]:
    jobs = map(_job, items)
    if options.scheduler:
        from grader.grading.cluster import grade_on_cluster  # dask is an extra

        return grade_on_cluster(setup, jobs, options.scheduler)
    return grade_all(setup, jobs, _processes(options, items))


def _processes(options: GradeOptions, items: Sequence[HandIn]) -> int:
    return min(options.jobs or worthwhile_processes(len(items)), max(1, len(items)))


@contextmanager
def _recorder(
    opened: tuple[str, sa.Engine] | None, facts: RunFacts, cases: str, roster: Roster | None, *, quiet: bool
) -> Iterator[Callable[[RunEntry], None]]:
    """What records reports besides the run's folder: a gradebook, where one is named.

    A run that was broken off goes on under its number.
    """
    if opened is None:
        yield lambda _: None
        return
    from grader.gradebook.store import finish_run, record, set_people, start_run, unfinished_run  # the database is an extra

    where, book = opened
    if roster is not None:
        set_people(book, facts.assignment, roster.people)
    same = {"assignment": facts.assignment, "cases": cases, "grader_version": __version__, "note": facts.id}
    run = unfinished_run(book, **same) or start_run(book, **same, started=datetime.now(UTC))
    yield lambda entry: record(
        book,
        run,
        entry.report,
        name=entry.name,
        email=entry.email,
        late=entry.late,
        submitted=entry.submitted,
        fingerprint=entry.fingerprint,
    )
    finish_run(book, run, finished=datetime.now(UTC))
    if not quiet:
        say(f"recorded as run {run} of the gradebook {where}", err=True)


def _list_without_mark(run: RunFolder, collected: Collected, target: Path) -> None:
    """Everybody who has no mark, or nothing filled in, in a file: unreadable, failed by us, or nothing handed in."""
    rows: list[tuple[str, ...]] = []
    for entry in run.entries([item.key for item in collected.hand_ins]):
        report = entry.report
        if report.points is None or report.untouched:
            why = "; ".join(report.messages) or NOTHING_FILLED_IN
            rows.append((report.student or "", report.name, entry.email, report_word(report), report.submission, why))
    rows += [(person.id, person.name, person.email, "no submission", "", "") for person in collected.missing]
    table = csv_table(["student", "name", "email", "status", "submission", "why"], rows)
    write_whole(target, table.encode("utf-8-sig"))


# -- what is shown -----------------------------------------------------------------------


def _show(run: RunFolder, order: list[Key], collected: Collected, options: GradeOptions, assignment: str) -> None:
    """The run as JSON and in words, and what to look at next."""
    if options.json_to:
        _write_run(run, order, options.json_to)
    if options.json_to != "-" and not options.quiet:
        _print_run(run, order, collected.messages, [_named(person) for person in collected.missing])
        if options.output:
            _suggest_next(assignment, run, order, options.output)


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
    show(render_run(sorted(light, key=lambda report: in_order(report.student or report.submission))))
    for message in dict.fromkeys((*messages, *_notes(run, order))):
        say(f"note: {message}")
    if missing:
        say(f"no submission from: {', '.join(missing)}")


def _notes(run: RunFolder, order: list[Key]) -> Iterator[str]:
    """What was chosen between files and what was repaired: a line a student, in the order of the submissions.

    A starter that was left as it is beside the work is no news, and of who has not begun the list tells.
    """
    for entry in run.entries(order):
        passed = [file for file in entry.report.files.passed_over if file.why != NOTHING_FILLED_IN]
        said = [entry.note, *some([passed_over(file.file, file.why) for file in passed])]
        said += [text for text in entry.report.messages if text.startswith(ONLY_CODE)]
        said += filter(is_repair, entry.report.messages)
        if any(said):
            yield f"{who_of(entry.report)}: {'; '.join(dict.fromkeys(filter(None, said)))}"


def _left_over(run: RunFolder, collected: Collected) -> Iterator[str]:
    """What the run holds of an earlier time, and what was named now does not: a file that has another name, or is gone."""
    today = {item.key for item in collected.hand_ins}
    if old := sorted(path for path, student in run.keys if (path, student) not in today):
        yield f"of an earlier time the run holds {a_few(old)}, which pages and feedback show as well; a new folder does not"


def _light(report: Report) -> Report:
    """A report without what the list of a run does not show.

    Of its functions stay one that tells that not all passed, or that nobody has begun, and the parts that a person grades.
    """
    failed = (f for f in report.functions if f.status != "passed" and not f.by_hand)
    told = next(f.findings for f in report.functions if f.not_started) if report.untouched else ()
    first = [replace(f, checks=(), findings=told, counterexample=None) for f in islice(failed, 1)]
    said = report.messages if report.status != "graded" else ()
    functions = (*first, *(f for f in report.functions if f.by_hand))
    return replace(report, functions=functions, messages=said, files=Files(), not_run=(), cases="", numpy="")


def _suggest_next(assignment: str, run: RunFolder, order: list[Key], output: Path) -> None:
    """The pages of a run that is kept, and one of its submissions that lost points."""
    suggest("report", output, why=f"pages of the class and of each student: {output / 'site' / 'index.html'}")
    for entry in run.entries(order):
        if entry.report.status == "graded" and not entry.report.full_marks and entry.files:
            inner, place = next(iter(entry.files.items()))
            folder = place.removesuffix(inner).rstrip("/")  # of several files the first alone says nothing
            place = folder if len(entry.files) > 1 and folder else place
            suggest("check", assignment, place, why="one of them, with what is wrong")
            break
