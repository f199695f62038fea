"""The folder of a grading run: one line of JSON per finished report, appended as it comes.

A line is written in one piece and flushed, so that an interrupted run keeps what was finished. Whoever
reads passes over a last line that is not finished, and writes nothing: a run may be going on, or the folder
be read-only. Whoever appends takes such a line out first, and grades only what has changed.

One process writes to a folder at a time: it holds a lock that the kernel takes back when the process ends, however it
ends, so that a lock never outlives its owner.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from grader.disk import write_whole
from grader.errors import HarnessError
from grader.intake.tree import RUN_FILE
from grader.model import Key, Report, report_from_json, report_to_json

try:
    import fcntl
except ImportError:  # Windows: runs are read there, and none is written
    fcntl = None  # type: ignore[assignment]

__all__ = ["RunEntry", "RunFacts", "RunFolder", "read_facts", "read_run"]

LOCK_FILE, FACTS_FILE = "run.lock", "run.json"


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A finished report with what it was made from: paths of the student's files by name."""

    report: Report
    fingerprint: str
    files: Mapping[str, str]
    name: str = ""
    email: str = ""
    late: bool = False
    note: str = ""
    submitted: str = ""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run as a whole.

    Attributes
    ----------
    assignment, title, seed
        What was graded.
    id
        Tells this folder's run from every other one, for a gradebook that a resumed run goes on in.
    started
        When the run began, in UTC; a resumed run keeps its beginning.
    gradebook
        Where the run is recorded, too; empty where it is not, or where the address holds a password.
    roster
        How many students the class list has; None without one.
    missing
        Those on the list who handed in nothing: name, else id.
    """

    assignment: str = ""
    title: str = ""
    seed: int = 0
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    gradebook: str = ""
    roster: int | None = None
    missing: tuple[str, ...] = ()


_Line = dict[str, Any]  # an entry as it is written: its facts, and the report last
_FACTS = [one.name for one in fields(RunEntry) if one.name != "report"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry lies in the file, and what was graded; nothing where the harness failed."""

    key: Key
    start: int
    end: int
    graded: tuple[str, str, str] | None


class RunFolder:
    """Appends reports to a run's folder, and knows which are there already.

    Raises
    ------
    HarnessError
        When another process writes to the folder; nothing in it is touched.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder)
        self._facts = folder / FACTS_FILE
        self._path = folder / RUN_FILE
        try:
            places = list(_places(self._path)) if self._path.is_file() else []
        except HarnessError:
            self._lock.close()
            raise
        self._latest = {place.key: place for place in places}
        self._file: IO[bytes] = self._path.open("ab")
        self._file.truncate(places[-1].end if places else 0)  # a last line that was broken off

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        self._lock.truncate(0)
        self._lock.close()

    def describe(self, facts: RunFacts) -> None:
        """Keep what is known of the run as a whole; it is there whole or not at all."""
        write_whole(self._facts, (json.dumps(asdict(facts), indent=2) + "\n").encode())

    @property
    def keys(self) -> list[Key]:
        """What tells apart the submissions that have a report."""
        return list(self._latest)

    def has(self, submission: str, student: str | None, fingerprint: str, cases: str, version: str) -> bool:
        """Whether exactly this was graded already (same bytes, cases and version)."""
        latest = self._latest.get((submission, student))
        return bool(fingerprint) and latest is not None and latest.graded == (fingerprint, cases, version)

    def add(self, entry: RunEntry) -> None:
        """Append one report; it is on its way to the disk when this returns."""
        facts: _Line = {name: getattr(entry, name) for name in _FACTS}
        line = {**facts, "files": dict(entry.files), "report": report_to_json(entry.report)}
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        place = _place(line, start, self._file.tell())
        self._latest[place.key] = place

    def entries(self, order: Iterable[Key]) -> Iterator[RunEntry]:
        """The latest report of each submission, in the given order, one at a time."""
        return _entries(self._path, [self._latest[key] for key in order if key in self._latest])


def read_facts(folder: Path) -> RunFacts:
    """What is known of a folder's run as a whole; of a folder without a run, what a new one begins with."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):  # no such file, or not as it was written
        data = json.loads((folder / FACTS_FILE).read_text("utf-8"))
        known = {one.name: data[one.name] for one in fields(RunFacts) if one.name in data}
        return RunFacts(**{**known, "missing": tuple(data.get("missing", ()))})
    return RunFacts()


def _locked(folder: Path) -> IO[bytes]:
    """The lock of a folder, with its owner in it for whoever finds it taken."""
    lock = (folder / LOCK_FILE).open("a+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read(1000).decode("utf-8", "replace").strip() or "another process"
        age = _age(datetime.now(UTC).timestamp() - os.fstat(lock.fileno()).st_mtime)
        lock.close()
        raise HarnessError(
            f"{folder} is being written by {owner}, which began {age} ago; nothing was touched: "
            "wait until it has ended, or name another folder with -o"
        ) from None
    lock.truncate(0)
    lock.write(f"process {os.getpid()} on {socket.gethostname()}".encode())
    lock.flush()
    return lock


def _age(seconds: float) -> str:
    """How long something has lasted, in the largest unit that it has two of."""
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0, seconds):.0f} seconds"


def read_run(folder: Path) -> Iterator[RunEntry]:
    """The latest report of each submission in a run's folder, sorted by submission.

    Raises
    ------
    HarnessError
        When the folder holds no run.
    """
    path = folder / RUN_FILE
    if not path.is_file():
        raise HarnessError(f"{folder} holds no grading run; make one with 'grader grade ... -o {folder}'")
    latest = {place.key: place for place in _places(path)}
    return _entries(path, [latest[key] for key in sorted(latest, key=lambda key: (key[0], key[1] or ""))])


def _places(path: Path) -> Iterator[_Place]:
    """The finished lines of a run's file, oldest first."""
    end = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            start, end = end, end + len(line)
            try:
                yield _place(json.loads(line), start, end)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                problem = f"{path}, line {number} is no report of a run; take the line out or use another folder"
                raise HarnessError(problem) from error


def _place(line: _Line, start: int, end: int) -> _Place:
    report = line["report"]
    if not isinstance(report["submission"], str) or not isinstance(report["student"], str | None):
        raise TypeError("a submission and a student have names")
    # Thousands of reports were made with the same cases by the same version.
    graded = line["fingerprint"], sys.intern(report["cases"]), sys.intern(report["grader_version"])
    return _Place((report["submission"], report["student"]), start, end, None if report["status"] == "error" else graded)


def _entries(path: Path, places: Iterable[_Place]) -> Iterator[RunEntry]:
    with path.open("rb") as lines:
        for place in places:
            lines.seek(place.start)
            line: _Line = json.loads(lines.read(place.end - place.start))
            try:
                yield _entry(line)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                problem = f"{path}, byte {place.start} is no report of a run; take the line out or use another folder"
                raise HarnessError(problem) from error


def _entry(line: _Line) -> RunEntry:
    return RunEntry(
        report_from_json(line["report"]),
        line["fingerprint"],
        dict(line.get("files", {})),
        line["name"],
        line["email"],
        line["late"],
        line.get("note", ""),
        line.get("submitted", ""),
    )
