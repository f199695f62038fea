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

from grader.confined.kinds import Path, Unset, WireError, part_at
from grader.confined.wire import Encoded, beside, decode, encode
from grader.course import LoadedAssignment
from grader.errors import GraderError, HarnessError, SpecError, said_with_place
from grader.freezing.author import Author, as_agreed, placed, read_author, resolved, run_trusted
from grader.freezing.core import with_core
from grader.freezing.drawing import Drawn, draw_cases, within_time
from grader.freezing.elsewhere import Elsewhere
from grader.freezing.plans import places_after, plan_of, property_plan
from grader.freezing.refused import (
    check_after,
    check_arguments,
    check_fits,
    check_independent,
    check_items,
    check_kept,
    check_mistake,
    check_mistakes,
    check_right,
    said_where,
)
from grader.freezing.tolerances import as_wide, expected_of
from grader.judging.cases import (
    SAID,
    Case,
    CaseFile,
    Expected,
    FunctionCases,
    MistakeText,
    function_from_bytes,
    function_to_bytes,
)
from grader.judging.compare import items_of
from grader.judging.outcomes import Outcomes, arguments_of
from grader.judging.properties import property_problem
from grader.judging.values import count_numbers, leaves, shape_and_bytes
from grader.sandbox.runner import Plan
from grader.spec import CaseClass, Code, Function, Mistake, Property, Step
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
        check_independent(functions)
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
    """The cases of one function, which tell right from wrong; whatever goes wrong on the way is said to be of it."""
    try:
        return _told_apart(author, elsewhere, spec, seed)
    except HarnessError:
        raise
    except Exception as error:
        what = said_with_place(error, author.loaded.course.root)
        raise GraderError(f"the cases of {spec.name} could not be drawn: {what}") from error


def _told_apart(author: Author, elsewhere: Elsewhere | None, spec: Function, seed: int) -> FunctionCases:
    cases = _drawn_cases(author, elsewhere, spec, seed)
    run = partial(_outcomes, author, elsewhere, spec, cases)
    for number, function in elsewhere.right(spec) if elsewhere else _right(author, spec):
        check_right(author, spec, cases, function, run(function, number))
    mistakes = author.mistakes.get(spec.name, ())
    return with_core(cases, [check_mistake(author, spec, cases, one, run(one.solution)) for one in mistakes])


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
    replaced = as_agreed(author, spec, number) | {spec.name: function}
    # Other random numbers than those of the right values and of the mistakes: a student's are others, too.
    return {case.key: run_trusted(author, replaced, case.plan, seed=1) for case in cases.cases}


def _right(author: Author, spec: Function) -> Iterator[tuple[int, Callable[..., Any]]]:
    """The reference and its alternatives by their numbers, styles, and variants with a guard."""
    yield from enumerate([author.function(spec.name), *author.variants(spec.name, spec.alternatives)])
    yield from ((0, other) for other in author.styles.get(spec.name, ()))
    yield from ((0, other) for other in author.variants(spec.name, spec.guards))


def _drawn_cases(author: Author, elsewhere: Elsewhere | None, spec: Function, seed: int) -> FunctionCases:
    reference = author.function(spec.name)
    cases: list[Case] = []
    dropped: list[tuple[str, str, str]] = []
    for check, inputs, classes, alternatives in case_sets(spec):
        key = f"{author.loaded.name}/{spec.name}/{check}"
        for drawn in draw_cases(author, key, seed, classes, inputs):
            with said_where(f"{key}, class {drawn.case_class.name!r}"), within_time(key):
                case = value_case(author, spec, check, drawn, alternatives, cases)
            if isinstance(case, str):
                dropped.append((check, drawn.case_class.name, case))
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
    check_kept(spec, dropped, [case for case in cases if case.expected])
    check_items(spec, values)
    check_after(spec, values)
    check_mistakes(author, spec, values)
    arity = len(arguments_of(values[0].plan))
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
            check_fits(author, spec, prop, [case for case in cases if case.check == prop.name])
    trivial = _trivial(spec, values)
    return FunctionCases(spec.name, arity, parameters, tuple(cases), mistakes, trivial, len(dropped), options)


def case_sets(spec: Function) -> Iterator[tuple[str, Callable[[Draw], Any], Sequence[CaseClass], Sequence[str]]]:
    """The checks that compare values: name, strategy, classes, accepted alternatives."""
    yield "values", spec.inputs, spec.classes, spec.alternatives
    for case_set in spec.sets:
        yield case_set.name, case_set.inputs, case_set.classes, case_set.alternatives


def value_case(
    author: Author, spec: Function, check: str, drawn: Drawn, alternatives: Sequence[str], before: Sequence[Case]
) -> Case | str:
    """A drawn case with the right values, their tolerances and the outcomes of mistakes; why not where ill-conditioned."""
    draw, args = drawn.draw, drawn.content
    if not isinstance(args, tuple):
        raise SpecError(f"{spec.name}: the strategy must return a tuple of arguments, found {type(args).__name__}")
    places = places_after(spec, author.function(spec.name))
    number, between = len(before), None
    if places and isinstance(author.function(spec.name), type):
        # What a class keeps for all of its objects is no longer that of the first one when there is a second one.
        between = next((case.plan.questions[0] for case in reversed(before) if case.visible), None)
    plain = plan_of(spec, number, draw, args, places, own=False, between=between)
    own: Plan | None = plan_of(spec, number, draw, args, places, own=True, between=between)
    if own is not None and own.packed == plain.packed:  # nothing of it but objects could be the student's own
        own = None
    expected: list[Expected] = []
    forms = author.variants(spec.name, alternatives)
    for function in [author.function(spec.name), *forms]:
        own_spec = spec.of_class(drawn.case_class.name)
        first = not expected
        guarded = first and check == "values"
        right = expected_of(
            author, own_spec, function, args, draw.given, places, with_styles=first, within_guards=guarded, forms=forms
        )
        if isinstance(right, str):
            return right
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
        _facts({}, draw),
    )


def _facts(noted: Mapping[str, Any], draw: Draw) -> Encoded | None:
    facts = {**noted, SAID: draw.said} if draw.said else noted
    return encode(facts) if facts else None


def _trivial(spec: Function, values: Sequence[Case]) -> frozenset[str]:
    """Items that a stub gets right in all cases: zeros everywhere, or arguments handed through."""
    trivial: set[str] | None = None
    for case in values:
        expected = decode(case.expected[0].value)
        inputs = {shape_and_bytes(leaf) for _, leaf in leaves(arguments_of(case.plan))}
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
    plan = property_plan(spec, number, drawn.draw, steps, moves=prop.moves)
    facts = _facts(drawn.draw.facts, drawn.draw)
    visible = count_numbers(plan.questions) <= _VISIBLE_ELEMENTS
    case = Case(f"{spec.name}/{prop.name}/{number}", prop.name, drawn.case_class.name, visible, plan, facts=facts)
    if author.loaded.spec.framework:  # it asks for gradients, which the reference has not: solution and styles are judged
        return case
    functions = list(enumerate([author.function(spec.name), *author.variants(spec.name, spec.alternatives)]))
    functions += [(0, style) for style in author.styles.get(spec.name, ())]
    for number, function in functions:
        judged = next(other for other in spec.under(number).properties if other.name == prop.name)
        replaced = as_agreed(author, spec, number) | {spec.name: function}
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
