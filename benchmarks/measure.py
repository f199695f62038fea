"""What a command or a stretch of code costs: CPU of every process below it, wall time, peak memory.

CPU time is what is compared, because wall time depends on what else the machine does. Processes that a command
leaves behind are reaped here (this process is their *subreaper*), so that none is forgotten.
"""

from __future__ import annotations

import ctypes
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Usage:
    """CPU and wall seconds of a command with all its descendants, and the peak memory of its largest process."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    code: int
    output: str


# Between this process and the command, because the kernel counts the memory of whoever starts a process as the
# new one's peak; a bare interpreter is smaller than anything that is measured.
_LAUNCH = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
sys.stdout.write(f"\\npeak {usage.ru_maxrss}\\n")
sys.stdout.flush()
os._exit(min(os.waitstatus_to_exitcode(status) % 256, 255))
"""


def run_for_peak(command: Sequence[str]) -> Usage:
    """As :func:`run`, with the peak memory of the largest process of the command."""
    usage = run([sys.executable, "-I", "-S", "-c", _LAUNCH, *command])
    output, _, peak = usage.output.rstrip("\n").rpartition("\npeak ")
    return Usage(usage.cpu_s, usage.wall_s, int(peak) / 1024, usage.code, output)


def run(command: Sequence[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> Usage:
    """Run a command to its end and account for everything below it, but for its peak memory."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _reap()
    before = _children_cpu()
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read().decode("utf-8", "replace")
        process.wait()
    wall = time.perf_counter() - started
    _reap()
    return Usage(_children_cpu() - before, wall, math.nan, process.returncode, output)


def _reap() -> None:
    """Wait for what the command left behind; whatever still runs a second later is not waited for."""
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.01)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tree_cpu(pid: int | None = None) -> float:
    """CPU seconds of a process and of everything below it, alive or reaped (to a hundredth of a second)."""
    pid = pid or os.getpid()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except FileNotFoundError:  # it has just ended
        return 0.0
    ticks = sum(map(int, fields[11:15]))  # user, system, and the same of children that were waited for
    return ticks / os.sysconf("SC_CLK_TCK") + sum(tree_cpu(int(child)) for child in below)


def machine() -> str:
    """One line about where figures come from."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    load = os.getloadavg()[0]
    return (
        f"{model}, {len(os.sched_getaffinity(0))} CPUs, load {load:.1f}; Linux {platform.release()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}"
    )


def yardstick() -> float:
    """CPU milliseconds of a loop of a million additions: how fast this interpreter is on this machine, today."""

    def once() -> float:
        started = time.process_time()
        total = 0
        for number in range(1_000_000):
            total += number
        return time.process_time() - started

    return 1e3 * statistics.median(once() for _ in range(5))


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def grader(*arguments: str | Path) -> list[str]:
    """The command line of the project, as installed for this interpreter."""
    return [sys.executable, "-m", "grader", *map(str, arguments)]


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Text in columns, the first one to the left."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        first, *rest = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *rest]).rstrip())
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
