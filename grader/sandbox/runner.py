"""The seam between judging and running: what is asked, what comes back, and one method in between.

:class:`Runner` has one implementation, :class:`grader.sandbox.parent.Sandbox`, with three kinds of children: confined
processes (:mod:`grader.sandbox.zygote`), plain interpreters for somebody's own work (:mod:`grader.sandbox.portable`), and
sessions within this process (:mod:`grader.sandbox.here`).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Literal, Protocol

from grader.confined.kinds import Code, Path, Ref, Value, member, reach
from grader.confined.wire import Decoder, Encoded, beside, decode, encode, pack, taken
from grader.errors import SpecError
from grader.model import SandboxLevel
from grader.sandbox.copies import Copy, Serve
from grader.submission.program import SourceFile, Unit

__all__ = [
    "NOT_CALLED",
    "NOT_DEFINED",
    "Answer",
    "Execution",
    "Loaded",
    "Outcome",
    "Plan",
    "Program",
    "Raised",
    "Replied",
    "Returned",
    "Runner",
    "Script",
    "Stopped",
    "followed",
    "listed",
    "run_here",
    "step_here",
]


@dataclass(frozen=True, eq=False)
class Plan:
    """The static plan of one case: calls in order, with the public code that names are bound to.

    ``number`` identifies the plan within its function; ``packed`` is what goes over the wire. ``answered`` are names
    that the parent answers while the plan runs, whatever the submission means by them. ``times`` is how many times its
    limit a call may take that is tried again. ``after`` are places that are read when the last call has returned
    (:func:`grader.confined.wire.beside`). With ``moves`` each call meets other random numbers, else all the same ones.

    A step is named by what it calls: a function, a class, which makes an object, or ``Class.method``, whose first
    argument is the object. ``Class.name=`` sets an attribute, and ``Class.name`` reads one that is no method. An object
    stays with the submission: later steps name it as a reply.
    """

    function: str
    number: int
    steps: tuple[tuple[str, Encoded], ...]
    given: tuple[tuple[str, Encoded], ...] = ()
    cpu_s: float = 2.0
    packed: bytes = b""
    answered: tuple[str, ...] = ()
    times: float = 1.0
    after: tuple[Path, ...] = ()
    moves: bool = False

    def __post_init__(self) -> None:
        if self.packed:
            return
        parts = [struct.pack("<IHH??", self.number, len(self.given), len(self.steps), self.moves, bool(self.after))]
        for name, encoded in (*self.given, *self.steps):
            parts.append(struct.pack("<H", len(name.encode())) + name.encode() + pack(encoded))
        if self.after:
            parts.append(pack(encode(self.after)))
        object.__setattr__(self, "packed", b"".join(parts))

    @cached_property
    def questions(self) -> tuple[tuple[Value, ...], ...]:
        """The decoded arguments of each step; references and public code stay what they are. Nobody may write to them."""
        return tuple(decode(encoded, ref=lambda ref: ref, code=lambda code: code) for _, encoded in self.steps)


@dataclass(frozen=True)
class Program:
    """Everything that a worker must know of a submission and its assignment, and nothing more.

    ``bound`` are names that may mean public code or a callback instead of what the submission says: a plan tells which.
    ``options`` are the last arguments of a function, which may be passed by name.
    """

    files: tuple[SourceFile, ...]
    arities: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provided: Mapping[str, str] = field(default_factory=dict)
    public: str = ""
    wanted: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    memory_mb: int = 512
    total_s: float = 60.0

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units in the order in which the worker numbers them."""
        return tuple(unit for file in self.files for unit in file.units)

    def origin_at(self, place: str | None) -> str | None:
        """A place such as ``cell 7, line 3`` with its line; None where the program has no such line."""
        label, _, number = (place or "").rpartition(", line ")
        if not number.isdecimal():
            return None
        units, line = self._by_label.get(label, ()), int(number[:9])
        after = bisect_right(units, line, key=_line_of)
        lines = (unit.origin_at(line) for unit in units[max(0, after - 3) : after])  # two may share a line
        return next(filter(None, lines), None)

    @cached_property
    def _by_label(self) -> Mapping[str, Sequence[Unit]]:
        """The units of each place in the order of their lines: a program may have thousands, and each exception asks."""
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            found.setdefault(unit.label, []).append(unit)
        return {label: sorted(units, key=_line_of) for label, units in found.items()}


def _line_of(unit: Unit) -> int:
    return unit.line


@dataclass(frozen=True, slots=True)
class Returned:
    """A call gave a value. ``mutated`` are the numbers of the argument arrays that were overwritten."""

    value: Encoded
    mutated: tuple[int, ...] = ()
    output: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """A call raised.

    ``origin`` is the student's line, where it can be told; ``caller`` the line of the function that was called, where
    the other one belongs to a function that it calls.
    """

    type_name: str
    message: str
    origin: str | None = None
    output: str = ""
    caller: str | None = None


NOT_CALLED = "no-reply"  # the type of what is told of a call that an earlier reply has no argument for
NOT_DEFINED = "missing"  # of what a case calls that the submission does not have


@dataclass(frozen=True, slots=True)
class Stopped:
    """A call never came back, or was not made because an earlier one did not."""

    reason: Literal["timeout", "crashed", "out-of-memory", "too-much-output", "not-run"]
    detail: str = ""


Outcome = Returned | Raised | Stopped
Answer = Callable[[str, tuple[Value, ...], Mapping[str, Value], Mapping[str, Code]], Value]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading the definitions gave: which wanted names exist, by which unit, and what failed.

    ``bound`` are numbers of units by graded name, ``failed`` reasons by number of a unit that could not be run, ``absent``
    top-level names of modules that were imported and are not there.
    """

    defined: Mapping[str, str] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
    bound: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Execution:
    """Outcomes per plan (one per step that was reached), what loading gave, and which calls came near their limit."""

    loaded: Loaded
    outcomes: tuple[tuple[Outcome, ...], ...]
    slow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replied:
    """The outcomes of some plans, in their order, and the answered names that were called by them."""

    outcomes: tuple[tuple[Outcome, ...], ...]
    called: frozenset[str] = frozenset()


Script = Generator[Sequence[Plan], Replied, None]
"""What to ask one worker: yields plans of one function with the same answered names, and is sent what they gave."""


def listed(plans: Sequence[Plan], replied: list[Replied]) -> Script:
    """Plans that are known beforehand as a script; what they give is appended to a list."""
    for _, group in groupby(plans, key=lambda plan: (plan.function, plan.answered)):
        replied.append((yield list(group)))


def followed(script: Script, ask: Callable[[Sequence[Plan]], Replied]) -> bool:
    """Ask what a script asks, to its end; whether it has asked anything."""
    plans = next(script, None)
    asked = plans is not None
    while plans is not None:
        try:
            plans = script.send(ask(plans))
        except StopIteration:
            break
    return asked


class Runner(Protocol):
    """Runs plans against a program."""

    @property
    def level(self) -> SandboxLevel:
        """How well the code is confined."""
        ...

    def beside(self, serve: Serve) -> Copy | None:
        """The copy of this process that answers so; None where what runs is trusted, and answered here."""
        ...

    def run(self, program: Program, plans: Sequence[Plan], answer: Answer | None = None) -> Execution:
        """Load the program in a fresh worker and run the plans in order.

        Parameters
        ----------
        program
            What to load.
        plans
            Grouped by function: after a timeout or a crash the rest of that function's plans is not
            run, and a fresh worker goes on with the next function.
        answer
            Answers calls of the names that a plan has answered; raising means "not answered".
        """
        ...

    def follow(self, program: Program, script: Script, answer: Answer | None = None) -> Execution:
        """Load the program in a fresh worker and ask what a script asks; the outcomes go to the script alone."""
        ...


def step_here(name: str, args: tuple[Value, ...], function: Callable[[str], Callable[..., Value]]) -> Value:
    """One step in this process; ``function`` gives a function or a class by its name."""
    owner, dot, rest = name.partition(".")
    return member(args[0], rest, *args[1:]) if dot else function(owner)(*args)


class _NoReplyError(Exception):
    """An argument refers to a part of an earlier reply that is not there."""


def _earlier(replies: Sequence[Value], ref: Ref) -> Value:
    if ref.step >= len(replies):
        raise _NoReplyError(f"Ref({ref.step}) is the result of call {ref.step + 1}, which is not made before this one")
    try:
        return reach(replies[ref.step], ref.path)
    except Exception:
        raise _NoReplyError(f"the result of call {ref.step + 1} has no part {list(ref.path)}") from None


def run_here(
    plan: Plan, call: Callable[[str, tuple[Value, ...]], Value], make: Callable[[Code], Value]
) -> tuple[Outcome, ...]:
    """Run the calls of a plan in this process; only for code that is trusted.

    Parameters
    ----------
    plan
        The calls.
    call
        Calls a function, a class or a method by its name.
    make
        Makes a function of the public code.
    """
    replies: list[Value] = []
    outcomes: list[Outcome] = []
    for number, (name, encoded) in enumerate(plan.steps, 1):
        try:
            question = Decoder(encoded, lambda ref: _earlier(replies, ref), make)
            args = question.get()
            value = taken(call(name, args))
            seen = beside(value, args, plan.after if number == len(plan.steps) else ())
            outcomes.append(Returned(encode(seen, opaque=lambda _: 0), tuple(question.mutated())))
            replies.append(value)
        except SpecError:  # of an author, and nothing that a function gave
            raise
        except _NoReplyError as error:
            outcomes.append(Raised(NOT_CALLED, str(error)))
            break
        except Exception as error:
            outcomes.append(Raised(type(error).__name__, str(error)[:500]))
            break
    return tuple(outcomes)
