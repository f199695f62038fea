"""``grader grade``: collect the submissions, grade them, keep the run, show where it stands."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from grader._version import __version__
from grader.course import LoadedAssignment
from grader.errors import HarnessError
from grader.freezing.store import cases_path, frozen_cases
from grader.grading.batch import Job, Result, Setup, grade_all, level_of
from grader.grading.rundir import RunEntry, RunFolder
from grader.intake.collect import HandIn, collect, fingerprint
from grader.model import RUN_SCHEMA, Report, report_to_json

__all__ = ["GradeOptions", "Graded", "grade_paths"]


# A process of the pool costs as much as some twenty submissions before it grades the first one.
_PER_PROCESS = 40


@dataclass(frozen=True)
class GradeOptions:
    """What the command line says."""

    output: Path | None = None
    jobs: int | None = None
    scheduler: str | None = None
    gradebook: str | None = None
    roster: Path | None = None
    allow_weak: bool = False
    keep_verdicts: bool = True
    seed: int = 0
    json_to: str | None = None


@dataclass(frozen=True)
class Graded:
    """What came of a run: how many failed in the harness, the lowest percentage, and whether the paths were wrong.

    They are when one of them does not exist, or when no submission lies at any of them. Whatever else there is
    has been graded all the same.
    """

    errors: int
    lowest: float | None
    astray: bool = False


def grade_paths(assignment: LoadedAssignment, paths: Sequence[Path], options: GradeOptions) -> Graded:
    """Grade everything at some paths.

    Raises
    ------
    HarnessError
        When the sandbox is too weak for an untrusted batch, or the roster or the gradebook cannot be read.
    """
    cases = frozen_cases(assignment, options.seed, notice=lambda text: print(text, file=sys.stderr))
    with ExitStack() as stack:
        folder = options.output or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-")))
        roster = None
        if options.roster is not None:
            from grader.intake.roster import read_roster

            roster = read_roster(options.roster)
        names = frozenset(f.name for f in assignment.spec.functions)
        found = collect(paths, roster=roster, graded_names=names, unpack_to=folder / "unpacked")
        setup = Setup(
            str(assignment.course.root),
            assignment.name,
            str(cases_path(assignment, options.seed)),
            results=str(folder / "verdicts") if options.keep_verdicts else None,
        )
        if not options.allow_weak and level_of(setup) != "full":
            raise HarnessError(
                "not all walls of the sandbox stand on this machine ('grader doctor' says which); "
                "grade where they do, or accept the risk with --allow-weak-sandbox"
            )
        run = stack.enter_context(RunFolder(folder))
        book = stack.enter_context(_gradebook(assignment, cases.digest, options.gradebook))
        outcome = _grade_items(setup, found.hand_ins, run, book, options, cases.digest)
        order = [_key(item) for item in found.hand_ins]
        if options.json_to:
            _write_run(run, order, options.json_to)
        if options.json_to != "-":
            _print_run(run, order, found.messages, [p.name or p.id for p in found.missing])
    astray = not all(path.exists() for path in paths) or not any(item.student for item in found.hand_ins)
    return replace(outcome, astray=astray)


def _job(item: HandIn) -> Job:
    modules = tuple(sorted((name, str(path)) for name, path in item.modules.items()))
    return Job(item.path, str(item.file or ""), item.student or None, modules, item.problem)


def _key(item: HandIn) -> tuple[str, str | None]:
    """What tells the submissions of a run apart."""
    return item.path, item.student or None


def _grade_items(
    setup: Setup, items: Sequence[HandIn], run: RunFolder, book: _Book, options: GradeOptions, cases: str
) -> Graded:
    prints = {_key(item): fingerprint(item.file, item.modules) for item in items}
    by_key = {_key(item): item for item in items}
    todo = [item for item in items if not run.has(*_key(item), prints[_key(item)], cases, __version__)]
    jobs = [_job(item) for item in todo]
    kept = 0
    fresh = {_key(item) for item in todo}
    for entry in run.entries([_key(item) for item in items if _key(item) not in fresh]):
        book.add(entry)  # a gradebook's run is whole, also where a rerun has little to do
    with _Progress(len(items), len(items) - len(todo)) as progress:
        for result in _results(setup, jobs, options):
            key = (result.job.name, result.job.student)
            item = by_key[key]
            entry = RunEntry(result.report, prints[key], str(item.file or ""), item.name, item.email, item.late)
            run.add(entry)
            book.add(entry)
            kept += result.kept
            progress.step(result.report)
    progress.close(kept)
    return _outcome(run, items)


def _results(setup: Setup, jobs: Sequence[Job], options: GradeOptions) -> Iterator[Result]:
    if options.scheduler:
        from grader.grading.cluster import grade_on_cluster

        return grade_on_cluster(setup, jobs, options.scheduler)
    paying = min(len(os.sched_getaffinity(0)), 1 + len(jobs) // _PER_PROCESS)
    return grade_all(setup, jobs, min(options.jobs or paying, max(1, len(jobs))))


def _outcome(run: RunFolder, items: Sequence[HandIn]) -> Graded:
    errors, lowest = 0, None
    for entry in run.entries([_key(item) for item in items]):
        report = entry.report
        errors += report.status == "error"
        percent = 0.0 if report.status == "unreadable" else report.percent
        if percent is not None:
            lowest = percent if lowest is None else min(lowest, percent)
    return Graded(errors, lowest)


# -- the gradebook -----------------------------------------------------------------------


class _Book:
    """Where reports are recorded besides the run's folder; nowhere by default."""

    def add(self, entry: RunEntry) -> None:
        pass


class _OpenBook(_Book):
    def __init__(self, book: Any, run: int) -> None:
        self.book, self.run = book, run

    def add(self, entry: RunEntry) -> None:
        from grader.gradebook.store import record

        record(
            self.book,
            self.run,
            entry.report,
            name=entry.name,
            email=entry.email,
            late=entry.late,
            fingerprint=entry.fingerprint,
        )


@contextmanager
def _gradebook(assignment: LoadedAssignment, cases: str, where: str | None) -> Iterator[_Book]:
    if where is None:
        yield _Book()
        return
    from grader.gradebook.store import finish_run, open_gradebook, start_run

    with open_gradebook(where) as book:
        run = start_run(book, assignment=assignment.name, cases=cases, grader_version=__version__, started=datetime.now(UTC))
        yield _OpenBook(book, run)
        finish_run(book, run, finished=datetime.now(UTC))
    print(f"recorded as run {run} of the gradebook {where}", file=sys.stderr)


# -- what is shown -----------------------------------------------------------------------


class _Progress:
    """A bar on a terminal, one closing line elsewhere."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done, self.failed, self.resumed = total, done, 0, done
        self.bar: Any = None

    def __enter__(self) -> _Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self.bar = Progress(
                TextColumn("grading"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[failed]} without points"),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.task = self.bar.add_task("grading", total=self.total, completed=self.done, failed=0, rate="")
        return self

    def step(self, report: Report) -> None:
        self.done += 1
        self.failed += report.points is None
        if self.bar is not None:
            speed = self.bar.tasks[0].speed
            rate = f"{speed:.0f}/s" if speed else ""
            self.bar.update(self.task, advance=1, failed=self.failed, rate=rate)

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def close(self, kept: int) -> None:
        parts = [f"graded {self.done - self.resumed} of {self.total}"]
        if self.resumed:
            parts.append(f"{self.resumed} unchanged since the last run")
        if kept:
            parts.append(f"{kept} with the same definitions as another one")
        if self.failed:
            parts.append(f"{self.failed} without points")
        print(", ".join(parts), file=sys.stderr)


def _write_run(run: RunFolder, order: list[tuple[str, str | None]], target: str) -> None:
    """The run as one JSON object, a report at a time."""
    with ExitStack() as stack:
        out: IO[str] = sys.stdout if target == "-" else stack.enter_context(Path(target).open("w", encoding="utf-8"))
        out.write(f'{{"schema": {json.dumps(RUN_SCHEMA)}, "reports": [')
        for number, entry in enumerate(run.entries(order)):
            out.write((",\n" if number else "\n") + json.dumps(report_to_json(entry.report)))
        out.write("\n]}\n")


def _print_run(run: RunFolder, order: list[tuple[str, str | None]], messages: Sequence[str], missing: Sequence[str]) -> None:
    from grader.report.escape import plain
    from grader.report.terminal import render_run

    light = [_light(entry.report) for entry in run.entries(order)]
    sys.stdout.write(render_run(sorted(light, key=lambda report: report.student or report.submission)))
    for message in messages:
        print(f"note: {plain(message)}")
    if missing:
        print(f"no submission from: {plain(', '.join(missing))}")


def _light(report: Report) -> Report:
    """A report without what the list of a run does not show: of its functions, one that tells that not all passed."""
    failed = [replace(f, checks=(), findings=(), counterexample=None) for f in report.functions if f.status != "passed"]
    return replace(report, functions=tuple(failed[:1]))
