"""``grader report``: the HTML site of a run's folder or of a gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from grader.errors import HarnessError, SubmissionError
from grader.grading.rundir import Entry, read_run
from grader.intake.collect import Item, neighbours
from grader.intake.collect import fingerprint as of_item
from grader.model import Report
from grader.report.html import write_site
from grader.report.junit import render_junit
from grader.submission.program import read_submission

__all__ = ["report", "write_pages"]


@click.command()
@click.argument("run", metavar="DIR|URL")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Where to write the pages.")
@click.option("--run", "number", type=int, help="Which run of a gradebook; the last one if not given.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML to this file.")
def report(run: str, output: Path | None, number: int | None, junit: Path | None) -> None:
    """Write the HTML pages of a grading run.

    One of the class, and one per submission. DIR is what 'grader grade -o DIR' wrote, URL a gradebook.
    """
    click.echo(f"open {write_pages(run, output, number=number, junit=junit)}")


def write_pages(run: str, output: Path | None, *, number: int | None = None, junit: Path | None = None) -> Path:
    """Write the site and return its first page.

    Parameters
    ----------
    run
        Folder of ``grader grade -o``, or file or URL of a gradebook.
    output
        Folder to write to; ``site`` in the run's folder, or ``site`` here, if not given.
    number
        Which run of a gradebook.
    junit
        File for the same reports as JUnit XML.

    Raises
    ------
    HarnessError
        When there is no such run.
    """
    folder = Path(run)
    if "://" not in run and not folder.exists():
        raise HarnessError(f"there is nothing at {run}; name the folder of 'grader grade -o', or a gradebook")
    entries = list(read_run(folder)) if folder.is_dir() else _recorded(run, number)
    if not entries:
        raise HarnessError(f"{run} holds no report yet")
    reports = [entry.report for entry in entries]
    if junit is not None:
        junit.write_text(render_junit(reports), "utf-8")
    target = output or (folder / "site" if folder.is_dir() else Path("site"))
    return write_site(reports, target, sources=_sources(entries))


def _recorded(where: str, number: int | None) -> list[Entry]:
    from grader.gradebook.store import open_gradebook, reports, runs  # the database is an extra

    with open_gradebook(where, create=False) as book:
        known = [run.id for run in runs(book)]
        if not known:
            raise HarnessError(f"the gradebook {where} holds no run yet")
        chosen = known[-1] if number is None else number
        found = reports(book, chosen)
        return [Entry(s.report, s.fingerprint, _still_there(s.report, s.fingerprint)) for s in found]


def _still_there(report: Report, fingerprint: str) -> str:
    """The graded file, where it still lies at the path that was given and holds what was graded."""
    path = Path(report.submission)
    beside = {p.stem: p for p in path.parent.glob("*.py") if p != path and p.stem.isidentifier()}
    for modules in ({}, neighbours(path), beside):
        if fingerprint and of_item(Item(report.submission, path, "", modules=modules)) == fingerprint:
            return str(path)
    return ""


def _sources(entries: list[Entry]) -> dict[str, Mapping[str, str]]:
    """The code of each submission, where its file is still there."""
    found: dict[str, Mapping[str, str]] = {}
    for entry in entries:
        report: Report = entry.report
        if entry.file and report.status == "graded":
            try:
                found[report.submission] = read_submission(Path(entry.file), {}, name=report.submission).sources
            except SubmissionError:
                continue
    return found
