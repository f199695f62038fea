"""How long a child is waited for, and why it is over."""

from __future__ import annotations

import time
from dataclasses import dataclass

from grader import sentences
from grader.sandbox.child import Child
from grader.sandbox.runner import Stopped

__all__ = ["USUAL", "Patience", "Stop", "Watch"]

_WORKS = 0.05  # the part of the time that a child uses at least, unless it waits


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, beyond what the assignment says of its functions.

    All limits are seconds of a usual machine. On a slower one they are longer, as far as the zygote has measured.

    Attributes
    ----------
    load_s
        CPU seconds of one statement while loading.
    slack_s
        Wall seconds that a call may take beyond five times its CPU seconds, where it waits and does not work.
    look_s
        Wall seconds after which it is looked at how much a call has worked, and from then on again and again. Until
        the first look it counts as working all the time.
    slowness
        How many times slower this machine is; as measured when not given.
    """

    load_s: float = 5.0
    slack_s: float = 5.0
    look_s: float = 0.2
    slowness: float | None = None


USUAL = Patience()


class Stop(Exception):
    """The child is over: why, and in words; ``worked`` where it was at work all the time that it had."""

    def __init__(self, stopped: Stopped, *, worked: bool = False) -> None:
        super().__init__(stopped.reason)
        self.stopped = stopped
        self.worked = worked


class Watch:
    """How long one call may take: CPU seconds of the child, a loose wall bound, the run's deadline.

    A child that talks all the time is watched like one that is silent. The wall bound is for one that waits: where
    neighbours leave a child little of the machine, it uses that little, and only CPU seconds count.
    """

    def __init__(self, child: Child, cpu_s: float, patience: Patience, deadline: float) -> None:
        self.child = child
        self.cpu_s = cpu_s
        self.look_s = patience.look_s
        self.began = self.looked = time.monotonic()
        self.end = self.began + patience.slack_s + 5 * cpu_s
        self.deadline = deadline
        self.start: float | None = None

    def look(self) -> None:
        """End the wait when it has been too long; cheap unless a slice of time has passed."""
        now = time.monotonic()
        if now - self.looked < self.look_s:
            return
        cpu = self.child.cpu()
        if self.start is None:
            self.start = cpu - (now - self.began)
        self.looked = now
        used = cpu - self.start
        if used > self.cpu_s:
            raise Stop(Stopped("timeout", sentences.needed_seconds(self.cpu_s)), worked=True)
        if now > self.deadline or (now > self.end and used < (now - self.began) * _WORKS):
            raise Stop(Stopped("timeout", sentences.NEVER_RETURNED))

    def used(self) -> float:
        """CPU seconds of the call; 0 for a short one, of which nobody has asked."""
        return 0.0 if self.start is None else self.child.cpu() - self.start
