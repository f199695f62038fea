"""Many submissions: a process pool over them, results as they come, nothing graded twice.

Each process of the pool holds one assignment, one case file and one sandbox. Submissions go in a few at a
time, so that memory does not grow with their number. A verdict is kept under the exact text of the
definitions, the cases, the version and the level of the sandbox; a timeout, a crash or an
out-of-memory is never kept. See ``docs/design/batch.md``.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import traceback
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from grader import sentences
from grader._version import __version__
from grader.course import Course, LoadedAssignment
from grader.disk import write_whole
from grader.errors import SubmissionError, missing_extra
from grader.grading.pipeline import WORK_S, grade_submission
from grader.grading.reporting import unreadable
from grader.grading.repricing import repriced
from grader.judging.cases import CaseFile, load_cases
from grader.judging.judge import Judges, judges_of
from grader.model import Files, Report, report_from_json, report_to_json
from grader.sandbox.limits import bounded_work
from grader.sandbox.parent import Sandbox
from grader.sandbox.zygote import ALL_WALLS
from grader.submission.hints import missing_function
from grader.submission.program import Submission
from grader.submission.reading import parse_files, read_submission

__all__ = [
    "Job",
    "Result",
    "Setup",
    "grade_all",
    "grade_job",
    "keep_verdict",
    "kept_verdict",
    "level_of",
    "shared_key",
    "verdict_place",
    "worthwhile_processes",
]

# A process of the pool costs as much as some twenty submissions before it grades the first one.
_PER_PROCESS = 40
_SAFE_PATH = "PYTHONSAFEPATH"
_KEPT = frozenset({"passed", "failed", "partial", "missing", "not-graded"})


@dataclass(frozen=True, slots=True)
class Setup:
    """What every process of a batch needs to know.

    Attributes
    ----------
    course, assignment, cases
        Where the assignment and its frozen case file lie.
    walls
        Names of the walls to put up.
    results
        Folder in which verdicts are kept by content; None keeps none.
    thorough
        All cases are asked of everybody.
    """

    course: str
    assignment: str
    cases: str
    walls: tuple[str, ...] = ALL_WALLS
    results: str | None = None
    thorough: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One submission: where its files lie (or their bytes, for another machine), and whose it is.

    Attributes
    ----------
    name, student
        How its report calls it.
    files, main
        Paths by name, and the names of those from which functions may be graded.
    problem
        Why nothing can be graded.
    data
        Bytes and date of each file, where the paths mean nothing.
    unread
        Files that could not be read, with the reason, where there are bytes.
    """

    name: str
    files: tuple[tuple[str, str], ...] = ()
    main: frozenset[str] = frozenset()
    student: str | None = None
    problem: str = ""
    data: tuple[tuple[str, bytes, float], ...] | None = None
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A report, and whether it was taken from an earlier verdict on the same definitions."""

    job: Job
    report: Report
    kept: bool = False


@dataclass(frozen=True)
class _Station:
    """What one process holds on to."""

    assignment: LoadedAssignment
    cases: CaseFile
    judges: Judges
    sandbox: Sandbox


# The state of a process: a pool or a cluster calls it with one submission after another and hands it nothing that lasts,
# and a sandbox is worth keeping for the next one.
_STATIONS: dict[Setup, _Station] = {}


def _station(setup: Setup) -> _Station:
    if setup not in _STATIONS:
        assignment = Course(Path(setup.course)).load(setup.assignment)
        sandbox = Sandbox(assignment.spec.packages, setup.walls, warm_up=assignment.warm_up)
        cases = load_cases(Path(setup.cases))
        _STATIONS[setup] = _Station(assignment, cases, judges_of(assignment.spec, cases, thorough=setup.thorough), sandbox)
        gc.freeze()  # what is loaded stays: to look through all of it for garbage costs as much as some judging
        gc.set_threshold(20_000)  # a syntax tree has thousands of parts, and no garbage among them
    return _STATIONS[setup]


def _close_stations() -> None:
    """End every sandbox that this process has kept."""
    while _STATIONS:
        _STATIONS.popitem()[1].sandbox.close()


def grade_job(setup: Setup, job: Job) -> Result:
    """Grade one submission in this process; what goes wrong here is an ``error``, never zero points."""
    started = perf_counter()
    try:
        station = _station(setup)
        with bounded_work(WORK_S):  # what reading takes counts as well
            result = _graded(setup, station, job)
        if (shared := _shared_modules(job)) and not result.report.full_marks:
            with bounded_work(WORK_S):
                alone = _graded(setup, station, _without(job, shared))
            result = _better(result, alone, shared)
    except Exception as error:  # the harness failed: say so, and go on with the next submission
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        message = f"the grader failed: {type(error).__name__}: {error} ({place})"
        result = Result(job, failed(setup, job, message))
    return replace(result, report=replace(result.report, duration_s=round(perf_counter() - started, 4)))


def _shared_modules(job: Job) -> list[str]:
    """The modules beside the files of all students, which any of these may have put there."""
    names = [name for name, *_ in (job.files if job.data is None else job.data)]
    return sorted({*names} - job.main)


def _without(job: Job, names: Collection[str]) -> Job:
    files = tuple(file for file in job.files if file[0] not in names)
    return replace(job, files=files, data=job.data and tuple(file for file in job.data if file[0] not in names))


def _better(result: Result, alone: Result, shared: Sequence[str]) -> Result:
    """The verdict with more points: nobody loses any by a fellow student's module, which one may import by its name."""
    if alone.report.points is None or alone.report.points <= (result.report.points or 0.0):
        return result
    messages = (sentences.graded_alone(shared), *alone.report.messages)
    return Result(result.job, replace(alone.report, messages=messages), alone.kept)


def failed(setup: Setup, job: Job, message: str) -> Report:
    """The report on a submission that the harness could not grade."""
    return Report(setup.assignment, job.name, job.student, "error", "none", None, 0.0, messages=(message[:1000],))


def _graded(setup: Setup, station: _Station, job: Job) -> Result:
    try:
        if job.problem:
            raise SubmissionError(job.problem)
        submission = _read(station, job)
    except SubmissionError as error:
        level = station.sandbox.level
        return Result(job, unreadable(station.assignment, station.cases, job.name, job.student, str(error), level))
    place = verdict_place(setup, _key(setup, station, submission)) if setup.results else None
    kept = kept_verdict(place)
    if kept is not None:
        kept = repriced(kept, station.assignment.spec)
        return Result(job, kept.for_submission(job.name, job.student, submission.reported_files), kept=True)
    report = grade_submission(station.assignment, station.judges, submission, station.sandbox, student=job.student)
    keep_verdict(place, report)
    return Result(job, report)


def _read(station: _Station, job: Job) -> Submission:
    arities, exercise = station.cases.arities, station.assignment.spec.exercise
    if job.data is not None:
        data, ages = {name: text for name, text, _ in job.data}, {name: age for name, _, age in job.data}
        main = job.main & set(data)
        return parse_files(job.name, data, arities, main=main, ages=ages, unread=job.unread, exercise=exercise)
    return read_submission(dict(job.files), arities, main=job.main, name=job.name, exercise=exercise)


# -- verdicts by content -----------------------------------------------------------------


def shared_key(setup: Setup, job: Job) -> tuple[str, Files]:
    """Under what a verdict on a submission is kept, and what a report says of its files; no key where it cannot be read."""
    station = _station(setup)
    try:
        submission = _read(station, job)
    except SubmissionError:
        return "", Files()
    key = "" if _shared_modules(job) else _key(setup, station, submission)  # the better of two verdicts is its own alone
    return key, submission.reported_files


def verdict_place(setup: Setup, key: str) -> Path | None:
    """Where the verdict with this key is kept."""
    return Path(setup.results) / key[:2] / f"{key[2:]}.json" if setup.results and key else None


def _key(setup: Setup, station: _Station, submission: Submission) -> str:
    # Where a function that is not there stands instead is said of text that is never executed.
    absent = [missing_function(submission, name, {}) for name in submission.arities if not submission.unit_of(name)]
    by = (station.cases.digest, __version__, station.sandbox.level, setup.thorough)
    facts = (submission.digest, submission.messages, submission.redefined, submission.unrun, absent, *by)
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()


def kept_verdict(place: Path | None) -> Report | None:
    """The verdict that is kept there, if there is one."""
    if place is None:
        return None
    try:
        return report_from_json(json.loads(place.read_bytes()))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):  # not there, or not what was written
        return None


def keep_verdict(place: Path | None, report: Report) -> bool:
    """Keep a verdict for others with the same definitions; whether it is one that may be kept."""
    if place is None or report.status == "error" or not all(f.status in _KEPT for f in report.functions):
        return False
    with contextlib.suppress(OSError):  # a full disk costs speed, not a verdict
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, json.dumps(report_to_json(replace(report, duration_s=0.0))).encode())
    return True


# -- many --------------------------------------------------------------------------------


def worthwhile_processes(jobs: int) -> int:
    """How many processes pay off for this many submissions here."""
    return min(len(os.sched_getaffinity(0)), 1 + jobs // _PER_PROCESS)


def grade_all(setup: Setup, jobs: Iterable[Job], processes: int = 1) -> Iterator[Result]:
    """Grade submissions and yield results as they come.

    Parameters
    ----------
    setup, jobs
        What to grade.
    processes
        1 grades in this process; more start a pool. A process that dies loses one submission, which is
        reported as ``error``, and is replaced.
    """
    try:
        if processes <= 1:
            for job in jobs:
                yield grade_job(setup, job)
        else:
            yield from _in_pool(setup, iter(jobs), processes)
    finally:
        _close_stations()


def _in_pool(setup: Setup, jobs: Iterator[Job], processes: int) -> Iterator[Result]:
    import multiprocessing  # needed by some runs only, and slow to import

    try:
        import pebble  # an extra
    except ImportError:
        raise missing_extra("grading in several processes (--jobs 1 is one)", "grade") from None

    context = multiprocessing.get_context("spawn")  # a fork would copy threads and open files of this process
    running: dict[Future[Any], Job] = {}
    library: Any = pebble  # it is typed in part only
    with _nothing_imported_from_here(), library.ProcessPool(max_workers=processes, context=context) as pool:
        try:
            while True:
                for job in islice(jobs, 3 * processes - len(running)):
                    running[pool.schedule(grade_job, args=[setup, job])] = job
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda f: running[f].name):
                    job = running.pop(future)
                    try:
                        yield future.result()
                    except pebble.ProcessExpired as error:
                        yield Result(job, failed(setup, job, f"the grading process died ({error})"))
        finally:
            pool.stop()  # on Ctrl-C too: what is finished has been yielded


@contextlib.contextmanager
def _nothing_imported_from_here() -> Iterator[None]:
    """Let no interpreter that is started meanwhile import from the working folder.

    Python puts it before everything else for the processes of a pool, and a student's file in it may be called
    ``multiprocessing.py``.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        os.environ.pop(_SAFE_PATH)
        os.environ.update({} if before is None else {_SAFE_PATH: before})


def level_of(setup: Setup, processes: int) -> str:
    """The level of the sandbox that a batch has here; one that is to grade in this process is kept for that.

    Raises
    ------
    GraderError
        When the sandbox does not start.
    """
    if processes == 1:
        return _station(setup).sandbox.level
    assignment = Course(Path(setup.course)).load(setup.assignment)
    with Sandbox(assignment.spec.packages, setup.walls, warm_up=assignment.warm_up) as sandbox:
        return sandbox.level
