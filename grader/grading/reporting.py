"""The report on a submission, put together from the verdicts on its functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader import sentences
from grader._version import __version__
from grader.course import LoadedAssignment
from grader.grading.attempts import Attempt
from grader.grading.execution import Exam, Replies
from grader.grading.own_values import has_nothing_to_use
from grader.judging.cases import CaseFile
from grader.judging.checks import verdict_of
from grader.judging.example import counterexample_of
from grader.judging.judge import Verdict
from grader.judging.redaction import report_as_shown
from grader.model import Check, Finding, FunctionReport, NotRun, Report, SandboxLevel
from grader.spec import Manual
from grader.submission.hints import built_on, missing_function
from grader.submission.program import Submission

__all__ = ["function_report", "missing_report", "report_on", "unreadable"]


def report_on(
    exam: Exam, replies: Replies, functions: Sequence[FunctionReport], student: str | None, only: str | None
) -> Report:
    """The report on what was graded, as far as it may be shown, or on ``only`` one function of it."""
    assignment, submission = exam.assignment, exam.submission
    graded = [report_as_shown(function, assignment.spec.shows) for function in _overwriting_once(functions)]
    graded = _with_waiting(exam, graded)
    functions = [function for function in graded if only in (None, function.name)]
    messages = (*submission.messages, *_about_definitions(submission, replies), *_about_edition(exam))
    messages += (*_about_provided(exam), *replies.loaded.messages)
    if all(function.status == "missing" for function in functions):
        return _nothing_there(exam, functions, student, messages)
    return Report(
        assignment=assignment.name,
        submission=submission.name,
        student=student,
        status="graded",
        sandbox=exam.runner.level,
        points=round(sum(function.points for function in functions), 4),
        max_points=assignment.spec.points,
        functions=(*functions, *(() if only else map(_by_hand, assignment.spec.manual))),
        messages=(*messages, *_of_a_kit(assignment, graded)),
        cases=exam.judges.cases.digest,
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


def _about_provided(exam: Exam) -> Iterator[str]:
    """That functions of the exercise's modules stand in for those of a student's file of the same name."""
    submission = exam.submission
    for module, text in exam.assignment.provided.items():
        wanted = re.compile(rf"(?m)^\s*(?:from|import)\s+{re.escape(module)}\b")
        own = [file for file in submission.files if file.module.rpartition(".")[2] == module and not file.graded]
        changed = [file for file in own if "".join(source for _, source in file.cells.code).split() != text.split()]
        if changed and any(wanted.search(unit.source) for unit in submission.units):
            bound = {name for file in changed for unit in file.units for name in unit.binds}
            if names := [name for name in re.findall(r"(?m)^def (\w+)", text) if name in bound]:
                yield sentences.provided_wins(module, names)


def _about_edition(exam: Exam) -> Iterator[str]:
    """By which edition of the exercise a submission is graded, where that makes a difference."""
    possible = [edition.says for edition in exam.assignment.spec.editions if not edition.refused]
    edition = exam.submission.edition
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


def _nothing_there(exam: Exam, missing: Sequence[FunctionReport], student: str | None, messages: Sequence[str]) -> Report:
    """The report on a submission that has none of the functions; it says where a name is near to one that is expected."""
    assignment, submission = exam.assignment, exam.submission
    problems = [f.checks[0].message for f in missing]
    if len(missing) > 1:
        near = set(problems) - {sentences.missing_function(f.name) for f in missing}
        problems = [sentences.nothing_to_grade([f.name for f in missing[:4]]), *filter(near.__contains__, problems)]
    report = unreadable(assignment, exam.judges.cases, submission.name, student, problems[0], exam.runner.level)
    return replace(report, messages=(*problems, *messages), files=submission.reported_files)


def missing_report(exam: Exam, replies: Replies, name: str) -> FunctionReport:
    """The report on a function that is not there."""
    judge, submission = exam.functions[name], exam.submission
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


def function_report(
    exam: Exam, replies: Replies, best: Mapping[str, Attempt], name: str, findings: tuple[Finding, ...]
) -> FunctionReport:
    """The report on a function by its best attempt."""
    attempt, submission = best[name], exam.submission
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
            parameters={name: other.cases.parameters for name, other in exam.functions.items()},
            public=exam.assignment.public,
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


def _of_a_kit(assignment: LoadedAssignment, graded: Sequence[FunctionReport]) -> tuple[str, ...]:
    """What a kit cannot know: the graded cases, and without right helpers which functions may be right all the same."""
    if assignment.reference is not None:
        return ()
    if len(graded) == len(assignment.spec.functions) and all(f.status == "passed" for f in graded):
        return (sentences.PUBLIC_CASES,)
    waiting = {f.name: f.waits_for for f in graded if f.waits_for}
    first = dict.fromkeys(name for names in waiting.values() for name in names)
    return (sentences.not_carried([*waiting], [*first]),) if waiting else ()


def _with_waiting(exam: Exam, graded: Sequence[FunctionReport]) -> list[FunctionReport]:
    """The reports, which say for what each function waits: where there are no right helpers, for its own wrong ones.

    That are those that the description names as its helpers, and those that its text reads: no description knows every
    way to build on what stands before. A function that is not there or not filled in waits for its author.
    """
    spec, submission = exam.assignment.spec, exam.submission
    if exam.assignment.reference is not None:
        return list(graded)
    wrong = [f.name for f in graded if f.status != "passed"]
    blank = {f.name for f in graded if f.status == "missing" or f.unfilled}
    below = {name: {*spec.ancestors(name), *built_on(submission, name).intersection(spec.before(name))} for name in wrong}
    above = {name: [o for o in wrong if o in below[name]] for name in wrong}
    first = {name: tuple(o for o in above[name] if o in blank or not above[o]) for name in wrong if name not in blank}
    return [replace(f, waits_for=first.get(f.name, ())) for f in graded]
