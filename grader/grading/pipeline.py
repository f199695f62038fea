"""The whole run of one submission, top to bottom: read, run, judge, carry, explain, report."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader import sentences
from grader._version import __version__
from grader.course import LoadedAssignment
from grader.errors import SubmissionError
from grader.freezing.store import frozen_cases
from grader.grading.between import Kept, asked_alone, what_is_kept
from grader.grading.carried import (
    Attempt,
    best_of,
    carried_finding,
    first_attempts,
    has_foreign_values,
    has_nothing_to_use,
    in_agreement,
    is_cut_short,
    on_given_code,
    raised_on_own_values,
    raises_on_foreign_values,
    right_in_another_edition,
    second_run,
    tried_on_properties,
    wrong_and_called,
    wrong_before,
)
from grader.grading.execution import Replies, Session, never_returned
from grader.grading.others import fault_of_others
from grader.intake.collect import HandIn, collect_one
from grader.judging.cases import CaseFile
from grader.judging.checks import verdict_of
from grader.judging.example import counterexample_of
from grader.judging.findings import blank_left_in, findings_of, missing_name_finding, other_order, unfilled
from grader.judging.judge import FunctionJudge, Judges, Verdict, judges_of
from grader.judging.properties import judged_by
from grader.judging.redaction import report_as_shown
from grader.model import Check, Finding, FunctionReport, NotRun, Report, SandboxLevel
from grader.sandbox.here import InProcess
from grader.sandbox.limits import bounded_work
from grader.sandbox.runner import Runner
from grader.scratch import scratch_folder
from grader.spec import Assignment, Function, Manual
from grader.submission.hints import missing_function
from grader.submission.program import Submission, read_submission

__all__ = ["WORK_S", "grade", "grade_submission", "unreadable"]

_BLANKS = ("not-started", "unfilled-blank")
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
    spec = assignment.spec
    submission = read_submission(hand_in.files, cases.arities, main=hand_in.main, name=title, **spec.reading)
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
    session = Session(assignment, judges, submission, runner)
    functions: dict[str, FunctionReport] = {}
    best: dict[str, Attempt] = {}
    copy = runner.beside(judges.judged)
    with (
        _bounded(runner),
        judged_by(copy),
        np.errstate(all="ignore"),
    ):  # nan and inf are a student's to return and ours to judge
        replies, first = first_attempts(session, specs)
        first = {name: attempt for name, attempt in first.items() if not _is_not_there(judges.functions[name], replies)}
        first = in_agreement(session, first)
        kept = {name: what_is_kept(session, attempt) for name, attempt in first.items() if not attempt.verdict.passed}
        again = second_run(session, first)
        wrong = [name for name in first if not any(a.verdict.passed for a in (first[name], *again.get(name, [])))]
        for judge in (judges.functions[spec.name] for spec in specs):
            name = judge.spec.name
            if name not in first:
                functions[name] = _missing(judge, replies, submission)
                continue
            best[name] = _best(session, first, name, again.get(name, []))
            if best[name].verdict.passed and not best[name].carried:
                best[name] = on_given_code(session, best[name], best)
            if not best[name].verdict.passed:
                best[name] = asked_alone(best[name], kept[name])
            findings = _explained(session, replies, first[name], best, again.get(name, []), wrong, kept.get(name, Kept()))
            functions[name] = _function_report(session, replies, best, name, findings)
    graded = [report_as_shown(function, assignment.spec.shows) for function in _overwriting_once(functions.values())]
    graded = _with_waiting(assignment, graded)
    return _report(session, replies, graded, student, only)


def _report(
    session: Session, replies: Replies, graded: Sequence[FunctionReport], student: str | None, only: str | None
) -> Report:
    """The report on what was graded, or on ``only`` one function of it."""
    assignment, submission = session.assignment, session.submission
    functions = [function for function in graded if only in (None, function.name)]
    messages = (*submission.messages, *_about_definitions(submission, replies), *_about_edition(session))
    messages += (*_about_provided(session), *replies.loaded.messages)
    if all(function.status == "missing" for function in functions):
        return _nothing_there(session, functions, student, messages)
    return Report(
        assignment=assignment.name,
        submission=submission.name,
        student=student,
        status="graded",
        sandbox=session.runner.level,
        points=round(sum(function.points for function in functions), 4),
        max_points=assignment.spec.points,
        functions=(*functions, *(() if only else map(_by_hand, assignment.spec.manual))),
        messages=(*messages, *_of_a_kit(assignment, graded)),
        cases=session.judges.cases.digest,
        grader_version=__version__,
        files=submission.reported_files,
        not_run=tuple(_not_run(submission, replies)),
        numpy=np.__version__,
    )


def _about_definitions(submission: Submission, replies: Replies) -> Iterator[str]:
    """Of each function that is defined several times, the definition that was graded, and why the last one was not."""
    units, loaded = submission.units, replies.loaded
    for often in submission.redefined:
        chosen = next((number for number, unit in enumerate(units) if unit.place == often.place), -1)
        graded = loaded.bound.get(often.name, chosen)
        if graded < chosen:
            plain = units[chosen].source.startswith(("def", "@"))
            why = sentences.other_arguments(submission.arities[often.name]) if plain else sentences.NOT_REACHED
            why = sentences.not_run_there(loaded.failed[chosen]) if chosen in loaded.failed else why
            yield sentences.defined_elsewhere(often.name, often.count, units[graded].place, often.place, why)
        elif often.other:
            yield sentences.defined_elsewhere(often.name, often.count, often.place, often.other, often.why)
        else:
            yield sentences.defined_often(often.name, often.count, often.place)


def _about_provided(session: Session) -> Iterator[str]:
    """That functions of the exercise's modules stand in for those of a student's file of the same name."""
    submission = session.submission
    for module, text in session.assignment.provided.items():
        wanted = re.compile(rf"(?m)^\s*(?:from|import)\s+{re.escape(module)}\b")
        own = [file for file in submission.files if file.module.rpartition(".")[2] == module and not file.graded]
        changed = [file for file in own if "".join(source for _, source in file.cells.code).split() != text.split()]
        if changed and any(wanted.search(unit.source) for unit in submission.units):
            bound = {name for file in changed for unit in file.units for name in unit.binds}
            if names := [name for name in re.findall(r"(?m)^def (\w+)", text) if name in bound]:
                yield sentences.provided_wins(module, names)


def _about_edition(session: Session) -> Iterator[str]:
    """By which edition of the exercise a submission is graded, where that makes a difference."""
    possible = [edition.says for edition in session.assignment.spec.editions if not edition.refused]
    edition = session.submission.edition
    if possible and edition is None:
        yield sentences.edition_untold(possible)
    elif edition is not None and edition.alternative:
        yield sentences.edition_told(edition.says)


def _by_hand(part: Manual) -> FunctionReport:
    """What a report says of a part that a person grades."""
    check = Check("manual", part.name, "skipped", 0.0, part.points, sentences.BY_HAND)
    return FunctionReport(part.name, "not-graded", None, 0.0, part.points, False, (check,))


def _overwriting_once(functions: Iterable[FunctionReport]) -> Iterator[FunctionReport]:
    """The reports, in which overwriting the arguments costs points once: it is one habit, in whatever many functions."""
    lost = False
    for function in functions:
        wrong = [check for check in function.checks if check.status != "passed"]
        if lost and [check.kind for check in wrong] == ["inputs"]:
            again = replace(wrong[0], points=wrong[0].max_points, message=f"{wrong[0].message}; {sentences.COUNTED_ONCE}")
            checks = tuple(again if check is wrong[0] else check for check in function.checks)
            yield replace(function, checks=checks, points=round(function.points + again.points, 4))
        else:
            lost = lost or any(check.kind == "inputs" and check.status == "failed" for check in wrong)
            yield function


def _not_run(submission: Submission, replies: Replies) -> Iterator[NotRun]:
    """The statements that a graded function needs and that could not be run."""
    units = submission.units
    for number, why in replies.loaded.failed.items():
        yield NotRun(units[number].origin, units[number].binds, why)


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


def _nothing_there(
    session: Session, missing: Sequence[FunctionReport], student: str | None, messages: Sequence[str]
) -> Report:
    """The report on a submission that has none of the functions; it says where a name is near to one that is expected."""
    assignment, submission = session.assignment, session.submission
    problems = [f.checks[0].message for f in missing]
    if len(missing) > 1:
        near = set(problems) - {sentences.missing_function(f.name) for f in missing}
        problems = [sentences.nothing_to_grade([f.name for f in missing[:4]]), *filter(near.__contains__, problems)]
    report = unreadable(assignment, session.judges.cases, submission.name, student, problems[0], session.runner.level)
    return replace(report, messages=(*problems, *messages), files=submission.reported_files)


def _graded_specs(spec: Assignment, only: str | None) -> list[Function]:
    """The functions to grade: all, or one with those before it."""
    needed = None if only is None else {only, *spec.before(only)}
    return [function for function in spec.functions if needed is None or function.name in needed]


# -- one function ------------------------------------------------------------------------


def _is_not_there(judge: FunctionJudge, replies: Replies) -> bool:
    """Whether there is no function to be judged; one whose definitions never finished loading has been stopped."""
    name = judge.spec.name
    loading_stopped = name not in replies.defined and never_returned(judge.cases, replies.outcomes)
    return replies.defined.get(name) != "callable" and not loading_stopped


def _missing(judge: FunctionJudge, replies: Replies, submission: Submission) -> FunctionReport:
    """The report on a function that is not there."""
    name = judge.spec.name
    if replies.defined.get(name, "missing") != "missing":
        message = sentences.no_function(name)
    else:
        message = missing_function(submission, name, replies.loaded.failed, replies.loaded.absent)
    skipped = [
        Check(check.kind, check.name, "skipped", 0.0, check.max_points, sentences.SKIPPED_MISSING)
        for check in verdict_of(judge, {}).checks[1:]
    ]
    checks = (Check("runs", "runs", "failed", 0.0, 0.0, message), *skipped)
    return FunctionReport(name, "missing", None, 0.0, judge.spec.points, False, checks)


def _best(session: Session, first: dict[str, Attempt], name: str, again: list[Attempt]) -> Attempt:
    """The attempt that is reported; where none passes, each is settled first."""
    passing = next((attempt for attempt in (first[name], *again) if attempt.verdict.passed), None)
    if passing is not None:
        return passing
    first[name] = first[name].settled
    made = tuple(again)
    again[:] = [attempt.settled for attempt in again if not raises_on_foreign_values(session, attempt)]
    best = best_of(first[name], again)
    return best if best.verdict.passed else best_of(best, list(tried_on_properties(session, first, name, made)))


def _explained(
    session: Session,
    replies: Replies,
    first: Attempt,
    best: Mapping[str, Attempt],
    made: Sequence[Attempt],
    all_wrong: Collection[str],
    kept: Kept,
) -> tuple[Finding, ...]:
    """What is recognised as wrong: by the values, which a mistake may show only with right helpers, else by the text.

    Where points are carried, the first thing to say is whose mistake that is.
    """
    submission, attempt = session.submission, best[first.verdict.name]
    judge, verdict, outcomes = attempt.judge, attempt.verdict, attempt.outcomes
    if submission.edition is not None and (other_edition := right_in_another_edition(session, attempt)):
        return (sentences.other_edition(other_edition.says, submission.edition.says),)
    findings = unfilled(judge, submission, verdict) or other_order(judge, submission, verdict)
    foreign = not verdict.passed and has_foreign_values(session, attempt)
    wrong = () if findings or verdict.passed or (attempt.how == "helpers" and not foreign) else wrong_before(judge, best)
    earlier = (sentences.earlier_first(verdict.name, wrong, replaced=foreign),) if wrong else ()
    if not wrong and not findings and not verdict.passed and (called := wrong_and_called(session, made, best)):
        earlier = (sentences.earlier_called(verdict.name, called),)
    if wrong and is_cut_short(attempt):  # what was raised is theirs
        return earlier
    if foreign and not wrong and (unusable := raised_on_own_values(first)):
        return (unusable,)
    findings = findings or (() if wrong or verdict.passed else kept.findings)
    findings = findings or (() if verdict.passed else fault_of_others(session, first, all_wrong))
    findings = findings or findings_of(judge, outcomes, verdict)
    if not findings and not verdict.passed:
        for other in made:  # what raises beside right helpers alone is not how the student's own functions fit together
            if other.how == "helpers" and (first.verdict.failed("runs") or not other.verdict.failed("runs")):
                findings = findings_of(other.judge, other.outcomes, other.verdict)
    findings = findings or missing_name_finding(judge, submission, replies.loaded, outcomes, verdict)
    if not findings or findings[0].code == "handed-back":  # a blank hands back what it was given, too
        findings = blank_left_in(judge, submission, verdict) or findings
    if attempt.carried:
        earlier = (carried_finding(session, replies, first, best),)
    return (*earlier, *findings)[:2] if earlier else findings


def _function_report(
    session: Session, replies: Replies, best: Mapping[str, Attempt], name: str, findings: tuple[Finding, ...]
) -> FunctionReport:
    attempt, submission = best[name], session.submission
    judge, verdict = attempt.judge, attempt.verdict
    file = submission.file_of(verdict.name)
    number = replies.loaded.bound.get(verdict.name)
    example = None
    producers = [] if verdict.passed or not replies.defined else has_nothing_to_use(judge, replies.outcomes, best)
    if producers:
        right = all(name in best and best[name].verdict.passed for name in producers)
        verdict, findings = _not_judged(verdict, producers, right=right), ()
    elif not verdict.passed:
        example = counterexample_of(
            judge,
            attempt.outcomes,
            verdict,
            parameters={name: other.cases.parameters for name, other in session.functions.items()},
            public=session.assignment.public,
            helped=attempt.how == "helpers",
        )
    return FunctionReport(
        name=verdict.name,
        status=verdict.status,
        origin=submission.origin(verdict.name) if number is None else submission.units[number].origin,
        points=verdict.points,
        max_points=judge.spec.points,
        carried=attempt.carried,
        checks=verdict.checks,
        findings=findings,
        counterexample=example,
        file=file.path if file else None,
    )


def _not_judged(verdict: Verdict, producers: Sequence[str], *, right: bool) -> Verdict:
    """The verdict on a function whose question only the student's own earlier functions could have asked."""
    message = sentences.not_judged(verdict.name, producers, right=right)
    first, *others = verdict.checks
    checks = [replace(first, status="skipped", points=0.0, message=message)]
    checks += [replace(check, status="skipped", points=0.0, message=sentences.SKIPPED_RUNS) for check in others]
    return Verdict(verdict.name, "not-graded", tuple(checks), max_points=verdict.max_points)


# -- a kit -------------------------------------------------------------------------------


def _of_a_kit(assignment: LoadedAssignment, graded: Sequence[FunctionReport]) -> tuple[str, ...]:
    """What a kit cannot know: the graded cases, and without right helpers which functions may be right all the same."""
    if assignment.reference is not None:
        return ()
    if len(graded) == len(assignment.spec.functions) and all(f.status == "passed" for f in graded):
        return (sentences.PUBLIC_CASES,)
    waiting = {f.name: f.waits_for for f in graded if f.waits_for}
    first = dict.fromkeys(name for names in waiting.values() for name in names)
    return (sentences.not_carried([*waiting], [*first]),) if waiting else ()


def _with_waiting(assignment: LoadedAssignment, graded: Sequence[FunctionReport]) -> list[FunctionReport]:
    """The reports, which say for what each function waits: where there are no right helpers, for its own wrong ones.

    A function that is not there or not filled in waits for its author.
    """
    if assignment.reference is not None:
        return list(graded)
    wrong = [f.name for f in graded if f.status != "passed"]
    blank = {f.name for f in graded if f.status == "missing" or any(x.code in _BLANKS for x in f.findings)}
    above = {name: [o for o in wrong if o in assignment.spec.ancestors(name)] for name in wrong}
    first = {name: tuple(o for o in above[name] if o in blank or not above[o]) for name in wrong if name not in blank}
    return [replace(f, waits_for=first.get(f.name, ())) for f in graded]
