"""What a submission asks the parent while it runs: a bound name was called, for which the parent answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .channel import Channel

__all__ = ["Questions"]


class Questions:
    """Asks the parent, and keeps what a value is called whose own form never crosses the wire: a handle."""

    def __init__(self, channel: Channel, wire: Any, np: Any) -> None:
        self.channel, self.np = channel, np
        self.wire, self.kinds = wire, wire.kinds
        self.handles: list[Any] = []
        self.asked = 0  # how many in this call: the parent draws other numbers for each

    def answer(self, name: str, args: Any, kwargs: Any) -> Any:
        """What the parent answers to a call of a bound name."""
        given: list[Any] = []  # what functions among the arguments gave, which the parent has to ask for
        number = self.next()
        sent, named = self.sendable(args, kwargs)
        while True:
            answer = self.ask((name, sent, named, number, *given))
            if not isinstance(answer, self.kinds.Code):
                return self.linked(answer, name, args, kwargs, number)
            given.append(self.handles[answer.args[0]](*answer.args[1:]))

    def next(self) -> int:
        """The number of one more question of this call."""
        self.asked += 1
        return self.asked

    def sendable(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments of a question, a generator as another one, whose seed it draws."""

        def one(value: Any) -> Any:
            drawn = type(value) is self.np.random.Generator
            return self.kinds.Code("np.random.default_rng", (int(value.integers(2**62)),)) if drawn else value

        return tuple(map(one, args)), {key: one(value) for key, value in kwargs.items()}

    def ask(self, question: Any) -> Any:
        """What the parent answers to the name, the arguments, the question's number and what belongs to them."""
        self.channel.send(b"C", self.wire.pack(self.wire.encode(question, opaque=self.handle)))
        kind, body = self.channel.receive()
        if kind != b"R":
            raise RuntimeError(f"a correct {question[0]} gives no result for these arguments")
        return self.wire.decode(self.wire.unpack(body)[0], code=lambda wanted: wanted)

    def linked(self, answer: Any, name: str, args: Any, kwargs: Any, number: int) -> Any:
        """An answer that is a tensor, from which gradients come to the arguments: the parent works them out, too."""
        framework = self.wire.FRAMEWORK
        if framework is None or framework.read(answer) is None:
            return answer
        inputs = [part for part in self.parts((*args, kwargs)) if getattr(framework.read(part), "requires_grad", False)]
        if not inputs:
            return answer
        return framework.linked(answer, inputs, lambda upstream: self.ask((name, args, {**kwargs, "": upstream}, number)))

    def parts(self, value: Any) -> Iterator[Any]:
        """What containers hold, in the order in which it crosses the wire."""
        if isinstance(value, dict):
            value = [part for _, part in self.wire.in_order(list(value.items()))]
        if isinstance(value, (list, tuple)):
            for part in value:
                yield from self.parts(part)
        else:
            yield value

    def handle(self, value: Any) -> int:
        self.handles.append(value)
        return len(self.handles) - 1
