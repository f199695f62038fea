"""Feedback on its way back: pages under the names by which a platform knows whose they are, and a summary in a line.

Moodle reads the participant's number from the name of the folder that it made for the submission, Canvas the numbers of
student and upload from the name that the upload had. Of a path, the outermost name that has the platform's mark counts, and
no other one: what lies in it, the student has named. A participant may have the mark in the name, or an underscore, at which
Moodle splits: then nobody can tell.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from grader import sentences
from grader.model import Report
from grader.report import wording
from grader.report.escape import clip, csv_cell, plain

__all__ = ["canvas_name", "moodle_name", "pages_zip", "summary"]

# Every number and word has a bound, so that a search takes as many steps as the name has letters.
_CANVAS = re.compile(r"((?:[^_]{0,200}_)?(?:LATE_|late_)?\d{1,20}_\d{1,20}_)[^/]{1,255}")
_MOODLE_MARK = "_assignsubmission_"
_MOODLE = re.compile(rf"([^_/]{{1,200}}_\d{{1,20}}{_MOODLE_MARK})[a-z]{{1,20}}(?:_|$)")
# Where Canvas keeps names to itself, the part of the student is no number, and it takes no file back.
_CANVAS_MARK = re.compile(r"(?:.{0,200}_)?(?:anon_[0-9A-Za-z]{1,40}|\d{1,20})_\d{1,20}_.")
_LONGEST = 2000  # characters of a summary
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pages make the same zip


def pages_zip(pages: Iterable[tuple[Report, Path]], name_of: Callable[[str], str]) -> tuple[bytes, list[str]]:
    """A zip of pages as a platform takes it back, and who is not in it because the submission's name says no number.

    Parameters
    ----------
    pages
        Reports, and where their pages lie.
    name_of
        :func:`canvas_name` or :func:`moodle_name`.
    """
    out, left, names = io.BytesIO(), list[str](), set[str]()
    listed = list(pages)
    above = _above([report.submission for report, _ in listed])
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for report, path in listed:
            name = name_of("/".join(report.submission.split("/")[above:]))
            if not name or name in names:
                left.append(wording.who_of(report))
                continue
            names.add(name)
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue(), left


def _above(submissions: Sequence[str]) -> int:
    """How many folders lie around all submissions: whoever downloaded them has named these."""
    folders = [submission.split("/")[:-1] for submission in submissions]
    return (
        sum(1 for _ in takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))) if len(folders) > 1 else 0
    )


def canvas_name(submission: str) -> str:
    """The name of an upload with another ending; empty where it is not one of Canvas.

    >>> canvas_name("all.zip/roejane_LATE_1234_5678_hw.ipynb"), canvas_name("class/jane/hw.ipynb")
    ('roejane_LATE_1234_5678_feedback.html', '')
    """
    outermost = next(filter(_CANVAS_MARK.match, PurePosixPath(submission).parts), "")
    match = _CANVAS.fullmatch(outermost)
    return f"{plain(match[1])}feedback.html" if match else ""


def moodle_name(submission: str) -> str:
    """A file beside the participant's submission, as every version of Moodle reads it; empty where it is not one.

    >>> moodle_name("all.zip/Jane Roe_4711_assignsubmission_file_/hw.ipynb"), moodle_name("class/jane/hw.ipynb")
    ('Jane Roe_4711_assignsubmission_file_feedback.html', '')
    """
    outermost = next((part for part in PurePosixPath(submission).parts if _MOODLE_MARK in part), "")
    match = _MOODLE.match(outermost) if outermost.count(_MOODLE_MARK) == 1 else None
    return f"{plain(match[1])}file_feedback.html" if match else ""


def summary(report: Report) -> str:
    """The report in a few words, for a cell of a worksheet that is read as HTML."""
    words = [wording.score_line(report), *(finding.message for finding in report.findings)]
    for function in report.functions:
        said = [finding.message for finding in function.findings]
        said = said or [check.message for check in function.checks if check.status == "failed" and check.message]
        if function.by_hand:
            said = [sentences.BY_HAND]
        if function.status != "passed" or any(x.code in wording.BY_PEOPLE for x in function.findings):
            points = wording.function_points(function)
            words.append(f"{function.name} ({points}): {'; '.join(said[:3]) or wording.status_word(function.status)}")
    return csv_cell(html.escape(clip(". ".join(words), _LONGEST), quote=False))
