"""What GitHub shows: a summary whose tables and blocks hold, and annotations on the right lines."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from grader.report.markdown import LONGEST_SUMMARY, render_annotations, render_summary

from . import samples
from .snapshot import assert_matches


def test_a_summary_reads_as_before() -> None:
    assert_matches("summary-wrong.md", render_summary([samples.wrong()]))
    assert_matches("summary-run.md", render_summary(samples.everyone()))


def test_hostile_strings_open_no_link_image_or_markup() -> None:
    for summary in (render_summary([samples.hostile()]), render_summary(samples.everyone())):
        tokens = MarkdownIt("commonmark").enable("table").parse(summary)
        inline = [child for token in tokens for child in token.children or ()]
        assert {child.type for child in inline} <= {
            "text",
            "html_inline",
            "strong_open",
            "strong_close",
            "softbreak",
        }
        assert {child.content for child in inline if child.type == "html_inline"} <= {"<!-- -->"}
        assert not any(token.type == "html_block" for token in tokens)
        assert "\x1b" not in summary and "\u202e" not in summary


def test_each_submission_is_one_row() -> None:
    summary = render_summary(samples.everyone())
    tokens = MarkdownIt("commonmark").enable("table").parse(summary)
    assert sum(token.type == "tr_open" for token in tokens) == 1 + len(samples.everyone())


def test_a_summary_stays_below_what_github_accepts() -> None:
    summary = render_summary([samples.hostile()] * 4000)
    assert len(summary.encode()) < LONGEST_SUMMARY + 1000 < 2**20
    assert "more not shown here" in summary


def test_a_submission_without_points_says_why() -> None:
    summary = render_summary([samples.unreadable()])
    assert "no points" in summary and "not valid JSON" in summary


def test_full_marks_have_no_annotation() -> None:
    assert render_annotations(samples.right()) == ""


@pytest.mark.parametrize(
    ("path", "origin", "beginning"),
    [
        ("src/a.py", "line 12", "::error file=src/a.py,line=12,title=linear_backward%3A 13 / 20::"),
        ("src/a.py", "a.py, line 12", "::error file=src/a.py,line=12,title="),
        ("src/a.py", "helper.py, line 3", "::error file=src/helper.py,line=3,title="),
        ("folder", "helper.py, line 3", "::error file=folder/helper.py,line=3,title="),
        (
            "a.ipynb",
            "cell 7, line 3",
            "::error file=a.ipynb,title=linear_backward%3A 13 / 20 (cell 7%2C line 3)::",
        ),
        ("a,b.py", None, "::error file=a%2Cb.py,title="),
    ],
)
def test_an_annotation_marks_the_line_where_there_is_one(path: str, origin: str | None, beginning: str) -> None:
    function = replace(samples.wrong_backward(), origin=origin)
    text = render_annotations(samples.report("elsewhere.py", None, function), path=path)
    assert text.startswith(beginning)
    assert "mean" in text and "Hint" in text


def test_every_function_that_did_not_pass_is_annotated() -> None:
    assert len(render_annotations(samples.broken()).splitlines()) == 4


def test_an_unreadable_submission_is_annotated_as_a_whole() -> None:
    (line,) = render_annotations(samples.unreadable()).splitlines()
    assert line.startswith("::error file=late/(1) alan+copy.ipynb,title=") and "not valid JSON" in line


def test_a_hostile_submission_adds_no_command() -> None:
    report = replace(samples.hostile(), submission="x.py\n::add-mask::y")
    lines = render_annotations(report).split("\n")
    assert [bool(re.match("::error file=[^,]+,title=[^:]+::", line)) for line in lines] == [True, False]
    assert lines[1] == ""
