"""Marks on their way out: a CSV table, and the files that Canvas and Moodle read back.

Canvas and Moodle only accept their own export with marks written into it. So the instructor downloads the
gradebook (Canvas) or the grading worksheet (Moodle), these functions write the marks into it, and every
other cell stays as it was, in the dialect of the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from grader.intake.csv import Sheet, SheetError, parse_sheet, sheet_bytes
from grader.intake.roster import Person, find, roster_of
from grader.intake.tree import a_few
from grader.report.table import csv_table, digits

__all__ = ["Filled", "Mark", "fill_canvas", "fill_moodle", "marks_csv"]

# Canvas computes these columns itself, also where a grading period follows: "Final Score (2026)".
_CANVAS_TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one student gets for an assignment.

    ``points`` is None where there is nothing to count (unreadable, or the harness failed): such a mark
    is reported and never written down as zero. ``computed`` is the grader's own result where an
    instructor's override stands in ``points``, or something was deducted. ``files`` are those that functions were taken
    from, ``passed_over`` the others that hold some. ``to_be_graded`` are parts that wait for a person, and
    ``functions`` the points of each part, which is None where they are not known yet.
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
    files: str = ""
    passed_over: str = ""
    submitted: str = ""
    late_deduction: float | None = None
    late_reason: str = ""
    to_be_graded: str = ""
    comment: str = ""
    functions: tuple[tuple[str, float | None, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A platform's file with the marks in it, and everything that did not find its place."""

    data: bytes
    written: int
    messages: tuple[str, ...]


def marks_csv(marks: Sequence[Mark], *, per_function: bool = False) -> str:
    """All marks as a CSV table with a header row, with the points of every part if asked for.

    >>> print(marks_csv([Mark("=1+1", 7.5, 10.0)]).splitlines()[1])
    "'=1+1","","",7.5,10,"graded","no","",,,"","","","","","",,"","",""
    """
    first = ["student", "name", "email", "points", "max_points", "status", "late", "submission"]
    columns = first + [field.name for field in fields(Mark) if field.name not in (*first, "functions")]
    rows = [[getattr(mark, column) for column in columns] for mark in marks]
    parts = list(dict.fromkeys(name for mark in marks for name, _, _ in mark.functions)) if per_function else []
    for mark, row in zip(marks, rows, strict=True):
        points = {name: earned for name, earned, _ in mark.functions}
        row += [points.get(name) for name in parts]
    return csv_table([*columns, *parts], rows)


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
    header = [title.strip() for title in table.rows[0]]
    if "ID" not in header or not {"Student", "LastName"}.intersection(header):
        raise SheetError(f"expected the gradebook of Canvas (Student, ID, ...), found {a_few(header)}")
    target = _canvas_column(header, column)
    ids = [header.index(n) for n in ("ID", "SIS User ID", "SIS Login ID", "Integration ID") if n in header]
    names = [header.index(n) for n in ("Student", "FirstName", "LastName") if n in header]
    students, possible = [], ""
    for number, row in enumerate(table.rows):
        if number == 0 or len(row) <= max(target, ids[0]):
            continue
        if "Points Possible" in row[0]:
            possible = row[target]
        elif row[ids[0]].strip():
            students.append(_Row(number, _person(row, ids, names), locked=row[target].strip().upper() in ("EX", "N/A")))
    if "read only" in possible.lower():
        raise SheetError(f"Canvas does not read the column {header[target]!r} back; choose another one")
    maximum = _number(possible)
    return _fill(table, target, [replace(student, maximum=maximum) for student in students], marks)


def fill_moodle(sheet: bytes, marks: Sequence[Mark], *, comments: Mapping[str, str] | None = None) -> Filled:
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
    comments : mapping, optional
        What the column "Feedback comments" says to a student, in HTML.

    Raises
    ------
    SheetError
        When a column that Moodle needs is missing.
    """
    table = parse_sheet(sheet)
    header = [title.strip() for title in table.rows[0]]
    needed = ("Identifier", "Grade", "Last modified (grade)", *(["Feedback comments"] if comments else []))
    missing = [name for name in needed if name not in header]
    if missing:
        raise SheetError(f"expected Moodle's worksheet with the English title {missing[0]!r}, found {a_few(header)}")
    ids = [header.index(n) for n in ("Identifier", "Email address", "ID number", "Username") if n in header]
    names = [header.index(n) for n in ("Full name",) if n in header]
    students = []
    for number, row in enumerate(table.rows):
        cells = dict(zip(header, row, strict=False))
        identifier = cells.get("Identifier", "").strip()
        participant = identifier[len(identifier.rstrip("0123456789")) :]
        if not participant or len(row) < len(header):
            continue
        person = _person(row, ids, names)
        person = replace(person, id=participant, aliases=(person.id, *person.aliases))
        locked = cells.get("Grade can be changed", "").strip().lower() == "no"
        students.append(_Row(number, person, _number(cells.get("Maximum Grade", "")), locked))
    beside = (header.index("Feedback comments"), comments) if comments else None
    return _fill(table, header.index("Grade"), students, marks, beside)


@dataclass(frozen=True, slots=True)
class _Row:
    """One student's row in a platform's file: the largest mark there, and whether it takes one at all."""

    number: int
    person: Person
    maximum: float | None = None
    locked: bool = False


def _fill(
    table: Sheet,
    column: int,
    students: Sequence[_Row],
    marks: Sequence[Mark],
    beside: tuple[int, Mapping[str, str]] | None = None,
) -> Filled:
    """Put each mark into its row, with what stands beside it, or say why it was not put anywhere."""
    people = roster_of([student.person for student in students])
    rows, written, messages, scales = list(table.rows), set(), [], set()
    for mark in marks:
        index = find(people, [mark.student, mark.email], [mark.name or mark.student])
        if isinstance(index, str):
            messages.append(f"{_who(mark)}: {index}; nothing was written")
            continue
        student, row = students[index], table.rows[students[index].number]
        old, points = row[column].strip(), _scaled(mark, students[index].maximum)
        if points is None:
            messages.append(f"{_who(mark)}: has no points ({mark.status}); the old value {old!r} stays")
        elif student.locked:
            messages.append(f"{_who(mark)}: the platform takes no mark here ({old or 'locked'}); left alone")
        elif student.number in written:
            messages.append(f"{_who(mark)}: a second mark for the same row of the file; the first one stands")
        else:
            written.add(student.number)
            cells = {column: digits(round(points, 2))} | ({beside[0]: beside[1].get(mark.student, "")} if beside else {})
            rows[student.number] = tuple(cells.get(i, cell) for i, cell in enumerate(row))
            if mark.max_points and student.maximum and not math.isclose(student.maximum, mark.max_points):
                scales.add((mark.max_points, student.maximum))
    messages += [f"points were scaled from {digits(a)} to {digits(b)}" for a, b in sorted(scales)]
    unmarked = [s.person.name or s.person.id for s in students if s.number not in written]
    if waiting := [_who(mark) for mark in marks if mark.to_be_graded]:
        messages.append(f"{len(waiting)} marks are without the parts that wait to be graded by hand: {a_few(waiting)}")
    if unmarked:
        messages.append(f"{len(unmarked)} of {len(students)} students in the file got no mark: {a_few(unmarked)}")
    return Filled(sheet_bytes(replace(table, rows=tuple(rows))), len(written), tuple(messages))


def _canvas_column(header: Sequence[str], wanted: str | None) -> int:
    """Which column of the gradebook is the assignment's: ``Title (4711)`` by title, number or both."""
    named = [(i, title, re.fullmatch(r"(.*) \((\d+)\)", title)) for i, title in enumerate(header)]
    columns = {
        i: (title, match[1].strip(), match[2]) for i, title, match in named if match and not _CANVAS_TOTALS.search(title)
    }
    candidates = [i for i, titles in columns.items() if wanted is None or wanted.strip() in titles]
    if len(candidates) == 1:
        return candidates[0]
    wish = "a column to fill (--column)" if wanted is None else f"one column for {wanted!r}"
    there = a_few([f"'{header[i]}'" for i in columns]) or "no assignment"
    raise SheetError(f"expected {wish}; the file has: {there}")


def _person(row: Sequence[str], ids: Sequence[int], names: Sequence[int]) -> Person:
    """Who a row is about; a row that ends early is blank there."""
    (first, *others), named = ([row[i].strip() if i < len(row) else "" for i in places] for places in (ids, names))
    return Person(first, " ".join(named), "", tuple(cell for cell in others if cell))


def _scaled(mark: Mark, maximum: float | None) -> float | None:
    """The points on the platform's scale. An override counts in the assignment's points, too."""
    if mark.points is None or not math.isfinite(mark.points):
        return None
    return mark.points * maximum / mark.max_points if maximum and mark.max_points else mark.points


def _number(text: str) -> float | None:
    """A number in any locale; the last comma or point is the decimal one, as Canvas reads it, too."""
    match = re.fullmatch(r"([0-9][0-9.,]*?)(?:[.,]([0-9]+))?", text.strip())
    return float(f"{re.sub('[.,]', '', match[1])}.{match[2] or 0}") if match else None


def _who(mark: Mark) -> str:
    return f"{mark.name} ({mark.student})" if mark.name not in ("", mark.student) else mark.student
