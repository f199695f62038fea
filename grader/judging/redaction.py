"""What a report may show: an assignment declares it, and a report is built without the rest.

``Assignment(shows=...)`` says how much a student gets to see of the graded cases:

- ``"examples"``: everything, with a failing call of the cases that may be seen;
- ``"sentences"``: which checks fail and why, but no input, no value, nothing printed and no exception's text;
- ``"findings"``: the points and the recognised mistakes, of the checks only how many fail.

Faces need not know: what is hidden is not in the :class:`~grader.model.Report`. See ``docs/design/hiding.md``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from grader.judging.cases import FunctionCases
from grader.model import Check, CheckStatus, FunctionReport
from grader.spec import Shows
from grader.texts import say

__all__ = ["hidden", "seen"]


@lru_cache(maxsize=256)
def hidden(cases: FunctionCases) -> FunctionCases:
    """The same cases, none of which may be seen: no judge then says anything that an input may be read from."""
    return replace(cases, cases=tuple(replace(case, visible=False) for case in cases.cases))


def seen(function: FunctionReport, shows: Shows) -> FunctionReport:
    """The verdict on one function as far as it may be shown; points and status are never hidden."""
    if shows == "examples":
        return function
    if shows == "sentences":
        return replace(function, checks=tuple(map(_unquoted, function.checks)), counterexample=None)
    return replace(function, checks=_together(function), counterexample=None)


def _unquoted(check: Check) -> Check:
    """A property's judge is its author's, and may quote a result."""
    told = check.kind == "property" and check.status == "failed"
    return replace(check, message=say("hidden-property")) if told else check


def _together(function: FunctionReport) -> tuple[Check, ...]:
    """All checks as one, which passes only where all do; why a function did not run at all is told."""
    checks = function.checks
    failed = sum(check.status == "failed" for check in checks)
    text = say("hidden-checks", failed=failed, total=len(checks)) if failed else ""
    if function.status not in ("passed", "failed"):
        text = next((check.message for check in checks if check.status == "failed"), text)
    status: CheckStatus = "passed" if function.status == "passed" else "failed"
    return (Check("checks", "checks", status, function.points, function.max_points, text),)
