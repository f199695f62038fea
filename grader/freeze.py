"""Drawing the cases of an assignment once, with the reference's answers, for everybody.

Everything that is uncertain is settled here and not while grading: which inputs, which answers, how
much rounding a right solution may show, what each catalogued mistake gives. Freezing fails loudly
when the description cannot tell right from wrong. See ``docs/design/drawing.md``.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
import io
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import hypothesis
import numpy as np
from hypothesis import strategies as st

from grader.cases import Case, CaseFile, Expected, FunctionCases, MistakeText
from grader.checks import judge, property_problem
from grader.compare import items_of, leaves
from grader.counterexample import entries
from grader.course import LoadedAssignment
from grader.diagnose import findings_of
from grader.errors import SpecError, WireError
from grader.running import Outcome, Plan, Raised, Returned
from grader.spec import CaseClass, Code, Function, Mistake, Property, Ref, Step
from grader.strategies import Draw, Rejected
from grader.wire import Encoded, _Decoder, decode, encode

__all__ = ["Drawn", "author_of", "case_sets", "freeze", "value_case"]

ULP_COPIES = 3
DEVIATIONS = 100.0
FLOOR = 1e-12
LIMIT = 1e-7
RELATIVE_MARGIN = 10.0
GUARDED = 1e-4
_VISIBLE_ELEMENTS = 80


@dataclass(frozen=True)
class _Author:
    """What freezing needs of an assignment: reference, mistakes, right styles, public code."""

    loaded: LoadedAssignment
    mistakes: Mapping[str, tuple[Mistake, ...]]
    styles: Mapping[str, tuple[Callable[..., Any], ...]]
    public: ModuleType | None

    def function(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = self.loaded.reference_function(name)
        return found

    def variants(self, function: str, names: Sequence[str]) -> list[Callable[..., Any]]:
        return [self.function(name if "__" in name else f"{function}__{name}") for name in names]

    def catalogue(self, function: str) -> dict[str, Mistake]:
        """Mistakes under a key each: the code, then ``code#2`` and so on for further ways to make the same one."""
        found: dict[str, Mistake] = {}
        for mistake in self.mistakes.get(function, ()):
            count = sum(m.code == mistake.code for m in found.values())
            found[mistake.code if not count else f"{mistake.code}#{count + 1}"] = mistake
        return found

    def make(self, code: Code) -> Any:
        maker = getattr(self.public, code.name, None)
        if maker is None:
            raise SpecError(f"{self.loaded.name}: public.py has no function {code.name!r}")
        return maker(*code.args)

    @contextmanager
    def planted(self, given: Mapping[str, Code], *functions: Callable[..., Any]) -> Iterator[None]:
        """Bind names to public code in the modules of some functions for a while."""
        spaces = {id(f.__globals__): f.__globals__ for f in functions if hasattr(f, "__globals__")}
        if self.loaded.reference is not None:
            spaces[id(vars(self.loaded.reference))] = vars(self.loaded.reference)
        saved = [(space, name, space.get(name)) for space in spaces.values() for name in given]
        try:
            for space, name, _ in saved:
                space[name] = self.make(given[name])
            yield
        finally:
            for space, name, value in saved:
                space[name] = value


def author_of(loaded: LoadedAssignment, function: str, codes: Collection[str]) -> _Author:
    """What drawing further cases of one function needs, with some of its mistakes."""
    author = _author(loaded)
    mistakes = tuple(m for m in author.mistakes.get(function, ()) if m.code in codes)
    return replace(author, mistakes={function: mistakes})


def _author(loaded: LoadedAssignment) -> _Author:
    if loaded.reference is None:
        raise SpecError(f"{loaded.name} has no reference here, so its cases cannot be drawn (a student kit?)")
    mistakes: dict[str, list[Mistake]] = {}
    styles: dict[str, list[Callable[..., Any]]] = {}
    module = loaded.author_module("mistakes")
    for mistake in getattr(module, "MISTAKES", ()) if module else ():
        loaded.spec.function(mistake.function)
        mistakes.setdefault(mistake.function, []).append(mistake)
    module = loaded.author_module("styles")
    for name, functions in (getattr(module, "STYLES", {}) if module else {}).items():
        loaded.spec.function(name)
        styles[name] = list(functions)
    return _Author(
        loaded,
        {name: tuple(found) for name, found in mistakes.items()},
        {name: tuple(found) for name, found in styles.items()},
        loaded.author_module("public"),
    )


def freeze(loaded: LoadedAssignment, seed: int = 0, fingerprint: str = "") -> CaseFile:
    """Draw and answer the cases of an assignment.

    Parameters
    ----------
    loaded
        The assignment with its reference.
    seed
        Another seed gives other cases (a student kit uses another one than the graded cases).
    fingerprint
        Kept in the file, to notice when it is stale.

    Raises
    ------
    SpecError
        When the reference contradicts itself, a mistake is not caught or not told from another
        one, or an answer of one function occurs among the questions of another.
    """
    author = _author(loaded)
    with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        functions = {f.name: _freeze_function(author, f, seed) for f in loaded.spec.functions}
        _check_independent(functions)
        for function in loaded.spec.functions:
            _check_verdicts(author, function, functions[function.name])
    return CaseFile(loaded.name, seed, fingerprint, functions)


# -- drawing -----------------------------------------------------------------------------


@dataclass
class Drawn:
    """One drawn case before it is answered."""

    case_class: CaseClass
    draw: Draw
    content: Any


def _draw(
    author: _Author, key: str, seed: int, classes: Sequence[CaseClass], build: Callable[[Draw], Any]
) -> list[Drawn]:
    """Draw all classes; Hypothesis chooses sizes and classes of choices, NumPy the entries."""
    found: list[Drawn] = []
    for case_class in classes:
        drawn = _draw_class(author, f"{key}/{case_class.name}/{seed}", case_class, build)
        if not drawn:
            raise SpecError(f"{key}: no case of the class {case_class.name!r} could be drawn")
        found.extend(drawn)
    return found


def _draw_class(author: _Author, key: str, case_class: CaseClass, build: Callable[[Draw], Any]) -> list[Drawn]:
    salt = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")
    found: dict[tuple[int, ...], Drawn] = {}  # by the integers drawn: sizes and choices
    repeats: list[Drawn] = []

    @hypothesis.seed(salt)
    @hypothesis.settings(
        max_examples=case_class.count * 3 + 5,
        phases=[hypothesis.Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.data())
    def collect(data: st.DataObject) -> None:
        entries = data.draw(st.integers(0, 2**32 - 1))

        integers: list[int] = []

        def integer(low: int, high: int) -> int:
            integers.append(data.draw(st.integers(low, high)))
            return integers[-1]

        draw = Draw(case_class, integer, [salt, entries], author.function)
        try:
            content = build(draw)
        except Rejected:
            hypothesis.reject()
        except (SpecError, hypothesis.errors.HypothesisException):
            raise
        except Exception as error:
            raise SpecError(f"{key}: the strategy raised {type(error).__name__}: {error}") from error
        drawn = Drawn(case_class, draw, content)
        if found.setdefault(tuple(integers), drawn) is not drawn:
            repeats.append(drawn)

    with suppress(hypothesis.errors.Unsatisfiable):  # every draw was given up; the caller says so
        collect()
    # Hypothesis likes to repeat itself: the same sizes and choices come again only where there are no others.
    return [*found.values(), *repeats][: case_class.count]


# -- one function ------------------------------------------------------------------------


def _freeze_function(author: _Author, spec: Function, seed: int) -> FunctionCases:
    reference = author.function(spec.name)
    cases: list[Case] = []
    dropped = 0
    for check, inputs, classes, alternatives in case_sets(spec):
        key = f"{author.loaded.name}/{spec.name}/{check}"
        for drawn in _draw(author, key, seed, classes, inputs):
            case = value_case(author, spec, check, drawn, alternatives, len(cases))
            if case is None:
                dropped += 1
            else:
                cases.append(case)
    for prop in spec.properties:
        key = f"{author.loaded.name}/{spec.name}/{prop.name}"
        classes = prop.classes or (CaseClass("general", prop.count),)
        for drawn in _draw(author, key, seed, classes, prop.plan):
            cases.append(_property_case(author, spec, prop, drawn, len(cases)))
    values = [c for c in cases if c.check == "values"]
    if not values:
        raise SpecError(f"{author.loaded.name}, {spec.name}: every drawn case was dropped as ill-conditioned")
    arity = len(_question(values[0].plan, -1))
    parameters = tuple(inspect.signature(reference).parameters)[:arity]
    mistakes = {key: MistakeText(m.code, m.message, m.hint) for key, m in author.catalogue(spec.name).items()}
    for prop in spec.properties:
        for code in prop.fits:
            if code not in mistakes:
                name = f"the property {prop.name!r}"
                raise SpecError(f"{spec.name}: {name} names {code!r}, which is no mistake of mistakes.py")
    return FunctionCases(spec.name, arity, parameters, tuple(cases), mistakes, _trivial(spec, values), dropped)


def case_sets(spec: Function) -> Iterator[tuple[str, Callable[[Draw], Any], Sequence[CaseClass], Sequence[str]]]:
    """The checks that compare values: name, strategy, classes, accepted alternatives."""
    yield "values", spec.inputs, spec.classes, spec.alternatives
    for case_set in spec.sets:
        yield case_set.name, case_set.inputs, case_set.classes, case_set.alternatives


def _question(plan: Plan, step: int) -> tuple[Any, ...]:
    args: tuple[Any, ...] = decode(plan.steps[step][1], ref=lambda r: r, code=lambda c: c)
    return args


def value_case(
    author: _Author, spec: Function, check: str, drawn: Drawn, alternatives: Sequence[str], number: int
) -> Case | None:
    """A drawn case with the right values, their tolerances and the outcomes of mistakes; None where ill-conditioned."""
    draw, args = drawn.draw, drawn.content
    if not isinstance(args, tuple):
        raise SpecError(f"{spec.name}: the strategy must return a tuple of arguments, found {type(args).__name__}")
    plain = _plan(spec, number, [Step(spec.name, args)], draw.given)
    own = _own_plan(spec, number, draw, args) if draw.steps else None
    right = _call(author, author.function(spec.name), args, draw.given)
    accepted = [right, *(_call(author, f, args, draw.given) for f in author.variants(spec.name, alternatives))]
    expected: list[Expected] = []
    for index, value in enumerate(accepted):
        function = [author.function(spec.name), *author.variants(spec.name, alternatives)][index]
        found = _expected(author, spec, function, value, args, draw.given, with_styles=index == 0)
        if found is None:
            return None
        expected.append(_as_wide(found, expected[0]) if expected else found)
    if spec.own_inputs and own is None:
        raise SpecError(f"{spec.name}: own_inputs needs a strategy that uses draw.call")
    mistakes = {}
    for key, mistake in author.catalogue(spec.name).items():
        outcome = _mistake_outcome(author, mistake, args, draw.given)
        if outcome is not None and outcome != expected[0].value:
            mistakes[key] = outcome
    elements = sum(np.asarray(leaf).size for _, leaf in leaves(args))
    # Every class shows some of its cases, so that a counterexample can be given; the others stay hidden.
    visible = elements <= _VISIBLE_ELEMENTS and (drawn.case_class.name == "small" or number % 3 == 0)
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


def _plan(spec: Function, number: int, steps: Sequence[Step], given: Mapping[str, Code]) -> Plan:
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
        )
    except WireError as error:
        raise SpecError(f"{spec.name}: an argument cannot be sent to the worker: {error}") from error


def _own_plan(spec: Function, number: int, draw: Draw, args: tuple[Any, ...]) -> Plan:
    """The same question, with every part of a recorded reply replaced by a reference to it."""
    places: dict[int, Ref] = {}
    drawn: set[int] = set()

    def swapped(value: Any) -> Any:
        if id(value) in places and isinstance(value, tuple | list | dict | np.ndarray):
            return places[id(value)]
        if isinstance(value, tuple):
            return tuple(map(swapped, value))
        if isinstance(value, list):
            return list(map(swapped, value))
        if isinstance(value, dict):
            return {key: swapped(part) for key, part in value.items()}
        return value

    steps = []
    for number_of_step, (step, reply) in enumerate(zip(draw.steps, draw.replies, strict=True)):
        steps.append(Step(step.function, swapped(step.args)))
        # A reply may hold the arguments themselves (a cache): these were drawn, and stay values.
        drawn.update(id(part) for _, part in _parts(step.args) if id(part) not in places)
        for path, part in _parts(reply):
            if id(part) not in drawn:
                places.setdefault(id(part), Ref(number_of_step, path))
    return _plan(spec, number, [*steps, Step(spec.name, swapped(args))], draw.given)


def _parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _parts(part, (*path, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _parts(part, (*path, number))


def _resolved(author: _Author, value: Any) -> Any:
    """A private copy of arguments, with public code made."""
    if isinstance(value, Code):
        return author.make(value)
    if isinstance(value, tuple):
        return tuple(_resolved(author, part) for part in value)
    if isinstance(value, list):
        return [_resolved(author, part) for part in value]
    if isinstance(value, dict):
        return {key: _resolved(author, part) for key, part in value.items()}
    return copy.deepcopy(value)


def _call(author: _Author, function: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Code]) -> Any:
    np.random.seed(0)  # an alternative of a random function may draw what it likes
    with author.planted(given, function):
        try:
            return function(*_resolved(author, args))
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise SpecError(f"{_called(function)} raised on a drawn case: {what}") from error


def _called(function: Callable[..., Any]) -> str:
    """The name of a function, which may be a partial one without a name."""
    return getattr(function, "__name__", None) or repr(function)


# -- tolerances --------------------------------------------------------------------------


def _expected(
    author: _Author,
    spec: Function,
    function: Callable[..., Any],
    value: Any,
    args: tuple[Any, ...],
    given: Mapping[str, Code],
    *,
    with_styles: bool,
) -> Expected | None:
    """The right value with derived tolerances; None where a case is ill-conditioned."""
    try:
        encoded = encode(value, opaque=lambda _: 0)
    except WireError as error:
        raise SpecError(f"{spec.name}: the reference's value cannot be encoded: {error}") from error
    right = decode(encoded)
    numbers = dict(leaves(right))
    judged = _judged_paths(spec, right)
    if any(not np.isfinite(np.asarray(leaf)).all() for path, leaf in numbers.items() if path in judged):
        return None
    deviation = dict.fromkeys(numbers, 0.0)
    generator = np.random.default_rng(1)
    others = [_call(author, function, _nudged(args, generator), given) for _ in range(ULP_COPIES)]
    if with_styles:
        for style in author.styles.get(spec.name, ()):
            styled = _call(author, style, args, given)
            _check_style(spec, style, right, styled)
            others.append(styled)
    for other in others:
        for path, found in _deviations(right, other, judged, _optional_paths(spec, right)).items():
            deviation[path] = max(deviation[path], found)
    guarded = dict.fromkeys(numbers, 0.0)
    if spec.guards:
        for guard in author.variants(spec.name, spec.guards):
            for path, found in _deviations(right, _call(author, guard, args, given), judged).items():
                if found <= GUARDED * max(1.0, float(np.max(np.abs(numbers[path]), initial=0.0))):
                    guarded[path] = max(guarded[path], found)  # a larger one is another convention, not a guard
    tolerances = []
    for path, leaf in numbers.items():
        tolerance = _tolerance(spec.relative, leaf, deviation[path]) if path in judged else np.inf
        if tolerance is None:
            return None
        tolerances.append(max(tolerance, 1.5 * guarded[path]))
    return Expected(encoded, tuple(tolerances))


def _tolerance(relative: float, leaf: Any, deviation: float) -> float | None:
    """Absolute tolerance of one number or array; None where right solutions differ by too much."""
    if np.asarray(leaf).dtype.kind != "f":
        return 0.0
    largest = float(np.max(np.abs(leaf), initial=0.0))
    if relative:  # the contract's own: rounding only has to stay well inside it
        return relative * largest if RELATIVE_MARGIN * deviation <= relative * largest else None
    scale = max(1.0, largest)
    tolerance = max(DEVIATIONS * deviation, FLOOR * scale)
    return tolerance if tolerance <= LIMIT * scale else None


def _as_wide(other: Expected, reference: Expected) -> Expected:
    """An alternative whose numbers are the reference's own in another form gets its tolerances as well.

    The declared styles, which have the reference's form, widen only those.
    """
    known = {
        _bytes(leaf): tolerance
        for (_, leaf), tolerance in zip(leaves(decode(reference.value)), reference.tolerances, strict=True)
    }
    widened = (
        max(tolerance, known.get(_bytes(leaf), 0.0))
        for (_, leaf), tolerance in zip(leaves(decode(other.value)), other.tolerances, strict=True)
    )
    return Expected(other.value, tuple(widened))


def _judged_paths(spec: Function, value: Any) -> frozenset[tuple[Any, ...]]:
    """Paths of the numbers that are compared by value."""
    free = spec.random | spec.opaque
    paths: list[tuple[Any, ...]] = []
    for item in items_of(value, spec.returns):
        if item.name not in free:
            for start in item.paths:
                part = value
                for key in start:
                    part = part[key]
                paths.extend(path for path, _ in leaves(part, start))
    return frozenset(paths)


def _nudged(value: Any, generator: np.random.Generator) -> Any:
    """A copy in which every float of an array is moved by at most one unit in the last place.

    Whole numbers stay: a label is exactly 0 or 1.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        signs = generator.integers(-1, 2, value.shape) * (value != np.rint(value))
        return value * (1.0 + signs * np.finfo(np.float64).eps)
    if isinstance(value, tuple):
        return tuple(_nudged(part, generator) for part in value)
    if isinstance(value, list):
        return [_nudged(part, generator) for part in value]
    if isinstance(value, dict):
        return {key: _nudged(part, generator) for key, part in value.items()}
    return value


def _optional_paths(spec: Function, value: Any) -> frozenset[tuple[Any, ...]]:
    """Paths that a right solution may leave out."""
    items = [item for item in items_of(value, spec.returns) if item.name in spec.optional]
    return frozenset(path for item in items for path in item.paths)


def _deviations(
    right: Any, other: Any, judged: frozenset[Any], optional: frozenset[Any] = frozenset()
) -> dict[Any, float]:
    """Largest absolute difference per numeric leaf; infinite where the other has another form."""
    theirs = dict(leaves(decode(encode(other, opaque=lambda _: 0))))
    found = {}
    for path, leaf in leaves(right):
        if path not in judged or (path in optional and path not in theirs):
            continue
        mine = np.asarray(leaf, dtype=np.float64)
        that = np.asarray(theirs.get(path, np.nan), dtype=np.float64)
        if mine.shape != that.shape:
            found[path] = np.inf
        else:
            difference = np.abs(mine - that)
            found[path] = float(np.max(difference, initial=0.0)) if not np.isnan(difference).any() else np.inf
    return found


def _check_style(spec: Function, style: Callable[..., Any], right: Any, styled: Any) -> None:
    """A declared right style must agree with the reference before it may widen a tolerance."""
    for path, found in _deviations(right, styled, _judged_paths(spec, right), _optional_paths(spec, right)).items():
        scale = max(1.0, float(np.max(np.abs(dict(leaves(right))[path]), initial=0.0)))
        if not found <= 1e-6 * scale:
            name = _called(style)
            raise SpecError(f"{spec.name}: the style {name!r} differs from the reference at {path} by {found:.3g}")


# -- stubs, mistakes, properties ---------------------------------------------------------


def _trivial(spec: Function, values: Sequence[Case]) -> frozenset[str]:
    """Items that a stub gets right in all cases: zeros everywhere, or arguments handed through."""
    trivial: set[str] | None = None
    for case in values:
        expected = decode(case.expected[0].value)
        inputs = {_bytes(leaf) for _, leaf in leaves(_question(case.plan, -1))}
        here = set()
        for item in items_of(expected, spec.returns):
            parts = [leaf for start in item.paths for _, leaf in leaves(_at(expected, start))]
            empty = all(_at(expected, start) in (None, (), [], {}) for start in item.paths if not parts)
            if empty and (not any(map(np.any, parts)) or all(_bytes(leaf) in inputs for leaf in parts)):
                here.add(item.name)
        trivial = here if trivial is None else trivial & here
    return frozenset(trivial or ())


def _at(value: Any, path: Sequence[Any]) -> Any:
    for key in path:
        value = value[key]
    return value


def _bytes(leaf: Any) -> tuple[tuple[int, ...], bytes]:
    array = np.asarray(leaf)
    return array.shape, array.tobytes()


def _mistake_outcome(
    author: _Author, mistake: Mistake, args: tuple[Any, ...], given: Mapping[str, Code]
) -> Encoded | str | None:
    np.random.seed(0)
    with author.planted(given, mistake.solution):
        try:
            return encode(mistake.solution(*_resolved(author, args)), opaque=lambda _: 0)
        except WireError:
            return None
        except Exception as error:
            return type(error).__name__


def _property_case(author: _Author, spec: Function, prop: Property, drawn: Drawn, number: int) -> Case:
    steps = [s if isinstance(s, Step) else Step(spec.name, tuple(s)) for s in drawn.content]
    steps = [*drawn.draw.steps, *steps]
    plan = _plan(spec, number, steps, drawn.draw.given)
    facts = encode(drawn.draw.facts) if drawn.draw.facts else None
    visible = entries(plan) <= _VISIBLE_ELEMENTS
    case = Case(f"{spec.name}/{prop.name}/{number}", prop.name, drawn.case_class.name, visible, plan, facts=facts)
    functions = [author.function(spec.name), *author.variants(spec.name, spec.alternatives)]
    functions += author.styles.get(spec.name, ())
    for function in functions:
        problem = property_problem(prop, case, _run(author, {spec.name: function}, case.plan))
        if problem:
            raise SpecError(f"{spec.name}: the property {prop.name!r} fails for {_called(function)}: {problem}")
    return case


def _run(author: _Author, replaced: Mapping[str, Callable[..., Any]], plan: Plan) -> tuple[Outcome, ...]:
    """Run a plan in this process with trusted functions, some of them replaced."""
    replies: list[Any] = []
    outcomes: list[Outcome] = []

    def ref(ref: Ref) -> Any:
        return _at(replies[ref.step], ref.path)

    given = {name: decode(encoded, code=lambda c: c) for name, encoded in plan.given}
    for name, encoded in plan.steps:
        question = _Decoder(encoded, ref, author.make)
        args = question.get()
        function = replaced.get(name) or author.function(name)
        np.random.seed(0)
        try:
            with author.planted(given, function):
                value = function(*args)
            outcomes.append(Returned(encode(value, opaque=lambda _: 0), tuple(question.mutated())))
            replies.append(value)
        except Exception as error:
            outcomes.append(Raised(type(error).__name__, str(error)[:500]))
            break
    return tuple(outcomes)


# -- what must hold of the whole ---------------------------------------------------------


def _check_independent(functions: Mapping[str, FunctionCases]) -> None:
    """No answer may lie among the questions of another case: all those of a function are in the worker at once.

    What a function hands through is no answer among its own cases, which may share an argument.
    """
    answers: dict[tuple[tuple[int, ...], bytes], tuple[str, bool]] = {}
    for function in functions.values():
        for case in function.cases:
            inputs = {_bytes(leaf) for _, leaf in leaves(_question(case.plan, -1)) if isinstance(leaf, np.ndarray)}
            for expected in case.expected[:1]:
                for _, leaf in leaves(decode(expected.value)):
                    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f" and np.unique(leaf).size > 3:
                        answers.setdefault(_bytes(leaf), (case.key, _bytes(leaf) in inputs))
    for function in functions.values():
        for case in function.cases:
            for step in range(len(case.plan.steps)):
                for _, leaf in leaves(_question(case.plan, step)):
                    other, handed = answers.get(_bytes(leaf), ("", True)) if isinstance(leaf, np.ndarray) else ("", True)
                    if other and (other.split("/")[0] != function.name or not (handed or other == case.key)):
                        raise SpecError(f"an answer of {other} occurs among the questions of {case.key}")


def _check_verdicts(author: _Author, spec: Function, cases: FunctionCases) -> None:
    """The reference, its alternatives and styles pass; every mistake fails and is named as itself."""
    right = [author.function(spec.name), *author.variants(spec.name, spec.alternatives)]
    right += author.styles.get(spec.name, ())
    guards = author.variants(spec.name, spec.guards)
    for function in [*right, *guards]:
        outcomes = {c.key: _run(author, {spec.name: function}, c.plan) for c in cases.cases}
        verdict = judge(spec, cases, outcomes)
        failed = {f.check for f in verdict.failures}
        known_set_failure = function is not right[0] and failed <= {s.name for s in spec.sets}
        if not verdict.passed and not known_set_failure:
            checks = [c for c in verdict.checks if c.status != "passed"]
            why = next((c.message for c in checks if c.status == "failed"), None)
            if why is None:  # nothing is wrong, and nothing is right that a stub would not get right
                names = ", ".join(repr(c.name) for c in checks)
                why = f"nothing is judged that a stub would not get right (skipped: {names}); add a property or cases"
            raise SpecError(f"{spec.name}: the right solution {_called(function)} fails: {why}")
    for mistake in author.mistakes.get(spec.name, ()):
        outcomes = {c.key: _run(author, {spec.name: mistake.solution}, c.plan) for c in cases.cases}
        verdict = judge(spec, cases, outcomes)
        if verdict.passed:
            raise SpecError(f"{spec.name}: the mistake {mistake.code!r} passes all checks on the drawn cases")
        named = [f.code for f in findings_of(spec, cases, outcomes, verdict)]
        if mistake.code not in named:
            found = named or "none"
            raise SpecError(f"{spec.name}: the mistake {mistake.code!r} is not recognised (findings: {found})")


