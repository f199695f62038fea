"""JUnit XML for CI systems that show test results: a suite per submission, a case per check."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from grader.model import Check, FunctionReport, Report
from grader.report import wording
from grader.report.escape import plain

__all__ = ["render_junit"]


def render_junit(reports: Sequence[Report]) -> str:
    """The reports as one JUnit document.

    A failed check is a ``failure``, a skipped one is ``skipped``, and a function without checks (missing, too
    slow, crashed) a case of its own that fails. A submission that could not be read, or on which the
    grader failed, is an ``error``: never a failure, and never zero points.

    Returns
    -------
    str
        XML with a declaration, indented, ending in a line feed.
    """
    root = Element("testsuites", name="grader")
    for report in reports:
        root.append(_suite(report))
    _count(root, list(root.iter("testcase")))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(report: Report) -> Element:
    name = f"{plain(report.assignment)}: {plain(report.student or report.submission)}"
    suite = Element("testsuite", name=name, time=f"{report.duration_s:.3f}", file=plain(report.submission))
    facts = {"points": "" if report.points is None else wording.plain_number(report.points),
             "max_points": wording.plain_number(report.max_points), "sandbox": report.sandbox,
             "cases": report.cases, "grader_version": report.grader_version}  # fmt: skip
    properties = SubElement(suite, "properties")
    for key, value in facts.items():
        SubElement(properties, "property", name=key, value=plain(value))
    if report.status != "graded":
        case = _case(report, report.status, report.status)
        words = [wording.REPORT_SENTENCES[report.status], *report.messages]
        _outcome(case, "error", words[-1], "\n".join(words))
        suite.append(case)
    for function in report.functions:
        suite.extend(_cases(report, function))
    if report.messages:
        SubElement(suite, "system-out").text = plain("\n".join(report.messages), newlines=True)
    _count(suite, suite.findall("testcase"))
    return suite


def _cases(report: Report, function: FunctionReport) -> list[Element]:
    cases = []
    for check in function.checks:
        case = _case(report, function.name, wording.check_label(check.kind, check.name, function.name))
        if check.status == "failed":
            _outcome(case, "failure", check.message or check.kind, _details(check, function))
        elif check.status == "skipped":
            _outcome(case, "skipped", check.message, "")
        cases.append(case)
    if function.status != "passed" and not any(check.status == "failed" for check in function.checks):
        case = _case(report, function.name, function.status)
        sentence = wording.status_sentence(function) or function.status
        _outcome(case, "skipped" if function.status == "not-graded" else "failure", sentence, "")
        cases.append(case)
    return cases or [_case(report, function.name, function.status)]


def _case(report: Report, function: str, name: str) -> Element:
    return Element("testcase", classname=f"{plain(report.assignment)}.{plain(function)}", name=plain(name), time="0")


def _outcome(case: Element, tag: str, message: str, text: str) -> None:
    child = SubElement(case, tag, message=plain(message))
    if tag != "skipped":
        child.set("type", tag)
    child.text = plain(text, newlines=True) or None


def _details(check: Check, function: FunctionReport) -> str:
    lines = [check.message]
    if function.origin:
        lines.append(f"Defined at {function.origin}")
    for finding in function.findings:
        lines.append(f"{wording.LOOKS_LIKE}: {finding.message} ({finding.code})")
        if finding.hint:
            lines.append(f"{wording.HINT}: {finding.hint}")
    if check.max_points:
        lines.append(f"Points: {wording.points_line(check.points, check.max_points)}")
    return "\n".join(lines)


def _count(element: Element, cases: Sequence[Element]) -> None:
    totals = {"tests": len(cases)}
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        totals[attribute] = sum(case.find(tag) is not None for case in cases)
    element.attrib |= {key: str(number) for key, number in totals.items()}
