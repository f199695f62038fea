"""The parent's side of the confined worker, for one submission after another.

The parent keeps the time (:mod:`grader.sandbox.waiting`) and believes nothing (:mod:`grader.sandbox.messages`): a reply is
a value for the call that was asked, in order and within bounds, or the child is ended (:mod:`grader.sandbox.running`). See
``docs/design/sandbox.md`` and ``SECURITY.md``.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType

from grader.model import SandboxLevel
from grader.sandbox.child import Children
from grader.sandbox.copies import Copy, Serve
from grader.sandbox.helpers import Answering, Answers
from grader.sandbox.limits import can_confine
from grader.sandbox.runner import Answer, Execution, Plan, Program, Replied, Script, followed, listed
from grader.sandbox.running import History, Run
from grader.sandbox.waiting import USUAL, Patience, Stop
from grader.sandbox.zygote import ALL_WALLS, Zygote

__all__ = ["Sandbox"]

_FULL = frozenset({"limits", "user", "landlock", "seccomp"})
_SOME = frozenset({"limits", "landlock", "seccomp"})
_COPIES = 2  # of this process: one for the judges of an assignment, one for its reference


class Sandbox:
    """Runs submissions in confined processes (implements :class:`grader.sandbox.runner.Runner`).

    Parameters
    ----------
    packages
        Third-party packages that submissions may import, NumPy aside.
    walls
        Names of the walls to put up, of :data:`ALL_WALLS`; what the machine lacks is left out.
    patience
        How long to wait.
    children
        Where its processes come from; a zygote's, within the walls, when not given.
    warm_up
        Public code that is made ready in the zygote, see :class:`grader.sandbox.zygote.Zygote`.

    Use as a context manager: leaving it ends the zygote and everything below it.
    """

    def __init__(
        self,
        packages: Sequence[str] = (),
        walls: Sequence[str] = ALL_WALLS,
        patience: Patience = USUAL,
        children: Children | None = None,
        warm_up: str = "",
    ) -> None:
        self._children = children or Zygote(packages, walls, warm_up)
        self._patience = patience
        self._history = History()
        self._copies: list[Copy] = []

    def __enter__(self) -> Sandbox:
        self._children.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and everything below it, and the copies of this process."""
        self._children.close()
        while self._copies:
            self._copies.pop().close()

    def beside(self, serve: Serve) -> Copy | None:
        """The copy that answers so (see :meth:`grader.sandbox.runner.Runner.beside`), for one submission after another."""
        if self._children.own or not can_confine():
            return None
        found = next((copy for copy in self._copies if copy.serve == serve), None) or Copy(serve)
        others = [copy for copy in self._copies if copy is not found]
        if len(others) >= _COPIES:
            others.pop(0).close()
        self._copies = [*others, found]
        return found

    @property
    def stands(self) -> tuple[str, ...]:
        """The walls that really stand."""
        self._children.start()
        return self._children.stands

    @property
    def level(self) -> SandboxLevel:
        """``full``, ``weak`` or ``none``, by the walls that really stand."""
        stands = set(self.stands)
        if stands >= _FULL:
            return "full"
        return "weak" if _SOME & stands else "none"

    def run(self, program: Program, plans: Sequence[Plan], answer: Answer | None = None) -> Execution:
        """Load the program and run the plans (see :meth:`grader.sandbox.runner.Runner.run`)."""
        replied: list[Replied] = []
        execution = self.follow(program, listed(plans, replied), answer)
        return replace(execution, outcomes=tuple(outcome for some in replied for outcome in some.outcomes))

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        """Load the program and ask what a script asks (see :meth:`grader.sandbox.runner.Runner.follow`)."""
        if not self._history.is_of(program.files):
            self._history = History(program.files)
        history, began = self._history, time.monotonic()
        self._children.start()
        slowness = self._patience.slowness or self._children.slowness
        deadline = began + program.total_s * slowness * 2 + 10 - history.spent_s
        answering = Answering(answer, program.total_s, self.beside(Answers(answer))) if answer else None
        run = Run(self._children, program, answering, self._patience, deadline, history)
        try:
            if not followed(script, run.function):
                with contextlib.suppress(Stop):
                    run.child()
            return Execution(run.loaded, (), slow=tuple(run.slow.values()))
        finally:
            run.close()
            if answering is not None:
                answering.close()
            history.spent_s += time.monotonic() - began
