"""``grader feedback``: a page a student that stands alone, in the layout that a platform takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from grader.cli.output import say
from grader.cli.report import entry_of, read_decided
from grader.cli.shared import refuse_swapped
from grader.cli.site import about_of, read_again
from grader.disk import write_whole
from grader.errors import HarnessError, did_you_mean
from grader.grading.rundir import RunEntry
from grader.intake.tree import a_few
from grader.model import Report
from grader.publishing.feedback import canvas_name, moodle_name, pages_zip, summary
from grader.report import wording
from grader.report.overview import About
from grader.report.table import csv_table

__all__ = ["feedback", "write_pages_for"]


@click.command()
@click.argument("run", metavar="RUN|GRADEBOOK")
@click.argument("assignment")
@click.option(
    "--to",
    "target",
    type=click.Choice(["folder", "moodle", "canvas"]),
    default="folder",
    show_default=True,
    help="Pages alone, or also what Moodle ('feedback files') or Canvas (re-upload) takes back.",
)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="A folder to write to."
)
@click.option(
    "--template",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Moodle: the grading worksheet, in which the column of comments is filled.",
)
@click.option("--gradebook", metavar="URL", help="Marks by hand for RUN; the one that it was recorded in if not given.")
def feedback(run: str, assignment: str, target: str, output: Path, template: Path | None, gradebook: str | None) -> None:
    """Write a page for each student, to be sent or uploaded.

    A page is one file without a link to the class and without a word on anybody else. 'index.csv' lists student, name,
    e-mail address, points and page, for a mail merge. RUN is the folder of 'grader grade -o', GRADEBOOK a file or URL.
    """
    refuse_swapped(run, assignment)
    if template is not None and target != "moodle":
        raise click.UsageError("--template is Moodle's worksheet; it goes with --to moodle")
    entries = write_pages_for(run, assignment, output, gradebook)
    say(f"{output / 'index.csv'}: {len(entries)} pages")
    if target != "folder":
        name, name_of = ("canvas_reupload.zip", canvas_name) if target == "canvas" else ("feedback_files.zip", moodle_name)
        data, left = pages_zip([(entry.report, entry.path) for entry in entries], name_of)
        write_whole(output / name, data)
        say(f"{output / name}: {len(entries) - len(left)} pages")
        if left:
            why = f"{target.title()} tells whose a page is by the name that it gave the submission"
            why += ", and splits that at the first underscore, also one of the student's name" * (target == "moodle")
            say(f"note: not in it: {a_few(left)}; {why}", err=True)
    if template is not None:
        _fill_worksheet(entries, template, output / template.name)


def _fill_worksheet(pages: Sequence[_Page], template: Path, target: Path) -> None:
    from grader.gradebook.lms import Mark, fill_moodle  # the gradebook is an extra

    reports = [page.report for page in pages]
    marks = [
        Mark(
            r.student or r.submission,
            r.points,
            r.max_points,
            r.name,
            page.entry.email,
            r.status,
            to_be_graded=", ".join(part.name for part in r.waiting),
        )
        for r, page in zip(reports, pages, strict=True)
    ]
    said = {mark.student: summary(report) for mark, report in zip(marks, reports, strict=True)}
    filled = fill_moodle(template.read_bytes(), marks, comments=said)
    write_whole(target, filled.data)
    say(f"{target}: {filled.written} marks and comments")
    for message in filled.messages:
        say(f"note: {message}", err=True)


@dataclass(frozen=True)
class _Page:
    """A student's page, and what it was made from."""

    entry: RunEntry
    report: Report
    path: Path


def write_pages_for(run: str, assignment: str, output: Path, gradebook: str | None) -> list[_Page]:
    """Write the pages and the index of a run; of several attempts of a student the one that counts.

    Raises
    ------
    HarnessError
        When there is no such run, or none of this assignment.
    """
    from grader.report.html import write_feedback  # Jinja is an extra, and --help needs none

    entries = _of_folder(Path(run), assignment, gradebook) if Path(run).is_dir() else _of_gradebook(run, assignment)
    by_key = {entry.report.key: entry for entry in entries}
    sources = {submission: found.sources for (submission, _), found in read_again(entries).items()}
    title = About(about_of(Path(run), None, assignment).title)  # and nothing else: a page says no word on others
    written = write_feedback([entry.report for entry in entries], output, sources=sources, about=title)
    pages = [_Page(by_key[report.key], report, path) for report, path in written]
    header = ["student", "name", "email", "points", "max_points", "status", "page", "to_be_graded"]
    table = csv_table(header, (_index_row(page) for page in pages))
    write_whole(output / "index.csv", table.encode("utf-8-sig"))
    return pages


def _index_row(page: _Page) -> Sequence[object]:
    report = page.report
    who, waiting = report.student or report.submission, ", ".join(part.name for part in report.waiting)
    mark, status = (report.points, report.max_points), wording.report_word(report)
    return who, report.name, page.entry.email, *mark, status, page.path.name, waiting


def _of_folder(folder: Path, assignment: str, gradebook: str | None) -> list[RunEntry]:
    entries = read_decided(folder, gradebook)
    there = sorted({entry.report.assignment for entry in entries})
    if assignment not in there:
        _no_such(str(folder), assignment, there)
    best: dict[str, RunEntry] = {}
    for entry in entries:
        who = entry.report.student or entry.report.submission
        if who not in best or _points(entry) >= _points(best[who]):
            best[who] = entry
    return list(best.values())


def _points(entry: RunEntry) -> float:
    return -1.0 if entry.report.points is None else entry.report.points


def _of_gradebook(book: str, assignment: str) -> list[RunEntry]:
    from grader.gradebook.marks import counted  # the database is an extra
    from grader.gradebook.store import open_gradebook, runs

    with open_gradebook(book, create=False) as opened:
        there = sorted({run.assignment for run in runs(opened)})
        if assignment not in there:
            _no_such(book, assignment, there)
        return [entry_of(row, report) for row, report in counted(opened, assignment)]


def _no_such(place: str, assignment: str, there: Sequence[str]) -> None:
    near = did_you_mean(assignment, there)
    raise HarnessError(f"{place} holds no report on {assignment!r}{near}; it has: {', '.join(there) or 'nothing'}")
