"""The whole run of one submission, top to bottom: read, run, judge, carry, explain, report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader.course import LoadedAssignment
from grader.disk import scratch_folder
from grader.errors import SubmissionError
from grader.freezing.store import frozen_cases
from grader.grading.attempts import Attempt, best_of
from grader.grading.between import Kept, asked_alone, what_is_kept
from grader.grading.carried import first_attempts, second_run
from grader.grading.conventions import in_agreement
from grader.grading.execution import Exam, Replies, never_returned
from grader.grading.explaining import explained
from grader.grading.own_values import on_given_code, raises_on_foreign_values, tried_on_properties
from grader.grading.reporting import function_report, missing_report, report_on, unreadable
from grader.intake.collect import HandIn, collect_one
from grader.judging.cases import CaseFile
from grader.judging.judge import FunctionJudge, Judges, judges_of
from grader.judging.properties import judged_by
from grader.model import FunctionReport, Report
from grader.sandbox.here import InProcess
from grader.sandbox.limits import bounded_work
from grader.sandbox.runner import Runner
from grader.spec import Assignment, Function
from grader.submission.program import Submission
from grader.submission.reading import read_submission

__all__ = ["WORK_S", "grade", "grade_submission"]

WORK_S = 20.0  # CPU seconds of this process for one submission, which needs a twentieth of one


def grade(
    assignment: LoadedAssignment,
    path: str | Path | Sequence[str | Path],
    *,
    cases: CaseFile | None = None,
    runner: Runner | None = None,
    seed: int = 0,
    name: str | None = None,
    student: str | None = None,
    thorough: bool = False,
    own_folder: bool = False,
) -> Report:
    """Grade one submission.

    Parameters
    ----------
    assignment
        From :func:`grader.load_assignment`.
    path
        A file, several files, or the folder or zip of one student.
    cases
        Frozen cases; read or drawn for ``seed`` when not given.
    runner
        Where student code runs; a sandbox of its own when not given.
    name, student
        How the report calls the submission and its author.
    thorough
        Ask all cases, also of functions that are right on those that are asked first.
    own_folder
        Whether the folder of a file that is named alone is the student's, so that it may import the modules beside it.

    Returns
    -------
    Report
        ``unreadable`` where there is nothing to grade; never an exception for what a student did.
    """
    started = time.perf_counter()
    frozen = cases or frozen_cases(assignment, seed)
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
    title = name or ", ".join(str(one) for one in paths)
    with ExitStack() as stack:
        if runner is None:
            from grader.sandbox.own import strongest_sandbox  # whoever brings a runner needs none of it

            runner = sandbox = strongest_sandbox(assignment.spec.packages, assignment.warm_up)
            stack.callback(sandbox.close)
        stack.enter_context(_bounded(runner))
        try:
            scratch = stack.enter_context(scratch_folder())
            hand_in = collect_one(paths, unpack_to=scratch, provided=assignment.provided, own_folder=own_folder)
            submission, note = _read(assignment, frozen, hand_in, title)
        except SubmissionError as error:
            report = unreadable(assignment, frozen, title, student, str(error), runner.level)
        else:
            judges = judges_of(assignment.spec, frozen, thorough=thorough)
            report = grade_submission(assignment, judges, submission, runner, student=student)
            report = replace(report, messages=(*note, *report.messages))
    return replace(report, duration_s=round(time.perf_counter() - started, 4))


def _bounded(runner: Runner) -> AbstractContextManager[None]:
    """The account of one submission; where what is trusted runs in this process, it has none."""
    return nullcontext() if isinstance(runner, InProcess) else bounded_work(WORK_S)


def _read(assignment: LoadedAssignment, cases: CaseFile, hand_in: HandIn, title: str) -> tuple[Submission, tuple[str, ...]]:
    """The program of one student, and what is to be said about its files."""
    if hand_in.problem:
        raise SubmissionError(hand_in.problem)
    exercise = assignment.spec.exercise
    submission = read_submission(hand_in.files, cases.arities, main=hand_in.main, name=title, exercise=exercise)
    return submission, (hand_in.note,) if hand_in.note else ()


def grade_submission(
    assignment: LoadedAssignment,
    judges: Judges,
    submission: Submission,
    runner: Runner,
    *,
    student: str | None = None,
    only: str | None = None,
) -> Report:
    """Grade definitions that have been read (see :func:`grade`).

    Of all functions, or of ``only`` one: then those that stand before it are graded with it, so that the report can
    say which of them it calls, but not shown.
    """
    specs = _graded_specs(assignment.spec, only)
    exam = Exam(assignment, judges, submission, runner)
    functions: list[FunctionReport] = []
    best: dict[str, Attempt] = {}
    copy = runner.beside(judges.judged)
    with _bounded(runner), judged_by(copy), np.errstate(all="ignore"):  # nan and inf are a student's to return
        replies, first = first_attempts(exam, specs)
        first = {name: attempt for name, attempt in first.items() if not _is_not_there(judges.functions[name], replies)}
        first = in_agreement(exam, first)
        kept = {name: what_is_kept(exam, attempt) for name, attempt in first.items() if not attempt.verdict.passed}
        again = second_run(exam, first)
        wrong = [name for name in first if not any(a.verdict.passed for a in (first[name], *again.get(name, ())))]
        for name in (spec.name for spec in specs):
            if name not in first:
                functions.append(missing_report(exam, replies, name))
                continue
            best[name], made = _best(exam, first, name, again.get(name, ()))
            if best[name].verdict.passed and not best[name].carried:
                best[name] = on_given_code(exam, best[name], best)
            if not best[name].verdict.passed:
                best[name] = asked_alone(best[name], kept[name])
            findings = explained(exam, replies, first[name], best, made, wrong, kept.get(name, Kept()))
            functions.append(function_report(exam, replies, best, name, findings))
    return report_on(exam, replies, functions, student, only)


def _graded_specs(spec: Assignment, only: str | None) -> list[Function]:
    """The functions to grade: all, or one with those before it."""
    needed = None if only is None else {only, *spec.before(only)}
    return [function for function in spec.functions if needed is None or function.name in needed]


def _is_not_there(judge: FunctionJudge, replies: Replies) -> bool:
    """Whether there is no function to be judged; one whose definitions never finished loading has been stopped."""
    name = judge.spec.name
    loading_stopped = name not in replies.defined and never_returned(judge.cases, replies.outcomes)
    return replies.defined.get(name) != "callable" and not loading_stopped


def _best(exam: Exam, first: dict[str, Attempt], name: str, made: Sequence[Attempt]) -> tuple[Attempt, Sequence[Attempt]]:
    """The attempt that is reported, and those with help; where none passes, each is settled, also in ``first``."""
    passing = next((attempt for attempt in (first[name], *made) if attempt.verdict.passed), None)
    if passing is not None:
        return passing, made
    first[name] = first[name].settled
    settled = [attempt.settled for attempt in made if not raises_on_foreign_values(exam, attempt)]
    best = best_of(first[name], settled)
    if not best.verdict.passed:
        best = best_of(best, list(tried_on_properties(exam, first, name, made)))
    return best, settled
