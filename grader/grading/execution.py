"""What is asked of one submission: programs, plans and the runs that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course import LoadedAssignment
from grader.judging.cases import FunctionCases
from grader.judging.judge import FunctionJudge, Judges
from grader.judging.outcomes import Outcomes
from grader.sandbox.runner import Answer, Execution, Loaded, Outcome, Plan, Program, Runner, Stopped
from grader.spec import Function
from grader.submission.program import Submission

__all__ = ["Replies", "Session", "first_run", "is_absent", "is_redefined", "never_returned", "run_plans"]


@dataclass(frozen=True, slots=True)
class Session:
    """One submission under one assignment, and where it runs."""

    assignment: LoadedAssignment
    judges: Judges
    submission: Submission
    runner: Runner

    @property
    def functions(self) -> Mapping[str, FunctionJudge]:
        """The judges of the graded functions, by name."""
        return self.judges.functions


@dataclass(frozen=True, slots=True)
class Replies:
    """What the first run gave: outcomes, and what loading said."""

    outcomes: Outcomes
    loaded: Loaded

    @property
    def defined(self) -> Mapping[str, str]:
        """Of each graded name whether it is callable, a value or missing; empty where loading never ended."""
        return self.loaded.defined


def first_run(session: Session, specs: Sequence[Function]) -> Replies:
    """All functions in one run; but those for which names are bound to public code in one run each."""
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    loaded = Loaded()
    runs = [[spec for spec in specs if not spec.given], *([spec] for spec in specs if spec.given)]
    for number, together in enumerate(runs):
        if number and loaded.defined.get(together[0].name) == "missing":
            continue
        cases = [case for spec in together for case in session.functions[spec.name].cases.cases]
        bound = together[0].given if together else ()
        execution = run_plans(session, [case.plan for case in cases], bound)
        outcomes.update((case.key, replies) for case, replies in zip(cases, execution.outcomes, strict=True))
        if not loaded.defined:  # every run loads the same definitions
            loaded = execution.loaded
        loaded = replace(loaded, messages=(*loaded.messages, *execution.slow))
    return Replies(outcomes, loaded)


def run_plans(session: Session, plans: Sequence[Plan], bound: Sequence[str] = (), answer: Answer | None = None) -> Execution:
    """Run some plans in a fresh worker, where names mean public code, or what ``answer`` answers."""
    spec = session.assignment.spec
    program = Program(
        files=session.submission.files,
        arities=session.submission.arities,
        provided=session.assignment.provided,
        public=session.assignment.public,
        wanted=tuple(function.name for function in spec.functions),
        bound=tuple(bound),
        packages=spec.packages,
        memory_mb=spec.memory_mb,
        total_s=spec.total_s,
    )
    return session.runner.run(program, plans, answer)


def never_returned(cases: FunctionCases, outcomes: Outcomes) -> bool:
    """Whether a call of a function never came back."""
    return any(isinstance(o, Stopped) for case in cases.cases for o in outcomes.get(case.key, ()))


def is_absent(session: Session, replies: Replies, name: str) -> bool:
    """Whether a function that this assignment grades is not defined in the submission."""
    return name in session.functions and replies.defined.get(name, "missing") == "missing"


def is_redefined(session: Session, name: str) -> bool:
    """Whether the submission has a function of its own of this name, rather than importing it."""
    unit = session.submission.unit_of(name)
    return unit is not None and not unit.source.startswith(("from", "import", "try"))
