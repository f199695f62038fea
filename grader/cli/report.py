"""``grader report``: the HTML site of a run's folder or of a gradebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from grader.cli.output import say
from grader.cli.site import about_of, definitions_of, read_again
from grader.errors import HarnessError, near_path
from grader.grading.rundir import RunEntry, read_facts, read_run
from grader.intake.collect import fingerprint
from grader.model import Report
from grader.report.junit import render_junit

__all__ = ["entry_of", "read_decided", "report", "write_pages"]


@click.command()
@click.argument("run", metavar="DIR|URL")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Where to write the pages.")
@click.option("--run", "number", type=int, help="Which run of a gradebook; the last one if not given.")
@click.option(
    "--gradebook", metavar="URL", help="Marks by hand for a folder; the one that the run was recorded in if not given."
)
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML to this file.")
@click.pass_context
def report(
    context: click.Context,
    run: str,
    output: Path | None,
    number: int | None,
    gradebook: str | None,
    junit: Path | None,
) -> None:
    """Write the HTML pages of a grading run.

    One of the class, one per submission, one of who shares definitions. DIR is what 'grader grade -o DIR' wrote, URL a
    gradebook.
    """
    course = context.find_root().obj
    say(f"open {write_pages(run, output, number=number, gradebook=gradebook, junit=junit, course=course)}")


def write_pages(
    run: str,
    output: Path | None,
    *,
    number: int | None = None,
    gradebook: str | None = None,
    junit: Path | None = None,
    course: Path | None = None,
) -> Path:
    """Write the site and return its first page.

    Parameters
    ----------
    run
        Folder of ``grader grade -o``, or file or URL of a gradebook.
    output
        Folder to write to; ``site`` in the run's folder, or ``site`` here, if not given.
    number
        Which run of a gradebook.
    gradebook
        Where people decided on the reports of a folder; the one that its run was recorded in, if not given.
    junit
        File for the same reports as JUnit XML.
    course
        Where the assignment is; the course that is found from here, if not given.

    Raises
    ------
    HarnessError
        When there is no such run.
    """
    from grader.report.html import write_site  # Jinja is an extra, and --help needs none

    folder = Path(run)
    if "://" not in run and not folder.exists():
        name_it = "name the folder of 'grader grade -o', or a gradebook"
        raise HarnessError(f"there is nothing at {run}{near_path(run)}; {name_it}")
    entries = read_decided(folder, gradebook) if folder.is_dir() else _recorded(run, number)
    if not entries:
        raise HarnessError(f"{run} holds no report yet")
    reports = [entry.report for entry in entries]
    if junit is not None:
        junit.write_text(render_junit(reports), "utf-8")
    target = output or (folder / "site" if folder.is_dir() else Path("site"))
    read = read_again(entries)
    return write_site(
        reports,
        target,
        sources={submission: found.sources for (submission, _), found in read.items()},
        definitions=definitions_of(reports, read),
        about=about_of(folder, course, reports[0].assignment),
    )


def read_decided(folder: Path, gradebook: str | None) -> list[RunEntry]:
    """The reports of a run's folder, as people decided on them in the gradebook.

    Raises
    ------
    HarnessError
        When the folder holds no run, or a gradebook that is named does not open.
    """
    entries, facts = list(read_run(folder)), read_facts(folder)
    where = gradebook or facts.gradebook
    if not where or not entries or not (gradebook or "://" in where or Path(where).is_file()):
        return entries
    from grader.gradebook.decided import decided, decisions_of  # the database is an extra
    from grader.gradebook.store import open_gradebook

    with open_gradebook(where, create=False) as book:
        decisions = decisions_of(book, facts.assignment or entries[0].report.assignment)
    return [
        replace(entry, report=decided(entry.report, decisions, submitted=entry.submitted, late=entry.late))
        for entry in entries
    ]


def _recorded(gradebook: str, number: int | None) -> list[RunEntry]:
    # The database library is an extra, and slow to import.
    from grader.gradebook.decided import decided, decisions_of
    from grader.gradebook.store import open_gradebook, reports, runs

    with open_gradebook(gradebook, create=False) as book:
        numbers = {run.id: run.assignment for run in runs(book)}
        if not numbers:
            raise HarnessError(f"the gradebook {gradebook} holds no run yet")
        chosen = max(numbers) if number is None else number
        decisions = decisions_of(book, numbers.get(chosen, ""))
        return [
            entry_of(row, decided(report, decisions, submitted=row.submitted, late=bool(row.late)))
            for row, report in reports(book, chosen)
        ]


def entry_of(row: Any, report: Report) -> RunEntry:
    """A row of a gradebook like an entry of a folder: with the graded files, where they still lie there."""
    files = _unchanged(report.submission, row.fingerprint)
    return RunEntry(report, row.fingerprint, files, row.name, row.email, bool(row.late), "", row.submitted)


def _unchanged(submission: str, recorded: str) -> dict[str, str]:
    """The graded files, where they still lie at the path that was given and hold what was graded."""
    path = Path(submission)
    if not recorded or not path.is_file():
        return {}
    beside = {p.name: str(p) for p in path.parent.glob("*.py") if p.stem.isidentifier()}
    for files in ({path.name: str(path)}, {**beside, path.name: str(path)}):
        if fingerprint(files) == recorded:
            return files
    return {}
