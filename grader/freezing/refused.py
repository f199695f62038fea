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

__all__ = ["check_after", "check_carrying", "check_items", "check_mistakes", "said_where"]


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


def check_items(spec: Function, values: Sequence[Case]) -> None:
    """What the description says of results fits what the right functions return."""
    found = [expected.decoded for case in values for expected in case.expected]
    if not isinstance(spec.items, str):
        longest = max(len(value) if isinstance(value, tuple) else 1 for value in found)  # editions may return fewer
        if longest != len(spec.items) or not any(isinstance(value, tuple) for value in found):
            what = f"returns and after name {len(spec.items)} items, the reference gives {longest}"
            raise SpecError(f"{spec.name}: {what}: {', '.join(spec.items)}")
    items = {item.name for value in found for item in items_of(value, spec.items)}
    keys = {str(key) for value in found for path, _ in walk(value) for key in path}
    for field, names in (
        ("opaque", spec.opaque),
        ("random", spec.random),
        ("optional", spec.optional),
        ("weights", spec.weights),
    ):
        for name in names:
            if name not in items | (keys if field == "weights" else set()):
                raise SpecError(f"{spec.name}: {field} names {name!r}, but the items are: {', '.join(sorted(items))}")
