"""Marks for Canvas, Moodle and spreadsheets: every mark in its row, every other cell as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.lms import Mark, fill_canvas, fill_moodle, marks_csv
from grader.intake.csv import SheetError, parse_sheet

CANVAS = (
    b"Student,ID,SIS User ID,SIS Login ID,Section,HW1 (101),HW2 (102),Final Score\r\n"
    b"    Manual Posting,,,,,,,\r\n"
    b"    Points Possible,,,,,100.00,50.00,(read only)\r\n"
    b'"Doe, Jane",7,s-7,janed,"A, B",,40.00,80\r\n'
    b'"=""=Roe, Jim""",8,s-8,jimr,A,12.5,,70\r\n'
    b'"Lee, Kim",9,s-9,kiml,A,EX,,60\r\n'
    b'"Poe, Eve",10,s-10,evep,A,N/A,,50\r\n'
    b'"Student, Test",11,,,A,,,\r\n'
)
MOODLE = (
    b"Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    b"Last modified (submission),Last modified (grade),Feedback comments\n"
    b'Participant 501,"Jane Doe",j@u.edu,"Submitted for grading - ",,100.00,Yes,'
    b'"Monday, 2 November 2026, 9:00 AM",-,""\n'
    b'Participant 502,"Jim Roe",r@u.edu,"No submission - ",,100.00,Yes,-,-,""\n'
    b'Participant 503,"Kim Lee",k@u.edu,"Submitted",55.00,100.00,No,-,'
    b'"Tuesday, 3 November 2026, 9:00 AM","ok"\n'
)


def mark(student: str, points: float | None = 90.0, **more: object) -> Mark:
    return Mark(student, points, 100.0, **more)  # type: ignore[arg-type]


def column(data: bytes, title: str) -> list[str]:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    return [row[rows[0].index(title)] for row in rows[1:]]


def cells(data: bytes) -> tuple[tuple[str, ...], ...]:
    return parse_sheet(data).rows


# ---- Canvas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", ["7", "s-7", "JaneD", "Jane Doe", "doejane"])
def test_canvas_students_are_found_by_any_of_their_identifiers(student: str) -> None:
    filled = fill_canvas(CANVAS, [mark(student)], column="HW1")
    assert filled.data == CANVAS.replace(b'"A, B",,40.00', b'"A, B",90,40.00')
    assert filled.written == 1
    assert filled.messages == ('4 of 5 students in the file got no mark: ="=Roe, Jim", Lee, Kim, Poe, Eve, Student, Test',)


@pytest.mark.parametrize("wanted", ["HW2", "102", "HW2 (102)"])
def test_a_canvas_column_goes_by_title_or_number(wanted: str) -> None:
    filled = fill_canvas(CANVAS, [mark("7")], column=wanted)
    assert column(filled.data, "HW2 (102)")[2] == "45"
    assert "points were scaled from 100 to 50" in filled.messages


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (None, r"expected a column to fill \(--column\); the file has: 'HW1 \(101\)', 'HW2 \(102\)'"),
        ("HW3", "expected one column for 'HW3'"),
        ("Final Score", "expected one column for 'Final Score'"),
    ],
)
def test_a_canvas_column_that_is_not_determined_is_an_error(wanted: str | None, message: str) -> None:
    with pytest.raises(SheetError, match=message):
        fill_canvas(CANVAS, [mark("7")], column=wanted)


def test_a_row_of_canvas_that_ends_before_the_name_is_filled_by_its_number() -> None:
    filled = fill_canvas(b"SIS User ID,HW (5),ID,Student\nx,,7\n", [mark("7")])
    assert (filled.written, cells(filled.data)[1][1]) == (1, "90")


def test_the_only_canvas_column_needs_no_name() -> None:
    sheet = b"Student,ID,Section,HW (5),Final Score (2026)\n    Points Possible,,,10,(read only)\nDoe,7,A,,\n"
    assert column(fill_canvas(sheet, [mark("7")]).data, "HW (5)") == ["10", "9"]


def test_excused_and_unassigned_students_are_left_alone_in_canvas() -> None:
    filled = fill_canvas(CANVAS, [mark("9"), mark("10")], column="HW1")
    assert filled.data == CANVAS
    assert filled.messages[0] == "9: the platform takes no mark here (EX); left alone"


def test_the_layout_with_two_name_columns_is_read_too() -> None:
    sheet = b"LastName,FirstName,ID,SIS Login ID,Section,HW (5)\n    Points Possible,,,,,100\nDoe,Jane,7,jd,A,\n"
    assert column(fill_canvas(sheet, [mark("x", name="Jane Doe")]).data, "HW (5)") == ["100", "90"]


def test_semicolons_decimal_commas_and_a_byte_order_mark_stay() -> None:
    sheet = "\ufeffStudent;ID;Section;HW (5)\r\n    Points Possible;;;20,0\r\nDoe, Zoë;7;A;3,5\r\n".encode()
    assert fill_canvas(sheet, [mark("7", 42.5)]).data == sheet.replace(b"3,5", b"8.5")


def test_a_read_only_canvas_column_is_refused() -> None:
    sheet = b"Student,ID,Section,HW (5)\n    Points Possible,,,(read only)\nDoe,7,A,\n"
    with pytest.raises(SheetError, match="does not read the column 'HW \\(5\\)' back"):
        fill_canvas(sheet, [mark("7")])


def test_a_file_that_is_not_from_canvas_is_refused() -> None:
    with pytest.raises(SheetError, match="expected the gradebook of Canvas"):
        fill_canvas(MOODLE, [mark("7")])


# ---- Moodle -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", ["501", "Participant 501", "J@U.edu", "Jane Doe"])
def test_moodle_participants_are_found_by_number_address_or_name(student: str) -> None:
    filled = fill_moodle(MOODLE, [mark(student, 87.25)])
    assert cells(filled.data) == cells(MOODLE.replace(b'grading - ",,100.00', b'grading - ",87.25,100.00'))


def test_points_are_scaled_to_the_maximum_grade_of_moodle() -> None:
    filled = fill_moodle(MOODLE.replace(b"100.00", b'"20,00"'), [mark("501", 50.0)])
    assert column(filled.data, "Grade")[0] == "10"
    assert "points were scaled from 100 to 20" in filled.messages


def test_a_mark_has_the_decimals_that_feedback_says() -> None:
    filled = fill_moodle(MOODLE, [mark("501", 85.2513)])
    assert column(filled.data, "Grade")[0] == "85.25"


def test_a_locked_moodle_grade_is_left_alone() -> None:
    filled = fill_moodle(MOODLE, [mark("503")])
    assert cells(filled.data) == cells(MOODLE)
    assert filled.messages[0] == "503: the platform takes no mark here (55.00); left alone"


@pytest.mark.parametrize("title", ["Identifier", "Grade", "Last modified (grade)"])
def test_a_worksheet_without_what_moodle_needs_is_refused(title: str) -> None:
    header, rest = MOODLE.split(b"\n", 1)
    titles = [b"Bewertung" if name == title.encode() else name for name in header.split(b",")]
    with pytest.raises(SheetError, match="with the English title '" + title.replace("(", r"\(").replace(")", r"\)")):
        fill_moodle(b",".join(titles) + b"\n" + rest, [mark("501")])


# ---- both ---------------------------------------------------------------------------------------------


def test_students_who_are_not_in_the_file_are_reported() -> None:
    filled = fill_moodle(MOODLE, [mark("777", name="Ann Roe")])
    assert cells(filled.data) == cells(MOODLE)
    assert filled.messages[0] == "Ann Roe (777): not on the list; nothing was written"


def test_a_number_that_two_systems_gave_to_different_people_writes_nothing() -> None:
    filled = fill_canvas(CANVAS, [mark("8", name="Jane Doe")], column="HW1")
    assert filled.data == CANVAS
    assert "but 'Jane Doe' is Doe, Jane" in filled.messages[0]


@pytest.mark.parametrize("status", ["unreadable", "error"])
def test_no_points_never_become_zero(status: str) -> None:
    filled = fill_canvas(CANVAS, [mark("8", None, status=status)], column="HW1")
    assert filled.data == CANVAS
    assert filled.messages[0] == f"8: has no points ({status}); the old value '12.5' stays"


def test_two_marks_for_one_row_are_told() -> None:
    filled = fill_canvas(CANVAS, [mark("7", 10.0), mark("s-7", 20.0)], column="HW1")
    assert column(filled.data, "HW1 (101)")[2] == "10"
    assert filled.messages[0] == "s-7: a second mark for the same row of the file; the first one stands"


def test_an_override_above_the_maximum_is_written_as_it_is() -> None:
    assert column(fill_canvas(CANVAS, [mark("7", 110.0)], column="HW1").data, "HW1 (101)")[2] == "110"


_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_HOSTILE = st.one_of(
    _NAMES, st.sampled_from(["=cmd()|'/c calc'!A1", "+1", "-1", "@x", "../a", "作业", "a" * 3000, "\x1b[0m"])
)
_POINTS = st.floats(0, 120, allow_nan=False).map(lambda x: round(x, 2))


def _table(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode()


@given(students=st.lists(st.tuples(_HOSTILE, _POINTS, st.booleans()), min_size=1, max_size=6))
def test_what_canvas_reads_back_is_what_was_given_and_nothing_else(
    students: list[tuple[str, float, bool]],
) -> None:
    head = [["Student", "ID", "Section", "HW (5)"], ["    Points Possible", "", "", "100.00"]]
    rows = [[name, str(1000 + i), "A", "old"] for i, (name, _, _) in enumerate(students) if "Points Possible" not in name]
    given_marks = [mark(str(1000 + i), points) for i, (_, points, has) in enumerate(students) if has]
    filled = fill_canvas(_table(head + rows), given_marks)
    expected = {m.student: m.points for m in given_marks}
    back = list(csv.reader(io.StringIO(filled.data.decode(), newline="")))[2:]
    assert [row[:3] for row in back] == [row[:3] for row in rows]
    for row in back:
        assert row[3] == "old" if row[1] not in expected else float(row[3]) == expected[row[1]]


@given(students=st.lists(st.tuples(_HOSTILE, _POINTS), min_size=1, max_size=6))
def test_what_moodle_reads_back_is_what_was_given_and_nothing_else(students: list[tuple[str, float]]) -> None:
    head = [["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"]]
    rows = [[f"Participant {2000 + i}", name, "", "100.00", "-"] for i, (name, _) in enumerate(students)]
    filled = fill_moodle(_table(head + rows), [mark(str(2000 + i), p) for i, (_, p) in enumerate(students)])
    back = list(csv.reader(io.StringIO(filled.data.decode(), newline="")))[1:]
    assert [row[:2] + row[3:] for row in back] == [row[:2] + row[3:] for row in rows]
    assert [float(row[2]) for row in back] == [points for _, points in students]
    assert filled.messages == ()


@given(name=_HOSTILE, points=st.none() | _POINTS)
def test_a_csv_table_reads_back_and_executes_nothing(name: str, points: float | None) -> None:
    text = marks_csv([mark(name, points, name=name, submission=name, override_reason=name, late=True)])
    header, row = csv.reader(io.StringIO(text, newline=""))
    back = dict(zip(header, row, strict=True))
    assert back["points"] == "" if points is None else float(back["points"]) == points
    assert (back["late"], back["max_points"]) == ("yes", "100")
    for part in (part for cell in row for part in re.split("[;,|]", cell)):
        assert part.lstrip(' "')[:1] not in ("=", "+", "-", "@")
    for cell in row:
        assert cell.isprintable() or not any(ord(c) < 32 for c in cell)
    if name.isascii() and name.isprintable() and not re.search("(?:^|[;,|])[\\s\"']*[=+@-]", name):
        assert back["student"] == name


def test_the_csv_table_has_every_fact_of_a_mark() -> None:
    text = marks_csv([mark("s1", 50.0, computed=40.0, override_author="prof", override_reason="oral", run=3)])
    titles = "student name email points max_points status late submission run computed override_author override_reason"
    titles += " note files passed_over submitted late_deduction late_reason to_be_graded comment"
    assert text.splitlines() == [
        ",".join(f'"{title}"' for title in titles.split()),
        '"s1","","",50,100,"graded","no","",3,40,"prof","oral","","","","",,"","",""',
    ]
