"""The folder of a grading run: one line of JSON per finished report, appended as it comes.

A line is written in one piece and flushed, so that an interrupted run keeps what was finished; a last
line that is broken off is passed over. A rerun reads the folder and grades only what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from grader.errors import HarnessError
from grader.intake.tree import RUN_FILE
from grader.model import Report, report_from_json, report_to_json

__all__ = ["Entry", "RunFolder", "read_run"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished report with what it was made from."""

    report: Report
    fingerprint: str
    file: str
    name: str = ""
    email: str = ""
    late: bool = False


class RunFolder:
    """Appends reports to a run's folder, and knows which are there already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._places: dict[tuple[str, str | None], tuple[int, int]] = {}
        self._known: dict[tuple[str, str | None], tuple[str, str, str]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / RUN_FILE
        at = 0
        if path.is_file():
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.endswith(b"\n"):
                        try:
                            self._remember(json.loads(line), at, len(line))
                        except (ValueError, TypeError, KeyError) as error:
                            raise HarnessError(
                                f"{path}, line {number} is no report of a run; take the line out or use another folder"
                            ) from error
                        at += len(line)
            with path.open("r+b") as whole:
                whole.truncate(at)  # a line that was broken off
        self._file: IO[bytes] = path.open("ab")

    def _remember(self, data: dict[str, Any], at: int, size: int) -> None:
        report = data["report"]
        key = (report["submission"], report["student"])
        self._places[key] = (at, size)
        if report["status"] != "error":
            self._known[key] = (data["fingerprint"], report["cases"], report["grader_version"])

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def has(self, submission: str, student: str | None, fingerprint: str, cases: str, version: str) -> bool:
        """Whether exactly this was graded already (same bytes, cases and version)."""
        return bool(fingerprint) and self._known.get((submission, student)) == (fingerprint, cases, version)

    def add(self, entry: Entry) -> None:
        """Append one report; it is on its way to the disk when this returns."""
        data = {
            "fingerprint": entry.fingerprint,
            "file": entry.file,
            "name": entry.name,
            "email": entry.email,
            "late": entry.late,
            "report": report_to_json(entry.report),
        }
        line = json.dumps(data).encode() + b"\n"
        at = self._file.tell()
        self._file.write(line)
        self._file.flush()
        self._remember(data, at, len(line))

    def entries(self, order: list[tuple[str, str | None]]) -> Iterator[Entry]:
        """The latest report of each submission, in the given order, one at a time."""
        with (self.folder / RUN_FILE).open("rb") as lines:
            for key in order:
                if key in self._places:
                    at, size = self._places[key]
                    lines.seek(at)
                    yield _entry(json.loads(lines.read(size)))


def _entry(data: dict[str, Any]) -> Entry:
    return Entry(
        report_from_json(data["report"]), data["fingerprint"], data["file"], data["name"], data["email"], data["late"]
    )


def read_run(folder: Path) -> Iterator[Entry]:
    """The latest report of each submission in a run's folder, sorted by submission.

    Raises
    ------
    HarnessError
        When the folder holds no run.
    """
    if not (folder / RUN_FILE).is_file():
        raise HarnessError(f"{folder} holds no grading run; make one with 'grader grade ... -o {folder}'")
    with RunFolder(folder) as run:
        yield from run.entries(sorted(run._places, key=lambda key: (key[0], key[1] or "")))
