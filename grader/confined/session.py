"""One submission in one child: its definitions are loaded, then it is asked plan by plan."""

from __future__ import annotations

import array
import functools
import io
import struct
import sys
import types
from typing import Any

from . import stubs, watching
from .bindings import Bindings
from .channel import REPLY, Channel, Output
from .loading import Definitions
from .questions import Questions
from .raised import described
from .seeding import Seeder
from .stubs import Absent

__all__ = ["Session"]

_BATCH, _PLAN, _SIZE = struct.Struct("<II"), struct.Struct("<IHH??"), struct.Struct("<H")


class _NoReplyError(Exception):
    """An argument refers to a part of an earlier reply that is not there."""


class Session:
    """One submission in one child: definitions are loaded, then plans are run."""

    def __init__(self, channel: Channel, wire: Any, np: Any, seeder: Seeder | None = None) -> None:
        self.channel, self.np = channel, np
        self.wire, self.kinds = wire, wire.kinds  # NumPy, which they import, was not there when this file was read
        self.output = Output(self.too_much)
        self.questions = Questions(channel, wire, np)
        self.bindings = Bindings(self.questions, np)
        self.definitions = Definitions(channel, wire, np, self.bindings)
        self.functions = self.definitions.functions
        self.public: dict[str, Any] = {**watching.PUBLIC}
        self.around: Any = None  # public code that makes each call of a graded function, where there is any
        self.replies: list[Any] = []
        self.seeder = seeder or Seeder(np, wire.FRAMEWORK)
        self.turn = 0
        sys.stdout = sys.stderr = self.output
        sys.stdin = io.StringIO()

    def too_much(self) -> None:
        self.channel.send(b"O")
        self.channel.end(3)

    def load(self, program: Any) -> None:
        """Execute what the submission says, and tell what it defines."""
        self.definitions.prepare(program)
        self.uses_random = program["uses_random"]
        if program["copies"]:
            stubs.allow_copies(self.np)
        if program["public"]:
            self.public["submitted"] = self.functions.__getitem__  # so that it can call what it is about
            self.public["drawn_by"] = functools.partial(watching.drawn_by, self.np)
            exec(compile(program["public"], "public.py", "exec", dont_inherit=True), self.public)
            self.around = self.public.get("around")
        stubs.friendly_builtins()
        self.seeder.reset(0, self.uses_random)
        reply = self.definitions.load()
        reply["output"] = self.output.take().decode()
        self.channel.send(b"L", self.wire.pack(self.wire.encode(reply)))

    def run(self, body: bytes) -> None:
        """A batch: u32 count, u32 mark, names that the parent answers, then the plans.

        A plan is u32 number, u16 given, u16 steps, whether calls move on, whether places are read after the last step, and
        the parts of all that.

        A reply carries mark and number, so that a late one never answers a call of a later batch.
        """
        count, mark = _BATCH.unpack_from(body)
        names, at = _text(body, _BATCH.size)
        self.bindings.answered = frozenset(names.split(","))
        for _ in range(count):
            number, ngiven, nsteps, moves, looks = _PLAN.unpack_from(body, at)
            at += _PLAN.size
            self.replies, self.questions.handles, self.bindings.given = [], [], {}
            for _ in range(ngiven):
                name, at = _text(body, at)
                encoded, at = self.wire.unpack(body, at)
                self.bindings.given[name] = function = self.wire.decode(encoded, code=self.code)
                if isinstance(function, types.FunctionType):  # an error names it as the student calls it
                    function.__qualname__ = name
            steps = []
            for _ in range(nsteps):
                name, at = _text(body, at)
                encoded, at = self.wire.unpack(body, at)
                steps.append((name, encoded))
            places = ()
            if looks:
                encoded, at = self.wire.unpack(body, at)
                places = self.wire.decode(encoded)
            for step, (name, encoded) in enumerate(steps):
                self.turn = number + moves * step * 101  # far along the stream: what a draw throws away is no detour
                if not self.step(mark | number, step, name, encoded, places if step == nsteps - 1 else ()):
                    break
        self.channel.send(b"D")

    def step(self, number: int, step: int, name: str, encoded: Any, places: Any) -> bool:
        """One call; whether the plan can go on."""
        try:
            decoder = self.wire.Decoder(encoded, self.ref, self.code)
            args = decoder.get()
        except _NoReplyError as error:
            self.raised(number, step, ("no-reply", str(error), None, None))
            return False
        bound = name in self.bindings.given or ("." not in name and name in self.bindings.answered)
        function = self.bindings.trampoline(name) if bound else self.named(name) or self.public.get(name)
        if not callable(function) or isinstance(function, Absent):
            self.raised(number, step, ("missing", f"{name} is not defined", None, None))
            return False
        self.seeder.reset(self.turn, self.uses_random)
        self.questions.asked = 0
        Absent.calling = True
        try:
            around = self.around if name in self.functions else None
            value = self.wire.taken(around(name, function, args) if around else function(*args))
            reply = self.wire.encode(self.wire.beside(value, args, places), opaque=self.questions.handle)
        except BaseException as error:
            self.raised(number, step, described(error, sys.exc_info()[2], self.definitions.labels, self.wire.type_name_of))
            return False
        self.replies.append(value)
        mutated = decoder.mutated()
        output = self.output.take()
        self.channel.send(
            b"V",
            REPLY.pack(number, step, len(mutated), len(output)),
            array.array("H", mutated).tobytes() if mutated else b"",
            output,
            *self.wire.packed(reply),
        )
        return True

    def named(self, name: str) -> Any:
        """What a step calls: a function or a class, or what it does with the object that is its first argument."""
        owner, dot, member = name.partition(".")
        return (lambda made, *args: self.kinds.member(made, member, *args)) if dot else self.functions.get(owner)

    def raised(self, number: int, step: int, what: Any) -> None:
        output = self.output.take()
        reply = self.wire.pack(self.wire.encode(what))
        self.channel.send(b"E", REPLY.pack(number, step, 0, len(output)), output, reply)

    def ref(self, ref: Any) -> Any:
        """A part of an earlier reply, as the very object that the student's code returned."""
        if ref.step >= len(self.replies):
            raise _NoReplyError("an earlier call of this case gave no value")
        value = self.replies[ref.step]
        for key in ref.path:
            try:
                value = self.kinds.reach(value, (key,))
            except BaseException:  # a container of the student's own may raise what it likes
                raise _NoReplyError(f"the earlier value has no part {key!r}") from None
        return value

    def code(self, code: Any) -> Any:
        return self.kinds.maker_of(code.name, self.public.__getitem__)(*code.args)


def _text(body: bytes, at: int) -> tuple[str, int]:
    (size,) = _SIZE.unpack_from(body, at)
    return body[at + 2 : at + 2 + size].decode(), at + 2 + size
