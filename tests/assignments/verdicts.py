"""Grading a few lines of code in this process, for the tests of single assignments."""

import warnings
from textwrap import dedent

import numpy as np

from grader.course import LoadedAssignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.runner import InProcess
from grader.submission.program import parse_submission


def verdicts(assignment: LoadedAssignment, *code: str, only: str | None = None) -> dict[str, FunctionReport]:
    """What the functions of a submission made of these pieces get, all of them or ``only`` one."""
    cases = frozen_cases(assignment)
    text = "import numpy as np\n" + "\n".join(map(dedent, code))
    submission = parse_submission("solution.py", ".py", text.encode(), cases.arities)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        graded = grade_submission(assignment, judges_of(assignment.spec, cases), submission, InProcess(), only=only)
    return {function.name: function for function in graded.functions}


def points_of(report: FunctionReport, kind: str, name: str) -> float:
    """The points of one check."""
    (found,) = (check.points for check in report.checks if (check.kind, check.name) == (kind, name))
    return found


def codes_of(report: FunctionReport) -> list[str]:
    """The codes of the findings."""
    return [finding.code for finding in report.findings]
