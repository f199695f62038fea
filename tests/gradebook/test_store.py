"""The gradebook: nothing is lost, nothing is overwritten, and a mark can be explained."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.gradebook.decided import decided, decisions_of
from grader.gradebook.marks import marks
from grader.gradebook.schema import MIGRATIONS, GradebookError, migrate
from grader.gradebook.store import (
    finish_run,
    open_gradebook,
    override,
    overrides,
    record,
    reports,
    runs,
    start_run,
    writing,
)
from grader.model import Check, Finding, FunctionReport, Report

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def report(student: str | None = "s1", points: float | None = 5.0, **more: object) -> Report:
    found = Report("a1", f"{student}.py", student, "graded", "full", points, 10.0, cases="abc", grader_version="1")
    return replace(found, **more)  # type: ignore[arg-type]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_gradebook(tmp_path / "marks.db") as opened:
        yield opened


def begin(book: sa.Engine, assignment: str = "a1", cases: str = "abc") -> int:
    return start_run(book, assignment=assignment, cases=cases, grader_version="1", started=NOON)


# ---- runs and reports ---------------------------------------------------------------------------------


def test_a_run_knows_what_when_and_how_much(book: sa.Engine) -> None:
    summer = timezone(timedelta(hours=2))
    first = start_run(book, assignment="a1", cases="abc", grader_version="1.2", started=NOON.astimezone(summer), note="x")
    second = begin(book, "a2")
    record(book, first, report())
    finish_run(book, first, finished=NOON + timedelta(minutes=1))
    one, two = runs(book)
    assert (one.id, one.assignment, one.cases, one.grader_version, one.note) == (
        first,
        "a1",
        "abc",
        "1.2",
        "x",
    )
    assert (one.started, one.finished) == ("2026-11-02T12:00:00+00:00", "2026-11-02T12:01:00+00:00")
    assert (one.reports, two.reports, two.id, two.finished) == (1, 0, second, None)


def test_a_report_comes_back_as_it_went_in(book: sa.Engine) -> None:
    run = begin(book)
    check = Check("values", "dW", "failed", 0.0, 2.0, "wrong \x1b[31m =cmd() \ud800")
    function = FunctionReport(
        "f",
        "failed",
        "cell 1",
        0.0,
        2.0,
        False,
        (check,),
        (Finding("c", "m"),),
        {"item": "dW", "expected": None},
    )
    sent = report("作业", 5.0, functions=(function,), messages=("a\0b",), duration_s=0.25)
    record(book, run, sent, name="Zoë", email="z@u.edu", late=True, fingerprint="f1")
    ((row, stored),) = reports(book, run)
    assert stored == sent
    assert (row.student, row.name, row.email, row.late, row.fingerprint, row.run) == ("作业", "Zoë", "z@u.edu", 1, "f1", run)


_TEXT = st.text(max_size=30)
_NUMBER = st.floats(0, 100, allow_nan=False)
_CHECKS = st.builds(Check, _TEXT, _TEXT, st.sampled_from(["passed", "failed", "skipped"]), _NUMBER, _NUMBER, _TEXT)
_FUNCTIONS = st.builds(
    FunctionReport,
    _TEXT,
    st.sampled_from(["passed", "failed", "missing"]),
    st.none() | _TEXT,
    _NUMBER,
    _NUMBER,
    st.booleans(),
    st.lists(_CHECKS, max_size=2).map(tuple),
)
_REPORTS = st.builds(
    Report,
    st.just("a1"),
    _TEXT,
    st.none() | _TEXT,
    st.sampled_from(["graded", "unreadable", "error"]),
    st.just("full"),
    st.none() | _NUMBER,
    _NUMBER,
    st.lists(_FUNCTIONS, max_size=2).map(tuple),
    messages=st.lists(_TEXT, max_size=2).map(tuple),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=_REPORTS, name=_TEXT)
def test_every_report_comes_back_as_it_went_in(book: sa.Engine, sent: Report, name: str) -> None:
    run = begin(book)
    record(book, run, sent, name=name)
    ((_, stored),) = reports(book, run)
    assert stored == sent


def test_reports_of_a_run_keep_their_order(book: sa.Engine) -> None:
    run = begin(book)
    for student in ("b", "c", "a"):
        record(book, run, report(student))
    assert [row.student for row, _ in reports(book, run)] == ["b", "c", "a"]


def test_a_report_without_a_student_stands_under_its_path(book: sa.Engine) -> None:
    run = begin(book)
    record(book, run, report(None, submission="x/hw.py"))
    assert [row.student for row, _ in reports(book, run)] == ["x/hw.py"]


def test_a_second_report_on_a_submission_replaces_the_first(book: sa.Engine) -> None:
    run = begin(book)
    record(book, run, report("s1", None, status="error"))
    record(book, run, report("s2", 3.0))
    record(book, run, report("s1", 7.0))
    assert sorted((row.student, stored.points) for row, stored in reports(book, run)) == [("s1", 7.0), ("s2", 3.0)]


def test_members_of_a_group_share_a_submission(book: sa.Engine) -> None:
    run = begin(book)
    record(book, run, report("s1", submission="team.py"))
    record(book, run, report("s2", submission="team.py"))
    assert len(list(reports(book, run))) == 2


# ---- errors -------------------------------------------------------------------------------------------


def test_an_unknown_run_is_answered_with_the_runs_there_are(book: sa.Engine) -> None:
    with pytest.raises(GradebookError, match="there is no run 1; the gradebook has no run yet"):
        record(book, 1, report())
    begin(book)
    for use in (
        lambda: list(reports(book, 9)),
        lambda: finish_run(book, 9, finished=NOON),
    ):
        with pytest.raises(GradebookError, match="there is no run 9; the gradebook has run 1"):
            use()


def test_a_report_of_another_assignment_is_refused(book: sa.Engine) -> None:
    run = begin(book)
    with pytest.raises(GradebookError, match="is of 'a1', the report of 'a2'"):
        record(book, run, report(assignment="a2"))
    assert list(reports(book, run)) == []


def test_a_time_without_a_zone_is_refused(book: sa.Engine) -> None:
    with pytest.raises(GradebookError, match="expected a time with a time zone"):
        start_run(book, assignment="a", cases="", grader_version="", started=datetime(2026, 1, 1))


def test_reading_commands_do_not_create_a_gradebook(tmp_path: Path) -> None:
    with pytest.raises(GradebookError, match="there is no gradebook at"), open_gradebook(tmp_path / "none.db", create=False):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("{}/no/such/folder.db", "unable to open database file"),
        ("{}/text.db", "file is not a database"),
        ("nonsense://user:secret@host/db", "nonsense"),
    ],
)
def test_what_does_not_open_is_named_without_its_password(tmp_path: Path, where: str, message: str) -> None:
    (tmp_path / "text.db").write_text("this is a text, and a long one, not a database\n" * 50)
    with pytest.raises(GradebookError, match=message) as caught, open_gradebook(where.format(tmp_path)):
        pass
    assert "secret" not in str(caught.value)


def test_without_sqlalchemy_the_import_says_what_to_install() -> None:
    program = "import sys; sys.modules['sqlalchemy'] = None; import grader.gradebook.store"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "HarnessError: the gradebook needs the extra 'gradebook': python -m pip install 'numpy-" in done.stderr


# ---- overrides ----------------------------------------------------------------------------------------


def test_overrides_are_kept_with_author_and_reason(book: sa.Engine) -> None:
    override(book, "a1", "s1", 8.0, author="prof", reason="oral exam", made=NOON)
    override(book, "a1", "s1", None, author="dean", reason="taken back", made=NOON)
    override(book, "a2", "s1", 1.0, author="prof", reason="other", made=NOON)
    at = "2026-11-02T12:00:00+00:00"
    assert [tuple(row)[1:] for row in overrides(book, "a1")] == [
        ("a1", "s1", 8.0, "prof", "oral exam", at, ""),
        ("a1", "s1", None, "dean", "taken back", at, ""),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": -1.0}, "expected points of 0 or more, found -1.0"),
        ({"points": float("nan")}, "expected points of 0 or more, found nan"),
        ({"student": " "}, "needs its student"),
        ({"author": ""}, "needs its author"),
        ({"reason": "\n"}, "needs its reason"),
    ],
)
def test_an_override_must_make_sense(book: sa.Engine, change: dict[str, object], message: str) -> None:
    told: dict[str, object] = {
        "student": "s1",
        "points": 1.0,
        "author": "prof",
        "reason": "why",
        "made": NOON,
        **change,
    }
    with pytest.raises(GradebookError, match=message):
        override(book, "a1", **told)  # type: ignore[arg-type]
    assert not overrides(book, "a1")


# ---- crashes, writers, versions -----------------------------------------------------------------------


def _crash(where: str) -> None:
    with open_gradebook(where) as book:
        run = begin(book)
        record(book, run, report("s1"))
        record(book, run, report("s2"))
        with writing(book) as connection:
            connection.execute(sa.text("DELETE FROM grader_reports"))
            os._exit(9)


def _write(where: str, name: str) -> None:
    with open_gradebook(where) as book:
        run = begin(book)
        for number in range(20):
            record(book, run, report(f"{name}-{number}"))


def test_a_crash_in_the_middle_loses_no_finished_report(tmp_path: Path) -> None:
    where = str(tmp_path / "marks.db")
    process = multiprocessing.get_context("spawn").Process(target=_crash, args=(where,))
    process.start()
    process.join()
    assert process.exitcode == 9
    with open_gradebook(where) as book:
        (run,) = runs(book)
        assert run.finished is None
        assert [(row.student, row.submission) for row, _ in reports(book, run.id)] == [("s1", "s1.py"), ("s2", "s2.py")]


def test_many_writers_wait_for_each_other(tmp_path: Path) -> None:
    where = str(tmp_path / "marks.db")
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(where, name)) for name in ("a", "b", "c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with open_gradebook(where) as book:
        assert sorted((run.id, run.reports) for run in runs(book)) == [(1, 20), (2, 20), (3, 20)]


def test_a_new_file_waits_for_whoever_is_writing_it(tmp_path: Path) -> None:
    # A file that is not yet written ahead, with a writer in it: SQLite itself would not wait here.
    where = tmp_path / "marks.db"
    first = sqlite3.connect(where, isolation_level=None, check_same_thread=False)
    first.execute("CREATE TABLE other (x)")
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(where).execute("PRAGMA journal_mode=WAL")
    ends = threading.Timer(0.2, first.execute, ["COMMIT"])
    ends.start()
    with open_gradebook(where) as book:
        begin(book)
        assert len(runs(book)) == 1
    ends.join()


def test_a_file_that_cannot_be_written_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = tmp_path / "marks.db"
    sqlite3.connect(where).execute("CREATE TABLE other (x)")
    only_read = f"sqlite:///file:{where}?mode=ro&uri=true"
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("it waits for what will not change"))
    with pytest.raises(GradebookError, match="readonly database"), open_gradebook(only_read):
        pass


def test_the_file_is_written_ahead_and_synchronised(book: sa.Engine) -> None:
    with book.connect() as connection:
        settings_now = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings_now == ["wal", 2, 1, 60000]


def test_opening_again_runs_no_migration_twice(tmp_path: Path) -> None:
    with open_gradebook(tmp_path / "m.db") as book:
        begin(book)
    with open_gradebook(str(tmp_path / "m.db"), create=False) as book, writing(book) as connection:
        assert migrate(connection) == ()
        assert len(runs(book)) == 1


# The tables as version 0.1 made them, and what it wrote into them.
FIRST_RELEASE = """
CREATE TABLE grader_migrations (name VARCHAR(255) NOT NULL, PRIMARY KEY (name));
CREATE TABLE grader_runs (
    id INTEGER NOT NULL, assignment VARCHAR(255) NOT NULL, cases TEXT NOT NULL, grader_version TEXT NOT NULL,
    note TEXT NOT NULL, started TEXT NOT NULL, finished TEXT, PRIMARY KEY (id));
CREATE INDEX ix_grader_runs_assignment ON grader_runs (assignment);
CREATE TABLE grader_overrides (
    id INTEGER NOT NULL, assignment VARCHAR(255) NOT NULL, student VARCHAR(255) NOT NULL, points FLOAT,
    author TEXT NOT NULL, reason TEXT NOT NULL, made TEXT NOT NULL, PRIMARY KEY (id));
CREATE INDEX ix_grader_overrides_assignment ON grader_overrides (assignment);
CREATE TABLE grader_reports (
    id INTEGER NOT NULL, run INTEGER NOT NULL, student VARCHAR(255) NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
    submission TEXT NOT NULL, fingerprint TEXT NOT NULL, late INTEGER NOT NULL, status TEXT NOT NULL, points FLOAT,
    max_points FLOAT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(run) REFERENCES grader_runs (id));
CREATE INDEX ix_grader_reports_run ON grader_reports (run);
CREATE INDEX ix_grader_reports_student ON grader_reports (student);
INSERT INTO grader_migrations VALUES ('m001_runs_reports_overrides');
INSERT INTO grader_runs VALUES (1, 'a1', 'abc', '0.1', '', '2026-11-02T12:00:00+00:00', NULL);
"""


def _table_facts(book: sa.Engine) -> dict[str, object]:
    inspector = sa.inspect(book)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(name)],
            sorted(index["name"] or "" for index in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
    }


def test_a_gradebook_of_the_first_release_opens_with_the_tables_of_a_new_one(book: sa.Engine, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.executescript(FIRST_RELEASE)
    old.close()
    with open_gradebook(tmp_path / "old.db", create=False) as opened:
        assert _table_facts(opened) == _table_facts(book)
        record(opened, 1, report())
        assert [(run.id, run.grader_version, run.reports) for run in runs(opened)] == [(1, "0.1", 1)]


def test_a_new_gradebook_has_todays_tables_and_needs_no_migration(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/new.db")
    with engine.begin() as connection:
        later = {**MIGRATIONS, "m002_more": lambda _: pytest.fail("a new gradebook was migrated")}
        assert migrate(connection, later) == tuple(later)
        assert migrate(connection, later) == ()
    engine.dispose()


def test_a_new_migration_keeps_what_is_stored(book: sa.Engine) -> None:
    def m002_more(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE grader_runs ADD COLUMN mood TEXT DEFAULT 'good'"))

    record(book, begin(book), report())
    with writing(book) as connection:
        assert migrate(connection, {**MIGRATIONS, "m002_more": m002_more}) == ("m002_more",)
        assert connection.execute(sa.text("SELECT mood FROM grader_runs")).scalar_one() == "good"


def test_a_migration_that_fails_leaves_the_old_gradebook(book: sa.Engine) -> None:
    def m002_breaks(connection: sa.Connection) -> None:
        connection.execute(sa.text("DELETE FROM grader_runs"))
        raise RuntimeError("broken")

    begin(book)
    with pytest.raises(RuntimeError, match="broken"), writing(book) as connection:
        migrate(connection, {**MIGRATIONS, "m002_breaks": m002_breaks})
    assert len(runs(book)) == 1


def test_a_gradebook_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    with open_gradebook(tmp_path / "m.db") as book, writing(book) as connection:
        connection.execute(sa.text("INSERT INTO grader_migrations VALUES ('m999_future')"))
    newer = r"newer grader \('m999_future'\); update"
    with pytest.raises(GradebookError, match=newer), open_gradebook(tmp_path / "m.db"):
        pass


def test_a_database_that_holds_other_tables_keeps_them(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shared.db") as other:
        other.execute("CREATE TABLE runs (id INTEGER)")
        other.execute("INSERT INTO runs VALUES (41)")
    other.close()
    with open_gradebook(f"sqlite:///{tmp_path}/shared.db") as book, book.connect() as connection:
        begin(book)
        assert connection.execute(sa.text("SELECT id FROM runs")).scalar_one() == 41


# ---- odd names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("z" * 300 + "a", "z" * 300 + "b"), ("a\0b", "a\0c"), ("s\udcff", "t\udcff")])
def test_points_by_hand_are_of_the_student_whose_name_they_say(book: sa.Engine, names: tuple[str, str]) -> None:
    """Two long names that begin alike are those of two students, also in a table that takes 255 characters."""
    run = begin(book)
    for name, points in zip(names, (3.0, 7.0), strict=True):
        record(book, run, report(name, points))
    override(book, "a1", names[0], 9.0, author="A", reason="oral exam", made=NOON)
    assert sorted(mark.points for mark in marks(book, "a1") if mark.points is not None) == [7.0, 9.0]
    decisions = decisions_of(book, "a1")
    assert [decided(report(name, 1.0), decisions).points for name in names] == [9.0, 1.0]
