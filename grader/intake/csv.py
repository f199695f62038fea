"""CSV files of other people's systems: read whatever a spreadsheet writes, written back in the same dialect.

Writing keeps rows, columns, their order, separator, line ends, encoding and, as far as the ``csv`` module
can, the quotes.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from grader.errors import HarnessError

__all__ = ["Sheet", "SheetError", "parse_sheet", "read_sheet", "sheet_bytes"]

_LIMIT = 64 << 20
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_END = "end of the sheet"


class SheetError(HarnessError):
    """A roster or worksheet that the instructor gave is not what it should be."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a CSV file, row by row (a blank line is a row without cells), and how it was written."""

    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    all_quoted: bool = False
    line_end: str = "\n"
    encoding: str = "utf-8"


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file.

    Raises
    ------
    SheetError
        When the file cannot be read or is not CSV; see :func:`parse_sheet`.
    """
    try:
        with path.open("rb") as file:
            return parse_sheet(file.read(_LIMIT + 1))
    except OSError as error:
        raise SheetError(f"{path}: {error.strerror or error}") from error
    except SheetError as error:
        raise SheetError(f"{path}: {error}") from error


def parse_sheet(data: bytes) -> Sheet:
    r"""The cells of a CSV file, which may be separated by comma, semicolon or tab.

    UTF-8 with and without a byte-order mark, UTF-16 with one, and otherwise the Windows code page that
    spreadsheets write. The separator is the one that splits the first row into most cells.

    Raises
    ------
    SheetError
        When the file is empty, too large, a workbook (.xlsx), or a quoted cell never ends.

    Examples
    --------
    >>> parse_sheet(b'id;name\n7;"Doe; Jane"\n').rows
    (('id', 'name'), ('7', 'Doe; Jane'))
    """
    if len(data) > _LIMIT:
        raise SheetError(f"expected a CSV file of at most {_LIMIT >> 20} MiB, found a larger one")
    if data.startswith(b"PK\x03\x04"):
        raise SheetError("expected a CSV file, found a zip or an Excel workbook; save it as CSV (UTF-8)")
    text, encoding = _decoded(data)
    if not text.strip():
        raise SheetError("expected a CSV file with a header row, found an empty file")
    if "\0" in text:
        raise SheetError("expected a CSV file, found binary data; save it as CSV (UTF-8)")
    lines = [*io.StringIO(text, newline=""), _END]
    try:
        delimiter = max(",;\t", key=lambda mark: len(next(csv.reader(lines, delimiter=mark))))
        *rows, last = map(tuple, csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise SheetError(f"expected a CSV file, but it cannot be read: {error}") from error
    if last != (_END,) or not rows:  # the module takes everything after an opening quote for one cell, and says nothing
        raise SheetError(f"row {len(rows) + 1}: a quoted cell never ends")
    line_end = re.search(r"\r\n|\r|\n", text)
    all_quoted = text.count('"') >= sum(2 + 2 * field.count('"') for row in rows for field in row)
    return Sheet(tuple(rows), delimiter, all_quoted, line_end[0] if line_end else "\n", encoding)


def sheet_bytes(sheet: Sheet) -> bytes:
    """The sheet as a file. Making cells inert for a spreadsheet is up to the caller."""
    out = io.StringIO(newline="")
    csv.writer(
        out,
        delimiter=sheet.delimiter,
        quoting=csv.QUOTE_ALL if sheet.all_quoted else csv.QUOTE_MINIMAL,
        lineterminator=sheet.line_end,
    ).writerows(sheet.rows)
    return out.getvalue().encode(sheet.encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if data.startswith(mark)]
    for encoding in marked[:1] or ("utf-8", "cp1252", "latin-1"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding), encoding
    raise SheetError(f"the file says that it is {marked[0]}, but it is not; save it again as CSV in UTF-8")
