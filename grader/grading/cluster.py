"""Grading on a ``dask.distributed`` cluster: the same function per submission, on more machines.

The submission and the case file travel as bytes; the assignment's description must be installed on
every worker (the built-in course is), or lie on a file system that all of them see. A submission whose
worker is lost is graded elsewhere. A worker grades one submission at a time, however many threads it has, because
a sandbox serves one and a fork beside other threads may wait for ever: more workers are faster, more threads are not
(``dask worker --nthreads 1``).
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from grader.course import find_course
from grader.errors import GraderError, HarnessError, SubmissionError, missing_extra
from grader.grading.batch import Job, Result, Setup, failed, grade_job
from grader.submission.program import file_bytes

__all__ = ["grade_on_cluster"]

_IN_FLIGHT = 200
_RETRIES = 3

_ONE_AT_A_TIME = threading.Lock()


def _grade_there(setup: Setup, cases: bytes, job: Job) -> Result:
    """What a worker of the cluster runs: keep the case file once, then grade as everywhere."""
    name = hashlib.sha256(cases).hexdigest()
    folder = Path(tempfile.gettempdir()) / "grader-cases"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.cases"
    if not path.is_file():
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
            draft.write(cases)
        Path(draft.name).replace(path)
    course = setup.course if Path(setup.course).is_dir() else str(find_course().root)
    with _ONE_AT_A_TIME:
        return grade_job(replace(setup, course=course, cases=str(path), results=None), job)


def _with_bytes(job: Job) -> Job:
    """The job with its files read: another machine does not have them."""
    if job.problem or job.data is not None:
        return job
    try:
        data, ages, unread = file_bytes({name: Path(path) for name, path in job.files}, job.main)
    except SubmissionError as error:
        return replace(job, problem=str(error))
    return replace(job, data=tuple((name, text, ages[name]) for name, text in data.items()), unread=unread, files=())


def grade_on_cluster(setup: Setup, jobs: Sequence[Job], address: str) -> Iterator[Result]:
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
        client = library.Client(address, timeout="15s")
    except (OSError, ValueError) as error:
        raise HarnessError(f"no dask scheduler answers at {address}: {error}") from error
    with client:
        cases = client.scatter(Path(setup.cases).read_bytes(), broadcast=True, hash=True)
        waiting = iter(jobs)
        running: dict[Any, Job] = {}
        done = library.as_completed()

        def submit(count: int) -> None:
            for job in islice(waiting, count):
                future = client.submit(_grade_there, setup, cases, _with_bytes(job), retries=_RETRIES, pure=False)
                running[future.key] = job
                done.add(future)

        submit(_IN_FLIGHT)
        for future in done:
            yield _result(setup, running.pop(future.key), future)
            submit(1)


def _result(setup: Setup, job: Job, future: Any) -> Result:
    try:
        result: Result = future.result()
    except Exception as error:  # the cluster gave this one up
        message = str(GraderError(f"the cluster could not grade it: {type(error).__name__}: {error}"))
        return Result(job, failed(setup, job, message))
    return Result(job, result.report, result.kept)
