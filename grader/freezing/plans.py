"""From a drawn case to its plan: the recorded calls, with references in place of what earlier calls give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.confined.kinds import Path, Value, WireError
from grader.confined.wire import encode
from grader.errors import SpecError
from grader.judging.values import parts_of, walk
from grader.sandbox.runner import Plan
from grader.spec import Code, Function, Ref, Step
from grader.strategies import Arguments, Draw

__all__ = ["places_after", "plan_of", "property_plan"]


def _plan(
    spec: Function,
    number: int,
    steps: Sequence[Step],
    given: Mapping[str, Code],
    after: tuple[Path, ...] = (),
    *,
    moves: bool = False,
) -> Plan:
    for name in given:
        if name not in spec.given:
            raise SpecError(f"{spec.name}: draw.give({name!r}) needs given=({name!r},) in the Function")
    try:
        return Plan(
            spec.name,
            number,
            tuple((step.function, encode(tuple(step.args))) for step in steps),
            tuple((name, encode(code)) for name, code in given.items()),
            cpu_s=spec.cpu_s,
            after=after,
            moves=moves,
        )
    except WireError as error:
        raise SpecError(f"{spec.name}: an argument cannot be sent to the worker: {error}") from error


def places_after(spec: Function, function: Callable[..., Any]) -> tuple[Path, ...]:
    """What is read after the call (see :func:`grader.confined.wire.beside`); nothing where the result alone is judged."""
    if not spec.after:
        return ()
    names = list(inspect.signature(function).parameters)
    owner = {True: -1, False: 0 if "." in spec.name else None}[inspect.isclass(function)]
    places: list[Path] = [(-1,)] if isinstance(spec.returns, str) else [(-1, "*")] if spec.returns else []
    for place in spec.after:
        first, *rest = (int(part) if part.isdecimal() else part for part in place.split("."))
        if first in names and (owner is None or first in spec.changes):  # `self.x = x` leaves an argument x as it is
            places.append((names.index(str(first)), *rest))
        elif owner is not None:
            places.append((owner, first, *rest))
        else:
            raise SpecError(f"{spec.name}: after names {place!r}, but there is no argument {first!r}; there are: {names}")
    return tuple(places)


def plan_of(
    spec: Function,
    number: int,
    draw: Draw,
    args: tuple[Any, ...],
    after: tuple[Path, ...],
    *,
    own: bool,
    between: Arguments | None = None,
) -> Plan:
    """The question with a reference in place of each object, and if ``own`` of every part of a recorded reply.

    ``between`` making an object and looking at it another one is made from these arguments.
    """
    places: dict[int, Ref] = {}
    drawn: set[int] = set()

    def swapped(value: Any) -> Any:
        if id(value) in places and (id(value) in draw.made or isinstance(value, tuple | list | dict | np.ndarray)):
            return places[id(value)]
        if isinstance(value, tuple):
            return tuple(map(swapped, value))
        if isinstance(value, list):
            return list(map(swapped, value))
        if isinstance(value, dict):
            return {key: swapped(part) for key, part in value.items()}
        return value

    steps: list[Step] = []
    for step, reply in zip(draw.steps, draw.replies, strict=True):
        if not own and not any(id(part) in draw.made for part in (reply, *parts_of(step.args))):
            continue
        steps.append(Step(step.function, swapped(step.args)))
        # A reply may hold the arguments themselves (a cache): these were drawn, and stay values.
        drawn.update(id(part) for _, part in walk(step.args) if id(part) not in places)
        for path, part in walk(reply):
            if id(part) not in drawn and (own or id(part) in draw.made):
                places.setdefault(id(part), Ref(len(steps) - 1, path))
    others = _other_objects(steps) if number % 2 else ()
    called = [Step(spec.name, swapped(args))]
    if between is not None and number % 2 and not steps:
        called += [Step(spec.name, between), Step(f"{spec.name}.", (Ref(0),))]
    return _plan(spec, number, [*steps, *others, *called], draw.given, after)


def _other_objects(steps: Sequence[Step]) -> Iterator[Step]:
    """A second object beside each one whose attributes were set, with other values in it.

    What is kept in the class, or in a global variable, is no object's own: the second one takes the place of the first.
    """
    count = len(steps)
    for number, made in enumerate(steps):
        sets = [step for step in steps if step.function.endswith("=") and step.args[0] == Ref(number)]
        if sets:
            yield made
            yield from (Step(step.function, (Ref(count), _turned_around(step.args[1]))) for step in sets)
            count += 1 + len(sets)


def _turned_around(value: Value) -> Value:
    """The same numbers in another order."""
    if isinstance(value, dict):
        return {key: _turned_around(part) for key, part in value.items()}
    return np.flip(value) if isinstance(value, np.ndarray) else value


def property_plan(spec: Function, number: int, draw: Draw, steps: Sequence[Step], *, moves: bool) -> Plan:
    """The recorded steps and those of the property, with a reference in place of each object."""
    every = [*draw.steps, *steps]
    places = {id(reply): Ref(n) for n, reply in enumerate(draw.replies) if id(reply) in draw.made}
    linked = [Step(step.function, tuple(places.get(id(part), part) for part in step.args)) for step in every]
    return _plan(spec, number, linked, draw.given, moves=moves)
