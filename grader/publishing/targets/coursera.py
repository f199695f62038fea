"""What runs inside Coursera: grade ``/shared/submission``, write ``/shared/feedback.json`` and the feedback beside it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.model import Report
from grader.publishing.targets.graded import graded, run, write_result
from grader.report import wording
from grader.report.escape import clip, plain
from grader.report.terminal import render_report

__all__ = ["feedback_of", "main", "of_part"]

LONGEST = 200_000  # characters of the feedback
PART = "partId"  # the variable in which Coursera says which part it asks for


def feedback_of(report: Report) -> dict[str, Any]:
    """The report in the form that Coursera reads: a share of the points, a line, and that the rest is in a text file.

    Coursera knows no submission without a score, so that what cannot be read has 0 and says why.
    """
    why = "" if report.status == "graded" else ": " + "; ".join(map(plain, report.messages))
    return {
        "fractionalScore": round((report.percent or 0.0) / 100, 6),
        "feedback": clip(wording.score_line(report) + why, LONGEST // 100),
        "feedbackType": "TXT",
    }


def of_part(report: Report, parts: Sequence[str], part: str) -> Report:
    """The functions of one part of the assignment; all of them where it has no parts.

    Parameters
    ----------
    parts
        Each as ``ID=FUNCTION,FUNCTION``.
    part
        Which one Coursera asks for: it sets the variable ``partId``.

    Raises
    ------
    GraderError
        When there is no such part: no score may be given then.
    """
    if not parts:
        return report
    names = dict(one.split("=", 1) for one in parts)
    if part not in names:
        raise GraderError(f"Coursera asks for the part {part!r} (partId); this grader has the parts {', '.join(names)}")
    functions = tuple(f for f in report.functions if f.name in names[part].split(","))
    points = None if report.points is None else round(sum(f.points for f in functions), 4)
    return replace(report, functions=functions, points=points, max_points=sum(f.max_points for f in functions))


def main(arguments: Sequence[str]) -> None:
    """Grade ``SHARED/submission``; the arguments are the assignment, SHARED, and the parts if there are several.

    ``feedback.json`` is written last: without it Coursera says that the grader failed.
    """
    parser = argparse.ArgumentParser(prog="python -m grader.publishing.targets.coursera")
    parser.add_argument("assignment")
    parser.add_argument("shared", type=Path)
    parser.add_argument("--part", action="append", default=[])
    options = parser.parse_args(arguments)
    shared: Path = options.shared
    target = shared / "feedback.json"
    target.unlink(missing_ok=True)
    report = of_part(graded(options.assignment, shared / "submission"), options.part, os.environ.get(PART, ""))
    text = clip(render_report(report, width=80, color=False), LONGEST)
    (shared / "txtFeedback.txt").write_text(text, "utf-8")
    write_result(target, feedback_of(report))


if __name__ == "__main__":
    sys.exit(run(main))
