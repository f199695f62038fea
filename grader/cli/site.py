"""What the pages of a run show beside its reports: code and definitions, read again, and what is known of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from grader.course import LoadedAssignment, find_course
from grader.errors import HarnessError, SubmissionError
from grader.grading.rundir import RunEntry, read_facts
from grader.model import Key, Report
from grader.publishing.kit import starter_for
from grader.report.overview import About
from grader.submission.program import Submission
from grader.submission.reading import read_submission

__all__ = ["about_of", "definitions_of", "read_again"]


def read_again(entries: Sequence[RunEntry]) -> dict[Key, Submission]:
    """The graded submissions whose files are still there. Nothing of them is executed."""
    read = {}
    for entry in entries:
        report = entry.report
        if entry.files and report.status == "graded":
            with suppress(SubmissionError):
                read[report.key] = read_submission(entry.files, {}, name=report.submission)
    return read


def definitions_of(reports: Sequence[Report], read: Mapping[Key, Submission]) -> dict[Key, dict[str, str]]:
    """The text of the definitions that were graded; files that have changed since have none at those places."""
    found = {}
    for report in reports:
        if report.key in read:
            by_place = {(unit.origin, name): unit.source for unit in read[report.key].units for name in unit.binds}
            places = {f.name: (f.origin, f.name) for f in report.functions if f.origin}
            found[report.key] = {name: by_place[place] for name, place in places.items() if place in by_place}
    return found


def about_of(folder: Path, course: Path | None, assignment: str) -> About:
    """What a run's folder and the course say of a run; of a gradebook, the course alone."""
    facts, about = read_facts(folder), About()
    if facts.assignment == assignment:
        about = About(facts.title, facts.started, facts.seed, facts.roster, facts.missing)
    with suppress(HarnessError):  # a run may be shown where its course is not
        loaded = find_course(course).load(assignment)
        return replace(about, title=about.title or loaded.spec.title, starter=_starters(loaded))
    return about


def _starters(assignment: LoadedAssignment) -> dict[str, str]:
    """What was handed out of each function; of a course without a reference, nothing."""
    if assignment.reference is None:
        return {}
    return {f.name: starter_for(assignment, f.name) for f in assignment.spec.functions}
