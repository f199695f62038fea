"""What freezing refuses because a description and its reference contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grader.confined.wire import Unset
from grader.errors import SpecError
from grader.freezing.author import Author, placed
from grader.judging.cases import Case
from grader.judging.checks import carried_by_property
from grader.judging.compare import items_of
from grader.judging.judge import Verdict
from grader.judging.values import walk
from grader.spec import Function, Mistake

__all__ = ["check_after", "check_arguments", "check_carrying", "check_items", "check_mistakes", "said_where"]


_BROKEN = ("NameError", "AttributeError", "ImportError", "ModuleNotFoundError", "TypeError")


@contextmanager
def said_where(place: str) -> Iterator[None]:
    """Say of an exception of the author's code, too, in which assignment, function and class it was raised."""
    try:
        yield
    except SpecError as error:
        if error.__cause__ is None:
            raise
        raise SpecError(f"{place}: {error}") from error.__cause__


def check_mistakes(author: Author, spec: Function, values: Sequence[Case]) -> None:
    """A SpecError where a mistake raises on all inputs because its own code is broken."""
    for key, mistake in author.catalogue(spec.name).items():
        raised = [outcome for case in values if isinstance(outcome := case.mistakes.get(key), str)]
        if len(raised) == len(values) and raised[0] in _BROKEN:
            what = f"raises {raised[0]} on every input, where the reference does not"
            where = placed(author, mistake.solution, mistake.code)
            raise SpecError(f"{spec.name}: the mistake {where} {what}; correct it, or leave it out")


def check_carrying(spec: Function, verdict: Verdict, mistake: Mistake) -> None:
    """A SpecError where a mistake would have full points beside a wrong earlier function: what carries has to see it."""
    lifted = carried_by_property(spec, verdict)
    if lifted is not None and lifted.passed:
        names = ", ".join(repr(prop.name) for prop in spec.properties if prop.carries)
        what = f"the mistake {mistake.code!r} fulfils {names}, which carries: beside a wrong earlier function it would pass"
        raise SpecError(f"{spec.name}: {what}; let the property look at what the mistake gets wrong")


def check_after(spec: Function, values: Sequence[Case]) -> None:
    """A SpecError where a place is read after the call that is never there."""
    for number, place in enumerate(spec.after, len(spec.items) - len(spec.after)):
        if all(isinstance(_item(expected.decoded, number), Unset) for case in values for expected in case.expected):
            raise SpecError(f"{spec.name}: after names {place!r}, which the reference never leaves behind")


def _item(value: Any, number: int) -> Any:
    return value[number] if isinstance(value, tuple) and number < len(value) else value


_FIELDS = ("opaque", "random", "optional", "loose_dtype", "weights", "given_away")
_ALSO_KEYS = ("loose_dtype", "weights", "given_away")


def check_items(spec: Function, values: Sequence[Case]) -> None:
    """A SpecError where the description says of results what the right functions do not return."""
    found = [expected.decoded for case in values for expected in case.expected]
    named = 1 if isinstance(spec.items, str) else len(spec.items)
    longest = max(len(value) if isinstance(value, tuple) else 1 for value in found)  # editions may return fewer
    if longest != named or isinstance(spec.items, str) == any(isinstance(value, tuple) for value in found):
        names = spec.items if isinstance(spec.items, str) else ", ".join(spec.items)
        raise SpecError(f"{spec.name}: returns and after name {named} items, the reference gives {longest}: {names}")
    items = {item.name for value in found for item in items_of(value, spec.items)}
    keys = {str(key) for value in found for path, _ in walk(value) for key in path}
    for owner in (spec, *spec.classes):
        for field in _FIELDS:
            for name in getattr(owner, field, ()):
                if name not in items | (keys if field in _ALSO_KEYS else set()):
                    raise SpecError(f"{spec.name}: {field} names {name!r}, but the items are: {', '.join(sorted(items))}")


def check_arguments(spec: Function, parameters: Sequence[str]) -> None:
    """A SpecError where the description names an argument that the reference does not take."""
    for name in sorted(spec.changes):
        if name not in parameters:
            raise SpecError(f"{spec.name}: changes names {name!r}, but the arguments are: {', '.join(parameters)}")
