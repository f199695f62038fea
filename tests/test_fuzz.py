"""The readers as fuzz targets: whatever comes, a result or an error in words, and no file outside."""

from __future__ import annotations

import contextlib
import csv
import functools
import gzip
import io
import itertools
import json
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import HarnessError, SubmissionError
from grader.gradebook.lms import Mark, fill_canvas, fill_moodle, marks_csv
from grader.grading.rundir import read_run
from grader.intake.archive import unpack
from grader.intake.collect import collect, collect_one
from grader.intake.csv import SheetError, parse_sheet, sheet_bytes
from grader.intake.members import Limits
from grader.intake.roster import find, read_roster
from grader.model import Check, FunctionReport, Report, report_to_json
from grader.submission.cells import read_cells
from grader.submission.reading import parse_files

GRADED = frozenset({"relu", "tanh"})
SMALL = Limits(entries=30, listed=60, file_bytes=1 << 16, total_bytes=1 << 18, ratio=50)
FEW = settings(max_examples=50, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=10_000)

PIECES = st.sampled_from(
    ["..", ".", "a", "ann", "hw.py", "hw-2.py", "hw (3).ipynb", "x.zip", "y.tar.gz", "n.txt", ".git", "__MACOSX", "._a.py",
     "venv", "Ann Lee_501_assignsubmission_file_", "annlee_LATE_4711_90001_hw.py",
     "anon_x1_90002_hw.ipynb", "week_3_2_a.py", "C:",
     "submission_metadata.yml", "reports.jsonl", "pyvenv.cfg", "submitted", ".ipynb_checkpoints", "\\",
     "1" * 50, "_" * 50, "e\x1b[2J"]
)  # fmt: skip
NAMES = st.lists(PIECES | st.text(max_size=8), min_size=1, max_size=5).map("/".join)
CODE = st.sampled_from(
    ["def relu(Z):\n    return Z\n", "relu = lambda Z: Z\n", "import hw\nfrom .a import *\n", "%run a.ipynb\n",
     "%%writefile a.py\nx = 1\n",
     "s:\n  :submitters:\n  - :sid: ann\n", "{", "\0", "\ufeff", "<html>", "# coding: idna\n"]
)  # fmt: skip
CONTENTS = st.lists(CODE | st.text(max_size=20), max_size=4).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)
DATA = CONTENTS | st.binary(max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "worksheets", "input", "kernelspec"]), inner
        )
    ),
    max_leaves=12,
)


def zipped(files: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "") or "x"), data)
    return out.getvalue()


def tarred(files: list[tuple[str, bytes]], kinds: list[bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for (name, data), kind in zip(files, kinds, strict=False):
            info = tarfile.TarInfo(name.encode("utf-8", "replace").decode())
            info.size, info.type, info.linkname = len(data), kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


FILES = st.lists(st.tuples(NAMES, DATA), max_size=6)
ENCODABLE = st.lists(st.tuples(NAMES.filter(lambda name: name.isprintable()), DATA), max_size=6)
KINDS = st.lists(
    st.sampled_from([tarfile.REGTYPE, tarfile.SYMTYPE, b"S", b"x", b"L", b"g", b"K", b"5", b"?"]), min_size=6, max_size=6
)
ZIPS = st.builds(zipped, ENCODABLE)
TARS = st.builds(tarred, FILES, KINDS)
ARCHIVES = ZIPS | TARS | TARS.map(gzip.compress)
DAMAGED = st.builds(
    lambda data, at, byte, cut: (data[: at % (len(data) or 1)] + byte + data[at % (len(data) or 1) + 1 :])[: cut or None],
    ARCHIVES, st.integers(0, 5_000), st.binary(min_size=1, max_size=1), st.integers(-40, 0),
)  # fmt: skip


def target(strategy: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test with a few inputs each time, and with ten thousand where there is time; ``-rP`` shows how many there were."""

    def of(test: Callable[..., None]) -> Callable[..., None]:
        inputs = itertools.count()

        @functools.wraps(test)
        def counted(**named: object) -> None:
            next(inputs)
            test(**named)

        few, many = FEW(given(strategy)(counted)), MANY(given(strategy)(counted))

        @pytest.mark.parametrize("run", [few, pytest.param(many, marks=pytest.mark.slow)], ids=["few", "many"])
        def both(run: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> None:
            FOLDER[:] = [tmp_path_factory.mktemp("fuzz")]
            before = next(inputs)
            run()
            number = next(inputs) - before - 1
            print(f"{number} inputs")
            assert number >= (MANY if run is many else FEW).max_examples

        both.__doc__ = test.__doc__
        return both

    return of


FOLDER: list[Path] = []


def fresh() -> Path:
    """A new folder with nothing beside it."""
    place = FOLDER[0] / str(len(FOLDER))
    FOLDER.append(place)
    place.mkdir()
    return place


def all_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).parts[0] for path in folder.rglob("*")}


@target(ARCHIVES | DAMAGED | st.binary(max_size=200))
def test_an_archive_is_unpacked_inside_or_refused(data: bytes) -> None:
    folder = fresh()
    (folder / "a.zip").write_bytes(data)
    (folder / "into").mkdir()
    with contextlib.suppress(SubmissionError):
        unpack(folder / "a.zip", folder / "into", limits=SMALL)
    assert all_below(folder) == {"a.zip", "into"} or all_below(folder) == {"a.zip"} | {"into"}
    assert all(path.is_file() and not path.is_symlink() for path in (folder / "into").iterdir())


@target(st.tuples(ARCHIVES | DAMAGED, st.sampled_from(["a.zip", "a.tar.gz", "a.ipynb", "a.py", "a.txt"])))
def test_one_student_has_files_or_a_problem(given_file: tuple[bytes, str]) -> None:
    folder = fresh()
    data, name = given_file
    (folder / name).write_bytes(data)
    hand_in = collect_one([folder / name], unpack_to=folder / "unpacked")
    assert bool(hand_in.files) != bool(hand_in.problem)
    assert all_below(folder) <= {name, "unpacked"}


@target(st.tuples(FILES, st.booleans()))
def test_every_layout_of_a_class_gives_rows(layout: tuple[list[tuple[str, bytes]], bool]) -> None:
    files, together = layout
    folder = fresh()
    (folder / "class").mkdir()
    for name, data in files:
        inside = "/".join(part for part in name.split("/") if part not in ("", ".", ".."))[:100]
        with contextlib.suppress(OSError, ValueError):
            (folder / "class" / inside).parent.mkdir(parents=True, exist_ok=True)
            (folder / "class" / inside).write_bytes(data)
    paths = sorted((folder / "class").iterdir()) if together else [folder / "class"]
    found = collect(paths, graded_names=GRADED, unpack_to=folder / "unpacked") if paths else None
    assert found is None or all(bool(item.files) != bool(item.problem) for item in found.hand_ins)
    assert all_below(folder) <= {"class", "unpacked"}


@target(JSON.map(lambda value: json.dumps(value).encode()) | DATA | st.builds(lambda a, b: a + b, DATA, DATA))
def test_a_file_is_cells_or_an_error_in_words(data: bytes) -> None:
    with contextlib.suppress(SubmissionError):
        assert all(isinstance(source, str) for _, source in read_cells(data, "hw.ipynb").code)


@target(st.dictionaries(NAMES, DATA, min_size=1, max_size=5))
def test_files_are_a_program_or_an_error_in_words(files: dict[str, bytes]) -> None:
    with contextlib.suppress(SubmissionError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert parse_files("x", files, {"relu": 1, "tanh": 1}).name == "x"


@target(st.lists(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30), max_size=4))
def test_a_run_folder_is_read_or_named_as_damaged(lines: list[bytes]) -> None:
    folder = fresh()
    (folder / "reports.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    with contextlib.suppress(HarnessError):
        assert list(read_run(folder)) == [] or lines


LINE = {
    "fingerprint": "f", "files": {"a.py": "a.py"}, "name": "", "email": "", "late": False, "note": "",
    "report": report_to_json(Report("a", "s.py", "ann", "graded", "full", 1.0, 2.0, (
        FunctionReport("f", "failed", "line 1", 0.0, 1.0, False, (Check("runs", "runs", "failed", 0.0, 1.0, "m"),)),))),
}  # fmt: skip


def changed(path: list[int], value: object) -> bytes:
    """A report's line with one value of it exchanged."""
    line = json.loads(json.dumps(LINE))
    place = line
    for step in path:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = keys[step % len(keys)]
        if not isinstance(place[key], dict | list) or not place[key] or step % 7 == 0:
            place[key] = value
            break
        place = place[key]
    return json.dumps(line).encode() + b"\n"


@target(st.builds(changed, st.lists(st.integers(0, 60), min_size=8, max_size=8), JSON))
def test_a_report_that_was_changed_is_read_or_named_as_damaged(line: bytes) -> None:
    folder = fresh()
    (folder / "reports.jsonl").write_bytes(line)
    with contextlib.suppress(HarnessError):
        assert len(list(read_run(folder))) == 1


CELLS = st.text(max_size=6) | st.sampled_from(
    ["id", "name", "ID", "Student", "HW (5)", "Grade", "Identifier", "=1+1", "x;=1", '"', "7"]
)
TABLES = st.lists(st.lists(CELLS, max_size=6), max_size=6)
SHEETS = st.builds(
    lambda rows, mark: "\r\n".join(mark.join(row) for row in rows).encode("utf-8", "surrogatepass"),
    TABLES,
    st.sampled_from(",;\t"),
)


@target(SHEETS | st.binary(max_size=80))
def test_a_roster_is_read_or_refused_in_words(data: bytes) -> None:
    folder = fresh()
    (folder / "class.csv").write_bytes(data)
    with contextlib.suppress(SheetError):
        roster = read_roster(folder / "class.csv")
        assert isinstance(find(roster, ["7", "x"], ["Ann"]), int | str)
    with contextlib.suppress(SheetError):
        sheet = parse_sheet(data)
        with contextlib.suppress(UnicodeEncodeError, csv.Error):
            assert isinstance(sheet_bytes(sheet), bytes)


@target(st.tuples(SHEETS, st.text(max_size=6)))
def test_marks_find_their_row_or_a_message(given_sheet: tuple[bytes, str]) -> None:
    sheet, name = given_sheet
    mark = Mark(name, 5.0, 10.0, name=name, submission=name)
    for fill in (fill_canvas, fill_moodle):
        with contextlib.suppress(SheetError):
            assert fill(sheet, [mark]).written <= 1
    (_, row) = csv.reader(io.StringIO(marks_csv([mark]), newline=""))
    assert row[3:5] == ["5", "10"]
