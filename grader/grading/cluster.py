"""Grading on a ``dask.distributed`` cluster: the same function per submission, on more machines.

The submission and the case file travel as bytes; the assignment's description must be installed on
every worker (the built-in course is), or lie on a file system that all of them see. A submission whose
worker is lost is graded elsewhere. Equal definitions are graded once in the whole cluster: a worker reads a
submission and says under what its verdict is shared, and only what is not known yet is graded.

A worker does one thing at a time, however many threads it has, because a sandbox serves one submission and a fork
beside other threads may wait for ever: more workers are faster, more threads are not (``dask worker --nthreads 1``).
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from grader.course import Course, find_course
from grader.errors import GraderError, HarnessError, SubmissionError, missing_extra
from grader.grading.batch import Job, Result, Setup, failed, grade_job, keep_verdict, kept_verdict, shared_key, verdict_place
from grader.grading.repricing import repriced
from grader.model import Files, Report
from grader.submission.reading import file_bytes

__all__ = ["grade_on_cluster"]

_IN_FLIGHT = 200
_RETRIES = 3
_ANSWERS_IN = "15s"

_ONE_AT_A_TIME = threading.Lock()


def _grade_there(setup: Setup, cases: bytes, job: Job) -> Result:
    """What a worker of the cluster runs: grade as everywhere."""
    with _ONE_AT_A_TIME:
        return grade_job(_setup_there(setup, cases), job)


def _key_there(setup: Setup, cases: bytes, job: Job) -> tuple[str, Files]:
    """What a worker says of a submission before it is graded: under what its verdict is shared, and its files."""
    with _ONE_AT_A_TIME:
        return shared_key(_setup_there(setup, cases), job)


def _setup_there(setup: Setup, cases: bytes) -> Setup:
    """The set-up on this machine, where the case file is kept once, by this process.

    A folder that several processes know by its name could be somebody else's, with other answers in it.
    """
    path = Path(_folder().name) / f"{hashlib.sha256(cases).hexdigest()}.cases"
    if not path.is_file():
        path.write_bytes(cases)
    course = setup.course if Path(setup.course).is_dir() else str(find_course().root)
    return replace(setup, course=course, cases=str(path), results=None)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process alone, which goes with it."""
    return tempfile.TemporaryDirectory(prefix="grader-cases-")


def _with_bytes(job: Job) -> Job:
    """The job with its files read: another machine does not have them."""
    if job.problem or job.data is not None:
        return job
    try:
        data, ages, unread = file_bytes(dict(job.files), job.main)
    except SubmissionError as error:
        return replace(job, problem=str(error))
    return replace(job, data=tuple((name, text, ages[name]) for name, text in data.items()), unread=unread, files=())


def grade_on_cluster(setup: Setup, jobs: Iterable[Job], address: str) -> Iterator[Result]:
    """Grade submissions on a cluster and yield results as they come.

    Parameters
    ----------
    setup, jobs
        As for :func:`grader.grading.batch.grade_all`; reports are equal to local ones.
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    HarnessError
        When dask.distributed is not installed or the scheduler does not answer.
    """
    try:
        import distributed  # an extra
    except ImportError:
        raise missing_extra("--scheduler", "cluster") from None
    library: Any = distributed  # it is not typed
    try:
        client = library.Client(address, timeout=_ANSWERS_IN)
    except (OSError, ValueError) as error:
        raise HarnessError(f"no dask scheduler answers at {address}: {error}") from error
    with client:
        cases = client.scatter(Path(setup.cases).read_bytes(), broadcast=True, hash=True)
        done = library.as_completed()

        def submit(work: Callable[..., Any], job: Job) -> Any:
            future = client.submit(work, setup, cases, _with_bytes(job), retries=_RETRIES, pure=False)
            done.add(future)
            return future.key

        yield from _shared(setup, iter(jobs), submit, done)


def _shared(setup: Setup, jobs: Iterator[Job], submit: Callable[..., Any], done: Iterable[Any]) -> Iterator[Result]:
    """Equal definitions are graded once, wherever they are read: the others wait for that verdict, or find it kept."""
    asked: dict[Any, Job] = {}
    graded: dict[Any, tuple[Job, str]] = {}
    waiting: dict[str, list[tuple[Job, Files]]] = {}

    def begin(count: int) -> None:
        for job in islice(jobs, count):
            if setup.results is None or job.problem:
                graded[submit(_grade_there, job)] = job, ""
            else:
                asked[submit(_key_there, job)] = job

    begin(_IN_FLIGHT)
    for future in done:
        if future.key in asked:
            job = asked.pop(future.key)
            key, files = future.result() if future.status == "finished" else ("", Files())
            kept = kept_verdict(verdict_place(setup, key))
            if kept is not None:
                yield _repeated(setup, kept, job, files)
                begin(1)
            elif key in waiting:
                waiting[key].append((job, files))
                begin(1)
            else:
                graded[submit(_grade_there, job)] = job, key
                waiting |= {key: []} if key else {}
            continue
        job, key = graded.pop(future.key)
        result = _result(setup, job, future)
        shared = keep_verdict(verdict_place(setup, key), result.report)
        yield result
        begin(1)
        for other, files in waiting.pop(key, []):
            if shared:
                yield _repeated(setup, result.report, other, files)
            else:  # it may have been the machine's fault
                graded[submit(_grade_there, other)] = other, ""


def _repeated(setup: Setup, report: Report, job: Job, files: Files) -> Result:
    """The verdict on a submission with the same definitions as another one, with today's points."""
    spec = Course(Path(setup.course)).load(setup.assignment).spec
    return Result(job, repriced(report, spec).for_submission(job.name, job.student, files), kept=True)


def _result(setup: Setup, job: Job, future: Any) -> Result:
    try:
        result: Result = future.result()
    except Exception as error:  # the cluster gave this one up
        message = str(GraderError(f"the cluster could not grade it: {type(error).__name__}: {error}"))
        return Result(job, failed(setup, job, message))
    return Result(job, result.report, result.kept)
