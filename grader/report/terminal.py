"""What a student reads after ``grader check``, and an instructor after ``grader grade``.

Plain words carry the meaning and colours only repeat it; a line never exceeds the terminal. Everything is
laid out by rich, which is imported when something is rendered, and from strings that
:mod:`grader.report.escape` made inert: rich's own markup is never parsed.
"""

from __future__ import annotations

import io
import os
import shutil
import statistics as stats
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.model import Check, Finding, FunctionReport, Report, ReportStatus
from grader.report import texts
from grader.report.escape import clip, log_lines, plain
from grader.report.example import Example, example_of, unwritten
from grader.report.values import PLAIN, value_lines

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["render_function", "render_report", "render_run"]

COLOURS = {"passed": "green", "graded": "green", "failed": "bold red", "error": "bold red", "skipped": "dim"}
OTHER = "yellow"
REPORT_STATUSES: tuple[ReportStatus, ...] = ("graded", "unreadable", "error")
WIDEST = 100  # longer lines are hard to read
NARROWEST = 20
LONGEST = 4000  # characters of one message


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: pieces of text with their styles, and how far it stands in.

    `hang` is how much further its continuation lines stand in.
    """

    pieces: tuple[tuple[str, str], ...]
    indent: int = 0
    hang: int = 0


def render_report(report: Report, *, verbose: bool = False, width: int | None = None, color: bool | None = None) -> str:
    """One submission as its author reads it.

    Parameters
    ----------
    report : Report
        What was graded.
    verbose : bool
        Show every check, and for a failing function the snippet that reproduces the call.
    width : int, optional
        Columns; by default the terminal's, at most 100.
    color : bool, optional
        By default only when standard output is a terminal and ``NO_COLOR`` is not set.

    Returns
    -------
    str
        Lines that end in a line feed.
    """
    columns = _width(width)
    lines = _head(report)
    if report.functions:
        lines += [_blank(), *_function_list(report.functions, columns)]
    for function in report.functions:
        details = _function(function, columns, verbose)
        if details and (verbose or function.status != "passed" or function.findings):
            lines += [_blank(), _title(function), *details]
    if report.full_marks and report.functions:
        lines += [_blank(), Line(((texts.ALL_PASSED, "green"),))]
    return _lay_out(lines, columns, color)


def render_function(
    function: FunctionReport, *, verbose: bool = False, width: int | None = None, color: bool | None = None
) -> str:
    """One function's verdict; also the text that stands in for a notebook's card where HTML is not shown."""
    columns = _width(width)
    lines = _function_list([function], columns)
    if verbose or function.status != "passed" or function.findings:
        lines += _function(function, columns, verbose)
    return _lay_out(lines, columns, color)


def render_run(reports: Sequence[Report], *, width: int | None = None, color: bool | None = None) -> str:
    """Many submissions: a line each, then the totals and what needs a look."""
    columns = _width(width)
    lines = [*_submission_list(reports, columns), _blank(), *_totals(reports)]
    for report in reports:
        if report.status != "graded":
            state = (f"{texts.STATUS[report.status]}: ", _colour(report.status))
            lines.append(Line((state, (_who(report), "")), hang=2))
            lines += [Line(((_message(text), ""),), 2) for text in report.messages]
    return _lay_out(lines, columns, color)


# The report -------------------------------------------------------------------------------------


def _head(report: Report) -> list[Line]:
    passed = sum(f.status == "passed" for f in report.functions)
    score = texts.score(report.points, report.max_points, report.percent)
    lines = [
        Line(((plain(report.assignment), "bold"), (f"  {plain(report.submission)}", "dim")), hang=2),
        Line(((f"{texts.SCORE}: ", "bold"), (score, "green" if report.full_marks else "bold"))),
    ]
    if report.functions:
        lines.append(Line(((texts.functions_passed(passed, len(report.functions)), ""),)))
    sentences = (texts.REPORT_STATUS[report.status], texts.confined(report))
    lines += [Line(((sentence, OTHER),)) for sentence in sentences if sentence]
    lines += [Line((("- ", OTHER), (_message(text), "")), hang=2) for text in report.messages]
    for finding in report.findings:
        lines += _finding(texts.NOTE, finding, 0)
    return lines


def _function_list(functions: Sequence[FunctionReport], width: int) -> list[Line]:
    """A line each: status, name, points in columns where there is room, and the place behind or below."""
    rows = [(_word(f.status), plain(clip(f.name, 60)), texts.points(f.points, f.max_points)) for f in functions]
    columns = [max(_cells(row[i]) for row in rows) for i in range(3)]
    if sum(columns) + 4 > width:
        columns = [0, 0, 0]
    lines = []
    for (word, name, points), function in zip(rows, functions, strict=True):
        state, padded = _pad(word, columns[0]), _pad(name, columns[1])
        pieces = [(f"{state}  ", _colour(function.status)), (f"{padded}  {points:>{columns[2]}}", "")]
        note = _beside(function)
        fits = sum(columns) > 0 and sum(columns) + 6 + _cells(note) <= width
        if note and fits:
            pieces.append((f"  {note}", "dim"))
        lines.append(Line(tuple(pieces), hang=2))
        if note and not fits:
            lines.append(Line(((note, "dim"),), 2))
    return lines


def _beside(function: FunctionReport) -> str:
    """What stands behind a function's points."""
    note = texts.CARRIED if function.carried and not function.findings else ""
    return "; ".join(filter(None, [plain(function.origin or ""), note]))


def _title(function: FunctionReport) -> Line:
    origin = f"  {plain(function.origin)}" if function.origin else ""
    return Line(((plain(clip(function.name, 60)), "bold"), (origin, "dim")), hang=2)


def _function(function: FunctionReport, width: int, verbose: bool) -> list[Line]:
    """A function's details: why it failed, what that looks like, and an example to follow by hand."""
    lines = []
    if sentence := texts.explained(function):
        lines.append(Line(((sentence, ""),), 2))
    failed = [check for check in function.checks if check.status == "failed"]
    lines += [_check(check, function.name) for check in (function.checks if verbose else failed)]
    for finding in function.findings:
        lines += _finding(texts.NOTE if function.status == "passed" else texts.LOOKS_LIKE, finding, 2)
    shows = function.counterexample is not None and function.status != "passed"
    if shows and (verbose or not unwritten(function)):
        lines += _example(example_of(function), width, verbose)
    return lines


def _check(check: Check, function: str) -> Line:
    label = check.kind if check.name in check.message else texts.check_label(check.kind, check.name, function)
    earned = f" [{texts.points(check.points, check.max_points)}]" if check.max_points else ""
    pieces = (
        (_word(check.status), _colour(check.status)),
        (f" {plain(label)}{': ' if check.message else ''}", "bold"),
        (_message(check.message) + earned, ""),
    )
    return Line(pieces, 2, hang=2)


def _finding(word: str, finding: Finding, indent: int) -> list[Line]:
    pieces = (
        (f"{word}: ", "bold cyan"),
        (_message(finding.message), ""),
        (f" ({plain(finding.code)})", "dim"),
    )
    lines = [Line(pieces, indent, hang=2)]
    if finding.hint:
        lines.append(Line(((f"{texts.HINT}: ", "bold cyan"), (_message(finding.hint), "")), indent, hang=2))
    return lines


def _example(example: Example, width: int, verbose: bool) -> list[Line]:
    room = width - 4
    lines = [Line(((f"{texts.EXAMPLE} ", "bold"), (plain(example.case), "dim")), 2, hang=2)]
    if example.message:
        lines.append(Line(((_message(example.message), ""),), 4))
    for name, value in example.arguments:
        lines += _fixed(value_lines(plain(name), value, PLAIN, room))
    for word, value in example.results:
        lines += _fixed(value_lines(plain(f"{word} {example.item}".strip()), value, example.style, room), "bold")
    if example.difference:
        marked = f" ({texts.MARKED})" if example.style.mark else ""
        lines.append(Line(((_message(example.difference) + marked, ""),), 4, hang=2))
    if example.output:
        lines.append(Line(((f"{texts.PRINTED}:", "bold"),), 4))
        lines += [Line((("| ", "dim"), (line, "")), 4, hang=2) for line in _message(example.output).split("\n")]
    if verbose and example.snippet:
        lines.append(Line(((f"{texts.REPRODUCE}:", "bold"),), 2))
        lines += [Line(((line, ""),), 4) for line in plain(example.snippet, newlines=True).split("\n")]
    return lines


def _fixed(lines: Iterable[str], first: str = "") -> list[Line]:
    """A value's lines: the first may be wrapped with a hanging indent, the others are a table."""
    head, *rest = lines
    return [Line(((head, first),), 4, hang=2), *(Line(((line, ""),), 4) for line in rest)]


# The run ----------------------------------------------------------------------------------------


def _submission_list(reports: Sequence[Report], width: int) -> list[Line]:
    rows = [(_who(r), texts.points(r.points, r.max_points), texts.percent(r.percent), r.status) for r in reports]
    if not rows:
        return [Line(((texts.NO_SUBMISSIONS, ""),))]
    points, share = (max(len(row[i]) for row in rows) for i in (1, 2))
    state = max(len(texts.STATUS[row[3]]) for row in rows)
    name = min(max(_cells(row[0]) for row in rows), max(12, width - points - share - state - 6))
    lines = []
    for who, score, percent, status in rows:
        cells = [(_pad(_shorten(who, name), name), ""), (f"  {score:>{points}}  {percent:>{share}}", "")]
        lines.append(Line((*cells, (f"  {texts.STATUS[status]}", _colour(status))), hang=2))
    return lines


def _totals(reports: Sequence[Report]) -> list[Line]:
    shares = [share for r in reports if (share := r.percent) is not None]
    counts = Counter(r.status for r in reports)
    counted = ", ".join(f"{texts.STATUS[s]} {counts[s]}" for s in REPORT_STATUSES if counts[s] or s == "graded")
    lines = [Line(((counted, "bold"),))]
    if shares:
        summary = {texts.MEAN: stats.fmean(shares), texts.MEDIAN: stats.median(shares)}
        words = [f"{word} {texts.percent(value)}" for word, value in summary.items()]
        full = sum(r.full_marks for r in reports)
        lines.append(Line(((", ".join([*words, f"{texts.FULL_MARKS} {full}"]), ""),)))
    return lines


def _who(report: Report) -> str:
    """The student, or the file where nobody was identified."""
    return plain(clip(report.student or report.submission, 200))


# Laying out -------------------------------------------------------------------------------------


def _message(text: str) -> str:
    return plain(clip(text, LONGEST), newlines=True)


def _word(status: str) -> str:
    word = texts.STATUS.get(status, plain(status))
    return word if status in {"passed", "skipped"} else word.upper()


def _colour(status: str) -> str:
    return COLOURS.get(status, OTHER)


def _blank() -> Line:
    return Line((("", ""),))


def _width(width: int | None) -> int:
    if width is None:
        width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    return max(NARROWEST, width)


def _wants_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))


def _shorten(text: str, width: int) -> str:
    from rich.cells import set_cell_size

    return text if _cells(text) <= width else set_cell_size(text, width - 1) + "…"


def _lay_out(lines: Iterable[Line], width: int, color: bool | None) -> str:
    from rich.console import Console

    wanted = _wants_colour() if color is None else color
    console = Console(
        file=io.StringIO(), width=width, force_terminal=wanted, color_system="standard" if wanted else None,
        no_color=not wanted, markup=False, emoji=False, highlight=False, legacy_windows=False,
        force_jupyter=False, _environ={},  # in a notebook rich would display what is only to be laid out
    )  # fmt: skip
    with console.capture() as captured:
        for line in lines:
            for row in _wrap(line, console, width):
                console.print(row, soft_wrap=True)
    return log_lines("\n".join(row.rstrip() for row in captured.get().split("\n")))


def _wrap(line: Line, console: Any, width: int) -> list[Text]:
    """The rows of one paragraph, each with its indentation."""
    from rich.text import Text

    # Escaped before wrapping what log_lines would make wider afterwards.
    text = Text.assemble(*((log_lines(words), style) for words, style in line.pieces))
    room = max(8, width - line.indent)
    if text.cell_len > room or "\n" in text.plain:
        room = max(8, room - line.hang)
    margins = [" " * line.indent, " " * (line.indent + line.hang)]
    return [Text(margins[i > 0]) + row for i, row in enumerate(text.wrap(console, room, overflow="fold"))]
