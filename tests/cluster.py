"""A real scheduler of dask and two worker processes on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[str]]


def _started(
    arguments: list[str], pattern: str, folder: Path, environment: Mapping[str, str]
) -> tuple[subprocess.Popen[str], str]:
    """Start a process and wait for the line that says where it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **environment},
    )
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if match := re.search(pattern, line):
            return process, match[1]
    process.wait()
    raise AssertionError(f"{arguments[0]} did not start:\n{said}")


@contextmanager
def running_cluster(folder: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Cluster]:
    """Both are ended afterwards, with what they have started."""
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    scheduler, address = _started(
        ["distributed.cli.dask_scheduler", *here, "--port", "0"], r"Scheduler at:\s+(tcp://\S+)", folder, environment
    )
    processes = [scheduler]
    try:
        for _ in range(2):
            alone = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
            arguments = ["distributed.cli.dask_worker", address, *here, *alone]
            worker, _ = _started(arguments, r"Registered to:\s+(tcp://\S+)", folder, environment)
            processes.append(worker)
        yield Cluster(address, processes[1:])
    finally:
        for process in processes:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()
