"""The folder of a grading run: a line per report, which a rerun reads and an interruption cannot spoil."""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import HarnessError
from grader.grading.rundir import RunEntry, RunFacts, RunFolder, read_facts, read_run
from grader.model import Report
from tests.test_model import REPORTS

REPORT = Report("tiny", "a.py", "s1", "graded", "full", 50.0, 100.0, cases="digest", grader_version="1")
ENTRY = RunEntry(REPORT, "print", {"a.py": "in/a.py"}, "Änne", "a@b", True, "another file was passed over")


def add(folder: Path, *entries: RunEntry) -> None:
    with RunFolder(folder) as run:
        for entry in entries:
            run.add(entry)


def test_what_is_added_is_read_back(tmp_path: Path) -> None:
    add(tmp_path / "deep" / "run", ENTRY)
    assert list(read_run(tmp_path / "deep" / "run")) == [ENTRY]


TEXT = st.text()
ENTRIES = st.builds(RunEntry, REPORTS, TEXT, st.dictionaries(TEXT, TEXT, max_size=2), TEXT, TEXT, st.booleans(), TEXT)


@given(st.lists(ENTRIES, max_size=3))
def test_any_entry_survives_the_folder(entries: list[RunEntry]) -> None:
    with tempfile.TemporaryDirectory() as name:
        add(Path(name), *entries)
        latest = {(e.report.submission, e.report.student): e for e in entries}
        found = {(e.report.submission, e.report.student): e for e in read_run(Path(name))}
    assert found == latest


def test_the_latest_report_of_each_submission_comes_in_their_order(tmp_path: Path) -> None:
    later = replace(ENTRY, report=replace(REPORT, points=70.0))
    other = replace(ENTRY, report=replace(REPORT, submission="0.py", student=None))
    add(tmp_path, ENTRY, other, later)
    assert list(read_run(tmp_path)) == [other, later]
    with RunFolder(tmp_path) as run:
        assert list(run.entries([("a.py", "s1"), ("absent.py", None), ("0.py", None)])) == [later, other]


def test_the_same_file_of_two_students_is_two_submissions(tmp_path: Path) -> None:
    other = replace(ENTRY, report=replace(REPORT, student="s2"))
    add(tmp_path, ENTRY, other)
    assert len(list(read_run(tmp_path))) == 2


@pytest.mark.parametrize(
    ("fingerprint", "cases", "version", "known"),
    [
        ("print", "digest", "1", True),
        ("other", "digest", "1", False),
        ("print", "x", "1", False),
        ("print", "digest", "2", False),
    ],
)
def test_only_exactly_what_was_graded_is_known(
    tmp_path: Path, fingerprint: str, cases: str, version: str, known: bool
) -> None:
    add(tmp_path, ENTRY)
    with RunFolder(tmp_path) as run:
        assert run.has("a.py", "s1", fingerprint, cases, version) is known
        assert not run.has("a.py", "s2", fingerprint, cases, version)


def test_an_error_and_a_file_without_fingerprint_are_graded_again(tmp_path: Path) -> None:
    error = replace(ENTRY, report=replace(REPORT, status="error", points=None))
    add(tmp_path, error, replace(ENTRY, fingerprint="", report=replace(REPORT, submission="b.py")))
    with RunFolder(tmp_path) as run:
        assert not run.has("a.py", "s1", "print", "digest", "1")
        assert not run.has("b.py", "s1", "", "digest", "1")


def test_a_line_that_was_broken_off_is_passed_over_by_readers_and_taken_out_by_the_next_run(tmp_path: Path) -> None:
    add(tmp_path, ENTRY)
    path = tmp_path / "reports.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert list(read_run(tmp_path)) == [ENTRY]
    assert path.read_bytes() == whole + whole[: len(whole) // 2], "a reader wrote to the run"
    other = replace(ENTRY, report=replace(REPORT, submission="b.py"))
    add(tmp_path, other)
    assert list(read_run(tmp_path)) == [ENTRY, other]
    assert path.read_bytes().startswith(whole)


def test_a_reader_in_the_middle_of_a_line_spoils_nothing_for_the_writer(tmp_path: Path) -> None:
    other = replace(ENTRY, report=replace(REPORT, submission="b.py"))
    add(tmp_path / "other", other)
    line = (tmp_path / "other" / "reports.jsonl").read_bytes()
    add(tmp_path, ENTRY)
    with (tmp_path / "reports.jsonl").open("ab", buffering=0) as writer:
        writer.write(line[:100])
        assert list(read_run(tmp_path)) == [ENTRY]
        writer.write(line[100:])
    assert list(read_run(tmp_path)) == [ENTRY, other]


def test_a_run_is_read_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path, ENTRY)
    opened_as = Path.open

    def read_only(self: Path, mode: str = "r", *more: object, **options: object) -> object:
        if set(mode) & set("wax+"):
            raise OSError(errno.EROFS, "Read-only file system")
        return opened_as(self, mode, *more, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", read_only)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: pytest.fail("a reader made a folder"))
    assert list(read_run(tmp_path)) == [ENTRY]
    monkeypatch.undo()
    tmp_path.chmod(0o500)
    assert list(read_run(tmp_path)) == [ENTRY]
    tmp_path.chmod(0o700)


def test_an_error_after_a_grade_of_other_bytes_takes_the_place_of_both(tmp_path: Path) -> None:
    error = replace(ENTRY, fingerprint="later", report=replace(REPORT, status="error", points=None))
    add(tmp_path, ENTRY, error)
    with RunFolder(tmp_path) as run:
        assert not run.has("a.py", "s1", "print", "digest", "1"), "the report that would be handed out is the error"


@pytest.mark.parametrize("line", [b"nonsense\n", b"{}\n", b"[]\n", b'{"report": 3}\n', b"\xff\n"])
def test_a_damaged_line_is_told_with_its_place(tmp_path: Path, line: bytes) -> None:
    add(tmp_path, ENTRY)
    path = tmp_path / "reports.jsonl"
    path.write_bytes(path.read_bytes() + line)
    with pytest.raises(HarnessError, match=r"reports.jsonl, line 2 is no report of a run; take the line out"):
        RunFolder(tmp_path)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="holds no grading run; make one with 'grader grade"):
        list(read_run(tmp_path))


# -- one writer at a time ------------------------------------------------------------------------


def test_a_second_writer_is_told_who_the_first_one_is_and_touches_nothing(tmp_path: Path) -> None:
    with RunFolder(tmp_path) as run:
        run.add(ENTRY)
        before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
        with pytest.raises(HarnessError, match=f"is being written by process {os.getpid()} on .*, which began .* ago"):
            RunFolder(tmp_path)
        assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before
    add(tmp_path, ENTRY)


@pytest.mark.sandbox
def test_a_lock_does_not_outlive_its_owner(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        RunFolder(tmp_path).add(ENTRY)
        os._exit(0)  # as after a kill: nothing is closed or written any more
    os.waitpid(child, 0)
    with RunFolder(tmp_path) as run:
        assert run.keys == [("a.py", "s1")]


def test_a_folder_with_a_damaged_line_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "reports.jsonl").write_text("[]\n", "utf-8")
    with pytest.raises(HarnessError, match="line 1"):
        RunFolder(tmp_path)
    (tmp_path / "reports.jsonl").unlink()
    add(tmp_path, ENTRY)


# -- the run as a whole ---------------------------------------------------------------------------


def test_what_is_known_of_a_run_is_read_back(tmp_path: Path) -> None:
    facts = RunFacts("tiny", "A tiny one", 3, gradebook="marks.db", roster=2, missing=("Änne (s2)",))
    with RunFolder(tmp_path) as run:
        run.describe(facts)
    assert read_facts(tmp_path) == facts


@pytest.mark.parametrize("text", ["", "[]", '{"missing": 1}', '{"seed": 1', '{"unknown": 1}'])
def test_a_folder_without_such_facts_begins_a_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text, "utf-8")
    facts = read_facts(tmp_path)
    assert (facts.assignment, facts.missing) == ("", ())
    assert facts.id != read_facts(tmp_path).id
