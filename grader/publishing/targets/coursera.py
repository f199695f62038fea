"""What runs inside Coursera: grade ``/shared/submission``, write ``/shared/feedback.json`` and the feedback beside it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader import sentences
from grader.model import Report
from grader.publishing.targets.graded import graded, run, write_result
from grader.report.escape import clip, plain
from grader.report.terminal import render_report

__all__ = ["feedback_of", "main"]

LONGEST = 200_000  # characters of the feedback


def feedback_of(report: Report) -> dict[str, Any]:
    """The report in the form that Coursera reads: a share of the points, a line, and that the rest is in a text file.

    Coursera knows no submission without a score, so that what cannot be read has 0 and says why.
    """
    why = "" if report.status == "graded" else ": " + "; ".join(map(plain, report.messages))
    return {
        "fractionalScore": round((report.percent or 0.0) / 100, 6),
        "feedback": clip(sentences.score_line(report) + why, LONGEST // 100),
        "feedbackType": "TXT",
    }


def main(arguments: Sequence[str]) -> None:
    """Grade ``SHARED/submission``; the arguments are the assignment and SHARED.

    ``feedback.json`` is written last: without it Coursera says that the grader failed.
    """
    assignment, shared = arguments[0], Path(arguments[1])
    target = shared / "feedback.json"
    target.unlink(missing_ok=True)
    report = graded(assignment, shared / "submission")
    text = clip(render_report(report, width=80, color=False), LONGEST)
    (shared / "txtFeedback.txt").write_text(text, "utf-8")
    write_result(target, feedback_of(report))


if __name__ == "__main__":
    sys.exit(run(main))
