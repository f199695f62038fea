"""What freezing refuses because a description and its reference contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.confined.kinds import Opaque, Path, Unset, Value, part_at
from grader.confined.wire import decode
from grader.errors import SpecError
from grader.freezing.author import Author, as_agreed, placed, run_trusted
from grader.judging.cases import Case, FunctionCases
from grader.judging.checks import carried_by_property, verdict_of
from grader.judging.compare import items_of
from grader.judging.findings import findings_of
from grader.judging.judge import FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, arguments_of
from grader.judging.properties import fitting_mistake
from grader.judging.values import leaves, parts_of, shape_and_bytes, walk
from grader.spec import Function, Mistake, Property

__all__ = [
    "check_after",
    "check_arguments",
    "check_carrying",
    "check_fits",
    "check_independent",
    "check_items",
    "check_kept",
    "check_mistake",
    "check_mistakes",
    "check_right",
    "check_values",
    "how_to_recognise",
    "said_where",
]


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


def check_values(spec: Function, right: Value) -> None:
    """A SpecError where the reference gives what cannot be compared, and no item says that it need not be."""
    for item in items_of(right, spec.items):
        places = item.paths if item.name not in spec.opaque else ()
        for path, name in (found for start in places for found in _handles(part_at(right, start), start)):
            found = "an array of objects, dates or records" if name == "numpy.ndarray" else f"of type {name}"
            what = f"{item.where(path, spec.parts)} of the reference is {found}, which cannot be compared"
            instead = "return numbers, texts, None, or arrays, tuples, lists, sets and dictionaries of these"
            raise SpecError(f"{spec.name}: {what}; {instead}, or declare opaque={item.name!r}")


def _handles(value: Value, path: Path) -> Iterator[tuple[Path, str]]:
    """What of a value stayed where it is, with the name of its type; keys and members of sets, too."""
    for place, part in walk(value, path):
        inside = part if isinstance(part, dict | set | frozenset) else ()
        found = (one for key in inside for one in parts_of(key))
        yield from ((place, one.type_name) for one in (part, *found) if isinstance(one, Opaque))


def check_kept(spec: Function, dropped: Sequence[tuple[str, str, str]], kept: Sequence[Case]) -> None:
    """A SpecError where more cases were dropped as ill-conditioned than are left, or all of one class."""
    if len(dropped) > len(kept) or not any(case.check == "values" for case in kept):
        why = Counter(why for *_, why in dropped).most_common(1)[0][0]
        what = f"of {len(dropped) + len(kept)} drawn cases {len(dropped)} have no right value to ask for: {why}"
        raise SpecError(
            f"{spec.name}: {what}; draw other inputs, correct styles and guards, or name a tolerance (absolute=)"
        )
    left = {(case.check, case.case_class) for case in kept}
    for check, name, why in dropped:
        if (check, name) not in left:
            what = f"no case of the class {name!r} of {check!r} has a right value to ask for: {why}"
            raise SpecError(f"{spec.name}: {what}; draw other inputs for it")


def check_arguments(spec: Function, parameters: Sequence[str]) -> None:
    """A SpecError where the description names an argument that the reference does not take."""
    for name in sorted(spec.changes):
        if name not in parameters:
            raise SpecError(f"{spec.name}: changes names {name!r}, but the arguments are: {', '.join(parameters)}")


def check_fits(author: Author, spec: Function, prop: Property, cases: Sequence[Case]) -> None:
    """A SpecError where a predicate for a mistake is true of the reference in all cases: it is of anything else, too."""
    replaced = as_agreed(author, spec, 0)
    replied = [(case, run_trusted(author, replaced, case.plan)) for case in cases] if prop.fits else []
    code = fitting_mistake(prop, replied)
    if code is not None:
        what = f"the property {prop.name!r} takes the reference for the mistake {code!r} in all cases"
        raise SpecError(f"{spec.name}: {what}; let 'fits' ask for what only that mistake gives")


def check_independent(functions: Mapping[str, FunctionCases]) -> None:
    """No answer may lie among the questions of another case: all those of a function are in the worker at once.

    What a function hands through is no answer among its own cases, which may share an argument.
    """
    answers: dict[tuple[tuple[int, ...], bytes], tuple[str, bool]] = {}
    for function in functions.values():
        for case in function.cases:
            inputs = {shape_and_bytes(leaf) for _, leaf in leaves(arguments_of(case.plan)) if isinstance(leaf, np.ndarray)}
            for expected in case.expected[:1]:
                for _, leaf in leaves(decode(expected.value)):
                    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc" and np.unique(leaf).size > 3:
                        answers.setdefault(shape_and_bytes(leaf), (case.key, shape_and_bytes(leaf) in inputs))
    for function in functions.values():
        for case in function.cases:
            for step in range(len(case.plan.steps)):
                for _, leaf in leaves(case.plan.questions[step]):
                    known = answers.get(shape_and_bytes(leaf)) if isinstance(leaf, np.ndarray) else None
                    other, handed = known or ("", True)
                    if other and (other.split("/")[0] != function.name or not (handed or other == case.key)):
                        raise SpecError(f"an answer of {other} occurs among the questions of {case.key}")


def check_right(
    author: Author, spec: Function, cases: FunctionCases, function: Callable[..., Any], outcomes: Outcomes
) -> None:
    """A right solution passes; one that is not the reference may fail in a set."""
    is_reference = function is author.function(spec.name)
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes)
    failed = {f.check for f in verdict.failures}
    if not verdict.passed and (is_reference or not failed <= {s.name for s in spec.sets}):
        in_sets = {s.name for s in spec.sets} if not is_reference else set()
        checks = [c for c in verdict.checks if c.status != "passed" and c.name not in in_sets]
        why = next((c.message for c in checks if c.status == "failed"), None)
        if why is None:  # nothing is wrong, and nothing is right that a stub would not get right
            names = ", ".join(repr(c.name) for c in checks)
            why = f"nothing is judged that a stub would not get right (skipped: {names}); add a property or cases"
        raise SpecError(f"{spec.name}: the right solution {placed(author, function)} fails: {why}")


def how_to_recognise(code: str, named: Sequence[str]) -> str:
    """What an author can do about a mistake that is not told from others."""
    if named:
        return f"it gives what {named[0]!r} gives: let it stand before that one, or draw cases that tell them apart"
    where = f"fits={{{code!r}: lambda given: ...}} of a Property, or mistakes={{{code!r}: ...}} of a ready-made one"
    return f"its own numbers do not name it, so a property has to recognise it: {where}"


def check_mistake(author: Author, spec: Function, cases: FunctionCases, mistake: Mistake, outcomes: Outcomes) -> set[str]:
    """A mistake fails and is named as itself; the keys of the cases on which it fails."""
    judge = FunctionJudge(spec, cases)
    verdict = verdict_of(judge, outcomes, wants="failures")
    if verdict.passed:
        where = f"{spec.name}: the mistake {placed(author, mistake.solution, mistake.code)}"
        raise SpecError(f"{where} passes all checks on the drawn cases; add a class of cases or a property that it fails")
    named = [f.code for f in findings_of(judge, outcomes, verdict)]
    if mistake.code not in named:
        where = f"{spec.name}: the mistake {placed(author, mistake.solution, mistake.code)} is not recognised"
        first = verdict.failures[0].case
        where += f" on the inputs of the kind {first.case_class!r} of {first.check!r}"
        raise SpecError(f"{where} (findings: {named or 'none'}); {how_to_recognise(mistake.code, named)}")
    check_carrying(spec, verdict, mistake)
    return {failure.case.key for failure in verdict.failures}
