"""What is asked of one submission: programs, plans and the runs that answer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course import LoadedAssignment
from grader.judging.cases import Case, FunctionCases
from grader.judging.judge import FunctionJudge, Judges
from grader.judging.outcomes import Outcomes
from grader.sandbox.runner import Answer, Execution, Loaded, Outcome, Plan, Program, Replied, Runner, Script, Stopped
from grader.spec import Function
from grader.submission.program import Submission

__all__ = [
    "Exam",
    "Replies",
    "by_case",
    "first_run",
    "follow",
    "is_absent",
    "is_redefined",
    "never_returned",
    "run_plans",
]


@dataclass(frozen=True, slots=True)
class Exam:
    """One submission under one assignment: what is asked, of whom, and where it runs."""

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


def first_run(exam: Exam, specs: Sequence[Function], ask_on: Callable[[FunctionJudge, Outcomes], bool]) -> Replies:
    """All functions in one run; but those for which names are bound to public code in one run each.

    Each is asked the first cases, and the others where ``ask_on`` says so of what it gave on these.
    """
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    loaded = Loaded()
    runs = [[spec for spec in specs if not spec.given], *([spec] for spec in specs if spec.given)]
    for number, together in enumerate(runs):
        if number and loaded.defined.get(together[0].name) == "missing":
            continue
        judges = [exam.functions[spec.name] for spec in together]
        execution = follow(exam, _first_questions(judges, outcomes, ask_on), together[0].given if together else ())
        if not loaded.defined:  # every run loads the same definitions
            loaded = execution.loaded
        loaded = replace(loaded, messages=(*loaded.messages, *execution.slow))
    return Replies(outcomes, loaded)


def _first_questions(
    judges: Sequence[FunctionJudge],
    outcomes: dict[str, tuple[Outcome, ...]],
    ask_on: Callable[[FunctionJudge, Outcomes], bool],
) -> Script:
    for judge in judges:
        first = judge.core.cases.cases
        outcomes |= by_case(first, (yield [case.plan for case in first]))
        if ask_on(judge, outcomes) and judge.others:
            outcomes |= by_case(judge.others, (yield [case.plan for case in judge.others]))


def by_case(cases: Sequence[Case], replied: Replied) -> dict[str, tuple[Outcome, ...]]:
    """What some cases gave, by their keys."""
    return {case.key: outcomes for case, outcomes in zip(cases, replied.outcomes, strict=True)}


def follow(exam: Exam, script: Script, bound: Sequence[str] = (), answer: Answer | None = None) -> Execution:
    """Ask what a script asks in a fresh worker, where names mean public code, or what ``answer`` answers."""
    return exam.runner.follow(_program(exam, bound), _each_once(script), answer)


def _each_once(script: Script) -> Script:
    """The script, whose equal plans are asked once: properties that are about the same calls share them."""
    plans = next(script, None)
    while plans is not None:
        once = {plan.packed: plan for plan in plans}
        replied = yield list(once.values())
        outcomes = dict(zip(once, replied.outcomes, strict=True))
        try:
            plans = script.send(replace(replied, outcomes=tuple(outcomes[plan.packed] for plan in plans)))
        except StopIteration:
            return


def run_plans(exam: Exam, plans: Sequence[Plan], bound: Sequence[str] = (), also: Sequence[str] = ()) -> Execution:
    """Run some plans in a fresh worker, where names mean public code; ``also`` are functions to call that are not graded."""
    program = _program(exam, bound)
    if also:
        files = tuple(replace(file, graded=(*file.graded, *also)) if file.graded else file for file in program.files)
        program = replace(program, files=files, wanted=(*program.wanted, *also))
    return exam.runner.run(program, plans)


def _program(exam: Exam, bound: Sequence[str]) -> Program:
    spec = exam.assignment.spec
    return Program(
        files=exam.submission.files,
        arities=exam.submission.arities,
        options={name: judge.cases.options for name, judge in exam.functions.items()},
        provided=exam.assignment.provided,
        public=exam.assignment.public,
        wanted=tuple(function.name for function in spec.functions),
        bound=tuple(bound),
        packages=spec.packages,
        memory_mb=spec.memory_mb,
        total_s=spec.total_s,
    )


def never_returned(cases: FunctionCases, outcomes: Outcomes) -> bool:
    """Whether a call of a function never came back."""
    return any(isinstance(o, Stopped) for case in cases.cases for o in outcomes.get(case.key, ()))


def is_absent(exam: Exam, replies: Replies, name: str) -> bool:
    """Whether a function that this assignment grades is not defined in the submission."""
    return name in exam.functions and replies.defined.get(name, "missing") == "missing"


def is_redefined(exam: Exam, name: str) -> bool:
    """Whether the submission has a function of its own of this name, rather than importing it."""
    unit = exam.submission.unit_of(name)
    return unit is not None and not unit.source.startswith(("from", "import", "try"))
