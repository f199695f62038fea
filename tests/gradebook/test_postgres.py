"""The gradebook on a real PostgreSQL server, which the tests start on loopback; skipped, with the reason, without one."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from grader.errors import HarnessError
from grader.gradebook.marks import marks
from grader.gradebook.schema import MIGRATIONS
from grader.gradebook.store import finish_run, open_gradebook, record, runs, start_run, unfinished_run
from grader.model import Report

pytestmark = pytest.mark.sandbox  # it starts a server
NOW = datetime(2026, 11, 28, 20, tzinfo=UTC)


def _program(name: str) -> str:
    """A program of the server, which Debian keeps off the path."""
    found = [shutil.which(name), *sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)]
    return next((path for path in found if path), "")


def _other_user() -> str | None:
    """Whom the server runs as: it refuses to be root."""
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an empty database, without its name."""
    pytest.importorskip("psycopg", reason="the extra 'postgres' (psycopg) is not installed")
    if not (_program("initdb") and _program("postgres")):
        pytest.skip("PostgreSQL is not installed here (Debian's package 'postgresql')")
    with TemporaryDirectory(prefix="pg", dir="/tmp") as name, socket.socket() as free:
        user = _other_user()
        if user is not None:
            shutil.chown(name, user)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        made = subprocess.run(
            [_program("initdb"), "-D", f"{name}/data", "-A", "trust", "-U", "grader", "-N", "-E", "UTF8", "--locale=C"],
            capture_output=True, text=True, user=user, cwd=name,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"initdb does not work here: {made.stderr.strip().splitlines()[-1]}")
        options = ["-c", "listen_addresses=127.0.0.1", "-p", str(port), "-k", name, "-c", "fsync=off"]
        command = [_program("postgres"), "-D", f"{name}/data", *options]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, user=user, cwd=name)
        address = f"postgresql://grader@127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/postgres", process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    engine = sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    try:
        while True:
            try:
                with engine.connect():
                    return
            except sa.exc.OperationalError:
                if process.poll() is not None:
                    pytest.skip(f"postgres does not start here (status {process.returncode})")
                time.sleep(0.05)
    finally:
        engine.dispose()


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    engine = sa.create_engine(
        server.replace("postgresql:", "postgresql+psycopg:") + "/postgres", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def report(student: str, points: float) -> Report:
    return Report("tiny", f"{student}.py", student, "graded", "full", points, 100.0)


def test_many_first_openings_at_once_make_the_tables_once(address: str) -> None:
    code = "import sys; from grader.gradebook.store import open_gradebook\nwith open_gradebook(sys.argv[1]): pass"
    starts = [subprocess.Popen([sys.executable, "-c", code, address], stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [(process.communicate()[1], process.returncode) for process in starts] == [("", 0)] * 4
    with open_gradebook(address) as book, book.connect() as connection:
        names = connection.execute(sa.text("SELECT name FROM grader_migrations ORDER BY name")).scalars().all()
    assert names == sorted(MIGRATIONS)


def test_two_graders_at_once_lose_nothing(address: str) -> None:
    def grader(number: int) -> None:
        with open_gradebook(address) as book:
            run = start_run(book, assignment="tiny", cases="c", grader_version="1", started=NOW, note=str(number))
            for student in range(30):
                record(book, run, report(f"s{student:02d}", float(number + student)), name=f"张伟 {student}")
            finish_run(book, run, finished=NOW)

    with ThreadPoolExecutor() as pool:
        list(pool.map(grader, (1, 2)))
    with open_gradebook(address) as book:
        assert [(run.reports, run.finished is not None) for run in runs(book)] == [(30, True), (30, True)]
        later = float(runs(book)[-1].note)  # either grader may have begun first
        found = marks(book, "tiny")
        assert [(mark.student, mark.points) for mark in found[:2]] == [("s00", later), ("s01", later + 1)]
        assert found[0].name == "张伟 0"


def test_a_run_that_was_broken_off_is_found_again(address: str) -> None:
    facts = {"assignment": "tiny", "cases": "c", "grader_version": "1", "note": "id"}
    with open_gradebook(address) as book:
        assert unfinished_run(book, **facts) is None
        run = start_run(book, **facts, started=NOW)
        assert unfinished_run(book, **facts) == run
        assert unfinished_run(book, **{**facts, "note": "other"}) is None
        finish_run(book, run, finished=NOW)
        assert unfinished_run(book, **facts) is None


def test_a_server_that_does_not_answer_is_told_without_the_password(address: str) -> None:
    where = address.rpartition(":")[0].replace("grader@", "grader:secret@") + ":1/x"
    with pytest.raises(HarnessError, match="does not open as a gradebook") as caught, open_gradebook(where):
        pass
    assert "secret" not in str(caught.value)
