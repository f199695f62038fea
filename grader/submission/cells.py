"""From the bytes of a file to code cells: what editors and notebook versions write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader import sentences
from grader.errors import SubmissionError

__all__ = ["code_cells", "decode", "read_bytes"]

MAX_FILE = 32 * 2**20
MAX_SOURCE = 2**20
MAX_CELLS = 20_000
MAX_PARTS = 2_000_000  # lists and objects of its JSON, which take memory before they can be counted


def read_bytes(path: Path) -> bytes:
    """What a file holds; a SubmissionError says why it cannot be read."""
    try:
        if path.is_dir():
            raise SubmissionError(sentences.folder_found(path))
        if not path.is_file():
            raise SubmissionError(sentences.no_file(path))
        size = path.stat().st_size
        if size > MAX_FILE:
            raise SubmissionError(sentences.large_file(size / 2**20, MAX_FILE // 2**20))
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(sentences.unreadable_file(path, error.strerror or error)) from error


_CODING = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263


def decode(data: bytes) -> str:
    """Text in UTF-8, in what its first lines declare, or in what Chinese editors write."""
    declared = _CODING.match(data)
    encodings = ["utf-8-sig", *([declared[1].decode("ascii")] if declared else []), "gb18030"]
    for encoding in encodings if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-16",):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeError, LookupError):
            continue
    raise SubmissionError(sentences.UNKNOWN_ENCODING)


def code_cells(suffix: str, data: bytes, name: str) -> list[tuple[str, str]]:
    """Code cells as (label, source); a module is one cell."""
    if suffix == ".zip":
        raise SubmissionError(sentences.archive_found(suffix))
    if suffix not in (".py", ".ipynb"):
        raise SubmissionError(sentences.other_kind(suffix or sentences.NO_SUFFIX))
    if not data.strip():
        raise SubmissionError(sentences.EMPTY_FILE)
    text = decode(data)
    cells = [(name, text)] if suffix == ".py" else list(_notebook_cells(text))
    if sum(len(source) for _, source in cells) > MAX_SOURCE:
        raise SubmissionError(sentences.long_code(MAX_SOURCE // 2**20))
    return cells


def _notebook_cells(text: str) -> Iterator[tuple[str, str]]:
    if text.count("[") + text.count("{") > MAX_PARTS:
        raise SubmissionError(sentences.many_parts(MAX_PARTS))
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        if re.match(r"\s*<(?:!doctype )?html", text, re.IGNORECASE):
            raise SubmissionError(sentences.WEB_PAGE) from error
        raise SubmissionError(sentences.broken_json(error.lineno, error.colno, error.msg)) from error
    except (RecursionError, ValueError) as error:
        raise SubmissionError(sentences.ABSURD_JSON) from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):
        cells = _worksheet_cells(notebook.get("worksheets"))
    if not isinstance(cells, list):
        raise SubmissionError(sentences.NO_CELLS)
    if len(cells) > MAX_CELLS:
        raise SubmissionError(sentences.many_cells(len(cells), MAX_CELLS))
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                whole = source.encode("utf-8", "replace").decode()  # half an emoji is no text
                yield f"cell {number}", whole.replace("\r\n", "\n").replace("\r", "\n")


def _worksheet_cells(sheets: Any) -> list[Any] | None:
    """Cells of nbformat 3, which keeps them in worksheets."""
    if not isinstance(sheets, list):
        return None
    groups = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for group in groups if isinstance(group, list) for cell in group]
