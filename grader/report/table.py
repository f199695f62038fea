"""Tables for spreadsheets: our own CSV, in which no text is ever read as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.report.escape import csv_cell

__all__ = ["csv_table", "digits", "in_order"]


def csv_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A table with a header row: every text quoted, and none that a spreadsheet would execute.

    >>> csv_table(["name", "points"], [["=1+1", 7.5], ["Ada", None]])
    '"name","points"\r\n"\'=1+1",7.5\r\n"Ada",\r\n'
    """
    return "".join(f"{','.join(map(_field, row))}\r\n" for row in (header, *rows))


def digits(value: float) -> str:
    """A number with at most five decimals (as many as Moodle keeps), never with an exponent."""
    return f"{value:.5f}".rstrip("0").rstrip(".")


def in_order(text: str) -> list[tuple[int, str]]:
    """A key by which texts are sorted as people do: numbers by their size, letters whatever their case.

    >>> sorted(["s10", "S2", "1", "s2b", "12", "2"], key=in_order)
    ['1', '2', '12', 'S2', 's2b', 's10']
    """
    parts = re.split(r"(\d{1,18})", text)
    return [*((int(part), part) if part.isdecimal() else (-1, part.casefold()) for part in parts), (-2, text)]


def _field(value: object) -> str:
    """A value as it stands in a CSV file: a number as a number, any text in quotes."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return digits(value)
    text = ("yes" if value else "no") if isinstance(value, bool) else csv_cell(str(value))
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
