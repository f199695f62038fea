"""CSV files of other people's systems: read tolerantly, change single cells, keep every other byte.

The ``csv`` module forgets how a file was quoted, so that writing it again changes lines nobody meant to
change. A :class:`Sheet` remembers where each cell stands in the text instead.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import HarnessError

__all__ = ["Cell", "Sheet", "SheetError", "parse_sheet", "quoted", "read_sheet", "replaced"]

_DELIMITERS = (",", ";", "\t")
_LIMIT = 64 << 20


class SheetError(HarnessError):
    """A roster or worksheet that the instructor gave is not what it should be."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it says, and where it stands in the text of the sheet."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file, cell by cell. ``bom`` and ``encoding`` are how the bytes were written."""

    text: str
    rows: tuple[tuple[Cell, ...], ...]
    delimiter: str
    encoding: str
    bom: bytes

    def values(self) -> list[list[str]]:
        """All cells as plain strings, row by row."""
        return [[cell.value for cell in row] for row in self.rows]


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file.

    Raises
    ------
    SheetError
        When the file cannot be read or is not CSV; see :func:`parse_sheet`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as error:
        raise SheetError(f"{path}: {error.strerror or error}") from error
    try:
        return parse_sheet(data)
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
    >>> parse_sheet(b'id;name\n7;"Doe; Jane"\n').values()
    [['id', 'name'], ['7', 'Doe; Jane']]
    """
    if len(data) > _LIMIT:
        raise SheetError(f"expected a CSV file of at most {_LIMIT >> 20} MiB, found a larger one")
    if data.startswith(b"PK\x03\x04"):
        raise SheetError("expected a CSV file, found a zip or an Excel workbook; save it as CSV (UTF-8)")
    text, encoding, bom = _decoded(data)
    if not text.strip():
        raise SheetError("expected a CSV file with a header row, found an empty file")
    if "\0" in text:
        raise SheetError("expected a CSV file, found binary data; save it as CSV (UTF-8)")
    delimiter = max(_DELIMITERS, key=lambda d: len(_rows(text, d, first_only=True)[0]))
    return Sheet(text, _rows(text, delimiter), delimiter, encoding, bom)


def replaced(sheet: Sheet, changes: Mapping[tuple[int, int], str]) -> bytes:
    """The bytes of the sheet with some cells, given as (row, column), saying something else.

    Every other byte stays. Cells are quoted where CSV needs it; making them inert is up to the caller.
    """
    pieces: list[str] = []
    done = 0
    for row, column in sorted(changes):
        cell = sheet.rows[row][column]
        pieces += [sheet.text[done : cell.start], quoted(changes[row, column], sheet.delimiter)]
        done = cell.end
    pieces.append(sheet.text[done:])
    return sheet.bom + "".join(pieces).encode(sheet.encoding)


def quoted(value: str, delimiter: str = ",") -> str:
    """The value as it is written in a CSV file; an empty one in quotes, for a line of nothing is no row."""
    if not value or re.search(rf'["\r\n{re.escape(delimiter)}]', value):
        return '"' + value.replace('"', '""') + '"'
    return value


def _decoded(data: bytes) -> tuple[str, str, bytes]:
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding), encoding, bom
            except UnicodeDecodeError as error:
                problem = f"the file says that it is {encoding}, but it is not; save it again as CSV in UTF-8"
                raise SheetError(problem) from error
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding, b""
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1", b""


def _rows(text: str, delimiter: str, *, first_only: bool = False) -> tuple[tuple[Cell, ...], ...]:
    """Split as RFC 4180 says, and as the ``csv`` module does where it says nothing."""
    plain = rf"[^{re.escape(delimiter)}\r\n]*+"
    pattern = re.compile(rf'(?:"((?:[^"]++|"")*+)")?+({plain})({re.escape(delimiter)}|\r\n|\r|\n|\Z)')
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    at = 0
    while at < len(text) or row:
        match = pattern.match(text, at)
        if match is None or (match[1] is None and match[2].startswith('"')):
            raise SheetError(f"row {len(rows) + 1}: a quoted cell never ends")
        value = match[2] if match[1] is None else match[1].replace('""', '"') + match[2]
        row.append(Cell(value, match.start(), match.end(2)))
        at = match.end()
        if match[3] != delimiter:
            rows.append(() if len(row) == 1 and row[0].start == row[0].end else tuple(row))
            row = []
            if first_only or match[3] == "":
                break
    return tuple(rows)
