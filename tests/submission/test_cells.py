"""From a file's bytes to its code cells: whatever an editor or a notebook version writes comes back as it was meant."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.submission.cells import Cells, read_cells
from grader.submission.encodings import decode
from grader.submission.files import MAX_FILE, read_bytes
from tests.submission.programs import F, cells_json

# Line ends are made one, and half a character of a pair is no text: the others come back as they are.
SOURCES = st.lists(st.text(st.characters(exclude_characters="\r\ufeff", exclude_categories=["Cs"]), max_size=30), max_size=5)
SAMPLE = "x = 'Größe 張'\n"


def code(data: bytes, name: str = "s.py") -> list[str]:
    return [source for _, source in read_cells(data, name).code]


def refused(data: bytes, name: str = "s.py") -> str:
    with pytest.raises(SubmissionError) as caught:
        read_cells(data, name)
    return str(caught.value)


# -- notebooks -------------------------------------------------------------------------------------


def _cell(source: str, as_lines: bool, key: str) -> dict[str, Any]:
    return {"cell_type": "code", key: source.splitlines(keepends=True) if as_lines else source, "outputs": []}


@given(SOURCES, st.booleans(), st.booleans(), st.booleans())
def test_the_sources_of_a_notebook_come_back_numbered_among_the_code_cells(
    sources: list[str], as_lines: bool, old: bool, ascii_only: bool
) -> None:
    cells = [_cell(source, as_lines, "input" if old else "source") for source in sources]
    text = {"cell_type": "markdown", "source": ["# A text\n"]}
    between = [part for cell in cells for part in (text, cell)]
    whole: dict[str, Any] = {"worksheets": [{"cells": between}]} if old else {"cells": between}
    data = json.dumps({**whole, "nbformat": 3 if old else 4}, ensure_ascii=ascii_only).encode()
    read = read_cells(data, "n.ipynb")
    assert list(read.code) == [(f"cell {number}", source) for number, source in enumerate(sources, 1)]
    assert [source for _, source in read.prose] == ["# A text\n"] * len(sources)


def test_notebooks_of_format_3_keep_their_cells_in_worksheets() -> None:
    sheets = [{"cells": [{"cell_type": "code", "input": [F]}]}, 7, {"cells": 5}, {}]
    assert code(json.dumps({"nbformat": 3, "worksheets": sheets}).encode()) == [F]


@pytest.mark.parametrize("cell", [None, 3, [], {}, {"cell_type": "code", "source": 5}])
def test_cells_that_are_no_cells_are_passed_over(cell: Any) -> None:
    data = json.dumps({"cells": [cell, {"cell_type": "code", "source": [F, 7, None]}]}).encode()
    assert code(data) == [F]


def test_text_cells_are_numbered_among_all_cells() -> None:
    markdown = {"cell_type": "markdown", "source": "def g(x): pass"}
    read = read_cells(cells_json(F, markdown, F), "n.ipynb")
    assert [label for label, _ in read.code] == ["cell 1", "cell 2"]
    assert read.prose == (("the text cell 2", "def g(x): pass"),)


def test_half_an_emoji_in_a_comment_costs_nothing() -> None:
    data = b'{"cells": [{"cell_type": "code", "source": "x = 1  # \\ud83d"}]}'
    assert code(data) == ["x = 1  # ?"]


@pytest.mark.parametrize("language", ["julia", "R", "C++17"])
@pytest.mark.parametrize("place", ["kernelspec", "language_info"])
def test_a_notebook_in_another_language_is_named(language: str, place: str) -> None:
    entry = {"kernelspec": {"language": language}} if place == "kernelspec" else {"language_info": {"name": language}}
    data = cells_json(F, metadata=entry)
    assert refused(data) == f"the notebook is written in {language}, not in Python; choose a Python kernel"


ODD = (None, 3, {}, {"kernelspec": 5}, {"kernelspec": {"language": ["R"]}}, {"language_info": {"name": "ipython"}})


@pytest.mark.parametrize("metadata", ODD)
def test_odd_metadata_cost_nothing(metadata: Any) -> None:
    assert code(cells_json(F, metadata=metadata)) == [F]


# -- content before suffix ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.ipynb", "a.py", "a.ipynb.txt", "a.ipynb.json", "a.txt", "a"])
def test_a_notebook_is_a_notebook_under_any_name(name: str) -> None:
    assert read_cells(cells_json(F), name) == Cells((("cell 1", F),))


@pytest.mark.parametrize("name", ["a.ipynb", "a.py", "a.txt", "a"])
def test_python_is_python_under_any_name(name: str) -> None:
    assert read_cells(F.encode(), name) == Cells(((name, F),))


def test_a_web_page_of_a_notebook_gives_its_code() -> None:
    text = '<span></span><span class="k">def</span> f(x):\r\n    return x &lt; 1\n'
    cell = f'<div class="highlight hl-ipython3"><pre>{text}</pre></div>'
    read = read_cells(f"<!DOCTYPE html>\n<html><body>{cell}{cell}</body></html>".encode(), "a.html")
    assert [source for _, source in read.code] == ["def f(x):\n    return x < 1"] * 2
    assert read.notes == (
        "this is a web page exported from a notebook; its code was read; submit the .ipynb file itself next time",
    )


def test_a_web_page_with_an_absurd_character_is_read() -> None:
    page = '<html><div class="hl-python"><pre>x = "&#' + "9" * 5000 + ';"</pre></div>'
    assert code(page.encode())[0].startswith('x = "&#999')


def test_a_file_with_its_right_name_is_not_said_to_have_a_wrong_one() -> None:
    for name in ("hw.pdf", "hw.gz", "hw.7z", "hw.docx", "hw"):
        with pytest.raises(SubmissionError, match=r"the file is a PDF document; submit"):
            read_cells(b"%PDF-1.4", name)


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16", "utf-8-sig"])
def test_text_with_a_mark_of_its_order_is_read(encoding: str) -> None:
    assert read_cells(F.encode(encoding), "a.py") == Cells((("a.py", F),))
    if encoding == "utf-32":
        assert read_cells(b"\0\0\xfe\xff" + F.encode("utf-32-be"), "a.py") == Cells((("a.py", F),))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.4", "the file is a PDF document, whatever its name says; submit the .py or .ipynb file"),
        (b"{\\rtf1 def f", "the file is a rich-text document (RTF), whatever"),
        (b"version https://git-lfs.github.com/spec/v1\n", "the file is a Git LFS pointer: the file itself was not uploaded"),
        (b"PK\x03\x04...", "the file is a zip archive, whatever its name says; unpack it"),
        (b"\x1f\x8b...", "the file is a gzip archive"),
        (b"BZh91AY", "the file is a bzip2 archive, whatever its name says; unpack it"),
        (b"\xfd7zXZ\0", "the file is an xz archive"),
        (b"\xa7\r\r\n\0\0\0\0\x01", "the file is compiled Python (.pyc), whatever its name says"),
        (b"\x89PNG", "the file is an image"),
        (b"\x80\x04\x95", "the file is a pickle, not text"),
        (b"\x7fELF", "the file is a program"),
        (b"https://colab.research.google.com/drive/1\n", "the file holds nothing but a link; download the notebook itself"),
        (b"[InternetShortcut]\nURL=https://x\n", "the file holds nothing but a link"),
        (b'{"url": "https://docs.google.com/x", "doc_id": "1"}', "the file holds nothing but a link"),
        (b"\n<!DOCTYPE html><html>", "not a notebook but a web page; download the notebook itself"),
        (b"", "the file is empty; submit the file with your solution"),
        (b" \n\t \0\0", "the file is empty"),
        (b"x = 1\n\0\0 = 2\n", "the file is no text: its bytes are those of a program or of data"),
        (b"#" * (2**20 + 1), "the code is longer than 1 MB; that is not a solution"),
        (b"\xff\xfe\x00\xd8" * 4, "the file is not text in UTF-8; save it again with that encoding"),
    ],
)  # fmt: skip
def test_what_is_no_code_is_called_what_it_is(data: bytes, words: str) -> None:
    assert refused(data)[: len(words)] == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"cells": [{"source": "x = "1""}]}', "the notebook's JSON is damaged at line 1, column 29"),
        (b'{"cells": [', "the notebook breaks off: it was not saved or uploaded whole"),
        (b"[" * 100_000, "not a notebook: the JSON is nested too deeply or holds an absurd number"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not a notebook: the JSON is nested too deeply or holds an absurd number"),
        (b"[1, 2]", "not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved"),
        (b'{"cells": 3}', "not a notebook: the JSON has no list of cells"),
        (b'{"worksheets": 3}', "not a notebook: the JSON has no list of cells"),
        (b'{"cells": [' + b"0," * 20_000 + b"0]}", "the notebook has 20001 cells, at most 20000 are read"),
        (b'{"cells": [' + b"[]," * 2_000_000 + b"0]}", "the notebook has more than 2000000 parts; clear its outputs"),
    ],
)
def test_a_notebook_that_cannot_be_read_says_why(data: bytes, words: str) -> None:
    assert refused(data, "a.ipynb")[: len(words)] == words


# -- damaged notebooks -------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [b"}", b"\n]}", cells_json("g = 1"), b"\n\nthe end"])
def test_what_follows_a_whole_notebook_is_ignored(tail: bytes) -> None:
    read = read_cells(cells_json(F) + tail, "a.ipynb")
    assert [source for _, source in read.code] == [F]
    assert read.notes == ("something stands behind the end of the notebook; it was ignored",)


def test_zero_bytes_behind_a_notebook_are_no_news() -> None:
    assert read_cells(cells_json(F) + b"\0" * 4096, "a.ipynb") == Cells((("cell 1", F),))


def test_the_whole_cells_of_a_notebook_that_breaks_off_are_read() -> None:
    data = json.dumps({"cells": [{"cell_type": "code", "source": F}] * 3}, indent=1).encode()
    read = read_cells(data[: data.rfind(b"source")], "a.ipynb")
    assert [source for _, source in read.code] == [F, F]
    assert read.notes == ("the notebook breaks off; its first 2 cells are whole and were read; save it and submit it again",)


def damaged(data: bytes, old: bytes, new: bytes) -> tuple[list[str], tuple[str, ...]]:
    """The code cells that are read of a notebook in which something was changed, and what is said."""
    assert old in data
    read = read_cells(data.replace(old, new, 1), "a.ipynb")
    return [source for _, source in read.code], read.notes


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("new", [b'"print("hi")"', b'"print(', b"print", b'"a" "b"', b'{"source": '])
def test_a_damaged_cell_loses_only_itself(new: bytes, indent: int | None) -> None:
    cells = [{"cell_type": "code", "source": source} for source in ("a = 1", "BAD", F, "b = 2")]
    found, (note,) = damaged(json.dumps({"cells": cells, "nbformat": 4}, indent=indent).encode(), b'"BAD"', new)
    assert found == ["a = 1", "", F, "b = 2"]  # an empty one, so that cells keep their numbers
    assert "a cell is not whole and left out, the other 3 were read: open it in Jupyter" in note


@pytest.mark.parametrize(("old", "new"), [(b'"nbformat": 4}', b'"nbformat": 4,}'), (b"}]", b"},]")])
def test_a_notebook_whose_cells_are_all_whole_does_not_break_off(old: bytes, new: bytes) -> None:
    cells = [{"cell_type": "code", "source": F}] * 2
    found, (note,) = damaged(json.dumps({"cells": cells, "nbformat": 4}).encode(), old, new)
    assert found == [F, F]
    assert "all 2 cells are whole and were read: open it in Jupyter, save it and submit it again" in note
    assert "breaks off" not in note


def test_of_very_many_damaged_cells_the_first_ones_are_passed_over() -> None:
    cell = b'{"cell_type": "code", "source": "a" b"},'
    text = b'{"cells": [' + cell.replace(b'a" b', b"x = 1") + cell * 100_000 + b"]}"
    read = read_cells(text, "a.ipynb")
    assert read.code[0] == ("cell 1", "x = 1")
    assert len(read.code) < 30


# -- too much text -----------------------------------------------------------------------------------

PICTURE = 'LOGO = "' + "A" * 2**20 + '"\n'


@pytest.mark.parametrize("long", [PICTURE, f"# {'x' * 2**20}\n", "T = [\n" + " 1.0,\n" * 180_000 + "]\n"])
def test_the_longest_part_of_too_much_text_is_left_out_and_the_rest_keeps_its_lines(long: str) -> None:
    read = read_cells(f"a = 1\n{long}{F}".encode(), "a.py")
    ((_, source),) = read.code
    assert source.split("\n")[long.count("\n") + 1 :] == F.split("\n")
    assert source.startswith("a = 1\n")
    assert len(source) < 2**20
    assert read.notes[0].startswith("a.py, line 2 was left out: it has 1,")


def test_a_long_cell_of_another_language_is_left_out_whole() -> None:
    read = read_cells(cells_json(F, "%%html\n" + "text\nof a page\n" * 80_000, "b = 1"), "a.ipynb")
    assert [(label, source.strip()) for label, source in read.code] == [
        ("cell 1", F.strip()),
        ("cell 2", ""),
        ("cell 3", "b = 1"),
    ]


@pytest.mark.parametrize("text", ["x = 1\n" * 300_000, "def f(x):\n    return x\n" * 60_000, PICTURE])
def test_what_is_too_long_without_a_long_part_is_refused(text: str) -> None:
    assert refused(text.encode()) == "the code is longer than 1 MB; that is not a solution"


@pytest.mark.parametrize("head", ["", "<<<<<<< HEAD\n"])
def test_conflict_markers_in_a_notebook_are_named_with_their_line(head: str) -> None:
    lines = json.dumps({"cells": [{"cell_type": "code", "source": F}]}, indent=1).splitlines()
    data = head + "\n".join([*lines[:3], "<<<<<<< HEAD", *lines[3:5], "=======", *lines[3:], ">>>>>>> main"])
    line = 1 if head else 4
    words = f"the file holds git conflict markers (line {line}): resolve the conflict, save the file and submit it again"
    assert refused(data.encode(), "a.ipynb") == words


# -- encodings and ends of lines ---------------------------------------------------------------------


@given(st.text(st.characters(exclude_characters="\r\ufeff\0", exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_module_in_utf_8_comes_back_as_it_is(source: str) -> None:
    for data in (source.encode(), source.encode("utf-8-sig")):
        assert decode(data) == source


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_line_ends_and_encodings_of_editors_are_read(ends: str, encoding: str) -> None:
    text = SAMPLE if encoding != "gb18030" else SAMPLE.replace("Größe", "")
    data = (text * 2).replace("\n", ends).encode(encoding)
    assert code(data) == [text * 2]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("# café à la carte\n", "latin-1"),
        ("# “quotes” – and a dash\n", "cp1252"),
        ("# 权重矩阵\n", "gb18030"),
        ("# -*- coding: latin-1 -*-\n# é\n", "latin-1"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n# вес\n", "cp1251"),
        ("# coding: euc_kr\n# 가중치\n", "euc_kr"),
    ],
)
def test_comments_in_older_encodings_are_read(text: str, encoding: str) -> None:
    assert decode((text + F).encode(encoding)) == text + F


@pytest.mark.parametrize("encoding", ["no-such-thing", "idna", "punycode", "unicode_escape", "rot13", "undefined", "zlib"])
def test_an_encoding_that_is_no_encoding_of_text_is_not_believed(encoding: str) -> None:
    text = f"# -*- coding: {encoding} -*-\nx = 'π'\n"
    assert decode(text.encode()) == text
    assert decode(text.encode("cp1253")).startswith(f"# -*- coding: {encoding}")


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "\u00ef\u00bb\u00bf"])
def test_byte_order_marks_are_no_text(mark: str) -> None:
    assert decode((mark + F).encode()) == F


def test_a_mark_where_files_were_joined_is_no_text() -> None:
    assert decode((F + "\ufeff" + F).encode()) == F + F
    assert code(cells_json("\ufeff" + F)) == [F]


# -- marimo ------------------------------------------------------------------------------------------

MARIMO = """import marimo

app = marimo.App(width="medium")

with app.setup:
    import numpy as np
    C = 2


@app.cell
def _(np):
    def f(x):
        return C * x
    return (f,)


@app.cell(hide_code=True)
def _(
    f,
    np,
):
    print(f(1))
    y = 3
    return (
        y,
    )


@app.function
def g(x):
    return x


@app.class_definition
class Layer:
    def h(self):
        return 1


if __name__ == "__main__":
    app.run()
"""


def test_the_cells_of_marimo_stand_at_the_margin_on_the_lines_where_they_stand() -> None:
    (source,) = code(MARIMO.encode())
    lines, before = source.split("\n"), MARIMO.split("\n")
    for line in ("import numpy as np", "C = 2", "def f(x):", "y = 3", "def g(x):", "class Layer:", "    def h(self):"):
        assert before[lines.index(line)].strip() == line.strip()
    assert "return (f,)" not in source
    assert "app" not in "".join(line for line in lines if "marimo" not in line and "if False" not in line)


def test_a_file_that_only_speaks_of_marimo_stays_as_it_is() -> None:
    text = "# app = marimo.App()\n@app.cell\ndef f(x):\n    return x\n"
    assert code(text.encode()) == [text]


# -- files -------------------------------------------------------------------------------------------


def test_a_missing_path_a_folder_and_an_unreadable_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match=r"there is no readable file at .*; check the path"):
        read_bytes(tmp_path / "absent.py")
    with pytest.raises(SubmissionError, match=r"expected a \.py or \.ipynb file, found a folder: "):
        read_bytes(tmp_path)
    endless = tmp_path / "endless.py"
    os.mkfifo(endless)
    with pytest.raises(SubmissionError, match="there is no readable file at"):
        read_bytes(endless)
    with pytest.raises(SubmissionError, match=r"cannot read .*: File name too long"):
        read_bytes(tmp_path / ("x" * 300 + ".py"))


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read every file")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.py"
    path.write_text(F, "utf-8")
    path.chmod(0)
    with pytest.raises(SubmissionError, match=r"cannot read .*: Permission denied"):
        read_bytes(path)


def test_a_file_of_gigantic_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.ipynb"
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 2**20)  # a file with a hole: it takes no space on the disk
    with pytest.raises(SubmissionError, match="the file has 33 MB, at most 32 MB are read; clear the outputs"):
        read_bytes(path)


# -- time in proportion to the text ------------------------------------------------------------------


def lines_run(data: bytes, name: str) -> int:
    """Lines of the module that are executed while a file is read, which no busy machine changes."""
    count = 0

    def local(*_: Any) -> Any:
        nonlocal count
        count += 1
        return local

    def entered(frame: Any, *_: Any) -> Any:
        return local if frame.f_code.co_filename.endswith(("cells.py", "decoder.py")) else None

    before = sys.gettrace()
    sys.settrace(entered)
    with contextlib.suppress(SubmissionError):
        read_cells(data, name)
    sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "make",
    [
        lambda n: cells_json(*[F] * n)[:-20],
        lambda n: b'{"cells": [' + b" " * n + b"x",
        lambda n: b"<html>" + b'<div class="hl-x"><pre><b>x</b></pre></div>' * n,
        lambda n: b"<html>" + b'class="hl-' * n + b"<pre" * n,
        lambda n: MARIMO.encode() + b"@app.cell\ndef _(\n)\n" * n,
        lambda n: b'{"metadata": ' * n,
    ],
    ids=["breaks off", "blanks", "page", "page without code", "marimo", "open braces"],
)
def test_reading_takes_steps_in_proportion_to_the_text(make: Any) -> None:
    once, twice = lines_run(make(500), "a"), lines_run(make(1000), "a")
    assert twice < 2.2 * once + 200


@pytest.mark.parametrize(
    "data",
    [
        b"#" * 900_000,
        b"# coding" * 100_000,
        b"#" + b" " * 900_000 + b"coding",
        (b"{" + b" " * 900_000),
        b"app" + b" " * 900_000 + b"=",
        b"<" * 900_000,
        b"\xe9 " * 400_000,
        b"https://" + b"x" * 900_000,
    ],
)
def test_hostile_text_keeps_no_pattern_busy(data: bytes) -> None:
    """A pattern that goes back over its text would take minutes; patterns run in C, where no steps can be counted."""
    started = time.process_time()
    with contextlib.suppress(SubmissionError):
        read_cells(data, "a.py")
    assert time.process_time() - started < 5
