"""The three families of errors, so that nobody's fault is booked on somebody else.

::

    HarnessError
    ├── SpecError          the author's: an assignment, reference or mistake that contradicts itself
    ├── SubmissionError    the student's: a file that cannot be read or holds nothing to grade
    └── GraderError        ours: the harness itself failed; never shown as zero points

:class:`grader.confined.kinds.WireError` (bytes that are no value) stands alone: the confined side knows none of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from traceback import extract_tb

__all__ = [
    "GraderError",
    "HarnessError",
    "SpecError",
    "SubmissionError",
    "did_you_mean",
    "missing_extra",
    "near_path",
    "said_with_place",
]


class HarnessError(Exception):
    """Base of every error that the harness raises on purpose."""


class SpecError(HarnessError):
    """An assignment is described wrongly; the message says where and what to write instead."""


class SubmissionError(HarnessError):
    """A submission cannot be read; the message says what was found and what to do."""


class GraderError(HarnessError):
    """The harness failed. A report with this status has no points, not zero points."""


def said_with_place(error: BaseException, folder: Path) -> str:
    """An exception of an author's code in words: type, text, and the last of its lines that stands in the course.

    The line of a syntax error is the one that Python cannot read.
    """
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({error.filename}, line {error.lineno})"
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(folder)]
    if not frames:
        return said
    return f"{said} ({Path(frames[-1].filename).relative_to(folder)}, line {frames[-1].lineno}: {frames[-1].line})"


def did_you_mean(word: str, known: Iterable[str], spelled: Callable[[str], str] = str.casefold) -> str:
    """What names the nearest known word, in brackets; nothing where none is near. They are compared as they are spelled.

    >>> did_you_mean("dnn_step_bystep", ["dnn_step_by_step", "logistic"]), did_you_mean("zzz", ["logistic"])
    (" (did you mean 'dnn_step_by_step'?)", '')
    """
    from difflib import get_close_matches  # only a mistake pays for it

    names = {spelled(name): name for name in known}
    near = get_close_matches(spelled(word), names, n=1)
    return f" (did you mean {names[near[0]]!r}?)" if near else ""


def near_path(path: str | Path) -> str:
    """What names the nearest file or folder beside a path that leads nowhere, in brackets."""
    folder = Path(path).parent
    return did_you_mean(Path(path).name, [entry.name for entry in folder.iterdir()] if folder.is_dir() else [])


def missing_extra(what: str, extra: str) -> HarnessError:
    """The error of something that needs a package which is installed only on request.

    >>> print(missing_extra("the gradebook", "gradebook"))
    the gradebook needs the extra 'gradebook': python -m pip install 'numpy-course-grader[gradebook]'
    """
    return HarnessError(f"{what} needs the extra '{extra}': python -m pip install 'numpy-course-grader[{extra}]'")
