"""From a file's bytes to its code cells: whatever an editor or a notebook version writes comes back as it was meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.cells import code_cells, decode

# Line ends are made one, and half a character of a pair is no text: the others come back as they are.
SOURCES = st.lists(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=30), max_size=5)
SAMPLE = "x = 'Größe 張'\n"


def _cell(source: str, as_lines: bool, key: str) -> dict[str, Any]:
    return {"cell_type": "code", key: source.splitlines(keepends=True) if as_lines else source, "outputs": []}


@given(SOURCES, st.booleans(), st.booleans(), st.booleans())
def test_the_sources_of_a_notebook_come_back_with_the_place_of_their_cell(
    sources: list[str], as_lines: bool, old: bool, ascii_only: bool
) -> None:
    cells = [_cell(source, as_lines, "input" if old else "source") for source in sources]
    text = {"cell_type": "markdown", "source": ["# A text\n"]}
    between = [part for cell in cells for part in (text, cell)]
    whole: dict[str, Any] = {"worksheets": [{"cells": between}]} if old else {"cells": between}
    data = json.dumps({**whole, "nbformat": 3 if old else 4}, ensure_ascii=ascii_only).encode()
    found = code_cells(".ipynb", data, "n.ipynb")
    assert found == [(f"cell {2 * number}", source) for number, source in enumerate(sources, 1)]


@given(st.text(st.characters(exclude_characters="\r\ufeff", exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_module_in_utf_8_comes_back_as_it_is(source: str) -> None:
    for data in (source.encode(), source.encode("utf-8-sig")):
        assert decode(data) == source


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_line_ends_and_encodings_of_editors_are_read(ends: str, encoding: str) -> None:
    text = SAMPLE if encoding != "gb18030" else SAMPLE.replace("Größe", "")
    data = (text * 2).replace("\n", ends).encode(encoding)
    assert code_cells(".py", data, "s.py") == [("s.py", text * 2)]


def test_an_encoding_that_is_declared_is_believed() -> None:
    text = "# -*- coding: latin-1 -*-\nx = 'é'\n"
    assert decode(text.encode("latin-1")) == text
