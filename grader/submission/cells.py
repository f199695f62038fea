"""From the bytes of a file to code cells: what editors, notebook versions and platforms make of a student's work.

What a file is, its content says and not its suffix: notebooks arrive as ``.ipynb.txt``, Python text as ``.ipynb``.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from grader import sentences
from grader.errors import SubmissionError
from grader.submission.encodings import decode

__all__ = ["MAX_SOURCE", "MAX_WORDS", "Cells", "is_link", "read_cells", "words_of"]

MAX_SOURCE = 2**20
#: The parser takes up to 2 KB of memory and 3 microseconds for each. Of 8,949 files of students none has more than 28,000.
MAX_WORDS = 150_000
MAX_CELLS = 20_000
MAX_PARTS = 2_000_000  # lists and objects of its JSON, which take memory before they can be counted


@dataclass(frozen=True, slots=True)
class Cells:
    """What stands in a file.

    Attributes
    ----------
    code
        Code cells as (label, source); a module is one cell.
    prose
        Markdown cells as (label, source), in which a function may stand by mistake.
    notes
        What was repaired, in words.
    damaged
        Text of cells that are not whole, in which a definition may stand that nobody can read.
    """

    code: tuple[tuple[str, str], ...]
    prose: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


# -- kinds of files ----------------------------------------------------------------------------

_SIGNATURES = {
    "a PDF document": (b"%PDF",),
    "a rich-text document (RTF)": (b"{\\rtf",),
    "a Git LFS pointer: the file itself was not uploaded": (b"version https://git-lfs",),
    "a gzip archive": (b"\x1f\x8b",),
    "a bzip2 archive": (b"BZh",),
    "an xz archive": (b"\xfd7zXZ\0",),
    "a 7z archive": (b"7z\xbc\xaf",),
    "a RAR archive": (b"Rar!",),
    "an image": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    "an HDF5 data file": (b"\x89HDF",),
    "a NumPy data file": (b"\x93NUMPY",),
    "an Office document": (b"\xd0\xcf\x11\xe0",),
    "a program": (b"\x7fELF", b"MZ\x90"),
    "a pickle, not text": (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
}
_CONFLICT = re.compile(r"(?m)^(?:<{7} |={7}$|>{7} )")
_COMPILED = re.compile(rb"[^\n][\r\x0a-\x0f]\r\n[\0-\x0f]\0\0\0", re.DOTALL)  # the number of Python's version, then flags
_NAMED_TEXT = re.compile(r"\.(?:py\w?|py3|ipynb|txt|json|md|html?)", re.IGNORECASE)


def read_cells(data: bytes, name: str) -> Cells:
    """The cells of a file; a SubmissionError says what it is where it is no code.

    Parameters
    ----------
    data
        What the file holds.
    name
        What its cells are called where it has no numbered ones.
    """
    kind = _kind_of(data)
    if kind:
        misnamed = _NAMED_TEXT.fullmatch(PurePosixPath(name).suffix) is not None
        raise SubmissionError(sentences.read_kind(kind, archive=kind.endswith("archive"), misnamed=misnamed))
    if not data.strip(b" \t\r\n\0"):
        raise SubmissionError(sentences.READ_EMPTY)
    text = decode(data)
    cells = _cells_of(text, name)
    return cells if _fits([source for _, source in cells.code]) else _without_the_longest(cells)


# -- too much text -------------------------------------------------------------------------------

# A number with the comma behind it is one word, so that a table of data has no more of them than it has numbers; so is a
# comment on a line of its own. Texts and other comments count as well: where they end, only the parser knows.
_WORD = re.compile(r"[-+]?\d\w*+(?:\.\w*+)?[ \t]*+,?|\w++|[^\w\s]|\n\s*+(?:#[^\n]*+)?")
_LONG = 10_000  # a block that may be left out; a function is shorter
_MOST_LINES = 200_000  # that are looked at for such blocks
_MARGIN = re.compile(r"(?m)^(?=[A-Za-z_@#])")
_BINDS = re.compile(r"([A-Za-z_]\w{0,100})[ \t]*=(?!=)")
#: Stands for a value that was left out: whatever needs it says of which line it comes, and this name.
_LEFT_OUT = "left_out_because_it_is_too_long"


def words_of(source: str) -> int:
    """How many words, numbers, marks and lines a text has: what parsing it costs."""
    return sum(1 for _ in _WORD.finditer(source))


def _fits(sources: Sequence[str]) -> bool:
    """Whether code is no more than may be read; a text has fewer words than letters."""
    size = sum(map(len, sources))
    return size <= MAX_SOURCE and (size <= MAX_WORDS or sum(map(words_of, sources)) <= MAX_WORDS)


def _without_the_longest(cells: Cells) -> Cells:
    """The cells without their longest blocks, so that the rest is no more than may be read; lines keep their numbers.

    A block begins at the margin; it is a picture or a table as text. A cell of another language is one block.
    """
    if sum(source.count("\n") for _, source in cells.code) > _MOST_LINES:
        raise SubmissionError(sentences.read_long(MAX_SOURCE))
    blocks = [_blocks(source) for _, source in cells.code]
    letters = size = sum(len(source) for _, source in cells.code) - MAX_SOURCE
    words = sum(words_of(source) for _, source in cells.code) - MAX_WORDS
    longest = sorted((-len(block), cell, at) for cell, found in enumerate(blocks) for at, block in enumerate(found))
    left_out: list[tuple[int, int]] = []
    for length, cell, at in longest:
        if max(letters, words) <= 0 or -length < _LONG:
            break
        left_out.append((cell, at))
        letters += length
        words -= words_of(blocks[cell][at])
    if max(letters, words) > 0 or len(left_out) == len(longest):
        raise SubmissionError(sentences.read_long(MAX_SOURCE) if size > 0 else sentences.read_wordy(MAX_WORDS))
    notes = []
    for cell, at in sorted(left_out):
        line = 1 + sum(block.count("\n") for block in blocks[cell][:at])
        notes.append(sentences.note_long(f"{cells.code[cell][0]}, line {line}", len(blocks[cell][at]), MAX_SOURCE))
        blocks[cell][at] = _in_its_place(blocks[cell][at])
    code = tuple((label, "".join(found)) for (label, _), found in zip(cells.code, blocks, strict=True))
    return replace(cells, code=code, notes=(*cells.notes, *notes[:10]))


def _blocks(source: str) -> list[str]:
    return [source] if source.lstrip().startswith("%%") else [block for block in _MARGIN.split(source) if block]


def _in_its_place(block: str) -> str:
    bound = _BINDS.match(block)
    return (f"{bound[1]} = {_LEFT_OUT}" if bound else "") + "\n" * block.count("\n")


# -- what the text is ----------------------------------------------------------------------------


def _kind_of(data: bytes) -> str:
    """What a file is that holds no text; empty where it may be one."""
    if data.startswith(b"PK\x03\x04"):
        office = b"[Content_Types].xml" in data[:4_000] or b"word/" in data[:4_000]
        return "a Word or Office document" if office else "a zip archive"
    if _COMPILED.match(data):
        return "compiled Python (.pyc)"
    return next((kind for kind, signatures in _SIGNATURES.items() if data.startswith(signatures)), "")


def is_link(data: bytes) -> bool:
    """Whether a small file holds nothing but a link, as a bookmark does."""
    return _LINK.match(data[:200].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")) is not None


def _cells_of(text: str, name: str) -> Cells:
    start = text.lstrip()[:200]
    if _LINK.match(start):
        raise SubmissionError(sentences.READ_LINK)
    if re.match(r"\{\s*(?:\"|\}|$)", start) or _looks_like_notebook(start) or (start[:1] == "[" and name.endswith(".ipynb")):
        return _notebook(text)
    if re.match(r"<(?:!doctype )?(?:html|\?xml|svg)", start, re.IGNORECASE):
        cells = tuple((f"cell {n}", source) for n, source in enumerate(_exported(text), 1))
        if not cells:
            raise SubmissionError(sentences.READ_PAGE)
        return Cells(cells, notes=(sentences.NOTE_HTML,))
    if "\0" in text:
        raise SubmissionError(sentences.READ_BINARY)
    return Cells(tuple(_marimo(name, text)))


_LINK = re.compile(r"https?://\S+\s*\Z|\[InternetShortcut\]|\{\s*\"(?:url|doc_id)\"")  # a bookmark, a file of Google Drive


def _looks_like_notebook(start: str) -> bool:
    """Git's conflict markers may stand before the first brace."""
    return bool(_CONFLICT.match(start)) and '"cell' in start


_CODE_AREA = re.compile(r'class="[^"]{0,100}?(?:hl-|highlight-source|input_area)[^"]{0,100}"')


def _exported(text: str) -> Iterator[str]:
    """The code of a notebook that was exported as a web page; every character is passed over once."""
    area = _CODE_AREA.search(text)
    while area:
        start = text.find("<pre", area.end(), area.end() + 500)
        end = text.find("</pre>", start) if start >= 0 else area.end()
        end = end if end >= 0 else len(text)
        code = "".join(part.partition(">")[2] for part in text[start:end].split("<")) if start >= 0 else ""
        if code.strip():
            with contextlib.suppress(ValueError):  # a character whose number has thousands of digits
                code = html.unescape(code)
            yield code.replace("\r\n", "\n").strip("\n")
        area = _CODE_AREA.search(text, end)


# -- notebooks ---------------------------------------------------------------------------------


def _notebook(text: str) -> Cells:
    if text.count("[") + text.count("{") > MAX_PARTS:
        raise SubmissionError(sentences.read_parts(MAX_PARTS))
    notebook, notes, damaged = _json(text)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):
        cells = _worksheet_cells(notebook.get("worksheets"))
    if not isinstance(cells, list):
        raise SubmissionError(sentences.READ_CELLS)
    if len(cells) > MAX_CELLS:
        raise SubmissionError(sentences.read_many(len(cells), MAX_CELLS))
    _refuse_other_languages(notebook)
    code: list[tuple[str, str]] = []
    prose: list[tuple[str, str]] = []
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and isinstance(source := _source(cell), str):
            if cell.get("cell_type") == "code":
                code.append((f"cell {len(code) + 1}", source))
            else:
                prose.append((f"the text cell {number}", source))
    return Cells(tuple(code), tuple(prose), notes, damaged)


def _json(text: str) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """The notebook, also where something follows it, or where it is damaged; what is said, and the damaged cells."""
    try:
        return json.loads(text, strict=False), (), ()
    except json.JSONDecodeError as error:
        marker = _CONFLICT.search(text)
        if marker:
            raise SubmissionError(sentences.read_conflict(text.count("\n", 0, marker.start()) + 1)) from error
        start = len(text) - len(text.lstrip())
        try:
            return json.JSONDecoder(strict=False).raw_decode(text, start)[0], (sentences.NOTE_TRAILING,), ()
        except (ValueError, RecursionError):
            cells, damaged, ends = _whole_cells(text)
        if len(cells) > len(damaged):
            cut = int(bool(damaged) and not ends and text.endswith(damaged[-1]))
            breaks_off = not ends and len(damaged) == cut
            note = sentences.note_damaged(error, len(cells) - len(damaged), len(damaged), breaks_off=breaks_off)
            return {"cells": cells[: len(cells) - cut]}, (note,), damaged
        raise SubmissionError(sentences.read_json(error)) from error
    except (RecursionError, ValueError) as error:
        raise SubmissionError(sentences.READ_ABSURD) from error


_MOST_DAMAGED = 20  # cells; each costs a look at the rest of the text
_NEXT_CELL = re.compile(r"\{\s{0,50}\"cell_type\"\s{0,5}:\s{0,5}\"(?:code|markdown|raw)\"")


def _whole_cells(text: str) -> tuple[list[Any], tuple[str, ...], bool]:
    """The cells of a damaged notebook, with an empty one for each that is not whole; their text; whether the list ends.

    Within a cell a quote has a backslash before it, so that what looks like the beginning of the next cell is one.
    """
    opening = re.search(r'"cells"\s{0,20}:\s{0,20}\[', text)
    decoder, cells, damaged = json.JSONDecoder(strict=False), list[Any](), list[str]()
    at = opening.end() if opening else len(text)
    while True:
        while at < len(text) and text[at] in " \t\n,":
            at += 1
        if at >= len(text) or text[at] == "]":
            return cells, tuple(damaged), at < len(text)
        try:
            cell, at = decoder.raw_decode(text, at)
            cells.append(cell)
        except (ValueError, RecursionError):
            following = _NEXT_CELL.search(text, at + 1) if len(damaged) < _MOST_DAMAGED else None
            end = following.start() if following else len(text)
            cells.append({"cell_type": "code" if '"code"' in text[at : at + 200] else "raw", "source": ""})
            damaged.append(text[at:end])
            at = end


def _refuse_other_languages(notebook: Any) -> None:
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    information = metadata.get("language_info") if isinstance(metadata, dict) else None
    for found in (kernel and kernel.get("language") if isinstance(kernel, dict) else None,
                  information.get("name") if isinstance(information, dict) else None):  # fmt: skip
        if isinstance(found, str) and found and not re.match(r"i?python|sage|xpython", found[:40], re.IGNORECASE):
            raise SubmissionError(sentences.read_language(found[:40]))


def _source(cell: dict[str, Any]) -> str | None:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    whole = source.encode("utf-8", "replace").decode()  # half an emoji is no text
    return whole.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")


def _worksheet_cells(sheets: Any) -> list[Any] | None:
    """Cells of nbformat 3, which keeps them in worksheets."""
    if not isinstance(sheets, list):
        return None
    groups = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for group in groups if isinstance(group, list) for cell in group]


# -- marimo ------------------------------------------------------------------------------------

_MARIMO = re.compile(r"(?m)^app\s{0,5}=\s{0,5}(?:marimo|mo)\.App\(")
_CELL = re.compile(r"@app\.cell\b.*|@app\.(?:function|class_definition)\b.*|with app\.setup\b.*")


def _marimo(name: str, text: str) -> Iterator[tuple[str, str]]:
    """A marimo file: the bodies of its cells at the margin, each on the lines where it stands; or the text as it is."""
    if not _MARIMO.search(text):
        yield name, text
        return
    lines = text.split("\n")
    out = list[str]()
    mode = ""
    for line in lines:
        margin = line[:1] not in (" ", "\t", "", "#")
        if margin:
            opened = _CELL.match(line)
            if opened:
                mode = "function" if "function" in line or "class_definition" in line else "decorated"
                mode = "body" if line.startswith("with") else mode
                out.append("")
                continue
            if mode == "decorated":  # ``def _(np):``, perhaps over several lines
                mode = "body" if line.rstrip().endswith(":") else "signature"
                out.append("")
                continue
            mode = "" if mode in ("body", "returned") and not line.startswith(")") else mode
        if mode == "signature" or (mode in ("body", "returned") and line.startswith(")")):
            mode = "body" if line.rstrip().endswith(":") else "signature"
            out.append("")
        elif mode == "body":
            inner = line.removeprefix("    ")
            mode = "returned" if re.match(r"return\b", inner) else mode  # the last statement of a cell, of one line or more
            out.append("" if mode == "returned" else inner)
        elif mode == "returned" and not margin:
            out.append("")
        else:
            out.append("" if re.match(r"\s*app\.run\(|if __name__\b|app\s*=", line) else line)
    yield name, "\n".join(out)
