"""Points that an author has changed, worked out from the outcomes that are kept: nobody's code is run for that."""

from __future__ import annotations

from dataclasses import replace

from grader.model import FunctionReport, Report
from grader.spec import Assignment

__all__ = ["repriced"]


def repriced(report: Report, spec: Assignment) -> Report:
    """The same outcomes with the points that the description gives each function today.

    Whatever else of a description changes makes other cases, and the submission is graded again.

    Parameters
    ----------
    report
        On the cases of this description.
    spec
        The description as it is today.
    """
    points = {part.name: float(part.points) for part in spec.parts}
    functions = tuple(_repriced(f, points.get(f.name, f.max_points)) for f in report.functions)
    total = None if report.points is None else round(sum(f.points for f in functions), 4)
    return replace(report, functions=functions, points=total, max_points=spec.points)


def _repriced(function: FunctionReport, points: float) -> FunctionReport:
    if function.max_points == points or not function.max_points:
        return function
    factor = points / function.max_points
    checks = tuple(
        replace(check, points=round(check.points * factor, 6), max_points=round(check.max_points * factor, 6))
        for check in function.checks
    )
    earned = points if function.status == "passed" else round(sum(check.points for check in checks), 4)
    return replace(function, checks=checks, points=earned, max_points=points)
