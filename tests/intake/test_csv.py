"""CSV files of other systems: read tolerantly, and written back in the dialect that they came in."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.csv import Sheet, SheetError, parse_sheet, read_sheet, sheet_bytes

# NUL is no text; lone surrogates have no bytes.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(_TEXT, min_size=width, max_size=width), min_size=1, max_size=6)
)


def written(table: list[list[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    return out.getvalue()


@given(
    table=_TABLES,
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    bom=st.booleans(),
)
def test_a_sheet_holds_what_the_csv_module_reads(table: list[list[str]], delimiter: str, quoting: int, bom: bool) -> None:
    table = [["id", "name", "more", "yet more"], *table]  # the header decides what the separator is
    text = written(table, delimiter, quoting)
    sheet = parse_sheet(codecs.BOM_UTF8 * bom + text.encode())
    assert sheet.delimiter == delimiter
    assert sheet.rows == tuple(map(tuple, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    assert sheet.all_quoted == (quoting == csv.QUOTE_ALL)
    assert sheet_bytes(sheet) == codecs.BOM_UTF8 * bom + text.encode()


@given(table=_TABLES, value=_TEXT, data=st.data())
def test_a_changed_cell_reads_back_and_nothing_else_changes(table: list[list[str]], value: str, data: st.DataObject) -> None:
    table = [["id", "name", "more", "yet more"], *table]
    sheet = parse_sheet(codecs.BOM_UTF8 + written(table, quoting=csv.QUOTE_ALL).encode())
    row = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.integers(0, len(table[row]) - 1))
    table[row][column] = value
    changed = sheet_bytes(replace(sheet, rows=tuple(map(tuple, table))))
    assert changed.startswith(codecs.BOM_UTF8)
    assert parse_sheet(changed).rows == tuple(map(tuple, table))


@pytest.mark.parametrize(
    "data",
    [
        "id,name\r\n1,Zoë\r\n".encode(),
        "id;name\n1;Zoë\n".encode("cp1252"),
        codecs.BOM_UTF16_LE + "id\tname\n1\tZoë\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "id\tname\n1\tZoë\n".encode("utf-16-be"),
        codecs.BOM_UTF8 + "id,name\n1,Zoë".encode(),
        b'"id","name"\r1,"Zo\xc3\xab"\r',
    ],
)
def test_every_encoding_that_spreadsheets_write_is_read_and_kept(data: bytes) -> None:
    sheet = parse_sheet(data)
    assert sheet.rows == (("id", "name"), ("1", "Zoë"))
    changed = replace(sheet, rows=(sheet.rows[0], ("é", "Zoë")))
    assert parse_sheet(sheet_bytes(changed)) == changed


def test_bytes_of_no_encoding_at_all_survive() -> None:
    data = b"id,name\n1,\x81\x8d\n"
    assert sheet_bytes(parse_sheet(data)) == data


def test_blank_lines_are_rows_without_cells() -> None:
    data = b"a,b\n\n1,2\n"
    assert parse_sheet(data).rows == (("a", "b"), (), ("1", "2"))
    assert sheet_bytes(parse_sheet(data)) == data


def test_text_after_a_closing_quote_belongs_to_the_cell() -> None:
    assert parse_sheet(b'a,b\n"x"y,2\n').rows[1] == ("xy", "2")


def test_a_file_without_a_last_line_end_has_all_its_rows() -> None:
    assert parse_sheet(b"id,name\n1,Jane") == Sheet((("id", "name"), ("1", "Jane")))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "found an empty file"),
        (b" \n \n", "found an empty file"),
        (b"PK\x03\x04rest", "Excel workbook; save it as CSV"),
        (b"a,b\0c\n", "binary data"),
        (b'id,name\n1,"open\n2,x\n', "row 2: a quoted cell never ends"),
        (b'id,"name\n1,x\n', "row 1: a quoted cell never ends"),
        (b"id\n" + b"x" * 200_000, "larger than field limit"),
        (codecs.BOM_UTF8 + b"id\n\xff", "says that it is utf-8"),
    ],
)
def test_what_is_no_csv_file_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SheetError, match=message):
        parse_sheet(data)


def test_a_file_that_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=r"none\.csv: No such file"):
        read_sheet(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_bytes(b"")
    with pytest.raises(SheetError, match=r"bad\.csv: expected a CSV file"):
        read_sheet(tmp_path / "bad.csv")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_cell_is_quoted_only_where_csv_needs_it(line_end: str) -> None:
    data = line_end.join(["id;name", '1;a "quoted" word', "2;1,5", '3;"a;b"', ""]).encode()
    assert sheet_bytes(parse_sheet(data)) == data.replace(b'a "quoted" word', b'"a ""quoted"" word"')
