"""Feedback inside a student's own notebook: ``check("linear_forward")`` renders it under the cell."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from grader.course import Course, LoadedAssignment, find_course
from grader.errors import HarnessError, did_you_mean
from grader.freezing.store import frozen_cases
from grader.model import FunctionReport, Report
from grader.report.escape import plain

__all__ = ["Feedback", "check"]


@dataclass(frozen=True, slots=True, repr=False)
class Feedback:
    """What ``check`` returns: tidy HTML in a notebook, plain text elsewhere."""

    report: Report
    function: FunctionReport | None
    messages: tuple[str, ...] = ()
    formula: str = ""

    @property
    def passed(self) -> bool:
        """Whether all checks of the function passed."""
        return self.function is not None and self.function.status == "passed"

    def __repr__(self) -> str:
        from grader.report.terminal import render_function  # rich is loaded when something is printed

        card = [] if self.function is None else [render_function(self.function, color=False).rstrip("\n")]
        return "\n".join([*map(plain, self.messages), *card])

    def _repr_html_(self) -> str | None:
        try:
            from grader.report.html import render_card  # and Jinja when something is displayed
        except HarnessError:  # no Jinja: the notebook shows the text
            return None
        card = "" if self.function is None else render_card(self.function, formula=self.formula)
        return "".join(f"<p>{escape(plain(message))}</p>" for message in self.messages) + card


def check(function: Callable[..., object] | str, *, assignment: str | None = None) -> Feedback:
    """Check one function of the notebook that calls this.

    The definitions of all cells that have been run are graded as they are, in a process of their own
    with time limits, on the kit in the working folder.

    Parameters
    ----------
    function
        The function to check, or its name, which can also be told of a function that is missing or cannot be read.
        The name decides what it is checked against.
    assignment
        Needed where a function of that name is graded in several assignments.

    Raises
    ------
    HarnessError
        When no assignment, or more than one, has a function of that name. A notebook shows its sentence alone.
    """
    try:
        return _checked(function, assignment)
    except HarnessError as error:
        sentence = f"{type(error).__name__}: {error}"
        error._render_traceback_ = lambda *_: [sentence]  # type: ignore[attr-defined]  # IPython asks for it
        raise


def _checked(function: Callable[..., object] | str, assignment: str | None) -> Feedback:
    # Whoever imports ``check`` may never call it, and need not wait for the grader.
    from grader.grading.pipeline import grade_submission
    from grader.judging.judge import judges_of
    from grader.publishing.handout import formula_of, handout, sections
    from grader.sandbox.own import strongest_sandbox
    from grader.submission.reading import parse_submission

    name = _name_of(function)
    loaded = _assignment_of(name, find_course(), assignment)
    cases = frozen_cases(loaded)
    cells = _cells()
    if cells is None:
        file = _file(function)
        what = file.name, ".py", file.read_bytes()
    else:
        notebook = {"cells": [{"cell_type": "code", "source": source} for source in cells]}
        what = "this notebook", ".ipynb", json.dumps(notebook).encode()
    submission = parse_submission(*what, cases.arities, exercise=loaded.spec.exercise)
    with strongest_sandbox(loaded.spec.packages, loaded.warm_up) as sandbox:
        report = grade_submission(loaded, judges_of(loaded.spec, cases), submission, sandbox, only=name)
    graded = next((f for f in report.functions if f.name == name and f.status != "missing"), None)
    unread = _unread(name, cells or (), submission.messages, graded.origin if graded else None)
    if graded is not None and graded.status == "passed":
        return Feedback(report, graded, unread)
    # Without the messages of the reader: a cell that was run with an error and then repaired, or run twice, is no news.
    old = len(submission.messages) + len(submission.redefined)
    messages = (*unread, *report.messages[old:]) if graded else report.messages
    return Feedback(report, graded, messages, formula_of(sections(handout(loaded)).get(name, "")))


def _unread(name: str, cells: Sequence[str], messages: Sequence[str], origin: str | None) -> tuple[str, ...]:
    """What the reader says of cells that define the function and were run after the one that is graded."""
    graded = int(match[1]) if (match := re.match(r"cell (\d+)", origin or "")) else 0
    defining = [number for number, cell in enumerate(cells, 1) if re.search(rf"\bdef {name}\b", cell) and number > graded]
    return tuple(text for text in messages for number in defining if re.match(rf"cell {number}\b", text))


def _assignment_of(function: str, course: Course, wanted: str | None) -> LoadedAssignment:
    if wanted is not None:
        loaded = course.load(wanted)
        loaded.spec.function(function)
        return loaded
    candidates = [c for c in map(course.load, course.names) if any(f.name == function for f in c.spec.functions)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = ", ".join(c.name for c in candidates)
        raise HarnessError(f"{function!r} is graded in several assignments ({names}); say which: assignment='...'")
    functions = course.load(course.names[0]).spec.functions if len(course.names) == 1 else ()
    help_text = f"it grades {', '.join(f.name for f in functions)}" if functions else "'grader list' shows all"
    known = [f.name for loaded in map(course.load, course.names) for f in loaded.spec.functions]
    near = did_you_mean(function, known)
    raise HarnessError(f"no assignment of this course grades a function {function!r}{near}; {help_text}")


def _namespace() -> Mapping[str, object] | None:
    """The names of the notebook; None outside of one."""
    try:
        from IPython import get_ipython  # there is none outside of a notebook
    except ImportError:
        return None
    shell = get_ipython()
    return None if shell is None else shell.user_ns


def _name_of(function: Callable[..., object] | str) -> str:
    """The name to check: the function's own, or, for a lambda, the one that it has in the notebook."""
    if isinstance(function, str):
        return function
    name = getattr(function, "__name__", str(function))
    if name.isidentifier():
        return name
    namespace = _namespace() or {}
    names = (other for other, value in namespace.items() if value is function and not other.startswith("_"))
    return next(names, name)


def _cells() -> list[str] | None:
    """The cells that have been run, in order; None outside of a notebook."""
    namespace = _namespace()
    if namespace is None:
        return None
    cells = namespace.get("In")
    return [str(cell) for cell in cells[1:]] if isinstance(cells, list) else []  # the first one is number 1


def _file(function: Callable[..., object] | str) -> Path:
    """Where the function is written, or the file that calls."""
    try:
        file = Path((sys.modules["__main__"].__file__ if isinstance(function, str) else inspect.getfile(function)) or "")
    except (TypeError, AttributeError):
        file = Path()
    if not file.is_file():
        raise HarnessError("the function's source cannot be found; call check from a notebook or a file")
    return file
