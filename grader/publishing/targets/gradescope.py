"""What runs inside Gradescope: grade the submission, write ``results.json``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.model import FunctionReport, Report
from grader.publishing.targets.graded import graded, run, write_result
from grader.report import wording
from grader.report.escape import plain
from grader.report.terminal import render_function

__all__ = ["VISIBILITIES", "main", "results_of", "unpaid"]

VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")


def results_of(report: Report, *, visibility: str = "visible", attempts: int | None = None, used: int = 0) -> dict[str, Any]:
    """The report in the form that Gradescope reads.

    Every test has the visibility of the whole: one test that is hidden longer would hide the total from the student.

    Parameters
    ----------
    report
        Of the submission.
    visibility
        When students see their results: one of `VISIBILITIES`.
    attempts, used
        How many submissions count, and how many did before this one; told where the number is limited.
    """
    lines = [*map(plain, report.messages)]
    if attempts is not None:
        lines.insert(0, wording.attempts_line(used + (report.status == "graded"), attempts))
    return {
        "score": report.points or 0.0,
        "output": "\n".join(lines),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [_test(number, function, visibility) for number, function in enumerate(report.functions, 1)],
        "extra_data": {"status": report.status, "sandbox": report.sandbox, "cases": report.cases},
    }


def _test(number: int, function: FunctionReport, visibility: str) -> dict[str, Any]:
    """A row of Gradescope's, which colours what passed or failed; what is partly right it shows by its points alone."""
    statuses = {"passed": "passed", "partial": ""}
    status = "" if function.by_hand else statuses.get(function.status, "failed")
    return {
        "name": function.name,
        "number": str(number),
        "score": function.points,
        "max_score": function.max_points,
        **({"status": status} if status else {}),
        "output": render_function(function, width=80, color=False),
        "visibility": visibility,
        "tags": [finding.code for finding in function.findings],
    }


def unpaid(counted: Sequence[Mapping[str, Any]], attempts: int) -> dict[str, Any]:
    """The results of a submission beyond the last attempt: those of the attempt that was graded last, and why."""
    results = dict(counted[-1])
    results["output"] = f"{wording.attempts_over(attempts)}\n{results.get('output', '')}"
    results["extra_data"] = {**results["extra_data"], "status": "not-counted"}
    return results


def _counted(metadata: Path) -> list[dict[str, Any]]:
    """The results of the earlier submissions that were graded, oldest first.

    What could not be read, and what came after the last attempt, was no attempt.
    """
    try:
        earlier = json.loads(metadata.read_text("utf-8"))["previous_submissions"]
        ordered = sorted(earlier, key=lambda submission: str(submission["submission_time"]))
        found = [submission["results"] for submission in ordered if isinstance(submission.get("results"), dict)]
        return [results for results in found if results.get("extra_data", {}).get("status") == "graded"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"the number of attempts is limited, but {metadata} does not say how many there were"
        raise GraderError(f"{problem} ({type(error).__name__}: {error})") from error


def main(arguments: Sequence[str]) -> None:
    """Grade ``ROOT/submission`` and write ``ROOT/results/results.json``.

    A failure of the grader itself writes no result, so that it cannot pass for zero points.
    """
    parser = argparse.ArgumentParser(prog="python -m grader.publishing.targets.gradescope")
    parser.add_argument("assignment")
    parser.add_argument("root", type=Path)
    parser.add_argument("--visibility", choices=VISIBILITIES, default="visible")
    parser.add_argument("--attempts", type=int)
    options = parser.parse_args(arguments)
    target = options.root / "results" / "results.json"
    target.unlink(missing_ok=True)
    counted = [] if options.attempts is None else _counted(options.root / "submission_metadata.json")
    if options.attempts is not None and len(counted) >= options.attempts:
        write_result(target, unpaid(counted, options.attempts))
        return
    report = graded(options.assignment, options.root / "submission")
    limits = {"visibility": options.visibility, "attempts": options.attempts, "used": len(counted)}
    write_result(target, {**results_of(report, **limits), "execution_time": round(report.duration_s)})


if __name__ == "__main__":
    sys.exit(run(main))
