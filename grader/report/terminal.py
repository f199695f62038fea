"""What a student reads after ``grader check``, and an instructor after ``grader grade``.

Plain words carry the meaning and colours only repeat it; no line but one of code exceeds the terminal. rich lays everything
out, from strings that :mod:`grader.report.escape` made inert: rich's own markup is never parsed.
"""

from __future__ import annotations

import io
import os
import posixpath
import shutil
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from textwrap import indent

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import sentences
from grader.model import Check, Finding, FunctionReport, Report
from grader.report import wording
from grader.report.escape import clip, log_lines, plain
from grader.report.example import Example, example_of, is_unwritten
from grader.report.fitting import fitted
from grader.report.order import order_of
from grader.report.overview import overview
from grader.report.values import PLAIN, Style, Value, value_blocks

__all__ = ["render_function", "render_report", "render_run"]

COLOURS = {"passed": "green", "graded": "green", "failed": "bold red", "error": "bold red", "skipped": "dim"}
LABEL = "bold cyan"
WIDEST = 100  # longer lines are hard to read
NARROWEST = 20
NARROW = 60  # in fewer columns a function's place stands under its name
LONGEST = 4000  # characters of one message
LONGEST_CODE = 40_000
LONGEST_NAME = 60
MOST_LINES = 14  # of the arguments of an example, so that one mistake fills one screen
MOST_PRINTED = 6  # lines of what it printed there
LONGEST_WHO = 200
MOST_ROWS = 500  # of one table: of each row kilobytes are kept while it is laid out

Piece = str | tuple[str, str]  # a text, or a text and its style
Row = tuple[Piece | Text, ...]


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
    columns, file = _width(width), posixpath.basename(report.submission)
    parts = _head(report)
    if report.untouched and not verbose:
        return _lay_out(parts, columns, color)
    if report.functions:
        parts += ["", _function_table(report.functions, columns, file)]
    order = order_of(report.functions)
    for _, function in order.first if not verbose else enumerate(report.functions):
        if details := _details(function, columns, verbose):
            title = (_name(function.name), "bold"), (_place(function, file), "dim")
            parts += ["", _grid([title]), *details]
    if order.lines:
        parts += ["", *_grids([((label, LABEL), text) for label, text in order.lines])]
    if report.full_marks and report.functions:
        told = any(finding.code == "carried" for function in report.functions for finding in function.findings)
        parts += ["", _text((wording.ALL_BUT_HELPERS if told else wording.ALL_PASSED, "green"))]
    return _lay_out(parts, columns, color)


def render_function(
    function: FunctionReport, *, verbose: bool = False, width: int | None = None, color: bool | None = None
) -> str:
    """One function's verdict; also the text that stands in for a notebook's card where HTML is not shown."""
    columns = _width(width)
    return _lay_out([_function_table([function], columns), *_details(function, columns, verbose)], columns, color)


def render_run(reports: Sequence[Report], *, width: int | None = None, color: bool | None = None) -> str:
    """Many submissions: a line each, then the totals and what needs a look."""
    columns = _width(width)
    lines = "".join(_lay_out([table], columns, color) for table in _submission_tables(reports, columns))
    parts: list[RenderableType] = [*([] if reports else ["No submissions."]), "", *_totals(reports)]
    rows: list[Row] = []
    for report in reports:
        if report.status != "graded":
            rows += [(_state(report.status), _who(report)), *(("", message) for message in report.messages)]
    return lines + _lay_out([*parts, *_grids(rows)], columns, color)


# The report -------------------------------------------------------------------------------------


def _head(report: Report) -> list[RenderableType]:
    title = (_name(report.assignment), "bold"), (plain(report.submission), "dim")
    score = (wording.score_line(report), "green" if report.full_marks else "bold")
    parts: list[RenderableType] = [_grid([title]), _text(("Score: ", "bold"), score)]
    if report.untouched:
        parts = [_grid([(*title, (wording.untouched(report.functions), "bold"))])]
    elif report.functions:
        parts.append(_text(wording.functions_passed_line(report.functions)))
    parts += [_text((sentence, "yellow")) for sentence in wording.report_sentences(report)]
    parts += _grids([(("-", "yellow"), message) for message in report.messages], gap=1)
    return [*parts, *(_grid(_finding(wording.finding_label(finding), finding)) for finding in report.findings)]


def _function_table(functions: Sequence[FunctionReport], width: int, file: str = "") -> Table:
    """A line each: status, name, points, and the place, without the file where there is one alone."""
    rows: list[Row] = []
    for f in functions:
        note = wording.GRADED_WITH_HELPERS if f.carried and not f.findings else ""
        place = "; ".join(filter(None, [_place(f, file), note]))
        below, beside = (place and f"\n{place}", "") if width < NARROW else ("", place)
        name = _text(_name(f.name), (below, "dim"))
        state = (wording.TO_BE_GRADED, "dim") if f.by_hand else _state(f.status)
        rows.append((state, name, wording.function_points(f), (beside, "dim")))
    return _grid(rows, numbers={2})


def _place(function: FunctionReport, file: str) -> str:
    """Where a function is defined, without what its line says."""
    label, line = sentences.place_in(function.origin or "")
    return ", ".join(filter(None, [plain(label) if label != file else "", f"line {line}" if line else ""]))


def _details(function: FunctionReport, width: int, verbose: bool) -> list[RenderableType]:
    """Why a function failed, what that looks like, and an example to follow by hand; nothing of one that is correct."""
    if function.status == "passed" and not function.findings and not verbose:
        return []
    sentence = wording.status_sentence(function)
    parts: list[RenderableType] = [_indented(_text(sentence))] if sentence else []
    rows: list[Row] = []
    for finding in function.findings:  # what to do comes first
        rows += _finding(wording.finding_label(finding, function), finding)
    shown = [check for check in function.checks if verbose or check.status == "failed"]
    rows += [(_state(check.status), _check(check, function.name)) for check in shown]
    others = [check for check in function.checks if check not in shown and check.points < check.max_points]
    if others and any(check.status == "failed" for check in shown):  # what a failed one took along: the points add up
        rows.append(((wording.ALSO_LOST, LABEL), "; ".join(_also(check, function.name) for check in others)))
    parts += map(_indented, _grids(rows))
    if function.counterexample is not None and function.status != "passed" and (verbose or not is_unwritten(function)):
        parts += _example(example_of(function), width, verbose)
    return parts


def _check(check: Check, function: str) -> Text:
    label = check.kind if check.name in check.message else wording.check_label(check.kind, check.name, function)
    earned = f" [{wording.points_line(check.points, check.max_points)}]" if check.max_points else ""
    return _text((f"{plain(label)}{': ' if check.message else ''}", "bold"), check.message, earned)


def _also(check: Check, function: str) -> str:
    label = (
        wording.INPUTS_LEFT_ALONE if check.kind == "inputs" else plain(wording.check_label(check.kind, check.name, function))
    )
    return f"{label} [{wording.points_line(check.points, check.max_points)}]"


def _finding(label: str, finding: Finding) -> list[Row]:
    rows: list[Row] = [((label, LABEL), _text(finding.message, (f" ({plain(finding.code)})", "dim")))]
    return [*rows, ((wording.HINT, LABEL), finding.hint)] if finding.hint else rows


def _example(example: Example, width: int, verbose: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [_indented(_text(("Example ", "bold"), (plain(example.case), "dim")))]
    inner: list[RenderableType] = [_text(sentence) for sentence in (example.message, example.note) if sentence]

    def lines_of(values: Sequence[tuple[str, Value]], style: Style) -> list[str]:
        lines: list[str] = []
        for dense in (False, True):
            blocks = [value_blocks(plain(name), value, style, width - 4, dense=dense) for name, value in values]
            lines = [line for value in blocks for block in value for line in block.lines]
            if verbose or style.mark is not None or len(lines) <= MOST_LINES:  # what has a marked place is small around it
                return lines
        return fitted(blocks, example.about, MOST_LINES)

    inner += map(_text, lines_of(example.arguments, PLAIN))
    for word, value in example.results:
        lines = lines_of([(f"{word} {example.item}".strip(), value)], example.style)
        inner += [_text((lines[0], "bold")), *map(_text, lines[1:])]
    if example.difference:
        inner.append(_text(example.difference, " (marked with *)" if example.style.mark else ""))
    if example.output:
        printed = example.output.split("\n")
        if len(printed) > MOST_PRINTED + 1 and not verbose:
            printed = [*printed[:MOST_PRINTED], wording.more_lines(len(printed) - MOST_PRINTED)]
        rows: list[Row] = [(("|", "dim"), line) for line in printed]
        inner += [_text(("It printed:", "bold")), _grid(rows, gap=1)]
    parts += [_indented(part, 4) for part in inner]
    if verbose and example.snippet:
        parts += [_indented(_text(("To try it yourself:", "bold"))), _code(example.snippet, 4)]
    return parts


# The run ----------------------------------------------------------------------------------------


def _submission_tables(reports: Sequence[Report], width: int) -> Iterator[Table]:
    """A line each; where they are many, in tables of the same widths, of which one is there at a time."""
    widths: list[int] = []
    if len(reports) > MOST_ROWS:
        cells = ([cell_len(_words(cell)) for cell in _row(report)] for report in reports)
        most = [max(column) for column in zip(*cells, strict=True)]
        widths = [min(most[0], max(4, width - sum(most[1:]) - 2 * len(most[1:]))), *most[1:]]
    for start in range(0, len(reports), MOST_ROWS):
        rows = [_row(report) for report in reports[start : start + MOST_ROWS]]
        table = _grid(rows, numbers={1, 2})
        for column, fixed in zip(table.columns, widths, strict=False):
            column.width = fixed
        yield table


def _row(report: Report) -> tuple[Text, str, str, tuple[str, str]]:
    who = _text(_who(report))
    who.no_wrap, who.overflow = True, "ellipsis"
    state = wording.report_word(report), "yellow" if report.untouched else _colour(report.status)
    points = wording.points_line(report.points, report.most_so_far)
    return who, points, wording.percent_text(report.percent), state


def _words(cell: Piece | Text) -> str:
    return cell.plain if isinstance(cell, Text) else cell if isinstance(cell, str) else cell[0]


def _totals(reports: Sequence[Report]) -> list[Text]:
    o = overview(reports)
    counts = {"graded": o.graded, "unreadable": o.unreadable, "error": o.errors}
    words = [f"{status} {count}" for status, count in counts.items() if count or status == "graded"]
    if untouched := sum(report.untouched for report in reports):
        words[0] += f" ({untouched} not started)"
    lines = [_text((", ".join(words), "bold"))]
    if o.marks:
        mean, median = wording.percent_text(o.mean), wording.percent_text(o.median)
        lines.append(_text(f"Mean {mean}, Median {median}, Full marks {o.full_marks}"))
    if any(report.waiting for report in reports):
        lines.append(_text(wording.COUNTED_SO_FAR))
    return lines


def _who(report: Report) -> str:
    """The student by name and identifier, or the file where nobody was identified."""
    return plain(clip(wording.who_of(report), LONGEST_WHO))


# Laying out -------------------------------------------------------------------------------------


def _text(*pieces: Piece) -> Text:
    """Inert text. It is escaped before it is wrapped: an escape is wider than the character that it stands for."""
    text = Text(overflow="fold")
    for piece in pieces:
        words, style = (piece, "") if isinstance(piece, str) else piece
        text.append(log_lines(plain(clip(words, LONGEST), newlines=True)), style)
    return text


def _code(source: str, columns: int) -> Group:
    """Inert code whose lines stay whole, however long they are: it is there to be copied."""
    lines = indent(plain(clip(source, LONGEST_CODE), newlines=True), " " * columns)
    return Group(Text(log_lines(lines), no_wrap=True, overflow="ignore"))  # a text alone would be printed as any other


def _grid(rows: Sequence[Row], gap: int = 2, numbers: Container[int] = ()) -> Table:
    """Columns without lines. Each text is wrapped in its own column, so that none can pass for another line."""
    table = Table.grid(padding=(0, gap, 0, 0))
    for i in range(len(rows[0])):
        table.add_column(justify="right" if i in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else _text(cell) for cell in row))
    return table


def _grids(rows: Sequence[Row], gap: int = 2) -> list[Table]:
    """A grid where there are rows: one without any would print an empty line."""
    return [_grid(rows, gap)] if rows else []


def _indented(part: RenderableType, columns: int = 2) -> Padding:
    return Padding(part, (0, 0, 0, columns))


def _name(text: str) -> str:
    return plain(clip(text, LONGEST_NAME))


def _state(status: str) -> tuple[str, str]:
    word = wording.status_word(plain(status))
    return word if status in {"passed", "partial", "skipped"} else word.upper(), _colour(status)


def _colour(status: str) -> str:
    return COLOURS.get(status, "yellow")


def _width(width: int | None) -> int:
    return max(NARROWEST, width or min(shutil.get_terminal_size((80, 24)).columns, WIDEST))


def _wants_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _lay_out(parts: Iterable[RenderableType], width: int, color: bool | None) -> str:
    wanted = _wants_colour() if color is None else color
    console = Console(
        file=io.StringIO(), width=width, force_terminal=wanted, color_system="standard" if wanted else None,
        no_color=not wanted, markup=False, emoji=False, highlight=False, legacy_windows=False,
        force_jupyter=False, _environ={},  # in a notebook rich would display what is only to be laid out
    )  # fmt: skip
    with console.capture() as captured:
        for part in parts:
            console.print(part, crop=False)
    return log_lines("\n".join(row.rstrip() for row in captured.get().split("\n")))
