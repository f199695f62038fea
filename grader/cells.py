"""From the bytes of a file to code cells: what editors and notebook versions write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
            raise SubmissionError(f"expected a .py or .ipynb file, found a folder: {path}")
        if not path.is_file():
            raise SubmissionError(f"there is no readable file at {path}; check the path")
        size = path.stat().st_size
        if size > MAX_FILE:
            raise SubmissionError(
                f"the file has {size / 2**20:.0f} MB, at most {MAX_FILE // 2**20} MB are read; "
                "clear the outputs of the notebook, save it and submit it again"
            )
        return path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"cannot read {path}: {error.strerror or error}") from error


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
    raise SubmissionError("the file is not text in UTF-8; save it again with that encoding")


def code_cells(suffix: str, data: bytes, name: str) -> list[tuple[str, str]]:
    """Code cells as (label, source); a module is one cell."""
    if suffix not in (".py", ".ipynb"):
        raise SubmissionError(f"expected a .py or .ipynb file, found {suffix or 'a file without suffix'}")
    if not data.strip():
        raise SubmissionError("the file is empty; submit the file with your solution")
    text = decode(data)
    cells = [(name, text)] if suffix == ".py" else list(_notebook_cells(text))
    if sum(len(source) for _, source in cells) > MAX_SOURCE:
        raise SubmissionError(f"the code is longer than {MAX_SOURCE // 2**20} MB; that is not a solution")
    return cells


def _notebook_cells(text: str) -> Iterator[tuple[str, str]]:
    if text.count("[") + text.count("{") > MAX_PARTS:
        raise SubmissionError(
            f"the notebook has more than {MAX_PARTS} parts; clear its outputs, save it and submit it again"
        )
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise SubmissionError(
            f"not a notebook: broken JSON at line {error.lineno}, column {error.colno} ({error.msg}); "
            "open it in Jupyter, save it and submit the saved file"
        ) from error
    except (RecursionError, ValueError) as error:
        raise SubmissionError("not a notebook: the JSON is nested too deeply or holds an absurd number") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):
        cells = _worksheet_cells(notebook.get("worksheets"))
    if not isinstance(cells, list):
        raise SubmissionError("not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved")
    if len(cells) > MAX_CELLS:
        raise SubmissionError(f"the notebook has {len(cells)} cells, at most {MAX_CELLS} are read")
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
