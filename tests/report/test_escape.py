"""Whatever a submission calls itself, a terminal, a page, a summary and a spreadsheet show it as text."""

from __future__ import annotations

import re
import sys
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.report.escape import annotation, clip, code_block, csv_cell, log_lines, markdown, plain

from .samples import HOSTILE

BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
MARKUP = st.text("*_`<>[]()|#@&!:/\\~=-+.$^{} \nabw1", max_size=30)


def test_every_control_surrogate_and_direction_character_is_written_out() -> None:
    steering = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in BIDI
    ]
    assert len(steering) > 2000
    assert [char for char in steering if char in plain(char)] == []


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c", "\u200b", "\ufeff", "\u00ad", "\U000e0041"])
def test_invisible_marks_become_visible(mark: str) -> None:
    assert plain(f"a{mark}b").isascii()


@pytest.mark.parametrize("text", ["Ada", "張偉", "Zoë Ångström", "نیم\u200cفاصله", "a → b ∂/∂x", ""])
def test_names_and_formulas_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


@given(ANY_TEXT)
def test_plain_text_is_encodable_legal_xml_and_stable(text: str) -> None:
    shown = plain(text)
    root = ElementTree.Element("a", name=shown)
    root.text = shown
    again = ElementTree.fromstring(ElementTree.tostring(root, encoding="utf-8"))
    assert (again.text or "", again.get("name")) == (shown, shown)
    assert plain(shown) == shown


@given(ANY_TEXT)
def test_newlines_survive_only_where_they_are_wanted(text: str) -> None:
    assert "\n" not in plain(text)
    assert plain(text, newlines=True).count("\n") == text.count("\n")


def test_a_tab_in_output_becomes_spaces() -> None:
    assert plain("a\tb", newlines=True) == "a    b"


def test_clipped_text_says_how_much_is_missing() -> None:
    assert clip("x" * 10, 10) == "x" * 10
    assert clip("x" * 11, 10) == "x" * 10 + "… (1 more characters)"


@given(st.one_of(MARKUP, st.just(HOSTILE)))
def test_markdown_renders_as_the_text_itself(text: str) -> None:
    (_, inline, _) = MarkdownIt("commonmark").enable("table").parse(f"# x{markdown(text)}x")
    assert inline.children is not None
    kinds = {child.type for child in inline.children}
    assert kinds <= {"text", "html_inline"}
    assert {child.content for child in inline.children if child.type == "html_inline"} <= {"<!-- -->"}
    shown = "".join(child.content for child in inline.children if child.type == "text")
    assert shown == f"x{plain(text)}x"


@given(MARKUP)
def test_markdown_stays_in_its_table_cell(text: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| {markdown(text)} | y |\n"
    tokens = MarkdownIt("commonmark").enable("table").parse(table)
    assert sum(token.type == "td_open" for token in tokens) == 2
    assert [token.content for token in tokens if token.type == "inline"][-1] == "y"


def test_mentions_and_issue_numbers_are_split() -> None:
    assert "@e" not in markdown("@everyone") and "#1" not in markdown("#1")


@given(st.one_of(MARKUP, st.text("`~\n a", max_size=30)))
def test_nothing_closes_a_code_block(text: str) -> None:
    (fence,) = MarkdownIt("commonmark").parse(code_block(text))
    assert fence.type == "fence"
    assert fence.content == plain(text, newlines=True) + "\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", " =", "\r@"])
def test_no_spreadsheet_cell_is_a_formula(start: str) -> None:
    cell = csv_cell(f"{start}cmd|' /C calc'!A0")
    assert cell[0] in "'\\"


@pytest.mark.parametrize("separator", ";,|")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", ' "=', "  -", "'@"])
def test_no_part_of_a_cell_is_a_formula_for_a_program_that_splits_elsewhere(separator: str, start: str) -> None:
    for text in (f"x{separator}{start}1+1{separator}", f"{separator}{separator}{start}1", f"{start}2{separator}{start}3"):
        for part in csv_cell(text).split(separator):
            assert part.strip(' "')[:1] not in set("=+-@＝＋－＠"), part


@pytest.mark.parametrize("text", ["Ada", "", " ", "1,5", "a=b", "Doe, Jane", "x; y", "2026-11-28"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert csv_cell(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "::error::x",
        "  ::add-mask::x",
        "\x1b[1m::stop-commands::x",
        "a ##[group]",
        *(f"{space}{space}::error::x" for space in "\t\v\f\x1c\x1f\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000"),
        "\u2003 \x1b[1m\xa0::error::x",
        "a\r::error::x",
        "##vso[task.complete result=Succeeded;]",
        "x ##teamcity[testFinished name='a']",
        "  section_start:1:name",
        "travis_fold:start:x",
    ],
)
def test_no_rendered_line_is_a_command_to_a_ci_runner(line: str) -> None:
    shown = log_lines(f"first\n{line}\nlast")
    assert not re.search(r"##\w*\[", shown)
    rows = re.split("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", shown)  # what a runner may take for an end of a line
    assert not any(row.replace("\x1b[1m", "").strip().startswith(("::", "section_", "travis_")) for row in rows)
    assert log_lines(shown) == shown


def test_a_long_line_of_colours_costs_little() -> None:
    for text in ("\x1b[1m" * 100_000, " " * 500_000, "\x1b[1m " * 100_000 + ":", "##" * 300_000, ";  " * 200_000):
        assert log_lines(text).count("::") == 0
        assert csv_cell(text)


def test_slices_inside_a_line_are_left_alone() -> None:
    assert log_lines("  x[::2] and a::b") == "  x[::2] and a::b"


def test_an_annotation_is_one_line_and_its_properties_cannot_be_left() -> None:
    assert annotation("100 %\n::error::x") == "100 %25%0A::error::x"
    assert annotation("a,line=3::b", is_property=True) == "a%2Cline=3%3A%3Ab"
    assert "\n" not in annotation(HOSTILE + "\r\nx") and "\x1b" not in annotation(HOSTILE)
