"""What an author writes in a framework: run in a confined worker, which has the framework, and never in this process.

Where an assignment's functions take and give tensors, its mistakes, its right styles and ``solution.py`` are written in the
framework. Here they are submissions like those of students. The reference, which answers the cases, is NumPy and runs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.confined.wire import Encoded
from grader.course import LoadedAssignment
from grader.freezing.author import mistakes_of
from grader.freezing.submissions import replaced_texts, with_author_modules
from grader.judging.cases import Case
from grader.judging.outcomes import Outcomes, arguments_of
from grader.sandbox.own import strongest_sandbox
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Outcome, Program, Raised, Returned
from grader.spec import Function
from grader.submission.reading import parse_files

__all__ = ["Elsewhere"]

_Solution = Callable[..., Any]


class Elsewhere:
    """Runs the author's functions of one assignment; its worker is started when it is first needed."""

    def __init__(self, loaded: LoadedAssignment) -> None:
        self.loaded = loaded
        self.known: dict[tuple[int, str], tuple[Outcome, ...]] = {}  # by function and case
        self._sandbox: Sandbox | None = None

    def close(self) -> None:
        """End the worker."""
        if self._sandbox is not None:
            self._sandbox.close()

    def right(self, spec: Function) -> Iterator[tuple[int, _Solution]]:
        """The solution, its alternatives by their numbers, and the styles, which all must be right."""
        solution, styles = self.loaded.author_module("solution"), self.loaded.author_module("styles")
        yield 0, getattr(solution, spec.name)
        for number, name in enumerate(spec.alternatives, 1):
            yield number, getattr(solution, f"{spec.name}__{name}")
        yield from ((0, style) for style in getattr(styles, "STYLES", {}).get(spec.name, ()))

    def outcomes(self, spec: Function, function: _Solution, cases: Sequence[Case]) -> Outcomes:
        """What a function of the author's gives in the place of a graded one, by the keys of the cases."""
        todo = [case for case in cases if (id(function), case.key) not in self.known]
        for case, outcomes in zip(todo, self._run(spec, function, todo), strict=True):
            self.known[id(function), case.key] = outcomes
        return {case.key: self.known[id(function), case.key] for case in cases}

    def with_mistakes(self, spec: Function, catalogue: Mapping[str, Any], cases: Sequence[Case]) -> list[Case]:
        """The cases with what each mistake gives where a value is right or wrong."""
        compared = [case for case in cases if case.expected]
        found = {key: self.outcomes(spec, mistake.solution, compared) for key, mistake in catalogue.items()}

        def noted(case: Case) -> Case:
            gave = {key: _as_frozen(outcomes[case.key][-1]) for key, outcomes in found.items()}
            right = case.expected[0].value
            return replace(case, mistakes={key: one for key, one in gave.items() if one is not None and one != right})

        return [noted(case) if case.expected else case for case in cases]

    def _run(self, spec: Function, function: _Solution, cases: Sequence[Case]) -> Sequence[tuple[Outcome, ...]]:
        loaded = with_author_modules(self.loaded)
        texts = replaced_texts(loaded, spec.name, self._place(spec, function))
        arities = {spec.name: len(arguments_of(cases[0].plan))} if cases else {}
        submission = parse_files("author", {path: text.encode() for path, text in texts.items()}, arities)
        self._sandbox = self._sandbox or strongest_sandbox(loaded.spec.packages, loaded.warm_up)
        program = Program(
            files=submission.files,
            provided=loaded.provided,
            public=loaded.public,
            wanted=tuple(function.name for function in loaded.spec.functions),
            bound=spec.given,
            packages=loaded.spec.packages,
            memory_mb=loaded.spec.memory_mb,
            total_s=loaded.spec.total_s,
        )
        return self._sandbox.run(program, [case.plan for case in cases]).outcomes

    def _place(self, spec: Function, function: _Solution) -> str:
        """Where a worker finds the function; empty for the one that the solution itself has."""
        for number, mistake in enumerate(mistakes_of(self.loaded)):
            if mistake.solution is function:
                return f"author_mistakes.mistake.solutions[{number}]"
        for number, style in enumerate(getattr(self.loaded.author_module("styles"), "STYLES", {}).get(spec.name, ())):
            if style is function:
                return f"author_styles.STYLES[{spec.name!r}][{number}]"
        return "" if function.__name__ == spec.name else function.__name__


def _as_frozen(outcome: Outcome) -> Encoded | str | None:
    """An outcome as a case keeps it of a mistake: a value, or the name of an exception's type."""
    if isinstance(outcome, Returned):
        return outcome.value
    return outcome.type_name.rpartition(".")[2] if isinstance(outcome, Raised) else None
