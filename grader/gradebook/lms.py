"""Marks on their way out: a CSV table, and the files that Canvas and Moodle read back.

Canvas and Moodle only accept their own export with marks written into it. So the instructor downloads the
gradebook (Canvas) or the grading worksheet (Moodle), these functions write the marks into it, and every
other byte stays as it was: names, quoting, line ends and other columns.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from grader.intake.csv import Sheet, SheetError, parse_sheet, replaced
from grader.intake.roster import Person, find, roster_of
from grader.report.escape import csv_cell

__all__ = ["Filled", "Mark", "fill_canvas", "fill_moodle", "marks_csv"]

# Canvas computes these columns itself, also where a grading period follows: "Final Score (2026)".
_CANVAS_TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one student gets for an assignment.

    ``points`` is None where there is nothing to count (unreadable, or the harness failed): such a mark
    is reported and never written down as zero. ``computed`` is the grader's own result where an
    instructor's override stands in ``points``.
    """

    student: str
    points: float | None
    max_points: float | None
    name: str = ""
    email: str = ""
    status: str = "graded"
    late: bool = False
    submission: str = ""
    run: int | None = None
    computed: float | None = None
    override_author: str = ""
    override_reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A platform's file with the marks in it, and everything that did not find its place."""

    data: bytes
    written: int
    messages: tuple[str, ...]


def marks_csv(marks: Iterable[Mark]) -> str:
    """All marks as a CSV table with a header row; text that a spreadsheet would execute is made inert.

    >>> print(marks_csv([Mark("=1+1", 7.5, 10.0)]).splitlines()[1])
    '=1+1,,,7.5,10,graded,no,,,,,,
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = ["student", "name", "email", "points", "max_points", "status", "late", "submission"]
    columns += [f.name for f in fields(Mark) if f.name not in columns]
    writer.writerow(columns)
    for mark in marks:
        writer.writerow([_plain_cell(getattr(mark, column)) for column in columns])
    return out.getvalue()


def fill_canvas(sheet: bytes, marks: Sequence[Mark], *, column: str | None = None) -> Filled:
    """Write marks into the gradebook that an instructor exported from Canvas.

    Students are found by ID, SIS User ID, SIS Login ID or e-mail address, else by a name that only one
    of them has. ``EX`` (excused) and ``N/A`` (not assigned) are left alone.

    Parameters
    ----------
    sheet : bytes
        The exported CSV file.
    marks : sequence of Mark
        Points are scaled where "Points Possible" differs from the assignment's maximum.
    column : str, optional
        The title of the assignment's column or the number in its parentheses; needed when the file has
        several assignments.

    Raises
    ------
    SheetError
        When the file is no Canvas gradebook or the column is not determined.
    """
    table = parse_sheet(sheet)
    header = [title.strip() for title in table.values()[0]]
    if "ID" not in header or not {"Student", "LastName"}.intersection(header):
        raise SheetError(f"expected the gradebook of Canvas (Student, ID, ...), found {_some(header)}")
    at = _canvas_column(header, column)
    ids = [header.index(n) for n in ("ID", "SIS User ID", "SIS Login ID", "Integration ID") if n in header]
    names = [header.index(n) for n in ("Student", "FirstName", "LastName") if n in header]
    rows, possible = [], None
    for number, row in enumerate(table.values()[1:], 1):
        if row and "Points Possible" in row[0]:
            if len(row) > at and "read only" in row[at].lower():
                raise SheetError(f"Canvas does not read the column {header[at]!r} back; choose another one")
            possible = _number(row[at]) if len(row) > at else None
        elif len(row) > at and row[ids[0]].strip():
            rows.append((number, _person(row, ids, names)))
    return _fill(table, rows, at, marks, possible=possible, keep=("EX", "N/A"))


def fill_moodle(sheet: bytes, marks: Sequence[Mark]) -> Filled:
    """Write marks into the grading worksheet of a Moodle assignment.

    Students are found by the number of the participant or by e-mail address, else by a full name that
    only one of them has. Rows whose grade cannot be changed are left alone. Moodle overwrites nothing
    that was graded after the worksheet was downloaded, so the dates in it stay as they are.

    Parameters
    ----------
    sheet : bytes
        The CSV file from "Download grading worksheet", with its English column titles.
    marks : sequence of Mark
        Points are scaled to the row's "Maximum Grade" where it differs.

    Raises
    ------
    SheetError
        When a column that Moodle needs is missing.
    """
    table = parse_sheet(sheet)
    header = [title.strip() for title in table.values()[0]]
    missing = [n for n in ("Identifier", "Grade", "Last modified (grade)") if n not in header]
    if missing:
        raise SheetError(f"expected Moodle's worksheet with the English title {missing[0]!r}, found {_some(header)}")
    where = {title: header.index(title) for title in header}
    names = [where["Full name"]] if "Full name" in where else []
    also = [where[n] for n in ("Email address", "ID number", "Username") if n in where]
    rows, locked, maxima = [], set(), {}
    for number, row in enumerate(table.values()[1:], 1):
        participant = re.search(r"\d+\s*$", row[where["Identifier"]]) if len(row) >= len(header) else None
        if participant is None:
            continue
        person = _person(row, [where["Identifier"], *also], names)
        rows.append((number, Person(participant[0].strip(), person.name, "", (person.id, *person.aliases))))
        if "Grade can be changed" in where and row[where["Grade can be changed"]].strip().lower() == "no":
            locked.add(number)
        if "Maximum Grade" in where:
            maxima[number] = _number(row[where["Maximum Grade"]])
    return _fill(table, rows, where["Grade"], marks, maxima=maxima, locked=locked)


def _fill(
    table: Sheet,
    rows: Sequence[tuple[int, Person]],
    at: int,
    marks: Sequence[Mark],
    *,
    possible: float | None = None,
    maxima: Mapping[int, float | None] | None = None,
    keep: Sequence[str] = (),
    locked: Iterable[int] = (),
) -> Filled:
    """Put each mark into its row, or say why it was not put anywhere."""
    people = roster_of([person for _, person in rows])
    refused, changes, messages, scaled = set(locked), {}, [], set()
    for mark in marks:
        hit = find(people, [mark.student, mark.email], [mark.name or mark.student])
        if isinstance(hit, str):
            messages.append(f"{_who(mark)}: {hit}; nothing was written")
            continue
        number, old = rows[hit][0], table.rows[rows[hit][0]][at].value.strip()
        maximum = (maxima or {}).get(number, possible)
        points = _scaled(mark, maximum)
        if points is None:
            messages.append(f"{_who(mark)}: has no points ({mark.status}); the old value {old!r} stays")
        elif number in refused or old.upper() in keep:
            messages.append(f"{_who(mark)}: the platform takes no mark here ({old or 'locked'}); left alone")
        elif (number, at) in changes:
            messages.append(f"{_who(mark)}: a second mark for the same row of the file; the first one stands")
        else:
            changes[number, at] = _digits(points)
            if mark.max_points and maximum and not math.isclose(maximum, mark.max_points):
                scaled.add((mark.max_points, maximum))
    messages += [f"points were scaled from {_digits(a)} to {_digits(b)}" for a, b in sorted(scaled)]
    unmarked = [person for number, person in rows if (number, at) not in changes]
    if unmarked:
        names = _some([person.name or person.id for person in unmarked])
        messages.append(f"{len(unmarked)} of {len(rows)} students in the file got no mark: {names}")
    return Filled(replaced(table, changes), len(changes), tuple(messages))


def _canvas_column(header: Sequence[str], wanted: str | None) -> int:
    """Which column of the gradebook is the assignment's: ``Title (4711)`` by title, number or both."""
    found = {i: re.fullmatch(r"(.*) \((\d+)\)", title) for i, title in enumerate(header)}
    columns = {
        i: (header[i], match[1].strip(), match[2])
        for i, match in found.items()
        if match and not _CANVAS_TOTALS.search(header[i])
    }
    hits = [i for i, known in columns.items() if wanted is None or wanted.strip() in known]
    if len(hits) == 1:
        return hits[0]
    wish = "a column to fill (--column)" if wanted is None else f"one column for {wanted!r}"
    there = _some([f"'{header[i]}'" for i in columns]) or "no assignment"
    raise SheetError(f"expected {wish}; the file has: {there}")


def _person(row: Sequence[str], ids: Sequence[int], names: Sequence[int]) -> Person:
    cells = [row[i].strip() if i < len(row) else "" for i in ids]
    return Person(cells[0], " ".join(row[i].strip() for i in names), "", tuple(c for c in cells[1:] if c))


def _scaled(mark: Mark, maximum: float | None) -> float | None:
    """The points on the platform's scale. An override counts in the assignment's points, too."""
    if mark.points is None or not math.isfinite(mark.points):
        return None
    return mark.points * maximum / mark.max_points if maximum and mark.max_points else mark.points


def _number(text: str) -> float | None:
    """A number in any locale; the last comma or point is the decimal one, as Canvas reads it, too."""
    match = re.fullmatch(r"([0-9][0-9.,]*?)(?:[.,]([0-9]+))?", text.strip())
    return float(f"{re.sub('[.,]', '', match[1])}.{match[2] or 0}") if match else None


def _digits(value: float) -> str:
    """A number with at most five decimals (as many as Moodle keeps), never with an exponent."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _plain_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _digits(value) if isinstance(value, int | float) else csv_cell(str(value))


def _who(mark: Mark) -> str:
    return f"{mark.student} ({mark.name})" if mark.name else mark.student


def _some(texts: Sequence[str], most: int = 8) -> str:
    """A few of many, short enough for a message."""
    rest = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(text[:60] for text in texts[:most]) + rest
