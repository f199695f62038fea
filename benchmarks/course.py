"""The built-in course as submissions: what the comparison of verdicts grades."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.audit.audit import _author_modules, _authored, reference_submission
from grader.course import LoadedAssignment
from grader.sandbox.parent import strongest_sandbox

ROOT = Path(__file__).resolve().parents[1]


def sandbox_for(assignment: LoadedAssignment) -> Any:
    """A sandbox in which many submissions are graded one after another."""
    return strongest_sandbox(assignment.spec.packages)


def author_modules(assignment: LoadedAssignment) -> dict[str, str]:
    """The modules that :func:`authored_submissions` import."""
    return _author_modules(assignment)


def authored_submissions(assignment: LoadedAssignment) -> dict[str, str]:
    """The reference, and with it every mistake and right style in place of one function."""
    main = reference_submission(assignment)
    found = {"reference": main}
    for number, (kind, function, name, source) in enumerate(_authored(assignment)):
        plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)
        found[f"{number:03}-{kind}-{function}-{plain}"] = f"{main}\n\n{source}"
    return found
