"""What an author writes: one :class:`Assignment` value, made of :class:`Function` values.

The description holds no machinery. Reference functions, accepted alternatives and mistakes are
named, not imported, so that a student kit can carry the description without any answer.
``docs/authoring.md`` builds one step by step.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar, get_args

from grader.confined.kinds import Code, Opaque, Ref, Tensor, Value
from grader.confined.tensors import framework_of
from grader.errors import SpecError, did_you_mean
from grader.strategies import Arguments, CaseClass, Draw, Step, as_names, cases
from grader.submission.editions import Edition, Exercise

__all__ = [
    "Assignment",
    "CaseClass",
    "CaseSet",
    "Code",
    "Edition",
    "Function",
    "Given",
    "Manual",
    "Mistake",
    "Objection",
    "Opaque",
    "Property",
    "Ref",
    "Severity",
    "Shows",
    "Step",
    "Tensor",
    "cases",
    "mistake",
]


Shows = Literal["examples", "sentences", "findings"]
Severity = Literal["slip", "fault", "grave"]
_Solution = TypeVar("_Solution", bound=Callable[..., Value])


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a judge sees of one case: the questions and the replies, nothing of the harness.

    Attributes
    ----------
    args : tuple
        Arguments of the last step.
    steps : tuple of Step
        All steps, with the values that were sent.
    replies : tuple
        One decoded value per step.
    facts : Mapping
        What the property's plan noted with :meth:`Draw.note`.
    """

    args: Arguments
    steps: tuple[Step, ...]
    replies: tuple[Value, ...]
    facts: Mapping[str, Value]

    @property
    def reply(self) -> Value:
        """The value of the last step."""
        return self.replies[-1]


@dataclass(frozen=True)
class Objection:
    """What a judge has against a result, where there is more to say than a sentence.

    Attributes
    ----------
    text : str
        One sentence: what was expected and what was found.
    steps : tuple of int
        The numbers of the steps that it is about, from 0: they are the example, without the others. All steps where empty.
    checked : bool
        False where the judge could not see what it looks for: the sentence says what has to be right first.
    by_chance : bool
        Whether that may be so of a right function, too: the case counts only where it is so of all others.
    """

    text: str
    _: KW_ONLY
    steps: tuple[int, ...] = ()
    checked: bool = True
    by_chance: bool = False

    @classmethod
    def of(cls, said: str | Objection, *, steps: Iterable[int] = ()) -> Objection:
        """What a judge said, about these steps."""
        objection = cls(said) if isinstance(said, str) else said
        return replace(objection, steps=tuple(steps) or objection.steps)


@dataclass(frozen=True)
class Property:
    """Something that must hold whatever the numbers are.

    Parameters
    ----------
    name
        What must hold, in a few words; no two checks of a function share a name.
    share
        Part of the function's points that the property carries.
    plan
        ``plan(draw)`` returns the steps of one case: a list of :class:`Step`, or plain argument tuples
        for calls of the function itself. Properties of a function with one and the same plan and the same ``classes`` are
        about the same calls, which are asked once.
    judge
        ``judge(given)`` returns None when the property holds and otherwise one sentence that says what was
        expected and what was found; an :class:`Objection` where that concerns some of the steps only, or where nothing can
        be seen before something else is right. It may also raise
        ``KeyError``, ``TypeError``, ``ValueError`` or ``IndexError`` on a reply of the wrong form.
    count
        How many cases to draw of the class "general", where there are no ``classes``.
    classes
        Kinds of input and how many of each, see :func:`cases`.
    carries
        The property stands in for the values where they are wrong only because an earlier function
        is, one of the case (with ``own_inputs``) or one with an opaque result that the function was seen to call: if that
        one gives wrong values of the right form and the property holds on all its cases, the function is carried with
        full points.
    elsewhere
        The values depend on where the function starts, and it may start elsewhere than the cases do: a predicate
        that tells of one case of this property whether it did. The values are right where it did in all of them
        and every property holds.
    proves
        No stub has the property: where it holds, something has been earned, whatever the values.
    alternatives
        Other judges, by the name of the alternative of the function under which they are right: where one edition keeps
        a share p of the entries, and another one drops it.
    fits
        For random or opaque results: catalogued mistakes by code, each with a predicate over a
        failing case, tried in order.
    throughout
        What ``fits`` says is of every call: a mistake is named only where its predicate is true of the cases that pass, too.
    raises
        Exceptions, one of which the last step has to raise; the judge is not asked then. See
        :func:`grader.properties.raises`.
    moves
        Each call of a case meets other random numbers, as where the generator has moved in between; else all calls meet
        the same ones, so that they can be compared.
    """

    name: str
    _: KW_ONLY
    share: float
    plan: Callable[[Draw], Sequence[Step | Arguments]]
    judge: Callable[[Given], str | Objection | None]
    count: int = 3
    classes: tuple[CaseClass, ...] = ()
    carries: bool = False
    elsewhere: Callable[[Given], bool] | None = None
    proves: bool = False
    alternatives: Mapping[str, Callable[[Given], str | Objection | None]] = field(default_factory=dict)
    fits: Mapping[str, Callable[[Given], bool]] = field(default_factory=dict)
    throughout: bool = False
    raises: tuple[type[Exception], ...] = ()
    moves: bool = False


@dataclass(frozen=True)
class CaseSet:
    """Further cases of a function that are a check of their own (another epsilon, an exact zero).

    Parameters
    ----------
    name
        What the cases have in common; no two checks of a function share a name.
    share
        Part of the function's points that the set carries.
    inputs, classes
        As those of a :class:`Function`.
    alternatives
        As those of a :class:`Function`, right for these cases alone.
    """

    name: str
    _: KW_ONLY
    share: float
    inputs: Callable[[Draw], Arguments]
    classes: tuple[CaseClass, ...] = (CaseClass("general", count=8),)
    alternatives: tuple[str, ...] = ()


_SETS = ("optional", "random", "loose_dtype", "opaque", "given_away")
_TUPLES = ("after", "changes", "parts", "alternatives", "guards", "helpers", "given", "classes", "properties", "sets")


@dataclass(frozen=True, eq=False)  # hashed by identity
class Function:
    """A graded function.

    Parameters
    ----------
    name, points, summary
        What a report shows. ``"Class.method"`` is a method: its first argument is an object from ``draw.make("Class")``.
    inputs
        Strategy: draws the arguments of one case, see :class:`grader.strategies.Draw`.
    returns
        Names of the output items: one name for a single value, a tuple of names for a tuple. A
        dictionary's items are named by its keys with digits replaced (``dW{l}``) and need no names.
    classes
        Kinds of input and how many of each, see :func:`cases`.
    after
        Places that are read when the call has returned, and judged like further items: ``"config.velocity"`` of an
        argument, ``"params.W1"`` of the object whose method it is, or of the one that a class makes:
        an attribute is meant where an argument has its name, unless ``changes`` names the argument. With
        ``returns=()`` nothing of the result itself is judged.
    changes
        Arguments that may be overwritten; all others must be left alone.
    parts
        Names of the parts of each element where the result is a list of tuples: ``("X", "Y")`` of mini-batches.
    labels
        How the exercise calls the parts of an argument, or of a result, that is a tuple, in their order, for the reader of
        an example: ``{"cache": ("Z", "A")}``.
    weights
        Relative weight of the items in the points for values (1 where not named), and of the keys of an item among
        each other. A random item carries points, for its form, only where it is named.
    alternatives
        Names of further functions in the reference module that are as right as the reference.
        One of them must hold over all cases.
    convention
        A choice that several functions make together: those with the same word here, which have the same alternatives,
        must all be right under the same one.
    pair
        The function whose results this one takes, as a backward pass takes the cache of its forward pass: judged on
        the student's own results where these are right, and on the reference's where they are not (``draw.call``).
    guards
        Variants in the reference module with a clip or an additive guard of at most 1e-7: they
        widen the tolerance by their own deviation and by nothing more.
    optional
        Items that may be left out of a dictionary and are judged when present.
    random
        Items that are random: judged in structure, shape and dtype here, by properties otherwise.
    loose_dtype
        Items whose dtype is free as long as the values agree (a mask, a one-hot matrix, labels).
    opaque
        Items that only the student's own code has to understand: never compared.
    given_away
        Keys that the exercise hands out right: they earn points only beside another one that is right.
    own_inputs
        Run the recorded steps (``draw.call``) with the student's own functions in the first place,
        because what they return is nobody else's business (a batch-norm cache).
    helpers
        Provided functions on which this one stands, and graded ones that stand before it, for the reader. A
        failing function is graded again with right helpers: these, every graded function before it, and every
        provided one that a student has replaced.
    given
        Names that are bound to public code for the cases of this function: ``draw.give`` says to
        what. For functions that call a module-level name (an initializer, a derivative).
    properties, sets
        Further checks.
    inputs_share
        Part of the points for leaving the arguments alone, earned only when values pass.
    relative
        Relative tolerance of the values where the contract names one, because right solutions differ by
        amplified rounding (a numerical derivative); otherwise tolerances are derived when freezing.
    absolute
        Absolute tolerance of the values where the contract names one (a root to 1e-10, which may be zero); with
        ``relative``, what both allow together. Two right solutions may lie as far apart.
    cpu_s
        Limit of one call in CPU seconds.
    """

    name: str
    _: KW_ONLY
    points: float
    inputs: Callable[[Draw], Arguments]
    returns: str | tuple[str, ...] = "value"
    after: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summary: str = ""
    classes: tuple[CaseClass, ...] = field(default_factory=cases)
    weights: Mapping[str, float] = field(default_factory=dict)
    alternatives: tuple[str, ...] = ()
    convention: str = ""
    guards: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    random: frozenset[str] = frozenset()
    loose_dtype: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()
    given_away: frozenset[str] = frozenset()
    own_inputs: bool = False
    pair: str = ""
    helpers: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    sets: tuple[CaseSet, ...] = ()
    inputs_share: float = 0.05
    relative: float = 0.0
    absolute: float = 0.0
    cpu_s: float = 2.0

    def __post_init__(self) -> None:
        kinds = {name: frozenset if name in _SETS else tuple for name in (*_SETS, *_TUPLES)}
        for name, kind in kinds.items():
            object.__setattr__(self, name, kind(_several(getattr(self, name))))
        object.__setattr__(self, "own_inputs", self.own_inputs or bool(self.pair))

    @property
    def every_class(self) -> tuple[CaseClass, ...]:
        """The case classes of the function and of all its checks."""
        others = [check.classes for check in self.sets] + [check.classes for check in self.properties]
        return tuple(one for classes in (self.classes, *others) for one in classes)

    @cached_property
    def _by_class(self) -> Mapping[str, Function]:
        return {
            one.name: replace(
                self,
                random=self.random | one.random,
                opaque=self.opaque | one.opaque,
                optional=self.optional | one.optional,
            )
            for one in self.every_class
            if one.random or one.opaque or one.optional
        }

    @property
    def has_choice(self) -> bool:
        """Whether it has to be judged under one alternative as a whole."""
        return bool(self.convention) or any(prop.alternatives for prop in self.properties)

    def under(self, alternative: int) -> Function:
        """The function with the properties of one alternative, 0 being the reference's."""
        name = ("", *self.alternatives)[alternative]
        judges = ((prop, prop.alternatives.get(name, prop.judge)) for prop in self.properties)
        return replace(self, properties=tuple(replace(prop, judge=judge) for prop, judge in judges))

    def of_class(self, case_class: str) -> Function:
        """The function as it is judged on one kind of input."""
        return self._by_class.get(case_class, self)

    @property
    def classes_of(self) -> tuple[tuple[str, tuple[CaseClass, ...]], ...]:
        """The name of each check that is asked about inputs, with their classes."""
        of_properties, of_sets = (((c.name, c.classes) for c in checks) for checks in (self.properties, self.sets))
        return ("values", self.classes), *of_properties, *of_sets

    @property
    def items(self) -> str | tuple[str, ...]:
        """Names of what is judged: of the result as it is, or of its parts and of what is read after the call."""
        returned = (self.returns,) if isinstance(self.returns, str) else self.returns
        return (*returned, *self.after) if self.after else self.returns

    @property
    def home(self) -> str:
        """The name under which a file holds it: that of the class for a method."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Manual:
    """A part that a person grades: an inline question, a plot.

    Parameters
    ----------
    name, points, summary
        What a report shows. Its status is "not-graded" until somebody enters points in the gradebook.
    """

    name: str
    _: KW_ONLY
    points: float
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A known wrong solution: how to make it, what it is, and a hint that gives no answer away.

    It is recognised when a student's outcomes equal its own, or, where results are random, by a
    predicate under its code in :attr:`Property.fits`. Authors make one with :func:`mistake`.
    """

    code: str
    function: str
    message: str
    hint: str
    solution: Callable[..., Value]
    severity: Severity | None = None


def mistake(
    code: str, function: str, *, message: str, hint: str, severity: Severity | None = None
) -> Callable[[_Solution], _Solution]:
    """Decorator that notes a wrong solution of a graded function in the catalogue of its file.

    The catalogue is the list ``MISTAKES`` of the module that calls ``mistake``; it is made with the first one
    and keeps the order in which the solutions are decorated. Where a student's outcomes equal those of several
    mistakes, the first one of them names the failure.

    Parameters
    ----------
    code
        Short name, the same for all ways to make this mistake.
    function
        The graded function that is got wrong.
    message
        What is wrong, as one sentence about the result.
    hint
        A question or a pointer that gives no answer away.
    severity
        How much of the understanding is missing: a "slip", a "fault" or a "grave" one.

    Returns
    -------
    Callable
        Takes the wrong solution and gives it back as it is, so that others may build on it.

    Raises
    ------
    SpecError
        When the severity is none of the three.
    """
    if severity is not None and severity not in get_args(Severity):
        raise SpecError(f"mistake {code!r}: severity must be one of {_listed(get_args(Severity))}, found {severity!r}")
    # The decorator alone knows in which file it stands: a solution may be anything that can be called, np.tanh for one.
    catalogue: list[Mistake] = sys._getframe(1).f_globals.setdefault("MISTAKES", [])

    def register(solution: _Solution) -> _Solution:
        catalogue.append(
            Mistake(code=code, function=function, message=message, hint=hint, solution=solution, severity=severity)
        )
        return solution

    return register


@dataclass(frozen=True)
class Assignment:
    """An assignment: what is graded and everything that is needed to draw its cases.

    Parameters
    ----------
    name, title, source
        Identification; ``name`` is the folder's name, ``source`` the document it follows.
    functions
        In the order of the exercise.
    manual
        What a person grades besides.
    files
        Of an assignment over several files, the graded functions of each: ``{"layers.py": ["affine_forward"],
        "optim.py": ["sgd", "adam"]}``. Starter and kit are laid out so, the reference is a package of such modules, and of
        two files of a student that both have a function, the one of this name counts.
    reference
        Dotted name of the reference module; ``reference.<name>`` when empty.
    packages
        Third-party packages that a submission may really import, NumPy aside. With a framework among them (PyTorch,
        TensorFlow) every number and array of a result is expected to be a tensor of it; an argument is one where it is a
        :class:`Tensor`. The reference stays NumPy, and ``solution.py`` is the same as students write it.
    arrays
        Whether results are arrays although there is a framework: those of its sessions, or what public code reads of them.
    provided_helpers
        Functions that the assignment provides and a student may redefine: a wrong redefinition is
        told, carries no points, and does not pull down what stands on it. Maps each name to the
        dotted name of the right one.
    memory_mb
        What a submission may allocate beyond the worker's own size.
    total_s
        Limit of one submission in CPU seconds, all its calls together.
    shows
        How much of the graded cases a report shows: "examples" (failing calls of the cases that may be seen),
        "sentences" (no inputs, values, output or exceptions' texts) or "findings" (points and mistakes only).
    editions
        Published forms of the exercise that differ in what is right, by what tells them.
    """

    name: str
    _: KW_ONLY
    title: str
    source: str
    functions: tuple[Function, ...]
    manual: tuple[Manual, ...] = ()
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reference: str = ""
    packages: tuple[str, ...] = ()
    arrays: bool = False
    provided_helpers: Mapping[str, str] = field(default_factory=dict)
    memory_mb: int = 512
    total_s: float = 60.0
    shows: Shows = "examples"
    editions: tuple[Edition, ...] = ()

    def __post_init__(self) -> None:
        for name in ("functions", "manual", "packages", "editions"):
            object.__setattr__(self, name, tuple(_several(getattr(self, name))))
        object.__setattr__(self, "files", {path: as_names(names) for path, names in self.files.items()})
        validate(self)

    @property
    def framework(self) -> str:
        """The package of a framework that the functions are written in; empty where they are written in NumPy."""
        return framework_of(self.packages)

    @property
    def tensors(self) -> str:
        """The framework whose tensors the functions give; empty where they give arrays."""
        return "" if self.arrays else self.framework

    @property
    def places(self) -> Mapping[str, str]:
        """The file of each graded function, where there are several."""
        return {name: path for path, names in self.files.items() for name in names}

    @property
    def exercise(self) -> Exercise:
        """What is known of it when a submission is read."""
        return Exercise(self.name, self.places, self.editions)

    @property
    def parts(self) -> tuple[Function | Manual, ...]:
        """Everything that carries points: the functions, then what a person grades."""
        return (*self.functions, *self.manual)

    @property
    def points(self) -> float:
        """The points of all parts."""
        return float(sum(part.points for part in self.parts))

    @property
    def reference_module(self) -> str:
        """Dotted name of the module with the right solutions."""
        return self.reference or f"reference.{self.name}"

    def function(self, name: str) -> Function:
        """The graded function of that name (SpecError with the candidates where there is none)."""
        for function in self.functions:
            if function.name == name:
                return function
        names = ", ".join(f.name for f in self.functions)
        near = did_you_mean(name, [f.name for f in self.functions])
        raise SpecError(f"{self.name} has no function {name!r}{near}; it has: {names}")

    def before(self, name: str) -> tuple[str, ...]:
        """All graded functions on which a function may be built: those that stand before it, in their order."""
        names = [f.name for f in self.functions]
        return tuple(names[: names.index(name)])

    def ancestors(self, name: str) -> tuple[str, ...]:
        """All declared helpers below a graded function, nearest first, never the function itself."""
        graph = {f.name: f.helpers for f in self.functions}
        below: dict[str, None] = {}
        queue = list(graph.get(name, ()))
        while queue:
            helper = queue.pop(0)
            if helper not in below:
                below[helper] = None
                queue.extend(graph.get(helper, ()))
        return tuple(below)


def _several(value: Any) -> Iterable[Any]:
    """Any collection, or the only thing of one."""
    return (value,) if isinstance(value, str | CaseClass | CaseSet | Property | Manual | Function) else value


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(repr, words))


_OF_CLASSES = 0.9  # of a check: what its classes may carry together by shares of their own
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?\Z")


def validate(assignment: Assignment) -> None:
    """Check an assignment against itself.

    Raises
    ------
    SpecError
        With the place and what is expected there.
    """
    where = f"assignment {assignment.name!r}"
    if not _NAME.match(assignment.name):
        raise SpecError(f"{where}: the name must be a Python identifier, since it names a folder")
    if not assignment.functions:
        raise SpecError(f"{where}: 'functions' is empty; name at least one graded function")
    if assignment.shows not in get_args(Shows):
        raise SpecError(f"{where}: shows must be one of {_listed(get_args(Shows))}, found {assignment.shows!r}")
    names = [f.name for f in assignment.functions]
    parts = [part.name for part in assignment.parts]
    for part in assignment.parts:
        if parts.count(part.name) > 1:
            raise SpecError(f"{where}: {part.name!r} is listed twice")
        if not part.points > 0:
            raise SpecError(f"{where}, {part.name!r}: points must be positive, found {part.points!r}")
    for name in {*assignment.places} ^ set(names) if assignment.files else ():
        why = "is in no file of 'files'" if name in names else "stands in 'files', but is no graded function"
        raise SpecError(f"{where}: {name!r} {why}")
    possible_helpers = {*names, *assignment.provided_helpers}
    _validate_editions(where, assignment)
    conventions = {f.convention: f.alternatives for f in assignment.functions if f.convention}
    for function in assignment.functions:
        if function.convention and conventions[function.convention] != function.alternatives:
            raise SpecError(f"{where}: the functions of the convention {function.convention!r} need the same alternatives")
        _validate_function(f"{where}, function {function.name!r}", function, possible_helpers)
        if any(p.carries for p in function.properties) and not assignment.before(function.name):
            raise SpecError(f"{where}: a property of {function.name!r} carries, which needs a graded function before it")
        for helper in function.helpers:
            if helper in names and helper not in assignment.before(function.name):
                raise SpecError(f"{where}: {function.name!r} is built on {helper!r}, which must stand before it")
        if function.pair and function.pair not in assignment.before(function.name):
            raise SpecError(f"{where}: the pair of {function.name!r}, {function.pair!r}, must be graded and stand before it")


def _validate_editions(where: str, assignment: Assignment) -> None:
    names = [f.name for f in assignment.functions]
    alternatives = {name for f in assignment.functions if f.convention == "edition" for name in ("", *f.alternatives)}
    for edition in assignment.editions:
        if not edition.refused and edition.alternative not in alternatives:
            raise SpecError(f"{where}: no function of the convention 'edition' has the alternative {edition.alternative!r}")
        for name in edition.names.values():
            if name not in names:
                raise SpecError(f"{where}: the edition {edition.says!r} names {name!r}, which is no graded function")


def _validate_classes(where: str, function: Function) -> None:
    if not function.classes:
        raise SpecError(f"{where}: 'classes' is empty; use cases()")
    for check, classes in function.classes_of:
        if sum(one.share for one in classes) > _OF_CLASSES + 1e-9:
            found = ", ".join(f"{one.name!r} {one.share:g}" for one in classes if one.share)
            raise SpecError(f"{where}: the classes of {check!r} may carry {_OF_CLASSES:g} of it together, found {found}")


def _validate_function(where: str, function: Function, possible_helpers: set[str]) -> None:
    if not _FUNCTION.match(function.name):
        raise SpecError(f"{where}: the name must be a Python identifier, or Class.method")
    if not function.returns and not function.after:
        raise SpecError(f"{where}: returns is empty, and nothing is read after the call; name at least one item")
    _validate_classes(where, function)
    shares = [p.share for p in function.properties] + [s.share for s in function.sets]
    if any(s < 0 for s in shares) or sum(shares) > 1:
        raise SpecError(f"{where}: the shares of properties and sets must lie in [0, 1], found {shares}")
    own = [p.name for p in function.properties] + [s.name for s in function.sets]
    checks = ["runs", "structure", "values", "inputs", *own]
    for name in checks:
        if checks.count(name) > 1:
            raise SpecError(f"{where}: two checks are called {name!r}; every property and set needs a name of its own")
    if not 0 <= function.inputs_share <= 0.1:
        raise SpecError(f"{where}: inputs_share must lie in [0, 0.1], found {function.inputs_share}")
    if not function.random and sum(shares) + function.inputs_share > 1 + 1e-9:
        rest = f"the shares {shares} and inputs_share {function.inputs_share}"
        raise SpecError(f"{where}: {rest} leave nothing for values")
    if not 0 <= function.relative <= 1e-3:
        raise SpecError(f"{where}: relative must lie in [0, 1e-3], found {function.relative}")
    if not 0 <= function.absolute <= 1:
        raise SpecError(f"{where}: absolute must lie in [0, 1], found {function.absolute}")
    for helper in function.helpers:
        if helper not in possible_helpers:
            names = ", ".join(sorted(possible_helpers))
            raise SpecError(f"{where}: helper {helper!r} is neither graded nor in provided_helpers ({names})")
