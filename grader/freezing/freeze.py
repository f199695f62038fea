"""Drawing the cases of an assignment once, with the reference's answers, for everybody.

Everything that is uncertain is settled here and not while grading: which inputs, which answers, how
much rounding a right solution may show, what each catalogued mistake gives. Freezing fails loudly
when the description cannot tell right from wrong. See ``docs/design/drawing.md``.
"""

from __future__ import annotations

import inspect
import io
import multiprocessing
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext, redirect_stdout
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np

from grader.confined.wire import Encoded, Path, Unset, Value, WireError, beside, decode, encode, part_at
from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.author import Author, placed, read_author, resolved, run_trusted
from grader.freezing.core import with_core
from grader.freezing.drawing import Drawn, draw_cases, within_time
from grader.freezing.elsewhere import Elsewhere
from grader.freezing.refused import check_after, check_arguments, check_carrying, check_items, check_mistakes, said_where
from grader.freezing.tolerances import as_wide, expected_of, shape_and_bytes
from grader.judging.cases import Case, CaseFile, Expected, FunctionCases, MistakeText, function_from_bytes, function_to_bytes
from grader.judging.checks import verdict_of
from grader.judging.compare import items_of
from grader.judging.findings import findings_of
from grader.judging.judge import FunctionJudge
from grader.judging.outcomes import Outcomes
from grader.judging.properties import fitting_mistake, property_problem
from grader.judging.values import count_numbers, leaves, parts_of, walk
from grader.sandbox.runner import Plan
from grader.spec import CaseClass, Code, Function, Mistake, Property, Ref, Step
from grader.strategies import Draw

__all__ = ["case_sets", "freeze", "value_case"]

_VISIBLE_ELEMENTS = 80
_VISIBLE_ELEMENTS_OF_SMALL = 160  # some functions take whole networks and their gradients
_VISIBLE_ELEMENTS_OF_SMALLEST = 400  # of a class that would show none


def freeze(
    loaded: LoadedAssignment,
    seed: int = 0,
    fingerprint: str = "",
    progress: Callable[[int, int], None] | None = None,
    processes: int = 1,
) -> CaseFile:
    """Draw and answer the cases of an assignment.

    Parameters
    ----------
    loaded
        The assignment with its reference.
    seed
        Another seed gives other cases (a student kit uses another one than the graded cases).
    fingerprint
        Kept in the file, to notice when it is stale.
    progress
        Called with the number of functions that are done, and with that of all.
    processes
        How many to work in, where this one may be forked.

    Raises
    ------
    SpecError
        When the reference contradicts itself, a mistake is not caught or not told from another
        one, or an answer of one function occurs among the questions of another.
    """
    author, elsewhere = read_author(loaded), Elsewhere(loaded) if loaded.spec.framework else None
    open_till_then = closing(elsewhere) if elsewhere else nullcontext()
    with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(io.StringIO()), open_till_then:
        warnings.simplefilter("ignore")
        functions: dict[str, FunctionCases] = {}
        total = len(loaded.spec.functions)
        frozen = _freeze_functions(author, elsewhere, seed, processes)
        while len(functions) < total:
            if progress:
                progress(len(functions), total)
            cases = next(frozen)
            functions[cases.name] = cases
        _check_independent(functions)
    if progress:
        progress(total, total)
    return CaseFile(loaded.name, seed, fingerprint, functions)


def _freeze_functions(author: Author, elsewhere: Elsewhere | None, seed: int, processes: int) -> Iterator[FunctionCases]:
    """The cases of all functions, worked out in some processes where this one may be forked."""
    specs = author.loaded.spec.functions
    if min(len(specs), processes) < 2 or threading.active_count() > 1:  # a fork beside other threads may wait for ever
        yield from (_freeze_function(author, elsewhere, spec, seed) for spec in specs)
        return
    from concurrent.futures import ProcessPoolExecutor  # a browser's Python has no processes, and cannot import it

    _AUTHOR[:] = [(author, elsewhere)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        yield from map(function_from_bytes, pool.map(_frozen_elsewhere, range(len(specs)), repeat(seed)))


# The author's files for the processes that are forked for one freezing: functions, which no message holds.
_AUTHOR: list[tuple[Author, Elsewhere | None]] = []


def _frozen_elsewhere(number: int, seed: int) -> bytes:
    """The cases of one function as bytes, in a process of their own."""
    author, elsewhere = _AUTHOR[0]
    return function_to_bytes(_freeze_function(author, elsewhere, author.loaded.spec.functions[number], seed))


def _freeze_function(author: Author, elsewhere: Elsewhere | None, spec: Function, seed: int) -> FunctionCases:
    """The cases of one function, which tell right from wrong."""
    cases = _drawn_cases(author, elsewhere, spec, seed)
    run = partial(_outcomes, author, elsewhere, spec, cases)
    for number, function in elsewhere.right(spec) if elsewhere else _right(author, spec):
        _check_right(author, spec, cases, function, run(function, number))
    mistakes = author.mistakes.get(spec.name, ())
    return with_core(cases, [_check_mistake(author, spec, cases, one, run(one.solution)) for one in mistakes])


def _outcomes(
    author: Author,
    elsewhere: Elsewhere | None,
    spec: Function,
    cases: FunctionCases,
    function: Callable[..., Any],
    number: int = 0,
) -> Outcomes:
    """What a function of the author's gives on all cases, beside others under the alternative of this number."""
    if elsewhere:
        return elsewhere.outcomes(spec, function, cases.cases)
    replaced = _as_agreed(author, spec, number) | {spec.name: function}
    return {case.key: run_trusted(author, replaced, case.plan) for case in cases.cases}


def _right(author: Author, spec: Function) -> Iterator[tuple[int, Callable[..., Any]]]:
    """The reference and its alternatives by their numbers, styles, and variants with a guard."""
    yield from enumerate([author.function(spec.name), *author.variants(spec.name, spec.alternatives)])
    yield from ((0, other) for other in author.styles.get(spec.name, ()))
    yield from ((0, other) for other in author.variants(spec.name, spec.guards))


def _drawn_cases(author: Author, elsewhere: Elsewhere | None, spec: Function, seed: int) -> FunctionCases:
    reference = author.function(spec.name)
    cases: list[Case] = []
    dropped = 0
    for check, inputs, classes, alternatives in case_sets(spec):
        key = f"{author.loaded.name}/{spec.name}/{check}"
        for drawn in draw_cases(author, key, seed, classes, inputs):
            with said_where(f"{key}, class {drawn.case_class.name!r}"), within_time(key):
                case = value_case(author, spec, check, drawn, alternatives, len(cases))
            if case is None:
                dropped += 1
            else:
                cases.append(case)
    asked: list[tuple[Property, int, list[Drawn]]] = []
    for prop in spec.properties:
        key = f"{author.loaded.name}/{spec.name}/{prop.name}"
        classes = prop.classes or (CaseClass("general", count=prop.count),)
        same = (found for found in asked if _asks_the_same(found[0], prop))
        _, first, several = next(same, None) or (prop, len(cases), draw_cases(author, key, seed, classes, prop.plan))
        asked.append((prop, first, several))
        cases += [_property_case(author, spec, prop, drawn, number) for number, drawn in enumerate(several, first)]
    if elsewhere:
        cases = elsewhere.with_mistakes(spec, author.catalogue(spec.name), cases)
    cases = _shown(cases)
    values = [c for c in cases if c.check == "values"]
    if not values:
        raise SpecError(f"{author.loaded.name}, {spec.name}: every drawn case was dropped as ill-conditioned")
    check_items(spec, values)
    check_after(spec, values)
    check_mistakes(author, spec, values)
    arity = len(values[0].plan.questions[-1])
    signature = inspect.signature(reference).parameters
    parameters = tuple(signature)[:arity]
    options = tuple(name for name in parameters if signature[name].default is not inspect.Parameter.empty)
    check_arguments(spec, parameters)
    mistakes = {key: MistakeText(m.code, m.message, m.hint) for key, m in author.catalogue(spec.name).items()}
    for prop in spec.properties:
        for code in prop.fits:
            if code not in mistakes:
                name = f"the property {prop.name!r}"
                raise SpecError(f"{spec.name}: {name} names {code!r}, which is no mistake of mistakes.py")
        if not elsewhere:
            _check_fits(author, spec, prop, [case for case in cases if case.check == prop.name])
    trivial = _trivial(spec, values)
    return FunctionCases(spec.name, arity, parameters, tuple(cases), mistakes, trivial, dropped, options)


def case_sets(spec: Function) -> Iterator[tuple[str, Callable[[Draw], Any], Sequence[CaseClass], Sequence[str]]]:
    """The checks that compare values: name, strategy, classes, accepted alternatives."""
    yield "values", spec.inputs, spec.classes, spec.alternatives
    for case_set in spec.sets:
        yield case_set.name, case_set.inputs, case_set.classes, case_set.alternatives


def value_case(
    author: Author, spec: Function, check: str, drawn: Drawn, alternatives: Sequence[str], number: int
) -> Case | None:
    """A drawn case with the right values, their tolerances and the outcomes of mistakes; None where ill-conditioned."""
    draw, args = drawn.draw, drawn.content
    if not isinstance(args, tuple):
        raise SpecError(f"{spec.name}: the strategy must return a tuple of arguments, found {type(args).__name__}")
    places = _places_after(spec, author.function(spec.name))
    plain = _plan_of(spec, number, draw, args, places, own=False)
    own: Plan | None = _plan_of(spec, number, draw, args, places, own=True)
    if own is not None and own.packed == plain.packed:  # nothing of it but objects could be the student's own
        own = None
    expected: list[Expected] = []
    for function in [author.function(spec.name), *author.variants(spec.name, alternatives)]:
        own_spec = spec.of_class(drawn.case_class.name)
        first = not expected
        guarded = first and check == "values"
        right = expected_of(author, own_spec, function, args, draw.given, places, with_styles=first, within_guards=guarded)
        if right is None:
            return None
        expected.append(as_wide(right, expected[0]) if expected else right)
    if spec.own_inputs and own is None:
        field = "pair" if spec.pair else "own_inputs"
        if draw.steps:  # an object is the student's own in any case
            raise SpecError(f"{spec.name}: {field} makes no difference where earlier steps give objects only; leave it out")
        raise SpecError(f"{spec.name}: {field} needs a strategy that uses draw.call")
    mistakes = {}
    here = {} if author.loaded.spec.framework else author.catalogue(spec.name)
    for key, mistake in here.items():
        outcome = _mistake_outcome(author, mistake, args, draw.given, places)
        if outcome is not None and outcome != expected[0].value:
            mistakes[key] = outcome
    elements = sum(np.asarray(leaf).size for _, leaf in leaves(args))
    # A class shows some of its cases, so that a counterexample can be given; the others stay hidden.
    small = drawn.case_class.name == "small"
    visible = elements <= (_VISIBLE_ELEMENTS_OF_SMALL if small else _VISIBLE_ELEMENTS) and (small or number % 3 == 0)
    return Case(
        f"{spec.name}/{check}/{number}",
        check,
        drawn.case_class.name,
        visible,
        own if spec.own_inputs and own is not None else plain,
        None if spec.own_inputs else own,
        tuple(expected),
        mistakes,
    )


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


def _places_after(spec: Function, function: Callable[..., Any]) -> tuple[Path, ...]:
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


def _plan_of(spec: Function, number: int, draw: Draw, args: tuple[Any, ...], after: tuple[Path, ...], *, own: bool) -> Plan:
    """The question with a reference in place of each object, and if ``own`` of every part of a recorded reply."""
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
    return _plan(spec, number, [*steps, *others, Step(spec.name, swapped(args))], draw.given, after)


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


def _trivial(spec: Function, values: Sequence[Case]) -> frozenset[str]:
    """Items that a stub gets right in all cases: zeros everywhere, or arguments handed through."""
    trivial: set[str] | None = None
    for case in values:
        expected = decode(case.expected[0].value)
        inputs = {shape_and_bytes(leaf) for _, leaf in leaves(case.plan.questions[-1])}
        here = set()
        for item in items_of(expected, spec.items):
            parts = [leaf for start in item.paths for _, leaf in leaves(part_at(expected, start))]
            empty = all(part_at(expected, start) in (None, (), [], {}, Unset()) for start in item.paths if not parts)
            if empty and (not any(map(np.any, parts)) or all(shape_and_bytes(leaf) in inputs for leaf in parts)):
                here.add(item.name)
        trivial = here if trivial is None else trivial & here
    return frozenset(trivial or ())


def _mistake_outcome(
    author: Author, mistake: Mistake, args: tuple[Any, ...], given: Mapping[str, Code], after: tuple[Path, ...]
) -> Encoded | str | None:
    np.random.seed(0)
    with author.loaded.planted(given, mistake.solution):
        try:
            own = resolved(author, args)
            return encode(beside(mistake.solution(*own), own, after), opaque=lambda _: 0)
        except WireError:
            return None
        except Exception as error:
            return type(error).__name__


def _property_case(author: Author, spec: Function, prop: Property, drawn: Drawn, number: int) -> Case:
    if not isinstance(drawn.content, list | tuple) or not all(isinstance(s, Step | tuple | list) for s in drawn.content):
        what = "must return a list of steps, each a Step or the tuple of a call's arguments: [(X, 0.5)]"
        raise SpecError(f"{spec.name}: the plan of the property {prop.name!r} {what}")
    steps = [s if isinstance(s, Step) else Step(spec.name, tuple(s)) for s in drawn.content]
    plan = _property_plan(spec, number, drawn.draw, steps, moves=prop.moves)
    facts = encode(drawn.draw.facts) if drawn.draw.facts else None
    visible = count_numbers(plan.questions) <= _VISIBLE_ELEMENTS
    case = Case(f"{spec.name}/{prop.name}/{number}", prop.name, drawn.case_class.name, visible, plan, facts=facts)
    if author.loaded.spec.framework:  # it asks for gradients, which the reference has not: solution and styles are judged
        return case
    functions = list(enumerate([author.function(spec.name), *author.variants(spec.name, spec.alternatives)]))
    functions += [(0, style) for style in author.styles.get(spec.name, ())]
    for number, function in functions:
        judged = next(other for other in spec.under(number).properties if other.name == prop.name)
        replaced = _as_agreed(author, spec, number) | {spec.name: function}
        problem = property_problem(judged, case, run_trusted(author, replaced, case.plan), for_author=True)
        if problem and not problem.by_chance:
            what = f"the property {prop.name!r} fails for {placed(author, function)}"
            raise SpecError(f"{spec.name}: {what}, which should be right: {problem.text}")
    return case


def _asks_the_same(one: Property, other: Property) -> bool:
    """Whether two properties are about the same calls: they are drawn once, and a submission is asked them once.

    Properties that name no classes have calls of their own each: one unlucky draw should not cost two of them.
    """
    return bool(one.classes) and all(getattr(one, fact) == getattr(other, fact) for fact in ("plan", "classes", "moves"))


def _shown(cases: Sequence[Case]) -> list[Case]:
    """The cases, of which each class shows one, where its smallest is not too large to be read."""
    kinds: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        kinds.setdefault((case.check, case.case_class), []).append(case)
    also = set()
    for kind in kinds.values():
        size, smallest = min((count_numbers(case.plan.questions), number) for number, case in enumerate(kind))
        if size <= _VISIBLE_ELEMENTS_OF_SMALLEST and not any(case.visible for case in kind):
            also.add(kind[smallest].key)
    return [replace(case, visible=True) if case.key in also else case for case in cases]


def _check_fits(author: Author, spec: Function, prop: Property, cases: Sequence[Case]) -> None:
    """A SpecError where a predicate for a mistake is true of the reference in all cases: it is of anything else, too."""
    replaced = _as_agreed(author, spec, 0)
    replied = [(case, run_trusted(author, replaced, case.plan)) for case in cases] if prop.fits else []
    code = fitting_mistake(prop, replied)
    if code is not None:
        what = f"the property {prop.name!r} takes the reference for the mistake {code!r} in all cases"
        raise SpecError(f"{spec.name}: {what}; let 'fits' ask for what only that mistake gives")


def _property_plan(spec: Function, number: int, draw: Draw, steps: Sequence[Step], *, moves: bool) -> Plan:
    """The recorded steps and those of the property, with a reference in place of each object."""
    every = [*draw.steps, *steps]
    places = {id(reply): Ref(n) for n, reply in enumerate(draw.replies) if id(reply) in draw.made}
    linked = [Step(step.function, tuple(places.get(id(part), part) for part in step.args)) for step in every]
    return _plan(spec, number, linked, draw.given, moves=moves)


def _as_agreed(author: Author, spec: Function, number: int) -> dict[str, Callable[..., Any]]:
    """The functions that share a convention with one, under its alternative of this number; 0 is the reference's."""
    others = (f.name for f in author.loaded.spec.functions if spec.convention and f.convention == spec.convention)
    names = spec.alternatives[number - 1 : number] if number else ()
    return {other: function for other in others for function in author.variants(other, names)}


def _check_independent(functions: Mapping[str, FunctionCases]) -> None:
    """No answer may lie among the questions of another case: all those of a function are in the worker at once.

    What a function hands through is no answer among its own cases, which may share an argument.
    """
    answers: dict[tuple[tuple[int, ...], bytes], tuple[str, bool]] = {}
    for function in functions.values():
        for case in function.cases:
            inputs = {shape_and_bytes(leaf) for _, leaf in leaves(case.plan.questions[-1]) if isinstance(leaf, np.ndarray)}
            for expected in case.expected[:1]:
                for _, leaf in leaves(decode(expected.value)):
                    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f" and np.unique(leaf).size > 3:
                        answers.setdefault(shape_and_bytes(leaf), (case.key, shape_and_bytes(leaf) in inputs))
    for function in functions.values():
        for case in function.cases:
            for step in range(len(case.plan.steps)):
                for _, leaf in leaves(case.plan.questions[step]):
                    known = answers.get(shape_and_bytes(leaf)) if isinstance(leaf, np.ndarray) else None
                    other, handed = known or ("", True)
                    if other and (other.split("/")[0] != function.name or not (handed or other == case.key)):
                        raise SpecError(f"an answer of {other} occurs among the questions of {case.key}")


def _check_right(
    author: Author, spec: Function, cases: FunctionCases, function: Callable[..., Any], outcomes: Outcomes
) -> None:
    """A right solution passes; one that is not the reference may fail in a set."""
    is_reference = function is author.function(spec.name)
    verdict = verdict_of(FunctionJudge(spec, cases), outcomes)
    failed = {f.check for f in verdict.failures}
    if not verdict.passed and (is_reference or not failed <= {s.name for s in spec.sets}):
        checks = [c for c in verdict.checks if c.status != "passed"]
        why = next((c.message for c in checks if c.status == "failed"), None)
        if why is None:  # nothing is wrong, and nothing is right that a stub would not get right
            names = ", ".join(repr(c.name) for c in checks)
            why = f"nothing is judged that a stub would not get right (skipped: {names}); add a property or cases"
        raise SpecError(f"{spec.name}: the right solution {placed(author, function)} fails: {why}")


def _how_to_recognise(code: str, named: Sequence[str]) -> str:
    """What an author can do about a mistake that is not told from others."""
    if named:
        return f"it gives what {named[0]!r} gives: let it stand before that one, or draw cases that tell them apart"
    where = f"fits={{{code!r}: lambda given: ...}} of a Property, or mistakes={{{code!r}: ...}} of a ready-made one"
    return f"it fails a property only, so the property has to recognise it: {where}"


def _check_mistake(author: Author, spec: Function, cases: FunctionCases, mistake: Mistake, outcomes: Outcomes) -> set[str]:
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
        raise SpecError(f"{where} (findings: {named or 'none'}); {_how_to_recognise(mistake.code, named)}")
    check_carrying(spec, verdict, mistake)
    return {failure.case.key for failure in verdict.failures}
