"""A process that runs student code as its parent sees it: bytes go in, bytes come out, and it ends.

:mod:`grader.sandbox.zygote` makes confined ones (Linux), :mod:`grader.sandbox.portable` plain interpreters for somebody's
own work, wherever Python runs. Who talks to them is :mod:`grader.sandbox.parent`, and it is the same for both.
"""

from __future__ import annotations

import importlib.util
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from grader.sandbox.tensors import missing_package

__all__ = ["WORKER", "Child", "Children", "Ended", "package_folders", "slowness_of"]

WORKER = Path(__file__).resolve().parents[1] / "confined" / "worker.py"

_UNIT_S = 0.0015  # of the fixed work that a worker does when it starts, where a second is a second
_SLOWEST = 16.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: exit status (or minus the signal), and the CPU seconds it had used."""

    code: int
    cpu: float


@dataclass(kw_only=True)
class Child(ABC):
    """A process and its channel.

    Attributes
    ----------
    cpu_s
        CPU seconds of its life.
    buffer, frames
        What it has said and nobody has read yet: bytes of an unfinished frame, and whole frames.
    """

    cpu_s: int
    buffer: bytearray = field(default_factory=bytearray)
    frames: deque[tuple[int, bytes]] = field(default_factory=deque)
    ended: Ended | None = None
    ask: Callable[[bytes], None] = lambda _: None  # how one without a process of its own has a question answered

    @abstractmethod
    def send(self, data: memoryview, seconds: float) -> int:
        """How many of these bytes have been taken, after waiting so long for room; an OSError when it is gone."""

    @abstractmethod
    def receive(self, seconds: float, nap_s: float) -> bytes | None:
        """What has arrived: None where nothing has within these seconds, and no bytes where nothing will any more.

        After the first bytes it sleeps for ``nap_s``, so that more of them come together.
        """

    @abstractmethod
    def cpu(self) -> float:
        """CPU seconds that it has used."""

    @abstractmethod
    def end(self) -> Ended:
        """Kill it and what it has started, and wait for its end."""


class Children(Protocol):
    """Where children come from."""

    @property
    def stands(self) -> tuple[str, ...]:
        """The walls that stand around them."""
        ...

    @property
    def slowness(self) -> float:
        """How many times slower this machine is than the one on which limits are given in seconds; at least 1."""
        ...

    @property
    def own(self) -> bool:
        """Whether they run somebody's own work alone, for which nothing needs a copy with limits."""
        ...

    def start(self) -> None:
        """Be ready."""
        ...

    def close(self) -> None:
        """End everything."""
        ...

    def child(self, memory: int, cpu_s: int) -> Child:
        """A fresh process that may allocate so many bytes and use so many CPU seconds."""
        ...


def slowness_of(unit_s: float) -> float:
    """How many times slower than usual this machine is, in halves; never below 1, so that no limit becomes shorter."""
    return min(max(1.0, round(2 * unit_s / _UNIT_S) / 2), _SLOWEST)


def package_folders(packages: Sequence[str]) -> list[str]:
    """Folders in which an isolated interpreter finds NumPy and the allowed packages.

    Raises
    ------
    HarnessError
        When one is not installed here.
    """
    folders = [str(Path(np.__file__).parents[1])]
    for name in packages:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise missing_package(name)
        folders.append(str(Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]))
    return list(dict.fromkeys(folders))
