"""What GitHub Actions shows: a job summary in Markdown, and annotations on the student's lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from grader import sentences
from grader.model import FunctionReport, Report
from grader.report import wording
from grader.report.escape import annotation, clip, code_block, markdown
from grader.report.terminal import render_function

__all__ = ["render_annotations", "render_summary"]

LONGEST_SUMMARY = 900_000  # bytes; GitHub drops a summary of more than a mebibyte
LONGEST_BLOCK = 20_000
LONGEST_NAME = 200


def render_summary(reports: Sequence[Report]) -> str:
    """The reports as GitHub Markdown, to be appended to the file ``$GITHUB_STEP_SUMMARY``.

    One report: its functions, and the feedback on each that did not pass. Several: a line for each.
    """
    if len(reports) == 1:
        return _bounded(_single(reports[0]))
    rows = [
        [markdown(clip(r.student or r.submission, LONGEST_NAME)), wording.points_line(r.points, r.most_so_far),
         wording.percent_text(r.percent), r.status]
        for r in reports
    ]  # fmt: skip
    names = " ".join(dict.fromkeys(markdown(r.assignment) for r in reports))
    return _bounded([f"## {names}".rstrip(), "", *_table(["Student", "Points", "Percent", "Status"], rows)])


def _single(report: Report) -> list[str]:
    lines = [f"## {markdown(report.assignment)}", "", f"**Score: {markdown(wording.score_line(report))}**"]
    for sentence in wording.report_sentences(report):
        lines += ["", markdown(sentence)]
    lines += [""] if report.messages or report.findings else []
    lines += [f"- {markdown(clip(message, LONGEST_BLOCK))}" for message in report.messages]
    lines += [f"- {markdown(finding.message)} {markdown(finding.hint)}" for finding in report.findings]
    if report.functions:
        lines += ["", *_table(["Function", "Status", "Points", "Defined at"], map(_row, report.functions))]
    for function in report.functions:
        if function.status != "passed" and not function.by_hand and (function.checks or function.findings):
            title = f"### {markdown(clip(function.name, LONGEST_NAME))}"
            details = render_function(function, verbose=True, width=100, color=False)
            lines += ["", title, "", code_block(clip(details.rstrip("\n"), LONGEST_BLOCK))]
    return lines


def _row(function: FunctionReport) -> list[str]:
    note = wording.GRADED_WITH_HELPERS if function.carried else ""
    origin = ", ".join(filter(None, [function.origin, note]))
    name = markdown(clip(function.name, LONGEST_NAME))
    return [name, markdown(wording.function_word(function)), wording.function_points(function), markdown(origin)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _bounded(lines: Sequence[str]) -> str:
    """As many whole lines and blocks as GitHub shows."""
    size = 0
    for i, line in enumerate(lines):
        size += len(line.encode("utf-8", "replace")) + 1
        if size > LONGEST_SUMMARY:
            rest = f"{len(lines) - i} more not shown here; the JSON and the pages have all of them."
            return "\n".join([*lines[:i], "", rest]) + "\n"
    return "\n".join(lines) + "\n"


def render_annotations(report: Report, *, path: str | None = None, lines: Mapping[str, int] = MappingProxyType({})) -> str:
    """Workflow commands that mark each function which did not pass, to be printed to standard output.

    Parameters
    ----------
    report : Report
        Of one submission.
    path : str, optional
        The submitted file relative to the repository's root, by default ``report.submission``. A place such
        as ``line 12`` marks that line of it, ``helper.py, line 3`` a line of a file beside it. A place in
        a notebook's cell is named in the title.
    lines : mapping of str to int, optional
        Lines of the file for places in cells, such as ``cell 7, line 3``.

    Returns
    -------
    str
        One command a line; empty when everything passed.

    Examples
    --------
    >>> report = Report("a", "s.py", None, "unreadable", "full", None, 10, messages=("no Python",))
    >>> print(render_annotations(report), end="")
    ::error file=s.py,title=a::no Python
    """
    path = path or report.submission
    commands = []
    if report.status != "graded":
        text = "\n".join(report.messages) or wording.REPORT_SENTENCES[report.status]
        commands.append(_command(path, None, report.assignment, text))
    for function in report.functions:
        if function.status not in {"passed", "not-graded"}:
            file, line, place = _place(path, function.origin or "", lines)
            title = f"{function.name}: {wording.points_line(function.points, function.max_points)}{place}"
            commands.append(_command(file, line, title, _why(function)))
    return "".join(f"{command}\n" for command in commands)


def _why(function: FunctionReport) -> str:
    lines = [finding.message for finding in function.findings]
    lines += [f"{wording.HINT}: {finding.hint}" for finding in function.findings if finding.hint]
    lines += [check.message for check in function.checks if check.status == "failed" and check.message]
    if sentence := wording.status_sentence(function):
        lines.append(sentence)
    return clip("\n".join(lines) or wording.status_word(function.status), LONGEST_BLOCK)


def _place(path: str, origin: str, lines: Mapping[str, int]) -> tuple[str, str | None, str]:
    """File, line and what the title adds, for one origin."""
    label, number = sentences.place_in(origin)
    if number is None:
        return path, None, f" ({origin})" if origin else ""
    if not label:
        return path, str(number), ""
    if not label.endswith(".py"):
        place = f"{label}, line {number}"
        return path, str(lines[place]) if place in lines else None, f" ({origin})"
    folder = path if not path.endswith((".py", ".ipynb", ".zip")) else path.rpartition("/")[0]
    return (path if path.endswith(label) else f"{folder}/{label}".lstrip("/")), str(number), ""


def _command(file: str, line: str | None, title: str, message: str) -> str:
    values = {"file": file, "line": line, "title": clip(title, LONGEST_NAME)}
    properties = [f"{key}={annotation(value, is_property=True)}" for key, value in values.items() if value]
    return f"::error {','.join(properties)}::{annotation(message)}"
