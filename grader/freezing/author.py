"""What freezing needs of an assignment's author, all of it trusted: it runs in this process."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined.kinds import Path as Place
from grader.confined.kinds import Tensor, mapped
from grader.confined.watching import PUBLIC
from grader.confined.wire import beside, decode
from grader.course import LoadedAssignment
from grader.errors import SpecError, said_with_place
from grader.sandbox.runner import Outcome, Plan, run_here, step_here
from grader.spec import Code, Function, Mistake

__all__ = [
    "Author",
    "as_agreed",
    "call",
    "mistakes_of",
    "name_of",
    "placed",
    "read_author",
    "replaced_part",
    "resolved",
    "run_trusted",
]


@dataclass(frozen=True)
class Author:
    """What freezing needs of an assignment: reference, mistakes, right styles."""

    loaded: LoadedAssignment
    mistakes: Mapping[str, tuple[Mistake, ...]]
    styles: Mapping[str, tuple[Callable[..., Any], ...]]

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the reference, by its name."""
        function: Callable[..., Any] = self.loaded.reference_function(name)
        return function

    def variants(self, function: str, names: Sequence[str]) -> list[Callable[..., Any]]:
        """Accepted alternatives or guards of a function: ``<function>__<name>`` in the reference."""
        return [self.function(name if "__" in name else f"{function}__{name}") for name in names]

    def catalogue(self, function: str) -> dict[str, Mistake]:
        """Mistakes under a key each: the code, then ``code#2`` and so on for further ways to make the same one."""
        found: dict[str, Mistake] = {}
        for mistake in self.mistakes.get(function, ()):
            count = sum(m.code == mistake.code for m in found.values())
            found[mistake.code if not count else f"{mistake.code}#{count + 1}"] = mistake
        return found


def mistakes_of(loaded: LoadedAssignment) -> tuple[Mistake, ...]:
    """The mistakes that ``mistakes.py`` decorates with :func:`grader.spec.mistake`, in the order of the file."""
    module = loaded.author_module("mistakes")
    mistakes = tuple(getattr(module, "MISTAKES", ()))
    lost = (
        [name for name, value in vars(module).items() if isinstance(value, Mistake) and value not in mistakes]
        if module
        else []
    )
    if lost:
        raise SpecError(
            f"{loaded.folder / 'mistakes.py'}: {lost[0]!r} is not collected; write it with the decorator @mistake"
        )
    if not all(isinstance(mistake, Mistake) for mistake in mistakes):
        raise SpecError(f"{loaded.folder / 'mistakes.py'}: the decorator @mistake keeps the list MISTAKES; do not set it")
    return mistakes


def read_author(loaded: LoadedAssignment) -> Author:
    """The author's files of an assignment; a SpecError where there is no reference, or a name is unknown.

    Styles that are written in a framework do not run in this process (:mod:`grader.freezing.elsewhere`).
    """
    if loaded.reference is None:
        raise SpecError(f"{loaded.name} has no reference here, so its cases cannot be drawn (a student kit?)")
    mistakes: dict[str, list[Mistake]] = {}
    styles: dict[str, list[Callable[..., Any]]] = {}
    for mistake in mistakes_of(loaded):
        loaded.spec.function(mistake.function)
        solution = _with_constructor(loaded, mistake.function, mistake.solution)
        mistakes.setdefault(mistake.function, []).append(replace(mistake, solution=solution))
    module = None if loaded.spec.framework else loaded.author_module("styles")
    for name, functions in (getattr(module, "STYLES", {}) if module else {}).items():
        loaded.spec.function(name)
        if not isinstance(functions, list | tuple) or not all(map(callable, functions)):
            what = f"STYLES[{name!r}] is {functions!r:.80}, expected a tuple of functions: (one, another)"
            raise SpecError(f"{loaded.folder / 'styles.py'}: {what}")
        styles[name] = [_with_constructor(loaded, name, function) for function in functions]
    return Author(
        loaded,
        {name: tuple(found) for name, found in mistakes.items()},
        {name: tuple(found) for name, found in styles.items()},
    )


def _with_constructor(loaded: LoadedAssignment, name: str, solution: Callable[..., Any]) -> Callable[..., Any]:
    """Of a graded class the reference with another constructor, where an author writes that alone."""
    if replaced_part(loaded, name, solution) == name:
        return solution
    right = loaded.reference_function(name)
    return type(right.__name__, (right,), {"__init__": solution})


def replaced_part(loaded: LoadedAssignment, name: str, solution: Callable[..., Any]) -> str:
    """What an author's function stands for: ``def wrong(self, ...)`` of a graded class is its constructor."""
    is_class = isinstance(loaded.reference_function(name), type)
    is_method = inspect.isfunction(solution) and next(iter(inspect.signature(solution).parameters), "") == "self"
    return f"{name}.__init__" if is_class and is_method else name


def resolved(author: Author, value: Any) -> Any:
    """A private copy of arguments, with public code made."""

    def own(part: Any) -> Any:
        if isinstance(part, Code):
            return author.loaded.make(part)
        return np.array(part) if isinstance(part, Tensor) else copy.deepcopy(part)

    return mapped(value, own)


def call(
    author: Author,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    given: Mapping[str, Code],
    after: tuple[Place, ...] = (),
    seed: int = 0,
) -> Any:
    """The value of a right function on arguments of its own, with what is read after it; a SpecError where it raises."""
    np.random.seed(seed)  # an alternative of a random function may draw what it likes
    with author.loaded.planted(given, function):
        try:
            own = resolved(author, args)
            return beside(function(*own), own, after)
        except Exception as error:
            what = said_with_place(error, author.loaded.course.root)
            raise SpecError(f"{name_of(function)} raised on {described(args)}: {what}") from error


def described(args: tuple[Any, ...]) -> str:
    """The arguments of a drawn case in few words.

    >>> described((np.zeros((2, 3)), {"mode": "test"}, 0.5))
    "an array (2, 3), {'mode': 'test'}, 0.5"
    """
    return ", ".join(map(_in_words, args)) or "no arguments"


def _in_words(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array {value.shape}"
    text = repr(value)[:120]
    return f"an object of the class {type(value).__name__}" if " object at 0x" in text else text


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function, which may be a partial one without a name."""
    return getattr(function, "__name__", None) or repr(function)


def placed(author: Author, function: Callable[..., Any], name: str = "") -> str:
    """The name of a function, or what it goes by, and where it is written, for whoever has to correct it."""
    name = name or name_of(function)
    code = getattr(vars(function).get("__init__") if isinstance(function, type) else function, "__code__", None)
    if code is None or not Path(code.co_filename).is_relative_to(author.loaded.course.root):
        return repr(name)
    file = Path(code.co_filename).relative_to(author.loaded.course.root)
    return f"{name!r} ({file}, line {code.co_firstlineno})"


def run_trusted(
    author: Author, replaced: Mapping[str, Callable[..., Any]], plan: Plan, seed: int = 0
) -> tuple[Outcome, ...]:
    """Run a plan in this process with trusted functions, some of them replaced."""
    given = {name: decode(encoded, code=lambda code: code) for name, encoded in plan.given}

    def named(name: str) -> Any:
        public = getattr(author.loaded.public_module, name, None) or PUBLIC.get(name)
        return replaced.get(name) or public or author.function(name)

    def call_trusted(name: str, args: tuple[Any, ...]) -> Any:
        np.random.seed(seed)
        with author.loaded.planted(given, named(name if name in replaced else name.partition(".")[0])):
            return replaced[name](*args) if name in replaced else step_here(name, args, named)

    return run_here(plan, call_trusted, author.loaded.make)


def as_agreed(author: Author, spec: Function, number: int) -> dict[str, Callable[..., Any]]:
    """The functions that share a convention with one, under its alternative of this number; 0 is the reference's."""
    others = (f.name for f in author.loaded.spec.functions if spec.convention and f.convention == spec.convention)
    names = spec.alternatives[number - 1 : number] if number else ()
    return {other: function for other in others for function in author.variants(other, names)}
