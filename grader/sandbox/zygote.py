"""Confined processes: a zygote that forks them, or a fresh interpreter for each where there is no fork.

What runs in them is ``grader/confined/worker.py``; who talks to them is :mod:`grader.sandbox.parent`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.errors import GraderError
from grader.sandbox.allowlist import loosened, readable_paths, seccomp_filter
from grader.sandbox.child import WORKER, Child, Ended, package_folders, slowness_of

__all__ = ["ALL_WALLS", "Zygote"]

ALL_WALLS = ("fork", "limits", "user", "landlock", "seccomp", "namespaces")


@dataclass
class Forked(Child):
    """A confined process and its channel."""

    zygote: Zygote
    home: subprocess.Popen[bytes]
    pid: int
    channel: socket.socket

    def __post_init__(self) -> None:
        self.channel.setblocking(False)
        self.poller = select.poll()
        self.poller.register(self.channel, select.POLLIN)

    def send(self, data: memoryview, seconds: float) -> int:
        try:
            return self.channel.send(data)
        except BlockingIOError:
            select.select([], [self.channel], [], seconds)
            return 0

    def receive(self, seconds: float, nap_s: float) -> bytes | None:
        if not self.poller.poll(seconds * 1000):
            return None
        if nap_s:
            time.sleep(nap_s)
        try:
            return self.channel.recv(1 << 18)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def cpu(self) -> float:
        if self.ended is not None:
            return self.ended.cpu
        if self.home.pid != self.pid:
            return float(self.zygote._command(self.home, do="cpu", pid=self.pid)["cpu"])
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # see clock_getcpuclockid
        except OSError:
            return 0.0

    def end(self) -> Ended:
        """Kill everything in its process group, and reap it."""
        if self.ended is None:
            self.channel.close()
            if self.home.pid != self.pid:
                answer = self.zygote._command(self.home, do="end", pid=self.pid)
                self.ended = Ended(answer["code"], answer["cpu"])
            else:
                self.ended = _ended(self.home)
        return self.ended


def _ended(process: subprocess.Popen[bytes]) -> Ended:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(process.returncode, usage.ru_utime + usage.ru_stime)


class Zygote:
    """Starts confined processes.

    Parameters
    ----------
    packages
        Third-party packages that submissions may import, NumPy aside.
    walls
        Names of the walls to put up, of :data:`ALL_WALLS`; what the machine lacks is left out.
    warm_up
        Public code whose function ``warm_up`` is called before the first child is forked; none where it is empty.

    Attributes
    ----------
    stands
        The walls that stand, once :meth:`start` has been called.
    namespaces
        The namespaces that the zygote has left.
    slowness
        How many times slower this machine is than the one on which limits are given in seconds; at least 1.
    """

    own = False

    def __init__(self, packages: Sequence[str], walls: Sequence[str], warm_up: str = "") -> None:
        self._packages = tuple(packages)
        self._warm_up = warm_up
        self._wanted = tuple(walls)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self.stands: tuple[str, ...] = ()
        self.namespaces: tuple[str, ...] = ()
        self.slowness = 1.0

    def launch(self) -> None:
        """Let it begin, or do nothing if it lives; :meth:`start` waits until it is ready."""
        if "fork" not in self._wanted or (self._process is not None and self._process.poll() is None):
            return
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = self._spawn(theirs, control=theirs.fileno())
        self._control = ours
        ours.settimeout(60)

    def start(self) -> None:
        """Start it, or do nothing if it lives.

        Raises
        ------
        GraderError
            When it does not start, or its walls cannot be put up.
        """
        if "fork" not in self._wanted:
            if not self.stands:
                self.child(256 << 20, 60).end()
            return
        self.launch()
        if self._ready:
            return
        assert self._control is not None
        hello = self._answer(self._control)
        if hello["error"]:
            self.close()
            raise GraderError(_no_walls(hello["error"]))
        self._ready = True
        self.stands = tuple(hello["walls"])
        self.namespaces = tuple(hello["namespaces"])
        self.slowness = slowness_of(hello["unit"])

    def close(self) -> None:
        """End the zygote and everything below it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._ready = False

    def child(self, memory: int, cpu_s: int) -> Forked:
        """A fresh confined process, whose walls stand.

        Parameters
        ----------
        memory
            Bytes that it may allocate.
        cpu_s
            CPU seconds of its life.

        Raises
        ------
        GraderError
            When there is none to be had.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            if "fork" in self._wanted:
                self.start()
                assert self._process is not None
                home = self._process
                answer = self._command(home, theirs.fileno(), do="fork", memory=memory, cpu=cpu_s)
                pid = answer["pid"]
            else:
                home = self._spawn(theirs, channel=theirs.fileno(), memory=memory, cpu=cpu_s)
                pid = home.pid
        child = Forked(self, home, pid, ours, cpu_s=cpu_s)
        try:
            hello = self._hello(child)
        except BaseException:
            child.end()
            raise
        if "fork" not in self._wanted:
            self.stands = tuple(hello["walls"])
            self.slowness = slowness_of(hello["unit"])
        return child

    @staticmethod
    def _hello(child: Forked) -> dict[str, Any]:
        """The line that a child writes before anything of a student's is near it."""
        data = b""
        while not data.endswith(b"\n"):
            if not child.poller.poll(60_000):
                raise GraderError("a worker does not start")
            part = child.channel.recv(65536)
            if not part:
                raise GraderError("a worker ended before it began; 'grader doctor' says what stands on this machine")
            data += part
        hello: dict[str, Any] = json.loads(data)
        if hello["error"]:
            raise GraderError(_no_walls(hello["error"]))
        return hello

    def _spawn(self, theirs: socket.socket, **settings: int) -> subprocess.Popen[bytes]:
        folders = package_folders(self._packages)
        threads = loosened(self._packages).threads
        program = seccomp_filter(threads=threads) if "seccomp" in self._wanted else None
        everything = {
            "folders": folders,
            "readable": readable_paths(["numpy", *self._packages], folders),
            "seccomp": (program or b"").hex(),
            "threads": threads,
            "packages": list(self._packages),
            "warm_up": self._warm_up,
            "walls": list(self._wanted),
            **settings,
        }
        # Isolated but for PYTHONHASHSEED, which -I would ignore: nothing else of Python's is in the environment.
        return subprocess.Popen(
            [sys.executable, "-P", "-s", "-S", "-B", str(WORKER), json.dumps(everything)],
            env=_environment(),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            cwd="/",
            process_group=0,  # Ctrl-C at a terminal is for the command, which then ends the zygote itself
        )

    def _command(self, home: subprocess.Popen[bytes], *descriptors: int, **command: Any) -> dict[str, Any]:
        """Ask the zygote that was there when the child was forked; another one knows nothing of it."""
        if self._control is None or home is not self._process:
            raise GraderError("the sandbox ended before its worker did")
        try:
            socket.send_fds(self._control, [json.dumps(command).encode()], list(descriptors))
        except OSError as error:
            raise GraderError(f"the sandbox does not answer ({error})") from error
        return self._answer(self._control)

    @staticmethod
    def _answer(control: socket.socket) -> dict[str, Any]:
        data = b""
        while not data.endswith(b"\n"):
            try:
                part = control.recv(65536)
            except OSError as error:
                raise GraderError(f"the sandbox does not answer ({error})") from error
            if not part:
                raise GraderError("the sandbox ended unexpectedly; 'grader doctor' says what stands on this machine")
            data += part
        answer: dict[str, Any] = json.loads(data)
        return answer


def _no_walls(error: str) -> str:
    return f"the walls of the sandbox could not be put up ({error}); 'grader doctor' says which stand"


def _environment() -> dict[str, str]:
    """A cleared environment. One thread for linear algebra: with more, fork and a memory limit hang it.

    What the C library frees it keeps for the next call (arrays of a few MB too): a child lives for
    milliseconds, and each fresh page from the kernel costs as much as a small multiplication.
    """
    sizes = {"MMAP_THRESHOLD": 4 << 20, "TRIM_THRESHOLD": 64 << 20, "TOP_PAD": 1 << 20}
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    words = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": os.defpath}
    memory = {f"MALLOC_{name}_": str(size) for name, size in sizes.items()}
    memory["MALLOC_ARENA_MAX"] = "1"  # each thread of a framework would reserve another 64 MB, which its limit counts
    return {**dict.fromkeys(threads, "1"), "PYTHONHASHSEED": "0", **memory, **words}
