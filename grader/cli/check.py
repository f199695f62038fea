"""``grader check``: one submission, and what is wrong with it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from grader.cli import DONE, FOUND, HARNESS, USAGE
from grader.cli.output import show
from grader.cli.shared import JSON, MIN_SCORE, SEED, THOROUGH, Drawing, assignment_of, suggest, write_json
from grader.freezing.store import frozen_cases
from grader.model import Report, report_to_json
from grader.sandbox.own import strongest_sandbox

__all__ = ["check"]


@click.command()
@click.argument("assignment")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@JSON
@MIN_SCORE
@SEED
@THOROUGH
@click.option("-v", "--verbose", is_flag=True, help="Show every check and how to repeat the failing call.")
@click.pass_context
def check(
    context: click.Context,
    assignment: str,
    paths: tuple[Path, ...],
    json_to: str | None,
    min_score: float | None,
    seed: int,
    thorough: bool,
    verbose: bool,
) -> None:
    """Check one submission and explain what is wrong with it.

    PATH is a .py or .ipynb file, several of them, or the folder or zip of one student. Only what is named belongs to the
    submission: name a file together with modules of its own that it imports, or their folder.
    """
    loaded = assignment_of(context, assignment, paths)
    drawing = Drawing(assignment)
    with contextlib.closing(strongest_sandbox(loaded.spec.packages, loaded.warm_up)) as sandbox:
        # What takes long to import comes while the sandbox starts, which takes as long.
        from grader.grading.pipeline import grade
        from grader.report.terminal import render_report

        cases = frozen_cases(loaded, seed, progress=drawing)
        report = grade(loaded, paths, cases=cases, runner=sandbox, seed=seed, thorough=thorough)
    if json_to:
        write_json(report_to_json(report), json_to)
    if json_to != "-":
        show(render_report(report, verbose=verbose))
        if drawing.happened and not verbose and report.status == "graded":
            suggest("check", assignment, *paths, "--verbose", why="every check, and how to repeat a failing call")
    context.exit(_status(report, min_score))


def _status(report: Report, min_score: float | None) -> int:
    if report.status == "error":
        return HARNESS
    if report.status == "unreadable":
        return USAGE
    if min_score is not None:
        return FOUND if (report.percent or 0.0) < min_score else DONE
    return DONE if report.full_marks else FOUND
