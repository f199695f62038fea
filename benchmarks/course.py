"""The built-in course as submissions: what the comparison of verdicts grades."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.course import LoadedAssignment
from grader.freezing.submissions import authored_submissions, reference_files
from grader.sandbox.own import strongest_sandbox

ROOT = Path(__file__).resolve().parents[1]


def sandbox_for(assignment: LoadedAssignment) -> Any:
    """A sandbox in which many submissions are graded one after another."""
    return strongest_sandbox(assignment.spec.packages)


def course_submissions(assignment: LoadedAssignment) -> dict[str, str]:
    """The reference, and with it every mistake and right style in place of one function."""
    files = {"reference": reference_files(assignment)[0]}
    for number, one in enumerate(authored_submissions(assignment)):
        plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in one.name)
        files[f"{number:03}-{one.kind}-{one.function}-{plain}"] = one.source
    return files
