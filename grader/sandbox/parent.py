"""The parent's side of the confined worker: what is said to it, and what is believed of what it says.

The parent keeps the time and believes nothing: a reply is a value for the call that was asked, in
order and within bounds, or the child is ended. See ``docs/design/sandbox.md`` and ``SECURITY.md``.
"""

from __future__ import annotations

import contextlib
import re
import signal
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import TracebackType
from typing import Any

import numpy as np

from grader import sentences
from grader.confined.wire import MAX_BYTES, Encoded, Value, WireError, decode, encode, pack, unpack
from grader.errors import GraderError
from grader.model import SandboxLevel
from grader.sandbox.child import Child, Children
from grader.sandbox.copies import Copy, Serve
from grader.sandbox.helpers import Answering, Answers
from grader.sandbox.limits import OutOfBudget, can_confine, check_budget
from grader.sandbox.runner import (
    Answer,
    Execution,
    Loaded,
    Outcome,
    Plan,
    Program,
    Raised,
    Replied,
    Returned,
    Script,
    Stopped,
    followed,
    run_listed,
)
from grader.sandbox.zygote import ALL_WALLS, Zygote
from grader.submission.program import SourceFile, Unit

__all__ = ["ALL_WALLS", "Patience", "Sandbox"]

_FULL = frozenset({"limits", "user", "landlock", "seccomp"})
_SOME = frozenset({"limits", "landlock", "seccomp"})

_FRAME = struct.Struct("<IB")
_REPLY = struct.Struct("<IHHI")
_MAX_FRAME = MAX_BYTES + 16 * 2**20  # the largest value, and the structure around it
_MAX_KEPT = 64 * 2**20  # of the replies of one run together
_PART_COSTS = 256  # a byte of structure is as much work for the judges as 256 of numbers
_MAX_OUTPUT = 8_000
_MAX_SAID = 1 << 16  # of an exception, its output included
_WORKS = 0.05  # the part of the time that a child uses at least, unless it waits
_USUAL_S = 2.0  # the limit of a call where nothing is said of it
_SLOW = 0.005  # the part of its limit from which the calls of a function are slow: usual ones take a hundredth of that
_LONGER = 2.0  # how much longer the second try may take, which is alone
_AFRESH = 0.25  # how long where the first one may have waited for what an earlier function left behind in the process
_NEAR = 0.5  # the part of its limit from which a call that passed is worth a word
_NAP_S = 0.0005
_SKIPPED_UNITS = 3
_STOPS = 3  # of the calls of one function: then no more of them are made
_CALLBACKS = 200_000
_COPIES = 2  # of this process: one for the judges of an assignment, one for its reference


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


class _Stop(Exception):
    """The child is over: why, and in words; ``worked`` where it was at work all the time that it had."""

    def __init__(self, stopped: Stopped, *, worked: bool = False) -> None:
        super().__init__(stopped.reason)
        self.stopped = stopped
        self.worked = worked


def _not_a_reply() -> _Stop:
    return _Stop(Stopped("crashed", sentences.NO_REPLY))


def _printed_too_much() -> _Stop:
    return _Stop(Stopped("too-much-output", sentences.PRINTED_WITHOUT_END))


@dataclass
class _History:
    """What earlier runs of the same submission have shown: it has one total time for all of them."""

    files: tuple[SourceFile, ...] = ()
    spent_s: float = 0.0
    skip: dict[int, str] = field(default_factory=dict)


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
        patience: Patience = Patience(),  # frozen
        children: Children | None = None,
        warm_up: str = "",
    ) -> None:
        self._children = children or Zygote(packages, walls, warm_up)
        self._patience = patience
        self._history = _History()
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
        return run_listed(self, program, plans, answer)

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        """Load the program and ask what a script asks (see :meth:`grader.sandbox.runner.Runner.follow`)."""
        if program.files is not self._history.files:
            self._history = _History(program.files)
        history, began = self._history, time.monotonic()
        self._children.start()
        slowness = self._patience.slowness or self._children.slowness
        deadline = began + program.total_s * slowness * 2 + 10 - history.spent_s
        answering = Answering(answer, program.total_s, self.beside(Answers(answer))) if answer else None
        run = _Run(self._children, program, answering, self._patience, deadline, history.skip)
        try:
            if not followed(script, run.function):
                with contextlib.suppress(_Stop):
                    run.child()
            return Execution(run.loaded, (), slow=tuple(run.slow.values()))
        finally:
            run.close()
            if answering is not None:
                answering.close()
            history.spent_s += time.monotonic() - began


# -- time --------------------------------------------------------------------------------


class _Watch:
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
            raise _Stop(Stopped("timeout", sentences.needed_seconds(self.cpu_s)), worked=True)
        if now > self.deadline or (now > self.end and used < (now - self.began) * _WORKS):
            raise _Stop(Stopped("timeout", sentences.NEVER_RETURNED))

    def used(self) -> float:
        """CPU seconds of the call; 0 for a short one, of which nobody has asked."""
        return 0.0 if self.start is None else self.child.cpu() - self.start


# -- frames ------------------------------------------------------------------------------


def _send(child: Child, kind: bytes, body: bytes, watch: _Watch) -> None:
    view = memoryview(_FRAME.pack(len(body), kind[0]) + body)
    while view:
        try:
            sent = child.send(view, watch.look_s)
        except OSError:  # it is gone: what it said before comes first, then whoever reads on learns why
            return
        view = view[sent:]
        if not sent:
            watch.look()


def _receive(child: Child, watch: _Watch, *, in_turn: bool) -> tuple[int, bytes]:
    """The next frame; ``in_turn`` where the child may be waiting for an answer to it."""
    while not child.frames:
        watch.look()
        if len(child.buffer) >= _FRAME.size and _FRAME.unpack_from(child.buffer)[0] > _MAX_FRAME:
            raise _not_a_reply()
        # Replies come many a millisecond: to wake for each would cost more than to judge them.
        part = child.receive(watch.look_s, 0.0 if in_turn else _NAP_S)
        if part is None:
            continue
        if not part:
            raise _dead(child)
        _split(child, part)
    return child.frames.popleft()


def _split(child: Child, part: bytes) -> None:
    """Take whole frames off what has come; one that is too large stays, so that what came before it counts."""
    whole: bytes | bytearray = part  # as it is where nothing was left over: most frames are small, and lie in one part
    if child.buffer:
        child.buffer += part
        whole = child.buffer
    at, length = 0, len(whole)
    with memoryview(whole) as view:
        while length - at >= _FRAME.size:
            size, kind = _FRAME.unpack_from(whole, at)
            end = at + _FRAME.size + size
            if size > _MAX_FRAME or end > length:
                break
            child.frames.append((kind, bytes(view[at + _FRAME.size : end])))
            at = end
    if whole is part:
        child.buffer += part[at:]
    else:
        del child.buffer[:at]


def _dead(child: Child) -> _Stop:
    """Why a child has closed its channel."""
    ended = child.end()
    how = _signal(-ended.code)
    if how == "SIGXCPU" or (how == "SIGKILL" and ended.cpu > child.cpu_s - 1):
        return _Stop(Stopped("timeout", sentences.NO_CPU_LEFT))
    if ended.code == 70:
        return _Stop(Stopped("out-of-memory", sentences.WORKER_WITHOUT_MEMORY))
    if ended.code == 71:
        return _Stop(Stopped("crashed", sentences.WORKER_BROKEN))
    if ended.code < 0:
        return _Stop(Stopped("crashed", sentences.ended_by_signal(-ended.code, how)))
    return _Stop(Stopped("crashed", sentences.ended_by_exit(ended.code)))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


# -- one run -----------------------------------------------------------------------------


class _Run:
    """The children of one run: usually one, a fresh one after each that was lost."""

    def __init__(
        self,
        children: Children,
        program: Program,
        answering: Answering | None,
        patience: Patience,
        deadline: float,
        skip: dict[int, str],
    ) -> None:
        self.children = children
        self.slow: dict[str, str] = {}
        self.program = program
        self.patience = patience
        self.answering = answering
        self.deadline = deadline
        self.skip = skip
        self.loaded = Loaded()
        self.kept = 0
        self.callbacks = 0
        self.answered: tuple[str, ...] = ()  # nothing while loading: what the plans of one function may ask later
        self.given = b""  # packed, what the case in hand binds names to
        self.called: set[str] = set()
        self.unit = -1
        self.batches = 0
        self.hopeless: _Stop | None = None
        self._child: Child | None = None

    @property
    def slowness(self) -> float:
        """How many times longer its limits are; a plain interpreter measures that when it starts."""
        return self.patience.slowness or self.children.slowness

    def close(self) -> None:
        """End what runs."""
        if self._child is not None:
            child, self._child = self._child, None
            with contextlib.suppress(GraderError, OSError):
                child.end()

    def _watch(self, child: Child, cpu_s: float) -> _Watch:
        return _Watch(child, cpu_s * self.slowness, self.patience, self.deadline)

    # -- loading ---------------------------------------------------------------------------

    def child(self) -> Child:
        """The child that serves this run, loaded."""
        while self._child is None:
            if self.hopeless is not None:
                raise self.hopeless
            if time.monotonic() > self.deadline:
                raise _Stop(Stopped("timeout", sentences.NO_TIME_LEFT))
            cpu_s = max(1, round(self.program.total_s * self.slowness))
            self._child = child = self.children.child(self.program.memory_mb << 20, cpu_s)
            child.ask = partial(self._callback, child)
            self.callbacks = 0
            self.answered = ()
            self.unit = -1
            try:
                self._load(self._child)
            except _Stop as stop:
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
        _send(child, b"P", _program_frame(self.program, self.skip), watch)
        while True:
            kind, body = _receive(child, watch, in_turn=self.answering is not None)
            if kind == ord("U") and len(body) == 4:
                number = int.from_bytes(body, "little")
                if number in begun or number >= len(units):
                    raise _not_a_reply()
                begun.add(number)
                self.unit = number
                watch = self._watch(child, self.patience.load_s)
            elif kind == ord("C"):
                self._callback(child, body, watch)
            elif kind == ord("L"):
                self.loaded = _loaded(body, self.skip, units)
                return
            elif kind == ord("O"):
                raise _printed_too_much()
            else:
                raise _not_a_reply()

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
            except _Stop as stop:
                self.close()
                reason = stop.stopped.reason
                slow = not stop.worked or self._is_slow(todo[0], len(outcomes) - first, took)
                again = 0.0 if again else _LONGER if slow else _AFRESH if inherited else 0.0
                if again and reason == "timeout" and not self.hopeless and time.monotonic() < self.deadline:
                    inherited = False
                    continue
                inherited, again = False, 0.0
                if reason == "too-much-output":  # nobody will look at what it gave before
                    self.kept = before
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
            raise _not_a_reply()

    def _ask(self, child: Child, plans: Sequence[Plan]) -> int:
        """Send a batch; the mark that its replies will carry."""
        self.batches = self.batches % 0xFFFF + 1
        mark = self.batches << 16
        self.answered = plans[0].answered
        self.given = pack(encode(_codes(plans[0]))) if self.answered and plans[0].given else b""
        names = ",".join(self.answered).encode()
        questions = struct.pack("<IIH", len(plans), mark, len(names)) + names + b"".join(plan.packed for plan in plans)
        _send(child, b"B", questions, self._watch(child, plans[0].cpu_s))
        return mark

    def _plan(self, child: Child, mark: int, plan: Plan, outcomes: list[Outcome]) -> None:
        for step in range(len(plan.steps)):
            outcome = self._step(child, mark, plan, step)
            if isinstance(outcome, Raised) and outcome.type_name.endswith("MemoryError"):
                raise _Stop(Stopped("out-of-memory", sentences.needed_memory(self.program.memory_mb)))
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
        outcome = _outcome(kind, body, mark | plan.number, step)
        if isinstance(outcome, Raised):  # what the worker says of a place is no more than which line of the program it is
            places = (self.program.origin_at(outcome.origin), self.program.origin_at(outcome.caller))
            return replace(outcome, origin=places[0], caller=places[1])
        if isinstance(outcome, Returned):
            limit = plan.cpu_s * self.slowness
            if watch and (used := watch.used()) > _NEAR * limit:
                self.slow.setdefault(plan.function, sentences.slow_call(plan.function, used, limit))
            self.kept += len(outcome.value.payload) + _PART_COSTS * len(outcome.value.header)
            if self.kept > _MAX_KEPT:
                raise _Stop(Stopped("too-much-output", sentences.LARGE_RESULTS))
        return outcome

    def _receive(self, child: Child, watch: _Watch) -> tuple[int, bytes]:
        """The next frame; too much output, where reading and judging this submission has taken too long."""
        try:
            check_budget()
        except OutOfBudget:
            raise _Stop(Stopped("too-much-output", sentences.COSTLY_RESULTS)) from None
        return _receive(child, watch, in_turn=self.answering is not None)

    def _callback(self, child: Child, body: bytes, watch: _Watch | None = None) -> None:
        watch = watch or self._watch(child, self.patience.load_s)
        watch.look()  # thousands of questions may have come at once
        self.callbacks += 1
        if self.callbacks > _CALLBACKS:
            raise _Stop(Stopped("timeout", sentences.HELPERS_WITHOUT_END))
        name, reply = self.answering.ask(body, self.answered, watch.look, self.given) if self.answering else ("", None)
        self.called.update([name] if name and reply is not None else ())
        _send(child, b"X" if reply is None else b"R", reply or b"", watch)


def _together(plans: Sequence[Plan]) -> Sequence[Plan]:
    """The plans to ask in one message: a single one where right helpers use what it binds names to."""
    return plans[:1] if plans[0].answered and plans[0].given else plans


def _codes(plan: Plan) -> dict[str, Value]:
    """The public code that a case binds names to."""
    return {name: decode(encoded, code=lambda code: code) for name, encoded in plan.given}


# -- what the child says: values within bounds, and words for people that nobody relies on ---


def _outcome(kind: int, body: bytes, plan: int, step: int) -> Outcome:
    try:
        if kind not in b"VE" or (kind == ord("E") and len(body) > _MAX_SAID):
            raise WireError("not a reply")
        number, at_step, nmutated, noutput = _REPLY.unpack_from(body)
        if (number, at_step) != (plan, step) or noutput > _MAX_OUTPUT:
            raise WireError("a reply to another call, or too much output")
        middle = _REPLY.size + 2 * nmutated
        mutated = tuple(np.frombuffer(body[_REPLY.size : middle], np.uint16).tolist()) if nmutated else ()
        output = body[middle : middle + noutput].decode("utf-8", "replace") if noutput else ""
        encoded, end = unpack(body, middle + noutput)
        if end != len(body):
            raise WireError("bytes left over")
        if kind == ord("V"):
            _check(encoded)
            return Returned(encoded, mutated, output)
        name, message, *places = decode(encoded, reply=True)
        origin, caller = (None if place is None else _said(place, 200) for place in places)
        return Raised(" ".join(_said(name, 200).split()), _said(message, 600), origin, output, caller)
    except (WireError, struct.error, ValueError, TypeError):
        raise _not_a_reply() from None


_CHECKED: dict[bytes, int] = {}


def _check(encoded: Encoded) -> None:
    """Raise WireError unless the value decodes, now and later: judges need not expect that it does not.

    Whether it does depends on the header and the payload's length alone, and most headers come again.
    """
    if _CHECKED.get(encoded.header) == len(encoded.payload):
        return
    decode(encoded, reply=True)
    if len(encoded.header) <= 2_000:
        if len(_CHECKED) >= 4_096:
            _CHECKED.clear()
        _CHECKED[encoded.header] = len(encoded.payload)


def _said(value: Any, limit: int) -> str:
    """A text of the worker's; nothing else is turned into one, because a list of arrays would take minutes."""
    if not isinstance(value, str):
        raise WireError("not a text")
    return value[:limit]


def _loaded(body: bytes, skip: Mapping[int, str], units: Sequence[Unit]) -> Loaded:
    """What the worker says of loading."""
    try:
        encoded, _ = unpack(body)
        reply = decode(encoded, reply=True)
        defined = {_said(name, 200): _said(kind, 20) for name, kind in reply["defined"].items()}
        bound = {_said(name, 200): _number(number, units) for name, number in reply["bound"].items()}
        failed = dict(skip)
        for number, kind, message in reply["failed"][:100]:
            failed[_number(number, units)] = f"{_said(kind, 200)}: {_said(message, 600)}"[:600]
        absent = frozenset(_said(name, 100) for name in reply["absent"][:100])
    except (WireError, TypeError, LookupError, ValueError, AttributeError):
        raise _not_a_reply() from None
    messages = [f"{units[number].place} was left out: {why}"[:600] for number, why in failed.items()]
    return Loaded(defined, tuple(messages[:50]), bound, failed, absent)


def _number(value: Any, units: Sequence[Unit]) -> int:
    if type(value) is not int or not 0 <= value < len(units):
        raise WireError("not the number of a statement")
    return value


def _program_frame(program: Program, skip: Mapping[int, str]) -> bytes:
    """The message that tells a child what to load."""
    units = program.units
    # A notebook beside a file of its own name is not what ``import`` finds.
    importable = {file.module for file in program.files if file.path.endswith(".py")}
    content = {
        "files": [
            {
                "module": file.module + "_" * (file.module in importable and not file.path.endswith(".py")),
                "package": file.package,
                "graded": list(file.graded),
                "units": [(unit.source, unit.label, unit.line, unit.binds) for unit in file.units],
            }
            for file in program.files
        ],
        "arities": dict(program.arities),
        "options": {name: list(options) for name, options in program.options.items() if options},
        "provided": dict(program.provided),
        "public": program.public,
        "wanted": list(program.wanted),
        "bound": list(program.bound),
        "skip": sorted(skip),
        "uses_random": any("import random" in unit.source or "from random" in unit.source for unit in units),
        "copies": any("copy" in unit.source and _NO_COPY.search(unit.source) for unit in units),
    }
    return pack(encode(content))


_NO_COPY = re.compile(r"copy\s{0,9}=\s{0,9}False")
