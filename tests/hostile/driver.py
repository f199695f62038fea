"""Takes hand-ins of a class folder through a door of one student: ``driver.py OUT DOOR ASSIGNMENT CLASS NAME...``.

It imports nothing of the tests: the action and the Gradescope zip run with their own copy of the grader. ``OUT`` becomes a
JSON object ``{name: [status, points]}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

Verdict = tuple[str, float]


def check(assignment: str, folder: Path) -> Verdict:
    """``grader check``, started in the course."""
    from grader.cli.main import main

    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "report.json"
        with contextlib.suppress(SystemExit):
            main(["check", assignment, str(folder), "--json", str(target)])
        report = json.loads(target.read_text("utf-8"))
    return report["status"], report["points"] or 0.0


def action(assignment: str, folder: Path) -> Verdict:
    """The GitHub action, started in the student's repository."""
    from grader.publishing.targets.github import main

    with tempfile.TemporaryDirectory() as scratch:
        outputs = Path(scratch) / "outputs"
        os.environ["GITHUB_OUTPUT"] = str(outputs)
        os.environ["GITHUB_STEP_SUMMARY"] = str(Path(scratch) / "summary.md")
        os.chdir(folder)
        status = main([assignment, "."])
        pairs = dict(line.split("=", 1) for line in outputs.read_text("utf-8").splitlines()) if outputs.exists() else {}
    return {0: "graded", 2: "unreadable"}.get(status, "error"), float(pairs.get("points") or 0.0)


def gradescope(assignment: str, folder: Path) -> Verdict:
    """The program in the zip, with the hand-in where Gradescope puts it."""
    from grader.publishing.targets.gradescope import main

    root = folder.parent
    folder.rename(root / "submission")
    try:
        main([assignment, str(root)])
        result = json.loads((root / "results" / "results.json").read_text("utf-8"))
        (root / "results" / "results.json").unlink()
        (root / "results").rmdir()
    finally:
        (root / "submission").rename(folder)
    return result["extra_data"]["status"], result["score"]


class _Recorder:
    """What the items of pytest are about, and which of them passed."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.passed: set[str] = set()

    def pytest_collection_finish(self, session: Any) -> None:
        self.items = session.items

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" and report.passed:
            self.passed.add(report.nodeid)


def plugin(assignment: str, folder: Path) -> Verdict:
    """The plugin of pytest: a function of which every item passes has its points."""
    import pytest

    recorder = _Recorder()
    words = ["-q", "-p", "no:cacheprovider", "--grader-assignment", assignment, f"--submission={folder}"]
    status = pytest.main(words, plugins=[recorder])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):
        return f"error {status}", 0.0
    lost = {item.graded.name for item in recorder.items if item.nodeid not in recorder.passed}
    points = {item.graded.name: item.graded.max_points for item in recorder.items}
    return "graded" if points else "unreadable", sum(points[name] for name in points.keys() - lost)


DOORS = {"check": check, "action": action, "gradescope": gradescope, "pytest": plugin}


def main(out: str, door: str, assignment: str, folder: str, *names: str) -> None:
    """Take them through, one after another."""
    here, verdicts = Path.cwd(), {}
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        for name in names:
            os.chdir(here)
            try:
                verdicts[name] = DOORS[door](assignment, Path(folder) / name)
            except Exception as error:  # a row of the table says so, and the others go on
                verdicts[name] = (f"error {type(error).__name__}: {error}", 0.0)
    Path(out).write_text(json.dumps(verdicts), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
