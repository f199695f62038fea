"""The whole run of one submission, top to bottom: read, run, judge, carry, diagnose, report."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader._version import __version__
from grader.course import LoadedAssignment
from grader.errors import SubmissionError
from grader.freezing.store import frozen_cases
from grader.judging.cases import CaseFile, FunctionCases
from grader.judging.checks import Verdict, carried_by_property, judge, well_formed
from grader.judging.diagnose import findings_of
from grader.judging.example import counterexample_of
from grader.judging.outcomes import steps_apart
from grader.judging.properties import property_problem
from grader.judging.redaction import hidden, seen
from grader.model import Check, Finding, FunctionReport, Report, SandboxLevel
from grader.sandbox.runner import Answer, Outcome, Plan, Program, Runner, Stopped
from grader.spec import Function, Shows
from grader.submission.program import Submission, read_submission
from grader.texts import say

__all__ = ["grade", "grade_submission", "unreadable"]


def grade(
    assignment: LoadedAssignment,
    path: str | Path,
    *,
    cases: CaseFile | None = None,
    runner: Runner | None = None,
    seed: int = 0,
    siblings: Mapping[str, Path] | None = None,
    name: str | None = None,
    student: str | None = None,
) -> Report:
    """Grade one submission.

    Parameters
    ----------
    assignment
        From :func:`grader.load_assignment`.
    path
        A ``.py`` or ``.ipynb`` file.
    cases
        Frozen cases; read or drawn for ``seed`` when not given.
    runner
        Where student code runs; a sandbox of its own when not given.
    siblings
        Further ``.py`` files that the submission may import, by module name.
    name, student
        How the report calls the submission and its author.

    Returns
    -------
    Report
        ``unreadable`` where there is nothing to grade; never an exception for what a student did.
    """
    started = time.perf_counter()
    frozen = cases or frozen_cases(assignment, seed)
    shown = name or str(path)
    try:
        submission = read_submission(Path(path), frozen.arities, siblings=siblings, name=shown)
    except SubmissionError as error:
        report = unreadable(assignment, frozen, shown, student, str(error), runner.level if runner else "none")
        return replace(report, duration_s=round(time.perf_counter() - started, 4))
    with ExitStack() as stack:
        if runner is None:
            from grader.sandbox.parent import strongest_sandbox

            runner = stack.enter_context(strongest_sandbox(assignment.spec.packages))
        report = grade_submission(assignment, frozen, submission, runner, student=student)
    return replace(report, duration_s=round(time.perf_counter() - started, 4))


def grade_submission(
    assignment: LoadedAssignment,
    cases: CaseFile,
    submission: Submission,
    runner: Runner,
    *,
    student: str | None = None,
    only: str | None = None,
) -> Report:
    """Grade definitions that have been read (see :func:`grade`).

    Of all functions, or of ``only`` one: then its helpers are graded with it, so that the report can say on
    which of them it stands, but not shown.
    """
    needed = None if only is None else {only, *assignment.spec.ancestors(only)}
    specs = [spec for spec in assignment.spec.functions if needed is None or spec.name in needed]
    with np.errstate(all="ignore"), warnings.catch_warnings():  # nan and inf are a student's to return and ours to judge
        warnings.simplefilter("ignore")
        run = _Run(assignment, cases, submission, runner, specs)
        graded = [seen(run.function(spec), assignment.spec.shows) for spec in specs]
    messages = (*run.messages, *_of_a_kit(assignment, graded))
    graded = [f for f in graded if only in (None, f.name)]
    if all(f.status == "missing" for f in graded):
        names = ", ".join(f.name for f in assignment.spec.functions[:4])
        message = say("nothing-found", names=names)
        report = unreadable(assignment, cases, submission.name, student, message, runner.level)
        return replace(report, messages=(message, *run.messages))
    return Report(
        assignment=assignment.name,
        submission=submission.name,
        student=student,
        status="graded",
        sandbox=runner.level,
        points=round(sum(f.points for f in graded), 4),
        max_points=assignment.spec.points,
        functions=tuple(graded),
        messages=messages,
        cases=cases.digest,
        grader_version=__version__,
    )


def unreadable(
    assignment: LoadedAssignment,
    cases: CaseFile,
    name: str,
    student: str | None,
    message: str,
    level: SandboxLevel = "none",
) -> Report:
    """The report on a submission in which there is nothing to grade."""
    return Report(
        assignment=assignment.name,
        submission=name,
        student=student,
        status="unreadable",
        sandbox=level,
        points=None,
        max_points=assignment.spec.points,
        messages=(message,),
        cases=cases.digest,
        grader_version=__version__,
    )


def _of_a_kit(assignment: LoadedAssignment, graded: Sequence[FunctionReport]) -> tuple[str, ...]:
    """What a kit cannot know: the graded cases, and without right helpers which functions may be right all the same.

    A function that is not there or not filled in is not.
    """
    if assignment.reference is not None:
        return ()
    wrong = [f.name for f in graded if f.status != "passed"]
    if not wrong and len(graded) == len(assignment.spec.functions):
        return (say("public-cases"),)
    blank = {f.name for f in graded if f.status == "missing" or any(x.code == "unfilled-blank" for x in f.findings)}
    standing = [n for n in wrong if n not in blank and set(assignment.spec.ancestors(n)) & set(wrong)]
    first = [n for n in wrong if n not in standing and any(n in assignment.spec.ancestors(s) for s in standing)]
    names = ", ".join(standing), ", ".join(first)
    return (say("not-carried", names=names[0], helpers=names[1]),) if standing else ()


@dataclass(frozen=True)
class _Attempt:
    """A verdict with the outcomes that it stands on, and how it came about."""

    verdict: Verdict
    outcomes: Mapping[str, tuple[Outcome, ...]]
    carried: str = ""


class _Run:
    """One submission under one assignment: the first run covers all functions at once."""

    def __init__(
        self,
        assignment: LoadedAssignment,
        cases: CaseFile,
        submission: Submission,
        runner: Runner,
        specs: Sequence[Function],
    ) -> None:
        self.assignment = assignment
        self.cases = _as_shown(cases, assignment.spec.shows)
        self.submission = submission
        self.runner = runner
        plain = [f for f in specs if not f.given]
        self.outcomes: dict[str, tuple[Outcome, ...]] = {}
        self.defined: Mapping[str, str] = {}
        self.carried: set[str] = set()
        self.messages: tuple[str, ...] = submission.messages
        self._run_all(plain, ())
        for spec in specs:
            if spec.given and self.defined.get(spec.name) != "missing":
                self._run_all([spec], spec.given)

    def _program(self, bound: Sequence[str]) -> Program:
        spec = self.assignment.spec
        return Program(
            files=self.submission.files,
            arities=self.submission.arities,
            provided=self.assignment.provided,
            public=self.assignment.public,
            wanted=tuple(f.name for f in spec.functions),
            bound=tuple(bound),
            packages=spec.packages,
            memory_mb=spec.memory_mb,
            total_s=spec.total_s,
        )

    def _run_all(self, specs: Sequence[Function], bound: Sequence[str]) -> None:
        plans = [(case.key, case.plan) for spec in specs for case in self.cases.functions[spec.name].cases]
        execution = self.runner.run(self._program(bound), [plan for _, plan in plans])
        self.outcomes.update({key: outcome for (key, _), outcome in zip(plans, execution.outcomes, strict=True)})
        if not self.defined:
            self.defined = execution.loaded.defined
            self.messages = (*self.messages, *execution.loaded.messages)

    # -- one function ----------------------------------------------------------------------

    def function(self, spec: Function) -> FunctionReport:
        """The report on one function: judged, tried again with right helpers, diagnosed."""
        cases = self.cases.functions[spec.name]
        state = self.defined.get(spec.name, "missing")
        loading_stopped = spec.name not in self.defined and self._stopped(cases)
        if state != "callable" and not loading_stopped:
            return self._absent(spec, cases, state)
        first = _Attempt(judge(spec, cases, self.outcomes), self.outcomes)
        best, tried = first, list[_Attempt]()
        if first.verdict.status == "failed" or (not first.verdict.passed and self._stands_on_stopped(spec)):
            for attempt in self._carried(spec, cases, first):
                tried.append(attempt)
                if attempt.verdict.passed or _tells_more(attempt.verdict, best.verdict):
                    best = attempt
                if best.verdict.passed:
                    break
        return self._report(spec, cases, best, tried)

    def _stopped(self, cases: FunctionCases) -> bool:
        return any(isinstance(o, Stopped) for c in cases.cases for o in self.outcomes.get(c.key, ()))

    def _stands_on_stopped(self, spec: Function) -> bool:
        """Whether a graded helper below this function did not come back either: then it is tried without it."""
        known = [name for name in self.assignment.spec.ancestors(spec.name) if name in self.cases.functions]
        return any(self._stopped(self.cases.functions[name]) for name in known)

    def _absent(self, spec: Function, cases: FunctionCases, state: str) -> FunctionReport:
        verdict = judge(spec, cases, {})
        skipped = tuple(Check(c.kind, c.name, "skipped", 0.0, c.max_points, say("skipped-missing")) for c in verdict.checks)
        place = self.submission.lost.get(spec.name)
        if state == "missing" and place is not None:
            message = say("unread", name=spec.name, place=place)
        else:
            message = say("missing" if state == "missing" else "not-callable", name=spec.name)
        checks = (Check("runs", "runs", "failed", 0.0, 0.0, message), *skipped[1:])
        return FunctionReport(spec.name, "missing", None, 0.0, spec.points, False, checks)

    def _carried(self, spec: Function, cases: FunctionCases, first: _Attempt) -> Iterator[_Attempt]:
        """Tried again with right helpers, on the student's own earlier values, and against those; one when asked for."""
        helpers = self.assignment.spec.ancestors(spec.name)
        answer = self._answer(helpers)
        if helpers and answer is not None and self._may_be_their_fault(helpers, first.verdict):
            plans = [c.plan for c in cases.cases]
            yield self._again(spec, cases, plans, helpers, answer, "helpers")
            graded = [name for name in helpers if name in self.cases.functions]
            if graded and any(self._redefined(name) for name in helpers if name not in graded):
                # A provided helper of the student's own may have a convention of its own, which suits the rest.
                yield self._again(spec, cases, plans, graded, answer, "helpers")
        if any(c.own for c in cases.cases) and not _only_inputs_changed(first.verdict):
            plans = [c.own or c.plan for c in cases.cases]
            yield self._again(spec, cases, plans, (), None, "own")
        instead = carried_by_property(spec, first.verdict)
        if instead is not None and self._only_values_wrong(self._producers(cases)) and self._holds_apart(spec, cases):
            yield _Attempt(instead, self.outcomes, "own")

    def _may_be_their_fault(self, helpers: Sequence[str], verdict: Verdict) -> bool:
        """Whether a helper may be wrong or absent: those that come from the provided modules are neither."""
        raised = any(c.kind == "runs" and c.status == "failed" for c in verdict.checks)
        absent = any(map(self._absent_here, helpers))  # a property may ask for it where the function does not
        return raised or absent or self.submission.has_modules or any(map(self._redefined, helpers))

    def _absent_here(self, name: str) -> bool:
        """Whether a function that this assignment grades is not defined in the submission."""
        return name in self.cases.functions and self.defined.get(name, "missing") == "missing"

    def _producers(self, cases: FunctionCases) -> list[str]:
        """The functions on whose results a function is graded when these are the student's own."""
        plans = [c.own or c.plan for c in cases.cases if c.expected]
        return sorted({name for plan in plans for name, _ in plan.steps[:-1]})

    def _only_values_wrong(self, names: Sequence[str]) -> bool:
        """Whether some of these graded functions give wrong values, and all of them results of the right form."""
        verdicts = [judge(self.assignment.spec.function(n), self.cases.functions[n], self.outcomes) for n in names]
        wrong = [v for v in verdicts if any(c.kind == "values" and c.status == "failed" for c in v.checks)]
        return bool(wrong) and all(map(well_formed, verdicts))

    def _holds_apart(self, spec: Function, cases: FunctionCases) -> bool:
        """Whether the properties that carry hold, too, for what the earlier functions answer when only they are asked.

        Beside the function that is judged they may see what it has claimed, and answer so that it comes true.
        """
        carrying = [p for p in spec.properties if p.carries]
        judged = [(p, case, steps_apart(case, spec.name)) for p in carrying for case in cases.cases if case.check == p.name]
        plans = [
            replace(case.plan, function="", number=number, steps=tuple(case.plan.steps[n] for n in numbers))
            for number, (_, case, numbers) in enumerate(judged)
        ]
        outcomes = self.runner.run(self._program(()), plans).outcomes
        for (prop, case, numbers), found in zip(judged, outcomes, strict=True):
            replies = list(self.outcomes[case.key])
            for number, outcome in zip(numbers, found, strict=False):
                replies[number] = outcome
            if len(found) != len(numbers) or property_problem(prop, case, replies) is not None:
                return False
        return True

    def _again(
        self,
        spec: Function,
        cases: FunctionCases,
        plans: Sequence[Plan],
        helpers: Sequence[str],
        answer: Answer | None,
        how: str,
    ) -> _Attempt:
        bound = tuple(dict.fromkeys((*helpers, *spec.given)))
        execution = self.runner.run(self._program(bound), plans, answer)
        quiet = _silent if how else tuple[Outcome, ...]
        outcomes = {c.key: quiet(outcome) for c, outcome in zip(cases.cases, execution.outcomes, strict=True)}
        return _Attempt(judge(spec, cases, outcomes), outcomes, how)

    def _answer(self, helpers: Sequence[str]) -> Answer | None:
        """Right helpers, answered by the reference; None in a student kit."""
        if self.assignment.reference is None:
            return None
        if not helpers:
            return None
        right = {name: self.assignment.reference_function(name) for name in helpers}  # found once, not in every copy
        return lambda name, args, kwargs: right[name](*args, **kwargs)

    def _report(self, spec: Function, cases: FunctionCases, attempt: _Attempt, tried: Sequence[_Attempt]) -> FunctionReport:
        verdict = attempt.verdict
        findings = findings_of(spec, cases, attempt.outcomes, verdict)
        for other in tried if not verdict.passed and not findings else ():
            if other.carried == "helpers":  # a mistake may show only where the helpers are right
                findings = findings_of(spec, cases, other.outcomes, other.verdict)
        findings = findings or self._blank(spec, verdict) or self._other_order(spec, cases, verdict)
        carried = bool(attempt.carried) and verdict.passed  # a few points more are no reason to call it right
        if carried:
            self.carried.add(spec.name)
            findings = (self._carried_finding(spec, attempt.carried), *findings)[:2]
        return FunctionReport(
            spec.name,
            verdict.status,
            self.submission.origin(spec.name),
            verdict.points,
            spec.points,
            carried,
            verdict.checks,
            findings,
            self._counterexample(spec, cases, attempt),
        )

    def _counterexample(self, spec: Function, cases: FunctionCases, attempt: _Attempt) -> Mapping[str, Any] | None:
        """The example beside a verdict."""
        if attempt.verdict.passed:
            return None
        return counterexample_of(
            cases,
            attempt.outcomes,
            attempt.verdict,
            parameters={name: some.parameters for name, some in self.cases.functions.items()},
            public=self.assignment.public,
            helped=attempt.carried == "helpers",
            random=spec.random,
        )

    def _blank(self, spec: Function, verdict: Verdict) -> tuple[Finding, ...]:
        """A blank of the template that was left in, where nothing better explains a None."""
        if verdict.passed or not any(_NOTHING.search(c.message) for c in verdict.checks if c.status == "failed"):
            return ()
        unit = self.submission.unit_of(spec.name)
        for number, line in enumerate(unit.source.split("\n") if unit else ()):
            if unit and len(line) < 200 and _BLANK.match(line):  # it tries n * n ways on a line of n spaces
                place = {"line": unit.line + number, "label": unit.label, "text": line.split("#")[0].strip()}
                return (Finding("unfilled-blank", say("unfilled-blank", **place), say("unfilled-blank-hint")),)
        return ()

    def _other_order(self, spec: Function, cases: FunctionCases, verdict: Verdict) -> tuple[Finding, ...]:
        """The arguments of the exercise, by their names, in other places: calls are by position."""
        if verdict.passed:  # before anything is parsed for it
            return ()
        own, wanted = self.submission.arguments(spec.name), cases.parameters
        if not set(wanted) <= set(own) or own[: len(wanted)] == wanted:
            return ()
        number = next(i for i, name in enumerate(wanted) if own[i] != name)
        facts = {"name": spec.name, "number": number + 1, "expected": wanted[number], "found": own[number]}
        return (Finding("argument-order", say("argument-order", **facts), say("argument-order-hint")),)

    def _carried_finding(self, spec: Function, how: str) -> Finding:
        if how == "own":
            producers = " and ".join(self._producers(self.cases.functions[spec.name]))
            return Finding("carried", say("carried-own", name=spec.name, producer=producers), "")
        known = self.assignment.spec.ancestors(spec.name)
        wrong = [n for n in known if n in self.cases.functions and not self._right(n)]
        redefined = [n for n in known if n not in self.cases.functions and self._redefined(n)]
        if not wrong and not redefined:  # hidden by another import, or absent: nobody's formula is wrong
            names = ", ".join(spec.helpers)
            text = say("carried-absent", name=spec.name, helpers=names)
            return Finding("carried", text, say("carried-absent-hint", helpers=names))
        blamed = wrong or redefined
        names = " and ".join(blamed)
        text = "carried-some" if len(blamed) > 1 else "carried"
        if all(map(self._absent_here, blamed)):
            text = "carried-undefined"
        return Finding("carried", say(text, name=spec.name, helpers=names), say(f"{text}-hint", helpers=names))

    def _redefined(self, name: str) -> bool:
        """Whether the submission has a provided helper of its own, rather than importing it."""
        unit = self.submission.unit_of(name)
        return unit is not None and not unit.source.startswith(("from", "import", "try"))

    def _right(self, name: str) -> bool:
        if name in self.carried:  # right itself, and what it stands on is named beside it
            return True
        spec = self.assignment.spec.function(name)
        if not any(case.key in self.outcomes for case in self.cases.functions[name].cases):
            return True  # it was not run here: nothing is said about it
        return self.defined.get(name) == "callable" and judge(spec, self.cases.functions[name], self.outcomes).passed


_NOTHING = re.compile(r"None|of type numpy\.ndarray")  # np.squeeze(None) is an array of objects
_BLANK = re.compile(r"""\s+[\w\[\]"'+(), ]+=\s*None(\s*,\s*None)*\s*(#.*)?$""")


def _as_shown(cases: CaseFile, shows: Shows) -> CaseFile:
    """The cases, of which none may be seen unless the assignment shows examples."""
    if shows == "examples":
        return cases
    return replace(cases, functions={name: hidden(some) for name, some in cases.functions.items()})


def _tells_more(one: Verdict, other: Verdict) -> bool:
    """Whether a verdict earns more, or as much but did not end in an exception (of a wrong helper)."""
    raised = any(c.kind == "runs" and c.status == "failed" for c in other.checks)
    ran = not any(c.kind == "runs" and c.status == "failed" for c in one.checks)
    return one.points > other.points or (one.points == other.points and raised and ran)


def _only_inputs_changed(verdict: Verdict) -> bool:
    """Whether nothing else is wrong: on the student's own values, which travel as handles, it could not be seen."""
    return {check.kind for check in verdict.checks if check.status == "failed"} == {"inputs"}


def _silent(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Outcomes without what was printed: a carried run sees right replies, which are nobody's to print."""
    return tuple(o if isinstance(o, Stopped) else replace(o, output="") for o in outcomes)
