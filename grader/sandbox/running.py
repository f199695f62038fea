"""One run: a program is loaded in a child, and its functions are called, in a fresh child after each one that was lost."""

from __future__ import annotations

import contextlib
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from grader import sentences
from grader.confined.kinds import Value
from grader.confined.wire import decode, encode, pack
from grader.errors import GraderError
from grader.sandbox.child import Child, Children
from grader.sandbox.frames import not_a_reply, receive, send
from grader.sandbox.helpers import Answering
from grader.sandbox.limits import OutOfBudget, check_budget
from grader.sandbox.messages import loaded_in, outcome_in, program_frame
from grader.sandbox.runner import Loaded, Outcome, Plan, Program, Raised, Replied, Returned, Stopped
from grader.sandbox.waiting import Patience, Stop, Watch
from grader.submission.program import SourceFile

__all__ = ["History", "Run"]

_MAX_KEPT = 32 * 2**20  # of the replies of one run together, as they are judged
_MAX_OF_ALL = 64 * 2**20  # of those of all runs of a submission: most of them are kept until its report is made
_USUAL_S = 2.0  # the limit of a call where nothing is said of it
_SLOW = 0.005  # the part of its limit from which the calls of a function are slow: usual ones take a hundredth of that
_LONGER = 2.0  # how much longer the second try may take, which is alone
_AFRESH = 0.25  # how long where the first one may have waited for what an earlier function left behind in the process
_NEAR = 0.5  # the part of its limit from which a call that passed is worth a word
_SKIPPED_UNITS = 3
_STOPS = 3  # of the calls of one function: then no more of them are made
_CALLBACKS = 200_000


def _printed_too_much() -> Stop:
    return Stop(Stopped("too-much-output", sentences.PRINTED_WITHOUT_END))


@dataclass
class History:
    """What earlier runs of the same submission have shown: it has one total time and one total size for all of them."""

    files: tuple[SourceFile, ...] = ()
    spent_s: float = 0.0
    kept: int = 0
    skip: dict[int, str] = field(default_factory=dict)

    def is_of(self, files: tuple[SourceFile, ...]) -> bool:
        """Whether these are the same files, whichever of their functions are asked."""
        return len(files) == len(self.files) and all(a.cells is b.cells for a, b in zip(files, self.files, strict=True))


class Run:
    """The children of one run: usually one, a fresh one after each that was lost."""

    def __init__(
        self,
        children: Children,
        program: Program,
        answering: Answering | None,
        patience: Patience,
        deadline: float,
        history: History,
    ) -> None:
        self.children = children
        self.slow: dict[str, str] = {}
        self.program = program
        self.patience = patience
        self.answering = answering
        self.deadline = deadline
        self.history = history
        self.skip = history.skip
        self.loaded = Loaded()
        self.kept = 0
        self.callbacks = 0
        self.answered: tuple[str, ...] = ()  # nothing while loading: what the plans of one function may ask later
        self.given = b""  # packed, what the case in hand binds names to
        self.called: set[str] = set()
        self.unit = -1
        self.batches = 0
        self.hopeless: Stop | None = None
        self._child: Child | None = None

    @property
    def slowness(self) -> float:
        """How many times longer its limits are; a plain interpreter measures that when it starts."""
        return self.patience.slowness or self.children.slowness

    def close(self) -> None:
        """End what runs, and let go of what it said: the child is part of a circle, which may stay for long."""
        if self._child is not None:
            child, self._child = self._child, None
            with contextlib.suppress(GraderError, OSError):
                child.end()
            child.buffer.clear()
            child.frames.clear()

    def _watch(self, child: Child, cpu_s: float) -> Watch:
        return Watch(child, cpu_s * self.slowness, self.patience, self.deadline)

    # -- loading ---------------------------------------------------------------------------

    def child(self) -> Child:
        """The child that serves this run, loaded."""
        while self._child is None:
            if self.hopeless is not None:
                raise self.hopeless
            if time.monotonic() > self.deadline:
                raise Stop(Stopped("timeout", sentences.NO_TIME_LEFT))
            cpu_s = max(1, round(self.program.total_s * self.slowness))
            self._child = child = self.children.child(self.program.memory_mb << 20, cpu_s)
            child.ask = partial(self._callback, child)
            self.callbacks = 0
            self.answered = ()
            self.unit = -1
            try:
                self._load(self._child)
            except Stop as stop:
                self.close()
                if self.unit < 0 or len(self.skip) >= _SKIPPED_UNITS:
                    self.hopeless = stop
                    raise
                self.skip[self.unit] = stop.stopped.detail or stop.stopped.reason
        return self._child

    def _load(self, child: Child) -> None:
        """Have the program loaded; ``unit`` is the number of the one that runs.

        Units of a module run while the unit that imports it does; each is said once.
        """
        units = self.program.units
        begun: set[int] = set()
        watch = self._watch(child, self.patience.load_s)
        send(child, b"P", program_frame(self.program, self.skip), watch)
        while True:
            kind, body = receive(child, watch, in_turn=self.answering is not None)
            if kind == ord("U") and len(body) == 4:
                number = int.from_bytes(body, "little")
                if number in begun or number >= len(units):
                    raise not_a_reply()
                begun.add(number)
                self.unit = number
                watch = self._watch(child, self.patience.load_s)
            elif kind == ord("C"):
                self._callback(child, body, watch)
            elif kind == ord("L"):
                self.loaded = loaded_in(body, self.skip, units)
                return
            elif kind == ord("O"):
                raise _printed_too_much()
            else:
                raise not_a_reply()

    # -- calls -----------------------------------------------------------------------------

    def function(self, plans: Sequence[Plan]) -> Replied:
        """All plans of one function with the same answered names; a timeout that may be near is tried once more, alone.

        Where a call never comes back, the other plans are asked in a further worker, of which there are two at most, and
        none where no call has come back yet when a second one does not.
        """
        outcomes: list[tuple[Outcome, ...]] = []
        self.called.clear()
        before, began, took, first = self.kept, time.monotonic(), 0.0, 0
        inherited, again, stops = self._child is not None, 0.0, 0
        while len(outcomes) < len(plans):
            todo = _together(plans[len(outcomes) :])
            partial: list[Outcome] = []
            try:
                for done in self._batch([replace(todo[0], times=again)] if again else todo, partial):
                    outcomes.append(done)  # what came before a stop is kept
                    took = time.monotonic() - began
                again = 0.0
            except Stop as stop:
                self.close()
                reason = stop.stopped.reason
                slow = not stop.worked or self._is_slow(todo[0], len(outcomes) - first, took)
                again = 0.0 if again else _LONGER if slow else _AFRESH if inherited else 0.0
                if again and reason == "timeout" and not self.hopeless and time.monotonic() < self.deadline:
                    inherited = False
                    continue
                inherited, again = False, 0.0
                if reason == "too-much-output":  # nobody will look at what it gave before
                    self._keep(before - self.kept)
                    outcomes, partial = [(Stopped("not-run", "the replies were dropped"),)] * len(outcomes), []
                del outcomes[len(plans) - 1 :]  # something after the last reply: that one is not believed either
                outcomes.append((*partial, stop.stopped))
                stops, first, began, took = stops + 1, len(outcomes), time.monotonic(), 0.0
                returned = any(not isinstance(outcome[-1], Stopped) for outcome in outcomes)
                if reason == "too-much-output" or self.hopeless or stops >= (_STOPS if returned else 2):
                    missing = len(plans) - len(outcomes)
                    outcomes.extend([(Stopped("not-run", sentences.NOT_RUN),)] * missing)
        return Replied(tuple(outcomes), frozenset(self.called))

    def _is_slow(self, plan: Plan, done: int, took: float) -> bool:
        """Whether the calls before this one suggest that it needs a little more time, and not that it never ends.

        The first case of a function is small: who is over the usual limit there is ten thousand times too slow.
        """
        if not done:
            return plan.cpu_s > _USUAL_S
        return took / done > _SLOW * plan.cpu_s * self.slowness

    def _batch(self, plans: Sequence[Plan], partial: list[Outcome]) -> Iterator[tuple[Outcome, ...]]:
        """Ask plans in one message; ``partial`` holds what the plan in hand has given so far.

        The next function's are sent when this one is done and not before: what lies in the channel can be read
        by the code that is running.
        """
        child = self.child()
        mark = self._ask(child, plans)
        for plan in plans:
            partial.clear()
            self._plan(child, mark, plan, partial)
            yield tuple(partial)
        partial.clear()
        kind, _ = child.frames.popleft() if child.frames else self._receive(child, self._watch(child, plans[-1].cpu_s))
        if kind != ord("D"):
            raise not_a_reply()

    def _ask(self, child: Child, plans: Sequence[Plan]) -> int:
        """Send a batch; the mark that its replies will carry."""
        self.batches = self.batches % 0xFFFF + 1
        mark = self.batches << 16
        self.answered = plans[0].answered
        self.given = pack(encode(_codes(plans[0]))) if self.answered and plans[0].given else b""
        names = ",".join(self.answered).encode()
        questions = struct.pack("<IIH", len(plans), mark, len(names)) + names + b"".join(plan.packed for plan in plans)
        send(child, b"B", questions, self._watch(child, plans[0].cpu_s))
        return mark

    def _plan(self, child: Child, mark: int, plan: Plan, outcomes: list[Outcome]) -> None:
        for step in range(len(plan.steps)):
            outcome = self._step(child, mark, plan, step)
            if isinstance(outcome, Raised) and outcome.type_name.endswith("MemoryError"):
                raise Stop(Stopped("out-of-memory", sentences.needed_memory(self.program.memory_mb)))
            outcomes.append(outcome)
            if isinstance(outcome, Raised):
                return

    def _step(self, child: Child, mark: int, plan: Plan, step: int) -> Outcome:
        watch = None  # of a reply that is there already nobody need ask how long it took
        if child.frames:
            kind, body = child.frames.popleft()
        else:
            watch = self._watch(child, plan.cpu_s * plan.times)
            kind, body = self._receive(child, watch)
        while kind == ord("C"):
            watch = watch or self._watch(child, plan.cpu_s * plan.times)
            self._callback(child, body, watch)
            kind, body = self._receive(child, watch)
        if kind == ord("O"):
            raise _printed_too_much()
        self._keep(0, also=len(body))
        outcome, size = outcome_in(kind, body, mark | plan.number, step)
        if isinstance(outcome, Raised):  # what the worker says of a place is no more than which line of the program it is
            places = (self.program.origin_at(outcome.origin), self.program.origin_at(outcome.caller))
            return replace(outcome, origin=places[0], caller=places[1])
        if isinstance(outcome, Returned):
            limit = plan.cpu_s * self.slowness
            if watch and (used := watch.used()) > _NEAR * limit:
                self.slow.setdefault(plan.function, sentences.slow_call(plan.function, used, limit))
            self._keep(size)
        return outcome

    def _keep(self, size: int, also: int = 0) -> None:
        """Count what is kept; too much output where there is no room for it, or for what is ``also`` about to be read."""
        self.kept += size
        self.history.kept += size
        if self.kept + also > _MAX_KEPT or self.history.kept + also > _MAX_OF_ALL:
            raise Stop(Stopped("too-much-output", sentences.LARGE_RESULTS))

    def _receive(self, child: Child, watch: Watch) -> tuple[int, bytes]:
        """The next frame; too much output, where reading and judging this submission has taken too long."""
        try:
            check_budget()
        except OutOfBudget:
            raise Stop(Stopped("too-much-output", sentences.COSTLY_RESULTS)) from None
        return receive(child, watch, in_turn=self.answering is not None)

    def _callback(self, child: Child, body: bytes, watch: Watch | None = None) -> None:
        watch = watch or self._watch(child, self.patience.load_s)
        watch.look()  # thousands of questions may have come at once
        self.callbacks += 1
        if self.callbacks > _CALLBACKS:
            raise Stop(Stopped("timeout", sentences.HELPERS_WITHOUT_END))
        name, reply = self.answering.ask(body, self.answered, watch.look, self.given) if self.answering else ("", None)
        self.called.update([name] if name and reply is not None else ())
        send(child, b"X" if reply is None else b"R", reply or b"", watch)


def _together(plans: Sequence[Plan]) -> Sequence[Plan]:
    """The plans to ask in one message: a single one where right helpers use what it binds names to."""
    return plans[:1] if plans[0].answered and plans[0].given else plans


def _codes(plan: Plan) -> dict[str, Value]:
    """The public code that a case binds names to."""
    return {name: decode(encoded, code=lambda code: code) for name, encoded in plan.given}
