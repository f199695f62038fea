"""The checks of one submission as pytest items.

::

    pytest --grader-assignment=dnn_step_by_step --submission=submission.ipynb

Each check is an item; ``-k``, ``-x`` and ``--junitxml`` work. All items read one run of the pipeline,
made when the submission is collected: the plugin runs no checks of its own, and a ``.py`` submission
is never imported into pytest's process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import HarnessError
from grader.model import Check, FunctionReport, Report
from grader.report.escape import plain

__all__ = ["CheckItem", "SubmissionFile", "SubmissionFolder"]


_OPTIONS = ("--grader-assignment", "--submission", "--grader-course")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("grader", "grading of NumPy exercises")
    group.addoption("--grader-assignment", metavar="NAME", help="the assignment to grade against")
    group.addoption("--submission", metavar="PATH", help="the .py or .ipynb file to grade, or the folder of one student")
    group.addoption("--grader-course", metavar="DIR", help="folder of a course of one's own")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the submission: alone where nothing else is named, otherwise with the rest."""
    submission, assignment = config.getoption("--submission"), config.getoption("--grader-assignment")
    if bool(submission) != bool(assignment):
        raise pytest.UsageError("--submission and --grader-assignment go together")
    if submission:
        _refuse_its_settings(config, submission)
    if submission and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = [submission]
    elif submission and not any(Path(argument).resolve() == Path(submission).resolve() for argument in config.args):
        config.args.append(submission)


def _refuse_its_settings(config: pytest.Config, submission: str) -> None:
    """Refuse a path of the student's that stands alone among the arguments, unless pytest was started in its folder.

    Before pytest knows our option, it takes its value for the place of tests, and its settings from there: a
    ``pytest.ini`` of a student's would name a plugin of his. One word, ``--submission=PATH``, is no such place.
    """
    here, place = config.invocation_params.dir, _submission(config)
    folder = place if place.is_dir() else place.parent
    if folder in (here, *here.parents):
        return
    words = [str(word) for word in config.invocation_params.args]
    for before, word in zip(["", *words], words, strict=False):
        path = Path(os.path.normpath(here / word.partition("::")[0]))
        if not word.startswith("-") and folder in (path, *path.parents):
            # The value of an option is a path to pytest, too: an assignment may be called like the folder.
            is_value = before in _OPTIONS
            what = f"write {before}={plain(word)} as one word" if is_value else f"leave {plain(word)!r} out"
            raise pytest.UsageError(
                f"{what}: {plain(submission)!r} is a student's, and pytest takes its settings from a path that stands "
                "alone, and has done so if there is a pytest.ini or the like"
            )


def _wanted(config: pytest.Config, path: Path) -> bool:
    submission = config.getoption("--submission")
    return bool(submission) and path.resolve() == Path(submission).resolve()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a submitted notebook."""
    if file_path.suffix != ".py" and _wanted(parent.config, file_path):
        return SubmissionFile.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the folders around a submission in place of pytest, which would run a ``conftest.py`` that lies in them.

    The folder that pytest was started in is the user's own, and so are those that tests are named in.
    """
    config = parent.config
    if _wanted(config, path):
        return SubmissionFile.from_parent(parent, path=path)
    own = [config.invocation_params.dir, *(Path(name.partition("::")[0]) for name in config.args)]
    if any(path in (place.absolute(), *place.absolute().parents) for place in own if not _wanted(config, place)):
        return None
    return SubmissionFolder.from_parent(parent, path=path) if path in _submission(config).parents else None


def _submission(config: pytest.Config) -> Path:
    name = config.getoption("--submission") or ""
    return Path(os.path.normpath(config.invocation_params.dir / name))  # as pytest names it


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """Take a submitted module in place of pytest, which would import it."""
    if _wanted(parent.config, module_path):
        return SubmissionFile.from_parent(parent, path=module_path)
    return None


class SubmissionFolder(pytest.File):
    """A folder around the submission, of which nothing else is looked at."""

    def collect(self) -> Iterator[pytest.Collector]:
        """The folder or file in it that leads to the submission."""
        inner = self.path / _submission(self.config).relative_to(self.path).parts[0]
        kind = SubmissionFile if _wanted(self.config, inner) else SubmissionFolder
        yield kind.from_parent(self, path=inner)


class SubmissionFile(pytest.File):
    """The submission; collecting it grades it."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item per check, named ``function::kind-name``."""
        # Every pytest of a machine with the grader loads this plugin, and few of them grade: NumPy and the rest wait.
        from grader.course import load_assignment
        from grader.grading.pipeline import grade

        name = self.config.getoption("--grader-assignment")
        try:
            assignment = load_assignment(name, course=self.config.getoption("--grader-course"))
            report = grade(assignment, self.path, name=self.path.name)
        except HarnessError as error:
            raise self.CollectError(plain(str(error))) from error
        if report.status != "graded":
            raise self.CollectError("\n".join(map(plain, report.messages)))
        self.report: Report = report
        for function in report.functions:
            for check in function.checks:
                title = f"{function.name}[{check.kind}: {check.name}]"
                yield CheckItem.from_parent(self, name=title, graded=function, check=check)


class CheckItem(pytest.Item):
    """One check of the report."""

    def __init__(self, *, graded: FunctionReport, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.graded = graded  # not "function": pytest takes that for the test itself
        self.check = check

    def runtest(self) -> None:
        """Fail or skip as the report says."""
        if self.check.status == "skipped":
            pytest.skip(plain(self.check.message))
        if self.check.status == "failed":
            raise _Failed(self.check.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What the student reads: the message, findings and hints; no traceback of the harness."""
        if not isinstance(excinfo.value, _Failed):
            return super().repr_failure(excinfo, style)
        lines = [str(excinfo.value)]
        for finding in self.graded.findings:
            lines += [finding.message, f"Hint: {finding.hint}" if finding.hint else ""]
        return "\n".join(plain(line) for line in lines if line)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the item comes from."""
        return self.path, None, f"{self.graded.name}: {self.check.kind} {self.check.name}"


class _Failed(Exception):
    """A check failed."""
