"""Grading a few lines of code in this process, for the tests of single assignments."""

import ast
import warnings
from collections.abc import Sequence
from textwrap import dedent

import numpy as np

from grader.course import LoadedAssignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission


def verdicts(assignment: LoadedAssignment, *code: str, only: str | None = None) -> dict[str, FunctionReport]:
    """What the functions of a submission made of these pieces get, all of them or ``only`` one.

    A later piece takes the place of the definitions that it gives again.
    """
    cases = frozen_cases(assignment)
    text = "import numpy as np\n" + "\n".join(_replaced([dedent(piece) for piece in code]))
    submission = parse_submission("solution.py", ".py", text.encode(), cases.arities)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        graded = grade_submission(assignment, judges_of(assignment.spec, cases), submission, InProcess(), only=only)
    return {function.name: function for function in graded.functions}


def _replaced(pieces: Sequence[str]) -> list[str]:
    """The pieces with empty lines where a later one defines a function again: of two, a stub would not count."""
    later = set[str]()
    left = []
    for piece in reversed(pieces):
        lines = piece.split("\n")
        found = [node for node in ast.parse(piece).body if isinstance(node, ast.FunctionDef)]
        for node in found:
            if node.name in later:
                lines[node.lineno - 1 : node.end_lineno] = [""] * (1 + (node.end_lineno or 0) - node.lineno)
        later.update(node.name for node in found)
        left.append("\n".join(lines))
    return left[::-1]


def points_of(report: FunctionReport, kind: str, name: str) -> float:
    """The points of one check."""
    (found,) = (check.points for check in report.checks if (check.kind, check.name) == (kind, name))
    return found


def codes_of(report: FunctionReport) -> list[str]:
    """The codes of the findings."""
    return [finding.code for finding in report.findings]
